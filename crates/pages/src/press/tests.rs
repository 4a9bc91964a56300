use super::*;

fn shell(script: &str) -> Press {
    Press::child("/bin/sh".into(), vec!["-c".into(), script.into()])
}

async fn all(press: &Press, source: &'static [u8], patience: Patience) -> Vec<Result<Event, Fault>> {
    let source = futures_util::stream::iter([Ok(Bytes::from_static(source))]).boxed();
    let mut events = press.print_within(source, patience);
    let mut all = Vec::new();
    while let Some(event) = events.recv().await {
        all.push(event);
    }
    all
}

const PAGE: &str = r#"{"is":"page","large":{"w":1,"h":1,"coding":"png","bytes":1},"small":{"w":1,"h":1,"coding":"png","bytes":1},"words":0}"#;

#[tokio::test]
async fn each_way_in_which_a_child_ends_has_its_words() {
    for (script, expect) in [
        ("echo '{\"is\":\"failed\",\"why\":{\"fault\":\"encrypted\"}}'", Fault::Encrypted),
        ("kill -ABRT $$", Fault::Heavy { page: 1 }),
        ("kill -SEGV $$", Fault::Heavy { page: 1 }),
        ("kill -XCPU $$", Fault::Slow { page: 1 }),
        ("exit 3", Fault::Page { page: 1 }),
        ("echo nonsense; sleep 60", Fault::Heavy { page: 1 }),
        ("echo '{\"is\":\"done\"}'", Fault::Damaged),
        (&format!("echo '{PAGE}'; printf ab"), Fault::Damaged),
        (
            &format!("echo '{{\"is\":\"pages\",\"pages\":2}}'; echo '{PAGE}'; printf ab; kill -ABRT $$"),
            Fault::Heavy { page: 2 },
        ),
        (
            &format!("echo '{{\"is\":\"pages\",\"pages\":1}}'; for i in 1 2; do echo '{PAGE}'; printf ab; done"),
            Fault::Damaged,
        ),
    ] {
        let events = all(&shell(script), b"", PATIENCE).await;
        assert_eq!(events.last(), Some(&Err(expect)), "{script}");
    }
}

#[tokio::test]
async fn a_child_that_never_answers_is_ended() {
    let patience = Patience { page: Duration::from_millis(50), whole: Duration::from_secs(60) };
    let events = all(&shell("exec sleep 3600"), b"x", patience).await;
    assert_eq!(events, [Err(Fault::Slow { page: 1 })]);
}

#[tokio::test]
async fn a_child_sees_no_environment_and_gets_the_document() {
    let press = shell(
        "test -z \"$HOME$PRESS_SECRET\" && read -r line && test \"$line\" = document && echo '{\"is\":\"failed\",\"why\":{\"fault\":\"no_pages\"}}'",
    );
    assert_eq!(all(&press, b"document\n", PATIENCE).await, [Err(Fault::NoPages)]);
}

#[tokio::test]
async fn what_cannot_be_started_is_nobodys_fault() {
    let press = Press::child("/nowhere/preau".into(), Vec::new());
    assert_eq!(all(&press, b"", PATIENCE).await, [Err(Fault::Untried)]);
}

//! Signing in and out.

use preau_base::Pii;
use preau_testkit::{Options, PASSWORD, TestApp, Who};
use std::time::Duration;
use tokio::task::JoinSet;

const WRONG: &str = "Identifiant ou mot de passe incorrect";

#[tokio::test]
async fn signs_in_by_the_page_and_comes_back_to_where_it_was() {
    let app = TestApp::start().await;
    let mut client = app.client();
    client.get("/devices?x=1").await.leads_to("/sign-in?next=/devices%3Fx%3D1");
    let page = client.get("/sign-in?next=/devices%3Fx%3D1").await.expect(200);
    for word in ["Identifiant", "Mot de passe", "Se connecter", "Appareil partagé", "Mot de passe oublié"] {
        assert!(page.reads().contains(word), "{word}");
    }
    let next = page.hidden("next").unwrap();
    let fields = [("login", " Lea.Martin "), ("password", PASSWORD), ("next", next.as_str())];
    client.post_form("/sign-in", &fields).await.leads_to("/devices?x=1");
    client.get("/devices").await.expect(200).says("Les navigateurs où tu es connecté").says("Léa Martin");
    client.get("/sign-in").await.leads_to("/");
    app.actor(Who::Parent).await.get("/devices").await.says("Les navigateurs où vous êtes connecté");
}

#[tokio::test]
async fn never_sends_to_another_site() {
    let app = TestApp::start().await;
    for next in ["https://evil.example", "//evil.example", "/\\evil.example"] {
        let mut client = app.client();
        let fields = [("login", Who::Pupil.login()), ("password", PASSWORD), ("next", next)];
        client.post_form("/sign-in", &fields).await.leads_to("/");
    }
}

#[tokio::test]
async fn says_the_same_of_a_wrong_password_and_of_nobody() {
    let app = TestApp::start().await;
    let mut client = app.client();
    let wrong = client.sign_in("lea.martin", "un autre mot de passe").await.expect(422).says(WRONG);
    let nobody = client.sign_in("personne.inconnue", "un autre mot de passe").await.expect(422).says(WRONG);
    assert_eq!(wrong.reads(), nobody.reads());
    assert!(wrong.text().contains("value=\"lea.martin\""), "what was typed is kept");
    assert!(!wrong.text().contains("un autre mot de passe"));
    client.sign_in("", "").await.expect(422).says("À remplir.");
}

#[tokio::test]
async fn a_suspended_account_learns_so_only_with_its_password() {
    let app = TestApp::start().await;
    let mut tx = app.store.write().await.unwrap();
    let now = app.app.now();
    preau_store::people::set_suspended(&mut tx, app.seed.person(Who::Pupil), true, now).await.unwrap();
    tx.commit().await.unwrap();
    let mut client = app.client();
    client.sign_in("lea.martin", "faux").await.expect(422).says(WRONG);
    client.sign_in("lea.martin", PASSWORD).await.expect(403).says("suspendu");
    client.get("/account").await.leads_to("/sign-in?next=/account");
}

#[tokio::test]
async fn guessing_ends_and_a_known_browser_still_gets_in() {
    let app = TestApp::start().await;
    let mut known = app.actor(Who::Teacher).await;
    known.post_form("/sign-out", &[]).await.leads_to("/sign-in");
    let mut guesser = app.client().from_address([198, 51, 100, 9]);
    for _ in 0..5 {
        guesser.sign_in("claire.fontaine", "au hasard").await.expect(422);
    }
    let stopped = guesser.sign_in("claire.fontaine", PASSWORD).await.expect(429).says("Le compte n’est pas bloqué");
    let retry_s: u64 = stopped.header("retry-after").parse().unwrap();
    assert!((1..=240).contains(&retry_s), "{retry_s}");
    // One address locks nobody out elsewhere.
    let mut elsewhere = app.client().from_address([203, 0, 113, 9]);
    elsewhere.sign_in("claire.fontaine", PASSWORD).await.leads_to("/");
    // Nobody locks a teacher out at 8:59: her own browser has a budget of its own.
    known.sign_in("claire.fontaine", PASSWORD).await.leads_to("/");
    app.clock.advance(Duration::from_secs(retry_s));
    guesser.sign_in("claire.fontaine", PASSWORD).await.leads_to("/");
}

#[tokio::test]
async fn a_full_queue_of_passwords_says_when_to_come_back() {
    let app = TestApp::with(Options { hashes_waiting_max: 1, ..Options::default() }).await;
    let mut crowd = JoinSet::new();
    for _ in 0..8 {
        let pool = app.app.passwords.clone();
        crowd.spawn(async move {
            loop {
                if pool.verify(None, Pii::new(PASSWORD.to_owned())).await.is_err() {
                    tokio::task::yield_now().await;
                }
            }
        });
    }
    // The one place is free for an instant whenever a password has been compared: whoever comes just then is lucky.
    let mut refused = None;
    for _ in 0..50 {
        let answer = app.client().sign_in("lea.martin", PASSWORD).await;
        if answer.status.as_u16() == 503 {
            refused = Some(answer);
            break;
        }
        answer.leads_to("/");
    }
    let refused = refused.expect("a queue whose one place eight others take is full for somebody");
    assert!(refused.header("retry-after").parse::<u64>().unwrap() >= 1);
    let refused = refused.says("n’a pas été vérifié");
    assert!(refused.text().contains("value=\"lea.martin\""));
    crowd.shutdown().await;
    // The crowd has left its passwords behind, which are passed over in their turn.
    while app.app.passwords.waiting() > 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    app.client().sign_in("lea.martin", PASSWORD).await.leads_to("/");
}

#[tokio::test]
async fn signing_out_ends_the_pass_itself() {
    let app = TestApp::start().await;
    let mut client = app.actor(Who::Pupil).await;
    let mut copy = client.clone();
    client.get("/account").await.expect(200);
    client.post_form("/sign-out", &[]).await.leads_to("/sign-in");
    assert_eq!(client.cookie("preau-pass"), None);
    client.get("/sign-in").await.expect(200).says("La déconnexion est faite.");
    copy.get("/account").await.leads_to("/sign-in?next=/account");
}

#[tokio::test]
async fn a_shared_device_forgets_with_the_browser() {
    let app = TestApp::start().await;
    let mut client = app.client();
    let fields = [("login", "lea.martin"), ("password", PASSWORD), ("shared", "on")];
    let answer = client.post_form("/sign-in", &fields).await.leads_to("/");
    let cookies: Vec<_> =
        answer.headers.get_all("set-cookie").iter().map(|it| it.to_str().unwrap().to_owned()).collect();
    let pass = cookies.iter().find(|cookie| cookie.starts_with("preau-pass=")).unwrap();
    assert!(!pass.contains("Max-Age"), "{pass}");
    assert_eq!(client.cookie("preau-known"), None);
    app.clock.advance(Duration::from_secs(11 * 3_600));
    client.get("/account").await.expect(200);
    app.clock.advance(Duration::from_secs(2 * 3_600));
    client.get("/account").await.leads_to("/sign-in?next=/account");
}

#[tokio::test]
async fn a_pass_in_use_is_renewed_and_an_unused_one_ends() {
    let app = TestApp::start().await;
    let mut used = app.actor(Who::Pupil).await;
    let mut unused = app.actor(Who::Parent).await;
    let day = Duration::from_secs(86_400);
    let first = used.cookie("preau-pass").map(str::to_owned);
    for _ in 0..6 {
        app.clock.advance(day * 6);
        used.get("/account").await.expect(200);
    }
    assert_ne!(used.cookie("preau-pass").map(str::to_owned), first);
    unused.get("/account").await.leads_to("/sign-in?next=/account");
    used.get("/devices").await.expect(200).says("cet appareil");
}

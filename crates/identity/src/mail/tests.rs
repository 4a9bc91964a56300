mod server;

use super::*;
use preau_base::SeededRng;
use server::{Server, Tale};

const NOW: Instant = Instant::from_secs(1_800_000_000);
const DEADLINE: Duration = Duration::from_secs(20);

fn pii(text: &str) -> Pii<String> {
    Pii::new(text.to_owned())
}

fn mail() -> Mail {
    Mail {
        to: pii("lea@exemple.fr"),
        subject: pii("Votre mot de passe"),
        text: pii("Bonjour,\n\nvoici le lien : http://127.0.0.1/r/x\n."),
    }
}

fn config(server: &Server) -> SmtpConfig {
    SmtpConfig {
        retry_after: vec![Duration::from_millis(10); 3],
        step_timeout: Duration::from_secs(5),
        ..SmtpConfig::new("127.0.0.1", server.port, SmtpTls::Plain, "Préau <ne-pas-repondre@ecole.example>")
    }
}

async fn send(config: SmtpConfig, mail: Mail) {
    let mailer = Mailer::smtp(config).unwrap();
    mailer.send(mail, NOW, &mut SeededRng::new(1)).unwrap();
    assert!(mailer.drain(DEADLINE).await, "the mail is still on its way");
}

#[tokio::test]
async fn a_mail_arrives_with_its_headers_and_its_text() {
    let server = Server::start(Tale::default()).await;
    send(config(&server), mail()).await;
    let [got] = &server.mails()[..] else { panic!("{:?}", server.mails()) };
    assert_eq!((got.from.as_str(), got.to.as_str()), ("ne-pas-repondre@ecole.example", "lea@exemple.fr"));
    for line in [
        "Subject: Votre mot de passe",
        "Date: Fri, 15 Jan 2027 08:00:00 +0000",
        "Auto-Submitted: auto-generated",
        "Content-Type: text/plain; charset=utf-8",
        "voici le lien : http://127.0.0.1/r/x",
    ] {
        assert!(got.data.lines().any(|it| it == line), "{line} is not in\n{}", got.data);
    }
    assert!(got.data.contains("@ecole.example>\r\n"), "{}", got.data);
}

#[tokio::test]
async fn a_name_with_a_line_break_adds_no_header() {
    let server = Server::start(Tale::default()).await;
    send(config(&server), Mail { subject: pii("Bonjour\r\nBcc: tous@exemple.fr"), ..mail() }).await;
    let [got] = &server.mails()[..] else { panic!("{:?}", server.mails()) };
    assert!(!got.data.lines().any(|line| line.to_ascii_lowercase().starts_with("bcc")), "{}", got.data);
    assert_eq!(got.to, "lea@exemple.fr");
}

#[tokio::test]
async fn a_server_that_is_busy_is_tried_again() {
    let server = Server::start(Tale { busy: 2, ..Tale::default() }).await;
    send(config(&server), mail()).await;
    assert_eq!((server.mails().len(), server.tries()), (1, 3));
}

#[tokio::test]
async fn a_server_that_hangs_up_is_tried_again() {
    let server = Server::start(Tale { hangs_up: 2, ..Tale::default() }).await;
    send(config(&server), mail()).await;
    assert_eq!((server.mails().len(), server.tries()), (1, 3));
}

#[tokio::test]
async fn a_mail_is_given_up_after_the_last_wait() {
    let server = Server::start(Tale { busy: u32::MAX, ..Tale::default() }).await;
    send(config(&server), mail()).await;
    assert_eq!((server.mails().len(), server.tries()), (0, 4));
}

#[tokio::test]
async fn a_refusal_for_good_is_not_tried_again() {
    let server = Server::start(Tale { refuses: true, ..Tale::default() }).await;
    send(config(&server), mail()).await;
    assert_eq!((server.mails().len(), server.tries()), (0, 1));
}

/// What is written into a log.
#[derive(Clone, Default)]
struct Log(Arc<std::sync::Mutex<Vec<u8>>>);

impl std::io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn the_log_says_why_a_mail_failed_and_not_for_whom() {
    let server = Server::start(Tale { refuses: true, ..Tale::default() }).await;
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    send(config(&server), mail()).await;
    let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(text.contains("a mail was given up") && text.contains("550"), "{text}");
    assert!(!text.contains("exemple") && !text.contains("lea"), "{text}");
}

#[tokio::test]
async fn a_user_signs_in_at_the_server() {
    let server = Server::start(Tale { wants_user: true, ..Tale::default() }).await;
    let with_user = SmtpConfig { user: Some("preau".to_owned()), password: Some(pii("s3cret")), ..config(&server) };
    assert!(!format!("{with_user:?}").contains("s3cret"));
    send(with_user, mail()).await;
    assert_eq!(server.mails().len(), 1);
    send(config(&server), mail()).await;
    assert_eq!(server.mails().len(), 1, "without a user nothing is taken");
}

#[tokio::test]
async fn tls_is_checked_against_the_operators_authority() {
    for tls in [SmtpTls::Implicit, SmtpTls::StartTls] {
        let server = Server::start(Tale { tls: Some(tls), ..Tale::default() }).await;
        let trusting = SmtpConfig {
            host: "localhost".to_owned(),
            tls,
            ca_pem: Some(server.ca_pem.clone().into_bytes()),
            user: Some("preau".to_owned()),
            password: Some(pii("s3cret")),
            ..config(&server)
        };
        send(trusting.clone(), mail()).await;
        assert_eq!(server.mails().len(), 1, "{tls:?}");
        send(SmtpConfig { ca_pem: None, ..trusting }, mail()).await;
        assert_eq!(server.mails().len(), 1, "{tls:?}: a mail went to a server that nobody vouches for");
    }
}

#[tokio::test]
async fn without_starttls_no_mail_goes_in_the_clear() {
    let server = Server::start(Tale::default()).await;
    send(SmtpConfig { tls: SmtpTls::StartTls, ..config(&server) }, mail()).await;
    assert_eq!(server.mails(), []);
}

#[tokio::test]
async fn a_full_queue_takes_no_more() {
    let server = Server::start(Tale { silent: true, ..Tale::default() }).await;
    let mailer = Mailer::smtp(config(&server)).unwrap();
    let mut rng = SeededRng::new(1);
    for _ in 0..MAILS_WAITING_MAX {
        assert_eq!(mailer.send(mail(), NOW, &mut rng), Ok(()));
    }
    assert_eq!(mailer.send(mail(), NOW, &mut rng), Err(MailRefusal::Full));
    assert!(!mailer.drain(Duration::from_millis(1)).await);
}

#[tokio::test]
async fn the_sink_keeps_what_was_sent_and_refuses_what_no_server_would_take() {
    let (mailer, sink) = Mailer::sink();
    let mut rng = SeededRng::new(1);
    let waiting = tokio::spawn({
        let sink = sink.clone();
        async move { sink.next().await }
    });
    mailer.send(mail(), NOW, &mut rng).unwrap();
    assert_eq!(tokio::time::timeout(DEADLINE, waiting).await.unwrap().unwrap(), mail());
    assert_eq!(sink.take(), None);
    for to in ["", "lea", "lea@", "a@b.fr\r\nBcc: c@d.fr", "a@b.fr, c@d.fr"] {
        assert_eq!(mailer.send(Mail { to: pii(to), ..mail() }, NOW, &mut rng), Err(MailRefusal::Address), "{to}");
    }
    let long = Mail { text: Pii::new("a".repeat(MAIL_TEXT_CHARS_MAX + 1)), ..mail() };
    assert_eq!(mailer.send(long, NOW, &mut rng), Err(MailRefusal::TooLong));
    assert!(!format!("{:?}", mail()).contains("exemple"));
}

#[test]
fn says_what_is_wrong_with_the_configuration() {
    let good = SmtpConfig::new("mail.example", 587, SmtpTls::StartTls, "a@b.example");
    let check = |config: SmtpConfig, expect| assert_eq!(Mailer::smtp(config).err(), expect);
    check(good.clone(), None);
    check(SmtpConfig { from: "nobody".into(), ..good.clone() }, Some(MailConfigError::From { from: "nobody".into() }));
    check(SmtpConfig { user: Some("a".into()), ..good.clone() }, Some(MailConfigError::Credentials));
    check(
        SmtpConfig { ca_pem: Some(b"-----BEGIN CERTIFICATE-----".to_vec()), ..good.clone() },
        Some(MailConfigError::Ca),
    );
    let plain = SmtpConfig { tls: SmtpTls::Plain, user: Some("a".into()), password: Some(pii("b")), ..good };
    check(SmtpConfig { host: "127.0.0.1".into(), ..plain.clone() }, None);
    check(plain, Some(MailConfigError::PasswordInTheClear { host: "mail.example".into() }));
}

#[tokio::test]
async fn one_try_tells_what_came_of_it() {
    let now = NOW;
    for (tale, expect) in [
        (Tale::default(), Ok(())),
        (Tale { busy: 1, ..Tale::default() }, Err(Undelivered::Server { kind: "not-now", for_good: false })),
        (Tale { refuses: true, ..Tale::default() }, Err(Undelivered::Server { kind: "refused", for_good: true })),
    ] {
        let server = Server::start(tale).await;
        let mailer = Mailer::smtp(config(&server)).unwrap();
        assert_eq!(mailer.deliver(mail(), 0xfeed, now).await, expect);
        assert_eq!(server.tries(), 1);
        if let [got] = &server.mails()[..] {
            assert!(got.data.contains("<0000000000000000000000000000feed@ecole.example>"), "{}", got.data);
        }
    }
    let (mailer, sink) = Mailer::sink();
    let nowhere = Mail { to: pii("personne"), ..mail() };
    assert_eq!(mailer.deliver(nowhere, 1, now).await, Err(Undelivered::NotTaken(MailRefusal::Address)));
    assert_eq!(mailer.deliver(mail(), 1, now).await, Ok(()));
    assert_eq!(sink.take(), Some(mail()));
}

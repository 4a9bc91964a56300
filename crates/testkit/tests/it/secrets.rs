//! Getting in by a secret: activation code, link of a mail, link of the first start.

use preau_base::{Instant, PersonId, SystemRng};
use preau_gate::{Code, LinkToken};
use preau_store::{audit, codes, people, setup};
use preau_testkit::{Options, PASSWORD, TestApp, Who};
use std::time::Duration;

const NEW: &str = "girafe tambour violet";
const DAY: Duration = Duration::from_secs(86_400);

/// Gives the person a code as a printed sheet does, and returns what stands on it.
async fn code_for(app: &TestApp, person: PersonId, expires_at: Instant) -> String {
    let code = Code::draw(&mut SystemRng);
    let digest = code.digest(&app.app.keys());
    let mut tx = app.store.write().await.unwrap();
    codes::reset(&mut tx, person, digest.as_bytes(), expires_at).await.unwrap();
    tx.commit().await.unwrap();
    code.grouped().into_inner()
}

async fn activates(options: Options) {
    let app = TestApp::with(options).await;
    let code = code_for(&app, app.seed.person(Who::Pupil), app.app.now().plus(DAY)).await;
    let mut client = app.client();
    client.get("/activation").await.expect(200).says("Code d’activation");
    let typed = code.to_lowercase().replace('-', " ");
    let step = client.post_form("/activation", &[("secret", &typed)]).await.expect(200);
    let step = step.says("Bonjour Léa Martin");
    assert!(step.text().contains("value=\"lea.martin\""), "the login is shown");
    let secret = step.hidden("secret").unwrap();
    let weak = [("secret", secret.as_str()), ("password", "lea.martin")];
    client.post_form("/activation", &weak).await.expect(422).says("ressemble à l’identifiant");
    let good = [("secret", secret.as_str()), ("password", NEW)];
    client.post_form("/activation", &good).await.leads_to("/");
    client.get("/account").await.expect(200).says("Le mot de passe est enregistré.");
    client.post_form("/sign-out", &[]).await.leads_to("/sign-in");
    client.sign_in("lea.martin", NEW).await.leads_to("/");

    let mut second = app.client();
    second.post_form("/activation", &good).await.expect(422).says("Ce code ne sert plus");
    let mut conn = app.store.read().await.unwrap();
    let log = audit::list(&mut conn, None, i64::MAX).await.unwrap();
    assert!(log.iter().any(|row| row.action == "account.activate" && row.actor == "lea.martin"));
}

#[tokio::test]
async fn a_code_opens_its_account_once() {
    activates(Options::default()).await;
}

#[tokio::test]
async fn a_code_opens_its_account_once_on_postgres() {
    activates(Options { postgres: true, ..Options::default() }).await;
}

#[tokio::test]
async fn a_code_that_cannot_be_is_explained() {
    let app = TestApp::start().await;
    let code = code_for(&app, app.seed.person(Who::Pupil), app.app.now().plus(DAY)).await;
    // The check character is the last one: any other in its place is wrong for sure.
    let (kept, last) = code.split_at(code.len() - 1);
    let wrong = format!("{kept}{}", if last == "K" { "A" } else { "K" });
    let mut client = app.client();
    for (typed, says) in [
        ("", "quinze lettres et chiffres"),
        ("K7PMA", "quinze lettres et chiffres"),
        ("K7PMA-R4X9Q-WTEH!", "Aucun code ne contient"),
        (&wrong, "Un caractère est faux"),
    ] {
        client.post_form("/activation", &[("secret", typed)]).await.expect(422).says(says);
    }
    app.clock.advance(DAY);
    client.post_form("/activation", &[("secret", &code)]).await.expect(422).says("plus de quatorze jours");
}

#[tokio::test]
async fn codes_are_not_guessed_for_long() {
    let app = TestApp::start().await;
    let mut client = app.client();
    let mut stopped = false;
    for _ in 0..400 {
        let guess = Code::draw(&mut SystemRng).grouped().into_inner();
        let answer = client.post_form("/activation", &[("secret", &guess)]).await;
        stopped = answer.status.as_u16() == 429;
        if stopped {
            assert!(answer.header("retry-after").parse::<u64>().unwrap() >= 1);
            break;
        }
        answer.expect(422);
    }
    assert!(stopped);
}

fn link(text: &str) -> &str {
    let (_, token) = text.split_once("https://preau.example/reset#").expect("the mail has a link");
    token.split_whitespace().next().unwrap()
}

#[tokio::test]
async fn a_forgotten_password_is_chosen_anew_by_mail() {
    let app = TestApp::with(Options { mail: true, ..Options::default() }).await;
    let mails = app.mails.clone().unwrap();
    let mut signed_in = app.actor(Who::Pupil).await;
    let mut client = app.client();
    let known = client.post_form("/forgotten", &[("who", "Lea.Martin@exemple.fr")]).await.expect(200);
    let unknown = client.post_form("/forgotten", &[("who", "personne@exemple.fr")]).await.expect(200);
    assert_eq!(known.reads(), unknown.reads());
    let mail = tokio::time::timeout(Duration::from_secs(10), mails.next()).await.unwrap();
    assert_eq!(mail.to.reveal(), "lea.martin@exemple.fr");
    insta::assert_snapshot!(mail.text.reveal().replace(link(mail.text.reveal()), "SECRET").replace('\u{a0}', "~"), @r"
    Bonjour Léa Martin,

    Quelqu’un, sans doute toi, a demandé un nouveau mot de passe pour le compte lea.martin. Ouvre ce lien pour le choisir. Il sert une fois, pendant 60 minutes~:

    https://preau.example/reset#SECRET

    Si ce n’est pas toi, ne fais rien~: ton mot de passe ne change pas.
    ");
    let token = link(mail.text.reveal()).to_owned();
    client.post_form("/reset", &[("secret", &token)]).await.expect(200).says("Bonjour Léa Martin");
    client.post_form("/reset", &[("secret", &token), ("password", NEW)]).await.leads_to("/");
    signed_in.get("/account").await.leads_to("/sign-in?next=/account");
    let again = [("secret", token.as_str()), ("password", NEW)];
    app.client().post_form("/reset", &again).await.expect(422).says("Ce lien ne sert plus");
    assert!(mails.take().is_none(), "nobody else got a mail");
}

#[tokio::test]
async fn a_link_ends_after_an_hour_and_only_the_latest_counts() {
    let app = TestApp::with(Options { mail: true, ..Options::default() }).await;
    let mails = app.mails.clone().unwrap();
    let mut client = app.client();
    let mut tokens = Vec::new();
    for _ in 0..2 {
        client.post_form("/forgotten", &[("who", "anne.martin")]).await.expect(200);
        let mail = tokio::time::timeout(Duration::from_secs(10), mails.next()).await.unwrap();
        tokens.push(link(mail.text.reveal()).to_owned());
    }
    client.post_form("/reset", &[("secret", &tokens[0])]).await.expect(422).says("Ce lien ne sert plus");
    client.post_form("/reset", &[("secret", &tokens[1])]).await.expect(200);
    app.clock.advance(Duration::from_secs(3_600));
    client.post_form("/reset", &[("secret", &tokens[1])]).await.expect(422);
}

#[tokio::test]
async fn without_mail_people_are_told_whom_to_ask() {
    let app = TestApp::start().await;
    let page = app.client().get("/forgotten").await.expect(200).says("la vie scolaire");
    assert!(!page.text().contains("name=\"who\""));
}

#[tokio::test]
async fn the_first_start_makes_a_school_and_uses_its_link_up() {
    let app = TestApp::with(Options { empty: true, ..Options::default() }).await;
    let token = LinkToken::draw(&mut SystemRng);
    let digest = token.digest(&app.app.keys());
    let mut tx = app.store.write().await.unwrap();
    setup::create_link(&mut tx, digest.as_bytes(), app.app.now().plus(Duration::from_secs(1_800))).await.unwrap();
    tx.commit().await.unwrap();
    let token = token.to_text().into_inner();
    let mut client = app.client();
    client.get("/setup").await.expect(200).says("Première mise en route");
    let mut fields = vec![
        ("secret", token.as_str()),
        ("school", "Collège du Port"),
        ("uai", "12"),
        ("given_name", "Zoé"),
        ("family_name", "Le Goff"),
        ("password", NEW),
    ];
    let again =
        client.post_form("/setup", &fields).await.expect(422).says("Un code UAI a sept chiffres et une lettre.");
    assert!(again.text().contains("value=\"Collège du Port\""), "what was typed is kept");
    fields[2].1 = "0290001a";
    let mut late = client.clone();
    client.post_form("/setup", &fields).await.leads_to("/");
    client
        .get("/account")
        .await
        .expect(200)
        .says("L’établissement est prêt.")
        .says("zoe.le-goff")
        .says("Collège du Port");
    late.post_form("/setup", &fields).await.expect(404);
    app.client().get("/setup").await.expect(404);
    let mut conn = app.store.read().await.unwrap();
    assert_eq!(people::count(&mut conn).await.unwrap(), 1);
    assert_eq!(audit::list(&mut conn, None, i64::MAX).await.unwrap()[0].action, "platform.set-up");
}

#[tokio::test]
async fn a_wrong_or_old_link_sets_nothing_up() {
    let app = TestApp::with(Options { empty: true, ..Options::default() }).await;
    let token = LinkToken::draw(&mut SystemRng);
    let digest = token.digest(&app.app.keys());
    let mut tx = app.store.write().await.unwrap();
    setup::create_link(&mut tx, digest.as_bytes(), app.app.now().plus(Duration::from_secs(1_800))).await.unwrap();
    tx.commit().await.unwrap();
    app.clock.advance(Duration::from_secs(1_800));
    let other = LinkToken::draw(&mut SystemRng).to_text().into_inner();
    for secret in ["", "x", &other, token.to_text().reveal()] {
        let fields = [
            ("secret", secret),
            ("school", "Collège du Port"),
            ("given_name", "Zoé"),
            ("family_name", "Le Goff"),
            ("password", PASSWORD),
        ];
        app.client().post_form("/setup", &fields).await.expect(422).says("Ce lien ne sert plus");
    }
    let mut conn = app.store.read().await.unwrap();
    assert_eq!(people::count(&mut conn).await.unwrap(), 0);
}

//! One's own account: password, devices, language; and that what ends, ends everywhere.

use preau_testkit::{Options, PASSWORD, TestApp, Who};
use preau_web::revocations;
use std::time::Duration;

const NEW: &str = "girafe tambour violet";

async fn changes_the_password(options: Options) {
    let app = TestApp::with(options).await;
    let mut here = app.actor(Who::Teacher).await;
    let mut there = app.actor(Who::Teacher).await;
    let wrong = [("current", "autre chose"), ("password", NEW)];
    here.post_form("/password", &wrong).await.expect(422).says("Ce n’est pas votre mot de passe actuel.");
    let short = [("current", PASSWORD), ("password", "court")];
    here.post_form("/password", &short).await.expect(422).says("au moins 12 caractères");
    there.get("/account").await.expect(200);

    here.post_form("/password", &[("current", PASSWORD), ("password", NEW)]).await.leads_to("/account");
    here.get("/account").await.expect(200).says("Le mot de passe est changé");
    there.get("/account").await.leads_to("/sign-in?next=/account");
    let devices = here.get("/devices").await.expect(200);
    assert!(!devices.reads().contains("Déconnecter tous les autres"), "{}", devices.reads());
    app.client().sign_in(Who::Teacher.login(), PASSWORD).await.expect(422);
    app.client().sign_in(Who::Teacher.login(), NEW).await.leads_to("/");
}

#[tokio::test]
async fn a_changed_password_ends_the_other_sessions() {
    changes_the_password(Options::default()).await;
}

#[tokio::test]
async fn a_changed_password_ends_the_other_sessions_on_postgres() {
    changes_the_password(Options { postgres: true, ..Options::default() }).await;
}

#[tokio::test]
async fn a_device_is_ended_by_its_owner_alone() {
    let app = TestApp::start().await;
    let mut phone = app.actor(Who::Pupil).await;
    let mut tablet = app.actor(Who::Pupil).await;
    let mut classmate = app.actor(Who::Classmate).await;
    let session = phone.get("/devices").await.expect(200).says("cet appareil").hidden("session").unwrap();
    classmate.post_form("/devices/end", &[("session", &session)]).await.leads_to("/devices");
    tablet.get("/account").await.expect(200);
    phone.post_form("/devices/end", &[("session", &session)]).await.leads_to("/devices");
    tablet.get("/account").await.leads_to("/sign-in?next=/account");
    phone.get("/devices").await.expect(200).says("L’appareil est déconnecté.");
    phone.post_form("/devices/end", &[("session", "x")]).await.expect(404);
}

#[tokio::test]
async fn all_others_end_at_once() {
    let app = TestApp::start().await;
    let mut here = app.actor(Who::Head).await;
    let mut others = [app.actor(Who::Head).await, app.actor(Who::Head).await];
    here.post_form("/devices/end-others", &[]).await.leads_to("/devices");
    for other in &mut others {
        other.get("/account").await.leads_to("/sign-in?next=/account");
    }
    here.get("/account").await.expect(200);
}

async fn ends_on_every_machine(options: Options) {
    let app = TestApp::with(options).await;
    let (machine, mut second) = app.second_machine();
    let mut first = app.actor(Who::Pupil).await;
    let mut suspended = app.actor(Who::Parent).await;
    let mut second_suspended = second.clone();
    second.set_cookie("preau-pass", first.cookie("preau-pass").unwrap());
    second_suspended.set_cookie("preau-pass", suspended.cookie("preau-pass").unwrap());
    second.get("/account").await.expect(200);

    first.post_form("/sign-out", &[]).await.leads_to("/sign-in");
    let mut tx = app.store.write().await.unwrap();
    let parent = app.seed.person(Who::Parent);
    preau_store::people::set_suspended(&mut tx, parent, true, app.app.now()).await.unwrap();
    tx.commit().await.unwrap();

    // A suspended person gets nothing at once, whatever their pass says; a pass that was signed out ends with the news.
    suspended.get("/account").await.expect(401).says("Connectez-vous");
    assert_eq!(suspended.cookie("preau-pass"), None);
    app.clock.advance(Duration::from_secs(1));
    revocations::refresh(&machine, app.app.now().minus(Duration::from_secs(30))).await.unwrap();
    second.get("/account").await.leads_to("/sign-in?next=/account");
    second_suspended.get("/account").await.leads_to("/sign-in?next=/account");
}

#[tokio::test]
async fn what_ends_here_ends_on_every_machine() {
    ends_on_every_machine(Options::default()).await;
}

#[tokio::test]
async fn what_ends_here_ends_on_every_machine_over_postgres() {
    ends_on_every_machine(Options { postgres: true, ..Options::default() }).await;
}

#[tokio::test]
async fn a_machine_that_starts_knows_what_ended_before() {
    let app = TestApp::start().await;
    let mut client = app.actor(Who::Pupil).await;
    let pass = client.cookie("preau-pass").unwrap().to_owned();
    client.post_form("/sign-out", &[]).await.leads_to("/sign-in");
    app.clock.advance(Duration::from_secs(20 * 86_400));
    let (machine, mut late) = app.second_machine();
    revocations::load(&machine).await.unwrap();
    late.set_cookie("preau-pass", &pass);
    late.get("/account").await.leads_to("/sign-in?next=/account");
}

#[tokio::test]
async fn a_language_is_chosen_for_good() {
    let app = TestApp::start().await;
    let mut english = app.client().with_header("accept-language", "en-GB,en;q=0.9");
    english.get("/sign-in").await.says("Password").says("Français");
    let mut client = app.actor(Who::Parent).await;
    client.get("/account").await.says("Changer de mot de passe").says("English");
    let fields = [("lang", "en"), ("next", "/account")];
    client.post_form("/language", &fields).await.leads_to("/account");
    client.get("/account").await.says("Change password");
    // On another browser, French by itself, the account's own language comes with signing in.
    app.actor(Who::Parent).await.get("/account").await.says("Change password");
}

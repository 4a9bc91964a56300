//! A session that ends before a form is saved: nothing that was typed is lost, and no password is shown.

use super::{Client, Method, Rule, TestApp, Who, cases, clients, routes};
use preau_testkit::{Answer, PASSWORD};
use preau_web::routes::{Row, Taking};
use std::collections::BTreeSet;

/// Forms with a password, which nothing keeps. What asks for no session has none that could end.
const NEVER_KEPT: [&str; 1] = ["/password"];
const LONG: &str = "Ce que quelqu’un a mis une heure à écrire\net n’écrira pas deux fois.";
const SHORT: &str = "6e B";

fn posts() -> Vec<Row> {
    routes::table().into_iter().filter(|row| row.method == Method::POST).collect()
}

/// An address of the route; what it names need not exist.
fn address(path: &str) -> String {
    let part =
        |part: &str| if part.starts_with('{') { "01900000-0000-7000-8000-000000000001" } else { part }.to_owned();
    path.split('/').map(part).collect::<Vec<_>>().join("/")
}

/// Sends a form as the route takes it.
async fn send(client: &mut Client, row: &Row, token: &str) -> Answer {
    let fields = [("csrf", token), ("name", SHORT), ("text", LONG)];
    match row.body {
        Taking::Streamed => client.post_files_bare(&address(row.path), &fields, &[("file", "a.txt", b"a")]).await,
        Taking::Whole | Taking::Kept => client.post_form_bare(&address(row.path), &fields).await,
    }
}

/// A browser whose session was ended elsewhere, with the token of the page that it still shows.
async fn ended(app: &TestApp) -> (Client, String) {
    let mut client = app.actor(Who::Teacher).await;
    let (mut here, token) = (client.clone(), client.csrf().await);
    client.post_form("/sign-out", &[]).await.expect(303);
    here.get("/account").await.leads_to("/sign-in?next=/account");
    (here, token)
}

#[tokio::test]
async fn no_form_is_lost_with_the_session() {
    let app = TestApp::start().await;
    let (mut client, old) = ended(&app).await;
    let mut signed_in = app.actor(Who::Teacher).await;
    for row in posts() {
        let answer = send(&mut client, &row, &old).await;
        if row.rule == Rule::Anyone || NEVER_KEPT.contains(&row.path) {
            assert!(!answer.text().contains(SHORT) && !answer.text().contains("deux fois"), "{} shows it", row.path);
            continue;
        }
        for (status, answer) in [(401, answer), (403, send(&mut signed_in, &row, &old).await)] {
            let at = format!("{} gave {}: {}", row.path, answer.status, answer.reads());
            assert_eq!(answer.status.as_u16(), status, "{at}");
            assert_eq!(answer.hidden("text").as_deref(), Some(LONG), "{at}");
            assert_eq!(answer.hidden("name").as_deref(), Some(SHORT), "{at}");
            assert_eq!(answer.text().contains("Se connecter dans un nouvel onglet"), status == 401, "{at}");
            assert!(answer.reads().contains("deux fois"), "{at}");
            assert!(!answer.text().contains("a.txt"), "{at}");
        }
    }
}

async fn set_level(app: &TestApp, level: &str) {
    let mut admin = app.actor(Who::PlatformAdmin).await;
    admin.post_form("/admin/gate", &[("set", "level"), ("level", level)]).await.expect(303);
}

#[tokio::test]
async fn no_form_is_lost_while_nothing_is_saved() {
    let app = TestApp::start().await;
    let mut client = app.actor(Who::Teacher).await;
    let token = client.csrf().await;
    set_level(&app, "4").await;
    let off: Vec<Row> = posts().into_iter().filter(|row| row.off_from.is_some()).collect();
    assert!(off.len() > 50, "{} forms only: does the table still say what is off?", off.len());
    for row in off {
        let answer = send(&mut client, &row, &token).await;
        let at = format!("{} gave {}: {}", row.path, answer.status, answer.reads());
        assert_eq!(answer.status, 503, "{at}");
        if row.rule == Rule::Anyone || NEVER_KEPT.contains(&row.path) {
            assert!(!answer.text().contains(SHORT) && !answer.text().contains("deux fois"), "{} shows it", row.path);
            continue;
        }
        assert_eq!(answer.hidden("text").as_deref(), Some(LONG), "{at}");
        assert_eq!(answer.hidden("name").as_deref(), Some(SHORT), "{at}");
        assert!(answer.reads().contains("deux fois") && answer.reads().contains("Rien n’a été enregistré"), "{at}");
    }
}

#[tokio::test]
async fn a_remark_is_saved_when_saving_is_on_again() {
    let app = TestApp::start().await;
    let visa = format!("/schools/{}/log/visa", app.seed.school());
    let mut head = app.actor(Who::Head).await;
    let seen = app.app.now().as_millis().to_string();
    let typed = [("from", "2026-11-01"), ("to", "2026-11-30"), ("seen", seen.as_str()), ("remark", LONG)];
    set_level(&app, "4").await;
    let mut kept = head.post_form(&visa, &typed).await.expect(503);
    for (level, status) in [("4", 503), ("0", 303)] {
        set_level(&app, level).await;
        let again = ["csrf", "from", "to", "seen", "remark"].map(|name| (name, kept.hidden(name).unwrap()));
        kept = head.post_form_bare(&visa, &again.each_ref().map(|(name, value)| (*name, value.as_str()))).await;
        assert_eq!(kept.status, status, "{}", kept.reads());
    }
    head.get(&format!("/lessons/{}/log", app.seed.lesson_now())).await.says("n’écrira pas deux fois");
}

#[tokio::test]
async fn nothing_is_shown_that_our_page_did_not_send() {
    let app = TestApp::start().await;
    let (client, old) = ended(&app).await;
    let elsewhere = client.with_header("origin", "https://evil.example");
    // As a program sends it, or a browser that says nothing of where it comes from.
    let fields = format!("csrf={old}&name=6e+B&text=deux+fois");
    for row in posts() {
        let crossed = send(&mut elsewhere.clone(), &row, &old).await;
        let kind = [("content-type", "application/x-www-form-urlencoded")];
        let path = address(row.path);
        let mut silent = app.client();
        let unsaid = silent.send(Method::POST, &path, &kind, fields.clone().into_bytes()).await;
        for answer in [crossed, unsaid] {
            assert!(!answer.text().contains("deux fois"), "{}: {}", row.path, answer.reads());
        }
    }
}

/// Where forms with a password on this page are sent.
fn with_password(page: &str) -> Vec<String> {
    let forms = page.split("<form").skip(1).map(|form| form.split("</form>").next().unwrap_or_default());
    let forms = forms.filter(|form| form.contains("type=\"password\"") && form.contains("method=\"post\""));
    forms.filter_map(|form| Some(form.split_once("action=\"")?.1.split('"').next()?.to_owned())).collect()
}

fn fits(path: &str, action: &str) -> bool {
    let (path, action): (Vec<_>, Vec<_>) = (path.split('/').collect(), action.split('/').collect());
    path.len() == action.len() && path.iter().zip(action).all(|(part, given)| part.starts_with('{') || *part == given)
}

#[tokio::test]
async fn no_form_with_a_password_is_kept() {
    let app = TestApp::start().await;
    let (mut clients, mut found) = (clients(&app).await, BTreeSet::new());
    for case in cases().iter().filter(|case| case.method == Method::GET) {
        for who in case.right {
            let client = clients.get_mut(who).unwrap();
            found.extend(with_password(&client.get(&(case.url)(&app.seed)).await.text()));
        }
    }
    assert!(found.contains("/sign-in") && found.contains("/password"), "{found:?}");
    let posts = posts();
    for action in found {
        let row = posts.iter().find(|row| fits(row.path, &action)).unwrap();
        assert_eq!(row.body, Taking::Whole, "{action} shows a password again");
    }
}

#[tokio::test]
async fn a_remark_is_saved_after_signing_in_again() {
    let app = TestApp::start().await;
    let visa = format!("/schools/{}/log/visa", app.seed.school());
    let mut head = app.actor(Who::Head).await;
    let seen = app.app.now().as_millis().to_string();
    let token = head.csrf().await;
    head.post_form("/sign-out", &[]).await.expect(303);
    let typed = [("from", "2026-11-01"), ("to", "2026-11-30"), ("seen", seen.as_str()), ("remark", LONG)];
    let mut fields = vec![("csrf", token.as_str())];
    fields.extend(typed);
    let mut kept = head.post_form_bare(&visa, &fields).await.expect(401).says("Rien n’est perdu");
    head.sign_in(Who::Head.login(), PASSWORD).await.leads_to("/");
    for status in [403, 303] {
        let names = ["csrf", "from", "to", "seen", "remark"];
        let again: Vec<_> = names.iter().map(|name| (*name, kept.hidden(name).unwrap())).collect();
        let again: Vec<_> = again.iter().map(|(name, value)| (*name, value.as_str())).collect();
        kept = head.post_form_bare(&visa, &again).await.expect(status);
    }
    head.get(&format!("/lessons/{}/log", app.seed.lesson_now())).await.says("n’écrira pas deux fois");
}

use super::moodle::Moodle;
use super::site::{Browser, Site, config};
use crate::upstream::{Preset, UpstreamConfig};
use preau_gate::EndedPasses;

const RIGHT: &str = "username=lea&password=juste&logintoken=t";

async fn start() -> (Moodle, Site) {
    let (moodle, address) = Moodle::start().await;
    (moodle, Site::start(config(address, Preset::Moodle)))
}

async fn signed_in(site: &Site) -> Browser {
    let mut browser = site.browser();
    browser.get("/login/index.php").await;
    assert_eq!(browser.post("/login/index.php", RIGHT).await.status, 303);
    assert!(browser.has_pass().await);
    browser
}

#[tokio::test]
async fn only_a_sign_in_that_succeeded_earns_a_pass() {
    let (moodle, site) = start().await;
    let mut browser = site.browser();
    assert_eq!(browser.get("/").await.body, "user 0");
    assert!(browser.jar.contains_key("MoodleSession"), "visitors have a session too");
    for (target, body) in [
        ("/login/index.php", "username=lea&password=faux"),
        ("/login/index.php", "username=guest&password=guest"),
        ("/login/index.php/x", RIGHT),
        ("/login/index.php?testsession=42", "username=lea&password=faux"),
    ] {
        browser.post(target, body).await;
        assert!(!browser.jar.contains_key("preau_gate") && !browser.has_pass().await, "{target} {body}");
    }
    browser.get("/login/index.php?testsession=42").await;
    assert!(!browser.jar.contains_key("preau_gate"));

    let anonymous = browser.jar["MoodleSession"].clone();
    let answer = browser.post("/login/index.php", RIGHT).await;
    assert_eq!(answer.header("location"), Some("http://ecole.example/login/index.php?testsession=42"));
    assert_ne!(browser.jar["MoodleSession"], anonymous);
    let line = answer.headers("set-cookie").find(|line| line.starts_with("preau_gate=")).expect("a pass");
    assert!(line.contains("; HttpOnly; SameSite=Lax") && line.contains("; Path=/; Max-Age=604800"), "{line}");
    assert!(browser.has_pass().await);
    assert_eq!(browser.get("/login/index.php?testsession=42").await.status, 303);
    assert_eq!(browser.get("/my/").await.body, "user 42");
    let leaked = moodle.seen().into_iter().flat_map(|headers| headers.into_iter().map(|(_, value)| value));
    assert!(leaked.filter_map(|value| value.to_str().map(str::to_owned).ok()).all(|value| !value.contains("preau_")));
}

#[tokio::test]
async fn a_stolen_pass_is_worthless_without_the_session_that_it_was_given_with() {
    let (_moodle, site) = start().await;
    let lea = signed_in(&site).await;
    let pass = lea.jar["preau_gate"].clone();
    let mut thief = site.browser();
    thief.jar.insert("preau_gate".to_owned(), pass.clone());
    assert!(!thief.has_pass().await);
    thief.get("/").await;
    assert!(thief.jar.contains_key("MoodleSession") && !thief.has_pass().await, "with a session of its own");
    let other = if pass.ends_with('A') { 'B' } else { 'A' };
    thief.jar.insert("preau_gate".to_owned(), format!("{}{other}", &pass[..pass.len() - 1]));
    thief.jar.insert("MoodleSession".to_owned(), lea.jar["MoodleSession"].clone());
    assert!(!thief.has_pass().await, "forged");
}

#[tokio::test]
async fn signing_out_ends_the_pass_and_every_kept_copy() {
    let (_moodle, site) = start().await;
    let mut lea = signed_in(&site).await;
    let kept = lea.clone();
    assert_eq!(lea.get("/login/logout.php").await.body, "Do you really want to log out?");
    assert!(lea.has_pass().await, "a question ends nothing");
    assert_eq!(lea.get("/login/logout.php?sesskey=key").await.status, 303);
    assert!(!lea.jar.contains_key("preau_gate") && !lea.has_pass().await);
    assert!(!kept.has_pass().await, "a kept copy is dead");

    let bytes = site.upstream.ended_if_changed().expect("news");
    assert_eq!(site.upstream.ended_if_changed(), None);
    let (_moodle, address) = Moodle::start().await;
    let restarted = Site::start(config(address, Preset::Moodle));
    let mut kept_still = restarted.browser();
    kept_still.jar = kept.jar.clone();
    assert!(kept_still.has_pass().await, "the same keys, and no memory");
    restarted.upstream.restore_ended(EndedPasses::from_bytes(&bytes).unwrap());
    assert!(!kept_still.has_pass().await, "dead over a restart too");
}

#[tokio::test]
async fn the_pass_follows_the_session_and_ends_with_its_cookie() {
    let (_moodle, site) = start().await;
    let mut lea = signed_in(&site).await;
    let before = lea.clone();
    assert_eq!(lea.get("/rotates").await.body, "rotated");
    assert_ne!(lea.jar["MoodleSession"], before.jar["MoodleSession"]);
    assert_ne!(lea.jar["preau_gate"], before.jar["preau_gate"]);
    assert!(lea.has_pass().await);
    let mut mixed = lea.clone();
    mixed.jar.insert("preau_gate".to_owned(), before.jar["preau_gate"].clone());
    assert!(!mixed.has_pass().await, "the pass of before does not fit the cookie of after");
    lea.get("/forgets").await;
    assert!(!lea.jar.contains_key("preau_gate") && !before.has_pass().await);
}

#[tokio::test]
async fn somebody_else_who_signs_in_gets_another_pass() {
    let (_moodle, site) = start().await;
    let mut tablet = signed_in(&site).await;
    let lea = tablet.clone();
    tablet.post("/login/index.php", "username=tom&password=juste").await;
    assert!(tablet.has_pass().await);
    assert_ne!(tablet.jar["preau_gate"], lea.jar["preau_gate"]);
    assert!(!lea.has_pass().await);
}

fn by_header(address: std::net::SocketAddr) -> UpstreamConfig {
    let header = Some("x-preau-signed-in".parse().unwrap());
    let mut rules = Preset::Moodle.rules("").unwrap();
    rules.sign_in.clear();
    UpstreamConfig { signed_in_header: header, rules, ..config(address, Preset::Moodle) }
}

#[tokio::test]
async fn the_application_may_say_it_by_a_header_and_nobody_else_may() {
    let (moodle, address) = Moodle::start().await;
    let site = Site::start(by_header(address));
    let mut browser = site.browser();
    let forged = "x-preau-signed-in: 1\r\nX_Preau_Signed_In: 1\r\n";
    browser.ask("GET", "/", forged, "").await;
    browser.ask("POST", "/login/index.php", forged, RIGHT).await;
    assert!(!browser.jar.contains_key("preau_gate"));
    assert!(moodle.seen().iter().all(|headers| headers.keys().all(|name| !name.as_str().contains("signed"))));
    let answer = browser.get("/says/1").await;
    assert_eq!((answer.status, answer.header("x-preau-signed-in")), (200, None), "the browser never sees it");
    assert!(browser.has_pass().await);
    let pass = browser.jar["preau_gate"].clone();
    browser.get("/says/1").await;
    assert_eq!(browser.jar["preau_gate"], pass, "said again it changes nothing");
    browser.get("/says/yes").await;
    assert!(browser.has_pass().await);
    browser.get("/says/0").await;
    assert!(!browser.jar.contains_key("preau_gate") && !browser.has_pass().await);
}

#[tokio::test]
async fn without_rules_nobody_earns_a_pass() {
    let (_moodle, address) = Moodle::start().await;
    let site = Site::start(config(address, Preset::Plain));
    let mut browser = site.browser();
    browser.post("/login/index.php", RIGHT).await;
    let answer = browser.get("/says/1").await;
    assert_eq!(answer.header("x-preau-signed-in"), Some("1"), "an ordinary header");
    assert!(!browser.jar.contains_key("preau_gate") && !browser.has_pass().await);
}

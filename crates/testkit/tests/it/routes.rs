//! Every route, called by everybody who has no right to it. A route without a case fails here.

mod account;
mod attendance;
mod calendars;
mod documents;
mod kept;
mod lesson;
mod log;
mod offline;
mod people;
mod recording;
mod safety;
mod school;
mod timetable;
mod work;

use http::Method;
use preau_testkit::{Answer, Client, Seed, TestApp, Who};
use preau_web::routes::{self, Rule};
use std::collections::{BTreeMap, BTreeSet};

/// What is expected of a route.
pub(crate) struct Case {
    pub method: Method,
    /// As the table has it.
    pub path: &'static str,
    /// A path that exists in the seeded school.
    pub url: fn(&Seed) -> String,
    /// Fields that would be good if the person had the right.
    pub form: fn(&Seed) -> Vec<(&'static str, String)>,
    /// Who has the right.
    pub right: &'static [Who],
}

/// Everybody who has an account.
pub(crate) const SIGNED_IN: &[Who] = &[
    Who::Pupil,
    Who::Classmate,
    Who::PupilElsewhere,
    Who::Parent,
    Who::Teacher,
    Who::Head,
    Who::SchoolLife,
    Who::Administrator,
    Who::PlatformAdmin,
    Who::Stranger,
];
pub(crate) const ANYONE: &[Who] = &Who::ALL;

pub(crate) fn get(path: &'static str, url: fn(&Seed) -> String, right: &'static [Who]) -> Case {
    Case { method: Method::GET, path, url, form: |_| Vec::new(), right }
}

pub(crate) fn post(
    path: &'static str,
    url: fn(&Seed) -> String,
    form: fn(&Seed) -> Vec<(&'static str, String)>,
    right: &'static [Who],
) -> Case {
    Case { method: Method::POST, path, url, form, right }
}

/// A call of another method, as a script makes it.
pub(crate) fn other(method: Method, path: &'static str, url: fn(&Seed) -> String, right: &'static [Who]) -> Case {
    Case { method, path, url, form: |_| Vec::new(), right }
}

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = account::cases();
    cases.extend(attendance::cases());
    cases.extend(school::cases());
    cases.extend(calendars::cases());
    cases.extend(documents::cases());
    cases.extend(lesson::cases());
    cases.extend(people::cases());
    cases.extend(recording::cases());
    cases.extend(safety::cases());
    cases.extend(timetable::cases());
    cases.extend(log::cases());
    cases.extend(offline::cases());
    cases.extend(work::cases());
    cases
}

async fn clients(app: &TestApp) -> BTreeMap<Who, Client> {
    let mut clients = BTreeMap::new();
    for who in Who::ALL {
        clients.insert(who, app.actor(who).await);
    }
    clients
}

async fn call(client: &mut Client, case: &Case, seed: &Seed) -> Answer {
    send(client, &case.method, &(case.url)(seed), &(case.form)(seed)).await
}

/// Asks as a browser, or a script of ours, would.
pub(crate) async fn send(client: &mut Client, method: &Method, url: &str, form: &[(&str, String)]) -> Answer {
    if *method == Method::GET {
        return client.get(url).await;
    }
    if *method != Method::POST {
        let token = client.csrf().await;
        let kind = ("content-type", "application/offset+octet-stream");
        let headers = [("x-csrf", token.as_str()), ("tus-resumable", "1.0.0"), ("upload-offset", "4"), kind];
        return client.send(method.clone(), url, &headers, b"9a".to_vec()).await;
    }
    let form: Vec<_> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
    client.post_form(url, &form).await
}

#[test]
fn every_route_has_its_case() {
    let rows: BTreeSet<_> = routes::table().iter().map(|row| format!("{} {}", row.method, row.path)).collect();
    let cases: Vec<_> = cases().iter().map(|case| format!("{} {}", case.method, case.path)).collect();
    let known: BTreeSet<_> = cases.iter().cloned().collect();
    assert_eq!(known.len(), cases.len(), "a case occurs twice");
    let missing: Vec<_> = rows.difference(&known).collect();
    assert!(missing.is_empty(), "routes without a case: {missing:#?}");
    let gone: Vec<_> = known.difference(&rows).collect();
    assert!(gone.is_empty(), "cases without a route: {gone:#?}");
}

#[test]
fn a_rule_says_who_is_expected() {
    let cases = cases();
    for row in routes::table() {
        let case = cases.iter().find(|case| case.method == row.method && case.path == row.path);
        let Some(case) = case else { continue };
        let at = format!("{} {}", row.method, row.path);
        match row.rule {
            Rule::Anyone => assert_eq!(case.right, ANYONE, "{at}"),
            Rule::SignedIn => assert_eq!(case.right, SIGNED_IN, "{at}"),
            Rule::May(act) => assert!(case.right.len() < SIGNED_IN.len(), "{at}: {act} keeps nobody out"),
        }
    }
}

#[tokio::test]
async fn nobody_without_the_right_gets_anything() {
    let app = TestApp::start().await;
    let mut clients = clients(&app).await;
    let mut calls = 0;
    for case in cases() {
        for (who, client) in clients.iter_mut().filter(|(who, _)| !case.right.contains(who)) {
            let answer = call(client, &case, &app.seed).await;
            let at = format!("{who:?}: {} {} gave {} {}", case.method, case.path, answer.status, answer.location());
            let status = answer.status.as_u16();
            match who {
                Who::Anonymous => assert!(answer.wants_sign_in(), "{at}"),
                // Nobody elsewhere learns that it exists.
                Who::Stranger if case.path.contains('{') => assert_eq!(status, 404, "{at}"),
                _ => assert!(matches!(status, 403 | 404), "{at}"),
            }
            calls += 1;
        }
    }
    assert!(calls > 20);
}

/// What is asked for there does not exist, for anybody.
const NOT_THERE: [&str; 4] = [
    "/setup",
    "/calendars/{secret}/preau.ics",
    "/lessons/{id}/documents/{file}/{page}",
    "/lessons/{id}/recordings/{n}/documents/{file}/{page}",
];
/// Open to everybody who holds an invitation; here nobody does, and reads so.
const BY_INVITATION: [&str; 3] = ["/guest", "/guest/{secret}", "/guest/documents/{file}/{page}"];

#[tokio::test]
async fn everybody_with_the_right_gets_the_page() {
    let app = TestApp::start().await;
    let mut clients = clients(&app).await;
    for case in cases().iter().filter(|case| case.method == Method::GET) {
        for who in case.right {
            let client = clients.get_mut(who).unwrap();
            let answer = call(client, case, &app.seed).await;
            let good = answer.status.is_success() || (answer.status.as_u16() == 303 && !answer.wants_sign_in());
            // The page of the first start is gone for everybody once there is an administrator.
            // So are an address of a timetable that nobody has, and the page of a document that was never made.
            let good = good || (NOT_THERE.contains(&case.path) && answer.status.as_u16() == 404);
            let good =
                good || (BY_INVITATION.contains(&case.path) && matches!(answer.status.as_u16(), 403 | 404 | 410));
            assert!(good, "{who:?}: {} gave {}: {}", case.path, answer.status, answer.reads());
        }
    }
}

#[tokio::test]
async fn nothing_is_taken_that_does_not_come_from_our_own_page() {
    let app = TestApp::start().await;
    let mut clients = clients(&app).await;
    let foreign = clients.get_mut(&Who::Head).unwrap().csrf().await;
    for case in cases().iter().filter(|case| case.method == Method::POST) {
        for who in [Who::Anonymous, Who::Teacher, Who::Administrator] {
            let client = clients.get_mut(&who).unwrap();
            let own = client.csrf().await;
            let url = (case.url)(&app.seed);
            let mut attempts = vec![("no token", client.post_form_bare(&url, &[]).await)];
            attempts.push(("a foreign token", client.post_form_bare(&url, &[("csrf", &foreign)]).await));
            for (name, value) in
                [("sec-fetch-site", "cross-site"), ("origin", "https://evil.example"), ("origin", "null")]
            {
                let mut crossing = client.clone().with_header(name, value);
                attempts.push((value, crossing.post_form_bare(&url, &[("csrf", &own)]).await));
            }
            for (what, answer) in attempts {
                let refused = answer.status.as_u16() == 403 || (who == Who::Anonymous && answer.wants_sign_in());
                assert!(refused, "{who:?}: {} with {what} gave {}", case.path, answer.status);
            }
        }
    }
}

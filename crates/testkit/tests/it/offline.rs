//! Work without a connection: what the server gives for it, and its order to forget.

use preau_base::{Instant, LessonId, SeededRng};
use preau_store::lessons::{self, NewLesson};
use preau_testkit::{Answer, Client, Options, PASSWORD, TestApp, Who};
use serde_json::Value;
use std::time::Duration;

fn json(answer: &Answer) -> Value {
    serde_json::from_slice(&answer.bytes).unwrap()
}

async fn day(client: &mut Client) -> Value {
    json(&client.get("/api/day").await.expect(200))
}

/// What the worker is told before its own text.
fn told(worker: &Answer) -> Value {
    let text = worker.text();
    let (_, after) = text.split_once("self.preau = ").unwrap();
    serde_json::from_str(after.split_once(";\n").unwrap().0).unwrap()
}

#[tokio::test]
async fn the_worker_and_the_kept_page_are_of_one_version() {
    let app = TestApp::start().await;
    let mut client = app.client();
    let worker = client.get("/worker.js").await.expect(200);
    assert_eq!(worker.header("content-type"), "text/javascript; charset=utf-8");
    assert_eq!(worker.header("cache-control"), "public, max-age=600");
    assert!(worker.header("content-security-policy").contains("worker-src 'self'"));
    let told = told(&worker);
    let version = told["version"].as_str().unwrap().to_owned();
    let page = client.get("/offline").await.expect(200);
    assert_eq!((page.header("cache-control"), page.header("set-cookie")), ("no-store", ""), "the same for everybody");
    assert!(page.text().contains(&format!("/static/{version}/offline/shell.js")));
    assert!(page.hidden("csrf").is_none() && !page.text().contains("data-person"));
    let files = told["files"].as_array().unwrap();
    assert!(files.len() > 20);
    for file in files {
        let file = file.as_str().unwrap();
        assert!(file.starts_with(&format!("/static/{version}/")), "{file}");
        assert!(!file.ends_with("/worker.js") && !file.ends_with("/gone.js"), "{file}");
        client.get(file).await.expect(200);
    }
}

#[tokio::test]
async fn the_kept_page_speaks_as_its_reader_is_spoken_to() {
    let app = TestApp::start().await;
    let mut pupil = app.actor(Who::Pupil).await;
    let mut parent = app.actor(Who::Parent).await;
    assert!(pupil.get("/offline").await.text().contains("connecte-toi\u{a0}: la journée"));
    assert!(parent.get("/offline").await.text().contains("connectez-vous\u{a0}: la journée"));
    let mut english = pupil.with_header("accept-language", "en");
    assert!(english.get("/offline").await.text().contains("html lang=\"en\""));
}

#[tokio::test]
async fn where_nothing_is_kept_the_worker_ends_what_was() {
    let app = TestApp::with(Options { forgets_offline: true, ..Options::default() }).await;
    let mut pupil = app.actor(Who::Pupil).await;
    let worker = pupil.get("/worker.js").await.expect(200).text();
    assert!(worker.contains("unregister()") && !worker.contains("self.preau"), "{worker}");
    pupil.get("/offline").await.expect(404);
    let home = pupil.get("/").await.expect(200).text();
    assert!(!home.contains("offline/main.js") && !home.contains("data-person") && !home.contains("\"/offline\""));
}

#[tokio::test]
async fn pages_say_whose_browser_it_is() {
    let app = TestApp::start().await;
    let mut pupil = app.actor(Who::Pupil).await;
    let person = app.seed.person(Who::Pupil).to_string();
    let home = pupil.get("/").await.expect(200).text();
    assert!(home.contains(&format!("data-person=\"{person}\"")) && home.contains("data-shared=\"false\""));
    assert!(home.contains("offline/main.js") && home.contains("href=\"/offline\""));
    let door = app.client().get("/sign-in").await.text();
    assert!(!door.contains("data-person") && !door.contains("offline/"), "the first page has nothing of it");

    let mut shared = app.client();
    shared
        .post_form("/sign-in", &[("login", "lea.martin"), ("password", PASSWORD), ("shared", "on")])
        .await
        .leads_to("/");
    let home = shared.get("/").await.expect(200).text();
    assert!(home.contains("data-shared=\"true\"") && !home.contains("href=\"/offline\""));
    assert_eq!(day(&mut shared).await["shared_device"], true);
}

#[tokio::test]
async fn a_token_is_this_session_s_and_is_taken() {
    let app = TestApp::start().await;
    let mut pupil = app.actor(Who::Pupil).await;
    let told = json(&pupil.get("/offline/token").await.expect(200));
    assert_eq!(told["person"], app.seed.person(Who::Pupil).to_string());
    assert_eq!(told["shared_device"], false);
    let csrf = told["csrf"].as_str().unwrap().to_owned();
    let path = format!("/homework/{}/draft", app.seed.homework());
    let body = || b"body=Le+delta".to_vec();
    let form = ("content-type", "application/x-www-form-urlencoded");
    let headers = [("x-csrf", csrf.as_str()), ("accept", "application/json"), form];
    pupil.send(http::Method::POST, &path, &headers, body()).await.expect(200);
    // Somebody else in this browser meanwhile: the token is of another session.
    let mut other = app.actor(Who::Classmate).await;
    let refused = other.send(http::Method::POST, &path, &headers, body()).await.expect(403);
    assert_eq!(json(&refused)["error"], "foreign");
    let nobody = app.client().with_header("accept", "application/json").get("/offline/token").await.expect(401);
    assert_eq!(json(&nobody)["error"], "sign-in");
}

#[tokio::test]
async fn signing_out_orders_the_browser_to_forget_unless_something_is_unsent() {
    let app = TestApp::start().await;
    for (unsent, order) in [(None, "\"storage\""), (Some("1"), "")] {
        let mut pupil = app.actor(Who::Pupil).await;
        if let Some(value) = unsent {
            pupil.set_cookie("preau-unsent", value);
        }
        let answer = pupil.post_form("/sign-out", &[]).await.leads_to("/sign-in");
        assert_eq!(answer.header("clear-site-data"), order, "{unsent:?}");
        let after = pupil.with_header("accept", "application/json").get("/api/day").await.expect(401);
        assert_eq!(json(&after)["error"], "sign-in", "a script learns that the session has ended");
    }
}

#[tokio::test]
async fn everybody_gets_the_day_that_is_theirs() {
    let app = TestApp::start().await;
    let class = app.seed.class().to_string();
    let fields = [("group", class.as_str()), ("title", "Carte du Nil"), ("day", "2026-11-24"), ("ways", "photos")];
    let mut sets = app.actor(Who::Teacher).await;
    sets.post_files("/homework/new", &fields, &[("file", "plan.txt", b"Le Nil")]).await.leads_to("/homework");
    let mut pupil = day(&mut app.actor(Who::Pupil).await).await;
    let parent = day(&mut app.actor(Who::Parent).await).await;
    let teacher = day(&mut app.actor(Who::Teacher).await).await;
    let elsewhere = day(&mut app.actor(Who::Stranger).await).await;
    assert_eq!(pupil["format"], 1);
    assert!(!pupil["lessons"].as_array().unwrap().is_empty() && !pupil["works"].as_array().unwrap().is_empty());
    let works = pupil["works"].as_array().unwrap();
    let work = works.iter().find(|work| work["title"] == "Carte du Nil").unwrap();
    assert_eq!((&work["may_hand_in"], &work["files"][0]["bytes"]), (&Value::Bool(true), &Value::from(6)));
    assert_eq!(pupil["children"].as_array().unwrap().len(), 0);
    let pupil_log = pupil["log"].clone();

    // A relative reads what the child has, and may neither see drafts nor hand in.
    let child = &parent["children"][0];
    assert_eq!(child["person"], app.seed.person(Who::Pupil).to_string());
    assert_eq!(child["lessons"], pupil["lessons"]);
    for work in child["works"].as_array().unwrap() {
        assert_eq!((&work["may_hand_in"], &work["draft"]), (&Value::Bool(false), &Value::Null));
    }
    let title =
        |day: &Value| day["works"].as_array().unwrap().iter().map(|work| work["title"].clone()).collect::<Vec<_>>();
    assert_eq!(title(child), title(&pupil.take()));
    assert_eq!((parent["lessons"].as_array().unwrap().len(), parent["works"].as_array().unwrap().len()), (0, 0));

    // What the lesson that is on is about, with its file; the teacher keeps the same, a stranger nothing of it.
    let entry = &pupil_log[0];
    assert_eq!(
        (&entry["body"], &entry["subject"]),
        (&Value::from("La crue du Nil."), &Value::from("Histoire-géographie"))
    );
    let path = format!("/lessons/{}/log", app.seed.lesson_now());
    assert_eq!(entry["path"], path.as_str());
    let file = entry["files"][0]["path"].as_str().unwrap();
    assert!(file.starts_with(&format!("{path}/files/")), "{file}");
    app.actor(Who::Pupil).await.get(file).await.expect(200);
    assert_eq!(child["log"], pupil_log);
    assert_eq!(teacher["log"][0]["body"], entry["body"]);
    assert_eq!(teacher["log"][0]["who"], "6e\u{a0}B");
    assert_eq!(elsewhere["log"].as_array().unwrap().len(), 0);

    assert!(!teacher["lessons"].as_array().unwrap().is_empty());
    assert!(teacher["works"].as_array().unwrap().is_empty());
    assert_eq!(teacher["lessons"][0]["who"], "6e\u{a0}B", "a teacher reads which class");
    assert!(elsewhere["children"].as_array().unwrap().is_empty());
}

/// An hour of 6e B on a day.
async fn lesson_on(app: &TestApp, day: &str) {
    let at: jiff::Timestamp = format!("{day}T08:05:00Z").parse().unwrap();
    let starts_at = Instant::from_millis(at.as_millisecond());
    let (groups, teachers) = ([app.seed.class()], [app.seed.person(Who::Teacher)]);
    let id = LessonId::new(starts_at, &mut SeededRng::new(starts_at.as_millis().unsigned_abs()));
    let lesson = NewLesson {
        id,
        school: app.seed.school(),
        subject_name: day,
        room: "",
        starts_at,
        ends_at: starts_at.plus(Duration::from_secs(3_300)),
        groups: &groups,
        teachers: &teachers,
        created_by: None,
        source: "hand",
    };
    let mut tx = app.store.write().await.unwrap();
    lessons::create(&mut tx, &lesson, starts_at).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn the_day_reaches_to_the_next_day_with_school_whatever_lies_between() {
    let app = TestApp::start().await;
    for day in ["2026-11-30", "2026-12-18", "2026-12-21", "2027-01-04", "2027-01-05"] {
        lesson_on(&app, day).await;
    }
    let subjects = |day: &Value| -> Vec<String> {
        day["lessons"].as_array().unwrap().iter().map(|it| it["subject"].as_str().unwrap().to_owned()).collect()
    };
    // Friday 27 November: over the weekend.
    app.clock.advance(Duration::from_secs(4 * 86_400));
    assert_eq!(subjects(&day(&mut app.actor(Who::Pupil).await).await), ["2026-11-30"]);
    // Friday 18 December, the last day before the holidays: the 4th of January is next, the 21st has no school.
    app.clock.advance(Duration::from_secs(21 * 86_400));
    let pupil = day(&mut app.actor(Who::Pupil).await).await;
    assert_eq!(
        subjects(&pupil),
        ["2026-12-18", "2026-12-21", "2027-01-04"],
        "what somebody has put into holidays is there"
    );
    let parent = day(&mut app.actor(Who::Parent).await).await;
    assert_eq!(parent["children"][0]["lessons"], pupil["lessons"]);
    let teacher = day(&mut app.actor(Who::Teacher).await).await;
    assert_eq!(subjects(&teacher), subjects(&pupil));
}

#[tokio::test]
async fn the_files_of_all_work_are_read_at_once() {
    let app = TestApp::start().await;
    let class = app.seed.class().to_string();
    let mut sets = app.actor(Who::Teacher).await;
    let mut pupil = app.actor(Who::Pupil).await;
    let mut taken = Vec::new();
    for title in ["Un", "Deux", "Trois", "Quatre"] {
        let fields = [("group", class.as_str()), ("title", title), ("day", "2026-11-24"), ("ways", "text")];
        sets.post_files("/homework/new", &fields, &[("file", "plan.txt", title.as_bytes())])
            .await
            .leads_to("/homework");
        let answer = pupil.get("/api/day").await.expect(200);
        let works = json(&answer)["works"].as_array().unwrap().clone();
        let work = works.iter().find(|work| work["title"] == title).unwrap();
        assert_eq!(work["files"][0]["bytes"], title.len());
        let draft = format!("{}/draft", work["path"].as_str().unwrap());
        pupil.post_form(&draft, &[("body", title)]).await.expect(303);
        taken.push(answer.statements);
    }
    assert_eq!(taken[1..], [taken[0]; 3], "as many statements for four pieces of work as for one");
    let works = day(&mut pupil).await["works"].as_array().unwrap().clone();
    assert!(works.iter().filter(|work| work["draft"]["body"] == work["title"]).count() >= 4, "{works:?}");
}

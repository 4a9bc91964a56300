//! Reports to school life, the self-test, and what is kept of a lesson's chat.

use preau_base::{ChatId, Instant, LessonId, PersonId, SystemRng, VisitId};
use preau_school::LessonRole;
use preau_store::chat::{self, Message};
use preau_store::{audit, keeping, notices, visits};
use preau_testkit::{Options, TestApp, Who};
use std::time::Duration;

const DAY: Duration = Duration::from_secs(86_400);

fn form(lesson: LessonId) -> String {
    format!("/lessons/{lesson}/report")
}

async fn report(app: &TestApp, who: Who, about: Who) -> preau_testkit::Answer {
    let person = app.seed.person(about).to_string();
    let fields = [("person", person.as_str()), ("concern", "insult"), ("body", "Il se moque de moi")];
    app.actor(who).await.post_form(&form(app.seed.lesson_now()), &fields).await
}

async fn say(app: &TestApp, by: PersonId, body: &str, audience: &str, at: Instant) -> ChatId {
    let mut tx = app.store.write().await.expect("a transaction");
    let id = ChatId::new(at, &mut SystemRng);
    let message = Message { id, person_id: by, body: body.to_owned(), audience: audience.to_owned(), sent_at: at };
    chat::send(&mut tx, app.seed.lesson_now(), &message, &id.to_string()).await.expect("said");
    tx.commit().await.expect("kept");
    id
}

#[tokio::test]
async fn school_life_is_told_without_a_name_and_the_reported_never() {
    let app = TestApp::with(Options { mail: true, ..Options::default() }).await;
    report(&app, Who::Pupil, Who::Classmate).await.leads_to("/");
    let mut conn = app.store.read().await.expect("a connection");
    for (who, told) in [(Who::SchoolLife, true), (Who::Head, true), (Who::Classmate, false), (Who::Teacher, false)] {
        let all = notices::list(&mut conn, app.seed.person(who)).await.expect("read");
        let reports: Vec<_> = all.iter().filter(|notice| notice.kind == "report").collect();
        assert_eq!(reports.len(), usize::from(told), "{who:?}");
        let text = format!("{:?}", reports.iter().map(|notice| &notice.arguments).collect::<Vec<_>>());
        assert!(!text.contains("Léa") && !text.contains("Tom"), "{text}");
    }
    let log = audit::list(&mut conn, Some(app.seed.school()), i64::MAX).await.expect("read");
    assert!(!log.iter().any(|row| row.actor == Who::Pupil.login()), "who has reported is in no log");
}

#[tokio::test]
async fn nobody_judges_what_is_said_of_themselves() {
    let app = TestApp::start().await;
    let mut tx = app.store.write().await.expect("a transaction");
    let (head, visit) = (app.seed.person(Who::Head), VisitId::new(app.app.now(), &mut SystemRng));
    visits::join(&mut tx, visit, app.seed.lesson_now(), head, LessonRole::Observer, app.app.now()).await.expect("in");
    tx.commit().await.expect("kept");
    report(&app, Who::Pupil, Who::Head).await.leads_to("/");
    let list = format!("/schools/{}/reports", app.seed.school());
    let seen = app.actor(Who::SchoolLife).await.get(&list).await.reads();
    assert_eq!(seen.matches("Insulte").count(), 1, "{seen}");
    let own = app.actor(Who::Head).await.get(&list).await.reads();
    assert_eq!(own.matches("Insulte").count(), 0, "{own}");
}

#[tokio::test]
async fn nobody_reports_without_end() {
    let app = TestApp::start().await;
    for made in 0..11 {
        let status = report(&app, Who::Classmate, Who::Pupil).await.status.as_u16();
        assert_eq!(status, if made < 10 { 303 } else { 429 }, "report {made}");
    }
    app.clock.advance(DAY + Duration::from_secs(1));
    assert_eq!(report(&app, Who::Classmate, Who::Pupil).await.status.as_u16(), 303, "the next day");
}

#[tokio::test]
async fn only_people_and_lines_of_the_lesson_are_reported() {
    let app = TestApp::start().await;
    let path = form(app.seed.lesson_now());
    let mut client = app.actor(Who::Pupil).await;
    let now = app.app.now();
    let own = say(&app, app.seed.person(Who::Pupil), "moi", "\"class\"", now).await.to_string();
    let other = say(&app, app.seed.person(Who::Classmate), "lui", "\"class\"", now).await.to_string();
    let (stranger, me) = (app.seed.person(Who::Stranger).to_string(), app.seed.person(Who::Pupil).to_string());
    for (name, value, expect) in [
        ("person", stranger.as_str(), 404),
        ("person", me.as_str(), 404),
        ("person", "x", 400),
        ("person", "", 422),
        ("chat", own.as_str(), 404),
        ("chat", stranger.as_str(), 404),
        ("chat", other.as_str(), 303),
    ] {
        let answer = client.post_form(&path, &[(name, value), ("concern", "other"), ("body", "…")]).await;
        assert_eq!(answer.status.as_u16(), expect, "{name} {value}");
    }
    let tom = app.seed.person(Who::Classmate).to_string();
    let picture = client.post_form(&path, &[("person", &tom), ("concern", "other"), ("picture", "PHN2Zz4=")]).await;
    assert_eq!(picture.status.as_u16(), 400, "no picture of ours");
}

#[tokio::test]
async fn a_self_test_is_sent_and_seen_and_bounded() {
    let app = TestApp::start().await;
    let mut client = app.actor(Who::Pupil).await;
    let good = r#"[{"what":"udp","state":"bad"},{"what":"down","state":"good","value":8200}]"#;
    assert_eq!(client.post_form("/self-test", &[("results", "[1]")]).await.status.as_u16(), 400);
    for sent in 0..6 {
        let status = client.post_form("/self-test", &[("results", good)]).await.status.as_u16();
        assert_eq!(status, if sent < 5 { 303 } else { 429 }, "test {sent}");
    }
    let seen =
        app.actor(Who::SchoolLife).await.get(&format!("/schools/{}/self-tests", app.seed.school())).await.reads();
    assert!(seen.contains("Léa Martin") && seen.contains("8"), "{seen}");
    for measure in 0..13 {
        let status = client.get("/self-test/down?bytes=1000").await.status.as_u16();
        assert_eq!(status, if measure < 12 { 200 } else { 429 }, "measure {measure}");
    }
}

#[tokio::test]
async fn chat_goes_when_the_school_says_so() {
    let app = TestApp::start().await;
    let (lesson, school, now) = (app.seed.lesson_now(), app.seed.school(), app.app.now());
    say(&app, app.seed.person(Who::Teacher), "Bonjour", "\"class\"", now).await;
    let lines = async || {
        let mut conn = app.store.read().await.expect("a connection");
        keeping::lines(&mut conn, lesson, None).await.expect("read").len()
    };
    let mut head = app.actor(Who::Head).await;
    head.save(&format!("/schools/{school}/keeping"), &[("days", "7")]).await.leads_to(&format!("/schools/{school}"));
    app.clock.advance(DAY * 6);
    assert_eq!(preau_web::jobs::keep_classes(&app.app).await.expect("swept"), 0);
    assert_eq!(lines().await, 1);
    app.clock.advance(DAY * 2);
    assert_eq!(preau_web::jobs::keep_classes(&app.app).await.expect("swept"), 1);
    assert_eq!(lines().await, 0);

    let said = app.app.now();
    say(&app, app.seed.person(Who::Teacher), "Encore", "\"class\"", said).await;
    let mut head = app.actor(Who::Head).await;
    head.save(&format!("/schools/{school}/keeping"), &[("days", "year")]).await.leads_to(&format!("/schools/{school}"));
    app.clock.advance(DAY * 200);
    assert_eq!(preau_web::jobs::keep_classes(&app.app).await.expect("swept"), 0, "it is still the same school year");
    app.clock.advance(DAY * 100);
    assert_eq!(preau_web::jobs::keep_classes(&app.app).await.expect("swept"), 1);
}

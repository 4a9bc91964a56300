//! Who may say that a pupil is absent, where they go then, and that what is sent twice is said once.

use preau_base::PersonId;
use preau_school::RelationRights;
use preau_school::attendance::HalfDay;
use preau_store::{absences, audit, follow_ups, people};
use preau_testkit::{TestApp, Who};

/// A form for the day of the seed, with this key.
fn a_day<'a>(key: &'a str, reason: &'a str) -> [(&'a str, &'a str); 6] {
    let day = "2026-11-23";
    [("key", key), ("first", day), ("first-half", "am"), ("last", day), ("last-half", "pm"), ("reason", reason)]
}

async fn absences_of(app: &TestApp, pupil: PersonId) -> usize {
    let mut conn = app.store.read().await.unwrap();
    let from: HalfDay = "2026-09-01-am".parse().unwrap();
    absences::of_pupil(&mut conn, app.seed.school(), pupil, from).await.unwrap().len()
}

#[tokio::test]
async fn whoever_may_declare_does_so_whatever_else_they_may() {
    let app = TestApp::start().await;
    let (lea, mother) = (app.seed.person(Who::Pupil), app.seed.person(Who::Parent));
    let (declare, register) = (format!("/people/{lea}/absences/new"), format!("/people/{lea}/attendance"));
    let mut parent = app.actor(Who::Parent).await;
    let mut was = RelationRights::ALL;
    for bits in 0..8_u8 {
        let [sees_day, sees_attendance, may_declare] = [1, 2, 4].map(|bit| bits & bit != 0);
        let rights = RelationRights { sees_day, sees_attendance, may_declare, may_sign: false };
        let mut tx = app.store.write().await.unwrap();
        assert!(people::change_rights(&mut tx, (mother, lea), was, rights).await.unwrap());
        was = rights;
        tx.commit().await.unwrap();
        let before = absences_of(&app, lea).await;
        parent.get(&register).await.expect(if sees_attendance { 200 } else { 404 });
        let page = parent.get(&declare).await;
        let sent = parent.post_form(&declare, &a_day("", "health")).await;
        if !may_declare {
            let status = if sees_attendance { 403 } else { 404 };
            page.expect(status);
            sent.expect(status);
            assert_eq!(absences_of(&app, lea).await, before, "{rights:?}");
            continue;
        }
        let back = match (sees_attendance, sees_day) {
            (true, _) => register.clone(),
            (false, true) => format!("/people/{lea}"),
            (false, false) => "/".to_owned(),
        };
        let page = page.expect(200).says("Absence de Léa Martin");
        assert!(page.text().contains(&format!("<a href=\"{back}\">←")), "{rights:?}: {}", page.text());
        sent.leads_to(&back);
        parent.get(&back).await.expect(200).says("L’absence est déclarée");
        assert_eq!(absences_of(&app, lea).await, before + 1, "{rights:?}");
        let hub = parent.get("/attendance").await;
        if sees_attendance {
            hub.leads_to(&register);
        } else {
            let hub = hub.expect(200).says("Déclarer une absence · Léa Martin");
            assert!(hub.text().contains(&format!("href=\"{declare}\"")), "{}", hub.text());
        }
    }
}

#[tokio::test]
async fn an_absence_that_is_sent_twice_is_declared_once() {
    let app = TestApp::start().await;
    let lea = app.seed.person(Who::Pupil);
    let (declare, register) = (format!("/people/{lea}/absences/new"), format!("/people/{lea}/attendance"));
    let mut parent = app.actor(Who::Parent).await;
    let before = absences_of(&app, lea).await;
    let key = parent.get(&declare).await.expect(200).hidden("key").expect("the id that it will have");
    for _ in 0..2 {
        parent.post_form(&declare, &a_day(&key, "health")).await.leads_to(&register);
    }
    assert_eq!(absences_of(&app, lea).await, before + 1);
    // Back in the browser and something else written: another absence.
    parent.post_form(&declare, &a_day(&key, "family")).await.leads_to(&register);
    assert_eq!(absences_of(&app, lea).await, before + 2);
    let mut conn = app.store.read().await.unwrap();
    let log = audit::list(&mut conn, Some(app.seed.school()), i64::MAX).await.unwrap();
    assert_eq!(log.iter().filter(|row| row.action == "absence.declare").count(), 2);
}

#[tokio::test]
async fn a_follow_up_that_is_sent_twice_is_written_once() {
    let app = TestApp::start().await;
    let tom = app.seed.person(Who::Classmate);
    let path = format!("/people/{tom}/follow-up");
    let mut head = app.actor(Who::Head).await;
    let key = head.get(&path).await.expect(200).hidden("key").expect("the id that it will have");
    let form = |note| [("key", key.as_str()), ("means", "phone"), ("result", "no_answer"), ("note", note)];
    for _ in 0..2 {
        head.post_form(&path, &form("Répondeur")).await.leads_to(&path);
    }
    let written = async || {
        let mut conn = app.store.read().await.unwrap();
        follow_ups::of_pupil(&mut conn, app.seed.school(), tom).await.unwrap().len()
    };
    assert_eq!(written().await, 1);
    let next = head.get(&path).await.expect(200).hidden("key");
    assert_ne!(next.as_deref(), Some(key.as_str()), "the next form is for another one");
    // Back in the browser and something else written: another one.
    head.post_form(&path, &form("Rappelle demain")).await.leads_to(&path);
    assert_eq!(written().await, 2);
}

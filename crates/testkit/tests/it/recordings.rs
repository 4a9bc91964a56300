//! Recordings that a school keeps: until when, for whom, and what is left of them.

use preau_testkit::{TestApp, Who};
use preau_web::jobs::end_recordings;
use std::time::Duration;

const DAY: Duration = Duration::from_secs(86_400);

#[tokio::test]
async fn after_its_days_a_recording_is_gone_and_so_are_its_files() {
    let app = TestApp::start().await;
    let (page, file) = (format!("/lessons/{}/recordings/1", app.seed.lesson_now()), app.seed.recorded());
    let kept = {
        let mut conn = app.store.read().await.expect("a connection");
        let all = preau_store::recordings::of_lesson(&mut conn, app.seed.lesson_now(), app.app.now()).await;
        all.expect("read").first().expect("a recording").expires_at
    };
    app.clock.set(kept.minus(DAY));
    assert_eq!(end_recordings(&app.app).await.expect("swept"), 0, "a day too early");
    app.actor(Who::Pupil).await.get(&page).await.expect(200);
    assert!(app.app.files.has(file).await.expect("asked"));

    app.clock.set(kept);
    app.actor(Who::Pupil).await.get(&page).await.expect(404);
    assert!(app.app.files.has(file).await.expect("asked"), "seen no more, and still to be taken away");
    assert!(end_recordings(&app.app).await.expect("swept") > 0);
    assert!(!app.app.files.has(file).await.expect("asked"), "gone from the object store");
    let mut conn = app.store.read().await.expect("a connection");
    assert!(preau_store::files::by_id(&mut conn, file).await.expect("read").is_none(), "and from the database");
    assert_eq!(end_recordings(&app.app).await.expect("swept"), 0, "once");
}

#[tokio::test]
async fn a_head_deletes_from_the_list_of_the_school_without_seeing_what_is_in_it() {
    let app = TestApp::start().await;
    let list = format!("/schools/{}/recordings/kept", app.seed.school());
    let page = format!("/lessons/{}/recordings/1", app.seed.lesson_now());
    let mut head = app.actor(Who::Head).await;
    let shown = head.get(&list).await.expect(200).reads();
    assert!(shown.contains("Histoire-géographie"), "{shown}");
    head.get(&page).await.expect(404);
    head.post_form(&format!("{page}/delete"), &[]).await.leads_to(&list);
    head.get(&list).await.expect(200).says("ne conserve aucun enregistrement");
    app.actor(Who::Teacher).await.get(&page).await.expect(404);
    assert!(!app.app.files.has(app.seed.recorded()).await.expect("asked"), "at once");
}

//! The gate's console, and what the ladder turns off, as people see it.

use preau_base::Clock as _;
use preau_testkit::{TestApp, Who};

#[tokio::test]
async fn a_level_held_by_hand_is_told_on_every_page() {
    let app = TestApp::start().await;
    let mut admin = app.actor(Who::PlatformAdmin).await;
    let mut pupil = app.actor(Who::Pupil).await;
    admin.get("/admin/gate").await.expect(200);
    assert!(!pupil.get("/").await.reads().contains("Affichage allégé"));
    admin.post_form("/admin/gate", &[("set", "level"), ("level", "1")]).await.leads_to("/admin/gate");
    let console = admin.get("/admin/gate").await.expect(200);
    assert!(console.reads().contains("tenu à la main"), "{}", console.reads());
    assert!(pupil.get("/").await.reads().contains("Affichage allégé"));
    admin.get("/audit").await.expect(503);
    admin.post_form("/admin/gate", &[("set", "level"), ("level", "0")]).await.leads_to("/admin/gate");
    assert!(!pupil.get("/").await.reads().contains("Affichage allégé"));
    let log = admin.get("/audit").await.expect(200);
    assert!(log.reads().contains("Entrée réglée"), "{}", log.reads());
}

#[tokio::test]
async fn read_only_keeps_lessons_open_and_refuses_the_rest_kindly() {
    let app = TestApp::start().await;
    let mut admin = app.actor(Who::PlatformAdmin).await;
    let mut teacher = app.actor(Who::Teacher).await;
    let mut pupil = app.actor(Who::Pupil).await;
    admin.post_form("/admin/gate", &[("set", "level"), ("level", "4")]).await.leads_to("/admin/gate");
    let refused = teacher.post_form("/homework/new", &[("text", "Lire")]).await.expect(503).says("Rien n’est perdu");
    assert_eq!((refused.hidden("text").as_deref(), refused.header("retry-after")), (Some("Lire"), "60"));
    let lesson = app.seed.lesson_now();
    pupil.get("/").await.expect(200);
    pupil.get(&format!("/lessons/{lesson}")).await.expect(200);
    pupil.post_json(&format!("/lessons/{lesson}/token")).await.expect(200);
    // Attendance and handing in go on: what is wrong with these is in them.
    assert_ne!(teacher.post_form(&format!("/lessons/{lesson}/roll"), &[]).await.status, 503);
    assert_ne!(pupil.post_form("/uploads", &[]).await.status, 503);
    app.client().sign_in(Who::Classmate.login(), preau_testkit::PASSWORD).await.leads_to("/");
}

/// Whose browser says that it keeps their day is led to it by a page that is off, and by nothing else.
#[tokio::test]
async fn a_page_that_is_off_leads_to_what_the_browser_keeps() {
    let app = TestApp::start().await;
    let mut admin = app.actor(Who::PlatformAdmin).await;
    let mut pupil = app.actor(Who::Pupil).await;
    let way = "Lire ce qui est gardé sur cet appareil";
    let told = |hours_ago: i64| format!("preau-day={}", app.clock.now().as_secs() - hours_ago * 3_600);
    let mut keeper = pupil.clone().with_header("service-worker-navigation-preload", &told(1));
    assert!(!keeper.get("/notices").await.expect(200).reads().contains(way));
    assert!(!keeper.get("/nowhere").await.expect(404).reads().contains(way), "waiting would not help");
    admin.post_form("/admin/gate", &[("set", "level"), ("level", "3")]).await.leads_to("/admin/gate");
    let refused = keeper.get("/notices").await.expect(503);
    assert!(refused.reads().contains(way) && refused.text().contains("<a href=\"/offline\">"), "{}", refused.reads());
    assert!(!pupil.get("/notices").await.expect(503).reads().contains(way));
    let mut stale = pupil.clone().with_header("service-worker-navigation-preload", &told(5 * 24));
    assert!(!stale.get("/notices").await.expect(503).reads().contains(way), "too old to be shown");
}

#[tokio::test]
async fn a_setting_that_makes_no_sense_changes_nothing() {
    let app = TestApp::start().await;
    let mut admin = app.actor(Who::PlatformAdmin).await;
    let wrong: [&[(&str, &str)]; 5] = [
        &[("set", "level"), ("level", "9")],
        &[("set", "inside"), ("number", "many")],
        &[("set", "doors"), ("doors", "at"), ("time", "noon")],
        &[("set", "block"), ("network", "everything")],
        &[("set", "nonsense")],
    ];
    for form in wrong {
        let page = admin.post_form("/admin/gate", form).await.expect(422);
        assert!(page.reads().contains("L’entrée, en direct"), "{form:?}");
    }
    assert!(admin.get("/admin/gate").await.expect(200).reads().contains("0 · tout est servi"));
}

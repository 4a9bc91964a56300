//! The visa with its remark, and what the log sets to be handed in.

use super::{filled, send};
use preau_store::{homework, notices};
use preau_testkit::{TestApp, Who};

#[tokio::test]
async fn a_remark_goes_with_the_visa_to_those_whose_lessons_they_are() {
    let app = TestApp::start().await;
    let school = format!("/schools/{}/log", app.seed.school());
    let seen = app.app.now().as_millis().to_string();
    let form = [
        ("from", "2026-11-01"),
        ("to", "2026-11-30"),
        ("seen", seen.as_str()),
        ("remark", "Pensez <b>aux devoirs</b>."),
    ];
    app.actor(Who::Head).await.post_form(&format!("{school}/visa"), &form).await.expect(303);
    let entry = format!("/lessons/{}/log", app.seed.lesson_now());
    for who in [Who::Teacher, Who::Head] {
        let page = app.actor(who).await.get(&entry).await.expect(200).says("Remarque avec le visa");
        assert!(!page.text().contains("<b>aux"), "{who:?}");
    }
    for who in [Who::Pupil, Who::Parent, Who::SchoolLife] {
        let page = app.actor(who).await.get(&entry).await.expect(200);
        assert!(!page.reads().contains("aux devoirs"), "{who:?}");
    }
    app.actor(Who::Teacher).await.get("/").await.says("Une de vos séances a reçu le visa");
    let mut conn = app.store.read().await.unwrap();
    let told = notices::list(&mut conn, app.seed.person(Who::Pupil)).await.unwrap();
    assert!(told.iter().all(|notice| notice.kind != "log-visa"));
}

#[tokio::test]
async fn work_set_from_the_log_is_handed_in_as_its_form_says() {
    let app = TestApp::start().await;
    let mut teacher = app.actor(Who::Teacher).await;
    let path = format!("/lessons/{}/log", app.seed.lesson_later());
    let form = teacher.get(&format!("{path}/write")).await.expect(200).says("À rendre");
    let work = [
        ("body", "Le vote"),
        ("work", "Affiche"),
        ("for", "day"),
        ("due", "2026-11-27"),
        ("ways", "photos"),
        ("ways", "text"),
        ("ways", "nonsense"),
        ("do", "publish"),
    ];
    let fields = filled(&form, &work);
    send(&mut teacher, &format!("{path}/write"), &fields).await.leads_to(&path);
    let key = form.hidden("key").unwrap().parse().unwrap();
    let mut conn = app.store.read().await.unwrap();
    let set = homework::by_id(&mut conn, key).await.unwrap().expect("set");
    assert!(set.deadline_at.is_some());
    drop(conn);
    let mut pupil = app.actor(Who::Pupil).await;
    pupil.get(&format!("/homework/{key}")).await.expect(200).says("Affiche").says("Rendre");
}

#[tokio::test]
async fn a_draft_comes_back_with_the_way_of_handing_in() {
    let app = TestApp::start().await;
    let mut teacher = app.actor(Who::Teacher).await;
    let write = format!("/lessons/{}/log/write", app.seed.lesson_later());
    let form = teacher.get(&write).await.expect(200);
    let work = [("body", "Le vote"), ("work", "Affiche"), ("ways", "photos"), ("test", "yes"), ("do", "draft")];
    send(&mut teacher, &write, &filled(&form, &work)).await.expect(303);
    let again = teacher.get(&write).await.expect(200);
    for (name, value, is_checked) in [("ways", "photos", true), ("ways", "audio", false), ("test", "yes", true)] {
        let mark = if is_checked { " checked" } else { "" };
        let field = format!("name=\"{name}\" value=\"{value}\"{mark}>");
        assert!(again.text().contains(&field), "{field} is not in the form");
    }
}

#[tokio::test]
async fn wild_addresses_get_pages() {
    let app = TestApp::start().await;
    let (mut teacher, mut head) = (app.actor(Who::Teacher).await, app.actor(Who::Head).await);
    let (class, school) = (app.seed.class(), app.seed.school());
    for wild in ["", "2199-12-31", "2000-01-01", "-1", "31/02/2026", "%00%22%3E%3Cscript%3E", "99999999999999999999"] {
        let read = teacher.get(&format!("/groups/{class}/log?until={wild}&subject={wild}")).await.expect(200);
        assert!(!read.text().contains("\"><script>"));
        teacher.get(&format!("/groups/{class}/load?from={wild}")).await.expect(200);
        teacher.get(&format!("/progressions/{}?group={wild}", app.seed.log().progression)).await.expect(200);
        head.get(&format!("/schools/{school}/log?from={wild}&to={wild}")).await.expect(200);
        head.get(&format!("/schools/{school}/log/entries?from={wild}&to={wild}&group={wild}")).await.expect(200);
    }
    let foreign = [("group", "x"), ("from", ""), ("to", "")];
    head.post_form(&format!("/schools/{school}/log/visa"), &foreign).await.expect(400);
}

#[tokio::test]
async fn a_form_of_the_log_that_was_sent_before_with_other_words_says_so() {
    let app = TestApp::start().await;
    let mut teacher = app.actor(Who::Teacher).await;
    let path = format!("/lessons/{}/log", app.seed.lesson_later());
    let write = format!("{path}/write");
    let form = teacher.get(&write).await.expect(200);
    let with = |work: &'static str| {
        let own = [("body", "Le vote"), ("work", work), ("for", "day"), ("due", "2026-11-27"), ("do", "publish")];
        filled(&form, &own)
    };
    send(&mut teacher, &write, &with("Affiche")).await.leads_to(&path);
    send(&mut teacher, &write, &with("Affiche")).await.leads_to(&path);
    // Gone back in the browser: other work under the same key.
    let told = send(&mut teacher, &write, &with("Exposé")).await.expect(409);
    let told = told.says("Ce formulaire a déjà donné le travail «\u{a0}Affiche\u{a0}»");
    assert!(told.text().contains("value=\"Exposé\""), "what was typed is there");
    let own = [("body", "Le vote"), ("work", "Exposé"), ("for", "day"), ("due", "2026-11-27"), ("do", "publish")];
    send(&mut teacher, &write, &filled(&told, &own)).await.leads_to(&path);
    let mut conn = app.store.read().await.unwrap();
    let set = homework::of_lesson(&mut conn, app.seed.lesson_later()).await.unwrap();
    let titles: std::collections::BTreeSet<_> = set.iter().map(|work| work.title.as_str()).collect();
    assert_eq!((set.len(), titles), (2, ["Affiche", "Exposé"].into()));
    drop(conn);

    // An addition below the visa.
    let seen = app.app.now().as_millis().to_string();
    let visa = [("from", "2026-11-01"), ("to", "2026-11-30"), ("seen", seen.as_str())];
    let school = format!("/schools/{}/log", app.seed.school());
    app.actor(Who::Head).await.post_form(&format!("{school}/visa"), &visa).await.expect(303);
    let page = teacher.get(&path).await.expect(200);
    let (add, key) = (format!("{path}/add"), page.hidden("key").unwrap());
    teacher.post_form(&add, &[("key", &key), ("body", "Un ajout.")]).await.leads_to(&path);
    teacher.post_form(&add, &[("key", &key), ("body", "Un ajout.")]).await.leads_to(&path);
    let told = teacher.post_form(&add, &[("key", &key), ("body", "Un autre.")]).await.expect(409);
    let told = told.says("déjà servi pour un autre ajout").says("Un autre.");
    let key = told.hidden("key").unwrap();
    teacher.post_form(&add, &[("key", &key), ("body", "Un autre.")]).await.leads_to(&path);
    let page = teacher.get(&path).await.expect(200);
    assert_eq!((page.reads().matches("Un ajout.").count(), page.reads().matches("Un autre.").count()), (1, 1));

    // A progression and its steps.
    let key = teacher.get("/progressions").await.hidden("key").unwrap();
    let plan = format!("/progressions/{key}");
    let made = |title: &'static str| [("key", key.as_str()), ("title", title), ("subject", "Latin")];
    teacher.post_form("/progressions", &made("Rome")).await.leads_to(&plan);
    teacher.post_form("/progressions", &made("Rome")).await.leads_to(&plan);
    let told = teacher.post_form("/progressions", &made("Athènes")).await.expect(409).says("déjà été envoyé");
    assert!(told.text().contains("value=\"Athènes\"") && told.hidden("key").unwrap() != key);
    let key = teacher.get(&plan).await.hidden("key").unwrap();
    let steps = format!("{plan}/steps");
    let step = |title: &'static str| [("key", key.as_str()), ("title", title)];
    teacher.post_form(&steps, &step("La louve")).await.leads_to(&plan);
    teacher.post_form(&steps, &step("La louve")).await.leads_to(&plan);
    let told = teacher.post_form(&steps, &step("Les rois")).await.expect(409).says("déjà été envoyé");
    let key = told.hidden("key").unwrap();
    teacher.post_form(&steps, &[("key", &key), ("title", "Les rois")]).await.leads_to(&plan);
    teacher.get(&plan).await.says("La louve").says("Les rois");
}

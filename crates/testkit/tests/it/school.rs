//! The everyday pages and those of administration, as people use them.

use preau_school::MemberRole;
use preau_store::{audit, groups, lessons, people};
use preau_testkit::{Client, Options, PASSWORD, TestApp, Who};
use preau_web::Presence;
use std::time::Duration;

const NEW: &str = "girafe tambour violet";

/// The code on a page, as it is printed.
fn code_on(page: &str) -> String {
    let word = |word: &&str| word.len() == 17 && word.split('-').all(|part| part.len() == 5);
    page.split(' ').find(word).expect("a code on the page").to_owned()
}

/// Activates an account by its code, on a browser of its own, and gives that browser.
async fn activate(app: &TestApp, code: &str) -> Client {
    let mut client = app.client();
    client.post_form("/activation", &[("secret", code), ("password", NEW)]).await.expect(303);
    client.get("/account").await.expect(200);
    client
}

#[tokio::test]
async fn a_pupil_sees_the_lesson_that_is_on_and_goes_in() {
    let app = TestApp::start().await;
    app.set_presence(
        app.seed.lesson_now(),
        Presence { teacher_in: true, pupils_in: 21, recorded: false, captioned: false },
    );
    let mut pupil = app.actor(Who::Pupil).await;
    let home = pupil.get("/").await.expect(200);
    let home =
        home.says("Maintenant").says("Histoire-géographie").says("Rejoindre la classe").says("21 camarades sont là");
    let home = home
        .says("9\u{a0}h\u{a0}00 – 9\u{a0}h\u{a0}55")
        .says("Éducation civique")
        .says("Exposé : le Nil")
        .says("pour demain");
    assert!(home.text().contains(&format!("href=\"/lessons/{}\"", app.seed.lesson_now())));
    assert!(!home.reads().contains("Mathématiques"), "another class's lesson");

    // Past its end it goes on while the teacher is in; then there is nothing to join.
    app.clock.advance(Duration::from_secs(3_600));
    pupil.get("/").await.says("Rejoindre la classe");
    app.set_presence(app.seed.lesson_now(), Presence::default());
    let home = pupil.get("/").await.expect(200).says("dans 3\u{a0}h\u{a0}48");
    assert!(!home.reads().contains("Rejoindre la classe"), "{}", home.reads());
}

#[tokio::test]
async fn a_head_sees_first_whose_pupils_wait_for_a_teacher() {
    let app = TestApp::start().await;
    let mut head = app.actor(Who::Head).await;
    for (teacher_in, is_first, says) in
        [(false, true, "aucun professeur n’est encore là"), (true, false, "un professeur est là")]
    {
        let presence = Presence { teacher_in, pupils_in: 21, ..Presence::default() };
        app.set_presence(app.seed.lesson_now(), presence);
        let home = head.get("/").await.says("2 cours en direct").says(says).reads();
        assert_eq!(home.find("Histoire-géographie") < home.find("Mathématiques"), is_first, "{home}");
    }
}

#[tokio::test]
async fn each_role_has_its_home() {
    let app = TestApp::start().await;
    app.actor(Who::Teacher).await.get("/").await.says("Ouvrir une classe").says("6e B").says("Travail donné");
    app.actor(Who::Parent).await.get("/").await.says("Léa Martin").says("Histoire-géographie").says("Exposé : le Nil");
    app.actor(Who::Head).await.get("/").await.says("Cours en ce moment").says("Mathématiques").says("5e\u{a0}C");
    app.actor(Who::Administrator).await.get("/").await.says("Cours en ce moment");
    app.actor(Who::PlatformAdmin).await.get("/").await.says("Plateforme").says("Établissements");
    let mut english = app.actor(Who::Pupil).await;
    english.post_form("/language", &[("lang", "en")]).await.expect(303);
    english.get("/").await.says("Join the class").says("My day").says("9:00 – 9:55");
}

#[tokio::test]
async fn weeks_are_shown_by_day() {
    let app = TestApp::start().await;
    let mut parent = app.actor(Who::Parent).await;
    let path = format!("/people/{}/week?week=2026-W48", app.seed.person(Who::Pupil));
    parent.get(&path).await.expect(200).says("Semaine\u{a0}: Léa Martin").says("Lundi 23\u{a0}novembre").says("B 12");
    let mut teacher = app.actor(Who::Teacher).await;
    teacher.get("/week?week=2026-W49").await.expect(200).says("Aucun cours cette semaine.");
    teacher.get("/week?week=9999-W99").await.expect(200).says("Histoire-géographie");
}

#[tokio::test]
async fn a_teacher_opens_a_class_at_once() {
    let app = TestApp::start().await;
    let mut teacher = app.actor(Who::Teacher).await;
    let class = app.seed.class().to_string();
    let form = [("group", class.as_str()), ("subject", "Latin"), ("minutes", "55")];
    let opened = teacher.post_form("/open", &form).await.expect(303).location().to_owned();
    assert!(opened.starts_with("/lessons/"), "{opened}");
    // The same press twice is one lesson.
    teacher.post_form("/open", &form).await.leads_to(&opened);
    let home = app.actor(Who::Pupil).await.get("/").await.expect(200).says("Latin");
    assert!(home.text().contains(&opened));
    app.actor(Who::Pupil).await.get(&opened).await.expect(200);
    app.actor(Who::PupilElsewhere).await.get(&opened).await.expect(200).says("tu frappes à la porte");

    let other = app.seed.other_class().to_string();
    let foreign = [("group", other.as_str()), ("subject", "Latin"), ("minutes", "55")];
    teacher.post_form("/open", &foreign).await.expect(422).says("Un choix de la liste est nécessaire.");
    let long = [("group", class.as_str()), ("minutes", "9999")];
    teacher.post_form("/open", &long).await.expect(422);
}

#[tokio::test]
async fn homework_is_set_read_and_taken_back() {
    let app = TestApp::start().await;
    let mut teacher = app.actor(Who::Teacher).await;
    let class = app.seed.class().to_string();
    let bad = [("group", class.as_str()), ("title", ""), ("body", "p. <b>87</b>"), ("day", "2026-11-22")];
    let again = teacher.post_form("/homework/new", &bad).await.expect(422).says("À remplir.").says("déjà passé");
    assert!(again.text().contains("p. &#60;b&#62;87"), "what was typed stays, escaped");
    let good = [("group", class.as_str()), ("title", "Carte du Nil"), ("body", "p. <b>87</b>"), ("day", "25/11/2026")];
    teacher.post_form("/homework/new", &good).await.leads_to("/homework");
    teacher.get("/homework").await.says("Le travail est donné").says("Carte du Nil");

    let mut pupil = app.actor(Who::Pupil).await;
    let list = pupil.get("/homework").await.says("Mercredi 25\u{a0}novembre").text();
    let path =
        list.split('"').find(|part| part.starts_with("/homework/") && !part.contains(&app.seed.homework().to_string()));
    let path = path.unwrap().to_owned();
    let page = pupil.get(&path).await.expect(200).says("Carte du Nil");
    assert!(page.text().contains("&#60;b&#62;87"), "{}", page.text());
    assert!(!page.reads().contains("Retirer ce travail"));
    pupil.post_form(&format!("{path}/remove"), &[]).await.expect(403);
    app.actor(Who::PupilElsewhere).await.get(&path).await.expect(403);
    app.actor(Who::Parent).await.get(&path).await.expect(200);
    teacher.post_form(&format!("{path}/remove"), &[]).await.leads_to("/homework");
    pupil.get(&path).await.expect(404);
}

#[tokio::test]
async fn a_forgotten_password_is_replaced_by_the_teacher_of_the_class() {
    let app = TestApp::start().await;
    let mut pupil = app.actor(Who::Pupil).await;
    let mut teacher = app.actor(Who::Teacher).await;
    let class = format!("/groups/{}", app.seed.class());
    teacher.get(&class).await.expect(200).says("Martin Léa").says("Mot de passe oublié");
    let sheet = teacher.post_form(&format!("/people/{}/code", app.seed.person(Who::Pupil)), &[]).await.expect(200);
    assert_eq!(sheet.header("cache-control"), "no-store");
    let code = code_on(&sheet.reads());
    assert!(sheet.text().contains("<svg") && sheet.reads().contains("https://preau.example/activation"));
    // The old password and the pass made with it end at once.
    pupil.get("/account").await.leads_to("/sign-in?next=/account");
    app.client().sign_in(Who::Pupil.login(), PASSWORD).await.expect(422);
    activate(&app, &code).await;
    app.client().sign_in(Who::Pupil.login(), NEW).await.leads_to("/");
    let path = format!("/people/{}/code", app.seed.person(Who::PupilElsewhere));
    teacher.post_form(&path, &[]).await.expect(404);
    let colleague = format!("/people/{}/code", app.seed.person(Who::Head));
    teacher.post_form(&colleague, &[]).await.expect(404);
}

/// A school without a feed: a class, a teacher, a pupil and a mother are made on pages, and the lesson opens.
async fn a_school_is_made_by_hand(options: Options) {
    let app = TestApp::with(options).await;
    let mut admin = app.actor(Who::Administrator).await;
    let school = format!("/schools/{}", app.seed.school());
    let group = [("kind", "class"), ("name", "4e D")];
    let class = admin.post_form(&format!("{school}/groups/new"), &group).await.expect(303).location().to_owned();
    admin.post_form(&format!("{school}/groups/new"), &group).await.expect(422).says("porte déjà ce nom");
    let id = class.trim_start_matches("/groups/").to_owned();

    let form = admin.get(&format!("{school}/people/new")).await.expect(200);
    let key = form.hidden("key").unwrap();
    let teacher =
        [("profile", "teacher"), ("title", "Mme"), ("given", "Inès"), ("family", "Œuvrard"), ("key", key.as_str())];
    let made = admin.post_form(&format!("{school}/people/new"), &teacher).await.expect(200).says("ines.oeuvrard");
    let teacher_code = code_on(&made.reads());
    // The same form again makes nobody else.
    admin.post_form(&format!("{school}/people/new"), &teacher).await.leads_to(&format!("/people/{key}"));
    let assign = [("person", key.as_str()), ("subject", "Grec ancien"), ("leads", "yes"), ("do", "add")];
    admin.post_form(&format!("{class}/teachers"), &assign).await.leads_to(&class);
    admin.get(&class).await.says("Mme Inès Œuvrard").says("Grec ancien").says("professeur principal");

    let key = admin.get(&format!("{school}/people/new")).await.hidden("key").unwrap();
    let pupil = [("profile", "pupil"), ("given", "Léa"), ("family", "Martin"), ("group", &id), ("key", key.as_str())];
    let made =
        admin.post_form(&format!("{school}/people/new"), &pupil).await.expect(200).says("lea.martin2").says("4e D");
    let pupil_code = code_on(&made.reads());
    let key = admin.get(&format!("{school}/people/new")).await.hidden("key").unwrap();
    let wrong = [("profile", "relative"), ("given", "A"), ("family", "B"), ("child", "nobody"), ("key", key.as_str())];
    admin.post_form(&format!("{school}/people/new"), &wrong).await.expect(422).says("n’a cet identifiant");
    let mother =
        [("profile", "relative"), ("given", "A"), ("family", "B"), ("child", "lea.martin2"), ("key", key.as_str())];
    admin.post_form(&format!("{school}/people/new"), &mother).await.expect(200);

    let mut teacher = activate(&app, &teacher_code).await;
    let mut pupil = activate(&app, &pupil_code).await;
    let open = [("group", id.as_str()), ("subject", ""), ("minutes", "30")];
    let lesson = teacher.post_form("/open", &open).await.expect(303).location().to_owned();
    pupil.get("/").await.says("Grec ancien").says("Mme Œuvrard");
    pupil.get(&lesson).await.expect(200);
    app.actor(Who::Head)
        .await
        .get(&format!("{school}/audit"))
        .await
        .says("enseignant affecté")
        .says("personne ajoutée");
}

#[tokio::test]
async fn a_school_without_a_feed_is_made_on_pages() {
    a_school_is_made_by_hand(Options::default()).await;
}

#[tokio::test]
async fn a_school_without_a_feed_is_made_on_pages_on_postgres() {
    a_school_is_made_by_hand(Options { postgres: true, ..Options::default() }).await;
}

#[tokio::test]
async fn codes_are_printed_for_those_whom_one_may_reset() {
    let app = TestApp::start().await;
    let codes = format!("/schools/{}/codes", app.seed.school());
    let class = app.seed.class().to_string();
    let mut school_life = app.actor(Who::SchoolLife).await;
    let pupils = [("profile", "pupil"), ("group", class.as_str())];
    school_life.post_form(&codes, &pupils).await.expect(422).says("Personne ici n’attend de code.");
    let renewed = [("profile", "pupil"), ("group", class.as_str()), ("renew", "yes")];
    let sheet = school_life.post_form(&codes, &renewed).await.expect(200).says("lea.martin").says("tom.petit");
    assert_eq!(sheet.text().matches("<article class=\"code-card\"").count(), 2);
    assert!(!sheet.reads().contains("max.autre"));
    school_life.post_form(&codes, &[("profile", "teacher"), ("renew", "yes")]).await.expect(403);
    // Printed again, the sheet before is worth nothing.
    let old = code_on(&sheet.reads());
    let new = school_life.post_form(&codes, &pupils).await.expect(200);
    app.client().post_form("/activation", &[("secret", &old)]).await.expect(422);
    activate(&app, &code_on(&new.reads())).await;

    // Whoever is also an administrator of the platform is not reset by a sheet of the school.
    let mut tx = app.store.write().await.unwrap();
    people::set_platform_admin(&mut tx, app.seed.person(Who::Teacher), true).await.unwrap();
    tx.commit().await.unwrap();
    let mut admin = app.actor(Who::Administrator).await;
    let staff = admin.post_form(&codes, &[("profile", "teacher"), ("renew", "yes")]).await.expect(200);
    let staff = staff.says("Pas de code pour ces personnes");
    assert!(!staff.text().contains("<article class=\"code-card\""));
    app.client().sign_in(Who::Teacher.login(), PASSWORD).await.leads_to("/");
}

#[tokio::test]
async fn lessons_are_planned_changed_cancelled_and_restored() {
    let app = TestApp::start().await;
    let mut head = app.actor(Who::Head).await;
    let path = format!("/schools/{}/lessons", app.seed.school());
    let class = app.seed.class().to_string();
    let teacher = app.seed.person(Who::Teacher).to_string();
    let stranger = app.seed.person(Who::Stranger).to_string();
    let bad = [("subject", "EPS"), ("day", "2026-11-24"), ("start", "11h"), ("end", "10:00"), ("groups", &class)];
    let again = head.post_form(&format!("{path}/new"), &bad).await.expect(422).says("La fin doit venir après le début");
    assert!(again.text().contains("value=\"11h\""), "what was typed stays");
    let good = [
        ("subject", "EPS"),
        ("day", "2026-11-24"),
        ("start", "10:05"),
        ("end", "11:00"),
        ("groups", class.as_str()),
        ("teachers", teacher.as_str()),
        ("teachers", stranger.as_str()),
    ];
    head.post_form(&format!("{path}/new"), &good).await.leads_to(&format!("{path}?day=2026-11-24"));
    let day =
        head.get(&format!("{path}?day=2026-11-24")).await.says("EPS").says("10\u{a0}h\u{a0}05 – 11\u{a0}h\u{a0}00");
    assert!(!day.reads().contains("Ailleurs"), "nobody of another school");

    let lesson = app.seed.lesson_later();
    let form = head.get(&format!("/lessons/{lesson}/change")).await.expect(200).text();
    assert!(form.contains("value=\"14:00\"") && form.contains("value=\"2026-11-23\""), "{form}");
    let moved =
        [("subject", "Musique"), ("day", "2026-11-23"), ("start", "15:00"), ("end", "16:00"), ("groups", &class)];
    head.post_form(&format!("/lessons/{lesson}/change"), &moved).await.expect(303);
    head.post_form(&format!("/lessons/{lesson}/cancel"), &[]).await.expect(303);
    let mut pupil = app.actor(Who::Pupil).await;
    pupil.get("/").await.says("Musique").says("annulé");
    head.post_form(&format!("/lessons/{lesson}/restore"), &[]).await.expect(303);
    assert!(!pupil.get("/").await.says("Musique").text().contains("tag cancelled"));
    let mut conn = app.store.read().await.unwrap();
    let facts = lessons::facts(&mut conn, lesson).await.unwrap().unwrap();
    assert_eq!((facts.starts_at.as_secs() % 3_600, facts.teachers.len()), (0, 0));
}

#[tokio::test]
async fn accounts_are_changed_suspended_and_restored() {
    let app = TestApp::start().await;
    let mut admin = app.actor(Who::Administrator).await;
    let mut pupil = app.actor(Who::Pupil).await;
    let path = format!("/people/{}", app.seed.person(Who::Pupil));
    admin.post_form(&format!("{path}/suspend"), &[]).await.leads_to(&path);
    pupil.get("/account").await.leads_to("/sign-in?next=/account");
    app.client().sign_in(Who::Pupil.login(), PASSWORD).await.expect(403).says("suspendu");
    admin.get(&path).await.says("suspendu");
    admin.post_form(&format!("{path}/restore"), &[]).await.leads_to(&path);
    app.client().sign_in(Who::Pupil.login(), PASSWORD).await.leads_to("/");

    let mail = [("given", "Léa"), ("family", "Martin"), ("email", "pas une adresse")];
    admin.post_form(&format!("{path}/change"), &mail).await.expect(422).says("n’a pas la forme");
    let long = "x".repeat(90);
    let long = [("given", long.as_str()), ("family", "Martin")];
    admin.post_form(&format!("{path}/change"), &long).await.expect(422).says("80 caractères au plus");
    let good = [("given", "Léa-Rose"), ("family", "Martin"), ("email", "lea@exemple.fr")];
    admin.save(&format!("{path}/change"), &good).await.leads_to(&path);
    admin.get(&path).await.says("Léa-Rose Martin").says("lea@exemple.fr");

    // Nobody suspends themselves, and a school's administrator does not touch the platform's.
    let own = format!("/people/{}", app.seed.person(Who::Administrator));
    admin.post_form(&format!("{own}/suspend"), &[]).await.leads_to(&own);
    admin.get("/account").await.expect(200);
    admin.post_form(&format!("/people/{}/suspend", app.seed.person(Who::PlatformAdmin)), &[]).await.expect(404);
}

#[tokio::test]
async fn who_is_no_teacher_any_more_has_no_class() {
    let app = TestApp::start().await;
    let mut admin = app.actor(Who::Administrator).await;
    let person = app.seed.person(Who::Teacher);
    let school = app.seed.school().to_string();
    let end = [("school", school.as_str()), ("profile", "teacher"), ("do", "end")];
    admin.post_form(&format!("/people/{person}/profiles"), &end).await.expect(303);
    let mut conn = app.store.read().await.unwrap();
    assert!(groups::of_person(&mut conn, person, MemberRole::Teacher).await.unwrap().is_empty());
    drop(conn);
    app.actor(Who::Teacher).await.get(&format!("/groups/{}", app.seed.class())).await.expect(404);
    let foreign = app.seed.other_school().to_string();
    let elsewhere = [("school", foreign.as_str()), ("profile", "administrator"), ("do", "add")];
    admin.post_form(&format!("/people/{person}/profiles"), &elsewhere).await.expect(404);
}

#[tokio::test]
async fn pupils_are_found_and_put_into_classes() {
    let app = TestApp::start().await;
    let mut admin = app.actor(Who::Administrator).await;
    let class = format!("/groups/{}", app.seed.class());
    admin.get(&format!("{class}?q=autre")).await.says("Autre Max").says("Ajouter");
    let max = app.seed.person(Who::PupilElsewhere).to_string();
    admin.post_form(&format!("{class}/pupils"), &[("person", &max), ("do", "add")]).await.leads_to(&class);
    app.actor(Who::PupilElsewhere).await.get("/").await.says("Histoire-géographie");
    admin.post_form(&format!("{class}/pupils"), &[("person", &max), ("do", "end")]).await.leads_to(&class);
    let teacher = app.seed.person(Who::Teacher).to_string();
    admin.post_form(&format!("{class}/pupils"), &[("person", &teacher), ("do", "add")]).await.expect(404);
    admin.post_form(&format!("{class}/teachers"), &[("person", &max), ("do", "add")]).await.expect(404);
    admin.post_form(&format!("{class}/archive"), &[]).await.expect(303);
    admin.get(&format!("/schools/{}/groups", app.seed.school())).await.says("archivée").says("5e C");
}

#[tokio::test]
async fn the_platform_has_schools_and_a_log() {
    let app = TestApp::start().await;
    let mut platform = app.actor(Who::PlatformAdmin).await;
    platform.get("/schools").await.says("Collège des Tilleuls").says("Lycée des Acacias");
    let bad = [("name", "École du Port"), ("uai", "12")];
    platform.post_form("/schools/new", &bad).await.expect(422).says("sept chiffres");
    let taken = [("name", "École du Port"), ("uai", "0040001a")];
    platform.post_form("/schools/new", &taken).await.expect(422).says("a déjà ce code");
    let good = [("name", "École du Port"), ("uai", "0040009z"), ("kind", "ecole"), ("city", "Sète")];
    let school = platform.post_form("/schools/new", &good).await.expect(303).location().to_owned();
    platform.get(&school).await.says("École du Port").says("Ajouter les élèves").says("UAI 0040009Z");
    platform.get("/audit").await.says("établissement ajouté").says("paula.plateforme");
    app.actor(Who::Head).await.get("/schools").await.leads_to(&format!("/schools/{}", app.seed.school()));
}

#[tokio::test]
async fn every_act_with_power_is_logged_without_names_or_secrets() {
    let app = TestApp::start().await;
    let mut teacher = app.actor(Who::Teacher).await;
    let sheet = teacher.post_form(&format!("/people/{}/code", app.seed.person(Who::Pupil)), &[]).await.expect(200);
    let code = code_on(&sheet.reads());
    let mut conn = app.store.read().await.unwrap();
    let rows = audit::list(&mut conn, Some(app.seed.school()), i64::MAX).await.unwrap();
    assert_eq!((rows[0].action.as_str(), rows[0].target.as_str()), ("code.renew", "lea.martin"));
    assert!(rows.iter().all(|row| !row.detail.contains(&code) && !row.detail.contains("Martin")));
}

#[tokio::test]
async fn lists_are_searched_and_bounded() {
    let app = TestApp::start().await;
    let mut head = app.actor(Who::Head).await;
    let path = format!("/schools/{}/people", app.seed.school());
    head.get(&format!("{path}?q=L%C3%89A")).await.says("Martin Léa");
    head.get(&format!("{path}?q=zzz")).await.says("Personne ne correspond.");
    let page = head.get(&format!("{path}?profile=relative")).await.says("Martin Anne");
    assert!(!page.reads().contains("Martin Léa"));
    for wild in ["?page=-1", "?page=99999999999999999999", "?q=%00%25&profile=x", "?page=10000"] {
        head.get(&format!("{path}{wild}")).await.expect(200);
    }
    head.get("/people/not-an-id").await.expect(404).says("Page introuvable");
    let hostile = head.get(&format!("{path}?q=%22%3E%3Cscript%3E")).await.expect(200);
    assert!(!hostile.text().contains("\"><script>"));
}

#[tokio::test]
async fn the_door_tells_who_was_removed_and_whose_lesson_it_is() {
    let app = TestApp::start().await;
    let path = format!("/lessons/{}", app.seed.lesson_now());
    let mut pupil = app.actor(Who::Pupil).await;
    pupil.get(&path).await.expect(200);
    let mut tx = app.store.write().await.unwrap();
    let (person, teacher) = (app.seed.person(Who::Pupil), app.seed.person(Who::Teacher));
    let now = app.app.now();
    preau_store::visits::remove(&mut tx, app.seed.lesson_now(), person, teacher, now).await.unwrap();
    tx.commit().await.unwrap();
    pupil.get(&path).await.expect(403).says("Le professeur t’a fait sortir");
    pupil.post_form(&format!("{path}/token"), &[]).await.expect(403).says("t’a fait sortir");
    app.actor(Who::Parent).await.get(&path).await.expect(403).says("votre enfant");
}

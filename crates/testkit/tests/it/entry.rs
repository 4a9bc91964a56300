//! Coming into a live class: who learns of it, guests with a link, and what a teacher prepares.

use preau_base::{ChatId, FileId, LessonId, SystemRng, VisitId};
use preau_school::LessonRole;
use preau_store::chat::{self, Message};
use preau_store::files::NewFile;
use preau_store::recordings::NewTrack;
use preau_store::{guests, recordings, reports, visits};
use preau_testkit::{Answer, Client, Options, TestApp, Who};
use preau_web::routes::{self, Rule};
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);

/// What somebody reads of a page that does not exist.
async fn of_nothing(client: &mut Client) -> Answer {
    client.get("/lessons/01890a5d-ac96-774b-bcce-b302099a8057").await
}

/// The teacher invites somebody into the lesson that is on; gives the path of the link.
async fn invite(app: &TestApp, name: &str) -> String {
    invite_into(app, app.seed.lesson_now(), name).await
}

async fn invite_into(app: &TestApp, lesson: LessonId, name: &str) -> String {
    let mut teacher = app.actor(Who::Teacher).await;
    let path = format!("/lessons/{lesson}/guests");
    let answer = teacher.post_form(&path, &[("name", name), ("until", "lesson")]).await.expect(200);
    let text = answer.text();
    let (_, after) = text.split_once("value=\"https://preau.example").expect("the link is shown");
    after.split('"').next().expect("its end").to_owned()
}

#[tokio::test]
async fn the_school_knocks_and_others_read_what_they_read_of_nothing() {
    let app = TestApp::start().await;
    let path = format!("/lessons/{}", app.seed.lesson_now());
    for who in [Who::PupilElsewhere, Who::SchoolLife, Who::Administrator] {
        let mut client = app.actor(who).await;
        let page = client.get(&path).await.expect(200);
        assert!(page.text().contains("data-testid=\"knocks\""), "{who:?} is told that they knock");
        assert!(!page.text().contains("/setup"), "{who:?}");
        client.post_json(&format!("{path}/token")).await.expect(200);
    }
    app.actor(Who::PupilElsewhere).await.get(&path).await.says("Si tu entres, tu frappes à la porte");
    assert!(!app.actor(Who::Head).await.get(&path).await.expect(200).text().contains("data-testid=\"knocks\""));
    for who in [Who::Stranger, Who::PlatformAdmin] {
        let mut client = app.actor(who).await;
        let (nothing, hidden) = (of_nothing(&mut client).await.expect(404), client.get(&path).await.expect(404));
        assert_eq!(nothing.reads(), hidden.reads(), "{who:?}");
        client.post_json(&format!("{path}/token")).await.expect(404);
    }
    // A parent of a pupil of the class knows of it from the day; the token says nothing even so.
    app.actor(Who::Parent).await.post_json(&format!("{path}/token")).await.expect(404);
}

#[tokio::test]
async fn a_link_is_used_once_and_looking_uses_nothing() {
    let app = TestApp::start().await;
    let link = invite(&app, "Ada Lovelace").await;
    let mut ada = app.client();
    for _ in 0..3 {
        let page = ada.get(&link).await.expect(200).says("Ada Lovelace").says("Claire Fontaine");
        assert!(page.header("set-cookie").is_empty() || !page.header("set-cookie").contains("preau-guest"));
    }
    ada.get("/guest").await.expect(403).says("demande une invitation");
    ada.post_form(&link, &[]).await.leads_to("/guest");
    let cookie = ada.cookie("preau-guest").expect("a pass of its own kind").to_owned();
    let door = ada.get("/guest").await.expect(200);
    assert!(
        door.text().contains("data-token-path=\"/guest/token\"") && door.text().contains("data-testid=\"as-guest\"")
    );
    ada.post_json("/guest/token").await.expect(200);
    // Again on the same browser: nothing is lost by a reload, or by the mail opened a second time.
    ada.get(&link).await.expect(200).says("déjà utilisé ce lien sur cet appareil");
    ada.post_form(&link, &[]).await.leads_to("/guest");
    assert_eq!(ada.cookie("preau-guest"), Some(cookie.as_str()));

    // The link passed on.
    let mut other = app.client();
    other.get(&link).await.expect(410).says("déjà servi");
    other.post_form(&link, &[]).await.expect(410);
    assert_eq!(other.cookie("preau-guest"), None);
    other.post_json("/guest/token").await.expect(403);
    // Somebody who is signed in gets no further with it.
    let mut stranger = app.actor(Who::Stranger).await;
    stranger.post_form(&link, &[]).await.expect(410);
    // A pass that somebody has made up, changed, or brought from elsewhere.
    let changed = cookie.chars().rev().collect::<String>();
    let of_pupil = app.actor(Who::Pupil).await.cookie("preau-pass").unwrap().to_owned();
    for forged in ["x", "AAAA", &changed, &of_pupil] {
        let mut forger = app.client();
        forger.set_cookie("preau-guest", forged);
        forger.post_json("/guest/token").await.expect(403);
        forger.get("/guest").await.expect(403);
    }
    other.get("/guest/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA").await.expect(404);
}

#[tokio::test]
async fn the_pass_of_a_guest_opens_no_other_route() {
    let app = TestApp::start().await;
    let link = invite(&app, "Ada Lovelace").await;
    let mut ada = app.client();
    ada.post_form(&link, &[]).await.leads_to("/guest");
    let pass = ada.cookie("preau-guest").unwrap().to_owned();
    // Put where passes of members are, too.
    let mut mimic = app.client();
    mimic.set_cookie("preau-pass", &pass);
    let lesson = app.seed.lesson_now().to_string();
    let mut closed = 0;
    for row in routes::table() {
        if row.rule == Rule::Anyone {
            continue;
        }
        let path = row.path.split('/').map(|part| if part.starts_with('{') { lesson.as_str() } else { part });
        let path = path.collect::<Vec<_>>().join("/");
        for client in [&mut ada, &mut mimic] {
            let answer = match row.method.as_str() {
                "GET" => client.get(&path).await,
                "POST" => client.post_form(&path, &[]).await,
                _ => client.send(row.method.clone(), &path, &[], Vec::new()).await,
            };
            assert!(answer.wants_sign_in(), "{} {} gave {} to a guest", row.method, row.path, answer.status);
        }
        closed += 1;
    }
    assert!(closed > 100, "{closed} routes were tried");
}

#[tokio::test]
async fn a_guest_who_was_in_tells_school_life_of_those_who_were_there() {
    let app = TestApp::start().await;
    let lesson = app.seed.lesson_now();
    let link = invite(&app, "Ada Lovelace").await;
    let mut ada = app.client();
    ada.post_form(&link, &[]).await.leads_to("/guest");
    let (teacher, pupil) = (app.seed.person(Who::Teacher).to_string(), app.seed.person(Who::Pupil).to_string());
    let of = |person| [("person", person), ("concern", "insult"), ("body", "Il se moque de moi")];
    ada.post_form("/guest/report", &of(&teacher)).await.expect(404);

    let mut tx = app.store.write().await.expect("a transaction");
    let guests = preau_store::guests::of_lesson(&mut tx, lesson).await.expect("read");
    let (visit, person) = (VisitId::new(app.app.now(), &mut SystemRng), guests[0].person_id);
    visits::join(&mut tx, visit, lesson, person, LessonRole::Guest, app.app.now()).await.expect("in");
    tx.commit().await.expect("kept");
    ada.post_form("/guest/report", &of(&pupil)).await.expect(404);
    ada.post_form("/guest/report", &of(&teacher)).await.leads_to("/guest");
    let list = format!("/schools/{}/reports", app.seed.school());
    let mut school_life = app.actor(Who::SchoolLife).await;
    let seen = school_life.get(&list).await;
    assert_eq!(seen.reads().matches("Insulte").count(), 1, "{}", seen.reads());
    // A guest has no page to lead to.
    let text = seen.text();
    let mut hers = None;
    for link in text.split('"').filter(|part| part.starts_with("/reports/")) {
        let report = school_life.get(link).await.expect(200);
        hers = hers.or_else(|| report.text().contains("Ada Lovelace").then_some(report));
    }
    let report = hers.expect("a link to her report");
    assert!(
        !report.text().contains(&format!("/people/{person}")) && report.text().contains(&format!("/people/{teacher}"))
    );
    school_life.get(&format!("/people/{person}")).await.expect(404);
}

#[tokio::test]
async fn a_guest_is_marked_wherever_the_lesson_is_read_again() {
    let app = TestApp::start().await;
    invite(&app, "Claire Fontaine").await;
    let (lesson, rng) = (app.seed.lesson_now(), &mut SystemRng);
    // While the seeded recording was made.
    let at = app.app.now().minus(Duration::from_secs(50));
    let mut tx = app.store.write().await.unwrap();
    let guest = guests::of_lesson(&mut tx, lesson).await.unwrap().remove(0).person_id;
    visits::join(&mut tx, VisitId::new(at, rng), lesson, guest, LessonRole::Guest, at).await.unwrap();
    for person_id in [guest, app.seed.person(Who::Teacher)] {
        let id = ChatId::new(at, rng);
        let line = Message { id, person_id, body: "Bonjour".to_owned(), audience: "\"class\"".to_owned(), sent_at: at };
        chat::send(&mut tx, lesson, &line, &id.to_string()).await.unwrap();
    }
    let recording = recordings::of_lesson(&mut tx, lesson, at).await.unwrap().remove(0).id;
    let track = NewTrack { recording, kind: "voice", begins_at: at, lasts_ms: 1_000 };
    let file = NewFile { id: FileId::new(at, rng), owner: guest, name: "", kind: "webm", bytes: 1, sha256: &[0; 32] };
    assert!(recordings::add_track(&mut tx, &track, &file, at).await.unwrap());
    tx.commit().await.unwrap();

    let mut teacher = app.actor(Who::Teacher).await;
    let marked = |text: &str| text.matches("Claire Fontaine (invité)").count();
    let chat = teacher.get(&format!("/lessons/{lesson}/chat")).await.expect(200).reads();
    assert_eq!(chat.matches("Bonjour").count(), 2, "{chat}");
    assert_eq!(marked(&chat), 2, "a line, and the way to report it, of the guest alone: {chat}");
    let played = teacher.get(&format!("/lessons/{lesson}/recordings/1")).await.expect(200).reads();
    assert_eq!(marked(&played), 2, "a line and a voice: {played}");

    let path = format!("/lessons/{lesson}/report");
    let mut pupil = app.actor(Who::Pupil).await;
    assert_eq!(marked(&pupil.get(&path).await.expect(200).reads()), 1);
    let fields = [("person", &*guest.to_string()), ("concern", "insult"), ("body", "Il se moque de moi")];
    pupil.post_form(&path, &fields).await.leads_to("/");
    let mut conn = app.store.read().await.unwrap();
    let head = app.seed.person(Who::Head);
    let all = reports::list(&mut conn, app.seed.school(), head, 0).await.unwrap();
    drop(conn);
    let of_guest = all.iter().map(|report| format!("/reports/{}", report.id));
    let mut head = app.actor(Who::Head).await;
    let mut seen = 0;
    for path in of_guest {
        seen += marked(&head.get(&path).await.expect(200).reads());
    }
    assert_eq!(seen, 1);
}

#[tokio::test]
async fn an_invitation_ends_when_it_is_revoked_and_with_the_lesson() {
    let app = TestApp::start().await;
    let (used, unused) = (invite(&app, "Ada Lovelace").await, invite(&app, "Grace Hopper").await);
    let mut ada = app.client();
    ada.post_form(&used, &[]).await.leads_to("/guest");
    let mut teacher = app.actor(Who::Teacher).await;
    let path = format!("/lessons/{}/guests", app.seed.lesson_now());
    let list = teacher.get(&path).await.expect(200).says("Ada Lovelace").says("lien pas encore utilisé");
    assert!(!list.text().contains(&used) && !list.text().contains(&unused), "no link is shown a second time");
    let text = list.text();
    let (_, of_ada) = text.split_once("Ada Lovelace").expect("her line");
    let revoke =
        of_ada.split("action=\"").filter_map(|part| part.split('"').next()).find(|path| path.ends_with("/revoke"));
    let revoke = revoke.expect("a button to revoke").to_owned();
    teacher.post_form(&revoke, &[]).await.leads_to(&path);
    teacher.post_form(&revoke, &[]).await.expect(404);
    ada.get("/guest").await.expect(403);
    ada.post_json("/guest/token").await.expect(403);
    ada.get(&used).await.expect(410).says("annulée");

    let mut grace = app.client();
    grace.post_form(&unused, &[]).await.leads_to("/guest");
    app.clock.advance(MINUTE * 24 * 60);
    grace.post_json("/guest/token").await.expect(403);
    grace.get(&unused).await.expect(410).says("terminé");
}

#[tokio::test]
async fn a_guest_who_has_used_the_link_follows_a_lesson_that_is_moved() {
    let app = TestApp::start().await;
    let lesson = app.seed.lesson_later();
    let link = invite_into(&app, lesson, "Ada Lovelace").await;
    // From 9:12 to 13:55: guests come in, and the lesson can still be moved.
    app.clock.advance(MINUTE * (4 * 60 + 43));
    let mut ada = app.client();
    ada.post_form(&link, &[]).await.leads_to("/guest");
    let first = ada.cookie("preau-guest").expect("a pass").to_owned();
    let mut head = app.actor(Who::Head).await;
    let class = app.seed.class().to_string();
    let teacher = app.seed.person(Who::Teacher).to_string();
    let tomorrow = [
        ("subject", "Mathématiques"),
        ("day", "2026-11-24"),
        ("start", "09:00"),
        ("end", "09:55"),
        ("groups", class.as_str()),
        ("teachers", teacher.as_str()),
    ];
    head.post_form(&format!("/lessons/{lesson}/change"), &tomorrow).await.expect(303);
    // The pass of the first day has lapsed meanwhile, and no other browser has one.
    app.clock.advance(MINUTE * 19 * 60);
    app.client().get(&link).await.expect(410);
    ada.get(&link).await.expect(200).says("déjà utilisé ce lien sur cet appareil");
    ada.get("/guest").await.expect(200);
    let second = ada.cookie("preau-guest").expect("a pass").to_owned();
    assert_ne!(first, second, "the gate gets one that is good for as long as the lesson");
    ada.post_json("/guest/token").await.expect(200);
    ada.get("/guest").await.expect(200);
    assert_eq!(ada.cookie("preau-guest"), Some(second.as_str()), "once");
    app.clock.advance(MINUTE * 24 * 60);
    ada.get("/guest").await.expect(403);
    ada.post_json("/guest/token").await.expect(403);
}

#[tokio::test]
async fn a_link_opens_nothing_before_the_class_does_and_is_not_used_up_by_trying() {
    let app = TestApp::start().await;
    let mut teacher = app.actor(Who::Teacher).await;
    let path = format!("/lessons/{}", app.seed.lesson_later());
    let invited =
        teacher.post_form(&format!("{path}/guests"), &[("name", "Ada"), ("until", "lesson")]).await.expect(200);
    let text = invited.text();
    let link = text.split_once("value=\"https://preau.example").unwrap().1.split('"').next().unwrap().to_owned();
    let mut ada = app.client();
    ada.post_form(&link, &[]).await.expect(200).says("pas encore ouverte");
    assert_eq!(ada.cookie("preau-guest"), None);
    // Its teacher finds the way to prepare it meanwhile.
    let door = teacher.get(&path).await.expect(403);
    assert!(door.text().contains(&format!("{path}/setup")) && door.text().contains(&format!("{path}/guests")));
}

#[tokio::test]
async fn an_address_gets_the_link_by_mail() {
    let app = TestApp::with(Options { mail: true, ..Options::default() }).await;
    let mut teacher = app.actor(Who::Teacher).await;
    let path = format!("/lessons/{}/guests", app.seed.lesson_now());
    let fields = [("name", "Ada Lovelace"), ("email", "ada@example.org"), ("until", "day")];
    teacher.post_form(&path, &fields).await.expect(200).says("envoyé à ada@example.org");
    let mail = app.mails.as_ref().unwrap().take().expect("a mail");
    let text = mail.text.reveal();
    assert!(text.contains("https://preau.example/guest/") && text.contains("Ada Lovelace"), "{text}");
    let wrong = [("name", ""), ("email", "nowhere"), ("until", "day")];
    teacher.post_form(&path, &wrong).await.expect(422).says("À remplir.");
}

#[tokio::test]
async fn what_is_prepared_is_kept_for_the_lesson_or_for_its_class() {
    let app = TestApp::start().await;
    let mut teacher = app.actor(Who::Teacher).await;
    let path = format!("/lessons/{}/setup", app.seed.lesson_now());
    let page = teacher.get(&path).await.expect(200).says("Léa Martin").says("Tom Petit");
    for (word, is_on) in
        [("mic", true), ("muted_at_entry", true), ("screen", false), ("board", false), ("locked", false)]
    {
        assert_eq!(page.text().contains(&format!("value=\"{word}\" checked")), is_on, "{word}");
    }
    let place = format!("place-{}", app.seed.person(Who::Pupil));
    let sent = [
        ("may", "board"),
        ("entry", "muted_at_entry"),
        ("cameras_seen", "leaders"),
        ("cameras_max", "8"),
        ("slow_s", "10"),
        ("alone_min", "7"),
        ("groups", "Rouges\nBleus"),
        (place.as_str(), "2"),
        ("helper", "Julie Moreau"),
        ("help", "assistant"),
        ("scope", "class"),
    ];
    teacher.save(&path, &sent).await.leads_to(&path);
    let page = teacher.get(&path).await.expect(200).says("C’est enregistré.");
    for part in ["value=\"board\" checked", "Rouges\nBleus", "julie.moreau", "value=\"8\"", "value=\"7\""] {
        assert!(page.text().contains(part), "{part}: {}", page.text());
    }
    assert!(!page.text().contains("value=\"mic\" checked"));
    // School life helps now: it comes in without knocking.
    let door = format!("/lessons/{}", app.seed.lesson_now());
    let mut helper = app.actor(Who::SchoolLife).await;
    assert!(!helper.get(&door).await.expect(200).text().contains("data-testid=\"knocks\""));
    // What cannot be is told, and nothing that was typed is lost.
    let wrong =
        [("cameras_max", "101"), ("slow_s", "0"), ("alone_min", "0"), ("helper", "Personne"), ("help", "observer")];
    let again =
        teacher.post_form(&path, &wrong).await.expect(422).says("Un nombre de 0 à 100.").says("Un nombre de 1 à 60.");
    assert!(again.text().contains("value=\"Personne\"") && again.text().contains("value=\"101\""));
}

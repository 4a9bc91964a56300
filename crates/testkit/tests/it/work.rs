//! Homework, handing in, correcting: a day of it, and everything that can go wrong.

mod told;

use http::Method;
use preau_base::{HomeworkId, SystemRng};
use preau_store::{files, hand_ins, homework, notices, outbox, people};
use preau_testkit::{Client, Options, TestApp, Who};
use std::time::Duration;

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n a photograph of a page";
const HTML: &[u8] = b"<!doctype html><script>alert(1)</script>";

/// Sets work for 6e B that is handed in online; gives its path.
async fn set(app: &TestApp, more: &[(&str, &str)]) -> String {
    let mut teacher = app.actor(Who::Teacher).await;
    let class = app.seed.class().to_string();
    let mut fields = vec![("group", class.as_str()), ("title", "Carte du Nil"), ("day", "2026-11-25")];
    fields.extend([("ways", "text"), ("ways", "files"), ("ways", "photos")]);
    fields.extend(more);
    let id = HomeworkId::new(app.app.now(), &mut SystemRng).to_string();
    fields.push(("key", &id));
    // Sent twice, as by two clicks, it is one piece of work.
    for _ in 0..2 {
        teacher.post_files("/homework/new", &fields, &[("file", "plan.png", PNG)]).await.leads_to("/homework");
    }
    let mut conn = app.store.read().await.unwrap();
    let all = homework::of_author(&mut conn, app.seed.person(Who::Teacher), "2026-11-25", "2026-11-25").await.unwrap();
    assert_eq!(all.iter().filter(|it| it.id.to_string() == id).count(), 1);
    format!("/homework/{id}")
}

fn id_of(path: &str) -> HomeworkId {
    path.rsplit('/').next().unwrap().parse().unwrap()
}

/// The one draft file, as the page shows it.
fn kept(page: &preau_testkit::Answer) -> String {
    page.hidden("keep").unwrap()
}

#[tokio::test]
async fn work_is_set_handed_in_corrected_and_seen_by_the_family() {
    let app = TestApp::with(Options { mail: true, ..Options::default() }).await;
    let path = set(&app, &[("mark", "20"), ("skills", "Se repérer\nRaisonner")]).await;
    let mut pupil = app.actor(Who::Pupil).await;
    let page = pupil.get(&path).await.expect(200).says("plan.png").says("texte en ligne");
    let (key, version) = (page.hidden("key").unwrap(), page.hidden("version").unwrap());
    let fields = [("key", key.as_str()), ("version", &version), ("body", "La crue, <b>en été</b>")];
    let files: [(&str, &str, &[u8]); 2] = [("file", "page 1.png", PNG), ("file", "", b"")];
    let done = pupil.post_files(&format!("{path}/hand-in"), &fields, &files).await.expect(303);
    let receipt = done.location().to_owned();
    let shown = pupil.get(&receipt).await.expect(200).says("Ton travail est bien arrivé").says("page 1.png");
    assert!(shown.text().contains("&#60;b&#62;en été") && !shown.text().contains("<b>en été"));
    assert!(shown.reads().contains("Léa Martin") && shown.reads().contains("9\u{a0}h\u{a0}12"), "{}", shown.reads());
    // The same key again, whatever comes with it.
    let again = [("key", key.as_str()), ("version", "99"), ("body", "autre chose")];
    pupil.post_files(&format!("{path}/hand-in"), &again, &[]).await.leads_to(&receipt);
    let mut conn = app.store.read().await.unwrap();
    let mails = outbox::list(&mut conn).await.unwrap();
    assert_eq!(mails.len(), 1);
    assert!(mails[0].body.reveal().contains(&format!("https://preau.example{receipt}")));
    let hash = shown.reads().split(' ').find(|word| word.len() == 64).unwrap().to_owned();
    assert!(mails[0].body.reveal().contains(&hash));
    drop(conn);

    app.clock.advance(Duration::from_secs(60));
    let mut teacher = app.actor(Who::Teacher).await;
    teacher.get(&path).await.says("rendu : 1").says("à faire : 1").says("Martin Léa");
    teacher.get("/homework").await.says("1 rendu sur 2");
    let copy = format!("{path}/pupils/{}", app.seed.person(Who::Pupil));
    let copy_page = teacher.get(&copy).await.says("page 1.png").says("Petit").hidden("version").unwrap();
    let bad = [("version", copy_page.as_str()), ("mark", "21"), ("comment", "Bien"), ("do", "return")];
    teacher.post_files(&copy, &bad, &[]).await.expect(422).says("entre 0 et 20").says("Bien");
    let good = [
        ("version", copy_page.as_str()),
        ("mark", "17,5"),
        ("level0", "4"),
        ("comment", "Très juste."),
        ("do", "return"),
    ];
    teacher.post_files(&copy, &good, &[("file", "corrigé.png", PNG)]).await.leads_to(&copy);
    teacher.post_files(&copy, &good, &[]).await.expect(409).says("modifiée entre-temps");

    let child = app.actor(Who::Parent).await.get(&copy).await.says("17,5/20").says("Très juste.").says("corrigé.png");
    assert!(child.reads().contains("très bonne maîtrise") && !child.text().contains("<textarea"));
    app.actor(Who::Parent)
        .await
        .get(&format!("/people/{}/homework", app.seed.person(Who::Pupil)))
        .await
        .says("17,5/20");
    pupil.get(&path).await.says("17,5/20").says("ne se rend plus");
    pupil.post_files(&format!("{path}/hand-in"), &[("key", "later"), ("body", "x")], &[]).await.expect(422);
    let mut conn = app.store.read().await.unwrap();
    let told = notices::list(&mut conn, app.seed.person(Who::Pupil)).await.unwrap();
    let kinds: Vec<_> = told.iter().map(|it| it.kind.as_str()).filter(|kind| kind.contains("work")).collect();
    assert_eq!(kinds, ["work-returned", "homework-set"], "the latest first");
}

#[tokio::test]
async fn nobody_reads_the_work_of_another() {
    let app = TestApp::start().await;
    let path = set(&app, &[]).await;
    let mut pupil = app.actor(Who::Pupil).await;
    let fields = [("key", "1"), ("body", "secret de Léa")];
    let done = pupil.post_files(&format!("{path}/hand-in"), &fields, &[("file", "a.png", PNG)]).await.expect(303);
    let receipt = done.location().to_owned();
    let file = pupil.get(&receipt).await.text();
    let file =
        file.split('"').find(|part| part.contains("/files/") && part.starts_with("/receipts")).unwrap().to_owned();
    let copy = format!("{path}/pupils/{}", app.seed.person(Who::Pupil));
    pupil
        .post_files(&format!("{path}/draft"), &[("body", "brouillon de Léa")], &[("file", "b.png", PNG)])
        .await
        .expect(303);
    let draft = kept(&pupil.get(&path).await);
    for who in Who::ALL {
        let mut client = app.actor(who).await;
        let sees = [Who::Pupil, Who::Parent, Who::Teacher].contains(&who);
        for path in [&receipt, &file, &copy] {
            let answer = client.get(path).await;
            assert_eq!(answer.status.is_success(), sees, "{who:?} {path}");
            assert!(sees || !answer.text().contains("secret de Léa"), "{who:?}");
        }
        let answer = client.get(&format!("{path}/drafts/{draft}")).await;
        assert_eq!(answer.status.is_success(), who == Who::Pupil, "{who:?}: a draft is its pupil's alone");
        let page = client.get(&path).await;
        assert!(who == Who::Pupil || !page.text().contains("brouillon de Léa"), "{who:?}");
        // A file of another cannot be put into one's own work by naming it.
        if who == Who::Classmate {
            let stolen = [("key", "2"), ("body", ""), ("keep", draft.as_str())];
            client.post_files(&format!("{path}/hand-in"), &stolen, &[]).await.expect(400);
        }
    }
}

#[tokio::test]
async fn a_draft_outlives_everything_and_two_tabs_lose_nothing() {
    let app = TestApp::start().await;
    let path = set(&app, &[]).await;
    let mut pupil = app.actor(Who::Pupil).await;
    let version = pupil.get(&path).await.hidden("version").unwrap();
    let first = [("version", version.as_str()), ("body", "du premier onglet")];
    pupil.post_files(&format!("{path}/draft"), &first, &[("file", "a.png", PNG)]).await.expect(303);
    // Signed out and in again, on another machine.
    let (_, mut later) = app.second_machine();
    later.sign_in(Who::Pupil.login(), preau_testkit::PASSWORD).await;
    later.get(&path).await.says("du premier onglet").says("a.png");
    // The second tab was opened before the first one saved.
    let second = [("version", version.as_str()), ("body", "du second onglet")];
    let both = pupil.post_files(&format!("{path}/draft"), &second, &[("file", "b.png", PNG)]).await.expect(409);
    let text = both.says("du premier onglet").says("du second onglet").says("a.png").says("b.png");
    let (version, files) = (text.hidden("version").unwrap(), text.text());
    let files: Vec<_> = files.split("name=\"keep\" value=\"").skip(1).map(|rest| &rest[..36]).collect();
    assert_eq!(files.len(), 2, "the files of both");
    let merged = [
        ("version", version.as_str()),
        ("body", "des deux"),
        ("keep", files[1]),
        ("keep", files[0]),
        ("drop", files[0]),
    ];
    pupil.post_files(&format!("{path}/draft"), &merged, &[]).await.expect(303);
    let page = pupil.get(&path).await.says("des deux");
    assert_eq!(kept(&page), files[1]);
    // Scripts get the same as JSON.
    let token = pupil.csrf().await;
    let headers = [
        ("x-csrf", token.as_str()),
        ("accept", "application/json"),
        ("content-type", "application/x-www-form-urlencoded"),
    ];
    let stale =
        pupil.send(Method::POST, &format!("{path}/draft"), &headers, b"version=1&body=x".to_vec()).await.expect(409);
    let json: serde_json::Value = serde_json::from_slice(&stale.bytes).unwrap();
    assert_eq!((json["conflict"].as_bool(), json["body"].as_str()), (Some(true), Some("des deux")));
    let keep = format!("key=k&body=des+deux&keep={}", files[1]);
    let done = pupil.send(Method::POST, &format!("{path}/hand-in"), &headers, keep.into_bytes()).await.expect(200);
    let json: serde_json::Value = serde_json::from_slice(&done.bytes).unwrap();
    assert_eq!((json["late"].as_bool(), json["sha256"].as_str().unwrap().len()), (Some(false), 64));
    pupil.get(json["path"].as_str().unwrap()).await.says("des deux").says("a.png");
    let empty = pupil.get(&path).await;
    assert!(!empty.text().contains("a.png") && empty.hidden("keep").is_none(), "the draft is empty again");
}

#[tokio::test]
async fn a_file_that_is_not_what_its_name_says_is_stored_and_never_shown() {
    let app = TestApp::start().await;
    let path = set(&app, &[]).await;
    let mut pupil = app.actor(Who::Pupil).await;
    let files: Vec<(&str, &str, &[u8])> = vec![
        ("file", "carte.png", PNG),
        ("file", "piege.png", HTML),
        ("file", "page.html", HTML),
        ("file", "\"><img src=x onerror=alert(1)>.svg", HTML),
        ("file", "=HYPERLINK(1).csv", b"=1+1"),
    ];
    let done = pupil.post_files(&format!("{path}/hand-in"), &[("key", "1")], &files).await.expect(303);
    let receipt = pupil.get(done.location()).await.expect(200);
    assert!(!receipt.text().contains("<img src=x"), "names are text");
    let paths = receipt.text();
    let mut seen = 0;
    let found = paths.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
    for path in found.filter(|path| path.contains("/files/")).collect::<std::collections::BTreeSet<_>>() {
        let file = pupil.get(path).await.expect(200);
        let is_map = file.bytes == PNG;
        assert_eq!(file.header("content-disposition").starts_with("inline"), is_map, "{path}");
        assert_eq!(file.header("content-type") == "image/png", is_map);
        assert!(
            ["image/png", "application/octet-stream", "text/plain; charset=utf-8"]
                .contains(&file.header("content-type"))
        );
        assert_eq!(file.header("x-content-type-options"), "nosniff");
        assert!(file.header("content-security-policy").starts_with("default-src 'none'"), "nothing runs");
        assert_eq!(file.header("content-security-policy").ends_with("sandbox"), !is_map);
        assert!(file.header("cache-control").contains("no-store"));
        seen += 1;
    }
    assert_eq!(seen, 5);
}

#[tokio::test]
async fn what_is_late_is_marked_or_refused_and_an_extension_helps() {
    let app = TestApp::start().await;
    let open = set(&app, &[("time", "10:00")]).await;
    let closed = set(&app, &[("time", "10:00"), ("late", "closed")]).await;
    let mut pupil = app.actor(Who::Pupil).await;
    app.clock.advance(Duration::from_secs(2 * 86_400 + 3_600));
    let mut teacher = app.actor(Who::Teacher).await;
    teacher.get(&open).await.says("pas rendu : 2");
    let late = pupil.post_files(&format!("{open}/hand-in"), &[("key", "1"), ("body", "x")], &[]).await.expect(303);
    pupil.get(late.location()).await.says("rendu en retard");
    let path = format!("{closed}/hand-in");
    let refused = pupil.post_files(&path, &[("key", "1"), ("body", "mon texte")], &[]).await;
    refused.expect(422).says("L’heure limite est passée");
    let copy = format!("{closed}/pupils/{}", app.seed.person(Who::Pupil));
    teacher.post_form(&format!("{copy}/extension"), &[("day", "2026-11-24")]).await.expect(422).says("au plus tôt");
    teacher.post_form(&format!("{copy}/extension"), &[("day", "2026-11-26")]).await.leads_to(&copy);
    let page = pupil.get(&closed).await.says("Délai jusqu’à");
    assert!(page.text().contains("mon texte"), "what was refused is kept as the draft");
    pupil.post_files(&format!("{closed}/hand-in"), &[("key", "1"), ("body", "mon texte")], &[]).await.expect(303);
    let other = app
        .actor(Who::Classmate)
        .await
        .post_files(&format!("{closed}/hand-in"), &[("key", "1"), ("body", "x")], &[])
        .await;
    assert_eq!(other.status.as_u16(), 422, "the extension is for one");
}

#[tokio::test]
async fn work_is_for_chosen_pupils_from_a_day_on() {
    let app = TestApp::start().await;
    let tom = app.seed.person(Who::Classmate).to_string();
    let path = set(&app, &[("pupils", &tom), ("visible", "2026-11-24")]).await;
    for who in [Who::Pupil, Who::Classmate, Who::Parent] {
        app.actor(who).await.get(&path).await.expect(403);
    }
    app.clock.advance(Duration::from_secs(86_400));
    app.actor(Who::Classmate).await.get(&path).await.expect(200).says("Carte du Nil");
    for who in [Who::Pupil, Who::Parent] {
        app.actor(who).await.get(&path).await.expect(403);
    }
    let list = app.actor(Who::Pupil).await.get("/homework").await.reads();
    assert!(!list.contains("Carte du Nil"));
    let mut teacher = app.actor(Who::Teacher).await;
    let max = app.seed.person(Who::PupilElsewhere).to_string();
    let class = app.seed.class().to_string();
    let wrong = [("group", class.as_str()), ("title", "x"), ("day", "2026-11-25"), ("pupils", &max)];
    teacher.post_form("/homework/new", &wrong).await.expect(422).says("pas tous de la classe");
}

#[tokio::test]
async fn work_is_changed_and_not_taken_back_once_handed_in() {
    let app = TestApp::start().await;
    let path = set(&app, &[]).await;
    let mut teacher = app.actor(Who::Teacher).await;
    let form = teacher.get(&format!("{path}/change")).await.says("plan.png");
    let version = form.hidden("version").unwrap();
    let fields =
        [("version", version.as_str()), ("title", "Carte du Nil bleu"), ("day", "2026-11-26"), ("ways", "text")];
    teacher.post_files(&format!("{path}/change"), &fields, &[]).await.leads_to(&path);
    let other = [("version", version.as_str()), ("title", "d’un autre onglet"), ("day", "2026-11-26")];
    let both = teacher.post_files(&format!("{path}/change"), &other, &[]).await.expect(409);
    both.says("Carte du Nil bleu").text().contains("d’un autre onglet").then_some(()).unwrap();
    let mut pupil = app.actor(Who::Pupil).await;
    pupil.get(&path).await.says("Carte du Nil bleu");
    pupil.post_files(&format!("{path}/hand-in"), &[("key", "1"), ("body", "x")], &[]).await.expect(303);
    teacher.post_form(&format!("{path}/remove"), &[]).await.leads_to(&path);
    teacher.get(&path).await.says("ne se retire plus").says("Carte du Nil bleu");
}

#[tokio::test]
async fn all_hand_ins_come_as_one_archive() {
    let app = TestApp::start().await;
    let path = set(&app, &[]).await;
    for who in [Who::Pupil, Who::Classmate] {
        let files: [(&str, &str, &[u8]); 2] = [("file", "../../page.png", PNG), ("file", "page.png", PNG)];
        let mut client = app.actor(who).await;
        client.post_files(&format!("{path}/hand-in"), &[("key", "1"), ("body", "texte")], &files).await.expect(303);
    }
    let zip = app.actor(Who::Teacher).await.get(&format!("{path}/archive")).await.expect(200);
    assert_eq!(zip.header("content-type"), "application/zip");
    assert!(zip.bytes.starts_with(b"PK\x03\x04"));
    let text = String::from_utf8_lossy(&zip.bytes);
    for name in ["Martin Léa/texte.txt", "Martin Léa/page.png", "Martin Léa/page (2).png", "Petit Tom/page.png"] {
        assert!(text.contains(name), "{name}");
    }
    assert!(!text.contains(".."));
}

/// Names in every script, of people and of files, as a reader that is not ours finds them.
#[tokio::test]
async fn an_archive_is_read_by_others_whatever_the_names_are() {
    use std::io::Read as _;
    let app = TestApp::start().await;
    let path = set(&app, &[]).await;
    let mut expect = std::collections::BTreeMap::new();
    let people = [(Who::Pupil, "نور", "الهاشمي"), (Who::Classmate, "小龍", "歐陽")];
    let names = ["devoir é.png", "Домашнее задание.png", "作业 🎒.png", "שיעורי בית.png", "=cmd|'/c calc'!A1.png"];
    let mut tx = app.store.write().await.unwrap();
    for (who, given, family) in people {
        let (id, now) = (app.seed.person(who), app.app.now());
        people::set_names(&mut tx, id, ("", given, family), None, now).await.unwrap();
    }
    tx.commit().await.unwrap();
    for (number, (who, given, family)) in people.into_iter().enumerate() {
        let mut sent: Vec<(&str, &str, Vec<u8>)> = Vec::new();
        for name in names {
            let bytes = [PNG, name.as_bytes(), &[u8::try_from(number).unwrap()]].concat();
            let clean = name.rsplit('/').next().unwrap();
            expect.insert(format!("{family} {given}/{clean}"), bytes.clone());
            sent.push(("file", name, bytes));
        }
        let sent: Vec<_> = sent.iter().map(|(field, name, bytes)| (*field, *name, bytes.as_slice())).collect();
        let mut client = app.actor(who).await;
        client.post_files(&format!("{path}/hand-in"), &[("key", "1")], &sent).await.expect(303);
    }
    let sent = app.actor(Who::Teacher).await.get(&format!("{path}/archive")).await.expect(200);
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(sent.bytes)).unwrap();
    let mut found = std::collections::BTreeMap::new();
    for at in 0..archive.len() {
        let mut member = archive.by_index(at).unwrap();
        let mut bytes = Vec::new();
        member.read_to_end(&mut bytes).unwrap();
        let name = member.name().unwrap().into_owned();
        assert!(!name.contains("..") && !name.starts_with('/'), "{name}");
        if name.ends_with(".png") {
            found.insert(name, bytes);
        }
    }
    assert_eq!(found.keys().collect::<Vec<_>>(), expect.keys().collect::<Vec<_>>());
    assert!(found == expect, "the bytes are those that were sent");
}

#[tokio::test]
async fn what_was_due_long_ago_is_found_month_by_month() {
    let app = TestApp::start().await;
    app.clock.advance(Duration::from_secs(20 * 86_400));
    let child = format!("/people/{}/homework", app.seed.person(Who::Pupil));
    for (who, path) in [(Who::Pupil, "/homework"), (Who::Teacher, "/homework"), (Who::Parent, child.as_str())] {
        let mut client = app.actor(who).await;
        let now = client.get(path).await.expect(200);
        assert!(!now.reads().contains("Exposé : le Nil"), "{who:?}");
        // The week before today is in the list: 13 December less seven days.
        assert!(now.text().contains("href=\"?until=2026-12-06\""), "{who:?}: {}", now.text());
        let before = client.get(&format!("{path}?until=2026-12-06")).await.says("Exposé : le Nil");
        assert!(
            before.text().contains("href=\"?until=2026-11-06\"")
                && before.text().contains("href=\"?until=2027-01-05\"")
        );
        client.get(&format!("{path}?until=2026-11-06")).await.says("Aucun travail pour ces jours-là");
        // What lies ahead is no month of its own, nor is what is no day.
        for odd in ["2027-01-05", "x", "", "9999-99-99"] {
            let page = client.get(&format!("{path}?until={odd}")).await.expect(200);
            assert!(page.text().contains("href=\"?until=2026-12-06\""), "{odd}");
        }
    }
}

#[tokio::test]
async fn pupils_tick_what_is_done_and_browsers_get_the_day() {
    let app = TestApp::start().await;
    let path = format!("/homework/{}", app.seed.homework());
    let mut pupil = app.actor(Who::Pupil).await;
    pupil.post_form(&format!("{path}/done"), &[("do", "done"), ("next", "/homework")]).await.leads_to("/homework");
    assert!(pupil.get("/homework").await.text().contains("aria-pressed=\"true\""));
    pupil.post_form(&format!("{path}/done"), &[("do", "undo"), ("next", "//evil.example")]).await.leads_to("/");
    let day: serde_json::Value = serde_json::from_slice(&pupil.get("/api/day").await.expect(200).bytes).unwrap();
    assert_eq!(day["day"], "2026-11-23");
    assert_eq!(day["lessons"].as_array().unwrap().len(), 2);
    assert_eq!(
        (&day["works"][0]["title"], &day["works"][0]["due_day"]),
        (&"Exposé : le Nil".into(), &"2026-11-24".into())
    );
    let other: serde_json::Value =
        serde_json::from_slice(&app.actor(Who::PupilElsewhere).await.get("/api/day").await.bytes).unwrap();
    assert_eq!(other["works"].as_array().unwrap().len(), 0);
}

#[tokio::test]
async fn a_form_with_files_counts_only_with_its_token_first() {
    let app = TestApp::start().await;
    let path = format!("{}/hand-in", set(&app, &[]).await);
    let mut pupil = app.actor(Who::Pupil).await;
    let own = pupil.csrf().await;
    let foreign = app.actor(Who::Classmate).await.csrf().await;
    let file: [(&str, &str, &[u8]); 1] = [("file", "a.png", PNG)];
    for fields in
        [vec![], vec![("csrf", foreign.as_str())], vec![("key", "1"), ("csrf", own.as_str())], vec![("csrf", "x")]]
    {
        pupil.post_files_bare(&path, &fields, &file).await.expect(403);
    }
    // The session has ended, or the page is from before signing in again: what was typed comes back.
    let typed = [("csrf", "x"), ("body", "tout mon texte, très long, que personne ne veut écrire deux fois")];
    for mut client in [app.client(), pupil.clone()] {
        let answer = client.post_files_bare(&path, &typed, &file).await;
        assert!(matches!(answer.status.as_u16(), 401 | 403), "{}", answer.status);
        assert!(answer.text().contains("que personne ne veut écrire deux fois"), "{}", answer.reads());
    }
    let mut crossing = pupil.clone().with_header("origin", "https://evil.example");
    crossing.post_files_bare(&path, &[("csrf", own.as_str()), ("key", "1")], &file).await.expect(403);
    let mut conn = app.store.read().await.unwrap();
    let person = app.seed.person(Who::Pupil);
    let seeded = 12;
    assert_eq!(files::unused_bytes(&mut conn, person).await.unwrap(), seeded, "nothing was stored");
    drop(conn);
    pupil.post_files_bare(&path, &[("csrf", own.as_str()), ("key", "1")], &file).await.expect(303);
    let large = vec![0; preau_web::limits::FORM_BYTES_MAX];
    let file: [(&str, &str, &[u8]); 1] = [("file", "a.png", &large)];
    let fields = [("key", "2"), ("body", "reste")];
    pupil.post_files(&path, &fields, &file).await.expect(422).says("64\u{a0}Mo").says("reste");
}

#[tokio::test]
async fn a_full_disk_is_said_and_the_text_is_kept() {
    let app = TestApp::start().await;
    let path = set(&app, &[]).await;
    let full = app.full_disk();
    let mut pupil = full.clone();
    pupil.sign_in(Who::Pupil.login(), preau_testkit::PASSWORD).await;
    let fields = [("key", "1"), ("body", "mon texte")];
    let answer = pupil.post_files(&format!("{path}/hand-in"), &fields, &[("file", "a.png", PNG)]).await;
    let answer = answer.expect(422).says("n’a plus de place").says("mon texte");
    assert!(!answer.text().contains("a.png"));
    let token = pupil.csrf().await;
    let headers = [("x-csrf", token.as_str()), ("tus-resumable", "1.0.0"), ("upload-length", "5")];
    pupil.send(Method::POST, "/uploads", &headers, Vec::new()).await.expect(507);
    let mut conn = app.store.read().await.unwrap();
    let mine = hand_ins::of(&mut conn, id_of(&path), app.seed.person(Who::Pupil)).await.unwrap().unwrap();
    assert_eq!((mine.handed_at, mine.draft_body.as_str()), (None, "mon texte"));
    drop(conn);
    let mut later: Client = app.actor(Who::Pupil).await;
    later.post_files(&format!("{path}/hand-in"), &fields, &[("file", "a.png", PNG)]).await.expect(303);
}

//! The copy of one's own data: who may take one, what is in it, and that it says so when it is not everything.

use preau_base::{FileId, NoticeId, PersonId, SeededRng};
use preau_school::{Profile, RelationRights};
use preau_store::audit;
use preau_store::bulk::{self, Value as Cell};
use preau_store::files::{self, NewFile};
use preau_store::limits::EXPORT_LINES_MAX;
use preau_store::people::{self, NewPerson};
use preau_testkit::{Answer, PASSWORD, TestApp, Who};
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::{Cursor, Read as _};
use std::time::Duration;

/// An archive, as somebody else's tool reads it.
struct Archive {
    members: BTreeMap<String, Vec<u8>>,
    json: Value,
}

impl Archive {
    #[track_caller]
    fn of(answer: Answer) -> Self {
        let answer = answer.expect(200);
        assert_eq!(answer.header("content-type"), "application/zip");
        let mut zip = zip::ZipArchive::new(Cursor::new(answer.bytes)).expect("an archive with an end");
        let mut members = BTreeMap::new();
        for at in 0..zip.len() {
            let mut member = zip.by_index(at).unwrap();
            let (name, mut bytes) = (member.name().unwrap().into_owned(), Vec::new());
            member.read_to_end(&mut bytes).unwrap();
            members.insert(name, bytes);
        }
        let json = serde_json::from_slice(&members["donnees.json"]).expect("JSON");
        Self { members, json }
    }

    fn text(&self, name: &str) -> String {
        String::from_utf8(self.members[name].clone()).unwrap()
    }

    /// The lines of a kind.
    fn lines(&self, kind: &str) -> &[Value] {
        self.json["data"][kind].as_array().unwrap_or_else(|| panic!("no kind {kind}"))
    }

    /// The bytes of the file whose path ends so, which the list of files names.
    fn file(&self, name: &str) -> Option<&[u8]> {
        let path = self.members.keys().find(|path| path.starts_with("fichiers/") && path.ends_with(name))?;
        assert!(self.lines("files").iter().any(|line| line["path"] == **path), "{path} is not in the list");
        Some(&self.members[path])
    }

    /// Somewhere in the page or the JSON.
    fn says(&self, words: &str) -> bool {
        ["donnees.html", "donnees.json"].iter().any(|name| self.text(name).contains(words))
    }
}

fn path(of: PersonId) -> String {
    format!("/people/{of}/data")
}

async fn take(app: &TestApp, who: Who) -> Archive {
    let mut client = app.actor(who).await;
    let path = path(app.seed.person(who));
    client.get(&path).await.expect(200).says("N’y sont pas");
    Archive::of(client.post_form(&path, &[]).await)
}

#[tokio::test]
async fn a_pupil_gets_everything_with_the_files() {
    let app = TestApp::start().await;
    app.actor(Who::Pupil).await.get("/account").await.says("Copie des données");
    let copy = take(&app, Who::Pupil).await;
    assert!(copy.text("LISEZ-MOI.txt").starts_with("Cette archive contient tout ce qui est gardé"));
    assert_eq!(copy.json["cut"], Value::Array(Vec::new()));
    assert_eq!(copy.lines("person")[0]["login"], "lea.martin");
    assert_eq!(copy.lines("groups")[0]["group"], "6e B");
    assert_eq!(copy.lines("hand-ins")[0]["text"], "Le delta est vert.");
    assert_eq!(copy.lines("hand-ins")[0]["late"], Value::Bool(false));
    assert_eq!(copy.lines("corrections")[0]["mark_hundredths"], 1_750);
    assert_eq!(copy.lines("absences")[0]["text"], "Fièvre");
    assert_eq!(copy.lines("reports")[0]["text"], "Il montre une photo");
    assert_eq!(copy.file("page.jpg"), Some(&b"\xff\xd8\xff\xe0 a page"[..]));
    assert_eq!(copy.file("corrigé.pdf"), Some(&b"%PDF-1.7 a correction"[..]));
    assert_eq!(copy.file("brouillon.txt"), Some(&b"un brouillon"[..]));
    for table in ["Le delta est vert.", "Travaux rendus", "Anne Martin", "17", "2026-11-23 09:12"] {
        assert!(copy.text("donnees.html").contains(table), "{table}");
    }
    for foreign in ["argon2", "La crue du Nil.", "Tom", "nil.txt"] {
        assert!(!copy.says(foreign), "{foreign}");
    }
}

#[tokio::test]
async fn a_teacher_gets_the_log_and_the_progressions_and_no_pupils_work() {
    let app = TestApp::start().await;
    let copy = take(&app, Who::Teacher).await;
    assert_eq!(copy.lines("log-entries")[0]["text"], "La crue du Nil.");
    assert_eq!(copy.lines("progressions")[0]["title"], "L’Égypte");
    assert_eq!(copy.lines("progression-steps")[0]["title"], "Le Nil");
    assert_eq!(copy.lines("teaching").len(), 2);
    assert_eq!(copy.lines("homework").len(), 2);
    assert_eq!(copy.file("nil.txt"), Some(&b"Le Nil"[..]));
    assert!(copy.file("carte.png").is_some() && copy.file("voice-0001.webm").is_some());
    assert!(copy.file("corrigé.pdf").is_none(), "a corrected copy is the pupil’s");
    for foreign in ["Le delta est vert.", "Fièvre", "Martin", "Il montre"] {
        assert!(!copy.says(foreign), "{foreign}");
    }
}

#[tokio::test]
async fn a_parent_gets_their_own_data_and_what_they_have_declared() {
    let app = TestApp::start().await;
    let copy = take(&app, Who::Parent).await;
    assert_eq!(copy.lines("person")[0]["login"], "anne.martin");
    assert_eq!(copy.lines("declared")[0]["text"], "Fièvre");
    assert_eq!(copy.lines("family")[0]["may_sign"], Value::Bool(true));
    assert!(copy.lines("hand-ins").is_empty() && !copy.says("Le delta est vert."));
    // What the school has decided about the mother is told to her, not to her daughter.
    let copy = take(&app, Who::Pupil).await;
    assert_eq!(
        (&copy.lines("family")[0]["relative"], &copy.lines("family")[0]["may_sign"]),
        (&"Anne Martin".into(), &Value::Null)
    );
}

/// Another child of the same mother, with a birth date.
async fn a_sister(app: &TestApp, birth_day: &str) -> PersonId {
    let id = PersonId::new(app.app.now(), &mut SeededRng::new(15));
    let now = app.app.now();
    let new = NewPerson {
        id,
        login: "zoe.martin",
        given_name: "Zoé",
        family_name: "Martin",
        title: "",
        birth_day: Some(birth_day),
        ine: None,
        email: None,
        source: "hand",
        external_id: None,
    };
    let mut tx = app.store.write().await.unwrap();
    people::create(&mut tx, &new, now).await.unwrap();
    people::affiliate(&mut tx, id, app.seed.school(), Profile::Pupil, "hand").await.unwrap();
    people::relate(&mut tx, app.seed.person(Who::Parent), id, "mother", "hand").await.unwrap();
    let same = people::credentials(&mut tx, Who::Pupil.login()).await.unwrap().unwrap();
    people::set_password(&mut tx, id, &same.password_hash.unwrap(), now).await.unwrap();
    tx.commit().await.unwrap();
    id
}

#[tokio::test]
async fn a_parent_takes_the_copy_of_a_child_until_the_fifteenth_birthday() {
    let app = TestApp::start().await;
    // Today is 23 November 2026: she is fifteen tomorrow.
    let zoe = a_sister(&app, "2011-11-24").await;
    let path = path(zoe);
    let mut parent = app.actor(Who::Parent).await;
    parent.get(&format!("/people/{zoe}")).await.says("Copie des données");
    parent.get(&path).await.expect(200).says("Zoé Martin");
    let copy = Archive::of(parent.post_form(&path, &[]).await);
    assert_eq!(copy.lines("person")[0]["birth_day"], "2011-11-24");
    for who in [Who::Classmate, Who::Teacher, Who::Head, Who::Administrator, Who::PlatformAdmin, Who::Stranger] {
        let mut other = app.actor(who).await;
        let status = other.post_form(&path, &[]).await.status.as_u16();
        assert!(matches!(status, 403 | 404), "{who:?}: {status}");
    }

    let mother = app.seed.person(Who::Parent);
    let reads_only = RelationRights { may_sign: false, ..RelationRights::ALL };
    for (was, rights, status) in [(RelationRights::ALL, reads_only, 403), (reads_only, RelationRights::ALL, 200)] {
        let mut tx = app.store.write().await.unwrap();
        assert!(people::change_rights(&mut tx, (mother, zoe), was, rights).await.unwrap());
        tx.commit().await.unwrap();
        parent.post_form(&path, &[]).await.expect(status);
    }
    let mut tx = app.store.write().await.unwrap();
    assert!(people::set_barred(&mut tx, mother, zoe, true, app.app.now()).await.unwrap());
    tx.commit().await.unwrap();
    parent.post_form(&path, &[]).await.expect(404);
    let mut tx = app.store.write().await.unwrap();
    assert!(people::set_barred(&mut tx, mother, zoe, false, app.app.now()).await.unwrap());
    tx.commit().await.unwrap();
    parent.post_form(&path, &[]).await.expect(200);

    // Midnight of the school's clock, not of Greenwich.
    app.clock.advance(Duration::from_secs(14 * 3_600 + 47 * 60));
    let mut parent = app.actor(Who::Parent).await;
    parent.get(&path).await.expect(200);
    app.clock.advance(Duration::from_secs(2 * 60));
    parent.get(&path).await.expect(403).says("Accès réservé");
    parent.post_form(&path, &[]).await.expect(403);
    assert!(!parent.get(&format!("/people/{zoe}")).await.reads().contains("Copie des données"));
    let mut herself = app.client();
    herself.sign_in("zoe.martin", PASSWORD).await.leads_to("/");
    assert_eq!(Archive::of(herself.post_form(&path, &[]).await).lines("person")[0]["login"], "zoe.martin");

    let mut conn = app.store.read().await.unwrap();
    let log = audit::list(&mut conn, Some(app.seed.school()), i64::MAX).await.unwrap();
    let copies: Vec<_> = log.iter().filter(|row| row.action == "data.export").map(|row| row.actor.as_str()).collect();
    assert_eq!(copies, ["zoe.martin", "anne.martin", "anne.martin", "anne.martin"], "what was refused is no copy");
}

#[tokio::test]
async fn of_a_child_whose_age_is_not_known_a_parent_is_told_what_to_do() {
    let app = TestApp::start().await;
    let path = path(app.seed.person(Who::Pupil));
    let mut parent = app.actor(Who::Parent).await;
    for answer in [parent.get(&path).await, parent.post_form(&path, &[]).await] {
        answer.expect(403).says("Demandez à l’établissement d’enregistrer la date de naissance");
    }
    // Nobody else learns whether the date is known.
    let mut teacher = app.actor(Who::Teacher).await;
    teacher.get(&path).await.expect(403).says("Accès réservé");
}

#[tokio::test]
async fn a_copy_that_has_no_room_says_so_in_itself_and_on_the_page() {
    let app = TestApp::start().await;
    let (lea, now) = (app.seed.person(Who::Pupil), app.app.now());
    let mut rng = SeededRng::new(99);
    let mut tx = app.store.write().await.unwrap();
    let notice = |number: i64| {
        let id = NoticeId::new(now, &mut rng);
        let (key, at) = (number.to_string(), now.as_millis() - 1_000_000 + number);
        let texts = [Cell::from("work"), Cell::from("{}"), Cell::from("/"), Cell::from(key)];
        let [kind, arguments, link, once] = texts;
        [
            Cell::from(id.uuid()),
            Cell::from(lea.uuid()),
            kind,
            arguments,
            link,
            once,
            Cell::from(at),
            Cell::from(None::<i64>),
        ]
    };
    let notices: Vec<_> = (0..=EXPORT_LINES_MAX).map(notice).collect();
    bulk::insert(&mut tx, bulk::NOTICE, &notices).await.unwrap();
    // The row of a film that no archive has room for, and of a picture that the object store has lost.
    let mut rng = SeededRng::new(100);
    for (name, bytes) in [("film.mp4", 5_000_000_000), ("perdue.png", 9)] {
        let id = FileId::new(now, &mut rng);
        files::create(&mut tx, &NewFile { id, owner: lea, name, kind: "other", bytes, sha256: &[3; 32] }, now)
            .await
            .unwrap();
    }
    tx.commit().await.unwrap();

    let mut pupil = app.actor(Who::Pupil).await;
    let page = pupil.get(&path(lea)).await.expect(200);
    page.clone().says("L’archive ne contiendra pas tout\u{a0}: il y a 50");
    page.says("les fichiers font 5000");
    let copy = Archive::of(pupil.post_form(&path(lea), &[]).await);
    let readme = copy.text("LISEZ-MOI.txt");
    assert!(readme.starts_with("CETTE ARCHIVE N’EST PAS COMPLÈTE"), "{readme}");
    for missing in ["Avis : il y a d’autres lignes", "film.mp4", "perdue.png"] {
        assert!(readme.replace('\u{a0}', " ").contains(missing), "{missing}: {readme}");
    }
    assert_eq!(copy.lines("notices").len() as i64, EXPORT_LINES_MAX, "the bound, each line once");
    assert_eq!(copy.json["cut"], serde_json::json!(["notices"]));
    assert!(copy.text("donnees.html").contains("Avis\u{a0}: il y a d’autres lignes"));
    assert!(copy.file("page.jpg").is_some() && copy.file("film.mp4").is_none(), "what has room is there");
}

#[tokio::test]
async fn what_only_the_register_has_is_read_by_school_life_and_written_down() {
    let app = TestApp::start().await;
    let mut school_life = app.actor(Who::SchoolLife).await;
    let identity = format!("/people/{}/identity", app.seed.person(Who::Pupil));
    school_life.post_form(&identity, &[]).await.expect(200).says("INE");
    let mut conn = app.store.read().await.unwrap();
    let log = audit::list(&mut conn, Some(app.seed.school()), i64::MAX).await.unwrap();
    assert_eq!(log[0].action, "person.identity");
}

//! The copy of a person's data: everything about the person, nothing about others, and no kind of data forgotten.

use super::on_both;
use super::statements::literals;
use super::world::{NOW, Place, World};
use crate::absences::{self, NewAbsence};
use crate::audit::{self, Entry};
use crate::files::{self, Place as Used};
use crate::follow_ups::{self, NewFollowUp};
use crate::hand_ins::{self, Correction, NewReceipt};
use crate::homework;
use crate::lessons::{self, NewLesson};
use crate::log::{self, Text};
use crate::people::{self, Line, Weight};
use crate::progressions::{self, StepText};
use crate::{Conn, on_site};
use preau_base::{
    AbsenceId, FollowUpId, HandInId, HomeworkId, LessonId, LogEntryId, PersonId, ProgressionId, ReceiptId, StepId,
};
use preau_school::attendance::{ExcuseState, HalfDay, Means, Reached, Reason};
use std::path::Path;

/// More than there is.
const ALL: i64 = 1_000;

/// Every line of every kind, as JSON. Read one by one they are the same lines.
pub async fn copy(conn: &mut Conn, person: PersonId) -> String {
    let mut text = String::new();
    for kind in people::data_kinds() {
        let all = people::export_lines(conn, kind, person, 0, ALL).await.expect(kind.name);
        assert!(all.iter().all(|line| line.len() == kind.columns.len()), "{}", kind.name);
        let mut single: Vec<Line> = Vec::new();
        while let Ok([line]) = <[Line; 1]>::try_from(
            people::export_lines(conn, kind, person, single.len() as i64, 1).await.expect(kind.name),
        ) {
            single.push(line);
        }
        assert_eq!(single, all, "{}", kind.name);
        text.push_str(&format!("{} {}\n", kind.name, serde_json::to_string(&all).expect("JSON")));
    }
    text
}

async fn names_of_files(conn: &mut Conn, person: PersonId) -> Vec<(String, String)> {
    let all = people::export_files(conn, person, 0, ALL).await.expect("files");
    let mut names: Vec<_> = all.into_iter().map(|file| (file.name, file.place)).collect();
    names.sort();
    names
}

/// Homework, two drafts, one of them handed in and given back with a corrected copy; the other correction is not given back.
async fn some_work(conn: &mut Conn, world: &mut World) {
    let id = HomeworkId::new(NOW, &mut world.rng);
    homework::create(conn, &world.new_homework(id, "Le delta"), NOW).await.expect("homework");
    let (max, ines, teacher) = (world.max, world.ines, world.teacher);
    for (pupil, words, gives_back) in [(max, "Max écrit.", true), (ines, "Inès écrit.", false)] {
        let mine = HandInId::new(NOW, &mut world.rng);
        let page = world.file(conn, pupil, "page.jpg").await;
        let corrected = world.file(conn, teacher, "corrigé.pdf").await;
        let draft = world.file(conn, pupil, "brouillon.txt").await;
        hand_ins::ensure(conn, mine, id, pupil, NOW).await.expect("work");
        let receipt = ReceiptId::new(NOW, &mut world.rng);
        let new = NewReceipt {
            id: receipt,
            hand_in: mine,
            key: "1",
            body: words,
            late: false,
            sha256: &[2; 32],
            files: &[page],
        };
        hand_ins::hand_in(conn, &new, NOW).await.expect("handed in");
        hand_ins::save_draft(conn, mine, 1, &format!("Suite. {words}"), NOW).await.expect("a draft");
        files::attach(conn, Used::Draft(mine), draft).await.expect("attached");
        files::attach(conn, Used::Returned(mine), corrected).await.expect("attached");
        let returned_at = gives_back.then_some(NOW);
        let correction =
            Correction { comment: "Très juste.", mark: Some(1_750), levels: "", returned_at, by: teacher };
        hand_ins::correct(conn, mine, 0, &correction).await.expect("corrected");
    }
}

/// An absence, a follow-up and a reception on site of Max, with words of school life.
async fn some_attendance(conn: &mut Conn, world: &mut World) {
    let half: HalfDay = "2027-01-15-am".parse().expect("a half-day");
    let absence = NewAbsence {
        id: AbsenceId::new(NOW, &mut world.rng),
        school: world.school,
        pupil: world.max,
        first: half,
        last: half,
        reason: Reason::Health,
        detail: "Une angine",
        state: ExcuseState::Declared,
        by: world.mother,
    };
    absences::declare(conn, &absence, NOW).await.expect("declared");
    let follow_up = NewFollowUp {
        id: FollowUpId::new(NOW, &mut world.rng),
        school: world.school,
        pupil: world.max,
        by: world.teacher,
        means: Means::Phone,
        result: Reached::ALL[0],
        note: "La voisine dit que le père est parti.",
    };
    follow_ups::add(conn, &follow_up, NOW).await.expect("added");
    let note = "Mère infirmière de nuit";
    let arrival =
        on_site::Arrival { school: world.school, day: "2027-01-15", pupil: world.max, note, by: world.teacher };
    on_site::receive(conn, &arrival, NOW).await.expect("received");
}

/// A lesson whose log the teacher has written from a progression.
async fn some_log(conn: &mut Conn, world: &mut World) {
    let lesson = LessonId::new(NOW, &mut world.rng);
    let new = NewLesson { room: "B 12", ..world.new_lesson(lesson, NOW, "Histoire") };
    lessons::create(conn, &new, NOW).await.expect("a lesson");
    let (plan, step) = (ProgressionId::new(NOW, &mut world.rng), StepId::new(NOW, &mut world.rng));
    let owner = (world.school, world.teacher);
    progressions::create(conn, plan, owner, "L’Égypte", "Histoire", NOW).await.expect("a progression");
    let words = StepText { title: "Le Nil", body: "Carte muette", work_title: "", work_body: "", work_minutes: None };
    progressions::add_step(conn, step, plan, &words, 10).await.expect("a step");
    let text = Text { step: Some(step), ..world.text(lesson, "La crue du Nil.", true) };
    log::save(conn, LogEntryId::new(NOW, &mut world.rng), &text, 0, NOW).await.expect("written");
    log::set_note(conn, lesson, world.teacher, "Apporter la carte", NOW).await.expect("noted");
}

/// All of these.
pub async fn some_data(conn: &mut Conn, world: &mut World) {
    some_work(conn, world).await;
    some_attendance(conn, world).await;
    some_log(conn, world).await;
}

on_both! {
    async fn a_copy_has_work_log_and_attendance_and_no_words_about_others(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let mut world = World::make(&mut tx).await;
        some_data(&mut tx, &mut world).await;
        let entry = Entry {
            actor: Some(world.teacher), action: "person.identity", target: "max.leroy", school: Some(world.school), detail: "",
        };
        audit::append(&mut tx, &entry, NOW).await.expect("noted");

        let max = copy(&mut tx, world.max).await;
        for part in ["Max écrit.", "Suite. Max", "Très juste.", "1750", "Une angine", "\"phone\"", "2027-01-15", "person.identity"] {
            assert!(max.contains(part), "{part}: {max}");
        }
        for other in ["Inès", "voisine", "infirmière", "La crue", "Carte muette", "claire"] {
            assert!(!max.contains(other), "{other}: {max}");
        }
        let ines = copy(&mut tx, world.ines).await;
        assert!(ines.contains("Inès écrit.") && !ines.contains("Très juste."), "not given back: {ines}");
        let teacher = copy(&mut tx, world.teacher).await;
        for part in ["La crue du Nil.", "Apporter la carte", "Carte muette", "L’Égypte", "Le delta", "B 12"] {
            assert!(teacher.contains(part), "{part}: {teacher}");
        }
        assert!(!teacher.contains("écrit") && !teacher.contains("angine"), "{teacher}");
        let mother = copy(&mut tx, world.mother).await;
        assert!(mother.contains("Une angine") && mother.contains("Max Leroy"), "what she has said: {mother}");
        assert!(!mother.contains("Max écrit."), "what is of the child alone: {mother}");

        let of_max = names_of_files(&mut tx, world.max).await;
        let expect = [("brouillon.txt", "draft"), ("corrigé.pdf", "returned"), ("page.jpg", "receipt")];
        assert_eq!(of_max, expect.map(|(name, place)| (name.to_owned(), place.to_owned())));
        let of_ines: Vec<_> = names_of_files(&mut tx, world.ines).await.into_iter().map(|(name, _)| name).collect();
        assert_eq!(of_ines, ["brouillon.txt", "page.jpg"], "a correction that was not given back");
        assert!(names_of_files(&mut tx, world.teacher).await.is_empty(), "a corrected copy is the pupil’s");
        let all = people::export_files(&mut tx, world.max, 0, ALL).await.expect("files");
        assert_eq!(people::export_files(&mut tx, world.max, 1, 1).await.expect("a page of files"), all[1..2]);
        let weight = people::export_weight(&mut tx, world.max).await.expect("a weight");
        assert_eq!(weight, Weight { lines: 1, files: 3, bytes: 21 });
    }
}

/// Every foreign key to a person is read for the copy, or is left out for a reason: whoever adds a table adds a kind.
#[tokio::test]
async fn a_copy_knows_every_column_that_names_somebody() {
    #[derive(sqlx::FromRow)]
    struct Key {
        holder: String,
        field: String,
    }
    // Not about the person, told elsewhere in the copy, a secret, or words about others.
    let left_out = [
        // The account has no data any more: they are in the one that it has gone into.
        ("person", "merged_into"),
        // Its lessons are there.
        ("series_teacher", "person_id"),
        // Made by somebody else.
        ("calendar_feed", "of_person"),
        // There is a notice, and a mail, of each.
        ("roll_reminder", "teacher_id"),
        ("absence_told", "pupil_id"),
        // Said by others; asked for at the school.
        ("report", "reported_id"),
        // Secrets, and the numbers that end them.
        ("password_reset", "person_id"),
        ("person_epoch", "person_id"),
    ];
    let place = Place::sqlite().await;
    let mut conn = place.store.read().await.expect("a connection");
    let crate::db::Raw::Sqlite(conn) = conn.raw() else { return };
    let keys: Vec<Key> = sqlx::query_as(
        "SELECT m.name AS holder, f.\"from\" AS field FROM sqlite_master m, pragma_foreign_key_list(m.name) f \
         WHERE m.type = 'table' AND f.\"table\" = 'person'",
    )
    .fetch_all(conn)
    .await
    .expect("the keys");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/people/export");
    let sources = ["account", "acts", "files", "lessons", "work"]
        .map(|name| std::fs::read_to_string(folder.join(name).with_extension("rs")).expect("a source"));
    let statements: Vec<String> = sources.iter().flat_map(|source| literals(source)).collect();
    let reads = |key: &Key| {
        let tables = ["FROM", "JOIN"].map(|word| format!("{word} {} ", key.holder));
        let asks = format!("{} = $1", key.field);
        statements.iter().any(|it| tables.iter().any(|table| it.contains(table)) && it.contains(&asks))
    };
    // By whom something was done to others stands in the acts.
    let is_act = |key: &Key| key.field.ends_with("_by");
    let is_left_out = |key: &Key| left_out.contains(&(key.holder.as_str(), key.field.as_str()));
    let missing: Vec<_> = keys
        .iter()
        .filter(|key| !reads(key) && !is_act(key) && !is_left_out(key))
        .map(|key| format!("{}.{}", key.holder, key.field))
        .collect();
    assert!(keys.len() > 40 && missing.is_empty(), "add to the copy of a person's data: {missing:?}");
}

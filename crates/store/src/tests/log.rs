//! The lesson log on both databases.

use super::world::{NOW, World};
use crate::files::{self, NewFile, Place as Attached};
use crate::limits::VISA_REMARK_CHARS_MAX;
use crate::log::lists::{self, Span};
use crate::log::visas::Scope;
use crate::log::{self, Saved, Text, archives, load, readings, visas};
use crate::progressions::{self, StepSaved, StepText};
use crate::{Conn, StoreError, groups, homework};
use preau_base::{ArchiveId, FileId, HomeworkId, Instant, LessonId, LogEntryId, ProgressionId, ReadingId, StepId};
use preau_school::homework::Ways;
use preau_school::log::Reading;
use preau_school::{MemberRole, Profile};
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(3_600);
const DAY: Duration = Duration::from_secs(86_400);
const FAR: Instant = Instant::from_secs(1_900_000_000);

fn entry_id(world: &mut World) -> LogEntryId {
    LogEntryId::new(NOW, &mut world.rng)
}

const ALL: Span<'_> = Span { from: Instant::EPOCH, to: FAR, subject: "" };

async fn published(conn: &mut Conn, world: &mut World, lesson: LessonId, body: &str, at: Instant) -> LogEntryId {
    let id = entry_id(world);
    let text = world.text(lesson, body, true);
    assert_eq!(log::save(conn, id, &text, 0, at).await.expect("saved"), Saved::Kept(1));
    id
}

super::on_both! {
    async fn the_second_of_two_savers_is_told_and_nothing_is_lost(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let mut world = World::make(&mut tx).await;
        let lesson = world.lesson(&mut tx, NOW, "Latin").await;
        let (first, second) = (entry_id(&mut world), entry_id(&mut world));
        assert!(log::of_lesson(&mut tx, lesson).await.expect("read").is_none());
        let one = world.text(lesson, "Rosa, <rosam>", false);
        assert_eq!(log::save(&mut tx, first, &one, 0, NOW).await.expect("saved"), Saved::Kept(1));
        assert_eq!(log::save(&mut tx, first, &one, 0, NOW).await.expect("again"), Saved::Same);
        // Another tab began before there was an entry.
        let two = world.text(lesson, "玫瑰 وردة", true);
        let Saved::Changed(there) = log::save(&mut tx, second, &two, 0, NOW).await.expect("refused") else { panic!() };
        assert_eq!((there.body.as_str(), there.version, there.author.as_str()), ("Rosa, <rosam>", 1, "Mme Fontaine"));
        assert_eq!(log::save(&mut tx, second, &two, 1, FAR).await.expect("saved"), Saved::Kept(2));
        assert_eq!(log::save(&mut tx, second, &two, 1, FAR).await.expect("again"), Saved::Same);
        let now = log::of_lesson(&mut tx, lesson).await.expect("read").expect("there");
        assert_eq!((now.id, now.body.as_str(), now.is_published()), (first, "玫瑰 وردة", true));
        let old = log::revisions(&mut tx, first).await.expect("read");
        assert_eq!(old.iter().map(|it| it.body.as_str()).collect::<Vec<_>>(), ["Rosa, <rosam>"]);
    }

    async fn a_draft_keeps_how_its_work_is_handed_in(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let mut world = World::make(&mut tx).await;
        let on = world.lesson(&mut tx, NOW, "Grec").await;
        let ways = Ways { photos: true, text: true, ..Ways::default() };
        let planned = Text { work_title: "Affiche", work_ways: ways, work_is_test: true, ..world.text(on, "un", false) };
        let id = entry_id(&mut world);
        assert_eq!(log::save(&mut tx, id, &planned, 0, NOW).await.expect("save"), Saved::Kept(1));
        let kept = log::of_lesson(&mut tx, on).await.expect("read").expect("there");
        assert_eq!((kept.work_ways(), kept.work_is_test), (ways, true));
        assert_eq!(log::save(&mut tx, id, &planned, 1, NOW).await.expect("save"), Saved::Same);
        let other = Text { work_ways: Ways { paper: true, ..Ways::default() }, work_is_test: false, ..planned };
        assert_eq!(log::save(&mut tx, id, &other, 1, NOW).await.expect("save"), Saved::Kept(2));
        let kept = log::of_lesson(&mut tx, on).await.expect("read").expect("there");
        assert_eq!((kept.work_ways().to_string().as_str(), kept.work_is_test), ("paper", false));
    }

    async fn of_many_savers_at_once_one_is_first(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let mut world = World::make(&mut tx).await;
        let lesson = world.lesson(&mut tx, NOW, "Latin").await;
        tx.commit().await.expect("kept");
        for round in 0..3_i64 {
            let bodies: Vec<_> = (0..6).map(|number| format!("{round}-{number}")).collect();
            let ids: Vec<_> = bodies.iter().map(|_| entry_id(&mut world)).collect();
            let saves = bodies.iter().zip(ids).map(async |(body, id)| {
                let mut tx = place.store.write().await.expect("a transaction");
                let saved = log::save(&mut tx, id, &world.text(lesson, body, true), round, NOW).await.expect("saved");
                tx.commit().await.expect("kept");
                (body, saved)
            });
            let saved = futures_util::future::join_all(saves).await;
            let kept: Vec<_> = saved.iter().filter(|(_, saved)| *saved == Saved::Kept(round + 1)).collect();
            let told = saved.iter().filter(|(_, saved)| matches!(saved, Saved::Changed(_))).count();
            assert_eq!((kept.len(), told), (1, 5), "{saved:?}");
            let mut conn = place.store.read().await.expect("a connection");
            let there = log::of_lesson(&mut conn, lesson).await.expect("read").expect("there");
            assert_eq!(&there.body, kept[0].0, "what was acknowledged stands there");
        }
    }

    async fn a_signed_entry_takes_additions_only(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let mut world = World::make(&mut tx).await;
        let lesson = world.lesson(&mut tx, NOW, "Latin").await;
        let id = published(&mut tx, &mut world, lesson, "Le premier texte", NOW).await;
        let addition = entry_id(&mut world);
        let add = (world.teacher, "Un ajout");
        assert!(!log::add(&mut tx, addition, id, add, 2, NOW).await.expect("asked"), "not signed yet");
        let scope = Scope { school: world.school, group: Some(world.class), teacher: None, from: NOW, to: FAR, seen: NOW, remark: "Merci." };
        let unseen = Scope { seen: NOW.minus(HOUR), ..scope };
        assert_eq!(visas::sign(&mut tx, &unseen, world.mother, FAR).await.expect("asked"), 0, "saved after it was seen");
        let elsewhere = Scope { teacher: Some(world.max), ..scope };
        assert_eq!(visas::sign(&mut tx, &elsewhere, world.mother, FAR).await.expect("asked"), 0);
        assert_eq!(visas::sign(&mut tx, &scope, world.mother, FAR).await.expect("signed"), 1);
        assert_eq!(visas::sign(&mut tx, &scope, world.mother, FAR).await.expect("again"), 0);
        let signed = visas::signed_at(&mut tx, world.school, world.mother, FAR).await.expect("read");
        assert_eq!(signed, [visas::Signed { teacher_id: world.teacher, entries: 1 }]);
        let long = "x".repeat(VISA_REMARK_CHARS_MAX + 1);
        let refused = visas::sign(&mut tx, &Scope { remark: &long, ..scope }, world.mother, FAR).await;
        assert!(matches!(refused, Err(StoreError::Limit { .. })), "{refused:?}");
        let changed = world.text(lesson, "Un autre", true);
        for base in [1, 2] {
            let saved = log::save(&mut tx, id, &changed, base, FAR).await.expect("refused");
            let Saved::Signed(there) = saved else { panic!("{saved:?}") };
            assert_eq!((there.body.as_str(), there.signer.as_str()), ("Le premier texte", "Leroy"));
            assert_eq!(there.visa_remark, "Merci.");
        }
        for _ in 0..2 {
            assert!(log::add(&mut tx, addition, id, add, 2, FAR).await.expect("added"));
        }
        let stored = log::addition(&mut tx, addition).await.expect("read");
        assert_eq!(stored, Some((world.teacher, "Un ajout".to_owned())));
        let another = entry_id(&mut world);
        assert_eq!(log::addition(&mut tx, another).await.expect("read"), None);
        assert!(log::add(&mut tx, another, id, add, 2, FAR).await.expect("added"));
        let another = entry_id(&mut world);
        assert!(!log::add(&mut tx, another, id, add, 2, FAR).await.expect("asked"), "over the limit");
        assert_eq!(log::additions(&mut tx, id).await.expect("read").len(), 2);
    }

    async fn an_archive_has_the_files_of_what_was_published(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let mut world = World::make(&mut tx).await;
        let mut kept = Vec::new();
        for (at, publish) in [(NOW, true), (NOW.plus(DAY), false), (FAR, true)] {
            let lesson = world.lesson(&mut tx, at, "Latin").await;
            let entry = entry_id(&mut world);
            let said = world.text(lesson, "Texte", publish);
            log::save(&mut tx, entry, &said, 0, NOW).await.expect("saved");
            let id = FileId::new(NOW, &mut world.rng);
            let file = NewFile { id, owner: world.teacher, name: "rome.png", kind: "png", bytes: 3, sha256: &[7; 32] };
            files::create(&mut tx, &file, NOW).await.expect("kept");
            files::attach(&mut tx, Attached::Log(entry), id).await.expect("attached");
            kept.push((lesson, id));
        }
        let found = archives::files(&mut tx, world.class, NOW, FAR).await.expect("read");
        let [one] = &found[..] else { panic!("not the draft's, nor next year's: {found:?}") };
        assert_eq!((one.lesson_id, one.file_id), kept[0]);
        assert_eq!((one.name.as_str(), one.bytes, one.starts_at, &*one.sha256), ("rome.png", 3, NOW, &[7; 32][..]));
    }

    async fn who_reads_what(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let mut world = World::make(&mut tx).await;
        let first = world.lesson(&mut tx, NOW, "Latin").await;
        let second = world.lesson(&mut tx, NOW.plus(DAY), "Grec").await;
        let third = world.lesson(&mut tx, NOW.plus(DAY * 2), "Latin").await;
        published(&mut tx, &mut world, first, "un", NOW).await;
        let draft = entry_id(&mut world);
        let unsaid = world.text(second, "deux", false);
        log::save(&mut tx, draft, &unsaid, 0, NOW).await.expect("saved");
        let bodies = |rows: Vec<lists::Read>| rows.into_iter().map(|row| row.body).collect::<Vec<_>>();
        assert_eq!(bodies(lists::of_group(&mut tx, world.class, ALL, 10).await.expect("read")), ["un"]);
        for (person, expect) in [(world.max, vec!["un"]), (world.mother, vec![]), (world.teacher, vec![])] {
            assert_eq!(bodies(lists::of_pupil(&mut tx, person, ALL).await.expect("read")), expect);
        }
        let greek = Span { subject: "Grec", ..ALL };
        assert_eq!(bodies(lists::of_school(&mut tx, world.school, None, greek).await.expect("read")), Vec::<String>::new());
        let of = Some(world.teacher);
        let rows = lists::of_school(&mut tx, world.school, of, ALL).await.expect("read");
        assert_eq!((rows[0].groups.as_str(), rows[0].teachers.as_str(), rows[0].additions), ("6E B", "Mme Fontaine", 0));
        let held = lists::of_teacher(&mut tx, world.teacher, Instant::EPOCH, FAR).await.expect("read");
        assert_eq!(held.iter().map(|it| it.is_missing(FAR)).collect::<Vec<_>>(), [false, true, true]);
        assert_eq!(held.iter().map(|it| it.body.is_some()).collect::<Vec<_>>(), [true, true, false]);
        assert_eq!(lists::subjects_of_group(&mut tx, world.class, NOW).await.expect("read"), ["Grec", "Latin"]);
        assert_eq!(lists::subjects_of_pupil(&mut tx, world.max, NOW).await.expect("read"), ["Grec", "Latin"]);
        assert_eq!(lists::next_lesson(&mut tx, first).await.expect("read").map(|it| it.id), Some(third));
        assert_eq!(lists::next_lesson(&mut tx, third).await.expect("read"), None);
        assert_eq!(bodies(lists::before(&mut tx, third, 3).await.expect("read")), ["un"]);
        assert!(lists::stands_in(&mut tx, world.teacher, world.class, NOW, FAR).await.expect("read"));
        assert!(!lists::stands_in(&mut tx, world.mother, world.class, NOW, FAR).await.expect("read"));
        for (person, teaches) in [(world.teacher, true), (world.mother, false)] {
            assert_eq!(lists::has_lessons(&mut tx, world.school, person).await.expect("read"), teaches);
        }
        let overview = visas::overview(&mut tx, world.school, NOW, FAR).await.expect("read");
        for rows in [overview.groups, overview.teachers] {
            assert_eq!((rows.len(), rows[0].held, rows[0].written, rows[0].missing(), rows[0].unsigned()), (1, 3, 1, 2, 1));
        }
        for body in ["", "à reprendre", "à revoir"] {
            log::set_note(&mut tx, first, world.teacher, body, NOW).await.expect("kept");
            assert_eq!(log::note(&mut tx, first, world.teacher).await.expect("read"), body);
        }
        assert_eq!(log::note(&mut tx, first, world.mother).await.expect("read"), "");
    }

    async fn the_load_of_a_class_has_the_work_of_its_groups(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let mut world = World::make(&mut tx).await;
        let latin = preau_base::GroupId::new(NOW, &mut world.rng);
        let group = groups::Group { id: latin, school_id: world.school, kind: preau_school::GroupKind::Group, name: "Latin".to_owned() };
        groups::create(&mut tx, &group, "hand", NOW).await.expect("a group");
        groups::add_member(&mut tx, latin, world.max, MemberRole::Pupil, "", "hand").await.expect("a pupil");
        let lesson = world.lesson(&mut tx, NOW, "Latin").await;
        let mut works = Vec::new();
        for (group, due_day) in [(world.class, "2027-01-18"), (latin, "2027-01-18"), (latin, "2027-03-01")] {
            let id = HomeworkId::new(NOW, &mut world.rng);
            set_work(&mut tx, &world, id, group, due_day, lesson).await;
            works.push(id);
        }
        load::describe(&mut tx, works[1], None, Some(45), true).await.expect("set");
        assert_eq!(load::estimate(&mut tx, works[1]).await.expect("read"), (Some(45), true));
        assert_eq!(load::estimate(&mut tx, works[0]).await.expect("read"), (None, false));
        let due = load::of_group(&mut tx, world.class, "2027-01-18", "2027-01-31").await.expect("read");
        let mut minutes: Vec<_> = due.iter().map(|it| (it.minutes, it.is_test)).collect();
        minutes.sort();
        assert_eq!(minutes, [(None, false), (Some(45), true)]);
        assert_eq!(load::given_in(&mut tx, lesson).await.expect("read").len(), 3);
        let given = load::given_to_group(&mut tx, latin, NOW, FAR, FAR).await.expect("read");
        assert_eq!(given.iter().map(|it| it.id).collect::<Vec<_>>(), works[1..]);
        for (pupil, expect) in [(world.max, 3), (world.ines, 1), (world.mother, 0)] {
            assert_eq!(load::given_to_pupil(&mut tx, pupil, NOW, FAR, FAR).await.expect("read").len(), expect);
        }
        for (teacher, expect) in [(None, 3), (Some(world.teacher), 3), (Some(world.max), 0)] {
            let given = load::given_in_school(&mut tx, world.school, teacher, (NOW, FAR), FAR).await.expect("read");
            assert_eq!(given.len(), expect);
        }
    }

    async fn a_reading_is_opened_ended_and_over(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let mut world = World::make(&mut tx).await;
        let inspector = world.person(&mut tx, "ivan.inspecteur", "Ivan", "Œil", Profile::Guest).await;
        let (one, two) = (ReadingId::new(NOW, &mut world.rng), ReadingId::new(NOW, &mut world.rng));
        let reading = Reading { reader: inspector, school: world.school, teacher: Some(world.teacher), subject: "Latin".to_owned(), until: NOW.plus(DAY), ended: false };
        for id in [one, one, two] {
            readings::open(&mut tx, id, &reading, world.mother, NOW).await.expect("opened");
        }
        assert_eq!(readings::of_reader(&mut tx, inspector, NOW).await.expect("read").len(), 2);
        assert!(readings::of_reader(&mut tx, inspector, NOW.plus(DAY)).await.expect("read").is_empty());
        let other = preau_base::SchoolId::new(FAR, &mut world.rng);
        assert!(!readings::end(&mut tx, one, other, NOW).await.expect("asked"));
        assert!(readings::end(&mut tx, one, world.school, NOW).await.expect("ended"));
        assert!(!readings::end(&mut tx, one, world.school, NOW).await.expect("asked"));
        assert_eq!(readings::of_school(&mut tx, world.school).await.expect("read").len(), 2);
        let ended = readings::by_id(&mut tx, one).await.expect("read").expect("there");
        assert_eq!((ended.teacher.as_str(), ended.reader.as_str()), ("Mme Fontaine", "Ivan Œil"));
        assert_eq!(ended.facts(), Reading { ended: true, ..reading });
    }

    async fn a_year_is_put_away_with_its_hash(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let mut world = World::make(&mut tx).await;
        let lesson = world.lesson(&mut tx, NOW, "Latin").await;
        published(&mut tx, &mut world, lesson, "un", NOW).await;
        let id = ArchiveId::new(NOW, &mut world.rng);
        let archive = archives::NewArchive { id, school: world.school, group: world.class, year: 2026, made_by: world.mother, entries: 1, html: b"abc", gzip: b"packed" };
        for expect in [true, false] {
            assert_eq!(archives::keep(&mut tx, &archive, NOW).await.expect("kept"), expect);
            archives::set_authors(&mut tx, id, NOW, FAR).await.expect("kept");
        }
        let big = vec![0; crate::limits::LOG_ARCHIVE_BYTES_MAX + 1];
        assert!(archives::keep(&mut tx, &archives::NewArchive { gzip: &big, ..archive }, NOW).await.is_err());
        let kept = archives::by_id(&mut tx, id).await.expect("read").expect("there");
        // FIPS 180-2, appendix B.1.
        assert_eq!(kept.hash(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_eq!((kept.group_name.as_str(), kept.year, kept.entries, kept.html_bytes), ("6E B", 2026, 1, 3));
        assert_eq!(archives::of_school(&mut tx, world.school).await.expect("read").len(), 1);
        assert_eq!(archives::authors(&mut tx, id).await.expect("read"), [world.teacher]);
        for (person, expect) in [(world.teacher, 1), (world.mother, 0)] {
            assert_eq!(archives::of_author(&mut tx, person).await.expect("read").len(), expect);
        }
        assert_eq!(archives::page(&mut tx, id).await.expect("read").as_deref(), Some(&b"packed"[..]));
    }

    async fn a_progression_is_made_ordered_applied_and_removed(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let mut world = World::make(&mut tx).await;
        let id = ProgressionId::new(NOW, &mut world.rng);
        for _ in 0..2 {
            progressions::create(&mut tx, id, (world.school, world.teacher), "Latin 6e", "Latin", NOW).await.expect("made");
        }
        let words = |title| StepText { title, body: "", work_title: "Exercice 1", work_body: "", work_minutes: Some(15) };
        let mut steps = Vec::new();
        for title in ["a", "b", "c", "d"] {
            let step = StepId::new(NOW, &mut world.rng);
            for _ in 0..2 {
                assert!(progressions::add_step(&mut tx, step, id, &words(title), 4).await.expect("added"));
            }
            steps.push(step);
        }
        let more = StepId::new(FAR, &mut world.rng);
        assert!(!progressions::add_step(&mut tx, more, id, &words("e"), 4).await.expect("asked"), "over the limit");
        for (which, to, expect) in [(0, 3, "bcad"), (3, 1, "dbca"), (1, 99, "dcab"), (1, -5, "bdca"), (1, 1, "bdca")] {
            let moved = progressions::step(&mut tx, steps[which]).await.expect("read").expect("there");
            progressions::move_step(&mut tx, &moved, to).await.expect("moved");
            assert_eq!(order(&mut tx, id).await, expect);
        }
        let text = StepText { title: "B", ..words("") };
        assert_eq!(progressions::save_step(&mut tx, steps[1], &text, 1).await.expect("saved"), StepSaved::Kept);
        assert_eq!(progressions::save_step(&mut tx, steps[1], &text, 1).await.expect("again"), StepSaved::Kept);
        let late = progressions::save_step(&mut tx, steps[1], &words("x"), 1).await.expect("refused");
        assert!(matches!(late, StepSaved::Changed(there) if there.title == "B"));
        assert_eq!(progressions::save_step(&mut tx, more, &text, 1).await.expect("asked"), StepSaved::Gone);

        let (first, second) = (world.lesson(&mut tx, NOW, "Latin").await, world.lesson(&mut tx, NOW.plus(DAY), "Latin").await);
        let free = async |conn: &mut Conn| progressions::free_lessons(conn, world.teacher, world.class, "Latin", NOW, 10).await.expect("read");
        assert_eq!(free(&mut tx).await, [first, second]);
        let made = Text { step: Some(steps[1]), ..world.text(first, "", false) };
        log::save(&mut tx, LogEntryId::new(NOW, &mut preau_base::SeededRng::new(3)), &made, 0, NOW).await.expect("saved");
        assert_eq!(free(&mut tx).await, [second]);
        let applied = progressions::applied(&mut tx, id, world.class, NOW).await.expect("read");
        assert_eq!(applied.iter().map(|it| (it.step_id, it.lesson_id)).collect::<Vec<_>>(), [(steps[1], first)]);

        let gone = progressions::step(&mut tx, steps[1]).await.expect("read").expect("there");
        progressions::remove_step(&mut tx, &gone).await.expect("removed");
        progressions::remove_step(&mut tx, &gone).await.expect("again");
        assert_eq!(order(&mut tx, id).await, "dca");
        assert!(progressions::rename(&mut tx, id, ("Latin", "Latin"), 1, FAR).await.expect("renamed"));
        assert!(!progressions::rename(&mut tx, id, ("Grec", "Grec"), 1, FAR).await.expect("nothing"), "from an old page");
        let named = progressions::by_id(&mut tx, id).await.expect("read").expect("there");
        assert_eq!((named.title.as_str(), named.steps, named.version), ("Latin", 3, 2));
        assert_eq!(progressions::of_owner(&mut tx, world.teacher).await.expect("read"), [named]);
        progressions::remove(&mut tx, id).await.expect("removed");
        assert!(progressions::by_id(&mut tx, id).await.expect("read").is_none());
        assert!(log::of_lesson(&mut tx, first).await.expect("read").is_some(), "what was made from it stays");
    }
}

/// The titles in their order; the positions are 1, 2, 3…
async fn order(conn: &mut Conn, id: ProgressionId) -> String {
    let steps = progressions::steps(conn, id).await.expect("read");
    assert!(steps.iter().zip(1..).all(|(step, position)| step.position == position), "{steps:?}");
    steps.iter().map(|step| step.title.to_lowercase()).collect()
}

async fn set_work(
    conn: &mut Conn,
    world: &World,
    id: HomeworkId,
    group: preau_base::GroupId,
    due_day: &str,
    lesson: LessonId,
) {
    let new = homework::NewHomework { group, due_day, ..world.new_homework(id, "Version") };
    homework::create(conn, &new, NOW).await.expect("work");
    load::describe(conn, id, Some(lesson), None, false).await.expect("described");
}

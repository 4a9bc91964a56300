//! Files, uploads, homework with its terms, and what is handed in.

use super::world::{DUE_DAY as DAY, NOW, World};
use crate::files::{self, NewFile, Place};
use crate::hand_ins::{self, Correction, NewReceipt};
use crate::homework::{self, Handing, NewHomework};
use crate::statements::counted;
use crate::uploads::{self, NewUpload};
use crate::{Conn, StoreError};
use preau_base::{FileId, HandInId, HomeworkId, Instant, LogEntryId, ReceiptId, UploadId};
use preau_school::homework::{LateRule, State, Ways, state};
use std::time::Duration;

const LATER: Instant = Instant::from_secs(1_800_003_600);

async fn work(conn: &mut Conn, world: &mut World, handing: Handing<'_>) -> HomeworkId {
    let id = HomeworkId::new(NOW, &mut world.rng);
    let new = NewHomework { handing, ..world.new_homework(id, "Le Nil") };
    homework::create(conn, &new, NOW).await.expect("homework");
    id
}

fn online() -> Ways {
    Ways { text: true, files: true, ..Ways::default() }
}

async fn hand_in(
    conn: &mut Conn,
    world: &mut World,
    of: HandInId,
    (key, body): (&str, &str),
    files: &[FileId],
) -> hand_ins::Receipt {
    let id = ReceiptId::new(NOW, &mut world.rng);
    let new = NewReceipt { id, hand_in: of, key, body, late: false, sha256: &[2; 32], files };
    hand_ins::hand_in(conn, &new, NOW).await.expect("handed in")
}

super::on_both! {
    async fn files_are_kept_while_they_are_used(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let mut world = World::make(&mut tx).await;
        let log = Place::Log(LogEntryId::new(NOW, &mut world.rng));
        let mut all = Vec::new();
        for name in ["b.txt", "a.txt", "=1+1.csv"] {
            let teacher = world.teacher;
            let id = world.file(&mut tx, teacher, name).await;
            let again = NewFile { id, owner: teacher, name, kind: "text", bytes: 7, sha256: &[1; 32] };
            files::create(&mut tx, &again, NOW).await.expect("there already");
            for _ in 0..2 {
                files::attach(&mut tx, log, id).await.expect("attached");
            }
            all.push(id);
        }
        let names = |files: Vec<files::File>| files.into_iter().map(|it| it.name).collect::<Vec<_>>();
        assert_eq!(names(files::attached(&mut tx, log).await.expect("read")), ["b.txt", "a.txt", "=1+1.csv"]);
        files::attach_only(&mut tx, log, &[all[2], all[0]]).await.expect("changed");
        assert_eq!(names(files::attached(&mut tx, log).await.expect("read")), ["=1+1.csv", "b.txt"]);
        assert!(files::attached_one(&mut tx, log, all[1]).await.expect("read").is_none());
        assert!(files::attached_one(&mut tx, Place::Draft(HandInId::new(NOW, &mut world.rng)), all[0]).await.expect("read").is_none(), "another place");
        assert!(files::attached_one(&mut tx, log, all[0]).await.expect("read").is_some());

        // Of several things at once, in one statement; a hand-in's draft and what was given back stand under one id.
        let mine = HandInId::new(NOW, &mut world.rng);
        files::attach(&mut tx, Place::Draft(mine), all[1]).await.expect("attached");
        files::attach(&mut tx, Place::Returned(mine), all[2]).await.expect("attached");
        let nothing = Place::Homework(HomeworkId::new(NOW, &mut world.rng));
        let (found, sent) = counted(files::attached_to(&mut tx, &[log, Place::Draft(mine), nothing])).await;
        let mut found = found.expect("read");
        assert_eq!((found.len(), sent), (2, 1));
        assert_eq!(names(found.remove(&log).expect("there")), ["=1+1.csv", "b.txt"]);
        assert_eq!(names(found.remove(&Place::Draft(mine)).expect("there")), ["a.txt"]);
        for place in [Place::Draft(mine), Place::Returned(mine)] {
            files::detach_all(&mut tx, place).await.expect("detached");
        }

        assert_eq!(files::unused_bytes(&mut tx, world.teacher).await.expect("read"), 7);
        assert_eq!(files::sweep(&mut tx, NOW).await.expect("swept"), 0, "too young");
        assert_eq!(files::sweep(&mut tx, LATER).await.expect("swept"), 1);
        assert!(files::by_id(&mut tx, all[1]).await.expect("read").is_none());
        assert!(!files::is_known(&mut tx, all[1]).await.expect("read") && files::is_known(&mut tx, all[0]).await.expect("read"));
        assert!(files::detach(&mut tx, log, all[0]).await.expect("detached"));
        files::detach_all(&mut tx, log).await.expect("detached");
        assert_eq!(files::sweep(&mut tx, LATER).await.expect("swept"), 2);
    }

    async fn uploads_are_their_persons_until_they_expire(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let mut world = World::make(&mut tx).await;
        let mut begin = async |bytes| {
            let id = UploadId::new(NOW, &mut world.rng);
            let new = NewUpload { id, person: world.max, name: "photo.jpg", bytes, expires_at: LATER };
            uploads::create(&mut tx, &new, NOW).await.expect("begun");
            id
        };
        let (one, other) = (begin(10).await, begin(32).await);
        assert_eq!(uploads::open_of(&mut tx, world.max, NOW).await.expect("read"), (2, 42));
        assert_eq!(uploads::open_of(&mut tx, world.ines, NOW).await.expect("read"), (0, 0));
        assert!(files::is_known(&mut tx, FileId::from_uuid(one.uuid())).await.expect("read"), "it may become one");
        let found = uploads::by_id(&mut tx, one, NOW).await.expect("read").expect("there");
        assert_eq!((found.person_id, found.bytes, found.finished_at), (world.max, 10, None));
        uploads::finish(&mut tx, one, NOW).await.expect("finished");
        assert!(!uploads::remove(&mut tx, one).await.expect("asked"), "it is finished");
        assert!(uploads::remove(&mut tx, other).await.expect("removed"));
        assert_eq!(uploads::open_of(&mut tx, world.max, NOW).await.expect("read"), (0, 0));
        assert!(uploads::by_id(&mut tx, one, LATER).await.expect("read").is_none(), "expired");
        assert!(uploads::is_known(&mut tx, one).await.expect("read"));
        assert_eq!(uploads::sweep(&mut tx, NOW).await.expect("swept"), 0);
        assert_eq!(uploads::sweep(&mut tx, LATER).await.expect("swept"), 1);
        assert!(!uploads::is_known(&mut tx, one).await.expect("read"));
    }

    async fn work_is_seen_by_those_it_is_for_when_it_is_time(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let mut world = World::make(&mut tx).await;
        let all = work(&mut tx, &mut world, Handing { visible_at: Some(LATER), ..Handing::default() }).await;
        let ines = world.ines;
        let chosen = work(&mut tx, &mut world, Handing { pupils: &[ines, ines], ..Handing::default() }).await;
        for (pupil, at, expect) in [
            (world.max, NOW, vec![]),
            (world.ines, NOW, vec![chosen]),
            (world.max, LATER, vec![all]),
            (world.ines, LATER, vec![all, chosen]),
        ] {
            let mut found: Vec<_> = homework::of_pupil(&mut tx, pupil, DAY, DAY, at).await.expect("read").iter().map(|it| it.id).collect();
            found.sort();
            assert_eq!(found, expect);
            let due = homework::due_of_pupil(&mut tx, pupil, DAY, DAY, at).await.expect("read");
            let mut lines: Vec<_> = due.iter().map(|it| it.id).collect();
            lines.sort();
            assert_eq!(lines, expect);
        }
        let due = homework::due_of_author(&mut tx, world.teacher, DAY, DAY).await.expect("read");
        assert_eq!(due.len(), homework::of_author(&mut tx, world.teacher, DAY, DAY).await.expect("read").len());
        assert_eq!(homework::of_group(&mut tx, world.class, DAY, DAY).await.expect("read").len(), 2);
        let one = homework::by_id(&mut tx, chosen).await.expect("read").expect("there");
        let facts = homework::facts(&mut tx, &one).await.expect("read");
        assert_eq!((facts.chosen, facts.author, facts.group.id), (Some(vec![world.ines]), world.teacher, world.class));
        let names: Vec<_> = hand_ins::table(&mut tx, chosen).await.expect("read").into_iter().map(|it| it.person_id).collect();
        assert_eq!(names, [world.ines]);

        let mut changed = NewHomework {
            body: "<b>",
            handing: Handing {
                ways: online(), late_rule: LateRule::Closed, deadline: Some(LATER), mark_max: Some(2_000),
                skills: "Se repérer\nRaisonner", ..Handing::default()
            },
            ..world.new_homework(chosen, "Le Nil bleu")
        };
        assert!(homework::change(&mut tx, &changed, one.version, NOW).await.expect("changed"));
        changed.title = "d’un autre onglet";
        assert!(!homework::change(&mut tx, &changed, one.version, NOW).await.expect("asked"), "another tab was faster");
        let one = homework::by_id(&mut tx, chosen).await.expect("read").expect("there");
        assert_eq!((one.title.as_str(), one.whole_group, one.version), ("Le Nil bleu", true, 2));
        assert_eq!((one.ways(), one.terms().deadline, one.skills().count()), (online(), Some(LATER), 2));
        assert!(homework::chosen(&mut tx, chosen).await.expect("read").is_empty());
    }

    async fn work_of_a_lesson_is_found_with_it(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let mut world = World::make(&mut tx).await;
        let lesson = world.lesson(&mut tx, NOW, "Histoire").await;
        let id = HomeworkId::new(NOW, &mut world.rng);
        let new = NewHomework { lesson: Some(lesson), ..world.new_homework(id, "Lire p. 12") };
        homework::create(&mut tx, &new, NOW).await.expect("homework");
        assert_eq!(homework::of_lesson(&mut tx, lesson).await.expect("read").len(), 1);
    }

    async fn what_was_handed_in_is_kept_once_for_its_key(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let mut world = World::make(&mut tx).await;
        let id = work(&mut tx, &mut world, Handing { ways: online(), ..Handing::default() }).await;
        let max = world.max;
        let made = HandInId::new(NOW, &mut world.rng);
        let mine = hand_ins::ensure(&mut tx, made, id, max, NOW).await.expect("made");
        let other = HandInId::new(NOW, &mut world.rng);
        assert_eq!(hand_ins::ensure(&mut tx, other, id, max, NOW).await.expect("there").id, mine.id);

        let page = world.file(&mut tx, max, "page.jpg").await;
        files::attach(&mut tx, Place::Draft(mine.id), page).await.expect("attached");
        assert_eq!(hand_ins::save_draft(&mut tx, mine.id, 0, "La crue", NOW).await.expect("saved"), Some(1));
        assert_eq!(hand_ins::save_draft(&mut tx, mine.id, 0, "autre", NOW).await.expect("asked"), None, "another tab");
        let read = hand_ins::of(&mut tx, id, max).await.expect("read").expect("there");
        assert_eq!((read.draft_body.as_str(), read.progress().has_draft), ("La crue", true));

        let first = hand_in(&mut tx, &mut world, mine.id, ("key", "La crue"), &[page]).await;
        let again = hand_in(&mut tx, &mut world, mine.id, ("key", "autre chose"), &[]).await;
        assert_eq!(again, first);
        assert_eq!(hand_ins::count(&mut tx, mine.id).await.expect("count"), 1);
        assert_eq!(files::attached(&mut tx, Place::Receipt(first.id)).await.expect("read").len(), 1);
        assert!(files::attached(&mut tx, Place::Draft(mine.id)).await.expect("read").is_empty());
        let read = hand_ins::of(&mut tx, id, max).await.expect("read").expect("there");
        assert_eq!((read.draft_body.as_str(), read.handed_late, read.done_at), ("", Some(false), Some(NOW.as_millis())));
        assert_eq!(hand_ins::by_key(&mut tx, mine.id, "key").await.expect("read"), Some(first.clone()));
        assert_eq!(hand_ins::receipt(&mut tx, first.id).await.expect("read"), Some(first.clone()));

        let second = hand_in(&mut tx, &mut world, mine.id, ("key 2", "La crue, en été"), &[]).await;
        let all: Vec<_> = hand_ins::receipts(&mut tx, mine.id).await.expect("read").into_iter().map(|it| it.id).collect();
        assert_eq!(all, [second.id, first.id]);
        let last = hand_ins::last_of_homework(&mut tx, id).await.expect("read");
        assert_eq!(last.iter().map(|it| it.id).collect::<Vec<_>>(), [second.id]);
        assert_eq!(hand_ins::of_pupil(&mut tx, max, DAY, DAY).await.expect("read").len(), 1);
        assert!(hand_ins::of_pupil(&mut tx, world.ines, DAY, DAY).await.expect("read").is_empty());
        assert!(!homework::remove(&mut tx, id, world.teacher).await.expect("asked"), "somebody has handed in");

        let chosen = [world.ines];
        let handing = Handing { ways: online(), pupils: &chosen, ..Handing::default() };
        let of_one = work(&mut tx, &mut world, handing).await;
        let mut counts = hand_ins::counts(&mut tx, world.teacher, DAY, DAY).await.expect("read");
        counts.sort_by_key(|count| std::cmp::Reverse(count.pupils));
        let count = |homework_id, handed, pupils| hand_ins::Count { homework_id, handed, pupils };
        assert_eq!(counts, [count(id, 1, 2), count(of_one, 0, 1)], "two receipts of one pupil are one");
        assert!(hand_ins::counts(&mut tx, world.max, DAY, DAY).await.expect("read").is_empty());
    }

    async fn a_correction_is_given_back_and_more_time_granted(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let mut world = World::make(&mut tx).await;
        let handing = Handing { ways: online(), deadline: Some(NOW), mark_max: Some(2_000), ..Handing::default() };
        let id = work(&mut tx, &mut world, handing).await;
        let (max, ines, teacher) = (world.max, world.ines, world.teacher);
        let made = HandInId::new(NOW, &mut world.rng);
        let mine = hand_ins::ensure(&mut tx, made, id, max, NOW).await.expect("made");
        let terms = homework::by_id(&mut tx, id).await.expect("read").expect("there").terms();
        let states = async |tx: &mut Conn| {
            let rows = hand_ins::table(tx, id).await.expect("read");
            let of = |person| {
                let row = rows.iter().find(|row| row.person_id == person).expect("there");
                state(&row.terms(terms), row.progress(), LATER)
            };
            (of(max), of(ines))
        };
        assert_eq!(states(&mut tx).await, (State::Missing, State::Missing));
        hand_ins::extend(&mut tx, mine.id, Some(LATER.plus(Duration::from_secs(1)))).await.expect("extended");
        assert_eq!(states(&mut tx).await, (State::Todo, State::Missing));
        hand_ins::set_done(&mut tx, mine.id, Some(NOW)).await.expect("ticked");
        assert_eq!(states(&mut tx).await.0, State::Done);
        hand_in(&mut tx, &mut world, mine.id, ("k", "x"), &[]).await;
        assert_eq!(states(&mut tx).await.0, State::HandedIn);
        let correction = Correction { comment: "Très bien", mark: Some(1_750), levels: "3 -", returned_at: Some(NOW), by: teacher };
        assert!(hand_ins::correct(&mut tx, mine.id, 0, &correction).await.expect("corrected"));
        assert!(!hand_ins::correct(&mut tx, mine.id, 0, &correction).await.expect("asked"), "a colleague was faster");
        assert_eq!(states(&mut tx).await.0, State::Returned);
        let read = hand_ins::of(&mut tx, id, max).await.expect("read").expect("there");
        assert_eq!((read.mark, read.comment.as_str(), read.levels.as_str()), (Some(1_750), "Très bien", "3 -"));
        assert!(read.terms(terms).returned);

        crate::groups::remove_member(&mut tx, world.class, max, preau_school::MemberRole::Pupil).await.expect("left");
        assert_eq!(hand_ins::table(&mut tx, id).await.expect("read").len(), 2, "what was handed in stays to be seen");
    }
}

/// Two senders at the same instant with one key, on PostgreSQL, where transactions really run beside each other.
#[tokio::test]
async fn one_key_at_the_same_instant_is_one_hand_in() {
    let place = super::world::Place::postgres().await;
    let mut tx = place.store.write().await.expect("a transaction");
    let mut world = World::make(&mut tx).await;
    let id = work(&mut tx, &mut world, Handing { ways: online(), ..Handing::default() }).await;
    let made = HandInId::new(NOW, &mut world.rng);
    let mine = hand_ins::ensure(&mut tx, made, id, world.max, NOW).await.expect("made").id;
    tx.commit().await.expect("kept");
    let send = async |seed| -> Result<ReceiptId, StoreError> {
        let mut tx = place.store.write().await?;
        let id = ReceiptId::new(NOW, &mut preau_base::SeededRng::new(seed));
        let new = NewReceipt { id, hand_in: mine, key: "k", body: "", late: false, sha256: &[2; 32], files: &[] };
        let receipt = hand_ins::hand_in(&mut tx, &new, NOW).await?;
        tx.commit().await?;
        Ok(receipt.id)
    };
    let (one, two, three) = tokio::join!(send(1), send(2), send(3));
    let (one, two, three) = (one.expect("sent"), two.expect("sent"), three.expect("sent"));
    assert!(one == two && two == three);
}

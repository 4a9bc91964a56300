//! What lessons leave behind: the entry in the log, homework, what was handed in.

use crate::people::People;
use crate::timetable::{HOUR, Lesson};
use crate::{Actor, Found, Rows, When, pick};
use jiff::ToSpan;
use preau_base::{FileId, HandInId, HomeworkId, Instant, LogEntryId, PersonId, ReceiptId, Rng, SeededRng};
use preau_store::bulk::{self, Value};
use preau_store::{Conn, StoreError};

/// One lesson in so many sets work, and one such work in so many is handed in online.
const LESSONS_PER_WORK: usize = 5;
const WORKS_PER_ONLINE: usize = 5;
/// One pupil in so many hands nothing in, one in so many ticks what is not handed in.
const PUPILS_PER_FORGETFUL: usize = 12;
const PUPILS_PER_TICK: usize = 5;
/// The head has signed what is older.
const SIGNED_AFTER_H: u32 = 24 * 28;
const WEEK_DAYS: i64 = 7;

const ENTRY: &str = "Correction des exercices 12 à 15. Leçon : ce que nous avons vu la semaine dernière, et comment on s’en \
    sert. On a lu le document de la page 84, relevé les mots nouveaux, puis répondu aux questions 1 à 4 en binômes.\n\n\
    À retenir : la définition encadrée, et l’exemple du tableau. Trace écrite dans le cahier, deux schémas à légender.";
const WORK: &str = "Relire la leçon, refaire le schéma de mémoire, puis les exercices 16 et 17 de la page 86.";
const ANSWER: &str = "J’ai fait les deux exercices. Pour le 17, je ne suis pas sûr de la dernière question, j’ai mis mon \
    raisonnement quand même.";

#[derive(Default)]
struct Day {
    entries: Vec<[Value; 11]>,
    homework: Vec<[Value; 13]>,
    hand_ins: Vec<[Value; 9]>,
    receipts: Vec<[Value; 7]>,
    files: Vec<[Value; 7]>,
    attachments: Vec<[Value; 4]>,
}

/// Of lessons that have begun.
pub(crate) async fn sow(
    conn: &mut Conn,
    people: &People,
    lessons: &[Lesson],
    when: &When,
    rng: &mut SeededRng,
    (rows, found): (&mut Rows, &mut Found),
) -> Result<(), StoreError> {
    let mut day = Day::default();
    let teacher = people.actors[&Actor::Teacher];
    for lesson in lessons {
        let is_shown = lesson.class == 0 && lesson.teacher == teacher;
        if lesson.ends_at() > when.now {
            if is_shown {
                found.lesson_now = Some(lesson.id);
            }
            continue;
        }
        if is_shown || pick(rng, 20) > 0 {
            day.entries.push(entry(people, lesson, when, rng));
        }
        if is_shown || pick(rng, LESSONS_PER_WORK) == 0 {
            let online = is_shown || pick(rng, WORKS_PER_ONLINE) == 0;
            let handed_in = day.work(people, lesson, (when, online), rng);
            if is_shown {
                found.lesson_before = Some((lesson.id, lesson.starts_at));
                found.handed_in = handed_in.or(found.handed_in);
            }
        }
    }
    rows.entries += day.entries.len();
    rows.homework += day.homework.len();
    rows.hand_ins += day.hand_ins.len();
    bulk::insert(conn, bulk::LOG_ENTRY, &day.entries).await?;
    bulk::insert(conn, bulk::HOMEWORK, &day.homework).await?;
    bulk::insert(conn, bulk::HAND_IN, &day.hand_ins).await?;
    bulk::insert(conn, bulk::RECEIPT, &day.receipts).await?;
    bulk::insert(conn, bulk::FILE, &day.files).await?;
    bulk::insert(conn, bulk::ATTACHMENT, &day.attachments).await
}

fn entry(people: &People, lesson: &Lesson, when: &When, rng: &mut SeededRng) -> [Value; 11] {
    let written = lesson.ends_at().as_millis();
    let signed = lesson.ends_at().plus(HOUR * SIGNED_AFTER_H) < when.now;
    [
        LogEntryId::new(when.now, rng).uuid().into(),
        people.school.uuid().into(),
        lesson.id.uuid().into(),
        lesson.teacher.uuid().into(),
        ENTRY.into(),
        written.into(),
        signed.then_some(written + 1).into(),
        signed.then_some(people.actors[&Actor::Head].uuid()).into(),
        1_i64.into(),
        written.into(),
        written.into(),
    ]
}

impl Day {
    /// Work for next week's day. Gives what the first pupil of the class has handed in.
    fn work(
        &mut self,
        people: &People,
        lesson: &Lesson,
        (when, online): (&When, bool),
        rng: &mut SeededRng,
    ) -> Option<(HomeworkId, ReceiptId)> {
        let id = HomeworkId::new(when.now, rng);
        let set = lesson.ends_at();
        let due_day = lesson.day.checked_add(WEEK_DAYS.days()).unwrap_or(lesson.day);
        let due = lesson.starts_at.plus(HOUR * 24 * 7);
        self.homework.push([
            id.uuid().into(),
            people.school.uuid().into(),
            lesson.group.uuid().into(),
            lesson.teacher.uuid().into(),
            lesson.id.uuid().into(),
            lesson.subject_name().into(),
            format!("{}, page {}", lesson.subject_name(), 20 + pick(rng, 180)).into(),
            WORK.into(),
            due_day.to_string().into(),
            if online { "text files photos" } else { "" }.into(),
            online.then_some(due.as_millis()).into(),
            Some(20_i64 + 5 * pick(rng, 6) as i64).into(),
            set.as_millis().into(),
        ]);
        if due > when.now {
            return None;
        }
        let mut first = None;
        for (place, pupil) in lesson.pupils(people).enumerate() {
            if online && (place == 0 || pick(rng, PUPILS_PER_FORGETFUL) > 0) {
                let receipt = self.hand_in((id, pupil), lesson.teacher, due, rng);
                first.get_or_insert((id, receipt));
            } else if !online && pick(rng, PUPILS_PER_TICK) == 0 {
                self.tick((id, pupil), due, rng);
            }
        }
        first
    }

    fn tick(&mut self, (homework, pupil): (HomeworkId, PersonId), due: Instant, rng: &mut SeededRng) {
        let at = due.minus(HOUR * 12).as_millis();
        self.hand_ins.push([
            HandInId::new(due, rng).uuid().into(),
            homework.uuid().into(),
            pupil.uuid().into(),
            at.into(),
            at.into(),
            Value::Number(None),
            "".into(),
            Value::Number(None),
            Value::Id(None),
        ]);
    }

    fn hand_in(
        &mut self,
        (homework, pupil): (HomeworkId, PersonId),
        teacher: PersonId,
        due: Instant,
        rng: &mut SeededRng,
    ) -> ReceiptId {
        let (id, receipt) = (HandInId::new(due, rng), ReceiptId::new(due, rng));
        let at = due.minus(HOUR * 10).as_millis();
        let returned = (pick(rng, 3) > 0).then_some(due.plus(HOUR * 48).as_millis());
        self.hand_ins.push([
            id.uuid().into(),
            homework.uuid().into(),
            pupil.uuid().into(),
            at.into(),
            at.into(),
            returned.map(|_| 100 * pick(rng, 21) as i64).into(),
            if returned.is_some() { "Bon travail, attention à l’unité." } else { "" }.into(),
            returned.into(),
            returned.map(|_| teacher.uuid()).into(),
        ]);
        self.receipts.push([
            receipt.uuid().into(),
            id.uuid().into(),
            "year".into(),
            ANSWER.into(),
            false.into(),
            hash(rng).into(),
            at.into(),
        ]);
        if pick(rng, 2) == 0 {
            let file = FileId::new(due, rng).uuid();
            let size = 200_000 + pick(rng, 900_000) as i64;
            self.files.push([
                file.into(),
                pupil.uuid().into(),
                "cahier.jpg".into(),
                "jpeg".into(),
                size.into(),
                hash(rng).into(),
                at.into(),
            ]);
            self.attachments.push(["receipt".into(), receipt.uuid().into(), file.into(), 0_i64.into()]);
        }
        receipt
    }
}

fn hash(rng: &mut SeededRng) -> Vec<u8> {
    let mut hash = vec![0; 32];
    rng.fill(&mut hash);
    hash
}

//! Rolls of the year, visits of its last week, absences that families have declared, and what people were told.

use crate::people::People;
use crate::timetable::{HOUR, Lesson, Timetable, days};
use crate::{Actor, Rows, Size, When, pick};
use preau_base::{AbsenceId, FollowUpId, Instant, NoticeId, PersonId, SeededRng, VisitId};
use preau_school::attendance::HalfDay;
use preau_store::bulk::{self, Value};
use preau_store::{Conn, StoreError};

/// Of a thousand places in lessons: absent, late, without a connection.
const ABSENT_OF_1000: usize = 40;
const LATE_OF_1000: usize = 15;
const UNCONNECTED_OF_1000: usize = 5;
/// Visits are kept for lessons of so many days.
const VISITED_DAYS: i64 = 7;
/// One lesson in so many has no roll yet.
const LESSONS_PER_FORGOTTEN: usize = 40;
const ABSENCES_PER_PUPIL: usize = 2;
const NOTICES_PER_PERSON: usize = 4;
const ACTS: usize = 3_000;
const PUPILS_PER_FOLLOW_UP: usize = 15;
const PUPILS_PER_FAILED_TRY: usize = 20;
const MINUTE_MS: i64 = 60_000;

/// Of lessons that have begun; a roll is made ten minutes after the start.
pub(crate) async fn rolls(
    conn: &mut Conn,
    size: &Size,
    people: &People,
    lessons: &[Lesson],
    (when, days_ago): (&When, i64),
    rng: &mut SeededRng,
    rows: &mut Rows,
) -> Result<(), StoreError> {
    let (mut rolls, mut entries, mut visits) = (Vec::new(), Vec::new(), Vec::new());
    for lesson in lessons.iter().filter(|lesson| lesson.ends_at() <= when.now) {
        if pick(rng, LESSONS_PER_FORGOTTEN) == 0 {
            continue;
        }
        let at = lesson.starts_at.as_millis() + 10 * MINUTE_MS;
        let (teacher, half) = (lesson.teacher.uuid(), lesson.half.to_string());
        rolls.push([
            lesson.id.uuid().into(),
            people.school.uuid().into(),
            half.clone().into(),
            1_i64.into(),
            at.into(),
            teacher.into(),
            at.into(),
            teacher.into(),
        ]);
        for pupil in lesson.pupils(people) {
            let status = status(rng);
            if size.whole || status != "present" {
                entries.push([
                    lesson.id.uuid().into(),
                    pupil.uuid().into(),
                    people.school.uuid().into(),
                    half.clone().into(),
                    status.into(),
                    if status == "late" { 5_i64 } else { 0 }.into(),
                ]);
            }
            if size.whole && days_ago < VISITED_DAYS && status == "present" {
                visits.push(visit(lesson, pupil, rng));
            }
        }
    }
    rows.rolls += rolls.len();
    rows.roll_entries += entries.len();
    rows.visits += visits.len();
    bulk::insert(conn, bulk::ROLL, &rolls).await?;
    bulk::insert(conn, bulk::ROLL_ENTRY, &entries).await?;
    bulk::insert(conn, bulk::VISIT, &visits).await
}

fn status(rng: &mut SeededRng) -> &'static str {
    match pick(rng, 1_000) {
        at if at < ABSENT_OF_1000 => "absent",
        at if at < ABSENT_OF_1000 + LATE_OF_1000 => "late",
        at if at < ABSENT_OF_1000 + LATE_OF_1000 + UNCONNECTED_OF_1000 => "no_connection",
        _ => "present",
    }
}

fn visit(lesson: &Lesson, pupil: PersonId, rng: &mut SeededRng) -> [Value; 6] {
    [
        VisitId::new(lesson.starts_at, rng).uuid().into(),
        lesson.id.uuid().into(),
        pupil.uuid().into(),
        "pupil".into(),
        lesson.starts_at.as_millis().into(),
        lesson.ends_at().as_millis().into(),
    ]
}

/// What does not hang on one lesson. Gives an absence of the pupil that nobody has looked at.
pub(crate) async fn sow(
    conn: &mut Conn,
    people: &People,
    timetable: &Timetable,
    when: &When,
    rng: &mut SeededRng,
    rows: &mut Rows,
) -> Result<AbsenceId, StoreError> {
    let first = absences(conn, people, when, rng).await?;
    notices(conn, people, timetable, when, rng, rows).await?;
    let (mut follow_ups, mut tries) = (Vec::new(), Vec::new());
    for pupil in people.classes.iter().flat_map(|class| &class.pupils) {
        if pick(rng, PUPILS_PER_FOLLOW_UP) == 0 {
            follow_ups.push([
                FollowUpId::new(when.now, rng).uuid().into(),
                people.school.uuid().into(),
                pupil.uuid().into(),
                when.now.minus(HOUR * 30).as_millis().into(),
                people.actors[&Actor::SchoolLife].uuid().into(),
                "phone".into(),
                "no_answer".into(),
                "Message laissé sur le répondeur.".into(),
            ]);
        }
        if pick(rng, PUPILS_PER_FAILED_TRY) == 0 {
            let minute = when.now.as_millis() / MINUTE_MS - pick(rng, 2_000) as i64;
            tries.push([pupil.uuid().into(), (minute * MINUTE_MS).into(), "full".into()]);
        }
    }
    bulk::insert(conn, bulk::FOLLOW_UP, &follow_ups).await?;
    bulk::insert(conn, bulk::FAILED_TRY, &tries).await?;
    let act = |number: usize| {
        let at = when.now.minus(HOUR * u32::try_from(number).unwrap_or(0)).as_millis();
        let actor = people.actors[&Actor::Administrator].uuid();
        [at.into(), actor.into(), "person.change".into(), "x".into(), people.school.uuid().into(), "".into()]
    };
    let acts: Vec<_> = (0..ACTS.min(people.everybody.len())).rev().map(act).collect();
    bulk::insert(conn, bulk::AUDIT, &acts).await?;
    Ok(first)
}

async fn absences(conn: &mut Conn, people: &People, when: &When, rng: &mut SeededRng) -> Result<AbsenceId, StoreError> {
    let past: Vec<_> = days(when).into_iter().filter(|(ago, _)| *ago >= 0).map(|(_, day)| day).collect();
    let first = AbsenceId::new(when.now, rng);
    let mut rows = Vec::new();
    for (number, pupil) in people.classes.iter().flat_map(|class| &class.pupils).enumerate() {
        for turn in 0..ABSENCES_PER_PUPIL {
            let id = if number + turn == 0 { first } else { AbsenceId::new(when.now, rng) };
            // The first one is of today, and open.
            let day = if turn == 0 && number % 50 == 0 { when.today } else { past[pick(rng, past.len())] };
            rows.push([
                id.uuid().into(),
                people.school.uuid().into(),
                pupil.uuid().into(),
                HalfDay::morning(day).to_string().into(),
                HalfDay::afternoon(day).to_string().into(),
                "health".into(),
                "Fièvre".into(),
                if day == when.today { "declared" } else { "accepted" }.into(),
                when.now.as_millis().into(),
                people.actors[&Actor::Relative].uuid().into(),
            ]);
        }
    }
    bulk::insert(conn, bulk::ABSENCE, &rows).await?;
    Ok(first)
}

/// Lessons that were moved, in the last weeks; the latest is unread. Half of them went out as a mail too.
async fn notices(
    conn: &mut Conn,
    people: &People,
    timetable: &Timetable,
    when: &When,
    rng: &mut SeededRng,
    rows: &mut Rows,
) -> Result<(), StoreError> {
    let at = |turn: usize| when.now.minus(HOUR * (24 * u32::try_from(turn).unwrap_or(0) * 5 + 1));
    let (mut notices, mut mails) = (Vec::new(), Vec::new());
    for person in &people.everybody {
        for turn in 0..NOTICES_PER_PERSON {
            let (id, made) = (NoticeId::new(when.now, rng), at(turn).as_millis());
            notices.push([
                id.uuid().into(),
                person.uuid().into(),
                "lesson-moved".into(),
                arguments(at(turn)).into(),
                format!("/series/{}/change", timetable.first_series()).into(),
                format!("year-{turn}").into(),
                made.into(),
                (turn > 0).then_some(made + MINUTE_MS).into(),
            ]);
            if turn % 2 == 0 && pick(rng, 4) == 0 {
                mails.push([
                    id.uuid().into(),
                    format!("{id}").into(),
                    person.uuid().into(),
                    "lesson".into(),
                    "personne@exemple.fr".into(),
                    "Cours déplacé".into(),
                    "Bonjour,\n\nun cours a été déplacé.".into(),
                    made.into(),
                    made.into(),
                    made.into(),
                ]);
            }
        }
    }
    rows.notices += notices.len();
    bulk::insert(conn, bulk::NOTICE, &notices).await?;
    bulk::insert(conn, bulk::MAIL, &mails).await
}

fn arguments(at: Instant) -> String {
    let at = at.as_millis();
    format!(r#"{{"subject":"Français","groups":"6e 1","start_at":"{at}","was_at":"{at}","note":""}}"#)
}

//! What a teacher prepares for a live class: rules, groups, and who helps; for one lesson, or for every lesson of theirs with
//! the same group and subject. The rules are opaque JSON here (`preau_classroom::book::Rules`).

use crate::limits::{SETUP_PEOPLE_MAX, STAFF_LISTED_MAX};
use crate::{Conn, StoreError};
use preau_base::{GroupId, Instant, LessonId, PersonId, Pii, SchoolId, SetupId};
use preau_school::Help;
use sqlx::types::Uuid;

/// Somebody named in a set-up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Named {
    Helps(PersonId, Help),
    /// Is in the prepared group of this number, from 1.
    InGroup(PersonId, u8),
}

/// What is prepared.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Prepared {
    pub rules: String,
    /// The names of the groups; the first is number 1.
    pub groups: Vec<String>,
    pub people: Vec<Named>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setup {
    pub prepared: Prepared,
    /// It is for this lesson alone.
    pub is_own: bool,
    /// All that is kept for the lesson and for its class, this one first. Each save has an id of its own.
    pub ids: Vec<SetupId>,
}

/// For what a set-up is kept.
#[derive(Clone, Copy, Debug)]
pub enum For<'a> {
    Lesson(LessonId),
    /// All lessons of this teacher with one of these groups in this subject.
    Class {
        teacher: PersonId,
        groups: &'a [GroupId],
        subject_name: &'a str,
    },
}

#[derive(sqlx::FromRow)]
struct SetupRow {
    #[sqlx(try_from = "Uuid")]
    id: SetupId,
    lesson_id: Option<Uuid>,
    rules: String,
    group_names: String,
}

#[derive(sqlx::FromRow)]
struct PersonRow {
    #[sqlx(try_from = "Uuid")]
    person_id: PersonId,
    place: i64,
    help: String,
}

/// The set-up of a lesson: its own, else the last one kept for a class of one of its teachers.
pub async fn of_lesson(conn: &mut Conn, lesson: LessonId) -> Result<Option<Setup>, StoreError> {
    let rows = fetch_all!(
        conn,
        SetupRow,
        "SELECT s.id, s.lesson_id, s.rules, s.group_names FROM class_setup s JOIN lesson l ON l.id = $1 \
         WHERE s.lesson_id = l.id OR (s.subject_name = l.subject_name \
           AND s.group_id IN (SELECT g.group_id FROM lesson_group g WHERE g.lesson_id = l.id) \
           AND s.teacher_id IN (SELECT t.person_id FROM lesson_teacher t WHERE t.lesson_id = l.id)) \
         ORDER BY CASE WHEN s.lesson_id IS NULL THEN 1 ELSE 0 END, s.changed_at DESC, s.id",
        lesson.uuid()
    )?;
    let ids = rows.iter().map(|row| row.id).collect();
    let Some(row) = rows.into_iter().next() else { return Ok(None) };
    let people = fetch_all!(
        conn,
        PersonRow,
        "SELECT person_id, place, help FROM class_setup_person WHERE setup_id = $1 ORDER BY place, person_id",
        row.id.uuid()
    )?;
    let prepared = Prepared {
        rules: row.rules,
        groups: serde_json::from_str(&row.group_names)?,
        people: people.into_iter().filter_map(named).collect(),
    };
    Ok(Some(Setup { prepared, is_own: row.lesson_id.is_some(), ids }))
}

fn named(row: PersonRow) -> Option<Named> {
    match u8::try_from(row.place).ok()? {
        0 => Some(Named::Helps(row.person_id, row.help.parse().ok()?)),
        place => Some(Named::InGroup(row.person_id, place)),
    }
}

/// Who helps in a lesson.
pub async fn helpers(conn: &mut Conn, lesson: LessonId) -> Result<Vec<(PersonId, Help)>, StoreError> {
    let people = of_lesson(conn, lesson).await?.map(|setup| setup.prepared.people).unwrap_or_default();
    let helper = |named| if let Named::Helps(person, help) = named { Some((person, help)) } else { None };
    Ok(people.into_iter().filter_map(helper).collect())
}

/// Keeps a set-up in the place of the one that was there for the same, if that is one of `seen`. `false` when another is
/// there by now: the transaction is then not to be committed.
///
/// # Errors
/// [`StoreError::Limit`] with more than [`SETUP_PEOPLE_MAX`] people.
pub async fn save(
    conn: &mut Conn,
    (of, seen): (For<'_>, &[SetupId]),
    prepared: &Prepared,
    by: PersonId,
    ids: &mut (dyn FnMut() -> SetupId + Send),
    now: Instant,
) -> Result<bool, StoreError> {
    let found = prepared.people.len();
    if found > SETUP_PEOPLE_MAX {
        return Err(StoreError::Limit { what: "the people of a set-up", found, most: SETUP_PEOPLE_MAX });
    }
    if !forget(conn, of, seen).await? {
        return Ok(false);
    }
    match of {
        For::Lesson(lesson) => insert(conn, ids(), (Some(lesson.uuid()), None, None, ""), prepared, by, now).await,
        For::Class { teacher, groups, subject_name } => {
            for group in groups {
                let key = (None, Some(teacher.uuid()), Some(group.uuid()), subject_name);
                if !insert(conn, ids(), key, prepared, by, now).await? {
                    return Ok(false);
                }
            }
            Ok(true)
        }
    }
}

#[derive(sqlx::FromRow)]
struct IdRow {
    #[sqlx(try_from = "Uuid")]
    id: SetupId,
}

/// What is kept for exactly this.
async fn kept_for(conn: &mut Conn, of: For<'_>) -> Result<Vec<SetupId>, StoreError> {
    let mut rows = Vec::new();
    match of {
        For::Lesson(lesson) => {
            rows = fetch_all!(conn, IdRow, "SELECT id FROM class_setup WHERE lesson_id = $1", lesson.uuid())?;
        }
        For::Class { teacher, groups, subject_name } => {
            for group in groups {
                rows.extend(fetch_all!(
                    conn,
                    IdRow,
                    "SELECT id FROM class_setup WHERE teacher_id = $1 AND group_id = $2 AND subject_name = $3",
                    teacher.uuid(),
                    group.uuid(),
                    subject_name
                )?);
            }
        }
    }
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// Drops what was prepared for exactly this, if it is among `seen`. `false` when something else is there by now: the
/// transaction is then not to be committed.
pub async fn forget(conn: &mut Conn, of: For<'_>, seen: &[SetupId]) -> Result<bool, StoreError> {
    for id in kept_for(conn, of).await? {
        if !seen.contains(&id) {
            return Ok(false);
        }
        execute!(conn, "DELETE FROM class_setup_person WHERE setup_id = $1", id.uuid())?;
        // Somebody else may have put another in its place at this moment.
        if execute!(conn, "DELETE FROM class_setup WHERE id = $1", id.uuid())? == 0 {
            return Ok(false);
        }
    }
    Ok(true)
}

/// `false` when there is one already.
async fn insert(
    conn: &mut Conn,
    id: SetupId,
    (lesson, teacher, group, subject_name): (Option<Uuid>, Option<Uuid>, Option<Uuid>, &str),
    prepared: &Prepared,
    by: PersonId,
    now: Instant,
) -> Result<bool, StoreError> {
    let made = execute!(
        conn,
        "INSERT INTO class_setup (id, lesson_id, teacher_id, group_id, subject_name, rules, group_names, changed_by, \
         changed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING",
        id.uuid(),
        lesson,
        teacher,
        group,
        subject_name,
        prepared.rules.as_str(),
        serde_json::to_string(&prepared.groups)?,
        by.uuid(),
        now.as_millis()
    )?;
    if made == 0 {
        return Ok(false);
    }
    for named in &prepared.people {
        let (person, place, help) = match named {
            Named::Helps(person, help) => (person, 0, help.as_str()),
            Named::InGroup(person, place) => (person, i64::from(*place), ""),
        };
        execute!(
            conn,
            "INSERT INTO class_setup_person (setup_id, person_id, place, help) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (setup_id, person_id) DO NOTHING",
            id.uuid(),
            person.uuid(),
            place,
            help
        )?;
    }
    Ok(true)
}

/// Somebody who works for a school, or whom it has as a guest (an inspector).
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Colleague {
    #[sqlx(try_from = "Uuid")]
    pub id: PersonId,
    #[sqlx(try_from = "String")]
    pub name: Pii<String>,
    pub login: String,
    /// What they are there, joined by commas.
    pub profiles: String,
}

/// Those whom a teacher may name as helping, by name.
pub async fn colleagues(conn: &mut Conn, school: SchoolId) -> Result<Vec<Colleague>, StoreError> {
    Ok(fetch_all!(
        conn,
        Colleague,
        "SELECT p.id, trim(p.given_name || ' ' || p.family_name) AS name, p.login, string_agg(a.profile, ',') AS profiles \
         FROM person p JOIN affiliation a ON a.person_id = p.id AND a.school_id = $1 \
         AND a.profile NOT IN ('pupil', 'relative') WHERE p.suspended_at IS NULL \
         GROUP BY p.id, p.given_name, p.family_name, p.login, p.search_name ORDER BY p.search_name, p.id LIMIT CAST($2 AS BIGINT)",
        school.uuid(),
        STAFF_LISTED_MAX
    )?)
}

#[derive(sqlx::FromRow)]
struct HeadRow {
    #[sqlx(try_from = "Uuid")]
    person_id: PersonId,
}

/// The heads of a school, who may look into each of its lessons.
pub async fn heads(conn: &mut Conn, school: SchoolId) -> Result<Vec<PersonId>, StoreError> {
    let rows = fetch_all!(
        conn,
        HeadRow,
        "SELECT person_id FROM affiliation WHERE school_id = $1 AND profile = 'head' ORDER BY person_id",
        school.uuid()
    )?;
    Ok(rows.into_iter().map(|row| row.person_id).collect())
}

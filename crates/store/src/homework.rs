//! Work set for a group, or for chosen pupils of it.

mod due;

pub use due::{Due, due_of_author, due_of_children, due_of_pupil};

use crate::files::{self, Place};
use crate::limits::HOMEWORK_MAX;
use crate::{Conn, StoreError};
use preau_base::{GroupId, HomeworkId, Instant, LessonId, PersonId, SchoolId};
use preau_school::homework::{LateRule, Terms, Ways};
use preau_school::{GroupFacts, GroupKind, HomeworkFacts};
use sqlx::types::Uuid;

#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Homework {
    #[sqlx(try_from = "Uuid")]
    pub id: HomeworkId,
    #[sqlx(try_from = "Uuid")]
    pub school_id: SchoolId,
    #[sqlx(try_from = "Uuid")]
    pub group_id: GroupId,
    #[sqlx(try_from = "String")]
    pub group_kind: GroupKind,
    pub group_name: String,
    #[sqlx(try_from = "Uuid")]
    pub author_id: PersonId,
    /// Title and family name of the teacher.
    pub author: String,
    /// The lesson in whose log it stands.
    pub lesson_id: Option<Uuid>,
    pub subject_name: String,
    pub title: String,
    pub body: String,
    /// ISO 8601 day, such as `2026-11-24`.
    pub due_day: String,
    /// Milliseconds since 1970.
    pub visible_at: i64,
    pub deadline_at: Option<i64>,
    /// Words of [`Ways`].
    pub ways: String,
    /// A word of [`LateRule`].
    pub late_rule: String,
    /// In hundredths.
    pub mark_max: Option<i64>,
    /// One name a line.
    pub skills: String,
    pub whole_group: bool,
    /// Counts its changes.
    pub version: i64,
}

impl Homework {
    pub fn ways(&self) -> Ways {
        Ways::of_words(self.ways.split(' '))
    }

    /// The terms for a pupil of whom nothing is known yet.
    pub fn terms(&self) -> Terms {
        Terms {
            ways: self.ways(),
            late_rule: LateRule::of_word(&self.late_rule),
            deadline: self.deadline_at.map(Instant::from_millis),
            ..Terms::default()
        }
    }

    /// It is what `work` says, but for the pupils whom it may be for: the same form sent twice sets one piece of work.
    pub fn is(&self, work: &NewHomework<'_>) -> bool {
        let handing = &work.handing;
        (self.group_id, self.author_id) == (work.group, work.author)
            && self.lesson_id == work.lesson.map(LessonId::uuid)
            && (self.subject_name.as_str(), self.title.as_str()) == (work.subject_name, work.title)
            && (self.body.as_str(), self.due_day.as_str()) == (work.body, work.due_day)
            && self.ways() == handing.ways
            && self.late_rule == handing.late_rule.as_str()
            && self.deadline_at == handing.deadline.map(Instant::as_millis)
            && (self.mark_max, self.skills.as_str()) == (handing.mark_max, handing.skills)
            && handing.visible_at.is_none_or(|at| at.as_millis() == self.visible_at)
            && self.whole_group == handing.pupils.is_empty()
    }

    pub fn skills(&self) -> impl Iterator<Item = &str> {
        self.skills.lines().filter(|line| !line.is_empty())
    }
}

/// What is set on the terms of handing in; the default is work that is only to be done, seen at once.
#[derive(Clone, Debug, Default)]
pub struct Handing<'a> {
    pub ways: Ways,
    pub late_rule: LateRule,
    pub deadline: Option<Instant>,
    /// In hundredths.
    pub mark_max: Option<i64>,
    /// One name a line.
    pub skills: &'a str,
    /// Pupils see it from then on; none: at once.
    pub visible_at: Option<Instant>,
    /// The pupils it is for; empty: the whole group.
    pub pupils: &'a [PersonId],
}

#[derive(Clone, Debug)]
pub struct NewHomework<'a> {
    pub id: HomeworkId,
    pub school: SchoolId,
    pub group: GroupId,
    pub author: PersonId,
    /// The lesson in whose log it stands.
    pub lesson: Option<LessonId>,
    pub subject_name: &'a str,
    pub title: &'a str,
    pub body: &'a str,
    pub due_day: &'a str,
    pub handing: Handing<'a>,
}

pub async fn create(conn: &mut Conn, homework: &NewHomework<'_>, now: Instant) -> Result<(), StoreError> {
    let handing = &homework.handing;
    execute!(
        conn,
        "INSERT INTO homework (id, school_id, group_id, author_id, subject_name, title, body, due_day, created_at, \
         lesson_id, visible_at, deadline_at, ways, late_rule, mark_max, skills, whole_group) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)",
        homework.id.uuid(),
        homework.school.uuid(),
        homework.group.uuid(),
        homework.author.uuid(),
        homework.subject_name,
        homework.title,
        homework.body,
        homework.due_day,
        now.as_millis(),
        homework.lesson.map(LessonId::uuid),
        handing.visible_at.unwrap_or(now).as_millis(),
        handing.deadline.map(Instant::as_millis),
        handing.ways.to_string(),
        handing.late_rule.as_str(),
        handing.mark_max,
        handing.skills,
        handing.pupils.is_empty()
    )?;
    choose(conn, homework.id, handing.pupils).await
}

async fn choose(conn: &mut Conn, id: HomeworkId, pupils: &[PersonId]) -> Result<(), StoreError> {
    for pupil in pupils {
        execute!(
            conn,
            "INSERT INTO homework_pupil (homework_id, person_id) VALUES ($1, $2) \
             ON CONFLICT (homework_id, person_id) DO NOTHING",
            id.uuid(),
            pupil.uuid()
        )?;
    }
    Ok(())
}

/// Changes everything but school, group, author and lesson, if it is still of `version`. `false` when somebody else was
/// faster; nothing is changed then.
pub async fn change(
    conn: &mut Conn,
    homework: &NewHomework<'_>,
    version: i64,
    now: Instant,
) -> Result<bool, StoreError> {
    let handing = &homework.handing;
    let changed = execute!(
        conn,
        "UPDATE homework SET subject_name = $3, title = $4, body = $5, due_day = $6, visible_at = $7, deadline_at = $8, \
         ways = $9, late_rule = $10, mark_max = $11, skills = $12, whole_group = $13, version = version + 1 \
         WHERE id = $1 AND version = $2",
        homework.id.uuid(),
        version,
        homework.subject_name,
        homework.title,
        homework.body,
        homework.due_day,
        handing.visible_at.unwrap_or(now).as_millis(),
        handing.deadline.map(Instant::as_millis),
        handing.ways.to_string(),
        handing.late_rule.as_str(),
        handing.mark_max,
        handing.skills,
        handing.pupils.is_empty()
    )?;
    if changed > 0 {
        execute!(conn, "DELETE FROM homework_pupil WHERE homework_id = $1", homework.id.uuid())?;
        choose(conn, homework.id, handing.pupils).await?;
    }
    Ok(changed > 0)
}

/// The work of a pupil that is due from `from_day` to `to_day`, both included, soonest first: what pupils see at `now`, none
/// of archived groups.
pub async fn of_pupil(
    conn: &mut Conn,
    pupil: PersonId,
    from_day: &str,
    to_day: &str,
    now: Instant,
) -> Result<Vec<Homework>, StoreError> {
    Ok(fetch_all!(
        conn,
        Homework,
        "SELECT h.id, h.school_id, h.group_id, g.kind AS group_kind, g.name AS group_name, h.author_id, \
         trim(a.title || ' ' || a.family_name) AS author, h.lesson_id, h.subject_name, h.title, h.body, h.due_day, \
         h.visible_at, h.deadline_at, h.ways, h.late_rule, h.mark_max, h.skills, h.whole_group, h.version \
         FROM homework h JOIN school_group g ON g.id = h.group_id JOIN person a ON a.id = h.author_id \
         WHERE h.due_day >= $2 AND h.due_day <= $3 AND h.visible_at <= $4 AND g.archived_at IS NULL \
         AND h.group_id IN (SELECT group_id FROM membership WHERE person_id = $1 AND role = 'pupil') \
         AND (h.whole_group OR EXISTS ( \
           SELECT 1 FROM homework_pupil p WHERE p.homework_id = h.id AND p.person_id = $1)) \
         ORDER BY h.due_day, h.subject_name, h.id LIMIT CAST($5 AS BIGINT)",
        pupil.uuid(),
        from_day,
        to_day,
        now.as_millis(),
        HOMEWORK_MAX
    )?)
}

#[derive(sqlx::FromRow)]
struct OfChild {
    #[sqlx(try_from = "Uuid")]
    pupil_id: PersonId,
    #[sqlx(flatten)]
    homework: Homework,
}

/// Of each child of a relative who is not barred from them, what [`of_pupil`] gives of one; of all together no more than that.
pub async fn of_children(
    conn: &mut Conn,
    relative: PersonId,
    from_day: &str,
    to_day: &str,
    now: Instant,
) -> Result<Vec<(PersonId, Homework)>, StoreError> {
    let rows = fetch_all!(
        conn,
        OfChild,
        "WITH seat AS (SELECT DISTINCT r.pupil_id, m.group_id FROM relation r CROSS JOIN membership m \
           WHERE r.relative_id = $1 AND r.barred_at IS NULL AND m.person_id = r.pupil_id AND m.role = 'pupil') \
         SELECT seat.pupil_id, h.id, h.school_id, h.group_id, g.kind AS group_kind, g.name AS group_name, h.author_id, \
         trim(a.title || ' ' || a.family_name) AS author, h.lesson_id, h.subject_name, h.title, h.body, h.due_day, \
         h.visible_at, h.deadline_at, h.ways, h.late_rule, h.mark_max, h.skills, h.whole_group, h.version \
         FROM seat CROSS JOIN school_group g CROSS JOIN homework h CROSS JOIN person a \
         WHERE g.id = seat.group_id AND g.archived_at IS NULL AND h.group_id = seat.group_id AND a.id = h.author_id \
         AND h.due_day >= $2 AND h.due_day <= $3 AND h.visible_at <= $4 \
         AND (h.whole_group OR EXISTS ( \
           SELECT 1 FROM homework_pupil p WHERE p.homework_id = h.id AND p.person_id = seat.pupil_id)) \
         ORDER BY h.due_day, h.subject_name, h.id, seat.pupil_id LIMIT CAST($5 AS BIGINT)",
        relative.uuid(),
        from_day,
        to_day,
        now.as_millis(),
        HOMEWORK_MAX
    )?;
    Ok(rows.into_iter().map(|row| (row.pupil_id, row.homework)).collect())
}

/// The work that a teacher has set, due from `from_day` to `to_day`, both included, soonest first.
pub async fn of_author(
    conn: &mut Conn,
    author: PersonId,
    from_day: &str,
    to_day: &str,
) -> Result<Vec<Homework>, StoreError> {
    Ok(fetch_all!(
        conn,
        Homework,
        "SELECT h.id, h.school_id, h.group_id, g.kind AS group_kind, g.name AS group_name, h.author_id, \
         trim(a.title || ' ' || a.family_name) AS author, h.lesson_id, h.subject_name, h.title, h.body, h.due_day, \
         h.visible_at, h.deadline_at, h.ways, h.late_rule, h.mark_max, h.skills, h.whole_group, h.version \
         FROM homework h JOIN school_group g ON g.id = h.group_id JOIN person a ON a.id = h.author_id \
         WHERE h.author_id = $1 AND h.due_day >= $2 AND h.due_day <= $3 ORDER BY h.due_day, h.subject_name, h.id LIMIT CAST($4 AS BIGINT)",
        author.uuid(),
        from_day,
        to_day,
        HOMEWORK_MAX
    )?)
}

/// The work of a group that is due from `from_day` to `to_day`, both included, soonest first, whoever set it.
pub async fn of_group(
    conn: &mut Conn,
    group: GroupId,
    from_day: &str,
    to_day: &str,
) -> Result<Vec<Homework>, StoreError> {
    Ok(fetch_all!(
        conn,
        Homework,
        "SELECT h.id, h.school_id, h.group_id, g.kind AS group_kind, g.name AS group_name, h.author_id, \
         trim(a.title || ' ' || a.family_name) AS author, h.lesson_id, h.subject_name, h.title, h.body, h.due_day, \
         h.visible_at, h.deadline_at, h.ways, h.late_rule, h.mark_max, h.skills, h.whole_group, h.version \
         FROM homework h JOIN school_group g ON g.id = h.group_id JOIN person a ON a.id = h.author_id \
         WHERE h.group_id = $1 AND h.due_day >= $2 AND h.due_day <= $3 ORDER BY h.due_day, h.subject_name, h.id LIMIT CAST($4 AS BIGINT)",
        group.uuid(),
        from_day,
        to_day,
        HOMEWORK_MAX
    )?)
}

/// The work that stands in the log of a lesson.
pub async fn of_lesson(conn: &mut Conn, lesson: LessonId) -> Result<Vec<Homework>, StoreError> {
    Ok(fetch_all!(
        conn,
        Homework,
        "SELECT h.id, h.school_id, h.group_id, g.kind AS group_kind, g.name AS group_name, h.author_id, \
         trim(a.title || ' ' || a.family_name) AS author, h.lesson_id, h.subject_name, h.title, h.body, h.due_day, \
         h.visible_at, h.deadline_at, h.ways, h.late_rule, h.mark_max, h.skills, h.whole_group, h.version \
         FROM homework h JOIN school_group g ON g.id = h.group_id JOIN person a ON a.id = h.author_id \
         WHERE h.lesson_id = $1 ORDER BY h.due_day, h.id LIMIT CAST($2 AS BIGINT)",
        lesson.uuid(),
        HOMEWORK_MAX
    )?)
}

pub async fn by_id(conn: &mut Conn, id: HomeworkId) -> Result<Option<Homework>, StoreError> {
    Ok(fetch_optional!(
        conn,
        Homework,
        "SELECT h.id, h.school_id, h.group_id, g.kind AS group_kind, g.name AS group_name, h.author_id, \
         trim(a.title || ' ' || a.family_name) AS author, h.lesson_id, h.subject_name, h.title, h.body, h.due_day, \
         h.visible_at, h.deadline_at, h.ways, h.late_rule, h.mark_max, h.skills, h.whole_group, h.version \
         FROM homework h JOIN school_group g ON g.id = h.group_id JOIN person a ON a.id = h.author_id WHERE h.id = $1",
        id.uuid()
    )?)
}

/// The chosen pupils; empty where it is for the whole group.
pub async fn chosen(conn: &mut Conn, id: HomeworkId) -> Result<Vec<PersonId>, StoreError> {
    let rows = fetch_all!(
        conn,
        (Uuid,),
        "SELECT person_id FROM homework_pupil WHERE homework_id = $1 ORDER BY person_id",
        id.uuid()
    )?;
    Ok(rows.into_iter().map(|(id,)| id.into()).collect())
}

/// The facts that rights are made of.
pub async fn facts(conn: &mut Conn, homework: &Homework) -> Result<HomeworkFacts, StoreError> {
    let chosen = if homework.whole_group { None } else { Some(chosen(conn, homework.id).await?) };
    Ok(HomeworkFacts {
        id: homework.id,
        school: homework.school_id,
        group: GroupFacts { id: homework.group_id, school: homework.school_id, kind: homework.group_kind },
        author: homework.author_id,
        chosen,
        visible_at: Instant::from_millis(homework.visible_at),
    })
}

/// Takes back work that `author` has set, unless somebody has handed something in for it. `false` when nothing was removed.
pub async fn remove(conn: &mut Conn, id: HomeworkId, author: PersonId) -> Result<bool, StoreError> {
    let removable = fetch_number!(
        conn,
        "SELECT count(*) FROM homework h WHERE h.id = $1 AND h.author_id = $2 AND NOT EXISTS ( \
         SELECT 1 FROM hand_in i WHERE i.homework_id = h.id AND (i.returned_at IS NOT NULL OR i.draft_saved_at IS NOT NULL \
           OR EXISTS (SELECT 1 FROM receipt r WHERE r.hand_in_id = i.id)))",
        id.uuid(),
        author.uuid()
    )?;
    if removable == 0 {
        return Ok(false);
    }
    files::detach_all(conn, Place::Homework(id)).await?;
    execute!(conn, "DELETE FROM hand_in WHERE homework_id = $1", id.uuid())?;
    execute!(conn, "DELETE FROM homework_pupil WHERE homework_id = $1", id.uuid())?;
    Ok(execute!(conn, "DELETE FROM homework WHERE id = $1", id.uuid())? > 0)
}

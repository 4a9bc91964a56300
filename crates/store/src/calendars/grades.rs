use crate::{Conn, StoreError};
use preau_base::{GroupId, PersonId, SchoolId};
use preau_school::GroupKind;
use preau_school::calendar::{Grade, Kind};
use sqlx::types::Uuid;
use std::collections::HashMap;

#[derive(sqlx::FromRow)]
struct Row {
    #[sqlx(try_from = "Uuid")]
    id: GroupId,
    #[sqlx(try_from = "String")]
    kind: GroupKind,
    name: String,
    grade: String,
}

/// A class or group with its grade.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupGrade {
    pub id: GroupId,
    pub kind: GroupKind,
    pub name: String,
    pub grade: Option<Grade>,
    /// Somebody has set it; else the name tells it.
    pub by_hand: bool,
}

/// The classes and groups of a school that are not archived, with their grades, classes first, by name.
pub async fn grades(conn: &mut Conn, school: SchoolId, kind: Option<Kind>) -> Result<Vec<GroupGrade>, StoreError> {
    let rows = fetch_all!(
        conn,
        Row,
        "SELECT id, kind, name, grade FROM school_group WHERE school_id = $1 AND archived_at IS NULL \
         ORDER BY kind, name, id",
        school.uuid()
    )?;
    let read = |row: Row| {
        let by_hand: Option<Grade> = row.grade.parse().ok();
        let grade = by_hand.or_else(|| Grade::of_label(&row.name, kind));
        GroupGrade { id: row.id, kind: row.kind, name: row.name, grade, by_hand: by_hand.is_some() }
    };
    Ok(rows.into_iter().map(read).collect())
}

#[derive(sqlx::FromRow)]
struct ClassRow {
    #[sqlx(try_from = "Uuid")]
    school_id: SchoolId,
    name: String,
    grade: String,
}

/// The school and the grade of a pupil's class; of the first by name, where there are several.
pub async fn class_of(conn: &mut Conn, pupil: PersonId) -> Result<Option<(SchoolId, Option<Grade>)>, StoreError> {
    let row = fetch_optional!(
        conn,
        ClassRow,
        "SELECT g.school_id, g.name, g.grade FROM membership m JOIN school_group g ON g.id = m.group_id \
         WHERE m.person_id = $1 AND m.role = 'pupil' AND g.kind = 'class' AND g.archived_at IS NULL \
         ORDER BY g.name, g.id LIMIT 1",
        pupil.uuid()
    )?;
    Ok(row.as_ref().map(ClassRow::read))
}

impl ClassRow {
    fn read(&self) -> (SchoolId, Option<Grade>) {
        (self.school_id, self.grade.parse().ok().or_else(|| Grade::of_label(&self.name, None)))
    }
}

#[derive(sqlx::FromRow)]
struct ClassOfChild {
    #[sqlx(try_from = "Uuid")]
    pupil_id: PersonId,
    #[sqlx(flatten)]
    class: ClassRow,
}

/// Of each child of a relative who is not barred from them, what [`class_of`] gives of one.
pub async fn classes_of_children(
    conn: &mut Conn,
    relative: PersonId,
) -> Result<HashMap<PersonId, (SchoolId, Option<Grade>)>, StoreError> {
    let rows = fetch_all!(
        conn,
        ClassOfChild,
        "SELECT r.pupil_id, g.school_id, g.name, g.grade FROM relation r CROSS JOIN membership m CROSS JOIN school_group g \
         WHERE r.relative_id = $1 AND r.barred_at IS NULL AND m.person_id = r.pupil_id AND m.role = 'pupil' \
         AND g.id = m.group_id AND g.kind = 'class' AND g.archived_at IS NULL ORDER BY g.name, g.id",
        relative.uuid()
    )?;
    let mut classes = HashMap::new();
    for row in rows {
        classes.entry(row.pupil_id).or_insert_with(|| row.class.read());
    }
    Ok(classes)
}

/// The grade of a group by hand; none: what its name tells.
pub async fn set_grade(conn: &mut Conn, group: GroupId, grade: Option<Grade>) -> Result<(), StoreError> {
    let word = grade.map_or("", Grade::as_str);
    execute!(conn, "UPDATE school_group SET grade = $2 WHERE id = $1", group.uuid(), word)?;
    Ok(())
}

use crate::forms::Choice;
use crate::screens::group::teacher_choices;
use crate::{Fields, Page, PageError};
use preau_base::{GroupId, Instant, PersonId, SchoolId};
use preau_store::lessons::{self, Lesson};
use preau_store::{Conn, groups};

/// The class, teacher or room whose lessons are shown, and what else may be chosen.
pub(super) struct Chooser {
    pub school: SchoolId,
    pub group: String,
    pub groups: Vec<Choice>,
    pub teacher: String,
    pub teachers: Vec<Choice>,
    pub room: String,
    pub rooms: Vec<String>,
}

impl Chooser {
    pub(super) async fn read(
        page: &Page,
        conn: &mut Conn,
        school: SchoolId,
        asked: &Fields,
        (from, to): (Instant, Instant),
    ) -> Result<Self, PageError> {
        let all = groups::list(conn, school).await?;
        let mut groups = vec![Choice { value: String::new(), label: page.t("timetable-any-class") }];
        groups.extend(all.into_iter().map(|one| Choice { value: one.id.to_string(), label: one.name }));
        let mut teachers = vec![Choice { value: String::new(), label: page.t("timetable-any-teacher") }];
        teachers.extend(teacher_choices(conn, school).await?);
        let rooms = lessons::rooms(conn, school, from, to).await?;
        let known = |name: &str, choices: &[Choice]| {
            let value = asked.raw(name);
            choices.iter().find(|choice| choice.value == value).map_or_else(String::new, |choice| choice.value.clone())
        };
        Ok(Self {
            school,
            group: known("group", &groups),
            teacher: known("teacher", &teachers),
            room: rooms.iter().find(|room| *room == asked.raw("room")).cloned().unwrap_or_default(),
            groups,
            teachers,
            rooms,
        })
    }

    /// The lessons of what is chosen; of several choices, those that all of them name.
    pub(super) async fn lessons(
        &self,
        conn: &mut Conn,
        (from, to): (Instant, Instant),
    ) -> Result<Vec<Lesson>, PageError> {
        let teacher = self.teacher.parse::<PersonId>().ok();
        let group = self.group.parse::<GroupId>().ok();
        let mut found = match (teacher, group, self.room.as_str()) {
            (Some(teacher), ..) => lessons::of_teacher(conn, self.school, teacher, from, to).await?,
            (None, None, room) if !room.is_empty() => lessons::of_room(conn, self.school, room, from, to).await?,
            (None, group, _) => lessons::of_school(conn, self.school, group, from, to).await?,
        };
        if !self.room.is_empty() {
            found.retain(|lesson| lesson.room == self.room);
        }
        if let (Some(_), Some(group)) =
            (teacher, self.groups.iter().find(|one| !self.group.is_empty() && one.value == self.group))
        {
            found.retain(|lesson| lesson.groups.split(", ").any(|name| name == group.label));
        }
        Ok(found)
    }

    /// The path of the page with what is chosen, ready for more of a query.
    pub(super) fn base(&self) -> String {
        let mut base = format!("/schools/{}/timetable?", self.school);
        for (name, value) in [("group", &self.group), ("teacher", &self.teacher), ("room", &self.room)] {
            if !value.is_empty() {
                base.push_str(&format!("{name}={}&", crate::guard::quoted(value)));
            }
        }
        base
    }
}

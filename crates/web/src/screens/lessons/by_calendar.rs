use crate::{Member, PageError};
use jiff::civil::Date;
use preau_base::{GroupId, LessonId, SchoolId};
use preau_school::timetable::LessonMode;
use preau_store::{Conn, calendars, lessons};

/// The lesson takes place as its school does on its day, where `follows` says that it goes by the calendar. On a day
/// without school somebody wants it all the same, but nobody is asked for its roll.
pub(crate) async fn by_calendar(
    conn: &mut Conn,
    member: &Member,
    school: SchoolId,
    lesson: LessonId,
    (groups, day): (&[GroupId], Date),
    follows: bool,
) -> Result<(), PageError> {
    let calendar = calendars::of_school(conn, school).await?;
    // What nobody has written a calendar for stays open to all.
    if calendar.year_of(day).is_none() {
        return Ok(());
    }
    let grades = calendars::grades(conn, school, calendar.place.kind).await?;
    let grade = |id: &GroupId| grades.iter().find(|one| one.id == *id).and_then(|one| one.grade);
    let mode = LessonMode::of_days(groups.iter().map(|group| calendar.day(day, grade(group))));
    lessons::set_no_school(conn, lesson, mode.is_none()).await?;
    // Where there is no school nobody is on site.
    if let Some(mode) = mode.filter(|mode| follows && *mode != LessonMode::Distance) {
        lessons::set_mode(conn, lesson, mode, false, member.now()).await?;
    }
    Ok(())
}

use crate::calendar::{Day, Half, Mode};
use crate::timetable::LessonMode;

/// Where a pupil is expected during a lesson.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    Room,
    /// In the live class.
    Distance,
    /// Nobody has said which of the two.
    Anywhere,
    /// There is no school for this pupil on this day: no roll asks for them.
    Nowhere,
}

/// Where a pupil is expected in a lesson of this mode. `days` are those of the groups through which they have it, with
/// their half of each; a pupil who has left them all has none. A lesson of which no calendar has said where it takes place
/// expects its pupils anywhere.
pub fn expected(lesson: Option<LessonMode>, days: &[(Day<'_>, Half)]) -> Expected {
    let Some(lesson) = lesson else { return Expected::Anywhere };
    let open = days.iter().find(|(day, _)| day.mode != Mode::NoSchool);
    if open.is_none() && !days.is_empty() {
        return Expected::Nowhere;
    }
    let by_half = |on_site: Half, half: Half| if on_site == half { Expected::Room } else { Expected::Distance };
    match (lesson, open) {
        (LessonMode::OnSite, _) => Expected::Room,
        (LessonMode::Distance, _) => Expected::Distance,
        (LessonMode::Both(Some(on_site)), Some((_, half))) => by_half(on_site, *half),
        // Groups that are taught in different ways, or a lesson that its teacher has opened for those at home.
        (LessonMode::Both(None), Some((day, half))) => match (day.mode, day.on_site) {
            (Mode::Distance, _) => Expected::Distance,
            (Mode::HalfGroups, Some(on_site)) => by_half(on_site, *half),
            _ => Expected::Anywhere,
        },
        (LessonMode::Both(_), None) => Expected::Anywhere,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::Reason;

    fn day(mode: Mode, on_site: Option<Half>) -> Day<'static> {
        Day { mode, on_site, reason: Reason::Ordinary }
    }

    #[test]
    fn pupils_are_expected_where_their_day_has_them() {
        use Expected::{Anywhere, Distance, Nowhere, Room};
        use Half::{First, Second};
        let (site, home, closed) = (day(Mode::OnSite, None), day(Mode::Distance, None), day(Mode::NoSchool, None));
        let halves = day(Mode::HalfGroups, Some(First));
        let check = |lesson, days: &[(Day<'_>, Half)], expect| {
            assert_eq!(expected(lesson, days), expect, "{lesson:?} {days:?}");
        };
        check(None, &[(closed, First)], Anywhere);
        check(Some(LessonMode::OnSite), &[(site, First)], Room);
        check(Some(LessonMode::OnSite), &[], Room);
        check(Some(LessonMode::Distance), &[(home, Second)], Distance);
        for mode in [LessonMode::OnSite, LessonMode::Distance, LessonMode::Both(None), LessonMode::Both(Some(First))] {
            check(Some(mode), &[(closed, First)], Nowhere);
        }
        check(Some(LessonMode::Both(Some(First))), &[(halves, First)], Room);
        check(Some(LessonMode::Both(Some(First))), &[(halves, Second)], Distance);
        check(Some(LessonMode::Both(Some(First))), &[], Anywhere);
        // The 6e on site and the 3e at a distance, in one group: each by their own class's day.
        check(Some(LessonMode::Both(None)), &[(home, First)], Distance);
        check(Some(LessonMode::Both(None)), &[(halves, First)], Room);
        check(Some(LessonMode::Both(None)), &[(halves, Second)], Distance);
        check(Some(LessonMode::Both(None)), &[(closed, First), (home, Second)], Distance);
        // Opened by its teacher for those at home: who comes into the room and who does not, nobody knows before.
        check(Some(LessonMode::Both(None)), &[(site, First)], Anywhere);
    }
}

//! Who is expected when.

use crate::decision::LessonSoon;
use crate::limits::LESSON_SOON;
use crate::request::HolderKey;
use preau_base::Instant;
use std::collections::HashMap;

/// Who is expected in which lesson; replaced whole.
#[derive(Clone, Debug, Default)]
pub struct Timetable {
    /// Each person's lesson that is on or begins next, within the horizon of [`crate::limits::TIMETABLE_HORIZON`].
    pub lessons: HashMap<HolderKey, LessonSoon>,
    /// People whose first lesson of the day begins at each instant, for the forecast of arrivals.
    pub bells: Vec<(Instant, u32)>,
}

impl Timetable {
    /// The lesson of somebody that is on, or begins within [`LESSON_SOON`].
    pub fn lesson(&self, key: HolderKey, now: Instant) -> Option<LessonSoon> {
        self.lessons.get(&key).copied().filter(|lesson| lesson.starts.minus(LESSON_SOON) <= now && now < lesson.ends)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_lesson_counts_from_a_quarter_of_an_hour_before_to_its_end() {
        let starts = Instant::from_secs(1_800_000_000);
        let lesson = LessonSoon { lesson: 1, starts, ends: starts.plus(Duration::from_secs(3_300)) };
        let timetable = Timetable { lessons: [(HolderKey(7), lesson)].into(), bells: Vec::new() };
        let check =
            |at: Instant, expect: bool| assert_eq!(timetable.lesson(HolderKey(7), at).is_some(), expect, "{at}");
        let ms = Duration::from_millis(1);
        check(starts.minus(LESSON_SOON).minus(ms), false);
        check(starts.minus(LESSON_SOON), true);
        check(lesson.ends.minus(ms), true);
        check(lesson.ends, false);
        assert_eq!(timetable.lesson(HolderKey(8), starts), None);
    }
}

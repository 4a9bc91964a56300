//! What is reported to school life, and what of a lesson's chat may still be read when the lesson is over.

use preau_base::{Instant, PersonId};
use std::time::Duration;

/// A report is taken for so long after the end of the lesson that it is about.
pub const REPORT_OPEN_AFTER: Duration = Duration::from_secs(14 * 86_400);
/// Lines of the same conversation that go with a reported message, on each side: an answer is judged with what it answers,
/// and nobody's other words are read for it.
pub const LINES_AROUND: usize = 2;

words! {
    /// What a report is about.
    ReportKind ("kind of report") {
        /// A line of the chat.
        Message = "message",
        /// What somebody's camera or screen showed.
        Picture = "picture",
        Person = "person",
    }

    /// Why, as whoever reports chooses it.
    Concern ("concern") {
        Insult = "insult",
        /// Again and again, alone or with others.
        Harassment = "harassment",
        Threat = "threat",
        /// Violence, nudity, something that no pupil should see.
        Shocking = "shocking",
        /// Somebody who does not belong here, or under another's name.
        Intruder = "intruder",
        Other = "other",
    }
}

/// For whom a chat line was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    Class,
    Leaders,
    Person(PersonId),
    /// A breakout group.
    Place(u8),
}

/// Who reads the chat of a lesson that is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChatReader {
    pub person: PersonId,
    /// Taught the lesson.
    pub leads: bool,
    /// From first coming in to last going; `None` for somebody who was never in.
    pub was_in: Option<(Instant, Instant)>,
}

impl ChatReader {
    /// Whether this reader could read the line then. What was written before somebody came was shown to them on coming; what
    /// was written after they had gone was not. Of what was written in a breakout group only the author and those who taught
    /// are sure to have been there.
    pub fn reads(&self, author: PersonId, to: Audience, at: Instant) -> bool {
        if self.leads {
            return match to {
                Audience::Person(other) => other == self.person || author == self.person,
                _ => true,
            };
        }
        let is_for = author == self.person
            || match to {
                Audience::Class => true,
                Audience::Person(other) => other == self.person,
                Audience::Leaders | Audience::Place(_) => false,
            };
        is_for && self.was_in.is_some_and(|(_, left)| at <= left)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use preau_base::SeededRng;

    #[test]
    fn words_read_back() {
        for kind in ReportKind::ALL {
            assert_eq!(kind.as_str().parse::<ReportKind>().ok(), Some(*kind));
        }
        for concern in Concern::ALL {
            assert_eq!(concern.as_str().parse::<Concern>().ok(), Some(*concern));
        }
    }

    #[test]
    fn everybody_reads_later_what_they_could_read_then() {
        let rng = &mut SeededRng::new(1);
        let [ines, max, teacher] = [(); 3].map(|()| PersonId::new(Instant::EPOCH, rng));
        let at = Instant::from_secs;
        let pupil = ChatReader { person: ines, leads: false, was_in: Some((at(100), at(200))) };
        let absent = ChatReader { was_in: None, ..pupil };
        let leader = ChatReader { person: teacher, leads: true, was_in: None };
        let check = |reader: &ChatReader, author, to, when, expect| {
            assert_eq!(reader.reads(author, to, at(when)), expect, "{reader:?} {author} {to:?} {when}");
        };
        // The whole class: before one came, while one was there, and not after.
        for (when, expect) in [(50, true), (150, true), (200, true), (201, false)] {
            check(&pupil, max, Audience::Class, when, expect);
        }
        check(&absent, max, Audience::Class, 150, false);
        check(&leader, max, Audience::Class, 201, true);
        // Words for one, or for those who teach.
        check(&pupil, max, Audience::Person(ines), 150, true);
        check(&pupil, max, Audience::Person(teacher), 150, false);
        check(&pupil, ines, Audience::Person(teacher), 150, true);
        check(&pupil, max, Audience::Leaders, 150, false);
        check(&leader, max, Audience::Leaders, 150, true);
        check(&leader, max, Audience::Person(ines), 150, false);
        check(&leader, max, Audience::Person(teacher), 150, true);
        // A breakout group.
        check(&pupil, max, Audience::Place(1), 150, false);
        check(&pupil, ines, Audience::Place(1), 150, true);
        check(&leader, max, Audience::Place(1), 150, true);
    }
}

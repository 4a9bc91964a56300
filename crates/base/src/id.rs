use crate::{Instant, Rng};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use uuid::Uuid;

/// A UUIDv7 (RFC 9562 §5.7) of `now` with random bits from `rng`: sorts by time of making.
fn uuid_v7(now: Instant, rng: &mut dyn Rng) -> Uuid {
    let mut random = [0; 10];
    rng.fill(&mut random);
    let unix_ms = u64::try_from(now.as_millis()).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(unix_ms, &random).into_uuid()
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            pub fn new(now: Instant, rng: &mut dyn Rng) -> Self {
                Self(uuid_v7(now, rng))
            }
            pub const fn from_uuid(id: Uuid) -> Self {
                Self(id)
            }
            pub const fn uuid(self) -> Uuid {
                self.0
            }
            /// When it was made.
            pub const fn made(self) -> Instant {
                Instant::from_millis((self.0.as_u128() >> 80) as i64)
            }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }

        impl From<$name> for Uuid {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, uuid::Error> {
                text.parse().map(Self)
            }
        }
    )*};
}

ids! {
    /// A school (établissement).
    SchoolId
    /// A person, whatever they are in whichever school.
    PersonId
    /// A class or a group of a school.
    GroupId
    /// A subject taught in a school.
    SubjectId
    /// An hour of teaching on the timetable.
    LessonId
    /// Work set for a group.
    HomeworkId
    /// A signed-in browser.
    SessionId
    /// One stay of one person in one live lesson, from joining to leaving.
    VisitId
    /// A message in the chat of a lesson.
    ChatId
    /// One run of an import.
    ImportId
    /// A région, an académie, a département or a commune.
    TerritoryId
    /// A school year's calendar: holidays, closures, and the mode of each level on each day.
    CalendarId
    /// A lesson that comes back every week, or every second week.
    SeriesId
    /// A stored file.
    FileId
    /// A resumable upload that is not finished.
    UploadId
    /// What one pupil handed in for one piece of homework.
    HandInId
    /// The acknowledgement of something handed in, and what it was.
    ReceiptId
    /// What was written into the lesson log about one lesson.
    LogEntryId
    /// A teacher's plan of lessons, to be used again next year.
    ProgressionId
    /// One step of a progression: a lesson as it is planned.
    StepId
    /// A head's leave for somebody to read the lesson log.
    ReadingId
    /// A class's lesson log of one school year, put away.
    ArchiveId
    /// Something a person is told once.
    NoticeId
    /// A mail that is yet to be sent.
    MailId
    /// A sign-in card of a pupil.
    CardId
    /// What is prepared for a live class.
    SetupId
    /// A secret address of a timetable for calendars.
    FeedId
    /// One entry of the follow-up of a pupil who was not reached.
    FollowUpId
    /// What is said of a pupil's absence.
    AbsenceId
    /// What somebody has told school life of a live lesson.
    ReportId
    /// What one person's device and line can do, as it was sent to school life.
    SelfTestId
    /// A recording of a live lesson.
    RecordingId
    /// What lets a program publish into a live lesson, or play it.
    StreamKeyId
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SeededRng;

    #[test]
    fn sorts_by_time_and_reads_back() {
        let mut rng = SeededRng::new(1);
        let early = PersonId::new(Instant::from_millis(1), &mut rng);
        let late = PersonId::new(Instant::from_millis(2), &mut rng);
        assert!(early < late);
        assert_eq!(early.to_string().parse(), Ok(early));
        assert_eq!(early.uuid().get_version_num(), 7);
    }
}

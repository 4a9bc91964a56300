//! What every floor of the house shares: ids, instants, the clock and randomness as arguments, and [`Pii`].
//!
//! Nothing here does I/O. [`SystemClock`] and [`SystemRng`] are the only places in the project that read
//! the machine's clock and its random source; clippy's `disallowed-methods` holds that line.

mod client;
mod clock;
mod cookies;
mod id;
mod instant;
mod level;
mod pii;
mod rng;

pub use client::{Cidr, CidrError, ClientFacts};
pub use clock::{Clock, ManualClock, SharedClock, SystemClock};
pub use cookies::cookie_pairs;
pub use id::{
    AbsenceId, ArchiveId, CalendarId, CardId, ChatId, FeedId, FileId, FollowUpId, GroupId, HandInId, HomeworkId,
    ImportId, LessonId, LogEntryId, MailId, NoticeId, PersonId, ProgressionId, ReadingId, ReceiptId, RecordingId,
    ReportId, SchoolId, SelfTestId, SeriesId, SessionId, SetupId, StepId, StreamKeyId, SubjectId, TerritoryId,
    UploadId, VisitId,
};
pub use instant::Instant;
pub use level::Level;
pub use pii::Pii;
pub use rng::{Rng, SeededRng, SystemRng};

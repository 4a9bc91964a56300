//! People, groups, timetable, lessons, and who may do what. Pure.

#[macro_use]
mod words;

pub mod attendance;
pub mod calendar;
pub mod cards;
pub mod feed;
pub mod homework;
pub mod limits;
pub mod log;
pub mod login;
pub mod rights;
pub mod safety;
pub mod territory;
pub mod timetable;
pub mod year;

pub use rights::{
    Act, Actor, AttendanceAct, ClassFacts, DocumentAct, Entrance, GroupFacts, HomeworkFacts, InClass, LessonFacts,
    LogAct, PersonFacts, RecordingAct, Refusal, RelationRights, SafetyAct, Why, WorkAct, entrance, has_card,
    lesson_role, may,
};
pub use words::{GroupKind, Help, LessonRole, MemberRole, Profile, TerritoryKind, UnknownWord};

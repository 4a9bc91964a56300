//! People, groups, timetable, lessons, and who may do what. Pure.

pub mod feed;
pub mod login;
pub mod rights;
pub mod territory;
mod words;
pub mod year;
pub mod homework;
pub mod limits;
pub mod log;

pub use rights::{
    Act, Actor, AttendanceAct, GroupFacts, HomeworkFacts, LessonFacts, LogAct, PersonFacts, Refusal, RelationRights, Why, WorkAct, lesson_role, may,
};
pub use words::{GroupKind, LessonRole, MemberRole, Profile, TerritoryKind, UnknownWord};

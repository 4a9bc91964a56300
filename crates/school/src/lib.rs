//! People, groups, timetable, lessons, and who may do what. Pure.

pub mod feed;
pub mod login;
pub mod rights;
pub mod territory;
mod words;
pub mod year;

pub use rights::{Act, Actor, GroupFacts, LessonFacts, PersonFacts, Refusal, RelationRights, Why, lesson_role, may};
pub use words::{GroupKind, LessonRole, MemberRole, Profile, TerritoryKind, UnknownWord};

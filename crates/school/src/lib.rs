//! People, groups, timetable, lessons, and who may do what. Pure.

pub mod feed;
pub mod login;
pub mod rights;
mod words;

pub use rights::{Act, Actor, GroupFacts, LessonFacts, PersonFacts, Refusal, Why, lesson_role, may};
pub use words::{GroupKind, LessonRole, MemberRole, Profile, UnknownWord};

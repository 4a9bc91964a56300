use futures_util::future::BoxFuture;
use preau_base::LessonId;
use std::sync::Arc;

/// Who is in a live lesson now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Presence {
    /// A teacher of the lesson is in: pupils come in by themselves.
    pub teacher_in: bool,
    pub pupils_in: u32,
    /// What is said and shown is being recorded.
    pub recorded: bool,
    /// What is said goes to the speech engine.
    pub captioned: bool,
}

/// How pages ask the live classes; the binary provides it.
pub type PresenceOf = Arc<dyn Fn(LessonId) -> BoxFuture<'static, Presence> + Send + Sync>;

//! Lessons of colleagues in which somebody was asked to help.

use crate::screens::home::capital;
use crate::{Member, PageError};
use preau_base::LessonId;
use preau_school::Profile;
use preau_school::rights::ENTRY_AFTER_END;
use preau_store::{Conn, lessons};
use std::time::Duration;

/// How far ahead they are shown.
const AHEAD: Duration = Duration::from_secs(14 * 86_400);

pub(super) struct Helped {
    pub id: LessonId,
    pub subject: String,
    /// `Lundi 23 novembre à 9 h 05 · 6e B · Mme Fontaine`
    pub line: String,
    /// What the person does there.
    pub help: String,
}

/// Staff, and guests of a school: nobody else can be named.
pub(super) async fn lessons(member: &Member, conn: &mut Conn) -> Result<Vec<Helped>, PageError> {
    let mut profiles = member.actor.affiliations.iter().map(|(_, profile)| profile);
    if !profiles.any(|profile| profile.is_staff() || *profile == Profile::Guest) {
        return Ok(Vec::new());
    }
    let from = member.now().minus(ENTRY_AFTER_END);
    let helped = lessons::helped_by(conn, member.id(), from, member.now().plus(AHEAD)).await?;
    let shown = helped.into_iter().map(|(lesson, help)| {
        let when = capital(&member.moment(lesson.starts_at));
        let line = [when.as_str(), &lesson.groups, &lesson.teachers];
        let line: Vec<&str> = line.into_iter().filter(|part| !part.is_empty()).collect();
        Helped {
            id: lesson.id,
            line: line.join(" · "),
            subject: lesson.subject_name,
            help: member.t(&format!("setup-help-{}", help.as_str().replace('_', "-"))),
        }
    });
    Ok(shown.collect())
}

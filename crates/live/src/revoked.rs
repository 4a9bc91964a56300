//! What was revoked a moment ago: a join token outlives the pass that it was asked for with, but must not let anybody in
//! after it.

use preau_base::{Instant, PersonId, SessionId};
use preau_gate::limits::{CLOCK_SKEW_MAX, JOIN_TOKEN_LIFE};
use preau_gate::{JoinToken, Revocation};
use std::collections::HashMap;
use std::time::Duration;

/// No join token that is older than this is good.
const KEPT: Duration = JOIN_TOKEN_LIFE.saturating_add(CLOCK_SKEW_MAX);

/// The revocations of the last minutes. Bounded by time: entries go after [`KEPT`], at the latest at the next one noted.
#[derive(Default)]
pub(crate) struct RecentlyRevoked {
    sessions: HashMap<SessionId, Instant>,
    people: HashMap<PersonId, Instant>,
    pruned_at: Option<Instant>,
}

impl RecentlyRevoked {
    pub fn note(&mut self, revocation: &Revocation, now: Instant) {
        if self.pruned_at.is_none_or(|at| at.plus(JOIN_TOKEN_LIFE) <= now) {
            self.pruned_at = Some(now);
            self.sessions.retain(|_, at| at.plus(KEPT) > now);
            self.people.retain(|_, at| at.plus(KEPT) > now);
        }
        match revocation {
            Revocation::Session { session, .. } => {
                self.sessions.insert(*session, now);
            }
            Revocation::Person { person, .. } => {
                self.people.insert(*person, now);
            }
        }
    }

    /// Whether the pass behind `token` has ended since: its session, or every pass of its person from before.
    pub fn ends(&self, token: &JoinToken) -> bool {
        let made_at = token.expires.minus(JOIN_TOKEN_LIFE);
        self.sessions.contains_key(&token.session) || self.people.get(&token.person).is_some_and(|at| made_at <= *at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use preau_base::{LessonId, SeededRng};
    use preau_gate::JoinRole;

    const NOW: Instant = Instant::from_secs(1_800_000_000);

    #[test]
    fn ends_what_was_made_before_and_forgets_it_in_time() {
        let mut rng = SeededRng::new(1);
        let (person, session) = (PersonId::new(NOW, &mut rng), SessionId::new(NOW, &mut rng));
        let lesson = LessonId::new(NOW, &mut rng);
        let mut token = |session, at: Instant| JoinToken::new(person, lesson, JoinRole::Pupil, session, at, &mut rng);
        let later = NOW.plus(Duration::from_secs(1));
        let (before, after) = (token(session, NOW), token(session, later));
        let mut revoked = RecentlyRevoked::default();
        assert!(!revoked.ends(&before));
        revoked.note(&Revocation::Person { person, epoch: 1, until: NOW }, NOW);
        assert!(revoked.ends(&before));
        assert!(!revoked.ends(&after), "a pass of the new epoch is good");
        revoked.note(&Revocation::Session { session, until: NOW }, later);
        assert!(revoked.ends(&after), "no pass of that session is good any more");

        let other = SessionId::new(NOW, &mut SeededRng::new(2));
        revoked.note(&Revocation::Session { session: other, until: NOW }, later.plus(KEPT));
        assert_eq!((revoked.sessions.len(), revoked.people.len()), (1, 0));
    }
}

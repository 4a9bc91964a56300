use crate::limits::{CLOCK_SKEW_MAX, PASS_LIFE, SHARED_PASS_LIFE};
use crate::pass::Pass;
use preau_base::{Instant, PersonId, SessionId};
use std::collections::HashMap;

/// Until when a revocation made `at` must be remembered: no pass that it concerns is valid later.
///
/// The store keeps this as a column and forgets the row then, as [`Revocations::prune`] does in memory.
/// `shared_device` is that of the revoked session; false for a person's epoch.
pub fn forgotten_after(at: Instant, shared_device: bool) -> Instant {
    let life = if shared_device { SHARED_PASS_LIFE } else { PASS_LIFE };
    // A machine may go on renewing until it has heard of it, and its clock may differ.
    at.plus(life).plus(CLOCK_SKEW_MAX * 2)
}

/// Something that ends passes before their time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Revocation {
    /// One browser signed out or was put out.
    Session { session: SessionId, until: Instant },
    /// Every pass of the person with a lower epoch: changed password, suspension, “sign out everywhere”.
    Person { person: PersonId, epoch: u32, until: Instant },
}

/// Why a sealed and unexpired pass does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Revoked {
    #[error("this session was signed out")]
    Session,
    #[error("the person’s passes of this epoch were revoked")]
    Epoch,
}

/// The revocations that concern passes still alive, in memory. Load it whole before the first request is answered,
/// then apply what the store has new every two seconds.
///
/// Bounded by expiry: an entry stays no longer than the passes that it concerns, about 60 bytes each.
#[derive(Clone, Debug, Default)]
pub struct Revocations {
    sessions: HashMap<SessionId, Instant>,
    people: HashMap<PersonId, (u32, Instant)>,
}

impl Revocations {
    pub fn check(&self, pass: &Pass) -> Result<(), Revoked> {
        if self.sessions.contains_key(&pass.session) {
            return Err(Revoked::Session);
        }
        match self.people.get(&pass.person) {
            Some(&(epoch, _)) if pass.epoch < epoch => Err(Revoked::Epoch),
            _ => Ok(()),
        }
    }

    /// Takes a revocation in; in any order and any number of times. True when it is news.
    pub fn apply(&mut self, revocation: Revocation) -> bool {
        match revocation {
            Revocation::Session { session, until } => {
                let kept = self.sessions.insert(session, until);
                if let Some(kept) = kept {
                    self.sessions.insert(session, until.max(kept));
                }
                kept.is_none()
            }
            Revocation::Person { person, epoch, until } => {
                let kept = self.people.insert(person, (epoch, until));
                if let Some(kept) = kept {
                    self.people.insert(person, (epoch.max(kept.0), until.max(kept.1)));
                }
                kept.is_none_or(|kept| epoch > kept.0)
            }
        }
    }

    /// Forgets what concerns no living pass any more. Once an hour is enough.
    pub fn prune(&mut self, now: Instant) {
        self.sessions.retain(|_, until| *until > now);
        self.people.retain(|_, (_, until)| *until > now);
    }

    /// Entries held, for a gauge.
    pub fn len(&self) -> usize {
        self.sessions.len() + self.people.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl Extend<Revocation> for Revocations {
    fn extend<T: IntoIterator<Item = Revocation>>(&mut self, revocations: T) {
        for revocation in revocations {
            self.apply(revocation);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pass::Standing;
    use preau_base::SeededRng;
    use std::time::Duration;

    const NOW: Instant = Instant::from_secs(1_800_000_000);

    fn pass(rng: &mut SeededRng, epoch: u32) -> Pass {
        Pass {
            person: PersonId::new(NOW, rng),
            session: SessionId::new(NOW, rng),
            standing: Standing::Teacher,
            epoch,
            issued: NOW,
            shared_device: false,
        }
    }

    #[test]
    fn a_signed_out_session_ends_and_others_go_on() {
        let mut rng = SeededRng::new(1);
        let (gone, other) = (pass(&mut rng, 0), pass(&mut rng, 0));
        let mut revoked = Revocations::default();
        revoked.apply(Revocation::Session { session: gone.session, until: gone.expires() });
        assert_eq!(revoked.check(&gone), Err(Revoked::Session));
        assert_eq!(revoked.check(&other), Ok(()));
    }

    #[test]
    fn a_new_epoch_ends_older_passes_whatever_the_order_of_arrival() {
        let mut rng = SeededRng::new(2);
        let old = pass(&mut rng, 4);
        let until = forgotten_after(NOW, false);
        let mut revoked = Revocations::default();
        revoked.extend([5, 3].map(|epoch| Revocation::Person { person: old.person, epoch, until }));
        assert_eq!(revoked.check(&old), Err(Revoked::Epoch));
        assert_eq!(revoked.check(&Pass { epoch: 5, ..old }), Ok(()));
        assert_eq!(revoked.check(&Pass { epoch: 6, ..old }), Ok(()));
    }

    #[test]
    fn the_same_revocation_is_news_once() {
        let mut rng = SeededRng::new(4);
        let old = pass(&mut rng, 0);
        let until = forgotten_after(NOW, false);
        let mut revoked = Revocations::default();
        let session = Revocation::Session { session: old.session, until };
        assert!(revoked.apply(session) && !revoked.apply(session));
        let raised = |epoch| Revocation::Person { person: old.person, epoch, until };
        let news = [2, 2, 1, 3].map(|epoch| revoked.apply(raised(epoch)));
        assert_eq!(news, [true, false, false, true]);
    }

    #[test]
    fn an_entry_is_forgotten_only_once_no_pass_it_concerns_is_alive() {
        let mut rng = SeededRng::new(3);
        for shared_device in [false, true] {
            let last = Pass { issued: NOW, shared_device, ..pass(&mut rng, 0) };
            let mut revoked = Revocations::default();
            let until = forgotten_after(NOW, shared_device);
            revoked.apply(Revocation::Session { session: last.session, until });
            revoked.prune(last.expires());
            assert_eq!(revoked.check(&last), Err(Revoked::Session));
            revoked.prune(last.expires().plus(Duration::from_secs(3_600)));
            assert!(revoked.is_empty());
        }
    }
}

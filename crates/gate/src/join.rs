use crate::keys::{KeyRing, Purpose};
use crate::limits::{CLOCK_SKEW_MAX, JOIN_TOKEN_LIFE, USED_TOKENS_MAX};
use crate::seal::{Fields, SealRefusal, open, seal};
use preau_base::{Instant, LessonId, PersonId, Rng, SessionId};
use std::collections::BTreeSet;
use uuid::Uuid;

/// Role 1, expires 8, id 16, person 16, lesson 16, session 16; numbers big-endian.
const PAYLOAD_BYTES: usize = 73;

/// What somebody comes into a lesson as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum JoinRole {
    /// Leads the lesson: may mute, remove and close.
    Teacher,
    Pupil,
    Assistant,
    /// Sees and hears.
    Observer,
    /// Invited by name, into this lesson alone.
    Guest,
    /// Of the school and not on the roster: waits at the door.
    Knocker,
}

impl JoinRole {
    pub const ALL: [Self; 6] =
        [Self::Teacher, Self::Pupil, Self::Assistant, Self::Observer, Self::Guest, Self::Knocker];

    const fn to_byte(self) -> u8 {
        match self {
            Self::Teacher => 1,
            Self::Pupil => 2,
            Self::Assistant => 3,
            Self::Observer => 4,
            Self::Guest => 5,
            Self::Knocker => 6,
        }
    }

    fn from_byte(byte: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.to_byte() == byte)
    }
}

/// One entry of one person into one lesson: good for [`JOIN_TOKEN_LIFE`], once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JoinToken {
    pub id: [u8; 16],
    pub person: PersonId,
    pub lesson: LessonId,
    pub role: JoinRole,
    /// The session of the pass with which it was asked for, so that a sign-out ends the connection too.
    pub session: SessionId,
    pub expires: Instant,
}

/// Why a join token lets nobody in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JoinRefusal {
    #[error("the join token is malformed")]
    Malformed,
    #[error("the join token is forged, or its key is no longer kept")]
    Forged,
    #[error("the join token has expired")]
    Expired,
    #[error("the join token was used before")]
    Used,
    #[error("too many join tokens were used within their life to remember another one")]
    Full,
}

impl JoinToken {
    pub fn new(
        person: PersonId,
        lesson: LessonId,
        role: JoinRole,
        session: SessionId,
        now: Instant,
        rng: &mut dyn Rng,
    ) -> Self {
        let mut id = [0; 16];
        rng.fill(&mut id);
        Self { id, person, lesson, role, session, expires: now.plus(JOIN_TOKEN_LIFE) }
    }

    /// 143 characters of base64url.
    pub fn seal(&self, keys: &KeyRing) -> String {
        let mut payload = Vec::with_capacity(PAYLOAD_BYTES);
        payload.push(self.role.to_byte());
        payload.extend_from_slice(&self.expires.as_millis().to_be_bytes());
        payload.extend_from_slice(&self.id);
        payload.extend_from_slice(self.person.uuid().as_bytes());
        payload.extend_from_slice(self.lesson.uuid().as_bytes());
        payload.extend_from_slice(self.session.uuid().as_bytes());
        seal(keys, Purpose::Join, &payload, b"")
    }

    /// Reads a token. It is not used up by this: [`UsedTokens::take`] does that.
    pub fn open(text: &str, keys: &KeyRing, now: Instant) -> Result<Self, JoinRefusal> {
        let payload = open::<PAYLOAD_BYTES>(text, keys, Purpose::Join, b"").map_err(|refusal| match refusal {
            SealRefusal::Malformed => JoinRefusal::Malformed,
            SealRefusal::UnknownKey | SealRefusal::Forged => JoinRefusal::Forged,
        })?;
        let mut fields = Fields(&payload);
        let [role] = fields.take();
        let token = Self {
            role: JoinRole::from_byte(role).ok_or(JoinRefusal::Malformed)?,
            expires: Instant::from_millis(i64::from_be_bytes(fields.take())),
            id: fields.take(),
            person: PersonId::from_uuid(Uuid::from_bytes(fields.take())),
            lesson: LessonId::from_uuid(Uuid::from_bytes(fields.take())),
            session: SessionId::from_uuid(Uuid::from_bytes(fields.take())),
        };
        // A token that is good for longer than any that we make comes from a clock that has since been set back.
        let too_late = now.plus(JOIN_TOKEN_LIFE).plus(CLOCK_SKEW_MAX);
        if now >= token.expires || token.expires > too_late { Err(JoinRefusal::Expired) } else { Ok(token) }
    }
}

/// The join tokens that were used and have not expired yet; at most [`USED_TOKENS_MAX`].
#[derive(Clone, Debug, Default)]
pub struct UsedTokens(BTreeSet<(Instant, [u8; 16])>);

impl UsedTokens {
    /// Uses an opened token up: the second time is refused.
    pub fn take(&mut self, token: &JoinToken, now: Instant) -> Result<(), JoinRefusal> {
        if now >= token.expires {
            return Err(JoinRefusal::Expired);
        }
        self.prune(now);
        if self.0.contains(&(token.expires, token.id)) {
            Err(JoinRefusal::Used)
        } else if self.0.len() >= USED_TOKENS_MAX {
            Err(JoinRefusal::Full)
        } else {
            self.0.insert((token.expires, token.id));
            Ok(())
        }
    }

    fn prune(&mut self, now: Instant) {
        while self.0.first().is_some_and(|(expires, _)| *expires <= now) {
            self.0.pop_first();
        }
    }

    /// Tokens remembered, for a gauge.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use preau_base::SeededRng;
    use proptest::prelude::*;
    use std::time::Duration;

    const NOW: Instant = Instant::from_secs(1_800_000_000);

    fn ring() -> KeyRing {
        KeyRing::generate(NOW, &mut SeededRng::new(1))
    }

    fn token(seed: u64, role: JoinRole) -> JoinToken {
        let mut rng = SeededRng::new(seed);
        let person = PersonId::new(NOW, &mut rng);
        let lesson = LessonId::new(NOW, &mut rng);
        let session = SessionId::new(NOW, &mut rng);
        JoinToken::new(person, lesson, role, session, NOW, &mut rng)
    }

    #[test]
    fn reads_back_within_its_life() {
        let keys = ring();
        for role in JoinRole::ALL {
            let token = token(2, role);
            let text = token.seal(&keys);
            assert_eq!(text.len(), 143);
            assert_eq!(JoinToken::open(&text, &keys, NOW.plus(Duration::from_millis(29_999))), Ok(token));
            assert_eq!(JoinToken::open(&text, &keys, NOW.plus(JOIN_TOKEN_LIFE)), Err(JoinRefusal::Expired));
            let before = NOW.minus(CLOCK_SKEW_MAX).minus(Duration::from_millis(1));
            assert_eq!(JoinToken::open(&text, &keys, before), Err(JoinRefusal::Expired));
        }
    }

    #[test]
    fn a_pass_is_no_join_token() {
        let keys = ring();
        let text = seal(&keys, Purpose::Pass, &[2; PAYLOAD_BYTES], b"");
        assert_eq!(JoinToken::open(&text, &keys, NOW), Err(JoinRefusal::Forged));
    }

    #[test]
    fn is_used_up_by_the_first_use_and_forgotten_once_expired() {
        let (one, two) = (token(2, JoinRole::Pupil), token(3, JoinRole::Pupil));
        let mut used = UsedTokens::default();
        assert_eq!(used.take(&one, NOW), Ok(()));
        assert_eq!(used.take(&one, NOW), Err(JoinRefusal::Used));
        assert_eq!(used.take(&two, NOW), Ok(()));
        assert_eq!(used.take(&one, one.expires), Err(JoinRefusal::Expired));
        let later = JoinToken { expires: one.expires.plus(JOIN_TOKEN_LIFE), ..token(4, JoinRole::Pupil) };
        assert_eq!(used.take(&later, one.expires), Ok(()));
        assert_eq!(used.len(), 1);
    }

    proptest! {
        #[test]
        fn any_changed_character_is_refused(at in 0_usize..143, to in "[A-Za-z0-9_-]") {
            let keys = ring();
            let text = token(2, JoinRole::Teacher).seal(&keys);
            let mut changed = text.clone();
            changed.replace_range(at..=at, &to);
            prop_assert_eq!(JoinToken::open(&changed, &keys, NOW).is_ok(), changed == text);
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,200}") {
            prop_assert!(JoinToken::open(&text, &ring(), NOW).is_err());
        }
    }
}

use crate::keys::{KeyRing, Purpose};
use crate::pass::{PassRefusal, Standing};
use crate::request::{Holder, HolderKey};
use crate::seal::{Fields, open, seal};
use preau_base::{Instant, LessonId, PersonId, SessionId};
use uuid::Uuid;

/// Issued 8, expires 8, person 16, session 16, lesson 16; numbers big-endian.
const PAYLOAD_BYTES: usize = 64;

/// What the browser of an invited guest holds: who, for which lesson, until when. It opens that lesson and nothing else: it
/// is sealed for a purpose of its own, so that it can be taken for no [`crate::Pass`]. Checked without the database; whether
/// the invitation stands is asked there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GuestPass {
    pub person: PersonId,
    /// The one browser that has used the invitation up.
    pub session: SessionId,
    pub lesson: LessonId,
    pub issued: Instant,
    pub expires: Instant,
}

impl GuestPass {
    /// The cookie's value: 131 characters of base64url.
    pub fn seal(&self, keys: &KeyRing) -> String {
        let mut payload = Vec::with_capacity(PAYLOAD_BYTES);
        payload.extend_from_slice(&self.issued.as_millis().to_be_bytes());
        payload.extend_from_slice(&self.expires.as_millis().to_be_bytes());
        payload.extend_from_slice(self.person.uuid().as_bytes());
        payload.extend_from_slice(self.session.uuid().as_bytes());
        payload.extend_from_slice(self.lesson.uuid().as_bytes());
        seal(keys, Purpose::Guest, &payload, b"")
    }

    /// Reads a cookie's value.
    ///
    /// # Errors
    /// Why it opens nothing.
    pub fn open(text: &str, keys: &KeyRing, now: Instant) -> Result<Self, PassRefusal> {
        let pass = Self::read(text, keys)?;
        if now >= pass.expires { Err(PassRefusal::Expired) } else { Ok(pass) }
    }

    /// The same, whenever it expires: for whoever asks the store about the invitation, whose lesson may have been moved since.
    ///
    /// # Errors
    /// When it is not ours.
    pub fn read(text: &str, keys: &KeyRing) -> Result<Self, PassRefusal> {
        let payload = open::<PAYLOAD_BYTES>(text, keys, Purpose::Guest, b"")?;
        let mut fields = Fields(&payload);
        Ok(Self {
            issued: Instant::from_millis(i64::from_be_bytes(fields.take())),
            expires: Instant::from_millis(i64::from_be_bytes(fields.take())),
            person: PersonId::from_uuid(Uuid::from_bytes(fields.take())),
            session: SessionId::from_uuid(Uuid::from_bytes(fields.take())),
            lesson: LessonId::from_uuid(Uuid::from_bytes(fields.take())),
        })
    }
}

/// A guest waits at the gate no longer than the pupils of the class that waits for them.
impl From<&GuestPass> for Holder {
    fn from(pass: &GuestPass) -> Self {
        Self {
            key: HolderKey(pass.person.uuid().as_u128()),
            session: pass.session.uuid().as_u128(),
            earned: pass.issued,
            signed_in: pass.session.made(),
            standing: Standing::Pupil,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{JoinToken, Pass};
    use preau_base::SeededRng;
    use proptest::prelude::*;
    use std::time::Duration;

    const NOW: Instant = Instant::from_secs(1_800_000_000);

    fn pass() -> GuestPass {
        let mut rng = SeededRng::new(7);
        GuestPass {
            person: PersonId::new(NOW, &mut rng),
            session: SessionId::new(NOW, &mut rng),
            lesson: LessonId::new(NOW, &mut rng),
            issued: NOW,
            expires: NOW.plus(Duration::from_secs(3_600)),
        }
    }

    #[test]
    fn reads_back_until_it_expires_and_is_nothing_else() {
        let keys = KeyRing::generate(NOW, &mut SeededRng::new(1));
        let others = KeyRing::generate(NOW, &mut SeededRng::new(2));
        let (pass, text) = (pass(), pass().seal(&keys));
        assert_eq!(text.len(), 131);
        assert_eq!(GuestPass::open(&text, &keys, NOW), Ok(pass));
        assert_eq!(GuestPass::open(&text, &keys, pass.expires), Err(PassRefusal::Expired));
        assert_eq!(GuestPass::read(&text, &keys), Ok(pass));
        assert_eq!(GuestPass::open(&text, &others, NOW), Err(PassRefusal::Forged));
        assert_eq!(GuestPass::read(&text, &others), Err(PassRefusal::Forged));
        assert!(Pass::open(&text, &keys, NOW).is_err() && JoinToken::open(&text, &keys, NOW).is_err());
        for purpose in [Purpose::Pass, Purpose::Join, Purpose::Entry] {
            let planted = seal(&keys, purpose, &[2; PAYLOAD_BYTES], b"");
            assert_eq!(GuestPass::open(&planted, &keys, NOW), Err(PassRefusal::Forged));
        }
    }

    proptest! {
        #[test]
        fn any_changed_character_is_refused(at in 0_usize..131, to in "[A-Za-z0-9_-]") {
            let keys = KeyRing::generate(NOW, &mut SeededRng::new(1));
            let text = pass().seal(&keys);
            let mut changed = text.clone();
            changed.replace_range(at..=at, &to);
            prop_assert_eq!(GuestPass::open(&changed, &keys, NOW).is_ok(), changed == text);
        }
    }
}

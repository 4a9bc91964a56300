use crate::keys::{KeyRing, Purpose};
use crate::pass::{PassRefusal, Standing};
use crate::request::{Holder, HolderKey};
use crate::seal::{Fields, open, seal};
use preau_base::{Instant, LessonId, PersonId, StreamKeyId};
use uuid::Uuid;

/// Use 1, issued 8, expires 8, id 16, person 16, lesson 16; numbers big-endian.
const PAYLOAD_BYTES: usize = 65;

/// What a stream key is good for: one direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StreamUse {
    /// A picture with its sound goes into the lesson (WHIP, RFC 9725).
    Publish,
    /// The lesson's main picture and its voices come out (WHEP).
    Play,
}

impl StreamUse {
    const fn to_byte(self) -> u8 {
        match self {
            Self::Publish => 1,
            Self::Play => 2,
        }
    }

    const fn from_byte(byte: u8) -> Option<Self> {
        match byte {
            1 => Some(Self::Publish),
            2 => Some(Self::Play),
            _ => None,
        }
    }
}

/// What a program holds that publishes into a lesson, or plays it, in the name of one person. It is sealed for a purpose of
/// its own, so that it can be taken for no [`crate::Pass`], and opens nothing but that. Checked without the database;
/// whether the key was revoked, and what its person may, is asked there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StreamKey {
    pub usage: StreamUse,
    pub id: StreamKeyId,
    pub person: PersonId,
    pub lesson: LessonId,
    pub issued: Instant,
    pub expires: Instant,
}

impl StreamKey {
    /// What goes into the program's field for a bearer token (RFC 6750): 132 characters of base64url.
    pub fn seal(&self, keys: &KeyRing) -> String {
        let mut payload = Vec::with_capacity(PAYLOAD_BYTES);
        payload.push(self.usage.to_byte());
        payload.extend_from_slice(&self.issued.as_millis().to_be_bytes());
        payload.extend_from_slice(&self.expires.as_millis().to_be_bytes());
        payload.extend_from_slice(self.id.uuid().as_bytes());
        payload.extend_from_slice(self.person.uuid().as_bytes());
        payload.extend_from_slice(self.lesson.uuid().as_bytes());
        seal(keys, Purpose::Stream, &payload, b"")
    }

    /// Reads a key.
    ///
    /// # Errors
    /// Why it opens nothing.
    pub fn open(text: &str, keys: &KeyRing, now: Instant) -> Result<Self, PassRefusal> {
        let payload = open::<PAYLOAD_BYTES>(text, keys, Purpose::Stream, b"")?;
        let mut fields = Fields(&payload);
        let [usage] = fields.take();
        let key = Self {
            usage: StreamUse::from_byte(usage).ok_or(PassRefusal::Malformed)?,
            issued: Instant::from_millis(i64::from_be_bytes(fields.take())),
            expires: Instant::from_millis(i64::from_be_bytes(fields.take())),
            id: StreamKeyId::from_uuid(Uuid::from_bytes(fields.take())),
            person: PersonId::from_uuid(Uuid::from_bytes(fields.take())),
            lesson: LessonId::from_uuid(Uuid::from_bytes(fields.take())),
        };
        if now >= key.expires { Err(PassRefusal::Expired) } else { Ok(key) }
    }
}

/// At the gate a program stands where its teacher does.
impl From<&StreamKey> for Holder {
    fn from(key: &StreamKey) -> Self {
        Self {
            key: HolderKey(key.person.uuid().as_u128()),
            session: key.id.uuid().as_u128(),
            earned: key.issued,
            signed_in: key.issued,
            standing: Standing::Teacher,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{GuestPass, JoinToken, Pass};
    use preau_base::SeededRng;
    use proptest::prelude::*;
    use std::time::Duration;

    const NOW: Instant = Instant::from_secs(1_800_000_000);

    fn key(usage: StreamUse) -> StreamKey {
        let mut rng = SeededRng::new(7);
        StreamKey {
            usage,
            id: StreamKeyId::new(NOW, &mut rng),
            person: PersonId::new(NOW, &mut rng),
            lesson: LessonId::new(NOW, &mut rng),
            issued: NOW,
            expires: NOW.plus(Duration::from_secs(3_600)),
        }
    }

    #[test]
    fn reads_back_until_it_expires_and_is_nothing_else() {
        let keys = KeyRing::generate(NOW, &mut SeededRng::new(1));
        let others = KeyRing::generate(NOW, &mut SeededRng::new(2));
        for usage in [StreamUse::Publish, StreamUse::Play] {
            let (key, text) = (key(usage), key(usage).seal(&keys));
            assert_eq!(text.len(), 132);
            assert_eq!(StreamKey::open(&text, &keys, NOW), Ok(key));
            assert_eq!(StreamKey::open(&text, &keys, key.expires), Err(PassRefusal::Expired));
            assert_eq!(StreamKey::open(&text, &others, NOW), Err(PassRefusal::Forged));
            assert!(Pass::open(&text, &keys, NOW).is_err() && JoinToken::open(&text, &keys, NOW).is_err());
            assert!(GuestPass::open(&text, &keys, NOW).is_err());
        }
        for purpose in [Purpose::Pass, Purpose::Join, Purpose::Guest] {
            let planted = seal(&keys, purpose, &[1; PAYLOAD_BYTES], b"");
            assert_eq!(StreamKey::open(&planted, &keys, NOW), Err(PassRefusal::Forged));
        }
        let useless = seal(&keys, Purpose::Stream, &[9; PAYLOAD_BYTES], b"");
        assert_eq!(StreamKey::open(&useless, &keys, NOW), Err(PassRefusal::Malformed));
    }

    proptest! {
        #[test]
        fn any_changed_character_is_refused(at in 0_usize..132, to in "[A-Za-z0-9_-]") {
            let keys = KeyRing::generate(NOW, &mut SeededRng::new(1));
            let text = key(StreamUse::Publish).seal(&keys);
            let mut changed = text.clone();
            changed.replace_range(at..=at, &to);
            prop_assert_eq!(StreamKey::open(&changed, &keys, NOW).is_ok(), changed == text);
        }
    }
}

use crate::keys::{KeyRing, Purpose};
use crate::limits::{CLOCK_SKEW_MAX, PASS_LIFE, PASS_RENEWED_AFTER, SHARED_PASS_LIFE};
use crate::seal::{Fields, SealRefusal, open, seal};
use preau_base::{Instant, PersonId, SessionId};
use std::time::Duration;
use uuid::Uuid;

/// Standing 1, flags 1, epoch 4, issued 8, person 16, session 16; numbers big-endian.
const PAYLOAD_BYTES: usize = 46;
const FLAG_SHARED: u8 = 1;

/// What a person is to the school, for priorities at the gate. It gives no right to anything: rights are read from the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    Teacher,
    Pupil,
    /// School life, head, administrators and other staff.
    Staff,
    Relative,
}

impl Standing {
    /// Belongs to those who run the school.
    pub const fn works_here(self) -> bool {
        matches!(self, Self::Teacher | Self::Staff)
    }

    const fn to_byte(self) -> u8 {
        match self {
            Self::Teacher => 1,
            Self::Pupil => 2,
            Self::Staff => 3,
            Self::Relative => 4,
        }
    }

    const fn from_byte(byte: u8) -> Option<Self> {
        match byte {
            1 => Some(Self::Teacher),
            2 => Some(Self::Pupil),
            3 => Some(Self::Staff),
            4 => Some(Self::Relative),
            _ => None,
        }
    }
}

/// What a signed-in browser holds: who, with which standing, since when. Checked without the database.
///
/// [`crate::Revocations::check`] must follow [`Pass::open`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pass {
    pub person: PersonId,
    pub session: SessionId,
    pub standing: Standing,
    /// The person's epoch when they signed in; a higher one in the store makes this pass worthless.
    pub epoch: u32,
    /// When the pass was issued or last renewed.
    pub issued: Instant,
    /// Signed in with “appareil partagé”.
    pub shared_device: bool,
}

/// Why a text is not a valid pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PassRefusal {
    #[error("the pass is malformed")]
    Malformed,
    #[error("the pass was sealed with a key that is no longer kept")]
    UnknownKey,
    #[error("the pass is forged")]
    Forged,
    #[error("the pass has expired")]
    Expired,
    #[error("the pass was issued in the future")]
    Future,
}

impl From<SealRefusal> for PassRefusal {
    fn from(refusal: SealRefusal) -> Self {
        match refusal {
            SealRefusal::Malformed => Self::Malformed,
            SealRefusal::UnknownKey => Self::UnknownKey,
            SealRefusal::Forged => Self::Forged,
        }
    }
}

impl Pass {
    /// The cookie's value: 107 characters of base64url.
    pub fn seal(&self, keys: &KeyRing) -> String {
        let mut payload = Vec::with_capacity(PAYLOAD_BYTES);
        payload.push(self.standing.to_byte());
        payload.push(if self.shared_device { FLAG_SHARED } else { 0 });
        payload.extend_from_slice(&self.epoch.to_be_bytes());
        payload.extend_from_slice(&self.issued.as_millis().to_be_bytes());
        payload.extend_from_slice(self.person.uuid().as_bytes());
        payload.extend_from_slice(self.session.uuid().as_bytes());
        seal(keys, Purpose::Pass, &payload, b"")
    }

    /// Reads a cookie's value, in less than a microsecond (`cargo xtask bench pass`).
    pub fn open(text: &str, keys: &KeyRing, now: Instant) -> Result<Self, PassRefusal> {
        let payload = open::<PAYLOAD_BYTES>(text, keys, Purpose::Pass, b"")?;
        let mut fields = Fields(&payload);
        let [standing, flags] = fields.take();
        let pass = Self {
            standing: Standing::from_byte(standing).ok_or(PassRefusal::Malformed)?,
            shared_device: flags & FLAG_SHARED != 0,
            epoch: u32::from_be_bytes(fields.take()),
            issued: Instant::from_millis(i64::from_be_bytes(fields.take())),
            person: PersonId::from_uuid(Uuid::from_bytes(fields.take())),
            session: SessionId::from_uuid(Uuid::from_bytes(fields.take())),
        };
        if pass.issued > now.plus(CLOCK_SKEW_MAX) {
            Err(PassRefusal::Future)
        } else if now >= pass.expires() {
            Err(PassRefusal::Expired)
        } else {
            Ok(pass)
        }
    }

    const fn life(&self) -> Duration {
        if self.shared_device { SHARED_PASS_LIFE } else { PASS_LIFE }
    }

    /// From when on the pass no longer counts.
    pub fn expires(&self) -> Instant {
        self.issued.plus(self.life())
    }

    /// True when the answer to this request should set [`Pass::renewed`] as the cookie. Never on a shared device.
    pub fn needs_renewal(&self, now: Instant) -> bool {
        !self.shared_device && now.since(self.issued) >= PASS_RENEWED_AFTER
    }

    /// The same session, good for another [`PASS_LIFE`]. Only for a pass that was opened and is not revoked.
    #[must_use]
    pub const fn renewed(self, now: Instant) -> Self {
        Self { issued: now, ..self }
    }

    /// The cookie's `Max-Age`; none on a shared device, where the cookie ends with the browser.
    pub fn cookie_max_age(&self) -> Option<Duration> {
        (!self.shared_device).then_some(PASS_LIFE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::KEY_ROTATED_AFTER;
    use preau_base::SeededRng;
    use proptest::prelude::*;

    const NOW: Instant = Instant::from_secs(1_800_000_000);
    const MS: Duration = Duration::from_millis(1);

    fn ring() -> KeyRing {
        KeyRing::generate(NOW, &mut SeededRng::new(1))
    }

    fn pass(shared_device: bool) -> Pass {
        let mut rng = SeededRng::new(2);
        Pass {
            person: PersonId::new(NOW, &mut rng),
            session: SessionId::new(NOW, &mut rng),
            standing: Standing::Pupil,
            epoch: 3,
            issued: NOW,
            shared_device,
        }
    }

    #[test]
    fn a_pass_is_good_for_its_life_and_not_a_millisecond_longer() {
        let keys = ring();
        for (shared, life) in [(false, PASS_LIFE), (true, SHARED_PASS_LIFE)] {
            let text = pass(shared).seal(&keys);
            assert_eq!(text.len(), 107);
            assert_eq!(Pass::open(&text, &keys, NOW), Ok(pass(shared)));
            assert_eq!(Pass::open(&text, &keys, NOW.plus(life).minus(MS)), Ok(pass(shared)));
            assert_eq!(Pass::open(&text, &keys, NOW.plus(life)), Err(PassRefusal::Expired));
        }
    }

    #[test]
    fn a_pass_of_the_future_is_refused_beyond_the_skew_of_clocks() {
        let keys = ring();
        let text = pass(false).seal(&keys);
        assert!(Pass::open(&text, &keys, NOW.minus(CLOCK_SKEW_MAX)).is_ok());
        assert_eq!(Pass::open(&text, &keys, NOW.minus(CLOCK_SKEW_MAX).minus(MS)), Err(PassRefusal::Future));
    }

    #[test]
    fn renewal_moves_the_end_and_keeps_the_session() {
        let old = pass(false);
        assert!(!old.needs_renewal(NOW.plus(PASS_RENEWED_AFTER).minus(MS)));
        let later = NOW.plus(PASS_RENEWED_AFTER);
        assert!(old.needs_renewal(later));
        assert_eq!(old.renewed(later).expires(), later.plus(PASS_LIFE));
        assert_eq!(old.renewed(later).session, old.session);
        assert!(!pass(true).needs_renewal(later));
        assert_eq!(pass(true).cookie_max_age(), None);
    }

    #[test]
    fn a_pass_lives_out_its_life_over_a_rotation_and_ends_with_its_key() {
        let mut keys = ring();
        let mut rng = SeededRng::new(9);
        let last = NOW.plus(KEY_ROTATED_AFTER).minus(MS);
        let pass = Pass { issued: last, ..pass(false) };
        let text = pass.seal(&keys);
        keys.rotate_if_due(NOW.plus(KEY_ROTATED_AFTER), &mut rng);
        assert_eq!(Pass::open(&text, &keys, pass.expires().minus(MS)), Ok(pass));
        keys.rotate_if_due(NOW.plus(KEY_ROTATED_AFTER * 2), &mut rng);
        assert_eq!(Pass::open(&text, &keys, NOW), Err(PassRefusal::UnknownKey));
    }

    #[test]
    fn an_unknown_standing_is_refused_though_the_seal_is_ours() {
        let keys = ring();
        let text = seal(&keys, Purpose::Pass, &[9; PAYLOAD_BYTES], b"");
        assert_eq!(Pass::open(&text, &keys, NOW), Err(PassRefusal::Malformed));
    }

    proptest! {
        #[test]
        fn every_pass_reads_back(person: u128, session: u128, epoch: u32, standing in 1_u8..=4, shared_device: bool) {
            let pass = Pass {
                person: PersonId::from_uuid(Uuid::from_u128(person)),
                session: SessionId::from_uuid(Uuid::from_u128(session)),
                standing: Standing::from_byte(standing).unwrap(),
                epoch,
                issued: NOW,
                shared_device,
            };
            let keys = ring();
            prop_assert_eq!(Pass::open(&pass.seal(&keys), &keys, NOW), Ok(pass));
        }

        #[test]
        fn no_instant_makes_it_panic(issued: i64, now: i64) {
            let keys = ring();
            let pass = Pass { issued: Instant::from_millis(issued), ..pass(false) };
            let _ = Pass::open(&pass.seal(&keys), &keys, Instant::from_millis(now));
        }

        #[test]
        fn a_changed_bit_is_refused(bit in 0_usize..640) {
            use base64::Engine as _;
            use base64::engine::general_purpose::URL_SAFE_NO_PAD;
            let keys = ring();
            let mut bytes = URL_SAFE_NO_PAD.decode(pass(false).seal(&keys)).unwrap();
            bytes[bit / 8] ^= 1 << (bit % 8);
            prop_assert!(Pass::open(&URL_SAFE_NO_PAD.encode(bytes), &keys, NOW).is_err());
        }
    }
}

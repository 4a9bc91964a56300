use crate::keys::{KeyRing, Purpose};
use crate::limits::{CLOCK_SKEW_MAX, PASS_RENEWED_AFTER, UPSTREAM_PASS_IDLE_MAX, UPSTREAM_PASS_LIFE};
use crate::pass::{PassRefusal, Standing};
use crate::request::{Holder, HolderKey};
use crate::seal::{Fields, open, seal};
use aws_lc_rs::hmac;
use preau_base::{Instant, Rng};
use std::time::Duration;

mod ended;

pub use ended::{EndedPasses, EndedPassesError};

/// Holder 16, session cookie 16, earned 8, renewed 8; numbers big-endian.
const PAYLOAD_BYTES: usize = 48;
const HASH_BYTES: usize = 16;

/// What a pass remembers of the application's session cookie: a keyed hash, from which nobody reads the cookie.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SessionCookie([u8; HASH_BYTES]);

impl SessionCookie {
    /// Of a cookie's name and value. Names have no `=` (RFC 6265 §4.1.1), so that no two cookies look the same.
    pub fn of(name: &str, value: &str, keys: &KeyRing) -> Self {
        let mut context = hmac::Context::with_key(keys.session_cookie_key());
        context.update(name.as_bytes());
        context.update(b"=");
        context.update(value.as_bytes());
        let tag = context.sign();
        let mut hash = [0; HASH_BYTES];
        for (to, from) in hash.iter_mut().zip(tag.as_ref()) {
            *to = *from;
        }
        Self(hash)
    }
}

/// What a browser holds that has signed in to somebody else's application behind the gate. It says that somebody did,
/// not who; it gives precedence at the gate and nothing else.
///
/// Good only together with the session cookie that it is bound to, and for as long as [`EndedPasses`] does not hold it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UpstreamPass {
    /// Drawn at the sign-in; the same for as long as the pass is renewed or moved.
    pub holder: u128,
    pub cookie: SessionCookie,
    /// When the sign-in succeeded.
    pub earned: Instant,
    /// When the pass was earned, renewed or moved last.
    pub renewed: Instant,
}

impl UpstreamPass {
    /// For somebody whose sign-in has just succeeded.
    pub fn earn(cookie: SessionCookie, now: Instant, rng: &mut dyn Rng) -> Self {
        let mut holder = [0; 16];
        rng.fill(&mut holder);
        Self { holder: u128::from_be_bytes(holder), cookie, earned: now, renewed: now }
    }

    /// The cookie's value: 110 characters of base64url.
    pub fn seal(&self, keys: &KeyRing) -> String {
        let mut payload = Vec::with_capacity(PAYLOAD_BYTES);
        payload.extend_from_slice(&self.holder.to_be_bytes());
        payload.extend_from_slice(&self.cookie.0);
        payload.extend_from_slice(&self.earned.as_millis().to_be_bytes());
        payload.extend_from_slice(&self.renewed.as_millis().to_be_bytes());
        seal(keys, Purpose::Upstream, &payload, b"")
    }

    /// Reads a cookie's value. [`UpstreamPass::is_bound_to`] and [`EndedPasses::contains`] must follow.
    pub fn open(text: &str, keys: &KeyRing, now: Instant) -> Result<Self, PassRefusal> {
        let payload = open::<PAYLOAD_BYTES>(text, keys, Purpose::Upstream, b"")?;
        let mut fields = Fields(&payload);
        let pass = Self {
            holder: u128::from_be_bytes(fields.take()),
            cookie: SessionCookie(fields.take()),
            earned: Instant::from_millis(i64::from_be_bytes(fields.take())),
            renewed: Instant::from_millis(i64::from_be_bytes(fields.take())),
        };
        if pass.renewed.max(pass.earned) > now.plus(CLOCK_SKEW_MAX) {
            Err(PassRefusal::Future)
        } else if now >= pass.expires() {
            Err(PassRefusal::Expired)
        } else {
            Ok(pass)
        }
    }

    /// True when one of the session cookies of the same request is the one that the pass was given with.
    pub fn is_bound_to(&self, cookies: impl IntoIterator<Item = SessionCookie>) -> bool {
        cookies
            .into_iter()
            .any(|cookie| aws_lc_rs::constant_time::verify_slices_are_equal(&cookie.0, &self.cookie.0).is_ok())
    }

    /// From when on the pass no longer counts: not used for [`UPSTREAM_PASS_IDLE_MAX`], or earned
    /// [`UPSTREAM_PASS_LIFE`] ago, whichever is sooner.
    pub fn expires(&self) -> Instant {
        self.earned.plus(UPSTREAM_PASS_LIFE).min(self.renewed.plus(UPSTREAM_PASS_IDLE_MAX))
    }

    /// True when the answer to this request should set [`UpstreamPass::renewed`] as the cookie.
    pub fn needs_renewal(&self, now: Instant) -> bool {
        now.since(self.renewed) >= PASS_RENEWED_AFTER
    }

    /// The same sign-in, seen now. Only for a pass that was found good.
    #[must_use]
    pub const fn renewed(self, now: Instant) -> Self {
        Self { renewed: now, ..self }
    }

    /// The same sign-in, bound to the cookie by which the application has replaced the old one.
    #[must_use]
    pub const fn moved(self, cookie: SessionCookie, now: Instant) -> Self {
        Self { cookie, renewed: now, ..self }
    }

    /// The cookie's `Max-Age`.
    pub fn cookie_max_age(&self, now: Instant) -> Duration {
        self.expires().since(now)
    }

    /// What the gate needs of it. Nobody told us what the person is to the school: most are pupils.
    pub const fn holder(&self) -> Holder {
        Holder {
            key: HolderKey(self.holder),
            session: self.holder,
            earned: self.renewed,
            signed_in: self.earned,
            standing: Standing::Pupil,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use preau_base::SeededRng;
    use proptest::prelude::*;

    const NOW: Instant = Instant::from_secs(1_800_000_000);
    const MS: Duration = Duration::from_millis(1);

    fn ring() -> KeyRing {
        KeyRing::generate(NOW, &mut SeededRng::new(1))
    }

    fn pass(keys: &KeyRing) -> UpstreamPass {
        UpstreamPass::earn(SessionCookie::of("MoodleSession", "abc", keys), NOW, &mut SeededRng::new(2))
    }

    #[test]
    fn is_good_until_idle_or_old() {
        let keys = ring();
        let earned = pass(&keys);
        let text = earned.seal(&keys);
        assert_eq!(text.len(), 110);
        let idle = NOW.plus(UPSTREAM_PASS_IDLE_MAX);
        assert_eq!(UpstreamPass::open(&text, &keys, idle.minus(MS)), Ok(earned));
        assert_eq!(UpstreamPass::open(&text, &keys, idle), Err(PassRefusal::Expired));
        assert!(!earned.needs_renewal(NOW.plus(PASS_RENEWED_AFTER).minus(MS)));
        assert!(earned.needs_renewal(NOW.plus(PASS_RENEWED_AFTER)));
        let end = NOW.plus(UPSTREAM_PASS_LIFE);
        let used = earned.renewed(end.minus(MS));
        assert_eq!(used.expires(), end, "using it makes it no older than its life");
        assert_eq!(used.cookie_max_age(end.minus(MS)), MS);
        assert_eq!(UpstreamPass::open(&used.seal(&keys), &keys, end), Err(PassRefusal::Expired));
    }

    #[test]
    fn is_worthless_without_the_session_cookie_that_it_was_given_with() {
        let keys = ring();
        let cookie = |name, value| SessionCookie::of(name, value, &keys);
        let pass = pass(&keys);
        assert!(pass.is_bound_to([cookie("JSESSIONID", "1"), cookie("MoodleSession", "abc")]));
        assert!(!pass.is_bound_to([cookie("MoodleSession", "abd"), cookie("MoodleSessio", "nabc")]));
        assert!(!pass.is_bound_to([]));
        let moved = pass.moved(cookie("MoodleSession", "new"), NOW.plus(MS));
        assert!(moved.is_bound_to([cookie("MoodleSession", "new")]));
        assert!(!moved.is_bound_to([cookie("MoodleSession", "abc")]));
        assert_eq!((moved.holder, moved.earned), (pass.holder, pass.earned));
    }

    #[test]
    fn outlives_a_rotation_of_keys_with_its_cookie() {
        let mut keys = ring();
        let pass = pass(&keys);
        let text = pass.seal(&keys);
        keys.rotate(NOW, &mut SeededRng::new(3));
        let opened = UpstreamPass::open(&text, &keys, NOW).unwrap();
        assert!(opened.is_bound_to([SessionCookie::of("MoodleSession", "abc", &keys)]));
        keys.rotate(NOW, &mut SeededRng::new(4));
        assert_eq!(UpstreamPass::open(&text, &keys, NOW), Err(PassRefusal::UnknownKey));
    }

    #[test]
    fn is_no_pass_of_the_school_and_the_other_way_round() {
        let keys = ring();
        let text = pass(&keys).seal(&keys);
        assert!(crate::Pass::open(&text, &keys, NOW).is_err());
        let other = seal(&keys, Purpose::Pass, &[7; PAYLOAD_BYTES], b"");
        assert_eq!(UpstreamPass::open(&other, &keys, NOW), Err(PassRefusal::Forged));
    }

    proptest! {
        #[test]
        fn every_pass_reads_back(holder: u128, cookie: [u8; 16], earned in 0_i64..600_000_000) {
            let earned = NOW.minus(Duration::from_millis(earned as u64));
            let pass = UpstreamPass { holder, cookie: SessionCookie(cookie), earned, renewed: NOW };
            let keys = ring();
            prop_assert_eq!(UpstreamPass::open(&pass.seal(&keys), &keys, NOW), Ok(pass));
        }

        #[test]
        fn no_instants_make_it_panic(earned: i64, renewed: i64, now: i64) {
            let keys = ring();
            let (earned, renewed) = (Instant::from_millis(earned), Instant::from_millis(renewed));
            let pass = UpstreamPass { earned, renewed, ..pass(&keys) };
            let now = Instant::from_millis(now);
            let _ = UpstreamPass::open(&pass.seal(&keys), &keys, now);
            let _ = (pass.needs_renewal(now), pass.cookie_max_age(now));
        }

        #[test]
        fn any_changed_character_is_refused(at in 0_usize..110, to in "[A-Za-z0-9_-]") {
            let keys = ring();
            let text = pass(&keys).seal(&keys);
            let mut changed = text.clone();
            changed.replace_range(at..=at, &to);
            prop_assert_eq!(UpstreamPass::open(&changed, &keys, NOW).is_ok(), changed == text);
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,260}") {
            prop_assert!(UpstreamPass::open(&text, &ring(), NOW).is_err());
        }
    }
}

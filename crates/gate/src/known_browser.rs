use crate::keys::{KeyRing, Purpose};
use crate::limits::{CLOCK_SKEW_MAX, KNOWN_BROWSER_LIFE, KNOWN_LOGINS_MAX};
use crate::seal::{Fields, open, seal};
use aws_lc_rs::hmac;
use preau_base::{Instant, Rng};

/// Enough that no two logins of a country meet, and keyed, so that nobody finds one that collides.
const LOGIN_BYTES: usize = 8;
/// Issued 8, browser 8, then [`KNOWN_LOGINS_MAX`] logins of 8, unused ones zero.
const PAYLOAD_BYTES: usize = 16 + KNOWN_LOGINS_MAX * LOGIN_BYTES;

/// A login as budgets and known browsers hold it: a keyed hash, from which nobody reads the login.
///
/// Case and surrounding spaces don't count, whatever the form sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LoginKey([u8; LOGIN_BYTES]);

impl LoginKey {
    pub fn of(login: &str, keys: &KeyRing) -> Self {
        let tag = hmac::sign(keys.login_key(), login.trim().to_lowercase().as_bytes());
        let mut hash = [0; LOGIN_BYTES];
        for (to, from) in hash.iter_mut().zip(tag.as_ref()) {
            *to = *from;
        }
        Self(hash)
    }
}

/// A browser among those that a login is known on; its wrong passwords are counted apart from everybody else's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BrowserId([u8; 8]);

/// A cookie kept over sign-outs that says which logins have signed in here, the latest first, at most
/// [`KNOWN_LOGINS_MAX`]. Don't set it on a shared device: whoever sits there next would share the budget.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownBrowser {
    id: BrowserId,
    issued: Instant,
    logins: Vec<LoginKey>,
}

impl KnownBrowser {
    /// A browser from which nobody has signed in yet.
    pub fn new(now: Instant, rng: &mut dyn Rng) -> Self {
        let mut id = [0; 8];
        rng.fill(&mut id);
        Self { id: BrowserId(id), issued: now, logins: Vec::new() }
    }

    /// The cookie after `login` has signed in here. Set it anew at each sign-in, so that it lives on.
    #[must_use]
    pub fn with(mut self, login: LoginKey, now: Instant) -> Self {
        self.issued = now;
        self.logins.retain(|known| *known != login);
        self.logins.insert(0, login);
        self.logins.truncate(KNOWN_LOGINS_MAX);
        self
    }

    /// The browser's id when `login` has signed in here before: what [`crate::Attempt`] wants.
    pub fn known_for(&self, login: LoginKey) -> Option<BrowserId> {
        self.logins.contains(&login).then_some(self.id)
    }

    /// The cookie's value: 152 characters of base64url; `Max-Age` is [`KNOWN_BROWSER_LIFE`].
    pub fn seal(&self, keys: &KeyRing) -> String {
        let mut payload = [0; PAYLOAD_BYTES];
        let fields = std::iter::once(self.issued.as_millis().to_be_bytes())
            .chain([self.id.0])
            .chain(self.logins.iter().map(|login| login.0));
        for (to, from) in payload.chunks_exact_mut(LOGIN_BYTES).zip(fields) {
            to.copy_from_slice(&from);
        }
        seal(keys, Purpose::KnownBrowser, &payload, b"")
    }

    /// None when the cookie is not ours or too old: the browser is then like any other.
    pub fn open(text: &str, keys: &KeyRing, now: Instant) -> Option<Self> {
        let payload = open::<PAYLOAD_BYTES>(text, keys, Purpose::KnownBrowser, b"").ok()?;
        let mut fields = Fields(&payload);
        let issued = Instant::from_millis(i64::from_be_bytes(fields.take()));
        let id = BrowserId(fields.take());
        let logins = (0..KNOWN_LOGINS_MAX).map(|_| LoginKey(fields.take())).filter(|login| login.0 != [0; 8]);
        let browser = Self { id, issued, logins: logins.collect() };
        let alive = issued <= now.plus(CLOCK_SKEW_MAX) && now < issued.plus(KNOWN_BROWSER_LIFE);
        alive.then_some(browser)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use preau_base::SeededRng;
    use proptest::prelude::*;

    const NOW: Instant = Instant::from_secs(1_800_000_000);

    fn ring() -> KeyRing {
        KeyRing::generate(NOW, &mut SeededRng::new(1))
    }

    #[test]
    fn a_family_s_tablet_is_known_for_each_of_them_and_nobody_else() {
        let keys = ring();
        let [lea, tom, eve] = ["lea.martin", "tom.martin", "eve.autre"].map(|login| LoginKey::of(login, &keys));
        let browser = KnownBrowser::new(NOW, &mut SeededRng::new(2)).with(lea, NOW).with(tom, NOW).with(lea, NOW);
        let text = browser.seal(&keys);
        assert_eq!(text.len(), 152);
        let opened = KnownBrowser::open(&text, &keys, NOW).unwrap();
        assert_eq!(opened, browser);
        assert_eq!(opened.logins, [lea, tom]);
        assert_eq!(opened.known_for(lea), Some(browser.id));
        assert_eq!(opened.known_for(eve), None);
    }

    #[test]
    fn survives_the_rotation_of_keys_and_ends_after_its_life() {
        let mut keys = ring();
        let mut rng = SeededRng::new(3);
        let login = LoginKey::of("prof", &keys);
        let text = KnownBrowser::new(NOW, &mut rng).with(login, NOW).seal(&keys);
        keys.rotate(NOW, &mut rng);
        keys.rotate(NOW, &mut rng);
        let last = NOW.plus(KNOWN_BROWSER_LIFE).minus(std::time::Duration::from_millis(1));
        assert!(KnownBrowser::open(&text, &keys, last).is_some_and(|it| it.known_for(login).is_some()));
        assert_eq!(KnownBrowser::open(&text, &keys, NOW.plus(KNOWN_BROWSER_LIFE)), None);
    }

    #[test]
    fn the_oldest_login_goes_when_there_are_too_many() {
        let keys = ring();
        let logins: Vec<LoginKey> = (0..9).map(|n| LoginKey::of(&format!("eleve{n}"), &keys)).collect();
        let full = logins.iter().fold(KnownBrowser::new(NOW, &mut SeededRng::new(4)), |it, &login| it.with(login, NOW));
        let opened = KnownBrowser::open(&full.seal(&keys), &keys, NOW).unwrap();
        let known: Vec<bool> = logins.iter().map(|&login| opened.known_for(login).is_some()).collect();
        assert_eq!(known, [false, true, true, true, true, true, true, true, true]);
    }

    #[test]
    fn a_login_is_the_same_in_capitals_and_differs_by_ring() {
        let keys = ring();
        assert_eq!(LoginKey::of(" Léa.Martin ", &keys), LoginKey::of("léa.martin", &keys));
        assert_ne!(LoginKey::of("lea", &keys), LoginKey::of("lea", &KeyRing::generate(NOW, &mut SeededRng::new(2))));
    }

    proptest! {
        #[test]
        fn any_changed_character_is_refused(at in 0_usize..152, to in "[A-Za-z0-9_-]") {
            let keys = ring();
            let text = KnownBrowser::new(NOW, &mut SeededRng::new(2)).with(LoginKey::of("a", &keys), NOW).seal(&keys);
            let mut changed = text.clone();
            changed.replace_range(at..=at, &to);
            prop_assert_eq!(KnownBrowser::open(&changed, &keys, NOW).is_some(), changed == text);
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,260}") {
            prop_assert_eq!(KnownBrowser::open(&text, &ring(), NOW), None);
        }
    }
}

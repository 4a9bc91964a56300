use crate::limits::KEY_ROTATED_AFTER;
use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use preau_base::{Instant, Pii, Rng};
use std::fmt;

/// Bytes of a key, as RFC 2104 §3 wants for SHA-256.
const KEY_BYTES: usize = 32;
const HEADER: &str = "preau-keys 1";
/// The key id that stands in what the root key sealed.
const ROOT_ID: u8 = 0;

/// What a key seals. Each purpose has its own key, derived from the ring's, so that a token of one kind
/// never opens as another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    Pass,
    Join,
    Csrf,
    Ticket,
    Entry,
    /// A pass of the gate in front of somebody else's application.
    Upstream,
    /// A guest of one lesson.
    Guest,
    /// A program that publishes into one lesson, or plays it.
    Stream,
    KnownBrowser,
}

impl Purpose {
    const ROTATING: [Self; 8] =
        [Self::Pass, Self::Join, Self::Csrf, Self::Ticket, Self::Entry, Self::Upstream, Self::Guest, Self::Stream];

    const fn label(self) -> &'static [u8] {
        match self {
            Self::Pass => b"preau 1 pass",
            Self::Join => b"preau 1 join token",
            Self::Csrf => b"preau 1 form token",
            Self::Ticket => b"preau 1 waiting ticket",
            Self::Entry => b"preau 1 entry",
            Self::Upstream => b"preau 1 upstream pass",
            Self::Guest => b"preau 1 guest pass",
            Self::Stream => b"preau 1 stream key",
            Self::KnownBrowser => b"preau 1 known browser",
        }
    }
}

/// The keys that seal what browsers keep for us, and the root key under which secrets are stored.
///
/// The current key seals, the current and the previous one open. The root key is not rotated: digests in the
/// store and known browsers outlive a rotation.
#[derive(Clone)]
pub struct KeyRing {
    root: Root,
    current: RotatingKey,
    previous: Option<RotatingKey>,
}

#[derive(Clone)]
struct Root {
    secret: [u8; KEY_BYTES],
    known_browser: hmac::Key,
    login: hmac::Key,
    code: hmac::Key,
    link: hmac::Key,
    session_cookie: hmac::Key,
}

#[derive(Clone)]
struct RotatingKey {
    id: u8,
    made: Instant,
    secret: [u8; KEY_BYTES],
    /// In the order of [`Purpose::ROTATING`].
    derived: [hmac::Key; Purpose::ROTATING.len()],
}

/// Why a key file was refused. Says where, never what stood there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyFileError {
    #[error("key file: the first line is not “{HEADER}”")]
    Header,
    #[error("key file, line {line}: expected “root KEY” or “key ID MADE_MS KEY”")]
    Line { line: usize },
    #[error("key file, line {line}: the key is not {KEY_BYTES} bytes in base64url")]
    Key { line: usize },
    #[error("key file, line {line}: this id or the root occurs a second time")]
    Twice { line: usize },
    #[error("key file: the root key is missing")]
    NoRoot,
    #[error("key file: there is no rotating key")]
    NoKey,
    #[error("key file, line {line}: there are more keys than the current and the previous one")]
    TooMany { line: usize },
}

/// A key for one purpose: HMAC-SHA256 of the purpose's label under the parent key, which is HKDF-Expand
/// (RFC 5869 §2.3) for one block but for its counter byte.
fn derive(secret: &[u8; KEY_BYTES], label: &[u8]) -> hmac::Key {
    let parent = hmac::Key::new(hmac::HMAC_SHA256, secret);
    hmac::Key::new(hmac::HMAC_SHA256, hmac::sign(&parent, label).as_ref())
}

impl Root {
    fn new(secret: [u8; KEY_BYTES]) -> Self {
        Self {
            known_browser: derive(&secret, Purpose::KnownBrowser.label()),
            login: derive(&secret, b"preau 1 login"),
            code: derive(&secret, b"preau 1 code"),
            link: derive(&secret, b"preau 1 link"),
            session_cookie: derive(&secret, b"preau 1 session cookie"),
            secret,
        }
    }
}

impl RotatingKey {
    fn new(id: u8, made: Instant, secret: [u8; KEY_BYTES]) -> Self {
        let derived = Purpose::ROTATING.map(|purpose| derive(&secret, purpose.label()));
        Self { id, made, secret, derived }
    }
}

impl KeyRing {
    /// A new ring with one key and a root key.
    pub fn generate(now: Instant, rng: &mut dyn Rng) -> Self {
        Self { root: Root::new(draw(rng)), current: RotatingKey::new(1, now, draw(rng)), previous: None }
    }

    /// True when the current key has sealed for [`KEY_ROTATED_AFTER`].
    pub fn rotation_due(&self, now: Instant) -> bool {
        now.since(self.current.made) >= KEY_ROTATED_AFTER
    }

    /// Makes a new current key when it is time; true when it did and the file is to be written anew.
    ///
    /// Write the file before the ring is used: a restart would otherwise refuse what the new key sealed.
    pub fn rotate_if_due(&mut self, now: Instant, rng: &mut dyn Rng) -> bool {
        let due = self.rotation_due(now);
        if due {
            self.rotate(now, rng);
        }
        due
    }

    /// Makes a new current key at once, as after a leak: twice in a row makes every pass worthless.
    pub fn rotate(&mut self, now: Instant, rng: &mut dyn Rng) {
        let next = RotatingKey::new(self.current.id.wrapping_add(1), now, draw(rng));
        self.previous = Some(std::mem::replace(&mut self.current, next));
    }

    /// The text of the key file (mode 0600), newest key first. It holds the secrets themselves.
    pub fn to_text(&self) -> Pii<String> {
        let mut text = format!("{HEADER}\nroot {}\n", URL_SAFE_NO_PAD.encode(self.root.secret));
        for key in std::iter::once(&self.current).chain(&self.previous) {
            let secret = URL_SAFE_NO_PAD.encode(key.secret);
            text.push_str(&format!("key {} {} {secret}\n", key.id, key.made.as_millis()));
        }
        Pii::new(text)
    }

    /// Reads what [`KeyRing::to_text`] wrote. Empty lines and lines that begin with `#` are passed over.
    pub fn from_text(text: &str) -> Result<Self, KeyFileError> {
        let mut lines = text
            .lines()
            .enumerate()
            .map(|(at, line)| (at + 1, line.trim()))
            .filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
        if lines.next().is_none_or(|(_, line)| line != HEADER) {
            return Err(KeyFileError::Header);
        }
        let (mut root, mut current, mut previous) = (None, None, None);
        for (line, text) in lines {
            let fields: Vec<&str> = text.split_ascii_whitespace().collect();
            match fields[..] {
                ["root", secret] if root.is_none() => root = Some(Root::new(read_key(secret, line)?)),
                ["root", _] => return Err(KeyFileError::Twice { line }),
                ["key", id, made, secret] => {
                    let key = read_rotating(id, made, secret, line)?;
                    match (&current, &previous) {
                        (None, _) => current = Some(key),
                        (Some(RotatingKey { id, .. }), _) if *id == key.id => return Err(KeyFileError::Twice { line }),
                        (Some(_), None) => previous = Some(key),
                        (Some(_), Some(_)) => return Err(KeyFileError::TooMany { line }),
                    }
                }
                _ => return Err(KeyFileError::Line { line }),
            }
        }
        Ok(Self { root: root.ok_or(KeyFileError::NoRoot)?, current: current.ok_or(KeyFileError::NoKey)?, previous })
    }

    /// The key that seals now, and its id.
    pub(crate) fn sealing(&self, purpose: Purpose) -> (u8, &hmac::Key) {
        match purpose {
            Purpose::KnownBrowser => (ROOT_ID, &self.root.known_browser),
            _ => (self.current.id, self.current.of(purpose, &self.root)),
        }
    }

    /// The key of that id, if the ring still has it.
    pub(crate) fn opening(&self, purpose: Purpose, id: u8) -> Option<&hmac::Key> {
        if purpose == Purpose::KnownBrowser {
            return (id == ROOT_ID).then_some(&self.root.known_browser);
        }
        let mut keys = std::iter::once(&self.current).chain(&self.previous);
        keys.find(|key| key.id == id).map(|key| key.of(purpose, &self.root))
    }

    pub(crate) fn login_key(&self) -> &hmac::Key {
        &self.root.login
    }

    pub(crate) fn code_key(&self) -> &hmac::Key {
        &self.root.code
    }

    pub(crate) fn link_key(&self) -> &hmac::Key {
        &self.root.link
    }

    pub(crate) fn session_cookie_key(&self) -> &hmac::Key {
        &self.root.session_cookie
    }
}

impl RotatingKey {
    fn of<'a>(&'a self, purpose: Purpose, root: &'a Root) -> &'a hmac::Key {
        match purpose {
            Purpose::Pass => &self.derived[0],
            Purpose::Join => &self.derived[1],
            Purpose::Csrf => &self.derived[2],
            Purpose::Ticket => &self.derived[3],
            Purpose::Entry => &self.derived[4],
            Purpose::Upstream => &self.derived[5],
            Purpose::Guest => &self.derived[6],
            Purpose::Stream => &self.derived[7],
            Purpose::KnownBrowser => &root.known_browser,
        }
    }
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let previous = self.previous.as_ref().map(|key| key.id);
        f.debug_struct("KeyRing")
            .field("current", &self.current.id)
            .field("previous", &previous)
            .finish_non_exhaustive()
    }
}

fn draw(rng: &mut dyn Rng) -> [u8; KEY_BYTES] {
    let mut secret = [0; KEY_BYTES];
    rng.fill(&mut secret);
    secret
}

fn read_key(text: &str, line: usize) -> Result<[u8; KEY_BYTES], KeyFileError> {
    let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| KeyFileError::Key { line })?;
    bytes.try_into().map_err(|_| KeyFileError::Key { line })
}

fn read_rotating(id: &str, made: &str, secret: &str, line: usize) -> Result<RotatingKey, KeyFileError> {
    let id = id.parse().map_err(|_| KeyFileError::Line { line })?;
    let made = made.parse().map_err(|_| KeyFileError::Line { line })?;
    Ok(RotatingKey::new(id, Instant::from_millis(made), read_key(secret, line)?))
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
    fn reads_back_what_it_wrote_and_prints_no_secret() {
        let mut keys = ring();
        keys.rotate(NOW.plus(KEY_ROTATED_AFTER), &mut SeededRng::new(2));
        let text = keys.to_text();
        let again = KeyRing::from_text(text.reveal()).unwrap();
        assert_eq!(again.to_text(), text);
        assert_eq!(format!("{again:?} {text:?}"), "KeyRing { current: 2, previous: Some(1), .. } (personal)");
    }

    #[test]
    fn rotates_after_thirty_days_and_keeps_the_previous_key() {
        let mut keys = ring();
        let mut rng = SeededRng::new(2);
        assert!(!keys.rotate_if_due(NOW.plus(KEY_ROTATED_AFTER).minus(std::time::Duration::from_millis(1)), &mut rng));
        assert!(keys.rotate_if_due(NOW.plus(KEY_ROTATED_AFTER), &mut rng));
        assert!(!keys.rotate_if_due(NOW.plus(KEY_ROTATED_AFTER), &mut rng));
        assert!(keys.opening(Purpose::Pass, 1).is_some());
        keys.rotate(NOW.plus(KEY_ROTATED_AFTER * 2), &mut rng);
        assert!(keys.opening(Purpose::Pass, 1).is_none());
        assert!(keys.opening(Purpose::Pass, 2).is_some());
    }

    #[test]
    fn each_purpose_has_its_own_key() {
        let keys = ring();
        let purposes: Vec<Purpose> = Purpose::ROTATING.into_iter().chain([Purpose::KnownBrowser]).collect();
        let mut tags: Vec<Vec<u8>> = purposes
            .iter()
            .map(|&purpose| keys.sealing(purpose).1)
            .chain([keys.login_key(), keys.code_key(), keys.link_key(), keys.session_cookie_key()])
            .map(|key| hmac::sign(key, b"same").as_ref().to_vec())
            .collect();
        tags.sort();
        tags.dedup();
        assert_eq!(tags.len(), purposes.len() + 4);
    }

    #[test]
    fn says_where_a_key_file_is_wrong() {
        let key = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
        let check = |text: &str, expect| assert_eq!(KeyRing::from_text(text).err(), Some(expect), "{text}");
        check("", KeyFileError::Header);
        check("preau-keys 2\n", KeyFileError::Header);
        check("preau-keys 1\n", KeyFileError::NoRoot);
        check(&format!("preau-keys 1\nroot {key}"), KeyFileError::NoKey);
        check("preau-keys 1\nroot AAAA", KeyFileError::Key { line: 2 });
        check("preau-keys 1\n# note\n\nrood x", KeyFileError::Line { line: 4 });
        check(&format!("preau-keys 1\nroot {key}\nroot {key}"), KeyFileError::Twice { line: 3 });
        check(&format!("preau-keys 1\nroot {key}\nkey 256 0 {key}"), KeyFileError::Line { line: 3 });
        check(&format!("preau-keys 1\nroot {key}\nkey 1 0 {key}\nkey 1 0 {key}"), KeyFileError::Twice { line: 4 });
        let three = format!("preau-keys 1\nroot {key}\nkey 3 0 {key}\nkey 2 0 {key}\nkey 1 0 {key}");
        check(&three, KeyFileError::TooMany { line: 5 });
    }

    proptest! {
        #[test]
        fn no_text_makes_the_reader_panic(text in "(preau-keys 1\n)?((root|key|[a-z]*) ?[ -~]{0,60}\n){0,5}") {
            let _ = KeyRing::from_text(&text);
        }
    }
}

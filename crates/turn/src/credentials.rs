//! Short-lived credentials, in the form that is common for TURN (draft-uberti-behave-turn-rest-00): the user name says
//! until when, the password is a code over it. Nothing is stored.

use crate::limits::{CREDENTIALS_LIFETIME, NONCE_LIFETIME, USERNAME_BYTES_MAX};
use aws_lc_rs::{constant_time, hmac};
use base64::prelude::{BASE64_STANDARD_NO_PAD, Engine};
use md5::{Digest, Md5};
use preau_base::{Instant, Rng};
use std::net::SocketAddr;

/// What a browser is given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credentials {
    pub username: String,
    pub password: String,
}

/// The secret of this process: a restart ends every allocation anyway.
pub struct Secret(hmac::Key);

/// The key of a message's integrity (RFC 8489, section 9.2.2).
pub type Key = [u8; 16];

const SECRET_BYTES: usize = 32;
const ALIAS_BYTES: usize = 9;
const PASSWORD_BYTES: usize = 18;
const NONCE_CODE_BYTES: usize = 12;

impl Secret {
    pub fn new(rng: &mut dyn Rng) -> Self {
        let mut secret = [0; SECRET_BYTES];
        rng.fill(&mut secret);
        Self(hmac::Key::new(hmac::HMAC_SHA256, &secret))
    }

    /// `who` is told apart in limits: a visit, not a name.
    pub fn credentials(&self, who: &str, now: Instant) -> Credentials {
        let until_s = now.plus(CREDENTIALS_LIFETIME).as_secs();
        let username = format!("{until_s}:{who}");
        let password = self.password(&username);
        Credentials { username, password }
    }

    /// Somebody, for limits, told from others and no more.
    pub fn alias(&self, who: u128) -> String {
        let code = hmac::sign(&self.0, format!("alias {who}").as_bytes());
        BASE64_STANDARD_NO_PAD.encode(&code.as_ref()[..ALIAS_BYTES])
    }

    fn password(&self, username: &str) -> String {
        let code = hmac::sign(&self.0, format!("password {username}").as_bytes());
        BASE64_STANDARD_NO_PAD.encode(&code.as_ref()[..PASSWORD_BYTES])
    }

    /// The key of whoever has the password of this user name. `may_be_late`: an allocation that is there outlives the time
    /// for making one. `None`: no name of ours, or its time is over.
    pub fn key(&self, username: &[u8], realm: &str, may_be_late: bool, now: Instant) -> Option<Key> {
        let username = str::from_utf8(username).ok().filter(|name| name.len() <= USERNAME_BYTES_MAX)?;
        let until_s: i64 = username.split_once(':')?.0.parse().ok()?;
        if !may_be_late && now.as_secs() > until_s {
            return None;
        }
        let password = self.password(username);
        Some(Md5::digest(format!("{username}:{realm}:{password}")).into())
    }

    /// A nonce for this client. It says until when, so none is stored.
    pub fn nonce(&self, client: SocketAddr, now: Instant) -> String {
        let until = now.plus(NONCE_LIFETIME).as_millis();
        format!("{until:x}.{}", self.nonce_code(until, client))
    }

    fn nonce_code(&self, until: i64, client: SocketAddr) -> String {
        let code = hmac::sign(&self.0, format!("nonce {until} {client}").as_bytes());
        BASE64_STANDARD_NO_PAD.encode(&code.as_ref()[..NONCE_CODE_BYTES])
    }

    pub fn knows_nonce(&self, nonce: &[u8], client: SocketAddr, now: Instant) -> bool {
        let Some((until, code)) = str::from_utf8(nonce).ok().and_then(|nonce| nonce.split_once('.')) else {
            return false;
        };
        let Ok(until) = i64::from_str_radix(until, 16) else { return false };
        let ours = self.nonce_code(until, client);
        now.as_millis() <= until && constant_time::verify_slices_are_equal(ours.as_bytes(), code.as_bytes()).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use preau_base::SeededRng;
    use std::time::Duration;

    const NOW: Instant = Instant::EPOCH;

    fn secret(seed: u64) -> Secret {
        Secret::new(&mut SeededRng::new(seed))
    }

    #[test]
    fn a_user_name_is_good_until_its_time_and_longer_for_what_is_there() {
        let secret = secret(1);
        let Credentials { username, .. } = secret.credentials("visit", NOW);
        let late = NOW.plus(CREDENTIALS_LIFETIME + Duration::from_secs(2));
        assert!(secret.key(username.as_bytes(), "preau", false, NOW).is_some());
        assert!(secret.key(username.as_bytes(), "preau", false, late).is_none());
        assert!(secret.key(username.as_bytes(), "preau", true, late).is_some());
        for bad in [&b""[..], b"visit", b":visit", b"x:visit", b"\xff:visit", &[b'9'; 200]] {
            assert!(secret.key(bad, "preau", true, NOW).is_none());
        }
    }

    #[test]
    fn whoever_makes_up_a_time_has_not_its_password() {
        let secret = secret(1);
        let mine = secret.credentials("visit", NOW);
        let longer = format!("{}:visit", 4_000_000_000u64);
        assert_ne!(secret.password(&longer), mine.password);
        assert_ne!(secret.password(&mine.username), self::secret(2).password(&mine.username));
    }

    #[test]
    fn a_nonce_is_one_client_s_and_for_a_time() {
        let secret = secret(1);
        let (one, other): (SocketAddr, SocketAddr) =
            ("192.0.2.1:5".parse().expect("an address"), "192.0.2.1:6".parse().expect("an address"));
        let nonce = secret.nonce(one, NOW);
        assert!(secret.knows_nonce(nonce.as_bytes(), one, NOW));
        assert!(!secret.knows_nonce(nonce.as_bytes(), other, NOW));
        assert!(!secret.knows_nonce(nonce.as_bytes(), one, NOW.plus(NONCE_LIFETIME + Duration::from_secs(1))));
        for bad in [&b""[..], b".", b"zz.x", b"ffff.", b"\xff"] {
            assert!(!secret.knows_nonce(bad, one, NOW));
        }
    }
}

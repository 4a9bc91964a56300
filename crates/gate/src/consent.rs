//! An operator's agreement that their server may be rehearsed on: a key installed for this purpose alone signs what a
//! rehearsal asks (Ed25519, RFC 8032). Whoever rehearses was given the public key by the operator.

use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use preau_base::{Pii, Rng};
use std::fmt;

const KEY_BYTES: usize = 32;
const NONCE_BYTES: usize = 32;
const SIGNATURE_BYTES: usize = 64;
/// So that the signature is good for nothing else.
const PURPOSE: &[u8] = b"preau 1 rehearsal consent";
const HEADER: &str = "preau-consent 1 ";
/// The longest host that is signed for, its port included.
const HOST_CHARS_MAX: usize = 260;

/// The operator's key. Its file is one line, mode 0600.
pub struct ConsentKey {
    seed: [u8; KEY_BYTES],
    pair: Ed25519KeyPair,
}

/// What the operator hands to whoever may rehearse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConsentPublic([u8; KEY_BYTES]);

/// What is asked, once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConsentNonce([u8; NONCE_BYTES]);

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConsentError {
    #[error("a consent key file is one line, “{HEADER}” and {KEY_BYTES} bytes in base64url")]
    KeyFile,
    #[error("a public key of consent is {KEY_BYTES} bytes in base64url")]
    Public,
    #[error("a nonce is {NONCE_BYTES} bytes in base64url")]
    Nonce,
    #[error("the server’s signature is not by the key of its operator, or not for this question")]
    Refused,
}

impl ConsentKey {
    pub fn generate(rng: &mut dyn Rng) -> Result<Self, ConsentError> {
        let mut seed = [0; KEY_BYTES];
        rng.fill(&mut seed);
        Self::of(seed)
    }

    /// Reads what [`ConsentKey::to_text`] wrote.
    pub fn from_text(text: &str) -> Result<Self, ConsentError> {
        let seed = text.trim().strip_prefix(HEADER).ok_or(ConsentError::KeyFile)?;
        Self::of(bytes(seed).ok_or(ConsentError::KeyFile)?)
    }

    fn of(seed: [u8; KEY_BYTES]) -> Result<Self, ConsentError> {
        let pair = Ed25519KeyPair::from_seed_unchecked(&seed).map_err(|_| ConsentError::KeyFile)?;
        Ok(Self { seed, pair })
    }

    /// The text of the key file. It holds the secret itself.
    pub fn to_text(&self) -> Pii<String> {
        Pii::new(format!("{HEADER}{}\n", URL_SAFE_NO_PAD.encode(self.seed)))
    }

    pub fn public(&self) -> ConsentPublic {
        let mut public = [0; KEY_BYTES];
        let made = self.pair.public_key().as_ref();
        let length = made.len().min(KEY_BYTES);
        public[..length].copy_from_slice(&made[..length]);
        ConsentPublic(public)
    }

    /// Agrees for this host (as the asker addressed it) and this question: 86 characters of base64url.
    pub fn sign(&self, nonce: ConsentNonce, host: &str) -> Option<String> {
        (host.len() <= HOST_CHARS_MAX).then(|| URL_SAFE_NO_PAD.encode(self.pair.sign(&message(nonce, host)).as_ref()))
    }
}

impl fmt::Debug for ConsentKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConsentKey").field("public", &self.public()).finish_non_exhaustive()
    }
}

impl ConsentPublic {
    pub fn from_text(text: &str) -> Result<Self, ConsentError> {
        bytes(text.trim()).map(Self).ok_or(ConsentError::Public)
    }

    pub fn to_text(self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }

    /// Whether the operator agreed to this question for this host.
    pub fn verify(self, nonce: ConsentNonce, host: &str, signature: &str) -> Result<(), ConsentError> {
        let signature: [u8; SIGNATURE_BYTES] = bytes(signature).ok_or(ConsentError::Refused)?;
        let key = UnparsedPublicKey::new(&ED25519, self.0);
        key.verify(&message(nonce, host), &signature).map_err(|_| ConsentError::Refused)
    }
}

impl ConsentNonce {
    pub fn draw(rng: &mut dyn Rng) -> Self {
        let mut nonce = [0; NONCE_BYTES];
        rng.fill(&mut nonce);
        Self(nonce)
    }

    pub fn from_text(text: &str) -> Result<Self, ConsentError> {
        bytes(text).map(Self).ok_or(ConsentError::Nonce)
    }

    /// 43 characters of base64url.
    pub fn to_text(self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }
}

fn message(nonce: ConsentNonce, host: &str) -> Vec<u8> {
    let mut message = PURPOSE.to_vec();
    message.push(0);
    message.extend_from_slice(&nonce.0);
    message.extend_from_slice(host.to_ascii_lowercase().as_bytes());
    message
}

fn bytes<const N: usize>(text: &str) -> Option<[u8; N]> {
    // Longer texts are refused unread.
    let most = N.div_ceil(3) * 4;
    (text.len() <= most).then(|| URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;
    use preau_base::SeededRng;
    use proptest::prelude::*;

    fn key() -> ConsentKey {
        ConsentKey::generate(&mut SeededRng::new(1)).unwrap()
    }

    #[test]
    fn agrees_to_one_question_for_one_host() {
        let (key, nonce) = (key(), ConsentNonce::draw(&mut SeededRng::new(2)));
        let signature = key.sign(nonce, "Ecole.example:443").unwrap();
        let public = key.public();
        assert_eq!(public.verify(nonce, "ecole.example:443", &signature), Ok(()));
        let other = ConsentNonce::draw(&mut SeededRng::new(3));
        assert_eq!(public.verify(other, "ecole.example:443", &signature), Err(ConsentError::Refused));
        assert_eq!(public.verify(nonce, "ecole.example", &signature), Err(ConsentError::Refused));
        let stranger = ConsentKey::generate(&mut SeededRng::new(4)).unwrap().public();
        assert_eq!(stranger.verify(nonce, "ecole.example:443", &signature), Err(ConsentError::Refused));
        assert_eq!(key.sign(nonce, &"a".repeat(HOST_CHARS_MAX + 1)), None);
    }

    #[test]
    fn texts_read_back_and_nothing_secret_prints() {
        let key = key();
        let text = key.to_text();
        let again = ConsentKey::from_text(text.reveal()).unwrap();
        assert_eq!(again.public(), key.public());
        assert_eq!(ConsentPublic::from_text(&key.public().to_text()), Ok(key.public()));
        let secret = text.reveal().trim().strip_prefix(HEADER).unwrap().to_owned();
        assert!(!format!("{key:?} {text:?}").contains(&secret));
    }

    proptest! {
        #[test]
        fn no_text_is_taken_for_a_signature(text in ".{0,120}") {
            let nonce = ConsentNonce::draw(&mut SeededRng::new(2));
            prop_assert!(key().public().verify(nonce, "h", &text).is_err());
            let _ = (ConsentKey::from_text(&text).is_ok(), ConsentNonce::from_text(&text), ConsentPublic::from_text(&text));
        }
    }
}

use crate::keys::{KeyRing, Purpose};
use crate::limits::TOKEN_CHARS_MAX;
use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// The layout below; a later one gets the next number.
const VERSION: u8 = 1;
const HEAD_BYTES: usize = 2;
/// The whole of HMAC-SHA256: half of it would do against forgers, but 22 characters are not worth the argument.
const MAC_BYTES: usize = 32;
/// Version, key id, payload and MAC of the largest token fit in here.
const TOKEN_BYTES_MAX: usize = TOKEN_CHARS_MAX / 4 * 3;

/// Why a sealed text was not opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealRefusal {
    /// Not a text of this kind: length, alphabet or version.
    #[error("the text is malformed")]
    Malformed,
    /// Sealed with a key that the ring no longer has.
    #[error("sealed with a key that is no longer kept")]
    UnknownKey,
    /// The MAC is not ours.
    #[error("the seal is forged")]
    Forged,
}

/// Seals `payload` for one purpose: base64url (RFC 4648 §5, no padding) of version, key id, payload, and
/// HMAC-SHA256 over all of them followed by `bound_to`, which is not in the text.
///
/// The payload of a purpose has one length, so payload and `bound_to` can't be shifted into one another.
/// `payload` may have up to `TOKEN_BYTES_MAX - 34` bytes.
pub(crate) fn seal(keys: &KeyRing, purpose: Purpose, payload: &[u8], bound_to: &[u8]) -> String {
    let (id, key) = keys.sealing(purpose);
    let mut bytes = Vec::with_capacity(HEAD_BYTES + payload.len() + MAC_BYTES);
    bytes.extend_from_slice(&[VERSION, id]);
    bytes.extend_from_slice(payload);
    let mac = mac(key, &bytes, bound_to);
    bytes.extend_from_slice(mac.as_ref());
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Opens what [`seal`] made with a payload of exactly `N` bytes. The MAC is compared in constant time.
pub(crate) fn open<const N: usize>(
    text: &str,
    keys: &KeyRing,
    purpose: Purpose,
    bound_to: &[u8],
) -> Result<[u8; N], SealRefusal> {
    let mut buffer = [0; TOKEN_BYTES_MAX];
    if text.len() > TOKEN_CHARS_MAX {
        return Err(SealRefusal::Malformed);
    }
    // The engine refuses padding and non-zero bits after the end, so each token has one spelling only.
    let len = URL_SAFE_NO_PAD.decode_slice(text, &mut buffer).map_err(|_| SealRefusal::Malformed)?;
    let bytes = buffer.get(..len).ok_or(SealRefusal::Malformed)?;
    let (sealed, mac_found) = bytes.split_last_chunk::<MAC_BYTES>().ok_or(SealRefusal::Malformed)?;
    let ([version, id], payload) = sealed.split_first_chunk::<HEAD_BYTES>().ok_or(SealRefusal::Malformed)?;
    let payload: [u8; N] = payload.try_into().map_err(|_| SealRefusal::Malformed)?;
    if *version != VERSION {
        return Err(SealRefusal::Malformed);
    }
    let key = keys.opening(purpose, *id).ok_or(SealRefusal::UnknownKey)?;
    let mac_made = mac(key, sealed, bound_to);
    aws_lc_rs::constant_time::verify_slices_are_equal(mac_made.as_ref(), mac_found).map_err(|_| SealRefusal::Forged)?;
    Ok(payload)
}

fn mac(key: &hmac::Key, sealed: &[u8], bound_to: &[u8]) -> hmac::Tag {
    let mut context = hmac::Context::with_key(key);
    context.update(sealed);
    context.update(bound_to);
    context.sign()
}

/// Reads and writes fixed fields of a payload, one after the other.
pub(crate) struct Fields<'a>(pub &'a [u8]);

impl Fields<'_> {
    /// The next `N` bytes; zeros beyond the end, which the fixed lengths of payloads exclude.
    pub(crate) fn take<const N: usize>(&mut self) -> [u8; N] {
        match self.0.split_first_chunk::<N>() {
            Some((field, rest)) => {
                self.0 = rest;
                *field
            }
            None => [0; N],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use preau_base::{Instant, SeededRng};
    use proptest::prelude::*;

    fn ring() -> KeyRing {
        KeyRing::generate(Instant::EPOCH, &mut SeededRng::new(3))
    }

    #[test]
    fn a_token_of_one_purpose_or_binding_opens_as_no_other() {
        let keys = ring();
        let text = seal(&keys, Purpose::Pass, &[7; 16], b"here");
        assert_eq!(open::<16>(&text, &keys, Purpose::Pass, b"here"), Ok([7; 16]));
        assert_eq!(open::<16>(&text, &keys, Purpose::Pass, b"there"), Err(SealRefusal::Forged));
        assert_eq!(open::<16>(&text, &keys, Purpose::Join, b"here"), Err(SealRefusal::Forged));
        assert_eq!(open::<15>(&text, &keys, Purpose::Pass, b"here"), Err(SealRefusal::Malformed));
        assert_eq!(open::<16>(&text, &keys, Purpose::KnownBrowser, b"here"), Err(SealRefusal::UnknownKey));
    }

    #[test]
    fn the_longest_text_is_decoded_and_a_longer_one_is_not() {
        let keys = ring();
        assert_eq!(open::<16>(&"A".repeat(TOKEN_CHARS_MAX), &keys, Purpose::Pass, b""), Err(SealRefusal::Malformed));
        assert_eq!(
            open::<16>(&"A".repeat(TOKEN_CHARS_MAX + 1), &keys, Purpose::Pass, b""),
            Err(SealRefusal::Malformed)
        );
    }

    proptest! {
        #[test]
        fn any_changed_character_is_refused(payload: [u8; 48], at in 0_usize..110, to in "[A-Za-z0-9_=+/ -]") {
            let keys = ring();
            let text = seal(&keys, Purpose::Pass, &payload, b"");
            let at = at % text.len();
            let mut changed = text.clone();
            changed.replace_range(at..=at, &to);
            let opened = open::<48>(&changed, &keys, Purpose::Pass, b"");
            prop_assert_eq!(opened.is_ok(), changed == text);
        }

        #[test]
        fn any_cut_or_longer_text_is_refused(payload: [u8; 48], keep in 0_usize..110, more in "[A-Za-z0-9_=-]{1,20}") {
            let keys = ring();
            let text = seal(&keys, Purpose::Pass, &payload, b"");
            prop_assert!(open::<48>(&text[..keep % text.len()], &keys, Purpose::Pass, b"").is_err());
            let longer = text.clone() + &more;
            prop_assert!(open::<48>(&longer, &keys, Purpose::Pass, b"").is_err());
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,300}") {
            prop_assert!(open::<48>(&text, &ring(), Purpose::Pass, b"").is_err());
        }

        #[test]
        fn no_other_ring_opens_it(seed in 4_u64.., payload: [u8; 48]) {
            let other = KeyRing::generate(Instant::EPOCH, &mut SeededRng::new(seed));
            let text = seal(&ring(), Purpose::Pass, &payload, b"");
            prop_assert_eq!(open::<48>(&text, &other, Purpose::Pass, b""), Err(SealRefusal::Forged));
        }
    }
}

use crate::keys::KeyRing;
use crate::limits::{CODE_INPUT_CHARS_MAX, TOKEN_CHARS_MAX};
use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use preau_base::{Pii, Rng};
use std::fmt;

/// Capitals and digits of which no two look alike in print or by hand: no 0 O, 1 I L, 2 Z, 5 S, 8 B.
pub(crate) const ALPHABET: &[u8; 25] = b"ACDEFGHJKMNPQRTUVWXY34679";
/// 14 drawn characters are 65 bits: log2(25^14).
const DRAWN_CHARS: usize = 14;
const CODE_CHARS: usize = DRAWN_CHARS + 1;
const GROUP_CHARS: usize = 5;
/// One weight a place, none a multiple of 5 and no two neighbours 5 apart: with them the last character finds any
/// one wrong character and any two neighbours swapped.
const WEIGHTS: [usize; DRAWN_CHARS] = [1, 2, 3, 4, 6, 7, 8, 9, 11, 12, 13, 14, 16, 17];
/// 192 bits.
const LINK_BYTES: usize = 24;

/// A secret that people read from a sheet and type: an activation code, `K7PMA-R4X9Q-WTEHD`.
///
/// 65 random bits and one check character. Kept in no log; the store has only its [`SecretDigest`].
#[derive(Clone, PartialEq, Eq)]
pub struct Code([u8; CODE_CHARS]);

/// Why what somebody typed is no code. None of these needs the store, nor counts as an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CodeRefusal {
    #[error("a code has {CODE_CHARS} characters, not {count}")]
    Length { count: usize },
    #[error("no code has the character “{0}”")]
    Character(char),
    #[error("a character of the code is wrong, or two are swapped")]
    Mistyped,
}

/// What the store keeps of a secret: HMAC-SHA256 under a key that is not in the database.
///
/// A plain hash would do for 65 random bits; the key makes a stolen database worth nothing at all.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct SecretDigest([u8; 32]);

impl SecretDigest {
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Whether a stored digest is this one, in constant time.
    pub fn is(&self, stored: &[u8]) -> bool {
        aws_lc_rs::constant_time::verify_slices_are_equal(&self.0, stored).is_ok()
    }

    pub(crate) fn of(key: &hmac::Key, secret: &[u8]) -> Self {
        let mut digest = [0; 32];
        for (to, from) in digest.iter_mut().zip(hmac::sign(key, secret).as_ref()) {
            *to = *from;
        }
        Self(digest)
    }
}

impl Code {
    pub fn draw(rng: &mut dyn Rng) -> Self {
        let mut places = [0; DRAWN_CHARS];
        for place in &mut places {
            *place = usize::try_from(rng.below(ALPHABET.len() as u64)).unwrap_or(0);
        }
        let mut code = [ALPHABET[check_place(&places)]; CODE_CHARS];
        for (to, place) in code.iter_mut().zip(places) {
            *to = ALPHABET[place];
        }
        Self(code)
    }

    /// Reads what somebody typed: capitals or not, with or without dashes and spaces of any kind.
    pub fn parse(typed: &str) -> Result<Self, CodeRefusal> {
        let mut places = Vec::with_capacity(CODE_CHARS);
        for letter in typed.chars().take(CODE_INPUT_CHARS_MAX).filter(|letter| !is_separator(*letter)) {
            let place = ALPHABET.iter().position(|known| char::from(*known) == letter.to_ascii_uppercase());
            places.push(place.ok_or(CodeRefusal::Character(letter))?);
        }
        let count = places.len();
        let (drawn, check) = places.split_first_chunk::<DRAWN_CHARS>().ok_or(CodeRefusal::Length { count })?;
        match check {
            [check] if *check == check_place(drawn) => {}
            [_] => return Err(CodeRefusal::Mistyped),
            _ => return Err(CodeRefusal::Length { count }),
        }
        let mut code = [0; CODE_CHARS];
        for (to, place) in code.iter_mut().zip(places) {
            *to = ALPHABET[place];
        }
        Ok(Self(code))
    }

    /// The code as it is printed, in groups: `K7PMA-R4X9Q-WTEHD`.
    pub fn grouped(&self) -> Pii<String> {
        let mut text = String::with_capacity(CODE_CHARS + 2);
        for (at, letter) in self.0.iter().enumerate() {
            if at > 0 && at % GROUP_CHARS == 0 {
                text.push('-');
            }
            text.push(char::from(*letter));
        }
        Pii::new(text)
    }

    pub fn digest(&self, keys: &KeyRing) -> SecretDigest {
        SecretDigest::of(keys.code_key(), &self.0)
    }
}

/// The check character's place in the alphabet: the weighted sum of the drawn ones modulo 25.
fn check_place(places: &[usize; DRAWN_CHARS]) -> usize {
    places.iter().zip(WEIGHTS).map(|(place, weight)| place * weight).sum::<usize>() % ALPHABET.len()
}

/// Spaces, dashes (U+2010 to U+2015 and the minus sign too), and invisible characters that come with copying.
pub(crate) fn is_separator(letter: char) -> bool {
    letter.is_whitespace()
        || matches!(letter, '-' | '_' | '.' | '\u{2010}'..='\u{2015}' | '\u{2212}')
        || matches!(letter, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Code(secret)")
    }
}

impl fmt::Debug for SecretDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretDigest(secret)")
    }
}

/// A secret in a link: first start, forgotten password. 192 random bits, 32 characters of base64url.
///
/// Put it in the link's fragment or path, never in the query. The store has only its [`SecretDigest`].
#[derive(Clone, PartialEq, Eq)]
pub struct LinkToken([u8; LINK_BYTES]);

impl LinkToken {
    pub fn draw(rng: &mut dyn Rng) -> Self {
        let mut secret = [0; LINK_BYTES];
        rng.fill(&mut secret);
        Self(secret)
    }

    /// None for anything that [`LinkToken::to_text`] did not write.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() > TOKEN_CHARS_MAX {
            return None;
        }
        URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok().map(Self)
    }

    pub fn to_text(&self) -> Pii<String> {
        Pii::new(URL_SAFE_NO_PAD.encode(self.0))
    }

    pub fn digest(&self, keys: &KeyRing) -> SecretDigest {
        SecretDigest::of(keys.link_key(), &self.0)
    }
}

impl fmt::Debug for LinkToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LinkToken(secret)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use preau_base::{Instant, SeededRng};
    use proptest::prelude::*;

    fn code(seed: u64) -> Code {
        Code::draw(&mut SeededRng::new(seed))
    }

    #[test]
    fn a_code_has_sixty_bits_and_no_letters_that_are_confused() {
        let bits = (ALPHABET.len() as f64).log2() * DRAWN_CHARS as f64;
        assert!(bits >= 60.0, "{bits}");
        assert!(!ALPHABET.iter().any(|letter| b"0O1IL2Z5S8B".contains(letter)));
        let text = code(1).grouped().into_inner();
        let groups: Vec<usize> = text.split('-').map(str::len).collect();
        assert_eq!(groups, [5, 5, 5]);
    }

    #[test]
    fn neither_code_nor_link_nor_digest_prints() {
        let keys = KeyRing::generate(Instant::EPOCH, &mut SeededRng::new(1));
        let link = LinkToken::draw(&mut SeededRng::new(2));
        assert_eq!(
            format!("{:?} {:?} {:?}", code(1), link, link.digest(&keys)),
            "Code(secret) LinkToken(secret) SecretDigest(secret)"
        );
    }

    #[test]
    fn says_what_is_wrong_with_what_was_typed() {
        let text = code(1).grouped().into_inner();
        let check = |typed: &str, expect| assert_eq!(Code::parse(typed), Err(expect), "{typed}");
        check("", CodeRefusal::Length { count: 0 });
        check(&text[..14], CodeRefusal::Length { count: 12 });
        check(&format!("{text}A"), CodeRefusal::Length { count: 16 });
        check(&format!("{}0", &text[..16]), CodeRefusal::Character('0'));
        check(&format!("{}é", &text[..16]), CodeRefusal::Character('é'));
    }

    #[test]
    fn a_digest_tells_secrets_kinds_and_rings_apart() {
        let keys = KeyRing::generate(Instant::EPOCH, &mut SeededRng::new(1));
        let other = KeyRing::generate(Instant::EPOCH, &mut SeededRng::new(2));
        assert_eq!(code(1).digest(&keys), Code::parse(code(1).grouped().reveal()).unwrap().digest(&keys));
        assert_ne!(code(1).digest(&keys), code(2).digest(&keys));
        assert_ne!(code(1).digest(&keys), code(1).digest(&other));
        let mut rotated = keys.clone();
        rotated.rotate(Instant::EPOCH, &mut SeededRng::new(3));
        assert_eq!(code(1).digest(&keys), code(1).digest(&rotated));
    }

    proptest! {
        #[test]
        fn reads_a_code_however_it_is_typed(seed: u64, separator in "[-_. \u{a0}\u{2011}\u{2013}]?", lower: bool) {
            let typed = format!(" {} ", code(seed).grouped().reveal().replace('-', &separator));
            let typed = if lower { typed.to_lowercase() } else { typed };
            prop_assert_eq!(Code::parse(&typed), Ok(code(seed)));
        }

        #[test]
        fn one_wrong_character_is_found(seed: u64, at in 0_usize..15, by in 1_usize..25) {
            let mut wrong = code(seed);
            let place = ALPHABET.iter().position(|letter| *letter == wrong.0[at]).unwrap();
            wrong.0[at] = ALPHABET[(place + by) % 25];
            prop_assert_eq!(Code::parse(wrong.grouped().reveal()), Err(CodeRefusal::Mistyped));
        }

        #[test]
        fn two_swapped_neighbours_are_found(seed: u64, at in 0_usize..13) {
            let mut wrong = code(seed);
            prop_assume!(wrong.0[at] != wrong.0[at + 1]);
            wrong.0.swap(at, at + 1);
            prop_assert_eq!(Code::parse(wrong.grouped().reveal()), Err(CodeRefusal::Mistyped));
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,80}") {
            let _ = Code::parse(&text);
            let _ = LinkToken::parse(&text);
        }

        #[test]
        fn a_link_reads_back(seed: u64) {
            let link = LinkToken::draw(&mut SeededRng::new(seed));
            prop_assert_eq!(LinkToken::parse(link.to_text().reveal()), Some(link));
        }
    }
}

use crate::keys::KeyRing;
use crate::limits::CODE_INPUT_CHARS_MAX;
use crate::secret::{ALPHABET, SecretDigest, is_separator};
use preau_base::{CardId, Pii, Rng};
use std::fmt;

/// 8 drawn characters are 37 bits: log2(25^8). A child types it; beside it stand three pictures, the budgets of the
/// address, and a count of wrong tries that ends the card.
const DRAWN_CHARS: usize = 8;
const CARD_CHARS: usize = DRAWN_CHARS + 1;
const GROUP_CHARS: usize = 3;
/// As in [`crate::Code`]: the last character finds one wrong character and two swapped neighbours.
const WEIGHTS: [usize; DRAWN_CHARS] = [1, 2, 3, 4, 6, 7, 8, 9];

/// How many pictures there are to choose from.
pub const PICTURES: u8 = 12;
/// How many a child taps, in order.
pub const PICTURES_CHOSEN: usize = 3;

/// The secret of a pupil's sign-in card, in its QR code and below it for typing: `K7P-MA4-X9W`. Kept in no log; the store has
/// only its [`SecretDigest`].
#[derive(Clone, PartialEq, Eq)]
pub struct CardCode([u8; CARD_CHARS]);

impl CardCode {
    pub fn draw(rng: &mut dyn Rng) -> Self {
        let mut places = [0; DRAWN_CHARS];
        for place in &mut places {
            *place = usize::try_from(rng.below(ALPHABET.len() as u64)).unwrap_or(0);
        }
        Self::of(&places)
    }

    fn of(places: &[usize; DRAWN_CHARS]) -> Self {
        let mut code = [ALPHABET[check_place(places)]; CARD_CHARS];
        for (to, place) in code.iter_mut().zip(places) {
            *to = ALPHABET[*place];
        }
        Self(code)
    }

    /// Reads what was typed, capitals or not, with or without separators. `None` for what can be no card; nobody needs to be
    /// asked about it.
    pub fn parse(typed: &str) -> Option<Self> {
        let mut places = Vec::with_capacity(CARD_CHARS);
        for letter in typed.chars().take(CODE_INPUT_CHARS_MAX).filter(|letter| !is_separator(*letter)) {
            places.push(ALPHABET.iter().position(|known| char::from(*known) == letter.to_ascii_uppercase())?);
        }
        let (drawn, check) = places.split_first_chunk::<DRAWN_CHARS>()?;
        (check == [check_place(drawn)]).then(|| Self::of(drawn))
    }

    /// As it is printed, in groups of three.
    pub fn grouped(&self) -> Pii<String> {
        let groups: Vec<String> =
            self.0.chunks(GROUP_CHARS).map(|group| group.iter().copied().map(char::from).collect()).collect();
        Pii::new(groups.join("-"))
    }

    pub fn digest(&self, keys: &KeyRing) -> SecretDigest {
        SecretDigest::of(keys.code_key(), &[b"card:", self.0.as_slice()].concat())
    }
}

impl fmt::Debug for CardCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CardCode(secret)")
    }
}

/// The sum that the last character holds, modulo the alphabet.
fn check_place(places: &[usize; DRAWN_CHARS]) -> usize {
    places.iter().zip(WEIGHTS).map(|(place, weight)| place * weight).sum::<usize>() % ALPHABET.len()
}

/// The picture password of a card: which pictures, in order. Drawn without the same one twice.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Pictures([u8; PICTURES_CHOSEN]);

impl Pictures {
    pub fn draw(rng: &mut dyn Rng) -> Self {
        let mut left: Vec<u8> = (0..PICTURES).collect();
        Self([(); PICTURES_CHOSEN].map(|()| {
            let at = usize::try_from(rng.below(left.len() as u64)).unwrap_or(0);
            left.swap_remove(at.min(left.len() - 1))
        }))
    }

    /// `None` where one of them is no picture.
    pub fn of(chosen: [u8; PICTURES_CHOSEN]) -> Option<Self> {
        chosen.iter().all(|picture| *picture < PICTURES).then_some(Self(chosen))
    }

    /// For printing on the card, and nothing else.
    pub const fn reveal(&self) -> [u8; PICTURES_CHOSEN] {
        self.0
    }

    /// Bound to the card: the same pictures on two cards give two digests.
    pub fn digest(&self, card: CardId, keys: &KeyRing) -> SecretDigest {
        SecretDigest::of(keys.code_key(), &[b"pictures:", card.uuid().as_bytes().as_slice(), &self.0].concat())
    }
}

impl fmt::Debug for Pictures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pictures(secret)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use preau_base::{Instant, SeededRng};
    use proptest::prelude::*;
    use std::collections::HashSet;

    #[test]
    fn nothing_of_a_card_prints() {
        let rng = &mut SeededRng::new(1);
        let text = format!("{:?} {:?}", CardCode::draw(rng), Pictures::draw(rng));
        assert_eq!(text, "CardCode(secret) Pictures(secret)");
    }

    #[test]
    fn the_same_pictures_on_two_cards_are_two_secrets() {
        let rng = &mut SeededRng::new(1);
        let keys = KeyRing::generate(Instant::EPOCH, rng);
        let (one, other) = (CardId::new(Instant::EPOCH, rng), CardId::new(Instant::EPOCH, rng));
        let pictures = Pictures::of([0, 5, 11]).unwrap();
        assert!(pictures.digest(one, &keys).is(pictures.digest(one, &keys).as_bytes()));
        assert!(!pictures.digest(one, &keys).is(pictures.digest(other, &keys).as_bytes()));
        assert!(!pictures.digest(one, &keys).is(Pictures::of([5, 0, 11]).unwrap().digest(one, &keys).as_bytes()));
        assert!(!pictures.digest(one, &keys).is(b""));
        assert_eq!(Pictures::of([0, 5, 12]), None);
    }

    #[test]
    fn a_card_is_no_activation_code() {
        let rng = &mut SeededRng::new(1);
        let text = CardCode::draw(rng).grouped().into_inner();
        assert_eq!(text.len(), 11, "{text}");
        assert!(crate::Code::parse(&text).is_err());
        assert_eq!(CardCode::parse(""), None);
        assert_eq!(CardCode::parse("K7P-MA4"), None);
    }

    proptest! {
        #[test]
        fn reads_a_card_however_it_is_typed(seed: u64, separator in "[-_. \u{a0}]?", lower: bool) {
            let code = CardCode::draw(&mut SeededRng::new(seed));
            let typed = format!(" {} ", code.grouped().reveal().replace('-', &separator));
            let typed = if lower { typed.to_lowercase() } else { typed };
            prop_assert_eq!(CardCode::parse(&typed), Some(code));
        }

        #[test]
        fn one_wrong_character_is_found(seed: u64, at in 0_usize..9, by in 1_usize..25) {
            let mut wrong = CardCode::draw(&mut SeededRng::new(seed));
            let place = ALPHABET.iter().position(|letter| *letter == wrong.0[at]).unwrap();
            wrong.0[at] = ALPHABET[(place + by) % 25];
            prop_assert_eq!(CardCode::parse(wrong.grouped().reveal()), None);
        }

        #[test]
        fn pictures_are_three_different_ones(seed: u64) {
            let chosen = Pictures::draw(&mut SeededRng::new(seed)).reveal();
            prop_assert_eq!(chosen.iter().collect::<HashSet<_>>().len(), PICTURES_CHOSEN);
            prop_assert!(Pictures::of(chosen).is_some());
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,40}") {
            let _ = CardCode::parse(&text);
        }
    }
}

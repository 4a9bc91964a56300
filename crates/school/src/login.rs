//! Logins from names: `prenom.nom`, small ASCII letters, a number for namesakes.

/// Longest login, number included; ASCII, so characters and bytes are the same.
pub const LOGIN_CHARS_MAX: usize = 64;
const GIVEN_CHARS_MAX: usize = 20;
const FAMILY_CHARS_MAX: usize = 30;

/// The part of a login that a name gives; [`Stem::numbered`] makes it unique.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Stem {
    text: String,
    generic: bool,
}

impl Stem {
    /// From a name; `generic` (such as `eleve`) serves for names that have no Latin reading.
    ///
    /// Accents and ligatures are written out in ASCII, apostrophes go, spaces become hyphens; long names are cut.
    pub fn from_name(given: &str, family: &str, generic: &str) -> Self {
        let given = part(given, GIVEN_CHARS_MAX);
        let family = part(family, FAMILY_CHARS_MAX);
        let text = match (given.is_empty(), family.is_empty()) {
            (false, false) => format!("{given}.{family}"),
            (false, true) => given,
            (true, false) => family,
            (true, true) => return Self { text: part(generic, FAMILY_CHARS_MAX), generic: true },
        };
        Self { text, generic: false }
    }

    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The `n`-th login of this stem, from 1: `marie.durand`, `marie.durand2`, … A generic one always bears its number.
    pub fn numbered(&self, n: u32) -> String {
        if n <= 1 && !self.generic {
            self.text.clone()
        } else if self.text.ends_with(|c: char| c.is_ascii_digit()) {
            // `louis.martin1` and its 2nd namesake must not meet `louis.martin` and its 12th.
            format!("{}-{n}", self.text)
        } else {
            format!("{}{n}", self.text)
        }
    }
}

fn part(name: &str, chars_max: usize) -> String {
    let mut out = String::new();
    let mut gap = false;
    for c in name.chars().flat_map(char::to_lowercase) {
        match ascii(c) {
            Some(letters) if letters.chars().all(|it| it.is_ascii_alphanumeric()) => {
                for letter in letters.chars() {
                    if gap && !out.is_empty() {
                        out.push('-');
                    }
                    gap = false;
                    out.push(letter);
                }
            }
            Some(_) if c != '\'' => gap = true,
            None if c.is_whitespace() || matches!(c, '\u{2010}'..='\u{2015}') => gap = true,
            _ => {}
        }
    }
    out.truncate(chars_max);
    out.truncate(out.trim_end_matches('-').len());
    out
}

/// A name in small letters without accents and apostrophes, for searching: `Élodie  L’Hôte` and `elodie l'hote` give `elodie lhote`.
/// Letters that have no ASCII reading stay.
pub fn fold(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    // Keyboards have the straight apostrophe, names the curly one, which reads as nothing.
    for c in name.chars().flat_map(char::to_lowercase).filter(|c| *c != '\'') {
        match ascii(c) {
            Some(letters) => out.push_str(letters),
            None => out.push(c),
        }
    }
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The ASCII reading of one small letter: itself, `e` for `é`, `oe` for `œ`, nothing for a combining accent.
/// None for what has no such reading.
pub(crate) fn ascii(c: char) -> Option<&'static str> {
    if c.is_ascii() {
        return ASCII.get(c as usize..=c as usize);
    }
    if matches!(c, '\u{300}'..='\u{36F}' | '\u{2BC}' | '’' | '‘' | '·') {
        return Some("");
    }
    let after = LATIN.partition_point(|&(first, ..)| first <= c);
    let (_, last, letters) = *LATIN.get(after.checked_sub(1)?)?;
    (c <= last).then_some(letters)
}

/// Each ASCII character as a string of one.
const ASCII: &str = match std::str::from_utf8(ASCII_BYTES) {
    Ok(all) => all,
    Err(_) => "",
};
const ASCII_BYTES: &[u8; 128] = &{
    let mut all = [0; 128];
    let mut i = 0;
    while i < 128 {
        all[i] = i as u8;
        i += 1;
    }
    all
};

/// Ranges of small Latin letters and what they read as, in order (Unicode: Latin-1 Supplement, Latin Extended-A and -B
/// as far as names of people use them, Latin Extended Additional for Vietnamese). Capitals among them are there because
/// the ranges are easier to read whole; letters are made small before they come here.
const LATIN: &[(char, char, &str)] = &[
    ('ª', 'ª', "a"),
    ('º', 'º', "o"),
    ('À', 'Å', "a"),
    ('Æ', 'Æ', "ae"),
    ('Ç', 'Ç', "c"),
    ('È', 'Ë', "e"),
    ('Ì', 'Ï', "i"),
    ('Ð', 'Ð', "d"),
    ('Ñ', 'Ñ', "n"),
    ('Ò', 'Ö', "o"),
    ('Ø', 'Ø', "o"),
    ('Ù', 'Ü', "u"),
    ('Ý', 'Ý', "y"),
    ('Þ', 'Þ', "th"),
    ('ß', 'ß', "ss"),
    ('à', 'å', "a"),
    ('æ', 'æ', "ae"),
    ('ç', 'ç', "c"),
    ('è', 'ë', "e"),
    ('ì', 'ï', "i"),
    ('ð', 'ð', "d"),
    ('ñ', 'ñ', "n"),
    ('ò', 'ö', "o"),
    ('ø', 'ø', "o"),
    ('ù', 'ü', "u"),
    ('ý', 'ý', "y"),
    ('þ', 'þ', "th"),
    ('ÿ', 'ÿ', "y"),
    ('Ā', 'ą', "a"),
    ('Ć', 'č', "c"),
    ('Ď', 'đ', "d"),
    ('Ē', 'ě', "e"),
    ('Ĝ', 'ģ', "g"),
    ('Ĥ', 'ħ', "h"),
    ('Ĩ', 'ı', "i"),
    ('Ĳ', 'ĳ', "ij"),
    ('Ĵ', 'ĵ', "j"),
    ('Ķ', 'ĸ', "k"),
    ('Ĺ', 'ł', "l"),
    ('Ń', 'ŋ', "n"),
    ('Ō', 'ő', "o"),
    ('Œ', 'œ', "oe"),
    ('Ŕ', 'ř', "r"),
    ('Ś', 'š', "s"),
    ('Ţ', 'ŧ', "t"),
    ('Ũ', 'ų', "u"),
    ('Ŵ', 'ŵ', "w"),
    ('Ŷ', 'Ÿ', "y"),
    ('Ź', 'ž', "z"),
    ('ſ', 'ſ', "s"),
    ('Ə', 'Ə', "e"),
    ('ƒ', 'ƒ', "f"),
    ('Ơ', 'ơ', "o"),
    ('Ư', 'ư', "u"),
    ('Ǎ', 'ǎ', "a"),
    ('Ǐ', 'ǐ', "i"),
    ('Ǒ', 'ǒ', "o"),
    ('Ǔ', 'ǜ', "u"),
    ('Ǧ', 'ǧ', "g"),
    ('Ǩ', 'ǩ', "k"),
    ('Ǫ', 'ǭ', "o"),
    ('Ǹ', 'ǹ', "n"),
    ('Ǻ', 'ǻ', "a"),
    ('Ǽ', 'ǽ', "ae"),
    ('Ǿ', 'ǿ', "o"),
    ('Ș', 'ș', "s"),
    ('Ț', 'ț', "t"),
    ('Ȧ', 'ȧ', "a"),
    ('Ȩ', 'ȩ', "e"),
    ('ə', 'ə', "e"),
    ('Ḍ', 'ḍ', "d"),
    ('Ḥ', 'ḥ', "h"),
    ('Ḳ', 'ḳ', "k"),
    ('Ḷ', 'ḷ', "l"),
    ('Ṃ', 'ṃ', "m"),
    ('Ṅ', 'ṅ', "n"),
    ('Ṛ', 'ṛ', "r"),
    ('Ṣ', 'ṣ', "s"),
    ('Ṭ', 'ṭ', "t"),
    ('Ẁ', 'ẉ', "w"),
    ('Ẓ', 'ẓ', "z"),
    ('ẞ', 'ẞ', "ss"),
    ('Ạ', 'ặ', "a"),
    ('Ẹ', 'ệ', "e"),
    ('Ỉ', 'ị', "i"),
    ('Ọ', 'ợ', "o"),
    ('Ụ', 'ự', "u"),
    ('Ỳ', 'ỹ', "y"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_names() {
        let check = |given: &str, family: &str, expect: &str| {
            assert_eq!(Stem::from_name(given, family, "eleve").numbered(1), expect, "{given} {family}");
        };
        check("Marie", "Durand", "marie.durand");
        check("JEAN-NOËL", "DE LA TOUR", "jean-noel.de-la-tour");
        check("Zoé", "D’Œuvre", "zoe.doeuvre");
        check("Zoé", "L'Haÿ", "zoe.lhay");
        check("Łukasz", "Groß", "lukasz.gross");
        check("Nguyễn", "Ñandú", "nguyen.nandu");
        check("e\u{301}lie", "  --  Roux ", "elie.roux");
        check("İrem", "Ağaoğlu", "irem.agaoglu");
        check("Иван", "Durand", "durand");
        check("Madonna", "", "madonna");
        check("Иван", "Петров", "eleve1");
        check("", "", "eleve1");
        check("Anne (Lise)", "Saint–Just", "anne-lise.saint-just");
    }

    #[test]
    fn numbers_namesakes() {
        let stem = Stem::from_name("Marie", "Durand", "eleve");
        assert_eq!((stem.numbered(1), stem.numbered(2)), ("marie.durand".into(), "marie.durand2".into()));
        let digit = Stem::from_name("Louis", "XIV 1", "eleve");
        assert_eq!((digit.numbered(1), digit.numbered(2)), ("louis.xiv-1".into(), "louis.xiv-1-2".into()));
        assert_eq!(Stem::from_name("王", "伟", "parent").numbered(7), "parent7");
    }

    #[test]
    fn ranges_are_in_order() {
        assert!(LATIN.iter().all(|(first, last, _)| first <= last));
        assert!(LATIN.windows(2).all(|pair| pair[0].1 < pair[1].0));
        assert_eq!(ASCII.len(), 128);
    }

    proptest! {
        #[test]
        fn any_name_gives_a_login(given in ".{0,200}", family in ".{0,200}", n in 1..u32::MAX) {
            let login = Stem::from_name(&given, &family, "eleve").numbered(n);
            prop_assert!(!login.is_empty() && login.len() <= LOGIN_CHARS_MAX);
            prop_assert!(login.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'.' || b == b'-'));
            prop_assert!(login.starts_with(|c: char| c.is_ascii_alphanumeric()));
        }
    }
}

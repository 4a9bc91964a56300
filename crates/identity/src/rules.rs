use crate::limits::{PASSWORD_CHARS_MAX, PASSWORD_CHARS_MIN, STAFF_PASSWORD_CHARS_MIN};
use std::collections::HashSet;
use std::sync::LazyLock;

/// How strong a password must be, by what its owner may see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strength {
    /// Pupils and relatives.
    Family,
    /// Everybody who works at a school.
    Staff,
}

impl Strength {
    /// The least number of characters.
    pub const fn chars_min(self) -> usize {
        match self {
            Self::Family => PASSWORD_CHARS_MIN,
            Self::Staff => STAFF_PASSWORD_CHARS_MIN,
        }
    }
}

/// Why a new password is refused. Pages have a sentence for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasswordFault {
    #[error("the password has fewer than {chars_min} characters")]
    TooShort { chars_min: usize },
    #[error("the password has more than {chars_max} characters")]
    TooLong { chars_max: usize },
    #[error("the password is the login or a part of it")]
    LikeLogin,
    #[error("the password is one of those that are tried first")]
    Common,
    #[error("the password is a row, a repetition or a date")]
    Simple,
}

/// The passwords and words that are tried first, in lower case without accents; a few digits around don't help.
static COMMON: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    include_str!("rules/common.txt").lines().filter(|line| !line.is_empty() && !line.starts_with('#')).collect()
});

/// So many digits and signs around a word still leave it that word.
const AROUND_CHARS_MAX: usize = 6;
/// A password of digits only must be longer than a date.
const DIGITS_MIN: usize = 12;
/// Fewer different characters than this are a repetition.
const DIFFERENT_CHARS_MIN: usize = 4;

/// Whether a new password is good enough. No rule about kinds of characters, no expiry (NIST SP 800-63B-4
/// §3.1.1.2, ANSSI-PG-078 R21 to R27): length, and nothing that is guessed first.
pub fn check_password(password: &str, login: &str, strength: Strength) -> Result<(), PasswordFault> {
    let count = password.chars().count();
    if count < strength.chars_min() {
        return Err(PasswordFault::TooShort { chars_min: strength.chars_min() });
    }
    if count > PASSWORD_CHARS_MAX {
        return Err(PasswordFault::TooLong { chars_max: PASSWORD_CHARS_MAX });
    }
    let folded = fold(password);
    let word = word_within(&folded);
    if is_like_login(&folded, word, &fold(login)) {
        return Err(PasswordFault::LikeLogin);
    }
    if is_common(&folded, word) {
        return Err(PasswordFault::Common);
    }
    if is_simple(password) { Err(PasswordFault::Simple) } else { Ok(()) }
}

/// Lower case, without the accents of French.
fn fold(text: &str) -> String {
    let fold_one = |letter| match letter {
        'à' | 'â' | 'ä' => 'a',
        'é' | 'è' | 'ê' | 'ë' => 'e',
        'î' | 'ï' => 'i',
        'ô' | 'ö' => 'o',
        'ù' | 'û' | 'ü' => 'u',
        'ç' => 'c',
        'ÿ' => 'y',
        other => other,
    };
    text.chars().flat_map(char::to_lowercase).map(fold_one).collect()
}

/// The word inside a few digits and signs, `soleil` in `1soleil2024!`; the whole when there are more of them.
fn word_within(folded: &str) -> &str {
    let word = folded.trim_matches(|letter: char| !letter.is_alphabetic());
    let around = folded.chars().count() - word.chars().count();
    if around <= AROUND_CHARS_MAX { word } else { folded }
}

fn is_common(folded: &str, word: &str) -> bool {
    // `motdepasse` and `mot de passe` are the same guess.
    let joined: String = word.chars().filter(|letter| letter.is_alphanumeric()).collect();
    [folded, word, joined.as_str()].iter().any(|guess| COMMON.contains(guess))
}

/// The login itself, one of its parts, or its parts the other way round, with a few digits around.
fn is_like_login(folded: &str, word: &str, login: &str) -> bool {
    let letters = |text: &str| text.chars().filter(|letter| letter.is_alphabetic()).collect::<String>();
    let parts: Vec<String> =
        login.split(|letter: char| !letter.is_alphabetic()).map(letters).filter(|part| part.len() >= 3).collect();
    let joined = letters(word);
    let backwards: String = parts.iter().rev().map(String::as_str).collect();
    folded == login
        || !joined.is_empty() && (joined == letters(login) || joined == backwards || parts.contains(&joined))
}

/// `aaaaaaaa`, `abababab`, `12345678`, `hgfedcba`, `14072012`.
fn is_simple(password: &str) -> bool {
    let letters: Vec<char> = password.chars().collect();
    let different: HashSet<char> = letters.iter().copied().collect();
    let digits_only = letters.iter().all(char::is_ascii_digit) && letters.len() < DIGITS_MIN;
    let runs = |step: i64| {
        letters
            .windows(2)
            .all(|pair| matches!(pair, [a, b] if i64::from(u32::from(*b)) - i64::from(u32::from(*a)) == step))
    };
    different.len() < DIFFERENT_CHARS_MIN || digits_only || runs(1) || runs(-1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(password: &str, expect: Result<(), PasswordFault>) {
        assert_eq!(check_password(password, "lea.martin2", Strength::Family), expect, "{password}");
    }

    #[test]
    fn length_counts_in_characters_and_depends_on_who() {
        check("éàüçôîù", Err(PasswordFault::TooShort { chars_min: 8 }));
        check("éàüçôîùk", Ok(()));
        check(&"kéq7".repeat(32), Ok(()));
        check(&"kéq7".repeat(33), Err(PasswordFault::TooLong { chars_max: 128 }));
        assert_eq!(check_password("kéq7wnu!", "a", Strength::Staff), Err(PasswordFault::TooShort { chars_min: 12 }));
        assert_eq!(check_password("kéq7wnu!kéq8", "a", Strength::Staff), Ok(()));
    }

    #[test]
    fn the_login_is_no_password() {
        for password in ["lea.martin2", "Léa.Martin2", "leamartin", "MartinLea!", "martin2012", "1lea2012!", "12martin"]
        {
            check(password, Err(PasswordFault::LikeLogin));
        }
        check("lea mange une pomme", Ok(()));
    }

    #[test]
    fn what_is_tried_first_is_no_password() {
        for password in
            ["motdepasse", "Mot de passe", "azertyuiop", "Soleil2024!", "password1", "marseille13", "préau2026"]
        {
            check(password, Err(PasswordFault::Common));
        }
        for password in ["cheval pomme soleil", "le soleil dort", "zebre-azur-41"] {
            check(password, Ok(()));
        }
    }

    #[test]
    fn rows_repetitions_and_dates_are_no_password() {
        for password in ["zzzzzzzz", "xyxyxyxyxy", "hijklmnopq", "qponmlkjih", "14072012", "2012071415"] {
            check(password, Err(PasswordFault::Simple));
        }
        check("140720126398", Ok(()));
    }

    #[test]
    fn the_list_is_folded_and_has_no_word_twice() {
        let lines: Vec<&str> = include_str!("rules/common.txt")
            .lines()
            .filter(|line| !line.is_empty() && !line.starts_with('#'))
            .collect();
        assert!(lines.len() > 300, "{}", lines.len());
        let mut seen = HashSet::new();
        for line in lines {
            assert_eq!(fold(line), line);
            assert!(line.chars().all(char::is_alphanumeric), "{line} would never be found");
            assert!(seen.insert(line), "{line} stands twice");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(password in "\\PC{0,40}", login in "\\PC{0,20}") {
            let _ = check_password(&password, &login, Strength::Family);
        }

        #[test]
        fn three_drawn_words_are_good_enough(a in "[a-z]{5,8}", b in "[a-z]{5,8}", c in "[a-z]{5,8}") {
            prop_assume!(a.chars().collect::<HashSet<_>>().len() >= DIFFERENT_CHARS_MIN);
            let phrase = [a, b, c].join(" ");
            prop_assert_eq!(check_password(&phrase, "lea.martin", Strength::Staff), Ok(()));
        }
    }
}

use std::fmt::Write as _;

/// A feed's value as people would write it: trimmed, runs of white space as one space, without control characters
/// and without marks that turn the direction of the text around (they let one name look like another).
pub fn tidy(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split(char::is_whitespace) {
        let mut fresh = true;
        for c in word.chars().filter(|&c| !c.is_control() && !turns_direction(c)) {
            if fresh && !out.is_empty() {
                out.push(' ');
            }
            fresh = false;
            out.push(c);
        }
    }
    out
}

const fn turns_direction(c: char) -> bool {
    matches!(c, '\u{200E}' | '\u{200F}' | '\u{061C}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
}

/// Text for comparing: small ASCII letters and digits where there is a Latin reading, other letters as they are,
/// nothing else. `« Élève n° 1 »` and `ELEVE N 1` are the same.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Folded(String);

impl Folded {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

pub fn fold(text: &str) -> Folded {
    let mut out = String::with_capacity(text.len());
    for c in text.chars().flat_map(char::to_lowercase) {
        match crate::login::ascii(c) {
            Some(ascii) => out.extend(ascii.chars().filter(char::is_ascii_alphanumeric)),
            // Writing to a String cannot fail.
            None if c.is_alphanumeric() => drop(write!(out, "{c}")),
            None => {}
        }
    }
    Folded(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tidies() {
        let check = |text: &str, expect: &str| assert_eq!(tidy(text), expect);
        check("  1 STMG\u{a0} 3\r\n", "1 STMG 3");
        check("Du\u{202e}rand\u{0}", "Durand");
        check("\u{feff}", "");
        check(" \u{1} a \u{1} b", "a b");
    }

    #[test]
    fn folds() {
        let check = |a: &str, b: &str| assert_eq!(fold(a), fold(b));
        check("Élève n° 1", "ELEVE N 1");
        check("Jean-Noël  D’Œuvre", "jean noel d'oeuvre");
        check("6ème B", "6EME  B");
        assert_ne!(fold("Иван"), fold("Мария"));
    }
}

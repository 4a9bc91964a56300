use std::fmt;
use std::str::FromStr;

/// The longest pattern, in bytes.
const PATTERN_BYTES_MAX: usize = 200;

/// A text that matches whole: `*` stands for any number of any characters, everything else for itself.
#[derive(Clone, PartialEq, Eq)]
pub struct Pattern(String);

/// Why a text is no pattern.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    #[error("a pattern is empty")]
    Empty,
    #[error("a pattern has more than {PATTERN_BYTES_MAX} bytes")]
    TooLong,
    #[error("“{0}” has characters that an address cannot have")]
    Characters(String),
}

impl FromStr for Pattern {
    type Err = PatternError;

    fn from_str(text: &str) -> Result<Self, PatternError> {
        if text.is_empty() {
            return Err(PatternError::Empty);
        }
        if text.len() > PATTERN_BYTES_MAX {
            return Err(PatternError::TooLong);
        }
        if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(PatternError::Characters(text.to_owned()));
        }
        Ok(Self(text.to_owned()))
    }
}

impl Pattern {
    /// Costs at most the product of both lengths: a star takes the shortest run that lets the rest match, and only the
    /// last star is ever tried again.
    pub fn matches(&self, text: &str) -> bool {
        let (pattern, text) = (self.0.as_bytes(), text.as_bytes());
        let (mut p, mut t) = (0, 0);
        let mut star: Option<(usize, usize)> = None;
        while t < text.len() {
            match (pattern.get(p), star) {
                (Some(b'*'), _) => {
                    star = Some((p + 1, t));
                    p += 1;
                }
                (Some(byte), _) if text.get(t) == Some(byte) => {
                    p += 1;
                    t += 1;
                }
                (_, Some((after, begun))) => {
                    star = Some((after, begun + 1));
                    p = after;
                    t = begun + 1;
                }
                (_, None) => return false,
            }
        }
        pattern.get(p..).is_some_and(|rest| rest.iter().all(|byte| *byte == b'*'))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn has_query(&self) -> bool {
        self.0.contains('?')
    }
}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "“{}”", self.0)
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_star_stands_for_anything_and_the_rest_for_itself() {
        let check = |pattern: &str, yes: &[&str], no: &[&str]| {
            let pattern: Pattern = pattern.parse().unwrap();
            yes.iter().for_each(|text| assert!(pattern.matches(text), "{pattern} {text}"));
            no.iter().for_each(|text| assert!(!pattern.matches(text), "{pattern} {text}"));
        };
        check("/login/index.php", &["/login/index.php"], &["/login/index.php/", "/x/login/index.php", ""]);
        check("/login/*", &["/login/", "/login/a/b"], &["/login", "/logins/"]);
        check("*?*ticket=ST-*", &["/?ticket=ST-1", "/a?b=c&ticket=ST-"], &["/ticket=ST-1", "/?ticket=PT-1"]);
        check("*testsession=1", &["/?testsession=1"], &["/?testsession=11", "/?testsession=12"]);
        check("*", &["", "x"], &[]);
        check("a*b*c", &["abc", "abbbcc", "axbxbxc"], &["ab", "acb", "abcd"]);
    }

    #[test]
    fn says_what_is_no_pattern() {
        assert_eq!("".parse::<Pattern>(), Err(PatternError::Empty));
        assert_eq!("a b".parse::<Pattern>(), Err(PatternError::Characters("a b".to_owned())));
        assert_eq!("é".parse::<Pattern>(), Err(PatternError::Characters("é".to_owned())));
        assert_eq!("a".repeat(201).parse::<Pattern>(), Err(PatternError::TooLong));
    }

    /// The definition, word for word; exponential.
    fn naive(pattern: &[u8], text: &[u8]) -> bool {
        match pattern.split_first() {
            None => text.is_empty(),
            Some((b'*', rest)) => (0..=text.len()).any(|at| naive(rest, &text[at..])),
            Some((byte, rest)) => text.split_first().is_some_and(|(first, left)| first == byte && naive(rest, left)),
        }
    }

    proptest! {
        #[test]
        fn is_what_the_definition_says(pattern in "[ab*]{1,8}", text in "[ab]{0,10}") {
            let parsed: Pattern = pattern.parse().unwrap();
            prop_assert_eq!(parsed.matches(&text), naive(pattern.as_bytes(), text.as_bytes()));
        }
    }
}

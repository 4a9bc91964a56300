use preau_base::Rng;
use std::fmt;

/// What a client shows to take its former place again: 128 random bits, on the wire as 32 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct ResumeSecret([u8; 16]);

impl ResumeSecret {
    pub fn new(rng: &mut dyn Rng) -> Self {
        let mut bytes = [0; 16];
        rng.fill(&mut bytes);
        Self(bytes)
    }

    /// As it stands in `welcome`.
    pub fn to_text(self) -> String {
        self.0.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Whether `text` is this secret; takes the same time wherever a text of the right length differs.
    pub fn matches(self, text: &str) -> bool {
        let mine = self.to_text();
        let differs = mine.bytes().zip(text.bytes()).fold(0, |acc, (a, b)| acc | (a ^ b));
        mine.len() == text.len() && differs == 0
    }
}

impl fmt::Debug for ResumeSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(secret)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use preau_base::SeededRng;

    #[test]
    fn matches_itself_only() {
        let mut rng = SeededRng::new(1);
        let (mine, other) = (ResumeSecret::new(&mut rng), ResumeSecret::new(&mut rng));
        assert!(mine.matches(&mine.to_text()));
        assert!(!mine.matches(&other.to_text()));
        assert!(!mine.matches(&mine.to_text()[..31]));
        assert!(!mine.matches(""));
        assert_eq!(format!("{mine:?}"), "(secret)");
    }
}

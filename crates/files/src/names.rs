use crate::limits::NAME_CHARS_MAX;

/// A name that is good on every system and in every header: no path, no control or direction characters, none that
/// Windows forbids, at most [`NAME_CHARS_MAX`] characters with the ending kept; `otherwise` where nothing is left.
///
/// A name that begins with a sign that spreadsheets take for a formula keeps it: names are data, and whoever writes them
/// into a table escapes them there.
pub fn clean_name(name: &str, otherwise: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let good = |letter: &char| {
        !letter.is_control()
            && !matches!(letter, '<' | '>' | ':' | '"' | '|' | '?' | '*')
            // Marks that turn the direction of text make `gpj.exe` look like `exe.jpg`.
            && !matches!(letter, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
    };
    let clean: String = last.chars().filter(good).collect();
    let bare = |letter: char| letter == '.' || letter.is_whitespace();
    let clean = clean.trim_matches(bare);
    if clean.is_empty() {
        return otherwise.to_owned();
    }
    if clean.chars().count() <= NAME_CHARS_MAX {
        return clean.to_owned();
    }
    let (stem, ending) =
        clean.rsplit_once('.').filter(|(_, ending)| ending.chars().count() <= 8).unwrap_or((clean, ""));
    let room = NAME_CHARS_MAX - ending.chars().count() - usize::from(!ending.is_empty());
    let stem: String = stem.chars().take(room).collect();
    if ending.is_empty() { stem.trim_end_matches(bare).to_owned() } else { format!("{stem}.{ending}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_are_made_safe_and_kept_readable() {
        for (name, expect) in [
            ("exposé.pdf", "exposé.pdf"),
            ("../../etc/passwd", "passwd"),
            ("C:\\Users\\Léa\\copie.odt", "copie.odt"),
            ("a\r\nb\0.txt", "ab.txt"),
            ("photo\u{202e}gpj.exe", "photogpj.exe"),
            ("<img src=x onerror=alert(1)>.png", "img src=x onerror=alert(1).png"),
            ("=1+1.csv", "=1+1.csv"),
            ("...", "file"),
            ("", "file"),
            ("кот 猫 قط.jpg", "кот 猫 قط.jpg"),
        ] {
            assert_eq!(clean_name(name, "file"), expect, "{name:?}");
        }
        let long = clean_name(&format!("{}.jpeg", "é".repeat(400)), "file");
        assert!(long.chars().count() == NAME_CHARS_MAX && long.ends_with(".jpeg"));
    }

    proptest! {
        #[test]
        fn no_name_leads_anywhere(name in ".{0,300}") {
            let clean = clean_name(&name, "file");
            prop_assert!(!clean.is_empty() && clean.chars().count() <= NAME_CHARS_MAX);
            prop_assert!(!clean.contains(['/', '\\', '\n', '\r', '\0', '"', '<']) && clean != "." && clean != "..");
            prop_assert_eq!(clean_name(&clean, "file"), clean);
        }
    }
}

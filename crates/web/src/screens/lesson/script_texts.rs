//! The texts that the class's scripts say, an area a file; the template hands them over.

mod board;
mod chat;
mod entry;
mod floor;
mod line;
mod recording;
mod room;
mod tools;

pub(super) const AREAS: &[&[&str]] =
    &[room::KEYS, floor::KEYS, chat::KEYS, tools::KEYS, entry::KEYS, board::KEYS, recording::KEYS, line::KEYS];

#[cfg(test)]
mod tests {
    use super::AREAS;
    use crate::lang::Lang;
    use crate::texts::{FILES, has};

    /// Every `"class-…"` and `"live-…"` that a script of the class names, and the stems of those that it composes.
    fn named_in_scripts() -> Vec<(&'static str, String)> {
        let scripts = FILES.iter().filter(|(name, _)| name.starts_with("class/") && name.ends_with(".js"));
        let mut named = Vec::new();
        for (file, bytes) in scripts {
            let text = std::str::from_utf8(bytes).unwrap();
            for word in
                text.split(['"', '`', '$']).filter(|word| word.starts_with("class-") || word.starts_with("live-"))
            {
                if word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-') {
                    named.push((*file, word.to_owned()));
                }
            }
        }
        named
    }

    #[test]
    fn scripts_get_the_texts_that_they_name() {
        let named = named_in_scripts();
        assert!(named.len() > 50, "only {} texts found in the scripts", named.len());
        for (file, word) in named {
            let found = AREAS.iter().copied().flatten().any(|key| {
                let rest = key.strip_prefix(word.as_str());
                rest.is_some_and(|rest| rest.is_empty() || word.ends_with('-') || rest == "-one" || rest == "-other")
            });
            assert!(found, "{file} says {word}");
        }
    }

    #[test]
    fn every_text_is_there() {
        for key in AREAS.iter().copied().flatten() {
            assert!(Lang::ALL.into_iter().all(|lang| has(lang, key)), "{key}");
        }
    }
}

//! What a self-test looks at and what came of it, as the page's script says it and as it is kept.

use crate::Page;
use serde::{Deserialize, Serialize};

/// What is looked at, in the order of the page.
pub(super) const WHATS: &[&str] =
    &["browser", "camera", "mic", "websocket", "udp", "voice", "tcp", "turn", "trip", "down", "up"];

/// What came of it.
const STATES: &[&str] = &["good", "weak", "bad", "off", "denied", "missing", "busy"];

/// The largest number that goes with a result: kbit/s, or milliseconds.
const VALUE_MAX: u32 = 10_000_000;

/// The texts that the script says.
pub(super) const SCRIPT_TEXTS: &[&str] = &[
    "self-test-running",
    "self-test-browser-good",
    "self-test-browser-bad",
    "self-test-camera-good",
    "self-test-camera-denied",
    "self-test-camera-missing",
    "self-test-camera-bad",
    "self-test-camera-off",
    "self-test-mic-good",
    "self-test-mic-weak",
    "self-test-mic-denied",
    "self-test-mic-missing",
    "self-test-mic-bad",
    "self-test-mic-off",
    "self-test-websocket-good",
    "self-test-websocket-bad",
    "self-test-udp-good",
    "self-test-udp-bad",
    "self-test-udp-off",
    "self-test-voice-good",
    "self-test-voice-weak",
    "self-test-voice-bad",
    "self-test-voice-off",
    "self-test-tcp-good",
    "self-test-tcp-bad",
    "self-test-tcp-off",
    "self-test-turn-good",
    "self-test-turn-bad",
    "self-test-turn-off",
    "self-test-trip-good",
    "self-test-trip-weak",
    "self-test-trip-bad",
    "self-test-down-good",
    "self-test-down-weak",
    "self-test-down-bad",
    "self-test-up-good",
    "self-test-up-weak",
    "self-test-up-bad",
    "self-test-state-good",
    "self-test-state-weak",
    "self-test-state-bad",
    "self-test-state-off",
    "self-test-state-denied",
    "self-test-state-missing",
    "self-test-state-busy",
    "self-test-busy",
    "self-test-all-good",
    "self-test-some-weak",
    "self-test-some-bad",
    "self-test-sent",
    "self-test-not-sent",
    "self-test-play",
    "self-test-playing",
];

#[derive(Debug, Serialize, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
struct Entry {
    what: String,
    state: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    value: Option<u32>,
}

/// What a script has sent, written anew if it is made of our own words, each thing once.
pub(super) fn read(text: &str) -> Option<String> {
    let entries: Vec<Entry> = serde_json::from_str(text).ok()?;
    let mut seen = std::collections::HashSet::new();
    let is_good = entries.iter().all(|entry| {
        WHATS.contains(&entry.what.as_str())
            && STATES.contains(&entry.state.as_str())
            && entry.value.is_none_or(|value| value <= VALUE_MAX)
            && seen.insert(entry.what.clone())
    });
    if entries.is_empty() || !is_good {
        return None;
    }
    serde_json::to_string(&entries).ok()
}

/// One line of a result as people read it.
pub(super) struct Shown {
    pub what: String,
    pub state: String,
    pub tone: &'static str,
    pub value: String,
}

pub(super) fn shown(page: &Page, stored: &str) -> Vec<Shown> {
    let entries: Vec<Entry> = serde_json::from_str(stored).unwrap_or_default();
    let line = |entry: Entry| {
        let unit = match entry.what.as_str() {
            "down" | "up" => "self-test-kbps",
            _ => "self-test-ms",
        };
        Shown {
            what: page.t(&format!("self-test-{}", entry.what)),
            state: page.t(&format!("self-test-state-{}", entry.state)),
            tone: match entry.state.as_str() {
                "good" => "good",
                "bad" | "denied" => "bad",
                "weak" | "missing" | "busy" => "now",
                _ => "",
            },
            value: entry.value.map(|value| page.t1(unit, "value", value)).unwrap_or_default(),
        }
    };
    entries.into_iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lang::Lang;
    use crate::texts::has;
    use proptest::prelude::*;

    #[test]
    fn takes_our_own_words_alone() {
        for (text, expect) in [
            (r#"[{"what":"udp","state":"bad"}]"#, true),
            (r#"[{"what":"down","state":"good","value":8200},{"what":"udp","state":"good"}]"#, true),
            (r#"[{"what":"udp","state":"bad"},{"what":"udp","state":"good"}]"#, false),
            (r#"[{"what":"down","state":"good","value":99999999999}]"#, false),
            (r#"[{"what":"<b>","state":"bad"}]"#, false),
            (r#"[{"what":"udp","state":"fine"}]"#, false),
            (r#"[{"what":"udp","state":"bad","name":"x"}]"#, false),
            ("[]", false),
            ("{}", false),
            ("", false),
        ] {
            assert_eq!(read(text).is_some(), expect, "{text}");
        }
    }

    #[test]
    fn everything_that_is_looked_at_has_its_text() {
        let mut keys: Vec<String> = WHATS.iter().map(|what| format!("self-test-{what}")).collect();
        keys.extend(STATES.iter().map(|state| format!("self-test-state-{state}")));
        keys.extend(SCRIPT_TEXTS.iter().map(|key| (*key).to_owned()));
        let missing: Vec<_> = keys.iter().filter(|key| !Lang::ALL.into_iter().all(|lang| has(lang, key))).collect();
        assert!(missing.is_empty(), "{missing:?}");
    }

    proptest! {
        #[test]
        fn what_was_taken_reads_back(what in 0..WHATS.len(), state in 0..STATES.len(), value in proptest::option::of(0..=VALUE_MAX)) {
            let entry = Entry { what: WHATS[what].to_owned(), state: STATES[state].to_owned(), value };
            let text = serde_json::to_string(&[&entry]).unwrap();
            let kept: Vec<Entry> = serde_json::from_str(&read(&text).unwrap()).unwrap();
            prop_assert_eq!(kept, [entry]);
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,60}|[\\[\\]{}\":,a-z0-9]{0,60}") {
            let _ = read(&text);
        }
    }
}

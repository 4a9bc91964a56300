//! Lines of a lesson's chat: for whom they were, and as a report keeps them.

use crate::Page;
use preau_base::{ChatId, PersonId};
use preau_school::safety::Audience;
use preau_store::keeping::Line;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// For whom a line was, as the class has written it (`docs/protocol/class.md`, Line); nothing for what this version does not
/// know, which then is for nobody.
pub(crate) fn audience(text: &str) -> Option<Audience> {
    match serde_json::from_str(text).ok()? {
        Value::String(word) if word == "class" => Some(Audience::Class),
        Value::String(word) if word == "leaders" => Some(Audience::Leaders),
        Value::Object(of) => {
            if let Some(person) = of.get("person") {
                return person.as_str()?.parse().ok().map(Audience::Person);
            }
            of.get("place")?.as_u64().and_then(|place| u8::try_from(place).ok()).map(Audience::Place)
        }
        _ => None,
    }
}

/// A name, with the word that marks somebody who was invited from outside: it may be anybody's.
pub(crate) fn with_guest(page: &Page, name: String, is_guest: bool) -> String {
    if is_guest { page.t1("guest-name", "name", name) } else { name }
}

/// A line as a report keeps it: who judges reads the names of then, whatever becomes of the chat.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Quoted {
    pub chat: ChatId,
    pub person: PersonId,
    pub name: String,
    /// Reports of before it was noted say nothing of it.
    #[serde(default)]
    pub is_guest: bool,
    pub body: String,
    pub at: i64,
    /// The one that was reported.
    pub is_it: bool,
}

/// The reported line among those around it, as JSON.
pub(super) fn quote(line: &Line, around: &[Line]) -> String {
    let mut all: Vec<&Line> = around.iter().chain([line]).collect();
    all.sort_by_key(|one| one.id);
    let quoted: Vec<Quoted> = all
        .into_iter()
        .map(|one| Quoted {
            chat: one.id,
            person: one.person_id,
            name: one.name.reveal().clone(),
            is_guest: one.is_guest,
            body: one.body.reveal().clone(),
            at: one.sent_at.as_millis(),
            is_it: one.id == line.id,
        })
        .collect();
    serde_json::to_string(&quoted).unwrap_or_default()
}

pub(super) fn quoted(lines: &str) -> Vec<Quoted> {
    serde_json::from_str(lines).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use preau_base::{Instant, Pii, SeededRng};
    use proptest::prelude::*;

    #[test]
    fn reads_for_whom_a_line_was() {
        let person = PersonId::new(Instant::EPOCH, &mut SeededRng::new(1));
        for (text, expect) in [
            ("\"class\"", Some(Audience::Class)),
            ("\"leaders\"", Some(Audience::Leaders)),
            ("{\"place\":3}", Some(Audience::Place(3))),
            ("{\"place\":300}", None),
            ("{\"person\":\"x\"}", None),
            ("\"all\"", None),
            ("", None),
        ] {
            assert_eq!(audience(text), expect, "{text}");
        }
        assert_eq!(audience(&format!("{{\"person\":\"{person}\"}}")), Some(Audience::Person(person)));
    }

    #[test]
    fn a_quoted_line_stands_in_its_place_and_reads_back() {
        let rng = &mut SeededRng::new(1);
        let mut line = |at: u64, body: &str| Line {
            id: ChatId::new(Instant::from_secs(at as i64), rng),
            person_id: PersonId::new(Instant::EPOCH, rng),
            name: Pii::new("Max".to_owned()),
            is_guest: at == 1,
            body: Pii::new(body.to_owned()),
            audience: String::new(),
            sent_at: Instant::from_secs(at as i64),
        };
        let (before, it, after) = (line(1, "a"), line(2, "b"), line(3, "c"));
        let read = quoted(&quote(&it, &[before, after]));
        assert_eq!(
            read.iter().map(|one| (one.body.as_str(), one.is_it, one.is_guest)).collect::<Vec<_>>(),
            [("a", false, true), ("b", true, false), ("c", false, false)]
        );
    }

    proptest! {
        #[test]
        fn no_stored_text_makes_it_panic(text in "\\PC{0,40}|[\\[\\]{}\":,a-z0-9]{0,40}") {
            let _ = (audience(&text), quoted(&text));
        }
    }
}

//! Every message comes over as it was sent, and what does not come over as one is refused.

use super::assert_bounds;
use crate::any::{commands, facts, messages, one_of};
use crate::book::Fact;
use crate::limits::{FRAME_BYTES_MAX, OFFER_FRAME_BYTES_MAX};
use crate::wire::{Command, Incoming, ServerMessage, parse, write};
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Value, json};

fn frame(command: &Command, id: u32) -> Value {
    let mut frame = serde_json::to_value(command).expect("a command can be written");
    frame["v"] = json!(1);
    frame["id"] = json!(id);
    frame
}

/// What somebody hostile, or a defect, makes of a frame.
#[derive(Clone, Debug)]
enum Harm {
    /// Something in it is something else.
    Value(Index, Value),
    /// A part is missing.
    Without(Index),
    /// A part is there under another name.
    Renamed(Index, String),
    /// Some of the text is other text.
    Text(Index, Index, String),
}

fn harm() -> impl Strategy<Value = Harm> {
    let deep = |depth| (0..depth).fold(json!(0), |inner, _| json!([inner]));
    let odd = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        Just(json!({})),
        Just(json!([])),
        prop::collection::vec(any::<i32>(), 0..50).prop_map(Value::from),
        (1..120_usize).prop_map(deep),
    ];
    let at = any::<Index>;
    prop_oneof![
        (at(), odd).prop_map(|(at, value)| Harm::Value(at, value)),
        at().prop_map(Harm::Without),
        (at(), any::<String>()).prop_map(|(at, name)| Harm::Renamed(at, name)),
        (at(), at(), any::<String>()).prop_map(|(from, to, text)| Harm::Text(from, to, text)),
    ]
}

/// All that stands in a value, by its place.
fn places(value: &Value, at: &str, found: &mut Vec<String>) {
    found.push(at.to_owned());
    match value {
        Value::Array(items) => {
            (0..).zip(items).for_each(|(nth, item): (u32, _)| places(item, &format!("{at}/{nth}"), found))
        }
        Value::Object(fields) => {
            fields
                .iter()
                .filter(|(name, _)| !name.contains(['/', '~']))
                .for_each(|(name, field)| places(field, &format!("{at}/{name}"), found));
        }
        _ => {}
    }
}

fn harmed(frame: &str, harm: &Harm) -> String {
    if let Harm::Text(from, to, put) = harm {
        let places: Vec<usize> = frame.char_indices().map(|(at, _)| at).chain([frame.len()]).collect();
        let (from, to) = (places[from.index(places.len())], places[to.index(places.len())]);
        return [&frame[..from.min(to)], put, &frame[from.max(to)..]].concat();
    }
    let Ok(mut value) = serde_json::from_str::<Value>(frame) else { return frame.to_owned() };
    let mut found = Vec::new();
    places(&value, "", &mut found);
    let (Harm::Value(at, _) | Harm::Without(at) | Harm::Renamed(at, _)) = harm else { return frame.to_owned() };
    let place = &found[at.index(found.len())];
    if let Harm::Value(_, odd) = harm {
        *value.pointer_mut(place).expect("it was found") = odd.clone();
    } else {
        let (parent, name) = place.rsplit_once('/').unwrap_or_default();
        let Some(Value::Object(fields)) = value.pointer_mut(parent) else { return frame.to_owned() };
        let field = fields.remove(name).unwrap_or_default();
        if let Harm::Renamed(_, other) = harm {
            fields.insert(other.clone(), field);
        }
    }
    value.to_string()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn every_command_comes_over_as_it_was_sent(command in one_of(commands(&[])), id in 1..=0x7fff_ffff_u32) {
        let frame = frame(&command, id).to_string();
        prop_assert!(frame.len() <= FRAME_BYTES_MAX, "{} bytes", frame.len());
        prop_assert_eq!(parse(&frame), Ok(Incoming { id: Some(id), command }));
    }

    #[test]
    fn every_message_comes_over_as_it_was_sent(message in one_of(messages(&[]))) {
        let frame = write(&message);
        let head: Value = serde_json::from_str(&frame).expect("JSON");
        prop_assert!(head["v"] == 1 && head["type"].is_string(), "{}", frame);
        prop_assert_eq!(serde_json::from_str::<ServerMessage>(&frame).map_err(|error| error.to_string()), Ok(message));
    }

    #[test]
    fn every_fact_comes_back_as_it_was_stored(fact in one_of(facts(&[]))) {
        let text = serde_json::to_string(&fact).expect("a fact can be written");
        prop_assert_eq!(serde_json::from_str::<Fact>(&text).map_err(|error| error.to_string()), Ok(fact));
    }

    /// Whatever is done to a frame, it is read within the limits or refused, and what is read is no more than what came.
    #[test]
    fn a_harmed_frame_is_read_within_its_limits_or_refused(
        command in one_of(commands(&[])),
        harms in prop::collection::vec(harm(), 1..4),
    ) {
        let text = harms.iter().fold(frame(&command, 7).to_string(), |text, harm| harmed(&text, harm));
        match parse(&text) {
            Ok(incoming) => {
                assert_bounds(&incoming);
                prop_assert!(text.len() <= OFFER_FRAME_BYTES_MAX);
                let read = serde_json::to_string(&incoming.command).expect("a command can be written");
                prop_assert!(read.len() <= 2 * text.len() + 200, "{} bytes of {}", read.len(), text.len());
            }
            Err(fault) => prop_assert!(fault.id.is_none_or(|id| (1..=0x7fff_ffff).contains(&id))),
        }
    }
}

/// The strategies are those that the types are listed by; that none is missing the compiler sees.
#[test]
fn every_type_has_its_strategy() {
    let snake = |name: &str| {
        let words =
            name.chars().flat_map(|char| char.is_uppercase().then_some('_').into_iter().chain(char.to_lowercase()));
        words.skip(1).collect::<String>()
    };
    let names: Vec<String> = commands(&[]).iter().map(|(name, _)| snake(name)).collect();
    assert_eq!(names, Command::TYPES);
}

#[test]
fn what_is_deep_or_long_is_refused() {
    let nested = |depth: usize| format!(r#"{{"v":1,"type":"leave","x":{}{}}}"#, "[".repeat(depth), "]".repeat(depth));
    assert!(parse(&nested(100)).is_ok(), "a field that nobody knows is no matter");
    assert!(parse(&nested(8_000)).is_err());
    let many = |count: usize| format!(r#"{{"v":1,"type":"erase","objects":[1{}]}}"#, ",1".repeat(count));
    assert!(parse(&many(8_000)).is_ok(), "the classroom says how many it takes");
    assert!(parse(&many(9_000)).is_err());
}

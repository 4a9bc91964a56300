//! The examples of the protocol's pages: each is a message that is read as it stands there.

use crate::limits::PROTOCOL;
use crate::wire::{Command, ServerMessage, parse};
use std::collections::BTreeSet;

const PAGES: [&str; 2] =
    [include_str!("../../../../docs/protocol/class.md"), include_str!("../../../../docs/protocol/class-tools.md")];

/// What stands for an id, an object or a point, each as one that is read.
const STANDS_FOR: [(&str, &str); 5] = [
    (r#""…""#, r#""0190a1b2-c3d4-7e5f-8a6b-7c8d9e0f1a2b""#),
    (":Page", r#":{"deck":1,"page":0}"#),
    (":Shape", r#":{"is":"pen","colour":1,"width":3,"points":[[1,2]]}"#),
    ("[x,y]", "[1,2]"),
    ("[…]", "[]"),
];

/// Messages between backquotes, with what stands for something filled in.
fn examples() -> Vec<String> {
    let spans = PAGES.iter().flat_map(|page| page.lines()).flat_map(|line| line.split('`').skip(1).step_by(2));
    let messages = spans.filter(|span| span.starts_with(r#"{"v":1,"type""#) || span.starts_with(r#"{"type""#));
    let filled = messages.map(|span| {
        let filled = STANDS_FOR.iter().fold(span.to_owned(), |text, (from, to)| text.replace(from, to));
        filled.replacen(r#"{"type""#, r#"{"v":1,"type""#, 1)
    });
    filled.collect()
}

#[test]
fn every_example_of_a_message_can_be_read() {
    let mut commands = BTreeSet::new();
    for example in examples() {
        // Some only name an object, which is described elsewhere.
        let Ok(value) = serde_json::from_str::<serde_json::Value>(&example) else { continue };
        let is_command = parse(&example).is_ok();
        assert!(is_command || serde_json::from_str::<ServerMessage>(&example).is_ok(), "{example}");
        let name = value["type"].as_str().expect("with its type").to_owned();
        commands.extend(is_command.then_some(name));
    }
    // Those of breakouts and polls are described by their fields.
    let described = Command::TYPES.iter().filter(|name| name.starts_with("breakouts_") || name.starts_with("poll_"));
    assert_eq!(commands.len() + described.count() + 1, Command::TYPES.len(), "{commands:?}");
}

#[test]
fn the_examples_speak_the_version_that_the_server_speaks() {
    let versions = PAGES.iter().flat_map(|page| page.split(r#""protocol":"#).skip(1));
    let versions: Vec<u32> =
        versions.map(|rest| rest.split(',').next().and_then(|text| text.parse().ok()).expect("a number")).collect();
    assert!(versions.len() > 1 && versions.iter().all(|version| *version == PROTOCOL), "{versions:?}");
}

//! A request as eight numbers that can be compared, and as words that can be read.

use super::hash;
use crate::limits::{ATTRIBUTE_CHARS_MAX, ATTRIBUTE_TEXTS_MAX};
use crate::request::{Shape, Version};
use std::collections::HashMap;

/// What tells one kind of client from another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Attribute {
    Method,
    Path,
    Query,
    Version,
    Agent,
    HeaderOrder,
    Language,
    Cookie,
}

impl Attribute {
    pub(super) const ALL: [Self; 8] = [
        Self::Method,
        Self::Path,
        Self::Query,
        Self::Version,
        Self::Agent,
        Self::HeaderOrder,
        Self::Language,
        Self::Cookie,
    ];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Method => "method",
            Self::Path => "path",
            Self::Query => "query",
            Self::Version => "version",
            Self::Agent => "agent",
            Self::HeaderOrder => "header_order",
            Self::Language => "language",
            Self::Cookie => "cookie",
        }
    }

    /// Newcomers differ from people with a pass in this by nature: without newcomers to compare with it says nothing.
    pub(super) const fn needs_newcomers(self) -> bool {
        matches!(self, Self::Path | Self::HeaderOrder | Self::Cookie | Self::Method)
    }
}

/// A hash for each attribute, in the order of [`Attribute::ALL`].
pub(super) type Values = [u64; Attribute::ALL.len()];

/// Longer paths and agents are compared by their beginning: the edge bounds headers, this bounds work.
const COMPARED_BYTES_MAX: usize = 256;
/// A segment this long without spaces of meaning is a token, however it is made.
const TOKEN_CHARS_MIN: usize = 20;
/// From this many digits and letters of hexadecimal numbers on, a segment is one.
const HEX_CHARS_MIN: usize = 8;

pub(super) fn values(shape: &Shape<'_>, seed: u64) -> Values {
    let text = |attribute: Attribute, text: &str| hash::of_bytes(hash::mix(seed, attribute as u64), bounded(text));
    let number = |attribute: Attribute, number: u64| hash::mix(hash::mix(seed, attribute as u64), number);
    [
        text(Attribute::Method, shape.method),
        path_hash(shape.path, hash::mix(seed, Attribute::Path as u64)),
        text(Attribute::Query, query_class(shape.query)),
        number(Attribute::Version, shape.version as u64),
        text(Attribute::Agent, shape.agent),
        number(Attribute::HeaderOrder, shape.header_order),
        number(Attribute::Language, u64::from(shape.has_language)),
        number(Attribute::Cookie, u64::from(shape.has_cookie)),
    ]
}

fn bounded(text: &str) -> &[u8] {
    text.as_bytes().get(..COMPARED_BYTES_MAX).unwrap_or(text.as_bytes())
}

/// What stands for a segment of a path, so that `/lessons/018f…` and `/lessons/0190…` are one shape.
fn collapsed(segment: &str) -> &str {
    let all = |test: fn(&u8) -> bool| segment.bytes().all(|byte| test(&byte));
    if segment.is_empty() {
        ""
    } else if all(u8::is_ascii_digit) {
        "{number}"
    } else if segment.len() >= HEX_CHARS_MIN
        && all(|byte| byte.is_ascii_hexdigit() || *byte == b'-')
        && segment.bytes().any(|byte| byte.is_ascii_digit())
    {
        "{id}"
    } else if segment.split('.').any(|part| part.len() >= TOKEN_CHARS_MIN) {
        // Secrets too: whoever may look at signatures must not be shown the way into somebody's calendar.
        "{token}"
    } else {
        segment
    }
}

fn segments(path: &str) -> impl Iterator<Item = &str> {
    let bytes_max = path.floor_char_boundary(COMPARED_BYTES_MAX);
    path.get(..bytes_max).unwrap_or(path).split('/').map(collapsed)
}

fn path_hash(path: &str, seed: u64) -> u64 {
    segments(path).fold(seed, |hash, segment| hash::of_bytes(hash, segment.as_bytes()))
}

/// The path's shape as text.
fn path_shape(path: &str) -> String {
    segments(path).collect::<Vec<_>>().join("/")
}

const fn query_class(query: &str) -> &'static str {
    match query.len() {
        0 => "none",
        1..16 => "under 16 bytes",
        16..64 => "16 to 63 bytes",
        64..256 => "64 to 255 bytes",
        _ => "256 bytes and more",
    }
}

fn text_of(attribute: Attribute, shape: &Shape<'_>) -> String {
    let yes_no = |yes: bool| if yes { "yes" } else { "no" }.to_owned();
    match attribute {
        Attribute::Method => clean(shape.method),
        Attribute::Path => clean(&path_shape(shape.path)),
        Attribute::Query => query_class(shape.query).to_owned(),
        Attribute::Version => match shape.version {
            Version::Http10 => "HTTP/1.0".to_owned(),
            Version::Http11 => "HTTP/1.1".to_owned(),
            Version::Http2 => "HTTP/2".to_owned(),
        },
        Attribute::Agent => clean(shape.agent),
        Attribute::HeaderOrder => format!("{:016x}", shape.header_order),
        Attribute::Language => yes_no(shape.has_language),
        Attribute::Cookie => yes_no(shape.has_cookie),
    }
}

/// At most [`ATTRIBUTE_CHARS_MAX`] characters, none of which moves a terminal or a page: an attacker wrote them.
fn clean(text: &str) -> String {
    let harmless = |c: char| if c.is_control() || is_format(c) { '·' } else { c };
    text.chars().take(ATTRIBUTE_CHARS_MAX).map(harmless).collect()
}

/// Characters that turn the direction of writing or take no width.
const fn is_format(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{61c}')
}

/// Texts of values that were met lately, in two generations of half of [`ATTRIBUTE_TEXTS_MAX`] each: a flood of new
/// values pushes out old ones that nobody meets any more.
#[derive(Debug, Default)]
pub(super) struct Texts {
    young: HashMap<u64, Box<str>>,
    old: HashMap<u64, Box<str>>,
}

impl Texts {
    pub(super) fn note(&mut self, values: &Values, shape: &Shape<'_>) {
        for (attribute, value) in Attribute::ALL.into_iter().zip(values) {
            if self.young.contains_key(value) {
                continue;
            }
            if self.young.len() >= ATTRIBUTE_TEXTS_MAX / 2 {
                self.old = std::mem::take(&mut self.young);
            }
            let text = self.old.remove(value).unwrap_or_else(|| text_of(attribute, shape).into_boxed_str());
            self.young.insert(*value, text);
        }
    }

    pub(super) fn get(&self, value: u64) -> String {
        let text = self.young.get(&value).or_else(|| self.old.get(&value));
        text.map_or_else(|| format!("#{value:016x}"), |text| text.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn paths_of_one_shape_are_one() {
        let check = |path: &str, shape: &str| assert_eq!(path_shape(path), shape, "{path}");
        check("/", "/");
        check("/lessons/018f3b2e-7b1a-7c3d-9e4f-0123456789ab", "/lessons/{id}");
        check("/classes/6/pages/12", "/classes/{number}/pages/{number}");
        check("/activate/Zm9vYmFyYmF6cXV4LXF1dXV4", "/activate/{token}");
        check("/static/application.1f3c.css", "/static/application.1f3c.css");
        check("/calendars/Zm9vYmFyYmF6cXV4LXF1dXV4AAAAAAAA/preau.ics", "/calendars/{token}/preau.ics");
        check("/reset/eyJhbGciOiJIUzI1NiJ9.sealed.with-a-longer-signature", "/reset/{token}");
        check("/decade/facade", "/decade/facade");
        check("//a//", "//a//");
        let one = values(&Shape::of_path("/lessons/12345678"), 1);
        assert_eq!(one, values(&Shape::of_path("/lessons/87654321"), 1));
        assert_ne!(one[Attribute::Path as usize], values(&Shape::of_path("/lessons"), 1)[Attribute::Path as usize]);
    }

    #[test]
    fn texts_are_short_clean_and_bounded_in_number() {
        let mut texts = Texts::default();
        let agent = format!("\u{1b}[2J\u{202e}{}", "é".repeat(200));
        let shape = Shape { agent: &agent, ..Shape::of_path("/") };
        let known = values(&shape, 1);
        texts.note(&known, &shape);
        let shown = texts.get(known[Attribute::Agent as usize]);
        assert!(shown.starts_with("·[2J·é") && shown.chars().count() == ATTRIBUTE_CHARS_MAX, "{shown}");
        for n in 0..20_000 {
            let agent = n.to_string();
            let shape = Shape { agent: &agent, ..Shape::of_path("/") };
            texts.note(&values(&shape, 1), &shape);
            assert!(texts.young.len() + texts.old.len() <= ATTRIBUTE_TEXTS_MAX);
        }
        assert_eq!(texts.get(known[Attribute::Path as usize]), "/");
        assert!(texts.get(known[Attribute::Agent as usize]).starts_with('#'), "forgotten, still a name");
    }

    proptest! {
        #[test]
        fn no_shape_panics(path in ".{0,400}", query in ".{0,400}", agent in ".{0,400}", seed in any::<u64>()) {
            let shape = Shape { query: &query, agent: &agent, ..Shape::of_path(&path) };
            let mut texts = Texts::default();
            let values = values(&shape, seed);
            texts.note(&values, &shape);
            for value in values {
                prop_assert!(texts.get(value).chars().count() <= ATTRIBUTE_CHARS_MAX);
            }
        }
    }
}

//! Plain text as people type it, read as paragraphs, lists and links.
//!
//! Nothing here writes HTML: templates escape every piece. A link is an address that begins with `http://` or `https://`
//! and has a host; what a person sees is the address itself, so a link never says one thing and leads to another.

/// A part of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    Paragraph(Vec<Line>),
    /// Lines that each began with `- `, `* ` or `• `.
    List(Vec<Line>),
    /// Lines that began with `1. ` or `1) `, and the first one's number.
    Numbered(u32, Vec<Line>),
}

impl Block {
    pub fn lines(&self) -> &[Line] {
        match self {
            Self::Paragraph(lines) | Self::List(lines) | Self::Numbered(_, lines) => lines,
        }
    }
}

pub type Line = Vec<Span>;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Span {
    Text(String),
    /// An absolute address with `http` or `https`.
    Link(String),
}

impl Span {
    pub fn as_str(&self) -> &str {
        match self {
            Self::Text(text) | Self::Link(text) => text,
        }
    }
}

/// The most digits of a list's number.
const NUMBER_DIGITS_MAX: usize = 4;

/// Reads a text. Empty lines part paragraphs; lines of a paragraph stay lines.
pub fn read(text: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut begins = true;
    for line in text.lines().map(str::trim_end) {
        if line.trim().is_empty() {
            begins = true;
            continue;
        }
        let item = item(line.trim_start());
        match (item, blocks.last_mut()) {
            (Item::Point(rest), Some(Block::List(lines))) if !begins => lines.push(spans(rest)),
            (Item::Number(_, rest), Some(Block::Numbered(_, lines))) if !begins => lines.push(spans(rest)),
            (Item::None(rest), Some(Block::Paragraph(lines))) if !begins => lines.push(spans(rest)),
            (Item::Point(rest), _) => blocks.push(Block::List(vec![spans(rest)])),
            (Item::Number(first, rest), _) => blocks.push(Block::Numbered(first, vec![spans(rest)])),
            (Item::None(rest), _) => blocks.push(Block::Paragraph(vec![spans(rest)])),
        }
        begins = false;
    }
    blocks
}

enum Item<'a> {
    Point(&'a str),
    Number(u32, &'a str),
    None(&'a str),
}

fn item(line: &str) -> Item<'_> {
    for mark in ["- ", "* ", "• "] {
        if let Some(rest) = line.strip_prefix(mark).map(str::trim_start).filter(|rest| !rest.is_empty()) {
            return Item::Point(rest);
        }
    }
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let (number, rest) = line.split_at(digits);
    let rest = rest.strip_prefix(". ").or_else(|| rest.strip_prefix(") ")).map(str::trim_start);
    match (number.parse(), rest) {
        (Ok(number), Some(rest)) if digits <= NUMBER_DIGITS_MAX && !rest.is_empty() => Item::Number(number, rest),
        _ => Item::None(line),
    }
}

/// A line as text and links.
fn spans(line: &str) -> Line {
    let mut spans = Vec::new();
    let mut plain = String::new();
    let mut rest = line;
    while !rest.is_empty() {
        let Some(at) = link_start(rest) else { break };
        let (before, from) = rest.split_at(at);
        plain.push_str(before);
        let link = link_of(from);
        if is_address(link) {
            if !plain.is_empty() {
                spans.push(Span::Text(std::mem::take(&mut plain)));
            }
            spans.push(Span::Link(link.to_owned()));
            rest = &from[link.len()..];
        } else {
            // The scheme alone is text, and the search goes on behind its first letter.
            plain.push_str(&from[..1]);
            rest = &from[1..];
        }
    }
    plain.push_str(rest);
    if !plain.is_empty() {
        spans.push(Span::Text(plain));
    }
    spans
}

fn link_start(text: &str) -> Option<usize> {
    ["http://", "https://"].iter().filter_map(|scheme| text.find(scheme)).min()
}

/// Up to the first blank or sign that no address has bare; without the points and closing signs of the sentence around.
fn link_of(text: &str) -> &str {
    let stops = |letter: char| {
        letter.is_whitespace() || letter.is_control() || matches!(letter, '<' | '>' | '"' | '«' | '»' | '`' | '\\')
    };
    let mut link = text.split(stops).next().unwrap_or("");
    loop {
        let unbalanced = link.ends_with(')') && link.matches(')').count() > link.matches('(').count();
        let ends = link.ends_with(['.', ',', ';', ':', '!', '?', '\'', '’', '…', ']', '}', '*', '_']) || unbalanced;
        match link.char_indices().next_back() {
            Some((at, _)) if ends => link = &link[..at],
            _ => return link,
        }
    }
}

/// A host of letters, digits, points and hyphens (RFC 3986 §3.2.2), then anything. No name or password before it: those
/// make an address look like another host's.
fn is_address(link: &str) -> bool {
    let Some(rest) = link.strip_prefix("https://").or_else(|| link.strip_prefix("http://")) else { return false };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or("");
    let (host, port) = authority.split_once(':').unwrap_or((authority, "0"));
    !host.is_empty()
        && host.chars().all(|letter| letter.is_alphanumeric() || matches!(letter, '.' | '-'))
        && host.starts_with(char::is_alphanumeric)
        && port.parse::<u16>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn links(text: &str) -> Vec<String> {
        let blocks = read(text);
        let spans = blocks.iter().flat_map(Block::lines).flatten();
        spans.filter_map(|span| if let Span::Link(link) = span { Some(link.clone()) } else { None }).collect()
    }

    #[test]
    fn finds_paragraphs_and_lists() {
        let blocks = read("Correction.\nSuite.\n\n- un\n- deux\n* trois\n3. quatre\n4) cinq\n\n\nFin");
        let shape: Vec<_> = blocks
            .iter()
            .map(|block| match block {
                Block::Paragraph(lines) => ("p", 0, lines.len()),
                Block::List(lines) => ("ul", 0, lines.len()),
                Block::Numbered(first, lines) => ("ol", *first, lines.len()),
            })
            .collect();
        assert_eq!(shape, [("p", 0, 2), ("ul", 0, 3), ("ol", 3, 2), ("p", 0, 1)]);
        assert_eq!(read(" \n\n"), []);
        assert_eq!(read("2026. ").len(), 1, "a year at the end of a line is no list");
        assert!(matches!(read("20261. x")[0], Block::Paragraph(_)));
    }

    #[test]
    fn links_are_addresses_and_nothing_else() {
        for (text, expect) in [
            ("voir https://example.org/a?b=1#c.", vec!["https://example.org/a?b=1#c"]),
            ("(http://example.org/x_(y))", vec!["http://example.org/x_(y)"]),
            ("« https://example.org »", vec!["https://example.org"]),
            ("https://école.fr:8443/é, https://b.fr!", vec!["https://école.fr:8443/é", "https://b.fr"]),
            ("javascript:alert(1)", vec![]),
            ("data:text/html,x ftp://x/ //x HTTPS://X", vec![]),
            ("http:// https://", vec![]),
            ("https://bank.example@evil.example/", vec![]),
            ("https://a:b@evil.example/", vec![]),
            ("https://x\"onmouseover=alert(1)", vec!["https://x"]),
            ("http://http://a.fr/", vec!["http://a.fr/"]),
        ] {
            assert_eq!(links(text), expect, "{text}");
        }
    }

    /// The text without blanks and the marks of lists.
    fn bare(text: &str) -> String {
        text.chars().filter(|letter| !letter.is_whitespace()).collect()
    }

    proptest! {
        #[test]
        fn loses_nothing(text in "(\\PC|\n){0,120}|(https?://|[a-z.:/@()é ]|\n){0,60}") {
            let blocks = read(&text);
            let shown: String = blocks.iter().flat_map(Block::lines).flatten().map(Span::as_str).collect();
            let shown = bare(&shown);
            let mut rest = bare(&text).chars().collect::<Vec<_>>().into_iter();
            // Every letter that is shown was typed, in this order; only marks of lists are left out.
            for letter in shown.chars() {
                prop_assert!(rest.any(|typed| typed == letter));
            }
            let marks = text.lines().count() * 8;
            prop_assert!(bare(&text).chars().count() - shown.chars().count() <= marks);
        }

        #[test]
        fn a_link_has_a_scheme_and_a_host(text in "(https?:/?/?|[\\PC]|[a-z.:/@\"'<> ]){0,40}") {
            for link in links(&text) {
                prop_assert!(link.starts_with("http://") || link.starts_with("https://"));
                prop_assert!(!link.contains(|c: char| c.is_whitespace() || matches!(c, '"' | '<' | '>' | '\\')));
                prop_assert!(is_address(&link));
            }
        }
    }
}

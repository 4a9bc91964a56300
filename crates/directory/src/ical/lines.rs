//! Content lines (RFC 5545 §3.1): unfolding, name, parameters, value.

use crate::limits::CONTENT_LINE_BYTES_MAX;
use preau_school::feed::fault::{Bytes, CalendarFault};

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Line {
    /// Written large.
    pub name: String,
    /// Names written large; values without their quotes.
    pub parameters: Vec<(String, String)>,
    pub value: String,
    /// From 1 in the file.
    pub at: u64,
}

impl Line {
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

type Read = Result<Line, (u64, CalendarFault)>;

/// The content lines of a file. A wrong one is told with its place; the next ones are read.
pub(super) fn of(bytes: &[u8]) -> impl Iterator<Item = Read> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let mut raw = bytes.split(|byte| *byte == b'\n').zip(1_u64..).peekable();
    std::iter::from_fn(move || {
        loop {
            let (first, at) = raw.next()?;
            let mut whole = end_off(first).to_vec();
            let mut long = whole.len() > CONTENT_LINE_BYTES_MAX;
            while let Some((more, _)) = raw.next_if(|(next, _)| matches!(next.first(), Some(b' ' | b'\t'))) {
                long |= whole.len() + more.len() > CONTENT_LINE_BYTES_MAX;
                if !long {
                    whole.extend_from_slice(&end_off(more)[1..]);
                }
            }
            if long {
                return Some(Err((at, CalendarFault::LongLine { most: Bytes(CONTENT_LINE_BYTES_MAX as u64) })));
            }
            if whole.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            let Ok(text) = String::from_utf8(whole) else { return Some(Err((at, CalendarFault::NotUtf8))) };
            return Some(parse(&text, at).ok_or((at, CalendarFault::NoName)));
        }
    })
}

fn end_off(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\r").unwrap_or(line)
}

fn parse(text: &str, at: u64) -> Option<Line> {
    let end = text.find([';', ':'])?;
    let name = text[..end].to_ascii_uppercase();
    let is_name =
        |name: &str| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if !is_name(&name) {
        return None;
    }
    let mut parameters = Vec::new();
    let mut rest = &text[end..];
    while let Some(after) = rest.strip_prefix(';') {
        let equals = after.find('=')?;
        let parameter = after[..equals].to_ascii_uppercase();
        let (value, left) = parameter_value(&after[equals + 1..])?;
        parameters.push((parameter, value));
        rest = left;
    }
    let value = rest.strip_prefix(':')?.to_owned();
    Some(Line { name, parameters, value, at })
}

/// A parameter's value, quoted or not, and what stands behind it.
fn parameter_value(text: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut quoted = false;
    for (at, c) in text.char_indices() {
        match c {
            '"' => quoted = !quoted,
            ';' | ':' if !quoted => return Some((value, &text[at..])),
            c => value.push(c),
        }
    }
    None
}

/// Undoes the escapes of a TEXT value (RFC 5545 §3.3.11).
pub(super) fn text(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        match (c, c == '\\') {
            (_, true) => match chars.next() {
                Some('n' | 'N') => out.push('\n'),
                Some(other) => out.push(other),
                None => {}
            },
            (c, false) => out.push(c),
        }
    }
    out
}

//! One request line with its headers (RFC 9112 §3, §5, §6).

use super::{Fault, HeadLimits};
use crate::limits::METHOD_BYTES_MAX;
use http::Uri;
use memchr::{memchr, memchr_iter};
use std::ops::Range;

/// Empty lines that are passed over before a request (RFC 9112 §2.2).
const EMPTY_LINES_MAX: usize = 2;
/// What hyper takes as a target.
const TARGET_BYTES_MAX: usize = u16::MAX as usize - 2;

/// How the end of a request is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Framing {
    Empty,
    Length(u64),
    Chunked,
    /// Without a body, and then perhaps no HTTP any more.
    WebSocket,
}

/// Where the search for the end of a head stands, so that no byte is looked at twice, however slowly they come.
#[derive(Debug)]
pub(super) struct Search {
    line_start: usize,
    searched: usize,
    /// Where the request line begins, once it is known.
    begin: Option<usize>,
    lines: usize,
}

impl Search {
    pub const fn new() -> Self {
        Self { line_start: 0, searched: 0, begin: None, lines: 0 }
    }

    /// Nothing of a head has been seen.
    pub const fn is_at_beginning(&self) -> bool {
        self.begin.is_none() && self.line_start == 0 && self.searched == 0
    }

    /// Where in `bytes` the head stands, which begins with them, once it is there to its end.
    pub fn find(&mut self, bytes: &[u8], limits: HeadLimits) -> Result<Option<Range<usize>>, Fault> {
        while let Some(found) = memchr(b'\n', &bytes[self.searched..]) {
            let newline = self.searched + found;
            let line =
                bytes[self.line_start..newline].strip_suffix(b"\r").ok_or(Fault::Ambiguous("a bare line feed"))?;
            let line_start = self.line_start;
            (self.line_start, self.searched) = (newline + 1, newline + 1);
            match (self.begin, line) {
                (None, []) if self.lines < EMPTY_LINES_MAX => self.lines += 1,
                (None, []) => return Err(Fault::Malformed("empty lines for a request")),
                (None, _) => {
                    no_rubbish(line)?;
                    (self.begin, self.lines) = (Some(line_start), 0);
                }
                (Some(_), _) if newline + 1 > limits.bytes_max => return Err(Fault::TooLarge),
                (Some(begin), []) => return Ok(Some(begin..newline + 1)),
                (Some(_), _) => {
                    self.lines += 1;
                    if self.lines > limits.headers_max {
                        return Err(Fault::TooLarge);
                    }
                }
            }
        }
        self.searched = bytes.len();
        if self.begin.is_none() {
            no_rubbish(&bytes[self.line_start..])?;
        }
        if bytes.len() > limits.bytes_max { Err(Fault::TooLarge) } else { Ok(None) }
    }
}

/// Whoever speaks something else, TLS say, is told so at once and need not run into the deadline.
fn no_rubbish(line: &[u8]) -> Result<(), Fault> {
    let begin = &line[..line.len().min(METHOD_BYTES_MAX + 1)];
    let method = begin.split(|byte| *byte == b' ').next().unwrap_or_default();
    let method = method.strip_suffix(b"\r").unwrap_or(method);
    if method.len() > METHOD_BYTES_MAX || (!method.is_empty() && !is_name(method)) {
        return Err(Fault::Malformed("no method"));
    }
    Ok(())
}

/// Checks a head from its request line to its empty line.
pub(super) fn check(head: &[u8]) -> Result<Framing, Fault> {
    let lines = head.strip_suffix(b"\r\n").unwrap_or(head);
    let mut begin = 0;
    let mut lines = memchr_iter(b'\n', lines).map(|newline| {
        let line = &lines[begin..newline];
        begin = newline + 1;
        line.strip_suffix(b"\r").unwrap_or(line)
    });
    let line = RequestLine::read(lines.next().unwrap_or_default())?;
    let mut facts = Facts::default();
    for header in lines {
        facts.read(header)?;
    }
    facts.check_host(&line)?;
    facts.framing(&line)
}

struct RequestLine<'a> {
    http11: bool,
    /// The authority of a target in absolute form, and whether its scheme is https.
    authority: Option<(&'a [u8], bool)>,
}

impl<'a> RequestLine<'a> {
    fn read(line: &'a [u8]) -> Result<Self, Fault> {
        let mut parts = line.split(|byte| *byte == b' ');
        let (Some(method), Some(target), Some(version), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(Fault::Malformed("a request line that is not method, target and version"));
        };
        if !is_name(method) || method.len() > METHOD_BYTES_MAX {
            return Err(Fault::Malformed("no method"));
        }
        // The one opens tunnels, the other is HTTP/2 without TLS; neither is spoken here.
        if matches!(method, b"CONNECT" | b"PRI") {
            return Err(Fault::Malformed("a method for proxies"));
        }
        let http11 = match version {
            b"HTTP/1.1" => true,
            b"HTTP/1.0" => false,
            _ => return Err(Fault::Malformed("no version of HTTP that is spoken here")),
        };
        Ok(Self { http11, authority: target_authority(method, target)? })
    }
}

/// Checks the target, and gives the authority and scheme of one in absolute form (RFC 9112 §3.2).
fn target_authority<'a>(method: &[u8], target: &'a [u8]) -> Result<Option<(&'a [u8], bool)>, Fault> {
    let wrong = Err(Fault::Malformed("no target"));
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"/-._~%?&=+:@!$'()*,;".contains(byte);
    let graphic = target.iter().all(|byte| byte.is_ascii_graphic() && *byte != b'#');
    if !graphic || target.len() > TARGET_BYTES_MAX {
        return wrong;
    }
    match target {
        [b'/', rest @ ..] if rest.iter().all(plain) => Ok(None),
        // What browsers send unescaped, against the RFC: as far as hyper takes it.
        [b'/', ..] if Uri::try_from(target).is_ok() => Ok(None),
        b"*" if method == b"OPTIONS" => Ok(None),
        _ => {
            let (rest, https) = match target {
                [b'h', b't', b't', b'p', b's', b':', b'/', b'/', rest @ ..] => (rest, true),
                [b'h', b't', b't', b'p', b':', b'/', b'/', rest @ ..] => (rest, false),
                _ => return wrong,
            };
            let authority = rest.split(|byte| matches!(byte, b'/' | b'?')).next().unwrap_or_default();
            if !is_authority(authority) || Uri::try_from(target).is_err() {
                return wrong;
            }
            Ok(Some((authority, https)))
        }
    }
}

/// What the headers say about framing and host.
#[derive(Default)]
struct Facts<'a> {
    length: Option<u64>,
    chunked: bool,
    host: Option<&'a [u8]>,
    upgrades: bool,
}

impl<'a> Facts<'a> {
    fn read(&mut self, line: &'a [u8]) -> Result<(), Fault> {
        if let [b' ' | b'\t', ..] = line {
            return Err(Fault::Ambiguous("a folded header"));
        }
        let colon = memchr(b':', line).ok_or(Fault::Malformed("a header without a colon"))?;
        let (name, value) = (&line[..colon], &line[colon + 1..]);
        if let [.., b' ' | b'\t'] = name {
            return Err(Fault::Ambiguous("a blank before the colon"));
        }
        if !is_name(name) {
            return Err(Fault::Malformed("a header whose name is none"));
        }
        if !is_field_value(value) {
            return Err(Fault::Ambiguous("a control byte in a header"));
        }
        let value = value.trim_ascii();
        match name.len() {
            4 if name.eq_ignore_ascii_case(b"host") => self.host(value),
            7 if name.eq_ignore_ascii_case(b"upgrade") => {
                self.upgrades = true;
                Ok(())
            }
            14 if is_like(name, b"content-length") => self.length(name, value),
            17 if is_like(name, b"transfer-encoding") => self.transfer_encoding(name, value),
            _ => Ok(()),
        }
    }

    fn host(&mut self, value: &'a [u8]) -> Result<(), Fault> {
        if self.host.is_some() {
            return Err(Fault::Ambiguous("two hosts"));
        }
        if !is_authority(value) {
            return Err(Fault::Malformed("a host that is none"));
        }
        self.host = Some(value);
        Ok(())
    }

    fn length(&mut self, name: &[u8], value: &[u8]) -> Result<(), Fault> {
        hyphens(name)?;
        if self.length.is_some() {
            return Err(Fault::Ambiguous("two lengths"));
        }
        // Digits and nothing else, not even a zero before them that somebody may take for octal.
        let digits = value.iter().all(u8::is_ascii_digit) && (value.len() == 1 || value.first() != Some(&b'0'));
        let length = std::str::from_utf8(value).ok().filter(|_| digits).and_then(|text| text.parse::<i64>().ok());
        let length = length.and_then(|length| u64::try_from(length).ok());
        self.length = Some(length.ok_or(Fault::Ambiguous("a length that is no number"))?);
        Ok(())
    }

    fn transfer_encoding(&mut self, name: &[u8], value: &[u8]) -> Result<(), Fault> {
        hyphens(name)?;
        if self.chunked || !value.eq_ignore_ascii_case(b"chunked") {
            return Err(Fault::Ambiguous("a transfer encoding other than chunked"));
        }
        self.chunked = true;
        Ok(())
    }

    /// RFC 9112 §3.2: one host, and the one of the target.
    fn check_host(&self, line: &RequestLine<'_>) -> Result<(), Fault> {
        match (line.authority, self.host) {
            (_, None) if line.http11 => Err(Fault::Malformed("no host")),
            (Some((authority, https)), Some(host)) => {
                let port: &[u8] = if https { b":443" } else { b":80" };
                let bare = |name: &'_ [u8]| name.strip_suffix(port).unwrap_or(name).to_ascii_lowercase();
                if bare(authority) == bare(host) { Ok(()) } else { Err(Fault::Ambiguous("a target with another host")) }
            }
            _ => Ok(()),
        }
    }

    /// RFC 9112 §6.1 and §6.3.
    fn framing(&self, line: &RequestLine<'_>) -> Result<Framing, Fault> {
        match (self.length, self.chunked) {
            (Some(_), true) => Err(Fault::Ambiguous("a length and chunks")),
            (None, true) if !line.http11 => Err(Fault::Ambiguous("chunks in HTTP/1.0")),
            (None, true) => Ok(Framing::Chunked),
            (None | Some(0), false) if self.upgrades && line.http11 => Ok(Framing::WebSocket),
            (None | Some(0), false) => Ok(Framing::Empty),
            (Some(length), false) => Ok(Framing::Length(length)),
        }
    }
}

/// The same name, where `_` is as good as `-`: programs behind CGI cannot tell them apart.
fn is_like(name: &[u8], like: &[u8]) -> bool {
    name.len() == like.len()
        && name.iter().zip(like).all(|(is, like)| is.to_ascii_lowercase() == *like || (*is == b'_' && *like == b'-'))
}

fn hyphens(name: &[u8]) -> Result<(), Fault> {
    if name.contains(&b'_') { Err(Fault::Ambiguous("a header that passes for another")) } else { Ok(()) }
}

/// A token (RFC 9110 §5.6.2).
pub(super) fn is_name(name: &[u8]) -> bool {
    !name.is_empty() && name.iter().all(|byte| byte.is_ascii_alphanumeric() || b"-_!#$%&'*+.^`|~".contains(byte))
}

/// Anything but control bytes; the tab is none (RFC 9110 §5.5).
pub(super) fn is_field_value(value: &[u8]) -> bool {
    value.iter().all(|byte| matches!(byte, b'\t' | b' '..=b'~' | 0x80..))
}

/// A host and perhaps a port, without anybody's name before it.
fn is_authority(authority: &[u8]) -> bool {
    !authority.is_empty()
        && authority.iter().all(|byte| byte.is_ascii_alphanumeric() || b"-._~:[]%!$&'()*+;=".contains(byte))
        && http::uri::Authority::try_from(authority).is_ok()
}

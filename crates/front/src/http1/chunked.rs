use super::Fault;
use super::head::{is_field_value, is_name};
use crate::limits::{CHUNK_EXTENSION_BYTES_MAX, TRAILER_BYTES_MAX};

/// The size of a chunk has at most so many digits: more than any disk holds.
const SIZE_DIGITS_MAX: u8 = 15;

/// Headers that mean something else when they come after the body (RFC 9110 §6.5.1).
const NOT_IN_TRAILERS: [&[u8]; 8] = [
    b"content-length",
    b"transfer-encoding",
    b"host",
    b"connection",
    b"cookie",
    b"authorization",
    b"content-encoding",
    b"trailer",
];

/// A chunked body (RFC 9112 §7.1), byte by byte.
#[derive(Debug, Default)]
pub(super) struct Chunked {
    state: State,
    /// Of the chunk that is read: its size first, then what is left of it.
    left: u64,
    digits: u8,
    /// Of the whole body.
    extension_bytes: usize,
    trailer_bytes: usize,
    /// The trailer line that is coming in.
    line: Vec<u8>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Size,
    Extension,
    SizeLf,
    Data,
    DataCr,
    DataLf,
    Trailer,
    TrailerLf,
    Over,
}

impl Chunked {
    pub fn is_over(&self) -> bool {
        self.state == State::Over
    }

    /// How many of these bytes belong to the body.
    pub fn take(&mut self, bytes: &[u8]) -> Result<usize, Fault> {
        let mut at = 0;
        while at < bytes.len() && !self.is_over() {
            if self.state == State::Data {
                let taken = usize::try_from(self.left).unwrap_or(usize::MAX).min(bytes.len() - at);
                self.left -= taken as u64;
                at += taken;
                if self.left == 0 {
                    self.state = State::DataCr;
                }
            } else {
                self.state = self.next(bytes[at])?;
                at += 1;
            }
        }
        Ok(at)
    }

    fn next(&mut self, byte: u8) -> Result<State, Fault> {
        match (self.state, byte) {
            (State::Size, b'\r') if self.digits > 0 => Ok(State::SizeLf),
            (State::Size, b';') if self.digits > 0 => Ok(State::Extension),
            (State::Size, digit) => self.digit(digit),
            (State::Extension, b'\r') => Ok(State::SizeLf),
            (State::Extension, b'\t' | b' '..=b'~') => {
                self.extension_bytes += 1;
                if self.extension_bytes > CHUNK_EXTENSION_BYTES_MAX {
                    return Err(Fault::Ambiguous("chunk extensions without end"));
                }
                Ok(State::Extension)
            }
            (State::SizeLf, b'\n') => {
                self.digits = 0;
                Ok(if self.left == 0 { State::Trailer } else { State::Data })
            }
            (State::DataCr, b'\r') => Ok(State::DataLf),
            (State::DataLf, b'\n') => Ok(State::Size),
            (State::Trailer, b'\r') => Ok(State::TrailerLf),
            (State::Trailer, byte) => {
                self.trailer_bytes += 1;
                if self.trailer_bytes > TRAILER_BYTES_MAX {
                    return Err(Fault::TooLarge);
                }
                self.line.push(byte);
                Ok(State::Trailer)
            }
            (State::TrailerLf, b'\n') => self.trailer(),
            _ => Err(Fault::Ambiguous("a chunk that is not framed as one")),
        }
    }

    fn digit(&mut self, byte: u8) -> Result<State, Fault> {
        let digit = char::from(byte).to_digit(16).ok_or(Fault::Ambiguous("a chunk whose size is no number"))?;
        self.digits += 1;
        if self.digits > SIZE_DIGITS_MAX {
            return Err(Fault::Ambiguous("a chunk whose size has too many digits"));
        }
        self.left = self.left * 16 + u64::from(digit);
        Ok(State::Size)
    }

    /// The end of a line after the last chunk: the end of the body if it is empty.
    fn trailer(&mut self) -> Result<State, Fault> {
        let line = std::mem::take(&mut self.line);
        if line.is_empty() {
            return Ok(State::Over);
        }
        let colon = line.iter().position(|byte| *byte == b':').ok_or(Fault::Malformed("a trailer without a colon"))?;
        let (name, value) = (&line[..colon], &line[colon + 1..]);
        if !is_name(name) || !is_field_value(value) {
            return Err(Fault::Ambiguous("a trailer that is no header"));
        }
        if NOT_IN_TRAILERS.iter().any(|barred| name.eq_ignore_ascii_case(barred)) {
            return Err(Fault::Ambiguous("a trailer that frames or names the request"));
        }
        Ok(State::Trailer)
    }
}

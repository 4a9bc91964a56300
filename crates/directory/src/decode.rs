//! Bytes of any of the encodings that feeds come in, as UTF-8, in constant memory.

use crate::limits::{CHUNK_BYTES, DECLARATION_BYTES_MAX, PIECE_BYTES_MAX};
use encoding_rs::{Decoder, DecoderResult, Encoding};
use preau_school::feed::fault::{Bytes, ReadFault, Shown, Trouble};
use std::io::{self, BufRead, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// What makes text unreadable travels inside an [`io::Error`] through the parsers.
fn invalid(fault: ReadFault) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, fault)
}

/// What an error of reading is about: ours, or the machine's.
pub fn fault_of(error: &io::Error) -> ReadFault {
    let ours = error.get_ref().and_then(|inner| inner.downcast_ref::<ReadFault>());
    ours.cloned().unwrap_or_else(|| machine_fault(error))
}

/// What an error of the machine is about.
pub fn machine_fault(error: &io::Error) -> ReadFault {
    let trouble = match error.kind() {
        io::ErrorKind::NotFound => Trouble::Missing,
        io::ErrorKind::PermissionDenied => Trouble::Forbidden,
        io::ErrorKind::IsADirectory => Trouble::Folder,
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Trouble::DiskFull,
        io::ErrorKind::UnexpectedEof => Trouble::CutOff,
        _ => match error.raw_os_error().and_then(|number| u64::try_from(number).ok()) {
            Some(number) => return ReadFault::System { number },
            None => Trouble::Other,
        },
    };
    ReadFault::Failed { trouble }
}

/// How the encoding is found out.
#[derive(Clone, Copy)]
pub enum Guess {
    /// By byte order mark, else by the XML declaration, else UTF-8.
    Xml,
    /// By byte order mark, else this one.
    Fixed(&'static Encoding),
}

/// Reads bytes, gives UTF-8 with `\n` as the only line end. Wrong bytes are an error at their place, never replaced.
pub struct DecodeReader<R> {
    inner: R,
    guess: Guess,
    decoder: Option<Decoder>,
    raw: Box<[u8]>,
    raw_at: usize,
    raw_end: usize,
    raw_finished: bool,
    raw_before: u64,
    out: Vec<u8>,
    out_at: usize,
    after_cr: bool,
    finished: bool,
    failure: Option<ReadFault>,
    line: u64,
    given: u64,
    piece_from: u64,
    counter: Arc<AtomicU64>,
}

impl<R: Read> DecodeReader<R> {
    /// `counter` is raised by the bytes read from `inner`, for progress bars.
    pub fn new(inner: R, guess: Guess, counter: Arc<AtomicU64>) -> Self {
        Self {
            inner,
            guess,
            decoder: None,
            raw: vec![0; CHUNK_BYTES].into_boxed_slice(),
            raw_at: 0,
            raw_end: 0,
            raw_finished: false,
            raw_before: 0,
            out: Vec::new(),
            out_at: 0,
            after_cr: false,
            finished: false,
            failure: None,
            line: 1,
            given: 0,
            piece_from: 0,
            counter,
        }
    }

    /// The line, from 1, of the next byte that will be given.
    pub const fn line(&self) -> u64 {
        self.line
    }

    /// Bytes given so far, in UTF-8.
    pub const fn given(&self) -> u64 {
        self.given
    }

    /// From here on, [`PIECE_BYTES_MAX`] bytes may be read before the next call.
    pub const fn start_piece(&mut self) {
        self.piece_from = self.given;
    }

    fn read_raw(&mut self) -> io::Result<()> {
        if self.raw_at > 0 {
            self.raw.copy_within(self.raw_at..self.raw_end, 0);
            self.raw_before += self.raw_at as u64;
            self.raw_end -= self.raw_at;
            self.raw_at = 0;
        }
        while !self.raw_finished && self.raw_end < self.raw.len() {
            match self.inner.read(&mut self.raw[self.raw_end..]) {
                Ok(0) => self.raw_finished = true,
                Ok(read) => {
                    self.raw_end += read;
                    self.counter.fetch_add(read as u64, Ordering::Relaxed);
                    if self.raw_end >= DECLARATION_BYTES_MAX {
                        break;
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn begin(&mut self) -> Result<Decoder, ReadFault> {
        let head = &self.raw[..self.raw_end];
        let encoding = match (Encoding::for_bom(head), self.guess) {
            (Some((encoding, bom)), _) => {
                self.raw_at = bom;
                encoding
            }
            (None, Guess::Fixed(encoding)) => encoding,
            (None, Guess::Xml) => declared_encoding(head)?,
        };
        Ok(encoding.new_decoder_without_bom_handling())
    }

    /// Fills `out`; leaves it empty only at the end or before a failure.
    fn decode(&mut self) -> io::Result<()> {
        self.out.clear();
        self.out_at = 0;
        while self.out.is_empty() && !self.finished && self.failure.is_none() {
            self.read_raw()?;
            let mut decoder = match self.decoder.take() {
                Some(decoder) => decoder,
                None => self.begin().map_err(invalid)?,
            };
            let source = &self.raw[self.raw_at..self.raw_end];
            let room = decoder.max_utf8_buffer_length_without_replacement(source.len()).unwrap_or(CHUNK_BYTES * 3);
            self.out.resize(room, 0);
            let (result, read, written) =
                decoder.decode_to_utf8_without_replacement(source, &mut self.out, self.raw_finished);
            self.out.truncate(written);
            self.raw_at += read;
            self.one_line_end();
            match result {
                DecoderResult::InputEmpty => self.finished = self.raw_finished,
                DecoderResult::OutputFull => {}
                DecoderResult::Malformed(length, after) => {
                    let back = u64::from(length) + u64::from(after);
                    let byte = (self.raw_before + self.raw_at as u64).saturating_sub(back);
                    self.failure = Some(ReadFault::WrongByte { byte, encoding: decoder.encoding().name().into() });
                }
            }
            self.decoder = Some(decoder);
        }
        Ok(())
    }
}

impl<R: Read> DecodeReader<R> {
    /// Makes every line end one `\n` (XML 1.0 §2.11), so that lines are counted the same whatever wrote them.
    fn one_line_end(&mut self) {
        let mut after_cr = self.after_cr;
        self.out.retain_mut(|byte| {
            let second = after_cr && *byte == b'\n';
            after_cr = *byte == b'\r';
            if after_cr {
                *byte = b'\n';
            }
            !second
        });
        self.after_cr = after_cr;
    }
}

impl<R: Read> BufRead for DecodeReader<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.given - self.piece_from > PIECE_BYTES_MAX {
            return Err(invalid(ReadFault::LongPiece { most: Bytes(PIECE_BYTES_MAX) }));
        }
        if self.out_at >= self.out.len() {
            self.decode()?;
            if let (true, Some(failure)) = (self.out.is_empty(), &self.failure) {
                return Err(invalid(failure.clone()));
            }
        }
        Ok(&self.out[self.out_at..])
    }

    fn consume(&mut self, amount: usize) {
        let taken = &self.out[self.out_at..(self.out_at + amount).min(self.out.len())];
        self.line += taken.iter().filter(|&&byte| byte == b'\n').count() as u64;
        self.given += taken.len() as u64;
        self.out_at += taken.len();
    }
}

impl<R: Read> Read for DecodeReader<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let available = self.fill_buf()?;
        let amount = available.len().min(into.len());
        into[..amount].copy_from_slice(&available[..amount]);
        self.consume(amount);
        Ok(amount)
    }
}

/// XML 1.0 appendix F: by the first bytes, then by the declaration.
fn declared_encoding(head: &[u8]) -> Result<&'static Encoding, ReadFault> {
    if head.starts_with(b"<\0?\0") {
        return Ok(encoding_rs::UTF_16LE);
    }
    if head.starts_with(b"\0<\0?") {
        return Ok(encoding_rs::UTF_16BE);
    }
    let Some(label) = declaration_label(&head[..head.len().min(DECLARATION_BYTES_MAX)]) else {
        return Ok(encoding_rs::UTF_8);
    };
    let name = || Shown::from(String::from_utf8_lossy(label).as_ref());
    match Encoding::for_label(label) {
        None => Err(ReadFault::UnknownEncoding { name: name() }),
        Some(encoding) if encoding.is_ascii_compatible() => Ok(encoding),
        // The declaration could be read byte by byte, so the file is not written in UTF-16.
        Some(_) => Err(ReadFault::FalseEncoding { name: name() }),
    }
}

fn declaration_label(head: &[u8]) -> Option<&[u8]> {
    let declaration = head.strip_prefix(b"<?xml")?;
    let end = find(declaration, b"?>")?;
    let declaration = &declaration[..end];
    let after = declaration[find(declaration, b"encoding")? + b"encoding".len()..].trim_ascii_start();
    let value = after.strip_prefix(b"=")?.trim_ascii_start();
    let (quote, value) = value.split_first()?;
    if !matches!(quote, b'"' | b'\'') {
        return None;
    }
    value.split(|byte| byte == quote).next()
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}

/// Whether everything that `source` gives is UTF-8.
///
/// # Errors
/// Those of `source`.
pub fn is_utf8(source: &mut dyn Read) -> io::Result<bool> {
    let mut decoder = encoding_rs::UTF_8.new_decoder_without_bom_handling();
    let mut raw = vec![0; CHUNK_BYTES];
    let mut out = vec![0; CHUNK_BYTES * 3 + 16];
    loop {
        let read = match source.read(&mut raw) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            other => other?,
        };
        let (result, ..) = decoder.decode_to_utf8_without_replacement(&raw[..read], &mut out, read == 0);
        match result {
            DecoderResult::Malformed(..) => return Ok(false),
            _ if read == 0 => return Ok(true),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests;

//! Tables that schools export: pupils, relatives, staff, in one file or several.
//!
//! `;`, `,` or tabs; UTF-8, UTF-16 with a byte order mark, or Windows-1252 (Latin-1); headers in French or English, in any
//! order and spelling that the [header table](self) knows. The kind of a line is told by a profile column or, for the
//! whole file, by its headers. The school is the one that the caller names: tables don't.
//!
//! Keys: a column with an identifier or a national pupil number where there is one, else the name with the birth date,
//! the mail address or the names of the children. Two lines that only a guess could tell apart are refused.

mod headers;
mod lines;
mod people;

use crate::FeedError;
use crate::decode::{DecodeReader, Guess, fault_of, is_utf8};
use crate::limits::{COLUMNS_MAX, CSV_ROWS_MAX};
use headers::Headers;
use lines::Line;
use people::People;
use preau_school::feed::fault::TableFault;
use preau_school::feed::{Entry, Fault, Item, Position, Record, Refusal, School, Scope};
use std::collections::VecDeque;
use std::fs::File;
use std::io::{BufRead, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

/// What the people of a table are, where neither a column nor the headers tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Table {
    Pupils,
    Relatives,
    Teachers,
    Staff,
}

/// What a table does not tell.
#[derive(Clone, Debug)]
pub struct Options {
    /// Code of the school, 7 digits and a letter.
    pub uai: String,
    /// Name of the school, for one that is not known yet.
    pub school_name: Option<String>,
    /// None: told by the file.
    pub table: Option<Table>,
}

/// The name under which the people of a school's tables are kept: the same person is known again by it and the key.
pub fn source(uai: &str) -> String {
    format!("csv:{}", uai.trim().to_ascii_uppercase())
}

/// Opens a table and reads its headers.
///
/// # Errors
/// When the file cannot be read, `uai` is no code of a school, or the headers don't tell who is in it.
pub fn read_file(path: &Path, options: &Options) -> Result<Rows, FeedError> {
    let refuse = FeedError::unfit(path);
    let uai = crate::values::uai(&options.uai)
        .ok_or_else(|| refuse(TableFault::BadUai { uai: options.uai.as_str().into() }.into()))?;
    let bytes_total = std::fs::metadata(path).map_err(FeedError::open(path))?.len();
    let open = || File::open(path).map_err(FeedError::open(path));
    let fallback = if is_utf8(&mut open()?).map_err(FeedError::open(path))? {
        encoding_rs::UTF_8
    } else {
        encoding_rs::WINDOWS_1252
    };
    let bytes_read = Arc::new(AtomicU64::new(0));
    let mut text = DecodeReader::new(open()?, Guess::Fixed(fallback), Arc::clone(&bytes_read));
    let (delimiter, skipped) = delimiter(&mut text).map_err(FeedError::open(path))?;
    let mut lines = csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).has_headers(false).from_reader(text);
    let mut first = csv::StringRecord::new();
    let read = lines.read_record(&mut first).map_err(|error| refuse(csv_fault(&error)))?;
    if !read {
        return Err(refuse(TableFault::Empty.into()));
    }
    if first.len() > COLUMNS_MAX {
        return Err(refuse(TableFault::ManyColumns { most: COLUMNS_MAX as u64 }.into()));
    }
    let headers = Headers::read(first.iter(), options.table).map_err(|fault| refuse(fault.into()))?;
    let file = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let school = School {
        key: uai.clone(),
        uai: uai.clone(),
        name: options.school_name.clone(),
        kind: String::new(),
        street: String::new(),
        postal_code: String::new(),
        city: String::new(),
        academy: String::new(),
        classes: Vec::new(),
        groups: Vec::new(),
    };
    let position = Position { file: file.clone(), line: 1 + skipped, record: 0 };
    let mut ready = VecDeque::new();
    ready.push_back(Ok(Entry { position, record: Record::School(school), doubts: headers.doubts() }));
    Ok(Rows {
        lines,
        headers,
        people: People::new(uai),
        file,
        skipped,
        number: 0,
        ready,
        done: false,
        bytes_total,
        bytes_read,
    })
}

/// The records of a table: first the school, then people with their subjects and relatives, line by line.
pub struct Rows {
    lines: csv::Reader<DecodeReader<File>>,
    headers: Headers,
    people: People,
    file: String,
    /// Lines before the headers.
    skipped: u64,
    number: u64,
    ready: VecDeque<Item>,
    done: bool,
    bytes_total: u64,
    bytes_read: Arc<AtomicU64>,
}

impl Rows {
    /// Size of the file.
    pub const fn bytes_total(&self) -> u64 {
        self.bytes_total
    }

    /// Grows up to [`Self::bytes_total`].
    pub fn bytes_read(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.bytes_read)
    }

    fn read_line(&mut self) {
        let mut record = csv::StringRecord::new();
        self.lines.get_mut().start_piece();
        match self.lines.read_record(&mut record) {
            Ok(true) if record.iter().all(|field| field.trim().is_empty()) => {}
            Ok(true) => {
                self.number += 1;
                let line = record.position().map_or(0, csv::Position::line) + self.skipped;
                let position = Position { file: self.file.clone(), line, record: self.number };
                if self.number > CSV_ROWS_MAX {
                    self.refuse(position, Scope::RestOfFile, TableFault::ManyLines { most: CSV_ROWS_MAX }.into());
                    self.done = true;
                    return;
                }
                let taken = Line::read(&self.headers, &record).and_then(|line| self.people.take(line, position.line));
                match taken {
                    Ok(records) => self.ready.extend(
                        records
                            .into_iter()
                            .map(|(record, doubts)| Ok(Entry { position: position.clone(), record, doubts })),
                    ),
                    Err(fault) => self.refuse(position, Scope::Record, fault.into()),
                }
            }
            Ok(false) => self.done = true,
            Err(error) => {
                let position =
                    Position { file: self.file.clone(), line: self.lines.get_ref().line(), record: self.number + 1 };
                self.refuse(position, Scope::RestOfFile, csv_fault(&error));
                self.done = true;
            }
        }
    }

    fn refuse(&mut self, position: Position, scope: Scope, reason: Fault) {
        self.ready.push_back(Err(Refusal { position, kind: None, key: None, scope, reason }));
    }
}

impl Iterator for Rows {
    type Item = Item;

    fn next(&mut self) -> Option<Item> {
        while self.ready.is_empty() && !self.done {
            self.read_line();
        }
        self.ready.pop_front()
    }
}

fn csv_fault(error: &csv::Error) -> Fault {
    match error.kind() {
        csv::ErrorKind::Io(io) => fault_of(io).into(),
        _ => TableFault::NoLine.into(),
    }
}

/// The delimiter by the first line, and how many lines to skip: Excel writes `sep=;` before the headers.
fn delimiter<R: Read>(text: &mut DecodeReader<R>) -> std::io::Result<(u8, u64)> {
    let piece = text.fill_buf()?;
    let mut lines = piece.split(|&byte| byte == b'\n');
    let first = lines.next().unwrap_or_default();
    let head = first.trim_ascii_end();
    if let Some([delimiter]) = head.strip_prefix(b"sep=").filter(|rest| rest.len() == 1).map(|rest| [rest[0]]).as_ref()
    {
        let (delimiter, length) = (*delimiter, (first.len() + 1).min(piece.len()));
        text.consume(length);
        return Ok((delimiter, 1));
    }
    let mut quoted = false;
    let mut counts = [(b';', 0), (b',', 0), (b'\t', 0)];
    for &byte in first {
        quoted ^= byte == b'"';
        for (delimiter, count) in counts.iter_mut().filter(|_| !quoted) {
            *count += u32::from(byte == *delimiter);
        }
    }
    // The first of the most frequent: `;` before `,` before tabs.
    let best = counts.iter().rev().max_by_key(|(_, count)| *count).map_or(b';', |(delimiter, _)| *delimiter);
    Ok((best, 0))
}

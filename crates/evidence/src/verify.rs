use crate::chain::Chain;
use crate::hash::{ChainId, Hash};
use crate::limits::{
    BREAKS_LISTED_MAX, EXPECTED_MAX, FORMAT, KIND_DROPPED, KIND_HEADER, KIND_REDACTED, LINE_BYTES_MAX,
};
use crate::line::{Body, Header, Line, could_go_on, read};
use preau_base::Instant;
use serde::Deserialize;
use std::fmt;
use std::io::{BufRead, Read};

/// What was found in one part.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    pub chain: ChainId,
    /// Number of the part in its chain, from 0.
    pub part: u64,
    /// Records that hold, the header among them.
    pub records: u64,
    /// Records that the writer says it could not write.
    pub dropped: u64,
    /// Records whose address was blanked.
    pub redacted: u64,
    /// The latest of them.
    pub redacted_last: Option<Instant>,
    /// The latest instant that a record of this part says addresses were blanked up to.
    pub redaction_told: Option<Instant>,
    /// Instants of the first and the last record.
    pub first: Option<Instant>,
    pub last: Option<Instant>,
    /// The number of the first record, and that after the last.
    pub first_number: u64,
    pub next_number: u64,
    /// The hash that the part before has to end with, and the one that this part ends with.
    pub continues: Hash,
    pub ends: Hash,
    /// Bytes of a last line that was cut off: a write that a kill or a crash ended. It is no sign of tampering, whatever
    /// stands in it: a line without its end was never a record, and nobody gains by writing one.
    pub torn_bytes: usize,
    /// Length of what stands before it, in bytes.
    pub whole_bytes: u64,
    /// At most [`BREAKS_LISTED_MAX`].
    pub breaks: Vec<Break>,
    pub breaks_more: u64,
}

/// A place where the chain does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Break {
    /// From 1; 0 for what is about the part as a whole.
    pub line: u64,
    pub fault: Fault,
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Nothing at all, not even a header.
    Empty,
    /// Not a record, or not as we write them.
    NotARecord,
    TooLong,
    /// The first record is no header of this format.
    NoHeader,
    /// A header that is not the first record.
    HeaderInside,
    /// The hash is not that of these bytes after the record before: changed, removed, inserted or out of order.
    Hash {
        number: u64,
    },
    Number {
        expected: u64,
        found: u64,
    },
    /// The address is not the one that the record was written with.
    Address {
        number: u64,
    },
    /// A checkpoint that was kept elsewhere has another hash for this record.
    Checkpoint {
        number: u64,
    },
    /// A checkpoint that was kept elsewhere is of a record after the last.
    CutAway {
        number: u64,
    },
    /// This part does not follow the one before.
    OtherChain,
    Continuation,
    /// A line cut short, with another part after it that does not go on from before it.
    Torn,
}

impl Report {
    pub const fn holds(&self) -> bool {
        self.breaks.is_empty()
    }

    pub fn breaks_count(&self) -> u64 {
        self.breaks_more.saturating_add(u64::try_from(self.breaks.len()).unwrap_or(u64::MAX))
    }

    /// The writing end, to go on with after the last whole line. `None` when the part does not hold, or was cut short
    /// within its header.
    pub fn resume(&self) -> Option<Chain> {
        (self.holds() && self.records > 0)
            .then(|| Chain::resume(self.chain, self.part.saturating_add(1), self.next_number, self.ends))
    }

    fn add(&mut self, line: u64, fault: Fault) {
        if self.breaks.len() < BREAKS_LISTED_MAX {
            self.breaks.push(Break { line, fault });
        } else {
            self.breaks_more = self.breaks_more.saturating_add(1);
        }
    }
}

/// Whether `later` is the part after `earlier`. Only what the headers say is compared.
pub fn between(earlier: &Report, later: &Report) -> Option<Fault> {
    if earlier.chain != later.chain || later.part != earlier.part.saturating_add(1) {
        return Some(Fault::OtherChain);
    }
    if earlier.ends != later.continues || earlier.next_number != later.first_number {
        return Some(if earlier.torn_bytes > 0 { Fault::Torn } else { Fault::Continuation });
    }
    None
}

/// Takes the lines of one part, one at a time.
#[derive(Debug, Default)]
pub struct Verifier {
    report: Report,
    lines: u64,
    expected: Vec<(u64, Hash)>,
    /// A line without its end was seen: nothing may follow.
    ended: bool,
}

impl Verifier {
    pub fn new() -> Self {
        Self::default()
    }

    /// Compares with a checkpoint that was kept elsewhere. At most [`EXPECTED_MAX`]; more are not looked at.
    pub fn expect(&mut self, number: u64, hash: Hash) {
        if self.expected.len() < EXPECTED_MAX {
            self.expected.push((number, hash));
        }
    }

    /// The next line with its end; the last one may lack it.
    pub fn line(&mut self, line: &[u8]) {
        self.lines += 1;
        if self.ended {
            return self.add(Fault::NotARecord);
        }
        if !line.ends_with(b"\n") {
            self.ended = true;
            // A file that was never one of ours has no line of ours before.
            if self.lines > 1 || could_go_on(without_zeros(line)) {
                self.report.torn_bytes = line.len();
                return;
            }
        }
        if line.len() > LINE_BYTES_MAX {
            return self.add(Fault::TooLong);
        }
        let parts = read(line).and_then(|parts| Some((serde_json::from_slice::<Body<'_>>(parts.body).ok()?, parts)));
        match parts {
            Some((body, parts)) => self.record(&parts, &body),
            None => self.add(Fault::NotARecord),
        }
        self.report.whole_bytes += u64::try_from(line.len()).unwrap_or(0);
    }

    fn record(&mut self, parts: &Line<'_>, body: &Body<'_>) {
        let breaks = self.report.breaks_count();
        if self.lines == 1 {
            self.begin(body);
        } else if body.kind == KIND_HEADER {
            self.add(Fault::HeaderInside);
        }
        if body.n != self.report.next_number {
            self.add(Fault::Number { expected: self.report.next_number, found: body.n });
        }
        if Hash::of_record(self.report.ends, parts.body) != parts.hash {
            self.add(Fault::Hash { number: body.n });
        }
        self.address(parts, body);
        if self.expected.iter().any(|(number, hash)| *number == body.n && *hash != parts.hash) {
            self.add(Fault::Checkpoint { number: body.n });
        }
        // What follows is held against what this record says of itself: one change is then one finding or two, and
        // does not hide the next.
        self.report.ends = parts.hash;
        self.report.next_number = body.n.saturating_add(1);
        if self.report.breaks_count() == breaks {
            self.report.records += 1;
            self.report.first.get_or_insert(body.at);
            self.report.last = Some(body.at);
            self.count(body);
        }
    }

    fn begin(&mut self, body: &Body<'_>) {
        let header: Option<Header> = serde_json::from_str(body.fields.get()).ok();
        match header.filter(|header| body.kind == KIND_HEADER && header.format == FORMAT) {
            Some(header) => {
                self.report.chain = header.chain;
                self.report.part = header.part;
                self.report.continues = header.continues;
                self.report.ends = header.continues;
            }
            None => self.add(Fault::NoHeader),
        }
        self.report.first_number = body.n;
        self.report.next_number = body.n;
    }

    fn address(&mut self, parts: &Line<'_>, body: &Body<'_>) {
        match (&parts.open, body.commit) {
            (Some(open), Some(commit)) if Hash::of_address(*open.address.reveal(), &open.salt) == commit => {}
            (Some(_), _) => self.add(Fault::Address { number: body.n }),
            (None, Some(_)) => {
                self.report.redacted += 1;
                self.report.redacted_last = self.report.redacted_last.max(Some(body.at));
            }
            (None, None) => {}
        }
    }

    fn count(&mut self, body: &Body<'_>) {
        #[derive(Deserialize)]
        struct Dropped {
            records: u64,
        }
        #[derive(Deserialize)]
        struct Redacted {
            until: Instant,
        }
        let fields = body.fields.get();
        if body.kind == KIND_DROPPED
            && let Ok(dropped) = serde_json::from_str::<Dropped>(fields)
        {
            self.report.dropped = self.report.dropped.saturating_add(dropped.records);
        }
        if body.kind == KIND_REDACTED
            && let Ok(redacted) = serde_json::from_str::<Redacted>(fields)
        {
            self.report.redaction_told = self.report.redaction_told.max(Some(redacted.until));
        }
    }

    fn add(&mut self, fault: Fault) {
        self.report.add(self.lines, fault);
    }

    pub fn finish(mut self) -> Report {
        if self.lines == 0 {
            self.report.add(0, Fault::Empty);
        }
        for (number, _) in std::mem::take(&mut self.expected) {
            if number >= self.report.next_number {
                self.report.add(0, Fault::CutAway { number });
            }
        }
        self.report
    }
}

/// Verifies one part. A part that was cut short before its first line ended is torn and holds no record.
///
/// # Errors
///
/// Only those of the reader.
pub fn verify(reader: impl BufRead) -> std::io::Result<Report> {
    verify_with(Verifier::new(), reader)
}

pub(crate) fn verify_with(mut verifier: Verifier, mut reader: impl BufRead) -> std::io::Result<Report> {
    let most = u64::try_from(LINE_BYTES_MAX + 1).unwrap_or(u64::MAX);
    let mut line = Vec::new();
    loop {
        line.clear();
        // A line that is too long is handed over as far as it was read, and once: then its rest is skipped.
        if reader.by_ref().take(most).read_until(b'\n', &mut line)? == 0 {
            return Ok(verifier.finish());
        }
        if line.len() > LINE_BYTES_MAX && !line.ends_with(b"\n") {
            let skipped = skip_line(&mut reader)?;
            if skipped.ended {
                line.push(b'\n');
            }
            verifier.line(&line);
            if verifier.report.torn_bytes > 0 {
                verifier.report.torn_bytes += skipped.bytes;
            }
        } else {
            verifier.line(&line);
        }
    }
}

/// The rest of a line, which nobody reads.
struct Skipped {
    bytes: usize,
    /// Its end was there.
    ended: bool,
}

fn skip_line(reader: &mut impl BufRead) -> std::io::Result<Skipped> {
    let mut bytes = 0;
    loop {
        let buffer = reader.fill_buf()?;
        let (taken, ended) = match buffer.iter().position(|byte| *byte == b'\n') {
            Some(at) => (at + 1, true),
            None => (buffer.len(), buffer.is_empty()),
        };
        let is_there = ended && taken > 0;
        reader.consume(taken);
        bytes += taken;
        if ended {
            return Ok(Skipped { bytes, ended: is_there });
        }
    }
}

/// After a power failure a file may be as long as it was to be, with zeros where nothing was written.
fn without_zeros(line: &[u8]) -> &[u8] {
    let end = line.iter().rposition(|byte| *byte != 0).map_or(0, |at| at + 1);
    line.get(..end).unwrap_or(line)
}

impl Verifier {
    /// As [`verify`], with what was set here.
    ///
    /// # Errors
    ///
    /// Only those of the reader.
    pub fn run(self, reader: impl BufRead) -> std::io::Result<Report> {
        verify_with(self, reader)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => write!(f, "holds nothing, not even a header"),
            Self::NotARecord => write!(f, "is no record as they are written"),
            Self::TooLong => write!(f, "is longer than {LINE_BYTES_MAX} bytes"),
            Self::NoHeader => write!(f, "is no header of the format “{FORMAT}”"),
            Self::HeaderInside => write!(f, "is a header where none can be"),
            Self::Hash { number } => {
                write!(f, "record {number} does not follow from the one before: changed, inserted, or one is missing")
            }
            Self::Number { expected, found } => write!(f, "is record {found} where {expected} should be"),
            Self::Address { number } => write!(f, "record {number} was written with another address"),
            Self::Checkpoint { number } => write!(f, "record {number} is not the one that the checkpoint was made of"),
            Self::CutAway { number } => write!(f, "ends before record {number}, of which there is a checkpoint"),
            Self::OtherChain => write!(f, "is not the next part of the same chain"),
            Self::Continuation => write!(f, "does not go on where the part before ends: records are missing"),
            Self::Torn => write!(f, "does not go on before the line that was cut short"),
        }
    }
}

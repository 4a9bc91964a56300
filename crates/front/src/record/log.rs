use super::folder::{Folder, day_of};
use preau_base::Instant;
use preau_evidence::{Chain, Opening, WriteError, verify};
use serde::Serialize;
use std::fs::{self, File};
use std::io::{self, BufReader, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// What the log needs of a file.
pub trait PartFile: Send {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()>;
    fn sync(&mut self) -> io::Result<()>;
    /// Takes away what stands after the first `bytes`.
    fn cut(&mut self, bytes: u64) -> io::Result<()>;
}

/// Makes a new file that nothing is in.
pub type Opener = Box<dyn Fn(&Path) -> io::Result<Box<dyn PartFile>> + Send>;

pub fn on_disk() -> Opener {
    Box::new(|path| {
        let file = File::options().append(true).create_new(true).mode(0o600).open(path)?;
        Ok(Box::new(file))
    })
}

impl PartFile for File {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.write_all(bytes)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.sync_data()
    }

    fn cut(&mut self, bytes: u64) -> io::Result<()> {
        self.set_len(bytes)
    }
}

/// The part that is being written, and the chain. Either all records of a batch are written or none is.
pub struct Log {
    folder: Folder,
    open: Opener,
    part_bytes_max: u64,
    chain: Chain,
    part: Option<Open>,
}

struct Open {
    file: Box<dyn PartFile>,
    path: PathBuf,
    day: i64,
    bytes: u64,
    synced: bool,
}

/// Lines that follow each other, with the chain as it is once they are written.
pub struct Batch {
    chain: Chain,
    bytes: Vec<u8>,
    /// Bytes of a header at the beginning, which begins a new part.
    header: Option<i64>,
    pub records: u64,
}

impl Batch {
    pub fn add(
        &mut self,
        at: Instant,
        kind: &str,
        fields: &impl Serialize,
        address: Option<Opening>,
    ) -> Result<(), WriteError> {
        let line = self.chain.append(at, kind, fields, address)?;
        self.bytes.extend_from_slice(&line);
        self.records += 1;
        Ok(())
    }

    pub const fn bytes(&self) -> usize {
        self.bytes.len()
    }
}

impl Log {
    /// Goes on with `chain` in a new part: what a file holds already stays untouched.
    pub fn new(folder: Folder, open: Opener, part_bytes_max: u64, chain: Chain) -> Self {
        Self { folder, open, part_bytes_max, chain, part: None }
    }

    pub const fn chain(&self) -> &Chain {
        &self.chain
    }

    pub const fn folder(&self) -> &Folder {
        &self.folder
    }

    /// The part that is being written.
    pub fn open_path(&self) -> Option<&Path> {
        self.part.as_ref().map(|part| part.path.as_path())
    }

    /// Begins a batch; a new day and a full part begin a new part.
    pub fn batch(&self, now: Instant) -> Result<Batch, WriteError> {
        let goes_on =
            self.part.as_ref().is_some_and(|part| part.day == day_of(now) && part.bytes < self.part_bytes_max);
        let mut batch = Batch { chain: self.chain.clone(), bytes: Vec::new(), header: None, records: 0 };
        if !goes_on {
            batch.bytes = batch.chain.header(now)?;
            batch.header = Some(day_of(now));
        }
        Ok(batch)
    }

    /// Writes a batch. After an error the log is as it was before.
    pub fn write(&mut self, batch: Batch) -> io::Result<()> {
        let new = match batch.header {
            Some(day) => Some(self.begin_part(day)?),
            None => None,
        };
        let is_new = new.is_some();
        let Some(mut part) = new.or_else(|| self.part.take()) else {
            return Err(io::Error::other("no part is open"));
        };
        match part.file.append(&batch.bytes) {
            Ok(()) => {
                part.bytes = part.bytes.saturating_add(u64::try_from(batch.bytes.len()).unwrap_or(u64::MAX));
                part.synced = false;
                self.part = Some(part);
                self.chain = batch.chain;
                Ok(())
            }
            Err(error) => {
                let undone = if is_new { fs::remove_file(&part.path) } else { part.file.cut(part.bytes) };
                match undone {
                    Ok(()) if is_new => {}
                    Ok(()) => self.part = Some(part),
                    Err(_) => self.go_on_after(&part.path),
                }
                Err(error)
            }
        }
    }

    /// What was written in part and cannot be taken back stays, and the next part goes on after its last whole line.
    fn go_on_after(&mut self, path: &Path) {
        let report = File::open(path).and_then(|file| verify(BufReader::new(file)));
        if let Some(chain) = report.ok().and_then(|report| report.resume()) {
            self.chain = chain;
        }
    }

    /// Ends the part before with everything on the disk, and makes the next.
    fn begin_part(&mut self, day: i64) -> io::Result<Open> {
        self.sync()?;
        let path = self.folder.part_path(&self.chain, day);
        let file = (self.open)(&path)?;
        self.folder.sync()?;
        Ok(Open { file, path, day, bytes: 0, synced: true })
    }

    /// Returns once everything that was written is on the disk. After a failure nobody knows what is; a new part goes on.
    pub fn sync(&mut self) -> io::Result<()> {
        let Some(part) = self.part.as_mut().filter(|part| !part.synced) else { return Ok(()) };
        match part.file.sync() {
            Ok(()) => {
                part.synced = true;
                Ok(())
            }
            Err(error) => {
                self.part = None;
                Err(error)
            }
        }
    }
}

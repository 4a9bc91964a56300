//! The ministry's AAF feed ("annuaire académique fédérateur", secondary schools): `ficAlimMENESR` XML files in a folder.
//!
//! Classes and groups have no records of their own, they occur as `school$name` values. Only full feeds are read: the
//! records of a delta (`modifyRequest`, `deleteRequest`) are refused. The DTD is never fetched and entities are never
//! expanded but XML's five, HTML's Latin-1 names and numeric references.

mod entity;
mod records;
mod request;

use crate::FeedError;
use crate::decode::{DecodeReader, Guess, fault_of};
use crate::limits::{FILES_MAX, KEY_CHARS_MAX};
use preau_base::Pii;
use preau_school::feed::fault::{AafFault, ExportFault};
use preau_school::feed::{Entry, Fault, Item, Kind, Position, Refusal, Scope};
use request::{Event, Requests};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

/// The kinds of files and records, and the category that their records name, in the order in which they are read.
const KINDS: [(Kind, &str, &str); 6] = [
    (Kind::School, "EtabEducNat", "EtabEducNat"),
    (Kind::Subject, "MatiereEducNat", "MatEducNat"),
    (Kind::Programme, "MefEducNat", "MefEducNat"),
    (Kind::Pupil, "Eleve", "Eleve"),
    (Kind::Relative, "PersRelEleve", "PersRelEleve"),
    (Kind::Staff, "PersEducNat", "PersEducNat"),
];

/// The kind of a file by its name: `…_<Kind>_<4 digits>.xml`.
fn file_kind(name: &str) -> Option<Kind> {
    let (stem, extension) = name.rsplit_once('.')?;
    let (rest, number) = stem.rsplit_once('_')?;
    if !extension.eq_ignore_ascii_case("xml") || number.len() != 4 || !number.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let word = rest.rsplit_once('_').map_or(rest, |(_, word)| word);
    KINDS.iter().find(|(_, suffix, _)| *suffix == word).map(|&(kind, ..)| kind)
}

/// Opens the full feed in a folder. Files that do not belong to it are left alone; see [`Feed::ignored`].
///
/// # Errors
/// When the folder cannot be read or holds no feed.
pub fn read_dir(dir: &Path) -> Result<Feed, FeedError> {
    let mut files = Vec::new();
    let mut ignored = Vec::new();
    let mut bytes_total = 0;
    for file in std::fs::read_dir(dir).map_err(FeedError::open(dir))? {
        let file = file.map_err(FeedError::open(dir))?;
        let name = file.file_name().to_string_lossy().into_owned();
        match file_kind(&name) {
            Some(kind) => {
                bytes_total += std::fs::metadata(file.path()).map_err(FeedError::open(&file.path()))?.len();
                files.push((kind, name, file.path()));
            }
            None => ignored.push(name),
        }
        if files.len() + ignored.len() > FILES_MAX {
            return Err(FeedError::unfit(dir)(ExportFault::ManyFiles { most: FILES_MAX as u64 }.into()));
        }
    }
    if files.is_empty() {
        return Err(FeedError::unfit(dir)(AafFault::NoFeed.into()));
    }
    // Backwards, so that the next one is popped off the end.
    files.sort_by(|a, b| b.cmp(a));
    ignored.sort();
    Ok(Feed { files, ignored, bytes_total, bytes_read: Arc::default(), open: None })
}

/// The records of a feed: structures, subjects, courses of study, pupils, relatives, staff, whatever the order of the files.
pub struct Feed {
    files: Vec<(Kind, String, PathBuf)>,
    ignored: Vec<String>,
    bytes_total: u64,
    bytes_read: Arc<AtomicU64>,
    open: Option<OpenFile>,
}

struct OpenFile {
    kind: Kind,
    name: String,
    requests: Requests<File>,
}

impl Feed {
    /// Files of the folder that were left alone.
    pub fn ignored(&self) -> &[String] {
        &self.ignored
    }

    /// Size of all files together.
    pub const fn bytes_total(&self) -> u64 {
        self.bytes_total
    }

    /// Grows up to [`Self::bytes_total`] while the feed is read; may be kept while the feed is consumed elsewhere.
    pub fn bytes_read(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.bytes_read)
    }

    fn open_next(&mut self) -> Option<Result<(), Refusal>> {
        let (kind, name, path) = self.files.pop()?;
        match File::open(&path) {
            Ok(file) => {
                let reader = DecodeReader::new(file, Guess::Xml, Arc::clone(&self.bytes_read));
                self.open = Some(OpenFile { kind, name, requests: Requests::new(reader) });
                Some(Ok(()))
            }
            Err(error) => Some(Err(Refusal {
                position: Position { file: name, line: 1, record: 0 },
                kind: Some(kind),
                key: None,
                scope: Scope::RestOfFile,
                reason: fault_of(&error).into(),
            })),
        }
    }
}

impl Iterator for Feed {
    type Item = Item;

    fn next(&mut self) -> Option<Item> {
        loop {
            if let Some(open) = &mut self.open {
                match open.requests.next() {
                    Some(event) => return Some(open.item(event)),
                    None => self.open = None,
                }
            }
            if let Err(refusal) = self.open_next()? {
                return Some(Err(refusal));
            }
        }
    }
}

impl OpenFile {
    fn item(&self, event: Event) -> Item {
        match event {
            Event::Request(mut raw) => {
                let position = Position { file: self.name.clone(), line: raw.line, record: raw.number };
                let fault = raw.fault.take();
                match fault.map_or_else(|| records::read(self.kind, &raw).map_err(Fault::from), Err) {
                    Ok((record, doubts)) => Ok(Entry { position, record, doubts }),
                    Err(fault) => {
                        let key = (!raw.id.is_empty()).then(|| Pii::new(raw.id.chars().take(KEY_CHARS_MAX).collect()));
                        Err(self.refusal(position, key, Scope::Record, fault))
                    }
                }
            }
            Event::Broken { line, number, fault } => {
                let position = Position { file: self.name.clone(), line, record: number };
                Err(self.refusal(position, None, Scope::RestOfFile, fault))
            }
        }
    }

    fn refusal(&self, position: Position, key: Option<Pii<String>>, scope: Scope, reason: Fault) -> Refusal {
        Refusal { position, kind: Some(self.kind), key, scope, reason }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_told_by_the_end_of_their_names() {
        let check = |name: &str, expect: Option<Kind>| assert_eq!(file_kind(name), expect, "{name}");
        check("ENT_0931234X_Complet_20261122_Eleve_0001.xml", Some(Kind::Pupil));
        check("clean-FULL_ENTTSSERVICES_Complet_20130117_PersRelEleve_0016.xml", Some(Kind::Relative));
        check("x_MatiereEducNat_0000.XML", Some(Kind::Subject));
        check("Eleve_0001.xml", Some(Kind::Pupil));
        check("ENT_Complet_PersRelEleve_1.xml", None);
        check("ENT_Complet_Eleve_0001.xml.bak", None);
        check("ENT_Complet_eleve_0001.xml", None);
        check("ficAlimMENESR.dtd", None);
        check("_é001.xml", None);
    }
}

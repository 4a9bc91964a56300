//! What the parsers make of whole feeds: our own fixtures, hostile ones, and the real one where it is.

mod aaf;
mod csv;
mod hostile;
mod real;

use preau_directory::aaf::read_dir;
use preau_school::feed::{Entry, Item, Kind, Refusal};
use std::path::{Path, PathBuf};

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

fn read(name: &str) -> (Vec<Entry>, Vec<Refusal>) {
    split(read_dir(&fixture(name)).expect("a feed"))
}

fn split(items: impl Iterator<Item = Item>) -> (Vec<Entry>, Vec<Refusal>) {
    let mut entries = Vec::new();
    let mut refusals = Vec::new();
    for item in items {
        match item {
            Ok(entry) => entries.push(entry),
            Err(refusal) => refusals.push(refusal),
        }
    }
    (entries, refusals)
}

fn count(entries: &[Entry], kind: Kind) -> usize {
    entries.iter().filter(|entry| entry.record.kind() == kind).count()
}

use super::RecordError;
use crate::limits as l;
use preau_base::Instant;
use preau_evidence::limits::LINE_BYTES_MAX;
use preau_evidence::{Chain, Report, redact, verify};
use std::fs::{self, DirBuilder, File, TryLockError};
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

const LOCK: &str = "lock";
/// The day up to which addresses are blanked: files of earlier days are not read again.
const BLANKED: &str = "blanked-before";
const PART_END: &str = ".jsonl";
const TORN_END: &str = ".torn";
const DAY_MS: i64 = 86_400_000;
/// Hexadecimal digits of the chain's id in the name of a part.
const CHAIN_DIGITS: usize = 8;

/// One part in the folder of a record.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Part {
    /// Days since 1970-01-01, in UTC.
    pub day: i64,
    /// The first digits of the chain's id.
    pub chain: String,
    /// Its number in the chain.
    pub number: u64,
    pub path: PathBuf,
}

/// The parts in a folder, by day, chain and number. Other files are not looked at.
///
/// # Errors
///
/// When the folder cannot be read, or holds more than [`l::RECORD_PARTS_MAX`] parts.
pub fn parts(folder: &Path) -> io::Result<Vec<Part>> {
    let mut parts = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        parts.extend(part_of(&path));
        if parts.len() > l::RECORD_PARTS_MAX {
            return Err(io::Error::other("too many parts"));
        }
    }
    parts.sort();
    Ok(parts)
}

/// Reads `2026-11-22-1f2e3d4c-000000.jsonl`.
fn part_of(path: &Path) -> Option<Part> {
    let name = path.file_name()?.to_str()?.strip_suffix(PART_END)?;
    let (day, rest) = name.split_at_checked(10)?;
    let (chain, number) = rest.strip_prefix('-')?.split_once('-')?;
    let midnight: Instant = Instant::from_millis(day_from_text(day)?);
    Some(Part { day: day_of(midnight), chain: chain.to_owned(), number: number.parse().ok()?, path: path.to_owned() })
}

/// The day's midnight in milliseconds, from `2026-11-22`: the inverse of what [`Instant`] writes (RFC 3339).
fn day_from_text(text: &str) -> Option<i64> {
    let mut numbers = text.splitn(3, '-').map(str::parse::<i64>);
    let (year, month, day) = (numbers.next()?.ok()?, numbers.next()?.ok()?, numbers.next()?.ok()?);
    if !(1970..=9999).contains(&year) || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    // Days from civil (Hinnant 2014): years begin in March, so that the leap day is their last.
    let (years, months) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let of_era = years % 400;
    let day_of_era = of_era * 365 + of_era / 4 - of_era / 100 + (153 * months + 2) / 5 + day - 1;
    Some((years / 400 * 146_097 + day_of_era - 719_468) * DAY_MS)
}

fn day_text(day: i64) -> String {
    Instant::from_millis(day.saturating_mul(DAY_MS)).to_string().chars().take(10).collect()
}

/// Days since 1970-01-01, in UTC.
pub const fn day_of(at: Instant) -> i64 {
    at.as_millis().div_euclid(DAY_MS)
}

/// A folder that only this process writes to.
pub struct Folder {
    path: PathBuf,
    _lock: File,
}

/// What was found of an earlier run.
pub struct Found {
    /// To go on with; `None` when there is nothing, or nothing that holds.
    pub chain: Option<Chain>,
    /// The part that was last written to, and what is wrong with it.
    pub broken: Option<(PathBuf, Report)>,
    /// Bytes of a line that was cut short, and the file that they were moved to.
    pub torn: Option<(usize, PathBuf)>,
}

impl Folder {
    pub fn open(path: &Path) -> Result<Self, RecordError> {
        let wrong = |source| RecordError::Folder { path: path.to_owned(), source };
        DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(wrong)?;
        let mut lock = File::options();
        lock.write(true).create(true).truncate(false).mode(0o600);
        let lock = lock.open(path.join(LOCK)).map_err(wrong)?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { path: path.to_owned(), _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(RecordError::Taken(path.to_owned())),
            Err(TryLockError::Error(source)) => Err(wrong(source)),
        }
    }

    pub fn part_path(&self, chain: &Chain, day: i64) -> PathBuf {
        let id = chain.id().to_string();
        let digits = id.get(..CHAIN_DIGITS).unwrap_or(&id);
        self.path.join(format!("{}-{digits}-{:06}{PART_END}", day_text(day), chain.next_part()))
    }

    pub fn sync(&self) -> io::Result<()> {
        File::open(&self.path)?.sync_all()
    }

    /// Looks at the part that was written last: a line that was cut short goes into a file of its own.
    pub fn resume(&self) -> io::Result<Found> {
        let mut found = Found { chain: None, broken: None, torn: None };
        // A part that was cut short within its header holds nothing; then the one before is the last.
        for part in last_first(parts(&self.path)?) {
            let report = verify(BufReader::new(File::open(&part.path)?))?;
            if report.torn_bytes > 0 && report.holds() {
                found.torn = Some((report.torn_bytes, self.set_aside(&part.path, report.whole_bytes)?));
            }
            if !report.holds() {
                found.broken = Some((part.path, report));
                break;
            }
            if report.records == 0 {
                fs::remove_file(&part.path)?;
                continue;
            }
            found.chain = report.resume();
            break;
        }
        Ok(found)
    }

    /// Moves what stands after `whole_bytes` into `….torn`.
    fn set_aside(&self, path: &Path, whole_bytes: u64) -> io::Result<PathBuf> {
        let bytes = fs::read(path)?;
        let tail = usize::try_from(whole_bytes).ok().and_then(|whole| bytes.get(whole..)).unwrap_or_default();
        let aside = path.with_extension("torn");
        let mut file = File::options().append(true).create(true).mode(0o600).open(&aside)?;
        file.write_all(tail)?;
        file.sync_all()?;
        let part = File::options().write(true).open(path)?;
        part.set_len(whole_bytes)?;
        part.sync_all()?;
        Ok(aside)
    }

    /// Blanks the addresses in all parts of days before `day`, but in the one that is open. Gives how many.
    pub fn blank(&self, day: i64, open: &Path) -> io::Result<u64> {
        let blanked = fs::read_to_string(self.path.join(BLANKED)).ok();
        let blanked = blanked.and_then(|text| day_from_text(text.trim())).map_or(i64::MIN, |at| at / DAY_MS);
        if blanked >= day {
            return Ok(0);
        }
        let mut records = 0;
        for part in parts(&self.path)?.iter().filter(|part| (blanked..day).contains(&part.day) && part.path != open) {
            records += blank_part(&part.path)?;
        }
        self.each_torn_before(day)?;
        let next = self.path.join("blanked-before.new");
        fs::write(&next, day_text(day))?;
        fs::rename(&next, self.path.join(BLANKED))?;
        self.sync()?;
        Ok(records)
    }

    /// Pieces of lines may hold addresses too, and hold nothing up.
    fn each_torn_before(&self, day: i64) -> io::Result<()> {
        for entry in fs::read_dir(&self.path)? {
            let path = entry?.path();
            let part =
                path.to_str().and_then(|text| text.strip_suffix(TORN_END)).map(|text| format!("{text}{PART_END}"));
            if part.and_then(|part| part_of(Path::new(&part))).is_some_and(|part| part.day < day) {
                fs::remove_file(&path)?;
            }
        }
        Ok(())
    }

    /// Removes the parts of days before `day`, but the one that is open.
    pub fn remove(&self, day: i64, open: &Path) -> io::Result<Vec<String>> {
        let mut removed = Vec::new();
        for part in parts(&self.path)?.iter().filter(|part| part.day < day && part.path != open) {
            fs::remove_file(&part.path)?;
            removed.extend(part.path.file_name().map(|name| name.to_string_lossy().into_owned()));
        }
        Ok(removed)
    }
}

/// By day, then by when they were written, then by number; the last first. Two chains on one day follow each other in
/// time, whatever their ids are.
fn last_first(parts: Vec<Part>) -> Vec<Part> {
    let written = |part: &Part| fs::metadata(&part.path).and_then(|data| data.modified()).ok();
    let since_epoch = |part: &Part| {
        let at = written(part).and_then(|at| at.duration_since(std::time::UNIX_EPOCH).ok());
        at.unwrap_or(Duration::ZERO)
    };
    let mut parts = parts;
    parts.sort_by_cached_key(|part| (part.day, since_epoch(part), part.number));
    parts.reverse();
    parts
}

/// Writes a part anew without its addresses, beside it, and puts it in its place. Gives how many there were.
fn blank_part(path: &Path) -> io::Result<u64> {
    let beside = path.with_extension("new");
    let mut reader = BufReader::new(File::open(path)?);
    let file = File::options().write(true).create(true).truncate(true).mode(0o600).open(&beside)?;
    let mut writer = BufWriter::new(file);
    let (mut line, mut blanked) = (Vec::new(), 0);
    loop {
        line.clear();
        // What is no record of ours is copied as it is, in pieces where it is endless.
        let most = u64::try_from(LINE_BYTES_MAX).unwrap_or(u64::MAX);
        if io::Read::take(&mut reader, most).read_until(b'\n', &mut line)? == 0 {
            break;
        }
        let new = redact(&line, Instant::from_millis(i64::MAX));
        blanked += u64::from(new.as_ref() != line.as_slice());
        writer.write_all(&new)?;
    }
    let file = writer.into_inner().map_err(io::IntoInnerError::into_error)?;
    file.sync_all()?;
    fs::rename(&beside, path)?;
    Ok(blanked)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn days_read_back(day in 0_i64..2_900_000) {
            prop_assert_eq!(day_from_text(&day_text(day)), Some(day * DAY_MS));
        }

        #[test]
        fn no_name_makes_it_panic(name in "\\PC{0,40}") {
            let _ = part_of(Path::new(&name));
            let _ = part_of(Path::new(&format!("{name}.jsonl")));
        }
    }
}

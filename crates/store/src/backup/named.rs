//! The files that a backup's rows name, one a line, so that a list of millions is read as it comes.

use super::{File, NAMES, Path, StoreError, broken};
use preau_base::FileId;
use std::fmt;
use std::io::{BufRead as _, BufReader, Read as _, Seek as _, SeekFrom, Take};

/// What became of a file while its backup was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// Its bytes are with the backup.
    Whole,
    /// It was removed on purpose between the copy of the rows and that of the bytes.
    Swept,
    /// It has a row, and its bytes are not what the row says.
    Lost,
}

impl Kept {
    const ALL: [(Self, &str); 3] = [(Self::Whole, "whole"), (Self::Swept, "swept"), (Self::Lost, "lost")];
}

/// A file of a backup: `whole 019ab… 1234 e3b0c4…`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    pub kept: Kept,
    pub id: FileId,
    pub bytes: u64,
    pub sha256: Vec<u8>,
}

impl fmt::Display for Named {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kept = Kept::ALL.iter().find(|(kept, _)| *kept == self.kept).map_or("lost", |(_, word)| word);
        write!(f, "{kept} {} {} ", self.id, self.bytes)?;
        self.sha256.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl Named {
    fn read(line: &str) -> Option<Self> {
        let mut words = line.split(' ');
        let word = words.next()?;
        let kept = Kept::ALL.iter().find(|(_, known)| *known == word)?.0;
        let (id, bytes, hex) = (words.next()?.parse().ok()?, words.next()?.parse().ok()?, words.next()?);
        let pair = |at| u8::from_str_radix(hex.get(at..at + 2)?, 16).ok();
        let sha256: Vec<u8> = (0..hex.len()).step_by(2).map(pair).collect::<Option<_>>()?;
        (words.next().is_none() && sha256.len() == 32).then_some(Self { kept, id, bytes, sha256 })
    }
}

/// The lines of a list, as they are read.
pub struct Names {
    lines: std::io::Lines<BufReader<Take<File>>>,
    path: String,
}

impl Names {
    /// A list that is a file of its own.
    pub(super) fn of_file(path: &Path) -> Result<Self, StoreError> {
        let file = File::open(path).map_err(StoreError::file("cannot read", path))?;
        Ok(Self { lines: BufReader::new(file.take(u64::MAX)).lines(), path: path.display().to_string() })
    }

    /// The list within an archive; none in one that was made without files.
    pub(super) fn of_archive(path: &Path) -> Result<Option<Self>, StoreError> {
        let failed = |error| StoreError::file("cannot read", path)(error);
        let mut file = File::open(path).map_err(StoreError::file("cannot open the backup", path))?;
        let mut found = None;
        {
            let mut archive = tar::Archive::new(&file);
            for entry in archive.entries_with_seek().map_err(failed)? {
                let entry = entry.map_err(|error| broken(path, format!("is cut off or damaged: {error}")))?;
                if entry.path().ok().as_deref() == Some(Path::new(NAMES)) {
                    found = Some((entry.raw_file_position(), entry.size()));
                    break;
                }
            }
        }
        let Some((at, bytes)) = found else { return Ok(None) };
        file.seek(SeekFrom::Start(at)).map_err(failed)?;
        Ok(Some(Self { lines: BufReader::new(file.take(bytes)).lines(), path: path.display().to_string() }))
    }
}

impl Iterator for Names {
    type Item = Result<Named, StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        let path = Path::new(&self.path);
        Some(match self.lines.next()? {
            Ok(line) => Named::read(&line).ok_or_else(|| broken(path, "has a list of files that cannot be read")),
            Err(error) => Err(StoreError::file("cannot read", path)(error)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use preau_base::{Instant, SeededRng};

    #[test]
    fn lines_read_back_and_nothing_else_is_read() {
        let id = FileId::new(Instant::from_secs(1_800_000_000), &mut SeededRng::new(1));
        for kept in [Kept::Whole, Kept::Swept, Kept::Lost] {
            let named = Named { kept, id, bytes: u64::MAX, sha256: (0..32).collect() };
            assert_eq!(Named::read(&named.to_string()), Some(named));
        }
        let good = Named { kept: Kept::Whole, id, bytes: 9, sha256: vec![0xab; 32] }.to_string();
        for bad in ["", "whole", &good[1..], &good[..good.len() - 1], &format!("{good} x"), &good.replace('a', "é")] {
            assert_eq!(Named::read(bad), None, "{bad}");
        }
    }
}

//! The folder of one run, and the names of its files.

use super::RecordingError;
use preau_base::{Instant, PersonId, RecordingId, Rng as _, SystemRng};
use std::fs::{File, OpenOptions};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

/// What a track is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Voice,
    Camera,
    Screen,
    /// What was shown and drawn: a line of JSON a change.
    Board,
    /// What was said, as text: WebVTT.
    Captions,
}

const KINDS: [Kind; 5] = [Kind::Voice, Kind::Camera, Kind::Screen, Kind::Board, Kind::Captions];

impl Kind {
    pub const fn word(self) -> &'static str {
        match self {
            Self::Voice => "voice",
            Self::Camera => "camera",
            Self::Screen => "screen",
            Self::Board => "board",
            Self::Captions => "captions",
        }
    }

    pub const fn extension(self) -> &'static str {
        match self {
            Self::Voice | Self::Camera | Self::Screen => "webm",
            Self::Board => "jsonl",
            Self::Captions => "vtt",
        }
    }

    pub const fn is_webm(self) -> bool {
        matches!(self, Self::Voice | Self::Camera | Self::Screen)
    }
}

/// All that is known of a track before its file is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Name {
    pub nth: u32,
    pub begins_at: Instant,
    pub kind: Kind,
    pub person: PersonId,
}

impl Name {
    pub fn to_text(self) -> String {
        let Self { nth, begins_at, kind, person } = self;
        format!("{nth:04}-{}-{}-{person}.{}", begins_at.as_millis(), kind.word(), kind.extension())
    }

    pub fn of_text(text: &str) -> Option<Self> {
        let (name, extension) = text.rsplit_once('.')?;
        let mut parts = name.splitn(4, '-');
        let nth = parts.next()?.parse().ok()?;
        let begins_at = Instant::from_millis(parts.next()?.parse().ok()?);
        let word = parts.next()?;
        let kind = KINDS.into_iter().find(|kind| kind.word() == word && kind.extension() == extension)?;
        Some(Self { nth, begins_at, kind, person: parts.next()?.parse().ok()? })
    }
}

/// A new folder for a run, on the disk when it returns.
pub fn make(spool: &Path, recording: RecordingId, now: Instant) -> Result<PathBuf, RecordingError> {
    let make = |path: &Path| {
        let made = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(path);
        made.map_err(RecordingError::at(path))
    };
    make(spool)?;
    let path = spool.join(format!("{recording}.{:x}-{:08x}", now.as_millis(), SystemRng.next_u64() & 0xffff_ffff));
    make(&path)?;
    sync(spool)?;
    Ok(path)
}

/// Which recording a folder is of.
pub fn recording_of(folder: &Path) -> Option<RecordingId> {
    folder.file_name()?.to_str()?.split_once('.')?.0.parse().ok()
}

pub fn create(path: &Path) -> Result<File, RecordingError> {
    let made = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    made.map_err(RecordingError::at(path))
}

/// Puts the names in a folder on the disk.
pub fn sync(folder: &Path) -> Result<(), RecordingError> {
    File::open(folder).and_then(|it| it.sync_all()).map_err(RecordingError::at(folder))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_what_is_known() {
        let person = PersonId::new(Instant::from_secs(7), &mut SystemRng);
        for kind in KINDS {
            let name = Name { nth: 12, begins_at: Instant::from_millis(1_763_802_000_123), kind, person };
            assert_eq!(Name::of_text(&name.to_text()), Some(name));
        }
        for other in
            ["", "x", "0001-1-voice-x.webm", "0001-1-voice.webm", "lost+found", &format!("1-1-voice-{person}.vtt")]
        {
            assert_eq!(Name::of_text(other), None, "{other}");
        }
    }
}

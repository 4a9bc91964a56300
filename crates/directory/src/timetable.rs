//! Timetable exports as people have them: one file, or an archive of several, in whichever of the formats.

use crate::ical::Options;
use crate::limits::{ARCHIVE_BYTES_MAX, ARCHIVE_FILES_MAX, CHUNK_BYTES};
use crate::{edt, ical, udt};
use preau_school::feed::fault::{ArchiveFlaw, Bytes, ExportFault};
use preau_school::feed::timetable::Timetable;
use std::io::{Cursor, Read};
use zip::result::ZipError;

/// The formats, as they are named to people and kept as the source of what they bring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Edt,
    Udt,
    Icalendar,
}

impl Format {
    pub const fn source(self) -> &'static str {
        match self {
            Self::Edt => "edt",
            Self::Udt => "udt",
            Self::Icalendar => "ics",
        }
    }
}

/// Reads an export, whichever format it has: told by its first bytes and the names in it.
///
/// # Errors
/// Why it cannot be read at all; what is wrong within a file that can be read is a refusal of the timetable.
pub fn read(name: &str, bytes: &[u8], options: &Options) -> Result<(Format, Timetable), ExportFault> {
    if bytes.starts_with(b"PK\x03\x04") {
        return archive(bytes, options);
    }
    if bytes.len() as u64 > ARCHIVE_BYTES_MAX {
        return Err(too_large());
    }
    one(name, bytes, options)
}

/// Reads the files of a UDT export that stand in a folder.
pub fn read_udt(files: &udt::Files) -> (Format, Timetable) {
    (Format::Udt, udt::read(files))
}

fn one(name: &str, bytes: &[u8], options: &Options) -> Result<(Format, Timetable), ExportFault> {
    let start = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes).trim_ascii_start();
    let head: String = String::from_utf8_lossy(&start[..start.len().min(CHUNK_BYTES)]).to_ascii_uppercase();
    // UTF-16, as XML may be written.
    let wide = start.starts_with(b"\xFF\xFE") || start.starts_with(b"\xFE\xFF");
    if head.starts_with("BEGIN:VCALENDAR") {
        Ok((Format::Icalendar, ical::read(bytes, name, options)))
    } else if head.starts_with('<') || wide {
        Ok((Format::Edt, edt::read(bytes, name)))
    } else {
        Err(ExportFault::UnknownFormat)
    }
}

const fn too_large() -> ExportFault {
    ExportFault::Large { most: Bytes(ARCHIVE_BYTES_MAX) }
}

/// What is wrong with an archive whose bytes are at hand.
pub fn archive_fault(error: &ZipError) -> ExportFault {
    // How a file is packed is looked at only when it is read; what is wrong then comes inside an error of reading.
    if let ZipError::Io(error) = error
        && let Some(inner) = error.get_ref().and_then(|inner| inner.downcast_ref::<ZipError>())
    {
        return archive_fault(inner);
    }
    let flaw = match error {
        ZipError::Io(_) | ZipError::InvalidArchive(_) | ZipError::FileNotFound => ArchiveFlaw::Damaged,
        ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) | ZipError::InvalidPassword => ArchiveFlaw::Locked,
        ZipError::UnsupportedArchive(_) | ZipError::CompressionMethodNotSupported(_) => ArchiveFlaw::Method,
        _ => ArchiveFlaw::Other,
    };
    ExportFault::BadArchive { flaw }
}

fn archive(bytes: &[u8], options: &Options) -> Result<(Format, Timetable), ExportFault> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|error| archive_fault(&error))?;
    if archive.len() > ARCHIVE_FILES_MAX {
        return Err(ExportFault::ManyFiles { most: ARCHIVE_FILES_MAX as u64 });
    }
    let (mut parts, mut others, mut left) = (udt::Files::new(), Vec::new(), ARCHIVE_BYTES_MAX);
    for at in 0..archive.len() {
        let file = archive.by_index(at).map_err(|error| archive_fault(&error))?;
        let path = file.name().map_err(|error| archive_fault(&error))?;
        let inner = path.rsplit(['/', '\\']).next().unwrap_or_default().to_owned();
        drop(path);
        if file.is_dir() || inner.starts_with('.') {
            continue;
        }
        let mut unpacked = Vec::new();
        file.take(left + 1).read_to_end(&mut unpacked).map_err(|error| archive_fault(&ZipError::Io(error)))?;
        left = left.checked_sub(unpacked.len() as u64).ok_or_else(too_large)?;
        if udt::is_part(&inner) {
            parts.insert(inner, unpacked);
        } else {
            others.push((inner, unpacked));
        }
    }
    if !parts.is_empty() {
        return Ok(read_udt(&parts));
    }
    match others.as_slice() {
        [(inner, bytes)] => one(inner, bytes, options),
        _ => Err(ExportFault::UnknownFormat),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use jiff::tz::TimeZone;
    use proptest::prelude::*;
    use std::io::Write as _;
    use zip::write::SimpleFileOptions;

    fn options() -> Options {
        Options { zone: TimeZone::UTC, from: date(2026, 9, 1), to: date(2027, 7, 1) }
    }

    fn zipped(files: &[(&str, &[u8])]) -> Vec<u8> {
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in files {
            writer.start_file(*name, SimpleFileOptions::default()).unwrap();
            writer.write_all(bytes).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    #[test]
    fn tells_the_formats_apart() {
        let check = |bytes: &[u8], expect: Option<Format>| {
            assert_eq!(read("x", bytes, &options()).ok().map(|(format, _)| format), expect, "{bytes:?}");
        };
        check(b"\xEF\xBB\xBF<?xml version='1.0'?><EDT/>", Some(Format::Edt));
        check(b"begin:vcalendar\r\nEND:VCALENDAR", Some(Format::Icalendar));
        check(b"PK\x03\x04nonsense", None);
        check(b"hello", None);
        check(b"", None);
        check(&zipped(&[("export/UDCal_24.xml", b"<a/>"), ("export/semaines.xml", b"<a/>")]), Some(Format::Udt));
        check(&zipped(&[("edt.xml", b"<EDT/>")]), Some(Format::Edt));
        check(&zipped(&[("a.txt", b"x"), ("b.txt", b"x")]), None);
    }

    #[test]
    fn says_what_is_wrong_with_an_archive() {
        let check = |bytes: &[u8], flaw: ArchiveFlaw| {
            assert_eq!(read("x.zip", bytes, &options()).err(), Some(ExportFault::BadArchive { flaw }));
        };
        check(b"PK\x03\x04nonsense", ArchiveFlaw::Damaged);
        let good = zipped(&[("edt.xml", b"<EDT/>")]);
        check(&good[..good.len() / 2], ArchiveFlaw::Damaged);
        // Flags and method, in the header before the file and in the list of files.
        let changed = |value: u8, local: usize, listed: usize| {
            let mut bytes = good.clone();
            let list = bytes.windows(4).position(|at| at == b"PK\x01\x02").unwrap();
            bytes[local] = value;
            bytes[list + listed] = value;
            bytes
        };
        check(&changed(1, 6, 8), ArchiveFlaw::Locked);
        check(&changed(14, 8, 10), ArchiveFlaw::Method);
    }

    #[test]
    fn a_bomb_is_refused() {
        let zeros = vec![b' '; usize::try_from(ARCHIVE_BYTES_MAX).unwrap() / 2 + 1];
        let bomb = zipped(&[("UDCal_11.xml", &zeros), ("UDCal_12.xml", &zeros)]);
        assert!(bomb.len() < 1 << 20);
        assert_eq!(read("bomb.zip", &bomb, &options()).err(), Some(too_large()));
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(cut in 0_usize..400, noise in proptest::collection::vec(any::<u8>(), 0..60)) {
            let mut bytes = zipped(&[("UDCal_24.xml", b"<a><debut_eleve>01/09/2026</debut_eleve></a>")]);
            bytes.truncate(cut);
            bytes.extend(noise);
            let _ = read("x", &bytes, &options());
        }
    }
}

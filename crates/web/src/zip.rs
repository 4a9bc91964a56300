//! Archives of many files, made while they are sent: ZIP (APPNOTE.TXT 6.3.3) without compression, as what is in them is
//! compressed already, and without the 64-bit extension, so at most 4 GB.

use bytes::Bytes;
use std::collections::HashSet;

/// A member that is being written, and those that were.
#[derive(Default)]
pub(crate) struct Zip {
    offset: u64,
    members: Vec<Member>,
    names: HashSet<String>,
}

struct Member {
    name: String,
    offset: u32,
    crc: flate2::Crc,
    bytes: u32,
    time: DosTime,
}

/// A date and a time of two seconds' grain (§4.4.6), on the clock of the school.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct DosTime {
    date: u16,
    time: u16,
}

impl DosTime {
    pub(crate) fn of(at: &jiff::Zoned) -> Self {
        let part = |value: i8| u16::try_from(value).unwrap_or(0);
        let year = u16::try_from(at.year() - 1980).unwrap_or(0).min(127);
        Self {
            date: (year << 9) | (part(at.month()) << 5) | part(at.day()),
            time: (part(at.hour()) << 11) | (part(at.minute()) << 5) | (part(at.second()) / 2),
        }
    }
}

/// Names are UTF-8 (bit 11); size and CRC follow the bytes (bit 3).
const FLAGS: u16 = (1 << 11) | (1 << 3);
const VERSION: u16 = 20;

impl Zip {
    /// Begins a member; gives the bytes that come before its own. A name that is there already gets a number.
    pub(crate) fn begin(&mut self, name: &str, time: DosTime) -> Bytes {
        let name = self.free_name(name);
        let mut head = Vec::with_capacity(30 + name.len());
        put_u32(&mut head, 0x0403_4b50);
        put_common(&mut head, time, [0, 0, 0], &name);
        head.extend_from_slice(name.as_bytes());
        let offset = u32::try_from(self.offset).unwrap_or(u32::MAX);
        self.members.push(Member { name, offset, crc: flate2::Crc::new(), bytes: 0, time });
        self.grow(head)
    }

    /// Notes bytes of the member, which follow.
    pub(crate) fn pass(&mut self, piece: &[u8]) {
        self.offset += piece.len() as u64;
        if let Some(member) = self.members.last_mut() {
            member.crc.update(piece);
            member.bytes = member.bytes.saturating_add(u32::try_from(piece.len()).unwrap_or(u32::MAX));
        }
    }

    /// Ends the member; gives the bytes that come after its own.
    pub(crate) fn end(&mut self) -> Bytes {
        let mut tail = Vec::with_capacity(16);
        if let Some(member) = self.members.last() {
            put_u32(&mut tail, 0x0807_4b50);
            put_u32(&mut tail, member.crc.sum());
            put_u32(&mut tail, member.bytes);
            put_u32(&mut tail, member.bytes);
        }
        self.grow(tail)
    }

    /// The list of all members, which ends the archive.
    pub(crate) fn finish(self) -> Bytes {
        let mut list = Vec::new();
        for member in &self.members {
            put_u32(&mut list, 0x0201_4b50);
            put_u16(&mut list, VERSION);
            put_common(&mut list, member.time, [member.crc.sum(), member.bytes, member.bytes], &member.name);
            // No comment, disk 0, no attributes.
            list.extend_from_slice(&[0; 10]);
            put_u32(&mut list, member.offset);
            list.extend_from_slice(member.name.as_bytes());
        }
        let (count, bytes) = (u16::try_from(self.members.len()).unwrap_or(u16::MAX), list.len());
        put_u32(&mut list, 0x0605_4b50);
        put_u32(&mut list, 0);
        put_u16(&mut list, count);
        put_u16(&mut list, count);
        put_u32(&mut list, u32::try_from(bytes).unwrap_or(u32::MAX));
        put_u32(&mut list, u32::try_from(self.offset).unwrap_or(u32::MAX));
        put_u16(&mut list, 0);
        Bytes::from(list)
    }

    fn grow(&mut self, bytes: Vec<u8>) -> Bytes {
        self.offset += bytes.len() as u64;
        Bytes::from(bytes)
    }

    /// Two names that differ in case only are one file on many systems.
    fn free_name(&mut self, name: &str) -> String {
        let mut free = name.to_owned();
        let (stem, ending) = name.rsplit_once('.').unwrap_or((name, ""));
        for number in 2_u32.. {
            if self.names.insert(free.to_lowercase()) {
                break;
            }
            free = if ending.is_empty() { format!("{stem} ({number})") } else { format!("{stem} ({number}).{ending}") };
        }
        free
    }
}

fn put_u16(to: &mut Vec<u8>, value: u16) {
    to.extend_from_slice(&value.to_le_bytes());
}

fn put_u32(to: &mut Vec<u8>, value: u32) {
    to.extend_from_slice(&value.to_le_bytes());
}

/// What both headers of a member have in common: from the version it takes to the length of the extra field.
fn put_common(to: &mut Vec<u8>, time: DosTime, sums: [u32; 3], name: &str) {
    put_u16(to, VERSION);
    put_u16(to, FLAGS);
    put_u16(to, 0);
    put_u16(to, time.time);
    put_u16(to, time.date);
    sums.into_iter().for_each(|sum| put_u32(to, sum));
    put_u16(to, u16::try_from(name.len()).unwrap_or(u16::MAX));
    put_u16(to, 0);
}

#[cfg(test)]
mod tests;

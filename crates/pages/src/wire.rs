//! What the child says: a line of JSON, and behind that of a page its pictures' bytes.

use crate::limits::{HEAD_BYTES_MAX, PAGES_MAX, PICTURE_BYTES_MAX, WORDS_BYTES_MAX};
use crate::{Coding, Event, Fault, Picture};
use serde::{Deserialize, Serialize};
use std::io::{self, Write};
use tokio::io::{AsyncBufRead, AsyncBufReadExt as _, AsyncReadExt as _};

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
enum Line {
    Pages { pages: u16 },
    Page { large: Sheet, small: Sheet, words: usize },
    Done,
    Failed { why: Fault },
}

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Sheet {
    w: u16,
    h: u16,
    coding: Coding,
    bytes: usize,
}

impl Sheet {
    fn of(picture: &Picture) -> Self {
        let Picture { width_px, height_px, coding, bytes } = picture;
        Self { w: *width_px, h: *height_px, coding: *coding, bytes: bytes.len() }
    }
}

/// What the parent hears.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Heard {
    Event(Event),
    Done,
    Failed(Fault),
}

pub(crate) fn write(out: &mut dyn Write, event: &Event) -> io::Result<()> {
    match event {
        Event::Pages(pages) => line(out, &Line::Pages { pages: *pages }),
        Event::Page { large, small, words } => {
            line(out, &Line::Page { large: Sheet::of(large), small: Sheet::of(small), words: words.len() })?;
            out.write_all(&large.bytes)?;
            out.write_all(&small.bytes)?;
            out.write_all(words.as_bytes())?;
            out.flush()
        }
    }
}

pub(crate) fn write_end(out: &mut dyn Write, end: Result<u16, Fault>) -> io::Result<()> {
    line(out, &end.map_or_else(|why| Line::Failed { why }, |_| Line::Done))
}

fn line(out: &mut dyn Write, line: &Line) -> io::Result<()> {
    let mut text = serde_json::to_vec(line)?;
    text.push(b'\n');
    out.write_all(&text)?;
    out.flush()
}

/// The next thing that the child says. It has read what strangers wrote, so it is believed no more than they are.
///
/// # Errors
/// When it says nothing more, or what it must not.
pub(crate) async fn read(from: &mut (impl AsyncBufRead + Unpin)) -> io::Result<Heard> {
    let mut text = Vec::new();
    let read = (&mut *from).take(HEAD_BYTES_MAX).read_until(b'\n', &mut text).await?;
    if read == 0 || text.last() != Some(&b'\n') {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(match serde_json::from_slice(&text)? {
        Line::Pages { pages } if (1..=PAGES_MAX).contains(&pages) => Heard::Event(Event::Pages(pages)),
        Line::Pages { .. } => return Err(io::ErrorKind::InvalidData.into()),
        Line::Page { large, small, words } => Heard::Event(Event::Page {
            large: picture(from, large).await?,
            small: picture(from, small).await?,
            words: written(from, words).await?,
        }),
        Line::Done => Heard::Done,
        Line::Failed { why } => Heard::Failed(why),
    })
}

async fn picture(from: &mut (impl AsyncBufRead + Unpin), sheet: Sheet) -> io::Result<Picture> {
    if sheet.bytes == 0 || sheet.bytes > PICTURE_BYTES_MAX || sheet.w == 0 || sheet.h == 0 {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let mut bytes = vec![0; sheet.bytes];
    from.read_exact(&mut bytes).await?;
    Ok(Picture { width_px: sheet.w, height_px: sheet.h, coding: sheet.coding, bytes })
}

async fn written(from: &mut (impl AsyncBufRead + Unpin), bytes: usize) -> io::Result<String> {
    if bytes > WORDS_BYTES_MAX {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let mut text = vec![0; bytes];
    from.read_exact(&mut text).await?;
    // A NUL is a character that PostgreSQL does not store.
    String::from_utf8(text).ok().filter(|text| !text.contains('\0')).ok_or_else(|| io::ErrorKind::InvalidData.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page() -> Event {
        let picture =
            |width_px, bytes: &[u8]| Picture { width_px, height_px: 9, coding: Coding::Png, bytes: bytes.into() };
        Event::Page { large: picture(16, b"large"), small: picture(4, b"sm\nall"), words: "La crue\ndu Nil".into() }
    }

    #[tokio::test]
    async fn what_is_written_is_read() {
        let mut bytes = Vec::new();
        for event in [Event::Pages(1), page()] {
            write(&mut bytes, &event).unwrap();
        }
        write_end(&mut bytes, Err(Fault::Page { page: 2 })).unwrap();
        let mut from = bytes.as_slice();
        assert_eq!(read(&mut from).await.unwrap(), Heard::Event(Event::Pages(1)));
        assert_eq!(read(&mut from).await.unwrap(), Heard::Event(page()));
        assert_eq!(read(&mut from).await.unwrap(), Heard::Failed(Fault::Page { page: 2 }));
        assert!(read(&mut from).await.is_err());
    }

    #[tokio::test]
    async fn what_a_child_must_not_say_is_an_error() {
        for said in [
            "",
            "{}\n",
            "{\"is\":\"done\"}",
            "{\"is\":\"pages\",\"pages\":0}\n",
            "{\"is\":\"pages\",\"pages\":301}\n",
            "{\"is\":\"page\",\"large\":{\"w\":1,\"h\":1,\"coding\":\"png\",\"bytes\":99999999999},\"small\":{\"w\":1,\"h\":1,\"coding\":\"png\",\"bytes\":1}}\n",
            "{\"is\":\"page\",\"large\":{\"w\":1,\"h\":1,\"coding\":\"svg\",\"bytes\":1},\"small\":{\"w\":1,\"h\":1,\"coding\":\"png\",\"bytes\":1},\"words\":0}\nab",
            "{\"is\":\"page\",\"large\":{\"w\":1,\"h\":1,\"coding\":\"png\",\"bytes\":1},\"small\":{\"w\":1,\"h\":1,\"coding\":\"png\",\"bytes\":1},\"words\":16385}\nab",
            "{\"is\":\"page\",\"large\":{\"w\":1,\"h\":1,\"coding\":\"png\",\"bytes\":1},\"small\":{\"w\":1,\"h\":1,\"coding\":\"png\",\"bytes\":1},\"words\":2}\nabc",
            &format!("{{\"is\":\"done\"{}}}\n", " ".repeat(1_000)),
        ] {
            assert!(read(&mut said.as_bytes()).await.is_err(), "{said}");
        }
    }
}

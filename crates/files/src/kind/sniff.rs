use super::Kind;

/// What the first bytes of a file say; give [`crate::limits::SNIFF_BYTES`] of them, or all if there are fewer.
pub fn sniff(head: &[u8]) -> Kind {
    let at = |offset: usize, mark: &[u8]| head.get(offset..).is_some_and(|rest| rest.starts_with(mark));
    if at(0, b"\x89PNG\r\n\x1a\n") {
        Kind::Png
    } else if at(0, b"\xff\xd8\xff") {
        Kind::Jpeg
    } else if at(0, b"GIF87a") || at(0, b"GIF89a") {
        Kind::Gif
    } else if at(0, b"RIFF") && at(8, b"WEBP") {
        Kind::Webp
    } else if at(0, b"RIFF") && at(8, b"WAVE") {
        Kind::Wav
    } else if at(0, b"%PDF-") {
        Kind::Pdf
    } else if at(0, b"OggS") {
        Kind::Ogg
    } else if at(0, b"\x1a\x45\xdf\xa3") {
        matroska(head)
    } else if at(4, b"ftyp") {
        iso_media(head)
    } else if at(0, b"ID3") || is_mpeg_frame(head) {
        Kind::Mp3
    } else if at(0, b"PK\x03\x04") {
        zip(head)
    } else if is_text(head) {
        Kind::Text
    } else {
        Kind::Other
    }
}

/// EBML (RFC 8794): the document type stands in its header.
fn matroska(head: &[u8]) -> Kind {
    let header = head.get(..64).unwrap_or(head);
    if header.windows(4).any(|four| four == b"webm") { Kind::Webm } else { Kind::Other }
}

/// The major brand of an ISO base media file (ISO/IEC 14496-12 §4.3).
fn iso_media(head: &[u8]) -> Kind {
    match head.get(8..12) {
        Some(b"heic" | b"heix" | b"hevc" | b"mif1" | b"msf1" | b"heim" | b"heis") => Kind::Heic,
        Some(b"M4A " | b"M4B " | b"mp41" | b"mp42" | b"isom" | b"iso5" | b"iso6" | b"dash") => Kind::M4a,
        _ => Kind::Other,
    }
}

/// A frame header of MPEG audio, layer III (ISO/IEC 11172-3 §2.4.1.3), with a bit rate and a sampling rate that exist.
fn is_mpeg_frame(head: &[u8]) -> bool {
    let Some([0xff, second, third, ..]) = head.get(..4) else { return false };
    let layer_3 = second & 0xe6 == 0xe2 && second & 0x18 != 0x08;
    let rates = third & 0xf0 != 0xf0 && third & 0xf0 != 0 && third & 0x0c != 0x0c;
    layer_3 && rates
}

/// What a ZIP is by the names of its first members. OpenDocument has `mimetype` first and stored (ODF 1.2 part 3 §3.3).
fn zip(head: &[u8]) -> Kind {
    let has = |mark: &[u8]| head.windows(mark.len()).any(|window| window == mark);
    if head.get(30..).is_some_and(|rest| rest.starts_with(b"mimetypeapplication/vnd.oasis.opendocument.")) {
        Kind::OpenDocument
    } else if has(b"[Content_Types].xml") || has(b"word/") || has(b"ppt/") || has(b"xl/") {
        Kind::OfficeOpenXml
    } else {
        Kind::Zip
    }
}

/// UTF-8, of which the last character may be cut off by the end of `head`.
fn is_text(head: &[u8]) -> bool {
    let text = match std::str::from_utf8(head) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() => {
            let good = head.get(..error.valid_up_to()).and_then(|good| std::str::from_utf8(good).ok());
            good.unwrap_or("\0")
        }
        Err(_) => return false,
    };
    text.chars().all(|letter| !letter.is_control() || matches!(letter, '\n' | '\r' | '\t' | '\u{c}'))
}

//! What a file is by its first bytes, and what its name says it is.

mod sniff;

pub use sniff::sniff;

/// What the first bytes say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    Png,
    Jpeg,
    Webp,
    Gif,
    /// Photographs of Apple's phones (ISO/IEC 23008-12).
    Heic,
    Pdf,
    Mp3,
    /// Ogg (RFC 3533): Opus or Vorbis.
    Ogg,
    /// WebM: what browsers record.
    Webm,
    /// MP4 with sound: what Safari records.
    M4a,
    Wav,
    /// OpenDocument, by the member `mimetype` of its ZIP.
    OpenDocument,
    /// Office Open XML, by the members of its ZIP.
    OfficeOpenXml,
    Zip,
    /// UTF-8 without control characters other than line ends and tabs.
    Text,
    Other,
}

/// How a file may be given to a browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Showing {
    /// It is what its name says, and browsers show it without running anything: with this content type.
    Inline(&'static str),
    /// Saved, never shown; with this content type.
    Attachment(&'static str),
}

const NOTHING_SAID: &str = "application/octet-stream";

/// Word, endings of names, content type, whether browsers may show it.
const TABLE: &[(Kind, &str, &[&str], &str, bool)] = &[
    (Kind::Png, "png", &["png"], "image/png", true),
    (Kind::Jpeg, "jpeg", &["jpg", "jpeg", "jfif"], "image/jpeg", true),
    (Kind::Webp, "webp", &["webp"], "image/webp", true),
    (Kind::Gif, "gif", &["gif"], "image/gif", true),
    (Kind::Heic, "heic", &["heic", "heif"], "image/heic", false),
    (Kind::Pdf, "pdf", &["pdf"], "application/pdf", true),
    (Kind::Mp3, "mp3", &["mp3"], "audio/mpeg", true),
    (Kind::Ogg, "ogg", &["ogg", "oga", "opus"], "audio/ogg", true),
    (Kind::Webm, "webm", &["webm", "weba"], "audio/webm", true),
    (Kind::M4a, "m4a", &["m4a", "mp4", "aac"], "audio/mp4", true),
    (Kind::Wav, "wav", &["wav"], "audio/wav", true),
    (Kind::OpenDocument, "odf", &["odt", "ods", "odp", "odg", "ott", "ots", "otp"], NOTHING_SAID, false),
    (Kind::OfficeOpenXml, "ooxml", &["docx", "xlsx", "pptx", "dotx", "xltx", "potx"], NOTHING_SAID, false),
    (Kind::Zip, "zip", &["zip", "ggb", "sb3", "epub"], "application/zip", false),
    (Kind::Text, "text", &["txt", "md", "csv", "tex", "py", "json"], "text/plain; charset=utf-8", false),
    (Kind::Other, "other", &[], NOTHING_SAID, false),
];

impl Kind {
    fn row(self) -> (&'static str, &'static [&'static str], &'static str, bool) {
        let found = TABLE.iter().find(|row| row.0 == self);
        found.map_or(("other", &[], NOTHING_SAID, false), |(_, word, endings, mime, shown)| {
            (word, endings, mime, *shown)
        })
    }

    /// The word that the database has.
    pub fn as_str(self) -> &'static str {
        self.row().0
    }

    /// The kind of a word; a word of a later version is [`Kind::Other`], which is never shown.
    pub fn of_word(word: &str) -> Self {
        TABLE.iter().find(|row| row.1 == word).map_or(Self::Other, |row| row.0)
    }

    /// Whether a file of this name is what its name says.
    pub fn is_named(self, name: &str) -> bool {
        let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending).to_lowercase();
        self.row().1.contains(&ending.as_str())
    }

    /// How a file of this kind with this name may be given out. One that is not what its name says is never shown, and
    /// nothing is said of its type.
    pub fn showing(self, name: &str) -> Showing {
        let (_, _, mime, shown) = self.row();
        match (self.is_named(name), shown) {
            (true, true) => Showing::Inline(mime),
            (true, false) => Showing::Attachment(mime),
            (false, _) => Showing::Attachment(NOTHING_SAID),
        }
    }

    pub const fn is_picture(self) -> bool {
        matches!(self, Self::Png | Self::Jpeg | Self::Webp | Self::Gif)
    }

    pub const fn is_sound(self) -> bool {
        matches!(self, Self::Mp3 | Self::Ogg | Self::Webm | Self::M4a | Self::Wav)
    }
}

#[cfg(test)]
mod tests;

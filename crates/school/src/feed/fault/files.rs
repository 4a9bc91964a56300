use super::{ArchiveFlaw, Bytes, Limited, Shown, Trouble, Unique, XmlFlaw, faults};
use crate::feed::Kind;
use std::fmt;

faults! {
    /// What is wrong with the bytes of a file, or with the XML in it.
    ReadFault {
        /// The XML declaration names an encoding that is not known.
        UnknownEncoding { name: Shown } = "unknown-encoding",
        /// It names one in which the bytes are not written.
        FalseEncoding { name: Shown } = "false-encoding",
        /// A byte, counted from 0, that the encoding does not have there.
        WrongByte { byte: u64, encoding: Shown } = "wrong-byte",
        /// A tag, a text, a line that is too long to be one.
        LongPiece { most: Bytes } = "long-piece",
        /// The machine could not read.
        Failed { trouble: Trouble } = "failed",
        /// The same, for a reason that its system knows by this number.
        System { number: u64 } = "system",
        /// The document type declares entities of its own, which are never expanded.
        OwnEntities = "own-entities",
        /// Too many elements stand in each other.
        Deep { most: u64 } = "deep",
        ManyAttributes { most: u64 } = "many-attributes",
        ManyChildren { most: u64 } = "many-children",
        LongValue { most: Bytes } = "long-value",
        /// The file ends within this element.
        CutOff { element: Shown } = "cut-off",
        CutOffInTag = "cut-off-in-tag",
        /// An end tag where another should stand.
        OtherEnd { found: Shown, expected: Shown } = "other-end",
        NoStart { found: Shown } = "no-start",
        Malformed { flaw: XmlFlaw } = "malformed",
        NoXml = "no-xml",
    }
}

/// Travels inside an [`std::io::Error`] through the parsers.
impl std::error::Error for ReadFault {}

impl fmt::Display for ReadFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        super::Fault::Read(self.clone()).fmt(f)
    }
}

faults! {
    /// Why the files of an export cannot be read at all.
    ExportFault {
        /// Neither EDT nor UDT nor a calendar.
        UnknownFormat = "unknown-format",
        BadArchive { flaw: ArchiveFlaw } = "bad-archive",
        ManyFiles { most: u64 } = "many-files",
        /// Unpacked.
        Large { most: Bytes } = "large",
    }
}

faults! {
    /// Why something that could be read was not taken in.
    ApplyFault {
        /// An earlier record of this kind has the same key.
        SameKey { kind: Kind } = "same-key",
        Taken { what: Unique } = "taken",
        OverLimit { what: Limited, found: u64, most: u64 } = "over-limit",
        /// So many classes and groups that the feed names are of a past school year: its archive comes first.
        PastYear { count: u64 } = "past-year",
        /// The log says why.
        Failed = "failed",
    }
}

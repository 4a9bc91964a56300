use super::{Bytes, Shown, faults};

faults! {
    /// What is wrong with a file or a record of the ministry's feed (AAF).
    AafFault {
        /// No file in the folder is one of such a feed.
        NoFeed = "no-feed",
        /// The record belongs to a delta; only full feeds are read.
        Delta { request: Shown } = "delta",
        UnknownElement { name: Shown } = "unknown-element",
        WrongRoot { name: Shown } = "wrong-root",
        NoRoot = "no-root",
        AfterRoot = "after-root",
        UnknownEntity { name: Shown } = "unknown-entity",
        /// A numeric reference to what is no character of XML.
        BadReference { reference: Shown } = "bad-reference",
        /// A character that XML does not allow: `U+0001`.
        BadCharacter { character: Shown } = "bad-character",
        LongRecord { most: Bytes } = "long-record",
        NamelessAttribute = "nameless-attribute",
        NoIdentifier = "no-identifier",
        LongIdentifier { most: u64 } = "long-identifier",
        /// The record names another category than its file is for.
        OtherCategory { found: Shown, expected: Shown } = "other-category",
        Missing { attribute: Shown } = "missing",
        LongText { attribute: Shown, most: u64 } = "long-text",
        /// The school's code is not 7 digits and a letter.
        BadUai { attribute: Shown } = "bad-uai",
        /// A value that makes no sense was left out of a good record.
        OddValue { attribute: Shown } = "odd-value",
    }
}

faults! {
    /// What is wrong with a school's table or one of its lines.
    TableFault {
        Empty = "empty",
        ManyColumns { most: u64 } = "many-columns",
        /// What was given as the school's code is not 7 digits and a letter.
        BadUai { uai: Shown } = "bad-uai",
        /// No column for the name among the headers.
        NoNames = "no-names",
        /// Neither headers nor a column tell whether these are pupils, relatives or staff.
        OfWhom = "of-whom",
        ManyLines { most: u64 } = "many-lines",
        /// The line cannot be read as a table's.
        NoLine = "no-line",
        MoreColumns { found: u64, known: u64 } = "more-columns",
        LongField { column: u64, most: Bytes } = "long-field",
        LongName { column: u64, most: u64 } = "long-name",
        NoFamilyName = "no-family-name",
        /// Perhaps a quote was left open.
        LineBreak { column: u64 } = "line-break",
        UnknownProfile { column: u64 } = "unknown-profile",
        ManyChildren { column: u64, most: u64 } = "many-children",
        /// As far as can be told.
        SamePerson { line: u64 } = "same-person",
        /// As far as can be told: a birth date or a national number would tell namesakes apart.
        SamePupil { line: u64 } = "same-pupil",
        NoChild = "no-child",
        /// « Oui » in the column of head teachers, beside several classes.
        WhichClass = "which-class",
        /// The column is not used.
        UnusedColumn { name: Shown } = "unused-column",
        /// Was left out.
        OddBirthDate { column: u64 } = "odd-birth-date",
        /// Was left out.
        OddMail { column: u64 } = "odd-mail",
    }
}

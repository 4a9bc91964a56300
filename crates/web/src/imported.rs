//! What an import says, in words: for its pages and for the terminal.

pub(crate) mod report;
mod timetable;

use crate::lang::Lang;
use crate::texts::{self, Arg, Voice};
use fluent_bundle::FluentArgs;
use preau_directory::FeedError;
use preau_school::feed::fault::{Fact, Shown};
use preau_school::feed::{Fault, Position, Refusal, Scope};

/// An import's words in one language.
#[derive(Clone, Copy, Debug)]
pub struct ImportWords(Lang);

impl ImportWords {
    pub const fn new(lang: Lang) -> Self {
        Self(lang)
    }

    fn t(self, key: &str, args: &[(&'static str, &dyn Arg)]) -> String {
        let mut given = FluentArgs::new();
        for (name, value) in args {
            given.set(*name, value.value());
        }
        texts::text(self.0, Voice::Vous, key, given)
    }

    /// What is wrong, as a part of a sentence.
    pub fn fault(self, fault: &Fault) -> String {
        let mut args = FluentArgs::new();
        for (name, fact) in fault.facts() {
            match fact {
                Fact::Number(number) => args.set(name, number),
                Fact::Bytes(bytes) => args.set(name, crate::files::size_in(self.0, bytes)),
                Fact::Text(text) => args.set(name, text),
                Fact::Word(word) => args.set(name, word),
            }
        }
        texts::text(self.0, Voice::Vous, &format!("fault-{}-{}", fault.area(), fault.code()), args)
    }

    /// Why a feed cannot be read at all.
    pub fn feed_error(self, error: &FeedError) -> String {
        self.fault(&error.fault())
    }

    /// Where: the file, the line, the number of the record.
    fn place(self, position: &Position) -> String {
        let file = Shown::from(position.file.as_str());
        let file = file.as_str();
        match (position.line, position.record) {
            (0, _) => self.t("fault-at-file", &[("file", &file)]),
            (line, 0) => self.t("fault-at-line", &[("file", &file), ("line", &line)]),
            (line, record) => self.t("fault-at-record", &[("file", &file), ("line", &line), ("record", &record)]),
        }
    }

    /// Where and what.
    fn row(self, position: &Position, fault: &Fault) -> String {
        self.t("fault-row", &[("place", &self.place(position)), ("what", &self.fault(fault))])
    }

    /// Where and what, with the record's key where there is one, and whether more is lost than the record.
    pub fn refusal(self, refusal: &Refusal) -> String {
        let mut place = self.place(&refusal.position);
        if let Some(key) = &refusal.key {
            place.push_str(&format!(" [{}]", Shown::from(key.reveal().as_str()).as_str()));
        }
        let whole = match refusal.scope {
            Scope::Record => "fault-row",
            Scope::RestOfFile => "fault-row-rest",
        };
        self.t(whole, &[("place", &place), ("what", &self.fault(&refusal.reason))])
    }

    /// A refusal among other lines of a terminal.
    pub fn refused(self, refusal: &Refusal) -> String {
        self.t("import-refused-line", &[("row", &self.refusal(refusal))])
    }

    /// A file of the folder that is none of the feed's.
    pub fn left_alone(self, file: &str) -> String {
        self.t("import-left-alone", &[("file", &Shown::from(file).as_str())])
    }

    /// How far it is: so many records have been read.
    pub fn read(self, records: u64) -> String {
        self.t("import-progress-read", &[("count", &records)])
    }

    /// How far it is: so many schools are done, of so many.
    pub fn schools(self, done: u64, all: u64) -> String {
        self.t("import-progress-schools", &[("done", &done), ("all", &all)])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use preau_school::feed::fault::{AafFault, Bytes, ReadFault, TableFault};
    use std::collections::BTreeSet;

    #[test]
    fn every_fault_has_a_sentence_in_both_languages_that_tells_its_facts() {
        for lang in Lang::ALL {
            let words = ImportWords::new(lang);
            let mut all = BTreeSet::new();
            for fault in Fault::one_of_each() {
                let said = words.fault(&fault);
                // A missing text gives its key.
                assert!(!said.starts_with("fault-") && !said.contains("{ $"), "{lang:?}: {fault}: {said}");
                assert!(!said.ends_with('.'), "a part of a sentence: {said}");
                for (name, fact) in fault.facts() {
                    let expect = match &fact {
                        Fact::Number(number) => number.to_string(),
                        Fact::Bytes(bytes) => crate::files::size_in(lang, *bytes),
                        // Said in words: by a sentence of its own.
                        Fact::Word(_) => continue,
                        Fact::Text(text) => text.clone(),
                    };
                    assert!(said.contains(&expect), "{lang:?}: {fault}: {said} has no {name}");
                }
                // Left to the other language, or to the last of a list, it would be there twice.
                let (area, code) = (fault.area(), fault.code());
                assert!(all.insert((area, code, said.clone())), "{lang:?}: {fault} says no more than another: {said}");
            }
        }
    }

    #[test]
    fn a_row_says_where_and_what() {
        let refusal = |line, record, key: Option<&str>, scope, reason: Fault| Refusal {
            position: Position { file: "élèves\u{1b}[2J.csv".to_owned(), line, record },
            kind: None,
            key: key.map(|key| key.to_owned().into()),
            scope,
            reason,
        };
        let check = |refusal: &Refusal, french: &str, english: &str| {
            assert_eq!(ImportWords::new(Lang::Fr).refusal(refusal).replace('\u{a0}', " "), french);
            assert_eq!(ImportWords::new(Lang::En).refusal(refusal), english);
        };
        check(
            &refusal(4, 3, None, Scope::Record, TableFault::NoFamilyName.into()),
            "élèves[2J.csv, ligne 4 (n° 3) : il n’y a pas de nom de famille",
            "élèves[2J.csv, line 4 (no. 3): there is no family name",
        );
        check(
            &refusal(9, 0, Some("41002"), Scope::Record, AafFault::Missing { attribute: "sn".into() }.into()),
            "élèves[2J.csv, ligne 9 [41002] : sn manque",
            "élèves[2J.csv, line 9 [41002]: sn is missing",
        );
        check(
            &refusal(0, 0, None, Scope::RestOfFile, ReadFault::LongValue { most: Bytes(16 << 10) }.into()),
            "élèves[2J.csv : une valeur dépasse 16 ko. La suite du fichier n’a pas été lue.",
            "élèves[2J.csv: a value is longer than 16 kB. The rest of the file was not read.",
        );
    }
}

//! The report of an import of people.

use super::ImportWords;
use preau_store::import::{Link, Report, Tally};
use std::fmt::Write as _;

pub(crate) struct Shown {
    pub dry_run: bool,
    pub unchanged: bool,
    pub rows: Vec<Row>,
    pub lists: Vec<List>,
    pub notes: Vec<String>,
}

/// One kind of thing.
pub(crate) struct Row {
    pub name: String,
    pub tally: Tally,
}

/// What was refused, left out, or not found.
pub(crate) struct List {
    pub title: String,
    pub count: u64,
    pub lines: Vec<String>,
    pub more: bool,
}

pub(crate) fn shown(words: ImportWords, report: &Report) -> Shown {
    let row = |(thing, tally): (&_, &Tally)| Row { name: words.thing(&word(thing)), tally: *tally };
    let mut notes = Vec::new();
    if !report.not_left.is_empty() {
        notes.push(words.t("import-not-left", &[]));
    }
    if report.relatives_unnamed > 0 {
        notes.push(words.t("import-unnamed", &[("count", &report.relatives_unnamed)]));
    }
    Shown {
        dry_run: report.dry_run,
        unchanged: report.is_unchanged(),
        rows: report.tallies.iter().map(row).collect(),
        lists: lists(words, report),
        notes,
    }
}

fn lists(words: ImportWords, report: &Report) -> Vec<List> {
    let refused = report.refused.first.iter().map(|it| words.refusal(it)).collect();
    let doubts = report.doubts.first.iter().map(|it| words.row(&it.position, &it.what)).collect();
    let failed = report.failed.iter().map(|it| format!("{} · {}", it.uai, words.row(&it.position, &it.reason)));
    let mut lists = vec![
        list(words.t("import-refused", &[]), report.refused.count, refused),
        list(words.t("import-doubts", &[]), report.doubts.count, doubts),
        list(words.t("import-failed", &[]), report.failed.len() as u64, failed.collect()),
    ];
    lists.extend(report.missing.iter().map(|(link, missing)| {
        let lines = missing.first.iter().map(|it| {
            let place = words.place(&it.position);
            words.t("import-missing-line", &[("place", &place), ("from", it.from.reveal()), ("to", it.to.reveal())])
        });
        list(words.t(link_key(*link), &[]), missing.count, lines.collect())
    }));
    lists.retain(|list| list.count > 0);
    lists
}

fn list(title: String, count: u64, lines: Vec<String>) -> List {
    let more = count > lines.len() as u64;
    List { title, count, lines, more }
}

impl ImportWords {
    fn thing(self, word: &str) -> String {
        self.t(&format!("import-thing-{word}"), &[])
    }

    /// A whole report for a terminal.
    pub fn report(self, report: &Report) -> String {
        let shown = shown(self, report);
        let mut text = report.source.clone();
        if shown.dry_run {
            text.push_str(&format!(" ({})", self.t("import-dry-run", &[])));
        }
        text.push('\n');
        self.read_counts(&mut text, report);
        self.table(&mut text, &shown.rows);
        for note in &shown.notes {
            // Writing to a String cannot fail, here and below.
            let _ = writeln!(text, "\n{note}");
        }
        for list in &shown.lists {
            let _ = writeln!(text, "\n{} ({})", list.title, list.count);
            for line in &list.lines {
                let _ = writeln!(text, "  {line}");
            }
            if list.more {
                text.push_str("  …\n");
            }
        }
        text
    }

    fn read_counts(self, text: &mut String, report: &Report) {
        let _ = writeln!(text, "{}", self.t("import-read", &[]));
        for (kind, count) in &report.read {
            let _ = writeln!(text, "  {count:>8} {}", self.thing(kind.name()));
        }
    }

    fn table(self, text: &mut String, rows: &[Row]) {
        const NUMBER_CHARS: usize = 12;
        let wide = rows.iter().map(|row| row.name.chars().count()).max().unwrap_or(0);
        let heads = ["import-created", "import-changed", "import-left", "import-same"].map(|key| self.t(key, &[]));
        let _ = write!(text, "\n{:wide$}", "");
        for head in heads {
            let _ = write!(text, "{head:>NUMBER_CHARS$}");
        }
        text.push('\n');
        for Row { name, tally } in rows {
            let _ = write!(text, "{name:wide$}");
            for number in [tally.created, tally.changed, tally.left, tally.unchanged] {
                let _ = write!(text, "{number:>NUMBER_CHARS$}");
            }
            text.push('\n');
        }
    }
}

/// The word of a thing, as its JSON has it.
fn word(thing: &impl serde::Serialize) -> String {
    serde_json::to_value(thing).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

const fn link_key(link: Link) -> &'static str {
    match link {
        Link::PupilToSchool => "import-link-pupil-school",
        Link::StaffToSchool => "import-link-staff-school",
        Link::InOtherSchool => "import-link-other-school",
        Link::ToGroup => "import-link-group",
        Link::ToSubject => "import-link-subject",
        Link::PupilToRelative => "import-link-relative",
        Link::RelativeToChild => "import-link-child",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lang::Lang;
    use preau_school::feed::fault::{ReadFault, TableFault};
    use preau_school::feed::{Kind, Position, Refusal, Scope};
    use preau_store::import::{Doubt, Listed, Missing, Thing};

    #[test]
    fn a_report_for_a_terminal_has_everything() {
        let position = Position { file: "6e.csv".to_owned(), line: 4, record: 3 };
        let missing =
            Missing { position: position.clone(), from: "41010".to_owned().into(), to: "4EME Z".to_owned().into() };
        let refusal = Refusal {
            position: position.clone(),
            kind: None,
            key: None,
            scope: Scope::Record,
            reason: TableFault::NoChild.into(),
        };
        let doubt = Doubt { position, what: ReadFault::NoXml.into() };
        let report = Report {
            source: "aaf".to_owned(),
            dry_run: true,
            read: [(Kind::Programme, 3)].into(),
            tallies: [(Thing::Pupil, Tally { created: 8, changed: 6, left: 5, unchanged: 4 })].into(),
            refused: Listed { count: 2, first: vec![refusal] },
            doubts: Listed { count: 1, first: vec![doubt] },
            missing: [(Link::ToGroup, Listed { count: 1, first: vec![missing] })].into(),
            ..Report::default()
        };
        let said = ImportWords::new(Lang::Fr).report(&report).replace('\u{a0}', " ");
        for expect in [
            "aaf (essai à blanc)\n",
            "       3 Formations\n",
            "Élèves           8           6           5           4\n",
            "Refusés (2)\n  6e.csv, ligne 4 (n° 3) : ce responsable n’a pas d’enfant dans le tableau\n  …\n",
            "Valeurs laissées de côté (1)\n",
            "Classes ou groupes introuvables (1)\n  6e.csv, ligne 4 (n° 3) : 41010 → 4EME Z\n",
        ] {
            assert!(said.contains(expect), "{expect:?} in\n{said}");
        }
    }
}

//! A report as the page shows it.

use crate::Page;
use preau_school::feed::Position;
use preau_store::import::{Link, Report, Tally};

pub(super) struct Shown {
    pub dry_run: bool,
    pub unchanged: bool,
    pub rows: Vec<Row>,
    pub lists: Vec<List>,
    pub notes: Vec<String>,
}

/// One kind of thing.
pub(super) struct Row {
    pub name: String,
    pub tally: Tally,
}

/// What was refused, left out, or not found.
pub(super) struct List {
    pub title: String,
    pub count: u64,
    pub lines: Vec<String>,
    pub more: bool,
}

pub(super) fn shown(page: &Page, report: &Report) -> Shown {
    let row =
        |(thing, tally): (&_, &Tally)| Row { name: page.t(&format!("import-thing-{}", word(thing))), tally: *tally };
    let at = |position: &Position, text: &str| format!("{position} · {text}");
    let mut lists = vec![
        List {
            title: page.t("import-refused"),
            count: report.refused.count,
            lines: report.refused.first.iter().map(|it| at(&it.position, &it.reason)).collect(),
            more: false,
        },
        List {
            title: page.t("import-doubts"),
            count: report.doubts.count,
            lines: report.doubts.first.iter().map(|it| at(&it.position, &it.what)).collect(),
            more: false,
        },
        List {
            title: page.t("import-failed"),
            count: report.failed.len() as u64,
            lines: report.failed.iter().map(|it| at(&it.position, &format!("{} · {}", it.uai, it.reason))).collect(),
            more: false,
        },
    ];
    lists.extend(report.missing.iter().map(|(link, missing)| {
        List {
            title: page.t(link_key(*link)),
            count: missing.count,
            lines: missing
                .first
                .iter()
                .map(|it| at(&it.position, &format!("{} → {}", it.from.reveal(), it.to.reveal())))
                .collect(),
            more: false,
        }
    }));
    lists.retain(|list| list.count > 0);
    for list in &mut lists {
        list.more = list.count > list.lines.len() as u64;
    }
    let mut notes = Vec::new();
    if !report.not_left.is_empty() {
        notes.push(page.t("import-not-left"));
    }
    if report.relatives_unnamed > 0 {
        notes.push(page.t1("import-unnamed", "count", report.relatives_unnamed));
    }
    let rows = report.tallies.iter().map(row).collect();
    Shown { dry_run: report.dry_run, unchanged: report.is_unchanged(), rows, lists, notes }
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

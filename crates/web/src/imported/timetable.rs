//! The report of an import of a timetable.

use super::ImportWords;
use crate::texts::Arg;
use preau_school::feed::timetable::Timetable;
use preau_store::series::FeedReport;

impl ImportWords {
    /// What was read and what became of it, one thing a line.
    pub fn timetable(self, timetable: &Timetable, report: &FeedReport) -> Vec<String> {
        let tell = |key: &str, numbers: &[(&'static str, usize)]| {
            let args: Vec<(&'static str, &dyn Arg)> =
                numbers.iter().map(|(name, number)| (*name, number as &dyn Arg)).collect();
            self.t(key, &args)
        };
        let done = &report.lessons;
        let mut lines = vec![
            tell("timetable-import-read", &[("lessons", timetable.lessons.len()), ("hours", timetable.hours())]),
            tell(
                "timetable-import-series",
                &[
                    ("added", report.series_added),
                    ("changed", report.series_changed),
                    ("same", report.series_same),
                    ("removed", report.series_removed),
                ],
            ),
            tell(
                "timetable-import-lessons",
                &[
                    ("added", done.added),
                    ("changed", done.changed),
                    ("withdrawn", done.withdrawn),
                    ("cancelled", report.cancelled),
                ],
            ),
        ];
        let kept = done.kept_by_hand + done.kept_used;
        if kept > 0 {
            lines.push(tell("timetable-import-kept", &[("count", kept)]));
        }
        if report.without_group > 0 {
            lines.push(tell("timetable-import-without", &[("count", report.without_group)]));
        }
        let members = &report.members;
        if !timetable.members.is_empty() {
            lines.push(tell(
                "timetable-import-members",
                &[("added", members.added), ("same", members.same), ("removed", members.removed)],
            ));
        }
        if members.without_group > 0 {
            lines.push(tell("timetable-import-members-without", &[("count", members.without_group)]));
        }
        if members.unknown_count > 0 {
            lines.push(tell("timetable-import-members-unknown", &[("count", members.unknown_count)]));
        }
        lines
    }

    /// Whether anything was changed.
    pub fn timetable_done(self, dry_run: bool) -> String {
        self.t(if dry_run { "timetable-import-dry" } else { "timetable-import-done" }, &[])
    }

    /// A class or a group that the school does not have.
    pub fn unknown_group(self, name: &str) -> String {
        self.t("timetable-import-unknown-group", &[("name", &name)])
    }

    /// A pupil whom the school does not have, or has several of.
    pub fn unknown_pupil(self, name: &str) -> String {
        self.t("timetable-import-unknown-pupil", &[("name", &name)])
    }

    /// A teacher whom the school does not have, or has several of.
    pub fn unknown_teacher(self, name: &str) -> String {
        self.t("timetable-import-unknown-teacher", &[("name", &name)])
    }
}

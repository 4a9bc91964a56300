//! What the form of an entry holds, and what is wrong with it.

use super::Here;
use crate::limits::{HOMEWORK_BODY_CHARS_MAX, HOMEWORK_TITLE_CHARS_MAX};
use crate::{Fields, Member, forms};
use jiff::ToSpan as _;
use jiff::civil::Date;
use preau_base::{HomeworkId, SystemRng};
use preau_school::homework::Ways;
use preau_school::log::{ENTRY_CHARS_MAX, NOTE_CHARS_MAX, WORK_MINUTES_MAX};
use preau_store::groups::Group;

/// How work may be handed in; each has the text `work-way-{word}`.
pub(super) const WAYS: [&str; 5] = ["paper", "text", "files", "photos", "audio"];

/// What is done with the text.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Deed {
    Publish,
    Draft,
}

/// The fields of the form as they were typed, whatever is wrong with them.
#[derive(Clone, Default)]
pub(super) struct Form {
    pub body: String,
    pub note: String,
    /// The note as the writer has seen it.
    pub note_was: String,
    pub work_title: String,
    pub work_body: String,
    /// `next` or `day`.
    pub work_for: String,
    pub due: String,
    pub minutes: String,
    pub is_test: bool,
    /// How the work is handed in, as words of [`WAYS`].
    pub ways: Vec<String>,
    /// The version of the entry that the writer has seen; 0 for none.
    pub version: i64,
    /// One for each group of the lesson: the id of the work that is made for it.
    pub keys: Vec<String>,
    pub faults: Vec<(&'static str, String)>,
}

/// What is good in it.
pub(super) struct Sent {
    pub deed: Deed,
    pub minutes: Option<i64>,
    /// When the work is due; none where no work is set.
    pub due: Option<Date>,
    pub keys: Vec<HomeworkId>,
}

impl Form {
    /// The form as it is first shown.
    pub(super) fn first(member: &Member, here: &Here, groups: &[Group], next: Option<Date>, note: String) -> Self {
        let entry = here.entry.as_ref();
        let text = |field: fn(&preau_store::log::Entry) -> &str| entry.map(field).unwrap_or_default().to_owned();
        let minutes = entry.and_then(|entry| entry.work_minutes);
        let keys = groups.iter().map(|_| HomeworkId::new(member.now(), &mut SystemRng).to_string()).collect();
        Self {
            body: text(|entry| &entry.body),
            note_was: note.clone(),
            note,
            work_title: text(|entry| &entry.work_title),
            work_body: text(|entry| &entry.work_body),
            work_for: if next.is_some() { "next" } else { "day" }.to_owned(),
            due: next.map(|day| day.to_string()).unwrap_or_default(),
            minutes: minutes.map(|minutes| minutes.to_string()).unwrap_or_default(),
            is_test: entry.is_some_and(|entry| entry.work_is_test),
            ways: entry.map(|entry| entry.work_ways().words().map(str::to_owned).collect()).unwrap_or_default(),
            version: entry.map_or(0, |entry| entry.version),
            keys,
            faults: Vec::new(),
        }
    }

    /// The form as it was sent, and what it says when nothing is wrong with it.
    pub(super) fn sent(member: &Member, fields: &Fields, here: &Here, next: Option<Date>) -> (Self, Option<Sent>) {
        let mut form = Self {
            body: clean(fields.raw("body")),
            note: clean(fields.raw("note")),
            note_was: clean(fields.raw("note_was")),
            work_title: fields.line("work"),
            work_body: clean(fields.raw("work_body")),
            work_for: fields.line("for"),
            due: fields.line("due"),
            minutes: fields.line("minutes"),
            is_test: fields.checked("test"),
            ways: WAYS
                .iter()
                .filter(|way| fields.all("ways").any(|sent| sent == **way))
                .map(|way| (*way).to_owned())
                .collect(),
            version: fields.raw("version").parse().unwrap_or(0),
            keys: fields.all("key").map(str::to_owned).collect(),
            faults: Vec::new(),
        };
        let deed = if fields.raw("do") == "publish" { Deed::Publish } else { Deed::Draft };
        let keys: Vec<_> = form.keys.iter().filter_map(|key| key.parse().ok()).collect();
        form.check_lengths(member);
        let minutes = form.check_minutes(member);
        let due = form.check_due(member, here, next, deed);
        if deed == Deed::Publish && form.body.is_empty() && form.work_title.is_empty() {
            form.fault("body", member.t("log-fault-empty"));
        }
        let good = form.faults.is_empty();
        (form, good.then_some(Sent { deed, minutes, due, keys }))
    }

    fn fault(&mut self, field: &'static str, text: String) {
        self.faults.push((field, text));
    }

    fn check_lengths(&mut self, member: &Member) {
        let lengths = [
            ("body", self.body.chars().count(), ENTRY_CHARS_MAX),
            ("note", self.note.chars().count(), NOTE_CHARS_MAX),
            ("work", self.work_title.chars().count(), HOMEWORK_TITLE_CHARS_MAX),
            ("work_body", self.work_body.chars().count(), HOMEWORK_BODY_CHARS_MAX),
        ];
        for (field, count, most) in lengths {
            if count > most {
                self.fault(field, member.t1("fault-long", "most", most));
            }
        }
    }

    fn check_minutes(&mut self, member: &Member) -> Option<i64> {
        if self.minutes.is_empty() {
            return None;
        }
        let minutes = self.minutes.parse::<u32>().ok().filter(|minutes| (1..=WORK_MINUTES_MAX).contains(minutes));
        if minutes.is_none() {
            self.fault("minutes", member.t1("log-fault-minutes", "most", WORK_MINUTES_MAX));
        }
        minutes.map(i64::from)
    }

    /// The day on which work is due, where some is to be set now.
    fn check_due(&mut self, member: &Member, here: &Here, next: Option<Date>, deed: Deed) -> Option<Date> {
        if self.work_title.is_empty() {
            if !self.work_body.is_empty() {
                self.fault("work", member.t("log-fault-work"));
            }
            return None;
        }
        if deed == Deed::Draft {
            return None;
        }
        let day = match (self.work_for.as_str(), next) {
            ("next", Some(day)) => Some(day),
            ("next", None) => {
                self.fault("due", member.t("log-fault-no-next"));
                return None;
            }
            _ => forms::parse_day(&self.due),
        };
        let Some(day) = day else {
            self.fault("due", member.t("fault-day"));
            return None;
        };
        let far = member.today().checked_add(1.years()).unwrap_or(day);
        if day < member.today().min(here.day) || day > far {
            self.fault("due", member.t("fault-day-range"));
            return None;
        }
        Some(day)
    }

    /// The note to keep where `stored` stands: both, when another tab has saved a third one meanwhile.
    pub(super) fn note_over(&self, stored: &str) -> String {
        if stored.is_empty() || stored == self.note_was || self.note.contains(stored) {
            return self.note.clone();
        }
        format!("{}\n\n{stored}", self.note).trim().to_owned()
    }

    pub(super) fn ways(&self) -> Ways {
        Ways::of_words(self.ways.iter().map(String::as_str))
    }

    /// Whether the work is handed in so.
    pub(super) fn has_way(&self, way: &str) -> bool {
        self.ways.iter().any(|chosen| chosen == way)
    }

    /// What is wrong with a field; empty when nothing is.
    pub(super) fn fault_of(&self, field: &str) -> &str {
        self.faults.iter().find(|(at, _)| *at == field).map_or("", |(_, text)| text)
    }
}

/// Several lines as browsers send them: line ends are one sign, other control characters go.
pub(super) fn clean(text: &str) -> String {
    let text = text.replace("\r\n", "\n");
    text.trim().chars().filter(|letter| !letter.is_control() || *letter == '\n').collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_two_notes_none_is_lost() {
        for (was, typed, stored, expect) in [
            ("", "a", "", "a"),
            ("a", "b", "a", "b"),
            ("a", "", "a", ""),
            ("a", "b", "c", "b\n\nc"),
            ("a", "", "c", "c"),
            ("", "c et d", "c", "c et d"),
        ] {
            let form = Form { note: typed.to_owned(), note_was: was.to_owned(), ..Form::default() };
            assert_eq!(form.note_over(stored), expect, "{was} {typed} {stored}");
        }
    }

    #[test]
    fn lines_stay_and_other_control_characters_go() {
        assert_eq!(clean(" a\r\nb\u{0}\u{7}\n\nc\t "), "a\nb\n\nc");
    }
}

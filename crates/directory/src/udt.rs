//! Timetables exported by UDT (OmégaTek): a set of files, `UDCal_NN.xml` and `semaines.xml`.
//!
//! Facts of the format: 24 holds the pupils' year (`debut_eleve`, `fin_eleve`) and its closures (`fermeture debut fin`),
//! 00 the first ISO week (`init premiere_semaine_ISO`), 03 rooms, 04 teachers (`prof code epj nom prenom`), 05 subjects,
//! 07 half slots (`demi_seq code_jour code code_site hre_deb hre_fin`), 08 classes (`div`), 13 regroupings (`rgpmt`),
//! 19 groups (`gpe`), 11 cards (`fiche code jour demi_seq site`), 12 their lines (`ligfiche code fic div mat prof rgpmt
//! gpe salle`), 23 further teachers of a line (`coens lignefic prof`). `semaines.xml` names for each week the one with
//! which its period began; `UDCal_12_NN.xml` has the lines of the period that begins with ISO week NN, where they differ.
//!
//! 10 has pupils (`eleve code nom prenom naissance`), 21 their places in groups (`ele_gpe ele code_div gpe semaines theorique`:
//! without a group, of the class; bit n of `semaines` is ISO week n + 1, none or 0 the whole year). A regrouping has the pupils
//! of the groups and classes that it is made of (`rgpmt code nom code_div gpe`).

mod members;
mod weeks;

use crate::decode::{DecodeReader, Guess};
use crate::elements::{self, Element};
use crate::limits::{HOURS_MAX, NAME_CHARS_MAX, RECURRING_MAX};
use crate::report::Report;
use crate::values::{clock, feed_key};
use jiff::civil::{Date, Time};
use members::Members;
use preau_school::GroupKind;
use preau_school::feed::fault::{TimetableFault, UdtFault};
use preau_school::feed::timetable::{Group, Recurring, Subject, Teacher, Timetable};
use preau_school::feed::{Fault, Position, tidy};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use weeks::Weeks;

/// The files of an export by name. Letters may be small or large.
pub type Files = BTreeMap<String, Vec<u8>>;

const LINES: &str = "udcal_12";
const WANTED: [&str; 17] = [
    "annee",
    "coens",
    "debut_eleve",
    "demi_seq",
    "div",
    "ele_gpe",
    "eleve",
    "fermeture",
    "fiche",
    "fin_eleve",
    "gpe",
    "init",
    "ligfiche",
    "mat",
    "prof",
    "rgpmt",
    "salle",
];

/// Whether a file of this name belongs to such an export.
pub fn is_part(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name == "semaines.xml" || (name.starts_with("udcal_") && name.ends_with(".xml"))
}

/// Reads an export.
///
/// What cannot be read is a refusal with its file and line; reading goes on behind it where it can.
pub fn read(files: &Files) -> Timetable {
    let mut export = Export::default();
    let mut report = Report::new("UDCal");
    let mut lines: BTreeMap<Option<i8>, Vec<Line>> = BTreeMap::new();
    for (name, bytes) in files.iter().filter(|(name, _)| is_part(name)) {
        report.file(name);
        let lower = name.to_ascii_lowercase();
        let mut own = Vec::new();
        let wanted = |name: &str, _: &[String]| WANTED.contains(&name) || name == "semaines";
        let source = DecodeReader::new(bytes.as_slice(), Guess::Xml, Arc::default());
        let outcome = elements::read(source, wanted, |element| match element.name.as_str() {
            "ligfiche" if own.len() >= RECURRING_MAX => {
                report.record(element.line, TimetableFault::ManyLessons { most: RECURRING_MAX as u64 });
            }
            "ligfiche" => own.extend(Line::of(&element)),
            _ => export.take(element, &mut report),
        });
        if let Err((line, fault)) = outcome {
            report.rest_of_file(line, fault);
        }
        let week = lower.strip_prefix(LINES).map(|rest| rest.trim_end_matches(".xml"));
        match week {
            Some("") => drop(lines.insert(None, own)),
            Some(number) => match number.trim_start_matches('_').parse() {
                Ok(week @ 1..=53) => drop(lines.insert(Some(week), own)),
                _ => report.rest_of_file(0, UdtFault::BadName),
            },
            None => {}
        }
    }
    report.file("UDCal_12.xml");
    export.lessons(&lines, report)
}

/// A line of a card: who has what with whom in one half slot.
struct Line {
    at: u64,
    code: String,
    card: String,
    class: String,
    subject: String,
    teacher: String,
    regrouping: String,
    group: String,
    room: String,
}

impl Line {
    /// None for a line without a class, which is no lesson.
    fn of(line: &Element) -> Option<Self> {
        let get = |name: &str| line.get(name).to_owned();
        let (class, card) = (get("div"), get("fic"));
        if class.is_empty() || card.is_empty() {
            return None;
        }
        Some(Self {
            at: line.line,
            code: get("code"),
            card,
            class,
            subject: get("mat"),
            teacher: get("prof"),
            regrouping: get("rgpmt"),
            group: get("gpe"),
            room: get("salle"),
        })
    }

    /// What lines of one lesson have in common.
    fn lesson(&self) -> [&str; 6] {
        [&self.class, &self.subject, &self.teacher, &self.regrouping, &self.group, &self.room]
    }
}

#[derive(Default)]
struct Export {
    weeks: Weeks,
    /// By day, number of the half slot and site.
    slots: HashMap<(u8, u16, String), (Time, Time)>,
    /// Of a card: its day, half slot and site.
    cards: HashMap<String, (u8, u16, String)>,
    subjects: HashMap<String, Subject>,
    teachers: HashMap<String, Teacher>,
    rooms: HashMap<String, String>,
    classes: BTreeSet<String>,
    /// By class and code.
    groups: HashMap<(String, String), String>,
    regroupings: HashMap<String, String>,
    /// Further teachers of a line, by its code.
    beside: HashMap<String, Vec<String>>,
    members: Members,
}

impl Export {
    fn take(&mut self, element: Element, report: &mut Report) {
        let code = element.get("code").to_owned();
        match element.name.as_str() {
            "salle" => drop(self.rooms.insert(code, name(element.get("nom")))),
            "mat" => drop(self.subjects.insert(code.clone(), Subject { code, label: name(element.get("libelle")) })),
            "prof" => {
                let teacher = Teacher {
                    key: name(element.get("epj")),
                    family_name: name(element.get("nom")),
                    given_name: name(element.get("prenom")),
                };
                self.teachers.insert(code, teacher);
            }
            "div" => drop(self.classes.insert(code)),
            "gpe" => {
                let class = element.get("code_div").to_owned();
                let own = name(element.get("code_sts"));
                let group = if own.is_empty() { name(&format!("{class}{code}")) } else { own };
                self.groups.insert((class, code), group);
            }
            "rgpmt" => {
                self.members.join(&element, name(element.get("nom")));
                self.regroupings.insert(code, name(element.get("nom")));
            }
            "eleve" => self.members.pupil(&element, report),
            "ele_gpe" => self.members.seat(&element, report),
            "coens" => {
                let line = element.get("lignefic").to_owned();
                self.beside.entry(line).or_default().push(element.get("prof").to_owned());
            }
            "demi_seq" => self.slot(&element, code, report),
            "fiche" => match (element.get("jour").parse(), element.get("demi_seq").parse()) {
                (Ok(day), Ok(slot)) => drop(self.cards.insert(code, (day, slot, element.get("site").to_owned()))),
                _ => report.record(element.line, UdtFault::BadCard),
            },
            _ => self.weeks.take(&element, report),
        }
    }

    fn slot(&mut self, element: &Element, code: String, report: &mut Report) {
        let times = (clock(element.get("hre_deb")), clock(element.get("hre_fin")));
        match (element.get("code_jour").parse(), code.parse(), times) {
            (Ok(day), Ok(slot), (Some(start), Some(end))) => {
                self.slots.insert((day, slot, element.get("code_site").to_owned()), (start, end));
            }
            // Half slots in which the school is closed have no times.
            (Ok(_), Ok(_), _) if element.get("hre_deb").is_empty() => {}
            _ => report.record(element.line, UdtFault::BadSlot),
        }
    }

    fn lessons(&self, lines: &BTreeMap<Option<i8>, Vec<Line>>, mut report: Report) -> Timetable {
        let Some(calendar) = self.weeks.calendar() else {
            report.rest_of_file(0, UdtFault::NoYear);
            return Timetable { refusals: report.refusals(), ..Timetable::default() };
        };
        let (mut lessons, mut keys, mut hours) = (Vec::new(), BTreeMap::new(), 0);
        for (week, own) in lines {
            let weeks = match week {
                Some(week) => calendar.period(*week),
                None => calendar.others(lines.keys().flatten().copied()),
            };
            for mut lesson in self.of_period(own, &weeks, &mut report) {
                hours += lesson.days.len();
                if hours > HOURS_MAX {
                    report.rest_of_file(0, TimetableFault::ManyHours { most: HOURS_MAX as u64 });
                    return Timetable { lessons, refusals: report.refusals(), ..Timetable::default() };
                }
                feed_key(&mut keys, &mut lesson);
                lessons.push(lesson);
            }
        }
        let members = self.members.of_groups(self, &calendar, &mut report);
        Timetable { lessons, members, refusals: report.refusals() }
    }

    /// The lessons of one file of lines: half slots that follow each other are one lesson.
    fn of_period(&self, lines: &[Line], mondays: &[Date], report: &mut Report) -> Vec<Recurring> {
        let mut placed: Vec<(&Line, (u8, u16, &str))> = Vec::new();
        for line in lines {
            match self.cards.get(&line.card) {
                Some((day, slot, site)) => placed.push((line, (*day, *slot, site))),
                None => report.record(line.at, UdtFault::NoCard),
            }
        }
        placed.sort_by(|(one, at), (other, other_at)| (one.lesson(), at).cmp(&(other.lesson(), other_at)));
        let follows = |one: &(&Line, (u8, u16, &str)), next: &(&Line, (u8, u16, &str))| {
            let ((day, slot, site), (next_day, next_slot, next_site)) = (one.1, next.1);
            one.0.lesson() == next.0.lesson() && (day, site) == (next_day, next_site) && next_slot <= slot + 1
        };
        let runs = placed.chunk_by(follows).filter_map(|run| {
            let (first, last) = (run.first()?, run.last()?);
            match self.lesson(first.0, first.1, last.1, mondays) {
                Ok(lesson) => {
                    Some(Recurring { position: Position { line: first.0.at, ..report.position() }, ..lesson })
                }
                Err(fault) => {
                    report.record(first.0.at, fault);
                    None
                }
            }
        });
        let runs: Vec<_> = runs.collect();
        runs.into_iter().filter(|lesson| !lesson.days.is_empty()).collect()
    }

    fn lesson(
        &self,
        line: &Line,
        (day, first, site): (u8, u16, &str),
        (_, last, _): (u8, u16, &str),
        mondays: &[Date],
    ) -> Result<Recurring, Fault> {
        let slot = |number| self.slots.get(&(day, number, site.to_owned())).ok_or(UdtFault::NoSlot);
        let (start, end) = (slot(first)?.0, slot(last)?.1);
        if end <= start {
            return Err(TimetableFault::EndsBeforeItBegins.into());
        }
        let codes = [&line.teacher].into_iter().chain(self.beside.get(&line.code).into_iter().flatten());
        let mut teachers: Vec<_> = codes.filter_map(|code| self.teachers.get(code).cloned()).collect();
        teachers.sort();
        teachers.dedup();
        Ok(Recurring {
            position: Position::default(),
            key: format!("{day}/{first}-{last}"),
            start,
            end,
            days: self.weeks.days(mondays, day),
            cancelled: Vec::new(),
            subject: self.subjects.get(&line.subject).cloned().unwrap_or_default(),
            room: self.rooms.get(&line.room).cloned().unwrap_or_default(),
            groups: vec![self.group(line)],
            teachers,
        })
    }

    /// A regrouping before a group before the class.
    fn group(&self, line: &Line) -> Group {
        let group = |name: String| Group { kind: GroupKind::Group, name };
        if let Some(name) = self.regroupings.get(&line.regrouping).filter(|name| !name.is_empty()) {
            return group(name.clone());
        }
        if line.group.is_empty() {
            return Group { kind: GroupKind::Class, name: name(&line.class) };
        }
        group(self.group_name(&line.class, &line.group))
    }

    fn group_name(&self, class: &str, group: &str) -> String {
        let known = self.groups.get(&(class.to_owned(), group.to_owned()));
        known.cloned().unwrap_or_else(|| name(&format!("{class}{group}")))
    }
}

fn name(text: &str) -> String {
    tidy(text).chars().take(NAME_CHARS_MAX).collect()
}

#[cfg(test)]
mod tests;

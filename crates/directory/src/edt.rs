//! Timetables exported by EDT (Index Éducation), in clear: one XML file.
//!
//! Facts of the format: `GrilleHoraire` (`DureePlace` in minutes) holds `Place` (`Numero`, `LibelleHeureDebut`,
//! `LibelleHeureFin`); `AnneeScolaire` names the Monday of week 1 (`DatePremierJourSemaine1`); `Matiere`, `Professeur`,
//! `Classe`, `Groupe`, `PartieDeClasse` and `Salle` have an `Ident`; a `Cours` inside the element `Cours` has `Jour`
//! (1 = Monday), `NumeroPlaceDebut`, `NombrePlaces`, `SemainesAnnulation`, and children that name those, each with the
//! weeks in which it takes part (`Semaines`): bit n of the mask is week n, from 1. An `Eleve` (`Nom`, `Prenom`,
//! `DateNaissance`) names the classes and parts of classes that it is in, from `DateEntree` to `DateSortie`; a `Groupe` those
//! that it is made of: whole classes, or parts of them (then `LibellePartition` says of a class how it is parted).
//!
//! The file that EDT encrypts for one partner (`PARTENAIRE`, `CONTENU`) cannot be read without that partner's key.

mod members;

use crate::decode::{DecodeReader, Guess};
use crate::elements::{self, Element};
use crate::limits::{HOURS_MAX, NAME_CHARS_MAX, RECURRING_MAX, WEEKS_MAX};
use crate::report::Report;
use crate::values::{clock, date, feed_key};
use jiff::ToSpan as _;
use jiff::civil::{Date, Time};
use members::Members;
use preau_school::GroupKind;
use preau_school::feed::fault::{EdtFault, TimetableFault};
use preau_school::feed::timetable::{Group, Recurring, Subject, Teacher, Timetable};
use preau_school::feed::{Fault, Position, tidy};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::Read;
use std::sync::Arc;

const NAMED: [&str; 8] =
    ["Matiere", "Professeur", "Classe", "Eleve", "Groupe", "Salle", "GrilleHoraire", "AnneeScolaire"];

/// Reads an export. `file` is its name for the report.
///
/// What cannot be read is a refusal with its line; reading goes on behind it where it can.
pub fn read(source: impl Read, file: &str) -> Timetable {
    let mut export = Export::default();
    let mut report = Report::new(file);
    let wanted = |name: &str, open: &[String]| {
        NAMED.contains(&name)
            || matches!(name, "PARTENAIRE" | "CONTENU")
            || (name == "Cours" && open.last().is_some_and(|around| around == "Cours"))
    };
    let source = DecodeReader::new(source, Guess::Xml, Arc::default());
    if let Err((line, fault)) = elements::read(source, wanted, |element| export.take(element, &mut report)) {
        report.rest_of_file(line, fault);
    }
    export.lessons(report)
}

#[derive(Default)]
struct Export {
    places: HashMap<u32, Place>,
    place_minutes: i64,
    monday: Option<Date>,
    subjects: HashMap<String, Subject>,
    teachers: HashMap<String, Teacher>,
    rooms: HashMap<String, String>,
    classes: HashMap<String, String>,
    groups: HashMap<String, String>,
    /// Parts of classes: their own name, or that of their class.
    parts: HashMap<String, Group>,
    courses: Vec<Element>,
    members: Members,
}

struct Place {
    start: Time,
    end: Option<Time>,
}

impl Export {
    fn take(&mut self, element: Element, report: &mut Report) {
        let ident = element.get("Ident").to_owned();
        match element.name.as_str() {
            "GrilleHoraire" => self.grid(&element, report),
            "AnneeScolaire" => {
                let day = element.get("DatePremierJourSemaine1");
                self.monday = date(day.get(..10).unwrap_or(day));
                if self.monday.is_none() {
                    report.record(element.line, EdtFault::BadFirstDay);
                }
            }
            "Matiere" => {
                let subject = Subject { code: name(element.get("Code")), label: name(element.get("Libelle")) };
                self.subjects.insert(ident, subject);
            }
            "Professeur" => {
                let teacher = Teacher {
                    key: String::new(),
                    family_name: name(element.get("Nom")),
                    given_name: name(element.get("Prenom")),
                };
                self.teachers.insert(ident, teacher);
            }
            "Salle" => drop(self.rooms.insert(ident, name(element.get("Nom")))),
            "Groupe" => {
                self.members.group(&element);
                self.groups.insert(ident, name(element.get("Nom")));
            }
            "Eleve" => self.members.pupil(&element, report),
            "Classe" => self.class(ident, &element),
            "Cours" if self.courses.len() < RECURRING_MAX => self.courses.push(element),
            "Cours" => report.record(element.line, TimetableFault::ManyLessons { most: RECURRING_MAX as u64 }),
            _ => report.record(element.line, EdtFault::Encrypted),
        }
    }

    fn grid(&mut self, grid: &Element, report: &mut Report) {
        self.place_minutes =
            grid.get("DureePlace").parse().ok().filter(|minutes| (1..=600).contains(minutes)).unwrap_or(60);
        // Some versions wrap the places of a day in one more element.
        let wrapped = grid.children.iter().flat_map(|child| child.all("Place"));
        for place in grid.all("Place").chain(wrapped) {
            match (place.get("Numero").parse(), clock(place.get("LibelleHeureDebut"))) {
                (Ok(number), Some(start)) => {
                    self.places.insert(number, Place { start, end: clock(place.get("LibelleHeureFin")) });
                }
                _ => report.record(place.line, EdtFault::BadPlace),
            }
        }
    }

    fn class(&mut self, ident: String, class: &Element) {
        let class_name = name(class.get("Nom"));
        // What only refers to a class has no name.
        if class_name.is_empty() {
            return;
        }
        for part in class.all("PartieDeClasse") {
            let own = name(part.get("Nom"));
            let group = if own.is_empty() {
                Group { kind: GroupKind::Class, name: class_name.clone() }
            } else {
                Group { kind: GroupKind::Group, name: own }
            };
            self.parts.insert(part.get("Ident").to_owned(), group);
        }
        self.classes.insert(ident, class_name);
    }

    fn lessons(self, mut report: Report) -> Timetable {
        let mut lessons = Vec::new();
        let mut keys = BTreeMap::new();
        let mut hours = 0;
        for course in &self.courses {
            match self.course(course) {
                Ok(found) => {
                    for mut lesson in found {
                        hours += lesson.days.len();
                        if hours > HOURS_MAX {
                            report.record(course.line, TimetableFault::ManyHours { most: HOURS_MAX as u64 });
                            break;
                        }
                        lesson.position = Position { line: course.line, ..report.position() };
                        feed_key(&mut keys, &mut lesson);
                        lessons.push(lesson);
                    }
                }
                Err(fault) => report.record(course.line, fault),
            }
        }
        let members = self.members.of_groups(&self.parts, &mut report);
        Timetable { lessons, members, refusals: report.refusals() }
    }

    /// One lesson for each set of people, groups and rooms that takes part in the same weeks.
    fn course(&self, course: &Element) -> Result<Vec<Recurring>, Fault> {
        let number =
            |what: &str| course.get(what).parse::<u32>().map_err(|_| EdtFault::NoNumber { attribute: what.into() });
        let (day, first, count) = (number("Jour")?, number("NumeroPlaceDebut")?, number("NombrePlaces")?);
        let monday = self.monday.ok_or(EdtFault::NoFirstDay)?;
        if !(1..=7).contains(&day) {
            return Err(EdtFault::BadDay { day: day.into() }.into());
        }
        let (start, end) = self.times(first, count)?;
        let subject = course.all("Matiere").next().and_then(|named| self.subjects.get(named.get("Ident")));
        let items: Vec<(&Element, u64)> =
            course.children.iter().filter_map(|item| Some((item, weeks(item)?))).collect();
        let cancelled = course.get("SemainesAnnulation").parse().unwrap_or(0_u64);
        let mut sets: BTreeMap<Vec<usize>, BTreeSet<u32>> = BTreeMap::new();
        for week in 1..=WEEKS_MAX {
            let there: Vec<usize> = (0..items.len()).filter(|at| items[*at].1 >> week & 1 == 1).collect();
            if !there.is_empty() {
                sets.entry(there).or_default().insert(week);
            }
        }
        let on = |week: &u32| monday.checked_add((i64::from(*week) * 7 - 7 + i64::from(day) - 1).days()).ok();
        let lessons = sets.into_iter().map(|(set, weeks)| {
            let off = weeks.iter().filter(|week| cancelled >> **week & 1 == 1).filter_map(on).collect();
            let mut lesson = Recurring {
                position: Position::default(),
                key: format!("{day}/{first}+{count}"),
                start,
                end,
                days: weeks.iter().filter_map(on).collect(),
                cancelled: off,
                subject: subject.cloned().unwrap_or_default(),
                room: String::new(),
                groups: Vec::new(),
                teachers: Vec::new(),
            };
            self.fill(&mut lesson, set.iter().map(|at| items[*at].0));
            lesson
        });
        Ok(lessons.filter(|lesson| !lesson.days.is_empty()).collect())
    }

    fn times(&self, first: u32, count: u32) -> Result<(Time, Time), Fault> {
        let place = |number: u32| self.places.get(&number).ok_or(EdtFault::NoPlace { place: number.into() });
        let start = place(first)?.start;
        let last = place(first.saturating_add(count.max(1)) - 1)?;
        let end = match last.end {
            Some(end) => end,
            None => last.start.checked_add(self.place_minutes.minutes()).map_err(|_| EdtFault::EndsAfterMidnight)?,
        };
        if end <= start { Err(TimetableFault::EndsBeforeItBegins.into()) } else { Ok((start, end)) }
    }

    /// Who and where. Groups stand for the classes that are named beside them; parts of classes only where nothing else is.
    fn fill<'a>(&self, lesson: &mut Recurring, items: impl Iterator<Item = &'a Element>) {
        let (mut classes, mut groups, mut parts, mut rooms) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for item in items {
            let ident = item.get("Ident");
            match item.name.as_str() {
                "Professeur" => lesson.teachers.extend(self.teachers.get(ident).cloned()),
                "Classe" => classes.extend(self.classes.get(ident).map(|name| (GroupKind::Class, name))),
                "Groupe" => groups.extend(self.groups.get(ident).map(|name| (GroupKind::Group, name))),
                "PartieDeClasse" => parts.extend(self.parts.get(ident).cloned()),
                "Salle" => rooms.extend(self.rooms.get(ident).map(String::as_str)),
                _ => {}
            }
        }
        let named = if groups.is_empty() { classes } else { groups };
        lesson.groups = named.into_iter().map(|(kind, name)| Group { kind, name: name.clone() }).collect();
        if lesson.groups.is_empty() {
            lesson.groups = parts;
        }
        lesson.groups.retain(|group| !group.name.is_empty());
        lesson.groups.sort();
        lesson.groups.dedup();
        lesson.teachers.sort();
        lesson.teachers.dedup();
        rooms.sort_unstable();
        rooms.dedup();
        lesson.room = rooms.join(", ");
    }
}

/// The weeks in which an item takes part; none for what has no weeks, such as the subject.
fn weeks(item: &Element) -> Option<u64> {
    let mask = item.get("Semaines");
    let mask = if mask.is_empty() { item.get("SemainesInclusion") } else { mask };
    mask.parse().ok()
}

fn name(text: &str) -> String {
    tidy(text).chars().take(NAME_CHARS_MAX).collect()
}

#[cfg(test)]
mod tests;

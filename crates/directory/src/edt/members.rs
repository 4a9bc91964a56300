use super::name;
use crate::elements::Element;
use crate::limits::{MEMBERS_MAX, TIMETABLE_PUPILS_MAX};
use crate::report::Report;
use crate::values::date;
use jiff::civil::Date;
use preau_school::GroupKind;
use preau_school::feed::fault::TimetableFault;
use preau_school::feed::timetable::{Group, Member, Pupil};
use std::collections::{BTreeSet, HashMap};

/// Who is in which class and part of a class, and which groups those make.
#[derive(Default)]
pub(super) struct Members {
    pupils: Vec<(u64, Pupil, Vec<Seat>)>,
    seats: usize,
    /// Names of the groups that a class or part of one belongs to as a whole, by the element's name and `Ident`.
    made_of: HashMap<(String, String), Vec<String>>,
}

struct Seat {
    /// `Classe`, `PartieDeClasse` or `Groupe`, and its `Ident`.
    of: (String, String),
    from: Option<Date>,
    to: Option<Date>,
}

impl Members {
    pub fn pupil(&mut self, element: &Element, report: &mut Report) {
        let pupil = Pupil {
            family_name: name(element.get("Nom")),
            given_name: name(element.get("Prenom")),
            birth: day(element.get("DateNaissance")),
        };
        // What only refers to a pupil has no name.
        if pupil.family_name.is_empty() {
            return;
        }
        let is_seat = |child: &&Element| matches!(child.name.as_str(), "Classe" | "PartieDeClasse" | "Groupe");
        let seats: Vec<Seat> = element.children.iter().filter(is_seat).map(Seat::of).collect();
        self.seats += seats.len();
        if self.pupils.len() >= TIMETABLE_PUPILS_MAX || self.seats > MEMBERS_MAX {
            report.record(element.line, TimetableFault::ManyMembers { most: MEMBERS_MAX as u64 });
            return;
        }
        self.pupils.push((element.line, pupil, seats));
    }

    pub fn group(&mut self, element: &Element) {
        let group = name(element.get("Nom"));
        if group.is_empty() {
            return;
        }
        self.made_of.entry(("Groupe".to_owned(), element.get("Ident").to_owned())).or_default().push(group.clone());
        let in_parts = element.all("PartieDeClasse").next().is_some();
        let whole = |child: &&Element| match child.name.as_str() {
            "PartieDeClasse" => true,
            "Classe" => !in_parts && child.get("LibellePartition").is_empty(),
            _ => false,
        };
        for child in element.children.iter().filter(whole) {
            let of = (child.name.clone(), child.get("Ident").to_owned());
            self.made_of.entry(of).or_default().push(group.clone());
        }
    }

    /// By the groups' names; a part of a class is a group where it has a name. Classes have their pupils from the directory.
    pub fn of_groups(&self, parts: &HashMap<String, Group>, report: &mut Report) -> Vec<Member> {
        let mut found = BTreeSet::new();
        for (line, pupil, seats) in &self.pupils {
            for seat in seats {
                let part = parts.get(&seat.of.1).filter(|_| seat.of.0 == "PartieDeClasse");
                let part = part.filter(|part| part.kind == GroupKind::Group).map(|part| part.name.clone());
                let groups = self.made_of.get(&seat.of).into_iter().flatten().cloned();
                for name in part.into_iter().chain(groups) {
                    if found.len() >= MEMBERS_MAX {
                        report.record(*line, TimetableFault::ManyMembers { most: MEMBERS_MAX as u64 });
                        return found.into_iter().collect();
                    }
                    let group = Group { kind: GroupKind::Group, name };
                    found.insert(Member { group, pupil: pupil.clone(), from: seat.from, to: seat.to });
                }
            }
        }
        found.into_iter().collect()
    }
}

impl Seat {
    fn of(child: &Element) -> Self {
        Self {
            of: (child.name.clone(), child.get("Ident").to_owned()),
            from: day(child.get("DateEntree")),
            to: day(child.get("DateSortie")),
        }
    }
}

/// A day, with or without a time behind it.
fn day(text: &str) -> Option<Date> {
    date(text.get(..10).unwrap_or(text))
}

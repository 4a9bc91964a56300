use super::weeks::Calendar;
use super::{Export, name};
use crate::elements::Element;
use crate::limits::{MEMBERS_MAX, TIMETABLE_PUPILS_MAX};
use crate::report::Report;
use crate::values::date;
use preau_school::GroupKind;
use preau_school::feed::fault::{TimetableFault, UdtFault};
use preau_school::feed::timetable::{Group, Member, Pupil};
use std::collections::{BTreeSet, HashMap};

/// Who is in which group of which class, by the codes of the export.
#[derive(Default)]
pub(super) struct Members {
    pupils: HashMap<String, Pupil>,
    seats: Vec<Seat>,
    /// Names of the regroupings that a class and group is part of; of a whole class under no group.
    joined: HashMap<(String, String), Vec<String>>,
}

struct Seat {
    at: u64,
    pupil: String,
    class: String,
    group: String,
    /// Bit n is ISO week n + 1; 0 is the whole year.
    weeks: u64,
}

impl Members {
    pub fn pupil(&mut self, element: &Element, report: &mut Report) {
        if self.pupils.len() >= TIMETABLE_PUPILS_MAX {
            report.record(element.line, TimetableFault::ManyMembers { most: TIMETABLE_PUPILS_MAX as u64 });
            return;
        }
        let pupil = Pupil {
            family_name: name(element.get("nom")),
            given_name: name(element.get("prenom")),
            birth: date(element.get("naissance")),
        };
        self.pupils.insert(element.get("code").to_owned(), pupil);
    }

    /// What is not of the plan for the year (`theorique` 0) is of single weeks that have passed, as a rule.
    pub fn seat(&mut self, element: &Element, report: &mut Report) {
        if element.get("theorique") == "0" {
            return;
        }
        if self.seats.len() >= MEMBERS_MAX {
            report.record(element.line, TimetableFault::ManyMembers { most: MEMBERS_MAX as u64 });
            return;
        }
        let get = |name: &str| element.get(name).to_owned();
        self.seats.push(Seat {
            at: element.line,
            pupil: get("ele"),
            class: get("code_div"),
            group: get("gpe"),
            weeks: element.get("semaines").parse().unwrap_or(0),
        });
    }

    /// A regrouping has the pupils of this group, or of this whole class.
    pub fn join(&mut self, element: &Element, regrouping: String) {
        let of = (element.get("code_div").to_owned(), element.get("gpe").to_owned());
        let joined = self.joined.entry(of).or_default();
        if !regrouping.is_empty() && joined.len() < MEMBERS_MAX {
            joined.push(regrouping);
        }
    }

    /// By the groups' names. Classes have their pupils from the directory.
    pub fn of_groups(&self, export: &Export, calendar: &Calendar, report: &mut Report) -> Vec<Member> {
        let mut found = BTreeSet::new();
        report.file("UDCal_21.xml");
        for seat in &self.seats {
            let Some(pupil) = self.pupils.get(&seat.pupil) else {
                report.record(seat.at, UdtFault::NoPupil);
                continue;
            };
            let (from, to) = match (seat.weeks, calendar.span(seat.weeks)) {
                (0, _) => (None, None),
                (_, Some((from, to))) => (Some(from), Some(to)),
                // In no week of this year.
                (_, None) => continue,
            };
            let own = (!seat.group.is_empty()).then(|| export.group_name(&seat.class, &seat.group));
            let joined = self.joined.get(&(seat.class.clone(), seat.group.clone())).into_iter().flatten().cloned();
            for name in own.into_iter().chain(joined) {
                if found.len() >= MEMBERS_MAX {
                    report.record(seat.at, TimetableFault::ManyMembers { most: MEMBERS_MAX as u64 });
                    return found.into_iter().collect();
                }
                let group = Group { kind: GroupKind::Group, name };
                found.insert(Member { group, pupil: pupil.clone(), from, to });
            }
        }
        found.into_iter().collect()
    }
}

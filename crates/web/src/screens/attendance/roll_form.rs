use super::status_key;
use crate::{Fields, Page};
use preau_base::PersonId;
use preau_school::attendance::Status;
use preau_store::rolls::{Entry, Pupil};
use std::collections::HashMap;

/// Minutes late, or gone before the end, of a lesson of at most half a day.
const MINUTES_MAX: i64 = 12 * 60;

/// A pupil's line of the roll.
pub(super) struct RollRow {
    pub id: PersonId,
    pub name: String,
    pub minutes: String,
    /// What class, gate and family say.
    pub known: Option<String>,
    /// What was kept meanwhile by another tab, if that is something else.
    pub other: Option<String>,
    /// In sight.
    pub first: Vec<Choice>,
    /// Folded away while none of them is chosen.
    pub more: Vec<Choice>,
    pub is_open: bool,
}

pub(super) struct Choice {
    pub value: &'static str,
    pub label: String,
    pub checked: bool,
}

impl RollRow {
    pub(super) fn of(
        page: &Page,
        pupil: &Pupil,
        entry: Entry,
        at_distance: bool,
        known: Option<String>,
        other: Option<String>,
    ) -> Self {
        let (here, elsewhere) =
            if at_distance { (Status::Distant, Status::Present) } else { (Status::Present, Status::Distant) };
        let choice = |status: Status| Choice {
            value: status.as_str(),
            label: page.t(&status_key(status)),
            checked: status == entry.status,
        };
        let more = [Status::NoConnection, Status::LeftEarly, elsewhere];
        Self {
            id: pupil.id,
            name: pupil.roll_name(),
            minutes: if entry.minutes > 0 { entry.minutes.to_string() } else { String::new() },
            known,
            other,
            first: [here, Status::Absent, Status::Late].map(choice).into(),
            is_open: more.contains(&entry.status) || entry.minutes > 0,
            more: more.map(choice).into(),
        }
    }
}

/// What was sent, for the pupils of the roll and for nobody else; who is missing in it stays as `current` has them.
pub(super) fn read(sent: &Fields, current: &HashMap<PersonId, Entry>) -> HashMap<PersonId, Entry> {
    let one = |(id, was): (&PersonId, &Entry)| {
        let Ok(status) = sent.raw(&format!("s-{id}")).parse::<Status>() else { return (*id, *was) };
        let minutes = sent.line(&format!("m-{id}")).parse::<i64>().unwrap_or(0).clamp(0, MINUTES_MAX);
        let minutes = if status.has_minutes() { minutes } else { 0 };
        (*id, Entry { pupil_id: *id, status, minutes })
    };
    current.iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use preau_base::{Instant, SeededRng};

    #[test]
    fn reads_only_the_pupils_of_the_roll() {
        let rng = &mut SeededRng::new(1);
        let [one, two, stranger] = [(); 3].map(|()| PersonId::new(Instant::EPOCH, rng));
        let entry = |pupil_id, status, minutes| Entry { pupil_id, status, minutes };
        let current = HashMap::from([(one, entry(one, Status::Present, 0)), (two, entry(two, Status::Late, 4))]);
        let check = |fields: &[(String, &str)], expect: [Entry; 2]| {
            let sent: Fields = fields.iter().map(|(name, value)| (name.clone(), (*value).to_owned())).collect();
            let read = read(&sent, &current);
            assert_eq!((read.len(), read[&one], read[&two]), (2, expect[0], expect[1]));
        };
        let unchanged = [entry(one, Status::Present, 0), entry(two, Status::Late, 4)];
        check(&[], unchanged);
        check(&[(format!("s-{stranger}"), "absent"), (format!("s-{one}"), "nonsense")], unchanged);
        let late = [entry(one, Status::Late, 9), entry(two, Status::Absent, 0)];
        check(
            &[
                (format!("s-{one}"), "late"),
                (format!("m-{one}"), " 9 "),
                (format!("s-{two}"), "absent"),
                (format!("m-{two}"), "9"),
            ],
            late,
        );
        for (wild, minutes) in [("-5", 0), ("99999999999999999999", 0), ("5000", MINUTES_MAX), ("x", 0)] {
            let sent = [(format!("s-{one}"), "late"), (format!("m-{one}"), wild)];
            check(&sent, [entry(one, Status::Late, minutes), unchanged[1]]);
        }
    }
}

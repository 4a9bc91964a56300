use super::Note;
use crate::limits as l;
use preau_gate::{Kind, Lane, Outcome};
use serde::Serialize;
use std::collections::HashMap;

const KINDS: usize = Kind::ALL.len();
const OUTCOMES: usize = Outcome::ALL.len();
const CLASSES: usize = Lane::ALL.len() * OUTCOMES * KINDS;

/// Counts every decision and chooses those that are written: the first of each second within a budget, of each class
/// (lane × outcome × kind) and of all; on top of it the failed tries of known people, of which nobody has more than a few
/// in ten seconds: whoever makes more is a program, and must not push the tries of others out of the queue.
#[derive(Debug)]
pub struct Sampler {
    per_second_max: u32,
    per_second_of_a_kind_max: u32,
    second: i64,
    chosen: u32,
    classes: Vec<Class>,
    /// Of these ten seconds, by person.
    tries: HashMap<u128, u8>,
    slice: i64,
}

#[derive(Clone, Copy, Debug, Default)]
struct Class {
    /// Since the counts were taken.
    requests: u64,
    /// Since the last one that was chosen.
    passed_over: u64,
    /// In this second.
    chosen: u32,
}

/// One class that occurred.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Counted(pub Lane, pub Outcome, pub Kind, pub u64);

impl Sampler {
    pub fn new(per_second_max: u32, per_second_of_a_kind_max: u32) -> Self {
        let classes = vec![Class::default(); CLASSES];
        let (second, slice) = (i64::MIN, i64::MIN);
        Self { per_second_max, per_second_of_a_kind_max, second, chosen: 0, classes, tries: HashMap::new(), slice }
    }

    /// A failed try of a known person that is kept whatever the budget says, and told to attendance.
    pub fn is_kept_try(&mut self, note: &Note<'_>) -> bool {
        let Some(holder) = note.holder.filter(|_| note.is_failed_try()) else { return false };
        let slice = note.at.as_secs().div_euclid(l::RECORD_TRIES_SLICE_S);
        if slice != self.slice {
            self.slice = slice;
            self.tries.clear();
        }
        if self.tries.len() >= l::RECORD_TRIERS_MAX && !self.tries.contains_key(&holder) {
            return false;
        }
        let tries = self.tries.entry(holder).or_default();
        *tries = tries.saturating_add(1);
        *tries <= l::RECORD_TRIES_OF_ONE_MAX
    }

    /// How many decisions this one stands for, where it is to be written; one that `must` be always is.
    pub fn choose(&mut self, note: &Note<'_>, must: bool) -> Option<u64> {
        let second = note.at.as_secs();
        if second != self.second {
            self.second = second;
            self.chosen = 0;
            self.classes.iter_mut().for_each(|class| class.chosen = 0);
        }
        let class = self.classes.get_mut(index(note.lane, note.outcome, note.kind))?;
        class.requests = class.requests.saturating_add(1);
        class.passed_over = class.passed_over.saturating_add(1);
        let may = self.chosen < self.per_second_max && class.chosen < self.per_second_of_a_kind_max;
        if !must && !may {
            return None;
        }
        if !must {
            self.chosen += 1;
            class.chosen += 1;
        }
        Some(std::mem::take(&mut class.passed_over))
    }

    /// The counts since the last call, of the classes that occurred.
    pub fn take_counts(&mut self) -> Vec<Counted> {
        let mut counts = Vec::new();
        for lane in Lane::ALL {
            for outcome in Outcome::ALL {
                for kind in Kind::ALL {
                    let Some(class) = self.classes.get_mut(index(lane, outcome, kind)) else { continue };
                    let requests = std::mem::take(&mut class.requests);
                    if requests > 0 {
                        counts.push(Counted(lane, outcome, kind, requests));
                    }
                }
            }
        }
        counts
    }

    pub fn give_back(&mut self, counts: &[Counted]) {
        for Counted(lane, outcome, kind, requests) in counts {
            if let Some(class) = self.classes.get_mut(index(*lane, *outcome, *kind)) {
                class.requests = class.requests.saturating_add(*requests);
            }
        }
    }
}

const fn index(lane: Lane, outcome: Outcome, kind: Kind) -> usize {
    (lane as usize * OUTCOMES + outcome as usize) * KINDS + kind as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use preau_base::Instant;
    use preau_gate::Shape;
    use proptest::prelude::*;
    use std::net::{IpAddr, Ipv4Addr};

    fn note(at: i64, lane: Lane, outcome: Outcome, kind: Kind) -> Note<'static> {
        Note {
            at: Instant::from_millis(at),
            lane,
            outcome,
            kind,
            why: "",
            address: IpAddr::V4(Ipv4Addr::LOCALHOST),
            holder: None,
            lesson: None,
            shape: Shape::of_path("/"),
        }
    }

    #[test]
    fn each_class_has_a_place_of_its_own() {
        let mut seen = [false; CLASSES];
        for lane in Lane::ALL {
            for outcome in Outcome::ALL {
                for kind in Kind::ALL {
                    assert!(!std::mem::replace(&mut seen[index(lane, outcome, kind)], true));
                }
            }
        }
        assert_eq!(seen, [true; CLASSES]);
    }

    #[test]
    fn a_flood_is_sampled_and_stands_for_all_of_it() {
        let mut sampler = Sampler::new(50, 5);
        let mut chosen = Vec::new();
        for at in 0..20_000 {
            let flood = note(at / 10, Lane::Newcomer, Outcome::TurnedAway, Kind::Page);
            chosen.extend(sampler.choose(&flood, false));
        }
        assert_eq!(chosen, [1, 1, 1, 1, 1, 9_996, 1, 1, 1, 1]);
        assert_eq!(sampler.take_counts(), [Counted(Lane::Newcomer, Outcome::TurnedAway, Kind::Page, 20_000)]);
        assert_eq!(sampler.take_counts(), []);
    }

    #[test]
    fn failed_tries_of_known_people_to_reach_a_lesson_are_all_kept() {
        let mut sampler = Sampler::new(0, 0);
        let mut choose = |outcome, holder, lesson, kind| {
            let note = Note { holder, lesson, ..note(0, Lane::Lesson, outcome, kind) };
            let must = sampler.is_kept_try(&note);
            sampler.choose(&note, must)
        };
        for (at, outcome) in [Outcome::Waits, Outcome::TurnedAway, Outcome::SignInAgain].into_iter().enumerate() {
            let person = Some(at as u128);
            for _ in 0..2 {
                assert_eq!(choose(outcome, person, Some(2), Kind::Page), Some(1));
                assert_eq!(choose(outcome, person, None, Kind::Live), Some(1));
            }
            assert_eq!(choose(outcome, None, Some(2), Kind::Live), None);
            assert_eq!(choose(outcome, person, None, Kind::Page), None);
        }
        assert_eq!(choose(Outcome::Admitted, Some(9), Some(2), Kind::Live), None);
        assert_eq!(choose(Outcome::Held, Some(9), Some(2), Kind::Live), None);
    }

    #[test]
    fn a_person_who_tries_without_end_pushes_out_nobody() {
        let mut sampler = Sampler::new(0, 0);
        let mut kept = |at, holder| {
            let try_of = Note { holder: Some(holder), ..note(at, Lane::Lesson, Outcome::Waits, Kind::Live) };
            sampler.is_kept_try(&try_of)
        };
        let storm = (0..10_000).filter(|at| kept(at % 10_000, 1)).count();
        assert_eq!(storm, usize::from(l::RECORD_TRIES_OF_ONE_MAX));
        assert!(kept(9_999, 2), "another is kept beside it");
        assert!(kept(10_000, 1), "and so is the same person, ten seconds later");
        for holder in 0..l::RECORD_TRIERS_MAX as u128 + 10 {
            kept(20_000, 100 + holder);
        }
        assert_eq!(sampler.tries.len(), l::RECORD_TRIERS_MAX);
    }

    proptest! {
        #[test]
        fn the_budget_holds_and_nothing_is_lost_from_the_counts(
            picks in prop::collection::vec((0_i64..5_000, 0_usize..5, 0_usize..5, 0_usize..8), 0..2_000),
            all in 0_u32..40,
            each in 0_u32..8,
        ) {
            let mut sampler = Sampler::new(all, each);
            let (mut stood_for, mut left) = (0, 0);
            let mut per_second = std::collections::HashMap::<i64, u32>::new();
            let mut picks = picks;
            picks.sort_unstable();
            for (at, lane, outcome, kind) in &picks {
                let picked = note(*at, Lane::ALL[*lane], Outcome::ALL[*outcome], Kind::ALL[*kind]);
                match sampler.choose(&picked, false) {
                    Some(more) => {
                        stood_for += more;
                        *per_second.entry(at / 1_000).or_default() += 1;
                    }
                    None => left += 1,
                }
            }
            prop_assert!(per_second.values().all(|chosen| *chosen <= all));
            prop_assert!(stood_for <= picks.len() as u64 && stood_for + left >= picks.len() as u64);
            let counted: u64 = sampler.take_counts().iter().map(|counted| counted.3).sum();
            prop_assert_eq!(counted, picks.len() as u64);
        }
    }
}

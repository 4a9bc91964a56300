//! Signatures: descriptions of an attack's requests, from what tells them from those that are let in.
//!
//! An attacker whose requests have every attribute of people's cannot be described so; nothing is made then, and the
//! budgets of networks hold.

use super::fingerprint::{Attribute, Texts, Values};
use super::samples::{Let, Suspect};
use super::sweep::{Flood, Floods};
use crate::limits::{
    SIGNATURE_ATTRIBUTES_MAX, SIGNATURE_BASELINE_SHARE_MAX, SIGNATURE_DROPPED_FOR, SIGNATURE_IDLE_MAX,
    SIGNATURE_LIFE_MAX, SIGNATURES_MAX,
};
use crate::snapshot::SignatureState;
use preau_base::Instant;

/// Suspects that are compared at a time; more would take longer and find the same.
const COMPARED_MAX: usize = 1_024;
/// Fewer suspects, or fewer let-in requests to compare with, make no signature.
const SUSPECTS_MIN: usize = 100;
const BASELINE_MIN: usize = 150;
const BASELINE_NEWCOMERS_MIN: usize = 50;
/// An attribute differs when its value is this much more frequent among suspects than in the baseline.
const DIFFERS_BY: f64 = 0.2;
const DIFFERS_TIMES: f64 = 2.0;
/// A value that at most this share of the baseline has is rare.
const RARE_SHARE_MAX: f64 = 0.02;
/// A signature describes at least this share of the suspects.
const COVERAGE_MIN: f64 = 0.1;
/// Signatures made at a time, and frequent values tried of each attribute.
const FOUND_MAX: usize = 4;
const VALUES_TRIED: usize = 3;
/// A signature that grows to hit this share of the baseline ends: people have come to look like it.
const ENDS_AT_BASELINE_SHARE: f64 = 2.0 * SIGNATURE_BASELINE_SHARE_MAX;
/// Dropped ones that are remembered.
const DROPPED_MAX: usize = 256;

pub(super) type Part = (Attribute, u64);

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Found {
    pub(super) parts: Vec<Part>,
    /// Share of the suspects that it describes.
    pub(super) coverage: f64,
    pub(super) baseline_share: f64,
}

/// How sure it is that suspects are no people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Suspicion {
    /// Their networks flood.
    Floods,
    /// Nothing of people was seen of their networks, which asked once or twice: they may still be people with full
    /// caches. Common values in a new combination are no ground then; at least one must be rare among people.
    Faceless,
}

#[derive(Clone, Copy, Debug)]
struct Candidate {
    part: Part,
    /// Share in the baseline.
    usual: f64,
    differs_by: f64,
}

fn matches(parts: &[Part], values: &Values) -> bool {
    parts.iter().all(|(attribute, value)| values[*attribute as usize] == *value)
}

/// Descriptions of suspects, each of at most [`SIGNATURE_ATTRIBUTES_MAX`] attributes that hit at most
/// [`SIGNATURE_BASELINE_SHARE_MAX`] of the baseline; the widest first.
pub(super) fn find(suspects: &[Values], baseline: &[Let], suspicion: Suspicion) -> Vec<Found> {
    if suspects.len() < SUSPECTS_MIN || baseline.len() < BASELINE_MIN {
        return Vec::new();
    }
    let newcomers = baseline.iter().filter(|sample| sample.newcomer).count();
    let usable: Vec<Attribute> = Attribute::ALL
        .into_iter()
        .filter(|attribute| newcomers >= BASELINE_NEWCOMERS_MIN || !attribute.needs_newcomers())
        .collect();
    let step = suspects.len().div_ceil(COMPARED_MAX);
    let mut left: Vec<&Values> = suspects.iter().step_by(step).collect();
    let compared = left.len() as f64;
    let mut found = Vec::new();
    while found.len() < FOUND_MAX {
        let Some((parts, baseline_share)) = narrow(&left, baseline, &usable, suspicion) else { break };
        let before = left.len();
        left.retain(|values| !matches(&parts, values));
        let coverage = (before - left.len()) as f64 / compared;
        if coverage < COVERAGE_MIN {
            break;
        }
        found.push(Found { parts, coverage, baseline_share });
    }
    found
}

/// Adds the attribute that differs most, until next to nothing of the baseline is hit.
fn narrow(
    suspects: &[&Values],
    baseline: &[Let],
    usable: &[Attribute],
    suspicion: Suspicion,
) -> Option<(Vec<Part>, f64)> {
    let mut parts: Vec<Part> = Vec::new();
    let mut suspects: Vec<&Values> = suspects.to_vec();
    let mut hit: Vec<&Let> = baseline.iter().collect();
    while parts.len() < SIGNATURE_ATTRIBUTES_MAX {
        let free = usable.iter().filter(|attribute| parts.iter().all(|(used, _)| used != *attribute));
        let differing = free.flat_map(|attribute| candidates(*attribute, &suspects, &hit));
        let allowed = differing.filter(|candidate| {
            !parts.is_empty() || suspicion == Suspicion::Floods || candidate.usual <= RARE_SHARE_MAX
        });
        let Candidate { part, .. } = allowed.max_by(|one, other| one.differs_by.total_cmp(&other.differs_by))?;
        parts.push(part);
        suspects.retain(|values| matches(&[part], values));
        hit.retain(|sample| matches(&[part], &sample.values));
        let share = hit.len() as f64 / baseline.len().max(1) as f64;
        if share <= SIGNATURE_BASELINE_SHARE_MAX {
            parts.sort_unstable();
            return Some((parts, share));
        }
    }
    None
}

/// Values of one attribute that differ.
fn candidates(attribute: Attribute, suspects: &[&Values], baseline: &[&Let]) -> Vec<Candidate> {
    let mut all: Vec<u64> = suspects.iter().map(|values| values[attribute as usize]).collect();
    all.sort_unstable();
    let mut runs: Vec<(usize, u64)> =
        all.chunk_by(|a, b| a == b).filter_map(|run| Some((run.len(), *run.first()?))).collect();
    runs.sort_unstable_by(|a, b| b.cmp(a));
    let differing = runs.into_iter().take(VALUES_TRIED).filter_map(|(count, value)| {
        let hit = baseline.iter().filter(|sample| sample.values[attribute as usize] == value).count();
        let share = count as f64 / all.len() as f64;
        let usual = hit as f64 / baseline.len().max(1) as f64;
        let differs_by = share - usual;
        let differs = differs_by >= DIFFERS_BY && share >= DIFFERS_TIMES * usual;
        differs.then_some(Candidate { part: (attribute, value), usual, differs_by })
    });
    differing.collect()
}

#[derive(Clone, Debug)]
struct Signature {
    id: u64,
    parts: Vec<Part>,
    texts: Vec<(String, String)>,
    since: Instant,
    last_hit: Instant,
    pinned: bool,
    hits: u64,
    baseline_share: f64,
    /// What most of the requests were that it was made from.
    flood: Option<Flood>,
}

impl Signature {
    fn expires(&self) -> Instant {
        if self.pinned {
            return Instant::from_millis(i64::MAX);
        }
        self.last_hit.plus(SIGNATURE_IDLE_MAX).min(self.since.plus(SIGNATURE_LIFE_MAX))
    }
}

/// The signatures in force, at most [`SIGNATURES_MAX`].
#[derive(Debug, Default)]
pub(super) struct Signatures {
    all: Vec<Signature>,
    /// What an operator dropped, and until when it is not found again.
    dropped: Vec<(Vec<Part>, Instant)>,
    last_id: u64,
}

impl Signatures {
    pub(super) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// The signature that these values match, and what it was made from; counts the hit.
    pub(super) fn hit(&mut self, values: &Values, now: Instant) -> Option<(u64, Option<Flood>)> {
        let hit = self.all.iter_mut().find(|signature| matches(&signature.parts, values))?;
        hit.hits = hit.hits.saturating_add(1);
        hit.last_hit = now;
        Some((hit.id, hit.flood))
    }

    pub(super) fn describes(&self, values: &Values) -> bool {
        self.all.iter().any(|signature| matches(&signature.parts, values))
    }

    /// An operator dropped a signature of such requests within the hour: no other is to be made of them.
    pub(super) fn was_dropped(&self, values: &Values) -> bool {
        self.dropped.iter().any(|(parts, _)| matches(parts, values))
    }

    /// Takes up what was found, where it is new and was not dropped. When all places are taken, the unpinned one with
    /// the oldest hit gives way.
    pub(super) fn add<'a>(
        &mut self,
        found: Found,
        made_from: impl Iterator<Item = &'a Suspect>,
        texts: &Texts,
        now: Instant,
    ) {
        let within = |parts: &[Part]| parts.iter().all(|part| found.parts.contains(part));
        let exists = self.all.iter().any(|signature| within(&signature.parts));
        if exists || self.dropped.iter().any(|(parts, _)| within(parts)) {
            return;
        }
        if self.all.len() >= SIGNATURES_MAX {
            let unpinned = self.all.iter().enumerate().filter(|(_, signature)| !signature.pinned);
            let Some((oldest, _)) = unpinned.min_by_key(|(_, signature)| signature.last_hit) else { return };
            self.all.swap_remove(oldest);
        }
        let mut floods = Floods::default();
        made_from
            .filter(|suspect| matches(&found.parts, &suspect.values))
            .for_each(|suspect| floods.add_one(suspect.flood));
        self.last_id += 1;
        self.all.push(Signature {
            id: self.last_id,
            texts: found
                .parts
                .iter()
                .map(|(attribute, value)| (attribute.name().to_owned(), texts.get(*value)))
                .collect(),
            parts: found.parts,
            since: now,
            last_hit: now,
            pinned: false,
            hits: 0,
            baseline_share: found.baseline_share,
            flood: floods.most(),
        });
    }

    /// Ends what has expired, and what people have come to look like.
    pub(super) fn turn(&mut self, baseline: &[Let], now: Instant) {
        for signature in &mut self.all {
            let hit = baseline.iter().filter(|sample| matches(&signature.parts, &sample.values)).count();
            signature.baseline_share = hit as f64 / baseline.len().max(1) as f64;
        }
        self.all.retain(|signature| {
            signature.pinned || now < signature.expires() && signature.baseline_share <= ENDS_AT_BASELINE_SHARE
        });
        self.dropped.retain(|(_, until)| now < *until);
    }

    pub(super) fn pin(&mut self, id: u64) -> bool {
        let found = self.all.iter_mut().find(|signature| signature.id == id);
        found.map(|signature| signature.pinned = true).is_some()
    }

    pub(super) fn drop_one(&mut self, id: u64, now: Instant) -> bool {
        let Some(at) = self.all.iter().position(|signature| signature.id == id) else { return false };
        let dropped = self.all.swap_remove(at);
        if self.dropped.len() >= DROPPED_MAX {
            self.dropped.remove(0);
        }
        self.dropped.push((dropped.parts, now.plus(SIGNATURE_DROPPED_FOR)));
        true
    }

    pub(super) fn states(&self) -> Vec<SignatureState> {
        let state = |signature: &Signature| SignatureState {
            id: signature.id,
            attributes: signature.texts.clone(),
            since: signature.since,
            expires: signature.expires(),
            pinned: signature.pinned,
            hits: signature.hits,
            baseline_share: signature.baseline_share,
        };
        let mut states: Vec<SignatureState> = self.all.iter().map(state).collect();
        states.sort_unstable_by_key(|state| state.id);
        states
    }
}

#[cfg(test)]
mod tests {
    use super::super::hash::mix;
    use super::*;
    use proptest::prelude::*;

    /// A request whose attributes are drawn from the few values that each digit of `kinds` allows.
    fn drawn(kinds: u32, seed: u64) -> Values {
        let mut values = Values::default();
        for (at, value) in (0_u64..).zip(&mut values) {
            let choices = u64::from(kinds >> (at * 4) & 7) + 1;
            *value = mix(at, mix(seed, at) % choices);
        }
        values
    }

    proptest! {
        #[test]
        fn whatever_is_sent_next_to_nothing_of_the_baseline_is_described(
            people in any::<u32>(),
            programs in any::<u32>(),
            seed in any::<u64>(),
            newcomers in 0_u64..3,
            suspicion in prop_oneof![Just(Suspicion::Floods), Just(Suspicion::Faceless)],
        ) {
            let newcomer = |n: u64| newcomers > 0 && n.is_multiple_of(newcomers);
            let let_in = |n: u64| Let { values: drawn(people, mix(seed, n)), newcomer: newcomer(n) };
            let baseline: Vec<Let> = (0..400).map(let_in).collect();
            let suspects: Vec<Values> = (0..300).map(|n| drawn(programs, mix(seed, n + 1_000))).collect();
            let found = find(&suspects, &baseline, suspicion);
            prop_assert!(found.len() <= FOUND_MAX);
            for one in found {
                prop_assert!((1..=SIGNATURE_ATTRIBUTES_MAX).contains(&one.parts.len()));
                let hit = baseline.iter().filter(|sample| matches(&one.parts, &sample.values)).count();
                prop_assert!(hit as f64 / 400.0 <= SIGNATURE_BASELINE_SHARE_MAX);
                prop_assert_eq!(one.baseline_share, hit as f64 / 400.0);
                prop_assert!(one.coverage >= COVERAGE_MIN);
                let by_newcomers = one.parts.iter().any(|(attribute, _)| attribute.needs_newcomers());
                prop_assert!(newcomers > 0 || !by_newcomers, "compared with nobody who comes without a cookie");
            }
        }
    }
}

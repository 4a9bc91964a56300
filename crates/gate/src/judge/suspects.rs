//! Which requests signatures are made from, and how much those in force describe.

use super::fingerprint::Values;
use super::samples::Suspect;
use super::signature::{self, Suspicion};
use super::split::Second;
use super::sweep::{self, Floods, Sweep};
use super::usual::What;
use super::{Judge, WINDOW_S};
use preau_base::Instant;

/// Suspects must be this many times what is usual before signatures are looked for.
const SUSPECTS_TIMES_USUAL: f64 = 5.0;

impl Judge {
    /// Requests of the window that signatures describe, after looking for new ones.
    pub(super) fn make_signatures(&mut self, sweep: &Sweep, sum: &Second, now: Instant) -> Floods {
        let usual = self.usual.of(What::Faceless) * WINDOW_S * SUSPECTS_TIMES_USUAL;
        for suspicion in [Suspicion::Floods, Suspicion::Faceless] {
            let suspects = self.suspects(suspicion, now);
            if suspicion == Suspicion::Faceless && (suspects.len() as f64) < usual.min(sweep.bare) {
                continue;
            }
            for found in signature::find(&suspects, self.samples.baseline(), suspicion) {
                self.signatures.add(found, self.samples.anonymous().iter(), &self.texts, now);
            }
        }
        if self.signatures.is_empty() {
            return Floods::default();
        }
        let sampled = self.samples.anonymous();
        let mut described = Floods::default();
        let hit = sampled.iter().filter(|sample| self.signatures.describes(&sample.values));
        hit.for_each(|sample| described.add_one(sample.flood));
        described.times(f64::from(sum.anonymous) / sampled.len().max(1) as f64)
    }

    /// Requests of the window that may be a program's, and that no signature describes yet.
    fn suspects(&self, wanted: Suspicion, now: Instant) -> Vec<Values> {
        let suspicion = |sample: &Suspect| {
            let Some(seen) = self.networks.seen_key(sample.network, now) else { return Some(Suspicion::Faceless) };
            let floods = sweep::flood_of(&seen, self.history.knows(seen.network, now)).is_some();
            let faceless = seen.is_faceless() && !seen.young;
            if floods { Some(Suspicion::Floods) } else { faceless.then_some(Suspicion::Faceless) }
        };
        let told = |values: &Values| self.signatures.describes(values) || self.signatures.was_dropped(values);
        let suspects = self.samples.anonymous().iter();
        suspects.filter(|one| !told(&one.values) && suspicion(one) == Some(wanted)).map(|one| one.values).collect()
    }
}

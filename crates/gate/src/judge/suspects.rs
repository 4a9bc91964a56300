//! Which requests signatures are made from, and how much those in force describe.

use super::fingerprint::Values;
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
        let (floods, faceless) = self.suspects(now);
        self.describe(&floods, Suspicion::Floods, now);
        if faceless.len() as f64 >= usual.min(sweep.bare) {
            self.describe(&faceless, Suspicion::Faceless, now);
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

    fn describe(&mut self, suspects: &[Values], suspicion: Suspicion, now: Instant) {
        let untold = |values: &&Values| !self.signatures.describes(values) && !self.signatures.was_dropped(values);
        let untold: Vec<Values> = suspects.iter().filter(untold).copied().collect();
        for found in signature::find(&untold, self.samples.baseline(), suspicion) {
            self.signatures.add(found, self.samples.anonymous().iter(), &self.texts, now);
        }
    }

    /// Requests of the window that may be a program's: of networks that flood, and of those where nothing of people is
    /// seen.
    fn suspects(&self, now: Instant) -> (Vec<Values>, Vec<Values>) {
        let (mut floods, mut faceless) = (Vec::new(), Vec::new());
        for sample in self.samples.anonymous() {
            let Some(seen) = self.networks.seen_key(sample.network, now) else {
                if !self.networks.was_people(sample.network) {
                    faceless.push(sample.values);
                }
                continue;
            };
            if sweep::flood_of(&seen, self.history.knows(seen.network, now)).is_some() {
                floods.push(sample.values);
            } else if seen.is_faceless() && !seen.young {
                faceless.push(sample.values);
            }
        }
        (floods, faceless)
    }
}

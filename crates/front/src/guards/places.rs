//! The open connections of each network, and how many of them showed a pass.

use super::nets::{Net, Nets};
use crate::GuardLimits;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Whoever shows no pass gets so much of a network's own places and no more: a few programs that keep connections open
/// would shut out everybody behind their address otherwise.
#[derive(Default)]
pub(super) struct Places(HashMap<Net, OfNet>);

#[derive(Default)]
struct OfNet {
    open: usize,
    /// Those of them over which a pass was shown.
    with_pass: usize,
    /// Told to everybody there, as it changes.
    crowded: Arc<AtomicBool>,
}

impl OfNet {
    const fn without_pass(&self) -> usize {
        self.open.saturating_sub(self.with_pass)
    }

    fn tell(&self, net: &Net, limits: &GuardLimits) {
        self.crowded.store(self.without_pass() > limits.crowd_of(net.size), Ordering::Relaxed);
    }
}

/// Whether places are scarce, as that changes: in all, or in one of a connection's networks.
#[derive(Clone, Debug, Default)]
pub(crate) struct Scarcity {
    all: Arc<AtomicBool>,
    of_nets: [Option<Arc<AtomicBool>>; 3],
}

impl Scarcity {
    pub(super) const fn new(all: Arc<AtomicBool>, of_nets: [Option<Arc<AtomicBool>>; 3]) -> Self {
        Self { all, of_nets }
    }

    pub fn is_there(&self) -> bool {
        let is_set = |flag: &Arc<AtomicBool>| flag.load(Ordering::Relaxed);
        is_set(&self.all) || self.of_nets.iter().flatten().any(is_set)
    }
}

impl Places {
    pub fn open(&self, net: &Net) -> usize {
        self.0.get(net).map_or(0, |of_net| of_net.open)
    }

    /// Whether what is left of one of these networks' places is for those who show passes.
    pub fn are_for_passes(&self, nets: &Nets, limits: &GuardLimits) -> bool {
        let without = |net: &Net| self.0.get(net).map_or(0, OfNet::without_pass);
        nets.each().iter().any(|net| without(net) >= limits.without_pass_of(net.size))
    }

    /// Counts a connection of these networks; gives what tells whether they are crowded.
    pub fn enter(&mut self, nets: &Nets, limits: &GuardLimits) -> [Option<Arc<AtomicBool>>; 3] {
        let mut crowded = [const { None }; 3];
        for (net, told) in nets.each().iter().zip(&mut crowded) {
            let of_net = self.0.entry(*net).or_default();
            of_net.open += 1;
            of_net.tell(net, limits);
            *told = Some(of_net.crowded.clone());
        }
        crowded
    }

    /// A connection of these networks has shown a pass, for the first time.
    pub fn showed_pass(&mut self, nets: &Nets, limits: &GuardLimits) {
        for net in nets.each() {
            if let Some(of_net) = self.0.get_mut(net) {
                of_net.with_pass += 1;
                of_net.tell(net, limits);
            }
        }
    }

    pub fn leave(&mut self, nets: &Nets, limits: &GuardLimits, with_pass: bool) {
        for net in nets.each() {
            let Some(of_net) = self.0.get_mut(net) else { continue };
            of_net.open = of_net.open.saturating_sub(1);
            of_net.with_pass = of_net.with_pass.saturating_sub(usize::from(with_pass));
            of_net.tell(net, limits);
            if of_net.open == 0 {
                self.0.remove(net);
            }
        }
    }

    #[cfg(test)]
    pub fn networks(&self) -> usize {
        self.0.len()
    }
}

//! The kernel's help: networks of an attack are dropped before they cost us anything.

use crate::config::Config;
use preau_base::SharedClock;
use preau_front::Gatekeeper;
use preau_front::record::Event;
use preau_gate::Snapshot;
use preau_kernel::{Denial, Kernel, KernelConfig};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

/// A network is denied for this long, and again if it goes on then: whoever has come there meanwhile is seen in between.
const DENIED_FOR: Duration = Duration::from_secs(60);

/// Nothing until it has been started, and nothing where the machine does not let us.
#[derive(Clone, Default)]
pub struct KernelHelp(Arc<OnceLock<Started>>);

struct Started {
    kernel: Kernel,
    denied: Mutex<HashMap<String, preau_base::Instant>>,
}

impl KernelHelp {
    /// `ports` are those that we really listen on. Behind a proxy the kernel sees the proxy alone, and can tell nobody
    /// apart.
    pub fn start(&self, config: &Config, ports: Vec<u16>, clock: SharedClock) {
        if !config.gate.kernel {
            return;
        }
        if !config.trusted_proxies.is_empty() {
            tracing::info!("clients come through a proxy: the kernel cannot tell them apart and is left alone");
            return;
        }
        let interface = config.gate.kernel_interface.clone();
        match Kernel::start(KernelConfig { interface, ..KernelConfig::new(ports, Vec::new()) }, clock) {
            Ok(kernel) => {
                tracing::info!("the kernel helps: an nftables table drops networks of an attack");
                let _first = self.0.set(Started { kernel, denied: Mutex::default() });
            }
            Err(why) => tracing::info!(%why, "the kernel does not help; the gate does it alone"),
        }
    }

    /// Called once a second.
    pub fn follow(&self, keeper: &Gatekeeper, snapshot: &Snapshot) {
        let Some(started) = self.0.get() else { return };
        for state in snapshot.networks.iter().filter(|state| state.passes > 0) {
            started.kernel.allow(state.network);
        }
        let mut denied = started.denied.lock().unwrap_or_else(PoisonError::into_inner);
        denied.retain(|_, until| *until > snapshot.at);
        for network in keeper.suspects(snapshot) {
            let name = network.to_string();
            if denied.contains_key(&name) || started.kernel.deny(network, DENIED_FOR) != Denial::Denied {
                continue;
            }
            denied.insert(name.clone(), snapshot.at.plus(DENIED_FOR));
            let event = Event::Kernel { network: name, denied: true, seconds: DENIED_FOR.as_secs() };
            keeper.record().event(event);
        }
    }

    /// Takes our table away.
    pub fn stop(&self) {
        if let Some(started) = self.0.get() {
            started.kernel.stop();
        }
    }
}

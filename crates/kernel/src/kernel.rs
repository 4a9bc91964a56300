use crate::config::KernelConfig;
use crate::networks::Networks;
use crate::nft::Nft;
use crate::worker::{self, Shared, Worker};
use crate::{Counters, Why, capabilities};
use preau_base::{Cidr, SharedClock};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

/// What became of a wish to deny.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Denial {
    /// Denied within [`crate::limits::APPLY_EVERY`], or denied already.
    Denied,
    /// It is never to be denied, or known people are within.
    Spared,
    /// Wider than what is ever denied.
    TooWide,
    /// As many are denied as may be.
    Full,
}

/// A hold on the kernel's help; clones share it. When [`Kernel::stop`] is called, or the last clone goes, our table does too.
#[derive(Clone)]
pub struct Kernel(Arc<Running>);

struct Running {
    shared: Arc<Shared>,
    clock: SharedClock,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Kernel {
    /// Makes our table, in the place of one that an earlier run left behind. Blocks for as long as `nft` takes: some
    /// milliseconds.
    ///
    /// # Errors
    ///
    /// When the right or `nft` is missing, or another Préau of this machine has the table. Nothing has changed then. That the
    /// interface's driver drops nothing for us is no error: it is logged, and the table works without.
    pub fn start(config: KernelConfig, clock: SharedClock) -> Result<Self, Why> {
        config.check()?;
        capabilities::check()?;
        let nft = Nft::find(config.nft.as_deref())?;
        let shared = Arc::new(Shared::new(Networks::new(config.never.clone())));
        let worker = Worker::install(config, nft, shared.clone(), clock.clone())?;
        let thread = worker::spawn(worker)?;
        Ok(Self(Arc::new(Running { shared, clock, thread: Mutex::new(Some(thread)) })))
    }

    /// Drops everything that comes from there to our ports, for a time of at most
    /// [`crate::limits::DENIED_FOR_MAX`]. The caller has seen to it that no valid pass is used there.
    pub fn deny(&self, network: Cidr, lasts: Duration) -> Denial {
        let now = self.0.clock.now();
        self.0.shared.with(|state| state.networks.deny(network, lasts, now))
    }

    /// Known people are there: lifts denials within it, and spares it from denials and meter for
    /// [`crate::limits::ALLOWED_FOR`]. Cheap when it was called for the same network a while ago.
    pub fn allow(&self, network: Cidr) {
        let now = self.0.clock.now();
        self.0.shared.with(|state| state.networks.allow(network, now));
    }

    /// As they were read last, at most [`crate::limits::COUNT_EVERY`] ago.
    pub fn counters(&self) -> Counters {
        let now = self.0.clock.now();
        self.0.shared.with(|state| Counters { networks: state.networks.denied(now), ..state.counters })
    }

    /// Why the driver does not drop, where an interface is configured.
    pub fn driver_failure(&self) -> Option<String> {
        self.0.shared.with(|state| state.driver_failure.clone())
    }

    /// Takes our table away. Blocks for as long as that takes.
    pub fn stop(&self) {
        self.0.stop();
    }
}

impl Running {
    fn stop(&self) {
        self.shared.close();
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if thread.is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the thread that talks to the kernel ended in a panic");
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop();
    }
}

use crate::config::KernelConfig;
use crate::counters::{self, Count};
use crate::limits as l;
use crate::networks::{Change, Networks};
use crate::nft::Nft;
use crate::owner::Owner;
use crate::table::{self, TABLE};
use crate::{Counters, Why};
use preau_base::{Instant, SharedClock};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;

/// What callers and the worker share. The lock is never held while `nft` runs.
pub struct Shared {
    state: Mutex<State>,
    closed: Condvar,
}

pub struct State {
    pub networks: Networks,
    pub counters: Counters,
    pub driver_failure: Option<String>,
    closed: bool,
}

impl Shared {
    pub fn new(networks: Networks) -> Self {
        let state = State { networks, counters: Counters::default(), driver_failure: None, closed: false };
        Self { state: Mutex::new(state), closed: Condvar::new() }
    }

    pub fn with<T>(&self, run: impl FnOnce(&mut State) -> T) -> T {
        run(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub fn close(&self) {
        self.with(|state| state.closed = true);
        self.closed.notify_all();
    }

    /// Whether the end has come; waits for it for [`l::APPLY_EVERY`].
    fn wait(&self) -> bool {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.closed.wait_timeout_while(state, l::APPLY_EVERY, |state| !state.closed);
        waited.unwrap_or_else(PoisonError::into_inner).0.closed
    }
}

/// The thread that talks to the kernel.
pub struct Worker {
    config: KernelConfig,
    nft: Nft,
    shared: Arc<Shared>,
    clock: SharedClock,
    owner: Owner,
    /// What earlier tables had counted that somebody took away.
    before: (Count, Count),
    last: (Count, Count),
    counted: Option<Instant>,
    failing: bool,
    #[cfg(feature = "xdp")]
    driver: Option<crate::xdp::Driver>,
}

pub fn spawn(worker: Worker) -> Result<JoinHandle<()>, Why> {
    std::thread::Builder::new().name("kernel".to_owned()).spawn(move || worker.run()).map_err(Why::Thread)
}

impl Worker {
    pub fn install(config: KernelConfig, nft: Nft, shared: Arc<Shared>, clock: SharedClock) -> Result<Self, Why> {
        let owner = Owner::this();
        if let Some(other) = owner_of_table(&nft)
            && other != owner
            && other.is_alive()
        {
            return Err(Why::Taken(other.pid));
        }
        let mut worker = Self {
            config,
            nft,
            shared,
            clock,
            owner,
            before: Default::default(),
            last: Default::default(),
            counted: None,
            failing: false,
            #[cfg(feature = "xdp")]
            driver: None,
        };
        worker.install_table()?;
        describe_counters();
        worker.attach();
        Ok(worker)
    }

    fn run(mut self) {
        while !self.shared.wait() {
            let outcome = self.apply().and_then(|()| self.count());
            self.drive();
            match outcome {
                Ok(()) if std::mem::take(&mut self.failing) => tracing::info!("the kernel takes our word again"),
                Ok(()) => {}
                Err(why) if !std::mem::replace(&mut self.failing, true) => tracing::warn!("{why}"),
                Err(_) => {}
            }
        }
        self.remove();
    }

    fn install_table(&mut self) -> Result<(), Why> {
        let now = self.clock.now();
        let sets = self.shared.with(|state| state.networks.sets());
        self.nft.apply(&table::install(&self.config, self.owner, &sets, now))?;
        self.shared.with(|state| state.networks.told(Change::Replace(sets)));
        Ok(())
    }

    /// Tells the kernel what has changed: first as little as possible, then, when that is not what it expects, all of it.
    fn apply(&mut self) -> Result<(), Why> {
        let now = self.clock.now();
        let change = self.shared.with(|state| state.networks.change(now));
        let (script, change) = match change {
            Change::Nothing => return Ok(()),
            Change::Add(sets) => (table::add(&sets, now), Change::Add(sets)),
            Change::Replace(sets) => (table::replace(&sets, now), Change::Replace(sets)),
        };
        if self.nft.apply(&script).is_err() {
            return self.install_again();
        }
        self.shared.with(|state| state.networks.told(change));
        Ok(())
    }

    /// Somebody flushed the rules, or changed our sets.
    fn install_again(&mut self) -> Result<(), Why> {
        self.install_table()?;
        self.before = (self.before.0.plus(self.last.0), self.before.1.plus(self.last.1));
        self.last = Default::default();
        tracing::warn!("the table {TABLE} was not as we left it, and was made anew");
        Ok(())
    }

    fn count(&mut self) -> Result<(), Why> {
        let now = self.clock.now();
        if self.counted.is_some_and(|counted| now >= counted && now.since(counted) < l::COUNT_EVERY) {
            return Ok(());
        }
        self.counted = Some(now);
        let counted = self.nft.ask(&["--json", "list", "counters", "table", "inet", "preau_gate"]);
        match counted.ok().and_then(|json| counters::read(&json)) {
            Some(counted) => self.last = counted,
            None => self.install_again()?,
        }
        let (denied, too_fast) = (self.before.0.plus(self.last.0), self.before.1.plus(self.last.1));
        let driver = self.driver_count();
        publish(denied, too_fast, driver, self.shared.with(|state| state.networks.denied(now)));
        self.shared.with(|state| {
            state.counters = Counters {
                denied_packets: denied.packets,
                denied_bytes: denied.bytes,
                too_fast_packets: too_fast.packets,
                too_fast_bytes: too_fast.bytes,
                driver_packets: driver.packets,
                driver_bytes: driver.bytes,
                networks: 0,
            };
        });
        Ok(())
    }

    /// Only our own table: by now it may be that of another process.
    fn remove(&mut self) {
        if owner_of_table(&self.nft) == Some(self.owner)
            && let Err(why) = self.nft.apply(&table::remove())
        {
            tracing::warn!("{why}; the table {TABLE} stays: nft delete table {TABLE}");
        }
    }
}

#[cfg(not(feature = "xdp"))]
impl Worker {
    fn drive(&mut self) {}

    fn driver_count(&self) -> Count {
        Count::default()
    }

    fn attach(&mut self) {
        if let Some(interface) = &self.config.interface {
            let what = "this program was built without the feature xdp".to_owned();
            let why = Why::Xdp { interface: interface.clone(), what }.to_string();
            tracing::warn!("{why}");
            self.shared.with(|state| state.driver_failure = Some(why));
        }
    }
}

#[cfg(feature = "xdp")]
impl Worker {
    fn attach(&mut self) {
        let Some(interface) = self.config.interface.clone() else { return };
        let attached = crate::xdp::Driver::attach(&interface, &self.config.ports);
        match attached {
            Ok(driver) => {
                self.driver = Some(driver);
                self.drive();
            }
            Err(why) => self.driver_failed(&why),
        }
    }

    /// Tells the driver what is in force.
    fn drive(&mut self) {
        let Some(driver) = &mut self.driver else { return };
        let (sets, never) = self.shared.with(|state| (state.networks.sets(), state.networks.never().to_vec()));
        if let Err(why) = driver.set(&sets, &never) {
            self.driver_failed(&why);
        }
    }

    fn driver_failed(&mut self, why: &Why) {
        tracing::warn!("{why}");
        self.shared.with(|state| state.driver_failure = Some(why.to_string()));
        self.driver = None;
    }

    fn driver_count(&self) -> Count {
        self.driver.as_ref().map(crate::xdp::Driver::count).unwrap_or_default()
    }
}

fn publish(denied: Count, too_fast: Count, driver: Count, networks: usize) {
    let dropped = |what: &'static str, count: Count| {
        metrics::counter!("preau_kernel_dropped_packets_total", "by" => what).absolute(count.packets);
        metrics::counter!("preau_kernel_dropped_bytes_total", "by" => what).absolute(count.bytes);
    };
    dropped("denial", denied);
    dropped("meter", too_fast);
    dropped("driver", driver);
    metrics::gauge!("preau_kernel_networks_denied").set(u32::try_from(networks).unwrap_or(u32::MAX));
}

fn describe_counters() {
    use metrics::{Unit, describe_counter, describe_gauge};
    let packets =
        "Packets that the kernel dropped for us: by denial, by the meter of new connections, by the card's driver";
    describe_counter!("preau_kernel_dropped_packets_total", Unit::Count, packets);
    describe_counter!("preau_kernel_dropped_bytes_total", Unit::Bytes, "The bytes of these packets");
    describe_gauge!("preau_kernel_networks_denied", Unit::Count, "Networks that the kernel denies now");
}

fn owner_of_table(nft: &Nft) -> Option<Owner> {
    // Terse: without the elements of the sets.
    nft.ask(&["--terse", "list", "table", "inet", "preau_gate"]).ok().and_then(|listing| Owner::read(&listing))
}

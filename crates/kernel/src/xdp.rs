//! The program at the network card's driver: `xdp/deny.c`, loaded by aya. It goes with this process, however that ends.

use crate::Why;
use crate::counters::Count;
use crate::networks::Sets;
use aya::maps::lpm_trie::{Key, LpmTrie};
use aya::maps::{HashMap, MapData, MapError, PerCpuArray};
use aya::programs::{TestRun, TestRunAttrs, TestRunOptions, TestRunResult, Xdp, XdpMode};
use aya::{Ebpf, EbpfLoader};
use preau_base::Cidr;
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::Duration;

/// Built by `build.rs`.
static OBJECT: &[u8] = aya::include_bytes_aligned!(concat!(env!("OUT_DIR"), "/deny.o"));

/// As `deny.c` has them.
const DENY: u32 = 1;
const SPARE: u32 = 2;
/// The kernel's word for it (linux/bpf.h).
const XDP_DROP: u32 = 1;

/// The program, and on an interface once it is attached; it is detached when this goes.
struct Loaded {
    /// In words for errors.
    place: String,
    program: Ebpf,
    networks4: LpmTrie<MapData, [u8; 4], u32>,
    networks6: LpmTrie<MapData, [u8; 16], u32>,
    dropped: PerCpuArray<MapData, u64>,
    told: BTreeMap<Cidr, u32>,
}

/// The program on one interface.
pub struct Driver(Loaded);

impl Driver {
    /// Attaches it: in the driver where that can, otherwise where the kernel receives packets (`skb` mode).
    pub fn attach(interface: &str, ports: &[u16]) -> Result<Self, Why> {
        let mut loaded = Loaded::new(interface, ports)?;
        attach(&mut loaded.program, interface).map_err(|what| loaded.wrong(what))?;
        Ok(Self(loaded))
    }

    /// Makes these the networks that are denied and spared. The narrowest network that an address is in decides.
    pub fn set(&mut self, sets: &Sets, never: &[Cidr]) -> Result<(), Why> {
        let denied = sets.denied.keys().map(|network| (*network, DENY));
        let spared = sets.allowed.keys().chain(never).map(|network| (*network, SPARE));
        self.0.set(denied.chain(spared).collect())
    }

    /// What was dropped, over all processors.
    pub fn count(&self) -> Count {
        let sum = |at: u32| self.0.dropped.get(&at, 0).map_or(0, |values| values.iter().sum());
        Count { packets: sum(0), bytes: sum(1) }
    }
}

/// The program on no interface: what it says to a packet, and how long it takes (`BPF_PROG_TEST_RUN`, bpf(2)). For tests
/// and benches.
pub struct Trial(Loaded);

impl Trial {
    pub fn new(ports: &[u16], denied: &[Cidr], spared: &[Cidr]) -> Result<Self, Why> {
        let mut loaded = Loaded::new("a trial", ports)?;
        let denied = denied.iter().map(|network| (*network, DENY));
        loaded.set(denied.chain(spared.iter().map(|network| (*network, SPARE))).collect())?;
        Ok(Self(loaded))
    }

    /// Whether a frame, of 14 bytes at the least, is dropped.
    pub fn drops(&self, frame: &[u8]) -> Result<bool, Why> {
        Ok(self.run(frame, 1, TestRunAttrs::new())?.return_value == XDP_DROP)
    }

    /// The time of one run, of `times`: the program alone.
    pub fn time(&self, frame: &[u8], times: u32) -> Result<Duration, Why> {
        Ok(self.run(frame, times, TestRunAttrs::new())?.duration)
    }

    fn run(&self, frame: &[u8], times: u32, attrs: TestRunAttrs) -> Result<TestRunResult, Why> {
        let program: &Xdp = match self.0.program.program("deny") {
            Some(program) => program.try_into().map_err(|error| self.0.wrong(told(&error)))?,
            None => return Err(self.0.wrong("no program `deny`".to_owned())),
        };
        let options = TestRunOptions { data_in: Some(frame), repeat: times, attrs, ..TestRunOptions::new() };
        program.test_run(options).map_err(|error| self.0.wrong(told(&error)))
    }
}

impl Loaded {
    /// The kernel checks the program here: all its maps have to be there until then.
    fn new(place: &str, ports: &[u16]) -> Result<Self, Why> {
        let wrong = |what: String| Why::Xdp { interface: place.to_owned(), what };
        let of_map = |error: MapError| wrong(told(&error));
        let mut program = EbpfLoader::new().load(OBJECT).map_err(|error| wrong(told(&error)))?;
        let our_ports = program.map_mut("ports").ok_or_else(|| wrong("no map `ports`".to_owned()))?;
        let mut our_ports = HashMap::<_, u16, u8>::try_from(our_ports).map_err(of_map)?;
        for port in ports {
            our_ports.insert(port.to_be(), 1, 0).map_err(of_map)?;
        }
        let deny: &mut Xdp = match program.program_mut("deny") {
            Some(deny) => deny.try_into().map_err(|error| wrong(told(&error)))?,
            None => return Err(wrong("no program `deny`".to_owned())),
        };
        deny.load().map_err(|error| wrong(told(&error)))?;
        let mut take = |name: &str| program.take_map(name).ok_or_else(|| wrong(format!("no map `{name}`")));
        Ok(Self {
            place: place.to_owned(),
            networks4: LpmTrie::try_from(take("networks4")?).map_err(of_map)?,
            networks6: LpmTrie::try_from(take("networks6")?).map_err(of_map)?,
            dropped: PerCpuArray::try_from(take("dropped")?).map_err(of_map)?,
            told: BTreeMap::new(),
            program,
        })
    }

    fn wrong(&self, what: String) -> Why {
        Why::Xdp { interface: self.place.clone(), what }
    }

    fn set(&mut self, wanted: BTreeMap<Cidr, u32>) -> Result<(), Why> {
        // What is over goes first: there is room for so many.
        let over: Vec<Cidr> = self.told.keys().filter(|network| !wanted.contains_key(*network)).copied().collect();
        for network in over {
            self.change(network, None)?;
            self.told.remove(&network);
        }
        for (network, verdict) in wanted {
            if self.told.get(&network) != Some(&verdict) {
                self.change(network, Some(verdict))?;
                self.told.insert(network, verdict);
            }
        }
        Ok(())
    }

    fn change(&mut self, network: Cidr, verdict: Option<u32>) -> Result<(), Why> {
        let bits = u32::from(network.bits());
        let changed = match (network.network(), verdict) {
            (IpAddr::V4(v4), Some(verdict)) => self.networks4.insert(&Key::new(bits, v4.octets()), verdict, 0),
            (IpAddr::V4(v4), None) => self.networks4.remove(&Key::new(bits, v4.octets())),
            (IpAddr::V6(v6), Some(verdict)) => self.networks6.insert(&Key::new(bits, v6.octets()), verdict, 0),
            (IpAddr::V6(v6), None) => self.networks6.remove(&Key::new(bits, v6.octets())),
        };
        changed.map_err(|error| self.wrong(told(&error)))
    }
}

fn attach(program: &mut Ebpf, interface: &str) -> Result<(), String> {
    let program: &mut Xdp = match program.program_mut("deny") {
        Some(program) => program.try_into().map_err(|error| told(&error))?,
        None => return Err("no program `deny`".to_owned()),
    };
    if let Err(in_driver) = program.attach(interface, XdpMode::Driver) {
        program.attach(interface, XdpMode::Skb).map_err(|error| told(&error))?;
        tracing::info!(interface, reason = told(&in_driver), "denied packets are dropped after the driver, not by it");
    }
    Ok(())
}

/// An error with its causes: aya's own words leave out the kernel's.
fn told(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}

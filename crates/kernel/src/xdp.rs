//! The program at the network card's driver: `xdp/deny.c`, loaded by aya. It goes with this process, however that ends.

use crate::Why;
use crate::counters::Count;
use crate::networks::Sets;
use aya::maps::lpm_trie::{Key, LpmTrie};
use aya::maps::{HashMap, MapData, MapError, PerCpuArray};
use aya::programs::{Xdp, XdpMode};
use aya::{Ebpf, EbpfLoader};
use preau_base::Cidr;
use std::collections::BTreeMap;
use std::net::IpAddr;

/// Built by `build.rs`.
static OBJECT: &[u8] = aya::include_bytes_aligned!(concat!(env!("OUT_DIR"), "/deny.o"));

/// As `deny.c` has them.
const DENY: u32 = 1;
const SPARE: u32 = 2;

/// The program on one interface.
pub struct Driver {
    interface: String,
    /// Holds the program; it is detached when this goes.
    _program: Ebpf,
    networks4: LpmTrie<MapData, [u8; 4], u32>,
    networks6: LpmTrie<MapData, [u8; 16], u32>,
    dropped: PerCpuArray<MapData, u64>,
    told: BTreeMap<Cidr, u32>,
}

impl Driver {
    /// Attaches it: in the driver where that can, otherwise where the kernel receives packets (`skb` mode).
    pub fn attach(interface: &str, ports: &[u16]) -> Result<Self, Why> {
        let wrong = |what: String| Why::Xdp { interface: interface.to_owned(), what };
        let of_map = |error: MapError| wrong(told(&error));
        let mut program = EbpfLoader::new().load(OBJECT).map_err(|error| wrong(told(&error)))?;
        let our_ports = program.map_mut("ports").ok_or_else(|| wrong("no map `ports`".to_owned()))?;
        let mut our_ports = HashMap::<_, u16, u8>::try_from(our_ports).map_err(of_map)?;
        for port in ports {
            our_ports.insert(port.to_be(), 1, 0).map_err(of_map)?;
        }
        attach(&mut program, interface).map_err(wrong)?;
        let mut take = |name: &str| program.take_map(name).ok_or_else(|| wrong(format!("no map `{name}`")));
        Ok(Self {
            interface: interface.to_owned(),
            networks4: LpmTrie::try_from(take("networks4")?).map_err(of_map)?,
            networks6: LpmTrie::try_from(take("networks6")?).map_err(of_map)?,
            dropped: PerCpuArray::try_from(take("dropped")?).map_err(of_map)?,
            told: BTreeMap::new(),
            _program: program,
        })
    }

    /// Makes these the networks that are denied and spared. The narrowest network that an address is in decides.
    pub fn set(&mut self, sets: &Sets, never: &[Cidr]) -> Result<(), Why> {
        let mut wanted: BTreeMap<Cidr, u32> = sets.denied.keys().map(|network| (*network, DENY)).collect();
        let spared = sets.allowed.keys().chain(never);
        wanted.extend(spared.map(|network| (*network, SPARE)));
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
        changed.map_err(|error| Why::Xdp { interface: self.interface.clone(), what: told(&error) })
    }

    /// What was dropped, over all processors.
    pub fn count(&self) -> Count {
        let sum = |at: u32| self.dropped.get(&at, 0).map_or(0, |values| values.iter().sum());
        Count { packets: sum(0), bytes: sum(1) }
    }
}

/// The kernel checks the program when it is loaded: all its maps have to be there until then.
fn attach(program: &mut Ebpf, interface: &str) -> Result<(), String> {
    let program: &mut Xdp = match program.program_mut("deny") {
        Some(program) => program.try_into().map_err(|error| told(&error))?,
        None => return Err("no program `deny`".to_owned()),
    };
    program.load().map_err(|error| told(&error))?;
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

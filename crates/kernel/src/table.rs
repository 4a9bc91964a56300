//! The table as scripts for `nft -f` (nft(8)).

use crate::config::{KernelConfig, Meter};
use crate::counters::{DENIED, TOO_FAST};
use crate::limits as l;
use crate::networks::{Sets, Until};
use crate::owner::Owner;
use preau_base::{Cidr, Instant};
use std::fmt::Write;

/// The table, as `nft` names it.
pub const TABLE: &str = "inet preau_gate";

/// Takes the table away; no error when there is none.
pub fn remove() -> String {
    format!("add table {TABLE}\ndelete table {TABLE}\n")
}

/// Puts the whole table in the place of whatever was there, in one transaction.
///
/// Our chain comes at priority `raw`, before connection tracking: what is dropped costs no entry there. A packet that it
/// accepts goes on to every other firewall of the machine.
pub fn install(config: &KernelConfig, owner: Owner, sets: &Sets, now: Instant) -> String {
    let mut out = remove();
    let ports = config.ports.iter().map(u16::to_string).collect::<Vec<_>>().join(", ");
    let (never4, never6) = (fixed(&config.never, true), fixed(&config.never, false));
    let (comment, metered, seconds) = (owner.comment(), l::METERED_MAX, l::METERED_FOR.as_secs());
    let (denied, allowed) = (l::DENIED_MAX, l::ALLOWED_MAX);
    let _ = write!(
        out,
        r#"table {TABLE} {{
  comment "{comment}"
  counter {DENIED} {{ }}
  counter {TOO_FAST} {{ }}
  set never4 {{ type ipv4_addr; flags interval; {never4}}}
  set never6 {{ type ipv6_addr; flags interval; {never6}}}
  set allowed4 {{ type ipv4_addr; size {allowed}; flags interval, timeout; {allowed4}}}
  set allowed6 {{ type ipv6_addr; size {allowed}; flags interval, timeout; {allowed6}}}
  set denied4 {{ type ipv4_addr; size {denied}; flags interval, timeout; {denied4}}}
  set denied6 {{ type ipv6_addr; size {denied}; flags interval, timeout; {denied6}}}
  set opening4 {{ type ipv4_addr; size {metered}; flags dynamic, timeout; timeout {seconds}s; }}
  set opening6 {{ type ipv6_addr; size {metered}; flags dynamic, timeout; timeout {seconds}s; }}
  chain judge {{
    ip saddr @never4 return
    ip6 saddr @never6 return
    ip saddr @allowed4 return
    ip6 saddr @allowed6 return
    ip saddr @denied4 counter name {DENIED} drop
    ip6 saddr @denied6 counter name {DENIED} drop
{meter}  }}
  chain arrive {{
    type filter hook prerouting priority raw; policy accept;
    tcp dport {{ {ports} }} jump judge
  }}
}}
"#,
        allowed4 = elements(&sets.allowed, true, now),
        allowed6 = elements(&sets.allowed, false, now),
        denied4 = elements(&sets.denied, true, now),
        denied6 = elements(&sets.denied, false, now),
        meter = config.meter.map_or_else(String::new, meter),
    );
    out
}

/// Meters the first packet of a TCP connection: SYN without ACK.
fn meter(Meter { per_second, burst }: Meter) -> String {
    let syn = "tcp flags & (fin | syn | rst | ack) == syn";
    let over = format!("limit rate over {per_second}/second burst {burst} packets");
    format!(
        "    {syn} update @opening4 {{ ip saddr {over} }} counter name {TOO_FAST} drop\n    \
             {syn} update @opening6 {{ ip6 saddr & ffff:ffff:ffff:ffff:: {over} }} counter name {TOO_FAST} drop\n"
    )
}

/// Adds to the sets what they lack.
pub fn add(sets: &Sets, now: Instant) -> String {
    let mut out = String::new();
    for (name, networks, v4) in each(sets) {
        let list = list(networks, v4, now);
        if !list.is_empty() {
            let _ = writeln!(out, "add element {TABLE} {name} {{ {list} }}");
        }
    }
    out
}

/// Empties the sets and fills them, in one transaction.
pub fn replace(sets: &Sets, now: Instant) -> String {
    let flush = |(name, ..): (&str, &Until, bool)| format!("flush set {TABLE} {name}\n");
    each(sets).map(flush).concat() + &add(sets, now)
}

fn each(sets: &Sets) -> [(&'static str, &Until, bool); 4] {
    [
        ("allowed4", &sets.allowed, true),
        ("allowed6", &sets.allowed, false),
        ("denied4", &sets.denied, true),
        ("denied6", &sets.denied, false),
    ]
}

fn elements(networks: &Until, v4: bool, now: Instant) -> String {
    braced(&list(networks, v4, now))
}

fn list(networks: &Until, v4: bool, now: Instant) -> String {
    let of_family = networks.iter().filter(|(network, until)| network.is_ipv4() == v4 && **until > now);
    let element = |(network, until): (&Cidr, &Instant)| format!("{network} timeout {}ms", until.since(now).as_millis());
    of_family.map(element).collect::<Vec<_>>().join(", ")
}

/// Networks within others are left out: a set takes no overlap.
fn fixed(networks: &[Cidr], v4: bool) -> String {
    let within =
        |narrow: &Cidr, wide: &Cidr| wide != narrow && wide.bits() <= narrow.bits() && wide.contains(narrow.network());
    let widest = |network: &&Cidr| network.is_ipv4() == v4 && !networks.iter().any(|other| within(network, other));
    let mut list: Vec<String> = networks.iter().filter(widest).map(Cidr::to_string).collect();
    list.sort_unstable();
    list.dedup();
    braced(&list.join(", "))
}

fn braced(list: &str) -> String {
    if list.is_empty() { String::new() } else { format!("elements = {{ {list} }} ") }
}

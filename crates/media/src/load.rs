//! What lessons take of a node and what it has: declared before, measured while they are on.
//!
//! What a class of `n` devices declares is what each of them is sent when it is lively: up to [`VOICES_AT_ONCE`] voices, one
//! wide picture and as many narrow ones as there are slots and cameras for, `n` times; in lean mode these voices and one picture. A node has so many packets a second as
//! fit in [`USABLE_PERMILLE`] of a core by the measured cost of one, on each thread, and so many bits a second as its operator
//! says.

use crate::api::Mode;
use preau_base::Level;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Of a core, what a thread may be asked for; the rest is for what nobody has declared.
pub const USABLE_PERMILLE: u64 = 800;
/// Voices that are forwarded at the same time in a lively class.
const VOICES_AT_ONCE: u64 = 3;
/// A voice: Opus at 32 kbit/s in packets of 20 ms, with its headers.
const VOICE: Declared = Declared { packets_per_s: 50, bits_per_s: 61_000 };
/// A camera's widest layer, 900 kbit/s in packets of about 1,100 bytes, with their headers.
const WIDE: Declared = Declared { packets_per_s: 102, bits_per_s: 950_000 };
/// A camera's narrowest layer, 100 kbit/s and 30 pictures a second, with their headers.
const NARROW: Declared = Declared { packets_per_s: 30, bits_per_s: 115_000 };
/// In lean mode a voice comes in packets of 40 ms…
const LEAN_VOICE: Declared = Declared { packets_per_s: 25, bits_per_s: 47_000 };
/// …and the one picture takes 300 kbit/s: a camera 15 times a second in two packets each, a screen 5 times in seven.
const LEAN_PICTURE: Declared = Declared { packets_per_s: 35, bits_per_s: 320_000 };
/// What a datagram takes beside its payload: headers of IPv4 and UDP, in bytes.
const HEADER_BYTES: u64 = 28;

/// The cost of a forwarded packet before any was measured: that of a bare str0m forwarder that sends with `sendmmsg`.
const PACKET_NS: u64 = 12_000;
const PACKET_NS_RANGE: (u64, u64) = (500, 200_000);
/// That of a join, the same: ICE, DTLS and SRTP keys.
const JOIN_NS: u64 = 3_400_000;
/// Whatever an attacker's half joins cost, real ones are not reckoned dearer than this.
const JOIN_NS_RANGE: (u64, u64) = (300_000, 20_000_000);
/// What a packet costs is learned from seconds in which the thread has worked so much, in 1/1000: a thread with little to do wakes
/// up for each packet…
const LEARN_FROM_PERMILLE: u64 = 100;
/// …and has forwarded so many.
const LEARN_FROM_PACKETS: u64 = 1_000;
/// A second tells so much of the next one's cost, one part in so many.
const PACKETS_MEMORY: u64 = 8;
/// Joins until what was known before counts no more.
const JOINS_MEMORY: u64 = 32;
/// Of a core, what newcomers get however full it is: who has a lesson now gets into it, and pictures make room.
const JOINS_PERMILLE_MIN: u64 = 50;

/// Packets and bits that are sent each second.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Declared {
    pub packets_per_s: u64,
    pub bits_per_s: u64,
}

impl Declared {
    /// Of a class of so many devices, of which so many cameras may be on at the same time besides the teacher's.
    pub fn of(devices: usize, cameras: usize, mode: Mode) -> Self {
        let pictures = (cameras as u64).saturating_add(1).min(u64::from(mode.slots().video));
        let each = match mode {
            Mode::Full => VOICE.times(VOICES_AT_ONCE).plus(WIDE).plus(NARROW.times(pictures - 1)),
            Mode::Lean => LEAN_VOICE.times(VOICES_AT_ONCE).plus(LEAN_PICTURE.times(pictures)),
        };
        each.times(devices as u64)
    }

    const fn times(self, number: u64) -> Self {
        Self {
            packets_per_s: self.packets_per_s.saturating_mul(number),
            bits_per_s: self.bits_per_s.saturating_mul(number),
        }
    }

    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self {
            packets_per_s: self.packets_per_s.saturating_add(other.packets_per_s),
            bits_per_s: self.bits_per_s.saturating_add(other.bits_per_s),
        }
    }

    #[must_use]
    pub const fn minus(self, other: Self) -> Self {
        Self {
            packets_per_s: self.packets_per_s.saturating_sub(other.packets_per_s),
            bits_per_s: self.bits_per_s.saturating_sub(other.bits_per_s),
        }
    }
}

/// What a thread did in a second or so.
#[derive(Clone, Copy, Debug, Default)]
pub struct Second {
    pub passed: Duration,
    /// On a core, all in all, and of this for those who were joining.
    pub cpu: Duration,
    pub joining: Duration,
    /// Peers that connected.
    pub joins: u64,
    pub forwarded: u64,
    pub datagrams: u64,
    pub bytes: u64,
}

/// What a thread does and what its work costs, as measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Load {
    /// Of a core, in 1/1000: everything, and everything but joins.
    pub busy_permille: u64,
    pub forwarding_permille: u64,
    pub packets_per_s: u64,
    pub bits_per_s: u64,
    pub packet_ns: u64,
    pub join_ns: u64,
    /// Spent on joins that are not done.
    joining_ns: u64,
}

impl Default for Load {
    fn default() -> Self {
        Self {
            busy_permille: 0,
            forwarding_permille: 0,
            packets_per_s: 0,
            bits_per_s: 0,
            packet_ns: PACKET_NS,
            join_ns: JOIN_NS,
            joining_ns: 0,
        }
    }
}

fn nanos(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

/// A step from what was known towards what was measured, by a share.
fn towards(known: u64, measured: u64, (share, of): (u64, u64)) -> u64 {
    (known * (of - share) + measured * share) / of
}

impl Load {
    pub fn note(&mut self, second: &Second) {
        let passed = nanos(second.passed);
        if passed == 0 {
            return;
        }
        let cpu = nanos(second.cpu).min(passed);
        let joining = nanos(second.joining).min(cpu);
        let per_second =
            |count: u64| u64::try_from(u128::from(count) * 1_000_000_000 / u128::from(passed)).unwrap_or(u64::MAX);
        self.busy_permille = per_second(cpu) / 1_000_000;
        self.forwarding_permille = per_second(cpu - joining) / 1_000_000;
        self.packets_per_s = per_second(second.forwarded);
        self.bits_per_s = per_second((second.bytes + second.datagrams * HEADER_BYTES) * 8);
        if self.forwarding_permille >= LEARN_FROM_PERMILLE && second.forwarded >= LEARN_FROM_PACKETS {
            let (least, most) = PACKET_NS_RANGE;
            let measured = ((cpu - joining) / second.forwarded).clamp(least, most);
            self.packet_ns = towards(self.packet_ns, measured, (1, PACKETS_MEMORY));
        }
        self.joining_ns = self.joining_ns.saturating_add(joining);
        if let Some(each) = self.joining_ns.checked_div(second.joins) {
            let (least, most) = JOIN_NS_RANGE;
            let measured = each.clamp(least, most);
            self.join_ns = towards(self.join_ns, measured, (second.joins.min(JOINS_MEMORY), JOINS_MEMORY));
            self.joining_ns = 0;
        }
    }

    /// Packets that the thread may be asked to forward in a second.
    pub fn packets_per_s_max(&self) -> u64 {
        USABLE_PERMILLE * 1_000_000 / self.packet_ns
    }

    /// What is left of them when so much is promised; less than nothing where lessons were placed nevertheless.
    pub fn packets_left(&self, promised: Declared) -> i64 {
        let taken = promised.packets_per_s.max(self.packets_per_s);
        let number = |packets: u64| i64::try_from(packets).unwrap_or(i64::MAX);
        number(self.packets_per_s_max()) - number(taken)
    }

    /// Joins a second that fit beside what is forwarded, in 1/1000. The cost of a join is known, and so is what there is to
    /// spend: nothing has to be overloaded to find the rate, as a control by additive increase would.
    pub fn joins_per_s_milli(&self) -> u64 {
        let free = USABLE_PERMILLE.saturating_sub(self.forwarding_permille).max(JOINS_PERMILLE_MIN);
        free * 1_000_000_000 / self.join_ns
    }
}

/// The thread for a new lesson: with the most left, of equal ones the one with fewest rooms, of these the first. `of` gives what
/// each has left and its rooms.
pub fn place(of: impl Iterator<Item = (i64, usize)>) -> Option<usize> {
    let ranked =
        of.enumerate().max_by_key(|&(index, (left, rooms))| (left, std::cmp::Reverse(rooms), std::cmp::Reverse(index)));
    ranked.map(|(index, _)| index)
}

/// Above this, in 1/1000 of what there is…
const FULL_PERMILLE: u64 = 900;
/// …for so many seconds in a row, a step of quality goes.
const FULL_SECONDS: u32 = 2;
/// Below this for a time, it comes back.
const CALM_PERMILLE: u64 = 650;
const CALM_SECONDS_MIN: u32 = 10;
/// When it had to go again soon after, that time is twice as long, up to this.
const CALM_SECONDS_MAX: u32 = 160;
const SOON_SECONDS: u32 = 30;
/// The levels of the ladder at which a class is sent less than at the one before.
const STEPS: [Level; 4] = [Level::Full, Level::Plain, Level::Essential, Level::ReadOnly];

/// Takes quality away, a step of the ladder at a time, from the lessons of a thread that is near what it can do.
#[derive(Clone, Copy, Debug)]
pub struct Shedding {
    step: usize,
    full: u32,
    calm: u32,
    calm_seconds: u32,
    /// Since a step came back.
    since_back: u32,
}

impl Default for Shedding {
    fn default() -> Self {
        Self { step: 0, full: 0, calm: 0, calm_seconds: CALM_SECONDS_MIN, since_back: u32::MAX }
    }
}

impl Shedding {
    /// A second passed in which this share of what there is was used, in 1/1000. Gives the level that holds from now on.
    pub fn note(&mut self, used_permille: u64) -> Level {
        self.since_back = self.since_back.saturating_add(1);
        self.full = if used_permille > FULL_PERMILLE { self.full + 1 } else { 0 };
        self.calm = if used_permille < CALM_PERMILLE { self.calm + 1 } else { 0 };
        if self.full >= FULL_SECONDS && self.step + 1 < STEPS.len() {
            (self.step, self.full) = (self.step + 1, 0);
            let soon = self.since_back <= SOON_SECONDS;
            self.calm_seconds = if soon { (self.calm_seconds * 2).min(CALM_SECONDS_MAX) } else { self.calm_seconds };
        }
        if self.calm >= self.calm_seconds && self.step > 0 {
            (self.step, self.calm, self.since_back) = (self.step - 1, 0, 0);
        }
        if self.step == 0 && self.since_back > 2 * CALM_SECONDS_MAX {
            self.calm_seconds = CALM_SECONDS_MIN;
        }
        self.level()
    }

    pub fn level(&self) -> Level {
        STEPS[self.step]
    }
}

#[cfg(test)]
mod tests;

//! The figures, a function each: what is measured against what, and the lines that tell.

use crate::Outcome;
use crate::class::{Cast, Material};
use crate::contest::{Contest, JANUS, OURS};
use crate::forwarder::Forwarder;
use crate::janus::Janus;
use crate::machine::BUSY_CORES_MAX;
use crate::ours::Ours;
use crate::rows::{Bar, Row, say};
use std::time::Duration;

const VIEWERS: usize = 30;
const CLASS: usize = VIEWERS + 1;
const PICTURES_ROUNDS: usize = 4;
const PICTURES_SLICES: usize = 8;
/// Until the estimate of every viewer's bandwidth has found the best layer.
const WARM_UP: Duration = Duration::from_secs(5);
const VOICE_ROUNDS: usize = 3;
const VOICE_SLICES: usize = 6;
const IDLE_ROUNDS: usize = 4;
const IDLE_SETTLE: Duration = Duration::from_secs(4);
const IDLE_TIME: Duration = Duration::from_millis(2_500);
const JOIN_ROUNDS: usize = 4;
/// Until a server has done what it still has to do for a client that is connected.
const LAST_FLIGHT: Duration = Duration::from_millis(100);
/// Until those who left are gone.
const LEAVE_TIME: Duration = Duration::from_secs(1);
const MB: f64 = 1e6;

pub struct Bench {
    /// Figures are printed although the machine was busy, and say so.
    pub even_busy: bool,
    /// The count of instructions is written into the repository.
    pub records: bool,
}

impl Bench {
    fn others(&self, contest: &Contest) -> Outcome<Option<f64>> {
        self.bearable(contest.others())
    }

    /// So many cores were busy with something else; `None`: that is not worth a word.
    pub fn bearable(&self, others: f64) -> Outcome<Option<f64>> {
        if others <= BUSY_CORES_MAX {
            return Ok(None);
        }
        if !self.even_busy {
            return Err(format!("{others:.2} cores were busy with something else meanwhile").into());
        }
        Ok(Some(others))
    }
}

/// One publisher to thirty viewers, 1.8 Mbit/s in three layers and voice, congestion control on.
pub fn pictures(bench: &Bench) -> Outcome<()> {
    let mut contest = Contest::start(Cast::Teacher, VIEWERS, true)?;
    contest.run(Some((JANUS, Material::Pictures)), WARM_UP / 2);
    contest.run(Some((OURS, Material::Pictures)), WARM_UP);
    let costs = contest.costs(Material::Pictures, PICTURES_ROUNDS, PICTURES_SLICES)?;
    let row = Row {
        figure: "camera in 3 layers and voice, 1 → 30: µs a packet",
        ours: costs.ours_us,
        janus: Some(costs.janus_us),
        floor: costs.floor_us,
        others: bench.others(&contest)?,
    };
    let against_janus = ("ours / Janus", costs.ours_us / costs.janus_us, Bar::AtMost(0.5));
    let floor = costs.floor_us.unwrap_or_default();
    say(&row, &[against_janus, ("floor / ours", floor / costs.ours_us, Bar::AtLeast(0.6))]);
    Ok(())
}

/// A teacher's camera and voice, and four pupils with a small picture each, of whom two speak, to thirty.
pub fn class(bench: &Bench) -> Outcome<()> {
    let mut contest = Contest::start(Cast::Lively, VIEWERS, true)?;
    contest.run(Some((JANUS, Material::Pictures)), WARM_UP / 2);
    contest.run(Some((OURS, Material::Pictures)), WARM_UP);
    let costs = contest.costs(Material::Pictures, PICTURES_ROUNDS, PICTURES_SLICES)?;
    let per_core = |us: f64| 1e6 / us;
    let (ours, janus) = (per_core(costs.ours_us), per_core(costs.janus_us));
    let figure = "a class, 5 pictures and 3 voices to 30: packets/s of a core";
    say(
        &Row { figure, ours, janus: Some(janus), floor: None, others: bench.others(&contest)? },
        &[("ours / Janus", ours / janus, Bar::AtLeast(2.0))],
    );
    Ok(())
}

/// One voice of 40 kbit/s to thirty listeners: with the feedback that Janus has, then with transport-wide feedback.
pub fn voice(bench: &Bench) -> Outcome<()> {
    let both = [
        ("voice, 1 → 30, with Janus's feedback: µs a packet", false, 0.45),
        ("voice, 1 → 30, with transport-wide feedback: µs a packet", true, 0.65),
    ];
    for (figure, feedback, most) in both {
        let mut contest = Contest::start(Cast::Teacher, VIEWERS, feedback)?;
        contest.run(Some((JANUS, Material::Voice)), WARM_UP / 4);
        contest.run(Some((OURS, Material::Voice)), WARM_UP / 4);
        let costs = contest.costs(Material::Voice, VOICE_ROUNDS, VOICE_SLICES)?;
        let others = bench.others(&contest)?;
        let (ours, janus) = (costs.ours_us, costs.janus_us);
        let against_floor = ("floor / ours", costs.floor_us.unwrap_or_default() / ours, Bar::None);
        let row = Row { figure, ours, janus: Some(janus), floor: costs.floor_us, others };
        say(&row, &[("ours / Janus", ours / janus, Bar::AtMost(most)), against_floor]);
    }
    Ok(())
}

/// Thirty-one connections over which nothing is published, at both servers at once.
pub fn idle(bench: &Bench) -> Outcome<()> {
    let mut contest = Contest::start(Cast::Teacher, VIEWERS, true)?;
    contest.run(None, IDLE_SETTLE);
    let mut least = [f64::INFINITY; 2];
    for _ in 0..IDLE_ROUNDS {
        for who in [OURS, JANUS] {
            let spent = contest.spend(who, None, IDLE_TIME)?;
            least[who] = least[who].min(spent.cpu.as_secs_f64() * 1e3 / spent.time.as_secs_f64());
        }
    }
    let [ours, janus] = least;
    let others = bench.others(&contest)?;
    let row = Row {
        figure: "an idle class of 31 connections: ms of CPU a second",
        ours,
        janus: Some(janus),
        floor: None,
        others,
    };
    say(&row, &[("ours / Janus", ours / janus, Bar::AtMost(0.25))]);
    Ok(())
}

/// ICE, DTLS and signalling of thirty viewers, over and over; nothing is published meanwhile.
pub fn joins(bench: &Bench) -> Outcome<()> {
    let mut contest = Contest::start(Cast::Teacher, 0, true)?;
    let mut most = [0.0_f64; 2];
    for _ in 0..JOIN_ROUNDS {
        for who in [OURS, JANUS] {
            let before = contest.classes[who].server().process().cpu()?;
            contest.classes[who].admit(VIEWERS)?;
            contest.run(None, LAST_FLIGHT);
            let spent = contest.classes[who].server().process().cpu()?.since(&before);
            most[who] = most[who].max(VIEWERS as f64 / spent.as_secs_f64());
            contest.classes[who].dismiss()?;
            contest.run(None, LEAVE_TIME);
        }
    }
    let [ours, janus] = most;
    let others = bench.others(&contest)?;
    let row = Row {
        figure: "joins (ICE, DTLS, signalling) a second of one core",
        ours,
        janus: Some(janus),
        floor: None,
        others,
    };
    say(&row, &[("ours", ours, Bar::AtLeast(250.0)), ("ours / Janus", ours / janus, Bar::None)]);
    Ok(())
}

/// What a server holds more with a class that is given pictures and voice than it held before anybody came.
pub fn memory(bench: &Bench) -> Outcome<()> {
    let servers: [Box<dyn Forwarder>; 2] = [Box::new(Ours::start(true)?), Box::new(Janus::start()?)];
    let mut before = [0; 2];
    for who in [OURS, JANUS] {
        before[who] = servers[who].process().resident_bytes()?;
    }
    let mut contest = Contest::between(servers, Cast::Teacher, VIEWERS)?;
    let mut each = [0.0; 2];
    for who in [OURS, JANUS] {
        contest.run(Some((who, Material::Pictures)), WARM_UP);
        let held = contest.classes[who].server().process().resident_bytes()?.saturating_sub(before[who]);
        each[who] = held as f64 / MB / CLASS as f64;
    }
    let [ours, janus] = each;
    let others = bench.others(&contest)?;
    let row = Row {
        figure: "memory of a connection while it is given pictures: MB",
        ours,
        janus: Some(janus),
        floor: None,
        others,
    };
    say(&row, &[("ours", ours, Bar::AtMost(0.5)), ("ours / Janus", ours / janus, Bar::None)]);
    Ok(())
}

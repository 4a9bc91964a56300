//! Any calls in any order, on any clock.

use super::site::{START, holder, lesson};
use crate::decision::{Admission, Answered, Decision, HeldId, Lane};
use crate::gate::{Gate, Timetable};
use crate::limits::HOLD_MAX;
use crate::pass::Standing;
use crate::request::{Holder, HolderKey, Kind, Request, Shape, Shown, Sign};
use crate::settings::{Command, Doors, Settings};
use crate::waiting::{Entry, Ticket};
use preau_base::{Instant, Level, SeededRng};
use proptest::prelude::*;
use std::net::IpAddr;
use std::time::Duration;

#[derive(Clone, Copy, Debug)]
struct Call {
    what: u8,
    a: u64,
    b: u64,
    moves_ms: i64,
}

fn call() -> impl Strategy<Value = Call> {
    let moves = prop_oneof![8 => 0_i64..2_000, 1 => -100_000_i64..100_000, 1 => any::<i64>()];
    let small = prop_oneof![6 => 0_u64..40, 1 => any::<u64>()];
    (0_u8..40, small, any::<u64>(), moves).prop_map(|(what, a, b, moves_ms)| Call { what, a, b, moves_ms })
}

fn request(call: Call, now: Instant, tickets: &[Ticket], entries: &[Entry]) -> Request<'static> {
    let holder = Holder {
        session: u128::from(call.a),
        standing: [Standing::Teacher, Standing::Pupil, Standing::Staff][(call.b % 3) as usize],
        earned: Instant::from_millis(call.b as i64 % 1_000_000),
        ..holder(u128::from(call.a))
    };
    let any_entry = Entry { room: call.a, serial: call.b, issued: Instant::from_millis(call.b as i64) };
    let any_ticket = Ticket { room: call.a, serial: call.b, issued: now, promised: None };
    let address = if call.b.is_multiple_of(2) {
        IpAddr::from((call.b as u32).to_be_bytes())
    } else {
        IpAddr::from(u128::from(call.b).wrapping_mul(0x1_0000_0001).to_be_bytes())
    };
    Request {
        address,
        shown: match call.b % 5 {
            0 => Shown::Valid(holder),
            1 => Shown::Forged,
            2 => Shown::Lapsed,
            _ => Shown::Nothing,
        },
        ticket: tickets.get((call.a % 7) as usize).copied().or((call.a > 30).then_some(any_ticket)),
        entry: entries.get((call.a % 11) as usize).copied().or((call.a > 35).then_some(any_entry)),
        kind: Kind::ALL[(call.b / 8 % 8) as usize],
        navigates: (call.b / 64).is_multiple_of(2),
        shape: Shape { method: if call.a.is_multiple_of(3) { "POST" } else { "GET" }, ..Shape::of_path("/") },
    }
}

fn command(call: Call, now: Instant) -> Command {
    match call.b % 8 {
        0 => Command::Doors(Doors::Closed),
        1 => Command::Doors(Doors::Open),
        2 => Command::Doors(Doors::OpenAt { at: now.plus(Duration::from_millis(call.a)) }),
        3 => Command::InsideMax { people: Some(call.a) },
        4 => Command::NewcomersPerMinuteMax { people: Some(call.a as u32) },
        5 => Command::ConcurrencyMax { requests: Some(call.a as u32) },
        6 => Command::Level { level: Level::from_number(call.a as u8 % 8) },
        _ => Command::Block {
            network: preau_base::Cidr::of_client([192, 0, 2, 1].into()),
            until: now.plus(Duration::from_millis(call.a)),
        },
    }
}

/// A gate, and what was given by it.
struct World {
    gate: Gate,
    now: Instant,
    tickets: Vec<Ticket>,
    entries: Vec<Entry>,
    admissions: Vec<Admission>,
    held: Vec<HeldId>,
}

impl World {
    fn new() -> Self {
        let gate = Gate::new(Settings::default(), START, &mut SeededRng::new(1));
        let (tickets, entries, admissions, held) = Default::default();
        Self { gate, now: START, tickets, entries, admissions, held }
    }

    fn call(&mut self, call: Call) -> Result<(), TestCaseError> {
        let now = Instant::from_millis(self.now.as_millis().saturating_add(call.moves_ms));
        self.now = now;
        let number = call.a as usize;
        // Finished twice, or never begun.
        let any = Admission {
            lane: Lane::Known,
            kind: Kind::Page,
            begun: now,
            counted: true,
            entry: None,
            source: Default::default(),
        };
        let admission = self.admissions.get(number % self.admissions.len().max(1)).copied().unwrap_or(any);
        let released = match call.what {
            0 => self.gate.tick(now),
            1 => {
                let latency = Duration::from_millis(call.b % 100_000);
                let answered = Answered { latency, failed: call.b.is_multiple_of(7), bytes: call.b };
                self.gate.finished(admission, answered, now)
            }
            2 => self.gate.abandoned(admission, now),
            3..8 => {
                self.other(call)?;
                Vec::new()
            }
            _ => {
                self.ask(call)?;
                Vec::new()
            }
        };
        for (id, admission) in released {
            prop_assert!(self.held.contains(&id));
            self.held.retain(|other| *other != id);
            self.admissions.push(admission);
        }
        Ok(())
    }

    fn other(&mut self, call: Call) -> Result<(), TestCaseError> {
        let (gate, now) = (&mut self.gate, self.now);
        match call.what {
            3 => {
                gate.observe(Sign::ALL[call.a as usize % Sign::ALL.len()], [192, 0, 2, 1].into(), now);
                gate.set_machine(call.b as f64 / 1e18);
            }
            4 => {
                let starts = Instant::from_millis(now.as_millis().saturating_add(call.b as i64 % 2_000_000));
                let lessons = (0..10).map(|person| (HolderKey(person), lesson(person, starts))).collect();
                gate.set_timetable(Timetable { lessons, bells: vec![(starts, call.a as u32)] }, now);
            }
            5 => {
                let id = self.held.pop().unwrap_or(HeldId(call.b));
                let ends = matches!(gate.give_up(id, now), Decision::Wait(_) | Decision::TurnAway { .. });
                prop_assert!(ends);
            }
            6 => {
                let before = gate.settings().clone();
                if gate.apply(command(call, now), now).is_err() {
                    prop_assert_eq!(gate.settings(), &before);
                }
            }
            _ => {
                let snapshot = gate.snapshot(now);
                prop_assert_eq!(snapshot.lanes.len(), Lane::ALL.len());
                prop_assert!(serde_json::to_string(&snapshot).is_ok());
                prop_assert!(serde_json::to_string(&gate.figures(now)).is_ok());
            }
        }
        Ok(())
    }

    fn ask(&mut self, call: Call) -> Result<(), TestCaseError> {
        let now = self.now;
        match self.gate.decide(&request(call, now, &self.tickets, &self.entries), now) {
            Decision::Admit(admission) => {
                self.admissions.push(admission);
                self.entries.extend(admission.entry);
            }
            Decision::Hold { id, until } => {
                prop_assert!(until.since(now) <= HOLD_MAX);
                self.held.push(id);
            }
            Decision::Wait(wait) => {
                prop_assert!(wait.again >= Duration::from_secs(1) && wait.again <= Duration::from_secs(60));
                self.tickets.extend(wait.ticket);
            }
            Decision::TurnAway { .. } | Decision::SignInAgain => {}
        }
        Ok(())
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(120))]
    #[test]
    fn nothing_makes_it_panic(calls in proptest::collection::vec(call(), 1..250)) {
        let mut world = World::new();
        for call in calls {
            world.call(call)?;
        }
    }
}

//! What a lesson costs to forward, against Janus's VideoRoom and against the floor of the same run: the same packets
//! encrypted with AES-128-GCM and sent with `sendmmsg` by a thread that does nothing else.
//!
//! `cargo xtask bench media`, as root. All of it runs in a network namespace of its own, which has loopback and one veth pair
//! with both ends inside, and in a process namespace, with which everything ends. Both servers are processes on one core; the
//! clients, the same for both, are on another. Slices of ours, of the floor and of Janus take turns, and of each the cheapest
//! round counts. It ends by itself within [`WHOLE_MAX`], and prints no figure while the machine is busy with something else.
//!
//! `cargo xtask bench media -- [--even-busy] [FIGURE…]`, where a figure is `pictures`, `voice`, `idle`, `joins` or `memory`;
//! with `--even-busy` figures are printed all the same, each with what the machine did beside.

#![expect(clippy::print_stdout, reason = "a bench prints what it found")]

mod class;
mod contest;
mod figures;
mod floor;
mod forwarder;
mod janus;
mod machine;
mod namespace;
mod ours;
mod process;
mod rows;
mod served;

use figures::Bench;
use machine::{BUSY_CORES_MAX, wait_for_quiet};
use std::error::Error;
use std::time::Duration;

type Outcome<T> = Result<T, Box<dyn Error>>;

/// The whole bench ends by then, whatever happens in it.
const WHOLE_MAX: Duration = Duration::from_secs(360);
const QUIET_TRIES: u32 = 10;

type Figure = fn(&Bench) -> Outcome<()>;

/// Each by the name by which it is run alone.
const FIGURES: [(&str, Figure); 5] = [
    ("pictures", figures::pictures),
    ("voice", figures::voice),
    ("idle", figures::idle),
    ("joins", figures::joins),
    ("memory", figures::memory),
];

fn main() -> Outcome<()> {
    let mut arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [first, address] = arguments.as_slice()
        && first == served::ARGUMENT
    {
        return served::serve(address.parse()?);
    }
    if !namespace::is_inside() {
        return namespace::run(&arguments, WHOLE_MAX);
    }
    let count = arguments.len();
    arguments.retain(|argument| argument != "--even-busy");
    let bench = Bench { even_busy: arguments.len() < count };
    if let Some(unknown) = arguments.iter().find(|name| FIGURES.iter().all(|(figure, _)| figure != name)) {
        return Err(format!("there is no figure {unknown}").into());
    }
    machine::pin_load();
    rows::head();
    for (name, figure) in FIGURES {
        if !arguments.is_empty() && !arguments.iter().any(|chosen| chosen == name) {
            continue;
        }
        let told = match wait_for_quiet(QUIET_TRIES) {
            Err(busy) if !bench.even_busy => Err(format!(
                "the machine is busy: {busy:.2} cores with something else, of which {BUSY_CORES_MAX} are bearable"
            )
            .into()),
            _ => figure(&bench),
        };
        if let Err(error) = told {
            rows::not_measured(name, &*error);
        }
    }
    rows::sum_up();
    Ok(())
}

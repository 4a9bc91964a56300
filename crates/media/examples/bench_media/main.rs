//! What a lesson costs to forward, against Janus's VideoRoom and against the floor of the same run: the same packets
//! encrypted with AES-128-GCM and sent with `sendmmsg` by a thread that does nothing else.
//!
//! `cargo xtask bench media`, as root. All of it runs in a network namespace of its own, which has loopback and one veth pair
//! with both ends inside, and in a process namespace, with which everything ends. Both servers are processes on one core; the
//! clients, the same for both, are on another. Slices of ours, of the floor and of Janus take turns, and of each the cheapest
//! round counts. It ends by itself within [`WHOLE_MAX`], and prints no figure while the machine is busy with something else.
//!
//! `cargo xtask bench media -- [--even-busy] [FIGURE…]`, where a figure is one of [`FIGURES`]; with `--even-busy` figures are
//! printed all the same, each with what the machine did beside. `-- instructions` counts instead of measuring, so a busy machine
//! does not matter to it, and `-- instructions --record` keeps what it counted for comparison.
//!
//! What becomes of a voice on a line that loses 5, 10 and 20 % is a test, with a seed:
//! `cargo test -p preau-media --lib -- loopback::losses --nocapture` prints what is missing and the longest hole.

#![expect(clippy::print_stdout, reason = "a bench prints what it found")]

mod attack;
mod class;
mod contest;
mod delays;
mod figures;
mod floor;
mod forwarder;
mod instructions;
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
const WHOLE_MAX: Duration = Duration::from_secs(720);
const QUIET_TRIES: u32 = 10;

type Figure = fn(&Bench) -> Outcome<()>;

/// Each by the name by which it is run alone.
const FIGURES: [(&str, Figure); 9] = [
    ("pictures", figures::pictures),
    ("class", figures::class),
    ("voice", figures::voice),
    ("idle", figures::idle),
    ("joins", figures::joins),
    ("delays", delays::delays),
    ("memory", figures::memory),
    ("attack", attack::attack),
    (COUNTED, instructions::instructions),
];
/// It is the same however busy the machine is.
const COUNTED: &str = "instructions";

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
    let even_busy = arguments.len() < count;
    let count = arguments.len();
    arguments.retain(|argument| argument != "--record");
    let bench = Bench { even_busy, records: arguments.len() < count };
    if let Some(unknown) = arguments.iter().find(|name| FIGURES.iter().all(|(figure, _)| figure != name)) {
        return Err(format!("there is no figure {unknown}").into());
    }
    machine::pin_load();
    rows::head();
    for (name, figure) in FIGURES {
        if !arguments.is_empty() && !arguments.iter().any(|chosen| chosen == name) {
            continue;
        }
        let bears_noise = bench.even_busy || name == COUNTED;
        let told = match wait_for_quiet(if bears_noise { 1 } else { QUIET_TRIES }) {
            Err(busy) if !bears_noise => Err(format!(
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

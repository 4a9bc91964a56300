//! Instructions that our server takes for a forwarded packet, by valgrind's count (callgrind), beside the figure that the
//! repository has: the time that they take says more, but no two machines agree on it.
//!
//! Two runs of the same joins, one of which forwards for longer: what it takes more is what its packets have cost.

use crate::Outcome;
use crate::class::{Cast, Class, Material};
use crate::figures::Bench;
use crate::ours::Ours;
use crate::rows::{Bar, Row, say};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

const VIEWERS: usize = 6;
const TIMES: [Duration; 2] = [Duration::from_secs(4), Duration::from_secs(16)];
/// The program is some fifty times slower meanwhile, so there is so much more time between two frames.
const SLOWER: u32 = 3;
/// Another share of it is a change and not chance.
const DEARER: f64 = 1.1;
/// The program has to write down what it counted.
const END_MAX: Duration = Duration::from_secs(30);
const RECORDED: &str = include_str!("instructions.txt");

pub fn instructions(bench: &Bench) -> Outcome<()> {
    let folder = tempfile::tempdir()?;
    let mut counted = Vec::new();
    for (number, time) in TIMES.into_iter().enumerate() {
        counted.push(count(&folder.path().join(number.to_string()), time)?);
    }
    let [(few, of_few), (many, of_many)] = counted[..] else { return Err("two runs were to be made".into()) };
    let each = many.saturating_sub(few) as f64 / of_many.saturating_sub(of_few).max(1) as f64;
    let recorded: f64 = RECORDED.trim().parse()?;
    let row = Row {
        figure: "instructions a forwarded packet, camera and voice",
        ours: each,
        janus: None,
        floor: None,
        others: None,
    };
    println!("    recorded: {recorded:.0}; of every thread of the server, without the kernel");
    say(&row, &[("now / recorded", each / recorded, Bar::AtMost(DEARER))]);
    if bench.records {
        let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("examples/bench_media/instructions.txt");
        std::fs::write(&path, format!("{each:.0}\n"))?;
        println!("    recorded in {}", path.display());
    }
    Ok(())
}

/// Instructions of the whole server, and the packets that it has delivered in that time.
fn count(out: &Path, time: Duration) -> Outcome<(u64, u64)> {
    let mut command = Command::new("valgrind");
    command.args(["--tool=callgrind", "--quiet"]);
    command.arg(format!("--callgrind-out-file={}", out.display())).arg(std::env::current_exe()?);
    let ours = Ours::start_by(command, true)?;
    let mut class = Class::start(Box::new(ours), Cast::Teacher, VIEWERS)?;
    class.slower = SLOWER;
    class.run(Some(Material::Pictures), time);
    let delivered = class.delivered();
    class.end_server()?;
    let begun = Instant::now();
    loop {
        if let Some(total) = std::fs::read_to_string(out).ok().as_deref().and_then(total) {
            return Ok((total, delivered));
        }
        if begun.elapsed() > END_MAX {
            return Err("valgrind has written nothing".into());
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// The line of callgrind's file that has the sum.
fn total(text: &str) -> Option<u64> {
    let line =
        text.lines().find_map(|line| line.strip_prefix("totals: ").or_else(|| line.strip_prefix("summary: ")))?;
    line.split_whitespace().next()?.parse().ok()
}

//! Cores and clocks: who runs where, what a thread has spent, what else the machine does.

use std::fs;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// The core of every server and of the floor; the clients have the other one.
pub const SERVER_CORE: &str = "0";
const LOAD_CORE: &str = "1";
/// Busier than this with something else, figures are noisy.
pub const BUSY_CORES_MAX: f64 = 0.4;
const QUIET_LOOK: Duration = Duration::from_millis(500);
const QUIET_AGAIN: Duration = Duration::from_secs(2);

/// The clients stay on their core. They and the servers that they start run before other programs where we may: a client that
/// waits for its turn looks to a server's congestion control like a slow network.
pub fn pin_load() {
    let own = std::process::id().to_string();
    let pinned = run("taskset", &["--all-tasks", "--pid", "--cpu-list", LOAD_CORE, &own]);
    if !pinned || !run("chrt", &["--all-tasks", "--fifo", "--pid", "10", &own]) {
        println!("clients and servers could not be given cores of their own: expect more noise");
    }
}

pub fn pin_to_server_core(thread: u32) {
    run("taskset", &["--pid", "--cpu-list", SERVER_CORE, &thread.to_string()]);
}

fn run(program: &str, arguments: &[&str]) -> bool {
    let mut command = Command::new(program);
    command.args(arguments).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// CPU time of the thread that asks (proc_pid_schedstat(5)).
pub fn own_cpu() -> Duration {
    let text = fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    Duration::from_nanos(first_number(&text).unwrap_or(0))
}

pub fn first_number(text: &str) -> Option<u64> {
    text.split_whitespace().next()?.parse().ok()
}

/// The thread of this process with this name, once it has started.
pub fn thread_named(name: &str) -> Option<u32> {
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(2) {
        let threads = fs::read_dir("/proc/self/task").ok()?;
        let found = threads.flatten().find_map(|thread| {
            let comm = fs::read_to_string(thread.path().join("comm")).ok()?;
            (comm.trim() == name).then(|| thread.file_name().to_str()?.parse().ok()).flatten()
        });
        if found.is_some() {
            return found;
        }
        std::thread::yield_now();
    }
    None
}

/// Ticks of the machine: busy ones, all; and the busy ones of the bench's own processes.
#[derive(Clone, Copy)]
pub struct Ticks {
    busy: u64,
    all: u64,
    own: u64,
}

impl Ticks {
    /// Of now; `processes` are the bench's own, this one aside.
    pub fn read(processes: &[u32]) -> Option<Self> {
        let stat = fs::read_to_string("/proc/stat").ok()?;
        let words = stat.lines().next()?.split_whitespace().skip(1);
        let fields: Vec<u64> = words.take(8).filter_map(|word| word.parse().ok()).collect();
        let all = fields.iter().sum::<u64>();
        let idle = fields.get(3)? + fields.get(4)?;
        let own = processes.iter().map(u32::to_string).chain(["self".to_owned()]);
        let own = own.filter_map(|process| ticks_of(&process)).sum();
        Some(Self { busy: all - idle, all, own })
    }

    /// Cores that were busy with something else since `before`.
    pub fn others_since(self, before: Self) -> f64 {
        let busy = (self.busy - before.busy).saturating_sub(self.own.saturating_sub(before.own));
        busy as f64 / (self.all - before.all).max(1) as f64 * cores()
    }
}

fn ticks_of(process: &str) -> Option<u64> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    let mut after_name = stat.rsplit(')').next()?.split_whitespace().skip(11);
    Some(after_name.next()?.parse::<u64>().ok()? + after_name.next()?.parse::<u64>().ok()?)
}

fn cores() -> f64 {
    let listed = fs::read_to_string("/proc/stat").unwrap_or_default();
    let count = listed.lines().filter(|line| line.starts_with("cpu") && !line.starts_with("cpu ")).count();
    count.max(1) as f64
}

/// Waits for a quiet moment, for a while.
///
/// # Errors
/// How many cores were busy at last.
pub fn wait_for_quiet(tries: u32) -> Result<(), f64> {
    let mut busy = f64::INFINITY;
    for attempt in 0..tries {
        if attempt > 0 {
            std::thread::sleep(QUIET_AGAIN);
        }
        let before = Ticks::read(&[]);
        std::thread::sleep(QUIET_LOOK);
        let (Some(before), Some(after)) = (before, Ticks::read(&[])) else { return Ok(()) };
        busy = after.others_since(before);
        if busy <= BUSY_CORES_MAX {
            return Ok(());
        }
    }
    Err(busy)
}

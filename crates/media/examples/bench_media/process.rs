//! Servers as processes of their own on one core: what they have spent and what they hold, ended by their own handle.

use crate::Outcome;
use crate::machine::{SERVER_CORE, first_number};
use std::collections::BTreeMap;
use std::fs;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

/// A running server; ended when dropped.
pub struct Process {
    child: Child,
}

impl Process {
    /// Starts `command` on the servers' core, as much before other programs as we run ourselves.
    pub fn start(command: &Command, output: Stdio) -> Outcome<Self> {
        let mut pinned = Command::new("taskset");
        pinned.args(["--cpu-list", SERVER_CORE]).arg(command.get_program()).args(command.get_args());
        let child = pinned.stdin(Stdio::piped()).stdout(output).spawn();
        let program = command.get_program().to_string_lossy();
        Ok(Self { child: child.map_err(|error| format!("cannot start {program}: {error}"))? })
    }

    pub fn take_pipes(&mut self) -> Option<(ChildStdin, ChildStdout)> {
        self.child.stdin.take().zip(self.child.stdout.take())
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Whether it has ended by itself.
    pub fn has_ended(&mut self) -> bool {
        !matches!(self.child.try_wait(), Ok(None))
    }

    /// What each of its threads has spent.
    pub fn cpu(&self) -> Outcome<Cpu> {
        let mut threads = BTreeMap::new();
        for task in fs::read_dir(format!("/proc/{}/task", self.id()))? {
            let path = task?.path();
            // A thread that ends between listing and reading has no line any more.
            let spent = fs::read_to_string(path.join("schedstat")).ok().and_then(|text| first_number(&text));
            let thread = path.file_name().and_then(|name| name.to_str()?.parse().ok());
            threads.extend(thread.zip(spent));
        }
        Ok(Cpu(threads))
    }

    /// Memory that it holds, in bytes.
    pub fn resident_bytes(&self) -> Outcome<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        Ok(line.and_then(first_number).ok_or("no VmRSS")? * 1_024)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ended = self.child.kill();
        let _status = self.child.wait();
    }
}

/// CPU time by thread, in nanoseconds: the scheduler's own count (proc_pid_schedstat(5)).
pub struct Cpu(BTreeMap<u32, u64>);

impl Cpu {
    /// What was spent since `before`, by all threads that are still there.
    pub fn since(&self, before: &Self) -> Duration {
        let spent = |(thread, now): (&u32, &u64)| now.saturating_sub(before.0.get(thread).copied().unwrap_or(0));
        Duration::from_nanos(self.0.iter().map(spent).sum())
    }
}

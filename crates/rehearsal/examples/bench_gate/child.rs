//! Servers as processes of their own: pinned to a core, their CPU time read, ended by their own handle.

use anyhow::{Context, bail};
use std::fs;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// The core of every server; the load has the other one.
pub const SERVER_CORE: &str = "1";
pub const LOAD_CORE: usize = 0;
const START_MAX: Duration = Duration::from_secs(30);

/// A running server; ended when dropped.
pub struct Server {
    child: Child,
    pub address: SocketAddr,
}

impl Server {
    /// Starts `command` on the servers' core and waits until `address` takes connections.
    pub fn start(command: &mut Command, address: SocketAddr) -> anyhow::Result<Self> {
        let mut pinned = Command::new("taskset");
        pinned.args(["-c", SERVER_CORE]).arg(command.get_program()).args(command.get_args());
        for (name, value) in command.get_envs() {
            match value {
                Some(value) => pinned.env(name, value),
                None => pinned.env_remove(name),
            };
        }
        let child = pinned.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn();
        let program = command.get_program().to_string_lossy().into_owned();
        let mut server = Self { child: child.with_context(|| format!("cannot start {program}"))?, address };
        let started = Instant::now();
        while TcpStream::connect_timeout(&address, Duration::from_millis(200)).is_err() {
            if let Some(status) = server.child.try_wait()? {
                bail!("{program} ended at once ({status}): {}", server.said());
            }
            if started.elapsed() > START_MAX {
                bail!("{program} does not listen on {address}");
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(server)
    }

    fn said(&mut self) -> String {
        let mut text = String::new();
        if let Some(mut errors) = self.child.stderr.take() {
            let _ = std::io::Read::read_to_string(&mut errors, &mut text);
        }
        text
    }

    /// CPU time of all its threads since it began, in nanoseconds: the scheduler's own count.
    pub fn cpu_ns(&self) -> anyhow::Result<u64> {
        let folder = format!("/proc/{}/task", self.child.id());
        let mut sum = 0;
        for task in fs::read_dir(&folder).with_context(|| folder.clone())? {
            let text = fs::read_to_string(task?.path().join("schedstat")).unwrap_or_default();
            sum += text.split_whitespace().next().and_then(|field| field.parse::<u64>().ok()).unwrap_or(0);
        }
        Ok(sum)
    }

    pub fn resident_bytes(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        line.and_then(|rest| rest.split_whitespace().next()?.parse::<u64>().ok()).map_or(0, |kib| kib * 1_024)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A port of loopback that was free a moment ago.
pub fn free_address() -> anyhow::Result<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}

/// How busy the machine is with something else, in cores, over half a second.
pub fn busy_cores() -> f64 {
    let read = || -> Option<(u64, u64)> {
        let text = fs::read_to_string("/proc/stat").ok()?;
        let fields: Vec<u64> =
            text.lines().next()?.split_whitespace().skip(1).filter_map(|it| it.parse().ok()).collect();
        let idle = fields.get(3)? + fields.get(4)?;
        Some((idle, fields.iter().take(8).sum()))
    };
    let Some(before) = read() else { return 0.0 };
    std::thread::sleep(Duration::from_millis(500));
    let Some(after) = read() else { return 0.0 };
    let all = after.1.saturating_sub(before.1).max(1) as f64;
    let idle = after.0.saturating_sub(before.0) as f64;
    let cores = std::thread::available_parallelism().map_or(1, usize::from) as f64;
    (1.0 - idle / all) * cores
}

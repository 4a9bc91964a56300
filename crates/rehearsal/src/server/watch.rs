//! What the server's process holds and what its gate says, looked at twice a second.

use crate::limits::{LOOK_MS, LOOKS_MAX};
use preau_gate::Snapshot;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::UnixStream;
use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval, timeout};

/// Clock ticks a second in /proc, the same on every Linux that we run on.
const TICKS_PER_S: f64 = 100.0;
/// As `preau serve` and `preau gate` name it.
const GATE_SOCKET: &str = "gate.sock";
const ANSWER_MAX: Duration = Duration::from_millis(800);

/// One look.
#[derive(Clone, Debug)]
pub(crate) struct Look {
    pub at: Instant,
    pub memory_kib: u64,
    pub descriptors: u64,
    /// Connections that the kernel has made and the server has not taken yet.
    pub accept_queue: u64,
    /// CPU time of the server, and of the rehearsal itself, since their starts.
    pub server_cpu_s: f64,
    pub own_cpu_s: f64,
    /// None while the gate did not answer.
    pub gate: Option<Box<Snapshot>>,
}

pub(crate) struct Watch {
    task: JoinHandle<()>,
    looks: Arc<Mutex<Vec<Look>>>,
}

impl Watch {
    pub(crate) fn start(pid: u32, port: u16, folder: &Path) -> Self {
        let looks = Arc::new(Mutex::new(Vec::new()));
        let task = tokio::spawn(keep_looking(pid, port, folder.to_path_buf(), looks.clone()));
        Self { task, looks }
    }

    /// Stops looking.
    pub(crate) fn end(self) -> Vec<Look> {
        self.task.abort();
        std::mem::take(&mut *self.looks.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

async fn keep_looking(pid: u32, port: u16, folder: PathBuf, looks: Arc<Mutex<Vec<Look>>>) {
    let mut ticks = interval(Duration::from_millis(LOOK_MS));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
    let mut control = None;
    for _ in 0..LOOKS_MAX {
        ticks.tick().await;
        let mut look = Look {
            at: Instant::now(),
            memory_kib: memory_kib(pid).unwrap_or(0),
            descriptors: std::fs::read_dir(format!("/proc/{pid}/fd")).map_or(0, |list| list.count() as u64),
            accept_queue: accept_queue(port),
            server_cpu_s: cpu_s(&format!("/proc/{pid}/stat")).unwrap_or(0.0),
            own_cpu_s: cpu_s("/proc/self/stat").unwrap_or(0.0),
            gate: None,
        };
        if control.is_none() {
            control = connect(&folder).await;
        }
        if let Some(stream) = &mut control {
            match timeout(ANSWER_MAX, ask(stream)).await {
                Ok(Some(snapshot)) => look.gate = Some(Box::new(snapshot)),
                _ => control = None,
            }
        }
        looks.lock().unwrap_or_else(PoisonError::into_inner).push(look);
    }
}

/// The gate's control socket, in the server's data folder.
async fn connect(folder: &Path) -> Option<BufReader<UnixStream>> {
    UnixStream::connect(folder.join(GATE_SOCKET)).await.ok().map(BufReader::new)
}

async fn ask(stream: &mut BufReader<UnixStream>) -> Option<Snapshot> {
    stream.get_mut().write_all(b"\"snapshot\"\n").await.ok()?;
    let mut line = String::new();
    stream.read_line(&mut line).await.ok()?;
    let mut told: serde_json::Value = serde_json::from_str(&line).ok()?;
    serde_json::from_value(told.get_mut("snapshot")?.take()).ok()
}

/// Of all sockets that listen on this port here (proc(5), /proc/net/tcp: what "rx_queue" says of a listening socket).
fn accept_queue(port: u16) -> u64 {
    let of = |path| listeners(path).map_or(0, |table| queued(&table, port));
    of("/proc/self/net/tcp") + of("/proc/self/net/tcp6")
}

/// The rows of those who listen, which come first: the kernel makes a row a connection, of which there are thousands.
fn listeners(path: &str) -> std::io::Result<String> {
    let mut table = String::new();
    for line in std::io::BufRead::lines(std::io::BufReader::new(std::fs::File::open(path)?)) {
        let line = line?;
        let is_heading = table.is_empty();
        if !is_heading && line.split_ascii_whitespace().nth(3) != Some(LISTENS) {
            break;
        }
        table.push_str(&line);
        table.push('\n');
    }
    Ok(table)
}

const LISTENS: &str = "0A";

fn queued(table: &str, port: u16) -> u64 {
    let of_line = |line: &str| {
        let mut fields = line.split_ascii_whitespace().skip(1);
        let (local, _peer, state, queues) = (fields.next()?, fields.next()?, fields.next()?, fields.next()?);
        let own = u16::from_str_radix(local.rsplit_once(':')?.1, 16).ok()? == port;
        let waiting = u64::from_str_radix(queues.split_once(':')?.1, 16).ok()?;
        (own && state == LISTENS).then_some(waiting)
    };
    table.lines().skip(1).filter_map(of_line).sum()
}

fn memory_kib(pid: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix(" kB")?.trim().parse().ok()
}

/// User and system time (proc_pid_stat(5), fields 14 and 15).
fn cpu_s(path: &str) -> Option<f64> {
    let stat = std::fs::read_to_string(path).ok()?;
    let (_, after_name) = stat.rsplit_once(") ")?;
    let fields: Vec<&str> = after_name.split(' ').collect();
    let ticks = |at: usize| fields.get(at)?.parse::<f64>().ok();
    Some((ticks(11)? + ticks(12)?) / TICKS_PER_S)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listening_socket_says_how_many_wait() {
        let table = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n\
            \x20  0: 0100007F:20FB 00000000:0000 0A 00000000:0000002A 00:00000000 00000000     0        0 1 1\n\
            \x20  1: 0100007F:20FB 0100007F:9999 01 00000000:00000007 00:00000000 00000000     0        0 2 1\n\
            \x20  2: 0100007F:20FC 00000000:0000 0A 00000000:00000001 00:00000000 00000000     0        0 3 1\nbroken\n";
        assert_eq!((queued(table, 0x20fb), queued(table, 0x20fc), queued("", 1)), (42, 1, 0));
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let _waits = std::net::TcpStream::connect(address).unwrap();
        assert_eq!(accept_queue(address.port()), 1);
    }

    #[test]
    fn reads_its_own_process() {
        assert!(memory_kib(std::process::id()).is_some_and(|kib| kib > 500));
        assert!(cpu_s("/proc/self/stat").is_some());
    }
}

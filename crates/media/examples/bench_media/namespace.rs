//! Namespaces of the bench's own: a network with loopback and one veth pair, both ends inside (Janus gathers no candidates on
//! loopback alone), from which no packet leaves; and processes, of which none outlives the bench.

use crate::Outcome;
use std::net::{IpAddr, Ipv4Addr};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Of the range for benchmarks (RFC 2544), which nobody has.
pub const SERVERS: IpAddr = IpAddr::V4(Ipv4Addr::new(198, 18, 0, 1));
pub const CLIENTS: IpAddr = IpAddr::V4(Ipv4Addr::new(198, 18, 0, 2));
/// Set for the process inside.
const MARK: &str = "PREAU_BENCH_NAMESPACE";
/// Both addresses are on one device: Janus binds what it sends to the device of its own address (IP_UNICAST_IF of ip(7)), and
/// so its packets go over loopback as ours do.
const SETUP: &str = "ip link set lo up && ip link add bench0 type veth peer name bench1 && \
    ip address add 198.18.0.1/30 dev bench0 && ip address add 198.18.0.2/30 dev bench0 && \
    ip link set bench0 up && ip link set bench1 up && exec \"$@\"";
const LOOK: Duration = Duration::from_millis(100);

pub fn is_inside() -> bool {
    std::env::var_os(MARK).is_some()
}

/// Runs this program again inside, and ends it, with every process that it has started, after `most` or with our own end.
pub fn run(arguments: &[String], most: Duration) -> Outcome<()> {
    let mut inside = Command::new("setpriv");
    inside.args(["--pdeathsig", "KILL", "--", "unshare", "--net", "--pid", "--mount-proc", "--fork", "--kill-child"]);
    inside.args(["--", "sh", "-c", SETUP, "sh"]).arg(std::env::current_exe()?).args(arguments);
    let mut child = inside.env(MARK, "1").stdin(Stdio::null()).spawn()?;
    let begun = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return if status.success() {
                Ok(())
            } else {
                Err(format!("it ended with {status}; it needs root").into())
            };
        }
        if begun.elapsed() > most {
            child.kill()?;
            child.wait()?;
            return Err(format!("not done within {} s, and ended", most.as_secs()).into());
        }
        std::thread::sleep(LOOK);
    }
}

//! A network namespace of the rehearsal's own: a network with nothing in it but us, where addresses can be given away and
//! packets forged without any of it reaching a wire.
//!
//! The rehearsal does not enter one: it starts itself again inside one, by `unshare` and `ip` (util-linux, iproute2).

use std::io;
use std::process::{Command, ExitStatus};

/// Set for the process inside; says that the namespace was made by a rehearsal.
const MARK: &str = "PREAU_REHEARSAL_NAMESPACE";
/// Makes the network: loopback up; the benchmark range routed to loopback, where nobody has its addresses, so that answers
/// to forged senders are swallowed; the documentation range of IPv6 as our own, each /64 of it a home.
const SETUP: &str = "ip link set lo up && ip address add 198.18.0.1/32 dev lo && ip route add 198.18.0.0/15 dev lo && \
    ip -6 route add local 2001:db8::/32 dev lo && echo 1 > /proc/sys/net/ipv6/ip_nonlocal_bind && exec \"$@\"";
/// Devices that kernels put into every new namespace; they are down and lead nowhere.
const IDLE_DEVICES: [&str; 9] =
    ["tunl0", "gre0", "gretap0", "erspan0", "ip_vti0", "ip6_vti0", "sit0", "ip6tnl0", "ip6gre0"];

/// Proof that this process is inside a namespace that a rehearsal made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Namespace(());

#[derive(Debug, thiserror::Error)]
pub enum NamespaceError {
    #[error("cannot start {program}: {source}")]
    Start { program: &'static str, source: io::Error },
    #[error("a network namespace cannot be made here ({0}); it needs root, or user namespaces")]
    Refused(String),
}

impl Namespace {
    /// Whether we are inside one: marked by our parent, and with a network that is not the machine's. The mark alone
    /// proves nothing: with a device that leads outside, it is not believed.
    pub fn current() -> Option<Self> {
        std::env::var_os(MARK)?;
        // Not /sys/class/net: it shows the network that it was mounted in.
        let listed = std::fs::read_to_string("/proc/self/net/dev").ok()?;
        only_ours(&listed).then_some(Self(()))
    }

    /// Runs this program again with these arguments inside a new namespace, and waits for its end.
    pub fn run(arguments: &[String]) -> Result<ExitStatus, NamespaceError> {
        let own = std::env::current_exe().map_err(|source| NamespaceError::Start { program: "preau", source })?;
        let mut unshare = Command::new("unshare");
        if !is_root() {
            unshare.args(["--user", "--map-root-user"]);
        }
        unshare.args(["--net", "--", "sh", "-c", SETUP, "sh"]).arg(own).args(arguments).env(MARK, "1");
        unshare.status().map_err(|source| NamespaceError::Start { program: "unshare", source })
    }

    /// Whether one can be made here.
    pub fn try_out() -> Result<(), NamespaceError> {
        let mut unshare = Command::new("unshare");
        if !is_root() {
            unshare.args(["--user", "--map-root-user"]);
        }
        let tried = unshare
            .args(["--net", "--", "sh", "-c", SETUP, "sh", "true"])
            .output()
            .map_err(|source| NamespaceError::Start { program: "unshare", source })?;
        if tried.status.success() {
            return Ok(());
        }
        let said = String::from_utf8_lossy(&tried.stderr);
        Err(NamespaceError::Refused(said.lines().next().unwrap_or("no reason given").to_owned()))
    }
}

fn is_root() -> bool {
    std::fs::metadata("/proc/self").is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) == 0)
}

/// `/proc/net/dev` lists loopback, and nothing that leads anywhere.
fn only_ours(listed: &str) -> bool {
    let names: Vec<&str> =
        listed.lines().filter_map(|line| line.split_once(':')).map(|(name, _)| name.trim()).collect();
    names.contains(&"lo") && names.iter().all(|name| *name == "lo" || IDLE_DEVICES.contains(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_that_leads_elsewhere_is_not_ours() {
        let head = "Inter-|   Receive\n face |bytes\n";
        let dev =
            |names: &[&str]| names.iter().fold(head.to_owned(), |text, name| format!("{text}  {name}: 0 0 0 0\n"));
        assert!(only_ours(&dev(&["lo"])) && only_ours(&dev(&["lo", "sit0", "tunl0"])));
        for other in [&["lo", "eth0"][..], &["lo", "sit0", "wlan0"], &["sit0"], &[]] {
            assert!(!only_ours(&dev(other)), "{other:?}");
        }
    }

    #[test]
    fn without_the_mark_there_is_none() {
        assert_eq!(Namespace::current(), None, "tests run in the machine's network");
    }
}

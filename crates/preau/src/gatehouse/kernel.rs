//! The kernel's help: networks of an attack are dropped before they cost us anything.

use crate::config::Config;
use preau_base::{Cidr, Instant, SharedClock};
use preau_front::record::Event;
use preau_front::{Front, FrontHandle, Gatekeeper};
use preau_gate::Snapshot;
use preau_kernel::{Denial, Kernel, KernelConfig};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

/// A network is denied for this long, and again if it goes on then: whoever has come there meanwhile is seen in between.
const DENIED_FOR: Duration = Duration::from_secs(60);

/// Nothing until it has been started, and nothing where the machine does not let us.
#[derive(Clone, Default)]
pub struct KernelHelp(Arc<OnceLock<Started>>);

struct Started {
    kernel: Kernel,
    front: FrontHandle,
    denied: Mutex<Denied>,
}

/// Each until when.
type Denied = HashMap<Cidr, Instant>;

/// What is asked of the kernel.
trait Table {
    fn allow(&self, network: Cidr);
    fn deny(&self, network: Cidr, lasts: Duration) -> Denial;
}

impl Table for Kernel {
    fn allow(&self, network: Cidr) {
        Self::allow(self, network);
    }

    fn deny(&self, network: Cidr, lasts: Duration) -> Denial {
        Self::deny(self, network, lasts)
    }
}

impl KernelHelp {
    /// Guards the ports that `front` really listens on. Behind a proxy the kernel sees the proxy alone, and can tell nobody
    /// apart.
    pub fn start(&self, config: &Config, front: &Front, clock: SharedClock) {
        if !config.gate.kernel {
            return;
        }
        if !config.trusted_proxies.is_empty() {
            tracing::info!("clients come through a proxy: the kernel cannot tell them apart and is left alone");
            return;
        }
        let ports = front.addresses().map(|(_, address)| address.port()).collect();
        let interface = config.gate.kernel_interface.clone();
        match Kernel::start(KernelConfig { interface, ..KernelConfig::new(ports, Vec::new()) }, clock) {
            Ok(kernel) => {
                tracing::info!("the kernel helps: an nftables table drops networks of an attack");
                let _first = self.0.set(Started { kernel, front: front.handle(), denied: Mutex::default() });
            }
            Err(why) => tracing::info!(%why, "the kernel does not help; the gate does it alone"),
        }
    }

    /// Called once a second.
    pub fn follow(&self, keeper: &Gatekeeper, snapshot: &Snapshot) {
        let Some(started) = self.0.get() else { return };
        let mut denied = started.denied.lock().unwrap_or_else(PoisonError::into_inner);
        let with_people = started.front.networks_with_people();
        for network in follow(&started.kernel, with_people, keeper.suspects(snapshot), snapshot.at, &mut denied) {
            let event = Event::Kernel { network: network.to_string(), denied: true, seconds: DENIED_FOR.as_secs() };
            keeper.record().event(event);
        }
    }

    /// Takes our table away.
    pub fn stop(&self) {
        if let Some(started) = self.0.get() {
            started.kernel.stop();
        }
    }
}

/// Spares networks with people, whether or not anybody there was refused: the kernel's meter looks at all. Gives the
/// suspects that are denied from now on.
fn follow(
    table: &impl Table,
    with_people: Vec<Cidr>,
    suspects: Vec<Cidr>,
    now: Instant,
    denied: &mut Denied,
) -> Vec<Cidr> {
    with_people.into_iter().for_each(|network| table.allow(network));
    denied.retain(|_, until| *until > now);
    let mut news = Vec::new();
    for network in suspects {
        if !denied.contains_key(&network) && table.deny(network, DENIED_FOR) == Denial::Denied {
            denied.insert(network, now.plus(DENIED_FOR));
            news.push(network);
        }
    }
    news
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::RefCell;

    /// Denies whom it does not spare, and notes what it is asked.
    #[derive(Default)]
    struct Notes(RefCell<Vec<String>>);

    impl Notes {
        fn note(&self, what: &str, network: Cidr) {
            self.0.borrow_mut().push(format!("{what} {network}"));
        }

        fn take(&self) -> Vec<String> {
            std::mem::take(&mut self.0.borrow_mut())
        }
    }

    impl Table for Notes {
        fn allow(&self, network: Cidr) {
            self.note("allow", network);
        }

        fn deny(&self, network: Cidr, lasts: Duration) -> Denial {
            assert_eq!(lasts, DENIED_FOR);
            self.note("deny", network);
            if network.is_ipv4() { Denial::Denied } else { Denial::Spared }
        }
    }

    #[test]
    fn people_are_spared_before_anybody_is_refused_and_suspects_denied_once_a_minute() {
        let net = |text: &str| text.parse::<Cidr>().expect("a network");
        let (table, mut denied) = (Notes::default(), Denied::new());
        let mut at = |second: i64, people: &[&str], suspects: &[&str]| {
            let [people, suspects] = [people, suspects].map(|texts| texts.iter().map(|text| net(text)).collect());
            let news = follow(&table, people, suspects, Instant::from_secs(second), &mut denied);
            (table.take(), news)
        };
        let school = vec!["allow 192.0.2.1/32".to_owned()];
        assert_eq!(at(0, &["192.0.2.1"], &[]), (school, vec![]), "nobody was refused there");
        let asked = vec!["deny 198.51.100.1/32".to_owned(), "deny 2001:db8::/64".to_owned()];
        assert_eq!(at(1, &[], &["198.51.100.1", "2001:db8::/64"]), (asked, vec![net("198.51.100.1")]));
        assert_eq!(at(60, &[], &["198.51.100.1"]), (vec![], vec![]));
        let again = vec!["deny 198.51.100.1/32".to_owned()];
        assert_eq!(at(61, &[], &["198.51.100.1"]), (again, vec![net("198.51.100.1")]));
    }
}

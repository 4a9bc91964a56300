use nix::sched::{CloneFlags, unshare};
use preau_base::{Cidr, SystemClock};
use preau_kernel::{Counters, Kernel, KernelConfig, Meter};
use socket2::{Domain, SockAddr, Socket, Type};
use std::net::{IpAddr, SocketAddr, TcpListener};
use std::process::{Command, Output};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// The longest wait for what the worker does each second or the kernel by itself.
pub const WAIT_MAX: Duration = Duration::from_secs(20);
/// How long a connection is waited for that may be denied: on a wire within one machine it comes in microseconds.
const CONNECT_MAX: Duration = Duration::from_millis(400);

pub const SERVER4: &str = "10.77.0.1";
pub const SERVER6: &str = "fd77::1";
pub const GOOD4: &str = "10.77.0.2";
pub const BAD4: &str = "10.77.0.3";
pub const GOOD6: &str = "fd77:0:0:2::2";
pub const BAD6: &str = "fd77:0:0:3::3";

/// Two namespaces with a wire between: the test's thread is in that of the server, and a thread of its own runs what clients do.
pub struct World {
    clients: Clients,
    listeners: Vec<TcpListener>,
    pub port: u16,
}

struct Clients {
    work: Option<Sender<Box<dyn FnOnce() + Send>>>,
    thread: Option<JoinHandle<()>>,
}

impl Drop for Clients {
    fn drop(&mut self) {
        self.work = None;
        if let Some(thread) = self.thread.take() {
            let _its_panic_was_told = thread.join();
        }
    }
}

/// Moves this thread, and what it starts, into a network namespace that goes with it.
fn new_namespace() {
    if let Err(error) = unshare(CloneFlags::CLONE_NEWNET) {
        panic!("the tests of preau-kernel make network namespaces and need root for it: {error}");
    }
    ip(&["link", "set", "lo", "up"]);
}

pub fn ip(arguments: &[&str]) {
    run("ip", "iproute2", arguments);
}

/// What `nft` prints.
pub fn nft(arguments: &[&str]) -> String {
    let output = run("nft", "nftables", arguments);
    String::from_utf8(output.stdout).expect("text")
}

fn run(program: &str, package: &str, arguments: &[&str]) -> Output {
    let path = format!("/usr/sbin/{program}");
    let output = match Command::new(path).args(arguments).output() {
        Ok(output) => output,
        Err(error) => panic!("{program} does not start ({error}); on Debian, as root: apt-get install {package}"),
    };
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program} {}: {told}", arguments.join(" "));
    output
}

impl World {
    pub fn new() -> Self {
        new_namespace();
        let (work, tasks): (Sender<Box<dyn FnOnce() + Send>>, Receiver<_>) = channel();
        let (ready, is_ready) = channel();
        let thread = std::thread::spawn(move || {
            new_namespace();
            ready.send(nix::unistd::gettid().to_string()).expect("the test waits");
            tasks.into_iter().for_each(|task: Box<dyn FnOnce() + Send>| task());
        });
        let clients = Clients { work: Some(work), thread: Some(thread) };
        let their_thread = is_ready.recv_timeout(WAIT_MAX).expect("the clients have a namespace");
        ip(&["link", "add", "wire", "type", "veth", "peer", "name", "wire", "netns", &their_thread]);
        set_up(&[SERVER4, SERVER6]);
        let mut world = Self { clients, listeners: Vec::new(), port: 0 };
        world.at_clients(|| set_up(&[GOOD4, BAD4, GOOD6, BAD6]));
        world.listen();
        world
    }

    fn listen(&mut self) {
        let first = TcpListener::bind((SERVER4, 0)).expect("listens");
        self.port = first.local_addr().expect("an address").port();
        let second = TcpListener::bind((SERVER6, self.port)).expect("listens");
        self.listeners = vec![first, second];
        for listener in &self.listeners {
            listener.set_nonblocking(true).expect("does not block");
        }
        // A wire's own IPv6 addresses take a second until they may be used (RFC 4862 §5.4).
        self.wait(|| [GOOD4, BAD4, GOOD6, BAD6].iter().all(|address| self.connects(address)));
    }

    /// Runs something in the clients' namespace.
    pub fn at_clients<T: Send + 'static>(&self, task: impl FnOnce() -> T + Send + 'static) -> T {
        let (give, given) = channel();
        let task = Box::new(move || {
            let _the_test_is_over = give.send(task());
        });
        let work = self.clients.work.as_ref().expect("the clients are there");
        work.send(task).expect("the clients are there");
        given.recv_timeout(WAIT_MAX).expect("the clients are not stuck")
    }

    pub fn config(&self) -> KernelConfig {
        KernelConfig {
            meter: Some(Meter { per_second: 1_000, burst: 1_000 }),
            ..KernelConfig::new(vec![self.port], vec![])
        }
    }

    pub fn start(&self, config: KernelConfig) -> Kernel {
        Kernel::start(config, Arc::new(SystemClock)).expect("the kernel helps")
    }

    /// Whether a new connection from there is taken, at our port.
    pub fn connects(&self, from: &str) -> bool {
        self.connects_to(from, self.port)
    }

    pub fn connects_to(&self, from: &str, port: u16) -> bool {
        let from: IpAddr = from.parse().expect("an address");
        let taken = self.at_clients(move || taken(&[begin(from, port)])) == 1;
        self.hang_up();
        taken
    }

    /// How many of so many connections are taken.
    pub fn connects_of(&self, from: &str, tries: usize) -> usize {
        let (from, port): (IpAddr, u16) = (from.parse().expect("an address"), self.port);
        let taken = self.at_clients(move || taken(&(0..tries).map(|_| begin(from, port)).collect::<Vec<_>>()));
        self.hang_up();
        taken
    }

    /// Takes what came in and ends it, so that there is room for more.
    fn hang_up(&self) {
        self.listeners.iter().for_each(|listener| while listener.accept().is_ok() {});
    }

    pub fn wait(&self, what: impl Fn() -> bool) {
        let begun = Instant::now();
        while !what() {
            assert!(begun.elapsed() < WAIT_MAX, "not in time; the table: {}", listing());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    pub fn wait_counted(&self, kernel: &Kernel, what: impl Fn(&Counters) -> bool) {
        self.wait(|| what(&kernel.counters()));
    }
}

/// The table as nft has it; empty without one.
pub fn listing() -> String {
    let output = Command::new("/usr/sbin/nft").args(["list", "ruleset"]).output().expect("nft starts");
    String::from_utf8(output.stdout).expect("text")
}

/// Addresses within a prefix of 16 and 32 bits are neighbours, and are used at once.
fn set_up(addresses: &[&str]) {
    for address in addresses {
        let bits = if address.contains(':') { "32" } else { "16" };
        let mut arguments = vec!["address", "add"];
        let with_bits = format!("{address}/{bits}");
        arguments.extend([with_bits.as_str(), "dev", "wire"]);
        if address.contains(':') {
            arguments.push("nodad");
        }
        ip(&arguments);
    }
    ip(&["link", "set", "wire", "up"]);
}

fn begin(from: IpAddr, port: u16) -> Socket {
    let (domain, to) = if from.is_ipv4() { (Domain::IPV4, SERVER4) } else { (Domain::IPV6, SERVER6) };
    let socket = Socket::new(domain, Type::STREAM, None).expect("a socket");
    socket.set_nonblocking(true).expect("does not block");
    socket.bind(&SockAddr::from(SocketAddr::new(from, 0))).expect("our address");
    let to = SocketAddr::new(to.parse().expect("an address"), port);
    let _under_way = socket.connect(&SockAddr::from(to));
    socket
}

/// How many are connected once all are or the time is over.
fn taken(sockets: &[Socket]) -> usize {
    let begun = Instant::now();
    loop {
        let taken = sockets.iter().filter(|socket| socket.peer_addr().is_ok()).count();
        if taken == sockets.len() || begun.elapsed() > CONNECT_MAX {
            return taken;
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}

pub fn net(text: &str) -> Cidr {
    text.parse().expect("a network")
}

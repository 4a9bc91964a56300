//! What the kernel's drop of one packet costs, against the least that a refusal in user space can: `cargo run --release
//! --package preau-kernel --example bench_drop` (with `--features xdp` also at the driver), as root. `-- --json` for machines.
//!
//! In network namespaces of its own, over a wire within this machine, a thread sends SYN packets of TCP connections, a bounded
//! number of them. The kernel receives and drops each within the call that sends it, so that the thread's CPU time holds both.
//! What sending alone costs is measured on a wire with nobody at its other end, and taken off. A driver that talks to a real network
//! card is not in it. Of the refusal only the CPU time of the refusing thread counts (accept, read, answer, close, without TLS and
//! HTTP): the kernel's work on its packets is left out. Both make the ratio smaller than it is.

#![expect(clippy::print_stdout, reason = "a bench answers on its standard output")]

use anyhow::{Context, bail};
use nix::sched::{CloneFlags, CpuSet, sched_setaffinity, unshare};
use nix::unistd::{Pid, gettid};
use preau_base::SystemClock;
use preau_kernel::{Kernel, KernelConfig};
use socket2::{Domain, Protocol, SockAddr, Socket, Type};
use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddrV4, TcpListener};
use std::process::Command;
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::time::Duration;

const SERVER: Ipv4Addr = Ipv4Addr::new(10, 79, 0, 1);
const CLIENT: Ipv4Addr = Ipv4Addr::new(10, 79, 0, 2);
const NOWHERE: Ipv4Addr = Ipv4Addr::new(10, 80, 0, 9);
const PORT: u16 = 443;
const PACKETS: u32 = 200_000;
const CONNECTIONS: u32 = 5_000;
/// The best of so many: whatever else the machine does only adds.
const ROUNDS: usize = 5;
const WAIT_MAX: Duration = Duration::from_secs(120);
const ANSWER: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

type Task = Box<dyn FnOnce() + Send>;

fn main() -> anyhow::Result<()> {
    new_namespace()?;
    let (work, tasks) = channel::<Task>();
    let (ready, is_ready) = channel();
    std::thread::spawn(move || {
        let told = new_namespace().map(|()| gettid().to_string());
        let _main_is_gone = ready.send(told);
        tasks.into_iter().for_each(|task| task());
    });
    let clients = is_ready.recv_timeout(WAIT_MAX)??;
    ip(&["link", "add", "wire", "type", "veth", "peer", "name", "wire", "netns", &clients])?;
    ip(&["address", "add", &format!("{SERVER}/16"), "dev", "wire"])?;
    ip(&["link", "set", "wire", "up"])?;
    let at_clients = |task: Box<dyn FnOnce() -> anyhow::Result<f64> + Send>| -> anyhow::Result<f64> {
        let (give, given) = channel();
        let task = move || {
            let _main_is_gone = give.send(task());
        };
        work.send(Box::new(task)).ok().context("the clients are gone")?;
        given.recv_timeout(WAIT_MAX)?
    };
    at_clients(Box::new(set_up_clients))?;
    let send = best(|| at_clients(Box::new(|| flood(NOWHERE))))?;
    let refuse = best(|| {
        let refusing = begin_refusing()?;
        at_clients(Box::new(connect_often))?;
        refusing.join().ok().context("the refusing thread")?
    })?;
    let table = dropping(None, || at_clients(Box::new(|| flood(SERVER))))?;
    let driver = match cfg!(feature = "xdp") {
        true => Some(dropping(Some("wire"), || at_clients(Box::new(|| flood(SERVER))))?),
        false => None,
    };
    print(send, refuse, table, driver);
    program_alone()
}

fn print(send: f64, refuse: f64, table: f64, driver: Option<f64>) {
    let net = |with_sending: f64| (with_sending - send).max(1.0);
    if std::env::args().any(|argument| argument == "--json") {
        let driver = driver.map_or("null".to_owned(), |driver| format!("{:.0}", net(driver)));
        println!(
            "{{\"send_ns\":{send:.0},\"drop_nftables_ns\":{:.0},\"drop_xdp_ns\":{driver},\"refuse_plain_ns\":{refuse:.0}}}",
            net(table)
        );
        return;
    }
    println!("sending alone                          {send:>8.0} ns a packet");
    let row = |what: &str, ns: f64| {
        println!("{what:<38} {ns:>8.0} ns a packet, {:>5.0} × cheaper than refusing", refuse / ns);
    };
    row("dropped by the table (nftables)", net(table));
    if let Some(driver) = driver {
        row("dropped at the driver (XDP)", net(driver));
    }
    println!("refused in user space, without TLS     {refuse:>8.0} ns a connection, at the least");
}

/// Without packets that come and go: what the program itself adds to each packet that a driver receives.
#[cfg(feature = "xdp")]
fn program_alone() -> anyhow::Result<()> {
    let trial = preau_kernel::Trial::new(&[PORT], &["10.79.0.2".parse()?], &[])?;
    let ip = [0x45, 0, 0, 40, 0, 1, 0, 0, 64, 6, 0, 0];
    let frame = [&[2; 12][..], &[8, 0], &ip, &CLIENT.octets(), &SERVER.octets(), &syn(SERVER, 0)].concat();
    let ns = trial.time(&frame, 1_000_000)?.as_nanos();
    if !std::env::args().any(|argument| argument == "--json") {
        println!("the program at the driver, alone       {ns:>8} ns a packet");
    }
    Ok(())
}

#[cfg(not(feature = "xdp"))]
fn program_alone() -> anyhow::Result<()> {
    Ok(())
}

fn best(mut run: impl FnMut() -> anyhow::Result<f64>) -> anyhow::Result<f64> {
    (0..ROUNDS).try_fold(f64::INFINITY, |best, _| Ok(run()?.min(best)))
}

/// The flood against a kernel that denies it.
fn dropping(interface: Option<&str>, flood: impl FnMut() -> anyhow::Result<f64>) -> anyhow::Result<f64> {
    let config = KernelConfig { interface: interface.map(str::to_owned), ..KernelConfig::new(vec![PORT], vec![]) };
    let kernel = Kernel::start(config, Arc::new(SystemClock))?;
    if let Some(why) = kernel.driver_failure() {
        bail!(why);
    }
    kernel.deny("10.79.0.2".parse()?, Duration::from_secs(3_600));
    let mut flood = flood;
    let dropped = || {
        let counters = kernel.counters();
        if interface.is_some() { counters.driver_packets } else { counters.denied_packets }
    };
    // The first rounds are over before the denial is in force.
    for _ in 0..20 {
        flood()?;
        if dropped() > u64::from(PACKETS) {
            return best(flood);
        }
        std::thread::sleep(Duration::from_secs(1));
    }
    bail!("the kernel drops nothing: {:?}", kernel.counters())
}

fn new_namespace() -> anyhow::Result<()> {
    unshare(CloneFlags::CLONE_NEWNET).context("a network namespace of its own needs root")?;
    ip(&["link", "set", "lo", "up"])
}

fn ip(arguments: &[&str]) -> anyhow::Result<()> {
    let output = Command::new("/usr/sbin/ip").args(arguments).output().context("ip (package iproute2)")?;
    if !output.status.success() {
        bail!("ip {}: {}", arguments.join(" "), String::from_utf8_lossy(&output.stderr));
    }
    Ok(())
}

fn set_up_clients() -> anyhow::Result<f64> {
    let mut last = CpuSet::new();
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    last.set(processors - 1)?;
    sched_setaffinity(Pid::from_raw(0), &last)?;
    ip(&["address", "add", &format!("{CLIENT}/16"), "dev", "wire"])?;
    ip(&["link", "set", "wire", "up"])?;
    // A wire with nobody at its other end.
    ip(&["link", "add", "hole", "type", "veth", "peer", "name", "nobody"])?;
    ip(&["link", "set", "hole", "up"])?;
    ip(&["route", "add", &format!("{NOWHERE}/32"), "dev", "hole"])?;
    ip(&["neighbour", "add", &NOWHERE.to_string(), "lladdr", "02:00:00:00:00:09", "dev", "hole"])?;
    Ok(0.0)
}

/// Sends SYN packets; gives the CPU time of this thread for each, in nanoseconds.
fn flood(to: Ipv4Addr) -> anyhow::Result<f64> {
    let socket = Socket::new(Domain::IPV4, Type::RAW, Some(Protocol::TCP))?;
    socket.bind(&SockAddr::from(SocketAddrV4::new(CLIENT, 0)))?;
    let target = SockAddr::from(SocketAddrV4::new(to, 0));
    let begun = cpu_ns()?;
    for number in 0..PACKETS {
        socket.send_to(&syn(to, number), &target)?;
    }
    Ok((cpu_ns()? - begun) / f64::from(PACKETS))
}

/// A TCP header with SYN set (RFC 9293 §3.1), each from another port and with another sequence number.
fn syn(to: Ipv4Addr, number: u32) -> [u8; 20] {
    let mut header = [0; 20];
    let port = 1_024 + (number % 60_000) as u16;
    header[0..2].copy_from_slice(&port.to_be_bytes());
    header[2..4].copy_from_slice(&PORT.to_be_bytes());
    header[4..8].copy_from_slice(&number.to_be_bytes());
    header[12] = 5 << 4;
    header[13] = 2;
    header[14..16].copy_from_slice(&64_240_u16.to_be_bytes());
    let pseudo = [&CLIENT.octets()[..], &to.octets(), &[0, 6, 0, 20]].concat();
    let words = pseudo.chunks_exact(2).chain(header.chunks_exact(2));
    let mut sum: u32 = words.map(|word| u32::from(u16::from_be_bytes([word[0], word[1]]))).sum();
    sum = (sum & 0xffff) + (sum >> 16);
    sum = (sum & 0xffff) + (sum >> 16);
    header[16..18].copy_from_slice(&(!sum as u16).to_be_bytes());
    header
}

/// Accepts, reads a request, refuses it, closes. Gives the CPU time of its thread for each.
fn begin_refusing() -> anyhow::Result<std::thread::JoinHandle<anyhow::Result<f64>>> {
    let listener = TcpListener::bind((SERVER, PORT))?;
    Ok(std::thread::spawn(move || {
        let mut request = [0; 1_024];
        let begun = cpu_ns()?;
        for _ in 0..CONNECTIONS {
            let (mut stream, _) = listener.accept()?;
            let _bytes = stream.read(&mut request)?;
            stream.write_all(ANSWER)?;
        }
        Ok((cpu_ns()? - begun) / f64::from(CONNECTIONS))
    }))
}

fn connect_often() -> anyhow::Result<f64> {
    let mut answer = Vec::new();
    for _ in 0..CONNECTIONS {
        let mut stream = std::net::TcpStream::connect((SERVER, PORT))?;
        stream.write_all(b"GET / HTTP/1.1\r\nHost: ecole.example\r\n\r\n")?;
        answer.clear();
        stream.read_to_end(&mut answer)?;
    }
    Ok(0.0)
}

/// CPU time of this thread, in nanoseconds, what the kernel did in its calls included (proc(5), `schedstat`).
fn cpu_ns() -> anyhow::Result<f64> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").context("/proc/thread-self/schedstat")?;
    text.split_whitespace().next().context("schedstat is empty")?.parse().context("schedstat")
}

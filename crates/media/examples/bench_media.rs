//! CPU per forwarded packet: one publisher, thirty viewers, congestion control on, against the floor of the same run:
//! the same packets encrypted with AES-128-GCM and sent with `sendmmsg` by a thread that does nothing else.
//!
//! `cargo xtask bench media`. Server and floor run on one core, the clients on another; rounds alternate, and of each
//! the cheapest counts.

#![expect(clippy::print_stdout, reason = "a bench prints what it found")]

use aws_lc_rs::aead::{AES_128_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use preau_base::SystemRng;
use preau_media::client::{Client, ClientConfig};
use preau_media::floor::{Outgoing, Outlet};
use preau_media::{Media, MediaConfig, MediaEvent, PeerId, PublishRights, Room, SlotWant};
use std::error::Error;
use std::fs;
use std::net::{SocketAddr, UdpSocket};
use std::process::{Command, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

const VIEWERS: usize = 30;
/// Bytes of a frame of each layer at 30 frames a second: about 0.15, 0.45 and 1.2 Mbit/s.
const FRAMES: [usize; 3] = [625, 1_875, 5_000];
const FRAME_EVERY: Duration = Duration::from_nanos(33_333_333);
const VOICE_EVERY: Duration = Duration::from_millis(20);
/// What a viewer gets of a frame, and of a voice: packets and bytes of each, with RTP header and extensions.
const FRAME_PACKETS: (usize, usize) = (5, 1_000 + 32);
const VOICE_BYTES: usize = 80 + 28;
const TAG_BYTES: usize = 16;
const ROUNDS: usize = 6;
/// A round counts when at least this share of what the floor sends was forwarded.
const WHOLE: f64 = 0.9;
const WARM_UP: Duration = Duration::from_secs(5);
/// Slices of a round, and how long each is: not measured, the server, the floor.
const SLICES: usize = 8;
const SETTLE_TIME: Duration = Duration::from_millis(150);
const SERVER_TIME: Duration = Duration::from_millis(500);
const FLOOR_TIME: Duration = Duration::from_millis(400);
/// A machine whose other work takes more of its time than this, in 1/100, is busy.
const BUSY: u64 = 25;

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let mut lesson = Lesson::start(&runtime)?;
    lesson.connect()?;
    let server = thread_named("media-0").ok_or("the media thread is not found")?;
    let pinned = pin(server, 0) && pin(thread_named("bench_media").unwrap_or(std::process::id()), 1);
    let floor = Floor::start()?;
    lesson.run(WARM_UP, true, &floor)?;
    let (mut ours, mut floors) = (f64::MAX, f64::MAX);
    let busy_before = cpu_times();
    for round in 1..=ROUNDS {
        let (our, raw, share) = lesson.measure(server, &floor)?;
        floors = floors.min(raw);
        if share < WHOLE {
            println!("round {round}: only {:.0} % of the packets went out; it doesn't count", share * 100.0);
        } else {
            println!("round {round}: ours {our:.2} µs, floor {raw:.2} µs a packet");
            ours = ours.min(our);
        }
    }
    if ours == f64::MAX {
        println!("the estimate never let the best picture through: the machine is too busy to measure");
        return Ok(());
    }
    let lost = lesson.lost_share();
    println!(
        "1 publisher → {VIEWERS} viewers, congestion control on, CPU of the media thread for each forwarded packet"
    );
    println!("  ours  {ours:.2} µs");
    println!("  floor {floors:.2} µs (AES-128-GCM and sendmmsg of the same packets)");
    println!("  floor / ours = {:.2} (the bar is 0.35)", floors / ours);
    if lost > 0.01 {
        println!("  {:.1} % of the packets were lost on the way: the clients cannot keep up", lost * 100.0);
    }
    if !pinned {
        println!("  the threads could not be pinned to cores: expect more noise");
    }
    if let Some(others) = others_share(busy_before, cpu_times()).filter(|&others| others > BUSY) {
        println!("  the machine is busy: {others} % of its time went to other work; run again when it is quiet");
    }
    Ok(())
}

/// CPU time and the packets it was spent on.
#[derive(Clone, Copy, Default)]
struct Spent {
    cpu: Duration,
    packets: u64,
}

impl Spent {
    fn add(&mut self, cpu: Duration, packets: u64) {
        self.cpu += cpu;
        self.packets += packets;
    }

    fn add_all(&mut self, other: Self) {
        self.add(other.cpu, other.packets);
    }

    fn each_us(self) -> f64 {
        self.cpu.as_secs_f64() * 1e6 / self.packets.max(1) as f64
    }
}

/// The lesson: its server, a publisher (the first client), and the viewers.
struct Lesson {
    media: Media,
    _room: Room,
    listener: tokio::sync::mpsc::Receiver<MediaEvent>,
    clients: Vec<Client>,
    next_frame: Instant,
    next_voice: Instant,
    forwarded: u64,
    received: u64,
}

impl Lesson {
    fn start(runtime: &tokio::runtime::Runtime) -> Outcome<Self> {
        let config = MediaConfig {
            udp_bind: "127.0.0.1:0".parse()?,
            tcp_bind: None,
            public_addresses: Vec::new(),
            threads: 1,
            initial_kbps: 3_000,
        };
        let media = Media::start(config, Box::new(SystemRng))?;
        let (events, listener) = tokio::sync::mpsc::channel(1_024);
        let room = media.open_room(1, events)?;
        let mut clients = Vec::new();
        for id in 0..=VIEWERS {
            let (mut client, offer) = Client::new(ClientConfig::default(), Instant::now())?;
            let rights = if id == 0 { PublishRights::ALL } else { PublishRights::NONE };
            let peer = PeerId(id as u64);
            client.accept(&runtime.block_on(room.join(peer, rights, offer))?)?;
            let want = |mid: &str| SlotWant { mid: mid.to_owned(), max_width_px: 1_280 };
            room.set_want(peer, client.pictures.iter().map(|mid| want(mid)).collect())?;
            clients.push(client);
        }
        let now = Instant::now();
        Ok(Self { media, _room: room, listener, clients, next_frame: now, next_voice: now, forwarded: 0, received: 0 })
    }

    fn connect(&mut self) -> Outcome<()> {
        let start = Instant::now();
        while !self.clients.iter().all(|client| client.connected) {
            if start.elapsed() > Duration::from_secs(20) {
                return Err("the clients do not connect".into());
            }
            self.step(false);
        }
        Ok(())
    }

    fn step(&mut self, publish: bool) {
        let now = Instant::now();
        if publish && now >= self.next_frame {
            self.clients[0].send_camera(FRAMES, 3_000, now);
            self.next_frame = (self.next_frame + FRAME_EVERY).max(now);
        }
        if publish && now >= self.next_voice {
            self.clients[0].send_voice(-25, now);
            self.next_voice = (self.next_voice + VOICE_EVERY).max(now);
        }
        for client in &mut self.clients {
            client.step();
        }
        while self.listener.try_recv().is_ok() {}
        std::thread::sleep(Duration::from_micros(500));
    }

    fn run(&mut self, time: Duration, publish: bool, floor: &Floor) -> Outcome<()> {
        let start = Instant::now();
        while start.elapsed() < time {
            self.step(publish);
            floor.swallow();
        }
        Ok(())
    }

    fn packets(&self) -> u64 {
        self.clients[1..].iter().flat_map(|client| client.received.values()).map(|slot| slot.packets).sum()
    }

    /// One round: CPU for each packet of the server and of the floor, in µs, and of the packets that the floor would
    /// send in the server's time, the share that was forwarded. Short slices of both take turns, so short that nobody's
    /// estimate of the bandwidth notices.
    fn measure(&mut self, server: u32, floor: &Floor) -> Outcome<(f64, f64, f64)> {
        let mut ours = Spent::default();
        let mut raw = Spent::default();
        let mut time = Duration::ZERO;
        let arrived = self.packets();
        let before = self.media.forwarded_packets();
        for _ in 0..SLICES {
            self.run(SETTLE_TIME, true, floor)?;
            let start = Instant::now();
            let (cpu, packets) = (cpu_of(server)?, self.media.forwarded_packets());
            self.run(SERVER_TIME, true, floor)?;
            ours.add(cpu_of(server)? - cpu, self.media.forwarded_packets() - packets);
            time += start.elapsed();
            raw.add_all(floor.measure(self)?);
        }
        self.forwarded += self.media.forwarded_packets() - before;
        self.received += self.packets() - arrived;
        let floor_rate = FRAME_PACKETS.0 as f64 / FRAME_EVERY.as_secs_f64() + 1.0 / VOICE_EVERY.as_secs_f64();
        let share = ours.packets as f64 / (floor_rate * VIEWERS as f64 * time.as_secs_f64());
        Ok((ours.each_us(), raw.each_us(), share))
    }

    fn lost_share(&self) -> f64 {
        1.0 - (self.received as f64 / self.forwarded.max(1) as f64).min(1.0)
    }
}

/// The floor: a thread that sends what the room sends, and sockets that take it.
struct Floor {
    orders: Sender<Duration>,
    results: Receiver<Spent>,
    sinks: Vec<UdpSocket>,
}

impl Floor {
    fn start() -> Outcome<Self> {
        let sinks = (0..VIEWERS).map(|_| UdpSocket::bind("127.0.0.1:0")).collect::<Result<Vec<_>, _>>()?;
        let mut addresses = Vec::new();
        for sink in &sinks {
            sink.set_nonblocking(true)?;
            addresses.push(sink.local_addr()?);
        }
        let (orders, to_do) = channel::<Duration>();
        let (done, results) = channel();
        let mut sender = FloorSender::new(&addresses)?;
        std::thread::Builder::new().name("floor".into()).spawn(move || {
            while let Ok(time) = to_do.recv() {
                if done.send(sender.send_for(time)).is_err() {
                    break;
                }
            }
        })?;
        let floor = thread_named("floor").ok_or("the floor's thread is not found")?;
        pin(floor, 0);
        Ok(Self { orders, results, sinks })
    }

    fn swallow(&self) {
        let mut buffer = [0; 2_048];
        for sink in &self.sinks {
            while sink.recv(&mut buffer).is_ok() {}
        }
    }

    fn measure(&self, lesson: &mut Lesson) -> Outcome<Spent> {
        self.orders.send(FLOOR_TIME)?;
        loop {
            lesson.step(false);
            self.swallow();
            if let Ok(result) = self.results.try_recv() {
                return Ok(result);
            }
        }
    }
}

struct FloorSender {
    socket: UdpSocket,
    keys: Vec<LessSafeKey>,
    frame: Vec<Outgoing>,
    voice: Vec<Outgoing>,
    counter: u64,
}

impl FloorSender {
    fn new(addresses: &[SocketAddr]) -> Outcome<Self> {
        let socket = UdpSocket::bind("127.0.0.1:0")?;
        let key = |index: usize| {
            let bytes = [u8::try_from(index).unwrap_or(0); 16];
            UnboundKey::new(&AES_128_GCM, &bytes).map(LessSafeKey::new)
        };
        let keys = (0..addresses.len()).map(key).collect::<Result<Vec<_>, _>>()?;
        let batch = |packets: usize, bytes: usize| -> Vec<Outgoing> {
            let datagram = |&to| Outgoing { to, from: None, bytes: vec![0xa5; bytes + TAG_BYTES] };
            (0..packets).flat_map(|_| addresses.iter().map(datagram)).collect()
        };
        let (frame, voice) = (batch(FRAME_PACKETS.0, FRAME_PACKETS.1), batch(1, VOICE_BYTES));
        Ok(Self { socket, keys, frame, voice, counter: 0 })
    }

    /// Sends frames and voices as the room does.
    fn send_for(&mut self, time: Duration) -> Spent {
        let start = Instant::now();
        let (mut next_frame, mut next_voice) = (start, start);
        let before = own_cpu();
        let mut packets = 0;
        while start.elapsed() < time {
            let now = Instant::now();
            if now >= next_frame {
                next_frame += FRAME_EVERY;
                packets += seal_and_send(&self.socket, &self.keys, &mut self.frame, &mut self.counter);
            }
            if now >= next_voice {
                next_voice += VOICE_EVERY;
                packets += seal_and_send(&self.socket, &self.keys, &mut self.voice, &mut self.counter);
            }
            std::thread::sleep(next_frame.min(next_voice).saturating_duration_since(Instant::now()));
        }
        Spent { cpu: own_cpu() - before, packets }
    }
}

fn seal_and_send(socket: &UdpSocket, keys: &[LessSafeKey], batch: &mut [Outgoing], counter: &mut u64) -> u64 {
    let mut sealed = 0;
    for (datagram, key) in batch.iter_mut().zip(keys.iter().cycle()) {
        *counter += 1;
        let mut nonce = [0; NONCE_LEN];
        nonce[..8].copy_from_slice(&counter.to_le_bytes());
        let (header, rest) = datagram.bytes.split_at_mut(28);
        let (payload, room) = rest.split_at_mut(rest.len() - TAG_BYTES);
        let nonce = Nonce::assume_unique_for_key(nonce);
        if let Ok(tag) = key.seal_in_place_separate_tag(nonce, Aad::from(header), payload) {
            room.copy_from_slice(tag.as_ref());
            sealed += 1;
        }
    }
    Outlet::new(false, false).send_all(socket, batch);
    sealed
}

/// The thread of this process with this name, once it has started.
fn thread_named(name: &str) -> Option<u32> {
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(2) {
        if let Some(found) = find_thread(name) {
            return Some(found);
        }
        std::thread::yield_now();
    }
    None
}

fn find_thread(name: &str) -> Option<u32> {
    let threads = fs::read_dir("/proc/self/task").ok()?;
    threads.flatten().find_map(|thread| {
        let comm = fs::read_to_string(thread.path().join("comm")).ok()?;
        (comm.trim() == name).then(|| thread.file_name().to_str()?.parse().ok()).flatten()
    })
}

/// Keeps a thread on a core and, where we may, ahead of other programs: a client that waits for its turn looks to the
/// server's congestion control like a slow network.
fn pin(thread: u32, core: usize) -> bool {
    let thread = thread.to_string();
    run("chrt", &["--fifo", "--pid", "10", &thread]);
    if std::thread::available_parallelism().map_or(1, usize::from) <= core {
        return false;
    }
    run("taskset", &["--pid", "--cpu-list", &core.to_string(), &thread])
}

fn run(program: &str, arguments: &[&str]) -> bool {
    let mut command = Command::new(program);
    command.args(arguments).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// CPU time of a thread of this process (proc_pid_schedstat(5)).
fn cpu_of(thread: u32) -> Outcome<Duration> {
    let text = fs::read_to_string(format!("/proc/self/task/{thread}/schedstat"))?;
    let nanos = text.split_whitespace().next().ok_or("no schedstat")?.parse()?;
    Ok(Duration::from_nanos(nanos))
}

fn own_cpu() -> Duration {
    let text = fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    Duration::from_nanos(text.split_whitespace().next().and_then(|nanos| nanos.parse().ok()).unwrap_or(0))
}

/// Busy ticks of the whole machine, all its ticks, and the busy ticks of this process.
fn cpu_times() -> Option<[u64; 3]> {
    let stat = fs::read_to_string("/proc/stat").ok()?;
    let all: Vec<u64> = stat.lines().next()?.split_whitespace().skip(1).filter_map(|word| word.parse().ok()).collect();
    let total = all.iter().take(8).sum::<u64>();
    let idle = all.get(3)? + all.get(4)?;
    let own = fs::read_to_string("/proc/self/stat").ok()?;
    let after_name: Vec<&str> = own.rsplit(')').next()?.split_whitespace().collect();
    let own = after_name.get(11)?.parse::<u64>().ok()? + after_name.get(12)?.parse::<u64>().ok()?;
    Some([total - idle, total, own])
}

fn others_share(before: Option<[u64; 3]>, after: Option<[u64; 3]>) -> Option<u64> {
    let (before, after) = (before?, after?);
    let [busy, total, own] = [0, 1, 2].map(|index| after[index].saturating_sub(before[index]));
    Some(busy.saturating_sub(own) * 100 / total.max(1))
}

//! A media thread: one loop over its sockets, its timers and the commands for its rooms.

use crate::api::{Codec, MediaError, MediaEvent, PeerId, PublishRights};
use crate::join::{Offer, Terms};
use crate::ladder::Ladder;
use crate::ledger::{Ledger, publish};
use crate::limits::{ROOMS_PER_THREAD_MAX, THREADS_MAX};
use crate::load::Second;
use crate::look::RoomLook;
use crate::net::{Joining, Net, Place, Timer, thread_of};
use crate::outbox::Outbox;
use crate::peer::Path;
use crate::room::{Arrival, Order, RoomState};
use crate::stun;
use crate::sys::{Inbox, Interest, Outlet, Poll, Ready, Waker, thread_cpu};
use crate::tcp::{FIRST_TCP_TOKEN, Handover};
use crate::times::Times;
use preau_base::{Clock as _, Rng, SystemClock};
use std::collections::{BTreeSet, HashMap};
use std::io;
use std::net::{IpAddr, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::Receiver;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use str0m::config::DtlsCert;
use str0m::net::Protocol;
use tokio::sync::{mpsc, oneshot};

const WAKER: u64 = 0;
const UDP: u64 = 1;
const LISTENER: u64 = 2;
/// The thread looks around at least so often.
const IDLE: Duration = Duration::from_secs(1);
/// Turns of a thread with many peers begin at least so far apart: what comes meanwhile is worked on together.
const TURN: Duration = Duration::from_millis(5);
/// The same of a thread that is on a core for more than [`BUSY_PERCENT`] of its time: what a turn costs by itself is little
/// beside what it has to do then, and lessons wait for each other.
const BUSY_TURN: Duration = Duration::from_micros(500);
const BUSY_PERCENT: u32 = 8;
/// The same after a while in which nothing was forwarded and nobody joined.
const IDLE_TURN: Duration = Duration::from_millis(20);
const IDLE_AFTER: Duration = Duration::from_millis(500);
/// So many datagrams leave at once, before the next room is worked on.
const DATAGRAMS_AT_ONCE: usize = 64;
/// A thread with so many peers has many.
const CROWD: usize = 8;
/// Batches of datagrams taken in before the answers go out.
const BATCHES_PER_TURN: usize = 4;
/// Connections taken in one turn.
const ACCEPTS_PER_TURN: usize = 32;

/// What a thread is told.
pub enum Command {
    Open { key: u64, id: u128, events: mpsc::Sender<MediaEvent> },
    Join { room: u64, peer: PeerId, rights: PublishRights, offer: Offer, answer: oneshot::Sender<JoinAnswer> },
    Order { room: u64, order: Order },
    Look { answer: oneshot::Sender<Vec<RoomLook>> },
    Close { room: u64 },
    Adopt(Box<Handover>),
    Stop,
}

type JoinAnswer = Result<String, MediaError>;

/// How others reach a thread.
#[derive(Clone)]
pub struct Post {
    pub commands: std::sync::mpsc::Sender<Command>,
    pub waker: Arc<Waker>,
    pub queued: Arc<AtomicUsize>,
    /// Rooms that are open on the thread.
    pub rooms: Arc<AtomicUsize>,
    /// RTP packets that the thread has forwarded.
    pub forwarded: Arc<AtomicU64>,
    /// How much of its pictures a lesson may show.
    pub ladder: Arc<Ladder>,
    pub ledger: Ledger,
}

impl Post {
    /// Hands a command over; `limit` bounds how many may wait.
    pub fn send(&self, command: Command, limit: usize) -> Result<(), MediaError> {
        if self.queued.fetch_add(1, Ordering::Relaxed) >= limit {
            self.queued.fetch_sub(1, Ordering::Relaxed);
            return Err(MediaError::Busy);
        }
        self.commands.send(command).map_err(|_| MediaError::Closed)?;
        self.waker.wake();
        Ok(())
    }
}

/// What a thread starts with.
pub struct Setup {
    pub index: usize,
    pub udp: UdpSocket,
    pub listener: Option<TcpListener>,
    pub udp_candidates: Vec<SocketAddr>,
    pub tcp_candidates: Vec<SocketAddr>,
    pub initial_kbps: u32,
    pub codec: Codec,
    pub cert: DtlsCert,
    pub rng: Arc<Mutex<Box<dyn Rng>>>,
    pub commands: Receiver<Command>,
    pub post: Post,
    /// Every thread, by index.
    pub posts: Vec<Post>,
}

pub struct Worker {
    setup: Setup,
    poll: Poll,
    /// Away while its datagrams are worked on.
    inbox: Option<Box<Inbox>>,
    net: Net,
    rooms: HashMap<u64, Box<RoomState>>,
    /// Rooms with something to do at the end of this turn.
    busy: BTreeSet<u64>,
    /// Last events of rooms that are over and whose listeners are slow.
    farewells: Vec<Outbox>,
    looked: Instant,
    /// On a core until then.
    cpu: Duration,
    /// Packets forwarded until then.
    forwarded: u64,
    crowded: bool,
    /// Of the last second the thread was on a core for more than [`BUSY_PERCENT`].
    is_busy: bool,
    /// Packets forwarded and time spent on joins at the end of a turn, and since when they are the same.
    done: (u64, Duration),
    done_since: Instant,
    stopping: bool,
}

impl Worker {
    pub fn new(setup: Setup) -> io::Result<Self> {
        let poll = Poll::new(256)?;
        poll.add(&*setup.post.waker, WAKER, Interest::Read)?;
        poll.add(&setup.udp, UDP, Interest::Read)?;
        if let Some(listener) = &setup.listener {
            poll.add(listener, LISTENER, Interest::Read)?;
        }
        let net = Net {
            lateness: Default::default(),
            times: Times::new(Instant::now()),
            joining: Joining::default(),
            watching: Default::default(),
            out: Vec::new(),
            spare: Vec::new(),
            out_tcp: Vec::new(),
            routes: Default::default(),
            timers: Default::default(),
            tcp: Default::default(),
            tcp_gone: Vec::new(),
            counters: Default::default(),
            outlet: Outlet::new(setup.udp.local_addr()?.is_ipv6(), true),
            udp: setup.udp.try_clone()?,
            udp_candidates: setup.udp_candidates.clone(),
            tcp_candidates: setup.tcp_candidates.clone(),
        };
        Ok(Self {
            setup,
            poll,
            inbox: Some(Box::default()),
            net,
            rooms: HashMap::new(),
            busy: BTreeSet::new(),
            farewells: Vec::new(),
            looked: Instant::now(),
            cpu: Duration::ZERO,
            forwarded: 0,
            crowded: false,
            is_busy: false,
            done: (0, Duration::ZERO),
            done_since: Instant::now(),
            stopping: false,
        })
    }

    /// Runs until told to stop.
    pub fn run(mut self) {
        self.cpu = thread_cpu();
        let mut ready = Vec::new();
        let mut turn = Instant::now();
        while !self.stopping {
            let now = Instant::now();
            let mut wait = self.net.timers.next_at().map_or(IDLE, |at| at.saturating_duration_since(now).min(IDLE));
            if self.crowded {
                let rest = wait.min((turn + self.turn_length(now)).saturating_duration_since(now));
                std::thread::sleep(rest);
                wait -= rest;
            }
            turn = Instant::now();
            if let Err(error) = self.poll.wait(wait, &mut ready) {
                tracing::error!(%error, "a media thread cannot wait for its sockets and ends");
                break;
            }
            let now = Instant::now();
            for &file in &ready {
                self.serve(file, now);
            }
            while let Some(timer) = self.net.timers.pop_due(now) {
                self.net.lateness.note(timer.at, now);
                self.ring(timer, now);
            }
            self.finish_turn(now);
        }
        self.end(Instant::now());
    }

    /// How long what comes may wait to be worked on together with what comes later.
    fn turn_length(&mut self, now: Instant) -> Duration {
        let done = (self.net.counters.forwarded, self.net.joining.cpu);
        if std::mem::replace(&mut self.done, done) != done {
            self.done_since = now;
        }
        match now.saturating_duration_since(self.done_since) >= IDLE_AFTER {
            true => IDLE_TURN,
            false if self.is_busy => BUSY_TURN,
            false => TURN,
        }
    }

    fn serve(&mut self, file: Ready, now: Instant) {
        match file.token {
            WAKER => {
                self.setup.post.waker.clear();
                self.take_commands(now);
            }
            UDP => self.receive_udp(now),
            LISTENER => self.accept(now),
            token => {
                if file.writable {
                    self.net.tcp.writable(&self.poll, token);
                }
                if file.readable {
                    self.receive_tcp(token, now);
                }
            }
        }
    }

    fn take_commands(&mut self, now: Instant) {
        while let Ok(command) = self.setup.commands.try_recv() {
            self.setup.post.queued.fetch_sub(1, Ordering::Relaxed);
            match command {
                Command::Open { key, id, events } => self.open(key, id, events, now),
                Command::Join { room, peer, rights, offer, answer } => {
                    let result = self.join(room, (peer, rights), &offer, now);
                    let _ = answer.send(result);
                }
                Command::Order { room, order } => {
                    self.with_room(room, |room, net| room.carry_out(net, order, now));
                }
                Command::Close { room } => self.close(room, now),
                Command::Look { answer } => {
                    let thread = self.setup.index;
                    let _ = answer.send(self.rooms.values().map(|room| room.look(thread, now)).collect());
                }
                Command::Adopt(handover) => self.adopt(*handover, now),
                Command::Stop => self.stopping = true,
            }
        }
    }

    fn open(&mut self, key: u64, id: u128, events: mpsc::Sender<MediaEvent>, now: Instant) {
        debug_assert!(self.rooms.len() <= ROOMS_PER_THREAD_MAX);
        self.rooms.insert(key, Box::new(RoomState::new(key, id, events, Arc::clone(&self.setup.post.ladder), now)));
        metrics::gauge!("media_rooms").increment(1.0);
    }

    fn join(&mut self, key: u64, who: (PeerId, PublishRights), offer: &Offer, now: Instant) -> JoinAnswer {
        let rng = Arc::clone(&self.setup.rng);
        let cert = self.setup.cert.clone();
        let Setup { index: thread, initial_kbps, codec, .. } = self.setup;
        let begun = thread_cpu();
        let answer = self.with_room(key, |room, net| {
            let since_1970 = SystemClock.now().since(preau_base::Instant::EPOCH);
            let terms = Terms { thread, cert: &cert, initial_kbps, codec, since_1970, now };
            let mut rng = rng.lock().unwrap_or_else(PoisonError::into_inner);
            room.join(net, &terms, &mut **rng, who, offer)
        });
        self.net.joining.cpu += thread_cpu().saturating_sub(begun);
        answer.unwrap_or(Err(MediaError::Closed))
    }

    /// Works on a room. A panic ends that room only. `None`: there is no such room, or not any more.
    fn with_room<T>(&mut self, key: u64, work: impl FnOnce(&mut RoomState, &mut Net) -> T) -> Option<T> {
        let room = self.rooms.get_mut(&key)?;
        let net = &mut self.net;
        let result = catch_unwind(AssertUnwindSafe(|| work(room, net)));
        if let Ok(value) = result {
            if room.has_work() {
                self.busy.insert(key);
            }
            return Some(value);
        }
        tracing::error!(room = %room.id(), "a panic in a media room; the room ends");
        self.net.counters.rooms_failed += 1;
        if let Some(mut room) = self.forget(key) {
            let _ = catch_unwind(AssertUnwindSafe(|| room.fail()));
            self.farewells.push(room.outbox);
        }
        None
    }

    fn forget(&mut self, key: u64) -> Option<Box<RoomState>> {
        let room = self.rooms.remove(&key)?;
        self.busy.remove(&key);
        self.net.routes.remove_room(key);
        self.net.tcp.remove_room(key);
        self.setup.post.rooms.fetch_sub(1, Ordering::Relaxed);
        metrics::gauge!("media_rooms").decrement(1.0);
        Some(room)
    }

    fn close(&mut self, key: u64, now: Instant) {
        self.with_room(key, |room, net| room.close(net, now));
        self.send();
        if let Some(room) = self.forget(key)
            && !room.outbox.is_empty()
        {
            self.farewells.push(room.outbox);
        }
    }

    fn receive_udp(&mut self, now: Instant) {
        let mut inbox = self.inbox.take().unwrap_or_default();
        for _ in 0..BATCHES_PER_TURN {
            let count = match inbox.receive(&self.setup.udp) {
                Ok(count) => count,
                Err(error) => {
                    tracing::debug!(%error, "a media socket cannot be read");
                    break;
                }
            };
            let read = Instant::now();
            for (bytes, source, local, waited) in inbox.datagrams() {
                self.net.times.came(read.checked_sub(waited).unwrap_or(read));
                self.on_datagram(bytes, source, local, now);
            }
            if count < Inbox::BATCH {
                break;
            }
        }
        self.inbox = Some(inbox);
    }

    fn on_datagram(&mut self, bytes: &[u8], source: SocketAddr, local: Option<IpAddr>, now: Instant) {
        self.net.counters.received += 1;
        self.net.counters.received_bytes += bytes.len() as u64;
        let place = if stun::is_stun(bytes) {
            stun::local_ufrag(bytes).and_then(|ufrag| self.net.routes.by_ufrag(ufrag))
        } else {
            self.net.routes.by_addr(source)
        };
        let candidate = Net::candidate_for(&self.net.udp_candidates, local, source);
        let (Some(place), Some(candidate)) = (place, candidate) else {
            self.net.counters.stray += 1;
            return;
        };
        let path = Path { remote: source, local };
        self.deliver(place, &Arrival { proto: Protocol::Udp, path, candidate, bytes }, now);
    }

    fn deliver(&mut self, place: Place, arrival: &Arrival<'_>, now: Instant) {
        self.with_room(place.room, |room, net| room.receive(net, place.peer, arrival, now));
    }

    fn accept(&mut self, now: Instant) {
        for _ in 0..ACCEPTS_PER_TURN {
            let Some(listener) = &self.setup.listener else { return };
            match listener.accept() {
                Ok((stream, remote)) => self.add_connection(stream, remote, now),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return,
                Err(_) => {
                    self.net.counters.tcp_refused += 1;
                    return;
                }
            }
        }
    }

    fn add_connection(&mut self, stream: TcpStream, remote: SocketAddr, now: Instant) {
        if self.net.tcp.add(&self.poll, stream, remote, Default::default(), now).is_none() {
            self.net.counters.tcp_refused += 1;
        }
    }

    fn receive_tcp(&mut self, token: u64, now: Instant) {
        match self.net.tcp.read(token) {
            Ok(frames) => self.on_frames(token, frames, now),
            Err(()) => {
                self.net.tcp.remove(token);
            }
        }
    }

    fn on_frames(&mut self, token: u64, frames: Vec<Vec<u8>>, now: Instant) {
        self.net.times.came(now);
        for (index, bytes) in frames.iter().enumerate() {
            self.net.counters.received += 1;
            self.net.counters.received_bytes += bytes.len() as u64;
            let Some(connection) = self.net.tcp.get_mut(token) else { return };
            let remote = connection.remote;
            let mut place = connection.place;
            if stun::is_stun(bytes) {
                let Some(ufrag) = stun::local_ufrag(bytes) else { continue };
                place = self.net.routes.by_ufrag(ufrag);
                let thread = thread_of(ufrag).filter(|&thread| thread != self.setup.index);
                if let Some(post) = thread.and_then(|thread| self.setup.posts.get(thread)).cloned() {
                    self.hand_over(token, &post, frames[index..].to_vec());
                    return;
                }
                if let Some(connection) = self.net.tcp.get_mut(token) {
                    connection.place = place;
                }
            }
            let candidate = Net::candidate_for(&self.net.tcp_candidates, None, remote);
            let (Some(place), Some(candidate)) = (place, candidate) else {
                self.net.counters.stray += 1;
                self.net.tcp.remove(token);
                return;
            };
            let path = Path { remote, local: None };
            self.deliver(place, &Arrival { proto: Protocol::Tcp, path, candidate, bytes }, now);
        }
    }

    /// Gives a connection to the thread whose ICE username it named.
    fn hand_over(&mut self, token: u64, post: &Post, frames: Vec<Vec<u8>>) {
        if let Some(connection) = self.net.tcp.remove(token) {
            let handover = Box::new(connection.into_handover(&self.poll, frames));
            if post.send(Command::Adopt(handover), crate::limits::COMMANDS_QUEUED_MAX).is_err() {
                self.net.counters.tcp_refused += 1;
            }
        }
    }

    fn adopt(&mut self, handover: Handover, now: Instant) {
        let Handover { stream, remote, frames, deframer } = handover;
        match self.net.tcp.add(&self.poll, stream, remote, deframer, now) {
            Some(token) => self.on_frames(token, frames, now),
            None => self.net.counters.tcp_refused += 1,
        }
    }

    fn ring(&mut self, timer: Timer, now: Instant) {
        self.net.times.came(now);
        self.with_room(timer.room, |room, net| room.ring(net, timer, now));
    }

    fn finish_turn(&mut self, now: Instant) {
        while let Some(key) = self.busy.pop_first() {
            self.with_room(key, |room, net| room.finish_turn(net, now));
            // What the end of the turn has made of new work waits for the room's tick.
            self.busy.remove(&key);
            if self.net.out.len() >= DATAGRAMS_AT_ONCE {
                self.net.send();
            }
            if self.rooms.get(&key).is_some_and(|room| room.outbox.over()) {
                self.close(key, now);
            }
        }
        self.send();
        if self.net.times.has_in_hand() {
            self.net.times.sent(Instant::now());
        }
        self.setup.post.forwarded.store(self.forwarded + self.net.counters.forwarded, Ordering::Relaxed);
        let passed = now.saturating_duration_since(self.looked);
        if passed >= IDLE {
            self.looked = now;
            self.keep_books(passed, now);
            self.look_around(now);
        }
    }

    /// Sends what the turn has made.
    fn send(&mut self) {
        self.net.send();
        let counters = &mut self.net.counters;
        for (remote, bytes) in self.net.out_tcp.drain(..) {
            if self.net.tcp.send(&self.poll, remote, &bytes) {
                counters.sent += 1;
                counters.sent_bytes += bytes.len() as u64;
            } else {
                counters.tcp_lost += 1;
            }
        }
        for place in self.net.tcp_gone.drain(..) {
            self.net.tcp.remove_place(place);
        }
    }

    /// Writes down what this second has cost, and takes quality away where it was too much.
    fn keep_books(&mut self, passed: Duration, now: Instant) {
        let cpu = thread_cpu();
        let spent = cpu.saturating_sub(std::mem::replace(&mut self.cpu, cpu));
        self.is_busy = spent * 100 > passed * BUSY_PERCENT;
        let (counters, joining) = (&self.net.counters, std::mem::take(&mut self.net.joining));
        let second = Second {
            passed,
            cpu: spent,
            joining: joining.cpu,
            joins: joining.done,
            forwarded: counters.forwarded,
            datagrams: counters.sent,
            bytes: counters.sent_bytes,
        };
        let posts = &self.setup.posts;
        let bits_sent = posts.iter().map(|post| post.ledger.bits_sent()).sum();
        let Post { ledger, ladder, .. } = &self.setup.post;
        let level = ledger.note(&second, self.net.times.look(now), bits_sent);
        ladder.set_own(level);
        let bits_taken = posts.iter().map(|post| post.ledger.bits_taken()).sum();
        publish(&ledger.look(self.setup.index, bits_taken));
    }

    /// Once a second.
    fn look_around(&mut self, now: Instant) {
        self.forwarded += self.net.counters.forwarded;
        self.net.counters.flush();
        self.net.tcp.sweep(now);
        for farewell in &mut self.farewells {
            farewell.flush();
        }
        self.farewells.retain(|farewell| !farewell.is_empty() && !farewell.over());
        let thread = self.setup.index.to_string();
        let peers: usize = self.rooms.values().map(|room| room.count()).sum();
        self.crowded = peers >= CROWD;
        metrics::gauge!("media_peers", "thread" => thread.clone()).set(peers as f64);
        metrics::gauge!("media_tcp_connections", "thread" => thread.clone()).set(self.net.tcp.len() as f64);
        metrics::gauge!("media_routes", "thread" => thread).set(self.net.routes.len() as f64);
    }

    fn end(mut self, now: Instant) {
        let keys: Vec<u64> = self.rooms.keys().copied().collect();
        for key in keys {
            self.close(key, now);
        }
        self.net.counters.flush();
    }
}

const _: () = assert!(THREADS_MAX <= crate::net::ICE_LETTERS.len());
const _: () = assert!(FIRST_TCP_TOKEN > LISTENER);

//! The handles that other crates hold: [`Media`] and [`Room`].

use crate::api::{Codec, MediaConfig, MediaError, MediaEvent, Mode, PeerId, PublishRights, SlotWant, SourceId};
use crate::headers::HeaderWatch;
use crate::join::{Offer, Shape};
use crate::ladder::Ladder;
use crate::ledger::{Ledger, Promise, Ticket};
use crate::limits::{COMMANDS_QUEUED_MAX, PUBLIC_ADDRESSES_MAX, ROOMS_PER_THREAD_MAX, THREADS_MAX};
use crate::load::{Declared, place};
use crate::look::MediaLook;
use crate::room::Order;
use crate::sys::{Waker, report_arrival, report_local_address};
use crate::tap::Tap;
use crate::turnstile::ComeAgain;
use crate::worker::{Command, Post, Setup, Worker};
use preau_base::{Level, Rng};
use socket2::{Domain, Protocol, Socket, Type};
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, UdpSocket};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, mpsc as std_mpsc};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use str0m::crypto::from_feature_flags;
use tokio::sync::{mpsc, oneshot};

/// Socket buffers, in bytes; the kernel gives what its limits allow.
const SOCKET_BUFFER_BYTES: usize = 4 * 1024 * 1024;
const TCP_BACKLOG: i32 = 256;
/// Nobody's addresses (RFC 5737 and 3849), to ask the kernel by which address it would send.
const ELSEWHERE_V4: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));
const ELSEWHERE_V6: IpAddr = IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1));
/// How long a thread may take to show its rooms.
const LOOK_MAX: Duration = Duration::from_secs(1);

/// The running service. Dropping it ends all threads and rooms.
pub struct Media {
    posts: Vec<Post>,
    threads: Vec<JoinHandle<()>>,
    next_room: AtomicU64,
    udp_addr: SocketAddr,
    tcp_addr: Option<SocketAddr>,
    relayed: Vec<(SocketAddr, SocketAddr)>,
    mode: Mode,
    codec: Codec,
}

impl Media {
    /// Opens the sockets and starts the threads. `rng` makes the ICE credentials of every peer: give `SystemRng`.
    ///
    /// # Errors
    /// [`MediaError::Bind`], [`MediaError::Config`], [`MediaError::Thread`].
    pub fn start(config: MediaConfig, rng: Box<dyn Rng>) -> Result<Self, MediaError> {
        check(&config)?;
        let cert = from_feature_flags()
            .dtls_provider
            .generate_certificate()
            .ok_or_else(|| MediaError::Config("no DTLS certificate can be made".into()))?;
        let mut listener = config.tcp_bind.map(bind_tcp).transpose()?;
        let tcp_addr = listener.as_ref().and_then(|listener| listener.local_addr().ok());
        let sockets =
            (0..config.threads).map(|index| bind_udp(config.udp_bind, index)).collect::<Result<Vec<_>, _>>()?;
        let addrs: Vec<SocketAddr> = sockets.iter().filter_map(|socket| socket.local_addr().ok()).collect();
        let (udp_addr, Some(_)) = (addrs.first().copied().unwrap_or(config.udp_bind), addrs.get(config.threads - 1))
        else {
            return Err(MediaError::Config("a socket has no address".into()));
        };
        let public = public_addresses(&config);
        let mut posts = Vec::new();
        let mut receivers = Vec::new();
        let ladder = Ladder::new(config.mode);
        for _ in 0..config.threads {
            let (commands, receiver) = std_mpsc::channel();
            let waker = Arc::new(Waker::new().map_err(MediaError::Thread)?);
            let (queued, rooms) = (Arc::default(), Arc::default());
            let (ladder, ledger) = (Arc::new(ladder.beside()), Ledger::new(config.bounds));
            posts.push(Post { commands, waker, queued, rooms, forwarded: Arc::default(), ladder, ledger });
            receivers.push(receiver);
        }
        let rng = Arc::new(Mutex::new(rng));
        let tcp_candidates = tcp_addr.map_or_else(Vec::new, |tcp| candidates(&public, tcp));
        let relayed = addrs.iter().flat_map(|&bound| inner_addresses(&public, bound)).collect();
        let (mode, codec) = (config.mode, config.codec);
        let (threads, next_room) = (Vec::new(), AtomicU64::new(1));
        let mut media = Self { posts, threads, next_room, udp_addr, tcp_addr, relayed, mode, codec };
        for (index, (udp, commands)) in sockets.into_iter().zip(receivers).enumerate() {
            let setup = Setup {
                index,
                listener: listener.take(),
                udp_candidates: candidates(&public, addrs[index]),
                tcp_candidates: tcp_candidates.clone(),
                udp,
                initial_kbps: config.initial_kbps,
                codec: config.codec,
                cert: cert.clone(),
                rng: Arc::clone(&rng),
                commands,
                post: media.posts[index].clone(),
                posts: media.posts.clone(),
            };
            let worker = Worker::new(setup).map_err(MediaError::Thread)?;
            let thread = std::thread::Builder::new().name(format!("media-{index}")).spawn(move || worker.run());
            media.threads.push(thread.map_err(MediaError::Thread)?);
        }
        tracing::info!(%udp_addr, ?tcp_addr, threads = config.threads, mode = mode.name(), codec = codec.name(), "media listens");
        Ok(media)
    }

    /// The UDP address of the first thread.
    pub fn local_udp_addr(&self) -> SocketAddr {
        self.udp_addr
    }

    /// The TCP address, where there is one.
    pub fn local_tcp_addr(&self) -> Option<SocketAddr> {
        self.tcp_addr
    }

    /// Each address that browsers are told, and the one by which this machine reaches the same socket: what a relay on this
    /// machine needs.
    pub fn relayed(&self) -> &[(SocketAddr, SocketAddr)] {
        &self.relayed
    }

    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// What pages send their pictures as when everybody in a room can decode it.
    pub fn codec(&self) -> Codec {
        self.codec
    }

    /// True while every media thread lives; for health checks.
    pub fn is_running(&self) -> bool {
        self.threads.iter().all(|thread| !thread.is_finished())
    }

    /// RTP packets forwarded to receivers since the start, by all threads.
    pub fn forwarded_packets(&self) -> u64 {
        self.posts.iter().map(|post| post.forwarded.load(Ordering::Relaxed)).sum()
    }

    /// All threads, and all rooms as they are now, by their ids; those of a thread that does not answer within a second are left out.
    pub async fn look(&self) -> MediaLook {
        let bits_taken = self.posts.iter().map(|post| post.ledger.bits_taken()).sum();
        let threads =
            self.posts.iter().enumerate().map(|(thread, post)| post.ledger.look(thread, bits_taken)).collect();
        let mut rooms = Vec::new();
        for post in &self.posts {
            let (answer, answered) = oneshot::channel();
            if post.send(Command::Look { answer }, COMMANDS_QUEUED_MAX).is_ok() {
                let shown = tokio::time::timeout(LOOK_MAX, answered).await;
                rooms.extend(shown.ok().and_then(Result::ok).unwrap_or_default());
            }
        }
        rooms.sort_unstable_by_key(|room| room.room);
        MediaLook { mode: self.mode, threads, rooms }
    }

    /// Turns pictures off, a level of the ladder at a time, in every lesson; sound goes on at each. Within a second.
    pub fn set_level(&self, level: Level) {
        if let Some(post) = self.posts.first() {
            post.ladder.set(level);
        }
    }

    /// Opens a room on the thread that has most left, however little that is: quality gives way before access does. `room` is
    /// the lesson's id (only for logs), `declared` what it is expected to take; `events` is the channel for its events (give it a
    /// capacity of 256 or more). Dropping the room, or the receiver of `events`, closes it.
    ///
    /// # Errors
    /// [`MediaError::RoomsFull`], [`MediaError::Busy`], [`MediaError::Closed`].
    pub fn open_room(
        &self,
        room: u128,
        declared: Declared,
        events: mpsc::Sender<MediaEvent>,
    ) -> Result<Room, MediaError> {
        let left = |post: &Post| (post.ledger.packets_left(), post.rooms.load(Ordering::Relaxed));
        let index = place(self.posts.iter().map(left)).ok_or(MediaError::Closed)?;
        let post = self.posts[index].clone();
        let promise = post.ledger.promise(declared);
        if post.ledger.packets_left() < 0 {
            metrics::counter!("preau_media_rooms_beyond_capacity_total").increment(1);
        }
        if post.rooms.fetch_add(1, Ordering::Relaxed) >= ROOMS_PER_THREAD_MAX {
            post.rooms.fetch_sub(1, Ordering::Relaxed);
            return Err(MediaError::RoomsFull(ROOMS_PER_THREAD_MAX));
        }
        let key = self.next_room.fetch_add(1, Ordering::Relaxed);
        if let Err(error) = post.send(Command::Open { key, id: room, events }, COMMANDS_QUEUED_MAX) {
            post.rooms.fetch_sub(1, Ordering::Relaxed);
            return Err(error);
        }
        Ok(Room { post, key, _promise: promise })
    }

    /// Ends all rooms (each peer gets a DTLS close), then the threads, and waits for them.
    pub async fn stop(mut self) {
        let threads = self.begin_stop();
        let _ = tokio::task::spawn_blocking(move || join_all(threads)).await;
    }

    fn begin_stop(&mut self) -> Vec<JoinHandle<()>> {
        for post in &self.posts {
            let _ = post.send(Command::Stop, usize::MAX);
        }
        std::mem::take(&mut self.threads)
    }
}

impl Drop for Media {
    fn drop(&mut self) {
        join_all(self.begin_stop());
    }
}

fn join_all(threads: Vec<JoinHandle<()>>) {
    for thread in threads {
        if thread.join().is_err() {
            tracing::error!("a media thread ended by a panic");
        }
    }
}

/// A lesson's room. Commands are carried out in the order they were given; none waits for the network.
/// Dropping it closes the room.
pub struct Room {
    post: Post,
    key: u64,
    _promise: Promise,
}

impl Room {
    /// Asks whether somebody may join now, as fast as this room's thread can take people in: `None`. Otherwise the ticket says
    /// when it is their turn. Who `leads` goes before those who don't.
    ///
    /// # Errors
    /// [`ComeAgain`]: as many wait as may.
    pub fn turn(&self, leads: bool) -> Result<Option<Ticket>, ComeAgain> {
        self.post.ledger.come(leads, Instant::now())
    }

    /// Takes a browser's offer and gives the answer. A join of a peer that is in replaces its old connection.
    ///
    /// # Errors
    /// [`MediaError::Offer`] says what is wrong with the SDP; [`MediaError::RoomFull`], [`MediaError::Busy`],
    /// [`MediaError::Closed`].
    pub async fn join(&self, peer: PeerId, publish: PublishRights, offer_sdp: String) -> Result<String, MediaError> {
        self.join_as(Shape::Page, peer, publish, offer_sdp).await
    }

    /// As [`Room::join`], for a program: its first section of pictures is its screen, and a section that has none of our codecs
    /// is an error, since a program would not notice.
    ///
    /// # Errors
    /// As [`Room::join`].
    pub async fn join_program(
        &self,
        peer: PeerId,
        publish: PublishRights,
        offer_sdp: String,
    ) -> Result<String, MediaError> {
        self.join_as(Shape::Program, peer, publish, offer_sdp).await
    }

    async fn join_as(
        &self,
        shape: Shape,
        peer: PeerId,
        rights: PublishRights,
        sdp: String,
    ) -> Result<String, MediaError> {
        let (answer, answered) = oneshot::channel();
        let join = Command::Join { room: self.key, peer, rights, offer: Offer { shape, sdp }, answer };
        self.post.send(join, COMMANDS_QUEUED_MAX)?;
        answered.await.unwrap_or(Err(MediaError::Closed))
    }

    /// The peer leaves; unknown peers are ignored (also in the commands below).
    ///
    /// # Errors
    /// [`MediaError::Busy`], [`MediaError::Closed`]; so do all commands below. A room that ended by an inner error
    /// takes commands without effect.
    pub fn leave(&self, peer: PeerId) -> Result<(), MediaError> {
        self.order(Order::Leave(peer))
    }

    /// From now on only what `rights` allows is forwarded.
    pub fn set_rights(&self, peer: PeerId, rights: PublishRights) -> Result<(), MediaError> {
        self.order(Order::Rights(peer, rights))
    }

    /// Whose cameras come first when there are fewer slots than cameras; those not named come after, by their number.
    pub fn set_order(&self, order: Vec<PeerId>) -> Result<(), MediaError> {
        self.order(Order::First(order))
    }

    /// Whose voices are always forwarded (teachers), as long as there are slots. Replaces the earlier list.
    pub fn set_pinned(&self, pinned: Vec<PeerId>) -> Result<(), MediaError> {
        self.order(Order::Pinned(pinned))
    }

    /// How large `peer` shows its slots. Slots not named keep what was said before; the start is 320 px.
    pub fn set_want(&self, peer: PeerId, wants: Vec<SlotWant>) -> Result<(), MediaError> {
        self.order(Order::Want(peer, wants))
    }

    /// Voice only for this receiver: no pictures are sent to it.
    pub fn set_low(&self, peer: PeerId, low: bool) -> Result<(), MediaError> {
        self.order(Order::Low(peer, low))
    }

    /// From now on in this part of the room (0 at first): sound and pictures stay within a part.
    pub fn set_area(&self, peer: PeerId, area: u8) -> Result<(), MediaError> {
        self.order(Order::Area(peer, area))
    }

    /// Whose device a peer is, by any number: the sound of one is not sent to another of the same person, who would hear
    /// themselves, in a loop.
    pub fn set_owner(&self, peer: PeerId, owner: u128) -> Result<(), MediaError> {
        self.order(Order::Owner(peer, owner))
    }

    /// Whose picture comes before all others for this receiver.
    pub fn set_pin(&self, peer: PeerId, pin: Option<PeerId>) -> Result<(), MediaError> {
        self.order(Order::Pin(peer, pin))
    }

    /// From now on copies of packets go to `tap`, or to nobody: voices and screens of everybody, cameras of the pinned, in part
    /// 0 of the room.
    pub fn set_tap(&self, tap: Option<Tap>) -> Result<(), MediaError> {
        self.order(Order::Tap(tap))
    }

    /// From now on copies of the voices in part 0 of the room go to `ears` too, or to nobody; [`Tap`] says how.
    pub fn set_ears(&self, ears: Option<Tap>) -> Result<(), MediaError> {
        self.order(Order::Ears(ears))
    }

    /// Whoever records waits for a keyframe of this picture. Requests are bounded as everybody's are.
    pub fn want_tapped_keyframe(&self, source: SourceId) -> Result<(), MediaError> {
        self.order(Order::TappedKeyframe(source))
    }

    /// From now on the headers of what goes to and from this peer are told; of one peer of the room's thread at a time. The
    /// listener's channel closes when that is over, or when there is no such peer.
    pub fn watch_headers(&self, peer: PeerId, watch: HeaderWatch) -> Result<(), MediaError> {
        self.order(Order::Watch(peer, watch))
    }

    /// Ends the room. The same as dropping it.
    pub fn close(self) {}

    #[cfg(test)]
    pub(crate) fn panic(&self) {
        self.order(Order::Panic).unwrap();
    }

    fn order(&self, order: Order) -> Result<(), MediaError> {
        self.post.send(Command::Order { room: self.key, order }, COMMANDS_QUEUED_MAX)
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        let _ = self.post.send(Command::Close { room: self.key }, usize::MAX);
    }
}

fn check(config: &MediaConfig) -> Result<(), MediaError> {
    if config.threads == 0 || config.threads > THREADS_MAX {
        return Err(MediaError::Config(format!("{} threads; 1 to {THREADS_MAX} are possible", config.threads)));
    }
    if config.public_addresses.len() > PUBLIC_ADDRESSES_MAX {
        let count = config.public_addresses.len();
        return Err(MediaError::Config(format!("{count} public addresses, at most {PUBLIC_ADDRESSES_MAX}")));
    }
    if let Some(bad) = config.public_addresses.iter().find(|ip| ip.is_unspecified() || ip.is_multicast()) {
        return Err(MediaError::Config(format!("{bad} is no address that a browser could reach")));
    }
    if !matches!(config.codec, Codec::Vp8 | Codec::Vp9 | Codec::Av1) {
        return Err(MediaError::Config(format!("pages send no pictures as {}", config.codec.name())));
    }
    Ok(())
}

fn bind_udp(first: SocketAddr, index: usize) -> Result<UdpSocket, MediaError> {
    let mut address = first;
    if first.port() != 0 {
        let port = u16::try_from(index).ok().and_then(|index| first.port().checked_add(index));
        address.set_port(port.ok_or_else(|| MediaError::Config("the media ports reach beyond 65535".into()))?);
    }
    let bind = || -> io::Result<UdpSocket> {
        let socket = Socket::new(Domain::for_address(address), Type::DGRAM, Some(Protocol::UDP))?;
        if address.is_ipv6() && address.ip().is_unspecified() {
            let _ = socket.set_only_v6(false);
        }
        let _ = socket.set_recv_buffer_size(SOCKET_BUFFER_BYTES);
        let _ = socket.set_send_buffer_size(SOCKET_BUFFER_BYTES);
        socket.set_nonblocking(true)?;
        socket.bind(&address.into())?;
        let socket = UdpSocket::from(socket);
        if address.ip().is_unspecified() {
            report_local_address(&socket, address.is_ipv6())?;
        }
        // Without it, times in the node begin when a packet is read.
        let _ = report_arrival(&socket);
        Ok(socket)
    };
    bind().map_err(|source| MediaError::Bind { what: "media UDP", address, source })
}

fn bind_tcp(address: SocketAddr) -> Result<TcpListener, MediaError> {
    let bind = || -> io::Result<TcpListener> {
        let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
        if address.is_ipv6() && address.ip().is_unspecified() {
            let _ = socket.set_only_v6(false);
        }
        socket.set_reuse_address(true)?;
        socket.set_nonblocking(true)?;
        socket.bind(&address.into())?;
        socket.listen(TCP_BACKLOG)?;
        Ok(TcpListener::from(socket))
    };
    bind().map_err(|source| MediaError::Bind { what: "media TCP", address, source })
}

/// The addresses that browsers are told.
fn public_addresses(config: &MediaConfig) -> Vec<IpAddr> {
    if !config.public_addresses.is_empty() {
        return config.public_addresses.clone();
    }
    let bound = config.udp_bind.ip();
    if !bound.is_unspecified() {
        return vec![bound];
    }
    let mut found = Vec::new();
    if let Some(ip) = source_towards(ELSEWHERE_V4) {
        found.push(ip);
    }
    if let Some(ip) = source_towards(ELSEWHERE_V6)
        && bound.is_ipv6()
    {
        found.push(ip);
    }
    if found.is_empty() {
        found.push(IpAddr::V4(Ipv4Addr::LOCALHOST));
    }
    found
}

/// The address from which this machine would send to `to`. Sends nothing.
fn source_towards(to: IpAddr) -> Option<IpAddr> {
    let any = if to.is_ipv4() { IpAddr::V4(Ipv4Addr::UNSPECIFIED) } else { IpAddr::V6(Ipv6Addr::UNSPECIFIED) };
    let socket = UdpSocket::bind(SocketAddr::new(any, 0)).ok()?;
    socket.connect(SocketAddr::new(to, 9)).ok()?;
    let ip = socket.local_addr().ok()?.ip();
    (!ip.is_unspecified()).then_some(ip)
}

/// Each candidate of a socket with its address on this machine.
fn inner_addresses(public: &[IpAddr], bound: SocketAddr) -> Vec<(SocketAddr, SocketAddr)> {
    let inner = |candidate: SocketAddr| {
        if !bound.ip().is_unspecified() {
            return bound;
        }
        // As browsers know it, where it is this machine's: whoever is relayed is then told an address that they know, and some
        // browsers take no answer that names loopback. Behind NAT, the address by which this machine sends.
        let own = |ip: &IpAddr| UdpSocket::bind((*ip, 0)).is_ok();
        let (outward, loopback) = match candidate.ip() {
            IpAddr::V4(_) => (ELSEWHERE_V4, IpAddr::V4(Ipv4Addr::LOCALHOST)),
            IpAddr::V6(_) => (ELSEWHERE_V6, IpAddr::V6(Ipv6Addr::LOCALHOST)),
        };
        let ip = Some(candidate.ip()).filter(own).or_else(|| source_towards(outward)).unwrap_or(loopback);
        SocketAddr::new(ip, bound.port())
    };
    candidates(public, bound).into_iter().map(|candidate| (candidate, inner(candidate))).collect()
}

fn candidates(public: &[IpAddr], bound: SocketAddr) -> Vec<SocketAddr> {
    let reachable = public.iter().filter(|ip| bound.is_ipv6() || ip.is_ipv4());
    reachable.map(|&ip| SocketAddr::new(ip, bound.port())).collect()
}

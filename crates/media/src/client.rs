//! A browser's stand-in for tests and benches: offers what our page offers, publishes made-up VP8 and Opus packets,
//! counts what it gets. It makes no picture and no sound.

mod received;
mod scaled;
mod sink;
#[cfg(test)]
mod tests;

use crate::av1;
use crate::framing::{Deframer, frame};
use crate::h264::parameter_set;
use crate::red::{Spoken, with_previous};
use crate::sys::Inbox;
use preau_base::{Rng, SeededRng};
pub use received::Received;
use sink::{Sink, stamp, with_inbox};
use std::collections::HashMap;
use std::io::{self, Read, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpStream, UdpSocket};
use std::time::Instant;
use str0m::change::{SdpAnswer, SdpApi, SdpOffer, SdpPendingOffer};
use str0m::format::{Codec, PayloadParams};
use str0m::media::{Direction, ExtensionValues, MediaKind, Mid, Pt, Rid, Simulcast, SimulcastLayer};
use str0m::net::{Protocol, Receive, TcpType};
use str0m::rtp::RtpWrite;
use str0m::{Candidate, Event, IceConnectionState, Input, Output, Rtc, RtcError};

/// Bytes of a packet's payload, at the most.
const PAYLOAD_BYTES: usize = 1_150;
const VIDEO_HZ: u32 = 90_000;
/// The seed of what is lost.
const LUCK: u64 = 7;

/// What to offer, and how to reach the server.
#[derive(Clone, Copy, Debug)]
pub struct ClientConfig {
    pub voices: usize,
    pub pictures: usize,
    /// The server's TCP address: ICE over TCP instead of UDP.
    pub tcp: Option<SocketAddr>,
    /// The client's own address.
    pub address: IpAddr,
    pub codecs: Codecs,
    /// Of the datagrams that come and go by UDP so many are lost once it is connected, in 1/1000, by chance from a seed.
    pub loses_permille: u16,
    /// Sends each packet of its voice with the one before it (RFC 2198).
    pub doubles: bool,
}

/// Which pictures a client knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Codecs {
    Vp8,
    H264,
    Both,
    /// VP8 and VP9.
    Vp9,
    /// VP8 and AV1.
    Av1,
}

impl Default for ClientConfig {
    fn default() -> Self {
        Self {
            voices: 4,
            pictures: 10,
            tcp: None,
            address: IpAddr::V4(Ipv4Addr::LOCALHOST),
            codecs: Codecs::Vp8,
            loses_permille: 0,
            doubles: false,
        }
    }
}

/// One encoding that the client publishes.
#[derive(Clone, Debug)]
struct Encoding {
    rid: Option<Rid>,
    width_px: u16,
    seq: u64,
    picture: u16,
    tl0: u8,
    key_due: bool,
    timestamp: u32,
}

impl Encoding {
    fn new(rid: Option<&str>, width_px: u16, start: u32) -> Self {
        let rid = rid.map(Rid::from);
        Self { rid, width_px, seq: 1 + u64::from(start % 500), picture: 77, tl0: 3, key_due: true, timestamp: start }
    }
}

struct Tcp {
    stream: TcpStream,
    remote: SocketAddr,
    deframer: Deframer,
    out: Vec<u8>,
}

/// One client. Nothing happens but in [`step`](Self::step).
pub struct Client {
    rtc: Rtc,
    udp: UdpSocket,
    tcp: Option<Tcp>,
    local: SocketAddr,
    pending: Option<SdpPendingOffer>,
    pub microphone: Mid,
    pub camera: Mid,
    pub screen: Mid,
    pub voices: Vec<Mid>,
    pub pictures: Vec<Mid>,
    encodings: Vec<Encoding>,
    screen_encoding: Encoding,
    voice_seq: u64,
    voice_timestamp: u32,
    /// Bytes of 20 ms of sound.
    pub voice_bytes: usize,
    deadline: Instant,
    loses_permille: u16,
    doubles: bool,
    spoken: Option<Spoken>,
    luck: SeededRng,
    /// As a bench has it.
    pub sink: Option<Sink>,
    /// Its packets say when they were sent.
    pub stamps: bool,
    /// The server's, once it has answered (RFC 8839 §5.4).
    pub server_ufrag: String,
    /// Where its datagrams come from.
    pub server: Option<SocketAddr>,
    pub received: HashMap<Mid, Received>,
    pub keyframe_requests: u64,
    pub connected: bool,
    pub closed: bool,
}

impl Client {
    /// A client on a free port, and its offer.
    ///
    /// # Errors
    /// The socket cannot be opened, or the TCP server not be reached.
    pub fn new(config: ClientConfig, now: Instant) -> io::Result<(Self, String)> {
        let mut client = Self::open(config, now)?;
        let mut simulcast = Simulcast::new();
        for rid in ["q", "h", "f"] {
            simulcast.add_send_layer(SimulcastLayer::new(rid));
        }
        let mut sdp = client.rtc.sdp_api();
        client.microphone = sdp.add_media(MediaKind::Audio, Direction::SendOnly, None, None, None);
        client.camera = sdp.add_media(MediaKind::Video, Direction::SendOnly, None, None, Some(simulcast));
        client.screen = sdp.add_media(MediaKind::Video, Direction::SendOnly, None, None, None);
        client.voices = slots(&mut sdp, MediaKind::Audio, config.voices);
        client.pictures = slots(&mut sdp, MediaKind::Video, config.pictures);
        let made = sdp.apply();
        client.offering(made)
    }

    /// A program that publishes a picture with its sound, as [`Self::send_screen`] and [`Self::send_voice`] send them.
    ///
    /// # Errors
    /// The socket cannot be opened.
    pub fn publishing(config: ClientConfig, now: Instant) -> io::Result<(Self, String)> {
        let mut client = Self::open(config, now)?;
        let mut sdp = client.rtc.sdp_api();
        client.microphone = sdp.add_media(MediaKind::Audio, Direction::SendOnly, None, None, None);
        client.screen = sdp.add_media(MediaKind::Video, Direction::SendOnly, None, None, None);
        let made = sdp.apply();
        client.offering(made)
    }

    /// A program that plays: slots alone, as many as `config` says.
    ///
    /// # Errors
    /// The socket cannot be opened.
    pub fn playing(config: ClientConfig, now: Instant) -> io::Result<(Self, String)> {
        let mut client = Self::open(config, now)?;
        let mut sdp = client.rtc.sdp_api();
        client.voices = slots(&mut sdp, MediaKind::Audio, config.voices);
        client.pictures = slots(&mut sdp, MediaKind::Video, config.pictures);
        let made = sdp.apply();
        client.offering(made)
    }

    /// A client that takes what another server offers and publishes nothing, and its answer. It has the offer's sections,
    /// whatever `config` says of slots.
    ///
    /// # Errors
    /// The socket cannot be opened, or the offer not be answered.
    pub fn answering(config: ClientConfig, offer: &str, now: Instant) -> io::Result<(Self, String)> {
        let mut client = Self::open(config, now)?;
        let offer = SdpOffer::from_sdp_string(offer).map_err(|error| io::Error::other(error.to_string()))?;
        let answer = client.rtc.sdp_api().accept_offer(offer);
        let answer = answer.map_err(|error| io::Error::other(error.to_string()))?.to_sdp_string();
        for mid in answer.lines().filter_map(|line| line.strip_prefix("a=mid:")) {
            let mid = Mid::from(mid.trim());
            match client.rtc.media(mid).map(|media| media.kind()) {
                Some(MediaKind::Audio) => client.voices.push(mid),
                Some(MediaKind::Video) => client.pictures.push(mid),
                None => {}
            }
        }
        Ok((client, answer))
    }

    fn offering(mut self, made: Option<(SdpOffer, SdpPendingOffer)>) -> io::Result<(Self, String)> {
        let (offer, pending) = made.ok_or_else(|| io::Error::other("nothing to offer"))?;
        self.pending = Some(pending);
        Ok((self, offer.to_sdp_string()))
    }

    /// A client with a socket and no sections yet: what it would publish has names that no section has.
    fn open(config: ClientConfig, now: Instant) -> io::Result<Self> {
        let udp = UdpSocket::bind((config.address, 0))?;
        udp.set_nonblocking(true)?;
        let tcp = config.tcp.map(connect).transpose()?;
        let local = match &tcp {
            Some(tcp) => tcp.stream.local_addr()?,
            None => udp.local_addr()?,
        };
        let mut builder = Rtc::builder().clear_codecs().enable_opus(true, true);
        builder.codec_config().enable_vp8(config.codecs != Codecs::H264);
        builder.codec_config().enable_vp9(config.codecs == Codecs::Vp9);
        if config.codecs == Codecs::Av1 {
            builder = builder.enable_av1(true).set_extension(av1::ID, av1::extension());
        }
        if matches!(config.codecs, Codecs::H264 | Codecs::Both) {
            // The profile that OBS and browsers offer: constrained baseline.
            builder.codec_config().add_h264(102.into(), Some(103.into()), true, 0x42_e0_1f);
        }
        let mut rtc = builder.set_rtp_mode(true).build(now);
        let candidate = if tcp.is_some() {
            Candidate::builder().tcp().host(local).tcptype(TcpType::Active).build()
        } else {
            Candidate::builder().udp().host(local).build()
        };
        rtc.add_local_candidate(candidate.map_err(io::Error::other)?);
        let layers = [("q", 320, 1_000), ("h", 640, 500_000), ("f", 1_280, 4_294_000_000)];
        Ok(Self {
            rtc,
            udp,
            tcp,
            local,
            pending: None,
            microphone: Mid::new(),
            camera: Mid::new(),
            screen: Mid::new(),
            voices: Vec::new(),
            pictures: Vec::new(),
            encodings: layers.map(|(rid, width, start)| Encoding::new(Some(rid), width, start)).to_vec(),
            screen_encoding: Encoding::new(None, 1_920, 77),
            voice_seq: 1,
            voice_timestamp: 5,
            voice_bytes: 80,
            deadline: now,
            loses_permille: config.loses_permille,
            doubles: config.doubles,
            spoken: None,
            luck: SeededRng::new(LUCK),
            sink: None,
            stamps: false,
            server_ufrag: String::new(),
            server: None,
            received: HashMap::new(),
            keyframe_requests: 0,
            connected: false,
            closed: false,
        })
    }

    /// Takes the server's answer.
    ///
    /// # Errors
    /// The answer doesn't fit the offer.
    pub fn accept(&mut self, answer: &str) -> Result<(), RtcError> {
        let ufrag = answer.lines().find_map(|line| line.strip_prefix("a=ice-ufrag:"));
        self.server_ufrag = ufrag.unwrap_or_default().trim().to_owned();
        let answer = SdpAnswer::from_sdp_string(answer).map_err(|error| RtcError::RemoteSdp(error.to_string()))?;
        let pending = self.pending.take().ok_or_else(|| RtcError::RemoteSdp("answered already".into()))?;
        self.rtc.sdp_api().accept_answer(pending, answer)
    }

    /// Where the client receives datagrams.
    pub fn local_addr(&self) -> SocketAddr {
        self.local
    }

    /// From now on it takes in many datagrams a call, and measures how long packets were under way; or, deaf, only counts them.
    ///
    /// # Errors
    /// The kernel does not tell when datagrams come.
    pub fn be_sink(&mut self, is_deaf: bool) -> io::Result<()> {
        self.sink = Some(Sink::of(&self.udp, is_deaf)?);
        Ok(())
    }

    /// Its socket once more: whoever sends by it is, to the server, this client.
    ///
    /// # Errors
    /// There are no file descriptors left.
    pub fn socket(&self) -> io::Result<UdpSocket> {
        self.udp.try_clone()
    }

    /// Ends the connection with a DTLS close.
    pub fn close(&mut self, now: Instant) {
        let _ = self.rtc.close();
        self.drain(now);
    }

    /// Takes in what has arrived, lets time pass, sends what is due.
    pub fn step(&mut self) {
        let mut buffer = [0; 2_048];
        if self.sink.is_some() {
            self.step_sink();
        }
        while let Ok((count, source)) = self.udp.recv_from(&mut buffer) {
            if !self.is_unlucky() {
                self.take(Protocol::Udp, source, &buffer[..count]);
            }
        }
        if let Some(tcp) = &mut self.tcp {
            let mut frames = Vec::new();
            if let Ok(count) = tcp.stream.read(&mut buffer) {
                tcp.deframer.push(&buffer[..count]);
                while let Ok(Some(datagram)) = tcp.deframer.next_frame() {
                    frames.push(datagram.to_vec());
                }
            }
            let remote = tcp.remote;
            for datagram in frames {
                self.take(Protocol::Tcp, remote, &datagram);
            }
        }
        let now = Instant::now();
        if now >= self.deadline {
            let _ = self.rtc.handle_input(Input::Timeout(now));
            self.drain(now);
        }
        self.flush_tcp();
    }

    fn step_sink(&mut self) {
        with_inbox(|inbox| {
            while let Ok(count @ 1..) = inbox.receive(&self.udp) {
                let read = Instant::now();
                for (bytes, source, _, waited) in inbox.datagrams() {
                    let arrived = read.checked_sub(waited).unwrap_or(read);
                    if self.sink.as_mut().is_some_and(|sink| sink.takes(bytes, arrived)) {
                        self.take(Protocol::Udp, source, bytes);
                    }
                }
                if count < Inbox::BATCH {
                    break;
                }
            }
        });
    }

    fn is_unlucky(&mut self) -> bool {
        self.connected && self.luck.below(1_000) < u64::from(self.loses_permille)
    }

    /// Each datagram has its own time: the server's estimate of the bandwidth is made of them.
    fn take(&mut self, proto: Protocol, source: SocketAddr, bytes: &[u8]) {
        let now = Instant::now();
        self.server = Some(source);
        if let Ok(receive) = Receive::new(proto, source, self.local, bytes) {
            let _ = self.rtc.handle_input(Input::Receive(now, receive));
            self.drain(now);
        }
    }

    fn drain(&mut self, now: Instant) {
        loop {
            match self.rtc.poll_output() {
                Ok(Output::Timeout(at)) => {
                    self.deadline = at.max(now);
                    return;
                }
                Ok(Output::Transmit(transmit)) => match &mut self.tcp {
                    Some(tcp) => {
                        let _ = frame(&transmit.contents, &mut tcp.out);
                    }
                    None => {
                        if !self.is_unlucky() {
                            let _ = self.udp.send_to(&transmit.contents, transmit.destination);
                        }
                    }
                },
                Ok(Output::Event(event)) => self.on_event(event),
                Err(_) => {
                    self.closed = true;
                    return;
                }
            }
        }
    }

    fn on_event(&mut self, event: Event) {
        match event {
            Event::Connected => self.connected = true,
            Event::Closed | Event::IceConnectionStateChange(IceConnectionState::Disconnected) => self.closed = true,
            Event::KeyframeRequest(request) => {
                self.keyframe_requests += 1;
                for encoding in self.encodings.iter_mut().chain([&mut self.screen_encoding]) {
                    if encoding.rid == request.rid {
                        encoding.key_due = true;
                    }
                }
            }
            Event::RtpPacket(packet) => {
                let mut direct = self.rtc.direct_api();
                let Some(mid) = direct.stream_rx(&packet.header.ssrc).map(|stream| stream.mid()) else { return };
                let is_picture = self.pictures.contains(&mid);
                let codec = if is_picture { self.codec_of(packet.header.payload_type) } else { Codec::Opus };
                let is_red = self.red() == Some(packet.header.payload_type);
                let received = self.received.entry(mid).or_default();
                received.count(&packet, codec);
                if codec == Codec::Opus {
                    received.hear(&packet, is_red);
                }
                if let Some(sink) = &mut self.sink {
                    sink.measure(&packet.payload);
                }
            }
            _ => {}
        }
    }

    fn flush_tcp(&mut self) {
        if let Some(tcp) = &mut self.tcp
            && let Ok(count) = tcp.stream.write(&tcp.out)
        {
            tcp.out.drain(..count);
        }
    }

    /// Publishes a frame of each camera layer, of so many bytes each (0: not this layer), `ticks` of the 90 kHz clock
    /// after the one before.
    pub fn send_camera(&mut self, bytes: [usize; 3], ticks: u32, now: Instant) {
        let mut encodings = std::mem::take(&mut self.encodings);
        for (encoding, bytes) in encodings.iter_mut().zip(bytes) {
            self.send_frame(self.camera, encoding, bytes, ticks, now);
        }
        self.encodings = encodings;
    }

    /// Publishes a frame of the screen.
    pub fn send_screen(&mut self, bytes: usize, ticks: u32, now: Instant) {
        let mut encoding = self.screen_encoding.clone();
        self.send_frame(self.screen, &mut encoding, bytes, ticks, now);
        self.screen_encoding = encoding;
    }

    fn send_frame(&mut self, mid: Mid, encoding: &mut Encoding, bytes: usize, ticks: u32, now: Instant) {
        encoding.timestamp = encoding.timestamp.wrapping_add(ticks.min(VIDEO_HZ));
        if bytes == 0 {
            return;
        }
        let codecs = [Codec::Vp8, Codec::H264].into_iter();
        let Some((codec, pt)) = codecs.filter_map(|codec| Some((codec, self.payload_type(mid, codec)?))).next() else {
            return;
        };
        let key = std::mem::take(&mut encoding.key_due);
        encoding.picture = (encoding.picture + 1) & 0x7fff;
        encoding.tl0 = encoding.tl0.wrapping_add(1);
        let count = bytes.div_ceil(PAYLOAD_BYTES);
        let mut direct = self.rtc.direct_api();
        let Some(stream) = direct.stream_tx_by_mid(mid, encoding.rid) else { return };
        for index in 0..count {
            let mut payload = match codec {
                Codec::H264 => h264_payload(encoding, key, (index, count), bytes / count),
                _ => vp8_payload(encoding, key, index == 0, bytes / count),
            };
            if self.stamps {
                stamp(&mut payload, Instant::now());
            }
            let seq = encoding.seq;
            encoding.seq += 1;
            let write = RtpWrite::new(pt, seq.into(), encoding.timestamp, now, payload);
            stream.write_rtp(write.marker(index + 1 == count).nackable(true));
        }
        self.deadline = now;
    }

    /// Publishes 20 ms of sound at a level in dBov.
    pub fn send_voice(&mut self, level_dbov: i8, now: Instant) {
        let Some(opus) = self.payload_type(self.microphone, Codec::Opus) else { return };
        let spoken = Spoken { timestamp: self.voice_timestamp, payload: vec![0x78; self.voice_bytes].into() };
        let previous = self.spoken.replace(spoken.clone()).filter(|_| self.doubles);
        let made = previous.and_then(|previous| Some((self.red()?, with_previous(*opus, &previous, &spoken)?)));
        let (pt, payload) = made.unwrap_or((opus, spoken.payload));
        let mut payload = payload.to_vec();
        if self.stamps {
            stamp(&mut payload, Instant::now());
        }
        let mut direct = self.rtc.direct_api();
        let Some(stream) = direct.stream_tx_by_mid(self.microphone, None) else { return };
        let ext_vals = ExtensionValues {
            audio_level: Some(level_dbov),
            voice_activity: Some(level_dbov > -50),
            ..ExtensionValues::default()
        };
        let write = RtpWrite::new(pt, self.voice_seq.into(), self.voice_timestamp, now, payload);
        stream.write_rtp(write.ext_vals(ext_vals));
        self.voice_seq += 1;
        self.voice_timestamp = self.voice_timestamp.wrapping_add(960);
        self.deadline = now;
    }

    /// Asks the server for a keyframe in a slot.
    pub fn ask_keyframe(&mut self, mid: Mid, now: Instant) {
        if let Some(stream) = self.rtc.direct_api().stream_rx_by_mid(mid, None) {
            stream.request_keyframe(str0m::media::KeyframeRequestKind::Pli);
            self.deadline = now;
        }
    }

    /// What came in a slot so far.
    pub fn received(&self, mid: Mid) -> Received {
        self.received.get(&mid).cloned().unwrap_or_default()
    }

    /// As what redundant data go.
    fn red(&self) -> Option<Pt> {
        self.rtc.codec_config().params().iter().find_map(PayloadParams::red)
    }

    fn codec_of(&self, pt: Pt) -> Codec {
        let found = self.rtc.codec_config().params().iter().find(|params| params.pt() == pt);
        found.map_or(Codec::Vp8, |params| params.spec().codec)
    }

    fn payload_type(&self, mid: Mid, codec: Codec) -> Option<Pt> {
        let media = self.rtc.media(mid)?;
        let params = self.rtc.codec_config().params().iter().filter(|params| params.spec().codec == codec);
        params.map(|params| params.pt()).find(|pt| media.remote_pts().contains(pt))
    }
}

fn connect(remote: SocketAddr) -> io::Result<Tcp> {
    let stream = TcpStream::connect(remote)?;
    stream.set_nonblocking(true)?;
    stream.set_nodelay(true)?;
    Ok(Tcp { stream, remote, deframer: Deframer::default(), out: Vec::new() })
}

/// Sections in which the client receives.
fn slots(sdp: &mut SdpApi<'_>, kind: MediaKind, count: usize) -> Vec<Mid> {
    (0..count).map(|_| sdp.add_media(kind, Direction::RecvOnly, None, None, None)).collect()
}

/// A payload with the descriptor that Chromium writes (15-bit picture id, TL0PICIDX) and, at the start of a keyframe,
/// a header with the width.
fn vp8_payload(encoding: &Encoding, key: bool, first: bool, bytes: usize) -> Vec<u8> {
    let start = if first { 0x90 } else { 0x80 };
    let picture = encoding.picture.to_be_bytes();
    let mut payload = vec![start, 0xe0, picture[0] | 0x80, picture[1], encoding.tl0, 0x00];
    if first {
        let width = encoding.width_px.to_le_bytes();
        payload.extend([u8::from(!key), 0, 0, 0x9d, 0x01, 0x2a, width[0], width[1], 0xd0, 0x02]);
    }
    payload.resize(bytes.max(payload.len() + 1), 0xa5);
    payload
}

/// A parameter set at the start of a keyframe, else a piece of a slice (FU-A, RFC 6184 §5.8).
fn h264_payload(encoding: &Encoding, key: bool, (index, count): (usize, usize), bytes: usize) -> Vec<u8> {
    if key && index == 0 {
        return parameter_set(u32::from(encoding.width_px));
    }
    let is_first = index == usize::from(key);
    let ends = u8::from(index + 1 == count) << 6;
    let mut payload = vec![0x7c, u8::from(is_first) << 7 | ends | if key { 5 } else { 1 }];
    payload.resize(bytes.max(payload.len() + 1), 0xa5);
    payload
}

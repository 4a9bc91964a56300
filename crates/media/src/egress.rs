//! What goes out to one peer. str0m answers its checks and its handshake and receives what it publishes; RTP to it is
//! numbered, encrypted, kept and sent again here, and what its path carries is estimated here: for a forwarder the cost of a
//! packet to one receiver is the cost of everything (`docs/decisions/0021-our-own-way-out.md`).
//!
//! No I/O and no clock: packets are put in, datagrams are taken out.

mod estimate;
pub mod keys;
mod pace;
mod resend;
pub mod rtcp;
mod srtp;
mod transport;
pub mod wire;

use crate::patch::Patch;
use crate::window::Window;
use estimate::Estimate;
use keys::Agreed;
use pace::Pace;
use resend::Resend;
use rtcp::{Also, Heard, SenderReport, middle, ntp};
use srtp::Keys;
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};
use transport::{Reported, Transport};
use wire::{Header, Ids};

/// Until the first report.
const RTT: Duration = Duration::from_millis(100);
/// A round trip that was measured is believed for so long.
const RTT_AGE_MAX: Duration = Duration::from_millis(3_500);
const RTT_MAX: Duration = Duration::from_secs(30);
/// Packets that wait to go out again.
const AGAIN_MAX: usize = 256;
/// What is sent again takes at most this share (1/1) of the estimate, and so many bytes at once.
const AGAIN_SHARE: f64 = 0.5;
const AGAIN_BYTES_MAX: f64 = 64_000.0;
/// What one datagram of reports may ask for: packets looked up, and a report of the transport for so many of them.
const QUESTIONS_MAX: u32 = 1_024;
const REPORT_QUESTIONS: u32 = 64;
/// Padding of one packet (RFC 3550 §5.1: its last byte says how much).
const PADDING: u8 = 255;
/// A stream that was silent for longer is not reported on.
const SILENT: Duration = Duration::from_secs(5);
/// Of pictures (RFC 9628, RFC 7741, RFC 6184: their clock has 90 kHz).
const PICTURES_HZ: u32 = 90_000;
/// Reports in one datagram.
const REPORTS_MAX: usize = 24;

/// An RTP packet for a stream.
#[derive(Clone, Debug, Default)]
pub struct Packet {
    pub pt: u8,
    pub marker: bool,
    /// With the rollovers.
    pub seq: u64,
    pub timestamp: u32,
    pub payload: Arc<[u8]>,
    pub patch: Option<Patch>,
    pub described: Option<Described>,
    pub audio_level: Option<u8>,
    pub orientation: Option<u8>,
}

/// The dependency descriptor of a packet's frame, as all receivers of its point get it, and the frame's number in this stream.
#[derive(Clone, Debug)]
pub struct Described {
    pub value: Arc<[u8]>,
    pub number: u16,
}

/// Under what a stream's packets are sent again (RFC 4588).
#[derive(Clone, Debug, Default)]
pub struct Rtx {
    pub ssrc: u32,
    /// Payload types, and under which each is sent again.
    pub pts: Vec<(u8, u8)>,
}

/// A stream as it was negotiated.
#[derive(Clone, Debug, Default)]
pub struct Terms {
    pub ssrc: u32,
    pub mid: Vec<u8>,
    pub clock_hz: u32,
    pub ids: Ids,
    /// `None`: nothing is sent again.
    pub rtx: Option<Rtx>,
}

/// One stream to the peer.
struct Stream {
    terms: Terms,
    /// The peer has reported on it: it knows to which section it belongs.
    is_known: bool,
    packets: u32,
    bytes: u32,
    /// The newest packet: timestamp, payload type, when.
    last: Option<(u32, u8, Instant)>,
    kept: Resend,
    /// The numbers that have been used.
    used: Window,
    next_rtx: u64,
}

/// What the peer says of what it is sent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Told {
    /// By the stream's index.
    KeyframeWanted(usize),
    /// The share of it that was lost since the last time.
    Lost(usize, f32),
}

/// What went out in some time.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sent {
    /// First copies of packets.
    pub media_bytes: u64,
    /// With what was sent again, and bursts.
    pub bytes: u64,
    /// The share that was lost; `None`: nothing was reported.
    pub lost: Option<f32>,
    pub rtt: Option<Duration>,
}

pub struct Egress {
    keys: Option<Keys>,
    streams: Vec<Stream>,
    /// Voices, which wait for nothing.
    voices: VecDeque<(usize, Packet)>,
    pictures: VecDeque<(usize, Packet)>,
    /// Bytes of those pictures.
    pictures_bytes: usize,
    pace: Pace,
    again: VecDeque<(usize, Packet)>,
    /// Bytes that may be sent again now.
    again_bytes: f64,
    again_at: Instant,
    /// What the datagram that is read may still ask for.
    questions: u32,
    reports_due: bool,
    transport: Transport,
    estimate: Estimate,
    rtt: Option<(Duration, Instant)>,
    /// When it was how late since 1970.
    epoch: (Instant, Duration),
    sent: Sent,
    came: (u32, u32),
    reported: Vec<Reported>,
    plain: Vec<u8>,
}

impl Egress {
    /// `since_1970`: the time of day, now.
    pub fn new(streams: Vec<Terms>, initial_bps: u64, since_1970: Duration, now: Instant) -> Self {
        let stream = |terms| Stream {
            terms,
            is_known: false,
            packets: 0,
            bytes: 0,
            last: None,
            kept: Resend::default(),
            used: Window::default(),
            next_rtx: 0,
        };
        Self {
            keys: None,
            streams: streams.into_iter().map(stream).collect(),
            voices: VecDeque::new(),
            pictures: VecDeque::new(),
            pictures_bytes: 0,
            pace: Pace::new(now),
            again: VecDeque::new(),
            again_bytes: AGAIN_BYTES_MAX,
            again_at: now,
            questions: 0,
            reports_due: false,
            transport: Transport::default(),
            estimate: Estimate::new(initial_bps, now),
            rtt: None,
            epoch: (now, since_1970),
            sent: Sent::default(),
            came: (0, 0),
            reported: Vec::new(),
            plain: Vec::new(),
        }
    }

    /// The handshake is over. `false`: with keys that we cannot use.
    pub fn agree(&mut self, agreed: &Agreed) -> bool {
        self.keys = Keys::new(agreed);
        self.keys.is_some()
    }

    pub fn has_keys(&self) -> bool {
        self.keys.is_some()
    }

    pub fn estimate_bps(&self) -> u64 {
        self.estimate.bps()
    }

    /// Short bursts look for so much of the path; 0: they don't.
    pub fn look_for(&mut self, bps: u64) {
        self.estimate.look_for(bps);
    }

    /// Puts a packet of a stream in.
    pub fn write(&mut self, stream: usize, packet: Packet) {
        let Some(terms) = self.streams.get(stream).map(|stream| &stream.terms).filter(|_| self.keys.is_some()) else {
            return;
        };
        if terms.clock_hz == PICTURES_HZ {
            self.pictures_bytes += packet.payload.len();
            self.pictures.push_back((stream, packet));
        } else {
            self.voices.push_back((stream, packet));
        }
    }

    /// Whether there is something to take out, or to be done at a time.
    pub fn next_at(&self, now: Instant) -> Option<Instant> {
        if self.reports_due || !self.voices.is_empty() || !self.again.is_empty() {
            return Some(now);
        }
        if self.pictures.is_empty() {
            return self.estimate.next_at();
        }
        Some(self.pace.next_at(self.estimate.bps(), self.pictures_bytes).max(now))
    }

    /// Takes the next datagram out; `false`: there is none now. Voices come first, pictures at their pace.
    pub fn next(&mut self, datagram: &mut Vec<u8>, now: Instant) -> bool {
        datagram.clear();
        if std::mem::take(&mut self.reports_due) && self.write_reports(datagram, now) {
            return true;
        }
        while let Some((stream, packet)) = self.voices.pop_front() {
            if self.seal(stream, &packet, datagram, now) {
                self.note_sent(stream, packet, now);
                return true;
            }
        }
        while !self.pictures.is_empty() && self.pace.allows(self.estimate.bps(), self.pictures_bytes, now) {
            let Some((stream, packet)) = self.pictures.pop_front() else { break };
            self.pictures_bytes -= packet.payload.len();
            if self.seal(stream, &packet, datagram, now) {
                self.pace.sent(datagram.len());
                self.note_sent(stream, packet, now);
                return true;
            }
        }
        while let Some((stream, packet)) = self.again.pop_front() {
            if self.seal_again(stream, &packet, datagram, now) {
                self.pace.sent(datagram.len());
                return true;
            }
        }
        // Nothing is padded while there is something to send.
        self.pictures.is_empty() && self.pad(datagram, now)
    }

    /// What waits is left: there is no way to the peer.
    pub fn drop_waiting(&mut self, now: Instant) {
        self.voices.clear();
        self.pictures.clear();
        self.pictures_bytes = 0;
        self.again.clear();
        self.reports_due = false;
        self.estimate.cancel_probe(now);
    }

    fn seal(&mut self, stream: usize, packet: &Packet, datagram: &mut Vec<u8>, now: Instant) -> bool {
        let (Some(stream), Some(keys)) = (self.streams.get_mut(stream), &mut self.keys) else { return false };
        let Terms { ssrc, ids, .. } = stream.terms;
        // Under one number there is one packet, whatever was put in; the nonce has 48 bits of it.
        if packet.seq >> 48 != 0 || !stream.used.first(packet.seq) {
            return false;
        }
        let header = Header {
            pt: packet.pt,
            marker: packet.marker,
            seq: packet.seq as u16,
            timestamp: packet.timestamp,
            ssrc,
            transport_cc: Some(self.transport.next() as u16),
            mid: (!stream.is_known).then_some(&stream.terms.mid),
            audio_level: packet.audio_level,
            orientation: packet.orientation,
            described: packet.described.as_ref(),
        };
        datagram.clear();
        let header_bytes = header.write(ids, datagram);
        datagram.extend_from_slice(&packet.payload);
        if let (Some(patch), Some(payload)) = (packet.patch, datagram.get_mut(header_bytes..)) {
            patch.apply(payload);
        }
        if keys.seal_rtp(datagram, header_bytes, ssrc, packet.seq).is_none() {
            return false;
        }
        if ids.transport_cc.is_some() {
            self.transport.note(packet.payload.len(), now);
        }
        self.sent.media_bytes += packet.payload.len() as u64;
        self.sent.bytes += datagram.len() as u64;
        true
    }

    fn note_sent(&mut self, stream: usize, packet: Packet, now: Instant) {
        let Some(stream) = self.streams.get_mut(stream) else { return };
        stream.packets = stream.packets.wrapping_add(1);
        stream.bytes = stream.bytes.wrapping_add(packet.payload.len() as u32);
        // What comes late is no measure of the clock.
        if stream.last.is_none_or(|(last, ..)| packet.timestamp.wrapping_sub(last) < 1 << 31) {
            stream.last = Some((packet.timestamp, packet.pt, now));
        }
        if stream.terms.rtx.is_some() {
            stream.kept.keep(packet, now);
        }
    }

    fn seal_again(&mut self, stream: usize, packet: &Packet, datagram: &mut Vec<u8>, now: Instant) -> bool {
        let Packet { pt, marker, timestamp, .. } = *packet;
        let header = Header { pt, marker, timestamp, described: packet.described.as_ref(), ..Header::default() };
        self.seal_rtx(stream, header, now, datagram, |body| {
            let start = body.len() + 2;
            body.extend_from_slice(&(packet.seq as u16).to_be_bytes());
            body.extend_from_slice(&packet.payload);
            if let (Some(patch), Some(payload)) = (packet.patch, body.get_mut(start..)) {
                patch.apply(payload);
            }
            false
        })
    }

    /// A packet of the stream beside a stream, with the header of one of that; `body` says whether what it has written is padding.
    fn seal_rtx(
        &mut self,
        stream: usize,
        header: Header<'_>,
        now: Instant,
        datagram: &mut Vec<u8>,
        body: impl FnOnce(&mut Vec<u8>) -> bool,
    ) -> bool {
        let (Some(stream), Some(keys)) = (self.streams.get_mut(stream), &mut self.keys) else { return false };
        let Some(rtx) = &stream.terms.rtx else { return false };
        let Some(&(_, pt)) = rtx.pts.iter().find(|(of, _)| *of == header.pt) else { return false };
        let number = stream.next_rtx;
        let header = Header {
            pt,
            seq: number as u16,
            ssrc: rtx.ssrc,
            transport_cc: Some(self.transport.next() as u16),
            mid: (!stream.is_known).then_some(&stream.terms.mid),
            ..header
        };
        datagram.clear();
        let header_bytes = header.write(stream.terms.ids, datagram);
        if body(datagram) {
            wire::mark_padded(datagram);
        }
        let payload_bytes = datagram.len() - header_bytes;
        stream.next_rtx += 1;
        if keys.seal_rtp(datagram, header_bytes, rtx.ssrc, number).is_none() {
            return false;
        }
        if stream.terms.ids.transport_cc.is_some() {
            self.transport.note(payload_bytes, now);
        }
        self.sent.bytes += datagram.len() as u64;
        true
    }

    /// The next packet of a burst.
    fn pad(&mut self, datagram: &mut Vec<u8>, now: Instant) -> bool {
        let padded = |stream: &Stream| stream.terms.rtx.is_some() && stream.terms.ids.transport_cc.is_some();
        let found = self.streams.iter().enumerate().find_map(|(index, stream)| {
            let (timestamp, pt, _) = stream.last.filter(|_| padded(stream))?;
            Some((index, pt, timestamp))
        });
        let Some((stream, pt, timestamp)) = found else {
            self.estimate.cancel_probe(now);
            return false;
        };
        self.estimate.begin_probe(self.transport.next(), now);
        if self.estimate.probe_owes(now) == 0 {
            return false;
        }
        let fill = |body: &mut Vec<u8>| {
            body.resize(body.len() + usize::from(PADDING) - 1, 0);
            body.push(PADDING);
            true
        };
        let is_sent = self.seal_rtx(stream, Header { pt, timestamp, ..Header::default() }, now, datagram, fill);
        if is_sent {
            self.estimate.probe_sent(usize::from(PADDING), self.transport.next(), now);
        } else {
            self.estimate.cancel_probe(now);
        }
        is_sent
    }

    /// Once a second: reports go out, and the estimate looks at what has not been reported.
    pub fn look_around(&mut self, now: Instant) {
        self.estimate.look_around(self.transport.oldest(now), now);
        self.reports_due = self.keys.is_some();
    }

    fn ntp(&self, now: Instant) -> u64 {
        ntp(self.epoch.1 + now.saturating_duration_since(self.epoch.0))
    }

    fn write_reports(&mut self, datagram: &mut Vec<u8>, now: Instant) -> bool {
        let ntp = self.ntp(now);
        let report = |stream: &Stream| {
            let (timestamp, _, at) = stream.last?;
            let passed = now.saturating_duration_since(at);
            let ticks = (passed.as_micros() * u128::from(stream.terms.clock_hz) / 1_000_000) as u32;
            let (packets, bytes) = (stream.packets, stream.bytes);
            let timestamp = timestamp.wrapping_add(ticks);
            (passed < SILENT).then_some(SenderReport { ssrc: stream.terms.ssrc, ntp, timestamp, packets, bytes })
        };
        let mut first = None;
        for report in self.streams.iter().filter_map(report).take(REPORTS_MAX) {
            first.get_or_insert(report.ssrc);
            report.write(datagram);
        }
        let (Some(first), Some(keys)) = (first, &mut self.keys) else { return false };
        SenderReport::write_name(first, datagram);
        keys.seal_rtcp(datagram, first).is_some()
    }

    /// Reads the peer's reports. `None`: they are not authentic, or have come before; otherwise whether they say something of
    /// what the peer publishes, too.
    pub fn receive(&mut self, datagram: &[u8], now: Instant, mut told: impl FnMut(Told)) -> Option<Also> {
        let Some(keys) = &mut self.keys else { return Some(Also::Publishes) };
        self.questions = QUESTIONS_MAX;
        let mut plain = std::mem::take(&mut self.plain);
        let opened = keys.open_rtcp(datagram, &mut plain);
        let also = opened.map(|()| rtcp::read(&plain, |heard| self.hear(heard, now, &mut told)));
        self.plain = plain;
        also
    }

    fn hear(&mut self, heard: Heard<'_>, now: Instant, told: &mut impl FnMut(Told)) {
        let of = |streams: &[Stream], ssrc| streams.iter().position(|stream| stream.terms.ssrc == ssrc);
        match heard {
            Heard::Report { ssrc, lost, last_report, delay } => {
                let Some(stream) = of(&self.streams, ssrc) else { return };
                self.streams[stream].is_known = true;
                if last_report != 0 {
                    self.measure_rtt(last_report, delay, now);
                }
                told(Told::Lost(stream, f32::from(lost) / 256.0));
            }
            Heard::Lost { ssrc, seq, following } => {
                let Some(stream) = of(&self.streams, ssrc) else { return };
                self.queue_again(stream, seq, now);
                for after in (0..16).filter(|bit| following >> bit & 1 == 1) {
                    self.queue_again(stream, seq.wrapping_add(after + 1), now);
                }
            }
            Heard::KeyframeWanted { ssrc } => {
                if let Some(stream) = of(&self.streams, ssrc) {
                    told(Told::KeyframeWanted(stream));
                }
            }
            Heard::Transport(report) => {
                if !self.may_ask(REPORT_QUESTIONS) {
                    return;
                }
                let mut reported = std::mem::take(&mut self.reported);
                // What came before a fault in it counts.
                let _ = self.transport.read(report, &mut reported);
                let came = reported.iter().filter(|reported| reported.came_us.is_some()).count() as u32;
                self.came = (self.came.0 + came, self.came.1 + reported.len() as u32 - came);
                self.estimate.note(&reported, self.rtt(now).unwrap_or(RTT), now);
                self.reported = reported;
            }
        }
    }

    /// Whether a datagram may still cause so much work.
    fn may_ask(&mut self, questions: u32) -> bool {
        let left = self.questions.checked_sub(questions);
        self.questions = left.unwrap_or(0);
        left.is_some()
    }

    /// RFC 3550 §6.4.1, in units of 1/65536 s.
    fn measure_rtt(&mut self, last_report: u32, delay: u32, now: Instant) {
        let units = middle(self.ntp(now)).wrapping_sub(last_report).wrapping_sub(delay);
        let rtt = Duration::from_micros(u64::from(units) * 1_000_000 / 65_536);
        // A clock that is a little fast makes the way shorter than nothing.
        let rtt = if units > u32::MAX / 2 { Duration::ZERO } else { rtt };
        if rtt < RTT_MAX {
            self.rtt = Some((rtt, now));
        }
    }

    /// `None`: not measured lately.
    pub fn rtt(&self, now: Instant) -> Option<Duration> {
        self.rtt.filter(|&(_, at)| now.saturating_duration_since(at) < RTT_AGE_MAX).map(|(rtt, _)| rtt)
    }

    fn queue_again(&mut self, stream: usize, seq: u16, now: Instant) {
        if !self.may_ask(1) {
            return;
        }
        let passed = now.saturating_duration_since(std::mem::replace(&mut self.again_at, now)).as_secs_f64();
        let refilled = self.again_bytes + passed * self.estimate.bps() as f64 / 8.0 * AGAIN_SHARE;
        self.again_bytes = refilled.min(AGAIN_BYTES_MAX);
        if self.again.len() >= AGAIN_MAX || self.again_bytes <= 0.0 {
            return;
        }
        let rtt = self.rtt(now).unwrap_or(RTT);
        let packet = self.streams.get_mut(stream).and_then(|stream| stream.kept.again(seq, rtt, now));
        if let Some(packet) = packet {
            self.again_bytes -= packet.payload.len() as f64;
            self.again.push_back((stream, packet));
        }
    }

    /// What went out since the last time.
    pub fn take_sent(&mut self, now: Instant) -> Sent {
        let (came, lost) = std::mem::take(&mut self.came);
        let share = (came + lost > 0).then(|| lost as f32 / (came + lost) as f32);
        Sent { lost: share, rtt: self.rtt(now), ..std::mem::take(&mut self.sent) }
    }
}

#[cfg(test)]
mod tests;

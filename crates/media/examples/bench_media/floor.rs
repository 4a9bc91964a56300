//! The floor: a thread that seals and sends what a room sends to its viewers, paced as the room is, and sockets that take it.

use crate::Outcome;
use crate::class::{FRAME_EVERY, FRAME_PACKETS, Material, VOICE_BYTES, VOICE_EVERY};
use crate::contest::Spent;
use crate::machine::{own_cpu, pin_to_server_core, thread_named};
use crate::namespace::{CLIENTS, SERVERS};
use aws_lc_rs::aead::{AES_128_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use preau_media::floor::{Outgoing, Outlet};
use std::net::{SocketAddr, UdpSocket};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

const THREAD: &str = "floor";
/// RTP header and extensions of a packet, which are not encrypted.
const HEAD_BYTES: usize = 28;
const TAG_BYTES: usize = 16;

pub struct Floor {
    orders: Sender<(Material, Duration)>,
    results: Receiver<Spent>,
    sinks: Vec<UdpSocket>,
}

impl Floor {
    /// With so many sinks; the thread is on the servers' core.
    pub fn start(viewers: usize) -> Outcome<Self> {
        let sinks = (0..viewers).map(|_| UdpSocket::bind((CLIENTS, 0))).collect::<Result<Vec<_>, _>>()?;
        let mut addresses = Vec::new();
        for sink in &sinks {
            sink.set_nonblocking(true)?;
            addresses.push(sink.local_addr()?);
        }
        let (orders, to_do) = channel();
        let (done, results) = channel();
        let mut sender = FloorSender::new(&addresses)?;
        std::thread::Builder::new().name(THREAD.to_owned()).spawn(move || {
            while let Ok((material, time)) = to_do.recv() {
                if done.send(sender.send_for(material, time)).is_err() {
                    break;
                }
            }
        })?;
        pin_to_server_core(thread_named(THREAD).ok_or("the floor's thread is not found")?);
        Ok(Self { orders, results, sinks })
    }

    /// Has it send for so long; [`Floor::result`] says when it is done.
    pub fn begin(&self, material: Material, time: Duration) -> Outcome<()> {
        Ok(self.orders.send((material, time))?)
    }

    pub fn result(&self) -> Option<Spent> {
        self.results.try_recv().ok()
    }

    /// Takes what has come.
    pub fn swallow(&self) {
        let mut buffer = [0; 2_048];
        for sink in &self.sinks {
            while sink.recv(&mut buffer).is_ok() {}
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
        let socket = UdpSocket::bind((SERVERS, 0))?;
        let key = |index: usize| {
            let bytes = [u8::try_from(index).unwrap_or(0); 16];
            UnboundKey::new(&AES_128_GCM, &bytes).map(LessSafeKey::new)
        };
        let keys = (0..addresses.len()).map(key).collect::<Result<Vec<_>, _>>()?;
        let batch = |packets: usize, bytes: usize| -> Vec<Outgoing> {
            let datagram = |&to| Outgoing { to, from: None, bytes: vec![0xa5; bytes + TAG_BYTES] };
            (0..packets).flat_map(|_| addresses.iter().map(datagram)).collect()
        };
        let (frame, voice) = (batch(FRAME_PACKETS.0, FRAME_PACKETS.1), batch(1, VOICE_BYTES + HEAD_BYTES));
        Ok(Self { socket, keys, frame, voice, counter: 0 })
    }

    fn send_for(&mut self, material: Material, time: Duration) -> Spent {
        let start = Instant::now();
        let (mut next_frame, mut next_voice) = (start, start);
        let before = own_cpu();
        let mut packets = 0;
        while start.elapsed() < time {
            let now = Instant::now();
            if material == Material::Pictures && now >= next_frame {
                next_frame += FRAME_EVERY;
                packets += seal_and_send(&self.socket, &self.keys, &mut self.frame, &mut self.counter);
            }
            if now >= next_voice {
                next_voice += VOICE_EVERY;
                packets += seal_and_send(&self.socket, &self.keys, &mut self.voice, &mut self.counter);
            }
            let next = if material == Material::Pictures { next_frame.min(next_voice) } else { next_voice };
            std::thread::sleep(next.saturating_duration_since(Instant::now()));
        }
        Spent { cpu: own_cpu() - before, packets, time: start.elapsed() }
    }
}

fn seal_and_send(socket: &UdpSocket, keys: &[LessSafeKey], batch: &mut [Outgoing], counter: &mut u64) -> u64 {
    let mut sealed = 0;
    for (datagram, key) in batch.iter_mut().zip(keys.iter().cycle()) {
        *counter += 1;
        let mut nonce = [0; NONCE_LEN];
        nonce[..8].copy_from_slice(&counter.to_le_bytes());
        let (header, rest) = datagram.bytes.split_at_mut(HEAD_BYTES);
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

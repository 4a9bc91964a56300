//! Which voices are heard, and their sound: Opus (RFC 6716) in the order of its packets, mono at 16 kHz out.

use crate::limits::{PREROLL_PACKETS_MAX, VOICE_HELD, VOICE_RETRY, VOICES_KNOWN_MAX};
use opus_pure::OpusDecoder;
use preau_media::{PeerId, Tapped};
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::mpsc::Sender;
use tokio::sync::mpsc::error::TrySendError;

/// Samples a second; speech engines are trained on so many.
pub const SAMPLE_RATE_HZ: u32 = 16_000;
/// The longest packet of Opus, 120 ms.
const PACKET_SAMPLES_MAX: usize = SAMPLE_RATE_HZ as usize * 120 / 1_000;
/// What goes out at once: 200 ms of 16 bits. Engines answer each piece.
pub const CHUNK_BYTES: usize = SAMPLE_RATE_HZ as usize * 2 / 5;

/// One voice.
struct Voice {
    run: u64,
    /// The newest packet.
    seq: u16,
    /// What was said before it was clear that somebody speaks: the first syllable.
    before: VecDeque<Arc<[u8]>>,
    heard: Option<Heard>,
    came: Instant,
    spoke: Option<Instant>,
    /// Not tried again before: the engine was full, or did not answer.
    closed_until: Option<Instant>,
}

/// A voice that goes to the engine.
struct Heard {
    decoder: OpusDecoder,
    samples: Vec<i16>,
    sound: Vec<u8>,
    to: Sender<Vec<u8>>,
}

/// All voices of a lesson. `open` gives a voice a way to the engine.
pub struct Ear<F> {
    open: F,
    heard_max: usize,
    voices: HashMap<PeerId, Voice>,
}

impl<F: FnMut(PeerId) -> Option<Sender<Vec<u8>>>> Ear<F> {
    pub fn new(open: F, heard_max: usize) -> Self {
        Self { open, heard_max, voices: HashMap::new() }
    }

    /// A packet of somebody whose microphone is open.
    pub fn take(&mut self, packet: &Tapped) {
        let peer = packet.source.peer;
        if !self.voices.contains_key(&peer) && self.voices.len() >= VOICES_KNOWN_MAX {
            return;
        }
        let voice = self.voices.entry(peer).or_insert_with(|| Voice {
            run: packet.run,
            seq: packet.seq.wrapping_sub(1),
            before: VecDeque::new(),
            heard: None,
            came: packet.came,
            spoke: None,
            closed_until: None,
        });
        if voice.run != packet.run {
            // Another stream of the same person: what its predecessor left does not go on.
            voice.run = packet.run;
            voice.seq = packet.seq.wrapping_sub(1);
            voice.before.clear();
            // The way to the engine stays: only what the decoder remembers is of the other stream.
            voice.heard = voice.heard.take().and_then(Heard::of_another_stream);
        }
        // Late or twice. What is lost is left out: words are guessed from what there is.
        let ahead = packet.seq.wrapping_sub(voice.seq);
        if ahead == 0 || ahead > u16::MAX / 2 {
            return;
        }
        (voice.seq, voice.came) = (packet.seq, packet.came);
        match &mut voice.heard {
            Some(heard) => heard.take(&packet.payload),
            None => {
                if voice.before.len() >= PREROLL_PACKETS_MAX {
                    voice.before.pop_front();
                }
                voice.before.push_back(packet.payload.clone());
            }
        }
    }

    /// Opens who has begun to speak, lets go of who has been silent for [`VOICE_HELD`], forgets who has gone.
    pub fn look_around(&mut self, speaking: &[PeerId], now: Instant) {
        for voice in self.voices.values_mut() {
            if voice.heard.as_ref().is_some_and(|heard| heard.to.is_closed()) {
                voice.heard = None;
                voice.closed_until = Some(now + VOICE_RETRY);
            }
            if voice.spoke.is_some_and(|spoke| now.saturating_duration_since(spoke) > VOICE_HELD) {
                voice.spoke = None;
                if let Some(heard) = voice.heard.take() {
                    heard.end();
                }
            }
        }
        self.voices
            .retain(|_, voice| voice.heard.is_some() || now.saturating_duration_since(voice.came) < 10 * VOICE_HELD);
        for peer in speaking {
            self.speaks(*peer, now);
        }
    }

    fn speaks(&mut self, peer: PeerId, now: Instant) {
        let heard = self.voices.values().filter(|voice| voice.heard.is_some()).count();
        let Some(voice) = self.voices.get_mut(&peer) else { return };
        voice.spoke = Some(now);
        let may = voice.closed_until.is_none_or(|until| until <= now) && heard < self.heard_max;
        if voice.heard.is_some() || !may {
            return;
        }
        let opened = OpusDecoder::new(SAMPLE_RATE_HZ as i32, 1).ok().zip((self.open)(peer));
        match opened {
            Some((decoder, to)) => {
                let samples = vec![0; PACKET_SAMPLES_MAX];
                let mut heard = Heard { decoder, samples, sound: Vec::with_capacity(CHUNK_BYTES), to };
                for payload in voice.before.drain(..) {
                    heard.take(&payload);
                }
                (voice.heard, voice.closed_until) = (Some(heard), None);
            }
            None => voice.closed_until = Some(now + VOICE_RETRY),
        }
    }
}

impl Heard {
    fn of_another_stream(mut self) -> Option<Self> {
        self.decoder = OpusDecoder::new(SAMPLE_RATE_HZ as i32, 1).ok()?;
        Some(self)
    }

    /// A packet that is no Opus is a sender's own loss.
    fn take(&mut self, payload: &[u8]) {
        if payload.is_empty() {
            return;
        }
        let Ok(samples) = self.decoder.decode_s16(payload, PACKET_SAMPLES_MAX, &mut self.samples) else {
            metrics::counter!("preau_captions_bad_packets_total").increment(1);
            return;
        };
        for sample in self.samples.iter().take(samples) {
            self.sound.extend(sample.to_le_bytes());
        }
        if self.sound.len() >= CHUNK_BYTES {
            self.give();
        }
    }

    fn give(&mut self) {
        let sound = std::mem::replace(&mut self.sound, Vec::with_capacity(CHUNK_BYTES));
        if let Err(TrySendError::Full(_)) = self.to.try_send(sound) {
            metrics::counter!("preau_captions_sound_dropped_total").increment(1);
        }
    }

    fn end(mut self) {
        if !self.sound.is_empty() {
            self.give();
        }
    }
}

#[cfg(test)]
mod tests;

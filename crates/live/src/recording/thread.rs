//! The thread that writes: packets and words in, files that grow out.

use super::board::Line;
use super::captions;
use super::folder::{self, Kind, Name};
use super::{RecordingError, Told};
use crate::limits::{RECORDING_BYTES_MAX, RECORDING_SYNC_EVERY, SPOOL_RESERVE_BYTES};
use preau_base::{Instant, PersonId, SharedClock};
use preau_media::{PeerId, Room, SourceId, SourceKind, Tapped};
use preau_webm::{Codec, Head, Packet, Track, Writer};
use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, TryRecvError};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant as Tick};

/// How long the thread waits for a packet before it looks around.
const WAIT: Duration = Duration::from_millis(50);
/// How often it looks for tracks that are over, and for pictures that want a keyframe.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// What the thread is given.
pub struct Run {
    pub packets: Receiver<Tapped>,
    pub telling: Receiver<Told>,
    pub room: Arc<Mutex<Weak<Room>>>,
    pub failed: Arc<AtomicBool>,
    pub clock: SharedClock,
}

struct Open {
    run: u64,
    person: PersonId,
    track: Track,
    file: Option<(File, Writer)>,
}

struct Growing<'a> {
    folder: &'a Path,
    since: Instant,
    owner: PersonId,
    /// Times of packets are counted from here, which is `began_at` on the clock of days.
    began: Tick,
    began_at: Instant,
    nth: u32,
    bytes: u64,
    people: HashMap<PeerId, PersonId>,
    tracks: BTreeMap<SourceId, Open>,
    board: Option<File>,
    captions: Option<File>,
}

impl Run {
    /// Writes until the lesson lets go of it. What is on the disk then can be finished; on an error too.
    pub fn write(self, folder: &Path, since: Instant, owner: PersonId) -> Result<(), RecordingError> {
        let done = self.work(folder, since, owner);
        if done.is_err() {
            self.failed.store(true, Ordering::Relaxed);
        }
        done
    }

    fn work(&self, folder: &Path, since: Instant, owner: PersonId) -> Result<(), RecordingError> {
        let began = Tick::now();
        let mut growing = Growing {
            folder,
            since,
            owner,
            began,
            began_at: self.clock.now(),
            nth: 0,
            bytes: 0,
            people: HashMap::new(),
            tracks: BTreeMap::new(),
            board: None,
            captions: None,
        };
        let (mut looked, mut synced, mut goes_on) = (began, began, true);
        while goes_on {
            goes_on = self.listen(&mut growing)?;
            match self.packets.recv_timeout(if goes_on { WAIT } else { Duration::ZERO }) {
                Ok(first) => {
                    growing.take(&first)?;
                    for packet in self.packets.try_iter() {
                        growing.take(&packet)?;
                    }
                }
                Err(RecvTimeoutError::Timeout) => {}
                // No room has the tap yet, or any more; the lesson may open another.
                Err(RecvTimeoutError::Disconnected) if goes_on => std::thread::sleep(WAIT),
                Err(RecvTimeoutError::Disconnected) => {}
            }
            let now = Tick::now();
            if now - looked >= LOOK_EVERY {
                looked = now;
                growing.look_around(&self.room)?;
            }
            if now - synced >= RECORDING_SYNC_EVERY {
                synced = now;
                growing.sync()?;
            }
        }
        growing.end()
    }

    /// What the lesson tells; `false` when it has let go.
    fn listen(&self, growing: &mut Growing<'_>) -> Result<bool, RecordingError> {
        loop {
            match self.telling.try_recv() {
                Ok(Told::Peer(peer, person)) => _ = growing.people.insert(peer, person),
                Ok(Told::Board(line)) => growing.board(&line)?,
                Ok(Told::Caption(from, until, text, auto)) => {
                    growing.caption(&captions::cue(from, until, &text, auto))?;
                }
                Err(TryRecvError::Empty) => return Ok(true),
                Err(TryRecvError::Disconnected) => return Ok(false),
            }
        }
    }
}

impl Growing<'_> {
    fn ms(&self, at: Tick) -> i64 {
        i64::try_from(at.saturating_duration_since(self.began).as_millis()).unwrap_or(i64::MAX)
    }

    fn take(&mut self, packet: &Tapped) -> Result<(), RecordingError> {
        // Nobody is recorded of whom it is not known who it is.
        let Some(&person) = self.people.get(&packet.source.peer) else { return Ok(()) };
        let now_ms = self.ms(packet.came);
        let is_other = |open: &Open| open.run != packet.run || open.person != person || open.track.is_over(now_ms);
        if self.tracks.get(&packet.source).is_some_and(is_other) {
            self.finish(packet.source)?;
        }
        let open = self.tracks.entry(packet.source).or_insert_with(|| Open {
            run: packet.run,
            person,
            track: Track::new(if packet.source.kind == SourceKind::Audio { Codec::Opus } else { Codec::Vp8 }),
            file: None,
        });
        let Tapped { seq, timestamp, marker, .. } = *packet;
        open.track.push(&Packet { seq, timestamp, marker, payload: &packet.payload }, now_ms);
        self.write(packet.source, now_ms)
    }

    /// Writes the frames that are certain.
    fn write(&mut self, source: SourceId, now_ms: i64) -> Result<(), RecordingError> {
        let Some(mut open) = self.tracks.remove(&source) else { return Ok(()) };
        let written = self.write_frames(&mut open, source, now_ms);
        self.tracks.insert(source, open);
        written
    }

    fn write_frames(&mut self, open: &mut Open, source: SourceId, now_ms: i64) -> Result<(), RecordingError> {
        while let Some(frame) = open.track.pop(now_ms) {
            if open.file.is_none() {
                let (codec, kind) = match source.kind {
                    SourceKind::Audio => (Codec::Opus, Kind::Voice),
                    SourceKind::Camera => (Codec::Vp8, Kind::Camera),
                    SourceKind::Screen => (Codec::Vp8, Kind::Screen),
                };
                let Some(head) = Head::of(codec, &frame) else { continue };
                let after_ms = u64::try_from(open.track.began_ms().unwrap_or_default()).unwrap_or_default();
                let begins_at = self.began_at.plus(Duration::from_millis(after_ms));
                open.file = Some((self.create(kind, begins_at, open.person)?, Writer::new(head)));
            }
            let Some((file, writer)) = &mut open.file else { continue };
            let bytes = writer.frame(&frame);
            file.write_all(&bytes).map_err(RecordingError::at(self.folder))?;
            self.bytes += bytes.len() as u64;
        }
        Ok(())
    }

    fn create(&mut self, kind: Kind, begins_at: Instant, person: PersonId) -> Result<File, RecordingError> {
        self.nth += 1;
        let name = Name { nth: self.nth, begins_at, kind, person };
        let path: PathBuf = self.folder.join(name.to_text());
        let file = folder::create(&path)?;
        folder::sync(self.folder)?;
        Ok(file)
    }

    fn board(&mut self, line: &Line) -> Result<(), RecordingError> {
        let mut text = serde_json::to_vec(line).unwrap_or_default();
        text.push(b'\n');
        let mut file = match self.board.take() {
            Some(file) => file,
            None => self.create(Kind::Board, self.since, self.owner)?,
        };
        file.write_all(&text).map_err(RecordingError::at(self.folder))?;
        self.bytes += text.len() as u64;
        self.board = Some(file);
        Ok(())
    }

    fn caption(&mut self, cue: &str) -> Result<(), RecordingError> {
        let mut file = match self.captions.take() {
            Some(file) => file,
            None => {
                let mut file = self.create(Kind::Captions, self.since, self.owner)?;
                file.write_all(captions::HEAD.as_bytes()).map_err(RecordingError::at(self.folder))?;
                file
            }
        };
        file.write_all(cue.as_bytes()).map_err(RecordingError::at(self.folder))?;
        self.captions = Some(file);
        Ok(())
    }

    /// Ends tracks that have been silent for long, gives up packets that do not come, asks for keyframes.
    fn look_around(&mut self, room: &Mutex<Weak<Room>>) -> Result<(), RecordingError> {
        let now_ms = self.ms(Tick::now());
        let room = room.lock().unwrap_or_else(PoisonError::into_inner).upgrade();
        let sources: Vec<SourceId> = self.tracks.keys().copied().collect();
        for source in sources {
            self.write(source, now_ms)?;
            let Some(open) = self.tracks.get(&source) else { continue };
            if open.track.is_over(now_ms) {
                self.finish(source)?;
            } else if open.track.wants_key()
                && let Some(room) = &room
            {
                let _ = room.want_tapped_keyframe(source);
            }
        }
        Ok(())
    }

    fn finish(&mut self, source: SourceId) -> Result<(), RecordingError> {
        self.write(source, i64::MAX)?;
        let Some(open) = self.tracks.remove(&source) else { return Ok(()) };
        let counters = open.track.counters();
        metrics::counter!("preau_recording_packets_lost_total").increment(counters.packets_lost);
        metrics::counter!("preau_recording_frames_dropped_total").increment(counters.frames_dropped);
        if let Some((file, _)) = open.file {
            file.sync_all().map_err(RecordingError::at(self.folder))?;
        }
        Ok(())
    }

    /// Puts what was written on the disk, while there is room on it.
    fn sync(&mut self) -> Result<(), RecordingError> {
        let of_tracks = self.tracks.values().filter_map(|open| open.file.as_ref()).map(|(file, _)| file);
        for file in of_tracks.chain(&self.board).chain(&self.captions) {
            file.sync_data().map_err(RecordingError::at(self.folder))?;
        }
        let stat = rustix::fs::statvfs(self.folder).map_err(std::io::Error::from);
        let stat = stat.map_err(RecordingError::at(self.folder))?;
        if stat.f_bavail.saturating_mul(stat.f_frsize) < SPOOL_RESERVE_BYTES || self.bytes > RECORDING_BYTES_MAX {
            return Err(RecordingError::DiskFull);
        }
        Ok(())
    }

    fn end(mut self) -> Result<(), RecordingError> {
        let sources: Vec<SourceId> = self.tracks.keys().copied().collect();
        for source in sources {
            self.finish(source)?;
        }
        self.sync()
    }
}

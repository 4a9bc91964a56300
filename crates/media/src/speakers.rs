//! Who speaks: from the audio level that each packet carries (RFC 6464), without decoding any sound.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// Louder than this, in dBov, is speech…
const SPEECH_DBOV: f32 = -45.0;
/// …and a speaker stays one until the level has been below this…
const SILENCE_DBOV: f32 = -52.0;
/// …for so long.
const RELEASE: Duration = Duration::from_millis(700);
/// A level that no packet has renewed for so long counts as silence.
const STALE: Duration = Duration::from_millis(1_500);
/// Somebody who keeps a place in the top after their last word for so long isn't displaced…
const HOLD: Duration = Duration::from_secs(2);
/// …unless by somebody louder by this, in dB.
const LOUDER_DB: f32 = 9.0;
/// Time constants of the smoothed level, in milliseconds.
const ATTACK: f32 = 60.0;
const DECAY: f32 = 250.0;
/// Time constant of the level by which places are disputed: a whole sentence counts, not a cough.
const DISPUTE: f32 = 1_000.0;

#[derive(Clone, Copy, Debug)]
struct Voice {
    level_dbov: f32,
    dispute_dbov: f32,
    heard_at: Instant,
    spoke_at: Option<Instant>,
    speaking: bool,
}

/// The voices of one room; `K` names a person.
#[derive(Clone, Debug)]
pub struct Speakers<K> {
    voices: BTreeMap<K, Voice>,
    top: Vec<K>,
}

impl<K: Copy + Ord> Default for Speakers<K> {
    fn default() -> Self {
        Self { voices: BTreeMap::new(), top: Vec::new() }
    }
}

impl<K: Copy + Ord> Speakers<K> {
    /// A packet of `who` arrived; `level_dbov` is in −127…0, `None` when it carries no level (that counts as speech).
    pub fn heard(&mut self, who: K, level_dbov: Option<i8>, at: Instant) {
        let level = f32::from(level_dbov.unwrap_or(-30).clamp(-127, 0));
        let voice = self.voices.entry(who).or_insert(Voice {
            level_dbov: -90.0,
            dispute_dbov: -90.0,
            heard_at: at,
            spoke_at: None,
            speaking: false,
        });
        let passed_ms = at.saturating_duration_since(voice.heard_at).as_millis().clamp(20, 500) as f32;
        let constant = if level > voice.level_dbov { ATTACK } else { DECAY };
        voice.level_dbov += (level - voice.level_dbov) * (1.0 - (-passed_ms / constant).exp());
        voice.dispute_dbov += (level - voice.dispute_dbov) * (1.0 - (-passed_ms / DISPUTE).exp());
        voice.heard_at = at;
        let limit = if voice.speaking { SILENCE_DBOV } else { SPEECH_DBOV };
        if voice.level_dbov >= limit {
            voice.speaking = true;
            voice.spoke_at = Some(at);
        }
    }

    /// `who` publishes no sound any more.
    pub fn remove(&mut self, who: K) {
        self.voices.remove(&who);
        self.top.retain(|&kept| kept != who);
    }

    /// Whether `who` has been heard.
    pub fn knows(&self, who: K) -> bool {
        self.voices.contains_key(&who)
    }

    /// Whether nobody has been heard.
    pub fn is_empty(&self) -> bool {
        self.voices.is_empty()
    }

    /// Who speaks now, loudest first.
    pub fn speaking(&mut self, now: Instant) -> Vec<K> {
        let mut loud = Vec::new();
        for (&who, voice) in &mut self.voices {
            let quiet = voice.spoke_at.is_none_or(|spoke| now.saturating_duration_since(spoke) > RELEASE);
            let stale = now.saturating_duration_since(voice.heard_at) > STALE;
            if quiet || stale {
                voice.speaking = false;
            }
            if voice.speaking {
                loud.push((who, voice.level_dbov));
            }
        }
        loud.sort_by(|a, b| b.1.total_cmp(&a.1));
        loud.into_iter().map(|(who, _)| who).collect()
    }

    /// The `count` voices to forward. While there are no more voices than places, all of them. Otherwise those in a
    /// place keep it; a speaker from outside takes the place of whoever has been silent longest (2 s or more), or of
    /// the quietest when louder by 9 dB.
    pub fn top(&mut self, count: usize, now: Instant) -> &[K] {
        self.top.truncate(count);
        let mut waiting: Vec<(K, Voice)> =
            self.voices.iter().filter(|(who, _)| !self.top.contains(who)).map(|(&who, &voice)| (who, voice)).collect();
        waiting.sort_by(|a, b| rank(&b.1).cmp(&rank(&a.1)).then(b.1.level_dbov.total_cmp(&a.1.level_dbov)));
        for (who, voice) in waiting {
            if self.top.len() < count {
                self.top.push(who);
            } else if voice.speaking
                && let Some(place) = self.place_for(&voice, now)
            {
                self.top[place] = who;
            }
        }
        &self.top
    }

    fn place_for(&self, challenger: &Voice, now: Instant) -> Option<usize> {
        let held = |voice: &Voice| voice.spoke_at.is_some_and(|spoke| now.saturating_duration_since(spoke) < HOLD);
        let placed = || self.top.iter().enumerate().filter_map(|(place, who)| Some((place, self.voices.get(who)?)));
        let silent = placed().filter(|(_, voice)| !held(voice)).min_by_key(|(_, voice)| voice.spoke_at);
        if let Some((place, _)) = silent {
            return Some(place);
        }
        let quietest = placed().min_by(|a, b| a.1.dispute_dbov.total_cmp(&b.1.dispute_dbov))?;
        (challenger.dispute_dbov > quietest.1.dispute_dbov + LOUDER_DB).then_some(quietest.0)
    }
}

fn rank(voice: &Voice) -> (bool, Option<Instant>) {
    (voice.speaking, voice.spoke_at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use preau_base::{Rng, SeededRng};

    /// Feeds 20 ms packets for `ms`; `levels` says who is how loud.
    fn talk(room: &mut Speakers<u32>, at: &mut Instant, ms: u64, levels: &[(u32, i8)]) {
        for _ in 0..ms / 20 {
            *at += Duration::from_millis(20);
            for &(who, level) in levels {
                room.heard(who, Some(level), *at);
            }
        }
    }

    #[test]
    fn tells_speech_from_silence() {
        let mut room = Speakers::default();
        let mut at = Instant::now();
        talk(&mut room, &mut at, 400, &[(1, -25), (2, -80), (3, -35)]);
        assert_eq!(room.speaking(at), [1, 3]);
        talk(&mut room, &mut at, 400, &[(1, -80), (2, -80), (3, -35)]);
        assert_eq!(room.speaking(at), [3, 1], "a pause between words ends nothing");
        talk(&mut room, &mut at, 1_200, &[(1, -80), (2, -80), (3, -35)]);
        assert_eq!(room.speaking(at), [3]);
        assert!(room.speaking(at + Duration::from_secs(2)).is_empty(), "no packets, no speech");
    }

    #[test]
    fn all_are_forwarded_while_there_are_places() {
        let mut room = Speakers::default();
        let mut at = Instant::now();
        talk(&mut room, &mut at, 100, &[(1, -90), (2, -90)]);
        assert_eq!(room.top(4, at).len(), 2);
    }

    #[test]
    fn a_new_speaker_takes_the_place_of_who_was_silent_longest() {
        let mut room = Speakers::default();
        let mut at = Instant::now();
        talk(&mut room, &mut at, 500, &[(1, -30), (2, -30), (3, -90)]);
        let mut first = room.top(2, at).to_vec();
        first.sort_unstable();
        assert_eq!(first, [1, 2]);
        talk(&mut room, &mut at, 3_000, &[(1, -30), (2, -90), (3, -90)]);
        talk(&mut room, &mut at, 300, &[(1, -30), (2, -90), (3, -30)]);
        let mut second = room.top(2, at).to_vec();
        second.sort_unstable();
        assert_eq!(second, [1, 3]);
        room.remove(3);
        assert!(!room.top(2, at).contains(&3));
    }

    #[test]
    fn seeded_rooms_never_lose_a_place_nor_flap() {
        for seed in 0..50 {
            let mut rng = SeededRng::new(seed);
            let mut room = Speakers::default();
            let mut at = Instant::now();
            let mut changes = 0;
            let mut before = Vec::new();
            for _ in 0..200 {
                let levels: Vec<(u32, i8)> =
                    (0..12).map(|who| (who, if rng.below(4) == 0 { -25 } else { -85 })).collect();
                talk(&mut room, &mut at, 100, &levels);
                let mut top = room.top(4, at).to_vec();
                top.sort_unstable();
                top.dedup();
                assert_eq!(top.len(), 4, "seed {seed}");
                changes += usize::from(top != before);
                before = top;
            }
            assert!(changes < 100, "seed {seed}: {changes} changes in 20 s of cross-talk");
        }
    }
}

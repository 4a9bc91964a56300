//! What a live lesson leaves behind: its chat, its recording, and what was told to school life.

use crate::people::People;
use crate::{Actor, When};
use bytes::Bytes;
use futures_util::stream;
use preau_base::{ChatId, FileId, Instant, LessonId, PersonId, RecordingId, ReportId, SeededRng};
use preau_files::Files;
use preau_school::safety::{Concern, ReportKind};
use preau_store::chat::{self, Message};
use preau_store::files::NewFile;
use preau_store::recordings::{self, NewTrack};
use preau_store::reports::{self, NewReport};
use preau_store::{Conn, StoreError};
use preau_webm::{Ending, Frame, Head, Writer};
use std::convert::Infallible;
use std::time::Duration;

const LINES: usize = 12;
const LINE_EVERY: Duration = Duration::from_secs(20);
/// How the class writes that a line is for everybody in it.
const EVERYBODY: &str = "\"class\"";
/// Pupils who are heard, beside the teacher.
const VOICES: usize = 3;
/// Two seconds of voice.
const PACKETS: i64 = 100;
const PACKET_MS: i64 = 20;
/// An Opus packet of 20 ms in which there is nothing to be heard (RFC 6716 §3.1).
const SILENCE: [u8; 3] = [0xf8, 0xff, 0xfe];
const TRACK_BYTES_MAX: u64 = 1 << 20;

/// The chat and the recording of a lesson that began at `began`, and a report of one of its lines.
pub(crate) async fn sow(
    conn: &mut Conn,
    files: &Files,
    people: &People,
    (lesson, began): (LessonId, Instant),
    when: &When,
    rng: &mut SeededRng,
) -> Result<ReportId, StoreError> {
    let pupils = &people.classes[0].pupils;
    let mut lines = Vec::new();
    for number in 0..LINES {
        let at = began.plus(LINE_EVERY * u32::try_from(number).unwrap_or_default());
        let line = Message {
            id: ChatId::new(at, rng),
            person_id: pupils[number % pupils.len()],
            body: format!("Ma réponse à la question {}", number + 1),
            audience: EVERYBODY.to_owned(),
            sent_at: at,
        };
        lines.push(chat::send(conn, lesson, &line, &format!("year-{number}")).await?);
    }
    recording(conn, files, people, (lesson, began), when, rng).await?;
    report(conn, people, lesson, &lines, when, rng).await
}

/// A voice for the teacher and for some pupils, each in a file that plays.
async fn recording(
    conn: &mut Conn,
    files: &Files,
    people: &People,
    (lesson, began): (LessonId, Instant),
    when: &When,
    rng: &mut SeededRng,
) -> Result<(), StoreError> {
    let missing = || StoreError::Import("the recording was deleted before it was made".to_owned());
    let id = RecordingId::new(began, rng);
    let recording = recordings::begin(conn, id, lesson, began).await?.ok_or_else(missing)?;
    let pupils = people.classes[0].pupils.iter().take(VOICES);
    for (number, owner) in [&people.actors[&Actor::Teacher]].into_iter().chain(pupils).enumerate() {
        voice(conn, files, (recording.id, began), (number, *owner), when, rng).await?;
    }
    Ok(())
}

async fn voice(
    conn: &mut Conn,
    files: &Files,
    (recording, began): (RecordingId, Instant),
    (number, owner): (usize, PersonId),
    when: &When,
    rng: &mut SeededRng,
) -> Result<(), StoreError> {
    let (bytes, lasts_ms) = silence();
    let id = FileId::new(began, rng);
    let sent = stream::iter([Ok::<_, Infallible>(Bytes::from(bytes))]);
    let stored = files.put(id, sent, TRACK_BYTES_MAX).await;
    let stored = stored.map_err(|error| StoreError::Import(format!("a track cannot be stored: {error}")))?;
    let name = format!("voice-{:04}.webm", number + 1);
    let file = NewFile {
        id,
        owner,
        name: &name,
        kind: stored.kind.as_str(),
        bytes: stored.bytes,
        sha256: stored.sha256.bytes(),
    };
    let track = NewTrack { recording, kind: "voice", begins_at: began, lasts_ms };
    recordings::add_track(conn, &track, &file, when.now).await?;
    Ok(())
}

/// A file in which nothing is said, finished as those of a lesson are; with its milliseconds.
fn silence() -> (Vec<u8>, i64) {
    let mut writer = Writer::new(Head::Voice);
    let mut ending = Ending::default();
    let mut bytes = Vec::new();
    for packet in 0..PACKETS {
        let frame = Frame { at_ms: packet * PACKET_MS, key: true, size: None, data: SILENCE.to_vec() };
        bytes.extend(writer.frame(&frame));
    }
    ending.push(&bytes);
    let Some(finish) = ending.end() else { return (bytes, PACKETS * PACKET_MS) };
    bytes.extend(finish.cues);
    for patch in finish.patches {
        let at = usize::try_from(patch.at).unwrap_or(usize::MAX);
        if let Some(place) = bytes.get_mut(at..at.saturating_add(patch.bytes.len())) {
            place.copy_from_slice(&patch.bytes);
        }
    }
    (bytes, finish.duration_ms)
}

/// A pupil tells of the last line, with those around it, as the page of a report keeps them.
async fn report(
    conn: &mut Conn,
    people: &People,
    lesson: LessonId,
    lines: &[Message],
    when: &When,
    rng: &mut SeededRng,
) -> Result<ReportId, StoreError> {
    let quoted = |(number, line): (usize, &Message)| {
        serde_json::json!({
            "chat": line.id, "person": line.person_id, "name": "Élève", "body": line.body,
            "at": line.sent_at.as_millis(), "is_it": number + 1 == lines.len(),
        })
    };
    let around: Vec<_> = lines.iter().enumerate().map(quoted).collect();
    let reported = lines.last().map_or(people.actors[&Actor::Teacher], |line| line.person_id);
    let id = ReportId::new(when.now, rng);
    let report = NewReport {
        id,
        school: people.school,
        lesson,
        kind: ReportKind::Message,
        concern: Concern::Shocking,
        reporter: people.actors[&Actor::Pupil],
        reported,
        body: "Ce n’est pas drôle.",
        lines: &serde_json::to_string(&around).unwrap_or_default(),
        picture: None,
    };
    reports::add(conn, &report, when.now).await?;
    Ok(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_voice_is_a_whole_file() {
        let (bytes, lasts_ms) = silence();
        assert_eq!(preau_files::kind::sniff(&bytes), preau_files::Kind::Webm);
        assert_eq!(lasts_ms, PACKETS * PACKET_MS);
        let mut again = Ending::default();
        again.push(&bytes);
        let finish = again.end().expect("it plays");
        assert_eq!(finish.duration_ms, lasts_ms);
        assert!(bytes.len() as u64 > finish.bytes, "its index stands behind what is played");
    }
}

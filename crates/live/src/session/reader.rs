use super::Out;
use crate::lesson::{Handle, ToLesson};
use crate::limits::SILENCE_MAX;
use crate::live::Live;
use axum::extract::ws::{Message, WebSocket};
use futures_util::StreamExt;
use futures_util::stream::SplitStream;
use preau_base::Instant;
use preau_classroom::limits::{
    BAD_MESSAGES_MAX, DROPPED_IN_A_ROW_MAX, MESSAGE_EVERY, MESSAGES_AT_ONCE_MAX, OFFER_EVERY, OFFER_FRAME_BYTES_MAX,
    OFFERS_AT_ONCE_MAX,
};
use preau_classroom::wire::{Bye, Code, Command, Fault, Incoming, ServerMessage, parse, write};
use preau_classroom::{Bucket, ConnId};
use tokio::sync::mpsc;
use tokio::time::timeout;

/// How reading ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// The client is gone.
    Lost,
    /// A `bye` was given to the writer.
    Said,
}

/// Reads frames and hands commands to the lesson until the client goes, or goes too far.
pub(super) async fn read(
    live: &Live,
    conn: ConnId,
    handle: &Handle,
    stream: &mut SplitStream<WebSocket>,
    own: mpsc::Sender<Out>,
) -> End {
    let mut manners = Manners::new();
    loop {
        let text = match timeout(SILENCE_MAX, stream.next()).await {
            Ok(Some(Ok(Message::Text(text)))) if text.len() <= OFFER_FRAME_BYTES_MAX => text,
            Ok(Some(Ok(Message::Ping(_) | Message::Pong(_)))) if manners.may_beat(live.now()) => continue,
            Ok(Some(Ok(Message::Ping(_) | Message::Pong(_)))) => return say(&own, Bye::Flood).await,
            Ok(Some(Ok(Message::Text(_) | Message::Binary(_)) | Err(_))) => return say(&own, Bye::BadFrames).await,
            Ok(Some(Ok(Message::Close(_))) | None) | Err(_) => return End::Lost,
        };
        match manners.judge(&text, live.now()) {
            Verdict::Pass(Incoming { id, command }) => {
                if !handle.send(ToLesson::Command { conn, id, command }).await {
                    // The lesson has ended; the writer learns it, too, and says so.
                    return std::future::pending().await;
                }
            }
            Verdict::Answer(fault) => {
                let text = write(&ServerMessage::Error { re: fault.id, code: fault.code, retry_ms: None });
                // A client that floods us with nonsense and reads nothing need not get every answer.
                let _ = own.try_send(Out::Frame(text.into()));
            }
            Verdict::Drop => {}
            Verdict::End(code) => return say(&own, code).await,
        }
    }
}

async fn say(own: &mpsc::Sender<Out>, code: Bye) -> End {
    let _ = own.send(Out::Bye(code)).await;
    End::Said
}

#[derive(Debug)]
enum Verdict {
    Pass(Incoming),
    Answer(Fault),
    Drop,
    End(Bye),
}

/// Rates and patience of one connection.
struct Manners {
    messages: Bucket,
    offers: Bucket,
    /// `too_fast` is said no more often than messages may come.
    answers: Bucket,
    beats: Bucket,
    dropped_in_a_row: u32,
    bad: u32,
}

impl Manners {
    const fn new() -> Self {
        Self {
            messages: Bucket::new(MESSAGE_EVERY, MESSAGES_AT_ONCE_MAX),
            offers: Bucket::new(OFFER_EVERY, OFFERS_AT_ONCE_MAX),
            answers: Bucket::new(MESSAGE_EVERY, MESSAGES_AT_ONCE_MAX),
            beats: Bucket::new(MESSAGE_EVERY, MESSAGES_AT_ONCE_MAX),
            dropped_in_a_row: 0,
            bad: 0,
        }
    }

    /// Ping and Pong frames cost a read and an answer each; no browser sends more than one for each of ours.
    fn may_beat(&mut self, now: Instant) -> bool {
        self.beats.take(now)
    }

    fn judge(&mut self, text: &str, now: Instant) -> Verdict {
        if !self.messages.take(now) {
            return self.dropped(parse(text).map_or_else(|fault| fault.id, |incoming| incoming.id), now);
        }
        match parse(text) {
            Ok(Incoming { id, command: Command::Offer { .. } }) if !self.offers.take(now) => self.dropped(id, now),
            Ok(incoming) => {
                self.dropped_in_a_row = 0;
                Verdict::Pass(incoming)
            }
            Err(fault) if fault.code == Code::BadMessage => {
                self.bad += 1;
                if self.bad > BAD_MESSAGES_MAX { Verdict::End(Bye::BadFrames) } else { Verdict::Answer(fault) }
            }
            Err(fault) => Verdict::Answer(fault),
        }
    }

    fn dropped(&mut self, id: Option<u32>, now: Instant) -> Verdict {
        metrics::counter!("preau_live_messages_dropped_total").increment(1);
        self.dropped_in_a_row += 1;
        if self.dropped_in_a_row > DROPPED_IN_A_ROW_MAX {
            Verdict::End(Bye::Flood)
        } else if self.answers.take(now) {
            Verdict::Answer(Fault { id, code: Code::TooFast })
        } else {
            Verdict::Drop
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_is_dropped_then_ended() {
        let mut manners = Manners::new();
        let now = Instant::from_secs(1_800_000_000);
        let frame = r#"{"v":1,"type":"ping","at":1}"#;
        let verdicts: Vec<_> = (0..400).map(|_| manners.judge(frame, now)).collect();
        let passed = verdicts.iter().filter(|verdict| matches!(verdict, Verdict::Pass(_))).count();
        assert_eq!(passed, 60);
        assert!(matches!(verdicts[60], Verdict::Answer(Fault { code: Code::TooFast, .. })));
        assert!(matches!(verdicts[259], Verdict::Drop));
        assert!(matches!(verdicts[260], Verdict::End(Bye::Flood)));
    }

    #[test]
    fn heartbeats_have_a_rate_and_no_message_pays_for_them() {
        let mut manners = Manners::new();
        let now = Instant::from_secs(1_800_000_000);
        assert_eq!((0..400).filter(|_| manners.may_beat(now)).count(), 60);
        assert!(matches!(manners.judge(r#"{"v":1,"type":"ping","at":1}"#, now), Verdict::Pass(_)));
    }

    #[test]
    fn offers_have_a_rate_of_their_own() {
        let mut manners = Manners::new();
        let now = Instant::from_secs(1_800_000_000);
        let frame = r#"{"v":1,"type":"offer","id":3,"sdp":"v=0"}"#;
        let passed = (0..20).filter(|_| matches!(manners.judge(frame, now), Verdict::Pass(_))).count();
        assert_eq!(passed, 5);
    }

    #[test]
    fn twenty_malformed_messages_are_answered() {
        let mut manners = Manners::new();
        let start = Instant::from_secs(1_800_000_000);
        for at in 0..20 {
            let verdict = manners.judge("{", start.plus(std::time::Duration::from_secs(at)));
            assert!(matches!(verdict, Verdict::Answer(Fault { id: None, code: Code::BadMessage })));
        }
        let last = manners.judge("{", start.plus(std::time::Duration::from_secs(21)));
        assert!(matches!(last, Verdict::End(Bye::BadFrames)));
    }
}

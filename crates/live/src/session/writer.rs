use super::Out;
use crate::limits::{CLOSE_WAIT_MAX, PING_EVERY, WRITE_WAIT_MAX};
use axum::extract::ws::{CloseFrame, Message, WebSocket};
use futures_util::SinkExt;
use futures_util::stream::SplitSink;
use preau_classroom::wire::{Bye, ServerMessage, write as write_message};
use tokio::sync::{mpsc, oneshot};
use tokio::time::{MissedTickBehavior, interval, timeout};

pub(crate) type Sink = SplitSink<WebSocket, Message>;

/// Sends what the lesson and the session's reader say until one of them says `bye`. Gives why it ended; `None` when
/// the client was gone.
pub(super) async fn write(
    sink: &mut Sink,
    mut from_lesson: mpsc::Receiver<Out>,
    mut from_reader: mpsc::Receiver<Out>,
    ended: oneshot::Receiver<Bye>,
) -> Option<Bye> {
    // A lesson that drops its end of the queues says no more than `Restart`, after what is queued.
    let cut = async {
        match ended.await {
            Ok(code) => code,
            Err(_) => std::future::pending().await,
        }
    };
    tokio::pin!(cut);
    let mut pings = interval(PING_EVERY);
    pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
    pings.reset();
    let code = loop {
        let message = tokio::select! {
            biased;
            code = &mut cut => break code,
            out = from_lesson.recv() => match out {
                Some(Out::Frame(text)) => Message::Text(text),
                Some(Out::Bye(code)) => break code,
                None => break Bye::Restart,
            },
            Some(out) = from_reader.recv() => match out {
                Out::Frame(text) => Message::Text(text),
                Out::Bye(code) => break code,
            },
            _ = pings.tick() => Message::Ping(axum::body::Bytes::new()),
        };
        let sent = tokio::select! {
            sent = timeout(WRITE_WAIT_MAX, sink.send(message)) => sent,
            code = &mut cut => break code,
        };
        match sent {
            Ok(Ok(())) => {}
            Ok(Err(_)) => return None,
            Err(_) => break Bye::Slow,
        }
    };
    say_bye(sink, code).await;
    Some(code)
}

/// The message, then the Close frame; a client that reads neither is left.
pub(super) async fn say_bye(sink: &mut Sink, code: Bye) {
    metrics::counter!("preau_live_byes_total", "code" => name(code)).increment(1);
    let text = write_message(&ServerMessage::Bye { code, retry_ms: code.retry_ms() });
    let close = CloseFrame { code: code.close_code(), reason: axum::extract::ws::Utf8Bytes::from_static("") };
    let both = async {
        sink.send(Message::Text(text.into())).await?;
        sink.send(Message::Close(Some(close))).await
    };
    let _ = timeout(CLOSE_WAIT_MAX, both).await;
}

/// The code as a metric's label.
fn name(code: Bye) -> String {
    serde_json::to_value(code).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

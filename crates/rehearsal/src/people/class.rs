//! The WebSocket of a lesson, as somebody who listens holds it (`docs/protocol/class.md`).

use crate::limits::{ANSWER_BYTES_MAX, PAGE_MS_MAX};
use crate::net::{self, Origin};
use crate::target::Destination;
use crate::wire::{Speech, Stream};
use bytes::Bytes;
use flate2::read::GzDecoder;
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt as _, StreamExt as _};
use http::HeaderValue;
use std::io::{self, Read as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::{WebSocketStream, client_async};

pub(super) struct Class {
    says: SplitSink<WebSocketStream<Stream>, Message>,
    over: Arc<AtomicBool>,
    reader: tokio::task::JoinHandle<()>,
    destination: Destination,
}

impl Class {
    /// Opens the socket, says hello and waits for the welcome.
    pub(super) async fn join(
        speech: &Speech,
        origin: Origin,
        url: &str,
        token: &str,
        cookies: Option<HeaderValue>,
        agent: &str,
    ) -> io::Result<Self> {
        let joining = async {
            let stream = speech.open(origin, false).await?;
            let scheme = if speech.is_secure() { "wss" } else { "ws" };
            let mut request =
                format!("{scheme}://{}{url}", speech.host).into_client_request().map_err(io::Error::other)?;
            let headers = request.headers_mut();
            headers.insert("origin", HeaderValue::try_from(&speech.origin).map_err(io::Error::other)?);
            headers.insert("user-agent", HeaderValue::try_from(agent).map_err(io::Error::other)?);
            if let Some(cookies) = cookies {
                headers.insert("cookie", cookies);
            }
            let (socket, _) = client_async(request, stream).await.map_err(io::Error::other)?;
            let (mut says, mut hears) = socket.split();
            let hello = serde_json::json!({ "v": 1, "type": "hello", "token": token, "protocol": preau_classroom::limits::PROTOCOL });
            says.send(Message::text(hello.to_string())).await.map_err(io::Error::other)?;
            welcome(&mut hears).await?;
            Ok::<_, io::Error>((says, hears))
        };
        let joined = timeout(Duration::from_millis(PAGE_MS_MAX), joining).await;
        let (says, hears) = joined.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))??;
        let over = Arc::new(AtomicBool::new(false));
        let reader = tokio::spawn(listen(hears, over.clone()));
        Ok(Self { says, over, reader, destination: speech.destination.clone() })
    }

    /// A sign of life; false when the lesson has ended the connection, or nobody may go there any more.
    pub(super) async fn ping(&mut self) -> bool {
        let ping = serde_json::json!({ "v": 1, "type": "ping", "at": 0 });
        let is_on = !self.over.load(Ordering::Relaxed) && net::check(&self.destination).is_ok();
        is_on && self.says.send(Message::text(ping.to_string())).await.is_ok()
    }

    pub(super) async fn leave(mut self) {
        if net::check(&self.destination).is_ok() {
            let leave = serde_json::json!({ "v": 1, "type": "leave" });
            // The server may have ended it before.
            drop(self.says.send(Message::text(leave.to_string())).await);
        }
        self.reader.abort();
    }
}

impl Drop for Class {
    fn drop(&mut self) {
        self.reader.abort();
    }
}

async fn welcome(hears: &mut SplitStream<WebSocketStream<Stream>>) -> io::Result<()> {
    while let Some(message) = hears.next().await {
        let Message::Text(text) = message.map_err(io::Error::other)? else { continue };
        let said: serde_json::Value = serde_json::from_str(&text).map_err(io::Error::other)?;
        match said.get("type").and_then(serde_json::Value::as_str) {
            Some("welcome") => return Ok(()),
            Some("bye") => return Err(io::Error::other(format!("bye: {text}"))),
            _ => {}
        }
    }
    Err(io::Error::other("the lesson ended the connection without a word"))
}

/// Takes what the lesson says, so that it never has to wait for us.
async fn listen(mut hears: SplitStream<WebSocketStream<Stream>>, over: Arc<AtomicBool>) {
    while let Some(Ok(message)) = hears.next().await {
        if message.is_close() {
            break;
        }
    }
    over.store(true, Ordering::Relaxed);
}

/// A gzip body (RFC 1952); empty where it is broken, which a person sees as a blank page.
pub(super) fn gunzip(bytes: &[u8]) -> Bytes {
    let mut plain = Vec::new();
    let most = u64::try_from(ANSWER_BYTES_MAX).unwrap_or(u64::MAX);
    match GzDecoder::new(bytes).take(most).read_to_end(&mut plain) {
        Ok(_) => Bytes::from(plain),
        Err(_broken) => Bytes::new(),
    }
}

//! The WebSocket protocol of vosk-server (<https://alphacephei.com/vosk/server>): a configuration, then binary messages of
//! 16-bit little-endian samples; each is answered by what is understood so far (`partial`) or by a finished sentence
//! (`text`). `{"eof" : 1}`, with these very blanks, asks for the last one. One connection is one voice.

use super::ear::{CHUNK_BYTES, SAMPLE_RATE_HZ};
use super::engine::Engine;
use crate::limits::{
    ENGINE_ANSWER_BYTES_MAX, ENGINE_CONNECT_WAIT_MAX, ENGINE_LAST_WORDS_WAIT_MAX, ENGINE_WRITE_WAIT_MAX, PARTIAL_EVERY,
    SOUND_CHUNKS_MAX,
};
use futures_util::{Sink, SinkExt, Stream, StreamExt};
use preau_classroom::limits::CAPTION_CHARS_MAX;
use serde::Deserialize;
use std::io;
use std::sync::{Arc, LazyLock};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, lookup_host};
use tokio::sync::mpsc::Receiver;
use tokio::time::{Instant, timeout};
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::{ClientConfig, RootCertStore, crypto::aws_lc_rs, pki_types::ServerName};
use tokio_tungstenite::client_async_with_config;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Error, Message};

const END: &str = r#"{"eof" : 1}"#;

#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    #[error("it cannot be reached: {0}")]
    Unreachable(#[from] io::Error),
    #[error("its name means no machine to which voices may go in the open; wss:// may go anywhere")]
    Far,
    #[error("{0}")]
    WebSocket(#[from] Box<Error>),
    #[error("it takes too long to {0}")]
    TooSlow(&'static str),
    #[error("it has ended the connection")]
    Ended,
    #[error("it takes sound and says nothing")]
    Silent,
}

impl From<Error> for EngineError {
    fn from(error: Error) -> Self {
        Self::WebSocket(Box::new(error))
    }
}

trait Wire: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Wire for T {}

/// Sends one voice until `sound` ends, and gives what is understood of it: text, and whether it is final.
pub async fn listen(
    engine: &Engine,
    mut sound: Receiver<Vec<u8>>,
    mut said: impl FnMut(String, bool),
) -> Result<(), EngineError> {
    let config = WebSocketConfig::default()
        .max_message_size(Some(ENGINE_ANSWER_BYTES_MAX))
        .max_frame_size(Some(ENGINE_ANSWER_BYTES_MAX))
        .max_write_buffer_size(4 * SOUND_CHUNKS_MAX * CHUNK_BYTES);
    let opening = async {
        let wire = connect(engine).await?;
        Ok::<_, EngineError>(client_async_with_config(engine.url(), wire, Some(config)).await?.0)
    };
    let socket = timeout(ENGINE_CONNECT_WAIT_MAX, opening).await.map_err(|_| EngineError::TooSlow("answer"))??;
    let (mut out, mut answers) = socket.split();
    let rate = format!(r#"{{"config": {{"sample_rate": {SAMPLE_RATE_HZ}}}}}"#);
    write(&mut out, Message::text(rate)).await?;
    let (mut words, mut sent) = (Words::default(), 0_u32);
    loop {
        tokio::select! {
            chunk = sound.recv() => match chunk {
                Some(chunk) => {
                    write(&mut out, Message::binary(chunk)).await?;
                    sent += 1;
                }
                None => break,
            },
            answer = answers.next() => words.take(answer.ok_or(EngineError::Ended)??, &mut said)?,
        }
    }
    write(&mut out, Message::text(END)).await?;
    let _ = timeout(ENGINE_LAST_WORDS_WAIT_MAX, last_words(&mut answers, &mut words, &mut said)).await;
    // An engine that is overloaded or wrong takes sound as gladly as one that understands it.
    if sent > 0 && !words.has_answered { Err(EngineError::Silent) } else { Ok(()) }
}

/// Until the engine ends the connection: that it does is what it was asked for.
async fn last_words(
    answers: &mut (impl Stream<Item = Result<Message, Error>> + Unpin),
    words: &mut Words,
    said: &mut impl FnMut(String, bool),
) {
    while let Some(Ok(answer)) = answers.next().await {
        if words.take(answer, said).is_err() {
            return;
        }
    }
}

async fn write(out: &mut (impl Sink<Message, Error = Error> + Unpin), message: Message) -> Result<(), EngineError> {
    let written = timeout(ENGINE_WRITE_WAIT_MAX, out.send(message)).await;
    Ok(written.map_err(|_| EngineError::TooSlow("take sound"))??)
}

async fn connect(engine: &Engine) -> Result<Box<dyn Wire>, EngineError> {
    let mut last = EngineError::Far;
    for address in lookup_host((engine.host(), engine.port())).await? {
        if !engine.may_dial(address) {
            continue;
        }
        match TcpStream::connect(address).await {
            Ok(stream) if engine.is_secret() => {
                let name = ServerName::try_from(engine.host().to_owned()).map_err(io::Error::other)?;
                return Ok(Box::new(TLS.connect(name, stream).await?));
            }
            Ok(stream) => return Ok(Box::new(stream)),
            Err(error) => last = error.into(),
        }
    }
    Err(last)
}

static TLS: LazyLock<TlsConnector> = LazyLock::new(|| {
    let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("the provider has the default versions")
        .with_root_certificates(roots)
        .with_no_client_auth();
    TlsConnector::from(Arc::new(config))
});

#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    partial: Option<String>,
    #[serde(default)]
    text: Option<String>,
}

/// What was understood so far.
#[derive(Default)]
struct Words {
    has_answered: bool,
    partial: String,
    told_at: Option<Instant>,
}

impl Words {
    fn take(&mut self, message: Message, said: &mut impl FnMut(String, bool)) -> Result<(), EngineError> {
        let text = match message {
            Message::Text(text) => text,
            Message::Close(_) => return Err(EngineError::Ended),
            _ => return Ok(()),
        };
        let Ok(answer) = serde_json::from_str::<Answer>(&text) else { return Ok(()) };
        self.has_answered = true;
        if let Some(text) = answer.text.as_deref().map(plain).filter(|text| !text.is_empty()) {
            self.partial.clear();
            self.told_at = None;
            for piece in pieces(&text) {
                said(piece, true);
            }
        } else if let Some(text) = answer.partial.as_deref().map(plain).filter(|text| !text.is_empty()) {
            let is_due = self.told_at.is_none_or(|told| told.elapsed() >= PARTIAL_EVERY);
            if is_due && text != self.partial {
                self.told_at = Some(Instant::now());
                said(pieces(&text).pop().unwrap_or_default(), false);
                self.partial = text;
            }
        }
        Ok(())
    }
}

/// Words with one blank between them, and nothing that is none.
fn plain(text: &str) -> String {
    let words = text.split(|char: char| char.is_whitespace() || char.is_control()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ")
}

/// Lines of at most [`CAPTION_CHARS_MAX`] characters, broken between words where there is a place.
fn pieces(text: &str) -> Vec<String> {
    let mut pieces = Vec::<String>::new();
    let mut room = 0;
    for word in text.split(' ') {
        let word: String = word.chars().take(CAPTION_CHARS_MAX).collect();
        let length = word.chars().count();
        match pieces.last_mut() {
            Some(last) if length < room => {
                last.push(' ');
                last.push_str(&word);
                room -= length + 1;
            }
            _ => {
                room = CAPTION_CHARS_MAX - length;
                pieces.push(word);
            }
        }
    }
    pieces
}

#[cfg(test)]
mod tests;

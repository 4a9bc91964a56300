//! A speech engine for tests: it speaks vosk-server's protocol on a free port, counts the sound that it gets, and
//! understands what it was told to.

use crate::captions::Engine;
use futures_util::{SinkExt, StreamExt};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_tungstenite::accept_async;
use tokio_tungstenite::tungstenite::Message;

/// How it behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manners {
    /// Answers every piece with what it understands so far, and the end with the whole.
    Good,
    /// Takes sound and says nothing.
    Silent,
    /// Hangs up in the middle of a sentence.
    HangsUp,
    /// Says what no engine says.
    Raves,
}

#[derive(Default)]
pub struct Counts {
    pub connections: AtomicUsize,
    pub bytes: AtomicUsize,
    pub configs: Mutex<Vec<String>>,
}

pub struct TestEngine {
    pub address: Engine,
    pub counts: Arc<Counts>,
    server: JoinHandle<()>,
}

impl TestEngine {
    pub async fn start(manners: Manners, says: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = format!("ws://{}/fr", listener.local_addr().expect("bound")).parse().expect("an address");
        let counts = Arc::<Counts>::default();
        let counted = counts.clone();
        let server = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(hear(stream, counted.clone(), manners, says));
            }
        });
        Self { address, counts, server }
    }

    pub fn bytes(&self) -> usize {
        self.counts.bytes.load(Ordering::SeqCst)
    }
}

impl Drop for TestEngine {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn hear(stream: TcpStream, counts: Arc<Counts>, manners: Manners, says: &str) {
    counts.connections.fetch_add(1, Ordering::SeqCst);
    let Ok(mut socket) = accept_async(stream).await else { return };
    let words: Vec<&str> = says.split(' ').collect();
    let mut pieces = 0;
    while let Some(Ok(message)) = socket.next().await {
        let answer = match message {
            Message::Text(text) if text.as_str() == r#"{"eof" : 1}"# => {
                if manners == Manners::Good {
                    let _ = socket.send(Message::text(format!(r#"{{"text" : "{says}"}}"#))).await;
                }
                let _ = socket.close(None).await;
                return;
            }
            Message::Text(text) => {
                counts.configs.lock().expect("configs").push(text.to_string());
                continue;
            }
            Message::Binary(sound) => {
                counts.bytes.fetch_add(sound.len(), Ordering::SeqCst);
                pieces += 1;
                match manners {
                    Manners::Good => format!(r#"{{"partial" : "{}"}}"#, words[..words.len().min(pieces)].join(" ")),
                    Manners::Silent => continue,
                    Manners::HangsUp => return,
                    Manners::Raves => match pieces % 4 {
                        0 => "sans queue ni tête".to_owned(),
                        1 => format!(r#"{{"text" : "{}"}}"#, "mot \\n\\u0007".repeat(2_000)),
                        2 => r#"{"text" : ["?"], "partial" : 7}"#.to_owned(),
                        _ => format!(r#"{{"partial" : "{}"}}"#, "x".repeat(1_000)),
                    },
                }
            }
            _ => continue,
        };
        if socket.send(Message::text(answer)).await.is_err() {
            return;
        }
    }
}

//! `preau media headers` at the server: a socket in the data folder that only its owner may open. A line of JSON asks, lines of
//! JSON answer, and what is done stands in the chained record and in the school's log before the first of them.

use crate::data::DataFolder;
use anyhow::Context;
use preau_base::{LessonId, SharedClock};
use preau_front::Gatekeeper;
use preau_front::record::Event;
use preau_live::{Examine, Examined, Live};
use preau_store::audit::Entry;
use preau_store::{Store, StoreError, audit, lessons};
use serde::{Deserialize, Serialize};
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::Semaphore;
use tokio::task::AbortHandle;
use tokio::time::timeout;

/// The most of one look.
pub const PACKETS_MAX: u32 = 20_000;
pub const SECONDS_MAX: u64 = 120;
/// Looks at the same time.
const LOOKS_MAX: usize = 4;
const ASK_BYTES_MAX: u64 = 1_024;
/// How long whoever connects may take to ask, and to take a line.
const ASK_WAIT_MAX: Duration = Duration::from_secs(5);
const LINE_WAIT_MAX: Duration = Duration::from_secs(10);
/// What the school's log calls it.
const ACT: &str = "media.headers";

/// What the program asks.
#[derive(Debug, Serialize, Deserialize)]
pub struct Ask {
    pub lesson: LessonId,
    pub peer: u64,
    pub packets: u32,
    pub seconds: u64,
}

/// What it is told first: that headers follow, or why not.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Told {
    Begins,
    Refused(String),
}

/// Where it is asked.
pub fn socket(data: &DataFolder) -> PathBuf {
    data.path().join("media.sock")
}

#[derive(Clone)]
pub struct Examiner {
    pub live: Live,
    pub store: Store,
    pub keeper: Arc<Gatekeeper>,
    pub clock: SharedClock,
}

/// The socket, mode 0600; one that a server left behind is replaced. The data folder is this server's alone: its gate holds a
/// socket there already.
fn bind(data: &DataFolder) -> anyhow::Result<UnixListener> {
    let path = socket(data);
    match std::fs::remove_file(&path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error).context("media.sock"),
        _ => {}
    }
    let listener = UnixListener::bind(&path).with_context(|| format!("the socket {}", path.display()))?;
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).context("media.sock")?;
    Ok(listener)
}

/// Answers until it is aborted.
pub fn start(data: &DataFolder, examiner: Examiner) -> anyhow::Result<AbortHandle> {
    let listener = bind(data)?;
    Ok(tokio::spawn(examiner.listen(listener)).abort_handle())
}

impl Examiner {
    /// Answers until it is dropped.
    async fn listen(self, listener: UnixListener) {
        let places = Arc::new(Semaphore::new(LOOKS_MAX));
        loop {
            let Ok(place) = places.clone().acquire_owned().await else { return };
            let stream = match listener.accept().await {
                Ok((stream, _)) => stream,
                Err(error) => {
                    tracing::warn!(%error, "media.sock could not accept");
                    tokio::time::sleep(ASK_WAIT_MAX).await;
                    continue;
                }
            };
            let examiner = self.clone();
            tokio::spawn(async move {
                if let Err(error) = examiner.serve(stream).await {
                    tracing::debug!(%error, "a look at headers ended");
                }
                drop(place);
            });
        }
    }

    async fn serve(&self, stream: UnixStream) -> io::Result<()> {
        let who = stream.peer_cred().map_or_else(|_| "media.sock".to_owned(), |peer| format!("uid {}", peer.uid()));
        let (read, mut write) = stream.into_split();
        let mut line = String::new();
        timeout(ASK_WAIT_MAX, BufReader::new(read.take(ASK_BYTES_MAX)).read_line(&mut line)).await??;
        let begun = match serde_json::from_str(&line) {
            Ok(ask) => self.begin(&ask, &who).await.map(|look| (look, ask)),
            Err(error) => Err(error.to_string()),
        };
        let (mut look, ask) = match begun {
            Ok(begun) => begun,
            Err(why) => return say(&mut write, &Told::Refused(why)).await,
        };
        say(&mut write, &Told::Begins).await?;
        for _ in 0..ask.packets {
            let Some(header) = look.headers.recv().await else { break };
            say(&mut write, &header).await?;
        }
        Ok(())
    }

    /// Nothing is given out that is not written down.
    async fn begin(&self, ask: &Ask, who: &str) -> Result<Examined, String> {
        if ask.packets == 0 || ask.packets > PACKETS_MAX || ask.seconds == 0 || ask.seconds > SECONDS_MAX {
            return Err(format!("1 to {PACKETS_MAX} packets, 1 to {SECONDS_MAX} seconds"));
        }
        let time = Duration::from_secs(ask.seconds);
        let examine = Examine { peer: ask.peer, packets: ask.packets, time };
        let look = self.live.examine(ask.lesson, examine).await.map_err(|error| error.to_string())?;
        self.keeper.record().event(Event::Headers {
            who: who.to_owned(),
            lesson: ask.lesson.to_string(),
            peer: ask.peer,
            person: look.person.to_string(),
            packets_max: ask.packets,
            seconds_max: ask.seconds,
        });
        match self.write_down(ask, who, &look).await {
            Ok(()) => Ok(look),
            Err(error) => {
                tracing::error!(%error, "a look at headers was not written down, and is not given");
                Err("the school’s log cannot be written".to_owned())
            }
        }
    }

    async fn write_down(&self, ask: &Ask, who: &str, look: &Examined) -> Result<(), StoreError> {
        let mut tx = self.store.write().await?;
        let school = lessons::by_id(&mut tx, ask.lesson).await?.map(|lesson| lesson.school_id);
        let target = look.person.to_string();
        let detail = format!("{who}, {} s, {}", ask.seconds, ask.lesson);
        let entry = Entry { actor: None, action: ACT, target: &target, school, detail: &detail };
        audit::append(&mut tx, &entry, self.clock.now()).await?;
        tx.commit().await
    }
}

async fn say(write: &mut (impl tokio::io::AsyncWrite + Unpin), what: &impl Serialize) -> io::Result<()> {
    let mut line = serde_json::to_vec(what)?;
    line.push(b'\n');
    timeout(LINE_WAIT_MAX, write.write_all(&line)).await?
}

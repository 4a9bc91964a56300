//! The control socket: what `preau gate` asks of a running server, and the thread that keeps the gate's time.
//!
//! Line by line, JSON each: an [`Ask`], then a [`Told`]. Whoever may open the socket (its owner) may do everything.

use super::Gatekeeper;
use crate::limits::{
    GATE_ANSWER_BYTES_MAX, GATE_CONTROL_AT_ONCE_MAX, GATE_CONTROL_IDLE_MS_MAX, GATE_CONTROL_LINE_BYTES_MAX,
    GATE_CONTROL_MS_MAX, GATE_PUBLISH_TICKS,
};
use preau_gate::limits::TICK;
use preau_gate::{Command, Snapshot};
use serde::{Deserialize, Serialize};
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::{Semaphore, oneshot};
use tokio::time::{MissedTickBehavior, interval, timeout};

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Ask {
    Snapshot,
    Apply(Command),
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Told {
    Snapshot(Box<Snapshot>),
    Done,
    /// Nothing has changed.
    Refused(String),
}

#[derive(Debug, thiserror::Error)]
pub enum ControlError {
    #[error("no gate answers at {path}: is the server running?")]
    Nobody { path: PathBuf, source: io::Error },
    #[error("another server has the control socket {path}")]
    Taken { path: PathBuf },
    #[error("the control socket {path}")]
    Socket { path: PathBuf, source: io::Error },
    #[error("the gate did not answer in time")]
    TooSlow,
    #[error("the connection to the gate broke")]
    Broken(#[source] io::Error),
    #[error("the gate’s answer is not understood; is the server of another version?")]
    NotUnderstood,
    #[error("{0}")]
    Refused(String),
}

/// The thread that ticks and answers the control socket; both end when it is dropped.
pub struct GateThread {
    stop: Option<oneshot::Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
    socket: Option<PathBuf>,
}

impl Gatekeeper {
    /// Starts the gate's clock, and its control socket at `socket`, mode 0600; one that a server left behind is replaced.
    ///
    /// # Errors
    /// When a running server has the socket, or it cannot be made.
    pub fn start(self: &Arc<Self>, socket: Option<&Path>) -> Result<GateThread, ControlError> {
        let listener = socket.map(bind).transpose()?;
        let (stop, stopped) = oneshot::channel();
        let gatekeeper = self.clone();
        // The thread is the only owner of its runtime: one must not be dropped within another.
        let work = move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            let ran = runtime.and_then(|runtime| runtime.block_on(run(&gatekeeper, listener, stopped)));
            if let Err(error) = ran {
                tracing::error!(%error, "the gate’s thread cannot run: nothing moves its line and its limits");
            }
        };
        let thread = std::thread::Builder::new().name("gate".to_owned()).spawn(work);
        let path = || socket.map_or_else(PathBuf::new, Path::to_path_buf);
        let thread = thread.map_err(|source| ControlError::Socket { path: path(), source })?;
        Ok(GateThread { stop: Some(stop), thread: Some(thread), socket: socket.map(Path::to_path_buf) })
    }
}

impl Drop for GateThread {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the gate’s thread had panicked");
        }
        if let Some(path) = &self.socket
            && let Err(error) = std::fs::remove_file(path)
        {
            tracing::debug!(%error, "the control socket was gone already");
        }
    }
}

async fn run(
    gatekeeper: &Arc<Gatekeeper>,
    listener: Option<std::os::unix::net::UnixListener>,
    stopped: oneshot::Receiver<()>,
) -> io::Result<()> {
    let listener = listener.map(UnixListener::from_std).transpose()?;
    tokio::select! {
        () = keep_time(gatekeeper) => {}
        () = listen(gatekeeper, listener) => {}
        _ = stopped => {}
    }
    Ok(())
}

async fn keep_time(gatekeeper: &Gatekeeper) {
    let mut ticks = interval(TICK);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
    for tick in 0_u32.. {
        ticks.tick().await;
        gatekeeper.tick();
        if tick.is_multiple_of(GATE_PUBLISH_TICKS) {
            gatekeeper.publish();
        }
    }
}

fn bind(path: &Path) -> Result<std::os::unix::net::UnixListener, ControlError> {
    let failed = |source| ControlError::Socket { path: path.to_path_buf(), source };
    if std::os::unix::net::UnixStream::connect(path).is_ok() {
        return Err(ControlError::Taken { path: path.to_path_buf() });
    }
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(error)),
        _ => {}
    }
    let listener = std::os::unix::net::UnixListener::bind(path).map_err(failed)?;
    listener.set_nonblocking(true).map_err(failed)?;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).map_err(failed)?;
    Ok(listener)
}

async fn listen(gatekeeper: &Arc<Gatekeeper>, listener: Option<UnixListener>) {
    let Some(listener) = listener else { return std::future::pending().await };
    let places = Arc::new(Semaphore::new(GATE_CONTROL_AT_ONCE_MAX));
    loop {
        let Ok(place) = places.clone().acquire_owned().await else { return };
        let stream = match listener.accept().await {
            Ok((stream, _)) => stream,
            Err(error) => {
                tracing::warn!(%error, "the control socket could not accept");
                tokio::time::sleep(TICK).await;
                continue;
            }
        };
        let gatekeeper = gatekeeper.clone();
        tokio::spawn(async move {
            if let Err(error) = serve(&gatekeeper, stream).await {
                tracing::debug!(%error, "a control connection ended");
            }
            drop(place);
        });
    }
}

/// Answers one connection until it ends, is idle for too long or sends what is no line.
async fn serve(gatekeeper: &Gatekeeper, stream: UnixStream) -> io::Result<()> {
    let who = stream.peer_cred().map_or_else(|_| "control socket".to_owned(), |peer| format!("uid {}", peer.uid()));
    let (read, mut write) = stream.into_split();
    let mut read = BufReader::new(read);
    let mut line = Vec::new();
    loop {
        line.clear();
        let mut most = (&mut read).take(GATE_CONTROL_LINE_BYTES_MAX);
        let idle = Duration::from_millis(GATE_CONTROL_IDLE_MS_MAX);
        if timeout(idle, most.read_until(b'\n', &mut line)).await?? == 0 {
            return Ok(());
        }
        let told = if line.ends_with(b"\n") {
            answer(gatekeeper, &line, &who)
        } else {
            Told::Refused("the line is too long, or it has no end".to_owned())
        };
        let mut text = serde_json::to_vec(&told)?;
        text.push(b'\n');
        timeout(Duration::from_millis(GATE_CONTROL_MS_MAX), write.write_all(&text)).await??;
        if !line.ends_with(b"\n") {
            return Ok(());
        }
    }
}

fn answer(gatekeeper: &Gatekeeper, line: &[u8], who: &str) -> Told {
    match serde_json::from_slice(line) {
        Ok(Ask::Snapshot) => Told::Snapshot(Box::new(gatekeeper.snapshot())),
        Ok(Ask::Apply(command)) => match gatekeeper.apply(command, who) {
            Ok(()) => Told::Done,
            Err(refusal) => Told::Refused(refusal.to_string()),
        },
        Err(error) => Told::Refused(format!("not understood: {error}")),
    }
}

/// A connection to the control socket of a running server.
pub struct GateControl {
    stream: BufReader<UnixStream>,
}

impl GateControl {
    pub async fn connect(path: &Path) -> Result<Self, ControlError> {
        let connected = UnixStream::connect(path).await;
        let stream = connected.map_err(|source| ControlError::Nobody { path: path.to_path_buf(), source })?;
        Ok(Self { stream: BufReader::new(stream) })
    }

    pub async fn snapshot(&mut self) -> Result<Snapshot, ControlError> {
        match self.ask(&Ask::Snapshot).await? {
            Told::Snapshot(snapshot) => Ok(*snapshot),
            Told::Refused(why) => Err(ControlError::Refused(why)),
            Told::Done => Err(ControlError::NotUnderstood),
        }
    }

    pub async fn apply(&mut self, command: Command) -> Result<(), ControlError> {
        match self.ask(&Ask::Apply(command)).await? {
            Told::Done => Ok(()),
            Told::Refused(why) => Err(ControlError::Refused(why)),
            Told::Snapshot(_) => Err(ControlError::NotUnderstood),
        }
    }

    async fn ask(&mut self, ask: &Ask) -> Result<Told, ControlError> {
        let talk = async {
            let mut line = serde_json::to_vec(ask).map_err(io::Error::from)?;
            line.push(b'\n');
            self.stream.get_mut().write_all(&line).await?;
            let mut answer = Vec::new();
            (&mut self.stream).take(GATE_ANSWER_BYTES_MAX).read_until(b'\n', &mut answer).await?;
            Ok(answer)
        };
        let answered = timeout(Duration::from_millis(GATE_CONTROL_MS_MAX), talk).await;
        let answer = answered.map_err(|_late| ControlError::TooSlow)?.map_err(ControlError::Broken)?;
        serde_json::from_slice(&answer).map_err(|_| ControlError::NotUnderstood)
    }
}

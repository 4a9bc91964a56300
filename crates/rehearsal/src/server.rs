//! The server that a rehearsal starts itself: this program, with a data folder that is wiped at the end.

mod application;
mod behind;
mod seed;
mod watch;

pub(crate) use application::{Application, BIG_FILE};
pub(crate) use behind::Behind;
pub use seed::{Sown, sow};
pub(crate) use watch::{Look, Watch};

use crate::limits as l;
use crate::namespace::Namespace;
use crate::target::OwnTarget;
use preau_store::StoreError;
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio::time::timeout;

/// The server's address in a namespace: a /64 that no home has.
const SERVER_V6: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 0xffff, 0xffff, 0, 0, 0, 1);
/// How the program says that it is there: its own pages, or the gate in front of an application.
const READY: [&str; 2] = ["Préau serves ", "The gate of "];
/// Of everybody; it opens nothing but a folder that is wiped, and a small application.
const PASSWORD: &str = "la repetition du matin";
/// The beginning of every login.
const LOGIN: &str = "camille.p";

fn login_of(number: u32) -> String {
    format!("{LOGIN}{number}")
}

#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    #[error("cannot make a data folder for the rehearsal: {0}")]
    Folder(#[source] io::Error),
    #[error("cannot fill the rehearsal's school: {0}")]
    Fill(#[from] StoreError),
    #[error("cannot hash the rehearsal's password")]
    Password,
    #[error("the application behind the gate cannot be served: {0}")]
    Application(#[source] io::Error),
    #[error("cannot start {}: {source}", program.display())]
    Start { program: PathBuf, source: io::Error },
    #[error("the server ended before it was ready; its log ends with: {0}")]
    Ended(String),
    #[error("the server was not ready within {} s; its log ends with: {log}", l::SERVER_START_MS_MAX / 1_000)]
    TooSlow { log: String },
}

/// How a server is started.
pub(crate) struct Start<'a> {
    pub program: &'a Path,
    /// It runs on this core alone.
    pub core: Option<u32>,
    pub namespace: Option<&'a Namespace>,
    /// It stands in front of this one, and has no pages of its own.
    pub application: Option<SocketAddr>,
}

/// A data folder with a school in it, and then the server over it. Ends when dropped.
pub(crate) struct Server {
    child: Child,
    folder: TempDir,
    pub target: OwnTarget,
    pub target_v6: Option<OwnTarget>,
}

impl Server {
    /// Starts `program serve` over a folder that [`sow`] has filled, or `program gate` in front of an application over one
    /// that [`Behind::prepare`] has.
    pub(crate) async fn start(start: Start<'_>, folder: TempDir) -> Result<Self, ServerError> {
        let Start { program, core, namespace, application } = start;
        let failed = |source| ServerError::Start { program: program.to_path_buf(), source };
        // Both families listen on the same port, so it has to be known before.
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|it| it.local_addr()).map_err(failed)?.port();
        let v4 = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let v6 = SocketAddr::from((SERVER_V6, port));
        let listen = if namespace.is_some() { format!("{v4},{v6}") } else { v4.to_string() };
        let log = std::fs::File::create(folder.path().join("server.log")).map_err(failed)?;
        let mut command = match core {
            None => Command::new(program),
            Some(core) => {
                let mut pinned = Command::new("taskset");
                pinned.args(["-c", &core.to_string()]).arg(program);
                pinned
            }
        };
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("PREAU_")) {
            command.env_remove(name);
        }
        match application {
            None => command.arg("serve"),
            Some(application) => {
                let file = behind::configure(folder.path(), application).map_err(failed)?;
                command.args(["gate", "--config"]).arg(file)
            }
        };
        let mut child = command
            .arg("--data")
            .arg(folder.path())
            .current_dir(folder.path())
            .env("PREAU_SERVER__LISTEN", &listen)
            .env("PREAU_SERVER__DRAIN_S", "1")
            .env("PREAU_TLS__MODE", "self-signed")
            .env("PREAU_MEDIA__UDP_PORT", "0")
            .env("PREAU_ADMIN__LISTEN", "127.0.0.1:0")
            .env("PREAU_LOG__FILTER", "warn")
            .env_remove("RUST_LOG")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .kill_on_drop(true)
            .spawn()
            .map_err(failed)?;
        let Some(output) = child.stdout.take() else {
            return Err(failed(io::Error::other("its output cannot be read")));
        };
        let mut lines = BufReader::new(output).lines();
        let ready = async {
            while let Ok(Some(line)) = lines.next_line().await {
                if READY.iter().any(|ready| line.starts_with(ready)) {
                    return true;
                }
            }
            false
        };
        let ready = timeout(Duration::from_millis(l::SERVER_START_MS_MAX), ready).await;
        match ready {
            Ok(true) => {}
            Ok(false) => return Err(ServerError::Ended(end_of_log(folder.path()))),
            Err(_late) => return Err(ServerError::TooSlow { log: end_of_log(folder.path()) }),
        }
        // Whoever writes to a full pipe waits.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        let own = |made: Result<OwnTarget, _>| made.map_err(|refusal| failed(io::Error::other(refusal)));
        let target = own(OwnTarget::new(v4))?;
        let target_v6 = namespace.map(|proof| own(OwnTarget::in_namespace(v6, proof))).transpose()?;
        Ok(Self { child, folder, target, target_v6 })
    }

    pub(crate) fn pid(&self) -> Option<u32> {
        self.child.id()
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Ends it kindly, or not. Gives the last lines of its log.
    pub(crate) async fn stop(mut self) -> String {
        if let Some(pid) = self.child.id() {
            let kindly = Command::new("kill").args(["-TERM", &pid.to_string()]).status().await;
            if kindly.is_ok() {
                drop(timeout(Duration::from_millis(l::SERVER_END_MS_MAX), self.child.wait()).await);
            }
        }
        if let Err(error) = self.child.kill().await {
            tracing::debug!(%error, "the server had ended by itself");
        }
        end_of_log(self.folder.path())
    }
}

fn end_of_log(folder: &Path) -> String {
    let text = std::fs::read_to_string(folder.join("server.log")).unwrap_or_default();
    let lines: Vec<&str> = text.lines().rev().take(8).collect();
    lines.into_iter().rev().collect::<Vec<_>>().join("\n")
}

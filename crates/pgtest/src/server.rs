use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// How often a start is tried: between choosing a free port and listening on it, somebody else may take it.
const STARTS_MAX: usize = 5;

/// Where Debian keeps the servers, one folder a version.
const DEBIAN_SERVERS: &str = "/usr/lib/postgresql";

/// Makes a server, tells when it answers, waits until standard input ends, and leaves nothing.
///
/// `$1` is the folder of the programs (empty: the search path), `$2` the port. Waiting on standard input is what ties the server to the
/// process that started it: the system closes the pipe whatever that process dies of.
const KEEPER: &str = r#"
set -eu
umask 077
folder=$(mktemp -d /tmp/preau-pg.XXXXXX)
cd "$folder"
server=
end() {
    if [ -n "$server" ]; then
        kill -QUIT "$server" 2>/dev/null || true
        wait "$server" 2>/dev/null || true
    fi
    rm -rf "$folder"
}
trap end EXIT
trap 'exit 1' HUP INT PIPE TERM
fail() {
    echo "$1: $(tail -n 3 log | tr '\n' ' ')"
    exit 1
}
[ -z "$1" ] || PATH="$1:$PATH"
initdb --pgdata=data --username=postgres --auth=trust --encoding=UTF8 --locale=C.UTF-8 --no-sync >log 2>&1 </dev/null ||
    fail "initdb"
postgres -D data -p "$2" -k "$folder" -c listen_addresses=127.0.0.1 -c max_connections=400 -c shared_buffers=64MB \
    -c fsync=off -c full_page_writes=off -c synchronous_commit=off >>log 2>&1 </dev/null &
server=$!
waited=0
until pg_isready --quiet --host=127.0.0.1 --port="$2" --dbname=postgres && kill -0 "$server" 2>/dev/null; do
    kill -0 "$server" 2>/dev/null || fail "postgres"
    waited=$((waited + 1))
    [ "$waited" -lt 600 ] || fail "postgres does not answer within 60 s"
    sleep 0.1
done
echo "ready $folder"
cat >/dev/null
"#;

/// Why there is no server.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("{0} is not installed; on Debian: apt-get install postgresql")]
    Missing(&'static str),
    #[error("the server cannot be run: {0}")]
    Run(#[from] std::io::Error),
    #[error("the server does not start: {0}")]
    Start(String),
}

/// A running server in a folder of its own, without durability; dropping it ends it and removes the folder.
#[derive(Debug)]
pub struct Server {
    keeper: Child,
    url: String,
    folder: PathBuf,
}

impl Server {
    /// Starts a server; takes one to three seconds.
    ///
    /// # Errors
    ///
    /// When PostgreSQL is not installed or does not start.
    pub fn start() -> Result<Self, Error> {
        let postgres = program("postgres")?;
        let programs = postgres.parent().unwrap_or(Path::new(""));
        let mut tried = 1;
        loop {
            match Self::try_start(programs, free_port()?) {
                Err(Error::Start(_)) if tried < STARTS_MAX => tried += 1,
                outcome => return outcome,
            }
        }
    }

    fn try_start(programs: &Path, port: u16) -> Result<Self, Error> {
        let mut keeper = unprivileged_shell()
            .args(["-c", KEEPER, "preau-pgtest"])
            .arg(programs)
            .arg(port.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .current_dir("/")
            // An interrupt from the terminal is for the tests; the keeper then sees its input end, and cleans up.
            .process_group(0)
            .spawn()?;
        let mut said = String::new();
        if let Some(stdout) = keeper.stdout.take() {
            BufReader::new(stdout).take(4_096).read_line(&mut said)?;
        }
        match said.trim_end().strip_prefix("ready ") {
            Some(folder) => {
                let url = format!("postgres://postgres@127.0.0.1:{port}/postgres");
                Ok(Self { keeper, url, folder: PathBuf::from(folder) })
            }
            None => {
                keeper.wait()?;
                Err(Error::Start(if said.is_empty() {
                    "it says nothing".to_owned()
                } else {
                    said.trim_end().to_owned()
                }))
            }
        }
    }

    /// The URL of the database `postgres`, for a superuser without a password, over TCP on 127.0.0.1.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The folder of the server, which also holds its Unix socket.
    pub fn folder(&self) -> &Path {
        &self.folder
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        // Nothing better can be done about a keeper that cannot be waited for.
        let _ = self.keeper.wait();
    }
}

/// A shell that is not root's: PostgreSQL refuses to be run by root.
fn unprivileged_shell() -> Command {
    if !is_root() {
        return Command::new("sh");
    }
    let mut shell = Command::new("setpriv");
    shell.args(["--reuid=postgres", "--regid=postgres", "--init-groups", "sh"]);
    shell
}

fn is_root() -> bool {
    // The owner of a process's folder under /proc is the process's effective user.
    fs::metadata("/proc/self").is_ok_and(|process| std::os::unix::fs::MetadataExt::uid(&process) == 0)
}

/// A port of 127.0.0.1 that was free a moment ago.
fn free_port() -> std::io::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

/// Finds one of PostgreSQL's programs: the newest that Debian installed, else on the search path.
pub(crate) fn program(name: &'static str) -> Result<PathBuf, Error> {
    let version_of = |folder: &Path| folder.file_name()?.to_str()?.parse::<u32>().ok();
    let mut versions: Vec<PathBuf> = fs::read_dir(DEBIAN_SERVERS)
        .map(|entries| entries.flatten().map(|entry| entry.path()).collect())
        .unwrap_or_default();
    versions.sort_by_key(|folder| version_of(folder));
    let installed = versions.iter().rev().map(|version| version.join("bin").join(name)).find(|path| path.is_file());
    let on_path = || {
        let path = std::env::var_os("PATH")?;
        std::env::split_paths(&path).map(|folder| folder.join(name)).find(|path| path.is_file())
    };
    installed.or_else(on_path).ok_or(Error::Missing(name))
}

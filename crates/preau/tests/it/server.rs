use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// Long enough for a slow machine that does something else as well.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// The program that cargo has built, or another that `PREAU_BIN` names, as for the tests in browsers.
pub fn preau() -> Command {
    let other = std::env::var_os("PREAU_BIN");
    let mut command = Command::new(other.unwrap_or_else(|| env!("CARGO_BIN_EXE_preau").into()));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("PREAU_") {
            command.env_remove(name);
        }
    }
    command
}

/// A running `preau serve`, ended when dropped.
pub struct Server {
    child: Child,
    lines: Receiver<String>,
    pub url: String,
    pub admin: SocketAddr,
}

/// A port that was free a moment ago: `preau health` has to know it before the server chooses.
fn free_port() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr()).expect("a free port")
}

impl Server {
    pub fn start(data: &Path, environment: &[(&str, &str)]) -> Self {
        Self::run(&["serve".as_ref(), "--data".as_ref(), data.as_os_str()], environment, "Préau serves ")
    }

    /// Runs with these arguments; its address stands in a line after `announces`.
    pub fn run(arguments: &[&OsStr], environment: &[(&str, &str)], announces: &str) -> Self {
        let admin = free_port();
        let mut child = preau()
            .args(arguments)
            .env("PREAU_SERVER__LISTEN", "127.0.0.1:0")
            .env("PREAU_MEDIA__UDP_PORT", "0")
            .env("PREAU_GATE__KERNEL", "off")
            .env("PREAU_ADMIN__LISTEN", admin.to_string())
            .envs(environment.iter().copied())
            .stdout(Stdio::piped())
            .spawn()
            .expect("starts");
        let output = child.stdout.take().expect("its output");
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    break;
                }
            }
        });
        let mut server = Self { child, lines, url: String::new(), admin };
        let line = server.line_with(announces);
        server.url = line.split(announces).last().expect("an address").to_owned();
        server
    }

    /// Waits for a line of its output that holds `text`.
    pub fn line_with(&self, text: &str) -> String {
        loop {
            let line = self.lines.recv_timeout(PATIENCE).expect("another line in time");
            if line.contains(text) {
                return line;
            }
        }
    }

    /// Status and body of a GET over HTTP/1.0.
    pub fn get(address: &str, path: &str) -> (u16, String) {
        let mut stream = TcpStream::connect(address).expect("connects");
        stream.set_read_timeout(Some(PATIENCE)).expect("a time limit");
        write!(stream, "GET {path} HTTP/1.0\r\nHost: {address}\r\n\r\n").expect("sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
        let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
        (status, body.to_owned())
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// SIGTERM, and how it ended.
    pub fn terminate(mut self) -> ExitStatus {
        let killed = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().expect("kill runs");
        assert!(killed.success());
        self.child.wait().expect("ends")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

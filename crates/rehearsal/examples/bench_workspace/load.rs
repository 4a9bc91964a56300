//! Requests over one kept connection, one after the other.

use crate::sown::SignedIn;
use anyhow::{Context, bail, ensure};
use socket2::{Domain, Socket, Type};
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

const ANSWER_MAX: Duration = Duration::from_secs(30);

pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// What came back.
pub struct Answer {
    pub status: u16,
    pub took: Duration,
    head_bytes: usize,
}

impl Connection {
    /// From an address of the loopback block of its own: no home asks for as many pages as a bench does.
    pub fn open(to: SocketAddr) -> anyhow::Result<Self> {
        static HOMES: AtomicU32 = AtomicU32::new(0x7f10_0000);
        ensure!(to.ip().is_loopback(), "{to} is not this machine");
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
        let home = Ipv4Addr::from_bits(HOMES.fetch_add(1, Ordering::Relaxed));
        socket.bind(&SocketAddr::from((home, 0)).into())?;
        socket.connect(&to.into())?;
        let stream = TcpStream::from(socket);
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(ANSWER_MAX))?;
        Ok(Self { stream, buffer: Vec::new() })
    }

    /// Sends a request and reads the whole answer.
    pub fn ask(&mut self, request: &[u8]) -> anyhow::Result<Answer> {
        let began = Instant::now();
        self.stream.write_all(request)?;
        self.buffer.clear();
        let head_bytes = loop {
            self.read()?;
            if let Some(at) = self.buffer.windows(4).position(|four| four == b"\r\n\r\n") {
                break at + 4;
            }
        };
        let head = String::from_utf8_lossy(self.buffer.get(..head_bytes).unwrap_or_default()).to_ascii_lowercase();
        let status = head.split(' ').nth(1).and_then(|text| text.parse().ok()).context("no status")?;
        let length = head.lines().find_map(|line| line.strip_prefix("content-length:"));
        let length: usize = length.context("no content-length")?.trim().parse()?;
        while self.buffer.len() < head_bytes + length {
            self.read()?;
        }
        Ok(Answer { status, took: began.elapsed(), head_bytes })
    }

    /// The body of the answer that came last.
    pub fn body(&self, answer: &Answer) -> &[u8] {
        self.buffer.get(answer.head_bytes..).unwrap_or_default()
    }

    fn read(&mut self) -> anyhow::Result<()> {
        let mut some = [0; 32 * 1_024];
        let count = self.stream.read(&mut some)?;
        if count == 0 {
            bail!("the answer ended early");
        }
        self.buffer.extend_from_slice(some.get(..count).unwrap_or_default());
        Ok(())
    }
}

/// As a browser asks; `cookie` may be empty.
pub fn request(path: &str, cookie: &str) -> Vec<u8> {
    let cookie = if cookie.is_empty() { String::new() } else { format!("cookie: {cookie}\r\n") };
    format!(
        "GET {path} HTTP/1.1\r\nhost: localhost\r\nuser-agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Firefox/140.0\r\n\
         accept: text/html,*/*;q=0.8\r\naccept-language: fr\r\naccept-encoding: gzip\r\nsec-fetch-mode: navigate\r\n\
         sec-fetch-dest: document\r\n{cookie}\r\n"
    )
    .into_bytes()
}

/// A form as a browser sends it.
pub fn form(path: &str, sender: &SignedIn, fields: &[(&str, String)]) -> Vec<u8> {
    let all = [("csrf", &sender.token)].into_iter().chain(fields.iter().map(|(name, value)| (*name, value)));
    let body: Vec<_> = all.map(|(name, value)| format!("{name}={}", encoded(value))).collect();
    let body = body.join("&");
    format!(
        "POST {path} HTTP/1.1\r\nhost: localhost\r\nuser-agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Firefox/140.0\r\n\
         accept: text/html,*/*;q=0.8\r\naccept-language: fr\r\nsec-fetch-mode: navigate\r\nsec-fetch-site: same-origin\r\n\
         cookie: {}\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{body}",
        sender.cookie,
        body.len()
    )
    .into_bytes()
}

/// Percent-encoded (WHATWG URL §5.2).
fn encoded(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    for byte in value.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'*' | b'-' | b'.' | b'_' => out.push(char::from(byte)),
            b' ' => out.push('+'),
            other => out.push_str(&format!("%{other:02X}")),
        }
    }
    out
}

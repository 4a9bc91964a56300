//! A browser over real sockets that a test can cut off: one connection a request, and nothing counts as an answer that did
//! not come whole.

use crate::server::PATIENCE;
use std::collections::BTreeMap;
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::net::TcpStream;

pub const BOUNDARY: &str = "of-a-test";

#[derive(Clone, Debug, Default)]
pub struct Browser {
    /// `127.0.0.1:40123`, of whichever server runs now.
    pub address: String,
    pub cookies: BTreeMap<String, String>,
    /// The token of its pages.
    pub token: String,
}

#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    head: String,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn header(&self, name: &str) -> &str {
        let found = self.head.lines().find_map(|line| {
            let (known, value) = line.split_once(':')?;
            known.eq_ignore_ascii_case(name).then(|| value.trim())
        });
        found.unwrap_or("")
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// The value of a hidden field of the page.
    pub fn hidden(&self, name: &str) -> Option<String> {
        let text = self.text();
        let (_, after) = text.split_once(&format!("type=\"hidden\" name=\"{name}\" value=\""))?;
        after.split('"').next().map(str::to_owned)
    }
}

impl Browser {
    /// One that has signed in by the page.
    pub fn signed_in(address: &str, login: &str, password: &str) -> Self {
        let mut browser = Self { address: address.to_owned(), ..Self::default() };
        browser.take_token();
        let signed_in = browser.form("/sign-in", &[("login", login), ("password", password)]).expect("an answer");
        assert_eq!((signed_in.status, signed_in.header("location")), (303, "/"), "{login}: {}", signed_in.text());
        browser.take_token();
        browser
    }

    fn take_token(&mut self) {
        let page = self.ask("GET", "/accessibility", &[], &[]).expect("an answer");
        self.token = page.hidden("csrf").unwrap_or_else(|| panic!("{}: {}", page.status, page.text()));
    }

    pub fn get(&mut self, path: &str) -> io::Result<Answer> {
        self.ask("GET", path, &[], &[])
    }

    /// Sends a form as a page does.
    pub fn form(&mut self, path: &str, fields: &[(&str, &str)]) -> io::Result<Answer> {
        let token = self.token.clone();
        let all = [("csrf", token.as_str())].into_iter().chain(fields.iter().copied());
        let pairs: Vec<_> = all.map(|(name, value)| format!("{name}={}", encoded(value))).collect();
        let kind = [("Content-Type", "application/x-www-form-urlencoded")];
        self.ask("POST", path, &kind, pairs.join("&").as_bytes())
    }

    /// Sends a form with files as a page does, and asks for JSON where `json` is set.
    pub fn files(
        &mut self,
        path: &str,
        json: bool,
        fields: &[(&str, &str)],
        files: &[(&str, &[u8])],
    ) -> io::Result<Answer> {
        let body = multipart(&self.token, fields, files);
        let kind = format!("multipart/form-data; boundary={BOUNDARY}");
        let accept = if json { "application/json" } else { "text/html" };
        self.ask("POST", path, &[("Content-Type", &kind), ("Accept", accept)], &body)
    }

    /// Sends what a script sends, with the token in a header.
    pub fn script(&mut self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> io::Result<Answer> {
        let token = self.token.clone();
        let mut all = vec![("X-CSRF", token.as_str()), ("Accept", "application/json")];
        all.extend(headers);
        self.ask(method, path, &all, body)
    }

    /// Asks, and waits for the whole answer.
    pub fn ask(&mut self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> io::Result<Answer> {
        let mut stream = TcpStream::connect(&self.address)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.write_all(self.head(method, path, headers, body.len()).as_bytes())?;
        // A server that has refused already may have closed before it read all of it.
        let sent = stream.write_all(body);
        let mut bytes = Vec::new();
        let read = stream.read_to_end(&mut bytes);
        let answer = whole(&bytes, method == "HEAD").ok_or_else(|| {
            sent.err().or(read.err()).unwrap_or_else(|| io::Error::new(ErrorKind::UnexpectedEof, "cut off"))
        })?;
        self.keep_cookies(&answer);
        Ok(answer)
    }

    /// The head of a request.
    pub fn head(&self, method: &str, path: &str, headers: &[(&str, &str)], length: usize) -> String {
        let mut head = format!("{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n", self.address);
        head.push_str("Accept-Language: fr\r\n");
        if !self.cookies.is_empty() {
            let pairs: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            head.push_str(&format!("Cookie: {}\r\n", pairs.join("; ")));
        }
        if !matches!(method, "GET" | "HEAD") {
            head.push_str(&format!("Content-Length: {length}\r\n"));
        }
        for (name, value) in headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head + "\r\n"
    }

    fn keep_cookies(&mut self, answer: &Answer) {
        let lines = answer.head.lines().filter_map(|line| line.strip_prefix("set-cookie: "));
        for (name, value) in lines.filter_map(|line| line.split(';').next()?.split_once('=')) {
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
    }
}

/// An answer that came whole.
fn whole(bytes: &[u8], is_head: bool) -> Option<Answer> {
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(bytes.get(..end)?).into_owned();
    let status = head.split(' ').nth(1)?.parse().ok()?;
    let answer = Answer { status, head, body: bytes.get(end + 4..)?.to_vec() };
    let length = answer.header("content-length").parse::<usize>().ok();
    assert!(answer.header("transfer-encoding").is_empty(), "{}", answer.head);
    let is_whole = is_head || matches!(status, 204 | 304) || length == Some(answer.body.len());
    is_whole.then_some(answer)
}

/// `multipart/form-data` (RFC 7578), the token first.
pub fn multipart(token: &str, fields: &[(&str, &str)], files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, value) in [("csrf", token)].iter().chain(fields) {
        let head = format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n");
        body.extend([head.as_bytes(), value.as_bytes(), b"\r\n"].concat());
    }
    for (name, bytes) in files {
        let head = format!("Content-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n");
        body.extend([format!("--{BOUNDARY}\r\n").as_bytes(), head.as_bytes(), bytes, b"\r\n"].concat());
    }
    body.extend(format!("--{BOUNDARY}--\r\n").into_bytes());
    body
}

fn encoded(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'*' | b'-' | b'.' | b'_' => out.push(char::from(byte)),
            b' ' => out.push('+'),
            other => out.push_str(&format!("%{other:02X}")),
        }
    }
    out
}

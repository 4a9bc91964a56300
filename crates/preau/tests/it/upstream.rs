//! `preau gate --upstream …` in front of a small application.

use crate::server::{PATIENCE, Server, preau};
use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

/// Signs in whoever posts to `/login/index.php` with the right password, as Moodle does, and out at `/login/logout.php`.
fn application() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("an address");
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            std::thread::spawn(move || answer(stream));
        }
    });
    address
}

fn answer(stream: TcpStream) {
    let mut reader = BufReader::new(stream.try_clone().expect("a second hold"));
    let mut stream = stream;
    let mut lines = Vec::new();
    let mut line = String::new();
    while reader.read_line(&mut line).is_ok_and(|read| read > 2) {
        lines.push(std::mem::take(&mut line).trim_end().to_ascii_lowercase());
    }
    let length = lines.iter().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    reader.read_exact(&mut body).expect("a body");
    let asked = lines.first().cloned().unwrap_or_default();
    let head = if asked.starts_with("post /login/index.php ") && body == b"password=juste" {
        "303 See Other\r\nset-cookie: MoodleSession=in\r\nlocation: /login/index.php?testsession=7"
    } else if asked.starts_with("get /login/logout.php") {
        "303 See Other\r\nset-cookie: MoodleSession=out\r\nlocation: /"
    } else {
        "200 OK\r\nset-cookie: MoodleSession=visitor"
    };
    let text = format!("{} cookies", lines.iter().filter(|line| line.starts_with("cookie: ")).count());
    let answer = format!("HTTP/1.1 {head}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{text}", text.len());
    let _gone_or_not = stream.write_all(answer.as_bytes());
}

fn start(data: &Path, to: SocketAddr) -> Server {
    let url = format!("http://{to}");
    let arguments = ["gate", "--upstream", &url, "--preset", "moodle", "--listen", "127.0.0.1:0", "--data"];
    let arguments: Vec<_> = arguments.iter().map(AsRef::as_ref).chain([data.as_os_str()]).collect();
    Server::run(&arguments, &[], " serves ")
}

/// Asks with a jar of cookies; gives status and body.
fn ask(server: &Server, jar: &mut BTreeMap<String, String>, asked: &str, body: &str) -> (u16, String) {
    let address = server.url.replace("http://", "");
    let mut stream = TcpStream::connect(&address).expect("connects");
    stream.set_read_timeout(Some(PATIENCE)).expect("a time limit");
    let cookies: Vec<String> = jar.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let cookies = if cookies.is_empty() { String::new() } else { format!("Cookie: {}\r\n", cookies.join("; ")) };
    let length = if body.is_empty() { String::new() } else { format!("Content-Length: {}\r\n", body.len()) };
    let head = format!("{asked} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nAccept: text/html\r\n");
    write!(stream, "{head}{cookies}{length}\r\n{body}").expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    for line in answer.lines().filter_map(|line| line.strip_prefix("set-cookie: ")) {
        let (name, value) = line.split(';').next().and_then(|pair| pair.split_once('=')).expect("a pair");
        if line.contains("Max-Age=0") {
            jar.remove(name);
        } else {
            jar.insert(name.to_owned(), value.to_owned());
        }
    }
    let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
    (status, answer.split_once("\r\n\r\n").map_or_else(String::new, |(_, body)| body.to_owned()))
}

/// Whether the gate takes the jar's pass: it turns WebSockets without one away, and this application knows none.
fn has_pass(server: &Server, jar: &BTreeMap<String, String>) -> bool {
    let address = server.url.replace("http://", "");
    let upgrade = "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    let cookies: Vec<String> = jar.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let mut stream = TcpStream::connect(&address).expect("connects");
    stream.set_read_timeout(Some(PATIENCE)).expect("a time limit");
    let head = format!("GET /live HTTP/1.1\r\nHost: {address}\r\nOrigin: {}\r\nConnection: Upgrade\r\n", server.url);
    write!(stream, "{head}{upgrade}Cookie: {}\r\n\r\n", cookies.join("; ")).expect("sent");
    let mut line = String::new();
    BufReader::new(stream).read_line(&mut line).expect("an answer");
    assert!(line.contains("200") || line.contains("403"), "{line}");
    line.contains("200")
}

#[test]
fn the_gate_stands_alone_in_front_of_an_application() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let to = application();
    let server = start(&data, to);
    for (name, expected) in [("", 0o700), ("keys", 0o600), ("gate.sock", 0o600)] {
        let mode = std::fs::metadata(data.join(name)).expect("it is there").permissions().mode();
        assert_eq!(mode & 0o777, expected, "{name}");
    }
    assert!(data.join("record").is_dir() && !data.join("preau.sqlite").exists());
    let mut jar = BTreeMap::new();
    assert_eq!(ask(&server, &mut jar, "GET /", ""), (200, "0 cookies".to_owned()));
    assert!(!has_pass(&server, &jar));
    ask(&server, &mut jar, "POST /login/index.php", "password=faux");
    assert!(!has_pass(&server, &jar));
    assert_eq!(ask(&server, &mut jar, "POST /login/index.php", "password=juste").0, 303);
    assert!(jar.contains_key("preau_gate") && has_pass(&server, &jar));

    let (_, metrics) = Server::get(&server.admin.to_string(), "/metrics");
    assert!(metrics.contains("preau_upstream_passes_total{what=\"earned\"} 1"), "{metrics}");
    assert_eq!(Server::get(&server.admin.to_string(), "/readyz").0, 200);
    assert_eq!(Server::get(&server.admin.to_string(), "/gate").0, 200);
    assert!(server.terminate().success());

    let server = start(&data, to);
    assert!(has_pass(&server, &jar), "over a restart");
    let kept = jar.clone();
    assert_eq!(ask(&server, &mut jar, "GET /login/logout.php?sesskey=x", "").0, 303);
    assert!(!jar.contains_key("preau_gate") && !has_pass(&server, &kept));
    assert!(server.terminate().success());
    assert!(!has_pass(&start(&data, to), &kept), "a kept copy is dead over a restart too");
}

#[test]
fn the_rules_are_shown_and_mistakes_are_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let run = |arguments: &[&str]| {
        let output = preau().args(arguments).current_dir(folder.path()).output().expect("runs");
        let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        (output.status.success(), said)
    };
    let (good, said) = run(&["gate", "check-rules", "--upstream", "http://127.0.0.1:1", "--preset", "moodle"]);
    assert!(good && said.contains("MoodleSession*"), "{said}");
    assert!(said.contains("ANY /login/index.php -> 302|303 to */login/index.php?testsession=*"), "{said}");
    let (good, said) = run(&["gate", "--upstream", "moodle.example"]);
    assert!(!good && said.contains("--upstream: upstream.url has"), "{said}");
    let (good, said) = run(&["gate", "--upstream", "http://127.0.0.1:1", "--preset", "drupal"]);
    assert!(!good && said.contains("must be one of: none, moodle, cas"), "{said}");
    let (good, said) = run(&["gate"]);
    assert!(!good && said.contains("which application"), "{said}");
    let (good, said) = run(&["gate", "check-rules"]);
    assert!(!good && said.contains("which application"), "{said}");
}

#[test]
fn an_application_that_is_down_is_told_in_words_and_the_gate_stops_in_order() {
    let folder = tempfile::tempdir().expect("a folder");
    let nobody = TcpListener::bind("127.0.0.1:0").and_then(|it| it.local_addr()).expect("a free port");
    let server = start(&folder.path().join("data"), nobody);
    let (status, body) = ask(&server, &mut BTreeMap::new(), "GET /", "");
    assert!(status == 502 && body.contains("Le site ne répond pas"), "{status} {body}");
    let pid = server.id().to_string();
    assert!(Command::new("kill").args(["-HUP", &pid]).status().expect("kill runs").success());
    assert_eq!(ask(&server, &mut BTreeMap::new(), "GET /", "").0, 502, "it goes on after SIGHUP");
    assert!(server.terminate().success());
}

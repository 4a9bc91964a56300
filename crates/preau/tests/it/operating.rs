use crate::server::{PATIENCE, Server, preau};
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::Output;

fn gate(data: &Path, arguments: &[&str]) -> Output {
    preau().arg("gate").args(arguments).env("PREAU_DATA__DIR", data).env("LANG", "fr_FR.UTF-8").output().expect("runs")
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// What a browser gets that asks for the home page.
fn look(address: &str) -> String {
    let mut stream = TcpStream::connect(address).expect("connects");
    stream.set_read_timeout(Some(PATIENCE)).expect("a time limit");
    let head = format!("GET / HTTP/1.0\r\nHost: {address}\r\nAccept: text/html\r\nAccept-Language: fr\r\n\r\n");
    stream.write_all(head.as_bytes()).expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    answer
}

fn snapshot(data: &Path) -> serde_json::Value {
    let shown = gate(data, &["status", "--json"]);
    assert!(shown.status.success(), "{}", said(&shown));
    serde_json::from_slice(&shown.stdout).expect("JSON")
}

#[test]
fn a_running_gate_shows_itself_and_takes_settings_that_outlive_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let server = Server::start(&data, &[]);
    let pages = server.url.replace("http://", "");
    assert_eq!(Server::get(&pages, "/sign-in").0, 200);
    assert_eq!(Server::get(&pages, "/_gate/queue.json").0, 200);
    let shown = snapshot(&data);
    let counted = shown["counts"].as_array().expect("counts");
    assert!(counted.iter().any(|count| count["kind"] == "sign_in" && count["outcome"] == "admitted"), "{shown}");
    let screen = gate(&data, &["status"]);
    assert!(screen.status.success() && said(&screen).contains("Dans les lieux"), "{}", said(&screen));

    for arguments in [
        &["set", "inside-max", "1200"][..],
        &["set", "note", "Bonjour à toutes et tous"],
        &["set", "priority", "teacher,pupil"],
        &["set", "level", "light"],
        &["block", "192.0.2.0/24", "15m"],
    ] {
        let done = gate(&data, arguments);
        assert!(done.status.success(), "{arguments:?}: {}", said(&done));
    }
    let refused = gate(&data, &["signature", "drop", "99"]);
    assert!(!refused.status.success() && said(&refused).contains("no signature 99"), "{}", said(&refused));
    let (_, metrics) = Server::get(&server.admin.to_string(), "/metrics");
    assert!(metrics.contains("preau_gate_decisions_total{") && metrics.contains("preau_gate_level 1"), "{metrics}");
    assert!(Server::get(&server.admin.to_string(), "/gate").1.contains("<!doctype html>"));
    assert!(server.terminate().success());
    assert!(!data.join("gate.sock").exists(), "the socket goes with the server");
    let nobody = gate(&data, &["status"]);
    assert!(!nobody.status.success() && said(&nobody).contains("is the server running?"), "{}", said(&nobody));

    let server = Server::start(&data, &[]);
    let shown = snapshot(&data);
    assert_eq!(shown["settings"]["inside_max"], 1_200, "{shown}");
    assert_eq!(shown["settings"]["note"], "Bonjour à toutes et tous");
    assert_eq!(shown["ladder"]["level"], "light");
    assert!(gate(&data, &["set", "level", "auto"]).status.success());
    assert!(gate(&data, &["unblock", "192.0.2.0/24"]).status.success());
    assert_eq!(snapshot(&data)["settings"]["blocked"], serde_json::json!([]));
    assert!(server.terminate().success());
}

#[test]
fn closed_doors_show_the_waiting_page_to_whoever_is_not_known() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let server = Server::start(&data, &[]);
    let pages = server.url.replace("http://", "");
    assert!(gate(&data, &["set", "doors", "closed"]).status.success());
    let page = look(&pages);
    assert!(page.starts_with("HTTP/1.0 503") && page.contains("preau_ticket="), "{page}");
    assert!(page.contains("<!doctype html>") && page.contains("fermé"), "{page}");
    assert!(gate(&data, &["set", "doors", "open"]).status.success());
    assert_eq!(Server::get(&pages, "/sign-in").0, 200);
}

#[test]
fn whoever_has_the_operators_word_may_rehearse() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let path = "/_gate/rehearsal-consent?nonce=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    let server = Server::start(&data, &[]);
    let pages = server.url.replace("http://", "");
    assert_eq!(Server::get(&pages, path).0, 404, "nobody may");
    assert!(server.terminate().success());
    let key = folder.path().join("consent.key");
    let key = key.to_str().expect("a path");
    let made = preau().args(["rehearse", "keygen", key]).output().expect("runs");
    assert!(made.status.success(), "{}", said(&made));
    let server = Server::start(&data, &[("PREAU_REHEARSAL__CONSENT_KEY", key)]);
    let pages = server.url.replace("http://", "");
    let (status, body) = Server::get(&pages, path);
    assert!(status == 200 && body.contains("signature"), "{status} {body}");
    assert!(server.terminate().success());
}

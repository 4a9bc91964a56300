use crate::server::{PATIENCE, Server, preau};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixDatagram;

fn mode(path: &std::path::Path) -> u32 {
    std::fs::metadata(path).expect("a file").permissions().mode() & 0o777
}

#[test]
fn the_first_start_makes_private_files_and_one_link_and_ends_on_sigterm() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let server = Server::start(&data, &[]);
    let link = server.line_with("/setup#");
    let secret = link.split('#').nth(1).expect("a secret").to_owned();
    assert!(link.trim().starts_with(&server.url) && secret.len() >= 20, "{link}");
    for (name, expected) in [("", 0o700), ("keys", 0o600), ("preau.sqlite", 0o600)] {
        assert_eq!(mode(&data.join(name)), expected, "{name}");
    }
    let pages = server.url.replace("http://", "");
    assert_eq!(Server::get(&pages, "/setup").0, 200, "opening the link's page needs no secret and uses none up");
    assert_eq!(Server::get(&pages, "/sign-in").0, 200);

    let admin = server.admin.to_string();
    assert_eq!(Server::get(&admin, "/healthz").0, 200);
    let (ready, body) = Server::get(&admin, "/readyz");
    assert_eq!(ready, 200, "{body}");
    assert!(body.contains("database") && body.contains("media"), "{body}");
    let (_, metrics) = Server::get(&admin, "/metrics");
    assert!(metrics.contains("preau_front_connections_total"), "{metrics}");
    assert!(server.terminate().success());

    let again = Server::start(&data, &[]);
    let other = again.line_with("/setup#");
    assert!(!other.contains(&secret), "the link of the last start is replaced");
}

#[test]
fn a_backup_is_made_while_it_runs_and_health_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let server = Server::start(&data, &[]);
    let archive = folder.path().join("backup.tar");
    let run = |arguments: &[&str]| {
        preau()
            .args(arguments)
            .env("PREAU_ADMIN__LISTEN", server.admin.to_string())
            .env("PREAU_DATA__DIR", &data)
            .output()
            .expect("runs")
    };
    let archive_text = archive.to_str().expect("a path");
    assert!(run(&["gate", "set", "inside-max", "1234"]).status.success());
    let unblocked = run(&["gate", "unblock", "192.0.2.0/24"]);
    let said = String::from_utf8_lossy(&unblocked.stderr).into_owned();
    assert!(!unblocked.status.success() && said.contains("192.0.2.0/24 is not blocked"), "{said}");
    let made = run(&["backup", "create", archive_text]);
    assert!(made.status.success(), "{made:?}");
    assert_eq!(mode(&archive), 0o600);
    assert!(run(&["backup", "verify", archive_text]).status.success());
    assert!(run(&["health"]).status.success());
    let top = run(&["media", "top"]);
    let said = String::from_utf8_lossy(&top.stdout).into_owned();
    assert!(top.status.success() && said.starts_with("lean mode; 0 lessons, 0 connections"), "{said}");
    let nowhere = ["--lesson", "018f0000-0000-7000-8000-000000000001", "--peer", "1"];
    let headers = run(&[&["media", "headers"][..], &nowhere].concat());
    let said = String::from_utf8_lossy(&headers.stderr).into_owned();
    assert!(!headers.status.success() && said.contains("this lesson is not on"), "{said}");
    let endless = run(&[&["media", "headers", "--seconds", "3600"][..], &nowhere].concat());
    let said = String::from_utf8_lossy(&endless.stderr).into_owned();
    assert!(!endless.status.success() && said.contains("1 to 120 seconds"), "{said}");
    assert_eq!(mode(&data.join("media.sock")), 0o600);
    let doctor = run(&["doctor"]);
    let said = String::from_utf8_lossy(&doctor.stdout).into_owned();
    assert!(doctor.status.success() && said.contains("the server is running"), "{said}");
    assert!(server.terminate().success());

    let gone = preau().arg("health").env("PREAU_ADMIN__LISTEN", "127.0.0.1:1").output().expect("runs");
    assert!(!gone.status.success());
    let elsewhere = folder.path().join("restored");
    let restored = preau().args(["backup", "restore", archive_text, "--data"]).arg(&elsewhere).output().expect("runs");
    assert!(restored.status.success(), "{restored:?}");
    assert_eq!(std::fs::read(elsewhere.join("keys")).expect("keys"), std::fs::read(data.join("keys")).expect("keys"));
    let settings = std::fs::read_to_string(elsewhere.join("gate.json")).expect("what was set at the gate");
    assert!(settings.contains("1234"), "{settings}");
}

#[test]
fn systemd_is_told_when_it_is_ready_and_when_it_stops() {
    let folder = tempfile::tempdir().expect("a folder");
    let socket = folder.path().join("notify");
    let listener = UnixDatagram::bind(&socket).expect("a socket");
    listener.set_read_timeout(Some(PATIENCE)).expect("a time limit");
    let server = Server::start(&folder.path().join("data"), &[("NOTIFY_SOCKET", socket.to_str().expect("a path"))]);
    let told = || {
        let mut message = [0; 256];
        let n = listener.recv(&mut message).expect("told in time");
        String::from_utf8_lossy(&message[..n]).into_owned()
    };
    assert!(told().contains("READY=1"));
    assert!(server.terminate().success());
    assert!(told().contains("STOPPING=1"));
}

#[test]
fn self_signed_tls_shows_its_fingerprint() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::start(&folder.path().join("data"), &[("PREAU_TLS__MODE", "self-signed")]);
    assert!(server.url.starts_with("https://"), "{}", server.url);
    let line = server.line_with("SHA-256");
    assert_eq!(line.matches(':').count(), 32, "{line}");
}

//! What the application sees on the wire, whatever comes to the gate.

use super::super::harness::{PATIENCE, connect_tls, tls_config};
use super::moodle::Moodle;
use super::site::{Site, config, serve_bytes};
use crate::upstream::{Preset, UpstreamConfig};
use crate::{SelfSigned, TlsConfig};
use bytes::Bytes;
use http::Request;
use http_body_util::Full;
use hyper::client::conn::http2;
use hyper_util::rt::{TokioExecutor, TokioIo};
use preau_gate::Settings;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::time::timeout;

/// Keeps every byte, and answers each head with its number.
async fn keeps_all() -> (Arc<Mutex<String>>, SocketAddr) {
    let seen = Arc::new(Mutex::new(String::new()));
    let kept = seen.clone();
    let address = serve_bytes(move |mut client| {
        let kept = kept.clone();
        async move {
            let mut piece = [0; 4_096];
            while let Ok(read @ 1..) = client.0.read(&mut piece).await {
                let text = String::from_utf8_lossy(&piece[..read]).into_owned();
                let ends = text.ends_with("\r\n\r\n") || text.ends_with("BODY");
                kept.lock().unwrap().push_str(&text);
                if ends && client.0.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok").await.is_err() {
                    return;
                }
            }
        }
    });
    (seen, address.await)
}

#[tokio::test]
async fn no_request_is_smuggled_past_the_gate() {
    let (seen, address) = keeps_all().await;
    let site = Site::start(config(address, Preset::Plain));
    let inner = "GET /smuggled HTTP/1.1\r\nhost: e\r\n\r\n";
    for head in [
        "content-length: 6\r\ntransfer-encoding: chunked",
        "content-length: 5\r\ncontent-length: 6",
        "content-length: 5, 6",
        "transfer-encoding: xchunked",
        "transfer-encoding: chunked, identity",
        "transfer-encoding: identity\r\ncontent-length: 0",
        "transfer-encoding : chunked",
        "x: y\r\n transfer-encoding: chunked",
        "content-length: +5",
        "x: y\nz: a",
    ] {
        let mut client = site.connect().await;
        client.send(&format!("POST / HTTP/1.1\r\nhost: e\r\n{head}\r\n\r\n0\r\n\r\n{inner}")).await;
        let mut bytes = Vec::new();
        let _closed = timeout(PATIENCE, client.0.read_to_end(&mut bytes)).await.expect("closed in time");
        let said = String::from_utf8_lossy(&bytes);
        assert!(said.starts_with("HTTP/1.1 400") || said.starts_with("HTTP/1.1 501"), "{head}: {said}");
    }
    assert_eq!(*seen.lock().unwrap(), "", "nothing of all that reaches the application");
}

#[tokio::test]
async fn what_a_client_sends_as_a_body_stays_one() {
    let (seen, address) = keeps_all().await;
    let site = Site::start(config(address, Preset::Plain));
    let inner = "GET /smuggled HTTP/1.1\r\nhost: e\r\n\r\nBODY";
    let mut client = site.connect().await;
    let head = "POST / HTTP/1.1\r\nhost: e\r\nconnection: close\r\n";
    client.send(&format!("{head}content-length: {}\r\n\r\n{inner}", inner.len())).await;
    assert!(client.until_closed().await.ends_with("ok"));
    let text = seen.lock().unwrap().clone();
    assert!(text.contains(&format!("content-length: {}\r\n", inner.len())), "{text}");
    assert!(text.ends_with(&format!("\r\n\r\n{inner}")), "{text}");
    assert!(!text.contains("transfer-encoding") && !text.contains("connection"), "{text}");
}

#[tokio::test]
async fn the_application_sees_the_truth_about_the_client() {
    let (seen, address) = keeps_all().await;
    let site = Site::start(config(address, Preset::Plain));
    let mut client = site.connect().await;
    client
        .send(
            "GET http://ecole.example/a?b=c HTTP/1.1\r\nhost: ecole.example\r\nconnection: close, x-forwarded-proto\r\n\
             x-forwarded-for: 6.6.6.6\r\nX_Forwarded_For: 6.6.6.6\r\nforwarded: for=6.6.6.6\r\nclient-ip: 6.6.6.6\r\n\r\n",
        )
        .await;
    let said = client.until_closed().await;
    assert!(said.ends_with("ok"), "{said}");
    let text = seen.lock().unwrap().clone();
    assert!(text.starts_with("GET /a?b=c HTTP/1.1\r\n") && !text.contains("6.6.6.6"), "{text}");
    for line in [
        "host: ecole.example",
        "x-forwarded-for: 127.0.0.1",
        "x-forwarded-proto: http",
        "x-forwarded-host: ecole.example",
    ] {
        assert_eq!(text.matches(&format!("\n{line}\r\n")).count(), 1, "{line}: {text}");
    }
}

/// An application that knows of the level can be lighter; the gate tells it, and nobody else can.
#[tokio::test]
async fn the_application_is_told_the_level_in_force() {
    let (seen, address) = keeps_all().await;
    let settings = Settings { level: Some(preau_base::Level::Plain), ..Settings::default() };
    let site = Site::with_settings(config(address, Preset::Plain), settings);
    let mut client = site.connect().await;
    let said = "x-preau-level: 0\r\nX-Preau-Level: 5\r\nx_preau_level: 4\r\n";
    client.send(&format!("GET / HTTP/1.1\r\nhost: e\r\nconnection: close\r\n{said}\r\n")).await;
    assert!(client.until_closed().await.ends_with("ok"));
    let text = seen.lock().unwrap().clone();
    let told: Vec<&str> = text.lines().filter(|line| line.contains("level")).collect();
    assert_eq!(told, ["x-preau-level: 2"]);
}

#[tokio::test]
async fn methods_that_show_secrets_or_open_tunnels_are_refused() {
    let (seen, address) = keeps_all().await;
    let site = Site::start(config(address, Preset::Plain));
    for request in ["TRACE / HTTP/1.1\r\nhost: e", "CONNECT inside.example:22 HTTP/1.1\r\nhost: inside.example:22"] {
        let mut client = site.connect().await;
        client.send(&format!("{request}\r\nconnection: close\r\n\r\n")).await;
        let said = client.until_closed().await;
        assert!(said.starts_with("HTTP/1.1 40"), "{said}");
    }
    assert_eq!(*seen.lock().unwrap(), "");
}

/// A server over TLS whose certificate is for `localhost`, and the file of its authority.
async fn over_tls() -> (tempfile::TempDir, PathBuf, u16) {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let key = rustls::pki_types::PrivatePkcs8KeyDer::from(made.signing_key.serialize_der());
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key.into())
        .unwrap();
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
    let address = serve_bytes(move |client| {
        let acceptor = acceptor.clone();
        async move {
            let Ok(mut stream) = acceptor.accept(client.0).await else { return };
            let mut piece = [0; 4_096];
            while let Ok(1..) = stream.read(&mut piece).await {
                stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nsecret").await.unwrap();
            }
        }
    });
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("authority.pem");
    std::fs::write(&file, made.cert.pem()).unwrap();
    (folder, file, address.await.port())
}

#[tokio::test]
async fn tls_to_the_application_is_checked() {
    let (_folder, authority, port) = over_tls().await;
    let plain = config(SocketAddr::from(([127, 0, 0, 1], port)), Preset::Plain);
    let url = |host: &str| format!("https://{host}:{port}").parse().unwrap();
    let trusted = UpstreamConfig { url: url("localhost"), roots: Some(authority.clone()), ..plain.clone() };
    assert_eq!(Site::start(trusted).browser().get("/").await.body, "secret");
    for (host, roots) in [("localhost", None), ("127.0.0.1", Some(authority))] {
        let site = Site::start(UpstreamConfig { url: url(host), roots, ..plain.clone() });
        assert_eq!(site.browser().get("/").await.status, 502, "{host}");
    }
}

#[tokio::test]
async fn http_2_over_tls_becomes_http_1_and_the_pass_belongs_to_this_host_alone() {
    let (moodle, address) = Moodle::start().await;
    let folder = tempfile::tempdir().unwrap();
    let own = SelfSigned { names: vec!["ecole.example".to_owned()], data_dir: folder.path().to_path_buf() };
    let front = tls_config(TlsConfig::SelfSigned(own));
    let site = Site::with_front(config(address, Preset::Moodle), Settings::default(), front);
    let stream = connect_tls(site.address, &[b"h2"]).await.unwrap();
    let (mut sender, connection) = http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    let form = Full::new(Bytes::from_static(b"username=lea&password=juste"));
    let request = Request::post("https://ecole.example/login/index.php")
        .header("cookie", "a=1")
        .header("cookie", "__Host-preau_ticket=x")
        .header("cookie", "b=2")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(form)
        .unwrap();
    let answer = timeout(PATIENCE, sender.send_request(request)).await.expect("in time").unwrap();
    assert_eq!(answer.status(), 303);
    let mut lines = answer.headers().get_all("set-cookie").iter().map(|line| line.to_str().unwrap());
    let pass = lines.find(|line| line.contains("preau_gate")).expect("a pass");
    assert!(pass.starts_with("__Host-preau_gate=") && pass.ends_with("; Secure"), "{pass}");
    let seen = moodle.seen().remove(0);
    for (name, value) in
        [("cookie", "a=1; b=2"), ("host", "ecole.example"), ("x-forwarded-proto", "https"), ("content-length", "27")]
    {
        assert_eq!(seen.get_all(name).iter().collect::<Vec<_>>(), [value], "{name}");
    }
}

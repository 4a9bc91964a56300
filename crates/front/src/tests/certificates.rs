use super::harness::{Client, Edge, PATIENCE, connect_tls, fingerprint, tls_config};
use crate::{CertificateFiles, Front, FrontConfig, FrontError, ListenerConfig, ListenerKind, SelfSigned, TlsConfig};
use preau_base::{SeededRng, SystemClock};
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::timeout;

fn write_pair(folder: &Path, name: &str) -> CertificateFiles {
    let made = rcgen::generate_simple_self_signed(vec![name.to_owned()]).unwrap();
    let files = CertificateFiles { cert: folder.join("cert.pem"), key: folder.join("key.pem") };
    fs::write(&files.key, made.signing_key.serialize_pem()).unwrap();
    fs::write(&files.cert, made.cert.pem()).unwrap();
    files
}

#[tokio::test]
async fn changed_files_are_used_and_broken_ones_are_not() {
    let folder = tempfile::tempdir().unwrap();
    let files = write_pair(folder.path(), "ecole.example");
    let mut config = tls_config(TlsConfig::Files(files.clone()));
    config.limits.certificate_check = Duration::from_millis(20);
    let edge = Edge::start(config).await;
    let address = edge.address(ListenerKind::Tls);
    let mut info = edge.handle.certificate().unwrap();
    let first = info.borrow_and_update().current.clone().unwrap();
    assert_eq!(fingerprint(&connect_tls(address, &[]).await.unwrap()), first.fingerprint);

    fs::write(&files.cert, "not a certificate").unwrap();
    let seen = timeout(PATIENCE, info.wait_for(|state| state.failure.is_some())).await.expect("seen in time").unwrap();
    assert_eq!(seen.current.as_ref(), Some(&first), "{:?}", seen.failure);
    drop(seen);
    write_pair(folder.path(), "nouvelle.example");
    let loaded = timeout(PATIENCE, info.wait_for(|state| state.failure.is_none())).await.expect("loaded in time");
    let second = loaded.unwrap().current.clone().unwrap();
    assert_eq!(second.names, ["nouvelle.example"]);
    assert_ne!(second.fingerprint, first.fingerprint);
    assert_eq!(fingerprint(&connect_tls(address, &[]).await.unwrap()), second.fingerprint);

    // A key that does not fit leaves the certificate in use.
    fs::write(&files.key, rcgen::KeyPair::generate().unwrap().serialize_pem()).unwrap();
    edge.handle.reload();
    let seen = timeout(PATIENCE, info.wait_for(|state| state.failure.is_some())).await.expect("tried in time").unwrap();
    assert!(seen.failure.as_ref().unwrap().contains("do not fit"), "{:?}", seen.failure);
    drop(seen);
    assert_eq!(fingerprint(&connect_tls(address, &[]).await.unwrap()), second.fingerprint);
}

#[tokio::test]
async fn self_signed_is_kept_across_starts() {
    let folder = tempfile::tempdir().unwrap();
    let tls = SelfSigned { names: vec!["ecole.lan".to_owned()], data_dir: folder.path().to_owned() };
    let mut seen = Vec::new();
    for _ in 0..2 {
        let edge = Edge::start(tls_config(TlsConfig::SelfSigned(tls.clone()))).await;
        let shown = edge.handle.certificate().unwrap().borrow().current.clone().unwrap().fingerprint;
        assert_eq!(fingerprint(&connect_tls(edge.address(ListenerKind::Tls), &[]).await.unwrap()), shown);
        seen.push(shown);
    }
    assert_eq!(seen[0], seen[1]);
}

#[tokio::test]
async fn plain_http_is_sent_to_https() {
    let folder = tempfile::tempdir().unwrap();
    let tls = SelfSigned { names: vec!["ecole.example".to_owned()], data_dir: folder.path().to_owned() };
    let edge = Edge::start(tls_config(TlsConfig::SelfSigned(tls))).await;
    let https = edge.address(ListenerKind::Tls);
    for address in [edge.address(ListenerKind::Redirect), https] {
        let said = Client(TcpStream::connect(address).await.unwrap()).get("/accueil?a=b").await;
        assert!(said.starts_with("HTTP/1.1 308"), "{said}");
        let location = format!("location: https://ecole.example:{}/accueil?a=b\r\n", https.port());
        assert!(said.contains(&location), "{said}");
    }
}

#[tokio::test]
async fn what_cannot_work_is_refused_at_start() {
    let address = "127.0.0.1:0".parse().unwrap();
    let bind = |config: FrontConfig| match Front::bind(config, Arc::new(SystemClock), Box::new(SeededRng::new(1))) {
        Ok(_) => String::new(),
        Err(error) => error.to_string(),
    };
    let listeners = |kinds: &[ListenerKind]| kinds.iter().map(|kind| ListenerConfig::new(address, *kind)).collect();
    let with = |kinds| FrontConfig { listeners: listeners(kinds), ..FrontConfig::plain(address) };
    assert_eq!(bind(with(&[])), FrontError::NoListener.to_string());
    assert_eq!(bind(with(&[ListenerKind::Tls])), FrontError::NoTls.to_string());
    assert!(bind(with(&[ListenerKind::Redirect])).contains("nothing to redirect to"));
    let folder = tempfile::tempdir().unwrap();
    let files = write_pair(folder.path(), "a.example");
    fs::write(&files.key, rcgen::KeyPair::generate().unwrap().serialize_pem()).unwrap();
    assert!(bind(tls_config(TlsConfig::Files(files.clone()))).contains("do not fit"));
    fs::remove_file(&files.key).unwrap();
    assert!(bind(tls_config(TlsConfig::Files(files))).contains("cannot open"));
    let taken = std::net::TcpListener::bind(address).unwrap();
    let said = bind(FrontConfig::plain(taken.local_addr().unwrap()));
    assert!(said.starts_with("cannot listen on 127.0.0.1:"), "{said}");
}

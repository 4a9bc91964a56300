use super::harness::{Client, Edge, PATIENCE, connect_tls, connect_verified, tls_config};
use super::pebble::{Pebble, mode};
use crate::{AcmeConfig, CertificateInfo, CertificateState, Challenge, Front, FrontError, ListenerKind, TlsConfig};
use preau_base::{Clock as _, ManualClock, Pii, SeededRng, SystemClock};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::timeout;

fn config(pebble: &Pebble, challenge: Challenge, names: &[&str], data_dir: &Path) -> AcmeConfig {
    AcmeConfig {
        directory_url: pebble.directory_url(),
        contact: Some(Pii::new("admin@ecole.example".to_owned())),
        domains: names.iter().map(|name| (*name).to_owned()).collect(),
        challenge,
        data_dir: data_dir.to_owned(),
        root_ca: Some(pebble.root_ca()),
    }
}

/// Waits for a state of the certificate.
async fn state(edge: &Edge, what: &str, is: impl Fn(&CertificateState) -> bool) -> CertificateState {
    let mut states = edge.handle.certificate().unwrap();
    let reached = timeout(PATIENCE * 3, states.wait_for(|state| is(state))).await;
    match reached {
        Ok(state) => state.unwrap().clone(),
        Err(_) => panic!("{what} in time; it stands at {:?}", edge.handle.certificate().unwrap().borrow()),
    }
}

async fn obtained(edge: &Edge) -> CertificateInfo {
    state(edge, "obtained", |state| state.current.is_some() && state.failure.is_none()).await.current.unwrap()
}

async fn failed(edge: &Edge) -> String {
    state(edge, "failed", |state| state.failure.is_some()).await.failure.unwrap()
}

fn ports(edge: &Edge) -> (u16, u16) {
    (edge.address(ListenerKind::Redirect).port(), edge.address(ListenerKind::Tls).port())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn obtains_by_tls_alpn_01_and_keeps_it() {
    let folder = tempfile::tempdir().unwrap();
    let pebble = Pebble::new();
    let names = ["ecole.example", "www.ecole.example"];
    let acme = config(&pebble, Challenge::TlsAlpn01, &names, folder.path());
    let edge = Edge::start(tls_config(TlsConfig::Acme(acme.clone()))).await;
    let tls = edge.address(ListenerKind::Tls);

    // The authority is not there yet: people are told, and nothing is served under a wrong certificate.
    assert!(failed(&edge).await.contains("authority"));
    assert!(connect_tls(tls, &[]).await.is_err());
    let redirect = TcpStream::connect(edge.address(ListenerKind::Redirect)).await.unwrap();
    let said = Client(redirect).get("/").await;
    assert!(said.starts_with("HTTP/1.1 503") && said.contains("Le site se prépare"), "{said}");

    let (http_port, tls_port) = ports(&edge);
    let running = pebble.run(http_port, tls_port).await;
    edge.handle.reload();
    let info = obtained(&edge).await;
    assert_eq!(info.names, names);
    let roots = running.issuing_root().await;
    for name in names {
        let mut client = Client(connect_verified(tls, name, roots.clone()).await.expect("the chain holds"));
        assert!(client.get("/").await.ends_with("bonjour"));
    }
    assert!(connect_verified(tls, "autre.example", roots).await.is_err());
    assert!(connect_tls(tls, &[b"acme-tls/1"]).await.is_err(), "no challenge is under way any more");

    let kept = std::fs::read_dir(folder.path().join("acme")).unwrap().next().unwrap().unwrap().path();
    for file in ["account.json", "certificate.pem"] {
        assert_eq!(mode(&kept.join(file)), 0o600, "{file}");
    }

    // The next start uses what was kept, with no authority in sight; changed names do not.
    drop(edge);
    running.stop().await;
    let again = Edge::start(tls_config(TlsConfig::Acme(acme.clone()))).await;
    assert_eq!(obtained(&again).await, info);
    let renamed = AcmeConfig { domains: vec!["autre.example".to_owned()], ..acme };
    let renamed = Edge::start(tls_config(TlsConfig::Acme(renamed))).await;
    assert_eq!(renamed.handle.certificate().unwrap().borrow().current, None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn renews_by_http_01_and_serves_the_old_one_when_that_fails() {
    let folder = tempfile::tempdir().unwrap();
    let pebble = Pebble::new();
    let acme = config(&pebble, Challenge::Http01, &["ecole.example"], folder.path());
    let clock = ManualClock::at(SystemClock.now());
    let edge = Edge::start_at(tls_config(TlsConfig::Acme(acme)), clock.clone()).await;
    let (http_port, tls_port) = ports(&edge);
    let running = pebble.run(http_port, tls_port).await;
    edge.handle.reload();
    let first = obtained(&edge).await;

    // Before its time nothing is renewed, asked or not.
    let lifetime = first.not_after.since(first.not_before);
    clock.set(first.not_before.plus(lifetime * 2 / 3).minus(Duration::from_secs(3_600)));
    edge.handle.reload();
    let mut states = edge.handle.certificate().unwrap();
    states.mark_unchanged();
    assert!(timeout(Duration::from_millis(500), states.changed()).await.is_err());

    clock.set(first.not_before.plus(lifetime * 7 / 10));
    edge.handle.reload();
    let is_new = |state: &CertificateState| state.current.as_ref() != Some(&first);
    let second = state(&edge, "renewed", is_new).await.current.unwrap();

    // The authority forgets everything, our account too: the old certificate stays, the next attempt makes an account.
    running.stop().await;
    let running = pebble.run(http_port, tls_port).await;
    clock.set(second.not_before.plus(lifetime * 7 / 10));
    edge.handle.reload();
    failed(&edge).await;
    let roots_of_nobody = connect_tls(edge.address(ListenerKind::Tls), &[]).await.unwrap();
    assert_eq!(super::harness::fingerprint(&roots_of_nobody), second.fingerprint, "still served");
    edge.handle.reload();
    let third = state(&edge, "obtained with a new account", |state| state.failure.is_none()).await.current.unwrap();
    assert_ne!(third.fingerprint, second.fingerprint);
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn says_which_name_was_refused_and_why() {
    let folder = tempfile::tempdir().unwrap();
    let pebble = Pebble::new();
    let names = ["ecole.example", "ecole.nowhere"];
    let acme = config(&pebble, Challenge::Http01, &names, folder.path());
    let edge = Edge::start(tls_config(TlsConfig::Acme(acme))).await;
    failed(&edge).await;
    let (http_port, tls_port) = ports(&edge);
    let _running = pebble.run(http_port, tls_port).await;
    edge.handle.reload();
    let named = |state: &CertificateState| state.failure.as_ref().is_some_and(|text| text.contains("ecole.nowhere"));
    let said = state(&edge, "refused", named).await.failure.unwrap();
    assert!(said.starts_with("the authority did not accept that “ecole.nowhere” is ours"), "{said}");
}

#[tokio::test]
async fn http_01_needs_its_listener() {
    let folder = tempfile::tempdir().unwrap();
    let mut front =
        tls_config(TlsConfig::Acme(config(&Pebble::new(), Challenge::Http01, &["a.example"], folder.path())));
    front.listeners.retain(|listener| listener.kind == ListenerKind::Tls);
    let bound = Front::bind(front, Arc::new(SystemClock), Box::new(SeededRng::new(1)));
    assert!(matches!(bound.err(), Some(FrontError::NoHttp01Listener)));
}

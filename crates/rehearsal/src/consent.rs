//! People may also be played against somebody else's server, for as long as its operator agrees: asked before the first
//! connection and every minute after, and over with the first answer that is not a good signature, on connections that
//! are open as well.

use crate::limits::{CONSENT_ASKED_EVERY_MS, CONSENT_MS_MAX};
use crate::net::Origin;
use crate::target::Destination;
use crate::wire::{Speech, Trust};
use bytes::Bytes;
use http::{Request, header};
use http_body_util::Full;
use preau_base::SystemRng;
use preau_gate::consent::{ConsentError as BadSignature, ConsentNonce, ConsentPublic};
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::task::JoinHandle;
use tokio::time::sleep;

const PATH: &str = "/_gate/rehearsal-consent";

/// What the rehearsing side was given by the operator.
#[derive(Clone, Debug)]
pub struct Terms {
    /// `ecole.example:443`
    pub host: String,
    pub public_key: ConsentPublic,
    /// Without TLS; for servers behind a proxy of their own network.
    pub plain: bool,
}

/// A server whose operator agreed not long ago. The address stays what it was when they were first asked.
#[derive(Clone, Debug)]
pub struct Consented {
    address: SocketAddr,
    agreed: Arc<Mutex<Option<Instant>>>,
}

/// The right to one connection, to ask.
#[derive(Clone, Copy, Debug)]
pub struct Asking(SocketAddr);

impl Asking {
    pub(crate) const fn address(self) -> SocketAddr {
        self.0
    }
}

#[derive(Debug, thiserror::Error)]
pub enum ConsentError {
    #[error("{host} leads nowhere: {source}")]
    Unknown { host: String, source: io::Error },
    #[error("{host} did not answer whether its operator agrees: {source}")]
    Unanswered { host: String, source: io::Error },
    #[error("{host} has not agreed to a rehearsal (it answered {status})")]
    NotInstalled { host: String, status: u16 },
    #[error("{host}: {source}")]
    Refused { host: String, source: BadSignature },
}

impl Consented {
    /// Where people may go at this moment; `None` once the agreement is over.
    pub fn address(&self) -> Option<SocketAddr> {
        let agreed = self.agreed.lock().unwrap_or_else(PoisonError::into_inner);
        // Half as long again as the pause between two questions, so that one late answer ends nothing.
        let good_for = Duration::from_millis(CONSENT_ASKED_EVERY_MS * 3 / 2);
        agreed.filter(|at| at.elapsed() < good_for).map(|_| self.address)
    }

    /// The address that was asked, whether or not they still agree.
    pub const fn pinned(&self) -> SocketAddr {
        self.address
    }

    fn agree(&self, yes: bool) {
        *self.agreed.lock().unwrap_or_else(PoisonError::into_inner) = yes.then(Instant::now);
    }
}

/// Keeps asking; the agreement ends when it is dropped.
pub struct Asker {
    task: JoinHandle<()>,
    consented: Consented,
}

impl Drop for Asker {
    fn drop(&mut self) {
        self.task.abort();
        self.consented.agree(false);
    }
}

impl Asker {
    /// Resolves when the operator does not agree any more.
    pub async fn over(&mut self) {
        let _over = (&mut self.task).await;
    }
}

/// Asks the first time, pins the address, and keeps asking.
pub async fn obtain(terms: &Terms) -> Result<(Consented, Asker), ConsentError> {
    obtain_every(terms, Duration::from_millis(CONSENT_ASKED_EVERY_MS)).await
}

/// The same, with another pause between two questions; no longer than the usual one, for which an answer is good.
pub(crate) async fn obtain_every(terms: &Terms, every: Duration) -> Result<(Consented, Asker), ConsentError> {
    let unknown = |source| ConsentError::Unknown { host: terms.host.clone(), source };
    let mut found = tokio::net::lookup_host(&terms.host).await.map_err(unknown)?;
    let nothing = || unknown(io::Error::from(io::ErrorKind::NotFound));
    let address = found.next().ok_or_else(nothing)?;
    ask(terms, address).await?;
    let consented = Consented { address, agreed: Arc::new(Mutex::new(Some(Instant::now()))) };
    let task = tokio::spawn(keep_asking(terms.clone(), consented.clone(), every));
    Ok((consented.clone(), Asker { task, consented }))
}

async fn keep_asking(terms: Terms, consented: Consented, every: Duration) {
    loop {
        sleep(every).await;
        match ask(&terms, consented.address).await {
            Ok(()) => consented.agree(true),
            Err(error) => {
                tracing::error!(%error, "the operator does not agree any more: nobody goes there from now on");
                return consented.agree(false);
            }
        }
    }
}

/// One question, on a connection of its own.
async fn ask(terms: &Terms, address: SocketAddr) -> Result<(), ConsentError> {
    let host = terms.host.clone();
    let nonce = ConsentNonce::draw(&mut SystemRng);
    let (status, body) =
        put_question(terms, address, nonce).await.map_err(|source| ConsentError::Unanswered { host, source })?;
    let host = terms.host.clone();
    if status != 200 {
        return Err(ConsentError::NotInstalled { host, status });
    }
    let answer = serde_json::from_slice::<serde_json::Value>(&body).ok();
    let signature = answer.as_ref().and_then(|answer| answer.get("signature")?.as_str()).unwrap_or_default();
    terms.public_key.verify(nonce, &terms.host, signature).map_err(|source| ConsentError::Refused { host, source })
}

async fn put_question(terms: &Terms, address: SocketAddr, nonce: ConsentNonce) -> io::Result<(u16, Bytes)> {
    let trust = if terms.plain { Trust::Plain } else { Trust::Unchecked };
    let speech = Speech::new(Destination::Asking(Asking(address)), &terms.host, trust)?;
    let mut line = speech.line(Origin::default(), false).await?;
    let request = Request::get(format!("{PATH}?nonce={}", nonce.to_text()))
        .header(header::HOST, &terms.host)
        .body(Full::default())
        .map_err(io::Error::other)?;
    let answer = line.ask(request, Duration::from_millis(CONSENT_MS_MAX)).await?;
    Ok((answer.status.as_u16(), answer.body))
}

#[cfg(test)]
mod tests {
    use super::*;
    use preau_base::SeededRng;
    use preau_gate::consent::ConsentKey;
    use std::sync::atomic::{AtomicBool, Ordering};
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    /// A server that signs what it is asked with its key, or answers something else.
    async fn server(key: Option<ConsentKey>) -> SocketAddr {
        server_while(key, Arc::new(AtomicBool::new(true))).await
    }

    /// For as long as its operator `agrees`.
    async fn server_while(key: Option<ConsentKey>, agrees: Arc<AtomicBool>) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut bytes = vec![0; 2_048];
                let read = stream.read(&mut bytes).await.unwrap_or(0);
                let text = String::from_utf8_lossy(&bytes[..read]).into_owned();
                let nonce = text.split("nonce=").nth(1).and_then(|rest| rest.split(' ').next()).unwrap_or_default();
                let nonce = ConsentNonce::from_text(nonce).ok();
                let key = key.as_ref().filter(|_| agrees.load(Ordering::Relaxed));
                let signature = key.zip(nonce).and_then(|(key, nonce)| key.sign(nonce, &address.to_string()));
                let (status, body) = match signature {
                    Some(signature) => ("200 OK", format!("{{\"signature\":\"{signature}\"}}")),
                    None => ("404 Not Found", String::new()),
                };
                let length = body.len();
                let answer =
                    format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}");
                let _ = stream.write_all(answer.as_bytes()).await;
            }
        });
        address
    }

    fn key(seed: u64) -> ConsentKey {
        ConsentKey::generate(&mut SeededRng::new(seed)).unwrap()
    }

    fn terms(address: SocketAddr) -> Terms {
        Terms { host: address.to_string(), public_key: key(1).public(), plain: true }
    }

    #[tokio::test]
    async fn goes_only_where_the_operator_agrees_and_only_as_long() {
        let address = server(Some(key(1))).await;
        let (consented, asker) = obtain(&terms(address)).await.unwrap();
        assert_eq!(consented.address(), Some(address));
        let destination = Destination::Consented(consented.clone());
        assert!(crate::net::connect(&destination, Origin::default()).await.is_ok());
        let speech = Speech::new(destination.clone(), &address.to_string(), Trust::Plain).unwrap();
        let mut kept = speech.line(Origin::default(), false).await.unwrap();
        drop(asker);
        let request = Request::get("/").header(header::HOST, "e").body(Full::default()).unwrap();
        let refused = kept.ask(request, Duration::from_secs(10)).await.unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::PermissionDenied, "nothing is sent over what was opened before");
        assert_eq!(consented.address(), None);
        let refused = crate::net::connect(&destination, Origin::default()).await.unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::PermissionDenied);
    }

    #[tokio::test]
    async fn a_rehearsal_ends_when_the_operator_does_not_agree_any_more() {
        let agrees = Arc::new(AtomicBool::new(true));
        let address = server_while(Some(key(1)), agrees.clone()).await;
        let terms = terms(address);
        let agreement = obtain_every(&terms, Duration::from_millis(50)).await.unwrap();
        agrees.store(false, Ordering::Relaxed);
        let plan = crate::Plan {
            people: 50,
            scale: 1.0,
            window: Duration::from_secs(300),
            after: Duration::ZERO,
            seed: 1,
            passes: 0.0,
            attackers: Vec::new(),
            attack_per_second: 0,
            program: std::path::PathBuf::new(),
            upstream: false,
            server_core: None,
            calm_before: false,
        };
        let visit = crate::plan::visit_under(&plan, &terms, agreement);
        let report = tokio::time::timeout(Duration::from_secs(30), visit).await.expect("ends long before its window");
        assert!(report.unwrap().count("arrived") < 50, "whoever would have come later stays away");
    }

    #[tokio::test]
    async fn refuses_servers_without_a_key_and_with_another() {
        let without = terms(server(None).await);
        assert!(matches!(obtain(&without).await, Err(ConsentError::NotInstalled { status: 404, .. })));
        let other = terms(server(Some(key(2))).await);
        assert!(matches!(obtain(&other).await, Err(ConsentError::Refused { .. })));
    }
}

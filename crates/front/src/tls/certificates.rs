use crate::CertificateError;
use crate::tls::CertificateInfo;
use rustls::crypto::aws_lc_rs;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use std::collections::HashMap;
use std::fmt;
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};
use tokio::sync::{Notify, watch};

/// How it stands with the certificate.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CertificateState {
    /// The one in use; `None` before the first.
    pub current: Option<CertificateInfo>,
    /// Why the last attempt to get a newer one failed, until one succeeds.
    pub failure: Option<String>,
}

/// The certificate in use and the challenges under way; swapped while connections go on.
pub(crate) struct Certificates {
    current: RwLock<Option<Arc<CertifiedKey>>>,
    state: watch::Sender<CertificateState>,
    /// Key authorizations by token (http-01).
    http_challenges: RwLock<HashMap<String, String>>,
    /// Certificates by name (tls-alpn-01).
    tls_challenges: RwLock<HashMap<String, Arc<CertifiedKey>>>,
    look_again: Notify,
}

impl Default for Certificates {
    fn default() -> Self {
        Self {
            current: RwLock::default(),
            state: watch::Sender::default(),
            http_challenges: RwLock::default(),
            tls_challenges: RwLock::default(),
            look_again: Notify::new(),
        }
    }
}

fn read<T: Clone>(lock: &RwLock<T>) -> T {
    lock.read().unwrap_or_else(PoisonError::into_inner).clone()
}

fn change<T, R>(lock: &RwLock<T>, change: impl FnOnce(&mut T) -> R) -> R {
    change(&mut lock.write().unwrap_or_else(PoisonError::into_inner))
}

impl Certificates {
    pub fn current(&self) -> Option<Arc<CertifiedKey>> {
        read(&self.current)
    }

    /// Puts a certificate into use for all handshakes from now on.
    pub fn install(&self, key: CertifiedKey) -> Result<CertificateInfo, CertificateError> {
        let info = CertificateInfo::of(&key)?;
        change(&self.current, |current| *current = Some(Arc::new(key)));
        metrics::gauge!("preau_front_certificate_not_after_seconds").set(info.not_after.as_secs() as f64);
        self.state.send_replace(CertificateState { current: Some(info.clone()), failure: None });
        Ok(info)
    }

    /// Says that no newer certificate could be had; the one in use stays.
    pub fn failed(&self, failure: String) {
        self.state.send_modify(|state| state.failure = Some(failure));
    }

    pub fn state(&self) -> watch::Receiver<CertificateState> {
        self.state.subscribe()
    }

    pub fn look_again(&self) {
        self.look_again.notify_one();
    }

    pub async fn asked_to_look_again(&self) {
        self.look_again.notified().await;
    }

    pub fn http_challenge(&self, token: &str) -> Option<String> {
        self.http_challenges.read().unwrap_or_else(PoisonError::into_inner).get(token).cloned()
    }

    pub fn set_http_challenge(&self, token: String, key_authorization: String) {
        change(&self.http_challenges, |all| all.insert(token, key_authorization));
    }

    pub fn set_tls_challenge(&self, name: String, key: CertifiedKey) {
        change(&self.tls_challenges, |all| all.insert(name, Arc::new(key)));
    }

    pub fn clear_challenges(&self) {
        change(&self.http_challenges, HashMap::clear);
        change(&self.tls_challenges, HashMap::clear);
    }
}

impl fmt::Debug for Certificates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Certificates")
    }
}

impl ResolvesServerCert for Certificates {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        self.current()
    }
}

/// Answers tls-alpn-01 challenges (RFC 8737 §3), and nothing else.
#[derive(Debug)]
pub(crate) struct ChallengeResolver(pub Arc<Certificates>);

impl ResolvesServerCert for ChallengeResolver {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let challenges = self.0.tls_challenges.read().unwrap_or_else(PoisonError::into_inner);
        challenges.get(&hello.server_name()?.to_ascii_lowercase()).cloned()
    }
}

/// A chain and its key out of PEM. The paths are for errors; they may be the same.
pub(crate) fn certified_key(
    (cert_path, cert_pem): (&Path, &[u8]),
    (key_path, key_pem): (&Path, &[u8]),
) -> Result<CertifiedKey, CertificateError> {
    let no_pem = |path: &Path, what, reason: String| CertificateError::Pem { path: path.to_owned(), what, reason };
    let chain: Vec<_> = CertificateDer::pem_slice_iter(cert_pem)
        .collect::<Result<_, _>>()
        .map_err(|error| no_pem(cert_path, "certificate", error.to_string()))?;
    if chain.is_empty() {
        return Err(no_pem(cert_path, "certificate", "there is none".to_owned()));
    }
    let key =
        PrivateKeyDer::from_pem_slice(key_pem).map_err(|error| no_pem(key_path, "private key", error.to_string()))?;
    CertifiedKey::from_der(chain, key, &aws_lc_rs::default_provider()).map_err(|source| CertificateError::Pair {
        cert: cert_path.to_owned(),
        key: key_path.to_owned(),
        source,
    })
}

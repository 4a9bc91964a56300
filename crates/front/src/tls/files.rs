use crate::tls::{Certificates, certified_key};
use crate::{CertificateError, stored};
use rustls::sign::CertifiedKey;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use tokio::time::sleep;

/// A certificate that somebody else puts there (certbot, the school's own authority).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateFiles {
    /// PEM: the certificate first, then its intermediates.
    pub cert: PathBuf,
    /// PEM: PKCS#8, PKCS#1 or SEC1.
    pub key: PathBuf,
}

impl CertificateFiles {
    pub(crate) fn load(&self) -> Result<CertifiedKey, CertificateError> {
        let (cert, key) = (stored::read(&self.cert)?, stored::read(&self.key)?);
        certified_key((&self.cert, &cert), (&self.key, &key))
    }

    fn stamps(&self) -> [Option<(SystemTime, u64)>; 2] {
        [stamp(&self.cert), stamp(&self.key)]
    }
}

fn stamp(path: &Path) -> Option<(SystemTime, u64)> {
    let about = path.metadata().ok()?;
    Some((about.modified().ok()?, about.len()))
}

/// Loads the files anew when they changed, or when asked to. What cannot be loaded leaves the old certificate in use
/// and is tried again at the next look: the key is often written a moment after the certificate.
pub(crate) async fn watch(files: CertificateFiles, certificates: Arc<Certificates>, check_every: Duration) {
    let mut loaded = files.stamps();
    let mut failed = None;
    loop {
        let asked = tokio::select! {
            () = sleep(check_every) => false,
            () = certificates.asked_to_look_again() => true,
        };
        let seen = files.stamps();
        if seen == loaded && !asked {
            continue;
        }
        match files.load().and_then(|key| certificates.install(key)) {
            Ok(info) => {
                (loaded, failed) = (seen, None);
                metrics::counter!("preau_front_certificate_renewals_total", "outcome" => "loaded").increment(1);
                tracing::info!(not_after = %info.not_after, fingerprint = info.fingerprint, "certificate loaded from files");
            }
            // Said once for each state of the files, not at every look.
            Err(error) if asked || failed != Some(seen) => {
                failed = Some(seen);
                metrics::counter!("preau_front_certificate_renewals_total", "outcome" => "failed").increment(1);
                certificates.failed(error.to_string());
                tracing::error!(%error, "the changed certificate is no good; the old one stays in use");
            }
            Err(_said_before) => (),
        }
    }
}

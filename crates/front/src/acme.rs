//! Certificates from an ACME authority (RFC 8555), obtained and renewed while the edge serves.

mod account;
mod order;
mod schedule;

use crate::limits as l;
use crate::tls::{CertificateInfo, Certificates, certified_key};
use crate::{CertificateError, stored};
use preau_base::{Instant, Pii, Rng, SharedClock};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{sleep, timeout};

/// How the authority is shown that a name is ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Challenge {
    /// In a TLS handshake at port 443 (RFC 8737).
    TlsAlpn01,
    /// In a page at port 80 (RFC 8555 §8.3); needs a redirect listener.
    Http01,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AcmeConfig {
    /// The authority's directory, such as `https://acme-v02.api.letsencrypt.org/directory`.
    pub directory_url: String,
    /// E-mail address that the authority may write to.
    pub contact: Option<Pii<String>>,
    /// Host names, at most [`ACME_NAMES_MAX`](crate::limits::ACME_NAMES_MAX).
    pub domains: Vec<String>,
    pub challenge: Challenge,
    /// Account and certificate are kept below `acme/` in this folder.
    pub data_dir: PathBuf,
    /// PEM of the root that signs the directory's own certificate; the system's roots where there is none.
    pub root_ca: Option<PathBuf>,
}

impl AcmeConfig {
    /// One folder for each authority, so that a trial with its staging directory leaves nothing behind.
    fn folder(&self) -> PathBuf {
        let name: String = self
            .directory_url
            .trim_start_matches("https://")
            .chars()
            .map(|letter| if letter.is_ascii_alphanumeric() || matches!(letter, '-' | '.') { letter } else { '_' })
            .take(100)
            .collect();
        self.data_dir.join("acme").join(name)
    }

    fn check(&self) -> Result<(), CertificateError> {
        let is_label = |label: &str| {
            (1..=63).contains(&label.len()) && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        };
        let is_name = |name: &str| name.len() <= 253 && name.split('.').all(is_label);
        match self.domains.iter().find(|name| !is_name(name)) {
            Some(name) => Err(CertificateError::Name(name.clone())),
            None if self.domains.is_empty() => Err(CertificateError::NoName),
            None if self.domains.len() > l::ACME_NAMES_MAX => Err(CertificateError::TooManyNames(self.domains.len())),
            None => Ok(()),
        }
    }
}

/// Why an attempt failed. The certificate in use goes on being used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AcmeError {
    #[error("{doing}: {}", with_causes(.source))]
    Authority { doing: &'static str, source: instant_acme::Error },
    #[error("the authority did not accept that “{name}” is ours: {reason}")]
    Refused { name: String, reason: String },
    #[error("the authority offers no {0:?} challenge for “{1}”")]
    NotOffered(Challenge, String),
    #[error("not done within {} s", l::ACME_ATTEMPT_MS_MAX / 1_000)]
    TooSlow,
    #[error("the kept account cannot be read: {0}")]
    Account(#[from] serde_json::Error),
    #[error(transparent)]
    Certificate(#[from] CertificateError),
}

fn with_causes(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}

/// Keeps the certificate of one configuration fresh.
pub(crate) struct Manager {
    config: AcmeConfig,
    folder: PathBuf,
    certificates: Arc<Certificates>,
    clock: SharedClock,
    rng: Box<dyn Rng>,
}

impl Manager {
    /// Puts the kept certificate into use, if there is one that still holds for the configured names.
    pub fn start(
        config: AcmeConfig,
        certificates: Arc<Certificates>,
        clock: SharedClock,
        rng: Box<dyn Rng>,
    ) -> Result<Self, CertificateError> {
        config.check()?;
        let manager = Self { folder: config.folder(), config, certificates, clock, rng };
        let path = manager.certificate_path();
        if let Some(pem) = stored::read_if_there(&path)? {
            match certified_key((&path, &pem), (&path, &pem)).and_then(|key| Ok((CertificateInfo::of(&key)?, key))) {
                Ok((info, key)) if info.is_for(&manager.config.domains) => {
                    manager.certificates.install(key)?;
                }
                Ok(_) => tracing::info!("the configured names changed: a new certificate is to be obtained"),
                Err(error) => tracing::warn!(%error, "the kept certificate is no good: a new one is to be obtained"),
            }
        }
        Ok(manager)
    }

    fn certificate_path(&self) -> PathBuf {
        self.folder.join("certificate.pem")
    }

    pub async fn run(mut self) {
        let mut failures = 0;
        let mut due = match &self.certificates.state().borrow().current {
            Some(info) => schedule::renewal(info, &mut *self.rng),
            None => self.clock.now(),
        };
        loop {
            self.wait_until(due, failures > 0).await;
            let attempt = timeout(Duration::from_millis(l::ACME_ATTEMPT_MS_MAX), self.attempt());
            let outcome = attempt.await.unwrap_or(Err(AcmeError::TooSlow));
            self.certificates.clear_challenges();
            match outcome {
                Ok(info) => {
                    failures = 0;
                    due = schedule::renewal(&info, &mut *self.rng);
                    metrics::counter!("preau_front_certificate_renewals_total", "outcome" => "obtained").increment(1);
                    tracing::info!(not_after = %info.not_after, renewal = %due, "certificate obtained");
                }
                Err(error) => {
                    failures += 1;
                    due = self.clock.now().plus(schedule::back_off(failures, &mut *self.rng));
                    metrics::counter!("preau_front_certificate_renewals_total", "outcome" => "failed").increment(1);
                    self.certificates.failed(error.to_string());
                    tracing::error!(%error, failures, next_attempt = %due, "no certificate from the authority");
                }
            }
        }
    }

    /// Waits for `due` by the clock. Being asked to look again ends the wait early after a failure.
    async fn wait_until(&mut self, due: Instant, failed: bool) {
        loop {
            let left = due.since(self.clock.now());
            if left.is_zero() {
                return;
            }
            tokio::select! {
                () = sleep(left.min(Duration::from_millis(l::ACME_CLOCK_CHECK_MS))) => (),
                () = self.certificates.asked_to_look_again() => if failed { return },
            }
        }
    }

    async fn attempt(&mut self) -> Result<CertificateInfo, AcmeError> {
        let account_path = self.folder.join("account.json");
        let account = account::open(&self.config, &account_path).await?;
        let pem = order::obtain(&account, &self.config, &self.certificates)
            .await
            .inspect_err(|error| account::forget_if_unknown(&account_path, error))?;
        let path = self.certificate_path();
        let key = certified_key((&path, pem.as_bytes()), (&path, pem.as_bytes()))?;
        // Used even where it cannot be kept: a full disk must not end the service at the next renewal.
        let info = self.certificates.install(key)?;
        if let Err(error) = stored::write_secret(&path, pem.as_bytes()) {
            tracing::error!(%error, "the new certificate is in use but could not be kept");
        }
        Ok(info)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_checked_before_the_authority_is_asked() {
        let check = |domains: &[&str]| {
            let config = AcmeConfig {
                directory_url: "https://localhost:14000/dir".to_owned(),
                contact: None,
                domains: domains.iter().map(|name| (*name).to_owned()).collect(),
                challenge: Challenge::Http01,
                data_dir: PathBuf::from("data"),
                root_ca: None,
            };
            assert_eq!(config.folder(), PathBuf::from("data/acme/localhost_14000_dir"));
            config.check().map_err(|error| error.to_string())
        };
        assert_eq!(check(&["ecole.example", "xn--cole-9oa.example"]), Ok(()));
        assert!(check(&[]).unwrap_err().contains("no name"));
        assert!(check(&["*.example"]).unwrap_err().contains("*.example"));
        assert!(check(&["école.example"]).is_err());
        assert!(check(&["a..example"]).is_err());
        assert!(check(&["a.example"; 101]).unwrap_err().starts_with("101 names"));
    }
}

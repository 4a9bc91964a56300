use crate::limits::{SELF_SIGNED_DAYS, SELF_SIGNED_LEFT_DAYS_MIN};
use crate::tls::{CertificateInfo, certified_key};
use crate::{CertificateError, stored};
use preau_base::Instant;
use rcgen::{CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, KeyPair, KeyUsagePurpose};
use rustls::sign::CertifiedKey;
use std::path::{Path, PathBuf};
use std::time::Duration;

const DAY: Duration = Duration::from_secs(86_400);

/// A certificate of our own making, for a local network without a public name. Browsers warn once; the fingerprint is
/// printed at start so that it can be compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SelfSigned {
    /// Host names and addresses.
    pub names: Vec<String>,
    /// Kept in `tls/self-signed.pem` below this folder.
    pub data_dir: PathBuf,
}

impl SelfSigned {
    /// The kept certificate, or a new one where there is none, its names have changed or it is about to end.
    pub(crate) fn load_or_make(&self, now: Instant) -> Result<CertifiedKey, CertificateError> {
        if self.names.is_empty() {
            return Err(CertificateError::NoName);
        }
        let path = self.data_dir.join("tls/self-signed.pem");
        if let Some(pem) = stored::read_if_there(&path)? {
            match still_good(&path, &pem, &self.names, now) {
                Ok(Some(key)) => return Ok(key),
                Ok(None) => {
                    tracing::info!("the self-signed certificate ends soon or its names changed: making a new one")
                }
                Err(error) => tracing::warn!(%error, "the kept self-signed certificate is no good: making a new one"),
            }
        }
        let pem = make(&self.names, now)?;
        stored::write_secret(&path, pem.as_bytes())?;
        certified_key((&path, pem.as_bytes()), (&path, pem.as_bytes()))
    }
}

fn still_good(
    path: &Path,
    pem: &[u8],
    names: &[String],
    now: Instant,
) -> Result<Option<CertifiedKey>, CertificateError> {
    let key = certified_key((path, pem), (path, pem))?;
    let info = CertificateInfo::of(&key)?;
    let left_min = DAY * u32::try_from(SELF_SIGNED_LEFT_DAYS_MIN).unwrap_or(u32::MAX);
    let good = info.is_for(names) && info.not_before <= now && info.not_after.since(now) > left_min;
    Ok(good.then_some(key))
}

/// Key and certificate in one PEM text.
fn make(names: &[String], now: Instant) -> Result<String, CertificateError> {
    let failed = |source| CertificateError::Make { names: names.join(", "), source };
    let since_epoch = now.since(Instant::EPOCH);
    let epoch = rcgen::date_time_ymd(1970, 1, 1);
    let mut params = CertificateParams::new(names).map_err(failed)?;
    // A day back, for browsers whose clock is behind.
    params.not_before = epoch + since_epoch.saturating_sub(DAY);
    params.not_after = epoch + since_epoch + DAY * u32::try_from(SELF_SIGNED_DAYS).unwrap_or(u32::MAX);
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, "Préau");
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let key = KeyPair::generate().map_err(failed)?;
    let certificate = params.self_signed(&key).map_err(failed)?;
    Ok(format!("{}{}", certificate.pem(), key.serialize_pem()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_kept_until_it_ends_or_its_names_change() {
        let folder = tempfile::tempdir().unwrap();
        let at = |names: &[&str], days: u32| {
            let names = names.iter().map(|name| (*name).to_owned()).collect();
            let now = Instant::from_secs(1_795_000_000).plus(DAY * days);
            let key = SelfSigned { names, data_dir: folder.path().to_owned() }.load_or_make(now).unwrap();
            CertificateInfo::of(&key).unwrap()
        };
        let first = at(&["ecole.lan", "192.0.2.1"], 0);
        assert_eq!(first.names, ["192.0.2.1", "ecole.lan"]);
        assert_eq!(at(&["192.0.2.1", "ecole.lan"], 700), first, "kept");
        let second = at(&["192.0.2.1", "ecole.lan"], 800);
        assert_ne!(second, first, "about to end");
        let third = at(&["autre.lan"], 800);
        assert_eq!(third.names, ["autre.lan"]);
        std::fs::write(folder.path().join("tls/self-signed.pem"), "rubbish").unwrap();
        assert_ne!(at(&["autre.lan"], 800).fingerprint, third.fingerprint, "made anew where it cannot be read");
    }
}

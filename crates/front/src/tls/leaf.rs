use crate::CertificateError;
use aws_lc_rs::digest::{SHA256, digest};
use preau_base::Instant;
use rustls::sign::CertifiedKey;
use std::fmt::Write as _;
use std::net::IpAddr;
use x509_cert::der::Decode as _;
use x509_cert::ext::pkix::SubjectAltName;
use x509_cert::ext::pkix::name::GeneralName;

/// What a certificate says about itself (RFC 5280).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateInfo {
    /// Host names and addresses that it is good for, in order.
    pub names: Vec<String>,
    pub not_before: Instant,
    pub not_after: Instant,
    /// SHA-256 of the certificate as browsers show it: `AB:CD:…`.
    pub fingerprint: String,
}

impl CertificateInfo {
    pub(crate) fn of(key: &CertifiedKey) -> Result<Self, CertificateError> {
        let leaf = key.cert.first().ok_or_else(|| CertificateError::Unreadable("the chain is empty".to_owned()))?;
        Self::of_der(leaf)
    }

    pub(crate) fn of_der(der: &[u8]) -> Result<Self, CertificateError> {
        let unreadable = |error: x509_cert::der::Error| CertificateError::Unreadable(error.to_string());
        let certificate = x509_cert::Certificate::from_der(der).map_err(unreadable)?;
        let body = certificate.tbs_certificate();
        let names = body.get_extension::<SubjectAltName>().map_err(unreadable)?;
        let mut names: Vec<_> =
            names.into_iter().flat_map(|(_critical, all)| all.0).filter_map(|name| text_of(&name)).collect();
        names.sort();
        let at = |time: x509_cert::time::Time| Instant::EPOCH.plus(time.to_unix_duration());
        Ok(Self {
            names,
            not_before: at(body.validity().not_before),
            not_after: at(body.validity().not_after),
            fingerprint: fingerprint(der),
        })
    }

    /// Whether it is good for exactly these names.
    pub(crate) fn is_for(&self, names: &[String]) -> bool {
        let mut wanted: Vec<_> = names.iter().map(|name| name.to_ascii_lowercase()).collect();
        wanted.sort();
        wanted.dedup();
        self.names == wanted
    }
}

fn text_of(name: &GeneralName) -> Option<String> {
    match name {
        GeneralName::DnsName(name) => Some(name.as_str().to_ascii_lowercase()),
        GeneralName::IpAddress(bytes) => {
            let bytes = bytes.as_bytes();
            let v4 = <[u8; 4]>::try_from(bytes).map(IpAddr::from);
            v4.or_else(|_| <[u8; 16]>::try_from(bytes).map(IpAddr::from)).ok().map(|address| address.to_string())
        }
        _ => None,
    }
}

fn fingerprint(der: &[u8]) -> String {
    let mut text = String::new();
    for byte in digest(&SHA256, der).as_ref() {
        let separator = if text.is_empty() { "" } else { ":" };
        let _infallible = write!(text, "{separator}{byte:02X}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_names_and_validity() {
        let names = vec!["ecole.example".to_owned(), "192.0.2.1".to_owned(), "2001:db8::1".to_owned()];
        let mut params = rcgen::CertificateParams::new(names.clone()).unwrap();
        params.not_before = rcgen::date_time_ymd(2026, 11, 22);
        params.not_after = rcgen::date_time_ymd(2027, 2, 20);
        let certificate = params.self_signed(&rcgen::KeyPair::generate().unwrap()).unwrap();
        let info = CertificateInfo::of_der(certificate.der()).unwrap();
        assert!(info.is_for(&names), "{:?}", info.names);
        assert!(!info.is_for(&names[..2]));
        assert_eq!(info.not_after.since(info.not_before).as_secs(), 90 * 86_400);
        assert_eq!(info.not_before.to_string(), "2026-11-22T00:00:00Z");
        assert_eq!(info.fingerprint.len(), 32 * 3 - 1);
    }

    proptest! {
        #[test]
        fn rubbish_is_an_error(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            prop_assert!(CertificateInfo::of_der(&bytes).is_err());
        }

        #[test]
        fn a_flipped_bit_never_panics(at in 0usize..300, bit in 0u8..8) {
            let certificate = rcgen::generate_simple_self_signed(vec!["a.example".to_owned()]).unwrap().cert;
            let mut der = certificate.der().to_vec();
            let at = at % der.len();
            der[at] ^= 1 << bit;
            let _ = CertificateInfo::of_der(&der);
        }
    }
}

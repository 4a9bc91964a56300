use super::{AcmeConfig, AcmeError, Challenge};
use crate::CertificateError;
use crate::limits::ACME_ORDER_MS_MAX;
use crate::tls::Certificates;
use instant_acme::{
    Account, AuthorizationStatus, ChallengeHandle, ChallengeType, Error, Identifier, NewOrder, Order, OrderStatus,
    RetryPolicy,
};
use rcgen::{CertificateParams, CustomExtension, DistinguishedName, KeyPair};
use rustls::crypto::aws_lc_rs;
use rustls::sign::CertifiedKey;
use rustls_pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use std::time::Duration;

fn failed(doing: &'static str) -> impl FnOnce(Error) -> AcmeError {
    move |source| AcmeError::Authority { doing, source }
}

/// Obtains a certificate for the configured names: chain and key in one PEM text.
pub(super) async fn obtain(
    account: &Account,
    config: &AcmeConfig,
    certificates: &Certificates,
) -> Result<String, AcmeError> {
    let names: Vec<_> = config.domains.iter().map(|name| Identifier::Dns(name.to_ascii_lowercase())).collect();
    let mut order = account.new_order(&NewOrder::new(&names)).await.map_err(failed("ordering a certificate"))?;
    answer_challenges(&mut order, config.challenge, certificates).await?;
    let patience = RetryPolicy::new().timeout(Duration::from_millis(ACME_ORDER_MS_MAX));
    let ready = order.poll_ready(&patience).await;
    if !matches!(ready, Ok(OrderStatus::Ready)) {
        return Err(match why_refused(&mut order).await {
            Some(refused) => refused,
            None => match ready {
                Ok(status) => AcmeError::Refused { name: config.domains.join(", "), reason: format!("{status:?}") },
                Err(error) => failed("waiting for the challenges to be looked at")(error),
            },
        });
    }
    let key = order.finalize().await.map_err(failed("asking for the certificate to be issued"))?;
    let chain = order.poll_certificate(&patience).await.map_err(failed("fetching the certificate"))?;
    Ok(format!("{chain}\n{key}"))
}

async fn answer_challenges(order: &mut Order, kind: Challenge, certificates: &Certificates) -> Result<(), AcmeError> {
    let mut authorizations = order.authorizations();
    while let Some(authorization) = authorizations.next().await {
        let mut authorization = authorization.map_err(failed("reading what the authority wants to see"))?;
        let name = authorization.identifier().to_string();
        match authorization.status {
            AuthorizationStatus::Pending => (),
            AuthorizationStatus::Valid => continue,
            status => return Err(AcmeError::Refused { name, reason: format!("{status:?}") }),
        }
        let wanted = match kind {
            Challenge::TlsAlpn01 => ChallengeType::TlsAlpn01,
            Challenge::Http01 => ChallengeType::Http01,
        };
        let mut challenge = authorization.challenge(wanted).ok_or_else(|| AcmeError::NotOffered(kind, name.clone()))?;
        put_in_place(&challenge, kind, &name, certificates)?;
        challenge.set_ready().await.map_err(failed("saying that a challenge is ready"))?;
    }
    Ok(())
}

fn put_in_place(
    challenge: &ChallengeHandle<'_>,
    kind: Challenge,
    name: &str,
    certificates: &Certificates,
) -> Result<(), CertificateError> {
    let proof = challenge.key_authorization();
    match kind {
        Challenge::Http01 => certificates.set_http_challenge(challenge.token.clone(), proof.as_str().to_owned()),
        Challenge::TlsAlpn01 => {
            let failed = |source| CertificateError::Make { names: name.to_owned(), source };
            let mut params = CertificateParams::new([name.to_owned()]).map_err(failed)?;
            params.distinguished_name = DistinguishedName::new();
            params.custom_extensions = vec![CustomExtension::new_acme_identifier(proof.digest().as_ref())];
            let key = KeyPair::generate().map_err(failed)?;
            let chain = vec![params.self_signed(&key).map_err(failed)?.into()];
            let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
            let key = aws_lc_rs::default_provider().key_provider.load_private_key(key)?;
            // Not from_der, which would compare the two and knows no certificate with this critical extension.
            let key = CertifiedKey::new(chain, key);
            certificates.set_tls_challenge(name.to_owned(), key);
        }
    }
    Ok(())
}

/// What the authority says about the name that it refused.
async fn why_refused(order: &mut Order) -> Option<AcmeError> {
    let mut authorizations = order.authorizations();
    while let Some(Ok(mut authorization)) = authorizations.next().await {
        let name = authorization.identifier().to_string();
        let state = authorization.refresh().await.ok()?;
        if let Some(problem) = state.challenges.iter().find_map(|challenge| challenge.error.as_ref()) {
            return Some(AcmeError::Refused { name, reason: problem.to_string() });
        }
    }
    None
}

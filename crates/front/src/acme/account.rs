use super::{AcmeConfig, AcmeError};
use crate::stored;
use instant_acme::{Account, AccountBuilder, AccountCredentials, Error, NewAccount};
use std::path::Path;

fn failed(doing: &'static str) -> impl FnOnce(Error) -> AcmeError {
    move |source| AcmeError::Authority { doing, source }
}

fn builder(config: &AcmeConfig) -> Result<AccountBuilder, AcmeError> {
    match &config.root_ca {
        Some(path) => Account::builder_with_root(path),
        None => Account::builder(),
    }
    .map_err(failed("setting up the connection to the authority"))
}

/// The kept account, or a new one where there is none.
pub(super) async fn open(config: &AcmeConfig, path: &Path) -> Result<Account, AcmeError> {
    if let Some(json) = stored::read_if_there(path)? {
        let credentials: AccountCredentials = serde_json::from_slice(&json)?;
        let opened = builder(config)?.from_credentials(credentials).await;
        return opened.map_err(failed("reading the authority's directory"));
    }
    create(config, path).await
}

async fn create(config: &AcmeConfig, path: &Path) -> Result<Account, AcmeError> {
    let contact: Vec<_> = config.contact.iter().map(|address| format!("mailto:{}", address.reveal())).collect();
    let contact: Vec<_> = contact.iter().map(String::as_str).collect();
    let new = NewAccount { contact: &contact, terms_of_service_agreed: true, only_return_existing: false };
    let (account, credentials) = builder(config)?
        .create(&new, config.directory_url.clone(), None)
        .await
        .map_err(failed("making an account with the authority"))?;
    stored::write_secret(path, &serde_json::to_vec(&credentials)?)?;
    Ok(account)
}

/// Forgets an account that its authority does not know (any more), so that the next attempt makes a new one.
pub(super) fn forget_if_unknown(path: &Path, error: &AcmeError) {
    let AcmeError::Authority { source: Error::Api(problem), .. } = error else { return };
    if problem.r#type.as_deref() == Some("urn:ietf:params:acme:error:accountDoesNotExist") {
        let kept_aside = path.with_extension("unknown.json");
        match std::fs::rename(path, &kept_aside) {
            Ok(()) => tracing::warn!(kept_aside = %kept_aside.display(), "the authority does not know our account"),
            Err(error) => tracing::error!(%error, "the authority does not know our account, which cannot be put aside"),
        }
    }
}

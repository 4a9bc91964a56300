use crate::cookies::Cookie;
use crate::errors::PageError;
use crate::{Answer, Page};
use axum::response::IntoResponse;
use http::{HeaderName, HeaderValue};
use preau_gate::{Pass, Revocation, forgotten_after};
use preau_store::{StoreError, sessions};

/// The browser forgets what our pages have stored in it (Clear Site Data §3).
const CLEAR_SITE_DATA: HeaderName = HeaderName::from_static("clear-site-data");

/// Ends this browser's session. The pass goes from the browser and stops counting on this machine even when the store
/// does not answer; the page then says so.
pub(crate) async fn submit(page: Page) -> Answer {
    let pass = page.pass().ok_or(PageError::SignInNeeded)?;
    let until = forgotten_after(page.now(), pass.shared_device);
    page.app().revoke(Revocation::Session { session: pass.session, until });
    let mut response = match store(&page, &pass).await {
        Ok(()) => page.see_other_saying("/sign-in", "notice-signed-out"),
        Err(error) => PageError::from(error).into_response(),
    };
    page.clear_cookie(&mut response, Cookie::Pass);
    if !page.has_unsent() {
        // What is unsent may be somebody else's, who comes back to this browser: our scripts then wipe the rest.
        response.headers_mut().insert(CLEAR_SITE_DATA, HeaderValue::from_static("\"storage\""));
    }
    Ok(response)
}

async fn store(page: &Page, pass: &Pass) -> Result<(), StoreError> {
    let mut tx = page.app().store.write().await?;
    sessions::revoke(&mut tx, pass.session, pass.person, page.now()).await?;
    tx.commit().await
}

use crate::cookies::Cookie;
use crate::errors::PageError;
use crate::{Answer, Page};
use axum::response::IntoResponse;
use preau_gate::{Pass, Revocation, forgotten_after};
use preau_store::{StoreError, sessions};

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
    Ok(response)
}

async fn store(page: &Page, pass: &Pass) -> Result<(), StoreError> {
    let mut tx = page.app().store.write().await?;
    sessions::revoke(&mut tx, pass.session, pass.person, page.now()).await?;
    tx.commit().await
}

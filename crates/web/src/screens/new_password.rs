//! A password that somebody chooses: how good it must be, what to say when it is not, and its hash.

use crate::Page;
use crate::errors::PageError;
use crate::limits::BUSY_RETRY;
use preau_base::{Pii, SystemRng};
use preau_identity::{HashError, PasswordFault, PasswordHash, Strength};
use preau_school::Actor;

/// Whoever sees the data of others needs a longer one.
pub(super) fn strength_of(actor: &Actor) -> Strength {
    if actor.is_staff() { Strength::Staff } else { Strength::Family }
}

pub(super) fn help(page: &Page, strength: Strength) -> String {
    page.t1("password-help", "chars", strength.chars_min())
}

/// What is wrong with a password, in the person's words.
pub(super) fn fault_text(page: &Page, fault: PasswordFault) -> String {
    match fault {
        PasswordFault::TooShort { chars_min } => page.t1("password-too-short", "chars", chars_min),
        PasswordFault::TooLong { chars_max } => page.t1("password-too-long", "chars", chars_max),
        PasswordFault::LikeLogin => page.t("password-like-login"),
        PasswordFault::Common => page.t("password-common"),
        PasswordFault::Simple => page.t("password-simple"),
    }
}

/// # Errors
/// [`PageError::Busy`] when too many passwords wait.
pub(super) async fn hash(page: &Page, password: &str) -> Result<PasswordHash, PageError> {
    let hashed = page.app().passwords.hash(Pii::new(password.to_owned()), &mut SystemRng).await;
    hashed.map_err(from_pool)
}

pub(super) fn from_pool(error: HashError) -> PageError {
    match error {
        HashError::Busy { retry_after } => PageError::Busy { retry: retry_after.max(BUSY_RETRY) },
        other => PageError::internal(other),
    }
}

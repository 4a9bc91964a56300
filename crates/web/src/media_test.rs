use futures_util::future::BoxFuture;
use preau_base::PersonId;
use std::sync::Arc;

/// Why an offer for a self-test was not answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MediaTestRefused {
    /// Too many tests are on, or this person's has had its offers.
    Busy,
    BadOffer,
    /// This machine has no sound and pictures.
    NoMedia,
}

/// How the self-test asks the media; the binary provides it.
pub type MediaTest =
    Arc<dyn Fn(PersonId, String) -> BoxFuture<'static, Result<String, MediaTestRefused>> + Send + Sync>;

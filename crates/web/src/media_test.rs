use futures_util::future::BoxFuture;
use preau_base::PersonId;
use std::sync::Arc;

/// Why an offer for a self-test was not answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MediaTestRefused {
    /// Too many tests are on, in all or of this person, or this one has had its offers.
    Busy,
    BadOffer,
    /// This machine has no sound and pictures.
    NoMedia,
}

/// How the self-test asks the media, of a person, the number that the page has drawn for this test, and an offer; the binary
/// provides it.
pub type MediaTest =
    Arc<dyn Fn(PersonId, u32, String) -> BoxFuture<'static, Result<String, MediaTestRefused>> + Send + Sync>;

use crate::app::App;
use crate::errors::PageError;
use axum::extract::{FromRequestParts, Path};
use http::request::Parts;
use std::str::FromStr;

/// The `{id}` of a path. One that is none is an address that does not exist.
pub(crate) struct Id<T>(pub T);

impl<T: FromStr> FromRequestParts<App> for Id<T> {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, PageError> {
        let Path(text) = Path::<String>::from_request_parts(parts, app).await.map_err(|_| PageError::NotFound)?;
        text.parse().map(Self).map_err(|_| PageError::NotFound)
    }
}

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

/// The two ids of a path, in their order.
pub(crate) struct Ids<A, B>(pub A, pub B);

impl<A: FromStr, B: FromStr> FromRequestParts<App> for Ids<A, B> {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, PageError> {
        let read = Path::<(String, String)>::from_request_parts(parts, app).await;
        let Path((first, second)) = read.map_err(|_| PageError::NotFound)?;
        let (first, second) = (first.parse(), second.parse());
        Ok(Self(first.map_err(|_| PageError::NotFound)?, second.map_err(|_| PageError::NotFound)?))
    }
}

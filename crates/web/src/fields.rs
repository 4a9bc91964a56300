use crate::errors::PageError;
use crate::limits::{FIELDS_MAX, LINE_CHARS_MAX};
use axum::Form;
use axum::extract::{FromRequest, Request};

/// The fields of a form, as they were typed. Reading never fails, so that a page can always be shown again with
/// everything that was filled in.
#[derive(Clone, Default)]
pub struct Fields(Vec<(String, String)>);

impl Fields {
    /// A field as it was typed; empty when it is missing.
    pub fn raw(&self, name: &str) -> &str {
        self.0.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
    }

    /// A line of text: without spaces around and control characters, at most [`LINE_CHARS_MAX`].
    pub fn line(&self, name: &str) -> String {
        let clean = self.raw(name).trim().chars().filter(|letter| !letter.is_control());
        clean.take(LINE_CHARS_MAX).collect()
    }

    /// Every value of a field that occurs several times, such as the boxes of a list.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Whether a box is checked.
    pub fn checked(&self, name: &str) -> bool {
        self.0.iter().any(|(key, _)| key == name)
    }
}

impl<S: Send + Sync> FromRequest<S> for Fields {
    type Rejection = PageError;

    async fn from_request(request: Request, state: &S) -> Result<Self, PageError> {
        let read = Form::<Vec<(String, String)>>::from_request(request, state).await;
        let Form(fields) = read.map_err(|_| PageError::Malformed("form"))?;
        if fields.len() > FIELDS_MAX { Err(PageError::TooLarge) } else { Ok(Self(fields)) }
    }
}

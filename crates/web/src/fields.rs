use crate::errors::PageError;
use crate::limits::{FIELDS_MAX, LINE_CHARS_MAX};
use askama::Template;
use axum::Form;
use axum::extract::{FromRequest, Request};
use preau_identity::limits::PASSWORD_CHARS_MAX;

/// The fields of a form, as they were typed. Reading never fails, so that a page can always be shown again with
/// everything that was filled in.
#[derive(Clone, Default)]
pub struct Fields(Vec<(String, String)>);

impl Fields {
    /// Fields as if they had been typed: what a form holds when it is first shown.
    pub(crate) fn of<const N: usize>(pairs: [(&str, String); N]) -> Self {
        pairs.map(|(name, value)| (name.to_owned(), value)).into_iter().collect()
    }

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

    /// Every field as it was typed, in its order.
    pub(crate) fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The same with another value of one field.
    pub(crate) fn with(&self, name: &str, value: String) -> Self {
        let mut pairs: Vec<_> = self.0.iter().filter(|(key, _)| key != name).cloned().collect();
        pairs.push((name.to_owned(), value));
        Self(pairs)
    }

    /// Whether the field was sent at all, as a box is when it is checked.
    pub fn checked(&self, name: &str) -> bool {
        self.0.iter().any(|(key, _)| key == name)
    }
}

impl FromIterator<(String, String)> for Fields {
    fn from_iter<T: IntoIterator<Item = (String, String)>>(pairs: T) -> Self {
        Self(pairs.into_iter().collect())
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

/// What is wrong with the fields of a form, by field. Each has one text at the most.
#[derive(Clone, Debug, Default)]
pub struct FieldErrors(Vec<(&'static str, String)>);

impl FieldErrors {
    /// Says what is wrong with a field; the first thing said stays.
    pub fn add(&mut self, field: &'static str, text: String) {
        if self.of(field).is_empty() {
            self.0.push((field, text));
        }
    }

    /// Empty when nothing is wrong with the field.
    pub fn of(&self, field: &str) -> &str {
        self.0.iter().find(|(at, _)| *at == field).map_or("", |(_, text)| text)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// One line of a form as pages show it: label, help, field, error. In a template: `{{ login|safe }}`.
#[derive(Clone, Debug, Template)]
#[template(path = "parts/input.html")]
pub struct Input {
    name: &'static str,
    label: String,
    kind: &'static str,
    value: String,
    /// `autocomplete` (HTML §4.10.18.7); WCAG 1.3.5 wants it on fields about the person.
    autocomplete: &'static str,
    help: String,
    error: String,
    required: bool,
    /// Machine-made text, such as a login or a code: no capitals, no spelling check.
    is_code: bool,
    from_fragment: bool,
    chars_max: usize,
}

impl Input {
    /// A required line of text.
    pub fn new(name: &'static str, label: String) -> Self {
        Self {
            name,
            label,
            kind: "text",
            value: String::new(),
            autocomplete: "off",
            help: String::new(),
            error: String::new(),
            required: true,
            is_code: false,
            from_fragment: false,
            chars_max: LINE_CHARS_MAX,
        }
    }

    /// A password; its value is never shown again.
    pub fn password(name: &'static str, label: String, autocomplete: &'static str) -> Self {
        Self { kind: "password", autocomplete, is_code: true, chars_max: PASSWORD_CHARS_MAX, ..Self::new(name, label) }
    }

    #[must_use]
    pub fn value(mut self, value: impl Into<String>) -> Self {
        self.value = value.into();
        self
    }

    /// The `type` attribute, such as `date` or `email`.
    #[must_use]
    pub const fn kind(mut self, kind: &'static str) -> Self {
        self.kind = kind;
        self
    }

    #[must_use]
    pub const fn autocomplete(mut self, autocomplete: &'static str) -> Self {
        self.autocomplete = autocomplete;
        self
    }

    #[must_use]
    pub fn help(mut self, help: String) -> Self {
        self.help = help;
        self
    }

    #[must_use]
    pub fn error(mut self, errors: &FieldErrors) -> Self {
        errors.of(self.name).clone_into(&mut self.error);
        self
    }

    #[must_use]
    pub const fn optional(mut self) -> Self {
        self.required = false;
        self
    }

    #[must_use]
    pub const fn code(mut self) -> Self {
        self.is_code = true;
        self
    }

    /// Filled by `account/fragment.js` from the part of the address that is never sent to a server.
    #[must_use]
    pub const fn from_fragment(mut self) -> Self {
        self.from_fragment = true;
        self
    }
}

//! Pages and API: one file a screen, one table of routes, templates, static files, texts in French and English.
//!
//! [`router`] builds everything from [`routes::table`]: a path without a row there does not exist. A handler takes
//! [`Page`] (anybody) or [`Member`] (signed in, rights read from the store), asks [`preau_school::may`], and gives
//! `Result<Response, PageError>`; errors become pages of the same look, in the person's language.
//!
//! The binary puts [`preau_base::ClientFacts`] into each request's extensions.
//!
//! A new screen is: a row in `routes/{account,school,lesson}.rs`, a file in `screens/`, a template that extends
//! `layout.html` and has a field `page: &Page`, its texts in `texts/{fr,en}/<area>.ftl`, and rules in a sheet of
//! `static/css/` inside `@layer screens` (all sheets are served as one). Forms with `method="post"` include
//! `parts/csrf.html`; their handlers take [`Fields`] last, show the form again with status 422 and everything that was
//! filled in, or answer with [`Page::see_other_saying`]. A form that changes what is stored carries the mark of it
//! (`forms::marked`), so that of two tabs the second is told. Scripts are ES modules below `static/`, loaded by
//! `page.asset("…")`, and send the token of `page.csrf()` as the header `x-csrf`; with `Accept: application/json` they
//! get errors as JSON.

mod agenda;
mod app;
mod archive;
pub mod at_gate;
mod classes;
mod cookies;
mod documents;
pub mod errors;
mod fields;
mod files;
mod forms;
mod frame;
mod gate;
mod guard;
mod gzip;
mod ids;
mod imported;
pub mod jobs;
mod kept;
mod lang;
pub mod limits;
mod media_test;
mod member;
mod multipart;
mod nav;
mod page;
mod paging;
mod presence;
mod qr;
mod relay_access;
mod request;
pub mod revocations;
pub mod routes;
mod screens;
pub mod sheets;
mod spreadsheet;
mod static_files;
mod texts;
mod times;
mod uploads;
mod zip;

pub use app::{App, Parts};
pub use classes::{Classes, ForBoard, TheClasses};
pub use errors::PageError;
pub use fields::{FieldErrors, Fields, Input};
pub use frame::{Statements, router};
pub use gate::{Gate, GateInFront, Snapshots, Words, board};
pub use imported::ImportWords;
pub use lang::Lang;
pub use media_test::{MediaTest, MediaTestRefused};
pub use member::Member;
pub use page::Page;
pub use presence::{Presence, PresenceOf};
pub use screens::cards::picture_word;
pub use uploads::keep_swept as keep_files_swept;

/// What a handler gives.
pub type Answer = Result<axum::response::Response, PageError>;

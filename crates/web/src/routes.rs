//! The one table of routes. The router is built from it, so a path without a row does not exist; a test calls every row
//! as every actor without the right to it.

use crate::app::App;
use crate::limits::{BODY_BYTES_MAX, FORM_BYTES_MAX, NEXT_CHARS_MAX};
use axum::handler::Handler;
use axum::routing::{MethodFilter, MethodRouter, on};
use http::Method;
use preau_base::Level;

mod account;
mod attendance;
mod calendars;
mod documents;
mod lesson;
mod log;
mod offline;
mod people;
mod recording;
mod safety;
mod school;
mod timetable;
mod work;

/// Who may call a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// Everybody, signed in or not.
    Anyone,
    /// Everybody who is signed in; what they get is their own.
    SignedIn,
    /// Signed in, and the handler asks [`preau_school::may`] for this act (named for readers and tests).
    May(&'static str),
}

/// How the body of a request is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taking {
    /// Read whole before the handler runs, and gone where it is refused: what has a password in it, and what asks for no session.
    Whole,
    /// Read whole; a form whose session or token is no longer good, or that cannot be saved, is shown again ([`crate::kept`]).
    Kept,
    /// Forms with files (`multipart/form-data`) and parts of uploads are handed on as they come, after the token of the form
    /// was found good; other bodies are read whole, up to [`BODY_BYTES_MAX`].
    Streamed,
}

/// One route.
pub struct Row {
    pub method: Method,
    pub path: &'static str,
    pub rule: Rule,
    pub body_bytes_max: usize,
    pub body: Taking,
    /// The level of the ladder from which on it is refused with a page that says so; none for what always goes on.
    pub off_from: Option<Level>,
    pub(crate) handler: MethodRouter<App>,
}

impl Row {
    /// Goes on at every level: a lesson or the way to it, attendance, handing in.
    fn always(self) -> Self {
        Self { off_from: None, ..self }
    }

    /// Takes files: the body is streamed, and may be as long as one request may be.
    fn with_files(self) -> Self {
        Self { body: Taking::Streamed, body_bytes_max: FORM_BYTES_MAX, ..self }
    }

    /// A form with a password, which is in no page.
    fn with_password(self) -> Self {
        Self { body: Taking::Whole, ..self }
    }

    /// Off from this level on.
    fn off_from(self, level: Level) -> Self {
        Self { off_from: Some(level), ..self }
    }
}

pub(crate) fn get<H: Handler<T, App>, T: 'static>(path: &'static str, rule: Rule, handler: H) -> Row {
    let handler = on(MethodFilter::GET, handler);
    Row {
        method: Method::GET,
        path,
        rule,
        body_bytes_max: BODY_BYTES_MAX,
        body: Taking::Whole,
        off_from: None,
        handler,
    }
}

/// Writes, so it is off where nothing is written but what a lesson needs. What was typed is not lost with the session,
/// where the route asks for one.
pub(crate) fn post<H: Handler<T, App>, T: 'static>(path: &'static str, rule: Rule, handler: H) -> Row {
    let handler = on(MethodFilter::POST, handler);
    let off_from = Some(Level::ReadOnly);
    let body = if rule == Rule::Anyone { Taking::Whole } else { Taking::Kept };
    Row { method: Method::POST, path, rule, body_bytes_max: BODY_BYTES_MAX, body, off_from, handler }
}

/// A route of another method than these two; those that write are off where nothing is written.
pub(crate) fn other<H: Handler<T, App>, T: 'static>(method: Method, path: &'static str, rule: Rule, handler: H) -> Row {
    let filter = MethodFilter::try_from(method.clone()).unwrap_or(MethodFilter::TRACE);
    let off_from = (!method.is_safe()).then_some(Level::ReadOnly);
    let handler = on(filter, handler);
    Row { method, path, rule, body_bytes_max: BODY_BYTES_MAX, body: Taking::Whole, off_from, handler }
}

/// Every route of the pages.
pub fn table() -> Vec<Row> {
    let mut rows = account::rows();
    rows.extend(attendance::rows());
    rows.extend(school::rows());
    rows.extend(people::rows());
    rows.extend(calendars::rows());
    rows.extend(documents::rows());
    rows.extend(lesson::rows());
    rows.extend(log::rows());
    rows.extend(offline::rows());
    rows.extend(recording::rows());
    rows.extend(safety::rows());
    rows.extend(timetable::rows());
    rows.extend(work::rows());
    rows
}

/// A path of ours to send a browser to, as a form or a query asked for it; anything else gives the home page.
///
/// Two slashes, or a backslash, which browsers read as a slash, would lead to another host.
pub(crate) fn local_path(wanted: &str) -> &str {
    let plain = wanted.len() <= NEXT_CHARS_MAX
        && wanted.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\')
        && wanted.starts_with('/')
        && !wanted.starts_with("//");
    if plain { wanted } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashSet;

    #[test]
    fn sends_to_our_own_paths_only() {
        for good in ["/", "/devices", "/lessons/1?x=2#y"] {
            assert_eq!(local_path(good), good);
        }
        for bad in ["", "devices", "//evil.example", "/\\evil.example", "https://evil.example", "/a\nb", "/ b", "\\\\e"]
        {
            assert_eq!(local_path(bad), "/", "{bad}");
        }
    }

    #[test]
    fn the_way_into_a_lesson_is_open_at_every_level() {
        let way = [
            ("GET", "/"),
            ("GET", "/static/{version}/{*name}"),
            ("GET", "/sign-in"),
            ("POST", "/sign-in"),
            ("GET", "/activation"),
            ("POST", "/activation"),
            ("GET", "/week"),
            ("GET", "/lessons/{id}"),
            ("POST", "/lessons/{id}/token"),
            ("GET", "/open"),
            ("POST", "/open"),
            ("POST", "/people/{id}/code"),
            ("POST", "/devices/end"),
            ("POST", "/admin/gate"),
            ("POST", "/lessons/{id}/roll"),
            ("GET", "/homework/{id}"),
            ("POST", "/homework/{id}/draft"),
            ("POST", "/homework/{id}/hand-in"),
            ("POST", "/uploads"),
            ("PATCH", "/uploads/{id}"),
        ];
        let rows = table();
        for (method, path) in way {
            let row = rows.iter().find(|row| row.method == method && row.path == path).unwrap();
            assert_eq!(row.off_from, None, "{method} {path}");
        }
        let off = |level| rows.iter().filter(|row| row.off_from.is_some_and(|from| from <= level)).count();
        assert_eq!(off(Level::Full), 0);
        assert!(off(Level::Light) < off(Level::Essential) && off(Level::Essential) < off(Level::ReadOnly));
    }

    #[test]
    fn every_route_is_there_once() {
        let rows = table();
        let keys: HashSet<_> = rows.iter().map(|row| (row.method.clone(), row.path)).collect();
        assert_eq!(keys.len(), rows.len());
    }

    proptest! {
        #[test]
        fn never_leaves(wanted in "[/\\\\a-z:.@ ]{0,12}") {
            let path = local_path(&wanted);
            prop_assert!(path.starts_with('/') && !path.starts_with("//") && !path.contains('\\'));
        }
    }
}

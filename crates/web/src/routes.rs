//! The one table of routes. The router is built from it, so a path without a row does not exist; a test calls every row
//! as every actor without the right to it.

use crate::app::App;
use crate::limits::{BODY_BYTES_MAX, NEXT_CHARS_MAX};
use axum::handler::Handler;
use axum::routing::{MethodFilter, MethodRouter, on};
use http::Method;

mod account;
mod lesson;
mod school;

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

/// One route.
pub struct Row {
    pub method: Method,
    pub path: &'static str,
    pub rule: Rule,
    pub body_bytes_max: usize,
    pub(crate) handler: MethodRouter<App>,
}

pub(crate) fn get<H: Handler<T, App>, T: 'static>(path: &'static str, rule: Rule, handler: H) -> Row {
    let handler = on(MethodFilter::GET, handler);
    Row { method: Method::GET, path, rule, body_bytes_max: BODY_BYTES_MAX, handler }
}

pub(crate) fn post<H: Handler<T, App>, T: 'static>(path: &'static str, rule: Rule, handler: H) -> Row {
    let handler = on(MethodFilter::POST, handler);
    Row { method: Method::POST, path, rule, body_bytes_max: BODY_BYTES_MAX, handler }
}

/// Every route of the pages.
pub fn table() -> Vec<Row> {
    let mut rows = account::rows();
    rows.extend(school::rows());
    rows.extend(lesson::rows());
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

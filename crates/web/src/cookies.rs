//! The cookies of the pages: what they are called, how they are read and written (RFC 6265bis).

use http::{HeaderMap, HeaderValue, header};
use preau_base::cookie_pairs;
use std::time::Duration;

/// One of our cookies. Where there is TLS, names carry `__Host-`: no other host of the domain can plant them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cookie {
    Pass,
    /// Of somebody invited into one lesson; only that lesson's door reads it.
    Guest,
    /// What the forms of a browser that is not signed in are bound to.
    Visitor,
    KnownBrowser,
    /// Set by our scripts, `1`: this browser keeps something that somebody has yet to send.
    Unsent,
    Lang,
    /// The key of a text that the next page says once.
    Notice,
}

impl Cookie {
    pub(crate) const fn name(self, secure: bool) -> &'static str {
        match (self, secure) {
            (Self::Pass, true) => "__Host-preau-pass",
            (Self::Pass, false) => "preau-pass",
            (Self::Guest, true) => "__Host-preau-guest",
            (Self::Guest, false) => "preau-guest",
            (Self::Visitor, true) => "__Host-preau-visitor",
            (Self::Visitor, false) => "preau-visitor",
            (Self::Unsent, _) => "preau-unsent",
            (Self::KnownBrowser, true) => "__Host-preau-known",
            (Self::KnownBrowser, false) => "preau-known",
            (Self::Lang, true) => "__Host-preau-lang",
            (Self::Lang, false) => "preau-lang",
            (Self::Notice, true) => "__Host-preau-notice",
            (Self::Notice, false) => "preau-notice",
        }
    }

    /// The cookie's value in a request, the first one of that name. How long the headers may be is the edge's matter.
    pub(crate) fn read(self, headers: &HeaderMap, secure: bool) -> Option<&str> {
        let name = self.name(secure);
        headers
            .get_all(header::COOKIE)
            .iter()
            .flat_map(|value| cookie_pairs(value.as_bytes()))
            .find_map(|(key, value)| (key == name).then_some(value))
    }

    /// A `Set-Cookie` header. Without `max_age` the cookie ends with the browser.
    pub(crate) fn set(self, value: &str, max_age: Option<Duration>, secure: bool) -> Option<HeaderValue> {
        let mut text = format!("{}={value}; Path=/; HttpOnly; SameSite=Lax", self.name(secure));
        if secure {
            text.push_str("; Secure");
        }
        if let Some(age) = max_age {
            text.push_str(&format!("; Max-Age={}", age.as_secs()));
        }
        HeaderValue::try_from(text).ok()
    }

    pub(crate) fn clear(self, secure: bool) -> Option<HeaderValue> {
        self.set("", Some(Duration::ZERO), secure)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_its_own_among_others() {
        let mut headers = HeaderMap::new();
        headers.append(header::COOKIE, HeaderValue::from_static("a=b; preau-lang=en"));
        headers.append(header::COOKIE, HeaderValue::from_static("preau-pass=x=y"));
        assert_eq!(Cookie::Lang.read(&headers, false), Some("en"));
        assert_eq!(Cookie::Pass.read(&headers, false), Some("x=y"));
        assert_eq!(Cookie::Pass.read(&headers, true), None);
    }

    #[test]
    fn what_others_have_set_hides_nothing() {
        let long = "x".repeat(20_000);
        let line = format!("prénom=Zoé; long={long}; preau-pass=v; é=1");
        let mut headers = HeaderMap::new();
        headers.append(header::COOKIE, HeaderValue::from_bytes(line.as_bytes()).unwrap());
        assert_eq!(Cookie::Pass.read(&headers, false), Some("v"));
    }

    #[test]
    fn writes_what_tls_allows() {
        let text = |secure, age| Cookie::Pass.set("v", age, secure).unwrap().to_str().unwrap().to_owned();
        assert_eq!(text(true, None), "__Host-preau-pass=v; Path=/; HttpOnly; SameSite=Lax; Secure");
        assert_eq!(
            text(false, Some(Duration::from_secs(9))),
            "preau-pass=v; Path=/; HttpOnly; SameSite=Lax; Max-Age=9"
        );
        assert!(Cookie::Pass.set("a\nb", None, true).is_none());
    }
}

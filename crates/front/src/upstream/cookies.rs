//! Cookies as the proxy meets them: the application's session cookies, and the gate's own.

use super::pattern::Pattern;
use super::rules::CookieFate;
use http::header::{COOKIE, SET_COOKIE};
use http::{HeaderMap, HeaderValue};
use preau_base::cookie_pairs;

/// Session cookies of one request that are looked at.
const SESSION_COOKIES_MAX: usize = 8;
/// A cookie that expires up to then is one that is deleted: everybody writes 1970.
const DELETED_YEAR_MAX: u32 = 2000;
/// The pass that is learned.
pub(super) const GATE_COOKIE: &str = "preau_gate";
/// What never goes to the application, and is never taken from it.
const OWN: [&str; 3] = [GATE_COOKIE, "preau_ticket", "preau_entry"];

/// The pairs of all `Cookie` headers; HTTP/2 clients send several (RFC 9113 §8.2.3).
pub(super) fn pairs<'a>(values: impl IntoIterator<Item = &'a HeaderValue>) -> impl Iterator<Item = (&'a str, &'a str)> {
    values.into_iter().flat_map(|value| cookie_pairs(value.as_bytes()))
}

fn is_own(name: &str) -> bool {
    let name = name.trim_ascii();
    OWN.contains(&name.strip_prefix("__Host-").unwrap_or(name))
}

/// Takes the gate's cookies out of a request, and makes one header of all others, as HTTP/1.1 wants.
pub(super) fn strip_own(headers: &mut HeaderMap) {
    let mut kept: Vec<u8> = Vec::new();
    for value in headers.get_all(COOKIE) {
        for pair in value.as_bytes().split(|byte| *byte == b';') {
            let name = pair.split(|byte| *byte == b'=').next().unwrap_or_default();
            if pair.trim_ascii().is_empty() || std::str::from_utf8(name).is_ok_and(is_own) {
                continue;
            }
            if !kept.is_empty() {
                kept.extend_from_slice(b"; ");
            }
            kept.extend_from_slice(pair.trim_ascii());
        }
    }
    headers.remove(COOKIE);
    if let (false, Ok(value)) = (kept.is_empty(), HeaderValue::from_bytes(&kept)) {
        headers.insert(COOKIE, value);
    }
}

/// Takes cookies of the gate's names out of an answer: only the gate gives them.
pub(super) fn strip_own_set(headers: &mut HeaderMap) {
    let own = |value: &HeaderValue| {
        let name = value.as_bytes().split(|byte| *byte == b'=').next().unwrap_or_default();
        std::str::from_utf8(name).is_ok_and(is_own)
    };
    if headers.get_all(SET_COOKIE).iter().any(own) {
        let kept: Vec<HeaderValue> = headers.get_all(SET_COOKIE).iter().filter(|value| !own(value)).cloned().collect();
        headers.remove(SET_COOKIE);
        kept.into_iter().for_each(|value| _ = headers.append(SET_COOKIE, value));
    }
}

/// Which cookies of the application are its session, by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionCookies(Vec<Pattern>);

/// What an answer gives as the session cookie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Given<'a> {
    Nothing,
    Deleted,
    Cookie { name: &'a str, value: &'a str },
}

impl Given<'_> {
    /// Against what the request showed.
    pub fn fate<'a>(&self, mut shown: impl Iterator<Item = (&'a str, &'a str)>) -> CookieFate {
        match self {
            Self::Nothing => CookieFate::Untouched,
            Self::Deleted => CookieFate::Deleted,
            Self::Cookie { name, value } if shown.any(|pair| pair == (*name, *value)) => CookieFate::Untouched,
            Self::Cookie { .. } => CookieFate::Changed,
        }
    }
}

impl SessionCookies {
    /// Names or patterns of names, the most telling first.
    pub const fn new(names: Vec<Pattern>) -> Self {
        Self(names)
    }

    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn names(&self) -> impl Iterator<Item = &Pattern> {
        self.0.iter()
    }

    /// The session cookies that a request shows.
    pub(super) fn shown<'a>(
        &self,
        values: impl IntoIterator<Item = &'a HeaderValue>,
    ) -> impl Iterator<Item = (&'a str, &'a str)> {
        let named = pairs(values).filter(|(name, _)| self.0.iter().any(|pattern| pattern.matches(name)));
        named.take(SESSION_COOKIES_MAX)
    }

    /// The session cookie that an answer gives. Of one name the last counts, as for browsers; PHP sends one for the
    /// old session and then one for the new.
    pub(super) fn given<'a>(&self, headers: &'a HeaderMap) -> Given<'a> {
        let mut deleted = false;
        for pattern in &self.0 {
            let lines = headers.get_all(SET_COOKIE).iter().filter_map(|value| value.to_str().ok());
            match lines.filter_map(set_cookie).rfind(|set| pattern.matches(set.name)) {
                Some(set) if set.deleted => deleted = true,
                Some(set) => return Given::Cookie { name: set.name, value: set.value },
                None => {}
            }
        }
        if deleted { Given::Deleted } else { Given::Nothing }
    }
}

struct SetCookie<'a> {
    name: &'a str,
    value: &'a str,
    deleted: bool,
}

/// One `Set-Cookie` (RFC 6265 §5.2), as far as it matters here.
fn set_cookie(line: &str) -> Option<SetCookie<'_>> {
    let mut parts = line.split(';');
    let (name, value) = parts.next()?.split_once('=')?;
    let (name, value) = (name.trim_ascii(), value.trim_ascii());
    let (mut max_age, mut expires) = (None, None);
    for attribute in parts {
        let (key, text) = attribute.split_once('=').unwrap_or((attribute, ""));
        match key.trim_ascii() {
            key if key.eq_ignore_ascii_case("max-age") => max_age = text.trim_ascii().parse::<i64>().ok(),
            key if key.eq_ignore_ascii_case("expires") => expires = year(text),
            _ => {}
        }
    }
    // Max-Age goes before Expires (RFC 6265 §5.3).
    let past = max_age.map_or(expires.is_some_and(|year| year <= DELETED_YEAR_MAX), |seconds| seconds <= 0);
    Some(SetCookie { name, value, deleted: past || value.is_empty() || value == "\"\"" })
}

/// The year of a cookie's date, of which there are several spellings (RFC 6265 §5.1.1): the number of four digits, or
/// the second of two, after the day of the month.
fn year(date: &str) -> Option<u32> {
    let numbers = || date.split(|c: char| !c.is_ascii_digit());
    if let Some(year) = numbers().find(|number| number.len() == 4) {
        return year.parse().ok();
    }
    let short: u32 = numbers().filter(|number| number.len() == 2).nth(1)?.parse().ok()?;
    Some(short + if short >= 70 { 1900 } else { 2000 })
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderName;
    use proptest::prelude::*;

    fn headers(name: HeaderName, lines: &[&str]) -> HeaderMap {
        let lines = lines.iter().map(|line| (name.clone(), HeaderValue::from_str(line).unwrap()));
        let mut headers = HeaderMap::new();
        lines.for_each(|(name, value)| _ = headers.append(name, value));
        headers
    }

    fn moodle() -> SessionCookies {
        SessionCookies::new(vec!["MoodleSession*".parse().unwrap()])
    }

    #[test]
    fn the_gate_s_own_cookies_never_leave_it() {
        let check = |lines: &[&str], expect: Option<&str>| {
            let mut headers = headers(COOKIE, lines);
            strip_own(&mut headers);
            let left = headers.get_all(COOKIE).iter().map(|value| value.to_str().unwrap()).collect::<Vec<_>>();
            assert_eq!(left, expect.into_iter().collect::<Vec<_>>());
        };
        check(&["a=1; preau_gate=x; b=2"], Some("a=1; b=2"));
        check(&["__Host-preau_gate=x;preau_ticket=y", "preau_entry=z; c=3"], Some("c=3"));
        check(&["preau_gate=x"], None);
        check(&["preau_gate", " preau_gate =x", "; ;"], None);
        check(&["preau_gates=x; preau_pass=its-own"], Some("preau_gates=x; preau_pass=its-own"));
        let mut answer = headers(SET_COOKIE, &["preau_gate=forged; Path=/", "a=1", "__Host-preau_entry=x"]);
        strip_own_set(&mut answer);
        assert_eq!(answer.get_all(SET_COOKIE).iter().collect::<Vec<_>>(), ["a=1"]);
    }

    #[test]
    fn finds_the_session_cookie_that_counts() {
        let check = |lines: &[&str], expect: Given<'_>| {
            assert_eq!(moodle().given(&headers(SET_COOKIE, lines)), expect, "{lines:?}");
        };
        let new = |value| Given::Cookie { name: "MoodleSession", value };
        check(&[], Given::Nothing);
        check(&["MOODLEID1_=x; path=/"], Given::Nothing);
        check(&["MoodleSession=a; path=/", "MoodleSession=b; path=/; secure; HttpOnly; SameSite=None"], new("b"));
        check(&["MoodleSession=b; expires=Wed, 09-Jun-2038 10:18:14 GMT; Max-Age=100"], new("b"));
        check(&["MoodleSession=deleted; expires=Thu, 01-Jan-1970 00:00:01 GMT; Max-Age=0; path=/"], Given::Deleted);
        check(&["MoodleSession=x; Expires=Thu, 01 Jan 1970 00:00:10 GMT"], Given::Deleted);
        check(&["MoodleSession=x; expires=Thu, 01-Jan-70 00:00:01 GMT"], Given::Deleted);
        check(&["MoodleSession=x; expires=Thu Jan  1 00:00:10 1970"], Given::Deleted);
        check(&["MoodleSession="], Given::Deleted);
        check(&["MoodleSession=a", "MoodleSession=x; Max-Age=0"], Given::Deleted);
        let two = SessionCookies::new(vec!["JSESSIONID".parse().unwrap(), "LB".parse().unwrap()]);
        let answer = headers(SET_COOKIE, &["LB=1", "JSESSIONID=2"]);
        assert_eq!(two.given(&answer), Given::Cookie { name: "JSESSIONID", value: "2" });
    }

    #[test]
    fn tells_what_an_answer_did_with_it() {
        let shown = headers(COOKIE, &["x=1; MoodleSession=a; MoodleSessionTest=b"]);
        let fate = |line: &str| {
            let answer = headers(SET_COOKIE, &[line]);
            moodle().given(&answer).fate(moodle().shown(shown.get_all(COOKIE)))
        };
        assert_eq!(fate("MoodleSession=a"), CookieFate::Untouched);
        assert_eq!(fate("MoodleSession=b"), CookieFate::Changed);
        assert_eq!(fate("MoodleSession=; Max-Age=-1"), CookieFate::Deleted);
        assert_eq!(fate("y=1"), CookieFate::Untouched);
    }

    #[test]
    fn what_a_page_s_script_has_set_hides_no_session() {
        let line = HeaderValue::from_bytes("prénom=Zoé; MoodleSession=a; preau_gate=x".as_bytes()).unwrap();
        assert_eq!(moodle().shown([&line]).collect::<Vec<_>>(), [("MoodleSession", "a")]);
    }

    proptest! {
        #[test]
        fn no_cookie_of_ours_gets_through(before in "[ -~]{0,30}", value in "[!-:<-~]{0,20}", after in "[ -~]{0,30}") {
            for name in OWN {
                let mut headers = headers(COOKIE, &[&format!("{before}; {name}={value}; {after}")]);
                strip_own(&mut headers);
                let found = pairs(headers.get_all(COOKIE)).any(|(found, _)| is_own(found));
                prop_assert!(!found);
            }
        }

        #[test]
        fn no_set_cookie_makes_it_panic(line in "[ -~]{0,80}") {
            let _ = set_cookie(&line);
            let answer = headers(SET_COOKIE, &[&line]);
            let _ = moodle().given(&answer);
        }
    }
}

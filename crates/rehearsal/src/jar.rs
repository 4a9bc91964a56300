use crate::limits::{COOKIE_BYTES_MAX, COOKIES_PER_PERSON_MAX};
use http::{HeaderMap, HeaderValue, header};

/// The cookies of one browser for one site. Paths and domains are not looked at: there is one site.
#[derive(Clone, Debug, Default)]
pub(crate) struct Jar(Vec<(String, String)>);

impl Jar {
    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.0.retain(|(kept, _)| kept != name);
        if self.0.len() < COOKIES_PER_PERSON_MAX && name.len() + value.len() <= COOKIE_BYTES_MAX {
            self.0.push((name.to_owned(), value.to_owned()));
        }
    }

    /// Takes what an answer sets (RFC 6265 §5.3).
    pub(crate) fn take(&mut self, headers: &HeaderMap) {
        for cookie in headers.get_all(header::SET_COOKIE).iter().filter_map(|value| value.to_str().ok()) {
            let mut parts = cookie.split(';').map(str::trim);
            let Some((name, value)) = parts.next().and_then(|pair| pair.split_once('=')) else { continue };
            let ends = |part: &str| {
                part.split_once('=').is_some_and(|(key, age)| key.eq_ignore_ascii_case("max-age") && age.trim() == "0")
            };
            if parts.any(ends) {
                self.0.retain(|(kept, _)| kept != name);
            } else {
                self.set(name, value);
            }
        }
    }

    pub(crate) fn header(&self) -> Option<HeaderValue> {
        if self.0.is_empty() {
            return None;
        }
        let pairs: Vec<String> = self.0.iter().map(|(name, value)| format!("{name}={value}")).collect();
        HeaderValue::try_from(pairs.join("; ")).ok()
    }

    #[cfg(test)]
    fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(kept, _)| kept == name).map(|(_, value)| value.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_replaces_and_drops() {
        let mut jar = Jar::default();
        let mut headers = HeaderMap::new();
        headers.append(header::SET_COOKIE, HeaderValue::from_static("a=1; Path=/; HttpOnly"));
        headers.append(header::SET_COOKIE, HeaderValue::from_static("b=x=y; Max-Age=9"));
        jar.take(&headers);
        assert_eq!((jar.get("a"), jar.get("b")), (Some("1"), Some("x=y")));
        headers.clear();
        headers.append(header::SET_COOKIE, HeaderValue::from_static("a=; Path=/; Max-Age=0"));
        jar.take(&headers);
        assert_eq!((jar.get("a"), jar.header()), (None, Some(HeaderValue::from_static("b=x=y"))));
        for number in 0..100 {
            jar.set(&format!("c{number}"), "v");
        }
        assert_eq!(jar.0.len(), COOKIES_PER_PERSON_MAX);
    }
}

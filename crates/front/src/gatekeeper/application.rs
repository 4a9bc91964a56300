use http::{HeaderMap, HeaderValue, Method, Uri};
use preau_base::{ClientFacts, Instant, Level, cookie_pairs};
use preau_gate::{Kind, Shown, Sign};

/// What the gate must know of the application behind it. Préau's own pages and the reverse proxy implement it.
///
/// All of it is called on the road of each request: no database, no waiting, about a microsecond.
pub trait Application: Send + Sync + 'static {
    /// What the request shows as its pass.
    fn shown(&self, headers: &HeaderMap, client: &ClientFacts, now: Instant) -> Shown;

    /// What is asked for. `path` is as sent, without its query.
    fn kind(&self, method: &Method, path: &str) -> Kind;

    /// Makes an admitted request ready for the application, which may be told the level in force.
    fn prepare(&self, _parts: &mut http::request::Parts, _level: Level) {}

    /// Looks at the head of the application's answer before it goes out, and may change it: the proxy learns passes here.
    fn answered(&self, _asked: &Asked, _answer: &mut http::response::Parts, _now: Instant) {}

    /// Whether an answer says that the application is unwell, which makes the gate let in less. An application that
    /// refuses on purpose, to stay well, is not.
    fn failed(&self, _asked: &Asked, answer: &http::response::Parts) -> bool {
        answer.status.is_server_error()
    }

    /// What an answer tells of an attack, such as a wrong password; after [`Application::answered`].
    fn sign_of(&self, _asked: &Asked, _answer: &http::response::Parts) -> Option<Sign> {
        None
    }

    /// Whether what was let in as a file was none, so that the application has made a page of it: whoever asked pays for one.
    fn is_no_file(&self, _asked: &Asked, _answer: &http::response::Parts) -> bool {
        false
    }

    /// `Set-Cookie` values that take away the pass of somebody who is asked to sign in again.
    fn forget(&self, _client: &ClientFacts) -> Vec<HeaderValue> {
        Vec::new()
    }

    /// Where people sign in, for the links of the gate's own pages.
    fn sign_in_path(&self) -> &str {
        "/"
    }

    /// A page that browsers of this application may have of their own, whatever the network says.
    fn kept_page(&self) -> Option<&str> {
        None
    }

    /// Whether the browser that asks says that it has that page, with something in it.
    fn has_kept(&self, _headers: &HeaderMap, _now: Instant) -> bool {
        false
    }
}

/// An admitted request, kept for when its answer comes.
#[derive(Clone)]
pub struct Asked {
    pub method: Method,
    pub uri: Uri,
    /// Every `Cookie` header as it came; HTTP/2 clients send several.
    pub cookies: Vec<HeaderValue>,
    pub client: ClientFacts,
    pub shown: Shown,
}

impl Asked {
    /// The value of a cookie of the request, the first one of that name.
    pub fn cookie(&self, name: &str) -> Option<&str> {
        find_cookie(self.cookies.iter(), name)
    }
}

/// The value of the first cookie of that name, in any of the `Cookie` headers (RFC 6265 §4.2).
pub fn find_cookie<'a>(headers: impl IntoIterator<Item = &'a HeaderValue>, name: &str) -> Option<&'a str> {
    let mut pairs = headers.into_iter().flat_map(|value| cookie_pairs(value.as_bytes()));
    pairs.find_map(|(key, value)| (key == name).then_some(value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use preau_gate::Shown;

    #[test]
    fn finds_a_cookie_in_whichever_header() {
        let headers =
            [HeaderValue::from_static("a=b; preau_ticket=x=y"), HeaderValue::from_static(" c = d;preau_entry=z")];
        assert_eq!(find_cookie(&headers, "preau_ticket"), Some("x=y"));
        assert_eq!(find_cookie(&headers, "preau_entry"), Some("z"));
        assert_eq!(find_cookie(&headers, "preau"), None);
        let beside = HeaderValue::from_bytes("prénom=Zoé; preau_entry=z".as_bytes()).unwrap();
        assert_eq!(find_cookie([&beside], "preau_entry"), Some("z"), "whatever a page's script has set beside it");
        let asked = Asked {
            method: Method::GET,
            uri: Uri::from_static("/"),
            cookies: headers.to_vec(),
            client: ClientFacts {
                peer: "127.0.0.1:1".parse().unwrap(),
                address: "127.0.0.1".parse().unwrap(),
                secure: false,
                prefix: "127.0.0.1".parse().unwrap(),
            },
            shown: Shown::Nothing,
        };
        assert_eq!(asked.cookie("a"), Some("b"));
    }
}

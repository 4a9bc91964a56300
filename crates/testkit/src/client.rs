use crate::answer::Answer;
use axum::Router;
use axum::body::Body;
use http::{HeaderValue, Method, Request, header};
use http_body_util::BodyExt as _;
use preau_base::{Cidr, ClientFacts};
use preau_web::Statements;
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use tower::ServiceExt as _;

/// What browsers say of a form that our own page sends.
const ORIGIN: (&str, &str) = ("origin", "http://preau.example");

/// A browser: it keeps cookies, sends what browsers send, and speaks to the router as the edge would hand requests on.
#[derive(Clone)]
pub struct Client {
    router: Router,
    cookies: BTreeMap<String, String>,
    address: IpAddr,
    secure: bool,
    headers: Vec<(&'static str, String)>,
}

impl Client {
    pub(crate) fn new(router: Router) -> Self {
        Self {
            router,
            cookies: BTreeMap::new(),
            address: IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)),
            secure: false,
            headers: Vec::new(),
        }
    }

    /// Comes from this address.
    #[must_use]
    pub fn from_address(mut self, address: [u8; 4]) -> Self {
        self.address = IpAddr::from(address);
        self
    }

    /// Speaks TLS.
    #[must_use]
    pub const fn with_tls(mut self) -> Self {
        self.secure = true;
        self
    }

    /// Sends this header with every request, instead of another value of it.
    #[must_use]
    pub fn with_header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.retain(|(kept, _)| *kept != name);
        self.headers.push((name, value.to_owned()));
        self
    }

    pub fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies.get(name).map(String::as_str)
    }

    pub fn set_cookie(&mut self, name: &str, value: &str) {
        self.cookies.insert(name.to_owned(), value.to_owned());
    }

    /// Closes the browser: what has no `Max-Age` is gone.
    pub fn reopen(&mut self, kept: &[&str]) {
        self.cookies.retain(|name, _| kept.contains(&name.as_str()));
    }

    pub async fn get(&mut self, path: &str) -> Answer {
        self.send(Method::GET, path, &[], Vec::new()).await
    }

    /// Sends a form as a person would: from a page of ours, whose token it carries.
    pub async fn post_form(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let token = self.csrf().await;
        let mut with_token = vec![("csrf", token.as_str())];
        with_token.extend(fields);
        self.post_form_bare(path, &with_token).await
    }

    /// Opens the page of a form and sends it, with the mark of what the page was made of.
    pub async fn save(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let mark = self.get(path).await.hidden("seen").unwrap_or_default();
        let mut with_mark = vec![("seen", mark.as_str())];
        with_mark.extend(fields);
        self.post_form(path, &with_mark).await
    }

    /// Sends a form without a token.
    pub async fn post_form_bare(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body = urlencoded(fields).into_bytes();
        self.send(Method::POST, path, &[("content-type", "application/x-www-form-urlencoded"), ORIGIN], body).await
    }

    /// Sends a form with files, token first, as a browser does: each file with its field, its name and its bytes.
    pub async fn post_files(&mut self, path: &str, fields: &[(&str, &str)], files: &[(&str, &str, &[u8])]) -> Answer {
        let token = self.csrf().await;
        let mut with_token = vec![("csrf", token.as_str())];
        with_token.extend(fields);
        self.post_files_bare(path, &with_token, files).await
    }

    /// The same without a token.
    pub async fn post_files_bare(
        &mut self,
        path: &str,
        fields: &[(&str, &str)],
        files: &[(&str, &str, &[u8])],
    ) -> Answer {
        // In pieces, as it comes from a network.
        let pieces: Vec<_> =
            multipart(fields, files).chunks(16 << 10).map(|it| Ok::<_, Infallible>(it.to_vec())).collect();
        let body = Body::from_stream(futures_util::stream::iter(pieces));
        let headers = [("content-type", "multipart/form-data; boundary=of-a-test"), ORIGIN];
        self.send_body(Method::POST, path, &headers, body).await
    }

    /// Asks as our scripts do: JSON wanted, the token in a header, no body.
    pub async fn post_json(&mut self, path: &str) -> Answer {
        let token = self.csrf().await;
        self.send(Method::POST, path, &[("accept", "application/json"), ("x-csrf", &token)], Vec::new()).await
    }

    /// A token from a page that this browser gets in any case.
    pub async fn csrf(&mut self) -> String {
        self.get("/accessibility").await.hidden("csrf").unwrap_or_default()
    }

    /// Signs in by the page.
    pub async fn sign_in(&mut self, login: &str, password: &str) -> Answer {
        self.post_form("/sign-in", &[("login", login), ("password", password)]).await
    }

    /// Sends anything.
    ///
    /// # Panics
    /// When the request cannot be formed.
    pub async fn send(&mut self, method: Method, path: &str, headers: &[(&str, &str)], body: Vec<u8>) -> Answer {
        self.send_body(method, path, headers, Body::from(body)).await
    }

    /// The same with a body that comes in pieces, or never ends.
    ///
    /// # Panics
    /// When the request cannot be formed.
    pub async fn send_body(&mut self, method: Method, path: &str, headers: &[(&str, &str)], body: Body) -> Answer {
        let mut request = Request::builder().method(method).uri(path).header(header::HOST, "preau.example");
        if !self.cookies.is_empty() {
            let pairs: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            request = request.header(header::COOKIE, pairs.join("; "));
        }
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let peer = SocketAddr::new(self.address, 40_000);
        let prefix = Cidr::of_client(self.address);
        let facts = ClientFacts { peer, address: self.address, secure: self.secure, prefix };
        let request = request.extension(facts).body(body).expect("the test's request can be formed");
        let response = self.router.clone().oneshot(request).await.unwrap_or_else(|never| match never {});
        let (parts, body) = response.into_parts();
        for cookie in parts.headers.get_all(header::SET_COOKIE) {
            self.keep(cookie);
        }
        let bytes = body.collect().await.map(|body| body.to_bytes().to_vec()).unwrap_or_default();
        let statements = parts.extensions.get::<Statements>().map_or(0, |statements| statements.0);
        Answer { status: parts.status, headers: parts.headers, bytes, statements }
    }

    fn keep(&mut self, cookie: &HeaderValue) {
        let text = cookie.to_str().unwrap_or_default();
        let mut parts = text.split("; ");
        let Some((name, value)) = parts.next().and_then(|pair| pair.split_once('=')) else { return };
        if parts.any(|part| part == "Max-Age=0") {
            self.cookies.remove(name);
        } else {
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
    }
}

/// `application/x-www-form-urlencoded` (WHATWG URL §5.2).
fn urlencoded(fields: &[(&str, &str)]) -> String {
    let encode = |text: &str| {
        let mut out = String::new();
        for byte in text.bytes() {
            match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'*' | b'-' | b'.' | b'_' => out.push(char::from(byte)),
                b' ' => out.push('+'),
                other => out.push_str(&format!("%{other:02X}")),
            }
        }
        out
    };
    let pairs: Vec<_> = fields.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
    pairs.join("&")
}

/// `multipart/form-data` (RFC 7578) with the boundary `of-a-test`.
fn multipart(fields: &[(&str, &str)], files: &[(&str, &str, &[u8])]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, value) in fields {
        let part = format!("--of-a-test\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        body.extend(part.into_bytes());
    }
    for (field, name, bytes) in files {
        let name = name.replace('"', "%22");
        let head = format!(
            "--of-a-test\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"{name}\"\r\n\
             Content-Type: application/octet-stream\r\n\r\n"
        );
        body.extend(head.into_bytes());
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--of-a-test--\r\n");
    body
}

//! `/_gate/rehearsal-consent`: the server's operator agrees that it is rehearsed on, or the path does not exist.
//!
//! `GET /_gate/rehearsal-consent?nonce=…` answers `{"signature":"…"}`, made by the key that the operator installed for
//! this purpose (`rehearsal.consent_key`). The signature covers the host as the request named it.

use bytes::Bytes;
use http::{HeaderValue, Method, Request, Response, StatusCode, header};
use preau_gate::consent::{ConsentKey, ConsentNonce};

pub const CONSENT_PATH: &str = "/_gate/rehearsal-consent";

/// The answer to a request for [`CONSENT_PATH`]; 404 where no key is installed.
pub fn answer<B>(key: Option<&ConsentKey>, request: &Request<B>) -> Response<Bytes> {
    let Some(key) = key else { return bare(StatusCode::NOT_FOUND) };
    if *request.method() != Method::GET {
        return bare(StatusCode::METHOD_NOT_ALLOWED);
    }
    let query = request.uri().query().unwrap_or_default();
    let nonce = query.strip_prefix("nonce=").and_then(|text| ConsentNonce::from_text(text).ok());
    let named = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
    let host = request.uri().authority().map(|authority| authority.as_str()).or(named);
    let (Some(nonce), Some(host)) = (nonce, host) else { return bare(StatusCode::BAD_REQUEST) };
    let Some(signature) = key.sign(nonce, host) else { return bare(StatusCode::BAD_REQUEST) };
    let mut response = Response::new(Bytes::from(format!("{{\"signature\":\"{signature}\"}}")));
    for (name, value) in [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-store")] {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

fn bare(status: StatusCode) -> Response<Bytes> {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = status;
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use preau_base::SeededRng;

    #[test]
    fn signs_what_was_asked_and_nothing_without_a_key() {
        let key = ConsentKey::generate(&mut SeededRng::new(1)).unwrap();
        let nonce = ConsentNonce::draw(&mut SeededRng::new(2));
        let ask = |query: &str| {
            let uri = format!("{CONSENT_PATH}?{query}");
            Request::get(uri).header(header::HOST, "ecole.example").body(()).unwrap()
        };
        let good = ask(&format!("nonce={}", nonce.to_text()));
        let body = answer(Some(&key), &good).into_body();
        let text = std::str::from_utf8(&body).unwrap();
        let signature = text.strip_prefix("{\"signature\":\"").and_then(|it| it.strip_suffix("\"}")).unwrap();
        assert_eq!(key.public().verify(nonce, "ecole.example", signature), Ok(()));
        assert_eq!(answer(None, &good).status(), StatusCode::NOT_FOUND);
        assert_eq!(answer(Some(&key), &ask("nonce=short")).status(), StatusCode::BAD_REQUEST);
        assert_eq!(answer(Some(&key), &ask("")).status(), StatusCode::BAD_REQUEST);
        let post = Request::post(CONSENT_PATH).body(()).unwrap();
        assert_eq!(answer(Some(&key), &post).status(), StatusCode::METHOD_NOT_ALLOWED);
    }
}

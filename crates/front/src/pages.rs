//! What a person sees when the edge turns a request away.

use bytes::Bytes;
use http::{HeaderValue, StatusCode};
use std::sync::Arc;

/// Why the edge answers by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Refusal {
    /// Not HTTP, or broken HTTP.
    BadRequest,
    /// The request header did not come in time.
    HeaderTooSlow,
    /// The request body did not come in time.
    BodyTooSlow,
    BodyTooLarge,
    HeaderTooLarge,
    /// Too many connections, in all or from one prefix.
    Crowded,
    /// The handler panicked.
    Broken,
    /// No certificate yet, so there is no HTTPS to redirect to.
    CertificatePending,
}

impl Refusal {
    pub const ALL: [Self; 8] = [
        Self::BadRequest,
        Self::HeaderTooSlow,
        Self::BodyTooSlow,
        Self::BodyTooLarge,
        Self::HeaderTooLarge,
        Self::Crowded,
        Self::Broken,
        Self::CertificatePending,
    ];

    pub const fn status(self) -> StatusCode {
        match self {
            Self::BadRequest => StatusCode::BAD_REQUEST,
            Self::HeaderTooSlow | Self::BodyTooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::BodyTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::HeaderTooLarge => StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            Self::Crowded | Self::CertificatePending => StatusCode::SERVICE_UNAVAILABLE,
            Self::Broken => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The name of this refusal in counters.
    pub const fn reason(self) -> &'static str {
        match self {
            Self::BadRequest => "bad_request",
            Self::HeaderTooSlow => "header_too_slow",
            Self::BodyTooSlow => "body_too_slow",
            Self::BodyTooLarge => "body_too_large",
            Self::HeaderTooLarge => "header_too_large",
            Self::Crowded => "crowded",
            Self::Broken => "broken",
            Self::CertificatePending => "certificate_pending",
        }
    }

    /// Seconds after which trying again makes sense.
    pub const fn retry_after_s(self) -> Option<u32> {
        match self {
            Self::Crowded => Some(10),
            Self::CertificatePending => Some(30),
            _ => None,
        }
    }
}

/// Makes the page of a refusal: a whole HTML document in UTF-8. The second argument is the request's
/// `Accept-Language`, where there is a request.
pub type Pages = Arc<dyn Fn(Refusal, Option<&HeaderValue>) -> Bytes + Send + Sync>;

/// Plain pages in French and English, for use where nothing else is given.
pub fn plain_pages() -> Pages {
    Arc::new(|refusal, _| Bytes::from(plain_page(refusal)))
}

fn plain_page(refusal: Refusal) -> String {
    let (fr, fr_more, en, en_more) = words(refusal);
    format!(
        "<!doctype html>\n<html lang=\"fr\">\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<title>{fr}</title>\n\
         <h1>{fr}</h1>\n<p>{fr_more}</p>\n<section lang=\"en\">\n<h2>{en}</h2>\n<p>{en_more}</p>\n</section>\n</html>\n"
    )
}

const fn words(refusal: Refusal) -> (&'static str, &'static str, &'static str, &'static str) {
    match refusal {
        Refusal::BadRequest => (
            "Demande incomprise",
            "Le serveur n’a pas compris ce que le navigateur a envoyé. Rien n’a été enregistré. Rechargez la page.",
            "Request not understood",
            "The server did not understand what the browser sent. Nothing was saved. Reload the page.",
        ),
        Refusal::HeaderTooSlow | Refusal::BodyTooSlow => (
            "Connexion trop lente",
            "La demande n’est pas arrivée en entier à temps. Rien n’a été enregistré. Rapprochez-vous du Wi-Fi, puis réessayez.",
            "Connection too slow",
            "The request did not arrive in time. Nothing was saved. Move closer to the Wi-Fi, then try again.",
        ),
        Refusal::BodyTooLarge => (
            "Envoi trop volumineux",
            "Le fichier ou le texte envoyé dépasse la taille permise. Rien n’a été enregistré. Réduisez-le, puis réessayez.",
            "Too large",
            "The file or text exceeds the permitted size. Nothing was saved. Make it smaller, then try again.",
        ),
        Refusal::HeaderTooLarge => (
            "Demande trop longue",
            "L’adresse ou les cookies de cette demande sont trop longs. Effacez les cookies de ce site, puis réessayez.",
            "Request too long",
            "The address or the cookies of this request are too long. Clear this site’s cookies, then try again.",
        ),
        Refusal::Crowded => (
            "Beaucoup de monde à l’entrée",
            "Trop de connexions sont ouvertes en même temps. Attendez dix secondes, puis rechargez la page.",
            "Many people at the door",
            "Too many connections are open at once. Wait ten seconds, then reload the page.",
        ),
        Refusal::Broken => (
            "Cette page a rencontré une erreur",
            "L’erreur est chez nous et a été notée. Le reste du site fonctionne. Revenez en arrière, puis réessayez.",
            "This page met an error",
            "The error is ours and has been noted. The rest of the site works. Go back, then try again.",
        ),
        Refusal::CertificatePending => (
            "Le site se prépare",
            "Le certificat de sécurité du site est en cours d’obtention. Rechargez la page dans une minute.",
            "The site is getting ready",
            "The site’s security certificate is being obtained. Reload the page in a minute.",
        ),
    }
}

/// Why the edge has answered by itself, for programs.
const REFUSED: &str = "preau-refused";

/// The headers that every page of a refusal carries.
fn headers(refusal: Refusal) -> impl Iterator<Item = (&'static str, String)> {
    let fixed = [
        ("content-type", "text/html; charset=utf-8"),
        ("cache-control", "no-store"),
        ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
        ("x-content-type-options", "nosniff"),
        // Tells a program that this page leads nowhere: a worker that has a better one may give that instead.
        (REFUSED, refusal.reason()),
    ];
    let retry = refusal.retry_after_s().map(|wait_s| ("retry-after", wait_s.to_string()));
    fixed.into_iter().map(|(name, value)| (name, value.to_owned())).chain(retry)
}

/// A refusal as a response to a request that was read.
pub(crate) fn response<B: From<Bytes>>(
    pages: &Pages,
    refusal: Refusal,
    language: Option<&HeaderValue>,
) -> http::Response<B> {
    let mut response = http::Response::new(B::from(pages(refusal, language)));
    *response.status_mut() = refusal.status();
    for (name, value) in headers(refusal) {
        if let Ok(value) = HeaderValue::from_str(&value) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

/// A refusal as the bytes of an HTTP/1.1 response that closes the connection, for when no request could be read.
pub(crate) fn raw_http1(pages: &Pages, refusal: Refusal) -> Vec<u8> {
    let body = pages(refusal, None);
    let mut head = format!("HTTP/1.1 {}\r\nconnection: close\r\ncontent-length: {}\r\n", refusal.status(), body.len());
    for (name, value) in headers(refusal) {
        head.push_str(name);
        head.push_str(": ");
        head.push_str(&value);
        head.push_str("\r\n");
    }
    head.push_str("\r\n");
    let mut bytes = head.into_bytes();
    bytes.extend_from_slice(&body);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_refusal_has_a_page_in_both_languages() {
        for refusal in Refusal::ALL {
            let page = plain_page(refusal);
            assert!(page.contains("<html lang=\"fr\">") && page.contains("<section lang=\"en\">"), "{refusal:?}");
            let raw = String::from_utf8(raw_http1(&plain_pages(), refusal)).unwrap();
            let (head, body) = raw.split_once("\r\n\r\n").unwrap();
            assert!(head.starts_with(&format!("HTTP/1.1 {}", refusal.status())), "{head}");
            assert!(head.contains(&format!("content-length: {}", body.len())), "{head}");
            assert!(head.contains(&format!("\r\npreau-refused: {}", refusal.reason())), "{head}");
        }
    }
}

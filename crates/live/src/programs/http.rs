//! The addresses of a lesson for programs: one to begin at, and one for each that has begun.

use super::problem::Problem;
use super::running::{self, Begun};
use super::{Attempts, headers, offer};
use crate::live::Live;
use axum::Router;
use axum::body::to_bytes;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use preau_base::{Cidr, ClientFacts, LessonId};
use preau_gate::{PassRefusal, StreamKey, StreamUse};
use preau_media::limits::OFFER_BYTES_MAX;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::PoisonError;

const BEGIN: &str = "OPTIONS, POST";
const GO_ON: &str = "DELETE, OPTIONS";

pub(crate) fn routes() -> Router<Live> {
    Router::new()
        .route("/live/{lesson}/whip", any(whip))
        .route("/live/{lesson}/whep", any(whep))
        .route("/live/{lesson}/whip/{session}", any(whip_session))
        .route("/live/{lesson}/whep/{session}", any(whep_session))
}

async fn whip(state: State<Live>, lesson: Path<String>, request: Request) -> Response {
    endpoint(state, lesson, StreamUse::Publish, request).await
}

async fn whep(state: State<Live>, lesson: Path<String>, request: Request) -> Response {
    endpoint(state, lesson, StreamUse::Play, request).await
}

async fn whip_session(state: State<Live>, path: Path<(String, String)>, request: Request) -> Response {
    session(state, path, StreamUse::Publish, request).await
}

async fn whep_session(state: State<Live>, path: Path<(String, String)>, request: Request) -> Response {
    session(state, path, StreamUse::Play, request).await
}

/// Where a program begins (RFC 9725 §4.2): all that is no POST and no OPTIONS is kept for later versions (§4.1).
async fn endpoint(
    State(live): State<Live>,
    Path(lesson): Path<String>,
    usage: StreamUse,
    request: Request,
) -> Response {
    let Ok(lesson) = lesson.parse::<LessonId>() else { return open_to_pages(Problem::not_found().into_response()) };
    let answered = match *request.method() {
        Method::POST => Box::pin(begin(&live, lesson, usage, request)).await,
        Method::OPTIONS => Ok(options(&live, lesson, usage, request).await),
        _ => Err(Problem::method(BEGIN)),
    };
    open_to_pages(answered.unwrap_or_else(refused))
}

/// Where a program ends (§4.2). Our answers hold all candidates, and a lesson needs none of the program's: there is no PATCH.
async fn session(
    State(live): State<Live>,
    Path((lesson, session)): Path<(String, String)>,
    usage: StreamUse,
    request: Request,
) -> Response {
    let Ok(lesson) = lesson.parse::<LessonId>() else { return open_to_pages(Problem::not_found().into_response()) };
    let answered = match *request.method() {
        Method::DELETE => match key_of(&live, lesson, usage, &request) {
            Ok(key) => end(&live, &session, key).await,
            Err(problem) => Err(problem),
        },
        Method::OPTIONS => Ok((StatusCode::NO_CONTENT, [(header::ALLOW, GO_ON)]).into_response()),
        _ => Err(Problem::method(GO_ON)),
    };
    open_to_pages(answered.unwrap_or_else(refused))
}

fn refused(problem: Problem) -> Response {
    metrics::counter!("preau_live_programs_refused_total", "status" => problem.status.as_str().to_owned()).increment(1);
    problem.into_response()
}

async fn begin(live: &Live, lesson: LessonId, usage: StreamUse, request: Request) -> Result<Response, Problem> {
    let key = key_of(live, lesson, usage, &request)?;
    if !live.attempts().of_key(key.id, live.now()) {
        let detail = "this key has begun too often in a short time";
        return Err(Problem::later(StatusCode::TOO_MANY_REQUESTS, detail, Attempts::pause()));
    }
    if !headers::is_sdp(request.headers()) {
        return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "the body must be application/sdp")
            .with(header::HeaderName::from_static("accept-post"), HeaderValue::from_static(headers::SDP)));
    }
    if !headers::takes_sdp(request.headers()) {
        return Err(Problem::new(StatusCode::NOT_ACCEPTABLE, "the answer is application/sdp, which Accept leaves out"));
    }
    let links = ice_servers(live, &key, &request);
    let body = to_bytes(request.into_body(), OFFER_BYTES_MAX).await.map_err(|_| {
        Problem::new(StatusCode::PAYLOAD_TOO_LARGE, format!("an offer has at most {OFFER_BYTES_MAX} bytes"))
    })?;
    let refuse = |why: String| Problem::new(StatusCode::UNPROCESSABLE_ENTITY, why);
    let sdp = String::from_utf8(body.into()).map_err(|_| refuse("the offer is not UTF-8".to_owned()))?;
    let offered = offer::check(sdp, usage).map_err(refuse)?;
    allow(live, &key).await?;
    if live.at_board(lesson, key.person).await.is_none() {
        return Err(running::not_in());
    }
    let Begun { session, answer } = running::begin(live, key, offered).await?;
    note_used(live, &key).await;
    let location = format!("/live/{lesson}/{}/{session}", name(usage));
    let mut response = (
        StatusCode::CREATED,
        [
            (header::CONTENT_TYPE, headers::SDP.to_owned()),
            (header::LOCATION, location),
            (header::ETAG, format!("\"{session}\"")),
        ],
        answer,
    )
        .into_response();
    link(&mut response, links);
    Ok(response)
}

const fn name(usage: StreamUse) -> &'static str {
    match usage {
        StreamUse::Publish => "whip",
        StreamUse::Play => "whep",
    }
}

/// The key of a request, if it is one for this address. What it opens is asked of the store afterwards.
fn key_of(live: &Live, lesson: LessonId, usage: StreamUse, request: &Request) -> Result<StreamKey, Problem> {
    let Some(text) = headers::bearer(request.headers()) else {
        return Err(wrong(live, request, "send the stream key as Authorization: Bearer KEY"));
    };
    let opened = {
        let keys = live.parts().keys.read().unwrap_or_else(PoisonError::into_inner);
        StreamKey::open(text, &keys, live.now())
    };
    let key = opened.map_err(|refusal| match refusal {
        PassRefusal::Expired => wrong(live, request, "this stream key has expired; make another one"),
        _ => wrong(live, request, "this is no stream key of this server"),
    })?;
    if key.lesson != lesson {
        return Err(Problem::new(StatusCode::FORBIDDEN, "this stream key is for another lesson"));
    }
    if key.usage != usage {
        let detail = match key.usage {
            StreamUse::Publish => "this stream key is for publishing: its address ends in /whip",
            StreamUse::Play => "this stream key is for playing: its address ends in /whep",
        };
        return Err(Problem::new(StatusCode::FORBIDDEN, detail));
    }
    Ok(key)
}

fn wrong(live: &Live, request: &Request, detail: &'static str) -> Problem {
    let nowhere = Cidr::of_client(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
    let network = request.extensions().get::<ClientFacts>().map_or(nowhere, |client| client.prefix);
    if live.attempts().wrong_from(network, live.now()) {
        Problem::unauthorized(detail)
    } else {
        let detail = "too many requests from here without a stream key that is good";
        Problem::later(StatusCode::TOO_MANY_REQUESTS, detail, Attempts::pause())
    }
}

async fn allow(live: &Live, key: &StreamKey) -> Result<(), Problem> {
    match running::holds(live, key).await {
        Ok(true) => Ok(()),
        Ok(false) => {
            let detail = "this stream key was revoked, or whoever made it may not stream into this lesson now";
            Err(Problem::new(StatusCode::FORBIDDEN, detail))
        }
        Err(error) => {
            tracing::error!(lesson = %key.lesson, %error, "cannot read a stream key");
            Err(running::no_room())
        }
    }
}

/// That a key was used is shown beside it; nothing else hangs on it.
async fn note_used(live: &Live, key: &StreamKey) {
    let noted = async {
        let mut tx = live.parts().store.write().await?;
        preau_store::stream_keys::used(&mut tx, key.id, live.now()).await?;
        tx.commit().await
    };
    if let Err(error) = noted.await {
        tracing::warn!(%error, "the use of a stream key was not noted");
    }
}

async fn end(live: &Live, session: &str, key: StreamKey) -> Result<Response, Problem> {
    if live.programs().end(session, key.id).await {
        Ok(StatusCode::OK.into_response())
    } else {
        Err(Problem::not_found())
    }
}

/// What pages of other sites ask before they send the rest (Fetch §3.2), and what may be posted. Who shows a key learns the
/// relay, too (RFC 9725 §4.6).
async fn options(live: &Live, lesson: LessonId, usage: StreamUse, request: Request) -> Response {
    let mut response = (
        StatusCode::NO_CONTENT,
        [(header::ALLOW, BEGIN), (header::HeaderName::from_static("accept-post"), headers::SDP)],
    )
        .into_response();
    if request.headers().contains_key(header::AUTHORIZATION)
        && let Ok(key) = key_of(live, lesson, usage, &request)
    {
        let links = ice_servers(live, &key, &request);
        if allow(live, &key).await.is_ok() {
            link(&mut response, links);
        }
    }
    response
}

/// A page of any site may be a program: it needs the key, and no cookie counts here.
fn open_to_pages(mut response: Response) -> Response {
    let headers = response.headers_mut();
    for (name, value) in [
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (header::ACCESS_CONTROL_ALLOW_METHODS, "DELETE, OPTIONS, POST"),
        (header::ACCESS_CONTROL_ALLOW_HEADERS, "Authorization, Content-Type"),
        (header::ACCESS_CONTROL_EXPOSE_HEADERS, "ETag, Link, Location, Retry-After"),
        (header::CACHE_CONTROL, "no-store"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

fn link(response: &mut Response, links: Vec<HeaderValue>) {
    for value in links {
        response.headers_mut().append(header::LINK, value);
    }
}

/// The relay as RFC 9725 §4.6 writes it: it is where the request came to.
fn ice_servers(live: &Live, key: &StreamKey, request: &Request) -> Vec<HeaderValue> {
    let Some(relay) = (live.parts().relay)(key.person) else { return Vec::new() };
    let secure = request.extensions().get::<ClientFacts>().is_some_and(|client| client.secure);
    let Some(host) = host_of(request.headers(), request.uri().authority().map(|authority| authority.as_str())) else {
        return Vec::new();
    };
    let (scheme, usual_port) = if secure { ("turns", 443) } else { ("turn", 80) };
    let (name, port) = split_port(&host);
    let mut urls = vec![format!("{scheme}:{name}:{}?transport=tcp", port.unwrap_or(usual_port))];
    urls.extend(relay.udp_port.map(|port| format!("turn:{name}:{port}?transport=udp")));
    let text = |url| {
        let (username, credential) = (&relay.username, &relay.credential);
        format!(
            "<{url}>; rel=\"ice-server\"; username=\"{username}\"; credential=\"{credential}\"; credential-type=\"password\""
        )
    };
    urls.into_iter().filter_map(|url| HeaderValue::try_from(text(url)).ok()).collect()
}

/// The host that was asked for, in letters that a host may have.
fn host_of(headers: &HeaderMap, authority: Option<&str>) -> Option<String> {
    let host = authority.or_else(|| headers.get(header::HOST)?.to_str().ok())?;
    let is_host = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b':' | b'[' | b']');
    (!host.is_empty() && host.bytes().all(is_host)).then(|| host.to_owned())
}

fn split_port(host: &str) -> (&str, Option<u16>) {
    match host.rsplit_once(':') {
        Some((name, port)) if !name.is_empty() && (!name.contains(':') || name.ends_with(']')) => {
            (name, port.parse().ok())
        }
        _ => (host, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_split_from_its_port() {
        for (host, expect) in [
            ("ecole.example", ("ecole.example", None)),
            ("ecole.example:8443", ("ecole.example", Some(8_443))),
            ("[2001:db8::1]", ("[2001:db8::1]", None)),
            ("[2001:db8::1]:8443", ("[2001:db8::1]", Some(8_443))),
        ] {
            assert_eq!(split_port(host), expect);
        }
    }

    #[test]
    fn a_host_of_strange_letters_is_none() {
        let headers =
            |host: &str| HeaderMap::from_iter([(header::HOST, HeaderValue::from_str(host).expect("a header"))]);
        assert_eq!(host_of(&headers("ecole.example:1"), None).as_deref(), Some("ecole.example:1"));
        assert_eq!(host_of(&headers("a>; rel=x"), None), None);
        assert_eq!(host_of(&headers("a"), Some("b")).as_deref(), Some("b"), "HTTP/2");
        assert_eq!(host_of(&HeaderMap::new(), None), None);
    }
}

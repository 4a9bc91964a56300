//! The porter reads and writes as hyper does.

use super::{answer, head};
use bytes::{Bytes, BytesMut};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::Full;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use preau_base::Instant;
use proptest::prelude::*;
use std::convert::Infallible;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

const DATE: &[u8; 29] = b"Sun, 06 Nov 1994 08:49:37 GMT";

fn read(text: &str) -> Option<Request<()>> {
    let mut read = BytesMut::from(text);
    let length = head::length(&mut read)?;
    head::read(&read.split_to(length).freeze(), &mut HeaderMap::new())
}

/// What hyper reads out of `asked`, and what it writes of `response` to it, with our date.
fn with_hyper(asked: &str, response: &Response<Bytes>) -> (Option<Request<()>>, Vec<u8>) {
    let seen = Arc::new(Mutex::new(None));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let said = runtime.block_on(async {
        let (mut client, server) = tokio::io::duplex(1024 * 1024);
        let (seen, response) = (seen.clone(), response.clone());
        let service = service_fn(move |request: Request<hyper::body::Incoming>| {
            *seen.lock().unwrap() = Some(request.map(|_| ()));
            std::future::ready(Ok::<_, Infallible>(response.clone().map(Full::new)))
        });
        let served =
            tokio::spawn(http1::Builder::new().half_close(true).serve_connection(TokioIo::new(server), service));
        client.write_all(asked.as_bytes()).await.unwrap();
        client.shutdown().await.unwrap();
        let mut said = Vec::new();
        client.read_to_end(&mut said).await.unwrap();
        served.await.unwrap().unwrap();
        said
    });
    let at = memchr::memmem::find(&said, b"\r\ndate: ").unwrap() + 8;
    let said = [&said[..at], DATE, &said[at + DATE.len()..]].concat();
    let request = seen.lock().unwrap().take();
    (request, said)
}

fn a_name() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("Cookie".to_owned()),
        Just("accept-language".to_owned()),
        Just("X-Forwarded-For".to_owned()),
        "[A-Za-z][A-Za-z0-9_-]{0,12}",
    ]
    .prop_filter("headers that only hyper can deal with, or that frame", |name| {
        let framing =
            ["host", "content-length", "transfer-encoding", "upgrade", "expect", "connection", "date", "trailer"];
        !framing.contains(&name.to_ascii_lowercase().as_str())
    })
}

fn a_response() -> impl Strategy<Value = Response<Bytes>> {
    let status = prop::sample::select(vec![200_u16, 304, 401, 403, 404, 405, 429, 503]);
    let headers = prop::collection::vec((a_name(), "[!-~]([ -~]{0,20}[!-~])?"), 0..6);
    (status, headers, "[ -~é]{0,200}").prop_map(|(status, headers, body)| {
        let mut response = Response::new(Bytes::from(body));
        *response.status_mut() = StatusCode::from_u16(status).unwrap();
        for (name, value) in headers {
            let name = HeaderName::try_from(name).unwrap();
            response.headers_mut().append(name, HeaderValue::try_from(value).unwrap());
        }
        response
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn the_same_request_is_read_and_the_same_answer_written_as_by_hyper(
        is_head: bool,
        target in "/[a-z0-9/_.~%-]{0,20}(\\?[a-z=&]{0,10})?",
        headers in prop::collection::vec((a_name(), " {0,2}[ -~]{0,30} {0,2}"), 0..12),
        close: bool,
        empty_lines in 0_usize..3,
        response in a_response(),
    ) {
        let method = if is_head { "HEAD" } else { "GET" };
        let lines: String = headers.iter().map(|(name, value)| format!("{name}:{value}\r\n")).collect();
        let close_line = if close { "Connection: Close\r\n" } else { "" };
        let before = "\r\n".repeat(empty_lines);
        let asked = format!("{before}{method} {target} HTTP/1.1\r\nHost: e\r\n{lines}{close_line}\r\n");
        let ours = read(&asked).expect("a plain request");
        let (theirs, said) = with_hyper(&asked, &response);
        let theirs = theirs.expect("read by hyper, too");
        prop_assert_eq!((ours.method(), ours.uri(), ours.version()), (theirs.method(), theirs.uri(), theirs.version()));
        prop_assert_eq!(ours.headers(), theirs.headers());
        prop_assert!(ours.headers().keys().eq(theirs.headers().keys()), "in the same order");
        prop_assert_eq!(head::closes(&ours), close);
        let written = answer::encode(&response, answer::Ending { is_head: *ours.method() == Method::HEAD, close, date: DATE });
        prop_assert_eq!(String::from_utf8(written).unwrap(), String::from_utf8(said).unwrap());
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..300), cut in 0_usize..300) {
        let mut whole = b"GET / HTTP/1.1\r\nhost: e\r\n".to_vec();
        whole.extend_from_slice(&bytes);
        whole.extend_from_slice(b"\r\n\r\n");
        let mut read = BytesMut::from(&whole[cut.min(whole.len())..]);
        if let Some(length) = head::length(&mut read) {
            let _read_or_not = head::read(&read.split_to(length).freeze(), &mut HeaderMap::new());
        }
    }
}

#[test]
fn what_is_not_plain_is_left_to_hyper() {
    let check = |head: &str, expect: bool| assert_eq!(read(&format!("{head}\r\n\r\n")).is_some(), expect, "{head:?}");
    check("GET / HTTP/1.1\r\nhost: e", true);
    check("HEAD /a?b=c HTTP/1.1\r\nhost: e", true);
    check("GET / HTTP/1.0\r\nhost: e", false);
    check("POST / HTTP/1.1\r\nhost: e", false);
    check("OPTIONS * HTTP/1.1\r\nhost: e", false);
    check("GET http://e/ HTTP/1.1\r\nhost: e", false);
    check("GET / HTTP/1.1\r\nhost: e\r\nContent-Length: 0", false);
    check("GET / HTTP/1.1\r\nhost: e\r\ntransfer-encoding: chunked", false);
    check("GET / HTTP/1.1\r\nhost: e\r\nupgrade: websocket", false);
    check("GET / HTTP/1.1\r\nhost: e\r\nexpect: 100-continue", false);
    check("GET /\u{e9} HTTP/1.1\r\nhost: e\r\nx: \u{e9}", http::Uri::try_from("/\u{e9}").is_ok());
}

#[test]
fn nothing_is_read_before_the_head_is_whole() {
    let whole = "\r\nGET / HTTP/1.1\r\nhost: e\r\n\r\n";
    for cut in 0..whole.len() {
        assert!(read(&whole[..cut]).is_none(), "{cut}");
    }
    let mut two = BytesMut::from(format!("{whole}{whole}").as_str());
    assert_eq!(head::length(&mut two), Some(whole.len() - 2));
}

#[test]
fn the_date_is_made_once_a_second() {
    let date = answer::DateLine::default();
    let at = |ms: i64| String::from_utf8(date.at(Instant::from_millis(784_111_777_000 + ms)).to_vec()).unwrap();
    assert_eq!(at(0), "Sun, 06 Nov 1994 08:49:37 GMT");
    assert_eq!(at(999), at(0));
    assert_eq!(at(1_000), "Sun, 06 Nov 1994 08:49:38 GMT");
    assert_eq!(at(0), "Sun, 06 Nov 1994 08:49:37 GMT", "a clock that was set back");
}

use super::{Fault, HeadLimits, Scanned, Scanner};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use proptest::prelude::*;
use std::convert::Infallible;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

const LIMITS: HeadLimits = HeadLimits { bytes_max: 2_000, headers_max: 20 };

/// Shows a scanner `text` in pieces that end at `cuts`, as a socket would.
fn read_in_pieces(text: &[u8], cuts: &[usize]) -> (Vec<u8>, Option<Fault>, u64) {
    let mut scanner = Scanner::new(LIMITS);
    let (mut delivered, mut held) = (Vec::new(), Vec::new());
    let mut begin = 0;
    for end in cuts.iter().copied().chain([text.len()]) {
        let end = end.clamp(begin, text.len());
        held.extend_from_slice(&text[begin..end]);
        begin = end;
        let Scanned { deliver, fault } = scanner.scan(&held);
        delivered.extend(held.drain(..deliver));
        if fault.is_some() {
            return (delivered, fault, scanner.heads());
        }
    }
    (delivered, None, scanner.heads())
}

#[derive(Debug, PartialEq)]
enum Verdict {
    /// So many whole requests.
    Good(u64),
    More,
    Malformed,
    Ambiguous,
    TooLarge,
}

fn verdict(text: &[u8]) -> Verdict {
    match read_in_pieces(text, &[]) {
        (delivered, None, heads) if delivered.len() == text.len() => Verdict::Good(heads),
        (_, None, _) => Verdict::More,
        (_, Some(Fault::Malformed(_)), _) => Verdict::Malformed,
        (_, Some(Fault::Ambiguous(_)), _) => Verdict::Ambiguous,
        (_, Some(Fault::TooLarge), _) => Verdict::TooLarge,
    }
}

/// What once fooled some server, and what must go through.
const CORPUS: &[(&str, Verdict)] = &[
    ("GET / HTTP/1.1\r\nHost: e\r\n\r\n", Verdict::Good(1)),
    ("GET / HTTP/1.0\r\n\r\n", Verdict::Good(1)),
    ("\r\nGET / HTTP/1.1\r\nHost: e\r\n\r\n", Verdict::Good(1)),
    ("OPTIONS * HTTP/1.1\r\nHost: e\r\n\r\n", Verdict::Good(1)),
    ("GET http://E:80/a?b HTTP/1.1\r\nHost: e\r\n\r\n", Verdict::Good(1)),
    ("GET https://[2001:db8::1]:8443/ HTTP/1.1\r\nHost: [2001:db8::1]:8443\r\n\r\n", Verdict::Good(1)),
    ("GET /{a}?{b} HTTP/1.1\r\nhost:e\r\nx:\r\ny:\t caf\u{e9} \t\r\n\r\n", Verdict::Good(1)),
    ("POST / HTTP/1.1\r\nHost: e\r\nContent-Length: 3\r\n\r\nabcGET / HTTP/1.1\r\nHost: e\r\n\r\n", Verdict::Good(2)),
    ("POST / HTTP/1.1\r\nHost: e\r\nContent-Length: 0\r\n\r\n", Verdict::Good(1)),
    (
        "POST / HTTP/1.1\r\nHost: e\r\nTransfer-Encoding: Chunked\r\n\r\n3;a=b\r\nabc\r\n0\r\nx: y\r\n\r\n",
        Verdict::Good(1),
    ),
    ("GET / HTTP/1.1\r\nHost: e\r\n", Verdict::More),
    // Lengths that two servers read differently.
    ("POST / HTTP/1.1\r\nHost: e\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n", Verdict::Ambiguous),
    ("POST / HTTP/1.1\r\nHost: e\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n", Verdict::Ambiguous),
    ("POST / HTTP/1.1\r\nHost: e\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\n", Verdict::Ambiguous),
    ("POST / HTTP/1.1\r\nHost: e\r\nContent-Length: 3, 3\r\n\r\n", Verdict::Ambiguous),
    ("POST / HTTP/1.1\r\nHost: e\r\nContent-Length: +3\r\n\r\n", Verdict::Ambiguous),
    ("POST / HTTP/1.1\r\nHost: e\r\nContent-Length: -3\r\n\r\n", Verdict::Ambiguous),
    ("POST / HTTP/1.1\r\nHost: e\r\nContent-Length: 0x3\r\n\r\n", Verdict::Ambiguous),
    ("POST / HTTP/1.1\r\nHost: e\r\nContent-Length: 03\r\n\r\n", Verdict::Ambiguous),
    ("POST / HTTP/1.1\r\nHost: e\r\nContent-Length: \r\n\r\n", Verdict::Ambiguous),
    ("POST / HTTP/1.1\r\nHost: e\r\nContent-Length: 18446744073709551617\r\n\r\n", Verdict::Ambiguous),
    ("POST / HTTP/1.1\r\nHost: e\r\nContent_Length: 3\r\n\r\n", Verdict::Ambiguous),
    ("POST / HTTP/1.1\r\nHost: e\r\nTransfer_Encoding: chunked\r\n\r\n", Verdict::Ambiguous),
    ("POST / HTTP/1.1\r\nHost: e\r\nContent-Length : 3\r\n\r\n", Verdict::Ambiguous),
    ("POST / HTTP/1.1\r\nHost: e\r\nTransfer-Encoding : chunked\r\n\r\n", Verdict::Ambiguous),
    ("POST / HTTP/1.1\r\nHost: e\r\nTransfer-Encoding: xchunked\r\n\r\n", Verdict::Ambiguous),
    ("POST / HTTP/1.1\r\nHost: e\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", Verdict::Ambiguous),
    ("POST / HTTP/1.1\r\nHost: e\r\nTransfer-Encoding: chunked, identity\r\n\r\n", Verdict::Ambiguous),
    ("POST / HTTP/1.1\r\nHost: e\r\nTransfer-Encoding:\u{b}chunked\r\n\r\n", Verdict::Ambiguous),
    (
        "POST / HTTP/1.1\r\nHost: e\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
        Verdict::Ambiguous,
    ),
    ("POST / HTTP/1.1\r\nHost: e\r\nTransfer-Encoding:\r\n chunked\r\n\r\n", Verdict::Ambiguous),
    ("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", Verdict::Ambiguous),
    // Lines that two servers end differently.
    ("GET / HTTP/1.1\nHost: e\n\n", Verdict::Ambiguous),
    ("GET / HTTP/1.1\r\nHost: e\nX: y\r\n\r\n", Verdict::Ambiguous),
    ("GET / HTTP/1.1\r\nHost: e\r\n\nGET /", Verdict::Ambiguous),
    ("GET / HTTP/1.1\r\nHost: e\r\nx: a\rb\r\n\r\n", Verdict::Ambiguous),
    ("GET / HTTP/1.1\r\nHost: e\r\nx: a\r\r\n\r\n", Verdict::Ambiguous),
    ("GET / HTTP/1.1\r\n Host: e\r\n\r\n", Verdict::Ambiguous),
    ("GET / HTTP/1.1\r\nHost: e\r\nx: y\r\n\tz\r\n\r\n", Verdict::Ambiguous),
    ("GET / HTTP/1.1\r\nHost: e\r\nx: a\0b\r\n\r\n", Verdict::Ambiguous),
    ("GET / HTTP/1.1\r\nHost: e\r\n: y\r\n\r\n", Verdict::Malformed),
    ("GET / HTTP/1.1\r\nHost: e\r\nx\r\n\r\n", Verdict::Malformed),
    ("GET / HTTP/1.1\r\nHost: e\r\nx[: y\r\n\r\n", Verdict::Malformed),
    ("\r\n\r\n\r\nGET / HTTP/1.1\r\n", Verdict::Malformed),
    // Hosts.
    ("GET / HTTP/1.1\r\n\r\n", Verdict::Malformed),
    ("GET / HTTP/1.1\r\nHost: e\r\nHost: e\r\n\r\n", Verdict::Ambiguous),
    ("GET / HTTP/1.1\r\nHost: a, b\r\n\r\n", Verdict::Malformed),
    ("GET / HTTP/1.1\r\nHost: a@b\r\n\r\n", Verdict::Malformed),
    ("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", Verdict::Malformed),
    ("GET / HTTP/1.1\r\nHost: \r\n\r\n", Verdict::Malformed),
    ("GET http://other/ HTTP/1.1\r\nHost: e\r\n\r\n", Verdict::Ambiguous),
    ("GET http://a@e/ HTTP/1.1\r\nHost: e\r\n\r\n", Verdict::Malformed),
    ("GET http:///a HTTP/1.1\r\nHost: e\r\n\r\n", Verdict::Malformed),
    // Request lines.
    ("GET /\r\n\r\n", Verdict::Malformed),
    ("GET  / HTTP/1.1\r\nHost: e\r\n\r\n", Verdict::Malformed),
    ("GET / HTTP/1.1 \r\nHost: e\r\n\r\n", Verdict::Malformed),
    ("GET\t/\tHTTP/1.1\r\nHost: e\r\n\r\n", Verdict::Malformed),
    ("GET /a b HTTP/1.1\r\nHost: e\r\n\r\n", Verdict::Malformed),
    ("GET /#a HTTP/1.1\r\nHost: e\r\n\r\n", Verdict::Malformed),
    ("GET /\u{e9} HTTP/1.1\r\nHost: e\r\n\r\n", Verdict::Malformed),
    ("GET a HTTP/1.1\r\nHost: e\r\n\r\n", Verdict::Malformed),
    ("GET * HTTP/1.1\r\nHost: e\r\n\r\n", Verdict::Malformed),
    ("GET / HTTP/1.2\r\nHost: e\r\n\r\n", Verdict::Malformed),
    ("GET / http/1.1\r\nHost: e\r\n\r\n", Verdict::Malformed),
    ("GET / HTTP/2.0\r\nHost: e\r\n\r\n", Verdict::Malformed),
    ("CONNECT e:443 HTTP/1.1\r\nHost: e:443\r\n\r\n", Verdict::Malformed),
    ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", Verdict::Malformed),
    ("\u{16}\u{3}\u{1}", Verdict::Malformed),
    ("AMETHODTHATNEVERCOMESTOANEND", Verdict::Malformed),
    // Chunks.
    ("POST / HTTP/1.1\r\nHost: e\r\nTransfer-Encoding: chunked\r\n\r\n3\nabc\r\n0\r\n\r\n", Verdict::Ambiguous),
    ("POST / HTTP/1.1\r\nHost: e\r\nTransfer-Encoding: chunked\r\n\r\n3 \r\nabc\r\n0\r\n\r\n", Verdict::Ambiguous),
    ("POST / HTTP/1.1\r\nHost: e\r\nTransfer-Encoding: chunked\r\n\r\n0x3\r\nabc\r\n0\r\n\r\n", Verdict::Ambiguous),
    ("POST / HTTP/1.1\r\nHost: e\r\nTransfer-Encoding: chunked\r\n\r\n3;a\nb\r\nabc\r\n0\r\n\r\n", Verdict::Ambiguous),
    ("POST / HTTP/1.1\r\nHost: e\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n0\r\n\r\n", Verdict::Ambiguous),
    ("POST / HTTP/1.1\r\nHost: e\r\nTransfer-Encoding: chunked\r\n\r\n\r\n", Verdict::Ambiguous),
    ("POST / HTTP/1.1\r\nHost: e\r\nTransfer-Encoding: chunked\r\n\r\n10000000000000003\r\n", Verdict::Ambiguous),
    ("POST / HTTP/1.1\r\nHost: e\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nx: y\n\r\n", Verdict::Ambiguous),
    ("POST / HTTP/1.1\r\nHost: e\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nHost: f\r\n\r\n", Verdict::Ambiguous),
    (
        "POST / HTTP/1.1\r\nHost: e\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nContent-Length: 3\r\n\r\n",
        Verdict::Ambiguous,
    ),
];

#[test]
fn the_corpus_is_read_as_it_should() {
    for (text, expect) in CORPUS {
        assert_eq!(verdict(text.as_bytes()), *expect, "{text:?}");
    }
}

#[test]
fn what_has_no_end_is_too_large() {
    let head = |headers: String| verdict(format!("GET / HTTP/1.1\r\nHost: e\r\n{headers}\r\n").as_bytes());
    assert_eq!(head("a: b\r\n".repeat(19)), Verdict::Good(1));
    assert_eq!(head("a: b\r\n".repeat(20)), Verdict::TooLarge);
    assert_eq!(head(format!("a: {}\r\n", "b".repeat(2_000))), Verdict::TooLarge);
    assert_eq!(verdict(format!("GET /{}", "a".repeat(2_000)).as_bytes()), Verdict::TooLarge);
    let chunked = |end: &str| {
        verdict(format!("POST / HTTP/1.1\r\nHost: e\r\nTransfer-Encoding: chunked\r\n\r\n{end}").as_bytes())
    };
    assert_eq!(chunked(&format!("1;{}\r\na\r\n0\r\n\r\n", "a".repeat(1_025))), Verdict::Ambiguous);
    assert_eq!(chunked(&format!("0\r\n{}\r\n", "a: b\r\n".repeat(2_000))), Verdict::TooLarge);
}

#[test]
fn what_follows_the_wish_for_a_websocket_is_held_back() {
    let ask = "GET / HTTP/1.1\r\nHost: e\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n";
    let text = format!("{ask}GET / HTTP/1.1\r\nHost: e\r\n\r\n");
    let mut scanner = Scanner::new(LIMITS);
    assert_eq!(scanner.scan(text.as_bytes()), Scanned { deliver: ask.len(), fault: None });
    assert!(scanner.is_parked());
    let rest = &text.as_bytes()[ask.len()..];
    assert_eq!(scanner.scan(rest), Scanned { deliver: 0, fault: None });
    scanner.resume();
    assert_eq!(scanner.scan(rest), Scanned { deliver: rest.len(), fault: None });
}

/// What hyper makes of `text`: method, target and body of each request; an error if it ended with one.
fn hyper_reads(text: &[u8]) -> (Vec<(String, Vec<u8>)>, bool) {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let (mut client, server) = tokio::io::duplex(1024 * 1024);
        let seen = Arc::new(Mutex::new(Vec::new()));
        let seen_too = seen.clone();
        let service = service_fn(move |request: http::Request<Incoming>| {
            let seen = seen_too.clone();
            async move {
                let line = format!("{} {}", request.method(), request.uri());
                if let Ok(body) = request.into_body().collect().await {
                    seen.lock().unwrap().push((line, body.to_bytes().to_vec()));
                }
                Ok::<_, Infallible>(http::Response::new(String::new()))
            }
        });
        client.write_all(text).await.unwrap();
        client.shutdown().await.unwrap();
        let mut settings = hyper::server::conn::http1::Builder::new();
        let served = settings.half_close(true).serve_connection(TokioIo::new(server), service).await;
        let mut answers = Vec::new();
        let _read = client.read_to_end(&mut answers).await;
        let bare_error = String::from_utf8_lossy(&answers).contains("HTTP/1.1 4");
        (Arc::into_inner(seen).unwrap().into_inner().unwrap(), served.is_err() || bare_error)
    })
}

fn request() -> impl Strategy<Value = (String, Vec<u8>, Vec<u8>)> {
    let method = prop_oneof![Just("GET".to_owned()), Just("POST".to_owned()), "[A-Z]{1,12}"];
    let target = prop_oneof![
        3 => "/[a-z0-9/%._~-]{0,20}(\\?[ -~]{0,10})?",
        1 => "[!-~]{1,12}",
        1 => "http://e(:80)?/[a-z]{0,5}"
    ];
    let headers = prop::collection::vec("([A-Za-z-]{1,8}|[!-~]{1,4}): ?[ -~\u{e9}\t]{0,12}", 0..4);
    let body = prop_oneof![
        Just((String::new(), Vec::new(), Vec::new())),
        prop::collection::vec(any::<u8>(), 0..40).prop_map(|body| (
            format!("content-length: {}\r\n", body.len()),
            body.clone(),
            body
        )),
        (prop::collection::vec(prop::collection::vec(any::<u8>(), 1..20), 0..4), "(;[ -~]{0,6})?", any::<bool>())
            .prop_map(|(chunks, extension, trailer)| {
                let mut wire = Vec::new();
                for chunk in &chunks {
                    wire.extend_from_slice(format!("{:X}{extension}\r\n", chunk.len()).as_bytes());
                    wire.extend_from_slice(chunk);
                    wire.extend_from_slice(b"\r\n");
                }
                wire.extend_from_slice(if trailer { b"0\r\nx: y\r\n\r\n" } else { b"0\r\n\r\n" });
                ("Transfer-Encoding: chunked\r\n".to_owned(), wire, chunks.concat())
            }),
    ];
    (method, target, headers, body).prop_map(|(method, target, headers, (framing, wire, body))| {
        let headers: String = headers.iter().map(|header| format!("{header}\r\n")).collect();
        let mut text = format!("{method} {target} HTTP/1.1\r\nhost: e\r\n{headers}{framing}\r\n").into_bytes();
        text.extend_from_slice(&wire);
        (format!("{method} {target}"), text, body)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn what_passes_is_read_the_same_by_hyper(requests in prop::collection::vec(request(), 1..4), cuts in prop::collection::vec(0..400usize, 0..8)) {
        let text: Vec<u8> = requests.iter().flat_map(|(_, text, _)| text.clone()).collect();
        let mut cuts = cuts;
        cuts.sort_unstable();
        let whole = read_in_pieces(&text, &[]);
        prop_assert_eq!(&read_in_pieces(&text, &cuts), &whole, "however it is cut");
        let (delivered, fault, heads) = whole;
        // What closes the connection or leaves HTTP would hide what follows from hyper.
        let lower = String::from_utf8_lossy(&delivered).to_ascii_lowercase();
        prop_assume!(!lower.contains("connection") && !lower.contains("upgrade") && !lower.contains("expect"));
        let (seen, failed) = hyper_reads(&delivered);
        prop_assert!(!failed, "hyper refuses what passed: {}", String::from_utf8_lossy(&delivered));
        prop_assert_eq!(seen.len() as u64, heads);
        for ((line, body), (_, _, sent)) in seen.iter().zip(&requests) {
            prop_assert_eq!(body, sent, "{}", line);
        }
        if fault.is_none() {
            prop_assert_eq!(seen.len(), requests.len());
        }
    }

    #[test]
    fn one_changed_byte_never_makes_two_readings(requests in prop::collection::vec(request(), 1..3), at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut text: Vec<u8> = requests.iter().flat_map(|(_, text, _)| text.clone()).collect();
        *at.get_mut(&mut text) = byte;
        let (delivered, fault, heads) = read_in_pieces(&text, &[]);
        let lower = String::from_utf8_lossy(&delivered).to_ascii_lowercase();
        prop_assume!(!lower.contains("connection") && !lower.contains("upgrade") && !lower.contains("expect"));
        prop_assume!(!lower.contains("http/1.0"));
        let (seen, failed) = hyper_reads(&delivered);
        // A body that was cut off, by a fault or by the end, is an error to hyper too.
        let cut_off = fault.is_some() || delivered.len() < text.len() || seen.len() as u64 + 1 == heads;
        prop_assert!(!failed || cut_off, "{}", String::from_utf8_lossy(&delivered));
        prop_assert!(seen.len() as u64 == heads || (cut_off && seen.len() as u64 + 1 == heads), "{} {heads}", seen.len());
    }

    #[test]
    fn nothing_makes_it_panic_or_depend_on_the_cuts(text in prop::collection::vec(prop_oneof![any::<u8>(), Just(b'\r'), Just(b'\n'), Just(b':'), Just(b' ')], 0..200), cuts in prop::collection::vec(0..200usize, 0..8)) {
        let mut cuts = cuts;
        cuts.sort_unstable();
        let (delivered, fault, heads) = read_in_pieces(&text, &cuts);
        prop_assert!(delivered.len() <= text.len());
        let whole = read_in_pieces(&text, &[]);
        prop_assert_eq!((whole.0, whole.1.is_some(), whole.2), (delivered, fault.is_some(), heads));
    }
}

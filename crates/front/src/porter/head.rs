//! Plain requests, read out of heads that the guarded socket has found whole and good (see [`crate::http1`]).

use bytes::{Buf as _, Bytes, BytesMut};
use http::header::{self, HeaderName, HeaderValue};
use http::{HeaderMap, Method, Request, Uri, Version};

/// How long the head at the beginning of `read` is, with its empty line; empty lines before it are thrown away.
pub(super) fn length(read: &mut BytesMut) -> Option<usize> {
    while read.starts_with(b"\r\n") {
        read.advance(2);
    }
    memchr::memmem::find(read, b"\r\n\r\n").map(|at| at + 4)
}

/// The request of a whole head, where the porter may answer it: GET or HEAD of a path over HTTP/1.1, without a body and
/// without a wish that only hyper can fulfil. `spare` is taken for its headers.
pub(super) fn read(head: &Bytes, spare: &mut HeaderMap) -> Option<Request<()>> {
    let line_end = memchr::memchr(b'\r', head)?;
    let mut line = head.get(..line_end)?.split(|byte| *byte == b' ');
    let (method, target, version) = (line.next()?, line.next()?, line.next()?);
    let method = match method {
        b"GET" => Method::GET,
        b"HEAD" => Method::HEAD,
        _ => return None,
    };
    if version != b"HTTP/1.1" || target.first() != Some(&b'/') {
        return None;
    }
    let uri = Uri::from_maybe_shared(head.slice_ref(target)).ok()?;
    let mut headers = std::mem::take(spare);
    if read_headers(head, line_end + 2, &mut headers).is_none() {
        *spare = headers;
        spare.clear();
        return None;
    }
    let mut request = Request::new(());
    *request.method_mut() = method;
    *request.uri_mut() = uri;
    *request.version_mut() = Version::HTTP_11;
    *request.headers_mut() = headers;
    Some(request)
}

fn read_headers(head: &Bytes, begin: usize, headers: &mut HeaderMap) -> Option<()> {
    let mut at = begin;
    loop {
        let rest = head.get(at..)?;
        let end = memchr::memchr(b'\r', rest)?;
        let line = rest.get(..end).filter(|line| !line.is_empty());
        let Some(line) = line else { return Some(()) };
        let colon = memchr::memchr(b':', line)?;
        let name = HeaderName::from_bytes(line.get(..colon)?).ok()?;
        if matches!(name, header::CONTENT_LENGTH | header::TRANSFER_ENCODING | header::UPGRADE | header::EXPECT) {
            return None;
        }
        let value = line.get(colon + 1..)?.trim_ascii();
        headers.append(name, HeaderValue::from_maybe_shared(head.slice_ref(value)).ok()?);
        at += end + 2;
    }
}

/// Whether the client wants the connection to end with the answer.
pub(super) fn closes(request: &Request<()>) -> bool {
    let lines = request.headers().get_all(header::CONNECTION).iter();
    let mut options = lines.flat_map(|line| line.as_bytes().split(|byte| *byte == b','));
    options.any(|option| option.trim_ascii().eq_ignore_ascii_case(b"close"))
}

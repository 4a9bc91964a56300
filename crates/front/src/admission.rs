//! What is looked at in each request before anybody else sees it: its framing over HTTP/2, whether the connection may
//! stay, and how many more requests it may bring.

use crate::Refusal;
use crate::connection::{Client, Protocol};
use crate::limits as l;
use crate::request::RequestContext;
use http::header::{CONNECTION, HOST};
use http::{HeaderMap, HeaderValue, Method, Request, Response};
use preau_base::ClientFacts;
use preau_gate::Sign;

/// What [`http::HeaderMap`] and HPACK's table add to each line (RFC 9113 §6.5.2).
const LINE_OVERHEAD_BYTES: usize = 32;

/// Whether a request may go on, the `number`th of its connection.
pub(crate) fn check<B>(
    context: &RequestContext,
    number: u64,
    request: &Request<B>,
    facts: &ClientFacts,
) -> Result<(), Refusal> {
    if context.state.protocol() == Protocol::Http2
        && let Some((sign, refusal)) = http2_fault(request, context.shared.limits.header_bytes_max)
    {
        Client { signs: context.shared.hooks.signs.clone(), address: Some(facts.address) }.tell(sign);
        return Err(refusal);
    }
    if number == 1 || context.state.on_probation() {
        first_look(context, request.headers())?;
    }
    Ok(())
}

/// Notes a pass on the connection's first request, and ends a connection that may stay only with one.
fn first_look(context: &RequestContext, headers: &HeaderMap) -> Result<(), Refusal> {
    if let Some(bearer) = (context.shared.hooks.bearer)(headers) {
        if let Some(address) = context.state.client().address {
            context.shared.guards.showed_pass(address, bearer, context.state.account());
        }
        context.state.showed_pass();
        return Ok(());
    }
    if context.state.on_probation() {
        // The place is lost, and no word said about whoever asked.
        context.state.client().tell(Sign::ConnectionRefused);
        context.state.end_soon();
        return Err(Refusal::Crowded);
    }
    Ok(())
}

/// Whether no answer is to follow that to the `number`th request; the connection ends with it then.
pub(crate) fn is_last(context: &RequestContext, number: u64) -> bool {
    let limits = &context.shared.limits;
    let max = if context.state.has_pass() { limits.requests_with_pass_max } else { limits.requests_max };
    if number >= max {
        context.state.end_soon();
    }
    context.state.ends()
}

/// Tells the client with this answer, if it is the connection's last, that there will be no further one.
pub(crate) fn close_after<B>(context: &RequestContext, number: u64, response: &mut Response<B>) {
    if is_last(context, number) && context.state.protocol() == Protocol::Http1 {
        response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    }
}

/// What HTTP/1 heads are checked for before they are read and h2 lets pass.
fn http2_fault<B>(request: &Request<B>, header_bytes_max: usize) -> Option<(Sign, Refusal)> {
    let mut hosts = request.headers().get_all(HOST).iter();
    let (host, second) = (hosts.next(), hosts.next());
    let authority = request.uri().authority().map(http::uri::Authority::as_str);
    let other = match (authority, host) {
        (Some(authority), Some(host)) => !host.as_bytes().eq_ignore_ascii_case(authority.as_bytes()),
        _ => false,
    };
    if second.is_some() || other {
        return Some((Sign::Smuggling, Refusal::BadRequest));
    }
    let nameless = authority.is_none() && host.is_none();
    let named = authority.is_some_and(|authority| authority.contains('@'));
    let asterisk = request.uri().path() == "*" && *request.method() != Method::OPTIONS;
    if nameless || named || asterisk || *request.method() == Method::CONNECT {
        return Some((Sign::BadRequest, Refusal::BadRequest));
    }
    let long = request.method().as_str().len() > l::METHOD_BYTES_MAX;
    if long || header_list_bytes(request) > header_bytes_max || request.headers().len() > l::HEADERS_MAX {
        return Some((Sign::HeaderTooLarge, Refusal::HeaderTooLarge));
    }
    None
}

/// The size of a header list as HTTP/2 counts it, after decoding: what small frames can grow to.
fn header_list_bytes<B>(request: &Request<B>) -> usize {
    let target = request.uri().path_and_query().map_or(0, |target| target.as_str().len());
    let lines = request.headers().iter().map(|(name, value)| name.as_str().len() + value.len() + LINE_OVERHEAD_BYTES);
    target + lines.sum::<usize>()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(method: &str, uri: &str, headers: &[(&'static str, &str)], expect: Option<Sign>) {
        let mut request = Request::builder().method(method).uri(uri).body(()).unwrap();
        for (name, value) in headers {
            request.headers_mut().append(*name, HeaderValue::from_str(value).unwrap());
        }
        assert_eq!(http2_fault(&request, 500).map(|(sign, _)| sign), expect, "{method} {uri} {headers:?}");
    }

    #[test]
    fn one_host_and_no_tunnel() {
        check("GET", "https://e/", &[], None);
        check("GET", "https://e/", &[("host", "E")], None);
        check("GET", "/", &[("host", "e")], None);
        check("OPTIONS", "*", &[("host", "e")], None);
        check("GET", "https://e/", &[("host", "f")], Some(Sign::Smuggling));
        check("GET", "https://e/", &[("host", "e"), ("host", "e")], Some(Sign::Smuggling));
        check("GET", "/", &[], Some(Sign::BadRequest));
        check("GET", "https://a@e/", &[], Some(Sign::BadRequest));
        check("CONNECT", "e:443", &[], Some(Sign::BadRequest));
        check("GET", "*", &[("host", "e")], Some(Sign::BadRequest));
        check("AMETHODTHATNEVERCOMESTOANEND", "https://e/", &[], Some(Sign::HeaderTooLarge));
    }

    #[test]
    fn decoded_headers_count() {
        check("GET", "https://e/", &[("a", &"b".repeat(400))], None);
        check("GET", "https://e/", &[("a", &"b".repeat(500))], Some(Sign::HeaderTooLarge));
        check("GET", "https://e/", &[("a", "b"); 20], Some(Sign::HeaderTooLarge));
    }
}

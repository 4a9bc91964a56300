use super::*;
use http::{Method, Request, Response};
use proptest::prelude::*;

fn client(secure: bool) -> ClientFacts {
    let address = "192.0.2.7".parse().unwrap();
    ClientFacts { peer: "127.0.0.1:5".parse().unwrap(), address, secure, prefix: preau_base::Cidr::of_client(address) }
}

fn policy(keep_host: bool) -> Policy {
    Policy {
        upstream: "inside.example:8081".parse().unwrap(),
        keep_host,
        signed_in_header: Some(HeaderName::from_static("x-preau-signed-in")),
    }
}

fn sent(target: &str, lines: &[(&str, &str)], keep_host: bool) -> request::Parts {
    let mut request = Request::builder().method(Method::GET).uri(target);
    for (name, value) in lines {
        request = request.header(*name, *value);
    }
    let (mut parts, ()) = request.body(()).unwrap().into_parts();
    let host = host_asked_for(&parts.uri, &parts.headers).unwrap();
    to_upstream(&mut parts, &host, &client(true), &policy(keep_host));
    parts
}

#[test]
fn the_application_gets_the_truth_and_nothing_of_the_connection() {
    let lines = [
        ("host", "ecole.example"),
        ("connection", "close, x-hop"),
        ("x-hop", "1"),
        ("x-forwarded-for", "6.6.6.6"),
        ("x_forwarded_for", "6.6.6.6"),
        ("x-forwarded-prefix", "/admin"),
        ("client-ip", "6.6.6.6"),
        ("forwarded", "for=6.6.6.6"),
        ("proxy", "http://evil.example"),
        ("x-preau-signed-in", "1"),
        ("x-preau-level", "5"),
        ("expect", "100-continue"),
        ("content-length", "5"),
        ("cookie", "a=1; preau_gate=x"),
        ("accept", "text/html"),
    ];
    let parts = sent("/a/b?c=d", &lines, true);
    let mut left: Vec<(&str, &str)> =
        parts.headers.iter().map(|(name, value)| (name.as_str(), value.to_str().unwrap())).collect();
    left.sort_unstable();
    assert_eq!(
        left,
        [
            ("accept", "text/html"),
            ("cookie", "a=1"),
            ("host", "ecole.example"),
            ("x-forwarded-for", "192.0.2.7"),
            ("x-forwarded-host", "ecole.example"),
            ("x-forwarded-proto", "https"),
            ("x-preau-level", "0"),
        ]
    );
    assert_eq!(parts.uri, "/a/b?c=d");
    let parts = sent("http://other.example/x", &[("host", "ecole.example")], false);
    assert_eq!(parts.headers["host"], "inside.example:8081");
    assert_eq!(parts.headers["x-forwarded-host"], "other.example", "the target goes before Host");
    assert_eq!(parts.uri, "/x");
}

#[test]
fn a_request_has_one_host() {
    let check = |target: &str, hosts: &[&str], expect: Option<&str>| {
        let mut headers = HeaderMap::new();
        hosts.iter().for_each(|host| _ = headers.append(HOST, HeaderValue::from_str(host).unwrap()));
        let host = host_asked_for(&target.parse().unwrap(), &headers).ok();
        assert_eq!(host.as_ref().map(Authority::as_str), expect, "{target} {hosts:?}");
    };
    check("/", &["ecole.example:8080"], Some("ecole.example:8080"));
    check("/", &[], None);
    check("/", &["a.example", "a.example"], None);
    check("/", &["a b"], None);
    check("/", &["user@a.example"], None);
    check("http://user@a.example/", &["a.example"], None);
}

#[test]
fn a_websocket_is_opened_by_the_site_itself() {
    let host: Authority = "ecole.example:8443".parse().unwrap();
    let check = |origins: &[&str], expect: bool| {
        let mut headers = HeaderMap::new();
        origins.iter().for_each(|it| _ = headers.append(ORIGIN, HeaderValue::from_str(it).unwrap()));
        assert_eq!(comes_from(&headers, &host, true), expect, "{origins:?}");
    };
    check(&["https://ecole.example:8443"], true);
    check(&["https://Ecole.example:8443"], true);
    check(&["http://ecole.example:8443"], false);
    check(&["https://ecole.example"], false);
    check(&["https://evil.example"], false);
    check(&["null"], false);
    check(&[], false);
    check(&["https://ecole.example:8443", "https://evil.example"], false);
}

fn answered(lines: &[(&str, &str)], keep_host: bool) -> HeaderMap {
    let mut response = Response::builder().status(302);
    for (name, value) in lines {
        response = response.header(*name, *value);
    }
    let (mut parts, ()) = response.body(()).unwrap().into_parts();
    let asked: Authority = "ecole.example".parse().unwrap();
    from_upstream(&mut parts, &asked, &client(true), &policy(keep_host));
    parts.headers
}

#[test]
fn the_browser_gets_nothing_of_the_inner_connection() {
    let lines = [
        ("connection", "keep-alive, x-hop"),
        ("x-hop", "1"),
        ("keep-alive", "timeout=5"),
        ("alt-svc", "h3=\":443\""),
        ("x-app", "2"),
    ];
    assert_eq!(answered(&lines, true), HeaderMap::from_iter([("x-app".parse().unwrap(), "2".parse().unwrap())]));
    let both = answered(&[("transfer-encoding", "chunked"), ("content-length", "5"), ("trailer", "x-sum")], true);
    assert_eq!(both, HeaderMap::from_iter([(TRAILER, "x-sum".parse().unwrap())]));
}

#[test]
fn redirects_lead_to_where_the_browser_asked() {
    let check = |location: &str, keep_host, expect: &str| {
        assert_eq!(answered(&[("location", location)], keep_host)["location"], expect);
    };
    check("http://inside.example:8081/my/?a=b", false, "https://ecole.example/my/?a=b");
    check("http://inside.example:8081", false, "https://ecole.example");
    check("http://inside.example:80812/", false, "http://inside.example:80812/");
    check("https://cas.example/login", false, "https://cas.example/login");
    check("/my/", false, "/my/");
    check("http://inside.example:8081/my/", true, "http://inside.example:8081/my/");
}

proptest! {
    #[test]
    fn nothing_that_a_client_says_of_itself_gets_through(
        name in "(X|x)[-_](F|f)orwarded[-_](For|For-Real|Host|Proto|Port|Ssl)|X-Preau-(Signed-In|Level)|X_Preau_Level|Client-IP|X_Real_IP",
        value in "[!-~]{1,30}",
    ) {
        let parts = sent("/", &[("host", "ecole.example"), (&name, &value)], true);
        prop_assert_eq!(parts.headers.len(), 5);
        prop_assert_eq!(&parts.headers["x-preau-level"], "0");
        prop_assert_eq!(&parts.headers["x-forwarded-for"], "192.0.2.7");
        prop_assert_eq!(&parts.headers["x-forwarded-host"], "ecole.example");
    }
}

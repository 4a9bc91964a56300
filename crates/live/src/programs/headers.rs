//! What a program's headers say.

use axum::http::{HeaderMap, header};

pub const SDP: &str = "application/sdp";

/// The bearer token (RFC 6750 §2.1). `None`: there is none, or more than one.
pub fn bearer(headers: &HeaderMap) -> Option<&str> {
    let mut all = headers.get_all(header::AUTHORIZATION).iter();
    let (value, None) = (all.next()?, all.next()) else { return None };
    let (scheme, token) = value.to_str().ok()?.trim().split_once(' ')?;
    let token = token.trim_start();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}

/// Whether the body is an SDP. Parameters of the type are of no account.
pub fn is_sdp(headers: &HeaderMap) -> bool {
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    value.and_then(|value| value.split(';').next()).is_some_and(|kind| kind.trim().eq_ignore_ascii_case(SDP))
}

/// Whether an SDP may be answered (RFC 9110 §12.5.1): who says nothing takes everything. The most specific range counts.
pub fn takes_sdp(headers: &HeaderMap) -> bool {
    let mut is_said = false;
    let mut best: Option<(u8, bool)> = None;
    for value in headers.get_all(header::ACCEPT) {
        is_said = true;
        let Ok(value) = value.to_str() else { continue };
        for range in value.split(',') {
            let mut parts = range.split(';').map(str::trim);
            let kind = parts.next().unwrap_or_default().to_ascii_lowercase();
            let precision = match kind.as_str() {
                SDP => 3,
                "application/*" => 2,
                "*/*" => 1,
                _ => continue,
            };
            let quality = parts.find_map(|part| part.strip_prefix("q=").or(part.strip_prefix("Q=")));
            let is_wanted = quality.is_none_or(|quality| quality.trim().parse::<f32>().is_ok_and(|q| q > 0.0));
            if best.is_none_or(|(known, _)| precision > known) {
                best = Some((precision, is_wanted));
            }
        }
    }
    best.map_or(!is_said, |(_, is_wanted)| is_wanted)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::{HeaderName, HeaderValue};
    use proptest::prelude::*;

    fn with(name: HeaderName, values: &[&str]) -> HeaderMap {
        values.iter().map(|value| (name.clone(), HeaderValue::from_str(value).expect("a header"))).collect()
    }

    #[test]
    fn reads_one_bearer_token() {
        let check = |values: &[&str], expect| assert_eq!(bearer(&with(header::AUTHORIZATION, values)), expect);
        check(&["Bearer abc"], Some("abc"));
        check(&["bearer   abc "], Some("abc"));
        check(&["Bearer "], None);
        check(&["Bearer"], None);
        check(&["Basic abc"], None);
        check(&["Bearer a", "Bearer b"], None);
        check(&[], None);
    }

    #[test]
    fn knows_an_sdp_by_its_type() {
        let check = |value: &str, expect| assert_eq!(is_sdp(&with(header::CONTENT_TYPE, &[value])), expect, "{value}");
        check("application/sdp", true);
        check("Application/SDP; charset=utf-8", true);
        check("application/sdpx", false);
        check("text/plain", false);
        check("", false);
        assert!(!is_sdp(&HeaderMap::new()));
    }

    #[test]
    fn gives_an_sdp_to_those_who_take_one() {
        let check =
            |values: &[&str], expect| assert_eq!(takes_sdp(&with(header::ACCEPT, values)), expect, "{values:?}");
        check(&[], true);
        check(&["application/sdp"], true);
        check(&["*/*"], true);
        check(&["text/html, application/*;q=0.2"], true);
        check(&["text/html"], false);
        check(&["text/html", "application/sdp"], true);
        check(&["application/sdp;q=0, */*"], false);
        check(&["application/sdp; q=0.0"], false);
        check(&["application/sdp;q=high"], false);
    }

    proptest! {
        #[test]
        fn any_values_are_read_without_panic(value in proptest::collection::vec(32_u8..=255, 0..80)) {
            let Ok(value) = HeaderValue::from_bytes(&value) else { return Ok(()) };
            let headers: HeaderMap =
                [header::AUTHORIZATION, header::CONTENT_TYPE, header::ACCEPT].map(|name| (name, value.clone())).into_iter().collect();
            let _ = (bearer(&headers), is_sdp(&headers), takes_sdp(&headers));
        }

        #[test]
        fn a_token_comes_out_as_it_went_in(token in "[A-Za-z0-9_~+/.=-]{1,200}", scheme in "[Bb][Ee][Aa][Rr][Ee][Rr]") {
            let headers = with(header::AUTHORIZATION, &[&format!("{scheme} {token}")]);
            prop_assert_eq!(bearer(&headers), Some(token.as_str()));
        }
    }
}

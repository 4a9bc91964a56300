//! What a person sees in an answer.

use crate::limits::{FILES_PER_PAGE_MAX, WAIT_HINT_S_MAX};
use crate::wire;
use http::{HeaderMap, StatusCode, header};
use std::time::Duration;

/// A page shorter than this says nothing.
const WORDS_BYTES_MIN: usize = 60;

/// What stands on the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Seen {
    /// A page of the site.
    Page,
    SignIn,
    /// The waiting page; it comes again by itself after this time.
    Waiting {
        again: Duration,
    },
    /// A page that says in words that it does not work now; with a time to come again, where it says one.
    Refusal {
        again: Option<Duration>,
    },
    /// A page that says in words that the lesson is not open to this person, or not now.
    Shut,
    /// Sent on to another page of the site.
    Elsewhere,
    /// Nothing, or a page that was not finished.
    Blank,
    /// A status and no words that anybody understands.
    Bare,
}

pub(crate) fn see(answer: &wire::Heard) -> Seen {
    let text = String::from_utf8_lossy(&answer.body);
    if answer.status.is_redirection() {
        let to = answer.headers.get(header::LOCATION).and_then(|to| to.to_str().ok()).unwrap_or_default();
        return match to {
            "" => Seen::Blank,
            to if to.starts_with("/sign-in") => Seen::SignIn,
            // Redirects to other hosts are not followed, and ours makes none.
            to if to.starts_with('/') && !to.starts_with("//") => Seen::Elsewhere,
            _ => Seen::Bare,
        };
    }
    if text.trim().is_empty() {
        return Seen::Blank;
    }
    let is_html = header_text(&answer.headers, header::CONTENT_TYPE).starts_with("text/html");
    if !is_html || words(&text) < WORDS_BYTES_MIN || !text.contains("<title>") {
        return Seen::Bare;
    }
    if !text.trim_end().ends_with("</html>") {
        return Seen::Blank;
    }
    let refresh = refresh(&answer.headers);
    let again = retry_after(&answer.headers).or(refresh);
    match answer.status {
        // Too much was asked for from there: a refusal in words, even if it comes again by itself.
        StatusCode::TOO_MANY_REQUESTS => Seen::Refusal { again },
        StatusCode::UNAUTHORIZED => Seen::SignIn,
        _ if refresh.is_some() => Seen::Waiting { again: refresh.unwrap_or_default() },
        StatusCode::FORBIDDEN | StatusCode::NOT_FOUND | StatusCode::GONE | StatusCode::CONFLICT => Seen::Shut,
        status if status.is_client_error() || status.is_server_error() => Seen::Refusal { again },
        _ if text.contains("action=\"/sign-in\"") => Seen::SignIn,
        _ => Seen::Page,
    }
}

/// The first words of a page, to be told as an example.
pub(crate) fn gist(html: &str) -> String {
    const CHARS_MAX: usize = 160;
    let body = html.split_once("<main").or_else(|| html.split_once("<body")).map_or(html, |(_, body)| body);
    let mut inside = true;
    let mut gist = String::new();
    for letter in body.chars() {
        match letter {
            '<' => inside = true,
            '>' if inside => {
                inside = false;
                gist.push(' ');
            }
            _ if !inside => gist.push(letter),
            _ => {}
        }
    }
    let words: Vec<&str> = gist.split_whitespace().collect();
    words.join(" ").chars().take(CHARS_MAX).collect()
}

/// Bytes of text outside tags.
fn words(html: &str) -> usize {
    let body = html.split_once("<body").map_or(html, |(_, body)| body);
    let mut inside = false;
    let is_word = |byte: &u8| {
        match byte {
            b'<' => inside = true,
            b'>' => inside = false,
            _ => return !inside && !byte.is_ascii_whitespace(),
        }
        false
    };
    body.bytes().filter(is_word).count()
}

fn header_text(headers: &HeaderMap, name: header::HeaderName) -> &str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// `Refresh: 12` or `12; url=/`, as browsers read it.
fn refresh(headers: &HeaderMap) -> Option<Duration> {
    let text = header_text(headers, header::REFRESH);
    let digits: String = text.trim_start().chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok().map(|seconds: u64| Duration::from_secs(seconds.clamp(1, WAIT_HINT_S_MAX)))
}

pub(crate) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds = header_text(headers, header::RETRY_AFTER).trim().parse::<u64>().ok()?;
    Some(Duration::from_secs(seconds.clamp(1, WAIT_HINT_S_MAX)))
}

/// A field of a form that was sent (WHATWG URL §5.1).
pub(crate) fn field(sent: &str, name: &str) -> Option<String> {
    let (_, value) = sent.split('&').filter_map(|pair| pair.split_once('=')).find(|(key, _)| *key == name)?;
    let mut bytes = value.bytes();
    let mut plain = Vec::new();
    while let Some(byte) = bytes.next() {
        plain.push(match byte {
            b'+' => b' ',
            b'%' => {
                let digits = [bytes.next()?, bytes.next()?];
                u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?
            }
            other => other,
        });
    }
    String::from_utf8(plain).ok()
}

/// The form token of a page.
pub(crate) fn csrf(html: &str) -> Option<String> {
    attribute_after(html, "name=\"csrf\"", "value=\"").map(str::to_owned)
}

/// The first lesson that the page leads into.
pub(crate) fn lesson(html: &str) -> Option<String> {
    attribute_after(html, "", "href=\"/lessons/").map(|id| format!("/lessons/{id}"))
}

/// The files of ours that the page brings with it: styles, scripts, pictures.
pub(crate) fn files(html: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for mark in ["<link ", "<script ", "<img "] {
        for tag in html.split(mark).skip(1) {
            let tag = tag.split('>').next().unwrap_or_default();
            let path = ["href=\"", "src=\""].iter().find_map(|name| attribute_after(tag, "", name));
            let Some(path) = path.filter(|path| path.starts_with('/') && !path.starts_with("//")) else { continue };
            if found.len() < FILES_PER_PAGE_MAX && !found.iter().any(|known| known == path) {
                found.push(path.to_owned());
            }
        }
    }
    found
}

fn attribute_after<'a>(html: &'a str, mark: &str, name: &str) -> Option<&'a str> {
    let (_, rest) = html.split_once(mark)?;
    let (_, rest) = rest.split_once(name)?;
    rest.split_once('"').map(|(value, _)| value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;
    use http::HeaderValue;
    use proptest::prelude::*;

    const WORDS: &str = "Vous avez une place dans la file ; elle vous attend même si vous fermez cet onglet un moment.";

    fn check(status: u16, headers: &[(&'static str, &'static str)], body: &str, expect: Seen) {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, HeaderValue::from_static(value));
        }
        let body = Bytes::from(body.to_owned());
        let answer = wire::Heard { status: StatusCode::from_u16(status).unwrap(), headers: map, body };
        assert_eq!(see(&answer), expect, "{answer:?}");
    }

    #[test]
    fn tells_pages_from_blanks_and_bare_errors() {
        let html = ("content-type", "text/html; charset=utf-8");
        let page = format!("<!doctype html><html><title>T</title><body><p>{WORDS}</p></html>\n");
        check(200, &[html], &page, Seen::Page);
        check(200, &[html], &page.replace("<p>", "<form action=\"/sign-in\"><p>"), Seen::SignIn);
        check(200, &[html, ("refresh", "12")], &page, Seen::Waiting { again: Duration::from_secs(12) });
        check(503, &[html, ("refresh", "5; url=/")], &page, Seen::Waiting { again: Duration::from_secs(5) });
        check(429, &[html, ("refresh", "7")], &page, Seen::Refusal { again: Some(Duration::from_secs(7)) });
        check(401, &[html], &page, Seen::SignIn);
        check(503, &[html, ("retry-after", "10")], &page, Seen::Refusal { again: Some(Duration::from_secs(10)) });
        check(403, &[html], &page, Seen::Shut);
        check(500, &[html], &page, Seen::Refusal { again: None });
        check(303, &[("location", "/sign-in?next=/week")], "", Seen::SignIn);
        check(303, &[("location", "/")], "", Seen::Elsewhere);
        check(302, &[("location", "https://elsewhere.example/")], "", Seen::Bare);
        check(200, &[html], "", Seen::Blank);
        check(200, &[html], &page.replace("</html>", ""), Seen::Blank);
        check(502, &[html], "<html><title>502 Bad Gateway</title><body><h1>502 Bad Gateway</h1></html>", Seen::Bare);
        check(503, &[("content-type", "text/plain")], "Service Unavailable", Seen::Bare);
    }

    #[test]
    fn reads_what_a_browser_would_follow() {
        let html = "<head><link rel=\"stylesheet\" href=\"/static/v/app.css\"><script type=\"module\" src=\"/static/v/m.js\">\
                    </script><link href=\"//elsewhere.example/x.css\"></head><a class=\"button\" href=\"/lessons/0197-a\">x</a>\
                    <input type=\"hidden\" name=\"csrf\" value=\"token\">";
        assert_eq!(files(html), ["/static/v/app.css", "/static/v/m.js"]);
        assert_eq!(lesson(html).as_deref(), Some("/lessons/0197-a"));
        assert_eq!(csrf(html).as_deref(), Some("token"));
        assert_eq!((csrf("<p>"), lesson("<p>")), (None, None));
        assert_eq!(gist("<body><main id=\"x\"><h1>Un  moment</h1><p>On revient.</p></main>"), "Un moment On revient.");
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in ".{0,200}") {
            let _ = (files(&text), lesson(&text), csrf(&text), words(&text), gist(&text), field(&text, "a"));
        }

        #[test]
        fn a_form_reads_back(name in "[a-z]{1,8}", value in ".{0,40}") {
            let sent = crate::people::form(&[("first", "x"), (&name, &value)]);
            let expected = if name == "first" { "x".to_owned() } else { value };
            prop_assert_eq!(field(&sent, &name), Some(expected));
        }
    }
}

//! What is written of a request: enough to tell one kind of client from another, nothing that names a person or opens a
//! door. Paths hold ids and one-time tokens; only words stay.

use crate::limits as l;

/// `/activate/Xk3…/form` becomes `/activate/*/form`.
pub fn path(path: &str) -> String {
    let mut out = String::new();
    for (at, segment) in path.split('/').skip(1).enumerate() {
        if at == l::RECORD_PATH_SEGMENTS_MAX {
            out.push_str("/…");
            break;
        }
        out.push('/');
        out.push_str(if is_word(segment) { segment } else { "*" });
    }
    if out.is_empty() { "*".to_owned() } else { out }
}

fn is_word(segment: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_lowercase() || matches!(c, '-' | '_' | '.');
    segment.len() <= l::RECORD_WORD_CHARS_MAX && segment.chars().all(is_plain)
}

pub fn method(method: &str) -> String {
    let is_known = method.len() <= 10 && method.chars().all(|c| c.is_ascii_uppercase());
    if is_known { method } else { "*" }.to_owned()
}

/// The beginning of an agent, printable characters only.
pub fn agent(agent: &str) -> String {
    agent.chars().filter(|c| !c.is_control()).take(l::RECORD_AGENT_CHARS_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(given: &str, expect: &str) {
        assert_eq!(path(given), expect, "{given}");
    }

    #[test]
    fn words_stay_and_everything_else_goes() {
        check("/", "/");
        check("/lessons/0190f0c2-8f7e-7bbd-b0a5-5a0e3a1ff001/token", "/lessons/*/token");
        check("/activate/SECRETCODE", "/activate/*");
        check("/activate/thisisalinktokenofsecretletters", "/activate/*");
        check("/calendars/Zm9vYmFyYmF6cXV4LXF1dXV4AAAAAAAA/preau.ics", "/calendars/*/preau.ics");
        check("/static/site.css", "/static/site.css");
        check("/a/b/c/d/e/f/g", "/a/b/c/d/e/f/…");
        check("/%2e%2e/etc", "/*/etc");
        check("*", "*");
        check("", "*");
    }

    proptest! {
        #[test]
        fn whatever_comes_stays_short_and_printable(text in "\\PC{0,300}", agent_text in ".{0,300}") {
            prop_assert!(path(&text).chars().count() <= 200);
            let agent = agent(&agent_text);
            prop_assert!(agent.chars().count() <= l::RECORD_AGENT_CHARS_MAX && !agent.contains(char::is_control));
        }
    }
}

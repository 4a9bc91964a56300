use super::*;
use CookieFate::{Changed, Deleted, Untouched};
use proptest::prelude::*;

fn asked(target: &str) -> Uri {
    target.parse().unwrap()
}

fn answered(
    rule: &str,
    asked_for: (&str, &str),
    status: u16,
    location: Option<&str>,
    cookie: CookieFate,
) -> Option<Result<(), Miss>> {
    let rule: SignInRule = rule.parse().unwrap();
    let method = Method::from_bytes(asked_for.0.as_bytes()).unwrap();
    let uri = asked(asked_for.1);
    let status = StatusCode::from_u16(status).unwrap();
    rule.is_about(&method, &uri).then(|| rule.succeeded(&uri, status, location, cookie))
}

#[test]
fn moodle_s_answers_are_told_apart() {
    let rule = "POST /login/index.php -> 302|303 to */login/index.php?testsession=* not *?testsession=1";
    let post = ("POST", "/login/index.php");
    let check = |asked_for, status, location, cookie, expect| {
        assert_eq!(answered(rule, asked_for, status, location, cookie), expect, "{asked_for:?} {status} {location:?}");
    };
    let success = Some("https://moodle.example/login/index.php?testsession=42");
    check(post, 303, success, Changed, Some(Ok(())));
    check(post, 303, success, Untouched, Some(Err(Miss::Cookie)));
    check(post, 303, success, Deleted, Some(Err(Miss::Cookie)));
    check(post, 303, Some("https://moodle.example/login/index.php"), Changed, Some(Err(Miss::Location)));
    check(
        post,
        303,
        Some("https://moodle.example/login/index.php?loginredirect=1"),
        Changed,
        Some(Err(Miss::Location)),
    );
    check(post, 303, Some("/login/index.php?testsession=1"), Changed, Some(Err(Miss::Location)));
    check(post, 303, None, Changed, Some(Err(Miss::Location)));
    check(post, 200, None, Changed, Some(Err(Miss::Status)));
    check(("GET", "/login/index.php"), 303, success, Changed, None);
    check(("POST", "/mod/url/view.php/login/index.php"), 303, success, Changed, None);
    check(("POST", "/login/index.php?x=1"), 303, success, Changed, Some(Ok(())));
}

#[test]
fn a_ticket_succeeds_where_the_answer_leads_to_the_same_page_without_it() {
    let rule = "ANY *?*ticket=ST-* -> 302|303 to self not *ticket=* not *service=*";
    let get = ("GET", "/portail/cours?id=3&ticket=ST-1-abc-cas");
    let check = |asked_for, location, expect| {
        assert_eq!(answered(rule, asked_for, 302, Some(location), Changed), expect, "{location}");
    };
    check(get, "https://ent.example/portail/cours?id=3", Some(Ok(())));
    check(get, "/portail/cours;jsessionid=0A1B?id=3", Some(Ok(())));
    check(get, "/portail/accueil", Some(Err(Miss::Location)));
    check(get, "//evil.example/portail/cours", Some(Err(Miss::Location)));
    check(get, "https://ent.example/portail/cours?id=3&ticket=ST-1-abc-cas", Some(Err(Miss::Location)));
    check(get, "https://cas.example/portail/cours?service=x", Some(Err(Miss::Location)));
    check(("GET", "/portail/cours?id=3"), "/portail/cours", None);
}

#[test]
fn an_answer_without_redirect_and_one_that_keeps_the_cookie_can_be_asked_for() {
    let check = |rule, status, location, cookie, expect| {
        assert_eq!(answered(rule, ("POST", "/api/session"), status, location, cookie), Some(expect), "{rule}");
    };
    check("POST /api/session -> 200", 200, None, Changed, Ok(()));
    check("POST /api/session -> 200 same-cookie", 200, None, Untouched, Ok(()));
    check("POST /api/session -> 200 same-cookie", 200, None, Deleted, Err(Miss::Cookie));
    check("POST /api/session -> 302 not */login*", 302, Some("/"), Changed, Ok(()));
    check("POST /api/session -> 302 not */login*", 302, Some("/login?error"), Changed, Err(Miss::Location));
    check("POST /api/session -> 302 not */login*", 302, None, Changed, Err(Miss::Location));
}

#[test]
fn signs_out_by_redirect_or_cookie_and_not_by_a_question() {
    let rule: SignOutRule = "ANY /login/logout.php".parse().unwrap();
    let check = |status: u16, cookie, expect| {
        let status = StatusCode::from_u16(status).unwrap();
        let target = asked("/login/logout.php?sesskey=x");
        assert_eq!(rule.succeeded(&Method::GET, &target, status, cookie), expect, "{status} {cookie:?}");
        assert!(!rule.succeeded(&Method::GET, &asked("/my/"), status, cookie));
    };
    check(303, Changed, true);
    check(303, Untouched, true);
    check(200, Deleted, true);
    check(200, Untouched, false);
    let exact: SignOutRule = "POST /logout -> 204".parse().unwrap();
    assert!(exact.succeeded(&Method::POST, &asked("/logout"), StatusCode::NO_CONTENT, Untouched));
    assert!(!exact.succeeded(&Method::POST, &asked("/logout"), StatusCode::FOUND, Changed));
}

#[test]
fn says_what_is_wrong_with_a_rule() {
    let check = |text: &str, expect: &str| {
        let error = text.parse::<SignInRule>().unwrap_err().to_string();
        assert!(error.contains(expect) && error.contains(text), "{text}: {error}");
    };
    check("", "begins with a method");
    check("post /login -> 302", "in capitals");
    check("POST", "comes the path");
    check("POST login -> 302", "begins with /");
    check("POST /login", "“->”");
    check("POST /login ->", "statuses");
    check("POST /login -> ok", "no list of statuses");
    check("POST /login -> 99", "no list of statuses");
    check("POST /login -> 302 into /", "none of: to, not, same-cookie");
    check("POST /login -> 302 to", "after “to”");
    assert!("ANY /logout 302".parse::<SignOutRule>().is_err());
    assert!("ANY /logout -> 302 to /".parse::<SignOutRule>().is_err());
}

proptest! {
    #[test]
    fn no_text_makes_the_parsers_panic(text in "\\PC{0,80}", rule in "(ANY|POST|[A-Z]{0,3}) [/*][a-z?*]{0,9} ?(->)? ?[0-9|]{0,9}( (to|not) [*a-z]{0,4}){0,3}") {
        for text in [text, rule] {
            let _ = text.parse::<SignOutRule>();
            if let Ok(rule) = text.parse::<SignInRule>() {
                prop_assert_eq!(rule.to_string().parse::<SignInRule>(), Ok(rule));
            }
        }
    }

    #[test]
    fn no_location_makes_it_panic(location in "\\PC{0,60}", target in "/[a-z/;?=]{0,20}") {
        let rule: SignInRule = "ANY * -> 302 to self not *x*".parse().unwrap();
        let _ = rule.succeeded(&asked(&target), StatusCode::FOUND, Some(&location), Changed);
    }
}

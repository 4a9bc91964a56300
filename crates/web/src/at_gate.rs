//! What the gate must know of these pages: which pass a request shows, what it asks for, and what an answer tells.

use crate::cookies::Cookie;
use crate::limits::KEPT_DAY_AGE_MAX;
use http::{Extensions, HeaderMap, HeaderValue, Method, StatusCode};
use preau_base::Instant;
use preau_gate::{GuestPass, KeyRing, Kind, Pass, Revocations, Shown, Sign, StreamKey};

/// Where people sign in.
pub const SIGN_IN_PATH: &str = "/sign-in";

/// Where browsers show the day that they keep.
pub const KEPT_PAGE: &str = "/offline";
/// Sent by browsers with navigations of a page that has a worker; pages choose what it says (Service Workers §3.7).
const WORKER_SAYS: &str = "service-worker-navigation-preload";
/// What ours says before the seconds since 1970, by our clock, at which it got the day that it keeps.
const DAY_OF: &str = "preau-day=";

/// The pages and forms by which people come to have a pass.
const SIGN_IN: [&str; 5] = [SIGN_IN_PATH, "/activation", "/forgotten", "/reset", "/setup"];
/// The door of a lesson for its guests, and the token there.
const GUEST_DOOR: [&str; 2] = ["/guest", "/guest/token"];
/// The WebSocket of lessons, which stands beside the table of routes.
const LIVE_SOCKET: &str = "/live/";

/// An extension of an answer with status 503 that a page gave on purpose, to stay well.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OnPurpose;

/// Whether an answer says that our pages are unwell.
pub fn failed(status: StatusCode, extensions: &Extensions) -> bool {
    status.is_server_error() && extensions.get::<OnPurpose>().is_none()
}

/// What a request asks for, by its path; what is no path of ours is a page, which will say so.
pub fn kind_of(method: &Method, path: &str) -> Kind {
    if path.starts_with("/static/") || matches!(path, "/favicon.ico" | "/worker.js") {
        return Kind::Asset;
    }
    if SIGN_IN.contains(&path) {
        return Kind::SignIn;
    }
    // What a page of another site asks before it sends a key: the answer is everybody's (docs/protocol/whip.md).
    if path.starts_with(LIVE_SOCKET) && method == Method::OPTIONS {
        return Kind::Asset;
    }
    if path.starts_with(LIVE_SOCKET) || is_door(path) || GUEST_DOOR.contains(&path) {
        return Kind::Live;
    }
    if is_console(path) {
        return Kind::Console;
    }
    if method.is_safe() { Kind::Page } else { Kind::Action }
}

/// The operator's console, which has reserves of its own: it answers when everything else is taken.
pub(crate) fn is_console(path: &str) -> bool {
    path == "/admin/gate" || path.starts_with("/admin/gate/")
}

/// `/lessons/{id}` and `/lessons/{id}/token`, not the pages on which lessons are planned.
fn is_door(path: &str) -> bool {
    let mut parts = path.strip_prefix("/lessons/").unwrap_or("").split('/');
    parts.next().is_some_and(|id| !id.is_empty())
        && matches!((parts.next(), parts.next()), (None | Some("token"), None))
}

/// The pass of a request, checked like every page does, in about a microsecond and without the store.
pub fn shown(headers: &HeaderMap, secure: bool, keys: &KeyRing, revoked: &Revocations, now: Instant) -> Shown {
    let Some(text) = Cookie::Pass.read(headers, secure) else { return guest(headers, secure, keys, now) };
    match Pass::open(text, keys, now) {
        Ok(pass) if revoked.check(&pass).is_ok() => Shown::Valid((&pass).into()),
        Ok(_) => Shown::Lapsed,
        Err(refusal) => refusal.into(),
    }
}

/// The pass of somebody invited into a lesson, or the key of a program that streams, without which the place in front of the
/// school is a newcomer's. One that lapsed is as good as none: the lesson is over.
fn guest(headers: &HeaderMap, secure: bool, keys: &KeyRing, now: Instant) -> Shown {
    if let Some(pass) = Cookie::Guest.read(headers, secure).and_then(|text| GuestPass::open(text, keys, now).ok()) {
        return Shown::Valid((&pass).into());
    }
    let bearer = headers.get(http::header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = bearer.and_then(|value| value.split_once(' ')).map(|(_, token)| token.trim());
    let key = token.and_then(|token| StreamKey::open(token, keys, now).ok());
    key.map_or(Shown::Nothing, |key| Shown::Valid((&key).into()))
}

/// What an answer tells of an attack: a form of the sign-in that is shown again was wrong.
pub fn sign_of(method: &Method, path: &str, status: StatusCode) -> Option<Sign> {
    let wrong = matches!(status, StatusCode::UNPROCESSABLE_ENTITY | StatusCode::TOO_MANY_REQUESTS);
    (wrong && *method == Method::POST && SIGN_IN.contains(&path)).then_some(Sign::WrongPassword)
}

/// Whether the browser says that it keeps a day, and one that it would still show. Nothing hangs on it but a link: whoever says so without
/// having one finds a page that says that there is nothing.
pub fn has_kept_day(headers: &HeaderMap, now: Instant) -> bool {
    let said =
        headers.get(WORKER_SAYS).and_then(|value| value.to_str().ok()?.strip_prefix(DAY_OF)?.parse::<u32>().ok());
    said.is_some_and(|seconds| now <= Instant::from_secs(seconds.into()).plus(KEPT_DAY_AGE_MAX))
}

/// The cookie that takes a pass away.
pub fn forget_pass(secure: bool) -> Option<HeaderValue> {
    Cookie::Pass.clear(secure)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::routes;
    use preau_base::{LessonId, PersonId, SeededRng, SessionId, StreamKeyId};
    use preau_gate::{Revocation, Standing, StreamUse, forgotten_after};
    use std::collections::HashMap;

    const NOW: Instant = Instant::from_secs(1_800_000_000);

    /// Every row has the kind that stands here for it; the rest are pages that are looked at and forms that are sent.
    #[test]
    fn every_route_has_its_kind() {
        let rows = routes::table();
        let mut special = HashMap::from([
            (("GET", "/static/{version}/{*name}"), Kind::Asset),
            (("GET", "/favicon.ico"), Kind::Asset),
            (("GET", "/worker.js"), Kind::Asset),
            (("GET", "/lessons/{id}"), Kind::Live),
            (("POST", "/lessons/{id}/token"), Kind::Live),
            (("GET", "/guest"), Kind::Live),
            (("POST", "/guest/token"), Kind::Live),
        ]);
        for path in SIGN_IN {
            special.extend([(("GET", path), Kind::SignIn), (("POST", path), Kind::SignIn)]);
        }
        for row in &rows {
            let usual = if row.path.starts_with("/admin/gate") {
                Kind::Console
            } else if row.method.is_safe() {
                Kind::Page
            } else {
                Kind::Action
            };
            let expected = special.remove(&(row.method.as_str(), row.path)).unwrap_or(usual);
            let path = row
                .path
                .replace("{id}", "01890a5d-ac96-774b-bcce-b302099a8057")
                .replace("{version}/{*name}", "1/a.css");
            assert_eq!(kind_of(&row.method, &path), expected, "{} {}", row.method, row.path);
        }
        assert!(special.is_empty(), "no such routes: {special:?}");
        assert_eq!(kind_of(&Method::GET, "/live/01890a5d-ac96-774b-bcce-b302099a8057"), Kind::Live);
        for program in ["whip", "whep", "whip/1f"] {
            let path = format!("/live/01890a5d-ac96-774b-bcce-b302099a8057/{program}");
            assert_eq!(kind_of(&Method::POST, &path), Kind::Live);
            assert_eq!(kind_of(&Method::OPTIONS, &path), Kind::Asset);
        }
        assert_eq!(kind_of(&Method::GET, "/lessons//token"), Kind::Page);
    }

    #[test]
    fn a_pass_is_told_from_one_that_lapsed_and_one_that_is_forged() {
        let mut rng = SeededRng::new(1);
        let (keys, others) = (KeyRing::generate(NOW, &mut rng), KeyRing::generate(NOW, &mut rng));
        let pass = Pass {
            person: PersonId::new(NOW, &mut rng),
            session: SessionId::new(NOW, &mut rng),
            standing: Standing::Pupil,
            epoch: 0,
            issued: NOW,
            shared_device: false,
        };
        let mut revoked = Revocations::default();
        let see = |text: &str, revoked: &Revocations, now| {
            let mut headers = HeaderMap::new();
            headers.insert("cookie", HeaderValue::try_from(format!("preau-pass={text}")).unwrap());
            shown(&headers, false, &keys, revoked, now)
        };
        assert_eq!(shown(&HeaderMap::new(), false, &keys, &revoked, NOW), Shown::Nothing);
        assert_eq!(see(&pass.seal(&keys), &revoked, NOW), Shown::Valid((&pass).into()));
        assert_eq!(see(&pass.seal(&keys), &revoked, pass.expires()), Shown::Lapsed);
        assert_eq!(see(&pass.seal(&others), &revoked, NOW), Shown::Forged);
        assert_eq!(see("x", &revoked, NOW), Shown::Forged);
        revoked.apply(Revocation::Session { session: pass.session, until: forgotten_after(NOW, false) });
        assert_eq!(see(&pass.seal(&keys), &revoked, NOW), Shown::Lapsed, "signed out");
    }

    #[test]
    fn a_program_comes_with_its_key() {
        let mut rng = SeededRng::new(1);
        let keys = KeyRing::generate(NOW, &mut rng);
        let key = StreamKey {
            usage: StreamUse::Publish,
            id: StreamKeyId::new(NOW, &mut rng),
            person: PersonId::new(NOW, &mut rng),
            lesson: LessonId::new(NOW, &mut rng),
            issued: NOW,
            expires: NOW.plus(std::time::Duration::from_secs(3_600)),
        };
        let see = |text: &str, now| {
            let value = HeaderValue::from_str(text).unwrap();
            let headers = HeaderMap::from_iter([(http::header::AUTHORIZATION, value)]);
            shown(&headers, false, &keys, &Revocations::default(), now)
        };
        let text = key.seal(&keys);
        assert_eq!(see(&format!("Bearer {text}"), NOW), Shown::Valid((&key).into()));
        assert_eq!(see(&format!("Bearer {text}"), key.expires), Shown::Nothing);
        assert_eq!(see("Bearer somebodys", NOW), Shown::Nothing);
        assert_eq!(see("Bearer", NOW), Shown::Nothing);
    }

    #[test]
    fn a_kept_day_counts_while_it_is_shown() {
        let day = 24 * 3_600;
        for (said, expect) in [
            ("preau-day=1800000000", true),
            (&format!("preau-day={}", 1_800_000_000 - 4 * day), true),
            (&format!("preau-day={}", 1_800_000_000 - 4 * day - 1), false),
            ("preau-day=", false),
            ("preau-day=-1", false),
            ("preau-day=99999999999999999999", false),
            ("true", false),
            ("", false),
        ] {
            let headers = HeaderMap::from_iter([(
                http::HeaderName::from_static(WORKER_SAYS),
                HeaderValue::from_str(said).unwrap(),
            )]);
            assert_eq!(has_kept_day(&headers, NOW), expect, "{said}");
        }
        assert!(!has_kept_day(&HeaderMap::new(), NOW));
    }

    #[test]
    fn refusing_on_purpose_is_no_failure() {
        let mut extensions = Extensions::new();
        assert!(failed(StatusCode::SERVICE_UNAVAILABLE, &extensions) && !failed(StatusCode::NOT_FOUND, &extensions));
        extensions.insert(OnPurpose);
        assert!(!failed(StatusCode::SERVICE_UNAVAILABLE, &extensions));
    }

    #[test]
    fn a_wrong_password_is_a_sign_and_a_page_is_none() {
        let sign = |method, path, status| sign_of(&method, path, status);
        assert_eq!(sign(Method::POST, "/sign-in", StatusCode::UNPROCESSABLE_ENTITY), Some(Sign::WrongPassword));
        assert_eq!(sign(Method::POST, "/sign-in", StatusCode::SEE_OTHER), None);
        assert_eq!(sign(Method::GET, "/sign-in", StatusCode::OK), None);
        assert_eq!(sign(Method::POST, "/homework/new", StatusCode::UNPROCESSABLE_ENTITY), None);
    }
}

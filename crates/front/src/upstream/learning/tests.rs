use super::*;
use crate::upstream::Preset;
use http::{Method, Response, StatusCode};
use preau_base::{Cidr, SeededRng};
use std::time::Duration;

const NOW: Instant = Instant::from_secs(1_800_000_000);
const SUCCESS: &str = "https://ecole.example/login/index.php?testsession=7";

struct World {
    learning: Learning,
    client: ClientFacts,
}

fn world(secure: bool) -> World {
    world_of(Preset::Moodle, secure)
}

fn world_of(preset: Preset, secure: bool) -> World {
    let keys = Arc::new(RwLock::new(KeyRing::generate(NOW, &mut SeededRng::new(1))));
    let address = "192.0.2.1".parse().unwrap();
    let client =
        ClientFacts { peer: "192.0.2.1:5".parse().unwrap(), address, secure, prefix: Cidr::of_client(address) };
    let rules = preset.rules("").unwrap();
    World { learning: Learning::new(rules, None, keys, Box::new(SeededRng::new(2))), client }
}

impl World {
    fn asked(&self, method: Method, target: &str, cookies: &str) -> Asked {
        Asked {
            method,
            uri: target.parse().unwrap(),
            cookies: vec![HeaderValue::from_str(cookies).unwrap()],
            client: self.client,
            shown: Shown::Nothing,
        }
    }

    /// The answer to a request at `now`, as the browser gets it.
    fn answer(&self, asked: &Asked, status: u16, lines: &[(&'static str, &str)], now: Instant) -> response::Parts {
        let (mut parts, ()) = Response::new(()).into_parts();
        parts.status = StatusCode::from_u16(status).unwrap();
        for (name, value) in lines {
            parts.headers.append(*name, HeaderValue::from_str(value).unwrap());
        }
        parts.extensions.insert(FromUpstream);
        self.learning.answered(asked, &mut parts, now);
        parts
    }

    /// Signs in; gives name and value of the pass.
    fn sign_in(&self) -> (String, String) {
        let asked = self.asked(Method::POST, "/login/index.php", "MoodleSession=old");
        let answer = self.answer(&asked, 303, &[("location", SUCCESS), ("set-cookie", "MoodleSession=new")], NOW);
        given(&answer).expect("a pass")
    }

    fn is_valid(&self, cookies: &str, now: Instant) -> bool {
        let headers = HeaderMap::from_iter([(COOKIE, HeaderValue::from_str(cookies).unwrap())]);
        matches!(self.learning.shown(&headers, &self.client, now), Shown::Valid(_))
    }
}

fn given(answer: &response::Parts) -> Option<(String, String)> {
    let lines = answer.headers.get_all(SET_COOKIE).iter().map(|line| line.to_str().unwrap());
    let pair = lines.filter_map(|line| line.split(';').next()?.split_once('='));
    pair.filter(|(name, _)| name.ends_with("preau_gate"))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .next()
}

#[test]
fn over_tls_the_pass_belongs_to_this_host_alone() {
    let world = world(true);
    let (name, value) = world.sign_in();
    assert_eq!(name, "__Host-preau_gate");
    assert!(world.is_valid(&format!("{name}={value}; MoodleSession=new"), NOW));
    assert!(!world.is_valid(&format!("preau_gate={value}; MoodleSession=new"), NOW), "planted by another host");
    let line = Learning::forget(&world.client).remove(0);
    assert_eq!(line, "__Host-preau_gate=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax; Secure");
}

#[test]
fn the_pass_is_renewed_by_use_and_dies_without() {
    let world = world(false);
    let (name, value) = world.sign_in();
    let cookies = format!("{name}={value}; MoodleSession=new");
    let asked = world.asked(Method::GET, "/my/", &cookies);
    let day = Duration::from_secs(86_400);
    assert_eq!(given(&world.answer(&asked, 200, &[], NOW.plus(day / 2))), None);
    let for_all = [("cache-control", "Public, max-age=600")];
    assert_eq!(given(&world.answer(&asked, 200, &for_all, NOW.plus(day))), None, "not where caches keep it");
    let (_, renewed) = given(&world.answer(&asked, 200, &[], NOW.plus(day))).expect("renewed");
    let later = NOW.plus(day * 15 / 2);
    assert!(!world.is_valid(&cookies, later));
    assert!(world.is_valid(&format!("{name}={renewed}; MoodleSession=new"), later));
    let asked = world.asked(Method::GET, "/my/", &cookies);
    assert_eq!(given(&world.answer(&asked, 200, &[], later)), None, "a dead pass is not renewed");
}

#[test]
fn an_answer_that_is_the_gate_s_own_teaches_nothing() {
    let world = world(false);
    let asked = world.asked(Method::POST, "/login/index.php", "MoodleSession=old");
    let (mut parts, ()) = Response::new(()).into_parts();
    parts.status = StatusCode::SEE_OTHER;
    parts.headers.insert(LOCATION, HeaderValue::from_static(SUCCESS));
    parts.headers.insert(SET_COOKIE, HeaderValue::from_static("MoodleSession=new"));
    world.learning.answered(&asked, &mut parts, NOW);
    assert_eq!(given(&parts), None);
}

#[test]
fn a_wrong_password_is_told_and_a_look_at_the_form_is_not() {
    let world = world(false);
    let missed = |method, status, lines: &[(&'static str, &str)]| {
        let asked = world.asked(method, "/login/index.php", "MoodleSession=old");
        world.answer(&asked, status, lines, NOW).extensions.get::<MissedSignIn>().is_some()
    };
    assert!(missed(Method::POST, 303, &[("location", "https://ecole.example/login/index.php?loginredirect=1")]));
    assert!(missed(Method::POST, 200, &[]));
    assert!(!missed(Method::GET, 200, &[]));
    assert!(!missed(Method::POST, 303, &[("location", SUCCESS), ("set-cookie", "MoodleSession=new")]));
}

#[test]
fn a_sign_in_without_a_session_earns_nothing() {
    let world = world(false);
    let mut asked = world.asked(Method::POST, "/login/index.php", "MoodleSession=old");
    let deleted = [("location", SUCCESS), ("set-cookie", "MoodleSession=x; Max-Age=0")];
    assert_eq!(given(&world.answer(&asked, 303, &deleted, NOW)), None);
    asked.cookies.clear();
    assert_eq!(given(&world.answer(&asked, 303, &[("location", SUCCESS)], NOW)), None);
}

/// One account that signs in again and again earns a few passes; whoever else signs in beside it earns one, however many.
#[test]
fn an_account_earns_so_many_passes_and_a_site_any_number() {
    let world = world(false);
    let asked = world.asked(Method::POST, "/login/index.php", "MoodleSession=old");
    let earned = |account: usize, number: usize| {
        let success = format!("https://ecole.example/login/index.php?testsession={account}");
        let cookie = format!("MoodleSession=new{account}x{number}");
        given(&world.answer(&asked, 303, &[("location", &success), ("set-cookie", &cookie)], NOW)).is_some()
    };
    assert_eq!((0..500).filter(|number| earned(7, *number)).count(), 12);
    assert!((100..10_100).all(|account| earned(account, 0)));
}

/// Where nobody names the account, a site earns so many. Whoever holds a good pass keeps it, beyond that too.
#[test]
fn a_site_earns_so_many_passes_where_no_account_is_named() {
    let world = world_of(Preset::Cas, false);
    // A number in the page that was asked for is of the browser's choice, and names nobody.
    let sign_in = |cookies: &str, number: u32| {
        let target = format!("/login/index.php?testsession={number}&ticket=ST-{number}");
        let (to, session) =
            (format!("https://ent.example/login/index.php?testsession={number}"), format!("JSESSIONID=s{number}"));
        let asked = world.asked(Method::GET, &target, cookies);
        given(&world.answer(&asked, 302, &[("location", &to), ("set-cookie", &session)], NOW))
    };
    let (name, value) = sign_in("JSESSIONID=old", 0).expect("a pass");
    assert_eq!((1..10_000).filter(|number| sign_in("JSESSIONID=old", *number).is_some()).count(), 6_000 - 1);
    let (_, moved) = sign_in(&format!("{name}={value}; JSESSIONID=s0"), 20_000).expect("the same pass");
    assert!(world.is_valid(&format!("{name}={moved}; JSESSIONID=s20000"), NOW));
}

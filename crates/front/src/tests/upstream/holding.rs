//! The gate in front of a slow application: it gets no more at once than it can do, and nobody is lost.

use super::site::{Browser, Site, config, serve};
use crate::upstream::{Preset, SessionCookies, UpstreamConfig};
use axum::Router;
use axum::http::HeaderValue;
use axum::http::header::SET_COOKIE;
use axum::response::IntoResponse as _;
use axum::routing::get;
use futures_util::future::join_all;
use preau_gate::Settings;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

const AT_ONCE_MAX: usize = 4;
const PEOPLE: usize = 16;

#[derive(Default)]
struct Load {
    at_work: AtomicUsize,
    most: AtomicUsize,
}

async fn slow(load: Arc<Load>) -> &'static str {
    let now = load.at_work.fetch_add(1, Ordering::SeqCst) + 1;
    load.most.fetch_max(now, Ordering::SeqCst);
    tokio::time::sleep(Duration::from_millis(150)).await;
    load.at_work.fetch_sub(1, Ordering::SeqCst);
    "done"
}

#[tokio::test]
async fn a_slow_application_gets_no_more_than_it_can_do_and_everybody_known_gets_in() {
    let load = Arc::new(Load::default());
    let counted = load.clone();
    let number = Arc::new(AtomicUsize::new(0));
    let sign_in = async move || {
        let session = format!("S={}", number.fetch_add(1, Ordering::SeqCst));
        let mut response = "in".into_response();
        response.headers_mut().insert("x-signed-in", HeaderValue::from_static("1"));
        response.headers_mut().insert(SET_COOKIE, HeaderValue::from_str(&session).unwrap());
        response
    };
    let application = Router::new().route("/login", get(sign_in)).route("/slow", get(move || slow(counted.clone())));
    let mut rules = Preset::Plain.rules("").unwrap();
    rules.session_cookies = SessionCookies::new(vec!["S".parse().unwrap()]);
    let plain = config(serve(application).await, Preset::Plain);
    let config = UpstreamConfig { rules, signed_in_header: Some("x-signed-in".parse().unwrap()), ..plain };
    let settings = Settings { concurrency_max: Some(AT_ONCE_MAX as u32), ..Settings::default() };
    let site = Site::with_settings(config, settings);
    let mut people: Vec<Browser> = Vec::new();
    for _ in 0..PEOPLE {
        let mut browser = site.browser();
        assert_eq!(browser.get("/login").await.body, "in");
        assert!(browser.jar.contains_key("preau_gate"));
        people.push(browser);
    }
    let answers = join_all(people.iter_mut().map(|browser| browser.get("/slow"))).await;
    for answer in &answers {
        assert_eq!((answer.status, answer.body.as_str()), (200, "done"), "{}", answer.head);
    }
    let most = load.most.load(Ordering::SeqCst);
    assert!((2..=AT_ONCE_MAX).contains(&most), "{most} at once");
}

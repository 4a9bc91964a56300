//! What looks like a file and is none.

use super::site::{Site, config, serve};
use crate::upstream::Preset;
use axum::Router;
use axum::response::{Html, IntoResponse as _, Response};
use axum::routing::get;
use http::StatusCode;
use http::header::CONTENT_TYPE;

/// More than the anonymous budget of an address has pages, and less than it has files (`preau_gate`, `gate::prefixes`).
const ASKED: u32 = 5_000;

/// Files that there are, and a front controller that makes a page of every other path.
async fn application() -> std::net::SocketAddr {
    let css = async || -> Response { ([(CONTENT_TYPE, "text/css")], "p{}").into_response() };
    let none = async || (StatusCode::NOT_FOUND, [(CONTENT_TYPE, "text/plain")], "no such file");
    let pages = async || Html("<p>What you ask for is not here. Here is the front page.</p>");
    serve(Router::new().route("/there/{name}", get(css)).route("/gone/{name}", get(none)).fallback(pages)).await
}

/// How many of so many files the application was asked for.
async fn let_in(site: &Site, folder: &str) -> u32 {
    let mut client = site.connect().await;
    for number in 0..ASKED {
        // A connection has so many requests.
        if number % 900 == 899 {
            client = site.connect().await;
        }
        client.send(&format!("GET {folder}x{number}.css HTTP/1.1\r\nhost: ecole.example\r\n\r\n")).await;
        if client.response().await.starts_with("HTTP/1.1 429 ") {
            return number;
        }
    }
    ASKED
}

#[tokio::test]
async fn what_the_application_makes_a_page_of_costs_one() {
    let application = application().await;
    for (folder, costs_a_page) in [("/there/", false), ("/gone/", true), ("/", true)] {
        let site = Site::start(config(application, Preset::Plain));
        let let_in = let_in(&site, folder).await;
        assert_eq!(let_in < ASKED, costs_a_page, "{folder}: {let_in}");
    }
}

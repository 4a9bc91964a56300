//! The gate's board: the live part of the console alone, to look at, for the admin listener. It asks nobody to sign in, so
//! it changes nothing; `preau gate set` does.

use super::view::View;
use crate::lang::Lang;
use crate::texts::FILES;
use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use jiff::tz::TimeZone;
use preau_gate::Snapshot;
use std::sync::Arc;

/// Where the board takes what it shows.
pub type Snapshots = Arc<dyn Fn() -> Snapshot + Send + Sync>;

/// How often the board renews itself, in seconds; without script.
const REFRESH_S: u32 = 3;

#[derive(Template)]
#[template(path = "gate/board.html")]
struct Board {
    view: View,
    refresh_s: u32,
}

#[derive(Clone)]
struct Source {
    snapshots: Snapshots,
    zone: TimeZone,
}

/// `/gate` and its style sheet; times in `zone`.
pub fn board(snapshots: Snapshots, zone: TimeZone) -> Router {
    Router::new().route("/gate", get(show)).route("/gate/app.css", get(sheet)).with_state(Source { snapshots, zone })
}

async fn show(State(source): State<Source>, headers: HeaderMap) -> Response {
    let view = View::of(&(source.snapshots)(), Lang::of_browser(&headers), &source.zone);
    let Ok(html) = (Board { view, refresh_s: REFRESH_S }).render() else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let mut response = html.into_response();
    for (name, value) in [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; style-src 'self'; frame-ancestors 'none'"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ] {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

async fn sheet() -> Response {
    let sheet = FILES.iter().find(|(name, _)| *name == "app.css").map_or(&b""[..], |(_, bytes)| bytes);
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], sheet).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;
    use http_body_util::BodyExt as _;
    use preau_base::{Instant, SeededRng};
    use preau_gate::{Gate, Settings};
    use tower::ServiceExt as _;

    async fn get(path: &str, language: &str) -> (StatusCode, String) {
        let now = Instant::from_secs(1_800_000_000);
        let gate = Gate::new(Settings::default(), now, &mut SeededRng::new(1));
        let board = board(Arc::new(move || gate.snapshot(now)), TimeZone::UTC);
        let request = http::Request::get(path).header("accept-language", language).body(axum::body::Body::empty());
        let response = board.oneshot(request.unwrap()).await.unwrap();
        let status = response.status();
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        (status, String::from_utf8(bytes.to_vec()).unwrap())
    }

    #[tokio::test]
    async fn shows_and_changes_nothing() {
        let (status, page) = get("/gate", "fr").await;
        assert_eq!(status, StatusCode::OK);
        assert!(page.contains("Tout est calme.") && page.contains("8:00:00"), "{page}");
        assert!(!page.contains("<form") && !page.contains("<button"), "{page}");
        assert!(get("/gate", "en").await.1.contains("All is calm."));
        assert!(get("/gate/app.css", "fr").await.1.contains("@layer"));
    }
}

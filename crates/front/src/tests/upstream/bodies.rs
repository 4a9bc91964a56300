//! What is sent and answered streams through: nothing is gathered in between.

use super::super::harness::{Client, PATIENCE};
use super::site::{Answer, Site, config, serve, serve_bytes};
use crate::upstream::Preset;
use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::routing::{get, post};
use http_body_util::BodyExt as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::sync::Notify;
use tokio::time::timeout;

const LARGE_BYTES: usize = 50 * 1024 * 1024;
/// More than all buffers on the way together, those of the system's sockets included.
const BUFFERS_BYTES_MAX: usize = 16 * 1024 * 1024;
static PIECE: [u8; 64 * 1024] = [b'x'; 64 * 1024];

/// Writes pieces until the other side takes no more for a while; gives how much it took.
async fn write_until_full(client: &mut Client<tokio::net::TcpStream>, most: usize) -> usize {
    let mut written = 0;
    while written < most {
        let piece = &PIECE[..PIECE.len().min(most - written)];
        match timeout(Duration::from_millis(1_500), client.0.write(piece)).await {
            Ok(bytes) => written += bytes.expect("still open"),
            Err(_full) => break,
        }
    }
    written
}

#[tokio::test]
async fn an_upload_waits_for_the_application_and_is_not_gathered() {
    let go = Arc::new(Notify::new());
    let wait = go.clone();
    let application = Router::new().route(
        "/upload",
        post(async move |request: Request| {
            wait.notified().await;
            let mut body = request.into_body();
            let mut bytes = 0;
            while let Some(Ok(frame)) = body.frame().await {
                bytes += frame.data_ref().map_or(0, |data| data.len());
            }
            bytes.to_string()
        }),
    );
    let site = Site::start(config(serve(application).await, Preset::Plain));
    let mut client = site.connect().await;
    let head =
        format!("POST /upload HTTP/1.1\r\nhost: e\r\nconnection: close\r\ncontent-length: {LARGE_BYTES}\r\n\r\n");
    client.send(&head).await;
    let taken = write_until_full(&mut client, LARGE_BYTES).await;
    assert!(taken < BUFFERS_BYTES_MAX, "{taken} bytes taken of which the application has read none");
    go.notify_one();
    let mut left = LARGE_BYTES - taken;
    while left > 0 {
        let piece = &PIECE[..PIECE.len().min(left)];
        left -= timeout(PATIENCE, client.0.write(piece)).await.expect("takes it in time").expect("still open");
    }
    let answer = Answer::read(&client.until_closed().await);
    assert_eq!((answer.status, answer.body), (200, LARGE_BYTES.to_string()));
}

#[tokio::test]
async fn an_answer_waits_for_the_browser_and_is_not_gathered() {
    let made = Arc::new(AtomicUsize::new(0));
    let counted = made.clone();
    let application = Router::new().route(
        "/large",
        get(async move || {
            let pieces = futures_util::stream::iter(0..LARGE_BYTES / PIECE.len()).inspect_made(counted);
            Body::from_stream(pieces)
        }),
    );
    let site = Site::start(config(serve(application).await, Preset::Plain));
    let mut client = site.connect().await;
    client.send("GET /large HTTP/1.1\r\nhost: e\r\nconnection: close\r\n\r\n").await;
    let mut settled = 0;
    let settle = async {
        loop {
            tokio::time::sleep(Duration::from_millis(500)).await;
            let now = made.load(Ordering::SeqCst);
            if now > 0 && now == settled {
                return;
            }
            settled = now;
        }
    };
    timeout(PATIENCE, settle).await.expect("comes to rest");
    assert!(settled < BUFFERS_BYTES_MAX, "{settled} bytes made of which the browser has read none");
    let mut bytes = Vec::new();
    timeout(PATIENCE, client.0.read_to_end(&mut bytes)).await.expect("in time").expect("in order");
    assert!(bytes.len() > LARGE_BYTES && bytes.ends_with(b"0\r\n\r\n"));
}

trait InspectMade: Sized {
    fn inspect_made(self, made: Arc<AtomicUsize>) -> impl futures_util::Stream<Item = std::io::Result<Vec<u8>>>;
}

impl<S: futures_util::Stream<Item = usize>> InspectMade for S {
    fn inspect_made(self, made: Arc<AtomicUsize>) -> impl futures_util::Stream<Item = std::io::Result<Vec<u8>>> {
        use futures_util::StreamExt as _;
        self.map(move |_| {
            made.fetch_add(PIECE.len(), Ordering::SeqCst);
            Ok(PIECE.to_vec())
        })
    }
}

#[tokio::test]
async fn a_body_is_asked_for_only_when_the_application_is_reached() {
    let application = Router::new().route("/length", post(async |body: String| body.len().to_string()));
    let site = Site::start(config(serve(application).await, Preset::Plain));
    let mut client = site.connect().await;
    client
        .send("POST /length HTTP/1.1\r\nhost: e\r\nconnection: close\r\ncontent-length: 5\r\nexpect: 100-continue\r\n\r\n")
        .await;
    let mut first = [0; 25];
    timeout(PATIENCE, client.0.read_exact(&mut first)).await.expect("in time").expect("asked for");
    assert_eq!(&first, b"HTTP/1.1 100 Continue\r\n\r\n");
    client.send("hello").await;
    let answer = Answer::read(&client.until_closed().await);
    assert_eq!((answer.status, answer.body.as_str()), (200, "5"));
}

#[tokio::test]
async fn trailers_of_an_answer_come_through() {
    let to = serve_bytes(async |mut client| {
        client.head().await;
        client
            .send("HTTP/1.1 200 OK\r\ntrailer: x-sum\r\ntransfer-encoding: chunked\r\n\r\n2\r\nab\r\n0\r\nx-sum: 7\r\n\r\n")
            .await;
        client.head().await;
    })
    .await;
    let site = Site::start(config(to, Preset::Plain));
    let mut client = site.connect().await;
    client.send("GET / HTTP/1.1\r\nhost: e\r\nte: trailers\r\nconnection: te, close\r\n\r\n").await;
    let said = client.until_closed().await;
    assert!(said.contains("trailer: x-sum") && said.ends_with("2\r\nab\r\n0\r\nx-sum: 7\r\n\r\n"), "{said}");
}

use crate::limits::{ACCEPT_RETRY_MS, CONNECTIONS_MAX, HEADER_MS_MAX};
use crate::{Checks, Recorder};
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use serde_json::json;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, oneshot};
use tokio::task::JoinSet;
use tokio::time::sleep;

#[derive(Debug, thiserror::Error)]
pub enum AdminError {
    #[error("cannot listen on {address} for administration: {source}")]
    Bind { address: SocketAddr, source: io::Error },
    #[error("the thread for administration: {0}")]
    Thread(io::Error),
}

/// The admin listener, bound and not yet serving.
pub struct Admin {
    listener: std::net::TcpListener,
    address: SocketAddr,
    state: AdminState,
    /// Pages of others, served besides our own.
    beside: Router,
    header_max: Duration,
}

#[derive(Clone)]
struct AdminState {
    checks: Checks,
    recorder: Recorder,
}

impl Admin {
    /// Binds `address`; loopback unless a network of its own stands around it, as nobody is asked to sign in.
    ///
    /// # Errors
    /// [`AdminError::Bind`], with the address.
    pub fn bind(address: SocketAddr, checks: Checks, recorder: Recorder) -> Result<Self, AdminError> {
        let failed = |source| AdminError::Bind { address, source };
        let listener = std::net::TcpListener::bind(address).map_err(failed)?;
        listener.set_nonblocking(true).map_err(failed)?;
        let bound = listener.local_addr().map_err(failed)?;
        if !bound.ip().is_loopback() {
            tracing::warn!(%bound, "the admin listener can be reached from other machines and asks nobody to sign in");
        }
        Ok(Self {
            listener,
            address: bound,
            state: AdminState { checks, recorder },
            beside: Router::new(),
            header_max: Duration::from_millis(HEADER_MS_MAX),
        })
    }

    /// Serves these pages too. They must show nothing that whoever reaches the listener may not see, and change nothing.
    #[must_use]
    pub fn beside(self, pages: Router) -> Self {
        Self { beside: self.beside.merge(pages), ..self }
    }

    /// Where it listens; the real port where 0 was given.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves on a thread of its own, so that it answers however busy the pages are, until what it gives is dropped. To be
    /// dropped last, so that `/readyz` tells of the draining.
    ///
    /// # Errors
    /// [`AdminError::Thread`] when no thread can be had.
    pub fn start(self) -> Result<AdminThread, AdminError> {
        let (stop, stopped) = oneshot::channel();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(AdminError::Thread)?;
        let work = move || {
            if let Err(error) = runtime.block_on(self.serve(stopped)) {
                tracing::error!(%error, "nothing listens for administration");
            }
        };
        let thread = std::thread::Builder::new().name("admin".to_owned()).spawn(work).map_err(AdminError::Thread)?;
        Ok(AdminThread { stop: Some(stop), thread: Some(thread) })
    }

    async fn serve(self, stopped: oneshot::Receiver<()>) -> io::Result<()> {
        let listener = TcpListener::from_std(self.listener)?;
        let upkeep = tokio::spawn(self.state.recorder.clone().keep_up());
        tokio::select! {
            () = accept(listener, router(self.state).merge(self.beside), self.header_max) => (),
            _stopped_or_dropped = stopped => (),
        }
        upkeep.abort();
        Ok(())
    }
}

/// The thread of the admin listener, which ends when this is dropped.
pub struct AdminThread {
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Drop for AdminThread {
    fn drop(&mut self) {
        drop(self.stop.take());
        if self.thread.take().is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the thread for administration had panicked");
        }
    }
}

/// Not `axum::serve`, which closes no silent connection.
async fn accept(listener: TcpListener, router: Router, header_max: Duration) {
    let places = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    let mut connections = JoinSet::new();
    while let Ok(place) = places.clone().acquire_owned().await {
        match listener.accept().await {
            Ok((stream, _)) => {
                let serving = serve_connection(stream, router.clone(), header_max);
                connections.spawn(async move {
                    serving.await;
                    drop(place);
                });
            }
            Err(error) => {
                tracing::warn!(%error, "a connection for administration could not be accepted");
                sleep(Duration::from_millis(ACCEPT_RETRY_MS)).await;
            }
        }
        while connections.try_join_next().is_some() {}
    }
}

async fn serve_connection(stream: TcpStream, router: Router, header_max: Duration) {
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(header_max)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(router));
    if let Err(error) = served.await {
        tracing::debug!(%error, "a connection for administration ended early");
    }
}

fn router(state: AdminState) -> Router {
    Router::new()
        .route("/healthz", get(async || Json(json!({ "alive": true }))))
        .route("/readyz", get(ready))
        .route("/metrics", get(counters))
        .with_state(state)
}

async fn ready(State(state): State<AdminState>) -> Response {
    let said = state.checks.readiness().await;
    let status = if said.ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, [(header::CACHE_CONTROL, "no-store")], Json(said)).into_response()
}

async fn counters(State(state): State<AdminState>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], state.recorder.render())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Check;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::time::timeout;

    const PATIENCE: Duration = Duration::from_secs(20);

    fn start(checks: Checks) -> (SocketAddr, AdminThread) {
        let recorder = Recorder::with_local(|recorder| recorder);
        let mut admin = Admin::bind("127.0.0.1:0".parse().unwrap(), checks, recorder).unwrap();
        admin.header_max = Duration::from_millis(300);
        (admin.address(), admin.start().unwrap())
    }

    async fn ask(address: SocketAddr, asked: &str) -> String {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(asked.as_bytes()).await.unwrap();
        let mut said = String::new();
        timeout(PATIENCE, stream.read_to_string(&mut said)).await.expect("closed in time").unwrap();
        said
    }

    async fn get(address: SocketAddr, path: &str) -> String {
        ask(address, &format!("GET {path} HTTP/1.1\r\nhost: e\r\nconnection: close\r\n\r\n")).await
    }

    #[tokio::test]
    async fn says_alive_ready_and_counts() {
        let checks = Checks::new(vec![Check::new("database", async || Ok(()))]);
        let (address, thread) = start(checks.clone());
        assert!(get(address, "/healthz").await.ends_with("{\"alive\":true}"));
        let ready = get(address, "/readyz").await;
        assert!(ready.starts_with("HTTP/1.1 200") && ready.contains("\"name\":\"database\",\"ok\":true"), "{ready}");
        let counters = get(address, "/metrics").await;
        assert!(counters.contains("content-type: text/plain; version=0.0.4"), "{counters}");
        assert!(counters.contains("# HELP preau_build_info"), "{counters}");
        assert!(get(address, "/").await.starts_with("HTTP/1.1 404"));

        checks.drain();
        let ready = get(address, "/readyz").await;
        assert!(ready.starts_with("HTTP/1.1 503") && ready.contains("\"draining\":true"), "{ready}");
        assert!(get(address, "/healthz").await.starts_with("HTTP/1.1 200"), "alive while draining");
        drop(thread);
        assert!(TcpStream::connect(address).await.is_err());
    }

    #[tokio::test]
    async fn a_failed_check_is_503_with_its_reason() {
        let checks = Checks::new(vec![Check::new("media", async || Err("the media thread has ended".to_owned()))]);
        let (address, _thread) = start(checks);
        let ready = get(address, "/readyz").await;
        assert!(ready.starts_with("HTTP/1.1 503"), "{ready}");
        assert!(ready.contains("\"reason\":\"the media thread has ended\""), "{ready}");
    }

    #[tokio::test]
    async fn a_silent_connection_is_closed() {
        let (address, _thread) = start(Checks::default());
        assert_eq!(ask(address, "").await, "");
        assert_eq!(ask(address, "GET /healthz HTTP/1.1\r\n").await, "");
    }

    #[tokio::test]
    async fn it_answers_while_everybody_else_is_stuck() {
        let (address, _thread) = start(Checks::default());
        // This runtime has one thread, which does nothing else meanwhile.
        let asked = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(get(address, "/healthz"))
        });
        assert!(asked.join().unwrap().starts_with("HTTP/1.1 200"));
    }

    #[tokio::test]
    async fn a_taken_address_is_named() {
        let (address, _thread) = start(Checks::default());
        let recorder = Recorder::with_local(|recorder| recorder);
        let error = Admin::bind(address, Checks::default(), recorder).err().unwrap().to_string();
        assert!(error.starts_with(&format!("cannot listen on {address}")), "{error}");
    }
}

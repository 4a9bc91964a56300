//! The connections to the application: so many at most, kept open for a while.

use super::body::AskedBody;
use super::config::UpstreamConfig;
use super::connect::Dialer;
use super::error::{Failure, UpstreamError};
use crate::limits as l;
use hyper::client::conn::http1::SendRequest;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout};

pub(super) struct Pool {
    dialer: Dialer,
    /// The one that was used last is at the end.
    idle: Mutex<Vec<Idle>>,
    /// One for each connection in use. Idle ones need none: a new connection is opened only where none is idle, or in
    /// the place of one.
    places: Arc<Semaphore>,
    /// Of these, what files may take at once: the gate does not count them, and they must not take all.
    places_of_files: Arc<Semaphore>,
    place_time_max: Duration,
}

/// What a request is, as far as connections go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Wish {
    /// It changes nothing, and has no body.
    pub can_be_sent_twice: bool,
    pub is_file: bool,
}

struct Idle {
    sender: SendRequest<AskedBody>,
    since: Instant,
}

/// One connection for one request.
pub(super) struct Lease {
    pub sender: SendRequest<AskedBody>,
    /// It has carried requests before, so the application may be closing it right now.
    pub used_before: bool,
    places: (OwnedSemaphorePermit, Option<OwnedSemaphorePermit>),
    pool: Arc<Pool>,
}

impl Pool {
    pub fn new(config: &UpstreamConfig) -> Result<Arc<Self>, UpstreamError> {
        Ok(Arc::new(Self {
            dialer: Dialer::new(config)?,
            idle: Mutex::default(),
            places: Arc::new(Semaphore::new(config.limits.connections_max)),
            places_of_files: Arc::new(Semaphore::new(config.limits.connections_max.div_ceil(l::UPSTREAM_FILES_SHARE))),
            place_time_max: config.limits.place,
        }))
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Idle>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A connection for a request. One that cannot be sent twice gets a connection that is fresh or was used just now.
    pub async fn lease(self: &Arc<Self>, wish: Wish) -> Result<Lease, Failure> {
        let places = timeout(self.place_time_max, self.places_for(wish)).await.map_err(|_late| Failure::Busy)??;
        let idle_max = if wish.can_be_sent_twice { l::UPSTREAM_IDLE_MS_MAX } else { l::UPSTREAM_SURE_MS_MAX };
        while let Some(mut idle) = self.take(Duration::from_millis(idle_max)) {
            let ready = timeout(Duration::from_millis(l::UPSTREAM_READY_MS_MAX), idle.ready());
            if matches!(ready.await, Ok(Ok(()))) {
                return Ok(Lease { sender: idle, used_before: true, places, pool: self.clone() });
            }
        }
        let sender = self.dialer.dial().await?;
        metrics::counter!("preau_upstream_connections_total").increment(1);
        Ok(Lease { sender, used_before: false, places, pool: self.clone() })
    }

    async fn places_for(&self, wish: Wish) -> Result<(OwnedSemaphorePermit, Option<OwnedSemaphorePermit>), Failure> {
        let of = |places: &Arc<Semaphore>| {
            let place = places.clone().acquire_owned();
            async { place.await.map_err(|_closed| Failure::Busy) }
        };
        // First that of files: whoever waits for it must not hold another meanwhile.
        let of_files = if wish.is_file { Some(of(&self.places_of_files).await?) } else { None };
        Ok((of(&self.places).await?, of_files))
    }

    /// A connection of its own for a WebSocket, which never comes back.
    pub async fn dial(&self) -> Result<SendRequest<AskedBody>, Failure> {
        self.dialer.dial().await
    }

    /// The connection that was used last, if that was not too long ago; those that are too old are closed.
    fn take(&self, idle_max: Duration) -> Option<SendRequest<AskedBody>> {
        let mut idle = self.idle();
        let oldest = Duration::from_millis(l::UPSTREAM_IDLE_MS_MAX);
        idle.retain(|it| it.since.elapsed() < oldest && !it.sender.is_closed());
        // Too old for this request: it makes room for the one that will be opened.
        idle.pop().filter(|it| it.since.elapsed() < idle_max).map(|it| it.sender)
    }

    fn keep(&self, sender: SendRequest<AskedBody>) {
        if !sender.is_closed() {
            self.idle().push(Idle { sender, since: Instant::now() });
        }
    }
}

impl Lease {
    /// Only after the answer's last byte: the connection is free for the next request.
    pub fn give_back(self) {
        let Self { sender, places, pool, .. } = self;
        pool.keep(sender);
        drop(places);
    }
}

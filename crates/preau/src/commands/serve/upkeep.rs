//! What runs beside the pages: news of revocations, rotation of keys, reload on SIGHUP, the admin listener.

use super::{gate, jobs};
use crate::commands::media;
use crate::data::DataFolder;
use crate::gatehouse::{Gatehouse, zone};
use anyhow::Context;
use axum::routing::get;
use axum::{Json, Router};
use preau_base::SystemRng;
use preau_front::record::FailedTry;
use preau_front::{FrontHandle, Gatekeeper};
use preau_media::Media;
use preau_status::{Admin, AdminError, AdminThread, Check, Checks, Recorder};
use preau_store::Store;
use preau_web::App;
use std::net::SocketAddr;
use std::sync::{Arc, PoisonError};
use std::time::Duration;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc::Receiver;
use tokio::task::AbortHandle;

const ROTATION_CHECK: Duration = Duration::from_secs(3_600);

/// Tells systemd, if it asked (`NOTIFY_SOCKET`).
pub fn notify(state: sd_notify::NotifyState<'_>) {
    if let Err(error) = sd_notify::notify(&[state]) {
        tracing::warn!(%error, "systemd was not told");
    }
}

pub fn start(
    app: &App,
    data: DataFolder,
    front: FrontHandle,
    keeper: Arc<Gatekeeper>,
    media: Arc<Media>,
    tries: Receiver<FailedTry>,
) -> AbortHandle {
    let app = app.clone();
    let task = tokio::spawn(async move {
        let revocations = preau_web::revocations::poll(app.clone());
        let timetable = gate::keep_timetable(keeper.clone(), app.store.clone(), app.clock.clone());
        let files = preau_web::keep_files_swept(app.clone());
        let level = gate::keep_level(keeper, media);
        let attendance = jobs::write_tries(app.clone(), tries);
        let jobs = jobs::run(app.clone());
        let keys = rotate_keys(app, data);
        tokio::join!(revocations, keys, reload(front), timetable, level, files, attendance, jobs);
    });
    task.abort_handle()
}

/// The file first: a restart must know the key that has sealed something.
async fn rotate_keys(app: App, data: DataFolder) {
    loop {
        tokio::time::sleep(ROTATION_CHECK).await;
        let mut next = app.keys().clone();
        if !next.rotate_if_due(app.now(), &mut SystemRng) {
            continue;
        }
        match data.write_keys(&next) {
            Ok(()) => *app.keys.write().unwrap_or_else(PoisonError::into_inner) = next,
            Err(error) => {
                tracing::error!(error = format!("{error:#}"), "the keys were not rotated; the old ones go on")
            }
        }
    }
}

/// SIGHUP reads certificate files again.
async fn reload(front: FrontHandle) {
    let Ok(mut hangup) = signal(SignalKind::hangup()) else { return };
    while hangup.recv().await.is_some() {
        tracing::info!("SIGHUP: certificates are read again");
        front.reload();
    }
}

/// The admin listener and what it checks.
pub struct AdminSide {
    listener: Admin,
    checks: Checks,
}

pub fn install_recorder() -> anyhow::Result<Recorder> {
    let recorder = preau_status::install_recorder()?;
    preau_front::describe_counters();
    Ok(recorder)
}

pub fn admin(
    address: SocketAddr,
    recorder: Recorder,
    store: &Store,
    media: Arc<Media>,
    house: &Gatehouse,
) -> anyhow::Result<AdminSide> {
    let store = store.clone();
    let database = move || {
        let store = store.clone();
        async move { store.ping().await.map_err(|error| error.to_string()) }
    };
    let looked_at = media.clone();
    let look = move || {
        let looked_at = looked_at.clone();
        async move { Json(looked_at.look().await) }
    };
    let top = Router::new().route(media::PATH, get(look));
    let threads = move || {
        let running = media.is_running();
        async move { if running { Ok(()) } else { Err("a media thread has ended".to_owned()) } }
    };
    let checks = Checks::new(vec![Check::new("database", database), Check::new("media", threads)]);
    let keeper = house.keeper.clone();
    let board = preau_web::board(Arc::new(move || keeper.snapshot()), zone());
    let listener = Admin::bind(address, checks.clone(), recorder).with_context(|| format!("admin.listen {address}"))?;
    let listener = listener.beside(board).beside(top);
    Ok(AdminSide { listener, checks })
}

impl AdminSide {
    pub fn checks(&self) -> Checks {
        self.checks.clone()
    }

    pub fn start(self) -> Result<AdminThread, AdminError> {
        self.listener.start()
    }
}

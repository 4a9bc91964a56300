//! Puts the rooms of the house together and runs them until a signal.

mod classes;
pub mod examine;
mod first_start;
mod gate;
mod jobs;
mod relay;
mod upkeep;

pub use upkeep::notify;

use super::load_config;
use crate::cli::Place;
use crate::config::Config;
use crate::data::DataFolder;
use crate::gatehouse::Gatehouse;
use crate::logging;
use anyhow::Context;
use preau_base::{LessonId, SharedClock, SystemClock, SystemRng};
use preau_front::{
    Front, FrontConfig, GuardLimits, Hooks, ListenerConfig, ListenerKind, TlsConfig, plain_pages,
    raise_descriptor_limit,
};
use preau_gate::{KeyRing, Revocations, SignInBudgets};
use preau_identity::{HashPool, HashPoolConfig, Mailer};
use preau_live::Live;
use preau_live::recording::{self, Recordings};
use preau_live::self_test::SelfTests;
use preau_media::{Media, MediaConfig};
use preau_pages::Press;
use preau_store::Store;
use preau_turn::Relay;
use preau_web::App;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, RwLock};
use std::time::Duration;
use tokio::signal::unix::{SignalKind, signal};

/// How long mail that is queued at the end may take.
const MAIL_DRAIN_MAX: Duration = Duration::from_secs(5);

pub async fn run(place: &Place) -> anyhow::Result<()> {
    let config = load_config(place)?;
    logging::init(&config.log)?;
    let data = DataFolder::make(&config.data)?;
    let keys = data.keys()?;
    let store = data.open_store(&config).await?;
    let first_link = first_start::link(&store, &keys).await?;
    let served = Box::pin(start(config, data, keys, store, false)).await?;
    println!("Préau serves {}", served.url());
    served.announce_certificate();
    if let Some(link) = first_link {
        first_start::print(served.url(), &link);
    }
    served.until_stopped().await
}

/// A school that is ready, with its sockets bound, and serves once [`Served::until_stopped`] runs.
pub struct Served {
    url: String,
    config: Config,
    data: DataFolder,
    front: Front,
    app: App,
    live: Live,
    media: Arc<Media>,
    admin: Option<upkeep::AdminSide>,
    house: Gatehouse,
}

pub async fn start(
    config: Config,
    data: DataFolder,
    keys: KeyRing,
    store: Store,
    demo: bool,
) -> anyhow::Result<Served> {
    let clock: SharedClock = Arc::new(SystemClock);
    let keys = Arc::new(RwLock::new(keys));
    // Before anything counts.
    let recorder = config.admin.map(|address| upkeep::install_recorder().map(|it| (address, it))).transpose()?;
    let media = start_media(&config)?;
    let revocations = Arc::new(RwLock::new(Revocations::default()));
    let pages =
        gate::PagesAtGate { keys: keys.clone(), revocations: revocations.clone(), keeps_offline: config.keeps_offline };
    let site = config.instance_name.clone();
    let house = Gatehouse::open(&data, &config.gate, keys.clone(), clock.clone(), Arc::new(pages), site)?;
    let relay = relay::open(&config, &media, clock.clone())?;
    let front = bind_front(&config, &house, relay.clone(), &clock)?;
    house.help_from_kernel(&config, &front, clock.clone());
    let url = url_of(&config, &front);
    let files = data.open_files()?;
    let recordings = Recordings { spool: data.recordings(), files: files.clone() };
    bring_home(&store, &recordings, &clock)?;
    let live = Live::new(preau_live::Parts {
        store: store.clone(),
        media: Some(media.clone()),
        keys: keys.clone(),
        clock: clock.clone(),
        public_origin: config.public_url.clone(),
        recordings: Some(recordings),
        captions: config.captions.clone(),
        relay: relay::for_programs(relay.clone()),
        waiting_at_gate: waiting_at(&house),
    });
    let told = live.clone();
    let app = App::new(preau_web::Parts {
        instance_name: config.instance_name.clone(),
        demo,
        keeps_offline: config.keeps_offline,
        public_origin: config.public_url.clone(),
        clock: clock.clone(),
        keys,
        store,
        files,
        passwords: HashPool::start(HashPoolConfig::default()).context("cannot start the hashing threads")?,
        mailer: config.mail.clone().map(Mailer::smtp).transpose().context("mail")?,
        revocations,
        budgets: Arc::new(Mutex::new(SignInBudgets::default())),
        presence: classes::presence(live.clone()),
        classes: Arc::new(classes::LiveClasses(live.clone())),
        press: Press::child(std::env::current_exe().context("cannot find this program")?, vec!["render-pages".into()]),
        media_test: classes::self_tests(SelfTests::new(Some(media.clone()))),
        on_prepared: classes::prepared(live.clone()),
        on_revoked: Arc::new(move |revocation| {
            let live = told.clone();
            tokio::spawn(async move { live.revoke(&revocation).await });
        }),
        relay,
        gate: Some(Arc::new(gate::GateOfPages(house.keeper.clone()))),
    });
    // Before the first connection: a pass that was revoked must not be good for a moment.
    preau_web::revocations::load(&app).await.context("cannot load the revocations")?;
    let admin = match recorder {
        Some((address, recorder)) => Some(upkeep::admin(address, recorder, &app.store, media.clone(), &house)?),
        None => None,
    };
    Ok(Served { url, config, data, front, app, live, media, admin, house })
}

fn waiting_at(house: &Gatehouse) -> Arc<dyn Fn(LessonId) -> u32 + Send + Sync> {
    let keeper = house.keeper.clone();
    Arc::new(move |lesson| keeper.waiting_for(lesson))
}

/// What a crash has left of recorded lessons gets to where recordings are kept, beside everything else.
fn bring_home(store: &Store, recordings: &Recordings, clock: &SharedClock) -> anyhow::Result<()> {
    // Listed before any lesson is on: what is written from now on is not left.
    let orphans = recording::orphans(recordings).context("recordings")?;
    if !orphans.is_empty() {
        let (store, recordings, clock) = (store.clone(), recordings.clone(), clock.clone());
        tokio::spawn(async move {
            let tracks = recording::adopt_all(&store, &recordings, &orphans, &clock).await;
            tracing::info!(tracks, "recordings of lessons that a stop of the server broke off are kept");
        });
    }
    Ok(())
}

fn start_media(config: &Config) -> anyhow::Result<Arc<Media>> {
    let wish = MediaConfig {
        udp_bind: config.media.bind,
        tcp_bind: config.media.tcp.then_some(config.media.bind),
        public_addresses: config.media.public_addresses.clone(),
        threads: config.media.threads,
        mode: config.media.mode,
        codec: config.media.codec,
        bounds: config.media.bounds,
        ..MediaConfig::default()
    };
    let media = Media::start(wish, Box::new(SystemRng));
    Ok(Arc::new(media.context("media.udp_port")?))
}

fn bind_front(config: &Config, house: &Gatehouse, relay: Option<Relay>, clock: &SharedClock) -> anyhow::Result<Front> {
    let kind = match config.tls {
        TlsConfig::None => ListenerKind::Plain,
        _ => ListenerKind::Tls,
    };
    let pages = config.listen.iter().map(|address| ListenerConfig {
        address: *address,
        kind,
        proxy_protocol: config.proxy_protocol,
    });
    let redirects = config.redirect.iter().map(|address| ListenerConfig {
        address: *address,
        kind: ListenerKind::Redirect,
        proxy_protocol: config.proxy_protocol,
    });
    // As much as the route that takes most, which bounds its own body again; a client that sends next to nothing is cut off
    // long before.
    let limits = GuardLimits {
        drain: config.drain,
        body_bytes_max: preau_web::limits::REQUEST_BYTES_MAX as u64,
        body: preau_web::limits::REQUEST_TIME_MAX,
        ..GuardLimits::default()
    };
    let relayed = if relay.is_some() { preau_turn::ALLOCATIONS_MAX } else { 0 };
    let room = raise_descriptor_limit(limits.connections_max + relayed).context("cannot ask for file descriptors")?;
    // Where there is little room, pages get more of it than the relay.
    let connections_max = (room - relayed.min(room / 4)).min(limits.connections_max);
    let front = FrontConfig {
        listeners: pages.chain(redirects).collect(),
        tls: config.tls.clone(),
        trusted_proxies: config.trusted_proxies.clone(),
        limits: GuardLimits { connections_max, ..limits },
        pages: plain_pages(),
        public_https_port: None,
        hooks: Hooks { other: relay.map(relay::beside_the_pages), ..house.keeper.hooks() },
        gate: Some(house.keeper.clone()),
    };
    Ok(Front::bind(front, clock.clone(), Box::new(SystemRng))?)
}

/// What people type: the configured address, or the first one listened on.
fn url_of(config: &Config, front: &Front) -> String {
    if let Some(url) = &config.public_url {
        return url.clone();
    }
    let scheme = if matches!(config.tls, TlsConfig::None) { "http" } else { "https" };
    let address = front.addresses().find(|(kind, _)| *kind != ListenerKind::Redirect).map(|(_, address)| address);
    let address = address.unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 0)));
    if address.ip().is_unspecified() {
        format!("{scheme}://localhost:{}", address.port())
    } else {
        format!("{scheme}://{address}")
    }
}

/// SIGTERM or SIGINT, listened for from this call on.
pub fn until_told_to_stop() -> anyhow::Result<impl Future<Output = ()>> {
    let mut terminate = signal(SignalKind::terminate()).context("cannot listen for SIGTERM")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("cannot listen for SIGINT")?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

impl Served {
    pub fn url(&self) -> &str {
        &self.url
    }

    /// People compare the fingerprint with what their browser shows before they trust a self-signed certificate.
    fn announce_certificate(&self) {
        let TlsConfig::SelfSigned(_) = self.config.tls else { return };
        let state = self.front.handle().certificate().map(|state| state.borrow().clone());
        if let Some(certificate) = state.and_then(|state| state.current) {
            println!("Its certificate is self-signed; browsers ask once. SHA-256: {}", certificate.fingerprint);
        }
    }

    /// Serves until SIGTERM or SIGINT, then sends classes away to come back, lets requests in flight end, and stops.
    pub async fn until_stopped(self) -> anyhow::Result<()> {
        let Self { data, front, app, live, media, admin, house, .. } = self;
        let router = preau_web::router(app.clone()).merge(preau_live::router(live.clone()));
        let (told, tries) = jobs::tries();
        house.on_failed_try(told);
        let examiner = examine::Examiner {
            live: live.clone(),
            store: app.store.clone(),
            keeper: house.keeper.clone(),
            clock: app.clock.clone(),
        };
        let looks = examine::start(&data, examiner)?;
        let background = upkeep::start(&app, data, front.handle(), house.keeper.clone(), media, tries);
        let checks = admin.as_ref().map(upkeep::AdminSide::checks);
        let admin = admin.map(upkeep::AdminSide::start).transpose()?;
        let told = until_told_to_stop()?;
        // Whoever is told may end us at once, and that must drain too.
        upkeep::notify(sd_notify::NotifyState::Ready);
        let draining = live.clone();
        let served = front
            .serve(router, async move {
                told.await;
                upkeep::notify(sd_notify::NotifyState::Stopping);
                tracing::info!("stopping: no new work, what is in flight may finish");
                if let Some(checks) = checks {
                    checks.drain();
                }
                draining.drain().await;
            })
            .await;
        if let Ok(drained) = &served
            && drained.cut > 0
        {
            tracing::warn!(connections = drained.cut, "connections were cut after the time to drain");
        }
        background.abort();
        looks.abort();
        drop(admin);
        if let Some(mailer) = &app.mailer
            && !mailer.drain(MAIL_DRAIN_MAX).await
        {
            tracing::warn!("mail that was still queued is lost");
        }
        app.store.close().await;
        tokio::task::spawn_blocking(move || house.close()).await.context("the gate’s record")?;
        served?;
        tracing::info!("stopped");
        Ok(())
    }
}

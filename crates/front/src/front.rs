use crate::counters::RequestCounts;
use crate::door::Door;
use crate::guards::Guards;
use crate::porter::DateLine;
use crate::proxies::TrustedProxies;
use crate::redirect::{self, Redirect};
use crate::socket;
use crate::stack::{ListenerContext, Phase, Shared};
use crate::tls::{self, CertificateState};
use crate::{Challenge, FrontConfig, FrontError, ListenerConfig, ListenerKind, TlsConfig};
use axum::Router;
use preau_base::{Cidr, Rng, SharedClock};
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::timeout;

/// The edge, with its sockets bound and its certificate loaded, not yet accepting.
pub struct Front {
    /// Each with the address that it really has.
    listeners: Vec<(ListenerConfig, TcpListener)>,
    shared: Arc<Shared>,
    phase: watch::Sender<Phase>,
    public_https_port: Option<u16>,
    background: Option<tls::Background>,
}

/// How stopping went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Drained {
    /// Connections that were not finished when the time was over, upgraded ones included.
    pub cut: usize,
}

impl Front {
    /// Binds every listener and loads the certificate; within a tokio runtime. ACME does its work once [`Front::serve`]
    /// runs.
    pub fn bind(config: FrontConfig, clock: SharedClock, rng: Box<dyn Rng>) -> Result<Self, FrontError> {
        check(&config)?;
        let listeners = config.listeners.iter().map(listen).collect::<Result<Vec<_>, _>>()?;
        let (tls, background) = tls::start(config.tls, clock, rng, config.limits.certificate_check)?;
        let (phase, phase_seen) = watch::channel(Phase::Running);
        let shared = Arc::new(Shared {
            guards: Guards::knowing(&config.limits, config.hooks.known.clone()),
            limits: config.limits,
            proxies: TrustedProxies::new(config.trusted_proxies),
            pages: config.pages,
            hooks: config.hooks,
            gate: config.gate,
            counts: RequestCounts::new(),
            date: DateLine::default(),
            tls,
            phase: phase_seen,
        });
        Ok(Self { listeners, shared, phase, public_https_port: config.public_https_port, background })
    }

    /// Where each listener listens; the port is the real one where 0 was configured.
    pub fn addresses(&self) -> impl Iterator<Item = (ListenerKind, SocketAddr)> {
        self.listeners.iter().map(|(config, _)| (config.kind, config.address))
    }

    pub fn handle(&self) -> FrontHandle {
        FrontHandle { shared: self.shared.clone() }
    }

    /// Accepts and serves until `shutdown` resolves, then stops accepting, lets what is in flight finish for
    /// [`GuardLimits::drain`](crate::GuardLimits::drain), and cuts the rest.
    ///
    /// The application ends its own endless answers and upgraded connections when it hears of the same shutdown.
    ///
    /// # Errors
    /// When nobody can be let in, from the beginning or any more; in the second case what was in flight had its time to
    /// finish. Whoever watches over the process is to start it again.
    pub async fn serve(self, router: Router, shutdown: impl Future<Output = ()>) -> Result<Drained, FrontError> {
        let https_port = self.https_port();
        let redirect = match &self.shared.tls {
            Some(tls) => redirect::router(Redirect {
                certificates: tls.certificates.clone(),
                pages: self.shared.pages.clone(),
                https_port,
            }),
            None => Router::new(),
        };
        let mut tasks = JoinSet::new();
        if let Some(background) = self.background {
            tasks.spawn(background.run());
        }
        let mut at_the_door = Vec::new();
        for (ListenerConfig { kind, proxy_protocol, .. }, listener) in self.listeners {
            let context = ListenerContext {
                kind,
                proxy_protocol,
                shared: self.shared.clone(),
                router: if kind == ListenerKind::Redirect { redirect.clone() } else { router.clone() },
                redirect: redirect.clone(),
            };
            at_the_door.push((listener, Arc::new(context)));
        }
        let mut door = Door::open(at_the_door).map_err(FrontError::Door)?;
        let told = tokio::select! {
            () = shutdown => true,
            () = door.ended() => false,
        };
        tracing::info!(open = self.shared.guards.open(), told, "no new connections; finishing those in flight");
        self.phase.send_replace(Phase::Draining);
        door.close();
        tasks.shutdown().await;
        let _in_time = timeout(self.shared.limits.drain, self.shared.guards.emptied()).await;
        let drained = Drained { cut: self.shared.guards.open() };
        self.phase.send_replace(Phase::Cut);
        told.then_some(drained).ok_or(FrontError::DoorEnded)
    }

    fn https_port(&self) -> u16 {
        let bound = self.listeners.iter().find(|(config, _)| config.kind == ListenerKind::Tls);
        self.public_https_port.or(bound.map(|(config, _)| config.address.port())).unwrap_or(443)
    }
}

/// A hold on a running edge.
#[derive(Clone)]
pub struct FrontHandle {
    shared: Arc<Shared>,
}

impl FrontHandle {
    pub fn connections_open(&self) -> usize {
        self.shared.guards.open()
    }

    /// Networks of clients where recently earned passes of [`crate::limits::PASSES_EARN_MIN`] people were shown since this
    /// was asked last. One where they go on being shown is told again every ten minutes. At most
    /// [`crate::limits::WITH_PEOPLE_TOLD_MAX`] at once.
    pub fn networks_with_people(&self) -> Vec<Cidr> {
        self.shared.guards.take_with_people()
    }

    /// Looks at certificate files at once, and tries again at once for a certificate that ACME failed to get. For SIGHUP.
    pub fn reload(&self) {
        if let Some(tls) = &self.shared.tls {
            tls.certificates.look_again();
        }
    }

    /// The certificate in use, as it changes; `None` without TLS.
    pub fn certificate(&self) -> Option<watch::Receiver<CertificateState>> {
        self.shared.tls.as_ref().map(|tls| tls.certificates.state())
    }
}

/// What a configuration cannot mean.
fn check(config: &FrontConfig) -> Result<(), FrontError> {
    let has = |kind| config.listeners.iter().any(|listener| listener.kind == kind);
    if config.listeners.is_empty() {
        return Err(FrontError::NoListener);
    }
    if has(ListenerKind::Redirect) && !has(ListenerKind::Tls) {
        return Err(FrontError::NothingToRedirectTo(ListenerKind::Redirect.name()));
    }
    if has(ListenerKind::Tls) && matches!(config.tls, TlsConfig::None) {
        return Err(FrontError::NoTls);
    }
    match &config.tls {
        TlsConfig::Acme(acme) if acme.challenge == Challenge::Http01 && !has(ListenerKind::Redirect) => {
            Err(FrontError::NoHttp01Listener)
        }
        _ => Ok(()),
    }
}

fn listen(config: &ListenerConfig) -> Result<(ListenerConfig, TcpListener), FrontError> {
    let address = config.address;
    let bind = || {
        let listener = socket::listen(address)?;
        Ok((ListenerConfig { address: listener.local_addr()?, ..*config }, listener))
    };
    bind().map_err(|source| FrontError::Bind { address, source })
}

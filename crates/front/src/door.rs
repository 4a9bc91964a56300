//! The door: accepts on a thread of its own, and decides who is served next.
//!
//! Whoever serves connections may be busy; the door never is. It takes connections out of the kernel's queue at once, where
//! a flood would stand before everybody else, applies the caps, and keeps those who cannot be begun yet in an order
//! ([`line`]): networks that showed passes, then those of which nothing is known, last those whose connections came to
//! nothing lately. How many may be begun is measured ([`rounds`]). See docs/decisions/0011.

mod line;
mod overdue;
mod rounds;

pub(crate) use overdue::Watch;

use crate::guards::Rank;
use crate::limits as l;
use crate::socket;
use crate::stack::{Arrival, ListenerContext, Place, client_address, serve_connection};
use crate::wire::Watched;
use line::{Line, Waiting};
use overdue::Overdue;
use preau_gate::Sign;
use rounds::Rounds;
use std::cell::RefCell;
use std::io;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::fd::AsRawFd as _;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::sync::{Notify, oneshot};
use tokio::task::{JoinSet, LocalSet, yield_now};
use tokio::time::{Instant, sleep, sleep_until};

/// The thread at the door; it ends, and its listeners with it, when it is closed.
pub(crate) struct Door {
    stop: oneshot::Sender<()>,
    /// Broken when the thread ends, however it does.
    ended: oneshot::Receiver<()>,
    thread: std::thread::JoinHandle<()>,
}

/// A connection that was accepted.
struct Guest {
    listener: Arc<ListenerContext>,
    stream: TcpStream,
    peer: SocketAddr,
    place: Place,
}

impl Door {
    /// Accepts for each of `listeners` and has its connections served on the runtime of whoever calls.
    pub fn open(listeners: Vec<(TcpListener, Arc<ListenerContext>)>) -> io::Result<Self> {
        let serving = Handle::current();
        let (stop, stopped) = oneshot::channel();
        let (alive, ended) = oneshot::channel::<()>();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let work = move || {
            let _until_the_end = alive;
            let porch = Rc::new(Porch {
                line: RefCell::new(Line::new()),
                rounds: RefCell::new(Rounds::new()),
                moved: Arc::new(Notify::new()),
                overdue: Arc::default(),
                serving,
            });
            LocalSet::new().block_on(&runtime, porch.clone().watch(listeners, stopped));
            porch.let_all_in();
        };
        let thread = std::thread::Builder::new().name("door".to_owned()).spawn(work)?;
        Ok(Self { stop, ended, thread })
    }

    /// Resolves when the thread has ended: before the door is closed, that is a defect.
    pub async fn ended(&mut self) {
        let _broken = (&mut self.ended).await;
    }

    /// Accepts nobody any more; whoever was accepted is served.
    pub fn close(self) {
        drop(self.stop);
        if self.thread.join().is_err() {
            tracing::error!("the thread at the door had panicked");
        }
    }
}

/// Where guests wait; of the door's thread alone.
struct Porch {
    line: RefCell<Line<Guest>>,
    rounds: RefCell<Rounds>,
    /// Somebody has come, or a round is over.
    moved: Arc<Notify>,
    /// Whoever was let in and has not asked anything yet.
    overdue: Arc<Overdue>,
    /// Serves connections.
    serving: Handle,
}

impl Porch {
    async fn watch(
        self: Rc<Self>,
        listeners: Vec<(TcpListener, Arc<ListenerContext>)>,
        stopped: oneshot::Receiver<()>,
    ) {
        let mut tasks = JoinSet::new();
        for (listener, context) in listeners {
            tasks.spawn_local(self.clone().accept(listener, context));
        }
        tokio::select! {
            _ = stopped => {}
            () = self.usher() => {}
            () = self.look_for_overdue() => {}
            // A listener that nobody accepts of: better no door than one that is shut and says nothing.
            _ = tasks.join_next() => tracing::error!("a listener has failed"),
        }
        tasks.shutdown().await;
    }

    async fn accept(self: Rc<Self>, listener: TcpListener, context: Arc<ListenerContext>) {
        let accepted = metrics::counter!("preau_front_connections_total", "listener" => context.kind.name());
        let listener = match socket::watch(listener) {
            Ok(listener) => listener,
            Err(error) => return tracing::error!(%error, "nobody can be accepted"),
        };
        loop {
            let Ok(mut ready) = listener.readable().await else { return };
            for _ in 0..l::ACCEPTS_AT_ONCE {
                match ready.try_io(|listener| socket::accept(listener.get_ref())) {
                    Ok(Ok((stream, peer))) => {
                        accepted.increment(1);
                        self.arrives(&context, stream, peer);
                    }
                    Ok(Err(error)) => {
                        metrics::counter!("preau_front_accept_failures_total").increment(1);
                        tracing::warn!(%error, "a connection could not be accepted");
                        sleep(Duration::from_millis(l::ACCEPT_RETRY_MS)).await;
                        break;
                    }
                    Err(_nobody) => break,
                }
            }
            self.let_in();
            if !self.line.borrow().is_empty() {
                self.moved.notify_one();
            }
            yield_now().await;
        }
    }

    fn arrives(&self, listener: &Arc<ListenerContext>, stream: TcpStream, peer: SocketAddr) {
        let shared = &listener.shared;
        let (place, rank) = match shared.guards.admit(peer.ip(), &shared.proxies) {
            Ok(permit) => {
                let rank = permit.rank();
                (Place::Admitted(permit), rank)
            }
            Err(cap) => match shared.refuse(cap, client_address(shared, peer, None)) {
                Some(held) => (Place::Refused(held), Rank::Doubted),
                None => return,
            },
        };
        let guest = Guest { listener: listener.clone(), stream, peer, place };
        if let Some(turned_away) = self.line.borrow_mut().push(rank, Instant::now(), guest) {
            turned_away.turn_away("door_full");
        }
    }

    /// Lets in as many as may be, in order.
    fn let_in(&self) {
        let (mut line, mut rounds) = (self.line.borrow_mut(), self.rounds.borrow_mut());
        while !line.is_empty() && rounds.may_hand_over() {
            let Some(next) = line.next() else { return };
            next.serve(&self.serving, &self.overdue);
            rounds.handed_over(&self.serving, &self.moved);
        }
    }

    fn let_all_in(&self) {
        while let Some(next) = self.line.borrow_mut().next() {
            next.serve(&self.serving, &self.overdue);
        }
    }

    async fn look_for_overdue(&self) {
        let ended = metrics::counter!("preau_front_refusals_total", "reason" => "overdue");
        loop {
            sleep(Duration::from_millis(l::OVERDUE_LOOK_MS)).await;
            ended.increment(self.overdue.end_overdue(Instant::now()) as u64);
        }
    }

    /// Lets in whoever waits as soon as there is room, and looks through the line meanwhile.
    async fn usher(&self) {
        let (waiting, delay) =
            (metrics::gauge!("preau_front_door_waiting"), metrics::gauge!("preau_front_turn_seconds"));
        let mut look_at = None;
        loop {
            // Nobody is looked for while nobody waits.
            look_at = match self.line.borrow().is_empty() {
                true => None,
                false => look_at.or_else(|| Some(Instant::now() + Duration::from_millis(l::DOOR_LOOK_MS))),
            };
            let look = async {
                match look_at {
                    Some(at) => sleep_until(at).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = self.moved.notified() => {}
                () = look => {
                    look_at = None;
                    self.look_through();
                }
            }
            self.let_in();
            waiting.set(self.line.borrow().len() as f64);
            delay.set(self.rounds.borrow().delay(Instant::now()).as_secs_f64());
        }
    }

    fn look_through(&self) {
        let now = Instant::now();
        let mut line = self.line.borrow_mut();
        for guest in line.shed(now) {
            guest.turn_away("behind");
        }
        // Nobody can close the silent in time but us while they wait here.
        let Some(patience) = line.first().map(|guest| guest.listener.shared.limits.first_header) else { return };
        for guest in line.clear(now, patience, |guest| !socket::has_spoken(&guest.stream)) {
            guest.was_silent();
        }
    }
}

impl Waiting<Guest> {
    fn serve(self, serving: &Handle, overdue: &Arc<Overdue>) {
        let Self { since, who: Guest { listener, stream, peer, place } } = self;
        // Whoever has said something meanwhile was not slow: we were.
        let turn = Instant::now();
        let waited = turn.duration_since(since) >= Duration::from_millis(l::WAIT_FORGIVEN_MS_MIN);
        let arrival =
            if waited && socket::has_spoken(&stream) { Arrival::late(since, turn) } else { Arrival::at(since) };
        let stream = {
            let _its_sockets = serving.enter();
            match tokio::net::TcpStream::from_std(stream) {
                Ok(stream) => stream,
                Err(error) => return tracing::warn!(%error, "a connection cannot be served"),
            }
        };
        let watch = overdue.watch(stream.as_raw_fd(), arrival.until(listener.shared.limits.first_header));
        let stream = Watched::new(stream, watch);
        serving.spawn(async move {
            stream.watch().begin();
            serve_connection(listener, stream, peer, place, arrival).await;
        });
    }
}

impl Guest {
    /// Resets the connection: nothing is left of it on either side.
    fn turn_away(self, reason: &'static str) {
        metrics::counter!("preau_front_refusals_total", "reason" => reason).increment(1);
        if let Place::Admitted(permit) = &self.place {
            permit.account().unserved();
        }
        self.tell(Sign::ConnectionRefused);
        socket::abort(&self.stream);
    }

    /// Closes the connection without a word: nothing was asked.
    fn was_silent(self) {
        self.tell(Sign::Silent);
    }

    fn tell(&self, sign: Sign) {
        let shared = &self.listener.shared;
        shared.client(self.peer, None).tell(sign);
    }
}

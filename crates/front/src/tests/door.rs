//! Whoever serves is busy: the door goes on.

use super::harness::{Client, Edge, Gate, PATIENCE, connect_from};
use crate::{FrontConfig, FrontError, GuardLimits, limits as l};
use preau_gate::Sign;
use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;

const KNOWN: &str = "127.0.0.8";
const DOUBTED: &str = "127.0.0.9";
const STRANGER: &str = "127.0.0.10";
/// From accept to the first header.
const HEADER: Duration = Duration::from_secs(4);
const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nhost: e\r\nconnection: close\r\n\r\n";

/// An edge on a runtime with one thread, which can be brought to a stop.
struct World {
    runtime: Runtime,
    edge: Edge,
    gate: Gate,
    address: SocketAddr,
}

impl World {
    /// Where one network has shown a pass, and the connections of another came to nothing.
    fn new() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let limits = GuardLimits { first_header: HEADER, ..GuardLimits::default() };
        let (edge, gate) = runtime.block_on(Edge::heard(limits));
        let address = edge.addresses[0].1;
        runtime.block_on(async {
            let mut known = Client(connect_from(KNOWN, address).await);
            known.send("GET / HTTP/1.1\r\nhost: e\r\ncookie: pass=good\r\n\r\n").await;
            assert!(known.response().await.ends_with("bonjour"));
        });
        let world = Self { runtime, edge, gate, address };
        world.until_open(0);
        let nothing: Vec<_> = (0..l::DOUBT_MIN).map(|_| world.connect(DOUBTED)).collect();
        // Before they go they must have come: one that the kernel still holds is not counted yet.
        world.until_open(nothing.len());
        drop(nothing);
        world.until_open(0);
        world
    }

    fn until_open(&self, connections: usize) {
        self.until("as many are open", |world| world.edge.handle.connections_open() == connections);
    }

    fn until(&self, what: &str, mut is: impl FnMut(&Self) -> bool) {
        let begun = Instant::now();
        while !is(self) {
            assert!(begun.elapsed() < PATIENCE, "{what}");
            std::thread::yield_now();
        }
    }

    /// Nothing is served until the sender is dropped.
    fn stop(&self) -> Sender<()> {
        let (go_on, stopped) = channel::<()>();
        let (stands, stands_still) = channel();
        self.runtime.spawn(async move {
            stands.send(()).unwrap();
            let _dropped = stopped.recv();
        });
        stands_still.recv_timeout(PATIENCE).unwrap();
        go_on
    }

    fn connect(&self, from: &str) -> TcpStream {
        let socket = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).unwrap();
        socket.bind(&SocketAddr::new(from.parse().unwrap(), 0).into()).unwrap();
        socket.connect_timeout(&self.address.into(), PATIENCE).unwrap();
        socket.set_read_timeout(Some(PATIENCE)).unwrap();
        socket.into()
    }
}

/// What comes until the other end closes or resets.
fn end_of(mut stream: TcpStream) -> Result<String, ErrorKind> {
    let mut said = Vec::new();
    stream.read_to_end(&mut said).map_err(|error| error.kind())?;
    Ok(String::from_utf8(said).unwrap())
}

#[test]
fn a_runtime_that_stands_still_keeps_nobody_out_of_the_line_and_the_line_keeps_its_order() {
    let world = World::new();
    let go_on = world.stop();
    // As many as are handed over at once, and then those who wait.
    let handed_over: Vec<_> = (0..l::ROUND_MAX).map(|_| world.connect("127.0.0.2")).collect();
    world.until_open(l::ROUND_MAX);
    let begun = Instant::now();
    let doubted: Vec<_> = (0..20).map(|_| world.connect(DOUBTED)).collect();
    let silent: Vec<_> = (0..20).map(|_| world.connect(STRANGER)).collect();
    let asks = |from| {
        let mut stream = world.connect(from);
        stream.write_all(REQUEST).unwrap();
        stream
    };
    let people: Vec<_> = (0..20).flat_map(|_| [asks(STRANGER), asks(KNOWN)]).collect();
    for stream in doubted {
        assert_eq!(end_of(stream), Err(ErrorKind::ConnectionReset), "shed, before it costs anything");
    }
    assert!(begun.elapsed() < HEADER, "and soon: {:?}", begun.elapsed());
    for stream in silent {
        assert_eq!(end_of(stream), Ok(String::new()), "closed without a word");
    }
    assert!(begun.elapsed() >= HEADER && begun.elapsed() < HEADER + PATIENCE / 2, "{:?}", begun.elapsed());
    let open = || world.edge.handle.connections_open();
    world.until("nobody but people is left", |_| open() <= l::ROUND_MAX + people.len());
    assert_eq!(open(), l::ROUND_MAX + people.len());
    drop(go_on);
    for stream in people {
        let said = end_of(stream);
        assert!(said.as_ref().is_ok_and(|said| said.ends_with("bonjour")), "{said:?}");
    }
    drop(handed_over);
    world.until_open(0);
    world.runtime.block_on(async {
        world.gate.hears(Sign::ConnectionRefused).await;
        world.gate.hears(Sign::Silent).await;
    });
}

/// What those who serve do when they get a turn they do too late: everything here hangs on the door alone.
#[test]
fn who_has_not_asked_in_time_is_ended_while_those_who_serve_stand_still() {
    let world = World::new();
    let before = world.gate.heard().len();
    // These have had their first turn, and say nothing, or never come to an end.
    let silent: Vec<_> = (0..10).map(|_| world.connect(STRANGER)).collect();
    let drips: Vec<_> = (0..10)
        .map(|_| {
            let mut stream = world.connect(KNOWN);
            stream.write_all(b"GET / HTTP/1.1\r\nhost: e\r\nx-a: ").unwrap();
            stream
        })
        .collect();
    world.until_open(20);
    let mut served = world.connect(STRANGER);
    served.write_all(b"GET / HTTP/1.1\r\nhost: e\r\n\r\n").unwrap();
    let mut answer = [0; 15];
    served.read_exact(&mut answer).unwrap();
    let (begun, go_on) = (Instant::now(), world.stop());
    // These are handed over and get no turn.
    let late: Vec<_> = (0..10).map(|_| world.connect("127.0.0.2")).collect();
    let mut asked = world.connect("127.0.0.2");
    asked.write_all(REQUEST).unwrap();
    for (number, mut drip) in drips.into_iter().enumerate() {
        // One byte more now and then changes nothing.
        let _ended_or_not = drip.write_all(b"a");
        let said = end_of(drip);
        assert!(
            said.as_ref().is_ok_and(String::is_empty) || said == Err(ErrorKind::ConnectionReset),
            "{number}: {said:?}"
        );
    }
    for stream in silent.into_iter().chain(late) {
        assert_eq!(end_of(stream), Ok(String::new()), "closed without a word");
    }
    let most = HEADER + Duration::from_millis(l::OVERDUE_MS + 2 * l::OVERDUE_LOOK_MS) + Duration::from_secs(1);
    assert!(begun.elapsed() < most, "{:?}", begun.elapsed());
    assert_eq!(world.gate.heard().len(), before, "nobody who serves has had a turn");
    // Whoever has asked is left alone: one has had an answer, the other waits for its turn, and we are slow.
    served.write_all(REQUEST).unwrap();
    drop(go_on);
    for stream in [served, asked] {
        let said = end_of(stream);
        assert!(said.as_ref().is_ok_and(|said| said.ends_with("bonjour")), "{said:?}");
    }
    world.until_open(0);
    world.runtime.block_on(world.gate.hears(Sign::SlowHeader));
}

#[test]
fn a_wait_of_ours_is_forgiven_but_not_without_end() {
    use crate::stack::Arrival;
    let (limits, ms) = (GuardLimits::default(), Duration::from_millis);
    let accepted = tokio::time::Instant::now();
    let bar = Duration::from_secs(10);
    assert_eq!(Arrival::at(accepted).until(limits.first_header), accepted + limits.first_header);
    for waited in [300, 3_900, 6_500] {
        let arrival = Arrival::late(accepted, accepted + ms(waited));
        for patience in [limits.first_header, limits.handshake, limits.probation] {
            let until = arrival.until(patience);
            assert!(until >= accepted + patience, "nothing is taken from anybody");
            assert!(until >= accepted + ms(waited + l::TURN_MS_MIN), "and everybody has time after their turn");
            let ended = until + ms(l::OVERDUE_MS + l::OVERDUE_LOOK_MS);
            assert!(ended < accepted + bar, "{waited} ms waited: ended {:?} after accept", ended - accepted);
        }
    }
}

#[test]
fn nobody_is_shed_while_there_is_no_hurry() {
    let world = World::new();
    for _ in 0..50 {
        let mut stream = world.connect(DOUBTED);
        stream.write_all(REQUEST).unwrap();
        assert!(end_of(stream).is_ok_and(|said| said.ends_with("bonjour")));
    }
}

/// Connections would pile up in the kernel's queue, and nobody would know.
#[tokio::test]
async fn serving_ends_with_an_error_when_the_door_does() {
    let hooks = crate::Hooks { known: Arc::new(|_| panic!("on purpose")), ..crate::Hooks::default() };
    let edge = Edge::start(FrontConfig { hooks, ..FrontConfig::plain("127.0.0.1:0".parse().unwrap()) }).await;
    let _guest = edge.connect().await;
    assert!(matches!(edge.ended().await, Err(FrontError::DoorEnded)));
}

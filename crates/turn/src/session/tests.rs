use super::*;
use crate::credentials::Credentials;
use crate::limits::CREDENTIALS_LIFETIME;
use crate::message::attribute as a;
use crate::relay::Route;
use md5::{Digest, Md5};
use preau_base::SeededRng;
use proptest::prelude::*;

const CANDIDATE: &str = "192.0.2.10:4443";
const LOCAL: &str = "127.0.0.1:4443";
const RELAYED: &str = "192.0.2.10:50000";
const CLIENT: &str = "198.51.100.7:40000";

fn addr(text: &str) -> SocketAddr {
    text.parse().expect("an address")
}

/// A session with its relay, and a client that speaks to it.
struct Fixture {
    secret: Secret,
    routes: Routes,
    session: Session,
    now: Instant,
    me: Credentials,
    nonce: String,
    sent: u8,
    refuses: Option<Refusal>,
    allocated: Vec<(String, bool)>,
}

/// What came of a message.
#[derive(Debug, PartialEq, Eq)]
enum Came {
    Reply(Vec<u8>),
    Relay(SocketAddr, Vec<u8>),
    Nothing,
}

impl Fixture {
    fn new() -> Self {
        let secret = Secret::new(&mut SeededRng::new(1));
        let now = Instant::from_secs(1_800_000_000);
        let me = secret.credentials("visit", now);
        let route = Route { candidate: addr(CANDIDATE), local: addr(LOCAL) };
        Self {
            nonce: secret.nonce(addr(CLIENT), now),
            secret,
            routes: Routes::new(vec![route]),
            session: Session::new(addr(CLIENT)),
            now,
            me,
            sent: 0,
            refuses: None,
            allocated: Vec::new(),
        }
    }

    fn allocated() -> Self {
        let mut fixture = Self::new();
        let reply = fixture.ask(Method::Allocate, &udp());
        assert_eq!(error_of(&reply), None);
        fixture
    }

    fn key(&self) -> Key {
        Md5::digest(format!("{}:{REALM}:{}", self.me.username, self.me.password)).into()
    }

    fn give(&mut self, bytes: &[u8]) -> Came {
        let (refuses, allocated) = (self.refuses, &mut self.allocated);
        let mut allocate = |user: &str, v6: bool| {
            allocated.push((user.to_owned(), v6));
            refuses.map_or(Ok(addr(RELAYED)), Err)
        };
        let mut world = World { secret: &self.secret, routes: &self.routes, now: self.now, allocate: &mut allocate };
        match self.session.handle(bytes, &mut world) {
            Deed::Reply(reply) => Came::Reply(reply),
            Deed::Relay(to, data) => Came::Relay(to, data.to_vec()),
            Deed::Nothing => Came::Nothing,
        }
    }

    /// A signed request with these attributes, and its answer.
    fn ask(&mut self, method: Method, attributes: &dyn Fn(Writer) -> Writer) -> Vec<u8> {
        let request = self.request(method, attributes);
        self.replied(&request)
    }

    fn request(&mut self, method: Method, attributes: &dyn Fn(Writer) -> Writer) -> Vec<u8> {
        self.sent += 1;
        attributes(Writer::new(method, Class::Request, [self.sent; 12]))
            .with(a::USERNAME, self.me.username.as_bytes())
            .with(a::REALM, REALM.as_bytes())
            .with(a::NONCE, self.nonce.as_bytes())
            .sign(&self.key())
    }

    fn replied(&mut self, request: &[u8]) -> Vec<u8> {
        match self.give(request) {
            Came::Reply(reply) => reply,
            other => panic!("no reply but {other:?}"),
        }
    }

    fn wrap(&self, from: &str, data: &[u8], pads: bool) -> Vec<u8> {
        let mut out = Vec::new();
        self.session.wrap(addr(from), data, pads, &self.routes, self.now, &mut out);
        out
    }
}

fn udp() -> impl Fn(Writer) -> Writer {
    |writer| writer.with(a::REQUESTED_TRANSPORT, &[UDP, 0, 0, 0])
}

fn peer(text: &'static str) -> impl Fn(Writer) -> Writer {
    move |writer| writer.with_address(a::XOR_PEER_ADDRESS, addr(text))
}

fn channel(number: u16, text: &'static str) -> impl Fn(Writer) -> Writer {
    move |writer| {
        let writer = writer.with_number(a::CHANNEL_NUMBER, u32::from(number) << 16);
        writer.with_address(a::XOR_PEER_ADDRESS, addr(text))
    }
}

fn error_of(reply: &[u8]) -> Option<u16> {
    let message = Message::parse(reply).expect("a reply");
    let code = message.get(a::ERROR_CODE)?;
    assert_eq!(message.class, Class::Error);
    Some(u16::from(code[2]) * 100 + u16::from(code[3]))
}

#[test]
fn a_browser_allocates_as_browsers_do() {
    let mut fixture = Fixture::new();
    let bare = udp()(Writer::new(Method::Allocate, Class::Request, [9; 12])).finish();
    let reply = fixture.replied(&bare);
    assert_eq!(error_of(&reply), Some(401));
    let challenge = Message::parse(&reply).expect("a challenge");
    assert_eq!(challenge.get(a::REALM), Some(REALM.as_bytes()));
    fixture.nonce = String::from_utf8(challenge.get(a::NONCE).expect("a nonce").to_vec()).expect("UTF-8");
    assert!(fixture.allocated.is_empty(), "nothing is opened for somebody unknown");

    let request = fixture.request(Method::Allocate, &udp());
    let reply = fixture.replied(&request);
    let answer = Message::parse(&reply).expect("an answer");
    assert_eq!((answer.method, answer.class), (Method::Allocate, Class::Success));
    assert_eq!(answer.address(a::XOR_RELAYED_ADDRESS), Some(addr(RELAYED)));
    assert_eq!(answer.address(a::XOR_MAPPED_ADDRESS), Some(addr(CLIENT)));
    assert_eq!(answer.number(a::LIFETIME), Some(600));
    assert!(answer.is_signed_with(&fixture.key()), "the client checks us as well");
    assert_eq!(fixture.replied(&request), reply, "the same request gets the same answer");
    assert_eq!(fixture.allocated, [(fixture.me.username.clone(), false)], "one allocation");
    assert_eq!(error_of(&fixture.ask(Method::Allocate, &udp())), Some(437), "another request does not");
}

#[test]
fn only_media_is_reached() {
    for elsewhere in ["192.0.2.11:4443", "127.0.0.1:4443", "10.0.0.1:80", "[2001:db8::1]:4443", "255.255.255.255:1"] {
        let mut fixture = Fixture::allocated();
        let elsewhere: &'static str = elsewhere;
        assert_eq!(error_of(&fixture.ask(Method::CreatePermission, &peer(elsewhere))), Some(403), "{elsewhere}");
        assert_eq!(error_of(&fixture.ask(Method::ChannelBind, &channel(0x4000, elsewhere))), Some(403), "{elsewhere}");
        let both = |writer| peer(elsewhere)(peer(CANDIDATE)(writer));
        assert_eq!(error_of(&fixture.ask(Method::CreatePermission, &both)), Some(403), "all or none");
        for to in [elsewhere, CANDIDATE] {
            let send = peer(to)(Writer::new(Method::Send, Class::Indication, [1; 12])).with(a::DATA, b"x").finish();
            assert_eq!(fixture.give(&send), Came::Nothing, "no permission was given");
        }
    }
    let mut fixture = Fixture::allocated();
    fixture.ask(Method::CreatePermission, &peer(CANDIDATE));
    let other_port = peer("192.0.2.10:22")(Writer::new(Method::Send, Class::Indication, [1; 12]));
    assert_eq!(fixture.give(&other_port.with(a::DATA, b"x").finish()), Came::Nothing, "a permission is for an address");
}

#[test]
fn datagrams_go_both_ways_as_indications() {
    let mut fixture = Fixture::allocated();
    let send = |data: &[u8]| {
        peer(CANDIDATE)(Writer::new(Method::Send, Class::Indication, [1; 12])).with(a::DATA, data).finish()
    };
    assert_eq!(fixture.give(&send(b"early")), Came::Nothing);
    assert!(fixture.wrap(LOCAL, b"early", true).is_empty());
    assert_eq!(error_of(&fixture.ask(Method::CreatePermission, &peer(CANDIDATE))), None);
    assert_eq!(fixture.give(&send(b"hello")), Came::Relay(addr(LOCAL), b"hello".to_vec()));
    let wrapped = fixture.wrap(LOCAL, b"answer", true);
    let data = Message::parse(&wrapped).expect("an indication");
    assert_eq!((data.method, data.class), (Method::Data, Class::Indication));
    assert_eq!(data.address(a::XOR_PEER_ADDRESS), Some(addr(CANDIDATE)), "as the client knows media");
    assert_eq!(data.get(a::DATA), Some(&b"answer"[..]));
    assert!(fixture.wrap("127.0.0.1:9999", b"forged", true).is_empty(), "anybody on this machine could send");
    fixture.now = fixture.now.plus(PERMISSION_LIFETIME);
    assert_eq!(fixture.give(&send(b"late")), Came::Nothing);
    assert!(fixture.wrap(LOCAL, b"late", true).is_empty());
}

#[test]
fn datagrams_go_both_ways_over_a_channel() {
    let mut fixture = Fixture::allocated();
    assert_eq!(error_of(&fixture.ask(Method::ChannelBind, &channel(0x4001, CANDIDATE))), None);
    assert_eq!(fixture.give(b"\x40\x01\x00\x05hello\0\0\0"), Came::Relay(addr(LOCAL), b"hello".to_vec()));
    assert_eq!(fixture.wrap(LOCAL, b"hello", true), b"\x40\x01\x00\x05hello\0\0\0");
    assert_eq!(fixture.wrap(LOCAL, b"hello", false), b"\x40\x01\x00\x05hello");
    for unknown in [&b"\x40\x02\x00\x01x"[..], b"\x40\x01\x00\x09short", b"\x40\x01"] {
        assert_eq!(fixture.give(unknown), Came::Nothing);
    }
    assert_eq!(error_of(&fixture.ask(Method::ChannelBind, &channel(0x4001, CANDIDATE))), None, "refreshed");
    assert_eq!(
        error_of(&fixture.ask(Method::ChannelBind, &channel(0x4002, CANDIDATE))),
        Some(400),
        "one channel an address"
    );
    assert_eq!(error_of(&fixture.ask(Method::ChannelBind, &channel(0x3fff, CANDIDATE))), Some(400));
    assert_eq!(error_of(&fixture.ask(Method::ChannelBind, &channel(0x5000, CANDIDATE))), Some(400));
    fixture.now = fixture.now.plus(CHANNEL_LIFETIME - Duration::from_secs(1));
    fixture.ask(Method::Refresh, &|writer| writer);
    fixture.now = fixture.now.plus(Duration::from_secs(1));
    assert_eq!(fixture.give(b"\x40\x01\x00\x01x"), Came::Nothing, "a channel is bound for ten minutes");
}

#[test]
fn an_allocation_lasts_as_long_as_it_is_refreshed() {
    let mut fixture = Fixture::allocated();
    for _ in 0..8 {
        fixture.now = fixture.now.plus(LIFETIME - Duration::from_secs(1));
        if error_of(&fixture.ask(Method::Refresh, &|writer| writer)) == Some(438) {
            fixture.nonce = fixture.secret.nonce(addr(CLIENT), fixture.now);
            assert_eq!(error_of(&fixture.ask(Method::Refresh, &|writer| writer)), None);
        }
        assert!(fixture.session.is_allocated(fixture.now));
    }
    let reply = fixture.ask(Method::Refresh, &|writer| writer.with_number(a::LIFETIME, 1_000_000));
    assert_eq!(Message::parse(&reply).expect("an answer").number(a::LIFETIME), Some(3_600), "an hour at most");
    fixture.now = fixture.now.plus(LIFETIME_MAX);
    assert!(!fixture.session.is_allocated(fixture.now));
    let mut fixture = Fixture::allocated();
    assert_eq!(error_of(&fixture.ask(Method::Refresh, &|writer| writer.with_number(a::LIFETIME, 0))), None);
    assert!(!fixture.session.is_allocated(fixture.now));
    assert_eq!(error_of(&fixture.ask(Method::Refresh, &|writer| writer)), Some(437));
    assert_eq!(error_of(&fixture.ask(Method::CreatePermission, &peer(CANDIDATE))), Some(437));
    assert_eq!(
        error_of(&fixture.ask(Method::Refresh, &|writer| writer.with_number(a::LIFETIME, 0))),
        None,
        "gone is gone"
    );
}

#[test]
fn credentials_that_are_over_make_nothing_new_and_end_nothing() {
    let mut fixture = Fixture::allocated();
    let kept = fixture.now.plus(LIFETIME_MAX);
    fixture.ask(Method::Refresh, &|writer| writer.with_number(a::LIFETIME, 3_600));
    fixture.now = kept.minus(Duration::from_secs(5));
    let late = fixture.secret.nonce(addr(CLIENT), fixture.now);
    fixture.nonce.clone_from(&late);
    fixture.me = fixture.secret.credentials("visit", fixture.now.minus(CREDENTIALS_LIFETIME + Duration::from_secs(9)));
    assert_eq!(error_of(&fixture.ask(Method::Refresh, &|writer| writer)), Some(401), "another's name is none");
    let mut other = Fixture::new();
    other.now = other.now.plus(CREDENTIALS_LIFETIME + Duration::from_secs(9));
    other.nonce = other.secret.nonce(addr(CLIENT), other.now);
    assert_eq!(error_of(&other.ask(Method::Allocate, &udp())), Some(401));
    assert!(other.allocated.is_empty());
}

#[test]
fn what_is_asked_wrongly_is_told() {
    let tcp = |writer: Writer| writer.with(a::REQUESTED_TRANSPORT, &[6, 0, 0, 0]);
    let family = |number: u8| move |writer| udp()(writer).with(a::REQUESTED_ADDRESS_FAMILY, &[number, 0, 0, 0]);
    assert_eq!(error_of(&Fixture::new().ask(Method::Allocate, &tcp)), Some(442));
    assert_eq!(error_of(&Fixture::new().ask(Method::Allocate, &|writer| writer)), Some(400));
    assert_eq!(error_of(&Fixture::new().ask(Method::Allocate, &family(IPV4))), None);
    assert_eq!(error_of(&Fixture::new().ask(Method::Allocate, &family(IPV6))), Some(440), "media has no IPv6 here");
    assert_eq!(error_of(&Fixture::new().ask(Method::Allocate, &family(9))), Some(440));
    for (refusal, code) in [(Refusal::Quota, 486), (Refusal::Capacity, 508)] {
        let mut full = Fixture { refuses: Some(refusal), ..Fixture::new() };
        assert_eq!(error_of(&full.ask(Method::Allocate, &udp())), Some(code));
        assert!(!full.session.is_allocated(full.now));
    }
    let even_port = |writer| udp()(writer).with(0x0018, &[0x80]);
    let reply = Fixture::new().ask(Method::Allocate, &even_port);
    assert_eq!(error_of(&reply), Some(420));
    assert_eq!(Message::parse(&reply).expect("a reply").get(a::UNKNOWN_ATTRIBUTES), Some(&[0, 0x18][..]));
    let mut forged = Fixture::new();
    forged.me.password.push('x');
    assert_eq!(error_of(&forged.ask(Method::Allocate, &udp())), Some(401));
    let mut stale = Fixture::new();
    stale.nonce = stale.secret.nonce(addr("198.51.100.7:40001"), stale.now);
    assert_eq!(error_of(&stale.ask(Method::Allocate, &udp())), Some(438));
    let binding = Writer::new(Method::Binding, Class::Request, [4; 12]).finish();
    let reply = Fixture::new().replied(&binding);
    assert_eq!(Message::parse(&reply).expect("a reply").address(a::XOR_MAPPED_ADDRESS), Some(addr(CLIENT)));
}

proptest! {
    /// Whatever comes, in whatever order, nothing but media is written to.
    #[test]
    fn nothing_else_is_ever_reached(
        asked in proptest::collection::vec((0usize..6, 0usize..4, any::<u16>(), 0u32..900,
            proptest::collection::vec(any::<u8>(), 0..40)), 1..60),
    ) {
        let peers = [CANDIDATE, LOCAL, "192.0.2.10:22", "10.0.0.1:4443"];
        let mut fixture = Fixture::new();
        for (what, whom, number, passed_s, data) in asked {
            let whom = peers[whom];
            fixture.now = fixture.now.plus(Duration::from_secs(passed_s.into()));
            if passed_s % 3 == 0 {
                fixture.nonce = fixture.secret.nonce(addr(CLIENT), fixture.now);
            }
            let request = match what {
                0 => fixture.request(Method::Allocate, &udp()),
                1 => fixture.request(Method::CreatePermission, &peer(whom)),
                2 => fixture.request(Method::ChannelBind, &channel(0x4000 | number & 3, whom)),
                3 => peer(whom)(Writer::new(Method::Send, Class::Indication, [1; 12])).with(a::DATA, &data).finish(),
                4 => [&[0x40, u8::try_from(number & 3).expect("small"), 0, u8::try_from(data.len()).expect("short")], &data[..]].concat(),
                _ => data,
            };
            if let Came::Relay(to, _) = fixture.give(&request) {
                prop_assert_eq!(to, addr(LOCAL));
                prop_assert!(fixture.session.is_allocated(fixture.now));
            }
        }
    }
}

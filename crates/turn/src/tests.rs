//! The relay over real sockets: a client of ours, and a socket that stands for media and says everything twice.

use crate::credentials::{Credentials, Key};
use crate::limits::{ALLOCATIONS_PER_USER_MAX, UNPROVED_ANSWERS_PER_SECOND};
use crate::message::attribute as a;
use crate::message::{Class, Message, Method, Writer};
use crate::session::REALM;
use crate::{Relay, Route, Served, frame};
use md5::{Digest, Md5};
use preau_base::{Clock as _, SeededRng, SystemClock};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream, UdpSocket};
use tokio::task::JoinHandle;
use tokio::time::timeout;

const PATIENCE: Duration = Duration::from_secs(20);
/// Media's address as browsers know it; nobody is there.
const CANDIDATE: &str = "192.0.2.10:4443";

fn candidate() -> SocketAddr {
    CANDIDATE.parse().expect("an address")
}

async fn loopback() -> UdpSocket {
    UdpSocket::bind("127.0.0.1:0").await.expect("a socket")
}

/// Media that answers each datagram with its bytes twice.
async fn media() -> (SocketAddr, JoinHandle<()>) {
    let socket = loopback().await;
    let address = socket.local_addr().expect("an address");
    let task = tokio::spawn(async move {
        let mut bytes = [0; 2_048];
        while let Ok((count, from)) = socket.recv_from(&mut bytes).await {
            let twice = [&bytes[..count], &bytes[..count]].concat();
            socket.send_to(&twice, from).await.expect("sends");
        }
    });
    (address, task)
}

async fn relay() -> Relay {
    let (local, _media) = media().await;
    let route = Route { candidate: candidate(), local };
    Relay::new(vec![route], None, Arc::new(SystemClock), &mut SeededRng::new(7))
}

/// What a browser says, signed as browsers sign.
struct Speaker {
    me: Credentials,
    nonce: Vec<u8>,
    said: u8,
}

impl Speaker {
    fn new(relay: &Relay, who: u128) -> Self {
        Self { me: relay.credentials(who), nonce: b"none".to_vec(), said: 0 }
    }

    fn signed(&mut self, method: Method, attributes: impl Fn(Writer) -> Writer) -> Vec<u8> {
        self.said += 1;
        let key: Key = Md5::digest(format!("{}:{REALM}:{}", self.me.username, self.me.password)).into();
        attributes(Writer::new(method, Class::Request, [self.said; 12]))
            .with(a::USERNAME, self.me.username.as_bytes())
            .with(a::REALM, REALM.as_bytes())
            .with(a::NONCE, &self.nonce)
            .sign(&key)
    }

    fn allocate(&mut self) -> Vec<u8> {
        self.signed(Method::Allocate, |writer| writer.with(a::REQUESTED_TRANSPORT, &[17, 0, 0, 0]))
    }

    fn bind(&mut self) -> Vec<u8> {
        self.signed(Method::ChannelBind, |writer| {
            writer.with_number(a::CHANNEL_NUMBER, 0x4000 << 16).with_address(a::XOR_PEER_ADDRESS, candidate())
        })
    }

    /// Takes the nonce of a challenge; says the code of an error, 0 for none.
    fn hear(&mut self, reply: &[u8]) -> u16 {
        let message = Message::parse(reply).expect("a message");
        if let Some(nonce) = message.get(a::NONCE) {
            self.nonce = nonce.to_vec();
        }
        message.get(a::ERROR_CODE).map_or(0, |code| u16::from(code[2]) * 100 + u16::from(code[3]))
    }
}

/// A connection to a relay that listens for one.
struct Connected {
    stream: TcpStream,
    read: Vec<u8>,
    served: JoinHandle<Served>,
}

impl Connected {
    async fn to(relay: &Relay) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let stream = TcpStream::connect(listener.local_addr().expect("an address")).await.expect("connects");
        let (accepted, client) = listener.accept().await.expect("accepts");
        let relay = relay.clone();
        let served = tokio::spawn(async move { relay.serve_stream(accepted, client, &[]).await });
        Self { stream, read: Vec::new(), served }
    }

    async fn message(&mut self) -> Vec<u8> {
        let read = async {
            loop {
                let whole = frame::first(&self.read).expect("TURN").map(|(message, taken)| (message.to_vec(), taken));
                if let Some((message, taken)) = whole {
                    self.read.drain(..taken);
                    return message;
                }
                let count = self.stream.read_buf(&mut self.read).await.expect("reads");
                assert!(count > 0, "the relay has closed");
            }
        };
        timeout(PATIENCE, read).await.expect("in time")
    }

    async fn ask(&mut self, speaker: &mut Speaker, request: &[u8]) -> u16 {
        self.stream.write_all(request).await.expect("writes");
        let reply = self.message().await;
        speaker.hear(&reply)
    }

    /// As a browser does: once without a nonce, once with it.
    async fn allocate(&mut self, speaker: &mut Speaker) -> u16 {
        let first = speaker.allocate();
        assert_eq!(self.ask(speaker, &first).await, 438);
        let again = speaker.allocate();
        self.ask(speaker, &again).await
    }
}

#[tokio::test]
async fn a_datagram_goes_to_media_and_back_over_a_stream() {
    let relay = relay().await;
    let (mut speaker, mut connection) = (Speaker::new(&relay, 1), Connected::to(&relay).await);
    assert_eq!(connection.allocate(&mut speaker).await, 0);
    let bind = speaker.bind();
    assert_eq!(connection.ask(&mut speaker, &bind).await, 0);
    // Cut where it hurts: in the header, in the data, in the padding.
    for piece in [&b"\x40\x00\x00"[..], b"\x05he", b"llo\0", b"\0\0\x40\x00\x00\x04more"] {
        connection.stream.write_all(piece).await.expect("writes");
        connection.stream.flush().await.expect("flushes");
        tokio::task::yield_now().await;
    }
    assert_eq!(connection.message().await, b"\x40\x00\x00\x0ahellohello");
    assert_eq!(connection.message().await, b"\x40\x00\x00\x08moremore");
    drop(connection.stream);
    assert_eq!(timeout(PATIENCE, connection.served).await.expect("in time").expect("no panic"), Served::Known);
}

#[tokio::test]
async fn a_user_has_a_few_allocations_and_gets_their_places_back() {
    let relay = relay().await;
    let mut held = Vec::new();
    for _ in 0..ALLOCATIONS_PER_USER_MAX {
        let (mut speaker, mut connection) = (Speaker::new(&relay, 1), Connected::to(&relay).await);
        assert_eq!(connection.allocate(&mut speaker).await, 0);
        held.push((speaker, connection));
    }
    let (mut one_more, mut connection) = (Speaker::new(&relay, 1), Connected::to(&relay).await);
    one_more.me = relay.secret().credentials(&relay.secret().alias(1), SystemClock.now().plus(Duration::from_secs(60)));
    assert_eq!(connection.allocate(&mut one_more).await, 486, "one too many, with a user name of another minute");
    let (mut other, mut others) = (Speaker::new(&relay, 2), Connected::to(&relay).await);
    assert_eq!(others.allocate(&mut other).await, 0, "others have their own");

    let (mut speaker, mut gives_up) = held.pop().expect("one");
    let end = speaker.signed(Method::Refresh, |writer| writer.with_number(a::LIFETIME, 0));
    assert_eq!(gives_up.ask(&mut speaker, &end).await, 0);
    let again = one_more.allocate();
    assert_eq!(connection.ask(&mut one_more, &again).await, 0);
}

#[tokio::test]
async fn what_is_no_turn_is_closed_at_once() {
    let patience = 10 * PATIENCE;
    let relay = Relay::patient(Vec::new(), None, Arc::new(SystemClock), &mut SeededRng::new(7), patience);
    for nonsense in [&b"GET / HTTP/1.1\r\n\r\n"[..], b"\x00\x03\xff\xfc\x21\x12\xa4\x42", b"\xff\xff\xff\xff"] {
        let mut connection = Connected::to(&relay).await;
        connection.stream.write_all(nonsense).await.expect("writes");
        let served = timeout(PATIENCE, connection.served).await.expect("in time").expect("no panic");
        assert_eq!(served, Served::Abuse, "{nonsense:?}");
    }
}

#[tokio::test]
async fn who_proves_nothing_in_time_is_sent_away() {
    let patience = Duration::from_millis(200);
    let relay = Relay::patient(Vec::new(), None, Arc::new(SystemClock), &mut SeededRng::new(7), patience);
    let mut connection = Connected::to(&relay).await;
    let began = std::time::Instant::now();
    // Goes on asking what needs no proof.
    let binding = Writer::new(Method::Binding, Class::Request, [1; 12]).finish();
    while !connection.served.is_finished() && began.elapsed() < PATIENCE {
        let _ = connection.stream.write_all(&binding).await;
        tokio::time::sleep(patience / 10).await;
    }
    assert_eq!(timeout(PATIENCE, connection.served).await.expect("in time").expect("no panic"), Served::Abuse);
    assert!(began.elapsed() >= patience, "it had its time");
}

#[tokio::test]
async fn datagrams_go_to_media_and_back_over_udp() {
    let (relay, socket) = (relay().await, loopback().await);
    let to = socket.local_addr().expect("an address");
    let serving = relay.clone();
    let served = tokio::spawn(async move { serving.serve_udp(socket).await });
    let (mut speaker, client) = (Speaker::new(&relay, 1), loopback().await);
    client.connect(to).await.expect("connects");
    let mut bytes = [0; 2_048];
    for expect in [438, 0] {
        client.send(&speaker.allocate()).await.expect("sends");
        let count = timeout(PATIENCE, client.recv(&mut bytes)).await.expect("in time").expect("receives");
        assert_eq!(speaker.hear(&bytes[..count]), expect);
    }
    client.send(&speaker.bind()).await.expect("sends");
    let count = timeout(PATIENCE, client.recv(&mut bytes)).await.expect("in time").expect("receives");
    assert_eq!(speaker.hear(&bytes[..count]), 0);
    client.send(b"\x40\x00\x00\x05hello").await.expect("sends");
    let count = timeout(PATIENCE, client.recv(&mut bytes)).await.expect("in time").expect("receives");
    assert_eq!(&bytes[..count], b"\x40\x00\x00\x0ahellohello", "no padding over UDP");
    served.abort();
}

#[tokio::test]
async fn an_address_that_may_be_forged_gets_few_answers() {
    let (relay, socket) = (relay().await, loopback().await);
    let to = socket.local_addr().expect("an address");
    let served = tokio::spawn(async move { relay.serve_udp(socket).await });
    let client = loopback().await;
    client.connect(to).await.expect("connects");
    let asked = 50 * UNPROVED_ANSWERS_PER_SECOND;
    let began = std::time::Instant::now();
    for _ in 0..asked {
        client.send(&Writer::new(Method::Allocate, Class::Request, [1; 12]).finish()).await.expect("sends");
    }
    let (mut answers, mut bytes) = (0, [0; 2_048]);
    while let Ok(Ok(_)) = timeout(Duration::from_millis(300), client.recv(&mut bytes)).await {
        answers += 1;
    }
    let seconds = u32::try_from(began.elapsed().as_secs()).expect("a test is short") + 2;
    assert!(answers > 0 && answers <= UNPROVED_ANSWERS_PER_SECOND * seconds, "{answers} answers to {asked}");
    served.abort();
}

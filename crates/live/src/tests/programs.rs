//! A program publishes by WHIP and another plays by WHEP, over real sockets, as OBS and a player would.

use super::world::{Client, World, eventually};
use preau_base::{Clock, Instant, LessonId, SeededRng, StreamKeyId, SystemClock, SystemRng};
use preau_classroom::wire::{Device, Program, ServerMessage};
use preau_gate::{StreamKey, StreamUse};
use preau_media::client::{self, ClientConfig, Codecs};
use preau_media::{Media, MediaConfig};
use preau_store::stream_keys::{self, NewStreamKey};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const PATIENCE: Duration = Duration::from_secs(30);

struct Answer {
    status: u16,
    head: String,
    body: String,
}

impl Answer {
    fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    fn detail(&self) -> String {
        let problem: Value = serde_json::from_str(&self.body).expect("a problem");
        assert_eq!(self.header("content-type"), Some("application/problem+json"));
        assert_eq!(problem["status"], self.status);
        problem["detail"].as_str().expect("a sentence").to_owned()
    }
}

impl World {
    async fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let mut stream = TcpStream::connect(self.address).await.expect("connects");
        let mut request = format!("{method} {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n", self.address);
        for (name, value) in headers {
            request += &format!("{name}: {value}\r\n");
        }
        request += &format!("content-length: {}\r\n\r\n{body}", body.len());
        stream.write_all(request.as_bytes()).await.expect("sent");
        let mut answer = String::new();
        tokio::time::timeout(PATIENCE, stream.read_to_string(&mut answer)).await.expect("in time").expect("read");
        let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
        Answer { status, head: head.to_owned(), body: body.to_owned() }
    }

    fn path(&self, protocol: &str) -> String {
        format!("/live/{}/{protocol}", self.lesson)
    }

    async fn post(&self, protocol: &str, key: &str, offer: &str) -> Answer {
        let bearer = format!("Bearer {key}");
        let headers = [("authorization", bearer.as_str()), ("content-type", "application/sdp")];
        self.ask("POST", &self.path(protocol), &headers, offer).await
    }

    /// A key of the teacher's that holds.
    async fn key(&self, usage: StreamUse) -> (StreamKeyId, String) {
        let key = self.unwritten(usage, self.lesson, SystemClock.now().plus(Duration::from_secs(3_600)));
        let mut tx = self.store.write().await.expect("a transaction");
        let new = NewStreamKey {
            id: key.id,
            lesson: key.lesson,
            person: key.person,
            direction: "publish",
            name: "OBS",
            expires_at: key.expires,
        };
        stream_keys::create(&mut tx, &new, SystemClock.now()).await.expect("made");
        tx.commit().await.expect("kept");
        (key.id, key.seal(&self.keys.read().expect("keys")))
    }

    fn unwritten(&self, usage: StreamUse, lesson: LessonId, expires: Instant) -> StreamKey {
        let now = SystemClock.now();
        StreamKey {
            usage,
            id: StreamKeyId::new(now, &mut SystemRng),
            person: self.teacher,
            lesson,
            issued: now,
            expires,
        }
    }

    fn sealed(&self, key: &StreamKey) -> String {
        key.seal(&self.keys.read().expect("keys"))
    }
}

fn media() -> Option<Arc<Media>> {
    let any = "127.0.0.1:0".parse().expect("an address");
    let config = MediaConfig { udp_bind: any, tcp_bind: None, ..MediaConfig::default() };
    Some(Arc::new(Media::start(config, Box::new(SeededRng::new(3))).expect("media starts")))
}

fn publisher(codecs: Codecs) -> (client::Client, String) {
    let config = ClientConfig { codecs, ..ClientConfig::default() };
    client::Client::publishing(config, std::time::Instant::now()).expect("a client")
}

fn player() -> (client::Client, String) {
    let config = ClientConfig { voices: 1, pictures: 1, codecs: Codecs::Both, ..ClientConfig::default() };
    client::Client::playing(config, std::time::Instant::now()).expect("a client")
}

/// Steps the clients until something is so; `send` is called every 20 ms.
async fn play(
    clients: &mut [client::Client],
    mut send: impl FnMut(&mut [client::Client], std::time::Instant),
    mut done: impl FnMut(&[client::Client]) -> bool,
) {
    let start = std::time::Instant::now();
    let mut next = start;
    while !done(clients) {
        let now = std::time::Instant::now();
        assert!(
            now - start < PATIENCE,
            "it does not arrive: {:?}",
            clients.iter().map(|it| &it.received).collect::<Vec<_>>()
        );
        if now >= next {
            next = now + Duration::from_millis(20);
            send(clients, now);
        }
        clients.iter_mut().for_each(client::Client::step);
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

/// The devices of the teacher, when they are told next.
async fn devices(of: &World, client: &mut Client, mut wanted: impl FnMut(&[Device]) -> bool) -> Vec<Device> {
    let teacher = of.teacher;
    client
        .until(|message| match message {
            ServerMessage::Changed { participant } if participant.person == teacher && wanted(&participant.devices) => {
                Some(participant.devices)
            }
            _ => None,
        })
        .await
}

/// The media of a pupil's page.
async fn page_of(ines: &mut Client) -> client::Client {
    let (mut page, offer) = client::Client::new(
        ClientConfig { codecs: Codecs::Both, ..ClientConfig::default() },
        std::time::Instant::now(),
    )
    .expect("a client");
    // The first one is taken as silent: so the class begins.
    for expect in [false, true] {
        let number =
            ines.say(json!({"type": "media", "mic": true, "camera": false, "screen": false, "mutes": 0})).await;
        assert_eq!(ines.answer(number).await.is_ok(), expect);
    }
    let number = ines.say(json!({"type": "offer", "sdp": offer})).await;
    let ServerMessage::Answer { sdp, .. } = ines.answer(number).await.expect("answered") else { panic!("an answer") };
    page.accept(sdp.reveal()).expect("it fits");
    page
}

/// Whether each has a picture and a voice.
fn sees_and_hears(clients: &[client::Client]) -> bool {
    let seen = |it: &client::Client| {
        it.pictures.iter().any(|&mid| it.received(mid).keyframes > 0 && it.received(mid).packets > 40)
    };
    let heard = |it: &client::Client| it.voices.iter().any(|&mid| it.received(mid).packets > 20);
    clients.iter().all(|it| seen(it) && heard(it))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_obs_publishes_arrives_at_a_pupil_and_at_a_player_until_the_key_is_revoked() {
    let world = World::with_media(media()).await;
    let _teacher = world.join_in(world.teacher).await;
    let mut ines = world.join_in(world.ines).await;
    let page = page_of(&mut ines).await;
    let (id, key) = world.key(StreamUse::Publish).await;
    let (mut obs, offer) = publisher(Codecs::H264);
    let begun = world.post("whip", &key, &offer).await;
    assert_eq!((begun.status, begun.header("content-type")), (201, Some("application/sdp")), "{}", begun.body);
    let location = begun.header("location").expect("where it ends").to_owned();
    assert!(location.starts_with(&format!("{}/", world.path("whip"))), "{location}");
    assert!(begun.header("etag").is_some_and(|tag| tag.starts_with('"')) && begun.header("accept-patch").is_none());
    let relay = begun.header("link").expect("the relay");
    let expect = format!("<turn:{}?transport=tcp>; rel=\"ice-server\"; username=\"who\"", world.address);
    assert!(relay.starts_with(&expect), "{relay}");
    obs.accept(&begun.body).expect("it fits");
    let shown = devices(&world, &mut ines, |devices| devices.iter().any(|device| device.screen)).await;
    assert_eq!(shown[1].program, Some(Program::Publisher));

    let (_, playing) = world.key(StreamUse::Play).await;
    let (mut screen, offer) = player();
    let played = world.post("whep", &playing, &offer).await;
    assert_eq!(played.status, 201, "{}", played.body);
    let place = played.header("location").expect("where it ends").to_owned();
    screen.accept(&played.body).expect("it fits");

    let mut clients = [obs, page, screen];
    let send = |clients: &mut [client::Client], now| {
        clients[0].send_screen(4_000, 1_800, now);
        clients[0].send_voice(-25, now);
        clients[1].send_voice(-20, now);
    };
    play(&mut clients, send, |clients| sees_and_hears(&clients[1..])).await;
    for client in &clients[1..] {
        let widths: Vec<u32> =
            client.pictures.iter().map(|&mid| client.received(mid).width_px).filter(|px| *px > 0).collect();
        assert_eq!(widths, [1_920]);
        assert!(client.received.values().all(|received| received.breaks == 0));
    }

    let bearer = format!("Bearer {playing}");
    let headers = [("authorization", bearer.as_str())];
    assert_eq!(world.ask("DELETE", &place, &[("authorization", &format!("Bearer {key}"))], "").await.status, 403);
    assert_eq!(world.ask("DELETE", &place, &headers, "").await.status, 200);
    assert_eq!(world.ask("DELETE", &place, &headers, "").await.status, 404);

    let mut tx = world.store.write().await.expect("a transaction");
    assert!(stream_keys::revoke(&mut tx, id, world.lesson, world.teacher).await.expect("revoked"));
    tx.commit().await.expect("kept");
    world.live.prepared(world.lesson).await;
    play(&mut clients, send, |clients| clients[0].closed).await;
    devices(&world, &mut ines, |devices| devices.len() == 1).await;
    let (_, offer) = publisher(Codecs::Vp8);
    let again = world.post("whip", &key, &offer).await;
    assert_eq!(again.status, 403);
    assert!(again.detail().contains("revoked"), "{}", again.body);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_program_comes_and_goes_with_the_page_of_its_teacher() {
    let world = World::with_media(media()).await;
    let (_, key) = world.key(StreamUse::Publish).await;
    let (_, offer) = publisher(Codecs::Vp8);
    let early = world.post("whip", &key, &offer).await;
    assert_eq!(early.status, 409);
    assert!(early.detail().contains("come into the class"), "{}", early.body);
    assert_eq!(world.live.lessons_on(), 0, "it opens no lesson");

    let mut teacher = world.join_in(world.teacher).await;
    let mut ines = world.join_in(world.ines).await;
    let (mut obs, offer) = publisher(Codecs::Vp8);
    let begun = world.post("whip", &key, &offer).await;
    assert_eq!(begun.status, 201, "{}", begun.body);
    obs.accept(&begun.body).expect("it fits");
    // The same program again, whose line had broken: it takes its own place.
    let (mut again, offer) = publisher(Codecs::Vp8);
    let begun = world.post("whip", &key, &offer).await;
    assert_eq!(begun.status, 201, "{}", begun.body);
    again.accept(&begun.body).expect("it fits");
    let mut clients = [obs, again];
    let send = |clients: &mut [client::Client], now| clients[1].send_screen(900, 1_800, now);
    play(&mut clients, send, |clients| clients[1].connected).await;
    devices(&world, &mut ines, |devices| devices.len() == 2 && devices[1].screen).await;

    teacher.say(json!({"type": "leave"})).await;
    play(&mut clients, send, |clients| clients[1].closed).await;
    let gone = |message| matches!(message, ServerMessage::Left { .. }).then_some(());
    ines.until(gone).await;
    let place = begun.header("location").expect("where it was").to_owned();
    eventually(|| async {
        world.ask("DELETE", &place, &[("authorization", &format!("Bearer {key}"))], "").await.status == 404
    })
    .await;
}

#[tokio::test]
async fn what_is_refused_is_said_with_its_status_and_reason() {
    let world = World::with_media(media()).await;
    let _teacher = world.join_in(world.teacher).await;
    let (_, offer) = publisher(Codecs::Vp8);
    let soon = SystemClock.now().plus(Duration::from_secs(60));
    let elsewhere = LessonId::new(soon, &mut SystemRng);
    let (_, good) = world.key(StreamUse::Publish).await;
    let (_, plays) = world.key(StreamUse::Play).await;
    let check = |answer: Answer, status: u16, reason: &str| {
        assert_eq!(answer.status, status, "{}", answer.body);
        assert!(answer.detail().contains(reason), "{}", answer.body);
        assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
        answer
    };
    let path = world.path("whip");
    let none = check(world.ask("POST", &path, &[("content-type", "application/sdp")], &offer).await, 401, "Bearer");
    assert!(none.header("www-authenticate").is_some_and(|value| value.starts_with("Bearer")));
    check(world.post("whip", "nobodys", &offer).await, 401, "no stream key");
    let expired = world.unwritten(StreamUse::Publish, world.lesson, SystemClock.now());
    check(world.post("whip", &world.sealed(&expired), &offer).await, 401, "expired");
    let foreign = world.unwritten(StreamUse::Publish, elsewhere, soon);
    check(world.post("whip", &world.sealed(&foreign), &offer).await, 403, "another lesson");
    check(world.post("whip", &plays, &offer).await, 403, "ends in /whep");
    let forgotten = world.unwritten(StreamUse::Publish, world.lesson, soon);
    check(world.post("whip", &world.sealed(&forgotten), &offer).await, 403, "revoked");

    let bearer = format!("Bearer {good}");
    let with = |kind: &'static str, accept: &'static str| {
        [("authorization", bearer.clone()), ("content-type", kind.to_owned()), ("accept", accept.to_owned())]
    };
    let ask = async |headers: [(&str, String); 3], body: &str| {
        let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        world.ask("POST", &world.path("whip"), &headers, body).await
    };
    let sdp = "application/sdp";
    check(ask(with("text/plain", "*/*"), &offer).await, 415, "application/sdp");
    check(ask(with(sdp, "text/html"), &offer).await, 406, "Accept");
    check(ask(with(sdp, sdp), &"v".repeat(70_000)).await, 413, "at most 65536");
    check(ask(with(sdp, sdp), "v=0\r\n").await, 422, "0 sections");
    check(ask(with(sdp, sdp), &offer.replace("a=sendonly", "a=sendrecv")).await, 422, "must be a=sendonly");
    // A key begins at most once in two seconds, five times at once.
    let mut often = ask(with(sdp, sdp), "v=0\r\n").await;
    for _ in 0..60 {
        if often.status == 429 {
            break;
        }
        often = ask(with(sdp, sdp), "v=0\r\n").await;
    }
    let often = check(often, 429, "too often");
    assert!(often.header("retry-after").is_some());
    let (_, good) = world.key(StreamUse::Publish).await;
    let foreign_codec = offer.replace("VP8/90000", "VP9/90000");
    check(world.post("whip", &good, &foreign_codec).await, 422, "VP8 and H.264");

    for (method, path, allow) in [
        ("GET", world.path("whip"), "OPTIONS, POST"),
        ("PATCH", world.path("whep"), "OPTIONS, POST"),
        ("PATCH", world.path("whip/0"), "DELETE, OPTIONS"),
        ("POST", world.path("whip/0"), "DELETE, OPTIONS"),
    ] {
        let answer = check(world.ask(method, &path, &[], "").await, 405, "this address takes");
        assert_eq!(answer.header("allow"), Some(allow), "{method} {path}");
    }
    check(world.ask("POST", "/live/7/whip", &[], "").await, 404, "no such address");
    let options = world.ask("OPTIONS", &path, &[], "").await;
    assert_eq!((options.status, options.header("accept-post")), (204, Some(sdp)));
    assert!(options.header("link").is_none(), "the relay is for those with a key");
    let options = world.ask("OPTIONS", &path, &[("authorization", &format!("Bearer {good}"))], "").await;
    assert!(options.header("link").is_some());
}

#[tokio::test]
async fn a_network_that_shows_wrong_keys_is_slowed_down_and_good_keys_are_not() {
    let world = World::with_media(media()).await;
    let _teacher = world.join_in(world.teacher).await;
    let (_, offer) = publisher(Codecs::Vp8);
    let mut answers = Vec::new();
    for _ in 0..22 {
        answers.push(world.post("whip", "wrong", &offer).await.status);
    }
    assert_eq!((answers[0], answers[21]), (401, 429), "{answers:?}");
    let (_, good) = world.key(StreamUse::Publish).await;
    assert_eq!(world.post("whip", &good, &offer).await.status, 201);
}

//! A school with one lesson that is on, a server, and clients.

use crate::captions::Engine;
use crate::recording::Recordings;
use crate::{Live, Parts, RelayAccess, router};
use axum::http::HeaderValue;
use futures_util::{SinkExt, StreamExt};
use preau_base::{Clock, GroupId, Instant, LessonId, PersonId, Rng, SchoolId, SessionId, SystemClock, SystemRng};
use preau_classroom::wire::{Bye, Resume, ServerMessage, State, Welcome};
use preau_files::Files;
use preau_gate::{JoinRole, JoinToken, KeyRing};
use preau_media::Media;
use preau_school::{GroupKind, MemberRole, Profile};
use preau_store::lessons::NewLesson;
use preau_store::people::NewPerson;
use preau_store::schools::NewSchool;
use preau_store::{Database, Store, groups, lessons, people, schools};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, RwLock};
use std::time::Duration;
use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio::runtime::{Builder, Runtime};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

/// However slow the machine is.
const PATIENCE: Duration = Duration::from_secs(30);

/// The machine's clock, put forward by a test.
struct Ahead(Arc<AtomicI64>);

impl Clock for Ahead {
    fn now(&self) -> Instant {
        Instant::from_millis(SystemClock.now().as_millis() + self.0.load(Ordering::SeqCst))
    }
}

pub struct World {
    /// Deleted with the world.
    _folder: TempDir,
    pub store: Store,
    pub keys: Arc<RwLock<KeyRing>>,
    pub live: Live,
    pub address: SocketAddr,
    pub lesson: LessonId,
    pub group: GroupId,
    pub teacher: PersonId,
    pub ines: PersonId,
    pub tom: PersonId,
    /// A pupil of another class of the school.
    pub outsider: PersonId,
    /// The server's own, so that it can end at once with all that it was doing.
    server: Option<Runtime>,
    /// How far the server's clock is ahead of the machine's, in milliseconds.
    pub ahead_ms: Arc<AtomicI64>,
    pub school: SchoolId,
}

impl World {
    pub async fn new() -> Self {
        Self::with_media(None).await
    }

    pub async fn with_media(media: Option<Arc<Media>>) -> Self {
        Self::with(media, None).await
    }

    pub async fn with(media: Option<Arc<Media>>, captions: Option<Engine>) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let database = Database::Sqlite { path: folder.path().join("preau.sqlite") };
        let store = Store::open(&database, &folder.path().join("backups")).await.expect("opens");
        let now = SystemClock.now();
        let rng = &mut SystemRng;
        let mut tx = store.write().await.expect("a transaction");
        let school = SchoolId::new(now, rng);
        let new =
            NewSchool { id: school, uai: None, name: "Collège", kind: "college", city: "Oraison", source: "hand" };
        schools::create(&mut tx, &new, now).await.expect("a school");
        let (group, other) = (GroupId::new(now, rng), GroupId::new(now, rng));
        for (id, name) in [(group, "6E B"), (other, "6E C")] {
            let group = groups::Group { id, school_id: school, kind: GroupKind::Class, name: name.to_owned() };
            groups::create(&mut tx, &group, "hand", now).await.expect("a class");
        }
        let mut people = Vec::new();
        for (login, given, profile, of) in [
            ("prof", "Claire", Profile::Teacher, None),
            ("ines", "Inès", Profile::Pupil, Some(group)),
            ("tom", "Tom", Profile::Pupil, Some(group)),
            ("autre", "Zoé", Profile::Pupil, Some(other)),
        ] {
            let id = PersonId::new(now, rng);
            people::create(&mut tx, &person(id, login, given), now).await.expect("a person");
            people::affiliate(&mut tx, id, school, profile, "hand").await.expect("an affiliation");
            if let Some(of) = of {
                groups::add_member(&mut tx, of, id, MemberRole::Pupil, "", "hand").await.expect("a pupil");
            }
            people.push(id);
        }
        let lesson = LessonId::new(now, rng);
        let new = NewLesson {
            id: lesson,
            school,
            subject_name: "Histoire",
            room: "",
            starts_at: now.minus(Duration::from_secs(60)),
            ends_at: now.plus(Duration::from_secs(3_000)),
            groups: &[group],
            teachers: &people[..1],
            created_by: None,
            source: "hand",
        };
        lessons::create(&mut tx, &new, now).await.expect("a lesson");
        tx.commit().await.expect("kept");
        let keys = Arc::new(RwLock::new(KeyRing::generate(now, rng)));
        let ahead_ms = Arc::default();
        let (live, address, server) = serve(&store, &keys, (media, captions), folder.path(), &ahead_ms).await;
        let [teacher, ines, tom, outsider] = people[..] else { unreachable!("four people") };
        Self {
            _folder: folder,
            store,
            keys,
            live,
            address,
            lesson,
            group,
            teacher,
            ines,
            tom,
            outsider,
            server: Some(server),
            ahead_ms,
            school,
        }
    }

    /// The process ends without a word and another one starts on the same data.
    pub async fn restart(&mut self) {
        if let Some(server) = self.server.take() {
            let ended = tokio::task::spawn_blocking(move || server.shutdown_timeout(PATIENCE));
            ended.await.expect("it ends");
        }
        let (live, address, server) =
            serve(&self.store, &self.keys, (None, None), self._folder.path(), &self.ahead_ms).await;
        (self.live, self.address, self.server) = (live, address, Some(server));
    }

    /// Where recordings are written.
    pub fn spool(&self) -> PathBuf {
        self._folder.path().join("recordings")
    }

    /// Where they are kept.
    pub fn files(&self) -> PathBuf {
        self._folder.path().join("files")
    }

    /// Another pupil of the class, who comes into it now.
    pub async fn new_pupil(&self, login: &str) -> PersonId {
        let now = SystemClock.now();
        let id = PersonId::new(now, &mut SystemRng);
        let mut tx = self.store.write().await.expect("a transaction");
        people::create(&mut tx, &person(id, login, "Nouvelle"), now).await.expect("a person");
        people::affiliate(&mut tx, id, self.school, Profile::Pupil, "hand").await.expect("an affiliation");
        groups::add_member(&mut tx, self.group, id, MemberRole::Pupil, "", "hand").await.expect("a pupil");
        tx.commit().await.expect("kept");
        id
    }

    pub fn token(&self, person: PersonId) -> String {
        self.token_of(person, self.lesson, SessionId::new(SystemClock.now(), &mut SystemRng), SystemClock.now())
    }

    pub fn token_of(&self, person: PersonId, lesson: LessonId, session: SessionId, at: Instant) -> String {
        let role = if person == self.teacher { JoinRole::Teacher } else { JoinRole::Pupil };
        JoinToken::new(person, lesson, role, session, at, &mut SystemRng).seal(&self.keys.read().expect("keys"))
    }

    pub async fn connect(&self) -> Client {
        let origin = format!("http://{}", self.address);
        self.connect_from(&origin).await.expect("connects")
    }

    pub async fn connect_from(&self, origin: &str) -> Result<Client, Error> {
        let mut request = format!("ws://{}/live/{}", self.address, self.lesson).into_client_request()?;
        request.headers_mut().insert("origin", HeaderValue::from_str(origin).expect("a header"));
        let (socket, _) = connect_async(request).await?;
        Ok(Client { socket, next: 0 })
    }

    /// Connects and says hello.
    pub async fn hello(&self, person: PersonId) -> Client {
        let mut client = self.connect().await;
        client.hello(&self.token(person), None).await;
        client
    }

    /// Joins and expects to be welcome.
    pub async fn join(&self, person: PersonId) -> (Client, Box<Welcome>) {
        let mut client = self.hello(person).await;
        let welcome = client.welcome().await;
        (client, welcome)
    }

    pub async fn join_in(&self, person: PersonId) -> Client {
        let (client, welcome) = self.join(person).await;
        assert_eq!(welcome.state, State::In);
        client
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if let Some(server) = self.server.take() {
            server.shutdown_background();
        }
    }
}

fn person<'a>(id: PersonId, login: &'a str, given_name: &'a str) -> NewPerson<'a> {
    NewPerson {
        id,
        login,
        given_name,
        family_name: "Leroy",
        title: "",
        birth_day: None,
        ine: None,
        email: None,
        source: "hand",
        external_id: None,
    }
}

async fn serve(
    store: &Store,
    keys: &Arc<RwLock<KeyRing>>,
    (media, captions): (Option<Arc<Media>>, Option<Engine>),
    spool: &Path,
    ahead_ms: &Arc<AtomicI64>,
) -> (Live, SocketAddr, Runtime) {
    let files = Files::in_folder(&spool.join("files"), 0).expect("a folder");
    let live = Live::new(Parts {
        store: store.clone(),
        media,
        keys: Arc::clone(keys),
        clock: Arc::new(Ahead(Arc::clone(ahead_ms))),
        public_origin: None,
        recordings: Some(Recordings { spool: spool.join("recordings"), files }),
        captions,
        relay: Arc::new(|_| {
            Some(RelayAccess { username: "who".to_owned(), credential: "secret".to_owned(), udp_port: Some(3_479) })
        }),
        waiting_at_gate: Arc::new(|_| 3),
    });
    let server = Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime");
    let listener = server.spawn(tokio::net::TcpListener::bind("127.0.0.1:0"));
    let listener = listener.await.expect("no panic").expect("a free port");
    let address = listener.local_addr().expect("bound");
    let app = router(live.clone());
    server.spawn(async move { axum::serve(listener, app).await.expect("serves") });
    (live, address, server)
}

pub struct Client {
    pub socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    next: u32,
}

impl Client {
    pub async fn say_text(&mut self, text: impl Into<String>) {
        // The server may have ended the connection: the answer tells.
        let _ = self.socket.send(Message::text(text.into())).await;
    }

    /// Sends a command with a number, and gives the number.
    pub async fn say(&mut self, mut command: Value) -> u32 {
        self.next += 1;
        command["v"] = json!(1);
        command["id"] = json!(self.next);
        self.say_text(command.to_string()).await;
        self.next
    }

    pub async fn hello(&mut self, token: &str, resume: Option<&Resume>) {
        let resume = resume.map(|resume| json!({"visit": resume.visit, "secret": resume.secret}));
        let hello = json!({"v": 1, "type": "hello", "token": token, "protocol": 2, "resume": resume});
        self.say_text(hello.to_string()).await;
    }

    /// The next message; `None` when the connection has ended.
    pub async fn next(&mut self) -> Option<ServerMessage> {
        loop {
            match timeout(PATIENCE, self.socket.next()).await.expect("the server answers in time") {
                Some(Ok(Message::Text(text))) => {
                    return Some(serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}")));
                }
                Some(Ok(Message::Close(_)) | Err(_)) | None => return None,
                Some(Ok(_)) => {}
            }
        }
    }

    /// The first message that `wanted` takes; others are left out.
    pub async fn until<T>(&mut self, mut wanted: impl FnMut(ServerMessage) -> Option<T>) -> T {
        loop {
            let message = self.next().await.expect("the connection goes on");
            if let Some(found) = wanted(message) {
                return found;
            }
        }
    }

    pub async fn welcome(&mut self) -> Box<Welcome> {
        match self.next().await {
            Some(ServerMessage::Welcome(welcome)) => welcome,
            other => panic!("no welcome but {other:?}"),
        }
    }

    /// The reason of the end and the number of the Close frame.
    pub async fn bye(&mut self) -> (Bye, u16) {
        let code = loop {
            match self.next().await {
                Some(ServerMessage::Bye { code, .. }) => break code,
                Some(_) => {}
                None => panic!("ended without a word"),
            }
        };
        match timeout(PATIENCE, self.socket.next()).await.expect("the server closes in time") {
            Some(Ok(Message::Close(Some(frame)))) => (code, frame.code.into()),
            other => panic!("no close frame but {other:?}"),
        }
    }

    /// What the command of this number was answered: `Ok` or the code.
    pub async fn answer(&mut self, number: u32) -> Result<ServerMessage, preau_classroom::wire::Code> {
        self.until(|message| match message {
            ServerMessage::Ack { re, .. } | ServerMessage::Answer { re, .. } if re == number => Some(Ok(message)),
            ServerMessage::Error { re: Some(re), code, .. } if re == number => Some(Err(code)),
            _ => None,
        })
        .await
    }
}

pub fn resume_of(welcome: &Welcome) -> Resume {
    Resume { visit: welcome.you.visit, secret: welcome.you.secret.clone() }
}

/// A word that no other test uses.
pub fn key() -> String {
    format!("key-{:016x}", SystemRng.next_u64())
}

/// Waits until something is so in the store.
pub async fn eventually<F: Future<Output = bool>>(mut is_so: impl FnMut() -> F) {
    let all = async {
        while !is_so().await {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(PATIENCE, all).await.expect("it becomes so in time");
}

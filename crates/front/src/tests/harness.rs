use crate::{
    Drained, Front, FrontConfig, FrontError, FrontHandle, GuardLimits, ListenerConfig, ListenerKind, TlsConfig,
};
use axum::Router;
use axum::body::Bytes;
use axum::extract::ws::{Message, WebSocketUpgrade};
use axum::extract::{Extension, State};
use axum::routing::{any, get, post};
use http::HeaderMap;
use preau_base::{ClientFacts, SeededRng, SharedClock, SystemClock};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, SignatureScheme};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::{Notify, oneshot};
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// Longer than anything here takes on a loaded machine.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// The answer of `/large`: more than all buffers on its way.
pub const LARGE_BYTES: usize = 32 * 1024 * 1024;

/// A running edge with a small application behind it.
pub struct Edge {
    pub addresses: Vec<(ListenerKind, SocketAddr)>,
    pub handle: FrontHandle,
    /// Lets the request to `/slow` answer.
    pub release: Arc<Notify>,
    /// Told when a request to `/slow` has begun.
    pub begun: Arc<Notify>,
    stop: Option<oneshot::Sender<()>>,
    served: JoinHandle<Result<Drained, FrontError>>,
}

#[derive(Clone)]
struct Slow {
    release: Arc<Notify>,
    begun: Arc<Notify>,
}

fn application(slow: Slow) -> Router {
    Router::new()
        .route("/", get(async || "bonjour"))
        .route("/facts", any(facts))
        .route("/length", post(async |body: Bytes| body.len().to_string()))
        .route("/medium", get(async || vec![b'a'; 100_000]))
        .route("/large", get(async || vec![b'a'; LARGE_BYTES]))
        .route("/panic", get(panics))
        .route("/slow", get(slowly))
        .route("/echo", any(async |upgrade: WebSocketUpgrade| upgrade.on_upgrade(echo)))
        .layer(axum::extract::DefaultBodyLimit::disable())
        .with_state(slow)
}

async fn facts(Extension(facts): Extension<ClientFacts>, headers: HeaderMap) -> String {
    let told = headers.keys().filter(|name| name.as_str().contains("forwarded")).count();
    format!("{} {} {} {told}", facts.address, facts.secure, facts.prefix)
}

async fn panics() -> String {
    panic!("on purpose");
}

async fn slowly(State(slow): State<Slow>) -> &'static str {
    slow.begun.notify_one();
    slow.release.notified().await;
    "at last"
}

async fn echo(mut socket: axum::extract::ws::WebSocket) {
    while let Some(Ok(message)) = socket.recv().await {
        if matches!(message, Message::Text(_)) && socket.send(message).await.is_err() {
            return;
        }
    }
}

impl Edge {
    pub async fn plain(limits: GuardLimits) -> Self {
        Self::start(FrontConfig { limits, ..FrontConfig::plain("127.0.0.1:0".parse().unwrap()) }).await
    }

    pub async fn start(config: FrontConfig) -> Self {
        Self::start_at(config, Arc::new(SystemClock)).await
    }

    pub async fn start_at(config: FrontConfig, clock: SharedClock) -> Self {
        let front = Front::bind(config, clock, Box::new(SeededRng::new(1))).unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let slow = Slow { release: Arc::default(), begun: Arc::default() };
        Self {
            addresses: front.addresses().collect(),
            handle: front.handle(),
            release: slow.release.clone(),
            begun: slow.begun.clone(),
            stop: Some(stop),
            served: tokio::spawn(front.serve(application(slow), async {
                let _stopped_or_dropped = stopped.await;
            })),
        }
    }

    pub fn address(&self, kind: ListenerKind) -> SocketAddr {
        self.addresses.iter().find(|(of, _)| *of == kind).unwrap().1
    }

    pub fn order_to_stop(&mut self) {
        let _sent = self.stop.take().unwrap().send(());
    }

    pub async fn stopped(self) -> Drained {
        self.ended().await.unwrap()
    }

    pub async fn ended(self) -> Result<Drained, FrontError> {
        timeout(PATIENCE, self.served).await.expect("stops in time").unwrap()
    }

    pub async fn connect(&self) -> Client<TcpStream> {
        let (_, address) = self.addresses[0];
        Client(TcpStream::connect(address).await.unwrap())
    }
}

/// TLS and plain HTTP to redirect, on free ports of loopback.
pub fn tls_config(tls: TlsConfig) -> FrontConfig {
    let address = "127.0.0.1:0".parse().unwrap();
    FrontConfig {
        listeners: vec![
            ListenerConfig::new(address, ListenerKind::Tls),
            ListenerConfig::new(address, ListenerKind::Redirect),
        ],
        tls,
        ..FrontConfig::plain(address)
    }
}

/// One HTTP/1.1 connection, byte by byte.
pub struct Client<S>(pub S);

impl<S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin> Client<S> {
    pub async fn send(&mut self, text: &str) {
        self.0.write_all(text.as_bytes()).await.unwrap();
    }

    /// All that comes until the other end closes.
    pub async fn until_closed(&mut self) -> String {
        let mut bytes = Vec::new();
        timeout(PATIENCE, self.0.read_to_end(&mut bytes)).await.expect("closed in time").expect("closed in order");
        String::from_utf8(bytes).unwrap()
    }

    /// One response with a `content-length`, or without a body.
    pub async fn response(&mut self) -> String {
        let read = async {
            let head = self.head().await;
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap_or("0");
            let mut body = vec![0; length.parse().unwrap()];
            self.0.read_exact(&mut body).await.expect("a whole answer");
            head + &String::from_utf8(body).unwrap()
        };
        timeout(PATIENCE, read).await.expect("answered in time")
    }

    /// The head of a message, up to its empty line; what came when the other end closed before that.
    pub async fn head(&mut self) -> String {
        let mut bytes = Vec::new();
        while !bytes.ends_with(b"\r\n\r\n") {
            let Ok(byte) = self.0.read_u8().await else { break };
            bytes.push(byte);
        }
        String::from_utf8(bytes).unwrap()
    }

    pub async fn bytes(&mut self, count: usize) -> Vec<u8> {
        let mut bytes = vec![0; count];
        timeout(PATIENCE, self.0.read_exact(&mut bytes)).await.expect("comes in time").expect("comes whole");
        bytes
    }

    pub async fn get(&mut self, path: &str) -> String {
        self.send(&format!("GET {path} HTTP/1.1\r\nhost: ecole.example\r\n\r\n")).await;
        self.response().await
    }
}

/// Takes any certificate, and keeps it; signatures are checked.
#[derive(Debug)]
struct TakesAny(Arc<rustls::crypto::CryptoProvider>);

impl rustls::client::danger::ServerCertVerifier for TakesAny {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp: &[u8],
        _now: UnixTime,
    ) -> Result<rustls::client::danger::ServerCertVerified, rustls::Error> {
        Ok(rustls::client::danger::ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<rustls::client::danger::HandshakeSignatureValid, rustls::Error> {
        rustls::crypto::verify_tls12_signature(message, cert, signed, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<rustls::client::danger::HandshakeSignatureValid, rustls::Error> {
        rustls::crypto::verify_tls13_signature(message, cert, signed, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}

pub async fn connect_tls(address: SocketAddr, alpn: &[&[u8]]) -> std::io::Result<TlsStream<TcpStream>> {
    shake_hands(TcpStream::connect(address).await?, alpn).await
}

pub async fn shake_hands(stream: TcpStream, alpn: &[&[u8]]) -> std::io::Result<TlsStream<TcpStream>> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .unwrap()
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(TakesAny(provider)))
        .with_no_client_auth();
    config.alpn_protocols = alpn.iter().map(|name| name.to_vec()).collect();
    let name = ServerName::try_from("ecole.example").unwrap();
    timeout(PATIENCE, TlsConnector::from(Arc::new(config)).connect(name, stream)).await.expect("shaken hands in time")
}

/// The fingerprint of the certificate that a connection was made with.
pub fn fingerprint(stream: &TlsStream<TcpStream>) -> String {
    let leaf = &stream.get_ref().1.peer_certificates().unwrap()[0];
    crate::CertificateInfo::of_der(leaf).unwrap().fingerprint
}

/// Connects as a browser does that trusts `roots`.
pub async fn connect_verified(
    address: SocketAddr,
    name: &str,
    roots: rustls::RootCertStore,
) -> std::io::Result<TlsStream<TcpStream>> {
    let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let stream = TcpStream::connect(address).await?;
    let name = ServerName::try_from(name.to_owned()).unwrap();
    timeout(PATIENCE, TlsConnector::from(Arc::new(config)).connect(name, stream)).await.expect("shaken hands in time")
}

/// What the edge tells the gate, and who has a pass: whoever has the cookie `pass=good`, or `pass=NUMBER`.
#[derive(Clone, Default)]
pub struct Gate {
    signs: Arc<std::sync::Mutex<Vec<preau_gate::Sign>>>,
    told: Arc<Notify>,
}

impl Gate {
    pub fn hooks(&self) -> crate::Hooks {
        let gate = self.clone();
        crate::Hooks {
            known: Arc::new(|_| false),
            other: None,
            signs: Arc::new(move |sign, address| {
                assert!(address.is_loopback(), "the client's address");
                gate.signs.lock().unwrap().push(sign);
                gate.told.notify_waiters();
            }),
            bearer: Arc::new(|headers| {
                let holder = match headers.get("cookie")?.to_str().ok()?.strip_prefix("pass=")? {
                    "good" => 0,
                    number => number.parse().ok()?,
                };
                Some(crate::Bearer { holder: preau_gate::HolderKey(holder), is_recent: true })
            }),
        }
    }

    /// Waits until this sign has been told.
    pub async fn hears(&self, sign: preau_gate::Sign) {
        let heard = async {
            loop {
                let told = self.told.notified();
                if self.signs.lock().unwrap().contains(&sign) {
                    return;
                }
                told.await;
            }
        };
        timeout(PATIENCE, heard).await.unwrap_or_else(|_| panic!("{sign:?} is told, not only {:?}", self.heard()));
    }

    pub fn heard(&self) -> Vec<preau_gate::Sign> {
        self.signs.lock().unwrap().clone()
    }
}

impl Edge {
    /// Plain HTTP, with somebody who listens.
    pub async fn heard(limits: GuardLimits) -> (Self, Gate) {
        let gate = Gate::default();
        let config = FrontConfig { limits, hooks: gate.hooks(), ..FrontConfig::plain("127.0.0.1:0".parse().unwrap()) };
        (Self::start(config).await, gate)
    }

    /// TLS with a certificate of its own, with somebody who listens.
    pub async fn tls(limits: GuardLimits) -> (Self, Gate) {
        let folder = tempfile::tempdir().unwrap();
        let names = vec!["ecole.example".to_owned()];
        let made = TlsConfig::SelfSigned(crate::SelfSigned { names, data_dir: folder.path().to_owned() });
        let gate = Gate::default();
        (Self::start(FrontConfig { limits, hooks: gate.hooks(), ..tls_config(made) }).await, gate)
    }
}

/// Connects from another address of loopback.
pub async fn connect_from(from: &str, to: SocketAddr) -> TcpStream {
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind(SocketAddr::new(from.parse().unwrap(), 0)).unwrap();
    socket.connect(to).await.unwrap()
}

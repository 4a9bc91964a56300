//! The load: the same requests for every server, over kept connections or one connection each. Loopback only, bounded.

use anyhow::{Context, bail};
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpSocket;
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

const ANSWER_MAX: Duration = Duration::from_secs(20);
const HEAD_BYTES_MAX: usize = 64 * 1_024;
/// Over one kept connection, then there is a new one: our own server answers late whoever is turned away more often.
const KEPT_FOR_REQUESTS: u32 = 50;

/// Answers by status.
pub type Statuses = BTreeMap<u16, usize>;

/// What to ask of whom, how often.
#[derive(Clone)]
pub struct Plan {
    pub to: SocketAddr,
    pub request: Arc<[u8]>,
    pub requests: usize,
    pub at_once: usize,
    /// A new connection, with a whole TLS handshake, for each request.
    pub tls: Option<Arc<ClientConfig>>,
    /// Over kept connections; a server that closes gets a new one.
    pub keep: bool,
    /// Addresses of 127.0.0.0/8 that connections come from, in turn; 1 is this machine's usual one.
    pub sources: usize,
    /// Each request is another than the last of its connection: a letter of the agent's name is.
    pub varied: bool,
}

impl Plan {
    /// With requests that differ from each other.
    pub fn varied(self) -> Self {
        Self { varied: true, ..self }
    }

    /// From so many addresses.
    pub fn spread_over(self, sources: usize) -> Self {
        Self { sources, ..self }
    }

    /// A connection for each request.
    pub fn kept_for_none(self) -> Self {
        Self { keep: false, ..self }
    }
}

/// Trusts the one certificate of this run, and resumes nothing: each handshake is whole.
pub fn tls_client(certificate: &rustls::pki_types::CertificateDer<'static>) -> anyhow::Result<Arc<ClientConfig>> {
    let mut roots = RootCertStore::empty();
    roots.add(certificate.clone())?;
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.resumption = rustls::client::Resumption::disabled();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

pub async fn run(plan: &Plan) -> anyhow::Result<Statuses> {
    run_each(plan, std::slice::from_ref(&plan.request)).await
}

/// The same with these requests, in turn.
pub async fn run_each(plan: &Plan, requests: &[Arc<[u8]>]) -> anyhow::Result<Statuses> {
    let requests: Arc<[Arc<[u8]>]> = requests.into();
    if !plan.to.ip().is_loopback() {
        bail!("{} is not this machine", plan.to);
    }
    let left = Arc::new(AtomicUsize::new(plan.requests));
    let mut tasks = JoinSet::new();
    for _ in 0..plan.at_once {
        tasks.spawn(client(plan.clone(), requests.clone(), Arc::clone(&left)));
    }
    let mut statuses = Statuses::new();
    while let Some(ended) = tasks.join_next().await {
        for (status, count) in ended?? {
            *statuses.entry(status).or_default() += count;
        }
    }
    Ok(statuses)
}

async fn client(plan: Plan, requests: Arc<[Arc<[u8]>]>, left: Arc<AtomicUsize>) -> anyhow::Result<Statuses> {
    let mut statuses = Statuses::new();
    let mut kept: Option<(Box<dyn Stream>, u32)> = None;
    let mut buffer = Vec::with_capacity(HEAD_BYTES_MAX);
    let mut varied = Vec::new();
    while let Ok(number) = left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)) {
        let (mut stream, before) = match kept.take() {
            Some(kept) => kept,
            None => (connect(&plan, number).await?, 0),
        };
        // The number counts down from the plan's, so each request is sent as often as any other.
        let Some(request) = requests.get((number - 1) % requests.len().max(1)) else { break };
        let request = if plan.varied { vary(request, number, &mut varied) } else { &request[..] };
        let asked = timeout(ANSWER_MAX, ask(&mut *stream, request, &mut buffer));
        let (status, keeps) = asked.await.context("no answer in time")??;
        *statuses.entry(status).or_default() += 1;
        if plan.keep && keeps && before + 1 < KEPT_FOR_REQUESTS {
            kept = Some((stream, before + 1));
        }
    }
    Ok(statuses)
}

/// The request with another letter in its agent's name.
fn vary<'a>(request: &[u8], number: usize, varied: &'a mut Vec<u8>) -> &'a [u8] {
    const BEFORE: &[u8] = b"user-agent: ";
    varied.clear();
    varied.extend_from_slice(request);
    let at = varied.windows(BEFORE.len()).position(|window| window == BEFORE).map(|at| at + BEFORE.len());
    // Connections take numbers in turn, so that neighbours of one connection differ whatever their distance is.
    let letter = b"abcdefghijklmnopqrstuvwxyz"[number / 32 % 26];
    if let Some(byte) = at.and_then(|at| varied.get_mut(at)) {
        *byte = letter;
    }
    varied
}

trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

/// The source of the connection with this number: an address of the loopback block, never the servers' own.
fn source(number: usize, sources: usize) -> std::net::Ipv4Addr {
    let number = u32::try_from(number % sources.max(1)).unwrap_or(0);
    if sources <= 1 { std::net::Ipv4Addr::LOCALHOST } else { std::net::Ipv4Addr::from_bits(0x7f10_0000 + number) }
}

async fn connect(plan: &Plan, number: usize) -> anyhow::Result<Box<dyn Stream>> {
    let socket = TcpSocket::new_v4()?;
    if plan.sources > 1 {
        socket.bind(SocketAddr::from((source(number, plan.sources), 0)))?;
    }
    let tcp = socket.connect(plan.to).await?;
    tcp.set_nodelay(true)?;
    // A reset instead of TIME_WAIT: tens of thousands of connections would use the ports up.
    #[expect(deprecated, reason = "lingering is what is wanted to be off: nothing is left to send")]
    tcp.set_linger(Some(Duration::ZERO))?;
    match &plan.tls {
        None => Ok(Box::new(tcp)),
        Some(config) => {
            let name = ServerName::try_from("localhost")?;
            Ok(Box::new(TlsConnector::from(Arc::clone(config)).connect(name, tcp).await?))
        }
    }
}

/// What a server answered, whole.
pub struct Answer {
    pub status: u16,
    /// Names in lower case. Without the length and the date, which every server says for itself.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

/// The plan's request over a connection of its own.
pub async fn once(plan: &Plan) -> anyhow::Result<Answer> {
    let mut buffer = Vec::new();
    let mut stream = connect(plan, 0).await?;
    let (status, _keeps) = timeout(ANSWER_MAX, ask(&mut *stream, &plan.request, &mut buffer)).await??;
    let head_end = buffer.windows(4).position(|four| four == b"\r\n\r\n").map_or(buffer.len(), |at| at + 4);
    let body = buffer.split_off(head_end);
    let head = String::from_utf8(buffer)?;
    let headers = head.lines().filter_map(|line| line.split_once(": "));
    let headers = headers.map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()));
    let of_each = ["content-length", "date", "connection"];
    let headers = headers.filter(|(name, _)| !of_each.contains(&name.as_str())).collect();
    Ok(Answer { status, headers, body })
}

/// Gives the status, and whether the connection may be used again.
async fn ask(stream: &mut dyn Stream, request: &[u8], buffer: &mut Vec<u8>) -> anyhow::Result<(u16, bool)> {
    stream.write_all(request).await?;
    stream.flush().await?;
    buffer.clear();
    let head_end = loop {
        if let Some(at) = buffer.windows(4).position(|four| four == b"\r\n\r\n") {
            break at + 4;
        }
        if buffer.len() > HEAD_BYTES_MAX || stream.read_buf(buffer).await? == 0 {
            bail!("the answer ended in its head");
        }
    };
    let head = std::str::from_utf8(buffer.get(..head_end).unwrap_or_default())?.to_ascii_lowercase();
    let status = head.split(' ').nth(1).and_then(|text| text.parse().ok()).context("no status")?;
    let length = head.lines().find_map(|line| line.strip_prefix("content-length:")).map(str::trim);
    let length: usize = length.context("no content-length")?.parse()?;
    while buffer.len() < head_end + length {
        if stream.read_buf(buffer).await? == 0 {
            bail!("the answer ended in its body");
        }
    }
    Ok((status, !head.contains("connection: close")))
}

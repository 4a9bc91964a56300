//! A small SMTP server on loopback that behaves as a [`Tale`] says.

use super::SmtpTls;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs::default_provider;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

#[derive(Clone, Default)]
pub struct Tale {
    /// The first so many mails are put off with 451.
    pub busy: u32,
    /// The first so many connections end before a word.
    pub hangs_up: u32,
    /// Recipients are refused with 550, with their address in the answer.
    pub refuses: bool,
    /// Mail is taken from signed-in users only.
    pub wants_user: bool,
    /// Connections are taken and never answered.
    pub silent: bool,
    pub tls: Option<SmtpTls>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Got {
    pub from: String,
    pub to: String,
    pub data: String,
}

#[derive(Default)]
struct Seen {
    mails: Vec<Got>,
    tries: u32,
}

pub struct Server {
    pub port: u16,
    pub ca_pem: String,
    seen: Arc<Mutex<Seen>>,
}

trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

impl Server {
    pub async fn start(tale: Tale) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let seen = Arc::new(Mutex::new(Seen::default()));
        let (acceptor, ca_pem) = certificate();
        let shared = Arc::clone(&seen);
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                let (tale, acceptor, seen) = (tale.clone(), acceptor.clone(), Arc::clone(&shared));
                tokio::spawn(async move { serve(socket, tale, acceptor, seen).await });
            }
        });
        Self { port, ca_pem, seen }
    }

    pub fn mails(&self) -> Vec<Got> {
        self.seen.lock().unwrap().mails.clone()
    }

    /// Connections, counting those that were hung up.
    pub fn tries(&self) -> u32 {
        self.seen.lock().unwrap().tries
    }
}

fn certificate() -> (TlsAcceptor, String) {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .unwrap();
    (TlsAcceptor::from(Arc::new(config)), made.cert.pem())
}

/// `None` when the client went away.
async fn serve(socket: TcpStream, tale: Tale, acceptor: TlsAcceptor, seen: Arc<Mutex<Seen>>) -> Option<()> {
    let tries = {
        let mut seen = seen.lock().unwrap();
        seen.tries += 1;
        seen.tries
    };
    if tries <= tale.hangs_up {
        return None;
    }
    if tale.silent {
        let mut lines = BufReader::new(socket).lines();
        while lines.next_line().await.ok()?.is_some() {}
        return None;
    }
    let mut stream: Box<dyn Stream> = Box::new(socket);
    let mut secure = tale.tls == Some(SmtpTls::Implicit);
    if secure {
        stream = Box::new(acceptor.accept(stream).await.ok()?);
    }
    stream.write_all(b"220 test\r\n").await.ok()?;
    let mut stream = BufReader::new(stream);
    let (mut got, mut signed_in) = (Got::default(), false);
    loop {
        let line = read_line(&mut stream).await?;
        let word = line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
        let answer = match word.as_str() {
            "EHLO" if tale.tls == Some(SmtpTls::StartTls) && !secure => "250-test\r\n250 STARTTLS".to_owned(),
            "EHLO" => "250-test\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 AUTH PLAIN".to_owned(),
            "STARTTLS" => {
                stream.get_mut().write_all(b"220 go on\r\n").await.ok()?;
                stream = BufReader::new(Box::new(acceptor.accept(stream.into_inner()).await.ok()?));
                secure = true;
                continue;
            }
            // base64 of "\0preau\0s3cret"
            "AUTH" if line == "AUTH PLAIN AHByZWF1AHMzY3JldA==" => {
                signed_in = true;
                "235 welcome".to_owned()
            }
            "AUTH" => "535 no".to_owned(),
            "MAIL" if tale.wants_user && !signed_in => "530 who are you".to_owned(),
            "MAIL" => {
                got = Got { from: address(&line), ..Got::default() };
                "250 ok".to_owned()
            }
            "RCPT" if tale.refuses => format!("550 no such user {}", address(&line)),
            "RCPT" => {
                got.to = address(&line);
                "250 ok".to_owned()
            }
            "DATA" if tries <= tale.busy => "451 later".to_owned(),
            "DATA" => {
                stream.get_mut().write_all(b"354 go on\r\n").await.ok()?;
                got.data = read_data(&mut stream).await?;
                seen.lock().unwrap().mails.push(got.clone());
                "250 taken".to_owned()
            }
            "QUIT" => "221 bye".to_owned(),
            _ => "500 what".to_owned(),
        };
        stream.get_mut().write_all(format!("{answer}\r\n").as_bytes()).await.ok()?;
    }
}

async fn read_line(stream: &mut BufReader<Box<dyn Stream>>) -> Option<String> {
    let mut line = String::new();
    let count = stream.read_line(&mut line).await.ok()?;
    (count > 0).then(|| line.trim_end().to_owned())
}

/// The lines up to the one that is a single dot.
async fn read_data(stream: &mut BufReader<Box<dyn Stream>>) -> Option<String> {
    let mut data = String::new();
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await.ok()? == 0 {
            return None;
        }
        if line == ".\r\n" {
            return Some(data);
        }
        data.push_str(line.strip_prefix('.').unwrap_or(&line));
    }
}

fn address(line: &str) -> String {
    line.split(['<', '>']).nth(1).unwrap_or_default().to_owned()
}

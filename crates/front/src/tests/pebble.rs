//! An ACME authority of one test: Debian's `pebble` on free ports of loopback, and a DNS server that knows all of
//! `.example` to be here.

use super::harness::{Client, PATIENCE, connect_tls};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::RootCertStore;
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;
use std::fs;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tokio::net::{TcpStream, UdpSocket};
use tokio::process::{Child, Command};
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

/// The ports and files of an authority that does not run yet.
pub struct Pebble {
    folder: tempfile::TempDir,
    directory_port: u16,
    management_port: u16,
}

/// One that runs, until it is dropped.
pub struct Running {
    process: Child,
    names: JoinHandle<()>,
    management: SocketAddr,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.names.abort();
    }
}

/// Ports that were free a moment ago; pebble cannot be asked which one it took.
fn free_ports() -> [u16; 2] {
    let listeners = [(); 2].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
    listeners.map(|listener| listener.local_addr().unwrap().port())
}

impl Pebble {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let [directory_port, management_port] = free_ports();
        let root_key = KeyPair::generate().unwrap();
        let mut root = CertificateParams::default();
        root.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        fs::write(folder.path().join("root.pem"), root.self_signed(&root_key).unwrap().pem()).unwrap();
        let key = KeyPair::generate().unwrap();
        let own = CertificateParams::new(["localhost".to_owned()]).unwrap();
        let own = own.signed_by(&key, &Issuer::new(root, root_key)).unwrap();
        fs::write(folder.path().join("cert.pem"), own.pem()).unwrap();
        fs::write(folder.path().join("key.pem"), key.serialize_pem()).unwrap();
        Self { folder, directory_port, management_port }
    }

    pub fn directory_url(&self) -> String {
        format!("https://localhost:{}/dir", self.directory_port)
    }

    pub fn root_ca(&self) -> PathBuf {
        self.folder.path().join("root.pem")
    }

    /// Starts it, empty; it looks at challenges at these ports.
    pub async fn run(&self, http_port: u16, tls_port: u16) -> Running {
        let names = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let names_address = names.local_addr().unwrap();
        let config = self.folder.path().join("pebble.json");
        fs::write(&config, self.config(http_port, tls_port)).unwrap();
        let output = fs::File::create(self.folder.path().join("pebble.log")).unwrap();
        let process = Command::new("pebble")
            .arg("-config")
            .arg(&config)
            .arg("-dnsserver")
            .arg(names_address.to_string())
            .env("PEBBLE_VA_NOSLEEP", "1")
            .env("PEBBLE_WFE_NONCEREJECT", "0")
            .stdin(Stdio::null())
            .stdout(output.try_clone().unwrap())
            .stderr(output)
            .kill_on_drop(true)
            .spawn()
            .unwrap_or_else(|error| panic!("pebble does not start ({error}): apt-get install pebble"));
        for port in [self.directory_port, self.management_port] {
            self.wait_for(port).await;
        }
        let management = SocketAddr::from((Ipv4Addr::LOCALHOST, self.management_port));
        Running { process, names: tokio::spawn(answer_names(names)), management }
    }

    fn config(&self, http_port: u16, tls_port: u16) -> String {
        let file = |name: &str| self.folder.path().join(name).display().to_string();
        serde_json::json!({ "pebble": {
            "listenAddress": format!("127.0.0.1:{}", self.directory_port),
            "managementListenAddress": format!("127.0.0.1:{}", self.management_port),
            "certificate": file("cert.pem"),
            "privateKey": file("key.pem"),
            "httpPort": http_port,
            "tlsPort": tls_port,
            "ocspResponderURL": "",
            "externalAccountBindingRequired": false,
        }})
        .to_string()
    }

    async fn wait_for(&self, port: u16) {
        let up = async {
            while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.is_err() {
                sleep(Duration::from_millis(20)).await;
            }
        };
        if timeout(PATIENCE, up).await.is_err() {
            let log = fs::read_to_string(self.folder.path().join("pebble.log")).unwrap_or_default();
            panic!("pebble does not listen on port {port}:\n{log}");
        }
    }
}

impl Running {
    /// Ends it and waits until its ports are free.
    pub async fn stop(mut self) {
        self.process.kill().await.unwrap();
    }

    /// The root of the certificates that it issues.
    pub async fn issuing_root(&self) -> RootCertStore {
        let mut client = Client(connect_tls(self.management, &[]).await.unwrap());
        client.send("GET /roots/0 HTTP/1.0\r\n\r\n").await;
        let said = client.until_closed().await;
        let (_, pem) = said.split_once("\r\n\r\n").unwrap();
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(pem.as_bytes()).unwrap()).unwrap();
        roots
    }
}

/// A DNS server (RFC 1035) for one kind of question: names under `.example` are 127.0.0.1, others do not exist.
async fn answer_names(socket: UdpSocket) {
    let mut query = [0; 512];
    while let Ok((length, from)) = socket.recv_from(&mut query).await {
        if let Some(answer) = answer_to(&query[..length]) {
            let _lost_or_not = socket.send_to(&answer, from).await;
        }
    }
}

fn answer_to(query: &[u8]) -> Option<Vec<u8>> {
    const HEADER_BYTES: usize = 12;
    let question = query.get(HEADER_BYTES..)?;
    let name_end = question.iter().position(|byte| *byte == 0)?;
    let question = question.get(..name_end + 5)?;
    let known = question[..name_end].ends_with(b"\x07example");
    let is_a = question[name_end + 1..name_end + 3] == [0, 1];
    let answers = u8::from(known && is_a);
    let mut answer = query[..2].to_vec();
    answer.extend([0x81, if known { 0x80 } else { 0x83 }, 0, 1, 0, answers, 0, 0, 0, 0]);
    answer.extend(question);
    if answers == 1 {
        answer.extend([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 127, 0, 0, 1]);
    }
    Some(answer)
}

pub fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt as _;
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

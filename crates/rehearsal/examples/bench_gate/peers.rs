//! nginx and HAProxy from Debian's packages, set up to answer with the very headers and bytes that we answer with.

use crate::child::{Server, free_address};
use crate::load::Answer;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The certificate of every TLS server of this run: ECDSA P-256, as ACME authorities give.
pub struct Certificate {
    pub chain: PathBuf,
    pub key: PathBuf,
    pub der: rustls::pki_types::CertificateDer<'static>,
}

impl Certificate {
    pub fn make(folder: &Path) -> anyhow::Result<Self> {
        let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned(), "127.0.0.1".to_owned()])?;
        let (chain, key) = (folder.join("chain.pem"), folder.join("key.pem"));
        fs::write(&chain, made.cert.pem())?;
        fs::write(&key, made.signing_key.serialize_pem())?;
        Ok(Self { chain, key, der: made.cert.der().clone() })
    }
}

/// HAProxy, one thread, that answers everything with this, from memory.
pub fn haproxy(folder: &Path, answer: &Answer) -> anyhow::Result<Server> {
    let address = free_address()?;
    let (config, body) = (folder.join("haproxy.cfg"), folder.join("haproxy.html"));
    fs::write(&body, &answer.body)?;
    let headers = with_each(answer, |name, value| match name {
        "content-type" => format!(" content-type {}", quoted(value)),
        _ => format!(" hdr {name} {}", quoted(&value.replace('%', "%%"))),
    });
    let status = answer.status;
    let text = format!(
        "global\n  nbthread 1\n  maxconn 8000\ndefaults\n  mode http\n  timeout client 60s\n  timeout server 60s\n  \
         timeout connect 5s\n  timeout http-request 10s\n  timeout http-keep-alive 60s\nfrontend all\n  bind {address}\n  \
         http-request return status {status} file {}{headers}\n",
        body.display()
    );
    fs::write(&config, text)?;
    Server::start(Command::new("/usr/sbin/haproxy").args(["-db", "-f"]).arg(&config), address)
}

/// nginx, one process, that answers everything over TLS with this.
pub fn nginx(folder: &Path, certificate: &Certificate, answer: &Answer) -> anyhow::Result<Server> {
    let address = free_address()?;
    let root = folder.join("nginx");
    fs::create_dir_all(&root)?;
    fs::write(root.join("refused.html"), &answer.body)?;
    let headers = with_each(answer, |name, value| match name {
        "content-type" => format!("default_type {}; ", quoted(value)),
        _ => format!("add_header {name} {} always; ", quoted(value)),
    });
    let status = answer.status;
    let at = root.display();
    let text = format!(
        "daemon off;\nmaster_process off;\nuser root;\npid {at}/nginx.pid;\nerror_log {at}/error.log error;\n\
         events {{ worker_connections 8000; }}\nhttp {{\n  access_log off;\n  client_body_temp_path {at}/body;\n  \
         proxy_temp_path {at}/proxy;\n  fastcgi_temp_path {at}/fastcgi;\n  uwsgi_temp_path {at}/uwsgi;\n  \
         scgi_temp_path {at}/scgi;\n  keepalive_requests 1000000;\n  server {{\n    listen {address} ssl;\n    \
         ssl_certificate {};\n    ssl_certificate_key {};\n    ssl_protocols TLSv1.2 TLSv1.3;\n    root {at};\n    \
         error_page {status} /refused.html;\n    location = /refused.html {{ internal; types {{}} {headers}}}\n    \
         location / {{ return {status}; }}\n  }}\n}}\n",
        certificate.chain.display(),
        certificate.key.display(),
    );
    let config = root.join("nginx.conf");
    fs::write(&config, text)?;
    Server::start(Command::new("/usr/sbin/nginx").arg("-c").arg(&config), address)
}

fn with_each(answer: &Answer, directive: impl Fn(&str, &str) -> String) -> String {
    answer.headers.iter().map(|(name, value)| directive(name, value)).collect()
}

/// A word of both servers' configurations.
fn quoted(value: &str) -> String {
    format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\""))
}

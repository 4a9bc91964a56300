//! The floor that pages are measured against: hyper alone, which answers everything with the same bytes.

use crate::child::{Server, free_address};
use anyhow::Context;
use http::{Response, header};
use http_body_util::Full;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use std::convert::Infallible;
use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;

/// The argument by which a bench starts itself as that server.
pub const ARGUMENT: &str = "bare-hyper";

/// This program again, as a process of its own, with the bytes of a file.
pub fn start(page: &Path) -> anyhow::Result<Server> {
    let address = free_address()?;
    let own = std::env::current_exe().context("this program's path")?;
    Server::start(Command::new(own).arg(ARGUMENT).arg(address.to_string()).arg(page), address)
}

/// What the process that [`start`] starts does.
pub fn serve(address: SocketAddr, page: &Path) -> anyhow::Result<()> {
    let page = bytes::Bytes::from(fs::read(page)?);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async move {
        let listener = tokio::net::TcpListener::bind(address).await?;
        loop {
            let (stream, _) = listener.accept().await?;
            stream.set_nodelay(true)?;
            let page = page.clone();
            tokio::spawn(async move {
                let answer = service_fn(move |_| {
                    let mut response = Response::new(Full::new(page.clone()));
                    response
                        .headers_mut()
                        .insert(header::CONTENT_TYPE, header::HeaderValue::from_static("application/json"));
                    std::future::ready(Ok::<_, Infallible>(response))
                });
                let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), answer).await;
            });
        }
    })
}

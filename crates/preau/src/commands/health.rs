//! Asks the admin listener of the running server.

use super::load_config;
use crate::cli::Place;
use anyhow::{Context, bail};
use std::net::SocketAddr;
use std::process::ExitCode;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const ANSWER_MAX: Duration = Duration::from_secs(5);
const ANSWER_BYTES_MAX: u64 = 8 << 20;

pub async fn run(place: &Place) -> anyhow::Result<ExitCode> {
    let config = load_config(place)?;
    let Some(address) = config.admin else {
        bail!("admin.listen is empty: the server cannot be asked");
    };
    let (status, body) = tokio::time::timeout(ANSWER_MAX, ask(address, "/readyz"))
        .await
        .with_context(|| format!("{address} did not answer within {} s", ANSWER_MAX.as_secs()))??;
    println!("{}", body.trim());
    Ok(if status == 200 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// One GET over HTTP/1.0, whose answer ends with the connection.
pub async fn ask(address: SocketAddr, path: &str) -> anyhow::Result<(u16, String)> {
    let mut stream = TcpStream::connect(address).await.with_context(|| format!("no server answers at {address}"))?;
    stream.write_all(format!("GET {path} HTTP/1.0\r\nHost: {address}\r\n\r\n").as_bytes()).await?;
    let mut answer = String::new();
    stream.take(ANSWER_BYTES_MAX).read_to_string(&mut answer).await?;
    let (head, body) = answer.split_once("\r\n\r\n").context("the answer is not HTTP")?;
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
    Ok((status.context("the answer is not HTTP")?, body.to_owned()))
}

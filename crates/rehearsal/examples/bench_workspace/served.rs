//! The server over the data, and what it counts.

use crate::child::{Server, free_address};
use crate::load::{Connection, request};
use crate::options::Options;
use crate::sown::Sown;
use anyhow::ensure;
use preau_store::Database;
use std::net::SocketAddr;
use std::process::Command;

pub struct Served {
    pub server: Server,
    admin: SocketAddr,
}

impl Served {
    pub fn start(options: &Options, sown: &Sown) -> anyhow::Result<Self> {
        let (address, admin) = (free_address()?, free_address()?);
        let mut command = Command::new(&options.preau);
        command.args(["serve", "--data"]).arg(&sown.folder).env("PREAU_SERVER__LISTEN", address.to_string());
        command.env("PREAU_TLS__MODE", "off").env("PREAU_MEDIA__UDP_PORT", "0").env("PREAU_LOG__FILTER", "error");
        command.env("PREAU_ADMIN__LISTEN", admin.to_string());
        if let Database::Postgres { url } = &sown.database {
            command.env("PREAU_DATABASE__URL", url);
        }
        Ok(Self { server: Server::start(&mut command, address)?, admin })
    }

    /// Statements that pages of a route have taken so far.
    pub fn statements(&self, route: &str) -> anyhow::Result<u64> {
        let mut connection = Connection::open(self.admin)?;
        let answer = connection.ask(&request("/metrics", ""))?;
        ensure!(answer.status == 200, "the counters are answered {}", answer.status);
        let text = String::from_utf8_lossy(connection.body(&answer)).into_owned();
        let name = format!("preau_web_statements_total{{route=\"{route}\"}} ");
        let line = text.lines().find_map(|line| line.strip_prefix(&name));
        Ok(line.and_then(|count| count.parse().ok()).unwrap_or(0))
    }
}

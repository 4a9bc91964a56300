//! A throw-away PostgreSQL server for tests.
//!
//! [`url`] gives a server with the right to create databases: the one that `PREAU_TEST_POSTGRES` names, or one that
//! this process starts at the first call, in a fresh folder, on a free port of the loopback interface, and that ends with the
//! process however the process ends. [`fresh_database`] gives an empty database of its own to each test.
//!
//! A server refuses to run as root, so root starts it as the user `postgres`, whom Debian's package makes.
//!
//! `cargo test` runs a crate's tests in one process and so starts one server; `cargo nextest` runs one process a test, where
//! `PREAU_TEST_POSTGRES` saves about a second each. `cargo xtask test` sets it.

mod server;

pub use server::{Error, Server};

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::process::Command;
use std::sync::OnceLock;

/// The environment variable with the URL of a server for tests, whose user may create databases.
pub const URL_VARIABLE: &str = "PREAU_TEST_POSTGRES";

/// The URL of a server for this process's tests, without a time limit on its life but the process's own.
///
/// # Panics
///
/// When there is no server and none can be started; the message says what to install.
pub fn url() -> &'static str {
    static URL: OnceLock<String> = OnceLock::new();
    // The server is never dropped: it ends when the system closes the pipe that this process holds.
    static SERVER: OnceLock<Server> = OnceLock::new();
    URL.get_or_init(|| match std::env::var(URL_VARIABLE) {
        Ok(url) if !url.is_empty() => url,
        _ => {
            let server = Server::start().unwrap_or_else(|error| panic!("no PostgreSQL for the tests: {error}"));
            SERVER.get_or_init(|| server).url().to_owned()
        }
    })
}

/// Whether this machine has what [`url`] and [`fresh_database`] start.
pub fn is_installed() -> bool {
    server::program("postgres").is_ok() && server::program("psql").is_ok()
}

/// Makes an empty database on the tests' server and gives its URL. Its name starts with `preau_test_`; it stays until its
/// server ends.
///
/// # Panics
///
/// When the server does not answer, or refuses to make a database.
pub fn fresh_database() -> String {
    let name = format!("preau_test_{:016x}", RandomState::new().hash_one(std::process::id()));
    let psql = server::program("psql").unwrap_or_else(|error| panic!("{error}"));
    let made = Command::new(psql)
        .args(["--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--command"])
        .arg(format!("CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'"))
        .arg(url())
        .output();
    match made {
        Ok(made) if made.status.success() => with_database(url(), &name),
        Ok(made) => panic!("{} makes no database: {}", url(), String::from_utf8_lossy(&made.stderr)),
        Err(error) => panic!("psql does not start: {error}"),
    }
}

/// `url` with its database replaced by `name`.
fn with_database(url: &str, name: &str) -> String {
    let (address, query) = url.split_once('?').map_or((url, None), |(address, query)| (address, Some(query)));
    let host_at = address.find("://").map_or(0, |at| at + "://".len());
    let host_end = address[host_at..].find('/').map_or(address.len(), |at| host_at + at);
    let mut fresh = format!("{}/{name}", &address[..host_end]);
    if let Some(query) = query {
        fresh.push('?');
        fresh.push_str(query);
    }
    fresh
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(url: &str, expect: &str) {
        assert_eq!(with_database(url, "fresh"), expect);
    }

    #[test]
    fn replaces_the_database_of_a_url() {
        check("postgres://p@127.0.0.1:5/postgres", "postgres://p@127.0.0.1:5/fresh");
        check("postgres://p:s@127.0.0.1", "postgres://p:s@127.0.0.1/fresh");
        check("postgres://p@localhost/a?host=/tmp/x", "postgres://p@localhost/fresh?host=/tmp/x");
    }

    #[test]
    fn fresh_databases_are_apart() {
        let (one, other) = (fresh_database(), fresh_database());
        assert_ne!(one, other);
        assert_eq!(query(&one, "CREATE TABLE t (a int)"), Some(String::new()));
        assert_eq!(query(&one, "SELECT count(*) FROM t"), Some("0\n".to_owned()));
        assert_eq!(query(&other, "SELECT count(*) FROM t"), None);
    }

    #[test]
    fn a_dropped_server_leaves_nothing() {
        let server = Server::start().expect("starts");
        let (url, folder) = (server.url().to_owned(), server.folder().to_owned());
        assert_eq!(query(&url, "SELECT 1"), Some("1\n".to_owned()));
        assert!(folder.exists());
        drop(server);
        assert!(!folder.exists());
        assert_eq!(query(&url, "SELECT 1"), None);
    }

    fn query(url: &str, sql: &str) -> Option<String> {
        let psql = server::program("psql").expect("is installed");
        let mut psql = Command::new(psql);
        psql.args(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--command", sql, url]);
        let output = psql.output().expect("runs");
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
    }
}

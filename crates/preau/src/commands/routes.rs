//! The table of routes as text. The browser tests read it: a page that they never visit fails them.

use preau_web::routes::{self, Rule};
use std::io::Write as _;

pub fn run() -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    for row in routes::table() {
        let rule = match row.rule {
            Rule::Anyone => "anyone",
            Rule::SignedIn => "signed in",
            Rule::May(act) => act,
        };
        writeln!(out, "{}\t{}\t{rule}", row.method, row.path)?;
    }
    Ok(())
}

//! Reads a feed and applies it, with a progress bar on a terminal and a report at the end.

mod timetable;

use super::{Opened, language, open_or_make};
use crate::cli::{ImportCommand, ImportOptions, TableOf};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use preau_base::{SystemClock, SystemRng};
use preau_directory::{FeedError, aaf, csv};
use preau_school::feed::Item;
use preau_store::import::{self, Progress};
use preau_web::ImportWords;
use std::io::IsTerminal;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

pub async fn run(command: ImportCommand) -> anyhow::Result<ExitCode> {
    match command {
        ImportCommand::Aaf { place, feed, academy, options } => {
            let opened = open_or_make(&place).await?;
            let records = aaf::read_dir(&feed).map_err(|error| told(&error))?;
            for name in records.ignored() {
                eprintln!("{}", words().left_alone(name));
            }
            let source = academy.map_or_else(|| "aaf".to_owned(), |academy| format!("aaf:{academy}"));
            let bytes = Bytes { total: records.bytes_total(), read: records.bytes_read() };
            apply(&opened, records, bytes, &options, source, true).await
        }
        ImportCommand::Csv { place, file, school, school_name, table, options } => {
            let opened = open_or_make(&place).await?;
            let about = csv::Options { uai: school.clone(), school_name, table: table.map(table_of) };
            let rows = csv::read_file(&file, &about).map_err(|error| told(&error))?;
            let bytes = Bytes { total: rows.bytes_total(), read: rows.bytes_read() };
            // A table may hold one class only: nobody who is not in it has left.
            apply(&opened, rows, bytes, &options, csv::source(&school), false).await
        }
        ImportCommand::Timetable { place, export, school, class, dry_run } => {
            Box::pin(timetable::run(&place, &export, &school, class.as_deref(), dry_run)).await
        }
    }
}

fn words() -> ImportWords {
    ImportWords::new(language())
}

/// Which file, and what is wrong with it.
fn told(error: &FeedError) -> anyhow::Error {
    anyhow::anyhow!("{}: {}", error.path().display(), words().feed_error(error))
}

const fn table_of(table: TableOf) -> csv::Table {
    match table {
        TableOf::Pupils => csv::Table::Pupils,
        TableOf::Relatives => csv::Table::Relatives,
        TableOf::Teachers => csv::Table::Teachers,
        TableOf::Staff => csv::Table::Staff,
    }
}

struct Bytes {
    total: u64,
    read: Arc<AtomicU64>,
}

/// Exit code 0: everything came in; 2: it came in, but records or schools were refused (the report names them).
async fn apply(
    opened: &Opened,
    records: impl Iterator<Item = Item> + Send,
    bytes: Bytes,
    options: &ImportOptions,
    source: String,
    full: bool,
) -> anyhow::Result<ExitCode> {
    let how = import::Options {
        source,
        full,
        dry_run: options.dry_run,
        actor: None,
        guarded: false,
        clock: Arc::new(SystemClock),
    };
    let (bar, words) = (progress_bar(bytes.total)?, words());
    let report = import::apply(&opened.store, records, &how, &mut SystemRng, |progress| match progress {
        Progress::Read(count) => {
            bar.set_position(bytes.read.load(Ordering::Relaxed));
            bar.set_message(words.read(count));
        }
        Progress::Refused(refusal) => bar.suspend(|| eprintln!("{}", words.refused(refusal))),
        Progress::Schools(done, all) => {
            bar.set_position(bytes.total);
            bar.set_message(words.schools(done, all));
        }
    })
    .await?;
    bar.finish_and_clear();
    if options.json {
        println!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        print!("{}", words.report(&report));
    }
    let clean = report.refused.count == 0 && report.failed.is_empty();
    Ok(if clean { ExitCode::SUCCESS } else { ExitCode::from(2) })
}

fn progress_bar(bytes_total: u64) -> anyhow::Result<ProgressBar> {
    let target =
        if std::io::stderr().is_terminal() { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
    let style = ProgressStyle::with_template("{bar:40} {percent:>3} %  {elapsed}  {msg}")?;
    Ok(ProgressBar::with_draw_target(Some(bytes_total), target).with_style(style))
}

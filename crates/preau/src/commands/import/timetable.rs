//! `preau import timetable`.

use super::words;
use crate::cli::Place;
use crate::commands::open_or_make;
use anyhow::{Context as _, anyhow, bail};
use jiff::ToSpan as _;
use jiff::tz::TimeZone;
use preau_base::{Clock as _, SystemClock, SystemRng};
use preau_directory::ical::Options;
use preau_directory::limits::{ARCHIVE_BYTES_MAX, FILES_MAX};
use preau_directory::timetable::{Format, read, read_udt};
use preau_directory::udt;
use preau_school::feed::timetable::Timetable;
use preau_store::series::{Feed, FeedReport, apply};
use preau_store::{groups, schools};
use std::path::Path;
use std::process::ExitCode;

/// Exit code 0: everything came in; 2: it came in, but parts were refused or left out (they are printed).
pub async fn run(
    place: &Place,
    export: &Path,
    uai: &str,
    class: Option<&str>,
    dry_run: bool,
) -> anyhow::Result<ExitCode> {
    let opened = open_or_make(place).await?;
    let mut tx = opened.store.write().await?;
    let school = schools::by_uai(&mut tx, uai).await?.with_context(|| format!("no school has the code {uai}"))?;
    let zone = TimeZone::get(&school.time_zone).with_context(|| format!("the time zone {}", school.time_zone))?;
    let now = SystemClock.now();
    let (format, timetable) = read_export(export, &zone)?;
    let mut chosen = Vec::new();
    if let Some(name) = class {
        let group = groups::by_name(&mut tx, school.id, name).await?;
        chosen.push(group.with_context(|| format!("{} has no class or group {name}", school.name))?.id);
    }
    let source = match (format, chosen.first()) {
        (Format::Icalendar, Some(group)) => format!("ics:{group}"),
        _ => format.source().to_owned(),
    };
    let feed =
        Feed { school: school.id, source: &source, timetable: &timetable, groups: &chosen, teachers: &[], by: None };
    let report = apply(&mut tx, &feed, &zone, now, &mut SystemRng).await?;
    if !dry_run {
        tx.commit().await?;
    }
    print(&timetable, &report, dry_run);
    let clean = timetable.refusals.is_empty() && report.without_group == 0 && report.unknown_teachers.is_empty();
    let clean = clean && report.members.unknown_count == 0;
    Ok(if clean { ExitCode::SUCCESS } else { ExitCode::from(2) })
}

fn read_export(export: &Path, zone: &TimeZone) -> anyhow::Result<(Format, Timetable)> {
    if export.is_dir() {
        return Ok(read_udt(&folder(export)?));
    }
    let bytes_count = std::fs::metadata(export).with_context(|| export.display().to_string())?.len();
    if bytes_count > ARCHIVE_BYTES_MAX {
        bail!("{}: more than {ARCHIVE_BYTES_MAX} bytes", export.display());
    }
    let bytes = std::fs::read(export).with_context(|| export.display().to_string())?;
    let name = export.file_name().unwrap_or_default().to_string_lossy();
    let today = jiff::Timestamp::from_millisecond(SystemClock.now().as_millis())?.to_zoned(zone.clone()).date();
    let options = Options { zone: zone.clone(), from: today, to: today.saturating_add(1.years()) };
    read(&name, &bytes, &options).map_err(|fault| anyhow!("{name}: {}", words().fault(&fault.into())))
}

fn folder(folder: &Path) -> anyhow::Result<udt::Files> {
    let (mut files, mut left) = (udt::Files::new(), ARCHIVE_BYTES_MAX);
    for entry in std::fs::read_dir(folder).with_context(|| folder.display().to_string())?.take(FILES_MAX) {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if !udt::is_part(&name) {
            continue;
        }
        let bytes = std::fs::read(&path).with_context(|| path.display().to_string())?;
        left = left.checked_sub(bytes.len() as u64).with_context(|| format!("more than {ARCHIVE_BYTES_MAX} bytes"))?;
        files.insert(name, bytes);
    }
    if files.is_empty() {
        bail!("{}: no UDCal_….xml in this folder", folder.display());
    }
    Ok(files)
}

fn print(timetable: &Timetable, report: &FeedReport, dry_run: bool) {
    let words = words();
    for refusal in &timetable.refusals {
        eprintln!("{}", words.refused(refusal));
    }
    for name in &report.unknown_groups {
        eprintln!("{}", words.unknown_group(name));
    }
    for name in &report.unknown_teachers {
        eprintln!("{}", words.unknown_teacher(name));
    }
    for name in &report.members.unknown {
        eprintln!("{}", words.unknown_pupil(name));
    }
    for line in words.timetable(timetable, report) {
        println!("{line}");
    }
    println!("{}", words.timetable_done(dry_run));
}

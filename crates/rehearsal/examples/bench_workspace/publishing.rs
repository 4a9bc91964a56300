//! What publishing takes: work for a class, an entry of the log with work, the timetable of the school. Each is one
//! transaction, with those who are told, so its time is printed as a ratio to a bare write of the same run: one row and its
//! commit, without a server.

use crate::child::LOAD_CORE;
use crate::figures::pin_to_core;
use crate::load::{Connection, form};
use crate::options::Options;
use crate::served::Served;
use crate::sown::Sown;
use anyhow::{Context, ensure};
use jiff::ToSpan as _;
use jiff::tz::TimeZone;
use preau_base::{Clock as _, HomeworkId, NoticeId, SystemClock, SystemRng};
use preau_store::notices::{self, NewNotice};
use preau_store::series::{self, NewSeries};
use preau_store::{Store, log};
use preau_year::{Actor, School};
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;

const TIMES: usize = 20;
const BARE_TIMES: usize = 200;

/// What is published, as the only filter of pages names it.
const ROUTE: &str = "publishing";

struct Published {
    what: &'static str,
    route: &'static str,
    actor: Actor,
    path: String,
}

/// Measures and prints.
pub fn publishing(options: &Options, sown: &Sown, runtime: &Runtime) -> anyhow::Result<()> {
    if !options.wants(ROUTE, ROUTE) {
        return Ok(());
    }
    let school = sown.schools.first().context("a school")?;
    let store = runtime.block_on(Store::open(&sown.database, &sown.folder.join("backups")))?;
    let floor_ms = runtime.block_on(bare_write(&store, school))?;
    let served = Served::start(options, sown)?;
    pin_to_core(LOAD_CORE)?;
    println!(
        "\nPublishing, {TIMES} times each, from the request to its answer. A bare write (one row, one commit): {floor_ms:.2} ms."
    );
    println!("{:<34} {:>10} {:>9} {:>10} {:>12}", "what", "statements", "median ms", "slowest ms", "× bare write");
    for one in all(school) {
        let (times, statements) = publish(sown, school, &served, &one, &store, runtime).with_context(|| one.what)?;
        let median = middle(&times);
        let slowest = times.iter().copied().fold(0.0, f64::max);
        println!("{:<34} {statements:>10} {median:>9.2} {slowest:>10.2} {:>12.1}", one.what, median / floor_ms);
    }
    runtime.block_on(store.close());
    Ok(())
}

fn all(school: &School) -> [Published; 3] {
    [
        Published {
            what: "work for a class",
            route: "/homework/new",
            actor: Actor::Teacher,
            path: "/homework/new".to_owned(),
        },
        Published {
            what: "an entry of the log, with work",
            route: "/lessons/{id}/log/write",
            actor: Actor::Teacher,
            path: format!("/lessons/{}/log/write", school.lesson_now),
        },
        Published {
            what: "the timetable, one series changed",
            route: "/schools/{id}/series/publish",
            actor: Actor::Head,
            path: format!("/schools/{}/series/publish", school.id),
        },
    ]
}

/// Milliseconds that each took, and the statements of one.
fn publish(
    sown: &Sown,
    school: &School,
    served: &Served,
    what: &Published,
    store: &Store,
    runtime: &Runtime,
) -> anyhow::Result<(Vec<f64>, u64)> {
    let signed_in = sown.signed_in(school, what.actor);
    let mut connection = Connection::open(served.server.address)?;
    let before = served.statements(what.route)?;
    let mut times = Vec::with_capacity(TIMES);
    for number in 0..TIMES {
        if what.actor == Actor::Head {
            runtime.block_on(change_room(store, school, number))?;
        }
        let version = runtime.block_on(version(store, school))?;
        let fields = fields(school, number, version);
        let answer = connection.ask(&form(&what.path, &signed_in, &fields))?;
        ensure!(answer.status == 303, "answered {}", answer.status);
        times.push(milliseconds(answer.took));
    }
    Ok((times, (served.statements(what.route)? - before) / TIMES as u64))
}

/// What the forms have, each taking its own.
fn fields(school: &School, number: usize, version: i64) -> Vec<(&'static str, String)> {
    let now = SystemClock.now();
    let today = jiff::Timestamp::from_millisecond(now.as_millis()).unwrap_or_default().to_zoned(TimeZone::UTC);
    // Whatever the zone of the school, it has not begun there.
    let later = today.date().saturating_add(2.days());
    vec![
        ("group", school.class.to_string()),
        ("title", format!("Exercice {number}")),
        ("day", later.to_string()),
        ("key", HomeworkId::new(now, &mut SystemRng).to_string()),
        ("version", version.to_string()),
        ("body", format!("Séance {number}")),
        ("work", format!("Relire la leçon {number}")),
        ("for", "day".to_owned()),
        ("due", later.to_string()),
        ("do", "publish".to_owned()),
    ]
}

/// Of the entry that is written; data that was measured before has one.
async fn version(store: &Store, school: &School) -> anyhow::Result<i64> {
    let mut conn = store.read().await?;
    Ok(log::of_lesson(&mut conn, school.lesson_now).await?.map_or(0, |entry| entry.version))
}

/// What is then published: another room for one lesson of each week.
async fn change_room(store: &Store, school: &School, number: usize) -> anyhow::Result<()> {
    let mut tx = store.write().await?;
    let series = series::by_id(&mut tx, school.series).await?.context("a series")?;
    let changed = NewSeries {
        id: series.id,
        school: series.school,
        subject_name: &series.subject_name,
        room: &format!("B {number}"),
        recurrence: series.recurrence,
        groups: &series.claim.groups,
        teachers: &series.claim.teachers,
        by: None,
        source: &series.source,
        external_id: &series.external_id,
    };
    ensure!(series::change(&mut tx, &changed, series.version, SystemClock.now()).await?, "the series was not changed");
    Ok(tx.commit().await?)
}

/// Milliseconds that a row takes which nobody reads.
async fn bare_write(store: &Store, school: &School) -> anyhow::Result<f64> {
    let mut times = Vec::with_capacity(BARE_TIMES);
    for _ in 0..BARE_TIMES {
        let now = SystemClock.now();
        let id = NoticeId::new(now, &mut SystemRng);
        let (person, once) = (school.person(Actor::Platform), id.to_string());
        let notice = NewNotice { id, person, kind: "bare", arguments: &[], link: "", once: &once };
        let began = Instant::now();
        let mut tx = store.write().await?;
        notices::tell(&mut tx, &notice, now).await?;
        tx.commit().await?;
        times.push(milliseconds(began.elapsed()));
    }
    Ok(middle(&times))
}

fn milliseconds(took: Duration) -> f64 {
    took.as_secs_f64() * 1_000.0
}

fn middle(times: &[f64]) -> f64 {
    let mut sorted = times.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
}

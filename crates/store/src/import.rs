//! Applies a directory feed: everything is staged in `import_record` first, then each school comes in by a transaction of
//! its own. Memory holds one school at a time, whatever the size of the feed.
//!
//! People are known again by the feed's name (`source`) and their key in it. Somebody who is no longer in a full feed loses
//! what that feed had made of them in the school (affiliation, memberships), never the account. What was made by hand or
//! by another feed is left alone. A feed that is incomplete (a file cut off, a record refused without its key) makes
//! nobody leave.

mod groups;
mod links;
mod matching;
mod people;
mod report;
mod roster;
mod school;
mod staging;
mod subjects;

pub use report::{Doubt, Failure, Link, Listed, Missing, Report, Tally, Thing};

use crate::limits::IMPORT_ATTEMPTS_MAX;
use crate::{Conn, Store, StoreError, audit};
use preau_base::{ImportId, Instant, PersonId, Rng, SharedClock};
use preau_school::feed::fault::{ApplyFault, Limited, Unique};
use preau_school::feed::{Item, Kind, Refusal};
use staging::Staging;
use std::collections::{BTreeSet, HashMap, HashSet};

#[derive(Clone)]
pub struct Options {
    /// The feed's name, such as `aaf` or `csv:0931234X`; the same feed must bear the same name each time.
    pub source: String,
    /// The feed holds everybody: those who are not in it have left. False for tables, which may hold one class only.
    pub full: bool,
    /// Report what would be done, and leave nothing.
    pub dry_run: bool,
    /// Who started it; None for the command line.
    pub actor: Option<PersonId>,
    /// It comes from somebody of one school: people who are somebody elsewhere too, or have power beyond schools, keep their
    /// name and address.
    pub guarded: bool,
    pub clock: SharedClock,
}

/// An import of before.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Past {
    pub source: String,
    #[sqlx(try_from = "i64")]
    pub started_at: Instant,
    /// Login of who started it; empty for the command line.
    pub actor: String,
}

/// The imports that have ended of a feed's name, and of names that begin with it and a colon, the latest first.
pub async fn past(conn: &mut Conn, source: &str, limit: i64) -> Result<Vec<Past>, StoreError> {
    Ok(fetch_all!(
        conn,
        Past,
        "SELECT r.source, r.started_at, COALESCE(p.login, '') AS actor FROM import_run r LEFT JOIN person p ON p.id = r.actor_id \
         WHERE r.finished_at IS NOT NULL AND (r.source = $1 OR r.source LIKE $2) ORDER BY r.started_at DESC, r.id LIMIT CAST($3 AS BIGINT)",
        source,
        format!("{source}:%"),
        limit
    )?)
}

/// How far an import is.
#[derive(Clone, Copy, Debug)]
pub enum Progress<'a> {
    /// So many records have been read.
    Read(u64),
    /// Each refusal as it happens: the report lists the first ones only.
    Refused(&'a Refusal),
    /// So many schools are done, of so many.
    Schools(u64, u64),
}

/// Applies the records of one feed. Blocks the calling task while `records` reads.
///
/// # Errors
/// Of the database; schools that were done before stay done, and each is whole. A school that cannot be applied for a
/// reason of its own is in [`Report::failed`] instead, and the others come in.
pub async fn apply(
    store: &Store,
    records: impl Iterator<Item = Item> + Send,
    options: &Options,
    rng: &mut dyn Rng,
    mut progress: impl FnMut(Progress<'_>) + Send,
) -> Result<Report, StoreError> {
    let started = options.clock.now();
    let id = ImportId::new(started, rng);
    let mut report = Report { source: options.source.clone(), dry_run: options.dry_run, ..Report::default() };
    staging::begin(store, id, options, started).await?;
    let done = run(store, id, records, options, rng, &mut report, &mut progress).await;
    let cleaned = finish(store, id, options, &report, done.is_ok()).await;
    done.and(cleaned).map(|()| report)
}

async fn run(
    store: &Store,
    id: ImportId,
    records: impl Iterator<Item = Item> + Send,
    options: &Options,
    rng: &mut dyn Rng,
    report: &mut Report,
    progress: &mut (impl FnMut(Progress<'_>) + Send),
) -> Result<(), StoreError> {
    let mut staging = Staging::new(id);
    staging.take(store, records, report, progress).await?;
    staging::survey(store).await?;
    let mut conn = store.read().await?;
    let schools = staging::schools(&mut conn, id).await?;
    let run = Run {
        id,
        source: options.source.clone(),
        full: options.full,
        guarded: options.guarded,
        now: options.clock.now(),
        schools: schools.iter().map(|it| it.record.key.clone()).collect(),
        subjects: staging::subjects(&mut conn, id).await?,
        broken: staging.broken(report),
        refused: staging.refused,
    };
    report.not_left = if run.full { run.kinds_kept() } else { Vec::new() };
    links::check(&mut conn, &run, report).await?;
    drop(conn);
    let mut memo = Memo::new(options.dry_run);
    let of = schools.len() as u64;
    for (done, school) in schools.iter().enumerate() {
        progress(Progress::Schools(done as u64, of));
        match apply_school(store, &run, school, &mut memo, rng, options.dry_run).await {
            Ok(part) => report.absorb(part),
            Err(error) if is_the_schools_own(&error) => report.failed.push(Failure {
                position: school.position.clone(),
                uai: school.record.uai.clone(),
                reason: fault_of(&school.record.uai, &error).into(),
            }),
            Err(error) => return Err(error),
        }
    }
    progress(Progress::Schools(of, of));
    Ok(())
}

/// Whether the next school may well succeed.
const fn is_the_schools_own(error: &StoreError) -> bool {
    matches!(
        error,
        StoreError::Taken(_) | StoreError::Limit { .. } | StoreError::PastYear { .. } | StoreError::Import(_)
    )
}

/// Why the school could not be applied.
fn fault_of(uai: &str, error: &StoreError) -> ApplyFault {
    match error {
        StoreError::Taken(message) => ApplyFault::Taken { what: unique_of(message) },
        StoreError::Limit { what, found, most } => {
            ApplyFault::OverLimit { what: limited_of(what), found: *found as u64, most: *most as u64 }
        }
        StoreError::PastYear { groups } => ApplyFault::PastYear { count: *groups as u64 },
        other => {
            tracing::error!(%uai, error = %other, "a school of an import could not be applied");
            ApplyFault::Failed
        }
    }
}

/// What both databases name in their messages: `person.login`, `"person_login_key"`.
pub(crate) fn unique_of(message: &str) -> Unique {
    let says = |names: [&str; 2]| names.iter().any(|name| message.contains(name));
    if says(["person.login", "person_login"]) {
        Unique::Login
    } else if says(["school.uai", "school_uai"]) {
        Unique::SchoolCode
    } else if says(["school_group.", "school_group_"]) {
        Unique::Group
    } else {
        Unique::Other
    }
}

const OF_PEOPLE: &str = "people of a school";
const OF_GROUPS: &str = "classes and groups of a school";
const OF_NAMESAKES: &str = "namesakes";

fn limited_of(what: &str) -> Limited {
    match what {
        OF_PEOPLE => Limited::People,
        OF_GROUPS => Limited::Groups,
        OF_NAMESAKES => Limited::Namesakes,
        _ => Limited::Other,
    }
}

async fn apply_school(
    store: &Store,
    run: &Run,
    school: &staging::Staged<preau_school::feed::School>,
    memo: &mut Memo,
    rng: &mut dyn Rng,
    dry_run: bool,
) -> Result<Report, StoreError> {
    let mut attempt = 1;
    loop {
        let mut tx = store.write().await?;
        match school::apply(&mut tx, run, school, memo, rng).await {
            Ok(part) if dry_run => return Ok(part),
            Ok(part) => {
                tx.commit().await?;
                return Ok(part);
            }
            // Somebody else took a login or a name at the same moment: what is there now is read again.
            Err(StoreError::Taken(_)) if attempt < IMPORT_ATTEMPTS_MAX => attempt += 1,
            Err(error) => return Err(error),
        }
        memo.next_login.clear();
    }
}

async fn finish(store: &Store, id: ImportId, options: &Options, report: &Report, good: bool) -> Result<(), StoreError> {
    let now = options.clock.now();
    let mut tx = store.write().await?;
    staging::clear(&mut tx, id, options.dry_run, report, now).await?;
    if good && !options.dry_run {
        let target = id.to_string();
        let entry = audit::Entry {
            actor: options.actor,
            action: "directory.import",
            target: &target,
            school: None,
            detail: &options.source,
        };
        audit::append(&mut tx, &entry, now).await?;
    }
    tx.commit().await
}

/// What all schools of one import share.
struct Run {
    id: ImportId,
    source: String,
    full: bool,
    guarded: bool,
    now: Instant,
    /// Keys of the feed's schools.
    schools: HashSet<String>,
    /// Labels of the feed's subjects by key.
    subjects: HashMap<String, String>,
    /// Kinds of which records may be missing from what was read.
    broken: BTreeSet<Kind>,
    /// Keys of records that were refused: the people are in the feed, only unreadable.
    refused: HashSet<(Kind, String)>,
}

impl Run {
    /// Whether people of this kind who are not in the feed have left.
    fn may_leave(&self, kind: Kind) -> bool {
        // Who is a relative, and which classes there are, is known from the pupils.
        let pupils_whole =
            || !self.broken.contains(&Kind::Pupil) && !self.refused.iter().any(|(refused, _)| *refused == Kind::Pupil);
        self.full && !self.broken.contains(&kind) && (!matches!(kind, Kind::Relative | Kind::School) || pupils_whole())
    }

    fn kinds_kept(&self) -> Vec<Kind> {
        [Kind::Pupil, Kind::Relative, Kind::Staff].into_iter().filter(|&kind| !self.may_leave(kind)).collect()
    }

    fn was_refused(&self, kind: Kind, key: Option<&str>) -> bool {
        key.is_some_and(|key| self.refused.contains(&(kind, key.to_owned())))
    }
}

/// What is remembered from school to school.
struct Memo {
    /// The number to try next for a stem that is taken.
    next_login: HashMap<String, u32>,
    /// In a dry run: people whom an earlier school has made or changed already, by their keys.
    touched: Option<HashSet<String>>,
}

impl Memo {
    fn new(dry_run: bool) -> Self {
        Self { next_login: HashMap::new(), touched: dry_run.then(HashSet::new) }
    }
}

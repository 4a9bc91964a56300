//! The table `import_record`, which holds a feed while it is applied.
//!
//! Beside its records there are two kinds of rows without payload, so that a school's people are found by an index:
//! `staff_at` attaches staff to schools, `link` a relative to the school of a pupil who names them.

use super::{Options, Progress, Report};
use crate::limits::{IMPORT_REFUSED_KEYS_MAX, IMPORT_SEEN_BYTES, IMPORT_STAGED_ROWS, IMPORT_STALE_AFTER};
use crate::{Conn, Store, StoreError};
use preau_base::{ImportId, Instant, PersonId, Pii};
use preau_school::feed::fault::ApplyFault;
use preau_school::feed::{Entry, Item, Kind, Position, Record, Refusal, School, Scope, Subject};
use serde::de::DeserializeOwned;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

/// A staged record and where the feed has it.
pub(super) struct Staged<T> {
    pub position: Position,
    pub record: T,
}

pub(super) struct Staging {
    id: ImportId,
    serial: i64,
    broken: BTreeSet<Kind>,
    all_broken: bool,
    pub refused: HashSet<(Kind, String)>,
    seen: Seen,
}

/// Keys seen so far, in constant memory: a Bloom filter of two bits a key. It may take a new key for an old one, never the
/// other way, so that the database need be asked about few keys.
struct Seen(Box<[u64]>);

impl Seen {
    fn new() -> Self {
        Self(vec![0; IMPORT_SEEN_BYTES / 8].into_boxed_slice())
    }

    /// Whether the key may have been seen before; from now on it has.
    fn again(&mut self, space: &str, key: &str) -> bool {
        let mut hasher = DefaultHasher::new();
        (space, key).hash(&mut hasher);
        let hash = hasher.finish();
        let mut again = true;
        for half in [hash >> 32, hash & 0xffff_ffff] {
            let bit = usize::try_from(half).unwrap_or(0) % (self.0.len() * 64);
            let (word, mask) = (&mut self.0[bit / 64], 1_u64 << (bit % 64));
            again &= *word & mask != 0;
            *word |= mask;
        }
        again
    }
}

/// Notes the run, and sweeps what runs that never ended have left.
pub(super) async fn begin(store: &Store, id: ImportId, options: &Options, now: Instant) -> Result<(), StoreError> {
    let mut tx = store.write().await?;
    execute!(
        tx,
        "DELETE FROM import_record WHERE run_id IN (SELECT id FROM import_run WHERE finished_at IS NULL AND started_at < $1)",
        now.minus(IMPORT_STALE_AFTER).as_millis()
    )?;
    execute!(
        tx,
        "INSERT INTO import_run (id, source, started_at, actor_id) VALUES ($1, $2, $3, $4)",
        id.uuid(),
        options.source.as_str(),
        now.as_millis(),
        options.actor.map(PersonId::uuid)
    )?;
    tx.commit().await
}

/// Empties the staging table, and keeps the report with the run; of a dry run nothing stays.
pub(super) async fn clear(
    conn: &mut Conn,
    id: ImportId,
    dry_run: bool,
    report: &Report,
    now: Instant,
) -> Result<(), StoreError> {
    execute!(conn, "DELETE FROM import_record WHERE run_id = $1", id.uuid())?;
    if dry_run {
        execute!(conn, "DELETE FROM import_run WHERE id = $1", id.uuid())?;
        return Ok(());
    }
    let json = serde_json::to_string(report).map_err(|error| StoreError::Import(error.to_string()))?;
    execute!(
        conn,
        "UPDATE import_run SET finished_at = $2, report = $3 WHERE id = $1",
        id.uuid(),
        now.as_millis(),
        json.as_str()
    )?;
    Ok(())
}

#[derive(sqlx::FromRow)]
struct KindRow {
    kind: String,
}

#[derive(sqlx::FromRow)]
pub(super) struct Row {
    pub serial: i64,
    pub kind: String,
    pub file: String,
    pub position: i64,
    pub payload: String,
}

impl Row {
    pub fn place(&self) -> Position {
        Position { file: self.file.clone(), line: u64::try_from(self.position).unwrap_or(0), record: 0 }
    }

    pub fn read<T: DeserializeOwned>(&self) -> Result<Staged<T>, StoreError> {
        let record = serde_json::from_str(&self.payload).map_err(|error| StoreError::Import(error.to_string()))?;
        Ok(Staged { position: self.place(), record })
    }
}

impl Staging {
    pub fn new(id: ImportId) -> Self {
        Self { id, serial: 0, broken: BTreeSet::new(), all_broken: false, refused: HashSet::new(), seen: Seen::new() }
    }

    /// Stages everything that `records` gives.
    pub async fn take(
        &mut self,
        store: &Store,
        mut records: impl Iterator<Item = Item> + Send,
        report: &mut Report,
        progress: &mut (impl FnMut(Progress<'_>) + Send),
    ) -> Result<(), StoreError> {
        let mut read = 0;
        let mut more = true;
        while more {
            // Several short transactions: others want to write while a large feed is read.
            let mut tx = store.write().await?;
            for _ in 0..IMPORT_STAGED_ROWS {
                let Some(item) = records.next() else {
                    more = false;
                    break;
                };
                read += 1;
                let refusal = match item {
                    Ok(entry) => self.stage(&mut tx, entry, report).await?,
                    Err(refusal) => Some(refusal),
                };
                if let Some(refusal) = refusal {
                    self.refuse(&refusal);
                    progress(Progress::Refused(&refusal));
                    report.refused.push(|| refusal);
                }
                progress(Progress::Read(read));
            }
            tx.commit().await?;
        }
        Ok(())
    }

    fn refuse(&mut self, refusal: &Refusal) {
        match (refusal.kind, &refusal.key, refusal.scope) {
            (Some(kind), Some(key), Scope::Record) if self.refused.len() < IMPORT_REFUSED_KEYS_MAX => {
                self.refused.insert((kind, key.reveal().clone()));
            }
            (Some(kind), ..) => drop(self.broken.insert(kind)),
            (None, ..) => self.all_broken = true,
        }
    }

    /// Kinds of which the feed may not have given everything: something was refused, or there was nothing at all.
    pub fn broken(&self, report: &Report) -> BTreeSet<Kind> {
        let lacks = |kind: &Kind| self.all_broken || self.broken.contains(kind) || !report.read.contains_key(kind);
        Kind::ALL.into_iter().filter(lacks).collect()
    }

    /// Gives a refusal when the key is taken.
    async fn stage(
        &mut self,
        conn: &mut Conn,
        entry: Entry,
        report: &mut Report,
    ) -> Result<Option<Refusal>, StoreError> {
        let Entry { position, record, doubts } = entry;
        let kind = record.kind();
        if let Some(other) = self.same_key(conn, &record).await? {
            return Ok(Some(Refusal {
                position,
                kind: Some(kind),
                key: Some(Pii::new(record.key().to_owned())),
                scope: Scope::Record,
                reason: ApplyFault::SameKey { kind: other }.into(),
            }));
        }
        for what in doubts {
            let position = position.clone();
            report.doubts.push(|| super::Doubt { position, what });
        }
        *report.read.entry(kind).or_default() += 1;
        match &record {
            // Courses of study are counted only: nothing uses them yet.
            Record::Programme(_) => {}
            Record::School(it) => self.insert(conn, kind.name(), &it.key, "", &position, it).await?,
            Record::Subject(it) => self.insert(conn, kind.name(), &it.key, "", &position, it).await?,
            Record::Pupil(it) => {
                let school = it.school.as_deref().unwrap_or("");
                self.insert(conn, kind.name(), it.key.reveal(), school, &position, it).await?;
                for link in &it.relatives {
                    self.insert(conn, "link", link.key.reveal(), school, &position, it.key.reveal()).await?;
                }
            }
            Record::Relative(it) => {
                let school = it.school.as_deref().unwrap_or("");
                self.insert(conn, kind.name(), it.key.reveal(), school, &position, it).await?;
            }
            Record::Staff(it) => {
                self.insert(conn, kind.name(), it.key.reveal(), "", &position, it).await?;
                for school in it.schools_named() {
                    self.insert(conn, "staff_at", it.key.reveal(), school, &position, "").await?;
                }
            }
        }
        Ok(None)
    }

    /// The kind of an earlier record with this key, if that must not be. People share one space of keys; a relative may
    /// stand on several lines of a table.
    async fn same_key(&mut self, conn: &mut Conn, record: &Record) -> Result<Option<Kind>, StoreError> {
        let space = match record.kind() {
            Kind::Programme => return Ok(None),
            Kind::School => "school",
            Kind::Subject => "subject",
            Kind::Pupil | Kind::Relative | Kind::Staff => "person",
        };
        if !self.seen.again(space, record.key()) {
            return Ok(None);
        }
        let earlier = match record.kind() {
            Kind::School | Kind::Subject | Kind::Programme => fetch_optional!(
                conn,
                KindRow,
                "SELECT kind FROM import_record WHERE run_id = $1 AND external_id = $2 AND kind = $3 LIMIT 1",
                self.id.uuid(),
                record.key(),
                record.kind().name()
            )?,
            Kind::Pupil | Kind::Relative | Kind::Staff => fetch_optional!(
                conn,
                KindRow,
                "SELECT kind FROM import_record WHERE run_id = $1 AND external_id = $2 \
                 AND kind IN ('pupil', 'relative', 'staff') LIMIT 1",
                self.id.uuid(),
                record.key()
            )?,
        };
        let again = matches!(record, Record::Relative(it) if it.school.is_some());
        let kind_of = |row: KindRow| Kind::ALL.into_iter().find(|kind| kind.name() == row.kind);
        Ok(earlier.and_then(kind_of).filter(|kind| !(again && *kind == Kind::Relative)))
    }

    async fn insert(
        &mut self,
        conn: &mut Conn,
        kind: &str,
        key: &str,
        school: &str,
        position: &Position,
        payload: &(impl serde::Serialize + ?Sized + Sync),
    ) -> Result<(), StoreError> {
        self.serial += 1;
        let payload = serde_json::to_string(payload).map_err(|error| StoreError::Import(error.to_string()))?;
        execute!(
            conn,
            "INSERT INTO import_record (run_id, serial, kind, external_id, school_key, file, position, payload) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            self.id.uuid(),
            self.serial,
            kind,
            key,
            school,
            position.file.as_str(),
            i64::try_from(position.line).unwrap_or(i64::MAX),
            payload.as_str()
        )?;
        Ok(())
    }
}

/// Lets PostgreSQL look at what was staged: an import is over before it would by itself, and without numbers it joins the
/// slow way.
pub(super) async fn survey(store: &Store) -> Result<(), StoreError> {
    if !store.is_sqlite() {
        let mut tx = store.write().await?;
        execute!(tx, "ANALYZE import_record")?;
        tx.commit().await?;
    }
    Ok(())
}

pub(super) async fn schools(conn: &mut Conn, id: ImportId) -> Result<Vec<Staged<School>>, StoreError> {
    let rows = fetch_all!(
        conn,
        Row,
        "SELECT serial, kind, file, position, payload FROM import_record WHERE run_id = $1 AND kind = 'school' ORDER BY serial",
        id.uuid()
    )?;
    rows.iter().map(Row::read).collect()
}

/// Labels by key.
pub(super) async fn subjects(conn: &mut Conn, id: ImportId) -> Result<HashMap<String, String>, StoreError> {
    let rows = fetch_all!(
        conn,
        Row,
        "SELECT serial, kind, file, position, payload FROM import_record WHERE run_id = $1 AND kind = 'subject' ORDER BY serial",
        id.uuid()
    )?;
    rows.iter().map(|row| row.read::<Subject>().map(|it| (it.record.key, it.record.label))).collect()
}

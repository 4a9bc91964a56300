//! The data: schools with a year each, and the passes of those who open pages.

use anyhow::Context;
use preau_base::{Clock as _, Instant, SessionId, SystemClock, SystemRng};
use preau_files::Files;
use preau_gate::csrf::{self, Binding};
use preau_gate::{KeyRing, Pass, Standing};
use preau_pgtest::Server as Postgres;
use preau_store::{Database, Store, bulk};
use preau_year::{Actor, School, Size};
use std::fmt::Write as _;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Passes were earned on an earlier day's hour, but not so early that they are renewed.
const PASS_AGE: Duration = Duration::from_secs(3 * 3_600);

/// What of a folder's schools pages show.
const KNOWN: &str = "schools.json";

pub struct Sown {
    pub folder: PathBuf,
    pub database: Database,
    pub schools: Vec<School>,
    keys: KeyRing,
    now: Instant,
    /// The first school's calendar has an address of these keys: it can be had once.
    is_calendar_open: bool,
    /// Ends with it.
    _postgres: Option<Postgres>,
}

/// What a browser has of somebody.
pub struct SignedIn {
    pub cookie: String,
    /// Of the forms.
    pub token: String,
}

impl Sown {
    /// An empty database, or the one that the folder has.
    pub async fn begin(folder: &Path, postgres: bool) -> anyhow::Result<Self> {
        let server = postgres.then(Postgres::start).transpose().context("PostgreSQL")?;
        let database = match &server {
            Some(server) => Database::Postgres { url: server.url().to_owned() },
            None => Database::Sqlite { path: folder.join("preau.sqlite") },
        };
        let known = std::fs::read(folder.join(KNOWN)).ok();
        let schools = known.map(|text| serde_json::from_slice(&text)).transpose().context(KNOWN)?.unwrap_or_default();
        let now = SystemClock.now();
        let keys = KeyRing::generate(now, &mut SystemRng);
        let keys_file = folder.join("keys");
        let _ = std::fs::remove_file(&keys_file);
        let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(keys_file)?;
        file.write_all(keys.to_text().reveal().as_bytes())?;
        Ok(Self { folder: folder.to_owned(), database, schools, keys, now, is_calendar_open: false, _postgres: server })
    }

    /// Adds schools until there are so many.
    pub async fn grow(&mut self, schools: usize, size: impl Fn(usize) -> Size) -> anyhow::Result<()> {
        let store = Store::open(&self.database, &self.folder.join("backups")).await?;
        // As the server has it.
        let files = Files::in_folder(&self.folder.join("files"), 0)?;
        for number in self.schools.len()..schools {
            self.schools.push(preau_year::sow(&store, &files, &size(number), number, self.now).await?);
        }
        if let Some(school) = self.schools.first().filter(|_| !self.is_calendar_open) {
            preau_year::open_calendar(&store, school, &self.keys, self.now, &mut SystemRng).await?;
            self.is_calendar_open = true;
        }
        let mut conn = store.read().await?;
        bulk::settle(&mut conn).await?;
        drop(conn);
        store.close().await;
        std::fs::write(self.folder.join(KNOWN), serde_json::to_vec(&self.schools)?)?;
        Ok(())
    }

    /// The cookie of somebody's pass, of a session of its own.
    pub fn cookie(&self, school: &School, actor: Actor) -> String {
        self.signed_in(school, actor).cookie
    }

    /// Somebody who looks at pages and sends forms.
    pub fn signed_in(&self, school: &School, actor: Actor) -> SignedIn {
        let issued = self.now.minus(PASS_AGE);
        let standing = match actor {
            Actor::Pupil => Standing::Pupil,
            Actor::Relative => Standing::Relative,
            Actor::Teacher => Standing::Teacher,
            Actor::Head | Actor::SchoolLife | Actor::Administrator | Actor::Platform => Standing::Staff,
        };
        let session = SessionId::new(issued, &mut SystemRng);
        let pass = Pass { person: school.person(actor), session, standing, epoch: 0, issued, shared_device: false };
        let cookie = format!("preau-pass={}", pass.seal(&self.keys));
        SignedIn { cookie, token: csrf::token(Binding::Session(session), &self.keys, &mut SystemRng) }
    }

    /// What the tables hold.
    pub fn describe(&self, took: Duration, had: usize) -> String {
        let mut text = format!("{:?}, {} schools", self.database, self.schools.len());
        let added = self.schools.len() - had;
        let _ = write!(text, " ({added} sown in {:.0} s)", took.as_secs_f64());
        if let Database::Sqlite { path } = &self.database {
            let bytes = std::fs::metadata(path).map_or(0, |file| file.len());
            let _ = write!(text, ", {:.2} GB", bytes as f64 / 1e9);
        }
        let sum = |of: fn(&School) -> usize| self.schools.iter().map(of).sum::<usize>();
        let _ = write!(
            text,
            "\n{} people, {} lessons, {} entries of the log, {} homework, {} hand-ins, {} rolls of {} lines, {} visits, {} notices",
            sum(|it| it.rows.people),
            sum(|it| it.rows.lessons),
            sum(|it| it.rows.entries),
            sum(|it| it.rows.homework),
            sum(|it| it.rows.hand_ins),
            sum(|it| it.rows.rolls),
            sum(|it| it.rows.roll_entries),
            sum(|it| it.rows.visits),
            sum(|it| it.rows.notices),
        );
        if self.schools.len() > 1 {
            text.push_str("\nOnly the first school's rolls name those who were there; the others' name the rest.");
        }
        text
    }
}

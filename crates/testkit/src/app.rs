use crate::actor::Who;
use crate::classes::TestClasses;
use crate::client::Client;
use crate::gate::TestGate;
use crate::seed::{self, PASSWORD, Seed};
use axum::Router;
use futures_util::FutureExt as _;
use preau_base::{Instant, LessonId, ManualClock, Pii, SeededRng, SystemRng};
use preau_files::Files;
use preau_gate::{KeyRing, Revocations, SignInBudgets};
use preau_identity::{HashPool, HashPoolConfig, MailSink, Mailer, PasswordHash};
use preau_pages::Press;
use preau_store::{Database, Store};
use preau_web::{App, MediaTestRefused, Parts, Presence};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use tempfile::TempDir;
use tokio::sync::OnceCell;

/// Monday 23 November 2026, 9:12 in Paris: the lesson of 9:00 is on.
pub(crate) const START: Instant = Instant::from_secs(1_795_421_520);

/// What a test wants otherwise.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// PostgreSQL instead of SQLite.
    pub postgres: bool,
    /// Mail goes into [`TestApp::mails`].
    pub mail: bool,
    pub demo: bool,
    /// Browsers are to keep nothing for when there is no network.
    pub forgets_offline: bool,
    /// No school and nobody in it: as at the first start.
    pub empty: bool,
    /// Passwords that may wait for the one hashing thread.
    pub hashes_waiting_max: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            postgres: false,
            mail: false,
            demo: false,
            forgets_offline: false,
            empty: false,
            hashes_waiting_max: 1_000,
        }
    }
}

/// All pages over a database of their own, with a seeded school. Everything goes when it is dropped.
pub struct TestApp {
    pub app: App,
    pub router: Router,
    pub clock: Arc<ManualClock>,
    pub store: Store,
    /// Nothing in it where [`Options::empty`].
    pub seed: Seed,
    pub mails: Option<MailSink>,
    /// Who is in which live class.
    pub classes: Arc<TestClasses>,
    presence: Arc<Mutex<HashMap<LessonId, Presence>>>,
    folder: TempDir,
}

impl TestApp {
    pub async fn start() -> Self {
        Self::with(Options::default()).await
    }

    /// # Panics
    /// When something of the machine is missing: a folder, a thread, a database.
    pub async fn with(options: Options) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let database = if options.postgres {
            Database::Postgres { url: preau_pgtest::fresh_database() }
        } else {
            Database::Sqlite { path: folder.path().join("preau.db") }
        };
        let store = Store::open(&database, folder.path()).await.expect("a database");
        let mut seed = if options.empty { Seed::default() } else { seed::sow(&store, password_hash().await).await };
        let clock = ManualClock::at(START);
        let pool = HashPoolConfig { threads: 1, waiting_max: options.hashes_waiting_max };
        let (mailer, mails) = if options.mail { Some(Mailer::sink()).unzip() } else { (None, None) };
        let presence = Arc::new(Mutex::new(HashMap::new()));
        let asked = Arc::clone(&presence);
        let classes = Arc::new(TestClasses::default());
        let app = App::new(Parts {
            instance_name: "Collège des Tilleuls".to_owned(),
            demo: options.demo,
            keeps_offline: !options.forgets_offline,
            public_origin: Some("https://preau.example".to_owned()),
            clock: Arc::clone(&clock) as Arc<_>,
            keys: Arc::new(RwLock::new(KeyRing::generate(START, &mut SeededRng::new(7)))),
            store: store.clone(),
            files: Files::in_folder(&folder.path().join("files"), 0).expect("a folder for files"),
            passwords: HashPool::start(pool).expect("a thread"),
            mailer,
            revocations: Arc::new(RwLock::new(Revocations::default())),
            budgets: Arc::new(Mutex::new(SignInBudgets::default())),
            presence: Arc::new(move |lesson| {
                let known = asked.lock().unwrap_or_else(PoisonError::into_inner).get(&lesson).copied();
                std::future::ready(known.unwrap_or_default()).boxed()
            }),
            classes: Arc::clone(&classes) as Arc<_>,
            press: Press::thread(),
            relay: None,
            media_test: Arc::new(|_, _, _| std::future::ready(Err(MediaTestRefused::NoMedia)).boxed()),
            on_prepared: Arc::new(|_| {}),
            on_revoked: Arc::new(|_| {}),
            gate: Some(Arc::new(TestGate::at(START))),
        });
        seed::log::store_file(&app.files, &seed).await;
        if !options.empty {
            seed::store_recording(&app.files, &seed).await;
        }
        if !options.empty {
            seed.work = Some(seed::work::sow(&store, &app.files, &seed).await);
        }
        let router = preau_web::router(app.clone());
        Self { app, router, clock, store, seed, mails, classes, presence, folder }
    }

    /// The same school on another machine: the same database and keys, a memory of its own.
    ///
    /// # Panics
    /// When there is no thread for passwords.
    pub fn second_machine(&self) -> (App, Client) {
        self.machine(self.app.files.clone())
    }

    /// A browser at a machine whose disk has no room for files.
    ///
    /// # Panics
    /// When there is no thread for passwords.
    pub fn full_disk(&self) -> Client {
        let files = Files::in_folder(&self.folder.path().join("files"), u64::MAX / 2);
        self.machine(files.expect("a folder for files")).1.with_header("accept-language", "fr")
    }

    fn machine(&self, files: Files) -> (App, Client) {
        let parts = Parts {
            instance_name: self.app.instance_name.clone(),
            demo: self.app.demo,
            keeps_offline: self.app.keeps_offline,
            public_origin: self.app.public_origin.clone(),
            clock: Arc::clone(&self.clock) as Arc<_>,
            keys: Arc::clone(&self.app.keys),
            store: self.store.clone(),
            files,
            passwords: HashPool::start(HashPoolConfig { threads: 1, waiting_max: 10 }).expect("a thread"),
            mailer: None,
            revocations: Arc::new(RwLock::new(Revocations::default())),
            budgets: Arc::new(Mutex::new(SignInBudgets::default())),
            presence: Arc::clone(&self.app.presence),
            classes: Arc::clone(&self.app.classes),
            press: Press::thread(),
            relay: self.app.relay.clone(),
            media_test: Arc::clone(&self.app.media_test),
            on_prepared: Arc::clone(&self.app.on_prepared),
            on_revoked: Arc::clone(&self.app.on_revoked),
            gate: self.app.gate.clone(),
        };
        let app = App::new(parts);
        let client = Client::new(preau_web::router(app.clone()));
        (app, client)
    }

    /// Another town in the same database: the same kinds of things, of other people and schools, who have nothing to do with
    /// those of [`Self::seed`].
    pub async fn sow_elsewhere(&self) -> Seed {
        let mut seed = seed::sow_elsewhere(&self.store, password_hash().await).await;
        seed::log::store_file(&self.app.files, &seed).await;
        seed::store_recording(&self.app.files, &seed).await;
        seed.work = Some(seed::work::sow(&self.store, &self.app.files, &seed).await);
        seed
    }

    /// A browser that has never been here, speaking French.
    pub fn client(&self) -> Client {
        Client::new(self.router.clone()).with_header("accept-language", "fr")
    }

    /// A browser in which this actor has signed in, by the page.
    ///
    /// # Panics
    /// When signing in fails.
    pub async fn actor(&self, who: Who) -> Client {
        let mut client = self.client();
        if who != Who::Anonymous {
            client.sign_in(who.login(), PASSWORD).await.leads_to("/");
        }
        client
    }

    /// What the live classes say of a lesson from now on.
    pub fn set_presence(&self, lesson: LessonId, presence: Presence) {
        self.presence.lock().unwrap_or_else(PoisonError::into_inner).insert(lesson, presence);
    }
}

/// One hash of [`PASSWORD`] for everybody, made once a process: hashing is slow on purpose.
async fn password_hash() -> &'static PasswordHash {
    static HASH: OnceCell<PasswordHash> = OnceCell::const_new();
    HASH.get_or_init(async || {
        let pool = HashPool::start(HashPoolConfig { threads: 1, waiting_max: 1 }).expect("a thread");
        pool.hash(Pii::new(PASSWORD.to_owned()), &mut SystemRng).await.expect("a hash")
    })
    .await
}

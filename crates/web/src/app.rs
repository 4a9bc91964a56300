use crate::classes::TheClasses;
use crate::documents::Jobs;
use crate::gate::GateInFront;
use crate::limits::LINE_ALLOWANCE;
use crate::media_test::MediaTest;
use crate::presence::PresenceOf;
use crate::uploads::Senders;
use preau_base::{Instant, LessonId, PersonId, SharedClock};
use preau_files::Files;
use preau_gate::budget::{Allowance, Budgets};
use preau_gate::{KeyRing, LoginKey, Revocation, Revocations, SignInBudgets};
use preau_identity::{HashPool, Mailer};
use preau_pages::Press;
use preau_store::Store;
use preau_turn::Relay;
use std::ops::Deref;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard};
use std::time::Duration;

/// What is told of a revocation.
pub type OnRevoked = Arc<dyn Fn(Revocation) + Send + Sync>;

/// What the pages are made with; the binary fills it.
pub struct Parts {
    /// The name that the layout shows: the school's, the town's.
    pub instance_name: String,
    /// A banner on every page says that this is a demonstration.
    pub demo: bool,
    /// Browsers may keep the day and what is to be sent, for when there is no network.
    pub keeps_offline: bool,
    /// `https://ecole.example`, for links in mails and for the origin check behind a proxy that changes `Host`.
    pub public_origin: Option<String>,
    pub clock: SharedClock,
    pub keys: Arc<RwLock<KeyRing>>,
    pub store: Store,
    /// Where the bytes of what people send are.
    pub files: Files,
    pub passwords: HashPool,
    /// None where no mail server is configured: forgotten passwords are then reset by people.
    pub mailer: Option<Mailer>,
    pub revocations: Arc<RwLock<Revocations>>,
    pub budgets: Arc<Mutex<SignInBudgets>>,
    pub presence: PresenceOf,
    /// The live classes, for their documents.
    pub classes: TheClasses,
    /// Makes pages of documents.
    pub press: Press,
    /// Answers the offers of self-tests.
    pub media_test: MediaTest,
    /// Told of each revocation that this process makes or learns of, so that open classes end as well.
    pub on_revoked: OnRevoked,
    /// Told of lessons whose preparation, or whose guests, have changed, so that a class that is on learns it at once.
    pub on_prepared: Arc<dyn Fn(LessonId) + Send + Sync>,
    pub gate: GateInFront,
    /// The relay for browsers whose network lets nothing else through; `None` where there is none.
    pub relay: Option<Relay>,
}

/// A login gets 3 mails with a link at once, then one every 10 minutes.
const RESET_ALLOWANCE: Allowance = Allowance { burst: 3, refill: Duration::from_secs(600) };

/// [`Parts`], shared by all requests. Cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Inner>);

struct Inner {
    parts: Parts,
    reset_budgets: Mutex<Budgets<LoginKey>>,
    line_budgets: Mutex<Budgets<PersonId>>,
    senders: Senders,
    documents: Jobs,
}

impl App {
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(Inner {
            parts,
            reset_budgets: Mutex::new(Budgets::new(RESET_ALLOWANCE)),
            line_budgets: Mutex::new(Budgets::new(LINE_ALLOWANCE)),
            senders: Senders::default(),
            documents: Jobs::default(),
        }))
    }

    pub fn now(&self) -> Instant {
        self.clock.now()
    }

    /// Don't hold it over an `.await`.
    pub fn keys(&self) -> RwLockReadGuard<'_, KeyRing> {
        self.0.parts.keys.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn revocations(&self) -> RwLockReadGuard<'_, Revocations> {
        self.0.parts.revocations.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn reset_budgets(&self) -> MutexGuard<'_, Budgets<LoginKey>> {
        self.0.reset_budgets.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What each person may still send and fetch to measure their line.
    pub(crate) fn line_budgets(&self) -> MutexGuard<'_, Budgets<PersonId>> {
        self.0.line_budgets.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Documents that are being made into pages.
    pub(crate) fn documents(&self) -> &Jobs {
        &self.0.documents
    }

    /// Who is sending which upload.
    pub(crate) fn senders(&self) -> &Senders {
        &self.0.senders
    }

    pub(crate) fn budgets(&self) -> MutexGuard<'_, SignInBudgets> {
        self.0.parts.budgets.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Deref for App {
    type Target = Parts;
    fn deref(&self) -> &Parts {
        &self.0.parts
    }
}

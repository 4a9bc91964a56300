use crate::limits::{HASHES_WAITING_PER_THREAD_MAX, RETRY_AFTER_MIN, SALT_BYTES};
use crate::password::{Hasher, PasswordHash, UnreadableHash, Verdict};
use preau_base::{Pii, Rng};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;
use tokio::sync::oneshot;

/// What one hash takes before the first was measured.
const HASH_US_ASSUMED: u64 = 25_000;

/// How much of the machine goes into passwords.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HashPoolConfig {
    /// Threads that hash, at least 1.
    pub threads: usize,
    /// Passwords that may wait for a thread, over all.
    pub waiting_max: usize,
}

impl Default for HashPoolConfig {
    /// All cores but one, so that pages and lessons go on while everybody signs in.
    fn default() -> Self {
        let cores = thread::available_parallelism().map_or(1, usize::from);
        let threads = cores.saturating_sub(1).max(1);
        Self { threads, waiting_max: threads * HASHES_WAITING_PER_THREAD_MAX }
    }
}

/// Why a password was not hashed or compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HashError {
    #[error("the queue of passwords is full; try again in {} s", retry_after.as_secs())]
    Busy { retry_after: Duration },
    #[error(transparent)]
    Unreadable(#[from] UnreadableHash),
    #[error("the hashing of a password was broken off")]
    BrokenOff,
}

/// argon2id on threads of its own behind one bounded queue. Dropping the last clone ends the threads.
///
/// Whoever stops waiting (a closed connection) costs nothing: their password is passed over when its turn comes.
/// Gauge `preau_hash_queue` (passwords), histogram `preau_hash_seconds`, counters `preau_hash_busy_total` and
/// `preau_hash_abandoned_total`.
#[derive(Clone, Debug)]
pub struct HashPool {
    queue: SyncSender<Job>,
    load: Arc<Load>,
    threads: usize,
}

#[derive(Debug)]
struct Load {
    waiting: AtomicUsize,
    /// A running mean of the time of one hash, in microseconds.
    hash_us: AtomicU64,
}

#[derive(Debug)]
enum Job {
    Hash { password: Pii<String>, salt: [u8; SALT_BYTES], reply: oneshot::Sender<Result<PasswordHash, HashError>> },
    Verify { stored: Option<PasswordHash>, password: Pii<String>, reply: oneshot::Sender<Result<Verdict, HashError>> },
}

impl HashPool {
    /// Starts the threads. Fails only when the system gives no thread.
    pub fn start(config: HashPoolConfig) -> std::io::Result<Self> {
        let threads = config.threads.max(1);
        let (queue, jobs) = sync_channel(config.waiting_max);
        let jobs = Arc::new(Mutex::new(jobs));
        let load = Arc::new(Load { waiting: AtomicUsize::new(0), hash_us: AtomicU64::new(HASH_US_ASSUMED) });
        for n in 0..threads {
            let (jobs, load) = (Arc::clone(&jobs), Arc::clone(&load));
            thread::Builder::new().name(format!("hash-{n}")).spawn(move || work(&jobs, &load))?;
        }
        Ok(Self { queue, load, threads })
    }

    /// Hashes a new password with a fresh salt.
    pub async fn hash(&self, password: Pii<String>, rng: &mut dyn Rng) -> Result<PasswordHash, HashError> {
        let mut salt = [0; SALT_BYTES];
        rng.fill(&mut salt);
        let (reply, answer) = oneshot::channel();
        self.enqueue(Job::Hash { password, salt, reply })?;
        answer.await.unwrap_or(Err(HashError::BrokenOff))
    }

    /// Compares a password with the stored hash. Pass `None` when nobody has that login, or they have no password
    /// yet: it takes as long and is always [`Verdict::Wrong`].
    pub async fn verify(&self, stored: Option<PasswordHash>, password: Pii<String>) -> Result<Verdict, HashError> {
        let (reply, answer) = oneshot::channel();
        self.enqueue(Job::Verify { stored, password, reply })?;
        answer.await.unwrap_or(Err(HashError::BrokenOff))
    }

    /// Passwords that wait for a thread.
    pub fn waiting(&self) -> usize {
        self.load.waiting.load(Ordering::Relaxed)
    }

    fn enqueue(&self, job: Job) -> Result<(), HashError> {
        // Counted before it is sent, so that a thread never counts it down first.
        let waiting = self.load.waiting.fetch_add(1, Ordering::Relaxed) + 1;
        let sent = self.queue.try_send(job);
        let waiting = if sent.is_ok() { waiting } else { self.load.waiting.fetch_sub(1, Ordering::Relaxed) - 1 };
        metrics::gauge!("preau_hash_queue").set(waiting as f64);
        sent.map_err(|refused| match refused {
            TrySendError::Full(_) => {
                metrics::counter!("preau_hash_busy_total").increment(1);
                HashError::Busy { retry_after: self.retry_after(waiting) }
            }
            TrySendError::Disconnected(_) => HashError::BrokenOff,
        })
    }

    /// When those who wait now will have been served, in whole seconds.
    fn retry_after(&self, waiting: usize) -> Duration {
        let hash_us = self.load.hash_us.load(Ordering::Relaxed);
        let us = (waiting as u64).saturating_mul(hash_us) / self.threads as u64;
        Duration::from_secs(us.div_ceil(1_000_000)).max(RETRY_AFTER_MIN)
    }
}

/// The share of a thread here, against one that serves pages, where both want the same core: a third.
#[cfg(target_os = "linux")]
const NICE: i32 = 5;

fn work(jobs: &Mutex<Receiver<Job>>, load: &Load) {
    // On Linux this is the calling thread's alone (setpriority(2)).
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::setpriority_process(None, NICE) {
        tracing::debug!(%error, "passwords are hashed at the priority of everything else");
    }
    let mut hasher = Hasher::default();
    loop {
        let job = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(job) = job else { return };
        let waiting = load.waiting.fetch_sub(1, Ordering::Relaxed) - 1;
        metrics::gauge!("preau_hash_queue").set(waiting as f64);
        if job.is_abandoned() {
            metrics::counter!("preau_hash_abandoned_total").increment(1);
            continue;
        }
        let start = std::time::Instant::now();
        // A panic ends this one job, whose asker gets `BrokenOff`, and not the thread.
        if catch_unwind(AssertUnwindSafe(|| job.run(&mut hasher))).is_err() {
            tracing::error!("the hashing of a password panicked");
            hasher = Hasher::default();
        }
        let took = start.elapsed();
        metrics::histogram!("preau_hash_seconds").record(took.as_secs_f64());
        let took_us = u64::try_from(took.as_micros()).unwrap_or(u64::MAX / 16);
        let mean = load.hash_us.load(Ordering::Relaxed);
        load.hash_us.store((mean * 7 + took_us) / 8, Ordering::Relaxed);
    }
}

impl Job {
    fn is_abandoned(&self) -> bool {
        match self {
            Self::Hash { reply, .. } => reply.is_closed(),
            Self::Verify { reply, .. } => reply.is_closed(),
        }
    }

    /// Does the work and answers. Nobody listening any more is no error.
    fn run(self, hasher: &mut Hasher) {
        match self {
            Self::Hash { password, salt, reply } => {
                reply.send(hasher.hash(password.reveal(), salt).map_err(HashError::from)).ok();
            }
            Self::Verify { stored, password, reply } => {
                reply.send(hasher.verify(stored.as_ref(), password.reveal()).map_err(HashError::from)).ok();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use preau_base::SeededRng;
    use tokio::task::JoinSet;

    fn pool(waiting_max: usize) -> HashPool {
        HashPool::start(HashPoolConfig { threads: 1, waiting_max }).unwrap()
    }

    fn pii(text: &str) -> Pii<String> {
        Pii::new(text.to_owned())
    }

    #[tokio::test]
    async fn hashes_and_compares() {
        let pool = pool(10);
        let mut rng = SeededRng::new(1);
        let stored = pool.hash(pii("cheval bleu"), &mut rng).await.unwrap();
        assert_ne!(pool.hash(pii("cheval bleu"), &mut rng).await.unwrap(), stored);
        let right = pool.verify(Some(stored.clone()), pii("cheval bleu")).await;
        assert_eq!(right, Ok(Verdict::Right { rehash: false }));
        assert_eq!(pool.verify(Some(stored), pii("cheval vert")).await, Ok(Verdict::Wrong));
        assert_eq!(pool.verify(None, pii("cheval bleu")).await, Ok(Verdict::Wrong));
        let damaged = pool.verify(Some(PasswordHash::from_stored("x")), pii("cheval bleu")).await;
        assert_eq!(damaged, Err(HashError::Unreadable(UnreadableHash)));
        assert_eq!(pool.waiting(), 0);
    }

    #[tokio::test]
    async fn a_full_queue_says_when_to_come_back_and_serves_those_who_wait() {
        let pool = pool(3);
        let mut tasks = JoinSet::new();
        for _ in 0..40 {
            let pool = pool.clone();
            tasks.spawn(async move { pool.verify(None, pii("x")).await });
        }
        let outcomes = tasks.join_all().await;
        let busy = outcomes
            .iter()
            .filter(|it| matches!(it, Err(HashError::Busy { retry_after }) if *retry_after >= RETRY_AFTER_MIN));
        let busy = busy.count();
        let served = outcomes.iter().filter(|it| **it == Ok(Verdict::Wrong)).count();
        assert!(busy > 0 && served >= 3, "{busy} busy, {served} served");
        assert_eq!(busy + served, 40);
        assert_eq!(pool.waiting(), 0);
        assert_eq!(pool.verify(None, pii("x")).await, Ok(Verdict::Wrong));
    }

    #[test]
    fn the_wait_follows_from_queue_time_and_threads() {
        let pool = HashPool::start(HashPoolConfig { threads: 4, waiting_max: 1 }).unwrap();
        pool.load.hash_us.store(20_000, Ordering::Relaxed);
        assert_eq!(pool.retry_after(1_000), Duration::from_secs(5));
        assert_eq!(pool.retry_after(1_001), Duration::from_secs(6));
        assert_eq!(pool.retry_after(0), RETRY_AFTER_MIN);
    }

    #[tokio::test]
    async fn whoever_left_is_passed_over() {
        let pool = pool(200);
        let start = std::time::Instant::now();
        assert_eq!(pool.verify(None, pii("x")).await, Ok(Verdict::Wrong));
        let one = start.elapsed();
        for _ in 0..100 {
            // One poll sends the job, the drop leaves.
            let mut left = Box::pin(pool.verify(None, pii("x")));
            std::future::poll_fn(|context| {
                assert!(left.as_mut().poll(context).is_pending());
                std::task::Poll::Ready(())
            })
            .await;
        }
        let start = std::time::Instant::now();
        assert_eq!(pool.verify(None, pii("x")).await, Ok(Verdict::Wrong));
        assert!(start.elapsed() < one * 50, "a hundred abandoned hashes were computed");
    }
}

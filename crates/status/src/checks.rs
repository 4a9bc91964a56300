use crate::limits::CHECK_MS_MAX;
use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, join_all};
use serde::Serialize;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::time::{Instant, timeout};

type Run = Arc<dyn Fn() -> BoxFuture<'static, Result<(), String>> + Send + Sync>;

/// Something without which the process is of no use to people, such as its database.
#[derive(Clone)]
pub struct Check {
    name: &'static str,
    time_max: Duration,
    run: Run,
}

impl Check {
    /// `run` gives the reason when it fails: one sentence without names of people and without secrets.
    pub fn new<F, R>(name: &'static str, run: F) -> Self
    where
        F: Fn() -> R + Send + Sync + 'static,
        R: Future<Output = Result<(), String>> + Send + 'static,
    {
        Self { name, time_max: Duration::from_millis(CHECK_MS_MAX), run: Arc::new(move || run().boxed()) }
    }

    /// Another deadline than [`CHECK_MS_MAX`].
    #[must_use]
    pub fn within(mut self, time_max: Duration) -> Self {
        self.time_max = time_max;
        self
    }

    async fn report(&self) -> CheckReport {
        let begun = Instant::now();
        // The closure is called inside, so that it may panic as well as the future that it makes.
        let checked = AssertUnwindSafe(async { (self.run)().await }).catch_unwind();
        let reason = match timeout(self.time_max, checked).await {
            Ok(Ok(Ok(()))) => None,
            Ok(Ok(Err(reason))) => Some(reason),
            Ok(Err(_panic)) => Some("the check itself failed".to_owned()),
            Err(_) => Some(format!("no answer within {} ms", self.time_max.as_millis())),
        };
        metrics::gauge!("preau_status_check_ok", "check" => self.name).set(if reason.is_none() { 1.0 } else { 0.0 });
        let took_ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        CheckReport { name: self.name, ok: reason.is_none(), took_ms, reason }
    }
}

/// The checks, and whether the process is on its way out.
#[derive(Clone, Default)]
pub struct Checks {
    checks: Vec<Check>,
    draining: Arc<AtomicBool>,
}

/// What `/readyz` says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Readiness {
    pub ready: bool,
    /// On its way out: finishes what it has and wants no more people.
    pub draining: bool,
    pub checks: Vec<CheckReport>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CheckReport {
    pub name: &'static str,
    pub ok: bool,
    pub took_ms: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl Checks {
    pub fn new(checks: Vec<Check>) -> Self {
        Self { checks, draining: Arc::default() }
    }

    /// From now on the process is not ready, whatever the checks say.
    pub fn drain(&self) {
        self.draining.store(true, Ordering::SeqCst);
    }

    /// Runs all checks at once; takes no longer than the longest deadline.
    pub async fn readiness(&self) -> Readiness {
        let checks = join_all(self.checks.iter().map(Check::report)).await;
        let draining = self.draining.load(Ordering::SeqCst);
        Readiness { ready: !draining && checks.iter().all(|check| check.ok), draining, checks }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn one_failing_check_is_enough_and_is_named() {
        let checks = Checks::new(vec![
            Check::new("database", async || Ok(())),
            Check::new("media", async || Err("the media thread has ended".to_owned())),
            Check::new("stuck", std::future::pending).within(Duration::from_millis(50)),
            Check::new("broken", async || panic!("on purpose")),
        ]);
        let said = checks.readiness().await;
        assert!(!said.ready && !said.draining);
        let reasons: Vec<_> = said.checks.iter().map(|check| (check.name, check.reason.as_deref())).collect();
        assert_eq!(
            reasons,
            [
                ("database", None),
                ("media", Some("the media thread has ended")),
                ("stuck", Some("no answer within 50 ms")),
                ("broken", Some("the check itself failed")),
            ]
        );
    }

    #[tokio::test]
    async fn draining_is_not_ready() {
        let checks = Checks::new(vec![Check::new("database", async || Ok(()))]);
        assert!(checks.readiness().await.ready);
        checks.clone().drain();
        let said = checks.readiness().await;
        assert!(!said.ready && said.draining && said.checks[0].ok);
    }
}

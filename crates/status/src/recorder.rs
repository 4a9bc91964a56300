use crate::limits::{SECONDS_BUCKETS, UPKEEP_MS};
use metrics::{Unit, describe_gauge, gauge};
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};
use std::time::Duration;
use tokio::time::{MissedTickBehavior, interval};

#[derive(Debug, thiserror::Error)]
pub enum RecorderError {
    #[error("the counters cannot be set up: {0}")]
    Build(#[from] BuildError),
}

/// What all counters of the process are written into.
#[derive(Clone)]
pub struct Recorder(PrometheusHandle);

/// Makes the process's one recorder of counters and histograms; once a process, before any crate describes its own.
///
/// Histograms whose names end in `_seconds` get [`SECONDS_BUCKETS`]; all others become summaries.
pub fn install_recorder() -> Result<Recorder, RecorderError> {
    let recorder = Recorder(builder()?.install_recorder()?);
    describe_own();
    Ok(recorder)
}

fn builder() -> Result<PrometheusBuilder, BuildError> {
    PrometheusBuilder::new().set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &SECONDS_BUCKETS)
}

fn describe_own() {
    describe_gauge!(
        "preau_status_check_ok",
        Unit::Count,
        "1 when a readiness check passed last time, 0 when it failed"
    );
    describe_gauge!("preau_build_info", Unit::Count, "Always 1; the version is in its label");
    gauge!("preau_build_info", "version" => env!("CARGO_PKG_VERSION")).set(1.0);
}

impl Recorder {
    /// Everything counted so far, in Prometheus' text format.
    pub fn render(&self) -> String {
        self.0.render()
    }

    /// Puts histogram samples together, for ever; without it they take memory until somebody scrapes.
    pub(crate) async fn keep_up(self) {
        let mut ticks = interval(Duration::from_millis(UPKEEP_MS));
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            self.0.run_upkeep();
        }
    }

    /// A recorder that is not the process's own, for the thread that runs `inside`.
    #[cfg(test)]
    pub(crate) fn with_local<T>(inside: impl FnOnce(Self) -> T) -> T {
        let recorder = builder().unwrap().build_recorder();
        let handle = Self(recorder.handle());
        metrics::with_local_recorder(&recorder, || {
            describe_own();
            inside(handle)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn renders_with_descriptions_and_buckets() {
        let text = Recorder::with_local(|recorder| {
            metrics::describe_counter!("preau_test_total", "Things counted");
            metrics::counter!("preau_test_total", "kind" => "a\"b").increment(2);
            metrics::histogram!("preau_test_seconds").record(0.02);
            recorder.render()
        });
        for line in [
            "# HELP preau_test_total Things counted",
            "# TYPE preau_test_total counter",
            "preau_test_total{kind=\"a\\\"b\"} 2",
            "preau_test_seconds_bucket{le=\"0.025\"} 1",
            "preau_test_seconds_bucket{le=\"0.01\"} 0",
            "# TYPE preau_build_info gauge",
        ] {
            assert!(text.lines().any(|said| said == line), "no “{line}” in\n{text}");
        }
    }
}

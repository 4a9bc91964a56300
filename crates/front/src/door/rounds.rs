//! How many connections may be handed over before it is known how far behind those are who serve them.

use crate::limits as l;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::sync::Notify;
use tokio::task::yield_now;
use tokio::time::Instant;

/// Hands over in rounds. Behind the first of each round goes a runner, which stands in every queue in which a connection
/// stands, the runtime's own included; when it is back, the next round begins. While the runtime keeps up, it is back
/// before anybody waits for it. When it does not, the rounds grow smaller, and the waiting is done where there is an order.
pub(super) struct Rounds {
    size: usize,
    left: usize,
    runner: Option<Runner>,
    took: Duration,
}

struct Runner {
    left: Instant,
    shared: Arc<Shared>,
}

struct Shared {
    /// In microseconds, one more than it took; 0 while it is under way.
    took_us: AtomicU64,
    /// Somebody waits for it.
    awaited: AtomicBool,
    back: Arc<Notify>,
}

impl Rounds {
    pub const fn new() -> Self {
        Self { size: l::ROUND_MAX, left: 0, runner: None, took: Duration::ZERO }
    }

    /// Whether one more may be handed over now. Where not, `back` is told when there is something new.
    pub fn may_hand_over(&mut self) -> bool {
        self.note_return();
        if let Some(runner) = self.runner.as_ref().filter(|_| self.left == 0) {
            runner.shared.awaited.store(true, Ordering::SeqCst);
            // It may have come back in between.
            self.note_return();
        }
        if self.runner.is_none() {
            self.left = self.size;
        }
        self.left > 0
    }

    /// One was handed over. The first of a round sends the runner after it.
    pub fn handed_over(&mut self, runtime: &Handle, back: &Arc<Notify>) {
        self.left = self.left.saturating_sub(1);
        if self.runner.is_some() {
            return;
        }
        let shared =
            Arc::new(Shared { took_us: AtomicU64::new(0), awaited: AtomicBool::new(false), back: back.clone() });
        let left = Instant::now();
        self.runner = Some(Runner { left, shared: shared.clone() });
        runtime.spawn(async move {
            yield_now().await;
            let took_us = u64::try_from(left.elapsed().as_micros()).unwrap_or(u64::MAX);
            shared.took_us.store(took_us.saturating_add(1), Ordering::SeqCst);
            if shared.awaited.load(Ordering::SeqCst) {
                shared.back.notify_one();
            }
        });
    }

    fn note_return(&mut self) {
        let Some(runner) = &self.runner else { return };
        let took_us = runner.shared.took_us.load(Ordering::SeqCst);
        if took_us > 0 {
            self.runner = None;
            self.took = Duration::from_micros(took_us);
            self.size = after(self.size, self.took);
        }
    }

    /// How long a connection waits for its first turn once it was handed over: as last measured, or as long as has been
    /// waited by `now`.
    pub fn delay(&self, now: Instant) -> Duration {
        let under_way = self.runner.as_ref().map_or(Duration::ZERO, |runner| now.duration_since(runner.left));
        self.took.max(under_way)
    }
}

/// The size of the next round: half after one that took too long, a half more after one that took little.
fn after(size: usize, took: Duration) -> usize {
    let most = Duration::from_millis(l::ROUND_MS_MAX);
    if took > most {
        (size / 2).max(l::ROUND_MIN)
    } else if took <= most / 2 {
        (size + size.div_ceil(2)).min(l::ROUND_MAX)
    } else {
        size
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounds_shrink_when_they_take_long_and_grow_back() {
        let ms = Duration::from_millis;
        let mut size = l::ROUND_MAX;
        for _ in 0..10 {
            size = after(size, ms(l::ROUND_MS_MAX + 1));
        }
        assert_eq!(size, l::ROUND_MIN);
        assert_eq!(after(size, ms(l::ROUND_MS_MAX * 3 / 4)), size);
        for _ in 0..10 {
            size = after(size, ms(1));
        }
        assert_eq!(size, l::ROUND_MAX);
    }

    /// A runtime that gives nobody a turn is handed one round, and no more until it moves again.
    #[test]
    fn nothing_more_is_handed_to_a_runtime_that_stands_still() {
        let stands_still = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let (mut rounds, back) = (Rounds::new(), Arc::new(Notify::new()));
        let hand_over_all = |rounds: &mut Rounds| {
            let mut count = 0;
            while rounds.may_hand_over() {
                rounds.handed_over(stands_still.handle(), &back);
                count += 1;
            }
            count
        };
        assert_eq!(hand_over_all(&mut rounds), l::ROUND_MAX);
        std::thread::sleep(Duration::from_millis(2 * l::ROUND_MS_MAX));
        assert!(rounds.delay(Instant::now()) >= Duration::from_millis(l::ROUND_MS_MAX));
        assert_eq!(hand_over_all(&mut rounds), 0);
        stands_still.block_on(back.notified());
        assert_eq!(hand_over_all(&mut rounds), l::ROUND_MAX / 2, "and less after it took so long");
    }
}

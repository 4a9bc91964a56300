use crate::world::World;
use preau_gate::Kind;
use std::time::Duration;

/// Less than that is no machine.
const CORES_MIN: f64 = 0.02;

/// An application behind the gate, as a queue: so much work done at once, each request so much work, slower the longer
/// its queue is, and failing when it is hopeless.
#[derive(Clone, Copy, Debug)]
pub struct Application {
    /// Milliseconds of work that are done in a millisecond: its cores.
    pub cores: f64,
    /// The same for passwords, which are hashed beside the pages and in a queue of their own.
    pub password_cores: f64,
    /// What every answer takes without any load.
    pub base: Duration,
    /// Above this queue each request costs half as much again: caches are cold, locks are waited for.
    pub thrashes_above: Duration,
    /// Above this queue it answers with an error.
    pub fails_above: Duration,
}

impl Application {
    /// Gets a world's people in within about fifteen minutes at three quarters of its capacity.
    pub fn for_crowd(world: &World) -> Self {
        let work_ms = cost_ms(Kind::Page, false) * 2.0 + cost_ms(Kind::Live, false) * 2.0;
        let newcomers = 1.0 - world.passes;
        let pages_ms = work_ms + newcomers * 2.0 * cost_ms(Kind::Page, false);
        let passwords_ms = newcomers * cost_ms(Kind::SignIn, true);
        let usable_ms = world.window.as_secs_f64() * 1_500.0 * 0.75;
        let cores = |each_ms: f64| (f64::from(world.people) * each_ms / usable_ms.max(1.0)).max(CORES_MIN);
        Self {
            cores: cores(pages_ms),
            password_cores: cores(passwords_ms),
            base: Duration::from_millis(4),
            thrashes_above: Duration::from_secs(2),
            fails_above: Duration::from_secs(30),
        }
    }

    /// The same with so many times its capacity.
    #[must_use]
    pub fn times(self, factor: f64) -> Self {
        Self { cores: self.cores * factor, password_cores: self.password_cores * factor, ..self }
    }
}

/// Milliseconds of one core for a request: a page with its queries, the door of a lesson, a password's hash.
pub(crate) const fn cost_ms(kind: Kind, password: bool) -> f64 {
    match kind {
        _ if password => 28.0,
        Kind::Asset | Kind::Queue => 0.02,
        Kind::Call => 0.5,
        Kind::Page | Kind::SignIn | Kind::Console => 1.2,
        Kind::Action => 2.0,
        Kind::Live => 1.5,
    }
}

/// The application at work.
#[derive(Clone, Copy, Debug)]
pub(super) struct Working {
    application: Application,
    /// When what was taken on so far will be done, in milliseconds.
    free_at_ms: f64,
    passwords_free_at_ms: f64,
}

impl Working {
    pub(super) const fn new(application: Application) -> Self {
        Self { application, free_at_ms: 0.0, passwords_free_at_ms: 0.0 }
    }

    /// Takes one request on: how long it will take, and whether it fails.
    pub(super) fn begin(&mut self, kind: Kind, password: bool, now_ms: u64) -> (Duration, bool) {
        let now = now_ms as f64;
        let Application { cores, password_cores, base, thrashes_above, fails_above } = self.application;
        let (free_at_ms, cores) =
            if password { (&mut self.passwords_free_at_ms, password_cores) } else { (&mut self.free_at_ms, cores) };
        let queue_ms = (*free_at_ms - now).max(0.0);
        if queue_ms > fails_above.as_secs_f64() * 1_000.0 {
            return (base, true);
        }
        let thrash = if queue_ms > thrashes_above.as_secs_f64() * 1_000.0 { 1.5 } else { 1.0 };
        let work_ms = cost_ms(kind, password) * thrash;
        *free_at_ms = free_at_ms.max(now) + work_ms / cores;
        // One request is worked on by one core, however many there are.
        let latency_ms = queue_ms + work_ms / cores.min(1.0) + base.as_secs_f64() * 1_000.0;
        (Duration::from_micros((latency_ms * 1_000.0) as u64), false)
    }
}

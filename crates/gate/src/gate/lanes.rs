//! How many requests of each class may be at work at once.

use crate::decision::{Admission, Lane};
use crate::limits::{AGED_AFTER, CONSOLE_RESERVE, INSIDE_IDLE_MAX, LESSON_SOON};
use crate::request::Kind;
use std::time::Duration;

/// What a request may use of the application, finer than its lane; the order is that of precedence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Class {
    Lesson,
    /// A pass holder who is in.
    Inside,
    /// A pass holder who comes.
    Fresh,
    /// Let in without a pass, or whose turn has come.
    Entered,
    /// Without a pass, to the pages of signing in, through the share that is theirs.
    SignIn,
}

impl Class {
    pub const ALL: [Self; 5] = [Self::Lesson, Self::Inside, Self::Fresh, Self::Entered, Self::SignIn];

    pub const fn number(self) -> usize {
        match self {
            Self::Lesson => 0,
            Self::Inside => 1,
            Self::Fresh => 2,
            Self::Entered => 3,
            Self::SignIn => 4,
        }
    }

    /// How long after asking somebody without a lesson counts as if their lesson began.
    pub const fn due_after(self) -> Duration {
        match self {
            Self::Lesson | Self::SignIn => Duration::ZERO,
            Self::Inside => LESSON_SOON,
            Self::Fresh => INSIDE_IDLE_MAX,
            Self::Entered => Duration::from_secs(45 * 60),
        }
    }
}

/// How the adaptive limit is shared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Shares {
    /// Requests at work at once but for those that sign in and the console's.
    pub general: u32,
    /// What signing in always has, at the most: nobody else takes it.
    pub reserved: u32,
    /// The most that signing in can use, as measured by its own answers.
    pub sign_in_max: u32,
    /// What each class leaves to those before it.
    pub step: u32,
}

impl Shares {
    /// An eighth of the limit is kept for signing in, a place at least; where the limit is 1, both get one.
    pub fn of(limit: u32, sign_in_limit: u32) -> Self {
        let reserved = (limit / 8).max(1);
        let general = limit.saturating_sub(reserved).max(1);
        Self { general, reserved, sign_in_max: sign_in_limit.max(1), step: general / 16 }
    }

    /// How many may be at work in general for one more of this class to go.
    ///
    /// This is trunk reservation, as telephone networks have it: nothing stays unused that somebody wants, but the last
    /// places are for those who come first in precedence.
    pub const fn room_of(&self, class: Class) -> u32 {
        let left = match class {
            Class::Lesson => 0,
            Class::Inside => self.step,
            Class::Fresh => self.step * 2,
            Class::Entered => self.step * 3,
            Class::SignIn => self.step * 4,
        };
        self.general - left
    }

    /// What people without a pass may use in general.
    pub const fn newcomers(&self) -> u32 {
        self.room_of(Class::Entered)
    }
}

/// What is at work.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct AtWork {
    with_pass: u32,
    without_pass: u32,
    sign_in: u32,
    console: u32,
}

impl AtWork {
    fn place(&mut self, lane: Lane, kind: Kind) -> &mut u32 {
        match (kind, lane) {
            (Kind::Console, _) => &mut self.console,
            (_, Lane::Lesson | Lane::Known) => &mut self.with_pass,
            (Kind::SignIn, _) => &mut self.sign_in,
            (_, Lane::Entered | Lane::Returning | Lane::Newcomer) => &mut self.without_pass,
        }
    }

    pub fn begin(&mut self, admission: &Admission) {
        if admission.counted {
            *self.place(admission.lane, admission.kind) += 1;
        }
    }

    pub fn end(&mut self, admission: &Admission) {
        if admission.counted {
            let place = self.place(admission.lane, admission.kind);
            *place = place.saturating_sub(1);
        }
    }

    /// What signing in takes beyond its own share comes from the general one.
    fn general(&self, shares: &Shares) -> u32 {
        self.with_pass + self.without_pass + self.sign_in.saturating_sub(shares.reserved)
    }

    /// Whether one more of this class may go, `waited` after it was first asked for. Whoever has waited for
    /// [`AGED_AFTER`] leaves nothing to others any more.
    pub fn has_room(&self, class: Class, waited: Duration, shares: &Shares) -> bool {
        if class == Class::SignIn {
            let own = self.sign_in < shares.reserved;
            let lent = self.general(shares) < shares.room_of(Class::SignIn);
            return self.sign_in < shares.sign_in_max && (own || lent);
        }
        let room = if waited >= AGED_AFTER { shares.general } else { shares.room_of(class) };
        self.general(shares) < room
    }

    /// Half of what signing in has left: what is lent to those who did not stand in line while others do.
    pub const fn sign_in_is_half_free(&self, shares: &Shares) -> bool {
        let half = shares.reserved.div_ceil(2);
        self.sign_in < half && self.sign_in < shares.sign_in_max
    }

    pub const fn console_has_room(&self) -> bool {
        self.console < CONSOLE_RESERVE
    }

    /// How full the part is that newcomers may use: 1 is full.
    pub fn use_by_newcomers(&self, shares: &Shares) -> f64 {
        f64::from(self.general(shares)) / f64::from(shares.newcomers().max(1))
    }

    pub const fn total(&self) -> u32 {
        self.with_pass + self.without_pass + self.sign_in + self.console
    }

    pub const fn sign_in(&self) -> u32 {
        self.sign_in
    }

    /// What the adaptive limit of the pages is about.
    pub const fn pages(&self) -> u32 {
        self.with_pass + self.without_pass
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use preau_base::Instant;
    use proptest::prelude::*;

    fn admission(lane: Lane, kind: Kind) -> Admission {
        Admission { lane, kind, begun: Instant::EPOCH, counted: true, entry: None, source: Default::default() }
    }

    proptest! {
        #[test]
        fn shares_never_exceed_the_limit_and_keep_their_order(limit in 1_u32..20_000, sign_in in 0_u32..500) {
            let shares = Shares::of(limit, sign_in);
            prop_assert!(shares.general + shares.reserved <= limit.max(2));
            let rooms = Class::ALL.map(|class| shares.room_of(class));
            prop_assert!(rooms.is_sorted_by(|before, after| before >= after));
            prop_assert!(rooms.iter().all(|room| *room >= 1));
        }

        /// Whatever is at work of others, a lesson finds all of the general share, and signing in its reserve.
        #[test]
        fn each_gets_its_own(limit in 1_u32..200, sign_in_limit in 1_u32..50, comers in proptest::collection::vec(0_usize..5, 0..400)) {
            let shares = Shares::of(limit, sign_in_limit);
            let mut work = AtWork::default();
            for comer in comers {
                let class = Class::ALL[comer];
                if work.has_room(class, Duration::ZERO, &shares) {
                    let (lane, kind) = match class {
                        Class::Lesson => (Lane::Lesson, Kind::Page),
                        Class::Inside | Class::Fresh => (Lane::Known, Kind::Page),
                        Class::Entered => (Lane::Entered, Kind::Page),
                        Class::SignIn => (Lane::Newcomer, Kind::SignIn),
                    };
                    work.begin(&admission(lane, kind));
                }
                prop_assert!(work.general(&shares) <= shares.general);
                let reserve = shares.reserved.min(shares.sign_in_max);
                prop_assert!(work.sign_in() >= reserve || work.has_room(Class::SignIn, Duration::ZERO, &shares));
                if class == Class::Fresh {
                    prop_assert!(!work.has_room(class, Duration::ZERO, &shares) || work.has_room(Class::Lesson, Duration::ZERO, &shares));
                }
            }
        }
    }

    #[test]
    fn what_ends_twice_frees_one_place_at_most() {
        let mut work = AtWork::default();
        let page = admission(Lane::Lesson, Kind::Page);
        work.begin(&page);
        work.end(&page);
        work.end(&page);
        assert_eq!(work, AtWork::default());
    }
}

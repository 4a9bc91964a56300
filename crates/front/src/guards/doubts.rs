//! Networks whose connections come to nothing: handshakes without a request, silence, drips, requests that are refused.

use super::nets::Net;
use crate::limits as l;
use http::StatusCode;
use preau_base::Instant;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

/// Going through all rows takes milliseconds.
const SWEPT_EVERY: Duration = Duration::from_secs(10);

/// What has come of a connection so far; shared by its place and by whoever answers over it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Account(Arc<Told>);

#[derive(Debug, Default)]
struct Told {
    /// The worth of what was answered.
    worth: AtomicU8,
    pass: AtomicU8,
}

/// What came of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Came {
    /// No request, or none that was not refused.
    Nothing,
    /// Something that people do as well: a place in line, a page that is not there; or we never came to serve it. Whoever
    /// mistypes a password was shown the form before.
    Neither,
    /// A page, a file, a redirection.
    Fruit,
}

impl Account {
    const NEITHER: u8 = 1;
    const FRUIT: u8 = 2;
    const SPOILT: u8 = 3;

    const NO_PASS: u8 = 0;
    const PASS: u8 = 1;
    const GONE: u8 = 2;

    /// A request was answered.
    pub fn answered(&self, status: StatusCode) {
        let worth = match status.as_u16() {
            404 | 409 | 410 | 422 | 500.. => Self::NEITHER,
            400.. => 0,
            _ => Self::FRUIT,
        };
        self.0.worth.fetch_max(worth, Ordering::Relaxed);
    }

    /// It ended as honest ones don't.
    pub fn spoil(&self) {
        self.0.worth.store(Self::SPOILT, Ordering::Relaxed);
    }

    /// It was not served, whatever it wanted.
    pub fn unserved(&self) {
        self.0.worth.fetch_max(Self::NEITHER, Ordering::Relaxed);
    }

    /// A pass was shown; true when that is new and the place still held. Under the lock of the counts, as [`Self::leave`].
    pub(super) fn vouch(&self) -> bool {
        let vouched = self.0.pass.compare_exchange(Self::NO_PASS, Self::PASS, Ordering::Relaxed, Ordering::Relaxed);
        vouched.is_ok()
    }

    /// The place is given back; whether a pass was shown.
    pub(super) fn leave(&self) -> bool {
        self.0.pass.swap(Self::GONE, Ordering::Relaxed) == Self::PASS
    }

    pub(super) fn came(&self) -> Came {
        match self.0.worth.load(Ordering::Relaxed) {
            Self::NEITHER => Came::Neither,
            Self::FRUIT => Came::Fruit,
            _ => Came::Nothing,
        }
    }
}

/// How the connections of each network ended lately. People's browsers open one in advance now and then and never use
/// it, so a network is doubted for a majority, and not for few.
pub(super) struct Doubts {
    rows: HashMap<Net, Row>,
    swept: Instant,
}

#[derive(Clone, Copy, Default)]
struct Row {
    /// Counted in times of [`l::DOUBT_MS`].
    turn: i64,
    /// Of this turn and of the one before.
    ended: [Ended; 2],
}

#[derive(Clone, Copy, Default)]
struct Ended {
    in_nothing: u32,
    in_fruit: u32,
}

impl Row {
    fn turn(&mut self, turn: i64) {
        if turn != self.turn {
            let last = if turn == self.turn.saturating_add(1) { self.ended[0] } else { Ended::default() };
            self.ended = [Ended::default(), last];
            self.turn = turn;
        }
    }
}

fn turn(now: Instant) -> i64 {
    now.as_millis().div_euclid(l::DOUBT_MS)
}

impl Doubts {
    pub fn new() -> Self {
        Self { rows: HashMap::new(), swept: Instant::EPOCH }
    }

    /// A connection of this network has ended.
    pub fn note(&mut self, net: Net, came: Came, now: Instant) {
        let turn = turn(now);
        if self.rows.len() >= l::DOUBTS_NOTED_MAX && !self.rows.contains_key(&net) {
            if now.since(self.swept) >= SWEPT_EVERY {
                self.swept = now;
                self.rows.retain(|_, row| turn.saturating_sub(row.turn) <= 1);
            }
            if self.rows.len() >= l::DOUBTS_NOTED_MAX {
                return;
            }
        }
        let row = self.rows.entry(net).or_insert(Row { turn, ..Row::default() });
        row.turn(turn);
        match came {
            Came::Nothing => row.ended[0].in_nothing = row.ended[0].in_nothing.saturating_add(1),
            Came::Fruit => row.ended[0].in_fruit = row.ended[0].in_fruit.saturating_add(1),
            Came::Neither => {}
        }
    }

    /// Whether most of what comes from there comes to nothing.
    pub fn doubts(&self, net: &Net, now: Instant) -> bool {
        let Some(row) = self.rows.get(net) else { return false };
        let seen = match turn(now).saturating_sub(row.turn) {
            0 => &row.ended[..],
            1 => &row.ended[..1],
            _ => &[],
        };
        let nothing: u32 = seen.iter().map(|ended| ended.in_nothing).fold(0, u32::saturating_add);
        let fruit: u32 = seen.iter().map(|ended| ended.in_fruit).fold(0, u32::saturating_add);
        nothing >= l::DOUBT_MIN && nothing > fruit.saturating_mul(l::DOUBT_TIMES)
    }
}

#[cfg(test)]
mod tests {
    use super::super::nets::Nets;
    use super::*;

    fn net(last: u32) -> Net {
        Nets::of(std::net::IpAddr::V4(last.into())).narrowest()
    }

    fn after(turns: i64) -> Instant {
        Instant::from_millis(turns * l::DOUBT_MS)
    }

    fn check(nothing: u32, fruit: u32, expect: bool) {
        let mut doubts = Doubts::new();
        (0..nothing).for_each(|_| doubts.note(net(1), Came::Nothing, after(0)));
        (0..fruit).for_each(|_| doubts.note(net(1), Came::Fruit, after(0)));
        (0..100).for_each(|_| doubts.note(net(1), Came::Neither, after(0)));
        assert_eq!(doubts.doubts(&net(1), after(0)), expect, "{nothing} to nothing, {fruit} to fruit");
        assert!(!doubts.doubts(&net(2), after(0)));
    }

    #[test]
    fn a_network_is_doubted_for_a_majority_and_not_for_few() {
        check(0, 0, false);
        check(l::DOUBT_MIN - 1, 0, false);
        check(l::DOUBT_MIN, 0, true);
        check(l::DOUBT_MIN, 1, true);
        check(2 * l::DOUBT_TIMES, 2, false);
        check(10, 1_000, false);
    }

    #[test]
    fn doubts_end() {
        let mut doubts = Doubts::new();
        (0..10).for_each(|_| doubts.note(net(1), Came::Nothing, after(0)));
        assert!(doubts.doubts(&net(1), after(1)));
        assert!(!doubts.doubts(&net(1), after(2)));
        doubts.note(net(1), Came::Nothing, after(2));
        assert!(!doubts.doubts(&net(1), after(2)), "what was long ago is forgotten");
    }

    #[test]
    fn what_is_noted_has_an_end_and_room_comes_back() {
        let mut doubts = Doubts::new();
        for last in 0..u32::try_from(l::DOUBTS_NOTED_MAX).unwrap() + 10 {
            doubts.note(net(last), Came::Nothing, after(0));
        }
        assert_eq!(doubts.rows.len(), l::DOUBTS_NOTED_MAX);
        doubts.note(net(u32::MAX), Came::Nothing, after(3));
        assert_eq!(doubts.rows.len(), 1);
    }

    #[test]
    fn the_best_answer_counts_and_an_end_that_is_none_spoils_it() {
        let check = |statuses: &[u16], spoilt: bool, expect: Came| {
            let account = Account::default();
            statuses.iter().for_each(|status| account.answered(StatusCode::from_u16(*status).unwrap()));
            if spoilt {
                account.spoil();
            }
            assert_eq!(account.came(), expect, "{statuses:?} {spoilt}");
        };
        check(&[], false, Came::Nothing);
        check(&[429, 403, 400, 431, 401], false, Came::Nothing);
        check(&[200, 401], false, Came::Fruit);
        check(&[429, 503], false, Came::Neither);
        check(&[401, 404], false, Came::Neither);
        check(&[200, 429], false, Came::Fruit);
        check(&[101], false, Came::Fruit);
        check(&[303, 200], true, Came::Nothing);
        let unserved = Account::default();
        unserved.unserved();
        assert_eq!(unserved.came(), Came::Neither);
    }
}

//! Who waits at the door, and whose turn is next. Pure: instants are arguments.

use crate::guards::Rank;
use crate::limits as l;
use std::collections::VecDeque;
use std::time::Duration;
use tokio::time::Instant;

/// Whose turn each of eight is; whoever is not there leaves it to the next in order.
const TURNS: [Rank; 8] = {
    use Rank::{Doubted, Known, Stranger};
    [Known, Known, Stranger, Known, Known, Stranger, Known, Doubted]
};

/// Connections that were accepted and not begun, each in the order in which it came among its equals.
pub(super) struct Line<T> {
    waiting: [VecDeque<Waiting<T>>; Rank::ALL.len()],
    turn: usize,
}

/// One of them.
pub(super) struct Waiting<T> {
    pub since: Instant,
    pub who: T,
}

impl<T> Line<T> {
    pub fn new() -> Self {
        Self { waiting: Default::default(), turn: 0 }
    }

    pub fn is_empty(&self) -> bool {
        self.waiting.iter().all(VecDeque::is_empty)
    }

    pub fn len(&self) -> usize {
        self.waiting.iter().map(VecDeque::len).sum()
    }

    /// Anybody of those who wait.
    pub fn first(&self) -> Option<&T> {
        self.waiting.iter().find_map(VecDeque::front).map(|waiting| &waiting.who)
    }

    /// Puts somebody at the end of their queue; gives back whoever finds no room there. For the known there always is.
    pub fn push(&mut self, rank: Rank, since: Instant, who: T) -> Option<T> {
        let room = match rank {
            Rank::Known => usize::MAX,
            Rank::Stranger => l::STRANGERS_WAITING_MAX,
            Rank::Doubted => l::DOUBTED_WAITING_MAX,
        };
        let queue = &mut self.waiting[rank as usize];
        if queue.len() >= room {
            return Some(who);
        }
        queue.push_back(Waiting { since, who });
        None
    }

    /// Takes out whose turn it is.
    pub fn next(&mut self) -> Option<Waiting<T>> {
        let turn = TURNS[self.turn % TURNS.len()];
        self.turn = (self.turn + 1) % TURNS.len();
        let order = std::iter::once(turn).chain(Rank::ALL);
        order.into_iter().find_map(|rank| self.waiting[rank as usize].pop_front())
    }

    /// Takes out the doubted who have waited for too long by `now`.
    pub fn shed(&mut self, now: Instant) -> Vec<T> {
        let patience = Duration::from_millis(l::DOUBTED_WAIT_MS_MAX);
        let queue = &mut self.waiting[Rank::Doubted as usize];
        let late = queue.iter().take_while(|waiting| now.duration_since(waiting.since) >= patience).count();
        queue.drain(..late).map(|waiting| waiting.who).collect()
    }

    /// Takes out those who have waited for `patience` by `now` and of whom `is_gone`.
    pub fn clear(&mut self, now: Instant, patience: Duration, mut is_gone: impl FnMut(&T) -> bool) -> Vec<T> {
        let mut gone = Vec::new();
        for queue in &mut self.waiting {
            let late = queue.iter().take_while(|waiting| now.duration_since(waiting.since) >= patience).count();
            for at in (0..late).rev() {
                if queue.get(at).is_some_and(|waiting| is_gone(&waiting.who)) {
                    gone.extend(queue.remove(at).map(|waiting| waiting.who));
                }
            }
        }
        gone
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashMap;

    fn a_rank() -> impl Strategy<Value = Rank> {
        prop::sample::select(Rank::ALL.to_vec())
    }

    /// A stretch of a morning: people come, turns are given, time goes by.
    #[derive(Clone, Debug)]
    enum Step {
        Comes(Rank),
        Turn,
        Passes(u64),
    }

    fn a_step() -> impl Strategy<Value = Step> {
        prop_oneof![3 => a_rank().prop_map(Step::Comes), 2 => Just(Step::Turn), 1 => (0..300_u64).prop_map(Step::Passes)]
    }

    proptest! {
        /// Among equals the order of arrival holds; nobody is lost or served twice; only the doubted are shed, and only
        /// after their time.
        #[test]
        fn everybody_is_accounted_for(steps in prop::collection::vec(a_step(), 0..400)) {
            let (mut line, mut now) = (Line::new(), Instant::now());
            let mut came: HashMap<usize, (Rank, Instant)> = HashMap::new();
            let mut last: [Option<usize>; 3] = [None; 3];
            for (number, step) in steps.into_iter().enumerate() {
                match step {
                    Step::Comes(rank) => {
                        prop_assert!(line.push(rank, now, number).is_none());
                        came.insert(number, (rank, now));
                    }
                    Step::Turn => {
                        let next = line.next();
                        prop_assert_eq!(next.is_none(), came.is_empty());
                        let Some(Waiting { since, who }) = next else { continue };
                        let (rank, at) = came.remove(&who).expect("came, and was not served yet");
                        prop_assert_eq!(since, at);
                        prop_assert!(last[rank as usize].is_none_or(|before| before < who));
                        last[rank as usize] = Some(who);
                    }
                    Step::Passes(ms) => {
                        now += Duration::from_millis(ms);
                        for who in line.shed(now) {
                            let (rank, at) = came.remove(&who).expect("came, and was not served yet");
                            prop_assert_eq!(rank, Rank::Doubted);
                            prop_assert!(now.duration_since(at) >= Duration::from_millis(l::DOUBTED_WAIT_MS_MAX));
                        }
                    }
                }
                prop_assert_eq!(line.len(), came.len());
            }
        }

        /// However many of the others come, those before them in order lose nothing, and strangers get their quarter.
        #[test]
        fn shares_hold_against_any_flood(doubted in 0..500_usize, strangers in 8..400_usize, known in 8..400_usize) {
            let (mut line, now) = (Line::new(), Instant::now());
            for (rank, count) in [(Rank::Doubted, doubted), (Rank::Stranger, strangers), (Rank::Known, known)] {
                for _ in 0..count {
                    line.push(rank, now, rank);
                }
            }
            let rounds = strangers.min(known) / 8;
            let served: Vec<Rank> = (0..8 * rounds).filter_map(|_| line.next()).map(|waiting| waiting.who).collect();
            let of = |rank| served.iter().filter(|one| **one == rank).count();
            prop_assert!(of(Rank::Known) >= 5 * rounds);
            prop_assert!(of(Rank::Stranger) >= 2 * rounds);
            prop_assert!(of(Rank::Doubted) <= rounds);
        }
    }

    #[test]
    fn a_share_that_nobody_uses_goes_to_the_next() {
        let mut line = Line::new();
        for rank in [Rank::Doubted, Rank::Doubted, Rank::Stranger] {
            line.push(rank, Instant::now(), rank);
        }
        let served: Vec<Rank> = std::iter::from_fn(|| line.next()).map(|waiting| waiting.who).collect();
        assert_eq!(served, [Rank::Stranger, Rank::Doubted, Rank::Doubted]);
        assert!(line.is_empty());
    }

    #[test]
    fn strangers_and_the_doubted_have_so_much_room_and_the_known_all() {
        let mut line = Line::new();
        let mut room = |rank| (0..10_000).take_while(|_| line.push(rank, Instant::now(), ()).is_none()).count();
        assert_eq!(room(Rank::Doubted), l::DOUBTED_WAITING_MAX);
        assert_eq!(room(Rank::Stranger), l::STRANGERS_WAITING_MAX);
        assert_eq!(room(Rank::Known), 10_000);
    }

    #[test]
    fn whoever_is_gone_is_cleared_after_a_while_and_nobody_else() {
        let (mut line, now) = (Line::new(), Instant::now());
        let second = Duration::from_secs(1);
        for (number, rank) in [Rank::Known, Rank::Stranger, Rank::Stranger, Rank::Stranger].into_iter().enumerate() {
            line.push(rank, now + second * u32::try_from(number).unwrap(), number);
        }
        assert_eq!(line.clear(now + second * 4, second * 2, |who| who % 2 == 1), [1]);
        assert_eq!(line.clear(now + second * 9, second * 2, |_| true), [0, 3, 2]);
        assert!(line.is_empty());
    }
}

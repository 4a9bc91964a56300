use super::saved::Reader;
use crate::limits::{EXPECTED_FOR, TURN_KEPT};
use preau_base::Instant;
use std::collections::VecDeque;
use std::time::Duration;

/// What was called in one second.
#[derive(Debug)]
struct Second {
    begins: Instant,
    /// All orders below have had their turn.
    upto: u64,
    /// The lowest and highest order called that came back after its turn had passed.
    late: Option<(u64, u64)>,
    called: u32,
    used: u32,
}

/// Whose turn it is, and whose it was in the last [`TURN_KEPT`]: a second an entry.
#[derive(Debug, Default)]
pub(super) struct Turns {
    seconds: VecDeque<Second>,
    upto: u64,
    /// All orders below had their turn longer ago than [`TURN_KEPT`].
    gone: u64,
}

impl Turns {
    /// All orders below have had their turn.
    pub(super) fn upto(&self) -> u64 {
        self.upto
    }

    /// All orders below had their turn longer ago than [`TURN_KEPT`].
    pub(super) fn gone(&self) -> u64 {
        self.gone
    }

    /// Nobody was called in the last [`TURN_KEPT`].
    pub(super) fn is_empty(&self) -> bool {
        self.seconds.is_empty()
    }

    pub(super) fn call(&mut self, order: u64, now: Instant) {
        let late = order < self.upto;
        self.upto = self.upto.max(order + 1);
        let upto = self.upto;
        let second = self.second(now);
        second.called = second.called.saturating_add(1);
        second.upto = upto;
        if late {
            let (low, high) = second.late.unwrap_or((order, order));
            second.late = Some((low.min(order), high.max(order)));
        }
    }

    pub(super) fn used(&mut self, now: Instant) {
        let second = self.second(now);
        second.used = second.used.saturating_add(1);
    }

    /// Forgets seconds that are longer ago than [`TURN_KEPT`].
    pub(super) fn expire(&mut self, now: Instant) {
        while let Some(first) = self.seconds.front()
            && now.since(first.begins) > TURN_KEPT + Duration::from_secs(1)
        {
            self.gone = self.gone.max(first.upto);
            self.seconds.pop_front();
        }
    }

    /// Whether a ticket that was called may still be used.
    pub(super) fn keeps(&self, order: u64) -> bool {
        order >= self.gone || self.called_late_within(order, order)
    }

    /// Whether somebody between these orders was called late, and that recently.
    pub(super) fn called_late_within(&self, low: u64, high: u64) -> bool {
        self.seconds.iter().filter_map(|second| second.late).any(|(first, last)| first <= high && low <= last)
    }

    /// People called within the last [`EXPECTED_FOR`] who have not come in yet.
    pub(super) fn expected(&self, now: Instant) -> u64 {
        let recent = self.seconds.iter().rev().take_while(|second| now.since(second.begins) <= EXPECTED_FOR);
        let (called, used) = recent.fold((0_u64, 0_u64), |(called, used), second| {
            (called + u64::from(second.called), used + u64::from(second.used))
        });
        called.saturating_sub(used)
    }

    pub(super) fn has_called_within(&self, time: Duration, now: Instant) -> bool {
        let mut recent = self.seconds.iter().rev().take_while(|second| now.since(second.begins) <= time);
        recent.any(|second| second.called > 0)
    }

    /// For [`Turns::read`].
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        let head = [self.upto, self.gone, self.seconds.len() as u64];
        out.extend(head.iter().flat_map(|number| number.to_be_bytes()));
        for second in &self.seconds {
            // A range whose low is above its high is none.
            let (low, high) = second.late.unwrap_or((1, 0));
            let numbers = [second.begins.as_millis() as u64, second.upto, low, high];
            out.extend(numbers.iter().flat_map(|number| number.to_be_bytes()));
        }
    }

    /// What was called comes `later` by as much as the gate was away: nobody loses their turn by it.
    pub(super) fn read(from: &mut Reader<'_>, later: Duration) -> Option<Self> {
        let (upto, gone, seconds) = (from.number()?, from.number()?, from.number()?);
        let mut turns = Self { seconds: VecDeque::new(), upto, gone };
        for _ in 0..seconds {
            let begins = Instant::from_millis(from.number()? as i64).plus(later);
            let (upto, low, high) = (from.number()?, from.number()?, from.number()?);
            let late = (low <= high).then_some((low, high));
            turns.seconds.push_back(Second { begins, upto, late, called: 0, used: 0 });
        }
        Some(turns)
    }

    pub(super) fn memory_bytes(&self) -> u64 {
        (self.seconds.capacity() * size_of::<Second>()) as u64
    }

    /// The entry of this second. A clock that was set back goes on in the last one.
    fn second(&mut self, now: Instant) -> &mut Second {
        let begins = Instant::from_secs(now.as_secs());
        if self.seconds.back().is_none_or(|last| last.begins < begins) {
            self.seconds.push_back(Second { begins, upto: self.upto, late: None, called: 0, used: 0 });
        }
        let last = self.seconds.len() - 1;
        &mut self.seconds[last]
    }
}

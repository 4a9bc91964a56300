use super::bits::{BLOCK_TICKETS, Draft, States};
use super::draw::Draw;
use crate::limits::OPENING_STEP_TICKETS;

/// An opening under way: whoever has a ticket is put in the order of the draw, some of them at a time.
#[derive(Debug)]
pub(super) struct Opening {
    draw: Draw,
    drawn: Draft,
    /// All blocks of serials below this are done.
    next: usize,
}

impl Opening {
    pub(super) fn new(seed: &[u8; 32], issued: u64) -> Self {
        Self { draw: Draw::new(seed, issued), drawn: Draft::new(issued), next: 0 }
    }

    /// Somebody comes back for their place meanwhile.
    pub(super) fn wait(&mut self, serial: u64) {
        self.drawn.wait(self.draw.order(serial));
    }

    /// Puts the next [`OPENING_STEP_TICKETS`] in their order; gives whether these were the last.
    pub(super) fn step(&mut self, by_serial: &States) -> bool {
        let end = self.next + (OPENING_STEP_TICKETS / BLOCK_TICKETS) as usize;
        for serial in by_serial.waiting_in(self.next..end) {
            self.drawn.wait(self.draw.order(serial));
        }
        self.next = end;
        // Whoever has a later serial came back since the opening began, and stands in their order already.
        end as u64 * BLOCK_TICKETS >= self.draw.len()
    }

    pub(super) fn finish(self) -> (Draw, States) {
        (self.draw, self.drawn.finish())
    }
}

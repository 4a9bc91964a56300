use crate::limits::ROOMS_MAX;
use crate::story::Story;
use preau_base::Instant;
use preau_gate::{Entry, Ticket};

/// What is kept of one person: 16 bytes.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Slot {
    /// The next one in the same bucket of the calendar.
    pub next: u32,
    /// Of the ticket or the entry.
    serial: u32,
    /// Seconds from the start of the morning to its issue.
    issued_s: u16,
    /// Seconds from the start of the morning to the latest entry that was promised; the last number for none.
    promised_s: u16,
    story: [u8; 2],
    holds: u8,
    room: u8,
}

const NOTHING: u8 = 0;
const TICKET: u8 = 1;
const ENTRY: u8 = 2;
const GONE: u8 = 4;
/// The ticket was shown and told its place.
const CAME_BACK: u8 = 8;
const WHAT: u8 = 3;
const NO_PROMISE: u16 = u16::MAX;

impl Slot {
    pub(super) const fn story(&self) -> Story {
        Story::from_bytes(self.story)
    }

    pub(super) const fn keep(&mut self, story: Story) {
        self.story = story.to_bytes();
    }

    pub(super) const fn is_gone(&self) -> bool {
        self.holds & GONE != 0
    }

    pub(super) const fn go(&mut self) {
        self.holds |= GONE;
    }

    pub(super) fn ticket(&self, rooms: &Rooms, starts: Instant) -> Option<Ticket> {
        let (room, issued) = (rooms.id(self.room), at(self.issued_s, starts));
        let promised = (self.promised_s != NO_PROMISE).then(|| at(self.promised_s, starts));
        let ticket = Ticket { room, serial: u64::from(self.serial), issued, promised };
        (self.holds & WHAT == TICKET).then_some(ticket)
    }

    pub(super) fn entry(&self, rooms: &Rooms, starts: Instant) -> Option<Entry> {
        let (room, issued) = (rooms.id(self.room), at(self.issued_s, starts));
        (self.holds & WHAT == ENTRY).then_some(Entry { room, serial: u64::from(self.serial), issued })
    }

    pub(super) const fn came_back(&self) -> bool {
        self.holds & CAME_BACK != 0
    }

    /// Seconds from the start of the morning to when the ticket first came back.
    pub(super) const fn back_s(&self) -> u16 {
        self.issued_s
    }

    /// The ticket was told its place: from here on, its second stands where that of its issue stood, which nobody looks at.
    pub(super) fn comes_back(&mut self, now: Instant, starts: Instant) {
        if !self.came_back() {
            self.holds |= CAME_BACK;
            self.issued_s = since_s(now, starts);
        }
    }

    pub(super) fn take_ticket(&mut self, ticket: &Ticket, rooms: &mut Rooms, starts: Instant) {
        self.take(TICKET, (ticket.room, ticket.serial, ticket.issued), rooms, starts);
        self.promised_s = ticket.promised.map_or(NO_PROMISE, |promised| since_s(promised, starts));
    }

    pub(super) fn take_entry(&mut self, entry: &Entry, rooms: &mut Rooms, starts: Instant) {
        self.take(ENTRY, (entry.room, entry.serial, entry.issued), rooms, starts);
    }

    /// Signed in: the pass is what counts from here on.
    pub(super) const fn drop_papers(&mut self) {
        self.holds = self.holds & GONE | NOTHING;
    }

    fn take(&mut self, what: u8, (room, serial, issued): (u64, u64, Instant), rooms: &mut Rooms, starts: Instant) {
        let (room, serial) = (rooms.number(room), u32::try_from(serial).unwrap_or(u32::MAX));
        // The same place, told again.
        let same = self.holds & WHAT == what && (self.room, self.serial) == (room, serial);
        self.holds = self.holds & GONE | what | if same { self.holds & CAME_BACK } else { 0 };
        (self.room, self.serial) = (room, serial);
        if !self.came_back() {
            self.issued_s = since_s(issued, starts);
        }
    }
}

fn since_s(instant: Instant, starts: Instant) -> u16 {
    u16::try_from(instant.since(starts).as_secs()).unwrap_or(NO_PROMISE - 1).min(NO_PROMISE - 1)
}

fn at(seconds: u16, starts: Instant) -> Instant {
    starts.plus(std::time::Duration::from_secs(u64::from(seconds)))
}

/// The rooms that tickets were of, so that a slot needs a byte for one.
#[derive(Debug, Default)]
pub(super) struct Rooms {
    ids: Vec<u64>,
    replaced: usize,
}

impl Rooms {
    fn id(&self, number: u8) -> u64 {
        self.ids.get(usize::from(number)).copied().unwrap_or(0)
    }

    pub(super) fn number(&mut self, id: u64) -> u8 {
        if let Some(at) = self.ids.iter().rposition(|known| *known == id) {
            return u8::try_from(at).unwrap_or(0);
        }
        if self.ids.len() < ROOMS_MAX {
            self.ids.push(id);
            return u8::try_from(self.ids.len() - 1).unwrap_or(0);
        }
        // Tickets of the oldest room turn into tickets of this one; the gate takes them for others' and refuses them.
        self.replaced = (self.replaced + 1) % ROOMS_MAX;
        self.ids[self.replaced] = id;
        u8::try_from(self.replaced).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_is_sixteen_bytes_and_keeps_a_ticket_or_an_entry() {
        assert_eq!(size_of::<Slot>(), 16);
        let (mut slot, mut rooms) = (Slot::default(), Rooms::default());
        let starts = Instant::from_secs(1_000);
        let ticket =
            Ticket { room: u64::MAX - 1, serial: 12_399_999, issued: Instant::from_secs(1_012), promised: None };
        slot.take_ticket(&ticket, &mut rooms, starts);
        let promising = Ticket { promised: Some(Instant::from_secs(4_600)), ..ticket };
        let mut told = slot;
        told.take_ticket(&promising, &mut rooms, starts);
        assert_eq!(told.ticket(&rooms, starts), Some(promising));
        assert_eq!((slot.ticket(&rooms, starts), slot.entry(&rooms, starts)), (Some(ticket), None));
        let entry = Entry { room: ticket.room, serial: ticket.serial, issued: ticket.issued };
        slot.take_entry(&entry, &mut rooms, starts);
        slot.go();
        assert_eq!((slot.ticket(&rooms, starts), slot.entry(&rooms, starts)), (None, Some(entry)));
        slot.drop_papers();
        assert!(slot.is_gone() && slot.entry(&rooms, starts).is_none());
    }
}

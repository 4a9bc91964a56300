use preau_gate::Figures;
use preau_gate::waiting::Draw;

const NOBODY: u32 = u32::MAX;

/// People whose script asks the poll resource, which is the same for all and asks nothing of the gate, until it shows that
/// their turn has come. They are found by their place in the line: 4 bytes a ticket of the room.
#[derive(Debug, Default)]
pub(super) struct Asleep {
    room: Option<u64>,
    /// Who has which place: by serial until the draw, by order after.
    places: Vec<u32>,
    is_drawn: bool,
    /// All places below have been woken.
    woken: u64,
    people: u64,
    /// What was published of the draw; none before the doors open.
    draw: Option<Draw>,
}

impl Asleep {
    /// Whether somebody with this place can sleep: `drawn` tells an order from a serial. Whose turn has been shown already, or
    /// who is of another room, cannot.
    pub(super) fn put(&mut self, room: u64, place: u64, drawn: bool, who: u32) -> bool {
        if self.people == 0 && (self.room != Some(room) || self.is_drawn != drawn) {
            let draw = self.draw.take();
            *self = Self { room: Some(room), is_drawn: drawn, draw, ..Self::default() };
        }
        if self.room != Some(room) || self.is_drawn != drawn || place < self.woken {
            return false;
        }
        let Ok(at) = usize::try_from(place) else { return false };
        if self.places.len() <= at {
            self.places.resize(at + 1, NOBODY);
        }
        let before = std::mem::replace(&mut self.places[at], who);
        self.people += u64::from(before == NOBODY);
        true
    }

    /// Whom these figures show that their turn has come, or that their place is worth nothing any more.
    pub(super) fn wake(&mut self, figures: &Figures) -> Vec<u32> {
        self.look(figures);
        if self.people == 0 {
            return Vec::new();
        }
        if self.room != Some(figures.room) {
            self.people = 0;
            let all = std::mem::take(&mut self.places);
            return all.into_iter().filter(|who| *who != NOBODY).collect();
        }
        if !figures.open {
            return Vec::new();
        }
        if !self.is_drawn {
            self.find_places();
        }
        let end = (figures.turn).min(self.places.len() as u64).max(self.woken);
        let shown = &mut self.places[self.woken as usize..end as usize];
        let awake: Vec<u32> =
            shown.iter_mut().map(|who| std::mem::replace(who, NOBODY)).filter(|who| *who != NOBODY).collect();
        self.woken = figures.turn.max(self.woken);
        self.people -= awake.len() as u64;
        awake
    }

    /// Notes what is published of the draw.
    fn look(&mut self, figures: &Figures) {
        if !figures.open {
            self.draw = None;
        } else if self.draw.as_ref().is_none_or(|draw| draw.len() != figures.drawn.unwrap_or(0)) {
            let seed = figures.seed.as_deref().and_then(seed_of).unwrap_or_default();
            self.draw = Some(Draw::new(&seed, figures.drawn.unwrap_or(0)));
        }
    }

    /// The place of a serial, as a script computes it from what is published. None before the doors open.
    pub(super) fn place(&self, serial: u64) -> Option<u64> {
        self.draw.as_ref().map(|draw| draw.order(serial))
    }

    fn find_places(&mut self) {
        self.is_drawn = true;
        let Some(draw) = &self.draw else { return };
        let by_serial = std::mem::take(&mut self.places);
        self.places = vec![NOBODY; by_serial.len().max(usize::try_from(draw.len()).unwrap_or(0))];
        for (serial, who) in (0..).zip(by_serial) {
            if let Some(place) = self.places.get_mut(draw.order(serial) as usize) {
                *place = who;
            }
        }
    }
}

fn seed_of(hex: &str) -> Option<[u8; 32]> {
    let mut seed = [0; 32];
    for (byte, digits) in seed.iter_mut().zip(hex.as_bytes().chunks(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
    }
    Some(seed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use preau_base::Instant;
    use preau_gate::Room;

    #[test]
    fn whoever_sleeps_is_woken_at_their_turn_and_once() {
        let now = Instant::from_secs(1_800_000_000);
        let mut room = Room::new(3, [8; 32], Some(now), now);
        let mut asleep = Asleep::default();
        for who in 0..100 {
            let ticket = room.issue(now).unwrap();
            let _ = room.comes_back(&ticket, 1, now);
            assert!(asleep.put(3, ticket.serial, false, who));
        }
        assert!(asleep.wake(&room.figures(now)).is_empty());
        room.open(now);
        assert!(asleep.wake(&room.figures(now)).is_empty());
        room.call(10, now);
        let awake = asleep.wake(&room.figures(now));
        let first: Vec<u64> =
            awake.iter().map(|who| preau_gate::waiting::verify(&[8; 32], 100, u64::from(*who))).collect();
        assert_eq!(first, (0..10).collect::<Vec<u64>>());
        assert!(asleep.wake(&room.figures(now)).is_empty());
        assert!(!asleep.put(3, 5, true, 1), "their turn was shown");
        room.call(90, now);
        assert_eq!(asleep.wake(&room.figures(now)).len(), 90);
        let another = Room::new(4, [8; 32], None, now);
        assert!(asleep.put(3, 200, true, 7));
        assert_eq!(asleep.wake(&another.figures(now)), [7], "their room is gone");
    }
}

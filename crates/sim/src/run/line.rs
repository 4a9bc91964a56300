use std::collections::HashMap;

/// Who was let in from the line, as far as it matters to those who still wait: of the places used, those that no other
/// place exceeds both in number and in the second at which its ticket first came back.
#[derive(Debug, Default)]
pub(super) struct Line {
    rooms: HashMap<u64, Vec<(u64, u16)>>,
}

/// Tickets that came back within so much of each other count as one.
const SAME_S: u16 = 1;

impl Line {
    pub(super) fn enters(&mut self, room: u64, place: u64, back_s: u16) {
        let front = self.rooms.entry(room).or_default();
        if front.iter().any(|(other, at)| *other >= place && *at >= back_s) {
            return;
        }
        front.retain(|(other, at)| *other > place || *at > back_s);
        front.push((place, back_s));
    }

    /// Whether somebody is in who stood behind this place and came back for theirs later: a ticket counts from when it
    /// came back.
    pub(super) fn was_overtaken(&self, room: u64, place: u64, back_s: u16) -> bool {
        let front = self.rooms.get(&room);
        front.is_some_and(|front| front.iter().any(|(other, at)| *other > place && *at > back_s.saturating_add(SAME_S)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_who_came_later_and_stood_behind_overtakes() {
        let mut line = Line::default();
        line.enters(1, 10, 100);
        assert!(line.was_overtaken(1, 5, 50));
        assert!(!line.was_overtaken(1, 5, 100), "came back when the other did");
        assert!(!line.was_overtaken(1, 11, 50), "stood behind");
        assert!(!line.was_overtaken(2, 5, 50), "another room");
        line.enters(1, 8, 90);
        line.enters(1, 20, 60);
        assert!(line.was_overtaken(1, 15, 50) && line.was_overtaken(1, 5, 90));
        assert!(!line.was_overtaken(1, 15, 60));
    }
}

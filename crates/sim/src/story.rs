//! What one person does next: arrive, show a pass or sign in, home, join, stay; wait when told to, reload when stuck, give
//! up when out of patience, close the tab and come back.
//!
//! A pure state machine of two bytes, so that twelve million of them fit into memory. It is asked with what the person
//! saw, and says what they ask for next and after which time.

use crate::limits as l;
use crate::world::Person;
use std::time::Duration;

/// What a person asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ask {
    /// The home page, which sends whoever is not signed in to the sign-in page.
    Home,
    SignInPage,
    /// Login and password.
    SignIn,
    /// The page before the lesson.
    Door,
    /// The token and the WebSocket of the lesson.
    Join,
    /// A sign of life of somebody in the lesson.
    Beat,
}

/// What a person saw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// What was asked for.
    Page,
    /// The sign-in page, or being sent there.
    SignInNeeded,
    /// The waiting page; it comes again by itself after this time.
    Wait { again: Duration },
    /// A page or an answer that says to come again after this time.
    Later { again: Duration },
    /// Nothing, in time: blank, broken off, or an error that says nothing.
    Nothing,
    /// The lesson has ended, or this person has none.
    Over,
}

/// How far somebody got.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reached {
    #[default]
    Nothing,
    SignedIn,
    Home,
    Lesson,
}

/// How a story ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Did what they came for.
    Done,
    /// Lost patience before they were in.
    GaveUp,
}

/// What comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    Ask { what: Ask, after: Duration },
    Gone(End),
}

/// Where somebody is in their morning.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Story {
    /// Bits 0–2 what is asked for, 3–4 how far they got, 5 was told place and time, 6 has closed the tab once.
    facts: u8,
    /// Bits 0–3 failures in a row, 4–7 steps for drawing.
    counts: u8,
}

const ASKS: [Ask; 6] = [Ask::Home, Ask::SignInPage, Ask::SignIn, Ask::Door, Ask::Join, Ask::Beat];
const REACHED: [Reached; 4] = [Reached::Nothing, Reached::SignedIn, Reached::Home, Reached::Lesson];
const TOLD: u8 = 1 << 5;
const CLOSED_TAB: u8 = 1 << 6;
/// Numbers of [`Person::draw`] from here on are for steps.
const STEP_DRAWS: u64 = 100;

impl Story {
    /// A person at the door, who asks for the home page at [`Person::arrives`].
    pub fn begin() -> Self {
        Self::default()
    }

    pub fn asks(self) -> Ask {
        ASKS.get(usize::from(self.facts & 7)).copied().unwrap_or(Ask::Home)
    }

    pub fn reached(self) -> Reached {
        REACHED.get(usize::from(self.facts >> 3 & 3)).copied().unwrap_or_default()
    }

    /// Was on the waiting page.
    pub const fn was_told(self) -> bool {
        self.facts & TOLD != 0
    }

    /// Failures in a row, at most 15.
    pub const fn failures(self) -> u8 {
        self.counts & 15
    }

    /// The two bytes, to keep.
    pub const fn to_bytes(self) -> [u8; 2] {
        [self.facts, self.counts]
    }

    pub const fn from_bytes([facts, counts]: [u8; 2]) -> Self {
        Self { facts, counts }
    }

    /// What the person does after this; `since` is the time since they arrived.
    pub fn next(&mut self, person: &Person, heard: Heard, since: Duration) -> Next {
        self.counts = self.counts.wrapping_add(16);
        if self.is_tired(person, since) {
            return Next::Gone(End::GaveUp);
        }
        match heard {
            Heard::Page => self.got(person, since),
            Heard::SignInNeeded => {
                self.calm();
                self.ask(Ask::SignInPage, Duration::ZERO)
            }
            Heard::Wait { again } => self.waits(person, again),
            Heard::Later { again } => {
                self.calm();
                self.ask(self.asks(), again)
            }
            Heard::Nothing => {
                let failures = (self.failures() + 1).min(15);
                self.counts = self.counts & 0xf0 | failures;
                let after = person.takes_ms(self.step(), (l::RELOAD_S.0 * 1_000, l::RELOAD_S.1 * 1_000));
                self.ask(self.asks(), after)
            }
            Heard::Over => Next::Gone(End::Done),
        }
    }

    /// Out of patience, and not in.
    fn is_tired(self, person: &Person, since: Duration) -> bool {
        let factor = if self.was_told() { l::TOLD_PATIENCE } else { 1 };
        self.reached() < Reached::Home && since > person.patience * factor
    }

    fn got(&mut self, person: &Person, since: Duration) -> Next {
        self.calm();
        let looks = |story: Self| person.takes_ms(story.step(), l::LOOKING_MS);
        match self.asks() {
            Ask::SignInPage => {
                let typing = person.takes_ms(self.step(), (l::TYPING_S.0 * 1_000, l::TYPING_S.1 * 1_000));
                self.ask(Ask::SignIn, typing)
            }
            Ask::SignIn => {
                self.reach(Reached::SignedIn);
                self.ask(Ask::Home, Duration::ZERO)
            }
            Ask::Home => {
                self.reach(Reached::Home);
                if !person.has_lesson {
                    return Next::Gone(End::Done);
                }
                self.ask(Ask::Door, looks(*self))
            }
            Ask::Door => self.ask(Ask::Join, looks(*self)),
            Ask::Join | Ask::Beat => {
                self.reach(Reached::Lesson);
                if since > person.stays {
                    return Next::Gone(End::Done);
                }
                let beat = l::BEAT * person.pace_permille / 1_000;
                self.ask(Ask::Beat, beat.max(Duration::from_millis(200)))
            }
        }
    }

    /// Closes the tab of the waiting page now, where that is what this person does and has not done yet; gives for how long.
    pub fn closes_tab(&mut self, person: &Person) -> Option<Duration> {
        let away = person.closes_tab.filter(|_| self.facts & CLOSED_TAB == 0)?;
        self.facts |= CLOSED_TAB;
        Some(away)
    }

    fn waits(&mut self, person: &Person, again: Duration) -> Next {
        self.calm();
        self.facts |= TOLD;
        let closed = self.facts & CLOSED_TAB != 0;
        match person.closes_tab {
            // Not at once: first they have looked at the page for a while.
            Some(away) if !closed && self.counts >> 4 >= 3 => {
                self.facts |= CLOSED_TAB;
                self.ask(self.asks(), away.max(again))
            }
            _ => self.ask(self.asks(), again),
        }
    }

    const fn calm(&mut self) {
        self.counts &= 0xf0;
    }

    const fn step(self) -> u64 {
        STEP_DRAWS + (self.counts >> 4) as u64 + 16 * (self.facts & 7) as u64
    }

    fn reach(&mut self, reached: Reached) {
        let further = self.reached().max(reached);
        let bits = REACHED.iter().position(|one| *one == further).and_then(|at| u8::try_from(at).ok()).unwrap_or(0);
        self.facts = self.facts & !(3 << 3) | bits << 3;
    }

    fn ask(&mut self, what: Ask, after: Duration) -> Next {
        let bits = ASKS.iter().position(|one| *one == what).and_then(|at| u8::try_from(at).ok()).unwrap_or(0);
        self.facts = self.facts & !7 | bits;
        Next::Ask { what, after }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::World;
    use proptest::prelude::*;

    fn somebody(has_lesson: bool) -> Person {
        Person { has_lesson, closes_tab: None, patience: Duration::from_secs(600), ..World::new(1, 10).person(3) }
    }

    fn asked(next: Next) -> Ask {
        match next {
            Next::Ask { what, .. } => what,
            Next::Gone(end) => panic!("gone: {end:?}"),
        }
    }

    #[test]
    fn a_newcomer_signs_in_and_joins() {
        let person = somebody(true);
        let mut story = Story::begin();
        let s = Duration::from_secs(10);
        assert_eq!(story.asks(), Ask::Home);
        assert_eq!(asked(story.next(&person, Heard::SignInNeeded, s)), Ask::SignInPage);
        assert_eq!(asked(story.next(&person, Heard::Page, s)), Ask::SignIn);
        assert_eq!(asked(story.next(&person, Heard::Page, s)), Ask::Home);
        assert_eq!(story.reached(), Reached::SignedIn);
        assert_eq!(asked(story.next(&person, Heard::Page, s)), Ask::Door);
        assert_eq!(asked(story.next(&person, Heard::Page, s)), Ask::Join);
        assert_eq!(asked(story.next(&person, Heard::Page, s)), Ask::Beat);
        assert_eq!(story.reached(), Reached::Lesson);
        assert_eq!(story.next(&person, Heard::Page, person.stays + s), Next::Gone(End::Done));
    }

    #[test]
    fn who_is_told_waits_longer_than_who_sees_nothing() {
        let person = somebody(true);
        let late = person.patience + Duration::from_secs(1);
        let mut untold = Story::begin();
        assert!(matches!(untold.next(&person, Heard::Nothing, Duration::ZERO), Next::Ask { what: Ask::Home, .. }));
        assert_eq!(untold.failures(), 1);
        assert_eq!(untold.next(&person, Heard::Nothing, late), Next::Gone(End::GaveUp));
        let mut told = Story::begin();
        let again = Duration::from_secs(30);
        let expected = Next::Ask { what: Ask::Home, after: again };
        assert_eq!(told.next(&person, Heard::Wait { again }, Duration::ZERO), expected);
        assert_eq!(told.next(&person, Heard::Wait { again }, late), expected);
        assert_eq!(told.next(&person, Heard::Wait { again }, late * l::TOLD_PATIENCE), Next::Gone(End::GaveUp));
    }

    #[test]
    fn who_is_in_never_gives_up() {
        let person = somebody(true);
        let mut story = Story::begin();
        let _ = story.next(&person, Heard::Page, Duration::ZERO);
        assert!(matches!(
            story.next(&person, Heard::Nothing, person.patience * 100),
            Next::Ask { what: Ask::Door, .. }
        ));
    }

    #[test]
    fn some_close_the_tab_once_and_come_back() {
        let away = Duration::from_secs(300);
        let person = Person { closes_tab: Some(away), ..somebody(true) };
        let mut story = Story::begin();
        let again = Duration::from_secs(10);
        let pauses: Vec<Duration> = (0..8)
            .map(|_| match story.next(&person, Heard::Wait { again }, Duration::ZERO) {
                Next::Ask { after, .. } => after,
                Next::Gone(_) => Duration::ZERO,
            })
            .collect();
        assert_eq!(pauses.iter().filter(|pause| **pause == away).count(), 1, "{pauses:?}");
        assert_eq!(pauses.iter().filter(|pause| **pause == again).count(), 7);
    }

    proptest! {
        #[test]
        fn any_two_bytes_and_any_answers_make_a_story(
            bytes in any::<[u8; 2]>(), number in 0_u32..1_000, answers in prop::collection::vec(0_u8..6, 0..40)
        ) {
            let person = World::new(5, 1_000).person(number);
            let mut story = Story::from_bytes(bytes);
            let mut since = Duration::ZERO;
            for answer in answers {
                let heard = match answer {
                    0 => Heard::Page,
                    1 => Heard::SignInNeeded,
                    2 => Heard::Wait { again: Duration::from_secs(5) },
                    3 => Heard::Later { again: Duration::from_secs(5) },
                    4 => Heard::Nothing,
                    _ => Heard::Over,
                };
                let before = story.reached();
                match story.next(&person, heard, since) {
                    Next::Ask { after, .. } => since += after,
                    Next::Gone(_) => break,
                }
                prop_assert!(story.reached() >= before);
                prop_assert_eq!(Story::from_bytes(story.to_bytes()), story);
            }
        }
    }
}

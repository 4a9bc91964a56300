use super::{Variants, each_variant, one_of};
use super::{
    breakouts, deck, duty, few, flag, instant, maybe, object, own, page, person, poll, rules, shape, some, splice,
    timer,
};
use crate::book::{BoardFact, Fact, PollFact};
use preau_base::PersonId;
use proptest::prelude::*;

/// Every fact, as it is stored.
pub fn facts(people: &[PersonId]) -> Variants<Fact> {
    let person = || person(people);
    each_variant!(Fact {
        Rules: rules().prop_map(|rules| Fact::Rules { rules }),
        Own: (person(), own()).prop_map(|(person, own)| Fact::Own { person, own }),
        Floor: (person(), flag()).prop_map(|(person, has)| Fact::Floor { person, has }),
        Hand: (person(), maybe(instant())).prop_map(|(person, since)| Fact::Hand { person, since }),
        HandsDown: Just(Fact::HandsDown),
        Muted: person().prop_map(|person| Fact::Muted { person }),
        Assistant: (person(), flag()).prop_map(|(person, on)| Fact::Assistant { person, on }),
        Duty: (person(), maybe(duty())).prop_map(|(person, duty)| Fact::Duty { person, duty }),
        Admitted: person().prop_map(|person| Fact::Admitted { person }),
        Refused: person().prop_map(|person| Fact::Refused { person }),
        Held: person().prop_map(|person| Fact::Held { person }),
        Ends: instant().prop_map(|at| Fact::Ends { at }),
        Recording: maybe(instant()).prop_map(|since| Fact::Recording { since }),
        Captions: flag().prop_map(|on| Fact::Captions { on }),
        Timer: maybe(timer()).prop_map(|timer| Fact::Timer { timer }),
        Picked: (person(), flag()).prop_map(|(person, again)| Fact::Picked { person, again }),
        Breakouts: (breakouts(people), maybe(instant()))
            .prop_map(|(breakouts, made)| Fact::Breakouts { breakouts, made }),
        Poll: one_of(of_polls(people)).prop_map(Fact::Poll),
        Board: one_of(of_the_board(people)).prop_map(Fact::Board),
        Notes: splice().prop_map(|splice| Fact::Notes { splice }),
    })
}

fn of_polls(people: &[PersonId]) -> Variants<PollFact> {
    let voted = (few(), person(people), some(few(), 0..=3));
    each_variant!(PollFact {
        Opened: poll(people).prop_map(|poll| PollFact::Opened { poll }),
        Voted: voted.prop_map(|(poll, person, options)| PollFact::Voted { poll, person, options }),
        Closed: few().prop_map(|poll| PollFact::Closed { poll }),
        Shown: few().prop_map(|poll| PollFact::Shown { poll }),
        Dropped: few().prop_map(|poll| PollFact::Dropped { poll }),
    })
}

fn of_the_board(people: &[PersonId]) -> Variants<BoardFact> {
    let by = || person(people);
    each_variant!(BoardFact {
        Added: deck().prop_map(|deck| BoardFact::Added { deck }),
        Dropped: few().prop_map(|deck| BoardFact::Dropped { deck }),
        Paged: (few(), few()).prop_map(|(deck, pages)| BoardFact::Paged { deck, pages }),
        Shown: (few(), page()).prop_map(|(place, page)| BoardFact::Shown { place, page }),
        Drawn: object(people).prop_map(|object| BoardFact::Drawn { object }),
        Changed: (few(), by(), shape()).prop_map(|(object, by, shape)| BoardFact::Changed { object, by, shape }),
        Erased: (by(), some(few(), 0..=3)).prop_map(|(by, objects)| BoardFact::Erased { by, objects }),
        Undone: by().prop_map(|by| BoardFact::Undone { by }),
        Redone: by().prop_map(|by| BoardFact::Redone { by }),
    })
}

use super::{Variants, any_of, each_variant};
use super::{duty, few, flag, id, maybe, own, page, patch, person, pii, point, shape, some, splice, text, to};
use crate::limits::{CALL_CHARS_MAX, CAPTION_CHARS_MAX, LABEL_CHARS_MAX, WIDTH_PX_MAX};
use crate::wire::{Command, Hello, MediaState, NewGroup, Pace, Reaction, Resume};
use preau_base::{PersonId, Pii};
use proptest::prelude::*;

/// Every command within the limits of its frame, mostly about these people. Whether a lesson takes it is its own affair.
pub fn commands(people: &[PersonId]) -> Variants<Command> {
    let person = || person(people);
    each_variant!(Command {
        Hello: hello().prop_map(|hello| Command::Hello(Box::new(hello))),
        Leave: Just(Command::Leave),
        Ping: any::<i64>().prop_map(|at| Command::Ping { at }),
        Offer: pii(2_000).prop_map(|sdp| Command::Offer { sdp }),
        Media: media().prop_map(Command::Media),
        Want: ("[A-Za-z0-9_-]{1,16}", 0..=WIDTH_PX_MAX).prop_map(|(mid, width)| Command::Want { mid, width }),
        Low: (flag(), flag()).prop_map(|(on, weak)| Command::Low { on, weak }),
        Pin: maybe(id()).prop_map(|visit| Command::Pin { visit }),
        Hand: flag().prop_map(|up| Command::Hand { up }),
        React: reaction().prop_map(|kind| Command::React { kind }),
        Pace: maybe(any_of!(Pace: Follow Slower Lost)).prop_map(|is| Command::Pace { is }),
        Chat: (pii(2_000), key(), to(people)).prop_map(|(body, key, to)| Command::Chat { body, key, to }),
        ChatDelete: id().prop_map(|chat| Command::ChatDelete { chat }),
        Vote: (few(), some(few(), 0..=2)).prop_map(|(poll, options)| Command::Vote { poll, options }),
        NotesEdit: (few(), splice()).prop_map(|(version, splice)| Command::NotesEdit { version, splice }),
        Caption: (pii(CAPTION_CHARS_MAX), flag()).prop_map(|(text, is_final)| Command::Caption { text, is_final }),
        Look: page().prop_map(|page| Command::Look { page }),
        Draw: (page(), shape()).prop_map(|(page, shape)| Command::Draw { page, shape }),
        Change: (few(), shape()).prop_map(|(object, shape)| Command::Change { object, shape }),
        Erase: some(few(), 0..=3).prop_map(|objects| Command::Erase { objects }),
        Undo: Just(Command::Undo),
        Redo: Just(Command::Redo),
        Ink: (page(), shape()).prop_map(|(page, shape)| Command::Ink { page, shape }),
        Point: (page(), maybe(point())).prop_map(|(page, at)| Command::Point { page, at }),
        DeckAdd: text(LABEL_CHARS_MAX).prop_map(|name| Command::DeckAdd { name }),
        DeckDrop: few().prop_map(|deck| Command::DeckDrop { deck }),
        PageAdd: few().prop_map(|deck| Command::PageAdd { deck }),
        Show: page().prop_map(|page| Command::Show { page }),
        Mute: person().prop_map(|person| Command::Mute { person }),
        MuteAll: Just(Command::MuteAll),
        LowerHand: maybe(person()).prop_map(|person| Command::LowerHand { person }),
        Rules: patch().prop_map(|rules| Command::Rules { rules }),
        Own: (person(), own()).prop_map(|(person, own)| Command::Own { person, own }),
        Floor: (person(), flag()).prop_map(|(person, has)| Command::Floor { person, has }),
        PaceReset: Just(Command::PaceReset),
        Assistant: (person(), flag()).prop_map(|(person, on)| Command::Assistant { person, on }),
        Duty: (person(), maybe(duty())).prop_map(|(person, duty)| Command::Duty { person, duty }),
        Admit: person().prop_map(|person| Command::Admit { person }),
        AdmitListed: Just(Command::AdmitListed),
        Refuse: person().prop_map(|person| Command::Refuse { person }),
        SendBack: person().prop_map(|person| Command::SendBack { person }),
        Remove: person().prop_map(|person| Command::Remove { person }),
        Prolong: few().prop_map(|minutes| Command::Prolong { minutes }),
        Record: flag().prop_map(|on| Command::Record { on }),
        AutoCaptions: flag().prop_map(|on| Command::AutoCaptions { on }),
        TimerStart: (few(), text(LABEL_CHARS_MAX)).prop_map(|(seconds, label)| Command::TimerStart { seconds, label }),
        TimerStop: Just(Command::TimerStop),
        Pick: Just(Command::Pick),
        Close: Just(Command::Close),
        BreakoutsMake: (some(group(people), 0..=3), flag())
            .prop_map(|(groups, choose)| Command::BreakoutsMake { groups, choose }),
        BreakoutsDeal: few().prop_map(|count| Command::BreakoutsDeal { count }),
        BreakoutsOpen: maybe(few()).prop_map(|minutes| Command::BreakoutsOpen { minutes }),
        BreakoutsClose: Just(Command::BreakoutsClose),
        BreakoutsMove: (person(), few()).prop_map(|(person, place)| Command::BreakoutsMove { person, place }),
        BreakoutsName: (few(), text(LABEL_CHARS_MAX)).prop_map(|(place, name)| Command::BreakoutsName { place, name }),
        BreakoutsVisit: few().prop_map(|place| Command::BreakoutsVisit { place }),
        BreakoutsJoin: few().prop_map(|place| Command::BreakoutsJoin { place }),
        BreakoutsHelp: flag().prop_map(|up| Command::BreakoutsHelp { up }),
        BreakoutsTell: pii(CALL_CHARS_MAX).prop_map(|body| Command::BreakoutsTell { body }),
        PollOpen: poll_open(),
        PollClose: few().prop_map(|poll| Command::PollClose { poll }),
        PollShow: few().prop_map(|poll| Command::PollShow { poll }),
        PollDrop: few().prop_map(|poll| Command::PollDrop { poll }),
    })
}

pub(super) fn reaction() -> impl Strategy<Value = Reaction> {
    any_of!(Reaction: Yes No Applause Heart Laugh Surprise Thinking Thanks)
}

fn hello() -> impl Strategy<Value = Hello> {
    let word = || "[a-z0-9/. -]{0,64}";
    let resume = (id(), word()).prop_map(|(visit, secret): (_, String)| Resume { visit, secret: Pii::new(secret) });
    (word(), few(), maybe(word()), maybe(resume)).prop_map(|(token, protocol, client, resume)| Hello {
        token: Pii::new(token),
        protocol,
        client,
        resume,
    })
}

fn media() -> impl Strategy<Value = MediaState> {
    (flag(), flag(), flag(), few()).prop_map(|(mic, camera, screen, mutes)| MediaState { mic, camera, screen, mutes })
}

/// Few different ones, so that lines are sent twice.
fn key() -> impl Strategy<Value = String> {
    prop_oneof![8 => "ligne-00[0-9]", 1 => "[A-Za-z0-9_-]{8,64}"]
}

fn group(people: &[PersonId]) -> impl Strategy<Value = NewGroup> + use<> {
    (text(LABEL_CHARS_MAX), some(person(people), 0..=2)).prop_map(|(name, people)| NewGroup { name, people })
}

fn poll_open() -> impl Strategy<Value = Command> {
    (text(500), some(text(200), 0..=4), flag(), flag())
        .prop_map(|(question, options, many, anonymous)| Command::PollOpen { question, options, many, anonymous })
}

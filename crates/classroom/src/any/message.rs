use super::command::reaction;
use super::{Variants, any_of, each_variant, id, instant, maybe, person, pii, some, text, to};
use super::{breakouts, deck, duty, few, flag, object, own, page, point, poll, rules, shape, splice, timer};
use crate::limits::{CAPTION_CHARS_MAX, NAME_CHARS_MAX, ORIGIN_CHARS_MAX, TITLE_CHARS_MAX};
use crate::wire::{
    Bye, Code, Device, Expected, Hand, Knock, LeftWhy, Lesson, Line, NotesView, PaceCount, Participant, PictureCodec,
    PollView, Program, Role, Room, ServerMessage, Slot, SlotCount, SlotKind, State, Stoppable, Welcome, You,
};
use preau_base::PersonId;
use proptest::prelude::*;

/// Everything that the server says.
pub fn messages(people: &[PersonId]) -> Variants<ServerMessage> {
    let person = || person(people);
    let room = || room(people).prop_map(Box::new);
    let lines = || some(line(people), 0..=3);
    each_variant!(ServerMessage {
        Welcome: welcome(people).prop_map(|welcome| ServerMessage::Welcome(Box::new(welcome))),
        Entered: room().prop_map(|room| ServerMessage::Entered { room }),
        Waiting: state().prop_map(|state| ServerMessage::Waiting { state }),
        Joined: participant(people).prop_map(|participant| ServerMessage::Joined { participant }),
        Changed: participant(people).prop_map(|participant| ServerMessage::Changed { participant }),
        Left: (person(), left_why()).prop_map(|(person, why)| ServerMessage::Left { person, why }),
        Hands: some(hand(people), 0..=3).prop_map(|hands| ServerMessage::Hands { hands }),
        Floor: some(person(), 0..=3).prop_map(|floor| ServerMessage::Floor { floor }),
        Chat: line(people).prop_map(|line| ServerMessage::Chat { line }),
        ChatDeleted: (id(), person()).prop_map(|(chat, by)| ServerMessage::ChatDeleted { chat, by }),
        GroupChat: lines().prop_map(|chat| ServerMessage::GroupChat { chat }),
        Muted: (person(), few()).prop_map(|(by, mutes)| ServerMessage::Muted { by, mutes }),
        Stopped: (stoppable(), person()).prop_map(|(kind, by)| ServerMessage::Stopped { kind, by }),
        Rules: rules().prop_map(|rules| ServerMessage::Rules { rules }),
        Reaction: (person(), reaction()).prop_map(|(person, kind)| ServerMessage::Reaction { person, kind }),
        Caption: caption(people),
        AutoCaptions: (flag(), flag()).prop_map(|(on, failed)| ServerMessage::AutoCaptions { on, failed }),
        May: (flag(), maybe(text(60))).prop_map(|(record, captions_by)| ServerMessage::May { record, captions_by }),
        Ends: instant().prop_map(|ends| ServerMessage::Ends { ends }),
        Recording: maybe(instant()).prop_map(|since| ServerMessage::Recording { since }),
        Timer: maybe(timer()).prop_map(|timer| ServerMessage::Timer { timer }),
        Picked: person().prop_map(|person| ServerMessage::Picked { person }),
        Breakouts: breakouts(people).prop_map(|breakouts| ServerMessage::Breakouts { breakouts }),
        Called: (person(), pii(500)).prop_map(|(by, body)| ServerMessage::Called { by, body }),
        Poll: poll_view(people).prop_map(|poll| ServerMessage::Poll { poll }),
        PollDropped: few().prop_map(|poll| ServerMessage::PollDropped { poll }),
        Decks: (some(deck(), 0..=3), maybe(page())).prop_map(|(decks, shown)| ServerMessage::Decks { decks, shown }),
        Objects: objects(people),
        Drawn: some(object(people), 0..=3).prop_map(|objects| ServerMessage::Drawn { objects }),
        Erased: (some(few(), 0..=3), person()).prop_map(|(objects, by)| ServerMessage::Erased { objects, by }),
        Inking: inking(people),
        Pointing: pointing(people),
        Notes: notes().prop_map(|notes| ServerMessage::Notes { notes }),
        NotesEdited: notes_edited(people),
        Lobby: some(knock(people), 0..=3).prop_map(|lobby| ServerMessage::Lobby { lobby }),
        Expected: some(expected(people), 0..=3).prop_map(|expected| ServerMessage::Expected { expected }),
        Pace: pace().prop_map(|pace| ServerMessage::Pace { pace }),
        Gate: few().prop_map(|waiting| ServerMessage::Gate { waiting }),
        Answer: (few(), pii(2_000)).prop_map(|(re, sdp)| ServerMessage::Answer { re, sdp }),
        Queued: (few(), few(), few()).prop_map(|(re, place, wait_ms)| ServerMessage::Queued { re, place, wait_ms }),
        Examined: maybe(instant()).prop_map(|until| ServerMessage::Examined { until }),
        Slots: some(slot(people), 0..=3).prop_map(|slots| ServerMessage::Slots { slots }),
        Speaking: some(id(), 0..=3).prop_map(|visits| ServerMessage::Speaking { visits }),
        MediaLost: Just(ServerMessage::MediaLost),
        Line: flag().prop_map(|narrow| ServerMessage::Line { narrow }),
        Codec: codec().prop_map(|codec| ServerMessage::Codec { codec }),
        Sparing: flag().prop_map(|on| ServerMessage::Sparing { on }),
        Ack: ack(),
        Pong: (any::<i64>(), instant()).prop_map(|(at, now)| ServerMessage::Pong { at, now }),
        Error: error(),
        Bye: (bye(), maybe(few())).prop_map(|(code, retry_ms)| ServerMessage::Bye { code, retry_ms }),
    })
}

fn role() -> impl Strategy<Value = Role> {
    any_of!(Role: Teacher Assistant Pupil Observer Guest)
}

fn codec() -> impl Strategy<Value = PictureCodec> {
    any_of!(PictureCodec: Vp8 Vp9 Av1)
}

fn state() -> impl Strategy<Value = State> {
    any_of!(State: Waiting Lobby In)
}

fn left_why() -> impl Strategy<Value = LeftWhy> {
    any_of!(LeftWhy: Left Lost Removed Roster SentBack)
}

fn stoppable() -> impl Strategy<Value = Stoppable> {
    any_of!(Stoppable: Camera Screen)
}

fn code() -> impl Strategy<Value = Code> {
    any_of!(Code: BadMessage UnknownType TooFast NotIn NotAllowed Locked UnknownPerson UnknownThing Full Stale
        ScreenTaken CamerasFull Muted Empty TooLong BadText NotStored BadSdp MediaUnavailable JoinsFull)
}

fn bye() -> impl Strategy<Value = Bye> {
    any_of!(Bye: Left HelloLate BadFrames BadToken NotOnRoster Removed Closed Replaced Reload Slow Flood Full Restart
        NoLesson Busy SignedOut TurnedAway Over)
}

fn hand(people: &[PersonId]) -> impl Strategy<Value = Hand> + use<> {
    (person(people), instant()).prop_map(|(person, since)| Hand { person, since })
}

fn line(people: &[PersonId]) -> impl Strategy<Value = Line> + use<> {
    let said = (id(), person(people), pii(NAME_CHARS_MAX), pii(2_000));
    (said, instant(), to(people), flag()).prop_map(|((chat, person, name, body), at, to, guest)| Line {
        chat,
        person,
        name,
        body,
        at,
        to,
        guest,
    })
}

fn caption(people: &[PersonId]) -> impl Strategy<Value = ServerMessage> + use<> {
    (person(people), pii(CAPTION_CHARS_MAX), flag(), flag())
        .prop_map(|(by, text, is_final, auto)| ServerMessage::Caption { by, text, is_final, auto })
}

fn objects(people: &[PersonId]) -> impl Strategy<Value = ServerMessage> + use<> {
    (page(), some(object(people), 0..=3), flag(), flag())
        .prop_map(|(page, objects, first, last)| ServerMessage::Objects { page, objects, first, last })
}

fn inking(people: &[PersonId]) -> impl Strategy<Value = ServerMessage> + use<> {
    (person(people), page(), shape()).prop_map(|(person, page, shape)| ServerMessage::Inking { person, page, shape })
}

fn pointing(people: &[PersonId]) -> impl Strategy<Value = ServerMessage> + use<> {
    let at = maybe(point());
    (person(people), page(), at).prop_map(|(person, page, at)| ServerMessage::Pointing { person, page, at })
}

fn notes_edited(people: &[PersonId]) -> impl Strategy<Value = ServerMessage> + use<> {
    let edit = (few(), person(people), splice());
    edit.prop_map(|(version, by, splice)| ServerMessage::NotesEdited { version, by, splice })
}

fn ack() -> impl Strategy<Value = ServerMessage> {
    let done = (few(), maybe(id()), maybe(instant()), maybe(few()));
    done.prop_map(|(re, chat, at, made)| ServerMessage::Ack { re, chat, at, made })
}

fn error() -> impl Strategy<Value = ServerMessage> {
    (maybe(few()), code(), maybe(few())).prop_map(|(re, code, retry_ms)| ServerMessage::Error { re, code, retry_ms })
}

fn device() -> impl Strategy<Value = Device> {
    let program = any_of!(Program: Publisher Player);
    (id(), flag(), flag(), flag(), flag(), maybe(program))
        .prop_map(|(visit, away, mic, camera, screen, program)| Device { visit, away, mic, camera, screen, program })
}

fn participant(people: &[PersonId]) -> impl Strategy<Value = Participant> + use<> {
    let who = (person(people), pii(NAME_CHARS_MAX), role(), flag());
    (who, maybe(duty()), maybe(own()), some(device(), 0..=3)).prop_map(
        |((person, name, role, listed), duty, own, devices)| Participant {
            person,
            name,
            role,
            listed,
            duty,
            own,
            devices,
        },
    )
}

fn knock(people: &[PersonId]) -> impl Strategy<Value = Knock> + use<> {
    (person(people), pii(NAME_CHARS_MAX), role(), flag(), text(ORIGIN_CHARS_MAX), instant())
        .prop_map(|(person, name, role, listed, origin, since)| Knock { person, name, role, listed, origin, since })
}

fn expected(people: &[PersonId]) -> impl Strategy<Value = Expected> + use<> {
    (person(people), pii(NAME_CHARS_MAX)).prop_map(|(person, name)| Expected { person, name })
}

fn pace() -> impl Strategy<Value = PaceCount> {
    (few(), few(), few()).prop_map(|(follow, slower, lost)| PaceCount { follow, slower, lost })
}

fn notes() -> impl Strategy<Value = NotesView> {
    (few(), pii(4_096)).prop_map(|(version, text)| NotesView { version, text })
}

fn slot(people: &[PersonId]) -> impl Strategy<Value = Slot> + use<> {
    let kind = any_of!(SlotKind: Voice Camera Screen);
    ("[a-z0-9]{1,4}", kind, person(people), id(), flag()).prop_map(|(mid, kind, person, visit, paused)| Slot {
        mid,
        kind,
        person,
        visit,
        paused,
    })
}

/// As it is seen by one of these, or by a stranger.
fn poll_view(people: &[PersonId]) -> impl Strategy<Value = PollView> + use<> {
    (poll(people), person(people), role()).prop_map(|(poll, person, role)| PollView::of(&poll, person, role))
}

fn room(people: &[PersonId]) -> impl Strategy<Value = Room> + use<> {
    let who = (some(participant(people), 0..=3), some(hand(people), 0..=3), some(person(people), 0..=3));
    let said = (some(line(people), 0..=3), notes(), some(poll_view(people), 0..=2));
    let how = (rules(), maybe(instant()), flag(), maybe(timer()), breakouts(people));
    let board = (some(deck(), 0..=3), maybe(page()));
    let for_leaders = (maybe(some(knock(people), 0..=2)), maybe(some(expected(people), 0..=2)), maybe(pace()));
    (who, said, how, board, for_leaders).prop_map(|(who, said, how, (decks, shown), (lobby, expected, pace))| {
        let ((participants, hands, floor), (chat, notes, polls)) = (who, said);
        let (rules, recording, auto_captions, timer, breakouts) = how;
        Room {
            participants,
            hands,
            floor,
            chat,
            rules,
            recording,
            auto_captions,
            timer,
            breakouts,
            polls,
            decks,
            shown,
            notes,
            lobby,
            expected,
            pace,
        }
    })
}

fn welcome(people: &[PersonId]) -> impl Strategy<Value = Welcome> + use<> {
    let you = (person(people), pii(NAME_CHARS_MAX), role(), id(), pii(32), few())
        .prop_map(|(person, name, role, visit, secret, mutes)| You { person, name, role, visit, secret, mutes });
    let times = (id(), text(TITLE_CHARS_MAX), instant(), instant());
    let lesson = (times, flag(), codec(), flag(), maybe(text(60))).prop_map(
        |((lesson, title, starts, ends), lean, codec, may_record, captions_by)| Lesson {
            lesson,
            title,
            starts,
            ends,
            lean,
            codec,
            may_record,
            captions_by,
        },
    );
    let slots = (few(), few()).prop_map(|(voices, pictures)| SlotCount { voices, pictures });
    (few(), instant(), you, flag(), state(), lesson, slots, maybe(room(people))).prop_map(
        |(protocol, now, you, resumed, state, lesson, slots, room)| Welcome {
            protocol,
            now,
            you,
            resumed,
            state,
            lesson,
            slots,
            room,
        },
    )
}

//! Any value of the protocol, for property tests: a strategy for each variant, and none without one.

mod command;
mod fact;
mod message;

pub use command::commands;
pub use fact::facts;
pub use message::messages;

use crate::book::{
    Breakouts, CamerasSeen, Colour, Deck, DeckKind, Duty, Form, Group, Object, Own, PageRef, Point, Poll, Rules,
    RulesPatch, Shape, Splice, Timer,
};
use crate::wire::To;
use preau_base::{Instant, PersonId, Pii};
use proptest::prelude::*;
use proptest::strategy::Union;
use std::fmt::Debug;
use std::ops::RangeInclusive;
use std::str::FromStr;

/// A strategy for each variant of an enum, by its name.
pub type Variants<T> = Vec<(&'static str, BoxedStrategy<T>)>;

/// [`Variants`] of an enum. While one is missing this does not compile: the match has to know them all. That each
/// strategy gives the variant that it stands for is checked with every value.
macro_rules! each_variant {
    ($Enum:ident { $($Variant:ident: $strategy:expr,)* }) => {{
        const fn name_of(value: &$Enum) -> &'static str {
            match value { $($Enum::$Variant { .. } => stringify!($Variant),)* }
        }
        fn checked(name: &'static str, strategy: impl Strategy<Value = $Enum> + 'static) -> (&'static str, BoxedStrategy<$Enum>) {
            (name, strategy.prop_map(move |value| { assert_eq!(name_of(&value), name); value }).boxed())
        }
        vec![$(checked(stringify!($Variant), $strategy),)*]
    }};
}
pub(crate) use each_variant;

/// Any of an enum without fields; while a variant is missing this does not compile.
macro_rules! any_of {
    ($Enum:ident: $($Variant:ident)*) => {{
        const fn _knows(value: $Enum) { match value { $($Enum::$Variant => {})* } }
        prop::sample::select(vec![$($Enum::$Variant,)*])
    }};
}
pub(crate) use any_of;

/// Any value of any variant.
pub fn one_of<T: Debug>(variants: Variants<T>) -> Union<BoxedStrategy<T>> {
    Union::new(variants.into_iter().map(|(_, strategy)| strategy))
}

pub fn id<T: FromStr<Err: Debug> + Debug>() -> impl Strategy<Value = T> {
    any::<u128>().prop_map(|bits| format!("{bits:032x}").parse().expect("as many digits as an id has"))
}

/// Mostly one of these, now and then a stranger.
pub fn person(people: &[PersonId]) -> BoxedStrategy<PersonId> {
    match people {
        [] => id().boxed(),
        people => prop_oneof![12 => prop::sample::select(people.to_vec()), 1 => id()].boxed(),
    }
}

fn instant() -> impl Strategy<Value = Instant> {
    any::<i64>().prop_map(Instant::from_millis)
}

/// A number that often is one of the first, as those of pages, objects and places are.
fn few<T: Arbitrary + From<u8> + 'static>() -> impl Strategy<Value = T> {
    prop_oneof![8 => (0..4_u8).prop_map(T::from), 1 => any::<T>()]
}

/// A few words, or hostile ones, or as long as may be, or longer.
fn text(chars_max: usize) -> impl Strategy<Value = String> {
    prop_oneof![
        8 => "[a-zé’ ]{1,12}",
        1 => any::<String>(),
        1 => (0..2_usize).prop_map(move |more| "é".repeat(chars_max + more)),
    ]
}

fn pii(chars_max: usize) -> impl Strategy<Value = Pii<String>> {
    text(chars_max).prop_map(Pii::new)
}

fn maybe<S: Strategy>(strategy: S) -> impl Strategy<Value = Option<S::Value>> {
    prop::option::of(strategy)
}

fn some<S: Strategy>(strategy: S, count: RangeInclusive<usize>) -> impl Strategy<Value = Vec<S::Value>> {
    prop::collection::vec(strategy, count)
}

fn flag() -> impl Strategy<Value = bool> {
    any::<bool>()
}

fn cameras_seen() -> impl Strategy<Value = CamerasSeen> {
    any_of!(CamerasSeen: All Leaders)
}

fn duty() -> impl Strategy<Value = Duty> {
    any_of!(Duty: Captioner Interpreter)
}

fn patch() -> impl Strategy<Value = RulesPatch> {
    let flags = prop::array::uniform12(maybe(flag()));
    (flags, maybe(cameras_seen()), maybe(few()), maybe(few()), maybe(few())).prop_map(
        |(flags, cameras_seen, cameras_max, slow_s, alone_min)| {
            let [mic, camera, screen, chat, hand, board, react, notes, leaf, private, muted_at_entry, locked] = flags;
            RulesPatch {
                mic,
                camera,
                screen,
                chat,
                hand,
                board,
                react,
                notes,
                leaf,
                private,
                muted_at_entry,
                cameras_seen,
                cameras_max,
                slow_s,
                locked,
                alone_min,
            }
        },
    )
}

fn rules() -> impl Strategy<Value = Rules> {
    patch().prop_map(|patch| patch.on(Rules::default()))
}

fn own() -> impl Strategy<Value = Own> {
    prop::array::uniform6(maybe(flag())).prop_map(|[mic, camera, screen, chat, board, notes]| Own {
        mic,
        camera,
        screen,
        chat,
        board,
        notes,
    })
}

fn page() -> impl Strategy<Value = PageRef> {
    (few(), prop_oneof![4 => Just(0), 1 => few()]).prop_map(|(deck, page)| PageRef { deck, page })
}

fn point() -> impl Strategy<Value = Point> {
    (any::<i16>(), any::<i16>()).prop_map(|(x, y)| Point(x, y))
}

fn look() -> impl Strategy<Value = (Colour, u8)> {
    (prop_oneof![8 => 0..12_u8, 1 => any::<u8>()].prop_map(Colour), any::<u8>())
}

fn shape() -> impl Strategy<Value = Shape> {
    let form = any_of!(Form: Line Arrow Rectangle Ellipse);
    let points = prop_oneof![8 => some(point(), 0..=4), 1 => some(point(), 790..=800)];
    one_of(each_variant!(Shape {
        Pen: (look(), points).prop_map(|((colour, width), points)| Shape::Pen { colour, width, points }),
        Form: (form, look(), flag(), point(), point())
            .prop_map(|(form, (colour, width), fill, from, to)| Shape::Form { form, colour, width, fill, from, to }),
        Text: (look(), point(), text(1_000)).prop_map(|((colour, size), at, text)| Shape::Text {
            colour,
            size,
            at,
            text
        }),
        Picture: (id(), point(), point()).prop_map(|(file, from, to)| Shape::Picture { file, from, to }),
    }))
}

fn object(people: &[PersonId]) -> impl Strategy<Value = Object> + use<> {
    (few(), person(people), page(), shape()).prop_map(|(object, by, page, shape)| Object { object, by, page, shape })
}

fn deck() -> impl Strategy<Value = Deck> {
    let kind = one_of(each_variant!(DeckKind {
        Board: Just(DeckKind::Board),
        Document: id().prop_map(|file| DeckKind::Document { file }),
    }));
    (few(), kind, text(100), few(), few()).prop_map(|(deck, kind, name, pages, place)| Deck {
        deck,
        kind,
        name,
        pages,
        place,
    })
}

fn splice() -> impl Strategy<Value = Splice> {
    (few(), few(), text(4_096)).prop_map(|(at, cut, put)| Splice { at, cut, put })
}

fn timer() -> impl Strategy<Value = Timer> {
    (instant(), text(100)).prop_map(|(ends, label)| Timer { ends, label })
}

fn breakouts(people: &[PersonId]) -> impl Strategy<Value = Breakouts> + use<> {
    let members = prop::collection::btree_set(person(people), 0..4);
    let group = (text(100), members, flag()).prop_map(|(name, people, help)| Group { name, people, help });
    (flag(), maybe(instant()), flag(), some(group, 0..=3)).prop_map(|(open, ends, choose, groups)| Breakouts {
        open,
        ends,
        choose,
        groups,
    })
}

fn poll(people: &[PersonId]) -> impl Strategy<Value = Poll> + use<> {
    let votes = prop::collection::btree_map(person(people), some(few(), 0..=3), 0..4);
    let said = (few(), text(500), some(text(200), 0..=4), instant());
    (said, flag(), flag(), flag(), flag(), votes).prop_map(
        |((poll, question, options, since), many, anonymous, open, shown, votes)| Poll {
            poll,
            question,
            options,
            many,
            anonymous,
            since,
            open,
            shown,
            votes,
        },
    )
}

fn to(people: &[PersonId]) -> impl Strategy<Value = To> + use<> {
    one_of(each_variant!(To {
        Class: Just(To::Class),
        Leaders: Just(To::Leaders),
        Person: person(people).prop_map(To::Person),
        Place: few().prop_map(To::Place),
    }))
}

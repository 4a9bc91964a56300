use super::*;
use proptest::prelude::*;

const DUE: Instant = Instant::from_secs(1_000);
const BEFORE: Instant = Instant::from_secs(999);
const AFTER: Instant = Instant::from_secs(1_001);
const LATER: Instant = Instant::from_secs(2_000);

fn online() -> Terms {
    Terms { ways: Ways { text: true, ..Ways::default() }, deadline: Some(DUE), ..Terms::default() }
}

#[test]
fn what_is_late_is_taken_or_not_by_its_rule() {
    let closed = Terms { late_rule: LateRule::Closed, ..online() };
    let extended = Terms { extended_to: Some(LATER), ..closed };
    let paper = Terms { ways: Ways { paper: true, ..Ways::default() }, ..online() };
    for (terms, at, expect) in [
        (online(), BEFORE, Ok(false)),
        (online(), DUE, Ok(false)),
        (online(), AFTER, Ok(true)),
        (closed, BEFORE, Ok(false)),
        (closed, AFTER, Err(NotTaken::Late)),
        (extended, AFTER, Ok(false)),
        (extended, LATER, Ok(false)),
        (extended, Instant::from_secs(2_001), Err(NotTaken::Late)),
        (Terms { extended_to: Some(BEFORE), ..closed }, DUE, Ok(false)),
        (Terms { returned: true, ..online() }, BEFORE, Err(NotTaken::Returned)),
        (Terms { deadline: None, ..closed }, LATER, Ok(false)),
        (paper, BEFORE, Err(NotTaken::NotOnline)),
    ] {
        assert_eq!(terms.may_hand_in(at), expect, "{terms:?} at {at:?}");
    }
}

#[test]
fn a_pupils_work_is_in_one_state() {
    let handed = |late| Progress { handed_in_late: Some(late), ..Progress::default() };
    let draft = Progress { has_draft: true, ..Progress::default() };
    let done = Progress { done: true, ..Progress::default() };
    let only_to_do = Terms { ways: Ways::default(), ..online() };
    for (terms, progress, at, expect) in [
        (online(), Progress::default(), BEFORE, State::Todo),
        (online(), draft, BEFORE, State::Started),
        (online(), draft, AFTER, State::Missing),
        (online(), handed(false), AFTER, State::HandedIn),
        (online(), handed(true), AFTER, State::HandedInLate),
        (Terms { returned: true, ..online() }, handed(true), AFTER, State::Returned),
        (Terms { extended_to: Some(LATER), ..online() }, Progress::default(), AFTER, State::Todo),
        (only_to_do, Progress::default(), AFTER, State::Todo),
        (only_to_do, done, AFTER, State::Done),
    ] {
        assert_eq!(state(&terms, progress, at), expect);
    }
}

#[test]
fn marks_are_read_as_people_write_them() {
    for (text, expect) in [
        ("14", Some(1_400)),
        ("14,5", Some(1_450)),
        (" 14.25 ", Some(1_425)),
        ("0", Some(0)),
        ("20", Some(2_000)),
        ("20,01", None),
        ("-1", None),
        ("14,555", None),
        ("", None),
        (",5", None),
        ("1e3", None),
        ("=1+1", None),
    ] {
        assert_eq!(parse_mark(text, 2_000), expect, "{text}");
    }
    assert_eq!([1_400, 1_450, 1_405].map(|mark| mark_text(mark, ',')), ["14", "14,5", "14,05"]);
}

proptest! {
    #[test]
    fn ways_read_back(flags in proptest::array::uniform5(any::<bool>())) {
        let [paper, text, files, photos, audio] = flags;
        let ways = Ways { paper, text, files, photos, audio };
        prop_assert_eq!(ways.to_string().parse::<Ways>(), Ok(ways));
    }

    #[test]
    fn marks_read_back(mark in 0..=MARK_MAX, decimal in prop_oneof![Just(','), Just('.')]) {
        prop_assert_eq!(parse_mark(&mark_text(mark, decimal), MARK_MAX), Some(mark));
    }

    #[test]
    fn no_text_makes_it_panic(text in "\\PC{0,12}|[0-9,.]{0,12}") {
        let _ = parse_mark(&text, MARK_MAX);
        let _ = text.parse::<Ways>();
    }

    /// Time only closes: once nothing is taken any more, nothing is taken later either.
    #[test]
    fn what_is_closed_stays_closed(at in 0_i64..3_000, wait in 0_i64..3_000, extended in proptest::option::of(0_i64..3_000)) {
        let terms = Terms { late_rule: LateRule::Closed, extended_to: extended.map(Instant::from_secs), ..online() };
        if terms.may_hand_in(Instant::from_secs(at)).is_err() {
            prop_assert!(terms.may_hand_in(Instant::from_secs(at + wait)).is_err());
        }
    }
}

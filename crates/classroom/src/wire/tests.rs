mod travel;

use super::*;
use crate::book::{CamerasSeen, Colour, PageRef, Point, RulesPatch, Shape, Splice};
use crate::limits::{FRAME_BYTES_MAX, OFFER_FRAME_BYTES_MAX};
use preau_base::Instant;
use preau_base::{PersonId, Pii};
use proptest::prelude::*;

const PERSON: &str = "0190a1b2-c3d4-7e5f-8a6b-7c8d9e0f1a2b";

fn check(frame: &str, expect: Result<(Option<u32>, Command), (Option<u32>, Code)>) {
    let got = parse(frame).map(|incoming| (incoming.id, incoming.command)).map_err(|fault| (fault.id, fault.code));
    assert_eq!(got, expect, "{frame}");
}

fn person() -> PersonId {
    PERSON.parse().expect("a UUID")
}

#[test]
fn reads_every_command() {
    check(r#"{"v":1,"type":"hand","id":7,"up":true}"#, Ok((Some(7), Command::Hand { up: true })));
    check(
        r#"{"v":1,"type":"offer","id":1,"sdp":"v=0\r\n"}"#,
        Ok((Some(1), Command::Offer { sdp: Pii::new("v=0\r\n".to_owned()) })),
    );
    check(
        r#"{"v":1,"type":"media","mic":true,"camera":false,"screen":false,"mutes":2,"later":[]}"#,
        Ok((None, Command::Media(MediaState { mic: true, camera: false, screen: false, mutes: 2 }))),
    );
    check(r#"{"v":1,"type":"want","mid":"6","width":640}"#, Ok((None, Command::Want { mid: "6".into(), width: 640 })));
    check(r#"{"v":1,"type":"low","on":true}"#, Ok((None, Command::Low { on: true, weak: false })));
    check(r#"{"v":1,"type":"low","on":true,"weak":true}"#, Ok((None, Command::Low { on: true, weak: true })));
    check(
        r#"{"v":1,"type":"chat","id":4,"body":" Bonjour ","key":"c0ffee-0001"}"#,
        Ok((
            Some(4),
            Command::Chat { body: Pii::new(" Bonjour ".to_owned()), key: "c0ffee-0001".into(), to: To::Class },
        )),
    );
    let mute = format!(r#"{{"v":1,"type":"mute","person":"{PERSON}"}}"#);
    check(&mute, Ok((None, Command::Mute { person: person() })));
    check(r#"{"v":1,"type":"mute_all","id":6}"#, Ok((Some(6), Command::MuteAll)));
    check(r#"{"v":1,"type":"lower_hand"}"#, Ok((None, Command::LowerHand { person: None })));
    check(r#"{"v":1,"type":"close"}"#, Ok((None, Command::Close)));
    check(r#"{"v":1,"type":"leave"}"#, Ok((None, Command::Leave)));
    check(r#"{"v":1,"type":"ping","at":-3}"#, Ok((None, Command::Ping { at: -3 })));
    let hello = parse(r#"{"v":1,"type":"hello","token":"t","protocol":1}"#).map(|incoming| incoming.command);
    let expect = Hello { token: Pii::new("t".to_owned()), protocol: 1, client: None, resume: None };
    assert_eq!(hello, Ok(Command::Hello(Box::new(expect))));
}

#[test]
fn names_what_is_wrong() {
    let bad = |id| Err((id, Code::BadMessage));
    for frame in ["", "null", "[]", "7", "{", r#"{"v":1}"#, r#"{"type":"leave"}"#, r#"{"v":"1","type":"leave"}"#] {
        check(frame, bad(None));
    }
    check(r#"{"v":1,"type":"dance","id":3}"#, Err((Some(3), Code::UnknownType)));
    check(r#"{"v":2,"type":"leave","id":3}"#, bad(Some(3)));
    check(r#"{"v":1,"type":"leave","id":0}"#, bad(None));
    check(r#"{"v":1,"type":"leave","id":2147483648}"#, bad(None));
    check(r#"{"v":1,"type":"hand","id":3,"up":1}"#, bad(Some(3)));
    check(r#"{"v":1,"type":"hand","id":3}"#, bad(Some(3)));
    check(r#"{"v":1,"type":"chat","body":"x","key":"c0ffee-0001"}"#, bad(None));
    check(r#"{"v":1,"type":"chat","id":3,"body":"x","key":"court"}"#, bad(Some(3)));
    check(r#"{"v":1,"type":"chat","id":3,"body":"x","key":"avec espace"}"#, bad(Some(3)));
    check(r#"{"v":1,"type":"want","id":3,"mid":"","width":1}"#, bad(Some(3)));
    check(r#"{"v":1,"type":"want","id":3,"mid":"6","width":8193}"#, bad(Some(3)));
    check(r#"{"v":1,"type":"mute","id":3,"person":"tous"}"#, bad(Some(3)));
    check(&"[".repeat(60_000), bad(None));
}

#[test]
fn frames_have_a_size() {
    let chat = |chars| format!(r#"{{"v":1,"type":"chat","id":1,"body":"{}","key":"c0ffee-0001"}}"#, "x".repeat(chars));
    assert!(parse(&chat(2_000)).is_ok());
    assert_eq!(parse(&chat(FRAME_BYTES_MAX)), Err(Fault { id: Some(1), code: Code::BadMessage }));
    let offer = |chars| format!(r#"{{"v":1,"type":"offer","id":1,"sdp":"{}"}}"#, "x".repeat(chars));
    assert!(parse(&offer(FRAME_BYTES_MAX)).is_ok());
    assert_eq!(parse(&offer(OFFER_FRAME_BYTES_MAX)), Err(Fault { id: None, code: Code::BadMessage }));
}

#[test]
fn endings_have_numbers_of_their_own() {
    let codes: std::collections::BTreeSet<u16> = Bye::ALL.iter().map(|bye| bye.close_code()).collect();
    assert_eq!(codes.len(), Bye::ALL.len());
    assert!(codes.iter().all(|code| (4_000..5_000).contains(code)));
    let text = write(&ServerMessage::Bye { code: Bye::Removed, retry_ms: Bye::Removed.retry_ms() });
    assert_eq!(text, r#"{"v":1,"type":"bye","code":"removed","retry_ms":null}"#);
}

#[test]
fn errors_and_acks_are_written_as_documented() {
    let error = |re| write(&ServerMessage::Error { re, code: Code::NotAllowed, retry_ms: None });
    assert_eq!(error(Some(7)), r#"{"v":1,"type":"error","re":7,"code":"not_allowed"}"#);
    assert_eq!(error(None), r#"{"v":1,"type":"error","code":"not_allowed"}"#);
    assert_eq!(
        write(&ServerMessage::Ack { re: 7, chat: None, at: None, made: None }),
        r#"{"v":1,"type":"ack","re":7}"#
    );
    assert_eq!(write(&ServerMessage::Gate { waiting: 3 }), r#"{"v":1,"type":"gate","waiting":3}"#);
    let full = ServerMessage::Error { re: Some(7), code: Code::JoinsFull, retry_ms: Some(9_000) };
    assert_eq!(write(&full), r#"{"v":1,"type":"error","re":7,"code":"joins_full","retry_ms":9000}"#);
    let queued = ServerMessage::Queued { re: 7, place: 12, wait_ms: 4_000 };
    assert_eq!(write(&queued), r#"{"v":1,"type":"queued","re":7,"place":12,"wait_ms":4000}"#);
    let examined = |until| write(&ServerMessage::Examined { until });
    assert_eq!(examined(Some(Instant::from_millis(5))), r#"{"v":1,"type":"examined","until":5}"#);
    assert_eq!(examined(None), r#"{"v":1,"type":"examined","until":null}"#);
    assert_eq!(write(&ServerMessage::MediaLost), r#"{"v":1,"type":"media_lost"}"#);
}

/// JSON that looks like messages, with wrong types and odd values.
fn odd_message() -> impl Strategy<Value = String> {
    let value = prop_oneof![
        Just("true".to_owned()),
        Just("null".to_owned()),
        any::<i64>().prop_map(|number| number.to_string()),
        any::<f64>().prop_map(|number| number.to_string()),
        any::<String>().prop_map(|text| serde_json::to_string(&text).expect("text can be written")),
        Just(format!("\"{PERSON}\"")),
        Just("{}".to_owned()),
        Just("[[[]]]".to_owned()),
    ];
    let name = prop::sample::select(vec![
        "v",
        "type",
        "id",
        "up",
        "sdp",
        "mid",
        "width",
        "body",
        "key",
        "person",
        "at",
        "token",
        "protocol",
        "resume",
        "mic",
        "camera",
        "screen",
        "mutes",
        "on",
        "client",
        "to",
        "chat",
        "poll",
        "options",
        "version",
        "splice",
        "text",
        "final",
        "page",
        "shape",
        "object",
        "objects",
        "name",
        "deck",
        "rules",
        "own",
        "has",
        "duty",
        "minutes",
        "seconds",
        "label",
        "groups",
        "count",
        "place",
        "question",
        "many",
        "anonymous",
        "is",
        "kind",
        "visit",
    ]);
    let kind = prop::sample::select([&Command::TYPES[..], &["?"]].concat());
    (kind, prop::collection::vec((name, value), 0..6)).prop_map(|(kind, fields)| {
        let fields: String = fields.iter().map(|(name, value)| format!(r#","{name}":{value}"#)).collect();
        format!(r#"{{"v":1,"type":"{kind}"{fields}}}"#)
    })
}

/// What came through is within its limits.
fn assert_bounds(incoming: &Incoming) {
    assert!(incoming.id.is_none_or(|id| (1..=0x7fff_ffff).contains(&id)));
    match &incoming.command {
        Command::Want { mid, width } => assert!((1..=16).contains(&mid.len()) && *width <= 8_192),
        Command::Chat { key, body, .. } => {
            assert!((8..=64).contains(&key.len()) && body.reveal().len() <= FRAME_BYTES_MAX)
        }
        Command::Hello(hello) => assert!(hello.token.reveal().chars().count() <= 1_024),
        _ => {}
    }
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in any::<String>()) {
        if let Ok(incoming) = parse(&text) {
            assert_bounds(&incoming);
        }
    }

    #[test]
    fn odd_messages_are_read_or_refused(text in odd_message()) {
        if let Ok(incoming) = parse(&text) {
            assert_bounds(&incoming);
        }
    }

    #[test]
    fn cut_messages_are_refused(cut in 0..50_usize) {
        let whole = r#"{"v":1,"type":"chat","id":4,"body":"Été","key":"c0ffee-0001"}"#;
        let end = (0..=cut).rev().find(|end| whole.is_char_boundary(*end)).unwrap_or(0);
        prop_assert!(parse(&whole[..end]).is_err());
    }
}

#[test]
fn reads_the_commands_of_every_tool() {
    let page = PageRef { deck: 2, page: 7 };
    check(
        r#"{"v":1,"type":"chat","id":4,"body":"x","key":"c0ffee-0001","to":{"place":2}}"#,
        Ok((Some(4), Command::Chat { body: Pii::new("x".into()), key: "c0ffee-0001".into(), to: To::Place(2) })),
    );
    check(
        r#"{"v":1,"type":"rules","rules":{"mic":false,"cameras_seen":"leaders","later":1}}"#,
        Ok((
            None,
            Command::Rules {
                rules: RulesPatch {
                    mic: Some(false),
                    cameras_seen: Some(CamerasSeen::Leaders),
                    ..RulesPatch::default()
                },
            },
        )),
    );
    check(
        r#"{"v":1,"type":"draw","id":1,"page":{"deck":2,"page":7},"shape":{"is":"pen","colour":3,"width":12,"points":[[1,2],[-3,4]]}}"#,
        Ok((
            Some(1),
            Command::Draw {
                page,
                shape: Shape::Pen { colour: Colour(3), width: 12, points: vec![Point(1, 2), Point(-3, 4)] },
            },
        )),
    );
    check(
        r#"{"v":1,"type":"notes_edit","version":3,"splice":{"at":0,"cut":1,"put":"é"}}"#,
        Ok((None, Command::NotesEdit { version: 3, splice: Splice { at: 0, cut: 1, put: "é".into() } })),
    );
    check(
        r#"{"v":1,"type":"draw","id":1,"page":{"deck":2,"page":70000},"shape":{}}"#,
        Err((Some(1), Code::BadMessage)),
    );
    check(r#"{"v":1,"type":"vote","poll":1,"options":[256]}"#, Err((None, Code::BadMessage)));
}

//! The table of the protocol's page, taken at its word: every command from every role, in and not in.

use super::*;
use crate::wire::{Incoming, parse};

const PAGE: &str = include_str!("../../../../docs/protocol/class.md");

/// The columns of the table, from left to right, with persons of each: those of the first wait for a teacher, or knock.
const COLUMNS: [&[usize]; 5] =
    [&[INES, INSPECTOR, LINA, AUTHOR, OUTSIDER], &[INSPECTOR], &[INES, AUTHOR, OUTSIDER], &[LINA], &[TEACHER]];

/// What the page says of each command: a cell for each column.
fn table() -> Vec<(String, Vec<String>)> {
    let rows = PAGE.lines().skip_while(|line| !line.starts_with("| command | not in |")).skip(2);
    let rows = rows.take_while(|line| line.starts_with('|'));
    let mut found = Vec::new();
    let mut others = Vec::new();
    for row in rows {
        let cells: Vec<String> = row.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect();
        let (first, rest) = cells.split_first().expect("a row has cells");
        assert_eq!(rest.len(), COLUMNS.len(), "{row}");
        if first == "all others" {
            others = rest.to_vec();
            continue;
        }
        let names = first.split('`').skip(1).step_by(2);
        found.extend(names.map(|name| (name.to_owned(), rest.to_vec())));
    }
    let named: Vec<String> = found.iter().map(|(name, _)| name.clone()).collect();
    for name in Command::TYPES.iter().filter(|name| **name != "hello" && !named.iter().any(|named| named == *name)) {
        found.push(((*name).to_owned(), others.clone()));
    }
    found
}

/// A command of that name as a client sends it, aimed at a pupil where it is aimed at somebody.
fn sample(name: &str, lesson: &Lesson) -> Command {
    let tom = lesson.people[TOM];
    let page = r#""page":{"deck":1,"page":0}"#;
    let shape = r#""shape":{"is":"text","colour":0,"size":30,"at":[1,2],"text":"x"}"#;
    let fields = match name {
        "ping" => r#""at":1"#.to_owned(),
        "offer" => r#""sdp":"v=0""#.to_owned(),
        "media" => r#""mic":false,"camera":false,"screen":false,"mutes":0"#.to_owned(),
        "want" => r#""mid":"6","width":640"#.to_owned(),
        "low" | "record" | "auto_captions" => r#""on":true"#.to_owned(),
        "pin" => r#""visit":null"#.to_owned(),
        "hand" | "breakouts_help" => r#""up":true"#.to_owned(),
        "react" => r#""kind":"yes""#.to_owned(),
        "pace" => r#""is":"lost""#.to_owned(),
        "chat" => r#""body":"x","key":"key-00000001","to":"leaders""#.to_owned(),
        "chat_delete" => format!(r#""chat":"{tom}""#),
        "vote" => r#""poll":1,"options":[0]"#.to_owned(),
        "notes_edit" => r#""version":0,"splice":{"at":0,"cut":0,"put":"x"}"#.to_owned(),
        "caption" => r#""text":"x","final":true"#.to_owned(),
        "look" | "show" => page.to_owned(),
        "draw" | "ink" => format!("{page},{shape}"),
        "change" => format!(r#""object":1,{shape}"#),
        "erase" => r#""objects":[1]"#.to_owned(),
        "point" => format!(r#"{page},"at":[1,2]"#),
        "deck_add" => r#""name":"Tableau""#.to_owned(),
        "deck_drop" | "page_add" => r#""deck":1"#.to_owned(),
        "mute" | "admit" | "refuse" | "send_back" | "remove" => format!(r#""person":"{tom}""#),
        "rules" => r#""rules":{"mic":false}"#.to_owned(),
        "own" => format!(r#""person":"{tom}","own":{{"mic":false}}"#),
        "floor" => format!(r#""person":"{tom}","has":true"#),
        "assistant" => format!(r#""person":"{}","on":true"#, lesson.people[INSPECTOR]),
        "duty" => format!(r#""person":"{tom}","duty":"captioner""#),
        "prolong" => r#""minutes":10"#.to_owned(),
        "timer_start" => r#""seconds":60,"label":"x""#.to_owned(),
        "breakouts_make" => r#""groups":[{"name":"A","people":[]}]"#.to_owned(),
        "breakouts_deal" => r#""count":2"#.to_owned(),
        "breakouts_move" => format!(r#""person":"{tom}","place":0"#),
        "breakouts_name" => r#""place":1,"name":"A""#.to_owned(),
        "breakouts_visit" | "breakouts_join" => r#""place":1"#.to_owned(),
        "breakouts_tell" => r#""body":"x""#.to_owned(),
        "poll_open" => r#""question":"x","options":["a","b"]"#.to_owned(),
        "poll_close" | "poll_show" | "poll_drop" => r#""poll":1"#.to_owned(),
        _ => r#""none":0"#.to_owned(),
    };
    let frame = format!(r#"{{"v":1,"type":"{name}","id":9,{fields}}}"#);
    let Incoming { command, .. } = parse(&frame).unwrap_or_else(|fault| panic!("{frame}: {fault:?}"));
    command
}

/// A lesson in which this person is in, or is not, and the connection.
fn lesson_with(who: usize, is_in: bool) -> (Lesson, ConnId) {
    let mut lesson = Lesson::new();
    let mut roster = roster(&lesson.people);
    roster.assistants = [lesson.people[LINA]].into();
    lesson.apply(Input::Roster(roster));
    let knocks = who == AUTHOR || who == OUTSIDER;
    let teacher = (is_in || knocks).then(|| lesson.arrive(TEACHER));
    lesson.arrive(TOM);
    let conn = match (who, teacher) {
        (TEACHER, Some(teacher)) => teacher,
        (OUTSIDER, _) => lesson.knock(OUTSIDER, Role::Pupil),
        _ => lesson.arrive(who),
    };
    if let Some(teacher) = teacher.filter(|_| is_in && knocks) {
        lesson.say(teacher, Command::Admit { person: lesson.people[who] });
        lesson.store();
    }
    let state = lesson.room.people.person(lesson.people[who]).map(|person| person.state);
    assert_eq!(state == Some(State::In), is_in, "person {who}");
    (lesson, conn)
}

/// The error with which a command was answered; nothing: it was done, or is answered later.
fn answer(name: &str, who: usize, is_in: bool) -> Option<Code> {
    let (mut lesson, conn) = lesson_with(who, is_in);
    let command = sample(name, &lesson);
    lesson.say(conn, command);
    let errors = lesson.messages(conn).iter().filter(|m| matches!(m, ServerMessage::Error { .. })).count();
    assert!(errors <= 1, "{name} was answered {errors} times");
    lesson.error(conn)
}

#[test]
fn every_command_of_every_role_is_allowed_or_refused_as_the_page_says() {
    let table = table();
    assert!(table.len() > 50, "{} commands", table.len());
    for (name, cells) in &table {
        for (column, (cell, people)) in cells.iter().zip(COLUMNS).enumerate() {
            for who in people {
                let got = answer(name, *who, column > 0);
                let is_met = match cell.split_whitespace().next() {
                    Some("`not_in`") => got == Some(Code::NotIn),
                    Some("`not_allowed`") => got == Some(Code::NotAllowed),
                    // Nobody has a duty here.
                    Some("with") => got == Some(Code::NotAllowed),
                    Some("yes" | "by") => {
                        let unmet = [Code::NotIn, Code::NotAllowed, Code::UnknownType, Code::BadMessage];
                        !got.is_some_and(|code| unmet.contains(&code))
                    }
                    _ => panic!("{name}: what is “{cell}”?"),
                };
                assert!(is_met, "{name} of person {who}: {got:?} where the page says {cell}");
            }
        }
    }
}

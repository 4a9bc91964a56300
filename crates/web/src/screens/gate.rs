//! The gate's console: who is in, who waits, what goes on, and the switches.

use crate::errors::PageError;
use crate::forms::parse_time;
use crate::gate::View;
use crate::screens::place;
use crate::{Answer, Fields, Member, Page};
use askama::Template;
use http::StatusCode;
use jiff::ToSpan as _;
use preau_base::{Cidr, Instant, Level};
use preau_gate::limits::NOTE_CHARS_MAX;
use preau_gate::{Command, CommandRefusal, Doors, Standing};
use preau_school::Act;
use std::time::Duration;

/// How long a network is blocked by one press of the button.
const BLOCKED_FOR: Duration = Duration::from_secs(3_600);

#[derive(Template)]
#[template(path = "gate/page.html")]
struct ConsolePage<'a> {
    page: &'a Page,
    view: Option<View>,
    fault: String,
}

#[derive(Template)]
#[template(path = "gate/live.html")]
struct LivePart {
    view: View,
}

/// `GET /admin/gate`.
pub(crate) async fn show(member: Member) -> Answer {
    member.may(Act::OperateGate)?;
    console(&member, StatusCode::OK, String::new())
}

/// `GET /admin/gate/live`: the part that changes by itself.
pub(crate) async fn live(member: Member) -> Answer {
    member.may(Act::OperateGate)?;
    let view = view(&member).ok_or(PageError::NotFound)?;
    member.html(&LivePart { view })
}

/// `POST /admin/gate`: one setting.
pub(crate) async fn set(member: Member, sent: Fields) -> Answer {
    member.may(Act::OperateGate)?;
    let gate = member.app().gate.clone().ok_or(PageError::NotFound)?;
    let command = match read(&member, &sent) {
        Ok(command) => command,
        Err(key) => return console(&member, StatusCode::UNPROCESSABLE_ENTITY, member.t(key)),
    };
    let said = serde_json::to_string(&command).unwrap_or_default();
    if let Err(refusal) = gate.apply(command, member.actor.person) {
        let fault = said_of(&member, &refusal);
        return console(&member, StatusCode::UNPROCESSABLE_ENTITY, fault);
    }
    let mut tx = member.app().store.write().await?;
    place::log(&member, &mut tx, None, ("gate.set", sent.raw("set"), &said)).await?;
    tx.commit().await?;
    Ok(member.see_other_saying("/admin/gate", "notice-gate-set"))
}

fn said_of(page: &Page, refusal: &CommandRefusal) -> String {
    match refusal {
        CommandRefusal::OutOfRange { min, max, .. } => {
            page.t2("gate-fault-range", ("min", min.to_string()), ("max", max.to_string()))
        }
        CommandRefusal::Past => page.t("gate-fault-time"),
        CommandRefusal::NoSignature(_) => page.t("gate-fault-signature"),
        CommandRefusal::NotBlocked(network) => page.t1("gate-fault-not-blocked", "network", network.to_string()),
        CommandRefusal::NoteTooLong { .. } | CommandRefusal::TooManyBlocked { .. } | CommandRefusal::TooWide { .. } => {
            page.t1("gate-fault-refused", "why", refusal.to_string())
        }
    }
}

fn view(member: &Member) -> Option<View> {
    let gate = member.app().gate.as_ref()?;
    Some(View::of(&gate.snapshot(), member.lang(), &member.page.zone))
}

fn console(member: &Member, status: StatusCode, fault: String) -> Answer {
    member.html_as(status, &ConsolePage { page: &member.page, view: view(member), fault })
}

/// The command that a form asks for; or the key of what is wrong with it.
fn read(page: &Page, sent: &Fields) -> Result<Command, &'static str> {
    Ok(match sent.raw("set") {
        "level" => Command::Level { level: read_level(sent.raw("level"))? },
        "doors" => Command::Doors(read_doors(page, sent)?),
        "inside" => Command::InsideMax { people: read_number(sent)? },
        "newcomers" => Command::NewcomersPerMinuteMax { people: read_small(sent)? },
        "concurrency" => Command::ConcurrencyMax { requests: read_small(sent)? },
        "priority" => Command::Priority { standings: sent.all("standing").filter_map(standing).collect() },
        "note" => Command::Note { text: read_note(sent) },
        "pin" => Command::PinSignature { id: read_id(sent)? },
        "drop" => Command::DropSignature { id: read_id(sent)? },
        "block" => Command::Block { network: read_network(sent)?, until: page.now().plus(BLOCKED_FOR) },
        "unblock" => Command::Unblock { network: read_network(sent)? },
        _ => return Err("gate-fault-number"),
    })
}

fn read_level(text: &str) -> Result<Option<Level>, &'static str> {
    if text.is_empty() {
        return Ok(None);
    }
    let level = text.parse().ok().and_then(Level::from_number);
    level.map(Some).ok_or("gate-fault-number")
}

fn read_number(sent: &Fields) -> Result<Option<u64>, &'static str> {
    let digits: String = sent.line("number").chars().filter(|letter| !letter.is_whitespace()).collect();
    if digits.is_empty() { Ok(None) } else { digits.parse().map(Some).map_err(|_| "gate-fault-number") }
}

fn read_small(sent: &Fields) -> Result<Option<u32>, &'static str> {
    read_number(sent)?.map(u32::try_from).transpose().map_err(|_| "gate-fault-number")
}

fn read_id(sent: &Fields) -> Result<u64, &'static str> {
    sent.raw("id").parse().map_err(|_| "gate-fault-number")
}

fn read_network(sent: &Fields) -> Result<Cidr, &'static str> {
    sent.raw("network").parse().map_err(|_| "gate-fault-number")
}

fn read_note(sent: &Fields) -> Option<String> {
    let clean = sent.raw("note").trim().chars().map(|letter| if letter.is_control() { ' ' } else { letter });
    let note: String = clean.take(NOTE_CHARS_MAX).collect();
    (!note.is_empty()).then_some(note)
}

fn standing(name: &str) -> Option<Standing> {
    match name {
        "teacher" => Some(Standing::Teacher),
        "pupil" => Some(Standing::Pupil),
        "staff" => Some(Standing::Staff),
        "relative" => Some(Standing::Relative),
        _ => None,
    }
}

/// An opening time is the next one that the clock shows: today, or tomorrow when it is past.
fn read_doors(page: &Page, sent: &Fields) -> Result<Doors, &'static str> {
    match sent.raw("doors") {
        "open" => Ok(Doors::Open),
        "closed" => Ok(Doors::Closed),
        "at" => next_clock(page, &sent.line("time")).map(|at| Doors::OpenAt { at }).ok_or("gate-fault-time"),
        _ => Err("gate-fault-time"),
    }
}

fn next_clock(page: &Page, text: &str) -> Option<Instant> {
    let time = parse_time(text)?;
    let now = page.zoned(page.now());
    let today = now.date().to_datetime(time).to_zoned(page.zone.clone()).ok()?;
    let next = if today > now { today } else { today.checked_add(1.day()).ok()? };
    Some(Instant::from_millis(next.timestamp().as_millisecond()))
}

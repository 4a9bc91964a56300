//! Which command is whose: one function over every role, state and command, and what the rules grant to whom.

use crate::book::{Book, Duty, Use};
use crate::wire::{Code, Command, Role, State};
use preau_base::PersonId;

/// Whose a command is.
enum Whose {
    /// Everybody's who is in.
    All,
    /// All but observers'.
    Participants,
    /// Pupils' and guests'.
    Ruled,
    Leaders,
    Teachers,
}

/// Whether `person` may give this command at all. What it is aimed at, and what the lesson's rules say, is judged where it
/// is carried out.
pub(crate) fn permit(person: PersonId, role: Role, state: State, command: &Command) -> Result<(), Code> {
    match command {
        Command::Hello(_) => return Err(Code::BadMessage),
        Command::Ping { .. } | Command::Leave | Command::Media(_) => return Ok(()),
        _ if state != State::In => return Err(Code::NotIn),
        Command::LowerHand { person: Some(whose) } if *whose == person => return Ok(()),
        _ => {}
    }
    let may = match whose(command) {
        Whose::All => true,
        Whose::Participants => role != Role::Observer,
        Whose::Ruled => role.is_ruled(),
        Whose::Leaders => role.leads(),
        Whose::Teachers => role == Role::Teacher,
    };
    may.then_some(()).ok_or(Code::NotAllowed)
}

const fn whose(command: &Command) -> Whose {
    match command {
        Command::Ping { .. }
        | Command::Leave
        | Command::Media(_)
        | Command::Hello(_)
        | Command::Offer { .. }
        | Command::Want { .. }
        | Command::Low { .. }
        | Command::Pin { .. }
        | Command::Look { .. }
        | Command::Chat { .. }
        | Command::ChatDelete { .. }
        | Command::Caption { .. } => Whose::All,
        Command::Hand { .. }
        | Command::React { .. }
        | Command::NotesEdit { .. }
        | Command::Draw { .. }
        | Command::Change { .. }
        | Command::Erase { .. }
        | Command::Undo
        | Command::Redo
        | Command::Ink { .. }
        | Command::Point { .. }
        | Command::PageAdd { .. }
        | Command::Show { .. } => Whose::Participants,
        Command::Pace { .. } | Command::Vote { .. } | Command::BreakoutsJoin { .. } | Command::BreakoutsHelp { .. } => {
            Whose::Ruled
        }
        Command::Mute { .. }
        | Command::MuteAll
        | Command::LowerHand { .. }
        | Command::Rules { .. }
        | Command::Own { .. }
        | Command::Floor { .. }
        | Command::PaceReset
        | Command::Duty { .. }
        | Command::Admit { .. }
        | Command::AdmitListed
        | Command::Refuse { .. }
        | Command::SendBack { .. }
        | Command::Remove { .. }
        | Command::TimerStart { .. }
        | Command::TimerStop
        | Command::Pick
        | Command::DeckAdd { .. }
        | Command::DeckDrop { .. }
        | Command::BreakoutsMake { .. }
        | Command::BreakoutsDeal { .. }
        | Command::BreakoutsOpen { .. }
        | Command::BreakoutsClose
        | Command::BreakoutsMove { .. }
        | Command::BreakoutsName { .. }
        | Command::BreakoutsVisit { .. }
        | Command::BreakoutsTell { .. }
        | Command::PollOpen { .. }
        | Command::PollClose { .. }
        | Command::PollShow { .. }
        | Command::PollDrop { .. } => Whose::Leaders,
        Command::Assistant { .. }
        | Command::Prolong { .. }
        | Command::Record { .. }
        | Command::AutoCaptions { .. }
        | Command::Close => Whose::Teachers,
    }
}

/// Whether a person of this role may use something now, by the rules, the exceptions, the floor and the duty.
pub(crate) fn may_use(book: &Book, person: PersonId, role: Role, what: Use) -> bool {
    if role.leads() {
        return true;
    }
    let interprets = what == Use::Camera && book.duties.get(&person) == Some(&Duty::Interpreter);
    if interprets {
        return true;
    }
    if !role.is_ruled() {
        return false;
    }
    let by_floor = matches!(what, Use::Mic) && book.floor.contains(&person);
    let own = book.own.get(&person).and_then(|own| own.grants(what));
    by_floor || own.unwrap_or_else(|| book.rules.grants(what))
}

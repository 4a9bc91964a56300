//! Which command is whose: one function over every role, state and command.

use crate::wire::{Code, Command, Role, State};
use preau_base::PersonId;

/// Whether `person` may give this command at all. What it is aimed at is judged where it is carried out.
pub(crate) fn permit(person: PersonId, role: Role, state: State, command: &Command) -> Result<(), Code> {
    match command {
        Command::Ping { .. } | Command::Leave | Command::Media(_) => Ok(()),
        Command::Hello(_) => Err(Code::BadMessage),
        Command::Offer { .. }
        | Command::Want { .. }
        | Command::Low { .. }
        | Command::Hand { .. }
        | Command::Chat { .. } => match state {
            State::In => Ok(()),
            State::Waiting => Err(Code::NotIn),
        },
        Command::LowerHand { person: Some(whose) } if *whose == person && state == State::In => Ok(()),
        Command::Mute { .. }
        | Command::MuteAll
        | Command::LowerHand { .. }
        | Command::Remove { .. }
        | Command::Close => match role {
            Role::Teacher => Ok(()),
            Role::Pupil => Err(Code::NotAllowed),
        },
    }
}

use super::Place;
use clap::{Subcommand, ValueEnum};
use preau_base::Cidr;

/// What an operator looks at and sets on a running server.
#[derive(Debug, Subcommand)]
pub enum Operate {
    /// Who is in, who waits, what goes on, and why
    Status {
        #[command(flatten)]
        place: Place,
        /// Everything that the gate shows of itself, as JSON
        #[arg(long)]
        json: bool,
        /// Look again every second, until Ctrl-C
        #[arg(long)]
        watch: bool,
    },
    /// Change a setting of the running gate; it holds at once, and after a restart
    #[command(after_help = "\
Settings and their values:
  level                  0 to 5, full, light, plain, essential, read_only, waiting; or auto
  doors                  open, closed, or: at 8:00
  inside-max             people inside at once; or auto
  newcomers-per-minute   people without a pass let in a minute; or auto
  concurrency-max        requests at work in the application at once; or auto
  priority               of teacher, pupil, staff, relative: who goes first, separated by commas; or none
  note                   a sentence for the waiting page; or none")]
    Set {
        #[command(flatten)]
        place: Place,
        setting: Setting,
        #[arg(required = true, allow_negative_numbers = true)]
        value: Vec<String>,
    },
    /// Keep or forget a signature of an attack
    Signature {
        #[command(flatten)]
        place: Place,
        act: SignatureAct,
        /// Its number, as status shows it
        id: u64,
    },
    /// Turn a network away, pass holders too
    Block {
        #[command(flatten)]
        place: Place,
        /// Such as 192.0.2.0/24 or 2001:db8::/48
        network: Cidr,
        /// Such as 30s, 15m, 1h, 2d
        #[arg(default_value = "1h")]
        time: String,
    },
    /// Let a blocked network in again
    Unblock {
        #[command(flatten)]
        place: Place,
        network: Cidr,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Setting {
    Level,
    Doors,
    InsideMax,
    NewcomersPerMinute,
    ConcurrencyMax,
    Priority,
    Note,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SignatureAct {
    /// Until it is dropped
    Pin,
    /// And find no equal one for an hour
    Drop,
}

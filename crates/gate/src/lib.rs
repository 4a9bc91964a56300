//! The gate's rules: who comes in now, who waits and for how long, who is turned away; who holds a valid pass, which
//! token opens a lesson, who may try a password again and when. Pure.
//!
//! [`Gate::decide`] takes the facts of a [`Request`] and gives a [`Decision`].
//!
//! Everything a browser keeps for us is sealed by [`KeyRing`] with a key of its own purpose, so that a token of
//! one kind is never taken for another. Nothing here touches a database, a clock or a random source.
//!
//! - [`Pass`]: who is signed in and with which standing; checked at every request, in less than a microsecond.
//! - [`UpstreamPass`] and [`EndedPasses`]: the same for somebody else's application behind the gate.
//! - [`Revocations`]: which passes no longer count, held in memory.
//! - [`JoinToken`] and [`UsedTokens`]: one entry into one lesson, once.
//! - [`StreamKey`]: what lets a program publish into one lesson, or play it.
//! - [`csrf`]: tokens that prove that a form came from our own page.
//! - [`KnownBrowser`]: a browser that has signed in before keeps a budget of its own.
//! - [`SignInBudgets`]: how often a password may be tried.
//! - [`Code`] and [`LinkToken`]: secrets that people type or click, and their digests for the store.
//! - [`CardCode`] and [`Pictures`]: the two secrets of a pupil's sign-in card.

pub mod budget;
mod card;
pub mod consent;
pub mod csrf;
mod decision;
mod gate;
mod guest;
mod join;
pub mod judge;
mod keys;
mod known_browser;
mod ladder;
mod limiter;
pub mod limits;
mod pass;
mod request;
mod revoked;
mod seal;
mod secret;
mod settings;
pub mod snapshot;
mod storm;
mod stream_key;
mod upstream_pass;
pub mod waiting;

pub use budget::{Attempt, Permission, SignInBudgets};
pub use card::{CardCode, PICTURES, PICTURES_CHOSEN, Pictures};
pub use decision::{Admission, Answered, Away, Decision, HeldId, Lane, LessonSoon, Outcome, Reason, Wait};
pub use gate::{Gate, Timetable};
pub use guest::GuestPass;
pub use join::{JoinRefusal, JoinRole, JoinToken, UsedTokens};
pub use judge::Judge;
pub use keys::{KeyFileError, KeyRing};
pub use known_browser::{BrowserId, KnownBrowser, LoginKey};
pub use ladder::{Ladder, Pressure};
pub use limiter::{Limiter, Source};
pub use pass::{Pass, PassRefusal, Standing};
pub use request::{Holder, HolderKey, Kind, Request, Shape, Shown, Sign, Version};
pub use revoked::{Revocation, Revocations, Revoked, forgotten_after};
pub use seal::SealRefusal;
pub use secret::{Code, CodeRefusal, LinkToken, SecretDigest};
pub use settings::{Command, CommandRefusal, Doors, Settings};
pub use snapshot::Snapshot;
pub use storm::{Storm, StormState};
pub use stream_key::{StreamKey, StreamUse};
pub use upstream_pass::{EndedPasses, EndedPassesError, SessionCookie, UpstreamPass};
pub use waiting::{Entry, Estimate, Figures, Place, Room, Ticket, Turn};

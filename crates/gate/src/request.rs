//! What the gate knows of a request when it decides: facts, already read from bytes by the edge.

use crate::pass::{Pass, PassRefusal, Standing};
use crate::waiting::{Entry, Ticket};
use preau_base::Instant;
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// One person with a pass, on whichever of their browsers; or one place of somebody who was let in without one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HolderKey(pub u128);

/// What the gate needs of a valid pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Holder {
    /// The person.
    pub key: HolderKey,
    /// The signed-in browser.
    pub session: u128,
    /// When the pass was issued or last renewed.
    pub earned: Instant,
    /// When its person signed in on this browser.
    pub signed_in: Instant,
    pub standing: Standing,
}

impl From<&Pass> for Holder {
    fn from(pass: &Pass) -> Self {
        Self {
            key: HolderKey(pass.person.uuid().as_u128()),
            session: pass.session.uuid().as_u128(),
            earned: pass.issued,
            signed_in: pass.session.made(),
            standing: pass.standing,
        }
    }
}

/// What a request showed as its pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    Nothing,
    Valid(Holder),
    /// Sealed by us once, no longer good: expired, signed out, of an old key. No sign of an attack.
    Lapsed,
    /// Not sealed by us.
    Forged,
}

impl From<PassRefusal> for Shown {
    fn from(refusal: PassRefusal) -> Self {
        match refusal {
            PassRefusal::Expired | PassRefusal::UnknownKey => Self::Lapsed,
            PassRefusal::Malformed | PassRefusal::Forged | PassRefusal::Future => Self::Forged,
        }
    }
}

/// What is asked for, by what it means to people and costs us. Who maps paths to kinds also knows the application.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A page that a person looks at.
    Page,
    /// A form that is sent.
    Action,
    /// An answer that a script reads.
    Call,
    /// A file that is the same for everyone: style, script, picture of the application.
    Asset,
    /// The pages and forms of signing in, activation and a forgotten password.
    SignIn,
    /// The door of a live lesson, its token and its WebSocket.
    Live,
    /// The operator's console.
    Console,
    /// What the gate itself answers from memory: the poll resource, the waiting page's files.
    Queue,
}

impl Kind {
    pub const ALL: [Self; 8] =
        [Self::Page, Self::Action, Self::Call, Self::Asset, Self::SignIn, Self::Live, Self::Console, Self::Queue];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::Action => "action",
            Self::Call => "call",
            Self::Asset => "asset",
            Self::SignIn => "sign_in",
            Self::Live => "live",
            Self::Console => "console",
            Self::Queue => "queue",
        }
    }

    /// What a request of this kind takes from a budget. 1 is an answer from memory, about 10 µs; a page with its
    /// queries is 10. The password work of a sign-in is budgeted on its own.
    pub const fn weight(self) -> u32 {
        match self {
            Self::Queue | Self::Asset => 1,
            Self::Call => 5,
            Self::Page | Self::Console => 10,
            Self::Live => 15,
            Self::Action | Self::SignIn => 20,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Version {
    Http10,
    Http11,
    Http2,
}

/// Attributes that tell one kind of client from another, none of which names a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape<'a> {
    pub method: &'a str,
    /// The path as sent, without its query; at most what the edge lets a header have.
    pub path: &'a str,
    /// The query as sent, without its question mark; empty without one.
    pub query: &'a str,
    pub version: Version,
    /// `User-Agent`, empty without one.
    pub agent: &'a str,
    /// A hash of the names of the headers in their order.
    pub header_order: u64,
    pub has_language: bool,
    /// Any cookie at all.
    pub has_cookie: bool,
}

impl Shape<'_> {
    /// For callers that know nothing but the path: simulations and tests.
    pub const fn of_path(path: &str) -> Shape<'_> {
        Shape {
            method: "GET",
            path,
            query: "",
            version: Version::Http2,
            agent: "",
            header_order: 0,
            has_language: true,
            has_cookie: false,
        }
    }
}

/// One request, as the gate sees it.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The client, as trusted proxies tell it.
    pub address: IpAddr,
    pub shown: Shown,
    /// A waiting ticket whose seal was checked.
    pub ticket: Option<Ticket>,
    /// The proof of having been let in before, whose seal was checked.
    pub entry: Option<Entry>,
    pub kind: Kind,
    /// A person looks at the answer: a navigation, not a script's call.
    pub navigates: bool,
    pub shape: Shape<'a>,
}

/// Something that happened on a connection outside any request that could be decided on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sign {
    /// A connection beyond a cap or an accept budget.
    ConnectionRefused,
    /// A TLS handshake that was not finished, or broken.
    HandshakeFailed,
    /// A finished handshake with no request after it.
    HandshakeOnly,
    /// A connection that said nothing until its deadline.
    Silent,
    SlowHeader,
    SlowBody,
    /// A client that takes none of the answer's bytes.
    SlowRead,
    /// Not HTTP, or broken HTTP.
    BadRequest,
    /// Framing that two servers could read differently.
    Smuggling,
    HeaderTooLarge,
    BodyTooLarge,
    /// Streams opened and reset, frames without end: the protocol's own limits were reached.
    Http2Abuse,
    /// A wrong password.
    WrongPassword,
}

impl Sign {
    pub const ALL: [Self; 13] = [
        Self::ConnectionRefused,
        Self::HandshakeFailed,
        Self::HandshakeOnly,
        Self::Silent,
        Self::SlowHeader,
        Self::SlowBody,
        Self::SlowRead,
        Self::BadRequest,
        Self::Smuggling,
        Self::HeaderTooLarge,
        Self::BodyTooLarge,
        Self::Http2Abuse,
        Self::WrongPassword,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Self::ConnectionRefused => "connection_refused",
            Self::HandshakeFailed => "handshake_failed",
            Self::HandshakeOnly => "handshake_only",
            Self::Silent => "silent",
            Self::SlowHeader => "slow_header",
            Self::SlowBody => "slow_body",
            Self::SlowRead => "slow_read",
            Self::BadRequest => "bad_request",
            Self::Smuggling => "smuggling",
            Self::HeaderTooLarge => "header_too_large",
            Self::BodyTooLarge => "body_too_large",
            Self::Http2Abuse => "http2_abuse",
            Self::WrongPassword => "wrong_password",
        }
    }
}

//! What comes over an HTTP/1 connection, read strictly before hyper reads it.
//!
//! Two servers that find different ends to the same request can be made to answer somebody else's (“request
//! smuggling”). hyper and httparse read some texts kindly that another server in the chain reads otherwise: bare line
//! feeds, lists of equal lengths, `Transfer-Encoding` that overrules `Content-Length`. Here each request has one
//! reading or none (RFC 9112), and hyper sees only heads that were found complete and good.

mod chunked;
mod head;
#[cfg(test)]
mod tests;

use crate::Refusal;
use chunked::Chunked;
use head::Framing;
use preau_gate::Sign;

/// What is wrong with what a client sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// No HTTP/1 request, or broken in a way that every server sees.
    Malformed(&'static str),
    /// Two servers could read it differently.
    Ambiguous(&'static str),
    TooLarge,
}

impl Fault {
    pub const fn sign(self) -> Sign {
        match self {
            Self::Malformed(_) => Sign::BadRequest,
            Self::Ambiguous(_) => Sign::Smuggling,
            Self::TooLarge => Sign::HeaderTooLarge,
        }
    }

    pub const fn refusal(self) -> Refusal {
        match self {
            Self::Malformed(_) | Self::Ambiguous(_) => Refusal::BadRequest,
            Self::TooLarge => Refusal::HeaderTooLarge,
        }
    }

    pub const fn why(self) -> &'static str {
        match self {
            Self::Malformed(why) | Self::Ambiguous(why) => why,
            Self::TooLarge => "the header is too large",
        }
    }
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct HeadLimits {
    /// Request line and headers together.
    pub bytes_max: usize,
    pub headers_max: usize,
}

/// Follows one connection from request to request.
#[derive(Debug)]
pub(crate) struct Scanner {
    state: State,
    limits: HeadLimits,
    heads: u64,
}

#[derive(Debug)]
enum State {
    Head(head::Search),
    Length(u64),
    Chunked(Chunked),
    /// A WebSocket was asked for: what comes now is not looked at before the answer is known.
    Parked,
    Broken {
        in_body: bool,
    },
}

/// What was found in some bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Scanned {
    /// So many of them are good and whole; the rest is to be shown again, with what follows it.
    pub deliver: usize,
    /// What comes right after those. Nothing more is to be read then.
    pub fault: Option<Fault>,
}

impl Scanner {
    pub const fn new(limits: HeadLimits) -> Self {
        Self { state: State::Head(head::Search::new()), limits, heads: 0 }
    }

    /// Reads on; `undelivered` begins with what was not delivered the last time.
    pub fn scan(&mut self, undelivered: &[u8]) -> Scanned {
        let mut at = 0;
        while let Some(rest) = undelivered.get(at..).filter(|rest| !rest.is_empty()) {
            match self.step(rest) {
                Ok(0) => break,
                Ok(taken) => at += taken,
                Err(fault) => {
                    self.state = State::Broken { in_body: self.in_body() };
                    return Scanned { deliver: at, fault: Some(fault) };
                }
            }
        }
        Scanned { deliver: at, fault: None }
    }

    /// Takes what is whole from the beginning of `rest`; 0 when more has to come first.
    fn step(&mut self, rest: &[u8]) -> Result<usize, Fault> {
        match &mut self.state {
            State::Head(search) => {
                let Some(head) = search.find(rest, self.limits)? else { return Ok(0) };
                self.state = match head::check(&rest[head.clone()])? {
                    Framing::Empty => State::Head(head::Search::new()),
                    Framing::Length(bytes) => State::Length(bytes),
                    Framing::Chunked => State::Chunked(Chunked::default()),
                    Framing::WebSocket => State::Parked,
                };
                self.heads += 1;
                Ok(head.end)
            }
            State::Length(left) => {
                let taken = usize::try_from(*left).unwrap_or(usize::MAX).min(rest.len());
                *left -= taken as u64;
                if *left == 0 {
                    self.state = State::Head(head::Search::new());
                }
                Ok(taken)
            }
            State::Chunked(chunked) => {
                let taken = chunked.take(rest)?;
                if chunked.is_over() {
                    self.state = State::Head(head::Search::new());
                }
                Ok(taken)
            }
            State::Parked | State::Broken { .. } => Ok(0),
        }
    }

    /// A head came that was found good before, over this connection, and that no body follows: nothing needs to be looked
    /// at again. False when a head is not what is awaited.
    pub fn same_head(&mut self) -> bool {
        let awaited = matches!(&self.state, State::Head(search) if search.is_at_beginning());
        self.heads += u64::from(awaited);
        awaited
    }

    /// Heads found good so far.
    pub const fn heads(&self) -> u64 {
        self.heads
    }

    pub const fn is_parked(&self) -> bool {
        matches!(self.state, State::Parked)
    }

    /// The WebSocket was not granted: what was held back is the next request.
    pub fn resume(&mut self) {
        if self.is_parked() {
            self.state = State::Head(head::Search::new());
        }
    }

    /// The fault was in a body, whose head has been delivered.
    pub const fn broke_in_body(&self) -> bool {
        matches!(self.state, State::Broken { in_body: true })
    }

    /// Whether a body has begun that has not ended.
    pub const fn in_body(&self) -> bool {
        matches!(self.state, State::Length(_) | State::Chunked(_))
    }
}

//! A request that was answered from what is ready, kept as what the gate asks about: the same request over the same
//! connection is asked again without being read again.

use super::answers::Asker;
use super::facts::{self, Head};
use super::own::Published;
use super::road::{FromReady, Why};
use http::{HeaderMap, HeaderValue, Request, header};
use preau_gate::{Request as Facts, Shape, Shown, Version};
use std::net::IpAddr;

/// What the gate asks about, without the request that it was read from. Nothing in it can change while the bytes of the
/// request do not.
pub(crate) enum Question {
    Published(PublicQuestion),
    Stranger(Box<StrangersQuestion>),
}

impl Question {
    /// What was asked by `request`, whose headers are those that the gate has seen. None where the same bytes may come
    /// to mean something else.
    pub fn of<B>(request: &Request<B>, answer: &FromReady) -> Option<Self> {
        match answer.why {
            Why::Asked { what, address } => {
                let known = request.headers().get(header::IF_NONE_MATCH).cloned();
                Some(Self::Published(PublicQuestion { what: what?, address, known }))
            }
            Why::Refused { asker, shown } => {
                StrangersQuestion::of(request, asker, shown).map(|question| Self::Stranger(Box::new(question)))
            }
        }
    }
}

/// A question about what is published for everyone.
pub(crate) struct PublicQuestion {
    pub(super) what: Published,
    pub(super) address: IpAddr,
    /// The tag of what the client has.
    pub(super) known: Option<HeaderValue>,
}

/// The question of somebody who was refused and shows nothing at all: whoever does is not remembered.
pub(crate) struct StrangersQuestion {
    asker: Asker,
    method: Box<str>,
    path: Box<str>,
    query: Box<str>,
    version: Version,
    agent: Box<str>,
    header_order: u64,
    has_language: bool,
}

impl StrangersQuestion {
    fn of<B>(request: &Request<B>, asker: Asker, shown: Shown) -> Option<Self> {
        if shown != Shown::Nothing || asker.ticket.is_some() || shows_anything(request.headers()) {
            return None;
        }
        let shape = facts::shape(Head::of(request));
        Some(Self {
            asker,
            method: shape.method.into(),
            path: shape.path.into(),
            query: shape.query.into(),
            version: shape.version,
            agent: shape.agent.into(),
            header_order: shape.header_order,
            has_language: shape.has_language,
        })
    }

    pub(super) fn facts(&self) -> Facts<'_> {
        Facts {
            address: self.asker.client.address,
            shown: Shown::Nothing,
            ticket: None,
            entry: None,
            kind: self.asker.kind,
            navigates: self.asker.navigates,
            shape: Shape {
                method: &self.method,
                path: &self.path,
                query: &self.query,
                version: self.version,
                agent: &self.agent,
                header_order: self.header_order,
                has_language: self.has_language,
                has_cookie: false,
            },
        }
    }

    pub(super) const fn asker(&self) -> Asker {
        self.asker
    }
}

fn shows_anything(headers: &HeaderMap) -> bool {
    headers.contains_key(header::COOKIE) || headers.contains_key(header::AUTHORIZATION)
}

//! A stranger's request that was refused, kept as what the gate asks about: the same request over the same connection is
//! asked again without being read again.

use super::answers::Asker;
use super::facts::{self, Head};
use super::road::Refused;
use http::{HeaderMap, Request, header};
use preau_gate::{Request as Facts, Shape, Shown, Version};

/// What the gate asks about, without the request that it was read from. Nothing in it can change while the bytes of the
/// request do not: whoever shows anything at all that may come to mean something else is not remembered.
pub(crate) struct Question {
    asker: Asker,
    method: Box<str>,
    path: Box<str>,
    query: Box<str>,
    version: Version,
    agent: Box<str>,
    header_order: u64,
    has_language: bool,
}

impl Question {
    /// What was asked by `request`, whose headers are those that the gate has seen.
    pub fn of<B>(request: &Request<B>, refused: &Refused) -> Option<Self> {
        if refused.shown != Shown::Nothing || refused.asker.ticket.is_some() || shows_anything(request.headers()) {
            return None;
        }
        let shape = facts::shape(Head::of(request));
        Some(Self {
            asker: refused.asker,
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

//! HTTP/1: what may be read, and what of it hyper gets.

use super::{ConnectionState, Inner, Protocol, Reader, wake};
use std::task::Waker;
use tokio::time::Instant;

/// What the socket does next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    Read,
    /// Look at what was held back, now that it is known to be HTTP.
    Scan,
    /// Hand on whatever comes: it is no HTTP/1.
    Pass,
    /// Nothing before an answer has gone; the waker is kept.
    Wait,
    /// The body that is being read is broken.
    Break,
    /// Nothing any more: as if the client had closed.
    End,
}

impl ConnectionState {
    pub fn next(&self, waker: &Waker) -> Next {
        let mut inner = self.inner();
        if inner.upgraded || self.protocol == Protocol::Http2 {
            return Next::Pass;
        }
        let quiet = inner.is_quiet();
        let Inner { reader: Reader::Http1(scanner), fault, body_broken, .. } = &mut *inner else { return Next::Pass };
        let next = match fault {
            Some(_) if *body_broken => Next::Break,
            Some(_) if quiet => Next::End,
            Some(_) => Next::Wait,
            None if scanner.is_parked() && !quiet => Next::Wait,
            None if scanner.is_parked() => {
                scanner.resume();
                Next::Scan
            }
            None => Next::Read,
        };
        if next == Next::Wait {
            inner.waker = Some(waker.clone());
        }
        next
    }

    /// A head has come, whole, that was found good before; false when it has to be looked at all the same.
    pub fn same_head(&self) -> bool {
        let mut inner = self.inner();
        let begun = inner.header_since.is_some() || inner.fault.is_some();
        match &mut inner.reader {
            Reader::Http1(scanner) if !begun => scanner.same_head(),
            _ => false,
        }
    }

    /// How many of these bytes, which begin with those held back before, may be handed on.
    pub fn scan(&self, undelivered: &[u8]) -> usize {
        let mut inner = self.inner();
        inner.spoke |= !undelivered.is_empty();
        let Inner { reader: Reader::Http1(scanner), .. } = &mut *inner else { return undelivered.len() };
        let scanned = scanner.scan(undelivered);
        let in_header = scanned.fault.is_none() && scanned.deliver < undelivered.len() && !scanner.is_parked();
        let broken = scanned.fault.is_some() && scanner.broke_in_body();
        if let Some(fault) = scanned.fault {
            inner.fault = Some(fault);
            inner.body_broken = broken;
            wake(&mut inner);
        }
        match inner.header_since {
            Some(_) if scanned.deliver > 0 => inner.header_since = in_header.then(Instant::now),
            None if in_header => inner.header_since = Some(Instant::now()),
            _ => return scanned.deliver,
        }
        if let Some(since) = inner.header_since
            && inner.requests > 0
            && inner.in_flight == 0
        {
            inner.deadline = since + self.header;
            if inner.deadline < inner.alarm {
                self.changed.notify_one();
            }
        }
        scanned.deliver
    }
}

impl Inner {
    /// Every request that was handed on has been answered, to the last byte.
    fn is_quiet(&self) -> bool {
        let Reader::Http1(scanner) = &self.reader else { return true };
        self.in_flight == 0 && self.flushed && scanner.heads() == self.requests
    }
}

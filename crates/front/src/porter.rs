//! Who stands at the door: answers over HTTP/1.1 whoever is told by the gate to wait or to go, and everybody who asks for
//! what the gate has ready, before hyper is troubled at all.
//!
//! Those outside are many and ask again and again; those inside need all of HTTP. So a connection begins with the
//! porter, who reads plain requests without a body from what the guarded socket hands on, asks the same gate by the same
//! functions as [`crate::request`] does, and writes the answer in one go. The first request that is let in, held, or
//! not plain goes to hyper with every byte that was read, and with what the gate has said; the connection stays there.
//! The gate is asked once for each request. See docs/decisions/0010.

mod again;
mod answer;
mod head;
#[cfg(test)]
mod tests;

pub(crate) use answer::{DateLine, lines};

use crate::connection::InFlight;
use crate::gatekeeper::{AtOnce, FromReady, Gatekeeper, Question, Verdict};
use crate::limits as l;
use crate::request::{self, RequestContext};
use crate::wire::GuardedIo;
use again::{Again, Manner};
use answer::Ending;
use bytes::{Bytes, BytesMut};
use http::{HeaderMap, Method, Request, Response, StatusCode};
use std::io;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncReadExt as _, AsyncWrite as _};
use tokio::time::{Instant, Sleep, sleep};

/// One connection at the door. A future that is ready when the porter has nothing more to do with it.
pub(crate) struct Porter {
    io: GuardedIo,
    context: Arc<RequestContext>,
    gate: Arc<Gatekeeper>,
    /// What was read and not answered yet.
    read: BytesMut,
    answer: Option<Answer>,
    /// The room of the last request's headers.
    spare: HeaderMap,
    again: Again,
    /// Nothing is read before it is over.
    pause: Option<Pin<Box<Sleep>>>,
    /// The next answer is the last.
    ends: bool,
    closing: bool,
}

/// Bytes that are being written.
struct Answer {
    bytes: Bytes,
    written: usize,
    in_flight: Option<InFlight>,
    last: bool,
}

/// A request that is answered here.
#[derive(Clone, Copy)]
struct Asked {
    begun: Instant,
    /// Which of its connection, from 1.
    number: u64,
    manner: Manner,
}

/// What becomes of a connection that the porter is done with.
pub(crate) enum Left {
    /// It has ended, or broken.
    Closed,
    /// hyper goes on with it; with what the gate has said to the request that comes first, if it was asked.
    Inside(Option<Box<Verdict>>),
}

impl Porter {
    /// The gate that decides about this connection: where there is none, there is no porter.
    pub fn gate_of(context: &RequestContext) -> Option<Arc<Gatekeeper>> {
        context.shared.gate.clone().filter(|_| context.gated)
    }

    pub fn new(io: GuardedIo, context: Arc<RequestContext>, gate: Arc<Gatekeeper>) -> Self {
        Self {
            io,
            gate,
            context,
            read: BytesMut::new(),
            answer: None,
            spare: HeaderMap::new(),
            again: Again::default(),
            pause: None,
            ends: false,
            closing: false,
        }
    }

    /// The socket, which hands on first what was read and not answered.
    pub fn into_io(self) -> GuardedIo {
        let mut io = self.io;
        io.expects(Bytes::new());
        io.give_back(&self.read);
        io
    }

    /// The connection is to end after the answer that is being given, if one is.
    pub fn end_soon(&mut self) {
        self.ends = true;
    }

    fn poll_left(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<Left>> {
        loop {
            if self.closing {
                ready!(Pin::new(&mut self.io).poll_shutdown(cx))?;
                return Poll::Ready(Ok(Left::Closed));
            }
            if self.answer.is_some() {
                ready!(self.poll_say(cx))?;
                continue;
            }
            if let Some(pause) = &mut self.pause {
                ready!(pause.as_mut().poll(cx));
                self.pause = None;
            }
            if self.again.is(&self.read).is_some() {
                if let Some(inside) = self.take_again() {
                    return Poll::Ready(Ok(inside));
                }
                continue;
            }
            match head::length(&mut self.read) {
                Some(length) => {
                    if let Some(inside) = self.take(length) {
                        return Poll::Ready(Ok(inside));
                    }
                }
                None if self.ends && self.read.is_empty() => self.closing = true,
                None => {
                    if self.read.capacity() - self.read.len() < l::PORTER_BUFFER_BYTES / 4 {
                        self.read.reserve(l::PORTER_BUFFER_BYTES);
                    }
                    let read = ready!(pin!(self.io.read_buf(&mut self.read)).poll(cx))?;
                    self.closing = read == 0;
                }
            }
        }
    }

    /// Answers the request at the beginning of what was read; or says that hyper is to do so.
    fn take(&mut self, length: usize) -> Option<Left> {
        let head = self.read.split_to(length).freeze();
        let Some(mut request) = head::read(&head, &mut self.spare) else {
            self.put_back(&head);
            return Some(Left::Inside(None));
        };
        let (begun, number) = (Instant::now(), self.context.state.requests() + 1);
        let manner = Manner { is_head: *request.method() == Method::HEAD, close: head::closes(&request) };
        let asked = Asked { begun, number, manner };
        match request::at_the_door(&self.context, &self.gate, &mut request, number) {
            AtOnce::Answer(response) => self.say(response, asked),
            AtOnce::Ready(answer) => {
                self.say_ready(&answer, asked);
                if self.again.seen(&head)
                    && !self.context.state.on_probation()
                    && let Some(question) = Question::of(&request, &answer)
                {
                    self.io.expects(self.again.learn(question, manner));
                }
            }
            AtOnce::Verdict(verdict) => {
                drop(request);
                self.put_back(&head);
                return Some(Left::Inside(Some(verdict)));
            }
        }
        self.keep_room(request);
        None
    }

    /// Answers what was read, which is a request that was answered from what is ready before.
    fn take_again(&mut self) -> Option<Left> {
        let learned = self.again.is(&self.read)?;
        let asked = Asked { begun: Instant::now(), number: self.context.state.requests() + 1, manner: learned.manner };
        match self.gate.hear_again(&learned.question) {
            AtOnce::Answer(response) => {
                self.read.clear();
                self.say(response, asked);
            }
            AtOnce::Ready(answer) => {
                self.read.clear();
                self.say_ready(&answer, asked);
            }
            AtOnce::Verdict(verdict) => return Some(Left::Inside(Some(verdict))),
        }
        None
    }

    /// The headers' room is good for the next request.
    fn keep_room(&mut self, request: Request<()>) {
        self.spare = request.into_parts().0.headers;
        self.spare.clear();
    }

    /// Whoever is turned away over and over is read again later.
    fn slow_down(&mut self, status: StatusCode) {
        if status.as_u16() >= 400
            && let Some(pause) = self.context.state.turned_away()
        {
            self.pause = Some(Box::pin(sleep(pause)));
        }
    }

    fn say_ready(&mut self, answer: &FromReady, asked: Asked) {
        let ready = &answer.ready;
        let Asked { begun, number, manner } = asked;
        let in_flight = self.context.state.request_begun();
        let status = ready.response().status();
        let last = request::sent_ready(&self.context, number, begun, status);
        self.slow_down(status);
        // Browsers ask nothing more before they have the answer; programs that do are not refused one by one.
        let hurries = answer.is_refusal() && (!self.read.is_empty() || self.io.has_more());
        let close = manner.close || last || self.ends || hurries;
        let now = self.gate.now();
        let whole = |close| {
            let date = self.context.shared.date.at(now);
            let ending = Ending { is_head: manner.is_head, close, date: &date };
            answer::whole(ready.lines(), status, ready.response().body(), ending)
        };
        let bytes = match close || manner.is_head {
            true => whole(close).into(),
            false => ready.whole_at(now, || whole(false)),
        };
        self.answer = Some(Answer { bytes, written: 0, in_flight: Some(in_flight), last: close });
    }

    fn say(&mut self, response: Response<Bytes>, asked: Asked) {
        let Asked { begun, number, manner } = asked;
        let in_flight = self.context.state.request_begun();
        let response = request::sent(&self.context, number, begun, response);
        self.slow_down(response.status());
        let last = answer::is_last(response.headers());
        let close = (manner.close || self.ends) && !last;
        let date = self.context.shared.date.at(self.gate.now());
        let bytes = answer::encode(&response, Ending { is_head: manner.is_head, close, date: &date }).into();
        self.answer = Some(Answer { bytes, written: 0, in_flight: Some(in_flight), last: last || close });
    }

    /// hyper gets what it would have got without us.
    fn put_back(&mut self, head: &Bytes) {
        let rest = std::mem::take(&mut self.read);
        self.read.reserve(head.len() + rest.len());
        self.read.extend_from_slice(head);
        self.read.extend_from_slice(&rest);
    }

    fn poll_say(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let Some(answer) = &mut self.answer else { return Poll::Ready(Ok(())) };
        if answer.last {
            self.io.closes_next();
        }
        while let Some(left) = answer.bytes.get(answer.written..).filter(|left| !left.is_empty()) {
            match ready!(Pin::new(&mut self.io).poll_write(cx, left))? {
                0 => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                written => answer.written += written,
            }
        }
        // From here on the client is waited for as on every idle connection.
        answer.in_flight = None;
        ready!(Pin::new(&mut self.io).poll_flush(cx))?;
        self.closing = answer.last;
        self.answer = None;
        Poll::Ready(Ok(()))
    }
}

impl Future for Porter {
    type Output = Left;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Left> {
        let left = ready!(self.poll_left(cx));
        Poll::Ready(left.unwrap_or_else(|error| {
            tracing::debug!(%error, "a connection broke at the door");
            Left::Closed
        }))
    }
}

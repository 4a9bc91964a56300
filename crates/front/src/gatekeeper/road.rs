//! One request at the gate: from its facts to leave to go on, or to the gate's own answer.

use super::answers::{self, Answering, Asker};
use super::application::Asked;
use super::facts::{self, Head};
use super::own::{OwnAnswer, Published};
use super::place::Place;
use super::upload::{ClientTime, MeasuredBody};
use super::{Asking, Gatekeeper, Question};
use crate::record::Note;
use crate::waiting::Ready;
use axum::body::Body as AnyBody;
use bytes::Bytes;
use http::{Request, Response, StatusCode, header};
use hyper::body::Body as _;
use preau_base::{ClientFacts, Instant, LessonId};
use preau_gate::{
    Admission, Answered, Away, Decision, Entry, HeldId, Kind, Lane, Outcome, Request as Facts, Shape, Shown,
};
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::oneshot;
use tokio::time::timeout;

/// Where the road of a request leads.
pub(crate) enum Road {
    /// To the application, whose answer is shown to [`Leave::answered`].
    On(Box<Leave>, Request<AnyBody>),
    /// No further: the gate's own answer. The request's body was not read.
    Ends(Response<AnyBody>),
}

/// What the gate says to a request at once.
pub(crate) enum AtOnce {
    Answer(Response<Bytes>),
    Ready(FromReady),
    /// It goes on: [`Gatekeeper::road`] takes it from here.
    Verdict(Box<Verdict>),
}

/// An answer that was made before, and why it was given.
pub(crate) struct FromReady {
    pub ready: Arc<Ready>,
    pub(super) why: Why,
}

#[derive(Clone, Copy)]
pub(super) enum Why {
    /// It is what was asked for, and the gate's own.
    Asked {
        what: Option<Published>,
        address: IpAddr,
    },
    Refused {
        asker: Asker,
        shown: Shown,
    },
}

impl FromReady {
    pub const fn is_refusal(&self) -> bool {
        matches!(self.why, Why::Refused { .. })
    }
}

/// What the gate has said to a request of which nothing was done yet. Dropped, it gives back what it was given.
pub(crate) struct Verdict {
    said: Said,
    asker: Asker,
    shown: Shown,
}

enum Said {
    Decided(Given),
    /// The release is awaited for so long.
    Held(HeldRequest, Duration),
}

/// A decision that was not carried out.
struct Given {
    gatekeeper: Arc<Gatekeeper>,
    decision: Option<Decision>,
}

impl Given {
    fn take(mut self) -> Decision {
        self.decision.take().unwrap_or(busy())
    }
}

impl Drop for Given {
    fn drop(&mut self) {
        if let Some(Decision::Admit(admission)) = self.decision.take() {
            self.gatekeeper.abandon(admission);
        }
    }
}

impl Verdict {
    /// The gate's answer is ready: the request goes no further.
    const fn ends_here(&self) -> bool {
        matches!(&self.said, Said::Decided(Given { decision: Some(decision), .. }) if !matches!(decision, Decision::Admit(_)))
    }
}

impl Gatekeeper {
    /// Hears a request without a body; what it has to wait for is left to [`Gatekeeper::road`].
    pub(crate) fn hear<B>(self: &Arc<Self>, request: &Request<B>, client: ClientFacts) -> AtOnce {
        match self.own_answer(request, client) {
            Some(OwnAnswer::Made(answer)) => return AtOnce::Answer(answer),
            Some(OwnAnswer::Ready(ready, what)) => {
                return AtOnce::Ready(FromReady { ready, why: Why::Asked { what, address: client.address } });
            }
            None => (),
        }
        let now = self.clock.now();
        let (facts, asker) = self.read(Head::of(request), client, now);
        self.hear_facts(&facts, asker, now)
    }

    /// Hears a question again: the same as if its request had been read again.
    pub(crate) fn hear_again(self: &Arc<Self>, question: &Question) -> AtOnce {
        match question {
            Question::Stranger(question) => self.hear_facts(&question.facts(), question.asker(), self.clock.now()),
            Question::Published(question) => {
                self.heard.note(question.address);
                let ready = self.own.published(question.what, question.known.as_ref(), &self.counts);
                AtOnce::Ready(FromReady {
                    ready,
                    why: Why::Asked { what: Some(question.what), address: question.address },
                })
            }
        }
    }

    fn hear_facts(self: &Arc<Self>, facts: &Facts<'_>, asker: Asker, now: Instant) -> AtOnce {
        let verdict = self.judge(facts, asker, now);
        if !verdict.ends_here() {
            return AtOnce::Verdict(Box::new(verdict));
        }
        let Verdict { said, asker, shown } = verdict;
        let decision = match said {
            Said::Decided(given) => given.take(),
            Said::Held(..) => busy(),
        };
        self.note(&decision, false, &facts.shape, &asker, shown, now);
        if let Decision::TurnAway { lane, why, again } = decision
            && let Some(ready) = self.answering(&asker, now, |answering| answering.ready(lane, why, again))
        {
            return AtOnce::Ready(FromReady { ready, why: Why::Refused { asker, shown } });
        }
        AtOnce::Answer(self.tell(&decision, &asker, now))
    }

    /// Takes a request to its end or to the application. May take as long as the gate holds requests.
    pub(crate) async fn road(
        self: &Arc<Self>,
        request: Request<AnyBody>,
        client: ClientFacts,
        verdict: Option<Box<Verdict>>,
    ) -> Road {
        let (request, verdict) = match verdict {
            Some(verdict) => (request, *verdict),
            None => {
                if let Some(answer) = self.own_answer(&request, client) {
                    let answer = match answer {
                        OwnAnswer::Made(answer) => answer,
                        OwnAnswer::Ready(ready, _) => ready.response().clone(),
                    };
                    return Road::Ends(answer.map(AnyBody::from));
                }
                // Whoever cut the body off says so instead of this answer.
                let Ok(request) = self.ahead.read(request).await else {
                    let mut cut = Response::new(AnyBody::empty());
                    *cut.status_mut() = StatusCode::BAD_REQUEST;
                    return Road::Ends(cut);
                };
                let now = self.clock.now();
                let (facts, asker) = self.read(Head::of(&request), client, now);
                let verdict = self.judge(&facts, asker, now);
                (request, verdict)
            }
        };
        let Verdict { said, asker, shown } = verdict;
        let (decision, held) = match said {
            Said::Decided(given) => (given.take(), false),
            Said::Held(held, time_max) => (held.released(time_max).await, true),
        };
        let now = self.clock.now();
        self.note(&decision, held, &facts::shape(Head::of(&request)), &asker, shown, now);
        match decision {
            Decision::Admit(admission) => Leave::given(self.clone(), admission, request, client, shown),
            other => Road::Ends(self.tell(&other, &asker, now).map(AnyBody::from)),
        }
    }

    fn own_answer<B>(&self, request: &Request<B>, client: ClientFacts) -> Option<OwnAnswer> {
        let answer = self.own.answer(request, &self.counts)?;
        self.heard.note(client.address);
        Some(answer)
    }

    /// What the gate asks about, and who asks.
    fn read<'a>(&self, head: Head<'a>, client: ClientFacts, now: Instant) -> (Facts<'a>, Asker) {
        let mut facts = facts::of_request(self, head, &client, now);
        if facts::upgrades(head) {
            // Whatever its path: the gate lets nobody without a pass open one.
            (facts.kind, facts.navigates) = (Kind::Live, false);
        }
        let asker = Asker {
            client,
            kind: facts.kind,
            navigates: facts.navigates,
            sends: !head.method.is_safe(),
            lang: facts::language(head.headers, client.secure),
            kept: facts.navigates && self.application.has_kept(head.headers, now),
            ticket: facts.ticket,
        };
        (facts, asker)
    }

    /// Asks the gate.
    fn judge(self: &Arc<Self>, facts: &Facts<'_>, asker: Asker, now: Instant) -> Verdict {
        let decided = |decision| Said::Decided(Given { gatekeeper: self.clone(), decision: Some(decision) });
        let said = match self.ask(facts, now) {
            None => decided(busy()),
            Some(Asking::Decided(decision)) => decided(decision),
            Some(Asking::Held { id, until, release }) => {
                let held = HeldRequest { gatekeeper: self.clone(), id, release: Some(release) };
                Said::Held(held, until.since(now))
            }
        };
        Verdict { said, asker, shown: facts.shown }
    }

    /// The answer to whoever is not let in.
    fn tell(&self, decision: &Decision, asker: &Asker, now: Instant) -> Response<Bytes> {
        self.answering(asker, now, |answering| self.tell_by(answering, decision, asker))
    }

    fn answering<T>(&self, asker: &Asker, now: Instant, make: impl FnOnce(&Answering<'_>) -> T) -> T {
        let figures = self.figures();
        make(&Answering { pages: &self.pages, ready: &self.ready, figures: &figures, asker, now })
    }

    fn tell_by(&self, answering: &Answering<'_>, decision: &Decision, asker: &Asker) -> Response<Bytes> {
        match decision {
            Decision::Wait(wait) => answering.wait(wait, &self.keys()),
            Decision::TurnAway { lane, why, again } => answering.away(*lane, *why, *again),
            Decision::SignInAgain => answering.sign_in_again(self.application.forget(&asker.client)),
            // Held a second time: a held request is given up once and for all.
            Decision::Hold { id, .. } => {
                self.give_up(*id);
                answering.moment(Duration::from_secs(1))
            }
            // Nobody asks what to tell those who are let in.
            Decision::Admit(_) => answering.moment(Duration::from_secs(1)),
        }
    }

    /// Counts a decision and tells the record. A request that was held is counted twice: as held, and by what became of it.
    fn note(&self, decision: &Decision, held: bool, shape: &Shape<'_>, asker: &Asker, shown: Shown, now: Instant) {
        let (lane, outcome, why) = match decision {
            Decision::Admit(admission) if held => (admission.lane, Outcome::Held, ""),
            Decision::Admit(admission) => (admission.lane, Outcome::Admitted, ""),
            Decision::Wait(wait) => (wait.lane, Outcome::Waits, wait.reason.name()),
            Decision::TurnAway { lane, why, .. } => (*lane, Outcome::TurnedAway, why.name()),
            Decision::SignInAgain => (Lane::Known, Outcome::SignInAgain, ""),
            Decision::Hold { .. } => (Lane::Known, Outcome::TurnedAway, Away::Busy.name()),
        };
        if held {
            self.counts.decided(lane, Outcome::Held, asker.kind);
        }
        let became = if outcome == Outcome::Held { Outcome::Admitted } else { outcome };
        self.counts.decided(lane, became, asker.kind);
        let expected_in = match decision {
            Decision::Wait(wait) => wait.lesson.map(|lesson| lesson.lesson),
            _ => None,
        };
        let holder = match shown {
            Shown::Valid(holder) => Some(holder.key.0),
            _ => None,
        };
        let lesson = expected_in.or_else(|| (asker.kind == Kind::Live).then(|| lesson_in(shape.path)).flatten());
        self.record.note(&Note {
            at: now,
            lane,
            outcome,
            kind: asker.kind,
            why,
            address: asker.client.address,
            holder,
            lesson,
            shape: *shape,
        });
    }

    pub(super) fn finished(&self, admission: Admission, answered: Answered) {
        let now = self.clock.now();
        self.with(|inside| {
            let released = inside.gate.finished(admission, answered, now);
            inside.release(released, now);
        });
    }

    /// The client went away before its answer: the place is free, and nothing is learned about the application.
    pub(super) fn abandon(&self, admission: Admission) {
        self.counts.abandoned.increment(1);
        let now = self.clock.now();
        self.with(|inside| {
            let released = inside.gate.abandoned(admission, now);
            inside.release(released, now);
        });
    }
}

/// Places of clients that send slowly.
impl Gatekeeper {
    /// The application waits for this client: its place is free until it goes on.
    pub(super) fn lend(&self, admission: Admission) {
        let now = self.clock.now();
        let mut inside = self.inside();
        let released = inside.gate.abandoned(admission, now);
        inside.release(released, now);
    }

    pub(super) fn take_back(&self, admission: Admission) {
        self.inside().gate.back_at_work(&admission);
    }
}

/// A request that is held. Dropped with its client gone, it gives its place in the queue back.
struct HeldRequest {
    gatekeeper: Arc<Gatekeeper>,
    id: HeldId,
    release: Option<oneshot::Receiver<Admission>>,
}

impl HeldRequest {
    async fn released(mut self, time_max: Duration) -> Decision {
        let Some(release) = self.release.as_mut() else { return busy() };
        if let Ok(Ok(admission)) = timeout(time_max, release).await {
            self.release = None;
            return Decision::Admit(admission);
        }
        self.end().unwrap_or_else(busy)
    }

    /// Whatever the gate says now: an admission that came in the same moment, or its answer to giving up.
    fn end(&mut self) -> Option<Decision> {
        let mut release = self.release.take()?;
        let given_up = self.gatekeeper.give_up(self.id);
        given_up.or_else(|| release.try_recv().ok().map(Decision::Admit))
    }
}

/// What is said where the gate has no answer: it has lost a held request, or panicked. It does neither.
const fn busy() -> Decision {
    Decision::TurnAway { lane: Lane::Known, why: Away::Busy, again: Duration::from_secs(1) }
}

impl Drop for HeldRequest {
    fn drop(&mut self) {
        if self.release.is_none() {
            return;
        }
        self.gatekeeper.counts.gone_held.increment(1);
        if let Some(Decision::Admit(admission)) = self.end() {
            self.gatekeeper.abandon(admission);
        }
    }
}

/// Leave for one request to be at work in the application. Dropped without an answer, it gives its place back
/// ([`Place`]).
pub(crate) struct Leave {
    gatekeeper: Arc<Gatekeeper>,
    place: Arc<Place>,
    entry: Option<Entry>,
    begun: tokio::time::Instant,
    client_time: ClientTime,
    asked: Asked,
}

impl Leave {
    fn given(
        gatekeeper: Arc<Gatekeeper>,
        admission: Admission,
        request: Request<AnyBody>,
        client: ClientFacts,
        shown: Shown,
    ) -> Road {
        let asked = Asked {
            method: request.method().clone(),
            uri: request.uri().clone(),
            cookies: request.headers().get_all(header::COOKIE).iter().cloned().collect(),
            client,
            shown,
        };
        let client_time = ClientTime::default();
        let leave = Self {
            place: Place::new(gatekeeper.clone(), admission),
            entry: admission.entry,
            begun: tokio::time::Instant::now(),
            client_time: client_time.clone(),
            asked,
            gatekeeper,
        };
        let (mut parts, body) = request.into_parts();
        leave.gatekeeper.application.prepare(&mut parts, leave.gatekeeper.level());
        let body =
            if body.is_end_stream() { body } else { AnyBody::new(MeasuredBody::new(body, client_time, &leave.place)) };
        Road::On(Box::new(leave), Request::from_parts(parts, body))
    }

    /// The head of the answer has come.
    pub fn answered(self, response: Response<AnyBody>) -> Response<AnyBody> {
        let gatekeeper = self.gatekeeper.clone();
        let now = gatekeeper.clock.now();
        let (mut parts, body) = response.into_parts();
        let latency = self.begun.elapsed().saturating_sub(self.client_time.so_far());
        let failed = gatekeeper.application.failed(&self.asked, &parts);
        self.place.finish(Answered { latency, failed, bytes: body.size_hint().lower() });
        gatekeeper.application.answered(&self.asked, &mut parts, now);
        if let Some(sign) = gatekeeper.application.sign_of(&self.asked, &parts) {
            gatekeeper.observe(sign, self.asked.client.address);
        }
        if gatekeeper.application.is_no_file(&self.asked, &parts) {
            let (shown, address) = (self.asked.shown, self.asked.client.address);
            gatekeeper.with(|inside| inside.gate.charge_page(shown, address, now));
        }
        if let Some(entry) = self.entry {
            answers::let_in(&mut parts.headers, entry, self.asked.client.secure, &gatekeeper.keys());
        }
        Response::from_parts(parts, body)
    }
}

/// The lesson that a path such as `/lessons/{id}` or `/live/{id}` names.
fn lesson_in(path: &str) -> Option<u128> {
    path.split('/').nth(2)?.parse::<LessonId>().ok().map(|id| id.uuid().as_u128())
}

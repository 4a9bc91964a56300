//! The gate's own answers to a request: which screen, for whom, with which cookies.

use super::facts::GateCookie;
use crate::limits::GATE_COOKIE_S;
use crate::waiting::{Asked, Lang, LessonLine, Ready, ReadyRefusals, Screen, WaitScreen, WaitingPages};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Response, header};
use preau_base::{ClientFacts, Instant};
use preau_gate::{Away, Entry, Figures, KeyRing, Kind, Lane, Reason, Ticket, Wait};
use std::sync::Arc;
use std::time::Duration;

/// For whom an answer of the gate is made.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asker {
    pub client: ClientFacts,
    pub kind: Kind,
    /// A person looks at the answer.
    pub navigates: bool,
    /// The request would have changed something: nothing of it was done.
    pub sends: bool,
    pub lang: Lang,
    /// The browser has the application's kept page.
    pub kept: bool,
    /// The ticket that the browser showed.
    pub ticket: Option<Ticket>,
}

/// Makes one answer.
pub(super) struct Answering<'a> {
    pub pages: &'a WaitingPages,
    pub ready: &'a ReadyRefusals,
    pub figures: &'a Figures,
    pub asker: &'a Asker,
    pub now: Instant,
}

impl Answering<'_> {
    /// The same refusal as others had; none where what is said depends on the line.
    pub fn ready(&self, lane: Lane, why: Away, again: Duration) -> Option<Arc<Ready>> {
        let same = self.reason_instead(lane, why).is_none();
        same.then(|| self.ready.away(self.pages, (why, again), &self.asked(), self.asker.navigates))
    }

    /// Why somebody waits, for whoever is turned away beside those in line.
    fn reason_instead(&self, lane: Lane, why: Away) -> Option<Reason> {
        let outside = matches!(lane, Lane::Newcomer | Lane::Returning) && !self.asker.navigates;
        self.figures.reason.filter(|_| why == Away::Busy && outside)
    }

    /// A script takes no place in line, but is told the same reason as people are.
    pub fn away(&self, lane: Lane, why: Away, again: Duration) -> Response<Bytes> {
        if let Some(reason) = self.reason_instead(lane, why) {
            let opens = self.figures.opens;
            let none = Wait {
                lane,
                reason,
                ticket: None,
                place: None,
                estimate: None,
                opens,
                again,
                lesson: None,
                holder: None,
            };
            return self.screen(&Screen::Wait(WaitScreen {
                wait: &none,
                ticket: None,
                figures: self.figures,
                lesson: None,
            }));
        }
        self.screen(&Screen::Away { why, again })
    }

    /// Nobody could answer in time.
    pub fn moment(&self, again: Duration) -> Response<Bytes> {
        self.screen(&Screen::Moment { again })
    }

    /// `forget` takes the pass away.
    pub fn sign_in_again(&self, forget: Vec<HeaderValue>) -> Response<Bytes> {
        let mut response = self.screen(&Screen::SignInAgain);
        for cookie in forget {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
        response
    }

    pub fn wait(&self, wait: &Wait, keys: &KeyRing) -> Response<Bytes> {
        // The pages of the lesson's teachers show who waits here.
        let lesson = wait.lesson.filter(|_| wait.holder.is_some()).map(|lesson| LessonLine {
            title: None,
            starts: lesson.starts,
            teacher_told: true,
        });
        let ticket = wait.ticket.or(self.asker.ticket);
        let mut response = self.screen(&Screen::Wait(WaitScreen { wait, ticket, figures: self.figures, lesson }));
        if let Some(ticket) = wait.ticket {
            let value = cookie(GateCookie::Ticket, &ticket.seal(keys), GATE_COOKIE_S, self.asker.client.secure);
            set(response.headers_mut(), value);
        }
        response
    }

    fn asked(&self) -> Asked<'_> {
        Asked {
            lang: self.asker.lang,
            now: self.now,
            form: self.asker.sends,
            kept: self.asker.kept,
            level: preau_base::Level::from_number(self.figures.level).unwrap_or_default(),
            note: self.figures.note.as_deref(),
        }
    }

    fn screen(&self, screen: &Screen<'_>) -> Response<Bytes> {
        let asked = self.asked();
        if self.asker.navigates { self.pages.page(screen, &asked) } else { self.pages.call(screen, &asked) }
    }
}

/// The person is in: from now on the entry counts, and the ticket is used.
pub(super) fn let_in(headers: &mut HeaderMap, entry: Entry, secure: bool, keys: &KeyRing) {
    set(headers, cookie(GateCookie::Entry, &entry.seal(keys), GATE_COOKIE_S, secure));
    set(headers, cookie(GateCookie::Ticket, "", 0, secure));
}

fn set(headers: &mut HeaderMap, cookie: Option<HeaderValue>) {
    if let Some(value) = cookie {
        headers.append(header::SET_COOKIE, value);
    }
}

fn cookie(cookie: GateCookie, value: &str, age_s: u64, secure: bool) -> Option<HeaderValue> {
    let end = if secure { "; Secure" } else { "" };
    let text = format!("{}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={age_s}{end}", cookie.name(secure));
    HeaderValue::try_from(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookies_are_for_this_host_alone() {
        let text = |secure| cookie(GateCookie::Entry, "v", 9, secure).unwrap().to_str().unwrap().to_owned();
        assert_eq!(text(true), "__Host-preau_entry=v; Path=/; HttpOnly; SameSite=Lax; Max-Age=9; Secure");
        assert_eq!(text(false), "preau_entry=v; Path=/; HttpOnly; SameSite=Lax; Max-Age=9");
    }
}

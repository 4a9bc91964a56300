use super::refusals::Fixed;
use super::{Asked, Lang, Screen, WaitingPages};
use crate::limits::READY_MAX;
use bytes::Bytes;
use http::Response;
use preau_base::Instant;
use preau_gate::Away;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

/// An answer as it goes out, the same for everybody who asks for it: a file of ours, or the refusal for one reason in one
/// language until one time.
#[derive(Debug)]
pub(crate) struct Ready {
    response: Response<Bytes>,
    /// Status and headers as lines of HTTP/1.1, without those that each answer has of its own.
    lines: Box<[u8]>,
    /// The whole answer, with the second in which it holds.
    whole: Mutex<(i64, Bytes)>,
}

impl Ready {
    pub fn new(response: Response<Bytes>) -> Self {
        let lines = crate::porter::lines(&response).into_boxed_slice();
        Self { lines, response, whole: Mutex::new((i64::MIN, Bytes::new())) }
    }

    /// The whole answer as it goes out at `now`; made anew each second, as it tells the time.
    pub fn whole_at(&self, now: Instant, make: impl FnOnce() -> Vec<u8>) -> Bytes {
        let mut whole = self.whole.lock().unwrap_or_else(PoisonError::into_inner);
        if whole.0 != now.as_secs() {
            *whole = (now.as_secs(), Bytes::from(make()));
        }
        whole.1.clone()
    }

    pub const fn response(&self) -> &Response<Bytes> {
        &self.response
    }

    pub fn lines(&self) -> &[u8] {
        &self.lines
    }
}

/// All that a refusal's words depend on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Which {
    fixed: Fixed,
    lang: Lang,
    form: bool,
    kept: bool,
    navigates: bool,
    /// Some refusals name a time; in whole seconds, as they are said.
    again_s: Option<u64>,
}

/// Refusals that were made before: an attack is refused by the thousand, and each refusal must cost less than what it
/// answers.
#[derive(Debug, Default)]
pub(crate) struct ReadyRefusals(RwLock<HashMap<Which, Arc<Ready>>>);

impl ReadyRefusals {
    /// The answer to whoever is turned away.
    pub fn away(
        &self,
        pages: &WaitingPages,
        (why, again): (Away, Duration),
        asked: &Asked<'_>,
        navigates: bool,
    ) -> Arc<Ready> {
        let screen = Screen::Away { why, again };
        let which = Which {
            fixed: Fixed::Away(why),
            lang: asked.lang,
            form: asked.form,
            kept: asked.kept,
            navigates,
            again_s: screen.again().map(|again| again.as_secs().max(1)),
        };
        if let Some(ready) = self.0.read().unwrap_or_else(PoisonError::into_inner).get(&which) {
            return ready.clone();
        }
        let response = if navigates { pages.page(&screen, asked) } else { pages.call(&screen, asked) };
        let ready = Arc::new(Ready::new(response));
        let mut kept = self.0.write().unwrap_or_else(PoisonError::into_inner);
        // The times go on, and with them what is needed.
        if kept.len() >= READY_MAX {
            kept.clear();
        }
        kept.insert(which, ready.clone());
        ready
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::tz::TimeZone;
    use preau_base::Level;

    fn asked(lang: Lang, form: bool, kept: bool) -> Asked<'static> {
        Asked { lang, now: Instant::EPOCH, form, kept, level: Level::default(), note: None }
    }

    fn pages() -> WaitingPages {
        WaitingPages::new("Préau", "/sign-in", Some("/offline"), TimeZone::UTC)
    }

    #[test]
    fn what_is_kept_is_what_would_be_made() {
        let pages = pages();
        let ready = ReadyRefusals::default();
        // Twice: the second time everything comes out of the store.
        for _ in 0..2 {
            for why in Away::ALL {
                for (lang, form, kept, navigates, again_ms) in [
                    (Lang::Fr, false, false, true, 1_900),
                    (Lang::Fr, false, true, true, 1_900),
                    (Lang::En, false, false, true, 2_100),
                    (Lang::Fr, true, false, true, 2_100),
                    (Lang::En, true, true, true, 2_100),
                    (Lang::Fr, false, false, false, 0),
                ] {
                    let (again, asked) = (Duration::from_millis(again_ms), asked(lang, form, kept));
                    let screen = Screen::Away { why, again };
                    let made = if navigates { pages.page(&screen, &asked) } else { pages.call(&screen, &asked) };
                    let given = ready.away(&pages, (why, again), &asked, navigates);
                    assert_eq!(given.response().body(), made.body(), "{why:?} {lang:?} {form} {kept} {navigates}");
                    assert_eq!(given.response().headers(), made.headers());
                    assert_eq!(given.response().status(), made.status());
                    assert_eq!(given.lines(), crate::porter::lines(&made));
                }
            }
        }
    }

    #[test]
    fn what_is_kept_has_an_end() {
        let pages = pages();
        let ready = ReadyRefusals::default();
        for second in 1..=2 * READY_MAX as u64 {
            ready.away(&pages, (Away::Budget, Duration::from_secs(second)), &asked(Lang::Fr, false, false), true);
            assert!(ready.0.read().unwrap().len() <= READY_MAX);
        }
    }
}

//! What the gate learns from the application's answers: who has signed in, and who has signed out.

use super::cookies::{GATE_COOKIE, Given, SessionCookies, pairs};
use super::forward::FromUpstream;
use super::presets::Rules;
use super::rules::{CookieFate, Miss};
use crate::gatekeeper::Asked;
use http::header::{CACHE_CONTROL, COOKIE, LOCATION, SET_COOKIE};
use http::{HeaderMap, HeaderName, HeaderValue, response};
use preau_base::{ClientFacts, Instant, Rng};
use preau_gate::budget::{Allowance, Budgets, Prefix};
use preau_gate::{EndedPasses, HolderKey, KeyRing, Permission, SessionCookie, Shown, UpstreamPass};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard};
use std::time::Duration;

/// Passes that one site (IPv4 /32, IPv6 /48) earns where nobody tells us which account signs in: half a city behind a mobile
/// operator, and 7,200 an hour. Whoever has one account could earn as many as they sign in times, each with a budget of its own.
const EARNED: Allowance = Allowance { burst: 6_000, refill: Duration::from_millis(500) };
/// Passes that one account earns, where the answer names it ([`Rules::account`]): somebody signs in on a telephone, at home, at
/// school, and again after each restart of a shared computer. Then no site is bounded: each account has a password.
const EARNED_BY_ACCOUNT: Allowance = Allowance { burst: 12, refill: Duration::from_secs(600) };

/// The passes that are learned.
pub(super) struct Learning {
    rules: Rules,
    signed_in_header: Option<HeaderName>,
    keys: Arc<RwLock<KeyRing>>,
    rng: Mutex<Box<dyn Rng>>,
    earned: Mutex<(Budgets<Prefix>, Budgets<u64>)>,
    ended: RwLock<EndedPasses>,
    /// Passes have ended since [`Learning::ended_if_changed`] was asked.
    ended_changed: AtomicBool,
    told: Told,
}

/// Marks an answer to an attempt to sign in that did not succeed: a wrong password, mostly.
#[derive(Clone, Copy)]
pub(super) struct MissedSignIn;

/// What was said once in the log: the rest is counted.
#[derive(Default)]
struct Told {
    earned: AtomicBool,
    missed: [AtomicBool; 3],
    unbound: AtomicBool,
}

/// What an answer means for the pass of whoever asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Nothing,
    Earn(SessionCookie),
    End,
    /// The application has replaced its session cookie.
    Move(SessionCookie),
    Renew,
}

/// What the application says of the sign-in by its header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Said {
    Nothing,
    In,
    Out,
}

impl Learning {
    pub fn new(
        rules: Rules,
        signed_in_header: Option<HeaderName>,
        keys: Arc<RwLock<KeyRing>>,
        rng: Box<dyn Rng>,
    ) -> Self {
        Self {
            rules,
            signed_in_header,
            keys,
            rng: Mutex::new(rng),
            earned: Mutex::new((Budgets::new(EARNED), Budgets::new(EARNED_BY_ACCOUNT))),
            ended: RwLock::default(),
            ended_changed: AtomicBool::new(false),
            told: Told::default(),
        }
    }

    pub const fn rules(&self) -> &Rules {
        &self.rules
    }

    fn keys(&self) -> RwLockReadGuard<'_, KeyRing> {
        self.keys.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn ended(&self) -> RwLockReadGuard<'_, EndedPasses> {
        self.ended.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn has_ended(&self, holder: HolderKey) -> bool {
        self.ended().contains(holder.0)
    }

    pub fn restore_ended(&self, ended: EndedPasses) {
        *self.ended.write().unwrap_or_else(PoisonError::into_inner) = ended;
    }

    /// The passes that ended, to be kept over a restart, when there are news.
    pub fn ended_if_changed(&self, now: Instant) -> Option<Vec<u8>> {
        let changed = self.ended_changed.swap(false, Ordering::Relaxed);
        changed.then(|| {
            self.ended.write().unwrap_or_else(PoisonError::into_inner).prune(now);
            self.ended().to_bytes()
        })
    }

    /// What a request shows.
    pub fn shown(&self, headers: &HeaderMap, client: &ClientFacts, now: Instant) -> Shown {
        match self.pass(|| headers.get_all(COOKIE).iter(), client, now) {
            Ok(pass) => Shown::Valid(pass.holder()),
            Err(shown) => shown,
        }
    }

    /// The pass of a request, if it has a good one together with the session cookie that it was given with.
    fn pass<'a, I: Iterator<Item = &'a HeaderValue>>(
        &self,
        cookies: impl Fn() -> I,
        client: &ClientFacts,
        now: Instant,
    ) -> Result<UpstreamPass, Shown> {
        let name = cookie_name(client);
        let (_, text) = pairs(cookies()).find(|(found, _)| *found == name).ok_or(Shown::Nothing)?;
        let keys = self.keys();
        let pass = UpstreamPass::open(text, &keys, now).map_err(Shown::from)?;
        let shown =
            self.rules.session_cookies.shown(cookies()).map(|(name, value)| SessionCookie::of(name, value, &keys));
        let good = pass.is_bound_to(shown) && !self.ended().contains(pass.holder);
        if good { Ok(pass) } else { Err(Shown::Lapsed) }
    }

    /// Looks at an answer of the application, and gives, moves, renews or takes away the pass.
    pub fn answered(&self, asked: &Asked, answer: &mut response::Parts, now: Instant) {
        let said = self.take_header(&mut answer.headers);
        if answer.extensions.get::<FromUpstream>().is_none() {
            return;
        }
        let pass = self.pass(|| asked.cookies.iter(), &asked.client, now).ok();
        let signs_in = self.signs_in(asked, answer, self.fate(asked, answer));
        if signs_in.is_err() && said != Said::In && pass.is_none() {
            answer.extensions.insert(MissedSignIn);
        }
        let step = self.step(asked, pass, answer, signs_in == Ok(true), said, now);
        self.carry_out(step, pass, &asked.client, &mut answer.headers, now);
    }

    /// The browser never sees the application's header.
    fn take_header(&self, headers: &mut HeaderMap) -> Said {
        let Some(name) = &self.signed_in_header else { return Said::Nothing };
        let value = headers.get(name).map(|value| value.as_bytes().trim_ascii().to_vec());
        headers.remove(name);
        match value.as_deref() {
            Some(b"1") => Said::In,
            Some(b"0") => Said::Out,
            _ => Said::Nothing,
        }
    }

    fn step(
        &self,
        asked: &Asked,
        pass: Option<UpstreamPass>,
        answer: &response::Parts,
        signs_in: bool,
        said: Said,
        now: Instant,
    ) -> Step {
        let sessions = &self.rules.session_cookies;
        let given = sessions.given(&answer.headers);
        let fate = given.fate(sessions.shown(&asked.cookies));
        let signs_out =
            self.rules.sign_out.iter().any(|rule| rule.succeeded(&asked.method, &asked.uri, answer.status, fate));
        if said == Said::Out || signs_out {
            return Step::End;
        }
        if signs_in || said == Said::In && pass.is_none() {
            let cookie = self.bound_to(asked, sessions, &given);
            if cookie.is_none() {
                self.told_unbound();
            } else if !self.may_earn(&asked.client, answer, now) {
                count("bounded");
                // A pass that is good stays good, with the session that the application has given now.
                return cookie.filter(|_| pass.is_some()).map_or(Step::Nothing, Step::Move);
            }
            return cookie.map_or(Step::Nothing, Step::Earn);
        }
        match (pass, fate) {
            (None, _) => Step::Nothing,
            (Some(_), CookieFate::Changed) => self.bound_to(asked, sessions, &given).map_or(Step::Nothing, Step::Move),
            (Some(_), CookieFate::Deleted) => Step::End,
            (Some(pass), CookieFate::Untouched) if pass.needs_renewal(now) && !is_shared(&answer.headers) => {
                Step::Renew
            }
            (Some(_), CookieFate::Untouched) => Step::Nothing,
        }
    }

    /// Whether one more pass may be earned: see [`EARNED`]. Who earns none has signed in all the same, and asks the gate as
    /// somebody without a pass.
    fn may_earn(&self, client: &ClientFacts, answer: &response::Parts, now: Instant) -> bool {
        let mut earned = self.earned.lock().unwrap_or_else(PoisonError::into_inner);
        let (by_site, by_account) = &mut *earned;
        let permission = match self.account(&answer.headers) {
            Some(account) => by_account.take(account, 1, now),
            None => by_site.take(Prefix::site(client.address), 1, now),
        };
        permission == Permission::Allow
    }

    /// The account that has signed in, where the answer names it.
    fn account(&self, headers: &HeaderMap) -> Option<u64> {
        let before = self.rules.account.as_deref()?;
        let location = headers.get(LOCATION)?.to_str().ok()?;
        let path = match location.split_once("://") {
            Some(("http" | "https", rest)) => rest.get(rest.find('/')?..)?,
            _ => location,
        };
        path.strip_prefix(before)?.parse().ok()
    }

    /// What an answer did with the session cookie.
    fn fate(&self, asked: &Asked, answer: &response::Parts) -> CookieFate {
        let sessions = &self.rules.session_cookies;
        sessions.given(&answer.headers).fate(sessions.shown(&asked.cookies))
    }

    /// The session cookie that the browser has after this answer.
    fn bound_to(&self, asked: &Asked, sessions: &SessionCookies, given: &Given<'_>) -> Option<SessionCookie> {
        let (name, value) = match *given {
            Given::Cookie { name, value } => (name, value),
            Given::Nothing => sessions.shown(&asked.cookies).next()?,
            Given::Deleted => return None,
        };
        Some(SessionCookie::of(name, value, &self.keys()))
    }

    /// Whether the answer is that of a sign-in that succeeded, or else what was wrong with the attempt.
    fn signs_in(&self, asked: &Asked, answer: &response::Parts, fate: CookieFate) -> Result<bool, Miss> {
        let mut nearest: Option<(Miss, usize)> = None;
        let location = answer.headers.get(LOCATION).and_then(|value| value.to_str().ok());
        for (at, rule) in self.rules.sign_in.iter().enumerate() {
            if !rule.is_about(&asked.method, &asked.uri) {
                continue;
            }
            match rule.succeeded(&asked.uri, answer.status, location, fate) {
                Ok(()) => return Ok(true),
                Err(miss) if rule.is_attempt(&asked.method) => nearest = nearest.max(Some((miss, at))),
                Err(_) => {}
            }
        }
        let Some((miss, at)) = nearest else { return Ok(false) };
        self.told_missed(at, miss);
        Err(miss)
    }

    fn carry_out(
        &self,
        step: Step,
        pass: Option<UpstreamPass>,
        client: &ClientFacts,
        headers: &mut HeaderMap,
        now: Instant,
    ) {
        let next = match (step, pass) {
            (Step::Nothing, _) => return,
            (Step::Earn(cookie), before) => {
                // Somebody else may sit there now: the pass of before is not theirs.
                if let Some(before) = before {
                    self.end(before, now);
                }
                self.told_earned();
                let mut rng = self.rng.lock().unwrap_or_else(PoisonError::into_inner);
                Some(UpstreamPass::earn(cookie, now, rng.as_mut()))
            }
            (Step::End, before) => {
                if let Some(before) = before {
                    count("ended");
                    self.end(before, now);
                }
                None
            }
            (Step::Move(cookie), Some(pass)) => {
                count("moved");
                Some(pass.moved(cookie, now))
            }
            (Step::Renew, Some(pass)) => {
                count("renewed");
                Some(pass.renewed(now))
            }
            (Step::Move(_) | Step::Renew, None) => return,
        };
        let line = match next {
            Some(pass) => given_line(client, &pass.seal(&self.keys()), pass.cookie_max_age(now).as_secs()),
            None => given_line(client, "", 0),
        };
        if let Some(line) = line {
            headers.append(SET_COOKIE, line);
        }
    }

    fn end(&self, pass: UpstreamPass, now: Instant) {
        self.ended.write().unwrap_or_else(PoisonError::into_inner).end(pass.holder, now);
        self.ended_changed.store(true, Ordering::Relaxed);
    }

    fn told_earned(&self) {
        count("earned");
        if self.told.earned.swap(true, Ordering::Relaxed) {
            tracing::debug!("a sign-in earned a pass");
        } else {
            tracing::info!("a sign-in earned a pass, the first since the start: the rules work");
        }
    }

    /// A wrong password looks like this, and so does a rule that does not fit the application.
    fn told_missed(&self, rule: usize, miss: Miss) {
        metrics::counter!("preau_upstream_sign_ins_failed_total", "miss" => miss.name()).increment(1);
        let first = self.told.missed.get(miss as usize).is_some_and(|told| !told.swap(true, Ordering::Relaxed));
        let (rule, miss) = (rule + 1, miss.name());
        if first && !self.told.earned.load(Ordering::Relaxed) {
            tracing::info!(
                rule,
                miss,
                "a sign-in was answered otherwise than the rule wants: a wrong password, or a wrong rule"
            );
        } else {
            tracing::debug!(rule, miss, "a sign-in earned no pass");
        }
    }

    fn told_unbound(&self) {
        count("unbound");
        if !self.told.unbound.swap(true, Ordering::Relaxed) {
            tracing::warn!("a sign-in succeeded without any session cookie of the configured names: it earns no pass");
        }
    }

    /// Takes the pass away.
    pub fn forget(client: &ClientFacts) -> Vec<HeaderValue> {
        given_line(client, "", 0).into_iter().collect()
    }
}

/// An answer that caches on the way may keep for everybody: nobody's pass goes along with it (RFC 9111 §5.2.2).
fn is_shared(headers: &HeaderMap) -> bool {
    let lines = headers.get_all(CACHE_CONTROL).iter().filter_map(|line| line.to_str().ok());
    lines
        .flat_map(|line| line.split(','))
        .map(|directive| directive.trim_ascii().to_ascii_lowercase())
        .any(|directive| matches!(directive.as_str(), "public" | "immutable") || directive.starts_with("s-maxage"))
}

fn count(what: &'static str) {
    metrics::counter!("preau_upstream_passes_total", "what" => what).increment(1);
}

/// With the prefix by which browsers take a cookie over TLS only, from this host only (RFC 6265bis §4.1.3.2).
const fn cookie_name(client: &ClientFacts) -> &'static str {
    if client.secure { "__Host-preau_gate" } else { GATE_COOKIE }
}

fn given_line(client: &ClientFacts, value: &str, max_age_s: u64) -> Option<HeaderValue> {
    let secure = if client.secure { "; Secure" } else { "" };
    let name = cookie_name(client);
    let line = format!("{name}={value}; Path=/; Max-Age={max_age_s}; HttpOnly; SameSite=Lax{secure}");
    HeaderValue::from_str(&line).ok()
}

#[cfg(test)]
mod tests;

//! Which attacks are under way. Each rule has a least amount, below which nothing is worth a name, and compares with
//! what is usual here.

use super::split::Second;
use super::sweep::{Floods, Signs, Sweep};
use super::usual::{Usual, What};
use crate::limits::WINDOW;
use crate::request::Sign;
use crate::snapshot::{AttackKind, Fact, Ground};

const WINDOW_S: f64 = WINDOW.as_secs() as f64;
/// An attack is this many times what is usual, at least.
const TIMES_USUAL: f64 = 5.0;
/// Least amounts in a window: 8 requests a second, so that 20 are named before a whole window of them is over, of which
/// those are counted that their networks repeat; 20 connections, 3 of what browsers hardly ever do.
const FLOOD_MIN: f64 = 40.0;
const CONNECTIONS_MIN: f64 = 100.0;
const SLOW_MIN: f64 = 25.0;
const LARGE_MIN: f64 = 15.0;
const FORGED_MIN: f64 = 15.0;
const WRONG_MIN: f64 = 15.0;
const TRIES_MIN: f64 = 40.0;
const HTTP2_MIN: f64 = 5.0;
const SMUGGLING_MIN: f64 = 3.0;
const SIGN_IN_AGAIN_MIN: u32 = 3;
/// Share of wrong passwords among all, from which on people don't explain them.
const WRONG_SHARE_MIN: f64 = 0.5;
/// Where it was learned over a while how many people mistype here, this many times that share is beyond them too, and at
/// least this share; by this many standard deviations of as many tries.
const WRONG_TIMES_USUAL: f64 = 3.0;
const WRONG_BESIDE_USUAL: f64 = 0.1;
const WRONG_DEVIATIONS: f64 = 4.0;
const WRONG_LEARNED_S: f64 = 300.0;
/// A flood below [`FLOOD_MIN`] that takes this share of the application's time, and at least this many milliseconds
/// of it in a window, is one of dear requests. It has so many: where the application stalls, a home that reloads its page
/// four times takes all that is answered.
const DEAR_REQUESTS_MIN: f64 = 15.0;
const DEAR_SHARE_MIN: f64 = 0.5;
const DEAR_MS_MIN: f64 = 5_000.0;
/// Each new person may leave so many connections without a request: browsers open them ahead.
const SPARE_CONNECTIONS_PER_PERSON: f64 = 2.0;

/// All that the rules look at.
pub(super) struct Evidence<'a> {
    pub(super) sweep: &'a Sweep,
    /// Sums of the window.
    pub(super) sum: &'a Second,
    pub(super) usual: &'a Usual,
    /// The most new people in a window of the last minute.
    pub(super) arrivals: f64,
    /// Bare requests in the window that signatures describe.
    pub(super) described: Floods,
}

/// An attack, how many times over the least amount, and how we know.
#[derive(Clone, Debug)]
pub(super) struct Finding {
    pub(super) kind: AttackKind,
    pub(super) strength: f64,
    pub(super) grounds: Vec<Ground>,
}

pub(super) fn find(facts: &Evidence<'_>) -> Vec<Finding> {
    let rules = [connections, handshakes, slow, floods, http2, large, smuggling, passwords, forged, shared];
    let mut findings: Vec<Finding> = rules.iter().flat_map(|rule| rule(facts)).collect();
    findings.sort_by(|one, other| other.strength.total_cmp(&one.strength));
    findings
}

impl Evidence<'_> {
    /// How many times over what it must be; below 1 is nothing. `amount` of a window.
    fn strength(&self, amount: f64, least: f64, what: What) -> f64 {
        amount / least.max(self.usual.of(what) * WINDOW_S * TIMES_USUAL)
    }

    /// A rate of the window against its usual.
    fn rate(&self, fact: Fact, amount: f64, what: What) -> Ground {
        Ground { fact, value: amount / WINDOW_S, usual: self.usual.of(what) }
    }

    fn sign(&self, sign: Sign, what: What) -> Option<Ground> {
        let amount = self.sum.sign(sign);
        (amount > 0.0).then(|| self.rate(Fact::Connections(sign), amount, what))
    }

    /// What people's own spare connections don't explain.
    fn beyond_people(&self, signs: &Signs) -> f64 {
        signs.repeated + (signs.single - SPARE_CONNECTIONS_PER_PERSON * self.arrivals).max(0.0)
    }

    /// Wrong passwords that people don't explain, who are known to mistype so often here.
    fn beyond_mistyping(&self, wrong: f64, answered: f64) -> f64 {
        if self.usual.seconds(What::WrongShare) < WRONG_LEARNED_S {
            return 0.0;
        }
        let share = (self.usual.of(What::WrongShare) * WRONG_TIMES_USUAL).max(WRONG_BESIDE_USUAL);
        let people_s = answered * share;
        let beyond = wrong - people_s;
        if beyond >= WRONG_DEVIATIONS * people_s.sqrt() { beyond } else { 0.0 }
    }

    fn finding(&self, kind: AttackKind, strength: f64, grounds: Vec<Ground>) -> Vec<Finding> {
        if strength < 1.0 { Vec::new() } else { vec![Finding { kind, strength, grounds }] }
    }
}

fn connections(facts: &Evidence<'_>) -> Vec<Finding> {
    let strength = facts.strength(facts.beyond_people(&facts.sweep.refused), CONNECTIONS_MIN, What::Refused);
    let grounds = [Sign::ConnectionRefused, Sign::BadRequest].map(|sign| facts.sign(sign, What::Refused));
    facts.finding(AttackKind::ConnectionFlood, strength, grounds.into_iter().flatten().collect())
}

fn handshakes(facts: &Evidence<'_>) -> Vec<Finding> {
    let amount = facts.beyond_people(&facts.sweep.handshakes);
    let usual = [What::HandshakeFailed, What::HandshakeOnly];
    let strength =
        usual.map(|what| facts.strength(amount, CONNECTIONS_MIN, what)).into_iter().fold(f64::INFINITY, f64::min);
    let [failed, only] = usual;
    let grounds = [facts.sign(Sign::HandshakeFailed, failed), facts.sign(Sign::HandshakeOnly, only)];
    facts.finding(AttackKind::HandshakeFlood, strength, grounds.into_iter().flatten().collect())
}

fn slow(facts: &Evidence<'_>) -> Vec<Finding> {
    let strength = facts.strength(facts.beyond_people(&facts.sweep.slow), SLOW_MIN, What::Slow);
    let signs = [Sign::Silent, Sign::SlowHeader, Sign::SlowBody, Sign::SlowRead];
    let grounds = signs.into_iter().filter_map(|sign| facts.sign(sign, What::Slow)).collect();
    facts.finding(AttackKind::SlowConnections, strength, grounds)
}

/// Floods of requests: plain, past caches, and for places in line.
fn floods(facts: &Evidence<'_>) -> Vec<Finding> {
    // Some floods are told by their networks, some only by what their requests have in common.
    let floods = facts.sweep.floods.max(facts.described);
    let cost: f64 = facts.sum.cost_ms.iter().sum();
    let dear = facts.sweep.flooding_cost_ms >= DEAR_MS_MIN && facts.sweep.flooding_cost_ms >= DEAR_SHARE_MIN * cost;
    let pages = facts.strength(floods.pages, FLOOD_MIN, What::Flood);
    let pages = if dear && floods.pages >= DEAR_REQUESTS_MIN { pages.max(1.0) } else { pages };
    let queries = facts.strength(floods.new_queries, FLOOD_MIN, What::NewQueries);
    let tickets = facts.strength(floods.tickets, FLOOD_MIN, What::TicketsFarmed);
    let new_queries = Ground {
        fact: Fact::NewQueriesShare,
        value: share(facts.sum.new_queries, facts.sum.queries),
        usual: facts.usual.of(What::NewQueries) / facts.usual.of(What::Requests).max(1.0),
    };
    let never_back = Ground {
        fact: Fact::TicketsNeverBackShare,
        value: 1.0 - share(facts.sum.tickets_back, facts.sum.tickets_given.max(facts.sum.tickets_back)),
        usual: 0.0,
    };
    let grounds = |amount: f64, what: What, first: Option<Ground>| {
        let rate = facts.rate(Fact::RequestsPerSecond, amount, what);
        first.into_iter().chain([rate]).chain(flood_grounds(facts)).collect()
    };
    [
        facts.finding(AttackKind::HttpFlood, pages, grounds(floods.pages, What::Flood, None)),
        facts.finding(
            AttackKind::CacheBusting,
            queries,
            grounds(floods.new_queries, What::NewQueries, Some(new_queries)),
        ),
        facts.finding(
            AttackKind::TicketFarming,
            tickets,
            grounds(floods.tickets, What::TicketsFarmed, Some(never_back)),
        ),
    ]
    .concat()
}

fn flood_grounds(facts: &Evidence<'_>) -> Vec<Ground> {
    let faceless = Ground {
        fact: Fact::PagesWithoutAssetsShare,
        value: facts.sweep.faceless / facts.sweep.bare.max(1.0),
        usual: facts.usual.of(What::FacelessShare),
    };
    let busiest = facts.rate(Fact::BusiestNetwork, facts.sweep.busiest, What::MedianNetwork);
    let away = facts.rate(Fact::TurnedAwayPerSecond, f64::from(facts.sum.turned_away), What::TurnedAway);
    let hits = Ground { fact: Fact::SignatureHits, value: f64::from(facts.sum.signature_hits) / WINDOW_S, usual: 0.0 };
    [faceless, busiest, away, hits].into_iter().filter(|ground| ground.value > 0.0).collect()
}

fn http2(facts: &Evidence<'_>) -> Vec<Finding> {
    let amount = facts.sum.sign(Sign::Http2Abuse);
    let ground = Ground { fact: Fact::Connections(Sign::Http2Abuse), value: amount / WINDOW_S, usual: 0.0 };
    facts.finding(AttackKind::Http2Abuse, amount / HTTP2_MIN, vec![ground])
}

fn large(facts: &Evidence<'_>) -> Vec<Finding> {
    let signs = [Sign::HeaderTooLarge, Sign::BodyTooLarge];
    let amount = signs.into_iter().map(|sign| facts.sum.sign(sign)).sum();
    let grounds = signs.into_iter().filter_map(|sign| facts.sign(sign, What::Large)).collect();
    facts.finding(AttackKind::LargeRequests, facts.strength(amount, LARGE_MIN, What::Large), grounds)
}

fn smuggling(facts: &Evidence<'_>) -> Vec<Finding> {
    let amount = facts.sum.sign(Sign::Smuggling);
    let ground = Ground { fact: Fact::Connections(Sign::Smuggling), value: amount / WINDOW_S, usual: 0.0 };
    facts.finding(AttackKind::Smuggling, amount / SMUGGLING_MIN, vec![ground])
}

fn passwords(facts: &Evidence<'_>) -> Vec<Finding> {
    let wrong = facts.sum.sign(Sign::WrongPassword);
    let tries = f64::from(facts.sum.tries).max(wrong);
    // Only what the application has seen can be wrong.
    let answered = f64::from(facts.sum.tries_let_in).max(wrong);
    let mostly_wrong =
        if wrong >= WRONG_SHARE_MIN * answered { wrong } else { facts.beyond_mistyping(wrong, answered) };
    let by_wrong = facts.strength(mostly_wrong.max(facts.sweep.wrong_repeated), WRONG_MIN, What::Wrong);
    let by_tries = facts.sweep.tries_repeated / TRIES_MIN;
    let a_minute = 60.0 / WINDOW_S;
    let wrong_ground =
        Ground { fact: Fact::WrongPasswords, value: wrong * a_minute, usual: facts.usual.of(What::Wrong) * 60.0 };
    let tried = facts.rate(Fact::RequestsPerSecond, tries, What::Requests);
    facts.finding(AttackKind::PasswordStuffing, by_wrong.max(by_tries), vec![wrong_ground, tried])
}

fn forged(facts: &Evidence<'_>) -> Vec<Finding> {
    let amount = f64::from(facts.sum.forged);
    let ground = facts.rate(Fact::ForgedPasses, amount, What::Forged);
    facts.finding(AttackKind::ForgedPasses, facts.strength(amount, FORGED_MIN, What::Forged), vec![ground])
}

/// One pass in too many places is enough.
fn shared(facts: &Evidence<'_>) -> Vec<Finding> {
    let networks = facts.sum.networks_of_one_pass;
    let strength = if networks > 0 { 1.0 } else { f64::from(facts.sum.sign_in_again) / f64::from(SIGN_IN_AGAIN_MIN) };
    let ground = Ground {
        fact: Fact::NetworksOfOnePass,
        value: f64::from(networks.max(u32::from(facts.sum.sign_in_again > 0))),
        usual: 1.0,
    };
    facts.finding(AttackKind::SharedPass, strength, vec![ground])
}

fn share(part: u32, whole: u32) -> f64 {
    f64::from(part) / f64::from(whole.max(1))
}

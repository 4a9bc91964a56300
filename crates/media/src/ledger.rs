//! The books of a media thread, which everybody may read: what its lessons have declared, what it does and what that costs, who
//! waits to join. The thread writes into it once a second; no packet waits for it.

use crate::limits::THREADS_MAX;
use crate::load::{Declared, Load, Second, Shedding};
use crate::times::TimesLook;
use crate::turnstile::{ComeAgain, Place, Turnstile};
use preau_base::Level;
use serde::{Deserialize, Serialize};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

/// What an operator allows at the most, for all threads together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bounds {
    /// Bits that are sent in a second; `None`: as many as go.
    pub bits_per_s: Option<u64>,
    /// Joins that begin in a minute on one thread; `None`: as many as there is time for.
    pub joins_per_min: Option<u64>,
}

/// What a thread does, what it has promised, and what is left.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ThreadLook {
    pub thread: usize,
    /// From the network to the last receiver.
    pub in_node: TimesLook,
    /// Of a core, in 1/1000.
    pub busy_permille: u64,
    pub packets_per_s: u64,
    pub bits_per_s: u64,
    /// What its lessons have declared.
    pub promised: Declared,
    /// What may still be declared; below zero where lessons were placed nevertheless.
    pub packets_left_per_s: i64,
    /// Of the whole node; `None`: there is no bound.
    pub bits_left_per_s: Option<i64>,
    /// What a forwarded packet and a join cost, as measured.
    pub packet_ns: u64,
    pub join_ns: u64,
    pub joins_per_s: u64,
    pub joins_waiting: usize,
    /// What this thread leaves of its lessons' pictures.
    pub level: Level,
}

#[derive(Debug, Default)]
struct Book {
    load: Load,
    shedding: Shedding,
    promised: Declared,
    joins: Turnstile,
    in_node: TimesLook,
}

/// Cheap to clone; clones are the same book.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    book: Arc<Mutex<Book>>,
    bounds: Bounds,
}

impl Ledger {
    pub fn new(bounds: Bounds) -> Self {
        Self { book: Arc::default(), bounds }
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A lesson is placed here, for as long as the promise is kept.
    pub fn promise(&self, declared: Declared) -> Promise {
        let mut book = self.book();
        book.promised = book.promised.plus(declared);
        Promise { ledger: self.clone(), declared }
    }

    /// Packets a second that are left.
    pub fn packets_left(&self) -> i64 {
        let book = self.book();
        book.load.packets_left(book.promised)
    }

    /// The bits that are taken of the node's bound: promised, or sent where that is more.
    pub fn bits_taken(&self) -> u64 {
        let book = self.book();
        book.promised.bits_per_s.max(book.load.bits_per_s)
    }

    pub fn bits_sent(&self) -> u64 {
        self.book().load.bits_per_s
    }

    /// Notes what the thread did, and gives the level that its lessons have from now on. `bits_sent`: by the whole node.
    pub fn note(&self, second: &Second, in_node: TimesLook, bits_sent: u64) -> Level {
        let mut book = self.book();
        book.load.note(second);
        book.in_node = in_node;
        let of_bits = self.bounds.bits_per_s.map_or(0, |most| bits_sent.saturating_mul(1_000) / most.max(1));
        let used = book.load.busy_permille.max(of_bits);
        book.shedding.note(used)
    }

    /// Somebody wants to join. `None`: now.
    pub fn come(&self, leads: bool, now: Instant) -> Result<Option<Ticket>, ComeAgain> {
        let mut book = self.book();
        let rate = self.joins_per_s_milli(&book);
        let number = book.joins.come(leads, rate, now)?;
        Ok(number.map(|number| Ticket { ledger: self.clone(), number }))
    }

    fn joins_per_s_milli(&self, book: &Book) -> u64 {
        let measured = book.load.joins_per_s_milli();
        self.bounds.joins_per_min.map_or(measured, |most| measured.min(most.saturating_mul(1_000) / 60))
    }

    /// `bits_taken`: by the whole node.
    pub fn look(&self, thread: usize, bits_taken: u64) -> ThreadLook {
        let book = self.book();
        let number = |bits: u64| i64::try_from(bits).unwrap_or(i64::MAX);
        ThreadLook {
            thread,
            in_node: book.in_node,
            busy_permille: book.load.busy_permille,
            packets_per_s: book.load.packets_per_s,
            bits_per_s: book.load.bits_per_s,
            promised: book.promised,
            packets_left_per_s: book.load.packets_left(book.promised),
            bits_left_per_s: self.bounds.bits_per_s.map(|most| number(most) - number(bits_taken)),
            packet_ns: book.load.packet_ns,
            join_ns: book.load.join_ns,
            joins_per_s: self.joins_per_s_milli(&book) / 1_000,
            joins_waiting: book.joins.waiting(),
            level: book.shedding.level(),
        }
    }
}

/// What a lesson has been promised; dropped with the lesson's room.
#[derive(Debug)]
pub struct Promise {
    ledger: Ledger,
    declared: Declared,
}

impl Drop for Promise {
    fn drop(&mut self) {
        let mut book = self.ledger.book();
        book.promised = book.promised.minus(self.declared);
    }
}

/// The place of somebody who waits to join; dropped, it is given up.
#[derive(Debug)]
pub struct Ticket {
    ledger: Ledger,
    number: u64,
}

impl Ticket {
    /// Where its holder stands; `None`: it is their turn, and the ticket is used up.
    pub fn ask(&self) -> Option<Place> {
        self.ask_at(Instant::now())
    }

    fn ask_at(&self, now: Instant) -> Option<Place> {
        let mut book = self.ledger.book();
        let rate = self.ledger.joins_per_s_milli(&book);
        book.joins.ask(self.number, rate, now)
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        self.ledger.book().joins.forget(self.number);
    }
}

/// What `/metrics` shows of a thread.
pub fn publish(look: &ThreadLook) {
    let thread = look.thread.min(THREADS_MAX).to_string();
    let gauge = |name: &'static str, value: f64| metrics::gauge!(name, "thread" => thread.clone()).set(value);
    gauge("preau_media_busy_ratio", look.busy_permille as f64 / 1e3);
    gauge("preau_media_packets_per_second", look.packets_per_s as f64);
    gauge("preau_media_packets_left_per_second", look.packets_left_per_s as f64);
    gauge("preau_media_packet_cost_seconds", look.packet_ns as f64 / 1e9);
    gauge("preau_media_join_cost_seconds", look.join_ns as f64 / 1e9);
    gauge("preau_media_joins_per_second_max", look.joins_per_s as f64);
    gauge("preau_media_joins_waiting", look.joins_waiting as f64);
    gauge("preau_media_level", f64::from(look.level.number()));
    let TimesLook { p50_us, p99_us, p999_us, .. } = look.in_node;
    for (quantile, us) in [("0.5", p50_us), ("0.99", p99_us), ("0.999", p999_us)] {
        let labels = [("thread", thread.clone()), ("quantile", quantile.to_owned())];
        metrics::gauge!("preau_media_time_in_node_seconds", &labels).set(f64::from(us) / 1e6);
    }
    if let Some(bits) = look.bits_left_per_s {
        metrics::gauge!("preau_media_bits_left_per_second").set(bits as f64);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn busy(permille: u64, bytes: u64) -> Second {
        Second { passed: Duration::from_secs(1), cpu: Duration::from_millis(permille), bytes, ..Second::default() }
    }

    #[test]
    fn a_promise_holds_as_long_as_the_lesson() {
        let ledger = Ledger::new(Bounds { bits_per_s: Some(1_000_000), joins_per_min: None });
        let declared = Declared { packets_per_s: 500, bits_per_s: 600_000 };
        let before = ledger.packets_left();
        let lessons = [ledger.promise(declared), ledger.promise(declared)];
        assert_eq!((ledger.packets_left(), ledger.bits_taken()), (before - 1_000, 1_200_000));
        assert_eq!(ledger.look(0, ledger.bits_taken()).bits_left_per_s, Some(-200_000));
        drop(lessons);
        assert_eq!((ledger.packets_left(), ledger.bits_taken()), (before, 0));
    }

    #[test]
    fn pictures_go_when_the_thread_is_full_or_the_line_of_the_node() {
        let ledger = Ledger::new(Bounds { bits_per_s: Some(8_000_000), joins_per_min: None });
        let note = |second: Second| ledger.note(&second, TimesLook::default(), 8 * second.bytes);
        assert_eq!(note(busy(500, 0)), Level::Full);
        note(busy(950, 0));
        assert_eq!(note(busy(950, 0)), Level::Plain, "the core is full");
        note(busy(100, 990_000));
        assert_eq!(note(busy(100, 990_000)), Level::Essential, "and now the line");
        assert_eq!(ledger.look(3, 0).level, Level::Essential);
        let unbound = Ledger::new(Bounds::default());
        for _ in 0..10 {
            assert_eq!(unbound.note(&busy(100, 1 << 40), TimesLook::default(), u64::MAX), Level::Full);
        }
    }

    #[test]
    fn an_operator_can_have_joins_go_slower_than_measured_and_a_dropped_ticket_is_given_up() {
        let ledger = Ledger::new(Bounds { bits_per_s: None, joins_per_min: Some(60) });
        let now = Instant::now();
        assert!(ledger.come(false, now).unwrap().is_none());
        let one = ledger.come(false, now).unwrap().expect("it waits");
        let two = ledger.come(false, now).unwrap().expect("it waits");
        assert_eq!(two.ask_at(now).map(|place| place.number), Some(2));
        drop(one);
        assert_eq!(two.ask_at(now), Some(Place { number: 1, wait: Duration::from_secs(1) }));
        assert_eq!((ledger.look(0, 0).joins_per_s, ledger.look(0, 0).joins_waiting), (1, 1));
        assert_eq!(two.ask_at(now + Duration::from_secs(1)), None);
    }
}

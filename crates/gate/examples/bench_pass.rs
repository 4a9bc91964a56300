//! Times the check of a pass against a bare HMAC-SHA256 of the same length, in the same run.
//!
//! `cargo xtask bench pass` runs it in release. It prints and never fails for slowness.
#![expect(clippy::print_stdout, reason = "a benchmark prints its result")]

use aws_lc_rs::hmac;
use preau_base::{Instant, PersonId, SeededRng, SessionId};
use preau_gate::{KeyRing, Pass, Revocation, Revocations, Standing};
use std::hint::black_box;
use std::time::Duration;

const ROUNDS: usize = 31;
const CHECKS_PER_ROUND: u32 = 20_000;
/// What the MAC of a pass covers: version, key id and payload.
const SEALED_BYTES: usize = 48;
const NOW: Instant = Instant::from_secs(1_800_000_000);

/// The time of one call in microseconds.
fn time(mut call: impl FnMut()) -> f64 {
    let start = std::time::Instant::now();
    for _ in 0..CHECKS_PER_ROUND {
        call();
    }
    start.elapsed().as_secs_f64() * 1e6 / f64::from(CHECKS_PER_ROUND)
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times.get(times.len() / 2).copied().unwrap_or(f64::NAN)
}

fn main() {
    let mut rng = SeededRng::new(1);
    let keys = KeyRing::generate(NOW, &mut rng);
    let pass = Pass {
        person: PersonId::new(NOW, &mut rng),
        session: SessionId::new(NOW, &mut rng),
        standing: Standing::Pupil,
        epoch: 1,
        issued: NOW,
        shared_device: false,
    };
    let text = pass.seal(&keys);
    let until = NOW.plus(Duration::from_secs(86_400));
    let mut revoked = Revocations::default();
    revoked.extend((0..100_000).map(|_| Revocation::Session { session: SessionId::new(NOW, &mut rng), until }));
    let bare_key = hmac::Key::new(hmac::HMAC_SHA256, &[7; 32]);
    let bare_message = [9; SEALED_BYTES];

    let (mut floor, mut opened, mut checked) = (Vec::new(), Vec::new(), Vec::new());
    // Interleaved, so that a slower stretch of the machine falls on all three.
    for _ in 0..ROUNDS {
        floor.push(time(|| {
            black_box(hmac::sign(&bare_key, black_box(&bare_message)));
        }));
        opened.push(time(|| {
            black_box(Pass::open(black_box(&text), &keys, NOW)).ok();
        }));
        checked.push(time(|| {
            let pass = Pass::open(black_box(&text), &keys, NOW);
            black_box(pass.map(|pass| revoked.check(&pass))).ok();
        }));
    }
    let (floor, opened, checked) = (median(floor), median(opened), median(checked));
    let verdict = if checked <= 1.0 { "within" } else { "OVER" };
    println!("bare HMAC-SHA256 of {SEALED_BYTES} bytes        {floor:.3} µs");
    println!("pass opened                        {opened:.3} µs   {:.2} × bare", opened / floor);
    println!("pass opened, 100,000 revocations   {checked:.3} µs   {:.2} × bare   {verdict} 1 µs", checked / floor);
}

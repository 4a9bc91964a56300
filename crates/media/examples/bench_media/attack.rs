//! Twelve lessons on a thread, one of them attacked, and what the other eleven feel of it. All of it stays in the bench's own
//! network, and is bounded in rate and time.

use crate::Outcome;
use crate::class::{Cast, Class, Material, Viewers};
use crate::delays::within;
use crate::figures::Bench;
use crate::forwarder::Forwarder;
use crate::machine::Ticks;
use crate::namespace::CLIENTS;
use crate::ours::Ours;
use crate::rows::{Bar, Row, say};
use preau_base::{Rng as _, SeededRng};
use std::net::{SocketAddr, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

const LESSONS: usize = 12;
const VIEWERS: usize = 5;
const WARM_UP: Duration = Duration::from_secs(4);
const TIME: Duration = Duration::from_secs(4);
/// Datagrams a second of each attack.
const RATE: u32 = 10_000;
/// They come in bursts, since no timer is finer.
const BURST: u32 = 20;
/// Whatever happens, an attack ends by then.
const ATTACK_MAX: Duration = Duration::from_secs(10);

#[derive(Clone, Copy, Debug)]
enum Attack {
    /// Bytes that are nothing, from an address that nobody has.
    Garbage,
    /// STUN checks (RFC 8489) with the right user name of the attacked teacher and a wrong integrity.
    Stun,
    /// RTP from the teacher's own address and port, which nobody has encrypted.
    Rtp,
}

/// What the eleven others got in a while.
struct Felt {
    /// Of what was published for them, in 1/100.
    came: f64,
    p99_ms: f64,
}

pub fn attack(bench: &Bench) -> Outcome<()> {
    let server = Ours::start(true)?;
    let ticks_of = [server.process().id()];
    let mut class = Class::without_lessons(Box::new(server), Cast::Teacher, Viewers::Sinks);
    for _ in 0..LESSONS {
        class.add_lesson(VIEWERS)?;
    }
    class.run(Some(Material::Pictures), WARM_UP);
    let ticks = Ticks::read(&ticks_of);
    let mut rows = Vec::new();
    for kind in [Attack::Garbage, Attack::Stun, Attack::Rtp] {
        let calm = feel(&mut class);
        let attacker = Attacker::start(kind, &class)?;
        let attacked = feel(&mut class);
        let sent = attacker.stop()?;
        rows.push((kind, calm, attacked, sent));
    }
    // The attacker is of this process: its own ticks are not something else's.
    let others = ticks.zip(Ticks::read(&ticks_of)).map_or(0.0, |(before, after)| after.others_since(before));
    let others = bench.bearable(others)?;
    for (kind, calm, attacked, sent) in rows {
        println!("    {kind:?}: {sent} datagrams; p99 {:.2} ms, calm {:.2} ms", attacked.p99_ms, calm.p99_ms);
        let figure = match kind {
            Attack::Garbage => "11 lessons beside garbage on the port: % that came",
            Attack::Stun => "11 lessons beside a STUN flood on a 12th: % that came",
            Attack::Rtp => "11 lessons beside forged RTP in a 12th: % that came",
        };
        let row = Row { figure, ours: attacked.came, janus: None, floor: None, others };
        let came = ("attacked / calm", attacked.came / calm.came, Bar::AtLeast(0.99));
        say(&row, &[came, ("their p99 / calm", attacked.p99_ms / calm.p99_ms, Bar::AtMost(1.5))]);
    }
    Ok(())
}

fn feel(class: &mut Class) -> Felt {
    class.take_delays(0);
    let (due, delivered) = (class.due_from(1), class.delivered_from(1));
    class.run(Some(Material::Pictures), TIME);
    let came = (class.delivered_from(1) - delivered) as f64 / (class.due_from(1) - due).max(1) as f64 * 100.0;
    Felt { came, p99_ms: within(&class.take_delays(1), 990) }
}

struct Attacker {
    over: Arc<AtomicBool>,
    thread: JoinHandle<u64>,
}

impl Attacker {
    /// On the first lesson of `class`.
    fn start(kind: Attack, class: &Class) -> Outcome<Self> {
        let teacher = class.publisher(0).ok_or("nobody teaches")?;
        let socket = match kind {
            Attack::Garbage | Attack::Stun => UdpSocket::bind((CLIENTS, 0))?,
            Attack::Rtp => teacher.socket()?,
        };
        let to = teacher.server.ok_or("the teacher knows no server")?;
        let user = format!("{}:nobody", teacher.server_ufrag);
        let over = Arc::new(AtomicBool::new(false));
        let is_over = Arc::clone(&over);
        let thread = std::thread::Builder::new().name("attacker".to_owned());
        let thread = thread.spawn(move || send(kind, (&socket, to), &user, &is_over))?;
        Ok(Self { over, thread })
    }

    /// Gives how many datagrams it has sent.
    fn stop(self) -> Outcome<u64> {
        self.over.store(true, Ordering::Relaxed);
        self.thread.join().map_err(|_| "the attacker broke down".into())
    }
}

fn send(kind: Attack, (socket, to): (&UdpSocket, SocketAddr), user: &str, is_over: &AtomicBool) -> u64 {
    let rng = &mut SeededRng::new(6);
    let (begun, mut sent) = (Instant::now(), 0);
    while !is_over.load(Ordering::Relaxed) && begun.elapsed() < ATTACK_MAX {
        for _ in 0..BURST {
            let datagram = made(kind, user, rng);
            // The teacher's socket does not wait; what it has no room for is not sent.
            sent += u64::from(socket.send_to(&datagram, to).is_ok());
        }
        std::thread::sleep(Duration::from_secs(1) * BURST / RATE);
    }
    sent
}

fn made(kind: Attack, user: &str, rng: &mut SeededRng) -> Vec<u8> {
    let mut datagram = vec![0; 200];
    rng.fill(&mut datagram);
    match kind {
        Attack::Garbage => {}
        Attack::Stun => {
            let padded = user.len().next_multiple_of(4);
            let length = u16::try_from(4 + padded + 4 + 20).unwrap_or_default();
            let mut check = vec![0, 1];
            check.extend(length.to_be_bytes());
            check.extend([0x21, 0x12, 0xa4, 0x42]);
            check.extend(&datagram[..12]);
            check.extend([0, 6]);
            check.extend(u16::try_from(user.len()).unwrap_or_default().to_be_bytes());
            check.extend(user.bytes());
            check.resize(20 + 4 + padded, 0);
            check.extend([0, 8, 0, 20]);
            check.extend(&datagram[12..32]);
            return check;
        }
        Attack::Rtp => {
            datagram[0] = 0x80;
            datagram[1] = 96;
        }
    }
    datagram
}

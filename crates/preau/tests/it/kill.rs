//! `kill -9` at any instant: what was acknowledged is there after the restart, once, and nothing is half there.
//!
//! A school hands in, calls the roll, corrects, writes its log, sets work and publishes its timetable over real sockets, and
//! the server is killed in the middle, again and again. Everybody remembers what they were told. After each restart each looks for it, sends again what
//! was not answered, and says what is wrong. `PREAU_KILLS` sets how often, `PREAU_SEED` plays the same again.

mod known;
mod publishing;
mod pupil;
mod teacher;

use crate::http::Browser;
use crate::school::{HEAD, PASSWORD, School, TEACHER};
use crate::server::{PATIENCE, Server, preau};
use known::Known;
use preau_base::{Rng, SeededRng, SystemRng};
use publishing::{Changes, Sets, Timetable};
use pupil::Pupil;
use std::io;
use std::process::Stdio;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};
use teacher::{Corrections, Log, Rolls};

/// A server lives this long at the most, in microseconds.
const LIFE_US_MAX: u64 = 180_000;
/// Of so many restarts one is killed itself.
const STARTS_KILLED_OF: u64 = 8;
const START_US_MAX: u64 = 120_000;

/// Somebody who does one thing after the other, remembers what was acknowledged, and what was not answered.
trait Actor: Send {
    fn browser(&mut self) -> &mut Browser;

    /// One thing. What is not answered is an error; an answer that should not be is a panic.
    fn act(&mut self) -> io::Result<()>;

    /// After a restart: what was acknowledged is there, what was not answered is there whole or not at all.
    fn settle(&mut self, school: &School);

    /// At the end: everything ever acknowledged. Gives how much that was.
    fn settle_all(&mut self, school: &School) -> usize;
}

/// What actors tell while the server lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Heard {
    Acknowledged,
    /// The server is gone.
    Cut,
}

/// Acts until the server is gone. Whoever panics tells by dropping the sender.
fn until_cut(actor: &mut dyn Actor, told: &Sender<Heard>) {
    while actor.act().is_ok() {
        let _ = told.send(Heard::Acknowledged);
    }
    let _ = told.send(Heard::Cut);
}

/// Who acts.
#[derive(Clone, Copy)]
enum Cast {
    /// Pupils who hand in, and their teacher, who calls the roll, corrects and writes the log.
    Class,
    /// Those who tell others: a teacher who sets work and writes the log, a head who publishes the timetable and changes a
    /// lesson. By themselves, lest the one writer of a small database hardly ever comes to a timetable.
    Publishers,
}

struct Kills {
    school: School,
    actors: Vec<Box<dyn Actor>>,
    rng: SeededRng,
    environment: Vec<(&'static str, String)>,
}

impl Kills {
    fn new(school: School, seed: u64) -> Self {
        let environment = school.environment();
        Self { school, actors: Vec::new(), rng: SeededRng::new(seed), environment }
    }

    fn start(&self) -> Server {
        let environment: Vec<_> = self.environment.iter().map(|(name, value)| (*name, value.as_str())).collect();
        Server::start(&self.school.data, &environment)
    }

    fn sign_in(&mut self, server: &Server, cast: Cast) {
        let address = server.url.replace("http://", "");
        match cast {
            Cast::Class => self.sign_class_in(&address),
            Cast::Publishers => self.sign_publishers_in(&address),
        }
    }

    fn rng(&mut self) -> SeededRng {
        SeededRng::new(self.rng.next_u64())
    }

    fn sign_class_in(&mut self, address: &str) {
        for number in 0..self.school.pupils.len() {
            let (login, id) = self.school.pupils[number];
            let browser = Browser::signed_in(address, login, PASSWORD);
            let rng = self.rng();
            self.actors.push(Box::new(Pupil::new(browser, id, rng, self.school.homework.clone())));
        }
        let teacher = Browser::signed_in(address, TEACHER, PASSWORD);
        let (calls, corrects, writes) = (self.rng(), self.rng(), self.rng());
        self.actors.push(Box::new(Rolls::new(teacher.clone(), calls, &self.school)));
        self.actors.push(Box::new(Corrections::new(teacher.clone(), corrects, &self.school)));
        self.actors.push(Box::new(Log::new(teacher, writes, &self.school)));
    }

    fn sign_publishers_in(&mut self, address: &str) {
        let teacher = Browser::signed_in(address, TEACHER, PASSWORD);
        let head = Browser::signed_in(address, HEAD, PASSWORD);
        let (writes, sets, plans, changes) = (self.rng(), self.rng(), self.rng(), self.rng());
        self.actors.push(Box::new(Log::new(teacher.clone(), writes, &self.school)));
        self.actors.push(Box::new(Sets::new(teacher, sets, &self.school)));
        self.actors.push(Box::new(Timetable::new(head.clone(), plans, &self.school)));
        self.actors.push(Box::new(Changes::new(head, changes, &self.school)));
    }

    /// Everybody acts until the server is killed; every other server lives at least until it has acknowledged something, however
    /// slow the machine is.
    fn work_until_killed(&mut self, server: Server) {
        let address = server.url.replace("http://", "");
        let life = Duration::from_micros(self.rng.below(LIFE_US_MAX));
        let acknowledges = self.rng.below(2) == 0;
        let (told, heard) = channel();
        std::thread::scope(|scope| {
            for actor in &mut self.actors {
                let told = told.clone();
                actor.browser().address.clone_from(&address);
                scope.spawn(move || until_cut(actor.as_mut(), &told));
            }
            drop(told);
            if acknowledges {
                assert_eq!(heard.recv_timeout(PATIENCE), Ok(Heard::Acknowledged));
            }
            let until = Instant::now() + life;
            while let Ok(heard) = heard.recv_timeout(until.saturating_duration_since(Instant::now())) {
                // Nobody is cut off by anything but the kill.
                assert_eq!(heard, Heard::Acknowledged, "the server has cut somebody off");
            }
            drop(server);
        });
    }

    /// A start that is killed before it is ready, or just then.
    fn start_and_kill(&mut self) {
        let life = Duration::from_micros(self.rng.below(START_US_MAX));
        let mut child = preau()
            .args(["serve".as_ref(), "--data".as_ref(), self.school.data.as_os_str()])
            .env("PREAU_SERVER__LISTEN", "127.0.0.1:0")
            .env("PREAU_MEDIA__UDP_PORT", "0")
            .env("PREAU_GATE__KERNEL", "off")
            .envs(self.environment.iter().map(|(name, value)| (*name, value.as_str())))
            .stdout(Stdio::null())
            .spawn()
            .expect("starts");
        let (_nobody, never) = channel::<()>();
        assert_eq!(never.recv_timeout(life), Err(RecvTimeoutError::Timeout));
        child.kill().expect("killed");
        child.wait().expect("ends");
    }

    fn settle(&mut self, server: &Server) {
        let address = server.url.replace("http://", "");
        for actor in &mut self.actors {
            actor.browser().address.clone_from(&address);
            actor.settle(&self.school);
        }
    }
}

/// A number from the environment, or another.
fn wish(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

fn play(school: School, cast: Cast, kills: u64) {
    let seed = wish("PREAU_SEED", SystemRng.next_u64());
    let kills = wish("PREAU_KILLS", kills);
    println!("PREAU_SEED={seed}");
    let began = Instant::now();
    let mut play = Kills::new(school, seed);
    let mut server = play.start();
    play.sign_in(&server, cast);
    for kill in 0..kills {
        println!("kill {kill}");
        play.work_until_killed(server);
        if play.rng.below(STARTS_KILLED_OF) == 0 {
            play.start_and_kill();
        }
        server = play.start();
        play.settle(&server);
    }
    for actor in &mut play.actors {
        actor.act().expect("an answer");
    }
    let by_each: Vec<_> = play.actors.iter_mut().map(|actor| actor.settle_all(&play.school)).collect();
    let kept: usize = by_each.iter().sum();
    assert!(kept as u64 > kills / 4, "{by_each:?} things were acknowledged to each: too few to say anything");
    each_row_has_its_file(&play.school);
    println!(
        "{kept} things acknowledged over {kills} kills ({by_each:?} to each), all there, {} s",
        began.elapsed().as_secs()
    );
}

/// A backup asks for the bytes of every file that has a row, and compares them with it.
fn each_row_has_its_file(school: &School) {
    let archive = school.folder().join("after.tar");
    let archive = archive.to_str().expect("a path");
    for arguments in [["backup", "create", archive], ["backup", "verify", archive]] {
        let environment = school.environment();
        let mut command = preau();
        command.args(arguments).env("PREAU_DATA__DIR", &school.data).envs(environment);
        let ran = command.output().expect("runs");
        let said = String::from_utf8_lossy(&ran.stdout).into_owned() + &String::from_utf8_lossy(&ran.stderr);
        assert!(ran.status.success(), "{arguments:?}: {said}");
    }
}

#[test]
fn what_was_acknowledged_outlives_it_on_sqlite() {
    play(School::on_sqlite(), Cast::Class, 200);
}

#[test]
fn what_was_acknowledged_outlives_it_on_postgres() {
    play(School::on_postgres(), Cast::Class, 40);
}

#[test]
fn what_is_published_is_whole_and_told_once_on_sqlite() {
    play(School::on_sqlite(), Cast::Publishers, 200);
}

#[test]
fn what_is_published_is_whole_and_told_once_on_postgres() {
    play(School::on_postgres(), Cast::Publishers, 40);
}

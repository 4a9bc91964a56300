use super::log::{Opener, PartFile, on_disk};
use super::{Event, FailedTry, Note, Part, RecordConfig, RecordError, RecordState, Recorder, parts};
use crate::limits as l;
use preau_base::{Clock, Instant, ManualClock, SeededRng};
use preau_evidence::{Report, between, verify};
use preau_gate::{Kind, Lane, Outcome, Shape};
use serde_json::Value;
use std::fs::{self, File};
use std::io::{self, BufReader, Write};
use std::net::{IpAddr, Ipv4Addr};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;
use tempfile::TempDir;

/// 2026-11-23, 9:00 in Paris.
const MORNING: Instant = Instant::from_secs(1_795_420_800);
const DAY: Duration = Duration::from_secs(86_400);
/// The longest wait for what the writer does a few times a second.
const WAIT_MAX: Duration = Duration::from_secs(20);

/// A folder, a clock and a disk that can be full.
struct World {
    folder: TempDir,
    clock: Arc<ManualClock>,
    disk: Arc<Disk>,
    starts: AtomicU64,
}

#[derive(Default)]
struct Disk {
    full: AtomicBool,
    cut_fails: AtomicBool,
    halted: Mutex<bool>,
    released: Condvar,
}

struct Faulty {
    file: File,
    disk: Arc<Disk>,
}

impl PartFile for Faulty {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        let halted = self.disk.halted.lock().expect("no panic");
        drop(self.disk.released.wait_while(halted, |halted| *halted).expect("no panic"));
        if self.disk.full.load(Ordering::SeqCst) {
            // A full disk takes a piece before it says so.
            self.file.write_all(&bytes[..bytes.len() / 2])?;
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.file.write_all(bytes)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.file.sync_data()
    }

    fn cut(&mut self, bytes: u64) -> io::Result<()> {
        if self.disk.cut_fails.load(Ordering::SeqCst) {
            return Err(io::ErrorKind::Other.into());
        }
        self.file.set_len(bytes)
    }
}

impl World {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        Self { folder, clock: ManualClock::at(MORNING), disk: Arc::default(), starts: AtomicU64::new(0) }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("record")
    }

    fn config(&self) -> RecordConfig {
        RecordConfig::new(self.path())
    }

    fn start(&self) -> Recorder {
        self.start_with(self.config())
    }

    fn start_with(&self, config: RecordConfig) -> Recorder {
        let disk = self.disk.clone();
        let open: Opener = Box::new(move |path| {
            let _made = on_disk()(path)?;
            let file = File::options().append(true).open(path)?;
            Ok(Box::new(Faulty { file, disk: disk.clone() }))
        });
        let rng = Box::new(SeededRng::new(self.starts.fetch_add(1, Ordering::SeqCst)));
        Recorder::start_on(config, self.clock.clone(), rng, open).expect("starts")
    }

    fn parts(&self) -> Vec<Part> {
        parts(&self.path()).expect("the folder can be read")
    }

    fn reports(&self) -> Vec<Report> {
        self.parts().iter().map(|part| report(&part.path)).collect()
    }

    /// All parts hold and follow each other; gives the bodies of their records.
    fn checked(&self) -> Vec<Value> {
        let reports = self.reports();
        for report in &reports {
            assert!(report.holds(), "{report:?}");
        }
        for pair in reports.windows(2) {
            assert_eq!(between(&pair[0], &pair[1]), None);
        }
        self.parts().iter().flat_map(|part| bodies(&part.path)).collect()
    }
}

fn report(path: &Path) -> Report {
    verify(BufReader::new(File::open(path).expect("opens"))).expect("reads")
}

fn bodies(path: &Path) -> Vec<Value> {
    let text = fs::read_to_string(path).expect("reads");
    let lines = text.split_inclusive('\n').filter(|line| line.ends_with('\n'));
    lines.map(|line| serde_json::from_str::<Value>(line).expect("JSON")["body"].take()).collect()
}

fn of_kind<'a>(bodies: &'a [Value], kind: &str) -> Vec<&'a Value> {
    bodies.iter().filter(|body| body["kind"] == kind).collect()
}

fn wait_until(recorder: &Recorder, what: impl Fn(&RecordState) -> bool) {
    wait_for(|| what(&recorder.state()), || format!("{:?}", recorder.state()));
}

fn wait_for(what: impl Fn() -> bool, found: impl Fn() -> String) {
    let begun = std::time::Instant::now();
    while !what() {
        assert!(begun.elapsed() < WAIT_MAX, "not in time: {}", found());
        std::thread::yield_now();
    }
}

fn note(at: Instant) -> Note<'static> {
    Note {
        at,
        lane: Lane::Newcomer,
        outcome: Outcome::TurnedAway,
        kind: Kind::Page,
        why: "budget",
        address: IpAddr::V4(Ipv4Addr::new(192, 0, 2, 7)),
        holder: None,
        lesson: None,
        shape: Shape { agent: "curl/8\n", ..Shape::of_path("/activate/SECRET123") },
    }
}

fn failed_try(at: Instant) -> Note<'static> {
    failed_try_of(7, at)
}

/// Of the kind that is not sampled away, as long as one person does not make too many.
fn failed_try_of(person: u64, at: Instant) -> Note<'static> {
    Note {
        holder: Some(person.into()),
        lesson: Some(8),
        lane: Lane::Lesson,
        outcome: Outcome::Waits,
        kind: Kind::Live,
        ..note(at)
    }
}

#[test]
fn what_is_noted_and_told_stands_in_the_log() {
    let world = World::new();
    let recorder = world.start();
    recorder.event(Event::Started { version: "1" });
    recorder.note(&note(MORNING));
    recorder.note(&failed_try(MORNING));
    recorder.event(Event::Command {
        who: "root".to_owned(),
        command: preau_gate::Command::Note { text: Some("Bonjour".to_owned()) },
        refused: None,
    });
    recorder.stop();
    let bodies = world.checked();
    let kinds: Vec<&str> = bodies.iter().filter_map(|body| body["kind"].as_str()).collect();
    assert_eq!(kinds, ["header", "started", "decision", "decision", "command", "counts", "checkpoint"]);
    let expected = serde_json::json!({
        "lane": "newcomer", "outcome": "turned_away", "kind": "page", "why": "budget", "method": "GET",
        "path": "/activate/*", "version": "http2", "agent": "curl/8", "stands_for": 1,
    });
    assert_eq!(bodies[2]["fields"], expected);
    assert_eq!(bodies[3]["fields"]["holder"], "00000000-0000-0000-0000-000000000007");
    assert_eq!(bodies[4]["fields"]["command"]["text"], "Bonjour");
    let counts = serde_json::json!([["lesson", "waits", "live", 1], ["newcomer", "turned_away", "page", 1]]);
    assert_eq!(bodies[5]["fields"]["decisions"], counts);
    let text = fs::read_to_string(&world.parts()[0].path).expect("reads");
    assert!(text.contains(r#""open":{"address":"192.0.2.7","#) && !text.contains("SECRET"));
    assert_eq!((recorder.state().records, recorder.state().last), (7, world.reports()[0].ends));
}

#[test]
fn attendance_is_told_of_known_people_who_tried() {
    let world = World::new();
    let recorder = world.start();
    let told = Arc::new(Mutex::new(Vec::new()));
    let heard = told.clone();
    recorder.on_failed_try(Arc::new(move |failed| heard.lock().expect("a lock").push(failed)));
    recorder.note(&note(MORNING));
    for _ in 0..l::RECORD_TRIES_OF_ONE_MAX {
        recorder.note(&failed_try(MORNING));
    }
    let expect = FailedTry { person: 7, at: MORNING, why: "budget" };
    assert_eq!(*told.lock().expect("a lock"), [expect; 4], "each of them, and nobody unknown");
    for _ in 0..100 {
        recorder.note(&failed_try(MORNING));
    }
    recorder.stop();
    assert_eq!(told.lock().expect("a lock").len(), 4, "a program that tries without end is told of no more");
}

#[test]
fn one_writer_at_a_time() {
    let world = World::new();
    let recorder = world.start();
    let again = Recorder::start(world.config(), world.clock.clone(), Box::new(SeededRng::new(2)));
    assert!(matches!(again, Err(RecordError::Taken(_))));
    drop(recorder);
    world.start().stop();
}

#[test]
fn a_restart_goes_on_with_the_chain_in_a_new_part() {
    let world = World::new();
    for _ in 0..3 {
        let recorder = world.start();
        recorder.note(&note(MORNING));
        recorder.stop();
    }
    assert_eq!(of_kind(&world.checked(), "decision").len(), 3);
    assert_eq!(world.parts().iter().map(|part| part.number).collect::<Vec<_>>(), [0, 1, 2]);
}

#[test]
fn a_line_that_a_kill_cut_short_is_set_aside_and_told() {
    let world = World::new();
    world.start().stop();
    let part = world.parts()[0].path.clone();
    let whole = fs::read(&part).expect("reads");
    let torn = &whole[..40];
    fs::write(&part, [&whole[..], torn].concat()).expect("written");
    world.start().stop();
    let bodies = world.checked();
    assert_eq!(of_kind(&bodies, "torn")[0]["fields"]["bytes"], 40);
    assert_eq!(fs::read(part.with_extension("torn")).expect("reads"), torn);
    assert_eq!(fs::read(&part).expect("reads"), whole);
}

#[test]
fn a_part_cut_short_within_its_header_is_none() {
    let world = World::new();
    world.start().stop();
    let first = world.parts()[0].path.clone();
    let name = first.to_str().expect("text").replace("000000", "000001");
    fs::write(name, &fs::read(&first).expect("reads")[..30]).expect("written");
    world.start().stop();
    assert_eq!(world.parts().len(), 2);
    world.checked();
}

#[test]
fn an_altered_log_is_told_and_a_new_chain_begins() {
    let world = World::new();
    let recorder = world.start();
    recorder.note(&note(MORNING));
    recorder.stop();
    let part = world.parts()[0].path.clone();
    let text = fs::read_to_string(&part).expect("reads");
    fs::write(&part, text.replace("turned_away", "admitted___")).expect("written");
    for _ in 0..2 {
        world.start().stop();
    }
    let chains: Vec<String> = world.parts().into_iter().map(|part| part.chain).collect();
    assert_eq!(chains.len(), 3);
    let new: Vec<Part> =
        world.parts().into_iter().filter(|found| !part.to_string_lossy().contains(&found.chain)).collect();
    assert_eq!(new.len(), 2, "the third run goes on with the chain of the second");
    assert_eq!(of_kind(&bodies(&new[0].path), "altered_before")[0]["fields"]["breaks"], 2);
    assert_eq!(between(&report(&new[0].path), &report(&new[1].path)), None);
    assert!(!report(&part).holds());
}

fn fill_and_free(world: &World) -> u64 {
    let recorder = world.start();
    recorder.note(&failed_try(MORNING));
    wait_until(&recorder, |state| state.records >= 2);
    world.disk.full.store(true, Ordering::SeqCst);
    for at in 0..10 {
        recorder.note(&failed_try_of(100 + at, MORNING.plus(Duration::from_millis(at))));
    }
    recorder.event(Event::Stopped);
    wait_until(&recorder, |state| state.dropped == 11 && state.failing.is_some());
    recorder.note(&failed_try(MORNING));
    wait_until(&recorder, |state| state.dropped == 12);
    world.disk.full.store(false, Ordering::SeqCst);
    world.disk.cut_fails.store(false, Ordering::SeqCst);
    world.clock.advance(Duration::from_millis(l::RECORD_SYNC_MS.unsigned_abs()));
    recorder.note(&failed_try(MORNING));
    wait_until(&recorder, |state| state.failing.is_none());
    recorder.stop();
    recorder.state().dropped
}

#[test]
fn a_full_disk_costs_records_which_the_log_tells() {
    let world = World::new();
    let dropped = fill_and_free(&world);
    let bodies = world.checked();
    let told = of_kind(&bodies, "dropped");
    assert_eq!(told.len(), 1);
    assert_eq!(told[0]["fields"]["records"], dropped);
    assert_eq!(told[0]["fields"]["from"], MORNING.as_millis());
    assert_eq!(world.reports().iter().map(|report| report.dropped).sum::<u64>(), dropped);
    assert_eq!(world.parts().len(), 1, "the part goes on once there is room");
    let counted: u64 =
        of_kind(&bodies, "counts").iter().map(|body| body["fields"]["decisions"][0][3].as_u64().unwrap_or(0)).sum();
    assert_eq!(counted, 13, "dropped decisions are counted all the same");
}

#[test]
fn a_piece_that_cannot_be_taken_back_is_left_behind_by_the_chain() {
    let world = World::new();
    world.disk.cut_fails.store(true, Ordering::SeqCst);
    fill_and_free(&world);
    world.checked();
    let reports = world.reports();
    assert!(reports.len() > 1 && reports[0].torn_bytes > 0);
}

#[test]
fn a_new_day_and_a_full_part_begin_a_new_part() {
    let world = World::new();
    let recorder = world.start_with(RecordConfig { part_bytes_max: 5_000, ..world.config() });
    for part in 0..3 {
        for person in 0..20 {
            recorder.note(&failed_try_of(part * 20 + person, MORNING));
        }
        let records = recorder.state().records;
        wait_until(&recorder, |state| state.records >= records + 20);
    }
    let of_the_day = world.parts().len();
    assert!(of_the_day > 1);
    world.clock.advance(DAY);
    recorder.event(Event::Stopped);
    recorder.stop();
    world.checked();
    let parts = world.parts();
    assert_eq!(parts.len(), of_the_day + 1);
    assert!(parts[0].path.to_string_lossy().contains("2026-11-23"), "{parts:?}");
    assert!(parts[of_the_day].path.to_string_lossy().contains("2026-11-24"), "{parts:?}");
}

#[test]
fn addresses_go_after_six_months_and_files_after_a_year() {
    let world = World::new();
    let has_addresses = |at: usize| fs::read_to_string(&world.parts()[at].path).expect("reads").contains("192.0.2.7");
    for days in [0, 1, 181, 1] {
        world.clock.advance(DAY * days);
        let recorder = world.start();
        recorder.note(&note(world.clock.now()));
        recorder.stop();
    }
    assert_eq!([0, 1, 2, 3].map(has_addresses), [false, true, true, true], "183 days after the first day");
    assert!(of_kind(&world.checked(), "redacted").len() == 1);
    let told = world.reports()[3].redaction_told;
    assert_eq!(world.reports()[0].redacted, 1);
    assert!(world.reports()[0].redacted_last < told);
    world.clock.advance(DAY * 183);
    world.start().stop();
    assert_eq!(world.parts().len(), 4, "the first day is gone, and today is there");
    assert_eq!([0, 1, 2].map(has_addresses), [false; 3]);
    assert_eq!(of_kind(&world.checked(), "removed").len(), 1);
}

#[test]
fn a_writer_that_stands_still_blocks_nobody_and_events_find_room() {
    let world = World::new();
    let recorder = world.start();
    wait_until(&recorder, |state| state.records >= 1);
    *world.disk.halted.lock().expect("no panic") = true;
    recorder.event(Event::Started { version: "halts the writer" });
    let more = u64::try_from(l::RECORDS_QUEUED_MAX).expect("fits") + 1_000;
    for person in 0..2 * more {
        recorder.note(&failed_try_of(person, MORNING));
    }
    recorder.event(Event::Stopped);
    *world.disk.halted.lock().expect("no panic") = false;
    world.disk.released.notify_all();
    recorder.stop();
    let bodies = world.checked();
    assert_eq!(of_kind(&bodies, "stopped").len(), 1);
    let dropped = recorder.state().dropped;
    let kept = u64::try_from(of_kind(&bodies, "decision").len()).expect("fits");
    assert!(dropped >= 1_000 && kept + dropped == 2 * more, "{kept} kept, {dropped} dropped");
    assert_eq!(world.reports().iter().map(|report| report.dropped).sum::<u64>(), dropped);
}

#[test]
fn a_flood_is_counted_to_the_last_and_sampled_within_the_budget() {
    let world = World::new();
    let recorder = world.start();
    for at in 0..100_000 {
        recorder.note(&note(MORNING.plus(Duration::from_millis(at / 100))));
    }
    recorder.stop();
    let bodies = world.checked();
    let written = u64::try_from(of_kind(&bodies, "decision").len()).expect("fits");
    assert_eq!(written, u64::from(l::RECORDS_OF_A_KIND_PER_SECOND_MAX));
    assert_eq!(of_kind(&bodies, "counts")[0]["fields"]["decisions"][0][3], 100_000);
    assert_eq!(recorder.state().sampled_out, 100_000 - written);
}

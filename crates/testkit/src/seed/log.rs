use super::Seed;
use crate::actor::Who;
use crate::app::START;
use preau_base::{ArchiveId, FileId, LogEntryId, ProgressionId, ReadingId, Rng, StepId};
use preau_files::Files;
use preau_school::homework::Ways;
use preau_school::log::Reading;
use preau_store::files::{self, NewFile, Place};
use preau_store::log::archives::{self, NewArchive};
use preau_store::log::{self, Text, readings};
use preau_store::progressions::{self, StepText};
use preau_store::{Conn, StoreError};
use std::io::Write as _;
use std::time::Duration;

/// What the seeded school has of the lesson log: a published entry of the lesson that is on, with a file; a progression
/// with one step; last year's archive of 6e B; a leave of the head for school life to read.
#[derive(Clone, Copy, Debug)]
pub struct LogSeed {
    pub entry: LogEntryId,
    pub file: FileId,
    pub progression: ProgressionId,
    pub step: StepId,
    pub archive: ArchiveId,
    pub reading: ReadingId,
}

pub(super) async fn sow(conn: &mut Conn, seed: &Seed, rng: &mut dyn Rng) -> Result<LogSeed, StoreError> {
    let (teacher, school) = (seed.person(Who::Teacher), seed.school());
    let sown = LogSeed {
        entry: LogEntryId::new(START, rng),
        file: FileId::new(START, rng),
        progression: ProgressionId::new(START, rng),
        step: StepId::new(START, rng),
        archive: ArchiveId::new(START, rng),
        reading: ReadingId::new(START, rng),
    };
    let text = Text {
        lesson: seed.lesson_now(),
        school,
        author: teacher,
        step: None,
        body: "La crue du Nil.",
        work_title: "",
        work_body: "",
        work_minutes: None,
        work_ways: Ways::default(),
        work_is_test: false,
        publish: true,
    };
    log::save(conn, sown.entry, &text, 0, START).await?;
    let file = NewFile { id: sown.file, owner: teacher, name: "nil.txt", kind: "text", bytes: 6, sha256: &[0; 32] };
    files::create(conn, &file, START).await?;
    files::attach(conn, Place::Log(sown.entry), sown.file).await?;
    progressions::create(conn, sown.progression, (school, teacher), "L’Égypte", "Histoire-géographie", START).await?;
    let words = StepText { title: "Le Nil", body: "", work_title: "", work_body: "", work_minutes: None };
    progressions::add_step(conn, sown.step, sown.progression, &words, 10).await?;
    let html = b"<!doctype html>";
    let gzip = gzip(html);
    let archive = NewArchive {
        id: sown.archive,
        school,
        group: seed.class(),
        year: 2026,
        made_by: seed.person(Who::Head),
        entries: 1,
        html,
        gzip: &gzip,
    };
    archives::keep(conn, &archive, START).await?;
    let day = Duration::from_secs(86_400);
    archives::set_authors(conn, sown.archive, START.minus(day), START.plus(day)).await?;
    let reading = Reading {
        reader: seed.person(Who::SchoolLife),
        school,
        teacher: Some(teacher),
        subject: String::new(),
        until: START.plus(day),
        ended: false,
    };
    readings::open(conn, sown.reading, &reading, seed.person(Who::Head), START).await?;
    Ok(sown)
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    let packed = encoder.write_all(bytes).and_then(|()| encoder.finish());
    packed.unwrap_or_else(|error| panic!("a page cannot be packed: {error}"))
}

/// Puts the bytes of the seeded file into the object store.
pub(crate) async fn store_file(files: &Files, seed: &Seed) {
    let Some(log) = seed.log else { return };
    let bytes = futures_util::stream::iter([Ok::<_, std::io::Error>(bytes::Bytes::from_static(b"Le Nil"))]);
    if let Err(error) = files.put(log.file, bytes, 100).await {
        panic!("the seeded file cannot be stored: {error}");
    }
}

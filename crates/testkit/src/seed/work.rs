//! Work that is handed in online: what Léa Martin has handed in, and what was given back to her.

use super::Seed;
use crate::actor::Who;
use crate::app::START;
use bytes::Bytes;
use preau_base::{FileId, HandInId, HomeworkId, Instant, PersonId, ReceiptId, SeededRng, UploadId};
use preau_files::Files;
use preau_school::homework::Ways;
use preau_store::files::{self, NewFile, Place};
use preau_store::hand_ins::{self, Correction, NewReceipt};
use preau_store::homework::{self, Handing, NewHomework};
use preau_store::uploads::{self, NewUpload};
use preau_store::{Conn, Store, StoreError};
use std::convert::Infallible;
use std::time::Duration;

/// Ids of what is there.
#[derive(Clone, Copy, Debug)]
pub struct WorkSeed {
    /// Set by the teacher for 6e B, due on 3 December, handed in online, marked out of 20; the pupil's is corrected.
    pub homework: HomeworkId,
    /// `carte.png`, with it.
    pub file: FileId,
    pub receipt: ReceiptId,
    /// `page.jpg` of the receipt.
    pub receipt_file: FileId,
    /// `corrigé.pdf`, given back.
    pub returned_file: FileId,
    /// A file of the pupil that is used nowhere yet.
    pub draft_file: FileId,
    /// Begun by the pupil: 4 of 10 bytes.
    pub upload: UploadId,
}

pub(crate) async fn sow(store: &Store, files: &Files, seed: &Seed) -> WorkSeed {
    match try_sow(store, files, seed).await {
        Ok(work) => work,
        Err(error) => panic!("the seeded work cannot be stored: {error}"),
    }
}

struct Sower<'a> {
    conn: &'a mut Conn,
    files: &'a Files,
    rng: SeededRng,
}

impl Sower<'_> {
    async fn file(&mut self, owner: PersonId, name: &str, bytes: &'static [u8]) -> Result<FileId, StoreError> {
        let id = FileId::new(START, &mut self.rng);
        let pieces = futures_util::stream::iter([Ok::<_, Infallible>(Bytes::from_static(bytes))]);
        let stored = self.files.put(id, pieces, 1 << 20).await.expect("a folder for files");
        let new =
            NewFile { id, owner, name, kind: stored.kind.as_str(), bytes: stored.bytes, sha256: stored.sha256.bytes() };
        files::create(self.conn, &new, START).await?;
        Ok(id)
    }
}

async fn try_sow(store: &Store, of_app: &Files, seed: &Seed) -> Result<WorkSeed, StoreError> {
    let mut tx = store.write().await?;
    let mut sower = Sower { conn: &mut tx, files: of_app, rng: seed.town.rng(41) };
    let (pupil, teacher) = (seed.person(Who::Pupil), seed.person(Who::Teacher));
    let file = sower.file(teacher, "carte.png", b"\x89PNG\r\n\x1a\n a map").await?;
    let receipt_file = sower.file(pupil, "page.jpg", b"\xff\xd8\xff\xe0 a page").await?;
    let returned_file = sower.file(teacher, "corrigé.pdf", b"%PDF-1.7 a correction").await?;
    let draft_file = sower.file(pupil, "brouillon.txt", b"un brouillon").await?;
    let (homework, mine) = (HomeworkId::new(START, &mut sower.rng), HandInId::new(START, &mut sower.rng));
    let (receipt, upload) = (ReceiptId::new(START, &mut sower.rng), UploadId::new(START, &mut sower.rng));
    let ways = Ways { paper: false, text: true, files: true, photos: true, audio: true };
    let deadline = Some(Instant::from_secs(1_796_338_800));
    let work = NewHomework {
        id: homework,
        school: seed.school(),
        group: seed.class(),
        author: teacher,
        lesson: None,
        subject_name: "Histoire-géographie",
        title: "Le delta",
        body: "Décris le delta.",
        due_day: "2026-12-03",
        handing: Handing { ways, deadline, mark_max: Some(2_000), skills: "Se repérer", ..Handing::default() },
    };
    homework::create(&mut tx, &work, START).await?;
    files::attach(&mut tx, Place::Homework(homework), file).await?;
    hand_ins::ensure(&mut tx, mine, homework, pupil, START).await?;
    let new = NewReceipt {
        id: receipt,
        hand_in: mine,
        key: "sown",
        body: "Le delta est vert.",
        late: false,
        sha256: &[7; 32],
        files: &[receipt_file],
    };
    hand_ins::hand_in(&mut tx, &new, START).await?;
    files::attach(&mut tx, Place::Returned(mine), returned_file).await?;
    let returned_at = Some(START);
    let correction = Correction { comment: "Très juste.", mark: Some(1_750), levels: "4", returned_at, by: teacher };
    hand_ins::correct(&mut tx, mine, 0, &correction).await?;
    let expires_at = START.plus(Duration::from_secs(86_400));
    let new = NewUpload { id: upload, person: pupil, name: "photo.gif", bytes: 10, expires_at };
    uploads::create(&mut tx, &new, START).await?;
    of_app.begin(upload, 10).await.expect("a part");
    let mut part = of_app.resume(upload, 0).await.expect("the part");
    part.append(&Bytes::from_static(b"GIF8")).await.expect("appended");
    tx.commit().await?;
    Ok(WorkSeed { homework, file, receipt, receipt_file, returned_file, draft_file, upload })
}

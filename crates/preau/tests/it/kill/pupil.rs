use super::Actor;
use crate::http::{Answer, Browser};
use crate::school::{School, some_bytes};
use preau_base::{FileId, HomeworkId, PersonId, ReceiptId, Rng, SeededRng};
use preau_files::{Digest, Files};
use preau_store::files::{self, Place};
use preau_store::hand_ins;
use std::collections::{BTreeMap, BTreeSet};
use std::io;

const FILE_BYTES_MAX: u64 = 60_000;
/// Of all homework, so many have drafts only.
const DRAFTS: usize = 4;

/// Something to hand in.
#[derive(Clone, Debug)]
struct Work {
    homework: HomeworkId,
    key: String,
    text: String,
    /// Name and bytes.
    file: Option<(String, Vec<u8>)>,
    /// The file goes ahead, in pieces.
    upload: Option<Upload>,
}

#[derive(Clone, Debug, Default)]
struct Upload {
    /// Once it was begun.
    path: Option<String>,
    /// As far as it was acknowledged.
    bytes: usize,
}

/// What a pupil was told.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Receipt {
    id: ReceiptId,
    at: i64,
    sha256: String,
}

/// Hands in, with text and files, and saves drafts.
pub struct Pupil {
    browser: Browser,
    id: PersonId,
    rng: SeededRng,
    homework: Vec<HomeworkId>,
    count: usize,
    handed: Vec<(Work, Receipt)>,
    /// Since the last restart, from this one on.
    looked_at: usize,
    doubt: Option<Work>,
    drafts: BTreeMap<HomeworkId, String>,
    draft_doubt: Option<(HomeworkId, String)>,
}

impl Pupil {
    pub fn new(browser: Browser, id: PersonId, rng: SeededRng, homework: Vec<HomeworkId>) -> Self {
        Self {
            browser,
            id,
            rng,
            homework,
            count: 0,
            handed: Vec::new(),
            looked_at: 0,
            doubt: None,
            drafts: BTreeMap::new(),
            draft_doubt: None,
        }
    }

    fn next_work(&mut self) -> Work {
        self.count += 1;
        let homework = self.homework[DRAFTS + self.count % (self.homework.len() - DRAFTS)];
        let (way, count) = (self.rng.below(3), self.count);
        let file = (way > 0).then(|| (format!("page {count}.bin"), some_bytes(&mut self.rng, FILE_BYTES_MAX)));
        let upload = (way == 2).then(Upload::default);
        Work { homework, key: format!("{}-{count}", self.id), text: format!("Texte {count}, é 秀 ع"), file, upload }
    }

    /// Sends work until there is an answer, from wherever it was cut.
    fn send(&mut self, work: &mut Work) -> io::Result<Receipt> {
        let path = format!("/homework/{}/hand-in", work.homework);
        let (key, text) = (work.key.clone(), work.text.clone());
        let mut fields = vec![("key", key.as_str()), ("body", text.as_str())];
        let kept = match (&work.file, &mut work.upload) {
            (Some((name, bytes)), Some(upload)) => self.upload(name, bytes, upload)?,
            _ => None,
        };
        let answer = match (&work.file, &kept) {
            (Some(_), Some(id)) => {
                fields.push(("keep", id));
                self.browser.files(&path, true, &fields, &[])?
            }
            (Some((name, bytes)), None) => self.browser.files(&path, true, &fields, &[(name, bytes)])?,
            (None, _) => self.browser.files(&path, true, &fields, &[])?,
        };
        Ok(self.told(work, &answer))
    }

    /// A file in pieces (docs/protocol/uploads.md); its id, or none where too many were begun and never answered.
    fn upload(&mut self, name: &str, bytes: &[u8], upload: &mut Upload) -> io::Result<Option<String>> {
        const TUS: (&str, &str) = ("Tus-Resumable", "1.0.0");
        let path = match &upload.path {
            Some(path) => path.clone(),
            None => {
                let (length, name) = (bytes.len().to_string(), format!("filename {}", base64(name.as_bytes())));
                let headers = [TUS, ("Upload-Length", length.as_str()), ("Upload-Metadata", name.as_str())];
                let begun = self.browser.script("POST", "/uploads", &headers, &[])?;
                if begun.status == 429 {
                    return Ok(None);
                }
                assert_eq!(begun.status, 201, "{}", begun.text());
                upload.path = Some(begun.header("location").to_owned());
                begun.header("location").to_owned()
            }
        };
        let found = self.browser.script("HEAD", &path, &[TUS], &[])?;
        let mut offset: usize = found.header("upload-offset").parse().expect("an offset");
        assert!(offset >= upload.bytes, "{offset} bytes of {path} are there, {} were acknowledged", upload.bytes);
        while offset < bytes.len() {
            let most = 1 + usize::try_from(self.rng.below(FILE_BYTES_MAX)).expect("small");
            let piece = &bytes[offset..bytes.len().min(offset + most)];
            let from = offset.to_string();
            let kind = ("Content-Type", "application/offset+octet-stream");
            let sent = self.browser.script("PATCH", &path, &[TUS, ("Upload-Offset", &from), kind], piece)?;
            assert_eq!(sent.status, 204, "{path} from {from}: {}", sent.text());
            offset = sent.header("upload-offset").parse().expect("an offset");
            upload.bytes = offset;
        }
        Ok(path.rsplit('/').next().map(str::to_owned))
    }

    /// The receipt of an answer, whose hash is the one that the protocol says.
    fn told(&self, work: &Work, answer: &Answer) -> Receipt {
        let json = answer.json();
        let text = |name: &str| json[name].as_str().unwrap_or_default().to_owned();
        let (Ok(id), Some(at)) = (text("receipt").parse(), json["at"].as_i64()) else {
            panic!("{} instead of a receipt: {}", answer.status, answer.text())
        };
        let mut lines = format!(
            "preau-hand-in 1\nhomework {}\nperson {}\nat {at}\ntext {}\n",
            work.homework,
            self.id,
            Digest::of(work.text.as_bytes())
        );
        if let Some((name, bytes)) = &work.file {
            lines.push_str(&format!("file {} {} {name}\n", Digest::of(bytes), bytes.len()));
        }
        let receipt = Receipt { id, at, sha256: text("sha256") };
        assert_eq!(receipt.sha256, Digest::of(lines.as_bytes()).to_string(), "{lines}");
        receipt
    }

    /// What the database has of a key.
    fn stored(&self, school: &School, work: &Work) -> Option<ReceiptId> {
        school.read(async |conn| {
            let mine = hand_ins::of(conn, work.homework, self.id).await.expect("read")?;
            hand_ins::by_key(conn, mine.id, &work.key).await.expect("read").map(|receipt| receipt.id)
        })
    }

    /// Work that was acknowledged, as the pupil finds it: by its page, and byte by byte.
    fn look_for(&mut self, school: &School, work: &Work, receipt: &Receipt) {
        assert_eq!(self.stored(school, work), Some(receipt.id), "{work:?}");
        let page = self.browser.get(&format!("/receipts/{}", receipt.id)).expect("an answer");
        assert!(page.status == 200 && page.text().contains(&receipt.sha256), "{}: {}", page.status, page.text());
        let attached: Vec<FileId> = school.read(async |conn| {
            let found = files::attached(conn, Place::Receipt(receipt.id)).await.expect("read");
            found.into_iter().map(|file| file.id).collect()
        });
        assert_eq!(attached.len(), usize::from(work.file.is_some()), "{work:?}");
        for (id, (name, bytes)) in attached.iter().zip(&work.file) {
            let file = self.browser.get(&format!("/receipts/{}/files/{id}", receipt.id)).expect("an answer");
            assert!(file.status == 200 && file.body == *bytes, "{name} of {receipt:?}");
        }
    }

    /// The same in the database and in the object store: the gate takes so many requests in a row for an attack.
    fn is_stored(&self, school: &School, store: &Files, work: &Work, receipt: &Receipt) {
        assert_eq!(self.stored(school, work), Some(receipt.id), "{}", work.key);
        let attached = school.read(async |conn| files::attached(conn, Place::Receipt(receipt.id)).await.expect("read"));
        assert_eq!(attached.len(), usize::from(work.file.is_some()), "{}", work.key);
        for (file, (name, bytes)) in attached.iter().zip(&work.file) {
            let found = school.runtime.block_on(store.read_through(file.id)).expect("a row has its file");
            assert_eq!((found.bytes, found.sha256), (bytes.len() as u64, Digest::of(bytes)), "{name}");
        }
    }

    fn settle_draft(&mut self, school: &School) {
        let Some((homework, doubt)) = self.draft_doubt.take() else { return };
        let stored = self.draft_of(school, homework);
        let known = self.drafts.get(&homework).cloned().unwrap_or_default();
        assert!(stored == known || stored == doubt, "the draft is “{stored}”, neither “{known}” nor “{doubt}”");
        self.drafts.insert(homework, stored);
    }

    fn draft_of(&self, school: &School, homework: HomeworkId) -> String {
        let found = school.read(async |conn| hand_ins::of(conn, homework, self.id).await.expect("read"));
        found.map(|it| it.draft_body).unwrap_or_default()
    }

    fn draft(&mut self) -> io::Result<()> {
        self.count += 1;
        let homework = self.homework[self.count % DRAFTS];
        let text = format!("Brouillon {}", self.count);
        self.draft_doubt = Some((homework, text.clone()));
        let saved = self.browser.files(&format!("/homework/{homework}/draft"), true, &[("body", &text)], &[])?;
        assert_eq!(saved.json()["body"], text, "{}: {}", saved.status, saved.text());
        self.draft_doubt = None;
        self.drafts.insert(homework, text);
        Ok(())
    }
}

impl Actor for Pupil {
    fn browser(&mut self) -> &mut Browser {
        &mut self.browser
    }

    fn act(&mut self) -> io::Result<()> {
        if self.rng.below(4) == 0 {
            return self.draft();
        }
        let mut work = self.next_work();
        let sent = self.send(&mut work);
        match sent {
            Ok(receipt) => {
                self.handed.push((work, receipt));
                Ok(())
            }
            Err(error) => {
                self.doubt = Some(work);
                Err(error)
            }
        }
    }

    fn settle(&mut self, school: &School) {
        self.settle_draft(school);
        if let Some(mut work) = self.doubt.take() {
            let stored = self.stored(school, &work);
            let receipt = self.send(&mut work).expect("an answer");
            assert!(stored.is_none_or(|stored| stored == receipt.id), "another receipt for the same key: {work:?}");
            self.handed.push((work, receipt));
        }
        for at in self.looked_at..self.handed.len() {
            let (work, receipt) = self.handed[at].clone();
            self.look_for(school, &work, &receipt);
        }
        // What was handed in last is sent once more.
        if let Some((mut work, receipt)) = self.handed.last().cloned() {
            work.upload = work.upload.filter(|upload| upload.path.is_some());
            assert_eq!(self.send(&mut work).expect("an answer"), receipt, "the same key gives the same receipt");
        }
        self.looked_at = self.handed.len();
    }

    fn settle_all(&mut self, school: &School) -> usize {
        let mut expect: BTreeMap<HomeworkId, BTreeSet<ReceiptId>> = BTreeMap::new();
        let store = school.files();
        for (work, receipt) in &self.handed {
            self.is_stored(school, &store, work, receipt);
            expect.entry(work.homework).or_default().insert(receipt.id);
        }
        assert_eq!(expect.values().map(BTreeSet::len).sum::<usize>(), self.handed.len(), "a receipt was given twice");
        for (homework, receipts) in &expect {
            let stored = school.read(async |conn| {
                let mine = hand_ins::of(conn, *homework, self.id).await.expect("read").expect("there");
                hand_ins::receipts(conn, mine.id).await.expect("read")
            });
            assert_eq!(stored.len(), receipts.len(), "exactly what was acknowledged: {homework}");
        }
        for (homework, text) in &self.drafts {
            assert_eq!(self.draft_of(school, *homework), *text);
        }
        self.handed.len() + self.drafts.len()
    }
}

/// RFC 4648 §4.
fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for three in bytes.chunks(3) {
        let bits = three.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - three.len()));
        for place in 0..4 {
            let letter = LETTERS[(bits >> (18 - 6 * place)) as usize & 63];
            text.push(if place > three.len() { '=' } else { char::from(letter) });
        }
    }
    text
}

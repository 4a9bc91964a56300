use super::publishing::each_is_told_once;
use super::{Actor, Known};
use crate::http::Browser;
use crate::school::{School, day_in, some_bytes};
use preau_base::{Clock, FileId, HomeworkId, LessonId, PersonId, Rng, SeededRng, SystemClock};
use preau_files::Digest;
use preau_school::attendance::Status;
use preau_store::files::{self, Place};
use preau_store::{hand_ins, homework, log, rolls};
use std::collections::{BTreeMap, BTreeSet};
use std::io;

/// Calls and corrects the rolls of the lessons.
pub struct Rolls {
    browser: Browser,
    rng: SeededRng,
    pupils: Vec<PersonId>,
    rolls: BTreeMap<LessonId, Known<BTreeMap<PersonId, &'static str>>>,
    confirmed: usize,
}

impl Rolls {
    pub fn new(browser: Browser, rng: SeededRng, school: &School) -> Self {
        let pupils = school.pupils.iter().map(|(_, id)| *id).collect();
        let rolls = school.lessons.iter().map(|id| (*id, Known::new())).collect();
        Self { browser, rng, pupils, rolls, confirmed: 0 }
    }

    fn settle_those(&mut self, school: &School, all: bool) {
        for (lesson, known) in self.rolls.iter_mut().filter(|(_, known)| all || known.doubt.is_some()) {
            let (version, entries) = school.read(async |conn| {
                let roll = rolls::by_lesson(conn, *lesson).await.expect("read");
                (roll.map_or(0, |roll| roll.version), rolls::entries(conn, *lesson).await.expect("read"))
            });
            known.settle(version, &entries.iter().map(|it| (it.pupil_id, it.status.as_str())).collect());
        }
    }
}

impl Actor for Rolls {
    fn browser(&mut self) -> &mut Browser {
        &mut self.browser
    }

    fn act(&mut self) -> io::Result<()> {
        let at = usize::try_from(self.rng.below(self.rolls.len() as u64)).expect("small");
        let (lesson, known) = self.rolls.iter_mut().nth(at).expect("a lesson");
        let mut status = || match self.rng.below(3) {
            0 => Status::Present.as_str(),
            1 => Status::Absent.as_str(),
            _ => Status::Distant.as_str(),
        };
        let sent: BTreeMap<_, _> = self.pupils.iter().map(|pupil| (*pupil, status())).collect();
        let mut fields = vec![("version".to_owned(), known.version.to_string())];
        fields.extend(sent.iter().map(|(pupil, status)| (format!("s-{pupil}"), (*status).to_owned())));
        let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        known.doubt = Some(sent);
        let answer = self.browser.form(&format!("/lessons/{lesson}/roll"), &fields)?;
        assert_eq!(answer.status, 303, "{}", answer.text());
        known.acknowledged();
        self.confirmed += 1;
        Ok(())
    }

    fn settle(&mut self, school: &School) {
        self.settle_those(school, false);
    }

    fn settle_all(&mut self, school: &School) -> usize {
        self.settle_those(school, true);
        self.confirmed
    }
}

/// A comment, and the names and hashes of the files that were given back so far.
type Corrected = (String, Vec<(String, String)>);

/// Corrects one pupil's work after the other, with a file now and then.
pub struct Corrections {
    browser: Browser,
    rng: SeededRng,
    count: u64,
    works: BTreeMap<(HomeworkId, PersonId), Known<Corrected>>,
}

impl Corrections {
    /// Files that one work is given back with at the most.
    const FILES_MAX: usize = 12;

    pub fn new(browser: Browser, rng: SeededRng, school: &School) -> Self {
        let pairs = school.homework.iter().take(20).zip(school.pupils.iter().cycle());
        let works = pairs.map(|(work, (_, pupil))| ((*work, *pupil), Known::new())).collect();
        Self { browser, rng, count: 0, works }
    }

    fn settle_those(&mut self, school: &School, all: bool) {
        let store = school.files();
        for ((work, pupil), known) in self.works.iter_mut().filter(|(_, known)| all || known.doubt.is_some()) {
            let (version, comment, attached) = school.read(async |conn| {
                let Some(mine) = hand_ins::of(conn, *work, *pupil).await.expect("read") else {
                    return (0, String::new(), Vec::new());
                };
                let attached = files::attached(conn, Place::Returned(mine.id)).await.expect("read");
                (mine.correction_version, mine.comment, attached)
            });
            let there = |id: FileId| school.runtime.block_on(store.read_through(id)).expect("a row has its file");
            let found = attached.iter().map(|file| (file.name.clone(), there(file.id).sha256.to_string())).collect();
            known.settle(version, &(comment, found));
        }
    }
}

impl Actor for Corrections {
    fn browser(&mut self) -> &mut Browser {
        &mut self.browser
    }

    fn act(&mut self) -> io::Result<()> {
        self.count += 1;
        let at = usize::try_from(self.rng.below(self.works.len() as u64)).expect("small");
        let ((work, pupil), known) = self.works.iter_mut().nth(at).expect("work");
        let (version, comment) = (known.version.to_string(), format!("Remarque {}", self.count));
        let fields = [("version", version.as_str()), ("comment", comment.as_str()), ("do", "save")];
        let mut given = known.value.1.clone();
        let file = (given.len() < Self::FILES_MAX && self.rng.below(3) == 0)
            .then(|| (format!("corrigé {}.bin", self.count), some_bytes(&mut self.rng, 20_000)));
        given.extend(file.iter().map(|(name, bytes)| (name.clone(), Digest::of(bytes).to_string())));
        known.doubt = Some((comment.clone(), given));
        let file: Vec<_> = file.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
        let answer = self.browser.files(&format!("/homework/{work}/pupils/{pupil}"), false, &fields, &file)?;
        assert_eq!(answer.status, 303, "{}", answer.text());
        known.acknowledged();
        Ok(())
    }

    fn settle(&mut self, school: &School) {
        self.settle_those(school, false);
    }

    fn settle_all(&mut self, school: &School) -> usize {
        self.settle_those(school, true);
        usize::try_from(self.works.values().map(|known| known.version).sum::<i64>()).expect("small")
    }
}

/// What a lesson was about, and the work that was set with it.
type Entry = (String, Vec<HomeworkId>);

/// Writes the log of the lessons, each time with other work to do.
pub struct Log {
    browser: Browser,
    rng: SeededRng,
    count: u64,
    due: String,
    entries: BTreeMap<LessonId, Known<Entry>>,
}

impl Log {
    pub fn new(browser: Browser, rng: SeededRng, school: &School) -> Self {
        let entries = school.lessons.iter().map(|id| (*id, Known::new())).collect();
        Self { browser, rng, count: 0, due: day_in(SystemClock.now(), 5), entries }
    }

    fn settle_those(&mut self, school: &School, all: bool) {
        for (lesson, known) in self.entries.iter_mut().filter(|(_, known)| all || known.doubt.is_some()) {
            let (version, body, set) = school.read(async |conn| {
                let entry = log::of_lesson(conn, *lesson).await.expect("read");
                let (version, body) = entry.map(|it| (it.version, it.body)).unwrap_or_default();
                let mut set = Vec::new();
                // Work is set with its entry or not at all.
                for id in &known.doubt.as_ref().unwrap_or(&known.value).1 {
                    if homework::by_id(conn, *id).await.expect("read").is_some() {
                        set.push(*id);
                    }
                }
                (version, body, set)
            });
            known.settle(version, &(body, set));
        }
    }
}

impl Actor for Log {
    fn browser(&mut self) -> &mut Browser {
        &mut self.browser
    }

    fn act(&mut self) -> io::Result<()> {
        self.count += 1;
        let at = usize::try_from(self.rng.below(self.entries.len() as u64)).expect("small");
        let key = HomeworkId::new(SystemClock.now(), &mut self.rng);
        let (lesson, known) = self.entries.iter_mut().nth(at).expect("a lesson");
        let (version, key_text) = (known.version.to_string(), key.to_string());
        let (body, work) = (format!("Séance {}", self.count), format!("Exercice {}", self.count));
        let fields = [
            ("version", version.as_str()),
            ("body", &body),
            ("work", &work),
            ("for", "day"),
            ("due", &self.due),
            ("key", &key_text),
            ("do", "publish"),
        ];
        let set = known.value.1.iter().copied().chain([key]).collect();
        known.doubt = Some((body.clone(), set));
        let answer = self.browser.form(&format!("/lessons/{lesson}/log/write"), &fields)?;
        assert_eq!(answer.status, 303, "{}", answer.text());
        known.acknowledged();
        Ok(())
    }

    fn settle(&mut self, school: &School) {
        self.settle_those(school, false);
    }

    fn settle_all(&mut self, school: &School) -> usize {
        self.settle_those(school, true);
        let set: Vec<_> = self.entries.values().flat_map(|known| known.value.1.clone()).collect();
        let titles = school.read(async |conn| {
            let mut titles = BTreeSet::new();
            for id in set {
                titles.extend(homework::by_id(conn, id).await.expect("read").map(|work| work.title));
            }
            titles
        });
        each_is_told_once(school, &titles, "Exercice ");
        usize::try_from(self.entries.values().map(|known| known.version).sum::<i64>()).expect("small")
    }
}

//! What is published, with those who are told of it: all of it or nothing, and each is told once.

use super::{Actor, Known};
use crate::http::Browser;
use crate::school::{School, day_in};
use jiff::civil::Date;
use preau_base::{Clock, GroupId, HomeworkId, LessonId, PersonId, SchoolId, SeededRng, SeriesId, SystemClock};
use preau_school::timetable::Recurrence;
use preau_store::lessons::{self, NewLesson};
use preau_store::series::{self, NewSeries};
use preau_store::{Conn, homework, notices, people};
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::time::Duration;

/// How often each pupil was told something: by the value that names it.
type Told = BTreeMap<String, usize>;

/// Everything that a person was ever told of one kind, by one of its arguments.
fn told(school: &School, person: PersonId, kind: &str, argument: &str) -> Told {
    let notices = people::data_kinds().find(|it| it.name == "notices").expect("notices");
    let all = school.read(async |conn| people::export_lines(conn, notices, person, 0, i64::MAX).await.expect("read"));
    let mut told = Told::new();
    for line in all.iter().filter(|line| line[0] == kind) {
        let arguments = line[3].as_str().expect("a text");
        let arguments: BTreeMap<String, String> = serde_json::from_str(arguments).expect("arguments");
        *told.entry(arguments[argument].clone()).or_default() += 1;
    }
    told
}

/// How often a person was told something of late.
async fn told_of_late(conn: &mut Conn, person: PersonId, kind: &str, (argument, value): (&str, &str)) -> usize {
    let latest = notices::list(conn, person).await.expect("read");
    latest.iter().filter(|it| it.kind == kind && it.arguments.get(argument).is_some_and(|it| it == value)).count()
}

/// Of each piece of work that was published, every pupil has been told once.
pub fn each_is_told_once(school: &School, titles: &BTreeSet<String>, beginning: &str) {
    for (login, pupil) in &school.pupils {
        let mut told = told(school, *pupil, "homework-set", "title");
        told.retain(|title, _| title.starts_with(beginning));
        let once: Told = titles.iter().map(|title| (title.clone(), 1)).collect();
        assert_eq!(told, once, "{login}");
    }
}

#[derive(Clone, Debug)]
struct Set {
    id: HomeworkId,
    title: String,
}

/// Sets work for the class, and sends what was not answered again, as a person does who saw no answer.
pub struct Sets {
    browser: Browser,
    rng: SeededRng,
    class: GroupId,
    due: String,
    count: usize,
    set: Vec<Set>,
    doubt: Option<Set>,
}

impl Sets {
    pub fn new(browser: Browser, rng: SeededRng, school: &School) -> Self {
        let due = day_in(SystemClock.now(), 6);
        Self { browser, rng, class: school.class, due, count: 0, set: Vec::new(), doubt: None }
    }

    /// Whether it is there; then each pupil has been told once, else nobody.
    fn is_whole(school: &School, set: &Set) -> bool {
        school.read(async |conn| {
            let there = homework::by_id(conn, set.id).await.expect("read").is_some();
            for (login, pupil) in &school.pupils {
                let told = told_of_late(conn, *pupil, "homework-set", ("title", &set.title)).await;
                assert_eq!(told, usize::from(there), "{login} of {set:?}");
            }
            there
        })
    }
}

impl Actor for Sets {
    fn browser(&mut self) -> &mut Browser {
        &mut self.browser
    }

    fn act(&mut self) -> io::Result<()> {
        let set = self.doubt.take().unwrap_or_else(|| {
            self.count += 1;
            Set { id: HomeworkId::new(SystemClock.now(), &mut self.rng), title: format!("Publié {}", self.count) }
        });
        self.doubt = Some(set.clone());
        let (class, key) = (self.class.to_string(), set.id.to_string());
        let fields = [("group", class.as_str()), ("title", &set.title), ("day", &self.due), ("key", &key)];
        let answer = self.browser.files("/homework/new", false, &fields, &[])?;
        assert_eq!(answer.status, 303, "{}", answer.text());
        self.set.extend(self.doubt.take());
        Ok(())
    }

    fn settle(&mut self, school: &School) {
        if let Some(last) = self.set.last() {
            assert!(Self::is_whole(school, last), "{last:?} was acknowledged");
        }
        if let Some(doubt) = &self.doubt {
            Self::is_whole(school, doubt);
        }
    }

    fn settle_all(&mut self, school: &School) -> usize {
        if let Some(doubt) = self.doubt.take_if(|doubt| Self::is_whole(school, doubt)) {
            self.set.push(doubt);
        }
        for set in &self.set {
            let there = school.read(async |conn| homework::by_id(conn, set.id).await.expect("read"));
            assert!(there.is_some(), "{set:?} was acknowledged");
        }
        each_is_told_once(school, &self.set.iter().map(|set| set.title.clone()).collect(), "Publié ");
        self.set.len()
    }
}

/// A lesson that comes every week, whose room changes again and again, and the timetable is published each time.
pub struct Timetable {
    browser: Browser,
    count: u64,
    school: SchoolId,
    id: SeriesId,
    fields: Vec<(&'static str, String)>,
    /// The room that is planned.
    planned: Known<String>,
    /// The room that lessons have, once there are any.
    published: Option<String>,
    publishing: bool,
    lessons: Option<usize>,
    confirmed: usize,
}

impl Timetable {
    const SUBJECT: &str = "Latin";
    const WEEKS: i32 = 40;

    pub fn new(browser: Browser, mut rng: SeededRng, school: &School) -> Self {
        let now = SystemClock.now();
        // None of its lessons begins while the test runs.
        let (from, to) = (day_in(now, 3), day_in(now, 3 + 7 * Self::WEEKS));
        let day = |text: &str| text.parse::<Date>().expect("a day");
        let time = |text: &str| text.parse().expect("a time");
        let recurrence = Recurrence {
            weekday: day(&from).weekday(),
            start: time("08:00"),
            end: time("08:55"),
            weeks: None,
            from: day(&from),
            to: day(&to),
        };
        let id = SeriesId::new(now, &mut rng);
        let new = NewSeries {
            id,
            school: school.school,
            subject_name: Self::SUBJECT,
            room: "",
            recurrence,
            groups: &[school.class],
            teachers: &[school.teacher],
            by: None,
            source: "hand",
            external_id: "",
        };
        school.write(async |conn| series::create(conn, &new, now).await.expect("a series"));
        let fields = vec![
            ("subject", Self::SUBJECT.to_owned()),
            ("weekday", recurrence.weekday.to_monday_one_offset().to_string()),
            ("start", "08:00".to_owned()),
            ("end", "08:55".to_owned()),
            ("from", from),
            ("to", to),
            ("groups", school.class.to_string()),
            ("teachers", school.teacher.to_string()),
        ];
        let planned = Known { version: 1, value: String::new(), doubt: None };
        let (published, lessons) = (None, None);
        let school = school.school;
        Self { browser, count: 0, school, id, fields, planned, published, publishing: false, lessons, confirmed: 0 }
    }

    fn is_published(&self) -> bool {
        self.published.as_ref() == Some(&self.planned.value)
    }

    fn plan(&mut self) -> io::Result<()> {
        self.count += 1;
        let room = format!("Salle {}", self.count);
        let mut fields = self.fields.clone();
        fields.extend([("version", self.planned.version.to_string()), ("room", room.clone())]);
        let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        self.planned.doubt = Some(room);
        let answer = self.browser.form(&format!("/series/{}/change", self.id), &fields)?;
        assert_eq!(answer.status, 303, "{}", answer.text());
        self.planned.acknowledged();
        Ok(())
    }

    fn publish(&mut self) -> io::Result<()> {
        self.publishing = true;
        let answer = self.browser.form(&format!("/schools/{}/series/publish", self.school), &[])?;
        assert_eq!(answer.status, 303, "{}", answer.text());
        (self.publishing, self.published) = (false, Some(self.planned.value.clone()));
        Ok(())
    }
}

impl Actor for Timetable {
    fn browser(&mut self) -> &mut Browser {
        &mut self.browser
    }

    fn act(&mut self) -> io::Result<()> {
        if self.is_published() {
            self.plan()?;
        } else {
            self.publish()?;
        }
        self.confirmed += 1;
        Ok(())
    }

    fn settle(&mut self, school: &School) {
        let now = SystemClock.now();
        let (series, rooms) = school.read(async |conn| {
            let series = series::by_id(conn, self.id).await.expect("read").expect("a series");
            let mut rooms = Vec::new();
            // As many weeks at a time as a list may have.
            for week in 0..=u64::from(Self::WEEKS.unsigned_abs()) {
                let from = now.plus(Duration::from_secs(week * 7 * 86_400));
                let to = from.plus(Duration::from_secs(7 * 86_400));
                let all = lessons::of_school(conn, self.school, None, from, to).await.expect("read");
                let ours = all.into_iter().filter(|lesson| lesson.subject_name == Self::SUBJECT);
                rooms.extend(ours.filter(|lesson| lesson.starts_at >= from).map(|lesson| lesson.room));
            }
            (series, rooms)
        });
        self.planned.settle(series.version, &series.claim.room);
        let mut different: BTreeSet<_> = rooms.iter().cloned().collect();
        let found = different.pop_first();
        assert!(different.is_empty(), "a publication is half there: {rooms:?}");
        if self.publishing && found == Some(self.planned.value.clone()) {
            self.published.clone_from(&found);
        }
        self.publishing = false;
        assert_eq!(found, self.published, "the room of all lessons");
        assert_eq!(series.unpublished, !self.is_published(), "{series:?}");
        if found.is_some() {
            let before = *self.lessons.get_or_insert(rooms.len());
            assert!(before > 10 && before == rooms.len(), "{before} lessons before, {} now", rooms.len());
        }
    }

    fn settle_all(&mut self, school: &School) -> usize {
        self.settle(school);
        self.confirmed
    }
}

/// Changes the room of one lesson to come, of which pupils and teacher are told.
pub struct Changes {
    browser: Browser,
    count: u64,
    id: LessonId,
    fields: Vec<(&'static str, String)>,
    room: Known<String>,
    /// Every room that it ever had by a change.
    rooms: BTreeSet<String>,
}

impl Changes {
    pub fn new(browser: Browser, mut rng: SeededRng, school: &School) -> Self {
        let now = SystemClock.now();
        let day = day_in(now, 4);
        let starts = day.parse::<Date>().expect("a day").at(10, 0, 0, 0).in_tz("Europe/Paris").expect("an instant");
        let starts_at = preau_base::Instant::from_millis(starts.timestamp().as_millisecond());
        let id = LessonId::new(now, &mut rng);
        let new = NewLesson {
            id,
            school: school.school,
            subject_name: "Grec",
            room: "",
            starts_at,
            ends_at: starts_at.plus(Duration::from_secs(3_600)),
            groups: &[school.class],
            teachers: &[school.teacher],
            created_by: None,
            source: "hand",
        };
        school.write(async |conn| lessons::create(conn, &new, now).await.expect("a lesson"));
        let fields = vec![
            ("subject", "Grec".to_owned()),
            ("day", day),
            ("start", "10:00".to_owned()),
            ("end", "11:00".to_owned()),
            ("groups", school.class.to_string()),
            ("teachers", school.teacher.to_string()),
        ];
        Self { browser, count: 0, id, fields, room: Known::new(), rooms: BTreeSet::new() }
    }

    /// Those who are told; who has changed it knows.
    fn concerned(school: &School) -> impl Iterator<Item = PersonId> {
        school.pupils.iter().map(|(_, id)| *id).chain([school.teacher])
    }
}

impl Actor for Changes {
    fn browser(&mut self) -> &mut Browser {
        &mut self.browser
    }

    fn act(&mut self) -> io::Result<()> {
        self.count += 1;
        let room = format!("Gymnase {}", self.count);
        let mut fields = self.fields.clone();
        fields.extend([("version", self.room.version.to_string()), ("room", room.clone())]);
        let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        self.room.doubt = Some(room.clone());
        let answer = self.browser.form(&format!("/lessons/{}/change", self.id), &fields)?;
        assert_eq!(answer.status, 303, "{}", answer.text());
        self.room.acknowledged();
        self.rooms.insert(room);
        Ok(())
    }

    fn settle(&mut self, school: &School) {
        let lesson = school.read(async |conn| lessons::by_id(conn, self.id).await.expect("read").expect("a lesson"));
        let doubt = self.room.doubt.clone();
        self.room.settle(lesson.sequence, &lesson.room);
        if lesson.sequence > 0 {
            self.rooms.insert(lesson.room.clone());
        }
        for room in doubt.iter().chain([&lesson.room]).filter(|room| !room.is_empty()) {
            let is_told = usize::from(*room == lesson.room);
            for person in Self::concerned(school) {
                let told = school.read(async |conn| told_of_late(conn, person, "lesson-changed", ("room", room)).await);
                assert_eq!(told, is_told, "{person} of {room}");
            }
        }
    }

    fn settle_all(&mut self, school: &School) -> usize {
        self.settle(school);
        let once: Told = self.rooms.iter().map(|room| (room.clone(), 1)).collect();
        for person in Self::concerned(school) {
            assert_eq!(told(school, person, "lesson-changed", "room"), once, "{person}");
        }
        self.rooms.len()
    }
}

use super::roll_form::{self, RollRow};
use super::{half_of, status_text};
use crate::ids::Id;
use crate::screens::place;
use crate::{Answer, Fields, Member, Page, PageError, agenda};
use askama::Template;
use http::StatusCode;
use preau_base::{Instant, LessonId, PersonId};
use preau_school::attendance::{
    Evidence, Excuse, Expected, HalfDay, Proposal, Reason, Status, Stay, excuse_of, expected, open_time, propose,
};
use preau_school::calendar::{self, Day};
use preau_school::rights::ENTRY_BEFORE_START;
use preau_school::timetable::LessonMode;
use preau_school::{Act, AttendanceAct, LessonFacts, LessonRole};
use preau_store::lessons::{self, Lesson};
use preau_store::rolls::{self, Entry, NewRoll, Pupil, Roll, Saved};
use preau_store::{Conn, absences, attendance, calendars, failed_tries, schools, visits};
use std::collections::{HashMap, HashSet};

#[derive(Template)]
#[template(path = "attendance/roll.html")]
struct RollPage<'a> {
    page: &'a Page,
    id: LessonId,
    title: String,
    time: String,
    /// Who confirmed it, and when.
    confirmed: Option<String>,
    /// Somebody else has changed it meanwhile.
    is_overtaken: bool,
    /// Its day has no school: what that means for the roll.
    unasked: Option<&'static str>,
    version: i64,
    rows: Vec<RollRow>,
    /// What the proposal goes by, as the key of a text.
    filled: &'static str,
    board: Option<String>,
}

/// A lesson with everything that its roll is made of.
struct Here {
    lesson: Lesson,
    facts: LessonFacts,
    half: HalfDay,
    /// Its day was closed after it had begun, and nothing has shown yet that it took place.
    closed_late: bool,
    pupils: Vec<Pupil>,
    roll: Option<Roll>,
    entries: HashMap<PersonId, Entry>,
    /// Where each pupil is expected.
    expected: HashMap<PersonId, Expected>,
    filled: Filled,
    proposals: HashMap<PersonId, Proposal>,
    /// What is known of a pupil, as the page says it.
    known: HashMap<PersonId, String>,
}

/// What a proposal goes by.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Filled {
    /// The room: everybody is there.
    Room,
    /// The joining and leaving of the live class.
    Live,
    /// The room for some, the live class for the others.
    Both,
}

impl Filled {
    const fn key(self) -> &'static str {
        match self {
            Self::Room => "roll-proposed",
            Self::Live => "roll-proposed-live",
            Self::Both => "roll-proposed-both",
        }
    }
}

/// `GET /lessons/{id}/roll`.
pub(crate) async fn show(mut member: Member, Id(id): Id<LessonId>) -> Answer {
    let mut conn = member.app().store.read().await?;
    let here = here(&mut member, &mut conn, id).await?;
    let chosen = here.current();
    page(&member, &here, &chosen, here.version(), false)
}

/// `POST /lessons/{id}/roll`: confirms it, or changes it.
pub(crate) async fn confirm(mut member: Member, Id(id): Id<LessonId>, sent: Fields) -> Answer {
    let mut tx = member.app().store.write().await?;
    let here = here(&mut member, &mut tx, id).await?;
    let seen = sent.raw("version").parse::<i64>().map_err(|_| PageError::Malformed("version"))?;
    let chosen = roll_form::read(&sent, &here.current());
    let entries: Vec<Entry> = here.pupils.iter().filter_map(|pupil| chosen.get(&pupil.id)).copied().collect();
    let roll =
        NewRoll { lesson: id, school: here.facts.school, half: here.half, by: member.id(), seen, entries: &entries };
    match rolls::save(&mut tx, &roll, member.now()).await? {
        Saved::Changed => return page(&member, &here, &chosen, here.version(), true),
        Saved::Same => {
            lessons::was_held(&mut tx, id).await?;
            tx.commit().await?;
        }
        Saved::New(version) => {
            lessons::was_held(&mut tx, id).await?;
            if version > 1 {
                let detail = changes(&here, &entries);
                let (action, target) = ("roll.change", id.to_string());
                place::log(&member, &mut tx, Some(here.facts.school), (action, &target, &detail)).await?;
            }
            tx.commit().await?;
        }
    }
    Ok(member.see_other_saying(&format!("/lessons/{id}/roll"), "notice-roll-confirmed"))
}

/// What a change is, for the audit log: ids and words, no names; the first few, and how many in all.
fn changes(here: &Here, entries: &[Entry]) -> String {
    const NAMED_MAX: usize = 5;
    let before = |entry: &Entry| here.entries.get(&entry.pupil_id).filter(|before| *before != entry);
    let changed: Vec<_> = entries
        .iter()
        .filter_map(|entry| {
            let before = before(entry)?;
            Some(format!("{}: {} > {}", entry.pupil_id, before.status.as_str(), entry.status.as_str()))
        })
        .collect();
    format!("{} · {}", changed.len(), changed[..changed.len().min(NAMED_MAX)].join(", "))
}

impl Here {
    fn version(&self) -> i64 {
        self.roll.as_ref().map_or(0, |roll| roll.version)
    }

    /// What the roll says; before it is confirmed, and of those who are new in it, what is proposed.
    fn current(&self) -> HashMap<PersonId, Entry> {
        let one = |pupil: &Pupil| {
            let proposal = self.proposals.get(&pupil.id);
            let proposed = proposal.map_or((Status::Present, 0), |it| (it.status, i64::from(it.minutes)));
            let proposed = Entry { pupil_id: pupil.id, status: proposed.0, minutes: proposed.1 };
            (pupil.id, self.entries.get(&pupil.id).copied().unwrap_or(proposed))
        };
        self.pupils.iter().map(one).collect()
    }
}

/// Reads the lesson and asks for the right to its roll; the page takes the school's name and clock.
async fn here(member: &mut Member, conn: &mut Conn, id: LessonId) -> Result<Here, PageError> {
    let facts = lessons::facts(conn, id).await?.ok_or(PageError::NotFound)?;
    member.may(Act::Attendance(AttendanceAct::CallRoll(&facts)))?;
    let lesson = lessons::by_id(conn, id).await?.ok_or(PageError::NotFound)?;
    let school = schools::by_id(conn, facts.school).await?.ok_or(PageError::NotFound)?;
    place::at(member, &school);
    let settings = attendance::settings(conn, facts.school).await?;
    let half = half_of(member, lesson.starts_at, &settings);
    let closed_late = facts.no_school && lessons::is_closed_late(conn, id).await?;
    let mut here = Here {
        half,
        closed_late,
        pupils: rolls::roster(conn, id).await?,
        roll: rolls::by_lesson(conn, id).await?,
        entries: rolls::entries(conn, id).await?.into_iter().map(|entry| (entry.pupil_id, entry)).collect(),
        expected: HashMap::new(),
        filled: Filled::Room,
        proposals: HashMap::new(),
        known: HashMap::new(),
        lesson,
        facts,
    };
    here.expected = expected_in(member, conn, &here.lesson, &here.facts).await?;
    // Those for whom there is no school today are asked for by no roll; what is written already stays.
    let asked = |pupil: &Pupil| {
        here.expected.get(&pupil.id) != Some(&Expected::Nowhere) || here.entries.contains_key(&pupil.id)
    };
    here.pupils = here.pupils.iter().filter(|pupil| asked(pupil)).cloned().collect();
    look(member, conn, &mut here).await?;
    Ok(here)
}

/// Gathers what class, gate and families know, and proposes.
async fn look(member: &Member, conn: &mut Conn, here: &mut Here) -> Result<(), PageError> {
    let (starts_at, ends_at) = (here.lesson.starts_at, here.lesson.ends_at);
    let visits = visits::list(conn, here.lesson.id).await?;
    let mut stays: HashMap<PersonId, Vec<Stay>> = HashMap::new();
    let mut led = Vec::new();
    for visit in &visits {
        let stay = Stay { joined_at: visit.joined_at, left_at: visit.left_at.map(Instant::from) };
        match visit.role {
            LessonRole::Pupil => stays.entry(visit.person_id).or_default().push(stay),
            LessonRole::Teacher | LessonRole::Assistant => led.push(stay),
            LessonRole::Observer | LessonRole::Guest => {}
        }
    }
    let open = open_time((starts_at, ends_at), &led, here.lesson.closed_at.map(Instant::from));
    let from = starts_at.minus(ENTRY_BEFORE_START);
    let tried: HashSet<_> = failed_tries::of_lesson(conn, here.lesson.id, from, ends_at).await?.into_iter().collect();
    let mut said: HashMap<PersonId, Vec<Excuse>> = HashMap::new();
    for absence in absences::of_school(conn, here.facts.school, here.half, here.half).await? {
        said.entry(absence.pupil_id).or_default().push(absence.excuse());
    }
    let mode = here.lesson.mode();
    let (mut by_class, mut by_room) = (false, false);
    for pupil in &here.pupils {
        let expected = here.expected.get(&pupil.id).copied().unwrap_or_else(|| expected(mode, &[]));
        let is_live = !visits.is_empty()
            && match expected {
                Expected::Distance => true,
                Expected::Anywhere => mode.is_none(),
                Expected::Room | Expected::Nowhere => false,
            };
        (by_class, by_room) = (by_class || is_live, by_room || !is_live);
        let excuse = said.get(&pupil.id).and_then(|said| excuse_of(said, here.half));
        let excuse = excuse.filter(|excuse| excuse.state != preau_school::attendance::ExcuseState::Refused);
        let reason = excuse.map(|excuse| excuse.reason);
        let evidence = Evidence {
            stays: stays.get(&pupil.id).map_or(&[], Vec::as_slice),
            tried: tried.contains(&pupil.id),
            no_connection: reason == Some(Reason::NoConnection),
            away: reason.is_some_and(|reason| reason != Reason::NoConnection),
        };
        let mut proposal = propose(open, is_live, &evidence, member.now());
        // At a distance without a class of ours: there is nothing to go by, and no room to be in.
        if proposal.status == Status::Present && expected == Expected::Distance {
            proposal.status = Status::Distant;
        }
        here.proposals.insert(pupil.id, proposal);
        let place = matches!(mode, Some(LessonMode::Both(_))).then_some(expected);
        let known = known(member, &evidence, place);
        if !known.is_empty() {
            here.known.insert(pupil.id, known);
        }
    }
    here.filled = match (by_class, by_room) {
        (true, true) => Filled::Both,
        (true, false) => Filled::Live,
        (false, _) => Filled::Room,
    };
    Ok(())
}

/// Where the pupils of a lesson are expected, by the calendar, the grades of their groups and their halves. Of a lesson that
/// is the same for all there is nothing to be read.
async fn expected_in(
    member: &Member,
    conn: &mut Conn,
    lesson: &Lesson,
    facts: &LessonFacts,
) -> Result<HashMap<PersonId, Expected>, PageError> {
    let mode = lesson.mode();
    let is_same = facts.groups.len() < 2 && !matches!(mode, Some(LessonMode::Both(_)));
    // On a day without school whoever is in the group may be there.
    if mode.is_none() || is_same || facts.no_school {
        return Ok(HashMap::new());
    }
    let calendar = calendars::of_school(conn, facts.school).await?;
    let grades = calendars::grades(conn, facts.school, calendar.place.kind).await?;
    let day = member.zoned(lesson.starts_at).date();
    let mut days: HashMap<PersonId, Vec<(Day<'_>, calendar::Half)>> = HashMap::new();
    for group in &facts.groups {
        let grade = grades.iter().find(|one| one.id == *group).and_then(|one| one.grade);
        let day = calendar.day(day, grade);
        for pupil in calendars::members(conn, *group).await? {
            days.entry(pupil.id).or_default().push((day, pupil.half()));
        }
    }
    Ok(days.into_iter().map(|(pupil, days)| (pupil, expected(mode, &days))).collect())
}

/// `arrivé à 9 h 04 · parti à 9 h 40 · absence annoncée`; why a pupil is away is nobody's business here.
fn known(page: &Page, evidence: &Evidence<'_>, place: Option<Expected>) -> String {
    let mut parts = Vec::new();
    match place {
        Some(Expected::Room) => parts.push(page.t("roll-in-room")),
        Some(Expected::Distance) => parts.push(page.t("roll-at-distance")),
        _ => {}
    }
    if let Some(first) = evidence.stays.iter().map(|stay| stay.joined_at).min() {
        parts.push(page.t1("roll-came", "time", page.clock(first)));
    }
    let is_in = evidence.stays.iter().any(|stay| stay.left_at.is_none());
    let last = evidence.stays.iter().filter_map(|stay| stay.left_at).max().filter(|_| !is_in);
    parts.extend(last.map(|last| page.t1("roll-went", "time", page.clock(last))));
    if evidence.tried {
        parts.push(page.t("roll-tried"));
    }
    if evidence.no_connection {
        parts.push(page.t("roll-said-no-connection"));
    } else if evidence.away {
        parts.push(page.t("roll-said-away"));
    }
    parts.join(" · ")
}

fn page(member: &Member, here: &Here, chosen: &HashMap<PersonId, Entry>, version: i64, is_overtaken: bool) -> Answer {
    let page = &member.page;
    let groups = agenda::unbroken(&here.lesson.groups);
    let title = [here.lesson.subject_name.as_str(), groups.as_str()];
    let title: Vec<_> = title.into_iter().filter(|part| !part.is_empty()).collect();
    let day = page.day_near(page.zoned(here.lesson.starts_at).date());
    let confirmed = here.roll.as_ref().map(|roll| {
        page.t2("roll-confirmed", ("name", roll.changed_by.clone()), ("when", page.moment(roll.changed_at)))
    });
    // In sight is what most of them are: in the room, or in the live class.
    let count = |status| chosen.values().filter(|entry| entry.status == status).count();
    let at_distance =
        count(Status::Distant) > count(Status::Present) || (here.filled == Filled::Live && count(Status::Present) == 0);
    let rows = here.pupils.iter().filter_map(|pupil| {
        let entry = chosen.get(&pupil.id)?;
        // What the other tab has kept, where it is something else.
        let other = here.entries.get(&pupil.id).filter(|stored| is_overtaken && *stored != entry);
        let other = other.map(|stored| status_text(page, stored.status, stored.minutes));
        let at_distance = match here.expected.get(&pupil.id) {
            Some(Expected::Room) => false,
            Some(Expected::Distance) => true,
            _ => at_distance,
        };
        Some(RollRow::of(page, pupil, *entry, at_distance, here.known.get(&pupil.id).cloned(), other))
    });
    let keeps = member.can(Act::Attendance(AttendanceAct::Keep(here.facts.school)));
    let template = RollPage {
        page,
        id: here.lesson.id,
        title: title.join(", "),
        time: format!("{day}, {}", page.clock_range(here.lesson.starts_at, here.lesson.ends_at)),
        confirmed,
        is_overtaken,
        unasked: here.facts.no_school.then_some(if here.closed_late { "roll-closed-late" } else { "roll-no-school" }),
        version,
        rows: rows.collect(),
        filled: here.filled.key(),
        board: keeps.then(|| format!("/schools/{}/attendance?day={}", here.facts.school, here.half.day)),
    };
    let status = if is_overtaken { StatusCode::CONFLICT } else { StatusCode::OK };
    page.html_as(status, &template)
}

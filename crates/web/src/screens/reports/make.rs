//! Telling school life of a message, a picture or a person of a lesson.

use super::{concern_key, lines, picture, telling};
use crate::forms::{Check, Choice, Faults, FormPage, Kind};
use crate::ids::Id;
use crate::limits::{REPORTS_PER_DAY_MAX, REPORTS_RETRY};
use crate::{Answer, Fields, Member, Page, PageError, forms};
use axum::Json;
use axum::response::IntoResponse as _;
use preau_base::{ChatId, LessonId, PersonId, ReportId, SystemRng};
use preau_gate::GuestPass;
use preau_school::rights::guest_reports;
use preau_school::safety::{Concern, LINES_AROUND, ReportKind};
use preau_school::{Act, LessonFacts, LessonRole, SafetyAct};
use preau_store::keeping::{self, Line};
use preau_store::limits::REPORT_BODY_CHARS_MAX;
use preau_store::reports::{self, NewReport};
use preau_store::visits::Visit;
use preau_store::{Conn, Tx, lessons, people, rolls, visits};
use std::time::Duration;

const DAY: Duration = Duration::from_secs(86_400);

/// What a report is about, as far as it is chosen yet.
enum About {
    Line(Box<Line>),
    Person(PersonId, String),
    Nobody,
}

/// Whoever reports: somebody with an account, or a guest of the lesson, who has none.
struct Reporter<'a> {
    page: &'a Page,
    id: PersonId,
    is_guest: bool,
    /// Where the form goes, and the way back.
    action: String,
    back: String,
}

impl<'a> Reporter<'a> {
    fn member(member: &'a Member, lesson: LessonId) -> Self {
        let (action, back) = (format!("/lessons/{lesson}/report"), format!("/lessons/{lesson}"));
        Self { page: &member.page, id: member.id(), is_guest: false, action, back }
    }
}

/// The answer to a script: it was kept.
#[derive(serde::Serialize)]
struct Kept {
    kept: bool,
}

/// `GET /lessons/{id}/report`, of `chat` or of `person`.
pub(crate) async fn show(member: Member, Id(id): Id<LessonId>, asked: Fields) -> Answer {
    let mut conn = member.app().store.read().await?;
    let facts = lesson(&member, &mut conn, id).await?;
    let by = Reporter::member(&member, id);
    let about = about(&by, &mut conn, &facts, &asked).await?;
    let people = others(&by, &mut conn, &facts).await?;
    form(&by, &about, people, &asked).answer(Faults::default())
}

/// `POST /lessons/{id}/report`.
pub(crate) async fn submit(member: Member, Id(id): Id<LessonId>, sent: Fields) -> Answer {
    let mut tx = member.app().store.write().await?;
    let facts = lesson(&member, &mut tx, id).await?;
    keep(&Reporter::member(&member, id), tx, &facts, &sent).await
}

/// `POST /guest/report`: of the one lesson, of what a guest has seen there.
pub(crate) async fn by_guest(page: &Page, pass: &GuestPass, sent: &Fields) -> Answer {
    let mut tx = page.app().store.write().await?;
    let facts = lessons::facts(&mut tx, pass.lesson).await?.ok_or(PageError::NotFound)?;
    let was_in = keeping::was_in(&mut tx, pass.lesson, pass.person, page.now()).await?.is_some();
    guest_reports(&facts, was_in, page.now())?;
    let (action, back) = ("/guest/report".to_owned(), "/guest".to_owned());
    keep(&Reporter { page, id: pass.person, is_guest: true, action, back }, tx, &facts, sent).await
}

async fn keep(by: &Reporter<'_>, mut tx: Tx, facts: &LessonFacts, sent: &Fields) -> Answer {
    let page = by.page;
    let about = about(by, &mut tx, facts, sent).await?;
    let concern: Option<Concern> = sent.raw("concern").parse().ok();
    let mut check = Check::new(page, sent);
    let body = check.lines("body", REPORT_BODY_CHARS_MAX);
    if concern.is_none() {
        check.fault("concern", "fault-choose");
    }
    if matches!(about, About::Nobody) {
        check.fault("person", "fault-choose");
    }
    // Of a message or a picture there is something to look at; of a person there are words alone.
    if body.is_empty() && matches!(about, About::Person(..)) && sent.raw("picture").is_empty() {
        check.fault("body", "fault-empty");
    }
    let (true, Some(concern)) = (check.is_good(), concern) else {
        let faults = check.faults();
        // A guest is given nobody to choose from but whom they named: names of a class are not theirs to collect.
        let mut people = others(by, &mut tx, facts).await?;
        people.retain(|choice| !by.is_guest || choice.value == sent.raw("person"));
        return form(by, &about, people, sent).answer(faults);
    };
    if reports::made_since(&mut tx, by.id, page.now().minus(DAY)).await? >= REPORTS_PER_DAY_MAX {
        return Err(PageError::TooMany { retry: REPORTS_RETRY });
    }
    let still = match (&about, sent.raw("picture")) {
        (About::Person(..), text) if !text.is_empty() => {
            Some(picture::read(text).ok_or(PageError::Malformed("picture"))?)
        }
        _ => None,
    };
    let (kind, reported, quoted) = match &about {
        About::Line(line) => {
            let around = keeping::around(&mut tx, facts.id, line, LINES_AROUND as i64).await?;
            (ReportKind::Message, line.person_id, lines::quote(line, &around))
        }
        About::Person(person, _) if still.is_some() => (ReportKind::Picture, *person, String::new()),
        About::Person(person, _) => (ReportKind::Person, *person, String::new()),
        About::Nobody => return Err(PageError::Malformed("person")),
    };
    let report = NewReport {
        id: ReportId::new(page.now(), &mut SystemRng),
        school: facts.school,
        lesson: facts.id,
        kind,
        concern,
        reporter: by.id,
        reported,
        body: &body,
        lines: &quoted,
        picture: still.as_deref(),
    };
    reports::add(&mut tx, &report, page.now()).await?;
    let subject = lessons::by_id(&mut tx, facts.id).await?.map(|lesson| lesson.subject_name).unwrap_or_default();
    telling::tell(page, &mut tx, &report, &subject).await?;
    tx.commit().await?;
    metrics::counter!("preau_web_reports_total").increment(1);
    if page.wants_json() {
        return Ok(Json(Kept { kept: true }).into_response());
    }
    let next = if by.is_guest { &by.back } else { "/" };
    Ok(page.see_other_saying(next, "notice-report-kept"))
}

async fn lesson(member: &Member, conn: &mut Conn, id: LessonId) -> Result<LessonFacts, PageError> {
    let facts = lessons::facts(conn, id).await?.ok_or(PageError::NotFound)?;
    let was_in = keeping::was_in(conn, id, member.id(), member.now()).await?.is_some();
    member.may(Act::Safety(SafetyAct::Report { lesson: &facts, was_in }))?;
    Ok(facts)
}

/// The line or the person that is named. A line is known to those who have read it alone: nobody guesses its id, and nothing of
/// it is answered. Of people only those of the lesson can be reported, and nobody reports oneself.
async fn about(by: &Reporter<'_>, conn: &mut Conn, facts: &LessonFacts, sent: &Fields) -> Result<About, PageError> {
    if !sent.raw("chat").is_empty() {
        let chat: ChatId = forms::id(sent, "chat")?;
        let line = keeping::line(conn, facts.id, chat).await?.ok_or(PageError::NotFound)?;
        let is_own = line.person_id == by.id;
        return if is_own { Err(PageError::NotFound) } else { Ok(About::Line(Box::new(line))) };
    }
    if sent.raw("person").is_empty() {
        return Ok(About::Nobody);
    }
    let person: PersonId = forms::id(sent, "person")?;
    let others = others(by, conn, facts).await?;
    let found = others.into_iter().find(|choice| choice.value == person.to_string()).ok_or(PageError::NotFound)?;
    Ok(About::Person(person, found.label))
}

/// Everybody else of the lesson: who was in, who teaches it, who is on its roster, whose names a guest is not told.
async fn others(by: &Reporter<'_>, conn: &mut Conn, facts: &LessonFacts) -> Result<Vec<Choice>, PageError> {
    let named =
        |visit: Visit| (visit.person_id, lines::with_guest(by.page, visit.name, visit.role == LessonRole::Guest));
    let mut all: Vec<(PersonId, String)> = visits::list(conn, facts.id).await?.into_iter().map(named).collect();
    for teacher in &facts.teachers {
        all.extend(people::by_id(conn, *teacher).await?.map(|person| (*teacher, person.full_name())));
    }
    if !by.is_guest {
        all.extend(rolls::roster(conn, facts.id).await?.into_iter().map(|pupil| (pupil.id, pupil.roll_name())));
    }
    let mut seen = std::collections::HashSet::from([by.id]);
    all.retain(|(person, _)| seen.insert(*person));
    all.sort_by_key(|(_, name)| preau_school::login::fold(name));
    Ok(all.into_iter().map(|(person, label)| Choice { value: person.to_string(), label }).collect())
}

fn form<'a>(by: &Reporter<'a>, about: &About, people: Vec<Choice>, sent: &Fields) -> FormPage<'a> {
    let page = by.page;
    let mut form = FormPage::new(page, page.t("report-title"), by.action.clone(), by.back.clone());
    form.submit = page.t("report-send");
    form.intro = Some(match about {
        About::Line(line) => page.t1("report-intro-message", "name", line.name.reveal()),
        About::Person(_, name) => page.t1("report-intro-person", "name", name),
        About::Nobody => page.t("report-intro"),
    });
    let chosen = matches!(about, About::Person(..));
    match about {
        About::Line(_) => {
            form.field(sent, "chat", "report-title", Kind::Hidden);
        }
        About::Person(..) | About::Nobody => {
            let mut choices = vec![Choice { value: String::new(), label: "–".to_owned() }];
            choices.extend(people);
            form.field(sent, "person", "report-person", Kind::Select(choices)).required = !chosen;
        }
    }
    let mut concerns = vec![Choice { value: String::new(), label: "–".to_owned() }];
    concerns.extend(
        Concern::ALL.iter().map(|it| Choice { value: it.as_str().to_owned(), label: page.t(&concern_key(*it)) }),
    );
    form.field(sent, "concern", "report-concern", Kind::Select(concerns)).required = true;
    let body = form.field(sent, "body", "report-body", Kind::Area);
    (body.chars_max, body.help) = (REPORT_BODY_CHARS_MAX, Some(page.t("report-body-help")));
    form
}

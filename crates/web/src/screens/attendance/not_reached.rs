use super::word;
use crate::forms::Choice;
use crate::ids::Id;
use crate::screens::place;
use crate::{Answer, Fields, Member, Page, PageError, agenda};
use askama::Template;
use jiff::ToSpan as _;
use preau_base::{GroupId, Instant, PersonId, SchoolId};
use preau_school::attendance::HalfDay;
use preau_school::{Act, AttendanceAct, GroupKind};
use preau_store::follow_ups::{self, Attempts, NotReached};
use preau_store::groups;

/// Days of which the list is made, where nobody says otherwise.
const DAYS: i64 = 3;
pub(super) const DAYS_CHOICES: [i64; 5] = [1, 2, 3, 7, 14];

/// From when on somebody must have been seen.
pub(super) struct Since {
    pub days: i64,
    pub at: Instant,
    half: HalfDay,
}

impl Since {
    /// The start of the day that `?days=` names, today counted.
    pub(super) fn asked(member: &Member, asked: &Fields) -> Result<Self, PageError> {
        let days = asked.raw("days").parse::<i64>().ok().filter(|days| DAYS_CHOICES.contains(days)).unwrap_or(DAYS);
        let first = member.today().checked_sub((days - 1).days()).map_err(|_| PageError::Malformed("days"))?;
        Ok(Self { days, at: member.start_of(first), half: HalfDay::morning(first) })
    }

    pub(super) const fn start(&self) -> (Instant, HalfDay) {
        (self.at, self.half)
    }
}

/// `Téléphone · sans réponse`, and how often.
pub(super) fn attempts(page: &Page, all: Vec<Attempts>) -> Vec<(String, i64)> {
    let text = |one: &Attempts| {
        format!("{} · {}", word(page, "means-", one.means.as_str()), word(page, "reached-", one.result.as_str()))
    };
    all.into_iter().map(|one| (text(&one), one.count)).collect()
}

#[derive(Template)]
#[template(path = "attendance/not_reached.html")]
struct NotReachedPage<'a> {
    page: &'a Page,
    school: SchoolId,
    names: bool,
    days: i64,
    days_choices: [i64; 5],
    class: String,
    classes: Vec<Choice>,
    count: usize,
    never: usize,
    tried: usize,
    followed: usize,
    groups: Vec<ClassPart>,
    attempts: Vec<(String, i64)>,
}

/// The pupils of one class.
struct ClassPart {
    name: String,
    count: usize,
    /// Of whom somebody has tried to reach them since.
    followed: usize,
    people: Vec<Person>,
}

struct Person {
    id: PersonId,
    name: String,
    last: String,
    tries: Option<String>,
    followed: Option<String>,
}

/// `GET /schools/{id}/not-reached?days=3&class=…`. Whoever administers the school, or a territory above it, gets numbers.
pub(crate) async fn show(mut member: Member, Id(id): Id<SchoolId>, asked: Fields) -> Answer {
    let mut conn = member.app().store.read().await?;
    place::school(&mut member, &mut conn, id, Act::Attendance(AttendanceAct::CountNotReached(id))).await?;
    let names = member.can(Act::Attendance(AttendanceAct::Keep(id)));
    let class = asked.raw("class").parse::<GroupId>().ok();
    let since = Since::asked(&member, &asked)?;
    let found = follow_ups::not_reached(&mut conn, id, class, since.start(), member.now()).await?;
    let attempts = attempts(&member, follow_ups::attempts_of(&mut conn, id, since.at).await?);
    let is_followed = |pupil: &NotReached| pupil.followed_at.is_some_and(|at| at >= since.at.as_millis());
    let all = groups::list(&mut conn, id).await?;
    let classes = all.iter().filter(|group| group.kind == GroupKind::Class);
    let classes = classes.map(|group| Choice { value: group.id.to_string(), label: group.name.clone() });
    let mut parts: Vec<ClassPart> = Vec::new();
    for pupil in &found {
        if parts.last().is_none_or(|part| part.name != pupil.class) {
            parts.push(ClassPart { name: pupil.class.clone(), count: 0, followed: 0, people: Vec::new() });
        }
        let Some(part) = parts.last_mut() else { continue };
        part.count += 1;
        part.followed += usize::from(is_followed(pupil));
        if names {
            part.people.push(person(&member, pupil));
        }
    }
    member.html(&NotReachedPage {
        page: &member.page,
        school: id,
        names,
        days: since.days,
        days_choices: DAYS_CHOICES,
        class: class.map(|class| class.to_string()).unwrap_or_default(),
        classes: classes.collect(),
        count: found.len(),
        never: found.iter().filter(|pupil| pupil.joined_at.is_none() && pupil.attended.is_none()).count(),
        tried: found.iter().filter(|pupil| pupil.tries > 0).count(),
        followed: found.iter().filter(|pupil| is_followed(pupil)).count(),
        groups: parts,
        attempts,
    })
}

fn person(page: &Page, pupil: &NotReached) -> Person {
    let attended = pupil.attended.as_ref().and_then(|text| text.parse::<HalfDay>().ok()).map(|half| half.day);
    let joined = pupil.joined_at.map(|at| page.zoned(Instant::from(at)).date());
    let last = attended
        .max(joined)
        .map_or_else(|| page.t("not-reached-never"), |day| page.t1("not-reached-last", "day", page.day_near(day)));
    let signed_in = pupil.signed_in_at.map(|at| {
        let day = page.day_near(page.zoned(Instant::from(at)).date());
        page.t1("not-reached-signed-in", "day", day)
    });
    let last = [Some(last), Some(signed_in.unwrap_or_else(|| page.t("not-reached-not-signed-in")))];
    let followed = pupil.followed_at.zip(pupil.followed_means.as_deref()).map(|(at, means)| {
        let day = page.day_near(page.zoned(Instant::from(at)).date());
        let result = pupil.followed_result.as_deref().unwrap_or_default();
        format!("{} · {} · {}", day, word(page, "means-", means), word(page, "reached-", result))
    });
    Person {
        id: pupil.pupil_id,
        name: pupil.roll_name(),
        last: last.into_iter().flatten().collect::<Vec<_>>().join(" · "),
        tries: (pupil.tries > 0).then(|| page.t1("not-reached-tries", "count", pupil.tries)),
        followed,
    }
}

impl ClassPart {
    fn label(&self, page: &Page) -> String {
        if self.name.is_empty() { page.t("not-reached-no-class") } else { agenda::unbroken(&self.name) }
    }
}

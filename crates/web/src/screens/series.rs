//! Lessons that come back: the list of a school with its conflicts, making, changing, removing, publishing.

mod form;

use crate::forms::{Choice, Faults};
use crate::ids::Id;
use crate::limits::SERIES_SHOWN_MAX;
use crate::screens::lessons::offer;
use crate::screens::place;
use crate::{Answer, Fields, Member, Page, PageError};
use askama::Template;
use preau_base::{GroupId, SchoolId, SeriesId, SystemRng};
use preau_school::Act;
use preau_school::timetable::{Overlaps, Shared, conflicts};
use preau_store::schools::School;
use preau_store::series::{self, Report, Series};
use preau_store::{Conn, groups};
use std::collections::HashMap;

#[derive(Template)]
#[template(path = "timetable/series.html")]
struct ListPage<'a> {
    page: &'a Page,
    school: &'a School,
    rows: Vec<Row>,
    /// Of the whole school.
    count: usize,
    left_out: usize,
    group: String,
    groups: Vec<Choice>,
    conflicts: usize,
    unpublished: usize,
    report: Option<String>,
}

struct Row {
    id: SeriesId,
    /// `lundi, 9 h 00 – 9 h 55, semaine A`
    when: String,
    span: String,
    subject: String,
    who: String,
    removed: bool,
    unpublished: bool,
    conflicts: Vec<String>,
}

/// `GET /schools/{id}/series`.
pub(crate) async fn list(mut member: Member, Id(id): Id<SchoolId>, asked: Fields) -> Answer {
    let mut conn = member.app().store.read().await?;
    let school = place::school(&mut member, &mut conn, id, Act::PlanLesson(id)).await?;
    let all = series::of_school(&mut conn, id).await?;
    let report = report_text(&member, asked.raw("done"));
    let mut groups = vec![Choice { value: String::new(), label: member.t("timetable-any-class") }];
    let known = groups::list(&mut conn, id).await?;
    groups.extend(known.into_iter().map(|one| Choice { value: one.id.to_string(), label: one.name }));
    let overlaps = groups::overlaps(&mut conn, id).await?;
    let group = asked.raw("group");
    answer(&member, &school, (&all, &overlaps), report, (group, groups))
}

fn answer(
    member: &Member,
    school: &School,
    (all, overlaps): (&[Series], &Overlaps),
    report: Option<String>,
    (group, groups): (&str, Vec<Choice>),
) -> Answer {
    let page = &member.page;
    // Of some thousands few are shown: texts are made for those alone.
    let live: Vec<usize> = (0..all.len()).filter(|at| !all[*at].removed).collect();
    let claims: Vec<_> = live.iter().map(|at| (all[*at].recurrence, all[*at].claim.clone())).collect();
    let found = conflicts(&claims, overlaps);
    let mut of_row: HashMap<usize, Vec<String>> = HashMap::new();
    for conflict in &found {
        for (at, other) in [(live[conflict.a], live[conflict.b]), (live[conflict.b], live[conflict.a])] {
            let named = ("with", name(&all[other]));
            let text = page.t2("series-conflict", ("what", what(page, &conflict.shared)), named);
            of_row.entry(at).or_default().push(text);
        }
    }
    let chosen: Option<GroupId> = group.parse().ok();
    let short = all.len() <= SERIES_SHOWN_MAX;
    let is_shown = |(at, series): &(usize, &Series)| match chosen {
        Some(group) => series.claim.groups.contains(&group),
        None => short || series.unpublished || of_row.contains_key(at),
    };
    let shown = all.iter().enumerate().filter(is_shown).take(SERIES_SHOWN_MAX);
    let with_conflicts =
        |(at, series)| Row { conflicts: of_row.get(&at).cloned().unwrap_or_default(), ..row(page, series) };
    let rows: Vec<Row> = shown.map(with_conflicts).collect();
    member.html(&ListPage {
        page,
        school,
        count: all.len(),
        left_out: all.len() - rows.len(),
        group: chosen.map(|group| group.to_string()).unwrap_or_default(),
        groups,
        conflicts: found.len(),
        unpublished: all.iter().filter(|series| series.unpublished).count(),
        rows,
        report,
    })
}

fn name(series: &Series) -> String {
    let parts = [series.subject_name.as_str(), &series.groups, &series.teachers];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
}

fn what(page: &Page, shared: &[Shared]) -> String {
    let mut keys: Vec<&str> = shared
        .iter()
        .map(|one| match one {
            Shared::Teacher(_) => "conflict-teacher",
            Shared::Group(_) => "conflict-group",
            Shared::Pupils(..) => "conflict-pupils",
            Shared::Room(_) => "conflict-room",
        })
        .collect();
    keys.dedup();
    keys.into_iter().map(|key| page.t(key)).collect::<Vec<_>>().join(", ")
}

fn row(page: &Page, series: &Series) -> Row {
    let when = &series.recurrence;
    let weekday = page.t(&format!("weekday-{}", when.weekday.to_monday_one_offset()));
    let times = format!("{} – {}", page.clock_of(when.start), page.clock_of(when.end));
    let letter = when.weeks.map(|letter| page.t1("week-letter", "letter", letter.as_str()));
    let parts = [Some(weekday), Some(times), letter];
    let who = [series.groups.as_str(), &series.teachers, &series.claim.room];
    Row {
        id: series.id,
        when: parts.into_iter().flatten().collect::<Vec<_>>().join(", "),
        span: page.t2("week-span", ("from", page.day(when.from)), ("to", page.day(when.to))),
        subject: series.subject_name.clone(),
        who: who.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · "),
        removed: series.removed,
        unpublished: series.unpublished,
        conflicts: Vec::new(),
    }
}

/// `GET /schools/{id}/series/new`.
pub(crate) async fn new(mut member: Member, Id(id): Id<SchoolId>) -> Answer {
    let mut conn = member.app().store.read().await?;
    place::school(&mut member, &mut conn, id, Act::PlanLesson(id)).await?;
    let offer = offer(&mut conn, id).await?;
    let sent = form::blank(&member, &mut conn, id).await?;
    form::page(&member.page, "series-new", paths(id, None), &sent, offer).answer(Faults::default())
}

fn paths(school: SchoolId, series: Option<SeriesId>) -> (String, String) {
    let list = format!("/schools/{school}/series");
    (series.map_or_else(|| format!("{list}/new"), |id| format!("/series/{id}/change")), list)
}

/// `POST /schools/{id}/series/new`.
pub(crate) async fn create(mut member: Member, Id(id): Id<SchoolId>, sent: Fields) -> Answer {
    let mut tx = member.app().store.write().await?;
    place::school(&mut member, &mut tx, id, Act::PlanLesson(id)).await?;
    let offer = offer(&mut tx, id).await?;
    let typed = match form::read(&member, &sent, &offer) {
        Ok(typed) => typed,
        Err(faults) => return form::page(&member.page, "series-new", paths(id, None), &sent, offer).answer(faults),
    };
    let made = SeriesId::new(member.now(), &mut SystemRng);
    series::create(&mut tx, &typed.series(made, id, member.id()), member.now()).await?;
    place::log(&member, &mut tx, Some(id), ("series.create", &made.to_string(), &typed.subject)).await?;
    tx.commit().await?;
    Ok(member.see_other_saying(&paths(id, None).1, "notice-series-saved"))
}

/// A series that the person may plan.
async fn planned(member: &mut Member, conn: &mut Conn, id: SeriesId) -> Result<Series, PageError> {
    let series = series::by_id(conn, id).await?.ok_or(PageError::NotFound)?;
    place::school(member, conn, series.school, Act::PlanLesson(series.school)).await?;
    Ok(series)
}

/// `GET /series/{id}/change`.
pub(crate) async fn edit(mut member: Member, Id(id): Id<SeriesId>) -> Answer {
    let mut conn = member.app().store.read().await?;
    let series = planned(&mut member, &mut conn, id).await?;
    let offer = offer(&mut conn, series.school).await?;
    let sent = form::of(&series);
    form::page(&member.page, "series-change", paths(series.school, Some(id)), &sent, offer).answer(Faults::default())
}

/// `POST /series/{id}/change`.
pub(crate) async fn change(mut member: Member, Id(id): Id<SeriesId>, sent: Fields) -> Answer {
    let mut tx = member.app().store.write().await?;
    let series = planned(&mut member, &mut tx, id).await?;
    let school = series.school;
    let offer = offer(&mut tx, school).await?;
    let again = |sent: &Fields, offer| form::page(&member.page, "series-change", paths(school, Some(id)), sent, offer);
    let typed = match form::read(&member, &sent, &offer) {
        Ok(typed) => typed,
        Err(faults) => return again(&sent, offer).answer(faults),
    };
    let version = sent.raw("version").parse().unwrap_or(series.version);
    if !series::change(&mut tx, &typed.series(id, school, member.id()), version, member.now()).await? {
        if typed.is(&series) {
            // Sent twice, it is saved once.
            return Ok(member.see_other_saying(&paths(school, None).1, "notice-series-saved"));
        }
        let now = row(&member, &series);
        let text = member.t1("fault-changed-meanwhile", "now", format!("{}, {}, {}", now.when, now.subject, now.who));
        let sent = sent.with("version", series.version.to_string());
        return again(&sent, offer).answer_stale(Faults::of("subject", text));
    }
    place::log(&member, &mut tx, Some(school), ("series.change", &id.to_string(), &typed.subject)).await?;
    tx.commit().await?;
    Ok(member.see_other_saying(&paths(school, None).1, "notice-series-saved"))
}

/// `POST /series/{id}/remove`.
pub(crate) async fn remove(mut member: Member, Id(id): Id<SeriesId>) -> Answer {
    let mut tx = member.app().store.write().await?;
    let series = planned(&mut member, &mut tx, id).await?;
    series::remove(&mut tx, id, Some(member.id()), member.now()).await?;
    let subject = &series.subject_name;
    place::log(&member, &mut tx, Some(series.school), ("series.remove", &id.to_string(), subject)).await?;
    tx.commit().await?;
    Ok(member.see_other_saying(&paths(series.school, None).1, "notice-series-removed"))
}

/// `POST /schools/{id}/series/publish`.
pub(crate) async fn publish(mut member: Member, Id(id): Id<SchoolId>) -> Answer {
    let mut tx = member.app().store.write().await?;
    let school = place::school(&mut member, &mut tx, id, Act::PlanLesson(id)).await?;
    let (now, zone) = (member.now(), member.zone.clone());
    let report = series::publish(&mut tx, id, &zone, (now, now), &mut SystemRng).await?;
    let detail = format!("+{} ~{} -{}", report.added, report.changed, report.withdrawn);
    place::log(&member, &mut tx, Some(id), ("series.publish", &school.name, &detail)).await?;
    tx.commit().await?;
    let path = format!("{}?done={}", paths(id, None).1, done_word(&report));
    Ok(member.see_other_saying(&path, "notice-published"))
}

/// What a publication did, for the query of the page that says it.
pub(crate) fn done_word(report: &Report) -> String {
    let Report { added, changed, withdrawn, kept_by_hand, kept_used, stranded } = report;
    format!("{added}.{changed}.{withdrawn}.{kept_by_hand}.{kept_used}.{stranded}")
}

/// The same in sentences; nothing for anything else.
pub(crate) fn report_text(page: &Page, done: &str) -> Option<String> {
    const KEYS: [&str; 6] = [
        "publish-added",
        "publish-changed",
        "publish-withdrawn",
        "publish-by-hand",
        "publish-used",
        "publish-stranded",
    ];
    let counts: Vec<u32> = done.split('.').map(|count| count.parse().ok()).collect::<Option<_>>()?;
    if counts.len() != KEYS.len() {
        return None;
    }
    let parts = KEYS.iter().zip(counts).filter(|(_, count)| *count > 0);
    let parts: Vec<String> = parts.map(|(key, count)| page.t1(key, "count", count)).collect();
    Some(if parts.is_empty() { page.t("publish-nothing") } else { parts.join(" ") })
}

use super::{applied, apply, begins, grades, own_of};
use crate::forms::{Check, Choice, Faults, FormPage, Kind};
use crate::ids::Id;
use crate::screens::place;
use crate::{Answer, Fields, Member, Page, PageError};
use jiff::civil::Date;
use preau_base::SchoolId;
use preau_school::Act;
use preau_school::calendar::{Grade, Label, Mode, Rule, Selector, Start, Turns};
use preau_school::limits::{LABEL_CHARS_MAX, RULES_MAX};
use preau_store::calendars;

fn form<'a>(page: &'a Page, school: SchoolId, sent: &Fields, grades: &[Grade]) -> FormPage<'a> {
    let here = format!("/schools/{school}/calendar");
    let mut form = FormPage::new(page, page.t("calendar-new"), format!("{here}/new"), here);
    form.intro = Some(page.t("calendar-new-intro"));
    let label = form.field(sent, "label", "calendar-label", Kind::Input("text"));
    (label.required, label.chars_max) = (true, LABEL_CHARS_MAX);
    let modes = Mode::ALL
        .iter()
        .map(|mode| Choice { value: mode.as_str().to_owned(), label: page.t(&format!("mode-{}", mode.as_str())) });
    form.field(sent, "mode", "calendar-mode", Kind::Select(modes.collect())).required = true;
    form.field(sent, "from", "calendar-from", Kind::Input("date")).required = true;
    form.field(sent, "evening", "calendar-evening", Kind::Check);
    form.field(sent, "to", "calendar-to", Kind::Input("date")).required = true;
    let choice = |grade: &Grade| Choice { value: grade.as_str().to_owned(), label: grade.written().to_owned() };
    let help = page.t("calendar-grades-help");
    form.field(sent, "grades", "calendar-grades-of", Kind::Boxes(grades.iter().map(choice).collect())).help =
        Some(help);
    let turns = Turns::ALL
        .iter()
        .map(|turns| Choice { value: turns.as_str().to_owned(), label: page.t(&format!("turns-{}", turns.as_str())) });
    let help = page.t("calendar-turns-help");
    form.field(sent, "turns", "calendar-turns", Kind::Select(turns.collect())).help = Some(help);
    form
}

fn read(page: &Page, sent: &Fields, grades: &[Grade]) -> Result<Rule, Faults> {
    let mut check = Check::new(page, sent);
    let label = check.needed("label", LABEL_CHARS_MAX);
    let (from, to) = (check.day("from"), check.day("to"));
    let mode = sent.raw("mode").parse::<Mode>().ok();
    if mode.is_none() {
        check.fault("mode", "fault-choose");
    }
    let start = |day: Date| if sent.checked("evening") { Start::Evening(day) } else { Start::Morning(day) };
    let days = from.map(start).zip(to);
    match days {
        Some((start, to)) if to < start.first_day() => check.fault("to", "fault-series-days"),
        Some((start, to)) if begins(start.first_day()) != begins(to) => check.fault("to", "fault-two-years"),
        _ => {}
    }
    let chosen: Vec<Grade> =
        grades.iter().copied().filter(|grade| sent.all("grades").any(|word| word == grade.as_str())).collect();
    match (days, mode) {
        (Some((start, to)), Some(mode)) if check.is_good() => Ok(Rule {
            label: Label { fr: label, en: String::new() },
            start,
            to,
            // All grades are the same as none named, and stay so when a class of another is made.
            selector: Selector {
                grades: if chosen.len() == grades.len() { Vec::new() } else { chosen },
                ..Selector::default()
            },
            mode,
            turns: sent.raw("turns").parse().unwrap_or(Turns::Week),
        }),
        _ => Err(check.faults()),
    }
}

/// `GET /schools/{id}/calendar/new`.
pub(crate) async fn new(mut member: Member, Id(id): Id<SchoolId>) -> Answer {
    let mut conn = member.app().store.read().await?;
    place::school(&mut member, &mut conn, id, Act::PlanLesson(id)).await?;
    let calendar = calendars::of_school(&mut conn, id).await?;
    let grades = grades(&mut conn, id, &calendar).await?;
    let today = member.today().to_string();
    let sent = Fields::of([("mode", "distance".to_owned()), ("from", today.clone()), ("to", today)]);
    form(&member.page, id, &sent, &grades).answer(Faults::default())
}

/// `POST /schools/{id}/calendar/new`.
pub(crate) async fn add(mut member: Member, Id(id): Id<SchoolId>, sent: Fields) -> Answer {
    let mut tx = member.app().store.write().await?;
    place::school(&mut member, &mut tx, id, Act::PlanLesson(id)).await?;
    let calendar = calendars::of_school(&mut tx, id).await?;
    let grades = grades(&mut tx, id, &calendar).await?;
    let rule = match read(&member, &sent, &grades) {
        Ok(rule) => rule,
        Err(faults) => return form(&member.page, id, &sent, &grades).answer(faults),
    };
    let first = rule.start.first_day();
    let mut own = own_of(&mut tx, id, begins(first)).await?;
    if own.draft.rules.len() >= RULES_MAX {
        let fault = Faults::of("label", member.t1("fault-rules", "most", RULES_MAX));
        return form(&member.page, id, &sent, &grades).answer(fault);
    }
    let label = rule.label.fr.clone();
    own.draft.rules.push(rule);
    // The write transaction has read what it saves, so nobody comes between.
    let done = apply(&member, &mut tx, id, &own, (&calendar, &label)).await?.ok_or(PageError::NotFound)?;
    place::log(&member, &mut tx, Some(id), ("calendar.add", &id.to_string(), &label)).await?;
    tx.commit().await?;
    applied(&member, id, &done, first)
}

/// `POST /schools/{id}/calendar/remove`.
pub(crate) async fn remove(mut member: Member, Id(id): Id<SchoolId>, sent: Fields) -> Answer {
    let mut tx = member.app().store.write().await?;
    place::school(&mut member, &mut tx, id, Act::PlanLesson(id)).await?;
    let here = format!("/schools/{id}/calendar");
    let number = |name| sent.raw(name).parse::<i64>().map_err(|_| PageError::Malformed("rule"));
    let (year, version, at) = (number("year")?, number("version")?, number("rule")?);
    let mut own = own_of(&mut tx, id, year).await?;
    let at = usize::try_from(at).ok().filter(|at| *at < own.draft.rules.len());
    // Somebody else has saved since the page was made: the number may be another rule's by now.
    let (Some(at), true) = (at, own.version == version) else {
        return Ok(member.see_other_saying(&here, "notice-calendar-changed"));
    };
    let rule = own.draft.rules.remove(at);
    let before = calendars::of_school(&mut tx, id).await?;
    let Some(done) = apply(&member, &mut tx, id, &own, (&before, &rule.label.fr)).await? else {
        return Ok(member.see_other_saying(&here, "notice-calendar-changed"));
    };
    place::log(&member, &mut tx, Some(id), ("calendar.remove", &id.to_string(), &rule.label.fr)).await?;
    tx.commit().await?;
    applied(&member, id, &done, rule.start.first_day())
}

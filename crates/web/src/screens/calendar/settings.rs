use super::{Own, applied, apply, begins, own_of};
use crate::forms::{Check, Choice, Faults, FormPage, Kind};
use crate::ids::Id;
use crate::screens::place;
use crate::{Answer, Fields, Member, Page, PageError};
use preau_base::SchoolId;
use preau_school::Act;
use preau_school::calendar::{Departement, Letter, Place, Weeks, Year, Zone};
use preau_school::territory::department;
use preau_store::schools::School;
use preau_store::{Conn, calendars};
use std::collections::BTreeMap;

type Lists = BTreeMap<String, Vec<Departement>>;

fn form<'a>(page: &'a Page, school: SchoolId, sent: &Fields, (place, lists): (&Place, &Lists)) -> FormPage<'a> {
    let here = format!("/schools/{school}/calendar");
    let mut form = FormPage::new(page, page.t("calendar-settings"), format!("{here}/settings"), here);
    let named = place.departement.and_then(|it| department(it.as_str()));
    form.intro = Some(named.map_or_else(
        || page.t("calendar-place-unknown"),
        |it| page.t2("calendar-place-known", ("name", it.name.to_owned()), ("code", it.code.to_owned())),
    ));
    form.field(sent, "year", "calendar-label", Kind::Hidden);
    form.field(sent, "version", "calendar-label", Kind::Hidden);
    let mut zones = vec![Choice { value: String::new(), label: page.t("calendar-by-code") }];
    zones.extend(Zone::ALL.iter().map(|zone| Choice {
        value: zone.as_str().to_owned(),
        label: page.t1("calendar-zone", "zone", zone.as_str()),
    }));
    form.field(sent, "zone", "calendar-zone-of", Kind::Select(zones));
    form.field(sent, "first", "calendar-first", Kind::Input("date")).required = true;
    form.field(sent, "last", "calendar-last", Kind::Input("date")).required = true;
    let days = (1..=7).map(|day| Choice { value: day.to_string(), label: page.t(&format!("weekday-{day}")) });
    form.field(sent, "weekdays", "calendar-weekdays", Kind::Boxes(days.collect())).required = true;
    let weeks = Weeks::ALL
        .iter()
        .map(|weeks| Choice { value: weeks.as_str().to_owned(), label: page.t(&format!("weeks-{}", weeks.as_str())) });
    form.field(sent, "weeks", "calendar-weeks", Kind::Select(weeks.collect())).required = true;
    let letters = Letter::ALL.iter().map(|letter| Choice {
        value: letter.as_str().to_owned(),
        label: page.t1("week-letter", "letter", letter.as_str()),
    });
    form.field(sent, "letter", "calendar-letter", Kind::Select(letters.collect())).required = true;
    if let Some(departement) = place.departement
        && !lists.is_empty()
    {
        let choice = |name: &String| Choice { value: name.clone(), label: list_text(page, name) };
        let help = page.t1("calendar-lists-help", "code", departement.as_str());
        form.field(sent, "lists", "calendar-lists", Kind::Boxes(lists.keys().map(choice).collect())).help = Some(help);
    }
    form
}

/// What a list of départements is for; one that has no text of ours is called by its name.
pub(crate) fn list_text(page: &Page, name: &str) -> String {
    let key = format!("calendar-list-{}", name.replace('_', "-"));
    if crate::texts::has(page.lang(), &key) { page.t(&key) } else { name.to_owned() }
}

/// The lists with the school's own département in those that are checked, and in no other; the others stay as they are.
fn put_into_lists(lists: &Lists, departement: Departement, checked: &[&str], draft: &mut Lists) {
    for (name, list) in lists {
        let (is, wanted) = (list.contains(&departement), checked.contains(&name.as_str()));
        if is != wanted {
            let mut list = list.clone();
            list.retain(|one| *one != departement);
            list.extend(wanted.then_some(departement));
            draft.insert(name.clone(), list);
        }
    }
}

/// What the form holds: the year as it is.
fn of(own: &Own, year: &Year, zone: &str, place: &Place) -> Fields {
    let mut pairs = vec![
        ("year".to_owned(), own.year.to_string()),
        ("version".to_owned(), own.version.to_string()),
        ("zone".to_owned(), zone.to_owned()),
        ("first".to_owned(), year.first.to_string()),
        ("last".to_owned(), year.last.to_string()),
        ("weeks".to_owned(), year.weeks.as_str().to_owned()),
        ("letter".to_owned(), year.first_letter.as_str().to_owned()),
    ];
    let days = (1..=7).zip(year.weekdays).filter(|(_, is)| *is);
    pairs.extend(days.map(|(day, _)| ("weekdays".to_owned(), day.to_string())));
    let listed = |list: &Vec<Departement>| place.departement.is_some_and(|it| list.contains(&it));
    let lists = year.lists().iter().filter(|(_, list)| listed(list));
    pairs.extend(lists.map(|(name, _)| ("lists".to_owned(), name.clone())));
    pairs.into_iter().collect()
}

/// Reads the form into what the school has of its own. Gives the zone too.
fn read(page: &Page, sent: &Fields, own: &mut Own, (place, lists): (&Place, &Lists)) -> Result<String, Faults> {
    let mut check = Check::new(page, sent);
    let zone = sent.raw("zone");
    if !zone.is_empty() && zone.parse::<Zone>().is_err() {
        check.fault("zone", "fault-choose");
    }
    let (first, last) = (check.day("first"), check.day("last"));
    let mut weekdays = [false; 7];
    for day in sent.all("weekdays").filter_map(|day| day.parse::<usize>().ok()).filter(|day| (1..=7).contains(day)) {
        weekdays[day - 1] = true;
    }
    if weekdays == [false; 7] {
        check.fault("weekdays", "fault-choose");
    }
    if first.is_some_and(|first| begins(first) != own.year) {
        check.fault("first", "fault-two-years");
    }
    own.draft.first = first;
    own.draft.last = last;
    own.draft.weekdays = Some(weekdays);
    own.draft.weeks = sent.raw("weeks").parse().ok();
    own.draft.first_letter = sent.raw("letter").parse().ok();
    if let Some(departement) = place.departement {
        let checked: Vec<&str> = sent.all("lists").collect();
        put_into_lists(lists, departement, &checked, &mut own.draft.lists);
    }
    if check.is_good() && own.draft.year().is_err() {
        check.fault("last", "fault-series-days");
    }
    if check.is_good() { Ok(zone.to_owned()) } else { Err(check.faults()) }
}

async fn school(member: &mut Member, conn: &mut Conn, id: SchoolId) -> Result<School, PageError> {
    place::school(member, conn, id, Act::PlanLesson(id)).await
}

/// `GET /schools/{id}/calendar/settings`, of the school year of `?month=`.
pub(crate) async fn edit(mut member: Member, Id(id): Id<SchoolId>, asked: Fields) -> Answer {
    let mut conn = member.app().store.read().await?;
    school(&mut member, &mut conn, id).await?;
    let day = super::asked_month(asked.raw("month")).unwrap_or_else(|| member.today());
    let own = own_of(&mut conn, id, begins(day)).await?;
    let zone = calendars::zone_by_hand(&mut conn, id).await?;
    let place = calendars::place(&mut conn, id).await?;
    let year = own.year_at(&place).map_err(PageError::internal)?;
    form(&member.page, id, &of(&own, &year, &zone, &place), (&place, year.lists())).answer(Faults::default())
}

/// `POST /schools/{id}/calendar/settings`.
pub(crate) async fn save(mut member: Member, Id(id): Id<SchoolId>, sent: Fields) -> Answer {
    let mut tx = member.app().store.write().await?;
    school(&mut member, &mut tx, id).await?;
    let year: i64 = sent.raw("year").parse().map_err(|_| PageError::Malformed("year"))?;
    if !(2000..2200).contains(&year) {
        return Err(PageError::Malformed("year"));
    }
    let mut own = own_of(&mut tx, id, year).await?;
    let before = calendars::of_school(&mut tx, id).await?;
    let (place, lists) = (before.place, own.year_at(&before.place).map_err(PageError::internal)?.lists().clone());
    let stored = own.draft.clone();
    let zone = match read(&member, &sent, &mut own, (&place, &lists)) {
        Ok(zone) => zone,
        Err(faults) => return form(&member.page, id, &sent, (&place, &lists)).answer(faults),
    };
    let version = sent.raw("version").parse().unwrap_or(own.version);
    if version != own.version {
        if own.draft == stored && zone == calendars::zone_by_hand(&mut tx, id).await? {
            // Sent twice, it is saved once.
            return Ok(member.see_other_saying(&format!("/schools/{id}/calendar"), "notice-saved"));
        }
        let sent = sent.with("version", own.version.to_string());
        let fault = Faults::of("zone", member.t("fault-calendar-meanwhile"));
        return form(&member.page, id, &sent, (&place, &lists)).answer_stale(fault);
    }
    calendars::set_zone(&mut tx, id, &zone).await?;
    let done = apply(&member, &mut tx, id, &own, (&before, "")).await?.ok_or(PageError::NotFound)?;
    place::log(&member, &mut tx, Some(id), ("calendar.settings", &id.to_string(), &zone)).await?;
    tx.commit().await?;
    let first = own.draft.first.unwrap_or_else(|| member.today());
    applied(&member, id, &done, first.max(member.today()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_school_puts_its_own_departement_into_lists_and_no_other() {
        let code = |text: &str| text.parse::<Departement>().unwrap();
        let lists = Lists::from([
            ("half_groups".to_owned(), vec![code("02"), code("13")]),
            ("snow".to_owned(), vec![code("2A")]),
        ]);
        let check = |own: &str, checked: &[&str], expect: &[(&str, &[&str])]| {
            let mut draft = Lists::new();
            put_into_lists(&lists, code(own), checked, &mut draft);
            let found: Vec<(&str, Vec<&str>)> =
                draft.iter().map(|(name, list)| (&**name, list.iter().map(Departement::as_str).collect())).collect();
            let expect: Vec<(&str, Vec<&str>)> = expect.iter().map(|(name, list)| (*name, list.to_vec())).collect();
            assert_eq!(found, expect, "{own} {checked:?}");
        };
        check("04", &[], &[]);
        check("04", &["half_groups"], &[("half_groups", &["02", "13", "04"])]);
        check("13", &["half_groups"], &[]);
        check("13", &[], &[("half_groups", &["02"])]);
        check("13", &["snow", "no such list"], &[("half_groups", &["02"]), ("snow", &["2A", "13"])]);
    }
}

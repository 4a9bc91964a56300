use super::{Own, applied, apply, begins, own_of};
use crate::forms::{Check, Choice, Faults, FormPage, Kind};
use crate::ids::Id;
use crate::screens::place;
use crate::{Answer, Fields, Member, Page, PageError};
use preau_base::SchoolId;
use preau_school::Act;
use preau_school::calendar::{Departement, Letter, Weeks, Year, Zone};
use preau_school::limits::LIST_ROWS_MAX;
use preau_store::schools::School;
use preau_store::{Conn, calendars};
use std::collections::BTreeMap;

/// Characters of the field in which lists of départements are typed.
const LISTS_CHARS_MAX: usize = 4_000;

fn form<'a>(page: &'a Page, school: SchoolId, sent: &Fields) -> FormPage<'a> {
    let here = format!("/schools/{school}/calendar");
    let mut form = FormPage::new(page, page.t("calendar-settings"), format!("{here}/settings"), here);
    form.field(sent, "year", "calendar-label", Kind::Hidden);
    form.field(sent, "version", "calendar-label", Kind::Hidden);
    let mut zones = vec![Choice { value: String::new(), label: page.t("calendar-by-code") }];
    zones.extend(Zone::ALL.iter().map(|zone| Choice {
        value: zone.as_str().to_owned(),
        label: page.t1("calendar-zone", "zone", zone.as_str()),
    }));
    form.field(sent, "zone", "calendar-zone-of", Kind::Select(zones));
    let help = page.t("calendar-departement-help");
    let departement = form.field(sent, "departement", "calendar-departement-of", Kind::Input("text"));
    (departement.chars_max, departement.help) = (3, Some(help));
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
    let help = page.t("calendar-lists-help");
    let lists = form.field(sent, "lists", "calendar-lists", Kind::Area);
    (lists.chars_max, lists.help) = (LISTS_CHARS_MAX, Some(help));
    form
}

/// `half_groups: 02, 13`, a list a line.
fn lists_text(lists: &BTreeMap<String, Vec<Departement>>) -> String {
    let line = |(name, list): (&String, &Vec<Departement>)| {
        let codes: Vec<&str> = list.iter().map(Departement::as_str).collect();
        format!("{name}: {}", codes.join(", "))
    };
    lists.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn read_lists(text: &str) -> Option<BTreeMap<String, Vec<Departement>>> {
    let mut lists = BTreeMap::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (name, codes) = line.split_once(':')?;
        let codes = codes.split([',', ' ', ';']).filter(|code| !code.is_empty());
        let codes: Vec<Departement> = codes.map(|code| code.trim().parse().ok()).collect::<Option<_>>()?;
        if codes.len() > LIST_ROWS_MAX || name.trim().is_empty() {
            return None;
        }
        lists.insert(name.trim().to_owned(), codes);
    }
    Some(lists)
}

/// What the form holds: the year as it is.
fn of(own: &Own, year: &Year, zone: &str, departement: &str) -> Fields {
    let mut pairs = vec![
        ("year".to_owned(), own.year.to_string()),
        ("version".to_owned(), own.version.to_string()),
        ("zone".to_owned(), zone.to_owned()),
        ("departement".to_owned(), departement.to_owned()),
        ("first".to_owned(), year.first.to_string()),
        ("last".to_owned(), year.last.to_string()),
        ("weeks".to_owned(), year.weeks.as_str().to_owned()),
        ("letter".to_owned(), year.first_letter.as_str().to_owned()),
        ("lists".to_owned(), lists_text(year.lists())),
    ];
    let days = (1..=7).zip(year.weekdays).filter(|(_, is)| *is);
    pairs.extend(days.map(|(day, _)| ("weekdays".to_owned(), day.to_string())));
    pairs.into_iter().collect()
}

/// Reads the form into what the school has of its own. Gives zone and département too.
fn read(page: &Page, sent: &Fields, own: &mut Own) -> Result<(String, String), Faults> {
    let mut check = Check::new(page, sent);
    let zone = sent.raw("zone");
    if !zone.is_empty() && zone.parse::<Zone>().is_err() {
        check.fault("zone", "fault-choose");
    }
    let departement = sent.line("departement").to_uppercase();
    if !departement.is_empty() && departement.parse::<Departement>().is_err() {
        check.fault("departement", "fault-departement");
    }
    let (first, last) = (check.day("first"), check.day("last"));
    let mut weekdays = [false; 7];
    for day in sent.all("weekdays").filter_map(|day| day.parse::<usize>().ok()).filter(|day| (1..=7).contains(day)) {
        weekdays[day - 1] = true;
    }
    if weekdays == [false; 7] {
        check.fault("weekdays", "fault-choose");
    }
    let lists = read_lists(sent.raw("lists"));
    if lists.is_none() || sent.raw("lists").len() > LISTS_CHARS_MAX {
        check.fault("lists", "fault-lists");
    }
    if first.is_some_and(|first| begins(first) != own.year) {
        check.fault("first", "fault-two-years");
    }
    own.draft.first = first;
    own.draft.last = last;
    own.draft.weekdays = Some(weekdays);
    own.draft.weeks = sent.raw("weeks").parse().ok();
    own.draft.first_letter = sent.raw("letter").parse().ok();
    own.draft.lists = lists.unwrap_or_default();
    if check.is_good() && own.draft.year().is_err() {
        check.fault("last", "fault-series-days");
    }
    if check.is_good() { Ok((zone.to_owned(), departement)) } else { Err(check.faults()) }
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
    let year = own.draft.year().map_err(PageError::internal)?;
    let (zone, departement) = calendars::place_by_hand(&mut conn, id).await?;
    form(&member.page, id, &of(&own, &year, &zone, &departement)).answer(Faults::default())
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
    let version = sent.raw("version").parse().unwrap_or(own.version);
    if version != own.version {
        let sent = sent.with("version", own.version.to_string());
        let fault = Faults::of("zone", member.t("fault-calendar-meanwhile"));
        return form(&member.page, id, &sent).answer(fault);
    }
    let (zone, departement) = match read(&member, &sent, &mut own) {
        Ok(place) => place,
        Err(faults) => return form(&member.page, id, &sent).answer(faults),
    };
    calendars::set_place(&mut tx, id, &zone, &departement).await?;
    let done = apply(&member, &mut tx, id, &own).await?.ok_or(PageError::NotFound)?;
    place::log(&member, &mut tx, Some(id), ("calendar.settings", &id.to_string(), &zone)).await?;
    tx.commit().await?;
    let first = own.draft.first.unwrap_or_else(|| member.today());
    applied(&member, id, &done, first.max(member.today()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lists_are_read_as_they_are_written() {
        let lists = read_lists("half_groups: 02, 13 2A\n\n x:971").unwrap();
        assert_eq!(lists_text(&lists), "half_groups: 02, 13, 2A\nx: 971");
        for bad in ["02, 13", "x: 20", ": 02", "x: Paris"] {
            assert!(read_lists(bad).is_none(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,60}") {
            let _ = read_lists(&text);
        }
    }
}

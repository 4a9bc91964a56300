//! The lists of départements that rules of the calendar name, as a territory decides them for its own.

use crate::ids::Id;
use crate::screens::calendar::list_text;
use crate::screens::place;
use crate::{Answer, Fields, Member, Page, PageError};
use askama::Template;
use preau_base::TerritoryId;
use preau_school::calendar::{Departement, Year, ready};
use preau_school::territory::{Department, departments};
use preau_school::{Act, TerritoryKind};
use preau_store::calendars::{self, Decided, NewDecision};
use preau_store::territories::{self, Territory};

#[derive(Template)]
#[template(path = "people/lists.html")]
struct ListsPage<'a> {
    page: &'a Page,
    territory: Territory,
    lists: Vec<List>,
}

/// One list of one year.
struct List {
    begins: i16,
    year: String,
    name: String,
    title: String,
    version: i64,
    /// The territory has decided something itself.
    decides: bool,
    /// Who decides.
    state: String,
    notes: Vec<String>,
    rows: Vec<Row>,
}

struct Row {
    code: &'static str,
    name: &'static str,
    listed: bool,
}

/// The départements of a territory; none of a commune.
fn own_departments(territory: &Territory) -> Vec<Department> {
    let lies_in = |it: &Department| match territory.kind {
        TerritoryKind::Region => it.region.code == territory.code,
        TerritoryKind::Academy => it.academy.code == territory.code,
        TerritoryKind::Department => it.code == territory.code,
        TerritoryKind::Commune => false,
    };
    departments().filter(lies_in).collect()
}

/// The territory, where it has départements whose lists it may decide.
fn deciding(found: Option<Territory>) -> Result<(Territory, Vec<Department>), PageError> {
    let territory = found.ok_or(PageError::NotFound)?;
    let own = own_departments(&territory);
    if own.is_empty() { Err(PageError::NotFound) } else { Ok((territory, own)) }
}

/// Whether this person may decide lists for a territory that has départements.
pub(crate) fn decides(member: &Member, territory: &Territory) -> bool {
    member.can(Act::DecideLists(territory.id)) && !own_departments(territory).is_empty()
}

/// The list of a year for a territory: `decided` are all that stand around it, the widest first, `path` those in which it
/// lies and itself.
fn list(page: &Page, year: &Year, name: &str, (path, own): (&[Territory], &[Department]), decided: &[Decided]) -> List {
    let begins = year.first.year();
    let of_list = |it: &&Decided| it.decision.begins == i64::from(begins) && it.decision.list == name;
    let here = path.last().map(|it| it.id);
    let in_path = |it: &&Decided| path.iter().any(|one| one.id == it.territory);
    let above: Vec<&Decided> = decided.iter().filter(of_list).filter(in_path).collect();
    let mine = above.iter().find(|it| Some(it.territory) == here);
    let who = above.last().and_then(|it| path.iter().find(|one| one.id == it.territory));
    let state = match (mine, who) {
        (Some(_), _) => page.t("lists-own"),
        (None, Some(who)) => page.t1("lists-above", "territory", who.name.as_str()),
        (None, None) => page.t("lists-ready"),
    };
    let below = decided.iter().filter(of_list).filter(|it| !in_path(it)).count();
    let notes = if below > 0 { vec![page.t1("lists-below", "count", below)] } else { Vec::new() };
    let decisions: Vec<_> = above.iter().map(|it| it.decision.clone()).collect();
    let rows = own.iter().map(|department| {
        let departement = department.code.parse::<Departement>().ok();
        let lists = year.clone().decided(departement, &decisions);
        let listed = departement.is_some_and(|it| lists.lists().get(name).is_some_and(|list| list.contains(&it)));
        Row { code: department.code, name: department.name, listed }
    });
    List {
        begins,
        year: year.name.clone(),
        name: name.to_owned(),
        title: list_text(page, name),
        version: mine.map_or(0, |it| it.version),
        decides: mine.is_some(),
        state,
        notes,
        rows: rows.collect(),
    }
}

/// `GET /territories/{id}/lists`.
pub(crate) async fn show(member: Member, Id(id): Id<TerritoryId>) -> Answer {
    member.may(Act::DecideLists(id))?;
    let mut conn = member.app().store.read().await?;
    let path = territories::path(&mut conn, id).await?;
    let (territory, own) = deciding(path.last().cloned())?;
    let decided = calendars::around(&mut conn, id).await?;
    let (page, mut lists) = (&member.page, Vec::new());
    for year in ready::years().iter().rev() {
        lists.extend(year.lists().keys().map(|name| list(page, year, name, (&path, &own), &decided)));
    }
    member.html(&ListsPage { page, territory, lists })
}

/// `POST /territories/{id}/lists`: decides which of the territory's départements are on a list, or leaves it to whoever is
/// above. The lessons of its schools follow by a job.
pub(crate) async fn save(member: Member, Id(id): Id<TerritoryId>, sent: Fields) -> Answer {
    member.may(Act::DecideLists(id))?;
    let mut tx = member.app().store.write().await?;
    let (territory, own) = deciding(territories::by_id(&mut tx, id).await?)?;
    let begins: i64 = sent.raw("year").parse().map_err(|_| PageError::Malformed("year"))?;
    let name = sent.raw("list");
    let is_there = |year: &Year| i64::from(year.first.year()) == begins && year.lists().contains_key(name);
    if !ready::years().iter().any(is_there) {
        return Err(PageError::Malformed("list"));
    }
    let checked: Vec<&str> = sent.all("departement").collect();
    let wanted = own.iter().filter(|it| checked.contains(&it.code)).filter_map(|it| it.code.parse().ok());
    let wanted: Vec<Departement> = wanted.collect();
    let new = NewDecision {
        territory: id,
        begins,
        list: name,
        departements: (sent.raw("do") != "follow").then_some(wanted.as_slice()),
        seen: sent.raw("version").parse().map_err(|_| PageError::Malformed("version"))?,
        by: member.id(),
    };
    let here = format!("/territories/{id}/lists");
    if !calendars::decide(&mut tx, &new, member.now()).await? {
        return Ok(member.see_other_saying(&here, "notice-lists-changed"));
    }
    place::log(&member, &mut tx, None, ("calendar.lists", &format!("{begins} {name}"), &territory.name)).await?;
    tx.commit().await?;
    Ok(member.see_other_saying(&here, "notice-lists-saved"))
}

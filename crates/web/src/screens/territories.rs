//! Régions, académies, départements, communes: who administers one, and the schools in it.

use crate::forms::{self, Check, Choice, Faults, FormPage, Kind};
use crate::ids::Id;
use crate::limits::TERRITORY_NAME_CHARS_MAX;
use crate::paging::Paging;
use crate::screens::{lists, place};
use crate::{Answer, Fields, Member, Page, PageError};
use askama::Template;
use preau_base::{PersonId, SchoolId, SystemRng, TerritoryId};
use preau_gate::{Revocation, forgotten_after};
use preau_school::login::LOGIN_CHARS_MAX;
use preau_school::{Act, TerritoryKind, Why};
use preau_store::limits::TERRITORY_SCHOOLS_MAX;
use preau_store::people::{self, Person};
use preau_store::territories::{self, Listed, NewTerritory, ProfilePeople, SchoolCount, Territory};
use preau_store::{Conn, StoreError, schools};

#[derive(Template)]
#[template(path = "people/territories.html")]
struct ListPage<'a> {
    page: &'a Page,
    rows: Vec<Listed>,
    unplaced: i64,
    may_create: bool,
}

/// `GET /territories`: the régions, or those that the person administers.
pub(crate) async fn list(member: Member) -> Answer {
    let mut conn = member.app().store.read().await?;
    let may_create = member.can(Act::ManagePlatform);
    if may_create {
        let rows = territories::children(&mut conn, None).await?;
        let unplaced = territories::count_unplaced(&mut conn).await?;
        return member.html(&ListPage { page: &member.page, rows, unplaced, may_create });
    }
    let own = territories::of_person(&mut conn, member.id()).await?;
    if own.is_empty() {
        return Err(PageError::Forbidden(Why::Role));
    }
    if let [only] = own.as_slice() {
        return Ok(member.see_other(&format!("/territories/{}", only.id)));
    }
    let rows = own.into_iter().map(|territory| Listed { territory, schools: 0 }).collect();
    member.html(&ListPage { page: &member.page, rows, unplaced: 0, may_create })
}

fn choices(page: &Page, all: Vec<Territory>) -> Vec<Choice> {
    let choice = |it: Territory| Choice {
        value: it.id.to_string(),
        label: format!("{} ({})", it.name, page.t(&format!("territory-kind-{}", it.kind.as_str()))),
    };
    std::iter::once(Choice { value: String::new(), label: "–".to_owned() }).chain(all.into_iter().map(choice)).collect()
}

async fn form<'a>(page: &'a Page, conn: &mut Conn, sent: &Fields) -> Result<FormPage<'a>, StoreError> {
    let path = "/territories";
    let mut form = FormPage::new(page, page.t("territory-new"), format!("{path}/new"), path.to_owned());
    form.intro = Some(page.t("territory-new-intro"));
    let kinds = TerritoryKind::ALL.iter().map(|kind| Choice {
        value: kind.as_str().to_owned(),
        label: page.t(&format!("territory-kind-{}", kind.as_str())),
    });
    form.field(sent, "kind", "territory-kind", Kind::Select(kinds.collect())).required = true;
    let name = form.field(sent, "name", "territory-name", Kind::Input("text"));
    (name.required, name.chars_max) = (true, TERRITORY_NAME_CHARS_MAX);
    let help = page.t("territory-code-help");
    let code = form.field(sent, "code", "territory-code", Kind::Input("text"));
    (code.help, code.chars_max) = (Some(help), TERRITORY_NAME_CHARS_MAX);
    let parents = choices(page, territories::large(conn).await?);
    form.field(sent, "parent", "territory-parent", Kind::Select(parents));
    Ok(form)
}

/// `GET /territories/new`.
pub(crate) async fn new(member: Member) -> Answer {
    member.may(Act::ManagePlatform)?;
    let mut conn = member.app().store.read().await?;
    form(&member.page, &mut conn, &Fields::default()).await?.answer(Faults::default())
}

/// `POST /territories/new`.
pub(crate) async fn create(member: Member, sent: Fields) -> Answer {
    member.may(Act::ManagePlatform)?;
    let mut check = Check::new(&member.page, &sent);
    let name = check.needed("name", TERRITORY_NAME_CHARS_MAX);
    let code = check.line("code", TERRITORY_NAME_CHARS_MAX);
    let kind = sent.raw("kind").parse().unwrap_or(TerritoryKind::Commune);
    let mut tx = member.app().store.write().await?;
    let parent = match sent.raw("parent").parse::<TerritoryId>() {
        Ok(id) => territories::by_id(&mut tx, id).await?,
        Err(_) => None,
    };
    if parent.as_ref().map(|parent| parent.kind) != kind.parent() {
        check.fault("parent", "fault-territory-parent");
    }
    if !check.is_good() {
        let faults = check.faults();
        return form(&member.page, &mut tx, &sent).await?.answer(faults);
    }
    let code = match (&parent, code.is_empty(), kind) {
        (Some(department), _, TerritoryKind::Commune) => preau_school::territory::commune_code(&department.code, &name),
        (_, true, _) => name.clone(),
        _ => code,
    };
    let id = TerritoryId::new(member.now(), &mut SystemRng);
    let new = NewTerritory { id, kind, code: &code, name: &name, parent: parent.map(|parent| parent.id) };
    match territories::create(&mut tx, &new, member.now()).await {
        Err(StoreError::Taken(_)) => {
            drop(tx);
            check.fault("name", "fault-territory-taken");
            let faults = check.faults();
            let mut conn = member.app().store.read().await?;
            return form(&member.page, &mut conn, &sent).await?.answer(faults);
        }
        made => made?,
    }
    place::log(&member, &mut tx, None, ("territory.create", &name, kind.as_str())).await?;
    tx.commit().await?;
    Ok(member.see_other_saying(&format!("/territories/{id}"), "notice-saved"))
}

#[derive(Template)]
#[template(path = "people/territory.html")]
struct TerritoryPage<'a> {
    page: &'a Page,
    territory: Territory,
    /// Those in which it lies, and whether this person sees them.
    above: Vec<(Territory, bool)>,
    below: Vec<Listed>,
    people: Vec<ProfilePeople>,
    schools: Vec<SchoolCount>,
    paging: Paging,
    administrators: Vec<Person>,
    manages: bool,
    /// May decide lists of the calendar for it.
    decides: bool,
    chars_max: usize,
}

/// `GET /territories/{id}`.
pub(crate) async fn show(member: Member, Id(id): Id<TerritoryId>, asked: Fields) -> Answer {
    member.may(Act::SeeTerritory(id))?;
    let mut conn = member.app().store.read().await?;
    let mut path = territories::path(&mut conn, id).await?;
    let territory = path.pop().ok_or(PageError::NotFound)?;
    let mut paging = Paging::of(&asked, TERRITORY_SCHOOLS_MAX, format!("/territories/{id}"), &[]);
    let schools = territories::schools(&mut conn, id, paging.offset()).await?;
    paging.is_full(schools.len());
    let page = TerritoryPage {
        page: &member.page,
        decides: lists::decides(&member, &territory),
        territory,
        above: path
            .into_iter()
            .map(|it| (member.can(Act::SeeTerritory(it.id)), it))
            .map(|(sees, it)| (it, sees))
            .collect(),
        below: territories::children(&mut conn, Some(id)).await?,
        people: territories::people_below(&mut conn, id).await?,
        schools,
        paging,
        administrators: territories::administrators(&mut conn, id).await?,
        manages: member.can(Act::ManagePlatform),
        chars_max: LOGIN_CHARS_MAX,
    };
    member.html(&page)
}

/// `POST /territories/{id}/administrators`: gives somebody the territory, or takes it back.
pub(crate) async fn administrators(member: Member, Id(id): Id<TerritoryId>, sent: Fields) -> Answer {
    member.may(Act::SeeTerritory(id))?;
    member.may(Act::ManagePlatform)?;
    let here = format!("/territories/{id}");
    let mut tx = member.app().store.write().await?;
    let territory = territories::by_id(&mut tx, id).await?.ok_or(PageError::NotFound)?;
    let ends = sent.raw("do") == "end";
    let found = if ends {
        people::by_id(&mut tx, forms::id::<PersonId>(&sent, "person")?).await?
    } else {
        people::by_login(&mut tx, &sent.line("login").to_lowercase()).await?
    };
    let Some(person) = found else { return Ok(member.see_other_saying(&here, "notice-no-such-login")) };
    let action = if ends {
        territories::take(&mut tx, person.id, id).await?;
        people::mark_left(&mut tx, person.id, member.now()).await?;
        "territory.end"
    } else {
        territories::give(&mut tx, person.id, id, Some(member.id()), member.now()).await?;
        "territory.give"
    };
    // Their pass says where they stand in the line; a new one says it anew.
    let epoch = people::raise_epoch(&mut tx, person.id, member.now()).await?;
    place::log(&member, &mut tx, None, (action, &person.login, &territory.name)).await?;
    tx.commit().await?;
    let until = forgotten_after(member.now(), false);
    let epoch = u32::try_from(epoch).unwrap_or(u32::MAX);
    member.app().revoke(Revocation::Person { person: person.id, epoch, until });
    Ok(member.see_other_saying(&here, "notice-saved"))
}

async fn place_form<'a>(
    page: &'a Page,
    conn: &mut Conn,
    school: SchoolId,
    sent: &Fields,
) -> Result<FormPage<'a>, StoreError> {
    let here = format!("/schools/{school}");
    let mut form = FormPage::new(page, page.t("territory-place"), format!("{here}/territory"), here);
    form.intro = Some(page.t("territory-place-intro"));
    let all = choices(page, territories::large(conn).await?);
    form.field(sent, "territory", "territory-of-school", Kind::Select(all));
    Ok(form)
}

/// `GET /schools/{id}/territory`.
pub(crate) async fn choose(mut member: Member, Id(id): Id<SchoolId>) -> Answer {
    let mut conn = member.app().store.read().await?;
    place::school(&mut member, &mut conn, id, Act::ManageSchool(id)).await?;
    member.may(Act::ManagePlatform)?;
    place_form(&member.page, &mut conn, id, &Fields::default()).await?.answer(Faults::default())
}

/// `POST /schools/{id}/territory`: puts the school there by hand; nothing chosen places it by its codes again.
pub(crate) async fn put(member: Member, Id(id): Id<SchoolId>, sent: Fields) -> Answer {
    member.may(Act::ManageSchool(id))?;
    member.may(Act::ManagePlatform)?;
    let mut tx = member.app().store.write().await?;
    let school = schools::by_id(&mut tx, id).await?.ok_or(PageError::NotFound)?;
    let chosen = match sent.raw("territory").parse::<TerritoryId>() {
        Ok(of) => Some(territories::by_id(&mut tx, of).await?.ok_or(PageError::NotFound)?),
        Err(_) => None,
    };
    territories::place_by_hand(&mut tx, id, chosen.as_ref().map(|it| it.id)).await?;
    if chosen.is_none() {
        let whereabouts = (school.uai.as_deref(), "", school.city.as_str());
        territories::place(&mut tx, id, whereabouts, member.now(), &mut SystemRng).await?;
    }
    let name = chosen.map(|it| it.name).unwrap_or_default();
    place::log(&member, &mut tx, Some(id), ("school.place", school.uai.as_deref().unwrap_or(""), &name)).await?;
    tx.commit().await?;
    Ok(member.see_other_saying(&format!("/schools/{id}"), "notice-saved"))
}

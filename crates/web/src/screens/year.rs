//! The change of the school year, the archive of groups, and making one group of two.

use crate::forms::{Check, Choice, Faults, FormPage, Kind};
use crate::ids::Id;
use crate::screens::place;
use crate::{Answer, Fields, Member, Page, PageError, forms};
use askama::Template;
use preau_base::{GroupId, SchoolId};
use preau_school::Act;
use preau_store::groups::{self, Group};
use preau_store::schools::School;
use preau_store::year::{self, YearGroup};

#[derive(Template)]
#[template(path = "people/year.html")]
struct YearPage<'a> {
    page: &'a Page,
    school: &'a School,
    year: String,
    old: Vec<YearGroup>,
    archive: Vec<YearGroup>,
}

/// `GET /schools/{id}/year`.
pub(crate) async fn show(mut member: Member, Id(id): Id<SchoolId>) -> Answer {
    let mut conn = member.app().store.read().await?;
    let school = place::school(&mut member, &mut conn, id, Act::ManageSchool(id)).await?;
    let year = preau_school::year::of(member.now());
    let page = YearPage {
        page: &member.page,
        school: &school,
        old: year::preview(&mut conn, id, &year).await?,
        archive: year::archived(&mut conn, id).await?,
        year,
    };
    member.html(&page)
}

/// `POST /schools/{id}/year`: archives what is not of this year, if that is still the year that the page showed.
pub(crate) async fn roll(mut member: Member, Id(id): Id<SchoolId>, sent: Fields) -> Answer {
    let here = format!("/schools/{id}/year");
    let mut tx = member.app().store.write().await?;
    let school = place::school(&mut member, &mut tx, id, Act::ManageSchool(id)).await?;
    let year = preau_school::year::of(member.now());
    if sent.raw("year") != year {
        return Ok(member.see_other(&here));
    }
    let done = year::roll(&mut tx, id, &year, member.now()).await?;
    if done == 0 {
        // Somebody else was faster; the page says that there is nothing left.
        return Ok(member.see_other(&here));
    }
    let detail = format!("{year} {done}");
    place::log(&member, &mut tx, Some(id), ("year.roll", school.uai.as_deref().unwrap_or(""), &detail)).await?;
    tx.commit().await?;
    Ok(member.see_other_saying(&here, "notice-year-rolled"))
}

/// `POST /groups/{id}/restore`.
pub(crate) async fn restore(mut member: Member, Id(id): Id<GroupId>) -> Answer {
    let mut tx = member.app().store.write().await?;
    let (group, _) = place::group(&mut member, &mut tx, id, |group| Act::ManageSchool(group.school_id)).await?;
    let year = preau_school::year::of(member.now());
    if year::restore(&mut tx, id, &year).await? {
        place::log(&member, &mut tx, Some(group.school_id), ("group.restore", &group.name, "")).await?;
    }
    tx.commit().await?;
    Ok(member.see_other_saying(&format!("/groups/{id}"), "notice-saved"))
}

fn form<'a>(page: &'a Page, group: &Group, others: Vec<Choice>, sent: &Fields) -> FormPage<'a> {
    let here = format!("/groups/{}", group.id);
    let title = page.t1("group-merge-title", "name", &group.name);
    let mut form = FormPage::new(page, title, format!("{here}/merge"), here);
    form.intro = Some(page.t("group-merge-intro"));
    form.submit = page.t("group-merge-button");
    form.field(sent, "other", "group-merge-other", Kind::Select(others)).required = true;
    form
}

/// The other groups of the same school and kind.
async fn others(conn: &mut preau_store::Conn, group: &Group) -> Result<Vec<Choice>, PageError> {
    let all = groups::list(conn, group.school_id).await?;
    let same = all.into_iter().filter(|other| other.kind == group.kind && other.id != group.id);
    Ok(same.map(|other| Choice { value: other.id.to_string(), label: other.name }).collect())
}

/// `GET /groups/{id}/merge`.
pub(crate) async fn merge_form(mut member: Member, Id(id): Id<GroupId>) -> Answer {
    let mut conn = member.app().store.read().await?;
    let (group, _) = place::group(&mut member, &mut conn, id, |group| Act::ManageSchool(group.school_id)).await?;
    let others = others(&mut conn, &group).await?;
    form(&member.page, &group, others, &Fields::default()).answer(Faults::default())
}

/// `POST /groups/{id}/merge`: the other group goes into this one.
pub(crate) async fn merge(mut member: Member, Id(id): Id<GroupId>, sent: Fields) -> Answer {
    let mut tx = member.app().store.write().await?;
    let (group, _) = place::group(&mut member, &mut tx, id, |group| Act::ManageSchool(group.school_id)).await?;
    let other: GroupId = forms::id(&sent, "other")?;
    let goes = groups::by_id(&mut tx, other).await?.filter(|goes| goes.school_id == group.school_id);
    let Some(goes) = goes else { return Err(PageError::NotFound) };
    if !groups::merge(&mut tx, id, other, member.now()).await? {
        let mut check = Check::new(&member.page, &sent);
        check.fault("other", "fault-group-merge");
        let others = others(&mut tx, &group).await?;
        return form(&member.page, &group, others, &sent).answer(check.faults());
    }
    place::log(&member, &mut tx, Some(group.school_id), ("group.merge", &group.name, &goes.name)).await?;
    tx.commit().await?;
    Ok(member.see_other_saying(&format!("/groups/{id}"), "notice-group-merged"))
}

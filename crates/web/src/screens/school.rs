//! Schools: the list, making one, and the page of one.

use crate::forms::{Check, Choice, Faults, FormPage, Kind};
use crate::ids::Id;
use crate::limits::{SCHOOL_NAME_CHARS_MAX, SCHOOLS_PAGE_MAX};
use crate::paging::Paging;
use crate::screens::home::oversight::{Missing, missing};
use crate::screens::place;
use crate::{Answer, Fields, Member, Page, PageError};
use askama::Template;
use preau_base::{Level, SchoolId, SystemRng};
use preau_school::{Act, Profile, RecordingAct, SafetyAct, Why};
use preau_store::schools::{self, NewSchool, ProfileCount, School};
use preau_store::{Conn, StoreError, groups, lessons, territories};

#[derive(Template)]
#[template(path = "school/schools.html")]
struct ListPage<'a> {
    page: &'a Page,
    schools: Vec<School>,
    paging: Paging,
    may_create: bool,
}

/// `GET /schools`: those that the person oversees; of one alone, its page.
pub(crate) async fn list(member: Member, asked: Fields) -> Answer {
    let mut conn = member.app().store.read().await?;
    if member.can(Act::ManagePlatform) {
        let mut paging = Paging::of(&asked, SCHOOLS_PAGE_MAX, "/schools".to_owned(), &[]);
        let mut schools = schools::list(&mut conn, paging.offset(), SCHOOLS_PAGE_MAX + 1).await?;
        paging.cut(&mut schools);
        return member.html(&ListPage { page: &member.page, schools, paging, may_create: true });
    }
    let mut ids: Vec<SchoolId> = member.actor.affiliations.iter().map(|(school, _)| *school).collect();
    ids.dedup();
    ids.retain(|id| member.can(Act::SeeSchool(*id)));
    if let [only] = ids.as_slice() {
        return Ok(member.see_other(&format!("/schools/{only}")));
    }
    if ids.is_empty() && !member.actor.territories.is_empty() {
        return Ok(member.see_other("/territories"));
    }
    if ids.is_empty() {
        return Err(PageError::Forbidden(Why::Role));
    }
    let mut all = Vec::new();
    for id in ids {
        all.extend(schools::by_id(&mut conn, id).await?);
    }
    let paging = Paging::none();
    member.html(&ListPage { page: &member.page, schools: all, paging, may_create: false })
}

fn form<'a>(page: &'a Page, sent: &Fields) -> FormPage<'a> {
    let mut form = FormPage::new(page, page.t("school-new"), "/schools/new".to_owned(), "/schools".to_owned());
    let name = form.field(sent, "name", "school-name", Kind::Input("text"));
    (name.required, name.chars_max) = (true, SCHOOL_NAME_CHARS_MAX);
    let help = page.t("school-uai-help");
    form.field(sent, "uai", "school-uai", Kind::Input("text")).help = Some(help);
    let kinds = ["", "ecole", "college", "lycee"].map(|kind| Choice {
        value: kind.to_owned(),
        label: if kind.is_empty() { "–".to_owned() } else { page.t(&format!("school-kind-{kind}")) },
    });
    form.field(sent, "kind", "school-kind", Kind::Select(kinds.into()));
    form.field(sent, "city", "school-city", Kind::Input("text")).chars_max = SCHOOL_NAME_CHARS_MAX;
    form
}

/// `GET /schools/new`.
pub(crate) async fn new(member: Member) -> Answer {
    member.may(Act::ManagePlatform)?;
    form(&member.page, &Fields::default()).answer(Faults::default())
}

/// `POST /schools/new`.
pub(crate) async fn create(member: Member, sent: Fields) -> Answer {
    member.may(Act::ManagePlatform)?;
    let mut check = Check::new(&member.page, &sent);
    let name = check.needed("name", SCHOOL_NAME_CHARS_MAX);
    let city = check.line("city", SCHOOL_NAME_CHARS_MAX);
    let uai = check.line("uai", 12).to_uppercase();
    if !uai.is_empty() && !is_uai(&uai) {
        check.fault("uai", "fault-uai");
    }
    let kind = Some(sent.raw("kind")).filter(|kind| ["ecole", "college", "lycee"].contains(kind)).unwrap_or("");
    if !check.is_good() {
        let faults = check.faults();
        return form(&member.page, &sent).answer(faults);
    }
    let id = SchoolId::new(member.now(), &mut SystemRng);
    let school = NewSchool {
        id,
        uai: (!uai.is_empty()).then_some(uai.as_str()),
        name: &name,
        kind,
        city: &city,
        source: "hand",
    };
    let mut tx = member.app().store.write().await?;
    match schools::create(&mut tx, &school, member.now()).await {
        Err(StoreError::Taken(_)) => {
            check.fault("uai", "fault-uai-taken");
            let faults = check.faults();
            return form(&member.page, &sent).answer(faults);
        }
        made => made?,
    }
    territories::place(&mut tx, id, (school.uai, "", &city), member.now(), &mut SystemRng).await?;
    place::log(&member, &mut tx, Some(id), ("school.create", &uai, &name)).await?;
    tx.commit().await?;
    Ok(member.see_other_saying(&format!("/schools/{id}"), "notice-saved"))
}

/// Seven digits and a letter.
fn is_uai(text: &str) -> bool {
    text.len() == 8
        && text.bytes().take(7).all(|byte| byte.is_ascii_digit())
        && text.ends_with(|c: char| c.is_ascii_uppercase())
}

#[derive(Template)]
#[template(path = "school/school.html")]
struct SchoolPage<'a> {
    page: &'a Page,
    school: &'a School,
    /// Without numbers where the ladder has turned counting off.
    counts: Vec<(Profile, Option<ProfileCount>)>,
    groups: usize,
    lessons_today: i64,
    missing: Vec<Missing>,
    manages: bool,
    prints: bool,
    audits: bool,
    judges: bool,
    keeps: bool,
    /// May say whether lessons are recorded.
    records: bool,
    /// May see which recordings there are.
    lists_recordings: bool,
    /// May say in which territory it lies.
    places: bool,
}

/// `GET /schools/{id}`.
pub(crate) async fn show(mut member: Member, Id(id): Id<SchoolId>) -> Answer {
    let mut conn = member.app().store.read().await?;
    let school = place::school(&mut member, &mut conn, id, Act::SeeSchool(id)).await?;
    let manages = member.can(Act::ManageSchool(id));
    let counts = counts(&member, &mut conn, id).await?;
    let (from, to) = crate::agenda::bounds(&member, member.today());
    let page = SchoolPage {
        page: &member.page,
        school: &school,
        counts,
        groups: groups::list(&mut conn, id).await?.len(),
        lessons_today: lessons::count(&mut conn, id, from, to).await?,
        missing: if manages { missing(&member, &mut conn, id).await? } else { Vec::new() },
        manages,
        prints: member.can(Act::PrintCodes(id, Profile::Pupil)),
        audits: member.can(Act::ReadAudit(id)),
        judges: member.can(Act::Safety(SafetyAct::Judge(id))),
        keeps: member.can(Act::Safety(SafetyAct::SetKeeping(id))),
        records: member.can(Act::Recording(RecordingAct::Set(id))),
        lists_recordings: member.can(Act::Recording(RecordingAct::List(id))),
        places: member.can(Act::ManagePlatform),
    };
    member.html(&page)
}

/// How many there are of each profile that occurs; all profiles without a number where that is turned off.
async fn counts(
    member: &Member,
    conn: &mut Conn,
    id: SchoolId,
) -> Result<Vec<(Profile, Option<ProfileCount>)>, PageError> {
    if member.app().level() >= Level::Light {
        return Ok(Profile::ALL.iter().map(|profile| (*profile, None)).collect());
    }
    let counts = schools::profile_counts(conn, id, member.now()).await?;
    let of = |profile: &Profile| Some((*profile, Some(counts.iter().find(|row| row.profile == *profile)?.clone())));
    Ok(Profile::ALL.iter().filter_map(of).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_a_school_code() {
        for (text, expect) in
            [("0931234X", true), ("0931234x", false), ("931234X", false), ("09312345", false), ("é31234X", false)]
        {
            assert_eq!(is_uai(text), expect, "{text}");
        }
    }
}

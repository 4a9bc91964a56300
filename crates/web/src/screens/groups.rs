//! The classes and groups of a school, and making one.

use crate::forms::{Check, Choice, Faults, FormPage, Kind};
use crate::ids::Id;
use crate::limits::GROUP_NAME_CHARS_MAX;
use crate::screens::place;
use crate::{Answer, Fields, Member, Page};
use askama::Template;
use preau_base::{GroupId, SchoolId, SystemRng};
use preau_school::{Act, GroupKind};
use preau_store::StoreError;
use preau_store::groups::{self, Group};
use preau_store::schools::School;

#[derive(Template)]
#[template(path = "school/groups.html")]
struct ListPage<'a> {
    page: &'a Page,
    school: &'a School,
    classes: Vec<Row>,
    groups: Vec<Row>,
    manages: bool,
}

struct Row {
    group: Group,
    pupils: i64,
    teachers: i64,
}

/// `GET /schools/{id}/groups`.
pub(crate) async fn list(mut member: Member, Id(id): Id<SchoolId>) -> Answer {
    let mut conn = member.app().store.read().await?;
    let school = place::school(&mut member, &mut conn, id, Act::SeeSchool(id)).await?;
    let sizes = groups::sizes(&mut conn, id).await?;
    let row = |group: Group| {
        let size = sizes.iter().find(|size| size.id == group.id);
        Row { pupils: size.map_or(0, |size| size.pupils), teachers: size.map_or(0, |size| size.teachers), group }
    };
    let all = groups::list(&mut conn, id).await?.into_iter().map(row);
    let (classes, groups) = all.partition(|row| row.group.kind == GroupKind::Class);
    let manages = member.can(Act::ManageSchool(id));
    member.html(&ListPage { page: &member.page, school: &school, classes, groups, manages })
}

fn form<'a>(page: &'a Page, school: SchoolId, sent: &Fields) -> FormPage<'a> {
    let path = format!("/schools/{school}/groups");
    let mut form = FormPage::new(page, page.t("group-new"), format!("{path}/new"), path);
    let kinds = GroupKind::ALL.iter().map(|kind| Choice {
        value: kind.as_str().to_owned(),
        label: page.t(&format!("group-kind-{}", kind.as_str())),
    });
    form.field(sent, "kind", "group-kind", Kind::Select(kinds.collect())).required = true;
    let name = form.field(sent, "name", "group-name", Kind::Input("text"));
    (name.required, name.chars_max) = (true, GROUP_NAME_CHARS_MAX);
    form
}

/// `GET /schools/{id}/groups/new`.
pub(crate) async fn new(mut member: Member, Id(id): Id<SchoolId>) -> Answer {
    let mut conn = member.app().store.read().await?;
    place::school(&mut member, &mut conn, id, Act::ManageSchool(id)).await?;
    form(&member.page, id, &Fields::default()).answer(Faults::default())
}

/// `POST /schools/{id}/groups/new`.
pub(crate) async fn create(mut member: Member, Id(id): Id<SchoolId>, sent: Fields) -> Answer {
    let mut tx = member.app().store.write().await?;
    place::school(&mut member, &mut tx, id, Act::ManageSchool(id)).await?;
    let mut check = Check::new(&member.page, &sent);
    let name = check.needed("name", GROUP_NAME_CHARS_MAX);
    let kind = sent.raw("kind").parse().unwrap_or(GroupKind::Class);
    if !check.is_good() {
        let faults = check.faults();
        return form(&member.page, id, &sent).answer(faults);
    }
    let group = Group { id: GroupId::new(member.now(), &mut SystemRng), school_id: id, kind, name };
    match groups::create(&mut tx, &group, "hand", member.now()).await {
        Err(StoreError::Taken(_)) => {
            check.fault("name", "fault-group-taken");
            let faults = check.faults();
            return form(&member.page, id, &sent).answer(faults);
        }
        made => made?,
    }
    place::log(&member, &mut tx, Some(id), ("group.create", &group.name, kind.as_str())).await?;
    tx.commit().await?;
    Ok(member.see_other_saying(&format!("/groups/{}", group.id), "notice-saved"))
}

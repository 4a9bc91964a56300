//! What each relative of a pupil may know and do; barring one.

use crate::ids::Id;
use crate::screens::place;
use crate::{Answer, Fields, Member, Page, PageError, forms};
use askama::Template;
use preau_base::PersonId;
use preau_school::{Act, RelationRights};
use preau_store::people::{self, Relation};

#[derive(Template)]
#[template(path = "people/relations.html")]
struct RelationsPage<'a> {
    page: &'a Page,
    id: PersonId,
    name: String,
    relations: Vec<Row>,
}

struct Row {
    relation: Relation,
    /// Field, text and whether it is so.
    rights: [(&'static str, String, bool); 4],
    kind: String,
}

/// The fields of the four rights.
const RIGHTS: [&str; 4] = ["day", "attendance", "declare", "sign"];

/// `GET /people/{id}/relations`.
pub(crate) async fn show(mut member: Member, Id(id): Id<PersonId>) -> Answer {
    let mut conn = member.app().store.read().await?;
    let (person, facts) = place::person(&mut conn, id).await?;
    member.may(Act::SetRelations(&facts))?;
    place::school_of(&mut member, &mut conn, &facts).await?;
    let relations = people::relations_of(&mut conn, id).await?;
    let row = |relation: Relation| {
        let rights = relation.rights();
        let so = [rights.sees_day, rights.sees_attendance, rights.may_declare, rights.may_sign];
        let mut at = 0;
        let rights = RIGHTS.map(|field| {
            at += 1;
            (field, member.t(&format!("relation-{field}")), so.get(at - 1).copied().unwrap_or(false))
        });
        let word = if ["legal", "in_charge", "contact"].contains(&relation.kind.as_str()) {
            relation.kind.as_str()
        } else {
            "legal"
        };
        Row { rights, kind: member.t(&format!("relation-kind-{word}")), relation }
    };
    let page = RelationsPage {
        page: &member.page,
        id,
        name: person.full_name(),
        relations: relations.into_iter().map(row).collect(),
    };
    member.html(&page)
}

/// `POST /people/{id}/relations`.
pub(crate) async fn set(member: Member, Id(id): Id<PersonId>, sent: Fields) -> Answer {
    let mut tx = member.app().store.write().await?;
    let (person, facts) = place::person(&mut tx, id).await?;
    member.may(Act::SetRelations(&facts))?;
    let relative: PersonId = forms::id(&sent, "relative")?;
    let (action, done) = match sent.raw("do") {
        "bar" => ("relation.bar", people::set_barred(&mut tx, relative, id, true, member.now()).await?),
        "allow" => ("relation.allow", people::set_barred(&mut tx, relative, id, false, member.now()).await?),
        "set" => {
            let rights = RelationRights {
                sees_day: sent.checked("day"),
                sees_attendance: sent.checked("attendance"),
                may_declare: sent.checked("declare"),
                may_sign: sent.checked("sign"),
            };
            ("relation.rights", people::set_rights(&mut tx, relative, id, rights).await?)
        }
        _ => return Err(PageError::Malformed("do")),
    };
    if !done {
        return Err(PageError::NotFound);
    }
    let other = people::by_id(&mut tx, relative).await?.ok_or(PageError::NotFound)?;
    let school = facts.schools_as_pupil().next();
    place::log(&member, &mut tx, school, (action, &other.login, &person.login)).await?;
    tx.commit().await?;
    Ok(member.see_other_saying(&format!("/people/{id}/relations"), "notice-saved"))
}

//! What each relative of a pupil may know and do; barring one.

use crate::ids::Id;
use crate::screens::place;
use crate::{Answer, Fields, Member, Page, PageError, forms};
use askama::Template;
use http::StatusCode;
use preau_base::PersonId;
use preau_school::{Act, PersonFacts, RelationRights};
use preau_store::Conn;
use preau_store::people::{self, Person, Relation};

#[derive(Template)]
#[template(path = "people/relations.html")]
struct RelationsPage<'a> {
    page: &'a Page,
    id: PersonId,
    name: String,
    relations: Vec<Row>,
    /// What kept the last form from being taken.
    fault: String,
}

struct Row {
    relation: Relation,
    /// Field, text and whether it is so.
    rights: [(&'static str, String, bool); 4],
    kind: String,
    /// The rights that the form is made from.
    was: String,
}

/// The fields of the four rights.
const RIGHTS: [&str; 4] = ["day", "attendance", "declare", "sign"];

/// In the order of [`RIGHTS`].
const fn boxes(rights: RelationRights) -> [bool; 4] {
    [rights.sees_day, rights.sees_attendance, rights.may_declare, rights.may_sign]
}

const fn rights_of([sees_day, sees_attendance, may_declare, may_sign]: [bool; 4]) -> RelationRights {
    RelationRights { sees_day, sees_attendance, may_declare, may_sign }
}

/// `1010`: which boxes were checked when the form was made.
fn digits(rights: RelationRights) -> String {
    boxes(rights).iter().map(|is| if *is { '1' } else { '0' }).collect()
}

fn from_digits(text: &str) -> Option<RelationRights> {
    let so: Option<Vec<bool>> = text.chars().map(|digit| Some(digit.to_digit(2)? == 1)).collect();
    Some(rights_of(so?.try_into().ok()?))
}

/// `GET /people/{id}/relations`.
pub(crate) async fn show(mut member: Member, Id(id): Id<PersonId>) -> Answer {
    let mut conn = member.app().store.read().await?;
    let (person, facts) = place::person(&mut conn, id).await?;
    member.may(Act::SetRelations(&facts))?;
    page(&mut member, &mut conn, (&person, &facts), None).await
}

async fn page(
    member: &mut Member,
    conn: &mut Conn,
    (person, facts): (&Person, &PersonFacts),
    fault: Option<String>,
) -> Answer {
    place::school_of(member, conn, facts).await?;
    let relations = people::relations_of(conn, person.id).await?;
    let status = if fault.is_some() { StatusCode::CONFLICT } else { StatusCode::OK };
    let page = RelationsPage {
        page: &member.page,
        id: person.id,
        name: person.full_name(),
        relations: relations.into_iter().map(|relation| row(&member.page, relation)).collect(),
        fault: fault.unwrap_or_default(),
    };
    member.html_as(status, &page)
}

fn row(page: &Page, relation: Relation) -> Row {
    let so = boxes(relation.rights());
    let mut at = 0;
    let rights = RIGHTS.map(|field| {
        at += 1;
        (field, page.t(&format!("relation-{field}")), so.get(at - 1).copied().unwrap_or(false))
    });
    let word = if ["legal", "in_charge", "contact"].contains(&relation.kind.as_str()) {
        relation.kind.as_str()
    } else {
        "legal"
    };
    Row { rights, kind: page.t(&format!("relation-kind-{word}")), was: digits(relation.rights()), relation }
}

/// `POST /people/{id}/relations`.
pub(crate) async fn set(mut member: Member, Id(id): Id<PersonId>, sent: Fields) -> Answer {
    let mut tx = member.app().store.write().await?;
    let (person, facts) = place::person(&mut tx, id).await?;
    member.may(Act::SetRelations(&facts))?;
    let relative: PersonId = forms::id(&sent, "relative")?;
    let here = format!("/people/{id}/relations");
    let (action, done) = match sent.raw("do") {
        "bar" => ("relation.bar", people::set_barred(&mut tx, relative, id, true, member.now()).await?),
        "allow" => ("relation.allow", people::set_barred(&mut tx, relative, id, false, member.now()).await?),
        "set" => {
            let was = from_digits(sent.raw("was")).ok_or(PageError::Malformed("was"))?;
            let rights = rights_of(RIGHTS.map(|field| sent.checked(field)));
            if !people::change_rights(&mut tx, (relative, id), was, rights).await? {
                let all = people::relations_of(&mut tx, id).await?;
                let now = all.iter().find(|it| it.relative_id == relative).ok_or(PageError::NotFound)?;
                // The same form sent again is no other decision.
                if now.barred_at.is_none() && now.rights() == rights {
                    return Ok(member.see_other_saying(&here, "notice-saved"));
                }
                let fault = member.t1("relations-changed", "name", now.relative_name());
                return page(&mut member, &mut tx, (&person, &facts), Some(fault)).await;
            }
            ("relation.rights", true)
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
    Ok(member.see_other_saying(&here, "notice-saved"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_boxes_of_a_form_read_back() {
        for number in 0..16_u8 {
            let rights = rights_of([8, 4, 2, 1].map(|bit| number & bit != 0));
            assert_eq!(from_digits(&digits(rights)), Some(rights));
        }
        for bad in ["", "101", "10101", "1012", "１010"] {
            assert_eq!(from_digits(bad), None, "{bad}");
        }
    }
}

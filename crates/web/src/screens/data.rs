//! Data about a person: a copy for the person, and what only those read who keep the school's register.

mod copy;

use crate::errors::PageError;
use crate::ids::Id;
use crate::limits::COPY_FILES_BYTES_MAX;
use crate::screens::place;
use crate::{Answer, Member, Page, archive, files};
use askama::Template;
use copy::DataCopy;
use jiff::ToSpan as _;
use preau_base::PersonId;
use preau_school::{Act, PersonFacts};
use preau_store::limits::{EXPORT_FILES_MAX, EXPORT_LINES_MAX};
use preau_store::people::{self, Identity, Weight};
use preau_store::{Conn, StoreError};

/// Below this age those who may sign for a pupil ask for the pupil's data.
const ALONE_FROM_YEARS: i16 = 15;

/// Whether the person is younger than [`ALONE_FROM_YEARS`]; `None` when the birth date is not known.
///
/// The rights of a minor over their data are exercised by those who have parental authority (Code civil, art. 371-1; GDPR,
/// recital 38); from 15 on a minor decides alone about their data where they consent to a service (loi Informatique et
/// Libertés, art. 45), and the CNIL has them exercise these rights themselves. So under 15 whoever may sign for a pupil gets
/// the copy, as the pupil does; from the fifteenth birthday the pupil alone.
///
/// Somebody whose birth date is not known counts as 15 or older. A copy has what a pupil wrote, said in class and reported: given
/// to a parent against the will of a sixteen-year-old, it cannot be taken back, whereas a parent who is kept waiting gets it as
/// soon as the school has entered the date. The refusal says just that ([`PageError::AgeUnknown`]).
async fn under_15(page: &Page, conn: &mut Conn, id: PersonId) -> Result<Option<bool>, StoreError> {
    let born = page.today().saturating_sub(ALONE_FROM_YEARS.years());
    people::is_born_after(conn, id, &born.to_string()).await
}

/// Whether the person is surely younger than 15, as [`Act::ExportData`] asks.
pub(crate) async fn is_under_15(page: &Page, conn: &mut Conn, id: PersonId) -> Result<bool, StoreError> {
    Ok(under_15(page, conn, id).await?.unwrap_or(false))
}

async fn ask(member: &Member, conn: &mut Conn, facts: &PersonFacts) -> Result<(), PageError> {
    let under_15 = under_15(&member.page, conn, facts.id).await?;
    match member.may(Act::ExportData(facts, under_15.unwrap_or(false))) {
        // It is the date alone that is missing.
        Err(PageError::Forbidden(_)) if under_15.is_none() && member.can(Act::ExportData(facts, true)) => {
            Err(PageError::AgeUnknown)
        }
        answer => answer,
    }
}

#[derive(Template)]
#[template(path = "people/data.html")]
struct DataPage<'a> {
    page: &'a Page,
    id: PersonId,
    name: String,
    /// What the archive will not hold.
    bounds: Vec<String>,
}

/// Says beforehand what an archive has no room for.
fn bounds(page: &Page, weight: &Weight) -> Vec<String> {
    let mut bounds = Vec::new();
    if weight.lines > EXPORT_LINES_MAX {
        bounds.push(page.t2("data-many-lines", ("count", weight.lines), ("most", EXPORT_LINES_MAX)));
    }
    if weight.files > EXPORT_FILES_MAX {
        bounds.push(page.t2("data-many-files", ("count", weight.files), ("most", EXPORT_FILES_MAX)));
    }
    let most = i64::try_from(COPY_FILES_BYTES_MAX).unwrap_or(i64::MAX);
    if weight.bytes > most {
        bounds.push(page.t2(
            "data-large-files",
            ("size", files::size(page, weight.bytes)),
            ("most", files::size(page, most)),
        ));
    }
    bounds
}

/// `GET /people/{id}/data`.
pub(crate) async fn show(member: Member, Id(id): Id<PersonId>) -> Answer {
    let mut conn = member.app().store.read().await?;
    let (person, facts) = place::person(&mut conn, id).await?;
    ask(&member, &mut conn, &facts).await?;
    let bounds = bounds(&member, &people::export_weight(&mut conn, id).await?);
    member.html(&DataPage { page: &member.page, id, name: person.full_name(), bounds })
}

/// `POST /people/{id}/data`: an archive with the data as a page to read, as JSON for other programs, and the files.
pub(crate) async fn export(member: Member, Id(id): Id<PersonId>) -> Answer {
    let mut tx = member.app().store.write().await?;
    let (person, facts) = place::person(&mut tx, id).await?;
    ask(&member, &mut tx, &facts).await?;
    let school = facts.affiliations.first().map(|(school, _)| *school);
    place::log(&member, &mut tx, school, ("data.export", &person.login, "")).await?;
    tx.commit().await?;
    let file_name = format!("donnees-{}.zip", person.login);
    let app = member.app().clone();
    let body = archive::stream(&app, |archive| DataCopy::of(member.page, &person).write(archive));
    Ok(files::made(body, "application/zip", &file_name))
}

#[derive(Template)]
#[template(path = "people/identity.html")]
struct IdentityPage<'a> {
    page: &'a Page,
    id: PersonId,
    name: String,
    identity: Identity,
}

/// `POST /people/{id}/identity`: national number and birth date. A post, because the reading is written down.
pub(crate) async fn identity(mut member: Member, Id(id): Id<PersonId>) -> Answer {
    let mut tx = member.app().store.write().await?;
    let (person, facts) = place::person(&mut tx, id).await?;
    member.may(Act::SeeIdentity(&facts))?;
    let school = place::school_of(&mut member, &mut tx, &facts).await?;
    let identity = people::identity(&mut tx, id).await?.ok_or(PageError::NotFound)?;
    let of = school.map(|school| school.id);
    place::log(&member, &mut tx, of, ("person.identity", &person.login, "")).await?;
    tx.commit().await?;
    member.html(&IdentityPage { page: &member.page, id, name: person.full_name(), identity })
}

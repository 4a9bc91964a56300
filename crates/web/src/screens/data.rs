//! Data about a person: a copy for the person, and what only those read who keep the school's register.

use crate::errors::PageError;
use crate::ids::Id;
use crate::screens::place;
use crate::{Answer, Member, Page};
use askama::Template;
use axum::response::IntoResponse;
use http::header;
use preau_base::PersonId;
use preau_school::{Act, PersonFacts};
use preau_store::people::{self, Identity, Section};
use preau_store::{Conn, StoreError};
use std::io::{Cursor, Write as _};
use zip::write::{SimpleFileOptions, ZipWriter};

/// Below this age those who may sign for a pupil ask for the pupil's data (French data protection act, art. 45).
const ALONE_FROM_YEARS: i16 = 15;

/// Whether the person is surely younger than [`ALONE_FROM_YEARS`].
pub(crate) async fn is_under_15(page: &Page, conn: &mut Conn, id: PersonId) -> Result<bool, StoreError> {
    let today = page.today();
    let year = today.year().saturating_sub(ALONE_FROM_YEARS);
    let born = jiff::civil::Date::new(year, today.month(), today.day()).unwrap_or(today);
    people::born_after(conn, id, &born.to_string()).await
}

async fn ask(member: &Member, conn: &mut Conn, facts: &PersonFacts) -> Result<(), PageError> {
    let under_15 = is_under_15(&member.page, conn, facts.id).await?;
    member.may(Act::ExportData(facts, under_15))
}

#[derive(Template)]
#[template(path = "people/data.html")]
struct DataPage<'a> {
    page: &'a Page,
    id: PersonId,
    name: String,
}

/// `GET /people/{id}/data`.
pub(crate) async fn show(member: Member, Id(id): Id<PersonId>) -> Answer {
    let mut conn = member.app().store.read().await?;
    let (person, facts) = place::person(&mut conn, id).await?;
    ask(&member, &mut conn, &facts).await?;
    member.html(&DataPage { page: &member.page, id, name: person.full_name() })
}

#[derive(Template)]
#[template(path = "people/data_file.html")]
struct DataFile<'a> {
    page: &'a Page,
    name: String,
    made: String,
    sections: Vec<Shown>,
}

/// A kind of data with texts for its words.
struct Shown {
    title: String,
    columns: Vec<String>,
    rows: Vec<Vec<String>>,
}

fn shown(page: &Page, section: &Section) -> Shown {
    let time = |name: &str, text: &str| match text.parse::<i64>() {
        Ok(ms) if name.ends_with("_at") => page.moment(preau_base::Instant::from_millis(ms)),
        _ => text.to_owned(),
    };
    let row = |row: &Vec<String>| section.columns.iter().zip(row).map(|(name, text)| time(name, text)).collect();
    Shown {
        title: page.t(&format!("export-{}", section.name)),
        columns: section
            .columns
            .iter()
            .map(|name| page.t(&format!("export-column-{}", name.replace('_', "-"))))
            .collect(),
        rows: section.rows.iter().map(row).collect(),
    }
}

/// `POST /people/{id}/data`: a ZIP with the data as a page to read and as JSON for other programs.
pub(crate) async fn export(member: Member, Id(id): Id<PersonId>) -> Answer {
    let mut tx = member.app().store.write().await?;
    let (person, facts) = place::person(&mut tx, id).await?;
    ask(&member, &mut tx, &facts).await?;
    let sections = people::export(&mut tx, id).await?;
    let school = facts.affiliations.first().map(|(school, _)| *school);
    place::log(&member, &mut tx, school, ("data.export", &person.login, "")).await?;
    tx.commit().await?;
    let file = DataFile {
        page: &member.page,
        name: person.full_name(),
        made: member.moment(member.now()),
        sections: sections.iter().filter(|it| !it.rows.is_empty()).map(|it| shown(&member, it)).collect(),
    };
    let html = file.render().map_err(PageError::internal)?;
    let json = serde_json::to_vec_pretty(&sections).map_err(PageError::internal)?;
    let bytes = pack(&html, &json).map_err(PageError::internal)?;
    let name = format!("attachment; filename=\"donnees-{}.zip\"", person.login);
    let headers = [(header::CONTENT_TYPE, "application/zip".to_owned()), (header::CONTENT_DISPOSITION, name)];
    Ok((headers, bytes).into_response())
}

fn pack(html: &str, json: &[u8]) -> Result<Vec<u8>, zip::result::ZipError> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in [("donnees.html", html.as_bytes()), ("donnees.json", json)] {
        zip.start_file(name, SimpleFileOptions::default())?;
        zip.write_all(bytes)?;
    }
    Ok(zip.finish()?.into_inner())
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

//! The yearly archive: a class's log of a school year as one page that stands alone, with its hash.

use super::lead::year_span;
use super::shown::{Day, Names, days, long_date};
use crate::ids::Id;
use crate::lang::Lang;
use crate::limits::ARCHIVE_BYTES_MAX;
use crate::screens::homework::archive as zipped;
use crate::screens::place;
use crate::zip::DosTime;
use crate::{Answer, Fields, Member, Page, PageError, files as served, forms, gzip};
use askama::Template;
use axum::response::IntoResponse as _;
use http::{HeaderValue, header};
use preau_base::{ArchiveId, GroupId, LessonId, SchoolId, SystemRng};
use preau_files::clean_name;
use preau_school::log::year_of;
use preau_school::{Act, LogAct};
use preau_store::limits::LOG_ARCHIVE_ENTRIES_MAX;
use preau_store::log::archives::{self, Archive, Attached, NewArchive};
use preau_store::log::lists::{self, Span};
use preau_store::log::{self, load, visas};
use preau_store::schools::School;
use preau_store::{Conn, groups, schools};
use std::collections::HashMap;

/// School years that an archive can be made of: this one and those before.
pub(super) const YEARS_OFFERED: i16 = 3;

/// `2026-2027`
pub(super) fn year_name(year: i64) -> String {
    format!("{year}-{}", year + 1)
}

/// An archive as the head's page lists it.
pub(super) struct Kept {
    pub id: ArchiveId,
    pub name: String,
    pub line: String,
    pub hash: String,
}

pub(super) async fn of_school(page: &Page, conn: &mut Conn, school: SchoolId) -> Result<Vec<Kept>, PageError> {
    let all = archives::of_school(conn, school).await?;
    Ok(all.iter().map(|archive| kept(page, archive)).collect())
}

fn kept(page: &Page, archive: &Archive) -> Kept {
    let made = page.moment(archive.made_at);
    Kept {
        id: archive.id,
        name: format!("{}, {}", archive.group_name, year_name(archive.year)),
        line: page.t2("log-archive-line", ("count", archive.entries), ("when", made)),
        hash: archive.hash(),
    }
}

/// The page that is put away. It says nothing of the moment in which it was made: the same log has the same hash.
#[derive(Template)]
#[template(path = "log/archive.html")]
struct ArchivePage<'a> {
    page: &'a Page,
    school: &'a School,
    class: &'a str,
    year: String,
    days: Vec<Day>,
    entries: usize,
    files: HashMap<LessonId, Vec<Attached>>,
}

impl ArchivePage<'_> {
    /// The files of a lesson's entry: name, size, SHA-256.
    fn files_of(&self, lesson: &LessonId) -> Vec<(&str, String, String)> {
        let files = self.files.get(lesson).map_or(&[][..], Vec::as_slice);
        let hash = |file: &Attached| file.sha256.iter().map(|byte| format!("{byte:02x}")).collect();
        files.iter().map(|file| (file.name.as_str(), served::size(self.page, file.bytes), hash(file))).collect()
    }
}

/// `POST /schools/{id}/log/archives`: every class and group of the year that has entries. A log that is archived as it
/// stands already is not archived again.
pub(crate) async fn make(mut member: Member, Id(id): Id<SchoolId>, sent: Fields) -> Answer {
    let mut conn = member.app().store.read().await?;
    let school = place::school(&mut member, &mut conn, id, Act::Log(LogAct::Lead(id))).await?;
    let this_year = year_of(member.today());
    let year: i16 = forms::id(&sent, "year")?;
    if !(this_year - YEARS_OFFERED < year && year <= this_year) {
        return Err(PageError::Malformed("year"));
    }
    let (from, to) = year_span(&member, year);
    let written = visas::overview(&mut conn, id, from, to).await?.groups;
    drop(conn);
    // A class at a time: each is kept by itself, and nobody else waits for all of them.
    for class in written.iter().filter(|class| class.written > 0) {
        put_away(&member, &school, GroupId::from_uuid(class.id), year).await?;
    }
    let path = format!("/schools/{id}/log");
    Ok(member.see_other_saying(&path, "notice-log-archived"))
}

async fn put_away(member: &Member, school: &School, group: GroupId, year: i16) -> Result<(), PageError> {
    let (from, to) = year_span(member, year);
    let mut conn = member.app().store.read().await?;
    let class = groups::by_id(&mut conn, group).await?.ok_or(PageError::NotFound)?;
    let span = Span { from, to, subject: "" };
    let mut rows = lists::of_group(&mut conn, group, span, LOG_ARCHIVE_ENTRIES_MAX).await?;
    for row in rows.iter_mut().filter(|row| row.additions > 0) {
        for addition in log::additions(&mut conn, row.entry_id).await? {
            let day = long_date(member, member.zoned(addition.at).date());
            let line = member.t2("log-by", ("author", &addition.author), ("when", day));
            row.body = format!("{}\n\n{} ({line})\n{}", row.body, member.t("log-addition"), addition.body);
        }
    }
    let given = load::given_to_group(&mut conn, group, from, to, member.now()).await?;
    let mut files: HashMap<LessonId, Vec<Attached>> = HashMap::new();
    for file in archives::files(&mut conn, group, from, to).await? {
        files.entry(file.lesson_id).or_default().push(file);
    }
    drop(conn);
    // From September to July, as one reads a year.
    let mut days = days(member, &rows, &given, Names::Archive);
    days.reverse();
    let page = ArchivePage {
        page: &member.page,
        school,
        class: &class.name,
        year: year_name(i64::from(year)),
        entries: rows.len(),
        days,
        files,
    };
    let html = page.render().map_err(PageError::internal)?;
    let gzip = gzip::pack(html.as_bytes()).ok_or(PageError::Malformed("archive"))?;
    let archive = NewArchive {
        id: ArchiveId::new(member.now(), &mut SystemRng),
        school: school.id,
        group,
        year,
        made_by: member.id(),
        entries: i64::try_from(page.entries).unwrap_or(i64::MAX),
        html: html.as_bytes(),
        gzip: &gzip,
    };
    let mut tx = member.app().store.write().await?;
    if archives::keep(&mut tx, &archive, member.now()).await? {
        archives::set_authors(&mut tx, archive.id, from, to).await?;
        let detail = year_name(i64::from(year));
        place::log(member, &mut tx, Some(school.id), ("log.archive", &group.to_string(), &detail)).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// `GET /log/archives/{id}`: the page, as a file.
pub(crate) async fn fetch(member: Member, Id(id): Id<ArchiveId>) -> Answer {
    let mut conn = member.app().store.read().await?;
    let archive = archives::by_id(&mut conn, id).await?.ok_or(PageError::NotFound)?;
    let authors = archives::authors(&mut conn, id).await?;
    member.may(Act::Log(LogAct::ReadArchive(archive.school_id, &authors)))?;
    let packed = archives::page(&mut conn, id).await?.ok_or(PageError::NotFound)?;
    let html = gzip::unpack(&packed, archive.html_bytes.unsigned_abs()).ok_or(PageError::NotFound)?;
    let stem = if member.lang() == Lang::Fr { "cahier-de-textes" } else { "lesson-log" };
    let plain =
        |name: &str| preau_school::login::fold(name).chars().filter(char::is_ascii_alphanumeric).collect::<String>();
    let name = format!("{stem}-{}-{}.html", plain(&archive.group_name), year_name(archive.year));
    let mut response = html.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    if let Ok(value) = HeaderValue::try_from(format!("attachment; filename=\"{name}\"")) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    Ok(response)
}

/// `GET /log/archives/{id}/files`: the files that are attached to the entries of this class and year, as one ZIP; the page
/// names each with its hash.
pub(crate) async fn files(mut member: Member, Id(id): Id<ArchiveId>) -> Answer {
    let mut conn = member.app().store.read().await?;
    let archive = archives::by_id(&mut conn, id).await?.ok_or(PageError::NotFound)?;
    let authors = archives::authors(&mut conn, id).await?;
    member.may(Act::Log(LogAct::ReadArchive(archive.school_id, &authors)))?;
    let school = schools::by_id(&mut conn, archive.school_id).await?.ok_or(PageError::NotFound)?;
    place::at(&mut member, &school);
    let year = i16::try_from(archive.year).map_err(|_| PageError::NotFound)?;
    let (from, to) = year_span(&member, year);
    let all = archives::files(&mut conn, archive.group_id, from, to).await?;
    drop(conn);
    let bytes: u64 = all.iter().map(|file| u64::try_from(file.bytes).unwrap_or(0)).sum();
    if bytes + all.len() as u64 * 1_000 > ARCHIVE_BYTES_MAX {
        return Err(PageError::TooLarge);
    }
    let entry = |file: &Attached| {
        let at = member.zoned(file.starts_at);
        let subject = file.subject_name.replace(['/', '\\'], " ");
        let folder = clean_name(&format!("{} {subject}", at.strftime("%Y-%m-%d %Hh%M")), "cours");
        // Two files of one name in a lesson, or two lessons of one hour, keep their own.
        let mark: String = file.sha256.iter().take(4).map(|byte| format!("{byte:02x}")).collect();
        let name = format!("{folder}/{mark} {}", clean_name(&file.name, "fichier"));
        zipped::Entry::file(name, DosTime::of(&at), file.file_id)
    };
    let body = zipped::stream(member.app(), all.iter().map(entry).collect());
    let name = format!("cahier-de-textes-{}-{}.zip", archive.group_name, year_name(archive.year));
    Ok(served::made(body, "application/zip", &clean_name(&name, "cahier-de-textes.zip")))
}

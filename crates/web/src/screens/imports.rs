//! Running an import from a page: a file comes in, a dry run says what would be done, then it is done. The report is a page.
//!
//! A school's administrator sends tables of that school; the ministry's feed, which names many schools, is for the platform's
//! administrators.

mod feed;

use crate::errors::PageError;
use crate::ids::Id;
use crate::imported::ImportWords;
use crate::imported::report::{Shown, shown};
use crate::limits::{IMPORT_FILE_BYTES_MAX, IMPORT_RUNS_SHOWN_MAX};
use crate::multipart::{FilesForm, Form};
use crate::screens::place;
use crate::{Answer, Member, Page};
use askama::Template;
use feed::{Came, Feed};
use http::StatusCode;
use preau_base::{FileId, SchoolId};
use preau_school::Act;
use preau_store::schools::School;
use preau_store::{files, import};

#[derive(Template)]
#[template(path = "people/import.html")]
struct ImportPage<'a> {
    page: &'a Page,
    title: String,
    what: String,
    action: String,
    back: String,
    several: bool,
    academy_chars_max: usize,
    state: State,
    runs: Vec<Line>,
}

/// What came of the form.
#[derive(Default)]
struct State {
    faults: Vec<String>,
    report: Option<Shown>,
    /// After a dry run that would change something: the files to apply.
    ready: Vec<FileId>,
    /// Whose feed it is, where there are several: `creteil`.
    academy: String,
}

/// An import of before.
struct Line {
    moment: String,
    source: String,
    actor: String,
}

/// The name of one of several feeds.
const FEED_NAME_CHARS_MAX: usize = 40;

/// Where an import runs: everywhere, or in one school.
enum Place {
    Platform,
    School(School),
}

impl Place {
    fn path(&self) -> String {
        match self {
            Self::Platform => "/import".to_owned(),
            Self::School(school) => format!("/schools/{}/import", school.id),
        }
    }

    fn feed(&self) -> Option<Feed> {
        match self {
            Self::Platform => Some(Feed::Aaf { academy: String::new() }),
            Self::School(school) => school.uai.clone().map(|uai| Feed::Csv { uai }),
        }
    }
}

async fn answer(member: &Member, place: &Place, mut state: State) -> Answer {
    let mut conn = member.app().store.read().await?;
    let feed = place.feed();
    if feed.is_none() {
        state.faults.push(member.t("import-no-code"));
    }
    let source = place.feed().as_ref().map(Feed::source).unwrap_or_default();
    let runs = import::past(&mut conn, &source, IMPORT_RUNS_SHOWN_MAX).await?;
    drop(conn);
    let line = |run: import::Past| Line {
        moment: member.moment(run.started_at),
        source: run.source,
        actor: if run.actor.is_empty() { member.t("audit-command-line") } else { run.actor },
    };
    let (title, what, back) = match place {
        Place::Platform => (member.t("import-title"), member.t("import-aaf-what"), "/schools".to_owned()),
        Place::School(school) => {
            (member.t("import-title"), member.t("import-csv-what"), format!("/schools/{}", school.id))
        }
    };
    let status = if state.faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let several = matches!(place, Place::Platform);
    let runs = runs.into_iter().map(line).collect();
    let page = ImportPage {
        page: &member.page,
        title,
        what,
        action: place.path(),
        back,
        several,
        academy_chars_max: FEED_NAME_CHARS_MAX,
        state,
        runs,
    };
    member.html_as(status, &page)
}

async fn at_school(member: &mut Member, id: SchoolId) -> Result<Place, PageError> {
    let mut conn = member.app().store.read().await?;
    Ok(Place::School(place::school(member, &mut conn, id, Act::ManageSchool(id)).await?))
}

/// `GET /import`.
pub(crate) async fn show_all(member: Member) -> Answer {
    member.may(Act::ManagePlatform)?;
    answer(&member, &Place::Platform, State::default()).await
}

/// `POST /import`.
pub(crate) async fn run_all(member: Member, form: FilesForm) -> Answer {
    member.may(Act::ManagePlatform)?;
    run_at(&member, &Place::Platform, form).await
}

/// `GET /schools/{id}/import`.
pub(crate) async fn show(mut member: Member, Id(id): Id<SchoolId>) -> Answer {
    let place = at_school(&mut member, id).await?;
    let status = answer(&member, &place, State::default()).await?;
    Ok(status)
}

/// `POST /schools/{id}/import`.
pub(crate) async fn run(mut member: Member, Id(id): Id<SchoolId>, form: FilesForm) -> Answer {
    let place = at_school(&mut member, id).await?;
    run_at(&member, &place, form).await
}

async fn run_at(member: &Member, place: &Place, form: FilesForm) -> Answer {
    let Some(mut feed) = place.feed() else { return answer(member, place, State::default()).await };
    let form = form.receive(member, IMPORT_FILE_BYTES_MAX).await?;
    let applies = form.fields.raw("do") == "apply";
    let came = if applies { known(member, &form).await? } else { keep(member, &form).await? };
    let mut state = State { faults: form.faults.iter().map(|fault| fault.text(member)).collect(), ..State::default() };
    if let Feed::Aaf { academy } = &mut feed {
        *academy = feed_name(&form.fields.line("academy"));
        state.academy.clone_from(academy);
    }
    if came.is_empty() && state.faults.is_empty() {
        state.faults.push(member.t("import-no-file"));
    }
    if !state.faults.is_empty() {
        return answer(member, place, state).await;
    }
    match feed::run(member, &feed, &came, !applies).await? {
        Ok(done) => {
            let useful = !applies && !done.is_unchanged();
            state.ready = if useful { came.iter().map(|one| one.id).collect() } else { Vec::new() };
            state.report = Some(shown(ImportWords::new(member.page.lang()), &done));
        }
        Err(fault) => {
            let reason = ImportWords::new(member.page.lang()).fault(&fault);
            state.faults.push(member.t1("import-unreadable", "reason", reason));
        }
    }
    answer(member, place, state).await
}

/// What tells one ministry's feed from another: people whom one feed names do not leave when another is silent about them.
/// Small letters, digits and hyphens of what was typed; the command line takes the same.
fn feed_name(typed: &str) -> String {
    let folded = preau_school::login::fold(typed);
    let words: Vec<&str> = folded.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
    words.join("-").chars().take(FEED_NAME_CHARS_MAX).collect()
}

/// The files of a dry run stay, so that what is applied is what was looked at. Nothing uses them: they are swept later.
async fn keep(member: &Member, form: &Form) -> Result<Vec<Came>, PageError> {
    let mut tx = member.app().store.write().await?;
    let mut came = Vec::new();
    for file in &form.files {
        file.keep(&mut tx, member.id(), member.now()).await?;
        came.push(Came { id: file.id(), name: file.name.clone() });
    }
    tx.commit().await?;
    Ok(came)
}

/// The files that a dry run has kept; nobody applies those of others.
async fn known(member: &Member, form: &Form) -> Result<Vec<Came>, PageError> {
    let mut conn = member.app().store.read().await?;
    let mut came = Vec::new();
    for text in form.fields.all("file") {
        let id: FileId = text.parse().map_err(|_| PageError::Malformed("file"))?;
        let file = files::by_id(&mut conn, id).await?.filter(|file| file.owner_id == member.id());
        came.push(Came { id, name: file.ok_or(PageError::NotFound)?.name });
    }
    Ok(came)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn feeds_are_told_apart_by_a_plain_name() {
        for (typed, expect) in
            [("Créteil", "creteil"), ("  Orléans-Tours ", "orleans-tours"), ("", ""), ("a:b%_c", "a-b-c")]
        {
            assert_eq!(feed_name(typed), expect, "{typed}");
        }
        assert!(feed_name(&"é".repeat(300)).len() <= FEED_NAME_CHARS_MAX);
    }
}

//! Files attached to an entry of the log.

use super::entry::may_read;
use super::{Here, here};
use crate::ids::{Id, Ids};
use crate::limits::LOG_FILES_MAX;
use crate::multipart::FilesForm;
use crate::{Answer, Fields, Member, Page, PageError, files as served, forms};
use http::HeaderMap;
use preau_base::{FileId, LessonId};
use preau_files::limits::FILE_BYTES_MAX;
use preau_school::{Act, LogAct, Why};
use preau_store::Conn;
use preau_store::files::{self, Place};

/// The files of an entry, as its page lists them.
pub(super) async fn shown(page: &Page, conn: &mut Conn, here: &Here) -> Result<Vec<served::Shown>, PageError> {
    let Some(entry) = &here.entry else { return Ok(Vec::new()) };
    let all = files::attached(conn, Place::Log(entry.id)).await?;
    let path = |id: FileId| format!("/lessons/{}/log/files/{id}", here.lesson.id);
    Ok(all.iter().map(|file| served::Shown::of(page, file, path(file.id))).collect())
}

/// An entry whose files this person may change: before the visa, in its own year.
async fn changeable(member: &mut Member, conn: &mut Conn, id: LessonId) -> Result<Place, PageError> {
    let here = here(member, conn, id).await?;
    member.may(Act::Log(LogAct::Write(&here.facts)))?;
    let entry = here.entry.as_ref().ok_or(PageError::NotFound)?;
    if !here.state.may_change() {
        return Err(PageError::Forbidden(Why::Over));
    }
    Ok(Place::Log(entry.id))
}

/// `POST /lessons/{id}/log/files`.
pub(crate) async fn attach(mut member: Member, Id(id): Id<LessonId>, form: FilesForm) -> Answer {
    let mut conn = member.app().store.read().await?;
    let place = changeable(&mut member, &mut conn, id).await?;
    let there = files::attached(&mut conn, place).await?.len();
    drop(conn);
    let form = form.receive(&member, FILE_BYTES_MAX).await?;
    let room = LOG_FILES_MAX.saturating_sub(there);
    let mut tx = member.app().store.write().await?;
    // Asked again: it may have been signed while the files came in.
    let place = changeable(&mut member, &mut tx, id).await?;
    for received in form.files.iter().take(room) {
        received.keep_at(&mut tx, &member, place).await?;
    }
    tx.commit().await?;
    let path = format!("/lessons/{id}/log");
    let all_taken = form.faults.is_empty() && form.files.len() <= room && !form.files.is_empty();
    Ok(member.see_other_saying(&path, if all_taken { "notice-log-files" } else { "notice-log-files-not" }))
}

/// `POST /lessons/{id}/log/files/remove`.
pub(crate) async fn detach(mut member: Member, Id(id): Id<LessonId>, sent: Fields) -> Answer {
    let mut tx = member.app().store.write().await?;
    let place = changeable(&mut member, &mut tx, id).await?;
    files::detach(&mut tx, place, forms::id(&sent, "file")?).await?;
    tx.commit().await?;
    Ok(member.see_other_saying(&format!("/lessons/{id}/log"), "notice-log-file-removed"))
}

/// `GET /lessons/{id}/log/files/{file}`.
pub(crate) async fn fetch(mut member: Member, Ids(id, file): Ids<LessonId, FileId>, asked: HeaderMap) -> Answer {
    let mut conn = member.app().store.read().await?;
    let here = here(&mut member, &mut conn, id).await?;
    may_read(&member, &mut conn, &here).await?;
    let entry = here.entry.as_ref().ok_or(PageError::NotFound)?;
    let file = files::attached_one(&mut conn, Place::Log(entry.id), file).await?.ok_or(PageError::NotFound)?;
    drop(conn);
    served::serve(member.app(), &file, &asked).await
}

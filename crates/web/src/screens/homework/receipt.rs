//! What was handed in, as it was acknowledged.

use super::{At, at, due};
use crate::files::{self as given, Shown};
use crate::ids::{Id, Ids};
use crate::{Answer, Member, Page, PageError};
use askama::Template;
use http::HeaderMap;
use preau_base::{FileId, Instant, ReceiptId};
use preau_school::{Act, WorkAct};
use preau_store::files::{self, File, Place};
use preau_store::hand_ins::{self, Receipt};
use preau_store::{Conn, people};

#[derive(Template)]
#[template(path = "work/receipt.html")]
struct ReceiptPage<'a> {
    page: &'a Page,
    title: &'a str,
    subject: &'a str,
    due: String,
    back: String,
    is_mine: bool,
    who: String,
    when: String,
    machine_time: String,
    late: bool,
    sha256: String,
    lines: Vec<&'a str>,
    files: Vec<Shown>,
}

/// A receipt and its homework, for whoever may see it.
async fn seen(member: &mut Member, conn: &mut Conn, id: ReceiptId) -> Result<(Receipt, At), PageError> {
    let receipt = hand_ins::receipt(conn, id).await?.ok_or(PageError::NotFound)?;
    let at = at(member, conn, receipt.homework_id).await?;
    let pupil = people::facts(conn, receipt.person_id).await?.ok_or(PageError::NotFound)?;
    member.may(Act::Work(WorkAct::SeeHandIn(&at.facts, &pupil)))?;
    Ok((receipt, at))
}

/// The files of a receipt as pages show them.
pub(super) async fn files_of(page: &Page, conn: &mut Conn, id: ReceiptId) -> Result<Vec<Shown>, PageError> {
    let attached = files::attached(conn, Place::Receipt(id)).await?;
    let path = |file: &File| format!("/receipts/{id}/files/{}", file.id);
    Ok(attached.iter().map(|file| Shown::of(page, file, path(file))).collect())
}

/// `GET /receipts/{id}`.
pub(crate) async fn show(mut member: Member, Id(id): Id<ReceiptId>) -> Answer {
    let mut conn = member.app().store.read().await?;
    let (receipt, at) = seen(&mut member, &mut conn, id).await?;
    let who = people::by_id(&mut conn, receipt.person_id).await?.ok_or(PageError::NotFound)?;
    let when = Instant::from_millis(receipt.handed_at);
    let is_mine = receipt.person_id == member.id();
    let back = format!("/homework/{}", at.work.id);
    let back = if is_mine { back } else { format!("{back}/pupils/{}", receipt.person_id) };
    let shown = files_of(&member, &mut conn, id).await?;
    member.html(&ReceiptPage {
        page: &member.page,
        title: &at.work.title,
        subject: &at.work.subject_name,
        due: due(&member, &at.work),
        back,
        is_mine,
        who: who.full_name(),
        when: format!("{}, {}", member.day(member.zoned(when).date()), member.clock(when)),
        machine_time: member.machine_time(when),
        late: receipt.late,
        sha256: receipt.sha256.iter().map(|byte| format!("{byte:02x}")).collect(),
        lines: receipt.body.lines().collect(),
        files: shown,
    })
}

/// `GET /receipts/{id}/files/{file}`.
pub(crate) async fn file(mut member: Member, Ids(id, file): Ids<ReceiptId, FileId>, headers: HeaderMap) -> Answer {
    let mut conn = member.app().store.read().await?;
    seen(&mut member, &mut conn, id).await?;
    let file = files::attached_one(&mut conn, Place::Receipt(id), file).await?.ok_or(PageError::NotFound)?;
    drop(conn);
    given::serve(member.app(), &file, &headers).await
}

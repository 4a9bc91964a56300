//! A pupil's own work: the draft, handing in, the tick.

use super::show::{self, Typed};
use super::{At, at};
use crate::files::Shown;
use crate::ids::Id;
use crate::limits::{HAND_IN_BYTES_MAX, HAND_IN_CHARS_MAX, HAND_IN_FILES_MAX, HAND_INS_MAX, KEY_CHARS_MAX};
use crate::multipart::{FileFault, FilesForm, Form};
use crate::{Answer, Fields, Member, PageError, uploads};
use axum::Json;
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use preau_base::{FileId, HandInId, HomeworkId, MailId, ReceiptId, SystemRng};
use preau_files::Digest;
use preau_files::limits::FILE_BYTES_MAX;
use preau_school::homework::NotTaken;
use preau_school::{Act, WorkAct};
use preau_store::files::{self, File, Place};
use preau_store::hand_ins::{self, HandIn, NewReceipt, Receipt};
use preau_store::outbox::{self, NewMail};
use preau_store::{Conn, Tx};
use serde::Serialize;

/// The draft as our scripts read it.
#[derive(Serialize)]
struct Saved {
    version: i64,
    body: String,
    files: Vec<SavedFile>,
    /// Another tab or device was faster; nothing was saved, this is what is stored.
    conflict: bool,
    /// What was not taken, and why.
    faults: Vec<String>,
}

#[derive(Clone, Serialize)]
pub(super) struct SavedFile {
    id: FileId,
    name: String,
    size: String,
    bytes: i64,
    kind: &'static str,
    /// Browsers may show it.
    inline: bool,
    path: String,
}

impl SavedFile {
    pub(super) fn of(shown: &Shown) -> Self {
        Self {
            id: shown.id,
            name: shown.name.clone(),
            size: shown.size.clone(),
            bytes: shown.bytes,
            inline: shown.is_inline,
            kind: shown.kind.as_str(),
            path: shown.path.clone(),
        }
    }
}

/// What was handed in, as our scripts read it.
#[derive(Serialize)]
struct Acknowledged {
    receipt: ReceiptId,
    /// Milliseconds since 1970.
    at: i64,
    late: bool,
    /// 64 hexadecimal digits.
    sha256: String,
    path: String,
}

/// What a form of a pupil says: the text, and which files go with it.
struct Sent {
    body: String,
    too_long: bool,
    files: Vec<File>,
    faults: Vec<FileFault>,
}

/// A pupil's form, with everything that the store knows of their work.
struct Desk {
    at: At,
    mine: HandIn,
    fields: Fields,
    sent: Sent,
}

impl Desk {
    /// Takes the form: its files get rows, whatever becomes of the rest. The transaction is still open.
    async fn take(member: &mut Member, id: HomeworkId, form: FilesForm) -> Result<(Self, Tx), PageError> {
        {
            let mut conn = member.app().store.read().await?;
            let at = at(member, &mut conn, id).await?;
            member.may(Act::Work(WorkAct::HandIn(&at.facts)))?;
        }
        let Form { fields, files, faults } = form.receive(member, FILE_BYTES_MAX).await?;
        let mut tx = member.app().store.write().await?;
        let at = at(member, &mut tx, id).await?;
        member.may(Act::Work(WorkAct::HandIn(&at.facts)))?;
        let new = HandInId::new(member.now(), &mut SystemRng);
        let mine = hand_ins::ensure(&mut tx, new, id, member.id(), member.now()).await?;
        for file in &files {
            file.keep(&mut tx, member.id(), member.now()).await?;
        }
        let dropped: Vec<&str> = fields.all("drop").collect();
        let kept = fields.all("keep").filter(|id| !dropped.contains(id));
        let mut all = uploads::named(&mut tx, member.id(), kept).await?;
        let new = files.iter().map(|file| file.id().to_string()).collect::<Vec<_>>();
        all.extend(uploads::named(&mut tx, member.id(), new.iter().map(String::as_str)).await?);
        // Of a form that was cut off, what did not come is not meant to go.
        let is_cut = faults.contains(&FileFault::CutOff);
        if is_cut {
            let stored = files::attached(&mut tx, Place::Draft(mine.id)).await?;
            let known: Vec<_> = all.iter().map(|file| file.id).collect();
            all.extend(stored.into_iter().filter(|file| !known.contains(&file.id)));
        }
        let has_body = !is_cut || fields.checked("body");
        let body = if has_body { text_of(fields.raw("body")) } else { mine.draft_body.clone() };
        let too_long = body.chars().count() > HAND_IN_CHARS_MAX;
        let sent = Sent { body: body.chars().take(HAND_IN_CHARS_MAX).collect(), too_long, files: all, faults };
        Ok((Self { at, mine, fields, sent }, tx))
    }

    /// Another tab has saved another text since this form was made. A form that names no version, such as one that waited
    /// for the network, is not asked.
    fn is_behind(&self) -> bool {
        let version = self.fields.raw("version").parse::<i64>();
        let same = self.mine.draft_body == self.sent.body || self.mine.draft_saved_at.is_none();
        version.is_ok_and(|version| version != self.mine.draft_version) && !same
    }

    fn is_too_much(&self) -> bool {
        let bytes: i64 = self.sent.files.iter().map(|file| file.bytes).sum();
        self.sent.files.len() > HAND_IN_FILES_MAX || bytes > HAND_IN_BYTES_MAX
    }

    fn ids(&self) -> Vec<FileId> {
        self.sent.files.iter().map(|file| file.id).collect()
    }

    /// What is wrong with the form, as a person reads it.
    fn faults(&self, member: &Member) -> Vec<String> {
        let mut texts: Vec<_> = self.sent.faults.iter().map(|fault| fault.text(member)).collect();
        if self.sent.too_long {
            texts.push(member.t1("fault-long", "most", HAND_IN_CHARS_MAX));
        }
        if self.is_too_much() {
            texts.push(member.t2("work-too-much", ("most", HAND_IN_FILES_MAX), ("mega", HAND_IN_BYTES_MAX >> 20)));
        }
        texts
    }

    /// Keeps the text and the list of files as the draft.
    async fn save(&mut self, member: &Member, conn: &mut Conn) -> Result<(), PageError> {
        let saved = hand_ins::save_draft(conn, self.mine.id, self.mine.draft_version, &self.sent.body, member.now());
        if let Some(version) = saved.await? {
            self.mine.draft_version = version;
            self.mine.draft_saved_at = Some(member.now().as_millis());
            self.mine.draft_body.clone_from(&self.sent.body);
        }
        Ok(files::attach_only(conn, Place::Draft(self.mine.id), &self.ids()).await?)
    }

    fn saved(&self, member: &Member, conflict: bool, faults: Vec<String>) -> Saved {
        let path = |file: &File| format!("/homework/{}/drafts/{}", self.at.work.id, file.id);
        let shown = self.sent.files.iter().map(|file| SavedFile::of(&Shown::of(member, file, path(file))));
        let body = self.mine.draft_body.clone();
        Saved { version: self.mine.draft_version, body, files: shown.collect(), conflict, faults }
    }

    /// The page again, with what was typed and sent.
    async fn again(
        self,
        member: Member,
        conn: &mut Conn,
        (status, faults, conflict): (StatusCode, Vec<String>, bool),
    ) -> Answer {
        if member.wants_json() {
            return Ok((status, Json(self.saved(&member, conflict, faults))).into_response());
        }
        let stored = conflict.then(|| self.mine.draft_body.clone());
        let typed = Typed { body: self.sent.body, files: self.sent.files, faults, stored };
        show::pupil(&member, conn, &self.at, Some(self.mine), Some(typed), status).await
    }
}

/// Line ends as one character, no other control characters.
fn text_of(raw: &str) -> String {
    let text = raw.replace("\r\n", "\n");
    text.chars().filter(|letter| !letter.is_control() || matches!(letter, '\n' | '\t')).collect()
}

/// `POST /homework/{id}/draft`: kept, not handed in.
pub(crate) async fn draft(mut member: Member, Id(id): Id<HomeworkId>, form: FilesForm) -> Answer {
    let (mut desk, mut tx) = Desk::take(&mut member, id, form).await?;
    if desk.is_behind() {
        // The files of both stay in the list.
        let stored = files::attached(&mut tx, Place::Draft(desk.mine.id)).await?;
        let known = desk.ids();
        desk.sent.files.extend(stored.into_iter().filter(|file| !known.contains(&file.id)));
        tx.commit().await?;
        let mut conn = member.app().store.read().await?;
        return desk.again(member, &mut conn, (StatusCode::CONFLICT, Vec::new(), true)).await;
    }
    let faults = desk.faults(&member);
    if !desk.is_too_much() {
        desk.save(&member, &mut tx).await?;
    }
    tx.commit().await?;
    if !faults.is_empty() {
        let mut conn = member.app().store.read().await?;
        return desk.again(member, &mut conn, (StatusCode::UNPROCESSABLE_ENTITY, faults, false)).await;
    }
    if member.wants_json() {
        return Ok(Json(desk.saved(&member, false, faults)).into_response());
    }
    Ok(member.see_other_saying(&format!("/homework/{id}#hand-in"), "notice-draft-saved"))
}

/// `POST /homework/{id}/hand-in`: kept for good, once for its key.
pub(crate) async fn hand_in(mut member: Member, Id(id): Id<HomeworkId>, form: FilesForm) -> Answer {
    let (mut desk, mut tx) = Desk::take(&mut member, id, form).await?;
    let key: String = desk.fields.line("key").chars().take(KEY_CHARS_MAX).collect();
    if let Some(known) = hand_ins::by_key(&mut tx, desk.mine.id, &key).await? {
        return Ok(acknowledge(&member, &known));
    }
    let mut faults = desk.faults(&member);
    let late = match desk.mine.terms(desk.at.work.terms()).may_hand_in(member.now()) {
        Ok(late) => late,
        Err(why) => {
            faults.push(member.t(not_taken(why)));
            false
        }
    };
    if key.is_empty() {
        return Err(PageError::Malformed("key"));
    }
    if hand_ins::count(&mut tx, desk.mine.id).await? >= HAND_INS_MAX {
        faults.push(member.t1("work-too-often", "most", HAND_INS_MAX));
    }
    if desk.sent.body.trim().is_empty() && desk.sent.files.is_empty() {
        faults.push(member.t("work-nothing-to-hand-in"));
    }
    let behind = desk.is_behind();
    if behind || !faults.is_empty() {
        // What was sent is kept as the draft, unless another tab has kept something else.
        if !behind && !desk.is_too_much() {
            desk.save(&member, &mut tx).await?;
        }
        tx.commit().await?;
        let status = if behind { StatusCode::CONFLICT } else { StatusCode::UNPROCESSABLE_ENTITY };
        let mut conn = member.app().store.read().await?;
        return desk.again(member, &mut conn, (status, faults, behind)).await;
    }
    let receipt = keep(&member, &mut tx, &desk, &key, late).await?;
    tx.commit().await?;
    Ok(acknowledge(&member, &receipt))
}

/// The receipt and its mail, in the transaction of the hand-in.
async fn keep(member: &Member, conn: &mut Conn, desk: &Desk, key: &str, late: bool) -> Result<Receipt, PageError> {
    let ids = desk.ids();
    let sha256 = digest(desk, member.id().to_string().as_str(), member.now().as_millis());
    let new = NewReceipt {
        id: ReceiptId::new(member.now(), &mut SystemRng),
        hand_in: desk.mine.id,
        key,
        body: &desk.sent.body,
        late,
        sha256: sha256.bytes(),
        files: &ids,
    };
    let receipt = hand_ins::hand_in(conn, &new, member.now()).await?;
    let Some(address) = &member.person.email else { return Ok(receipt) };
    let work = &desk.at.work;
    let body = [
        member.t2("receipt-mail", ("title", &work.title), ("when", member.moment(member.now()))),
        member.t1("receipt-files", "count", ids.len()),
        format!("SHA-256: {sha256}"),
        format!("{}/receipts/{}", member.origin(), receipt.id),
    ];
    let mail = NewMail {
        id: MailId::new(member.now(), &mut SystemRng),
        once: &format!("receipt {}", receipt.id),
        person: Some(member.id()),
        kind: "receipt",
        address,
        subject: &member.t1("receipt-subject", "title", &work.title),
        body: &body.join("\n\n"),
        not_before: member.now(),
    };
    outbox::post(conn, &mail, member.now()).await?;
    Ok(receipt)
}

/// What a receipt's hash is made of; docs/protocol/uploads.md has the lines.
fn digest(desk: &Desk, person: &str, at_ms: i64) -> Digest {
    let mut text = format!(
        "preau-hand-in 1\nhomework {}\nperson {person}\nat {at_ms}\ntext {}\n",
        desk.at.work.id,
        Digest::of(desk.sent.body.as_bytes())
    );
    for file in &desk.sent.files {
        let sum: String = file.sha256.iter().map(|byte| format!("{byte:02x}")).collect();
        text.push_str(&format!("file {sum} {} {}\n", file.bytes, file.name));
    }
    Digest::of(text.as_bytes())
}

fn acknowledge(member: &Member, receipt: &Receipt) -> Response {
    let path = format!("/receipts/{}", receipt.id);
    if !member.wants_json() {
        return member.see_other(&path);
    }
    let sha256 = receipt.sha256.iter().map(|byte| format!("{byte:02x}")).collect();
    Json(Acknowledged { receipt: receipt.id, at: receipt.handed_at, late: receipt.late, sha256, path }).into_response()
}

pub(super) const fn not_taken(why: NotTaken) -> &'static str {
    match why {
        NotTaken::NotOnline => "work-not-online",
        NotTaken::Returned => "work-is-returned",
        NotTaken::Late => "work-is-closed",
    }
}

/// `POST /homework/{id}/done`: ticked by the pupil, or not any more.
pub(crate) async fn done(mut member: Member, Id(id): Id<HomeworkId>, sent: Fields) -> Answer {
    let mut tx = member.app().store.write().await?;
    let at = at(&mut member, &mut tx, id).await?;
    member.may(Act::Work(WorkAct::HandIn(&at.facts)))?;
    let new = HandInId::new(member.now(), &mut SystemRng);
    let mine = hand_ins::ensure(&mut tx, new, id, member.id(), member.now()).await?;
    let done = (sent.raw("do") != "undo").then(|| member.now());
    hand_ins::set_done(&mut tx, mine.id, done).await?;
    tx.commit().await?;
    if member.wants_json() {
        return Ok(Json(serde_json::json!({ "done": done.is_some() })).into_response());
    }
    Ok(member.see_other(crate::routes::local_path(sent.raw("next"))))
}

use super::kept;
use crate::ids::Id;
use crate::routes::local_path;
use crate::screens::place;
use crate::{Answer, Fields, Member, PageError};
use preau_base::{AbsenceId, NoticeId, SystemRng};
use preau_school::attendance::ExcuseState;
use preau_store::absences;
use preau_store::notices::{self, NewNotice};

/// `POST /absences/{id}/decide`: accepts or refuses what a family has said, and tells whoever said it.
pub(crate) async fn submit(mut member: Member, Id(id): Id<AbsenceId>, sent: Fields) -> Answer {
    let mut tx = member.app().store.write().await?;
    let absence = absences::by_id(&mut tx, id).await?.ok_or(PageError::NotFound)?;
    kept(&mut member, &mut tx, absence.school_id).await?;
    let state = match sent.raw("do") {
        "accept" => ExcuseState::Accepted,
        "refuse" => ExcuseState::Refused,
        _ => return Err(PageError::Malformed("do")),
    };
    if absences::decide(&mut tx, id, state, member.id(), member.now()).await? {
        let (action, target) = ("absence.decide", id.to_string());
        place::log(&member, &mut tx, Some(absence.school_id), (action, &target, state.as_str())).await?;
        let day = absence.first_half.day.to_string();
        let kind = if state == ExcuseState::Accepted { "absence-accepted" } else { "absence-refused" };
        let once = format!("absence/{id}/{}", state.as_str());
        let notice = NewNotice {
            id: NoticeId::new(member.now(), &mut SystemRng),
            person: absence.declared_by_id,
            kind,
            arguments: &[("pupil", absence.pupil.reveal()), ("on_day", &day)],
            link: &format!("/people/{}/attendance", absence.pupil_id),
            once: &once,
        };
        if absence.declared_by_id != member.id() {
            notices::tell(&mut tx, &notice, member.now()).await?;
        }
        tx.commit().await?;
    }
    let back = match local_path(sent.raw("back")) {
        "/" => format!("/schools/{}/attendance", absence.school_id),
        path => path.to_owned(),
    };
    Ok(member.see_other_saying(&back, "notice-absence-decided"))
}

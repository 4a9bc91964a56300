//! How long a school keeps the chat of its lessons.

use crate::forms::{Choice, Faults, FormPage, Kind, is_overtaken, marked};
use crate::ids::Id;
use crate::screens::place;
use crate::{Answer, Fields, Member, Page, PageError};
use preau_base::SchoolId;
use preau_school::{Act, SafetyAct};
use preau_store::keeping;

/// What a school may choose, in days; besides them the end of the school year.
const DAYS: [i64; 6] = [1, 7, 30, 90, 180, 365];
/// The word of the form for the end of the school year.
const YEAR: &str = "year";

/// `GET /schools/{id}/keeping`.
pub(crate) async fn show(mut member: Member, Id(id): Id<SchoolId>) -> Answer {
    let mut conn = member.app().store.read().await?;
    place::school(&mut member, &mut conn, id, Act::Safety(SafetyAct::SetKeeping(id))).await?;
    let days = keeping::chat_days(&mut conn, id).await?;
    form(&member.page, id, &marked(&fields(days))).answer(Faults::default())
}

/// What the form holds.
fn fields(days: Option<i64>) -> Fields {
    Fields::of([("days", days.map_or_else(|| YEAR.to_owned(), |days| days.to_string()))])
}

/// `POST /schools/{id}/keeping`.
pub(crate) async fn submit(mut member: Member, Id(id): Id<SchoolId>, sent: Fields) -> Answer {
    let mut tx = member.app().store.write().await?;
    place::school(&mut member, &mut tx, id, Act::Safety(SafetyAct::SetKeeping(id))).await?;
    let days = match sent.raw("days") {
        YEAR => None,
        text => Some(text.parse::<i64>().ok().filter(|days| DAYS.contains(days)).ok_or(PageError::Malformed("days"))?),
    };
    let stored = keeping::chat_days(&mut tx, id).await?;
    if is_overtaken(&sent, &fields(stored), &fields(days))
        || !keeping::change_chat_days(&mut tx, id, (stored, days), member.id(), member.now()).await?
    {
        let stored = keeping::chat_days(&mut tx, id).await?;
        return form(&member.page, id, &sent).overtaken(&fields(stored));
    }
    place::log(&member, &mut tx, Some(id), ("keeping.chat", &id.to_string(), sent.raw("days"))).await?;
    tx.commit().await?;
    Ok(member.see_other_saying(&format!("/schools/{id}"), "notice-saved"))
}

fn form<'a>(page: &'a Page, id: SchoolId, sent: &Fields) -> FormPage<'a> {
    let action = format!("/schools/{id}/keeping");
    let mut form = FormPage::new(page, page.t("keeping-title"), action, format!("/schools/{id}"));
    form.intro = Some(page.t("keeping-intro"));
    let mut choices = vec![Choice { value: YEAR.to_owned(), label: page.t("keeping-year") }];
    choices.extend(
        DAYS.iter().map(|days| Choice { value: days.to_string(), label: page.t1("keeping-days", "days", *days) }),
    );
    form.field(sent, "days", "keeping-chat", Kind::Select(choices)).help = Some(page.t("keeping-chat-help"));
    form.carry_mark(sent);
    form
}

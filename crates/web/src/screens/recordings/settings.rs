//! Whether lessons of a school may be recorded, for how long recordings are kept, and whether a speech engine may hear them.

use crate::forms::{Check, Faults, FormPage, Kind, is_overtaken, marked};
use crate::ids::Id;
use crate::screens::place;
use crate::{Answer, Fields, Member, Page};
use preau_base::SchoolId;
use preau_school::{Act, RecordingAct};
use preau_store::recordings::{self, Settings};

/// A school year, and the one after.
const DAYS_MAX: i64 = 730;

/// `GET /schools/{id}/recordings`.
pub(crate) async fn show(mut member: Member, Id(id): Id<SchoolId>) -> Answer {
    let mut conn = member.app().store.read().await?;
    place::school(&mut member, &mut conn, id, Act::Recording(RecordingAct::Set(id))).await?;
    let settings = recordings::settings(&mut conn, id).await?;
    form(&member.page, id, &marked(&fields(&member, &settings))).answer(Faults::default())
}

/// What the form holds.
fn fields(page: &Page, settings: &Settings) -> Fields {
    let mut pairs = vec![("days".to_owned(), settings.days.to_string())];
    let engine = page.app().classes.captions_by();
    let captions = engine.is_some() && settings.captions_host == engine;
    for (name, on) in [("allowed", settings.allowed), ("downloads", settings.downloads), ("captions", captions)] {
        pairs.extend(on.then(|| (name.to_owned(), "yes".to_owned())));
    }
    pairs.into_iter().collect()
}

/// `POST /schools/{id}/recordings`.
pub(crate) async fn submit(mut member: Member, Id(id): Id<SchoolId>, sent: Fields) -> Answer {
    let mut tx = member.app().store.write().await?;
    place::school(&mut member, &mut tx, id, Act::Recording(RecordingAct::Set(id))).await?;
    let mut check = Check::new(&member.page, &sent);
    let days = sent.line("days").parse::<i64>().ok().filter(|days| (1..=DAYS_MAX).contains(days));
    let Some(days) = days else {
        check.fault("days", "fault-number");
        let faults = check.faults();
        return form(&member.page, id, &sent).answer(faults);
    };
    let stored = recordings::settings(&mut tx, id).await?;
    // Without an engine nobody was asked.
    let captions_host = match member.app().classes.captions_by() {
        Some(host) => sent.checked("captions").then_some(host),
        None => stored.captions_host.clone(),
    };
    let (allowed, downloads) = (sent.checked("allowed"), sent.checked("downloads"));
    let settings = Settings { allowed, days, downloads, captions_host };
    if is_overtaken(&sent, &fields(&member, &stored), &fields(&member, &settings))
        || !recordings::change_settings(&mut tx, id, (&stored, &settings), member.id(), member.now()).await?
    {
        let stored = recordings::settings(&mut tx, id).await?;
        return form(&member.page, id, &sent).overtaken(&fields(&member, &stored));
    }
    let detail = format!("{settings:?}");
    place::log(&member, &mut tx, Some(id), ("recording.settings", &id.to_string(), &detail)).await?;
    tx.commit().await?;
    member.app().classes.rules_changed();
    Ok(member.see_other_saying(&format!("/schools/{id}"), "notice-saved"))
}

fn form<'a>(page: &'a Page, id: SchoolId, sent: &Fields) -> FormPage<'a> {
    let action = format!("/schools/{id}/recordings");
    let mut form = FormPage::new(page, page.t("recordings-settings"), action, format!("/schools/{id}"));
    form.intro = Some(page.t("recordings-settings-intro"));
    form.field(sent, "allowed", "recordings-allowed", Kind::Check);
    let days = form.field(sent, "days", "recordings-days", Kind::Input("number"));
    days.required = true;
    days.help = Some(page.t("recordings-days-help"));
    form.field(sent, "downloads", "recordings-downloads", Kind::Check);
    if let Some(host) = page.app().classes.captions_by() {
        let captions = form.field(sent, "captions", "recordings-captions", Kind::Check);
        captions.help = Some(page.t1("recordings-captions-help", "host", host.as_str()));
    }
    form.carry_mark(sent);
    form
}

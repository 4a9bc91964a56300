use super::kept;
use crate::forms::{Check, Faults, FormPage, Kind, is_overtaken, marked};
use crate::ids::Id;
use crate::screens::place;
use crate::{Answer, Fields, Member, Page};
use preau_base::SchoolId;
use preau_store::attendance::{self, Settings};

/// A reminder comes at most this long after the start of a lesson, in minutes.
const REMINDER_MIN_MAX: i64 = 240;
const PLACES_MAX: i64 = 10_000;

/// `GET /schools/{id}/attendance/settings`.
pub(crate) async fn show(mut member: Member, Id(id): Id<SchoolId>) -> Answer {
    let mut conn = member.app().store.read().await?;
    kept(&mut member, &mut conn, id).await?;
    let settings = attendance::settings(&mut conn, id).await?;
    form(&member, id, &marked(&fields(&settings))).answer(Faults::default())
}

/// What the form holds.
fn fields(settings: &Settings) -> Fields {
    let noon = settings.afternoon_min;
    let mut pairs = vec![
        ("afternoon".to_owned(), format!("{:02}:{:02}", noon / 60, noon % 60)),
        ("reminder".to_owned(), settings.reminder_min.to_string()),
        ("places".to_owned(), settings.on_site_places.to_string()),
    ];
    pairs.extend(settings.mails_families.then(|| ("mails".to_owned(), "yes".to_owned())));
    pairs.into_iter().collect()
}

/// `POST /schools/{id}/attendance/settings`.
pub(crate) async fn submit(mut member: Member, Id(id): Id<SchoolId>, sent: Fields) -> Answer {
    let mut tx = member.app().store.write().await?;
    kept(&mut member, &mut tx, id).await?;
    let mut check = Check::new(&member.page, &sent);
    let afternoon = check.time("afternoon").map(|time| i64::from(time.hour()) * 60 + i64::from(time.minute()));
    let number =
        |name: &str, most: i64| sent.line(name).parse::<i64>().ok().filter(|number| (0..=most).contains(number));
    let (reminder, places) = (number("reminder", REMINDER_MIN_MAX), number("places", PLACES_MAX));
    if reminder.is_none() {
        check.fault("reminder", "fault-number");
    }
    if places.is_none() {
        check.fault("places", "fault-number");
    }
    let (Some(afternoon_min), Some(reminder_min), Some(on_site_places)) = (afternoon, reminder, places) else {
        let faults = check.faults();
        return form(&member, id, &sent).answer(faults);
    };
    let settings = Settings { afternoon_min, reminder_min, mails_families: sent.checked("mails"), on_site_places };
    let stored = attendance::settings(&mut tx, id).await?;
    if is_overtaken(&sent, &fields(&stored), &fields(&settings))
        || !attendance::change_settings(&mut tx, id, &stored, &settings).await?
    {
        let stored = attendance::settings(&mut tx, id).await?;
        return form(&member, id, &sent).overtaken(&fields(&stored));
    }
    let detail = format!("{settings:?}");
    place::log(&member, &mut tx, Some(id), ("attendance.settings", &id.to_string(), &detail)).await?;
    tx.commit().await?;
    Ok(member.see_other_saying(&format!("/schools/{id}/attendance"), "notice-saved"))
}

fn form<'a>(page: &'a Page, id: SchoolId, sent: &Fields) -> FormPage<'a> {
    let action = format!("/schools/{id}/attendance/settings");
    let mut form = FormPage::new(page, page.t("attendance-settings"), action, format!("/schools/{id}/attendance"));
    let afternoon = form.field(sent, "afternoon", "settings-afternoon", Kind::Input("time"));
    afternoon.required = true;
    afternoon.help = Some(page.t("settings-afternoon-help"));
    form.field(sent, "reminder", "settings-reminder", Kind::Input("number")).required = true;
    form.field(sent, "places", "settings-places", Kind::Input("number")).required = true;
    form.field(sent, "mails", "settings-mails", Kind::Check);
    form.carry_mark(sent);
    form
}

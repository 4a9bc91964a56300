//! One step of a progression.

use super::plan::own;
use crate::forms::{Check, Faults, FormPage, Kind};
use crate::ids::Id;
use crate::limits::{HOMEWORK_BODY_CHARS_MAX, HOMEWORK_TITLE_CHARS_MAX};
use crate::{Answer, Fields, Member, PageError, forms};
use http::StatusCode;
use preau_base::{ProgressionId, StepId, SystemRng};
use preau_school::log::{ENTRY_CHARS_MAX, STEPS_MAX, TITLE_CHARS_MAX, WORK_MINUTES_MAX};
use preau_store::progressions::{self, Step, StepSaved, StepText};

/// What the form of a step says when nothing is wrong with it.
struct Good {
    title: String,
    body: String,
    work_title: String,
    work_body: String,
    work_minutes: Option<i64>,
}

impl Good {
    /// It is what is stored.
    fn is(&self, step: &Step) -> bool {
        let stored = (&step.title, &step.body, &step.work_title, &step.work_body);
        (&self.title, &self.body, &self.work_title, &self.work_body) == stored && self.work_minutes == step.work_minutes
    }

    fn text(&self) -> StepText<'_> {
        StepText {
            title: &self.title,
            body: &self.body,
            work_title: &self.work_title,
            work_body: &self.work_body,
            work_minutes: self.work_minutes,
        }
    }
}

fn read(member: &Member, sent: &Fields) -> Result<Good, Faults> {
    let mut check = Check::new(&member.page, sent);
    let minutes = check.line("minutes", 6);
    let work_minutes = minutes.parse::<u32>().ok().filter(|minutes| (1..=WORK_MINUTES_MAX).contains(minutes));
    if !minutes.is_empty() && work_minutes.is_none() {
        check.fault("minutes", "plan-fault-minutes");
    }
    let good = Good {
        title: check.needed("title", TITLE_CHARS_MAX),
        body: check.lines("body", ENTRY_CHARS_MAX),
        work_title: check.line("work", HOMEWORK_TITLE_CHARS_MAX),
        work_body: check.lines("work_body", HOMEWORK_BODY_CHARS_MAX),
        work_minutes: work_minutes.map(i64::from),
    };
    if check.is_good() { Ok(good) } else { Err(check.faults()) }
}

fn form<'a>(member: &'a Member, sent: &Fields, (title, action, back): (String, String, String)) -> FormPage<'a> {
    let mut form = FormPage::new(&member.page, title, action, back);
    form.field(sent, "version", "plan-step", Kind::Hidden);
    form.field(sent, "key", "plan-step", Kind::Hidden);
    let title = form.field(sent, "title", "plan-step-title", Kind::Input("text"));
    (title.required, title.chars_max) = (true, TITLE_CHARS_MAX);
    form.field(sent, "body", "plan-body", Kind::Area).chars_max = ENTRY_CHARS_MAX;
    form.field(sent, "work", "plan-work", Kind::Input("text")).chars_max = HOMEWORK_TITLE_CHARS_MAX;
    form.field(sent, "work_body", "homework-body", Kind::Area).chars_max = HOMEWORK_BODY_CHARS_MAX;
    form.field(sent, "minutes", "log-minutes", Kind::Input("number")).chars_max = 4;
    form
}

fn fields(step: &Step) -> Fields {
    Fields::of([
        ("version", step.version.to_string()),
        ("title", step.title.clone()),
        ("body", step.body.clone()),
        ("work", step.work_title.clone()),
        ("work_body", step.work_body.clone()),
        ("minutes", step.work_minutes.map(|minutes| minutes.to_string()).unwrap_or_default()),
    ])
}

/// `POST /progressions/{id}/steps`: one more at the end.
pub(crate) async fn add(member: Member, Id(id): Id<ProgressionId>, sent: Fields) -> Answer {
    let mut tx = member.app().store.write().await?;
    own(&member, &mut tx, id).await?;
    let back = format!("/progressions/{id}");
    let good = match read(&member, &sent) {
        Ok(good) => good,
        Err(faults) => {
            let place = (member.t("plan-step-add"), format!("{back}/steps"), back);
            return form(&member, &sent, place).answer(faults);
        }
    };
    let key: StepId = forms::id(&sent, "key")?;
    if let Some(there) = progressions::step(&mut tx, key).await? {
        // A key of somebody else's step is no key of this form.
        if there.progression_id != id {
            return Err(PageError::Malformed("key"));
        }
        if !good.is(&there) {
            // Whoever went back and wrote something else is told; the page has another key.
            let sent = sent.with("key", StepId::new(member.now(), &mut SystemRng).to_string());
            let mut form = form(&member, &sent, (member.t("plan-step-add"), format!("{back}/steps"), back));
            form.intro = Some(member.t("form-sent-before"));
            return member.html_as(StatusCode::CONFLICT, &form);
        }
    }
    let added = progressions::add_step(&mut tx, key, id, &good.text(), STEPS_MAX).await?;
    tx.commit().await?;
    Ok(member.see_other_saying(&back, if added { "notice-plan-step" } else { "notice-plan-full" }))
}

/// `GET /progression-steps/{id}`.
pub(crate) async fn edit(member: Member, Id(id): Id<StepId>) -> Answer {
    let mut conn = member.app().store.read().await?;
    let step = progressions::step(&mut conn, id).await?.ok_or(PageError::NotFound)?;
    own(&member, &mut conn, step.progression_id).await?;
    let back = format!("/progressions/{}", step.progression_id);
    let place = (member.t("plan-step"), format!("/progression-steps/{id}"), back);
    form(&member, &fields(&step), place).answer(Faults::default())
}

/// `POST /progression-steps/{id}`: saves, moves or removes it.
pub(crate) async fn change(member: Member, Id(id): Id<StepId>, sent: Fields) -> Answer {
    let mut tx = member.app().store.write().await?;
    let step = progressions::step(&mut tx, id).await?.ok_or(PageError::NotFound)?;
    own(&member, &mut tx, step.progression_id).await?;
    let back = format!("/progressions/{}", step.progression_id);
    let notice = match sent.raw("do") {
        "remove" => {
            progressions::remove_step(&mut tx, &step).await?;
            "notice-plan-step-removed"
        }
        // To a position, so that the same form sent twice moves it once.
        _ if sent.checked("to") => {
            let to = sent.raw("to").parse().map_err(|_| PageError::Malformed("to"))?;
            progressions::move_step(&mut tx, &step, to).await?;
            "notice-saved"
        }
        _ => {
            let place = (member.t("plan-step"), format!("/progression-steps/{id}"), back.clone());
            let good = match read(&member, &sent) {
                Ok(good) => good,
                Err(faults) => return form(&member, &sent, place).answer(faults),
            };
            let base = sent.raw("version").parse().unwrap_or(0);
            match progressions::save_step(&mut tx, id, &good.text(), base).await? {
                StepSaved::Kept => "notice-saved",
                StepSaved::Gone => return Err(PageError::NotFound),
                StepSaved::Changed(theirs) => return changed(&member, &good, &theirs, place),
            }
        }
    };
    tx.commit().await?;
    Ok(member.see_other_saying(&back, notice))
}

/// Another tab was faster: its text above, one's own in the form, which now replaces it when it is sent again.
fn changed(member: &Member, good: &Good, theirs: &Step, place: (String, String, String)) -> Answer {
    let text = good.text();
    let own = Step {
        title: text.title.to_owned(),
        body: text.body.to_owned(),
        work_title: text.work_title.to_owned(),
        work_body: text.work_body.to_owned(),
        work_minutes: text.work_minutes,
        ..theirs.clone()
    };
    let mut form = form(member, &fields(&own), place);
    let other = format!("{}\n{}\n{}\n{}", theirs.title, theirs.body, theirs.work_title, theirs.work_body);
    form.intro = Some(member.t1("plan-changed", "text", other.trim()));
    member.html_as(StatusCode::CONFLICT, &form)
}

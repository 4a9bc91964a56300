//! The mails that wait, were sent or given up. In a demonstration, where nothing leaves the machine, with what they say.

use crate::{Answer, Member, Page};
use askama::Template;
use preau_school::Act;
use preau_store::jobs::{self, Run};
use preau_store::outbox::{self, Listed, State};

#[derive(Template)]
#[template(path = "attendance/mails.html")]
struct MailsPage<'a> {
    page: &'a Page,
    waiting: i64,
    mails: Vec<Shown>,
    runs: Vec<(String, String, i64, String)>,
}

struct Shown {
    when: String,
    kind: String,
    state: String,
    tone: &'static str,
    tries: i64,
    failure: String,
    /// Address, subject and lines; for a demonstration only.
    letter: Option<(String, String, Vec<String>)>,
}

/// `GET /admin/mails`.
pub(crate) async fn show(member: Member) -> Answer {
    member.may(Act::ManagePlatform)?;
    let mut conn = member.app().store.read().await?;
    let mails = outbox::list(&mut conn).await?;
    let waiting = outbox::waiting(&mut conn).await?;
    let runs = jobs::runs(&mut conn).await?;
    let page = &member.page;
    let run = |run: Run| (page.moment(run.started_at), run.name, run.done, run.failure);
    member.html(&MailsPage {
        page,
        waiting,
        mails: mails.into_iter().map(|mail| shown(page, mail)).collect(),
        runs: runs.into_iter().map(run).collect(),
    })
}

fn shown(page: &Page, mail: Listed) -> Shown {
    let (state, tone) = match mail.state() {
        State::Waiting => (page.t("mail-waiting"), "now"),
        State::Sent if page.is_demo() => (page.t("mail-would-be-sent"), "good"),
        State::Sent => (page.t("mail-sent"), "good"),
        State::GivenUp => (page.t("mail-given-up"), "bad"),
    };
    let key = format!("mail-kind-{}", mail.kind);
    let kind = if crate::texts::has(page.lang(), &key) { page.t(&key) } else { mail.kind };
    let letter = page.is_demo().then(|| {
        let lines = mail.body.reveal().lines().map(str::to_owned).collect();
        (mail.address.into_inner(), mail.subject.into_inner(), lines)
    });
    Shown { when: page.moment(mail.created_at), kind, state, tone, tries: mail.tries, failure: mail.failure, letter }
}

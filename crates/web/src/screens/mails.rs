//! The mails that wait, were sent or given up, and those that failed, to be tried again. In a demonstration, where nothing
//! leaves the machine, with what they say.

use crate::screens::place;
use crate::{Answer, Fields, Member, Page, forms};
use askama::Template;
use preau_base::{MailId, PersonId};
use preau_school::Act;
use preau_store::jobs::{self, Run};
use preau_store::limits::MAIL_WAITS;
use preau_store::outbox::{self, Failure, Listed, State};

#[derive(Template)]
#[template(path = "attendance/mails.html")]
struct MailsPage<'a> {
    page: &'a Page,
    waiting: i64,
    failures: Vec<Failed>,
    /// Some of them were given up.
    may_retry: bool,
    /// How often a mail is tried before it is given up.
    tries_max: usize,
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

/// A mail that did not go.
struct Failed {
    id: MailId,
    kind: String,
    person: Option<(PersonId, String)>,
    text: String,
    given_up: bool,
}

/// `GET /admin/mails`.
pub(crate) async fn show(member: Member) -> Answer {
    member.may(Act::ManagePlatform)?;
    let mut conn = member.app().store.read().await?;
    let mails = outbox::list(&mut conn).await?;
    let waiting = outbox::waiting(&mut conn).await?;
    let runs = jobs::runs(&mut conn).await?;
    let page = &member.page;
    let failures: Vec<Failed> = outbox::failures(&mut conn).await?.into_iter().map(|mail| failed(page, mail)).collect();
    let run = |run: Run| (page.moment(run.started_at), run.name, run.done, run.failure);
    member.html(&MailsPage {
        page,
        waiting,
        may_retry: failures.iter().any(|mail| mail.given_up),
        failures,
        tries_max: MAIL_WAITS.len() + 1,
        mails: mails.into_iter().map(|mail| shown(page, mail)).collect(),
        runs: runs.into_iter().map(run).collect(),
    })
}

/// `POST /admin/mails`: a mail that was given up is tried again, or all of them.
pub(crate) async fn retry(member: Member, sent: Fields) -> Answer {
    member.may(Act::ManagePlatform)?;
    let mut tx = member.app().store.write().await?;
    let (target, count) = if sent.raw("mail").is_empty() {
        ("all".to_owned(), outbox::try_all_again(&mut tx, member.now()).await?)
    } else {
        let id: MailId = forms::id(&sent, "mail")?;
        (id.to_string(), u64::from(outbox::try_again(&mut tx, id, member.now()).await?))
    };
    if count > 0 {
        place::log(&member, &mut tx, None, ("mail.retry", &target, &count.to_string())).await?;
        tx.commit().await?;
    }
    Ok(member.see_other_saying("/admin/mails", "notice-mails-again"))
}

fn kind_text(page: &Page, kind: String) -> String {
    let key = format!("mail-kind-{kind}");
    if crate::texts::has(page.lang(), &key) { page.t(&key) } else { kind }
}

/// Why a mail did not go; a word that this version has no text for stands for itself.
fn failure_text(page: &Page, word: &str) -> String {
    let key = format!("mail-failure-{word}");
    if crate::texts::has(page.lang(), &key) { page.t(&key) } else { word.to_owned() }
}

fn failed(page: &Page, mail: Failure) -> Failed {
    let tries = (mail.tries > 1).then(|| page.t1("mail-tries", "count", mail.tries));
    let next = mail.given_up_at.is_none().then(|| page.t1("mail-again-at", "when", page.moment(mail.not_before)));
    let parts = [Some(page.moment(mail.created_at)), Some(failure_text(page, &mail.failure)), tries, next];
    Failed {
        id: mail.id,
        person: mail.person().map(|person| (person, mail.name)),
        kind: kind_text(page, mail.kind),
        text: parts.into_iter().flatten().collect::<Vec<_>>().join(" · "),
        given_up: mail.given_up_at.is_some(),
    }
}

fn shown(page: &Page, mail: Listed) -> Shown {
    let (state, tone) = match mail.state() {
        State::Waiting => (page.t("mail-waiting"), "now"),
        State::Sent if page.is_demo() => (page.t("mail-would-be-sent"), "good"),
        State::Sent => (page.t("mail-sent"), "good"),
        State::GivenUp => (page.t("mail-given-up"), "bad"),
    };
    let letter = page.is_demo().then(|| {
        let lines = mail.body.reveal().lines().map(str::to_owned).collect();
        (mail.address.into_inner(), mail.subject.into_inner(), lines)
    });
    let failure = if mail.failure.is_empty() { String::new() } else { failure_text(page, &mail.failure) };
    let when = page.moment(mail.created_at);
    Shown { when, kind: kind_text(page, mail.kind), state, tone, tries: mail.tries, failure, letter }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lang::Lang;

    #[test]
    fn every_reason_of_a_failure_has_its_text() {
        let words = preau_identity::Undelivered::WORDS.into_iter().chain([outbox::UNANSWERED, "no-server"]);
        let key = |word: &str| format!("mail-failure-{word}");
        let missing: Vec<_> =
            words.filter(|word| !Lang::ALL.into_iter().all(|lang| crate::texts::has(lang, &key(word)))).collect();
        assert!(missing.is_empty(), "{missing:?}");
    }
}

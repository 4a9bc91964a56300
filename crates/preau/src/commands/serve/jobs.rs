//! What is done in the background: of several machines over one database, one does each job, and each run that did something
//! or failed is recorded in the store.

use anyhow::Context;
use preau_base::{PersonId, Pii, SystemRng};
use preau_front::record::{FailedTry, OnFailedTry};
use preau_identity::{Mail, Mailer};
use preau_store::jobs::{self, Run};
use preau_store::limits::LEFT_KEPT;
use preau_store::{StoreError, audit, failed_tries, guests, notices, outbox, people};
use preau_web::App;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use uuid::Uuid;

/// How often it is looked whether a job is due.
const LOOK_EVERY: Duration = Duration::from_secs(5);
/// A machine that stops within a job keeps others from it for this long.
const LEASE: Duration = Duration::from_secs(5 * 60);
/// Mails of one run: six a second at most.
const MAILS_PER_RUN_MAX: i64 = 60;
const MAILS_AT_ONCE: usize = 4;
/// People forgotten in one transaction.
const FORGET_AT_ONCE: i64 = 50;
/// No new mail is begun after this, so that a run ends within its lease.
const MAIL_RUN_MAX: Duration = Duration::from_secs(2 * 60);
/// One try of a mail: begun at the last moment of a run, it still ends within the mail's lease.
const MAIL_TRY_MAX: Duration = Duration::from_secs(2 * 60);
/// Tries that wait to be written; more are lost, and the gate's own record still has them.
const TRIES_WAITING_MAX: usize = 10_000;

/// Every job, and how often it is done.
const JOBS: [(&str, Duration); 8] = [
    ("mails", Duration::from_secs(10)),
    ("roll-reminders", Duration::from_secs(60)),
    ("absence-news", Duration::from_secs(60)),
    ("calendars", Duration::from_secs(10)),
    ("sweep", Duration::from_secs(3_600)),
    ("class-keeping", Duration::from_secs(3_600)),
    ("recordings", Duration::from_secs(60)),
    ("forget-left", Duration::from_secs(24 * 3_600)),
];

/// Where the gate tells of known people who tried in vain, and where the writer takes it up.
pub fn tries() -> (OnFailedTry, mpsc::Receiver<FailedTry>) {
    let (sender, receiver) = mpsc::channel(TRIES_WAITING_MAX);
    let told = move |failed: FailedTry| {
        // On the way of a request: it never waits.
        if sender.try_send(failed).is_err() {
            metrics::counter!("preau_failed_tries_dropped_total").increment(1);
        }
    };
    (Arc::new(told), receiver)
}

/// Runs jobs until it is dropped.
pub async fn run(app: App) {
    let holder = holder();
    loop {
        for (name, every) in JOBS {
            if let Err(error) = once(&app, name, &holder, every).await {
                tracing::error!(job = name, error = format!("{error:#}"), "a job could not be begun or ended");
            }
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

/// This process, among those that share a database.
fn holder() -> String {
    use preau_base::Rng as _;
    format!("{:016x}", SystemRng.next_u64())
}

/// Does a job if it is due and nobody else does it.
async fn once(app: &App, name: &str, holder: &str, every: Duration) -> anyhow::Result<()> {
    let started_at = app.now();
    let mut tx = app.store.write().await?;
    let taken = jobs::take(&mut tx, name, holder, LEASE, started_at).await?;
    tx.commit().await?;
    if !taken {
        return Ok(());
    }
    let (done, failure) = match work(app, name).await {
        Ok(done) => (i64::try_from(done).unwrap_or(i64::MAX), String::new()),
        Err(error) => {
            tracing::error!(job = name, error = format!("{error:#}"), "a job failed; it is tried again");
            (0, format!("{error:#}"))
        }
    };
    let run =
        Run { name: name.to_owned(), holder: holder.to_owned(), started_at, finished_at: app.now(), done, failure };
    let mut tx = app.store.write().await?;
    jobs::finish(&mut tx, &run, started_at.plus(every)).await?;
    Ok(tx.commit().await?)
}

async fn work(app: &App, name: &str) -> anyhow::Result<u64> {
    Ok(match name {
        "mails" => send_mails(app).await?,
        "roll-reminders" => preau_web::jobs::remind_of_rolls(app).await?,
        "absence-news" => preau_web::jobs::tell_of_absences(app).await?,
        "calendars" => preau_web::jobs::follow_calendars(app).await?,
        "sweep" => sweep(app).await?,
        "class-keeping" => preau_web::jobs::keep_classes(app).await?,
        "recordings" => preau_web::jobs::end_recordings(app).await?,
        "forget-left" => forget_left(app).await?,
        other => anyhow::bail!("no such job: {other}"),
    })
}

async fn sweep(app: &App) -> Result<u64, StoreError> {
    let now = app.now();
    let mut tx = app.store.write().await?;
    let mut done = notices::sweep(&mut tx, now).await?;
    done += outbox::sweep(&mut tx, now).await?;
    done += failed_tries::sweep(&mut tx, now).await?;
    done += guests::sweep(&mut tx, now).await?;
    done += jobs::sweep_runs(&mut tx, now).await?;
    tx.commit().await?;
    Ok(done)
}

/// Takes away what is personal about people who left long enough ago, a few in each transaction.
async fn forget_left(app: &App) -> Result<u64, StoreError> {
    let now = app.now();
    let mut done = 0;
    loop {
        let mut tx = app.store.write().await?;
        let gone = people::forget_left(&mut tx, now.minus(LEFT_KEPT), FORGET_AT_ONCE, now).await?;
        for person in &gone {
            let target = person.to_string();
            let entry =
                audit::Entry { actor: None, action: "person.forget", target: &target, school: None, detail: "" };
            audit::append(&mut tx, &entry, now).await?;
        }
        tx.commit().await?;
        done += gone.len() as u64;
        if (gone.len() as i64) < FORGET_AT_ONCE {
            return Ok(done);
        }
    }
}

/// Sends what is due. A demonstration sends nothing: it shows what would have gone.
async fn send_mails(app: &App) -> anyhow::Result<u64> {
    let begun = tokio::time::Instant::now();
    let now = app.now();
    let mut tx = app.store.write().await?;
    let due = outbox::claim(&mut tx, MAILS_PER_RUN_MAX, now).await?;
    tx.commit().await?;
    let mailer = if app.demo { Some(Mailer::sink().0) } else { app.mailer.clone() };
    let (mut sending, mut sent) = (JoinSet::new(), 0);
    for mail in due {
        if begun.elapsed() > MAIL_RUN_MAX {
            let mut tx = app.store.write().await?;
            outbox::release(&mut tx, &mail).await?;
            tx.commit().await?;
            continue;
        }
        if sending.len() >= MAILS_AT_ONCE {
            sent += note(app, sending.join_next().await).await?;
        }
        let mailer = mailer.clone();
        sending.spawn(async move {
            let outcome = tokio::time::timeout(MAIL_TRY_MAX, deliver(mailer, &mail)).await;
            let outcome = outcome.unwrap_or(Err(Failure { why: "timeout", for_good: false }));
            (mail, outcome)
        });
    }
    while let Some(outcome) = sending.join_next().await {
        sent += note(app, Some(outcome)).await?;
    }
    Ok(sent)
}

/// Why a mail did not go, and whether trying again is no use.
struct Failure {
    /// A word, for which pages have a text.
    why: &'static str,
    for_good: bool,
}

async fn deliver(mailer: Option<Mailer>, due: &outbox::Due) -> Result<(), Failure> {
    let Some(mailer) = mailer else {
        return Err(Failure { why: "no-server", for_good: true });
    };
    let text = |text: &Pii<String>| Pii::new(text.reveal().clone());
    let mail = Mail { to: text(&due.address), subject: text(&due.subject), text: text(&due.body) };
    // The same name and date at every try: whoever gets it twice can tell.
    let outcome = mailer.deliver(mail, due.id.uuid().as_u128(), due.created_at).await;
    outcome.map_err(|error| Failure { for_good: error.is_for_good(), why: error.word() })
}

type Outcome = Result<(outbox::Due, Result<(), Failure>), tokio::task::JoinError>;

/// Writes down what came of one mail. Gives 1 for one that went.
async fn note(app: &App, outcome: Option<Outcome>) -> anyhow::Result<u64> {
    let Some(outcome) = outcome else { return Ok(0) };
    let (mail, outcome) = outcome.context("a mail’s task")?;
    let now = app.now();
    let mut tx = app.store.write().await?;
    let sent = match outcome {
        Ok(()) => {
            outbox::mark_sent(&mut tx, mail.id, now).await?;
            1
        }
        Err(failure) => {
            let over = outbox::mark_failed(&mut tx, &mail, failure.why, failure.for_good, now).await?;
            tracing::warn!(mail = %mail.id, why = failure.why, given_up = over, "a mail was not taken");
            0
        }
    };
    tx.commit().await?;
    Ok(sent)
}

/// Writes the tries that the gate tells of, many in one transaction.
pub async fn write_tries(app: App, mut tries: mpsc::Receiver<FailedTry>) {
    let mut batch = Vec::new();
    while tries.recv_many(&mut batch, TRIES_WAITING_MAX).await > 0 {
        batch.sort_unstable_by_key(|failed| (failed.person, failed.at));
        batch.dedup_by_key(|failed| (failed.person, failed.at.as_secs() / 60));
        if let Err(error) = keep(&app, &batch).await {
            tracing::error!(%error, tries = batch.len(), "failed tries were not written for attendance");
        }
        batch.clear();
        // A storm of tries makes few transactions.
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

async fn keep(app: &App, batch: &[FailedTry]) -> Result<(), StoreError> {
    let mut tx = app.store.write().await?;
    for failed in batch {
        let person = PersonId::from_uuid(Uuid::from_u128(failed.person));
        failed_tries::note(&mut tx, person, failed.at, failed.why).await?;
    }
    tx.commit().await
}

#[cfg(test)]
mod tests {
    use super::*;
    use preau_base::MailId;
    use preau_store::outbox::{NewMail, State};
    use preau_testkit::{Options, TestApp, Who};

    async fn post(app: &TestApp, once: &str, address: &str) {
        let now = app.app.now();
        let mut tx = app.store.write().await.expect("a transaction");
        let mail = NewMail {
            id: MailId::new(now, &mut SystemRng),
            once,
            person: None,
            kind: "absence",
            address,
            subject: "Absence",
            body: "Bonjour",
            not_before: now,
        };
        outbox::post(&mut tx, &mail, now).await.expect("posted");
        tx.commit().await.expect("kept");
    }

    async fn states(app: &TestApp) -> Vec<State> {
        let mut conn = app.store.read().await.expect("a connection");
        outbox::list(&mut conn).await.expect("read").iter().map(outbox::Listed::state).collect()
    }

    #[tokio::test]
    async fn mails_go_out_once_and_the_run_is_recorded() {
        let app = TestApp::with(Options { mail: true, ..Options::default() }).await;
        post(&app, "1", "anne@exemple.fr").await;
        post(&app, "2", "no address").await;
        let every = Duration::from_secs(10);
        once(&app.app, "mails", "one", every).await.expect("done");
        let sink = app.mails.as_ref().expect("a sink");
        assert_eq!(sink.take().expect("a mail").to.reveal(), "anne@exemple.fr");
        assert!(sink.take().is_none());
        let mut found = states(&app).await;
        found.sort_by_key(|state| *state == State::GivenUp);
        assert_eq!(found, [State::Sent, State::GivenUp], "what is no address is not tried again");
        post(&app, "3", "anne@exemple.fr").await;
        once(&app.app, "mails", "two", every).await.expect("not yet");
        assert!(sink.take().is_none(), "another machine has just done it");
        app.clock.advance(every);
        once(&app.app, "mails", "two", every).await.expect("done");
        assert!(sink.take().is_some());
        let mut conn = app.store.read().await.expect("a connection");
        let runs = jobs::runs(&mut conn).await.expect("read");
        assert_eq!(
            runs.iter().map(|run| (run.holder.as_str(), run.done)).collect::<Vec<_>>(),
            [("two", 1), ("one", 1)]
        );
    }

    #[tokio::test]
    async fn a_job_that_fails_says_why_and_is_let_go() {
        let app = TestApp::start().await;
        let every = Duration::from_secs(10);
        once(&app.app, "no-such", "one", every).await.expect("recorded");
        app.clock.advance(every);
        for (name, _) in JOBS {
            once(&app.app, name, "one", every).await.expect("done");
        }
        let mut conn = app.store.read().await.expect("a connection");
        let runs = jobs::runs(&mut conn).await.expect("read");
        let failed: Vec<_> = runs.iter().filter(|run| !run.failure.is_empty()).collect();
        assert!(matches!(&failed[..], [one] if one.failure.contains("no such job")), "{runs:?}");
    }

    #[tokio::test]
    async fn a_demonstration_sends_nothing() {
        let app = TestApp::with(Options { demo: true, mail: true, ..Options::default() }).await;
        post(&app, "1", "anne@exemple.fr").await;
        once(&app.app, "mails", "one", Duration::from_secs(10)).await.expect("done");
        assert_eq!(states(&app).await, [State::Sent]);
        assert!(app.mails.as_ref().expect("a sink").take().is_none());
    }

    #[tokio::test]
    async fn tries_that_the_gate_tells_of_are_written() {
        let app = TestApp::start().await;
        let (told, tries) = tries();
        let pupil = app.seed.person(Who::Pupil);
        for _ in 0..100 {
            told(FailedTry { person: pupil.uuid().as_u128(), at: app.app.now(), why: "room" });
        }
        drop(told);
        write_tries(app.app.clone(), tries).await;
        let mut conn = app.store.read().await.expect("a connection");
        let minute = Duration::from_secs(60);
        let (from, to) = (app.app.now().minus(minute), app.app.now().plus(minute));
        let tried = failed_tries::of_lesson(&mut conn, app.seed.lesson_now(), from, to).await.expect("read");
        assert_eq!(tried, [pupil]);
    }
}

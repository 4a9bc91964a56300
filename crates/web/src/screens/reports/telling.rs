//! School life learns that there is a report: in the list of each, and by mail. Neither says who, about whom, or what.

use crate::lang::Lang;
use crate::texts::{self, Voice};
use crate::{Page, PageError};
use fluent_bundle::FluentArgs;
use preau_base::{MailId, NoticeId, SystemRng};
use preau_store::Conn;
use preau_store::notices::{self, NewNotice};
use preau_store::outbox::{self, NewMail};
use preau_store::reports::{self, Judge, NewReport};

/// Tells everybody who judges, but for whoever reports and whoever is reported.
pub(super) async fn tell(page: &Page, conn: &mut Conn, report: &NewReport<'_>, subject: &str) -> Result<(), PageError> {
    let once = format!("report/{}", report.id);
    let link = format!("/reports/{}", report.id);
    let mut judges = reports::judges(conn, report.school).await?;
    judges.retain(|judge| judge.id != report.reporter && judge.id != report.reported);
    for judge in &judges {
        let notice = NewNotice {
            id: NoticeId::new(page.now(), &mut SystemRng),
            person: judge.id,
            kind: "report",
            arguments: &[("subject", subject)],
            link: &link,
            once: &once,
        };
        notices::tell(conn, &notice, page.now()).await?;
        mail(page, conn, judge, (&once, &link)).await?;
    }
    Ok(())
}

async fn mail(page: &Page, conn: &mut Conn, to: &Judge, (once, link): (&str, &str)) -> Result<(), PageError> {
    let app = page.app();
    // Without a mail server nothing is queued, lest old news go out on the day when there is one.
    let sends = app.mailer.is_some() || app.demo;
    let Some(address) = to.email.as_deref().filter(|_| sends) else { return Ok(()) };
    let lang = to.locale.as_deref().and_then(Lang::from_tag).unwrap_or(Lang::Fr);
    let text = |key: &str| {
        let mut args = FluentArgs::new();
        args.set("link", format!("{}{link}", page.origin()));
        texts::text(lang, Voice::Vous, key, args)
    };
    let mail = NewMail {
        id: MailId::new(page.now(), &mut SystemRng),
        once: &format!("{once}-{}", to.id),
        person: Some(to.id),
        kind: "report",
        address,
        subject: &text("mail-report-subject"),
        body: &text("mail-report-text"),
        not_before: page.now(),
    };
    outbox::post(conn, &mail, page.now()).await?;
    Ok(())
}

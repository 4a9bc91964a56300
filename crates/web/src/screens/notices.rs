//! What a person is told: the list, what is marked as read, and which mails they want.

use crate::screens::home::capital;
use crate::{Answer, Fields, Member, Page, forms, texts};
use askama::Template;
use fluent_bundle::FluentArgs;
use jiff::civil::Date;
use preau_base::{Instant, NoticeId};
use preau_store::notices::{self, Notice};
use preau_store::{Conn, StoreError, outbox};

/// Notices on the home page.
const HOME_MAX: i64 = 4;
/// The kinds of mail that people may turn off.
pub(crate) const MAIL_KINDS: [&str; 4] = ["absence", "lesson", "work", "receipt"];

#[derive(Template)]
#[template(path = "attendance/notices.html")]
struct NoticesPage<'a> {
    page: &'a Page,
    notices: Vec<Told>,
    has_unread: bool,
    until: i64,
    mails: Vec<(&'static str, String, bool)>,
}

/// A notice as people read it.
pub(crate) struct Told {
    pub id: NoticeId,
    pub text: String,
    pub link: String,
    pub when: String,
    pub is_read: bool,
}

/// `GET /notices`.
pub(crate) async fn list(member: Member) -> Answer {
    let mut conn = member.app().store.read().await?;
    let all = notices::list(&mut conn, member.id()).await?;
    let until = all.first().map_or(0, |latest| latest.created_at.as_millis());
    let mut mails = Vec::new();
    for kind in MAIL_KINDS {
        let wanted = outbox::wants(&mut conn, member.id(), kind).await?;
        mails.push((kind, member.t(&format!("mail-kind-{kind}")), wanted));
    }
    let notices: Vec<_> = all.into_iter().map(|notice| told(&member, notice)).collect();
    let has_unread = notices.iter().any(|notice| !notice.is_read);
    member.html(&NoticesPage { page: &member.page, notices, has_unread, until, mails })
}

/// `POST /notices/read`: one, which leads to what it tells of; or all that were on the page.
pub(crate) async fn read(member: Member, sent: Fields) -> Answer {
    let mut tx = member.app().store.write().await?;
    let mut next = "/notices".to_owned();
    if sent.raw("notice").is_empty() {
        let until = sent.raw("until").parse::<i64>().unwrap_or(0);
        notices::mark_all_read(&mut tx, member.id(), Instant::from_millis(until), member.now()).await?;
    } else {
        let id: NoticeId = forms::id(&sent, "notice")?;
        if let Some(notice) = notices::by_id(&mut tx, id, member.id()).await? {
            notices::mark_read(&mut tx, id, member.id(), member.now()).await?;
            if !notice.link.is_empty() {
                next = crate::routes::local_path(&notice.link).to_owned();
            }
        }
    }
    tx.commit().await?;
    Ok(member.see_other(&next))
}

/// `POST /notices/mails`: which kinds of mail one gets.
pub(crate) async fn mails(member: Member, sent: Fields) -> Answer {
    let mut tx = member.app().store.write().await?;
    for kind in MAIL_KINDS {
        let wanted = sent.all("mail").any(|wanted| wanted == kind);
        outbox::set_wanted(&mut tx, member.id(), kind, wanted).await?;
    }
    tx.commit().await?;
    Ok(member.see_other_saying("/notices", "notice-saved"))
}

/// The latest that the person has not read, for the home page.
pub(crate) async fn for_home(member: &Member, conn: &mut Conn) -> Result<Vec<Told>, StoreError> {
    let unread = notices::unread(conn, member.id(), HOME_MAX).await?;
    Ok(unread.into_iter().map(|notice| told(member, notice)).collect())
}

fn told(page: &Page, notice: Notice) -> Told {
    Told {
        id: notice.id,
        text: sentence(page, &notice),
        link: notice.link,
        when: capital(&page.moment(notice.created_at)),
        is_read: notice.is_read,
    }
}

/// The text `told-{kind}`, days and instants written as the page does.
fn sentence(page: &Page, notice: &Notice) -> String {
    let key = format!("told-{}", notice.kind);
    if !texts::has(page.lang(), &key) {
        return page.t("told-something");
    }
    let mut args = FluentArgs::new();
    for (name, value) in &notice.arguments {
        let shown = if name.ends_with("_day") {
            value.parse::<Date>().map_or_else(|_| value.clone(), |day| page.day_near(day))
        } else if name.ends_with("_at") {
            value.parse::<i64>().map_or_else(|_| value.clone(), |at| page.moment(Instant::from_millis(at)))
        } else {
            value.clone()
        };
        args.set(name.clone(), shown);
    }
    texts::text(page.lang(), page.voice(), &key, args)
}

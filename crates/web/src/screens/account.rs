use crate::{Answer, Member, Page};
use askama::Template;

#[derive(Template)]
#[template(path = "account/account.html")]
struct Account<'a> {
    page: &'a Page,
    id: preau_base::PersonId,
    login: &'a str,
    email: Option<&'a str>,
}

pub(crate) async fn page(member: Member) -> Answer {
    let page = &member.page;
    page.html(&Account { page, id: member.id(), login: &member.person.login, email: member.person.email.as_deref() })
}

use super::new_password::{self, fault_text, from_pool, strength_of};
use super::session::set_pass;
use crate::errors::PageError;
use crate::{Answer, FieldErrors, Fields, Input, Member, Page};
use askama::Template;
use http::StatusCode;
use preau_base::Pii;
use preau_gate::{Attempt, LoginKey, Pass, Permission, Revocation, forgotten_after};
use preau_identity::{PasswordHash, Verdict, check_password};
use preau_store::{people, sessions};

#[derive(Template)]
#[template(path = "account/password.html")]
struct ChangePassword<'a> {
    page: &'a Page,
    login: &'a str,
    current: Input,
    password: Input,
}

fn form<'a>(member: &'a Member, errors: &FieldErrors) -> ChangePassword<'a> {
    let page = &member.page;
    ChangePassword {
        page,
        login: &member.person.login,
        current: Input::password("current", page.t("current-password-label"), "current-password").error(errors),
        password: Input::password("password", page.t("new-password-label"), "new-password")
            .help(new_password::help(page, strength_of(&member.actor)))
            .error(errors),
    }
}

pub(crate) async fn page(member: Member) -> Answer {
    member.html(&form(&member, &FieldErrors::default()))
}

/// Changes the password and ends every other session of the person.
pub(crate) async fn submit(member: Member, fields: Fields) -> Answer {
    let mut errors = FieldErrors::default();
    let password = fields.raw("password");
    if let Err(fault) = check_password(password, &member.person.login, strength_of(&member.actor)) {
        errors.add("password", fault_text(&member.page, fault));
    } else if !is_current(&member, fields.raw("current")).await? {
        errors.add("current", member.t("current-password-wrong"));
    }
    if !errors.is_empty() {
        return member.html_as(StatusCode::UNPROCESSABLE_ENTITY, &form(&member, &errors));
    }
    let hash = new_password::hash(&member.page, password).await?;
    let pass = store(&member, &hash).await?;
    let mut response = member.see_other_saying("/account", "notice-password-changed");
    set_pass(&member.page, &mut response, &pass);
    Ok(response)
}

/// Whoever has found an open browser must not try passwords for free: this is a try like one at the door.
async fn is_current(member: &Member, current: &str) -> Result<bool, PageError> {
    let (app, now) = (member.app(), member.now());
    let login = LoginKey::of(&member.person.login, &app.keys());
    let known = member.known_browser().and_then(|browser| browser.known_for(login));
    let attempt = Attempt { login, address: member.client().address, known };
    let decision = app.budgets().ask(&attempt, now);
    if let Permission::WaitUntil(at) = decision {
        return Err(PageError::TooMany { retry: at.since(now) });
    }
    let mut conn = app.store.read().await?;
    let stored = people::credentials_of(&mut conn, member.id()).await?.and_then(|found| found.password_hash);
    drop(conn);
    match app.passwords.verify(stored.map(PasswordHash::from_stored), Pii::new(current.to_owned())).await {
        Ok(Verdict::Right { .. }) => {
            app.budgets().succeeded(&attempt, now);
            Ok(true)
        }
        Ok(Verdict::Wrong) => {
            app.budgets().failed(&attempt, now);
            Ok(false)
        }
        Err(error) => {
            app.budgets().not_tried(&attempt, now);
            Err(from_pool(error))
        }
    }
}

/// Gives the pass of this session in the new epoch; all others have ended.
async fn store(member: &Member, hash: &PasswordHash) -> Result<Pass, PageError> {
    let (app, now, person) = (member.app(), member.now(), member.id());
    let mut tx = app.store.write().await?;
    let epoch = people::set_password(&mut tx, person, hash.as_str(), now).await?;
    for session in sessions::list(&mut tx, person, now).await? {
        if session.id != member.session() {
            sessions::revoke(&mut tx, session.id, person, now).await?;
        }
    }
    let epoch = u32::try_from(epoch).unwrap_or(u32::MAX);
    let pass = Pass { epoch, issued: now, ..member.pass };
    sessions::renew(&mut tx, pass.session, now, pass.expires()).await?;
    tx.commit().await?;
    app.revoke(Revocation::Person { person, epoch, until: forgotten_after(now, false) });
    Ok(pass)
}

//! Getting into an account by a secret: an activation code from a sheet, or the link of a mail. First the secret, then the
//! new password; the secret is used up with the password, in one transaction.

use super::new_password::{self, fault_text, strength_of};
use super::session::begin;
use crate::errors::PageError;
use crate::{Answer, FieldErrors, Fields, Input, Page};
use askama::Template;
use http::StatusCode;
use preau_base::PersonId;
use preau_gate::{Code, CodeRefusal, LinkToken, Permission, Revocation, SecretDigest, forgotten_after};
use preau_identity::{Strength, check_password};
use preau_store::audit::{self, Entry};
use preau_store::people::{self, Person};
use preau_store::{Conn, StoreError, codes, resets};

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Activation,
    Reset,
}

impl Kind {
    const fn path(self) -> &'static str {
        match self {
            Self::Activation => "/activation",
            Self::Reset => "/reset",
        }
    }

    const fn action(self) -> &'static str {
        match self {
            Self::Activation => "account.activate",
            Self::Reset => "password.reset-by-mail",
        }
    }

    fn title(self, page: &Page) -> String {
        match self {
            Self::Activation => page.t("activation-title"),
            Self::Reset => page.t("reset-title"),
        }
    }

    /// Reads the secret; a text for the person when it cannot be one.
    fn digest(self, page: &Page, typed: &str) -> Result<SecretDigest, String> {
        let keys = page.app().keys();
        match self {
            Self::Activation => match Code::parse(typed) {
                Ok(code) => Ok(code.digest(&keys)),
                Err(CodeRefusal::Length { .. }) => Err(page.t("activation-length")),
                Err(CodeRefusal::Character(letter)) => {
                    Err(page.t1("activation-character", "letter", letter.to_string()))
                }
                Err(CodeRefusal::Mistyped) => Err(page.t("activation-mistyped")),
            },
            Self::Reset => {
                let token = LinkToken::parse(typed).ok_or_else(|| page.t("reset-unknown"))?;
                Ok(token.digest(&keys))
            }
        }
    }

    async fn holder(self, page: &Page, conn: &mut Conn, digest: &SecretDigest) -> Result<Option<PersonId>, StoreError> {
        match self {
            Self::Activation => codes::holder(conn, digest.as_bytes(), page.now()).await,
            Self::Reset => resets::holder(conn, digest.as_bytes(), page.now()).await,
        }
    }

    /// Uses the secret up in the transaction that sets the password; a code is used up by the password itself.
    async fn spend(self, page: &Page, conn: &mut Conn, digest: &SecretDigest) -> Result<bool, StoreError> {
        match self {
            Self::Activation => Ok(codes::holder(conn, digest.as_bytes(), page.now()).await?.is_some()),
            Self::Reset => resets::spend(conn, digest.as_bytes(), page.now()).await,
        }
    }

    fn unknown(self, page: &Page) -> String {
        match self {
            Self::Activation => page.t("activation-unknown"),
            Self::Reset => page.t("reset-unknown"),
        }
    }
}

#[derive(Template)]
#[template(path = "account/secret.html")]
struct FirstStep<'a> {
    page: &'a Page,
    action: &'static str,
    title: String,
    what: String,
    secret: Input,
}

#[derive(Template)]
#[template(path = "account/choose_password.html")]
struct SecondStep<'a> {
    page: &'a Page,
    action: &'static str,
    title: String,
    secret: &'a str,
    name: String,
    login: &'a str,
    password: Input,
    shared: bool,
}

fn first_step<'a>(page: &'a Page, kind: Kind, typed: &str, error: String) -> FirstStep<'a> {
    let mut errors = FieldErrors::default();
    if !error.is_empty() {
        errors.add("secret", error);
    }
    let (label, help, what) = match kind {
        Kind::Activation => (page.t("activation-label"), page.t("activation-help"), page.t("activation-what")),
        Kind::Reset => (page.t("reset-label"), page.t("reset-help"), page.t("reset-what")),
    };
    let secret = Input::new("secret", label).help(help).code().from_fragment().value(typed).error(&errors);
    FirstStep { page, action: kind.path(), title: kind.title(page), what, secret }
}

pub(super) fn show(page: &Page, kind: Kind) -> Answer {
    page.html(&first_step(page, kind, "", String::new()))
}

pub(super) async fn submit(page: &Page, fields: &Fields, kind: Kind) -> Answer {
    let address = page.client().address;
    let decision = page.app().budgets().ask_address(address, 1, page.now());
    if let Permission::WaitUntil(at) = decision {
        return Err(PageError::TooMany { retry: at.since(page.now()) });
    }
    let typed = fields.line("secret");
    let again = |error| page.html_as(StatusCode::UNPROCESSABLE_ENTITY, &first_step(page, kind, &typed, error));
    let digest = match kind.digest(page, &typed) {
        Ok(digest) => digest,
        Err(error) => return again(error),
    };
    let mut conn = page.app().store.read().await?;
    let holder = kind.holder(page, &mut conn, &digest).await?;
    let account = match holder {
        Some(id) => people::actor(&mut conn, id).await?.zip(people::by_id(&mut conn, id).await?),
        None => None,
    };
    drop(conn);
    let Some((actor, person)) = account else {
        page.app().budgets().charge_address(address, 1, page.now());
        return again(kind.unknown(page));
    };
    let strength = strength_of(&actor);
    let password = fields.raw("password");
    let mut errors = FieldErrors::default();
    if !fields.checked("password") {
        return page.html(&second_step(page, kind, &typed, &person, strength, &errors, false));
    }
    if let Err(fault) = check_password(password, &person.login, strength) {
        errors.add("password", fault_text(page, fault));
        let form = second_step(page, kind, &typed, &person, strength, &errors, fields.checked("shared"));
        return page.html_as(StatusCode::UNPROCESSABLE_ENTITY, &form);
    }
    match set_password(page, kind, &digest, person.id, password, fields.checked("shared")).await? {
        Some(response) => Ok(response),
        None => again(kind.unknown(page)),
    }
}

fn second_step<'a>(
    page: &'a Page,
    kind: Kind,
    secret: &'a str,
    person: &'a Person,
    strength: Strength,
    errors: &FieldErrors,
    shared: bool,
) -> SecondStep<'a> {
    let password = Input::password("password", page.t("new-password-label"), "new-password")
        .help(new_password::help(page, strength))
        .error(errors);
    let title = kind.title(page);
    SecondStep {
        page,
        action: kind.path(),
        title,
        secret,
        name: person.full_name(),
        login: &person.login,
        password,
        shared,
    }
}

/// Sets the password and signs in. `None` when somebody else was faster with the same secret.
async fn set_password(
    page: &Page,
    kind: Kind,
    digest: &SecretDigest,
    person: PersonId,
    password: &str,
    shared: bool,
) -> Result<Option<axum::response::Response>, PageError> {
    let hash = new_password::hash(page, password).await?;
    let now = page.now();
    let mut tx = page.app().store.write().await?;
    if !kind.spend(page, &mut tx, digest).await? {
        return Ok(None);
    }
    let epoch = people::set_password(&mut tx, person, hash.as_str(), now).await?;
    let target = person.to_string();
    let entry = Entry { actor: Some(person), action: kind.action(), target: &target, school: None, detail: "" };
    audit::append(&mut tx, &entry, now).await?;
    let begun = begin(page, &mut tx, person, epoch, shared).await?;
    tx.commit().await?;
    let until = forgotten_after(now, false);
    page.app().revoke(Revocation::Person { person, epoch: u32::try_from(epoch).unwrap_or(u32::MAX), until });
    let mut response = page.see_other_saying("/", "notice-password-chosen");
    begun.hand_over(page, &mut response);
    Ok(Some(response))
}

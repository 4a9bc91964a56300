use crate::errors::PageError;
use crate::limits::RESET_LINK_LIFE;
use crate::texts::{self, Voice};
use crate::{Answer, App, FieldErrors, Fields, Input, Lang, Page};
use askama::Template;
use fluent_bundle::FluentArgs;
use http::StatusCode;
use preau_base::{Instant, Pii, SystemRng};
use preau_gate::{LinkToken, LoginKey, Permission};
use preau_identity::{Mail, Mailer};
use preau_school::Profile;
use preau_store::people::{self, Person};
use preau_store::{StoreError, resets};

#[derive(Template)]
#[template(path = "account/forgotten.html")]
struct Forgotten<'a> {
    page: &'a Page,
    /// None where no mail can be sent.
    who: Option<Input>,
    sent: bool,
}

/// How mails go out and where their links lead, when the operator has set both.
fn post_office(app: &App) -> Option<(Mailer, String)> {
    app.mailer.clone().zip(app.public_origin.clone())
}

fn form<'a>(page: &'a Page, errors: &FieldErrors) -> Forgotten<'a> {
    let who = post_office(page.app())
        .map(|_| Input::new("who", page.t("forgotten-label")).autocomplete("username").code().error(errors));
    Forgotten { page, who, sent: false }
}

pub(crate) async fn page(page: Page) -> Answer {
    page.html(&form(&page, &FieldErrors::default()))
}

/// The answer is the same, and comes as soon, whether or not there is such an account.
pub(crate) async fn submit(page: Page, fields: Fields) -> Answer {
    let (app, now) = (page.app().clone(), page.now());
    let address = page.client().address;
    let decision = app.budgets().ask_address(address, 1, now);
    if let Permission::WaitUntil(at) = decision {
        return Err(PageError::TooMany { retry: at.since(now) });
    }
    let Some((mailer, origin)) = post_office(&app) else {
        return page.html(&form(&page, &FieldErrors::default()));
    };
    let who = fields.line("who").to_lowercase();
    if who.is_empty() {
        let mut errors = FieldErrors::default();
        errors.add("who", page.t("field-missing"));
        return page.html_as(StatusCode::UNPROCESSABLE_ENTITY, &form(&page, &errors));
    }
    app.budgets().charge_address(address, 1, now);
    let lang = page.lang();
    let key = LoginKey::of(&who, &app.keys());
    let decision = app.reset_budgets().take(key, 1, now);
    if decision == Permission::Allow {
        tokio::spawn(async move {
            if let Err(error) = send_links(&app, &mailer, &origin, &who, lang, now).await {
                tracing::error!(%error, "links to choose a new password were not made");
            }
        });
    }
    page.html(&Forgotten { page: &page, who: None, sent: true })
}

/// One mail for each account with this login or this address.
async fn send_links(
    app: &App,
    mailer: &Mailer,
    origin: &str,
    who: &str,
    lang: Lang,
    now: Instant,
) -> Result<(), StoreError> {
    let mut conn = app.store.read().await?;
    let found = if who.contains('@') {
        people::by_email(&mut conn, who).await?
    } else {
        people::by_login(&mut conn, who).await?.into_iter().collect()
    };
    drop(conn);
    // Whoever has never had a password gets in by activation code alone.
    for person in found.iter().filter(|person| person.is_active() && !person.is_suspended()) {
        let Some(to) = person.email.clone() else { continue };
        let token = LinkToken::draw(&mut SystemRng);
        let digest = token.digest(&app.keys());
        let mut tx = app.store.write().await?;
        let actor = people::actor(&mut tx, person.id).await?;
        resets::create(&mut tx, digest.as_bytes(), person.id, now.plus(RESET_LINK_LIFE)).await?;
        tx.commit().await?;
        let voice = if actor.is_some_and(|actor| actor.is_somewhere(Profile::Pupil)) { Voice::Tu } else { Voice::Vous };
        let link = format!("{origin}/reset#{}", token.to_text().reveal());
        let mail = letter(person, to, &link, person.locale.as_deref().and_then(Lang::from_tag).unwrap_or(lang), voice);
        if let Err(refusal) = mailer.send(mail, now, &mut SystemRng) {
            tracing::warn!(%refusal, person = %person.id, "a link to choose a new password was not sent");
        }
    }
    Ok(())
}

fn letter(person: &Person, to: String, link: &str, lang: Lang, voice: Voice) -> Mail {
    let mut args = FluentArgs::new();
    args.set("name", person.full_name());
    args.set("login", person.login.clone());
    args.set("link", link.to_owned());
    args.set("minutes", RESET_LINK_LIFE.as_secs() / 60);
    Mail {
        to: Pii::new(to),
        subject: Pii::new(texts::text(lang, voice, "mail-reset-subject", FluentArgs::new())),
        text: Pii::new(texts::text(lang, voice, "mail-reset-text", args)),
    }
}

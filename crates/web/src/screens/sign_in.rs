use super::session::{Begun, begin};
use crate::at_gate::OnPurpose;
use crate::errors::PageError;
use crate::routes::local_path;
use crate::{Answer, FieldErrors, Fields, Input, Page};
use askama::Template;
use http::{HeaderValue, StatusCode, header};
use preau_base::{Pii, SystemRng};
use preau_gate::{Attempt, LoginKey, Permission};
use preau_identity::{HashError, PasswordHash, Verdict};
use preau_store::people::{self, Credentials};
use std::time::Duration;

#[derive(Template)]
#[template(path = "account/sign_in.html")]
struct SignIn<'a> {
    page: &'a Page,
    login: Input,
    password: Input,
    shared: bool,
    next: String,
    message: String,
}

pub(crate) async fn page(page: Page) -> Answer {
    let next = page.query("next").unwrap_or_default();
    if page.is_signed_in() {
        return Ok(page.see_other(local_path(&next)));
    }
    page.html(&form(&page, &Typed { next, ..Typed::default() }, &FieldErrors::default(), String::new()))
}

/// What was typed, but for the password: a form that is shown again has it.
#[derive(Default)]
struct Typed {
    login: String,
    shared: bool,
    next: String,
}

fn form<'a>(page: &'a Page, typed: &Typed, errors: &FieldErrors, message: String) -> SignIn<'a> {
    SignIn {
        page,
        login: Input::new("login", page.t("login-label"))
            .autocomplete("username")
            .code()
            .value(typed.login.as_str())
            .error(errors),
        password: Input::password("password", page.t("password-label"), "current-password").error(errors),
        shared: typed.shared,
        next: local_path(&typed.next).to_owned(),
        message,
    }
}

pub(crate) async fn submit(page: Page, fields: Fields) -> Answer {
    let typed =
        Typed { login: fields.line("login"), shared: fields.checked("shared"), next: fields.raw("next").to_owned() };
    let password = fields.raw("password");
    let mut errors = FieldErrors::default();
    if typed.login.is_empty() {
        errors.add("login", page.t("field-missing"));
    }
    if password.is_empty() {
        errors.add("password", page.t("field-missing"));
    }
    if !errors.is_empty() {
        return page.html_as(StatusCode::UNPROCESSABLE_ENTITY, &form(&page, &typed, &errors, String::new()));
    }
    let outcome = attempt(&page, &typed.login.to_lowercase(), password, typed.shared).await?;
    let say = |status, message| page.html_as(status, &form(&page, &typed, &FieldErrors::default(), message));
    match outcome {
        Outcome::In(begun) => {
            let mut response = page.see_other(local_path(&typed.next));
            begun.hand_over(&page, &mut response);
            Ok(response)
        }
        Outcome::Wrong => say(StatusCode::UNPROCESSABLE_ENTITY, page.t("sign-in-wrong")),
        Outcome::Suspended => say(StatusCode::FORBIDDEN, page.t("sign-in-suspended")),
        Outcome::Wait(retry) => {
            let text = page.t1("sign-in-too-many", "wait", page.wait(retry.as_secs()));
            say(StatusCode::TOO_MANY_REQUESTS, text).map(|response| with_retry(response, retry))
        }
        Outcome::Busy(retry) => {
            let text = page.t1("sign-in-busy", "wait", page.wait(retry.as_secs()));
            let mut response = say(StatusCode::SERVICE_UNAVAILABLE, text)?;
            response.extensions_mut().insert(OnPurpose);
            Ok(with_retry(response, retry))
        }
    }
}

fn with_retry(mut response: axum::response::Response, retry: Duration) -> axum::response::Response {
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(retry.as_secs()));
    response
}

enum Outcome {
    In(Begun),
    Wrong,
    Suspended,
    Wait(Duration),
    Busy(Duration),
}

/// Whether this login and password sign in here and now. Unknown logins take as long as known ones.
async fn attempt(page: &Page, login: &str, password: &str, shared: bool) -> Result<Outcome, PageError> {
    let (app, now) = (page.app(), page.now());
    let key = LoginKey::of(login, &app.keys());
    let known = page.known_browser().and_then(|browser| browser.known_for(key));
    let attempt = Attempt { login: key, address: page.client().address, known };
    let decision = app.budgets().ask(&attempt, now);
    if let Permission::WaitUntil(at) = decision {
        metrics::counter!("preau_sign_in_total", "outcome" => "wait").increment(1);
        return Ok(Outcome::Wait(at.since(now).max(Duration::from_secs(1))));
    }
    let mut conn = app.store.read().await?;
    let found = people::credentials(&mut conn, login).await?;
    // The connection must not wait for the hash.
    drop(conn);
    let stored = found.as_ref().and_then(|found| found.password_hash.clone()).map(PasswordHash::from_stored);
    let verdict = app.passwords.verify(stored, Pii::new(password.to_owned())).await;
    let (outcome, word) = match (verdict, found) {
        (Ok(Verdict::Right { rehash }), Some(found)) => {
            app.budgets().succeeded(&attempt, now);
            if found.suspended_at.is_some() {
                (Outcome::Suspended, "suspended")
            } else {
                (enter(page, &found, shared, rehash.then_some(password)).await?, "in")
            }
        }
        (Ok(_), _) => {
            app.budgets().failed(&attempt, now);
            (Outcome::Wrong, "wrong")
        }
        (Err(HashError::Busy { retry_after }), _) => {
            app.budgets().not_tried(&attempt, now);
            (Outcome::Busy(retry_after.max(Duration::from_secs(1))), "busy")
        }
        (Err(other), _) => {
            app.budgets().not_tried(&attempt, now);
            return Err(PageError::internal(other));
        }
    };
    metrics::counter!("preau_sign_in_total", "outcome" => word).increment(1);
    Ok(outcome)
}

async fn enter(page: &Page, found: &Credentials, shared: bool, rehash: Option<&str>) -> Result<Outcome, PageError> {
    let fresh = match rehash {
        // The old hash is good enough for another day when the pool is busy.
        Some(password) => page.app().passwords.hash(Pii::new(password.to_owned()), &mut SystemRng).await.ok(),
        None => None,
    };
    let mut tx = page.app().store.write().await?;
    if let Some(fresh) = fresh {
        people::rehash_password(&mut tx, found.id, fresh.as_str()).await?;
    }
    let begun = begin(page, &mut tx, found.id, found.epoch, shared).await?;
    tx.commit().await?;
    Ok(Outcome::In(begun))
}

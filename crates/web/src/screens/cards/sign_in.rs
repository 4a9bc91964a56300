//! Signing in with a card: the secret from its QR code or typed, then three pictures in order. Works without script: each tap
//! posts the form.

use super::Picture;
use crate::errors::PageError;
use crate::screens::session::begin;
use crate::{Answer, FieldErrors, Fields, Input, Page};
use askama::Template;
use http::{HeaderValue, StatusCode, header};
use preau_gate::{Attempt, CardCode, LoginKey, PICTURES, PICTURES_CHOSEN, Permission, Pictures};
use preau_school::has_card;
use preau_store::cards::{self, Card};
use preau_store::people;
use std::time::Duration;

#[derive(Template)]
#[template(path = "people/card_code.html")]
struct CodePage<'a> {
    page: &'a Page,
    secret: Input,
}

#[derive(Template)]
#[template(path = "people/card_pictures.html")]
struct PicturesPage<'a> {
    page: &'a Page,
    secret: &'a str,
    /// Numbers tapped so far, joined by commas.
    picked: String,
    tapped: Vec<Picture>,
    left: usize,
    pictures: Vec<Picture>,
    own: bool,
    message: String,
}

fn ask_code(page: &Page, typed: &str, error: String) -> Answer {
    let mut errors = FieldErrors::default();
    let status = if error.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    if !error.is_empty() {
        errors.add("secret", error);
    }
    let secret = Input::new("secret", page.t("card-sign-in-code"))
        .help(page.t("card-sign-in-help"))
        .code()
        .from_fragment()
        .value(typed)
        .error(&errors);
    page.html_as(status, &CodePage { page, secret })
}

/// `GET /card`.
pub(crate) async fn page(page: Page) -> Answer {
    if page.is_signed_in() {
        return Ok(page.see_other("/"));
    }
    ask_code(&page, "", String::new())
}

/// What was tapped so far.
fn picked(sent: &Fields) -> Vec<u8> {
    if sent.checked("again") {
        return Vec::new();
    }
    let before = sent.raw("picked").split(',').chain([sent.raw("picture")]);
    before.filter_map(|text| text.parse().ok()).filter(|number| *number < PICTURES).take(PICTURES_CHOSEN).collect()
}

fn ask_pictures(page: &Page, secret: &str, tapped: &[u8], own: bool, message: (StatusCode, String)) -> Answer {
    let picture = |number: &u8| Picture::of(page, *number);
    let all: Vec<u8> = (0..PICTURES).collect();
    let template = PicturesPage {
        page,
        secret,
        picked: tapped.iter().map(u8::to_string).collect::<Vec<_>>().join(","),
        tapped: tapped.iter().map(picture).collect(),
        left: PICTURES_CHOSEN.saturating_sub(tapped.len()),
        pictures: all.iter().map(picture).collect(),
        own,
        message: message.1,
    };
    page.html_as(message.0, &template)
}

/// `POST /card`.
pub(crate) async fn submit(page: Page, sent: Fields) -> Answer {
    let address = page.client().address;
    let decision = page.app().budgets().ask_address(address, 1, page.now());
    if let Permission::WaitUntil(at) = decision {
        return Err(PageError::TooMany { retry: at.since(page.now()) });
    }
    let typed = sent.line("secret");
    let Some(code) = CardCode::parse(&typed) else {
        return ask_code(&page, &typed, page.t("card-sign-in-mistyped"));
    };
    let digest = code.digest(&page.app().keys());
    let mut conn = page.app().store.read().await?;
    let card = cards::by_secret(&mut conn, digest.as_bytes()).await?;
    drop(conn);
    let Some(card) = card else {
        page.app().budgets().charge_address(address, 1, page.now());
        metrics::counter!("preau_card_total", "outcome" => "unknown").increment(1);
        return ask_code(&page, "", page.t("card-sign-in-unknown"));
    };
    let (tapped, own) = (picked(&sent), sent.checked("own"));
    let secret = code.grouped();
    let Ok(chosen) = <[u8; PICTURES_CHOSEN]>::try_from(tapped.as_slice()) else {
        return ask_pictures(&page, secret.reveal(), &tapped, own, (StatusCode::OK, String::new()));
    };
    match attempt(&page, &card, chosen, own).await? {
        Outcome::In(response) => Ok(response),
        Outcome::Wrong => {
            let says = (StatusCode::UNPROCESSABLE_ENTITY, page.t("card-sign-in-wrong"));
            ask_pictures(&page, secret.reveal(), &[], own, says)
        }
        Outcome::Dead => ask_code(&page, "", page.t("card-sign-in-dead")),
        Outcome::Wait(retry) => {
            let says = page.t1("card-sign-in-wait", "wait", page.wait(retry.as_secs()));
            let mut response = ask_pictures(&page, secret.reveal(), &[], own, (StatusCode::TOO_MANY_REQUESTS, says))?;
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(retry.as_secs()));
            Ok(response)
        }
    }
}

enum Outcome {
    In(axum::response::Response),
    Wrong,
    /// The card is no longer good: too many wrong tries, or its pupil is not one of those who have cards any more.
    Dead,
    Wait(Duration),
}

async fn attempt(page: &Page, card: &Card, chosen: [u8; PICTURES_CHOSEN], own: bool) -> Result<Outcome, PageError> {
    let (app, now) = (page.app(), page.now());
    let login = LoginKey::of(&format!("card:{}", card.id), &app.keys());
    let attempt = Attempt { login, address: page.client().address, known: None };
    let decision = app.budgets().ask(&attempt, now);
    if let Permission::WaitUntil(at) = decision {
        return Ok(Outcome::Wait(at.since(now).max(Duration::from_secs(1))));
    }
    let pictures = Pictures::of(chosen);
    let right = pictures.is_some_and(|pictures| pictures.digest(card.id, &app.keys()).is(&card.picture_hash));
    let mut tx = app.store.write().await?;
    if !right {
        app.budgets().failed(&attempt, now);
        let dead = cards::failed(&mut tx, card.id, now).await?;
        tx.commit().await?;
        metrics::counter!("preau_card_total", "outcome" => "wrong").increment(1);
        return Ok(if dead { Outcome::Dead } else { Outcome::Wrong });
    }
    app.budgets().succeeded(&attempt, now);
    let facts = people::facts(&mut tx, card.person_id).await?;
    let classes = cards::facts(&mut tx, card.person_id).await?;
    if !facts.is_some_and(|facts| has_card(&facts, &classes)) {
        return Ok(Outcome::Dead);
    }
    let epoch = people::credentials_of(&mut tx, card.person_id).await?.map_or(0, |row| row.epoch);
    // A tablet of the school is shared: nothing is kept on it unless the child says that it is their own.
    let begun = begin(page, &mut tx, card.person_id, epoch, !own).await?;
    if !cards::entered(&mut tx, card.id, begun.session(), now).await? {
        return Ok(Outcome::Dead);
    }
    tx.commit().await?;
    metrics::counter!("preau_card_total", "outcome" => "in").increment(1);
    let mut response = page.see_other("/");
    begun.hand_over(page, &mut response);
    Ok(Outcome::In(response))
}

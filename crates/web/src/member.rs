use crate::app::App;
use crate::at_gate;
use crate::errors::PageError;
use crate::nav;
use crate::page::Page;
use axum::extract::FromRequestParts;
use http::request::Parts;
use jiff::tz::TimeZone;
use preau_base::{PersonId, SessionId};
use preau_gate::Pass;
use preau_school::{Act, Actor, may};
use preau_store::people::{self, Person};
use std::ops::Deref;

/// Somebody who is signed in, with rights read from the store in this request. Derefs to [`Page`].
pub struct Member {
    pub page: Page,
    pub person: Person,
    pub actor: Actor,
    pub pass: Pass,
}

impl Member {
    pub fn id(&self) -> PersonId {
        self.actor.person
    }

    pub fn session(&self) -> SessionId {
        self.pass.session
    }

    /// Asks the one function that says who may do what.
    ///
    /// # Errors
    /// The refusal, as the page that the person gets.
    pub fn may(&self, act: Act<'_>) -> Result<(), PageError> {
        may(&self.actor, act, self.page.now()).map_err(PageError::from)
    }

    /// The same as a yes or no, for what a page shows.
    pub fn can(&self, act: Act<'_>) -> bool {
        may(&self.actor, act, self.page.now()).is_ok()
    }
}

impl Deref for Member {
    type Target = Page;
    fn deref(&self) -> &Page {
        &self.page
    }
}

impl FromRequestParts<App> for Member {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, PageError> {
        let mut page = Page::from_request_parts(parts, app).await?;
        let pass = page.pass().ok_or(PageError::SignInNeeded)?;
        let mut conn = match at_gate::is_console(page.path()) {
            true => app.store.read_in_reserve().await?,
            false => app.store.read().await?,
        };
        // Gone or suspended since the pass was checked.
        let signed_in = people::signed_in(&mut conn, pass.person).await?.ok_or(PageError::SignInNeeded)?;
        let people::SignedIn { person, actor, school } = signed_in;
        if let Some((name, zone)) = school {
            if let Ok(zone) = TimeZone::get(&zone) {
                page.zone = zone;
            }
            page.place = Some(name);
        }
        page.name = Some(person.full_name());
        page.nav = nav::of(&actor, page.path());
        Ok(Self { page, person, actor, pass })
    }
}

//! Beginning a session: what signing in, activation, a new password and the first start have in common.

use crate::cookies::Cookie;
use crate::errors::PageError;
use crate::limits::LANG_COOKIE_LIFE;
use crate::{Lang, Page};
use axum::response::Response;
use preau_base::{PersonId, SessionId, SystemRng};
use preau_gate::limits::KNOWN_BROWSER_LIFE;
use preau_gate::{KnownBrowser, LoginKey, Pass, Standing};
use preau_school::{Actor, Profile};
use preau_store::sessions::{self, Session};
use preau_store::{Conn, people};

/// A session that was stored; its cookies go out with [`Begun::hand_over`] once the transaction is committed.
pub(super) struct Begun {
    pass: Pass,
    login: String,
    locale: Option<String>,
}

/// Stores a session of the person on this browser, in the caller's transaction.
///
/// # Errors
/// [`PageError::SignInNeeded`] when the account is gone or suspended; the store's errors.
pub(super) async fn begin(
    page: &Page,
    conn: &mut Conn,
    id: PersonId,
    epoch: i64,
    shared_device: bool,
) -> Result<Begun, PageError> {
    let actor = people::actor(conn, id).await?.ok_or(PageError::SignInNeeded)?;
    let person = people::by_id(conn, id).await?.ok_or(PageError::SignInNeeded)?;
    let now = page.now();
    let pass = Pass {
        person: id,
        session: SessionId::new(now, &mut SystemRng),
        standing: standing_of(&actor),
        epoch: u32::try_from(epoch).unwrap_or(u32::MAX),
        issued: now,
        shared_device,
    };
    let browser = browser_name(page.user_agent());
    let session = Session { id: pass.session, created_at: now, renewed_at: now, shared_device, browser };
    sessions::create(conn, &session, id, pass.expires()).await?;
    Ok(Begun { pass, login: person.login, locale: person.locale })
}

impl Begun {
    pub(super) fn session(&self) -> SessionId {
        self.pass.session
    }

    /// Sets the cookies: the pass, the known browser (not on a shared device), the person's language.
    pub(super) fn hand_over(self, page: &Page, response: &mut Response) {
        set_pass(page, response, &self.pass);
        page.clear_cookie(response, Cookie::Visitor);
        if !self.pass.shared_device {
            let keys = page.app().keys();
            let known = page.known_browser().cloned();
            let known = known.unwrap_or_else(|| KnownBrowser::new(page.now(), &mut SystemRng));
            let text = known.with(LoginKey::of(&self.login, &keys), page.now()).seal(&keys);
            page.set_cookie(response, Cookie::KnownBrowser, &text, Some(KNOWN_BROWSER_LIFE));
        }
        if let Some(lang) = self.locale.as_deref().and_then(Lang::from_tag) {
            page.set_cookie(response, Cookie::Lang, lang.as_str(), Some(LANG_COOKIE_LIFE));
        }
    }
}

pub(super) fn set_pass(page: &Page, response: &mut Response, pass: &Pass) {
    let text = pass.seal(&page.app().keys());
    page.set_cookie(response, Cookie::Pass, &text, pass.cookie_max_age());
}

/// Whoever teaches goes first; a relative who works at a school counts as staff.
fn standing_of(actor: &Actor) -> Standing {
    if actor.is_somewhere(Profile::Teacher) {
        Standing::Teacher
    } else if actor.is_staff() {
        Standing::Staff
    } else if actor.is_somewhere(Profile::Pupil) {
        Standing::Pupil
    } else {
        Standing::Relative
    }
}

/// A short name of the browser, such as `Firefox · Android`, from what it says of itself.
fn browser_name(user_agent: &str) -> String {
    // The order counts: most browsers also name those whose pages they want to get.
    const BROWSERS: [(&str, &str); 6] = [
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("SamsungBrowser/", "Samsung Internet"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ];
    const SYSTEMS: [(&str, &str); 7] = [
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("CrOS", "ChromeOS"),
        ("Windows", "Windows"),
        ("Mac OS X", "macOS"),
        ("Linux", "Linux"),
    ];
    let find =
        |list: &[(&str, &'static str)]| list.iter().find(|(mark, _)| user_agent.contains(mark)).map(|(_, name)| *name);
    match (find(&BROWSERS), find(&SYSTEMS)) {
        (Some(browser), Some(system)) => format!("{browser} · {system}"),
        (Some(name), None) | (None, Some(name)) => name.to_owned(),
        (None, None) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_browsers() {
        for (says, expect) in [
            ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox · Linux"),
            (
                "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/137.0.0.0 Mobile Safari/537.36",
                "Chrome · Android",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Version/18.5 Mobile Safari/604.1",
                "Safari · iPhone",
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/137.0.0.0 Safari/537.36 Edg/137.0.0.0",
                "Edge · Windows",
            ),
            ("curl/8", ""),
        ] {
            assert_eq!(browser_name(says), expect);
        }
    }
}

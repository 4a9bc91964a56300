use crate::cookies::Cookie;
use crate::limits::LANG_COOKIE_LIFE;
use crate::routes::local_path;
use crate::{Answer, Fields, Lang, Page};
use preau_store::people;

/// The switch in the footer: kept by the browser, and for people who are signed in with their account.
pub(crate) async fn choose(page: Page, fields: Fields) -> Answer {
    let lang = Lang::from_tag(fields.raw("lang")).unwrap_or_else(|| page.lang());
    if let Some(pass) = page.pass() {
        let mut tx = page.app().store.write().await?;
        people::set_locale(&mut tx, pass.person, lang.as_str()).await?;
        tx.commit().await?;
    }
    let mut response = page.see_other(local_path(fields.raw("next")));
    page.set_cookie(&mut response, Cookie::Lang, lang.as_str(), Some(LANG_COOKIE_LIFE));
    Ok(response)
}

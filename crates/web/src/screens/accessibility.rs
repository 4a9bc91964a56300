use crate::{Answer, Page, nav};
use askama::Template;

#[derive(Template)]
#[template(path = "account/accessibility.html")]
struct Accessibility<'a> {
    page: &'a Page,
}

/// The statement that French law asks of public services (décret 2019-768).
pub(crate) async fn page(mut page: Page) -> Answer {
    if page.is_signed_in() {
        page.nav = nav::for_all();
    }
    page.html(&Accessibility { page: &page })
}

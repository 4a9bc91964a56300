use crate::{Answer, Page};
use askama::Template;

#[derive(Template)]
#[template(path = "account/accessibility.html")]
struct Accessibility<'a> {
    page: &'a Page,
}

/// The statement that French law asks of public services (décret 2019-768).
pub(crate) async fn page(page: Page) -> Answer {
    page.html(&Accessibility { page: &page })
}

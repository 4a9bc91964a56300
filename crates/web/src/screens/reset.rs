use super::by_secret::{self, Kind};
use crate::{Answer, Fields, Page};

/// Where the link of a mail leads; its secret is in the fragment.
pub(crate) async fn page(page: Page) -> Answer {
    by_secret::show(&page, Kind::Reset)
}

pub(crate) async fn submit(page: Page, fields: Fields) -> Answer {
    by_secret::submit(&page, &fields, Kind::Reset).await
}

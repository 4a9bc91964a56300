use super::by_secret::{self, Kind};
use crate::{Answer, Fields, Page};

pub(crate) async fn page(page: Page) -> Answer {
    by_secret::show(&page, Kind::Activation)
}

pub(crate) async fn submit(page: Page, fields: Fields) -> Answer {
    by_secret::submit(&page, &fields, Kind::Activation).await
}

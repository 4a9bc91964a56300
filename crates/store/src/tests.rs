//! Every function runs, and every statement is prepared, on SQLite and on PostgreSQL.

mod accounts;
mod attendance;
mod backups;
mod bad_luck;
mod bulk;
mod calendar_lists;
mod closing_races;
mod copies;
mod documents;
mod entry;
mod expected;
mod feeds;
mod imports;
mod late_closures;
mod leaving;
mod lessons;
mod log;
mod migrating;
mod notices;
mod opening;
mod people;
mod plans;
mod publishing;
mod recordings;
mod safety;
mod school;
mod statements;
mod streams;
mod timetable;
mod together;
mod work;
mod world;

/// Makes two tests of one: the body runs with an empty store on SQLite, and again on PostgreSQL.
macro_rules! on_both {
    ($($(#[$meta:meta])* async fn $name:ident($place:ident) $body:block)*) => {$(
        mod $name {
            use super::*;
            async fn body($place: &crate::tests::world::Place) $body
            $(#[$meta])*
            #[tokio::test]
            async fn sqlite() {
                body(&crate::tests::world::Place::sqlite().await).await;
            }
            $(#[$meta])*
            #[tokio::test]
            async fn postgres() {
                body(&crate::tests::world::Place::postgres().await).await;
            }
        }
    )*};
}
pub(crate) use on_both;

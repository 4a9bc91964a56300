//! How many statements a piece of work sends to the database: what a page costs whatever the machine is.

use std::cell::Cell;

tokio::task_local! {
    static SENT: Cell<u32>;
}

/// Runs `work`, and counts the statements that it sends: those of the functions of this crate, not the beginning and end of
/// transactions, and not what other tasks send for it.
pub async fn counted<F: Future>(work: F) -> (F::Output, u32) {
    let counting = async {
        let output = work.await;
        (output, SENT.with(Cell::get))
    };
    SENT.scope(Cell::new(0), counting).await
}

/// One more; nothing outside of [`counted`].
pub(crate) fn sent() {
    let _ = SENT.try_with(|sent| sent.set(sent.get().saturating_add(1)));
}

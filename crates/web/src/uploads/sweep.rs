use super::Gone;
use crate::app::App;
use crate::limits::FILES_SWEPT_EVERY;
use preau_files::limits::GRACE;
use preau_store::{files, uploads};

/// Removes, again and again, what nobody needs: uploads that have expired, files that are used nowhere after their grace,
/// bytes without a row.
pub async fn keep_swept(app: App) {
    loop {
        match sweep(&app).await {
            Ok(0) => {}
            Ok(removed) => tracing::info!(removed, "files that nobody needs were removed"),
            Err(error) => tracing::error!(%error, "files were not swept"),
        }
        tokio::time::sleep(FILES_SWEPT_EVERY).await;
    }
}

/// Rows first: bytes without a row are what the next step looks for, in this run or in one after a crash.
pub(crate) async fn sweep(app: &App) -> Result<u64, Gone> {
    let now = app.now();
    let made_before = now.minus(GRACE);
    let mut tx = app.store.write().await?;
    uploads::sweep(&mut tx, now).await?;
    files::sweep(&mut tx, made_before).await?;
    tx.commit().await?;
    let mut removed = 0;
    let mut after = None;
    loop {
        let old = app.files.old(made_before, after).await?;
        let Some(last) = old.last() else { break };
        after = Some(*last);
        for id in old {
            let mut conn = app.store.read().await?;
            if !files::is_known(&mut conn, id).await? {
                app.files.remove(id).await?;
                removed += 1;
            }
        }
    }
    for id in app.files.old_parts(made_before).await? {
        let mut conn = app.store.read().await?;
        if !uploads::is_known(&mut conn, id).await? {
            app.files.abandon(id).await?;
            removed += 1;
        }
    }
    Ok(removed)
}

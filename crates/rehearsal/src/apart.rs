//! Work on threads of its own that give way to all others of this machine.

use std::future::Future;
use std::io;
use tokio::runtime::Builder;
use tokio::sync::oneshot;

/// The least of all shares where others want the same core.
#[cfg(target_os = "linux")]
const NICE: i32 = 19;

/// Runs `work` to its end. People who are measured sit at machines of their own, and attackers at theirs: how long a page takes
/// here must not tell how busy the attackers are.
///
/// # Errors
/// When its threads cannot be started, or it panicked.
pub(crate) async fn run<F, Fut>(name: &'static str, work: F) -> io::Result<Fut::Output>
where
    F: FnOnce() -> Fut + Send + 'static,
    Fut: Future,
    Fut::Output: Send + 'static,
{
    let (tell, told) = oneshot::channel();
    let mut runtime = Builder::new_multi_thread();
    runtime.enable_all().thread_name(name).on_thread_start(give_way);
    std::thread::Builder::new().name(name.to_owned()).spawn(move || {
        give_way();
        let done = runtime.build().map(|runtime| runtime.block_on(work()));
        // Whoever waited may have been given up.
        drop(tell.send(done));
    })?;
    told.await.map_err(|_| io::Error::other(format!("the {name} panicked")))?
}

fn give_way() {
    // On Linux this is the calling thread's alone (setpriority(2)).
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::setpriority_process(None, NICE) {
        tracing::warn!(%error, "what attackers cost this machine shows in people's times");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_done_apart_comes_back_and_so_does_a_panic() {
        assert_eq!(run("work", || async { tokio::spawn(async { 7 }).await.unwrap() }).await.unwrap(), 7);
        let failed = run("work", || async { assert!(std::env::var_os("NOWHERE").is_some(), "on purpose") }).await;
        assert!(failed.unwrap_err().to_string().contains("panicked"));
    }
}

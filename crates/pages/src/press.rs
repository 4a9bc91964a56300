//! The parent's side.

use crate::limits::{AT_ONCE_MAX, OUTPUT_BYTES_MAX, PAGE_TIME_MAX, WHOLE_TIME_MAX};
use crate::wire::{self, Heard};
use crate::{Event, Fault, render};
use bytes::Bytes;
use futures_util::StreamExt as _;
use futures_util::stream::BoxStream;
use std::ffi::OsString;
use std::io;
use std::os::unix::process::ExitStatusExt as _;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncWriteExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::{Semaphore, mpsc};
use tokio::time::{Instant, timeout_at};

/// Makes pages, few documents at a time. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Press {
    how: Arc<How>,
    turns: Arc<Semaphore>,
}

#[derive(Debug)]
enum How {
    Child { program: PathBuf, arguments: Vec<OsString> },
    Thread,
}

/// The bytes of a document, in pieces.
pub type Source = BoxStream<'static, io::Result<Bytes>>;

/// The pages as they come: the number of them first; at the end [`Fault`] or nothing more.
pub type Events = mpsc::Receiver<Result<Event, Fault>>;

/// How long each thing may take; the limits, but in tests.
#[derive(Clone, Copy, Debug)]
struct Patience {
    page: Duration,
    whole: Duration,
}

const PATIENCE: Patience = Patience { page: PAGE_TIME_MAX, whole: WHOLE_TIME_MAX };

impl Press {
    /// Runs this program with these arguments, which must come to [`crate::work`].
    pub fn child(program: PathBuf, arguments: Vec<OsString>) -> Self {
        Self::of(How::Child { program, arguments })
    }

    /// Draws in a thread of this process, for tests whose program is not Préau: nothing ends a document that never ends.
    pub fn thread() -> Self {
        Self::of(How::Thread)
    }

    fn of(how: How) -> Self {
        Self { how: Arc::new(how), turns: Arc::new(Semaphore::new(AT_ONCE_MAX)) }
    }

    /// Makes pages of what `source` gives, as soon as it is this document's turn. Dropping the receiver ends it.
    pub fn print(&self, source: Source) -> Events {
        self.print_within(source, PATIENCE)
    }

    fn print_within(&self, source: Source, patience: Patience) -> Events {
        let (tell, events) = mpsc::channel(1);
        let press = self.clone();
        tokio::spawn(async move {
            let Ok(_turn) = press.turns.acquire().await else { return };
            let end = tokio::select! {
                end = press.run(source, &tell, patience) => end,
                // Nobody wants the pages any more; the child ends with the future that has it.
                () = tell.closed() => return,
            };
            if let Err(fault) = end {
                let _ = tell.send(Err(fault)).await;
            }
        });
        events
    }

    async fn run(
        &self,
        source: Source,
        tell: &mpsc::Sender<Result<Event, Fault>>,
        patience: Patience,
    ) -> Result<(), Fault> {
        match &*self.how {
            How::Child { program, arguments } => {
                let mut command = Command::new(program);
                command.args(arguments);
                in_child(command, source, tell, patience).await
            }
            How::Thread => in_thread(source, tell).await,
        }
    }
}

async fn in_thread(mut source: Source, tell: &mpsc::Sender<Result<Event, Fault>>) -> Result<(), Fault> {
    let mut bytes = Vec::new();
    while let Some(piece) = source.next().await {
        bytes.extend_from_slice(&piece.map_err(|error| untried("cannot read the document", &error))?);
    }
    let tell = tell.clone();
    let drawing = tokio::task::spawn_blocking(move || {
        render(bytes, &mut |event| tell.blocking_send(Ok(event)).map_err(|_| Fault::Untried))
    });
    drawing.await.map_err(|_| Fault::Damaged)?.map(|_| ())
}

async fn in_child(
    mut command: Command,
    mut source: Source,
    tell: &mpsc::Sender<Result<Event, Fault>>,
    patience: Patience,
) -> Result<(), Fault> {
    // The environment may hold a database's address; a drawing program has no business with it.
    command.env_clear().current_dir("/").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.kill_on_drop(true).spawn().map_err(|error| untried("cannot start the renderer", &error))?;
    let (Some(mut stdin), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else { return Err(Fault::Untried) };
    let feeding = tokio::spawn(async move {
        // A child that ends before it has read all has its reason, which is found out below.
        while let Some(piece) = source.next().await {
            let Ok(piece) = piece else { return };
            if stdin.write_all(&piece).await.is_err() {
                return;
            }
        }
        let _ = stdin.shutdown().await;
    });
    let mut from = BufReader::new(stdout);
    let whole = Instant::now() + patience.whole;
    let (mut page, mut bytes, mut promised) = (0, 0, None);
    let end = loop {
        let soon = (Instant::now() + patience.page).min(whole);
        let heard = match timeout_at(soon, wire::read(&mut from)).await {
            Err(_) => break Err(Fault::Slow { page: page + 1 }),
            Ok(Err(error)) => break Err(of_ended(&mut child, page + 1, &error).await),
            Ok(Ok(heard)) => heard,
        };
        match heard {
            Heard::Done if promised == Some(page) => break Ok(()),
            Heard::Done => break Err(Fault::Damaged),
            Heard::Failed(why) => break Err(why),
            Heard::Event(event) => {
                match &event {
                    Event::Pages(pages) => promised = Some(*pages),
                    Event::Page { large, small, .. } => {
                        page += 1;
                        bytes += (large.bytes.len() + small.bytes.len()) as u64;
                    }
                }
                if promised.is_none_or(|pages| page > pages) {
                    break Err(Fault::Damaged);
                }
                if bytes > OUTPUT_BYTES_MAX {
                    break Err(Fault::Bulky { most: OUTPUT_BYTES_MAX });
                }
                if tell.send(Ok(event)).await.is_err() {
                    break Ok(());
                }
            }
        }
    };
    feeding.abort();
    let _ = child.kill().await;
    end
}

/// Why a child ended in the middle: what ends a process that takes too much is not what ends one that fails.
async fn of_ended(child: &mut Child, page: u16, error: &io::Error) -> Fault {
    let _ = child.start_kill();
    let Ok(status) = child.wait().await else { return Fault::Untried };
    let (signal, code) = (status.signal(), status.code());
    tracing::info!(page, signal, code, %error, "a document ended its renderer");
    match signal {
        // SIGXCPU.
        Some(24) => Fault::Slow { page },
        // SIGABRT: memory that is not given, or a stack that is at its end. SIGKILL: a machine without memory, or nonsense said.
        Some(6 | 9 | 11) => Fault::Heavy { page },
        _ => Fault::Page { page },
    }
}

fn untried(what: &str, error: &io::Error) -> Fault {
    tracing::error!(%error, "{what}");
    Fault::Untried
}

#[cfg(test)]
mod tests;

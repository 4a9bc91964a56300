//! The child's side.

use crate::limits::{CPU_S_MAX, FILE_BYTES_MAX, MEMORY_BYTES_MAX, NICENESS, STACK_BYTES};
use crate::{Event, Fault, render, wire};
use rustix::process::{Resource, Rlimit, nice, setrlimit};
use std::io::{self, Read, Write};

/// Reads a document from standard input to its end and writes its pages to standard output. First it gives away what it
/// does not need: it writes no file, has little memory, and a processor for so many seconds.
///
/// # Errors
/// When a limit cannot be set, or nobody reads the answer any more.
pub fn work() -> io::Result<()> {
    confine()?;
    // What is wrong with a document is said in the answer; the words of a panic would only fill the server's log.
    std::panic::set_hook(Box::new(|_| ()));
    let drawing = std::thread::Builder::new().stack_size(STACK_BYTES).spawn(draw)?;
    drawing.join().unwrap_or_else(|_| Err(io::Error::other("the renderer failed")))
}

fn confine() -> io::Result<()> {
    let most = |value| Rlimit { current: Some(value), maximum: Some(value) };
    setrlimit(Resource::As, most(MEMORY_BYTES_MAX))?;
    setrlimit(Resource::Cpu, most(CPU_S_MAX))?;
    setrlimit(Resource::Fsize, most(0))?;
    setrlimit(Resource::Core, most(0))?;
    // The three streams are open already.
    setrlimit(Resource::Nofile, most(3))?;
    nice(NICENESS)?;
    Ok(())
}

fn draw() -> io::Result<()> {
    let mut bytes = Vec::new();
    io::stdin().lock().take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes)?;
    let mut out = io::stdout().lock();
    let end = render(bytes, &mut |event: Event| wire::write(&mut out, &event).map_err(|_| Fault::Untried));
    wire::write_end(&mut out, end)?;
    out.flush()
}

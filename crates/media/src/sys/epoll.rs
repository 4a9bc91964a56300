use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::time::Duration;

/// What to be woken for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interest {
    Read,
    ReadWrite,
}

impl Interest {
    fn bits(self) -> u32 {
        let bits = match self {
            Self::Read => libc::EPOLLIN | libc::EPOLLRDHUP,
            Self::ReadWrite => libc::EPOLLIN | libc::EPOLLRDHUP | libc::EPOLLOUT,
        };
        bits.cast_unsigned()
    }
}

/// One file that is ready.
#[derive(Clone, Copy, Debug)]
pub struct Ready {
    pub token: u64,
    pub readable: bool,
    pub writable: bool,
}

/// Waits for files, level-triggered, with the precision of nanoseconds that bandwidth probes need (epoll(7), Linux 5.11); under an
/// older kernel, and under valgrind, with that of milliseconds.
pub struct Poll {
    fd: OwnedFd,
    events: Vec<libc::epoll_event>,
    is_coarse: bool,
}

impl Poll {
    /// Learns of at most `batch` ready files a call.
    pub fn new(batch: usize) -> io::Result<Self> {
        #[expect(unsafe_code, reason = "epoll has no safe form in std")]
        // SAFETY: the call takes no pointers; its result is checked and then owned by nobody else.
        let fd = unsafe {
            let fd = libc::epoll_create1(libc::EPOLL_CLOEXEC);
            if fd < 0 {
                return Err(io::Error::last_os_error());
            }
            OwnedFd::from_raw_fd(fd)
        };
        Ok(Self { fd, events: vec![libc::epoll_event { events: 0, u64: 0 }; batch.max(1)], is_coarse: false })
    }

    pub fn add(&self, file: &impl AsRawFd, token: u64, interest: Interest) -> io::Result<()> {
        self.control(libc::EPOLL_CTL_ADD, file, token, interest)
    }

    pub fn change(&self, file: &impl AsRawFd, token: u64, interest: Interest) -> io::Result<()> {
        self.control(libc::EPOLL_CTL_MOD, file, token, interest)
    }

    /// Forgets a file that stays open elsewhere; closed files leave by themselves.
    pub fn remove(&self, file: &impl AsRawFd) -> io::Result<()> {
        self.control(libc::EPOLL_CTL_DEL, file, 0, Interest::Read)
    }

    fn control(&self, operation: i32, file: &impl AsRawFd, token: u64, interest: Interest) -> io::Result<()> {
        let mut event = libc::epoll_event { events: interest.bits(), u64: token };
        #[expect(unsafe_code, reason = "epoll has no safe form in std")]
        // SAFETY: `event` lives over the call, and the kernel keeps no pointer to it.
        let result = unsafe { libc::epoll_ctl(self.fd.as_raw_fd(), operation, file.as_raw_fd(), &raw mut event) };
        if result < 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
    }

    /// Waits at most `timeout` and puts what is ready into `ready`, replacing its content.
    pub fn wait(&mut self, timeout: Duration, ready: &mut Vec<Ready>) -> io::Result<()> {
        ready.clear();
        let Ok(count) = usize::try_from(self.wait_some(timeout)) else {
            let error = io::Error::last_os_error();
            if error.raw_os_error() == Some(libc::ENOSYS) && !self.is_coarse {
                self.is_coarse = true;
                return Ok(());
            }
            return if error.kind() == io::ErrorKind::Interrupted { Ok(()) } else { Err(error) };
        };
        let over = (libc::EPOLLERR | libc::EPOLLHUP | libc::EPOLLRDHUP).cast_unsigned();
        for event in self.events.iter().take(count) {
            let (bits, token) = (event.events, event.u64);
            ready.push(Ready {
                token,
                readable: bits & (libc::EPOLLIN.cast_unsigned() | over) != 0,
                writable: bits & libc::EPOLLOUT.cast_unsigned() != 0,
            });
        }
        Ok(())
    }

    /// How many are ready, or -1 with `errno`.
    fn wait_some(&mut self, timeout: Duration) -> i32 {
        let batch = i32::try_from(self.events.len()).unwrap_or(i32::MAX);
        let exact = libc::timespec {
            tv_sec: libc::time_t::try_from(timeout.as_secs()).unwrap_or(libc::time_t::MAX),
            tv_nsec: timeout.subsec_nanos().into(),
        };
        let coarse_ms = i32::try_from(timeout.as_micros().div_ceil(1_000)).unwrap_or(i32::MAX);
        #[expect(unsafe_code, reason = "epoll has no safe form in std")]
        // SAFETY: `events` has room for `batch` entries, and the kernel writes no more than that; `exact` lives over
        // the call; there is no signal mask.
        unsafe {
            let (fd, events) = (self.fd.as_raw_fd(), self.events.as_mut_ptr());
            if self.is_coarse {
                libc::epoll_wait(fd, events, batch, coarse_ms)
            } else {
                libc::epoll_pwait2(fd, events, batch, &raw const exact, std::ptr::null())
            }
        }
    }
}

/// Wakes a [`Poll`] from another thread (eventfd(2)).
pub struct Waker(File);

impl Waker {
    pub fn new() -> io::Result<Self> {
        #[expect(unsafe_code, reason = "eventfd has no safe form in std")]
        // SAFETY: the call takes no pointers; its result is checked and then owned by nobody else.
        let fd = unsafe {
            let fd = libc::eventfd(0, libc::EFD_CLOEXEC | libc::EFD_NONBLOCK);
            if fd < 0 {
                return Err(io::Error::last_os_error());
            }
            OwnedFd::from_raw_fd(fd)
        };
        Ok(Self(File::from(fd)))
    }

    /// Makes the file readable. A full counter (never reached) also means that it is readable.
    pub fn wake(&self) {
        let _ = (&self.0).write(&1u64.to_ne_bytes());
    }

    /// Makes the file unreadable until the next [`wake`](Self::wake).
    pub fn clear(&self) {
        let _ = (&self.0).read(&mut [0; 8]);
    }
}

impl AsRawFd for Waker {
    fn as_raw_fd(&self) -> i32 {
        self.0.as_raw_fd()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_waker_wakes_until_cleared() {
        let waker = Waker::new().unwrap();
        let mut poll = Poll::new(4).unwrap();
        poll.add(&waker, 7, Interest::Read).unwrap();
        let mut ready = Vec::new();
        poll.wait(Duration::ZERO, &mut ready).unwrap();
        assert!(ready.is_empty());
        waker.wake();
        waker.wake();
        poll.wait(Duration::from_secs(5), &mut ready).unwrap();
        assert_eq!(ready.len(), 1);
        assert!(ready[0].token == 7 && ready[0].readable && !ready[0].writable);
        waker.clear();
        poll.wait(Duration::ZERO, &mut ready).unwrap();
        assert!(ready.is_empty());
    }
}

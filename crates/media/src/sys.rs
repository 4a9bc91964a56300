//! The kernel calls that std has no safe form of: epoll, eventfd, and many datagrams in one call.
//! This folder is the only place of the crate with `unsafe`.

mod clock;
mod epoll;
mod mmsg;

pub use clock::thread_cpu;
pub use epoll::{Interest, Poll, Ready, Waker};
pub use mmsg::{Inbox, Outgoing, Outlet, report_arrival, report_local_address};

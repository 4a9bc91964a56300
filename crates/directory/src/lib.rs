//! Feeds of people and of timetables: bytes in, [`school::feed`](preau_school::feed) records out.
//!
//! [`aaf::read_dir`] reads a full feed in the ministry's format, [`csv::read_file`] the tables that schools export.
//! Both give records one after the other in constant memory; what cannot be read is a
//! [`Refusal`](preau_school::feed::Refusal) with file, line and reason, and reading goes on behind it where it can.

pub mod aaf;
pub mod csv;
mod decode;
pub mod edt;
mod elements;
pub mod ical;
pub mod limits;
mod report;
pub mod timetable;
pub mod udt;
mod values;

pub use decode::machine_fault;

use preau_school::feed::Fault;
use std::path::PathBuf;

/// Why a feed cannot be read at all.
#[derive(Debug, thiserror::Error)]
pub enum FeedError {
    #[error("{path}")]
    Open { path: PathBuf, source: std::io::Error },
    #[error("{path}: {fault}")]
    Unfit { path: PathBuf, fault: Fault },
}

impl FeedError {
    fn open(path: &std::path::Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Open { path, source }
    }

    pub fn path(&self) -> &std::path::Path {
        match self {
            Self::Open { path, .. } | Self::Unfit { path, .. } => path,
        }
    }

    /// What is wrong, without the path.
    pub fn fault(&self) -> Fault {
        match self {
            Self::Open { source, .. } => decode::fault_of(source).into(),
            Self::Unfit { fault, .. } => fault.clone(),
        }
    }

    fn unfit(path: &std::path::Path) -> impl Fn(Fault) -> Self {
        let path = path.to_owned();
        move |fault| Self::Unfit { path: path.clone(), fault }
    }
}

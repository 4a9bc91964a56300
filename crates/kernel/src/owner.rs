//! Whose table it is: a comment in it names the process, and when that process began, since process numbers come again.

use std::fs;

const MARK: &str = "preau process ";

/// A process that has, or had, the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Owner {
    pub pid: u32,
    /// Clock ticks from the machine's boot to its start (`starttime` of proc_pid_stat(5)).
    started: u64,
}

impl Owner {
    /// This process.
    pub fn this() -> Self {
        let pid = std::process::id();
        Self { pid, started: started(pid).unwrap_or(0) }
    }

    /// What the table's comment says.
    pub fn comment(self) -> String {
        format!("{MARK}{} since {}", self.pid, self.started)
    }

    /// From what `nft list table` prints.
    pub fn read(listing: &str) -> Option<Self> {
        let words = listing.split_once(MARK)?.1;
        let mut words = words.split([' ', '"']);
        let pid = words.next()?.parse().ok()?;
        let started = words.nth(1)?.parse().ok()?;
        Some(Self { pid, started })
    }

    pub fn is_alive(self) -> bool {
        started(self.pid) == Some(self.started)
    }
}

/// Field 22 of `/proc/PID/stat`; the name in field 2 may hold blanks and brackets.
fn started(pid: u32) -> Option<u64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    stat.rsplit_once(')')?.1.split_whitespace().nth(19)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_listing_names_its_owner() {
        let this = Owner::this();
        assert!(this.is_alive() && this.started > 0);
        let listing = format!("table inet preau_gate {{\n\tcomment \"{}\"\n}}", this.comment());
        assert_eq!(Owner::read(&listing), Some(this));
        assert!(!Owner { started: 1, ..this }.is_alive());
        assert_eq!(Owner::read("table inet preau_gate {\n}"), None);
    }

    proptest! {
        #[test]
        fn no_listing_makes_it_panic(text in "\\PC{0,100}") {
            let _ = Owner::read(&text);
            let _ = Owner::read(&format!("{MARK}{text}"));
        }
    }
}

//! Who asked for what the gate answers from memory, told to the judge a tick later.

use crate::limits::GATE_HEARD_MAX;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

/// A sample of addresses since the last tick. Browsers fetch the waiting page's files and polls, programs that want
/// places in line don't: that tells them apart. The hottest path never waits for it.
#[derive(Debug, Default)]
pub(super) struct Heard(Mutex<Vec<IpAddr>>);

impl Heard {
    /// Left out when somebody else is writing, or enough was heard.
    pub(super) fn note(&self, address: IpAddr) {
        if let Ok(mut heard) = self.0.try_lock()
            && heard.len() < GATE_HEARD_MAX
        {
            heard.push(address);
        }
    }

    pub(super) fn take(&self) -> Vec<IpAddr> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;

    #[test]
    fn what_was_heard_is_told_once_and_bounded() {
        let heard = Heard::default();
        for n in 0..u32::try_from(GATE_HEARD_MAX).unwrap() + 10 {
            heard.note(Ipv4Addr::from_bits(n).into());
        }
        assert_eq!(heard.take().len(), GATE_HEARD_MAX);
        assert_eq!(heard.take(), [] as [IpAddr; 0]);
    }
}

use crate::limits::OTHER_DESCRIPTORS;
use std::io;

/// Raises how many file descriptors this process may have open, as far as it may, for so many connections; gives how
/// many connections there is room for then. Linux starts processes with room for 1,024, a school has as many pupils.
pub fn raise_descriptor_limit(connections: usize) -> io::Result<usize> {
    let mut limit = get()?;
    let wanted = libc::rlim_t::try_from(connections.saturating_add(OTHER_DESCRIPTORS)).unwrap_or(libc::rlim_t::MAX);
    if limit.rlim_cur < wanted {
        limit.rlim_cur = wanted.min(limit.rlim_max);
        set(&limit)?;
    }
    let descriptors = usize::try_from(limit.rlim_cur).unwrap_or(usize::MAX);
    // Where there is little, the connections get the larger half.
    Ok(descriptors.saturating_sub(OTHER_DESCRIPTORS).max(descriptors / 2).min(connections))
}

#[expect(unsafe_code, reason = "the standard library has no way to ask for this limit of the sockets")]
fn get() -> io::Result<libc::rlimit> {
    let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: the pointer is to a whole rlimit of ours, which the call fills in.
    match unsafe { libc::getrlimit(libc::RLIMIT_NOFILE, &raw mut limit) } {
        0 => Ok(limit),
        _ => Err(io::Error::last_os_error()),
    }
}

#[expect(unsafe_code, reason = "the standard library has no way to set this limit of the sockets")]
fn set(limit: &libc::rlimit) -> io::Result<()> {
    // SAFETY: the pointer is to a whole rlimit, which the call only reads.
    match unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, limit) } {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn raises_and_never_lowers() {
        let before = get().unwrap();
        let room = raise_descriptor_limit(4_000).unwrap();
        let after = get().unwrap();
        assert!(after.rlim_cur >= before.rlim_cur && after.rlim_cur <= after.rlim_max);
        assert!(room <= 4_000 && room > 0);
        if after.rlim_max >= 4_000 + OTHER_DESCRIPTORS as libc::rlim_t {
            assert_eq!(room, 4_000);
        }
    }
}

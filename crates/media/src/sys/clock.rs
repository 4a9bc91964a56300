//! Clocks of the kernel that std does not show.

use std::time::Duration;

/// How long this thread has been on a core since it began.
pub fn thread_cpu() -> Duration {
    read(libc::CLOCK_THREAD_CPUTIME_ID)
}

/// The clock with which the kernel stamps packets, since 1970.
pub fn stamping() -> Duration {
    read(libc::CLOCK_REALTIME)
}

fn read(clock: libc::clockid_t) -> Duration {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    #[expect(unsafe_code, reason = "std has neither clock as a plain number")]
    // SAFETY: the kernel fills the struct, which outlives the call.
    let result = unsafe { libc::clock_gettime(clock, &raw mut time) };
    // Both clocks are there on every Linux; a time that none told is the beginning.
    if result < 0 { Duration::ZERO } else { duration(time) }
}

/// A time of the kernel; what lies before its beginning is the beginning.
pub fn duration(time: libc::timespec) -> Duration {
    let seconds = u64::try_from(time.tv_sec).unwrap_or(0);
    Duration::new(seconds, u32::try_from(time.tv_nsec).unwrap_or(0).min(999_999_999))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thread_pays_for_its_own_work_only() {
        let work = || {
            let begun = thread_cpu();
            let mut sum = 0_u64;
            while thread_cpu() - begun < Duration::from_millis(20) {
                sum = std::hint::black_box(sum.wrapping_add(1));
            }
        };
        let begun = thread_cpu();
        work();
        let worked = thread_cpu();
        assert!(worked - begun >= Duration::from_millis(20));
        std::thread::spawn(work).join().unwrap();
        assert!(thread_cpu() - worked < Duration::from_millis(20));
        assert!(stamping() > Duration::from_secs(1_700_000_000));
    }

    #[test]
    fn no_time_of_the_kernel_is_too_strange() {
        let check = |tv_sec, tv_nsec, expected| assert_eq!(duration(libc::timespec { tv_sec, tv_nsec }), expected);
        check(-1, 5, Duration::new(0, 5));
        check(2, -1, Duration::from_secs(2));
        check(2, 1_500_000_000, Duration::new(2, 999_999_999));
        check(2, i64::MAX, Duration::from_secs(2));
    }
}

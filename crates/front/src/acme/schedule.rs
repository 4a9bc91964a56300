use crate::limits::{ACME_RETRY_MS_MAX, ACME_RETRY_MS_MIN};
use crate::tls::CertificateInfo;
use preau_base::{Instant, Rng};
use std::time::Duration;

/// When to renew: at two thirds of the lifetime, and up to a hundredth of it later, so that the certificates of many
/// schools made on one day are not all renewed in one minute.
pub(super) fn renewal(info: &CertificateInfo, rng: &mut dyn Rng) -> Instant {
    let lifetime = info.not_after.since(info.not_before);
    info.not_before.plus(lifetime * 2 / 3).plus(part(lifetime / 100, rng))
}

/// How long to wait after so many failures in a row: doubles, and a quarter more or less of it by chance.
pub(super) fn back_off(failures: u32, rng: &mut dyn Rng) -> Duration {
    let doublings = failures.saturating_sub(1).min(16);
    let wait_ms = (ACME_RETRY_MS_MIN << doublings).min(ACME_RETRY_MS_MAX);
    let wait = Duration::from_millis(wait_ms);
    wait * 3 / 4 + part(wait / 2, rng)
}

/// Some part of `whole`.
fn part(whole: Duration, rng: &mut dyn Rng) -> Duration {
    Duration::from_millis(rng.below(u64::try_from(whole.as_millis()).unwrap_or(u64::MAX)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use preau_base::SeededRng;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn renews_after_two_thirds_and_well_before_the_end(seed in any::<u64>(), days in 1u64..2_000) {
            let not_before = Instant::from_secs(1_795_000_000);
            let lifetime = Duration::from_secs(days * 86_400);
            let not_after = not_before.plus(lifetime);
            let info = CertificateInfo { names: Vec::new(), not_before, not_after, fingerprint: String::new() };
            let at = renewal(&info, &mut SeededRng::new(seed));
            prop_assert!(at >= not_before.plus(lifetime * 2 / 3));
            prop_assert!(not_after.since(at) >= lifetime * 32 / 100);
        }

        #[test]
        fn backs_off_within_bounds(seed in any::<u64>(), failures in any::<u32>()) {
            let wait = back_off(failures, &mut SeededRng::new(seed));
            prop_assert!(wait >= Duration::from_millis(ACME_RETRY_MS_MIN) * 3 / 4);
            prop_assert!(wait <= Duration::from_millis(ACME_RETRY_MS_MAX) * 5 / 4);
            if failures <= 1 {
                prop_assert!(wait <= Duration::from_millis(ACME_RETRY_MS_MIN) * 5 / 4);
            }
        }
    }
}

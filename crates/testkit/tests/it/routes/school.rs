use super::Case;

pub(super) const fn cases() -> Vec<Case> {
    Vec::new()
}

use super::slot::Slot;
use crate::limits::BUCKET_MS;

const NOBODY: u32 = u32::MAX;

/// When each person acts next: buckets of [`BUCKET_MS`], each a list through the people's own slots, so that it costs no
/// memory for those who wait (Brown 1988, "Calendar queues").
pub(super) struct Calendar {
    heads: Vec<u32>,
}

impl Calendar {
    pub(super) fn new(buckets: usize) -> Self {
        Self { heads: vec![NOBODY; buckets] }
    }

    /// Whoever acts after the end does not act.
    pub(super) fn put(&mut self, slots: &mut [Slot], who: u32, at_ms: u64) {
        let bucket = usize::try_from(at_ms / BUCKET_MS).unwrap_or(usize::MAX);
        if let (Some(head), Some(slot)) = (self.heads.get_mut(bucket), slots.get_mut(who as usize)) {
            slot.next = *head;
            *head = who;
        }
    }

    /// Takes everybody who acts in this bucket.
    pub(super) fn take(&mut self, bucket: usize) -> Option<u32> {
        let head = self.heads.get_mut(bucket)?;
        let first = std::mem::replace(head, NOBODY);
        (first != NOBODY).then_some(first)
    }
}

/// Who comes after `who` in the same bucket. To be asked before `who` is put anywhere else.
pub(super) fn after(slots: &[Slot], who: u32) -> Option<u32> {
    slots.get(who as usize).map(|slot| slot.next).filter(|next| *next != NOBODY)
}

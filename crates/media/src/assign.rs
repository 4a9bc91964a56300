//! Who is in which slot: stable places, so that a picture or a voice stays where it is for as long as it is wanted.

/// Keeps what is wanted where it is, frees the slots of what isn't, and puts newcomers into free slots in the order of
/// `wanted`. What finds no slot is left out; `wanted` holds nothing twice. Says whether anything changed.
pub fn assign<T: Copy + Eq>(slots: &mut [Option<T>], wanted: &[T]) -> bool {
    let mut changed = false;
    let wanted = &wanted[..wanted.len().min(slots.len())];
    for slot in slots.iter_mut() {
        if slot.is_some_and(|held| !wanted.contains(&held)) {
            *slot = None;
            changed = true;
        }
    }
    for newcomer in wanted {
        if slots.contains(&Some(*newcomer)) {
            continue;
        }
        if let Some(free) = slots.iter_mut().find(|slot| slot.is_none()) {
            *free = Some(*newcomer);
            changed = true;
        }
    }
    changed
}

/// `all` in the order of `first`, those not named in it after, as they come.
pub fn ordered<T: Copy + Eq>(all: &[T], first: &[T]) -> Vec<T> {
    let named = first.iter().filter(|item| all.contains(item));
    let rest = all.iter().filter(|item| !first.contains(item));
    named.chain(rest).copied().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn keeps_places_and_fills_gaps() {
        let mut slots = [None; 3];
        assert!(assign(&mut slots, &[1, 2, 3, 4]));
        assert_eq!(slots, [Some(1), Some(2), Some(3)]);
        assert!(assign(&mut slots, &[4, 1, 3]));
        assert_eq!(slots, [Some(1), Some(4), Some(3)]);
        assert!(!assign(&mut slots, &[3, 4, 1]));
        assert!(assign(&mut slots, &[]));
        assert_eq!(slots, [None; 3]);
        assert_eq!(ordered(&[1, 2, 3, 4], &[3, 9, 1]), [3, 1, 2, 4]);
    }

    proptest! {
        #[test]
        fn places_are_stable_and_hold_the_first_of_the_wanted(
            count in 0usize..8,
            rounds in proptest::collection::vec(proptest::collection::btree_set(0u8..20, 0..12), 1..10),
        ) {
            let mut slots = vec![None; count];
            for wanted in rounds {
                let wanted: Vec<u8> = wanted.into_iter().rev().collect();
                let before = slots.clone();
                let changed = assign(&mut slots, &wanted);
                prop_assert_eq!(changed, before != slots);
                let kept = &wanted[..wanted.len().min(count)];
                let mut held: Vec<u8> = slots.iter().flatten().copied().collect();
                for (old, new) in before.iter().zip(&slots) {
                    if old.is_some_and(|old| kept.contains(&old)) {
                        prop_assert_eq!(old, new);
                    }
                }
                held.sort_unstable();
                let mut kept = kept.to_vec();
                kept.sort_unstable();
                prop_assert_eq!(held, kept);
            }
        }
    }
}

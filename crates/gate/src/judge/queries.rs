//! Which queries were seen before, in bounded space.

/// Bits of one generation: 16 KB.
const BITS: usize = 1 << 17;
/// A generation is full after this many queries; it then answers wrongly less than once in fifty.
const QUERIES_MAX: u32 = 10_000;

/// A Bloom filter of two generations (Bloom 1970): what was seen among the last ten to twenty thousand queries.
#[derive(Debug)]
pub(super) struct Queries {
    young: Vec<u64>,
    old: Vec<u64>,
    held: u32,
}

impl Default for Queries {
    fn default() -> Self {
        Self { young: vec![0; BITS / 64], old: vec![0; BITS / 64], held: 0 }
    }
}

impl Queries {
    /// Whether this is the first time; it is remembered.
    pub(super) fn is_new(&mut self, hash: u64) -> bool {
        let bits = [hash as usize % BITS, (hash >> 24) as usize % BITS];
        let has = |words: &[u64]| bits.iter().all(|bit| words[bit / 64] >> (bit % 64) & 1 == 1);
        if has(&self.young) {
            return false;
        }
        let new = !has(&self.old);
        if self.held >= QUERIES_MAX {
            std::mem::swap(&mut self.young, &mut self.old);
            self.young.fill(0);
            self.held = 0;
        }
        bits.iter().for_each(|bit| self.young[bit / 64] |= 1 << (bit % 64));
        self.held += 1;
        new
    }
}

#[cfg(test)]
mod tests {
    use super::super::hash::mix;
    use super::*;

    #[test]
    fn first_times_are_told_apart_even_in_a_flood() {
        let mut queries = Queries::default();
        assert!(queries.is_new(mix(1, 0)) && !queries.is_new(mix(1, 0)));
        let new = (0..100_000).filter(|n| queries.is_new(mix(2, *n))).count();
        assert!(new > 95_000, "{new} of 100,000 told as new");
        let again = (99_000..100_000).filter(|n| queries.is_new(mix(2, *n))).count();
        assert_eq!(again, 0);
    }
}

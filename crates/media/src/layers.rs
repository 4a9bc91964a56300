//! Which layer of each picture a receiver gets, by the width it shows and the bandwidth it has.

/// What is left free of the estimate before a picture may get better: a share of 1/100.
pub const UPGRADE_SHARE: u64 = 85;
/// A layer is wide enough when it has this share (1/100) of the wanted width.
const WIDE_ENOUGH: u64 = 85;

/// A simulcast layer as it arrives now, the narrowest first in a [`Picture`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Layer {
    /// Packets arrive.
    pub live: bool,
    pub bps: u64,
    pub width_px: u32,
}

/// A picture slot of one receiver.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Picture {
    /// 0: not shown.
    pub want_px: u32,
    pub layers: [Layer; 3],
    /// The layer that is sent now.
    pub current: Option<u8>,
}

impl Picture {
    /// The layer for this width when bandwidth doesn't matter: the narrowest that is wide enough, else the widest.
    pub fn ideal(&self) -> Option<u8> {
        if self.want_px == 0 {
            return None;
        }
        let enough = u64::from(self.want_px) * WIDE_ENOUGH / 100;
        let mut best = None;
        for (index, layer) in (0u8..).zip(&self.layers) {
            if layer.live {
                best = Some(index);
                if u64::from(layer.width_px) >= enough {
                    break;
                }
            }
        }
        best
    }

    fn bps(&self, layer: u8) -> u64 {
        self.layers.get(usize::from(layer)).map_or(0, |layer| layer.bps)
    }

    fn live_up_to(&self, ideal: u8) -> impl DoubleEndedIterator<Item = u8> + '_ {
        (0..=ideal).filter(|&index| self.layers.get(usize::from(index)).is_some_and(|layer| layer.live))
    }
}

/// What a receiver's path carries besides the sound.
#[derive(Clone, Copy, Debug)]
pub struct Budget {
    /// By the estimate.
    pub bps: u64,
    /// Pictures that are sent stay, in their narrowest layer, within this. It is wider, because an estimate that backs off
    /// falls below what has just got through.
    pub stay_bps: u64,
    /// Whether a picture may get better than it is.
    pub may_rise: bool,
    /// One picture that is paused comes back in its narrowest layer, whatever the estimate says: it shows whether the path
    /// carries it.
    pub tries: bool,
}

impl Budget {
    fn allows(&self, picture: &Picture, layer: u8, spent: u64) -> bool {
        let keeps = picture.current.is_some_and(|current| layer <= current);
        let limit = if keeps { self.bps } else { self.bps / 100 * UPGRADE_SHARE };
        (keeps || self.may_rise) && spent + picture.bps(layer) <= limit
    }
}

/// The layers to send, in the order of `pictures` (the most important first); `None`: paused or not shown.
///
/// Pictures that are sent stay, at least in their narrowest layer; then the first gets the best that fits, then each of the
/// others its narrowest layer in turn, then what is left makes them better in turn. A picture gets better than it is
/// only within 85 % of the budget, but for the one that is tried.
pub fn choose(pictures: &[Picture], budget: Budget) -> Vec<Option<u8>> {
    let mut chosen = vec![None; pictures.len()];
    let mut spent = 0;
    for (picture, slot) in pictures.iter().zip(&mut chosen) {
        let narrowest = picture.ideal().and_then(|ideal| picture.live_up_to(ideal).next());
        let stays = picture.current.zip(narrowest).is_some_and(|(current, layer)| layer <= current);
        if let Some(layer) = narrowest.filter(|&layer| stays && spent + picture.bps(layer) <= budget.stay_bps) {
            spent += picture.bps(layer);
            *slot = Some(layer);
        }
    }
    for (index, picture) in pictures.iter().enumerate() {
        let Some(ideal) = picture.ideal() else { continue };
        let has = chosen[index];
        let without = spent - has.map_or(0, |layer| picture.bps(layer));
        let fits = |layer: &u8| budget.allows(picture, *layer, without);
        let fitting = if index == 0 {
            picture.live_up_to(ideal).rev().find(fits)
        } else if has.is_none() {
            picture.live_up_to(ideal).next().filter(fits)
        } else {
            continue;
        };
        if let Some(layer) = fitting.max(has) {
            spent = without + picture.bps(layer);
            chosen[index] = Some(layer);
        }
    }
    if budget.tries {
        let paused = pictures.iter().zip(&mut chosen).filter(|(_, slot)| slot.is_none());
        let mut narrowest =
            paused.filter_map(|(picture, slot)| Some((slot, picture.live_up_to(picture.ideal()?).next()?)));
        if let Some((slot, layer)) = narrowest.next() {
            *slot = Some(layer);
            return chosen;
        }
    }
    for (picture, slot) in pictures.iter().zip(&mut chosen) {
        let (Some(ideal), Some(has)) = (picture.ideal(), *slot) else { continue };
        let without = spent - picture.bps(has);
        let mut better = picture.live_up_to(ideal).rev().take_while(|&layer| layer > has);
        if let Some(layer) = better.find(|&layer| budget.allows(picture, layer, without)) {
            spent = without + picture.bps(layer);
            *slot = Some(layer);
        }
    }
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn camera(want_px: u32, current: Option<u8>) -> Picture {
        let layer = |bps, width_px| Layer { live: true, bps, width_px };
        let layers = [layer(150_000, 320), layer(500_000, 640), layer(1_500_000, 1_280)];
        Picture { want_px, layers, current }
    }

    #[track_caller]
    fn check(pictures: &[Picture], budget_kbps: u64, may_rise: bool, expect: &[Option<u8>]) {
        let bps = budget_kbps * 1_000;
        assert_eq!(choose(pictures, Budget { bps, stay_bps: bps, may_rise, tries: false }), expect);
    }

    #[test]
    fn by_width_when_there_is_room() {
        check(&[camera(1_280, None), camera(320, None), camera(500, None)], 10_000, true, &[Some(2), Some(0), Some(1)]);
        check(&[camera(4_000, None), camera(0, Some(2))], 10_000, true, &[Some(2), None]);
    }

    #[test]
    fn the_first_picture_first_and_pausing_at_last() {
        check(&[camera(1_280, None), camera(320, None), camera(320, None)], 900, true, &[Some(1), Some(0), None]);
        check(&[camera(1_280, None), camera(320, None)], 100, true, &[None, None]);
        check(&[camera(0, None), camera(1_280, None), camera(1_280, None)], 900, true, &[None, Some(1), Some(0)]);
    }

    #[test]
    fn keeps_what_fits_and_rises_with_a_margin() {
        check(&[camera(1_280, Some(2))], 1_600, true, &[Some(2)]);
        check(&[camera(1_280, Some(1))], 1_600, true, &[Some(1)]);
        check(&[camera(1_280, Some(1))], 1_800, true, &[Some(2)]);
        check(&[camera(1_280, Some(1))], 9_000, false, &[Some(1)]);
        check(&[camera(1_280, Some(2))], 600, false, &[Some(1)]);
    }

    #[test]
    fn an_estimate_that_backs_off_costs_quality_before_pictures() {
        let sent = [camera(640, Some(1)), camera(320, Some(0))];
        let backed_off = |bps| choose(&sent, Budget { bps, stay_bps: bps / 100 * 118, may_rise: false, tries: false });
        assert_eq!(backed_off(650_000), [Some(1), Some(0)]);
        assert_eq!(backed_off(552_000), [Some(0), Some(0)]);
        assert_eq!(backed_off(256_000), [Some(0), Some(0)]);
        assert_eq!(backed_off(250_000), [Some(0), None]);
        assert_eq!(backed_off(120_000), [None, None]);
    }

    #[test]
    fn a_layer_that_does_not_arrive_is_never_chosen() {
        let mut picture = camera(1_280, Some(2));
        picture.layers[2].live = false;
        check(&[picture], 9_000, true, &[Some(1)]);
        picture.layers = [Layer::default(); 3];
        check(&[picture], 9_000, true, &[None]);
    }

    #[test]
    fn one_paused_picture_is_tried_in_its_narrowest_layer_whatever_the_estimate() {
        let tried = |pictures: &[Picture]| {
            choose(pictures, Budget { bps: 20_000, stay_bps: u64::MAX, may_rise: true, tries: true })
        };
        let (paused, sent, hidden) = (camera(1_280, None), camera(1_280, Some(0)), camera(0, None));
        assert_eq!(tried(&[paused, paused]), [Some(0), None]);
        assert_eq!(tried(&[sent, hidden, paused, paused]), [Some(0), None, Some(0), None]);
        assert_eq!(tried(&[sent, hidden]), [Some(0), None]);
    }

    proptest! {
        #[test]
        fn never_spends_more_than_the_budget(
            pictures in proptest::collection::vec(
                (0u32..2_000, proptest::array::uniform3((any::<bool>(), 0u64..3_000_000, 0u32..2_000)),
                    proptest::option::of(0u8..3)), 0..12),
            budget in 0u64..8_000_000,
            may_rise: bool,
        ) {
            let pictures: Vec<Picture> = pictures.into_iter().map(|(want_px, layers, current)| Picture {
                want_px,
                layers: layers.map(|(live, bps, width_px)| Layer { live, bps, width_px }),
                current,
            }).collect();
            let chosen = choose(&pictures, Budget { bps: budget, stay_bps: budget, may_rise, tries: false });
            let spent: u64 = pictures.iter().zip(&chosen).filter_map(|(p, c)| Some(p.bps((*c)?))).sum();
            prop_assert!(spent <= budget);
            for (picture, layer) in pictures.iter().zip(&chosen) {
                if let Some(layer) = layer {
                    prop_assert!(picture.want_px > 0 && picture.layers[usize::from(*layer)].live);
                    prop_assert!(may_rise || picture.current.is_some_and(|current| *layer <= current));
                }
            }
        }
    }
}

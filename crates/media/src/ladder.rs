//! What the ladder leaves of a lesson's pictures. Sound always goes on.

use crate::api::SourceKind;
use preau_base::Level;
use std::sync::atomic::{AtomicU8, Ordering};

/// A picture without its high layers, in device pixels.
const PLAIN_PX_MAX: u32 = 640;
/// The teacher's picture where it is the only one.
const ESSENTIAL_PX_MAX: u32 = 320;

/// The level in force, for all threads.
#[derive(Debug, Default)]
pub struct Ladder(AtomicU8);

impl Ladder {
    pub fn set(&self, level: Level) {
        self.0.store(level.number(), Ordering::Relaxed);
    }

    fn level(&self) -> Level {
        Level::from_number(self.0.load(Ordering::Relaxed)).unwrap_or_default()
    }

    /// The width that is left of a wanted one; 0: not sent. `pinned`: a teacher's.
    pub fn cap(&self, want_px: u32, kind: SourceKind, pinned: bool) -> u32 {
        let camera_px = match self.level() {
            Level::Full | Level::Light => return want_px,
            Level::Plain => PLAIN_PX_MAX,
            Level::Essential if pinned => ESSENTIAL_PX_MAX,
            Level::Essential | Level::ReadOnly | Level::Waiting => 0,
        };
        // Slides are part of a lesson at every level; a narrow layer of them cannot be read.
        if kind == SourceKind::Screen { want_px } else { want_px.min(camera_px) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_fall_before_slides_and_the_teacher_last() {
        let ladder = Ladder::default();
        let mut caps = Vec::new();
        for level in Level::ALL {
            ladder.set(level);
            caps.push([
                ladder.cap(1_280, SourceKind::Camera, false),
                ladder.cap(1_280, SourceKind::Camera, true),
                ladder.cap(1_280, SourceKind::Screen, false),
            ]);
        }
        let all = [1_280, 1_280, 1_280];
        assert_eq!(caps, [all, all, [640, 640, 1_280], [0, 320, 1_280], [0, 0, 1_280], [0, 0, 1_280]]);
    }

    #[test]
    fn nothing_gets_wider_than_it_was_wanted() {
        let ladder = Ladder::default();
        ladder.set(Level::Essential);
        assert_eq!(ladder.cap(160, SourceKind::Camera, true), 160);
        assert_eq!(ladder.cap(0, SourceKind::Screen, true), 0);
    }
}

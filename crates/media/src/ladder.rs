//! What the ladder leaves of a lesson's pictures. Sound always goes on.

use crate::api::{Mode, SourceKind};
use preau_base::Level;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

/// A picture without its high layers, in device pixels.
const PLAIN_PX_MAX: u32 = 640;
/// The teacher's picture where it is the only one.
const ESSENTIAL_PX_MAX: u32 = 320;
/// A camera in lean mode, whatever a page sends.
const LEAN_PX_MAX: u32 = PLAIN_PX_MAX;

/// The level in force on a thread: that of the whole site, or its own where that leaves less.
#[derive(Debug, Default)]
pub struct Ladder {
    site: Arc<AtomicU8>,
    own: AtomicU8,
    mode: Mode,
}

impl Ladder {
    pub fn new(mode: Mode) -> Self {
        Self { mode, ..Self::default() }
    }

    /// Of a thread of the same site.
    pub fn beside(&self) -> Self {
        Self { site: Arc::clone(&self.site), own: AtomicU8::default(), mode: self.mode }
    }

    /// For all threads of the site.
    pub fn set(&self, level: Level) {
        self.site.store(level.number(), Ordering::Relaxed);
    }

    /// For this thread: it is near what it can do.
    pub fn set_own(&self, level: Level) {
        self.own.store(level.number(), Ordering::Relaxed);
    }

    fn level(&self) -> Level {
        let number = self.site.load(Ordering::Relaxed).max(self.own.load(Ordering::Relaxed));
        Level::from_number(number).unwrap_or_default()
    }

    /// The width that is left of a wanted one; 0: not sent. `pinned`: a teacher's.
    pub fn cap(&self, want_px: u32, kind: SourceKind, pinned: bool) -> u32 {
        let camera_px = match self.level() {
            Level::Full | Level::Light if self.mode == Mode::Lean => LEAN_PX_MAX,
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
    fn in_lean_mode_cameras_are_small_at_every_level_and_screens_whole() {
        let ladder = Ladder::new(Mode::Lean);
        let cap = |kind| ladder.cap(1_280, kind, true);
        assert_eq!((cap(SourceKind::Camera), cap(SourceKind::Screen)), (640, 1_280));
        let thread = ladder.beside();
        assert_eq!(thread.cap(1_280, SourceKind::Camera, true), 640);
        ladder.set(Level::Essential);
        assert_eq!(thread.cap(1_280, SourceKind::Camera, true), 320);
    }

    #[test]
    fn a_thread_has_the_sites_level_or_its_own_whichever_leaves_less() {
        let one = Ladder::default();
        let other = one.beside();
        let check = |site, own, expected| {
            one.set(site);
            other.set_own(own);
            assert_eq!((one.level(), other.level()), (site, expected));
        };
        check(Level::Full, Level::Plain, Level::Plain);
        check(Level::Essential, Level::Plain, Level::Essential);
        check(Level::Light, Level::Full, Level::Light);
    }

    #[test]
    fn nothing_gets_wider_than_it_was_wanted() {
        let ladder = Ladder::default();
        ladder.set(Level::Essential);
        assert_eq!(ladder.cap(160, SourceKind::Camera, true), 160);
        assert_eq!(ladder.cap(0, SourceKind::Screen, true), 0);
    }
}

use preau_base::Instant;
use std::time::Duration;

/// Whose request an answer was to, as hashes: a person with a pass, or somebody without one at a site.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Source {
    who: u64,
    /// None for a person with a pass, who speaks for nobody else.
    site: Option<u64>,
}

impl Source {
    pub(crate) const fn person(who: u64) -> Self {
        Self { who, site: None }
    }

    /// Somebody without a pass: what they show may be one of many that a program has fetched, so their site has a bound too.
    pub(crate) const fn at_site(who: u64, site: u64) -> Self {
        Self { who, site: Some(site) }
    }
}

/// Answers of one person that count in a window. Somebody who reads pages has about as many; whoever sends fifty requests
/// a second says no more about the application than they do.
const PERSON_SAMPLES_MAX: u16 = 4;
/// The same of everybody without a pass at one site, unless nearly all that counts is the site's: a school on its own
/// network on its first morning.
const SITE_SAMPLES_MAX: u16 = 16;
const NEARLY_ALL: u32 = 16;
/// A window ends after this long, or when so many answers have counted: by then no person makes up more than 0.4 % of it.
const WINDOW: Duration = Duration::from_secs(10);
const WINDOW_SAMPLES: u32 = 1_024;
/// Sources are counted in this many cells by their hash: 16 KB. Two that meet in one have one count between them, which
/// costs some samples and lets nobody count more.
const CELLS: usize = 8_192;
/// Of a cell: a failure has counted in this window.
const HAS_FAILED: u16 = 1 << 15;

/// How often each source has counted lately.
#[derive(Clone)]
pub(super) struct Sources {
    cells: Vec<u16>,
    began: Instant,
    counted: u32,
}

impl std::fmt::Debug for Sources {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sources").field("began", &self.began).field("counted", &self.counted).finish_non_exhaustive()
    }
}

impl Sources {
    pub(super) fn new(now: Instant) -> Self {
        Self { cells: vec![0; CELLS], began: now, counted: 0 }
    }

    /// Whether an answer to this source counts. Of failures one a window does: a person who finds a page that always
    /// fails has found one fault, however often they ask for it.
    pub(super) fn counts(&mut self, source: Source, failed: bool, now: Instant) -> bool {
        if self.counted >= WINDOW_SAMPLES || now.since(self.began) >= WINDOW || now < self.began {
            self.cells.fill(0);
            (self.began, self.counted) = (now, 0);
        }
        let who = self.cell(source.who);
        let has_failed = |cell: u16| failed && cell & HAS_FAILED != 0;
        if who & !HAS_FAILED >= PERSON_SAMPLES_MAX || has_failed(who) {
            return false;
        }
        if let Some(site) = source.site {
            let cell = self.cell(site);
            let count = cell & !HAS_FAILED;
            let is_nearly_all = u32::from(count) * NEARLY_ALL >= self.counted * (NEARLY_ALL - 1);
            if !is_nearly_all && (count >= SITE_SAMPLES_MAX || has_failed(cell)) {
                return false;
            }
            self.count(site, failed);
        }
        self.count(source.who, failed);
        self.counted += 1;
        true
    }

    fn cell(&self, hash: u64) -> u16 {
        self.cells.get(hash as usize % CELLS).copied().unwrap_or(0)
    }

    fn count(&mut self, hash: u64, failed: bool) {
        if let Some(cell) = self.cells.get_mut(hash as usize % CELLS) {
            *cell += 1;
            if failed {
                *cell |= HAS_FAILED;
            }
        }
    }
}

/// Distinct people, counted roughly: a bit each by their hash.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Distinct(u64);

impl Distinct {
    pub(super) const fn add(&mut self, source: Source) {
        self.0 |= 1 << (source.who >> 58);
    }

    pub(super) const fn are_at_least(self, count: u32) -> bool {
        self.0.count_ones() >= count
    }
}

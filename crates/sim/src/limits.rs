//! Every limit and every assumption of the simulated morning, with its unit.

use std::time::Duration;

/// People in one world: all pupils and staff of France, and a margin.
pub const PEOPLE_MAX: u32 = 16_000_000;
/// Pupils who sit in a school behind one IPv4 address.
pub const PEOPLE_PER_SCHOOL: u32 = 1_000;
/// Pupils of a boarding school behind one IPv4 address.
pub const PEOPLE_PER_BOARDING: u32 = 300;
/// Phones behind one address of a mobile operator (CGNAT, RFC 6888).
pub const PEOPLE_PER_CARRIER_ADDRESS: u32 = 2_000;
/// Children who share a home and its /64.
pub const PEOPLE_PER_HOME: u32 = 2;
/// Pupils of one lesson.
pub const PEOPLE_PER_LESSON: u32 = 30;

/// Shares of the networks, in thousandths: homes, mobile, schools; the rest are boarding schools.
pub const HOMES_PERMILLE: u64 = 650;
pub const CARRIER_PERMILLE: u64 = 200;
pub const SCHOOLS_PERMILLE: u64 = 120;
/// People with a lesson at this bell; the others have one an hour later.
pub const LESSON_PERMILLE: u64 = 850;
/// People who close the tab of the waiting page and come back.
pub const CLOSES_TAB_PERMILLE: u64 = 80;

/// The window of arrivals that the curve is drawn for; a shorter morning is played faster.
pub const WINDOW: Duration = Duration::from_secs(600);
/// From the start of the window to the bell.
pub const BELL_AT: Duration = Duration::from_secs(180);
/// Patience without any word, least and most.
pub const PATIENCE_S: (u64, u64) = (180, 1_500);
/// How many times longer somebody waits who was told place, time and reason.
pub const TOLD_PATIENCE: u32 = 4;
/// Typing a password, least and most.
pub const TYPING_S: (u64, u64) = (8, 40);
/// Looking at a page before the next step, least and most.
pub const LOOKING_MS: (u64, u64) = (1_500, 9_000);
/// Time between two signs of life of somebody in a lesson.
pub const BEAT: Duration = Duration::from_secs(60);
/// Reloading a page that does not come, least and most.
pub const RELOAD_S: (u64, u64) = (4, 20);
/// How long a closed tab stays closed, least and most; within the quarter of an hour that keeps the place.
pub const TAB_CLOSED_S: (u64, u64) = (60, 780);

/// Width of a bucket of the calendar queue.
pub const BUCKET_MS: u64 = 20;
/// The longest simulated time.
pub const HORIZON: Duration = Duration::from_secs(8 * 3_600);
/// Filled waiting rooms that are told apart at a time.
pub const ROOMS_MAX: usize = 255;
/// Files that a first page brings.
pub const ASSETS_PER_PAGE: u32 = 3;
/// How often the poll resource is made anew.
pub const RESOURCE_MS: u64 = 500;
/// Whoever is shown their turn loads the page within this: a poll at the front of the line, and the script's second.
pub const WOKEN_WITHIN_MS: (u64, u64) = (0, 3_500);
/// Files of the waiting page that a browser fetches with it.
pub const WAITING_PAGE_FILES: u32 = 2;
/// Waits that are looked at for jumps of the promised time: one person in so many.
pub const WATCHED_ONE_IN: u32 = 500;

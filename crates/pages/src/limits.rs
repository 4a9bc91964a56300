//! What a document may be, and what making its pages may cost. Units stand last in the name.

use std::time::Duration;

/// A document as it comes.
pub const FILE_BYTES_MAX: u64 = 64 << 20;
pub const PAGES_MAX: u16 = 300;
/// A page for a screen; it fits in these, and is no larger than a picture was.
pub const LARGE_WIDTH_PX: u32 = 1_600;
pub const LARGE_HEIGHT_PX: u32 = 2_400;
/// A page for a weak line.
pub const SMALL_WIDTH_PX: u32 = 480;
pub const SMALL_HEIGHT_PX: u32 = 720;
/// A side of a picture as it comes, and all its pixels: telephones take 50 million.
pub const PICTURE_SIDE_PX_MAX: u32 = 16_000;
pub const PICTURE_PX_MAX: u64 = 64_000_000;
/// What a picture's decoder may take beside the picture.
pub const DECODER_BYTES_MAX: u64 = 384 << 20;
/// A page of a PDF no side of which is this many points is drawn as a point, which is no page.
pub const PAGE_SIDE_PT_MAX: f32 = 14_400.0;
/// Quality of JPEG, of 100.
pub const JPEG_QUALITY: u8 = 82;
/// One page as it comes from the child.
pub const PICTURE_BYTES_MAX: usize = 12 << 20;
/// All pages of a document.
pub const OUTPUT_BYTES_MAX: u64 = 96 << 20;
/// The words of one page, and of all pages of a document; what is more is left out.
pub const WORDS_BYTES_MAX: usize = 16 << 10;
pub const WORDS_OF_ALL_BYTES_MAX: usize = 1 << 20;
/// A line before a page.
pub const HEAD_BYTES_MAX: u64 = 512;

/// Between two pages, and for all of them.
pub const PAGE_TIME_MAX: Duration = Duration::from_secs(30);
pub const WHOLE_TIME_MAX: Duration = Duration::from_secs(10 * 60);
/// Processor time of the child, which ends it even if nobody is left to do so.
pub const CPU_S_MAX: u64 = 600;
/// Address space of the child.
pub const MEMORY_BYTES_MAX: u64 = 1_536 << 20;
/// Stack on which pages are drawn: forms of PDF contain forms.
pub const STACK_BYTES: usize = 64 << 20;
/// By how much the child gives way to lessons.
pub const NICENESS: i32 = 10;
/// Documents made into pages at the same time in one process.
pub const AT_ONCE_MAX: usize = 2;

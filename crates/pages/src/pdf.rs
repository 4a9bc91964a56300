//! PDF (ISO 32000), drawn by `hayro`.

use crate::limits::{LARGE_HEIGHT_PX, LARGE_WIDTH_PX, PAGE_SIDE_PT_MAX, PAGES_MAX, WORDS_OF_ALL_BYTES_MAX};
use crate::{Event, Fault, encode, words};
use hayro::hayro_interpret::{InterpreterCache, InterpreterSettings};
use hayro::hayro_syntax::page::Page;
use hayro::hayro_syntax::{DecryptionError, LoadPdfError, Pdf};
use hayro::vello_cpu::color::palette::css::WHITE;
use hayro::vello_cpu::color::{AlphaColor, Srgb};
use hayro::{PixmapSettings, RenderCache, RenderSettings};
use image::RgbImage;
use std::panic::{AssertUnwindSafe, catch_unwind};

const PAPER: AlphaColor<Srgb> = WHITE;

pub(crate) fn render(bytes: Vec<u8>, tell: &mut dyn FnMut(Event) -> Result<(), Fault>) -> Result<u16, Fault> {
    let pdf = catch_unwind(AssertUnwindSafe(|| Pdf::new(bytes))).map_err(|_| Fault::Damaged)?.map_err(unreadable)?;
    let count = catch_unwind(AssertUnwindSafe(|| pdf.pages().len())).map_err(|_| Fault::Damaged)?;
    if count == 0 {
        return Err(Fault::NoPages);
    }
    let pages = u16::try_from(count).ok().filter(|pages| *pages <= PAGES_MAX);
    let too_many = Fault::TooManyPages { pages: u32::try_from(count).unwrap_or(u32::MAX), most: PAGES_MAX };
    let pages = pages.ok_or(too_many)?;
    tell(Event::Pages(pages))?;
    let settings = InterpreterSettings::default();
    let cache = RenderCache::new();
    let letters = InterpreterCache::new();
    let mut left = WORDS_OF_ALL_BYTES_MAX;
    for (number, page) in (1..=pages).zip(pdf.pages().iter()) {
        let drawn = catch_unwind(AssertUnwindSafe(|| draw(page, &cache, &settings)));
        let image = drawn.ok().flatten().ok_or(Fault::Page { page: number })?;
        let (large, small) = encode::both(image, number)?;
        // A page whose words cannot be read is still a page.
        let read = catch_unwind(AssertUnwindSafe(|| words::of(page, &letters, &settings)));
        let words = read.ok().filter(|words| words.len() <= left).unwrap_or_default();
        left -= words.len();
        tell(Event::Page { large, small, words })?;
    }
    Ok(pages)
}

/// Documents without a password for reading are opened, whatever else they forbid: the teacher has it, and shows it.
fn unreadable(error: LoadPdfError) -> Fault {
    match error {
        LoadPdfError::Decryption(
            DecryptionError::PasswordProtected
            | DecryptionError::UnsupportedAlgorithm
            | DecryptionError::MissingIDEntry
            | DecryptionError::InvalidEncryption,
        ) => Fault::Encrypted,
        LoadPdfError::Invalid => Fault::Damaged,
    }
}

fn draw<'a>(page: &'a Page<'a>, cache: &RenderCache<'a>, settings: &InterpreterSettings) -> Option<RgbImage> {
    let (width, height) = page.render_dimensions();
    let sound = |side: f32| side.is_finite() && side > 0.0 && side <= PAGE_SIDE_PT_MAX;
    if !sound(width) || !sound(height) {
        return None;
    }
    let (width_px, height_px) = encode::fitted(width, height, LARGE_WIDTH_PX, LARGE_HEIGHT_PX);
    // A little more than whole pixels: the renderer cuts what is left over.
    let scale = |pixels: u32, points: f32| (pixels as f32 + 0.01) / points;
    let pixmap = PixmapSettings { x_scale: scale(width_px, width), y_scale: scale(height_px, height), bg_color: PAPER };
    let drawn = hayro::render(page, cache, settings, &RenderSettings::default(), &pixmap);
    let (width, height) = (u32::from(drawn.width()), u32::from(drawn.height()));
    // On opaque paper everything is opaque, so that colours need not be divided by their opacity.
    let bytes = drawn.data_as_u8_slice().chunks_exact(4).flat_map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect();
    RgbImage::from_raw(width, height, bytes)
}

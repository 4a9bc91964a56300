//! Pictures: one page each.

use crate::limits::{DECODER_BYTES_MAX, PICTURE_PX_MAX, PICTURE_SIDE_PX_MAX};
use crate::{Event, Fault, encode};
use image::{DynamicImage, ImageDecoder as _, ImageError, ImageFormat, ImageReader, Limits, RgbImage};
use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// What the first bytes say, of the pictures that can be shown.
pub(crate) fn format(head: &[u8]) -> Option<ImageFormat> {
    let shown = [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP, ImageFormat::Gif];
    image::guess_format(head).ok().filter(|format| shown.contains(format))
}

pub(crate) fn render(
    bytes: &[u8],
    format: ImageFormat,
    tell: &mut dyn FnMut(Event) -> Result<(), Fault>,
) -> Result<u16, Fault> {
    let decoded = catch_unwind(AssertUnwindSafe(|| decode(bytes, format)));
    let image = decoded.unwrap_or(Err(Fault::Damaged))?;
    tell(Event::Pages(1))?;
    let (large, small) = encode::both(on_white(image), 1)?;
    tell(Event::Page { large, small, words: String::new() })?;
    Ok(1)
}

/// The picture as it is to be held: telephones write how they were held beside it (EXIF).
fn decode(bytes: &[u8], format: ImageFormat) -> Result<DynamicImage, Fault> {
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut limits = Limits::default();
    limits.max_image_width = Some(PICTURE_SIDE_PX_MAX);
    limits.max_image_height = Some(PICTURE_SIDE_PX_MAX);
    limits.max_alloc = Some(DECODER_BYTES_MAX);
    // What is asked before anything is decoded: how large it says that it is.
    let (width, height) =
        ImageReader::with_format(Cursor::new(bytes), format).into_dimensions().map_err(|error| fault(&error, 0, 0))?;
    let too_many = u64::from(width) * u64::from(height) > PICTURE_PX_MAX;
    if too_many || width > PICTURE_SIDE_PX_MAX || height > PICTURE_SIDE_PX_MAX {
        return Err(Fault::TooManyPixels { width, height });
    }
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(|error| fault(&error, width, height))?;
    let orientation = decoder.orientation().ok();
    let mut image = DynamicImage::from_decoder(decoder).map_err(|error| fault(&error, width, height))?;
    if let Some(orientation) = orientation {
        image.apply_orientation(orientation);
    }
    Ok(image)
}

fn fault(error: &ImageError, width: u32, height: u32) -> Fault {
    match error {
        ImageError::Limits(_) => Fault::TooManyPixels { width, height },
        _ => Fault::Damaged,
    }
}

/// What can be seen through is seen on white paper.
fn on_white(image: DynamicImage) -> RgbImage {
    if !image.color().has_alpha() {
        return image.into_rgb8();
    }
    let image = image.into_rgba8();
    let (width, height) = image.dimensions();
    let over = |colour: u8, alpha: u8| {
        let (colour, alpha) = (u32::from(colour), u32::from(alpha));
        u8::try_from((colour * alpha + 255 * (255 - alpha) + 127) / 255).unwrap_or(u8::MAX)
    };
    RgbImage::from_fn(width, height, |x, y| {
        let [red, green, blue, alpha] = image.get_pixel(x, y).0;
        image::Rgb([over(red, alpha), over(green, alpha), over(blue, alpha)])
    })
}

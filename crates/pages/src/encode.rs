use crate::Fault;
use crate::limits::{
    JPEG_QUALITY, LARGE_HEIGHT_PX, LARGE_WIDTH_PX, PICTURE_BYTES_MAX, SMALL_HEIGHT_PX, SMALL_WIDTH_PX,
};
use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::imageops::{self, FilterType as Scaling};
use image::{ExtendedColorType, ImageEncoder as _, RgbImage};
use serde::{Deserialize, Serialize};

/// How a page is coded: both are shown by every browser that can be in a class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Coding {
    /// Texts and drawings.
    Png,
    /// Photographs.
    Jpeg,
}

impl Coding {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Jpeg => "jpeg",
        }
    }

    pub fn of_word(word: &str) -> Option<Self> {
        [Self::Png, Self::Jpeg].into_iter().find(|coding| coding.as_str() == word)
    }

    pub const fn mime(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
        }
    }
}

/// A page in one size.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    pub width_px: u16,
    pub height_px: u16,
    pub coding: Coding,
    pub bytes: Vec<u8>,
}

/// A page in both sizes. `number` is the page's, from 1.
pub(crate) fn both(image: RgbImage, number: u16) -> Result<(Picture, Picture), Fault> {
    let large = fit(image, LARGE_WIDTH_PX, LARGE_HEIGHT_PX);
    let small = fit(large.clone(), SMALL_WIDTH_PX, SMALL_HEIGHT_PX);
    Ok((encode(&large, number)?, encode(&small, number)?))
}

/// Width and height within a box, of the same shape; never zero.
pub(crate) fn fitted(width: f32, height: f32, width_max: u32, height_max: u32) -> (u32, u32) {
    let scale = (width_max as f32 / width).min(height_max as f32 / height);
    let side = |length: f32, most: u32| ((length * scale).round() as u32).clamp(1, most);
    (side(width, width_max), side(height, height_max))
}

/// Pictures that are smaller stay as they are.
fn fit(image: RgbImage, width_max: u32, height_max: u32) -> RgbImage {
    if image.width() <= width_max && image.height() <= height_max {
        return image;
    }
    let (width, height) = fitted(image.width() as f32, image.height() as f32, width_max, height_max);
    imageops::resize(&image, width, height, Scaling::Triangle)
}

/// The smaller of the two codings; what is sharp stays sharp where that costs little.
fn encode(image: &RgbImage, number: u16) -> Result<Picture, Fault> {
    let png = png(image).ok_or(Fault::Page { page: number })?;
    let jpeg = jpeg(image).ok_or(Fault::Page { page: number })?;
    let (coding, bytes) = if png.len() <= jpeg.len() { (Coding::Png, png) } else { (Coding::Jpeg, jpeg) };
    let (Ok(width_px), Ok(height_px)) = (image.width().try_into(), image.height().try_into()) else {
        return Err(Fault::Page { page: number });
    };
    if bytes.len() > PICTURE_BYTES_MAX {
        return Err(Fault::Heavy { page: number });
    }
    Ok(Picture { width_px, height_px, coding, bytes })
}

fn jpeg(image: &RgbImage) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut bytes, JPEG_QUALITY);
    encoder.write_image(image, image.width(), image.height(), ExtendedColorType::Rgb8).ok()?;
    Some(bytes)
}

/// A page without colours takes a third.
fn png(image: &RgbImage) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let encoder = PngEncoder::new_with_quality(&mut bytes, CompressionType::Default, FilterType::Adaptive);
    let grey: Option<Vec<u8>> = image
        .pixels()
        .map(|pixel| (pixel.0[0] == pixel.0[1] && pixel.0[1] == pixel.0[2]).then_some(pixel.0[0]))
        .collect();
    let (width, height) = image.dimensions();
    match grey {
        Some(grey) => encoder.write_image(&grey, width, height, ExtendedColorType::L8).ok()?,
        None => encoder.write_image(image, width, height, ExtendedColorType::Rgb8).ok()?,
    }
    Some(bytes)
}

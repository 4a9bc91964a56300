use crate::{is_near, opened, pages};
use image::codecs::gif::GifEncoder;
use image::{DynamicImage, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};
use preau_pages::Fault;
use std::io::Cursor;

fn coded(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, format).expect("coded");
    bytes.into_inner()
}

/// Blue above, red below.
fn flag(width: u32, height: u32) -> DynamicImage {
    let colour = |y| if y < height / 2 { Rgb([0, 0, 255]) } else { Rgb([255, 0, 0]) };
    RgbImage::from_fn(width, height, |_, y| colour(y)).into()
}

#[test]
fn every_kind_that_browsers_show_becomes_a_page() {
    for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP, ImageFormat::Gif] {
        let (large, small) = pages(coded(&flag(3_200, 800), format)).unwrap().remove(0);
        assert_eq!((large.width_px, large.height_px, small.width_px), (1_600, 400, 480), "{format:?}");
        for picture in [&large, &small] {
            let image = opened(picture);
            let (x, y) = (image.width() / 2, image.height());
            assert!(is_near(&image, x, y / 4, [0, 0, 255]) && is_near(&image, x, y * 3 / 4, [255, 0, 0]), "{format:?}");
        }
    }
}

#[test]
fn small_pictures_are_not_blown_up() {
    let (large, small) = pages(coded(&flag(40, 20), ImageFormat::Png)).unwrap().remove(0);
    assert_eq!((large.width_px, large.height_px, small.width_px), (40, 20, 40));
}

#[test]
fn what_can_be_seen_through_is_seen_on_white() {
    let glass = RgbaImage::from_pixel(32, 32, Rgba([0, 0, 0, 0]));
    let (large, _) = pages(coded(&glass.into(), ImageFormat::Png)).unwrap().remove(0);
    assert!(is_near(&opened(&large), 16, 16, [255, 255, 255]));
}

/// A JPEG with the mark of a telephone that was held upright (EXIF 2.3, orientation 6: turn by a quarter to the right).
#[test]
fn photographs_stand_as_they_were_held() {
    let plain = coded(&flag(64, 32), ImageFormat::Jpeg);
    let exif: &[u8] = b"\xff\xe1\x00\x22Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
    let file = [&plain[..2], exif, &plain[2..]].concat();
    let (large, _) = pages(file).unwrap().remove(0);
    assert_eq!((large.width_px, large.height_px), (32, 64));
    // Above comes to the right.
    assert!(is_near(&opened(&large), 28, 32, [0, 0, 255]) && is_near(&opened(&large), 4, 32, [255, 0, 0]));
}

#[test]
fn the_first_picture_of_a_moving_one_is_shown() {
    let mut bytes = Vec::new();
    {
        let mut encoder = GifEncoder::new(&mut bytes);
        for colour in [[0, 128, 0, 255], [255, 0, 0, 255]] {
            encoder.encode_frame(image::Frame::new(RgbaImage::from_pixel(20, 20, Rgba(colour)))).unwrap();
        }
    }
    let (large, _) = pages(bytes).unwrap().remove(0);
    assert!(is_near(&opened(&large), 10, 10, [0, 128, 0]));
}

#[test]
fn what_says_that_it_is_huge_is_refused_before_it_is_read() {
    let mut bytes = coded(&flag(8, 8), ImageFormat::Png);
    for (width, height) in [(60_000_u32, 60_000_u32), (15_000, 15_000), (100_000, 1)] {
        bytes[16..20].copy_from_slice(&width.to_be_bytes());
        bytes[20..24].copy_from_slice(&height.to_be_bytes());
        // The header's checksum (PNG, 5.3) comes right, so that only its size is wrong.
        let mut sum = flate2::Crc::new();
        sum.update(&bytes[12..29]);
        bytes[29..33].copy_from_slice(&sum.sum().to_be_bytes());
        assert_eq!(pages(bytes.clone()), Err(Fault::TooManyPixels { width, height }));
    }
}

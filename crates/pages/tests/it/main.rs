//! Documents of all kinds, drawn and refused.

mod documents;
mod hostile;
mod pictures;
mod words;
mod writer;

use image::{ImageFormat, RgbImage};
use preau_pages::{Coding, Event, Fault, Picture, render};

/// The pages of a document, in both sizes.
fn pages(bytes: Vec<u8>) -> Result<Vec<(Picture, Picture)>, Fault> {
    let (mut pages, mut promised) = (Vec::new(), None);
    let count = render(bytes, &mut |event| {
        match event {
            Event::Pages(pages) => assert_eq!(promised.replace(pages), None),
            Event::Page { large, small, .. } => pages.push((large, small)),
        }
        Ok(())
    })?;
    assert_eq!((Some(count), usize::from(count)), (promised, pages.len()));
    Ok(pages)
}

fn opened(picture: &Picture) -> RgbImage {
    let format = if picture.coding == Coding::Png { ImageFormat::Png } else { ImageFormat::Jpeg };
    let image = image::load_from_memory_with_format(&picture.bytes, format).expect("a picture").into_rgb8();
    assert_eq!(image.dimensions(), (picture.width_px.into(), picture.height_px.into()));
    image
}

/// Whether a pixel is nearly of this colour: JPEG is not exact.
fn is_near(image: &RgbImage, x: u32, y: u32, colour: [u8; 3]) -> bool {
    image.get_pixel(x, y).0.iter().zip(colour).all(|(is, wanted)| is.abs_diff(wanted) < 12)
}

use crate::writer::{pdf, written};
use crate::{is_near, opened, pages};
use preau_pages::limits::{LARGE_WIDTH_PX, PAGES_MAX, SMALL_WIDTH_PX};
use preau_pages::{Coding, Fault};

const RED: [u8; 3] = [255, 0, 0];
const WHITE: [u8; 3] = [255, 255, 255];

#[test]
fn each_page_is_drawn_in_both_sizes() {
    // The lower left quarter is red on the first page, the upper right on the second.
    let file =
        pdf(2, 960, 540, |page| format!("1 0 0 rg {0} {1} 480 270 re f", [0, 480][page - 1], [0, 270][page - 1]));
    let made = pages(file).unwrap();
    for (number, (large, small)) in made.iter().enumerate() {
        assert_eq!((large.width_px, large.height_px), (1_600, 900));
        assert_eq!((small.width_px, small.height_px), (480, 270));
        for picture in [large, small] {
            let image = opened(picture);
            let (width, height) = image.dimensions();
            let (lower_left, upper_right) = ((width / 4, height * 3 / 4), (width * 3 / 4, height / 4));
            let (red, white) = if number == 0 { (lower_left, upper_right) } else { (upper_right, lower_left) };
            assert!(is_near(&image, red.0, red.1, RED) && is_near(&image, white.0, white.1, WHITE));
            // No line of another colour at the edges.
            assert!(is_near(&image, width - 1, height - 1, WHITE) && is_near(&image, 0, 0, WHITE));
        }
    }
}

#[test]
fn texts_are_written_with_the_fonts_that_every_reader_has() {
    let file = pdf(1, 595, 842, |_| "BT /F 200 Tf 50 400 Td (HELLO) Tj ET".to_owned());
    let (large, small) = pages(file).unwrap().remove(0);
    assert_eq!((large.width_px, small.height_px <= 720), (1_600, true));
    assert_eq!(large.coding, Coding::Png, "black on white");
    let image = opened(&large);
    let dark = image.pixels().filter(|pixel| pixel.0[0] < 100).count();
    assert!((40_000..900_000).contains(&dark), "{dark} dark pixels");
}

#[test]
fn a_page_is_as_it_is_turned_and_cut() {
    let file = written(&[
        "<</Type/Catalog/Pages 2 0 R>>".to_owned(),
        "<</Type/Pages/Count 1/Kids[3 0 R]>>".to_owned(),
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 400 800]/CropBox[0 0 400 200]/Rotate 90/Contents 4 0 R>>".to_owned(),
        "<</Length 24>>stream\n1 0 0 rg 0 0 100 200 re f\nendstream".to_owned(),
    ]);
    let (large, _) = pages(file).unwrap().remove(0);
    assert_eq!((large.width_px, large.height_px), (1_200, 2_400));
    let image = opened(&large);
    // What was at the left is above.
    assert!(is_near(&image, 600, 100, RED) && is_near(&image, 600, 2_300, WHITE));
}

#[test]
fn as_many_pages_as_are_allowed_and_no_more() {
    let of = |count| pdf(count, 16, 9, |_| String::new());
    let most = usize::from(PAGES_MAX);
    assert_eq!(pages(of(most + 1)), Err(Fault::TooManyPages { pages: 301, most: PAGES_MAX }));
    assert_eq!(pages(pdf(0, 16, 9, |_| String::new())), Err(Fault::NoPages));
}

#[test]
fn no_page_is_larger_than_a_screen() {
    for (width, height) in [(1, 1), (14_000, 20), (20, 14_000), (595, 842), (1_920, 1_080)] {
        let (large, small) = pages(pdf(1, width, height, |_| String::new())).unwrap().remove(0);
        assert!(u32::from(large.width_px) <= LARGE_WIDTH_PX && large.height_px <= 2_400 && large.width_px > 0);
        assert!(u32::from(small.width_px) <= SMALL_WIDTH_PX && small.height_px <= 720 && small.height_px > 0);
    }
    assert_eq!(pages(pdf(1, 1_000_000, 20, |_| String::new())), Err(Fault::Page { page: 1 }));
}

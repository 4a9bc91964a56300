use crate::pages;
use crate::writer::{pdf, written};
use image::ImageFormat;
use preau_pages::Fault;
use preau_pages::limits::FILE_BYTES_MAX;
use proptest::prelude::*;
use std::io::{Cursor, Write as _};

#[test]
fn what_is_not_what_it_says_is_refused_by_name() {
    for (bytes, expect) in [
        (&b""[..], Fault::Empty),
        (b"hello", Fault::Unknown),
        (b"PK\x03\x04 a folder", Fault::Unknown),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", Fault::Unknown),
        (b"<html>%PDF", Fault::Unknown),
        (b"%PDF-1.7\nnothing else", Fault::Damaged),
        (b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj trailer<</Root 1 0 R>>", Fault::Damaged),
        (b"\x89PNG\r\n\x1a\nno more", Fault::Damaged),
        (b"\xff\xd8\xff\xe0 no more", Fault::Damaged),
        (b"GIF89a", Fault::Damaged),
        (b"RIFF\x20\0\0\0WEBPVP8 ", Fault::Damaged),
    ] {
        assert_eq!(pages(bytes.to_vec()), Err(expect), "{}", String::from_utf8_lossy(bytes));
    }
    let long = usize::try_from(FILE_BYTES_MAX).unwrap() + 1;
    assert_eq!(pages(vec![0; long]), Err(Fault::TooLarge { most: FILE_BYTES_MAX }));
}

/// Made by qpdf with a password for reading, RC4 with 40 bits and AES with 256; and one with a password for changing only.
#[test]
fn documents_with_a_password_are_refused_as_such() {
    for file in [&include_bytes!("../corpus/encrypted-rc4.pdf")[..], include_bytes!("../corpus/encrypted-aes256.pdf")] {
        assert_eq!(pages(file.to_vec()), Err(Fault::Encrypted));
    }
    let open = include_bytes!("../corpus/owner-password-only.pdf");
    assert_eq!(pages(open.to_vec()).map(|pages| pages.len()), Ok(1));
}

/// A form that draws itself, and a tree of pages that contains itself.
#[test]
fn circles_end() {
    let form = written(&[
        "<</Type/Catalog/Pages 2 0 R>>".to_owned(),
        "<</Type/Pages/Count 1/Kids[3 0 R]>>".to_owned(),
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 100 100]/Resources<</XObject<</X 4 0 R>>>>/Contents 5 0 R>>".to_owned(),
        "<</Type/XObject/Subtype/Form/BBox[0 0 100 100]/Resources<</XObject<</X 4 0 R>>>>/Length 5>>stream\n/X Do\nendstream"
            .to_owned(),
        "<</Length 5>>stream\n/X Do\nendstream".to_owned(),
    ]);
    let _ = pages(form);
    let tree = written(&["<</Type/Catalog/Pages 2 0 R>>".to_owned(), "<</Type/Pages/Count 1/Kids[2 0 R]>>".to_owned()]);
    let _ = pages(tree);
}

#[test]
fn nested_arrays_do_not_exhaust_the_stack() {
    let deep = pdf(1, 100, 100, |_| format!("{}{}", "[".repeat(100_000), "]".repeat(100_000)));
    let _ = pages(deep);
}

/// Half a gigabyte of blanks in half a megabyte.
#[test]
fn what_swells_does_not_swell_for_ever() {
    let mut packed = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    for _ in 0..512 {
        packed.write_all(&vec![b' '; 1 << 20]).unwrap();
    }
    let packed = packed.finish().unwrap();
    let plain = pdf(1, 100, 100, |_| "X".repeat(packed.len()));
    let text = "X".repeat(packed.len());
    let at = plain.windows(text.len()).position(|window| window == text.as_bytes()).unwrap();
    let mut file = plain;
    file.splice(at..at + packed.len(), packed.iter().copied());
    let head = format!("<</Length {}>>", packed.len());
    let at = file.windows(head.len()).position(|window| window == head.as_bytes()).unwrap();
    file.splice(at..at + head.len(), format!("<</Filter/FlateDecode/Length {}>>", packed.len()).into_bytes());
    let _ = pages(file);
}

/// Files that once made the renderer panic or loop, and one of each kind that is sound.
const KEPT: &[&[u8]] = &[
    include_bytes!("../corpus/encrypted-rc4.pdf"),
    include_bytes!("../corpus/encrypted-aes256.pdf"),
    include_bytes!("../corpus/owner-password-only.pdf"),
    include_bytes!("../corpus/browser.pdf"),
];

fn sound() -> Vec<Vec<u8>> {
    let mut files: Vec<Vec<u8>> = KEPT.iter().map(|file| file.to_vec()).collect();
    files.push(pdf(1, 200, 100, |_| "BT /F 40 Tf 5 5 Td (Bonjour) Tj ET 0 1 0 rg 0 0 9 9 re f".to_owned()));
    let picture = image::DynamicImage::from(image::RgbImage::from_fn(40, 30, |x, y| {
        image::Rgb([x.to_le_bytes()[0], y.to_le_bytes()[0], 7])
    }));
    for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP, ImageFormat::Gif] {
        let mut bytes = Cursor::new(Vec::new());
        picture.write_to(&mut bytes, format).expect("coded");
        files.push(bytes.into_inner());
    }
    files
}

#[derive(Clone, Debug)]
enum Harm {
    Byte(prop::sample::Index, u8),
    Cut(prop::sample::Index),
    Twice(prop::sample::Index, prop::sample::Index),
    Out(prop::sample::Index, u8),
}

fn harms() -> impl Strategy<Value = Vec<Harm>> {
    let harm = prop_oneof![
        8 => (any::<prop::sample::Index>(), any::<u8>()).prop_map(|(at, byte)| Harm::Byte(at, byte)),
        1 => any::<prop::sample::Index>().prop_map(Harm::Cut),
        1 => (any::<prop::sample::Index>(), any::<prop::sample::Index>()).prop_map(|(from, to)| Harm::Twice(from, to)),
        2 => (any::<prop::sample::Index>(), any::<u8>()).prop_map(|(at, length)| Harm::Out(at, length)),
    ];
    prop::collection::vec(harm, 1..12)
}

fn harmed(mut file: Vec<u8>, harms: &[Harm]) -> Vec<u8> {
    for harm in harms {
        if file.is_empty() {
            break;
        }
        let length = file.len();
        match harm {
            Harm::Byte(at, byte) => file[at.index(length)] = *byte,
            Harm::Cut(at) => file.truncate(at.index(length)),
            Harm::Twice(from, to) => {
                let (from, to) = (from.index(length), to.index(length));
                let piece = file[from..length.min(from + 64)].to_vec();
                file.splice(to..to, piece);
            }
            Harm::Out(at, bytes) => {
                let at = at.index(length);
                file.drain(at..length.min(at + usize::from(*bytes)));
            }
        }
    }
    file
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    /// Whatever is done to a file, it gives pages within their limits or a reason: nothing panics past `render`.
    #[test]
    fn harmed_files_give_pages_or_a_reason(which in any::<prop::sample::Index>(), harms in harms()) {
        let files = sound();
        let file = harmed(files[which.index(files.len())].clone(), &harms);
        if let Ok(pages) = pages(file) {
            for (large, small) in pages {
                prop_assert!(large.width_px <= 1_600 && large.height_px <= 2_400 && !large.bytes.is_empty());
                prop_assert!(small.width_px <= 480 && small.height_px <= 720 && !small.bytes.is_empty());
            }
        }
    }

    #[test]
    fn nonsense_behind_a_pdf_header_gives_a_reason(noise in prop::collection::vec(any::<u8>(), 0..4_000)) {
        let _ = pages([b"%PDF-1.7\n", noise.as_slice()].concat());
    }
}

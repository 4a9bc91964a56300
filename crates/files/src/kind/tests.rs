use super::*;
use proptest::prelude::*;

#[test]
fn the_first_bytes_say_what_it_is() {
    let zip = |first: &str, rest: &str| {
        let mut bytes = b"PK\x03\x04".to_vec();
        bytes.resize(30, 0);
        bytes.extend(first.as_bytes());
        bytes.extend(rest.as_bytes());
        bytes
    };
    let ftyp = |brand: &[u8]| [b"\0\0\0\x1cftyp".as_slice(), brand].concat();
    for (bytes, expect) in [
        (b"\x89PNG\r\n\x1a\nrest".to_vec(), Kind::Png),
        (b"\xff\xd8\xff\xe0..JFIF".to_vec(), Kind::Jpeg),
        (b"GIF89a".to_vec(), Kind::Gif),
        (b"RIFF\x10\0\0\0WEBPVP8 ".to_vec(), Kind::Webp),
        (b"RIFF\x10\0\0\0WAVEfmt ".to_vec(), Kind::Wav),
        (b"%PDF-1.7\n".to_vec(), Kind::Pdf),
        (b"OggS\0\x02".to_vec(), Kind::Ogg),
        (b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x84webm".to_vec(), Kind::Webm),
        (b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x88matroska".to_vec(), Kind::Other),
        (ftyp(b"heic"), Kind::Heic),
        (ftyp(b"M4A "), Kind::M4a),
        (ftyp(b"qt  "), Kind::Other),
        (b"ID3\x04\0".to_vec(), Kind::Mp3),
        (vec![0xff, 0xfb, 0x90, 0x64], Kind::Mp3),
        (vec![0xff, 0xfb, 0xf0, 0x64], Kind::Other),
        (zip("mimetype", "application/vnd.oasis.opendocument.text"), Kind::OpenDocument),
        (zip("[Content_Types].xml", ""), Kind::OfficeOpenXml),
        (zip("photo.jpg", ""), Kind::Zip),
        ("La crue du Nil\n\tété".as_bytes().to_vec(), Kind::Text),
        ("<script>alert(1)</script>".as_bytes().to_vec(), Kind::Text),
        (b"\x7fELF\x02\x01".to_vec(), Kind::Other),
        (b"MZ\x90\0".to_vec(), Kind::Other),
        (Vec::new(), Kind::Text),
    ] {
        assert_eq!(sniff(&bytes), expect, "{:?}", String::from_utf8_lossy(&bytes));
    }
}

#[test]
fn only_an_honest_picture_sound_or_pdf_is_shown() {
    for (kind, name, expect) in [
        (Kind::Png, "carte.PNG", Showing::Inline("image/png")),
        (Kind::Pdf, "exposé.pdf", Showing::Inline("application/pdf")),
        (Kind::Webm, "récitation.webm", Showing::Inline("audio/webm")),
        (Kind::Text, "notes.txt", Showing::Attachment("text/plain; charset=utf-8")),
        (Kind::Text, "page.html", Showing::Attachment("application/octet-stream")),
        (Kind::Text, "dessin.svg", Showing::Attachment("application/octet-stream")),
        (Kind::Text, "carte.png", Showing::Attachment("application/octet-stream")),
        (Kind::Png, "carte.png.html", Showing::Attachment("application/octet-stream")),
        (Kind::Pdf, "pdf", Showing::Attachment("application/octet-stream")),
        (Kind::Other, "virus.exe", Showing::Attachment("application/octet-stream")),
        (Kind::OpenDocument, "copie.odt", Showing::Attachment("application/octet-stream")),
    ] {
        assert_eq!(kind.showing(name), expect, "{name}");
    }
}

proptest! {
    /// Nothing that a browser would take for a page or a script is ever shown, whatever the bytes and the name.
    #[test]
    fn no_bytes_and_no_name_are_shown_as_a_page(bytes in proptest::collection::vec(any::<u8>(), 0..200), name in "\\PC{0,12}(\\.(html|svg|js|xml|png|pdf|txt))?") {
        if let Showing::Inline(mime) = sniff(&bytes).showing(&name) {
            prop_assert!(mime.starts_with("image/") || mime.starts_with("audio/") || mime == "application/pdf");
            prop_assert!(mime != "image/svg+xml");
        }
    }

    #[test]
    fn every_word_reads_back(at in 0..TABLE.len()) {
        let kind = TABLE[at].0;
        prop_assert_eq!(Kind::of_word(kind.as_str()), kind);
    }
}

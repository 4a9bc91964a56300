use super::*;

fn read(bytes: &[u8], guess: Guess) -> (String, Result<u64, ReadFault>) {
    let mut reader = DecodeReader::new(bytes, guess, Arc::default());
    let mut text = Vec::new();
    loop {
        let piece = match reader.fill_buf() {
            Ok(piece) => piece.to_vec(),
            Err(error) => {
                let inner = error.into_inner().expect("a wrapped error");
                let inner = inner.downcast::<ReadFault>().expect("ours");
                return (String::from_utf8(text).expect("UTF-8"), Err(*inner));
            }
        };
        if piece.is_empty() {
            return (String::from_utf8(text).expect("UTF-8"), Ok(reader.line()));
        }
        reader.start_piece();
        // One byte at a time, so that every state is seen.
        text.push(piece[0]);
        reader.consume(1);
    }
}

#[test]
fn honours_the_declaration() {
    let check = |bytes: &[u8], expect: &str| assert_eq!(read(bytes, Guess::Xml), (expect.into(), Ok(1)), "{bytes:?}");
    check(b"<a>\xc3\xa9</a>", "<a>é</a>");
    check(b"\xef\xbb\xbf<a>\xc3\xa9</a>", "<a>é</a>");
    check(
        b"<?xml version='1.0' encoding='ISO-8859-15'?>\xa4\xbd\xe9",
        "<?xml version='1.0' encoding='ISO-8859-15'?>€œé",
    );
    check(
        b"<?xml version=\"1.0\" encoding = \"iso-8859-1\"?>\xe9",
        "<?xml version=\"1.0\" encoding = \"iso-8859-1\"?>é",
    );
    check(b"<?xml encoding=\"windows-1252\"?>\x9c\x92", "<?xml encoding=\"windows-1252\"?>œ’");
    check(b"\xff\xfe<\0\xe9\0", "<é");
    check(b"\xfe\xff\0<\0\xe9", "<é");
    check(b"<\0?\0\xe9\0", "<?é");
    check(b"", "");
}

#[test]
fn line_ends_become_one() {
    let long = "x".repeat(CHUNK_BYTES - 1);
    let check = |text: &str, expect: &str, line: u64| {
        assert_eq!(read(text.as_bytes(), Guess::Xml), (expect.into(), Ok(line)), "{text:?}");
    };
    check("a\r\nb\rc\nd\r\r\n", "a\nb\nc\nd\n\n", 6);
    check("\r\n", "\n", 2);
    check(&format!("{long}\r\ny"), &format!("{long}\ny"), 2);
}

#[test]
fn wrong_bytes_are_named_and_what_stood_before_them_is_given() {
    let wrong = |byte| Err(ReadFault::WrongByte { byte, encoding: "UTF-8".into() });
    assert_eq!(read(b"a\nb\xe9c", Guess::Xml), ("a\nb".into(), wrong(3)));
    assert_eq!(read(b"ab\xc3", Guess::Xml), ("ab".into(), wrong(2)));
    assert_eq!(read(b"\xef\xbb\xbfab\xff", Guess::Xml), ("ab".into(), wrong(5)));
    let mut long = vec![b'x'; 3 * CHUNK_BYTES];
    long.push(0xff);
    assert_eq!(read(&long, Guess::Xml).1, wrong(3 * CHUNK_BYTES as u64));
}

#[test]
fn unknown_and_false_encodings_are_refused() {
    let fails = |label: &str| read(format!("<?xml encoding='{label}'?><a/>").as_bytes(), Guess::Xml).1;
    assert_eq!(fails("EBCDIC"), Err(ReadFault::UnknownEncoding { name: "EBCDIC".into() }));
    assert_eq!(fails("UTF-16"), Err(ReadFault::FalseEncoding { name: "UTF-16".into() }));
}

#[test]
fn a_piece_is_bounded() {
    let mut reader = DecodeReader::new(io::repeat(b'x'), Guess::Xml, Arc::default());
    let mut given = 0;
    while let Ok(piece) = reader.fill_buf() {
        let length = piece.len();
        given += length as u64;
        reader.consume(length);
    }
    assert!(given <= PIECE_BYTES_MAX + 3 * CHUNK_BYTES as u64);
}

#[test]
fn utf8_is_recognised() {
    let check = |bytes: &[u8]| is_utf8(&mut &*bytes).expect("reads");
    assert!(check("é".as_bytes()) && check(b""));
    assert!(!check(b"\xe9t\xe9") && !check(b"a\xc3"));
    // A character cut by the end of a chunk.
    let cut = format!("{}é", "x".repeat(CHUNK_BYTES - 1));
    assert!(check(cut.as_bytes()));
}

use super::*;
use http_body_util::BodyExt as _;
use proptest::prelude::*;

const FORM: &str = "--xyz\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\ntoken\r\n--xyz\r\nContent-Disposition: form-data; \
                    name=\"body\"\r\n\r\nLe Nil\r\n--xyz--\r\n";

fn body(text: &[u8], piece: usize) -> Body {
    let pieces: Vec<_> = text.chunks(piece.max(1)).map(|it| Ok::<_, axum::Error>(Bytes::copy_from_slice(it))).collect();
    Body::from_stream(stream::iter(pieces))
}

#[tokio::test]
async fn the_first_field_is_read_however_the_form_comes_in() {
    for piece in 1..=FORM.len() {
        let (token, rest) = first_field(body(FORM.as_bytes(), piece), "xyz", "csrf").await;
        assert_eq!(token.as_deref(), Some("token"), "in pieces of {piece}");
        let all = rest.collect().await.expect("reads").to_bytes();
        assert_eq!(all, FORM.as_bytes(), "nothing is lost");
    }
}

#[tokio::test]
async fn a_token_counts_only_as_the_first_field() {
    let hidden = "--xyz\r\nContent-Disposition: form-data; name=\"file\"; filename=\"csrf\"\r\n\r\nx\r\n";
    let as_file = "--xyz\r\nContent-Disposition: form-data; name=\"csrf\"; filename=\"a\"\r\n\r\ntoken\r\n--xyz--\r\n";
    let long =
        format!("--xyz\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n{}\r\n--xyz--\r\n", "x".repeat(9_000));
    let late = FORM.replace("\"csrf\"", "\"first\"");
    for wrong in [hidden, as_file, &long, &late, "", "--xyz", "--abc\r\n", "csrf=token", &FORM[..58]] {
        assert_eq!(first_field(body(wrong.as_bytes(), 7), "xyz", "csrf").await.0, None, "{wrong:.60}");
    }
}

proptest! {
    #[test]
    fn no_head_makes_it_panic(head in proptest::collection::vec(any::<u8>(), 0..200), boundary in "[a-z]{0,6}") {
        let _ = find_first(&head, &boundary, "csrf");
    }
}

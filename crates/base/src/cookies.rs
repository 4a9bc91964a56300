/// The pairs of one `Cookie` header (RFC 6265 §4.2), names and values as they came. A pair with a byte outside ASCII, which
/// browsers send where a page's script has set one, is passed over, and no other with it.
pub fn cookie_pairs(line: &[u8]) -> impl Iterator<Item = (&str, &str)> {
    let pairs = line.split(|byte| *byte == b';').filter(|pair| pair.is_ascii());
    pairs.filter_map(|pair| std::str::from_utf8(pair.trim_ascii()).ok()?.split_once('='))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(line: &[u8], expect: &[(&str, &str)]) {
        assert_eq!(cookie_pairs(line).collect::<Vec<_>>(), expect, "{}", line.escape_ascii());
    }

    #[test]
    fn reads_pairs_in_order_and_passes_over_what_is_none() {
        check(b"", &[]);
        check(b"a=b; c=d=e;f=", &[("a", "b"), ("c", "d=e"), ("f", "")]);
        check(b"a; ;=; b=1", &[("", ""), ("b", "1")]);
        check("prénom=Zoé; a=1; b=é; c=2".as_bytes(), &[("a", "1"), ("c", "2")]);
        check(b"a=\xff; b=1", &[("b", "1")]);
    }

    proptest! {
        #[test]
        fn nothing_beside_a_cookie_hides_it(
            before in prop::collection::vec(any::<u8>(), 0..60),
            value in "[!-:<-~]{0,20}",
            after in prop::collection::vec(any::<u8>(), 0..60),
        ) {
            let line = [&before[..], b"; ours=", value.as_bytes(), b"; ", &after].concat();
            prop_assert!(cookie_pairs(&line).any(|pair| pair == ("ours", value.as_str())));
        }
    }
}

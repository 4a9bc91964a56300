//! Finds whose datagram a STUN request is, cheaply and bounded; str0m verifies it afterwards.

/// A STUN header (RFC 8489 §5).
const HEADER_BYTES: usize = 20;
const MAGIC_COOKIE: [u8; 4] = [0x21, 0x12, 0xa4, 0x42];
const BINDING_REQUEST: [u8; 2] = [0x00, 0x01];
const BINDING_SUCCESS: [u8; 2] = [0x01, 0x01];
const ATTRIBUTE_USERNAME: [u8; 2] = [0x00, 0x06];
const ATTRIBUTE_MESSAGE_INTEGRITY: [u8; 2] = [0x00, 0x08];
/// RFC 8445 §16.1.
const ATTRIBUTE_PRIORITY: [u8; 2] = [0x00, 0x24];
const ATTRIBUTE_USE_CANDIDATE: [u8; 2] = [0x00, 0x25];
/// A browser's binding request has about eight attributes.
const ATTRIBUTES_MAX: usize = 16;

/// Our ICE ufrag in the USERNAME of a STUN binding request: the part before the colon (RFC 8445 §7.2.2).
///
/// `None` for everything else: other STUN messages, malformed or cut-off ones, other protocols. Looks at no more than
/// the first 16 attributes and allocates nothing. The message's integrity isn't verified here.
pub fn local_ufrag(datagram: &[u8]) -> Option<&[u8]> {
    let username = attribute(datagram, ATTRIBUTE_USERNAME)?;
    let colon = username.iter().position(|&byte| byte == b':')?;
    Some(&username[..colon]).filter(|ufrag| !ufrag.is_empty())
}

/// The priority with which a STUN binding request nominates the pair of addresses that it goes over (RFC 8445 §7.1); `None`: it
/// does not. Its integrity isn't verified here.
pub fn nominates(datagram: &[u8]) -> Option<u32> {
    attribute(datagram, ATTRIBUTE_USE_CANDIDATE)?;
    attribute(datagram, ATTRIBUTE_PRIORITY)?.try_into().ok().map(u32::from_be_bytes)
}

/// The value of an attribute of a binding request, if it is among the first, and covered by the integrity.
fn attribute(datagram: &[u8], kind: [u8; 2]) -> Option<&[u8]> {
    let (header, mut rest) = datagram.split_at_checked(HEADER_BYTES)?;
    let length = usize::from(u16::from_be_bytes([header[2], header[3]]));
    if header[..2] != BINDING_REQUEST || header[4..8] != MAGIC_COOKIE || length != rest.len() {
        return None;
    }
    for _ in 0..ATTRIBUTES_MAX {
        let (head, tail) = rest.split_at_checked(4)?;
        let value_bytes = usize::from(u16::from_be_bytes([head[2], head[3]]));
        let value = tail.get(..value_bytes)?;
        if head[..2] == kind {
            return Some(value);
        }
        if head[..2] == ATTRIBUTE_MESSAGE_INTEGRITY {
            return None;
        }
        rest = tail.get(value_bytes.next_multiple_of(4)..)?;
    }
    None
}

/// Whether the datagram is the answer to an authentic binding request.
pub fn is_success(datagram: &[u8]) -> bool {
    datagram.starts_with(&BINDING_SUCCESS)
}

/// Whether the datagram is STUN by its first byte (RFC 7983).
pub fn is_stun(datagram: &[u8]) -> bool {
    datagram.first().is_some_and(|&first| first < 4)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn request(attributes: &[(u16, &[u8])]) -> Vec<u8> {
        let mut body = Vec::new();
        for (kind, value) in attributes {
            body.extend(kind.to_be_bytes());
            body.extend(u16::try_from(value.len()).unwrap().to_be_bytes());
            body.extend(*value);
            body.resize(body.len().next_multiple_of(4), 0);
        }
        let mut message = vec![0, 1];
        message.extend(u16::try_from(body.len()).unwrap().to_be_bytes());
        message.extend(MAGIC_COOKIE);
        message.extend([7; 12]);
        message.extend(body);
        message
    }

    #[test]
    fn finds_the_part_before_the_colon() {
        let message = request(&[(0x8022, b"x"), (6, b"ours:theirs"), (8, &[0; 20])]);
        assert_eq!(local_ufrag(&message), Some(&b"ours"[..]));
        assert!(is_stun(&message) && nominates(&message).is_none());
        let nominating = request(&[(6, b"ours:theirs"), (0x24, &[0, 1, 0, 2]), (0x25, b""), (8, &[0; 20])]);
        assert_eq!(nominates(&nominating), Some(65_538));
        assert!(nominates(&nominating[..30]).is_none() && nominates(b"ours").is_none());
        let unproved = request(&[(6, b"ours:theirs"), (0x24, &[0, 1, 0, 2]), (8, &[0; 20]), (0x25, b"")]);
        assert_eq!(nominates(&unproved), None, "anybody on the way could have put it behind");
    }

    #[test]
    fn refuses_what_is_no_request_with_a_username() {
        assert_eq!(local_ufrag(&request(&[(8, &[0; 20])])), None);
        assert_eq!(local_ufrag(&request(&[(6, b"no colon")])), None);
        assert_eq!(local_ufrag(&request(&[(6, b":theirs")])), None);
        assert_eq!(local_ufrag(b""), None);
        let mut response = request(&[(6, b"ours:theirs")]);
        response[0] = 1;
        assert_eq!(local_ufrag(&response), None);
        let whole = request(&[(6, b"ours:theirs")]);
        for cut in 0..whole.len() {
            assert_eq!(local_ufrag(&whole[..cut]), None, "cut at {cut}");
        }
    }

    #[test]
    fn gives_up_after_sixteen_attributes() {
        let mut many: Vec<(u16, &[u8])> = vec![(0x8022, b""); 16];
        many.push((6, b"ours:theirs"));
        assert_eq!(local_ufrag(&request(&many)), None);
    }

    proptest! {
        #[test]
        fn any_bytes_are_answered_without_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = local_ufrag(&bytes);
        }

        #[test]
        fn a_damaged_request_never_yields_more_than_it_holds(at in 0usize..60, value: u8) {
            let mut message = request(&[(0x0024, &[0; 4]), (6, b"ours:theirs"), (8, &[0; 20])]);
            let at = at % message.len();
            message[at] = value;
            if let Some(ufrag) = local_ufrag(&message) {
                prop_assert!(!ufrag.is_empty() && ufrag.len() < message.len());
            }
        }
    }
}

//! The PROXY protocol, versions 1 and 2 (HAProxy's `proxy-protocol.txt`, 2020): what a proxy says of its client before
//! the first byte of it.

use crate::limits::PROXY_HEADER_BYTES_MAX;
use std::net::{IpAddr, SocketAddr};
use tokio::io::{AsyncRead, AsyncReadExt as _};

/// Version 2 begins so.
const SIGNATURE: [u8; 12] = *b"\r\n\r\n\0\r\nQUIT\n";
const FIXED_BYTES: usize = 16;
/// A line of version 1 with its end (§2.1).
const LINE_BYTES_MAX: usize = 107;

const COMMAND_LOCAL: u8 = 0x0;
const COMMAND_PROXY: u8 = 0x1;
const FAMILY_INET: u8 = 0x1;
const FAMILY_INET6: u8 = 0x2;
const TRANSPORT_STREAM: u8 = 0x1;
const TLV_SSL: u8 = 0x20;
const CLIENT_SSL: u8 = 0x01;

/// What a proxy told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Told {
    /// `None` where the connection is the proxy's own (LOCAL, as for its health checks) or of nobody that it can name.
    pub client: Option<SocketAddr>,
    /// The client spoke TLS with the proxy.
    pub tls: bool,
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum ProxyHeaderError {
    #[error("the PROXY header did not come: {0}")]
    Io(#[from] std::io::Error),
    #[error("no PROXY header: {0}")]
    Malformed(&'static str),
}

/// Reads a header and no byte more.
pub(crate) async fn read<S: AsyncRead + Unpin>(stream: &mut S) -> Result<Told, ProxyHeaderError> {
    let mut fixed = [0; FIXED_BYTES];
    stream.read_exact(&mut fixed[..1]).await?;
    if fixed[0] == SIGNATURE[0] {
        stream.read_exact(&mut fixed[1..]).await?;
        let mut rest = vec![0; rest_bytes(&fixed)?];
        stream.read_exact(&mut rest).await?;
        return version2(&fixed, &rest);
    }
    let mut line = vec![fixed[0]];
    while line.last() != Some(&b'\n') {
        if line.len() >= LINE_BYTES_MAX {
            return Err(ProxyHeaderError::Malformed("a line without end"));
        }
        line.push(stream.read_u8().await?);
    }
    version1(&line)
}

fn version1(line: &[u8]) -> Result<Told, ProxyHeaderError> {
    let wrong = ProxyHeaderError::Malformed;
    let line = line.strip_suffix(b"\r\n").ok_or(wrong("a line that does not end in CRLF"))?;
    let line = std::str::from_utf8(line).map_err(|_| wrong("a line that is no text"))?;
    let mut words = line.split(' ');
    if words.next() != Some("PROXY") {
        return Err(wrong("a line that begins otherwise"));
    }
    let family = words.next();
    // What follows UNKNOWN must be passed over.
    if family == Some("UNKNOWN") {
        return Ok(Told { client: None, tls: false });
    }
    let (Some(source), Some(target), Some(source_port), Some(target_port), None) =
        (words.next(), words.next(), words.next(), words.next(), words.next())
    else {
        return Err(wrong("a line without addresses and ports"));
    };
    let address = |text: &str| match (family, text.parse::<IpAddr>()) {
        (Some("TCP4"), Ok(address @ IpAddr::V4(_))) | (Some("TCP6"), Ok(address @ IpAddr::V6(_))) => Ok(address),
        _ => Err(wrong("an address that is none of its family")),
    };
    let client = SocketAddr::new(address(source)?, port(source_port)?);
    address(target)?;
    port(target_port)?;
    Ok(Told { client: Some(client), tls: false })
}

fn port(text: &str) -> Result<u16, ProxyHeaderError> {
    let canonical = text.bytes().all(|byte| byte.is_ascii_digit()) && (text.len() == 1 || !text.starts_with('0'));
    let port = text.parse().ok().filter(|_| canonical);
    port.ok_or(ProxyHeaderError::Malformed("a port that is none"))
}

/// How much follows the fixed part of version 2.
fn rest_bytes(fixed: &[u8; FIXED_BYTES]) -> Result<usize, ProxyHeaderError> {
    let wrong = ProxyHeaderError::Malformed;
    if fixed[..SIGNATURE.len()] != SIGNATURE {
        return Err(wrong("another signature"));
    }
    if fixed[12] >> 4 != 2 {
        return Err(wrong("a version that is not 2"));
    }
    let bytes = usize::from(u16::from_be_bytes([fixed[14], fixed[15]]));
    if bytes > PROXY_HEADER_BYTES_MAX { Err(wrong("a header too large")) } else { Ok(bytes) }
}

/// Reads the second version; `fixed` has been checked.
fn version2(fixed: &[u8; FIXED_BYTES], rest: &[u8]) -> Result<Told, ProxyHeaderError> {
    let wrong = ProxyHeaderError::Malformed;
    match fixed[12] & 0xf {
        COMMAND_LOCAL => return Ok(Told { client: None, tls: false }),
        COMMAND_PROXY => (),
        _ => return Err(wrong("a command that is none")),
    }
    let (family, transport) = (fixed[13] >> 4, fixed[13] & 0xf);
    let short = wrong("a header too short for its addresses");
    // Source, target, ports of source and target.
    let (address, ports, used): (IpAddr, &[u8], usize) = match family {
        FAMILY_INET => {
            let (source, rest) = rest.split_first_chunk::<4>().ok_or(short)?;
            (IpAddr::from(*source), rest.get(4..8).ok_or(wrong("a header too short for its ports"))?, 12)
        }
        FAMILY_INET6 => {
            let (source, rest) = rest.split_first_chunk::<16>().ok_or(short)?;
            (IpAddr::from(*source), rest.get(16..20).ok_or(wrong("a header too short for its ports"))?, 36)
        }
        // AF_UNSPEC and AF_UNIX: nobody who has an address.
        _ => return Ok(Told { client: None, tls: false }),
    };
    if transport != TRANSPORT_STREAM {
        return Err(wrong("a transport other than TCP"));
    }
    let port = u16::from_be_bytes([ports[0], ports[1]]);
    let tls = said_tls(rest.get(used..).unwrap_or_default())?;
    Ok(Told { client: Some(SocketAddr::new(address, port)), tls })
}

/// Walks through the type-length-values (§2.2); one only is of interest.
fn said_tls(mut tlvs: &[u8]) -> Result<bool, ProxyHeaderError> {
    let mut tls = false;
    while let [kind, high, low, rest @ ..] = tlvs {
        let length = usize::from(u16::from_be_bytes([*high, *low]));
        let value = rest.get(..length).ok_or(ProxyHeaderError::Malformed("a TLV that is longer than its header"))?;
        tls |= *kind == TLV_SSL && value.first().is_some_and(|client| client & CLIENT_SSL != 0);
        tlvs = &rest[length..];
    }
    Ok(tls)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read_all(bytes: &[u8]) -> (Result<Told, ProxyHeaderError>, usize) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let mut rest = bytes;
        let told = runtime.block_on(read(&mut rest));
        (told, bytes.len() - rest.len())
    }

    fn v2(version_command: u8, family: u8, rest: &[u8]) -> Vec<u8> {
        let mut bytes = SIGNATURE.to_vec();
        bytes.extend([version_command, family]);
        bytes.extend(u16::try_from(rest.len()).unwrap().to_be_bytes());
        bytes.extend(rest);
        bytes
    }

    fn check(bytes: &[u8], expect: Option<Option<&str>>) {
        let with_more = [bytes, b"GET / HTTP/1.1\r\n"].concat();
        let (told, used) = read_all(&with_more);
        let client = told.ok().map(|told| told.client);
        let expect = expect.map(|client| client.map(|client| client.parse().unwrap()));
        assert_eq!(client, expect, "{}", bytes.escape_ascii());
        if expect.is_some() {
            assert_eq!(used, bytes.len(), "not a byte of what follows");
        }
    }

    #[test]
    fn reads_the_first_version() {
        check(b"PROXY TCP4 192.0.2.1 198.51.100.1 56324 443\r\n", Some(Some("192.0.2.1:56324")));
        check(b"PROXY TCP6 2001:db8::1 2001:db8::2 1 2\r\n", Some(Some("[2001:db8::1]:1")));
        check(b"PROXY UNKNOWN\r\n", Some(None));
        check(b"PROXY UNKNOWN ffff::1 ffff::2 1 2\r\n", Some(None));
        for wrong in [
            &b"GET / HTTP/1.1\r\n"[..],
            b"PROXY TCP4 192.0.2.1 198.51.100.1 56324 443\n",
            b"PROXY TCP4 192.0.2.1 198.51.100.1 56324\r\n",
            b"PROXY TCP4 192.0.2.1 198.51.100.1 56324 443 1\r\n",
            b"PROXY TCP4  192.0.2.1 198.51.100.1 56324 443\r\n",
            b"PROXY TCP4 2001:db8::1 2001:db8::2 1 2\r\n",
            b"PROXY TCP6 192.0.2.1 198.51.100.1 1 2\r\n",
            b"PROXY TCP4 192.0.2.1 198.51.100.1 65536 443\r\n",
            b"PROXY TCP4 192.0.2.1 198.51.100.1 +1 443\r\n",
            b"PROXY TCP4 192.0.2.1 198.51.100.1 01 443\r\n",
            b"PROXY TCP4 192.0.2.256 198.51.100.1 1 443\r\n",
            b"PROXY UDP4 192.0.2.1 198.51.100.1 1 443\r\n",
            b"PROXY\r\n",
        ] {
            check(wrong, None);
        }
        check(&[b"PROXY UNKNOWN ", [b'a'; 200].as_slice(), b"\r\n"].concat(), None);
    }

    #[test]
    fn reads_the_second_version() {
        let v4 = [192, 0, 2, 1, 198, 51, 100, 1, 0xdc, 4, 1, 0xbb];
        check(&v2(0x21, 0x11, &v4), Some(Some("192.0.2.1:56324")));
        let tlvs = [v4.as_slice(), &[0x01, 0, 2, b'h', b'2', 0x20, 0, 5, 1, 0, 0, 0, 0]].concat();
        check(&v2(0x21, 0x11, &tlvs), Some(Some("192.0.2.1:56324")));
        assert!(read_all(&v2(0x21, 0x11, &tlvs)).0.unwrap().tls && !read_all(&v2(0x21, 0x11, &v4)).0.unwrap().tls);
        let mut v6 = [0; 36];
        (v6[0], v6[1], v6[15], v6[33]) = (0x20, 1, 7, 9);
        check(&v2(0x21, 0x21, &v6), Some(Some("[2001::7]:9")));
        check(&v2(0x20, 0x11, &v4), Some(None));
        check(&v2(0x20, 0x00, &[]), Some(None));
        check(&v2(0x21, 0x31, &[0; 216]), Some(None));
        for wrong in [
            v2(0x11, 0x11, &v4),
            v2(0x22, 0x11, &v4),
            v2(0x21, 0x12, &v4),
            v2(0x21, 0x11, &v4[..11]),
            v2(0x21, 0x21, &v6[..35]),
            v2(0x21, 0x11, &[v4.as_slice(), &[0x20, 0, 9, 1]].concat()),
            v2(0x21, 0x11, &vec![0; PROXY_HEADER_BYTES_MAX + 1]),
            b"\r\n\r\n\0\r\nQUIT\rxxxxxxxxxxx".to_vec(),
        ] {
            check(&wrong, None);
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(source in any::<SocketAddr>(), target_port in any::<u16>(), tlv in prop::collection::vec(any::<u8>(), 0..50)) {
            let (family, name, unspecified) = match source.ip() {
                IpAddr::V4(_) => (0x11, "TCP4", "0.0.0.0"),
                IpAddr::V6(_) => (0x21, "TCP6", "::"),
            };
            let line = format!("PROXY {name} {} {unspecified} {} {target_port}\r\n", source.ip(), source.port());
            let expect = SocketAddr::new(source.ip(), source.port());
            prop_assert_eq!(read_all(line.as_bytes()).0.unwrap().client, Some(expect));
            let octets = match source.ip() {
                IpAddr::V4(v4) => [v4.octets().to_vec(), vec![0; 4]].concat(),
                IpAddr::V6(v6) => [v6.octets().to_vec(), vec![0; 16]].concat(),
            };
            let ports = [source.port().to_be_bytes(), target_port.to_be_bytes()].concat();
            let length = u16::try_from(tlv.len()).unwrap().to_be_bytes();
            let rest = [octets, ports, vec![0xea, length[0], length[1]], tlv].concat();
            let (told, used) = read_all(&v2(0x21, family, &rest));
            prop_assert_eq!((told.unwrap().client, used), (Some(expect), FIXED_BYTES + rest.len()));
        }

        #[test]
        fn no_bytes_make_it_panic(mut bytes in prop::collection::vec(any::<u8>(), 0..300), signed in any::<bool>()) {
            if signed && bytes.len() >= FIXED_BYTES {
                bytes[..12].copy_from_slice(&SIGNATURE);
                bytes[12] = 0x20 | (bytes[12] & 1);
                bytes[14] = 0;
            }
            let (_told, used) = read_all(&bytes);
            prop_assert!(used <= bytes.len());
        }
    }
}

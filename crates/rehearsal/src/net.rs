//! The only function of the rehearsal that opens a connection, and the only one that sends raw packets. Both look at where
//! they go.

use crate::limits::CONNECT_MS_MAX;
use crate::namespace::Namespace;
use crate::target::{Destination, OwnTarget};
use socket2::{Domain, Protocol, SockAddr, Socket, Type};
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, SocketAddrV4};
use std::time::Duration;
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;

/// How a connection is opened.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Origin {
    /// The address to come from, on this machine only.
    pub source: Option<IpAddr>,
    /// Bytes that the kernel takes for us before it stops the other side; its own choice without.
    pub receive_buffer_bytes: Option<u32>,
}

impl Origin {
    pub(crate) const fn from_address(source: IpAddr) -> Self {
        Self { source: Some(source), receive_buffer_bytes: None }
    }
}

/// Where a destination is reached, as long as it may be: asked again for everything that is sent over a connection that was
/// opened before.
///
/// # Errors
/// [`io::ErrorKind::PermissionDenied`] when it may not, or not any more.
pub(crate) fn check(destination: &Destination) -> io::Result<SocketAddr> {
    destination.address().map_err(|refusal| io::Error::new(io::ErrorKind::PermissionDenied, refusal))
}

/// Opens a connection to a destination that may be reached now, from an address of this machine.
///
/// # Errors
/// [`io::ErrorKind::PermissionDenied`] when the destination may not be reached, or not any more.
pub(crate) async fn connect(destination: &Destination, origin: Origin) -> io::Result<TcpStream> {
    let address = check(destination)?;
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    if let Some(bytes) = origin.receive_buffer_bytes {
        socket.set_recv_buffer_size(bytes)?;
    }
    // A remote server is reached from the address that routing chooses: it has to see where we come from.
    if let (Some(source), true) = (origin.source, destination.is_own())
        && source.is_ipv4() == address.is_ipv4()
    {
        // Thousands of short connections come from one school's address.
        socket.set_reuseaddr(true)?;
        socket.bind(SocketAddr::new(source, 0))?;
    }
    let stream = timeout(Duration::from_millis(CONNECT_MS_MAX), socket.connect(address))
        .await
        .map_err(|_| io::Error::from(io::ErrorKind::TimedOut))??;
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// A socket that sends whole IPv4 packets, inside a namespace of the rehearsal only.
pub(crate) struct RawSender {
    socket: Socket,
    target: SocketAddrV4,
}

impl RawSender {
    pub(crate) fn open(target: OwnTarget, _proof: &Namespace) -> io::Result<Self> {
        let SocketAddr::V4(target) = target.address() else {
            return Err(io::Error::new(io::ErrorKind::Unsupported, "raw packets are sent over IPv4"));
        };
        let socket = Socket::new(Domain::IPV4, Type::RAW, Some(Protocol::TCP))?;
        socket.set_header_included_v4(true)?;
        socket.set_nonblocking(true)?;
        Ok(Self { socket, target })
    }

    pub(crate) const fn target(&self) -> SocketAddrV4 {
        self.target
    }

    /// Sends one packet to the target, whatever stands in its header: the kernel routes by this address.
    pub(crate) fn send(&self, packet: &[u8]) -> io::Result<usize> {
        let to = SockAddr::from(SocketAddrV4::new(Ipv4Addr::from_bits(self.target.ip().to_bits()), 0));
        self.socket.send_to(packet, &to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sockets are made in this file alone; a test finds out when they are made elsewhere too.
    #[test]
    fn nothing_else_opens_a_socket() {
        fn look(folder: &std::path::Path, found: &mut Vec<String>) {
            for entry in std::fs::read_dir(folder).unwrap().flatten() {
                let path = entry.path();
                if path.is_dir() {
                    look(&path, found);
                    continue;
                }
                let text = std::fs::read_to_string(&path).unwrap();
                let product = text.split("#[cfg(test)]").next().unwrap_or_default();
                let words = ["TcpSocket", "TcpStream::connect", "Socket::new", "UdpSocket", "connect_async"];
                let is_here = path.file_name().is_some_and(|name| name == "net.rs");
                for word in words.iter().filter(|word| !is_here && product.contains(**word)) {
                    found.push(format!("{}: {word}", path.display()));
                }
            }
        }
        let mut found = Vec::new();
        look(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut found);
        assert_eq!(found, Vec::<String>::new());
    }

    #[tokio::test]
    async fn people_of_one_school_come_from_one_address() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let target = OwnTarget::new(listener.local_addr().unwrap()).unwrap();
        let destination = Destination::from(target);
        let school = IpAddr::V4(Ipv4Addr::new(127, 32, 0, 1));
        for _ in 0..3 {
            let (mine, accepted) = tokio::join!(connect(&destination, Origin::from_address(school)), listener.accept());
            mine.unwrap();
            assert_eq!(accepted.unwrap().1.ip(), school);
        }
    }
}

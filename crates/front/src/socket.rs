//! What the kernel is asked for about a connection.

use crate::limits as l;
#[cfg(target_os = "linux")]
use rustix::net::SocketFlags;
use socket2::{Domain, Protocol, SockRef, Socket, TcpKeepalive, Type};
use std::io;
use std::mem::{MaybeUninit, offset_of, size_of};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::os::fd::{AsFd, AsRawFd as _};
use std::time::Duration;
use tokio::io::unix::AsyncFd;

/// Listens at `address`. What it asks of the kernel holds for every connection that is accepted (tcp(7)): answers leave at
/// once; a client that is gone is noticed though it says nothing more (RFC 5482, RFC 9293 §3.8.4); what the kernel holds
/// for one that reads slowly is bounded.
pub(crate) fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    socket.set_nonblocking(true)?;
    // A restart must not wait for the connections of the last run to time out.
    socket.set_reuse_address(true)?;
    socket.bind(&address.into())?;
    socket.set_tcp_nodelay(true)?;
    let keepalive = TcpKeepalive::new()
        .with_time(Duration::from_millis(l::KEEPALIVE_IDLE_MS))
        .with_interval(Duration::from_millis(l::KEEPALIVE_INTERVAL_MS));
    socket.set_tcp_keepalive(&keepalive)?;
    #[cfg(target_os = "linux")]
    {
        socket.set_tcp_user_timeout(Some(Duration::from_millis(l::UNACKNOWLEDGED_MS_MAX)))?;
        socket.set_tcp_notsent_lowat(l::UNSENT_BYTES)?;
    }
    socket.listen(i32::try_from(l::BACKLOG_MAX).unwrap_or(i32::MAX))?;
    Ok(socket.into())
}

/// Tells, within a tokio runtime, when somebody is there to be accepted.
#[expect(unsafe_code, reason = "tokio's own listener would give each connection to the runtime that accepts it")]
pub(crate) fn watch(listener: TcpListener) -> io::Result<AsyncFd<TcpListener>> {
    // SAFETY: a listener owns its descriptor, which stays the same and open for as long as it lives.
    Ok(unsafe { AsyncFd::register(listener) }?)
}

/// The next connection, which does not block.
#[cfg(target_os = "linux")]
pub(crate) fn accept(listener: &TcpListener) -> io::Result<(TcpStream, SocketAddr)> {
    let (stream, peer) = rustix::net::acceptfrom_with(listener, SocketFlags::NONBLOCK | SocketFlags::CLOEXEC)?;
    let peer = peer.and_then(|peer| SocketAddr::try_from(peer).ok());
    Ok((stream.into(), peer.ok_or(io::ErrorKind::Unsupported)?))
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn accept(listener: &TcpListener) -> io::Result<(TcpStream, SocketAddr)> {
    let (stream, peer) = listener.accept()?;
    stream.set_nonblocking(true)?;
    Ok((stream, peer))
}

/// Whether anything has come over this connection that nobody has read; true as well when its end has.
pub(crate) fn has_spoken<S: AsFd>(stream: &S) -> bool {
    let peeked = SockRef::from(stream).peek(&mut [MaybeUninit::uninit()]);
    !matches!(peeked, Err(error) if error.kind() == io::ErrorKind::WouldBlock)
}

/// Ends a connection in both directions without closing its socket: the client sees the end at once, whoever owns the
/// socket when they look at it next.
pub(crate) fn end<S: AsFd>(stream: &S) {
    if let Err(error) = SockRef::from(stream).shutdown(Shutdown::Both) {
        tracing::debug!(%error, "the connection was gone already");
    }
}

/// Closing throws away what was not taken, and resets the connection.
pub(crate) fn abort<S: AsFd>(stream: &S) {
    if let Err(error) = SockRef::from(stream).set_linger(Some(Duration::ZERO)) {
        tracing::debug!(%error, "the connection was gone already");
    }
}

/// How far a client has taken what was written to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Taken {
    /// Bytes acknowledged since the connection began.
    pub acknowledged: u64,
    /// The client is there and has no room: bytes wait that could not be sent, and none is being sent again, as would
    /// be if it could not be reached.
    pub refused: bool,
}

/// Asks the kernel how far the client has taken what was written to it.
#[cfg(target_os = "linux")]
#[expect(unsafe_code, reason = "neither the standard library nor socket2 asks for TCP_INFO")]
pub(crate) fn taken(stream: &tokio::net::TcpStream) -> io::Result<Taken> {
    // SAFETY: all of tcp_info are integers, for which zero is a value.
    let mut info: libc::tcp_info = unsafe { std::mem::zeroed() };
    let mut length = libc::socklen_t::try_from(size_of::<libc::tcp_info>()).unwrap_or(0);
    let (level, name) = (libc::IPPROTO_TCP, libc::TCP_INFO);
    // SAFETY: the pointers are to a tcp_info of ours and to its length, no more of which is filled in.
    let outcome = unsafe { libc::getsockopt(stream.as_raw_fd(), level, name, (&raw mut info).cast(), &raw mut length) };
    if outcome != 0 {
        return Err(io::Error::last_os_error());
    }
    // Kernels before 4.6 do not count it.
    let end = offset_of!(libc::tcp_info, tcpi_notsent_bytes) + size_of::<u32>();
    if usize::try_from(length).is_ok_and(|length| length < end) {
        return Err(io::ErrorKind::Unsupported.into());
    }
    let refused = info.tcpi_notsent_bytes > 0 && info.tcpi_retransmits == 0;
    Ok(Taken { acknowledged: info.tcpi_bytes_acked, refused })
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn taken(_: &tokio::net::TcpStream) -> io::Result<Taken> {
    Err(io::ErrorKind::Unsupported.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    /// A client and the connection that was accepted of it.
    async fn pair() -> (tokio::net::TcpStream, TcpStream) {
        let listener = listen(SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
        let client = tokio::net::TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let (server, peer) = accept(&listener).unwrap();
        assert_eq!(peer, client.local_addr().unwrap());
        assert_eq!(accept(&listener).unwrap_err().kind(), io::ErrorKind::WouldBlock);
        (client, server)
    }

    #[tokio::test]
    async fn connections_have_what_their_listener_was_given() {
        let (_client, server) = pair().await;
        let socket = SockRef::from(&server);
        assert!(socket.tcp_nodelay().unwrap() && socket.keepalive().unwrap() && socket.nonblocking().unwrap());
        assert_eq!(socket.tcp_keepalive_time().unwrap(), Duration::from_millis(l::KEEPALIVE_IDLE_MS));
        #[cfg(target_os = "linux")]
        {
            assert_eq!(socket.tcp_user_timeout().unwrap(), Some(Duration::from_millis(l::UNACKNOWLEDGED_MS_MAX)));
            assert_eq!(socket.tcp_notsent_lowat().unwrap(), l::UNSENT_BYTES);
        }
    }

    #[tokio::test]
    async fn silence_is_told_from_speech() {
        let (mut client, server) = pair().await;
        assert!(!has_spoken(&server));
        client.write_all(b"G").await.unwrap();
        let spoke = async {
            while !has_spoken(&server) {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(10), spoke).await.unwrap();
        assert!(has_spoken(&server), "and stays to be read");
    }

    #[tokio::test]
    async fn the_kernel_counts_what_the_client_has() {
        let (mut client, server) = pair().await;
        let mut server = tokio::net::TcpStream::from_std(server).unwrap();
        let before = taken(&server).unwrap().acknowledged;
        server.write_all(&[0; 5_000]).await.unwrap();
        client.read_exact(&mut [0; 5_000]).await.unwrap();
        // What was read has been acknowledged, or is about to be: a second round trip carries it.
        client.write_all(&[0]).await.unwrap();
        server.read_exact(&mut [0]).await.unwrap();
        let after = taken(&server).unwrap();
        assert_eq!((after.acknowledged - before, after.refused), (5_000, false));
    }

    #[tokio::test]
    async fn what_is_aborted_is_reset() {
        let (mut client, mut server) = pair().await;
        server.write_all(b"never read").unwrap();
        abort(&server);
        drop(server);
        let mut read = Vec::new();
        assert_eq!(client.read_to_end(&mut read).await.unwrap_err().kind(), io::ErrorKind::ConnectionReset);
    }
}

//! What the kernel is asked for about a connection.

use crate::limits as l;
use socket2::{SockRef, TcpKeepalive};
use std::io;
use std::mem::{offset_of, size_of};
use std::os::fd::AsRawFd as _;
use std::time::Duration;
use tokio::net::TcpStream;

/// Sets up an accepted connection: answers leave at once; a client that is gone is noticed though it says nothing more
/// (RFC 5482, RFC 9293 §3.8.4); what the kernel holds for one that reads slowly is bounded.
pub(crate) fn prepare(stream: &TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let socket = SockRef::from(stream);
    let keepalive = TcpKeepalive::new()
        .with_time(Duration::from_millis(l::KEEPALIVE_IDLE_MS))
        .with_interval(Duration::from_millis(l::KEEPALIVE_INTERVAL_MS));
    socket.set_tcp_keepalive(&keepalive)?;
    #[cfg(target_os = "linux")]
    {
        socket.set_tcp_user_timeout(Some(Duration::from_millis(l::UNACKNOWLEDGED_MS_MAX)))?;
        socket.set_tcp_notsent_lowat(l::UNSENT_BYTES)?;
    }
    Ok(())
}

/// Closing throws away what was not taken, and resets the connection.
pub(crate) fn abort(stream: &TcpStream) {
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
pub(crate) fn taken(stream: &TcpStream) -> io::Result<Taken> {
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
pub(crate) fn taken(_: &TcpStream) -> io::Result<Taken> {
    Err(io::ErrorKind::Unsupported.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    #[tokio::test]
    async fn the_kernel_counts_what_the_client_has() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let (mut server, _) = listener.accept().await.unwrap();
        prepare(&server).unwrap();
        let before = taken(&server).unwrap().acknowledged;
        server.write_all(&[0; 5_000]).await.unwrap();
        client.read_exact(&mut [0; 5_000]).await.unwrap();
        // What was read has been acknowledged, or is about to be: a second round trip carries it.
        client.write_all(&[0]).await.unwrap();
        server.read_exact(&mut [0]).await.unwrap();
        let after = taken(&server).unwrap();
        assert_eq!((after.acknowledged - before, after.refused), (5_000, false));
    }
}

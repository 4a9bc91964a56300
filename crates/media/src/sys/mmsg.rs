//! Many datagrams a system call: recvmmsg(2) and sendmmsg(2), with the local address of each where the socket is bound
//! to all of them (ip(7), IP_PKTINFO), and how long each has waited to be read (socket(7), SO_TIMESTAMPNS).

use super::clock::{duration, stamping};
use crate::limits::FRAME_BYTES_MAX;
use socket2::SockAddr;
use std::io;
use std::mem;
use std::net::{IpAddr, Ipv6Addr, SocketAddr, UdpSocket};
use std::os::fd::AsRawFd;
use std::time::Duration;

/// Datagrams a call.
const BATCH: usize = 64;
/// Room for one pktinfo of either family, a segment size and a time.
const CONTROL_BYTES: usize = 96;
/// A longer wait is the clock's that was set, not the datagram's.
const WAITED_MAX: Duration = Duration::from_secs(10);
/// Datagrams, and bytes, that leave as one (the kernel's limits are 64 and 65,507).
const SEGMENTS_MAX: usize = 32;
const SEGMENTED_BYTES_MAX: usize = 48 * 1024;

#[derive(Clone, Copy)]
#[repr(C, align(8))]
struct Control([u8; CONTROL_BYTES]);

/// A datagram to send.
pub struct Outgoing {
    pub to: SocketAddr,
    /// The local address to send from; `None`: the kernel's choice.
    pub from: Option<IpAddr>,
    pub bytes: Vec<u8>,
}

/// Has the kernel tell to which local address each datagram came.
pub fn report_local_address(socket: &UdpSocket, v6: bool) -> io::Result<()> {
    let (level, name) =
        if v6 { (libc::IPPROTO_IPV6, libc::IPV6_RECVPKTINFO) } else { (libc::IPPROTO_IP, libc::IP_PKTINFO) };
    switch_on(socket, level, name)
}

/// Has the kernel tell when each datagram came.
pub fn report_arrival(socket: &UdpSocket) -> io::Result<()> {
    switch_on(socket, libc::SOL_SOCKET, libc::SO_TIMESTAMPNS)
}

fn switch_on(socket: &UdpSocket, level: libc::c_int, name: libc::c_int) -> io::Result<()> {
    let on: libc::c_int = 1;
    #[expect(unsafe_code, reason = "neither std nor socket2 has these options")]
    // SAFETY: `on` lives over the call and its size is told.
    let result = unsafe {
        let size = mem::size_of::<libc::c_int>() as libc::socklen_t;
        libc::setsockopt(socket.as_raw_fd(), level, name, (&raw const on).cast(), size)
    };
    if result < 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}

/// Buffers for [`Inbox::receive`].
pub struct Inbox {
    buffers: Box<[[u8; FRAME_BYTES_MAX]]>,
    names: Box<[libc::sockaddr_storage]>,
    controls: Box<[Control]>,
    lengths: [usize; BATCH],
    locals: [Option<IpAddr>; BATCH],
    waited: [Duration; BATCH],
    sources: [Option<SocketAddr>; BATCH],
    count: usize,
}

impl Default for Inbox {
    fn default() -> Self {
        #[expect(unsafe_code, reason = "sockaddr_storage has no safe constructor")]
        // SAFETY: sockaddr_storage is plain data for which all bytes zero is a value.
        let name: libc::sockaddr_storage = unsafe { mem::zeroed() };
        Self {
            buffers: vec![[0; FRAME_BYTES_MAX]; BATCH].into_boxed_slice(),
            names: vec![name; BATCH].into_boxed_slice(),
            controls: vec![Control([0; CONTROL_BYTES]); BATCH].into_boxed_slice(),
            lengths: [0; BATCH],
            locals: [None; BATCH],
            waited: [Duration::ZERO; BATCH],
            sources: [None; BATCH],
            count: 0,
        }
    }
}

impl Inbox {
    /// Datagrams that one call takes at the most.
    pub const BATCH: usize = BATCH;

    /// Takes what waits on a non-blocking socket, up to 64 datagrams, and says how many came. Zero: none waits.
    pub fn receive(&mut self, socket: &UdpSocket) -> io::Result<usize> {
        self.count = 0;
        #[expect(unsafe_code, reason = "recvmmsg has no safe form in std")]
        // SAFETY: every header points at one buffer, one name and one control block of this struct, which outlive the
        // call and are of the told sizes; zero is a value of all these plain types. The kernel fills `count` headers.
        unsafe {
            let mut vectors: [libc::iovec; BATCH] = mem::zeroed();
            let mut headers: [libc::mmsghdr; BATCH] = mem::zeroed();
            for index in 0..BATCH {
                vectors[index].iov_base = self.buffers[index].as_mut_ptr().cast();
                vectors[index].iov_len = FRAME_BYTES_MAX;
                let header = &mut headers[index].msg_hdr;
                header.msg_name = (&raw mut self.names[index]).cast();
                header.msg_namelen = mem::size_of::<libc::sockaddr_storage>() as libc::socklen_t;
                header.msg_iov = &raw mut vectors[index];
                header.msg_iovlen = 1;
                header.msg_control = self.controls[index].0.as_mut_ptr().cast();
                header.msg_controllen = CONTROL_BYTES;
            }
            let fd = socket.as_raw_fd();
            let result =
                libc::recvmmsg(fd, headers.as_mut_ptr(), BATCH as u32, libc::MSG_DONTWAIT, std::ptr::null_mut());
            let Ok(count) = usize::try_from(result) else {
                let error = io::Error::last_os_error();
                return if would_wait(&error) { Ok(0) } else { Err(error) };
            };
            self.count = count.min(BATCH);
            let read = if self.count > 0 { stamping() } else { Duration::ZERO };
            for (index, header) in headers.iter().enumerate().take(self.count) {
                let cut = header.msg_hdr.msg_flags & libc::MSG_TRUNC != 0;
                self.lengths[index] = if cut { 0 } else { (header.msg_len as usize).min(FRAME_BYTES_MAX) };
                self.sources[index] = source(&self.names[index]).map(canonical);
                let (local, stamp) = told(&header.msg_hdr);
                self.locals[index] = local;
                let waited = stamp.and_then(|stamp| read.checked_sub(stamp));
                self.waited[index] = waited.filter(|waited| *waited < WAITED_MAX).unwrap_or_default();
            }
        }
        Ok(self.count)
    }

    /// The datagrams of the last call: content (empty when it was cut off), source, local address, and how long it had
    /// waited to be read, zero where the kernel doesn't say.
    pub fn datagrams(&self) -> impl Iterator<Item = (&[u8], SocketAddr, Option<IpAddr>, Duration)> {
        (0..self.count).filter_map(|index| {
            let bytes = &self.buffers[index][..self.lengths[index]];
            Some((bytes, self.sources[index]?, self.locals[index], self.waited[index]))
        })
    }
}

/// The address in a name that the kernel filled; `None` for other families than IPv4 and IPv6.
fn source(name: &libc::sockaddr_storage) -> Option<SocketAddr> {
    match i32::from(name.ss_family) {
        libc::AF_INET => {
            #[expect(unsafe_code, reason = "sockets name their peers in a C union")]
            // SAFETY: the family says which struct lies here; the storage is large enough and aligned for each.
            let name = unsafe { &*(&raw const *name).cast::<libc::sockaddr_in>() };
            let ip = IpAddr::from(name.sin_addr.s_addr.to_ne_bytes());
            Some(SocketAddr::new(ip, u16::from_be(name.sin_port)))
        }
        libc::AF_INET6 => {
            #[expect(unsafe_code, reason = "sockets name their peers in a C union")]
            // SAFETY: as above.
            let name = unsafe { &*(&raw const *name).cast::<libc::sockaddr_in6>() };
            let (ip, port) = (Ipv6Addr::from(name.sin6_addr.s6_addr), u16::from_be(name.sin6_port));
            Some(SocketAddr::V6(std::net::SocketAddrV6::new(ip, port, 0, name.sin6_scope_id)))
        }
        _ => None,
    }
}

/// The destination of a received datagram and when it came, where the kernel told it.
///
/// # Safety
/// `header` is as recvmmsg left it: its control block is valid for `msg_controllen` bytes.
#[expect(unsafe_code, reason = "control messages are read through the C macros")]
unsafe fn told(header: &libc::msghdr) -> (Option<IpAddr>, Option<Duration>) {
    let (mut local, mut stamp) = (None, None);
    // SAFETY: the macros walk within `msg_controllen`; a message of these kinds holds the struct that is read, and
    // unaligned reads need no alignment.
    unsafe {
        let mut message = libc::CMSG_FIRSTHDR(header);
        while let Some(head) = message.as_ref() {
            let data = libc::CMSG_DATA(message);
            match (head.cmsg_level, head.cmsg_type) {
                (libc::IPPROTO_IP, libc::IP_PKTINFO) => {
                    let info: libc::in_pktinfo = std::ptr::read_unaligned(data.cast());
                    local = Some(IpAddr::from(info.ipi_addr.s_addr.to_ne_bytes()));
                }
                (libc::IPPROTO_IPV6, libc::IPV6_PKTINFO) => {
                    let info: libc::in6_pktinfo = std::ptr::read_unaligned(data.cast());
                    local = Some(IpAddr::from(info.ipi6_addr.s6_addr).to_canonical());
                }
                (libc::SOL_SOCKET, libc::SO_TIMESTAMPNS) => {
                    let time: libc::timespec = std::ptr::read_unaligned(data.cast());
                    stamp = Some(duration(time));
                }
                _ => {}
            }
            message = libc::CMSG_NXTHDR(header, message);
        }
    }
    (local, stamp)
}

/// How datagrams leave: many a call, and runs of equal size to one receiver as one datagram that the kernel, or the
/// network card, cuts up (udp(7), UDP_SEGMENT).
#[derive(Clone, Copy, Debug)]
pub struct Outlet {
    v6: bool,
    segments: bool,
    /// Runs that the kernel refused since it last took one.
    refused: u32,
    /// Calls to come that send each datagram by itself.
    plain_calls: u32,
}

/// A path may be too narrow for runs of its datagrams, and the kernel refuses those to one receiver then. It refuses all where
/// it cannot cut them up at all: after so many in a row none are tried for a while.
const REFUSED_IN_A_ROW_MAX: u32 = 64;
const PLAIN_CALLS: u32 = 50_000;

impl Outlet {
    /// For a socket of this family. With `segments`, runs are sent as one wherever the kernel takes them.
    pub const fn new(v6: bool, segments: bool) -> Self {
        Self { v6, segments, refused: 0, plain_calls: 0 }
    }

    const fn sends_runs(&self) -> bool {
        self.segments && self.plain_calls == 0
    }

    fn is_refused_a_run(&mut self, error: &io::Error) {
        metrics::counter!("preau_media_runs_refused_total").increment(1);
        self.refused += 1;
        if self.refused >= REFUSED_IN_A_ROW_MAX {
            (self.refused, self.plain_calls) = (0, PLAIN_CALLS);
            tracing::warn!(%error, "the kernel takes no runs of datagrams (UDP_SEGMENT): each is sent by itself for a while");
        }
    }

    /// Sends all, in order. Says how many could not be sent: a datagram that the kernel refuses (full buffer, no route)
    /// is left out and the rest goes on, as with any loss.
    pub fn send_all(&mut self, socket: &UdpSocket, batch: &[Outgoing]) -> usize {
        self.plain_calls = self.plain_calls.saturating_sub(1);
        let mut lost = 0;
        let mut rest = batch;
        while !rest.is_empty() {
            let run = if self.sends_runs() { run_length(rest) } else { 1 };
            match self.send_some(socket, rest) {
                Ok(sent) => {
                    if run > 1 {
                        self.refused = 0;
                    }
                    rest = &rest[sent.clamp(1, rest.len())..];
                }
                Err(error) if would_wait(&error) => {
                    lost += rest.len();
                    break;
                }
                Err(error) if run > 1 => {
                    self.is_refused_a_run(&error);
                    lost += Self::new(self.v6, false).send_all(socket, &rest[..run]);
                    rest = &rest[run..];
                }
                Err(_) => {
                    lost += 1;
                    rest = &rest[1..];
                }
            }
        }
        lost
    }

    /// One call; says how many datagrams left.
    fn send_some(&self, socket: &UdpSocket, batch: &[Outgoing]) -> io::Result<usize> {
        let batch = &batch[..batch.len().min(BATCH)];
        let mut runs = [0; BATCH];
        let mut count = 0;
        #[expect(unsafe_code, reason = "sendmmsg has no safe form in std")]
        // SAFETY: every header points at a name, vectors and a control block of this frame, and these at datagrams of
        // `batch`, all of which outlive the call and are of the told sizes; the kernel only reads them. Each element
        // that is read was written before. Zero is a value of all these plain types.
        unsafe {
            let mut names: [mem::MaybeUninit<SockAddr>; BATCH] = [const { mem::MaybeUninit::uninit() }; BATCH];
            let mut controls: [mem::MaybeUninit<Control>; BATCH] = [const { mem::MaybeUninit::uninit() }; BATCH];
            let mut vectors: [mem::MaybeUninit<libc::iovec>; BATCH] = [const { mem::MaybeUninit::uninit() }; BATCH];
            let mut headers: [mem::MaybeUninit<libc::mmsghdr>; BATCH] = [const { mem::MaybeUninit::uninit() }; BATCH];
            let mut at = 0;
            while at < batch.len() {
                let first = &batch[at];
                let run = if self.sends_runs() { run_length(&batch[at..]) } else { 1 };
                for (vector, datagram) in vectors[at..at + run].iter_mut().zip(&batch[at..]) {
                    let iov_base = datagram.bytes.as_ptr().cast_mut().cast();
                    vector.write(libc::iovec { iov_base, iov_len: datagram.bytes.len() });
                }
                let name = names[count].write(SockAddr::from(if self.v6 { mapped(first.to) } else { first.to }));
                let mut header: libc::mmsghdr = mem::zeroed();
                header.msg_hdr.msg_name = name.as_ptr().cast_mut().cast();
                header.msg_hdr.msg_namelen = name.len();
                header.msg_hdr.msg_iov = vectors[at].as_mut_ptr();
                header.msg_hdr.msg_iovlen = run;
                if first.from.is_some() || run > 1 {
                    let control = controls[count].write(Control([0; CONTROL_BYTES]));
                    header.msg_hdr.msg_control = control.0.as_mut_ptr().cast();
                    if let Some(from) = first.from {
                        add_local_address(&mut header.msg_hdr, self.v6, from);
                    }
                    if run > 1 {
                        let size = first.bytes.len() as u16;
                        add_control(&mut header.msg_hdr, libc::SOL_UDP, libc::UDP_SEGMENT, size);
                    }
                }
                headers[count].write(header);
                runs[count] = run;
                count += 1;
                at += run;
            }
            let flags = libc::MSG_DONTWAIT | libc::MSG_NOSIGNAL;
            let result = libc::sendmmsg(socket.as_raw_fd(), headers.as_mut_ptr().cast(), count as u32, flags);
            let sent = usize::try_from(result).map_err(|_| io::Error::last_os_error())?;
            Ok(runs.iter().take(sent).sum())
        }
    }
}

/// How many datagrams from the first on can leave as one: to the same receiver, all as long as the first, but the last
/// which may be shorter.
fn run_length(batch: &[Outgoing]) -> usize {
    let Some(first) = batch.first() else { return 0 };
    let size = first.bytes.len();
    let mut length = 1;
    for next in &batch[1..batch.len().min(SEGMENTS_MAX)] {
        let fits = next.to == first.to && next.from == first.from && next.bytes.len() <= size;
        if !fits || (length + 1) * size > SEGMENTED_BYTES_MAX {
            break;
        }
        length += 1;
        if next.bytes.len() < size {
            break;
        }
    }
    length
}

/// Adds the source address to send from to the header's control block.
///
/// # Safety
/// As [`add_control`].
#[expect(unsafe_code, reason = "control messages are written through the C macros")]
unsafe fn add_local_address(header: &mut libc::msghdr, v6: bool, from: IpAddr) {
    // SAFETY: these structs are plain data for which all bytes zero is a value; the rest is the caller's promise.
    unsafe {
        match from {
            IpAddr::V4(from) if !v6 => {
                let mut info: libc::in_pktinfo = mem::zeroed();
                info.ipi_spec_dst.s_addr = u32::from_ne_bytes(from.octets());
                add_control(header, libc::IPPROTO_IP, libc::IP_PKTINFO, info);
            }
            from => {
                let mut info: libc::in6_pktinfo = mem::zeroed();
                info.ipi6_addr.s6_addr = six(from).octets();
                add_control(header, libc::IPPROTO_IPV6, libc::IPV6_PKTINFO, info);
            }
        }
    }
}

/// Adds a control message after those that `msg_controllen` covers.
///
/// # Safety
/// `header` has a control block of [`CONTROL_BYTES`] bytes, aligned for `cmsghdr`, with room for `value` and its head:
/// one address and one segment size fit (40 and 24 bytes).
#[expect(unsafe_code, reason = "control messages are written through the C macros")]
unsafe fn add_control<T>(header: &mut libc::msghdr, level: libc::c_int, kind: libc::c_int, value: T) {
    let size = mem::size_of::<T>() as u32;
    // SAFETY: the block has room by the caller's promise; CMSG_SPACE keeps the next head aligned; the value is written
    // unaligned.
    unsafe {
        let message: *mut libc::cmsghdr = header.msg_control.cast::<u8>().add(header.msg_controllen).cast();
        (*message).cmsg_level = level;
        (*message).cmsg_type = kind;
        (*message).cmsg_len = libc::CMSG_LEN(size) as usize;
        std::ptr::write_unaligned(libc::CMSG_DATA(message).cast(), value);
        header.msg_controllen += libc::CMSG_SPACE(size) as usize;
    }
}

fn would_wait(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted)
        || error.raw_os_error() == Some(libc::ENOBUFS)
}

fn canonical(addr: SocketAddr) -> SocketAddr {
    match addr.ip().to_canonical() {
        IpAddr::V4(ip) => SocketAddr::new(IpAddr::V4(ip), addr.port()),
        IpAddr::V6(_) => addr,
    }
}

fn six(ip: IpAddr) -> Ipv6Addr {
    match ip {
        IpAddr::V4(ip) => ip.to_ipv6_mapped(),
        IpAddr::V6(ip) => ip,
    }
}

fn mapped(addr: SocketAddr) -> SocketAddr {
    match addr {
        SocketAddr::V4(v4) => SocketAddr::new(IpAddr::V6(v4.ip().to_ipv6_mapped()), v4.port()),
        SocketAddr::V6(_) => addr,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn receive_all(socket: &UdpSocket, count: usize) -> Vec<(Vec<u8>, SocketAddr, Option<IpAddr>)> {
        let mut inbox = Inbox::default();
        let mut seen = Vec::new();
        let deadline = std::time::Instant::now() + Duration::from_secs(10);
        while seen.len() < count && std::time::Instant::now() < deadline {
            inbox.receive(socket).unwrap();
            seen.extend(inbox.datagrams().map(|(bytes, from, local, _)| (bytes.to_vec(), from, local)));
            std::thread::yield_now();
        }
        seen
    }

    #[test]
    fn many_datagrams_arrive_in_order_with_their_addresses() {
        let receiver = UdpSocket::bind("0.0.0.0:0").unwrap();
        receiver.set_nonblocking(true).unwrap();
        report_local_address(&receiver, false).unwrap();
        let sender = UdpSocket::bind("0.0.0.0:0").unwrap();
        let to = SocketAddr::new([127, 0, 0, 1].into(), receiver.local_addr().unwrap().port());
        let from = Some(IpAddr::from([127, 0, 0, 7]));
        let batch: Vec<Outgoing> = (0..100u8).map(|n| Outgoing { to, from, bytes: vec![n; 20] }).collect();
        assert_eq!(Outlet::new(false, false).send_all(&sender, &batch), 0);
        let seen = receive_all(&receiver, 100);
        assert_eq!(seen.len(), 100);
        for (n, (bytes, source, local)) in (0u8..).zip(&seen) {
            assert_eq!(bytes, &vec![n; 20]);
            assert_eq!(source.ip(), IpAddr::from([127, 0, 0, 7]));
            assert_eq!(*local, Some(IpAddr::from([127, 0, 0, 1])));
        }
    }

    #[test]
    fn a_receiver_that_takes_no_runs_costs_the_others_none() {
        let receiver = UdpSocket::bind("127.0.0.1:0").unwrap();
        receiver.set_nonblocking(true).unwrap();
        let sender = UdpSocket::bind("127.0.0.1:0").unwrap();
        let good = receiver.local_addr().unwrap();
        // The kernel sends nothing to port 0.
        let bad = SocketAddr::new(good.ip(), 0);
        let run = |to| (0..3u8).map(move |n| Outgoing { to, from: None, bytes: vec![n; 20] });
        let batch: Vec<Outgoing> = run(bad).chain(run(good)).collect();
        let mut outlet = Outlet::new(false, true);
        assert_eq!(outlet.send_all(&sender, &batch), 3);
        assert_eq!(receive_all(&receiver, 3).len(), 3);
        assert!(outlet.sends_runs() && outlet.refused == 0, "{outlet:?}");
        let bad: Vec<Outgoing> = run(bad).collect();
        for _ in 0..REFUSED_IN_A_ROW_MAX {
            assert_eq!(outlet.send_all(&sender, &bad), 3);
        }
        assert!(!outlet.sends_runs(), "{outlet:?}");
        for _ in 0..PLAIN_CALLS {
            outlet.send_all(&sender, &[]);
        }
        assert!(outlet.sends_runs(), "they are tried again");
    }

    #[test]
    fn a_datagram_that_waits_to_be_read_says_for_how_long() {
        let receiver = UdpSocket::bind("127.0.0.1:0").unwrap();
        receiver.set_nonblocking(true).unwrap();
        report_arrival(&receiver).unwrap();
        let sender = UdpSocket::bind("127.0.0.1:0").unwrap();
        // The kernel begins to stamp a moment after the first socket has asked for it: the first ones may have the time at
        // which they are read.
        let first = std::time::Instant::now();
        loop {
            let begun = std::time::Instant::now();
            sender.send_to(&[1], receiver.local_addr().unwrap()).unwrap();
            std::thread::sleep(Duration::from_millis(20));
            let mut inbox = Inbox::default();
            while inbox.receive(&receiver).unwrap() == 0 {
                assert!(begun.elapsed() < Duration::from_secs(10), "it has not come");
            }
            let waited = inbox.datagrams().next().expect("it came").3;
            // The clock of the stamps and ours are two; they differ by less than a millisecond over this time.
            assert!(waited <= begun.elapsed() + Duration::from_millis(1), "{waited:?}");
            if waited >= Duration::from_millis(19) {
                return;
            }
            assert!(first.elapsed() < Duration::from_secs(10), "{waited:?}");
        }
    }

    #[test]
    fn an_oversize_datagram_is_seen_as_empty_and_an_unsendable_one_is_left_out() {
        let receiver = UdpSocket::bind("127.0.0.1:0").unwrap();
        receiver.set_nonblocking(true).unwrap();
        let to = receiver.local_addr().unwrap();
        let sender = UdpSocket::bind("127.0.0.1:0").unwrap();
        let datagram = |bytes| Outgoing { to, from: None, bytes };
        let batch = vec![datagram(vec![1; 70_000]), datagram(vec![2; 5_000]), datagram(vec![3; 5])];
        assert_eq!(Outlet::new(false, true).send_all(&sender, &batch), 1, "70,000 bytes are no datagram");
        let seen: Vec<Vec<u8>> = receive_all(&receiver, 2).into_iter().map(|(bytes, ..)| bytes).collect();
        assert_eq!(seen, [vec![], vec![3; 5]]);
    }

    #[test]
    fn runs_of_equal_size_leave_as_one_and_arrive_as_many() {
        let receivers = [UdpSocket::bind("127.0.0.1:0").unwrap(), UdpSocket::bind("127.0.0.1:0").unwrap()];
        let sender = UdpSocket::bind("0.0.0.0:0").unwrap();
        let mut batch = Vec::new();
        let mut expected = [vec![], vec![]];
        for (index, sizes) in [(0, [900, 900, 900, 12]), (1, [500, 500, 700, 700]), (0, [60, 60, 61, 1])] {
            let to = receivers[index].local_addr().unwrap();
            for (n, size) in (0u8..).zip(sizes) {
                batch.push(Outgoing { to, from: Some([127, 0, 0, 1].into()), bytes: vec![n; size] });
                expected[index].push(vec![n; size]);
            }
        }
        assert_eq!(run_length(&batch), 4);
        assert_eq!(run_length(&batch[4..]), 2);
        assert_eq!(run_length(&[]), 0);
        assert_eq!(Outlet::new(false, true).send_all(&sender, &batch), 0);
        for (receiver, expected) in receivers.iter().zip(expected) {
            receiver.set_nonblocking(true).unwrap();
            let seen: Vec<Vec<u8>> = receive_all(receiver, 8).into_iter().map(|(bytes, ..)| bytes).collect();
            assert_eq!(seen[..expected.len()], expected[..]);
        }
    }
}

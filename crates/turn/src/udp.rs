//! Clients over UDP, all on one socket.

use crate::limits::{
    ALLOCATIONS_MAX, MESSAGE_BYTES_MAX, UDP_QUEUE_MAX, UNPROVED_ANSWERS_PER_SECOND, UNPROVED_NETWORKS_MAX,
};
use crate::message::{Class, Message};
use crate::relay::Relay;
use crate::stream::Client;
use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::UdpSocket;
use tokio::sync::mpsc;
use tokio::time::{Instant as Deadline, sleep_until};

/// How often it is looked whether an allocation is over.
const LOOK: Duration = Duration::from_secs(5);
const SECOND: Duration = Duration::from_secs(1);

/// Answers given this second to those who have proved nothing.
struct Unproved {
    since: Deadline,
    by_network: HashMap<u64, u32>,
}

impl Unproved {
    fn may(&mut self, from: IpAddr) -> bool {
        if self.since.elapsed() >= SECOND {
            (self.since, self.by_network) = (Deadline::now(), HashMap::new());
        }
        if self.by_network.len() >= UNPROVED_NETWORKS_MAX {
            return false;
        }
        let count = self.by_network.entry(network(from)).or_insert(0);
        *count += 1;
        *count <= UNPROVED_ANSWERS_PER_SECOND
    }
}

/// Who is counted together: an IPv4 address, an IPv6 /64.
fn network(address: IpAddr) -> u64 {
    match address.to_canonical() {
        IpAddr::V4(v4) => u64::from(v4.to_bits()),
        IpAddr::V6(v6) => (v6.to_bits() >> 64) as u64,
    }
}

impl Relay {
    /// Serves the clients of a socket, until the future is dropped.
    ///
    /// A client has a task of its own once it has an allocation; before, nothing of it is kept, as its address may be forged.
    pub async fn serve_udp(&self, socket: UdpSocket) {
        let socket = Arc::new(socket);
        let mut clients: HashMap<SocketAddr, mpsc::Sender<Vec<u8>>> = HashMap::new();
        let mut unproved = Unproved { since: Deadline::now(), by_network: HashMap::new() };
        let (over, mut overs) = mpsc::channel(UDP_QUEUE_MAX);
        let mut tasks = tokio::task::JoinSet::new();
        let mut datagram = vec![0; MESSAGE_BYTES_MAX];
        loop {
            let (count, from) = tokio::select! {
                arrived = socket.recv_from(&mut datagram) => match arrived {
                    Ok(arrived) => arrived,
                    // An answer that could not be delivered comes back as an error of the next read.
                    Err(_) => continue,
                },
                Some(gone) = overs.recv() => {
                    clients.remove(&gone);
                    continue;
                }
                Some(_) = tasks.join_next() => continue,
            };
            let bytes = &datagram[..count];
            if let Some(client) = clients.get(&from) {
                // Full, it is lost, as on any line.
                let _ = client.try_send(bytes.to_vec());
                continue;
            }
            let is_request = Message::parse(bytes).is_some_and(|message| message.class == Class::Request);
            if !is_request || clients.len() >= ALLOCATIONS_MAX || !unproved.may(from.ip()) {
                continue;
            }
            let (mut client, mut out) = (Client::over_udp(self.clone(), from), Vec::new());
            client.take(bytes, &mut out);
            if !out.is_empty() {
                let _ = socket.try_send_to(&out, from);
            }
            if client.lives() {
                let (sender, queue) = mpsc::channel(UDP_QUEUE_MAX);
                clients.insert(from, sender);
                let (socket, over) = (Arc::clone(&socket), over.clone());
                tasks.spawn(async move {
                    serve(client, from, queue, &socket).await;
                    let _ = over.send(from).await;
                });
            }
        }
    }
}

async fn serve(mut client: Client, to: SocketAddr, mut queue: mpsc::Receiver<Vec<u8>>, socket: &UdpSocket) {
    let (mut datagram, mut out) = (vec![0; MESSAGE_BYTES_MAX], Vec::new());
    let mut look = Deadline::now() + LOOK;
    while client.lives() {
        tokio::select! {
            message = queue.recv() => match message {
                Some(message) => client.take(&message, &mut out),
                None => return,
            },
            arrived = client.arrival(&mut datagram) => {
                if let Ok((count, from)) = arrived {
                    client.pass_on(&datagram[..count], from, &mut out);
                }
            }
            () = sleep_until(look) => look = Deadline::now() + LOOK,
        }
        if !out.is_empty() {
            let _ = socket.send_to(&out, to).await;
            out.clear();
        }
    }
}

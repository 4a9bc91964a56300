//! One client of the relay, as a state machine: messages in, answers and datagrams for media out.
//!
//! - An Allocate that is signed makes the allocation; a second one, unless it is the same again, is refused (437).
//! - A Refresh keeps it for longer; one of zero, or its time, ends it.
//!
//! Without a signature everything but Binding is answered with 401, a nonce and the realm (RFC 8489, section 9.2.4). The
//! limits are in [`crate::limits`].

use crate::credentials::{Key, Secret};
use crate::limits::{CHANNEL_LIFETIME, LIFETIME, LIFETIME_MAX, PEERS_MAX, PERMISSION_LIFETIME};
use crate::message::{Class, Message, Method, Transaction, Writer, attribute};
use crate::relay::Routes;
use preau_base::Instant;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

/// Names this relay in the digest of passwords.
pub const REALM: &str = "preau";
/// RFC 8656, section 12: the numbers of channels.
const CHANNELS: std::ops::RangeInclusive<u16> = 0x4000..=0x4fff;
/// UDP, the one transport that is relayed (RFC 8656, section 18.7: the number in the highest byte).
const UDP: u8 = 17;
const IPV4: u8 = 1;
const IPV6: u8 = 2;

/// Why a request is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    BadRequest,
    Unauthorized,
    Forbidden,
    UnknownAttribute,
    AllocationMismatch,
    StaleNonce,
    AddressFamily,
    WrongCredentials,
    Transport,
    Quota,
    Capacity,
}

impl Refusal {
    const fn code(self) -> (u16, &'static str) {
        match self {
            Self::BadRequest => (400, "Bad Request"),
            Self::Unauthorized => (401, "Unauthorized"),
            Self::Forbidden => (403, "Forbidden"),
            Self::UnknownAttribute => (420, "Unknown Attribute"),
            Self::AllocationMismatch => (437, "Allocation Mismatch"),
            Self::StaleNonce => (438, "Stale Nonce"),
            Self::AddressFamily => (440, "Address Family not Supported"),
            Self::WrongCredentials => (441, "Wrong Credentials"),
            Self::Transport => (442, "Unsupported Transport Protocol"),
            Self::Quota => (486, "Allocation Quota Reached"),
            Self::Capacity => (508, "Insufficient Capacity"),
        }
    }
}

/// What a session is told of the world around it.
pub struct World<'a> {
    pub secret: &'a Secret,
    pub routes: &'a Routes,
    pub now: Instant,
    /// Opens the socket of an allocation, for a user, over IPv6 or not; gives its address as clients are told it.
    pub allocate: &'a mut dyn FnMut(&str, bool) -> Result<SocketAddr, Refusal>,
}

/// What is to be done about a message.
#[derive(Debug, PartialEq, Eq)]
pub enum Deed<'a> {
    Reply(Vec<u8>),
    /// To this address of media.
    Relay(SocketAddr, &'a [u8]),
    Nothing,
}

#[derive(Debug)]
struct Allocation {
    relayed: SocketAddr,
    username: Vec<u8>,
    /// Of the request that made it: the same again gets the same answer.
    transaction: Transaction,
    lifetime: Duration,
    until: Instant,
    permissions: Vec<(IpAddr, Instant)>,
    channels: Vec<(u16, SocketAddr, Instant)>,
}

/// A client: a connection, or an address that datagrams come from.
#[derive(Debug)]
pub struct Session {
    client: SocketAddr,
    allocation: Option<Allocation>,
    proved: bool,
}

impl Session {
    pub const fn new(client: SocketAddr) -> Self {
        Self { client, allocation: None, proved: false }
    }

    /// It has shown once that it knows the password of its user name.
    pub const fn has_proved(&self) -> bool {
        self.proved
    }

    /// Whether there is an allocation, after what was over has been given up.
    pub fn is_allocated(&mut self, now: Instant) -> bool {
        self.allocation.take_if(|allocation| allocation.until <= now);
        self.allocation.is_some()
    }

    /// Takes one message.
    pub fn handle<'a>(&mut self, bytes: &'a [u8], world: &mut World<'_>) -> Deed<'a> {
        self.is_allocated(world.now);
        if bytes.first().is_some_and(|first| first >> 6 == 1) {
            return self.channel_data(bytes, world).map_or(Deed::Nothing, |(to, data)| Deed::Relay(to, data));
        }
        let Some(message) = Message::parse(bytes) else { return Deed::Nothing };
        match (message.class, message.method) {
            (Class::Indication, Method::Send) => {
                self.send(&message, world).map_or(Deed::Nothing, |(to, data)| Deed::Relay(to, data))
            }
            (Class::Request, Method::Send | Method::Data) | (Class::Indication | Class::Success | Class::Error, _) => {
                Deed::Nothing
            }
            (Class::Request, _) => Deed::Reply(self.answer(&message, world)),
        }
    }

    fn answer(&mut self, message: &Message<'_>, world: &mut World<'_>) -> Vec<u8> {
        let unknown = message.unknown();
        if !unknown.is_empty() {
            let list: Vec<u8> = unknown.into_iter().flat_map(u16::to_be_bytes).collect();
            let error = error(message, Refusal::UnknownAttribute);
            return error.with(attribute::UNKNOWN_ATTRIBUTES, &list).finish();
        }
        if message.method == Method::Binding {
            return success(message).with_address(attribute::XOR_MAPPED_ADDRESS, self.client).finish();
        }
        match self.authenticate(message, world) {
            Ok((username, key)) => {
                self.proved = true;
                let result = match message.method {
                    Method::Allocate => self.allocate(message, username, world),
                    Method::Refresh => self.refresh(message, world),
                    Method::CreatePermission => self.permit(message, world),
                    Method::ChannelBind => self.bind(message, world),
                    Method::Binding | Method::Send | Method::Data => Err(Refusal::BadRequest),
                };
                result.unwrap_or_else(|refusal| error(message, refusal)).sign(&key)
            }
            Err(refusal @ (Refusal::Unauthorized | Refusal::StaleNonce)) => error(message, refusal)
                .with(attribute::REALM, REALM.as_bytes())
                .with(attribute::NONCE, world.secret.nonce(self.client, world.now).as_bytes())
                .finish(),
            Err(refusal) => error(message, refusal).finish(),
        }
    }

    /// RFC 8489, section 9.2.4.
    fn authenticate<'a>(&self, message: &Message<'a>, world: &World<'_>) -> Result<(&'a [u8], Key), Refusal> {
        if !message.has_integrity() {
            return Err(Refusal::Unauthorized);
        }
        let get = |kind| message.get(kind).ok_or(Refusal::BadRequest);
        let (username, realm, nonce) = (get(attribute::USERNAME)?, get(attribute::REALM)?, get(attribute::NONCE)?);
        if !world.secret.knows_nonce(nonce, self.client, world.now) {
            return Err(Refusal::StaleNonce);
        }
        let owns = self.allocation.as_ref().is_some_and(|allocation| allocation.username == username);
        let key = world.secret.key(username, REALM, owns, world.now).ok_or(Refusal::Unauthorized)?;
        if realm != REALM.as_bytes() || !message.is_signed_with(&key) {
            return Err(Refusal::Unauthorized);
        }
        if self.allocation.is_some() && !owns {
            return Err(Refusal::WrongCredentials);
        }
        Ok((username, key))
    }

    /// RFC 8656, section 7.2.
    fn allocate(&mut self, message: &Message<'_>, username: &[u8], world: &mut World<'_>) -> Result<Writer, Refusal> {
        if let Some(allocation) = &self.allocation {
            let again = allocation.transaction == message.transaction;
            return if again { Ok(self.allocated(message, allocation)) } else { Err(Refusal::AllocationMismatch) };
        }
        let transport = message.get(attribute::REQUESTED_TRANSPORT).ok_or(Refusal::BadRequest)?;
        if transport.first() != Some(&UDP) {
            return Err(Refusal::Transport);
        }
        let family = message.get(attribute::REQUESTED_ADDRESS_FAMILY).and_then(|value| value.first());
        let is_v6 = match family {
            None => !world.routes.has_family(false),
            Some(&IPV4) => false,
            Some(&IPV6) => true,
            Some(_) => return Err(Refusal::AddressFamily),
        };
        if !world.routes.has_family(is_v6) {
            return Err(Refusal::AddressFamily);
        }
        let lifetime = lifetime(message).max(LIFETIME);
        let name = str::from_utf8(username).map_err(|_| Refusal::BadRequest)?;
        let relayed = (world.allocate)(name, is_v6)?;
        let allocation = self.allocation.insert(Allocation {
            relayed,
            username: username.to_vec(),
            transaction: message.transaction,
            lifetime,
            until: world.now.plus(lifetime),
            permissions: Vec::new(),
            channels: Vec::new(),
        });
        let writer = success(message)
            .with_address(attribute::XOR_RELAYED_ADDRESS, allocation.relayed)
            .with_number(attribute::LIFETIME, seconds(lifetime));
        Ok(writer.with_address(attribute::XOR_MAPPED_ADDRESS, self.client))
    }

    fn allocated(&self, message: &Message<'_>, allocation: &Allocation) -> Writer {
        success(message)
            .with_address(attribute::XOR_RELAYED_ADDRESS, allocation.relayed)
            .with_number(attribute::LIFETIME, seconds(allocation.lifetime))
            .with_address(attribute::XOR_MAPPED_ADDRESS, self.client)
    }

    /// RFC 8656, section 8.
    fn refresh(&mut self, message: &Message<'_>, world: &World<'_>) -> Result<Writer, Refusal> {
        let wished = lifetime(message);
        if wished.is_zero() {
            self.allocation = None;
        } else {
            let allocation = self.allocation.as_mut().ok_or(Refusal::AllocationMismatch)?;
            allocation.until = world.now.plus(wished);
        }
        Ok(success(message).with_number(attribute::LIFETIME, seconds(wished)))
    }

    /// RFC 8656, section 10: all the addresses, or none.
    fn permit(&mut self, message: &Message<'_>, world: &World<'_>) -> Result<Writer, Refusal> {
        let allocation = self.allocation.as_mut().ok_or(Refusal::AllocationMismatch)?;
        let mut peers = Vec::new();
        for address in message.addresses(attribute::XOR_PEER_ADDRESS) {
            let ip = address.ok_or(Refusal::BadRequest)?.ip();
            if !world.routes.has_ip(ip) {
                return Err(Refusal::Forbidden);
            }
            peers.push(ip);
        }
        if peers.is_empty() {
            return Err(Refusal::BadRequest);
        }
        for ip in peers {
            allocation.permit(ip, world.now)?;
        }
        Ok(success(message))
    }

    /// RFC 8656, section 12.2.
    fn bind(&mut self, message: &Message<'_>, world: &World<'_>) -> Result<Writer, Refusal> {
        let allocation = self.allocation.as_mut().ok_or(Refusal::AllocationMismatch)?;
        let number = message.number(attribute::CHANNEL_NUMBER).and_then(|number| u16::try_from(number >> 16).ok());
        let number = number.filter(|number| CHANNELS.contains(number)).ok_or(Refusal::BadRequest)?;
        let peer = message.address(attribute::XOR_PEER_ADDRESS).ok_or(Refusal::BadRequest)?;
        if world.routes.local_of(peer).is_none() {
            return Err(Refusal::Forbidden);
        }
        let now = world.now;
        allocation.channels.retain(|&(_, _, until)| until > now);
        let is_other = |&(bound, to, _): &(u16, SocketAddr, Instant)| (bound == number) != (to == peer);
        if allocation.channels.iter().any(is_other) {
            return Err(Refusal::BadRequest);
        }
        allocation.permit(peer.ip(), now)?;
        allocation.channels.retain(|&(bound, ..)| bound != number);
        if allocation.channels.len() >= PEERS_MAX {
            return Err(Refusal::Capacity);
        }
        allocation.channels.push((number, peer, now.plus(CHANNEL_LIFETIME)));
        Ok(success(message))
    }

    fn channel_data<'a>(&self, bytes: &'a [u8], world: &World<'_>) -> Option<(SocketAddr, &'a [u8])> {
        let (&[a, b, c, d], rest) = bytes.split_first_chunk::<4>()?;
        let data = rest.get(..usize::from(u16::from_be_bytes([c, d])))?;
        let number = u16::from_be_bytes([a, b]);
        let channels = &self.allocation.as_ref()?.channels;
        let &(_, peer, _) = channels.iter().find(|&&(bound, _, until)| bound == number && until > world.now)?;
        Some((world.routes.local_of(peer)?, data))
    }

    /// RFC 8656, section 11.
    fn send<'a>(&self, message: &Message<'a>, world: &World<'_>) -> Option<(SocketAddr, &'a [u8])> {
        let peer = message.address(attribute::XOR_PEER_ADDRESS)?;
        self.allocation.as_ref().filter(|allocation| allocation.permits(peer.ip(), world.now))?;
        Some((world.routes.local_of(peer)?, message.get(attribute::DATA)?))
    }

    /// Appends a datagram that came from this address of media, as the client gets it; over a stream padded to a multiple of
    /// four. Nothing when it may not have it.
    pub fn wrap(&self, from: SocketAddr, data: &[u8], pads: bool, routes: &Routes, now: Instant, out: &mut Vec<u8>) {
        let Some((allocation, peer)) = self.allocation.as_ref().zip(routes.candidate_of(from)) else { return };
        let Ok(length) = u16::try_from(data.len()) else { return };
        if !allocation.permits(peer.ip(), now) {
            return;
        }
        let channel = allocation.channels.iter().find(|&&(_, to, until)| to == peer && until > now);
        if let Some(&(number, ..)) = channel {
            out.extend(number.to_be_bytes());
            out.extend(length.to_be_bytes());
            out.extend(data);
            if pads {
                out.resize(out.len() + data.len().next_multiple_of(4) - data.len(), 0);
            }
        } else {
            // The transaction of an indication is nobody's question.
            let indication = Writer::new(Method::Data, Class::Indication, allocation.transaction);
            let indication = indication.with_address(attribute::XOR_PEER_ADDRESS, peer).with(attribute::DATA, data);
            out.extend(indication.finish());
        }
    }
}

impl Allocation {
    fn permit(&mut self, ip: IpAddr, now: Instant) -> Result<(), Refusal> {
        self.permissions.retain(|&(permitted, until)| permitted != ip && until > now);
        if self.permissions.len() >= PEERS_MAX {
            return Err(Refusal::Capacity);
        }
        self.permissions.push((ip, now.plus(PERMISSION_LIFETIME)));
        Ok(())
    }

    fn permits(&self, ip: IpAddr, now: Instant) -> bool {
        self.permissions.iter().any(|&(permitted, until)| permitted == ip && until > now)
    }
}

fn success(message: &Message<'_>) -> Writer {
    Writer::new(message.method, Class::Success, message.transaction)
}

fn error(message: &Message<'_>, refusal: Refusal) -> Writer {
    let (code, reason) = refusal.code();
    Writer::new(message.method, Class::Error, message.transaction).with_error(code, reason)
}

/// What a client wishes, within bounds; 0: no longer.
fn lifetime(message: &Message<'_>) -> Duration {
    let wished = message.number(attribute::LIFETIME).map(|seconds| Duration::from_secs(seconds.into()));
    match wished {
        Some(Duration::ZERO) => Duration::ZERO,
        wished => wished.unwrap_or(LIFETIME).clamp(LIFETIME, LIFETIME_MAX),
    }
}

fn seconds(duration: Duration) -> u32 {
    u32::try_from(duration.as_secs()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests;

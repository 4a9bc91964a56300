//! SRTP and SRTCP (RFC 3711, with AES-GCM by RFC 7714): what goes out is encrypted in place, the peer's reports are opened.

use super::keys::Agreed;
use crate::window::Window;
use aws_lc_rs::aead::{AES_128_GCM, AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::hmac;
use str0m::crypto::dtls::SrtpProfile;
use str0m::crypto::{Aes128CmSha1_80Cipher, SrtpProvider, from_feature_flags};

const GCM_TAG_BYTES: usize = 16;
const CM_TAG_BYTES: usize = 10;
const GCM_SALT_BYTES: usize = 12;
const CM_SALT_BYTES: usize = 14;
const AUTH_KEY_BYTES: usize = 20;
/// What of an SRTCP packet is not encrypted: the first header and the sender's SSRC.
const RTCP_CLEAR_BYTES: usize = 8;
/// Behind it: whether it is encrypted, and its number.
const RTCP_INDEX_BYTES: usize = 4;
const ENCRYPTED: u32 = 1 << 31;
/// Senders whose numbers are remembered against packets that come again; a browser has one or a few.
const SENDERS_MAX: usize = 16;

/// Labels of the derived keys (RFC 3711 §4.3.2).
#[derive(Clone, Copy)]
enum Label {
    Rtp = 0,
    Rtcp = 3,
}

/// The key derivation of RFC 3711 §4.3.1, with a rate of 0.
struct Derivation<'a> {
    aes: &'static dyn SrtpProvider,
    key: &'a [u8],
    salt: [u8; CM_SALT_BYTES],
}

impl Derivation<'_> {
    fn fill(&self, label: u8, derived: &mut [u8]) {
        let mut input = [0; 16];
        input[..CM_SALT_BYTES].copy_from_slice(&self.salt);
        input[7] ^= label;
        for (index, block) in (0u16..).zip(derived.chunks_mut(16)) {
            input[CM_SALT_BYTES..].copy_from_slice(&index.to_be_bytes());
            let mut output = [0; 32];
            match self.key.len() {
                16 => self.aes.srtp_aes_128_ecb_round(self.key, &input, &mut output),
                _ => self.aes.srtp_aes_256_ecb_round(self.key, &input, &mut output),
            }
            block.copy_from_slice(&output[..block.len()]);
        }
    }
}

/// The cipher of one direction and protocol.
enum Cipher {
    Gcm { key: Box<LessSafeKey>, salt: [u8; GCM_SALT_BYTES] },
    Cm { cipher: Box<dyn Aes128CmSha1_80Cipher>, auth: Box<hmac::Key>, salt: [u8; CM_SALT_BYTES] },
}

impl Cipher {
    fn derive(profile: SrtpProfile, derivation: &Derivation<'_>, label: Label) -> Option<Self> {
        let label = label as u8;
        let mut salt = [0; CM_SALT_BYTES];
        derivation.fill(label + 2, &mut salt);
        let gcm = |algorithm, bytes: usize| {
            let mut key = [0; 32];
            derivation.fill(label, &mut key[..bytes]);
            Self::gcm(UnboundKey::new(algorithm, &key[..bytes]).ok()?, *salt.first_chunk()?)
        };
        match profile {
            SrtpProfile::AEAD_AES_128_GCM => gcm(&AES_128_GCM, 16),
            SrtpProfile::AEAD_AES_256_GCM => gcm(&AES_256_GCM, 32),
            SrtpProfile::AES128_CM_SHA1_80 => {
                let (mut key, mut auth) = ([0; 16], [0; AUTH_KEY_BYTES]);
                derivation.fill(label, &mut key);
                derivation.fill(label + 1, &mut auth);
                let cipher = derivation.aes.aes_128_cm_sha1_80().create_cipher(key, true);
                let auth = Box::new(hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &auth));
                Some(Self::Cm { cipher, auth, salt })
            }
            _ => None,
        }
    }

    fn gcm(key: UnboundKey, salt: [u8; GCM_SALT_BYTES]) -> Option<Self> {
        Some(Self::Gcm { key: Box::new(LessSafeKey::new(key)), salt })
    }
}

/// RFC 7714 §8.1 and §9.1: both have the SSRC and 48 bits of number behind two bytes of zero, XOR the salt.
fn gcm_nonce(salt: &[u8; GCM_SALT_BYTES], ssrc: u32, number: u64) -> Nonce {
    let mut nonce = [0; GCM_SALT_BYTES];
    nonce[2..6].copy_from_slice(&ssrc.to_be_bytes());
    nonce[6..].copy_from_slice(&number.to_be_bytes()[2..]);
    nonce.iter_mut().zip(salt).for_each(|(byte, salt)| *byte ^= salt);
    Nonce::assume_unique_for_key(nonce)
}

/// RFC 7714 §9.2.
fn rtcp_aad(header: &[u8], index: [u8; RTCP_INDEX_BYTES]) -> Option<[u8; RTCP_CLEAR_BYTES + RTCP_INDEX_BYTES]> {
    let mut aad = [0; RTCP_CLEAR_BYTES + RTCP_INDEX_BYTES];
    aad.first_chunk_mut::<RTCP_CLEAR_BYTES>()?.copy_from_slice(header.first_chunk::<RTCP_CLEAR_BYTES>()?);
    aad.last_chunk_mut::<RTCP_INDEX_BYTES>()?.copy_from_slice(&index);
    Some(aad)
}

/// RFC 3711 §4.1.1.
fn cm_counter(salt: &[u8; CM_SALT_BYTES], ssrc: u32, number: u64) -> [u8; 16] {
    let mut counter = [0; 16];
    counter[4..8].copy_from_slice(&ssrc.to_be_bytes());
    counter[6..14].iter_mut().zip(number.to_be_bytes()).for_each(|(byte, number)| *byte ^= number);
    counter.iter_mut().zip(salt).for_each(|(byte, salt)| *byte ^= salt);
    counter
}

/// AES in counter mode over a part of a packet, in place; str0m's cipher goes from one buffer to another.
fn cm_crypt(cipher: &mut dyn Aes128CmSha1_80Cipher, counter: &[u8; 16], part: &mut [u8]) -> Option<()> {
    let input = part.to_vec();
    cipher.encrypt(counter, &input, part).ok()
}

/// The keys of one connection.
pub struct Keys {
    rtp_out: Cipher,
    rtcp_out: Cipher,
    rtcp_in: Cipher,
    rtcp_number: u32,
    /// The numbers of each sender's reports.
    heard: Vec<(u32, Window)>,
}

impl Keys {
    /// `None`: a profile that we don't know, or too little material.
    pub fn new(agreed: &Agreed) -> Option<Self> {
        let (key_bytes, salt_bytes) = match agreed.profile {
            SrtpProfile::AEAD_AES_128_GCM => (16, GCM_SALT_BYTES),
            SrtpProfile::AEAD_AES_256_GCM => (32, GCM_SALT_BYTES),
            SrtpProfile::AES128_CM_SHA1_80 => (16, CM_SALT_BYTES),
            _ => return None,
        };
        let (keys, salts) = agreed.material.split_at_checked(2 * key_bytes)?;
        let of = |client: bool| {
            let index = usize::from(!client);
            let mut salt = [0; CM_SALT_BYTES];
            salt[..salt_bytes].copy_from_slice(salts.get(index * salt_bytes..(index + 1) * salt_bytes)?);
            let aes = from_feature_flags().srtp_provider;
            Some(Derivation { aes, key: &keys[index * key_bytes..(index + 1) * key_bytes], salt })
        };
        let (ours, theirs) = (of(agreed.is_client)?, of(!agreed.is_client)?);
        Some(Self {
            rtp_out: Cipher::derive(agreed.profile, &ours, Label::Rtp)?,
            rtcp_out: Cipher::derive(agreed.profile, &ours, Label::Rtcp)?,
            rtcp_in: Cipher::derive(agreed.profile, &theirs, Label::Rtcp)?,
            rtcp_number: 0,
            heard: Vec::new(),
        })
    }

    /// Encrypts what stands behind the header of an RTP packet and adds the tag. `number`: rollovers and sequence number
    /// (RFC 3711 §3.3.1), never the same twice for an SSRC. `None`: the cipher refuses.
    pub fn seal_rtp(&mut self, packet: &mut Vec<u8>, header_bytes: usize, ssrc: u32, number: u64) -> Option<()> {
        let (header, payload) = packet.split_at_mut_checked(header_bytes)?;
        match &mut self.rtp_out {
            Cipher::Gcm { key, salt } => {
                let nonce = gcm_nonce(salt, ssrc, number);
                let tag = key.seal_in_place_separate_tag(nonce, Aad::from(&*header), payload).ok()?;
                packet.extend_from_slice(tag.as_ref());
            }
            Cipher::Cm { cipher, auth, salt } => {
                cm_crypt(&mut **cipher, &cm_counter(salt, ssrc, number), payload)?;
                let mut code = hmac::Context::with_key(auth);
                code.update(packet);
                code.update(&((number >> 16) as u32).to_be_bytes());
                packet.extend_from_slice(&code.sign().as_ref()[..CM_TAG_BYTES]);
            }
        }
        Some(())
    }

    /// Encrypts a compound RTCP packet, whose first sender is `ssrc`: one that str0m, which has the same keys, never sends as.
    pub fn seal_rtcp(&mut self, packet: &mut Vec<u8>, ssrc: u32) -> Option<()> {
        let number = self.rtcp_number;
        self.rtcp_number = (number + 1) & !ENCRYPTED;
        let index = (number | ENCRYPTED).to_be_bytes();
        let (header, payload) = packet.split_at_mut_checked(RTCP_CLEAR_BYTES)?;
        match &mut self.rtcp_out {
            Cipher::Gcm { key, salt } => {
                let aad = rtcp_aad(header, index)?;
                let nonce = gcm_nonce(salt, ssrc, u64::from(number));
                let tag = key.seal_in_place_separate_tag(nonce, Aad::from(&aad), payload).ok()?;
                packet.extend_from_slice(tag.as_ref());
                packet.extend_from_slice(&index);
            }
            Cipher::Cm { cipher, auth, salt } => {
                cm_crypt(&mut **cipher, &cm_counter(salt, ssrc, u64::from(number)), payload)?;
                packet.extend_from_slice(&index);
                let code = hmac::sign(auth, packet);
                packet.extend_from_slice(&code.as_ref()[..CM_TAG_BYTES]);
            }
        }
        Some(())
    }

    /// What is in an SRTCP packet of the peer, in `plain`. `None`: not authentic, not encrypted, or it has come before.
    pub fn open_rtcp(&mut self, packet: &[u8], plain: &mut Vec<u8>) -> Option<()> {
        plain.clear();
        let ssrc = u32::from_be_bytes(*packet.get(4..)?.first_chunk()?);
        let index = match &mut self.rtcp_in {
            Cipher::Gcm { key, salt } => {
                let (rest, index) = packet.split_last_chunk::<RTCP_INDEX_BYTES>()?;
                let (header, sealed) = rest.split_at_checked(RTCP_CLEAR_BYTES)?;
                let body_bytes = sealed.len().checked_sub(GCM_TAG_BYTES)?;
                plain.extend_from_slice(header);
                plain.resize(RTCP_CLEAR_BYTES + body_bytes, 0);
                let number = u32::from_be_bytes(*index);
                let aad = rtcp_aad(header, *index)?;
                let nonce = gcm_nonce(salt, ssrc, u64::from(number & !ENCRYPTED));
                let (body, tag) = sealed.split_at(body_bytes);
                let to = &mut plain[RTCP_CLEAR_BYTES..];
                key.open_separate_gather(nonce, Aad::from(&aad), body, tag, to).ok()?;
                number
            }
            Cipher::Cm { cipher, auth, salt } => {
                let (signed, tag) = packet.split_last_chunk::<CM_TAG_BYTES>()?;
                let code = hmac::sign(auth, signed);
                aws_lc_rs::constant_time::verify_slices_are_equal(&code.as_ref()[..CM_TAG_BYTES], tag).ok()?;
                let (sealed, index) = signed.split_last_chunk::<RTCP_INDEX_BYTES>()?;
                let number = u32::from_be_bytes(*index);
                plain.extend_from_slice(sealed);
                let body = plain.get_mut(RTCP_CLEAR_BYTES..)?;
                cm_crypt(&mut **cipher, &cm_counter(salt, ssrc, u64::from(number & !ENCRYPTED)), body)?;
                number
            }
        };
        (index & ENCRYPTED != 0 && self.is_first(ssrc, index & !ENCRYPTED)).then_some(())
    }

    /// RFC 3711 §3.3.2.
    fn is_first(&mut self, ssrc: u32, number: u32) -> bool {
        let at = self.heard.iter().position(|(of, _)| *of == ssrc).unwrap_or_else(|| {
            if self.heard.len() >= SENDERS_MAX {
                self.heard.remove(0);
            }
            self.heard.push((ssrc, Window::default()));
            self.heard.len() - 1
        });
        self.heard[at].1.first(u64::from(number))
    }
}

/// The peer's side, for tests.
#[cfg(test)]
pub struct Opener(Cipher);

#[cfg(test)]
impl Opener {
    /// Of who has agreed on this.
    pub fn new(agreed: &Agreed) -> Option<Self> {
        Some(Self(Keys::new(agreed)?.rtp_out))
    }

    pub fn open(&self, packet: &[u8], header_bytes: usize, ssrc: u32, number: u64) -> Option<Vec<u8>> {
        let Cipher::Gcm { key, salt } = &self.0 else { return None };
        let (header, sealed) = packet.split_at_checked(header_bytes)?;
        let mut sealed = sealed.to_vec();
        let opened = key.open_in_place(gcm_nonce(salt, ssrc, number), Aad::from(header), &mut sealed).ok()?;
        Some(opened.to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(hex: &str) -> Vec<u8> {
        let digits: Vec<u8> = hex.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
        let pair = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
        digits.chunks(2).map(pair).collect()
    }

    fn pair(profile: SrtpProfile) -> (Keys, Keys) {
        let material: Vec<u8> = (0..88).collect();
        let keys = |is_client| Keys::new(&Agreed { profile, material: material.clone(), is_client }).unwrap();
        (keys(false), keys(true))
    }

    const PROFILES: [SrtpProfile; 3] =
        [SrtpProfile::AEAD_AES_128_GCM, SrtpProfile::AEAD_AES_256_GCM, SrtpProfile::AES128_CM_SHA1_80];

    #[test]
    fn keys_are_derived_as_in_the_appendix_of_the_rfc() {
        // RFC 3711 §B.3.
        let key = bytes("E1F97A0D3E018BE0D64FA32C06DE4139");
        let salt = bytes("0EC675AD498AFEEBB6960B3AABE6").try_into().unwrap();
        let derivation = Derivation { aes: from_feature_flags().srtp_provider, key: &key, salt };
        let derived = |label, length| {
            let mut derived = vec![0; length];
            derivation.fill(label, &mut derived);
            derived
        };
        assert_eq!(derived(0, 16), bytes("C61E7A93744F39EE10734AFE3FF7A087"));
        assert_eq!(derived(2, 14), bytes("30CBBC08863D8C85D49DB34A9AE1"));
        assert_eq!(derived(1, 20), bytes("CEBE321F6FF7716B6FD4AB49AF256A156D38BAA4"));
    }

    #[test]
    fn a_packet_is_sealed_as_in_the_rfc() {
        // RFC 7714 §16.1.1.
        let key = UnboundKey::new(&AES_128_GCM, &bytes("000102030405060708090a0b0c0d0e0f")).unwrap();
        let rtp_out = Cipher::gcm(key, bytes("517569642070726f2071756f").try_into().unwrap()).unwrap();
        let (mut keys, _) = pair(SrtpProfile::AEAD_AES_128_GCM);
        keys.rtp_out = rtp_out;
        let mut packet = bytes(
            "8040f17b 8041f8d3 5501a0b2 47616c6c 69612065 7374206f 6d6e6973 20646976 69736120 696e2070 61727465 73207472 6573",
        );
        keys.seal_rtp(&mut packet, 12, 0x5501_a0b2, 0xf17b).unwrap();
        let sealed = "8040f17b 8041f8d3 5501a0b2 f24de3a3 fb34de6c acba861c 9d7e4bca be633bd5 0d294e6f 42a5f47a 51c7d19b \
            36de3adf 8833899d 7f27beb1 6a9152cf 765ee439 0cce";
        assert_eq!(packet, bytes(sealed));
    }

    #[test]
    fn reports_are_opened_once_and_only_whole() {
        for profile in PROFILES {
            let (mut server, mut client) = pair(profile);
            let report = bytes("81c90001 00000007 11223344 55667788");
            let mut plain = Vec::new();
            let mut sent = Vec::new();
            for _ in 0..3 {
                let mut packet = report.clone();
                client.seal_rtcp(&mut packet, 7).unwrap();
                sent.push(packet);
            }
            for at in 0..sent[0].len() {
                let mut damaged = sent[0].clone();
                damaged[at] ^= 1;
                assert!(server.open_rtcp(&damaged, &mut plain).is_none(), "{profile}, byte {at}");
                assert!(server.open_rtcp(&sent[0][..at], &mut plain).is_none(), "{profile}, cut at {at}");
            }
            for packet in [2, 0, 1].map(|index: usize| &sent[index]) {
                server.open_rtcp(packet, &mut plain).unwrap();
                assert_eq!(plain, report, "{profile}");
                assert!(server.open_rtcp(packet, &mut plain).is_none(), "{profile}: it comes again");
            }
        }
    }

    #[test]
    fn too_little_material_and_unknown_profiles_are_refused() {
        for profile in PROFILES {
            for length in 0..56 {
                assert!(Keys::new(&Agreed { profile, material: vec![1; length], is_client: false }).is_none());
            }
        }
    }
}

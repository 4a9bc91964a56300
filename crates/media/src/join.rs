//! From a browser's offer to an answer: the only SDP of a connection's life.

use crate::api::MediaError;
use crate::api::SourceKind;
use crate::limits::{OFFER_BYTES_MAX, SECTIONS_MAX};
use crate::net::{ICE_LETTERS, Net, Ufrag};
use crate::peer::{KINDS, Slot, Source, index_of};
use crate::rewrite::Rewriter;
use preau_base::Rng;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};
use str0m::bwe::Bitrate;
use str0m::change::SdpOffer;
use str0m::config::{DtlsCert, DtlsVersion};
use str0m::format::Codec;
use str0m::media::{Direction, Media, MediaKind, Mid, Pt, Rids};
use str0m::net::TcpType;
use str0m::{Candidate, IceCreds, Rtc};

const OPUS_HZ: u32 = 48_000;
const VIDEO_HZ: u32 = 90_000;
/// The start of a slot's width, in pixels.
const WANT_PX: u32 = 320;
/// Packets kept for resending: about 3 s of the best layer.
const RESEND_PACKETS: usize = 600;
/// Letters of an ICE password (RFC 8839 §5.4 asks for 22 or more).
const PASSWORD_LETTERS: usize = 24;

/// What the thread brings to a negotiation.
pub struct Terms<'a> {
    pub thread: usize,
    pub cert: &'a DtlsCert,
    pub initial_kbps: u32,
    pub now: Instant,
}

/// A peer to be.
pub struct Negotiated {
    pub rtc: Rtc,
    pub answer: String,
    pub ufrag: Ufrag,
    pub sources: [Option<Source>; 3],
    pub slots: Vec<Slot>,
}

/// Answers `offer`. Nothing of the offer can do more than fail: a panic in a library is an error here.
pub fn negotiate(terms: &Terms<'_>, net: &Net, rng: &mut dyn Rng, offer: &str) -> Result<Negotiated, MediaError> {
    let offer = clean(offer)?;
    let mut first_seqs = [0; SECTIONS_MAX * 2];
    rng.fill(&mut first_seqs);
    let creds = credentials(terms.thread, rng);
    let result = catch_unwind(AssertUnwindSafe(|| answer(terms, net, creds, &offer, &first_seqs)));
    result.unwrap_or_else(|_| Err(MediaError::Offer("it breaks the negotiation".into())))
}

/// The offer without its candidates (a lite agent needs none: the browser's checks come to us), within limits.
fn clean(offer: &str) -> Result<String, MediaError> {
    if offer.len() > OFFER_BYTES_MAX {
        return Err(MediaError::Offer(format!("{} bytes, at most {OFFER_BYTES_MAX}", offer.len())));
    }
    let sections = offer.lines().filter(|line| line.starts_with("m=")).count();
    if sections > SECTIONS_MAX {
        return Err(MediaError::Offer(format!("{sections} media sections, at most {SECTIONS_MAX}")));
    }
    if offer.lines().any(|line| line.trim_end() == "a=setup:passive") {
        return Err(MediaError::Offer("a=setup:passive; the browser must be the DTLS client".into()));
    }
    let mut clean = String::with_capacity(offer.len());
    for line in offer.lines().filter(|line| !line.starts_with("a=candidate")) {
        clean.push_str(line);
        clean.push_str("\r\n");
    }
    Ok(clean)
}

fn credentials(thread: usize, rng: &mut dyn Rng) -> IceCreds {
    let mut random = [0; 7 + PASSWORD_LETTERS];
    rng.fill(&mut random);
    let letter = |byte: u8| char::from(ICE_LETTERS[usize::from(byte) % ICE_LETTERS.len()]);
    let ours = char::from(ICE_LETTERS[thread % ICE_LETTERS.len()]);
    let ufrag = std::iter::once(ours).chain(random[..7].iter().copied().map(letter)).collect();
    IceCreds { ufrag, pass: random[7..].iter().copied().map(letter).collect() }
}

fn answer(
    terms: &Terms<'_>,
    net: &Net,
    creds: IceCreds,
    offer: &str,
    first_seqs: &[u8],
) -> Result<Negotiated, MediaError> {
    let refuse = |error: &dyn std::fmt::Display| MediaError::Offer(error.to_string());
    let offer = SdpOffer::from_sdp_string(offer).map_err(|error| refuse(&error))?;
    let ufrag = Ufrag::try_from(creds.ufrag.as_bytes()).map_err(|_| MediaError::Offer("no credentials".into()))?;
    let mut rtc = build(terms, creds);
    for &addr in &net.udp_candidates {
        let candidate = Candidate::builder().udp().host(addr).build().map_err(|error| refuse(&error))?;
        rtc.add_local_candidate(candidate);
    }
    for &addr in &net.tcp_candidates {
        let tcp = Candidate::builder().tcp().host(addr).tcptype(TcpType::Passive);
        rtc.add_local_candidate(tcp.build().map_err(|error| refuse(&error))?);
    }
    let answer = rtc.sdp_api().accept_offer(offer).map_err(|error| refuse(&error))?.to_sdp_string();
    let mut sources = [const { None }; 3];
    let mut slots = Vec::new();
    for mid in answer.lines().filter_map(|line| line.strip_prefix("a=mid:")) {
        let Some(media) = rtc.media(Mid::from(mid.trim())) else { continue };
        match media.direction() {
            Direction::RecvOnly => add_source(&mut sources, media),
            Direction::SendOnly => {
                let seq = first_seqs.get(slots.len() * 2..).and_then(|seqs| seqs.first_chunk()).copied();
                let (mid, video) = (media.mid(), media.kind() == MediaKind::Video);
                slots.extend(slot(&mut rtc, mid, video, u16::from_le_bytes(seq.unwrap_or([0, 1]))));
            }
            Direction::SendRecv | Direction::Inactive => {}
        }
    }
    Ok(Negotiated { rtc, answer, ufrag, sources, slots })
}

fn build(terms: &Terms<'_>, creds: IceCreds) -> Rtc {
    Rtc::builder()
        .clear_codecs()
        .enable_opus(true, false)
        .enable_vp8(true)
        .set_rtp_mode(true)
        .set_ice_lite(true)
        .set_local_ice_credentials(creds)
        .set_dtls_cert(terms.cert.clone())
        .set_dtls_version(DtlsVersion::Dtls12)
        .set_stats_interval(Some(Duration::from_secs(1)))
        .set_send_buffer_video(RESEND_PACKETS)
        .enable_bwe(Some(Bitrate::kbps(u64::from(terms.initial_kbps))))
        .build(terms.now)
}

/// The first section of sound is the microphone, the first of pictures the camera, the second the screen.
fn add_source(sources: &mut [Option<Source>; 3], media: &Media) {
    let fits = |kind: SourceKind| match media.kind() {
        MediaKind::Audio => kind == SourceKind::Audio,
        MediaKind::Video => kind != SourceKind::Audio,
    };
    let free = KINDS.into_iter().find(|&kind| fits(kind) && sources[index_of(kind)].is_none());
    let Some(kind) = free else { return };
    let mut rids = match media.rids_rx() {
        Rids::Specific(rids) => rids.clone(),
        Rids::None | Rids::Any => Vec::new(),
    };
    // Our page names them q, h, f; the narrowest comes first whatever the order of the offer.
    rids.sort_by_key(|rid| ["q", "h", "f"].iter().position(|name| **rid == **name));
    sources[index_of(kind)] = Some(Source::new(kind, media.mid(), &rids));
}

fn slot(rtc: &mut Rtc, mid: Mid, video: bool, first_seq: u16) -> Option<Slot> {
    let pt = payload_type(rtc, mid, if video { Codec::Vp8 } else { Codec::Opus })?;
    let mut direct = rtc.direct_api();
    let (ssrc, rtx) = {
        let stream = direct.stream_tx_by_mid(mid, None)?;
        (stream.ssrc(), stream.rtx())
    };
    direct.remove_stream_tx(ssrc);
    Some(Slot {
        video,
        mid,
        ssrc,
        rtx,
        declared: false,
        pt,
        want_px: WANT_PX,
        source: None,
        current: None,
        target: None,
        rewriter: Rewriter::new(if video { VIDEO_HZ } else { OPUS_HZ }, first_seq),
        told: (None, false),
    })
}

fn payload_type(rtc: &Rtc, mid: Mid, codec: Codec) -> Option<Pt> {
    let media = rtc.media(mid)?;
    let params = rtc.codec_config().params();
    let ours = params.iter().filter(|params| params.spec().codec == codec);
    ours.map(|params| params.pt()).find(|pt| media.remote_pts().contains(pt))
}

//! From a browser's offer to an answer: the only SDP of a connection's life.

use crate::api::{Codec, MediaError, SourceKind};
use crate::av1::{self, FrameNumbers};
use crate::egress::wire::Ids;
use crate::egress::{self, Rtx, keys};
use crate::limits::{OFFER_BYTES_MAX, SECTIONS_MAX};
use crate::net::{ICE_LETTERS, Net, Ufrag};
use crate::peer::{KINDS, Pts, Slot, Source, index_of};
use crate::rewrite::Rewriter;
use crate::svc::Sieve;
use preau_base::Rng;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};
use str0m::change::SdpOffer;
use str0m::config::{DtlsCert, DtlsVersion};
use str0m::format::{Codec as Format, FormatParams, PayloadParams};
use str0m::media::{Direction, Frequency, Media, MediaKind, Mid, Pt, Rid, Rids};
use str0m::net::TcpType;
use str0m::{Candidate, IceCreds, Rtc};

const OPUS_HZ: u32 = 48_000;
const VIDEO_HZ: u32 = 90_000;
/// The start of a slot's width, in pixels.
const WANT_PX: u32 = 320;
/// Letters of an ICE password (RFC 8839 §5.4 asks for 22 or more).
const PASSWORD_LETTERS: usize = 24;

/// Payload types (those of a peer's offer replace them) and profiles of H.264 (RFC 6184 §8.1): constrained baseline, which
/// browsers, OBS and ffmpeg all offer, baseline, main, high; each at level 3.1, which says nothing of other levels.
const H264_PROFILES: [(u8, u8, u32); 4] =
    [(108, 109, 0x42_e0_1f), (127, 121, 0x42_00_1f), (123, 119, 0x4d_00_1f), (114, 115, 0x64_00_1f)];

/// Of VP9 in its profile of 8 bits a sample, which every decoder takes, and of what is sent again of it.
const VP9_PTS: (u8, u8) = (98, 99);

/// What the thread brings to a negotiation.
pub struct Terms<'a> {
    pub thread: usize,
    pub cert: &'a DtlsCert,
    pub initial_kbps: u32,
    /// What pages may send besides VP8.
    pub codec: Codec,
    /// The time of day, at `now`: sender reports carry it.
    pub since_1970: Duration,
    pub now: Instant,
}

/// Who offers, which says what the sections are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// The class's page: microphone, camera, screen, and slots.
    Page,
    /// A program: one picture, which is a screen, with its sound; or slots.
    Program,
}

/// An offer as it came.
pub struct Offer {
    pub shape: Shape,
    pub sdp: String,
}

/// A peer to be.
pub struct Negotiated {
    pub rtc: Rtc,
    pub answer: String,
    pub ufrag: Ufrag,
    pub sources: [Option<Source>; 3],
    /// With each the stream of the same index.
    pub slots: Vec<Slot>,
    pub streams: Vec<egress::Terms>,
    /// As what pictures come that are not VP8, where they may.
    pub codecs: Vec<(Pt, Codec)>,
    /// As what redundant data of a voice come and go, where they may.
    pub red: Option<Pt>,
}

/// Answers `offer`. Nothing of the offer can do more than fail: a panic in a library is an error here.
pub fn negotiate(terms: &Terms<'_>, net: &Net, rng: &mut dyn Rng, offer: &Offer) -> Result<Negotiated, MediaError> {
    let (shape, offer) = (offer.shape, clean(&offer.sdp, offer.shape)?);
    let mut first_seqs = [0; SECTIONS_MAX * 2];
    rng.fill(&mut first_seqs);
    let creds = credentials(terms.thread, rng);
    let result = catch_unwind(AssertUnwindSafe(|| answer(terms, net, creds, (shape, &offer), &first_seqs)));
    result.unwrap_or_else(|_| Err(MediaError::Offer("it breaks the negotiation".into())))
}

/// The offer without its candidates (a lite agent needs none: the browser's checks come to us), within limits.
fn clean(offer: &str, shape: Shape) -> Result<String, MediaError> {
    if offer.len() > OFFER_BYTES_MAX {
        return Err(MediaError::Offer(format!("{} bytes, at most {OFFER_BYTES_MAX}", offer.len())));
    }
    let sections = offer.lines().filter(|line| line.starts_with("m=")).count();
    if sections > SECTIONS_MAX {
        return Err(MediaError::Offer(format!("{sections} media sections, at most {SECTIONS_MAX}")));
    }
    // Some programs, ffmpeg among them, are DTLS servers; a page never is.
    if shape == Shape::Page && offer.lines().any(|line| line.trim_end() == "a=setup:passive") {
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
    (shape, offer): (Shape, &str),
    first_seqs: &[u8],
) -> Result<Negotiated, MediaError> {
    let refuse = |error: &dyn std::fmt::Display| MediaError::Offer(error.to_string());
    let offer = SdpOffer::from_sdp_string(offer).map_err(|error| refuse(&error))?;
    let ufrag = Ufrag::try_from(creds.ufrag.as_bytes()).map_err(|_| MediaError::Offer("no credentials".into()))?;
    let mut rtc = build(terms, creds, shape);
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
    let (mut slots, mut streams) = (Vec::new(), Vec::new());
    let mut codecs = Vec::new();
    for mid in answer.lines().filter_map(|line| line.strip_prefix("a=mid:")) {
        let Some(media) = rtc.media(Mid::from(mid.trim())) else { continue };
        if shape == Shape::Program && media.remote_pts().is_empty() {
            return Err(MediaError::Offer(format!(
                "section {mid} has none of Opus, VP8 and H.264 (packetization-mode=1)"
            )));
        }
        match media.direction() {
            Direction::RecvOnly => {
                let ours =
                    rtc.codec_config().params().iter().filter(|params| media.remote_pts().contains(&params.pt()));
                codecs.extend(ours.filter_map(|params| Some((params.pt(), other_picture(params.spec().codec)?))));
                add_source(&mut sources, media, shape);
            }
            Direction::SendOnly => {
                let seq = first_seqs.get(slots.len() * 2..).and_then(|seqs| seqs.first_chunk()).copied();
                let (mid, video) = (media.mid(), media.kind() == MediaKind::Video);
                if let Some((slot, stream)) = slot(&mut rtc, mid, video, u16::from_le_bytes(seq.unwrap_or([0, 1]))) {
                    slots.push(slot);
                    streams.push(stream);
                }
            }
            Direction::SendRecv | Direction::Inactive => {}
        }
    }
    let mut params = rtc.codec_config().params().iter();
    let red = params.find(|params| params.spec().codec == Format::Opus).and_then(PayloadParams::red);
    let answer = if let Some(red) = red { red_last(&answer, red) } else { answer };
    Ok(Negotiated { rtc, answer, ufrag, sources, slots, streams, codecs, red })
}

/// The payload type of redundant data at the end of each section of sound: browsers send what stands first, and a voice is to
/// cost its bits twice only where they are lost (`docs/decisions/0020-voices-twice.md`).
fn red_last(answer: &str, red: Pt) -> String {
    let last = format!(" {red}");
    let moved = |line: &str| {
        let found = line.strip_prefix("m=audio ")?.find(&format!("{last} "))? + "m=audio ".len();
        Some(format!("{}{}{last}", &line[..found], &line[found + last.len()..]))
    };
    answer.lines().map(|line| moved(line).unwrap_or_else(|| line.to_owned()) + "\r\n").collect()
}

fn build(terms: &Terms<'_>, creds: IceCreds, shape: Shape) -> Rtc {
    let mut builder = Rtc::builder().clear_codecs().enable_opus(true, true).enable_vp8(true);
    // VP8 stands first in each answer, so that whoever has both sends that. A page is answered one profile only, which every
    // decoder takes: each more makes the answers of a whole class longer.
    let profiles = if shape == Shape::Page { &H264_PROFILES[..1] } else { &H264_PROFILES[..] };
    for &(pt, rtx, profile) in profiles {
        builder.codec_config().add_h264(pt.into(), Some(rtx.into()), true, profile);
    }
    // Behind VP8; no program sends or takes these.
    if shape == Shape::Page && terms.codec == Codec::Av1 {
        builder = builder.enable_av1(true).set_extension(av1::ID, av1::extension());
    }
    if shape == Shape::Page && terms.codec == Codec::Vp9 {
        let format = FormatParams { profile_id: Some(0), ..FormatParams::default() };
        let (pt, rtx) = VP9_PTS;
        builder.codec_config().add_config(
            pt.into(),
            Some(rtx.into()),
            Format::Vp9,
            Frequency::NINETY_KHZ,
            None,
            format,
        );
    }
    // str0m sends no RTP here and estimates no bandwidth ([`crate::egress`]).
    builder
        .set_crypto_provider(keys::provider())
        .set_rtp_mode(true)
        .set_ice_lite(true)
        .set_local_ice_credentials(creds)
        .set_dtls_cert(terms.cert.clone())
        .set_dtls_version(DtlsVersion::Dtls12)
        .set_stats_interval(None)
        .build(terms.now)
}

/// The first section of sound is the microphone, the first of pictures the camera, the second the screen; a program's only
/// picture is a screen.
fn add_source(sources: &mut [Option<Source>; 3], media: &Media, shape: Shape) {
    let fits = |kind: SourceKind| match media.kind() {
        MediaKind::Audio => kind == SourceKind::Audio,
        MediaKind::Video if shape == Shape::Program => kind == SourceKind::Screen,
        MediaKind::Video => kind != SourceKind::Audio,
    };
    let free = KINDS.into_iter().find(|&kind| fits(kind) && sources[index_of(kind)].is_none());
    let Some(kind) = free else { return };
    let mut rids = match media.rids_rx() {
        Rids::Specific(rids) => rids.clone(),
        Rids::None | Rids::Any => Vec::new(),
    };
    // The narrowest comes first. Our page names them q, h, f, in whatever order; programs put the best first (RFC 8853 §5.2).
    let place = |rid: &Rid| ["q", "h", "f"].iter().position(|name| **rid == **name);
    if rids.iter().all(|rid| place(rid).is_some()) {
        rids.sort_by_key(place);
    } else {
        rids.reverse();
    }
    sources[index_of(kind)] = Some(Source::new(kind, media.mid(), &rids));
}

/// A section in which the browser receives. Its stream is ours from now on: str0m, which named it in the answer, forgets it.
fn slot(rtc: &mut Rtc, mid: Mid, video: bool, first_seq: u16) -> Option<(Slot, egress::Terms)> {
    let ids = Ids::of(rtc.media(mid)?.remote_extmap());
    let pts = Codec::ALL.map(|codec| {
        // Of AV1 a browser makes nothing that knows only half of it, and not which.
        let fits = video == (codec != Codec::Opus) && (codec != Codec::Av1 || ids.descriptor.is_some());
        if fits { payload_type(rtc, mid, format_of(codec)) } else { None }
    });
    pts.iter().flatten().next()?;
    let again = |pt: Pt| {
        let params = rtc.codec_config().params().iter().find(|params| params.pt() == pt)?;
        Some((*pt, *params.resend()?))
    };
    let resent: Vec<(u8, u8)> = pts.into_iter().flatten().filter_map(again).collect();
    let mut direct = rtc.direct_api();
    let (ssrc, rtx) = {
        let stream = direct.stream_tx_by_mid(mid, None)?;
        (stream.ssrc(), stream.rtx())
    };
    direct.remove_stream_tx(ssrc);
    let clock_hz = if video { VIDEO_HZ } else { OPUS_HZ };
    let rtx = rtx.filter(|_| video && !resent.is_empty()).map(|ssrc| Rtx { ssrc: *ssrc, pts: resent });
    let stream = egress::Terms { ssrc: *ssrc, mid: mid.as_bytes().to_vec(), clock_hz, ids, rtx };
    let slot = Slot {
        video,
        mid,
        pts: Pts(pts),
        want_px: WANT_PX,
        source: None,
        current: None,
        target: None,
        rewriter: Rewriter::new(clock_hz, first_seq),
        sieve: Sieve::default(),
        frames: FrameNumbers::default(),
        told: (None, false),
    };
    Some((slot, stream))
}

/// Pictures that are not VP8.
const fn other_picture(format: Format) -> Option<Codec> {
    match format {
        Format::H264 => Some(Codec::H264),
        Format::Vp9 => Some(Codec::Vp9),
        Format::Av1 => Some(Codec::Av1),
        _ => None,
    }
}

const fn format_of(codec: Codec) -> Format {
    match codec {
        Codec::Opus => Format::Opus,
        Codec::Vp8 => Format::Vp8,
        Codec::H264 => Format::H264,
        Codec::Vp9 => Format::Vp9,
        Codec::Av1 => Format::Av1,
    }
}

fn payload_type(rtc: &Rtc, mid: Mid, codec: Format) -> Option<Pt> {
    let media = rtc.media(mid)?;
    let params = rtc.codec_config().params();
    let ours = params.iter().filter(|params| params.spec().codec == codec);
    ours.map(|params| params.pt()).find(|pt| media.remote_pts().contains(pt))
}

//! What is read of AV1 packets and written before them: the dependency descriptor, a header extension that says of a frame to
//! which parts of its stream it belongs (AV1 RTP payload specification, appendix A).

use std::cell::OnceCell;
use std::sync::Arc;
use str0m::rtp::{Extension, ExtensionSerializer, ExtensionValues};

const URI: &str = "https://aomediacodec.github.io/av1-rtp-spec/#dependency-descriptor-rtp-header-extension";
/// The id that a browser's offer replaces with its own.
pub const ID: u8 = 12;
/// Bytes of a value: the two-byte form of extensions says no more (RFC 8285 §4.3).
const VALUE_BYTES_MAX: usize = 255;
pub const VALUE_BYTES_END: usize = VALUE_BYTES_MAX + 1;
/// The one-byte form (§4.2).
const SHORT_BYTES_MAX: usize = 16;
/// Where the frame number stands: behind the byte of the flags and the template.
pub const NUMBER_AT: usize = 1;
/// What each descriptor has, and bits of the flags that a longer one has behind it.
pub const HEAD_BYTES: usize = 3;
const HEAD_BITS: usize = 8 * HEAD_BYTES;
const FLAG_BITS: u32 = 5;
/// Of those flags: the second is that of the active decode targets.
const HAS_ACTIVE: u32 = 0b01000;
/// MAX_TEMPLATE_ID and MAX_SPATIAL_ID are 63 and 3 (table A.1).
const TEMPLATES_MAX: usize = 64;
const SPATIAL_MAX: u8 = 3;
const TEMPORAL_MAX: u8 = 7;
/// Decode targets are counted with five bits.
const TARGETS_MAX: usize = 32;
/// Frames that one refers to: decoders of AV1 have eight; a few more do no harm.
const REFERENCES_MAX: usize = 16;
/// Parts of a stream between which is chosen ([`crate::svc`]).
pub const POINTS: usize = 3;

/// What a frame is to a decode target (table A.2); the other two say that nothing refers to it there, or that something does.
const NOT_PRESENT: u64 = 0;
const SWITCH: u64 = 2;

/// A frame as most of its kind are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Template {
    spatial: u8,
    temporal: u8,
    /// Two bits for each decode target.
    indications: u64,
}

/// What the frames from a key frame to the next one refer to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Structure {
    offset: u8,
    targets: u8,
    templates: Vec<Template>,
    /// The decode target of each point, and the targets that whoever is sent the point can decode, one bit each.
    points: [u8; POINTS],
    masks: [u32; POINTS],
    /// 1 to 4, and 1 to 8.
    pub spatial_layers: u8,
    pub temporal_layers: u8,
    /// Of the lowest spatial layers, in pixels; 0: not told.
    pub widths_px: [u32; POINTS],
}

/// What the descriptor of a packet says of its frame.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Descriptor {
    pub starts: bool,
    pub ends: bool,
    /// Each frame of a stream has the next.
    pub number: u16,
    pub spatial: u8,
    pub temporal: u8,
    /// The points to which the frame belongs, one bit each, and those for which whoever decodes it has all that later frames need.
    pub of: u8,
    pub begins: u8,
    /// The decode targets that are sent, one bit each; `None`: as before.
    pub active: Option<u32>,
    /// With a key frame's first packet.
    pub structure: Option<Structure>,
    /// The bits before [`Self::active`], or where that would stand.
    before_active: usize,
}

impl Descriptor {
    /// Reads one, by the structure of the last key frame where it brings none. `None`: it is cut off, or of a structure that is
    /// not known.
    pub fn read(bytes: &[u8], known: Option<&Structure>) -> Option<Self> {
        let mut bits = Bits { bytes, at: 0 };
        let (starts, ends) = (bits.flag()?, bits.flag()?);
        let template = bits.take(6)?;
        let number = bits.take(16)? as u16;
        let (mut brought, mut active, mut custom) = (None, None, None);
        let mut before_active = HEAD_BITS;
        if bytes.len() * 8 > HEAD_BITS {
            let [has_structure, has_active, has_indications, _, _] =
                [bits.flag()?, bits.flag()?, bits.flag()?, bits.flag()?, bits.flag()?];
            if has_structure {
                brought = Some(Structure::read(&mut bits)?);
            }
            before_active = bits.at;
            let targets = brought.as_ref().or(known)?.targets;
            if has_active {
                active = Some(bits.take(u32::from(targets))?);
            }
            if has_indications {
                custom = Some(bits.indications(targets)?);
            }
        }
        let structure = brought.as_ref().or(known)?;
        let index = (template as usize + TEMPLATES_MAX - usize::from(structure.offset)) % TEMPLATES_MAX;
        let template = structure.templates.get(index)?;
        let (of, begins) = structure.points_of(custom.unwrap_or(template.indications));
        let (spatial, temporal) = (template.spatial, template.temporal);
        Some(Self { starts, ends, number, spatial, temporal, of, begins, active, structure: brought, before_active })
    }
}

/// A descriptor as it goes on: it tells each receiver which decode targets there are for it, since a browser that waits for others
/// freezes. Every packet does, which makes up for lost ones (A.4.4). It is written once for all receivers of a point.
pub struct Onward<'a> {
    /// Of the frame, as it came.
    pub number: u16,
    bytes: &'a [u8],
    before_active: usize,
    targets: u8,
    masks: [u32; POINTS],
    made: [OnceCell<Option<Arc<[u8]>>>; POINTS],
}

impl<'a> Onward<'a> {
    /// Of a descriptor that was read from these bytes, by this structure.
    pub fn of(bytes: &'a [u8], read: &Descriptor, structure: &Structure) -> Self {
        let (targets, masks) = (structure.targets, structure.masks);
        Self { number: read.number, bytes, before_active: read.before_active, targets, masks, made: Default::default() }
    }

    /// What goes to the receivers of a point. `None`: there is no such point, or it is too long.
    pub fn to(&self, point: u8) -> Option<Arc<[u8]>> {
        let mask = *self.masks.get(usize::from(point))?;
        self.made.get(usize::from(point))?.get_or_init(|| self.write(mask)).clone()
    }

    fn write(&self, mask: u32) -> Option<Arc<[u8]>> {
        let mut bits = Bits { bytes: self.bytes, at: 0 };
        let mut writer = Writer::default();
        writer.copy(&mut bits, HEAD_BITS)?;
        let flags = if self.before_active > HEAD_BITS { bits.take(FLAG_BITS)? } else { 0 };
        writer.put(flags | HAS_ACTIVE, FLAG_BITS)?;
        let structure = self.before_active.saturating_sub(bits.at);
        writer.copy(&mut bits, structure)?;
        if flags & HAS_ACTIVE != 0 {
            bits.take(u32::from(self.targets))?;
        }
        writer.put(mask, u32::from(self.targets))?;
        let rest = if self.before_active > HEAD_BITS { (self.bytes.len() * 8).checked_sub(bits.at)? } else { 0 };
        writer.copy(&mut bits, rest)?;
        Some(Arc::from(writer.bytes()))
    }
}

/// The frame numbers that a slot sends: what it shows may change, they go on. A browser leaves a key frame out that has a lower
/// number than the one before, whatever was sent in another codec meanwhile.
#[derive(Clone, Copy, Debug, Default)]
pub struct FrameNumbers {
    /// Added to numbers that come, wrapping.
    shift: u16,
    next: u16,
}

impl FrameNumbers {
    /// Another stream goes out from the frame of this number on.
    pub fn switch(&mut self, number: u16) {
        self.shift = self.next.wrapping_sub(number);
    }

    /// The number under which a frame goes out.
    pub fn map(&mut self, number: u16) -> u16 {
        let out = number.wrapping_add(self.shift);
        if out.wrapping_sub(self.next) < 1 << 15 {
            self.next = out.wrapping_add(1);
        }
        out
    }
}

impl Structure {
    fn read(bits: &mut Bits<'_>) -> Option<Self> {
        let offset = bits.take(6)? as u8;
        let targets = bits.take(5)? as u8 + 1;
        let mut templates = read_layers(bits)?;
        for template in &mut templates {
            template.indications = bits.indications(targets)?;
        }
        for _ in &templates {
            let mut references = 0;
            while bits.flag()? {
                bits.take(4)?;
                references += 1;
                if references > REFERENCES_MAX {
                    return None;
                }
            }
        }
        let chains = bits.below(u32::from(targets) + 1)?;
        if chains > 0 {
            for _ in 0..targets {
                bits.below(chains)?;
            }
            for _ in 0..templates.len() * chains as usize {
                bits.take(4)?;
            }
        }
        let spatial_layers = templates.last()?.spatial + 1;
        let temporal_layers = templates.iter().map(|template| template.temporal).max()? + 1;
        let mut widths_px = [0; POINTS];
        if bits.flag()? {
            for layer in 0..usize::from(spatial_layers) {
                let width = bits.take(16)? + 1;
                bits.take(16)?;
                if let Some(place) = widths_px.get_mut(layer) {
                    *place = width;
                }
            }
        }
        let (points, masks) = choose_targets(&templates, targets, spatial_layers);
        Some(Self { offset, targets, templates, points, masks, spatial_layers, temporal_layers, widths_px })
    }

    /// To which points a frame with such indications belongs, and of which it is a beginning.
    fn points_of(&self, indications: u64) -> (u8, u8) {
        let (mut of, mut begins) = (0, 0);
        for (point, &target) in self.points.iter().enumerate() {
            let indication = indication(indications, target);
            of |= u8::from(indication != NOT_PRESENT) << point;
            begins |= u8::from(indication == SWITCH) << point;
        }
        (of, begins)
    }
}

fn read_layers(bits: &mut Bits<'_>) -> Option<Vec<Template>> {
    let mut templates = vec![Template::default()];
    let mut last = Template::default();
    loop {
        match bits.take(2)? {
            0 => {}
            1 => last.temporal += 1,
            2 => (last.spatial, last.temporal) = (last.spatial + 1, 0),
            _ => return Some(templates),
        }
        if last.spatial > SPATIAL_MAX || last.temporal > TEMPORAL_MAX || templates.len() == TEMPLATES_MAX {
            return None;
        }
        templates.push(last);
    }
}

fn indication(indications: u64, target: u8) -> u64 {
    indications >> (2 * u32::from(target)) & 3
}

/// What a decode target has: the kinds of frames, one bit each, and the highest layers of them.
#[derive(Clone, Copy, Default)]
struct Target {
    has: u64,
    spatial: u8,
    temporal: u8,
}

/// The decode target of each point: where there are several spatial layers, all pictures up to that layer, else all up to that
/// temporal layer. A point above the highest is that one. With each goes every target that has none but its frames.
fn choose_targets(templates: &[Template], count: u8, spatial_layers: u8) -> ([u8; POINTS], [u32; POINTS]) {
    let mut targets = [Target::default(); TARGETS_MAX];
    for (number, target) in (0..count).zip(&mut targets) {
        for (kind, template) in templates.iter().enumerate() {
            if indication(template.indications, number) != NOT_PRESENT {
                target.has |= 1 << kind;
                target.spatial = target.spatial.max(template.spatial);
                target.temporal = target.temporal.max(template.temporal);
            }
        }
    }
    let (mut points, mut masks) = ([0; POINTS], [0; POINTS]);
    for (point, (place, mask)) in (0_u8..).zip(points.iter_mut().zip(&mut masks)) {
        let targets = || (0..count).zip(&targets);
        let is_within =
            |target: &Target| if spatial_layers > 1 { target.spatial <= point } else { target.temporal <= point };
        let within = targets().filter(|(_, target)| is_within(target));
        let best = within.max_by_key(|(number, target)| (target.spatial, target.temporal, u8::MAX - number));
        let (number, has) = best.map_or((0, 0), |(number, target)| (number, target.has));
        *place = number;
        *mask = targets().filter(|(_, target)| target.has & !has == 0).fold(0, |mask, (number, _)| mask | 1 << number);
    }
    (points, masks)
}

/// A value's bits, the highest first.
struct Bits<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Bits<'_> {
    /// Up to 32 bits as a number.
    fn take(&mut self, count: u32) -> Option<u32> {
        let mut number = 0;
        for _ in 0..count {
            let byte = *self.bytes.get(self.at / 8)?;
            number = number << 1 | u32::from(byte >> (7 - self.at % 8) & 1);
            self.at += 1;
        }
        Some(number)
    }

    fn flag(&mut self) -> Option<bool> {
        Some(self.take(1)? == 1)
    }

    /// A number below `values`, as short as it can be: ns(n).
    fn below(&mut self, values: u32) -> Option<u32> {
        let width = u32::BITS - values.leading_zeros();
        let short = (1 << width) - values;
        let number = self.take(width.checked_sub(1)?)?;
        if number < short {
            return Some(number);
        }
        Some((number << 1) - short + self.take(1)?)
    }

    /// One for each decode target.
    fn indications(&mut self, targets: u8) -> Option<u64> {
        let mut indications = 0;
        for target in 0..targets {
            indications |= u64::from(self.take(2)?) << (2 * u32::from(target));
        }
        Some(indications)
    }
}

/// Writes bits, the highest first; the last byte is filled up with zeros.
pub struct Writer {
    bytes: [u8; VALUE_BYTES_MAX],
    at: usize,
}

impl Default for Writer {
    fn default() -> Self {
        Self { bytes: [0; VALUE_BYTES_MAX], at: 0 }
    }
}

impl Writer {
    /// Puts the lowest bits of a number, up to 32, behind what there is. `None`: there is no room.
    pub fn put(&mut self, number: u32, count: u32) -> Option<()> {
        for bit in (0..count).rev() {
            *self.bytes.get_mut(self.at / 8)? |= ((number >> bit & 1) as u8) << (7 - self.at % 8);
            self.at += 1;
        }
        Some(())
    }

    fn copy(&mut self, from: &mut Bits<'_>, count: usize) -> Option<()> {
        (0..count).try_for_each(|_| self.put(from.take(1)?, 1))
    }

    pub fn bytes(&self) -> &[u8] {
        self.bytes.get(..self.at.div_ceil(8)).unwrap_or_default()
    }
}

/// A descriptor as it came, in str0m's values of a header.
#[derive(Clone, Debug)]
pub struct Value(pub Box<[u8]>);

/// Takes the value out of headers, and writes it into a client's.
#[derive(Debug)]
struct Serializer;

impl ExtensionSerializer for Serializer {
    fn write_to(&self, buffer: &mut [u8], values: &ExtensionValues) -> usize {
        let Some(Value(bytes)) = values.user_values.get() else { return 0 };
        let Some(place) = buffer.get_mut(..bytes.len()) else { return 0 };
        place.copy_from_slice(bytes);
        place.len()
    }

    fn parse_value(&self, bytes: &[u8], values: &mut ExtensionValues) -> bool {
        values.user_values.set(Value(bytes.into()));
        true
    }

    fn is_video(&self) -> bool {
        true
    }

    fn is_audio(&self) -> bool {
        false
    }

    fn requires_two_byte_form(&self, values: &ExtensionValues) -> bool {
        values.user_values.get().is_some_and(|Value(bytes)| bytes.len() > SHORT_BYTES_MAX)
    }
}

/// The extension as str0m negotiates and reads it.
pub fn extension() -> Extension {
    Extension::with_serializer(URI, Serializer)
}

#[cfg(test)]
mod tests;
#[cfg(test)]
pub use tests::{Kind, key};

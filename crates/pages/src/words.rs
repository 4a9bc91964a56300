//! The words of a page of a PDF, for those who listen to it: in the order in which the document paints them, which programs
//! that write documents make that of reading.

use crate::limits::WORDS_BYTES_MAX;
use hayro::hayro_interpret::font::{Glyph, GlyphRun};
use hayro::hayro_interpret::hayro_cmap::BfString;
use hayro::hayro_interpret::kurbo::{Affine, BezPath, Point, Vec2};
use hayro::hayro_interpret::{
    BlendMode, ClipPath, Context, Device, DrawMode, DrawProps, Image, ImageDrawProps, InterpreterCache,
    InterpreterSettings, RectExt as _, SoftMask, interpret_page,
};
use hayro::hayro_syntax::page::Page;

/// Letters stand on a square of so many units (ISO 32000-1, 9.2.4).
const UNITS_PER_EM: f64 = 1_000.0;
/// A gap as wide as this share of the letters' size is one between words…
const GAP_MIN: f64 = 0.18;
/// …and who begins as much higher or lower is on another line.
const LINE_MIN: f64 = 0.45;

pub(crate) fn of<'a>(page: &Page<'a>, cache: &InterpreterCache<'a>, settings: &InterpreterSettings) -> String {
    let within = page.intersected_crop_box().to_kurbo();
    let mut context = Context::new(Affine::IDENTITY, within, cache, page.xref(), settings.clone());
    let mut words = Words::default();
    interpret_page(page, &mut context, &mut words);
    words.text
}

/// Writes down what is painted, and paints nothing.
#[derive(Default)]
struct Words {
    text: String,
    /// Where the last letter ended, and how large it was.
    pen: Option<(Point, f64)>,
    /// Where the last run began: letters that are filled and outlined come twice.
    begun: Option<Point>,
}

impl Words {
    /// A letter that stands where `place` puts it; none of them may be more than a page has room for.
    fn letter(&mut self, letter: &str, place: Affine, advance: f64) {
        let begin = place * Point::ORIGIN;
        let up = place * Point::new(0.0, UNITS_PER_EM) - begin;
        let along = place * Point::new(UNITS_PER_EM, 0.0) - begin;
        let size = up.hypot();
        if !size.is_finite() || size == 0.0 {
            return;
        }
        self.space(begin, along, size);
        if self.text.len() + letter.len() <= WORDS_BYTES_MAX {
            self.text.extend(letter.chars().map(|char| if char.is_control() { ' ' } else { char }));
        }
        self.pen = Some((place * Point::new(advance, 0.0), size));
    }

    /// What stands between the last letter and one that begins there.
    fn space(&mut self, begin: Point, along: Vec2, size: f64) {
        let Some((end, last_size)) = self.pen else { return };
        if self.text.ends_with(char::is_whitespace) || self.text.len() >= WORDS_BYTES_MAX {
            return;
        }
        let (way, direction) = (begin - end, along.normalize());
        let size = size.max(last_size);
        if way.cross(direction).abs() > size * LINE_MIN {
            self.text.push('\n');
        } else if way.dot(direction).abs() > size * GAP_MIN {
            self.text.push(' ');
        }
    }
}

impl<'a> Device<'a> for Words {
    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, 'a>, props: DrawProps<'a>, mode: &DrawMode) {
        let begin = run.glyphs().first().map(|glyph| props.transform * glyph.transform() * Point::ORIGIN);
        if std::mem::replace(&mut self.begun, begin) == begin && matches!(mode, DrawMode::Stroke(_)) {
            return;
        }
        for glyph in run.glyphs() {
            let advance = match &**glyph {
                Glyph::Outline(outline) => outline.advance_width(),
                Glyph::Type3(drawn) => drawn.advance_width(),
            };
            let letter = match glyph.as_unicode() {
                Some(BfString::Char(char)) => char.to_string(),
                Some(BfString::String(text)) => text,
                None => continue,
            };
            self.letter(&letter, props.transform * glyph.transform(), f64::from(advance.unwrap_or_default()));
        }
    }

    fn draw_path(&mut self, _: &BezPath, _: DrawProps<'a>, _: &DrawMode) {}
    fn push_clip_path(&mut self, _: &ClipPath) {}
    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'a>>, _: BlendMode) {}
    fn draw_image(&mut self, _: Image<'a, '_>, _: ImageDrawProps<'a>) {}
    fn pop_clip(&mut self) {}
    fn pop_transparency_group(&mut self) {}
}

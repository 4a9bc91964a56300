//! QR codes (ISO/IEC 18004) as the outline of an SVG.

use qrcode::{Color, EcLevel, QrCode};
use std::fmt::Write as _;

/// A QR code as a path on a square of `size` units, without the quiet zone of four units on each side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Qr {
    pub size: usize,
    /// The `d` of an SVG path: one rectangle for each run of dark modules in a row.
    pub path: String,
}

impl Qr {
    /// None when the text is too long for a QR code.
    pub(crate) fn of(text: &str) -> Option<Self> {
        let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
        let size = code.width();
        let colors = code.to_colors();
        let mut path = String::new();
        for (y, row) in colors.chunks(size).enumerate() {
            let mut x = 0;
            while let Some(color) = row.get(x) {
                let len = row.iter().skip(x).take_while(|other| *other == color).count();
                if *color == Color::Dark {
                    let _ = write!(path, "M{x} {y}h{len}v1h-{len}z");
                }
                x += len;
            }
        }
        Some(Self { size, path })
    }

    /// The `viewBox` with the quiet zone.
    pub(crate) fn view_box(&self) -> String {
        let all = self.size + 8;
        format!("-4 -4 {all} {all}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_the_finder_pattern() {
        let qr = Qr::of("https://ecole.example/activation#K7PMA-R4X9Q-WTEHD").unwrap();
        assert!(qr.size >= 29 && qr.size <= 41, "{}", qr.size);
        // The first row begins with the seven dark modules of a finder pattern.
        assert!(qr.path.starts_with("M0 0h7v1h-7z"), "{}", qr.path);
        assert_eq!(qr.view_box(), format!("-4 -4 {0} {0}", qr.size + 8));
        assert_eq!(Qr::of(&"x".repeat(5_000)), None);
    }
}

//! Curves as inline SVG.

use std::fmt::Write as _;

const WIDTH: f64 = 880.0;
const HEIGHT: f64 = 200.0;
const LEFT: f64 = 56.0;
const BOTTOM: f64 = 24.0;

/// One line of a chart: its class, its name, its points.
pub(super) struct Line<'a> {
    pub class: &'a str,
    pub name: &'a str,
    pub points: Vec<(f64, f64)>,
}

/// A chart over seconds; `spans` are shaded (attacks), each from, to.
pub(super) fn chart(title: &str, unit: &str, seconds: f64, lines: &[Line<'_>], spans: &[(f64, f64)]) -> String {
    let most = lines.iter().flat_map(|line| &line.points).map(|(_, y)| *y).fold(1.0, f64::max);
    let seconds = seconds.max(1.0);
    let x = |at: f64| LEFT + (WIDTH - LEFT) * at.clamp(0.0, seconds) / seconds;
    let y = |value: f64| (HEIGHT - BOTTOM) * (1.0 - value / most) + 4.0;
    let mut out = format!(
        "<figure><figcaption>{title}</figcaption><div class=\"chart\" tabindex=\"0\" role=\"group\" aria-label=\"{title}\"><svg viewBox=\"0 0 {WIDTH} {}\" role=\"img\" aria-label=\"{title}\">",
        HEIGHT + 4.0
    );
    for (from, to) in spans {
        let (from, to) = (x(*from), x(*to));
        let _ = write!(
            out,
            "<rect class=\"span\" x=\"{from:.1}\" y=\"4\" width=\"{:.1}\" height=\"{:.1}\"/>",
            to - from,
            HEIGHT - BOTTOM
        );
    }
    for part in 0..=4 {
        let value = most * f64::from(part) / 4.0;
        let at = y(value);
        let _ = write!(
            out,
            "<line class=\"grid\" x1=\"{LEFT}\" x2=\"{WIDTH}\" y1=\"{at:.1}\" y2=\"{at:.1}\"/>\
             <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
            LEFT - 6.0,
            at + 4.0,
            short(value)
        );
    }
    for part in 0..=5 {
        let at = seconds * f64::from(part) / 5.0;
        let anchor = if part == 5 { "end" } else { "middle" };
        let _ = write!(out, "<text x=\"{:.1}\" y=\"{HEIGHT}\" text-anchor=\"{anchor}\">{at:.0} s</text>", x(at));
    }
    for line in lines {
        let _ = write!(out, "<polyline class=\"{}\" points=\"", line.class);
        for (at, value) in &line.points {
            let _ = write!(out, "{:.1},{:.1} ", x(*at), y(*value));
        }
        let _ = write!(out, "\"><title>{}</title></polyline>", line.name);
    }
    out.push_str("</svg></div><p class=\"legend\">");
    for line in lines {
        let _ = write!(out, "<span class=\"{}\">{}</span> ", line.class, line.name);
    }
    let _ = write!(out, "<small>{unit}</small></p></figure>");
    out
}

/// A number by second as points.
pub(super) fn by_second(values: impl IntoIterator<Item = f64>) -> Vec<(f64, f64)> {
    values.into_iter().enumerate().map(|(second, value)| (second as f64, value)).collect()
}

fn short(value: f64) -> String {
    if value >= 10.0 { format!("{value:.0}") } else { format!("{value:.1}") }
}

use bytes::Bytes;
use std::sync::LazyLock;

/// A file that the gate serves from memory.
#[derive(Clone, Debug)]
pub struct GateFile {
    pub path: &'static str,
    pub content_type: &'static str,
    pub body: Bytes,
    /// Pages ask for it with a mark of its contents, so it may be kept.
    pub cache_control: &'static str,
}

static FILES: LazyLock<[GateFile; 2]> = LazyLock::new(|| {
    let file = |path, content_type, body| GateFile {
        path,
        content_type,
        body: Bytes::from(body),
        cache_control: "public, max-age=86400",
    };
    [
        file("/_gate/waiting.css", "text/css; charset=utf-8", squeezed_style(include_str!("../../static/waiting.css"))),
        file("/_gate/waiting.js", "text/javascript; charset=utf-8", squeezed(include_str!("../../static/waiting.js"))),
    ]
});

/// Style and script of the pages.
pub fn files() -> &'static [GateFile; 2] {
    &FILES
}

/// Without indentation, without lines that are only a comment, and without ends of lines that nothing hangs on: page, style and
/// script are to fit one flight, and what they say to whoever reads the source is a quarter of it.
fn squeezed(source: &str) -> String {
    let mut text = String::with_capacity(source.len());
    let mut in_comment = false;
    for line in source.lines().map(str::trim) {
        in_comment |= line.starts_with("/*");
        if !in_comment && !line.is_empty() && !line.starts_with("//") {
            text.push_str(line);
            // A line may end with a comment, which its end ends.
            if line.contains("//") || !line.ends_with([';', '{', ',']) {
                text.push('\n');
            }
        }
        in_comment &= !line.ends_with("*/");
    }
    text
}

/// As [`squeezed`], and without the blanks that CSS has only for its readers.
fn squeezed_style(source: &str) -> String {
    let blanks =
        [(": ", ":"), ("; ", ";"), (", ", ","), (" {", "{"), ("{ ", "{"), ("}\n", "}"), (" }", "}"), (";}", "}")];
    blanks.iter().fold(squeezed(source), |text, (from, to)| text.replace(from, to))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_indentation_are_left_out() {
        let source = "// @ts-check\n\n/** One\n * two */\na {\n  /** @type {x} */\n  b: 'c // d';\n}\n";
        assert_eq!(squeezed(source), "a {b: 'c // d';\n}\n");
        assert_eq!(squeezed("a();\nb(c,\n  d);  // of e;\nf\n  .g()\n"), "a();b(c,d);  // of e;\nf\n.g()\n");
        assert_eq!(squeezed_style("/* One */\na, b { c: d; e: f g; }\nh {\n  i: j;\n}\n"), "a,b{c:d;e:f g}h{i:j}");
    }
}

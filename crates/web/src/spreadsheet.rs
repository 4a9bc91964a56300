//! Lists for spreadsheets: CSV (RFC 4180) as Excel in French opens it by itself, with a byte order mark and semicolons.

/// A list in the making.
pub(crate) struct Spreadsheet(String);

impl Spreadsheet {
    pub(crate) fn new(heads: &[String]) -> Self {
        let mut sheet = Self("\u{feff}".to_owned());
        let heads: Vec<_> = heads.iter().map(String::as_str).collect();
        sheet.row(&heads);
        sheet
    }

    pub(crate) fn row(&mut self, cells: &[&str]) {
        for (number, cell) in cells.iter().enumerate() {
            if number > 0 {
                self.0.push(';');
            }
            self.cell(cell);
        }
        self.0.push_str("\r\n");
    }

    /// What a spreadsheet would take for a formula gets an apostrophe before it (OWASP, CSV Injection).
    fn cell(&mut self, text: &str) {
        let first = text.trim_start_matches(|letter: char| letter.is_whitespace() && letter != '\t' && letter != '\r');
        let is_formula = first.starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠', '|', '%']);
        let needs_quotes = text.contains([';', ',', '"', '\n', '\r', '\t']) || text != text.trim() || is_formula;
        if needs_quotes {
            self.0.push('"');
        }
        if is_formula {
            self.0.push('\'');
        }
        for letter in text.chars() {
            if letter == '"' {
                self.0.push('"');
            }
            self.0.push(letter);
        }
        if needs_quotes {
            self.0.push('"');
        }
    }

    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.0.into_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Reads one row as RFC 4180 has it.
    fn cells(row: &str) -> Vec<String> {
        let (mut cells, mut quoted) = (vec![String::new()], false);
        let mut letters = row.trim_start_matches('\u{feff}').chars().peekable();
        while let Some(letter) = letters.next() {
            match letter {
                '"' if quoted && letters.peek() == Some(&'"') => {
                    letters.next();
                    cells.last_mut().unwrap().push('"');
                }
                '"' => quoted = !quoted,
                ';' if !quoted => cells.push(String::new()),
                letter => cells.last_mut().unwrap().push(letter),
            }
        }
        cells
    }

    fn one(text: &str) -> String {
        let mut sheet = Spreadsheet(String::new());
        sheet.row(&[text]);
        sheet.0.trim_end_matches("\r\n").to_owned()
    }

    #[test]
    fn a_formula_is_text() {
        for (text, expect) in [
            ("Léa", "Léa"),
            ("=1+1", "\"'=1+1\""),
            ("+33 6", "\"'+33 6\""),
            (" =cmd|' /C calc'!A0", "\"' =cmd|' /C calc'!A0\""),
            ("@SUM(A1)", "\"'@SUM(A1)\""),
            ("\t=1", "\"'\t=1\""),
            ("a;b", "\"a;b\""),
            ("dit « \"x\" »", "\"dit « \"\"x\"\" »\""),
            ("", ""),
        ] {
            assert_eq!(one(text), expect, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn every_text_reads_back_and_begins_no_formula(text in "\\PC{0,20}|[=+@\t\r\n;\"' -]{0,8}") {
            let read = cells(&one(&text));
            prop_assert_eq!(read.len(), 1);
            let kept = read[0].strip_prefix('\'').filter(|rest| *rest == text).unwrap_or(&read[0]);
            prop_assert_eq!(kept, &text);
            prop_assert!(!read[0].starts_with(['=', '+', '-', '@', '\t', '\r']));
        }
    }
}

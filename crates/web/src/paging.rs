use crate::Fields;
use crate::limits::PAGES_MAX;
use std::fmt::Write as _;

/// Which page of a list is shown, and the ways to those beside it.
pub(crate) struct Paging {
    pub page: i64,
    rows_max: i64,
    path: String,
    more: bool,
}

impl Paging {
    /// From the query's `page`, from 1. `kept` are the other parts of the query that links keep.
    pub(crate) fn of(asked: &Fields, rows_max: i64, path: String, kept: &[(&str, &str)]) -> Self {
        let page = asked.raw("page").parse::<i64>().unwrap_or(1).clamp(1, PAGES_MAX);
        let mut path = path + "?";
        for (name, value) in kept.iter().filter(|(_, value)| !value.is_empty()) {
            let _ = write!(path, "{name}={}&", encode(value));
        }
        Self { page, rows_max, path, more: false }
    }

    /// For a list that is always whole.
    pub(crate) const fn none() -> Self {
        Self { page: 1, rows_max: 0, path: String::new(), more: false }
    }

    pub(crate) const fn offset(&self) -> i64 {
        (self.page - 1) * self.rows_max
    }

    /// Takes away the row that only tells that there is a next page.
    pub(crate) fn cut<T>(&mut self, rows: &mut Vec<T>) {
        let most = usize::try_from(self.rows_max).unwrap_or(usize::MAX);
        self.more = rows.len() > most;
        rows.truncate(most);
    }

    /// The same for a list that the store has cut to a page already.
    pub(crate) const fn is_full(&mut self, rows: usize) {
        self.more = rows as i64 >= self.rows_max;
    }

    pub(crate) fn before(&self) -> Option<String> {
        (self.page > 1).then(|| format!("{}page={}", self.path, self.page - 1))
    }

    pub(crate) fn after(&self) -> Option<String> {
        (self.more && self.page < PAGES_MAX).then(|| format!("{}page={}", self.path, self.page + 1))
    }
}

/// Percent-encodes a value of a query (RFC 3986 §2.3).
pub(crate) fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_search_and_knows_its_ends() {
        let asked = |page: &str| Fields::of([("page", page.to_owned())]);
        let mut paging = Paging::of(&asked("2"), 2, "/x".to_owned(), &[("q", "d’Œ & x"), ("profile", "")]);
        let mut rows = vec![1, 2, 3];
        paging.cut(&mut rows);
        assert_eq!((rows.len(), paging.offset()), (2, 2));
        assert_eq!(paging.before().as_deref(), Some("/x?q=d%E2%80%99%C5%92%20%26%20x&page=1"));
        assert_eq!(paging.after().as_deref(), Some("/x?q=d%E2%80%99%C5%92%20%26%20x&page=3"));
        for wild in ["", "0", "-9", "x", "99999999999999999999"] {
            assert_eq!(Paging::of(&asked(wild), 100, String::new(), &[]).offset(), 0, "{wild}");
        }
        let far = Paging::of(&asked("9223372036854775807"), 100, String::new(), &[]);
        assert_eq!((far.page, far.after()), (PAGES_MAX, None));
    }
}

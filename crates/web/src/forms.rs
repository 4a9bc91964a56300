//! Forms as data: fields with what was typed, what is wrong with it, and one template for all.
//!
//! A screen makes its form from [`Fields`] both when it is first shown and when something was wrong, so nothing that was
//! typed is lost. [`Check`] reads the fields and gathers what is wrong.

mod seen;

pub(crate) use seen::{is_overtaken, marked};

use crate::{Answer, Fields, Page, PageError};
use askama::Template;
use http::StatusCode;
use jiff::civil::{Date, Time};

/// One thing to choose.
pub(crate) struct Choice {
    pub value: String,
    pub label: String,
}

pub(crate) enum Kind {
    /// An `input` of this type.
    Input(&'static str),
    /// An `input` with suggestions.
    Suggest(Vec<String>),
    Area,
    Select(Vec<Choice>),
    /// Boxes of which several may be checked.
    Boxes(Vec<Choice>),
    /// One box.
    Check,
    Hidden,
}

pub(crate) struct Field {
    pub name: &'static str,
    pub label: String,
    pub kind: Kind,
    pub help: Option<String>,
    pub fault: Option<String>,
    pub values: Vec<String>,
    pub required: bool,
    pub chars_max: usize,
}

impl Field {
    /// What was typed.
    pub(crate) fn value(&self) -> &str {
        self.values.first().map_or("", String::as_str)
    }

    pub(crate) fn has(&self, value: &str) -> bool {
        self.values.iter().any(|it| it == value)
    }

    /// The ids of help and error, for `aria-describedby`.
    pub(crate) fn described_by(&self) -> String {
        let ids = [("help", self.help.is_some()), ("fault", self.fault.is_some())];
        let ids: Vec<_> = ids.iter().filter(|(_, is)| *is).map(|(id, _)| format!("{}-{id}", self.name)).collect();
        ids.join(" ")
    }
}

/// A page with one form.
#[derive(Template)]
#[template(path = "school/form.html")]
pub(crate) struct FormPage<'a> {
    pub page: &'a Page,
    pub title: String,
    pub intro: Option<String>,
    /// Where it is sent, and where one goes back to.
    pub action: String,
    pub back: String,
    pub submit: String,
    pub fields: Vec<Field>,
    /// Somebody else has saved meanwhile; what is stored stands beside the fields.
    pub is_overtaken: bool,
}

impl<'a> FormPage<'a> {
    pub(crate) fn new(page: &'a Page, title: String, action: String, back: String) -> Self {
        let submit = page.t("save");
        Self { page, title, intro: None, action, back, submit, fields: Vec::new(), is_overtaken: false }
    }

    /// Adds a field whose label is the text of `key`.
    pub(crate) fn field(&mut self, sent: &Fields, name: &'static str, key: &str, kind: Kind) -> &mut Field {
        let values = sent.all(name).map(str::to_owned).collect();
        let label = self.page.t(key);
        let at = self.fields.len();
        self.fields.push(Field {
            name,
            label,
            kind,
            help: None,
            fault: None,
            values,
            required: false,
            chars_max: crate::limits::LINE_CHARS_MAX,
        });
        &mut self.fields[at]
    }

    /// The page, with status 422 when something is wrong.
    ///
    /// # Errors
    /// [`PageError::Internal`] when the template fails.
    pub(crate) fn answer(mut self, faults: Faults) -> Answer {
        let status = self.mark(faults);
        self.page.html_as(status, &self)
    }

    /// The page for somebody whose form is older than what is stored, with status 409 and that beside its fields.
    ///
    /// # Errors
    /// [`PageError::Internal`] when the template fails.
    pub(crate) fn answer_stale(mut self, told: Faults) -> Answer {
        self.mark(told);
        self.page.html_as(StatusCode::CONFLICT, &self)
    }

    /// Puts what is wrong beside its fields, and gives the status that the page then has.
    pub(crate) fn mark(&mut self, faults: Faults) -> StatusCode {
        let status = if faults.0.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
        for (name, text) in faults.0 {
            if let Some(field) = self.fields.iter_mut().find(|field| field.name == name) {
                field.fault.get_or_insert(text);
            }
        }
        status
    }

    pub(crate) fn is_faulty(&self) -> bool {
        self.fields.iter().any(|field| field.fault.is_some())
    }
}

/// What is wrong with a form, by field.
#[derive(Clone, Default)]
pub(crate) struct Faults(Vec<(&'static str, String)>);

impl Faults {
    pub(crate) fn of(name: &'static str, text: String) -> Self {
        Self(vec![(name, text)])
    }

    /// These, and one more.
    pub(crate) fn and(mut self, name: &'static str, text: String) -> Self {
        self.0.push((name, text));
        self
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Reads the fields of a form and gathers what is wrong.
pub(crate) struct Check<'a> {
    page: &'a Page,
    sent: &'a Fields,
    faults: Faults,
}

impl<'a> Check<'a> {
    pub(crate) fn new(page: &'a Page, sent: &'a Fields) -> Self {
        Self { page, sent, faults: Faults::default() }
    }

    pub(crate) fn fault(&mut self, name: &'static str, key: &str) {
        self.faults.0.push((name, self.page.t(key)));
    }

    fn too_long(&mut self, name: &'static str, chars_max: usize) {
        self.faults.0.push((name, self.page.t1("fault-long", "most", chars_max)));
    }

    /// A line of text of at most `chars_max`; may be empty.
    pub(crate) fn line(&mut self, name: &'static str, chars_max: usize) -> String {
        let text = self.sent.line(name);
        if self.sent.raw(name).trim().chars().count() > chars_max {
            self.too_long(name, chars_max);
        }
        text
    }

    /// A line of text that is needed.
    pub(crate) fn needed(&mut self, name: &'static str, chars_max: usize) -> String {
        let text = self.line(name, chars_max);
        if text.is_empty() {
            self.fault(name, "fault-empty");
        }
        text
    }

    /// Several lines; may be empty. Other control characters than line ends go.
    pub(crate) fn lines(&mut self, name: &'static str, chars_max: usize) -> String {
        let text = self.sent.raw(name).trim().replace("\r\n", "\n");
        if text.chars().count() > chars_max {
            self.too_long(name, chars_max);
        }
        text.chars().filter(|letter| !letter.is_control() || *letter == '\n').collect()
    }

    /// An e-mail address, or nothing. Only what is surely none is refused (RFC 5321 §4.5.3.1).
    pub(crate) fn email(&mut self, name: &'static str) -> Option<String> {
        let text = self.line(name, crate::limits::EMAIL_CHARS_MAX);
        let good = text.split_once('@').is_some_and(|(local, host)| {
            !local.is_empty() && host.contains('.') && !text.contains(char::is_whitespace) && !host.contains('@')
        });
        if !text.is_empty() && !good {
            self.fault(name, "fault-email");
        }
        (!text.is_empty()).then_some(text)
    }

    /// A day as browsers send it (ISO 8601), or as people write it: `24/11/2026`.
    pub(crate) fn day(&mut self, name: &'static str) -> Option<Date> {
        let day = parse_day(&self.sent.line(name));
        if day.is_none() {
            self.fault(name, "fault-day");
        }
        day
    }

    /// A time as browsers send it, or as people write it: `9:05`, `9h05`, `9 h`.
    pub(crate) fn time(&mut self, name: &'static str) -> Option<Time> {
        let time = parse_time(&self.sent.line(name));
        if time.is_none() {
            self.fault(name, "fault-time");
        }
        time
    }

    pub(crate) fn is_good(&self) -> bool {
        self.faults.0.is_empty()
    }

    pub(crate) fn faults(self) -> Faults {
        self.faults
    }
}

/// A day in ISO 8601 or as `day/month/year`.
pub(crate) fn parse_day(text: &str) -> Option<Date> {
    if let Ok(day) = text.parse::<Date>() {
        return Some(day).filter(|day| (2000..2200).contains(&day.year()));
    }
    let mut parts = text.split(['/', '.']).map(|part| part.trim().parse::<i16>().ok());
    let (day, month, year) = (parts.next()??, parts.next()??, parts.next()??);
    if parts.next().is_some() || !(2000..2200).contains(&year) {
        return None;
    }
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

/// A time of day: `09:05`, `9h05`, `9 h 05`, `9h`.
pub(crate) fn parse_time(text: &str) -> Option<Time> {
    let plain: String = text.chars().filter(|letter| !letter.is_whitespace()).collect::<String>().to_lowercase();
    let (hour, rest) = plain.split_once([':', 'h'])?;
    let minute = rest.split(':').next().unwrap_or("");
    let is_number = |text: &str| text.len() <= 2 && text.bytes().all(|byte| byte.is_ascii_digit());
    if hour.is_empty() || !is_number(hour) || !is_number(minute) {
        return None;
    }
    let minute = if minute.is_empty() { 0 } else { minute.parse().ok()? };
    Time::new(hour.parse().ok()?, minute, 0, 0).ok()
}

/// The id that a field names, if it is one.
pub(crate) fn id<T: std::str::FromStr>(sent: &Fields, name: &str) -> Result<T, PageError> {
    sent.raw(name).parse().map_err(|_| PageError::Malformed("id"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::{date, time};
    use proptest::prelude::*;

    #[test]
    fn reads_days_and_times_as_people_write_them() {
        for (text, expect) in [
            ("2026-11-24", Some(date(2026, 11, 24))),
            ("24/11/2026", Some(date(2026, 11, 24))),
            ("1.2.2027", Some(date(2027, 2, 1))),
            ("31/02/2027", None),
            ("1999-01-01", None),
            ("24/11", None),
            ("24/11/2026/1", None),
            ("", None),
        ] {
            assert_eq!(parse_day(text), expect, "{text}");
        }
        for (text, expect) in [
            ("09:05", Some(time(9, 5, 0, 0))),
            ("9:05:00", Some(time(9, 5, 0, 0))),
            ("9h05", Some(time(9, 5, 0, 0))),
            ("9 H", Some(time(9, 0, 0, 0))),
            ("24:00", None),
            ("9", None),
            ("-1:05", None),
            ("9:-5", None),
            ("", None),
        ] {
            assert_eq!(parse_time(text), expect, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,20}|[0-9/:h. -]{0,12}") {
            let _ = (parse_day(&text), parse_time(&text));
        }

        #[test]
        fn what_browsers_send_reads_back(days in 0_i64..60_000, minute in 0_i64..1_440) {
            let day = date(2000, 1, 1).checked_add(jiff::Span::new().days(days)).unwrap();
            prop_assert_eq!(parse_day(&day.to_string()), Some(day));
            let at = time(0, 0, 0, 0).wrapping_add(jiff::Span::new().minutes(minute));
            prop_assert_eq!(parse_time(&at.strftime("%H:%M").to_string()), Some(at));
        }
    }
}

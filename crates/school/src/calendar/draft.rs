use super::decision::Decision;
use super::grade::{Grade, Stage};
use super::place::{Departement, Zone};
use super::ready;
use super::rule::{Label, Letter, Mode, Rule, Selector, Start, Turns, Weeks};
use super::text::{DraftText, RuleText};
use super::year::Year;
use crate::limits::{
    CALENDAR_BYTES_MAX, LABEL_CHARS_MAX, LIST_NAMES_MAX, LIST_ROWS_MAX, RULE_WORDS_MAX, RULES_MAX, YEAR_DAYS_MAX,
};
use jiff::ToSpan as _;
use jiff::civil::Date;
use std::collections::BTreeMap;
use toml::value::Datetime;

/// A calendar as it is written down: what it has of its own, and which ready one it goes on from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draft {
    /// The name of a [ready](super::ready) calendar whose rules come before these.
    pub extends: Option<String>,
    pub name: Option<String>,
    pub first: Option<Date>,
    pub last: Option<Date>,
    /// From Monday.
    pub weekdays: Option<[bool; 7]>,
    pub weeks: Option<Weeks>,
    pub first_letter: Option<Letter>,
    /// Lists of départements by name; one of the same name in the ready calendar is replaced.
    pub lists: BTreeMap<String, Vec<Departement>>,
    /// The last that fits decides.
    pub rules: Vec<Rule>,
}

/// Why the text of a calendar was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CalendarError {
    #[error("longer than {CALENDAR_BYTES_MAX} bytes")]
    TooLong,
    /// With the line, from 1, where the parser knows it.
    #[error("line {line}: {message}")]
    Syntax { line: usize, message: String },
    #[error("{0} is missing")]
    Missing(&'static str),
    #[error("{field}: {message}")]
    Field { field: &'static str, message: String },
    /// Rules are counted from 1.
    #[error("rule {number}: {fault}")]
    Rule { number: usize, fault: RuleFault },
    #[error("there is no ready calendar \"{0}\"")]
    UnknownReady(String),
    #[error("more than {0}")]
    TooMany(&'static str),
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RuleFault {
    #[error("the label is empty or longer than {LABEL_CHARS_MAX} characters")]
    Label,
    #[error("needs one of `from` and `from_evening`, and one of `to` and `back`, as days such as 2026-11-23")]
    Days,
    #[error("ends before it begins")]
    Backwards,
    #[error("{0}")]
    Word(String),
    #[error("no list of départements is called \"{0}\"")]
    UnknownList(String),
    #[error("more than {RULE_WORDS_MAX} words in one list")]
    TooManyWords,
}

const WEEKDAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

impl Draft {
    /// Reads the text of a calendar: TOML of at most [`CALENDAR_BYTES_MAX`], as `docs/use/timetable.md` describes it.
    ///
    /// # Errors
    /// What is wrong, and where.
    pub fn parse(text: &str) -> Result<Self, CalendarError> {
        if text.len() > CALENDAR_BYTES_MAX {
            return Err(CalendarError::TooLong);
        }
        let read: DraftText = toml::from_str(text).map_err(|error| {
            let before = text.get(..error.span().map_or(0, |span| span.start)).unwrap_or("");
            let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
            CalendarError::Syntax { line, message: error.message().to_owned() }
        })?;
        Self::of_text(read)
    }

    fn of_text(read: DraftText) -> Result<Self, CalendarError> {
        if read.rule.len() > RULES_MAX {
            return Err(CalendarError::TooMany("rules"));
        }
        if read.lists.len() > LIST_NAMES_MAX || read.lists.values().any(|list| list.len() > LIST_ROWS_MAX) {
            return Err(CalendarError::TooMany("départements in lists"));
        }
        let day = |field, value: Option<Datetime>| match value {
            None => Ok(None),
            Some(value) => {
                let wrong = || CalendarError::Field { field, message: "is no day such as 2026-11-23".to_owned() };
                date(&value).map(Some).ok_or_else(wrong)
            }
        };
        let weekdays = read.weekdays.as_deref().map(weekdays).transpose()?;
        let lists = read.lists.into_iter().map(|(name, codes)| {
            let list = parsed(&codes).map_err(|message| CalendarError::Field { field: "lists", message })?;
            Ok((name, list))
        });
        let rules = read.rule.iter().enumerate();
        let rules = rules.map(|(at, text)| rule(text).map_err(|fault| CalendarError::Rule { number: at + 1, fault }));
        Ok(Self {
            extends: read.extends,
            name: read.name.map(|name| name.chars().take(LABEL_CHARS_MAX).collect()),
            first: day("first", read.first)?,
            last: day("last", read.last)?,
            weekdays,
            weeks: word("weeks", read.weeks.as_deref())?,
            first_letter: word("first_week", read.first_week.as_deref())?,
            lists: lists.collect::<Result<_, CalendarError>>()?,
            rules: rules.collect::<Result<_, _>>()?,
        })
    }

    /// The same as a text that [`Draft::parse`] reads.
    pub fn to_text(&self) -> String {
        let words =
            |days: [bool; 7]| WEEKDAYS.iter().zip(days).filter(|(_, is)| *is).map(|(word, _)| (*word).to_owned());
        let codes = |list: &Vec<Departement>| list.iter().map(ToString::to_string).collect();
        let text = DraftText {
            extends: self.extends.clone(),
            name: self.name.clone(),
            first: self.first.and_then(datetime),
            last: self.last.and_then(datetime),
            weekdays: self.weekdays.map(|days| words(days).collect()),
            weeks: self.weeks.map(|weeks| weeks.as_str().to_owned()),
            first_week: self.first_letter.map(|letter| letter.as_str().to_owned()),
            lists: self.lists.iter().map(|(name, list)| (name.clone(), codes(list))).collect(),
            rule: self.rules.iter().map(rule_text).collect(),
        };
        // Nothing in it can fail to be written: texts, days and lists of texts.
        toml::to_string(&text).unwrap_or_default()
    }

    /// The year that this and the ready calendar it extends make.
    ///
    /// # Errors
    /// When the ready calendar is not known, days are missing or do not make a year, or a rule names a list that is not
    /// there.
    pub fn year(&self) -> Result<Year, CalendarError> {
        self.year_for(None, &[])
    }

    /// The same for a school in `departement`: what territories have decided of the ready calendar's lists comes before what
    /// the school has of its own.
    ///
    /// # Errors
    /// Those of [`Draft::year`].
    pub fn year_for(&self, departement: Option<Departement>, decisions: &[Decision]) -> Result<Year, CalendarError> {
        let base = match &self.extends {
            None => None,
            Some(name) => {
                let ready = ready::draft(name).ok_or_else(|| CalendarError::UnknownReady(name.clone()))?;
                // A ready calendar stands by itself, so this ends.
                Some(Self { extends: None, ..ready }.year()?.decided(departement, decisions))
            }
        };
        let base = base.as_ref();
        let first = self.first.or(base.map(|it| it.first)).ok_or(CalendarError::Missing("first"))?;
        let last = self.last.or(base.map(|it| it.last)).ok_or(CalendarError::Missing("last"))?;
        let days_max = i64::try_from(YEAR_DAYS_MAX).unwrap_or(i64::MAX);
        if last < first || first.month() < 8 || first.checked_add(days_max.days()).is_ok_and(|end| last >= end) {
            let message = "a year begins in August or later and ends within 400 days".to_owned();
            return Err(CalendarError::Field { field: "last", message });
        }
        let mut lists = base.map_or_else(BTreeMap::new, |it| it.lists.clone());
        lists.extend(self.lists.clone());
        let unknown = |rule: &Rule| rule.selector.list.clone().filter(|name| !lists.contains_key(name));
        if let Some((at, name)) = self.rules.iter().enumerate().find_map(|(at, rule)| Some((at, unknown(rule)?))) {
            return Err(CalendarError::Rule { number: at + 1, fault: RuleFault::UnknownList(name) });
        }
        let mut rules = base.map_or_else(Vec::new, |it| it.rules.clone());
        rules.extend(self.rules.iter().cloned());
        Ok(Year {
            name: self.name.clone().or(base.map(|it| it.name.clone())).ok_or(CalendarError::Missing("name"))?,
            first,
            last,
            weekdays: self
                .weekdays
                .or(base.map(|it| it.weekdays))
                .unwrap_or([true, true, true, true, true, false, false]),
            weeks: self.weeks.or(base.map(|it| it.weeks)).unwrap_or(Weeks::School),
            first_letter: self.first_letter.or(base.map(|it| it.first_letter)).unwrap_or(Letter::A),
            lists,
            rules,
        })
    }
}

fn weekdays(words: &[String]) -> Result<[bool; 7], CalendarError> {
    let mut days = [false; 7];
    for word in words {
        let at = WEEKDAYS.iter().position(|known| known == word).ok_or_else(|| CalendarError::Field {
            field: "weekdays",
            message: format!("\"{}\" is none of mon, tue, wed, thu, fri, sat, sun", short(word)),
        })?;
        days[at] = true;
    }
    Ok(days)
}

fn short(text: &str) -> String {
    text.chars().take(40).collect()
}

fn word<T: std::str::FromStr<Err = crate::UnknownWord>>(
    field: &'static str,
    text: Option<&str>,
) -> Result<Option<T>, CalendarError> {
    let parsed = text.map(str::parse).transpose();
    parsed.map_err(|error: crate::UnknownWord| CalendarError::Field { field, message: error.to_string() })
}

fn parsed<T: std::str::FromStr>(words: &[String]) -> Result<Vec<T>, String>
where
    T::Err: std::fmt::Display,
{
    words.iter().map(|word| word.parse().map_err(|error: T::Err| error.to_string())).collect()
}

fn date(value: &Datetime) -> Option<Date> {
    let (Some(day), None, None) = (value.date, value.time, value.offset) else { return None };
    Date::new(i16::try_from(day.year).ok()?, i8::try_from(day.month).ok()?, i8::try_from(day.day).ok()?).ok()
}

fn datetime(day: Date) -> Option<Datetime> {
    day.to_string().parse().ok()
}

fn rule(text: &RuleText) -> Result<Rule, RuleFault> {
    let days = |value: &Option<Datetime>| match value {
        None => Ok(None),
        Some(value) => date(value).map(Some).ok_or(RuleFault::Days),
    };
    let start = match (days(&text.from)?, days(&text.from_evening)?) {
        (Some(day), None) => Start::Morning(day),
        (None, Some(day)) => Start::Evening(day),
        _ => return Err(RuleFault::Days),
    };
    let to = match (days(&text.to)?, days(&text.back)?) {
        (Some(day), None) => day,
        (None, Some(day)) => day.yesterday().map_err(|_| RuleFault::Days)?,
        _ => return Err(RuleFault::Days),
    };
    if to < start.first_day() {
        return Err(RuleFault::Backwards);
    }
    let label = Label { fr: text.label.trim().to_owned(), en: text.label_en.trim().to_owned() };
    if label.fr.is_empty() || [&label.fr, &label.en].iter().any(|it| it.chars().count() > LABEL_CHARS_MAX) {
        return Err(RuleFault::Label);
    }
    let turns: Option<Result<Turns, _>> = text.turns.as_ref().map(|turns| turns.parse());
    Ok(Rule {
        label,
        start,
        to,
        selector: selector(text)?,
        mode: text.mode.parse::<Mode>().map_err(|error| RuleFault::Word(error.to_string()))?,
        turns: turns.transpose().map_err(|error| RuleFault::Word(error.to_string()))?.unwrap_or(Turns::Week),
    })
}

fn selector(text: &RuleText) -> Result<Selector, RuleFault> {
    let lists = [&text.zones, &text.kinds, &text.grades, &text.departements];
    if lists.iter().any(|words| words.len() > RULE_WORDS_MAX) {
        return Err(RuleFault::TooManyWords);
    }
    let mut selector = Selector {
        zones: zones(&text.zones)?,
        departements: parsed(&text.departements).map_err(RuleFault::Word)?,
        list: text.departements_of.clone(),
        kinds: parsed(&text.kinds).map_err(RuleFault::Word)?,
        ..Selector::default()
    };
    for word in &text.grades {
        match (word.parse::<Grade>(), word.parse::<Stage>()) {
            (Ok(grade), _) => selector.grades.push(grade),
            (_, Ok(stage)) => selector.stages.push(stage),
            (Err(error), _) => return Err(RuleFault::Word(error.to_string())),
        }
    }
    Ok(selector)
}

/// `metropole` is short for the zones of metropolitan France.
fn zones(words: &[String]) -> Result<Vec<Zone>, RuleFault> {
    let mut zones = Vec::new();
    for word in words {
        match word.as_str() {
            "metropole" => zones.extend(Zone::METROPOLITAN),
            word => zones.push(word.parse().map_err(|error: crate::UnknownWord| RuleFault::Word(error.to_string()))?),
        }
    }
    zones.sort_unstable();
    zones.dedup();
    Ok(zones)
}

fn rule_text(rule: &Rule) -> RuleText {
    let (from, from_evening) = match rule.start {
        Start::Morning(day) => (datetime(day), None),
        Start::Evening(day) => (None, datetime(day)),
    };
    let selector = &rule.selector;
    let grades = selector.grades.iter().map(|grade| grade.as_str());
    RuleText {
        label: rule.label.fr.clone(),
        label_en: rule.label.en.clone(),
        from,
        from_evening,
        to: datetime(rule.to),
        back: None,
        mode: rule.mode.as_str().to_owned(),
        turns: (rule.mode == Mode::HalfGroups).then(|| rule.turns.as_str().to_owned()),
        zones: selector.zones.iter().map(|zone| zone.as_str().to_owned()).collect(),
        departements: selector.departements.iter().map(ToString::to_string).collect(),
        departements_of: selector.list.clone(),
        kinds: selector.kinds.iter().map(|kind| kind.as_str().to_owned()).collect(),
        grades: grades.chain(selector.stages.iter().map(|stage| stage.as_str())).map(str::to_owned).collect(),
    }
}

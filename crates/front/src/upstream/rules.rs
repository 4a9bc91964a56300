//! What counts as a sign-in and as a sign-out of the application: one line a rule.

use super::pattern::{Pattern, PatternError};
use http::{Method, StatusCode, Uri};
use std::fmt;
use std::str::FromStr;

/// Clauses in one rule.
const CLAUSES_MAX: usize = 16;

/// A request that signs somebody in, and the answer by which the application says that it succeeded.
///
/// `METHOD TARGET -> STATUS[|STATUS…] [to PATTERN|to self]… [not PATTERN]… [same-cookie]`
///
/// - `METHOD`: a method, or `ANY`.
/// - `TARGET`: a [`Pattern`] for the path, or for path and query where it has a `?`.
/// - `to`: the `Location` of the answer matches one of these. `self` is the address asked for, with or without a query.
/// - `not`: the `Location` matches none of these.
/// - `same-cookie`: the session cookie need not change. Without it, it must: set by this answer, to another value than
///   the request showed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignInRule {
    asked: AskedFor,
    statuses: Vec<StatusCode>,
    to: Vec<Target>,
    not: Vec<Pattern>,
    same_cookie: bool,
}

/// A request that signs somebody out. `METHOD TARGET [-> STATUS[|STATUS…]]`
///
/// Without statuses the answer must be a redirect, or one that changes or deletes the session cookie: a page that asks
/// “really?” ends nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignOutRule {
    asked: AskedFor,
    statuses: Vec<StatusCode>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct AskedFor {
    /// None for `ANY`.
    method: Option<Method>,
    target: Pattern,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Target {
    Itself,
    Pattern(Pattern),
}

/// What an answer did with the application's session cookie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CookieFate {
    Untouched,
    /// Set to a value that the request did not show.
    Changed,
    Deleted,
}

/// Why an answer to a sign-in was no success.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Miss {
    Status,
    Location,
    Cookie,
}

impl Miss {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Status => "status",
            Self::Location => "location",
            Self::Cookie => "cookie",
        }
    }
}

/// Why a text is no rule.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("“{rule}”: {why}")]
pub struct RuleError {
    rule: String,
    why: String,
}

impl AskedFor {
    fn matches(&self, method: &Method, uri: &Uri) -> bool {
        self.method.as_ref().is_none_or(|own| own == method)
            && match (self.target.has_query(), uri.path_and_query()) {
                (true, Some(both)) => self.target.matches(both.as_str()),
                _ => self.target.matches(uri.path()),
            }
    }

    fn parse(method: Option<&str>, target: Option<&str>) -> Result<Self, String> {
        let method = match method.ok_or("a rule begins with a method, such as POST, or ANY")? {
            "ANY" => None,
            name if name.bytes().all(|byte| byte.is_ascii_uppercase()) => {
                Some(Method::from_bytes(name.as_bytes()).map_err(|_| format!("“{name}” is no method"))?)
            }
            name => return Err(format!("“{name}” is no method: write it in capitals, or ANY")),
        };
        let target = target.ok_or("after the method comes the path, such as /login")?;
        if !target.starts_with(['/', '*']) {
            return Err(format!("“{target}” is no path: it begins with / or *"));
        }
        Ok(Self { method, target: pattern(target)? })
    }
}

fn pattern(text: &str) -> Result<Pattern, String> {
    text.parse().map_err(|error: PatternError| error.to_string())
}

fn statuses(text: &str) -> Result<Vec<StatusCode>, String> {
    text.split('|')
        .map(|code| {
            let code = code.parse::<u16>().ok().filter(|code| (200..600).contains(code));
            let code = code.and_then(|code| StatusCode::from_u16(code).ok());
            code.ok_or_else(|| format!("“{text}” is no list of statuses, such as 302|303"))
        })
        .collect()
}

impl SignInRule {
    /// Whether a request is one that this rule is about, whatever comes of it.
    pub fn is_about(&self, method: &Method, uri: &Uri) -> bool {
        self.asked.matches(method, uri)
    }

    /// Whether such a request is an attempt to sign in, rather than a look at the form.
    pub fn is_attempt(&self, method: &Method) -> bool {
        !method.is_safe() || self.asked.target.has_query()
    }

    /// Whether the answer says that the sign-in succeeded; only for requests that the rule is about.
    pub fn succeeded(
        &self,
        asked: &Uri,
        status: StatusCode,
        location: Option<&str>,
        cookie: CookieFate,
    ) -> Result<(), Miss> {
        if !self.statuses.contains(&status) {
            return Err(Miss::Status);
        }
        let location_text = location.unwrap_or_default();
        let leads_there = self.to.is_empty()
            || location.is_some()
                && self.to.iter().any(|to| match to {
                    Target::Itself => path_of(location_text).is_some_and(|path| path == asked.path()),
                    Target::Pattern(pattern) => pattern.matches(location_text),
                });
        let redirects = location.is_some() || !status.is_redirection();
        if !leads_there || !redirects || self.not.iter().any(|not| not.matches(location_text)) {
            return Err(Miss::Location);
        }
        match cookie {
            CookieFate::Changed => Ok(()),
            CookieFate::Untouched if self.same_cookie => Ok(()),
            _ => Err(Miss::Cookie),
        }
    }
}

/// The path of a `Location`, absolute or beginning with a slash, without its query and without parameters as Java
/// servers append them (`;jsessionid=…`).
fn path_of(location: &str) -> Option<&str> {
    let path = match location.split_once("://") {
        Some(("http" | "https", rest)) => rest.find('/').and_then(|at| rest.get(at..)).unwrap_or("/"),
        _ if location.starts_with('/') && !location.starts_with("//") => location,
        _ => return None,
    };
    path.split(['?', '#', ';']).next()
}

impl SignOutRule {
    pub fn succeeded(&self, method: &Method, asked: &Uri, status: StatusCode, cookie: CookieFate) -> bool {
        let ended = if self.statuses.is_empty() {
            status.is_redirection() || cookie != CookieFate::Untouched
        } else {
            self.statuses.contains(&status)
        };
        ended && self.asked.matches(method, asked)
    }
}

impl FromStr for SignInRule {
    type Err = RuleError;

    fn from_str(text: &str) -> Result<Self, RuleError> {
        parse_sign_in(text).map_err(|why| RuleError { rule: text.to_owned(), why })
    }
}

fn parse_sign_in(text: &str) -> Result<SignInRule, String> {
    let mut words = text.split_ascii_whitespace();
    let asked = AskedFor::parse(words.next(), words.next())?;
    if words.next() != Some("->") {
        return Err("after the path come “->” and the statuses that mean success".to_owned());
    }
    let statuses = statuses(words.next().ok_or("after “->” come the statuses that mean success")?)?;
    let mut rule = SignInRule { asked, statuses, to: Vec::new(), not: Vec::new(), same_cookie: false };
    while let Some(word) = words.next() {
        match word {
            "same-cookie" => rule.same_cookie = true,
            "to" => match words.next().ok_or("after “to” comes a pattern, or “self”")? {
                "self" => rule.to.push(Target::Itself),
                text => rule.to.push(Target::Pattern(pattern(text)?)),
            },
            "not" => rule.not.push(pattern(words.next().ok_or("after “not” comes a pattern")?)?),
            other => return Err(format!("“{other}” is none of: to, not, same-cookie")),
        }
        if rule.to.len() + rule.not.len() > CLAUSES_MAX {
            return Err(format!("more than {CLAUSES_MAX} clauses"));
        }
    }
    Ok(rule)
}

impl FromStr for SignOutRule {
    type Err = RuleError;

    fn from_str(text: &str) -> Result<Self, RuleError> {
        parse_sign_out(text).map_err(|why| RuleError { rule: text.to_owned(), why })
    }
}

fn parse_sign_out(text: &str) -> Result<SignOutRule, String> {
    let mut words = text.split_ascii_whitespace();
    let asked = AskedFor::parse(words.next(), words.next())?;
    let statuses = match words.next() {
        None => Vec::new(),
        Some("->") => statuses(words.next().ok_or("after “->” come the statuses that mean success")?)?,
        Some(other) => return Err(format!("“{other}”: after the path comes nothing, or “->” and statuses")),
    };
    match words.next() {
        None => Ok(SignOutRule { asked, statuses }),
        Some(other) => Err(format!("“{other}”: after the statuses comes nothing")),
    }
}

impl fmt::Display for AskedFor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let method = self.method.as_ref().map_or("ANY", Method::as_str);
        write!(f, "{method} {}", self.target)
    }
}

fn write_statuses(f: &mut fmt::Formatter<'_>, statuses: &[StatusCode]) -> fmt::Result {
    for (n, status) in statuses.iter().enumerate() {
        write!(f, "{}{}", if n == 0 { " -> " } else { "|" }, status.as_u16())?;
    }
    Ok(())
}

impl fmt::Display for SignInRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.asked.fmt(f)?;
        write_statuses(f, &self.statuses)?;
        for to in &self.to {
            match to {
                Target::Itself => f.write_str(" to self")?,
                Target::Pattern(pattern) => write!(f, " to {pattern}")?,
            }
        }
        self.not.iter().try_for_each(|not| write!(f, " not {not}"))?;
        f.write_str(if self.same_cookie { " same-cookie" } else { "" })
    }
}

impl fmt::Display for SignOutRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.asked.fmt(f)?;
        write_statuses(f, &self.statuses)
    }
}

#[cfg(test)]
mod tests;

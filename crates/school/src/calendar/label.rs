//! The grade that the name of a class, or the label of its course of study (MEF), tells.

use super::grade::{Grade, Kind};
use crate::limits::GRADE_LABEL_CHARS_MAX;
use crate::login::fold;

/// Words that no grade from PS to Tle has: courses after the baccalauréat, and those across grades.
const OTHERS: [&str; 12] =
    ["bts", "sts", "cpge", "btsa", "dcg", "dma", "cap", "ulis", "upe2a", "pcsi", "mpsi", "bcpst"];

/// Whole words, or the beginnings of words, and the grade they tell.
const WORDS: [(&str, Grade); 14] = [
    ("petite", Grade::Ps),
    ("moyenne", Grade::Ms),
    ("grande", Grade::Gs),
    ("sixieme", Grade::Sixth),
    ("cinquieme", Grade::Fifth),
    ("quatrieme", Grade::Fourth),
    ("troisieme", Grade::Third),
    ("seconde", Grade::Second),
    ("premiere", Grade::First),
    ("terminale", Grade::Final),
    ("term", Grade::Final),
    ("tle", Grade::Final),
    ("ter", Grade::Final),
    ("preparatoire", Grade::Cp),
];

/// Names of primary classes; of a class of two grades (`CE2-CM1`), the first that is named.
const PRIMARY: [(&str, Grade); 8] = [
    ("ce1", Grade::Ce1),
    ("ce2", Grade::Ce2),
    ("cm1", Grade::Cm1),
    ("cm2", Grade::Cm2),
    ("cp", Grade::Cp),
    ("ps", Grade::Ps),
    ("ms", Grade::Ms),
    ("gs", Grade::Gs),
];

impl Grade {
    /// The grade of `6EME B`, `6e B`, `601`, `2NDE 3`, `1G2`, `TS2`, `CM2 A`, `TERMINALE GENERALE`; `None` when the label
    /// tells none, which is better than a wrong one: a hand sets it then.
    ///
    /// `kind` of the school rules out what cannot be: a lycée's `TS2` is a Tle, a collège has none. Looks at the first 80
    /// characters.
    pub fn of_label(label: &str, kind: Option<Kind>) -> Option<Self> {
        let short: String = label.chars().take(GRADE_LABEL_CHARS_MAX).collect();
        // The degree sign of `6°B` is a letter to nobody.
        let folded = fold(&short.replace('°', "e "));
        let words: Vec<&str> =
            folded.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
        if words.iter().any(|word| OTHERS.iter().any(|other| is_course(word, other))) {
            return None;
        }
        let fits = |grade: &Self| kind.is_none_or(|kind| grade.kind() == kind);
        words.iter().find_map(|word| primary(word)).or_else(|| secondary(&words, kind)).filter(fits)
    }
}

/// `bts`, `bts2`.
fn is_course(word: &str, course: &str) -> bool {
    word.strip_prefix(course).is_some_and(|rest| rest.chars().all(|c| c.is_ascii_digit()))
        || word.strip_prefix(|c: char| c.is_ascii_digit()) == Some(course)
}

fn primary(word: &str) -> Option<Grade> {
    // `cm2a` is a class of CM2; `cpge` and `msi` are not of a primary school.
    let (_, grade) = PRIMARY.iter().find(|(name, _)| {
        word.strip_prefix(name).is_some_and(|rest| rest.is_empty() || (rest.len() == 1 && !rest.starts_with('i')))
    })?;
    Some(*grade)
}

fn secondary(words: &[&str], kind: Option<Kind>) -> Option<Grade> {
    let named = words.iter().find_map(|word| WORDS.iter().find(|(name, _)| word == name)).map(|(_, grade)| *grade);
    if named.is_some() {
        return named;
    }
    let first = words.first()?;
    let mut letters = first.chars();
    let head = letters.next()?;
    let rest = letters.as_str();
    match head {
        '3'..='6' => college(head, rest, words.len()),
        '1' | '2' => lycee(head, rest, words.len(), kind),
        't' => last_year(rest, words, kind),
        _ => None,
    }
}

/// `6`, `6e`, `6eme`, `6b`, `601`, `6e2`, `6emeb`.
fn college(head: char, rest: &str, words: usize) -> Option<Grade> {
    let digits = rest.chars().take_while(char::is_ascii_digit).count();
    // `601` is a class of the 6e; `62` might be anything.
    let good = match (rest.len(), digits) {
        (0, _) => words > 1,
        (2, 2) => true,
        (_, 0) => rest.len() <= 12,
        _ => false,
    };
    good.then_some(match head {
        '6' => Grade::Sixth,
        '5' => Grade::Fifth,
        '4' => Grade::Fourth,
        _ => Grade::Third,
    })
}

/// `2nde`, `2de`, `2nd`, `2gt1`, `201`, `1ere`, `1re`, `1g2`, `1stmg`, `101`.
fn lycee(head: char, rest: &str, words: usize, kind: Option<Kind>) -> Option<Grade> {
    let ordinal = if head == '2' { ["nde", "de", "nd"] } else { ["ere", "re", "er"] };
    let plain = ordinal.iter().any(|end| rest.starts_with(end));
    let digits = rest.chars().take_while(char::is_ascii_digit).count();
    let in_lycee = kind == Some(Kind::Lycee)
        && match (rest.len(), digits) {
            (0, _) => words > 1,
            (2, 2) => true,
            (_, 0) => rest.len() <= 8,
            _ => false,
        };
    (plain || in_lycee).then_some(if head == '2' { Grade::Second } else { Grade::First })
}

/// `tle3`, `ts2`, `tes1`, `tg4`, `tstmg2`, `t01`, `t 3`: only where a lycée is known or the letters are a track's.
fn last_year(rest: &str, words: &[&str], kind: Option<Kind>) -> Option<Grade> {
    const TRACKS: [&str; 12] = ["le", "s", "es", "l", "g", "stmg", "sti2d", "st2s", "stl", "std2a", "sthr", "erm"];
    let end = rest.len() - rest.chars().rev().take_while(char::is_ascii_digit).count();
    let track = &rest[..end];
    let known = TRACKS.contains(&track) || TRACKS.contains(&rest);
    let bare = track.is_empty() && kind == Some(Kind::Lycee) && (!rest.is_empty() || words.len() > 1);
    (known && (kind.is_none() || kind == Some(Kind::Lycee)) || bare).then_some(Grade::Final)
}

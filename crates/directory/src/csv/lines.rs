use super::Table;
use super::headers::{Headers, What, Whom};
use crate::limits::{CHILDREN_PER_LINE_MAX, NAME_CHARS_MAX, VALUE_BYTES_MAX};
use crate::values;
use jiff::civil::Date;
use preau_school::feed::fault::{Bytes, TableFault};
use preau_school::feed::{Fault, FunctionKind, Name, fold, tidy};

/// One line of a table, its columns sorted by whom they are about.
#[derive(Default)]
pub(super) struct Line {
    pub role: Option<Role>,
    pub own: Someone,
    pub relatives: Vec<Someone>,
    pub children: Vec<Someone>,
    pub subjects: Vec<String>,
    pub head_teacher: Vec<String>,
    pub doubts: Vec<Fault>,
}

/// What the person of a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Pupil,
    Relative,
    Staff(FunctionKind),
}

impl From<Table> for Role {
    fn from(table: Table) -> Self {
        match table {
            Table::Pupils => Self::Pupil,
            Table::Relatives => Self::Relative,
            Table::Teachers => Self::Staff(FunctionKind::Teaching),
            Table::Staff => Self::Staff(FunctionKind::Other),
        }
    }
}

#[derive(Clone, Default)]
pub(super) struct Someone {
    pub key: String,
    pub ine: String,
    pub name: Name,
    pub title: String,
    pub birth: Option<Date>,
    pub classes: Vec<String>,
    pub groups: Vec<String>,
    pub mail: Option<String>,
}

impl Someone {
    pub fn is_named(&self) -> bool {
        !self.name.family.reveal().is_empty() || !self.name.given.reveal().is_empty()
    }
}

impl Line {
    /// # Errors
    /// What is wrong with the line, without its values.
    pub fn read(headers: &Headers, record: &csv::StringRecord) -> Result<Self, TableFault> {
        let extra = record.iter().skip(headers.width()).any(|field| !field.trim().is_empty());
        if extra {
            return Err(TableFault::MoreColumns { found: record.len() as u64, known: headers.width() as u64 });
        }
        let mut line = Self::default();
        for ((text, meaning), column) in record.iter().zip(headers.columns()).zip(1_u64..) {
            let (Some((whom, what)), text) = (meaning, text.trim()) else { continue };
            if text.len() > VALUE_BYTES_MAX {
                return Err(TableFault::LongField { column, most: Bytes(VALUE_BYTES_MAX as u64) });
            }
            if !text.is_empty() {
                line.put(whom, what, Field { text, column })?;
            }
        }
        line.role.get_or_insert_with(|| headers.table.into());
        line.relatives.retain(Someone::is_named);
        line.children.retain(|child| child.is_named() || !child.key.is_empty() || !child.ine.is_empty());
        if line.own.name.family.reveal().is_empty() {
            return Err(TableFault::NoFamilyName);
        }
        Ok(line)
    }

    fn put(&mut self, whom: Whom, what: What, field: Field<'_>) -> Result<(), TableFault> {
        let column = field.column;
        let manifold = matches!(what, What::Class | What::Group | What::Subject | What::HeadTeacher | What::Full);
        if !manifold && field.text.contains(['\n', '\r']) {
            return Err(TableFault::LineBreak { column });
        }
        match (whom, what) {
            (Whom::Own, What::Profile) => {
                self.role = Some(role(field.text).ok_or(TableFault::UnknownProfile { column })?);
            }
            (Whom::Own, What::Function) => self.function(field.text),
            (Whom::Own, What::Subject) => self.subjects = field.list()?,
            (Whom::Own, What::HeadTeacher) => self.head_teacher = field.list()?,
            // « Enfants »: several children in one field.
            (Whom::Child(0), What::Full) if field.list()?.len() > 1 => {
                let most = CHILDREN_PER_LINE_MAX as u64;
                for (n, name) in field.list()?.iter().enumerate() {
                    let child = nth(&mut self.children, n).ok_or(TableFault::ManyChildren { column, most })?;
                    child.name = full_name(name);
                }
            }
            (Whom::Own, _) => put_on(&mut self.own, what, field, &mut self.doubts)?,
            (Whom::Relative(n), _) => {
                if let Some(relative) = nth(&mut self.relatives, n) {
                    put_on(relative, what, field, &mut self.doubts)?;
                }
            }
            (Whom::Child(n), _) => {
                if let Some(child) = nth(&mut self.children, n) {
                    put_on(child, what, field, &mut self.doubts)?;
                }
            }
        }
        Ok(())
    }

    fn function(&mut self, field: &str) {
        if self.role.is_none() {
            self.role = Some(match role(field) {
                Some(staff @ Role::Staff(_)) => staff,
                _ => Role::Staff(FunctionKind::Other),
            });
        }
    }
}

fn nth(all: &mut Vec<Someone>, n: usize) -> Option<&mut Someone> {
    if n >= CHILDREN_PER_LINE_MAX {
        return None;
    }
    if all.len() <= n {
        all.resize_with(n + 1, Someone::default);
    }
    all.get_mut(n)
}

fn put_on(who: &mut Someone, what: What, field: Field<'_>, doubts: &mut Vec<Fault>) -> Result<(), TableFault> {
    let text = tidy(field.text);
    if text.chars().count() > NAME_CHARS_MAX && !matches!(what, What::Class | What::Group) {
        return Err(field.long_name());
    }
    match what {
        What::Key => who.key = text,
        What::Ine => who.ine = text.to_uppercase(),
        What::Title => who.title = text,
        What::Family => who.name.family = text.into(),
        What::Given => who.name.given = text.into(),
        What::Full => who.name = full_name(&text),
        What::Class => who.classes = field.list()?,
        What::Group => who.groups = field.list()?,
        What::Birth => {
            who.birth = values::date(&text);
            if who.birth.is_none() {
                doubts.push(TableFault::OddBirthDate { column: field.column }.into());
            }
        }
        What::Mail => {
            who.mail = values::mail(&text);
            if who.mail.is_none() {
                doubts.push(TableFault::OddMail { column: field.column }.into());
            }
        }
        What::Subject | What::HeadTeacher | What::Function | What::Profile => {}
    }
    Ok(())
}

/// A field of a line, and the number of its column, from 1.
#[derive(Clone, Copy)]
struct Field<'a> {
    text: &'a str,
    column: u64,
}

impl Field<'_> {
    /// Values in one field, separated by `,`, `;`, `|` or line breaks, once each.
    fn list(self) -> Result<Vec<String>, TableFault> {
        let mut all: Vec<String> = Vec::new();
        for part in self.text.split([',', ';', '|', '\n']).map(tidy).filter(|part| !part.is_empty()) {
            if part.chars().count() > NAME_CHARS_MAX {
                return Err(self.long_name());
            }
            if !all.contains(&part) {
                all.push(part);
            }
        }
        Ok(all)
    }

    const fn long_name(self) -> TableFault {
        TableFault::LongName { column: self.column, most: NAME_CHARS_MAX as u64 }
    }
}

/// `DE LA TOUR Jean Marc`: leading words in capitals are the family name; without them, the first word is.
fn full_name(text: &str) -> Name {
    let text = tidy(text);
    let words: Vec<&str> = text.split(' ').collect();
    let large = |word: &&&str| word.chars().any(char::is_alphabetic) && !word.chars().any(char::is_lowercase);
    let leading = words.iter().take_while(large).count();
    let family = match leading {
        0 if words.iter().skip(1).any(|word| large(&word)) => {
            // `Jean DURAND`: the given name first.
            let given = words.iter().take_while(|word| !large(word)).count();
            return Name::new(&words[given..].join(" "), &words[..given].join(" "));
        }
        0 => 1,
        all if all == words.len() => 1,
        some => some,
    };
    Name::new(&words[..family].join(" "), &words[family..].join(" "))
}

fn role(text: &str) -> Option<Role> {
    Some(match fold(text).as_str() {
        "eleve" | "eleves" | "pupil" | "student" | "apprenant" => Role::Pupil,
        "parent" | "parents" | "responsable" | "responsablelegal" | "relative" | "guardian" | "famille" => {
            Role::Relative
        }
        "enseignant"
        | "enseignante"
        | "enseignants"
        | "professeur"
        | "prof"
        | "teacher"
        | "documentaliste"
        | "professeurdocumentaliste" => Role::Staff(FunctionKind::Teaching),
        "direction" | "chefdetablissement" | "principal" | "principaladjoint" | "principale" | "proviseur"
        | "proviseuradjoint" | "proviseure" | "directeur" | "directrice" | "head" => {
            Role::Staff(FunctionKind::Direction)
        }
        "viescolaire" | "cpe" | "aed" | "assistantdeducation" | "surveillant" | "surveillante" | "schoollife" => {
            Role::Staff(FunctionKind::SchoolLife)
        }
        "personnel" | "personnels" | "staff" | "personnelnonenseignant" | "administratif" => {
            Role::Staff(FunctionKind::Other)
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_names_are_taken_apart() {
        let check =
            |text: &str, family: &str, given: &str| assert_eq!(full_name(text), Name::new(family, given), "{text}");
        check("DURAND Marie", "DURAND", "Marie");
        check("DE LA TOUR Jean Marc", "DE LA TOUR", "Jean Marc");
        check("Marie DURAND", "DURAND", "Marie");
        check("Durand Marie", "Durand", "Marie");
        check("DURAND MARIE", "DURAND", "MARIE");
        check("DURAND", "DURAND", "");
    }

    #[test]
    fn roles_are_known_in_both_languages() {
        assert_eq!(role("Élève"), Some(Role::Pupil));
        assert_eq!(role("Teacher"), Some(Role::Staff(FunctionKind::Teaching)));
        assert_eq!(role("Vie scolaire"), Some(Role::Staff(FunctionKind::SchoolLife)));
        assert_eq!(role("Chef d’établissement"), Some(Role::Staff(FunctionKind::Direction)));
        assert_eq!(role("roi"), None);
    }
}

use super::Table;
use super::headers::{Headers, What, Whom};
use crate::limits::{CHILDREN_PER_LINE_MAX, NAME_CHARS_MAX, VALUE_BYTES_MAX};
use crate::values;
use jiff::civil::Date;
use preau_school::feed::{FunctionKind, Name, fold, tidy};

/// One line of a table, its columns sorted by whom they are about.
#[derive(Default)]
pub(super) struct Line {
    pub role: Option<Role>,
    pub own: Someone,
    pub relatives: Vec<Someone>,
    pub children: Vec<Someone>,
    pub subjects: Vec<String>,
    pub head_teacher: Vec<String>,
    pub doubts: Vec<String>,
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
    pub fn read(headers: &Headers, record: &csv::StringRecord) -> Result<Self, String> {
        let extra = record.iter().skip(headers.width()).any(|field| !field.trim().is_empty());
        if extra {
            return Err(format!("{} columns, but the headers name {}", record.len(), headers.width()));
        }
        let mut line = Self::default();
        for (field, column) in record.iter().zip(headers.columns()) {
            let (Some((whom, what)), field) = (column, field.trim()) else { continue };
            if field.len() > VALUE_BYTES_MAX {
                return Err(format!("a field is longer than {VALUE_BYTES_MAX} bytes"));
            }
            if !field.is_empty() {
                line.put(whom, what, field)?;
            }
        }
        line.role.get_or_insert_with(|| headers.table.into());
        line.relatives.retain(Someone::is_named);
        line.children.retain(|child| child.is_named() || !child.key.is_empty() || !child.ine.is_empty());
        if line.own.name.family.reveal().is_empty() {
            return Err("no family name".to_owned());
        }
        Ok(line)
    }

    fn put(&mut self, whom: Whom, what: What, field: &str) -> Result<(), String> {
        let manifold = matches!(what, What::Class | What::Group | What::Subject | What::HeadTeacher | What::Full);
        if !manifold && field.contains(['\n', '\r']) {
            return Err("a line break inside a field: is a quote left open?".to_owned());
        }
        match (whom, what) {
            (Whom::Own, What::Profile) => self.role = Some(role(field).ok_or("a profile that is not known")?),
            (Whom::Own, What::Function) => self.function(field),
            (Whom::Own, What::Subject) => self.subjects = list(field)?,
            (Whom::Own, What::HeadTeacher) => self.head_teacher = list(field)?,
            // « Enfants »: several children in one field.
            (Whom::Child(0), What::Full) if list(field)?.len() > 1 => {
                for (n, name) in list(field)?.iter().enumerate() {
                    let Some(child) = nth(&mut self.children, n) else { return Err("too many children".to_owned()) };
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

fn put_on(who: &mut Someone, what: What, field: &str, doubts: &mut Vec<String>) -> Result<(), String> {
    let text = tidy(field);
    if text.chars().count() > NAME_CHARS_MAX && !matches!(what, What::Class | What::Group) {
        return Err(format!("a field is longer than {NAME_CHARS_MAX} characters"));
    }
    match what {
        What::Key => who.key = text,
        What::Ine => who.ine = text.to_uppercase(),
        What::Title => who.title = text,
        What::Family => who.name.family = text.into(),
        What::Given => who.name.given = text.into(),
        What::Full => who.name = full_name(&text),
        What::Class => who.classes = list(field)?,
        What::Group => who.groups = list(field)?,
        What::Birth => {
            who.birth = values::date(&text);
            if who.birth.is_none() {
                doubts.push("a birth date makes no sense and was left out".to_owned());
            }
        }
        What::Mail => {
            who.mail = values::mail(&text);
            if who.mail.is_none() {
                doubts.push("a mail address makes no sense and was left out".to_owned());
            }
        }
        What::Subject | What::HeadTeacher | What::Function | What::Profile => {}
    }
    Ok(())
}

/// Values in one field, separated by `,`, `;`, `|` or line breaks, once each.
fn list(field: &str) -> Result<Vec<String>, String> {
    let mut all: Vec<String> = Vec::new();
    for part in field.split([',', ';', '|', '\n']).map(tidy).filter(|part| !part.is_empty()) {
        if part.chars().count() > NAME_CHARS_MAX {
            return Err(format!("a field is longer than {NAME_CHARS_MAX} characters"));
        }
        if !all.contains(&part) {
            all.push(part);
        }
    }
    Ok(all)
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

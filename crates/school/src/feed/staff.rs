use super::{GroupLink, Name};
use crate::Profile;
use jiff::civil::Date;
use preau_base::Pii;
use serde::{Deserialize, Serialize};

/// A person who works in schools.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Staff {
    pub key: Pii<String>,
    pub name: Name,
    /// Mme, M., or nothing.
    pub title: String,
    pub birth_date: Option<Pii<Date>>,
    pub mail: Option<Pii<String>>,
    /// Keys of the schools to which the person is attached.
    pub schools: Vec<String>,
    pub functions: Vec<Function>,
    /// The person stands before pupils (AAF: PersEducNatPresenceDevantEleves = O).
    pub before_pupils: bool,
    pub teaching: Vec<Teaching>,
    /// Classes whose head teacher (professeur principal) the person is.
    pub head_teacher_of: Vec<GroupLink>,
}

/// What a person does in one school.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Function {
    pub school: String,
    pub kind: FunctionKind,
    /// The position's label, such as `MATHEMATIQUES`; may be empty.
    pub label: String,
}

/// The codes of `ENTPersonFonctions` by what they mean to a school platform.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FunctionKind {
    /// ENS, DOC: teachers and librarians.
    Teaching,
    /// DIR: head and deputy.
    Direction,
    /// EDU, AED, SUR: school life (CPE, assistants).
    SchoolLife,
    /// Anything else.
    Other,
}

impl FunctionKind {
    pub fn from_code(code: &str) -> Self {
        match code.trim() {
            "ENS" | "DOC" => Self::Teaching,
            "DIR" => Self::Direction,
            "EDU" | "AED" | "SUR" => Self::SchoolLife,
            _ => Self::Other,
        }
    }
}

/// A subject that the person teaches to a class or a group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Teaching {
    pub to: GroupLink,
    /// True for a class, false for a group.
    pub class: bool,
    /// Key of the subject.
    pub subject: Option<String>,
}

impl Staff {
    /// Keys of every school that the record attaches the person to, once each: by attachment, by function, by teaching.
    pub fn schools_named(&self) -> Vec<&str> {
        let functions = self.functions.iter().map(|it| &it.school);
        let taught = self.teaching.iter().map(|it| &it.to.school);
        let led = self.head_teacher_of.iter().map(|it| &it.school);
        let mut named: Vec<&str> =
            self.schools.iter().chain(functions).chain(taught).chain(led).map(String::as_str).collect();
        named.sort_unstable();
        named.dedup();
        named
    }

    /// What the person is in the school with this key.
    ///
    /// Rights over a whole school come only from a function in that very school. Teaching is believed from anywhere:
    /// replacement teachers are attached to one school and have their functions in another.
    pub fn role_at(&self, school: &str) -> Profile {
        let here = |kind| self.functions.iter().any(|it| it.school == school && it.kind == kind);
        let teaches = self.before_pupils
            || self.functions.iter().any(|it| it.kind == FunctionKind::Teaching)
            || self.teaching.iter().any(|it| it.to.school == school)
            || self.head_teacher_of.iter().any(|it| it.school == school);
        if here(FunctionKind::Direction) {
            Profile::Head
        } else if here(FunctionKind::SchoolLife) {
            Profile::SchoolLife
        } else if teaches {
            Profile::Teacher
        } else {
            Profile::Staff
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn staff(functions: &[(&str, &str)], before_pupils: bool) -> Staff {
        Staff {
            key: Pii::new("1".into()),
            name: Name::new("Roux", "Claire"),
            title: String::new(),
            birth_date: None,
            mail: None,
            schools: vec!["A".into()],
            functions: functions
                .iter()
                .map(|(school, code)| Function {
                    school: (*school).into(),
                    kind: FunctionKind::from_code(code),
                    label: String::new(),
                })
                .collect(),
            before_pupils,
            teaching: vec![],
            head_teacher_of: vec![],
        }
    }

    #[test]
    fn a_head_elsewhere_is_no_head_here() {
        let head = staff(&[("B", "DIR")], false);
        assert_eq!((head.role_at("A"), head.role_at("B")), (Profile::Staff, Profile::Head));
        let life = staff(&[("B", "AED")], false);
        assert_eq!((life.role_at("A"), life.role_at("B")), (Profile::Staff, Profile::SchoolLife));
    }

    #[test]
    fn a_teacher_is_one_everywhere() {
        assert_eq!(staff(&[("B", "ENS")], false).role_at("A"), Profile::Teacher);
        assert_eq!(staff(&[], true).role_at("A"), Profile::Teacher);
        assert_eq!(staff(&[("A", "-")], false).role_at("A"), Profile::Staff);
        assert_eq!(staff(&[("A", "ENS"), ("A", "DIR")], true).role_at("A"), Profile::Head);
    }

    #[test]
    fn schools_are_named_once() {
        assert_eq!(staff(&[("B", "ENS"), ("A", "ENS"), ("B", "DIR")], true).schools_named(), ["A", "B"]);
    }
}

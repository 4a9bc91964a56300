use super::Table;
use crate::limits::CHILDREN_PER_LINE_MAX;
use preau_school::feed::fault::{Shown, TableFault};
use preau_school::feed::{Fault, fold};

/// Whom a column is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Whom {
    /// The person of the line.
    Own,
    /// The n-th relative of a pupil's line, from 0.
    Relative(usize),
    /// The n-th child of a relative's line, from 0.
    Child(usize),
}

/// What a column says about them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    Key,
    Ine,
    Family,
    Given,
    /// Family and given name in one.
    Full,
    Title,
    Birth,
    Class,
    Group,
    Mail,
    Subject,
    HeadTeacher,
    Function,
    Profile,
}

/// The meaning of each column, in order; None for columns that are not needed.
pub(super) struct Headers {
    columns: Vec<Option<(Whom, What)>>,
    /// What lines are without a profile of their own.
    pub table: Table,
    unknown: Vec<Shown>,
}

/// Spellings after folding (small letters and digits, no accents, no spaces).
const SPELLINGS: &[(What, &[&str])] = &[
    (
        What::Key,
        &[
            "id",
            "identifiant",
            "identifiantexterne",
            "externalid",
            "idexterne",
            "numero",
            "numeroeleve",
            "number",
            "studentid",
        ],
    ),
    (What::Ine, &["ine", "numeroine", "numine", "ina", "nationalid", "identifiantnational", "idnational", "inerne"]),
    (
        What::Family,
        &["nom", "nomdefamille", "nomfamille", "nomusage", "nomdusage", "lastname", "familyname", "surname", "sn"],
    ),
    (What::Given, &["prenom", "prenoms", "prenom1", "prenomusuel", "firstname", "givenname", "forename"]),
    (What::Title, &["civilite", "titre", "title"]),
    (What::Full, &["nometprenom", "nomprenom", "nomcomplet", "prenomnom", "fullname", "name", "displayname"]),
    (
        What::Birth,
        &[
            "datedenaissance",
            "datenaissance",
            "datenaiss",
            "naissance",
            "nele",
            "neele",
            "birthdate",
            "birthday",
            "dateofbirth",
            "dob",
        ],
    ),
    (What::Class, &["classe", "classes", "division", "divisions", "nomclasse", "libelleclasse", "class", "classname"]),
    (What::Group, &["groupe", "groupes", "regroupement", "regroupements", "group", "groups"]),
    (
        What::Mail,
        &["email", "emails", "mail", "mel", "courriel", "adressemail", "adresseemail", "adressemel", "emailaddress"],
    ),
    (
        What::Subject,
        &[
            "matiere",
            "matieres",
            "matiereenseignee",
            "matieresenseignees",
            "discipline",
            "disciplines",
            "subject",
            "subjects",
        ],
    ),
    (
        What::HeadTeacher,
        &["professeurprincipal", "profprincipal", "pp", "professeurprincipalde", "headteacher", "headteacherof"],
    ),
    (What::Function, &["fonction", "fonctions", "function", "poste", "position"]),
    (
        What::Profile,
        &["profil", "profils", "profile", "type", "role", "statut", "categorie", "typedepersonne", "usertype"],
    ),
];

const RELATIVE_WORDS: &[&str] = &["responsable", "representant", "parent", "tuteur", "relative", "guardian"];
const CHILD_WORDS: &[&str] = &["enfant", "child"];
const PUPIL_WORDS: &[&str] = &["eleve", "pupil", "student"];
/// Words that say nothing that matters.
const FILLERS: &[&str] = &["legaux", "legal", "legale", "legalrepresentative"];

/// A header taken apart: whom it names, its number if any, and the rest.
struct Parts {
    whom: Option<&'static [&'static str]>,
    number: Option<usize>,
    what: Option<What>,
}

impl Parts {
    fn of(header: &str) -> Self {
        let folded = fold(header);
        if let Some(what) = spelled(folded.as_str()) {
            return Self { whom: None, number: None, what: Some(what) };
        }
        let digits: String = folded.as_str().chars().filter(char::is_ascii_digit).take(2).collect();
        let mut rest: String = folded.as_str().chars().filter(|c| !c.is_ascii_digit()).collect();
        let mut whom = None;
        for words in [RELATIVE_WORDS, CHILD_WORDS, PUPIL_WORDS] {
            if let Some(word) = words.iter().find(|word| whom.is_none() && rest.contains(**word)) {
                rest = without(&rest, word);
                whom = Some(words);
            }
        }
        for filler in FILLERS {
            rest = rest.replacen(filler, "", 1);
        }
        let what = match rest.as_str() {
            // « Élève », « Enfant 1 »: the whole name.
            "" if whom.is_some() => Some(What::Full),
            rest => spelled(rest)
                .or_else(|| spelled(rest.trim_end_matches("du").trim_end_matches("de").trim_end_matches('l'))),
        };
        Self { whom, number: digits.parse().ok(), what }
    }
}

/// `rest` without `word` and its plural and article.
fn without(rest: &str, word: &str) -> String {
    let Some((before, after)) = rest.split_once(word) else { return rest.to_owned() };
    let after = after.strip_prefix("ren").or_else(|| after.strip_prefix('s')).unwrap_or(after);
    let mut before = before;
    for article in ["duou", "dela", "du", "del", "des", "de", "l"] {
        if let Some(shorter) = before.strip_suffix(article).filter(|shorter| spelled(shorter).is_some()) {
            before = shorter;
            break;
        }
    }
    format!("{before}{after}")
}

fn spelled(folded: &str) -> Option<What> {
    SPELLINGS.iter().find(|(_, spellings)| spellings.contains(&folded)).map(|&(what, _)| what)
}

impl Headers {
    /// `table` overrides what the headers tell.
    ///
    /// # Errors
    /// When a name is missing or nothing tells who is in the table.
    pub fn read<'a>(headers: impl Iterator<Item = &'a str>, table: Option<Table>) -> Result<Self, TableFault> {
        let all: Vec<(&str, Parts)> = headers.map(|header| (header, Parts::of(header))).collect();
        let own_name =
            all.iter().any(|(_, it)| it.whom.is_none() && matches!(it.what, Some(What::Family | What::Full)));
        let names_relatives = all.iter().any(|(_, it)| it.whom == Some(RELATIVE_WORDS));
        let names_children = all.iter().any(|(_, it)| it.whom == Some(CHILD_WORDS));
        // « Nom élève » is a child on a parent's line, and the person of the line in a table of pupils.
        let pupil_is_child = own_name && !names_relatives && !names_children;
        let mut columns: Vec<Option<(Whom, What)>> = Vec::new();
        let mut unknown = Vec::new();
        for (header, parts) in &all {
            let column = parts.what.and_then(|what| {
                let pupil = parts.whom == Some(PUPIL_WORDS);
                let make: fn(usize) -> Whom = match parts.whom {
                    Some(RELATIVE_WORDS) if names_children && !own_name => |_| Whom::Own,
                    Some(RELATIVE_WORDS) => Whom::Relative,
                    Some(CHILD_WORDS) => Whom::Child,
                    _ if pupil && pupil_is_child => Whom::Child,
                    _ => |_| Whom::Own,
                };
                let whom = match parts.number {
                    Some(number) => make(number.saturating_sub(1)),
                    // Columns that occur again are about the next one.
                    None => {
                        (0..CHILDREN_PER_LINE_MAX).map(make).find(|&whom| !columns.contains(&Some((whom, what))))?
                    }
                };
                within(whom).then_some((whom, what))
            });
            if column.is_none() && !header.trim().is_empty() {
                unknown.push(Shown::from(*header));
            }
            columns.push(column);
        }
        let told = Self { columns, table: Table::Pupils, unknown };
        told.check()?;
        let table = table.or_else(|| told.tell()).ok_or(TableFault::OfWhom)?;
        Ok(Self { table, ..told })
    }

    fn check(&self) -> Result<(), TableFault> {
        if self.has(Whom::Own, What::Full) || self.has(Whom::Own, What::Family) {
            Ok(())
        } else {
            Err(TableFault::NoNames)
        }
    }

    fn has(&self, whom: Whom, what: What) -> bool {
        self.columns.contains(&Some((whom, what)))
    }

    fn tell(&self) -> Option<Table> {
        let own = |what| self.has(Whom::Own, what);
        if self.columns.iter().flatten().any(|(whom, _)| matches!(whom, Whom::Child(_))) {
            Some(Table::Relatives)
        } else if own(What::Subject) || own(What::HeadTeacher) {
            Some(Table::Teachers)
        } else if own(What::Function) {
            Some(Table::Staff)
        } else if own(What::Class) || own(What::Ine) || own(What::Birth) || own(What::Profile) {
            // With a profile column every line tells for itself.
            Some(Table::Pupils)
        } else {
            None
        }
    }

    pub fn columns(&self) -> impl Iterator<Item = Option<(Whom, What)>> {
        self.columns.iter().copied()
    }

    pub fn width(&self) -> usize {
        self.columns.len()
    }

    /// Columns that are not used; headers are no personal data.
    pub fn doubts(&self) -> Vec<Fault> {
        self.unknown.iter().map(|name| TableFault::UnusedColumn { name: name.clone() }.into()).collect()
    }
}

const fn within(whom: Whom) -> bool {
    match whom {
        Whom::Own => true,
        Whom::Relative(n) | Whom::Child(n) => n < CHILDREN_PER_LINE_MAX,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns(headers: &str) -> (Table, Vec<Option<(Whom, What)>>) {
        let headers = Headers::read(headers.split(';'), None).unwrap_or_else(|reason| panic!("{headers}: {reason:?}"));
        (headers.table, headers.columns)
    }

    #[test]
    fn french_and_english_tables_are_told() {
        let check = |headers: &str, expect: Table| assert_eq!(columns(headers).0, expect, "{headers}");
        check("Nom;Prénom;Classe;Date de naissance;INE", Table::Pupils);
        check("Last name;First name;Class", Table::Pupils);
        check("Élève;Né(e) le;Division", Table::Pupils);
        check("NOM;PRENOM;Matière enseignée;Professeur principal;Classes", Table::Teachers);
        check("Nom;Prénom;Fonction", Table::Staff);
        check("Nom;Prénom;E-mail;Enfant 1;Classe enfant 1", Table::Relatives);
        check("Nom responsable;Prénom responsable;Nom enfant;Prénom enfant", Table::Relatives);
        check("Nom;Prénom;Nom élève;Prénom élève;Classe élève", Table::Relatives);
        check("Nom;Prénom;Profil", Table::Pupils);
    }

    #[test]
    fn columns_are_about_somebody() {
        use {What::*, Whom::*};
        let own = |what| Some((Own, what));
        let check =
            |headers: &str, expect: &[Option<(Whom, What)>]| assert_eq!(columns(headers).1, expect, "{headers}");
        check(
            "Nom;Prénom;Classe;Nom responsable;Prénom responsable;Email responsable 2;Téléphone",
            &[
                own(Family),
                own(Given),
                own(Class),
                Some((Relative(0), Family)),
                Some((Relative(0), Given)),
                Some((Relative(1), Mail)),
                None,
            ],
        );
        check(
            "Nom;Prénom;Enfant 1;Classe enfant 1;Enfant 2;Classe enfant 2",
            &[
                own(Family),
                own(Given),
                Some((Child(0), Full)),
                Some((Child(0), Class)),
                Some((Child(1), Full)),
                Some((Child(1), Class)),
            ],
        );
        check(
            "nom;prenom;nomEnfant;prenomEnfant;nomEnfant;prenomEnfant",
            &[
                own(Family),
                own(Given),
                Some((Child(0), Family)),
                Some((Child(0), Given)),
                Some((Child(1), Family)),
                Some((Child(1), Given)),
            ],
        );
        check(
            "Nom élève;Prénom de l'élève;Classe de l’élève;Nom du représentant légal 1",
            &[own(Family), own(Given), own(Class), Some((Relative(0), Family))],
        );
        check(
            "Last Name;First Name;Child 1 first name;Child 1 last name;Child 1 class",
            &[own(Family), own(Given), Some((Child(0), Given)), Some((Child(0), Family)), Some((Child(0), Class))],
        );
        check("Nom;Prénom;Enfants", &[own(Family), own(Given), Some((Child(0), Full))]);
    }

    #[test]
    fn tables_that_tell_nothing_are_refused() {
        assert!(Headers::read("a;b;c".split(';'), None).is_err());
        assert!(Headers::read("Prénom;Classe".split(';'), None).is_err());
        assert!(Headers::read("Nom;Prénom".split(';'), None).is_err());
        assert!(Headers::read("Nom;Prénom".split(';'), Some(Table::Staff)).is_ok());
    }
}

use super::lines::{Line, Role, Someone};
use preau_base::Pii;
use preau_school::feed::fault::TableFault;
use preau_school::feed::{
    ChildLink, Fault, Function, FunctionKind, GroupLink, Name, Pupil, Record, Relative, RelativeLink, RelativeRole,
    Staff, Subject, Teaching, fold,
};
use std::collections::{HashMap, HashSet};

/// Makes records of lines, and remembers what must not come twice.
pub(super) struct People {
    school: String,
    /// Keys seen, with the line that had them first.
    keys: HashMap<String, u64>,
    subjects: HashSet<String>,
}

/// Words that say « yes » in a column of ticks.
const YES: &[&str] = &["o", "oui", "x", "1", "vrai", "true", "yes", "y"];

type Made = (Record, Vec<Fault>);

impl People {
    pub fn new(school: String) -> Self {
        Self { school, keys: HashMap::new(), subjects: HashSet::new() }
    }

    /// The records of a line.
    ///
    /// # Errors
    /// Why the line is refused, without its values.
    pub fn take(&mut self, line: Line, number: u64) -> Result<Vec<Made>, TableFault> {
        match line.role {
            Some(Role::Staff(kind)) => self.staff(line, kind, number),
            Some(Role::Relative) => self.relative(line, number),
            Some(Role::Pupil) | None => self.pupil(line, number),
        }
    }

    /// # Errors
    /// The line that had the key before.
    fn first_time(&mut self, key: &str, number: u64) -> Result<(), u64> {
        match self.keys.get(key) {
            Some(line) => Err(*line),
            None => {
                self.keys.insert(key.to_owned(), number);
                Ok(())
            }
        }
    }

    fn pupil(&mut self, line: Line, number: u64) -> Result<Vec<Made>, TableFault> {
        let Line { own, relatives, doubts, .. } = line;
        let key = pupil_key(&own);
        self.first_time(&key, number).map_err(|line| TableFault::SamePupil { line })?;
        let mut made = Vec::new();
        let mut links = Vec::new();
        for relative in relatives {
            let child = ChildLink::Key(Pii::new(key.clone()));
            let key = relative_key(&relative, std::slice::from_ref(&own));
            if links.iter().all(|link: &RelativeLink| *link.key.reveal() != key) {
                links.push(RelativeLink { key: Pii::new(key.clone()), role: RelativeRole::Legal });
                made.push((self.relative_record(key, relative, vec![child]), Vec::new()));
            }
        }
        let pupil = Pupil {
            key: Pii::new(key),
            name: own.name,
            birth_date: own.birth.map(Pii::new),
            ine: (!own.ine.is_empty()).then(|| Pii::new(own.ine)),
            mail: own.mail.map(Pii::new),
            school: Some(self.school.clone()),
            classes: self.links(&own.classes),
            groups: self.links(&own.groups),
            subjects: Vec::new(),
            relatives: links,
        };
        made.insert(0, (Record::Pupil(pupil), doubts));
        Ok(made)
    }

    fn relative(&mut self, line: Line, number: u64) -> Result<Vec<Made>, TableFault> {
        let Line { own, children, doubts, .. } = line;
        if children.is_empty() {
            return Err(TableFault::NoChild);
        }
        let key = relative_key(&own, &children);
        let whole_key = format!("{key} {}", children_key(&children));
        self.first_time(&whole_key, number).map_err(|line| TableFault::SamePerson { line })?;
        let links = children
            .iter()
            .map(|child| {
                if child.key.is_empty() && child.ine.is_empty() {
                    let name = whole(child, &own);
                    ChildLink::Named { name, class: child.classes.first().cloned() }
                } else {
                    ChildLink::Key(Pii::new(pupil_key(child)))
                }
            })
            .collect();
        Ok(vec![(self.relative_record(key, own, links), doubts)])
    }

    fn relative_record(&self, key: String, who: Someone, children: Vec<ChildLink>) -> Record {
        Record::Relative(Relative {
            key: Pii::new(key),
            name: who.name,
            title: who.title,
            mail: who.mail.map(Pii::new),
            school: Some(self.school.clone()),
            children,
        })
    }

    fn staff(&mut self, line: Line, kind: FunctionKind, number: u64) -> Result<Vec<Made>, TableFault> {
        let Line { own, subjects, head_teacher, doubts, .. } = line;
        let key = staff_key(&own);
        self.first_time(&key, number).map_err(|line| TableFault::SamePerson { line })?;
        let mut made: Vec<Made> = Vec::new();
        for label in &subjects {
            let key = subject_key(label);
            if self.subjects.insert(key.clone()) {
                made.push((Record::Subject(Subject { key, label: label.clone() }), Vec::new()));
            }
        }
        let ticked = head_teacher.len() == 1 && YES.contains(&fold(&head_teacher[0]).as_str());
        let no = head_teacher.iter().all(|it| matches!(fold(it).as_str(), "n" | "non" | "no" | "0" | "faux" | "false"));
        let led = match () {
            () if no => Vec::new(),
            // « Oui » names a class only when there is one.
            () if ticked && own.classes.len() == 1 => self.links(&own.classes),
            () if ticked => return Err(TableFault::WhichClass),
            () => self.links(&head_teacher),
        };
        let to = |names: &[String], class: bool| -> Vec<Teaching> {
            let keys: Vec<Option<String>> = if subjects.is_empty() {
                vec![None]
            } else {
                subjects.iter().map(|it| Some(subject_key(it))).collect()
            };
            let link = |name: &String| GroupLink::new(&self.school, name);
            names
                .iter()
                .flat_map(|name| keys.iter().map(move |subject| (name, subject)))
                .map(|(name, subject)| Teaching { to: link(name), class, subject: subject.clone() })
                .collect()
        };
        let mut teaching = to(&own.classes, true);
        teaching.extend(to(&own.groups, false));
        let function = Function { school: self.school.clone(), kind, label: subjects.join(", ") };
        let staff = Staff {
            key: Pii::new(key),
            name: own.name,
            title: own.title,
            birth_date: own.birth.map(Pii::new),
            mail: own.mail.map(Pii::new),
            schools: vec![self.school.clone()],
            functions: vec![function],
            before_pupils: kind == FunctionKind::Teaching,
            teaching,
            head_teacher_of: led,
        };
        made.push((Record::Staff(staff), doubts));
        Ok(made)
    }

    fn links(&self, names: &[String]) -> Vec<GroupLink> {
        names.iter().map(|name| GroupLink::new(&self.school, name)).collect()
    }
}

/// A child's name; a child without a family name has the parent's.
fn whole(child: &Someone, parent: &Someone) -> Name {
    let (family, given) = (child.name.family.reveal(), child.name.given.reveal());
    match (family.is_empty(), given.is_empty()) {
        (true, _) => Name::new(parent.name.family.reveal(), given),
        // « Enfant 1 » often holds the given name alone.
        (false, true) => Name::new(parent.name.family.reveal(), family),
        (false, false) => child.name.clone(),
    }
}

/// Keys begin with what the person is: a pupil and a teacher of the same name are two people.
fn pupil_key(who: &Someone) -> String {
    let name = name_key(&who.name);
    match who.birth {
        _ if !who.key.is_empty() => format!("pupil id {}", who.key),
        _ if !who.ine.is_empty() => format!("pupil ine {}", who.ine),
        Some(birth) => format!("pupil {name} {birth}"),
        None => format!("pupil {name}"),
    }
}

/// Two parents of the same name are the same person only if something else says so: mistaken the other way, a stranger
/// would see the child of another.
fn relative_key(who: &Someone, children: &[Someone]) -> String {
    let name = name_key(&who.name);
    match &who.mail {
        _ if !who.key.is_empty() => format!("relative id {}", who.key),
        Some(mail) => format!("relative {name} {}", mail.to_lowercase()),
        None => format!("relative {name} / {}", children_key(children)),
    }
}

fn children_key(children: &[Someone]) -> String {
    let mut keys: Vec<String> = children.iter().map(pupil_key).collect();
    keys.sort();
    keys.join(" / ")
}

fn staff_key(who: &Someone) -> String {
    let name = name_key(&who.name);
    match (&who.mail, who.birth) {
        _ if !who.key.is_empty() => format!("staff id {}", who.key),
        (Some(mail), _) => format!("staff {name} {}", mail.to_lowercase()),
        (None, Some(birth)) => format!("staff {name} {birth}"),
        (None, None) => format!("staff {name}"),
    }
}

fn name_key(name: &Name) -> String {
    format!("{}.{}", fold(name.given.reveal()).as_str(), fold(name.family.reveal()).as_str())
}

fn subject_key(label: &str) -> String {
    fold(label).as_str().to_owned()
}

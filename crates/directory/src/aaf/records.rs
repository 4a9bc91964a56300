//! What the attributes of each kind of record mean.

use super::KINDS;
use super::request::RawRequest;
use crate::limits::{KEY_CHARS_MAX, NAME_CHARS_MAX};
use crate::values;
use jiff::civil::Date;
use preau_base::Pii;
use preau_school::feed::fault::AafFault;
use preau_school::feed::{
    Fault, Function, FunctionKind, GroupLink, Kind, Name, Programme, Pupil, Record, Relative, RelativeLink,
    RelativeRole, School, Staff, Subject, Teaching, tidy,
};

/// Where a school's code stands.
const UAI: &str = "ENTStructureUAI";

/// The record, and what of it was left out.
pub(super) fn read(kind: Kind, raw: &RawRequest) -> Result<(Record, Vec<Fault>), AafFault> {
    let category = KINDS.iter().find(|(it, ..)| *it == kind).map_or("", |&(.., category)| category);
    if raw.category.trim() != category {
        return Err(AafFault::OtherCategory { found: raw.category.as_str().into(), expected: category.into() });
    }
    if raw.id.is_empty() {
        return Err(AafFault::NoIdentifier);
    }
    if raw.id.chars().count() > KEY_CHARS_MAX {
        return Err(AafFault::LongIdentifier { most: KEY_CHARS_MAX as u64 });
    }
    let mut fields = Fields { raw, doubts: Vec::new() };
    let record = match kind {
        Kind::School => Record::School(school(&fields)?),
        Kind::Subject => Record::Subject(Subject { key: raw.id.clone(), label: fields.label("ENTLibelleMatiere")? }),
        Kind::Programme => Record::Programme(Programme { key: raw.id.clone(), label: fields.label("ENTLibelleMef")? }),
        Kind::Pupil => Record::Pupil(pupil(&mut fields)?),
        Kind::Relative => Record::Relative(relative(&mut fields)?),
        Kind::Staff => Record::Staff(staff(&mut fields)?),
    };
    Ok((record, fields.doubts))
}

fn school(fields: &Fields<'_>) -> Result<School, AafFault> {
    let names = |attribute| -> Result<Vec<String>, AafFault> {
        let mut names = Vec::new();
        for value in fields.values(attribute) {
            // The name comes first; descriptions and courses of study follow behind `$`.
            let name = tidy(value.split('$').next().unwrap_or_default());
            within(attribute, &name, NAME_CHARS_MAX)?;
            if !name.is_empty() {
                names.push(name);
            }
        }
        names.sort();
        names.dedup();
        Ok(names)
    };
    Ok(School {
        key: fields.raw.id.clone(),
        uai: values::uai(fields.first(UAI)).ok_or_else(|| AafFault::BadUai { attribute: UAI.into() })?,
        name: Some(fields.label("ENTStructureNomCourant")?),
        kind: fields.optional("ENTStructureTypeStruct")?,
        street: fields.optional("street")?,
        postal_code: fields.optional("postalCode")?,
        city: fields.optional("l")?,
        academy: fields.optional("ENTServAcAcademie")?,
        classes: names("ENTStructureClasses")?,
        groups: names("ENTStructureGroupes")?,
    })
}

fn pupil(fields: &mut Fields<'_>) -> Result<Pupil, AafFault> {
    let mut relatives: Vec<RelativeLink> = Vec::new();
    for value in fields.values("ENTElevePersRelEleve") {
        let mut parts = value.split('$');
        let key = parts.next().unwrap_or_default().trim();
        let role = match parts.nth(2).map(str::trim) {
            Some("1") => RelativeRole::Legal,
            Some("2") => RelativeRole::InCharge,
            _ => RelativeRole::Contact,
        };
        if key.is_empty() || key.chars().count() > KEY_CHARS_MAX {
            fields.doubt("ENTElevePersRelEleve");
            continue;
        }
        match relatives.iter_mut().find(|it| it.key.reveal() == key) {
            // Named twice: the stronger word counts.
            Some(known) => known.role = known.role.min(role),
            None => relatives.push(RelativeLink { key: Pii::new(key.to_owned()), role }),
        }
    }
    let ine = tidy(fields.first("ENTEleveINE"));
    within("ENTEleveINE", &ine, KEY_CHARS_MAX)?;
    Ok(Pupil {
        key: fields.key(),
        name: fields.name()?,
        birth_date: fields.birth_date(),
        ine: (!ine.is_empty()).then(|| Pii::new(ine)),
        mail: fields.mail(),
        school: fields.values("ENTPersonStructRattach").next().map(str::to_owned),
        classes: fields.links("ENTEleveClasses")?,
        groups: fields.links("ENTEleveGroupes")?,
        subjects: fields.distinct("ENTEleveCodeEnseignements"),
        relatives,
    })
}

fn relative(fields: &mut Fields<'_>) -> Result<Relative, AafFault> {
    Ok(Relative {
        key: fields.key(),
        name: fields.name()?,
        title: fields.optional("personalTitle")?,
        mail: fields.mail(),
        school: None,
        children: Vec::new(),
    })
}

fn staff(fields: &mut Fields<'_>) -> Result<Staff, AafFault> {
    let mut functions = Vec::new();
    for value in fields.values("ENTPersonFonctions") {
        let parts: Vec<&str> = value.split('$').map(str::trim).collect();
        match parts.as_slice() {
            [school, code, rest @ ..] if !school.is_empty() => functions.push(Function {
                school: (*school).to_owned(),
                kind: FunctionKind::from_code(code),
                label: tidy(rest.get(2).or(rest.first()).unwrap_or(&"")),
            }),
            _ => fields.doubt("ENTPersonFonctions"),
        }
    }
    let mut teaching = fields.teaching("ENTAuxEnsClassesMatieres", true)?;
    teaching.extend(fields.teaching("ENTAuxEnsGroupesMatieres", false)?);
    Ok(Staff {
        key: fields.key(),
        name: fields.name()?,
        title: fields.optional("personalTitle")?,
        birth_date: fields.birth_date(),
        mail: fields.mail(),
        schools: fields.distinct("ENTPersonStructRattach"),
        functions,
        before_pupils: fields.first("PersEducNatPresenceDevantEleves") == "O",
        teaching,
        head_teacher_of: fields.links("ENTAuxEnsClassesPrincipal")?,
    })
}

fn within(attribute: &str, text: &str, chars_max: usize) -> Result<(), AafFault> {
    if text.chars().count() > chars_max {
        return Err(AafFault::LongText { attribute: attribute.into(), most: chars_max as u64 });
    }
    Ok(())
}

/// The attributes of one record, and the doubts that reading them raises.
struct Fields<'a> {
    raw: &'a RawRequest,
    doubts: Vec<Fault>,
}

impl<'a> Fields<'a> {
    /// The values of an attribute, trimmed, without empty ones.
    fn values(&self, attribute: &str) -> impl Iterator<Item = &'a str> + use<'a> {
        let attribute = attribute.to_owned();
        self.raw
            .attributes
            .iter()
            .filter(move |(name, _)| *name == attribute)
            .flat_map(|(_, values)| values)
            .map(|value| value.trim())
            .filter(|value| !value.is_empty())
    }

    fn first(&self, attribute: &str) -> &'a str {
        self.values(attribute).next().unwrap_or("")
    }

    fn distinct(&self, attribute: &str) -> Vec<String> {
        let mut all: Vec<String> = self.values(attribute).map(str::to_owned).collect();
        all.sort();
        all.dedup();
        all
    }

    fn optional(&self, attribute: &'static str) -> Result<String, AafFault> {
        let text = tidy(self.first(attribute));
        within(attribute, &text, NAME_CHARS_MAX)?;
        Ok(text)
    }

    fn label(&self, attribute: &'static str) -> Result<String, AafFault> {
        let text = self.optional(attribute)?;
        if text.is_empty() { Err(AafFault::Missing { attribute: attribute.into() }) } else { Ok(text) }
    }

    fn key(&self) -> Pii<String> {
        Pii::new(self.raw.id.clone())
    }

    fn name(&self) -> Result<Name, AafFault> {
        Ok(Name { family: Pii::new(self.label("sn")?), given: Pii::new(self.optional("givenName")?) })
    }

    fn birth_date(&mut self) -> Option<Pii<Date>> {
        let text = self.first("ENTPersonDateNaissance");
        let date = values::date(text);
        if date.is_none() && !text.is_empty() {
            self.doubt("ENTPersonDateNaissance");
        }
        date.map(Pii::new)
    }

    fn mail(&mut self) -> Option<Pii<String>> {
        let text = self.first("mail");
        let mail = values::mail(text);
        if mail.is_none() && !text.is_empty() {
            self.doubt("mail");
        }
        mail.map(Pii::new)
    }

    /// `school$name` values, once each.
    fn links(&mut self, attribute: &'static str) -> Result<Vec<GroupLink>, AafFault> {
        let mut links = Vec::new();
        for value in self.values(attribute) {
            match self.link(attribute, value)? {
                Some((link, _)) => links.push(link),
                None => self.doubt(attribute),
            }
        }
        links.sort();
        links.dedup();
        Ok(links)
    }

    /// `school$name$subject` values, once each.
    fn teaching(&mut self, attribute: &'static str, class: bool) -> Result<Vec<Teaching>, AafFault> {
        let mut teaching: Vec<Teaching> = Vec::new();
        for value in self.values(attribute) {
            let Some((to, rest)) = self.link(attribute, value)? else {
                self.doubt(attribute);
                continue;
            };
            let subject = Some(rest.trim()).filter(|it| !it.is_empty()).map(str::to_owned);
            let one = Teaching { to, class, subject };
            if !teaching.contains(&one) {
                teaching.push(one);
            }
        }
        Ok(teaching)
    }

    fn link(&self, attribute: &'static str, value: &'a str) -> Result<Option<(GroupLink, &'a str)>, AafFault> {
        let mut parts = value.splitn(3, '$');
        let (school, name) = (parts.next().unwrap_or("").trim(), tidy(parts.next().unwrap_or("")));
        within(attribute, &name, NAME_CHARS_MAX)?;
        if school.is_empty() || name.is_empty() {
            return Ok(None);
        }
        Ok(Some((GroupLink::new(school, &name), parts.next().unwrap_or(""))))
    }

    fn doubt(&mut self, attribute: &str) {
        let doubt = AafFault::OddValue { attribute: attribute.into() }.into();
        if !self.doubts.contains(&doubt) {
            self.doubts.push(doubt);
        }
    }
}

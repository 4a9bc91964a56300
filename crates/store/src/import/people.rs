//! The people of a school: their rows, their logins, what they are there.

use super::matching::{Folded, Others, folded};
use super::report::{Outcome, Thing};
use super::roster::Families;
use super::school::Feed;
use super::{Memo, Report, Run};
use crate::limits::LOGIN_NAMESAKES_MAX;
use crate::people::{self, NewPerson};
use crate::{Conn, StoreError};
use preau_base::{PersonId, Rng, SchoolId};
use preau_school::Profile;
use preau_school::feed::{Kind, Name, Pupil, Relative, Staff, fold};
use preau_school::login::Stem;
use sqlx::types::Uuid;
use std::collections::{HashMap, HashSet};

/// A person as a record describes them, for one school.
pub(super) struct Incoming<'a> {
    pub key: &'a str,
    pub kind: Kind,
    pub profile: Profile,
    pub name: &'a Name,
    title: &'a str,
    pub birth_day: Option<String>,
    pub ine: Option<&'a str>,
    pub mail: Option<&'a str>,
    /// A relative's pupils.
    pub pupils: Vec<PersonId>,
    /// Folded names of a pupil's classes.
    pub classes: Vec<String>,
}

impl<'a> Incoming<'a> {
    pub fn pupil(it: &'a Pupil) -> Self {
        Self {
            key: it.key.reveal(),
            kind: Kind::Pupil,
            profile: Profile::Pupil,
            name: &it.name,
            title: "",
            birth_day: it.birth_date.as_ref().map(|date| date.reveal().to_string()),
            ine: it.ine.as_ref().map(|ine| ine.reveal().as_str()),
            mail: it.mail.as_ref().map(|mail| mail.reveal().as_str()),
            pupils: Vec::new(),
            classes: it.classes.iter().map(|class| fold(&class.name).as_str().to_owned()).collect(),
        }
    }

    pub fn relative(it: &'a Relative, pupils: Vec<PersonId>) -> Self {
        Self {
            key: it.key.reveal(),
            kind: Kind::Relative,
            profile: Profile::Relative,
            name: &it.name,
            title: &it.title,
            birth_day: None,
            ine: None,
            mail: it.mail.as_ref().map(|mail| mail.reveal().as_str()),
            pupils,
            classes: Vec::new(),
        }
    }

    pub fn staff(it: &'a Staff, school: &str) -> Self {
        Self {
            key: it.key.reveal(),
            kind: Kind::Staff,
            profile: it.role_at(school),
            name: &it.name,
            title: &it.title,
            birth_day: it.birth_date.as_ref().map(|date| date.reveal().to_string()),
            ine: None,
            mail: it.mail.as_ref().map(|mail| mail.reveal().as_str()),
            pupils: Vec::new(),
            classes: Vec::new(),
        }
    }

    pub fn folded(&self) -> Folded {
        folded(self.name.given.reveal(), self.name.family.reveal())
    }

    /// For logins of people whose names have no Latin reading.
    const fn generic(&self) -> &'static str {
        match self.kind {
            Kind::Pupil => "eleve",
            Kind::Relative => "parent",
            _ => "personnel",
        }
    }
}

#[derive(Clone, PartialEq, Eq, sqlx::FromRow)]
pub(super) struct PersonRow {
    #[sqlx(try_from = "Uuid")]
    pub id: PersonId,
    pub external_id: Option<String>,
    pub given_name: String,
    pub family_name: String,
    title: String,
    pub birth_day: Option<String>,
    pub ine: Option<String>,
    pub email: Option<String>,
    created_at: i64,
}

impl PersonRow {
    /// The row as the feed has it; what the feed does not say stays.
    fn with(&self, incoming: &Incoming<'_>) -> Self {
        let or = |new: Option<&str>, old: &Option<String>| new.map(str::to_owned).or_else(|| old.clone());
        Self {
            id: self.id,
            external_id: Some(incoming.key.to_owned()),
            given_name: incoming.name.given.reveal().clone(),
            family_name: incoming.name.family.reveal().clone(),
            title: if incoming.title.is_empty() { self.title.clone() } else { incoming.title.to_owned() },
            birth_day: or(incoming.birth_day.as_deref(), &self.birth_day),
            ine: or(incoming.ine, &self.ine),
            email: or(incoming.mail, &self.email),
            created_at: self.created_at,
        }
    }
}

/// Somebody whom the feed has in the school.
pub(super) struct Present {
    pub id: PersonId,
    pub kind: Kind,
    profile: Profile,
    outcome: Outcome,
    /// Made by this very import, in another school: becoming somebody here too is no change.
    fresh: bool,
}

pub(super) struct People {
    school: SchoolId,
    /// People of this source whom the school's records or links name, by key.
    known: HashMap<String, PersonRow>,
    others: Others,
    /// Keys of accounts that were merged into others: the record says nothing new about the person.
    aliases: HashMap<String, PersonId>,
    /// In a guarded import: people whose name and address are not this school's to change.
    foreign: HashSet<PersonId>,
    /// By key.
    here: HashMap<String, Present>,
    left: HashMap<Kind, HashSet<PersonId>>,
}

impl People {
    pub async fn load(conn: &mut Conn, run: &Run, feed: &Feed<'_>, school: SchoolId) -> Result<Self, StoreError> {
        let rows = fetch_all!(
            conn,
            PersonRow,
            "SELECT id, external_id, given_name, family_name, title, birth_day, ine, email, created_at FROM person \
             WHERE source = $1 AND external_id IS NOT NULL AND external_id IN (SELECT r.external_id FROM import_record r \
             WHERE r.run_id = $2 AND r.school_key = $3)",
            run.source.as_str(),
            run.id.uuid(),
            feed.key()
        )?;
        let mut known: HashMap<_, _> =
            rows.into_iter().filter_map(|row| Some((row.external_id.clone()?, row))).collect();
        let mut others = Others::load(conn, run, feed, school).await?;
        let rows = fetch_all!(
            conn,
            PersonRow,
            "SELECT p.id, a.external_id, p.given_name, p.family_name, p.title, p.birth_day, p.ine, p.email, p.created_at \
             FROM person_alias a JOIN person p ON p.id = a.person_id WHERE a.source = $1",
            run.source.as_str()
        )?;
        let mut aliases = HashMap::new();
        for row in rows {
            let Some(key) = row.external_id.clone() else { continue };
            others.claim(row.id);
            aliases.insert(key.clone(), row.id);
            known.insert(key, row);
        }
        let foreign = if run.guarded { foreign(conn, run, school).await? } else { HashSet::new() };
        Ok(Self { school, known, others, aliases, foreign, here: HashMap::new(), left: HashMap::new() })
    }

    pub const fn school(&self) -> SchoolId {
        self.school
    }

    /// The account behind a key of the feed, whether or not the feed holds its record.
    pub fn id(&self, key: &str) -> Option<PersonId> {
        self.here.get(key).map(|it| it.id).or_else(|| self.known.get(key).map(|it| it.id))
    }

    pub fn present(&self, key: &str) -> Option<&Present> {
        self.here.get(key)
    }

    /// Whether a record of the person could not be read: then the feed does not say that they have left.
    pub fn was_refused(&self, run: &Run, kind: Kind, person: PersonId, key: Option<&str>) -> bool {
        let mut others = self.aliases.iter().filter(|(_, id)| **id == person).map(|(key, _)| key.as_str());
        run.was_refused(kind, key) || (!run.refused.is_empty() && others.any(|key| run.was_refused(kind, Some(key))))
    }

    pub fn ids_present(&self, kind: Kind) -> HashSet<PersonId> {
        self.here.values().filter(|it| it.kind == kind).map(|it| it.id).collect()
    }

    /// Makes or changes the person's row.
    pub async fn bring(
        &mut self,
        conn: &mut Conn,
        run: &Run,
        memo: &mut Memo,
        rng: &mut dyn Rng,
        incoming: &Incoming<'_>,
    ) -> Result<(), StoreError> {
        if self.here.contains_key(incoming.key) {
            return Ok(());
        }
        let fresh = self.known.get(incoming.key).is_some_and(|row| row.created_at == run.now.as_millis());
        let (id, outcome) = match (self.known.get(incoming.key), self.others.find(incoming)) {
            (Some(row), _) if self.aliases.contains_key(incoming.key) || self.foreign.contains(&row.id) => {
                (row.id, Outcome::Unchanged)
            }
            (Some(row), _) => (row.id, update(conn, run, row, incoming).await?),
            (None, Some(row)) if run.full => {
                super::matching::take_over(conn, run, row.id).await?;
                (row.id, update(conn, run, row, incoming).await?)
            }
            // A table knows the person by name only; what a better feed says about them stays.
            (None, Some(row)) => (row.id, Outcome::Unchanged),
            (None, None) => (create(conn, run, memo, rng, incoming).await?, Outcome::Created),
        };
        self.others.claim(id);
        let present = Present { id, kind: incoming.kind, profile: incoming.profile, outcome, fresh };
        self.here.insert(incoming.key.to_owned(), present);
        Ok(())
    }

    /// Makes everybody what the feed says, and takes from those who are no longer in it what it had made them.
    pub async fn affiliate(
        &mut self,
        conn: &mut Conn,
        run: &Run,
        families: &Families,
        part: &mut Report,
    ) -> Result<(), StoreError> {
        let rows = fetch_all!(
            conn,
            StandingRow,
            "SELECT a.person_id, a.profile, a.source, p.external_id FROM affiliation a JOIN person p ON p.id = a.person_id \
             WHERE a.school_id = $1",
            self.school.uuid()
        )?;
        let standing: HashSet<(PersonId, Profile)> = rows.iter().map(|row| (row.person_id, row.profile)).collect();
        for present in self.here.values_mut() {
            if !standing.contains(&(present.id, present.profile)) {
                people::affiliate(conn, present.id, self.school, present.profile, &run.source).await?;
                present.change();
            }
        }
        let wanted: HashSet<(PersonId, Profile)> = self.here.values().map(|it| (it.id, it.profile)).collect();
        let here: HashSet<(PersonId, Kind)> = self.here.values().map(|it| (it.id, it.kind)).collect();
        for row in rows.iter().filter(|row| row.source == run.source) {
            let kind = kind_of(row.profile);
            if wanted.contains(&(row.person_id, row.profile)) {
                continue;
            }
            if here.contains(&(row.person_id, kind)) {
                // Somebody else in the same school than before: a teacher who has become head.
                people::unaffiliate(conn, row.person_id, self.school, row.profile).await?;
                self.here.values_mut().filter(|it| it.id == row.person_id).for_each(Present::change);
            } else if run.may_leave(kind)
                && !self.was_refused(run, kind, row.person_id, row.external_id.as_deref())
                && !families.keeps(row.person_id)
            {
                people::unaffiliate(conn, row.person_id, self.school, row.profile).await?;
                people::mark_left(conn, row.person_id, run.now).await?;
                self.left.entry(kind).or_default().insert(row.person_id);
            }
        }
        for (kind, left) in &self.left {
            left.iter().for_each(|_| part.count(Thing::of(*kind), Outcome::Left));
        }
        Ok(())
    }

    /// Counts what became of everybody who is here. Whom an earlier school of this import has made is counted there.
    pub fn count(&self, memo: &mut Memo, part: &mut Report) {
        for (key, present) in &self.here {
            let told = present.outcome != Outcome::Unchanged
                && memo.touched.as_mut().is_some_and(|touched| !touched.insert(key.clone()));
            let outcome = match present.outcome {
                Outcome::Created if told => continue,
                Outcome::Unchanged if present.fresh => continue,
                _ if told => Outcome::Unchanged,
                outcome => outcome,
            };
            part.count(Thing::of(present.kind), outcome);
        }
    }
}

impl Present {
    fn change(&mut self) {
        if self.outcome == Outcome::Unchanged && !self.fresh {
            self.outcome = Outcome::Changed;
        }
    }
}

#[derive(sqlx::FromRow)]
struct ForeignRow {
    #[sqlx(try_from = "Uuid")]
    id: PersonId,
}

/// People of this source who are somebody in another school, or have power beyond schools.
async fn foreign(conn: &mut Conn, run: &Run, school: SchoolId) -> Result<HashSet<PersonId>, StoreError> {
    let rows = fetch_all!(
        conn,
        ForeignRow,
        "SELECT p.id FROM person p WHERE p.source = $1 AND (p.platform_admin = true \
         OR EXISTS (SELECT 1 FROM affiliation a WHERE a.person_id = p.id AND a.school_id <> $2) \
         OR EXISTS (SELECT 1 FROM territory_admin t WHERE t.person_id = p.id))",
        run.source.as_str(),
        school.uuid()
    )?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

#[derive(sqlx::FromRow)]
struct StandingRow {
    #[sqlx(try_from = "Uuid")]
    person_id: PersonId,
    #[sqlx(try_from = "String")]
    profile: Profile,
    source: String,
    external_id: Option<String>,
}

pub(super) const fn kind_of(profile: Profile) -> Kind {
    match profile {
        Profile::Pupil => Kind::Pupil,
        Profile::Relative => Kind::Relative,
        _ => Kind::Staff,
    }
}

async fn update(conn: &mut Conn, run: &Run, row: &PersonRow, incoming: &Incoming<'_>) -> Result<Outcome, StoreError> {
    let new = row.with(incoming);
    if new == *row {
        return Ok(Outcome::Unchanged);
    }
    execute!(
        conn,
        "UPDATE person SET external_id = $2, given_name = $3, family_name = $4, title = $5, search_name = $6, birth_day = $7, \
         ine = $8, email = $9, updated_at = $10 WHERE id = $1",
        new.id.uuid(),
        new.external_id.as_deref(),
        new.given_name.as_str(),
        new.family_name.as_str(),
        new.title.as_str(),
        people::search_name(&new.given_name, &new.family_name),
        new.birth_day.as_deref(),
        new.ine.as_deref(),
        new.email.as_deref(),
        run.now.as_millis()
    )?;
    Ok(Outcome::Changed)
}

async fn create(
    conn: &mut Conn,
    run: &Run,
    memo: &mut Memo,
    rng: &mut dyn Rng,
    incoming: &Incoming<'_>,
) -> Result<PersonId, StoreError> {
    let id = PersonId::new(run.now, rng);
    let (given_name, family_name) = (incoming.name.given.reveal(), incoming.name.family.reveal());
    let login = free_login(conn, memo, &Stem::from_name(given_name, family_name, incoming.generic())).await?;
    let new = NewPerson {
        id,
        login: &login,
        given_name,
        family_name,
        title: incoming.title,
        birth_day: incoming.birth_day.as_deref(),
        ine: incoming.ine,
        email: incoming.mail,
        source: &run.source,
        external_id: Some(incoming.key),
    };
    people::create(conn, &new, run.now).await?;
    Ok(id)
}

async fn free_login(conn: &mut Conn, memo: &mut Memo, stem: &Stem) -> Result<String, StoreError> {
    let first = memo.next_login.get(stem.as_str()).copied().unwrap_or(1);
    for n in first..=LOGIN_NAMESAKES_MAX {
        let login = stem.numbered(n);
        if !people::login_taken(conn, &login).await? {
            memo.next_login.insert(stem.as_str().to_owned(), n + 1);
            return Ok(login);
        }
    }
    Err(StoreError::Limit {
        what: super::OF_NAMESAKES,
        found: LOGIN_NAMESAKES_MAX as usize,
        most: LOGIN_NAMESAKES_MAX as usize,
    })
}

//! A primary school beside the collège: its pupils get in with cards.

use super::super::people::{FAMILY_NAMES, GIVEN_NAMES};
use super::{SOURCE, Seed};
use anyhow::Context;
use preau_base::{CardId, GroupId, Instant, Rng, SchoolId};
use preau_gate::{CardCode, KeyRing, Pictures};
use preau_school::{GroupKind, MemberRole, Profile};
use preau_store::cards::{self, NewCard};
use preau_store::groups::{self, Group};
use preau_store::people;
use preau_store::schools::{self, NewSchool};
use preau_store::{Conn, territories};

const UAI: &str = "0040998C";
/// The account of [`super::super::people::ACCOUNTS`] that teaches there.
const TEACHER: &str = "maitresse";
/// The pupil who has a card from the start.
const WITH_CARD: &str = "eleve-ce1";
const PUPILS: usize = 12;

impl Seed<'_> {
    pub(super) async fn primary(&mut self) -> anyhow::Result<()> {
        let school = SchoolId::new(self.now, self.rng);
        let (name, city) = ("École des Marronniers", "Oraison");
        let new = NewSchool { id: school, uai: Some(UAI), name, kind: "ecole", city, source: SOURCE };
        schools::create(self.conn, &new, self.now).await?;
        for (id, uai) in [(self.school, super::UAI), (school, UAI)] {
            territories::place(self.conn, id, (Some(uai), "04700", city), self.now, self.rng).await?;
        }
        let teacher = self.known(TEACHER)?;
        people::unaffiliate(self.conn, teacher, self.school, Profile::Teacher).await?;
        people::affiliate(self.conn, teacher, school, Profile::Teacher, SOURCE).await?;
        let class = GroupId::new(self.now, self.rng);
        let group = Group { id: class, school_id: school, kind: GroupKind::Class, name: "CE1 A".to_owned() };
        groups::create(self.conn, &group, SOURCE, self.now).await?;
        for role in [MemberRole::Teacher, MemberRole::HeadTeacher] {
            groups::add_member(self.conn, class, teacher, role, "", SOURCE).await?;
        }
        for number in 0..PUPILS {
            let login = if number == 0 { WITH_CARD.to_owned() } else { format!("ce1-{number}") };
            let given = GIVEN_NAMES.get((number * 5 + 18) % GIVEN_NAMES.len()).copied().unwrap_or("Zoé");
            let family = FAMILY_NAMES.get((number * 3 + 7) % FAMILY_NAMES.len()).copied().unwrap_or("Robin");
            let pupil = self.person(&login, "", given, family).await?;
            people::affiliate(self.conn, pupil, school, Profile::Pupil, SOURCE).await?;
            groups::add_member(self.conn, class, pupil, MemberRole::Pupil, "", SOURCE).await?;
        }
        Ok(())
    }
}

/// Gives one pupil a new card. Gives its code and the names of its pictures, to be shown once.
pub async fn card(conn: &mut Conn, keys: &KeyRing, now: Instant, rng: &mut dyn Rng) -> anyhow::Result<String> {
    let pupil = people::by_login(conn, WITH_CARD).await?.context("the demonstration has no pupil with a card")?;
    let teacher = people::by_login(conn, TEACHER).await?.context("the demonstration has no primary teacher")?;
    let (id, code, pictures) = (CardId::new(now, rng), CardCode::draw(rng), Pictures::draw(rng));
    let (secret, picture) = (code.digest(keys), pictures.digest(id, keys));
    let new = NewCard {
        id,
        person: pupil.id,
        secret_hash: secret.as_bytes(),
        picture_hash: picture.as_bytes(),
        made_by: teacher.id,
    };
    cards::give(conn, &new, now).await?;
    let names: Vec<&str> = pictures.reveal().into_iter().map(preau_web::picture_word).collect();
    Ok(format!("{}, {}", code.grouped().reveal(), names.join(" → ")))
}

//! Sign-in cards of the youngest: printing them for a class, giving one anew, revoking one.
//!
//! A card's secret and pictures are on the answer to the form and nowhere else; printing again makes a new card, and the old one
//! dies.

pub(crate) mod sign_in;

use crate::ids::Id;
use crate::limits::SHEET_PEOPLE_MAX;
use crate::qr::Qr;
use crate::screens::place;
use crate::{Answer, Fields, Member, Page};
use askama::Template;
use preau_base::{CardId, GroupId, PersonId, Pii, SchoolId, SessionId, SystemRng};
use preau_gate::{CardCode, PICTURES, Pictures, Revocation, forgotten_after};
use preau_school::{Act, MemberRole};
use preau_store::cards::{self, NewCard};
use preau_store::groups::{self, Group};
use preau_store::people::{self, Person};
use preau_store::{Conn, StoreError};
use std::collections::HashMap;

/// The words of the pictures, in the order of their numbers; `picture-…` is what a screen reader says.
pub(crate) const PICTURE_WORDS: [&str; PICTURES as usize] =
    ["sun", "moon", "star", "flower", "tree", "house", "fish", "cat", "balloon", "boat", "car", "apple"];

/// The word of a picture's number.
pub fn picture_word(number: u8) -> &'static str {
    PICTURE_WORDS.get(usize::from(number)).copied().unwrap_or("?")
}

/// A picture as pages show it.
pub(crate) struct Picture {
    pub number: u8,
    pub label: String,
}

impl Picture {
    pub(crate) fn of(page: &Page, number: u8) -> Self {
        let word = PICTURE_WORDS.get(usize::from(number)).copied().unwrap_or("sun");
        Self { number, label: page.t(&format!("picture-{word}")) }
    }
}

#[derive(Template)]
#[template(path = "people/cards.html")]
struct ListPage<'a> {
    page: &'a Page,
    group: &'a Group,
    pupils: Vec<Pupil>,
    /// Somebody of the group may get a card.
    gives: bool,
    /// May say for whom the school makes cards.
    sets: bool,
    beyond_primary: bool,
}

struct Pupil {
    id: PersonId,
    name: String,
    /// When the good card was made; none without one.
    made: Option<String>,
    used: Option<String>,
    /// This person may give the pupil a card.
    may: bool,
    /// This person may end the one that there is.
    ends: bool,
}

/// `GET /groups/{id}/cards`.
pub(crate) async fn list(mut member: Member, Id(id): Id<GroupId>) -> Answer {
    let mut conn = member.app().store.read().await?;
    let (group, _) = place::group(&mut member, &mut conn, id, |group| Act::PrintCards(group.facts())).await?;
    let given: HashMap<_, _> =
        cards::of_group(&mut conn, id).await?.into_iter().map(|card| (card.person_id, card)).collect();
    let day = |at| member.day(member.zoned(at).date());
    let facts = people::facts_of_pupils(&mut conn, id).await?;
    let classes = cards::facts_of_pupils(&mut conn, id).await?;
    let sets = member.can(Act::ManageSchool(group.school_id));
    let beyond_primary = cards::beyond_primary(&mut conn, group.school_id).await?;
    let mut pupils = Vec::new();
    for found in groups::members(&mut conn, id, MemberRole::Pupil).await? {
        let card = given.get(&found.id);
        pupils.push(Pupil {
            id: found.id,
            name: format!("{} {}", found.family_name.reveal(), found.given_name.reveal()),
            made: card.map(|card| day(card.made_at)),
            used: card.and_then(|card| card.used_at).map(|at| day(preau_base::Instant::from_millis(at))),
            may: facts.get(&found.id).is_some_and(|facts| {
                member.can(Act::GiveCard(facts, classes.get(&found.id).map_or(&[][..], Vec::as_slice)))
            }),
            ends: card.is_some() && facts.get(&found.id).is_some_and(|facts| member.can(Act::RevokeCard(facts))),
        });
    }
    let gives = pupils.iter().any(|pupil| pupil.may);
    member.html(&ListPage { page: &member.page, group: &group, pupils, gives, sets, beyond_primary })
}

/// `POST /schools/{id}/cards`: for whom the school makes cards; back to the group from which it was asked.
pub(crate) async fn set(mut member: Member, Id(id): Id<SchoolId>, sent: Fields) -> Answer {
    let mut tx = member.app().store.write().await?;
    place::school(&mut member, &mut tx, id, Act::ManageSchool(id)).await?;
    let beyond = sent.checked("beyond");
    cards::set_beyond_primary(&mut tx, id, beyond).await?;
    let word = if beyond { "all" } else { "primary" };
    place::log(&member, &mut tx, Some(id), ("cards.set", word, "")).await?;
    tx.commit().await?;
    let back = sent.raw("back").parse::<GroupId>();
    let back = back.map_or_else(|_| format!("/schools/{id}"), |group| format!("/groups/{group}/cards"));
    Ok(member.see_other_saying(&back, "notice-saved"))
}

/// A card as it is printed.
struct Printed {
    name: String,
    class: String,
    code: Pii<String>,
    qr: Option<Qr>,
    pictures: Vec<Picture>,
}

#[derive(Template)]
#[template(path = "people/cards_sheet.html")]
struct SheetPage<'a> {
    page: &'a Page,
    title: String,
    back: String,
    school: &'a str,
    address: String,
    cards: Vec<Printed>,
    skipped: Vec<String>,
}

/// Cards that count once the transaction is committed, and the sessions that end with the old ones.
#[derive(Default)]
struct Made {
    cards: Vec<Printed>,
    ended: Vec<SessionId>,
}

impl Made {
    async fn add(
        &mut self,
        conn: &mut Conn,
        member: &Member,
        person: &Person,
        class: String,
    ) -> Result<(), StoreError> {
        let (page, id) = (&member.page, CardId::new(member.now(), &mut SystemRng));
        let (code, pictures) = (CardCode::draw(&mut SystemRng), Pictures::draw(&mut SystemRng));
        let (secret, tapped) = {
            let keys = page.app().keys();
            (code.digest(&keys), pictures.digest(id, &keys))
        };
        let new = NewCard {
            id,
            person: person.id,
            secret_hash: secret.as_bytes(),
            picture_hash: tapped.as_bytes(),
            made_by: member.id(),
        };
        self.ended.extend(cards::give(conn, &new, member.now()).await?);
        let code = code.grouped();
        self.cards.push(Printed {
            name: person.full_name(),
            class,
            qr: Qr::of(&format!("{}/card#{}", page.origin(), code.reveal())),
            code,
            pictures: pictures.reveal().into_iter().map(|number| Picture::of(page, number)).collect(),
        });
        Ok(())
    }

    /// After the commit: what the old cards began ends on this machine at once. Then the sheet.
    fn answer(self, page: &Page, school: &str, (title, back): (String, String), skipped: Vec<String>) -> Answer {
        end(page, self.ended);
        let address = format!("{}/card", page.origin());
        page.html(&SheetPage { page, title, back, school, address, cards: self.cards, skipped })
    }
}

/// Ends the passes of sessions whose card has died.
fn end(page: &Page, sessions: Vec<SessionId>) {
    let until = forgotten_after(page.now(), false);
    for session in sessions {
        page.app().revoke(Revocation::Session { session, until });
    }
}

/// `POST /groups/{id}/cards`: new cards for the pupils whose boxes are checked.
pub(crate) async fn print(mut member: Member, Id(id): Id<GroupId>, sent: Fields) -> Answer {
    let here = format!("/groups/{id}/cards");
    let mut tx = member.app().store.write().await?;
    let (group, school) = place::group(&mut member, &mut tx, id, |group| Act::PrintCards(group.facts())).await?;
    let pupils = groups::members(&mut tx, id, MemberRole::Pupil).await?;
    let chosen: Vec<&str> = sent.all("person").take(SHEET_PEOPLE_MAX).collect();
    let (mut made, mut skipped) = (Made::default(), Vec::new());
    for pupil in pupils.iter().filter(|pupil| chosen.contains(&pupil.id.to_string().as_str())) {
        let (person, facts) = place::person(&mut tx, pupil.id).await?;
        let classes = cards::facts(&mut tx, pupil.id).await?;
        if member.can(Act::GiveCard(&facts, &classes)) {
            made.add(&mut tx, &member, &person, group.name.clone()).await?;
        } else {
            skipped.push(person.full_name());
        }
    }
    if made.cards.is_empty() {
        return Ok(member.see_other_saying(&here, "notice-no-card"));
    }
    let detail = made.cards.len().to_string();
    place::log(&member, &mut tx, Some(school.id), ("cards.print", &group.name, &detail)).await?;
    tx.commit().await?;
    let title = format!("{} · {}", member.t("cards-title"), group.name);
    made.answer(&member.page, &school.name, (title, here), skipped)
}

/// `POST /people/{id}/card`: one new card, or the end of the one that there is.
pub(crate) async fn one(mut member: Member, Id(id): Id<PersonId>, sent: Fields) -> Answer {
    let here = format!("/people/{id}");
    let mut tx = member.app().store.write().await?;
    let (person, facts) = place::person(&mut tx, id).await?;
    member.may(Act::RevokeCard(&facts))?;
    let school = place::school_of(&mut member, &mut tx, &facts).await?;
    let of = school.as_ref().map(|school| school.id);
    if sent.raw("do") == "revoke" {
        let ended = cards::revoke(&mut tx, id, member.now()).await?;
        place::log(&member, &mut tx, of, ("card.revoke", &person.login, "")).await?;
        tx.commit().await?;
        end(&member.page, ended);
        let back = sent.raw("back").parse::<GroupId>().map_or(here, |group| format!("/groups/{group}/cards"));
        return Ok(member.see_other_saying(&back, "notice-card-revoked"));
    }
    member.may(Act::GiveCard(&facts, &cards::facts(&mut tx, id).await?))?;
    let class = super::codes::classes_of(&mut tx, id).await?;
    let mut made = Made::default();
    made.add(&mut tx, &member, &person, class).await?;
    place::log(&member, &mut tx, of, ("card.give", &person.login, "")).await?;
    tx.commit().await?;
    let title = member.t1("cards-of", "name", person.full_name());
    let name = school.map_or_else(|| member.instance_name().to_owned(), |school| school.name);
    made.answer(&member.page, &name, (title, here), Vec::new())
}

#[cfg(test)]
mod tests {
    use super::PICTURE_WORDS;
    use crate::{Lang, texts};

    #[test]
    fn every_picture_is_drawn_and_has_a_name() {
        let drawn = include_str!("../../templates/people/pictures.svg");
        for (number, word) in PICTURE_WORDS.iter().enumerate() {
            assert!(drawn.contains(&format!("id=\"picture-{number}\"")), "{word}");
            for lang in Lang::ALL {
                assert!(texts::has(lang, &format!("picture-{word}")), "{word}");
            }
        }
    }
}

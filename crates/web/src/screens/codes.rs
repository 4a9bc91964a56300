//! Activation codes: giving one person a new one, and sheets to hand out.
//!
//! A code is on the answer to the form and nowhere else: that page is not stored, and asking again makes a new code.

use crate::forms::{Choice, Faults, FormPage, Kind};
use crate::ids::Id;
use crate::limits::{CODE_LIFE, SHEET_PEOPLE_MAX};
use crate::screens::place;
use crate::sheets::{Card, Printed, Sheet};
use crate::{Answer, Fields, Member, Page, PageError};
use askama::Template;
use jiff::civil::Date;
use preau_base::{GroupId, Instant, PersonId, SchoolId, SystemRng};
use preau_gate::{Code, Revocation, forgotten_after};
use preau_school::{Act, MemberRole, Profile};
use preau_store::people::Person;
use preau_store::{Conn, StoreError, codes, groups, people};

#[derive(Template)]
#[template(path = "school/codes.html")]
struct SheetPage<'a> {
    page: &'a Page,
    title: String,
    back: String,
    sheet: &'a Sheet<'a>,
    cards: Vec<Printed<'a>>,
    /// Names of those for whom this person may not make codes.
    skipped: Vec<String>,
}

/// New codes that count once the transaction is committed.
#[derive(Default)]
pub(crate) struct Given {
    cards: Vec<Card>,
    /// Whose passes end, and from which epoch on they are good.
    ended: Vec<(PersonId, i64)>,
}

impl Given {
    /// Gives a person a new code in the caller's transaction. A password that there was stops working at once.
    pub(crate) async fn add(
        &mut self,
        conn: &mut Conn,
        page: &Page,
        person: &Person,
        class: String,
    ) -> Result<(), StoreError> {
        let code = Code::draw(&mut SystemRng);
        let digest = code.digest(&page.app().keys());
        let until = expires(page);
        if person.is_active() {
            codes::reset(conn, person.id, digest.as_bytes(), until).await?;
            let epoch = people::raise_epoch(conn, person.id, page.now()).await?;
            self.ended.push((person.id, epoch));
        } else {
            codes::set(conn, person.id, digest.as_bytes(), until).await?;
        }
        self.cards.push(Card { name: person.full_name(), class, login: person.login.clone(), code: code.grouped() });
        Ok(())
    }

    /// After the commit: the passes end on this machine without waiting for the poll. Then the page with the codes.
    pub(crate) fn answer(
        self,
        page: &Page,
        school: &str,
        (title, back): (String, String),
        skipped: Vec<String>,
    ) -> Answer {
        let until = forgotten_after(page.now(), false);
        for (person, epoch) in self.ended {
            let epoch = u32::try_from(epoch).unwrap_or(u32::MAX);
            page.app().revoke(Revocation::Person { person, epoch, until });
        }
        let origin = page.origin();
        let sheet = Sheet {
            lang: page.lang(),
            school,
            origin: &origin,
            good_until: good_until(page, expires(page)),
            cards: &self.cards,
        };
        page.html(&SheetPage { page, title, back, cards: sheet.printed(), sheet: &sheet, skipped })
    }
}

fn expires(page: &Page) -> Instant {
    page.now().plus(CODE_LIFE)
}

/// The last day on which a code that ends at this instant is good until midnight; today when it ends sooner.
pub(crate) fn good_until(page: &Page, end: Instant) -> Date {
    let last = page.zoned(end).date();
    last.yesterday().unwrap_or(last).max(page.today())
}

/// `POST /people/{id}/code`: one new code, for a person who has forgotten the password or has none yet.
pub(crate) async fn renew(mut member: Member, Id(id): Id<PersonId>) -> Answer {
    let mut tx = member.app().store.write().await?;
    let (person, facts) = place::person(&mut tx, id).await?;
    member.may(Act::ResetPassword(&facts))?;
    if id == member.id() {
        return Ok(member.see_other_saying(&format!("/people/{id}"), "notice-not-yourself"));
    }
    let school = place::school_of(&mut member, &mut tx, &facts).await?;
    let class = classes_of(&mut tx, id).await?;
    let mut given = Given::default();
    given.add(&mut tx, &member.page, &person, class).await?;
    let of = school.as_ref().map(|school| school.id);
    place::log(&member, &mut tx, of, ("code.renew", &person.login, "")).await?;
    tx.commit().await?;
    let title = member.t1("codes-of", "name", person.full_name());
    let name = school.map_or_else(|| member.instance_name().to_owned(), |school| school.name);
    given.answer(&member.page, &name, (title, format!("/people/{id}")), Vec::new())
}

/// The classes of a pupil, for a card.
pub(crate) async fn classes_of(conn: &mut Conn, id: PersonId) -> Result<String, StoreError> {
    let groups = groups::of_person(conn, id, MemberRole::Pupil).await?;
    let classes = groups.into_iter().filter(|group| group.kind == preau_school::GroupKind::Class);
    Ok(classes.map(|group| group.name).collect::<Vec<_>>().join(", "))
}

async fn form<'a>(
    member: &'a Member,
    conn: &mut Conn,
    school: SchoolId,
    sent: &Fields,
) -> Result<FormPage<'a>, PageError> {
    let page = &member.page;
    let path = format!("/schools/{school}/codes");
    let mut form = FormPage::new(page, page.t("codes-title"), path, format!("/schools/{school}"));
    form.intro = Some(page.t("codes-intro"));
    form.submit = page.t("codes-button");
    let profiles = Profile::ALL.iter().filter(|profile| member.can(Act::PrintCodes(school, **profile)));
    let profiles = profiles.map(|profile| Choice {
        value: profile.as_str().to_owned(),
        label: page.t(&format!("profiles-{}", profile.as_str())),
    });
    form.field(sent, "profile", "codes-whose", Kind::Select(profiles.collect())).required = true;
    let mut choices = vec![Choice { value: String::new(), label: page.t("codes-everybody") }];
    let groups = groups::list(conn, school).await?;
    choices.extend(groups.into_iter().map(|group| Choice { value: group.id.to_string(), label: group.name }));
    let help = page.t("codes-group-help");
    form.field(sent, "group", "codes-group", Kind::Select(choices)).help = Some(help);
    let help = page.t("codes-renew-help");
    form.field(sent, "renew", "codes-renew", Kind::Check).help = Some(help);
    Ok(form)
}

/// `GET /schools/{id}/codes`.
pub(crate) async fn choose(mut member: Member, Id(id): Id<SchoolId>, asked: Fields) -> Answer {
    let mut conn = member.app().store.read().await?;
    place::school(&mut member, &mut conn, id, Act::PrintCodes(id, Profile::Pupil)).await?;
    form(&member, &mut conn, id, &asked).await?.answer(Faults::default())
}

/// `POST /schools/{id}/codes`: the sheet.
pub(crate) async fn print(mut member: Member, Id(id): Id<SchoolId>, sent: Fields) -> Answer {
    member.may(Act::PrintCodes(id, Profile::Pupil))?;
    let profile = sent.raw("profile").parse::<Profile>().map_err(|_| PageError::Malformed("profile"))?;
    let mut tx = member.app().store.write().await?;
    let school = place::school(&mut member, &mut tx, id, Act::PrintCodes(id, profile)).await?;
    let group = match sent.raw("group") {
        "" => None,
        text => {
            let of: GroupId = text.parse().map_err(|_| PageError::Malformed("group"))?;
            let found = groups::by_id(&mut tx, of).await?.filter(|group| group.school_id == id);
            Some(found.ok_or(PageError::NotFound)?)
        }
    };
    let of_group = group.as_ref().map(|group| group.id);
    let wanted = people::codes_sheet(&mut tx, id, profile, of_group, sent.checked("renew")).await?;
    let fault = match wanted.len() {
        0 => Some(member.t("codes-nobody")),
        many if many > SHEET_PEOPLE_MAX => Some(member.t1("codes-too-many", "most", SHEET_PEOPLE_MAX)),
        _ => None,
    };
    if let Some(fault) = fault {
        return form(&member, &mut tx, id, &sent).await?.answer(Faults::of("group", fault));
    }
    let (given, skipped) = give(&member, &mut tx, &wanted, group.as_ref()).await?;
    let detail = format!(
        "{} {} {}",
        profile.as_str(),
        group.as_ref().map_or("", |group| group.name.as_str()),
        given.cards.len()
    );
    place::log(&member, &mut tx, Some(id), ("codes.print", school.uai.as_deref().unwrap_or(""), &detail)).await?;
    tx.commit().await?;
    let whose = member.t(&format!("profiles-{}", profile.as_str()));
    let title = match &group {
        Some(group) => format!("{whose} · {}", group.name),
        None => whose,
    };
    given.answer(&member.page, &school.name, (title, format!("/schools/{id}/codes")), skipped)
}

/// Codes for those whose password this person may reset; the names of the others. Nobody prints a code for themselves.
async fn give(
    member: &Member,
    conn: &mut Conn,
    wanted: &[Person],
    group: Option<&groups::Group>,
) -> Result<(Given, Vec<String>), PageError> {
    let (mut given, mut skipped) = (Given::default(), Vec::new());
    for person in wanted {
        let facts = people::facts(conn, person.id).await?.ok_or(PageError::NotFound)?;
        if person.id == member.id() || !member.can(Act::ResetPassword(&facts)) {
            skipped.push(person.full_name());
            continue;
        }
        let class = match group {
            Some(group) => group.name.clone(),
            None => classes_of(conn, person.id).await?,
        };
        given.add(conn, &member.page, person, class).await?;
    }
    Ok((given, skipped))
}

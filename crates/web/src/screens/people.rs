//! The people of a school: searching, and adding somebody by hand.

use crate::forms::{Check, Choice, Faults, FormPage, Kind};
use crate::ids::Id;
use crate::limits::{NAME_CHARS_MAX, NAMESAKES_MAX};
use crate::paging::Paging;
use crate::screens::codes::{Given, classes_of, good_until};
use crate::screens::place;
use crate::{Answer, Fields, Member, Page, PageError};
use askama::Template;
use preau_base::{GroupId, Level, PersonId, SchoolId, SystemRng};
use preau_school::login::{LOGIN_CHARS_MAX, Stem};
use preau_school::{Act, MemberRole, Profile};
use preau_store::groups::{self, Group};
use preau_store::limits::{PAGE_ROWS_MAX, SEARCH_CHARS_MAX};
use preau_store::people::{self, Found, NewPerson, Person};
use preau_store::schools::School;
use preau_store::{Conn, StoreError};

#[derive(Template)]
#[template(path = "school/people.html")]
struct ListPage<'a> {
    page: &'a Page,
    school: &'a School,
    rows: Vec<Row>,
    paging: Paging,
    text: &'a str,
    /// The ladder has not turned search off.
    searches: bool,
    chars_max: usize,
    profiles: Vec<(Choice, bool)>,
    manages: bool,
    prints: bool,
}

/// A person as lists show one.
pub(crate) struct Row {
    pub id: PersonId,
    pub name: String,
    pub login: String,
    pub profiles: String,
    pub groups: String,
    /// Has a password.
    pub active: bool,
    pub state: AccountState,
}

/// The state of an account: a text and the class of its tag.
pub(crate) struct AccountState {
    pub text: String,
    pub class: &'static str,
}

impl AccountState {
    pub(crate) fn of(page: &Page, suspended: bool, active: bool, code_until: Option<i64>) -> Self {
        let code = code_until.map(preau_base::Instant::from_millis).filter(|until| *until > page.now());
        match (suspended, active, code) {
            (true, ..) => Self { text: page.t("state-suspended"), class: "bad" },
            (_, true, _) => Self { text: page.t("state-active"), class: "good" },
            (.., Some(until)) => {
                let day = page.day(good_until(page, until));
                Self { text: page.t1("state-code", "day", day), class: "now" }
            }
            (.., None) => Self { text: page.t("state-none"), class: "" },
        }
    }
}

pub(crate) fn row(page: &Page, found: Found) -> Row {
    let active = found.password_changed_at.is_some();
    Row {
        id: found.id,
        name: format!("{} {}", found.family_name.reveal(), found.given_name.reveal()),
        state: AccountState::of(page, found.suspended_at.is_some(), active, found.code_expires_at),
        active,
        profiles: profile_names(page, &found.profiles),
        groups: found.groups.replace(',', ", "),
        login: found.login,
    }
}

/// `pupil,relative` as people read it.
fn profile_names(page: &Page, words: &str) -> String {
    let known = words.split(',').filter_map(|word| word.parse::<Profile>().ok());
    let mut known: Vec<_> = known.collect();
    known.sort_unstable();
    known.iter().map(|profile| page.t(&format!("profile-{}", profile.as_str()))).collect::<Vec<_>>().join(", ")
}

/// `GET /schools/{id}/people`.
pub(crate) async fn list(mut member: Member, Id(id): Id<SchoolId>, asked: Fields) -> Answer {
    let mut conn = member.app().store.read().await?;
    let school = place::school(&mut member, &mut conn, id, Act::SeeSchool(id)).await?;
    let searches = member.app().level() < Level::Light;
    let asked_for = if searches { asked.line("q") } else { String::new() };
    let text: String = asked_for.chars().take(SEARCH_CHARS_MAX).collect();
    let profile = asked.raw("profile").parse::<Profile>().ok();
    let word = profile.map_or("", Profile::as_str);
    let path = format!("/schools/{id}/people");
    let mut paging = Paging::of(&asked, PAGE_ROWS_MAX, path, &[("q", &text), ("profile", word)]);
    let found = people::search(&mut conn, id, &text, profile, paging.offset()).await?;
    paging.is_full(found.len());
    let choice = |value: &str, label| (Choice { value: value.to_owned(), label }, value == word);
    let mut profiles = vec![choice("", member.t("people-all"))];
    profiles.extend(Profile::ALL.iter().map(|one| {
        let word = one.as_str();
        choice(word, member.t(&format!("profiles-{word}")))
    }));
    member.html(&ListPage {
        page: &member.page,
        school: &school,
        rows: found.into_iter().map(|found| row(&member, found)).collect(),
        paging,
        text: &text,
        searches,
        chars_max: SEARCH_CHARS_MAX,
        profiles,
        manages: member.can(Act::ManageSchool(id)),
        prints: member.can(Act::PrintCodes(id, Profile::Pupil)),
    })
}

/// The fields that a person has whether new or not.
pub(crate) fn name_fields(form: &mut FormPage<'_>, sent: &Fields) {
    let page = form.page;
    let titles = ["", "Mme", "M."].map(|title| Choice {
        value: title.to_owned(),
        label: if title.is_empty() { page.t("person-no-title") } else { title.to_owned() },
    });
    for (name, key) in [("family", "person-family"), ("given", "person-given")] {
        let field = form.field(sent, name, key, Kind::Input("text"));
        (field.required, field.chars_max) = (true, NAME_CHARS_MAX);
    }
    form.field(sent, "title", "person-title", Kind::Select(titles.into()));
    let help = page.t("person-email-help");
    form.field(sent, "email", "person-email", Kind::Input("email")).help = Some(help);
}

/// Title, given name, family name and e-mail address, read from a form.
pub(crate) struct Names {
    pub title: &'static str,
    pub given: String,
    pub family: String,
    pub email: Option<String>,
}

pub(crate) fn read_names(check: &mut Check<'_>, sent: &Fields) -> Names {
    Names {
        title: ["Mme", "M."].into_iter().find(|title| *title == sent.raw("title")).unwrap_or(""),
        given: check.needed("given", NAME_CHARS_MAX),
        family: check.needed("family", NAME_CHARS_MAX),
        email: check.email("email"),
    }
}

async fn form<'a>(
    member: &'a Member,
    conn: &mut Conn,
    school: SchoolId,
    sent: &Fields,
) -> Result<FormPage<'a>, PageError> {
    let page = &member.page;
    let path = format!("/schools/{school}/people/new");
    let mut form = FormPage::new(page, page.t("person-new"), path, format!("/schools/{school}/people"));
    form.intro = Some(page.t("person-new-intro"));
    form.submit = page.t("person-create");
    let profiles = Profile::ALL.iter().map(|profile| Choice {
        value: profile.as_str().to_owned(),
        label: page.t(&format!("profile-{}", profile.as_str())),
    });
    form.field(sent, "profile", "person-profile", Kind::Select(profiles.collect())).required = true;
    name_fields(&mut form, sent);
    let mut choices = vec![Choice { value: String::new(), label: page.t("person-no-class") }];
    let groups = groups::list(conn, school).await?;
    choices.extend(groups.into_iter().map(|group| Choice { value: group.id.to_string(), label: group.name }));
    let help = page.t("person-class-help");
    form.field(sent, "group", "person-class", Kind::Select(choices)).help = Some(help);
    let help = page.t("person-child-help");
    form.field(sent, "child", "person-child", Kind::Input("text")).help = Some(help);
    form.field(sent, "key", "person-new", Kind::Hidden);
    Ok(form)
}

/// `GET /schools/{id}/people/new`.
pub(crate) async fn new(mut member: Member, Id(id): Id<SchoolId>) -> Answer {
    let mut conn = member.app().store.read().await?;
    place::school(&mut member, &mut conn, id, Act::ManageSchool(id)).await?;
    // The same form sent twice makes one person.
    let key = PersonId::new(member.now(), &mut SystemRng);
    let sent = Fields::of([("key", key.to_string())]);
    form(&member, &mut conn, id, &sent).await?.answer(Faults::default())
}

/// What the form for a new person says, once it is good.
struct Wish {
    id: PersonId,
    profile: Profile,
    names: Names,
    group: Option<Group>,
    child: Option<Person>,
}

/// `POST /schools/{id}/people/new`: the person, and the code to hand out.
pub(crate) async fn create(mut member: Member, Id(id): Id<SchoolId>, sent: Fields) -> Answer {
    let mut tx = member.app().store.write().await?;
    let school = place::school(&mut member, &mut tx, id, Act::ManageSchool(id)).await?;
    let wish = match read(&member, &mut tx, id, &sent).await? {
        Ok(wish) => wish,
        Err(faults) => return form(&member, &mut tx, id, &sent).await?.answer(faults),
    };
    let back = format!("/people/{}", wish.id);
    if people::by_id(&mut tx, wish.id).await?.is_some() {
        return Ok(member.see_other(&back));
    }
    let login = insert(&member, &mut tx, &wish).await?;
    people::affiliate(&mut tx, wish.id, id, wish.profile, "hand").await?;
    if let (Profile::Pupil, Some(group)) = (wish.profile, &wish.group) {
        groups::add_member(&mut tx, group.id, wish.id, MemberRole::Pupil, "", "hand").await?;
    }
    if let (Profile::Relative, Some(child)) = (wish.profile, &wish.child) {
        people::relate(&mut tx, wish.id, child.id, "", "hand").await?;
    }
    let person = people::by_id(&mut tx, wish.id).await?.ok_or(PageError::NotFound)?;
    let class = classes_of(&mut tx, wish.id).await?;
    let mut given = Given::default();
    given.add(&mut tx, &member.page, &person, class).await?;
    place::log(&member, &mut tx, Some(id), ("person.create", &login, wish.profile.as_str())).await?;
    tx.commit().await?;
    let title = member.t1("codes-of", "name", person.full_name());
    given.answer(&member.page, &school.name, (title, back), Vec::new())
}

async fn read(
    member: &Member,
    conn: &mut Conn,
    school: SchoolId,
    sent: &Fields,
) -> Result<Result<Wish, Faults>, PageError> {
    let mut check = Check::new(&member.page, sent);
    let profile = sent.raw("profile").parse::<Profile>().map_err(|_| PageError::Malformed("profile"))?;
    let names = read_names(&mut check, sent);
    let group = match crate::forms::id::<GroupId>(sent, "group") {
        Ok(group) => groups::by_id(conn, group).await?.filter(|group| group.school_id == school),
        Err(_) => None,
    };
    let login = check.line("child", LOGIN_CHARS_MAX).to_lowercase();
    let mut child = None;
    if profile == Profile::Relative && !login.is_empty() {
        child = pupil_of(conn, school, &login).await?;
        if child.is_none() {
            check.fault("child", "fault-child");
        }
    }
    if !check.is_good() {
        return Ok(Err(check.faults()));
    }
    Ok(Ok(Wish { id: crate::forms::id(sent, "key")?, profile, names, group, child }))
}

/// The pupil of a school with this login.
pub(crate) async fn pupil_of(conn: &mut Conn, school: SchoolId, login: &str) -> Result<Option<Person>, StoreError> {
    let Some(person) = people::by_login(conn, login).await? else { return Ok(None) };
    let is_pupil = people::affiliations(conn, person.id).await?.contains(&(school, Profile::Pupil));
    Ok(is_pupil.then_some(person))
}

/// Stores the person under the first login that is free, and gives it.
async fn insert(member: &Member, conn: &mut Conn, wish: &Wish) -> Result<String, PageError> {
    let stem = Stem::from_name(&wish.names.given, &wish.names.family, generic(wish.profile));
    let mut login = None;
    for number in 1..=NAMESAKES_MAX {
        let one = stem.numbered(number);
        if !people::login_taken(conn, &one).await? {
            login = Some(one);
            break;
        }
    }
    let login = login.ok_or(PageError::Malformed("more namesakes than logins"))?;
    let person = NewPerson {
        id: wish.id,
        login: &login,
        given_name: &wish.names.given,
        family_name: &wish.names.family,
        title: wish.names.title,
        birth_day: None,
        ine: None,
        email: wish.names.email.as_deref(),
        source: "hand",
        external_id: None,
    };
    people::create(conn, &person, member.now()).await?;
    Ok(login)
}

/// The login of somebody whose name has no Latin reading.
const fn generic(profile: Profile) -> &'static str {
    match profile {
        Profile::Pupil => "eleve",
        Profile::Relative => "parent",
        Profile::Teacher => "prof",
        _ => "personnel",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Lang, texts};
    use preau_school::GroupKind;

    #[test]
    fn what_is_named_by_its_word_has_a_text() {
        let profiles = Profile::ALL.iter().map(|profile| profile.as_str());
        let mut keys: Vec<_> =
            profiles.flat_map(|word| [format!("profile-{word}"), format!("profiles-{word}")]).collect();
        keys.extend(GroupKind::ALL.iter().map(|kind| format!("group-kind-{}", kind.as_str())));
        keys.extend(["ecole", "college", "lycee"].map(|kind| format!("school-kind-{kind}")));
        for lang in Lang::ALL {
            let missing: Vec<_> = keys.iter().filter(|key| !texts::has(lang, key)).collect();
            assert!(missing.is_empty(), "{lang:?}: {missing:?}");
        }
    }
}

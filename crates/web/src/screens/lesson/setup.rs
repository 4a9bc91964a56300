//! What a teacher prepares for a class: its rules, its groups, and who helps; for one lesson or for this class from now on.

use super::{Shown, show};
use crate::forms::{Choice, Faults, Field, FormPage, Kind, is_overtaken, marked};
use crate::ids::Id;
use crate::limits::{HELPERS_MAX, PREPARED_GROUPS_MAX};
use crate::{Answer, Fields, Member, Page, PageError};
use askama::Template;
use http::StatusCode;
use preau_base::{LessonId, NoticeId, PersonId, SetupId, SystemRng};
use preau_classroom::book::{CamerasSeen, Rules};
use preau_classroom::limits::{ALONE_MIN_MAX, ALONE_MIN_MIN, CAMERAS_MAX, LABEL_CHARS_MAX, SLOW_S_MAX};
use preau_school::{Act, Help, LessonFacts, MemberRole};
use preau_store::lessons::Lesson;
use preau_store::notices::{self, NewNotice};
use preau_store::setups::{self, Colleague, For, Named, Prepared, Setup};
use preau_store::{Conn, groups, lessons};
use std::collections::BTreeMap;

/// The words of the form for what a set-up is kept.
const LESSON: &str = "lesson";
const CLASS: &str = "class";
/// Slow modes that may be chosen, in seconds.
const SLOW_S: [u16; 6] = [0, 5, 10, 30, 60, SLOW_S_MAX];

#[derive(Template)]
#[template(path = "lesson/setup.html")]
struct SetupPage<'a> {
    page: &'a Page,
    id: LessonId,
    facts: &'a Shown,
    /// Rules, names of groups, and for what it is kept.
    rules: Vec<Field>,
    group_names: Field,
    scope: Field,
    pupils: Vec<Pupil>,
    places: Vec<u8>,
    helpers: Vec<Helper>,
    helps: Vec<Choice>,
    colleagues: Vec<String>,
    is_faulty: bool,
    is_overtaken: bool,
    /// The helpers that somebody else has named meanwhile.
    other_helpers: Option<String>,
    /// Somebody was in already: rules and groups are changed in the class itself.
    has_begun: bool,
}

impl SetupPage<'_> {
    fn has_places(&self) -> bool {
        self.pupils.iter().any(|pupil| pupil.place > 0 || pupil.other.is_some())
    }
}

struct Pupil {
    id: String,
    name: String,
    /// 0: in none.
    place: u8,
    /// Where somebody else has put them meanwhile.
    other: Option<String>,
}

struct Helper {
    name: String,
    help: String,
    fault: Option<String>,
}

/// What the page is made of.
struct Known {
    lesson: Lesson,
    facts: LessonFacts,
    pupils: Vec<(PersonId, String)>,
    colleagues: Vec<Colleague>,
    kept: Option<Setup>,
    has_begun: bool,
}

/// What keeps a form from being saved.
#[derive(Default)]
struct Wrong {
    faults: Faults,
    /// Helpers whose name is nobody's.
    unknown: Vec<usize>,
    /// Somebody else has saved meanwhile.
    is_overtaken: bool,
}

async fn read(member: &Member, conn: &mut Conn, id: LessonId) -> Result<Known, PageError> {
    let facts = lessons::facts(conn, id).await?.ok_or(PageError::NotFound)?;
    member.may(Act::PrepareLesson(&facts))?;
    let lesson = lessons::by_id(conn, id).await?.ok_or(PageError::NotFound)?;
    let mut pupils = BTreeMap::new();
    for group in &facts.groups {
        let members = groups::members(conn, *group, MemberRole::Pupil).await?;
        pupils.extend(members.into_iter().map(|pupil| (pupil.id, (pupil.family_name.clone(), pupil.full_name()))));
    }
    let mut pupils: Vec<_> =
        pupils.into_iter().map(|(id, (family, name))| (family.reveal().clone(), id, name)).collect();
    pupils.sort();
    let pupils = pupils.into_iter().map(|(_, id, name)| (id, name)).collect();
    let mut colleagues = setups::colleagues(conn, facts.school).await?;
    colleagues.retain(|colleague| !facts.teachers.contains(&colleague.id));
    let kept = setups::of_lesson(conn, id).await?;
    let has_begun = !preau_store::visits::list(conn, id).await?.is_empty();
    Ok(Known { lesson, facts, pupils, colleagues, kept, has_begun })
}

/// `GET /lessons/{id}/setup`.
pub(crate) async fn show_page(member: Member, Id(id): Id<LessonId>) -> Answer {
    let mut conn = member.app().store.read().await?;
    let known = read(&member, &mut conn, id).await?;
    let stored = stored(&known)?;
    answer(&member, known, &marked(&stored), Wrong::default())
}

/// What the form holds: the set-up that is kept.
fn stored(known: &Known) -> Result<Fields, PageError> {
    let Some(kept) = &known.kept else {
        return Ok(fields(known, &Rules::default(), &Prepared::default(), LESSON));
    };
    let rules = serde_json::from_str(&kept.prepared.rules).map_err(PageError::internal)?;
    Ok(fields(known, &rules, &kept.prepared, if kept.is_own { LESSON } else { CLASS }))
}

/// A set-up as if it had been typed, beside the ids of what is kept: a class's is changed from the page of another lesson too.
fn fields(known: &Known, rules: &Rules, prepared: &Prepared, scope: &str) -> Fields {
    let mut pairs: Vec<(String, String)> = Vec::new();
    let mut put = |name: &str, value: String| pairs.push((name.to_owned(), value));
    for (word, is) in switches(rules) {
        if is {
            put("may", word.to_owned());
        }
    }
    for (word, is) in [("muted_at_entry", rules.muted_at_entry), ("locked", rules.locked)] {
        if is {
            put("entry", word.to_owned());
        }
    }
    put("cameras_seen", if rules.cameras_seen == CamerasSeen::Leaders { "leaders" } else { "all" }.to_owned());
    put("cameras_max", rules.cameras_max.to_string());
    put("slow_s", rules.slow_s.to_string());
    put("alone_min", rules.alone_min.to_string());
    put("scope", scope.to_owned());
    put("groups", prepared.groups.join("\n"));
    for id in known.kept.iter().flat_map(|kept| &kept.ids) {
        put("kept", id.to_string());
    }
    let mut people = prepared.people.clone();
    people.sort_by_key(|named| match named {
        Named::Helps(person, _) => (0, *person),
        Named::InGroup(person, place) => (*place, *person),
    });
    for named in people {
        match named {
            Named::InGroup(person, place) => put(&format!("place-{person}"), place.to_string()),
            Named::Helps(person, help) => {
                let colleague = known.colleagues.iter().find(|colleague| colleague.id == person);
                if let Some(colleague) = colleague {
                    put("helper", label(colleague));
                    put("help", help.as_str().to_owned());
                }
            }
        }
    }
    pairs.into_iter().collect()
}

/// What pupils may, by the names of the protocol.
fn switches(rules: &Rules) -> [(&'static str, bool); 10] {
    [
        ("mic", rules.mic),
        ("camera", rules.camera),
        ("screen", rules.screen),
        ("chat", rules.chat),
        ("private", rules.private),
        ("hand", rules.hand),
        ("react", rules.react),
        ("board", rules.board),
        ("notes", rules.notes),
        ("leaf", rules.leaf),
    ]
}

/// A name may be that of two: the login tells them apart.
fn label(colleague: &Colleague) -> String {
    format!("{} ({})", colleague.name.reveal(), colleague.login)
}

fn rule_fields<'a>(page: &'a Page, sent: &Fields) -> FormPage<'a> {
    let mut form = FormPage::new(page, String::new(), String::new(), String::new());
    form.carry_mark(sent);
    let choice = |stem: &str, value: &str| Choice {
        value: value.to_owned(),
        label: page.t(&format!("setup-{stem}-{}", value.replace('_', "-"))),
    };
    let may = switches(&Rules::default()).map(|(word, _)| choice("may", word));
    form.field(sent, "may", "setup-may", Kind::Boxes(may.into())).required = true;
    let entry = ["muted_at_entry", "locked"].map(|word| choice("entry", word));
    form.field(sent, "entry", "setup-entry", Kind::Boxes(entry.into())).required = true;
    let seen = ["all", "leaders"].map(|word| choice("seen", word));
    form.field(sent, "cameras_seen", "setup-cameras-seen", Kind::Select(seen.into())).required = true;
    form.field(sent, "cameras_max", "setup-cameras-max", Kind::Input("number")).required = true;
    let slow =
        SLOW_S.map(|seconds| Choice { value: seconds.to_string(), label: page.t1("setup-slow", "seconds", seconds) });
    form.field(sent, "slow_s", "setup-slow-s", Kind::Select(slow.into())).required = true;
    let help = page.t("setup-alone-help");
    let alone = form.field(sent, "alone_min", "setup-alone", Kind::Input("number"));
    (alone.required, alone.help) = (true, Some(help));
    form
}

fn answer(member: &Member, known: Known, sent: &Fields, wrong: Wrong) -> Answer {
    let page = &member.page;
    let theirs = if wrong.is_overtaken { Some(stored(&known)?) } else { None };
    let mut form = rule_fields(page, sent);
    let names = form.field(sent, "groups", "setup-group-names", Kind::Area);
    names.help = Some(page.t("setup-group-names-help"));
    let scopes =
        [LESSON, CLASS].map(|word| Choice { value: word.to_owned(), label: page.t(&format!("setup-scope-{word}")) });
    form.field(sent, "scope", "setup-scope", Kind::Select(scopes.into())).required = true;
    form.mark(wrong.faults);
    let is_faulty = form.is_faulty() || !wrong.unknown.is_empty();
    if let Some(theirs) = &theirs {
        form.tell_stored(theirs);
    }
    let mut rules = form.fields;
    let (Some(scope), Some(group_names)) = (rules.pop(), rules.pop()) else { return Err(PageError::NotFound) };
    let helps: Vec<_> = Help::ALL
        .iter()
        .map(|help| Choice {
            value: help.as_str().to_owned(),
            label: page.t(&format!("setup-help-{}", help.as_str().replace('_', "-"))),
        })
        .collect();
    let status = match (wrong.is_overtaken, is_faulty) {
        (true, _) => StatusCode::CONFLICT,
        (false, true) => StatusCode::UNPROCESSABLE_ENTITY,
        (false, false) => StatusCode::OK,
    };
    let other_helpers = theirs.as_ref().and_then(|theirs| other_helpers(page, sent, theirs, &helps));
    let pupils = pupils(page, &known, sent, theirs.as_ref());
    let facts = show(page, known.lesson);
    let setup = SetupPage {
        page,
        id: known.facts.id,
        facts: &facts,
        rules,
        group_names,
        scope,
        pupils,
        places: (1..=PREPARED_GROUPS_MAX).collect(),
        helpers: helpers(page, sent, &wrong.unknown),
        helps,
        colleagues: known.colleagues.iter().map(label).collect(),
        is_faulty,
        is_overtaken: wrong.is_overtaken,
        other_helpers,
        has_begun: known.has_begun,
    };
    page.html_as(status, &setup)
}

fn pupils(page: &Page, known: &Known, sent: &Fields, theirs: Option<&Fields>) -> Vec<Pupil> {
    let place_in = |fields: &Fields, id: PersonId| fields.raw(&format!("place-{id}")).parse().unwrap_or_default();
    let named = |place: u8| match place {
        0 => page.t("setup-no-group"),
        place => page.t1("setup-group", "number", place),
    };
    let pupil = |(id, name): &(PersonId, String)| {
        let place = place_in(sent, *id);
        let other = theirs.map(|theirs| place_in(theirs, *id)).filter(|other| *other != place);
        let other = other.map(|other| page.t1("form-stored", "value", named(other)));
        Pupil { id: id.to_string(), name: name.clone(), place, other }
    };
    known.pupils.iter().map(pupil).collect()
}

fn helpers(page: &Page, sent: &Fields, unknown: &[usize]) -> Vec<Helper> {
    let typed: Vec<_> = sent.all("helper").zip(sent.all("help")).collect();
    let helper = |at: usize| {
        let (name, help) = typed.get(at).copied().unwrap_or_default();
        let fault = unknown.contains(&at).then(|| page.t("setup-helper-unknown"));
        Helper { name: name.to_owned(), help: help.to_owned(), fault }
    };
    (0..HELPERS_MAX).map(helper).collect()
}

/// The helpers that are stored, where others were typed.
fn other_helpers(page: &Page, sent: &Fields, theirs: &Fields, helps: &[Choice]) -> Option<String> {
    let named = |fields: &Fields| {
        let all = fields.all("helper").zip(fields.all("help")).filter(|(name, _)| !name.trim().is_empty());
        let mut all: Vec<_> = all.map(|(name, help)| (name.to_owned(), help.to_owned())).collect();
        all.sort();
        all
    };
    let stored = named(theirs);
    if stored == named(sent) {
        return None;
    }
    let label =
        |help: &str| helps.iter().find(|choice| choice.value == help).map_or("", |choice| choice.label.as_str());
    let all: Vec<_> = stored.iter().map(|(name, help)| format!("{name}, {}", label(help))).collect();
    let all = if all.is_empty() { page.t("form-stored-nothing") } else { all.join(" · ") };
    Some(page.t1("form-stored", "value", all))
}

/// `POST /lessons/{id}/setup`.
pub(crate) async fn save(member: Member, Id(id): Id<LessonId>, sent: Fields) -> Answer {
    let mut tx = member.app().store.write().await?;
    let known = read(&member, &mut tx, id).await?;
    let (rules, mut faults) = rules_of(&member, &sent);
    let groups = groups_of(&known, &sent).unwrap_or_else(|| {
        faults = std::mem::take(&mut faults).and("groups", member.t("setup-groups-fault"));
        (Vec::new(), Vec::new())
    });
    let (helpers, unknown) = helpers_of(&known, &sent);
    if !faults.is_empty() || !unknown.is_empty() {
        return answer(&member, known, &sent, Wrong { faults, unknown, is_overtaken: false });
    }
    let (names, mut people) = groups;
    people.extend(helpers);
    let text = serde_json::to_string(&rules).map_err(PageError::internal)?;
    let prepared = Prepared { rules: text, groups: names, people };
    let scope = if sent.raw("scope") == CLASS { CLASS } else { LESSON };
    let asked = fields(&known, &rules, &prepared, scope);
    if is_overtaken(&sent, &stored(&known)?, &asked) || !keep(&member, &mut tx, &known, &prepared, scope).await? {
        drop(tx);
        let known = read(&member, &mut member.app().store.read().await?, id).await?;
        return answer(&member, known, &sent, Wrong { is_overtaken: true, ..Wrong::default() });
    }
    tell_helpers(&member, &mut tx, &known.lesson, &prepared.people).await?;
    tx.commit().await?;
    (member.app().on_prepared)(id);
    Ok(member.see_other_saying(&format!("/lessons/{id}/setup"), "notice-setup-saved"))
}

/// Keeps it in the place of what was seen. `false` when something else is there by now.
async fn keep(
    member: &Member,
    conn: &mut Conn,
    known: &Known,
    prepared: &Prepared,
    scope: &str,
) -> Result<bool, PageError> {
    let seen = known.kept.as_ref().map(|kept| kept.ids.as_slice()).unwrap_or_default();
    let mut of = For::Lesson(known.facts.id);
    if scope == CLASS {
        // What was kept for this lesson alone gives way.
        if !setups::forget(conn, of, seen).await? {
            return Ok(false);
        }
        of = For::Class { teacher: member.id(), groups: &known.facts.groups, subject_name: &known.lesson.subject_name };
    }
    let mut ids = || SetupId::new(member.now(), &mut SystemRng);
    Ok(setups::save(conn, (of, seen), prepared, member.id(), &mut ids, member.now()).await?)
}

/// Who helps hears of it, once for a lesson and a help, however often the set-up is kept.
async fn tell_helpers(member: &Member, conn: &mut Conn, lesson: &Lesson, people: &[Named]) -> Result<(), PageError> {
    let (teacher, starts_at) = (member.person.full_name(), lesson.starts_at.as_millis().to_string());
    for named in people {
        let Named::Helps(person, help) = named else { continue };
        let arguments = [
            ("teacher", teacher.as_str()),
            ("subject", &lesson.subject_name),
            ("groups", &lesson.groups),
            ("starts_at", &starts_at),
        ];
        let notice = NewNotice {
            id: NoticeId::new(member.now(), &mut SystemRng),
            person: *person,
            kind: "helps",
            arguments: &arguments,
            link: &format!("/lessons/{}", lesson.id),
            once: &format!("helps/{}/{}", lesson.id, help.as_str()),
        };
        notices::tell(conn, &notice, member.now()).await?;
    }
    Ok(())
}

fn rules_of(member: &Member, sent: &Fields) -> (Rules, Faults) {
    let may = |word: &str| sent.all("may").any(|it| it == word);
    let entry = |word: &str| sent.all("entry").any(|it| it == word);
    let mut faults = Faults::default();
    let mut number = |name: &'static str, least: u16, most: u16| {
        let read = sent.line(name).parse::<u16>().ok().filter(|number| (least..=most).contains(number));
        if read.is_none() {
            let text = member.t2("setup-number-fault", ("least", least), ("most", most));
            faults = std::mem::take(&mut faults).and(name, text);
        }
        read.unwrap_or(least)
    };
    let small = |number: u16| u8::try_from(number).unwrap_or(u8::MAX);
    let cameras_max = small(number("cameras_max", 0, u16::from(CAMERAS_MAX)));
    let slow_s = number("slow_s", 0, SLOW_S_MAX);
    let alone_min = small(number("alone_min", u16::from(ALONE_MIN_MIN), u16::from(ALONE_MIN_MAX)));
    let rules = Rules {
        mic: may("mic"),
        camera: may("camera"),
        screen: may("screen"),
        chat: may("chat"),
        hand: may("hand"),
        board: may("board"),
        react: may("react"),
        notes: may("notes"),
        leaf: may("leaf"),
        private: may("private"),
        muted_at_entry: entry("muted_at_entry"),
        cameras_seen: if sent.raw("cameras_seen") == "leaders" { CamerasSeen::Leaders } else { CamerasSeen::All },
        cameras_max,
        slow_s,
        locked: entry("locked"),
        alone_min,
    };
    (rules, faults)
}

/// The names of the groups, and who is in which; a group that somebody is in and that has no name is called by its number.
fn groups_of(known: &Known, sent: &Fields) -> Option<(Vec<String>, Vec<Named>)> {
    let lines = sent.raw("groups").lines().map(str::trim).filter(|line| !line.is_empty());
    let mut names: Vec<String> =
        lines.map(|line| line.chars().filter(|letter| !letter.is_control()).collect()).collect();
    let mut people = Vec::new();
    for (id, _) in &known.pupils {
        let place = sent.raw(&format!("place-{id}")).parse::<u8>().unwrap_or_default();
        if (1..=PREPARED_GROUPS_MAX).contains(&place) {
            people.push(Named::InGroup(*id, place));
            while names.len() < usize::from(place) {
                names.push((names.len() + 1).to_string());
            }
        }
    }
    let fits = names.len() <= usize::from(PREPARED_GROUPS_MAX)
        && names.iter().all(|name| name.chars().count() <= LABEL_CHARS_MAX);
    fits.then_some((names, people))
}

/// Whom the typed names mean, and which of them mean nobody or two.
fn helpers_of(known: &Known, sent: &Fields) -> (Vec<Named>, Vec<usize>) {
    let (mut helpers, mut unknown) = (Vec::new(), Vec::new());
    for (at, (name, help)) in sent.all("helper").zip(sent.all("help")).enumerate().take(HELPERS_MAX) {
        let name = name.trim();
        if name.is_empty() {
            continue;
        }
        let fits = |colleague: &&Colleague| {
            label(colleague) == name || colleague.login == name || colleague.name.reveal().as_str() == name
        };
        let mut found = known.colleagues.iter().filter(fits);
        match (found.next(), found.next(), help.parse::<Help>()) {
            (Some(colleague), None, Ok(help)) => helpers.push(Named::Helps(colleague.id, help)),
            _ => unknown.push(at),
        }
    }
    (helpers, unknown)
}

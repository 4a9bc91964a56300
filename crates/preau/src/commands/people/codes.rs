use super::super::Opened;
use super::find_school;
use crate::cli::Whose;
use anyhow::{Context, bail};
use jiff::ToSpan;
use jiff::civil::Date;
use preau_base::{Clock, Instant, Pii, SystemClock, SystemRng};
use preau_front::TlsConfig;
use preau_gate::Code;
use preau_school::{MemberRole, Profile};
use preau_store::groups::Group;
use preau_store::people::Person;
use preau_store::{Conn, audit, codes, groups, people};
use preau_web::Lang;
use preau_web::sheets::{self, Card, Sheet};
use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

const CODE_LIFE: Duration = Duration::from_secs(14 * 86_400);

pub struct Wish {
    pub school: String,
    pub class: Option<String>,
    pub profile: Profile,
    pub renew: bool,
    pub html: Option<PathBuf>,
}

pub const fn profile(whose: Whose) -> Profile {
    match whose {
        Whose::Pupil => Profile::Pupil,
        Whose::Relative => Profile::Relative,
        Whose::Teacher => Profile::Teacher,
        Whose::SchoolLife => Profile::SchoolLife,
        Whose::Head => Profile::Head,
        Whose::Staff => Profile::Staff,
        Whose::Administrator => Profile::Administrator,
    }
}

/// Gives each person a new code and prints the sheets. The file is opened before any code changes, and the codes are
/// stored before they are shown: a sheet never holds a code that does not work.
pub async fn run(opened: &Opened, wish: &Wish) -> anyhow::Result<()> {
    let file = wish.html.as_deref().map(private_file).transpose()?;
    let now = SystemClock.now();
    let mut tx = opened.store.write().await?;
    let school = find_school(&mut tx, &wish.school).await?;
    let group = match &wish.class {
        Some(name) => {
            let found = groups::by_name(&mut tx, school.id, name).await?;
            Some(found.with_context(|| format!("{} has no class or group {name}", school.name))?)
        }
        None => None,
    };
    let found =
        people::codes_sheet(&mut tx, school.id, wish.profile, group.as_ref().map(|it| it.id), wish.renew).await?;
    if found.is_empty() {
        bail!("nobody there is without a password; --renew makes new codes for those who have one");
    }
    let mut cards = Vec::with_capacity(found.len());
    for person in &found {
        cards.push(card(opened, &mut tx, person, group.as_ref(), now).await?);
    }
    let detail = format!(
        "{} {}, {} cards",
        wish.profile.as_str(),
        group.as_ref().map_or("", |it| it.name.as_str()),
        cards.len()
    );
    let target = school.uai.clone().unwrap_or_default();
    let entry =
        audit::Entry { actor: None, action: "codes.print", target: &target, school: Some(school.id), detail: &detail };
    audit::append(&mut tx, &entry, now).await?;
    tx.commit().await?;

    let origin = origin(opened);
    let sheet = Sheet {
        lang: Lang::Fr,
        school: &school.name,
        origin: &origin,
        good_until: last_day(&school.time_zone, now)?,
        cards: &cards,
    };
    match (file, &wish.html) {
        (Some(mut file), Some(path)) => {
            file.write_all(sheets::html(&sheet)?.as_bytes())
                .and_then(|()| file.sync_all())
                .with_context(|| format!("cannot write {}; run again with --renew", path.display()))?;
            println!("{} cards written to {}. Print it, then delete it.", cards.len(), path.display());
        }
        _ => print!("{}", sheets::text(&sheet)),
    }
    if opened.config.public_url.is_none() {
        eprintln!(
            "The sheets send people to {origin}: if they type another address, set server.public_url and print again."
        );
    }
    Ok(())
}

/// A sheet is a stack of keys: it is its owner's alone, and never written over another file.
fn private_file(path: &Path) -> anyhow::Result<std::fs::File> {
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .with_context(|| format!("cannot make {}", path.display()))
}

async fn card(
    opened: &Opened,
    conn: &mut Conn,
    person: &Person,
    group: Option<&Group>,
    now: Instant,
) -> anyhow::Result<Card> {
    let code = Code::draw(&mut SystemRng);
    let digest = code.digest(&opened.keys);
    if person.is_active() {
        codes::reset(conn, person.id, digest.as_bytes(), now.plus(CODE_LIFE)).await?;
        people::raise_epoch(conn, person.id, now).await?;
    } else {
        codes::set(conn, person.id, digest.as_bytes(), now.plus(CODE_LIFE)).await?;
    }
    let class = match group {
        Some(group) => group.name.clone(),
        None => {
            let all = groups::of_person(conn, person.id, MemberRole::Pupil).await?;
            all.into_iter().map(|group| group.name).next().unwrap_or_default()
        }
    };
    Ok(Card {
        name: person.full_name(),
        class,
        login: person.login.clone(),
        code: Pii::new(code.grouped().into_inner()),
    })
}

fn last_day(time_zone: &str, now: Instant) -> anyhow::Result<Date> {
    let zone = jiff::tz::TimeZone::get(time_zone).with_context(|| format!("time zone {time_zone}"))?;
    let end = jiff::Timestamp::from_millisecond(now.plus(CODE_LIFE).as_millis())?.to_zoned(zone).date();
    Ok(end.checked_sub(1.day())?)
}

/// Where people type their code.
fn origin(opened: &Opened) -> String {
    let config = &opened.config;
    let scheme = if matches!(config.tls, TlsConfig::None) { "http" } else { "https" };
    let listen = config.listen.first().map_or_else(String::new, |address| format!("{scheme}://{address}"));
    config.public_url.clone().unwrap_or(listen)
}

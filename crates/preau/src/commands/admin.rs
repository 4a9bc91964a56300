use super::open_or_make;
use crate::cli::AdminCommand;
use anyhow::bail;
use preau_base::{Clock, PersonId, SystemClock, SystemRng};
use preau_gate::Code;
use preau_store::people::NewPerson;
use preau_store::{audit, codes, people};
use std::time::Duration;

/// An administrator's code is good for this long.
const CODE_LIFE: Duration = Duration::from_secs(14 * 86_400);

pub async fn run(command: AdminCommand) -> anyhow::Result<()> {
    let AdminCommand::Create { place, login, given_name, family_name, email } = command;
    let opened = open_or_make(&place).await?;
    let login = login.trim().to_lowercase();
    if login.is_empty() || login.len() > preau_school::login::LOGIN_CHARS_MAX {
        bail!("--login must have from 1 to {} characters", preau_school::login::LOGIN_CHARS_MAX);
    }
    let plain = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || matches!(letter, '.' | '-');
    if !login.chars().all(plain) {
        bail!("--login has only letters without accents, digits, full stops and hyphens");
    }
    let now = SystemClock.now();
    let id = PersonId::new(now, &mut SystemRng);
    let code = Code::draw(&mut SystemRng);
    let mut tx = opened.store.write().await?;
    if people::login_taken(&mut tx, &login).await? {
        bail!("the login {login} is taken");
    }
    let person = NewPerson {
        id,
        login: &login,
        given_name: given_name.trim(),
        family_name: family_name.trim(),
        title: "",
        birth_day: None,
        ine: None,
        email: email.as_deref(),
        source: "hand",
        external_id: None,
    };
    people::create(&mut tx, &person, now).await?;
    people::set_platform_admin(&mut tx, id, true).await?;
    codes::set(&mut tx, id, code.digest(&opened.keys).as_bytes(), now.plus(CODE_LIFE)).await?;
    let entry =
        audit::Entry { actor: None, action: "admin.create", target: &login, school: None, detail: "command line" };
    audit::append(&mut tx, &entry, now).await?;
    tx.commit().await?;
    println!("Administrator {login} created.");
    println!("Activation code (14 days, once): {}", code.grouped().reveal());
    println!("Open /activation on your server and type it.");
    Ok(())
}

use super::new_password::{self, fault_text};
use super::session::{Begun, begin};
use crate::errors::PageError;
use crate::{Answer, FieldErrors, Fields, Input, Page};
use askama::Template;
use http::StatusCode;
use preau_base::{PersonId, SchoolId, SystemRng};
use preau_gate::{LinkToken, Permission, SecretDigest};
use preau_identity::{Strength, check_password};
use preau_school::Profile;
use preau_school::login::{LOGIN_CHARS_MAX, Stem};
use preau_store::audit::{self, Entry};
use preau_store::people::{self, NewPerson};
use preau_store::schools::{self, NewSchool};
use preau_store::{StoreError, setup};

#[derive(Template)]
#[template(path = "account/setup.html")]
struct Setup<'a> {
    page: &'a Page,
    school: Vec<Input>,
    person: Vec<Input>,
    secret: Input,
}

/// What was typed, but for the password.
#[derive(Default)]
struct Typed {
    secret: String,
    school: String,
    city: String,
    uai: String,
    given_name: String,
    family_name: String,
    login: String,
}

impl Typed {
    fn read(fields: &Fields) -> Self {
        let (given_name, family_name) = (fields.line("given_name"), fields.line("family_name"));
        let typed_login = fields.line("login").to_lowercase();
        let login = if typed_login.is_empty() {
            Stem::from_name(&given_name, &family_name, "admin").numbered(1)
        } else {
            typed_login
        };
        Self {
            secret: fields.line("secret"),
            school: fields.line("school"),
            city: fields.line("city"),
            uai: fields.line("uai").to_uppercase(),
            given_name,
            family_name,
            login,
        }
    }
}

fn form<'a>(page: &'a Page, typed: &Typed, errors: &FieldErrors) -> Setup<'a> {
    let line = |name, key, value: &str| Input::new(name, page.t(key)).value(value).error(errors);
    Setup {
        page,
        school: vec![
            line("school", "setup-school-label", &typed.school).autocomplete("organization"),
            line("city", "setup-city-label", &typed.city).optional(),
            line("uai", "setup-uai-label", &typed.uai).help(page.t("setup-uai-help")).optional().code(),
        ],
        person: vec![
            line("given_name", "given-name-label", &typed.given_name).autocomplete("given-name"),
            line("family_name", "family-name-label", &typed.family_name).autocomplete("family-name"),
            line("login", "login-label", &typed.login)
                .help(page.t("setup-login-help"))
                .autocomplete("username")
                .optional()
                .code(),
            Input::password("password", page.t("password-label"), "new-password")
                .help(new_password::help(page, Strength::Staff))
                .error(errors),
        ],
        secret: line("secret", "setup-secret-label", &typed.secret)
            .help(page.t("setup-secret-help"))
            .code()
            .from_fragment(),
    }
}

/// Where the link of the first start leads. Gone once somebody administers the platform.
pub(crate) async fn page(page: Page) -> Answer {
    hide_when_done(&page).await?;
    page.html(&form(&page, &Typed::default(), &FieldErrors::default()))
}

async fn hide_when_done(page: &Page) -> Result<(), PageError> {
    let mut conn = page.app().store.read().await?;
    let done = people::count_platform_admins(&mut conn).await? > 0;
    if done { Err(PageError::NotFound) } else { Ok(()) }
}

/// Makes the first administrator and the school; this, and not opening the page, uses the link up.
pub(crate) async fn submit(page: Page, fields: Fields) -> Answer {
    hide_when_done(&page).await?;
    let address = page.client().address;
    let decision = page.app().budgets().ask_address(address, 1, page.now());
    if let Permission::WaitUntil(at) = decision {
        return Err(PageError::TooMany { retry: at.since(page.now()) });
    }
    let typed = Typed::read(&fields);
    let password = fields.raw("password");
    let mut errors = faults(&page, &typed, password);
    let digest = LinkToken::parse(&typed.secret).map(|token| token.digest(&page.app().keys()));
    let is_good = match &digest {
        Some(digest) => {
            let mut conn = page.app().store.read().await?;
            setup::link_is_good(&mut conn, digest.as_bytes(), page.now()).await?
        }
        None => false,
    };
    if !is_good {
        page.app().budgets().charge_address(address, 1, page.now());
        errors.add("secret", page.t("setup-secret-unknown"));
    }
    if let (Some(digest), true) = (digest, errors.is_empty()) {
        let hash = new_password::hash(&page, password).await?;
        match store(&page, &typed, &digest, hash.as_str()).await {
            Ok(Some(begun)) => {
                let mut response = page.see_other_saying("/", "notice-setup-done");
                begun.hand_over(&page, &mut response);
                return Ok(response);
            }
            Ok(None) => errors.add("secret", page.t("setup-secret-unknown")),
            Err(Failure::Taken) => errors.add("login", page.t("setup-taken")),
            Err(Failure::Page(error)) => return Err(error),
        }
    }
    page.html_as(StatusCode::UNPROCESSABLE_ENTITY, &form(&page, &typed, &errors))
}

fn faults(page: &Page, typed: &Typed, password: &str) -> FieldErrors {
    let mut errors = FieldErrors::default();
    let required = [("school", &typed.school), ("given_name", &typed.given_name), ("family_name", &typed.family_name)];
    for (field, value) in required {
        if value.is_empty() {
            errors.add(field, page.t("field-missing"));
        }
    }
    if !typed.uai.is_empty() && !is_uai(&typed.uai) {
        errors.add("uai", page.t("setup-uai-wrong"));
    }
    let plain = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || matches!(letter, '.' | '-');
    if !typed.login.chars().all(plain) || typed.login.len() > LOGIN_CHARS_MAX {
        errors.add("login", page.t("setup-login-wrong"));
    }
    if let Err(fault) = check_password(password, &typed.login, Strength::Staff) {
        errors.add("password", fault_text(page, fault));
    }
    errors
}

/// Seven digits and a letter.
fn is_uai(text: &str) -> bool {
    let (digits, letter) = text.split_at_checked(7).unwrap_or((text, ""));
    digits.len() == 7
        && digits.bytes().all(|byte| byte.is_ascii_digit())
        && letter.len() == 1
        && letter.bytes().all(|byte| byte.is_ascii_uppercase())
}

enum Failure {
    Taken,
    Page(PageError),
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Taken(_) => Self::Taken,
            other => Self::Page(other.into()),
        }
    }
}

/// All in one transaction. `None` when the link was used up meanwhile.
async fn store(page: &Page, typed: &Typed, digest: &SecretDigest, hash: &str) -> Result<Option<Begun>, Failure> {
    let now = page.now();
    let school = SchoolId::new(now, &mut SystemRng);
    let person = PersonId::new(now, &mut SystemRng);
    let mut tx = page.app().store.write().await?;
    if !setup::spend_link(&mut tx, digest.as_bytes(), now).await? {
        return Ok(None);
    }
    let uai = (!typed.uai.is_empty()).then_some(typed.uai.as_str());
    let new = NewSchool { id: school, uai, name: &typed.school, kind: "", city: &typed.city, source: "hand" };
    schools::create(&mut tx, &new, now).await?;
    let new = NewPerson {
        id: person,
        login: &typed.login,
        given_name: &typed.given_name,
        family_name: &typed.family_name,
        title: "",
        birth_day: None,
        ine: None,
        email: None,
        source: "hand",
        external_id: None,
    };
    people::create(&mut tx, &new, now).await?;
    people::affiliate(&mut tx, person, school, Profile::Administrator, "hand").await?;
    people::set_platform_admin(&mut tx, person, true).await?;
    let epoch = people::set_password(&mut tx, person, hash, now).await?;
    let (id, uai) = (school.to_string(), uai.unwrap_or_default());
    let entry =
        Entry { actor: Some(person), action: "platform.set-up", target: &id, school: Some(school), detail: uai };
    audit::append(&mut tx, &entry, now).await?;
    let begun = begin(page, &mut tx, person, epoch, false).await.map_err(Failure::Page)?;
    tx.commit().await?;
    Ok(Some(begun))
}

#[cfg(test)]
mod tests {
    use super::is_uai;

    #[test]
    fn a_school_code_is_seven_digits_and_a_letter() {
        assert!(is_uai("0750001A"));
        for bad in ["", "0750001", "075001AA", "0750001é", "07500011", "0750001AB"] {
            assert!(!is_uai(bad), "{bad}");
        }
    }
}

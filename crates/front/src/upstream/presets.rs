//! What is known of common applications. docs/operate/gate-upstream.md says what each line means and where it comes from.

use super::cookies::SessionCookies;
use super::paths::{ASSET_EXTENSIONS, Paths};
use super::pattern::Pattern;
use super::rules::{SignInRule, SignOutRule};

/// What the gate must know of an application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rules {
    pub session_cookies: SessionCookies,
    pub sign_in: Vec<SignInRule>,
    pub sign_out: Vec<SignOutRule>,
    pub paths: Paths,
    /// Where people sign in, for links of the gate's own pages.
    pub sign_in_path: String,
    /// Where the answer to a sign-in names the account: what stands before its number in the path that it leads to.
    pub account: Option<String>,
}

/// An application whose rules are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Preset {
    /// Nothing is known: the operator writes rules, or nobody earns a pass.
    Plain,
    /// Moodle, as its `login/index.php` and `lib/classes/session/manager.php` have done since 3.x.
    Moodle,
    /// An ENT or any application that sends people to a CAS server and gets them back with a ticket (CAS 3.0, §3.1).
    Cas,
}

struct Lines {
    cookies: &'static [&'static str],
    sign_in: &'static [&'static str],
    sign_out: &'static [&'static str],
    sign_in_paths: &'static [&'static str],
    calls: &'static [&'static str],
    assets: &'static [&'static str],
    sign_in_path: &'static str,
    account: Option<&'static str>,
}

/// `BASE` is the path below which the application lives.
const MOODLE: Lines = Lines {
    cookies: &["MoodleSession*"],
    // User 1 is the guest, whom anybody can be.
    sign_in: &["ANY BASE/login/index.php -> 302|303 to *BASE/login/index.php?testsession=* not *?testsession=1"],
    sign_out: &["ANY BASE/login/logout.php"],
    sign_in_paths: &["BASE/login/*", "BASE/auth/*"],
    calls: &["BASE/lib/ajax/*", "BASE/webservice/*"],
    assets: &[
        "BASE/theme/styles.php*",
        "BASE/theme/styles_debug.php*",
        "BASE/theme/image.php*",
        "BASE/theme/font.php*",
        "BASE/theme/javascript.php*",
        "BASE/theme/yui_combo.php*",
        "BASE/theme/yui_image.php*",
        "BASE/lib/javascript.php*",
        "BASE/lib/requirejs.php*",
    ],
    sign_in_path: "BASE/login/index.php",
    account: Some("BASE/login/index.php?testsession="),
};

const CAS: Lines = Lines {
    cookies: &["JSESSIONID", "PHPSESSID", "MOD_AUTH_CAS*"],
    sign_in: &["ANY BASE/*?*ticket=ST-* -> 302|303|307 to self not *ticket=* not *service=*"],
    sign_out: &["ANY BASE/*logout", "ANY BASE/*logout.*"],
    sign_in_paths: &["BASE/login", "BASE/login.*", "BASE/cas/*", "BASE/*/login", "BASE/activation*"],
    calls: &[],
    assets: &[],
    sign_in_path: "BASE/",
    account: None,
};

const PLAIN: Lines = Lines {
    cookies: &[],
    sign_in: &[],
    sign_out: &[],
    sign_in_paths: &["BASE/login", "BASE/login/*", "BASE/login.*"],
    calls: &[],
    assets: &[],
    sign_in_path: "BASE/",
    account: None,
};

impl Preset {
    pub const ALL: [Self; 3] = [Self::Plain, Self::Moodle, Self::Cas];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Plain => "none",
            Self::Moodle => "moodle",
            Self::Cas => "cas",
        }
    }

    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|preset| preset.name() == name)
    }

    /// The rules for an application that lives below `base`: empty, or like `/moodle`.
    ///
    /// # Errors
    /// When `base` cannot be part of an address, in words.
    pub fn rules(self, base: &str) -> Result<Rules, String> {
        let lines = match self {
            Self::Plain => &PLAIN,
            Self::Moodle => &MOODLE,
            Self::Cas => &CAS,
        };
        if base.contains(['*', '?', '#', ' ']) || !(base.is_empty() || base.starts_with('/')) || base.ends_with('/') {
            return Err(format!("“{base}” is no path such as /moodle"));
        }
        Ok(Rules {
            session_cookies: SessionCookies::new(all(lines.cookies, base)?),
            sign_in: all(lines.sign_in, base)?,
            sign_out: all(lines.sign_out, base)?,
            paths: Paths {
                sign_in: all(lines.sign_in_paths, base)?,
                live: Vec::new(),
                calls: all(lines.calls, base)?,
                assets: all::<Pattern>(lines.assets, base)?,
                asset_extensions: ASSET_EXTENSIONS.map(str::to_owned).to_vec(),
            },
            sign_in_path: lines.sign_in_path.replace("BASE", base),
            account: lines.account.map(|path| path.replace("BASE", base)),
        })
    }
}

fn all<T: std::str::FromStr>(lines: &[&str], base: &str) -> Result<Vec<T>, String>
where
    T::Err: std::fmt::Display,
{
    lines.iter().map(|line| line.replace("BASE", base).parse().map_err(|error: T::Err| error.to_string())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::upstream::rules::CookieFate;
    use http::{Method, StatusCode, Uri};
    use preau_gate::Kind;

    #[test]
    fn every_preset_makes_rules_anywhere() {
        for preset in Preset::ALL {
            assert_eq!(Preset::of_name(preset.name()), Some(preset));
            for base in ["", "/moodle", "/a/b"] {
                let rules = preset.rules(base).unwrap();
                assert!(rules.sign_in_path.starts_with(&format!("{base}/")), "{preset:?}");
            }
            for wrong in ["moodle", "/moodle/", "/*", "/a b", "/é"] {
                assert!(preset.rules(wrong).is_err() || preset == Preset::Plain && wrong == "/é", "{preset:?} {wrong}");
            }
        }
    }

    #[test]
    fn a_moodle_in_a_folder_signs_in_there_only() {
        let rules = Preset::Moodle.rules("/moodle").unwrap();
        let [rule] = &rules.sign_in[..] else { panic!("one rule") };
        let uri = |text: &str| text.parse::<Uri>().unwrap();
        assert!(!rule.is_about(&Method::POST, &uri("/login/index.php")));
        let here = uri("/moodle/login/index.php");
        assert!(rule.is_about(&Method::POST, &here));
        let to = Some("https://ecole.example/moodle/login/index.php?testsession=7");
        assert_eq!(rule.succeeded(&here, StatusCode::SEE_OTHER, to, CookieFate::Changed), Ok(()));
        assert_eq!(rules.paths.kind(&Method::GET, "/moodle/theme/styles.php/boost/1/all"), Kind::Asset);
        assert_eq!(rules.paths.kind(&Method::GET, "/moodle/pluginfile.php/1/user/icon/f1.png"), Kind::Page);
    }

    #[test]
    fn a_cas_application_knows_its_paths() {
        let rules = Preset::Cas.rules("").unwrap();
        assert_eq!(rules.paths.kind(&Method::GET, "/cas/login"), Kind::SignIn);
        assert_eq!(rules.paths.kind(&Method::GET, "/portail/logo.png"), Kind::Asset);
        let out = |path: &str| {
            let uri = path.parse::<Uri>().unwrap();
            rules
                .sign_out
                .iter()
                .any(|rule| rule.succeeded(&Method::GET, &uri, StatusCode::FOUND, CookieFate::Untouched))
        };
        assert!(out("/logout") && out("/c/portal/logout") && out("/portail/logout.do?x=1"));
        assert!(!out("/logouts") && !out("/"));
    }
}

//! What a path of the application means to the gate.

use super::pattern::Pattern;
use http::Method;
use preau_gate::Kind;

/// Patterns of paths, without queries. The first list that matches decides, in the order of the fields.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Paths {
    /// Where people sign in, activate an account, or ask for a forgotten password.
    pub sign_in: Vec<Pattern>,
    /// Live lessons and their sockets.
    pub live: Vec<Pattern>,
    /// What scripts ask for.
    pub calls: Vec<Pattern>,
    /// Files that are the same for everyone.
    pub assets: Vec<Pattern>,
    /// Endings of file names, without the dot, that make an asset of any plain path.
    pub asset_extensions: Vec<String>,
}

/// Endings that no application makes its pages with.
pub const ASSET_EXTENSIONS: [&str; 18] = [
    "css",
    "js",
    "mjs",
    "map",
    "png",
    "jpg",
    "jpeg",
    "gif",
    "svg",
    "webp",
    "avif",
    "ico",
    "woff",
    "woff2",
    "ttf",
    "otf",
    "eot",
    "webmanifest",
];

impl Paths {
    pub fn kind(&self, method: &Method, path: &str) -> Kind {
        // What leads elsewhere than it says is no more than a page, whatever it begins or ends with.
        let plain = leads_where_it_says(path);
        let among = |patterns: &[Pattern]| plain && patterns.iter().any(|pattern| pattern.matches(path));
        let reads = matches!(*method, Method::GET | Method::HEAD);
        if among(&self.sign_in) {
            Kind::SignIn
        } else if among(&self.live) {
            Kind::Live
        } else if reads && (among(&self.assets) || self.has_asset_extension(path)) {
            Kind::Asset
        } else if among(&self.calls) || *method == Method::OPTIONS {
            Kind::Call
        } else if reads {
            Kind::Page
        } else {
            Kind::Action
        }
    }

    /// An ending makes an asset only of a plain path: `/grades.php/x.css` and `/grades;x.css` run the page behind
    /// them, and nobody gets that for the price of a file.
    fn has_asset_extension(&self, path: &str) -> bool {
        let Some((folders, file)) = path.rsplit_once('/') else { return false };
        let plain = !path.contains([';', '%', '\\']) && !folders.contains('.');
        let extension = file.rsplit_once('.').map_or("", |(_, extension)| extension);
        plain && self.asset_extensions.iter().any(|known| known.eq_ignore_ascii_case(extension))
    }
}

/// Whether a path is what the application will take it for: without steps up or down, plain, percent-encoded or with
/// parameters behind them as Java servers overlook them, and without slashes in disguise (RFC 3986 §5.2.4, §6.2.2).
fn leads_where_it_says(path: &str) -> bool {
    let encoded =
        |code: &[u8]| matches!(code, [b'%', b'2', b'e' | b'E' | b'f' | b'F' | b'5'] | [b'%', b'5', b'c' | b'C']);
    let steps = |segment: &str| matches!(segment.split(';').next(), Some("." | ".."));
    !path.contains('\\') && !path.as_bytes().windows(3).any(encoded) && !path.split('/').any(steps)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn patterns(texts: &[&str]) -> Vec<Pattern> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    #[test]
    fn every_path_has_a_kind() {
        let paths = Paths {
            sign_in: patterns(&["/login/*"]),
            live: patterns(&["/live/*"]),
            calls: patterns(&["/lib/ajax/*"]),
            assets: patterns(&["/theme/styles.php/*"]),
            asset_extensions: ASSET_EXTENSIONS.map(str::to_owned).to_vec(),
        };
        let check = |method: Method, path, expect| assert_eq!(paths.kind(&method, path), expect, "{method} {path}");
        check(Method::GET, "/", Kind::Page);
        check(Method::GET, "/my/", Kind::Page);
        check(Method::POST, "/mod/assign/view.php", Kind::Action);
        check(Method::GET, "/login/index.php", Kind::SignIn);
        check(Method::POST, "/login/index.php", Kind::SignIn);
        check(Method::GET, "/live/7", Kind::Live);
        check(Method::POST, "/lib/ajax/service.php", Kind::Call);
        check(Method::OPTIONS, "/x", Kind::Call);
        check(Method::GET, "/theme/styles.php/boost/1_2/all", Kind::Asset);
        check(Method::GET, "/pix/logo.SVG", Kind::Asset);
        check(Method::HEAD, "/favicon.ico", Kind::Asset);
        check(Method::POST, "/pix/logo.svg", Kind::Action);
        check(Method::GET, "/grade/report.php/x.css", Kind::Page);
        check(Method::GET, "/grade/report;x.css", Kind::Page);
        check(Method::GET, "/grade/report%2fx.css", Kind::Page);
        check(Method::GET, "/pluginfile.php/5/course/x.png", Kind::Page);
        check(Method::GET, "/css", Kind::Page);
    }
    #[test]
    fn no_path_passes_for_another_that_costs_less() {
        let paths = crate::upstream::Preset::Moodle.rules("").unwrap().paths;
        let check = |path: &str, expect| assert_eq!(paths.kind(&Method::GET, path), expect, "{path}");
        check("/theme/styles.php/boost/1_2/all", Kind::Asset);
        check("/login/index.php", Kind::SignIn);
        check("/auth/saml2/sp/saml2-acs.php/ecole.example", Kind::SignIn);
        for folder in ["/theme/styles.php", "/lib/requirejs.php", "/login", "/auth"] {
            for up in ["..", ".", "%2e%2e", ".%2E", "..;", "..;a=b", "..%2f", "..%5C", "x\\..", "%252e%252e"] {
                check(&format!("{folder}/{up}/my/index.php"), Kind::Page);
                check(&format!("{folder}/x/{up}"), Kind::Page);
            }
        }
        check("/a\\..\\my/x.css", Kind::Page);
    }
}

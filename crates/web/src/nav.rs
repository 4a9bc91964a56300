use preau_school::Actor;

/// One entry of the main navigation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NavItem {
    pub path: &'static str,
    /// Key of its text.
    pub key: &'static str,
    /// The page that is shown is this one, or below it.
    pub current: bool,
}

/// The navigation of somebody signed in, at the page `here`.
pub(crate) fn of(_actor: &Actor, here: &str) -> Vec<NavItem> {
    let path = here.split('?').next().unwrap_or(here);
    let item = |at: &'static str, key| {
        let below = at != "/" && path.strip_prefix(at).is_some_and(|rest| rest.starts_with('/'));
        NavItem { path: at, key, current: path == at || below }
    };
    vec![item("/", "nav-today"), item("/account", "nav-account")]
}

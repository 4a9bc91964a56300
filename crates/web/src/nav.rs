use preau_school::{Actor, Profile};

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
pub(crate) fn of(actor: &Actor, here: &str) -> Vec<NavItem> {
    let path = here.split('?').next().unwrap_or(here);
    let is_below =
        |at: &str| path == at || (at != "/" && path.strip_prefix(at).is_some_and(|rest| rest.starts_with('/')));
    let item = |at: &'static str, key, below: &[&str]| NavItem {
        path: at,
        key,
        current: is_below(at) || below.iter().any(|at| is_below(at)),
    };
    let has_lessons = actor.is_somewhere(Profile::Pupil) || actor.is_somewhere(Profile::Teacher);
    let oversees = [Profile::Head, Profile::SchoolLife, Profile::Administrator];
    let mut items = vec![item("/", "nav-today", &["/open"])];
    if has_lessons {
        items.push(item("/week", "nav-week", &[]));
        items.push(item("/homework", "nav-homework", &[]));
    }
    if has_lessons || [Profile::Relative, Profile::Head, Profile::Guest].iter().any(|is| actor.is_somewhere(*is)) {
        items.push(item("/log", "nav-log", &["/progressions", "/progression-steps"]));
    }
    if [Profile::Head, Profile::SchoolLife].iter().any(|is| actor.is_somewhere(*is)) {
        items.push(item("/attendance", "nav-attendance", &[]));
    }
    if actor.platform_admin
        || !actor.territories.is_empty()
        || oversees.iter().any(|profile| actor.is_somewhere(*profile))
    {
        items.push(item(
            "/schools",
            "nav-school",
            &["/people", "/groups", "/audit", "/territories", "/import", "/reports"],
        ));
    }
    if actor.platform_admin {
        items.push(item("/admin/gate", "nav-gate", &[]));
    }
    items.push(item("/account", "nav-account", &["/password", "/devices", "/notices", "/self-test"]));
    if let Some(subject) = subject_of(path).filter(|subject| items.iter().any(|item| item.path == *subject)) {
        for item in &mut items {
            item.current = item.path == subject;
        }
    }
    items
}

/// What a page of a school, a class, a person or a lesson is about, when another entry than theirs says it better.
fn subject_of(path: &str) -> Option<&'static str> {
    let mut parts = path.split('/').skip(1);
    let of = parts.next()?;
    if !["schools", "groups", "people", "lessons"].contains(&of) {
        return None;
    }
    match parts.nth(1)? {
        "attendance" | "not-reached" | "on-site" | "follow-up" | "absences" | "roll" => Some("/attendance"),
        "log" => Some("/log"),
        "homework" => Some("/homework"),
        _ => None,
    }
}

/// What everybody who is signed in has, for pages that ask no database.
pub(crate) fn for_all() -> Vec<NavItem> {
    vec![
        NavItem { path: "/", key: "nav-today", current: false },
        NavItem { path: "/account", key: "nav-account", current: false },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use preau_base::{Instant, PersonId, SchoolId, SeededRng};

    fn paths(profile: Profile, here: &str) -> (Vec<&'static str>, Vec<&'static str>) {
        let rng = &mut SeededRng::new(1);
        let actor = Actor {
            affiliations: vec![(SchoolId::new(Instant::EPOCH, rng), profile)],
            ..Actor::nobody(PersonId::new(Instant::EPOCH, rng))
        };
        let items = of(&actor, here);
        let current = items.iter().filter(|item| item.current).map(|item| item.path).collect();
        (items.iter().map(|item| item.path).collect(), current)
    }

    #[test]
    fn everybody_has_their_own() {
        assert_eq!(paths(Profile::Pupil, "/"), (vec!["/", "/week", "/homework", "/log", "/account"], vec!["/"]));
        assert_eq!(paths(Profile::Relative, "/lessons/1"), (vec!["/", "/log", "/account"], vec![]));
        let head = vec!["/", "/log", "/attendance", "/schools", "/account"];
        assert_eq!(paths(Profile::Head, "/groups/1?q=x"), (head.clone(), vec!["/schools"]));
        assert_eq!(paths(Profile::Head, "/schoolsx"), (head.clone(), vec![]));
        assert_eq!(paths(Profile::Head, "/schools/1/not-reached?days=3"), (head.clone(), vec!["/attendance"]));
        assert_eq!(paths(Profile::Head, "/schools/1/log/readings"), (head, vec!["/log"]));
        assert_eq!(paths(Profile::Relative, "/people/1/log").1, vec!["/log"]);
        assert_eq!(paths(Profile::Teacher, "/lessons/1/roll").1, Vec::<&str>::new());
    }
}

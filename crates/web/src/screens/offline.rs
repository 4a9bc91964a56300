//! Work without a connection (docs/protocol/offline.md): the worker, the page that browsers keep, a token for what they send
//! when the line is back. None of them asks the store.

use crate::{Answer, Page, PageError, static_files};
use askama::Template;
use axum::Json;
use axum::body::Bytes;
use axum::response::IntoResponse as _;
use http::header;
use preau_base::PersonId;
use serde::Serialize;
use std::sync::LazyLock;

/// A browser asks for the worker at most this often.
const WORKER_CACHE: &str = "public, max-age=600";

/// What the kept page is made of, beside the modules of `offline/`.
const FILES: [&str; 11] = [
    "app.css",
    "class/backoff.js",
    "class/dom.js",
    "class/texts.js",
    "homework/kept.js",
    "homework/photo.js",
    "homework/recorder.js",
    "homework/texts.js",
    "homework/tus.js",
    "homework/work.css",
    "icon.svg",
];

/// Texts that the scripts of the kept page, and of every page, may need.
const TEXTS: &[&str] = &[
    "file-to-save",
    "lesson-cancelled",
    "log-title",
    "offline-js-absent",
    "offline-js-author",
    "offline-js-back",
    "offline-js-back-to-day",
    "offline-js-banner-kept",
    "offline-js-banner-off",
    "offline-js-banner-slow",
    "offline-js-chosen",
    "offline-js-day",
    "offline-js-deadline",
    "offline-js-delete",
    "offline-js-delete-sure",
    "offline-js-due",
    "offline-js-elsewhere",
    "offline-js-erase",
    "offline-js-erase-help",
    "offline-js-erased",
    "offline-js-full",
    "offline-js-help",
    "offline-js-leave-draft",
    "offline-js-leave-go",
    "offline-js-leave-queue-one",
    "offline-js-leave-queue-other",
    "offline-js-leave-stay",
    "offline-js-leave-title",
    "offline-js-no-lesson",
    "offline-js-no-work",
    "offline-js-nothing",
    "offline-js-patient",
    "offline-js-queue",
    "offline-js-queue-full",
    "offline-js-queue-none",
    "offline-js-queued",
    "offline-js-receipt",
    "offline-js-refused",
    "offline-js-refused-gone",
    "offline-js-retry",
    "offline-js-see",
    "offline-js-send",
    "offline-js-sent",
    "offline-js-sign-in",
    "offline-js-state-refused",
    "offline-js-state-sending",
    "offline-js-state-sent",
    "offline-js-state-sign-in",
    "offline-js-state-waiting",
    "offline-js-waits-one",
    "offline-js-waits-other",
    "offline-js-works",
    "work-add-audio",
    "work-add-files",
    "work-add-photos",
    "work-done",
    "work-files",
    "work-hand-in",
    "work-hand-in-again",
    "work-hand-in-button",
    "work-js-down",
    "work-js-no-microphone",
    "work-js-record",
    "work-js-remove",
    "work-js-stop",
    "work-js-too-large",
    "work-js-turn",
    "work-js-up",
    "work-nothing-to-hand-in",
    "work-state-done",
    "work-state-handed-in",
    "work-state-late",
    "work-state-missing",
    "work-state-returned",
    "work-state-started",
    "work-state-todo",
    "work-text",
];

/// What precedes the worker's own text.
#[derive(Serialize)]
struct Told {
    version: &'static str,
    files: Vec<String>,
}

static WORKER: LazyLock<Bytes> = LazyLock::new(|| {
    let told = Told { version: static_files::version(), files: kept_files() };
    let told = serde_json::to_string(&told).unwrap_or_default();
    let text = static_files::bytes_of("offline/worker.js").unwrap_or_default();
    let mut all = format!("self.preau = {told};\n").into_bytes();
    all.extend_from_slice(text);
    Bytes::from(all)
});

/// The paths of everything that the kept page loads.
fn kept_files() -> Vec<String> {
    let own = static_files::names().filter(|name| name.starts_with("offline/") && !is_worker(name));
    FILES.into_iter().chain(own).map(static_files::path_of).collect()
}

fn is_worker(name: &str) -> bool {
    matches!(name, "offline/worker.js" | "offline/gone.js")
}

/// `GET /worker.js`: the worker of this version; where nothing is to be kept, one that ends what was.
pub(crate) async fn worker(page: Page) -> Answer {
    let text = if page.app().keeps_offline {
        WORKER.clone()
    } else {
        Bytes::from_static(static_files::bytes_of("offline/gone.js").unwrap_or_default())
    };
    let headers = [(header::CONTENT_TYPE, "text/javascript; charset=utf-8"), (header::CACHE_CONTROL, WORKER_CACHE)];
    Ok((headers, text).into_response())
}

#[derive(Template)]
#[template(path = "offline/page.html")]
struct KeptPage<'a> {
    page: &'a Page,
    texts: &'a [&'static str],
}

/// `GET /offline`: the same for everybody who reads in this language and is spoken to in this form.
pub(crate) async fn page(page: Page) -> Answer {
    if !page.app().keeps_offline {
        return Err(PageError::NotFound);
    }
    page.html(&KeptPage { page: &page, texts: TEXTS })
}

#[derive(Serialize)]
struct Token<'a> {
    person: PersonId,
    shared_device: bool,
    version: &'a str,
    csrf: &'a str,
}

/// `GET /offline/token`: who is signed in, and what their scripts send as `X-CSRF`.
pub(crate) async fn token(page: Page) -> Answer {
    let pass = page.pass().ok_or(PageError::SignInNeeded)?;
    let (person, shared_device) = (pass.person, pass.shared_device);
    Ok(Json(Token { person, shared_device, version: static_files::version(), csrf: page.csrf() }).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    /// Names of the modules that a module imports, `offline/a.js` for `./a.js` in `offline/`.
    fn imports(name: &str) -> Vec<String> {
        let text = String::from_utf8_lossy(static_files::bytes_of(name).unwrap());
        let folder = name.rsplit_once('/').map_or("", |(folder, _)| folder);
        let lines = text.lines().filter(|line| line.starts_with("import ") || line.starts_with("} from "));
        lines
            .filter_map(|line| line.split('"').nth(1))
            .map(|path| match path.strip_prefix("../") {
                Some(other) => other.to_owned(),
                None => format!("{folder}/{}", path.trim_start_matches("./")),
            })
            .collect()
    }

    #[test]
    fn all_that_the_kept_page_loads_is_kept() {
        let kept: BTreeSet<_> = kept_files().into_iter().collect();
        assert!(kept.len() > FILES.len());
        let mut seen = BTreeSet::new();
        let mut next = vec!["offline/shell.js".to_owned()];
        while let Some(name) = next.pop() {
            assert!(kept.contains(&static_files::path_of(&name)), "{name} is loaded and not kept");
            if seen.insert(name.clone()) {
                next.extend(imports(&name));
            }
        }
        assert!(seen.len() > 5, "{seen:?}");
        let template = include_str!("../../templates/offline/page.html");
        for asset in template.split("page.asset(\"").skip(1) {
            let name = asset.split('"').next().unwrap();
            assert!(kept.contains(&static_files::path_of(name)), "{name} is loaded and not kept");
        }
    }

    #[test]
    fn every_text_of_the_scripts_is_in_the_kept_page() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut wanted = BTreeSet::new();
        for file in std::fs::read_dir(root.join("static/offline")).unwrap() {
            let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
            let keys = text.split('"').filter(|word| word.starts_with("offline-js-") && !word.ends_with('-'));
            wanted.extend(keys.map(str::to_owned));
        }
        let has = |key: &String| {
            TEXTS.contains(&key.as_str()) || TEXTS.iter().any(|text| text.strip_suffix("-one") == Some(key))
        };
        let missing: Vec<_> = wanted.iter().filter(|key| !has(key)).collect();
        assert!(missing.is_empty(), "{missing:?}");
        assert!(wanted.len() > 20);
    }
}

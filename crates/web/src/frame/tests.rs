use super::*;
use crate::app::Parts;
use crate::routes::{Rule, get};
use crate::{Answer, Classes, ForBoard, Page, Presence};
use axum::body::Body;
use futures_util::future::BoxFuture;
use http_body_util::BodyExt as _;
use preau_base::{FileId, Instant, LessonId, ManualClock, PersonId, SeededRng};
use preau_gate::{KeyRing, Revocations, SignInBudgets};
use preau_identity::{HashPool, HashPoolConfig};
use preau_school::InClass;
use preau_store::{Database, Store};
use std::sync::{Arc, Mutex, RwLock};
use tower::ServiceExt as _;

/// Nobody is in any class.
struct NoClasses;

impl Classes for NoClasses {
    fn standing(&self, _: LessonId, _: PersonId) -> BoxFuture<'static, Option<InClass>> {
        std::future::ready(None).boxed()
    }

    fn shows(&self, _: LessonId, _: PersonId, _: FileId) -> BoxFuture<'static, bool> {
        std::future::ready(false).boxed()
    }

    fn captions_by(&self) -> Option<String> {
        None
    }

    fn rules_changed(&self) {}

    fn put(&self, _: LessonId, _: PersonId, _: ForBoard) -> BoxFuture<'static, bool> {
        std::future::ready(false).boxed()
    }
}

async fn app(folder: &std::path::Path) -> App {
    let database = Database::Sqlite { path: folder.join("preau.db") };
    let now = Instant::from_secs(1_795_421_520);
    App::new(Parts {
        instance_name: "Préau".to_owned(),
        demo: false,
        keeps_offline: true,
        public_origin: None,
        clock: ManualClock::at(now),
        keys: Arc::new(RwLock::new(KeyRing::generate(now, &mut SeededRng::new(1)))),
        store: Store::open(&database, folder).await.unwrap(),
        files: preau_files::Files::in_folder(&folder.join("files"), 0).unwrap(),
        passwords: HashPool::start(HashPoolConfig { threads: 1, waiting_max: 1 }).unwrap(),
        mailer: None,
        revocations: Arc::new(RwLock::new(Revocations::default())),
        budgets: Arc::new(Mutex::new(SignInBudgets::default())),
        presence: Arc::new(|_| std::future::ready(Presence::default()).boxed()),
        classes: Arc::new(NoClasses),
        press: preau_pages::Press::thread(),
        relay: None,
        media_test: Arc::new(|_, _, _| Box::pin(std::future::ready(Err(crate::MediaTestRefused::NoMedia)))),
        on_revoked: Arc::new(|_| {}),
        on_prepared: Arc::new(|_| {}),
        gate: None,
    })
}

async fn panics(page: Page) -> Answer {
    let nothing: Vec<u8> = Vec::new();
    let at = page.query("at").map_or(0, |at| at.len());
    Ok(page.see_other(&nothing[at].to_string()))
}

async fn fails() -> Answer {
    Err(PageError::internal(std::io::Error::other("the secret of our insides")))
}

#[tokio::test]
async fn what_breaks_ends_one_request_with_a_page() {
    let folder = tempfile::tempdir().unwrap();
    let rows = vec![get("/panics", Rule::Anyone, panics), get("/fails", Rule::Anyone, fails)];
    let router = of_rows(app(folder.path()).await, rows);
    for path in ["/panics", "/fails", "/panics"] {
        let request = Request::builder().uri(path).body(Body::empty()).unwrap();
        let response = router.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status().as_u16(), 500);
        assert!(response.headers().contains_key("content-security-policy"));
        let body = response.into_body().collect().await.unwrap().to_bytes();
        let page = String::from_utf8_lossy(&body);
        assert!(page.contains("Une erreur de notre part") && page.contains("référence"), "{page}");
        assert!(!page.contains("insides") && !page.contains("panicked"), "{page}");
    }
}

//! Every route of the table is asked for with ids of another town, in its path and in its form, and with those of another
//! family's child: nobody reads anything of theirs, and not a row that names them is made, changed or taken away.

use crate::routes::{Case, cases, send};
use http::Method;
use preau_base::{PersonId, SeededRng};
use preau_school::{MemberRole, Profile};
use preau_store::people::{self, NewPerson};
use preau_store::{bulk, groups};
use preau_testkit::{Answer, Client, PASSWORD, Seed, TestApp, Who};
use std::collections::BTreeSet;

/// Those who are to be left alone.
struct Others {
    /// Their ids, as 32 digits.
    ids: Vec<String>,
    /// What stands in no answer.
    words: Vec<&'static str>,
    /// The rows that name them.
    rows: Vec<String>,
}

fn digits(id: &impl ToString) -> String {
    id.to_string().replace('-', "").to_lowercase()
}

impl Others {
    async fn watch(app: &TestApp, ids: Vec<String>, words: Vec<&'static str>) -> Self {
        let mut others = Self { ids, words, rows: Vec::new() };
        others.rows = others.named(app).await;
        assert!(others.rows.len() > 3, "there is nothing to be watched: {:?}", others.rows);
        others
    }

    /// Every row that names one of them, whatever the table.
    async fn named(&self, app: &TestApp) -> Vec<String> {
        let mut conn = app.store.read().await.unwrap();
        let all = bulk::rows(&mut conn).await.unwrap();
        let names = |row: &String| {
            let row = row.to_lowercase().replace('-', "");
            self.ids.iter().any(|id| row.contains(id.as_str()))
        };
        let mut rows: Vec<_> = all.into_iter().filter(names).collect();
        rows.sort();
        rows
    }

    async fn are_as_before(&self, app: &TestApp, at: &str) {
        let now = self.named(app).await;
        if now != self.rows {
            let (before, after): (BTreeSet<_>, BTreeSet<_>) = (self.rows.iter().collect(), now.iter().collect());
            let (gone, new): (Vec<_>, Vec<_>) =
                (before.difference(&after).collect(), after.difference(&before).collect());
            panic!("{at} changed what is of others: gone {gone:#?}, new {new:#?}");
        }
    }

    fn are_not_told_of(&self, answer: &Answer, at: &str) {
        let text = answer.text();
        for word in &self.words {
            assert!(!text.contains(word), "{at} gave {} and tells “{word}”: {}", answer.status, answer.reads());
        }
    }
}

fn is_refused(answer: &Answer) -> bool {
    matches!(answer.status.as_u16(), 403 | 404) || answer.wants_sign_in()
}

/// Every id of a town.
fn ids_of(seed: &Seed) -> Vec<String> {
    let mut ids: Vec<_> =
        Who::ALL.into_iter().filter(|who| *who != Who::Anonymous).map(|who| digits(&seed.person(who))).collect();
    let (log, work) = (seed.log(), seed.work());
    ids.extend([
        digits(&seed.school()),
        digits(&seed.other_school()),
        digits(&seed.class()),
        digits(&seed.other_class()),
    ]);
    ids.extend([seed.lesson_now(), seed.lesson_later(), seed.lesson_elsewhere()].map(|id| digits(&id)));
    ids.extend([seed.homework(), work.homework].map(|id| digits(&id)));
    ids.extend(
        [log.file, work.file, work.receipt_file, work.returned_file, work.draft_file, seed.recorded()]
            .map(|id| digits(&id)),
    );
    ids.extend([
        digits(&log.entry),
        digits(&log.progression),
        digits(&log.step),
        digits(&log.archive),
        digits(&log.reading),
    ]);
    ids.extend([digits(&work.receipt), digits(&work.upload), digits(&seed.absence()), digits(&seed.series())]);
    ids.extend([digits(&seed.report()), digits(&seed.territory())]);
    ids
}

/// The first part in which two paths differ, queries aside.
fn apart(one: &str, other: &str) -> Option<usize> {
    let path = |url: &str| url.split('?').next().unwrap_or_default().split('/').map(str::to_owned).collect::<Vec<_>>();
    path(one).iter().zip(&path(other)).position(|(one, other)| one != other)
}

/// A path of ours in which one part, or several, are theirs; all of it first.
fn mixed(ours: &str, theirs: &str) -> Vec<String> {
    let (ours, theirs): (Vec<_>, Vec<_>) = (ours.split('/').collect(), theirs.split('/').collect());
    assert_eq!(ours.len(), theirs.len());
    let apart: Vec<_> = (0..ours.len()).filter(|at| ours[*at] != theirs[*at]).collect();
    let choose = |bits: usize| {
        let is_theirs = |at: usize| apart.iter().position(|it| *it == at).is_some_and(|bit| bits & (1 << bit) != 0);
        let parts: Vec<_> = (0..ours.len()).map(|at| if is_theirs(at) { theirs[at] } else { ours[at] }).collect();
        parts.join("/")
    };
    (1..1_usize << apart.len()).rev().map(choose).collect()
}

/// Asks for one route in every way that names somebody of the other town. Gives how many ways there were.
async fn try_route(
    app: &TestApp,
    (who, client): (Who, &mut Client),
    case: &Case,
    there: &Seed,
    others: &Others,
) -> usize {
    let (ours, theirs) = ((case.url)(&app.seed), (case.url)(there));
    let (our_form, their_form) = ((case.form)(&app.seed), (case.form)(there));
    let mut tries: Vec<_> = mixed(&ours, &theirs).into_iter().map(|url| (url, &their_form)).collect();
    // Our own path, whose form names them; and a page that has no ids at all.
    if our_form != their_form || (case.method == Method::GET && tries.is_empty()) {
        tries.push((ours.clone(), &their_form));
    }
    for (url, form) in &tries {
        let answer = send(client, &case.method, url, form).await;
        let at = format!("{who:?}: {} {url} {form:?}", case.method);
        others.are_not_told_of(&answer, &at);
        let first = apart(url, &ours);
        // What belongs to a thing of ours may be looked for in vain; a thing of theirs is not there at all.
        if first.is_some() && (case.method == Method::GET || first == apart(&theirs, &ours)) {
            assert!(is_refused(&answer), "{at} gave {}: {}", answer.status, answer.reads());
        }
        if case.method != Method::GET {
            others.are_as_before(app, &at).await;
        }
    }
    tries.len()
}

/// Everybody but the administrator of the platform, who has a right to all towns.
const WALKERS: [Who; 10] = [
    Who::Anonymous,
    Who::Pupil,
    Who::Classmate,
    Who::PupilElsewhere,
    Who::Parent,
    Who::Teacher,
    Who::Head,
    Who::SchoolLife,
    Who::Administrator,
    Who::Stranger,
];

async fn walk(walkers: &[Who]) {
    let app = TestApp::start().await;
    let there = app.sow_elsewhere().await;
    let others = Others::watch(&app, ids_of(&there), vec![Seed::MARK]).await;
    // Of a town of one's own everything is read: the ids are good, and the words stand in pages.
    let mut platform = app.actor(Who::PlatformAdmin).await;
    platform.get(&format!("/people/{}", there.person(Who::Pupil))).await.expect(200).says(Seed::MARK);
    for who in walkers {
        let mut client = app.actor(*who).await;
        let mut tries = 0;
        for case in cases() {
            tries += try_route(&app, (*who, &mut client), &case, &there, &others).await;
        }
        others.are_as_before(&app, &format!("{who:?}, reading,")).await;
        assert!(tries > 200, "{who:?}: {tries} tries only");
    }
}

#[tokio::test]
async fn families_and_teachers_reach_nothing_of_another_town() {
    walk(&WALKERS[..6]).await;
}

#[tokio::test]
async fn whoever_leads_a_school_reaches_nothing_of_another_town() {
    walk(&WALKERS[6..]).await;
}

/// A mother of the pupil of 5e C, who has nothing to do with 6e B.
async fn a_mother_elsewhere(app: &TestApp) -> Client {
    let id = PersonId::new(app.app.now(), &mut SeededRng::new(77));
    let new = NewPerson {
        id,
        login: "ida.autre",
        given_name: "Ida",
        family_name: "Autre",
        title: "Mme",
        birth_day: None,
        ine: None,
        email: None,
        source: "hand",
        external_id: None,
    };
    let mut tx = app.store.write().await.unwrap();
    people::create(&mut tx, &new, app.app.now()).await.unwrap();
    people::affiliate(&mut tx, id, app.seed.school(), Profile::Relative, "hand").await.unwrap();
    people::relate(&mut tx, id, app.seed.person(Who::PupilElsewhere), "mother", "hand").await.unwrap();
    let same = people::credentials(&mut tx, Who::Parent.login()).await.unwrap().unwrap();
    people::set_password(&mut tx, id, &same.password_hash.unwrap(), app.app.now()).await.unwrap();
    tx.commit().await.unwrap();
    let mut client = app.client();
    client.sign_in("ida.autre", PASSWORD).await.leads_to("/");
    client
}

#[tokio::test]
async fn nobody_reaches_the_child_of_another_family() {
    let app = TestApp::start().await;
    let (lea, tom) = (app.seed.person(Who::Pupil), app.seed.person(Who::Classmate));
    let mut stranger = a_mother_elsewhere(&app).await;
    let (work, report) = (app.seed.work(), app.seed.report());
    let ids = vec![
        digits(&lea),
        digits(&work.receipt),
        digits(&work.receipt_file),
        digits(&work.returned_file),
        digits(&work.draft_file),
        digits(&work.upload),
        digits(&app.seed.absence()),
        digits(&report),
    ];
    let of_lea = Others::watch(&app, ids, vec!["Léa", "Martin", "Le delta est vert", "Très juste"]).await;
    let mut tries = 0;
    for case in cases().iter().filter(|case| case.path.contains('{') && case.right.len() < 10) {
        let url = (case.url)(&app.seed);
        let at = format!("Ida: {} {url}", case.method);
        let answer = send(&mut stranger, &case.method, &url, &(case.form)(&app.seed)).await;
        of_lea.are_not_told_of(&answer, &at);
        assert!(is_refused(&answer), "{at} gave {}: {}", answer.status, answer.reads());
        if case.method != Method::GET {
            of_lea.are_as_before(&app, &at).await;
        }
        tries += 1;
    }
    assert!(tries > 100, "{tries}");

    // Of one class, one's own family's paths with the other child's number.
    let of_tom = Others::watch(&app, vec![digits(&tom)], vec!["Petit"]).await;
    let mut tries = 0;
    for who in [Who::Parent, Who::Pupil] {
        let mut client = app.actor(who).await;
        for case in cases().iter().filter(|case| (case.url)(&app.seed).contains(&lea.to_string())) {
            let url = (case.url)(&app.seed).replace(&lea.to_string(), &tom.to_string());
            let at = format!("{who:?}: {} {url}", case.method);
            let answer = send(&mut client, &case.method, &url, &(case.form)(&app.seed)).await;
            of_tom.are_not_told_of(&answer, &at);
            assert!(is_refused(&answer), "{at} gave {}: {}", answer.status, answer.reads());
            of_tom.are_as_before(&app, &at).await;
            tries += 1;
        }
    }
    assert!(tries > 40, "{tries}");
}

/// The watch sees what it is for: without this, nothing above could fail.
#[tokio::test]
async fn a_change_and_a_word_are_noticed() {
    let app = TestApp::start().await;
    let there = app.sow_elsewhere().await;
    let others = Others::watch(&app, ids_of(&there), vec![Seed::MARK]).await;
    others.are_as_before(&app, "nothing").await;
    let mut tx = app.store.write().await.unwrap();
    let (class, pupil) = (app.seed.class(), there.person(Who::Pupil));
    groups::add_member(&mut tx, class, pupil, MemberRole::Pupil, "", "hand").await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(others.named(&app).await.len(), others.rows.len() + 1);
    let mut teacher = app.actor(Who::Teacher).await;
    let answer = teacher.get(&format!("/groups/{class}")).await.expect(200);
    assert!(answer.text().contains(Seed::MARK));
    assert_eq!(
        mixed("/homework/1/pupils/2", "/homework/3/pupils/4"),
        ["/homework/3/pupils/4", "/homework/1/pupils/4", "/homework/3/pupils/2"]
    );
}

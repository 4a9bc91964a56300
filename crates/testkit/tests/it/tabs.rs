//! Two tabs that change one thing: the second is told, sees what the first has saved, and loses nothing.

use preau_testkit::{Answer, Client, TestApp, Who};

const TOLD: &str = "Une modification a été enregistrée entre-temps";

type Typed<'a> = &'a [(&'a str, &'a str)];

/// One form, in two tabs.
struct Form<'a> {
    who: Who,
    path: String,
    /// The hidden field that says what the page was made of.
    mark: &'a str,
    first: Typed<'a>,
    second: Typed<'a>,
    /// What the second tab reads of the first's.
    theirs: &'a [&'a str],
    /// What of its own it still has, as the page's source has it.
    own: &'a [&'a str],
}

async fn send(client: &mut Client, form: &Form<'_>, typed: Typed<'_>, page: &Answer) -> Answer {
    let mark = page.hidden(form.mark).unwrap();
    let mut fields = vec![(form.mark, mark.as_str())];
    fields.extend(typed);
    client.post_form(&form.path, &fields).await
}

async fn check(app: &TestApp, form: Form<'_>) {
    let mut client = app.actor(form.who).await;
    let page = client.get(&form.path).await.expect(200);
    // Pressed twice, it is saved once, and nobody is told anything.
    for _ in 0..2 {
        send(&mut client, &form, form.first, &page).await.expect(303);
    }
    let told = send(&mut client, &form, form.second, &page).await.expect(409).says(TOLD);
    for theirs in form.theirs {
        assert!(
            told.reads().contains(&format!("Enregistré entre-temps\u{a0}: {theirs}")),
            "{theirs}: {}",
            told.reads()
        );
    }
    for own in form.own {
        assert!(told.text().contains(own), "{}: {own} is not in {}", form.path, told.text());
    }
    // What says nothing of what it has seen overwrites nothing either.
    client.post_form(&form.path, form.second).await.expect(409);
    assert_eq!(client.get(&form.path).await.hidden(form.mark), told.hidden(form.mark), "the first one's is stored");
    send(&mut client, &form, form.second, &told).await.expect(303);
    let now = client.get(&form.path).await.expect(200);
    assert!(!now.text().contains(TOLD));
    send(&mut client, &form, form.first, &told).await.expect(409);
}

#[tokio::test]
async fn a_person() {
    let app = TestApp::start().await;
    let form = Form {
        who: Who::Administrator,
        path: format!("/people/{}/change", app.seed.person(Who::Pupil)),
        mark: "seen",
        first: &[("given", "Léa-Rose"), ("family", "Martin"), ("title", "Mme"), ("email", "")],
        second: &[("given", "Léa"), ("family", "Martin-Durand"), ("title", "Mme"), ("email", "lea@exemple.fr")],
        theirs: &["Léa-Rose", "Martin", "(vide)"],
        own: &["value=\"Martin-Durand\"", "value=\"lea@exemple.fr\""],
    };
    check(&app, form).await;
}

#[tokio::test]
async fn a_group() {
    let app = TestApp::start().await;
    let form = Form {
        who: Who::Administrator,
        path: format!("/groups/{}/rename", app.seed.class()),
        mark: "seen",
        first: &[("name", "6e Bleue")],
        second: &[("name", "6e Rouge")],
        theirs: &["6e Bleue"],
        own: &["value=\"6e Rouge\""],
    };
    check(&app, form).await;
}

#[tokio::test]
async fn the_settings_of_a_school() {
    let app = TestApp::start().await;
    let school = format!("/schools/{}", app.seed.school());
    let attendance = Form {
        who: Who::SchoolLife,
        path: format!("{school}/attendance/settings"),
        mark: "seen",
        first: &[("afternoon", "12:30"), ("reminder", "15"), ("places", "20"), ("mails", "yes")],
        second: &[("afternoon", "13h15"), ("reminder", "15"), ("places", "30")],
        theirs: &["12:30", "20", "oui"],
        own: &["value=\"13h15\"", "value=\"30\""],
    };
    check(&app, attendance).await;
    let keeping = Form {
        who: Who::Head,
        path: format!("{school}/keeping"),
        mark: "seen",
        first: &[("days", "7")],
        second: &[("days", "30")],
        theirs: &["7"],
        own: &["value=\"30\" selected"],
    };
    check(&app, keeping).await;
    let recordings = Form {
        who: Who::Head,
        path: format!("{school}/recordings"),
        mark: "seen",
        first: &[("allowed", "yes"), ("days", "10")],
        second: &[("days", "40"), ("downloads", "yes")],
        theirs: &["oui", "10", "non"],
        own: &["value=\"40\""],
    };
    check(&app, recordings).await;
}

#[tokio::test]
async fn a_progression() {
    let app = TestApp::start().await;
    let form = Form {
        who: Who::Teacher,
        path: format!("/progressions/{}", app.seed.log().progression),
        mark: "version",
        first: &[("do", "rename"), ("title", "L’Égypte"), ("subject", "Histoire")],
        second: &[("do", "rename"), ("title", "La Grèce"), ("subject", "Histoire")],
        theirs: &["L’Égypte"],
        own: &["value=\"La Grèce\""],
    };
    check(&app, form).await;
}

fn pairs(all: &[(String, String)]) -> Vec<(&str, &str)> {
    all.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

#[tokio::test]
async fn what_is_prepared_for_a_lesson() {
    let app = TestApp::start().await;
    let place = format!("place-{}", app.seed.person(Who::Pupil));
    let rules = [("may", "mic"), ("cameras_seen", "all"), ("slow_s", "0"), ("alone_min", "5")];
    let typed = |own: &[(&'static str, &'static str)], at: &'static str| {
        let mut all: Vec<(String, String)> = rules.iter().chain(own).map(|(a, b)| ((*a).into(), (*b).into())).collect();
        all.push((place.clone(), at.into()));
        all
    };
    let first = [("cameras_max", "8"), ("groups", "Rouges\nBleus"), ("helper", "Julie Moreau"), ("help", "assistant")];
    let first = typed(&[&first[..], &[("scope", "lesson")]].concat(), "2");
    let second = typed(&[("cameras_max", "9"), ("groups", "Verts"), ("scope", "class")], "1");
    let form = Form {
        who: Who::Teacher,
        path: format!("/lessons/{}/setup", app.seed.lesson_now()),
        mark: "seen",
        first: &pairs(&first),
        second: &pairs(&second),
        theirs: &["8", "Rouges", "Groupe 2", "Julie Moreau (julie.moreau)"],
        own: &["value=\"9\"", "Verts</textarea>", "value=\"class\" selected"],
    };
    check(&app, form).await;
}

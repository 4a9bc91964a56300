//! Power over accounts ends where it should, for those who have some.

use preau_testkit::{PASSWORD, TestApp, Who};

#[tokio::test]
async fn power_over_accounts_has_its_bounds() {
    let app = TestApp::start().await;
    let id = |who| app.seed.person(who).to_string();
    let school = app.seed.school();
    let codes = format!("/schools/{school}/codes");
    let code_of = |who| format!("/people/{}/code", id(who));
    let change = |who, what: &str| format!("/people/{}/{what}", id(who));
    let profile = |name: &'static str| vec![("profile", name)];
    let elsewhere = app.seed.other_school().to_string();
    let grant = vec![("school", elsewhere.as_str()), ("profile", "administrator"), ("do", "add")];
    let attempts = [
        // Codes of staff are printed by administrators only.
        (Who::SchoolLife, codes.clone(), profile("teacher")),
        (Who::Head, codes.clone(), profile("administrator")),
        (Who::Teacher, codes.clone(), profile("pupil")),
        (Who::SchoolLife, code_of(Who::Teacher), vec![]),
        (Who::Head, code_of(Who::Administrator), vec![]),
        // A teacher gives new codes to pupils whom they teach, and to nobody else.
        (Who::Teacher, code_of(Who::PupilElsewhere), vec![]),
        (Who::Teacher, code_of(Who::Parent), vec![]),
        (Who::Teacher, code_of(Who::Head), vec![]),
        // A school's administrator has no power over the platform's, nor over another school.
        (Who::Administrator, code_of(Who::PlatformAdmin), vec![]),
        (Who::Administrator, change(Who::PlatformAdmin, "suspend"), vec![]),
        (Who::Administrator, change(Who::Stranger, "suspend"), vec![]),
        (Who::Administrator, change(Who::Administrator, "profiles"), grant),
        (Who::Parent, change(Who::Pupil, "code"), vec![]),
        (Who::Pupil, change(Who::Pupil, "code"), vec![]),
    ];
    for (who, path, fields) in attempts {
        let answer = app.actor(who).await.post_form(&path, &fields).await;
        assert!(matches!(answer.status.as_u16(), 403 | 404), "{who:?} {path} {fields:?}: {}", answer.status);
    }
    for who in [Who::Teacher, Who::PupilElsewhere, Who::Parent, Who::PlatformAdmin, Who::Stranger] {
        app.client().sign_in(who.login(), PASSWORD).await.leads_to("/");
    }
}

#[tokio::test]
async fn a_new_code_ends_the_old_password_and_opens_the_account() {
    let app = TestApp::start().await;
    let mut pupil = app.actor(Who::Pupil).await;
    let path = format!("/people/{}/code", app.seed.person(Who::Pupil));
    let sheet = app.actor(Who::Teacher).await.post_form(&path, &[]).await.expect(200);
    let reads = sheet.reads();
    let is_code = |word: &&str| word.len() == 17 && word.split('-').map(str::len).eq([5, 5, 5]);
    let code = reads.split_whitespace().find(is_code).expect("the sheet has a code").to_owned();
    pupil.get("/account").await.leads_to("/sign-in?next=/account");
    app.client().sign_in("lea.martin", PASSWORD).await.expect(422);
    let mut client = app.client();
    let fields = [("secret", code.as_str()), ("password", "girafe tambour violet")];
    client.post_form("/activation", &fields).await.leads_to("/");
    client.get("/").await.expect(200);
}

#[tokio::test]
async fn a_suspended_person_is_out_at_once() {
    let app = TestApp::start().await;
    let mut parent = app.actor(Who::Parent).await;
    let mut administrator = app.actor(Who::Administrator).await;
    let path = format!("/people/{}", app.seed.person(Who::Parent));
    administrator.post_form(&format!("{path}/suspend"), &[]).await.leads_to(&path);
    parent.get("/").await.leads_to("/sign-in");
    parent.sign_in(Who::Parent.login(), PASSWORD).await.expect(403).says("suspendu");
    administrator.post_form(&format!("{path}/restore"), &[]).await.leads_to(&path);
    parent.sign_in(Who::Parent.login(), PASSWORD).await.leads_to("/");
    let log = administrator.get(&format!("/schools/{}/audit", app.seed.school())).await.expect(200);
    assert!(log.reads().contains("alain.gestion"), "{}", log.reads());
}

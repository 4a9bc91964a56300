//! What becomes of accounts: cards of the youngest, rights of relatives, merging, the year, imports.

use http::Method;
use preau_base::{GroupId, SchoolId};
use preau_school::RelationRights;
use preau_store::{audit, groups, people, territories};
use preau_testkit::{Answer, Client, TestApp, Who};

/// The code on a page with one card, and the numbers of its pictures.
fn card_on(page: &Answer) -> (String, Vec<String>) {
    let text = page.text();
    let (_, card) = text.split_once("pupil-card").expect("a card");
    let code = card.split_once("class=\"code\">").and_then(|(_, rest)| rest.split('<').next()).expect("a code");
    let pictures = card.split("#picture-").skip(1).map(|rest| rest.split('"').next().expect("a number").to_owned());
    (code.to_owned(), pictures.collect())
}

/// Taps pictures one by one, as the page without script does; gives the last answer.
async fn tap(client: &mut Client, code: &str, pictures: &[String]) -> Answer {
    let mut answer = client.post_form("/card", &[("secret", code)]).await.expect(200);
    for picture in pictures {
        let picked = answer.hidden("picked").expect("what was tapped");
        let secret = answer.hidden("secret").expect("the code");
        let form = [("secret", secret.as_str()), ("picked", picked.as_str()), ("picture", picture.as_str())];
        answer = client.post_form("/card", &form).await;
    }
    answer
}

/// The school makes cards for its pupils of all grades.
async fn open_cards(app: &TestApp) {
    let mut administrator = app.actor(Who::Administrator).await;
    let path = format!("/schools/{}/cards", app.seed.school());
    administrator.post_form(&path, &[("beyond", "yes")]).await.expect(303);
}

async fn print(teacher: &mut Client, app: &TestApp) -> (String, Vec<String>) {
    let path = format!("/groups/{}/cards", app.seed.class());
    let pupil = app.seed.person(Who::Pupil).to_string();
    let sheet = teacher.post_form(&path, &[("person", &pupil)]).await.expect(200).says("Léa Martin");
    assert!(!sheet.reads().contains("Mot de passe"), "{}", sheet.reads());
    card_on(&sheet)
}

#[tokio::test]
async fn a_pupil_gets_in_with_a_card_until_it_is_revoked() {
    let app = TestApp::start().await;
    open_cards(&app).await;
    let mut teacher = app.actor(Who::Teacher).await;
    teacher.get(&format!("/groups/{}", app.seed.class())).await.says("Cartes de connexion");
    let (code, pictures) = print(&mut teacher, &app).await;
    assert_eq!(pictures.len(), 3);

    let mut tablet = app.client();
    tablet.get("/sign-in").await.says("J’ai une carte avec des images");
    tablet.get("/card").await.expect(200).says("Les lettres de ma carte");
    tablet.post_form("/card", &[("secret", "K7P-MA4-X9Q")]).await.expect(422);
    let mut wrong = pictures.clone();
    wrong.reverse();
    tap(&mut tablet, &code, &wrong).await.expect(422).says("Ce ne sont pas les bonnes images");
    tap(&mut tablet, &code.to_lowercase(), &pictures).await.leads_to("/");
    tablet.get("/").await.expect(200).says("Histoire-géographie");
    assert!(tablet.cookie("preau-known").is_none(), "a shared tablet keeps nothing");

    // The list says so; another card ends this one at once, and what it had opened.
    teacher.get(&format!("/groups/{}/cards", app.seed.class())).await.says("utilisée le");
    let (second, pictures) = print(&mut teacher, &app).await;
    assert!(tablet.get("/").await.wants_sign_in());
    tablet.post_form("/card", &[("secret", &code)]).await.expect(422).says("ne marche plus");
    tap(&mut tablet, &second, &pictures).await.leads_to("/");
    let revoke = format!("/people/{}/card", app.seed.person(Who::Pupil));
    teacher.post_form(&revoke, &[("do", "revoke")]).await.expect(303);
    assert!(tablet.get("/").await.wants_sign_in());
    app.actor(Who::Pupil).await.get("/").await.expect(200);
}

#[tokio::test]
async fn pupils_of_a_college_have_cards_only_where_the_school_says_so() {
    let app = TestApp::start().await;
    let (class, pupil) = (app.seed.class(), app.seed.person(Who::Pupil));
    let (cards, card) = (format!("/groups/{class}/cards"), format!("/people/{pupil}/card"));
    let mut teacher = app.actor(Who::Teacher).await;
    let page = teacher.get(&format!("/groups/{class}")).await.expect(200);
    assert!(!page.text().contains(&cards), "nothing leads to what is not for them");
    teacher.get(&cards).await.expect(200).says("Les cartes sont pour les élèves d’école maternelle et élémentaire");
    let sent = teacher.post_form(&cards, &[("person", &pupil.to_string())]).await.leads_to(&cards);
    assert!(sent.bytes.is_empty() || !sent.text().contains("pupil-card"));
    teacher.post_form(&card, &[("do", "give")]).await.expect(403);
    teacher.post_form(&format!("/schools/{}/cards", app.seed.school()), &[("beyond", "yes")]).await.expect(403);

    open_cards(&app).await;
    let (code, pictures) = print(&mut teacher, &app).await;
    let mut tablet = app.client();
    tap(&mut tablet, &code, &pictures).await.leads_to("/");
    // Taken back: what was made opens nothing, and can still be ended.
    let mut administrator = app.actor(Who::Administrator).await;
    let path = format!("/schools/{}/cards", app.seed.school());
    let fields = [("back", class.to_string())];
    let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    administrator.post_form(&path, &fields).await.leads_to(&cards);
    tap(&mut app.client(), &code, &pictures).await.expect(422).says("ne marche plus");
    teacher.get(&cards).await.expect(200).says("Révoquer la carte");
    teacher.post_form(&card, &[("do", "revoke")]).await.expect(303);

    // In a class of the youngest it needs nobody's word.
    let mut tx = app.store.write().await.unwrap();
    let grade = Some(preau_school::calendar::Grade::Ce1);
    preau_store::calendars::set_grade(&mut tx, class, grade).await.unwrap();
    tx.commit().await.unwrap();
    let (code, pictures) = print(&mut teacher, &app).await;
    tap(&mut app.client(), &code, &pictures).await.leads_to("/");
}

#[tokio::test]
async fn cards_are_for_pupils_and_guesses_end_them() {
    let app = TestApp::start().await;
    open_cards(&app).await;
    let mut administrator = app.actor(Who::Administrator).await;
    for who in [Who::Parent, Who::Teacher, Who::Head] {
        let path = format!("/people/{}/card", app.seed.person(who));
        administrator.post_form(&path, &[("do", "give")]).await.expect(403);
    }
    let mut teacher = app.actor(Who::Teacher).await;
    let (code, pictures) = print(&mut teacher, &app).await;
    let mut wrong = pictures.clone();
    wrong.rotate_left(1);
    // From many places, so that only the card's own count is in the way; the budget makes each wait its turn.
    let mut dead = false;
    for guess in 0..40_u8 {
        let mut client = app.client().from_address([198, 51, 100, guess]);
        let answer = tap(&mut client, &code, &wrong).await;
        match answer.status.as_u16() {
            429 => app.clock.advance(std::time::Duration::from_secs(3_600)),
            422 if answer.reads().contains("ne marche plus") => dead = true,
            422 => {}
            other => panic!("{other}: {}", answer.reads()),
        }
        if dead {
            break;
        }
    }
    assert!(dead, "the card outlives every guess");
    let answer = app.client().post_form("/card", &[("secret", &code)]).await;
    assert_eq!(answer.status.as_u16(), 422, "not even with the right pictures");
}

#[tokio::test]
async fn a_relative_is_barred_by_school_life() {
    let app = TestApp::start().await;
    let (pupil, parent) = (app.seed.person(Who::Pupil), app.seed.person(Who::Parent));
    let mut family = app.actor(Who::Parent).await;
    let week = format!("/people/{pupil}/week");
    family.get(&week).await.expect(200);
    let mut school_life = app.actor(Who::SchoolLife).await;
    let here = format!("/people/{pupil}/relations");
    school_life.get(&here).await.expect(200).says("Droits des responsables");
    let relative = parent.to_string();
    let form = [("relative", relative.as_str()), ("do", "set"), ("was", "1111"), ("attendance", "yes")];
    school_life.post_form(&here, &form).await.leads_to(&here);
    family.get(&week).await.expect(404);
    school_life.post_form(&here, &[("relative", &relative), ("do", "bar")]).await.leads_to(&here);
    school_life.get(&here).await.says("écarté");
    school_life.post_form(&here, &[("relative", &relative), ("do", "allow")]).await.leads_to(&here);
    let all = [("relative", relative.as_str()), ("do", "set"), ("was", "0100"), ("day", "yes"), ("sign", "yes")];
    school_life.post_form(&here, &all).await.leads_to(&here);
    family.get(&week).await.expect(200);
}

#[tokio::test]
async fn rights_that_somebody_else_has_set_are_not_overwritten_from_an_old_page() {
    let app = TestApp::start().await;
    let (pupil, parent) = (app.seed.person(Who::Pupil), app.seed.person(Who::Parent));
    let here = format!("/people/{pupil}/relations");
    let (mut head, mut school_life) = (app.actor(Who::Head).await, app.actor(Who::SchoolLife).await);
    let was = head.get(&here).await.expect(200).hidden("was").expect("what the form was made from");
    assert_eq!(was, "1111", "a mother may do all, and all boxes are checked");
    let relative = parent.to_string();
    let set = [("relative", relative.as_str()), ("do", "set"), ("was", was.as_str())];
    let day_only = [&set[..], &[("day", "yes")]].concat();
    school_life.post_form(&here, &day_only).await.leads_to(&here);
    // Sent twice, it is the same decision.
    school_life.post_form(&here, &day_only).await.leads_to(&here);
    let all_but_signing = [&set[..], &[("day", "yes"), ("attendance", "yes"), ("declare", "yes")]].concat();
    let page = head
        .post_form(&here, &all_but_signing)
        .await
        .expect(409)
        .says("Anne Martin\u{a0}: ces droits ont été modifiés");
    assert_eq!(page.hidden("was").as_deref(), Some("1000"), "the page as it is now");
    let rights = async || {
        let mut conn = app.store.read().await.unwrap();
        let all = people::relations_of(&mut conn, pupil).await.unwrap();
        let one = all.iter().find(|it| it.relative_id == parent).expect("the mother");
        (one.rights(), one.barred_at.is_some())
    };
    let day = RelationRights { sees_day: true, ..RelationRights::NONE };
    assert_eq!(rights().await, (day, false), "what school life has set");
    // Whom somebody has barred meanwhile stays so, and as they were.
    school_life.post_form(&here, &[("relative", &relative), ("do", "bar")]).await.leads_to(&here);
    let now = [("relative", relative.as_str()), ("do", "set"), ("was", "1000"), ("sign", "yes")];
    head.post_form(&here, &now).await.expect(409).says("écarté");
    assert_eq!(rights().await, (day, true));
    head.post_form(&here, &[("relative", &relative), ("do", "set")]).await.expect(400);
    let mut conn = app.store.read().await.unwrap();
    let log = audit::list(&mut conn, Some(app.seed.school()), i64::MAX).await.unwrap();
    assert_eq!(log.iter().filter(|row| row.action == "relation.rights").count(), 1, "one decision is written down");
}

#[tokio::test]
async fn two_accounts_are_merged_and_the_old_address_leads_to_the_one() {
    let app = TestApp::start().await;
    let (keep, gone) = (app.seed.person(Who::Pupil), app.seed.person(Who::PupilElsewhere));
    let mut administrator = app.actor(Who::Administrator).await;
    let mut conn = app.store.read().await.unwrap();
    let login = people::by_id(&mut conn, gone).await.unwrap().unwrap().login;
    let path = format!("/people/{keep}/merge");
    administrator.get(&format!("{path}?with={login}")).await.expect(200).says("Compte gardé").says(&login);
    let mut other = app.actor(Who::PupilElsewhere).await;
    let goes = gone.to_string();
    administrator.post_form(&path, &[("other", &goes), ("names", "own")]).await.leads_to(&format!("/people/{keep}"));
    administrator.post_form(&path, &[("other", &goes)]).await.leads_to(&format!("/people/{keep}"));
    assert!(other.get("/").await.wants_sign_in(), "its sign-ins end");
    administrator.get(&format!("/people/{gone}")).await.leads_to(&format!("/people/{keep}"));
    let both = groups::of_person(&mut conn, keep, preau_school::MemberRole::Pupil).await.unwrap();
    assert_eq!(both.len(), 2);
    let log = audit::list(&mut conn, Some(app.seed.school()), i64::MAX).await.unwrap();
    assert_eq!(log.iter().filter(|row| row.action == "person.merge").count(), 1);
}

#[tokio::test]
async fn last_years_classes_go_into_the_archive_and_come_back() {
    let app = TestApp::start().await;
    let mut administrator = app.actor(Who::Administrator).await;
    let here = format!("/schools/{}/year", app.seed.school());
    administrator.get(&here).await.says("il n’y a rien à archiver");
    app.clock.advance(std::time::Duration::from_secs(300 * 86_400));
    let mut administrator = app.actor(Who::Administrator).await;
    administrator.get(&here).await.says("2 classes et groupes seront archivés").says("2027-2028");
    administrator.post_form(&here, &[("year", "2026-2027")]).await.leads_to(&here);
    administrator.get(&here).await.says("2 classes et groupes seront archivés");
    administrator.post_form(&here, &[("year", "2027-2028")]).await.leads_to(&here);
    administrator.get(&here).await.says("6e B (2026-2027)");
    let class = app.seed.class();
    administrator.post_form(&format!("/groups/{class}/restore"), &[]).await.leads_to(&format!("/groups/{class}"));
    administrator.get(&format!("/schools/{}/groups", app.seed.school())).await.says("6e B");
}

/// Sends a file by a form with files, as browsers do.
async fn send(client: &mut Client, path: &str, name: &str, bytes: &[u8], act: &str) -> Answer {
    let token = client.csrf().await;
    let mut body = Vec::new();
    for (field, value) in [("csrf", token.as_str()), ("do", act)] {
        body.extend(format!("--x\r\ncontent-disposition: form-data; name=\"{field}\"\r\n\r\n{value}\r\n").bytes());
    }
    let head = format!("--x\r\ncontent-disposition: form-data; name=\"files\"; filename=\"{name}\"\r\n\r\n");
    body.extend(head.bytes());
    body.extend(bytes);
    body.extend(b"\r\n--x--\r\n");
    client.send(Method::POST, path, &[("content-type", "multipart/form-data; boundary=x")], body).await
}

const TABLE: &str = "Nom;Prénom;Classe;Date de naissance\nÉtoile;Anaïs;4e D;01/02/2013\nÉtoile;Anaïs;4e D;01/02/2013\n李;小龍;4e D;03/04/2013\n";

#[tokio::test]
async fn a_table_is_tried_and_then_applied() {
    let app = TestApp::start().await;
    let mut administrator = app.actor(Who::Administrator).await;
    let path = format!("/schools/{}/import", app.seed.school());
    administrator.get(&path).await.expect(200).says("Essayer à blanc");
    let tried = send(&mut administrator, &path, "4eD.csv", TABLE.as_bytes(), "try").await.expect(200);
    let tried = tried.says("Ce que l’import ferait").says("2 nouveaux").says("Refusés");
    let tried = tried.says("4eD.csv, ligne 3 (n°\u{a0}2)\u{a0}: c’est le même élève qu’à la ligne 2");
    let mut conn = app.store.read().await.unwrap();
    assert!(groups::by_name(&mut conn, app.seed.school(), "4e D").await.unwrap().is_none(), "nothing was changed");

    let file = tried.hidden("file").expect("the file to apply");
    let mut head = app.actor(Who::PlatformAdmin).await;
    head.post_form(&path, &[("do", "apply"), ("file", &file)]).await.expect(404);
    let done = administrator.post_form(&path, &[("do", "apply"), ("file", &file)]).await.expect(200);
    done.says("Ce que l’import a fait").says("2 nouveaux");
    let group = groups::by_name(&mut conn, app.seed.school(), "4e D").await.unwrap().unwrap();
    administrator.get(&format!("/groups/{}", group.id)).await.says("Anaïs").says("小龍");
    administrator.get(&path).await.says("csv:0040001A");

    send(&mut administrator, &path, "x.csv", b"\x00\x01", "try").await.expect(422).says("ne se lit pas");
    send(&mut administrator, &path, "x.csv", b"", "try").await.expect(422).says("Choisissez au moins un fichier");
}

#[tokio::test]
async fn a_feed_of_many_schools_is_for_the_platform() {
    let app = TestApp::start().await;
    let mut platform = app.actor(Who::PlatformAdmin).await;
    platform.get("/import").await.expect(200).says("AAF");
    send(&mut platform, "/import", "a.zip", b"no archive", "try").await.expect(422).says("ne se lit pas");
    send(&mut platform, "/import", "photo.png", b"png", "try")
        .await
        .expect(422)
        .says("aucun fichier de l’annuaire fédérateur");
}

#[tokio::test]
async fn a_territory_is_given_and_governs_its_schools() {
    let app = TestApp::start().await;
    let mut platform = app.actor(Who::PlatformAdmin).await;
    let here = format!("/territories/{}", app.seed.territory());
    platform.get("/territories").await.expect(200).says("Provence-Alpes-Côte d’Azur");
    platform.get(&here).await.expect(200).says("Alpes-de-Haute-Provence").says("Collège des Tilleuls");
    platform.post_form(&format!("{here}/administrators"), &[("login", "nobody"), ("do", "add")]).await.leads_to(&here);
    let login = Who::Stranger.login();
    platform.post_form(&format!("{here}/administrators"), &[("login", login), ("do", "add")]).await.leads_to(&here);
    let mut regent = app.actor(Who::Stranger).await;
    regent.get(&here).await.expect(200);
    let school: SchoolId = app.seed.school();
    regent.get(&format!("/schools/{school}")).await.expect(200).says("Importer des personnes");
    let class: GroupId = app.seed.class();
    regent.get(&format!("/groups/{class}/merge")).await.expect(200);
    regent.get("/admin/gate").await.expect(403);

    // Its administrator of before cannot reach the account that governs, nor give out territories.
    let mut conn = app.store.read().await.unwrap();
    assert_eq!(territories::of_person(&mut conn, app.seed.person(Who::Stranger)).await.unwrap().len(), 1);
    let person = app.seed.person(Who::Stranger).to_string();
    platform.post_form(&format!("{here}/administrators"), &[("person", &person), ("do", "end")]).await.leads_to(&here);
    let mut regent = app.actor(Who::Stranger).await;
    regent.get(&format!("/schools/{school}")).await.expect(404);
    platform.post_form(&format!("/schools/{school}/territory"), &[]).await.leads_to(&format!("/schools/{school}"));
}

use super::world::{NOW, World};
use crate::limits::{GUEST_KEPT, GUESTS_PER_LESSON_MAX, HELPED_LESSONS_MAX, SETUP_PEOPLE_MAX};
use crate::setups::{For, Named, Prepared};
use crate::{Conn, StoreError, groups, guests, lessons, people, setups, visits};
use preau_base::{GroupId, Instant, LessonId, PersonId, SessionId, SetupId, VisitId};
use preau_school::{GroupKind, Help, LessonRole, Profile};
use std::time::Duration;

const END: Instant = Instant::from_secs(1_800_003_300);

async fn lesson(conn: &mut Conn, world: &mut World, subject_name: &str, groups: &[GroupId]) -> LessonId {
    let id = LessonId::new(NOW, &mut world.rng);
    let new = lessons::NewLesson { groups, ..world.new_lesson(id, NOW, subject_name) };
    lessons::create(conn, &new, NOW).await.expect("a lesson");
    id
}

async fn invite(conn: &mut Conn, world: &mut World, lesson: LessonId, secret: &[u8]) -> Result<PersonId, StoreError> {
    invite_until(conn, world, lesson, (secret, Some(END))).await
}

async fn invite_until(
    conn: &mut Conn,
    world: &mut World,
    lesson: LessonId,
    (secret, until): (&[u8], Option<Instant>),
) -> Result<PersonId, StoreError> {
    let person = PersonId::new(NOW, &mut world.rng);
    let new = guests::NewGuest {
        lesson,
        person,
        name: "Ada Lovelace King",
        email: Some("ada@example.org"),
        invited_by: world.teacher,
        secret_hash: secret,
        until,
    };
    guests::invite(conn, &new, NOW).await.map(|()| person)
}

/// Whoever saves has seen `seen`.
async fn try_save(
    conn: &mut Conn,
    world: &mut World,
    of: (For<'_>, &[SetupId]),
    prepared: &Prepared,
    now: Instant,
) -> bool {
    let rng = &mut world.rng;
    setups::save(conn, of, prepared, world.teacher, &mut || SetupId::new(now, rng), now).await.expect("asked")
}

async fn save(conn: &mut Conn, world: &mut World, of: For<'_>, prepared: &Prepared, now: Instant) {
    assert!(try_save(conn, world, (of, &[]), prepared, now).await);
}

/// What is kept for a lesson and its class, as its page shows it.
async fn seen(conn: &mut Conn, lesson: LessonId) -> Vec<SetupId> {
    setups::of_lesson(conn, lesson).await.expect("read").map(|setup| setup.ids).unwrap_or_default()
}

super::on_both! {
    async fn an_invitation_is_used_once_by_one_browser(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let mut world = World::make(&mut tx).await;
        let class = world.class;
        let lesson = lesson(&mut tx, &mut world, "Histoire", &[class]).await;
        let person = invite(&mut tx, &mut world, lesson, b"secret").await.expect("invited");
        let guest = guests::by_secret(&mut tx, b"secret").await.expect("read").expect("there");
        assert_eq!((guest.name.reveal().as_str(), guest.invited_by.as_str()), ("Ada Lovelace King", "Mme Claire Fontaine"));
        assert!(guest.is_open(NOW) && !guest.is_open(END));
        assert!(guests::by_secret(&mut tx, b"other").await.expect("read").is_none());
        let [mine, others] = [(); 2].map(|()| SessionId::new(NOW, &mut world.rng));
        assert!(!guests::enter(&mut tx, b"secret", mine, END).await.expect("asked"), "it has expired");
        assert!(guests::enter(&mut tx, b"secret", mine, NOW).await.expect("asked"));
        assert!(!guests::enter(&mut tx, b"secret", others, NOW).await.expect("asked"), "it is used");
        let guest = guests::of_person(&mut tx, lesson, person).await.expect("read").expect("there");
        assert!(guest.entered_as(mine) && !guest.entered_as(others) && !guest.is_open(NOW));
        assert!(guests::revoke(&mut tx, lesson, person, NOW).await.expect("revoked"));
        assert!(!guests::revoke(&mut tx, lesson, person, NOW).await.expect("revoked before"));
        let all = guests::of_lesson(&mut tx, lesson).await.expect("read");
        assert!(all.len() == 1 && !all[0].entered_as(mine));
        // Nobody signs in as a guest, and no school has one.
        let row = people::by_id(&mut tx, person).await.expect("read").expect("there");
        assert!(people::affiliations(&mut tx, person).await.expect("read").is_empty() && !row.is_active());
        assert_eq!(row.email, None);
    }

    async fn an_invitation_goes_where_its_lesson_goes(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let mut world = World::make(&mut tx).await;
        let (class, teacher) = (world.class, world.teacher);
        let id = lesson(&mut tx, &mut world, "Histoire", &[class]).await;
        let minutes = |count: u64| Duration::from_secs(count * 60);
        for (secret, until) in [(b"whole", None), (b"short", Some(END))] {
            invite_until(&mut tx, &mut world, id, (secret, until)).await.expect("invited");
        }
        let ends = async |conn: &mut Conn| {
            let mut found = Vec::new();
            for secret in [b"whole", b"short"] {
                found.push(guests::by_secret(conn, secret).await.expect("read").expect("there").expires_at());
            }
            found
        };
        let half_an_hour = minutes(30);
        assert_eq!(ends(&mut tx).await, [END.plus(half_an_hour), END]);

        let moved = async |conn: &mut Conn, by: Duration, later: bool| {
            let to = |at: Instant| if later { at.plus(by) } else { at.minus(by) };
            let new = lessons::NewLesson {
                id, school: world.school, subject_name: "Histoire", room: "", starts_at: to(NOW), ends_at: to(END),
                groups: &[class], teachers: &[teacher], created_by: None, source: "hand",
            };
            lessons::change(conn, &new, lessons::By { person: teacher, note: "" }, NOW).await.expect("moved");
        };
        let two_days = minutes(2 * 24 * 60);
        moved(&mut tx, two_days, true).await;
        let end = END.plus(two_days).plus(half_an_hour);
        assert_eq!(ends(&mut tx).await, [end, END], "the teacher's own limit stays");
        let browser = SessionId::new(NOW, &mut world.rng);
        assert!(!guests::enter(&mut tx, b"short", browser, END).await.expect("asked"));
        assert!(!guests::enter(&mut tx, b"whole", browser, end).await.expect("asked"), "the lesson is over");

        moved(&mut tx, minutes(40), false).await;
        let end = END.minus(minutes(10));
        assert_eq!(ends(&mut tx).await, [end, end]);
        assert!(!guests::enter(&mut tx, b"whole", browser, end).await.expect("asked"));
        lessons::prolong(&mut tx, id, END).await.expect("prolonged");
        assert_eq!(ends(&mut tx).await, [END.plus(half_an_hour), END]);
        assert!(guests::enter(&mut tx, b"whole", browser, end).await.expect("asked"));
    }

    async fn guests_are_bounded_and_forgotten(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let mut world = World::make(&mut tx).await;
        let class = world.class;
        let lesson = lesson(&mut tx, &mut world, "Histoire", &[class]).await;
        let mut first = None;
        for at in 0..GUESTS_PER_LESSON_MAX {
            let person = invite(&mut tx, &mut world, lesson, &at.to_be_bytes()).await.expect("invited");
            first.get_or_insert(person);
        }
        let first = first.expect("at least one");
        assert!(guests::revoke(&mut tx, lesson, first, NOW).await.expect("revoked"));
        let over = invite(&mut tx, &mut world, lesson, b"over").await;
        assert!(matches!(over, Err(StoreError::Limit { .. })), "revoking makes no room: {over:?}");
        let visit = VisitId::new(NOW, &mut world.rng);
        visits::join(&mut tx, visit, lesson, first, LessonRole::Guest, NOW).await.expect("came");
        assert_eq!(guests::sweep(&mut tx, END.plus(GUEST_KEPT)).await.expect("swept"), 0);
        let later = END.plus(GUEST_KEPT).plus(Duration::from_millis(1));
        assert_eq!(guests::sweep(&mut tx, later).await.expect("swept"), GUESTS_PER_LESSON_MAX as u64);
        assert!(guests::of_lesson(&mut tx, lesson).await.expect("read").is_empty());
        let visits = visits::list(&mut tx, lesson).await.expect("read");
        assert_eq!(visits.iter().map(|visit| visit.name.trim()).collect::<Vec<_>>(), ["—"], "there was somebody");
    }

    async fn lessons_in_which_others_help_now_hide_none_of_those_in_which_somebody_does(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let mut world = World::make(&mut tx).await;
        let (class, teacher) = (world.class, world.teacher);
        let aide = world.person(&mut tx, "aide", "Luc", "Aide", Profile::Staff).await;
        let helps = Prepared { rules: "{}".to_owned(), people: vec![Named::Helps(aide, Help::Assistant)], ..Prepared::default() };
        let alone = Prepared { rules: "{}".to_owned(), ..Prepared::default() };
        let every = For::Class { teacher, groups: &[class], subject_name: "Histoire" };
        save(&mut tx, &mut world, every, &helps, NOW).await;
        let most = usize::try_from(HELPED_LESSONS_MAX).expect("a number");
        let mut all = Vec::new();
        for _ in 0..2 * most + 1 {
            all.push(lesson(&mut tx, &mut world, "Histoire", &[class]).await);
        }
        // In order of the list: all begin at once.
        all.sort_unstable();
        for own in &all[..most] {
            save(&mut tx, &mut world, For::Lesson(*own), &alone, NOW).await;
        }
        let ids = async |conn: &mut Conn, person| {
            let helped = lessons::helped_by(conn, person, NOW, END).await.expect("read");
            helped.into_iter().map(|(lesson, _)| lesson.id).collect::<Vec<_>>()
        };
        assert_eq!(ids(&mut tx, aide).await, all[most..2 * most]);

        // Who has left the school helps in none of its lessons, and hides none elsewhere.
        let former = world.person(&mut tx, "ancien", "Jean", "Ancien", Profile::Staff).await;
        let both = Prepared { people: vec![Named::Helps(former, Help::Assistant)], ..helps };
        let was = seen(&mut tx, all[0]).await;
        assert!(try_save(&mut tx, &mut world, (For::Lesson(all[0]), &was), &both, NOW).await);
        assert_eq!(ids(&mut tx, former).await, [all[0]]);
        people::unaffiliate(&mut tx, former, world.school, Profile::Staff).await.expect("left");
        assert!(ids(&mut tx, former).await.is_empty());
    }

    async fn a_set_up_is_a_lessons_own_or_that_of_its_class(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let mut world = World::make(&mut tx).await;
        let (class, teacher, ines, max) = (world.class, world.teacher, world.ines, world.max);
        let other = GroupId::new(NOW, &mut world.rng);
        let group = groups::Group { id: other, school_id: world.school, kind: GroupKind::Class, name: "6E C".to_owned() };
        groups::create(&mut tx, &group, "hand", NOW).await.expect("a class");
        let monday = lesson(&mut tx, &mut world, "Histoire", &[class]).await;
        let tuesday = lesson(&mut tx, &mut world, "Histoire", &[class]).await;
        let latin = lesson(&mut tx, &mut world, "Latin", &[class]).await;
        let elsewhere = lesson(&mut tx, &mut world, "Histoire", &[other]).await;
        assert_eq!(setups::of_lesson(&mut tx, monday).await.expect("read"), None);

        let aide = world.person(&mut tx, "aide", "Luc", "Aide", Profile::Staff).await;
        let people = vec![Named::Helps(aide, Help::Assistant), Named::InGroup(ines, 1), Named::InGroup(max, 2)];
        let prepared =
            Prepared { rules: "{\"mic\":false}".to_owned(), groups: vec!["Rouges".to_owned(), "Bleus".to_owned()], people };
        let every = For::Class { teacher, groups: &[class], subject_name: "Histoire" };
        save(&mut tx, &mut world, every, &prepared, NOW).await;
        for (id, expect) in [(monday, true), (tuesday, true), (latin, false), (elsewhere, false)] {
            let setup = setups::of_lesson(&mut tx, id).await.expect("read");
            assert_eq!(setup.is_some(), expect);
            assert!(setup.is_none_or(|setup| setup.prepared == prepared && !setup.is_own));
        }
        assert_eq!(setups::helpers(&mut tx, tuesday).await.expect("read"), [(aide, Help::Assistant)]);
        let helped = lessons::helped_by(&mut tx, aide, NOW, END).await.expect("read");
        let mut helped: Vec<_> = helped.into_iter().map(|(lesson, help)| (lesson.id, help)).collect();
        helped.sort_by_key(|(lesson, _)| *lesson);
        let mut expect = [(monday, Help::Assistant), (tuesday, Help::Assistant)];
        expect.sort_by_key(|(lesson, _)| *lesson);
        assert_eq!(helped, expect);
        assert!(lessons::helped_by(&mut tx, aide, END, END.plus(Duration::from_secs(60))).await.expect("read").is_empty());
        assert!(lessons::helped_by(&mut tx, teacher, NOW, END).await.expect("read").is_empty(), "who teaches does not help");

        let own = Prepared { rules: "{}".to_owned(), ..Prepared::default() };
        let old = seen(&mut tx, monday).await;
        save(&mut tx, &mut world, For::Lesson(monday), &own, NOW).await;
        assert!(!try_save(&mut tx, &mut world, (For::Lesson(monday), &old), &prepared, NOW).await, "there is one by now");
        assert!(try_save(&mut tx, &mut world, (every, &old), &prepared, END).await);
        assert!(!try_save(&mut tx, &mut world, (every, &old), &own, END).await, "it is another by now");
        let setup = setups::of_lesson(&mut tx, monday).await.expect("read").expect("there");
        assert_eq!((setup.prepared, setup.is_own), (own.clone(), true), "its own goes before a later one of the class");
        assert!(setups::helpers(&mut tx, monday).await.expect("read").is_empty());
        let helped = lessons::helped_by(&mut tx, aide, NOW, END).await.expect("read");
        assert_eq!(helped.iter().map(|(lesson, _)| lesson.id).collect::<Vec<_>>(), [tuesday], "not where the lesson's own names nobody");
        assert!(!setups::forget(&mut tx, For::Lesson(monday), &old).await.expect("asked"));
        let all = seen(&mut tx, monday).await;
        assert_eq!(all.len(), 2);
        assert!(setups::forget(&mut tx, For::Lesson(monday), &all).await.expect("forgotten"));
        assert_eq!(setups::of_lesson(&mut tx, monday).await.expect("read").map(|it| it.is_own), Some(false));
        // Another teacher of the same class has other customs.
        assert!(setups::forget(&mut tx, every, &all).await.expect("forgotten"));
        save(&mut tx, &mut world, For::Class { teacher: aide, groups: &[class], subject_name: "Histoire" }, &own, NOW).await;
        assert_eq!(setups::of_lesson(&mut tx, monday).await.expect("read"), None);

        let crowd = (0..=SETUP_PEOPLE_MAX).map(|_| Named::InGroup(PersonId::new(NOW, &mut world.rng), 1)).collect();
        let crowd = Prepared { people: crowd, ..own };
        let over = setups::save(&mut tx, (every, &[]), &crowd, teacher, &mut || unreachable!("nothing is written"), NOW).await;
        assert!(matches!(over, Err(StoreError::Limit { .. })), "{over:?}");
    }

    async fn who_may_help_and_who_looks_in(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let mut world = World::make(&mut tx).await;
        let head = world.person(&mut tx, "tete", "Paul", "Roux", Profile::Head).await;
        let inspector = world.person(&mut tx, "inspecteur", "Irène", "Sage", Profile::Guest).await;
        people::affiliate(&mut tx, head, world.school, Profile::Teacher, "hand").await.expect("teaches too");
        let colleagues = setups::colleagues(&mut tx, world.school).await.expect("read");
        let ids: Vec<_> = colleagues.iter().map(|it| it.id).collect();
        assert_eq!(ids, [world.teacher, head, inspector], "by name, each once");
        assert!(colleagues[1].profiles.contains("head") && colleagues[1].profiles.contains("teacher"));
        assert_eq!(setups::heads(&mut tx, world.school).await.expect("read"), [head]);
        people::set_suspended(&mut tx, inspector, true, NOW).await.expect("suspended");
        assert_eq!(setups::colleagues(&mut tx, world.school).await.expect("read").len(), 2);
    }

    async fn a_prolonged_lesson_may_be_entered_for_longer(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let mut world = World::make(&mut tx).await;
        let class = world.class;
        let id = lesson(&mut tx, &mut world, "Histoire", &[class]).await;
        let later = END.plus(Duration::from_secs(600));
        lessons::prolong(&mut tx, id, later).await.expect("prolonged");
        let row = lessons::by_id(&mut tx, id).await.expect("read").expect("there");
        assert_eq!(row.ends_at, END, "the timetable stays");
        assert_eq!(lessons::facts(&mut tx, id).await.expect("read").expect("there").ends_at, later);
    }

    async fn whoever_is_forgotten_stands_in_no_set_up(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let mut world = World::make(&mut tx).await;
        let (class, teacher, max) = (world.class, world.teacher, world.max);
        let id = lesson(&mut tx, &mut world, "Histoire", &[class]).await;
        let aide = world.person(&mut tx, "aide", "Luc", "Aide", Profile::Staff).await;
        let people = vec![Named::Helps(aide, Help::Assistant), Named::InGroup(max, 1)];
        let prepared = Prepared { rules: "{}".to_owned(), groups: vec!["Rouges".to_owned()], people };
        let every = For::Class { teacher, groups: &[class], subject_name: "Histoire" };
        save(&mut tx, &mut world, every, &prepared, NOW).await;
        people::forget(&mut tx, aide, NOW).await.expect("forgotten");
        let left = setups::of_lesson(&mut tx, id).await.expect("read").expect("there").prepared.people;
        assert_eq!(left, [Named::InGroup(max, 1)]);
        people::forget(&mut tx, teacher, NOW).await.expect("forgotten");
        assert_eq!(setups::of_lesson(&mut tx, id).await.expect("read"), None);
    }
}

use super::world::{NOW, World};
use crate::absences::{self, NewAbsence};
use crate::attendance::{self, Settings};
use crate::follow_ups::{self, NewFollowUp};
use crate::groups::{self, Group};
use crate::limits::FAILED_TRIES_KEPT;
use crate::on_site::{self, Arrival};
use crate::rolls::{self, Entry, NewRoll, Saved};
use crate::schools::{self, NewSchool};
use crate::{Conn, failed_tries, lessons, people, territories, visits};
use preau_base::{AbsenceId, FollowUpId, GroupId, Instant, LessonId, PersonId, SchoolId, VisitId};
use preau_school::attendance::{ExcuseState, HalfDay, Means, Reached, Reason, Status};
use preau_school::{GroupKind, LessonRole, MemberRole, Profile, TerritoryKind};
use std::time::Duration;

fn half(text: &str) -> HalfDay {
    text.parse().expect("a half-day")
}

fn after(seconds: u64) -> Instant {
    NOW.plus(Duration::from_secs(seconds))
}

fn entry(pupil_id: PersonId, status: Status, minutes: i64) -> Entry {
    Entry { pupil_id, status, minutes }
}

async fn save(conn: &mut Conn, world: &World, lesson: LessonId, seen: i64, entries: &[Entry]) -> Saved {
    let half = half("2027-01-15-am");
    let roll = NewRoll { lesson, school: world.school, half, by: world.teacher, seen, entries };
    rolls::save(conn, &roll, after(600)).await.expect("saved")
}

async fn excuse(conn: &mut Conn, world: &mut World, state: ExcuseState) -> AbsenceId {
    let id = AbsenceId::new(NOW, &mut world.rng);
    let absence = NewAbsence {
        id,
        school: world.school,
        pupil: world.max,
        first: half("2027-01-14-pm"),
        last: half("2027-01-15-am"),
        reason: Reason::Health,
        detail: "Fièvre",
        state,
        by: world.mother,
    };
    absences::declare(conn, &absence, NOW).await.expect("declared");
    id
}

/// A second school that Max goes to as well, with a lesson of his class there.
async fn elsewhere(conn: &mut Conn, world: &mut World) -> SchoolId {
    let school = SchoolId::new(NOW, &mut world.rng);
    let name = "Lycée des Acacias";
    let new = NewSchool { id: school, uai: None, name, kind: "lycee", city: "Bobigny", source: "hand" };
    schools::create(conn, &new, NOW).await.expect("a school");
    let class = GroupId::new(NOW, &mut world.rng);
    let group = Group { id: class, school_id: school, kind: GroupKind::Class, name: "2DE 1".to_owned() };
    groups::create(conn, &group, "hand", NOW).await.expect("a class");
    people::affiliate(conn, world.max, school, Profile::Pupil, "hand").await.expect("a pupil there too");
    groups::add_member(conn, class, world.max, MemberRole::Pupil, "", "hand").await.expect("of that class");
    let first = (world.school, world.class);
    (world.school, world.class) = (school, class);
    world.lesson(conn, after(86_400), "Histoire").await;
    (world.school, world.class) = first;
    school
}

super::on_both! {
    async fn a_roll_is_kept_once_and_told_apart_from_another_tabs(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let mut world = World::make(&mut tx).await;
        let lesson = world.lesson(&mut tx, NOW, "Histoire").await;
        let pupils = rolls::roster(&mut tx, lesson).await.expect("read");
        assert_eq!(pupils.iter().map(rolls::Pupil::roll_name).collect::<Vec<_>>(), ["Leroy Max", "O’Brien Inès"]);
        assert!(rolls::by_lesson(&mut tx, lesson).await.expect("read").is_none());
        let first = [entry(world.ines, Status::Distant, 0), entry(world.max, Status::Late, 7)];
        assert_eq!(save(&mut tx, &world, lesson, 0, &first).await, Saved::New(1));
        assert_eq!(save(&mut tx, &world, lesson, 0, &first).await, Saved::Same, "the button was pressed twice");
        let other = [entry(world.max, Status::Absent, 0), entry(world.ines, Status::Distant, 0)];
        assert_eq!(save(&mut tx, &world, lesson, 0, &other).await, Saved::Changed, "another tab was faster");
        assert_eq!(save(&mut tx, &world, lesson, 1, &other).await, Saved::New(2));
        assert_eq!(save(&mut tx, &world, lesson, 1, &first).await, Saved::Changed);
        let roll = rolls::by_lesson(&mut tx, lesson).await.expect("read").expect("there");
        assert_eq!((roll.version, roll.changed_by.as_str()), (2, "Mme Fontaine"));
        let mut kept = rolls::entries(&mut tx, lesson).await.expect("read");
        kept.sort_unstable();
        let mut expect = other.to_vec();
        expect.sort_unstable();
        assert_eq!(kept, expect);
    }

    async fn boards_show_who_was_not_simply_there(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let mut world = World::make(&mut tx).await;
        let one = world.lesson(&mut tx, NOW, "Histoire").await;
        save(&mut tx, &world, one, 0, &[entry(world.max, Status::Absent, 0), entry(world.ines, Status::Distant, 0)]).await;
        let (first, last) = (half("2027-01-15-am"), half("2027-01-15-pm"));
        let lines = attendance::exceptions(&mut tx, world.school, first, last).await.expect("read");
        let [line] = &lines[..] else { panic!("{lines:?}") };
        assert_eq!((line.roll_name().as_str(), line.class.as_str(), line.status), ("Leroy Max", "6E B", Status::Absent));
        assert_eq!((line.mark().half, line.starts_at), (first, NOW));
        let all = attendance::export(&mut tx, world.school, first, last).await.expect("read");
        assert_eq!(all.len(), 2);
        let his = attendance::of_pupil(&mut tx, world.school, world.max, first).await.expect("read");
        assert_eq!(his.iter().map(|line| line.status).collect::<Vec<_>>(), [Status::Absent]);
        let tallies = attendance::tallies(&mut tx, world.school, first, last).await.expect("read");
        let shown: Vec<_> = tallies.iter().map(|it| (it.half_day, it.status, it.pupils)).collect();
        assert_eq!(shown, [(first, Status::Absent, 1), (first, Status::Distant, 1)]);
        let next = half("2027-01-16-am");
        assert!(attendance::exceptions(&mut tx, world.school, next, next).await.expect("read").is_empty());
    }

    async fn settings_are_the_schools_own(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let world = World::make(&mut tx).await;
        assert_eq!(attendance::settings(&mut tx, world.school).await.expect("read"), Settings::default());
        let own = Settings { afternoon_min: 750, reminder_min: 5, mails_families: false, on_site_places: 12 };
        for settings in [Settings::default(), own] {
            assert!(attendance::change_settings(&mut tx, world.school, &Settings::default(), &settings).await.expect("set"));
        }
        assert_eq!(attendance::settings(&mut tx, world.school).await.expect("read"), own);
        for was in [Settings::default(), Settings { on_site_places: 13, ..own }] {
            assert!(!attendance::change_settings(&mut tx, world.school, &was, &was).await.expect("nothing"), "{was:?}");
        }
        assert_eq!(attendance::settings(&mut tx, world.school).await.expect("read"), own);
    }

    async fn teachers_are_reminded_once_of_a_forgotten_roll(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let mut world = World::make(&mut tx).await;
        let (one, two) = (world.lesson(&mut tx, NOW, "Histoire").await, world.lesson(&mut tx, after(3_600), "Histoire").await);
        let cancelled = world.lesson(&mut tx, NOW, "Histoire").await;
        let by = lessons::By { person: world.teacher, note: "" };
        lessons::cancel(&mut tx, cancelled, true, by, NOW).await.expect("cancelled");
        let mut due = async |seconds| {
            let reminders = rolls::reminders(&mut tx, NOW, 20, after(seconds)).await.expect("read");
            reminders.into_iter().map(|it| (it.lesson_id, it.teacher_id)).collect::<Vec<_>>()
        };
        assert_eq!(due(1_199).await, []);
        assert_eq!(due(1_200).await, [(one, world.teacher)]);
        assert_eq!(due(3_600 + 1_200).await, [(one, world.teacher), (two, world.teacher)]);
        rolls::reminded(&mut tx, one, world.teacher, after(1_200)).await.expect("noted");
        let mut due = async |seconds| {
            let reminders = rolls::reminders(&mut tx, NOW, 20, after(seconds)).await.expect("read");
            reminders.into_iter().map(|it| it.lesson_id).collect::<Vec<_>>()
        };
        assert_eq!(due(4_800).await, [two]);
        let missing = rolls::forgotten(&mut tx, world.school, NOW, after(7_200)).await.expect("read");
        assert_eq!(missing.iter().map(|it| it.lesson_id).collect::<Vec<_>>(), [one, two]);
        assert_eq!((missing[0].teachers.as_str(), missing[0].groups.as_str()), ("Mme Fontaine", "6E B"));
        save(&mut tx, &world, two, 0, &[entry(world.max, Status::Present, 0)]).await;
        assert_eq!(rolls::forgotten(&mut tx, world.school, NOW, after(7_200)).await.expect("read").len(), 1);
        let own = Settings { reminder_min: 5, ..Settings::default() };
        assert!(attendance::change_settings(&mut tx, world.school, &Settings::default(), &own).await.expect("set"));
        let four = world.lesson(&mut tx, after(9_000), "Histoire").await;
        let due = rolls::reminders(&mut tx, after(9_000), 20, after(9_300)).await.expect("read");
        assert_eq!(due.iter().map(|it| it.lesson_id).collect::<Vec<_>>(), [four], "this school waits five minutes");
    }

    async fn reasons_are_said_and_decided(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let mut world = World::make(&mut tx).await;
        let id = excuse(&mut tx, &mut world, ExcuseState::Declared).await;
        let said = absences::undecided(&mut tx, world.school).await.expect("read");
        assert_eq!((said.len(), said[0].pupil.reveal().as_str(), said[0].declared_by.as_str()), (1, "Max Leroy", "Anne Leroy"));
        assert!(absences::decide(&mut tx, id, ExcuseState::Accepted, world.teacher, after(1)).await.expect("decided"));
        assert!(!absences::decide(&mut tx, id, ExcuseState::Accepted, world.teacher, after(2)).await.expect("twice"));
        assert!(absences::undecided(&mut tx, world.school).await.expect("read").is_empty());
        let known = absences::by_id(&mut tx, id).await.expect("read").expect("there");
        assert_eq!((known.excuse().state, known.detail.reveal().as_str()), (ExcuseState::Accepted, "Fièvre"));
        for (from, found) in [("2027-01-15-am", 1), ("2027-01-15-pm", 0)] {
            let his = absences::of_pupil(&mut tx, world.school, world.max, half(from)).await.expect("read");
            assert_eq!(his.len(), found, "from {from}");
        }
        for (day, found) in [("2027-01-14-am", 0), ("2027-01-14-pm", 1), ("2027-01-15-am", 1), ("2027-01-15-pm", 0)] {
            let on = absences::of_school(&mut tx, world.school, half(day), half(day)).await.expect("read");
            assert_eq!(on.len(), found, "{day}");
        }
    }

    async fn relatives_who_may_know_are_told_of_an_absence_once(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let mut world = World::make(&mut tx).await;
        let aunt = world.person(&mut tx, "tante", "Lise", "Roy", Profile::Relative).await;
        people::relate(&mut tx, aunt, world.max, "contact", "hand").await.expect("somebody to call");
        let lesson = world.lesson(&mut tx, NOW, "Histoire").await;
        let here = [entry(world.max, Status::Absent, 0), entry(world.ines, Status::NoConnection, 0)];
        save(&mut tx, &world, lesson, 0, &here).await;
        let from = half("2027-01-14-am");
        let mut due = async |until| {
            let due = absences::to_tell(&mut tx, from, until).await.expect("read");
            due.into_iter().map(|it| (it.pupil_id, it.relative_id)).collect::<Vec<_>>()
        };
        assert_eq!(due(after(599)).await, [], "the teacher may still mend it");
        assert_eq!(due(after(600)).await, [(world.max, world.mother)], "not the aunt, and nobody for Inès");
        let id = excuse(&mut tx, &mut world, ExcuseState::Declared).await;
        assert!(absences::to_tell(&mut tx, from, after(600)).await.expect("read").is_empty(), "the reason is known");
        absences::decide(&mut tx, id, ExcuseState::Refused, world.teacher, after(1)).await.expect("decided");
        assert_eq!(absences::to_tell(&mut tx, from, after(600)).await.expect("read").len(), 1);
        let quiet = Settings { mails_families: false, ..Settings::default() };
        assert!(attendance::change_settings(&mut tx, world.school, &Settings::default(), &quiet).await.expect("set"));
        assert!(absences::to_tell(&mut tx, from, after(600)).await.expect("read").is_empty());
        assert!(attendance::change_settings(&mut tx, world.school, &quiet, &Settings::default()).await.expect("set"));
        assert!(absences::told(&mut tx, world.max, half("2027-01-15-am"), after(700)).await.expect("noted"));
        assert!(!absences::told(&mut tx, world.max, half("2027-01-15-am"), after(700)).await.expect("noted"));
        assert!(absences::to_tell(&mut tx, from, after(600)).await.expect("read").is_empty());
    }

    async fn tries_that_failed_are_remembered(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let mut world = World::make(&mut tx).await;
        let lesson = world.lesson(&mut tx, NOW, "Histoire").await;
        for seconds in [0, 5, 61] {
            failed_tries::note(&mut tx, world.max, after(seconds), "room").await.expect("noted");
        }
        failed_tries::note(&mut tx, world.mother, after(5), "room").await.expect("noted");
        let unknown = PersonId::new(Instant::EPOCH, &mut world.rng);
        failed_tries::note(&mut tx, unknown, NOW, "room").await.expect("nothing");
        let tried = failed_tries::of_lesson(&mut tx, lesson, NOW, after(60)).await.expect("read");
        assert_eq!(tried, [world.max]);
        assert!(failed_tries::of_lesson(&mut tx, lesson, after(120), after(600)).await.expect("read").is_empty());
        let swept = failed_tries::sweep(&mut tx, after(121).plus(FAILED_TRIES_KEPT)).await.expect("swept");
        assert_eq!(swept, 3, "a minute has one row a person");
    }

    async fn pupils_who_were_not_reached_are_found(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let mut world = World::make(&mut tx).await;
        let zoe = world.person(&mut tx, "zoe", "Zoé", "Zola", Profile::Pupil).await;
        let one = world.lesson(&mut tx, after(86_400), "Histoire").await;
        let (since, now) = ((NOW, half("2027-01-15-am")), after(3 * 86_400));
        let mut names = async |class| {
            let found = follow_ups::not_reached(&mut tx, world.school, class, since, now).await.expect("read");
            found.iter().map(follow_ups::NotReached::roll_name).collect::<Vec<_>>()
        };
        assert_eq!(names(None).await, ["Leroy Max", "O’Brien Inès"], "Zoé has no lessons to be missed in");
        assert_eq!(names(Some(world.class)).await.len(), 2);
        failed_tries::note(&mut tx, zoe, after(50), "room").await.expect("noted");
        let visit = VisitId::new(NOW, &mut world.rng);
        visits::join(&mut tx, visit, one, world.max, LessonRole::Pupil, after(86_401)).await.expect("joined");
        let mut names = async |class| {
            let found = follow_ups::not_reached(&mut tx, world.school, class, since, now).await.expect("read");
            found.iter().map(|it| (it.roll_name(), it.tries)).collect::<Vec<_>>()
        };
        assert_eq!(names(None).await, [("Zola Zoé".to_owned(), 1), ("O’Brien Inès".to_owned(), 0)]);
        assert_eq!(names(Some(world.class)).await, [("O’Brien Inès".to_owned(), 0)]);
        groups::add_member(&mut tx, world.class, zoe, MemberRole::Pupil, "", "hand").await.expect("a pupil");
        save(&mut tx, &world, one, 0, &[entry(world.ines, Status::Present, 0)]).await;
        let found = follow_ups::not_reached(&mut tx, world.school, None, since, now).await.expect("read");
        assert_eq!(found.iter().map(|it| it.pupil_id).collect::<Vec<_>>(), [zoe], "Inès was in the room");
        let entry = NewFollowUp {
            id: FollowUpId::new(NOW, &mut world.rng),
            school: world.school,
            pupil: zoe,
            by: world.teacher,
            means: Means::Phone,
            result: Reached::NoAnswer,
            note: "Deux fois",
        };
        assert!(follow_ups::add(&mut tx, &entry, after(100)).await.expect("written"));
        assert!(!follow_ups::add(&mut tx, &entry, after(101)).await.expect("not again"), "sent twice, it is one");
        let [written] = &follow_ups::of_pupil(&mut tx, world.school, zoe).await.expect("read")[..] else { panic!("one") };
        assert_eq!((written.means, written.result, written.made_by.as_str()), (Means::Phone, Reached::NoAnswer, "Mme Fontaine"));
        let found = follow_ups::not_reached(&mut tx, world.school, None, since, now).await.expect("read");
        assert_eq!((found[0].followed_at, found[0].followed_means.as_deref()), (Some(after(100).as_millis()), Some("phone")));
    }

    async fn those_of_a_territory_who_were_not_reached_are_counted(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let mut world = World::make(&mut tx).await;
        territories::place(&mut tx, world.school, (Some("0931234X"), "", "Bobigny"), NOW, &mut world.rng).await.expect("placed");
        let territory = territories::by_code(&mut tx, TerritoryKind::Department, "93").await.expect("read").expect("made");
        let commune = territories::children(&mut tx, Some(territory.id)).await.expect("read").remove(0).territory.id;
        let one = world.lesson(&mut tx, after(86_400), "Histoire").await;
        let (since, now) = ((NOW, half("2027-01-15-am")), after(3 * 86_400));
        let counted = async |conn: &mut Conn, of| {
            let found = follow_ups::by_school(conn, of, since, now).await.expect("read");
            let [it] = &found[..] else { panic!("one school: {found:?}") };
            let named = follow_ups::not_reached(conn, world.school, None, since, now).await.expect("read");
            assert_eq!(it.not_reached, named.len() as i64, "the school's own list has as many");
            (it.top(), [it.pupils, it.not_reached, it.never, it.tried, it.followed])
        };
        assert_eq!(counted(&mut tx, territory.id).await, (Some(commune), [2, 2, 2, 0, 0]));
        assert_eq!(counted(&mut tx, commune).await, (None, [2, 2, 2, 0, 0]));
        failed_tries::note(&mut tx, world.max, after(50), "room").await.expect("noted");
        let visit = VisitId::new(NOW, &mut world.rng);
        visits::join(&mut tx, visit, one, world.ines, LessonRole::Pupil, after(86_401)).await.expect("joined");
        let (id, (means, result)) = (FollowUpId::new(NOW, &mut world.rng), (Means::Phone, Reached::NoAnswer));
        let (school, pupil, by) = (world.school, world.max, world.teacher);
        let entry = NewFollowUp { id, school, pupil, by, means, result, note: "" };
        follow_ups::add(&mut tx, &entry, after(100)).await.expect("written");
        assert_eq!(counted(&mut tx, territory.id).await, (Some(commune), [2, 1, 1, 1, 1]));
        let attempts = [follow_ups::Attempts { means, result, count: 1 }];
        assert_eq!(follow_ups::attempts_below(&mut tx, territory.id, NOW).await.expect("read"), attempts);
        assert_eq!(follow_ups::attempts_of(&mut tx, school, NOW).await.expect("read"), attempts);
        assert!(follow_ups::attempts_below(&mut tx, territory.id, after(101)).await.expect("read").is_empty());
        let other = territories::by_code(&mut tx, TerritoryKind::Region, "11").await.expect("read").expect("made");
        assert_eq!(follow_ups::by_school(&mut tx, other.id, since, now).await.expect("read").len(), 1, "the région above");
        lessons::set_no_school(&mut tx, one, true).await.expect("closed");
        failed_tries::sweep(&mut tx, after(100).plus(FAILED_TRIES_KEPT)).await.expect("swept");
        assert_eq!(counted(&mut tx, territory.id).await.1, [2, 0, 0, 0, 0], "on a day without school nobody is missed");
    }

    async fn what_reached_a_pupil_in_one_school_has_not_reached_them_for_another(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let mut world = World::make(&mut tx).await;
        let (here, max) = (world.school, world.max);
        let one = world.lesson(&mut tx, after(86_400), "Histoire").await;
        let elsewhere = elsewhere(&mut tx, &mut world).await;
        for school in [here, elsewhere] {
            territories::place(&mut tx, school, (Some("0931234X"), "", "Bobigny"), NOW, &mut world.rng).await.expect("placed");
        }
        let territory = territories::by_code(&mut tx, TerritoryKind::Department, "93").await.expect("read").expect("made");
        let (since, now) = ((NOW, half("2027-01-15-am")), after(3 * 86_400));
        // What the list of a school says of Max, and the territory of the school: not reached, and never.
        let told = async |conn: &mut Conn, school| {
            let list = follow_ups::not_reached(conn, school, None, since, now).await.expect("read");
            let max = list.iter().find(|it| it.pupil_id == max).map(|it| (it.joined_at, it.attended.clone()));
            let all = follow_ups::by_school(conn, territory.id, since, now).await.expect("read");
            let of = all.iter().find(|it| it.school_id == school).expect("both schools");
            assert_eq!(of.not_reached, list.len() as i64, "the school's own list has as many");
            (max, [of.not_reached, of.never])
        };
        let unseen = (Some((None, None)), [1, 1]);
        assert_eq!(told(&mut tx, here).await, (Some((None, None)), [2, 2]));
        assert_eq!(told(&mut tx, elsewhere).await, unseen);
        let day = "2027-01-16";
        let arrival = Arrival { school: here, day, pupil: max, note: "", by: world.teacher };
        assert!(on_site::receive(&mut tx, &arrival, NOW).await.expect("received"));
        assert_eq!(told(&mut tx, here).await, (None, [1, 1]), "on site");
        assert_eq!(told(&mut tx, elsewhere).await, unseen, "on site at another school");
        assert!(on_site::take_out(&mut tx, here, day, max).await.expect("out"));
        save(&mut tx, &world, one, 0, &[entry(max, Status::Distant, 0)]).await;
        assert_eq!(told(&mut tx, here).await, (None, [1, 1]), "in the roll");
        assert_eq!(told(&mut tx, elsewhere).await, unseen, "in the roll of another school");
        save(&mut tx, &world, one, 1, &[entry(max, Status::Absent, 0)]).await;
        let visit = VisitId::new(NOW, &mut world.rng);
        visits::join(&mut tx, visit, one, max, LessonRole::Pupil, after(86_401)).await.expect("joined");
        assert_eq!(told(&mut tx, here).await, (None, [1, 1]), "in the class");
        assert_eq!(told(&mut tx, elsewhere).await, unseen, "in a class of another school");
    }

    async fn rolls_of_cancelled_lessons_and_of_days_without_school_count_for_nothing(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let mut world = World::make(&mut tx).await;
        let id = world.lesson(&mut tx, NOW, "Histoire").await;
        save(&mut tx, &world, id, 0, &[entry(world.max, Status::Absent, 0)]).await;
        let open = world.lesson(&mut tx, after(3_600), "Histoire").await;
        let day = (half("2027-01-15-am"), half("2027-01-15-pm"));
        let known = async |conn: &mut Conn| {
            let lines = attendance::exceptions(conn, world.school, day.0, day.1).await.expect("read").len();
            let export = attendance::export(conn, world.school, day.0, day.1).await.expect("read").len();
            let pupil = attendance::of_pupil(conn, world.school, world.max, day.0).await.expect("read").len();
            let tallies = attendance::tallies(conn, world.school, day.0, day.1).await.expect("read").len();
            let told = absences::to_tell(conn, day.0, after(600)).await.expect("read").len();
            let forgotten = rolls::forgotten(conn, world.school, NOW, after(7_200)).await.expect("read").len();
            let reminded = rolls::reminders(conn, NOW, 20, after(7_200)).await.expect("read").len();
            [lines, export, pupil, tallies, told, forgotten, reminded]
        };
        assert_eq!(known(&mut tx).await, [1; 7]);
        for lesson in [id, open] {
            lessons::set_no_school(&mut tx, lesson, true).await.expect("closed");
        }
        assert_eq!(known(&mut tx).await, [0; 7]);
        assert!(lessons::facts(&mut tx, id).await.expect("read").expect("there").no_school);
        for lesson in [id, open] {
            lessons::set_no_school(&mut tx, lesson, false).await.expect("open");
            lessons::set_cancelled(&mut tx, lesson, Some(NOW)).await.expect("cancelled");
        }
        assert_eq!(known(&mut tx).await, [0; 7]);
    }

    async fn children_on_site_are_in_the_register_once(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let world = World::make(&mut tx).await;
        let arrival = |pupil| Arrival { school: world.school, day: "2027-01-15", pupil, note: "", by: world.teacher };
        assert!(on_site::receive(&mut tx, &arrival(world.max), NOW).await.expect("written"));
        assert!(!on_site::receive(&mut tx, &arrival(world.max), NOW).await.expect("twice"));
        assert!(!on_site::receive(&mut tx, &arrival(world.mother), NOW).await.expect("no pupil"));
        let day = on_site::of_day(&mut tx, world.school, "2027-01-15").await.expect("read");
        assert_eq!(day.iter().map(on_site::Received::roll_name).collect::<Vec<_>>(), ["Leroy Max"]);
        assert!(on_site::of_day(&mut tx, world.school, "2027-01-16").await.expect("read").is_empty());
        assert!(on_site::take_out(&mut tx, world.school, "2027-01-15", world.max).await.expect("taken out"));
        assert!(!on_site::take_out(&mut tx, world.school, "2027-01-15", world.max).await.expect("gone"));
    }
}

use super::world::{NOW, World};
use crate::jobs::{self, Run};
use crate::limits::{MAIL_KEPT, MAIL_LEASE, MAIL_UNANSWERED_MAX, MAIL_WAITS, NOTICE_BYTES_MAX, NOTICE_KEPT};
use crate::notices::{self, NewNotice};
use crate::outbox::{self, Due, NewMail, State};
use crate::{Conn, StoreError};
use preau_base::{Instant, MailId, NoticeId, PersonId};
use std::time::Duration;

fn after(seconds: u64) -> Instant {
    NOW.plus(Duration::from_secs(seconds))
}

async fn tell(conn: &mut Conn, world: &mut World, person: PersonId, once: &str, now: Instant) -> bool {
    let id = NoticeId::new(now, &mut world.rng);
    let arguments = [("subject", "Maths <b>"), ("on_day", "2026-11-24")];
    let notice = NewNotice { id, person, kind: "work-set", arguments: &arguments, link: "/homework", once };
    notices::tell(conn, &notice, now).await.expect("told")
}

async fn post(conn: &mut Conn, world: &mut World, once: &str, person: Option<PersonId>) -> bool {
    let id = MailId::new(NOW, &mut world.rng);
    let mail = NewMail {
        id,
        once,
        person,
        kind: "absence",
        address: "anne@exemple.fr",
        subject: "Absence",
        body: "Bonjour",
        not_before: NOW,
    };
    outbox::post(conn, &mail, NOW).await.expect("posted")
}

async fn due(conn: &mut Conn, now: Instant) -> Vec<Due> {
    outbox::claim(conn, 10, now).await.expect("claimed")
}

super::on_both! {
    async fn a_person_is_told_once(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let mut world = World::make(&mut tx).await;
        let (max, mother) = (world.max, world.mother);
        assert!(tell(&mut tx, &mut world, max, "work/1", NOW).await);
        assert!(!tell(&mut tx, &mut world, max, "work/1", after(1)).await, "told already");
        assert!(tell(&mut tx, &mut world, mother, "work/1", NOW).await, "somebody else");
        assert!(tell(&mut tx, &mut world, max, "work/2", after(2)).await);
        let all = notices::list(&mut tx, max).await.expect("read");
        assert_eq!(all.len(), 2);
        assert_eq!(all[1].arguments["subject"], "Maths <b>");
        assert!(!all[0].is_read && all[0].created_at == after(2));
        let known = notices::by_id(&mut tx, all[0].id, max).await.expect("read");
        assert_eq!(known.as_ref(), Some(&all[0]));
        assert_eq!(notices::by_id(&mut tx, all[0].id, mother).await.expect("read"), None, "not hers");
        notices::mark_read(&mut tx, all[0].id, mother, after(3)).await.expect("nothing");
        assert_eq!(notices::unread(&mut tx, max, 5).await.expect("read").len(), 2);
        notices::mark_read(&mut tx, all[0].id, max, after(3)).await.expect("marked");
        assert_eq!(notices::unread(&mut tx, max, 5).await.expect("read"), [all[1].clone()]);
        assert_eq!(notices::mark_all_read(&mut tx, max, after(2), after(4)).await.expect("marked"), 1);
        assert_eq!(notices::unread(&mut tx, mother, 5).await.expect("read").len(), 1);
        assert_eq!(notices::sweep(&mut tx, after(1).plus(NOTICE_KEPT)).await.expect("swept"), 2);
    }

    async fn an_endless_notice_is_refused(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let mut world = World::make(&mut tx).await;
        let id = NoticeId::new(NOW, &mut world.rng);
        let long = "x".repeat(NOTICE_BYTES_MAX + 1);
        let notice = NewNotice { id, person: world.max, kind: "x", arguments: &[], link: &long, once: "1" };
        let refused = notices::tell(&mut tx, &notice, NOW).await;
        assert!(matches!(refused, Err(StoreError::Limit { .. })), "{refused:?}");
    }

    async fn a_mail_is_queued_once_and_sent_by_one_machine(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let mut world = World::make(&mut tx).await;
        let mother = Some(world.mother);
        assert!(post(&mut tx, &mut world, "absence/1", mother).await);
        assert!(!post(&mut tx, &mut world, "absence/1", mother).await);
        assert!(post(&mut tx, &mut world, "absence/2", None).await);
        assert_eq!(outbox::waiting(&mut tx).await.expect("counted"), 2);
        assert!(due(&mut tx, NOW.minus(Duration::from_secs(1))).await.is_empty(), "not before its time");
        let taken = due(&mut tx, NOW).await;
        assert_eq!(taken.len(), 2);
        assert!(due(&mut tx, after(1)).await.is_empty(), "another machine gets none of them");
        outbox::mark_sent(&mut tx, taken[0].id, after(2)).await.expect("noted");
        assert!(!outbox::withdraw(&mut tx, "absence/2", after(2)).await.expect("looked"), "under way");
        // The machine is gone: another takes what it had not sent.
        let again = due(&mut tx, NOW.plus(MAIL_LEASE)).await;
        assert_eq!(again.iter().map(|mail| mail.id).collect::<Vec<_>>(), [taken[1].id]);
        assert!(post(&mut tx, &mut world, "absence/3", None).await);
        assert!(outbox::withdraw(&mut tx, "absence/3", NOW).await.expect("withdrawn"));
        let states: Vec<_> = outbox::list(&mut tx).await.expect("read").iter().map(outbox::Listed::state).collect();
        assert_eq!((states.len(), states.iter().filter(|it| **it == State::Sent).count()), (2, 1));
        assert_eq!(outbox::sweep(&mut tx, after(3).plus(MAIL_KEPT)).await.expect("swept"), 1);
    }

    async fn a_mail_is_tried_again_and_given_up_at_last(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let mut world = World::make(&mut tx).await;
        post(&mut tx, &mut world, "absence/1", None).await;
        let mut now = NOW;
        for wait in MAIL_WAITS {
            let [mail] = &due(&mut tx, now).await[..] else { panic!("one is due") };
            assert!(!outbox::mark_failed(&mut tx, mail, "not now", false, now).await.expect("noted"));
            assert!(due(&mut tx, now).await.is_empty(), "it waits");
            now = now.plus(wait);
        }
        let [mail] = &due(&mut tx, now).await[..] else { panic!("one is due") };
        assert!(outbox::mark_failed(&mut tx, mail, "not now", false, now).await.expect("noted"), "the last try");
        let [listed] = &outbox::list(&mut tx).await.expect("read")[..] else { panic!("one") };
        assert_eq!((listed.state(), listed.tries, listed.failure.as_str()), (State::GivenUp, 9, "not now"));
        post(&mut tx, &mut world, "absence/2", None).await;
        let [mail] = &due(&mut tx, now).await[..] else { panic!("one is due") };
        assert!(outbox::mark_failed(&mut tx, mail, "refused", true, now).await.expect("noted"), "no use");
    }

    async fn a_mail_of_which_no_machine_ever_says_what_came_of_it_goes_out_a_few_times_only(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let mut world = World::make(&mut tx).await;
        let mother = world.mother;
        post(&mut tx, &mut world, "absence/1", Some(mother)).await;
        let mut now = NOW;
        for _ in 0..MAIL_UNANSWERED_MAX {
            let [mail] = &due(&mut tx, now).await[..] else { panic!("one is due") };
            assert_eq!(mail.created_at, NOW, "its date stays");
            // Not begun: it does not count.
            outbox::release(&mut tx, mail).await.expect("given back");
            assert_eq!(due(&mut tx, now).await.len(), 1);
            now = now.plus(MAIL_LEASE);
        }
        assert!(due(&mut tx, now).await.is_empty(), "it may have arrived three times");
        let [failure] = &outbox::failures(&mut tx).await.expect("read")[..] else { panic!("one") };
        assert_eq!((failure.failure.as_str(), failure.name.as_str()), (outbox::UNANSWERED, "Anne Leroy"));
        assert_eq!((failure.person(), failure.given_up_at.is_some()), (Some(mother), true));
        let id = failure.id;
        assert!(outbox::try_again(&mut tx, id, now).await.expect("again"));
        assert!(!outbox::try_again(&mut tx, id, now).await.expect("looked"), "it is on its way already");
        let [mail] = &due(&mut tx, now).await[..] else { panic!("one is due") };
        assert!(outbox::mark_failed(&mut tx, mail, "refused", true, now).await.expect("noted"));
        assert_eq!(outbox::try_all_again(&mut tx, now).await.expect("again"), 1);
        assert_eq!(due(&mut tx, now).await.len(), 1);
    }

    async fn whoever_comes_back_after_the_lease_takes_nothing_from_the_next(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let mut world = World::make(&mut tx).await;
        post(&mut tx, &mut world, "absence/1", None).await;
        let [slow] = &due(&mut tx, NOW).await[..] else { panic!("one is due") };
        let later = NOW.plus(MAIL_LEASE);
        let [quick] = &due(&mut tx, later).await[..] else { panic!("one is due") };
        outbox::mark_failed(&mut tx, slow, "timeout", false, later).await.expect("too late");
        outbox::release(&mut tx, slow).await.expect("too late");
        assert!(due(&mut tx, later).await.is_empty(), "the second still has it");
        outbox::mark_sent(&mut tx, quick.id, later).await.expect("sent");
        outbox::mark_failed(&mut tx, quick, "timeout", false, later).await.expect("nothing");
        assert!(outbox::failures(&mut tx).await.expect("read").is_empty());
        assert_eq!(outbox::list(&mut tx).await.expect("read")[0].state(), State::Sent);
    }

    async fn nobody_gets_a_mail_that_they_turned_off(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let mut world = World::make(&mut tx).await;
        let mother = world.mother;
        for _ in 0..2 {
            outbox::set_wanted(&mut tx, mother, "absence", false).await.expect("off");
        }
        assert!(!outbox::wants(&mut tx, mother, "absence").await.expect("read"));
        assert!(outbox::wants(&mut tx, mother, "lesson").await.expect("read"));
        assert!(!post(&mut tx, &mut world, "absence/1", Some(mother)).await);
        outbox::set_wanted(&mut tx, mother, "absence", true).await.expect("on");
        assert!(post(&mut tx, &mut world, "absence/1", Some(mother)).await);
    }

    async fn a_job_is_done_by_one_machine(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let lease = Duration::from_secs(60);
        let mut take = async |holder, seconds| {
            jobs::take(&mut tx, "mail", holder, lease, after(seconds)).await.expect("asked")
        };
        assert!(take("one", 0).await);
        assert!(!take("two", 30).await, "it is held");
        assert!(take("two", 60).await, "whoever held it is gone");
        let run = |holder: &str, failure: &str| Run {
            name: "mail".to_owned(),
            holder: holder.to_owned(),
            started_at: after(60),
            finished_at: after(61),
            done: 3,
            failure: failure.to_owned(),
        };
        // The first one comes back too late: it does not let go what the second holds.
        jobs::finish(&mut tx, &run("one", ""), after(62)).await.expect("noted");
        let mut take = async |holder, seconds| {
            jobs::take(&mut tx, "mail", holder, lease, after(seconds)).await.expect("asked")
        };
        assert!(!take("one", 63).await);
        jobs::finish(&mut tx, &run("two", "the disk is full"), after(90)).await.expect("noted");
        let mut take = async |holder, seconds| {
            jobs::take(&mut tx, "mail", holder, lease, after(seconds)).await.expect("asked")
        };
        assert!(!take("one", 89).await, "not yet");
        assert!(take("one", 90).await);
        assert_eq!(jobs::runs(&mut tx).await.expect("read").len(), 2);
        assert_eq!(jobs::sweep_runs(&mut tx, after(20 * 86_400)).await.expect("swept"), 2);
    }
}

use super::*;
use preau_base::{Instant, SeededRng};

const NOW: Instant = Instant::from_secs(1_800_000_000);

fn order(rng: &mut SeededRng, lesson: LessonId, by: PersonId) -> Order {
    let source = File {
        id: FileId::new(NOW, rng),
        owner_id: by,
        name: "Pythagore.pdf".to_owned(),
        kind: "pdf".to_owned(),
        bytes: 10,
        sha256: vec![0; 32],
        created_at: 0,
    };
    Order { lesson, by, source, spot: None }
}

#[test]
fn so_much_is_made_at_a_time_and_so_much_is_remembered() {
    let rng = &mut SeededRng::new(1);
    let lesson = LessonId::new(NOW, rng);
    let jobs = Jobs::default();
    let mut begun = Vec::new();
    for person in 0.. {
        let by = PersonId::new(NOW, rng);
        let mut of_person = 0;
        while let Ok(turn) = jobs.begin(&order(rng, lesson, by)) {
            begun.push((by, turn.expect("a new one")));
            of_person += 1;
        }
        assert!(of_person <= DOCUMENTS_OF_PERSON_MAX);
        if of_person == 0 {
            assert_eq!(person, DOCUMENTS_MAKING_MAX.div_ceil(DOCUMENTS_OF_PERSON_MAX));
            break;
        }
    }
    assert_eq!(begun.len(), DOCUMENTS_MAKING_MAX);
    let (first, turn) = begun.swap_remove(0);
    jobs.set(&turn, State::Failed(Failure::NoRoom));
    assert_eq!(jobs.state(lesson, first, turn.key.1), Some(State::Failed(Failure::NoRoom)));
    assert_eq!(jobs.state(lesson, begun[0].0, turn.key.1), None, "somebody else's");
    // Of those that are done the oldest are forgotten.
    for _ in 0..DOCUMENTS_KEPT_MAX {
        let turn = jobs.begin(&order(rng, lesson, first)).ok().flatten().expect("room");
        jobs.set(&turn, State::Failed(Failure::NoRoom));
    }
    assert_eq!(jobs.state(lesson, first, turn.key.1), None);
    assert_eq!(jobs.table().jobs.len(), DOCUMENTS_KEPT_MAX);
}

#[test]
fn what_is_being_made_is_not_begun_twice_and_what_failed_is() {
    let rng = &mut SeededRng::new(2);
    let jobs = Jobs::default();
    let (lesson, by) = (LessonId::new(NOW, rng), PersonId::new(NOW, rng));
    let order = order(rng, lesson, by);
    let first = jobs.begin(&order).ok().flatten().expect("begun");
    assert!(jobs.begin(&order).ok().expect("room").is_none());
    jobs.set(&first, State::Failed(Failure::Fault(Fault::Untried)));
    let _second = jobs.begin(&order).ok().flatten().expect("begun again");
    jobs.set(&first, State::Failed(Failure::NoRoom));
    assert_eq!(jobs.state(order.lesson, order.by, order.source.id), Some(State::Making { pages: None, made: 0 }));
}

#[test]
fn a_picture_keeps_its_shape() {
    let rng = &mut SeededRng::new(3);
    let file = FileId::new(NOW, rng);
    let (lesson, by) = (LessonId::new(NOW, rng), PersonId::new(NOW, rng));
    let mut order = order(rng, lesson, by);
    for (at, width, size_px, to) in [
        ((100, 200), 4_000, (1_600, 400), (4_100, 1_200)),
        ((0, 0), 1, (1_600, 1), (1, 1)),
        ((32_000, -5), 4_000, (10, 10), (i16::MAX, 3_995)),
        ((0, 0), 10_000, (1, 2_400), (10_000, i16::MAX)),
    ] {
        order.spot = Some(Spot { deck: 1, page: 0, at, width });
        let expect = ForBoard::Picture { file, deck: 1, page: 0, from: at, to };
        assert_eq!(order.for_board(file, 1, size_px), expect);
    }
}

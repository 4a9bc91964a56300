use super::*;
use crate::ThreadLook;
use crate::ledger::Bounds;
use crate::load::Load;

impl Hall {
    fn thread(&self, index: usize) -> ThreadLook {
        let timed = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        timed.block_on(self.media.look()).threads[index]
    }
}

#[test]
fn the_books_say_what_a_thread_does_and_how_long_packets_are_in_it() {
    let begun = Instant::now();
    let mut hall = pair(ClientConfig::default());
    hall.until("a second of a lesson is in the books", |hall| hall.thread(0).in_node.packets > 100);
    let books = hall.thread(0);
    let times = books.in_node;
    assert!(0 < times.p50_us && times.p50_us <= times.p99_us && times.p99_us <= times.p999_us, "{books:?}");
    assert!(u128::from(times.p50_us) < begun.elapsed().as_micros(), "{books:?}");
    assert!(books.packets_per_s > 0 && books.bits_per_s > 8 * books.packets_per_s, "{books:?}");
    assert_eq!(books.joins_waiting, 0, "{books:?}");
    assert!(books.join_ns != Load::default().join_ns && books.joins_per_s > 0, "joins were measured: {books:?}");
}

#[test]
fn lessons_go_where_most_is_left_and_give_it_back() {
    let hall = Hall::with(2, 5_000);
    let declared = Declared { packets_per_s: 1_000, bits_per_s: 1_000_000 };
    let open = |declared| hall.media.open_room(2, declared, channel(1_024).0).unwrap();
    let promised = || [0, 1].map(|thread| hall.thread(thread).promised.packets_per_s);
    let large = open(declared);
    let small = open(Declared { packets_per_s: 10, bits_per_s: 0 });
    let mut both = promised();
    both.sort_unstable();
    assert_eq!(both, [10, 1_000], "not on the same thread");
    let third = open(declared);
    both = promised();
    both.sort_unstable();
    assert_eq!(both, [1_000, 1_010]);
    drop((large, small, third));
    assert_eq!(promised(), [0, 0]);
}

#[test]
fn joins_take_turns_where_they_may_not_go_faster() {
    let loopback = "127.0.0.1:0".parse().unwrap();
    let bounds = Bounds { joins_per_min: Some(20), ..Bounds::default() };
    let config = MediaConfig { udp_bind: loopback, tcp_bind: None, bounds, ..MediaConfig::default() };
    let media = Media::start(config, Box::new(SeededRng::new(11))).unwrap();
    let room = media.open_room(1, Declared::default(), channel(1_024).0).unwrap();
    assert!(room.turn(false).unwrap().is_none());
    let (pupil, teacher) = (room.turn(false).unwrap().expect("waits"), room.turn(true).unwrap().expect("waits"));
    assert_eq!(pupil.ask().map(|place| place.number), Some(2));
    let place = teacher.ask().expect("not yet");
    assert!(place.number == 1 && place.wait <= Duration::from_millis(3_100), "{place:?}");
    let start = Instant::now();
    while teacher.ask().is_some() {
        assert!(start.elapsed() < PATIENCE, "the turn does not come");
        std::thread::sleep(Duration::from_millis(5));
    }
    assert_eq!(pupil.ask().map(|place| place.number), Some(1));
}

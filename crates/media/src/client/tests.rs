use super::{Client, ClientConfig};
use std::time::{Duration, Instant};

#[test]
fn one_that_answers_gets_what_the_other_publishes() {
    let config = ClientConfig { voices: 0, pictures: 0, ..ClientConfig::default() };
    let (mut publisher, offer) = Client::new(config, Instant::now()).unwrap();
    let (mut viewer, answer) = Client::answering(config, &offer, Instant::now()).unwrap();
    publisher.accept(&answer).unwrap();
    assert_eq!(viewer.voices, [publisher.microphone]);
    assert_eq!(viewer.pictures, [publisher.camera, publisher.screen]);
    let deadline = Instant::now() + Duration::from_secs(20);
    while viewer.received(publisher.microphone).packets < 3 || viewer.received(publisher.screen).keyframes == 0 {
        assert!(Instant::now() < deadline, "{:?}", viewer.received);
        publisher.step();
        viewer.step();
        if publisher.connected && viewer.connected {
            publisher.send_voice(-25, Instant::now());
            publisher.send_screen(3_000, 3_000, Instant::now());
        }
    }
    assert_eq!(viewer.received(publisher.screen).width_px, 1_920);
}

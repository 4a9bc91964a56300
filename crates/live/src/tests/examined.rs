use super::world::{Client, World, eventually, resume_of};
use crate::{Examine, NotExamined};
use preau_base::{LessonId, SystemClock, SystemRng};
use preau_classroom::wire::{Code, ServerMessage};
use preau_media::client::{Client as Browser, ClientConfig};
use preau_media::{Header, Media, MediaConfig};
use serde_json::json;
use std::sync::Arc;
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_secs(30);
const LOOK: Examine = Examine { peer: 1, packets: 50, time: PATIENCE };

async fn world() -> (World, Client) {
    let loopback = "127.0.0.1:0".parse().expect("an address");
    let config = MediaConfig { udp_bind: loopback, tcp_bind: None, ..MediaConfig::default() };
    let media = Media::start(config, Box::new(SystemRng)).expect("media");
    let world = World::with_media(Some(Arc::new(media))).await;
    let teacher = world.join_in(world.teacher).await;
    (world, teacher)
}

async fn told(client: &mut Client) -> bool {
    client
        .until(|message| match message {
            ServerMessage::Examined { until } => Some(until.is_some()),
            _ => None,
        })
        .await
}

#[tokio::test]
async fn headers_of_one_device_are_read_and_its_page_says_so_until_it_is_over() {
    let (world, mut teacher) = world().await;
    let (mut browser, sdp) = Browser::new(ClientConfig::default(), Instant::now()).expect("an offer");
    let number = teacher.say(json!({"type": "offer", "sdp": sdp})).await;
    let Ok(ServerMessage::Answer { sdp, .. }) = teacher.answer(number).await else { panic!("no answer") };
    browser.accept(&sdp.into_inner()).expect("it fits");
    let mut look = world.live.examine(world.lesson, LOOK).await.expect("a look");
    assert_eq!(look.person, world.teacher);
    assert!(told(&mut teacher).await);
    assert_eq!(world.live.examine(world.lesson, LOOK).await.err(), Some(NotExamined::Another));
    let mut lines = Vec::new();
    let begun = Instant::now();
    while lines.len() < 50 {
        assert!(begun.elapsed() < PATIENCE, "{} headers came", lines.len());
        browser.send_voice(-30, Instant::now());
        browser.step();
        while let Ok(line) = look.headers.try_recv() {
            lines.push(line);
        }
        tokio::task::yield_now().await;
    }
    let voice = |line: &&preau_media::HeaderLine| !line.out && matches!(line.header, Header::Rtp { .. });
    assert!(lines.iter().filter(voice).count() > 10, "{lines:?}");
    assert!(lines.windows(2).all(|pair| pair[0].at_us <= pair[1].at_us));
    drop(look);
    assert!(!told(&mut teacher).await, "the page says that it is over");
}

#[tokio::test]
async fn a_page_that_comes_again_says_it_again_and_nobody_is_looked_at_in_secret() {
    let (world, mut teacher) = world().await;
    let mut ines = world.hello(world.ines).await;
    let welcome = ines.welcome().await;
    for client in [&mut teacher, &mut ines] {
        let number = client.say(json!({"type": "offer", "sdp": "v=0"})).await;
        assert_eq!(client.answer(number).await, Err(Code::BadSdp));
    }
    let nobody = Examine { peer: 9, ..LOOK };
    assert_eq!(world.live.examine(world.lesson, nobody).await.err(), Some(NotExamined::Nobody));
    let off = LessonId::new(preau_base::Clock::now(&SystemClock), &mut SystemRng);
    assert_eq!(world.live.examine(off, LOOK).await.err(), Some(NotExamined::NotOn));
    let of_ines = Examine { peer: 2, ..LOOK };
    let look = world.live.examine(world.lesson, of_ines).await.expect("a look");
    assert_eq!(look.person, world.ines);
    assert!(told(&mut ines).await);
    drop(ines);
    let mut back = world.connect().await;
    back.hello(&world.token(world.ines), Some(&resume_of(&welcome))).await;
    back.welcome().await;
    assert!(told(&mut back).await);
    drop(look);
    assert!(!told(&mut back).await);
    // Nobody's page could say it now.
    drop(back);
    eventually(|| async { world.live.examine(world.lesson, of_ines).await.err() == Some(NotExamined::Nobody) }).await;
}

use super::*;
use crate::tests::engine::{Manners, TestEngine};
use std::sync::atomic::Ordering;
use tokio::sync::mpsc::channel;

/// Three pieces of sound, and what is understood of them.
async fn said_to(engine: &Engine) -> (Result<(), EngineError>, Vec<(String, bool)>) {
    let (to, sound) = channel(10);
    for _ in 0..3 {
        to.send(vec![0; CHUNK_BYTES]).await.expect("room");
    }
    drop(to);
    let mut said = Vec::new();
    let heard = listen(engine, sound, |text, is_final| said.push((text, is_final))).await;
    (heard, said)
}

#[tokio::test]
async fn a_voice_goes_out_as_sound_and_comes_back_as_words() {
    let engine = TestEngine::start(Manners::Good, "bonjour à tous").await;
    let (heard, said) = said_to(&engine.address).await;
    heard.expect("heard");
    assert_eq!(engine.bytes(), 3 * CHUNK_BYTES);
    assert_eq!(*engine.counts.configs.lock().expect("configs"), [r#"{"config": {"sample_rate": 16000}}"#]);
    assert_eq!(said.last(), Some(&("bonjour à tous".to_owned(), true)));
    let partial = said.iter().filter(|(_, is_final)| !is_final).count();
    assert!((1..=3).contains(&partial), "{said:?}");
}

#[tokio::test]
async fn engines_that_fail_are_told_apart_and_none_is_waited_for() {
    let engine = TestEngine::start(Manners::Silent, "").await;
    let (heard, said) = said_to(&engine.address).await;
    assert!(matches!(heard, Err(EngineError::Silent)) && said.is_empty(), "{heard:?} {said:?}");
    // What is noticed first is chance; that nobody waits for the time to be over is not.
    let engine = TestEngine::start(Manners::HangsUp, "").await;
    let (heard, said) = said_to(&engine.address).await;
    let error = heard.expect_err("nothing was understood");
    assert!(!matches!(error, EngineError::TooSlow(_) | EngineError::Far) && said.is_empty(), "{error} {said:?}");
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = format!("ws://{}", listener.local_addr().expect("bound")).parse().expect("an address");
    drop(listener);
    assert!(matches!(said_to(&address).await.0, Err(EngineError::Unreachable(_))));
}

#[tokio::test]
async fn an_engine_that_raves_writes_lines_like_any_other() {
    let engine = TestEngine::start(Manners::Raves, "").await;
    let (heard, said) = said_to(&engine.address).await;
    heard.expect("it has answered");
    assert_eq!(engine.counts.connections.load(Ordering::SeqCst), 1);
    let finals: Vec<&str> = said.iter().filter(|(_, is_final)| *is_final).map(|(text, _)| text.as_str()).collect();
    assert_eq!(finals.iter().map(|text| text.split(' ').count()).sum::<usize>(), 2_000, "no word is lost");
    for (text, _) in &said {
        assert!(text.chars().count() <= CAPTION_CHARS_MAX && !text.chars().any(char::is_control), "{text}");
    }
}

#[test]
fn lines_break_between_words() {
    let check = |text: &str, expect: &[usize]| {
        let found = pieces(text);
        assert_eq!(found.iter().map(|piece| piece.chars().count()).collect::<Vec<_>>(), expect, "{text}");
        assert!(found.iter().all(|piece| piece.trim() == piece));
    };
    check("bonjour à tous", &[14]);
    check(&"é".repeat(401), &[400]);
    check(&format!("{} {}", "a".repeat(399), "b"), &[399, 1]);
    check(&format!("{} {}", "a".repeat(398), "b"), &[400]);
}

//! Passes that are not the sender's.

use super::Field;
use super::floods::get;
use crate::jar::Jar;
use preau_base::{Rng as _, SeededRng};
use std::sync::Arc;

const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
/// As long as a real one.
const PASS_CHARS: usize = 107;

/// Something that looks like a pass.
pub(super) async fn forged(field: Arc<Field>, number: u64) {
    let Some((name, _)) = field.pass.clone() else { return };
    let mut rng = SeededRng::new(field.seed ^ 0xf0 ^ number);
    let letter = |_| char::from(LETTERS[(rng.next_u64() % 64) as usize]);
    let value: String = (0..PASS_CHARS).map(letter).collect();
    send(&field, number, &name, &value).await;
}

/// One real pass, from everywhere.
pub(super) async fn replayed(field: Arc<Field>, number: u64) {
    if let Some((name, value)) = field.pass.clone() {
        send(&field, number, &name, &value).await;
    }
}

async fn send(field: &Field, number: u64, name: &str, value: &str) {
    let mut jar = Jar::default();
    jar.set(name, value);
    if let Some((name, value)) = &field.session {
        jar.set(name, value);
    }
    if let Some(request) = get(field, "/", Some(&jar)) {
        field.ask(number, false, request).await;
    }
}

//! Ten machines of a school that somebody else commands: whatever is done to their address is done to a thousand pupils.

use super::Field;
use super::floods::get;
use crate::limits as l;
use crate::net::Origin;
use crate::people::SCHOOL;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;
use tokio::time::{sleep, sleep_until};

const BOTS: u32 = 10;
/// After a connection that broke.
const AGAIN: Duration = Duration::from_millis(100);

/// All bots together ask so many times a second as the field says, on connections that they keep.
pub(super) async fn bots(field: &Arc<Field>) {
    let asked = Arc::new(AtomicU64::new(0));
    let mut tasks = JoinSet::new();
    for bot in 0..BOTS {
        let (field, asked) = (field.clone(), asked.clone());
        tasks.spawn(async move { ask_over_and_over(&field, bot, &asked).await });
    }
    while tasks.join_next().await.is_some() {}
}

async fn ask_over_and_over(field: &Field, bot: u32, asked: &AtomicU64) {
    let pause = Duration::from_secs(1) * BOTS / field.per_second.max(1);
    let origin = Origin::from_address(IpAddr::V4(SCHOOL));
    let mut due = Instant::now() + pause * bot / BOTS;
    let mut line = None;
    while due < field.until && asked.fetch_add(1, Ordering::Relaxed) < l::ATTACK_REQUESTS_MAX {
        sleep_until(due.into()).await;
        due = (due + pause).max(Instant::now());
        let mut open = match line.take() {
            Some(open) => open,
            None => {
                field.toll.bump(|toll| &toll.begun);
                match field.speech.line(origin, false).await {
                    Ok(open) => open,
                    Err(_refused) => {
                        field.toll.bump(|toll| &toll.not_connected);
                        sleep(AGAIN).await;
                        continue;
                    }
                }
            }
        };
        let Some(request) = get(field, "/", None) else { return };
        field.toll.bump(|toll| &toll.requests);
        match open.ask(request, Duration::from_millis(l::PAGE_MS_MAX)).await {
            Ok(heard) => {
                field.toll.answered(heard.status.as_u16());
                line = Some(open).filter(crate::wire::Line::is_usable);
            }
            Err(_cut) => field.toll.bump(|toll| &toll.cut),
        }
    }
}

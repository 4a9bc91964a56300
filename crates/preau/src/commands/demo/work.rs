//! What the demonstration's pupils have handed in.

use preau_base::{HandInId, HomeworkId, Instant, PersonId, ReceiptId, Rng};
use preau_files::Digest;
use preau_school::homework::Ways;
use preau_store::Conn;
use preau_store::hand_ins::{self, Correction, NewReceipt};
use preau_store::homework::Handing;
use std::time::Duration;

/// Pupils of a class who have handed in, of twenty-two.
const HANDED_IN: usize = 14;
const TEXTS: [&str; 3] = [
    "Le document date de 1882. Il parle de l’école gratuite.",
    "1882 : l’école devient obligatoire de 6 à 13 ans. 1881 : elle est gratuite.",
    "Les dates importantes sont 1881 et 1882.",
];

/// How the work of a day, counted from today, is handed in.
pub fn handing(days: i32, now: Instant) -> Handing<'static> {
    let text = Ways { text: true, ..Ways::default() };
    let deadline = |days: i32| Some(now.plus(Duration::from_secs(u64::try_from(days).unwrap_or(0) * 86_400)));
    match days {
        -6 => Handing {
            ways: text,
            deadline: Some(now.minus(Duration::from_secs(5 * 86_400))),
            mark_max: Some(2_000),
            ..Handing::default()
        },
        5 => Handing {
            ways: Ways { files: true, photos: true, audio: true, ..text },
            deadline: deadline(days),
            mark_max: Some(2_000),
            skills: "Se repérer dans l’espace\nRaisonner, justifier",
            ..Handing::default()
        },
        _ => Handing::default(),
    }
}

/// Most of a class hands in; `first` is among them, and the work of `first` is corrected.
pub async fn hand_in(
    conn: &mut Conn,
    (homework, first, teacher): (HomeworkId, PersonId, PersonId),
    now: Instant,
    rng: &mut dyn Rng,
) -> anyhow::Result<()> {
    let mut pupils: Vec<PersonId> = hand_ins::table(conn, homework).await?.iter().map(|row| row.person_id).collect();
    pupils.sort_by_key(|pupil| *pupil != first);
    for (at, pupil) in pupils.into_iter().take(HANDED_IN).enumerate() {
        let late = at + 2 > HANDED_IN;
        let days = if late { 4 } else { 6 };
        let when = now.minus(Duration::from_secs(days * 86_400 + 1_800 * at as u64));
        let mine = hand_ins::ensure(conn, HandInId::new(when, rng), homework, pupil, when).await?;
        let body = TEXTS[at % TEXTS.len()];
        let id = ReceiptId::new(when, rng);
        let text = Digest::of(body.as_bytes());
        let at_ms = when.as_millis();
        let lines = format!("preau-hand-in 1\nhomework {homework}\nperson {pupil}\nat {at_ms}\ntext {text}\n");
        let sum = Digest::of(lines.as_bytes());
        let receipt = NewReceipt { id, hand_in: mine.id, key: "demo", body, late, sha256: sum.bytes(), files: &[] };
        hand_ins::hand_in(conn, &receipt, when).await?;
        if pupil == first {
            let comment = "Bon travail : les dates sont justes. Pense à citer le document.";
            let correction = Correction { comment, mark: Some(1_650), levels: "", returned_at: Some(now), by: teacher };
            hand_ins::correct(conn, mine.id, 0, &correction).await?;
        }
    }
    Ok(())
}

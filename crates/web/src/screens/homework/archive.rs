//! All that was handed in for one piece of homework, as one ZIP that is made while it is sent.

use super::at;
use crate::app::App;
use crate::files as given;
use crate::ids::Id;
use crate::limits::ARCHIVE_BYTES_MAX;
use crate::zip::{DosTime, Zip};
use crate::{Answer, Member, PageError};
use axum::body::Body;
use bytes::Bytes;
use futures_util::StreamExt as _;
use preau_base::{FileId, HomeworkId, Instant};
use preau_files::{FilesError, clean_name};
use preau_school::{Act, WorkAct};
use preau_store::files::{self, Place};
use preau_store::hand_ins;
use std::collections::{HashMap, VecDeque};
use std::io;
use tokio::sync::mpsc;

/// Pieces that wait for a slow browser.
const PIECES_WAITING_MAX: usize = 4;

/// A member to be.
pub(crate) struct Entry {
    name: String,
    time: DosTime,
    what: What,
}

impl Entry {
    pub(crate) const fn file(name: String, time: DosTime, file: FileId) -> Self {
        Self { name, time, what: What::File(file) }
    }
}

enum What {
    Text(Bytes),
    File(FileId),
}

/// `GET /homework/{id}/archive`.
pub(crate) async fn download(mut member: Member, Id(id): Id<HomeworkId>) -> Answer {
    let mut conn = member.app().store.read().await?;
    let at = at(&mut member, &mut conn, id).await?;
    member.may(Act::Work(WorkAct::Correct(&at.facts)))?;
    let rows = hand_ins::table(&mut conn, id).await?;
    let names: HashMap<_, _> =
        rows.iter().map(|row| (row.person_id, format!("{} {}", row.family_name, row.given_name))).collect();
    let mut folders: HashMap<String, u32> = HashMap::new();
    let (mut entries, mut bytes) = (VecDeque::new(), 0_u64);
    for receipt in hand_ins::last_of_homework(&mut conn, id).await? {
        let name = names.get(&receipt.person_id).map_or("", String::as_str);
        let name = clean_name(&name.replace(['/', '\\'], " "), "eleve");
        // Namesakes get folders of their own.
        let turn = folders.entry(name.to_lowercase()).or_default();
        *turn += 1;
        let folder = if *turn > 1 { format!("{name} ({turn})") } else { name };
        let time = DosTime::of(&member.zoned(Instant::from_millis(receipt.handed_at)));
        if !receipt.body.is_empty() {
            let text = Bytes::from(receipt.body);
            bytes += text.len() as u64;
            entries.push_back(Entry { name: format!("{folder}/texte.txt"), time, what: What::Text(text) });
        }
        for file in files::attached(&mut conn, Place::Receipt(receipt.id)).await? {
            bytes += u64::try_from(file.bytes).unwrap_or(0);
            let name = format!("{folder}/{}", clean_name(&file.name, "fichier"));
            entries.push_back(Entry { name, time, what: What::File(file.id) });
        }
    }
    drop(conn);
    // Headers take at most 300 bytes a member, twice.
    if bytes + entries.len() as u64 * 1_000 > ARCHIVE_BYTES_MAX {
        return Err(PageError::TooLarge);
    }
    let name = clean_name(&format!("{} - {}.zip", at.work.title, at.work.group_name), "archive.zip");
    Ok(given::made(stream(member.app(), entries), "application/zip", &name))
}

/// A ZIP of these members that is made while it is sent.
pub(crate) fn stream(app: &App, entries: VecDeque<Entry>) -> Body {
    let (to, from) = mpsc::channel(PIECES_WAITING_MAX);
    tokio::spawn(write(app.clone(), entries, to));
    let pieces = futures_util::stream::unfold(from, async |mut from| from.recv().await.map(|piece| (piece, from)));
    Body::from_stream(pieces)
}

/// The browser has gone away, or a file cannot be read; then the archive has no end and no tool takes it for whole.
struct Over;

async fn write(app: App, entries: VecDeque<Entry>, to: mpsc::Sender<io::Result<Bytes>>) {
    if write_all(&app, entries, &to).await.is_err() {
        let _gone_or_told = to.send(Err(io::Error::other("the archive broke off"))).await;
    }
}

async fn write_all(app: &App, entries: VecDeque<Entry>, to: &mpsc::Sender<io::Result<Bytes>>) -> Result<(), Over> {
    let mut zip = Zip::default();
    let send = async |piece: Bytes| to.send(Ok(piece)).await.map_err(|_| Over);
    for entry in entries {
        match entry.what {
            What::Text(text) => {
                send(zip.begin(&entry.name, entry.time)).await?;
                zip.pass(&text);
                send(text).await?;
            }
            What::File(id) => {
                let opened = match app.files.open(id).await {
                    Ok(opened) => opened,
                    Err(FilesError::Missing) => {
                        tracing::error!(file = %id, "a file with a row is not in the object store");
                        continue;
                    }
                    Err(_) => return Err(Over),
                };
                send(zip.begin(&entry.name, entry.time)).await?;
                let mut pieces = std::pin::pin!(opened.read_all());
                while let Some(piece) = pieces.next().await {
                    let piece = piece.map_err(|_| Over)?;
                    zip.pass(&piece);
                    send(piece).await?;
                }
            }
        }
        send(zip.end()).await?;
    }
    send(zip.finish()).await
}

//! All that was handed in for one piece of homework, as one ZIP that is made while it is sent.

use super::at;
use crate::app::App;
use crate::archive::{self, Archive, Over};
use crate::files as given;
use crate::ids::Id;
use crate::limits::ARCHIVE_BYTES_MAX;
use crate::zip::DosTime;
use crate::{Answer, Member, PageError};
use axum::body::Body;
use bytes::Bytes;
use preau_base::{FileId, HomeworkId, Instant};
use preau_files::clean_name;
use preau_school::{Act, WorkAct};
use preau_store::files::{self, Place};
use preau_store::hand_ins;
use std::collections::{HashMap, VecDeque};

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
    archive::stream(app, |archive| write(archive, entries))
}

async fn write(mut archive: Archive, entries: VecDeque<Entry>) -> Result<Archive, Over> {
    for entry in entries {
        match entry.what {
            What::Text(text) => archive.text(&entry.name, entry.time, text).await?,
            // What is lost is lost on the page of the work as well, and logged.
            What::File(id) => drop(archive.file(&entry.name, entry.time, id).await?),
        }
    }
    Ok(archive)
}

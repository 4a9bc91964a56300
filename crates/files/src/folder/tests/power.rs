//! The power goes, or a step fails, at every point of what the object store does.

use super::{contents, id, pieces, upload};
use crate::disk::played::{AfterPowerLoss, Done};
use crate::folder::{Folder, PARTS};
use crate::limits::CHUNK_BYTES;
use crate::{Files, FilesError, PutError};
use bytes::Bytes;
use preau_base::{FileId, UploadId};
use std::convert::Infallible;
use std::io::ErrorKind;
use std::path::Path;

/// More than is written at once.
const BYTES: usize = CHUNK_BYTES + CHUNK_BYTES / 2;

fn after_power_loss(root: &Path) -> AfterPowerLoss {
    AfterPowerLoss::with_folders([root, &root.join(PARTS)])
}

/// What is acknowledged at the end is sure to be there, and nothing is half there at any instant before.
fn check(root: &Path, done: &[Done], path: &Path, bytes: u64) -> Result<(), String> {
    let mut left = after_power_loss(root);
    for step in done {
        left.play(step)?;
    }
    match left.sure_bytes(path) {
        Some(sure) if sure == bytes => Ok(()),
        other => Err(format!("{other:?} of {bytes} bytes of {} are sure", path.display())),
    }
}

/// The steps keep the promise, and without any one of their syncs they would not.
fn check_each_sync(root: &Path, done: &[Done], path: &Path, bytes: u64) {
    check(root, done, path, bytes).expect("nothing is lost");
    let syncs: Vec<_> = done.iter().enumerate().filter(|(_, step)| step.is_sync()).map(|(at, _)| at).collect();
    for at in &syncs {
        let without: Vec<_> = done.iter().enumerate().filter(|(n, _)| n != at).map(|(_, step)| step.clone()).collect();
        let kept = check(root, &without, path, bytes);
        assert!(kept.is_err(), "nobody misses {:?} of {done:#?}", done.get(*at));
    }
    assert!(!syncs.is_empty());
}

#[tokio::test]
async fn a_file_that_was_acknowledged_outlives_a_power_loss() {
    let place = tempfile::tempdir().expect("a folder");
    let folder = Folder::make(place.path(), 0).expect("opens");
    let stored = folder.put(id(1), pieces(&[7; BYTES], 9_000), BYTES as u64).await.expect("put");
    let done = folder.disk.played.take();
    check_each_sync(place.path(), &done, &folder.path(id(1)), stored.bytes);
    // The shelf is known by then: its second file costs two syncs, of the bytes and of the name.
    let again = folder.put(id(1), pieces(b"short", 1), 9).await.expect("put");
    let more = folder.disk.played.take();
    assert_eq!(more.iter().filter(|step| step.is_sync()).count(), 2, "{more:?}");
    check(place.path(), &[done, more].concat(), &folder.path(id(1)), again.bytes).expect("nothing is lost");
}

#[tokio::test]
async fn a_shelf_that_a_killed_process_has_left_is_synced_before_it_is_used() {
    let place = tempfile::tempdir().expect("a folder");
    let killed = Folder::make(place.path(), 0).expect("opens");
    std::fs::create_dir(killed.path(id(1)).parent().expect("a shelf")).expect("made");
    let folder = Folder::make(place.path(), 0).expect("opens");
    folder.put(id(1), pieces(b"x", 1), 9).await.expect("put");
    check_each_sync(place.path(), &folder.disk.played.take(), &folder.path(id(1)), 1);
}

async fn send(folder: &Folder, id: UploadId, from: usize, to: usize) -> Result<(), FilesError> {
    let mut part = folder.resume(id, from as u64).await?;
    part.append(&Bytes::from(vec![7; to - from])).await?;
    part.sync().await
}

#[tokio::test]
async fn an_upload_outlives_a_power_loss_after_each_of_its_answers() {
    let place = tempfile::tempdir().expect("a folder");
    let folder = Folder::make(place.path(), 0).expect("opens");
    let part = folder.part_path(upload(1));
    folder.begin(upload(1), 1_000).await.expect("begun");
    let mut done = folder.disk.played.take();
    check_each_sync(place.path(), &done, &part, 0);
    for (from, to) in [(0, 400), (400, 1_000)] {
        send(&folder, upload(1), from, to).await.expect("sent");
        done.extend(folder.disk.played.take());
        check(place.path(), &done, &part, to as u64).expect("what was answered is there");
        let unsynced: Vec<_> = done.iter().filter(|step| !matches!(step, Done::Sync(_))).cloned().collect();
        check(place.path(), &unsynced, &part, to as u64).expect_err("only because it was synced");
    }
    let stored = folder.finish(upload(1)).await.expect("finished");
    done.extend(folder.disk.played.take());
    check(place.path(), &done, &folder.path(stored.id), 1_000).expect("the file is there");
}

/// What failed in the middle says so, and leaves the whole file or none; the same again succeeds.
async fn fail_everywhere(kind: ErrorKind) {
    for steps in 0.. {
        let place = tempfile::tempdir().expect("a folder");
        let folder = Folder::make(place.path(), 0).expect("opens");
        folder.disk.played.fail_after(steps, kind);
        let outcome: Result<_, PutError<Infallible>> = folder.put(id(1), pieces(&[7; BYTES], 9_000), 1 << 20).await;
        if folder.disk.played.will_fail() {
            assert!(outcome.is_ok() && steps > 5, "{steps} steps: {outcome:?}");
            return;
        }
        let Err(PutError::Files(error)) = outcome else { panic!("step {steps} has failed, and nobody was told") };
        assert_eq!(error.is_disk_full(), kind == ErrorKind::StorageFull, "step {steps}: {error}");
        let left = super::all_below(place.path());
        match folder.has(id(1)).await.expect("asked") {
            false => assert!(left.is_empty(), "step {steps} has left {left:?}"),
            true => assert_eq!(std::fs::read(&left[0]).expect("read"), [7; BYTES], "step {steps}"),
        }
        folder.put(id(1), pieces(&[7; BYTES], 9_000), 1 << 20).await.expect("again");
        let files = Files::in_folder(place.path(), 0).expect("opens");
        assert_eq!(contents(&files, id(1)).await, [7; BYTES]);
    }
}

#[tokio::test]
async fn a_step_that_fails_leaves_nothing_half_written() {
    fail_everywhere(ErrorKind::Other).await;
    fail_everywhere(ErrorKind::StorageFull).await;
}

#[tokio::test]
async fn an_upload_goes_on_after_any_step_has_failed() {
    for steps in 0.. {
        let place = tempfile::tempdir().expect("a folder");
        let folder = Folder::make(place.path(), 0).expect("opens");
        folder.begin(upload(1), 20).await.expect("begun");
        folder.disk.played.fail_after(steps, ErrorKind::StorageFull);
        let mut failures = 0;
        let stored = loop {
            let there =
                folder.part_bytes(upload(1)).await.expect("asked").map(|it| usize::try_from(it).expect("small"));
            let next = match there {
                Some(there @ 0..20) => send(&folder, upload(1), there, (there + 7).min(20)).await.map(|()| None),
                _ => folder.finish(upload(1)).await.map(Some),
            };
            match next {
                Ok(None) => {}
                Ok(Some(stored)) => break stored,
                Err(error) => {
                    assert!(error.is_disk_full(), "{error}");
                    failures += 1;
                }
            }
        };
        assert_eq!((stored.id, stored.bytes), (FileId::from_uuid(upload(1).uuid()), 20));
        assert_eq!(std::fs::read(folder.path(stored.id)).expect("read"), [7; 20]);
        assert!(folder.part_bytes(upload(1)).await.expect("asked").is_none());
        if folder.disk.played.will_fail() {
            assert!(failures == 0 && steps > 6);
            return;
        }
        assert_eq!(failures, 1, "step {steps}");
    }
}

#[tokio::test]
async fn a_sender_who_goes_away_leaves_nothing() {
    let place = tempfile::tempdir().expect("a folder");
    let folder = Folder::make(place.path(), 0).expect("opens");
    let (sent, mut was_asked) = tokio::sync::mpsc::unbounded_channel();
    let endless = futures_util::stream::unfold(0, |count| {
        let sent = sent.clone();
        async move {
            let _ = sent.send(count);
            if count > 3 {
                std::future::pending::<()>().await;
            }
            Some((Ok::<_, Infallible>(Bytes::from(vec![7; CHUNK_BYTES])), count + 1))
        }
    });
    let put = folder.put(id(1), endless, 1 << 30);
    let gone = async { while was_asked.recv().await != Some(4) {} };
    tokio::select! {
        outcome = put => panic!("it has ended: {outcome:?}"),
        () = gone => {}
    }
    assert_eq!(super::all_below(place.path()), Vec::<std::path::PathBuf>::new());
}

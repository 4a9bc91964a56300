use super::*;
use crate::Files;
use preau_base::SeededRng;
use proptest::prelude::*;
use std::convert::Infallible;

fn id(seed: u64) -> FileId {
    FileId::new(Instant::from_secs(1_800_000_000), &mut SeededRng::new(seed))
}

fn upload(seed: u64) -> UploadId {
    UploadId::from_uuid(id(seed).uuid())
}

fn pieces(bytes: &[u8], of: usize) -> impl Stream<Item = Result<Bytes, Infallible>> + Send + use<> {
    let pieces: Vec<_> = bytes.chunks(of.max(1)).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
    futures_util::stream::iter(pieces)
}

/// Every file below a folder.
fn all_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        if entry.path().is_dir() { found.extend(all_below(&entry.path())) } else { found.push(entry.path()) }
    }
    found
}

async fn contents(files: &Files, id: FileId) -> Vec<u8> {
    let pieces: Vec<_> = files.open(id).await.expect("opens").read_all().collect().await;
    pieces.into_iter().flat_map(|piece| piece.expect("reads").to_vec()).collect()
}

#[tokio::test]
async fn what_was_put_is_read_back_with_its_hash_and_kind() {
    let place = tempfile::tempdir().expect("a folder");
    let files = Files::in_folder(place.path(), 0).expect("opens");
    let bytes = [b"%PDF-1.7\n".as_slice(), &[7; 700_000]].concat();
    let stored = files.put(id(1), pieces(&bytes, 70_001), 1 << 20).await.expect("put");
    assert_eq!((stored.bytes, stored.kind, stored.sha256), (bytes.len() as u64, Kind::Pdf, Digest::of(&bytes)));
    assert_eq!(contents(&files, id(1)).await, bytes);
    let middle: Vec<_> = files.open(id(1)).await.expect("opens").read(5..12).collect().await;
    assert_eq!(middle.into_iter().next().expect("a piece").expect("reads").as_ref(), &bytes[5..12]);
    assert!(files.has(id(1)).await.expect("asked") && !files.has(id(2)).await.expect("asked"));
    files.remove(id(1)).await.expect("removed");
    files.remove(id(1)).await.expect("removed again");
    assert!(matches!(files.open(id(1)).await, Err(FilesError::Missing)));
    use std::os::unix::fs::PermissionsExt as _;
    let mode = std::fs::metadata(place.path().join(PARTS)).expect("a folder").permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
}

#[tokio::test]
async fn nothing_is_left_of_a_file_that_was_not_taken() {
    let place = tempfile::tempdir().expect("a folder");
    let files = Files::in_folder(place.path(), 0).expect("opens");
    let large = files.put(id(1), pieces(&[0; 1_000], 100), 999).await;
    assert!(matches!(large, Err(PutError::TooLarge { bytes_max: 999 })));
    let cut = futures_util::stream::iter([Ok(Bytes::from_static(b"half")), Err("gone")]);
    assert!(matches!(files.put(id(2), cut, 999).await, Err(PutError::Sender("gone"))));
    let full = Files::in_folder(place.path(), u64::MAX / 2).expect("opens");
    for refused in [
        full.put(id(3), pieces(b"x", 1), 999)
            .await
            .map(drop)
            .map_err(|error| matches!(error, PutError::Files(it) if it.is_disk_full())),
        full.begin(upload(3), 1).await.map_err(|error| error.is_disk_full()),
    ] {
        assert_eq!(refused, Err(true));
    }
    assert_eq!(all_below(place.path()), Vec::<PathBuf>::new());
}

/// `/dev/full` refuses every byte as a disk without room does.
#[tokio::test]
async fn a_write_that_fails_says_that_the_disk_is_full() {
    let (disk, path) = (Disk::default(), Path::new("/dev/full"));
    let file = OpenOptions::new().write(true).open(path).await.expect("Linux has it");
    let mut writer = Writer { disk: &disk, file, path, buffer: Vec::new(), seen: Seen::new() };
    let failed = async {
        writer.write(&vec![1; 3 * CHUNK_BYTES]).await?;
        writer.end().await.map(drop)
    };
    let error = FilesError::at("cannot write", path)(failed.await.expect_err("full"));
    assert!(error.is_disk_full(), "{error}");
}

#[tokio::test]
async fn an_upload_goes_on_where_it_was_cut_and_survives_a_crash_at_its_end() {
    let place = tempfile::tempdir().expect("a folder");
    let files = Files::in_folder(place.path(), 0).expect("opens");
    files.begin(upload(1), 10).await.expect("begun");
    let mut part = files.resume(upload(1), 0).await.expect("opens");
    part.append(&Bytes::from_static(b"GIF89")).await.expect("appended");
    drop(part);
    assert!(matches!(files.resume(upload(1), 4).await, Err(FilesError::Offset { asked: 4, found: 5 })));
    let mut part = files.resume(upload(1), 5).await.expect("opens");
    part.append(&Bytes::from_static(b"wrong")).await.expect("appended");
    part.take_back().await.expect("taken back");
    assert_eq!(files.part_bytes(upload(1)).await.expect("asked"), Some(5));
    let mut part = files.resume(upload(1), 5).await.expect("opens");
    part.append(&Bytes::from_static(b"a....")).await.expect("appended");
    part.sync().await.expect("synced");
    let first = files.finish(upload(1)).await.expect("finished");
    assert_eq!((first.kind, first.bytes, first.id), (Kind::Gif, 10, id(1)));
    assert_eq!(files.finish(upload(1)).await.expect("the answer was lost: again"), first);
    assert_eq!(files.part_bytes(upload(1)).await.expect("asked"), None);
    assert!(matches!(files.finish(upload(2)).await, Err(FilesError::Missing)));
}

#[tokio::test]
async fn the_sweep_sees_what_is_old_and_takes_what_a_crash_left() {
    let place = tempfile::tempdir().expect("a folder");
    let files = Files::in_folder(place.path(), 0).expect("opens");
    for seed in 1..=3 {
        files.put(id(seed), pieces(b"x", 1), 9).await.expect("put");
    }
    files.begin(upload(4), 9).await.expect("begun");
    let half = Folder::make(place.path(), 0).expect("opens").path(id(1)).with_extension("writing");
    std::fs::write(&half, b"half").expect("written");
    let (never, later) = (Instant::EPOCH, Instant::from_secs(32_000_000_000));
    assert!(files.old(never, None).await.expect("walked").is_empty() && half.exists());
    assert!(files.old_parts(never).await.expect("walked").is_empty());
    let mut expect = vec![id(1), id(2), id(3)];
    expect.sort();
    let old = files.old(later, None).await.expect("walked");
    assert_eq!((old.as_slice(), half.exists()), (expect.as_slice(), false));
    assert_eq!(files.old(later, Some(expect[0])).await.expect("walked"), expect[1..]);
    assert_eq!(files.old_parts(later).await.expect("walked"), [upload(4)]);
}

mod power;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    /// However the bytes come in and wherever the sender is cut, what is there at the end is what was sent.
    #[test]
    fn every_cut_can_be_gone_on_from(bytes in proptest::collection::vec(any::<u8>(), 1..3_000), cuts in proptest::collection::vec(1_usize..900, 1..12)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        runtime.block_on(async {
            let place = tempfile::tempdir().expect("a folder");
            let files = Files::in_folder(place.path(), 0).expect("opens");
            files.begin(upload(1), bytes.len() as u64).await.expect("begun");
            let mut cuts = cuts.into_iter().cycle();
            loop {
                let offset = files.part_bytes(upload(1)).await.expect("asked").expect("there");
                let rest = &bytes[usize::try_from(offset).expect("small")..];
                if rest.is_empty() { break; }
                let mut part = files.resume(upload(1), offset).await.expect("opens");
                let most = cuts.next().unwrap_or(1).min(rest.len());
                part.append(&Bytes::copy_from_slice(&rest[..most])).await.expect("appended");
            }
            let stored = files.finish(upload(1)).await.expect("finished");
            assert_eq!(stored.sha256, Digest::of(&bytes));
            assert_eq!(contents(&files, stored.id).await, bytes);
        });
    }
}

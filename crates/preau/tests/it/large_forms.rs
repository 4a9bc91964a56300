//! Forms with files, as a phone without script sends them.

use crate::http::Browser;
use crate::school::{PASSWORD, School};
use crate::server::Server;

/// A photograph of a recent phone.
const PHOTO_BYTES: usize = 12 << 20;
/// What a form of several photographs may cost beside what the server needs anyway.
const GROWTH_BYTES_MAX: u64 = 24 << 20;

/// The most memory that a process has had so far, in bytes (proc_pid_status(5)).
fn most_memory_bytes(id: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).expect("Linux");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("a line");
    line.trim().trim_end_matches(" kB").parse::<u64>().expect("a number") << 10
}

#[test]
fn several_photographs_go_with_one_form_and_the_memory_stays_bounded() {
    let school = School::on_sqlite();
    let server = Server::start(&school.data, &[("PREAU_ADMIN__LISTEN", "")]);
    let mut pupil = Browser::signed_in(&server.url.replace("http://", ""), school.pupils[0].0, PASSWORD);
    let path = format!("/homework/{}/hand-in", school.homework[0]);
    let mut photo = vec![7; PHOTO_BYTES];
    photo[..4].copy_from_slice(b"\xff\xd8\xff\xe0");
    // Whatever a first form needs.
    let first = pupil.files(&path, false, &[("key", "1"), ("body", "Une page.")], &[("page.jpg", &photo[..10_000])]);
    assert_eq!(first.expect("an answer").status, 303);
    let before = most_memory_bytes(server.id());

    let five = [1, 2, 3, 4, 5].map(|number| format!("page {number}.jpg"));
    let five: Vec<_> = five.iter().map(|name| (name.as_str(), photo.as_slice())).collect();
    let done = pupil.files(&path, false, &[("key", "2"), ("body", "Cinq pages.")], &five).expect("an answer");
    assert_eq!(done.status, 303, "{}", done.text());
    let page = pupil.get(done.header("location")).expect("an answer").text();
    let files: Vec<_> = page.split('"').filter(|part| part.contains("/files/")).collect();
    let mut whole = 0;
    for file in &files {
        whole += usize::from(pupil.get(file).expect("an answer").body == photo);
    }
    assert!(whole >= five.len() && whole == files.len(), "{whole} whole files of {files:?}");
    let growth = most_memory_bytes(server.id()).saturating_sub(before);
    println!("memory has grown by {} KiB with a form of {} MiB", growth >> 10, (5 * PHOTO_BYTES) >> 20);
    assert!(growth < GROWTH_BYTES_MAX, "memory has grown by {growth} bytes");

    let six: Vec<_> = five.iter().chain(&five[..1]).copied().collect();
    let refused = pupil.files(&path, false, &[("key", "3"), ("body", "Six pages.")], &six).expect("an answer");
    let text = refused.text().replace('\u{a0}', " ");
    assert!(refused.status == 422 && text.contains("il dépasse 64 Mo") && text.contains("Six pages."), "{text}");
}

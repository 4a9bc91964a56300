use crate::writer::pdf;
use preau_pages::limits::{WORDS_BYTES_MAX, WORDS_OF_ALL_BYTES_MAX};
use preau_pages::{Event, render};

/// What is written on each page.
fn words(file: Vec<u8>) -> Vec<String> {
    let mut found = Vec::new();
    render(file, &mut |event| {
        if let Event::Page { words, .. } = event {
            found.push(words);
        }
        Ok(())
    })
    .expect("a document");
    found
}

fn check(content: &str, expect: &str) {
    assert_eq!(words(pdf(1, 595, 842, |_| content.to_owned())), [expect], "{content}");
}

#[test]
fn words_stand_apart_and_lines_below_each_other() {
    check("BT /F 20 Tf 50 700 Td (La crue) Tj ET", "La crue");
    check("BT /F 20 Tf 50 700 Td (La) Tj 60 0 Td (crue) Tj ET", "La crue");
    check("BT /F 20 Tf 50 700 Td [(La) -400 (cr) 20 (ue)] TJ ET", "La crue");
    check("BT /F 20 Tf 50 700 Td (La crue) Tj 0 -24 Td (du Nil) Tj ET", "La crue\ndu Nil");
    check("BT /F 20 Tf 0 1 -1 0 300 100 Tm (La crue) Tj 0 -24 Td (du Nil) Tj ET", "La crue\ndu Nil");
    // x², whose exponent is raised a little.
    check("BT /F 20 Tf 50 700 Td (x) Tj /F 12 Tf 7 Ts (2) Tj ET", "x2");
}

#[test]
fn outlined_letters_come_once_and_unseen_ones_too() {
    check("BT /F 20 Tf 2 Tr 50 700 Td (Titre) Tj ET", "Titre");
    check("BT /F 20 Tf 3 Tr 50 700 Td (lu par une machine) Tj ET", "lu par une machine");
}

#[test]
fn pages_without_words_have_none() {
    check("1 0 0 rg 0 0 480 270 re f", "");
    check("BT /F 0 Tf 50 700 Td (rien) Tj ET", "");
}

#[test]
fn a_page_and_a_document_have_so_many_words() {
    let line = |count: usize| format!("BT /F 1 Tf 5 40 Td ({}) Tj ET", "a".repeat(count));
    let long = words(pdf(1, 595, 842, |_| line(WORDS_BYTES_MAX * 2)));
    assert_eq!(long[0].len(), WORDS_BYTES_MAX);
    let pages = WORDS_OF_ALL_BYTES_MAX / WORDS_BYTES_MAX + 1;
    let many = words(pdf(pages, 60, 80, |_| line(WORDS_BYTES_MAX)));
    assert_eq!(many.iter().map(String::len).sum::<usize>(), WORDS_OF_ALL_BYTES_MAX);
    assert_eq!(many.last().map(String::as_str), Some(""));
}

/// Printed by Chromium: fonts with tables of what their letters mean.
#[test]
fn what_a_browser_printed_is_read() {
    let found = words(include_bytes!("../corpus/browser.pdf").to_vec()).concat();
    assert!(found.starts_with("Le théorème de Pythagore\n1. Dans un triangle rectangle, le carré"), "{found}");
}

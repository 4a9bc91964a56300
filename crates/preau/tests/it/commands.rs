use crate::server::preau;
use std::path::{Path, PathBuf};
use std::process::Output;

fn run(arguments: &[&str], data: &Path) -> Output {
    run_in("C", arguments, data)
}

fn run_in(locale: &str, arguments: &[&str], data: &Path) -> Output {
    let mut command = preau();
    command.args(arguments).env("PREAU_DATA__DIR", data).env("LC_ALL", locale).current_dir(data);
    command.output().expect("runs")
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

fn feed() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../directory/tests/fixtures/aaf/tilleuls")
}

#[test]
fn a_school_comes_in_and_its_sheets_are_printed() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path();
    let feed = feed();
    let feed = feed.to_str().expect("a path");
    let tried = run(&["import", "aaf", feed, "--dry-run"], data);
    assert!(tried.status.success(), "{}", said(&tried));
    let nobody = run(&["people", "codes", "--school", "0931234X", "--class", "6EB"], data);
    assert!(
        !nobody.status.success() && said(&nobody).contains("0931234X"),
        "a dry run leaves no school: {}",
        said(&nobody)
    );

    let imported = run(&["import", "aaf", feed, "--json"], data);
    let report: serde_json::Value = serde_json::from_slice(&imported.stdout).expect("a report");
    assert!(report["tallies"]["pupil"]["created"].as_u64().expect("a number") > 0, "{report}");
    let again = run(&["import", "aaf", feed, "--json"], data);
    let report: serde_json::Value = serde_json::from_slice(&again.stdout).expect("a report");
    for (thing, tally) in report["tallies"].as_object().expect("tallies") {
        for what in ["created", "changed", "left"] {
            assert_eq!(tally[what], 0, "{thing} {what}");
        }
    }

    let sheet = run(&["people", "codes", "--school", "0931234x", "--class", "6eB"], data);
    let text = said(&sheet);
    assert!(sheet.status.success() && text.contains("/activation"), "{text}");
    let page = data.join("fiches.html");
    let page_text = page.to_str().expect("a path");
    let printed = run(&["people", "codes", "--school", "0931234X", "--class", "6EME B", "--html", page_text], data);
    assert!(printed.status.success(), "{}", said(&printed));
    let html = std::fs::read_to_string(&page).expect("the page");
    assert!(html.contains("<svg"), "a QR code each");
    let over = run(&["people", "codes", "--school", "0931234X", "--html", page_text], data);
    assert!(!over.status.success(), "never over another file");

    let assigned =
        run(&["people", "assign", "--school", "0931234X", "--teacher", "personne.absente", "--class", "6EME B"], data);
    assert!(!assigned.status.success() && said(&assigned).contains("personne.absente"), "{}", said(&assigned));
}

#[test]
fn an_import_speaks_the_language_of_the_terminal() {
    let folder = tempfile::tempdir().expect("a folder");
    let table = Path::new(env!("CARGO_MANIFEST_DIR")).join("../directory/tests/fixtures/csv/fautes.csv");
    let command = ["import", "csv", table.to_str().expect("a path"), "--school", "0931234X", "--dry-run"];
    for (locale, expected) in [
        (
            "fr_FR.UTF-8",
            ["refusé\u{a0}: fautes.csv, ligne 3", "il n’y a pas de nom de famille", "Élèves", "essai à blanc"],
        ),
        ("en_GB.UTF-8", ["refused: fautes.csv, line 3", "there is no family name", "Pupils", "dry run"]),
    ] {
        let tried = run_in(locale, &command, folder.path());
        assert_eq!(tried.status.code(), Some(2), "{}", said(&tried));
        for text in expected {
            assert!(said(&tried).contains(text), "{text}: {}", said(&tried));
        }
    }
    let tried = run_in("fr_FR.UTF-8", &["import", "aaf", "."], folder.path());
    assert!(
        !tried.status.success() && said(&tried).contains("aucun fichier de l’annuaire fédérateur"),
        "{}",
        said(&tried)
    );
}

#[test]
fn mistakes_are_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path();
    std::fs::write(data.join("preau.toml"), "[media]\nudp_prot = 1\n").expect("written");
    for (arguments, expected) in [
        (vec!["config", "check"], "did you mean media.udp_port?"),
        (vec!["serve"], "did you mean media.udp_port?"),
        (vec!["config", "check", "--config", "absent.toml"], "absent.toml"),
    ] {
        let output = run(&arguments, data);
        assert!(!output.status.success() && said(&output).contains(expected), "{arguments:?}: {}", said(&output));
    }
    std::fs::remove_file(data.join("preau.toml")).expect("removed");
    for (arguments, expected) in [
        (vec!["import", "aaf", "absent"], "absent"),
        (vec!["import", "aaf", "."], "no file of an AAF feed"),
        (vec!["import", "csv", "absent.csv", "--school", "0931234X"], "absent.csv"),
        (vec!["backup", "verify", "absent.tar"], "absent.tar"),
        (vec!["people", "find", "--school", "0999999Z"], "0999999Z"),
        (vec!["people", "find", "--school", "0999999Z", "--data", "absent"], "there is no data folder absent"),
    ] {
        let output = run(&arguments, data);
        assert!(!output.status.success() && said(&output).contains(expected), "{arguments:?}: {}", said(&output));
    }
}

#[test]
fn an_administrator_is_made_once_and_the_configuration_shows_no_secret() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path();
    let create = ["admin", "create", "--login", "chef", "--given-name", "Sofia", "--family-name", "Lambert"];
    let made = run(&create, data);
    assert!(made.status.success() && said(&made).contains("Activation code"), "{}", said(&made));
    let twice = run(&create, data);
    assert!(!twice.status.success() && said(&twice).contains("is taken"), "{}", said(&twice));

    let shown = preau()
        .args(["config", "show"])
        .env("PREAU_DATABASE__URL", "postgres://preau:hunter2@127.0.0.1/preau")
        .current_dir(data)
        .output()
        .expect("runs");
    let text = said(&shown);
    assert!(shown.status.success() && text.contains("PREAU_DATABASE__URL") && !text.contains("hunter2"), "{text}");
    let example = run(&["config", "example"], data);
    std::fs::write(data.join("example.toml"), &example.stdout).expect("written");
    assert!(run(&["config", "check", "--config", "example.toml"], data).status.success());
}

use crate::server::preau;
use serde_json::Value;
use std::path::Path;
use std::process::Output;

fn rehearse(arguments: &[&str]) -> Output {
    preau().arg("rehearse").args(arguments).output().expect("runs")
}

fn report(folder: &Path, played: &Output) -> Value {
    let text = std::fs::read_to_string(folder.join("rehearsal.json"));
    let text = text.unwrap_or_else(|error| panic!("no report: {error}; {}", said(played)));
    serde_json::from_str(&text).expect("JSON")
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[test]
fn a_small_morning_with_every_attacker_shows_people_no_blank_page() {
    let folder = tempfile::tempdir().expect("a folder");
    let where_to = folder.path().to_str().expect("a path");
    let played = rehearse(&[
        "--people",
        "200",
        "--minutes",
        "0.34",
        "--attack",
        "all",
        "--attack-rate",
        "3",
        "--report",
        where_to,
    ]);
    let report = report(folder.path(), &played);
    let count = |name: &str| report["people"][name].as_u64().unwrap_or(0);
    for name in ["blank_pages", "connection_errors", "bare_pages", "pass_holders_refused", "not_played", "gave_up"] {
        assert_eq!(count(name), 0, "{name}: {}\n{:#}", said(&played), report["examples"]);
    }
    // All but one, with whose pass the attackers go about.
    assert_eq!(count("in"), 199, "{}\n{:#}", said(&played), report["people"]);
    assert!(count("in_lesson") >= 150, "{:#}", report["people"]);
    let attacks = report["attacks"].as_array().expect("attacks");
    for attack in attacks {
        let name = attack["name"].as_str().unwrap_or_default();
        assert_eq!(attack["still_open"], 0, "{attack:#}");
        assert!(attack["closed"]["max_ms"].as_u64().unwrap_or(u64::MAX) < 10_000, "held for too long: {attack:#}");
        assert!(attack["begun"].as_u64() > Some(0), "{attack:#}");
        assert_ne!(name, "syn-flood", "it needs a namespace of its own");
    }
    let bars = report["bars"].as_array().expect("bars");
    let syn = bars.iter().find(|bar| bar["what"] == "syn-flood").expect("told");
    assert_eq!(syn["outcome"], "not_measured");
    assert!(syn["measured"].as_str().is_some_and(|why| why.contains("--namespace")), "{syn:#}");
    assert!(said(&played).contains("syn-flood: not played"), "{}", said(&played));
    assert_eq!(attacks.len(), 44, "each alone and all at once");
    let page = std::fs::read_to_string(folder.path().join("rehearsal.html")).expect("a page");
    assert!(page.contains("<svg") && page.contains("rapid-reset") && !page.contains("<script"));
    assert!(played.status.success(), "{}", said(&played));
}

#[test]
fn the_gate_in_front_of_an_application_is_rehearsed_too() {
    let folder = tempfile::tempdir().expect("a folder");
    let where_to = folder.path().to_str().expect("a path");
    let morning = ["--upstream", "--people", "60", "--minutes", "0.2", "--attack-rate", "4", "--report", where_to];
    let played = rehearse(&[&morning[..], &["--attack", "silent,websocket-flood,replayed-pass"]].concat());
    let report = report(folder.path(), &played);
    assert!(played.status.success(), "{}", said(&played));
    assert_eq!(report["people"]["in"], 59, "{}\n{:#}", said(&played), report["people"]);
    assert_eq!(report["people"]["in_lesson"], Value::Null);
    let steps: Vec<&str> =
        report["latency"].as_array().expect("times").iter().filter_map(|times| times["step"].as_str()).collect();
    for step in ["sign_in_page", "sign_in", "home", "door"] {
        assert!(steps.contains(&step), "{steps:?}");
    }
    assert!(!steps.contains(&"join"), "there are no lessons");
    let answers = |name: &str| {
        let attacks = report["attacks"].as_array().expect("attacks");
        attacks.iter().find(|attack| attack["name"] == name).expect("played")["answers"].clone()
    };
    assert!(answers("websocket-flood")["403"].as_u64() > Some(0), "{:#}", answers("websocket-flood"));
    assert!(answers("replayed-pass")["200"].as_u64() > Some(0), "a pass that is no pass proves nothing");
}

#[test]
fn a_nation_is_simulated_by_its_command() {
    let simulated = rehearse(&["--simulate", "--people", "3000", "--attack", "none", "--capacity", "3", "--json"]);
    assert!(simulated.status.success(), "{}", said(&simulated));
    let played: Value = serde_json::from_slice(&simulated.stdout).expect("JSON");
    assert_eq!(played["people_in"], 3_000, "{played:#}");
    assert_eq!(played["bytes_per_person"], 16);
}

#[test]
fn strangers_are_not_reached() {
    let folder = tempfile::tempdir().expect("a folder");
    let key = folder.path().join("consent.key");
    let made = rehearse(&["keygen", key.to_str().expect("a path")]);
    assert!(made.status.success(), "{}", said(&made));
    let public = said(&made).lines().last().and_then(|line| line.rsplit(' ').next()).map(str::to_owned).expect("a key");
    // Nobody listens there; nothing but the question would have been sent.
    let visit = ["--remote", "127.0.0.1:9", "--plain", "--people", "1", "--minutes", "0.1", "--consent-key"];
    let refused = rehearse(&[&visit[..], &[public.as_str()]].concat());
    assert!(!refused.status.success() && said(&refused).contains("did not answer"), "{}", said(&refused));
    let keyless = rehearse(&["--remote", "127.0.0.1:9"]);
    assert!(!keyless.status.success() && said(&keyless).contains("--consent-key"), "{}", said(&keyless));
    let unknown = rehearse(&["--attack", "everything"]);
    assert!(!unknown.status.success() && said(&unknown).contains("rapid-reset"), "{}", said(&unknown));
}

#[test]
fn a_server_whose_operator_agrees_is_visited_by_people_only() {
    let folder = tempfile::tempdir().expect("a folder");
    let key = folder.path().join("consent.key");
    let made = rehearse(&["keygen", key.to_str().expect("a path")]);
    let public = said(&made).lines().last().and_then(|line| line.rsplit(' ').next()).map(str::to_owned).expect("a key");
    let data = folder.path().join("data");
    let server =
        crate::server::Server::start(&data, &[("PREAU_REHEARSAL__CONSENT_KEY", key.to_str().expect("a path"))]);
    let host = server.url.replace("http://", "");
    let where_to = folder.path().join("report");
    let visit =
        ["--remote", &host, "--plain", "--people", "20", "--minutes", "0.1", "--attack", "all", "--consent-key"];
    let visited = rehearse(&[&visit[..], &[public.as_str(), "--report", where_to.to_str().expect("a path")]].concat());
    let report = report(&where_to, &visited);
    assert_eq!(report["people"]["arrived"], 20, "{}", said(&visited));
    assert_eq!(report["people"]["connection_errors"], Value::Null, "{:#}", report["examples"]);
    assert_eq!(report["attacks"].as_array().map(Vec::len), Some(0), "no attacker goes to a server of somebody else");

    let other = rehearse(&[&visit[..], &["AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"]].concat());
    assert!(!other.status.success() && said(&other).contains("signature"), "{}", said(&other));
}

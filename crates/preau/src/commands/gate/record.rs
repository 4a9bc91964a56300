//! Checks the record of the gate, and says in words what was found.

use crate::cli::RecordCommand;
use crate::commands::{load_config, shown};
use anyhow::{Context, bail};
use preau_evidence::{ChainId, Fault, Hash, Report, Verifier, between};
use preau_front::record::{self, RECORD_FOLDER};
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::str::FromStr;

pub fn run(command: RecordCommand) -> anyhow::Result<ExitCode> {
    let RecordCommand::Verify { place, path, expect } = command;
    let path = match path {
        Some(path) => path,
        None => load_config(&place)?.data.join(RECORD_FOLDER),
    };
    let found = examine(&path, &expect)?;
    found.lines.iter().for_each(|line| println!("{line}"));
    Ok(if found.holds { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// A checkpoint that was kept elsewhere, as the server's log has it: chain, number and hash, with colons between.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    chain: ChainId,
    number: u64,
    hash: Hash,
}

impl FromStr for Checkpoint {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || "a checkpoint is CHAIN:NUMBER:HASH, as the server's log has it".to_owned();
        let (chain, rest) = text.split_once(':').ok_or_else(wrong)?;
        let (number, hash) = rest.split_once(':').ok_or_else(wrong)?;
        Ok(Self {
            chain: ChainId::try_from(chain.to_owned()).map_err(|error| error.to_string())?,
            number: number.parse().map_err(|_| wrong())?,
            hash: hash.parse().map_err(|error: preau_evidence::HashError| error.to_string())?,
        })
    }
}

struct Found {
    lines: Vec<String>,
    holds: bool,
}

impl Found {
    fn good(&mut self, line: String) {
        self.lines.push(format!("  ok    {line}"));
    }

    fn note(&mut self, line: String) {
        self.lines.push(format!("  note  {line}"));
    }

    fn bad(&mut self, line: String) {
        self.holds = false;
        self.lines.push(format!("  BAD   {line}"));
    }
}

/// Parts of one chain, in order.
type Chain = Vec<(PathBuf, Report)>;

fn examine(path: &Path, expect: &[Checkpoint]) -> anyhow::Result<Found> {
    let chains = read(path, expect)?;
    let mut found = Found { lines: Vec::new(), holds: true };
    for chain in &chains {
        tell_chain(chain, &mut found);
    }
    for checkpoint in expect {
        let last = chains.iter().flatten().rfind(|(_, report)| report.chain == checkpoint.chain);
        match last {
            None => found.bad(format!("there is no chain {} here, of which there is a checkpoint", checkpoint.chain)),
            Some((_, report)) if checkpoint.number >= report.next_number => {
                found.bad(format!("{}: {}", report.chain, Fault::CutAway { number: checkpoint.number }));
            }
            Some(_) => {}
        }
    }
    let records: u64 = chains.iter().flatten().map(|(_, report)| report.records).sum();
    found.lines.push(if found.holds {
        format!("Nothing was altered in {records} records.")
    } else {
        "The record does not hold: see what is marked BAD.".to_owned()
    });
    Ok(found)
}

fn read(path: &Path, expect: &[Checkpoint]) -> anyhow::Result<Vec<Chain>> {
    let files = if path.is_dir() {
        let parts = record::parts(path).with_context(|| shown(path))?;
        parts.into_iter().map(|part| part.path).collect()
    } else {
        vec![path.to_owned()]
    };
    if files.is_empty() {
        bail!("{} holds no part of a record", shown(path));
    }
    let mut chains: Vec<Chain> = Vec::new();
    for file in files {
        let report = verify(&file, expect).with_context(|| shown(&file))?;
        match chains.iter_mut().find(|chain| chain.iter().any(|(_, other)| other.chain == report.chain)) {
            Some(chain) => chain.push((file, report)),
            None => chains.push(vec![(file, report)]),
        }
    }
    chains.iter_mut().for_each(|chain| chain.sort_by_key(|(_, report)| report.part));
    Ok(chains)
}

/// Holds a part against the checkpoints that are of its own records.
fn verify(file: &Path, expect: &[Checkpoint]) -> anyhow::Result<Report> {
    let open = || File::open(file).map(BufReader::new);
    let report = preau_evidence::verify(open()?)?;
    let mut verifier = Verifier::new();
    let mut any = false;
    for checkpoint in expect {
        if checkpoint.chain == report.chain && (report.first_number..report.next_number).contains(&checkpoint.number) {
            verifier.expect(checkpoint.number, checkpoint.hash);
            any = true;
        }
    }
    if any { Ok(verifier.run(open()?)?) } else { Ok(report) }
}

fn tell_chain(chain: &Chain, found: &mut Found) {
    for (at, (path, report)) in chain.iter().enumerate() {
        tell_part(path, report, at + 1 == chain.len(), found);
        if let Some((_, before)) = at.checked_sub(1).and_then(|before| chain.get(before))
            && let Some(fault) = between(before, report)
        {
            found.bad(format!("{}: {fault}", name(path)));
        }
    }
    let (Some((_, first)), Some((_, last))) = (chain.first(), chain.last()) else { return };
    if first.part > 0 {
        found.note(format!("the chain begins here with part {}: earlier parts are not at hand", first.part));
    }
    let told = chain.iter().filter_map(|(_, report)| report.redaction_told).max();
    let blanked = chain.iter().filter_map(|(_, report)| report.redacted_last).max();
    if blanked.is_some() && blanked >= told {
        found.note("addresses were blanked of which these parts do not tell".to_owned());
    }
    if last.records > 0 {
        let number = last.next_number.saturating_sub(1);
        found.lines.push(format!("The chain ends with {}:{number}:{}", last.chain, last.ends));
    }
}

fn tell_part(path: &Path, report: &Report, is_last: bool, found: &mut Found) {
    let name = name(path);
    for found_break in &report.breaks {
        match found_break.line {
            0 => found.bad(format!("{name}: {}", found_break.fault)),
            line => found.bad(format!("{name}, line {line}: {}", found_break.fault)),
        }
    }
    if report.breaks_more > 0 {
        found.bad(format!("{name}: {} more", report.breaks_more));
    }
    let time = match (report.first, report.last) {
        (Some(first), Some(last)) => format!(" from {first} to {last}"),
        _ => String::new(),
    };
    let told = format!("{name}: {} records{time}", report.records);
    if report.holds() {
        found.good(told)
    } else {
        found.note(format!("{told} hold in themselves"))
    }
    if report.torn_bytes > 0 {
        let when = if is_last { "; a server that runs is about to finish it, or was killed there" } else { "" };
        found.note(format!("{name}: the last line was cut off after {} bytes{when}", report.torn_bytes));
    }
    if report.dropped > 0 {
        found.note(format!("{name}: {} records could not be written at the time", report.dropped));
    }
    if report.redacted > 0 {
        found.note(format!("{name}: {} addresses were blanked, their time being over", report.redacted));
    }
}

fn name(path: &Path) -> String {
    path.file_name().map_or_else(|| shown(path), |name| name.to_string_lossy().into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use preau_base::{Instant, ManualClock, SeededRng};
    use preau_front::record::{Event, RecordConfig, Recorder};

    /// A folder with a record of two parts, and the checkpoint of its end.
    fn recorded() -> (tempfile::TempDir, Checkpoint) {
        let folder = tempfile::tempdir().expect("a folder");
        let clock = ManualClock::at(Instant::from_secs(1_795_420_800));
        let mut end = None;
        for seed in 0..2 {
            let config = RecordConfig::new(folder.path().to_owned());
            let recorder = Recorder::start(config, clock.clone(), Box::new(SeededRng::new(seed))).expect("starts");
            recorder.event(Event::Started { version: "1" });
            recorder.stop();
            end = Some(recorder.state());
        }
        let chains = read(folder.path(), &[]).expect("reads");
        let end = end.expect("two runs");
        let checkpoint = Checkpoint { chain: chains[0][0].1.chain, number: end.records - 1, hash: end.last };
        (folder, checkpoint)
    }

    fn check(change: impl FnOnce(&[PathBuf], &mut Checkpoint), holds: bool, expected: &str) {
        let (folder, mut checkpoint) = recorded();
        let parts: Vec<PathBuf> =
            record::parts(folder.path()).expect("reads").into_iter().map(|part| part.path).collect();
        assert_eq!(parts.len(), 2);
        change(&parts, &mut checkpoint);
        let found = examine(folder.path(), &[checkpoint]).expect("reads");
        let text = found.lines.join("\n");
        assert!(found.holds == holds && text.contains(expected), "{text}");
    }

    fn edit(path: &Path, change: impl FnOnce(String) -> String) {
        let text = std::fs::read_to_string(path).expect("reads");
        std::fs::write(path, change(text)).expect("written");
    }

    #[test]
    fn says_what_it_finds() {
        check(|_, _| {}, true, "Nothing was altered in 6 records.");
        check(
            |parts, _| edit(&parts[0], |text| text.replace("\"1\"", "\"2\"")),
            false,
            "000000.jsonl, line 2: record 1 does not follow",
        );
        check(|parts, _| std::fs::remove_file(&parts[0]).expect("removed"), true, "begins here with part 1");
        check(|parts, _| std::fs::remove_file(&parts[1]).expect("removed"), false, "of which there is a checkpoint");
        check(
            |parts, _| edit(&parts[0], |text| text[..text.len() / 2].to_owned()),
            false,
            "000001.jsonl: does not go on",
        );
        check(
            |parts, _| edit(&parts[1], |text| format!("{text}{{\"hash\"")),
            true,
            "the last line was cut off after 7 bytes",
        );
        check(|_, checkpoint| checkpoint.hash = Hash::NONE, false, "is not the one that the checkpoint was made of");
        check(|_, checkpoint| checkpoint.chain = ChainId([7; 16]), false, "there is no chain 0707");
    }

    #[test]
    fn a_checkpoint_reads_as_the_log_has_it() {
        let text = format!("{}:12:{}", ChainId([1; 16]), Hash::of(b"x"));
        assert_eq!(text.parse::<Checkpoint>().map(|checkpoint| checkpoint.number), Ok(12));
        for wrong in ["", "1:2", "x:12:y", &text[1..], &text[..text.len() - 1]] {
            assert!(wrong.parse::<Checkpoint>().is_err(), "{wrong}");
        }
    }
}

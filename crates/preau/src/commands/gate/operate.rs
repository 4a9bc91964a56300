//! Asks a running gate, and sets it.

use super::screen;
use crate::cli::{Operate, Place, Setting, SignatureAct};
use crate::commands::{language, load_config};
use crate::data::DataFolder;
use crate::gatehouse::{socket, zone};
use anyhow::{Context, bail};
use jiff::{Timestamp, ToSpan as _};
use preau_base::{Clock as _, Instant, Level, SystemClock};
use preau_front::GateControl;
use preau_gate::{Command, Doors, Standing};
use preau_web::{Lang, Words};
use std::io::Write as _;
use std::time::Duration;

/// Between two looks of `--watch`.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// Moves to the top left and clears what is below (ECMA-48 CUP and ED).
const CLEAR: &str = "\x1b[H\x1b[J";

pub async fn run(operate: Operate) -> anyhow::Result<()> {
    match operate {
        Operate::Status { place, json, watch } => status(&place, json, watch).await,
        Operate::Set { place, setting, value } => {
            let command = command_of(setting, &value, SystemClock.now())?;
            apply(&place, command).await
        }
        Operate::Signature { place, act, id } => {
            let command = match act {
                SignatureAct::Pin => Command::PinSignature { id },
                SignatureAct::Drop => Command::DropSignature { id },
            };
            apply(&place, command).await
        }
        Operate::Block { place, network, time } => {
            let until = SystemClock.now().plus(duration_of(&time)?);
            apply(&place, Command::Block { network, until }).await
        }
        Operate::Unblock { place, network } => apply(&place, Command::Unblock { network }).await,
    }
}

async fn connect(place: &Place) -> anyhow::Result<GateControl> {
    let data = DataFolder::existing(&load_config(place)?.data)?;
    Ok(GateControl::connect(&socket(&data)).await?)
}

async fn apply(place: &Place, command: Command) -> anyhow::Result<()> {
    connect(place).await?.apply(command.clone()).await?;
    match command {
        Command::Doors(Doors::OpenAt { at }) => println!("Done: the doors open at {}.", local(at)),
        Command::Block { network, until } => {
            let left = Words::new(Lang::En).left(until.since(SystemClock.now()));
            println!("Done: {network} is turned away until {} ({left}).", local(until));
        }
        Command::Unblock { network } => println!("Done: {network} is no longer blocked."),
        _ => println!("Done."),
    }
    Ok(())
}

fn local(at: Instant) -> String {
    let at = Timestamp::from_millisecond(at.as_millis()).unwrap_or_default().to_zoned(zone());
    at.strftime("%Y-%m-%d %H:%M %Z").to_string()
}

async fn status(place: &Place, json: bool, watch: bool) -> anyhow::Result<()> {
    let words = Words::new(language());
    let mut control = connect(place).await?;
    loop {
        let snapshot = control.snapshot().await?;
        let text = if json {
            format!("{}\n", serde_json::to_string(&snapshot)?)
        } else {
            screen::draw(&snapshot, words, &zone())
        };
        let clear = if watch && !json { CLEAR } else { "" };
        let mut out = std::io::stdout().lock();
        // Whoever reads may have seen enough.
        if out.write_all(format!("{clear}{text}").as_bytes()).and_then(|()| out.flush()).is_err() || !watch {
            return Ok(());
        }
        drop(out);
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

/// What `preau gate set SETTING VALUE…` means.
fn command_of(setting: Setting, value: &[String], now: Instant) -> anyhow::Result<Command> {
    let joined = value.join(" ");
    Ok(match setting {
        Setting::Level => Command::Level { level: level_of(&joined)? },
        Setting::Doors => Command::Doors(doors_of(&joined, now)?),
        Setting::InsideMax => Command::InsideMax { people: number_of(&joined)? },
        Setting::NewcomersPerMinute => Command::NewcomersPerMinuteMax { people: number_of(&joined)? },
        Setting::ConcurrencyMax => Command::ConcurrencyMax { requests: number_of(&joined)? },
        Setting::Priority => Command::Priority { standings: standings_of(&joined)? },
        Setting::Note => Command::Note { text: Some(joined).filter(|text| !matches!(text.trim(), "" | "none")) },
    })
}

fn level_of(text: &str) -> anyhow::Result<Option<Level>> {
    if text == "auto" {
        return Ok(None);
    }
    let by_number = text.parse().ok().and_then(Level::from_number);
    let Some(level) = by_number.or_else(|| Level::from_name(&text.replace('-', "_"))) else {
        let names = Level::ALL.map(Level::name).join(", ");
        bail!("no level {text:?}: 0 to 5, {names}, or auto");
    };
    Ok(Some(level))
}

fn number_of<T: std::str::FromStr>(text: &str) -> anyhow::Result<Option<T>> {
    if text == "auto" {
        return Ok(None);
    }
    match text.parse() {
        Ok(number) => Ok(Some(number)),
        Err(_) => bail!("{text:?} is no whole number that fits here, and not auto"),
    }
}

fn standings_of(text: &str) -> anyhow::Result<Vec<Standing>> {
    if text == "none" {
        return Ok(Vec::new());
    }
    let standing = |name: &str| match name.trim() {
        "teacher" => Ok(Standing::Teacher),
        "pupil" => Ok(Standing::Pupil),
        "staff" => Ok(Standing::Staff),
        "relative" => Ok(Standing::Relative),
        other => bail!("nobody is called {other:?} here: teacher, pupil, staff, relative, or none"),
    };
    text.split(',').map(standing).collect()
}

fn doors_of(text: &str, now: Instant) -> anyhow::Result<Doors> {
    match text {
        "open" => Ok(Doors::Open),
        "closed" => Ok(Doors::Closed),
        _ => match text.strip_prefix("at ") {
            Some(time) => Ok(Doors::OpenAt { at: next(time.trim(), now)? }),
            None => bail!("the doors are open, closed, or open “at 8:00”, not {text:?}"),
        },
    }
}

/// The next time that the schools' clock shows this, today or tomorrow.
fn next(time: &str, now: Instant) -> anyhow::Result<Instant> {
    let wrong = || format!("{time:?} is no time such as 8:00");
    let (hour, minute) = time.split_once([':', 'h']).with_context(wrong)?;
    let minute = if minute.is_empty() { "0" } else { minute };
    let (hour, minute): (i8, i8) =
        (hour.trim().parse().with_context(wrong)?, minute.trim().parse().with_context(wrong)?);
    let clock = jiff::civil::Time::new(hour, minute, 0, 0).ok().with_context(wrong)?;
    let here = Timestamp::from_millisecond(now.as_millis()).unwrap_or_default().to_zoned(zone());
    let today = here.with().time(clock).build().context("that time does not exist today")?;
    let at = if today > here { today } else { today.checked_add(1.day())? };
    Ok(Instant::from_millis(at.timestamp().as_millisecond()))
}

/// `30s`, `15m`, `1h`, `2d`.
fn duration_of(text: &str) -> anyhow::Result<Duration> {
    let wrong = || format!("{text:?} is no time such as 30s, 15m, 1h or 2d");
    let unit_s = match text.chars().last() {
        Some('s') => 1,
        Some('m') => 60,
        Some('h') => 3_600,
        Some('d') => 86_400,
        _ => bail!(wrong()),
    };
    let number: u64 = text.get(..text.len() - 1).unwrap_or("").parse().with_context(wrong)?;
    Ok(Duration::from_secs(number.checked_mul(unit_s).with_context(wrong)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Monday 23 November 2026, 9:12 in Paris.
    const NOW: Instant = Instant::from_secs(1_795_421_520);

    fn check(setting: Setting, value: &str, expect: Command) {
        let value: Vec<String> = value.split(' ').map(str::to_owned).collect();
        assert_eq!(command_of(setting, &value, NOW).expect("understood"), expect, "{value:?}");
    }

    #[test]
    fn settings_are_what_people_would_write() {
        check(Setting::Level, "light", Command::Level { level: Some(Level::Light) });
        check(Setting::Level, "read-only", Command::Level { level: Some(Level::ReadOnly) });
        check(Setting::Level, "2", Command::Level { level: Some(Level::Plain) });
        check(Setting::Level, "auto", Command::Level { level: None });
        check(Setting::InsideMax, "1200", Command::InsideMax { people: Some(1_200) });
        check(Setting::ConcurrencyMax, "auto", Command::ConcurrencyMax { requests: None });
        check(Setting::NewcomersPerMinute, "60", Command::NewcomersPerMinuteMax { people: Some(60) });
        check(
            Setting::Priority,
            "teacher,pupil",
            Command::Priority { standings: vec![Standing::Teacher, Standing::Pupil] },
        );
        check(Setting::Priority, "none", Command::Priority { standings: Vec::new() });
        check(Setting::Note, "Bonjour à tous", Command::Note { text: Some("Bonjour à tous".to_owned()) });
        check(Setting::Note, "", Command::Note { text: None });
        check(Setting::Note, "none", Command::Note { text: None });
        let at = |secs| Command::Doors(Doors::OpenAt { at: NOW.plus(Duration::from_secs(secs)) });
        check(Setting::Doors, "open", Command::Doors(Doors::Open));
        check(Setting::Doors, "closed", Command::Doors(Doors::Closed));
        check(Setting::Doors, "at 9:30", at(18 * 60));
        check(Setting::Doors, "at 9h30", at(18 * 60));
        check(Setting::Doors, "at 10h", at(48 * 60));
        check(Setting::Doors, "at 9:12", at(24 * 3_600));
    }

    #[test]
    fn nonsense_is_named() {
        for (setting, value) in [
            (Setting::Level, "6"),
            (Setting::Level, "dark"),
            (Setting::Doors, "at noon"),
            (Setting::Doors, "at 25:00"),
            (Setting::Doors, "ajar"),
            (Setting::InsideMax, "-1"),
            (Setting::ConcurrencyMax, "99999999999"),
            (Setting::Priority, "head"),
        ] {
            let value: Vec<String> = value.split(' ').map(str::to_owned).collect();
            assert!(command_of(setting, &value, NOW).is_err(), "{value:?}");
        }
        for time in ["", "h", "1", "1w", "-1h", "99999999999999999999d", "é"] {
            assert!(duration_of(time).is_err(), "{time:?}");
        }
        assert_eq!(duration_of("90m").expect("a time"), Duration::from_secs(5_400));
    }
}

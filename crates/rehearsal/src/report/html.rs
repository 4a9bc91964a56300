use super::svg::{Line, by_second, chart};
use super::{AttackReport, Outcome, Report, grouped, ms};
use crate::words;
use std::fmt::Write as _;

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:60rem;padding:0 1rem;color:#1b1b1b;background:#fff}\
h1{font-size:1.6rem}h2{font-size:1.2rem;margin-top:2rem}table{border-collapse:collapse;width:100%;font-size:.9rem}\
th,td{text-align:left;padding:.25rem .5rem;border-bottom:1px solid #ccc;vertical-align:top}td.n,th.n{text-align:right;white-space:nowrap}tbody th{font-weight:normal}\
.good{color:#0a6b2d}.bad{color:#a4001d;font-weight:bold}.over{color:#8a4500}.soft{color:#666}table.short{width:auto}summary{cursor:pointer}svg{width:100%;min-width:36rem;height:auto}.chart{overflow-x:auto}svg text{font-size:11px;fill:currentColor}\
.grid{stroke:#ddd}.span{fill:#a4001d;opacity:.08}polyline{fill:none;stroke-width:1.5}\
polyline.a{stroke:#777;stroke-dasharray:4 3}polyline.b{stroke:#1f4fa3}polyline.c{stroke:#0a6b2d}polyline.d{stroke:#b35900}\
.legend span{padding-left:1.4rem;margin-right:1rem;background:linear-gradient(currentColor,currentColor) 0 50%/1.1rem 2px no-repeat}\
.legend .a{color:#777}.legend .b{color:#1f4fa3}.legend .c{color:#0a6b2d}.legend .d{color:#b35900}figure{margin:1rem 0}\
@media(max-width:48rem){table{display:block;overflow-x:auto}}figcaption{font-weight:bold}pre{white-space:pre-wrap;overflow-wrap:anywhere;background:#f4f4f4;padding:.75rem;font-size:.8rem}\
@media(prefers-color-scheme:dark){body{background:#161616;color:#eee}th,td{border-color:#444}.grid{stroke:#333}pre{background:#222}\
.good{color:#7ad793}.bad{color:#ff8f8f}.over{color:#ffb066}.soft{color:#aaa}polyline.b{stroke:#8db4ff}polyline.c{stroke:#7ad793}polyline.d{stroke:#ffb066}.legend .b{color:#8db4ff}.legend .c{color:#7ad793}.legend .d{color:#ffb066}}";

pub(super) fn page(report: &Report) -> String {
    let mut out = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>Rehearsal · Préau</title><style>{STYLE}</style></head>\n<body>\n<h1>The morning, rehearsed</h1>\n"
    );
    let server = report.server.as_deref().unwrap_or(if report.upstream {
        "the gate, started for it on this machine in front of a small application"
    } else {
        "a server started for it on this machine"
    });
    let _ = writeln!(
        out,
        "<p>{} people of {}, arriving within {:.0} s, against {}; seed {}.</p>",
        grouped(report.people_played.into()),
        grouped(report.people_planned.into()),
        report.window_s,
        escape(server),
        report.seed
    );
    verdict(&mut out, report);
    people(&mut out, report);
    charts(&mut out, report);
    times(&mut out, report);
    attacks(&mut out, report);
    gate(&mut out, report);
    details(&mut out, report);
    out.push_str("</body>\n</html>\n");
    out
}

/// What it comes to, and each bar with what was measured.
fn verdict(out: &mut String, report: &Report) {
    let said = match report.faults.len() {
        0 => "<p class=\"good\">Nothing happened that must not.</p>\n".to_owned(),
        1 => "<p class=\"bad\">One thing happened that must not.</p>\n".to_owned(),
        many => format!("<p class=\"bad\">{many} things happened that must not.</p>\n"),
    };
    out.push_str(&said);
    out.push_str("<table><thead><tr><th>what</th><th>bar</th><th>measured</th><th></th></tr></thead><tbody>");
    for bar in &report.bars {
        let class = match bar.outcome {
            Outcome::Met => "good",
            Outcome::Missed => "bad",
            Outcome::Over => "over",
            Outcome::NotMeasured => "soft",
        };
        let _ = write!(
            out,
            "<tr><td>{}</td><td>{}</td><td>{}</td><td class=\"{class}\">{}</td></tr>",
            escape(&bar.what),
            escape(&bar.bar),
            escape(&bar.measured),
            bar.outcome.word().to_lowercase()
        );
    }
    out.push_str("</tbody></table>\n");
    if report.bars.iter().any(|bar| bar.outcome == Outcome::Over) {
        out.push_str("<p><small>“Over” is over the bar where server, people and attackers share this machine: no fault by itself.</small></p>\n");
    }
}

fn people(out: &mut String, report: &Report) {
    out.push_str("<h2>People</h2>\n<table class=\"short\"><tbody>");
    for name in words::EVENTS {
        let Some(count) = report.people.get(name) else { continue };
        let (said, count) = (words::event(name), grouped(*count));
        let _ = write!(out, "<tr><th scope=\"row\">{said}</th><td class=\"n\">{count}</td></tr>");
    }
    let _ = writeln!(
        out,
        "<tr><th scope=\"row\">neither in nor gone at the end</th><td class=\"n\">{}</td></tr></tbody></table>",
        report.still_outside
    );
}

fn charts(out: &mut String, report: &Report) {
    let curves = &report.curves;
    let seconds = report.window_s.max(curves.people_in.len() as f64);
    let mut spans: Vec<(f64, f64)> =
        report.attacks.iter().map(|attack| (attack.begins_s, attack.begins_s + attack.lasts_s)).collect();
    // Those that were all on at once are one.
    spans.dedup();
    let whole = |values: &[u64]| by_second(values.iter().map(|value| *value as f64));
    let lines = [
        Line { class: "a", name: "planned", points: by_second(curves.planned.iter().copied()) },
        Line { class: "b", name: "arrived", points: whole(&curves.arrived) },
        Line { class: "c", name: "in", points: whole(&curves.people_in) },
    ];
    out.push_str("<h2>Curves</h2>\n<p>Shaded: attacks.</p>\n");
    out.push_str(&chart("People a second", "people a second", seconds, &lines, &spans));
    let slow = [Line { class: "d", name: "slowest page with a pass", points: whole(&curves.slowest_page_ms) }];
    out.push_str(&chart("Slowest page of somebody with a pass", "milliseconds", seconds, &slow, &spans));
    let machine = [
        Line { class: "b", name: "memory of the server", points: curves.memory_mib.clone() },
        Line { class: "d", name: "its descriptors", points: curves.descriptors.clone() },
        Line { class: "c", name: "people waiting", points: curves.waiting.clone() },
    ];
    out.push_str(&chart("The server", "MiB, descriptors, people", seconds, &machine, &spans));
}

fn times(out: &mut String, report: &Report) {
    out.push_str(
        "<h2>Times</h2>\n<p>From the planned instant to the whole answer, so that a server that stalls shows.</p>\n<table><thead><tr><th>who</th><th>what</th>\
         <th class=\"n\">times</th><th class=\"n\">p50</th><th class=\"n\">p99</th><th class=\"n\">longest</th></tr></thead><tbody>",
    );
    let row = |out: &mut String, who: &str, what: &str, times: &preau_sim::Waits| {
        let _ = write!(
            out,
            "<tr><td>{who}</td><td>{what}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td></tr>",
            grouped(times.people),
            ms(times.p50_ms),
            ms(times.p99_ms),
            ms(times.max_ms)
        );
    };
    for (group, waits) in &report.waits {
        row(out, words::group(group), "arrival to home page", waits);
    }
    for latency in &report.latency {
        row(out, words::group(latency.group), words::step(latency.step, report.upstream), &latency.times);
    }
    row(out, "the rehearsal itself", "people begun late", &report.lateness);
    row(out, "the rehearsal itself", "its clock late", &report.lag);
    out.push_str("</tbody></table>\n");
}

fn attacks(out: &mut String, report: &Report) {
    if report.attacks.is_empty() {
        return;
    }
    let _ = write!(
        out,
        "<h2>Attacks</h2>\n<p>p99 of people with a pass before the first attack: {}.</p>\n<table><thead><tr><th>attack</th><th class=\"n\">at</th>\
         <th class=\"n\">begun</th><th class=\"n\">requests</th><th>how it ended</th><th class=\"n\">named after</th>\
         <th class=\"n\">p99 of pass holders</th><th class=\"n\">without attackers</th></tr></thead><tbody>",
        ms(report.quiet.p99_ms)
    );
    for attack in &report.attacks {
        let named = match attack.named_after_s {
            Some(after) => format!("{after:.1} s"),
            None if attack.already_named => "before".to_owned(),
            None => "—".to_owned(),
        };
        let _ = write!(
            out,
            "<tr><td>{}{}</td><td class=\"n\">{:.0} s</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td>{}</td><td class=\"n\">{named}</td>\
             <td class=\"n\">{} <small>({})</small></td><td class=\"n\">{}</td></tr>",
            attack.name,
            if attack.together { " <small>(with all)</small>" } else { "" },
            attack.begins_s,
            grouped(attack.begun),
            grouped(attack.requests),
            ends(attack),
            ms(attack.pass_holders.p99_ms),
            attack.pass_holders.people,
            ms(attack.quiet.p99_ms)
        );
    }
    out.push_str("</tbody></table>\n");
}

fn ends(attack: &AttackReport) -> String {
    let mut parts = Vec::new();
    if attack.closed.people > 0 {
        let (many, longest) = (attack.closed.people, ms(attack.closed.max_ms));
        parts.push(format!("{many} closed, the last after {longest}"));
        if attack.holds && attack.opened.people > 0 {
            parts.push(format!("TLS was there after {} at the latest", ms(attack.opened.max_ms)));
        }
    }
    for (count, what) in
        [(attack.still_open, "never closed"), (attack.not_connected, "not let in"), (attack.cut, "cut off")]
    {
        if count > 0 {
            parts.push(format!("{count} {what}"));
        }
    }
    for (status, count) in &attack.answers {
        parts.push(format!("{count} × {status}"));
    }
    parts.join(", ")
}

fn gate(out: &mut String, report: &Report) {
    if report.verdicts.is_empty() {
        return;
    }
    let _ = write!(
        out,
        "<h2>What the gate said</h2>\n<details><summary>{} changes</summary><table><thead><tr><th class=\"n\">at</th><th>verdict</th>\
         <th>attacks seen</th><th class=\"n\">level</th></tr></thead><tbody>",
        report.verdicts.len()
    );
    for seen in &report.verdicts {
        let attacks: Vec<&str> = seen.attacks.iter().map(|kind| words::attack(*kind)).collect();
        let _ = write!(
            out,
            "<tr><td class=\"n\">{:.1} s</td><td>{}</td><td>{}</td><td class=\"n\">{}</td></tr>",
            seen.at_s,
            words::verdict(seen.verdict),
            attacks.join(", "),
            seen.level
        );
    }
    out.push_str("</tbody></table></details>\n");
}

fn details(out: &mut String, report: &Report) {
    let machine = &report.machine;
    let _ = writeln!(
        out,
        "<h2>Machine</h2>\n<p>The server held at most {} MiB ({} at the start) and {} descriptors, and took {:.1} s of CPU; the rehearsal {:.1} s, on the same machine. At most {} connections waited in the kernel to be accepted; a client counts that time too, the server’s deadlines begin after it.</p>",
        machine.memory_kib_most / 1_024,
        machine.memory_kib_first / 1_024,
        machine.descriptors_most,
        machine.server_cpu_s,
        machine.rehearsal_cpu_s,
        machine.accept_queue_most
    );
    if !report.examples.is_empty() {
        out.push_str("<h2>What went wrong, the first of each kind</h2>\n");
        for (kind, examples) in &report.examples {
            let _ = writeln!(out, "<h3>{}</h3>\n<pre>{}</pre>", words::event(kind), escape(&examples.join("\n")));
        }
    }
    if !report.server_log.is_empty() {
        let _ = writeln!(out, "<h2>The end of the server’s log</h2>\n<pre>{}</pre>", escape(&report.server_log));
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

//! What things are called in the report and on the terminal.

use preau_gate::snapshot::{AttackKind, VerdictKind};

/// An attack, as the gate's verdict names it.
pub const fn attack(kind: AttackKind) -> &'static str {
    match kind {
        AttackKind::ConnectionFlood => "connection flood",
        AttackKind::HandshakeFlood => "flood of TLS handshakes",
        AttackKind::SlowConnections => "slow connections",
        AttackKind::HttpFlood => "flood of requests",
        AttackKind::CacheBusting => "requests past the caches",
        AttackKind::Http2Abuse => "abuse of HTTP/2",
        AttackKind::LargeRequests => "oversized requests",
        AttackKind::Smuggling => "smuggled requests",
        AttackKind::PasswordStuffing => "guessed passwords",
        AttackKind::TicketFarming => "farmed places in the line",
        AttackKind::ForgedPasses => "forged passes",
        AttackKind::SharedPass => "a pass used from everywhere",
    }
}

/// What the gate says that goes on.
pub fn verdict(kind: VerdictKind) -> String {
    match kind {
        VerdictKind::Calm => "calm".to_owned(),
        VerdictKind::ExpectedCrowd => "the crowd that was expected".to_owned(),
        VerdictKind::UnexpectedCrowd => "a crowd that was not expected".to_owned(),
        VerdictKind::OurSlowness => "the application is slow".to_owned(),
        VerdictKind::Attack(kind) => format!("an attack: {}", attack(kind)),
    }
}

/// The names in [`Report::people`](crate::Report::people), in the order in which they are told.
pub(crate) const EVENTS: [&str; 16] = [
    "arrived",
    "in",
    "in_lesson",
    "gave_up",
    "waiting_pages",
    "pass_holders_waited",
    "refusal_pages",
    "pass_holders_refused",
    "blank_pages",
    "bare_pages",
    "connection_errors",
    "classes_not_joined",
    "files_missing",
    "not_played",
    "school_pages",
    "school_refused",
];

/// What happened to people, by its name in [`Report::people`](crate::Report::people).
pub(crate) fn event(name: &'static str) -> &'static str {
    match name {
        "arrived" => "came",
        "in" => "in: saw their home page",
        "in_lesson" => "in their lesson",
        "gave_up" => "gave up before they were in",
        "waiting_pages" => "waiting pages shown",
        "refusal_pages" => "refusals in words (too much asked, or not now)",
        "blank_pages" => "blank pages: nothing within 20 s",
        "bare_pages" => "bare pages: a status and no words",
        "connection_errors" => "connections that failed or broke",
        "pass_holders_refused" => "times a valid pass was refused",
        "pass_holders_waited" => "times a valid pass was shown the waiting page",
        "classes_not_joined" => "joins that failed behind an open door",
        "files_missing" => "styles, scripts or pictures that did not come",
        "not_played" => "people whom the rehearsal could not play",
        "school_pages" => "pages for the school with bots in it, meanwhile",
        "school_refused" => "refusals of pupils of that school, meanwhile",
        other => other,
    }
}

/// Whose times are told.
pub(crate) fn group(name: &'static str) -> &'static str {
    match name {
        "lesson" => "with a pass, lesson now",
        "known" => "with a pass",
        "newcomer" => "without a pass",
        other => other,
    }
}

/// The steps of the story in their order.
pub(crate) const STEPS: [&str; 6] = ["sign_in_page", "sign_in", "home", "door", "join", "beat"];

/// A step of the story.
pub(crate) fn step(name: &'static str, upstream: bool) -> &'static str {
    match name {
        "door" if upstream => "the page again",
        "home" => "home page",
        "sign_in_page" => "sign-in page",
        "sign_in" => "signing in",
        "door" => "page before the lesson",
        "join" => "joining: token, WebSocket, welcome",
        "beat" => "sign of life in the lesson",
        other => other,
    }
}

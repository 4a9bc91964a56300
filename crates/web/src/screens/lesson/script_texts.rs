/// The texts that the class's scripts say; the template hands them over.
pub(super) const KEYS: &[&str] = &[
    "class-door-asking",
    "class-door-no-picture",
    "class-door-speak",
    "class-door-heard",
    "class-state-busy",
    "class-state-mic-on",
    "class-state-mic-off",
    "class-state-camera-on",
    "class-state-camera-off",
    "class-state-screen-on",
    "class-state-screen-off",
    "class-state-hand-up",
    "class-state-hand-down",
    "class-waiting-title",
    "class-entered",
    "class-was-muted",
    "class-camera-stopped",
    "class-screen-stopped",
    "class-line-good",
    "class-line-fair",
    "class-line-weak",
    "class-line-lost",
    "class-line-online",
    "class-line-offline",
    "class-gate-one",
    "class-gate-other",
    "class-present-one",
    "class-present-other",
    "class-you",
    "class-name-you",
    "class-teacher",
    "class-mic-on",
    "class-mic-off",
    "class-camera-on",
    "class-screen-on",
    "class-screen-of",
    "class-person-away",
    "class-no-media",
    "class-picture-paused",
    "class-hand-number",
    "class-hand-raised",
    "class-hand-lowered",
    "class-came",
    "class-came-count-one",
    "class-came-count-other",
    "class-went",
    "class-went-count-one",
    "class-went-count-other",
    "class-chat-said",
    "class-chat-sending",
    "class-chat-again",
    "class-unread-one",
    "class-unread-other",
    "class-act-mute",
    "class-act-lower-hand",
    "class-act-remove",
    "class-act-of",
    "class-confirm-remove-title",
    "class-confirm-remove-body",
    "class-confirm-remove-yes",
    "class-confirm-close-title",
    "class-confirm-close-body",
    "class-confirm-close-yes",
    "class-device-both-denied",
    "class-device-both-absent",
    "class-device-both-insecure",
    "class-remove-not-stored",
    "class-device-mic-number",
    "class-device-mic-denied",
    "class-device-mic-absent",
    "class-device-mic-busy",
    "class-device-mic-insecure",
    "class-device-mic-failed",
    "class-device-mic-gone",
    "class-device-camera-number",
    "class-device-camera-denied",
    "class-device-camera-absent",
    "class-device-camera-busy",
    "class-device-camera-insecure",
    "class-device-camera-failed",
    "class-device-camera-gone",
    "class-device-screen-denied",
    "class-device-screen-absent",
    "class-device-screen-busy",
    "class-device-screen-insecure",
    "class-device-screen-failed",
    "live-error-bad-message",
    "live-error-unknown-type",
    "live-error-too-fast",
    "live-error-not-in",
    "live-error-not-allowed",
    "live-error-locked",
    "live-error-unknown-person",
    "live-error-unknown-thing",
    "live-error-full",
    "live-error-stale",
    "live-error-cameras-full",
    "live-error-screen-taken",
    "live-error-muted",
    "live-error-empty",
    "live-error-too-long",
    "live-error-bad-text",
    "live-error-not-stored",
    "live-error-bad-sdp",
    "live-error-media-unavailable",
    "live-error-offline",
    "live-bye-left",
    "live-bye-hello-late",
    "live-bye-bad-frames",
    "live-bye-bad-token",
    "live-bye-not-on-roster",
    "live-bye-removed",
    "live-bye-closed",
    "live-bye-replaced",
    "live-bye-reload",
    "live-bye-slow",
    "live-bye-flood",
    "live-bye-full",
    "live-bye-restart",
    "live-bye-no-lesson",
    "live-bye-busy",
    "live-bye-signed-out",
    "live-bye-turned-away",
    "live-bye-over",
    "live-bye-refused",
    "live-bye-lost",
    "class-end-left",
    "class-end-removed",
    "class-end-closed",
    "class-end-replaced",
    "class-end-bad-frames",
    "class-end-bad-token",
    "class-end-reload",
    "class-end-not-on-roster",
    "class-end-no-lesson",
    "class-end-signed-out",
    "class-end-refused",
];

#[cfg(test)]
mod tests {
    use super::KEYS;
    use crate::lang::Lang;
    use crate::texts::{FILES, has};

    /// Every `"class-…"` and `"live-…"` that a script of the class names, and the stems of those that it composes.
    fn named_in_scripts() -> Vec<(&'static str, String)> {
        let scripts = FILES.iter().filter(|(name, _)| name.starts_with("class/") && name.ends_with(".js"));
        let mut named = Vec::new();
        for (file, bytes) in scripts {
            let text = std::str::from_utf8(bytes).unwrap();
            for word in
                text.split(['"', '`', '$']).filter(|word| word.starts_with("class-") || word.starts_with("live-"))
            {
                if word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-') {
                    named.push((*file, word.to_owned()));
                }
            }
        }
        named
    }

    #[test]
    fn scripts_get_the_texts_that_they_name() {
        let named = named_in_scripts();
        assert!(named.len() > 50, "only {} texts found in the scripts", named.len());
        for (file, word) in named {
            let found = KEYS.iter().any(|key| {
                let rest = key.strip_prefix(word.as_str());
                rest.is_some_and(|rest| rest.is_empty() || word.ends_with('-') || rest == "-one" || rest == "-other")
            });
            assert!(found, "{file} says {word}");
        }
    }

    #[test]
    fn every_text_is_there() {
        for key in KEYS {
            assert!(Lang::ALL.into_iter().all(|lang| has(lang, key)), "{key}");
        }
    }
}

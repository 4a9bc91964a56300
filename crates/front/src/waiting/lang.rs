use http::HeaderValue;

/// A language of the gate's pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Lang {
    Fr,
    En,
}

impl Lang {
    pub const ALL: [Self; 2] = [Self::Fr, Self::En];

    /// The BCP 47 tag.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Fr => "fr",
            Self::En => "en",
        }
    }

    pub fn from_tag(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_']).next().unwrap_or(tag);
        Self::ALL.into_iter().find(|lang| primary.eq_ignore_ascii_case(lang.as_str()))
    }

    /// The language that somebody chose (the value of `preau-lang`), else what the browser asks for (`Accept-Language`,
    /// RFC 9110 §12.5.4), else French.
    pub fn of(chosen: Option<&str>, accepts: Option<&HeaderValue>) -> Self {
        chosen.and_then(Self::from_tag).unwrap_or_else(|| Self::wanted(accepts))
    }

    fn wanted(accepts: Option<&HeaderValue>) -> Self {
        let wanted = accepts.and_then(|value| value.to_str().ok()).unwrap_or("");
        let mut best = (0.0, Self::Fr);
        for item in wanted.split(',').take(20) {
            let mut parts = item.split(';').map(str::trim);
            let Some(lang) = parts.next().and_then(Self::from_tag) else { continue };
            let quality = parts.find_map(|part| part.strip_prefix("q=")).map_or(Some(1.0), |q| q.parse::<f32>().ok());
            // Strictly better: at the same quality the first one named wins.
            if let Some(quality) = quality.filter(|quality| *quality > best.0) {
                best = (quality, lang);
            }
        }
        best.1
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_was_chosen_goes_before_what_the_browser_asks_for() {
        for (chosen, wanted, expect) in [
            (None, "", Lang::Fr),
            (None, "de, en;q=0.7, fr;q=0.3", Lang::En),
            (None, "fr-FR,fr;q=0.9,en;q=0.8", Lang::Fr),
            (Some("en"), "fr", Lang::En),
            (Some("fr"), "en", Lang::Fr),
            (Some("xx"), "en", Lang::En),
        ] {
            assert_eq!(Lang::of(chosen, HeaderValue::from_str(wanted).ok().as_ref()), expect, "{chosen:?} {wanted}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(chosen in "\\PC{0,20}", wanted in "\\PC{0,80}") {
            Lang::of(Some(&chosen), HeaderValue::from_str(&wanted).ok().as_ref());
        }
    }
}

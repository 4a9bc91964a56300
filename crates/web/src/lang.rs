use http::{HeaderMap, header};

/// A language of the pages.
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

    /// What the browser asks for (`Accept-Language`, RFC 9110 §12.5.4); French when it wants neither.
    pub fn of_browser(headers: &HeaderMap) -> Self {
        let wanted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or("");
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

    fn of(wanted: &str) -> Lang {
        let mut headers = HeaderMap::new();
        if let Ok(value) = wanted.parse() {
            headers.insert(header::ACCEPT_LANGUAGE, value);
        }
        Lang::of_browser(&headers)
    }

    #[test]
    fn the_browser_s_wish() {
        for (wanted, expect) in [
            ("", Lang::Fr),
            ("de", Lang::Fr),
            ("en", Lang::En),
            ("en-GB,fr;q=0.8", Lang::En),
            ("fr-FR,fr;q=0.9,en;q=0.8", Lang::Fr),
            ("en;q=0.2, fr;q=0.5", Lang::Fr),
            ("en;q=0", Lang::Fr),
            ("de, en;q=0.7, fr;q=0.3", Lang::En),
        ] {
            assert_eq!(of(wanted), expect, "{wanted}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(wanted in "\\PC{0,80}") {
            of(&wanted);
        }
    }
}

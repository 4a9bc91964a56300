use http::{HeaderMap, StatusCode};

/// What came back: status, headers, and the body as text where it is text.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
    /// Statements that it took.
    pub statements: u32,
}

impl Answer {
    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or("")
    }

    pub fn location(&self) -> &str {
        self.header("location")
    }

    /// The value of the hidden field `name` in the first form that has it.
    pub fn hidden(&self, name: &str) -> Option<String> {
        let text = self.text();
        let (_, after) = text.split_once(&format!("type=\"hidden\" name=\"{name}\" value=\""))?;
        after.split('"').next().map(str::to_owned)
    }

    /// The page's text without tags, runs of spaces as one: what a person reads.
    pub fn reads(&self) -> String {
        let mut shown = String::new();
        let text = self.text();
        let body = text.split_once("<body").map_or(text.as_str(), |(_, body)| body);
        let mut inside = true;
        for letter in body.chars() {
            match letter {
                '<' => inside = true,
                '>' => {
                    inside = false;
                    shown.push(' ');
                }
                letter if !inside => shown.push(letter),
                _ => {}
            }
        }
        let shown = shown.replace("&#39;", "'").replace("&quot;", "\"").replace("&#38;", "&").replace("&amp;", "&");
        shown.split([' ', '\n', '\t']).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
    }

    /// Not let in: sent to the sign-in page, or told to sign in.
    pub fn wants_sign_in(&self) -> bool {
        self.status == StatusCode::UNAUTHORIZED
            || (self.status == StatusCode::SEE_OTHER && self.location().starts_with("/sign-in"))
    }

    /// # Panics
    /// When the status is another one; shows what the page said.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "location {:?}, page: {}", self.location(), self.reads());
        self
    }

    /// # Panics
    /// When the page does not say `text`.
    #[track_caller]
    pub fn says(self, text: &str) -> Self {
        let reads = self.reads();
        assert!(reads.contains(text), "“{text}” is not in: {reads}");
        self
    }

    /// # Panics
    /// When the answer does not lead to `path`.
    #[track_caller]
    pub fn leads_to(self, path: &str) -> Self {
        assert_eq!((self.status.as_u16(), self.location()), (303, path), "page: {}", self.reads());
        self
    }
}

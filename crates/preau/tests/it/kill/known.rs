/// What is known of something that has versions: what was acknowledged last, and what was sent and not answered.
#[derive(Clone, Debug)]
pub struct Known<T> {
    pub version: i64,
    pub value: T,
    pub doubt: Option<T>,
}

impl<T: Clone + PartialEq + std::fmt::Debug + Default> Known<T> {
    pub fn new() -> Self {
        Self { version: 0, value: T::default(), doubt: None }
    }

    pub fn acknowledged(&mut self) {
        if let Some(value) = self.doubt.take() {
            self.version += i64::from(self.version == 0 || value != self.value);
            self.value = value;
        }
    }

    /// What is stored is what was acknowledged last, or what was sent after it, whole.
    pub fn settle(&mut self, version: i64, stored: &T) {
        if version != self.version {
            assert!(self.doubt.is_some(), "version {version} is stored, {} was acknowledged", self.version);
            self.acknowledged();
        }
        assert_eq!((version, stored), (self.version, &self.value));
        self.doubt = None;
    }
}

use serde::{Deserialize, Serialize};

/// What pupils and guests may do, the whole class of them. Leaders may always.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Rules {
    /// Speak.
    pub mic: bool,
    pub camera: bool,
    /// Show their screen.
    pub screen: bool,
    pub chat: bool,
    pub hand: bool,
    /// Write on the board and point at it.
    pub board: bool,
    pub react: bool,
    /// Write in the shared notes.
    pub notes: bool,
    /// Leaf through documents by themselves.
    pub leaf: bool,
    /// Write to one another, unseen by the class.
    pub private: bool,
    /// Whoever comes in is silent until she or he switches the microphone on.
    pub muted_at_entry: bool,
    pub cameras_seen: CamerasSeen,
    /// Cameras of pupils and guests that are on at the same time.
    pub cameras_max: u8,
    /// Shortest distance between two chat lines of one person, in seconds; 0: none but the limit on floods.
    pub slow_s: u16,
    /// Who is not in yet stays at the door.
    pub locked: bool,
    /// Minutes without any teacher after which pupils wait again.
    pub alone_min: u8,
}

/// With what rules a lesson begins of which nothing was prepared: everybody may speak and is silent at first, and a screen is shown by
/// whoever was allowed to.
impl Default for Rules {
    fn default() -> Self {
        Self {
            mic: true,
            camera: true,
            screen: false,
            chat: true,
            hand: true,
            board: false,
            react: true,
            notes: false,
            leaf: true,
            private: false,
            muted_at_entry: true,
            cameras_seen: CamerasSeen::All,
            cameras_max: 16,
            slow_s: 0,
            locked: false,
            alone_min: 5,
        }
    }
}

/// Who sees the cameras of pupils and guests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CamerasSeen {
    #[default]
    All,
    Leaders,
}

/// A use that rules grant or refuse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Use {
    Mic,
    Camera,
    Screen,
    Chat,
    Hand,
    Board,
    React,
    Notes,
}

impl Rules {
    /// Whether pupils and guests may, exceptions aside.
    pub const fn grants(&self, what: Use) -> bool {
        match what {
            Use::Mic => self.mic,
            Use::Camera => self.camera,
            Use::Screen => self.screen,
            Use::Chat => self.chat,
            Use::Hand => self.hand,
            Use::Board => self.board,
            Use::React => self.react,
            Use::Notes => self.notes,
        }
    }
}

/// What one person may, other than the rules say: `Some(true)` although they say no, `Some(false)` although they say yes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Own {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mic: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub camera: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub screen: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chat: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub board: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notes: Option<bool>,
}

impl Own {
    /// `None`: as the rules say.
    pub const fn grants(&self, what: Use) -> Option<bool> {
        match what {
            Use::Mic => self.mic,
            Use::Camera => self.camera,
            Use::Screen => self.screen,
            Use::Chat => self.chat,
            Use::Board => self.board,
            Use::Notes => self.notes,
            Use::Hand | Use::React => None,
        }
    }
}

/// Some of the rules, as a teacher changes them; two teachers who change different ones don't undo each other's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RulesPatch {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mic: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub camera: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub screen: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chat: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hand: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub board: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub react: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notes: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub leaf: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub private: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub muted_at_entry: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cameras_seen: Option<CamerasSeen>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cameras_max: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub slow_s: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub locked: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alone_min: Option<u8>,
}

impl RulesPatch {
    /// Changes nothing.
    pub const NONE: Self = Self {
        mic: None,
        camera: None,
        screen: None,
        chat: None,
        hand: None,
        board: None,
        react: None,
        notes: None,
        leaf: None,
        private: None,
        muted_at_entry: None,
        cameras_seen: None,
        cameras_max: None,
        slow_s: None,
        locked: None,
        alone_min: None,
    };

    /// `rules` with the changes made.
    #[must_use]
    pub fn on(&self, rules: Rules) -> Rules {
        Rules {
            mic: self.mic.unwrap_or(rules.mic),
            camera: self.camera.unwrap_or(rules.camera),
            screen: self.screen.unwrap_or(rules.screen),
            chat: self.chat.unwrap_or(rules.chat),
            hand: self.hand.unwrap_or(rules.hand),
            board: self.board.unwrap_or(rules.board),
            react: self.react.unwrap_or(rules.react),
            notes: self.notes.unwrap_or(rules.notes),
            leaf: self.leaf.unwrap_or(rules.leaf),
            private: self.private.unwrap_or(rules.private),
            muted_at_entry: self.muted_at_entry.unwrap_or(rules.muted_at_entry),
            cameras_seen: self.cameras_seen.unwrap_or(rules.cameras_seen),
            cameras_max: self.cameras_max.unwrap_or(rules.cameras_max),
            slow_s: self.slow_s.unwrap_or(rules.slow_s),
            locked: self.locked.unwrap_or(rules.locked),
            alone_min: self.alone_min.unwrap_or(rules.alone_min),
        }
    }
}

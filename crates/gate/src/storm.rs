//! Password storms: many logins tried, few times each, from many networks, so that no budget of one login or one
//! network runs out.

use crate::budget::Prefix;
use crate::known_browser::LoginKey;
use preau_base::Instant;

/// What is known of wrong passwords in the last minute.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct StormState {
    pub on: bool,
    pub since: Option<Instant>,
    pub wrong_per_minute: f64,
    pub usual_wrong_per_minute: f64,
    /// Share of wrong among all passwords tried, 0 to 1.
    pub wrong_share: f64,
    /// Distinct logins tried with a wrong password, estimated.
    pub logins: f64,
    /// Distinct networks that tried a wrong password, estimated.
    pub networks: f64,
}

#[derive(Clone, Debug, Default)]
pub struct Storm {
    on_until: Option<Instant>,
}

impl Storm {
    pub fn wrong(&mut self, _login: LoginKey, _prefix: Prefix, _now: Instant) {}

    pub fn right(&mut self, _login: LoginKey, _prefix: Prefix, _now: Instant) {}

    pub fn is_on(&self, now: Instant) -> bool {
        self.on_until.is_some_and(|until| now < until)
    }

    pub fn state(&self, now: Instant) -> StormState {
        StormState { on: self.is_on(now), ..StormState::default() }
    }
}

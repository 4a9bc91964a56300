//! What a browser needs for the relay.

use crate::App;
use preau_base::PersonId;

/// The page makes the addresses itself: the relay is where the page is from, besides the port for UDP.
#[derive(serde::Serialize)]
pub(crate) struct RelayAccess {
    username: String,
    credential: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    udp_port: Option<u16>,
}

impl RelayAccess {
    /// `None`: there is no relay.
    pub fn of(app: &App, person: PersonId) -> Option<Self> {
        let relay = app.relay.as_ref()?;
        let preau_turn::Credentials { username, password } = relay.credentials(person.uuid().as_u128());
        Some(Self { username, credential: password, udp_port: relay.udp_port() })
    }
}

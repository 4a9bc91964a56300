//! The gate alone, in front of [`Application`]: its folder, its rules, and what people bring who signed in on an earlier day.

use super::application::{Accounts, SESSION, SIGN_IN};
use super::{PASSWORD, ServerError, login_of, seed};
use crate::people::Luggage;
use preau_base::{Instant, SystemRng};
use preau_gate::{KeyRing, SessionCookie, UpstreamPass};
use preau_sim::{Person, World};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// The pass's cookie over TLS.
const PASS: &str = "__Host-preau_gate";

/// What the gate and its people know of each other.
pub(crate) struct Behind {
    keys: KeyRing,
    pub accounts: Accounts,
    begins: Instant,
}

impl Behind {
    /// Fills an empty data folder with the keys that the gate will find.
    pub(crate) fn prepare(folder: &Path, world: &World, begins: Instant) -> Result<Self, ServerError> {
        let keys = KeyRing::generate(begins, &mut SystemRng);
        seed::write_keys(folder, &keys).map_err(ServerError::Folder)?;
        let accounts = Accounts { seed: world.seed, people: world.people, password: PASSWORD };
        Ok(Self { keys, accounts, begins })
    }

    pub(crate) fn luggage(&self, person: &Person) -> Luggage {
        let session = person.has_pass.then(|| self.accounts.session(person.number));
        Luggage {
            pass: session.as_deref().map(|session| self.pass(person.number, session)),
            session: session.map(|session| (SESSION.to_owned(), session)),
            login: login_of(person.number),
            password: PASSWORD.to_owned(),
        }
    }

    /// As the gate gave it when the application signed this person in.
    fn pass(&self, number: u32, session: &str) -> (String, String) {
        let earned = self.begins.minus(seed::PASS_AGE);
        let cookie = SessionCookie::of(SESSION, session, &self.keys);
        let pass = UpstreamPass { holder: u128::from(number) + 1, cookie, earned, renewed: earned };
        (PASS.to_owned(), pass.seal(&self.keys))
    }
}

/// Writes the gate's configuration: where the application is, and what a sign-in is there.
pub(super) fn configure(folder: &Path, application: SocketAddr) -> std::io::Result<PathBuf> {
    let file = folder.join("gate.toml");
    let text = format!(
        "[upstream]\nurl = \"http://{application}\"\npreset = \"none\"\nsession_cookies = [\"{SESSION}\"]\n\
         sign_in = [\"POST {SIGN_IN} -> 303 to /\"]\nsign_in_paths = [\"{SIGN_IN}\"]\nasset_paths = [\"/static/*\"]\n"
    );
    std::fs::write(&file, text)?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;
    use preau_base::SeededRng;

    #[test]
    fn the_gate_takes_what_people_bring() {
        let folder = tempfile::tempdir().expect("a folder");
        let world = World { passes: 1.0, ..World::new(3, 10) };
        let now = Instant::from_secs(1_800_000_000);
        let behind = Behind::prepare(folder.path(), &world, now).expect("prepared");
        let luggage = behind.luggage(&world.person(4));
        let (Some((_, pass)), Some((name, session))) = (luggage.pass, luggage.session) else { panic!("no pass") };
        let pass = UpstreamPass::open(&pass, &behind.keys, now).expect("good");
        assert!(pass.is_bound_to([SessionCookie::of(&name, &session, &behind.keys)]));
        let others = KeyRing::generate(now, &mut SeededRng::new(1));
        assert!(!pass.is_bound_to([SessionCookie::of(&name, &session, &others)]));
    }
}

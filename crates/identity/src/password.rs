use crate::limits::{
    HASH_BYTES, HASH_LANES, HASH_MEMORY_KIB, HASH_PASSES, PASSWORD_BYTES_MAX, SALT_BYTES, STORED_LANES_MAX,
    STORED_MEMORY_KIB_MAX, STORED_PASSES_MAX,
};
use argon2::password_hash::phc;
use argon2::{ARGON2ID_IDENT, Algorithm, Argon2, Block, Params, Version};
use std::fmt;
use subtle::ConstantTimeEq;

/// A stored argon2id hash in PHC form, `$argon2id$v=19$m=19456,t=2,p=1$salt$hash`. It does not print.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// For what the store holds; whether it can be read turns out when a password is verified against it.
    pub fn from_stored(phc: impl Into<String>) -> Self {
        Self(phc.into())
    }

    /// The text to store, 97 characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(secret)")
    }
}

/// What came of comparing a password with a stored hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Wrong,
    Right {
        /// The stored hash has other parameters than today's: hash the password anew and store that.
        rehash: bool,
    },
}

/// The stored text is no argon2id hash that we compute: damaged, another algorithm, or dearer than the limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the stored password hash is no argon2id hash within the limits")]
pub struct UnreadableHash;

/// One thread's hashing: it keeps its memory, so that 19 MiB are not fetched from the system for each password.
#[derive(Default)]
pub(crate) struct Hasher {
    memory: Vec<Block>,
}

/// A hash taken apart.
struct Parts {
    params: Params,
    salt: phc::Salt,
    hash: phc::Output,
}

impl Hasher {
    /// Hashes with today's parameters.
    pub(crate) fn hash(&mut self, password: &str, salt: [u8; SALT_BYTES]) -> Result<PasswordHash, UnreadableHash> {
        let params = today()?;
        let mut output = [0; HASH_BYTES];
        self.compute(password, &salt, params.clone(), &mut output)?;
        let phc = phc::PasswordHash {
            algorithm: ARGON2ID_IDENT,
            version: Some(Version::V0x13.into()),
            params: phc::ParamsString::try_from(&params).map_err(|_| UnreadableHash)?,
            salt: Some(phc::Salt::new(&salt).map_err(|_| UnreadableHash)?),
            hash: Some(phc::Output::new(&output).map_err(|_| UnreadableHash)?),
        };
        Ok(PasswordHash(phc.to_string()))
    }

    /// Compares in constant time. Without a stored hash (nobody has that login) the same work is done and the
    /// answer is [`Verdict::Wrong`], so that the time tells nobody which logins exist.
    pub(crate) fn verify(&mut self, stored: Option<&PasswordHash>, password: &str) -> Result<Verdict, UnreadableHash> {
        let (Some(stored), true) = (stored, password.len() <= PASSWORD_BYTES_MAX) else {
            let mut output = [0; HASH_BYTES];
            self.compute("nobody", &[0; SALT_BYTES], today()?, &mut output)?;
            return Ok(Verdict::Wrong);
        };
        let parts = take_apart(stored)?;
        let mut output = [0; phc::Output::MAX_LENGTH];
        let output = output.get_mut(..parts.hash.len()).ok_or(UnreadableHash)?;
        let rehash = !is_today(&parts);
        self.compute(password, &parts.salt, parts.params, output)?;
        if bool::from(output.ct_eq(parts.hash.as_bytes())) { Ok(Verdict::Right { rehash }) } else { Ok(Verdict::Wrong) }
    }

    fn compute(&mut self, password: &str, salt: &[u8], params: Params, out: &mut [u8]) -> Result<(), UnreadableHash> {
        if self.memory.len() < params.block_count() {
            self.memory.resize(params.block_count(), Block::new());
        }
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        argon2
            .hash_password_into_with_memory(password.as_bytes(), salt, out, &mut self.memory[..])
            .map_err(|_| UnreadableHash)
    }
}

fn today() -> Result<Params, UnreadableHash> {
    Params::new(HASH_MEMORY_KIB, HASH_PASSES, HASH_LANES, Some(HASH_BYTES)).map_err(|_| UnreadableHash)
}

fn is_today(parts: &Parts) -> bool {
    let params = &parts.params;
    (params.m_cost(), params.t_cost(), params.p_cost()) == (HASH_MEMORY_KIB, HASH_PASSES, HASH_LANES)
        && parts.hash.len() == HASH_BYTES
        && parts.salt.len() == SALT_BYTES
}

fn take_apart(stored: &PasswordHash) -> Result<Parts, UnreadableHash> {
    let phc = phc::PasswordHash::new(stored.as_str()).map_err(|_| UnreadableHash)?;
    let params = Params::try_from(&phc).map_err(|_| UnreadableHash)?;
    let readable = phc.algorithm == ARGON2ID_IDENT
        && phc.version == Some(Version::V0x13.into())
        && params.m_cost() <= STORED_MEMORY_KIB_MAX
        && params.t_cost() <= STORED_PASSES_MAX
        && params.p_cost() <= STORED_LANES_MAX;
    match (phc.salt, phc.hash) {
        (Some(salt), Some(hash)) if readable => Ok(Parts { params, salt, hash }),
        _ => Err(UnreadableHash),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Of the reference implementation's own tests (phc-winner-argon2, `src/test.c`): the password is `password`.
    const REFERENCE: &str = "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";

    fn reference() -> PasswordHash {
        PasswordHash::from_stored(REFERENCE)
    }

    #[test]
    fn the_right_password_is_right_and_another_is_wrong() {
        let mut hasher = Hasher::default();
        let stored = hasher.hash("Le chat dort à 9 h", [7; SALT_BYTES]).unwrap();
        assert!(stored.as_str().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", stored.as_str());
        assert_eq!(stored.as_str().len(), 97);
        assert_eq!(hasher.verify(Some(&stored), "Le chat dort à 9 h"), Ok(Verdict::Right { rehash: false }));
        assert_eq!(hasher.verify(Some(&stored), "Le chat dort a 9 h"), Ok(Verdict::Wrong));
        assert_eq!(hasher.verify(Some(&stored), ""), Ok(Verdict::Wrong));
        assert_eq!(format!("{stored:?}"), "PasswordHash(secret)");
    }

    #[test]
    fn the_same_password_with_another_salt_has_another_hash() {
        let mut hasher = Hasher::default();
        assert_ne!(hasher.hash("abc", [1; SALT_BYTES]).unwrap(), hasher.hash("abc", [2; SALT_BYTES]).unwrap());
    }

    #[test]
    fn a_hash_with_other_parameters_is_right_and_wants_to_be_made_anew() {
        let mut hasher = Hasher::default();
        assert_eq!(hasher.verify(Some(&reference()), "password"), Ok(Verdict::Right { rehash: true }));
        assert_eq!(hasher.verify(Some(&reference()), "passwore"), Ok(Verdict::Wrong));
    }

    #[test]
    fn nobody_and_an_endless_password_are_wrong_after_the_same_work() {
        let mut hasher = Hasher::default();
        assert_eq!(hasher.verify(None, "nobody"), Ok(Verdict::Wrong));
        assert_eq!(hasher.memory.len(), usize::try_from(HASH_MEMORY_KIB).unwrap());
        assert_eq!(hasher.verify(Some(&reference()), &"a".repeat(PASSWORD_BYTES_MAX + 1)), Ok(Verdict::Wrong));
    }

    #[test]
    fn a_stored_hash_beyond_the_limits_is_refused_unread() {
        let tail = "$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
        let check = |head: &str| {
            let stored = PasswordHash::from_stored(format!("{head}{tail}"));
            assert_eq!(Hasher::default().verify(Some(&stored), "a"), Err(UnreadableHash), "{head}");
        };
        check("$argon2id$v=19$m=4194304,t=2,p=1");
        check("$argon2id$v=19$m=19456,t=4000,p=1");
        check("$argon2id$v=19$m=19456,t=2,p=64");
        check("$argon2id$v=16$m=19456,t=2,p=1");
        check("$argon2i$v=19$m=19456,t=2,p=1");
        check("$2y$10");
    }

    proptest! {
        #[test]
        fn no_stored_text_makes_it_panic(stored in "\\$?[a-z0-9]{0,9}(\\$v=[0-9]{1,3})?(\\$[mtp]=[0-9]{1,5}(,[mtp]=[0-9]{1,5}){0,3})?(\\$[A-Za-z0-9+/]{0,44}){0,3}") {
            let _ = take_apart(&PasswordHash::from_stored(stored));
        }
    }
}

use std::fs;

/// `CAP_NET_ADMIN` (capabilities(7)).
const NET_ADMIN: u32 = 12;
const STATUS: &str = "/proc/self/status";

/// Which right is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Missing {
    #[error("this process lacks CAP_NET_ADMIN (systemd: AmbientCapabilities=CAP_NET_ADMIN)")]
    NetAdmin,
    #[error(
        "CAP_NET_ADMIN is there for this process and not for the programs it starts; give it as an ambient capability \
         (systemd: AmbientCapabilities=CAP_NET_ADMIN)"
    )]
    Ambient,
    #[error("the rights of this process cannot be read from {STATUS}")]
    Unknown,
}

/// Whether a program that this process starts may change the firewall.
pub fn check() -> Result<(), Missing> {
    check_text(&fs::read_to_string(STATUS).map_err(|_| Missing::Unknown)?)
}

fn check_text(status: &str) -> Result<(), Missing> {
    let field = |name: &str| status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':')).map(str::trim);
    let capability = |name: &str| {
        let mask = u64::from_str_radix(field(name)?, 16).ok()?;
        Some(mask >> NET_ADMIN & 1 == 1)
    };
    let user = field("Uid").and_then(|uids| uids.split_whitespace().nth(1)).ok_or(Missing::Unknown)?;
    if !capability("CapEff").ok_or(Missing::Unknown)? {
        return Err(Missing::NetAdmin);
    }
    // A program that root starts gets what the bounding set allows; others get what is ambient.
    let inherited = if user == "0" { capability("CapBnd") } else { capability("CapAmb") };
    if inherited.unwrap_or(user == "0") { Ok(()) } else { Err(Missing::Ambient) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(user: u32, effective: u64, ambient: u64, expect: Result<(), Missing>) {
        let text = format!(
            "Name:\tpreau\nUid:\t{user}\t{user}\t{user}\t{user}\nCapEff:\t{effective:016x}\nCapBnd:\t{:016x}\nCapAmb:\t{ambient:016x}\n",
            u64::MAX
        );
        assert_eq!(check_text(&text), expect, "{text}");
    }

    #[test]
    fn tells_what_is_missing() {
        check(0, 0x1ff_ffff_ffff, 0, Ok(()));
        check(1000, 1 << 12, 1 << 12, Ok(()));
        check(1000, 1 << 12, 0, Err(Missing::Ambient));
        check(1000, 1 << 10, 1 << 10, Err(Missing::NetAdmin));
        check(0, 0, 0, Err(Missing::NetAdmin));
        assert_eq!(check_text(""), Err(Missing::Unknown));
        assert_eq!(check_text("Uid:\t0\t0\t0\t0\nCapEff:\tx\n"), Err(Missing::Unknown));
    }
}

use serde_json::Value;

/// What the kernel has dropped since the start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Packets from denied networks.
    pub denied_packets: u64,
    pub denied_bytes: u64,
    /// New connections beyond the rate of their source.
    pub too_fast_packets: u64,
    pub too_fast_bytes: u64,
    /// Packets from denied networks that the network card's driver dropped.
    pub driver_packets: u64,
    pub driver_bytes: u64,
    /// Networks that are denied now.
    pub networks: usize,
}

/// The names of the counters in the table.
pub const DENIED: &str = "denied";
pub const TOO_FAST: &str = "too_fast";

/// Packets and bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    pub packets: u64,
    pub bytes: u64,
}

impl Count {
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self { packets: self.packets.saturating_add(other.packets), bytes: self.bytes.saturating_add(other.bytes) }
    }
}

/// Both counters, from `nft --json list counters` (libnftables-json(5)). `None` when one is not there.
pub fn read(json: &str) -> Option<(Count, Count)> {
    let answer: Value = serde_json::from_str(json).ok()?;
    let objects = answer.get("nftables")?.as_array()?;
    let find = |name: &str| {
        let counter = objects.iter().filter_map(|object| object.get("counter"));
        let counter = counter.into_iter().find(|counter| counter.get("name").and_then(Value::as_str) == Some(name))?;
        Some(Count { packets: counter.get("packets")?.as_u64()?, bytes: counter.get("bytes")?.as_u64()? })
    };
    Some((find(DENIED)?, find(TOO_FAST)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_what_nft_writes() {
        let json = r#"{"nftables": [{"metainfo": {"version": "1.0.6", "json_schema_version": 1}},
            {"counter": {"family": "inet", "name": "denied", "table": "preau_gate", "handle": 2, "packets": 7, "bytes": 420}},
            {"counter": {"family": "inet", "name": "too_fast", "table": "preau_gate", "handle": 3, "packets": 0, "bytes": 0}}]}"#;
        assert_eq!(read(json), Some((Count { packets: 7, bytes: 420 }, Count::default())));
        assert_eq!(read("{}"), None);
        assert_eq!(read(r#"{"nftables": []}"#), None);
    }

    proptest! {
        #[test]
        fn no_answer_makes_it_panic(text in "\\PC{0,200}") {
            let _ = read(&text);
            let _ = read(&format!("{{\"nftables\": [{text}]}}"));
        }
    }
}

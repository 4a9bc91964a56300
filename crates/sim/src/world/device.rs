use preau_gate::Version;

/// What a person holds in their hands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Device {
    pub agent: &'static str,
    pub version: Version,
    /// Runs our scripts; without them the page refreshes itself.
    pub script: bool,
    /// A hash of the names of its headers in their order.
    pub header_order: u64,
}

/// In a thousand, agent, version, script. Old phones and tablets are many, and some schools' proxies speak HTTP/1.1.
const DEVICES: [(u64, &str, Version, bool); 6] = [
    (
        300,
        "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile Safari/537.36",
        Version::Http2,
        true,
    ),
    (
        300,
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36",
        Version::Http2,
        true,
    ),
    (
        170,
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1",
        Version::Http2,
        true,
    ),
    (130, "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0", Version::Http2, true),
    (
        70,
        "Mozilla/5.0 (Linux; Android 5.1; SM-T560) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/67.0.3396.87 Safari/537.36",
        Version::Http11,
        true,
    ),
    (30, "Mozilla/5.0 (Windows NT 6.1; rv:52.0) Gecko/20100101 Firefox/52.0", Version::Http11, false),
];

impl Device {
    pub(crate) fn of(bits: u64) -> Self {
        let mut left = bits % 1_000;
        let mut order = 0;
        for (share, agent, version, script) in DEVICES {
            order += 1;
            if left < share {
                return Self { agent, version, script, header_order: 0x0b0e_0000 + order };
            }
            left -= share;
        }
        let (_, agent, version, script) = DEVICES[0];
        Self { agent, version, script, header_order: 0x0b0e_0001 }
    }
}

//! How full the machine is, as far as the gate's ladder needs to know: latency tells it of the rest.

/// The share of the memory that is in use and cannot be had back, 0 to 1 (`/proc/meminfo`, proc(5)); nothing where that
/// is not told.
pub fn memory_full() -> Option<f64> {
    parse(&std::fs::read_to_string("/proc/meminfo").ok()?)
}

fn parse(meminfo: &str) -> Option<f64> {
    let kib = |name: &str| {
        let line = meminfo.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
        line.split_whitespace().next()?.parse::<f64>().ok()
    };
    let (total, available) = (kib("MemTotal")?, kib("MemAvailable")?);
    (total > 0.0).then(|| (1.0 - available / total).clamp(0.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_linux_writes() {
        let text = "MemTotal:        4000 kB\nMemFree:          100 kB\nMemAvailable:    1000 kB\n";
        assert_eq!(parse(text), Some(0.75));
        for text in ["", "MemTotal: 0 kB\nMemAvailable: 0 kB\n", "MemTotal: x kB\n", "MemTotal: 5 kB\n"] {
            assert_eq!(parse(text), None, "{text:?}");
        }
    }
}

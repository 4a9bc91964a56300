//! The application behind `preau gate --upstream`.

use super::{ConfigError, Reader};
use preau_front::upstream::{Preset, Rules, SessionCookies, UpstreamConfig, UpstreamLimits};
use std::path::PathBuf;
use std::time::Duration;

const SECTION: &str = "upstream";
/// A body may take a day at the most, an answer's head an hour.
const BODY_S_MAX: u64 = 86_400;
const HEAD_S_MAX: u64 = 3_600;
const BODY_MB_MAX: u64 = 1 << 20;
const CONNECTIONS_MAX: u64 = 1 << 16;

/// The application, and what the edge lets through to it.
#[derive(Clone, Debug)]
pub struct Upstream {
    pub preset: Preset,
    pub proxy: UpstreamConfig,
    pub body_bytes_max: u64,
    pub body_time_max: Duration,
}

/// None without an address.
pub(super) fn upstream(read: &Reader<'_>) -> Result<Option<Upstream>, ConfigError> {
    let Some(url) = read.filled(SECTION, "url") else { return Ok(None) };
    let names = Preset::ALL.map(Preset::name);
    let name = read.choice(SECTION, "preset", &names)?;
    let preset = Preset::of_name(name).unwrap_or(Preset::Plain);
    let connections = read.number(SECTION, "connections_max", 1, CONNECTIONS_MAX)?;
    let limits = UpstreamLimits {
        connections_max: usize::try_from(connections).unwrap_or(usize::MAX),
        head: Duration::from_secs(read.number(SECTION, "head_s", 1, HEAD_S_MAX)?),
        ..UpstreamLimits::default()
    };
    let header = read.filled(SECTION, "signed_in_header");
    let proxy = UpstreamConfig {
        url: read.parse(SECTION, "url", url)?,
        roots: read.filled(SECTION, "roots").map(PathBuf::from),
        keep_host: read.choice(SECTION, "host", &["browser", "upstream"])? == "browser",
        rules: rules(read, preset)?,
        signed_in_header: header.map(|text| read.parse(SECTION, "signed_in_header", text)).transpose()?,
        limits,
    };
    Ok(Some(Upstream {
        preset,
        proxy,
        body_bytes_max: read.number(SECTION, "body_mb", 1, BODY_MB_MAX)? << 20,
        body_time_max: Duration::from_secs(read.number(SECTION, "body_s", 1, BODY_S_MAX)?),
    }))
}

/// Those of the preset and those that are written; where session cookies are written, only these.
fn rules(read: &Reader<'_>, preset: Preset) -> Result<Rules, ConfigError> {
    let base = read.text(SECTION, "base");
    let mut rules = preset.rules(base).map_err(|why| read.wrong(SECTION, "base", &format!("has {why}")))?;
    rules.sign_in.extend(read.each(SECTION, "sign_in")?);
    rules.sign_out.extend(read.each(SECTION, "sign_out")?);
    rules.paths.sign_in.extend(read.each(SECTION, "sign_in_paths")?);
    rules.paths.live.extend(read.each(SECTION, "live_paths")?);
    rules.paths.calls.extend(read.each(SECTION, "call_paths")?);
    rules.paths.assets.extend(read.each(SECTION, "asset_paths")?);
    rules.paths.asset_extensions = read.list(SECTION, "asset_extensions");
    let cookies = read.each(SECTION, "session_cookies")?;
    if !cookies.is_empty() {
        rules.session_cookies = SessionCookies::new(cookies);
    }
    let learns = !rules.sign_in.is_empty() || read.filled(SECTION, "signed_in_header").is_some();
    if learns && rules.session_cookies.is_empty() {
        return Err(read.wrong(SECTION, "session_cookies", "is needed: a pass is bound to the application’s session"));
    }
    Ok(rules)
}

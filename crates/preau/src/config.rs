//! The configuration: defaults, `preau.toml`, then the environment (`PREAU_SECTION__KEY`).

mod keys;
mod source;
mod upstream;

use keys::{KEYS, Kind};
use preau_base::{Cidr, Pii};
use preau_front::{AcmeConfig, CertificateFiles, Challenge, SelfSigned, TlsConfig};
use preau_identity::{SmtpConfig, SmtpTls};
use preau_live::captions::Engine;
use preau_media::{Bounds, Codec, Mode};
pub use source::ConfigError;
use source::Values;
use std::fmt::Write as _;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;
use toml::Value;

/// The most of `media.mbit_per_s` and `media.joins_per_min`.
const MBIT_PER_S_MAX: u64 = 1_000_000;
const JOINS_PER_MIN_MAX: u64 = 1_000_000;
pub use upstream::Upstream;

/// A value that the command line sets.
pub struct Over {
    pub section: &'static str,
    pub name: &'static str,
    pub value: Value,
    /// As the person wrote it, such as `--upstream`.
    pub option: &'static str,
}

/// A checked configuration.
#[derive(Clone, Debug)]
pub struct Config {
    pub instance_name: String,
    pub data: PathBuf,
    pub listen: Vec<SocketAddr>,
    pub redirect: Vec<SocketAddr>,
    /// Scheme and host, without a trailing slash; `None` for the first address listened on.
    pub public_url: Option<String>,
    pub trusted_proxies: Vec<Cidr>,
    /// The trusted proxies speak the PROXY protocol.
    pub proxy_protocol: bool,
    pub drain: Duration,
    pub tls: TlsConfig,
    pub database_url: Option<Pii<String>>,
    pub media: Media,
    /// The speech engine of automatic captions.
    pub captions: Option<Engine>,
    pub admin: Option<SocketAddr>,
    pub mail: Option<SmtpConfig>,
    pub log: Log,
    pub gate: GateHelp,
    /// Browsers may keep the day and what is to be sent, for when there is no network.
    pub keeps_offline: bool,
    /// Somebody else’s application, for `preau gate --upstream`.
    pub upstream: Option<Upstream>,
}

#[derive(Clone, Debug)]
pub struct Media {
    pub bind: SocketAddr,
    pub tcp: bool,
    pub turn: bool,
    pub turn_udp_port: Option<u16>,
    pub public_addresses: Vec<IpAddr>,
    pub threads: usize,
    pub mode: Mode,
    pub codec: Codec,
    pub bounds: Bounds,
}

/// What the gate may use; what it does is set live, with `preau gate set`.
#[derive(Clone, Debug)]
pub struct GateHelp {
    /// The kernel drops networks of an attack, where it lets us.
    pub kernel: bool,
    /// The interface whose driver drops them already.
    pub kernel_interface: Option<String>,
    pub record_address_days: u32,
    pub record_keep_days: u32,
    /// The file of the key by which the operator agrees to a rehearsal.
    pub consent_key: Option<PathBuf>,
}

#[derive(Clone, Debug)]
pub struct Log {
    pub json: bool,
    pub filter: String,
}

impl Config {
    /// Reads and checks. `data` (the command line's `--data`) goes over everything.
    pub fn load(file: Option<&Path>, data: Option<&Path>) -> Result<Self, ConfigError> {
        Self::load_with(file, data, &[])
    }

    /// The same; `over` (section, name, value, option of the command line) goes over everything.
    pub fn load_with(file: Option<&Path>, data: Option<&Path>, over: &[Over]) -> Result<Self, ConfigError> {
        let environment =
            std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
        let mut values = source::read(file, environment)?;
        for Over { section, name, value, option } in over {
            let found = source::Found { value: value.clone(), place: (*option).to_owned() };
            values.insert((section, name), found);
        }
        Self::check(&Reader(&values), data)
    }

    /// Defaults on these two addresses, whatever files and environment say; the demonstration has no admin listener and
    /// sends no mail, and its few people may all be seen.
    pub fn for_demo(data: &Path, pages: SocketAddr, media: SocketAddr, mode: Mode) -> Result<Self, ConfigError> {
        let values = source::read(None, std::iter::empty())?;
        let mut config = Self::check(&Reader(&values), Some(data))?;
        config.listen = vec![pages];
        config.media.bind = media;
        config.media.mode = mode;
        config.admin = None;
        config.gate.kernel = false;
        config.log.filter = "warn".to_owned();
        Ok(config)
    }

    fn check(read: &Reader<'_>, data: Option<&Path>) -> Result<Self, ConfigError> {
        let data = data.map_or_else(|| PathBuf::from(read.text("data", "dir")), Path::to_path_buf);
        let listen: Vec<SocketAddr> = read.each("server", "listen")?;
        if listen.is_empty() {
            return Err(read.wrong("server", "listen", "must have at least one address"));
        }
        let public_url = read.filled("server", "public_url").map(|url| url.trim_end_matches('/').to_owned());
        if let Some(url) = &public_url {
            let host = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
            if host.is_none_or(|host| host.is_empty() || host.contains('/')) {
                return Err(read.wrong("server", "public_url", "must be like https://ecole.example, without a path"));
            }
        }
        Ok(Self {
            instance_name: read.text("instance", "name").to_owned(),
            redirect: read.each("tls", "redirect")?,
            public_url,
            trusted_proxies: read.each("server", "trusted_proxies")?,
            proxy_protocol: proxy_protocol(read)?,
            drain: Duration::from_secs(read.number("server", "drain_s", 0, 600)?),
            tls: tls(read, &data)?,
            database_url: database_url(read)?,
            media: media(read, &listen)?,
            captions: read
                .filled("captions", "engine")
                .map(|text| read.parse("captions", "engine", text))
                .transpose()?,
            admin: read.filled("admin", "listen").map(|text| read.parse("admin", "listen", text)).transpose()?,
            mail: mail(read)?,
            log: Log {
                json: read.choice("log", "format", &["text", "json"])? == "json",
                filter: read.text("log", "filter").to_owned(),
            },
            gate: gate(read)?,
            keeps_offline: read.choice("offline", "keep", &["on", "off"])? == "on",
            upstream: upstream::upstream(read)?,
            listen,
            data,
        })
    }
}

fn gate(read: &Reader<'_>) -> Result<GateHelp, ConfigError> {
    let days = |name| Ok(u32::try_from(read.number("gate", name, 1, 36_500)?).unwrap_or(u32::MAX));
    Ok(GateHelp {
        kernel: read.choice("gate", "kernel", &["auto", "off"])? == "auto",
        kernel_interface: read.filled("gate", "kernel_interface").map(str::to_owned),
        record_address_days: days("record_address_days")?,
        record_keep_days: days("record_keep_days")?,
        consent_key: read.filled("rehearsal", "consent_key").map(PathBuf::from),
    })
}

fn proxy_protocol(read: &Reader<'_>) -> Result<bool, ConfigError> {
    let on = read.choice("server", "proxy_protocol", &["off", "on"])? == "on";
    if on && read.list("server", "trusted_proxies").is_empty() {
        return Err(read.wrong("server", "proxy_protocol", "is on, so server.trusted_proxies must name the proxies"));
    }
    Ok(on)
}

fn tls(read: &Reader<'_>, data: &Path) -> Result<TlsConfig, ConfigError> {
    let names = read.list("tls", "names");
    match read.choice("tls", "mode", &["off", "files", "self-signed", "acme"])? {
        "files" => {
            let cert = PathBuf::from(read.needed("tls", "certificate", "tls.mode is files")?);
            let key = PathBuf::from(read.needed("tls", "key", "tls.mode is files")?);
            Ok(TlsConfig::Files(CertificateFiles { cert, key }))
        }
        "self-signed" => {
            let names = if names.is_empty() { vec!["localhost".to_owned(), "127.0.0.1".to_owned()] } else { names };
            Ok(TlsConfig::SelfSigned(SelfSigned { names, data_dir: data.to_path_buf() }))
        }
        "acme" => acme(read, names, data).map(TlsConfig::Acme),
        _ => Ok(TlsConfig::None),
    }
}

fn acme(read: &Reader<'_>, domains: Vec<String>, data: &Path) -> Result<AcmeConfig, ConfigError> {
    if domains.is_empty() {
        return Err(read.wrong("tls", "names", "must name at least one host when tls.mode is acme"));
    }
    let challenge = match read.choice("acme", "challenge", &["tls-alpn-01", "http-01"])? {
        "http-01" => Challenge::Http01,
        _ => Challenge::TlsAlpn01,
    };
    if challenge == Challenge::Http01 && read.list("tls", "redirect").is_empty() {
        return Err(read.wrong("tls", "redirect", "must have an address (port 80) for http-01"));
    }
    Ok(AcmeConfig {
        directory_url: read.needed("acme", "directory", "tls.mode is acme")?.to_owned(),
        contact: read.filled("acme", "contact").map(|it| Pii::new(it.to_owned())),
        domains,
        challenge,
        data_dir: data.to_path_buf(),
        root_ca: read.filled("acme", "root").map(PathBuf::from),
    })
}

fn database_url(read: &Reader<'_>) -> Result<Option<Pii<String>>, ConfigError> {
    match read.filled("database", "url") {
        Some(url) if url.starts_with("postgres://") || url.starts_with("postgresql://") => {
            Ok(Some(Pii::new(url.to_owned())))
        }
        Some(_) => Err(read.wrong("database", "url", "must begin with postgres://, or be empty for SQLite")),
        None => Ok(None),
    }
}

/// Settings in which 0 stands for no bound.
fn bound(number: u64) -> Option<u64> {
    Some(number).filter(|number| *number > 0)
}

fn media(read: &Reader<'_>, listen: &[SocketAddr]) -> Result<Media, ConfigError> {
    let port = u16::try_from(read.number("media", "udp_port", 0, u64::from(u16::MAX))?).unwrap_or(0);
    let only_loopback = listen.iter().all(|address| address.ip().is_loopback());
    let address = match read.filled("media", "bind") {
        Some(text) => read.parse("media", "bind", text)?,
        None if only_loopback => IpAddr::V4(Ipv4Addr::LOCALHOST),
        None => IpAddr::V4(Ipv4Addr::UNSPECIFIED),
    };
    Ok(Media {
        bind: SocketAddr::new(address, port),
        tcp: read.choice("media", "tcp", &["on", "off"])? == "on",
        turn: read.choice("media", "turn", &["on", "off"])? == "on",
        turn_udp_port: u16::try_from(read.number("media", "turn_udp_port", 0, u64::from(u16::MAX))?)
            .ok()
            .filter(|port| *port > 0),
        public_addresses: read.each("media", "public_address")?,
        threads: usize::try_from(read.number("media", "threads", 1, 64)?).unwrap_or(1),
        mode: media_mode(read)?,
        codec: match read.choice("media", "codec", &["vp8", "vp9", "av1"])? {
            "vp9" => Codec::Vp9,
            "av1" => Codec::Av1,
            _ => Codec::Vp8,
        },
        bounds: Bounds {
            bits_per_s: bound(read.number("media", "mbit_per_s", 0, MBIT_PER_S_MAX)?).map(|mbit| mbit * 1_000_000),
            joins_per_min: bound(read.number("media", "joins_per_min", 0, JOINS_PER_MIN_MAX)?),
        },
    })
}

/// A school on one machine is lean unless it says otherwise.
fn media_mode(read: &Reader<'_>) -> Result<Mode, ConfigError> {
    Ok(match read.choice("media", "mode", &["auto", "lean", "full"])? {
        "lean" => Mode::Lean,
        "full" => Mode::Full,
        _ if read.filled("database", "url").is_some() => Mode::Full,
        _ => Mode::Lean,
    })
}

fn mail(read: &Reader<'_>) -> Result<Option<SmtpConfig>, ConfigError> {
    let Some(host) = read.filled("mail", "host") else { return Ok(None) };
    let tls = match read.choice("mail", "tls", &["starttls", "tls", "off"])? {
        "tls" => SmtpTls::Implicit,
        "off" => SmtpTls::Plain,
        _ => SmtpTls::StartTls,
    };
    let port = u16::try_from(read.number("mail", "port", 1, u64::from(u16::MAX))?).unwrap_or(587);
    let from = read.needed("mail", "from", "mail.host is set")?;
    let mut config = SmtpConfig::new(host, port, tls, from);
    config.user = read.filled("mail", "user").map(str::to_owned);
    config.password = read.filled("mail", "password").map(|it| Pii::new(it.to_owned()));
    Ok(Some(config))
}

/// Typed reading of the table; every error names key and place.
struct Reader<'a>(&'a Values);

impl Reader<'_> {
    fn text(&self, section: &'static str, name: &'static str) -> &str {
        self.0.get(&(section, name)).and_then(|found| found.value.as_str()).unwrap_or_default()
    }

    fn filled(&self, section: &'static str, name: &'static str) -> Option<&str> {
        Some(self.text(section, name)).filter(|text| !text.is_empty())
    }

    fn needed(&self, section: &'static str, name: &'static str, because: &str) -> Result<&str, ConfigError> {
        self.filled(section, name).ok_or_else(|| self.wrong(section, name, &format!("is needed because {because}")))
    }

    fn list(&self, section: &'static str, name: &'static str) -> Vec<String> {
        let items = self.0.get(&(section, name)).and_then(|found| found.value.as_array());
        items.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
    }

    fn each<T: std::str::FromStr>(&self, section: &'static str, name: &'static str) -> Result<Vec<T>, ConfigError>
    where
        T::Err: std::fmt::Display,
    {
        self.list(section, name).iter().map(|text| self.parse(section, name, text)).collect()
    }

    fn parse<T: std::str::FromStr>(
        &self,
        section: &'static str,
        name: &'static str,
        text: &str,
    ) -> Result<T, ConfigError>
    where
        T::Err: std::fmt::Display,
    {
        text.parse().map_err(|error: T::Err| self.wrong(section, name, &format!("has {text:?}: {error}")))
    }

    fn number(&self, section: &'static str, name: &'static str, least: u64, most: u64) -> Result<u64, ConfigError> {
        let value = self.0.get(&(section, name)).and_then(|found| found.value.as_integer());
        value
            .and_then(|value| u64::try_from(value).ok())
            .filter(|value| (least..=most).contains(value))
            .ok_or_else(|| self.wrong(section, name, &format!("must be from {least} to {most}")))
    }

    fn choice<'b>(&self, section: &'static str, name: &'static str, words: &'b [&str]) -> Result<&'b str, ConfigError> {
        let text = self.text(section, name);
        let found = words.iter().find(|word| **word == text).copied();
        found.ok_or_else(|| self.wrong(section, name, &format!("must be one of: {}", words.join(", "))))
    }

    fn wrong(&self, section: &'static str, name: &'static str, why: &str) -> ConfigError {
        let place = self.0.get(&(section, name)).map_or("default", |found| &found.place);
        // A default is wrong only because of another key: there is no place to point at.
        let place = if place == "default" { "configuration" } else { place }.to_owned();
        ConfigError::Value { place, key: format!("{section}.{name}"), why: why.to_owned() }
    }
}

/// A `preau.toml` with every key, its meaning and its default.
pub fn example() -> String {
    let mut out = String::from(
        "# Préau. Every key with its default; a line that stays as it is may go.\n\
         # The environment goes over this file: PREAU_SECTION__KEY; secrets also from files: PREAU_SECTION__KEY_FILE.\n",
    );
    let mut section = "";
    for key in KEYS {
        if key.section != section {
            section = key.section;
            let _ = writeln!(out, "\n[{section}]");
        }
        let _ = writeln!(out, "# {}\n{} = {}", key.doc, key.name, key.default);
    }
    out
}

/// What is in force and where each value comes from; secrets are not shown.
pub fn show(file: Option<&Path>, data: Option<&Path>) -> Result<String, ConfigError> {
    let environment =
        std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    let values = source::read(file, environment)?;
    Config::check(&Reader(&values), data)?;
    let mut out = String::new();
    let mut section = "";
    for key in KEYS {
        let Some(found) = values.get(&(key.section, key.name)) else { continue };
        if key.section != section {
            section = key.section;
            let _ = writeln!(out, "{}[{section}]", if out.is_empty() { "" } else { "\n" });
        }
        let secret = key.kind == Kind::Secret && found.value.as_str().is_some_and(|text| !text.is_empty());
        let value = if secret { "\"(secret)\"".to_owned() } else { found.value.to_string() };
        let (value, place) = match data {
            Some(path) if (key.section, key.name) == ("data", "dir") => {
                (format!("{:?}", path.display().to_string()), "--data")
            }
            _ => (value, found.place.as_str()),
        };
        let _ = writeln!(out, "{} = {value}  # {place}", key.name);
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(toml: &str) -> Result<Config, ConfigError> {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("preau.toml");
        std::fs::write(&path, toml).expect("written");
        let values = source::read(Some(&path), std::iter::empty())?;
        Config::check(&Reader(&values), None)
    }

    #[test]
    fn the_example_is_the_default() {
        let config = checked(&example()).expect("the example is good");
        assert_eq!(config.listen, ["127.0.0.1:8080".parse().expect("an address")]);
        assert_eq!(config.media.bind, "127.0.0.1:4443".parse().expect("an address"));
        assert!(matches!(config.tls, TlsConfig::None));
    }

    #[test]
    fn what_cannot_work_is_refused() {
        for (toml, expected) in [
            ("[server]\nlisten = []", "server.listen"),
            ("[server]\nlisten = [\"eighty\"]", "\"eighty\""),
            ("[server]\npublic_url = \"ecole.example\"", "server.public_url"),
            ("[server]\ntrusted_proxies = [\"10.0.0.0/40\"]", "server.trusted_proxies"),
            ("[server]\nproxy_protocol = \"on\"", "server.trusted_proxies must name the proxies"),
            ("[tls]\nmode = \"on\"", "must be one of: off, files, self-signed, acme"),
            ("[tls]\nmode = \"files\"", "tls.certificate is needed because tls.mode is files"),
            ("[tls]\nmode = \"acme\"", "tls.names"),
            ("[tls]\nmode = \"acme\"\nnames = [\"a.example\"]\n[acme]\nchallenge = \"http-01\"", "tls.redirect"),
            ("[captions]\nengine = \"vosk:2700\"", "must be like ws://"),
            ("[captions]\nengine = \"ws://203.0.113.7:2700\"", "must begin with wss://"),
            ("[media]\nudp_port = 70000", "must be from 0 to 65535"),
            ("[media]\nmode = \"thrifty\"", "must be one of: auto, lean, full"),
            ("[media]\ncodec = \"h264\"", "must be one of: vp8, vp9, av1"),
            ("[mail]\nhost = \"smtp.example\"", "mail.from is needed"),
            ("[database]\nurl = \"mysql://x\"", "postgres://"),
            ("[upstream]\nurl = \"moodle.example\"", "upstream.url"),
            ("[upstream]\nurl = \"http://m\"\npreset = \"drupal\"", "must be one of: none, moodle, cas"),
            ("[upstream]\nurl = \"http://m\"\nbase = \"moodle\"", "upstream.base"),
            ("[upstream]\nurl = \"http://m\"\nsign_in = [\"POST /login\"]", "“->”"),
            (
                "[upstream]\nurl = \"http://m\"\nsign_in = [\"POST /login -> 302\"]",
                "upstream.session_cookies is needed",
            ),
        ] {
            let error = checked(toml).expect_err(toml).to_string();
            assert!(error.contains(expected), "{toml}: {error}");
        }
    }

    #[test]
    fn one_machine_is_lean_unless_it_says_otherwise() {
        for (toml, expected) in [
            ("", Mode::Lean),
            ("[media]\nmode = \"full\"", Mode::Full),
            ("[database]\nurl = \"postgres://base.example/preau\"", Mode::Full),
            ("[database]\nurl = \"postgres://base.example/preau\"\n[media]\nmode = \"lean\"", Mode::Lean),
        ] {
            assert_eq!(checked(toml).expect(toml).media.mode, expected, "{toml}");
        }
    }

    #[test]
    fn pictures_are_vp8_unless_the_operator_says_otherwise() {
        for (toml, expected) in
            [("", Codec::Vp8), ("[media]\ncodec = \"vp9\"", Codec::Vp9), ("[media]\ncodec = \"av1\"", Codec::Av1)]
        {
            assert_eq!(checked(toml).expect(toml).media.codec, expected, "{toml}");
        }
    }

    #[test]
    fn media_is_open_to_all_when_the_pages_are() {
        let config = checked("[server]\nlisten = [\"0.0.0.0:443\"]").expect("good");
        assert!(config.media.bind.ip().is_unspecified());
    }
}

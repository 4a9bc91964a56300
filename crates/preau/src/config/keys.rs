//! Every key of the configuration, once: the file, the environment, the example and the checks are all made from this table.

/// What a value looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Text,
    /// Text that is never shown; may also be read from the file that `…_FILE` names.
    Secret,
    Number,
    /// Texts; in the environment separated by commas.
    List,
}

pub struct Key {
    pub section: &'static str,
    pub name: &'static str,
    pub kind: Kind,
    /// TOML text of the default.
    pub default: &'static str,
    pub doc: &'static str,
}

const fn key(section: &'static str, name: &'static str, kind: Kind, default: &'static str, doc: &'static str) -> Key {
    Key { section, name, kind, default, doc }
}

pub const KEYS: &[Key] = &[
    key("instance", "name", Kind::Text, "\"Préau\"", "The name that pages show until there is a school."),
    key(
        "data",
        "dir",
        Kind::Text,
        "\"preau-data\"",
        "Folder of keys, database and certificates. Made at the first start, mode 0700.",
    ),
    key("server", "listen", Kind::List, "[\"127.0.0.1:8080\"]", "Addresses of the web pages."),
    key(
        "server",
        "public_url",
        Kind::Text,
        "\"\"",
        "What people type, such as https://ecole.example. Empty: the first address listened on.",
    ),
    key(
        "server",
        "trusted_proxies",
        Kind::List,
        "[]",
        "Proxies (addresses or CIDR) whose X-Forwarded-For and X-Forwarded-Proto are believed.",
    ),
    key(
        "server",
        "proxy_protocol",
        Kind::Text,
        "\"off\"",
        "on or off: connections of the trusted proxies begin with a PROXY header (v1 or v2), which tells the client.",
    ),
    key("server", "drain_s", Kind::Number, "10", "Seconds that requests in flight are given at the end."),
    key("tls", "mode", Kind::Text, "\"off\"", "off (loopback, or behind a proxy), files, self-signed, or acme."),
    key(
        "tls",
        "certificate",
        Kind::Text,
        "\"\"",
        "files: PEM file of the certificate chain; read again when it changes.",
    ),
    key("tls", "key", Kind::Text, "\"\"", "files: PEM file of the private key."),
    key(
        "tls",
        "names",
        Kind::List,
        "[]",
        "self-signed and acme: host names (self-signed: addresses too) of this server.",
    ),
    key(
        "tls",
        "redirect",
        Kind::List,
        "[]",
        "Addresses that send plain HTTP to HTTPS and answer http-01 challenges, such as 0.0.0.0:80.",
    ),
    key(
        "acme",
        "directory",
        Kind::Text,
        "\"https://acme-v02.api.letsencrypt.org/directory\"",
        "The certificate authority's directory.",
    ),
    key("acme", "contact", Kind::Text, "\"\"", "E-mail address for the authority's warnings."),
    key(
        "acme",
        "challenge",
        Kind::Text,
        "\"tls-alpn-01\"",
        "tls-alpn-01 (port 443) or http-01 (port 80, tls.redirect).",
    ),
    key(
        "acme",
        "root",
        Kind::Text,
        "\"\"",
        "PEM file of the root that signs the directory's own certificate, for a private authority.",
    ),
    key(
        "database",
        "url",
        Kind::Secret,
        "\"\"",
        "postgres://user:password@host/name. Empty: SQLite in the data folder.",
    ),
    key(
        "media",
        "udp_port",
        Kind::Number,
        "4443",
        "The one UDP port of sound and pictures; the same TCP port for networks without UDP.",
    ),
    key(
        "media",
        "bind",
        Kind::Text,
        "\"\"",
        "Address that the media port is opened on. Empty: loopback if the pages are on loopback only, else all.",
    ),
    key(
        "media",
        "public_address",
        Kind::List,
        "[]",
        "Addresses by which browsers reach the media port, for a machine behind NAT. Empty: this machine's.",
    ),
    key("media", "tcp", Kind::Text, "\"on\"", "on or off: ICE over TCP on the same port number."),
    key(
        "media",
        "turn",
        Kind::Text,
        "\"on\"",
        "on or off: a relay (TURN) for networks that let through nothing but the port of the pages; it is there, over TLS as they are.",
    ),
    key("media", "turn_udp_port", Kind::Number, "0", "A UDP port of the relay besides, 3478 say. 0: none."),
    key(
        "media",
        "mode",
        Kind::Text,
        "\"auto\"",
        "lean: each gets the voices and one picture of at most 300 kbit/s, the screen or the teacher's. full: every camera that fits. auto: lean with SQLite, full with PostgreSQL.",
    ),
    key(
        "media",
        "codec",
        Kind::Text,
        "\"vp8\"",
        "vp8, vp9 or av1: how pages encode pictures when everybody in the class can decode it and nothing is recorded, VP8 otherwise. VP9, and AV1 more so, takes less of a line and more of a device.",
    ),
    key("media", "threads", Kind::Number, "1", "Media threads; each further one takes the next port."),
    key(
        "media",
        "mbit_per_s",
        Kind::Number,
        "0",
        "What the line of this machine carries outward. Near it pictures get smaller and go, voices last. 0: no bound.",
    ),
    key(
        "media",
        "joins_per_min",
        Kind::Number,
        "0",
        "Connections that begin in a minute on one media thread at the most; others wait and see their place. 0: as measured.",
    ),
    key(
        "captions",
        "engine",
        Kind::Text,
        "\"\"",
        "Speech-to-text server for automatic captions, with Vosk's WebSocket protocol: ws://127.0.0.1:2700. Empty: none.",
    ),
    key("admin", "listen", Kind::Text, "\"127.0.0.1:9090\"", "Address of /healthz, /readyz and /metrics. Empty: none."),
    key("mail", "host", Kind::Text, "\"\"", "SMTP server. Empty: no mail is sent."),
    key("mail", "port", Kind::Number, "587", "Its port."),
    key("mail", "tls", Kind::Text, "\"starttls\"", "starttls, tls, or off (loopback only)."),
    key("mail", "user", Kind::Text, "\"\"", "User name, if the server wants one."),
    key("mail", "password", Kind::Secret, "\"\"", "Its password."),
    key("mail", "from", Kind::Text, "\"\"", "Sender, such as \"Collège des Tilleuls <preau@ecole.example>\"."),
    key(
        "offline",
        "keep",
        Kind::Text,
        "\"on\"",
        "on or off: browsers keep the day, and what is handed in without a network. off also ends what they have kept.",
    ),
    key(
        "gate",
        "kernel",
        Kind::Text,
        "\"auto\"",
        "auto or off: nftables drops networks of an attack, where we have the right (CAP_NET_ADMIN).",
    ),
    key(
        "gate",
        "kernel_interface",
        Kind::Text,
        "\"\"",
        "Network interface whose driver drops them already (XDP), for a build with the feature xdp. Empty: none.",
    ),
    key(
        "gate",
        "record_address_days",
        Kind::Number,
        "183",
        "Days after which an address in the gate's record is blanked.",
    ),
    key("gate", "record_keep_days", Kind::Number, "366", "Days after which a part of the gate's record is removed."),
    key(
        "rehearsal",
        "consent_key",
        Kind::Text,
        "\"\"",
        "File of `preau rehearse keygen`: whoever has its other half may rehearse on this server. Empty: nobody.",
    ),
    key(
        "upstream",
        "url",
        Kind::Text,
        "\"\"",
        "preau gate: the application behind, such as http://127.0.0.1:8081 or https://moodle.inside.example.",
    ),
    key(
        "upstream",
        "preset",
        Kind::Text,
        "\"none\"",
        "What is known of it: moodle, cas (an ENT behind a CAS server), or none.",
    ),
    key("upstream", "base", Kind::Text, "\"\"", "The path below which it lives, for the preset: /moodle, or empty."),
    key(
        "upstream",
        "roots",
        Kind::Text,
        "\"\"",
        "PEM file of the authorities of its certificate. Empty: those of browsers.",
    ),
    key(
        "upstream",
        "host",
        Kind::Text,
        "\"browser\"",
        "The Host that it sees: browser (what people typed) or upstream (that of url).",
    ),
    key(
        "upstream",
        "session_cookies",
        Kind::List,
        "[]",
        "Names of its session cookies, * for any characters. Empty: those of the preset.",
    ),
    key(
        "upstream",
        "sign_in",
        Kind::List,
        "[]",
        "What counts as a sign-in that succeeded, besides the preset: \"POST /login -> 302|303 not */login*\".",
    ),
    key(
        "upstream",
        "sign_out",
        Kind::List,
        "[]",
        "What counts as a sign-out, besides the preset: \"ANY /logout\" or \"POST /logout -> 204\".",
    ),
    key(
        "upstream",
        "signed_in_header",
        Kind::Text,
        "\"\"",
        "A header by which it says itself who signed in (1) and out (0), such as X-Preau-Signed-In.",
    ),
    key(
        "upstream",
        "sign_in_paths",
        Kind::List,
        "[]",
        "Paths of signing in and activation, besides the preset: /login/*.",
    ),
    key("upstream", "live_paths", Kind::List, "[]", "Paths of live lessons and their sockets."),
    key("upstream", "call_paths", Kind::List, "[]", "Paths that scripts ask, besides the preset: /api/*."),
    key(
        "upstream",
        "asset_paths",
        Kind::List,
        "[]",
        "Paths of files that are the same for everyone, besides the preset.",
    ),
    key(
        "upstream",
        "asset_extensions",
        Kind::List,
        "[\"css\", \"js\", \"mjs\", \"map\", \"png\", \"jpg\", \"jpeg\", \"gif\", \"svg\", \"webp\", \"avif\", \"ico\", \"woff\", \"woff2\", \"ttf\", \"otf\", \"eot\", \"webmanifest\"]",
        "Endings of such files.",
    ),
    key(
        "upstream",
        "connections_max",
        Kind::Number,
        "512",
        "Requests at work in it at once; the gate’s own limit is lower and moves.",
    ),
    key("upstream", "head_s", Kind::Number, "60", "Seconds that it may take to begin its answer."),
    key("upstream", "body_mb", Kind::Number, "512", "Largest upload in MiB."),
    key("upstream", "body_s", Kind::Number, "1800", "Seconds that an upload may take."),
    key("log", "format", Kind::Text, "\"text\"", "text or json."),
    key("log", "filter", Kind::Text, "\"info\"", "Level, or levels by module: info,preau_media=debug."),
];

pub fn find(section: &str, name: &str) -> Option<&'static Key> {
    KEYS.iter().find(|key| key.section == section && key.name == name)
}

/// The key or section whose spelling is nearest, if it is near.
pub fn nearest(written: &str) -> Option<String> {
    let dotted = KEYS.iter().map(|key| format!("{}.{}", key.section, key.name));
    let sections = KEYS.iter().map(|key| key.section.to_owned());
    dotted
        .chain(sections)
        .map(|known| (strsim::jaro_winkler(&known, written), known))
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, known)| known)
}

use super::grade::Kind;
use std::fmt;
use std::str::FromStr;

words! {
    /// A zone of the school calendar. Académies overseas and Corsica have calendars of their own.
    Zone ("zone") {
        A = "A",
        B = "B",
        C = "C",
        Corsica = "corse",
        Guadeloupe = "guadeloupe",
        Martinique = "martinique",
        Guyane = "guyane",
        Reunion = "reunion",
        Mayotte = "mayotte",
        SaintPierre = "saint-pierre-et-miquelon",
        Polynesia = "polynesie",
        NewCaledonia = "nouvelle-caledonie",
        Wallis = "wallis-et-futuna",
    }
}

impl Zone {
    /// The three zones and Corsica: what decisions "for metropolitan France" name.
    pub const METROPOLITAN: [Self; 4] = [Self::A, Self::B, Self::C, Self::Corsica];
}

/// A département by its number: `01` to `95` without `20`, `2A`, `2B`, `971` to `978`, `984`, `986` to `988`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Departement([u8; 3]);

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is no number of a département")]
pub struct UnknownDepartement(pub String);

impl Departement {
    pub fn as_str(&self) -> &str {
        let end = if self.0[2] == b' ' { 2 } else { 3 };
        std::str::from_utf8(&self.0[..end]).unwrap_or("")
    }

    /// The département that a school code (UAI) begins with: `0930123X` is in `93`, `6200001A` in `2A`.
    pub fn of_school_code(uai: &str) -> Option<Self> {
        match uai.get(..3)? {
            "620" => "2A".parse().ok(),
            "720" => "2B".parse().ok(),
            "983" => "988".parse().ok(),
            "984" => "987".parse().ok(),
            prefix => prefix.strip_prefix('0').unwrap_or(prefix).parse().ok(),
        }
    }

    /// The zone of its académie (arrêté of 16 April 2015, in force since).
    pub fn zone(self) -> Option<Zone> {
        let zone = match self.as_str() {
            "25" | "39" | "70" | "90" | "24" | "33" | "40" | "47" | "64" | "03" | "15" | "43" | "63" | "21" | "58"
            | "71" | "89" | "07" | "26" | "38" | "73" | "74" | "19" | "23" | "87" | "01" | "42" | "69" | "16"
            | "17" | "79" | "86" => Zone::A,
            "77" | "93" | "94" | "11" | "30" | "34" | "48" | "66" | "75" | "09" | "12" | "31" | "32" | "46" | "65"
            | "81" | "82" | "78" | "91" | "92" | "95" => Zone::C,
            "2A" | "2B" => Zone::Corsica,
            "971" | "977" | "978" => Zone::Guadeloupe,
            "972" => Zone::Martinique,
            "973" => Zone::Guyane,
            "974" => Zone::Reunion,
            "975" => Zone::SaintPierre,
            "976" => Zone::Mayotte,
            "986" => Zone::Wallis,
            "987" => Zone::Polynesia,
            "988" => Zone::NewCaledonia,
            other if other.len() == 2 => Zone::B,
            _ => return None,
        };
        Some(zone)
    }

    /// Of metropolitan France: 96, in order.
    pub fn metropolitan() -> impl Iterator<Item = Self> {
        let numbers = (1..=95_u8).filter(|number| *number != 20);
        let plain = numbers.map(|number| Self([b'0' + number / 10, b'0' + number % 10, b' ']));
        plain.chain([Self(*b"2A "), Self(*b"2B ")])
    }
}

impl FromStr for Departement {
    type Err = UnknownDepartement;
    fn from_str(text: &str) -> Result<Self, UnknownDepartement> {
        let refused = || UnknownDepartement(text.chars().take(12).collect());
        let number: Option<u16> = text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse().ok()).flatten();
        let bytes = text.as_bytes();
        match (bytes, number) {
            ([a, b], Some(1..=19 | 21..=95)) => Ok(Self([*a, *b, b' '])),
            ([b'2', b @ (b'A' | b'B')], None) => Ok(Self([b'2', *b, b' '])),
            ([a, b, c], Some(971..=978 | 984 | 986..=988)) => Ok(Self([*a, *b, *c])),
            _ => Err(refused()),
        }
    }
}

impl fmt::Debug for Departement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for Departement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Where a school is and what it is, as far as rules ask.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place {
    pub zone: Option<Zone>,
    pub departement: Option<Departement>,
    pub kind: Option<Kind>,
}

impl Place {
    /// What a school's code and kind tell; `zone` by hand wins.
    pub fn of_school(uai: Option<&str>, kind: &str, zone: Option<Zone>, departement: Option<Departement>) -> Self {
        let departement = departement.or_else(|| uai.and_then(Departement::of_school_code));
        Self { zone: zone.or_else(|| departement.and_then(Departement::zone)), departement, kind: kind.parse().ok() }
    }
}

//! Entities that feeds use: XML's five, the names of HTML 4's Latin-1 set (HTML 4.01 §24.2.1) and the few others that
//! French text needs, and numeric references.

use preau_school::feed::fault::AafFault;

/// The text that `&name;` stands for; `name` is without `&` and `;`.
pub(super) fn resolve(name: &str) -> Result<char, AafFault> {
    if let Some(number) = name.strip_prefix('#') {
        return numeric(number).ok_or_else(|| AafFault::BadReference { reference: number.into() });
    }
    match name {
        "amp" => Ok('&'),
        "lt" => Ok('<'),
        "gt" => Ok('>'),
        "apos" => Ok('\''),
        "quot" => Ok('"'),
        _ => match NAMED.binary_search_by(|(known, _)| (*known).cmp(name)) {
            Ok(at) => Ok(NAMED[at].1),
            Err(_) => Err(AafFault::UnknownEntity { name: name.into() }),
        },
    }
}

fn numeric(number: &str) -> Option<char> {
    let code = match number.strip_prefix('x') {
        Some(hex) if !hex.starts_with('+') => u32::from_str_radix(hex, 16).ok()?,
        None if !number.starts_with('+') => number.parse().ok()?,
        _ => return None,
    };
    char::from_u32(code).filter(|&c| is_xml(c))
}

/// The characters that XML 1.0 §2.2 allows.
pub(super) const fn is_xml(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..)
}

/// Sorted by name.
const NAMED: &[(&str, char)] = &[
    ("AElig", '\u{C6}'),
    ("Aacute", '\u{C1}'),
    ("Acirc", '\u{C2}'),
    ("Agrave", '\u{C0}'),
    ("Aring", '\u{C5}'),
    ("Atilde", '\u{C3}'),
    ("Auml", '\u{C4}'),
    ("Ccedil", '\u{C7}'),
    ("ETH", '\u{D0}'),
    ("Eacute", '\u{C9}'),
    ("Ecirc", '\u{CA}'),
    ("Egrave", '\u{C8}'),
    ("Euml", '\u{CB}'),
    ("Iacute", '\u{CD}'),
    ("Icirc", '\u{CE}'),
    ("Igrave", '\u{CC}'),
    ("Iuml", '\u{CF}'),
    ("Ntilde", '\u{D1}'),
    ("OElig", '\u{152}'),
    ("Oacute", '\u{D3}'),
    ("Ocirc", '\u{D4}'),
    ("Ograve", '\u{D2}'),
    ("Oslash", '\u{D8}'),
    ("Otilde", '\u{D5}'),
    ("Ouml", '\u{D6}'),
    ("Scaron", '\u{160}'),
    ("THORN", '\u{DE}'),
    ("Uacute", '\u{DA}'),
    ("Ucirc", '\u{DB}'),
    ("Ugrave", '\u{D9}'),
    ("Uuml", '\u{DC}'),
    ("Yacute", '\u{DD}'),
    ("Yuml", '\u{178}'),
    ("aacute", '\u{E1}'),
    ("acirc", '\u{E2}'),
    ("acute", '\u{B4}'),
    ("aelig", '\u{E6}'),
    ("agrave", '\u{E0}'),
    ("aring", '\u{E5}'),
    ("atilde", '\u{E3}'),
    ("auml", '\u{E4}'),
    ("brvbar", '\u{A6}'),
    ("ccedil", '\u{E7}'),
    ("cedil", '\u{B8}'),
    ("cent", '\u{A2}'),
    ("copy", '\u{A9}'),
    ("curren", '\u{A4}'),
    ("deg", '\u{B0}'),
    ("divide", '\u{F7}'),
    ("eacute", '\u{E9}'),
    ("ecirc", '\u{EA}'),
    ("egrave", '\u{E8}'),
    ("eth", '\u{F0}'),
    ("euml", '\u{EB}'),
    ("euro", '\u{20AC}'),
    ("frac12", '\u{BD}'),
    ("frac14", '\u{BC}'),
    ("frac34", '\u{BE}'),
    ("hellip", '\u{2026}'),
    ("iacute", '\u{ED}'),
    ("icirc", '\u{EE}'),
    ("iexcl", '\u{A1}'),
    ("igrave", '\u{EC}'),
    ("iquest", '\u{BF}'),
    ("iuml", '\u{EF}'),
    ("laquo", '\u{AB}'),
    ("ldquo", '\u{201C}'),
    ("lsquo", '\u{2018}'),
    ("macr", '\u{AF}'),
    ("mdash", '\u{2014}'),
    ("micro", '\u{B5}'),
    ("middot", '\u{B7}'),
    ("nbsp", '\u{A0}'),
    ("ndash", '\u{2013}'),
    ("not", '\u{AC}'),
    ("ntilde", '\u{F1}'),
    ("oacute", '\u{F3}'),
    ("ocirc", '\u{F4}'),
    ("oelig", '\u{153}'),
    ("ograve", '\u{F2}'),
    ("ordf", '\u{AA}'),
    ("ordm", '\u{BA}'),
    ("oslash", '\u{F8}'),
    ("otilde", '\u{F5}'),
    ("ouml", '\u{F6}'),
    ("para", '\u{B6}'),
    ("plusmn", '\u{B1}'),
    ("pound", '\u{A3}'),
    ("raquo", '\u{BB}'),
    ("rdquo", '\u{201D}'),
    ("reg", '\u{AE}'),
    ("rsquo", '\u{2019}'),
    ("scaron", '\u{161}'),
    ("sect", '\u{A7}'),
    ("shy", '\u{AD}'),
    ("sup1", '\u{B9}'),
    ("sup2", '\u{B2}'),
    ("sup3", '\u{B3}'),
    ("szlig", '\u{DF}'),
    ("thorn", '\u{FE}'),
    ("times", '\u{D7}'),
    ("uacute", '\u{FA}'),
    ("ucirc", '\u{FB}'),
    ("ugrave", '\u{F9}'),
    ("uml", '\u{A8}'),
    ("uuml", '\u{FC}'),
    ("yacute", '\u{FD}'),
    ("yen", '\u{A5}'),
    ("yuml", '\u{FF}'),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resolves() {
        let check = |name: &str, expect: char| assert_eq!(resolve(name), Ok(expect), "{name}");
        check("amp", '&');
        check("eacute", 'é');
        check("Eacute", 'É');
        check("oelig", 'œ');
        check("nbsp", '\u{a0}');
        check("#194", 'Â');
        check("#xe9", 'é');
        assert!(NAMED.windows(2).all(|pair| pair[0].0 < pair[1].0));
    }

    #[test]
    fn refuses() {
        for name in
            ["lol9", "", "alpha", "#", "#x", "#0", "#xD800", "#1114112", "#+65", "#x+41", "#65 ", "#99999999999999"]
        {
            assert!(resolve(name).is_err(), "{name}");
        }
    }
}

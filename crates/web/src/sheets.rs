//! Sheets of activation codes to hand out: one card a person, as plain text or as a page to print.
//!
//! The address on a card has its code behind `#`: browsers never send that part, so the secret is in no log.

use crate::lang::Lang;
use crate::qr::Qr;
use crate::texts::{self, Voice};
use crate::times;
use askama::Template;
use fluent_bundle::FluentArgs;
use jiff::civil::Date;
use preau_base::Pii;
use std::fmt::Write as _;

/// What one person needs to activate an account.
#[derive(Clone, Debug)]
pub struct Card {
    pub name: String,
    /// Class or groups; empty for none.
    pub class: String,
    pub login: String,
    /// In groups, as [`preau_gate::Code::grouped`] writes it.
    pub code: Pii<String>,
}

/// Cards that are printed together.
#[derive(Clone, Copy, Debug)]
pub struct Sheet<'a> {
    pub lang: Lang,
    pub school: &'a str,
    /// Where the pages are: `https://ecole.example`, without a slash at the end.
    pub origin: &'a str,
    /// The last whole day on which the codes are good.
    pub good_until: Date,
    pub cards: &'a [Card],
}

/// A card with its QR code, for templates.
pub(crate) struct Printed<'a> {
    pub card: &'a Card,
    pub qr: Option<Qr>,
}

impl Sheet<'_> {
    pub(crate) fn t(&self, key: &str) -> String {
        texts::text(self.lang, Voice::Vous, key, FluentArgs::new())
    }

    pub(crate) fn t1(&self, key: &str, name: &str, value: &str) -> String {
        let mut args = FluentArgs::new();
        args.set(name, value.to_owned());
        texts::text(self.lang, Voice::Vous, key, args)
    }

    /// `{origin}/activation`, where a code is typed.
    pub(crate) fn address(&self) -> String {
        format!("{}/activation", self.origin)
    }

    /// The sentence that says until when.
    pub(crate) fn until(&self) -> String {
        self.t1("card-until", "day", &times::day_in(self.lang, self.good_until))
    }

    pub(crate) fn printed(&self) -> Vec<Printed<'_>> {
        let print = |card| Printed { card, qr: Qr::of(&link(self.origin, card)) };
        self.cards.iter().map(print).collect()
    }
}

fn link(origin: &str, card: &Card) -> String {
    format!("{origin}/activation#{}", card.code.reveal())
}

/// The sheet as plain text, cards apart by dashed lines.
pub fn text(sheet: &Sheet<'_>) -> String {
    let mut out = String::new();
    for card in sheet.cards {
        let class = if card.class.is_empty() { String::new() } else { format!(" · {}", card.class) };
        let _ = write!(
            out,
            "{}\n{}{class}\n\n  {:<14} {}\n  {:<14} {}\n\n{}\n{}\n{}\n\n{}\n\n",
            sheet.school,
            card.name,
            sheet.t("card-login"),
            card.login,
            sheet.t("card-code"),
            card.code.reveal(),
            sheet.t1("card-where", "address", &sheet.address()),
            sheet.until(),
            sheet.t("card-secret"),
            "- ".repeat(36).trim_end(),
        );
    }
    out
}

#[derive(Template)]
#[template(path = "school/sheet.html")]
struct SheetFile<'a> {
    sheet: &'a Sheet<'a>,
    cards: Vec<Printed<'a>>,
}

/// The sheet as one HTML file with its style inside, cards to cut apart.
///
/// # Errors
/// When the template fails.
pub fn html(sheet: &Sheet<'_>) -> Result<String, askama::Error> {
    SheetFile { sheet, cards: sheet.printed() }.render()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cards() -> Vec<Card> {
        let card = |name: &str, login: &str, code: &str| Card {
            name: name.to_owned(),
            class: "6e B".to_owned(),
            login: login.to_owned(),
            code: Pii::new(code.to_owned()),
        };
        vec![
            card("Zoé <b>D’Œuvre", "zoe.doeuvre", "K7PMA-R4X9Q-WTEHD"),
            card("Max Leroy", "max.leroy", "AAAAA-CCCCC-DDDDD"),
        ]
    }

    fn sheet(cards: &[Card], lang: Lang) -> Sheet<'_> {
        Sheet {
            lang,
            school: "Collège des Tilleuls",
            origin: "https://ecole.example",
            good_until: jiff::civil::date(2026, 12, 6),
            cards,
        }
    }

    #[test]
    fn a_text_sheet_has_all_that_one_needs() {
        let cards = cards();
        let text = text(&sheet(&cards, Lang::Fr));
        for part in
            ["zoe.doeuvre", "K7PMA-R4X9Q-WTEHD", "6e B", "https://ecole.example/activation", "dimanche 6\u{a0}décembre"]
        {
            assert!(text.contains(part), "{part}: {text}");
        }
        assert!(!text.contains("card-"), "{text}");
    }

    #[test]
    fn a_printed_sheet_escapes_and_stands_alone() {
        let cards = cards();
        for lang in Lang::ALL {
            let html = html(&sheet(&cards, lang)).unwrap();
            assert!(html.contains("K7PMA-R4X9Q-WTEHD") && html.contains("<style>") && html.contains("<path"), "{html}");
            assert!(!html.contains("<b>D") && html.contains("&#60;b&#62;D"), "{html}");
            assert!(!html.contains("href=\"") && !html.contains("src="), "nothing to fetch");
            assert_eq!(html.matches("<article").count(), 2);
        }
    }

    #[test]
    fn the_secret_is_behind_the_hash() {
        let link = link("https://ecole.example", &cards()[0]);
        assert_eq!(link, "https://ecole.example/activation#K7PMA-R4X9Q-WTEHD");
    }
}

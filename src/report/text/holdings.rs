//! The place data: what each source is, how much it covers, and where it comes from.

use super::layout::{Ink, Page, count, percent};
use crate::model::{Cover, Holding};
use crate::report::escape;
use std::io;

pub(super) fn holdings(page: &mut Page<'_>, holdings: &[Holding]) -> io::Result<()> {
    if holdings.is_empty() {
        return page.paragraph("No place data: every country is unknown.", 0, None);
    }
    for holding in holdings {
        self::holding(page, holding)?;
    }
    page.blank()?;
    page.paragraph(
        "Shares are of what can be asked: of all IPv4 addresses but the special ones (private, \
         reserved and so on), and of the IPv6 networks of 48 bits that the embedded data knows to \
         be announced.",
        0,
        Some(Ink::Soft),
    )
}

fn holding(page: &mut Page<'_>, holding: &Holding) -> io::Result<()> {
    let source = &holding.source;
    let name = escape::terminal_str(&source.name);
    let name = escape::fit(&name, page.width());
    page.heading(&name, "")?;
    let mut field = |label: &str, words: &str| page.field(label, &escape::terminal_str(words));
    let kind = match holding.maker {
        "" => holding.kind.to_owned(),
        maker => format!("{} by {maker}", holding.kind),
    };
    field("Kind", &kind)?;
    field("Gives", &source.gives.join(" and "))?;
    field("What", &source.description)?;
    field("Date", source.date.as_deref().unwrap_or("none"))?;
    for cover in &holding.covers {
        field(&format!("Has {}", cover.gives), &cover_words(cover))?;
    }
    if !holding.editions.is_empty() {
        let words = format!(
            "of one database with {}: the one nearest to the traffic speaks",
            holding.editions.join(", ")
        );
        field("Edition", &words)?;
    }
    field("Origin", &source.origin)?;
    field("SHA-256", &source.sha256)?;
    match (&source.credit, &source.link) {
        (Some(credit), Some(link)) => field("Credit", &format!("{credit}, {link}")),
        (Some(words), None) | (None, Some(words)) => field("Credit", words),
        (None, None) => Ok(()),
    }
}

fn cover_words(cover: &Cover) -> String {
    let share = |part: u128, all: u128| {
        let [part, all] = [part, all].map(|number| u64::try_from(number).unwrap_or(u64::MAX));
        percent(part, all)
    };
    format!(
        "{} networks: {} of IPv4, {} of announced IPv6",
        count(cover.networks),
        share(cover.ipv4_addresses, cover.ipv4_asked),
        share(cover.ipv6_slash48s, cover.ipv6_asked)
    )
}

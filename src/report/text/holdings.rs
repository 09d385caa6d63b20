//! The place data: what each source is, how much it covers, and where it comes from.

use super::layout::{Ink, Page, percent};
use crate::language::{WORDS, fill};
use crate::model::{Cover, Holding};
use crate::report::{escape, words};
use std::io;

pub(super) fn holdings(page: &mut Page<'_>, holdings: &[Holding]) -> io::Result<()> {
    if holdings.is_empty() {
        return page.paragraph(WORDS.data_part.none, 0, None);
    }
    for holding in holdings {
        self::holding(page, holding)?;
    }
    page.blank()?;
    page.paragraph(WORDS.data_part.shares, 0, Some(Ink::Soft))
}

fn holding(page: &mut Page<'_>, holding: &Holding) -> io::Result<()> {
    let source = &holding.source;
    let name = escape::terminal_str(&source.name);
    let name = escape::fit(&name, page.width());
    page.heading(&name, "")?;
    let mut field = |label: &str, words: &str| page.field(label, &escape::terminal_str(words));
    let words = &WORDS.data_part;
    let kind = match holding.maker {
        "" => words::gives(&[holding.kind]),
        maker => fill(words.kind_by, &[&words::gives(&[holding.kind]), maker]),
    };
    field(words.kind, &kind)?;
    field(words.gives, &words::gives(&source.gives))?;
    field(words.what, &source.description)?;
    field(words.date, source.date.as_deref().unwrap_or(words.no_date))?;
    for cover in &holding.covers {
        let label = fill(words.has, &[&words::gives(&[cover.gives])]);
        field(&label, &cover_words(cover))?;
    }
    if !holding.editions.is_empty() {
        let others = holding.editions.join(WORDS.units.comma);
        field(words.edition, &fill(words.edition_of, &[&others]))?;
    }
    field(words.origin, &source.origin)?;
    field("SHA-256", &source.sha256)?;
    match (&source.credit, &source.link) {
        (Some(credit), Some(link)) => {
            field(words.credit_label, &fill(words.credit, &[credit, link]))
        }
        (Some(one), None) | (None, Some(one)) => field(words.credit_label, one),
        (None, None) => Ok(()),
    }
}

fn cover_words(cover: &Cover) -> String {
    let share = |part: u128, all: u128| {
        let [part, all] = [part, all].map(|number| u64::try_from(number).unwrap_or(u64::MAX));
        percent(part, all)
    };
    fill(
        WORDS.data_part.covers,
        &[
            &WORDS.many(cover.networks, WORDS.networks_of),
            &share(cover.ipv4_addresses, cover.ipv4_asked),
            &share(cover.ipv6_slash48s, cover.ipv6_asked),
        ],
    )
}

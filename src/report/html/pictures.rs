//! The pictures, each with its legend and a table of the same numbers.

use super::page::Page;
use crate::language::{Words, fill};
use crate::model::Report;
use crate::report::picture::{self, Cell, Picture};
use crate::report::text::layout::count;
use crate::report::text::length;
use std::io;

/// Rows of a picture's table: the tables below have the rest.
const MOST_ROWS: usize = 100;

pub(super) fn pictures(page: &mut Page, report: &Report, words: &Words) -> io::Result<()> {
    page.raw("<section id=\"pictures\" aria-labelledby=\"hp\"><h2 id=\"hp\">");
    page.text(words.pictures).raw("</h2>\n");
    page.raw(&picture::definitions());
    for one in picture::all(report)? {
        figure(page, &one, words);
    }
    page.raw("</section>\n");
    Ok(())
}

fn figure(page: &mut Page, picture: &Picture, words: &Words) {
    page.raw("<figure id=\"picture-")
        .raw(picture.id)
        .raw("\"><figcaption><b>");
    page.visible(&picture.title).raw("</b><span>");
    page.visible(&picture.subtitle)
        .raw("</span></figcaption>\n");
    if !picture.legend.is_empty() {
        page.raw("<ul class=\"legend\">");
        for entry in &picture.legend {
            page.raw("<li><svg viewBox=\"0 0 30 14\" class=\"chart\" aria-hidden=\"true\">");
            page.raw(entry.mark)
                .raw("</svg>")
                .visible(&entry.words)
                .raw("</li>");
        }
        page.raw("</ul>\n");
    }
    for drawing in [&picture.wide, &picture.narrow].into_iter().flatten() {
        page.raw(&drawing.inline());
    }
    for note in &picture.notes {
        page.raw("<p class=\"src\">").visible(note).raw("</p>");
    }
    table(page, picture, words);
    page.raw("</figure>\n");
}

fn table(page: &mut Page, picture: &Picture, words: &Words) {
    let table = &picture.table;
    page.raw("<details><summary id=\"caption-")
        .raw(picture.id)
        .raw("\">")
        .visible(&table.caption)
        .raw("</summary>");
    page.raw("<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-labelledby=\"caption-")
        .raw(picture.id);
    page.raw("\"><table class=\"grid dense\"");
    page.raw(" aria-labelledby=\"caption-")
        .raw(picture.id)
        .raw("\"><thead><tr>");
    let first = table.rows.first();
    for (column, head) in table.header.iter().enumerate() {
        let cell = first.and_then(|row| row.get(column));
        let tag = match cell {
            Some(Cell::Number(_)) => "th scope=\"col\" class=\"num\"",
            _ => "th scope=\"col\"",
        };
        page.element(tag, head);
    }
    page.raw("</tr></thead><tbody>");
    for row in table.rows.iter().take(MOST_ROWS) {
        page.raw("<tr>");
        for cell in row {
            match cell {
                Cell::Words(words) => page.raw("<td>").visible(words),
                Cell::Number(number) => page.raw("<td class=\"num\">").text(&count(*number)),
                Cell::Empty => page.raw("<td>"),
            };
            page.raw("</td>");
        }
        page.raw("</tr>\n");
    }
    page.raw("</tbody></table></div>");
    if table.rows.len() > MOST_ROWS {
        let (shown, all) = (count(length(MOST_ROWS)), count(length(table.rows.len())));
        page.element("p class=\"src\"", &fill(words.rows_cut, &[&shown, &all]));
    }
    page.raw("</details>");
}

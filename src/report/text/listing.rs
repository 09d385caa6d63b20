//! Tables of flows and of DNS exchanges, a line a row, written as they come.

use super::super::{Style, escape, words};
use super::layout::{Cell, Column, Page, bytes, clock, flexible, numbers, words as word_column};
use super::mark;
use crate::language::WORDS;
use crate::model::{DnsRow, Flow, Report};
use std::io::{self, Write};

/// From this width on, both addresses have columns of their own.
const WIDE: usize = 120;

/// A table of all flows.
///
/// # Errors
/// Where `out` fails.
pub fn flows(report: &Report, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let page = &mut Page::new(out, style);
    let wide = page.width() >= WIDE;
    let judged = report.is_judged();
    let mut columns = vec![
        numbers(WORDS.columns.flow),
        word_column(WORDS.columns.time),
        word_column(WORDS.columns.protocol),
    ];
    let mut least = vec![7, if wide { 12 } else { 8 }, 9];
    if wide {
        columns.extend([
            flexible(WORDS.columns.local, 8),
            flexible(WORDS.columns.remote, 8),
        ]);
        least.extend([21, 27]);
    }
    columns.extend([
        flexible(WORDS.columns.name_or_address, 8),
        word_column(WORDS.columns.at),
        numbers(WORDS.columns.out),
        numbers(WORDS.columns.into),
    ]);
    least.extend([0, 2, 10, 10]);
    if judged {
        columns.push(word_column(""));
        least.push(1);
    }
    let widths = spread(page, least);
    page.heads(&columns, &widths, 0)?;
    report.rows.flows(&mut |flow| {
        let cells = flow_cells(flow, wide, judged);
        page.row(&columns, &widths, &cells, 0)
    })?;
    super::data::credits(page, report)
}

fn flow_cells(flow: &Flow, wide: bool, judged: bool) -> Vec<Cell> {
    let remote = endpoint(flow.remote_ip, flow.remote_port);
    let protocol = flow
        .protocol
        .map_or_else(|| flow.transport.to_string(), str::to_owned);
    let time = clock(flow.first_seen);
    let time = if wide {
        &*time
    } else {
        time.get(..8).unwrap_or_default()
    };
    let mut cells: Vec<Cell> = vec![flow.flow.to_string().into(), time.into(), protocol.into()];
    if wide {
        cells.push(endpoint(flow.local_ip, flow.local_port).into());
        cells.push(remote.clone().into());
    }
    cells.push(match &flow.name {
        Some(name) => escape::terminal(name).into_owned().into(),
        None => Cell::soft(remote),
    });
    let country = flow
        .place
        .country
        .as_ref()
        .map_or("", |country| country.code());
    cells.extend([
        country.into(),
        bytes(flow.bytes_out).into(),
        bytes(flow.bytes_in).into(),
    ]);
    if judged {
        let (sign, ink) = mark(flow.verdict);
        cells.push(ink.map_or_else(|| sign.into(), |ink| Cell::inked(sign, ink)));
    }
    cells
}

fn endpoint(address: std::net::IpAddr, port: u16) -> String {
    match port {
        0 => address.to_string(),
        _ => std::net::SocketAddr::new(address, port).to_string(),
    }
}

const DNS_COLUMNS: [Column; 6] = [
    numbers(WORDS.columns.frame),
    word_column(WORDS.columns.time),
    word_column(WORDS.columns.kind),
    word_column(WORDS.columns.result),
    flexible(WORDS.columns.name, 8),
    flexible(WORDS.columns.answers, 8),
];

/// A table of all DNS, mDNS and LLMNR exchanges.
///
/// # Errors
/// Where `out` fails.
pub fn dns(report: &Report, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let page = &mut Page::new(out, style);
    if page.width() < DNS_WIDE {
        return narrow_dns(report, page);
    }
    let fixed = DNS_FIXED.iter().sum::<usize>() + 5 * 2;
    let room = page.width().saturating_sub(fixed);
    let [frame, time, kind, result] = DNS_FIXED;
    let widths = [
        frame,
        time,
        kind,
        result,
        room / 2,
        room.saturating_sub(room / 2),
    ];
    page.heads(&DNS_COLUMNS, &widths, 0)?;
    report.rows.dns(&mut |row| {
        let cells = dns_cells(row);
        page.row(&DNS_COLUMNS, &widths, &cells, 0)
    })
}

/// From this width on, names and answers stand beside each other.
const DNS_WIDE: usize = 110;

/// Widths of frame, time, type and result.
const DNS_FIXED: [usize; 4] = [8, 12, 6, 10];

/// The answers below the name, so that neither is cut to a stump.
fn narrow_dns(report: &Report, page: &mut Page<'_>) -> io::Result<()> {
    let [frame, time, kind, result, name, _] = DNS_COLUMNS;
    let columns = [
        frame,
        time,
        kind,
        result,
        Column {
            head: WORDS.columns.name_and_answers,
            ..name
        },
    ];
    let fixed = DNS_FIXED.iter().sum::<usize>() + 4 * 2;
    let room = page.width().saturating_sub(fixed);
    let [frame, time, kind, result] = DNS_FIXED;
    let widths = [frame, time, kind, result, room];
    page.heads(&columns, &widths, 0)?;
    report.rows.dns(&mut |row| {
        let [frame, time, kind, result, name, answers] = dns_cells(row);
        page.row(&columns, &widths, &[frame, time, kind, result, name], 0)?;
        page.paragraph(answers.text(), page.width().saturating_sub(room), None)
    })
}

fn dns_cells(row: &DnsRow) -> [Cell; 6] {
    let result = match row.rcode {
        Some(code) => words::dns_rcode(code).into_owned().into(),
        None => Cell::soft(WORDS.columns.no_answer),
    };
    // More than a line holds need not be spelled out.
    let answers: Vec<String> = row
        .answers
        .iter()
        .take(16)
        .map(|answer| escape::terminal(&answer.data).into_owned())
        .collect();
    [
        row.frame.to_string().into(),
        clock(row.time).into(),
        words::dns_type(row.kind).into_owned().into(),
        result,
        escape::terminal(&row.name).into_owned().into(),
        answers.join(" ").into(),
    ]
}

/// Gives the column of width 0 what the others leave.
fn spread(page: &Page<'_>, mut widths: Vec<usize>) -> Vec<usize> {
    let gaps = widths.len().saturating_sub(1).saturating_mul(2);
    let used = widths.iter().sum::<usize>().saturating_add(gaps);
    let room = page.width().saturating_sub(used);
    widths
        .iter_mut()
        .filter(|width| **width == 0)
        .for_each(|width| *width = room);
    widths
}

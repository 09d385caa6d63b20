//! One reading of all flows: what could be examined, what protects each destination, and the
//! rows of the table of flows.
//!
//! In:   the flows of a report.
//! Out:  sums and a bounded number of rows.

use super::page::{Mark, Page};
use crate::language::{Words, fill};
use crate::model::{Destination, Flow, Protection, Report, Scope, Verdict};
use crate::report::text::layout::{bytes, clock, count};
use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};

/// Rows of flows on a page.
const MOST_ROWS: usize = 4_000;

/// What one reading of the flows gives.
#[derive(Default)]
pub(super) struct Coverage {
    /// Packets both ways: content readable; named; neither; local.
    pub(super) packets: [u64; 4],
    /// Flows in the table.
    pub(super) rows: Vec<Row>,
    /// Rows taken of each rank.
    ranks: [usize; 4],
    /// Flows in all.
    pub(super) flows: u64,
    /// What protects the flows to an address under a name; several where they differ.
    protections: HashMap<Reached, Vec<(Protection, String)>>,
}

/// A name, where there is one, and an address.
type Reached = (Option<Vec<u8>>, IpAddr);

/// A row, and what decides whether it stays.
pub(super) struct Row {
    rank: usize,
    number: u64,
    pub(super) markup: String,
}

/// Destinations whose protection is kept.
const MOST_PROTECTIONS: usize = 8_192;

impl Coverage {
    pub(super) fn read(report: &Report, words: &Words) -> Self {
        let mut all = Coverage::default();
        // Nothing here can fail.
        let _ = report.rows.flows(&mut |flow| {
            all.take(flow, words);
            Ok(())
        });
        all.cut();
        all.rows.sort_by_key(|row| row.number);
        all
    }

    fn take(&mut self, flow: &Flow, words: &Words) {
        self.flows = self.flows.saturating_add(1);
        let protection = Protection::of(flow.protocol);
        if !flow.carries_tunnel {
            let [readable, named, neither, local] = &mut self.packets;
            let sum = match (flow.scope, protection, &flow.name) {
                (Scope::Outbound, Protection::Cleartext, _) => readable,
                (Scope::Outbound, _, Some(_)) => named,
                (Scope::Outbound, _, None) => neither,
                _ => local,
            };
            let packets = flow.packets_out.saturating_add(flow.packets_in);
            *sum = sum.saturating_add(packets);
        }
        if flow.scope == Scope::Outbound {
            self.protect(flow, protection, words);
        }
        let rank: usize = match flow.verdict {
            Some(Verdict::Violated) => 0,
            Some(Verdict::Indeterminate) => 1,
            _ if flow.name.is_none() => 2,
            _ => 3,
        };
        let number = flow.flow;
        // Flows come by number: behind so many of its rank or graver, this one has no room.
        let ahead = self
            .ranks
            .iter()
            .take(rank.saturating_add(1))
            .sum::<usize>();
        if ahead >= MOST_ROWS {
            return;
        }
        if let Some(ranked) = self.ranks.get_mut(rank) {
            *ranked = ranked.saturating_add(1);
        }
        self.rows.push(Row {
            rank,
            number,
            markup: row(flow, words),
        });
    }

    /// Keeps the gravest, and of those the first.
    fn cut(&mut self) {
        self.rows.sort_by_key(|row| (row.rank, row.number));
        self.rows.truncate(MOST_ROWS);
    }

    fn protect(&mut self, flow: &Flow, protection: Protection, words: &Words) {
        let key = (
            flow.name.as_ref().map(|name| name.bytes().to_vec()),
            flow.remote_ip,
        );
        let room = self.protections.len() < MOST_PROTECTIONS;
        if !room && !self.protections.contains_key(&key) {
            return;
        }
        let word = protected(flow, words);
        let known = self.protections.entry(key).or_default();
        if known.len() < 4 && !known.iter().any(|(_, other)| *other == word) {
            known.push((protection, word));
        }
    }

    /// What protects flows to a destination, sorted.
    pub(super) fn protection(&self, destination: &Destination) -> Vec<(Protection, String)> {
        let name = destination.name.as_ref().map(|name| name.bytes().to_vec());
        let mut found = Vec::new();
        for address in &destination.addresses {
            let known = self.protections.get(&(name.clone(), *address));
            found.extend(known.into_iter().flatten().cloned());
        }
        found.sort();
        found.dedup();
        found
    }
}

/// `TLS 1.3`, `HTTP`, `no payload recognised`.
fn protected(flow: &Flow, words: &Words) -> String {
    let protocol = flow.protocol.unwrap_or_default();
    let version = flow
        .tls_version
        .and_then(crate::model::columns::tls_version);
    match version {
        Some(version) if flow.tls_version_chosen => version.to_owned(),
        Some(version) => fill(words.offered, &[version]),
        None if protocol.is_empty() => fill(words.not_recognised, &[&flow.transport.to_string()]),
        None => protocol.to_uppercase(),
    }
}

/// Address and port, where the transport has ports.
fn remote(flow: &Flow) -> String {
    match flow.remote_port {
        0 => flow.remote_ip.to_string(),
        port => SocketAddr::new(flow.remote_ip, port).to_string(),
    }
}

fn row(flow: &Flow, words: &Words) -> String {
    let mut page = Page::default();
    let number = flow.flow.to_string();
    page.raw("<tr id=\"flow-")
        .raw(&number)
        .raw("\"><th scope=\"row\" class=\"num\" data-v=\"");
    page.raw(&number)
        .raw("\"><a href=\"#flow-")
        .raw(&number)
        .raw("\">")
        .raw(&number);
    page.raw("</a></th><td>");
    if let Some(verdict) = flow.verdict {
        let word = match verdict {
            Verdict::Violated => words.violated,
            Verdict::Indeterminate => words.indeterminate,
            Verdict::Met => words.met,
        };
        page.verdict(Mark::of(verdict), word);
    }
    page.raw("</td><td>");
    match &flow.name {
        Some(name) => page.breakable(name),
        None => page.element("span class=\"soft\"", words.no_name),
    };
    page.raw("<span class=\"sub mono\">")
        .text(&remote(flow))
        .raw("</span></td><td>");
    match &flow.place.country {
        Some(country) => page.text(country.code()),
        None => page.raw("?"),
    };
    page.raw("</td><td>")
        .text(&protected(flow, words))
        .raw("</td><td class=\"num\" data-v=\"");
    page.raw(&flow.first_seen.0.to_string())
        .raw("\">")
        .text(&clock(flow.first_seen));
    for (number, word) in [
        (flow.bytes_out, bytes(flow.bytes_out)),
        (flow.bytes_in, bytes(flow.bytes_in)),
        (flow.first_frame, count(flow.first_frame)),
    ] {
        page.raw("</td><td class=\"num\" data-v=\"")
            .raw(&number.to_string())
            .raw("\">");
        page.text(&word);
    }
    page.raw("</td></tr>\n");
    page.out
}

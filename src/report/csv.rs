//! Tables for spreadsheets and data tools.
//!
//! In:   the rows of a [`Report`].
//! Out:  CSV with a header line and lines that end in LF; flows under the columns of
//!       `model/columns.rs`.
//! Spec: RFC 4180, but for the line ends.
//!
//! Cells of text cannot become formulas and hold no control characters: `escape.rs` sees to
//! it. Numbers, words of ours, addresses and times are written as they are.

use super::{escape, excluded_codes, number, opinion_words, words};
use crate::model::columns::{COLUMNS, Column, Row, Value, tls_version};
use crate::model::{
    ClaimResult, Country, Destination, DnsAnswer, DnsRow, Exhibit, Finding, Place, Report, Text,
};
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::net::IpAddr;
use std::sync::Arc;

/// One row a flow.
pub(super) fn flows(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let mut table = Table::new(out);
    for column in COLUMNS {
        table.cell(Value::Word(column.name));
    }
    table.end()?;
    let runs: Vec<&[Column]> = COLUMNS
        .chunk_by(|one, other| one.of_place == other.of_place)
        .collect();
    let mut places = PlaceCells::new();
    report.rows.flows(&mut |flow| {
        let row = Row {
            flow,
            data: &report.data,
        };
        let mut known = places.of(row).iter();
        for run in &runs {
            if run.first().is_some_and(|column| column.of_place) {
                let cells = known.next().map_or(&[][..], Vec::as_slice);
                table.buffer.extend_from_slice(cells);
            } else {
                run.iter()
                    .for_each(|column| table.cell((column.value)(row)));
            }
        }
        table.end()
    })?;
    table.flush()
}

/// What the columns of recent places hold, as it is written: many rows share a place.
struct PlaceCells {
    recent: Vec<Known>,
}

/// One place, and its cells by run of columns.
#[derive(Clone, Default)]
struct Known {
    place: Option<Arc<Place>>,
    cells: Vec<Vec<u8>>,
}

/// Places whose cells are remembered, each where its address in memory leads.
const RECENT: usize = 1 << 12;

impl PlaceCells {
    fn new() -> Self {
        PlaceCells {
            recent: vec![Known::default(); RECENT],
        }
    }

    /// The cells of each run of columns that depend on the row's place, each after a comma.
    fn of(&mut self, row: Row<'_>) -> &[Vec<u8>] {
        let place = &row.flow.place;
        // What is remembered is held, so that no other place can come to lie there.
        let address = Arc::as_ptr(place).addr();
        let at = (address >> 5 ^ address >> 17) % RECENT;
        let Some(Known {
            place: known,
            cells,
        }) = self.recent.get_mut(at)
        else {
            return &[];
        };
        if !known
            .as_ref()
            .is_some_and(|known| Arc::ptr_eq(known, place))
        {
            *cells = place_cells(row);
            *known = Some(Arc::clone(place));
        }
        cells
    }
}

fn place_cells(row: Row<'_>) -> Vec<Vec<u8>> {
    let mut sink = io::sink();
    let mut table = Table::new(&mut sink);
    let runs = COLUMNS.chunk_by(|one, other| one.of_place == other.of_place);
    let of_place = |run: &&[Column]| run.first().is_some_and(|column| column.of_place);
    let mut cells = Vec::new();
    for run in runs.filter(of_place) {
        table.fresh = false;
        run.iter()
            .for_each(|column| table.cell((column.value)(row)));
        cells.push(table.buffer.clone());
        table.buffer.clear();
    }
    cells
}

const FINDING_HEADER: &[&str] = &[
    "id",
    "rule",
    "verdict",
    "country",
    "why",
    "would_decide",
    "name",
    "name_via",
    "name_grade",
    "registrable_domain",
    "addresses",
    "address_count",
    "country_confidence",
    "country_sources",
    "asn",
    "as_org",
    "protocols",
    "flows",
    "packets_out",
    "bytes_out",
    "packets_in",
    "bytes_in",
    "first_seen",
    "last_seen",
    "frames",
    "operator",
    "operator_country",
    "owner",
    "owner_country",
    "function",
    "cname_target",
    "check",
    "severity",
    "reference",
    "flow_numbers",
    "suppressed",
    "suppressed_by",
    "suppressed_until",
];

/// One row a finding. Lists inside a cell are joined by spaces.
pub(super) fn findings(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let mut table = Table::new(out);
    table.header(FINDING_HEADER)?;
    for finding in &report.findings {
        judgement(&mut table, finding);
        let destination = finding
            .destination
            .and_then(|at| report.destinations.get(at));
        match destination {
            Some(destination) => subject(&mut table, finding, destination, report),
            None => no_subject(&mut table, finding),
        }
        extent(&mut table, finding);
        table.end()?;
    }
    table.flush()
}

fn judgement(table: &mut Table<'_>, finding: &Finding) {
    table.cell(Value::Words(&finding.id));
    table.cell(Value::Words(&finding.rule));
    table.cell(Value::Word(finding.verdict.as_str()));
    table.cell(
        finding
            .country
            .as_ref()
            .map_or(Value::Null, |c| Value::Words(c.code())),
    );
    table.cell(Value::Words(&finding.why));
    table.cell(
        finding
            .would_decide
            .as_deref()
            .map_or(Value::Null, Value::Words),
    );
}

fn joined<'n>(numbers: impl IntoIterator<Item = &'n u32>) -> String {
    let words: Vec<String> = numbers.into_iter().map(u32::to_string).collect();
    words.join(" ")
}

/// A finding on the policy itself: the cells of the destination stay empty.
fn no_subject(table: &mut Table<'_>, finding: &Finding) {
    let columns = FINDING_HEADER
        .iter()
        .skip(6)
        .take_while(|name| **name != "check");
    for name in columns {
        table.cell(match *name {
            "flows" => Value::Integer(finding.flows),
            _ => Value::Null,
        });
    }
}

/// What the policy adds.
fn extent(table: &mut Table<'_>, finding: &Finding) {
    table.cell(Value::Word(finding.check));
    table.cell(Value::Word(finding.severity.as_str()));
    table.cell(
        finding
            .reference
            .as_deref()
            .map_or(Value::Null, Value::Words),
    );
    table.cell(Value::Words(&joined(finding.flow_numbers.iter())));
    let suppressed = finding.suppressed.as_ref();
    for words in [
        suppressed.map(|it| it.reason.as_ref()),
        suppressed.map(|it| it.owner.as_ref()),
        suppressed.and_then(|it| it.expires.as_deref()),
    ] {
        table.cell(words.map_or(Value::Null, Value::Words));
    }
}

fn subject(table: &mut Table<'_>, finding: &Finding, destination: &Destination, report: &Report) {
    let place = &destination.place;
    let text = |text: Option<&Text>| -> Vec<u8> { text.map_or(Vec::new(), |t| t.bytes().to_vec()) };
    let addresses: Vec<String> = destination
        .addresses
        .iter()
        .map(ToString::to_string)
        .collect();
    table.bytes(&text(destination.name.as_ref()));
    table.cell(Value::Word(destination.name_via));
    table.cell(Value::Word(destination.name_grade));
    table.bytes(&text(destination.registrable_domain.as_ref()));
    table.cell(Value::Words(&addresses.join(" ")));
    table.cell(Value::Integer(destination.address_count));
    table.cell(Value::Word(place.confidence.as_str()));
    table.cell(Value::Words(&opinion_words(&place.opinions, &report.data)));
    table.cell(
        place
            .asn
            .map_or(Value::Null, |asn| Value::Integer(asn.into())),
    );
    table.cell(place.as_org.as_deref().map_or(Value::Null, Value::Words));
    table.cell(Value::Words(&destination.protocols.join(" ")));
    table.cell(Value::Integer(finding.flows));
    table.cell(Value::Integer(destination.packets_out));
    table.cell(Value::Integer(destination.bytes_out));
    table.cell(Value::Integer(destination.packets_in));
    table.cell(Value::Integer(destination.bytes_in));
    table.cell(Value::Time(destination.first_seen));
    table.cell(Value::Time(destination.last_seen));
    table.cell(Value::Words(&joined(finding.frames.iter())));
    who(table, destination);
}

fn who(table: &mut Table<'_>, destination: &Destination) {
    let operator = destination.place.operator.as_deref();
    let owner = destination.owner.owner.as_deref();
    let country = owner.and_then(|company| company.group_country.as_ref());
    for words in [
        operator.map(|operator| operator.top().0.as_ref()),
        operator.map(|operator| operator.top().1.code()),
        owner.map(|company| company.group.as_ref()),
        country.map(|country| country.code()),
        destination.owner.function.as_deref(),
    ] {
        table.cell(words.map_or(Value::Null, Value::Words));
    }
    let alias = destination.owner.alias.as_ref();
    table.cell(alias.map_or(Value::Null, |alias| Value::Text(&alias.target)));
}

const CLAIM_HEADER: &[&str] = &[
    "id",
    "verdict",
    "sentence",
    "quote",
    "speaker",
    "said",
    "source",
    "reading",
    "flows_for",
    "flows_against",
    "flows_open",
    "destinations_for",
    "destinations_against",
    "destinations_open",
    "names_against",
    "frames_against",
    "names_open",
    "frames_open",
    "weakest",
    "would_decide",
    "cannot_show",
    "all_flows",
    "could_contradict_flows",
    "could_contradict_bytes_out",
    "encrypted_bytes_out",
    "losses",
    "reply",
    "origin",
    "line",
];

/// One row a claim. Lists inside a cell are joined by spaces, sentences too.
pub(super) fn claims(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let mut table = Table::new(out);
    table.header(CLAIM_HEADER)?;
    for claim in &report.claims {
        for words in [
            claim.id.as_ref(),
            claim.verdict.as_str(),
            &claim.sentence,
            &claim.quote,
            &claim.speaker,
            &claim.said,
            &claim.source,
            &claim.reading,
        ] {
            table.cell(Value::Words(words));
        }
        for number in claim.flows.iter().chain(&claim.exhibits) {
            table.cell(Value::Integer(*number));
        }
        for exhibits in [&claim.against, &claim.open] {
            table.bytes(&exhibit_names(exhibits));
            let frames = exhibits.iter().flat_map(|exhibit| &exhibit.frames);
            table.cell(Value::Words(&joined(frames)));
        }
        hidden(&mut table, claim);
        table.cell(claim.reply.as_deref().map_or(Value::Null, Value::Words));
        table.cell(Value::Words(&claim.origin));
        table.cell(Value::Integer(claim.line));
        table.end()?;
    }
    table.flush()
}

const PLACE_HEADER: &[&str] = &[
    "address",
    "source",
    "source_country",
    "country",
    "country_confidence",
    "country_class",
];

/// What each source said of each remote address: one row for both, in the order of addresses.
pub(super) fn places(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let mut of_addresses: BTreeMap<IpAddr, Vec<Arc<Place>>> = BTreeMap::new();
    report.rows.flows(&mut |flow| {
        // Several where a database has editions: as many as there are.
        let places = of_addresses.entry(flow.remote_ip).or_default();
        if !places.contains(&flow.place) {
            places.push(Arc::clone(&flow.place));
        }
        Ok(())
    })?;
    let mut table = Table::new(out);
    table.header(PLACE_HEADER)?;
    for (address, place) in of_addresses
        .iter()
        .flat_map(|(address, places)| places.iter().map(move |place| (address, place)))
    {
        for opinion in &place.opinions {
            let source = report.data.get(opinion.source);
            table.cell(Value::Address(*address));
            table.cell(source.map_or(Value::Null, |source| Value::Words(&source.name)));
            for country in [opinion.country, place.country] {
                let code = country.as_ref().map(Country::code);
                table.cell(code.map_or(Value::Null, Value::Words));
            }
            table.cell(Value::Word(place.confidence.as_str()));
            table.cell(
                place
                    .class
                    .map_or(Value::Null, |class| Value::Word(class.name)),
            );
            table.end()?;
        }
    }
    table.flush()
}

const SOURCE_HEADER: &[&str] = &["name", "origin", "date", "sha256", "credit", "link"];

/// The identities of the place data.
pub(super) fn sources(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let mut table = Table::new(out);
    table.header(SOURCE_HEADER)?;
    for source in &report.data {
        for cell in [
            Some(&source.name),
            Some(&source.origin),
            source.date.as_ref(),
            Some(&source.sha256),
            source.credit.as_ref(),
            source.link.as_ref(),
        ] {
            table.cell(cell.map_or(Value::Null, |words| Value::Words(words)));
        }
        table.end()?;
    }
    table.flush()
}

/// What weakens a claim's verdict.
fn hidden(table: &mut Table<'_>, claim: &ClaimResult) {
    let optional = |words: &Option<String>| words.clone().unwrap_or_default();
    table.cell(Value::Words(&optional(&claim.weakest)));
    table.cell(Value::Words(&optional(&claim.would_decide)));
    table.cell(Value::Words(&claim.cannot_show.join(" ")));
    let hidden = &claim.hidden;
    for number in [
        hidden.all_flows,
        hidden.could_contradict_flows,
        hidden.could_contradict_bytes_out,
        hidden.encrypted_bytes_out,
    ] {
        table.cell(Value::Integer(number));
    }
    table.cell(Value::Words(&optional(&hidden.losses)));
}

/// Names, or addresses where there is none, joined by spaces.
fn exhibit_names(exhibits: &[Exhibit]) -> Vec<u8> {
    let mut all = Vec::new();
    for exhibit in exhibits {
        if !all.is_empty() {
            all.push(b' ');
        }
        match (&exhibit.name, exhibit.address) {
            (Some(name), _) => all.extend_from_slice(name.bytes()),
            (None, Some(address)) => all.extend_from_slice(address.to_string().as_bytes()),
            (None, None) => all.extend_from_slice(b"-"),
        }
    }
    all
}

const DNS_HEADER: &[&str] = &[
    "frame",
    "time",
    "family",
    "transport",
    "client_ip",
    "resolver_ip",
    "name",
    "type",
    "rcode",
    "answer_name",
    "answer_type",
    "answer_data",
    "answer_ttl",
];

/// One row an answer; one for an exchange without any.
pub(super) fn dns(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let mut table = Table::new(out);
    table.header(DNS_HEADER)?;
    report.rows.dns(&mut |row| {
        if row.answers.is_empty() {
            return exchange(&mut table, row, None);
        }
        row.answers
            .iter()
            .try_for_each(|answer| exchange(&mut table, row, Some(answer)))
    })?;
    table.flush()
}

fn exchange(table: &mut Table<'_>, row: &DnsRow, answer: Option<&DnsAnswer>) -> io::Result<()> {
    table.cell(Value::Integer(row.frame));
    table.cell(Value::Time(row.time));
    table.cell(Value::Word(row.family));
    table.cell(Value::Transport(row.transport));
    table.cell(Value::Address(row.client_ip));
    table.cell(Value::Address(row.resolver_ip));
    table.cell(Value::Text(&row.name));
    table.cell(Value::Words(&words::dns_type(row.kind)));
    table.cell(Value::Words(
        &row.rcode.map(words::dns_rcode).unwrap_or_default(),
    ));
    match answer {
        Some(answer) => {
            table.cell(Value::Text(&answer.name));
            table.cell(Value::Words(&words::dns_type(answer.kind)));
            table.cell(Value::Text(&answer.data));
            table.cell(Value::Integer(answer.ttl.into()));
        }
        None => (0..4).for_each(|_| table.cell(Value::Null)),
    }
    table.end()
}

/// Writes cells to `sink` through a buffer of about 64 KiB.
struct Table<'w> {
    sink: &'w mut dyn Write,
    buffer: Vec<u8>,
    fresh: bool,
    stamp: number::Stamp,
}

const BUFFER_BYTES: usize = 64 << 10;

impl<'w> Table<'w> {
    fn new(sink: &'w mut dyn Write) -> Self {
        let buffer = Vec::with_capacity(BUFFER_BYTES.saturating_add(8 << 10));
        Table {
            sink,
            buffer,
            fresh: true,
            stamp: number::Stamp::default(),
        }
    }

    fn header(&mut self, names: &[&'static str]) -> io::Result<()> {
        for name in names {
            self.cell(Value::Word(name));
        }
        self.end()
    }

    fn end(&mut self) -> io::Result<()> {
        self.buffer.push(b'\n');
        self.fresh = true;
        if self.buffer.len() >= BUFFER_BYTES {
            self.flush()
        } else {
            Ok(())
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.sink.write_all(&self.buffer)?;
        self.buffer.clear();
        Ok(())
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.separate();
        escape::csv(&mut self.buffer, bytes);
    }

    fn cell(&mut self, value: Value<'_>) {
        self.separate();
        let out = &mut self.buffer;
        match value {
            Value::Null => {}
            Value::Integer(value) => number::integer(out, value.min(i64::MAX.unsigned_abs())),
            Value::Milliseconds(nanoseconds) => number::milliseconds(out, nanoseconds),
            Value::Boolean(yes) => out.extend_from_slice(if yes { b"true" } else { b"false" }),
            Value::Word(word) => out.extend_from_slice(word.as_bytes()),
            Value::Words(words) => escape::csv(out, words.as_bytes()),
            Value::Text(text) => escape::csv(out, text.bytes()),
            Value::Address(address) => number::address(out, address),
            Value::Time(time) => self.stamp.write(out, time),
            Value::Transport(transport) => match transport.word() {
                Some(word) => out.extend_from_slice(word.as_bytes()),
                None => out.extend_from_slice(transport.to_string().as_bytes()),
            },
            Value::TlsVersion(version) => match tls_version(version) {
                Some(words) => out.extend_from_slice(words.as_bytes()),
                None => out.extend_from_slice(format!("{version:#06x}").as_bytes()),
            },
            Value::Cipher(cipher) => {
                out.extend_from_slice(b"0x");
                escape::hex(out, &cipher.to_be_bytes());
            }
            Value::Hex(bytes) => escape::hex(out, bytes),
            Value::List(words) => escape::csv(out, words.join("; ").as_bytes()),
            Value::Excluded(excluded) => {
                out.extend_from_slice(excluded_codes(excluded).as_bytes());
            }
            Value::Opinions(opinions, data) => {
                escape::csv(out, opinion_words(opinions, data).as_bytes());
            }
        }
    }

    fn separate(&mut self) {
        if !std::mem::take(&mut self.fresh) {
            self.buffer.push(b',');
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;
    use crate::model::Flow;
    use crate::report::sample;
    use std::collections::BTreeMap;

    type Print = fn(&Report, &mut dyn Write) -> io::Result<()>;

    /// Written, then read by another's reader.
    fn read(print: Print) -> (Vec<String>, Vec<BTreeMap<String, String>>) {
        let mut out = Vec::new();
        print(&sample::report(), &mut out).unwrap();
        let text = std::str::from_utf8(&out).unwrap();
        assert!(!text.chars().any(|c| c.is_control() && c != '\n'));
        let mut reader = ::csv::Reader::from_reader(text.as_bytes());
        let header: Vec<String> = reader
            .headers()
            .unwrap()
            .iter()
            .map(str::to_owned)
            .collect();
        let rows = reader.records().map(|record| {
            let record = record.unwrap();
            header
                .iter()
                .cloned()
                .zip(record.iter().map(str::to_owned))
                .collect()
        });
        (header.clone(), rows.collect())
    }

    #[test]
    fn flows_stand_under_their_columns() {
        let (header, rows) = read(flows);
        assert_eq!(
            header,
            COLUMNS.iter().map(|column| column.name).collect::<Vec<_>>()
        );
        assert_eq!(rows.len(), 3);
        let row = &rows[0];
        assert_eq!(
            row["name"],
            "'=cmd|' /C calc'!A0\\x1b[2J\"\\r\\n,\\u{202e}\\xff"
        );
        assert_eq!(row["as_org"], "Example, \"Unicom\" =1");
        assert_eq!(row["first_seen"], "2026-11-21T04:31:08.250000001Z");
        assert_eq!(row["rtt_ms"], "41.25");
        assert_eq!(row["tls_version"], "TLS 1.3");
        assert_eq!(row["anycast"], "");
        assert_eq!(rows[1]["remote_ip"], "2001:db8:40::1");
        assert_eq!(rows[1]["anycast"], "true");
        assert_eq!(rows[1]["tls_version"], "0x0a0a");
        assert_eq!(rows[2]["transport"], "ip-50");
        assert_eq!(rows[2]["local_port"], "");
    }

    fn sample_flows() -> (Report, Vec<Flow>) {
        let (report, mut flows) = (sample::report(), Vec::new());
        let each = &mut |flow: &Flow| {
            flows.push(flow.clone());
            Ok(())
        };
        report.rows.flows(each).unwrap();
        (report, flows)
    }

    #[test]
    fn columns_of_the_place_depend_on_nothing_else() {
        let (report, flows) = sample_flows();
        let cells = |flow: &Flow| {
            let data = &report.data;
            place_cells(Row { flow, data })
        };
        for (one, other) in flows.iter().zip(flows.iter().cycle().skip(1)) {
            let place = Arc::clone(&one.place);
            let moved = Flow {
                place,
                ..other.clone()
            };
            assert_eq!(cells(&moved), cells(one));
            assert_ne!(cells(other), cells(one));
        }
    }

    #[test]
    fn remembered_cells_are_those_of_the_row() {
        let (report, flows) = sample_flows();
        let mut places = PlaceCells::new();
        for flow in flows.iter().chain(&flows) {
            let data = &report.data;
            let row = Row { flow, data };
            assert_eq!(places.of(row), place_cells(row));
        }
    }

    #[test]
    fn findings_stand_alone() {
        let (header, rows) = read(findings);
        assert_eq!(header, FINDING_HEADER);
        assert_eq!(rows.len(), sample::report().findings.len());
        assert_eq!(rows[0]["verdict"], "violated");
        assert_eq!(rows[0]["frames"], "12 33 41 57 60 61 99");
        assert_eq!(rows[1]["as_org"], "'=Evil\\u{202e} Org");
    }

    #[test]
    fn dns_has_a_row_for_each_answer() {
        let (header, rows) = read(dns);
        assert_eq!(header, DNS_HEADER);
        assert_eq!(rows.len(), 4);
        assert_eq!(rows[2]["answer_type"], "TYPE65280");
        assert_eq!(rows[3]["rcode"], "");
        assert_eq!(rows[3]["answer_data"], "");
    }
}

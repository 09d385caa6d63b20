//! The table itself: a line of documentation and a way to the cell for each column.

use super::{Column, Kind, Row, Value};
use crate::model::{Company, Country, Text, Transport};
use std::sync::Arc;

/// All columns, in the order of the outputs.
pub const COLUMNS: &[Column] = &[
    column(
        "flow",
        "number",
        "Number of the flow in this report, from 1, in order of first packets.",
        Kind::Integer,
        |row| Value::Integer(row.flow.flow),
    ),
    column(
        "scope",
        "word",
        "What the remote address is: `outbound` (a global address), `lan` (private, link-local, shared or unique-local), `multicast` (or broadcast), `loopback`.",
        Kind::String,
        |row| Value::Word(row.flow.scope.as_str()),
    ),
    column(
        "transport",
        "word",
        "What is inside the IP packets: `tcp`, `udp`, `udplite`, `icmp`, `icmpv6`, `sctp`, `esp`, `ah`, `gre`, `ipip`, `fragment-N` (fragments of protocol N whose first one was not seen) or `ip-N`.",
        Kind::String,
        |row| Value::Transport(row.flow.transport),
    ),
    column(
        "local_ip",
        "address",
        "The audited device's address; where no device could be told, the initiator's.",
        Kind::String,
        |row| Value::Address(row.flow.local_ip),
    ),
    nullable(
        "local_port",
        "number",
        "Its port, where the transport has ports.",
        Kind::Integer,
        |row| port(row, row.flow.local_port),
    ),
    column(
        "remote_ip",
        "address",
        "The other end.",
        Kind::String,
        |row| Value::Address(row.flow.remote_ip),
    ),
    nullable(
        "remote_port",
        "number",
        "Its port, where the transport has ports.",
        Kind::Integer,
        |row| port(row, row.flow.remote_port),
    ),
    column(
        "first_seen",
        "UTC",
        "Time of the flow's earliest packet.",
        Kind::Timestamp,
        |row| Value::Time(row.flow.first_seen),
    ),
    column(
        "last_seen",
        "UTC",
        "Time of its latest packet.",
        Kind::Timestamp,
        |row| Value::Time(row.flow.last_seen),
    ),
    column(
        "packets_out",
        "packets",
        "Packets from the local end.",
        Kind::Integer,
        |row| Value::Integer(row.flow.packets_out),
    ),
    column(
        "bytes_out",
        "bytes",
        "Original IP lengths of those: header and payload of the innermost IP packet as sent, cut by the snaplen or not.",
        Kind::Integer,
        |row| Value::Integer(row.flow.bytes_out),
    ),
    column(
        "packets_in",
        "packets",
        "Packets to the local end.",
        Kind::Integer,
        |row| Value::Integer(row.flow.packets_in),
    ),
    column(
        "bytes_in",
        "bytes",
        "Original IP lengths of those.",
        Kind::Integer,
        |row| Value::Integer(row.flow.bytes_in),
    ),
    column(
        "first_frame",
        "number",
        "Frame number of the flow's first packet, counted from 1 over all inputs in the order they are read.",
        Kind::Integer,
        |row| Value::Integer(row.flow.first_frame),
    ),
    nullable(
        "protocol",
        "word",
        "What the flow speaks (`dns`, `tls`, `quic`, `http`, …) by its bytes; empty where no reader recognised it.",
        Kind::String,
        |row| word(row.flow.protocol),
    ),
    nullable(
        "name",
        "text",
        "The best name of the remote end, as sent. See `name_via` and `name_grade` for how it is known.",
        Kind::String,
        |row| text(row.flow.name.as_ref()),
    ),
    nullable(
        "name_via",
        "word",
        "Where the name comes from: `sni`, `quic-sni`, `dtls-sni`, `ech-outer`, `http-host`, `connect`, `socks`, `certificate`, `dns`, `quic-cid`, `protocol`.",
        Kind::String,
        |row| word(row.flow.name_via.map(|via| via.as_str())),
    ),
    column(
        "name_grade",
        "word",
        "`observed`: seen in the flow itself. `inferred`: from something else, such as an earlier DNS answer to the same device. `none`: there is no name.",
        Kind::String,
        |row| Value::Word(row.flow.name_grade.as_str()),
    ),
    nullable(
        "name_rivals",
        "names",
        "How many other names shared the address, where the name comes from DNS.",
        Kind::Integer,
        |row| integer(row.flow.name_rivals),
    ),
    nullable(
        "registrable_domain",
        "text",
        "The registrable domain of the name (Public Suffix List).",
        Kind::String,
        |row| text(row.flow.registrable_domain.as_ref()),
    ),
    nullable(
        "owner",
        "text",
        "The ultimate parent of the company that controls the name, where a catalogue of owners knows it. Empty for a customer's name below that of its host: see `hosted_by`.",
        Kind::String,
        |row| owner(row, |company| &company.group),
    ),
    nullable(
        "app",
        "text",
        "The program on the device, where the capture tool recorded one.",
        Kind::String,
        |row| text(row.flow.app.as_ref().and_then(|app| app.name.as_ref())),
    ),
    of_place(nullable(
        "country",
        "ISO 3166-1 alpha-2",
        "Estimated country of the remote address. Empty where unknown or indeterminate: see `country_unknown_because`.",
        Kind::String,
        |row| {
            words(
                row.flow
                    .place
                    .country
                    .as_ref()
                    .map(|country| country.code()),
            )
        },
    )),
    of_place(column(
        "country_confidence",
        "word",
        "How surely: `high` (independent sources agree), `medium`, `low`, `none` (no estimate).",
        Kind::String,
        |row| Value::Word(row.flow.place.confidence.as_str()),
    )),
    of_place(nullable(
        "country_sources",
        "source=country",
        "Which sources gave a country, and which one, joined by `;`. The report's `data` has their dates and hashes.",
        Kind::String,
        opinions,
    )),
    of_place(nullable(
        "asn",
        "number",
        "Autonomous system that announces the address.",
        Kind::Integer,
        |row| integer(row.flow.place.asn.map(u64::from)),
    )),
    of_place(nullable(
        "as_org",
        "text",
        "The name under which that system is registered.",
        Kind::String,
        |row| words(row.flow.place.as_org.as_deref()),
    )),
    of_place(nullable(
        "operator_country",
        "ISO 3166-1 alpha-2",
        "Country of the operator, which may differ from where the server is: where the head office of its ultimate parent is. Where `operator_source` is a registration only, the country of that.",
        Kind::String,
        |row| {
            words(
                row.flow
                    .place
                    .operator_country()
                    .map(|country| country.code()),
            )
        },
    )),
    of_place(nullable(
        "cloud",
        "text",
        "Cloud provider that publishes the address as its own.",
        Kind::String,
        |row| words(row.flow.place.cloud.as_deref()),
    )),
    of_place(nullable(
        "cloud_region",
        "text",
        "The provider's region.",
        Kind::String,
        |row| words(row.flow.place.cloud_region.as_deref()),
    )),
    of_place(nullable(
        "anycast",
        "",
        "True if the address is declared anycast, so that it has no single country; empty where no source speaks of it.",
        Kind::Boolean,
        |row| boolean(row.flow.place.anycast),
    )),
    nullable(
        "rtt_ms",
        "milliseconds",
        "Smallest round trip of a handshake as seen from the capture point.",
        Kind::Float,
        |row| row.flow.rtt_ns.map_or(Value::Null, Value::Milliseconds),
    ),
    nullable(
        "tls_version",
        "words",
        "TLS, DTLS or SSL version agreed on; the highest offered where no answer was seen (then `tls_version_chosen` is false).",
        Kind::String,
        |row| row.flow.tls_version.map_or(Value::Null, Value::TlsVersion),
    ),
    nullable(
        "alpn",
        "text",
        "Application protocol: the one chosen where that was seen, else the first one offered (RFC 7301).",
        Kind::String,
        |row| text(row.flow.alpn.as_ref()),
    ),
    nullable(
        "ja3",
        "hex",
        "JA3 fingerprint of the client's hello.",
        Kind::String,
        |row| hex(row.flow.ja3.as_ref()),
    ),
    nullable(
        "ja4",
        "",
        "JA4 fingerprint of the client's hello.",
        Kind::String,
        |row| text(row.flow.ja4.as_ref()),
    ),
    nullable(
        "verdict",
        "word",
        "`violated`, `indeterminate` or `met`, where something was expected: the gravest of what `--expect` makes of `country`, `--expect-operator` of `operator_country` and `--expect-owner` of `owner_country`.",
        Kind::String,
        |row| word(row.flow.verdict.map(|verdict| verdict.as_str())),
    ),
    column(
        "last_frame",
        "number",
        "Frame number of the flow's last packet.",
        Kind::Integer,
        |row| Value::Integer(row.flow.last_frame),
    ),
    nullable(
        "tunnel",
        "word",
        "The tunnel that the flow was inside of (`gtp`, `vxlan`, …); empty for a flow outside any.",
        Kind::String,
        |row| word(Some(row.flow.tunnel).filter(|tunnel| !tunnel.is_empty())),
    ),
    column(
        "carries_tunnel",
        "",
        "True for the outer flow of a tunnel whose inner flows are rows of their own. Not counted in the totals of outbound flows.",
        Kind::Boolean,
        |row| Value::Boolean(row.flow.carries_tunnel),
    ),
    column(
        "local_is_device",
        "",
        "True if the local end is an audited device.",
        Kind::Boolean,
        |row| Value::Boolean(row.flow.local_is_device),
    ),
    column(
        "opened_locally",
        "",
        "True if the local end opened the flow.",
        Kind::Boolean,
        |row| Value::Boolean(row.flow.opened_locally),
    ),
    nullable(
        "app_uid",
        "number",
        "Unix user id of the program: on Android, one for each installed app.",
        Kind::Integer,
        |row| integer(row.flow.app.as_ref().and_then(|app| app.uid).map(u64::from)),
    ),
    nullable(
        "app_pid",
        "number",
        "Process id of the program.",
        Kind::Integer,
        |row| integer(row.flow.app.as_ref().and_then(|app| app.pid).map(u64::from)),
    ),
    of_place(nullable(
        "country_unknown_because",
        "words",
        "Why there is no country.",
        Kind::String,
        |row| words(row.flow.place.unknown_because),
    )),
    of_place(nullable(
        "country_class",
        "word",
        "The class of evidence that the country rests on: a row of the table in `docs/method.md`.",
        Kind::String,
        |row| word(row.flow.place.class.map(|class| class.name)),
    )),
    of_place(nullable(
        "country_lowered_because",
        "words",
        "Why the country is less sure than its class; several joined by `; `.",
        Kind::String,
        |row| match row.flow.place.lowered_because.as_slice() {
            [] => Value::Null,
            reasons => Value::List(reasons),
        },
    )),
    of_place(nullable(
        "country_settled_by",
        "words",
        "What would settle the country, or make it surer.",
        Kind::String,
        |row| words(row.flow.place.settled_by),
    )),
    of_place(nullable(
        "registered_country",
        "ISO 3166-1 alpha-2",
        "The country under which the block of addresses is registered. No place: see `country`.",
        Kind::String,
        |row| country(row.flow.place.registered.as_ref()),
    )),
    of_place(nullable(
        "as_country",
        "ISO 3166-1 alpha-2",
        "The country under which most of the autonomous system's addresses are registered. No place.",
        Kind::String,
        |row| country(row.flow.place.as_country.as_ref()),
    )),
    of_place(nullable(
        "cloud_service",
        "text",
        "The service that the provider publishes the address for.",
        Kind::String,
        |row| words(row.flow.place.cloud_service.as_deref()),
    )),
    of_place(nullable(
        "city",
        "text",
        "City of the provider's region, as the provider publishes it.",
        Kind::String,
        |row| words(row.flow.place.city.as_deref()),
    )),
    of_place(nullable(
        "rtt_excludes",
        "ISO 3166-1 alpha-2",
        "Countries named by a source that light in fibre could not have reached and returned from in the smallest handshake round trip of the address, with `--vantage`; joined by spaces.",
        Kind::String,
        |row| match row.flow.place.physics.as_deref() {
            Some(physics) if !physics.excluded.is_empty() => Value::Excluded(&physics.excluded),
            _ => Value::Null,
        },
    )),
    nullable(
        "tls_version_chosen",
        "",
        "True if `tls_version` was chosen by the server, false if it was only offered.",
        Kind::Boolean,
        |row| boolean(row.flow.tls_version.map(|_| row.flow.tls_version_chosen)),
    ),
    nullable(
        "tls_cipher",
        "hex",
        "Cipher suite that the server chose, by its IANA number.",
        Kind::String,
        |row| row.flow.tls_cipher.map_or(Value::Null, Value::Cipher),
    ),
    nullable(
        "ja3s",
        "hex",
        "JA3S fingerprint of the server's hello.",
        Kind::String,
        |row| hex(row.flow.ja3s.as_ref()),
    ),
    nullable(
        "certificate",
        "text",
        "The server's certificate in one line: names, issuer, validity. Seen below TLS 1.3 only.",
        Kind::String,
        |row| text(row.flow.certificate.as_ref()),
    ),
    nullable(
        "hidden",
        "word",
        "Where names asked or served in this flow are encrypted: `dot`, `doq`, `doh`, `ech`.",
        Kind::String,
        |row| word(row.flow.hidden),
    ),
    column(
        "gap_bytes",
        "bytes",
        "TCP payload that was never seen: holes in the stream.",
        Kind::Integer,
        |row| Value::Integer(row.flow.gap_bytes),
    ),
    nullable(
        "owner_company",
        "text",
        "The company that controls the name: `owner` or a part of it.",
        Kind::String,
        |row| owner(row, |company| &company.name),
    ),
    nullable(
        "owner_country",
        "ISO 3166-1 alpha-2",
        "Country of the head office of `owner`; empty where the catalogue gives none.",
        Kind::String,
        |row| {
            country(
                row.flow
                    .owner
                    .owner
                    .as_ref()
                    .and_then(|company| company.group_country.as_ref()),
            )
        },
    ),
    nullable(
        "owner_source",
        "words",
        "Which catalogue says so, and for which day it was believed right. The report's `data` has its hash.",
        Kind::String,
        |row| owner(row, |company| &company.said_by),
    ),
    nullable(
        "function",
        "words",
        "What the service under the name does, where a catalogue knows it: `push`, `telemetry`, `captive portal check`, …",
        Kind::String,
        |row| words(row.flow.owner.function.as_deref()),
    ),
    nullable(
        "hosted_by",
        "text",
        "For a name that a customer has below a name of a host: that host. The customer is not known.",
        Kind::String,
        |row| {
            words(
                row.flow
                    .owner
                    .hosted_by
                    .as_ref()
                    .map(|company| company.group.as_ref()),
            )
        },
    ),
    nullable(
        "cname_target",
        "text",
        "Where the CNAME chain of the name ended, as the device was told in this capture, if that is under another registrable domain.",
        Kind::String,
        |row| text(row.flow.owner.alias.as_ref().map(|alias| &alias.target)),
    ),
    nullable(
        "cname_owner",
        "text",
        "The ultimate parent of the company that controls that name, where a catalogue knows it.",
        Kind::String,
        |row| {
            let alias = row.flow.owner.alias.as_ref();
            let company = alias.and_then(|alias| alias.owner.as_ref());
            words(company.map(|company| company.group.as_ref()))
        },
    ),
    of_place(nullable(
        "operator",
        "text",
        "Who operates the network that announces the address: the ultimate parent. See `operator_source` for how that is known.",
        Kind::String,
        |row| {
            words(
                row.flow
                    .place
                    .operator
                    .as_ref()
                    .map(|operator| operator.top().0.as_ref()),
            )
        },
    )),
    of_place(nullable(
        "operator_source",
        "words",
        "Which catalogue says so, for which day and of which system; `registration of AS… only` where no catalogue knows the system: that names a legal person, not who controls it.",
        Kind::String,
        |row| {
            words(
                row.flow
                    .place
                    .operator
                    .as_ref()
                    .map(|operator| operator.source.as_ref()),
            )
        },
    )),
    of_place(nullable(
        "operator_company",
        "text",
        "The company that operates the network: `operator` or a part of it.",
        Kind::String,
        |row| {
            words(
                row.flow
                    .place
                    .operator
                    .as_ref()
                    .map(|operator| operator.name.as_ref()),
            )
        },
    )),
    nullable(
        "phase",
        "word",
        "The phase of the test in which the flow began (`--phases`).",
        Kind::String,
        |row| words(row.flow.phase.as_deref()),
    ),
    nullable(
        "in_baseline",
        "",
        "True if the capture of an idle phone (`--baseline`) has the destination too.",
        Kind::Boolean,
        |row| boolean(row.flow.in_baseline),
    ),
];

const fn column(
    name: &'static str,
    unit: &'static str,
    doc: &'static str,
    kind: Kind,
    value: for<'a> fn(Row<'a>) -> Value<'a>,
) -> Column {
    Column {
        name,
        unit,
        doc,
        kind,
        nullable: false,
        of_place: false,
        value,
    }
}

/// The column says nothing but what is known of the remote place.
const fn of_place(column: Column) -> Column {
    Column {
        of_place: true,
        ..column
    }
}

const fn nullable(
    name: &'static str,
    unit: &'static str,
    doc: &'static str,
    kind: Kind,
    value: for<'a> fn(Row<'a>) -> Value<'a>,
) -> Column {
    Column {
        name,
        unit,
        doc,
        kind,
        nullable: true,
        of_place: false,
        value,
    }
}

fn port<'a>(row: Row<'a>, number: u16) -> Value<'a> {
    match row.flow.transport {
        Transport::Tcp | Transport::Udp | Transport::UdpLite | Transport::Sctp => {
            Value::Integer(number.into())
        }
        _ => Value::Null,
    }
}

fn opinions<'a>(row: Row<'a>) -> Value<'a> {
    if row
        .flow
        .place
        .opinions
        .iter()
        .any(|opinion| opinion.country.is_some())
    {
        Value::Opinions(&row.flow.place.opinions, row.data)
    } else {
        Value::Null
    }
}

fn country(country: Option<&Country>) -> Value<'_> {
    words(country.map(Country::code))
}

fn integer<'a>(number: Option<u64>) -> Value<'a> {
    number.map_or(Value::Null, Value::Integer)
}

fn boolean<'a>(yes: Option<bool>) -> Value<'a> {
    yes.map_or(Value::Null, Value::Boolean)
}

fn word<'a>(word: Option<&'static str>) -> Value<'a> {
    word.map_or(Value::Null, Value::Word)
}

fn words(words: Option<&str>) -> Value<'_> {
    words.map_or(Value::Null, Value::Words)
}

fn owner<'a>(row: Row<'a>, of: fn(&Company) -> &Arc<str>) -> Value<'a> {
    words(row.flow.owner.owner.as_deref().map(of).map(AsRef::as_ref))
}

fn text(text: Option<&Text>) -> Value<'_> {
    text.map_or(Value::Null, Value::Text)
}

fn hex(digest: Option<&[u8; 16]>) -> Value<'_> {
    digest.map_or(Value::Null, |digest| Value::Hex(digest))
}

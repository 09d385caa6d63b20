//! Numbers of registries, and what the model counts and grades, in words.
//!
//! In:   link types, DNS types and response codes; verdicts, grades, scopes.
//! Out:  the names that their registries give them; words of the report's language. Those of the
//!       model's own (`as_str`) are for machines.
//! Spec: the tcpdump group's list of LINKTYPE_ values; IANA, "Domain Name System (DNS)
//!       Parameters".

use crate::language::{AxisWords, WORDS, fill};
use crate::model::{
    ClaimVerdict, Confidence, Fact, Grade, Known, Reason, Scope, Severity, Suppression, Verdict,
};
use std::borrow::Cow;

/// The name of a link type, without `LINKTYPE_`.
pub(crate) fn link(number: u32) -> Option<&'static str> {
    find(LINKS, number)
}

/// The mnemonic of a DNS record type; `TYPE65280` where there is none (RFC 3597 §5).
pub(crate) fn dns_type(number: u16) -> Cow<'static, str> {
    find(DNS_TYPES, number).map_or_else(|| format!("TYPE{number}").into(), Cow::Borrowed)
}

/// The mnemonic of a DNS response code; `RCODE12` where there is none.
pub(crate) fn dns_rcode(number: u16) -> Cow<'static, str> {
    find(DNS_RCODES, number).map_or_else(|| format!("RCODE{number}").into(), Cow::Borrowed)
}

/// A verdict in a sentence.
pub(super) fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Violated => WORDS.grades.violated,
        Verdict::Indeterminate => WORDS.grades.indeterminate,
        Verdict::Met => WORDS.grades.met,
    }
}

/// A verdict on a claim in a sentence.
pub(super) fn claim(verdict: ClaimVerdict) -> &'static str {
    match verdict {
        ClaimVerdict::Contradicted => WORDS.grades.contradicted,
        ClaimVerdict::Indeterminate => WORDS.grades.open,
        ClaimVerdict::NotExercised => WORDS.grades.untested,
        ClaimVerdict::Supported => WORDS.grades.supported,
    }
}

/// How sure a place is.
pub(super) fn sure(confidence: Confidence) -> &'static str {
    let [high, medium, low, none] = WORDS.grades.sure;
    match confidence {
        Confidence::High => high,
        Confidence::Medium => medium,
        Confidence::Low => low,
        Confidence::None => none,
    }
}

/// How sure a place is, of the word of the `country_confidence` column.
pub(super) fn sure_word(word: &str) -> &str {
    let all = [
        Confidence::High,
        Confidence::Medium,
        Confidence::Low,
        Confidence::None,
    ];
    let known = all.into_iter().find(|known| known.as_str() == word);
    known.map(sure).unwrap_or(word)
}

/// How grave a rule is, of the word in a saved report.
pub(super) fn severity_word(word: &str) -> &str {
    let known = Severity::ALL.into_iter();
    let mut known = known.filter(|known| known.as_str() == word);
    known.next().map(severity).unwrap_or(word)
}

/// How grave a rule is.
pub(super) fn severity(severity: Severity) -> &'static str {
    let [note, low, medium, high, critical] = WORDS.grades.severity;
    match severity {
        Severity::Note => note,
        Severity::Low => low,
        Severity::Medium => medium,
        Severity::High => high,
        Severity::Critical => critical,
    }
}

/// How far a flow goes.
pub(super) fn scope(scope: Scope) -> &'static str {
    let [outbound, local, multicast, loopback] = WORDS.grades.scope;
    match scope {
        Scope::Outbound => outbound,
        Scope::Lan => local,
        Scope::Multicast => multicast,
        Scope::Loopback => loopback,
    }
}

/// How a step of the reasoning is known.
pub(super) fn known(known: Known) -> &'static str {
    match known {
        Known::Declared => WORDS.declared,
        Known::Observed => WORDS.observed,
        Known::LookedUp => WORDS.looked_up,
        Known::Calculated => WORDS.calculated,
        Known::Inferred => WORDS.inferred,
    }
}

/// How a name is known, of the word of the `name_grade` column.
pub(super) fn grade(grade: &'static str) -> &'static str {
    let grades = [Grade::Observed, Grade::Inferred, Grade::None];
    let known = grades.iter().zip(WORDS.grades.named);
    let mut known = known.filter(|(known, _)| known.as_str() == grade);
    known.next().map_or(grade, |(_, word)| word)
}

/// What a source of places or owners gives.
pub(super) fn gives(given: &[&'static str]) -> String {
    const GIVEN: [&str; 7] = [
        "country",
        "asn",
        "ranges",
        "anycast",
        "registration",
        "owners",
        "database",
    ];
    let word = |given: &&'static str| {
        let known = GIVEN.iter().position(|known| known == given);
        let word = known.and_then(|at| WORDS.gives.get(at));
        (*word.unwrap_or(given)).to_owned()
    };
    WORDS.all(&given.iter().map(word).collect::<Vec<_>>())
}

/// What a fact that the user gave is about.
pub(super) fn fact(fact: Fact) -> &'static str {
    let words = &WORDS.about;
    match fact {
        Fact::Device => words.device,
        Fact::Firmware => words.firmware,
        Fact::Apps => words.apps,
        Fact::Sim => words.sim,
        Fact::Place => words.place,
        Fact::Dates => words.dates,
        Fact::Network => words.network,
        Fact::CapturedBy => words.captured_by,
        Fact::Method => words.method,
        Fact::Contact => words.contact,
        Fact::Case => words.case,
        Fact::Note => words.note,
    }
}

/// Why a finding does not count, in one sentence.
pub(super) fn suppression(suppression: &Suppression) -> String {
    let (owner, reason) = (&suppression.owner, &suppression.reason);
    let words = &WORDS.findings_part;
    match &suppression.expires {
        Some(day) => fill(words.suppressed_until, &[owner, reason, day]),
        None => fill(words.suppressed_always, &[owner, reason]),
    }
}

/// A template with one value around words of a capture, which may be no text.
pub(super) fn around(template: &str, subject: &[u8]) -> Vec<u8> {
    let (before, after) = template.split_once("{0}").unwrap_or((template, ""));
    [before.as_bytes(), subject, after.as_bytes()].concat()
}

/// A word of JSON as people read it: the name of a loss, a layer, the function of a name.
pub(super) fn term(word: &str) -> &str {
    let mut known = WORDS.terms.iter().filter(|(known, _)| *known == word);
    known.next().map_or(word, |(_, shown)| shown)
}

/// Why a packet or a layer was not understood.
pub(super) fn reason(reason: &Reason) -> String {
    let (layer, what) = (term(reason.layer), term(reason.what));
    match reason.number {
        Some(number) => fill(
            WORDS.losses_part.because_number,
            &[layer, what, &number.to_string(), &format!("{number:#x}")],
        ),
        None => fill(WORDS.losses_part.because, &[layer, what]),
    }
}

/// What a fact is about, by what JSON calls it.
pub(super) fn fact_word(name: &str) -> &str {
    let known = Fact::ALL.into_iter().find(|known| known.as_str() == name);
    known.map(fact).unwrap_or(name)
}

/// The axes of expectation by their rules.
pub(super) const AXES: [(&str, &AxisWords); 3] = [
    ("expected-country", &WORDS.place_axis),
    ("expected-operator", &WORDS.operator_axis),
    ("expected-owner", &WORDS.owner_axis),
];

fn find<N: Ord + Copy>(table: &[(N, &'static str)], number: N) -> Option<&'static str> {
    let place = table
        .binary_search_by_key(&number, |(known, _)| *known)
        .ok()?;
    table.get(place).map(|(_, word)| *word)
}

/// Sorted by number. 12 and 14 are what some systems write for RAW.
#[rustfmt::skip]
const LINKS: &[(u32, &str)] = &[
    (0, "NULL"), (1, "ETHERNET"), (3, "AX25"), (6, "IEEE802_5"),
    (7, "ARCNET_BSD"), (8, "SLIP"), (9, "PPP"), (10, "FDDI"),
    (12, "RAW"), (14, "RAW"), (50, "PPP_HDLC"), (51, "PPP_ETHER"),
    (100, "ATM_RFC1483"), (101, "RAW"), (104, "C_HDLC"), (105, "IEEE802_11"),
    (107, "FRELAY"), (108, "LOOP"), (109, "ENC"), (113, "LINUX_SLL"),
    (114, "LTALK"), (117, "PFLOG"), (119, "IEEE802_11_PRISM"), (122, "IP_OVER_FC"),
    (123, "SUNATM"), (127, "IEEE802_11_RADIOTAP"), (129, "ARCNET_LINUX"), (138, "APPLE_IP_OVER_IEEE1394"),
    (139, "MTP2_WITH_PHDR"), (140, "MTP2"), (141, "MTP3"), (142, "SCCP"),
    (143, "DOCSIS"), (144, "LINUX_IRDA"), (147, "USER0"), (148, "USER1"),
    (149, "USER2"), (150, "USER3"), (151, "USER4"), (152, "USER5"),
    (153, "USER6"), (154, "USER7"), (155, "USER8"), (156, "USER9"),
    (157, "USER10"), (158, "USER11"), (159, "USER12"), (160, "USER13"),
    (161, "USER14"), (162, "USER15"), (163, "IEEE802_11_AVS"), (165, "BACNET_MS_TP"),
    (166, "PPP_PPPD"), (169, "GPRS_LLC"), (177, "LINUX_LAPD"), (187, "BLUETOOTH_HCI_H4"),
    (189, "USB_LINUX"), (192, "PPI"), (195, "IEEE802_15_4_WITHFCS"), (196, "SITA"),
    (197, "ERF"), (201, "BLUETOOTH_HCI_H4_WITH_PHDR"), (202, "AX25_KISS"), (203, "LAPD"),
    (204, "PPP_WITH_DIR"), (205, "C_HDLC_WITH_DIR"), (206, "FRELAY_WITH_DIR"), (209, "IPMB_LINUX"),
    (215, "IEEE802_15_4_NONASK_PHY"), (220, "USB_LINUX_MMAPPED"), (224, "FC_2"), (225, "FC_2_WITH_FRAME_DELIMS"),
    (226, "IPNET"), (227, "CAN_SOCKETCAN"), (228, "IPV4"), (229, "IPV6"),
    (230, "IEEE802_15_4_NOFCS"), (231, "DBUS"), (235, "DVB_CI"), (236, "MUX27010"),
    (237, "STANAG_5066_D_PDU"), (239, "NFLOG"), (240, "NETANALYZER"), (241, "NETANALYZER_TRANSPARENT"),
    (242, "IPOIB"), (243, "MPEG_2_TS"), (244, "NG40"), (245, "NFC_LLCP"),
    (247, "INFINIBAND"), (248, "SCTP"), (249, "USBPCAP"), (250, "RTAC_SERIAL"),
    (251, "BLUETOOTH_LE_LL"), (253, "NETLINK"), (254, "BLUETOOTH_LINUX_MONITOR"), (255, "BLUETOOTH_BREDR_BB"),
    (256, "BLUETOOTH_LE_LL_WITH_PHDR"), (257, "PROFIBUS_DL"), (258, "PKTAP"), (259, "EPON"),
    (260, "IPMI_HPM_2"), (261, "ZWAVE_R1_R2"), (262, "ZWAVE_R3"), (263, "WATTSTOPPER_DLM"),
    (264, "ISO_14443"), (265, "RDS"), (266, "USB_DARWIN"), (268, "SDLC"),
    (270, "LORATAP"), (271, "VSOCK"), (272, "NORDIC_BLE"), (273, "DOCSIS31_XRA31"),
    (274, "ETHERNET_MPACKET"), (275, "DISPLAYPORT_AUX"), (276, "LINUX_SLL2"), (278, "OPENVIZSLA"),
    (279, "EBHSCR"), (280, "VPP_DISPATCH"), (281, "DSA_TAG_BRCM"), (282, "DSA_TAG_BRCM_PREPEND"),
    (283, "IEEE802_15_4_TAP"), (284, "DSA_TAG_DSA"), (285, "DSA_TAG_EDSA"), (286, "ELEE"),
    (287, "Z_WAVE_SERIAL"), (288, "USB_2_0"), (289, "ATSC_ALP"), (290, "ETW"),
];

/// Sorted by number.
#[rustfmt::skip]
const DNS_TYPES: &[(u16, &str)] = &[
    (1, "A"), (2, "NS"), (3, "MD"), (4, "MF"),
    (5, "CNAME"), (6, "SOA"), (7, "MB"), (8, "MG"),
    (9, "MR"), (10, "NULL"), (11, "WKS"), (12, "PTR"),
    (13, "HINFO"), (14, "MINFO"), (15, "MX"), (16, "TXT"),
    (17, "RP"), (18, "AFSDB"), (19, "X25"), (20, "ISDN"),
    (21, "RT"), (22, "NSAP"), (23, "NSAP-PTR"), (24, "SIG"),
    (25, "KEY"), (26, "PX"), (27, "GPOS"), (28, "AAAA"),
    (29, "LOC"), (30, "NXT"), (31, "EID"), (32, "NIMLOC"),
    (33, "SRV"), (34, "ATMA"), (35, "NAPTR"), (36, "KX"),
    (37, "CERT"), (38, "A6"), (39, "DNAME"), (40, "SINK"),
    (41, "OPT"), (42, "APL"), (43, "DS"), (44, "SSHFP"),
    (45, "IPSECKEY"), (46, "RRSIG"), (47, "NSEC"), (48, "DNSKEY"),
    (49, "DHCID"), (50, "NSEC3"), (51, "NSEC3PARAM"), (52, "TLSA"),
    (53, "SMIMEA"), (55, "HIP"), (56, "NINFO"), (57, "RKEY"),
    (58, "TALINK"), (59, "CDS"), (60, "CDNSKEY"), (61, "OPENPGPKEY"),
    (62, "CSYNC"), (63, "ZONEMD"), (64, "SVCB"), (65, "HTTPS"),
    (66, "DSYNC"), (99, "SPF"), (100, "UINFO"), (101, "UID"),
    (102, "GID"), (103, "UNSPEC"), (104, "NID"), (105, "L32"),
    (106, "L64"), (107, "LP"), (108, "EUI48"), (109, "EUI64"),
    (128, "NXNAME"), (249, "TKEY"), (250, "TSIG"), (251, "IXFR"),
    (252, "AXFR"), (253, "MAILB"), (254, "MAILA"), (255, "ANY"),
    (256, "URI"), (257, "CAA"), (258, "AVC"), (259, "DOA"),
    (260, "AMTRELAY"), (261, "RESINFO"), (262, "WALLET"), (32768, "TA"),
    (32769, "DLV"),
];

/// Sorted by number.
#[rustfmt::skip]
const DNS_RCODES: &[(u16, &str)] = &[
    (0, "NOERROR"), (1, "FORMERR"), (2, "SERVFAIL"), (3, "NXDOMAIN"),
    (4, "NOTIMP"), (5, "REFUSED"), (6, "YXDOMAIN"), (7, "YXRRSET"),
    (8, "NXRRSET"), (9, "NOTAUTH"), (10, "NOTZONE"), (11, "DSOTYPENI"),
    (16, "BADVERS"), (17, "BADKEY"), (18, "BADTIME"), (19, "BADMODE"),
    (20, "BADNAME"), (21, "BADALG"), (22, "BADTRUNC"), (23, "BADCOOKIE"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_its_numbers() {
        assert_eq!(link(1), Some("ETHERNET"));
        assert_eq!(link(149), Some("USER2"));
        assert_eq!(link(9_999), None);
        assert_eq!(dns_type(65), "HTTPS");
        assert_eq!(dns_type(65_280), "TYPE65280");
        assert_eq!(dns_rcode(3), "NXDOMAIN");
        assert_eq!(dns_rcode(12), "RCODE12");
    }

    #[test]
    fn tables_are_sorted() {
        assert!(LINKS.is_sorted_by(|a, b| a.0 < b.0));
        assert!(DNS_TYPES.is_sorted_by(|a, b| a.0 < b.0));
        assert!(DNS_RCODES.is_sorted_by(|a, b| a.0 < b.0));
    }
}

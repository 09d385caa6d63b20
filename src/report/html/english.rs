//! The page in English.

use super::words::Words;

pub(super) const ENGLISH: Words = Words {
    code: "en",
    skip: "Skip to the report",
    report: "report",
    contents: "Contents",
    summary: "Summary",
    findings: "Findings",
    pictures: "Pictures",
    destinations: "Destinations",
    names: "Names",
    flows: "Flows",
    method: "Method, limits, data, custody",
    verdicts: "Verdicts",
    scope: "Scope",
    violated: "Violated",
    indeterminate: "Indeterminate",
    met: "Met",
    contradicted: "Contradicted",
    supported: "Supported",
    not_exercised: "Not exercised",
    not_judged: "Not judged",
    confidence: "Confidence",
    high: "High",
    medium: "Medium",
    low: "Low",
    not_rated: "not rated",
    examined: "How much of the traffic could be examined",
    examined_words: "{0} of {1} packets that left the local network or came from outside it ({2}) \
        belong to flows with a name or with content that could be read. The content of {3} ({4}) \
        could be read, because it was not encrypted.",
    readable: "content readable",
    named: "named, content encrypted or not understood",
    unnamed: "no name seen, content not readable",
    local: "local network, not judged",
    phases: "How much of the phone’s behaviour was captured",
    no_phases: "No log of the test was given: what the phone was doing is not known. Claims that \
        depend on it cannot be judged.",
    voices: [
        "Type set like ",
        "this",
        " is evidence. ",
        " is someone else’s words. Everything else is Whereto’s. Each step says how it is known: \
         declared, observed, looked up, calculated or inferred.",
    ],
    read_as: "Read as: {0}",
    reasoning: "Reasoning",
    for_it: "For",
    against_it: "Against",
    open: "Leaves it open",
    does_not_show: "What this does not show",
    would_settle: "What would settle it",
    weakest: "Weakest link",
    hidden: "What could not be held against it",
    evidence: "Evidence",
    wireshark: "See it in Wireshark",
    wireshark_how: "Select, copy, and paste into the filter bar of Wireshark.",
    no_filter: "No filter: nothing to show.",
    reply: "Vendor’s reply",
    no_reply: "None recorded.",
    reply_how: "A reply is printed here in full and unedited, with its date.",
    none_observed: "None observed.",
    finding: "Finding {0}",
    claim: "Claim {0}",
    more_in_json: "{0} more {1}: in the tables below, and in full in the JSON report.",
    met_rows: "{0} of {1} findings are met: they stand in the table of destinations.",
    no_question: "Where does the traffic in this capture go?",
    limits_of_a_place: &[
        "Where any data is stored, or who can read it.",
        "Who runs the machine at an address, beyond the name it answers to.",
        "Whether other phones, networks or dates behave the same.",
        "Whether a flow was lawful.",
    ],
    find: "Find",
    anywhere: "Anywhere",
    place: "Where the server is",
    control: "Who controls it",
    protection: "Protection",
    cleartext_only: "Cleartext only",
    shown: "{0} of {1} shown",
    previous: "Previous",
    next: "Next",
    page_of: "Page {0} of {1}",
    cleartext: "Cleartext",
    unidentified: "Unidentified",
    no_name: "No name seen",
    unknown: "Unknown",
    rows_cut: "{0} of {1} rows stand here, the gravest verdicts first; the rest is in the CSV and \
        JSON reports (-o flows.csv, -o report.json).",
    method_parts: &[
        (
            "How a destination is named",
            &[
                "In order of trust: the name in the flow itself (TLS SNI, QUIC Initial, HTTP Host), \
                 then the DNS answer that the phone last received for that address. A reverse \
                 look-up is never made. Where neither is in the capture, the row says “no name \
                 seen”. A name from DNS says how many rivals share its address.",
            ],
        ),
        (
            "How a place is estimated",
            &[
                "A place is an estimate, never seen on the wire: the operator’s own published \
                 ranges, place databases, and lists of anycast prefixes, each with its date. What \
                 each source said stays visible.",
                "A round trip can rule a place out: light in fibre covers at most 100 km for each \
                 millisecond there and back. It never shows where a server is.",
                "One address that answers from many places (anycast) has no single country.",
            ],
        ),
        (
            "Limits",
            &[
                "A capture shows where packets go, not where data rests, who reads it, or where it \
                 is passed on to.",
                "It holds for this phone, this network and this time.",
                "Who owns a name and who operates a network comes from a catalogue with dates, not \
                 from the capture.",
                "What was encrypted was not read.",
            ],
        ),
        (
            "Custody of data",
            &[
                "The capture holds addresses and names that a person used. It was read on one \
                 machine and nothing was sent anywhere: names and places come from files. This \
                 report loads nothing from the network.",
                "Keep the capture encrypted and apart from this file. Delete it when the case \
                 closes.",
            ],
        ),
    ],
    marks: "What the words and marks mean",
    mark_words: &[
        (
            "violated",
            "At least one observed flow does not fit what was expected. Of a claim the word is \
             “contradicted”.",
        ),
        (
            "met",
            "Every relevant flow fits, and at least one was observed. Holds for this capture only. \
             Of a claim the word is “supported”.",
        ),
        (
            "indeterminate",
            "Relevant flows were observed, or could be hidden, and the evidence does not decide.",
        ),
        (
            "not-exercised",
            "The capture holds nothing that tests it. Neither good nor bad news.",
        ),
        (
            "high",
            "The operator’s own published range, or three databases of different makers that agree.",
        ),
        ("medium", "One or two databases, none of which differs."),
        (
            "low",
            "Sources differ and one is better supported. Never enough for “contradicted”.",
        ),
    ],
    data: "Data that places and owners were looked up in",
    inputs: "Inputs",
    losses: "What this capture does not show: losses",
    disagree: "Where sources disagree",
    again: "Check it yourself",
    again_words: "The same input, version, data and options give the same report, byte for byte.",
    footer: &[
        "Whereto reports flows observed in a capture. It does not say whether a transfer is lawful, \
         why it was made, or what was done with the data.",
    ],
};

//! The report in English.

use super::grounds::{
    AgeWords, AnycastWords, CatalogueWords, ClassWords, DeviceWords, ListWords, NowhereWords,
    WarningWords,
};
use super::reporting::{
    AboutWords, AnswerWords, AxisWords, ChangeWords, CommentWords, GradeWords, InputWords,
    JudgedWords, UnitWords, WhoWords,
};
use super::terminal::{
    ClaimsWords, ColumnWords, DataWords, DestinationsWords, ExaminedWords, ExplainWords,
    FindingsWords, InfoWords, LossesWords, NearbyWords, PhasesWords, PlaceWords, PolicyWords,
    ResolverWords, TerminalWords,
};
use super::{
    BlindWords, CauseWords, CaveatWords, ClaimSteps, ClaimWords, ComparedClaimWords, ComparedWords,
    DiffPageWords, ExpectedWords, ExplainedWords, FactWords, FlowWords, JoinWords, MapWords,
    NameChangeWords, PictureWords, ProtectedWords, ReadingWords, ResultWords, RuleWords,
    RulingWords, SettlingWords, Steps, SuppressionWords, TimelineWords, TripWords, Words,
};

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
    form_of: |number| usize::from(number != 1),
    packets: &["{0} packet", "{0} packets"],
    destinations_of: &["{0} destination", "{0} destinations"],
    countries_of: &["{0} country", "{0} countries"],
    networks_of: &["{0} network", "{0} networks"],
    flows_of: &["{0} flow", "{0} flows"],
    outbound_flows: &["{0} outbound flow", "{0} outbound flows"],
    places: &["{0} place", "{0} places"],
    records: &["{0} record", "{0} records"],
    claims_of: &["{0} claim", "{0} claims"],
    rules_of: &["{0} rule", "{0} rules"],
    findings_of: &["{0} finding", "{0} findings"],
    names_of: &["{0} name", "{0} names"],
    phases_of: &["{0} phase", "{0} phases"],
    part: "{0} of {1}",
    made_with: "Made with Whereto {0}.",
    out: "Out",
    into: "In",
    destination: "Destination",
    verdict: "Verdict",
    name: "Name",
    domain: "Registrable domain",
    known_by: "How it is known",
    owner: "Owner, looked up",
    flow: "Flow",
    to: "To",
    country: "Country",
    first_packet: "First packet, UTC",
    frame: "Frame",
    rule: "Rule",
    severity: "Severity",
    why: "Why",
    input_heads: ["File", "What it is", "SHA-256"],
    data_heads: [
        "Source",
        "What it gives, and its day",
        "SHA-256, and the credit",
    ],
    frame_number: "frame {0}",
    named_by: "{0}, {1} · frame {2}",
    name_known: "{0}, {1}",
    on_network: "on {0}",
    offered: "{0} offered",
    not_recognised: "{0}, not recognised",
    rule_flows: "{0} violated, {1} indeterminate, {2} met",
    policy_about: "{0} ({1})",
    policy_as_of: "{0}, as of {1}",
    policy_notice: "{0}. {1}",
    policy: "Policy",
    test_log: "Log of the test",
    not_hashed: "not hashed",
    no_date: "no date",
    source_gives: "{0}, {1}, {2}",
    gives: [
        "country",
        "asn",
        "ranges",
        "anycast",
        "registration",
        "owners",
        "database",
    ],
    by_rule: "Rule",
    reference: "Reference",
    suppressed: "suppressed: {0}",
    said: "{0}, {1}. {2}",
    exhibit: ", {0}, {1} out: {2}",
    more_exhibits: &["and {0} more destination", "and {0} more destinations"],
    hidden_flows: "{0} ({1} of {2} out) may or may not be the subject’s; {3} of them could be a \
        counter-example.",
    hidden_encrypted: "{0} of {1} out ({2}) were encrypted: their content was not read.",
    first_frames: "{0}, first frames",
    more_addresses: "{0} and {1} more",
    filter_label: "Display filter",
    more_filtered: &[
        "{0} more address is in the JSON report.",
        "{0} more addresses are in the JSON report.",
    ],
    declared: "declared",
    observed: "observed",
    looked_up: "looked up",
    calculated: "calculated",
    inferred: "inferred",
    steps: Steps {
        source: "{0} ({1}{2}) says {3}.",
        source_detail: "{0} ({1}{2}) says {3} ({4}).",
        a_source: "a source",
        said_nowhere: "no country",
        operators_word: ", the operator’s own word",
        holders_word: ", the holder’s own word",
        extent: "{0} to {1}; {2} out, {3} in for the whole destination, {4}.",
        no_name: "No name was observed.",
        name_observed: "Its name was read in the flow itself ({0}).",
        name_inferred: "Its name is concluded from {0}: the flow itself does not say it.",
        alias: "DNS gave it as an alias of {0}, owned by {1}.",
        more_sources: &[
            "{0} more source spoke of the place.",
            "{0} more sources spoke of the place.",
        ],
        anycast: "Its network is declared anycast: it answers from many places at once.",
        place: "Place: {0}, {1} confidence.",
        place_class: "Place: {0}, {1} confidence: {2}.",
        no_place: "No country: {0}.",
        lowered: " Less sure than that class: {0}.",
        network: "Network operated by {0}, according to {1}.",
        network_number: "Network AS{2} operated by {0}, according to {1}.",
        owner: "Name owned by {0}, according to {1}.",
        customer: "Name of a customer of {0}; who that is, is not known.",
        no_source: "no source",
        seat: "{0} ({1})",
        group_seat: "{0}, of the group {1} ({2})",
        no_country: "country not known",
        round_trip: "The smallest round trip was {0} ms from {1}: light in fibre covers at most \
            {2} km there and back.",
        round_trip_off: "The smallest round trip was {0} ms: not used, {1}.",
        ruled_out: " It rules out {0}: {1} km or more.",
        listed_below: "{0} in this capture, listed below.",
        name_concluded: "The name was concluded, not seen in the flow: another name may be meant.",
        less_sure: "The place is less sure than its class: {0}.",
        registered: "The block is registered in {0}: a registration is no place.",
        country_ruled_out: "The round trip rules that country out.",
    },
    fits_speaker: "Does the traffic in this capture fit what {0} said?",
    fits_claims: "Does the traffic in this capture fit what was claimed?",
    claims_answer: "Of {0} in this capture: {1}.",
    claims_counted: [
        "{0} contradicted",
        "{0} left open",
        "{0} not tested",
        "{0} supported",
    ],
    time: "Time",
    length: "Length",
    length_is: "{0}, {1}",
    seen: "Observed",
    seen_is: "{0}, {1}",
    outbound: "Outbound",
    out_and_in: "{0} out, {1} in",
    capture_hash: "Capture hash",
    device: "Device",
    unrecognised: "{0} of {1} outbound ({2}) are in no protocol that this version recognises.",
    phase_sums: "{0}, {1} out",
    more_phases: &["and {0} more phase", "and {0} more phases"],
    in_flows: "In flows: {0}.",
    loss_kinds: ["Not IP", "Not decoded", "In part"],
    no_loss: "{0}: none.",
    loss: "{0}: {1}: {2}.",
    filtered: "Filtered: {0}.",
    drops_unknown: "Dropped while capturing: not recorded.",
    drops: "Dropped while capturing, where recorded: {0}.",
    cut: "Cut: {0}, {1} missing.",
    damaged: "Damaged: {0}, {1} lost.",
    damage_at: "Byte {0}: {1}.",
    folded: "{0} beyond the budget: counted in the totals, without rows.",
    loss_count: "{0}: {1}.",
    warning: "Warning: {0}.",
    more_listed: "and {0} more, see the JSON report",
    terms: &[],
    units: UNITS,
    grades: GRADES,
    place_axis: PLACE_AXIS,
    operator_axis: OPERATOR_AXIS,
    owner_axis: OWNER_AXIS,
    answers: ANSWERS,
    input: INPUT,
    about: ABOUT,
    terminal: TERMINAL,
    examined_part: EXAMINED,
    policy_part: POLICY,
    claims_part: CLAIMS,
    findings_part: FINDINGS,
    losses_part: LOSSES,
    destinations_part: DESTINATIONS,
    columns: COLUMNS,
    nearby_part: NEARBY,
    resolvers_part: RESOLVERS,
    phases_part: PHASES,
    who: WHO,
    data_part: DATA,
    judged: JUDGED,
    place_part: PLACE,
    info_part: INFO,
    explain_part: EXPLAIN,
    changes: CHANGES,
    comment: COMMENT,
    place_classes: CLASSES,
    nowhere: NOWHERE,
    anycast: ANYCAST,
    age: AGE,
    devices: DEVICES,
    warnings: WARNINGS,
    catalogue: CATALOGUE,
    lists: LISTS,
    all_pictures: PICTURES,
    map: MAP,
    timeline: TIMELINE,
    flow_diagram: FLOW,
    round_trips: TRIPS,
    diff_page: DIFF_PAGE,
    joins: JOINS,
    rules: RULES,
    rulings: RULINGS,
    suppressions: SUPPRESSIONS,
    claims: CLAIM,
    compared: COMPARED,
};

const UNITS: UnitWords = UnitWords {
    thousands: ",",
    bytes: "{0} B",
    sizes: [
        "{0}.{1} KiB",
        "{0}.{1} MiB",
        "{0}.{1} GiB",
        "{0}.{1} TiB",
        "{0}.{1} PiB",
        "{0}.{1} EiB",
    ],
    percent: "{0} %",
    percent_tenths: "{0}.{1} %",
    milliseconds: "{0} ms",
    milliseconds_tenths: "{0}.{1} ms",
    seconds: "{0}.{1} s",
    minutes: ["{0} min", "{0} min {1} s"],
    hours: ["{0} h", "{0} h {1} min"],
    days: ["{0} d", "{0} d {1} h"],
    span: "{0} to {1} UTC",
    unbroken: &[
        "B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB", "%", "ms", "s", "min", "h", "d", "UTC",
    ],
    comma: ", ",
    and: "{0} and {1}",
    semicolon: "; ",
    sentences: "{0} {1}",
    more: "{0} more",
    coded: "{0} ({1})",
    labelled: "{0}: {1}",
};

const GRADES: GradeWords = GradeWords {
    violated: "violated",
    indeterminate: "indeterminate",
    met: "met",
    contradicted: "contradicted",
    open: "indeterminate",
    untested: "not-exercised",
    supported: "supported",
    sure: ["high", "medium", "low", "none"],
    severity: ["note", "low", "medium", "high", "critical"],
    scope: ["outbound", "lan", "multicast", "loopback"],
    named: ["observed", "inferred", "none"],
};

const PLACE_AXIS: AxisWords = AxisWords {
    label: "Expected",
    question: "Does the traffic in this capture stay within {0}?",
    yes: &[
        "Yes, in this capture: the one destination is at addresses placed within what was \
         expected.",
        "Yes, in this capture: all {0} destinations are at addresses placed within what was \
         expected.",
    ],
    no: "No: in this capture flows were observed to addresses in {0}, for {1}.",
    open: "For {0} the place is not known surely enough.",
    none_elsewhere: "No flow was observed to an address placed elsewhere.",
    met: "met: {0} at addresses placed within what was expected",
    about: "Flows are expected to addresses in certain countries",
};

const OPERATOR_AXIS: AxisWords = AxisWords {
    label: "Operators",
    question: "Are the networks operated by companies with their seat in {0}?",
    yes: &[
        "Yes, in this capture: the one destination is in networks of operators with their seat \
         within what was expected.",
        "Yes, in this capture: all {0} destinations are in networks of operators with their seat \
         within what was expected.",
    ],
    no: "No: in this capture flows were observed to networks of operators with their seat in {0}, \
         for {1}.",
    open: "For {0} no catalogue names the operator.",
    none_elsewhere: "No flow was observed to a network of an operator with its seat elsewhere.",
    met: "met: {0} in networks of operators with their seat within what was expected",
    about: "Operators of networks are expected to have their seat in certain countries",
};

const OWNER_AXIS: AxisWords = AxisWords {
    label: "Owners",
    question: "Are the names owned by companies with their seat in {0}?",
    yes: &[
        "Yes, in this capture: the one destination is under names of owners with their seat \
         within what was expected.",
        "Yes, in this capture: all {0} destinations are under names of owners with their seat \
         within what was expected.",
    ],
    no: "No: in this capture flows were observed under names of owners with their seat in {0}, \
         for {1}.",
    open: "For {0} the owner of the name, or its seat, is not known.",
    none_elsewhere: "No flow was observed under a name of an owner with its seat elsewhere.",
    met: "met: {0} under names of owners with their seat within what was expected",
    about: "Owners of names are expected to have their seat in certain countries",
};

const ANSWERS: AnswerWords = AnswerWords {
    nothing_outbound: "None observed: there are no outbound flows in this capture.",
    not_decided: "Not decided. {0} {1}",
    to: "To {0}.",
    to_countries: "To {0} at addresses in {1}.",
    unplaced: "The country of {0} is not known.",
    not_judged: "Nothing was judged: --expect says what is expected.",
    more_countries: &["{0} more country", "{0} more countries"],
    no_country: "no known country",
    fits_policy: "Does the traffic in this capture fit the policy “{0}”?",
    policy_untested: "Not tested: no rule was exercised by this capture.",
    policy_yes: &[
        "Yes, in this capture: of the one rule {1}.",
        "Yes, in this capture: of {0} rules {1}.",
    ],
    policy_open: &[
        "Not decided: of the one rule {1}.",
        "Not decided: of {0} rules {1}.",
    ],
    policy_no: &[
        "No: in this capture {0} is violated.",
        "No: in this capture {0} are violated.",
    ],
    policy_no_others: &[
        "No: in this capture {0} is violated, {1}.",
        "No: in this capture {0} are violated, {1}.",
    ],
    rules_open: &["{0} is left open", "{0} are left open"],
    rules_met: &["{0} is met", "{0} are met"],
    rules_untested: &["{0} is not exercised", "{0} are not exercised"],
};

const INPUT: InputWords = InputWords {
    input: "{0}: {1}",
    link_type: "link type {0}",
};

const ABOUT: AboutWords = AboutWords {
    device: "Phone",
    firmware: "Firmware",
    apps: "Apps",
    sim: "SIM",
    place: "Place (declared)",
    dates: "Dates (declared)",
    network: "Network",
    captured_by: "Captured by",
    method: "Captured how",
    contact: "Contact",
    case: "Case",
    note: "Note",
};

const TERMINAL: TerminalWords = TerminalWords {
    at_least: "at least {0}",
    gravest: "Each destination and each flow counts under its gravest verdict.",
    time_is: "{0} ({1})",
    no_packets: "no packets",
    would_decide: "Would decide it: {0}",
    more_in_json: "and {0} more, see --format json",
};

const EXAMINED: ExaminedWords = ExaminedWords {
    heading: "EXAMINED",
    packets: "Packets",
    on_wire: "{0}, {1} on the wire",
    filter: "Filter",
    filter_is: "{0}, which {1} did not fit",
    outbound_is: "{0}: {1} out, {2} in",
    named: "Named",
    named_is: "{0} by what they say themselves, {1} inferred from earlier DNS answers, {2} \
        unnamed",
    baseline: "Baseline",
    baseline_is: "{0}: {1} to destinations that it has too; beside those {2}, {3} out, {4} in. No \
        verdict changes",
    captures: &["Capture", "Captures"],
    more_captures: "and {0} more, see --format json",
    not_hashed: "inputs were not hashed",
    no_device: "could not be told; every flow is seen from the end that opened it (--device names \
        one)",
    device_is: "{0}: {1}",
    group: "{0}: {1} as of {2}",
    expected: "{0}: {1} ({2})",
    expected_also: "{0}: {1} and {3} under a condition ({2})",
};

const POLICY: PolicyWords = PolicyWords {
    heading: "POLICY",
    title: "{0} ({1}, {2})",
    group: "{0}: {1} as of {2}, each membership at the flow's own time",
    identity: "SHA-256 {0}",
    identity_as_of: "as of {1}; SHA-256 {0}",
    not_exercised: "not exercised",
    rule_flows: "{0}: flows {1} violated, {2} indeterminate, {3} met",
    exception: "Exception {0}, granted by {1} until {2}: {3} flows covered, {4} after its end. {5}",
    rule: "rule {0} ({1}), {2}",
    rule_reference: "rule {0} ({1}), {2}; {3}",
};

const CLAIMS: ClaimsWords = ClaimsWords {
    contradicted: &[
        "Not all of it: {0} is contradicted by this capture.",
        "Not all of it: {0} are contradicted by this capture.",
    ],
    open: "Not decided: this capture leaves {0} open.",
    untested: "Not tested: no claim was exercised by this capture.",
    supported: "Yes, in this capture: it supports {0}.",
    supported_so_far: "As far as it was tested: this capture supports {0}, and does not exercise the \
        others.",
    heading: "CLAIMS",
    remark: "as read by the file of claims; a verdict is about this capture",
    quote: "“{0}” ({1}, {2})",
    cannot_show: "Cannot show: {0}",
    source: "Source: {0}; {1}, line {2}",
    reply: "Reply: “{0}”",
    against: "Against: {0} to {1}",
    left_open: "Open: {0} to {1}",
    fits: "For: {0} to {1}",
    more_destinations: &[
        "and {0} more destination, see --format json",
        "and {0} more destinations, see --format json",
    ],
    exhibit: &[
        "{0}: {1}, {2} out, first frame {3}. {4}",
        "{0}: {1}, {2} out, first frames {3}. {4}",
    ],
    exhibit_more: &[
        "{0}: {1}, {2} out, first frame {3} and {5} more. {4}",
        "{0}: {1}, {2} out, first frames {3} and {5} more. {4}",
    ],
    hidden: "Hidden: {0} may be of the subject ({1} of the bytes out), {2} of which could be \
        counter-examples; {3} out in flows of the subject are encrypted.",
};

const FINDINGS: FindingsWords = FindingsWords {
    heading: "FINDINGS",
    remark: "each in full: whereto explain ID CAPTURE",
    none: "None: nothing in this capture could be judged.",
    suppressed: "Suppressed: {0} of {1} violated, {2} of {3} indeterminate; they do not count for \
        the exit code",
    met_by_policy: "met: {0} of the policy",
    more: "and {0} more {1}: marked in the table below, in full with --format json",
    finding: "finding {0}",
    extent: "{0} out, {1} in, {2}",
    frames_and_finding: "{0}; finding {1}",
    first_frame: "first frame {0}",
    first_frames: "first frame of each flow: {0}",
    first_frames_more: "first frame of each flow: {0} and {1} more",
    suppressed_until: "Suppressed by {0} until {2}: {1}",
    suppressed_always: "Suppressed by {0}, without an end: {1}",
};

const LOSSES: LossesWords = LossesWords {
    heading: "LOSSES",
    remark: "what this capture does not show; what none can: docs/limits.md",
    none: "none",
    in_flows: "In flows",
    filtered: "Filtered",
    marks: "Marks",
    marks_are: "{0}: marks of phases, no traffic of the device",
    mismatch: "Mismatch",
    mismatch_is: "the buckets hold {0} but {1} were read: please report this as a defect",
    reason: "{0}: {1}",
    more_reasons: &[
        "{0} more reason, see --format json",
        "{0} more reasons, see --format json",
    ],
    more_interfaces: &[
        "{0} more interface, see --format json",
        "{0} more interfaces, see --format json",
    ],
    more_warnings: &[
        "{0} more warning, see --format json",
        "{0} more warnings, see --format json",
    ],
    more_places: &[
        "and {0} more place, see --format json",
        "and {0} more places, see --format json",
    ],
    dropped: "Dropped",
    dropped_by: "{0}: {1}",
    interface: "interface {0}",
    not_recorded: "not recorded",
    not_recorded_by_any: "not recorded by any of {0} interfaces",
    not_recorded_by: "not recorded by {0} of {1} interfaces",
    drops: "by the interface {0}, by the system {1}",
    drops_noted: "by the interface {0}, by the system {1}, noted at packets {2}",
    received: "{0}; received {1}",
    cut: "Cut",
    nothing_cut: "none: every packet was captured whole",
    cut_is: "{0} captured in part, {1} missing",
    damaged: "Damaged",
    damaged_is: "{0}, {1} lost",
    damage_at: "{0} at byte {1}: {2}",
    ends_inside: "{0} ends inside a record",
    unrecognised: "Unrecognised",
    unrecognised_is: "{0} of {1} outbound ({2}): in no protocol that this version recognises",
    also: "Also",
    folded: "{0} over the budget of {1}: counted in the totals, without rows",
    counted: "{0}: {1}",
    warning: "Warning: {0}",
    because: "{0}: {1}",
    because_number: "{0}: {1} {2} ({3})",
};

const DESTINATIONS: DestinationsWords = DestinationsWords {
    heading: "DESTINATIONS",
    observed: "flows observed in this capture",
    observed_in: &[
        "flows observed to addresses in {0} country in this capture",
        "flows observed to addresses in {0} countries in this capture",
    ],
    in_baseline: "in the baseline too",
    see_json: "see --format json",
    more_flagged: "and {0} more violated or indeterminate among them, see --format json",
    unplaced: "Country not known",
    sums: "{0}, {1}, {2} out, {3} in",
    unknown: "unknown",
    other: "other ({0})",
    name: "name {0} ({1})",
    no_name: "no name observed",
    no_short_name: "none observed",
    short_name: "{0}, {1}",
};

const COLUMNS: ColumnWords = ColumnWords {
    name: "name",
    network: "network",
    protocol: "protocol",
    flows: "flows",
    out: "out",
    into: "in",
    placed: "placed",
    named_by: "named by",
    from: "from",
    phase: "phase",
    lasted: "lasted",
    first: "first",
    flow: "flow",
    time: "time",
    local: "local",
    remote: "remote",
    name_or_address: "name or address",
    at: "at",
    frame: "frame",
    kind: "type",
    result: "result",
    answers: "answers",
    name_and_answers: "name, and answers below it",
    no_answer: "no answer",
    frames: "frames",
    to: "to",
    first_packet: "first packet (UTC)",
};

const NEARBY: NearbyWords = NearbyWords {
    heading: "NEARBY",
    remark: "not counted as outbound",
    local: "Local",
    local_is: "private, link-local or shared addresses",
    multicast: "Multicast",
    multicast_is: "groups or broadcast",
    loopback: "Loopback",
    loopback_is: "the device itself",
    none: "none observed",
    sums: "{0} ({1}), {2}, {3} out, {4} in",
    sums_protocols: "{0} ({1}), {2}, {3} out, {4} in: {5}",
};

const RESOLVERS: ResolverWords = ResolverWords {
    heading: "NAMES",
    resolvers: "Resolvers",
    address_in: "address in {0}",
    unplaced: "country not known",
    resolver: "{0}: {1}, {2}, {3}",
    hidden: "Not visible",
    hidden_are: "names asked over encrypted DNS at {0}; only the outer name of an encrypted hello at \
        {1}; no name at {2}",
};

const PHASES: PhasesWords = PhasesWords {
    heading: "PHASES",
    remark: "flows count in the phase they began in, packets in the one they were sent in",
    log: "Log",
    more_phases: &[
        "{0} more phase, see --format json",
        "{0} more phases, see --format json",
    ],
    moved: "its times moved by {0}.{1} s",
    before_first: "(before the first)",
    continued: "{0} +{1}",
    noted: "noted: {0}",
    more_contacts: "{0} more, see --format json",
    first_contact: "first contact: {0}",
};

const WHO: WhoWords = WhoWords {
    between: " · ",
    registered: "network registered in {0}, operator not known",
    operated: "operated by {0}",
    owned: "name owned by {0}",
    customer: "name of a customer of {0}",
    alias: "alias of {0}, owned by {1}",
    company_of: "{0}, of {1} ({2})",
};

const DATA: DataWords = DataWords {
    heading: "DATA",
    remark: "places are estimates, owners catalogue entries; neither seen on the wire",
    none: "No place data: every country is unknown.",
    source: "{0} ({1}), {2}, gives {3}",
    credit: "{0}, {1}",
    dated_credit: "{0} {1}: {2}",
    dated: "{0} {1}",
    shares: "Shares are of what can be asked: of all IPv4 addresses but the special ones \
        (private, reserved and so on), and of the IPv6 networks of 48 bits that the embedded \
        data knows to be announced.",
    kind: "Kind",
    kind_by: "{0} by {1}",
    gives: "Gives",
    what: "What",
    date: "Date",
    no_date: "none",
    has: "Has {0}",
    edition: "Edition",
    edition_of: "of one database with {0}: the one nearest to the traffic speaks",
    origin: "Origin",
    credit_label: "Credit",
    covers: "{0}: {1} of IPv4, {2} of announced IPv6",
};

const JUDGED: JudgedWords = JudgedWords {
    policy: "the policy",
    rule_of_policy: "The rule of the policy",
    met: "{0} of the destinations in this capture that the rule judges meet it",
    not_exercised: "No flow in this capture exercised the rule",
    damaged_at: "damaged at byte {0}: {1}",
    not_decoded: "not decoded: {0} of {1} packets: {2}",
    not_ip: "not IP: {0} of {1} packets: {2}",
    filtered: "packets filtered: {0}",
    cut: "packets cut: {0}",
    lost_records: "records lost in damage: {0}",
    damage: "places of damage: {0}",
    damaged: "the capture is damaged or cut",
    packets: "{0} packets",
    at_byte: "at byte {0}: {1}",
    all_damage: "{0} places of damage, {1} records lost",
    nothing_found: "nothing found",
    no_flow: "no flow in this capture exercised the rule",
    finding: "finding {0}",
    severity: "severity {0}",
    country: "country {0}",
    flows: "flows {0}",
    first_frames: "first frames {0}",
    would_decide: "would decide it: {0}",
    reference: "reference: {0}",
    claim: "claim: {0}",
    claimed_by: "{0}, {1}, {2}",
    read_as: "read as: {0}",
    against: "against: {0}",
    open: "open: {0}",
    with_frames: "{0} (frames {1})",
};

const PLACE: PlaceWords = PlaceWords {
    less_sure: "less sure than its class: {0}",
    said_by: "Said by",
    by_database: "{0}  {1} ({2})",
    by_operator: "{0}  {1} ({2}), the operator's own word",
    by_holder: "{0}  {1} ({2}), the holder's own word",
    anycast: "Anycast",
    anycast_by_database: "by a database",
    operator: "Operator",
    settled_by: "Settled by",
    country: "{0}, {1} confidence",
    country_class: "{0}, {1} confidence: {2}",
    not_known: "not known: {0}",
    nothing_said: "nothing was said",
    round_trip: "Round trip",
    round_trip_is: "{0} from {1}: light in fibre comes and returns from at most {2} km (in vacuum {3} \
        km)",
    round_trip_off: "{0} from {1}, not used: {2}",
    ruled_out: "not in {0}: {1} km or more",
    ruled_out_in_vacuum: "not in {0}: {1} km or more, even in vacuum",
    registered: "Registered",
    block_in: "the block in {0}",
    system_in: "{0}, most of its addresses in {1}",
    no_place: "{0} (no place)",
    company_of: "{0}, of {1}",
    operator_seat: "{0}, seat in {1}; {2}",
    operator_registered: "{0}; registered in {1}; {2} (weak)",
    owner: "Owner",
    customer: "not known: a customer of the host below",
    host: "Host",
    no_catalogue: "the name is in no catalogue",
    function: "Function",
    address: "Address",
    not_asked: "not asked: names are never looked up; audit a capture, or give an address",
    seat: "{0}, seat in {1}",
    seat_unknown: "{0}, seat not known",
    of_group: "{0}; of {1}",
    incorporated: "{0}; incorporated in {1}",
    according_to: "according to {0}",
    evidence: "{0}, {1}",
    note: "Note",
};

const INFO: InfoWords = InfoWords {
    inside: "{0} inside",
    form: "Form",
    inside_hash: "inside",
    more_interfaces: "{0} more interfaces, see --format json",
    more_notes: "{0} more notes, see --format json",
    no_snaplen: "no snaplen",
    snaplen: "snaplen {0}",
    no_resolution: "no resolution given",
    microseconds: "microseconds",
    nanoseconds: "nanoseconds",
    ticks: "{0} ticks a second",
    cut: "{0} cut",
    interface: "Interface {0}",
    secrets: "Secrets",
    secrets_are: "{0} of decryption secrets inside",
    names_are: "{0} in name resolution blocks",
    skipped: "Skipped",
    skipped_are: "blocks: {0}",
    block: "{0} of type {1}",
    order: "Order",
    unordered: "packet times go backwards somewhere",
};

const EXPLAIN: ExplainWords = ExplainWords {
    not_shown: "WHAT THIS DOES NOT SHOW",
    whole_list: "docs/limits.md has the whole list",
    would_settle: "WHAT WOULD SETTLE IT",
    reply: "VENDOR’S REPLY",
    quoted: "“{0}”",
    note: "Note: {0}",
    reasoning: "REASONING",
    reasoning_remark: "each step with how it is known",
    for_it: "FOR IT",
    against_it: "AGAINST IT",
    both_sides: "FOR AND AGAINST IT",
    no_flow: "No flow of the subject was observed.",
    evidence: "EVIDENCE",
    no_rows: "The rows of its flows are not in this report.",
    without: "without {0} more addresses",
    filter: "DISPLAY FILTER FOR WIRESHARK",
    packets: "ITS PACKETS",
    packets_remark: "as a capture of their own",
    asked_for: "Asked for",
    flow: "flow {0}",
    more_fit: "{0} more fit what was asked for: ask for one by its id.",
    finding: "finding {0}",
    claim: "claim {0}",
    destination: "destination {0}",
    not_judged: "Nothing was judged here: no expectation speaks of it.",
    from_saved: "Read from a saved report: the captures were not looked at. It has no packets and no \
        more than the first 16 flows of a finding; the commands need the captures it was \
        made from, where they were then.",
    several_captures: "Frames are counted over all {0} captures in the order of time.",
    filtered: "A filter chose the packets of this report; extract has none, and counts flows and \
        frames without it.",
    confidence_of: "{0}, of the place",
    rule_expects: "{0}: expected is {1}",
    looks_at: "Looks at",
    check: "{0}; severity {1}",
    policy_line: "{0} ({1}, {2}, line {3})",
    suppressed: "Suppressed",
    suppressed_until: "by {0} until {2}: {1}",
    suppressed_always: "by {0} without an end: {1}",
    claims: "Claims",
    claim_against: "does not fit {0}",
    claim_open: "leaves open {0}",
    claim_fits: "fits {0}",
    read_as: "Read as",
    source: "Source",
    file: "File",
    file_line: "{0}, line {1}",
    no_address: "no address",
};

const CHANGES: ChangeWords = ChangeWords {
    claims: "CLAIMS",
    claims_remark: "where it says this capture, the one after is meant",
    not_known: "not known",
    against: "Against it: {0}.",
    exhibit: "{0}: {1}; after: {2}",
    would_decide: "would decide: {0}",
    hidden: "{0} of {1} after may or may not be what the claim speaks of; {2} could be against \
        it",
    cannot_show: "cannot show: {0}",
    name: "Name",
    before: "Before",
    after: "After",
    round_trip: "RTT",
    else_: "What else",
    frames: "Frames",
    became: "{0} → {1}",
    more_rows: "and {0} more: in full with --format json or csv",
    more: "and {0} more",
    flows_before: "flows before",
    then: "after",
    bytes_before: "bytes out before",
    compared: "COMPARED",
    more_captures: "and {0} more captures",
    normalised: "Normalised",
    side: "{0}: {1}",
    saved: "a saved report",
    captures: "captures",
    recorded_in: "recorded in {0}",
    caveats: "TO BE KEPT IN MIND",
    caveat: "{0}: {1}",
    statuses: [
        "moved",
        "changed",
        "appeared",
        "vanished",
        "not-comparable",
        "unchanged",
    ],
    status_heads: [
        "MOVED",
        "CHANGED",
        "APPEARED",
        "VANISHED",
        "NOT COMPARABLE",
        "UNCHANGED",
    ],
    axes: [
        "OWNERS",
        "COUNTRIES",
        "OPERATORS",
        "PROTOCOLS",
        "ENCRYPTION",
    ],
    and_more: "{0} and {1} more",
    anycast: "anycast",
    not_surely: "{0}, not surely",
    not_recognised: "not recognised",
    group_country: "{0} {1}",
    trips: "{0} → {1} ms",
    trip_lost: "{0} → ? ms",
    trip_new: "? → {0} ms",
    summary: "{0}.",
    sum_moved: &["{0} name moved", "{0} names moved"],
    sum_changed: "{0} changed at the same or partly the same place",
    sum_appeared: "{0} appeared",
    sum_vanished: "{0} vanished",
    sum_unchanged: "{0} unchanged",
    sum_not_comparable: "{0} not comparable",
    title: "What changed between two captures",
    sides: "Before: {0}. After: {1}.",
    claims_are_after: "Where it says this capture, the one after is meant.",
    more_elsewhere: "and {0} more, in JSON and CSV.",
    keep_in_mind: "To be kept in mind",
};

const COMMENT: CommentWords = CommentWords {
    violated_are: "Violated ({0})",
    open_are: "Not decided ({0})",
    left_out: "and {0} more, left out here: `--format json` has them.",
    not_judged: "Nothing was judged in this capture.",
    policy: "Policy: {0}",
    findings: "Findings",
    suppressed: "Suppressed",
    claims: "Claims",
    contradicted: "contradicted",
    indeterminate: "indeterminate",
    not_exercised: "not exercised",
    supported: "supported by this capture",
    exit_code: "Exit code {0}.",
    input: "{0}: {1} packets, SHA-256 `{2}`",
    input_not_hashed: "{0}: {1} packets, not hashed",
    more_captures: "and {0} more captures",
    time: "from {0} to {1}",
    in_flows: "in flows: {0} packets",
    outbound: "outbound: {0} flows, {1} bytes out",
    names: "names of outbound flows: {0} observed, {1} inferred, {2} without",
    first_frames: "First frames",
    observed: "What was observed",
    finding: "Finding",
    would_decide: "*Would decide it:* {0}",
    not_known: "not known",
    claims_are: "Claims ({0})",
    claim: "Claim",
    says: "What this capture says",
    rules_untested: "Rules that no flow exercised ({0})",
    reason: "{0}: {1} packets: {2}",
    by_interfaces: "Dropped by interfaces: {0} packets",
    by_interfaces_unknown: "Dropped by interfaces: not recorded",
    by_systems: "Dropped by operating systems: {0} packets",
    by_systems_unknown: "Dropped by operating systems: not recorded",
    filtered: "Packets filtered: {0}",
    cut: "Packets cut: {0}",
    lost_records: "Records lost in damage: {0}",
    damage: "Places of damage: {0}",
    losses: "Losses: what this capture does not show",
    no_date: "without a date",
    source: "{0}, {1}",
    data: "Data",
};

const CLASSES: ClassWords = ClassWords {
    range_agreed: [
        "the operator publishes the range for a region, and the databases agree",
        "",
    ],
    range_disputed: [
        "the operator publishes the range for a region; a database says otherwise",
        "round-trip times with --vantage, which may exclude one of them",
    ],
    range_alone: [
        "the operator publishes the range for a region; no database has the address",
        "",
    ],
    databases_agree: [
        "three or more databases of different makers agree, and none differs",
        "",
    ],
    two_agree: [
        "two databases of different makers agree, and none differs",
        "a third database (--geo FILE.mmdb), or the operator's published ranges (--ranges \
            FILE)",
    ],
    one_apart: [
        "one database, and what it says is not merely the registration",
        "a second database (--geo FILE.mmdb), or the operator's published ranges (--ranges \
            FILE)",
    ],
    one_registered: [
        "one database, which says what the registration says and may have it from there",
        "a second database (--geo FILE.mmdb), or round-trip times with --vantage",
    ],
    apart_from_fallback: [
        "databases differ, and those that differ say what the registration says: they may \
            know nothing",
        "a further database (--geo FILE.mmdb), the operator's published ranges (--ranges \
            FILE), or round-trip times with --vantage",
    ],
    geofeed: [
        "the holder of the addresses says so itself (RFC 8805), and no one else",
        "a database that agrees (--geo FILE.mmdb), or round-trip times with --vantage",
    ],
    geofeed_agreed: [
        "the holder of the addresses says so itself (RFC 8805), and the databases agree",
        "round-trip times with --vantage",
    ],
    conflict: [
        "sources differ, and nothing tells which knows",
        "a newer edition of the databases that disagree, a further one (--geo FILE.mmdb), \
            the operator's published ranges (--ranges FILE), or round-trip times with --vantage",
    ],
    anycast: [
        "one address is served from many places",
        "what the operator says of the site that served this network, or round-trip times \
            measured from where the phone was (--vantage)",
    ],
    edge: [
        "the edge of a content network: what answers stands for servers elsewhere",
        "what the operator says of the site that served this network, or round-trip times \
            measured from where the phone was (--vantage)",
    ],
    range_abroad: [
        "the operator publishes the range for a region that has local zones abroad, and a \
            database names a country of one",
        "the operator's own list, which names local zones (--ranges ip-ranges.json)",
    ],
    excluded: [
        "every country that a source named is too far for the round trip",
        "a database that knows the address (--geo FILE.mmdb), or a capture from another \
            place",
    ],
    nothing: [
        "no source has the address",
        "a second database, or a newer one (--geo FILE.mmdb)",
    ],
};

const NOWHERE: NowhereWords = NowhereWords {
    conflict: "sources disagree",
    anycast: "anycast: one address, many places",
    edge: "edge of a content network: one address serves for many places",
    abroad: "the operator's region has zones abroad, and a database names a country of one",
    excluded: "excluded by the round trip",
    nothing: "not in any database",
    no_database: "no database is loaded",
    no_database_settled: "a place database (--geo FILE.mmdb)",
    damaged: "the database is damaged here",
    damaged_settled: "an undamaged copy of the database, or a second one (--geo FILE.mmdb)",
    far: "the data is more than a year older or newer than the traffic",
    left_out: "what another source says is excluded by the round trip",
    private: "private address",
    loopback: "loopback address",
    link_local: "link-local address",
    documentation: "documentation address",
    benchmark: "benchmarking address",
    multicast: "multicast address",
    reserved: "reserved address",
    tunnel: "tunnel address",
    unspecified: "unspecified address",
    carrier_nat: "carrier-grade NAT address",
    broadcast: "broadcast address",
    mapped: "IPv4-mapped address: never on the wire",
    local_nat64: "local-use NAT64 address",
    discard: "discard-only address",
    beside: "answered within a millisecond: by the phone itself, or by something beside it",
    data_late: "the handshake was answered far sooner than the first data: something on the way may \
        have answered it",
    everywhere: "most servers answered sooner than light allows for where databases put them: \
        something near the phone seems to answer for them",
};

const ANYCAST: AnycastWords = AnycastWords {
    by_operator: "declared by the operator: {0}",
    declared: "declared by {0} for its {1}, {2}: {3}",
    listed: "listed as anycast in {0}",
    listed_day: "listed as anycast in {0}, {1}",
    listed_part: "listed in {0} as a prefix of which a part is anycast",
    listed_part_day: "listed in {0}, {1} as a prefix of which a part is anycast",
    range_anycast: "anycast",
    range_edge: "edge of its network",
    zone_abroad: "{0}; or a zone of it in {1}",
    or: "{0} or {1}",
    registration_only: "registration of AS{0} only",
};

const AGE: AgeWords = AgeWords {
    far_older: &[
        "place data: {0} is up to {1} days older than the traffic, more than a year; \
            addresses move between countries: take countries as doubtful, and give an edition of \
            that time with --geo",
        "place data: {0} are up to {1} days older than the traffic, more than a year; \
            addresses move between countries: take countries as doubtful, and give an edition of \
            that time with --geo",
    ],
    far_newer: &[
        "place data: {0} is up to {1} days newer than the traffic, more than a year; \
            addresses may have moved since: take countries as doubtful, and give an edition of \
            that time with --geo",
        "place data: {0} are up to {1} days newer than the traffic, more than a year; \
            addresses may have moved since: take countries as doubtful, and give an edition of \
            that time with --geo",
    ],
    older: &[
        "place data: {0} is up to {1} days older than the traffic, more than 90 days; \
            addresses that moved in between are placed wrongly",
        "place data: {0} are up to {1} days older than the traffic, more than 90 days; \
            addresses that moved in between are placed wrongly",
    ],
    newer: &[
        "place data: {0} is up to {1} days newer than the traffic, more than 90 days; \
            addresses that moved in between are placed wrongly",
        "place data: {0} are up to {1} days newer than the traffic, more than 90 days; \
            addresses that moved in between are placed wrongly",
    ],
};

const DEVICES: DeviceWords = DeviceWords {
    capturing: "no private address; the capturing machine sent from it",
    asked: "no private address; the only one that asked DNS servers",
    private: "private address that opened flows to outside addresses",
    leading: "no private address; it opened most of the flows",
    joined: "{0}; joined by hardware address {1}",
    named: "named by --device",
    unseen: "named by --device; not observed in this capture",
};

const WARNINGS: WarningWords = WarningWords {
    damaged_data: "place data: a database is damaged; some addresses could not be looked up in it",
    no_device: "no audited device could be told: flows are oriented from the end that opened them; \
        --device says which one it is",
    unseen_device: "a device named by --device was not observed: flows that no named device has are \
        oriented from the end that opened them",
    several_devices: "{0} devices were found: --device says which one is audited",
    marks: "marks in the capture",
    log_and_marks: "{0} and marks in the capture",
    phases_outside: "of {0} phases of the log {1} begin before the first packet and {2} after the last: \
        a clock that was ahead or behind is set right by --clock-offset",
    odd_marks: "{0} marks of phases are no plain words of lower case letters, digits and hyphens, \
        and were passed over: the first is in frame {1}",
    no_marks: "no marks of phases were found in the capture",
};

const CATALOGUE: CatalogueWords = CatalogueWords {
    tenant: "a customer's name below a name of the host",
    other_time: "the catalogue knows the name for another time only",
    embedded: "seats and control of companies: {0}",
    seat_from: "{0}; seat from {1}",
    of_system: "{0} (AS{1})",
    groups: &["{0} group", "{0} groups"],
    companies: &["{0} company", "{0} companies"],
    as_of: "{0}, as of {1}",
    names_of_companies: "{0}: {1} names of companies",
    loaded_already: "{0} is loaded already: it is asked once",
    no_domains: "companies.json names companies and no domains: give trackers.json with it, by a \
        further --owners",
};

const LISTS: ListWords = ListWords {
    plain: "list of anycast prefixes",
    census: "LACeS anycast census",
    table: "table of anycast prefixes",
    prefixes: &["{0}: {1} prefix", "{0}: {1} prefixes"],
    in_part: "{0} anycast in part",
    unicast: "{0} left out as unicast or not sure",
    no_prefix: "{0} left out (no prefix)",
    cut: "{0} with bits beyond their length, which were cut off",
    ranges: "{0}: {1} ranges",
    no_range: "{0} left out (no prefix, or not whole)",
    mapped: "{0} IPv4-mapped, read as IPv4",
    unplaced: "{0} without a country, as their region is not known ({1})",
};

const PICTURES: PictureWords = PictureWords {
    fits: ["violated", "indeterminate", "met", "not judged"],
    note_gravest: "More was expected than countries of servers: what does not fit may be the \
        operator, the owner, the encryption or the resolver, and not the country. A destination \
        is drawn with the gravest verdict on it.",
    legend_fits: "fits what was expected",
    legend_out: "does not fit",
    legend_open: "not judged",
    legend_unsure: "indeterminate",
    not_drawn: "Not drawn",
    nothing_outbound: "No flow to an address outside the local network was observed",
    destination: "Destination",
    verdict: "Verdict",
    destinations: "Destinations",
    flows: "Flows",
    bytes_out: "Bytes out",
    country: "Country",
    with_article: "the {0}",
    both: ["{0} and {1}", "{0}, {1} and {2} more"],
    either: ["{0} or {1}", "{0}, {1} or {2} more"],
    comma: ", ",
    nameless: "no name, no address",
    customer_of: "a customer of {0}",
    owner_unknown: "owner not known",
    no_name: "no name seen",
    beside: "{0} · {1}",
    also: "{0} · {1}",
    question: "{0}?",
};

const MAP: MapWords = MapWords {
    spoken: "World map: {0}",
    spoken_part: "{0}: {1}, {2} out, {3}, {4}",
    certainty_spoken: [
        "high confidence",
        "medium or low confidence",
        "sources disagree",
        "anycast",
        "not drawn",
    ],
    certainty: [
        "high",
        "medium or low",
        "sources disagree",
        "anycast",
        "not drawn",
    ],
    title_out: &[
        "{0} of {1}, at addresses in {2}, does not fit what was expected",
        "{0} of {1}, at addresses in {2}, do not fit what was expected",
    ],
    title_out_nowhere: "{0} of {1} not fitting what was expected",
    title_unsure: &[
        "None of {1} was found not to fit; {0} is indeterminate",
        "None of {1} was found not to fit; {0} are indeterminate",
    ],
    title_fits: "All of {0} fit what was expected",
    title_none: "No country is known of any address",
    title_one: "Flows observed to addresses in {0}",
    title_many: "Flows observed to addresses in {0} countries; most bytes to {1}",
    subtitle: "Flows observed in this capture from the phone in {0}. A line grows wider with the \
        bytes sent. It joins end points and does not show the route.",
    subtitle_discs: "Flows observed in this capture. A disc grows with the bytes sent to a \
        country. No lines: where the phone was is not stated (--vantage).",
    note_outlines: "Outlines: Natural Earth 1:10m, simplified, in the Equal Earth projection; \
        Antarctica is left out. Borders follow that source; no position is taken on any of them. \
        Hatched with a dashed border: {0}, which more than one side claims.",
    note_point: "A country is drawn at one point inside it: the address may be anywhere in that \
        country.",
    note_phone: "The phone is drawn in the middle of {0} because its place was given as a country.",
    legend_open: "open: country known with medium or low confidence",
    legend_either: "somewhere in the hatched areas",
    caption: "Bytes out by country of the address",
    place: "Place",
    confidence: "Confidence",
    phone: "Phone",
    less_sure: "{0} · less sure",
    near: "Anycast, within {0} km of the phone",
    off_the_map: "a code that is not on the map",
    anycast: "anycast: answered in many places",
    unknown: "country not known",
    unlabelled: "Drawn without a label",
};

const TIMELINE: TimelineWords = TimelineWords {
    spoken: "Timeline: {0}",
    spoken_row: "{0}: {1}, {2} out",
    heads: [
        "Does not fit what was expected",
        "Indeterminate",
        "No name seen",
        "Fits",
        "Names",
    ],
    more: [
        "{0} more that do not fit",
        "{0} more, indeterminate",
        "{0} more without a name",
        "{0} more",
    ],
    title_out: "The first flow that does not fit began {0} into the capture, to {1}",
    title_fits: "Flows to {0} were observed; all fit what was expected",
    title_open: "Flows to {0} were observed",
    title_unsure: "Flows to {0} were observed; {1} of them indeterminate",
    nothing: "Nothing to draw.",
    subtitle: "A tick is the first packet of a flow, the bar behind it lasts to its last packet. \
        Time runs from {0} UTC.{1}",
    subtitle_phases: " Shaded bands are the phases of the test.",
    note_bars: "Packets are not kept one by one: a bar says that a flow was open, not that \
        something was sent all the while.",
    note_phases: "Phases: {0}.",
    legend_out: "does not fit: tick with a square",
    legend_unsure: "indeterminate: hatched bar",
    legend_plain: "not judged, or without a name",
    caption: "First and last packet of each destination",
    first: "First packet",
    last: "Last packet",
    elapsed: ["{0}.{1} s", "{0} min {1} s", "{0} h {1} min"],
    units: ["{0} s", "{0} min", "{0} h", "{0} days"],
};

const FLOW: FlowWords = FlowWords {
    spoken: "Flow diagram: {0}",
    spoken_band: "{0}, {1}, {2}: {3} out, {4}",
    app: "App",
    name: "Name",
    controls: "Who controls the name",
    place: "Where the server is",
    controller: "Controller",
    subtitle_apps: "Bytes out from app to controller to country of the address. Hatched bands end \
        in an indeterminate country. Where a server is and who controls it are two questions.",
    subtitle_names: "Bytes out from name to controller to country of the address. Hatched bands \
        end in an indeterminate country. Where a server is and who controls it are two questions.",
    nothing: "Not drawn: no bytes were sent outside the local network.",
    note: "A band is at least one pixel high, so that small ones can be seen; the table has the \
        numbers. Who controls a name comes from the catalogue of owners, not from the capture.",
    app_unknown: "app not known",
    user_id: "user id {0}",
    process: "process {0}",
    nowhere: "Indeterminate",
    more: [
        "{0} more that do not fit",
        "{0} more, indeterminate",
        "{0} more that fit",
        "{0} more",
    ],
    title_out: "{0} of {1} sent do not fit what was expected",
    title: "{0} sent to names of {1}, at addresses in {2}",
    controllers: &["{0} known controller", "{0} known controllers"],
    no_controller: "no known controller",
    caption_apps: "Bytes out by app, controller and country",
    caption_names: "Bytes out by name, controller and country",
    legend_out: "does not fit: outlined",
};

const TRIPS: TripWords = TripWords {
    spoken: "Round trips: {0}",
    spoken_part: "{0}, {1}: {2}",
    spoken_span: "{0} to {1} km",
    spoken_ruled: "at least {0} km away, ruled out",
    title_listed: "Round trips are listed, not drawn",
    title_none: "Round trips rule out none of the places that sources name, and show none",
    title_ruled: "Round trips rule out {0} for some addresses, and show no place",
    nothing: "Not drawn: no handshake gave a round trip outside the local network.",
    no_vantage: "Not drawn: a distance needs a place to measure from, and where the phone was is \
        not stated (--vantage). The table lists the smallest round trip of each destination.",
    subtitle: "Each bar spans the nearest and furthest part of that country from {0}. Below the \
        line a reply would have to be faster than light in fibre.",
    milliseconds: "{0} ms",
    near: "Anycast, within {0} km",
    rules_out: "rules out {0}",
    legend_out: "does not fit: squares at the ends",
    legend_dashed: "dashed: country less than surely known",
    legend_ruled: "ruled out by the round trip",
    note_late: "A long round trip says nothing about distance: a server nearby may answer late. \
        Distances run over the surface of a sphere, between corners of the outlines (Natural Earth \
        1:10m); for what is ruled out the shortest way that the estimate used.",
    note_cut: "{0} of {1} places are drawn; the table has every round trip.",
    ruled_at: "{0} (at least {1} km)",
    not_used: "not used: {0}",
    caption: "Smallest round trip of each destination",
    round_trip: "Round trip",
    round_trip_ns: "Round trip, ns",
    reach: "Reach of light in fibre, km",
    ruled: "Ruled out",
    axis: "RTT, ms",
    distance: "Distance from the phone, km",
    light: "Light in fibre: 102 km for 1 ms of RTT",
    light_short: "Light in fibre",
};

const DIFF_PAGE: DiffPageWords = DiffPageWords {
    kind: "comparison",
    question: "What changed between these captures?",
    claims: "Claims",
    claims_lede: "Judged over both sides, or on the side after. Where it says this capture, the \
        one after is meant, and frames are its frames.",
    groups: "Owners, countries, operators, protocols, encryption",
    compared: "What was compared",
    before: "Before",
    after: "After",
    vantage: "Recorded in (declared)",
    rows_cut: "{0} of {1} rows stand here, moved names first; the rest is in CSV and JSON \
        (-o changes.csv, -o changes.json).",
    status: "What became of it",
    any_status: "Anything",
    statuses: [
        "Moved",
        "Changed",
        "Appeared",
        "Vanished",
        "Not comparable",
        "Unchanged",
    ],
    severities: ["Critical", "High", "Medium", "Low", "Note"],
    round_trip: "Round trip",
    not_observed: "Not observed",
    extent: "{0}, {1} out, {2} in; frames {3}",
    axes: [
        "Owners",
        "Countries",
        "Operators",
        "Protocols",
        "Encryption",
    ],
    more_groups: &[
        "{0} more row is in CSV and JSON.",
        "{0} more rows are in CSV and JSON.",
    ],
    flows_before: "Flows before",
    flows_after: "Flows after",
    out_before: "Out before",
    out_after: "Out after",
    none: "none",
    caveats: "To be kept in mind",
    left_out: "Names beyond the budget of either side are left out of both.",
    normalised: "Made comparable",
    limits_head: "What a comparison does not show",
    limits: &[
        "Why something changed: an update, a setting, another network, chance.",
        "That what was not observed does not happen: it may be rarer than a capture is long.",
        "Where any data is stored, or who can read it.",
    ],
    captures: "{0}: {1}, read by Whereto {2}",
    saved_report: "{0}: {1}, a report saved by Whereto {2}",
    packets: "Packets",
    sha256: "SHA-256",
    more_inputs: &["and {0} more", "and {0} more"],
    data: "{0}: data sources",
    data_heads: ["Source", "Date", "SHA-256"],
    declared: "  Declared",
};

// The judge.

const JOINS: JoinWords = JoinWords {
    or: " or ",
    and_also: "; and ",
};

const RULES: RuleWords = RuleWords {
    confidence: ["none", "low", "medium", "high"],
    verdicts: ["violated", "indeterminate", "met"],
    with_article: "the {0}",
    nameless_country: "a country without a name",
    country_code: "{0} ({1})",
    of_group: "{0}, of the group {1}",
    flows: &[
        "Flow observed in this capture",
        "{0} flows observed in this capture",
    ],
    flows_to: &[
        "Flow observed in this capture to {1}",
        "{0} flows observed in this capture to {1}",
    ],
    some_flows_to: &["{0} of {1} flows observed in this capture to {2}"],
    addresses: &["an address", "{0} addresses"],
    addresses_at_least: "at least {0} addresses",
    expected: "the expected countries ({0})",
    expected_many: "the {0} expected countries",
    expected_groups: "the {0} expected countries (with {1})",
    placed: [
        "{0} in {1} ({2}), which is not among {3}.",
        "{0} in {1} ({2}), held against {3}.",
        "{0} in {1} ({2}), which is among {3}.",
    ],
    placed_nowhere: [
        "{0} in no country that can be told, but none of {1}.",
        "{0} in one of {1}; in which, cannot be told.",
    ],
    place: " Place: {0} confidence; {1}.",
    sources: " {0}.",
    source_says: [
        "{0} ({1}) says {2}",
        "{0} ({1}), the operator's own word, says {2}",
        "{0} ({1}), the holder's own word, says {2}",
    ],
    source_has_none: [
        "{0} ({1}) has no country",
        "{0} ({1}), the operator's own word, has no country",
        "{0} ({1}), the holder's own word, has no country",
    ],
    translated: " The IPv4 address inside the NAT64 address was placed.",
    low_confidence: " Low confidence decides nothing.",
    anycast: "{0} whose operator serves it from many places at once (anycast): no database can \
        tell which of them answered.",
    anycast_source: "{0} whose operator serves it from many places at once (anycast; {1}): no \
        database can tell which of them answered.",
    not_asked: "{0} whose place is not asked: {1}.",
    disagree: "{0} on whose country the sources disagree.",
    too_soon: "{0} that answered too soon for every country that a source names.",
    in_no_database: "{0} that no loaded database places.",
    no_database: "{0} whose place is unknown: no database is loaded.",
    no_country: "{0} that has no country: {1}.",
    no_reason: "no country is known",
    inside_decides: "the packets inside the tunnel, captured where it ends",
    not_public_decides: "no database: the address is not in public use; the network that carried \
        the capture would have to say where it ends",
    source_decides: "a source that places the address more surely (--geo FILE.mmdb)",
    condition: " Whether {0} counts as a member of {1} hangs on what no capture shows: {2}.",
    condition_decides: "knowledge from elsewhere: whether that condition holds",
    answer_off: " The first answer came in {0} ms; it excludes nothing: {1}.",
    answer: " The first answer came in {0} ms, in which light in fibre comes and returns from at \
        most {1} km around the vantage {2}. A proxy or an edge of a content network may have \
        answered for a server elsewhere.",
    answer_excludes: " The first answer came in {0} ms, in which light in fibre comes and returns \
        from at most {1} km around the vantage {2}: what answered is {3}. A proxy or an edge of a \
        content network may have answered for a server elsewhere.",
    excluded: "not in {0} ({1} km or more)",
    excluded_in_vacuum: "not in {0} ({1} km or more, even in vacuum)",
    network: "{0} in a network of {1}.",
    network_number: "{0} in a network (AS{2}) of {1}.",
    network_unnamed: "{0} in a network that no loaded database names.",
    network_registered: "{0} in a network (AS{1}) of which only the registration is known: it does \
        not say who controls it.",
    network_uncatalogued: "{0} in a network (AS{1}) whose operator is in no loaded catalogue.",
    operator_seat: [
        " The seat of the company that, according to {0}, controls the network is in {1} ({2}), \
            which is not among {3}.",
        " The seat of the company that, according to {0}, controls the network is in {1} ({2}), \
            held against {3}.",
        " The seat of the company that, according to {0}, controls the network is in {1} ({2}), \
            which is among {3}.",
    ],
    system_decides: "a database of autonomous systems that has the address (--geo FILE.mmdb)",
    operator_decides: "a catalogue that names the operator of AS{0} (--owners FILE)",
    name_of: "{0} under a name of {1}.",
    owner_seat: [
        " The seat of the company that, according to {0}, controls the name is in {1} ({2}), \
            which is not among {3}.",
        " The seat of the company that, according to {0}, controls the name is in {1} ({2}), \
            held against {3}.",
        " The seat of the company that, according to {0}, controls the name is in {1} ({2}), \
            which is among {3}.",
    ],
    alias: " In this capture the name was an alias of one that, according to {0}, {1} controls.",
    alias_seat: " In this capture the name was an alias of one that, according to {0}, {1} ({2}) \
        controls.",
    owner_no_seat: "{0} under a name of {1}, according to {2}, which gives no country.",
    owner_no_name: "{0} without an observed name: whose they are, cannot be told.",
    owner_outer: "{0} under the outer name of an encrypted hello: the name inside is hidden.",
    owner_customer: "{0} under a name that a customer of {1} has: who the customer is, is not \
        known.",
    owner_open: "{0} under a name without an owner: {1}.",
    owner_uncatalogued: "{0} under a name that is in no loaded catalogue.",
    seat_decides: "a catalogue that gives the seat of that company (--owners FILE)",
    name_decides: "a name: the device's DNS answers in the capture, or a handshake that shows it",
    inner_name_decides: "the name inside the encrypted hello, from the device or its DNS answers",
    customer_decides: "a catalogue that has the customer's name (--owners FILE)",
    owner_decides: "a catalogue that has the name (--owners FILE)",
};

const RULINGS: RulingWords = RulingWords {
    not_told_apart: "{0}, {1} on {2}, to destinations that are not told apart here.",
    exception_open: " Whether the exception {0} covers them, cannot be told.",
    expired: "The exception {0}, granted by {1}, ended on {2}, before the end of this capture.",
    expired_unneeded: " None of the flows observed in this capture would have needed it.",
    expired_flows: &[
        " One flow observed in this capture would have been covered by it.",
        " {0} flows observed in this capture would have been covered by it.",
    ],
    expired_decides: "its owner: renew the exception, or take it out of the policy",
    least_confidence: " The policy asks for {0} confidence at least.",
    rival: " Whether this rule judges them or {0}, by which they would be {1}, cannot be told.",
    rule_open: " Whether the rule means them, cannot be told.",
    condition_source: " Whether {0} counts as a member of {1} hangs on what no capture shows: {2} \
        ({3}).",
    condition_decides: "knowledge from elsewhere: {0}",
    membership_decides: "what the membership hangs on",
    places_without: "{0}, without {1}",
    places_but: "all but {0}",
    because: "{0}: {1}. Expected is {2}.",
    cause_of: "{0} with {1}",
    expected: EXPECTED,
    causes: CAUSES,
    protocol_decides: "what the flow speaks, from the device or the app that opened it",
    handshake_decides: "the whole handshake: a capture that holds both directions from the start",
    strength_decides: "the strength of that protocol, which is not that of TLS",
    resolver_decides: "the name or the owner of the resolver",
    local_resolver_decides: "a capture on the other side of the local resolver",
    tunnel_decides: "how the capture was made, and who built the tunnel",
    proxied: " The name was given to a proxy at that address: where the named server is, is not \
        shown.",
    proxied_decides: "a capture on the other side of the proxy",
    not_its_name: " The name may not be the one that was asked for: others share the address, or \
        it stands before a hidden one.",
    its_name_decides: "the name that was asked for, from the device or its handshake",
    carries: " The flow carries other traffic inside: where that goes, and whose it is, is not \
        shown.",
    carries_decides: "the traffic inside, captured before it enters the tunnel",
    sure_name_decides: "a name that is surely the flow's own",
    owner_or_name_decides: "a catalogue that has the name (--owners FILE), or a name that is \
        surely the flow's own",
    app_decides: "a capture that names the app of each flow",
    phase_decides: "a log of the test that has the phase (--phases FILE)",
    speaks_decides: "what the flow speaks",
    explained: EXPLAINED,
};

const EXPECTED: ExpectedWords = ExpectedWords {
    no_limit: "no limit",
    encrypted: "that content is encrypted",
    at_least: "{0} at least",
    not_asked_for: "nothing: encryption is not asked for",
    unreadable_names: "that names cannot be read on the way",
    resolver: "another resolver, or this one where it is met",
    no_hidden_names: "that names are not hidden from the network",
    names_hidden_by: "that names are hidden by nothing but {0}",
    no_tunnel: "that no other traffic is carried inside",
    tunnelled_by: "that other traffic is carried by nothing but {0}",
    no_flow: "no flow at all",
};

const CAUSES: CauseWords = CauseWords {
    version: "version {0}",
    chosen: "{0} chosen",
    offered: "{0} offered at most, and the choice not seen",
    hiding: "names hidden by {0}",
    tunnel: "other traffic carried inside ({0})",
    inside: "a tunnel around them ({0}) that may be part of how it was captured",
    country: "the country",
    unsure: "a country that is not known surely enough",
    unknown: "no country that is known",
    condition: "a country that belongs to a group under a condition",
    carries: "other traffic carried inside",
    proxied: "a name that was given to a proxy",
    not_its_name: "a name that may be that of another service",
    clear: "content that can be read on the way",
    null_cipher: "a cipher suite that does not encrypt",
    no_version: "encryption, by a version of TLS that was not seen",
    otherwise_encrypted: "encryption otherwise than by TLS",
    unclear: "a protocol that does not tell whether it is encrypted",
    unrecognised: "no protocol that was recognised",
    no_demand: "nothing that is asked for",
    name_seen: "a name that can be read on the way",
    questions_seen: "questions for names that can be read on the way",
    name_hidden: "a name that cannot be read in the handshake",
    no_handshake: "no handshake that would show it",
    resolver: "questions for the addresses of names",
    resolver_open: "a resolver of which not enough is known",
    local_resolver: "a local resolver, which passes questions on unseen",
    not_hidden: "nothing hidden",
    no_tunnel: "a protocol that carries no other traffic",
    there: "there where none is expected",
};

const EXPLAINED: ExplainedWords = ExplainedWords {
    not_applied: "this axis does not apply to such a flow",
    means: "rule {0} (line {1}) means the flow; it expects {2}, and says {3}: {4}",
    means_country: "rule {0} (line {1}) means the flow; it expects {2}, and says {3}: {4} ({5})",
    may_mean: "rule {0} (line {1}) may mean the flow: {5} cannot be told; it expects {2}, and says \
        {3}: {4}",
    may_mean_country: "rule {0} (line {1}) may mean the flow: {5} cannot be told; it expects {2}, \
        and says {3}: {4} ({6})",
    no_rule: "no rule means the flow",
    none_surely: "none surely means the flow, and by all it is as expected: not judged",
    disagree: "which of them judges, cannot be told, and they do not agree",
    ended: "exception {0} ended on {1}",
    covers: "exception {0} covers it: not judged",
    may_cover: "exception {0} may cover it: indeterminate",
    phases_and_times: "phases and times",
};

const SUPPRESSIONS: SuppressionWords = SuppressionWords {
    expired: "{0}:{1}: the suppression of {2} has expired and does not apply",
    unused: "{0}:{1}: the suppression of {2} fits no finding of this report",
    name_under_rule: "{0} under {1}",
};

const CLAIM: ClaimWords = ClaimWords {
    reading: READING,
    facts: FACTS,
    decides: SETTLING,
    cannot_show: BLIND,
    results: RESULTS,
    steps: CLAIM_STEPS,
};

const READING: ReadingWords = ReadingWords {
    every: "Every outbound flow {0}.",
    every_of: "Every outbound flow {0} {1}.",
    none: "There is no outbound flow.",
    none_of: "There is no outbound flow {0}.",
    upkeep: " Name resolution (DNS on port 53, encrypted DNS), DHCP, NTP and ICMP are outside.",
    storage: " Storage cannot be seen: from where it is served is shown, and decides nothing.",
    apps: "of the app {0}",
    owners: "to names owned by {0}",
    domains: "to names in {0}",
    names: "to names like {0}",
    functions: "to names that serve {0}",
    protocols: "that speaks {0}",
    ports: "to port {0}",
    addresses: "to the address {0}",
    devices: "of the device {0}",
    phases: "in the phase {0}",
    before_phase: "before the phase {0}",
    from_phase: "from the phase on {0}",
    from: "from {0}",
    until: "before {0}",
    placed_in: "goes to an address placed, with {0} confidence or more, in one of {1}",
    placed_out: "goes to an address placed, with {0} confidence or more, in none of {1}",
    operated: "goes to a network operated by {0}",
    owned: "goes to a name owned by {0}",
    owned_directly: "goes to a name owned by {0}, which is no alias of a name of others",
    encrypted: "is encrypted by {0} or later, or QUIC",
    absent: "is absent",
    sooner: "is answered sooner than in a capture from before",
    migrated: "goes elsewhere since {0} than in a capture from before",
};

const FACTS: FactWords = FactWords {
    sentences: " ",
    carried: "A tunnel or a proxy: what is in it, and where that goes, cannot be seen.",
    placed: "The address is placed in {0}, {1} confidence; the claim names {2}.",
    placed_unsurely: "The address is placed in {0} with {1} confidence only.",
    anycast: "The address is served from many places at once (anycast).",
    no_country_because: "The address has no country that is known: {0}.",
    no_country: "The address has no country that is known.",
    condition: " Whether it counts as a member of {0} hangs on what no capture shows: {1}.",
    operated: "The network is operated by {0} ({1}).",
    no_operator: "No catalogue names the operator of the network.",
    there: "The flow was observed.",
    two_captures: "It has to be held against a capture from before.",
    alias: "The name is an alias of a name of {0} (frame {1}).",
    owned: "The name is owned by {0} ({1}).",
    another_name: "The name may not be the one that was asked for.",
    no_name: "No name was observed.",
    no_owner: "No catalogue says who owns the name.",
    unrecognised: "a protocol that was not recognised",
    silent: "Nothing was said in it.",
    clear: "It speaks {0}, which anyone on the way can read.",
    protected: "It speaks {0}, protected by {1}.",
    no_more_than: "It speaks {0}, and offers no more than {1}.",
    version_unseen: "It speaks {0}; which version was chosen was not seen.",
    up_to: "It speaks {0} and offers up to {1}; what the server chose was not seen.",
    encrypts_itself: "It speaks {0}, which encrypts in a way of its own.",
    encryption_unknown: "It speaks {0}; whether that is encrypted is not known.",
    doubt_name: "No name was observed, or one that hides another: it may be of the subject.",
    doubt_rivals: "Several names share the address: it may be of the subject.",
    doubt_owner: "Who owns the name, or what it serves, is not known: it may be of the subject.",
    doubt_phase: "In which phase of the test it began is not known: it may be of the subject.",
    doubt_app: "Which app it is of is not known: it may be of the subject.",
    doubt: "It may be of the subject.",
};

const SETTLING: SettlingWords = SettlingWords {
    carrier: "a capture where the tunnel or the proxy ends",
    phases: "a log of the test with the phases that the claim speaks of (--phases FILE)",
    name: "the names of those flows: a capture that begins before their DNS answers, or one made \
        on the phone without encrypted DNS and ECH",
    owner: "a catalogue that says who owns those names (--owners FILE)",
    app: "a capture that says which app a flow is of (PCAPdroid, PKTAP, NFLOG)",
    protocol: "a capture that begins before those flows",
    place: "a second place database (--geo FILE), the operator's own ranges (--ranges FILE), or a \
        round trip from a known place (--vantage)",
    condition: "knowledge from elsewhere: whether the condition of the membership holds",
    storage: "records of where it is stored, or an audit of them: a capture shows where something \
        is sent, never where it is kept",
    operator: "a catalogue that says who operates those networks (--owners FILE)",
    encryption: "a capture that holds the handshakes of those flows",
    two_captures: "`whereto diff BEFORE AFTER --claims FILE`",
    folded: "a shorter capture, or parts of it: its table of flows was full",
    exercise: "a capture of a test that exercises the subject of the claim",
};

const BLIND: BlindWords = BlindWords {
    storage_claimed: "Storage, of which the claim speaks: a capture shows where something is \
        sent, never where it is kept.",
    storage: "Storage: where anything is kept once it has arrived.",
    onward: "Onward transfer: what a server passes on, and where to; an edge of a content network \
        may stand before one elsewhere.",
    access: "Remote access: who can read what is there, and from where.",
    machine: "Who runs the machine at an address: only whose network it is in.",
    keys: "How anything is protected once it has arrived, and who holds the keys.",
    certificates: "Whether certificates were checked.",
    consent: "Whether consent was asked for or given: phases are the tester's word.",
    later: "What was gathered meanwhile and sent later.",
    receivers: "Who receives what under a name of the vendor: others may run servers under it, \
        and an alias that was not looked up in this capture is not seen.",
    latency: "What users notice: a round trip is not the whole of latency, and depends on the \
        network of the test.",
    old_servers: "Whether old servers still serve others.",
    others: "Other users, phones, networks and times: this is one test.",
    versions: "Other firmware and app versions, and what those here do in situations that the \
        test did not bring about.",
};

const RESULTS: ResultWords = ResultWords {
    missing: "Missing from the flows: {0}.",
    filtered: &["{0} packet filtered out", "{0} packets filtered out"],
    dropped: &[
        "{0} packet dropped before capture",
        "{0} packets dropped before capture",
    ],
    undecodable: &["{0} packet not decodable", "{0} packets not decodable"],
    cut: &[
        "{0} packet cut by the snaplen",
        "{0} packets cut by the snaplen",
    ],
    lost: &["{0} record lost in damage", "{0} records lost in damage"],
    damaged: &[
        "{0} place damaged in the file",
        "{0} places damaged in the file",
    ],
    folded: &[
        "{0} flow folded for want of room",
        "{0} flows folded for want of room",
    ],
    not_captured: "The time of which the claim speaks is not in this capture: it was not put to \
        the test.",
    not_tested: "No flow of the subject was observed in this capture: the claim was not put to the \
        test.",
    none_against: " None was observed that does not fit.",
    storage_unseen: " Where anything is stored, no capture shows.",
    contradicted: "In this capture {0}: that does not fit the claim as read.",
    broken_placed: &[
        "{0} of the subject was observed to an address placed in {1}",
        "{0} of the subject were observed to addresses placed in {1}",
    ],
    broken_excluded: &[
        "{0} of the subject was observed to an address that the round trip leaves in none of the \
            countries of the claim",
        "{0} of the subject were observed to addresses that the round trip leaves in none of the \
            countries of the claim",
    ],
    broken_operator: &[
        "{0} of the subject was observed to a network of another operator",
        "{0} of the subject were observed to a network of another operator",
    ],
    broken_owner: &[
        "{0} of the subject was observed under a name of another owner",
        "{0} of the subject were observed under a name of another owner",
    ],
    broken_alias: &[
        "{0} of the subject was observed under a name of another owner, or an alias of one",
        "{0} of the subject were observed under a name of another owner, or an alias of one",
    ],
    broken_encryption: &[
        "{0} of the subject was observed without encryption, or with less than {1}",
        "{0} of the subject were observed without encryption, or with less than {1}",
    ],
    broken_silence: &[
        "{0} of the subject was observed, where the claim has none",
        "{0} of the subject were observed, where the claim has none",
    ],
    broken: &[
        "{0} of the subject was observed",
        "{0} of the subject were observed",
    ],
    supported_none: "In this capture no flow of the subject was observed: that fits the claim as \
        read.",
    supported_none_then: "In this capture no flow of the subject was observed, in the time of \
        which the claim speaks: that fits the claim as read.",
    supported_placed: &[
        "In this capture the one flow of the subject was observed to an address placed in {1}: \
            that fits the claim as read.",
        "In this capture all {0} flows of the subject were observed to addresses placed in {1}: \
            that fits the claim as read.",
    ],
    supported: &[
        "In this capture the one flow of the subject was observed as the claim has it: that fits \
            the claim as read.",
        "In this capture all {0} flows of the subject were observed as the claim has it: that fits \
            the claim as read.",
    ],
    left_open: &[
        "In this capture {0} leaves the claim open.",
        "In this capture {0} leave the claim open.",
    ],
    time_unknown: "Whether the time of which the claim speaks is in this capture is not known.",
    may_be_tested: "In this capture {0} may be of the subject, and none is known to be: whether \
        the claim was put to the test is not known.",
    weakest_place: "The weakest link is the place of the address (flow {0}, first frame {1}): {2} \
        confidence, {3}.",
    weakest_place_class: "The weakest link is the place of the address (flow {0}, first frame \
        {1}): {2} confidence, by the class {4}, {3}.",
    sources: &["{0} source", "{0} sources"],
    weakest_name: "The weakest link is the name (flow {0}, first frame {1}): it was inferred from \
        an earlier DNS answer.",
    weakest_name_quic: "The weakest link is the name (flow {0}, first frame {1}): it was inferred \
        from an earlier flow with the same connection ID.",
    weakest_owner: "The weakest link is the owner of the name (flow {0}, first frame {1}): it was \
        looked up in {2}.",
    weakest_operator: "The weakest link is the operator of the network (flow {0}, first frame \
        {1}): it was looked up in {2}.",
    a_catalogue: "a catalogue",
    weakest_wire: "The weakest link is none beyond the capture itself (flow {0}, first frame {1}): \
        it was observed.",
    placed_country: "{0} ({1}, {2} confidence)",
    more_countries: &["{0} more country", "{0} more countries"],
    no_flows: "none",
    flows_to: "{0} (to {1})",
};

const CLAIM_STEPS: ClaimSteps = ClaimSteps {
    stands: "The claim, and how it is read, stand in {0}, line {1} (SHA-256 {2}).",
    scope: "On its scope the file says: {0}",
    members: "Members of {0}: {1}, as of {2} ({3}), each asked for at the flow's own time.",
    phases: "The phases of the test are those of {0}.",
    no_phases: "The claim speaks of phases, and no log of phases was given.",
    subject: &[
        "{0} of {1} is of the subject; of {2} more that is not known.",
        "{0} of {1} are of the subject; of {2} more that is not known.",
    ],
    upkeep: &[
        " {0} flow of name resolution and upkeep of the network stands outside.",
        " {0} flows of name resolution and upkeep of the network stand outside.",
    ],
    silent: &[
        " {0} flow had no content to judge.",
        " {0} flows had no content to judge.",
    ],
    names: &[
        "Of the flows of the subject {0} said its name, and of {1} it was inferred from earlier \
            answers.",
        "Of the flows of the subject {0} said their name, and of {1} it was inferred from earlier \
            answers.",
    ],
    owner: "The name of flow {0} is owned by {1}, according to {2}.",
    operator: "The network of flow {0} is operated by {1}, according to {2}.",
    address: "Of the address of flow {0} (first frame {1}): {2}.",
    no_place_data: "No place data was loaded: no address has a country.",
    sums: "Flows of the subject that fit: {0}; that do not: {1}. Flows that leave it open: {2}.",
    contradicted: "The claim is of every flow of the subject: one that does not fit is enough.",
    supported: "All that was observed of the subject fits, and of the rest nothing could be a \
        counter-example but what was not captured.",
    time_unknown: "The time of which the claim speaks cannot be told.",
    indeterminate: "What is not known could be a counter-example: it is not taken for a fit.",
    not_exercised: "Nothing in this capture bears on the claim, either way.",
};

const COMPARED: ComparedWords = ComparedWords {
    protection: PROTECTED,
    changes: NAME_CHANGES,
    caveats: CAVEATS,
    claims: COMPARED_CLAIMS,
};

const PROTECTED: ProtectedWords = ProtectedWords {
    tls_unknown: "TLS, version not known",
    tls_unseen: "TLS, version not seen",
    quic: "QUIC",
    otherwise: "encrypted otherwise",
    cleartext: "cleartext",
    unknown: "not known",
};

const NAME_CHANGES: NameChangeWords = NameChangeWords {
    same_place: "the same place; {0}",
    other_names: "under other names",
    owner: "the owner differs",
    encryption: "the encryption differs",
    protocols: "the protocols differ",
    same_addresses: "the same addresses",
    too_many_places: "more places than are kept",
    anycast_same: "anycast of the same operator: no single place",
    anycast_other: "anycast of another operator: no single place",
    anycast_once: "anycast on a side: no single place",
    unsure: "place not known surely enough",
    other_confidence: "the same addresses, placed with other confidence",
    other_data: "the same addresses, placed differently by the data of the sides",
    other_country: "another country",
    some_countries: "some countries are the same, some are not",
    operator_unknown: "the same country; an operator is not known",
    other_operator: "the same country, another operator",
    some_operators: "the same country; some operators are the same, some are not",
    other_region: "the same country and operator, another region",
    same_operator: "the same country and operator",
};

const CAVEATS: CaveatWords = CaveatWords {
    lower_case: "names are compared in lower case",
    per_hour: "bytes are compared per hour of each side, from its first packet to its last",
    empty: [
        "the side before has no outbound flows: nothing can be compared with it",
        "the side after has no outbound flows: nothing can be compared with it",
    ],
    beyond: [
        "the side before has more names than are told apart: {0} of its {1} outbound flows are \
            left out",
        "the side after has more names than are told apart: {0} of its {1} outbound flows are \
            left out",
    ],
    same_capture: "both sides hold a capture with the same hash: that part is compared with itself",
    overlap: "the side after begins before the side before ends",
    lengths: "the sides are of different length, {0} before and {1} after: what is rare may be \
        missing from the shorter one",
    seconds: "{0} s",
    versions: "read by different versions: {0} before, {1} after",
    data: "places and owners come from different data; before only: {0}; after only: {1}",
    dated: "{0} of {1}",
    no_data: "none",
    budgets: "the sides were read with different budgets: {0}",
    devices: "the audited devices have different addresses: another phone, or the same in another \
        network",
    filters: "the sides were filtered differently",
    vantages: "recorded from different places, {0} before and {1} after: round trips differ by \
        that alone",
    no_vantage: "where the phone was is not declared for both sides (--vantage): round trips may \
        differ by that alone",
    phases: "the tests had different phases",
    no_phases: "what was done with the phone is not recorded for either side (--phases)",
    apps: "the programs seen on the device differ",
    facts: "declared of the two tests, not alike: {0}: a difference may come from that alone",
    fact: "{0} “{1}” before, “{2}” after",
    app_versions: "versions of apps and of the phone's system are not in captures: a difference \
        may come from an update",
    nameless: "one side can be seen into better than the other: bytes in flows without a name are \
        {0} % before and {1} % after",
    unprotected: "one side can be seen into better than the other: bytes of which it is not known \
        whether they are encrypted are {0} % before and {1} % after",
    hidden: "names are hidden by encrypted DNS or Encrypted Client Hello on one side only",
    damaged: [
        "the side before: its captures are damaged or cut ({0})",
        "the side after: its captures are damaged or cut ({0})",
    ],
    dropped: [
        "the side before: packets were dropped while it was recorded ({0})",
        "the side after: packets were dropped while it was recorded ({0})",
    ],
    folded: [
        "the side before: flows were folded because a table was full ({0})",
        "the side after: flows were folded because a table was full ({0})",
    ],
    undecodable: [
        "the side before: packets could not be read ({0})",
        "the side after: packets could not be read ({0})",
    ],
    cut: "packets of one side were cut when they were recorded: names in them may be missing",
};

const COMPARED_CLAIMS: ComparedClaimWords = ComparedClaimWords {
    not_around: "the sides do not lie on both sides of that day",
    not_one_place: "it is not declared that both sides were recorded from the same place",
    lost: "the side after was damaged, cut, or dropped packets",
    moved_reading: "each name that was observed before {0} and after it has moved to another \
        country or operator",
    faster_reading: "for each name observed on both sides the round trips of handshakes, smallest \
        and median, are shorter after",
    none: "No name that the claim speaks of was observed on both sides.",
    migration: &[
        "Migration claimed: {0} of {1} name moved",
        "Migration claimed: {0} of {1} names moved",
    ],
    round_trips: &[
        "Shorter round trips claimed: {0} of {1} name fit",
        "Shorter round trips claimed: {0} of {1} names fit",
    ],
    both: &[
        "Migration and shorter round trips claimed: {0} of {1} name fit",
        "Migration and shorter round trips claimed: {0} of {1} names fit",
    ],
    did_not: "{0} did not",
    left_open: "{0} left open",
    contradicted: "{0}: in these captures that does not fit the claim as read.",
    supported: "{0}: these captures support the claim as read.",
    undecided: "{0}: these captures do not decide it.",
    read_as: "Read as: {0}.",
    not_decided: "Not decided: {0}.",
    on_both: &[
        "{0} name or service of the claim was observed on both sides (outbound flows: {1} before, \
         {2} after).",
        "{0} names or services of the claim were observed on both sides (outbound flows: {1} \
         before, {2} after).",
    ],
    biased: "For {0} of them one side has more round trips than the other, which biases the \
        smallest: the median must agree.",
    still: "Of {0} that did not move {1} have the same round trip on both sides: what the network \
        itself adds.",
    maybe: &[
        "Of {0} flow after it is not known whether the claim speaks of it; {1} could be against it.",
        "Of {0} flows after it is not known whether the claim speaks of them; {1} of those could \
         be against it.",
    ],
    blind_names: "Names that the phone did not contact in both captures.",
    blind_storage: "Where data is stored, passed on to, or read from: captures show where flows \
        went.",
    blind_network: "How much of a round trip the phone's own network adds, on each side.",
    blind_day: "The day of a move: only that it lies between the two captures.",
    captures_decide: "captures before and after in which the phone contacts the names of the claim",
    vantage_decides: "captures from one place, declared with --vantage, on both sides of the day",
    days_decide: "one capture wholly before the day, and one wholly after",
    data_decides: "place data that is surer, and names for the flows without one",
    moved: "moved: {0} before, {1} after ({2})",
    stayed: "did not move: {0} before, {1} after ({2})",
    open: "not decided: {0} before, {1} after ({2})",
    no_country: "not known",
    as_observed: "as observed",
    no_round_trip: "no round trip of a handshake on one of the sides",
    no_medians: "smallest round trip {0} ms (of {1}), then {2} ms (of {3}); medians not known",
    medians: "smallest round trip {0} ms (of {1}), then {2} ms (of {3}); median {4} ms, then {5} \
        ms",
    frames_before: "{0}; frames before: {1}",
    weakest_names: "names that are inferred from DNS, not seen in the flows themselves",
    weakest_places: "places of {0} confidence",
};

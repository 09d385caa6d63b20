//! Everything that a report says, before it has a form.

use super::{
    ClaimResult, Country, DataSource, Destination, Device, DnsRow, FailOn, Finding, Flow, HttpRow,
    Input, Limits, Losses, PhaseLog, PolicyResult, SuppressionFile, Text, Time, Truth,
};
use std::io;

/// What the user expects, as countries.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Expectation {
    /// As the user wrote it: `IN,SG,@EEA`.
    pub written: String,
    /// All countries it names, sorted.
    pub countries: Vec<Country>,
    /// The groups it used.
    pub groups: Vec<ExpectedGroup>,
    /// Members of those groups under a condition, sorted by country: of these it is not known
    /// whether they are among the expected.
    pub conditional: Vec<ConditionalMember>,
}

impl Expectation {
    /// Whether `country` is among the expected ones.
    #[must_use]
    pub fn holds(&self, country: Country) -> Truth {
        if self.countries.contains(&country) {
            return Truth::Yes;
        }
        match self.condition(country) {
            Some(_) => Truth::Maybe,
            None => Truth::No,
        }
    }

    /// On what it hangs whether `country` is among them, where that is so.
    #[must_use]
    pub fn condition(&self, country: Country) -> Option<&ConditionalMember> {
        let listed = self.countries.contains(&country);
        let mut members = self.conditional.iter().filter(|_| !listed);
        members.find(|member| member.country == country)
    }
}

/// A country whose membership of a group hangs on what no capture shows.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ConditionalMember {
    /// The country.
    pub country: Country,
    /// `@EU-ADEQUATE`.
    pub group: String,
    /// What must be true beside: `only for organisations on a list`.
    pub condition: std::sync::Arc<str>,
}

/// A named group of countries in an expectation.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct ExpectedGroup {
    /// `@EEA`.
    pub name: String,
    /// The name in words.
    pub title: std::sync::Arc<str>,
    /// The day for which its members are right.
    pub date: std::sync::Arc<str>,
    /// Where they can be checked.
    pub source: std::sync::Arc<str>,
    /// What a reader must know; may be empty.
    pub note: std::sync::Arc<str>,
}

/// The settings that shaped the result.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Settings {
    /// Where servers are expected, if anything is.
    pub expect: Option<Expectation>,
    /// Where operators of networks are expected to have their seat.
    pub expect_operator: Option<Expectation>,
    /// Where owners of names are expected to have their seat.
    pub expect_owner: Option<Expectation>,
    /// Addresses and MACs given by `--device`, as written.
    pub devices: Vec<String>,
    /// True if inputs were hashed.
    pub hashed: bool,
    /// What the user says of the test.
    pub about: Option<super::About>,
    /// Where the phone was: `DE`, or `52.52,13.40`.
    pub vantage: Option<String>,
    /// The filter that chose the packets, as written.
    pub filter: Option<String>,
    /// Captures of the device at rest.
    pub baselines: Vec<BaselineCapture>,
    /// What makes the run fail.
    pub fail_on: FailOn,
    /// Findings that were set aside, where a file says so.
    pub suppressions: Option<SuppressionFile>,
    /// The budgets.
    pub limits: Limits,
}

/// A capture of the device at rest.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BaselineCapture {
    /// The path as the user gave it.
    pub path: Text,
    /// SHA-256 of the stored bytes, hex; `None` where hashing was off.
    pub sha256: Option<String>,
    /// Packets read from it.
    pub packets: u64,
    /// Earliest and latest packet.
    pub time: Option<(Time, Time)>,
}

/// Outbound flows to destinations that a baseline has too.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct BaselineSums {
    /// Flows.
    pub flows: u64,
    /// Bytes from the device in those.
    pub bytes_out: u64,
    /// Bytes to the device in those.
    pub bytes_in: u64,
}

impl Settings {
    /// True where anything is expected: only then are there verdicts.
    #[must_use]
    pub fn is_judged(&self) -> bool {
        self.expect.is_some() || self.expect_operator.is_some() || self.expect_owner.is_some()
    }
}

/// Sums over all flows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Totals {
    /// Packets read, from all inputs.
    pub packets: u64,
    /// Captured bytes of those.
    pub captured_bytes: u64,
    /// Bytes as they were on the wire.
    pub wire_bytes: u64,
    /// Flow rows.
    pub flows: u64,
    /// Flows folded because the table was full.
    pub folded_flows: u64,
    /// Outbound flows, tunnels' outer flows not counted.
    pub outbound_flows: u64,
    /// Packets out and in, over outbound flows.
    pub packets_out: u64,
    /// Bytes out, over outbound flows.
    pub bytes_out: u64,
    /// Packets in, over outbound flows.
    pub packets_in: u64,
    /// Bytes in, over outbound flows.
    pub bytes_in: u64,
    /// Outbound flows with an observed name, with an inferred one, with none.
    pub names: [u64; 3],
    /// Outbound bytes (both ways) that no one recognised.
    pub unrecognised_bytes: u64,
    /// Outbound flows by verdict: violated, indeterminate, met.
    pub verdicts: [u64; 3],
    /// First and last packet.
    pub time: Option<(Time, Time)>,
    /// What a baseline has too, where there is one.
    pub in_baseline: Option<BaselineSums>,
}

/// The long lists of a report, handed out row by row so that they never stand in memory.
pub trait Rows {
    /// Every flow in order of its number.
    ///
    /// # Errors
    /// What `each` returned.
    fn flows(&self, each: &mut dyn FnMut(&Flow) -> io::Result<()>) -> io::Result<()>;
    /// Every DNS exchange in order of its frame.
    ///
    /// # Errors
    /// What `each` returned.
    fn dns(&self, each: &mut dyn FnMut(&DnsRow) -> io::Result<()>) -> io::Result<()>;
    /// Every HTTP exchange in order of its frame.
    ///
    /// # Errors
    /// What `each` returned.
    fn http(&self, each: &mut dyn FnMut(&HttpRow) -> io::Result<()>) -> io::Result<()>;
    /// The frame in which the best name of a flow was seen: for an inferred one the answer, not a
    /// packet of the flow.
    fn name_frame(&self, _flow: u64) -> Option<u64> {
        None
    }
}

/// Rows that stand in memory: small reports and tests.
#[derive(Clone, Debug, Default)]
pub struct SortedRows {
    /// In order of `flow`.
    pub flows: Vec<Flow>,
    /// In order of `frame`.
    pub dns: Vec<DnsRow>,
    /// In order of `frame`.
    pub http: Vec<HttpRow>,
}

impl Rows for SortedRows {
    fn flows(&self, each: &mut dyn FnMut(&Flow) -> io::Result<()>) -> io::Result<()> {
        self.flows.iter().try_for_each(each)
    }
    fn dns(&self, each: &mut dyn FnMut(&DnsRow) -> io::Result<()>) -> io::Result<()> {
        self.dns.iter().try_for_each(each)
    }
    fn http(&self, each: &mut dyn FnMut(&HttpRow) -> io::Result<()>) -> io::Result<()> {
        self.http.iter().try_for_each(each)
    }
}

/// The result of an audit.
pub struct Report {
    /// The captures.
    pub inputs: Vec<Input>,
    /// The place data.
    pub data: Vec<DataSource>,
    /// What shaped the result.
    pub settings: Settings,
    /// The audited devices; empty where none could be told.
    pub devices: Vec<Device>,
    /// Sums.
    pub totals: Totals,
    /// What is not in the sums.
    pub losses: Losses,
    /// Sorted by verdict, then bytes out, then name.
    pub destinations: Vec<Destination>,
    /// Violated first, then indeterminate, then met; bytes out within.
    pub findings: Vec<Finding>,
    /// The policy that was used, and how its rules turned out.
    pub policy: Option<PolicyResult>,
    /// The claims, in the order of their files.
    pub claims: Vec<ClaimResult>,
    /// What the tester did, and what was sent meanwhile.
    pub phases: Option<PhaseLog>,
    /// The long lists.
    pub rows: Box<dyn Rows>,
}

impl Report {
    /// True where anything was expected, by an option or by a policy.
    #[must_use]
    pub fn is_judged(&self) -> bool {
        self.settings.is_judged() || self.policy.is_some()
    }
}

//! Owned rows without lifetimes: what the stages hand to each other and what a report is made of.
//!
//! Nothing here reads a capture or decides anything; it only names things.

mod about;
mod app;
mod arena;
mod chunk;
mod claim;
pub mod columns;
mod country;
pub mod diff;
mod endpoint;
mod evidence;
mod finding;
mod flow;
pub(crate) mod form;
mod input;
mod limits;
mod losses;
mod owner;
mod phase;
mod place;
mod policy;
mod protection;
mod report;
mod standing;
mod text;
mod time;
mod truth;

pub use about::{About, Fact};
pub use app::App;
pub(crate) use arena::Arena;
pub(crate) use chunk::Chunk;
pub use chunk::{Carrier, Side};
pub use claim::{ClaimResult, ClaimVerdict, Exhibit, HiddenShare, Known, Step};
pub use country::Country;
pub use endpoint::{Device, Mac, Scope, scope_of};
pub use evidence::{
    Certificate, ClientHello, DnsAnswer, DnsFamily, DnsMessage, Evidence, Grade, HttpRequest,
    HttpResponse, ServerHello, Via, What,
};
pub use finding::{Destination, Finding, Suppression, Verdict};
pub use flow::{DnsRow, Flow, FlowName, HttpRow, Transport};
pub use input::{Input, Interface, Recorded};
pub use limits::Limits;
pub use losses::{Damage, Losses, Reason};
pub use owner::{Alias, Company, NameOwner};
pub(crate) use phase::word as phase_word;
pub use phase::{Phase, PhaseFile, PhaseLog, PhaseSums};
pub use place::{
    Confidence, Cover, DataSource, Excluded, Holding, Operator, OpinionKind, Physics, Place,
    PlaceClass, PlaceOpinion, Whereabouts,
};
pub use policy::{ExceptionResult, PolicyResult, RuleResult, Severity};
pub use protection::Protection;
pub use report::{
    BaselineCapture, BaselineSums, ConditionalMember, Expectation, ExpectedGroup, Report, Rows,
    Settings, SortedRows, Totals,
};
pub use standing::{FailOn, Standing, SuppressionFile};
pub use text::Text;
pub use time::Time;
pub use truth::Truth;

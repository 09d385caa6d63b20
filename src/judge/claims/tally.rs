//! What the flows of a capture add up to, for one claim.
//!
//! In:   flows that are or may be of the subject, each with what it says of the assertion.
//! Out:  sums, destinations for, against and open, and the weakest links.
//!
//! Memory is bounded: every destination is counted, the first [`MOST_SLOTS`] of each side are
//! kept with their frames.

use super::Claim;
use super::assertion::{KINDS, sure_country};
use super::protection::Nature;
use super::words;
use crate::model::{Confidence, Country, Flow, Grade, NameOwner, Place, Truth, Via};
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;
use std::sync::Arc;

/// What one flow says of each assertion: a bit each.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct Marks {
    pub(super) yes: u16,
    pub(super) no: u16,
    pub(super) maybe: u16,
}

impl Marks {
    pub(super) fn set(&mut self, kind: usize, truth: Truth) {
        let bit = u32::try_from(kind)
            .ok()
            .and_then(|kind| 1_u16.checked_shl(kind));
        let marks = match truth {
            Truth::Yes => &mut self.yes,
            Truth::No => &mut self.no,
            Truth::Maybe => &mut self.maybe,
        };
        *marks |= bit.unwrap_or(0);
    }

    pub(super) fn join(self, other: Self) -> Self {
        Marks {
            yes: self.yes | other.yes,
            no: self.no | other.no,
            maybe: self.maybe | other.maybe,
        }
    }

    /// All of them together; `None` where no assertion says anything of the flow.
    pub(super) fn truth(self) -> Option<Truth> {
        match self {
            Marks { no: 1.., .. } => Some(Truth::No),
            Marks { maybe: 1.., .. } => Some(Truth::Maybe),
            Marks { yes: 1.., .. } => Some(Truth::Yes),
            _ => None,
        }
    }

    /// The numbers of the assertions whose bits are set.
    pub(super) fn kinds(bits: u16) -> impl Iterator<Item = usize> {
        (0..KINDS).filter(move |kind| {
            let kind = u32::try_from(*kind).unwrap_or(u32::MAX);
            bits.checked_shr(kind).unwrap_or(0) & 1 == 1
        })
    }
}

/// Which way a flow speaks.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Way {
    For,
    Against,
    Open,
}

/// Why a flow leaves a claim open.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Cause {
    Carrier,
    Phases,
    Name,
    Rivals,
    Owner,
    App,
    Protocol,
    Place,
    Storage,
    Condition,
    Operator,
    Encryption,
    TwoCaptures,
    Folded,
}

/// The flows of one destination that speak the same way.
#[derive(Clone, Debug)]
pub(super) struct Slot {
    pub(super) destination: Option<usize>,
    pub(super) address: IpAddr,
    pub(super) country: Option<Country>,
    pub(super) confidence: &'static str,
    pub(super) flows: u64,
    pub(super) bytes_out: u64,
    pub(super) frames: Vec<u32>,
    pub(super) numbers: Vec<u32>,
    pub(super) because: String,
}

/// Destinations of one way.
#[derive(Clone, Debug, Default)]
pub(super) struct Side {
    places: HashMap<u32, usize, foldhash::quality::RandomState>,
    pub(super) slots: Vec<Slot>,
    /// A bit for each destination that was met.
    met: Vec<u64>,
    pub(super) destinations: u64,
    pub(super) flows: u64,
}

/// Destinations of one way that are kept with their frames.
pub(super) const MOST_SLOTS: usize = 1_024;
/// Frames and flow numbers of one destination.
const MOST_FRAMES: usize = 16;
/// Flows that belong to no destination share one.
const NOWHERE: u32 = u32::MAX;

impl Side {
    fn add(&mut self, flow: &Flow, destination: Option<usize>, new: impl FnOnce() -> Slot) {
        self.flows = self.flows.saturating_add(1);
        let number = destination.and_then(|at| u32::try_from(at).ok());
        let number = number.unwrap_or(NOWHERE);
        let first = self.meet(number);
        let at = match self.places.get(&number) {
            Some(at) => *at,
            None if first && self.slots.len() < MOST_SLOTS => {
                self.slots.push(new());
                let at = self.slots.len().saturating_sub(1);
                self.places.insert(number, at);
                at
            }
            None => return,
        };
        let Some(slot) = self.slots.get_mut(at) else {
            return;
        };
        slot.flows = slot.flows.saturating_add(1);
        slot.bytes_out = slot.bytes_out.saturating_add(flow.bytes_out);
        if slot.frames.len() < MOST_FRAMES {
            let short = |number: u64| u32::try_from(number).unwrap_or(u32::MAX);
            slot.frames.push(short(flow.first_frame));
            slot.numbers.push(short(flow.flow));
        }
    }

    /// Counts a destination; true where it is met for the first time.
    fn meet(&mut self, number: u32) -> bool {
        // The place of those without a number is the first.
        let bit = u64::from(number.wrapping_add(1));
        let (word, bit) = (bit / 64, bit % 64);
        let Ok(word) = usize::try_from(word) else {
            return false;
        };
        if word >= self.met.len() {
            self.met.resize(word.saturating_add(1), 0);
        }
        let Some(word) = self.met.get_mut(word) else {
            return false;
        };
        let mask = 1_u64
            .checked_shl(u32::try_from(bit).unwrap_or(0))
            .unwrap_or(0);
        let first = *word & mask == 0;
        *word |= mask;
        if first {
            self.destinations = self.destinations.saturating_add(1);
        }
        first
    }
}

/// The part of an inference that is least sure, in one flow.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Part {
    Place,
    Name,
    Owner,
    Operator,
    Wire,
}

/// A flow, and the weakest part of what is known of it.
#[derive(Clone, Debug)]
pub(super) struct Link {
    /// Larger is surer.
    pub(super) score: u8,
    pub(super) part: Part,
    pub(super) flow: u64,
    pub(super) frame: u64,
    pub(super) via: Option<Via>,
    pub(super) place: Arc<Place>,
    pub(super) owner: Arc<NameOwner>,
}

/// What a claim rests on beside the wire.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct RestsOn {
    pub(super) name: bool,
    pub(super) owner: bool,
    pub(super) place: bool,
    pub(super) operator: bool,
}

/// The sums of one claim.
#[derive(Clone, Debug, Default)]
pub(super) struct Tally {
    pub(super) rests_on: RestsOn,
    pub(super) supporting: Side,
    pub(super) against: Side,
    pub(super) open: Side,
    /// Flows of the subject, and their bytes from the device.
    pub(super) subject: [u64; 2],
    /// Flows that may be of the subject, and their bytes.
    pub(super) maybe: [u64; 2],
    /// Those of them that may not fit.
    pub(super) could_contradict: [u64; 2],
    /// Flows that may be of the subject, and would fit.
    pub(super) maybe_fit: u64,
    /// Flows of the subject with nothing in them that the claim speaks of.
    pub(super) silent: u64,
    pub(super) encrypted_bytes: u64,
    /// Of the subject's flows: names observed, inferred, none.
    pub(super) names: [u64; 3],
    /// Flows against, by the assertion that they do not fit.
    pub(super) broken: [u64; KINDS],
    /// Countries of the flows for, with the lowest confidence of each.
    pub(super) fitting: BTreeMap<Country, Confidence>,
    /// The same of the flows against, by the number of the assertion that they do not fit.
    pub(super) breaking: BTreeMap<(usize, Country), Confidence>,
    pub(super) causes: BTreeMap<Cause, u64>,
    /// The surest flow against.
    pub(super) surest_against: Option<Link>,
    /// The least sure flow for.
    pub(super) weakest_for: Option<Link>,
}

/// One flow with all that was found of it.
pub(super) struct Seen<'f> {
    pub(super) flow: &'f Flow,
    pub(super) nature: Nature,
    pub(super) destination: Option<usize>,
    pub(super) subject: Truth,
    pub(super) marks: Marks,
    /// A tunnel's or a proxy's flow, judged as one.
    pub(super) carried: bool,
    pub(super) phases_known: bool,
}

impl Tally {
    pub(super) fn add(&mut self, claim: &Claim, seen: &Seen<'_>) {
        let flow = seen.flow;
        let fits = seen.marks.truth();
        let count = |sums: &mut [u64; 2]| {
            let [flows, bytes] = sums;
            *flows = flows.saturating_add(1);
            *bytes = bytes.saturating_add(flow.bytes_out);
        };
        if seen.subject == Truth::Yes {
            count(&mut self.subject);
            if seen.nature.protection.hides() || seen.nature.carrier {
                self.encrypted_bytes = self.encrypted_bytes.saturating_add(flow.bytes_out);
            }
            let [observed, inferred, none] = &mut self.names;
            let grade = match flow.name_grade {
                Grade::Observed => observed,
                Grade::Inferred => inferred,
                Grade::None => none,
            };
            *grade = grade.saturating_add(1);
        } else {
            count(&mut self.maybe);
            if fits.is_some_and(|fits| fits != Truth::Yes) {
                count(&mut self.could_contradict);
            }
        }
        let way = match (seen.subject, fits) {
            (_, None) => {
                self.silent = self.silent.saturating_add(1);
                return;
            }
            (Truth::Yes, Some(Truth::Yes)) => Way::For,
            (Truth::Yes, Some(Truth::No)) => Way::Against,
            (_, Some(Truth::Yes)) => {
                self.maybe_fit = self.maybe_fit.saturating_add(1);
                return;
            }
            _ => Way::Open,
        };
        self.put(claim, seen, way);
    }

    fn put(&mut self, claim: &Claim, seen: &Seen<'_>, way: Way) {
        let flow = seen.flow;
        match way {
            Way::For => {
                if let Some(country) = self.country(claim, flow) {
                    lower(self.fitting.entry(country), flow.place.confidence);
                }
                self.note(flow, false);
            }
            Way::Against => {
                let country = self.country(claim, flow);
                for kind in Marks::kinds(seen.marks.no) {
                    if let Some(count) = self.broken.get_mut(kind) {
                        *count = count.saturating_add(1);
                    }
                    if let Some(country) = country {
                        lower(self.breaking.entry((kind, country)), flow.place.confidence);
                    }
                }
                self.note(flow, true);
            }
            Way::Open => {
                let cause = words::cause(claim, seen);
                let count = self.causes.entry(cause).or_default();
                *count = count.saturating_add(1);
            }
        }
        let judged = self.rests_on.place;
        let side = match way {
            Way::For => &mut self.supporting,
            Way::Against => &mut self.against,
            Way::Open => &mut self.open,
        };
        side.add(flow, seen.destination, || Slot {
            destination: seen.destination,
            address: flow.remote_ip,
            country: flow.place.country.filter(|_| judged),
            confidence: if judged {
                flow.place.confidence.as_str()
            } else {
                ""
            },
            flows: 0,
            bytes_out: 0,
            frames: Vec::new(),
            numbers: Vec::new(),
            because: words::because(claim, seen, way),
        });
    }

    /// The country of a flow, where the claim asks for it and it is sure enough.
    fn country(&self, claim: &Claim, flow: &Flow) -> Option<Country> {
        let asked = self.rests_on.place;
        asked
            .then(|| sure_country(&flow.place, claim.min_confidence))
            .flatten()
    }

    /// How sure the least of a flow's links is.
    fn note(&mut self, flow: &Flow, against: bool) {
        let (score, part) = weakest(self.rests_on, flow);
        let link = if against {
            &mut self.surest_against
        } else {
            &mut self.weakest_for
        };
        let better = link.as_ref().is_none_or(|link| {
            if against {
                score > link.score
            } else {
                score < link.score
            }
        });
        if better {
            *link = Some(Link {
                score,
                part,
                flow: flow.flow,
                frame: flow.first_frame,
                via: flow.name_via,
                place: Arc::clone(&flow.place),
                owner: Arc::clone(&flow.owner),
            });
        }
    }
}

/// Keeps the lower of two confidences.
fn lower<K: Ord>(known: Entry<'_, K, Confidence>, confidence: Confidence) {
    let known = known.or_insert(confidence);
    *known = (*known).min(confidence);
}

/// The least sure part of what a claim rests on, in this flow.
fn weakest(rests_on: RestsOn, flow: &Flow) -> (u8, Part) {
    let place = match flow.place.confidence {
        Confidence::None | Confidence::Low => 1,
        Confidence::Medium => 3,
        Confidence::High => 5,
    };
    let name = if flow.name_grade == Grade::Inferred {
        2
    } else {
        7
    };
    let parts = [
        (rests_on.place, place, Part::Place),
        (rests_on.name, name, Part::Name),
        (rests_on.owner, 4, Part::Owner),
        (rests_on.operator, 4, Part::Operator),
    ];
    let asked = parts
        .into_iter()
        .filter(|(asked, score, _)| *asked && *score < 7);
    let least = asked.min_by_key(|(_, score, _)| *score);
    least.map_or((6, Part::Wire), |(_, score, part)| (score, part))
}

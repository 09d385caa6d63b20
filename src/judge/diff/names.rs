//! What became of each name, and of services whose names have nothing in common.
//!
//! In:   two sides.
//! Out:  [`NameChange`]s in the order of outputs.
//!
//! Names are compared in lower case. Where no name is the same, what serves the same function of
//! the same owner belongs together, and then what serves the same function below the same
//! registrable domain: as long as there are few of them.

use super::bounded::Bounded;
use super::side::{Gathered, Key, is_sure, operator};
use crate::language::{WORDS, fill};
use crate::model::diff::{DiffSide, Matched, NameChange, RoundTrips, Spot, Status, Subject};
use crate::model::{Confidence, Text};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

/// Names without a counterpart that are still taken for one service.
const MOST_TOGETHER: usize = 8;
/// Of merged services.
const MOST_ADDRESSES: usize = 256;
const MOST_EXAMPLES: usize = 16;

/// How names are compared.
#[derive(Clone, Copy, Debug)]
pub(super) struct Terms {
    /// The least confidence of a place that is compared.
    pub(super) least: Confidence,
    /// Length of each side in nanoseconds, where rates can be made of it.
    pub(super) lengths: [Option<u64>; 2],
}

impl Terms {
    pub(super) fn new(before: &DiffSide, after: &DiffSide, least: Confidence) -> Self {
        let length = |side: &DiffSide| side.duration_ns().filter(|length| *length >= SHORTEST_NS);
        Terms {
            least,
            lengths: [length(before), length(after)],
        }
    }
}

/// Every name, and whether a budget left some out.
pub(super) fn compare(
    before: &Bounded<Key, Gathered>,
    after: &Bounded<Key, Gathered>,
    terms: Terms,
) -> (Vec<NameChange>, bool) {
    let least = before.cut().into_iter().chain(after.cut()).min();
    let of = |side: &Bounded<Key, Gathered>| -> BTreeMap<Key, Subject> {
        let kept = side
            .iter()
            .filter(|(key, _)| least.is_none_or(|cut| *key < cut));
        kept.map(|(key, gathered)| (key.clone(), gathered.subject(key)))
            .collect()
    };
    let (mut old, mut new) = (of(before), of(after));
    let mut changes = Vec::new();
    let both: Vec<Key> = old
        .keys()
        .filter(|key| new.contains_key(key))
        .cloned()
        .collect();
    for key in both {
        let matched = match key {
            Key::Name(_) => Matched::Name,
            Key::Address(_) => Matched::Address,
        };
        changes.push(change(matched, old.remove(&key), new.remove(&key), terms));
    }
    let owner = |subject: &Subject| {
        Some((
            lower(subject.owner.as_deref()?),
            lower(subject.function.as_deref()?),
        ))
    };
    let domain = |subject: &Subject| {
        let domain = subject
            .registrable_domain
            .as_ref()?
            .bytes()
            .to_ascii_lowercase();
        Some((domain, lower(subject.function.as_deref()?)))
    };
    changes.extend(pairs(
        &mut old,
        &mut new,
        owner,
        Matched::OwnerAndFunction,
        terms,
    ));
    changes.extend(pairs(
        &mut old,
        &mut new,
        domain,
        Matched::DomainAndFunction,
        terms,
    ));
    let vanished = old
        .into_values()
        .map(|subject| change(Matched::Nothing, Some(subject), None, terms));
    changes.extend(vanished);
    let appeared = new
        .into_values()
        .map(|subject| change(Matched::Nothing, None, Some(subject), terms));
    changes.extend(appeared);
    changes.sort_by_cached_key(order);
    (changes, least.is_some())
}

fn lower(words: &str) -> Vec<u8> {
    words.to_lowercase().into_bytes()
}

/// By status, named before unnamed, then by bytes of both sides and by what it is called.
fn order(change: &NameChange) -> (Status, bool, Reverse<u64>, Vec<Text>, Vec<IpAddr>) {
    let sides = [&change.before, &change.after].into_iter().flatten();
    let bytes = sides
        .clone()
        .fold(0_u64, |sum, side| sum.saturating_add(side.volume.bytes()));
    let mut names: Vec<Text> = sides
        .clone()
        .flat_map(|side| side.names.iter().cloned())
        .collect();
    names.sort();
    let mut addresses: Vec<IpAddr> = sides
        .flat_map(|side| side.addresses.iter().copied())
        .collect();
    addresses.sort_unstable();
    (
        change.status,
        names.is_empty(),
        Reverse(bytes),
        names,
        addresses,
    )
}

/// Takes what has a counterpart of the same kind, few to few, out of both sides.
fn pairs<K: Ord>(
    old: &mut BTreeMap<Key, Subject>,
    new: &mut BTreeMap<Key, Subject>,
    kind: impl Fn(&Subject) -> Option<K>,
    matched: Matched,
    terms: Terms,
) -> Vec<NameChange> {
    let mut kinds: BTreeMap<K, [Vec<Key>; 2]> = BTreeMap::new();
    for (key, subject) in old.iter() {
        if let Some(kind) = kind(subject) {
            let [before, _] = kinds.entry(kind).or_default();
            before.push(key.clone());
        }
    }
    for (key, subject) in new.iter() {
        if let Some(kind) = kind(subject) {
            let [_, after] = kinds.entry(kind).or_default();
            after.push(key.clone());
        }
    }
    let mut changes = Vec::new();
    for [before, after] in kinds.into_values() {
        let few = |keys: &Vec<Key>| (1..=MOST_TOGETHER).contains(&keys.len());
        if few(&before) && few(&after) {
            let before = before.iter().filter_map(|key| old.remove(key));
            let before = before.reduce(merged);
            let after = after
                .iter()
                .filter_map(|key| new.remove(key))
                .reduce(merged);
            changes.push(change(matched, before, after, terms));
        }
    }
    changes
}

/// Two names of one service as one.
fn merged(mut one: Subject, other: Subject) -> Subject {
    one.names.extend(other.names);
    one.grade = one.grade.max(other.grade);
    one.registrable_domain = one
        .registrable_domain
        .filter(|it| Some(it) == other.registrable_domain.as_ref());
    let addresses: BTreeSet<IpAddr> = one.addresses.into_iter().chain(other.addresses).collect();
    one.more_addresses |= other.more_addresses || addresses.len() > MOST_ADDRESSES;
    one.addresses = addresses.into_iter().take(MOST_ADDRESSES).collect();
    let mut spots: BTreeMap<_, _> = one.spots.into_iter().collect();
    for (spot, volume) in other.spots {
        spots.entry(spot).or_default().add(&volume);
    }
    one.spots = spots.into_iter().collect();
    one.more_spots |= other.more_spots;
    let protocols: BTreeSet<_> = one.protocols.into_iter().chain(other.protocols).collect();
    one.protocols = protocols.into_iter().collect();
    let mut encryption: BTreeMap<_, _> = one.encryption.into_iter().collect();
    for (word, flows) in other.encryption {
        let count = encryption.entry(word).or_insert(0_u64);
        *count = count.saturating_add(flows);
    }
    one.encryption = encryption.into_iter().collect();
    one.volume.add(&other.volume);
    one.round_trips = match (one.round_trips, other.round_trips) {
        (Some(a), Some(b)) => Some(RoundTrips {
            smallest_ns: a.smallest_ns.min(b.smallest_ns),
            median_ns: None,
            flows: a.flows.saturating_add(b.flows),
        }),
        (a, b) => a.or(b),
    };
    let examples = one.flow_numbers.into_iter().zip(one.frames);
    let examples = examples.chain(other.flow_numbers.into_iter().zip(other.frames));
    let examples: BTreeSet<(u64, u64)> = examples.collect();
    (one.flow_numbers, one.frames) = examples.into_iter().take(MOST_EXAMPLES).unzip();
    one
}

/// Below that a rate would say nothing.
const SHORTEST_NS: u64 = 1_000_000_000;
const HOUR_NS: u128 = 3_600_000_000_000;

fn change(
    matched: Matched,
    before: Option<Subject>,
    after: Option<Subject>,
    terms: Terms,
) -> NameChange {
    let rate = |side: &Option<Subject>, length: Option<u64>| {
        let bytes = u128::from(side.as_ref()?.volume.bytes());
        let rate = bytes
            .saturating_mul(HOUR_NS)
            .checked_div(u128::from(length?))?;
        u64::try_from(rate).ok()
    };
    let [long_before, long_after] = terms.lengths;
    let bytes_per_hour = [rate(&before, long_before), rate(&after, long_after)];
    let of_both = |status| NameChange {
        status,
        matched,
        because: String::new(),
        before: None,
        after: None,
        place: status,
        encryption: status,
        volume: status,
        bytes_per_hour,
        round_trip: status,
    };
    let mut change = match (&before, &after) {
        (Some(old), Some(new)) => {
            let (place, because) = place(old, new, terms.least);
            let mut change = of_both(place);
            change.encryption = encryption(old, new);
            change.volume = volumes(bytes_per_hour);
            change.round_trip = round_trips(old.round_trips, new.round_trips);
            change.because = because.to_owned();
            overall(&mut change, old, new);
            change
        }
        (None, _) => of_both(Status::Appeared),
        (_, None) => of_both(Status::Vanished),
    };
    change.before = before;
    change.after = after;
    change
}

/// Where the place is the same, other things may differ.
fn overall(change: &mut NameChange, old: &Subject, new: &Subject) {
    if change.place != Status::Unchanged {
        return;
    }
    let words = &WORDS.compared.changes;
    let mut differs = Vec::new();
    if !matches!(change.matched, Matched::Name | Matched::Address) {
        differs.push(words.other_names);
    }
    if old.owner != new.owner || old.owner_country != new.owner_country {
        differs.push(words.owner);
    }
    if change.encryption == Status::Changed {
        differs.push(words.encryption);
    }
    if old.protocols != new.protocols {
        differs.push(words.protocols);
    }
    if !differs.is_empty() {
        change.status = Status::Changed;
        change.because = fill(words.same_place, &[&differs.join(WORDS.units.semicolon)]);
    }
}

/// What became of the place, and why that.
fn place(old: &Subject, new: &Subject, least: Confidence) -> (Status, &'static str) {
    let words = &WORDS.compared.changes;
    let spots = |subject: &Subject| -> BTreeSet<Spot> {
        subject.spots.iter().map(|(spot, _)| spot.clone()).collect()
    };
    let (before, after) = (spots(old), spots(new));
    let whole = !old.more_spots && !new.more_spots;
    let same_addresses =
        old.addresses == new.addresses && !old.more_addresses && !new.more_addresses;
    if before == after && whole && same_addresses {
        return (Status::Unchanged, words.same_addresses);
    }
    if !whole {
        return (Status::NotComparable, words.too_many_places);
    }
    let operators = |spots: &BTreeSet<Spot>| -> BTreeSet<Option<String>> {
        spots.iter().map(operator).collect()
    };
    let (old_operators, new_operators) = (operators(&before), operators(&after));
    let anycast = |spots: &BTreeSet<Spot>| spots.iter().filter(|spot| spot.anycast).count();
    if anycast(&before) > 0 || anycast(&after) > 0 {
        let all = anycast(&before) == before.len() && anycast(&after) == after.len();
        return match (all, old_operators == new_operators) {
            (true, true) => (Status::Unchanged, words.anycast_same),
            (true, false) => (Status::Changed, words.anycast_other),
            (false, _) => (Status::NotComparable, words.anycast_once),
        };
    }
    if !before.iter().chain(&after).all(|spot| is_sure(spot, least)) {
        return (Status::NotComparable, words.unsure);
    }
    if same_addresses && before != after {
        let countries = |spots: &BTreeSet<Spot>| -> BTreeSet<_> {
            spots.iter().map(|spot| spot.country).collect()
        };
        return if countries(&before) == countries(&after) && old_operators == new_operators {
            (Status::Unchanged, words.other_confidence)
        } else {
            (Status::NotComparable, words.other_data)
        };
    }
    sure_places(&before, &after, &old_operators, &new_operators)
}

fn sure_places(
    before: &BTreeSet<Spot>,
    after: &BTreeSet<Spot>,
    old_operators: &BTreeSet<Option<String>>,
    new_operators: &BTreeSet<Option<String>>,
) -> (Status, &'static str) {
    let words = &WORDS.compared.changes;
    let countries = |spots: &BTreeSet<Spot>| -> BTreeSet<_> {
        spots.iter().filter_map(|spot| spot.country).collect()
    };
    let (old, new) = (countries(before), countries(after));
    if old.is_disjoint(&new) {
        return (Status::Moved, words.other_country);
    }
    if old != new {
        return (Status::Changed, words.some_countries);
    }
    let known = |operators: &BTreeSet<Option<String>>| operators.iter().all(Option::is_some);
    if !known(old_operators) || !known(new_operators) {
        return (Status::Unchanged, words.operator_unknown);
    }
    if old_operators.is_disjoint(new_operators) {
        return (Status::Moved, words.other_operator);
    }
    if old_operators != new_operators {
        return (Status::Changed, words.some_operators);
    }
    let regions = |spots: &BTreeSet<Spot>| -> BTreeSet<_> {
        spots
            .iter()
            .filter_map(|spot| spot.cloud_region.clone())
            .collect()
    };
    if regions(before) != regions(after) {
        return (Status::Changed, words.other_region);
    }
    (Status::Unchanged, words.same_operator)
}

fn encryption(old: &Subject, new: &Subject) -> Status {
    let kinds = |subject: &Subject| -> BTreeSet<_> {
        subject
            .encryption
            .iter()
            .map(|(word, _)| word.clone())
            .collect()
    };
    if kinds(old) == kinds(new) {
        Status::Unchanged
    } else {
        Status::Changed
    }
}

/// More than twice or less than half as much an hour.
fn volumes(rates: [Option<u64>; 2]) -> Status {
    let [Some(before), Some(after)] = rates else {
        return Status::NotComparable;
    };
    if before.max(after) > before.min(after).saturating_mul(2) {
        Status::Changed
    } else {
        Status::Unchanged
    }
}

fn round_trips(old: Option<RoundTrips>, new: Option<RoundTrips>) -> Status {
    let (Some(old), Some(new)) = (old, new) else {
        return Status::NotComparable;
    };
    if differ(old.smallest_ns, new.smallest_ns) {
        Status::Changed
    } else {
        Status::Unchanged
    }
}

/// More than a twentieth and more than two milliseconds apart: less is in the nature of networks.
pub(super) fn differ(one: u64, other: u64) -> bool {
    let apart = one.abs_diff(other);
    apart > one.max(other) / 20 && apart > 2_000_000
}

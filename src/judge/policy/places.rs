//! Countries of servers, and of the seats of operators and owners, against what is expected.
//!
//! In:   a flow with its place and its owner; the countries of a rule.
//! Out:  a verdict, and its reason as a word.
//!
//! What is not known surely enough decides nothing. Groups are asked as of the flow's own time.

use super::axis::Axis;
use super::expect::Places;
use super::facts::{self, Cause, Said, said};
use crate::judge::rules::expected_country::by_round_trip;
use crate::judge::selector::is_the_flows_own;
use crate::model::{Confidence, Country, Flow, NameOwner, Place, Time, Truth, Verdict};

/// What a rule says of a flow on one of the three axes of countries. `by_name` is true where the
/// rule's scope asks for a name.
pub(super) fn judge(
    axis: Axis,
    places: &Places,
    flow: &Flow,
    least: Confidence,
    by_name: bool,
) -> Said {
    let at = flow.first_seen;
    let found = match axis {
        Axis::Server => server(&flow.place, places, least, at),
        Axis::Operator => operator(&flow.place, places, at),
        // The name that a proxy was asked for is the flow's, and whose it is, is no guess.
        _ if facts::proxied(flow).is_some() => return owner(flow, places, at),
        _ => owner(flow, places, at),
    };
    inside(found, flow, by_name)
}

/// What a tunnel hides. That a flow went where it should not, stands; that it went only where it
/// should, does not, where others travel inside it.
fn inside(found: Said, flow: &Flow, by_name: bool) -> Said {
    let proxied = facts::proxied(flow).is_some();
    match found.verdict {
        // The name is asked for elsewhere: the address says nothing of it.
        _ if proxied && by_name => said(Verdict::Indeterminate, Cause::Proxied),
        Verdict::Met if proxied => said(Verdict::Indeterminate, Cause::Proxied),
        Verdict::Met if facts::carries(flow).is_some() => {
            said(Verdict::Indeterminate, Cause::Carries)
        }
        _ => found,
    }
}

fn server(place: &Place, places: &Places, least: Confidence, at: Time) -> Said {
    let known = place.country.filter(|_| place.anycast != Some(true));
    let sure = known.filter(|_| place.confidence >= least && place.confidence > Confidence::None);
    if let Some(country) = sure {
        return seat(country, places, at);
    }
    match by_round_trip(place, |country| places.fit(country, at)) {
        Some(verdict) => said(verdict, Cause::Country),
        None if known.is_some() => said(Verdict::Indeterminate, Cause::Unsure),
        None => said(Verdict::Indeterminate, Cause::Unknown),
    }
}

fn operator(place: &Place, places: &Places, at: Time) -> Said {
    let known = place.operator.as_ref();
    match known.filter(|operator| !operator.registered_only) {
        Some(operator) => seat(*operator.top().1, places, at),
        None => said(Verdict::Indeterminate, Cause::Unknown),
    }
}

fn owner(flow: &Flow, places: &Places, at: Time) -> Said {
    let Some(country) = owner_country(&flow.owner) else {
        return said(Verdict::Indeterminate, Cause::Unknown);
    };
    if !is_the_flows_own(flow) {
        return said(Verdict::Indeterminate, Cause::NotItsName);
    }
    seat(country, places, at)
}

fn owner_country(owner: &NameOwner) -> Option<Country> {
    owner.owner.as_ref()?.group_country
}

/// A country that is known.
fn seat(country: Country, places: &Places, at: Time) -> Said {
    match places.fit(country, at) {
        Truth::Yes => said(Verdict::Met, Cause::Country),
        Truth::No => said(Verdict::Violated, Cause::Country),
        Truth::Maybe => said(Verdict::Indeterminate, Cause::Condition),
    }
}

/// The country that was judged on an axis, where one is known.
pub(super) fn country(axis: Axis, place: &Place, owner: &NameOwner) -> Option<Country> {
    match axis {
        Axis::Operator => {
            let known = place.operator.as_ref();
            let known = known.filter(|operator| !operator.registered_only);
            known.map(|operator| *operator.top().1)
        }
        Axis::Owner => owner_country(owner),
        _ => place.country,
    }
}

//! What the smallest round trip excludes.
//!
//! In:   how soon an address answered, where the phone was, the countries that sources name.
//! Out:  the countries that light in fibre could not have reached and returned from.
//!
//! A round trip only excludes. A long one proves nothing: queues, radio and the server itself
//! take time too. What is excluded is excluded for the *end that answered*: a proxy, a VPN or
//! the edge of a content network answers for others. Where something near the phone seems to
//! answer for servers far away, nothing is excluded at all.

use super::Places;
use super::earth::{Reach, fibre_km, vacuum_km};
use crate::language::WORDS;
use crate::model::{Country, Physics, Place, PlaceOpinion};
use std::net::IpAddr;
use std::sync::Arc;

/// How soon an address answered.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct RoundTrip {
    /// The smallest handshake round trip, in nanoseconds.
    pub rtt_ns: u64,
    /// Why it cannot be used, where it cannot.
    pub off_because: Option<&'static str>,
}

/// Nothing on the Internet is nearer to a phone than this: what answers sooner is in the phone,
/// or beside it.
const NEAREST_NS: u64 = 1_000_000;
/// How much later than the handshake the first answer of the server itself may come: it has to
/// think too.
const THINKING_NS: u64 = 100_000_000;
/// And how many times as late.
const THINKING_TIMES: u64 = 5;
/// With fewer servers measured nothing is said of what they have in common.
const FEWEST_SERVERS: usize = 4;

const BESIDE: &str = WORDS.nowhere.beside;
const DATA_LATE: &str = WORDS.nowhere.data_late;
const EVERYWHERE: &str = WORDS.nowhere.everywhere;

impl RoundTrip {
    /// Of the smallest handshake round trip and, where it was measured, the smallest time from
    /// a ClientHello to its ServerHello, both in nanoseconds.
    #[must_use]
    pub fn new(rtt_ns: u64, answer_ns: Option<u64>) -> Self {
        let late = rtt_ns
            .saturating_mul(THINKING_TIMES)
            .saturating_add(THINKING_NS);
        let off_because = if rtt_ns < NEAREST_NS {
            Some(BESIDE)
        } else {
            answer_ns.filter(|answer| *answer > late).map(|_| DATA_LATE)
        };
        RoundTrip {
            rtt_ns,
            off_because,
        }
    }

    /// The longest that the round trip may have been: a clock that ticks in milliseconds may
    /// have taken nearly one off.
    fn longest_ns(self) -> u64 {
        let tick = [1_000_000_000, 1_000_000, 1_000]
            .into_iter()
            .find(|tick| self.rtt_ns.is_multiple_of(*tick));
        self.rtt_ns.saturating_add(tick.unwrap_or(1))
    }
}

impl Places {
    /// Turns all of `trips` off where most of them contradict what all databases say: then it is
    /// not the databases that are wrong.
    pub fn suspect<'a>(&self, trips: impl Iterator<Item = (IpAddr, &'a mut RoundTrip)>) {
        let Some(reach) = &self.reach else {
            return;
        };
        let (mut measured, mut contradicted) = (0usize, 0usize);
        let mut used: Vec<&mut RoundTrip> = Vec::new();
        for (address, trip) in trips {
            if trip.off_because == Some(BESIDE) || trip.off_because.is_none() {
                let named = countries(&self.place(address).opinions);
                if !named.is_empty() {
                    let excluded = reach.excluded(trip.longest_ns(), &named);
                    measured = measured.saturating_add(1);
                    contradicted =
                        contradicted.saturating_add(usize::from(excluded.len() == named.len()));
                }
            }
            used.push(trip);
        }
        if measured >= FEWEST_SERVERS && contradicted.saturating_mul(2) > measured {
            for trip in used {
                trip.off_because.get_or_insert(EVERYWHERE);
            }
        }
    }
}

/// What `trip` says of the countries in `opinions`.
pub(super) fn physics(reach: &Reach, trip: RoundTrip, opinions: &[PlaceOpinion]) -> Physics {
    let longest = trip.longest_ns();
    let (excluded, beyond) = if trip.off_because.is_some() {
        (Vec::new(), Vec::new())
    } else {
        let all: Vec<Country> = Country::all()
            .iter()
            .filter_map(|(code, _)| Country::new(code))
            .collect();
        let beyond = reach.excluded(longest, &all);
        let beyond = beyond.into_iter().map(|far| far.country).collect();
        (reach.excluded(longest, &countries(opinions)), beyond)
    };
    Physics {
        rtt_ns: trip.rtt_ns,
        vantage: Arc::from(reach.vantage().to_string()),
        fibre_km: fibre_km(longest),
        vacuum_km: vacuum_km(longest),
        excluded,
        beyond,
        off_because: trip.off_because,
    }
}

/// Keeps what a reader needs: where the round trip took nothing away from a known country, it
/// is said by the flow's own column, and places that are the same stay the same.
pub(super) fn keep(place: &mut Place, physics: Physics) {
    let matters = !physics.excluded.is_empty()
        || physics.off_because.is_some()
        || (place.country.is_none() && !physics.beyond.is_empty());
    if matters {
        place.physics = Some(Arc::new(physics));
    }
}

/// The countries that sources name, each once.
fn countries(opinions: &[PlaceOpinion]) -> Vec<Country> {
    let mut countries: Vec<Country> = opinions.iter().filter_map(|said| said.country).collect();
    countries.sort_unstable();
    countries.dedup();
    countries
}

//! What an idle phone does anyway.
//!
//! In:   the reports on captures of the phone at rest.
//! Out:  which destinations those have too.
//!
//! Being in a baseline excuses nothing: no verdict looks at it. Names are compared as DNS does,
//! without regard to case; an address without a name is in the baseline where the baseline has
//! it without a name as well, since behind one address there are many names. The public name of
//! an encrypted hello stands for any name, so that it is in no baseline.

use super::finished::Finished;
use crate::flow::CARRIES_TUNNEL;
use crate::model::{BaselineCapture, BaselineSums, Destination, Flow, Report, Scope, Text, Via};
use std::collections::HashSet;
use std::net::IpAddr;

type Set<K> = HashSet<K, foldhash::quality::RandomState>;

/// The destinations of one or several captures.
#[derive(Clone, Debug, Default)]
pub struct Baseline {
    pub(super) captures: Vec<BaselineCapture>,
    names: Set<Text>,
    addresses: Set<IpAddr>,
}

impl Baseline {
    /// Adds the destinations of a capture.
    pub fn add(&mut self, report: &Report) {
        let time = report.totals.time;
        self.captures
            .extend(report.inputs.iter().map(|input| BaselineCapture {
                path: input.path.clone(),
                sha256: input.sha256.clone(),
                packets: input.packets,
                time: input.time.or(time),
            }));
        // Nothing here can fail.
        let _ = report.rows.flows(&mut |flow| {
            self.take(flow);
            Ok(())
        });
    }

    fn take(&mut self, flow: &Flow) {
        match (&flow.name, flow.name_via) {
            (Some(_), Some(Via::EchOuter)) => {}
            (Some(name), _) => drop(self.names.insert(plain(name))),
            (None, _) => drop(self.addresses.insert(flow.remote_ip)),
        }
    }

    /// True if the baseline has the destination of a flow.
    pub(super) fn has(&self, name: Option<&Text>, via: Option<Via>, address: IpAddr) -> bool {
        match name {
            Some(_) if via == Some(Via::EchOuter) => false,
            Some(name) => self.names.contains(&plain(name)),
            None => self.addresses.contains(&address),
        }
    }

    fn has_destination(&self, destination: &Destination) -> bool {
        match &destination.name {
            Some(_) if destination.name_via == Via::EchOuter.as_str() => false,
            Some(name) => self.names.contains(&plain(name)),
            // Addresses that are not listed could be any.
            None => {
                let listed = u64::try_from(destination.addresses.len()).unwrap_or(0);
                let mut addresses = destination.addresses.iter();
                listed == destination.address_count
                    && addresses.all(|address| self.addresses.contains(address))
            }
        }
    }

    /// Says so of every destination.
    pub(super) fn mark(&self, destinations: &mut [Destination]) {
        for destination in destinations {
            destination.in_baseline = Some(self.has_destination(destination));
        }
    }

    /// What of the outbound flows goes to destinations of the baseline.
    pub(super) fn sums(&self, finished: &Finished) -> BaselineSums {
        let mut sums = BaselineSums::default();
        for at in 0..finished.rows.len() {
            let Some((record, _, view)) = finished.view(at) else {
                continue;
            };
            let name = finished.store().text(view.name);
            let counts = view.scope == Scope::Outbound && !record.has(CARRIES_TUNNEL);
            if !counts || !self.has(name, view.via, view.remote) {
                continue;
            }
            let more = Finished::sums(record, &view);
            sums.flows = sums.flows.saturating_add(1);
            sums.bytes_out = sums.bytes_out.saturating_add(more.bytes_out);
            sums.bytes_in = sums.bytes_in.saturating_add(more.bytes_in);
        }
        sums
    }
}

/// A name as it is compared: in lower case, without the dot of the root.
fn plain(name: &Text) -> Text {
    let bytes = name.bytes();
    let bytes = bytes.strip_suffix(b".").unwrap_or(bytes);
    Text::from(bytes.to_ascii_lowercase())
}

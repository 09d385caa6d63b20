//! An audit after its last packet: names, places and verdicts joined to the rows.
//!
//! In:   the table of flows, what reading stored, the devices, the place data.
//! Out:  for each row a [`View`]; from those the totals, destinations and findings; and the
//!       rows themselves, made one at a time for whoever writes them.

mod located;
mod rows;
mod view;

use located::Ends;
use view::{LOCAL_IS_A, LOCAL_IS_DEVICE, OPENED_LOCALLY, turned};
pub(super) use view::{Sums, View};

use super::baseline::Baseline;
use super::beside::{LEAST_ROWS, beside, in_halves};
use super::extra::{Extra, NONE, Store, VIAS};
use super::owners::Owners;
use super::reading::Reading;
use super::talk::Talk;
use crate::flow::{Order, Record, Table};
use crate::locate::Places;
use crate::model::{
    Arena, Device, Grade, NameOwner, PhaseLog, Place, Scope, Text, Transport, Verdict, Via,
    scope_of,
};
use crate::names::{Answers, Client, Resolved};
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;

type Map<K, V> = HashMap<K, V, foldhash::quality::RandomState>;

/// Everything an audit knows, ready to be read out.
pub(super) struct Finished {
    table: Table<Reading>,
    store: Store,
    talk: Talk,
    answers: Answers,
    owners: Owners,
    /// The verdict on each of the owners, with and without a name to go by.
    owner_verdicts: Vec<Option<Verdict>>,
    /// Aliases that found no room.
    aliases_beyond: u64,
    /// Rows in order of their first frames: a flow's number is its place here, from 1.
    pub(super) rows: Order,
    /// The number of each row's remote address.
    row_addresses: Vec<u32>,
    /// The number of each remote address's place.
    address_places: Vec<u32>,
    /// How each row is turned: `LOCAL_IS_A` and the like.
    row_turns: Vec<u8>,
    pub(super) places: Vec<Arc<Place>>,
    verdicts: Vec<[Option<Verdict>; 4]>,
    /// The verdicts of policies, for every row; empty where there is none.
    row_verdicts: Vec<Option<Verdict>>,
    /// The number of a row's flow, for rows that exchanges point to.
    numbers: Map<u32, u64>,
    device_addresses: Map<IpAddr, u32>,
    /// All of those, where they find room here.
    few_addresses: [Option<IpAddr>; 8],
    /// True where the user said which devices are audited.
    devices_are_named: bool,
    app_names: Map<u32, Text>,
    /// What the tester did.
    phases: Option<Arc<PhaseLog>>,
    /// What the device does at rest.
    baseline: Option<Arc<Baseline>>,
    /// The rows are gone.
    forgotten: bool,
}

/// As many of the addresses as there is room for.
fn few<const N: usize>(addresses: &Map<IpAddr, u32>) -> [Option<IpAddr>; N] {
    let mut sorted: Vec<IpAddr> = addresses.keys().copied().collect();
    sorted.sort_unstable();
    let mut sorted = sorted.into_iter();
    std::array::from_fn(|_| sorted.next())
}

/// How places and owners of names are judged, as far as anything is expected of them.
pub(super) struct Judges<'j> {
    pub(super) place: &'j dyn Fn(&Place, Scope) -> Option<Verdict>,
    pub(super) owner: &'j dyn Fn(&NameOwner) -> Option<Verdict>,
}

const SCOPES: [Scope; 4] = [
    Scope::Outbound,
    Scope::Lan,
    Scope::Multicast,
    Scope::Loopback,
];

impl Finished {
    /// Joins what was stored. `places` is asked once for each remote address and epoch.
    pub(super) fn new(
        table: Table<Reading>,
        reading: Reading,
        (devices, devices_are_named): (&[Device], bool),
        apps: &[(u32, Text)],
        (places, threads): (&Places, usize),
        judges: &Judges<'_>,
    ) -> Self {
        let Reading {
            mut store,
            talk,
            mut answers,
            mut aliases,
            ..
        } = reading;
        store.strings.seal();
        let mut device_addresses: Map<IpAddr, u32> = Map::default();
        for (number, device) in devices.iter().enumerate() {
            let number = u32::try_from(number).unwrap_or(u32::MAX);
            for address in &device.addresses {
                device_addresses.insert(*address, number);
            }
        }
        answers.seal(|client| device_addresses.get(&client).copied());
        for device in devices {
            for address in &device.addresses {
                if let Some(group) = device_addresses.get(address) {
                    answers.join(*address, *group);
                }
            }
        }
        aliases.seal(|client| device_addresses.get(&client).copied());
        let rows = table.rows();
        let mut finished = Finished {
            table,
            store,
            talk,
            answers,
            owner_verdicts: Vec::new(),
            owners: Owners::default(),
            aliases_beyond: aliases.beyond,
            rows,
            row_addresses: Vec::new(),
            address_places: Vec::new(),
            row_turns: Vec::new(),
            places: Vec::new(),
            verdicts: Vec::new(),
            row_verdicts: Vec::new(),
            numbers: Map::default(),
            few_addresses: few(&device_addresses),
            device_addresses,
            devices_are_named,
            app_names: apps.iter().cloned().collect(),
            phases: None,
            baseline: None,
            forgotten: false,
        };
        let catalogue = places.catalogue();
        let owners = || {
            let names = finished.store.extras.iter().map(|extra| extra.name);
            let names = names.chain(finished.answers.names());
            Owners::new(catalogue, &finished.store.strings, names, &aliases)
        };
        let rows = (finished.rows.len(), LEAST_ROWS);
        let (mut ends, later) =
            in_halves(rows, threads, &|range| Ends::of(&finished, places, range));
        let (owners, located) = match later {
            Some(later) => {
                ends.join(later);
                beside(&owners, || ends.located(&finished, places))
            }
            None => (owners(), ends.located(&finished, places)),
        };
        let judge = |who: &Arc<NameOwner>| (judges.owner)(who);
        finished.owner_verdicts = owners.all().iter().map(judge).collect();
        finished.owners = owners;
        let judge = |place: &Arc<Place>| SCOPES.map(|scope| (judges.place)(place, scope));
        finished.verdicts = located.places.iter().map(judge).collect();
        finished.row_addresses = located.row_addresses;
        finished.address_places = located.address_places;
        finished.row_turns = located.row_turns;
        finished.places = located.places;
        finished.number_exchanges();
        finished
    }

    fn number_exchanges(&mut self) {
        let mut wanted: Map<u32, u64> = self.talk.http.iter().map(|http| (http.row, 0)).collect();
        if !wanted.is_empty() {
            for (number, row) in (1u64..).zip(self.rows.iter()) {
                if let Some(place) = wanted.get_mut(&row) {
                    *place = number;
                }
            }
        }
        self.numbers = wanted;
    }

    /// What is known of the test: rows say in which phase they began, and whether a baseline
    /// has their destination.
    pub(super) fn set_test(
        &mut self,
        phases: Option<Arc<PhaseLog>>,
        baseline: Option<Arc<Baseline>>,
    ) {
        self.phases = phases;
        self.baseline = baseline;
    }

    /// A row turned the right way round, without names and places.
    pub(super) fn oriented(&self, at: usize) -> Option<(&Record, View)> {
        let record = self.table.row(self.rows.get(at)?)?;
        let turn = self.row_turns.get(at).copied().unwrap_or(0);
        Some((record, turned(&self.table, record, turn)))
    }

    /// Gives back what only rows need. Names, owners and places stay.
    pub(super) fn forget_rows(&mut self) {
        self.table.forget_rows();
        self.store.extras = Arena::default();
        self.store.tls = Arena::default();
        self.answers.forget();
        self.rows = Order::Numbered(0);
        self.row_addresses = Vec::new();
        self.row_turns = Vec::new();
        self.row_verdicts = Vec::new();
        self.forgotten = true;
    }

    /// Every row's verdict, where each was judged by itself.
    pub(super) fn set_verdicts(&mut self, verdicts: Vec<Option<Verdict>>) {
        self.row_verdicts = verdicts;
    }

    pub(super) fn talk(&self) -> &Talk {
        &self.talk
    }

    pub(super) fn store(&self) -> &Store {
        &self.store
    }

    pub(super) fn answers_beyond(&self) -> u64 {
        self.answers.beyond
    }

    pub(super) fn aliases_beyond(&self) -> u64 {
        self.aliases_beyond
    }

    pub(super) fn owners(&self) -> &Owners {
        &self.owners
    }

    pub(super) fn table(&self) -> &Table<Reading> {
        &self.table
    }

    pub(super) fn extra(&self, record: &Record) -> Option<&Extra> {
        record
            .side
            .as_kept()
            .and_then(|number| self.store.extras.get(number))
    }

    /// Reads a little of what [`Finished::view`] will need.
    pub(super) fn touch(&self, at: usize) -> u64 {
        let record = self.rows.get(at).and_then(|row| self.table.row(row));
        let extra = record.and_then(|record| self.extra(record));
        extra.map_or(0, |extra| extra.name.into())
    }

    /// Reads a little of what is joined to a row.
    pub(super) fn touch_joined(&self, at: usize) -> u64 {
        let Some(record) = self.rows.get(at).and_then(|row| self.table.row(row)) else {
            return 0;
        };
        match self.extra(record).map_or(NONE, |extra| extra.name) {
            NONE => {
                let turn = self.row_turns.get(at).copied().unwrap_or(0);
                let view = turned(&self.table, record, turn);
                self.answers.touch(view.local, view.remote)
            }
            name => self.table.touch(record) ^ self.owners.touch(name),
        }
    }

    /// The row at this place of `rows`, with everything joined.
    pub(super) fn view(&self, at: usize) -> Option<(&Record, Option<&Extra>, View)> {
        let record = self.table.row(self.rows.get(at)?)?;
        let extra = self.extra(record);
        let turn = self.row_turns.get(at).copied().unwrap_or(0);
        let mut view = turned(&self.table, record, turn);
        view.place = usize::try_from(self.address_number(at))
            .ok()
            .and_then(|number| self.address_places.get(number).copied())
            .unwrap_or(NONE);
        self.name(record, extra, &mut view);
        if view.name != NONE {
            let client = || self.client(view.local);
            view.owner = self.owners.number(view.name, record.first, client);
        }
        view.verdict = match self.row_verdicts.get(at) {
            Some(verdict) => *verdict,
            None => self.verdict(&view),
        };
        Some((record, extra, view))
    }

    fn client(&self, address: IpAddr) -> Client {
        let device = self.device_addresses.get(&address);
        device.map_or(Client::Host(address), |number| Client::Device(*number))
    }

    /// The number of the remote address of the flow at this place of `rows`.
    pub(super) fn address_number(&self, at: usize) -> u32 {
        self.row_addresses.get(at).copied().unwrap_or(NONE)
    }

    /// The gravest of the verdicts on the place, the operator and the owner of the name.
    fn verdict(&self, view: &View) -> Option<Verdict> {
        let at = SCOPES.iter().position(|known| *known == view.scope);
        let place = usize::try_from(view.place).unwrap_or(usize::MAX);
        let place = self.verdicts.get(place).zip(at);
        let place = place.and_then(|(verdicts, at)| verdicts.get(at).copied().flatten());
        // The name of an encrypted hello's outside is not the one that is asked for.
        let number = match view.via {
            Some(Via::EchOuter) => 0,
            _ => usize::try_from(view.owner).unwrap_or(0),
        };
        let owner = self.owner_verdicts.get(number).copied().flatten();
        let owner = owner.filter(|_| view.scope == Scope::Outbound);
        place.into_iter().chain(owner).min()
    }

    /// Which end of a row is local, and why.
    fn turn(&self, record: &Record, extra: Option<&Extra>) -> u8 {
        let swapped = extra.is_some_and(|extra| extra.swapped);
        let client_is_a = record.has(crate::flow::CLIENT_IS_B) == swapped;
        let [(a, _), (b, _)] = self.table.ends(record);
        let (client, server) = if client_is_a { (a, b) } else { (b, a) };
        let known = |address: &IpAddr| {
            // A handset has a handful: looking through them is sooner than one hash.
            let few = self.device_addresses.len() <= self.few_addresses.len();
            if few {
                self.few_addresses.contains(&Some(*address))
            } else {
                self.device_addresses.contains_key(address)
            }
        };
        let (client_known, server_known) = (known(&client), known(&server));
        // Of two devices the one that opened the flow is local. So it is where devices were
        // only guessed and the flow stays inside: the other may be the one that was meant.
        let inside = scope_of(client) == Scope::Lan && scope_of(server) == Scope::Lan;
        let client_is_local = client_known || !server_known || (inside && !self.devices_are_named);
        let local_known = if client_is_local {
            client_known
        } else {
            server_known
        };
        let flag = |set: bool, flag: u8| if set { flag } else { 0 };
        flag(client_is_a == client_is_local, LOCAL_IS_A)
            | flag(client_is_local, OPENED_LOCALLY)
            | flag(local_known, LOCAL_IS_DEVICE)
    }

    fn name(&self, record: &Record, extra: Option<&Extra>, view: &mut View) {
        let own = extra.filter(|extra| extra.name != NONE);
        if own.is_some() && !view.opened_locally {
            // The name is that of the end which was called: of the local one, not of the other.
            return;
        }
        if let Some(extra) = own {
            view.name = extra.name;
            view.via = VIAS.get(usize::from(extra.name_via)).copied();
            view.grade = Grade::Observed;
            view.name_frame = extra.name_frame;
            return;
        }
        let earlier = Some(self.store.rare(extra).continues)
            .filter(|row| *row != NONE)
            .and_then(|row| self.table.row(row))
            .and_then(|record| self.extra(record))
            .filter(|extra| extra.name != NONE);
        if let Some(earlier) = earlier {
            view.name = earlier.name;
            view.via = Some(Via::QuicCid);
            view.grade = Grade::Inferred;
            view.name_frame = earlier.name_frame;
            return;
        }
        if let Some(Resolved {
            name,
            frame,
            rivals,
        }) = self.answers.name(view.local, view.remote, record.first)
        {
            view.name = name;
            view.via = Some(Via::Dns);
            view.grade = Grade::Inferred;
            view.name_frame = frame;
            view.rivals = Some(rivals);
        }
    }

    pub(super) fn sums(record: &Record, view: &View) -> Sums {
        view.turn(record.packets.map(u64::from), record.bytes())
    }

    pub(super) fn protocol(&self, record: &Record, extra: Option<&Extra>) -> Option<&'static str> {
        extra
            .and_then(|extra| self.store.words.word(extra.protocol))
            .or(match record.transport() {
                Transport::Icmp => Some("icmp"),
                Transport::Icmpv6 => Some("icmpv6"),
                Transport::Esp => Some("esp"),
                Transport::Ah => Some("ah"),
                Transport::Gre => Some("gre"),
                Transport::IpIp => Some("ipip"),
                Transport::Other(2) => Some("igmp"),
                _ => None,
            })
    }

    pub(super) fn place(&self, number: u32) -> Arc<Place> {
        usize::try_from(number)
            .ok()
            .and_then(|number| self.places.get(number))
            .cloned()
            .unwrap_or_default()
    }

    /// The round trip between the capture point and the remote end. For datagrams only QUIC's
    /// first flight counts: other services may think before they answer.
    fn round_trip(&self, record: &Record, extra: Option<&Extra>, view: &View) -> Option<u64> {
        let extra = extra?;
        let handshake = record.transport() == Transport::Tcp
            || self.store.words.word(extra.protocol) == Some("quic");
        let ns = if view.opened_locally {
            extra.rtt.server_ns
        } else {
            extra.rtt.client_ns
        };
        (handshake && ns > 0).then_some(ns.into())
    }
}

/// Rows that are looked up together, so that waits for memory overlap.
pub(super) const TOGETHER: usize = 32;

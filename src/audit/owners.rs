//! Names to owners, each distinct name once.
//!
//! In:   the names that flows and answers have, the aliases, the catalogue.
//! Out:  for a flow's name, client and time the number of what is known of its owner.
//!
//! Nearly every name has one owner for all times and clients: its number lies in a list by the
//! number of the name. The others have a list of cases.

use super::extra::NONE;
use crate::catalogue::{Catalogue, Hit};
use crate::model::{Alias, NameOwner, Text, Time};
use crate::names::{AliasEntry, Aliases, Client, Domain, Strings};
use std::collections::HashMap;
use std::sync::Arc;

type Map<K, V> = HashMap<K, V, foldhash::quality::RandomState>;

/// Who is behind names.
#[derive(Default)]
pub(super) struct Owners {
    /// Distinct ones; the first says nothing.
    all: Vec<Arc<NameOwner>>,
    /// For each of those the number of the same without its alias.
    bare: Vec<u32>,
    /// For each of `all` how much its alias tells.
    telling: Vec<u8>,
    /// By the number of the name: a number in `all`, or with `CASES` set one in `cases`.
    by_name: Vec<u32>,
    /// For each name that has them the first and the end of its `moments`.
    cases: Vec<(u32, u32)>,
    moments: Vec<Moment>,
    /// The clients that `moments` tell apart, in order.
    clients: Vec<Client>,
}

/// From when on what is known of a name whose owner or alias is not the same for all. Those of
/// one name lie together, sorted by client, then by time.
#[derive(Clone, Copy, Debug)]
struct Moment {
    from: Time,
    /// Place in `clients`, or `OTHERS`.
    client: u32,
    number: u32,
}

/// Clients that were told no alias.
const OTHERS: u32 = u32::MAX;

/// Marks a number in `cases`.
const CASES: u32 = 1 << 31;
/// The number of the owner of which nothing is known.
const NOTHING: u32 = 0;

impl Owners {
    /// Looks up `names`, numbers of texts in `strings`; repetitions do no harm.
    pub(super) fn new(
        catalogue: &Catalogue,
        strings: &Strings,
        names: impl Iterator<Item = u32>,
        aliases: &Aliases,
    ) -> Self {
        let mut finder = Finder {
            catalogue,
            strings,
            owners: Owners {
                all: vec![Arc::default()],
                bare: vec![NOTHING],
                telling: vec![0],
                by_name: Vec::new(),
                cases: Vec::new(),
                moments: Vec::new(),
                clients: aliases.clients(),
            },
            by_hit: Map::default(),
            numbers: Map::default(),
        };
        // Names with aliases first: they have lists of their own.
        for group in aliases.by_name() {
            finder.aliased(group);
        }
        for name in names {
            finder.plain(name);
        }
        finder.owners
    }

    /// The number of what is known of `name`'s owner.
    pub(super) fn number(&self, name: u32, time: Time, client: impl FnOnce() -> Client) -> u32 {
        let place = usize::try_from(name).unwrap_or(usize::MAX);
        let found = self.by_name.get(place).copied().unwrap_or(NOTHING);
        if found == NONE {
            return NOTHING;
        }
        if found & CASES == 0 {
            return found;
        }
        let at = usize::try_from(found & !CASES).unwrap_or(usize::MAX);
        let moments = self.cases.get(at).and_then(|(first, end)| {
            let place = |at: &u32| usize::try_from(*at).ok();
            self.moments.get(place(first)?..place(end)?)
        });
        let Some(moments) = moments else {
            return NOTHING;
        };
        let client = self.clients.binary_search(&client());
        let client = client.ok().and_then(|at| u32::try_from(at).ok());
        let latest = |client: u32| {
            let after = moments.partition_point(|one| (one.client, one.from) <= (client, time));
            let last = after.checked_sub(1).and_then(|at| moments.get(at));
            last.filter(|one| one.client == client)
        };
        let told = client.and_then(latest).or_else(|| latest(OTHERS));
        told.map_or(NOTHING, |one| one.number)
    }

    /// Reads a little of what [`Owners::number`] looks through.
    pub(super) fn touch(&self, name: u32) -> u64 {
        let place = |at: u32| usize::try_from(at).unwrap_or(usize::MAX);
        let found = self.by_name.get(place(name)).copied().unwrap_or(NONE);
        if found == NONE || found & CASES == 0 {
            return found.into();
        }
        let case = self.cases.get(place(found & !CASES));
        let moment = case.and_then(|(first, _)| self.moments.get(place(*first)));
        moment.map_or(0, |moment| moment.number.into())
    }

    pub(super) fn owner(&self, number: u32) -> Arc<NameOwner> {
        self.get(number).cloned().unwrap_or_default()
    }

    pub(super) fn get(&self, number: u32) -> Option<&Arc<NameOwner>> {
        self.all.get(usize::try_from(number).unwrap_or(usize::MAX))
    }

    /// The number of the same owner without an alias: by it destinations are told apart.
    pub(super) fn bare(&self, number: u32) -> u32 {
        let place = usize::try_from(number).unwrap_or(usize::MAX);
        self.bare.get(place).copied().unwrap_or(NOTHING)
    }

    /// How much an owner's alias tells: 2 where it leads to somebody else, 1 where there is one.
    pub(super) fn telling(&self, number: u32) -> u8 {
        let place = usize::try_from(number).unwrap_or(usize::MAX);
        self.telling.get(place).copied().unwrap_or(0)
    }

    pub(super) fn all(&self) -> &[Arc<NameOwner>] {
        &self.all
    }
}

struct Finder<'f> {
    catalogue: &'f Catalogue,
    strings: &'f Strings,
    owners: Owners,
    /// Numbers of owners that hold for all times.
    by_hit: Map<Hit, u32>,
    numbers: Map<Arc<NameOwner>, u32>,
}

impl Finder<'_> {
    /// A place for the number of a name, unless it has one already.
    fn place(&mut self, name: u32) -> Option<&mut u32> {
        let at = usize::try_from(name).ok().filter(|_| name != NONE)?;
        let list = &mut self.owners.by_name;
        if list.len() <= at {
            list.resize(at.saturating_add(1), NONE);
        }
        list.get_mut(at).filter(|number| **number == NONE)
    }

    fn plain(&mut self, name: u32) {
        if self.place(name).is_none() {
            return;
        }
        let hit = self.catalogue.find(self.strings.text(name));
        let number = match hit {
            None => NOTHING,
            Some(hit) => match self.by_hit.get(&hit) {
                Some(number) => *number,
                None => {
                    let number = self.hit(&hit);
                    self.by_hit.insert(hit, number);
                    number
                }
            },
        };
        if let Some(place) = self.place(name) {
            *place = number;
        }
    }

    /// The number of an owner, or of the cases of one who changes.
    fn hit(&mut self, hit: &Hit) -> u32 {
        let spans = self.spans(Some(hit));
        match spans.as_slice() {
            [(_, owner)] => self.intern(owner.clone()),
            _ => {
                let others = self.numbered(spans, None);
                self.cases(&[], &others)
            }
        }
    }

    /// From when on who is behind the name.
    fn spans(&self, hit: Option<&Hit>) -> Vec<(Time, NameOwner)> {
        let Some(hit) = hit else {
            return vec![(Time(i64::MIN), NameOwner::default())];
        };
        let mut days: Vec<i32> = self.catalogue.days(hit).collect();
        days.push(i32::MIN);
        days.sort_unstable();
        days.dedup();
        let start = |day: i32| Time(i64::from(day).saturating_mul(DAY_NS));
        days.into_iter()
            .map(|day| (start(day), self.catalogue.who(hit, day)))
            .collect()
    }

    fn numbered(
        &mut self,
        spans: Vec<(Time, NameOwner)>,
        alias: Option<&Alias>,
    ) -> Vec<(Time, u32)> {
        let mut found = Vec::new();
        for (from, owner) in spans {
            let alias = alias.cloned();
            found.push((from, self.intern(NameOwner { alias, ..owner })));
        }
        found
    }

    fn intern(&mut self, owner: NameOwner) -> u32 {
        if owner == NameOwner::default() {
            return NOTHING;
        }
        if let Some(number) = self.numbers.get(&owner) {
            return *number;
        }
        let bare = owner.alias.is_some().then(|| {
            self.intern(NameOwner {
                alias: None,
                ..owner.clone()
            })
        });
        let owners = &mut self.owners;
        let number = u32::try_from(owners.all.len()).unwrap_or(NOTHING);
        let owner = Arc::new(owner);
        owners.all.push(Arc::clone(&owner));
        owners.bare.push(bare.unwrap_or(number));
        let telling = bare.map_or(0, |_| 1 + u8::from(owner.is_cloaked()));
        owners.telling.push(telling);
        self.numbers.insert(owner, number);
        number
    }

    /// The number of the cases of one name. `clients` are sorted by client, then by time.
    fn cases(&mut self, clients: &[(Client, Time, u32)], others: &[(Time, u32)]) -> u32 {
        let Owners {
            cases,
            moments,
            clients: all,
            ..
        } = &mut self.owners;
        let count = |moments: &Vec<Moment>| u32::try_from(moments.len()).unwrap_or(u32::MAX);
        let first = count(moments);
        for (client, from, number) in clients {
            let client = all.binary_search(client).ok();
            let client = client.and_then(|at| u32::try_from(at).ok());
            moments.extend(client.map(|client| Moment {
                from: *from,
                client,
                number: *number,
            }));
        }
        moments.extend(others.iter().map(|(from, number)| Moment {
            from: *from,
            client: OTHERS,
            number: *number,
        }));
        cases.push((first, count(moments)));
        let at = cases.len().saturating_sub(1);
        u32::try_from(at).map_or(NOTHING, |at| at | CASES)
    }

    /// A name with aliases, all of them in `group`. Those below its own registrable domain are
    /// its own, and say nothing.
    fn aliased(&mut self, group: &[AliasEntry]) {
        let Some(name) = group.first().map(|entry| entry.name) else {
            return;
        };
        let own = Domain::of(self.strings.text(name));
        let away = |target: &Text| own.is_none() || Domain::of(target) != own;
        if !group
            .iter()
            .any(|entry| away(self.strings.text(entry.target)))
        {
            return;
        }
        let hit = self.catalogue.find(self.strings.text(name));
        let spans = self.spans(hit.as_ref());
        let mut clients: Vec<(Client, Time, u32)> = Vec::new();
        // One frame for a target, the first: who is told it again is not told anything new.
        let mut frames: Map<u32, u32> = Map::default();
        for entry in group {
            let frame = frames.entry(entry.target).or_insert(entry.frame);
            *frame = (*frame).min(entry.frame);
        }
        let nexts = group.iter().skip(1).map(Some).chain([None]);
        for (entry, next) in group.iter().zip(nexts) {
            let target = self.strings.text(entry.target);
            let alias = away(target).then(|| {
                let theirs = self.catalogue.owner(target, entry.time);
                Alias {
                    target: target.clone(),
                    frame: frames
                        .get(&entry.target)
                        .copied()
                        .unwrap_or_default()
                        .into(),
                    owner: theirs.owner,
                    hosted_by: theirs.hosted_by,
                }
            });
            // What holds when the client is told, and what changes after that.
            let after = spans.partition_point(|(from, _)| *from <= entry.time);
            let held = spans.get(after.saturating_sub(1)..).unwrap_or_default();
            let held = self.numbered(held.to_vec(), alias.as_ref());
            let from = held.iter().map(|(from, _)| (*from).max(entry.time));
            let numbers = from.zip(&held).filter(|(from, _)| {
                next.is_none_or(|next| next.client != entry.client || *from < next.time)
            });
            clients.extend(numbers.map(|(from, (_, number))| (entry.client, from, *number)));
        }
        clients.sort_by_key(|(client, from, _)| (*client, *from));
        let others = self.numbered(spans, None);
        let number = self.cases(&clients, &others);
        if let Some(place) = self.place(name) {
            *place = number;
        }
    }
}

const DAY_NS: i64 = 86_400_000_000_000;

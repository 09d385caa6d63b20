//! What two readings of consecutive parts of one capture stored, made one.
//!
//! In:   the reading of the earlier part; that of the later part, with a journal of what has
//!       no row of its own.
//! Out:  one reading, as if the later part's flows had been read after the earlier one's.
//!
//! What was said by rows that are not flows of their own is left out: they are replayed.

use super::{MOST_APPS, MOST_CONNECTIONS, Reading, SHORTEST_ID};
use crate::audit::devices::Sender;
use crate::audit::extra::{Extra, NONE, NameAt, Rare, Tls};
use crate::decode::Segment;
use crate::flow::{Fate, Plan};
use crate::model::{Time, Transport};
use std::net::IpAddr;

/// What a later part must tell row by row.
pub(super) struct Journal {
    troubles: Vec<(u32, &'static str)>,
    told: Vec<Told>,
    aliases: Vec<Aliased>,
    /// Who sent the first packet of each row; `None` inside tunnels.
    openers: Vec<Option<Sender>>,
    /// First bytes of rows that may go on under a known connection ID.
    heads: Vec<(u32, [u8; HEAD], u8)>,
    /// Rows that go on under the connection ID of another.
    continued: Vec<(u32, u32)>,
    most: usize,
    full: bool,
}

/// A DNS answer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Told {
    pub(super) row: u32,
    pub(super) client: IpAddr,
    pub(super) address: IpAddr,
    pub(super) name: u32,
    pub(super) time: Time,
    pub(super) frame: u32,
}

/// An alias that a DNS answer told.
#[derive(Clone, Copy, Debug)]
pub(super) struct Aliased {
    pub(super) row: u32,
    pub(super) client: IpAddr,
    pub(super) name: u32,
    pub(super) target: u32,
    pub(super) time: Time,
    pub(super) frame: u32,
}

/// Bytes of a datagram with a short header that the longest connection ID reaches.
const HEAD: usize = 21;
/// Entries of the journal's lists that have no other budget.
const MOST_ENTRIES: usize = 4_000_000;

impl Journal {
    fn new(most_told: usize) -> Self {
        Journal {
            troubles: Vec::new(),
            told: Vec::new(),
            aliases: Vec::new(),
            openers: Vec::new(),
            heads: Vec::new(),
            continued: Vec::new(),
            most: most_told,
            full: false,
        }
    }

    pub(super) fn trouble(&mut self, row: u32, words: &'static str) {
        if self.troubles.len() < MOST_ENTRIES {
            self.troubles.push((row, words));
        } else {
            self.full = true;
        }
    }

    pub(super) fn told(&mut self, told: Told) {
        if self.told.len() < self.most {
            self.told.push(told);
        } else {
            self.full = true;
        }
    }

    pub(super) fn aliased(&mut self, aliased: Aliased) {
        if self.aliases.len() < self.most {
            self.aliases.push(aliased);
        } else {
            self.full = true;
        }
    }

    pub(super) fn continued(&mut self, row: u32, earlier: u32) {
        self.continued.push((row, earlier));
    }

    pub(super) fn opened(&mut self, segment: &Segment<'_>) {
        let row = u32::try_from(self.openers.len()).unwrap_or(NONE);
        let outside = segment.tunnel.is_empty();
        self.openers.push(outside.then(|| Sender::of(segment)));
        let is_udp = matches!(segment.transport, Transport::Udp | Transport::UdpLite);
        // Without bytes nothing is known of the first datagram that has some.
        let may_go_on = segment
            .payload
            .first()
            .is_none_or(|first| first & 0xc0 == 0x40);
        if is_udp && may_go_on {
            let mut head = [0; HEAD];
            let len = segment.payload.len().min(HEAD);
            for (place, byte) in head.iter_mut().zip(segment.payload) {
                *place = *byte;
            }
            self.heads.push((row, head, u8::try_from(len).unwrap_or(0)));
        }
    }
}

/// How numbers of a later part become numbers of the whole.
pub(in crate::audit) struct Changes {
    pub(in crate::audit) frames: u32,
    /// By row of the later part; `NONE` where it is no flow of its own.
    pub(in crate::audit) rows: Vec<u32>,
    strings: Vec<u32>,
    words: Vec<u8>,
    apps: Vec<u32>,
}

impl Changes {
    pub(in crate::audit) fn string(&self, number: u32) -> u32 {
        changed(&self.strings, number)
    }

    pub(in crate::audit) fn row(&self, row: u32) -> Option<u32> {
        Some(changed(&self.rows, row)).filter(|row| *row != NONE)
    }

    fn word(&self, number: u8) -> u8 {
        self.words.get(usize::from(number)).copied().unwrap_or(0)
    }
}

fn changed(numbers: &[u32], number: u32) -> u32 {
    let place = usize::try_from(number).unwrap_or(usize::MAX);
    numbers.get(place).copied().unwrap_or(NONE)
}

fn offset(number: u32, base: usize) -> u32 {
    if number == NONE {
        return NONE;
    }
    number.saturating_add(u32::try_from(base).unwrap_or(NONE))
}

impl Reading {
    /// From now on this reads a later part.
    pub(in crate::audit) fn begin_journal(&mut self) {
        self.journal = Some(Box::new(Journal::new(self.limits.dns_answers)));
        self.talk.begin_journal();
    }

    /// True where a budget was reached: no order but the capture's own gives the same rows.
    pub(in crate::audit) fn is_strained(&self) -> bool {
        self.talk.is_strained()
            || self.store.strings.beyond > 0
            || self.answers.beyond > 0
            || self.aliases.beyond > 0
            || self.hosts.is_full()
            || self.peak > self.limits.all_reader_bytes
            || self.store.apps.len() >= MOST_APPS
            || self.connections.rows.len() >= MOST_CONNECTIONS
            || self.journal.as_ref().is_some_and(|journal| journal.full)
    }

    /// From here on the peaks are of what follows.
    pub(in crate::audit) fn forget_strain(&mut self) {
        self.peak = self.buffered;
    }

    /// Whether what cannot be told after joining would have stayed within its budgets.
    pub(in crate::audit) fn has_room_for(&self, later: &Reading, ordered: bool) -> bool {
        let told = later
            .journal
            .as_ref()
            .map_or(0, |journal| journal.told.len());
        let connections = self
            .connections
            .rows
            .len()
            .saturating_add(later.connections.rows.len());
        let aliases = later
            .journal
            .as_ref()
            .map_or(0, |journal| journal.aliases.len());
        self.answers.has_room_for(told, ordered)
            && self.aliases.has_room_for(aliases, ordered)
            && self.talk.has_room_for(&later.talk)
            && self.peak.saturating_add(later.peak) <= self.limits.all_reader_bytes
            && connections < MOST_CONNECTIONS
    }

    /// Rows of the later part that go on under a connection ID of this one, in order.
    pub(in crate::audit) fn known_again(&self, later: &Reading) -> Vec<u32> {
        let Some(journal) = later
            .journal
            .as_ref()
            .filter(|_| self.connections.lengths != 0)
        else {
            return Vec::new();
        };
        let heads = journal.heads.iter().filter(|(_, head, len)| {
            let len = usize::from(*len);
            len == 0
                || (len > SHORTEST_ID
                    && self
                        .continued_by(head.get(..len).unwrap_or_default())
                        .is_some())
        });
        heads.map(|(row, ..)| *row).collect()
    }

    /// Whether rows that go on under a connection ID share the fate of the row they continue.
    pub(in crate::audit) fn agrees(&self, plan: &Plan) -> bool {
        let is_own = |row: u32| {
            let fate = usize::try_from(row)
                .ok()
                .and_then(|row| plan.fates.get(row));
            fate == Some(&Fate::Own)
        };
        self.journal.as_ref().is_none_or(|journal| {
            let mut pairs = journal.continued.iter();
            pairs.all(|(row, earlier)| is_own(*row) == is_own(*earlier))
        })
    }

    /// Extras stored so far: the number that the later part's first one will have.
    pub(in crate::audit) fn extras(&self) -> u32 {
        u32::try_from(self.store.extras.len()).unwrap_or(NONE)
    }

    /// Stores what the later part stored.
    pub(in crate::audit) fn absorb(&mut self, later: Reading, frames: u32, rows: Vec<u32>) {
        let Reading {
            store,
            talk,
            journal,
            ..
        } = later;
        let words = store.words.all().map(|word| self.store.words.number(word));
        let words = words.collect();
        let changes = Changes {
            frames,
            rows,
            strings: self.store.strings.absorb(&store.strings),
            words,
            apps: store
                .apps
                .into_iter()
                .map(|app| self.app_number(app))
                .collect(),
        };
        let own = &mut self.store;
        let bases = (own.tls.len(), own.rare.len(), own.names.len());
        for extra in store.extras.into_rows() {
            own.extras.push(moved_extra(extra, &changes, bases));
        }
        for tls in store.tls.into_rows() {
            own.tls.push(Tls {
                ja4: changes.string(tls.ja4),
                alpn: changes.string(tls.alpn),
                certificate: changes.string(tls.certificate),
                ..tls
            });
        }
        for rare in store.rare.into_rows() {
            own.rare.push(Rare {
                names: offset(rare.names, bases.2),
                app: changed(&changes.apps, rare.app),
                continues: changes.row(rare.continues).unwrap_or(NONE),
                ..rare
            });
        }
        for mut names in store.names.into_rows() {
            for NameAt { name, frame, .. } in &mut names {
                *name = changes.string(*name);
                *frame = frame.saturating_add(changes.frames);
            }
            own.names.push(names);
        }
        if let Some(journal) = journal {
            self.take_journal(&journal, &changes);
        }
        self.talk.absorb(talk, &changes);
    }

    fn take_journal(&mut self, journal: &Journal, changes: &Changes) {
        for (row, words) in &journal.troubles {
            if changes.row(*row).is_some() {
                self.trouble(words);
            }
        }
        for told in &journal.told {
            if changes.row(told.row).is_some() {
                let frame = told.frame.saturating_add(changes.frames);
                let name = changes.string(told.name);
                self.answers
                    .add(told.client, told.address, name, told.time, frame);
            }
        }
        for told in &journal.aliases {
            if changes.row(told.row).is_some() {
                let frame = told.frame.saturating_add(changes.frames);
                let (name, target) = (changes.string(told.name), changes.string(told.target));
                self.aliases
                    .add(told.client, name, target, told.time, frame);
            }
        }
    }

    /// Who sent the first packet of a row of this later part, from `address`.
    pub(in crate::audit) fn opener(&self, row: u32, address: IpAddr) -> Option<(Sender, IpAddr)> {
        let journal = self.journal.as_ref()?;
        let opener = journal.openers.get(usize::try_from(row).ok()?)?;
        opener.map(|sender| (sender, address))
    }
}

fn moved_extra(extra: Extra, changes: &Changes, (tls, rare, _): (usize, usize, usize)) -> Extra {
    Extra {
        name: changes.string(extra.name),
        name_frame: if extra.name == NONE {
            extra.name_frame
        } else {
            extra.name_frame.saturating_add(changes.frames)
        },
        tls: offset(extra.tls, tls),
        rare: offset(extra.rare, rare),
        protocol: changes.word(extra.protocol),
        hidden: changes.word(extra.hidden),
        ..extra
    }
}

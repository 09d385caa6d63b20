//! Whole rows, made one at a time for whoever writes them.
//!
//! In:   everything that an audit knows.
//! Out:  flows, DNS exchanges and HTTP exchanges, with their texts.

use super::super::extra::{Extra, NONE, VIAS};
use super::super::talk::{self, Talk};
use super::{Finished, TOGETHER, View};
use crate::flow::{CARRIES_TUNNEL, Record};
use crate::model::{App, DnsRow, Flow, FlowName, Grade, HttpRow, Rows, Text, Time, Transport, Via};
use std::io;
use std::sync::Arc;

/// A row with everything joined.
type Viewed<'f> = (&'f Record, Option<&'f Extra>, View);

impl Finished {
    /// Reads a little of what only a whole row needs.
    fn touch_more(&self, (_, extra, view): &Viewed<'_>) -> u64 {
        let name = self.store.text(view.name);
        let first = name.and_then(|name| name.bytes().first().copied());
        let tls = extra.and_then(|extra| self.store.tls.get(extra.tls));
        // Both ends: it may lie on two cache lines.
        let tls = tls.map_or(0, |tls| tls.ja3[0] ^ u8::from(tls.server_seen));
        let owner = self.owners.get(view.owner);
        let owner = owner.map_or(0, |owner| u8::from(owner.alias.is_some()));
        u64::from(first.unwrap_or(0) ^ tls ^ owner)
    }

    /// The whole row of a report: the one at this place of `rows`.
    fn flow(&self, at: usize, &(record, extra, view): &Viewed<'_>, domains: &mut Domains) -> Flow {
        let sums = Self::sums(record, &view);
        let tls = extra.and_then(|extra| self.store.tls.get(extra.tls));
        let name = self.store.text(view.name).cloned();
        let baseline = self.baseline.as_ref();
        let in_baseline = baseline.map(|known| known.has(name.as_ref(), view.via, view.remote));
        let text = |number: u32| self.store.text(number).cloned();
        Flow {
            flow: u64::try_from(at).unwrap_or(u64::MAX).saturating_add(1),
            scope: view.scope,
            transport: record.transport(),
            local_ip: view.local,
            local_port: view.local_port,
            remote_ip: view.remote,
            remote_port: view.remote_port,
            local_is_device: view.local_is_device,
            opened_locally: view.opened_locally,
            first_seen: record.first,
            last_seen: record.last,
            packets_out: sums.packets_out,
            bytes_out: sums.bytes_out,
            packets_in: sums.packets_in,
            bytes_in: sums.bytes_in,
            first_frame: record.first_frame.into(),
            last_frame: record.last_frame.into(),
            tunnel: self.table.tunnel(record),
            carries_tunnel: record.has(CARRIES_TUNNEL),
            protocol: self.protocol(record, extra),
            registrable_domain: name.as_ref().and_then(|name| domains.of(view.name, name)),
            name,
            name_via: view.via,
            name_grade: view.grade,
            name_rivals: view.rivals.map(u64::from),
            names: self.names(extra, &view),
            owner: self.owners.owner(view.owner),
            app: self.app(extra),
            place: self.place(view.place),
            rtt_ns: self.round_trip(record, extra, &view),
            tls_version: tls.map(|tls| tls.version).filter(|version| *version != 0),
            tls_version_chosen: tls.is_some_and(|tls| tls.server_seen),
            tls_cipher: tls.filter(|tls| tls.server_seen).map(|tls| tls.cipher),
            alpn: tls.and_then(|tls| text(tls.alpn)),
            ja3: tls
                .filter(|tls| tls.client_seen && tls.ja3 != [0; 16])
                .map(|tls| tls.ja3),
            ja3s: tls
                .filter(|tls| tls.server_seen && tls.ja3s != [0; 16])
                .map(|tls| tls.ja3s),
            ja4: tls.and_then(|tls| text(tls.ja4)),
            hidden: extra.and_then(|extra| self.store.words.word(extra.hidden)),
            certificate: tls.and_then(|tls| text(tls.certificate)),
            gap_bytes: self.store.rare(extra).gap_bytes.into(),
            verdict: view.verdict,
            phase: self.phase(record.first),
            in_baseline,
        }
    }

    fn phase(&self, time: Time) -> Option<Arc<str>> {
        let log = self.phases.as_ref()?;
        let phase = log.phases.get(log.at(time)?)?;
        Some(Arc::clone(&phase.name))
    }

    /// All names of a flow that has several, or whose one name is not the remote end's.
    fn names(&self, extra: Option<&Extra>, view: &View) -> Vec<FlowName> {
        let Some(extra) = extra else {
            return Vec::new();
        };
        let name = |name: u32, via: Via, frame: u32| FlowName {
            name: self.store.strings.text(name).clone(),
            via,
            grade: Grade::Observed,
            frame: frame.into(),
        };
        if let Some(names) = self.store.names.get(self.store.rare(Some(extra)).names) {
            return names.iter().map(|n| name(n.name, n.via, n.frame)).collect();
        }
        let via = VIAS.get(usize::from(extra.name_via)).copied();
        match via.filter(|_| extra.name != NONE && view.name == NONE) {
            Some(via) => vec![name(extra.name, via, extra.name_frame)],
            None => Vec::new(),
        }
    }

    fn app(&self, extra: Option<&Extra>) -> Option<App> {
        let number = usize::try_from(self.store.rare(extra).app).ok()?;
        let mut app = self.store.apps.get(number)?.clone();
        if app.name.is_none() {
            app.name = app.uid.and_then(|uid| self.app_names.get(&uid).cloned());
        }
        Some(app)
    }
}

/// The registrable domains of recent names: many rows share a name.
struct Domains {
    recent: Vec<(u32, Option<Text>)>,
}

/// Names whose domains are remembered at most, each in the one place that its number gives.
const RECENT: usize = 1 << 16;

impl Domains {
    /// For names that are numbered up to `count`.
    fn new(count: usize) -> Self {
        Domains {
            recent: vec![(NONE, None); count.clamp(1, RECENT)],
        }
    }

    fn of(&mut self, number: u32, name: &Text) -> Option<Text> {
        let place = usize::try_from(number).ok()?;
        let place = place.checked_rem(self.recent.len())?;
        let (known, domain) = self.recent.get_mut(place)?;
        if *known != number {
            *known = number;
            *domain = crate::names::registrable_domain(name);
        }
        domain.clone()
    }
}

impl Rows for Finished {
    fn flows(&self, each: &mut dyn FnMut(&Flow) -> io::Result<()>) -> io::Result<()> {
        if self.forgotten {
            return Err(io::Error::other("the rows of this audit were not kept"));
        }
        let mut domains = Domains::new(self.store.strings.len());
        let count = self.rows.len();
        let mut views = Vec::with_capacity(TOGETHER);
        for start in (0..count).step_by(TOGETHER) {
            let batch = start..start.saturating_add(TOGETHER).min(count);
            let touched = batch.clone().fold(0, |all, at| all ^ self.touch(at));
            let touched = batch
                .clone()
                .fold(touched, |all, at| all ^ self.touch_joined(at));
            std::hint::black_box(touched);
            views.clear();
            views.extend(batch.filter_map(|at| Some((at, self.view(at)?))));
            let touched = views.iter();
            let touched = touched.fold(0, |all, (_, view)| all ^ self.touch_more(view));
            std::hint::black_box(touched);
            for (at, view) in &views {
                each(&self.flow(*at, view, &mut domains))?;
            }
        }
        Ok(())
    }

    fn dns(&self, each: &mut dyn FnMut(&DnsRow) -> io::Result<()>) -> io::Result<()> {
        let mut order: Vec<&talk::Dns> = self.talk.dns.iter().collect();
        order.sort_by_key(|dns| dns.frame);
        for dns in order {
            each(&DnsRow {
                family: dns.family.as_str(),
                transport: if dns.over_tcp {
                    Transport::Tcp
                } else {
                    Transport::Udp
                },
                client_ip: dns.client,
                resolver_ip: dns.resolver,
                frame: dns.frame,
                time: dns.time,
                name: self.store.strings.text(dns.name).clone(),
                kind: dns.kind,
                rcode: dns.answered.then_some(dns.rcode),
                truncated: dns.truncated,
                answers: self.talk.answers_of(dns, &self.store.strings),
            })?;
        }
        Ok(())
    }

    fn name_frame(&self, flow: u64) -> Option<u64> {
        let at = usize::try_from(flow.checked_sub(1)?).ok()?;
        let (.., view) = self.view(at)?;
        (view.name != NONE).then_some(view.name_frame.into())
    }

    fn http(&self, each: &mut dyn FnMut(&HttpRow) -> io::Result<()>) -> io::Result<()> {
        let mut order: Vec<&talk::Http> = self.talk.http.iter().collect();
        order.sort_by_key(|http| http.frame);
        for http in order {
            let (request, response) = Talk::heads_of(http, &self.store.strings);
            each(&HttpRow {
                flow: self.numbers.get(&http.row).copied().unwrap_or(0),
                frame: http.frame,
                time: http.time,
                request,
                response,
                remote_ip: http.server,
                remote_port: http.server_port,
            })?;
        }
        Ok(())
    }
}

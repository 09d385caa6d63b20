//! What reading added to a flow's row, compactly.

use crate::flow::Rtt;
use crate::model::{Arena, Limits, Text, Via};

/// No number.
pub(super) const NONE: u32 = u32::MAX;

/// Beside every flow that said something. Numbers point into [`super::store::Store`].
#[derive(Clone, Copy, Debug)]
pub(super) struct Extra {
    pub(super) rtt: Rtt,
    pub(super) name: u32,
    pub(super) name_frame: u32,
    pub(super) tls: u32,
    pub(super) rare: u32,
    pub(super) protocol: u8,
    pub(super) name_via: u8,
    pub(super) hidden: u8,
    /// Datagrams probed in vain.
    pub(super) probed: u8,
    /// The end that spoke as a client is not the one that the table took for it.
    pub(super) swapped: bool,
}

impl Default for Extra {
    fn default() -> Self {
        Extra {
            rtt: Rtt::default(),
            name: NONE,
            name_frame: 0,
            tls: NONE,
            rare: NONE,
            protocol: 0,
            name_via: 0,
            hidden: 0,
            probed: 0,
            swapped: false,
        }
    }
}

impl Extra {
    /// The name that is the flow's: the first one until a better one comes.
    pub(super) fn first_name(&self) -> Option<NameAt> {
        let via = VIAS.get(usize::from(self.name_via));
        (self.name != NONE).then(|| NameAt {
            name: self.name,
            via: via.copied().unwrap_or(Via::Protocol),
            frame: self.name_frame,
        })
    }
}

/// What few flows have.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Rare {
    pub(super) names: u32,
    pub(super) app: u32,
    /// The row of the flow that this one continues under the same connection ID.
    pub(super) continues: u32,
    pub(super) gap_bytes: u32,
}

impl Rare {
    pub(super) const NOTHING: Rare = Rare {
        names: NONE,
        app: NONE,
        continues: NONE,
        gap_bytes: 0,
    };
}

/// What a TLS, DTLS or QUIC handshake said.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tls {
    pub(super) ja3: [u8; 16],
    pub(super) ja3s: [u8; 16],
    pub(super) ja4: u32,
    pub(super) alpn: u32,
    pub(super) certificate: u32,
    pub(super) version: u16,
    pub(super) cipher: u16,
    /// From the ClientHello to the ServerHello, in nanoseconds; 0 where not measured.
    pub(super) answer_ns: u32,
    pub(super) client_seen: bool,
    pub(super) server_seen: bool,
}

impl Default for Tls {
    fn default() -> Self {
        Tls {
            ja3: [0; 16],
            ja3s: [0; 16],
            ja4: NONE,
            alpn: NONE,
            certificate: NONE,
            version: 0,
            cipher: 0,
            answer_ns: 0,
            client_seen: false,
            server_seen: false,
        }
    }
}

/// One name of a flow that has several.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct NameAt {
    pub(super) name: u32,
    pub(super) via: Via,
    pub(super) frame: u32,
}

/// Short words of our own, by number; 0 is no word.
#[derive(Debug)]
pub(super) struct Words(Vec<&'static str>);

impl Default for Words {
    fn default() -> Self {
        Words(vec![""])
    }
}

impl Words {
    pub(super) fn number(&mut self, word: &'static str) -> u8 {
        // Words are constants: nearly always the very same bytes are meant.
        let known = self
            .0
            .iter()
            .position(|known| std::ptr::eq(*known, word))
            .or_else(|| self.0.iter().position(|known| *known == word));
        let number = known.unwrap_or_else(|| {
            self.0.push(word);
            self.0.len().saturating_sub(1)
        });
        u8::try_from(number).unwrap_or(0)
    }

    /// Every word, by number.
    pub(super) fn all(&self) -> impl Iterator<Item = &'static str> {
        self.0.iter().copied()
    }

    pub(super) fn word(&self, number: u8) -> Option<&'static str> {
        if number == 0 {
            return None;
        }
        self.0.get(usize::from(number)).copied()
    }
}

/// Ways to know a name, the best first: where a flow has several, the first of these names it.
pub(super) const VIAS: [Via; 11] = [
    Via::Sni,
    Via::QuicSni,
    Via::DtlsSni,
    Via::HttpHost,
    Via::Connect,
    Via::Socks,
    Via::Protocol,
    Via::EchOuter,
    Via::Certificate,
    Via::QuicCid,
    Via::Dns,
];

pub(super) fn rank(via: Via) -> u8 {
    let place = VIAS.iter().position(|known| *known == via);
    u8::try_from(place.unwrap_or(VIAS.len())).unwrap_or(u8::MAX)
}

/// The compact rows of everything that was said.
pub(super) struct Store {
    pub(super) extras: Arena<Extra>,
    pub(super) rare: Arena<Rare>,
    pub(super) tls: Arena<Tls>,
    pub(super) names: Arena<Box<[NameAt]>>,
    pub(super) strings: crate::names::Strings,
    pub(super) words: Words,
    pub(super) apps: Vec<crate::model::App>,
}

impl Store {
    pub(super) fn new(limits: &Limits) -> Self {
        Store {
            extras: Arena::default(),
            rare: Arena::default(),
            tls: Arena::default(),
            names: Arena::default(),
            strings: crate::names::Strings::new(limits),
            words: Words::default(),
            apps: Vec::new(),
        }
    }

    /// What a flow has beyond the usual.
    pub(super) fn rare(&self, extra: Option<&Extra>) -> Rare {
        let rare = extra.and_then(|extra| self.rare.get(extra.rare));
        rare.copied().unwrap_or(Rare::NOTHING)
    }

    pub(super) fn text(&self, number: u32) -> Option<&Text> {
        (number != NONE).then(|| self.strings.text(number))
    }
}

/// What a flow's handshake said, beginning with nothing. `None` where there is no room.
pub(super) fn tls_of<'t>(all: &'t mut Arena<Tls>, extra: &mut Extra) -> Option<&'t mut Tls> {
    if extra.tls == NONE {
        extra.tls = all.push(Tls::default())?;
    }
    all.get_mut(extra.tls)
}

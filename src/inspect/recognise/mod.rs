//! Protocols that are recognised by their bytes and read no further.
//!
//! In:   the first bytes of a flow.
//! Out:  the word for the `protocol` column.
//! Spec: named in each family's file. `docs/protocols.md` lists every word with what decides it.
//!
//! A wrong word is worse than none. Each probe says how many bits of the payload it checks:
//! encrypted or random bytes pass with a chance of about 2^-24 or less, unless a registered
//! port supports them. Probes allocate nothing, and look at a bounded number of bytes.

mod bittorrent;
mod calls;
mod control;
mod databases;
mod dhcp;
mod directory;
mod discovery;
#[cfg(test)]
mod docs;
mod files;
mod games;
#[cfg(test)]
mod harness;
mod ike;
mod messengers;
mod mobile;
mod netbios;
mod ntp;
mod openvpn;
mod publish;
mod rtp;
mod shape;
mod shell;
mod stun;
mod tunnels;
mod voip;
mod wireguard;

use super::{Gate, Protocol};

/// Every protocol that is recognised only, the stricter probes first.
pub(crate) const RECOGNISED: &[Protocol] = &[
    stun::STUN,
    stun::TURN,
    wireguard::WIREGUARD,
    wireguard::TAILSCALE,
    rtp::RTCP,
    rtp::RTP,
    rtp::MPEG_TS,
    ike::IKE,
    ntp::NTP,
    discovery::SSDP,
    discovery::WSD,
    discovery::DROPBOX,
    discovery::SPOTIFY,
    discovery::SYNCTHING,
    discovery::NAT_PMP,
    dhcp::DHCP,
    dhcp::DHCPV6,
    netbios::NAMES,
    netbios::DATAGRAMS,
    netbios::SESSIONS,
    openvpn::OPENVPN,
    tunnels::L2TP,
    tunnels::PPTP,
    tunnels::DNSCRYPT,
    mobile::GTP_C,
    mobile::GTP_U,
    mobile::DIAMETER,
    messengers::WHATSAPP,
    messengers::TELEGRAM,
    messengers::WECHAT,
    messengers::XIAOMI_PUSH,
    messengers::OICQ,
    calls::TELEGRAM_CALL,
    calls::ZOOM,
    calls::DISCORD,
    voip::SIP,
    voip::RTSP,
    voip::MSRP,
    voip::RTMP,
    publish::MQTT,
    publish::AMQP,
    publish::COAP,
    shell::SSH,
    shell::TELNET,
    shell::ADB,
    shell::VNC,
    shell::RDP,
    shell::TEAMVIEWER,
    shell::IRC,
    files::TFTP,
    files::SMB,
    files::SUNRPC,
    directory::LDAP,
    directory::KERBEROS,
    directory::DCE_RPC,
    directory::RADIUS,
    control::SNMP,
    control::SYSLOG,
    control::BGP,
    databases::MYSQL,
    databases::POSTGRESQL,
    databases::REDIS,
    databases::MONGODB,
    databases::MEMCACHED,
    databases::TDS,
    bittorrent::BITTORRENT,
    bittorrent::DHT,
    bittorrent::UTP,
    bittorrent::GNUTELLA,
    games::RAKNET,
    games::STEAM,
    // Little but a port stands behind these.
    mobile::SUPL,
    ike::ESP,
];

/// What the probes together make of a chunk, as the driver would ask them: the word, or "" and
/// whether more bytes could still tell.
#[cfg(test)]
fn word(chunk: &crate::model::Chunk<'_>) -> (&'static str, bool) {
    use super::Probe;
    use crate::model::Carrier;
    let mut open = false;
    for protocol in RECOGNISED {
        let carries = match chunk.carrier {
            Carrier::Tcp => protocol.tcp,
            Carrier::Udp => protocol.udp,
        };
        let said = if carries {
            (protocol.probe)(chunk)
        } else {
            Probe::No
        };
        let held_back = chunk.carrier == Carrier::Udp && !protocol.gate.lets(chunk);
        assert!(
            !held_back || said == Probe::No,
            "{}: its gate is too narrow",
            protocol.name
        );
        match said {
            Probe::Yes => return (protocol.name, false),
            Probe::Maybe => open = true,
            Probe::No => {}
        }
    }
    ("", open)
}

/// A protocol of datagrams that has a probe and no reader.
const fn udp(name: &'static str, probe: fn(&crate::model::Chunk<'_>) -> super::Probe) -> Protocol {
    Protocol {
        name,
        tcp: false,
        udp: true,
        gate: Gate::Open,
        probe,
        start: None,
    }
}

/// A protocol of streams that has a probe and no reader.
const fn tcp(name: &'static str, probe: fn(&crate::model::Chunk<'_>) -> super::Probe) -> Protocol {
    Protocol {
        name,
        tcp: true,
        udp: false,
        gate: Gate::Open,
        probe,
        start: None,
    }
}

/// A protocol that begins in the clear, and of which it is read whether it turns to TLS.
const fn turning(protocol: Protocol) -> Protocol {
    Protocol {
        start: Some(|| super::State::Turn(Box::default())),
        ..protocol
    }
}

/// A protocol of both that has a probe and no reader.
const fn both(name: &'static str, probe: fn(&crate::model::Chunk<'_>) -> super::Probe) -> Protocol {
    Protocol {
        name,
        tcp: true,
        udp: true,
        gate: Gate::Open,
        probe,
        start: None,
    }
}

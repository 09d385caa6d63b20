//! One row, turned the right way round.
//!
//! In:   a record, and which of its ends is local.
//! Out:  a [`View`]: both ends, the scope, and room for what is joined.

use super::super::extra::NONE;
use super::super::reading::Reading;
use crate::flow::{Record, Table};
use crate::model::{Grade, Scope, Verdict, Via, scope_of};
use std::net::IpAddr;

/// One row with its orientation and joins, still without text.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct View {
    pub(in super::super) local: IpAddr,
    pub(in super::super) local_port: u16,
    pub(in super::super) remote: IpAddr,
    pub(in super::super) remote_port: u16,
    pub(in super::super) local_is_device: bool,
    pub(in super::super) opened_locally: bool,
    /// True where the local end is `a` of the record.
    local_is_a: bool,
    pub(in super::super) scope: Scope,
    pub(in super::super) name: u32,
    pub(in super::super) via: Option<Via>,
    pub(in super::super) grade: Grade,
    pub(in super::super) name_frame: u32,
    pub(in super::super) rivals: Option<u32>,
    pub(in super::super) place: u32,
    /// The number of what is known of the name's owner.
    pub(in super::super) owner: u32,
    pub(in super::super) verdict: Option<Verdict>,
}

/// What reports may ask of a row.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Sums {
    pub(in super::super) packets_out: u64,
    pub(in super::super) bytes_out: u64,
    pub(in super::super) packets_in: u64,
    pub(in super::super) bytes_in: u64,
}

impl View {
    /// Counts of both ends, as the device sees them.
    pub(in super::super) fn turn(&self, packets: [u64; 2], bytes: [u64; 2]) -> Sums {
        let ([packets_a, packets_b], [bytes_a, bytes_b]) = (packets, bytes);
        let (packets_out, packets_in, bytes_out, bytes_in) = if self.local_is_a {
            (packets_a, packets_b, bytes_a, bytes_b)
        } else {
            (packets_b, packets_a, bytes_b, bytes_a)
        };
        Sums {
            packets_out,
            bytes_out,
            packets_in,
            bytes_in,
        }
    }
}

pub(super) const LOCAL_IS_A: u8 = 1;
pub(super) const OPENED_LOCALLY: u8 = 2;
pub(super) const LOCAL_IS_DEVICE: u8 = 4;

/// A row turned the right way round, before names and places are joined.
pub(super) fn turned(table: &Table<Reading>, record: &Record, turn: u8) -> View {
    let local_is_a = turn & LOCAL_IS_A != 0;
    let [a, b] = table.ends(record);
    let ((local, local_port), (remote, remote_port)) = if local_is_a { (a, b) } else { (b, a) };
    View {
        local,
        local_port,
        remote,
        remote_port,
        local_is_device: turn & LOCAL_IS_DEVICE != 0,
        opened_locally: turn & OPENED_LOCALLY != 0,
        local_is_a,
        scope: flow_scope(local, remote),
        name: NONE,
        via: None,
        grade: Grade::None,
        name_frame: 0,
        rivals: None,
        place: NONE,
        owner: 0,
        verdict: None,
    }
}

/// A flow between two local addresses is local even where one end is multicast or loopback.
fn flow_scope(local: IpAddr, remote: IpAddr) -> Scope {
    match (scope_of(remote), scope_of(local)) {
        (Scope::Outbound, Scope::Loopback) => Scope::Outbound,
        (scope, _) => scope,
    }
}

//! Segments to flows: the table, its compact rows, and TCP bytes put in order.
//!
//! In:   [`Segment`]s in capture order.
//! Out:  a [`Record`] for each flow, and to a [`Reader`] the bytes of the flow in order.
//!
//! The table knows no protocol. Whatever arrives, memory stays within [`Limits`]: a full
//! table folds what says least into counts, a stream that never fills its hole is told so.

mod index;
mod order;
mod record;
mod rtt;
mod stream;
mod table;
mod wide;

pub(crate) use order::Order;
pub(crate) use record::{CARRIES_TUNNEL, CLIENT_IS_B, OPENING_SEEN, Record};
pub(crate) use rtt::{Rtt, between};
pub(crate) use table::{
    BATCH, Cut, Fate, Glance, NO_LOOK_UPS, Next, Plan, Reader, Strain, Table, Wanted,
};

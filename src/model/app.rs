//! Which program on the handset a packet belongs to, where the capture says so.

use super::Text;

/// What the capture tool said about the sending or receiving program. PKTAP gives a process,
/// NFLOG a UID, PCAPdroid a UID and a name.
#[derive(Clone, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct App {
    /// Unix user id; on Android one per installed app.
    pub uid: Option<u32>,
    /// Process id.
    pub pid: Option<u32>,
    /// Process or app name.
    pub name: Option<Text>,
}

//! The axes on which a policy may speak, each judged on its own.

/// What is looked at.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub(crate) enum Axis {
    /// Where the server is.
    Server,
    /// Where whoever operates the network has its seat.
    Operator,
    /// Where whoever owns the name has its seat.
    Owner,
    /// Whether, and how, the content is encrypted.
    Encryption,
    /// Whether the name can be read on the way.
    Names,
    /// Who is asked for addresses.
    Resolver,
    /// Whether names are hidden from whoever watches the network.
    HiddenNames,
    /// Whether other traffic is carried inside.
    Tunnel,
    /// Whether there should be a flow at all.
    Silence,
}

impl Axis {
    pub(crate) const ALL: [Axis; 9] = [
        Axis::Server,
        Axis::Operator,
        Axis::Owner,
        Axis::Encryption,
        Axis::Names,
        Axis::Resolver,
        Axis::HiddenNames,
        Axis::Tunnel,
        Axis::Silence,
    ];

    /// The word of `Finding::check`, and of an exception's `axes`.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Axis::Server => "server-country",
            Axis::Operator => "operator-country",
            Axis::Owner => "owner-country",
            Axis::Encryption => "encryption",
            Axis::Names => "names",
            Axis::Resolver => "resolver",
            Axis::HiddenNames => "hidden-names",
            Axis::Tunnel => "tunnel",
            Axis::Silence => "silence",
        }
    }
}

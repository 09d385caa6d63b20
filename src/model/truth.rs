//! What evidence says of a statement: yes, no, or not enough.

/// Kleene's three values. Less knowledge never turns [`Truth::Maybe`] into anything else: every
/// judgement is built of these operations, and keeps that property.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Truth {
    /// The evidence is against it.
    No,
    /// The evidence does not decide.
    Maybe,
    /// The evidence is for it.
    Yes,
}

impl Truth {
    /// Decided either way.
    #[must_use]
    pub fn of(yes: bool) -> Self {
        if yes { Truth::Yes } else { Truth::No }
    }

    /// Both.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        self.min(other)
    }

    /// At least one.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        self.max(other)
    }

    /// The opposite.
    #[must_use]
    #[expect(
        clippy::should_implement_trait,
        reason = "`!` reads as if it were a boolean"
    )]
    pub fn not(self) -> Self {
        match self {
            Truth::No => Truth::Yes,
            Truth::Maybe => Truth::Maybe,
            Truth::Yes => Truth::No,
        }
    }

    /// The same where `sure`, else undecided.
    #[must_use]
    pub fn if_sure(self, sure: bool) -> Self {
        if sure { self } else { Truth::Maybe }
    }
}

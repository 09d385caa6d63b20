//! The form of the catalogue of owners and operators, embedded or a user's own.
//!
//! The embedded one is static: every text and list is borrowed. A user's owns its own. Texts that
//! are absent are empty.

use std::borrow::Cow;

/// A text that is embedded or was read.
pub(crate) type Words = Cow<'static, str>;
/// A list that is embedded or was read.
pub(crate) type List<T> = Cow<'static, [T]>;

/// Company groups, and what leads to them.
#[derive(Clone, Debug, Default)]
pub(crate) struct OwnerTable {
    pub(crate) groups: List<OwnerGroup>,
    pub(crate) companies: List<OwnerCompany>,
    /// Names that a company controls, with all names below them; sorted.
    pub(crate) domains: List<OwnerSuffix>,
    /// Names below which customers of a company have theirs; sorted.
    pub(crate) tenants: List<OwnerSuffix>,
    /// Names whose job is known, with all names below them; sorted.
    pub(crate) functions: List<OwnerFunction>,
    /// Autonomous system and company; sorted.
    pub(crate) asns: List<(u32, u32)>,
    /// The last two labels of all these names, hashed: see `catalogue/form/words.rs`.
    pub(crate) filter: List<u64>,
}

/// A company group, under its ultimate parent.
#[derive(Clone, Debug, Default)]
pub(crate) struct OwnerGroup {
    pub(crate) name: Words,
    pub(crate) legal_name: Words,
    /// Country code of its head office; empty where that is not known.
    pub(crate) seat: Words,
    /// Country code, where it is incorporated elsewhere.
    pub(crate) incorporated: Words,
    pub(crate) roles: List<Words>,
    /// `YYYY-MM-DD`.
    pub(crate) as_of: Words,
    pub(crate) note: Words,
    /// What it is, and where it can be read.
    pub(crate) sources: List<(Words, Words)>,
}

/// A company of a group.
#[derive(Clone, Debug)]
pub(crate) struct OwnerCompany {
    pub(crate) name: Words,
    /// Index into the groups.
    pub(crate) group: u32,
    pub(crate) seat: Words,
    pub(crate) roles: List<Words>,
    /// How its names and networks are known.
    pub(crate) source: Words,
    pub(crate) note: Words,
    /// It belongs to the group from the first of these days on and before the second: days since
    /// 1970-01-01.
    pub(crate) days: (i32, i32),
}

/// A name, and the company that it leads to.
#[derive(Clone, Debug)]
pub(crate) struct OwnerSuffix {
    pub(crate) name: Words,
    /// Index into the companies.
    pub(crate) company: u32,
}

/// A name whose job is known.
#[derive(Clone, Debug)]
pub(crate) struct OwnerFunction {
    pub(crate) name: Words,
    pub(crate) function: Words,
    /// How that is known, where it is known otherwise than the company's names.
    pub(crate) source: Words,
}

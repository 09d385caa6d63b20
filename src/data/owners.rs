//! The form of the catalogue of owners and operators, embedded or a user's own.
//!
//! The embedded one is static: its lists are borrowed, its texts are stretches of one. A user's
//! owns its own. Texts that are absent are empty.

use super::OWNERS_TEXT;
use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;
use std::ops::Deref;

/// A text that is embedded or was read.
///
/// An embedded one is told by its place in [`OWNERS_TEXT`], not by its address: thousands of
/// addresses would have to be put right each time the program starts.
#[derive(Clone)]
pub(crate) enum Words {
    Embedded { at: u32, len: u32 },
    Read(Box<str>),
}

impl Deref for Words {
    type Target = str;

    fn deref(&self) -> &str {
        match self {
            Words::Embedded { at, len } => {
                let at = usize::try_from(*at).unwrap_or(usize::MAX);
                let len = usize::try_from(*len).unwrap_or(usize::MAX);
                let text = OWNERS_TEXT.get(at..at.saturating_add(len));
                text.unwrap_or_default()
            }
            Words::Read(text) => text,
        }
    }
}

impl AsRef<str> for Words {
    fn as_ref(&self) -> &str {
        self
    }
}

impl Default for Words {
    fn default() -> Self {
        Words::Embedded { at: 0, len: 0 }
    }
}

impl From<String> for Words {
    fn from(text: String) -> Self {
        Words::Read(text.into_boxed_str())
    }
}

impl fmt::Debug for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}

impl fmt::Display for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&**self, f)
    }
}

impl PartialEq for Words {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Eq for Words {}

impl PartialOrd for Words {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Words {
    fn cmp(&self, other: &Self) -> Ordering {
        (**self).cmp(&**other)
    }
}

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

//! Each distinct string once.

use crate::model::{Limits, Text};
use foldhash::quality::RandomState;
use std::collections::HashMap;

/// Names and other words by number. Bounded: a string beyond the budget becomes
/// [`Strings::BEYOND`], and is counted.
pub(crate) struct Strings {
    numbers: HashMap<Text, u32, RandomState>,
    texts: Vec<Text>,
    bytes: usize,
    most: usize,
    most_bytes: usize,
    /// Strings that found no room.
    pub(crate) beyond: u64,
}

impl Strings {
    /// Stands for every string beyond the budget.
    pub(crate) const BEYOND: u32 = 0;

    pub(crate) fn new(limits: &Limits) -> Self {
        Strings {
            numbers: HashMap::with_hasher(RandomState::default()),
            texts: vec![Text::from("(beyond the budget for strings)")],
            bytes: 0,
            most: limits.strings,
            most_bytes: limits.string_bytes,
            beyond: 0,
        }
    }

    /// The number of this text.
    pub(crate) fn number(&mut self, text: &Text) -> u32 {
        match self.numbers.get(text.bytes()) {
            Some(number) => *number,
            None => self.add(text),
        }
    }

    /// The number of these bytes: nothing is allocated where they are known.
    pub(crate) fn number_of(&mut self, bytes: &[u8]) -> u32 {
        match self.numbers.get(bytes) {
            Some(number) => *number,
            None => self.add(&Text::new(bytes)),
        }
    }

    fn add(&mut self, text: &Text) -> u32 {
        let bytes = self.bytes.saturating_add(text.bytes().len());
        let number = u32::try_from(self.texts.len()).unwrap_or(u32::MAX);
        if self.texts.len() >= self.most || bytes > self.most_bytes || number == u32::MAX {
            self.beyond = self.beyond.saturating_add(1);
            return Self::BEYOND;
        }
        self.bytes = bytes;
        self.texts.push(text.clone());
        self.numbers.insert(text.clone(), number);
        number
    }

    /// How many numbers are given.
    pub(crate) fn len(&self) -> usize {
        self.texts.len()
    }

    /// The text of a number; the text for `BEYOND` where there is no such number.
    pub(crate) fn text(&self, number: u32) -> &Text {
        let place = usize::try_from(number).unwrap_or(0);
        match self.texts.get(place).or(self.texts.first()) {
            Some(text) => text,
            // `texts` is never empty: `new` puts one there and nothing is removed.
            None => unreachable!("the first string is made with the list"),
        }
    }

    /// The numbers here of all texts of another list, by their numbers there.
    pub(crate) fn absorb(&mut self, other: &Strings) -> Vec<u32> {
        let texts = other.texts.iter().skip(1).map(|text| self.number(text));
        std::iter::once(Self::BEYOND).chain(texts).collect()
    }

    /// Forgets how to find numbers, keeping the texts: nothing more will be added.
    pub(crate) fn seal(&mut self) {
        self.numbers = HashMap::with_hasher(RandomState::default());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_number_a_string_within_the_budget() {
        let limits = Limits {
            strings: 3,
            ..Limits::default()
        };
        let mut strings = Strings::new(&limits);
        let a = strings.number(&Text::from("a.example"));
        assert_eq!(strings.number(&Text::from("a.example")), a);
        assert_eq!(strings.text(a).lossless(), "a.example");
        strings.number(&Text::from("b.example"));
        assert_eq!(strings.number(&Text::from("c.example")), Strings::BEYOND);
        assert_eq!(strings.beyond, 1);
    }
}

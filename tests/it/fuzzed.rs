//! The fuzz targets, driven by fixed mutations of their seeds: what `cargo fuzz` does with
//! coverage and chance, this does with neither, on every machine alike.

use crate::harness::{TARGETS, run, seeds};

/// Mutants of each target.
const MUTANTS: u64 = 3_000;

#[test]
fn every_target_takes_its_seeds() {
    for (target, _) in TARGETS {
        let seeds = seeds(target);
        assert!(!seeds.is_empty(), "{target} has no seeds");
        seeds.iter().for_each(|seed| run(target, seed));
    }
}

#[test]
fn every_target_takes_mutants_of_its_seeds() {
    for (target, _) in TARGETS {
        let seeds = seeds(target);
        for number in 0..MUTANTS {
            let mut chance = Chance::new(number);
            let mutant = mutate(&seeds, &mut chance);
            // The number is all that is needed to make the mutant again.
            let failed = std::panic::catch_unwind(|| run(target, &mutant)).is_err();
            assert!(
                !failed,
                "{target}: mutant {number} {}",
                mutant.escape_ascii()
            );
        }
    }
}

#[test]
fn empty_and_tiny_inputs_are_inputs() {
    for (target, _) in TARGETS {
        run(target, &[]);
        for byte in 0..=255 {
            run(target, &[byte]);
            run(target, &[byte, byte]);
            run(target, &[byte; 33]);
        }
    }
}

/// SplitMix64: numbers that look like chance and are the same everywhere.
struct Chance(u64);

impl Chance {
    fn new(seed: u64) -> Chance {
        Chance(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() % end.max(1) as u64) as usize
    }
}

/// Lengths, counts and types that parsers tend to get wrong.
const EVIL: &[u8] = &[
    0, 1, 2, 3, 4, 0x3f, 0x40, 0x7f, 0x80, 0xbf, 0xc0, 0xfe, 0xff,
];

/// One seed with one to six changes.
fn mutate(seeds: &[Vec<u8>], chance: &mut Chance) -> Vec<u8> {
    let mut bytes = seeds[chance.below(seeds.len())].clone();
    bytes.truncate(16 << 10);
    for _ in 0..=chance.below(6) {
        let at = chance.below(bytes.len());
        let len = chance.below(64) + 1;
        match chance.below(8) {
            0 if !bytes.is_empty() => bytes[at] ^= 1 << chance.below(8),
            1 if !bytes.is_empty() => bytes[at] = EVIL[chance.below(EVIL.len())],
            2 => bytes.truncate(at),
            3 => drop(bytes.splice(at..(at + len).min(bytes.len()), [])),
            4 => {
                let copy = bytes[at..(at + len).min(bytes.len())].to_vec();
                bytes.splice(at..at, copy);
            }
            5 => {
                let other = &seeds[chance.below(seeds.len())];
                let from = chance.below(other.len());
                let part = other[from..(from + len * 8).min(other.len())].to_vec();
                bytes.splice(at..at, part);
            }
            6 if bytes.len() > at + 1 => {
                let lie = (
                    EVIL[chance.below(EVIL.len())],
                    EVIL[chance.below(EVIL.len())],
                );
                (bytes[at], bytes[at + 1]) = lie;
            }
            _ => {
                let noise: Vec<u8> = (0..len).map(|_| chance.next() as u8).collect();
                bytes.splice(at..at, noise);
            }
        }
    }
    bytes
}

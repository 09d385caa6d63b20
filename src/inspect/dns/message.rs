//! One DNS message.
//!
//! In:   the bytes of a message, without the length that TCP puts in front.
//! Out:  a [`DnsMessage`] with all that could be read.
//! Spec: RFC 1035 §4, RFC 6891 §6.1.3 (extended response code), RFC 6762 §18, RFC 4795 §2.1.
//!
//! Counts in the header are believed only as far as there are bytes. What one message may turn
//! into is bounded by [`RECORDS`] and [`TEXT_BYTES`]: names that share a compressed tail would
//! otherwise make 64 KiB into megabytes.

use super::name;
use super::rdata::{self, Rdata};
use crate::model::{DnsAnswer, DnsFamily, DnsMessage, Text};
use crate::wire::{Cursor, Malformed};
use smallvec::SmallVec;

/// Questions, and records, that are kept of one message.
const RECORDS: usize = 512;
/// Text that is made of one message, in bytes.
const TEXT_BYTES: usize = 64 << 10;
/// Room for the text of nearly every name.
const SCRATCH_BYTES: usize = 256;
/// Names remembered by their place, since most pointers lead to the first few.
const REMEMBERED: usize = 16;

/// The fixed part (RFC 1035 §4.1.1).
#[derive(Clone, Copy, Debug)]
pub(super) struct Header {
    pub(super) id: u16,
    pub(super) flags: u16,
    /// Questions, answers, authority and additional records.
    pub(super) counts: [u16; 4],
}

impl Header {
    pub(super) const LEN: usize = 12;

    pub(super) fn read(cursor: &mut Cursor<'_>) -> Result<Header, Malformed> {
        Ok(Header {
            id: cursor.u16("id")?,
            flags: cursor.u16("flags")?,
            counts: [
                cursor.u16("question count")?,
                cursor.u16("answer count")?,
                cursor.u16("authority count")?,
                cursor.u16("additional count")?,
            ],
        })
    }

    pub(super) fn is_response(self) -> bool {
        self.flags & 0x8000 != 0
    }

    pub(super) fn opcode(self) -> u16 {
        self.flags >> 11 & 0xf
    }
}

/// A message, and whether it was cut short by a budget.
pub(super) struct Read {
    pub(super) message: DnsMessage,
    pub(super) over_budget: bool,
}

/// Reads as much of a message as there is. An error only where even the header is not whole.
pub(super) fn read(bytes: &[u8], family: DnsFamily) -> Result<Read, Malformed> {
    let mut cursor = Cursor::new(bytes);
    let header = Header::read(&mut cursor)?;
    let mut reader = Reader {
        whole: bytes,
        cursor,
        scratch: Vec::with_capacity(SCRATCH_BYTES),
        remembered: SmallVec::new(),
        text_left: TEXT_BYTES,
        over_budget: false,
        message: DnsMessage {
            family,
            id: header.id,
            response: header.is_response(),
            truncated: header.flags & 0x0200 != 0,
            rcode: header.flags & 0xf,
            question: None,
            more_questions: Vec::new(),
            answers: Vec::new(),
            damaged: false,
        },
    };
    if reader.sections(header.counts).is_err() {
        reader.message.damaged = true;
    }
    reader.message.damaged |= reader.over_budget;
    Ok(Read {
        message: reader.message,
        over_budget: reader.over_budget,
    })
}

struct Reader<'a> {
    whole: &'a [u8],
    cursor: Cursor<'a>,
    /// Text being put together; kept for its capacity.
    scratch: Vec<u8>,
    /// Names by their place in the message.
    remembered: SmallVec<[(usize, Text); 4]>,
    text_left: usize,
    over_budget: bool,
    message: DnsMessage,
}

/// Which records of a section are kept.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Section {
    /// All.
    Answer,
    /// Addresses and aliases; name servers and signatures say nothing about flows.
    Other,
}

impl Reader<'_> {
    fn sections(&mut self, counts: [u16; 4]) -> Result<(), Malformed> {
        let [questions, answers, authority, additional] = counts;
        for _ in 0..questions {
            if !self.question()? {
                return Ok(());
            }
        }
        for _ in 0..answers {
            if !self.record(Section::Answer)? {
                return Ok(());
            }
        }
        for _ in 0..u32::from(authority).saturating_add(additional.into()) {
            if !self.record(Section::Other)? {
                return Ok(());
            }
        }
        Ok(())
    }

    /// `false` where the budget is spent.
    fn question(&mut self) -> Result<bool, Malformed> {
        let name = self.name()?;
        let kind = self.cursor.u16("question type")?;
        self.cursor.skip("question class", 2)?;
        let Some(name) = name else {
            return Ok(!self.over_budget);
        };
        if self.message.question.is_none() {
            self.message.question = Some((name, kind));
        } else if self.message.more_questions.len() < RECORDS {
            self.message.more_questions.push((name, kind));
        } else {
            self.over_budget = true;
        }
        Ok(!self.over_budget)
    }

    /// `false` where the budget is spent.
    fn record(&mut self, section: Section) -> Result<bool, Malformed> {
        let mut after = self.cursor;
        name::skip(&mut after)?;
        let kind = after.u16("record type")?;
        after.skip("record class", 2)?;
        let ttl = after.u32("time to live")?;
        let length = usize::from(after.u16("data length")?);
        if kind == rdata::OPT {
            // The upper eight bits of the response code lie where the TTL would.
            let extended = u16::try_from(ttl >> 24).unwrap_or(0);
            self.message.rcode |= extended << 4;
        }
        let wanted = match section {
            Section::Answer => kind != rdata::OPT,
            Section::Other => matches!(kind, rdata::A | rdata::AAAA | rdata::CNAME),
        };
        if !wanted {
            after.skip("record data", length)?;
            self.cursor = after;
            return Ok(true);
        }
        if self.message.answers.len() >= RECORDS {
            self.over_budget = true;
            return Ok(false);
        }
        let name = self.name()?;
        self.cursor = after;
        let base = self.at();
        let bytes = self.cursor.take("record data", length)?;
        if let Some(name) = name {
            self.answer(name, kind, ttl, base, bytes);
        }
        Ok(!self.over_budget)
    }

    fn answer(&mut self, name: Text, kind: u16, ttl: u32, base: usize, bytes: &[u8]) {
        self.scratch.clear();
        let facts = Rdata {
            whole: self.whole,
            base,
            bytes,
        }
        .present(kind, &mut self.scratch);
        if let Some(data) = self.spend() {
            self.message.answers.push(DnsAnswer {
                name,
                kind,
                data,
                ttl,
                addresses: facts.addresses,
                ech: facts.ech,
            });
        }
    }

    /// The next name. `None` where its pointers lead nowhere but its end is known, so that what
    /// follows can still be read; or where the budget is spent.
    fn name(&mut self) -> Result<Option<Text>, Malformed> {
        let start = self.at();
        let known = name::lone_pointer(self.cursor.rest()).unwrap_or(start);
        name::skip(&mut self.cursor)?;
        if let Some((_, name)) = self.remembered.iter().find(|(at, _)| *at == known) {
            return Ok(Some(name.clone()));
        }
        self.scratch.clear();
        if name::expand(self.whole, start, &mut self.scratch).is_err() {
            self.message.damaged = true;
            return Ok(None);
        }
        let name = self.spend();
        if let Some(name) = &name
            && self.remembered.len() < REMEMBERED
        {
            self.remembered.push((known, name.clone()));
        }
        Ok(name)
    }

    /// The scratch text, if there is budget for it.
    fn spend(&mut self) -> Option<Text> {
        match self.text_left.checked_sub(self.scratch.len()) {
            Some(left) => {
                self.text_left = left;
                Some(Text::new(&self.scratch))
            }
            None => {
                self.over_budget = true;
                None
            }
        }
    }

    fn at(&self) -> usize {
        self.whole.len().saturating_sub(self.cursor.left())
    }
}

#[cfg(test)]
#[allow(clippy::indexing_slicing)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A response: questions, answers, then the bytes of both.
    fn response(questions: u16, answers: u16, body: &[u8]) -> Vec<u8> {
        let mut bytes = vec![0, 9, 0x81, 0x80];
        bytes.extend(questions.to_be_bytes());
        bytes.extend(answers.to_be_bytes());
        bytes.extend([0; 4]);
        bytes.extend_from_slice(body);
        bytes
    }

    #[track_caller]
    fn check(bytes: &[u8], want: &str) {
        let read = read(bytes, DnsFamily::Dns).expect("a header");
        let message = read.message;
        let mut got = String::new();
        for (name, kind) in message.question.iter().chain(&message.more_questions) {
            got += &format!("{}?{kind} ", name.lossless());
        }
        for answer in &message.answers {
            got += &format!(
                "{}={}:{} ",
                answer.name.lossless(),
                answer.kind,
                answer.data.lossless()
            );
        }
        got += if read.over_budget {
            "over"
        } else if message.damaged {
            "damaged"
        } else {
            "whole"
        };
        assert_eq!(got, want);
    }

    const Q: &[u8] = b"\x01a\x02io\0\0\x01\0\x01";
    const A: &[u8] = b"\xc0\x0c\0\x01\0\x01\0\0\0\x3c\0\x04\xc0\0\x02\x01";

    #[test]
    fn reads_questions_and_answers() {
        check(&response(1, 0, Q), "a.io?1 whole");
        check(
            &response(1, 2, &[Q, A, A].concat()),
            "a.io?1 a.io=1:192.0.2.1 a.io=1:192.0.2.1 whole",
        );
    }

    #[test]
    fn keeps_what_was_read_before_the_damage() {
        let whole = response(1, 2, &[Q, A, A].concat());
        check(&whole[..whole.len() - 1], "a.io?1 a.io=1:192.0.2.1 damaged");
        check(&whole[..20], "damaged");
        check(&response(65535, 65535, b""), "damaged");
        assert!(read(&whole[..11], DnsFamily::Dns).is_err());
    }

    /// The owner points at itself, the record after it is sound.
    #[test]
    fn reads_on_behind_a_name_that_loops() {
        let lost = b"\xc0\x16\0\x01\0\x01\0\0\0\x3c\0\x04\xc0\0\x02\x01";
        check(
            &response(1, 2, &[Q, lost, A].concat()),
            "a.io?1 a.io=1:192.0.2.1 damaged",
        );
        let long = [&b"\x01x".repeat(200), &b"\0"[..], &lost[2..]].concat();
        check(
            &response(1, 2, &[Q, &long, A].concat()),
            "a.io?1 a.io=1:192.0.2.1 damaged",
        );
    }

    #[test]
    fn takes_the_extended_code_from_the_option_record() {
        let mut bytes = response(1, 0, Q);
        bytes[11] = 1;
        bytes.extend(b"\0\0\x29\x04\xd0\x01\0\0\0\0\0");
        let read = read(&bytes, DnsFamily::Dns).expect("a header");
        assert_eq!(read.message.rcode, 16);
        assert!(!read.message.damaged);
        assert!(read.message.answers.is_empty());
    }

    /// 4,000 aliases of a name of 255 octets, each to itself: 64 KiB that ask for megabytes.
    #[test]
    fn bounds_what_a_message_turns_into() {
        let name = [
            &[63_u8][..],
            &[b'x'; 63],
            &[63],
            &[1; 63],
            &[63],
            &[1; 63],
            &[60],
            &[1; 60],
            &[0],
        ]
        .concat();
        let question = [&name[..], b"\0\x01\0\x01"].concat();
        let alias = b"\xc0\x0c\0\x05\0\x01\0\0\0\x01\0\x02\xc0\x0c".repeat(4000);
        let bytes = response(1, 4000, &[question, alias].concat());
        let read = read(&bytes, DnsFamily::Dns).expect("a header");
        assert!(read.over_budget);
        let text: usize = read
            .message
            .answers
            .iter()
            .map(|answer| answer.data.bytes().len())
            .sum();
        assert!(text <= TEXT_BYTES);
        assert!(read.message.answers.len() <= RECORDS);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_within_the_budget(body in proptest::collection::vec(any::<u8>(), 0..900), counts in any::<[u8; 8]>()) {
            let mut bytes = vec![0, 1, 0x81, 0x80];
            bytes.extend(counts);
            bytes.extend(body);
            let read = read(&bytes, DnsFamily::Dns).expect("a header");
            prop_assert!(read.message.answers.len() <= RECORDS);
        }
    }
}

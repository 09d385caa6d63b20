//! The exchanges of two consecutive parts of one capture in one list.

use super::{Answer, Dns, Http, MOST_PENDING, Talk};
use crate::audit::extra::NONE;
use crate::audit::reading::Changes;

impl Talk {
    /// From now on these are the exchanges of a later part.
    pub(in crate::audit) fn begin_journal(&mut self) {
        self.rows = Some(Vec::new());
    }

    /// True where a budget was reached.
    pub(in crate::audit) fn is_strained(&self) -> bool {
        self.dns_beyond > 0 || self.http_beyond > 0 || self.most_waiting >= MOST_PENDING
    }

    /// Whether all exchanges of both would have stayed within the budgets.
    pub(in crate::audit) fn has_room_for(&self, later: &Talk) -> bool {
        let sum = |one: usize, two: usize| one.saturating_add(two);
        sum(self.dns.len(), later.dns.len()) <= self.most_dns
            && sum(self.http.len(), later.http.len()) <= self.most_http
            && sum(self.pending.len(), later.most_waiting) < MOST_PENDING
    }

    /// Takes the exchanges of the later part whose rows are flows of their own.
    pub(in crate::audit) fn absorb(&mut self, later: Talk, changes: &Changes) {
        let base = u32::try_from(self.answers.len()).unwrap_or(NONE);
        for answer in later.answers.into_rows() {
            self.answers.push(Answer {
                name: changes.string(answer.name),
                data: changes.string(answer.data),
                ..answer
            });
        }
        let rows = later.rows.unwrap_or_default();
        let frames = u64::from(changes.frames);
        for (dns, row) in later.dns.into_rows().zip(rows) {
            if changes.row(row).is_some() {
                let (first, count) = dns.answers;
                self.dns.push(Dns {
                    name: changes.string(dns.name),
                    answers: (first.saturating_add(base), count),
                    frame: dns.frame.saturating_add(frames),
                    ..dns
                });
            }
        }
        for http in later.http.into_rows() {
            if let Some(row) = changes.row(http.row) {
                self.http.push(Http {
                    row,
                    frame: http.frame.saturating_add(frames),
                    method: changes.string(http.method),
                    host: changes.string(http.host),
                    path: changes.string(http.path),
                    user_agent: changes.string(http.user_agent),
                    content_type: changes.string(http.content_type),
                    content_encoding: changes.string(http.content_encoding),
                    answer_type: changes.string(http.answer_type),
                    answer_encoding: changes.string(http.answer_encoding),
                    ..http
                });
            }
        }
    }
}

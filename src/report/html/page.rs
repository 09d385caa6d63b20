//! Markup, piece by piece.
//!
//! In:   markup of ours, words of anybody's.
//! Out:  HTML. Whatever is not ours goes through [`escape::html`]; there is no other way for it.

use crate::model::{Confidence, Text, Verdict};
use crate::report::escape;

/// A part of the page.
#[derive(Default)]
pub(super) struct Page {
    pub(super) out: String,
}

impl Page {
    /// Markup of ours.
    pub(super) fn raw(&mut self, markup: &str) -> &mut Self {
        self.out.push_str(markup);
        self
    }

    /// Words of anybody's.
    pub(super) fn text(&mut self, words: &str) -> &mut Self {
        self.out.push_str(&escape::html_str(words));
        self
    }

    /// Words that were made visible already.
    pub(super) fn visible(&mut self, words: &str) -> &mut Self {
        escape::html_visible(&mut self.out, words);
        self
    }

    /// Words from a capture.
    pub(super) fn name(&mut self, text: &Text) -> &mut Self {
        self.out.push_str(&escape::html(text));
        self
    }

    /// A name that may be broken behind its dots.
    pub(super) fn breakable(&mut self, text: &Text) -> &mut Self {
        let escaped = escape::html(text).replace('.', ".<wbr>");
        self.out.push_str(&escaped);
        self
    }

    /// `<tag>words</tag>`.
    pub(super) fn element(&mut self, tag: &str, words: &str) -> &mut Self {
        self.raw("<").raw(tag).raw(">").text(words);
        let name = tag.split(' ').next().unwrap_or_default();
        self.raw("</").raw(name).raw(">")
    }

    /// The value of an attribute, with its quotes.
    pub(super) fn attribute(&mut self, name: &str, value: &str) -> &mut Self {
        self.raw(" ").raw(name).raw("=\"").text(value).raw("\"")
    }

    /// Mark and word of a verdict.
    pub(super) fn verdict(&mut self, mark: Mark, word: &str) -> &mut Self {
        self.raw("<span class=\"v ").raw(mark.class()).raw("\">");
        self.icon(mark).text(word).raw("</span>")
    }

    pub(super) fn icon(&mut self, mark: Mark) -> &mut Self {
        self.raw("<svg class=\"ic ")
            .raw(mark.class())
            .raw("\" aria-hidden=\"true\"><use href=\"#")
            .raw(mark.symbol())
            .raw("\"/></svg>")
    }

    /// Three pips and the word.
    pub(super) fn pips(&mut self, on: usize, word: &str) -> &mut Self {
        self.raw("<span class=\"pips\">");
        if on > 0 {
            self.raw("<svg viewBox=\"0 0 30 10\" aria-hidden=\"true\">");
            for (number, x) in ["5", "15", "25"].into_iter().enumerate() {
                let class = if number < on { "on" } else { "off" };
                self.raw("<circle cx=\"")
                    .raw(x)
                    .raw("\" cy=\"5\" r=\"3.6\" class=\"");
                self.raw(class).raw("\"/>");
            }
            self.raw("</svg>");
        }
        self.text(word).raw("</span>")
    }
}

/// The four marks, and none.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Mark {
    Bad,
    Good,
    Unsure,
    Untested,
}

impl Mark {
    pub(super) fn of(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Violated => Mark::Bad,
            Verdict::Indeterminate => Mark::Unsure,
            Verdict::Met => Mark::Good,
        }
    }

    pub(super) fn class(self) -> &'static str {
        match self {
            Mark::Bad => "v-contra",
            Mark::Good => "v-met",
            Mark::Unsure => "v-ind",
            Mark::Untested => "v-nex",
        }
    }

    pub(super) fn card(self) -> &'static str {
        match self {
            Mark::Bad => "k-contra",
            Mark::Good => "k-met",
            Mark::Unsure => "k-ind",
            Mark::Untested => "k-nex",
        }
    }

    fn symbol(self) -> &'static str {
        match self {
            Mark::Bad => "i-x",
            Mark::Good => "i-ok",
            Mark::Unsure => "i-q",
            Mark::Untested => "i-n",
        }
    }
}

/// How many pips a confidence has.
pub(super) fn pips_of(confidence: Confidence) -> usize {
    match confidence {
        Confidence::High => 3,
        Confidence::Medium => 2,
        Confidence::Low => 1,
        Confidence::None => 0,
    }
}

//! `whereto plot`: one picture of a report, as a file of its own.
//!
//! In:   captures, as for an audit, and the name of a picture.
//! Out:  an SVG file with title, legend and notes in it.

use super::args::Plot;
use std::io::Write;
use whereto::model::Report;
use whereto::report::picture::{self, Kind};
use whereto::report::{Format, Lists, Style};

/// The formats of each picture: SVG alone.
pub(super) fn formats(plot: Plot) -> &'static [Format] {
    match plot {
        Plot::Map => &MAP,
        Plot::Timeline => &TIMELINE,
        Plot::Flow => &FLOW,
        Plot::Rtt => &RTT,
    }
}

static MAP: [Format; 1] = [svg(|report, _, out| write("map", report, out))];
static TIMELINE: [Format; 1] = [svg(|report, _, out| write("timeline", report, out))];
static FLOW: [Format; 1] = [svg(|report, _, out| write("flow", report, out))];
static RTT: [Format; 1] = [svg(|report, _, out| write("rtt", report, out))];

const fn svg(write: fn(&Report, Style, &mut dyn Write) -> std::io::Result<()>) -> Format {
    Format {
        name: "svg",
        extensions: &["svg"],
        doc: "a picture",
        lists: Lists::Flows,
        write,
    }
}

fn write(name: &str, report: &Report, out: &mut dyn Write) -> std::io::Result<()> {
    let kind: Option<&Kind> = picture::KINDS.iter().find(|kind| kind.name == name);
    let Some(kind) = kind else {
        return Ok(());
    };
    out.write_all((kind.draw)(report)?.alone().as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::ValueEnum as _;

    #[test]
    fn every_picture_can_be_asked_for() {
        let names: Vec<String> = Plot::value_variants()
            .iter()
            .filter_map(|plot| Some(plot.to_possible_value()?.get_name().to_owned()))
            .collect();
        let kinds: Vec<&str> = picture::KINDS.iter().map(|kind| kind.name).collect();
        assert_eq!(names, kinds);
    }
}

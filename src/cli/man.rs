//! The manual page: one page, with the options of every command.
//!
//! In:   the definitions of `args.rs`.
//! Out:  roff.
//! Spec: groff_man(7).

use clap::Command;
use clap_mangen::Man;
use std::io::{self, Write};

/// Writes the page.
pub(super) fn page(mut command: Command, out: &mut dyn Write) -> io::Result<()> {
    command.build();
    let whole = Man::new(command.clone()).title("WHERETO");
    whole.render_title(out)?;
    whole.render_name_section(out)?;
    out.write_all(b".SH SYNOPSIS\n")?;
    for (_, part) in parts(&command) {
        let usage = part.clone().render_usage().to_string();
        let usage = usage.trim_start_matches("Usage: ");
        for line in usage.lines() {
            writeln!(out, ".br\n{}", plain(line.trim()))?;
        }
    }
    whole.render_description_section(out)?;
    for (title, part) in parts(&command) {
        writeln!(out, ".SH {}", plain(&title.to_uppercase()))?;
        if let Some(about) = part.get_about() {
            writeln!(out, "{}.", plain(&about.to_string()))?;
        }
        let mut options = Vec::new();
        Man::new(part.clone()).render_options_section(&mut options)?;
        out.write_all(
            String::from_utf8_lossy(&options)
                .replace(".SH OPTIONS\n", "")
                .as_bytes(),
        )?;
        notes(part, ".SS", out)?;
    }
    notes(&command, ".SH", out)
}

/// The commands that do something, with their whole names.
fn parts(command: &Command) -> Vec<(String, &Command)> {
    let described = |command: &&Command| command.get_name() != "help";
    let mut found = Vec::new();
    for part in command.get_subcommands().filter(described) {
        let title = format!("whereto {}", part.get_name());
        let mut below = part.get_subcommands().filter(described).peekable();
        if below.peek().is_none() {
            found.push((title, part));
            continue;
        }
        found.extend(below.map(|below| (format!("{title} {}", below.get_name()), below)));
    }
    found
}

/// What stands below a command's help: blocks of verbatim lines under a heading, or paragraphs.
fn notes(command: &Command, heading: &str, out: &mut dyn Write) -> io::Result<()> {
    let Some(text) = command.get_after_long_help() else {
        return Ok(());
    };
    for block in text.to_string().split("\n\n") {
        match block.split_once(":\n") {
            Some((title, lines)) if !title.contains('\n') => {
                writeln!(out, "{heading} {}\n.nf", plain(&title.to_uppercase()))?;
                for line in lines.lines() {
                    writeln!(out, "{}", plain(line))?;
                }
                writeln!(out, ".fi")?;
            }
            _ => writeln!(out, ".PP\n{}", plain(block))?,
        }
    }
    Ok(())
}

/// Text that roff takes as it stands.
fn plain(text: &str) -> String {
    let text = text.replace('\\', "\\e").replace('-', "\\-");
    let lines = text.lines().map(|line| match line.chars().next() {
        Some('.' | '\'') => format!("\\&{line}"),
        _ => line.replace('\'', "\\(aq"),
    });
    lines.collect::<Vec<String>>().join("\n")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn has_every_option_of_every_command() {
        let command = super::super::args::Args::command();
        let mut out = Vec::new();
        page(command.clone(), &mut out).unwrap();
        let page = String::from_utf8(out).unwrap();
        let sections: Vec<&str> = page.split("\n.SH ").collect();
        let parts = parts(&command);
        assert!(
            parts
                .iter()
                .any(|(title, _)| title == "whereto geo install")
        );
        for (title, part) in parts {
            let title = title.to_uppercase();
            let section = sections.iter().find(|text| text.starts_with(&title));
            let section = section.unwrap_or_else(|| panic!("no section {title}"));
            for option in part.get_arguments().filter_map(clap::Arg::get_long) {
                let written = format!("\\-\\-{}", option.replace('-', "\\-"));
                assert!(section.contains(&written), "{title} lacks --{option}");
            }
        }
        assert!(page.contains("\n.SH EXIT CODES\n"));
        // No line may be taken for a command that is none.
        for line in page.lines().filter(|line| line.starts_with(['.', '\''])) {
            let known = [
                ".TH", ".SH", ".SS", ".TP", ".PP", ".br", ".nf", ".fi", ".RS", ".RE", ".IP", ".ie",
                ".el", ".sp",
            ];
            let word = line.split_whitespace().next().unwrap();
            assert!(known.contains(&word), "{line}");
        }
    }
}

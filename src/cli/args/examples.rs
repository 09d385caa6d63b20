//! What stands below the options of each command: examples, and what they end with.

pub(super) const EXIT_CODES: &str = "\
Exit codes:
  0  nothing violated or contradicted
  1  at least one destination violated, or a claim contradicted
  2  wrong usage, or a file could not be read or written
  3  nothing violated or contradicted, but something indeterminate
  4  the input was damaged or cut and nothing was violated or contradicted";

pub(super) const MAIN_EXAMPLES: &str = "\
Examples:
  whereto audit phone.pcap
      where the traffic goes, as a report to read
  whereto audit phone.pcap --expect IN,SG,@EEA
      and which destinations lie outside what is expected
  whereto info phone.pcapng.zst
      what the capture says about itself

Exit codes:
  0  nothing violated or contradicted
  1  at least one destination violated, or a claim contradicted
  2  wrong usage, or a file could not be read or written
  3  nothing violated or contradicted, but something indeterminate
  4  the input was damaged or cut and nothing was violated or contradicted
Where several fit, the first of 2, 1, 4, 3, 0 is given. Without an expectation nothing is judged.";

pub(super) const AUDIT_EXAMPLES: &str = "\
Examples:
  whereto audit phone.pcap --expect IN,SG
  whereto audit monday/ tuesday/ --device 192.168.1.20 --device 02:00:5e:10:00:01
  whereto audit phone.pcap -o report.txt -o report.json -o flows.csv -o audit.findings.csv
  whereto audit phone.pcap --expect IN -o report.sarif -o report.junit.xml -o comment.md
  whereto audit phone.pcap --expect IN --fail-on violated --suppress known.toml
  whereto audit phone.pcap --geo GeoLite2-City.mmdb --no-embedded-geo
  whereto audit phone.pcap --expect-owner @EEA,US --owners own.toml
  whereto audit phone.pcap --phases log.csv --clock-offset -2.5 --baseline idle.pcap
  whereto audit phone.pcap --claims vendor.toml
  adb exec-out tcpdump -i any -U -w - | whereto audit - --format json

Exit codes: 0 nothing violated, 1 violated, 2 usage or file error, 3 indeterminate only,
4 input damaged or cut and nothing violated.";

pub(super) const DIFF_EXAMPLES: &str = "\
Examples:
  whereto diff before.pcap after.pcap
  whereto diff march.json after.pcap --claims vendor.toml --vantage IN
  whereto diff monday/ tuesday/ -o diff.txt -o diff.json -o diff.csv -o diff.md

Exit codes: 0 no claim contradicted, 1 a claim contradicted, 2 usage or file error, 3 a claim
indeterminate, 4 a side damaged or cut and no claim contradicted. Without --claims nothing is judged.";

pub(super) const FLOWS_EXAMPLES: &str = "\
Examples:
  whereto flows phone.pcap
  whereto flows phone.pcap --format csv > flows.csv
  whereto flows phone.pcap --expect @EEA -o flows.json

The columns are described in docs/columns.md.";

pub(super) const PLOT_EXAMPLES: &str = "\
Examples:
  whereto plot map phone.pcap --expect IN,SG --vantage IN -o map.svg
  whereto plot timeline phone.pcap -o timeline.svg
  whereto plot rtt phone.pcap --vantage 28.61,77.21 > rtt.svg

A file stands alone: it has title, legend and notes in it, follows the viewer's light or dark theme
and refers to nothing elsewhere. Exit codes are those of audit.";

pub(super) const DNS_EXAMPLES: &str = "\
Examples:
  whereto dns phone.pcap
  whereto dns phone.pcap --format json
  whereto dns phone.pcap -o names.csv";

pub(super) const EXPLAIN_EXAMPLES: &str = "\
Examples:
  whereto explain EC-04c9 phone.pcap --expect IN,SG
  whereto explain tracker.example phone.pcap --claims vendor.toml
  whereto explain claim:no-china phone.pcap --claims vendor.toml
  whereto explain 12 report.json

The options are those of audit: give the same as when it was found. A report saved with audit
--format json or -o report.json keeps what it was made with, and has no packets.

Exit codes: 0 explained, 2 usage or file error, or nothing fits, 4 input damaged or cut.";

pub(super) const EXTRACT_EXAMPLES: &str = "\
Examples:
  whereto extract phone.pcap --expect IN,SG --finding EC-5f3c -o finding.pcapng
  whereto extract phone.pcap --flow 12 --flow 31 -o flows.pcapng
  whereto extract phone.pcap --destination tracker.example -o tracker.pcapng
  whereto extract phone.pcap --from 2026-11-21T04:31:07Z --until 2026-11-21T04:32:00Z -o minute.pcapng

A packet is written once, if it fits any choice. Its comment says why it is there, and its number in
the capture that it came from. The DNS answers that gave a chosen flow its name come with it.

Exit codes: 0 written, 2 usage or file error, or nothing fits a choice, 4 input damaged or cut.";

pub(super) const BUNDLE_EXAMPLES: &str = "\
Examples:
  whereto bundle phone.pcap --expect IN,SG -o bundle.zip
  whereto bundle --new-key whereto.key
  whereto bundle phone.pcap --expect IN,SG --about test.toml --key whereto.key -o bundle/

In it: the report in every form, a capture for each finding that is not met, the settings, what each
database said, and manifest.sha256 for sha256sum -c. The captures themselves stay where they are.
docs/evidence.md describes each file.

Exit codes: as for audit.";

pub(super) const REDACT_EXAMPLES: &str = "\
Examples:
  whereto redact phone.pcap --expect IN,SG -o shared.zip
  whereto redact phone.pcap --expect IN,SG --also mine.txt --about test.toml --key whereto.key -o shared/
  whereto redact bundle.zip phone.pcap -o shared.zip
  whereto redact phone.pcap --payload blank --cut -o shared.pcapng

The result has the packets, times, lengths and public destinations of the captures. Addresses,
hardware addresses and names of the local network are pseudonyms; contents are blank but for what
findings rest on. The report is made from the redacted capture, which is in the bundle, so that
whereto verify needs nothing else. Look at it before you share it: docs/evidence.md says what can
still be seen.

Exit codes: as for audit.";

pub(super) const VERIFY_EXAMPLES: &str = "\
Examples:
  whereto verify bundle.zip
  whereto verify bundle.zip phone.pcap --public-key whereto.key.pub

Exit codes: 0 nothing differs, 1 something differs, 2 usage or file error, or no bundle, 3 nothing
differs, but something that was asked for could not be checked.";

pub(super) const GEO_MEASURE_EXAMPLES: &str = "\
Examples:
  whereto geo measure
      the embedded databases against the embedded list of ranges
  whereto geo measure ip-ranges.json --geo GeoLite2-Country.mmdb
      two databases, and the embedded ranges, against a list of another day

The output is a table in Markdown. Databases read such lists too: shares are upper bounds.";

pub(super) const INIT_EXAMPLES: &str = "\
Examples:
  whereto init india
  whereto init --list
  whereto init singapore -o audits/singapore

Writes policy.toml, claims.toml and phases.csv. A file that exists is never replaced.";

pub(super) const WHERE_EXAMPLES: &str = "\
Examples:
  whereto where 54.179.147.20
  whereto where 52.0.14.116 --vantage DE --rtt 9
      what light could not have reached is excluded
  whereto where tracking.miui.com 8.8.8.8 --format json

Nothing is asked of any network: a name is not turned into addresses.";

pub(super) const INFO_EXAMPLES: &str = "\
Examples:
  whereto info phone.pcapng
  whereto info captures/ --format json
  whereto info big.pcap --no-hash";

pub(super) const GEO_LIST_EXAMPLES: &str = "\
Examples:
  whereto geo list
  whereto geo list --geo-dir editions/ --no-embedded-geo
  whereto geo list --format json";

pub(super) const GEO_BUILD_EXAMPLES: &str = "\
Examples:
  whereto geo build offices.csv -o offices-2026-11.mmdb --date 2026-11-01
  whereto geo build own.json GeoLite2-Country.mmdb -o merged.mmdb --type Own-Country

Rows of CSV: first,last,country or first,last,asn,org or network,country; or a first line that names
the columns, such as network,country_code,asn,org. JSON: objects with such keys.";

pub(super) const GEO_INSTALL_EXAMPLES: &str = "\
Examples:
  whereto geo install GeoLite2-City.mmdb
  whereto geo install editions/

Nothing is downloaded. Each file is read through before it is copied. The folder is whereto/geo in
your data directory, or geo in WHERETO_DATA_DIR; SHA256SUMS there fits `sha256sum -c`.";

pub(super) const GEO_REMOVE_EXAMPLES: &str = "\
Examples:
  whereto geo remove GeoLite2-City.mmdb";

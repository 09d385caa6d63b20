//! `whereto geo`, and the place data that a user brings along.

use crate::kit::{fixture, whereto};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

/// A folder for the files of one test, with a data directory of its own.
struct Desk {
    folder: tempfile::TempDir,
}

impl Desk {
    fn new() -> Desk {
        Desk {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, content).unwrap();
        path
    }

    /// The program in this folder.
    fn run(&self, arguments: &[&str]) -> Output {
        whereto(arguments)
            .current_dir(self.folder.path())
            .env("WHERETO_DATA_DIR", self.path("data"))
            .output()
            .unwrap()
    }

    /// What it prints, where it must succeed.
    #[track_caller]
    fn said(&self, arguments: &[&str]) -> String {
        let out = self.run(arguments);
        let error = String::from_utf8_lossy(&out.stderr);
        assert!(
            matches!(out.status.code(), Some(0 | 1 | 3)),
            "{arguments:?}: {error}"
        );
        String::from_utf8(out.stdout).unwrap()
    }

    #[track_caller]
    fn json(&self, arguments: &[&str]) -> Value {
        serde_json::from_str(&self.said(arguments)).unwrap()
    }

    /// One line that has all these words, and exit code 2.
    #[track_caller]
    fn fails(&self, arguments: &[&str], words: &[&str]) {
        let out = self.run(arguments);
        let error = String::from_utf8(out.stderr).unwrap();
        assert_eq!(out.status.code(), Some(2), "{arguments:?}: {error}");
        assert_eq!(error.trim_end().lines().count(), 1, "{error}");
        for word in words {
            assert!(
                error.contains(word),
                "{arguments:?}: `{word}` is not in {error}"
            );
        }
        assert!(out.stdout.is_empty());
    }

    /// Builds a database of one network, 54.0.0.0/8.
    fn build(&self, file: &str, country: &str, date: &str) -> PathBuf {
        let source = self.write(&format!("{file}.csv"), format!("54.0.0.0/8,{country}\n"));
        let source = source.to_str().unwrap();
        self.said(&[
            "geo",
            "build",
            source,
            "-o",
            file,
            "--date",
            date,
            "--type",
            "Own-Country",
        ]);
        self.path(file)
    }

    /// Country, system and organisation of an address in a database.
    fn asked(&self, file: &str, address: &str) -> String {
        let mut places = whereto::locate::Places::none();
        places.add_file(&self.path(file)).unwrap();
        let place = places.place(address.parse().unwrap());
        let said = place.opinions.first().and_then(|opinion| opinion.country);
        format!(
            "{} {} {}",
            said.map_or("-".to_owned(), |country| country.to_string()),
            place.asn.unwrap_or(0),
            place.as_org.as_deref().unwrap_or("-")
        )
    }
}

/// Names of all files below a folder.
fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// A capture of one datagram out at each time, in seconds, to 54.1.2.3.
fn capture(times: &[u32]) -> Vec<u8> {
    let mut file = Vec::new();
    for word in [0xa1b2_c3d4_u32, 0x0004_0002, 0, 0, 65_535, 101] {
        file.extend(word.to_le_bytes());
    }
    for (time, port) in times.iter().zip(40_000_u16..) {
        let mut packet = vec![0x45, 0, 0, 32, 0, 0, 0, 0, 64, 17, 0, 0];
        packet.extend([10, 0, 0, 2, 54, 1, 2, 3]);
        packet.extend(port.to_be_bytes());
        packet.extend([0x23, 0x28, 0, 12, 0, 0, 1, 2, 3, 4]);
        for word in [*time, 0, 32, 32] {
            file.extend(word.to_le_bytes());
        }
        file.extend(packet);
    }
    file
}

#[test]
fn every_form_of_table_is_built() {
    let desk = Desk::new();
    let tables: &[(&str, &str)] = &[
        ("a.csv", "54.0.0.0,54.255.255.255,sg\n"),
        ("b.csv", "54.0.0.0/8,SG\n"),
        (
            "c.csv",
            "\u{feff}\"Country_Code\",\"network\"\r\n\"SG\",\"54.0.0.0/8\"\r\n",
        ),
        (
            "d.csv",
            "start_ip;end_ip;country;city\n54.0.0.0;54.255.255.255;SG;Singapore\n",
        ),
        (
            "e.csv",
            "# a remark\nnetwork\tcountry\tcountry_code\n54.0.0.0/8\tSingapore\tSG\n",
        ),
        (
            "f.json",
            "[{\"network\": \"54.0.0.0/8\", \"country\": \"SG\"}]",
        ),
        (
            "g.json",
            "{\"first\":\"54.0.0.0\",\"last\":\"54.255.255.255\",\"iso\":\"SG\",\"x\":[1]}\n",
        ),
        (
            "h.jsonl",
            "{\"cidr\":\"54.0.0.0/9\",\"cc\":\"SG\"}\n\n{\"cidr\":\"54.128.0.0/9\",\"cc\":\"SG\"}\n",
        ),
        (
            "i",
            "[{\"prefix\":\"54.0.0.0/8\",\"country\":{\"iso_code\":\"SG\",\"names\":{}}}]",
        ),
        ("j.csv", "905969664,922746879,SG,Singapore\n"),
    ];
    for (name, table) in tables {
        desk.write(name, table);
        desk.said(&[
            "geo",
            "build",
            name,
            "-o",
            "out.mmdb",
            "--date",
            "2026-11-01",
            "--type",
            "T",
        ]);
        assert_eq!(desk.asked("out.mmdb", "54.1.2.3"), "SG 0 -", "{name}");
        assert_eq!(desk.asked("out.mmdb", "55.1.2.3"), "- 0 -", "{name}");
        let first = desk.path("first.mmdb");
        if first.exists() {
            let same = fs::read(&first).unwrap() == fs::read(desk.path("out.mmdb")).unwrap();
            assert!(same, "{name}: the same facts, other bytes");
        } else {
            fs::rename(desk.path("out.mmdb"), first).unwrap();
        }
    }
}

#[test]
fn systems_ipv6_and_inner_networks_are_built() {
    let desk = Desk::new();
    desk.write(
        "own.csv",
        "network,asn,org,country\n\
         54.0.0.0/8,AS16509,\"Amazon, Inc.\",US\n\
         54.179.0.0/16,16509,Amazon,SG\n\
         2600:1f18::/33,64512,Own,UK\n\
         5.0.0.0/8,0,,EU\n\
         2002::/16,1,Tunnel,US\n",
    );
    let said = desk.said(&[
        "geo",
        "build",
        "own.csv",
        "-o",
        "own.mmdb",
        "--date",
        "2026-11-01",
    ]);
    assert_eq!(
        said,
        "own.csv: CSV, 5 rows, 1 range inside others, which they cut, 1 row whose code names no \
         country\nown.mmdb: own-Country-ASN, 4 ranges, "
            .to_owned()
            + &format!(
                "{} bytes; 1 range of tunnels (Teredo, 6to4) left out\n",
                fs::metadata(desk.path("own.mmdb")).unwrap().len()
            )
    );
    assert_eq!(
        desk.asked("own.mmdb", "54.178.255.255"),
        "US 16509 Amazon, Inc."
    );
    assert_eq!(desk.asked("own.mmdb", "54.179.0.0"), "SG 16509 Amazon");
    assert_eq!(
        desk.asked("own.mmdb", "54.180.0.0"),
        "US 16509 Amazon, Inc."
    );
    assert_eq!(desk.asked("own.mmdb", "2600:1f18::1"), "GB 64512 Own");
    assert_eq!(desk.asked("own.mmdb", "5.1.1.1"), "- 0 -");
}

#[test]
fn the_first_source_wins_for_each_fact() {
    let desk = Desk::new();
    desk.write("one.csv", "54.0.0.0/9,SG\n");
    desk.write(
        "two.json",
        "{\"network\":\"54.0.0.0/8\",\"country\":\"US\",\"asn\":16509,\"org\":\"Amazon\"}",
    );
    desk.build("old.mmdb", "MY", "2024-05-06");
    let arguments = [
        "geo", "build", "one.csv", "two.json", "old.mmdb", "-o", "all.mmdb",
    ];
    let said = desk.said(&arguments);
    assert!(said.contains("two.json: JSON, 1 row\n"), "{said}");
    assert!(said.contains("old.mmdb: MaxMind DB, 1 row\n"), "{said}");
    assert!(
        said.contains("2 ranges where a later source differs"),
        "{said}"
    );
    assert_eq!(desk.asked("all.mmdb", "54.1.2.3"), "SG 16509 Amazon");
    assert_eq!(desk.asked("all.mmdb", "54.200.2.3"), "US 16509 Amazon");
    let list = desk.json(&[
        "geo",
        "list",
        "--geo",
        "all.mmdb",
        "--no-embedded-geo",
        "--format",
        "json",
    ]);
    let mut data = list["data"].as_array().unwrap().iter();
    let own = data.find(|source| source["name"] == "all.mmdb").unwrap();
    assert_eq!(own["date"], "2024-05-06", "the newest among the sources");
    let once = fs::read(desk.path("all.mmdb")).unwrap();
    desk.said(&arguments);
    assert!(
        once == fs::read(desk.path("all.mmdb")).unwrap(),
        "same input, same bytes"
    );
}

#[test]
fn a_bad_line_is_named() {
    let desk = Desk::new();
    let tables: &[(&str, &str, &str)] = &[
        (
            "a.csv",
            "1.0.0.0,1.0.0.255,AU\n1.0.1.0,1.0.0.0,AU\n",
            "line 2: `1.0.1.0` to `1.0.0.0` is no range",
        ),
        (
            "b.csv",
            "ip,land\n1.0.0.0,AU\n",
            "line 1: it names no columns that are known",
        ),
        (
            "c.csv",
            "1.0.0.0/33,AU\n",
            "line 1: `1.0.0.0/33` is no network",
        ),
        (
            "d.csv",
            "network,country\n1.0.0.0/8,Australia\n",
            "line 2: `Australia` is no country code",
        ),
        (
            "e.csv",
            "network,asn\n\n\n1.0.0.0/8,ASx\n",
            "line 4: `ASx` is no number of a system",
        ),
        (
            "f.csv",
            "network,country\n1.0.0.0/8,AU\nnext,AU\n",
            "line 3: `next` is no address",
        ),
        ("g.csv", "1.0.0.0/8,A\u{dc}\n", "is no country code"),
        (
            "h.json",
            "[{\"network\":\"1.0.0.0/8\",\"country\":\"AU\"},\n{\"network\":\"x\",\"country\":\"AU\"}]",
            "line 2: `x` is no address",
        ),
        (
            "i.json",
            "{\"network\":\"1.0.0.0/8\",\"country\":\"AU\"}\n{\"network\":",
            "line 2: EOF while parsing",
        ),
        (
            "j.json",
            "[1, 2]",
            "line 1: invalid type: integer `1`, expected an object with the keys network",
        ),
        (
            "k.json",
            "{\"country\":\"AU\"}",
            "line 1: it has no network and no first address",
        ),
        ("l.json", &"[".repeat(100_000), "recursion limit"),
    ];
    for (name, table, want) in tables {
        desk.write(name, table);
        let arguments = [
            "geo",
            "build",
            name,
            "-o",
            "out.mmdb",
            "--date",
            "2026-11-01",
        ];
        desk.fails(
            &arguments,
            &[name, want, "correct the line or leave it out"],
        );
        assert!(!desk.path("out.mmdb").exists(), "{name}");
    }
    desk.write("latin.csv", b"1.0.0.0,1.0.0.255,1,Caf\xe9\n");
    desk.fails(
        &[
            "geo",
            "build",
            "latin.csv",
            "-o",
            "o.mmdb",
            "--date",
            "2026-11-01",
        ],
        &["latin.csv: line 1: it is not UTF-8"],
    );
    desk.write("long.csv", format!("1.0.0.0/8,AU,{}", "x".repeat(3 << 20)));
    desk.fails(
        &[
            "geo",
            "build",
            "long.csv",
            "-o",
            "o.mmdb",
            "--date",
            "2026-11-01",
        ],
        &["long.csv", "longer than 1 MiB"],
    );
}

#[test]
fn wrong_usage_of_build_says_what_to_do() {
    let desk = Desk::new();
    desk.write("own.csv", "54.0.0.0/8,SG\n");
    let build = |more: &[&'static str]| [&["geo", "build", "own.csv"], more].concat();
    desk.fails(&build(&["-o", "o.mmdb"]), &["--date YYYY-MM-DD"]);
    desk.fails(
        &build(&["-o", "o.mmdb", "--date", "1.11.2026"]),
        &["--date 1.11.2026: not a day"],
    );
    desk.fails(
        &build(&["-o", "own.csv", "--date", "2026-11-01"]),
        &["own.csv"],
    );
    desk.fails(
        &build(&["-o", "none/o.mmdb", "--date", "2026-11-01"]),
        &["none/o.mmdb"],
    );
    desk.fails(
        &build(&["-o", "o.mmdb", "--date", "2026-11-01", "--type", "My-ASN"]),
        &["--type My-ASN", "My-ASN-Country"],
    );
    desk.write("empty.csv", "");
    desk.fails(
        &["geo", "build", "empty.csv", "-o", "o.mmdb"],
        &["empty.csv", "the file is empty"],
    );
    desk.write("eu.csv", "5.0.0.0/8,EU\n");
    desk.fails(
        &[
            "geo",
            "build",
            "eu.csv",
            "-o",
            "o.mmdb",
            "--date",
            "2026-11-01",
        ],
        &["neither countries nor systems"],
    );
    desk.fails(
        &["geo", "build", "absent.csv", "-o", "o.mmdb"],
        &["absent.csv", "check the path"],
    );
    desk.fails(&["geo", "build", ".", "-o", "o.mmdb"], &["is a folder"]);
    fs::File::create(desk.path("large.csv"))
        .unwrap()
        .set_len(10 << 30)
        .unwrap();
    desk.fails(
        &["geo", "build", "large.csv", "-o", "o.mmdb"],
        &["large.csv", "larger than 2 GiB"],
    );
    // Single addresses of IPv6 all over the place: each has a hundred nodes of its own.
    let mut wide = String::new();
    for at in 0..400_000_u32 {
        let [a, b, c, d] = at.wrapping_mul(2_654_435_761).to_be_bytes();
        wide.push_str(&format!("2a{a:02x}:{b:02x}{c:02x}:{d:02x}00::1,SG\n",));
    }
    desk.write("wide.csv", format!("network,country\n{wide}"));
    desk.fails(
        &[
            "geo",
            "build",
            "wide.csv",
            "-o",
            "o.mmdb",
            "--date",
            "2026-11-01",
        ],
        &["more than 32 million nodes"],
    );
    assert_eq!(
        desk.run(&["geo", "build", "own.csv"]).status.code(),
        Some(2)
    );
    assert_eq!(desk.run(&["geo"]).status.code(), Some(2));
    assert_eq!(desk.run(&["geo", "install"]).status.code(), Some(2));
    assert!(!desk.path("o.mmdb").exists());
}

#[test]
fn a_database_can_be_piped_and_a_gzip_table_read() {
    use std::io::Write as _;
    let desk = Desk::new();
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gzip.write_all(b"54.0.0.0/8,SG\n").unwrap();
    desk.write("own.csv.gz", gzip.finish().unwrap());
    let arguments = [
        "geo",
        "build",
        "own.csv.gz",
        "-o",
        "-",
        "--date",
        "2026-11-01",
    ];
    let out = desk.run(&arguments);
    assert_eq!(out.status.code(), Some(0));
    assert!(
        String::from_utf8(out.stderr)
            .unwrap()
            .contains("own.csv.gz: CSV, 1 row\n")
    );
    desk.write("piped.mmdb", out.stdout);
    assert_eq!(desk.asked("piped.mmdb", "54.1.2.3"), "SG 0 -");
}

/// Two editions in a folder: the one nearest to each flow speaks.
#[test]
fn a_folder_of_editions_speaks_for_its_time() {
    let desk = Desk::new();
    fs::create_dir(desk.path("editions")).unwrap();
    for (file, country, date) in [
        ("editions/own-2021.mmdb", "ID", "2021-01-01"),
        ("editions/own-2020.mmdb", "MY", "2020-01-01"),
    ] {
        desk.build(file, country, date);
    }
    desk.write("editions/below/other.mmdb", "not looked at");
    desk.write("editions/.hidden.mmdb", "not looked at");
    // 2020-03-01, the last second before the middle, the middle, 2020-12-01.
    let times = [1_583_020_800, 1_593_647_999, 1_593_648_000, 1_606_780_800];
    desk.write("phone.pcap", capture(&times));
    let arguments = [
        "flows",
        "phone.pcap",
        "--device",
        "10.0.0.2",
        "--geo-dir",
        "editions",
        "--no-embedded-geo",
        "--format",
        "json",
    ];
    let report = desk.json(&arguments);
    let countries: Vec<&str> = report["flows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|flow| flow["country"].as_str().unwrap())
        .collect();
    assert_eq!(countries, ["MY", "MY", "ID", "ID"]);
    let origins: Vec<&str> = report["data"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|source| source["origin"].as_str())
        .filter(|origin| *origin != "embedded")
        .collect();
    assert_eq!(
        origins,
        ["editions/own-2020.mmdb", "editions/own-2021.mmdb"]
    );
    let list = ["geo", "list", "--geo-dir", "editions", "--no-embedded-geo"];
    let list = desk.said(&list);
    assert!(
        list.contains("of one database with own-2021.mmdb"),
        "{list}"
    );
    fs::create_dir(desk.path("empty")).unwrap();
    desk.write("empty/notes.txt", "");
    let with = |folder| ["audit", "phone.pcap", "--geo-dir", folder];
    desk.fails(&with("empty"), &["empty: no .mmdb or .mmdb.gz file"]);
    desk.fails(&with("absent"), &["absent", "check the path"]);
    desk.fails(
        &with("phone.pcap"),
        &["phone.pcap", "cannot read the folder"],
    );
}

#[test]
fn what_is_installed_is_used_until_it_is_removed() {
    let desk = Desk::new();
    desk.write("phone.pcap", capture(&[1_793_491_200]));
    let audit = [
        "audit",
        "phone.pcap",
        "--device",
        "10.0.0.2",
        "--format",
        "json",
    ];
    let data = |report: &Value| -> Vec<String> {
        let data = report["data"].as_array().unwrap();
        data.iter()
            .map(|source| source["origin"].as_str().unwrap().to_owned())
            .filter(|origin| origin != "embedded")
            .collect()
    };
    let before = desk.said(&audit);
    assert!(data(&serde_json::from_str(&before).unwrap()).is_empty());
    desk.build("own.mmdb", "MY", "2026-10-01");
    let said = desk.said(&["geo", "install", "own.mmdb"]);
    assert!(said.contains("gives country"), "{said}");
    assert!(said.contains("geo remove NAME"), "{said}");
    let folder = desk.path("data/geo");
    assert_eq!(names(&folder), [".lock", "SHA256SUMS", "own.mmdb"]);
    let report = desk.json(&audit);
    let origin = format!("installed: {}", folder.join("own.mmdb").display());
    assert_eq!(data(&report), std::slice::from_ref(&origin));
    let sums = fs::read_to_string(folder.join("SHA256SUMS")).unwrap();
    let own = report["data"]
        .as_array()
        .unwrap()
        .iter()
        .find(|source| source["name"] == "own.mmdb");
    assert_eq!(
        sums,
        format!("{}  own.mmdb\n", own.unwrap()["sha256"].as_str().unwrap())
    );
    for command in [
        &["flows", "phone.pcap", "--format", "json"][..],
        &["geo", "list", "--format", "json"],
    ] {
        let found = data(&desk.json(command));
        assert_eq!(found, std::slice::from_ref(&origin), "{command:?}");
    }
    // Left out of one run, the report is what it was.
    let without = [&audit[..], &["--no-installed-geo"]].concat();
    assert_eq!(desk.said(&without), before);
    // The same file given too is one voice.
    let twice = desk.json(&[&audit[..], &["--geo", "own.mmdb"]].concat());
    assert_eq!(data(&twice), ["own.mmdb"]);
    // A newer edition of that name stands beside it.
    fs::create_dir(desk.path("newer")).unwrap();
    desk.build("newer/own.mmdb", "ID", "2026-11-01");
    let said = desk.said(&["geo", "install", "newer", "own.mmdb"]);
    assert!(said.contains("own-2026-11-01.mmdb"), "{said}");
    assert!(said.contains("own.mmdb: is installed already"), "{said}");
    assert_eq!(
        names(&folder),
        [".lock", "SHA256SUMS", "own-2026-11-01.mmdb", "own.mmdb"]
    );
    assert_eq!(
        desk.json(&audit)["flows"][0]["country_sources"]
            .to_string()
            .matches("=ID")
            .count(),
        1
    );
    let said = desk.said(&["geo", "remove", "own-2026-11-01.mmdb", "own.mmdb"]);
    assert!(said.contains("Nothing is installed"), "{said}");
    assert_eq!(names(&folder), [".lock", "SHA256SUMS"]);
    assert_eq!(desk.said(&audit), before);
}

#[test]
fn only_what_is_whole_is_installed() {
    let desk = Desk::new();
    let whole = fs::read(desk.build("own.mmdb", "MY", "2026-10-01")).unwrap();
    desk.write("cut.mmdb", &whole[..whole.len() / 2]);
    desk.write("notes.mmdb", "these are notes");
    desk.write("own.txt", &whole);
    desk.write("a:b.mmdb", &whole);
    for (file, word) in [
        ("cut.mmdb", "download it again"),
        ("notes.mmdb", "text file"),
        ("absent.mmdb", "check the path"),
        ("own.txt", "copy it to a plain name"),
        ("a:b.mmdb", "copy it to a plain name"),
        ("data", ""),
    ] {
        fs::create_dir_all(desk.path("data")).unwrap();
        desk.fails(&["geo", "install", file], &[file, word]);
    }
    // One that fails leaves nothing of the others behind.
    desk.fails(&["geo", "install", "own.mmdb", "cut.mmdb"], &["cut.mmdb"]);
    assert!(!desk.path("data/geo/own.mmdb").exists());
    desk.fails(
        &["geo", "remove", "own.mmdb"],
        &["is not installed", "nothing is"],
    );
    desk.fails(&["geo", "remove", "../own.mmdb"], &["is not installed"]);
    assert!(desk.path("own.mmdb").exists());
}

/// What a report rests on does not change behind the user's back.
#[test]
fn an_installed_file_that_changed_is_an_error_that_says_what_to_do() {
    let desk = Desk::new();
    desk.write("phone.pcap", capture(&[1_793_491_200]));
    desk.build("own.mmdb", "MY", "2026-10-01");
    let other = fs::read(desk.build("other.mmdb", "ID", "2026-10-01")).unwrap();
    desk.said(&["geo", "install", "own.mmdb"]);
    let installed = desk.path("data/geo/own.mmdb");
    let advice = [
        "own.mmdb",
        "whereto geo remove own.mmdb",
        "--no-installed-geo",
    ];
    let changes: [&dyn Fn(); 3] = [
        &|| fs::write(&installed, &other).unwrap(),
        &|| fs::write(&installed, "").unwrap(),
        &|| fs::remove_file(&installed).unwrap(),
    ];
    for change in changes {
        change();
        for command in [
            &["audit", "phone.pcap"][..],
            &["flows", "phone.pcap"],
            &["geo", "list"],
        ] {
            desk.fails(command, &advice);
        }
        desk.said(&["audit", "phone.pcap", "--no-installed-geo"]);
    }
    // Installing it anew mends it.
    let said = desk.said(&["geo", "install", "own.mmdb"]);
    assert!(said.contains("installed anew"), "{said}");
    desk.said(&["audit", "phone.pcap"]);
    // A file that no one installed, and a list that is none.
    let stranger = desk.write("data/geo/stranger.mmdb", &other);
    desk.fails(&["audit", "phone.pcap"], &["stranger.mmdb", "geo install"]);
    fs::remove_file(stranger).unwrap();
    desk.write("data/geo/SHA256SUMS", "nonsense\n");
    desk.fails(
        &["audit", "phone.pcap"],
        &["SHA256SUMS: line 1", "--no-installed-geo"],
    );
    // Commands without places do not look.
    desk.said(&["dns", "phone.pcap"]);
    // What cannot be read at all.
    fs::remove_file(desk.path("data/geo/SHA256SUMS")).unwrap();
    fs::create_dir(desk.path("data/geo/SHA256SUMS")).unwrap();
    desk.fails(
        &["audit", "phone.pcap"],
        &["SHA256SUMS", "cannot read", "--no-installed-geo"],
    );
    desk.said(&["audit", "phone.pcap", "--no-installed-geo"]);
}

#[test]
fn the_list_says_what_is_loaded_and_how_much_it_covers() {
    let desk = Desk::new();
    desk.write(
        "own.csv",
        "network,country,asn,org\n54.0.0.0/8,MY,1,\u{1b}[2JOwn\n2600:1f18::/33,US,1,Own\n",
    );
    desk.said(&[
        "geo",
        "build",
        "own.csv",
        "-o",
        "own.mmdb",
        "--date",
        "2026-10-01",
        "--description",
        "\u{1b}[2Jcleared; \u{202e}turned",
    ]);
    let list = desk.json(&["geo", "list", "--geo", "own.mmdb", "--format", "json"]);
    let data = list["data"].as_array().unwrap();
    let own = data
        .iter()
        .find(|source| source["name"] == "own.mmdb")
        .unwrap();
    assert_eq!(
        (&own["date"], &own["kind"]),
        (&"2026-10-01".into(), &"database".into())
    );
    for (cover, gives) in own["covers"]
        .as_array()
        .unwrap()
        .iter()
        .zip(["country", "asn"])
    {
        assert_eq!(cover["gives"], gives);
        assert_eq!(cover["networks"], 2);
        assert_eq!(cover["ipv4_addresses"], 1 << 24);
        // All but the special ones, as special.rs has them.
        assert_eq!(cover["ipv4_asked"], 3_702_257_664_u64);
        assert_eq!(cover["ipv6_slash48s"], 1 << 15);
        assert!(cover["ipv6_asked"].as_u64().unwrap() > 1_000_000);
    }
    let embedded = &data[0];
    assert_eq!(
        (&embedded["maker"], &embedded["origin"]),
        (&"DB-IP".into(), &"embedded".into())
    );
    assert!(embedded["covers"][0]["ipv4_addresses"].as_u64().unwrap() > 3_500_000_000);
    assert!(data.iter().any(|source| source["kind"] == "registration"));
    for width in [60, 80, 100, 140] {
        let list = [
            "geo",
            "list",
            "--geo",
            "own.mmdb",
            "--width",
            &width.to_string(),
        ];
        let text = desk.said(&list);
        assert!(
            text.lines().all(|line| line.chars().count() <= width),
            "{width}: {text}"
        );
        assert!(
            !text.contains('\u{1b}') && !text.contains('\u{202e}'),
            "{text}"
        );
        for word in [
            "own.mmdb",
            "2026-10-01",
            "DB-IP",
            "100 % of IPv4",
            "CC BY 4.0",
        ] {
            assert!(text.contains(word), "{width}: no {word}\n{text}");
        }
    }
    let none = desk.said(&["geo", "list", "--no-embedded-geo"]);
    assert!(
        !none.contains("DB-IP") && none.contains("Kind         owners"),
        "{none}"
    );
    desk.fails(
        &["geo", "list", "--format", "csv"],
        &["--format csv: not known"],
    );
    desk.said(&["geo", "list", "-o", "list.json"]);
    assert!(
        fs::read_to_string(desk.path("list.json"))
            .unwrap()
            .starts_with("{\n\"whereto\"")
    );
}

/// The tests themselves see nothing that a developer has installed.
#[test]
fn tests_run_without_installed_data() {
    let report = fixture("redmi-india-after").audit(&[]);
    let data = report["data"].as_array().unwrap();
    assert!(
        data.iter().all(|source| source["origin"] == "embedded"),
        "{data:?}"
    );
}

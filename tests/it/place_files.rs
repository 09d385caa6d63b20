//! Place databases that lie: each is an error or an answer, at once, and never a crash.

use crate::harness::mmdb::{Made, data, map, one_network, seeds, text};
use std::net::IpAddr;
use whereto::locate::Places;

/// Opens, asks and reads through; the first error, or the country of 54.1.2.3.
fn outcome(bytes: Vec<u8>) -> Result<String, String> {
    let mut places = Places::none();
    places
        .add_bytes("made.mmdb", bytes)
        .map_err(|err| err.to_string())?;
    for address in ["2600:1f18::1", "255.255.255.255", "8.8.4.4"] {
        let place = places.place(address.parse::<IpAddr>().unwrap());
        assert!(place.country.is_some() != place.unknown_because.is_some());
    }
    let place = places.place("54.1.2.3".parse().unwrap());
    places.read_through().map_err(|err| err.to_string())?;
    let words = place.unknown_because.map(str::to_owned);
    Ok(words.unwrap_or_else(|| place.country.unwrap().to_string()))
}

#[track_caller]
fn check(made: &Made<'_>, want: &str) {
    let got = outcome(made.bytes()).unwrap_or_else(|error| error);
    assert!(got.contains(want), "{got}");
}

/// The network 54.0.0.0/8 and its record.
#[track_caller]
fn check_record(record: &[u8], want: &str) {
    let nodes = one_network(54 << 24, 32, 8);
    let made = Made {
        nodes: &nodes,
        claimed: 8,
        ip_version: 4,
        data: record,
    };
    check(&made, want);
}

#[test]
fn a_whole_file_is_read() {
    check_record(&map(&[("country_code", "SG")]), "SG");
    for (number, seed) in seeds().into_iter().enumerate() {
        assert!(outcome(seed).is_ok() || number > 5, "seed {number}");
    }
}

#[test]
fn a_file_cut_anywhere_is_an_error() {
    for whole in seeds() {
        // What ends inside the metadata, which ends with an empty map, has lost some of it.
        for length in 0..whole.len() {
            let error = outcome(whole[..length].to_vec()).unwrap_err();
            let said = ["empty", "cut short", "damaged", "text file"];
            assert!(
                said.iter().any(|word| error.contains(word)),
                "{length}: {error}"
            );
        }
    }
}

#[test]
fn a_file_with_any_byte_changed_is_an_error_or_an_answer() {
    for whole in seeds() {
        for at in 0..whole.len() {
            for byte in [
                0,
                1,
                0x20,
                0x3f,
                0x7f,
                0xff,
                whole[at] ^ 0x80,
                whole[at].wrapping_add(1),
            ] {
                let mut changed = whole.clone();
                changed[at] = byte;
                let _ = outcome(changed);
            }
        }
    }
}

#[test]
fn trees_without_end_are_refused() {
    // Every branch leads to the root.
    let round = Made {
        nodes: &[(0, 0); 4],
        claimed: 4,
        ip_version: 6,
        data: &map(&[("country_code", "SG")]),
    };
    check(&round, "cycle");
    // Both branches lead to the next node: 2^32, and 2^128 networks.
    for (ip_version, depth) in [(4, 32), (6, 128)] {
        let mut nodes: Vec<(u32, u32)> = (1..depth).map(|next| (next, next)).collect();
        let leaf = data(depth as usize, 0);
        nodes.push((leaf, leaf));
        let made = Made {
            nodes: &nodes,
            claimed: depth,
            ip_version,
            data: &map(&[("country_code", "SG")]),
        };
        check(&made, "more networks than nodes");
    }
    // The same, and each of the 2^96 ways leads to where IPv4 begins: a walk that passes over
    // what it takes for further ways to IPv4 never comes to an end.
    let depth = 97;
    let mut nodes: Vec<(u32, u32)> = (1..depth).map(|next| (next, next)).collect();
    nodes.push((data(97, 0), depth));
    let made = Made {
        nodes: &nodes,
        claimed: depth,
        ip_version: 6,
        data: &map(&[("country_code", "SG")]),
    };
    check(&made, "more networks than nodes");
}

#[test]
fn gigantic_claims_are_refused() {
    for claimed in [9, 10_000, 1 << 24, u32::MAX] {
        let nodes = one_network(54 << 24, 32, 8);
        let made = Made {
            nodes: &nodes,
            claimed,
            ip_version: 4,
            data: &map(&[("country_code", "SG")]),
        };
        check(&made, "download it again");
    }
    // A text, a map and a list of 16 million.
    check_record(&[0x5f, 0xff, 0xff, 0xff, b'S'], "damaged");
    check_record(&[0xff, 0xff, 0xff, 0xff, 0x41], "damaged");
    check_record(&[0x1f, 4, 0xff, 0xff, 0xff, 0x41], "damaged");
}

#[test]
fn nesting_and_pointers_end() {
    // Lists in lists, maps in maps.
    let mut lists = [1, 4].repeat(50_000);
    lists.extend(text("SG"));
    check_record(&lists, "damaged");
    let country = [vec![0xe1], text("country")].concat();
    let mut maps = country.repeat(20_000);
    maps.extend(text("SG"));
    check_record(&maps, "damaged");
    let location = [vec![0xe1], text("location")].concat();
    let mut maps = location.repeat(20_000);
    maps.extend(text("SG"));
    check_record(&maps, "damaged");
    // A record that is a pointer to itself, and one whose country is the record.
    check_record(&[0x20, 0], "damaged");
    check_record(&[country, vec![0x20, 0]].concat(), "neither countries");
    check_record(&[location, vec![0x20, 0]].concat(), "damaged");
    // Lists of 250 pointers to the next list, six times over: 250 to the sixth values.
    let mut bomb = vec![0xe2];
    bomb.extend([text("country_code"), text("SG"), text("other")].concat());
    let start = bomb.len();
    for level in 1..=6_usize {
        bomb.extend([29, 4, 250 - 29]);
        let next = start + level * 503;
        for _ in 0..250 {
            bomb.extend([0x20 | (next >> 8) as u8, next as u8]);
        }
    }
    bomb.extend(text("SG"));
    check_record(&bomb, "damaged");
}

/// Many records, each as large as a record may be, all of the same bytes.
#[test]
fn records_that_share_everything_are_refused() {
    const RECORDS: u32 = 4_096;
    let mut nodes: Vec<(u32, u32)> = (1..RECORDS).map(|at| (at * 2 - 1, at * 2)).collect();
    nodes.truncate(RECORDS as usize - 1);
    let inner = nodes.len() as u32;
    let mut section: Vec<u8> = Vec::new();
    let mut list = vec![30, 4];
    list.extend((60_000_u16 - 285).to_be_bytes());
    list.extend([0xa0; 60_000]);
    let list_at = 8 * RECORDS as usize;
    for _ in 0..RECORDS {
        // {"x": pointer to the list}
        section.extend([0xe1, 0x41, b'x', 0x38]);
        section.extend((list_at as u32).to_be_bytes());
    }
    section.extend(list);
    // A whole tree whose last level leads to the records.
    let mut record = 0;
    for node in &mut nodes {
        for branch in [&mut node.0, &mut node.1] {
            if *branch >= inner {
                *branch = data(inner as usize, 8 * record);
                record += 1;
            }
        }
    }
    // One that has a country, so that the file is taken for a place database.
    section[..8].copy_from_slice(&[0xe1, 0x42, b'c', b'c', 0x42, b'S', b'G', 0]);
    section[1] = 0x42;
    let named = section.len();
    section.extend(map(&[("country_code", "SG")]));
    nodes[inner as usize - 1].1 = data(inner as usize, named);
    let made = Made {
        nodes: &nodes,
        claimed: inner,
        ip_version: 4,
        data: &section,
    };
    check(&made, "share more of their parts");
}

/// A file of a few kilobytes that unpacks to gigabytes.
#[test]
fn a_gzip_file_that_grows_without_end_is_refused() {
    use std::io::Write as _;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bomb.mmdb.gz");
    let file = std::fs::File::create(&path).unwrap();
    let mut gzip = flate2::write::GzEncoder::new(file, flate2::Compression::best());
    for _ in 0..64 {
        gzip.write_all(&[0; 1 << 20]).unwrap();
    }
    gzip.finish().unwrap();
    let error = Places::none().add_file(&path).unwrap_err().to_string();
    assert!(error.contains("hundred times its size"), "{error}");
}

/// A file that claims to be larger than any, without anything in it, is not read.
#[cfg(unix)]
#[test]
fn a_file_beyond_all_size_is_refused_unread() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("large.mmdb");
    let file = std::fs::File::create(&path).unwrap();
    file.set_len(10 << 30).unwrap();
    let error = Places::none().add_file(&path).unwrap_err().to_string();
    assert!(error.contains("larger than 2 GiB"), "{error}");
}

//! What each target begins from: the fixtures, cut to what the target takes.

use std::path::{Path, PathBuf};

/// The seeds of one target, in the order of the fixtures' names.
pub fn seeds(target: &str) -> Vec<Vec<u8>> {
    let files = captures();
    match target {
        "pcap" => files.into_iter().filter(|file| !is_pcapng(file)).collect(),
        "pcapng" => files.into_iter().filter(|file| is_pcapng(file)).collect(),
        "decoder" => files
            .iter()
            .flat_map(|file| frames(file))
            .map(|frame| with_link(&frame))
            .collect(),
        "dns" => payloads(&files, |port, _| matches!(port, 53 | 5353 | 5355)),
        "client_hello" => payloads(&files, |_, bytes| bytes.starts_with(&[0x16, 3])),
        "http" => payloads(&files, |port, _| matches!(port, 80 | 8080 | 3128)),
        "quic_initial" => quic(),
        "lists" => lists(),
        "owners" => owners(),
        "place_database" => super::mmdb::seeds(),
        _ => payloads(&files, |_, bytes| !bytes.is_empty()),
    }
}

/// Catalogues of owners in each of their forms.
fn owners() -> Vec<Vec<u8>> {
    let folder = folder().join("cname-cloaking/owners");
    let toml = ["shop.toml", "tracker.toml"].map(|name| folder.join(name));
    let mut found: Vec<Vec<u8>> = toml
        .iter()
        .map(|path| std::fs::read(path).expect("a fixture can be read"))
        .collect();
    let json: [&[u8]; 4] = [
        br#"{"timeUpdated": "2026-05-04T03:00:00Z", "categories": {"4": "advertising"},
            "trackers": {"t": {"name": "T", "categoryId": 4, "companyId": "c"}},
            "trackerDomains": {"example.com": "t", "ads.example.net": "t"}}"#,
        br#"{"companies": {"c": {"name": "Company", "websiteUrl": "https://c.example/"}}}"#,
        br#"{"categories": {"Analytics": [{"C": {"https://c.example/": ["example.com"]}}]}}"#,
        br#"{"entities": {"C": {"properties": ["example.com"], "resources": ["example.net"]}}}"#,
    ];
    found.extend(json.map(<[u8]>::to_vec));
    found
}

/// `fixtures/`.
fn folder() -> PathBuf {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR"));
    let fixtures = [fixtures.join("fixtures"), fixtures.join("../../fixtures")];
    let folder = fixtures.into_iter().find(|folder| folder.is_dir());
    folder.expect("fixtures/ is there")
}

/// The bytes of every fixture's capture of moderate size.
fn captures() -> Vec<Vec<u8>> {
    let folder = folder();
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder)
        .expect("fixtures/ can be read")
        .flatten()
        .flat_map(|case| ["capture.pcap", "capture.pcapng"].map(|name| case.path().join(name)))
        .filter(|path| path.exists())
        .collect();
    paths.sort();
    paths
        .iter()
        .map(|path| std::fs::read(path).expect("a fixture can be read"))
        .collect()
}

fn is_pcapng(file: &[u8]) -> bool {
    file.starts_with(&[0x0a, 0x0d, 0x0d, 0x0a])
}

/// Each packet of a little-endian pcap file with its link type; others have none here.
fn frames(file: &[u8]) -> Vec<(u32, Vec<u8>)> {
    let number = |at: usize| {
        file.get(at..at + 4)
            .map(|four| u32::from_le_bytes(four.try_into().unwrap_or_default()))
    };
    let mut found = Vec::new();
    if !matches!(number(0), Some(0xa1b2_c3d4 | 0xa1b2_3c4d)) {
        return found;
    }
    let link = number(20).unwrap_or(0);
    let mut at = 24;
    while let Some(len) = number(at + 8) {
        let Some(bytes) = file.get(at + 16..at + 16 + len as usize) else {
            break;
        };
        found.push((link, bytes.to_vec()));
        at += 16 + len as usize;
    }
    found
}

/// As the target `decoder` takes it: the link type in two bytes, then the packet.
fn with_link((link, bytes): &(u32, Vec<u8>)) -> Vec<u8> {
    let mut out = (*link as u16).to_be_bytes().to_vec();
    out.extend(bytes);
    out
}

/// A control byte and the payload of every UDP or TCP packet over IPv4 that is wanted, by the
/// lower of its ports and its bytes.
fn payloads(files: &[Vec<u8>], wanted: impl Fn(u16, &[u8]) -> bool) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    for (link, frame) in files.iter().flat_map(|file| frames(file)) {
        let network = if link == 1 { 14 } else { 0 };
        let Some(ip) = frame
            .get(network..)
            .filter(|ip| ip.first() == Some(&0x45) && ip.len() > 40)
        else {
            continue;
        };
        let ports = [20, 22].map(|at| u16::from_be_bytes([ip[at], ip[at + 1]]));
        let payload = match ip[9] {
            17 => 28,
            6 => 20 + usize::from(ip[32] >> 4) * 4,
            _ => continue,
        };
        let Some(payload) = ip.get(payload..) else {
            continue;
        };
        if wanted(ports[0].min(ports[1]), payload) && !payload.is_empty() {
            let mut seed = vec![0x80 | found.len() as u8];
            seed.extend(payload);
            found.push(seed);
        }
    }
    found
}

/// A control byte and frames of an Initial: CRYPTO frames around the hellos of the fixtures,
/// whole and in two pieces, the later one first.
fn quic() -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    for hello in seeds("client_hello") {
        let hello: Vec<u8> = hello.into_iter().skip(1 + 5).take(900).collect();
        let (first, second) = hello.split_at(hello.len() / 2);
        let mut whole = vec![0];
        whole.extend(crypto(0, &hello));
        let mut pieces = vec![1];
        pieces.extend(crypto(first.len() as u16, second));
        pieces.push(1);
        pieces.extend(crypto(0, first));
        found.extend([whole, pieces]);
    }
    found.push(b"\x00\x02\x00\x00\x00\x00\x1c\x00\x00\x00\x00".to_vec());
    found
}

fn crypto(offset: u16, data: &[u8]) -> Vec<u8> {
    let mut frame = vec![6];
    frame.extend((0x4000 | offset).to_be_bytes());
    frame.extend((0x4000 | data.len() as u16).to_be_bytes());
    frame.extend(data);
    frame
}

/// A control byte and a list of each form that is read.
fn lists() -> Vec<Vec<u8>> {
    let ranges: [&[u8]; 8] = [
        br#"{"syncToken": "1", "createDate": "2026-08-22-15-17-05", "prefixes": [{"ip_prefix": "8.0.0.0/6", "region": "us-east-1", "service": "EC2", "network_border_group": "us-east-1-bue-1"}, {"ip_prefix": "10.0.0.0/8", "region": "GLOBAL", "service": "AMAZON"}], "ipv6_prefixes": [{"ipv6_prefix": "2001:d00::/24", "region": "eu-west-1", "service": "S3", "network_border_group": "eu-west-1"}]}"#,
        br#"{"values": [{"name": "Storage.WestEurope", "properties": {"region": "westeurope", "addressPrefixes": ["8.0.0.0/7", "::ffff:9.0.0.0/104"]}}, {"name": "AzureFrontDoor.Frontend", "properties": {"addressPrefixes": ["9.0.0.0/8"]}}]}"#,
        br#"{"creationTime": "2026-06-01T00:00:00", "prefixes": [{"ipv4Prefix": "8.0.0.0/7", "scope": "asia-east2"}, {"ipv6Prefix": "2001:db8::/32", "scope": "global"}]}"#,
        br#"{"last_updated_timestamp": "2026-06-01T00:00:00", "regions": [{"region": "uk-london-1", "cidrs": [{"cidr": "8.0.0.0/7", "tags": ["OCI", "OSN"]}]}]}"#,
        b"# feed\r\n8.0.0.0/7,SG,SG-05,Singapore,\r\n8.1.0.0/16,,,,\r\n2001:db8::/32,HK\r\n",
        b"prefix,provider,region,service,country,city\n8.0.0.0/7,aws,us-east-1,S3,,\n9.0.0.0/8,own,,,IS,\"Reykjav\xc3\xadk\"\n",
        b"\x83\xa7version\xaa2026-10-26\xa9providers\x91\xa3aws\xa6ranges\x92\x84\xa4cidr\xa98.0.0.0/7\xa1p\x00\xa1r\xa9us-east-1\xa1s\xa3EC2\x82\xa4cidr\xa99.0.0.0/8\xa1p\x00",
        b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff\x03\x00\x00\x00\x00\x00\x00\x00\x00\x00",
    ];
    let anycast: [&[u8]; 2] = [
        b"# list\n8.0.0.0/7\n2001:db8::/32 # more\n",
        b"prefix,AB_ICMPv4,GCD_ICMPv4,partial,locations\n8.0.0.0/24,29,67,False,\"[{\"\"id\"\": \"\"HNL\"\"}]\"\n9.0.0.0/24,3,0,True,[]\n",
    ];
    let seeds = ranges
        .iter()
        .map(|list| (0, list))
        .chain(anycast.iter().map(|list| (1, list)));
    seeds
        .map(|(control, list)| {
            let mut seed = vec![control];
            seed.extend(*list);
            seed
        })
        .collect()
}

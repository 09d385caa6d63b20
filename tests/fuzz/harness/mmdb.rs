//! MaxMind DB files made by hand, whole or not: a tree and a data section of one's choice.
//!
//! Spec: MaxMind DB file format 2.0.

/// What a file says of itself.
pub struct Made<'a> {
    /// Nodes of the tree: left and right, 24 bits each.
    pub nodes: &'a [(u32, u32)],
    /// How many nodes it claims to have.
    pub claimed: u32,
    /// 4 or 6.
    pub ip_version: u8,
    /// The data section; offset 0 is reached by a branch to [`data`] of it.
    pub data: &'a [u8],
}

impl Made<'_> {
    /// The file.
    pub fn bytes(&self) -> Vec<u8> {
        let mut out = Vec::new();
        for (left, right) in self.nodes {
            for branch in [left, right] {
                out.extend(&branch.to_be_bytes()[1..]);
            }
        }
        out.extend([0; 16]);
        out.extend(self.data);
        out.extend(b"\xab\xcd\xefMaxMind.com");
        out.push(0xe0 | 9);
        for (key, number) in [
            ("binary_format_major_version", 2),
            ("binary_format_minor_version", 0),
            ("ip_version", self.ip_version),
            ("record_size", 24),
        ] {
            out.extend(text(key));
            out.extend([0xa1, number]);
        }
        out.extend(text("node_count"));
        out.push(0xc4);
        out.extend(self.claimed.to_be_bytes());
        out.extend(text("build_epoch"));
        out.extend([4, 2]);
        out.extend(1_700_000_000_u32.to_be_bytes());
        out.extend(text("database_type"));
        out.extend(text("Made-Country"));
        out.extend(text("languages"));
        out.extend([0, 4]);
        out.extend(text("description"));
        out.push(0xe0);
        out
    }
}

/// A branch to an offset of the data section of a tree of that many nodes.
pub fn data(nodes: usize, offset: usize) -> u32 {
    u32::try_from(nodes + 16 + offset).expect("a small file")
}

/// A text of up to 284 bytes.
pub fn text(text: &str) -> Vec<u8> {
    let mut out = match u8::try_from(text.len()) {
        Ok(short @ 0..29) => vec![0x40 | short],
        Ok(long) => vec![0x40 | 29, long - 29],
        Err(_) => panic!("a longer text"),
    };
    out.extend(text.as_bytes());
    out
}

/// A map of texts.
pub fn map(entries: &[(&str, &str)]) -> Vec<u8> {
    let mut out = vec![0xe0 | u8::try_from(entries.len()).expect("a small map")];
    for (key, value) in entries {
        out.extend(text(key));
        out.extend(text(value));
    }
    out
}

/// A tree with one network, of the first `depth` bits of `address`, which leads to offset 0.
pub fn one_network(address: u128, width: u32, depth: u32) -> Vec<(u32, u32)> {
    let nothing = depth;
    (0..depth)
        .map(|at| {
            let on = if at + 1 == depth {
                data(depth as usize, 0)
            } else {
                at + 1
            };
            match address >> (width - 1 - at) & 1 {
                0 => (on, nothing),
                _ => (nothing, on),
            }
        })
        .collect()
}

/// Small whole files: what mutations begin from.
pub fn seeds() -> Vec<Vec<u8>> {
    let records = [
        map(&[
            ("country_code", "SG"),
            ("asn", "AS16509"),
            ("as_name", "Amazon"),
        ]),
        // country: a map behind a pointer, which stands after the record.
        [
            vec![0xe1],
            text("country"),
            vec![0x20, 12],
            vec![0; 1],
            map(&[("iso_code", "SG")]),
        ]
        .concat(),
        [
            vec![0xe1],
            text("traits"),
            map(&[("is_anycast", "true"), ("isp", "x")]),
        ]
        .concat(),
    ];
    let mut seeds = Vec::new();
    for record in &records {
        for (ip_version, address, width, depth) in [
            (4, 54, 32, 8),
            (6, 54, 128, 104),
            (6, 0x2600 << 112, 128, 16),
        ] {
            let address = if address == 54 { 54 << 24 } else { address };
            let nodes = one_network(address, width, depth);
            seeds.push(
                Made {
                    nodes: &nodes,
                    claimed: depth,
                    ip_version,
                    data: record,
                }
                .bytes(),
            );
        }
    }
    seeds
}

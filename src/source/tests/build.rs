//! Captures made by hand.

/// A pcap file under construction, in either byte order.
pub(super) struct PcapFile {
    pub(super) bytes: Vec<u8>,
    big: bool,
    extra: usize,
}

impl PcapFile {
    pub(super) fn new(magic: u32, version: (u16, u16), link: u32, big: bool) -> Self {
        let extra = if magic == 0xa1b2_cd34 { 8 } else { 0 };
        let mut file = PcapFile {
            bytes: Vec::new(),
            big,
            extra,
        };
        file.u32(magic);
        file.u16(version.0);
        file.u16(version.1);
        for value in [0, 0, 65_535, link] {
            file.u32(value);
        }
        file
    }

    pub(super) fn usual() -> Self {
        Self::new(0xa1b2_c3d4, (2, 4), 1, false)
    }

    fn u16(&mut self, value: u16) {
        self.bytes.extend(if self.big {
            value.to_be_bytes()
        } else {
            value.to_le_bytes()
        });
    }

    pub(super) fn u32(&mut self, value: u32) {
        self.bytes.extend(if self.big {
            value.to_be_bytes()
        } else {
            value.to_le_bytes()
        });
    }

    pub(super) fn head(&mut self, seconds: u32, fraction: u32, captured: u32, wire: u32) {
        for value in [seconds, fraction, captured, wire] {
            self.u32(value);
        }
        self.bytes.extend(vec![0xee; self.extra]);
    }

    pub(super) fn packet(&mut self, seconds: u32, fraction: u32, data: &[u8]) {
        let len = data.len() as u32;
        self.head(seconds, fraction, len, len);
        self.bytes.extend(data);
    }
}

/// A pcapng file under construction.
#[derive(Default)]
pub(super) struct PcapngFile {
    pub(super) bytes: Vec<u8>,
    pub(super) big: bool,
}

impl PcapngFile {
    pub(super) fn new(big: bool) -> Self {
        let mut file = PcapngFile {
            bytes: Vec::new(),
            big,
        };
        file.section(&[]);
        file
    }

    pub(super) fn u16(&self, value: u16) -> Vec<u8> {
        if self.big {
            value.to_be_bytes()
        } else {
            value.to_le_bytes()
        }
        .to_vec()
    }

    pub(super) fn u32(&self, value: u32) -> Vec<u8> {
        if self.big {
            value.to_be_bytes()
        } else {
            value.to_le_bytes()
        }
        .to_vec()
    }

    pub(super) fn u64(&self, value: u64) -> Vec<u8> {
        if self.big {
            value.to_be_bytes()
        } else {
            value.to_le_bytes()
        }
        .to_vec()
    }

    pub(super) fn option(&self, code: u16, value: &[u8]) -> Vec<u8> {
        let mut bytes = [self.u16(code), self.u16(value.len() as u16), value.to_vec()].concat();
        bytes.resize(bytes.len().next_multiple_of(4), 0);
        bytes
    }

    pub(super) fn block(&mut self, kind: u32, body: &[u8]) {
        let mut body = body.to_vec();
        body.resize(body.len().next_multiple_of(4), 0);
        let len = self.u32(body.len() as u32 + 12);
        let block = [self.u32(kind), len.clone(), body, len].concat();
        self.bytes.extend(block);
    }

    pub(super) fn section(&mut self, options: &[u8]) {
        let body = [
            self.u32(0x1a2b_3c4d),
            self.u16(1),
            self.u16(0),
            self.u64(u64::MAX),
            options.to_vec(),
        ]
        .concat();
        self.block(0x0a0d_0d0a, &body);
    }

    pub(super) fn interface(&mut self, link: u16, snaplen: u32, options: &[u8]) {
        let body = [
            self.u16(link),
            self.u16(0),
            self.u32(snaplen),
            options.to_vec(),
        ]
        .concat();
        self.block(1, &body);
    }

    pub(super) fn enhanced(
        &mut self,
        interface: u32,
        ticks: u64,
        wire: u32,
        data: &[u8],
        options: &[u8],
    ) {
        let mut padded = data.to_vec();
        padded.resize(padded.len().next_multiple_of(4), 0);
        let body = [
            self.u32(interface),
            self.u32((ticks >> 32) as u32),
            self.u32(ticks as u32),
            self.u32(data.len() as u32),
            self.u32(wire),
            padded,
            options.to_vec(),
        ];
        self.block(6, &body.concat());
    }
}

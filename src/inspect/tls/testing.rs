//! Hellos made by hand, for the tests of TLS, DTLS and QUIC.

/// `bytes` behind `len_bytes` of length.
pub(crate) fn vector(len_bytes: usize, bytes: &[u8]) -> Vec<u8> {
    let len = u32::try_from(bytes.len()).unwrap_or_default().to_be_bytes();
    [len.get(4 - len_bytes..).unwrap_or_default(), bytes].concat()
}

pub(crate) fn extension(kind: u16, body: &[u8]) -> Vec<u8> {
    [&kind.to_be_bytes()[..], &vector(2, body)].concat()
}

/// A handshake message of `kind`.
pub(crate) fn message(kind: u8, body: &[u8]) -> Vec<u8> {
    [&[kind][..], &vector(3, body)].concat()
}

/// A ClientHello for TLS 1.3, with its handshake header. The name comes first, the protocols last.
pub(crate) fn client_hello(name: &str, protocols: &[&str]) -> Vec<u8> {
    client_hello_with(name, protocols, &[])
}

/// The same with more extensions.
pub(crate) fn client_hello_with(name: &str, protocols: &[&str], more: &[u8]) -> Vec<u8> {
    let list: Vec<u8> = protocols
        .iter()
        .flat_map(|protocol| vector(1, protocol.as_bytes()))
        .collect();
    let host = [&[0][..], &vector(2, name.as_bytes())].concat();
    let extensions = [
        if name.is_empty() {
            Vec::new()
        } else {
            extension(0, &vector(2, &host))
        },
        extension(10, &vector(2, &[0, 29])),
        extension(13, &vector(2, &[4, 3])),
        extension(43, &vector(1, &[3, 4, 3, 3])),
        more.to_vec(),
        extension(16, &vector(2, &list)),
    ]
    .concat();
    let body = [
        &[3, 3][..],
        &[7; 32],
        &vector(1, &[]),
        &vector(2, &[0x13, 0x01, 0xc0, 0x2b]),
        &vector(1, &[0]),
        &vector(2, &extensions),
    ]
    .concat();
    message(1, &body)
}

/// A ServerHello that picks `version`; for TLS 1.3 in the extension.
pub(crate) fn server_hello(version: u16, random: [u8; 32]) -> Vec<u8> {
    let (legacy, extensions) = match version {
        0x0304 => (0x0303_u16, extension(43, &version.to_be_bytes())),
        _ => (version, extension(0xff01, &[0])),
    };
    let body = [
        &legacy.to_be_bytes()[..],
        &random,
        &vector(1, &[]),
        &[0x13, 0x01, 0],
        &vector(2, &extensions),
    ]
    .concat();
    message(2, &body)
}

/// `bytes` in records of at most `size` bytes.
pub(crate) fn records(kind: u8, bytes: &[u8], size: usize) -> Vec<u8> {
    bytes
        .chunks(size.max(1))
        .flat_map(|part| [&[kind, 3, 1][..], &vector(2, part)].concat())
        .collect()
}

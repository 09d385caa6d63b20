#![allow(clippy::unwrap_used)]

use super::*;
use proptest::prelude::*;

#[test]
fn relations_stay_and_values_do_not() {
    let own: Vec<IpAddr> = vec!["2409:40c2:1:2::9".parse().unwrap()];
    let mut names = Pseudonyms::new(&own);
    let all = [
        "192.168.1.23",
        "192.168.1.1",
        "192.168.1.255",
        "192.168.2.1",
        "10.1.2.3",
        "fe80::5054:ff:fe12:3456",
        "2409:40c2:1:2::9",
        "2409:40c2:1:2::1",
        "8.8.8.8",
    ];
    let all = all.map(|text| text.parse::<IpAddr>().unwrap());
    all.iter().for_each(|one| names.meet(*one));
    names.meet_mac([0x52, 0x54, 0, 0x12, 0x34, 0x56]);
    let made = all.map(|one| names.address(one).to_string());
    let want = [
        "192.168.0.1",
        "192.168.0.2",
        "192.168.0.255",
        "192.168.3.1",
        "10.0.0.1",
        "fe80::1ff:fe00:2",
        "2001:db8:f001::1:0:2",
        "2001:db8:f001::1:0:3",
        "8.8.8.8",
    ];
    assert_eq!(made[0], want[0]);
    assert_eq!(made[1], want[1]);
    assert_eq!(made[2], want[2]);
    assert_eq!(made[3], want[3]);
    assert_eq!(made[4], want[4]);
    assert_eq!(made[8], want[8]);
    let mac = spelled_mac(names.mac([0x52, 0x54, 0, 0x12, 0x34, 0x56]));
    let IpAddr::V6(link) = names.address(all[5]) else {
        unreachable!()
    };
    let [.., a, b, c, 0xff, 0xfe, d, e, f] = link.octets() else {
        panic!("{link}")
    };
    assert_eq!(spelled_mac([a ^ 2, b, c, d, e, f]), mac);
    let group: Ipv6Addr = "ff02::1:ff12:3456".parse().unwrap();
    let [.., x, y, z] = names.v6(group).octets();
    assert_eq!([x, y, z], [d, e, f]);
    let (one, two) = (names.address(all[6]), names.address(all[7]));
    assert_ne!(one, two);
    assert!(one.to_string().starts_with("2001:db8:f001:"), "{one}");
}

fn local() -> impl Strategy<Value = IpAddr> {
    let v4 = (0_usize..5, any::<[u8; 3]>()).prop_map(|(range, [b, c, d])| {
        let v4 = match range {
            0 => Ipv4Addr::new(10, b, c, d),
            1 => Ipv4Addr::new(172, 16 | b & 15, c, d),
            2 => Ipv4Addr::new(192, 168, c, d),
            3 => Ipv4Addr::new(100, 64 | b & 63, c, d),
            _ => Ipv4Addr::new(169, 254, c, d),
        };
        IpAddr::V4(v4)
    });
    let v6 = (any::<[u8; 16]>(), 0_u8..3).prop_map(|(mut octets, range)| {
        match range {
            0 => octets[..8].copy_from_slice(&[0xfe, 0x80, 0, 0, 0, 0, 0, 0]),
            1 => octets[0] = 0xfd,
            _ => octets[..8].copy_from_slice(&[0x24, 9, 0x40, 0xc2, 0, 1, 0, 2]),
        }
        IpAddr::V6(Ipv6Addr::from(octets))
    });
    prop_oneof![v4, v6]
}

proptest! {
    /// The same value has the same pseudonym, two values have two, none is a value met, and
    /// ranges stay.
    #[test]
    fn pseudonyms_are_consistent_and_injective(
        addresses in proptest::collection::vec(local(), 1..25),
        macs in proptest::collection::vec(any::<[u8; 6]>(), 1..20),
        labels in proptest::collection::vec("[a-zA-Z0-9 '-]{3,20}", 1..20),
    ) {
        let own = ["2409:40c2:1:2::9".parse().unwrap()];
        let mut names = Pseudonyms::new(&own);
        addresses.iter().for_each(|one| names.meet(*one));
        macs.iter().for_each(|one| names.meet_mac(*one));
        labels.iter().for_each(|one| names.meet_label(one.as_bytes()));
        let mut back: HashMap<IpAddr, IpAddr> = HashMap::new();
        for one in addresses.iter().chain(&addresses) {
            let made = names.address(*one);
            prop_assert_eq!(*back.entry(made).or_insert(*one), *one);
            prop_assert!(!addresses.contains(&made), "{} became {}", one, made);
            prop_assert_eq!(crate::model::scope_of(made), crate::model::scope_of(*one));
        }
        let mut back: HashMap<[u8; 6], [u8; 6]> = HashMap::new();
        for one in macs.iter().chain(&macs) {
            let made = names.mac(*one);
            prop_assert_eq!(*back.entry(made).or_insert(*one), *one);
        }
        let mut back = HashMap::new();
        for one in labels.iter().chain(&labels) {
            let made = names.label(one.as_bytes());
            prop_assert_eq!(made.len(), one.len());
            let lower = one.to_ascii_lowercase();
            prop_assert!(*made != *lower.as_bytes());
            prop_assert_eq!(back.entry(made).or_insert(lower.clone()).clone(), lower);
        }
        prop_assert_eq!(names.overflow(), 0);
    }
}

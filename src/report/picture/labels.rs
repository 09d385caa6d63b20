//! Labels that do not lie on each other.
//!
//! In:   what is drawn already, and a point that wants a label.
//! Out:  the first place around it that is free.
//!
//! Greedy: who comes first has the best place. The work is bounded by the number of labels, which
//! the pictures bound.

use super::svg::Anchor;

/// A box: left, top, width, height.
pub(super) type Area = [f64; 4];

/// Where a label goes.
pub(super) struct Spot {
    /// Of its first line.
    pub(super) x: f64,
    /// The base of its first line.
    pub(super) y: f64,
    pub(super) anchor: Anchor,
    /// From the mark to the label, where it is not beside it.
    pub(super) leader: Option<(f64, f64)>,
}

/// Keeps what is taken.
pub(super) struct Labels {
    frame: Area,
    taken: Vec<Area>,
    /// What a label may cross where nothing else is free.
    soft: Vec<Area>,
}

impl Labels {
    pub(super) fn new(frame: Area) -> Self {
        Labels {
            frame,
            taken: Vec::new(),
            soft: Vec::new(),
        }
    }

    pub(super) fn take(&mut self, area: Area) {
        self.taken.push(area);
    }

    /// Points of lines, which have a halo to be crossed with.
    pub(super) fn avoid(&mut self, (x, y): (f64, f64)) {
        self.soft.push([x - 2.0, y - 2.0, 4.0, 4.0]);
    }

    /// A place for a label of this size near a mark of this radius.
    pub(super) fn place(&mut self, at: (f64, f64), radius: f64, size: (f64, f64)) -> Option<Spot> {
        let near = AWAY.get(..3).unwrap_or_default();
        [(near, true), (near, false), (&AWAY, true), (&AWAY, false)]
            .into_iter()
            .find_map(|(distances, strict)| self.find(at, radius, size, distances, strict))
    }

    /// The same, but only where it touches the mark and crosses nothing.
    pub(super) fn near(&mut self, at: (f64, f64), radius: f64, size: (f64, f64)) -> Option<Spot> {
        self.find(at, radius, size, &[0.0], true)
    }

    fn find(
        &mut self,
        at: (f64, f64),
        radius: f64,
        (wide, high): (f64, f64),
        distances: &[f64],
        strict: bool,
    ) -> Option<Spot> {
        for away in distances {
            let near = radius + 5.0 + away;
            for (dx, dy) in AROUND {
                let (x, y) = (at.0 + dx * near, at.1 + dy * near);
                let left = x - wide * (1.0 - dx) / 2.0;
                let top = y - high * (1.0 - dy) / 2.0;
                let area = [left, top, wide, high];
                if !self.free(area, strict) {
                    continue;
                }
                self.take([left - 3.0, top - 2.0, wide + 6.0, high + 4.0]);
                let (anchor, x) = if *dx > 0.3 {
                    (Anchor::Start, left)
                } else if *dx < -0.3 {
                    (Anchor::End, left + wide)
                } else {
                    (Anchor::Middle, left + wide / 2.0)
                };
                let y = top + 12.0;
                let leader = (*away > 0.0).then(|| {
                    let x = at.0.clamp(left, left + wide);
                    let y = at.1.clamp(top, top + high);
                    (x, y)
                });
                return Some(Spot {
                    x,
                    y,
                    anchor,
                    leader,
                });
            }
        }
        None
    }

    fn free(&self, area: Area, strict: bool) -> bool {
        let [x, y, w, h] = self.frame;
        let inside = area[0] >= x
            && area[1] >= y
            && area[0] + area[2] <= x + w
            && area[1] + area[3] <= y + h;
        let apart = |taken: &Area| !overlap(area, *taken);
        inside
            && self.taken.iter().all(apart)
            && (!strict || self.soft.iter().all(|taken| !overlap(area, *taken)))
    }
}

/// How far from its mark a label may lie.
const AWAY: [f64; 7] = [0.0, 14.0, 30.0, 50.0, 75.0, 105.0, 140.0];

/// Directions in which a label may lie, best first.
const AROUND: &[(f64, f64)] = &[
    (1.0, 0.0),
    (-1.0, 0.0),
    (1.0, 0.8),
    (1.0, -0.8),
    (-1.0, 0.8),
    (-1.0, -0.8),
    (0.0, 1.0),
    (0.0, -1.0),
];

pub(super) fn overlap([ax, ay, aw, ah]: Area, [bx, by, bw, bh]: Area) -> bool {
    ax < bx + bw && bx < ax + aw && ay < by + bh && by < ay + ah
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_of_one_point_lie_apart() {
        let mut labels = Labels::new([0.0, 0.0, 400.0, 300.0]);
        let mut areas: Vec<Area> = Vec::new();
        for _ in 0..8 {
            let before = labels.taken.len();
            assert!(labels.place((200.0, 150.0), 4.0, (80.0, 30.0)).is_some());
            areas.extend(labels.taken.iter().skip(before));
        }
        for (at, one) in areas.iter().enumerate() {
            assert!(
                areas
                    .iter()
                    .skip(at + 1)
                    .all(|other| !overlap(*one, *other))
            );
        }
        assert!(labels.place((200.0, 150.0), 4.0, (500.0, 30.0)).is_none());
    }
}

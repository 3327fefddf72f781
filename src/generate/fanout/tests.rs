//! Tests that parents and children agree, whoever is asked, and that counts follow their law.

use super::*;

const SPREADS: [Spread; 9] = [
    Spread::Chance(3.3),
    Spread::Chance(300.0),
    Spread::Fixed(3),
    Spread::Range(1, 7),
    Spread::Range(0, 5),
    Spread::Geometric(4.0),
    Spread::LogNormal { mean: 5.0, sigma: 1.2 },
    Spread::Zipf { mean: 6.0, skew: 1.0 },
    Spread::Zipf { mean: 0.5, skew: 0.6 },
];

fn counts(fanout: &Fanout) -> Vec<u64> {
    let mut counts = vec![0; fanout.parents() as usize];
    let mut block = Block::default();
    for child in 0..fanout.children() {
        counts[fanout.parent(child, &mut block).0 as usize] += 1;
    }
    counts
}

#[test]
fn parents_and_children_agree() {
    for spread in SPREADS {
        for parents in [1, 2, 63, 64, 65, 1000, 5003] {
            for childless in [0.0, 0.25] {
                for order in [Order::Clustered, Order::Shuffled] {
                    let children = spread.children(parents, childless);
                    let curve = spread.curve(parents, children, childless, u64::MAX);
                    assert_eq!((curve.parents(), curve.children()), (parents, children));
                    let fanout = Fanout::new(curve, order, Draw::new(1, "t", "c"));
                    let (mut all, mut block, mut other) = (0, Block::default(), Block::default());
                    let mut list = Vec::new();
                    for parent in 0..parents {
                        list.clear();
                        fanout.children_of(parent, &mut block, &mut list);
                        assert_eq!(list.len() as u64, fanout.count(parent));
                        assert!(fanout.count(parent) <= fanout.most());
                        for (nth, child) in list.iter().enumerate() {
                            let found = fanout.parent(*child, &mut other);
                            assert_eq!(found, (parent, nth as u64), "{spread:?} {order:?}");
                        }
                        all += list.len() as u64;
                    }
                    assert_eq!(all, children);
                }
            }
        }
    }
}

#[test]
fn clustered_children_rise_with_their_parents() {
    let curve = Spread::Geometric(3.0).curve(10_000, 30_000, 0.1, u64::MAX);
    let fanout = Fanout::new(curve, Order::Clustered, Draw::new(1, "t", "c"));
    let mut block = Block::default();
    let parents: Vec<u64> = (0..30_000).map(|child| fanout.parent(child, &mut block).0).collect();
    assert!(parents.is_sorted());
}

#[test]
fn counts_keep_their_bounds_and_their_shares() {
    let parents = 10_000;
    for (spread, childless) in [(Spread::Fixed(3), 0.2), (Spread::Range(2, 9), 0.1)] {
        let children = spread.children(parents, childless);
        let curve = spread.curve(parents, children, childless, u64::MAX);
        let counts = counts(&Fanout::new(curve, Order::Shuffled, Draw::new(1, "t", "c")));
        let none = counts.iter().filter(|count| **count == 0).count();
        assert!((none as f64 - childless * parents as f64).abs() < 1e-9);
        let (least, most) = spread.bounds();
        assert!(counts.iter().all(|count| *count == 0 || (least..=most).contains(count)));
        for each in least..=most {
            let met = counts.iter().filter(|count| **count == each).count() as f64;
            let expected = parents as f64 * (1.0 - childless) / (most - least + 1) as f64;
            assert!((met - expected).abs() <= 2.0, "{met} of {expected} have {each}");
        }
    }
    let curve = Spread::Geometric(4.0).curve(parents, 40_000, 0.0, u64::MAX);
    let counts = counts(&Fanout::new(curve, Order::Shuffled, Draw::new(1, "t", "c")));
    for each in 1..10 {
        let met = counts.iter().filter(|count| **count == each).count() as f64;
        let expected = parents as f64 * 0.25 * 0.75_f64.powi(each as i32 - 1);
        assert!((met - expected).abs() <= 0.02 * expected + 5.0, "{met} of {expected} have {each}");
    }
}

#[test]
fn few_parents_have_many_children() {
    let heaviest = |spread: Spread| {
        let curve = spread.curve(10_000, 100_000, 0.0, u64::MAX);
        let mut counts = counts(&Fanout::new(curve, Order::Shuffled, Draw::new(1, "t", "c")));
        counts.sort_unstable_by(|left, right| right.cmp(left));
        counts[..100].iter().sum::<u64>() as f64 / 100_000.0
    };
    // The share of the hundred first of the harmonic sum over ten thousand.
    let zipf = heaviest(Spread::Zipf { mean: 10.0, skew: 1.0 });
    assert!((zipf - 5.187 / 9.788).abs() < 0.01, "{zipf}");
    // The Lorenz curve of the lognormal at its last hundredth: Φ(σ - 2.326).
    let lognormal = heaviest(Spread::LogNormal { mean: 10.0, sigma: 1.0 });
    assert!((lognormal - normal(1.0 - 2.326)).abs() < 0.01, "{lognormal}");
}

fn normal(at: f64) -> f64 {
    crate::generate::chance::normal::below(at)
}

#[test]
fn nobody_has_more_than_the_most() {
    for spread in SPREADS {
        let children = spread.children(1000, 0.0).min(9000);
        let curve = spread.curve(1000, children, 0.0, 12);
        let counts = counts(&Fanout::new(curve, Order::Shuffled, Draw::new(1, "t", "c")));
        assert!(counts.iter().all(|count| *count <= 12), "{spread:?}");
        assert_eq!(counts.iter().sum::<u64>(), children);
    }
}

#[test]
fn stretched_laws_are_exact() {
    for spread in SPREADS {
        for children in [1, 17, 999, 1000, 12_345] {
            let curve = spread.curve(1000, children, 0.3, u64::MAX);
            assert_eq!(curve.children(), children, "{spread:?}");
            let counts = counts(&Fanout::new(curve, Order::Clustered, Draw::new(1, "t", "c")));
            assert_eq!(counts.iter().sum::<u64>(), children);
        }
    }
}

#[test]
fn counts_of_a_block_are_added_one_by_one_or_together() {
    for most in [1, 7, 255] {
        let draw = Draw::new(most, "t", "c");
        let counts: Vec<u8> = (0..80).map(|at| draw.below(at, most + 1) as u8).collect();
        for (many, all) in (0..=80).map(|many| (many, &counts[..])).chain([(3, &counts[..5])]) {
            let each: u64 = counts[..many].iter().map(|count| u64::from(*count)).sum();
            assert_eq!(together(all, many), each, "{many} of {}", all.len());
        }
    }
    assert_eq!(together(&[255; 64], 64), 255 * 64);
}

#[test]
fn parents_of_neighbours_are_those_of_each() {
    let curve = Curve::new(&[(40, 0), (300, 260), (500, 900), (501, 1400)]);
    let fanout = Fanout::new(curve, Order::Clustered, Draw::new(1, "t", "c"));
    let (mut block, mut other) = (Block::default(), Block::default());
    for step in [1, 2, 7] {
        let children: Vec<u64> = (0..1400).step_by(step).chain([5, 6, 1399, 0]).collect();
        let (mut parents, mut nth) = (Vec::new(), Vec::new());
        fanout.parents_of(children.iter().copied(), &mut block, &mut parents, &mut nth);
        for (at, child) in children.iter().enumerate() {
            assert_eq!((parents[at], nth[at]), fanout.parent(*child, &mut other), "{child}");
        }
    }
}

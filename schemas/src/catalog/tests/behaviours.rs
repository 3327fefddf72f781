//! What every world says of how it grows: it holds together, at any size.

use crate::catalog::entries;
use crate::design::{Maker, resolve};

#[test]
fn worlds_grow_without_conflict() {
    for entry in entries() {
        let (design, findings) = resolve(&entry.draft).unwrap();
        assert_eq!(findings, [], "{}", entry.name);
        for scale in [1.0, 100.0] {
            let rows = design.rows(scale);
            assert_eq!(design.conflicts(&rows), [], "{} at {scale}", entry.name);
        }
        let sized = design.tables().iter().any(|table| table.size().is_some());
        let many = design.rows(100.0).iter().sum::<u64>();
        assert!(!sized || many > 100_000, "{} stays small", entry.name);
    }
}

#[test]
fn a_shop_says_how_its_orders_come_about() {
    let (design, _) = resolve(&crate::catalog::entry("shop").unwrap().draft).unwrap();
    let orders = design.table("orders").unwrap();
    let maker = |name: &str| {
        orders.maker(orders.columns().iter().position(|one| *one.name() == *name).unwrap())
    };
    assert_eq!(maker("status"), Maker::Status(0));
    assert_eq!(maker("paid_at"), Maker::Reached(0, 1));
    assert_eq!(maker("customer_id"), Maker::Key(0));
    assert!(matches!(maker("total"), Maker::Said(_)));
    assert!(matches!(maker("placed_at"), Maker::Said(_)));
}

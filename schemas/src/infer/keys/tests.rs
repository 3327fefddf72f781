//! Keys of small databases of many habits.

use super::*;
use crate::cell::{Cell, RawTable};
use crate::column::Column;
use crate::guard;
use crate::infer::kinds;

/// A table from a header and rows, words between commas; empty is null.
fn raw(name: &str, lines: &[&str]) -> RawTable<'static> {
    let header = lines[0].split(',').map(str::to_owned).collect();
    let mut table = RawTable::new(name, name, header);
    for line in &lines[1..] {
        table.push_row(line.split(',').map(|cell| Cell::bare(cell.to_owned())));
    }
    table
}

fn typed(raw: RawTable<'static>) -> Table {
    let columns: Vec<Column> = kinds::columns(&raw, &Said::default(), "", &mut Vec::new());
    let batch = guard::column::batch(&raw, &columns);
    Table { raw, columns, primary_key: Vec::new(), foreign_keys: Vec::new(), batch }
}

/// The keys of some tables: `orders(id)` a line, and `orders(user_id) -> users(id)`.
fn keys_said(
    tables: Vec<RawTable<'static>>,
    said: &[Said],
) -> (Vec<String>, Vec<String>, Vec<Finding>) {
    let mut tables: Vec<Table> = tables.into_iter().map(typed).collect();
    let mut findings = Vec::new();
    find(&mut tables, said, &mut findings);
    let of = |table: &str, columns: &[String]| format!("{table}({})", columns.join(" "));
    let primary = tables.iter().map(|table| of(&table.raw.name, &table.primary_key)).collect();
    let foreign = tables
        .iter()
        .flat_map(|table| {
            table.foreign_keys.iter().map(|key| {
                format!(
                    "{} -> {}",
                    of(&table.raw.name, &key.columns),
                    of(&key.references.table, &key.references.columns)
                )
            })
        })
        .collect();
    (primary, foreign, findings)
}

fn keys(tables: Vec<RawTable<'static>>) -> (Vec<String>, Vec<String>) {
    let (primary, foreign, _) = keys_said(tables, &[]);
    (primary, foreign)
}

/// Rows of numbers: each column is a rule from the row's number to its text.
fn made(name: &str, header: &str, rows: usize, row: impl Fn(usize) -> String) -> RawTable<'static> {
    let lines: Vec<String> = std::iter::once(header.to_owned()).chain((0..rows).map(row)).collect();
    raw(name, &lines.iter().map(String::as_str).collect::<Vec<_>>())
}

#[test]
fn prefixes_of_tables_are_seen_through() {
    let (primary, foreign) = keys(vec![
        made("nation", "n_nationkey,n_name,n_regionkey", 12, |n| format!("{n},Land {n},{}", n % 3)),
        made("region", "r_regionkey,r_name,r_comment", 3, |n| {
            format!("{n},Part {n},quiet and wide")
        }),
        made("customer", "c_custkey,c_name,c_nationkey,c_acctbal", 30, |n| {
            format!("{},Customer {n},{},{}.25", n + 1, n % 12, n * 7)
        }),
        made("orders", "o_orderkey,o_custkey,o_totalprice,o_clerk", 40, |n| {
            format!("{},{},{}.50,Clerk {n}", n * 4 + 1, n % 30 + 1, n * 100 + 7)
        }),
        made("part", "p_partkey,p_name,p_size", 20, |n| format!("{},Nut {n},{}", n + 1, n % 7)),
        made("supplier", "s_suppkey,s_name,s_nationkey", 6, |n| {
            format!("{},Maker {n},{}", n + 1, n)
        }),
        made("partsupp", "ps_partkey,ps_suppkey,ps_availqty", 40, |n| {
            format!("{},{},{}", n / 2 + 1, (n * 5 + n / 2) % 6 + 1, n * 13)
        }),
        made("lineitem", "l_orderkey,l_linenumber,l_partkey,l_suppkey,l_quantity", 80, |n| {
            let m = n % 40;
            format!(
                "{},{},{},{},{}",
                (n / 2) * 4 + 1,
                n % 2 + 1,
                m / 2 + 1,
                (m * 5 + m / 2) % 6 + 1,
                n % 9
            )
        }),
    ]);
    assert_eq!(
        primary,
        [
            "nation(n_nationkey)",
            "region(r_regionkey)",
            "customer(c_custkey)",
            "orders(o_orderkey)",
            "part(p_partkey)",
            "supplier(s_suppkey)",
            "partsupp(ps_partkey ps_suppkey)",
            "lineitem(l_orderkey l_linenumber)",
        ]
    );
    assert_eq!(
        foreign,
        [
            "nation(n_regionkey) -> region(r_regionkey)",
            "customer(c_nationkey) -> nation(n_nationkey)",
            "orders(o_custkey) -> customer(c_custkey)",
            "supplier(s_nationkey) -> nation(n_nationkey)",
            "partsupp(ps_partkey) -> part(p_partkey)",
            "partsupp(ps_suppkey) -> supplier(s_suppkey)",
            "lineitem(l_orderkey) -> orders(o_orderkey)",
            "lineitem(l_partkey l_suppkey) -> partsupp(ps_partkey ps_suppkey)",
        ]
    );
}

#[test]
fn twins_in_roles_refer_to_one_table() {
    let (primary, foreign) = keys(vec![
        made("teams", "team_id,name,city", 6, |n| format!("{},Team {n},City {n}", n + 1)),
        made("matches", "match_id,home_team_id,away_team_id,home_score", 12, |n| {
            format!("{},{},{},{}", n + 1, n % 6 + 1, (n + 2) % 6 + 1, n % 4)
        }),
        made("addresses", "id,street", 9, |n| format!("{},Street {n}", n + 1)),
        made("customers", "id,name,billing_address_id,shipping_address_id", 8, |n| {
            format!(
                "{},Name {n},{},{}",
                n + 1,
                n + 1,
                if n == 3 { String::new() } else { (n + 1).to_string() }
            )
        }),
    ]);
    assert_eq!(primary, ["teams(team_id)", "matches(match_id)", "addresses(id)", "customers(id)"]);
    assert_eq!(
        foreign,
        [
            "matches(home_team_id) -> teams(team_id)",
            "matches(away_team_id) -> teams(team_id)",
            "customers(billing_address_id) -> addresses(id)",
            "customers(shipping_address_id) -> addresses(id)",
        ]
    );
}

#[test]
fn table_refers_to_itself_by_its_roles() {
    let (_, foreign) = keys(vec![
        raw(
            "Employees",
            &[
                "EmployeeID,LastName,ReportsTo",
                "1,Able,2",
                "2,Baker,",
                "3,Chan,2",
                "4,Dune,2",
                "5,Eco,4",
                "6,Fox,4",
            ],
        ),
        raw("categories", &["id,name,parent_id", "1,All,", "2,Food,1", "3,Tea,2", "4,Toys,1"]),
        raw(
            "Regions",
            &["Region ID,Name,Parent Region", "1,World,", "2,Europe,1", "3,Asia,1", "4,Spain,2"],
        ),
    ]);
    assert_eq!(
        foreign,
        [
            "Employees(ReportsTo) -> Employees(EmployeeID)",
            "categories(parent_id) -> categories(id)",
            "Regions(Parent Region) -> Regions(Region ID)",
        ]
    );
}

#[test]
fn code_refers_to_a_natural_key() {
    let (primary, foreign) = keys(vec![
        raw(
            "countries",
            &[
                "code,name",
                "DE,Germany",
                "FR,France",
                "PE,Peru",
                "JP,Japan",
                "KE,Kenya",
                "CL,Chile",
            ],
        ),
        raw(
            "cities",
            &[
                "id,name,country_code,rank",
                "1,Berlin,DE,1",
                "2,Bonn,DE,2",
                "3,Lima,PE,3",
                "4,Kyoto,JP,4",
                "5,Nice,FR,5",
            ],
        ),
        raw(
            "species",
            &[
                "species_id,name,diet",
                "1,Tawny owl,Mice",
                "2,Barn owl,Voles",
                "3,Eagle owl,Hares",
                "4,Snowy owl,Mice",
            ],
        ),
        raw(
            "sightings",
            &[
                "sighting_id,species,seen",
                "1,Barn owl,3",
                "2,Barn owl,5",
                "3,Snowy owl,7",
                "4,Tawny owl,9",
            ],
        ),
    ]);
    assert_eq!(primary[..2], ["countries(code)", "cities(id)"]);
    assert_eq!(
        foreign,
        ["cities(country_code) -> countries(code)", "sightings(species) -> species(name)"]
    );
}

#[test]
fn small_numbers_are_no_evidence() {
    let (_, foreign) = keys(vec![
        made("products", "product_id,name", 10, |n| format!("{},Thing {n}", n + 1)),
        made("reviews", "review_id,product_id,stars,visits,floor", 20, |n| {
            format!("{},{},{},{},{}", n + 1, n % 10 + 1, n % 5 + 1, n % 7 + 1, n % 3 + 1)
        }),
        made("shops", "shop_id,rating,staff_count", 5, |n| {
            format!("{},{},{}", n + 1, n % 4 + 1, n + 2)
        }),
    ]);
    assert_eq!(foreign, ["reviews(product_id) -> products(product_id)"]);
}

#[test]
fn claimed_key_holds_and_a_near_one_is_a_note() {
    let (_, foreign, findings) = keys_said(
        vec![
            made("users", "user_id,name", 10, |n| format!("{},User {n}", n + 1)),
            made("posts", "post_id,user_id", 30, |n| format!("{},{}", n + 1, n % 11 + 1)),
        ],
        &[],
    );
    assert!(foreign.is_empty());
    assert!(
        findings.iter().any(|finding| finding.level == Level::Note
            && finding.message.contains("`user_id` would refer")),
        "{findings:?}"
    );
}

#[test]
fn remark_is_believed_where_values_stray() {
    let said = vec![
        Said::default(),
        Said {
            columns: Vec::new(),
            remarks: vec![("Side_Effects".into(), "foreign key to Side_Effects table".into())],
        },
    ];
    let (_, foreign, findings) = keys_said(
        vec![
            raw("side-effects", &["Side_Effect_ID,Severity", "1,Low", "2,High", "3,Low"]),
            raw("doses", &["Dose_ID,Side_Effects", "1,None", "2,Fever", "3,None"]),
        ],
        &said,
    );
    assert_eq!(foreign, ["doses(Side_Effects) -> side-effects(Side_Effect_ID)"]);
    assert!(
        findings.iter().any(|finding| finding.message.contains("lacks 1 of its values")
            || finding.message.contains("lacks 2 of its values")),
        "{findings:?}"
    );
}

#[test]
fn junction_lines_and_states_have_composite_keys() {
    let (primary, _) = keys(vec![
        made("films", "film_id,title", 8, |n| format!("{},Film {n}", n + 1)),
        made("actors", "actor_id,name", 6, |n| format!("{},Actor {n}", n + 1)),
        made("film_actors", "film_id,actor_id", 16, |n| {
            format!("{},{}", n % 8 + 1, (n % 8 + n / 8) % 6 + 1)
        }),
        made("orders", "order_id,total", 5, |n| format!("{},{}.50", n + 1, n)),
        made("order_lines", "order_id,line_no,qty", 12, |n| {
            format!("{},{},{}", n / 3 + 1, n % 3 + 1, n % 2)
        }),
        made("film_price_history", "film_id,start_date,price", 8, |n| {
            format!("{},2024-01-{:02},{}.99", n + 1, n + 1, n)
        }),
    ]);
    assert_eq!(
        primary,
        [
            "films(film_id)",
            "actors(actor_id)",
            "film_actors(film_id actor_id)",
            "orders(order_id)",
            "order_lines(order_id line_no)",
            "film_price_history(film_id start_date)",
        ]
    );
}

#[test]
fn translation_is_keyed_by_its_language_and_an_event_by_nothing() {
    let (primary, _) = keys(vec![
        made("countries", "code,name", 12, |n| format!("C{n:02},Land {n}")),
        made("country_languages", "country_code,language,share", 24, |n| {
            format!("C{:02},{},{}.5", n / 2, ["Aymara", "Basque", "Czech"][n % 3], n)
        }),
        // No two rows share plane and hour, as would be so of any 45 planes and 48 hours.
        made("flights", "year,delay,month,plane_code,time_hour", 60, |n| {
            let hour = n % 45;
            format!(
                "2013,{},{},P{:02},2013-05-{:02} {:02}:00:00",
                n % 9,
                n % 3 + 1,
                n % 48,
                hour / 24 + 1,
                hour % 24
            )
        }),
    ]);
    assert_eq!(
        primary,
        ["countries(code)", "country_languages(country_code language)", "flights()"]
    );
}

#[test]
fn polymorphic_reference_is_not_claimed() {
    let (_, foreign) = keys(vec![
        made("users", "id,name", 9, |n| format!("{},User {n}", n + 1)),
        made("shares", "id,owner_id,owner_type", 9, |n| {
            format!("{},{},{}", n + 1, n % 5 + 1, if n % 2 == 0 { "user" } else { "group" })
        }),
    ]);
    assert!(foreign.is_empty(), "{foreign:?}");
}

#[test]
fn owner_of_a_key_comes_before_those_that_share_it() {
    let (_, foreign) = keys(vec![
        made("profiles", "user_id,bio", 10, |n| format!("{},Bio {n}", n + 1)),
        made("orders", "order_id,user_id", 20, |n| format!("{},{}", n + 100, n % 10 + 1)),
        made("users", "user_id,email", 10, |n| format!("{},u{n}@x.org", n + 1)),
    ]);
    assert_eq!(
        foreign,
        ["profiles(user_id) -> users(user_id)", "orders(user_id) -> users(user_id)"]
    );
}

#[test]
fn unique_columns_are_those_that_mean_to_be() {
    let mut table =
        typed(made("users", "user_id,email,city", 6, |n| format!("{},u{n}@x.org,City {n}", n + 1)));
    table.primary_key = vec!["user_id".into()];
    assert_eq!(unique(&table), [["email"]]);
}

#[test]
fn empty_and_odd_tables_have_no_keys_and_no_panic() {
    let (primary, foreign) =
        keys(vec![raw("", &[""]), raw("x", &["a,a,", ",,", "1,,"]), raw("名前", &["編號", "1"])]);
    assert_eq!(primary.len(), 3);
    assert!(foreign.is_empty());
}

#[test]
fn very_wide_table_is_looked_at_in_linear_time() {
    let header: Vec<String> = (0..20_000).map(|n| format!("c{n}_id")).collect();
    let row: Vec<String> = (0..20_000).map(|n| n.to_string()).collect();
    let (primary, _) = keys(vec![raw("wide", &[&header.join(","), &row.join(",")])]);
    assert_eq!(primary.len(), 1);
}

#[test]
fn name_without_a_word_is_part_of_a_key_all_the_same() {
    let lines: Vec<String> = (1..=9).map(|day| format!("2008-01-0{day},worlds")).collect();
    for header in ["1-01,worlds", "5,-"] {
        let lines = [header].into_iter().chain(lines.iter().map(String::as_str));
        let raw = raw("daily_log", &lines.collect::<Vec<_>>());
        assert_eq!(crate::infer::dataset(vec![raw], Vec::new()).tables.len(), 1);
    }
}

#[test]
fn tables_beyond_what_can_be_compared_are_looked_at_alone() {
    let users = || made("users", "user_id,name", 9, |row| format!("{},n{row}", row + 1));
    let mut tables: Vec<Table> = (0..3).map(|_| typed(users())).collect();
    tables[2].raw.name = "orders".into();
    let mut findings = Vec::new();
    first_among(&mut tables, 1, &[], &[], &mut findings);
    assert!(tables.iter().all(|table| table.primary_key == ["user_id"]));
    assert!(tables.iter().all(|table| table.foreign_keys.is_empty()));
    assert_eq!(findings[0].at, "/tables/1");

    let wide = raw("wide", &["a,b,c,d,e,f,g,h", "1,2,3,4,5,6,7,8"]);
    let many = vec![typed(wide); 3000];
    assert!((1000..1100).contains(&together(&many)), "{}", together(&many));
    assert_eq!(together(&many[..500]), 500);
}

#[test]
fn number_outside_a_full_sequence_is_a_stray() {
    let users = || made("users", "user_id,name", 5000, |row| format!("{},n{row}", row + 1));
    let orders = |last: usize| {
        made("orders", "order_id,user_id", 9000, move |row| {
            format!("{},{}", row + 1, if row == 8999 { last } else { row * 7 % 5000 + 1 })
        })
    };
    assert_eq!(keys(vec![users(), orders(5000)]).1, ["orders(user_id) -> users(user_id)"]);
    assert!(keys(vec![users(), orders(5001)]).1.is_empty());
}

#[test]
fn address_of_a_customer_is_no_key_of_customers() {
    let street = |n: usize| format!("{} Quince Lane", n % 20 + 1);
    let (_, foreign) = keys(vec![
        made("customer", "customer_id,name,address", 20, |n| {
            format!("{},Nora {n},{}", n + 1, street(n))
        }),
        made("invoice", "invoice_id,customer_id,billing_address", 60, |n| {
            format!("{},{},{}", n + 100, n % 20 + 1, street(n))
        }),
    ]);
    assert_eq!(foreign, ["invoice(customer_id) -> customer(customer_id)"]);
}

#[test]
fn name_in_words_that_others_refer_to_is_the_key() {
    const LINES: [&str; 6] =
        ["Vintage Cars", "Trucks and Buses", "Planes", "Sailing Ships", "Trains", "Fire Engines"];
    let (primary, foreign) = keys(vec![
        made("productlines", "productLine,about", 6, |n| format!("{},Models of {n}", LINES[n])),
        made("products", "productCode,productName,productLine", 24, |n| {
            format!("S{n:03},Model {n},{}", LINES[n % 6])
        }),
    ]);
    assert_eq!(primary, ["productlines(productLine)", "products(productCode)"]);
    assert_eq!(foreign, ["products(productLine) -> productlines(productLine)"]);
}

#[test]
fn what_is_so_from_a_day_to_a_day_is_keyed_by_its_first_day() {
    const TITLES: [&str; 3] = ["Clerk", "Engineer", "Senior Engineer"];
    let (primary, _) = keys(vec![
        made("staff", "staff_no,name", 60, |n| format!("{},Ann {n}", n + 500)),
        made("title", "staff_no,title,from_date,to_date", 90, |n| {
            let day = format!("{:02}-{:02}", n % 12 + 1, n % 28 + 1);
            format!("{},{},{}-{day},9999-01-01", n % 60 + 500, TITLES[n % 3], 1990 + n / 60)
        }),
    ]);
    assert_eq!(primary, ["staff(staff_no)", "title(staff_no title from_date)"]);
}

#[test]
fn things_counted_within_others_are_keyed_by_both() {
    let region = |n: usize| ["N", "S", "E", "W"][n % 4];
    let (primary, foreign) = keys(vec![
        made("stores", "region,store_no,city", 20, |n| {
            format!("{},{},Town {}", region(n), n / 4 + 1, n % 3)
        }),
        made("sales", "region,store_no,day,amount", 200, |n| {
            format!("{},{},2024-01-{:02},{n}.50", region(n), n % 20 / 4 + 1, n / 20 + 1)
        }),
    ]);
    assert_eq!(primary, ["stores(region store_no)", "sales(region store_no day)"]);
    assert_eq!(foreign, ["sales(region store_no) -> stores(region store_no)"]);
}

#[test]
fn table_of_details_goes_one_to_one_with_the_table_it_is_named_for() {
    let patients = || made("patients", "id,name", 59, |n| format!("{},Ann {n}", n + 1));
    let heights = made("patient_details", "id,height", 59, |n| format!("{},{}", n + 1, n * 7 % 40));
    let (_, foreign) = keys(vec![patients(), heights]);
    assert_eq!(foreign, ["patient_details(id) -> patients(id)"]);
    // Lines that have a reference of their own are counted by themselves.
    let (_, foreign) = keys(vec![
        patients(),
        made("patient_details", "id,patient_id", 59, |n| format!("{},{}", n + 1, n % 20 + 1)),
    ]);
    assert_eq!(foreign, ["patient_details(patient_id) -> patients(id)"]);
}

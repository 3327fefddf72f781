//! Where topics lead.

use crate::catalog::{entries, entry, nearest};

/// Topics as people would type them, and the world that they mean.
const TOPICS: &[(&str, &[&str])] = &[
    (
        "music",
        &[
            "The Beatles",
            "beetles, the band, not the insect",
            "a jazz festival in New Orleans",
            "Spotify streams of Brazilian singers",
            "indie record labels and their vinyl reissues",
            "world tours of stadium rock bands",
            "opera singers at La Scala",
            "🎸🔥",
            "K-pop idols and their albums",
            "Konzerte und Orchester",
            "Taylor Swift's Eras tour",
            "symphonies and their composers",
        ],
    ),
    (
        "hospital",
        &[
            "emergency room waiting times",
            "a children's hospital",
            "Patients with diabetes and their medication",
            "COVID-19 wards in Lombardy",
            "surgeries and anesthesia",
            "electronic health records",
            "blood tests and lab results",
            "Krankenhausaufenthalte in Bayern",
            "nurses on the night shift",
            "cancer treatment",
            "a maternity clinic in Nairobi",
            "pharmacy prescriptions",
        ],
    ),
    (
        "power_grid",
        &[
            "electricity outages in Texas",
            "smart meters",
            "a utility's substations and feeders",
            "SCADA telemetry of transformers",
            "the European power grid",
            "solar and wind generation",
            "blackouts after the storm",
            "high-voltage transmission lines",
            "Stromnetz",
            "energy consumption of households",
            "EV charging load on the network",
            "nuclear power plants",
        ],
    ),
    (
        "shop",
        &[
            "an online shop for bicycles",
            "e-commerce",
            "customers, orders and returns",
            "Amazon-like marketplace",
            "a fashion retailer",
            "shopping carts and checkout",
            "warehouse inventory and SKUs",
            "Etsy sellers",
            "a bookstore with discounts and coupons",
            "grocery delivery",
        ],
    ),
    (
        "airline",
        &[
            "flight delays",
            "an airline in Southeast Asia",
            "airports and runways",
            "Boeing 737 fleet",
            "passenger bookings and boarding passes",
            "frequent flyer miles",
            "pilots and cabin crew rosters",
            "Flughafen Frankfurt",
            "air traffic control",
            "lost luggage",
        ],
    ),
    (
        "observatory",
        &[
            "exoplanets",
            "the James Webb space telescope",
            "a radio astronomy array",
            "supernovae and their light curves",
            "stars and galaxies",
            "asteroids near Earth",
            "night sky photometry",
            "black holes",
            "spectra of quasars",
            "Mauna Kea",
        ],
    ),
];

#[test]
fn nine_topics_of_ten_lead_to_the_right_world() {
    let known: Vec<(&str, &str)> = TOPICS
        .iter()
        .filter(|(world, _)| entry(world).is_some())
        .flat_map(|(world, topics)| topics.iter().map(|topic| (*world, *topic)))
        .collect();
    let wrong: Vec<String> = known
        .iter()
        .filter(|(world, topic)| nearest(topic)[0].entry.name != *world)
        .map(|(world, topic)| {
            format!("{topic:?} went to {}, not {world}", nearest(topic)[0].entry.name)
        })
        .collect();
    assert!(
        wrong.len() * 10 <= known.len(),
        "{} of {}:\n{}",
        wrong.len(),
        known.len(),
        wrong.join("\n")
    );
}

#[test]
fn sureness_is_between_nothing_and_one_and_falls() {
    for topic in TOPICS.iter().flat_map(|(_, topics)| *topics) {
        let near = nearest(topic);
        assert_eq!(near.len(), entries().len());
        assert!(near.iter().map(|near| near.sure).sum::<f64>() <= 1.0, "{topic}");
        assert!(near.iter().all(|near| near.sure >= 0.0), "{topic}");
        assert!(near.is_sorted_by(|one, other| one.sure >= other.sure), "{topic}");
    }
}

#[test]
fn plain_mention_is_sure_and_a_foreign_topic_is_not() {
    assert!(nearest("a symphony orchestra and its conductors")[0].sure > 0.6);
    for topic in ["beekeeping on rooftops", "medieval tapestries", "Sumo-Ringer", "qwzx vrtk"] {
        assert!(nearest(topic)[0].sure < 0.35, "{topic}: {:?}", nearest(topic)[0].sure);
    }
}

#[test]
fn one_word_of_two_is_no_fit() {
    for topic in [
        "restaurant reservations",
        "train timetables",
        "gym memberships",
        "parking meters",
        "taxi trips",
        "podcast subscribers",
        "film festivals",
        "owls",
    ] {
        assert!(nearest(topic)[0].sure < 0.5, "{topic}: {:?}", nearest(topic)[0].sure);
    }
}

#[test]
fn any_text_is_a_topic_and_what_says_nothing_keeps_the_order() {
    let order: Vec<&str> = nearest("").iter().map(|near| near.entry.name).collect();
    let long = "а".repeat(100_000);
    for topic in
        ["", "   ", "\u{0}\u{7}\n", "…?!", "the of and", "12345", "\u{202e}\u{feff}", long.as_str()]
    {
        let near = nearest(topic);
        assert!(near[0].sure < 0.1, "{topic:.20}");
        assert_eq!(
            near.iter().map(|near| near.entry.name).collect::<Vec<_>>(),
            order,
            "{topic:.20}"
        );
    }
}

#[test]
fn same_topic_has_one_answer() {
    for topic in ["Bach and Beethoven", "orders of magnitude", "power ballads at the airport"] {
        assert_eq!(nearest(topic), nearest(topic));
    }
}

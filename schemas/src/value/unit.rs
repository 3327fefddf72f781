//! Units: the currency, percent sign or measure that stands beside a number.

/// Signs that stand before an amount, longer ones first, and the code they mean (ISO 4217; a sign
/// that several currencies share means the one most traded).
const SIGNS: [(&str, &str); 37] = [
    ("US$", "USD"),
    ("CA$", "CAD"),
    ("AU$", "AUD"),
    ("NZ$", "NZD"),
    ("HK$", "HKD"),
    ("MX$", "MXN"),
    ("R$", "BRL"),
    ("C$", "CAD"),
    ("A$", "AUD"),
    ("S$", "SGD"),
    ("Rs.", "INR"),
    ("Rs", "INR"),
    ("$", "USD"),
    ("€", "EUR"),
    ("£", "GBP"),
    ("¥", "JPY"),
    ("￥", "JPY"),
    ("₹", "INR"),
    ("₽", "RUB"),
    ("₩", "KRW"),
    ("₺", "TRY"),
    ("₫", "VND"),
    ("₪", "ILS"),
    ("₴", "UAH"),
    ("₦", "NGN"),
    ("₱", "PHP"),
    ("฿", "THB"),
    ("₡", "CRC"),
    ("₵", "GHS"),
    ("zł", "PLN"),
    ("Kč", "CZK"),
    ("SFr.", "CHF"),
    ("Fr.", "CHF"),
    ("руб.", "RUB"),
    ("円", "JPY"),
    ("元", "CNY"),
    ("kr", "SEK"),
];

/// Codes of currencies that are written beside amounts (ISO 4217, and two coins).
const CODES: [&str; 60] = [
    "USD", "EUR", "GBP", "JPY", "CNY", "RMB", "INR", "AUD", "CAD", "CHF", "SEK", "NOK", "DKK",
    "PLN", "CZK", "HUF", "RUB", "TRY", "BRL", "MXN", "ARS", "CLP", "COP", "PEN", "ZAR", "NGN",
    "KES", "EGP", "GHS", "MAD", "AED", "SAR", "QAR", "ILS", "KRW", "TWD", "HKD", "SGD", "MYR",
    "IDR", "THB", "PHP", "VND", "NZD", "PKR", "UAH", "ISK", "RON", "BGN", "LKR", "BDT", "NPR",
    "KZT", "UYU", "DOP", "JOD", "KWD", "BHD", "BTC", "ETH",
];

/// The longest unit looked up, in bytes.
const LONGEST: usize = 24;

/// The unit before a number and the text after it.
pub fn before(text: &str) -> Option<(&'static str, &str)> {
    let first = text.as_bytes().first()?;
    if first.is_ascii_digit() || matches!(first, b'.' | b'-' | b'+' | b'(') {
        return None;
    }
    if let Some((code, rest)) = text.get(..3).and_then(code).zip(text.get(3..)) {
        return rest.starts_with([' ', '-', '\u{a0}']).then(|| (code, rest.trim_start())).or_else(
            || rest.starts_with(|next: char| next.is_ascii_digit()).then_some((code, rest)),
        );
    }
    (SIGNS.iter()).find_map(|(sign, code)| Some((*code, text.strip_prefix(sign)?.trim_start())))
}

/// The unit that a text after a number is, in its usual spelling; `attached` says whether it
/// follows the last digit at once.
pub fn after(text: &str, attached: Attached) -> Option<&str> {
    if let Some(unit) = simple(text, attached) {
        return Some(unit);
    }
    // A rate: `kg/day`, `USD / night`.
    let (over, under) = text.split_once('/')?;
    simple(over.trim(), Attached::No)?;
    let under = under.trim();
    let known = simple(under, Attached::No).is_some()
        || ["person", "night", "unit", "shift", "100km", "capita", "head", "m2", "m3", "cm3"]
            .iter()
            .any(|word| under.eq_ignore_ascii_case(word));
    known.then_some(text)
}

/// Whether a unit follows its number without a space.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attached {
    /// A space stands between.
    No,
    /// It follows a whole number at once.
    Whole,
    /// It follows a fraction at once.
    Fraction,
}

/// Whether a unit is a currency.
pub fn is_currency(unit: &str) -> bool {
    code(unit).is_some() || SIGNS.iter().any(|(_, code)| *code == unit)
}

fn code(text: &str) -> Option<&'static str> {
    CODES.iter().copied().find(|code| *code == text)
}

fn simple(text: &str, attached: Attached) -> Option<&'static str> {
    if text.is_empty() || text.len() > LONGEST {
        return None;
    }
    // One letter means what its case says, and a decade (`80s`) is no count of seconds.
    if let [letter] = text.as_bytes() {
        return match letter {
            b'%' => Some("%"),
            b'$' => Some("USD"),
            b'g' => Some("g"),
            b'm' => Some("m"),
            b'h' => Some("h"),
            b's' if attached != Attached::Whole => Some("s"),
            b'l' | b'L' => Some("L"),
            b'W' => Some("W"),
            b'V' => Some("V"),
            b'C' => Some("°C"),
            b'F' => Some("°F"),
            _ => None,
        };
    }
    if let Some(code) = code(text) {
        return Some(code);
    }
    if !text.is_ascii() {
        return sign(text);
    }
    let mut lower = [0; LONGEST];
    let lower = lower.get_mut(..text.len())?;
    lower.copy_from_slice(text.as_bytes());
    lower.make_ascii_lowercase();
    word(std::str::from_utf8(lower).ok()?)
}

/// Units written with a sign outside ASCII.
fn sign(text: &str) -> Option<&'static str> {
    Some(match text {
        "°C" | "° C" | "℃" | "ºC" => "°C",
        "°F" | "° F" | "℉" | "ºF" => "°F",
        "°" | "º" => "°",
        "‰" => "‰",
        "µm" | "μm" => "µm",
        "µg" | "μg" => "µg",
        "µs" | "μs" => "µs",
        "µg/m³" | "μg/m³" => "µg/m³",
        "m²" => "m²",
        "m³" => "m³",
        "km²" => "km²",
        "cm²" => "cm²",
        "cm³" => "cm³",
        "kg/m²" => "kg/m²",
        "kg/m³" => "kg/m³",
        "g/cm³" => "g/cm³",
        "m/s²" => "m/s²",
        "Ω" => "Ω",
        _ => return SIGNS.iter().find(|(sign, _)| *sign == text).map(|(_, code)| *code),
    })
}

/// Units written in ASCII, in lower case.
#[allow(clippy::too_many_lines, reason = "a table")]
fn word(text: &str) -> Option<&'static str> {
    Some(match text {
        "percent" | "pct" | "per cent" => "%",
        "bps" => "bps",
        "mm" | "millimeters" | "millimetres" | "millimeter" => "mm",
        "cm" | "centimeters" | "centimetres" | "centimeter" | "cms" => "cm",
        "meters" | "metres" | "meter" | "metre" => "m",
        "km" | "kms" | "kilometers" | "kilometres" | "kilometer" | "kilometre" => "km",
        "in" | "inch" | "inches" => "in",
        "ft" | "feet" | "foot" => "ft",
        "yd" | "yds" | "yards" | "yard" => "yd",
        "mi" | "mile" | "miles" => "mi",
        "nm" => "nm",
        "au" => "AU",
        "ly" | "light years" | "light-years" => "ly",
        "m2" | "sqm" | "sq m" | "sq. m" | "square meters" | "square metres" => "m²",
        "km2" | "sq km" | "sq. km" | "square kilometers" | "square kilometres" => "km²",
        "sqft" | "sq ft" | "sq. ft." | "sq. ft" | "square feet" => "ft²",
        "sq mi" | "sq. mi" | "square miles" => "mi²",
        "acre" | "acres" => "acres",
        "ha" | "hectare" | "hectares" => "ha",
        "m3" | "cubic meters" | "cubic metres" => "m³",
        "cubic feet" | "cu ft" | "cu. ft." => "ft³",
        "mg" | "milligrams" => "mg",
        "grams" | "gram" | "gr" => "g",
        "kg" | "kgs" | "kilogram" | "kilograms" | "kilos" => "kg",
        "ton" | "tons" | "tonnes" | "tonne" => "t",
        "lb" | "lbs" | "lbs." | "lb." | "pound" | "pounds" => "lb",
        "oz" | "ounce" | "ounces" => "oz",
        "ml" | "milliliters" | "millilitres" => "mL",
        "cl" => "cL",
        "liter" | "liters" | "litre" | "litres" => "L",
        "gal" | "gallon" | "gallons" => "gal",
        "cup" | "cups" => "cups",
        "tsp" | "teaspoon" | "teaspoons" => "tsp",
        "tbsp" | "tablespoon" | "tablespoons" => "tbsp",
        "fl oz" | "fl. oz." => "fl oz",
        "ns" => "ns",
        "us" => "µs",
        "ms" | "millisecond" | "milliseconds" => "ms",
        "sec" | "secs" | "sec." | "second" | "seconds" => "s",
        "min" | "mins" | "min." | "minute" | "minutes" => "min",
        "hr" | "hrs" | "hr." | "hrs." | "hour" | "hours" => "h",
        "day" | "days" => "days",
        "week" | "weeks" | "wk" | "wks" => "weeks",
        "month" | "months" | "mo" | "mos" => "months",
        "year" | "years" | "yr" | "yrs" | "yrs." | "years old" => "years",
        "mph" => "mph",
        "kph" | "kmh" | "km/h" | "kmph" => "km/h",
        "m/s" | "mps" => "m/s",
        "knots" | "knot" | "kts" | "kt" | "kn" => "kn",
        "rpm" => "rpm",
        "bpm" => "bpm",
        "mpg" => "mpg",
        "fps" => "fps",
        "hz" => "Hz",
        "khz" => "kHz",
        "mhz" => "MHz",
        "ghz" => "GHz",
        "kb" => "kB",
        "mb" => "MB",
        "gb" => "GB",
        "tb" => "TB",
        "kbps" => "kbit/s",
        "mbps" => "Mbit/s",
        "gbps" => "Gbit/s",
        "bytes" | "byte" => "B",
        "px" | "pixels" => "px",
        "mp" | "megapixels" => "MP",
        "dpi" => "dpi",
        "watts" | "watt" => "W",
        "kw" => "kW",
        "mw" => "MW",
        "gw" => "GW",
        "wh" => "Wh",
        "kwh" => "kWh",
        "mwh" => "MWh",
        "gwh" => "GWh",
        "kv" => "kV",
        "kva" => "kVA",
        "volts" | "volt" => "V",
        "amps" | "amp" => "A",
        "mah" => "mAh",
        "ma" => "mA",
        "ohm" | "ohms" => "Ω",
        "hp" => "hp",
        "nm torque" => "N·m",
        "kcal" | "calories" | "cal" | "cals" => "kcal",
        "kj" => "kJ",
        "pa" => "Pa",
        "hpa" => "hPa",
        "kpa" => "kPa",
        "mpa" => "MPa",
        "psi" => "psi",
        "bar" => "bar",
        "mbar" => "mbar",
        "atm" => "atm",
        "mmhg" => "mmHg",
        "db" | "decibels" => "dB",
        "dba" => "dBA",
        "ppm" => "ppm",
        "ppb" => "ppb",
        "iu" => "IU",
        "mcg" => "µg",
        "mg/dl" => "mg/dL",
        "g/dl" => "g/dL",
        "mmol/l" => "mmol/L",
        "lux" => "lx",
        "lumens" | "lm" => "lm",
        "degrees" | "degree" | "deg" => "°",
        "celsius" | "degrees celsius" | "deg c" | "degrees c" => "°C",
        "fahrenheit" | "degrees fahrenheit" | "deg f" | "degrees f" => "°F",
        "kelvin" => "K",
        "dollars" | "dollar" | "us dollars" => "USD",
        "euros" | "euro" => "EUR",
        "yen" => "JPY",
        "kr" | "kr." => "SEK",
        "rupees" => "INR",
        "cents" => "cents",
        "people" | "persons" => "people",
        "units" | "unit" => "units",
        "pcs" | "pieces" | "piece" => "pcs",
        "items" | "item" => "items",
        "pages" | "page" => "pages",
        "points" | "pts" => "points",
        "stars" | "star" => "stars",
        "times" => "times",
        "steps" => "steps",
        "servings" | "serving" => "servings",
        "reps" => "reps",
        "votes" => "votes",
        "users" => "users",
        "seats" => "seats",
        "rooms" => "rooms",
        "passengers" => "passengers",
        "participants" => "participants",
        "employees" => "employees",
        "students" => "students",
        _ => return None,
    })
}

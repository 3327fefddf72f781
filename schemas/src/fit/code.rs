//! Codes: texts of one form, letter by letter.

use crate::behaviour::{Behaviour, CodeOrder};

use super::sheet::Sheet;

/// The longest code, in characters.
const LONGEST: usize = 40;

/// The form that all texts of a column have, where digits or letters of it differ.
pub(super) fn code(sheet: &Sheet<'_>, column: usize) -> Option<Behaviour> {
    let texts: Vec<Vec<char>> = sheet.texts(column).map(|text| text.chars().collect()).collect();
    let first = texts.first()?;
    let one_length = texts.iter().all(|text| text.len() == first.len());
    if texts.len() < super::FEWEST || !one_length || first.len() > LONGEST {
        return None;
    }
    let mut pattern = String::new();
    let mut digits = 0;
    let (mut fixed, mut open) = (0, 0);
    for (place, letter) in first.iter().enumerate() {
        let all = |fits: fn(&char) -> bool| texts.iter().all(|text| fits(&text[place]));
        // What starts with zeros counts on through them.
        let counting = letter.is_ascii_digit() && all(char::is_ascii_digit);
        let same = texts.iter().all(|text| text[place] == *letter);
        if counting {
            digits += 1;
            pattern.push('#');
        } else if same {
            fixed += 1;
            pattern.push('\\');
            pattern.push(*letter);
        } else if all(char::is_ascii_uppercase) {
            open += 1;
            pattern.push('A');
        } else if all(char::is_ascii_lowercase) {
            open += 1;
            pattern.push('a');
        } else {
            return None;
        }
    }
    // Words of one length are no codes.
    if digits == 0 || open > 0 && fixed + digits < open {
        return None;
    }
    let rising = texts.windows(2).all(|two| two[0] < two[1]);
    let order = if rising { CodeOrder::Rising } else { CodeOrder::Shuffled };
    Some(Behaviour::Code { pattern, order })
}

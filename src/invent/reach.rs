//! [`Reach`]: how much a model can be asked at once.

use peyote_backends::Answer;

/// The parameters of the largest model that is small, in billions: from four on they keep to a
/// form that is described rather than shown.
const SMALL_BILLIONS: f64 = 3.5;

/// How much a model can be asked at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// A whole design, a whole table.
    Whole,
    /// A list of names, the columns of one table, the words of one column.
    Small,
}

impl Reach {
    /// The reach of the models that gave some answers, as far as their names tell their sizes:
    /// `smollm2-135m-instruct`, `llama-3.2-1b`, `qwen2.5:1.5b`.
    pub fn of(answers: &[Answer]) -> Self {
        let small = |answer: &Answer| {
            billions(&answer.model).is_some_and(|billions| billions <= SMALL_BILLIONS)
        };
        if !answers.is_empty() && answers.iter().all(small) { Self::Small } else { Self::Whole }
    }
}

/// The billions of parameters that a model's name tells.
fn billions(model: &str) -> Option<f64> {
    let lower = model.to_lowercase();
    lower.split(['-', '_', ':', '/', ' ', '@']).find_map(|part| {
        let (number, scale) = match part.strip_suffix('b') {
            Some(number) => (number, 1.0),
            None => (part.strip_suffix('m')?, 1000.0),
        };
        let digits = number.chars().all(|letter| letter.is_ascii_digit() || letter == '.');
        number.parse::<f64>().ok().filter(|_| digits).map(|number| number / scale)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn size_is_told_by_the_name() {
        let reach = |model: &str| Reach::of(&[Answer { model: model.into(), ..Answer::default() }]);
        for small in ["smollm2-135m-instruct", "llama3.2:1b", "Qwen/Qwen2.5-1.5B-Instruct", "x-3b"]
        {
            assert_eq!(reach(small), Reach::Small, "{small}");
        }
        for whole in
            ["gpt-5-mini", "text-davinci-003", "llama-3.1-8b", "mixtral-8x7b", "", "builtin:music"]
        {
            assert_eq!(reach(whole), Reach::Whole, "{whole}");
        }
        assert_eq!(Reach::of(&[]), Reach::Whole);
    }
}

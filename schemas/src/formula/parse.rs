//! Parsing: an expression's text to its parts, no deeper than [`MAX_DEPTH`].

use super::token::{Token, tokens};
use super::{Formula, Function, How, Node, Operator};
use crate::behaviour::{At, Path};

/// How deep parts may lie in each other.
const MAX_DEPTH: usize = 40;
/// How many parts `in` and `between` test at most, which say them again for each value.
const MAX_TESTED: usize = 32;
/// How strongly comparisons bind.
const COMPARED: u8 = Operator::Equal.strength();

/// The expression that a text is.
pub(super) fn formula(text: &str) -> Result<Formula, String> {
    let tokens = tokens(text)?;
    let mut parser = Parser { tokens: &tokens, at: 0, depth: 0 };
    let root = parser.part(0)?;
    match parser.peek() {
        None => Ok(Formula { root }),
        Some(_) => Err(parser.unexpected("the end")),
    }
}

/// What words ask of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Test {
    /// `is null`.
    Null,
    /// `in (a, b)`.
    In,
    /// `between a and b`.
    Between,
}

/// Whether a test is to hold or to fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sense {
    Plain,
    Denied,
}

/// How many parts a part is made of.
fn size(node: &Node) -> usize {
    1 + node.parts().into_iter().map(size).sum::<usize>()
        + match node {
            Node::Total { of: Some(of), .. } => size(of),
            _ => 0,
        }
}

struct Parser<'t> {
    tokens: &'t [(usize, Token)],
    at: usize,
    depth: usize,
}

impl<'t> Parser<'t> {
    /// A part whose operators bind more than `least`.
    fn part(&mut self, least: u8) -> Result<Node, String> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(format!("more than {MAX_DEPTH} parts lie in each other"));
        }
        let mut left = self.first()?;
        let mut links = 0;
        loop {
            if let Some(operator) = self.operator().filter(|one| one.strength() > least) {
                self.at += 1;
                let right = self.part(operator.strength())?;
                left = Node::Binary(operator, Box::new([left, right]));
            } else if COMPARED > least
                && let Some(test) = self.test()
            {
                left = self.tested(left, test)?;
            } else {
                break;
            }
            // A long row of equals lies as deep as it is long.
            links += 1;
            if self.depth + links > MAX_DEPTH {
                return Err(format!("more than {MAX_DEPTH} parts lie in each other"));
            }
        }
        self.depth -= 1;
        Ok(left)
    }

    /// The test by words that stands next, which is taken with its `not`.
    fn test(&mut self) -> Option<(Test, Sense)> {
        let start = self.at;
        let is = self.takes_word("is");
        let sense = if self.takes_word("not") { Sense::Denied } else { Sense::Plain };
        let tests = [("null", Test::Null), ("in", Test::In), ("between", Test::Between)];
        for (word, test) in tests {
            if is == (test == Test::Null) && self.takes_word(word) {
                return Some((test, sense));
            }
        }
        self.at = start;
        None
    }

    /// What a test asks of a part, said by comparisons.
    fn tested(&mut self, part: Node, (test, sense): (Test, Sense)) -> Result<Node, String> {
        // What is compared with several values is said as often.
        if test != Test::Null && size(&part) > MAX_TESTED {
            return Err(format!("`in` and `between` test no more than {MAX_TESTED} parts"));
        }
        let compared = |operator, one: Node, other| Node::Binary(operator, Box::new([one, other]));
        let node = match test {
            Test::Null => Node::Call(Function::IsNull, vec![part]),
            Test::Between => {
                let low = self.part(COMPARED)?;
                self.expect_word("and")?;
                let high = self.part(COMPARED)?;
                let above = compared(Operator::AtLeast, part.clone(), low);
                compared(Operator::And, above, compared(Operator::AtMost, part, high))
            }
            Test::In => {
                self.expect("(")?;
                let values = self.list()?;
                if values.len() > MAX_DEPTH - self.depth.min(MAX_DEPTH) {
                    return Err(format!("more than {MAX_DEPTH} parts lie in each other"));
                }
                let alike = |value| compared(Operator::Equal, part.clone(), value);
                let either = |one, other| compared(Operator::Or, one, other);
                let nothing = || "`in` takes the values that it may be".to_owned();
                values.into_iter().map(alike).reduce(either).ok_or_else(nothing)?
            }
        };
        Ok(if sense == Sense::Denied { Node::Not(Box::new(node)) } else { node })
    }

    fn first(&mut self) -> Result<Node, String> {
        match self.take() {
            Some(Token::Sign("-")) => {
                // What binds more than a sign is only a call or a bracket.
                let part = self.part(6)?;
                Ok(match part {
                    Node::Number(number) if number.digits > 0 => {
                        Node::Number(super::Exact { digits: -number.digits, ..number })
                    }
                    part => Node::Negate(Box::new(part)),
                })
            }
            Some(Token::Sign("(")) => {
                let part = self.part(0)?;
                self.expect(")")?;
                Ok(part)
            }
            Some(Token::Number(number)) => Ok(Node::Number(*number)),
            Some(Token::Text(text)) => Ok(Node::Text(text.clone())),
            Some(Token::Quoted(name)) => self.column(name.clone()),
            Some(Token::Name(name)) => self.word(name),
            _ => {
                self.at = self.at.saturating_sub(1);
                Err(self.unexpected("a value"))
            }
        }
    }

    fn word(&mut self, name: &str) -> Result<Node, String> {
        let lower = name.to_ascii_lowercase();
        let called = self.next_is("(");
        match (lower.as_str(), self.peek()) {
            ("true", _) if !called => return Ok(Node::Bool(true)),
            ("false", _) if !called => return Ok(Node::Bool(false)),
            ("null", _) if !called => return Ok(Node::Null),
            ("not", _) => return Ok(Node::Not(Box::new(self.part(3)?))),
            ("case", Some(_)) if self.next_is_word("when") => return self.case(),
            ("date" | "timestamp" | "time", Some(Token::Text(text))) => {
                self.at += 1;
                return At::parse(text).map(Node::Moment);
            }
            ("if", _) if called => return self.choice(),
            _ if called => {}
            _ => return self.column(name.to_owned()),
        }
        self.at += 1;
        if let Some(how) = How::named(&lower)
            && let Some(total) = self.total(how)?
        {
            return Ok(total);
        }
        let Some(function) = Function::named(match lower.as_str() {
            "least" => "min",
            "greatest" => "max",
            "ceiling" => "ceil",
            other => other,
        }) else {
            return Err(format!("there is no function `{name}`"));
        };
        let parts = self.list()?;
        let (least, most) = function.takes();
        if parts.len() < least || parts.len() > most {
            return Err(format!("`{name}` takes {least} to {most} parts, not {}", parts.len()));
        }
        Ok(Node::Call(function, parts))
    }

    /// What stands behind `sum(`: `items: x)`, `items by key: x)` or, for a count, `items)`.
    fn total(&mut self, how: How) -> Result<Option<Node>, String> {
        let start = self.at;
        let Some(Token::Name(table) | Token::Quoted(table)) = self.take() else {
            self.at = start;
            return Ok(None);
        };
        let table = table.clone();
        let mut key = None;
        if self.next_is_word("by")
            && let Some(Token::Name(name) | Token::Quoted(name)) =
                self.tokens.get(self.at + 1).map(|(_, token)| token)
        {
            key = Some(name.clone());
            self.at += 2;
        }
        if self.next_is(":") {
            self.at += 1;
            let of = Box::new(self.part(0)?);
            self.expect(")")?;
            return Ok(Some(Node::Total { how, table, key, of: Some(of) }));
        }
        if how == How::Count && self.next_is(")") {
            self.at += 1;
            return Ok(Some(Node::Total { how, table, key, of: None }));
        }
        self.at = start;
        Ok(None)
    }

    /// `(condition, value, value)`, with more conditions and values between.
    fn choice(&mut self) -> Result<Node, String> {
        self.expect("(")?;
        let mut parts = self.list()?;
        if parts.len() < 3 || parts.len() % 2 == 0 {
            return Err("`if` takes a condition, a value and another value".into());
        }
        let rest = parts.pop().map_or(Node::Null, |rest| rest);
        let mut cases = Vec::new();
        let mut parts = parts.into_iter();
        while let (Some(condition), Some(value)) = (parts.next(), parts.next()) {
            cases.push([condition, value]);
        }
        Ok(Node::Choose { cases, rest: Box::new(rest) })
    }

    /// `when a then b … else c end`.
    fn case(&mut self) -> Result<Node, String> {
        let mut cases = Vec::new();
        while self.next_is_word("when") {
            self.at += 1;
            let condition = self.part(0)?;
            self.expect_word("then")?;
            cases.push([condition, self.part(0)?]);
        }
        let rest = if self.next_is_word("else") {
            self.at += 1;
            self.part(0)?
        } else {
            Node::Null
        };
        self.expect_word("end")?;
        Ok(Node::Choose { cases, rest: Box::new(rest) })
    }

    /// Parts with commas between them, up to the closing bracket.
    fn list(&mut self) -> Result<Vec<Node>, String> {
        let mut parts = Vec::new();
        if self.next_is(")") {
            self.at += 1;
            return Ok(parts);
        }
        loop {
            parts.push(self.part(0)?);
            if self.next_is(",") {
                self.at += 1;
            } else {
                self.expect(")")?;
                return Ok(parts);
            }
        }
    }

    fn column(&mut self, first: String) -> Result<Node, String> {
        let mut names = vec![first];
        while self.next_is(".") {
            self.at += 1;
            let Some(Token::Name(name) | Token::Quoted(name)) = self.take() else {
                self.at = self.at.saturating_sub(1);
                return Err(self.unexpected("a column"));
            };
            names.push(name.clone());
        }
        Path::from_names(names).map(Node::Column)
    }

    fn operator(&self) -> Option<Operator> {
        Some(match self.peek()? {
            Token::Sign("=" | "==") => Operator::Equal,
            Token::Sign("!=" | "<>") => Operator::Unequal,
            Token::Sign("<") => Operator::Less,
            Token::Sign("<=") => Operator::AtMost,
            Token::Sign(">") => Operator::Greater,
            Token::Sign(">=") => Operator::AtLeast,
            Token::Sign("+") => Operator::Add,
            Token::Sign("-") => Operator::Subtract,
            Token::Sign("*") => Operator::Multiply,
            Token::Sign("/") => Operator::Divide,
            Token::Sign("%") => Operator::Modulo,
            Token::Name(word) if word.eq_ignore_ascii_case("and") => Operator::And,
            Token::Name(word) if word.eq_ignore_ascii_case("or") => Operator::Or,
            _ => return None,
        })
    }

    fn peek(&self) -> Option<&'t Token> {
        self.tokens.get(self.at).map(|(_, token)| token)
    }

    fn take(&mut self) -> Option<&'t Token> {
        self.at += 1;
        self.tokens.get(self.at - 1).map(|(_, token)| token)
    }

    fn next_is(&self, sign: &str) -> bool {
        matches!(self.peek(), Some(Token::Sign(found)) if *found == sign)
    }

    fn next_is_word(&self, word: &str) -> bool {
        matches!(self.peek(), Some(Token::Name(found)) if found.eq_ignore_ascii_case(word))
    }

    /// Takes a word, if it stands next.
    fn takes_word(&mut self, word: &str) -> bool {
        let next = self.next_is_word(word);
        self.at += usize::from(next);
        next
    }

    fn expect(&mut self, sign: &str) -> Result<(), String> {
        if !self.next_is(sign) {
            return Err(self.unexpected(&format!("`{sign}`")));
        }
        self.at += 1;
        Ok(())
    }

    fn expect_word(&mut self, word: &str) -> Result<(), String> {
        if !self.next_is_word(word) {
            return Err(self.unexpected(&format!("`{word}`")));
        }
        self.at += 1;
        Ok(())
    }

    fn unexpected(&self, wanted: &str) -> String {
        let found = match self.tokens.get(self.at) {
            None => "the end".to_owned(),
            Some((at, Token::Name(word) | Token::Quoted(word))) => {
                format!("`{word}` at byte {at}")
            }
            Some((at, Token::Text(text))) => format!("`'{text}'` at byte {at}"),
            Some((at, Token::Number(_))) => format!("a number at byte {at}"),
            Some((at, Token::Sign(sign))) => format!("`{sign}` at byte {at}"),
        };
        format!("where {wanted} should be, there is {found}")
    }
}

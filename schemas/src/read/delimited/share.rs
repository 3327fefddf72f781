//! [`shared`]: a table in a text that comes in parts, each of which one thread reads and takes.
//!
//! What is read in order is read by whoever has its turn, as by one thread: it only keeps the rows.
//! The marks of a part are found before that, and the columns take its rows behind it.

use std::collections::BTreeMap;
use std::io::Read;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::body::{Body, Stop};
use super::lane::Marks;
use super::part::{Held, SPARSE};
use super::queue::Piece;
use super::scan::Scanner;
use super::sink::{Column, Sink};
use super::spread::MOST_COLUMNS;
use crate::read::wave::Wave;
use crate::stream::Fault;
use crate::stream::window::{Taken, Window};

/// Bytes left over of a part at most that are put before the next one: with more of them, longer
/// parts are read by one thread.
const LEFT: usize = if cfg!(test) { 1 << 8 } else { 1 << 16 };

/// What was found in a part beforehand, and the rows that are found now.
#[derive(Default)]
pub(super) struct Share<'a> {
    pub(super) marks: Marks,
    pub(super) pieces: Vec<Piece<'a>>,
}

/// What goes from part to part.
struct State<S> {
    body: Option<Box<Body<'static, S>>>,
    /// What was left over of the last part, and where in it the table goes on.
    over: String,
    at: usize,
    regretted: usize,
    /// Whether the table ended.
    ended: bool,
    fault: Option<Fault>,
    /// Parts that were read and not taken.
    back: BTreeMap<usize, String>,
}

/// Reads a table on, on as many threads as its sink has, as long as it goes on in parts as short as
/// they come.
pub(crate) fn shared<R: Read + Send, S: for<'x> Sink<'x> + Send>(
    window: &mut Window<R>,
    mut held: Held<S>,
) -> Result<Held<S>, Fault> {
    let threads = held.body.sink.as_ref().map_or(1, <S as Sink<'static>>::threads);
    let width = held.body.table.width();
    let alone = threads < 2 || !(2..=MOST_COLUMNS).contains(&width) || window.place().1;
    let Some(mut sink) = held.body.sink.take_if(|_| !alone) else { return Ok(held) };
    let Held { body, at, regretted, dialect } = held;
    let given = body.given;
    let columns = Sink::<'static>::columns(&mut sink);
    let columns: Vec<Mutex<&mut dyn Column>> = columns.into_iter().map(Mutex::new).collect();
    let wave = Wave::default();
    let input = Mutex::new((0, &mut *window, false));
    let (over, back) = (String::new(), BTreeMap::new());
    let body = Some(body);
    let state = State { body, over, at, regretted, ended: false, fault: None, back };
    let state = Mutex::new(state);
    let work = || {
        let _watch = wave.watch();
        let (mut used, mut cuts, mut stretches) = (String::new(), Vec::new(), Vec::new());
        while let Some((part, read)) = next(&input, std::mem::take(&mut used)) {
            let marks = read.as_ref().map(|taken| Marks::of(&taken.text, dialect, stretches));
            let marks = marks.unwrap_or_default();
            stretches = marks.all();
            let turn = wave.turn(part);
            let mut now = locked(&state);
            let taken = match read {
                Ok(taken) => taken,
                Err(fault) => {
                    now.fault.get_or_insert(fault);
                    return wave.end(part);
                }
            };
            let leaves = now.ended || taken.place.1 || now.over.len() > LEFT;
            if !turn || leaves {
                now.back.insert(part, taken.text);
                if turn {
                    wave.end(part);
                }
                return;
            }
            let Taken { mut text, place, behind } = taken;
            let over = std::mem::take(&mut now.over);
            text.insert_str(0, &over);
            let place = (place.0 - over.len(), false);
            let mut scanner = Scanner::part(&text, dialect, place, behind, now.regretted);
            let marks = if over.is_empty() { marks } else { Marks::default() };
            let Some(pieces) = now.take(&mut scanner, marks) else {
                return wave.end(part);
            };
            drop(now);
            wave.pass(part, width);
            wave.columns(part, width, |number| {
                let mut column = locked(&columns[number]);
                for piece in &pieces {
                    piece.give(number, &mut **column, &mut cuts);
                }
            });
            drop(pieces);
            used = text;
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..threads {
            scope.spawn(work);
        }
        work();
    });
    drop((columns, input));
    let state = state.into_inner().unwrap_or_else(PoisonError::into_inner);
    if let Some(fault) = state.fault {
        return Err(fault);
    }
    let Some(mut body) = state.body else { return Err(Fault::changed()) };
    Sink::<'static>::came(&mut sink, body.given - given);
    body.sink = Some(sink);
    window.put_back(state.back.into_values().fold(state.over, |over, text| over + &text));
    Ok(Held { body, at: state.at, regretted: state.regretted, dialect })
}

impl<S: for<'x> Sink<'x>> State<S> {
    /// Reads a part on which the table goes on; its rows, unless they are too few.
    fn take<'t>(&mut self, scanner: &mut Scanner<'t>, marks: Marks) -> Option<Vec<Piece<'t>>> {
        let text = scanner.text;
        let mut body = self.body.take()?.within(text, 0);
        body.share = Some(Share { marks, pieces: Vec::new() });
        let stop = body.pass(scanner, self.at, text.len(), &[]);
        let place = match stop {
            Stop::At(place) | Stop::Short(place) => place,
            Stop::Next(place) => {
                self.ended = true;
                place
            }
            Stop::Sparse => {
                self.fault = Some(SPARSE);
                return None;
            }
        };
        let keep = body.pending.first().map_or(place, |waits| waits.at.min(place));
        self.over.push_str(&text[keep..]);
        (self.at, self.regretted) = (place - keep, scanner.regretted);
        let share = body.share.take();
        self.body = Some(Box::new(body.within("", keep)));
        share.map(|share| share.pieces)
    }
}

/// The next part of a text, with its number; nothing behind the last one.
fn next<R: Read>(
    input: &Mutex<(usize, &mut Window<R>, bool)>,
    used: String,
) -> Option<(usize, Result<Taken, Fault>)> {
    let (part, window, over) = &mut *locked(input);
    if *over {
        return None;
    }
    let read = window.piece(used);
    *over = !matches!(&read, Ok(taken) if !taken.place.1);
    *part += 1;
    Some((*part - 1, read))
}

/// What a lock holds, whatever became of the last holder.
fn locked<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

//! Faults drawn at random, and runs killed at random: how they end, and that nothing is paid for twice.
//!
//! `PEYOTE_FAULT_RUNS=500 cargo test --test it random_faults -- --nocapture` makes them all and prints the
//! table. What was paid for is counted from the server's own log.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tempfile::TempDir;

use crate::dataset::Dataset;
use crate::peyote::Peyote;
use crate::recording::{given, kept, recordings, serve, side_by_side, transcript};

/// Runs in the suite unless more are asked for.
const RUNS: usize = 40;
/// Of so many runs one is killed.
const KILLED: usize = 4;
/// Faults that are drawn from; those that cost seconds come once.
const FAULTS: [&str; 14] = [
    "429", "429bare", "500", "503", "html", "drop", "truncate", "empty", "null", "badjson",
    "chatter", "refuse", "hang", "auth",
];
const MODES: [&str; 2] = ["text", "reject"];
const BACKENDS: [&str; 2] = ["local", "openai"];
/// Calls at a time.
const CALLS: [&str; 3] = ["1", "3", "8"];
/// The latest moment at which a run is killed, in milliseconds: most are done by then.
const LATEST_KILL: usize = 1_600;

/// Numbers in an order that a seed fixes: Knuth's linear congruential generator for MMIX.
struct Numbers(u64);

impl Numbers {
    fn of(run: usize) -> Self {
        let mut numbers = Self(run as u64 + 1);
        for _ in 0..4 {
            numbers.below(2);
        }
        numbers
    }

    fn below(&mut self, most: usize) -> usize {
        self.0 = (self.0)
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % most
    }

    fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }
}

/// How a run ended, and what became of it.
#[derive(Debug, Default, PartialEq, Eq)]
struct Ended {
    /// With a dataset that keeps its promises.
    dataset: bool,
    /// With one clear error.
    error: bool,
    /// Whether it was gone on with, as its error says, and ended with such a dataset then.
    resumed: bool,
    /// Calls for answers that were there already.
    repeated: usize,
    /// Answers that were given and not kept, beyond those under way at a kill.
    lost: usize,
    /// Answers under way at a kill.
    under_way: usize,
    /// What went wrong, if anything did.
    wrong: Option<String>,
}

fn runs() -> usize {
    std::env::var("PEYOTE_FAULT_RUNS").ok().and_then(|text| text.parse().ok()).unwrap_or(RUNS)
}

/// A run about a recording, in a folder.
struct Place {
    home: TempDir,
    recording: PathBuf,
    backend: &'static str,
    calls: &'static str,
}

impl Place {
    fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap_or_default()
    }

    fn begin(&self, url: &str) -> Peyote {
        let topic = transcript(&self.recording)["topic"].as_str().expect("a topic").to_owned();
        Peyote::new()
            .args("gen -n 1 --silent --format csv --backend")
            .args(&format!("{} --concurrency {} --base-url {url}", self.backend, self.calls))
            .arg("--topic")
            .arg(topic)
            .arg("--out")
            .arg(self.path("made"))
    }

    fn go_on(&self, url: &str) -> Peyote {
        Peyote::new()
            .args(&format!("gen --silent --concurrency {} --base-url {url}", self.calls))
            .arg("--resume")
            .arg(self.path("made"))
    }

    /// The answers in the lock, wherever it lies by now.
    fn kept(&self) -> BTreeMap<String, usize> {
        let lock = self.read("made/peyote.lock");
        kept(if lock.is_empty() { self.read("made.partial/peyote.lock") } else { lock }.as_str())
    }

    /// Why what lies there is no dataset that keeps its promises, if it is none.
    fn trouble(&self) -> Option<String> {
        let folder = self.path("made");
        let whole = std::panic::catch_unwind(|| Dataset::open(&folder).assert_whole());
        if whole.is_err() {
            return Some("the folder is not whole".to_owned());
        }
        match peyote::check::check(&folder) {
            Ok(checked) => {
                let first = checked.violations.first()?;
                Some(format!(
                    "{} promises are broken, the first: {first}",
                    checked.violations.len()
                ))
            }
            Err(error) => Some(error.to_string()),
        }
    }
}

/// How many of some answers go beyond others, task by task.
fn beyond(more: &BTreeMap<String, usize>, less: &BTreeMap<String, usize>) -> usize {
    let over = |(task, count): (&String, &usize)| {
        count.saturating_sub(less.get(task).copied().unwrap_or_default())
    };
    more.iter().map(over).sum()
}

/// What is in one count of answers and not in an earlier one.
fn since(
    later: &BTreeMap<String, usize>,
    earlier: &BTreeMap<String, usize>,
) -> BTreeMap<String, usize> {
    let new = |(task, count): (&String, &usize)| {
        (task.clone(), count - earlier.get(task).copied().unwrap_or_default())
    };
    later.iter().map(new).collect()
}

/// Goes on with a run at a server that behaves.
fn resume(place: &Place, ended: &mut Ended) {
    let before = place.kept();
    let log = place.path("resumed.jsonl");
    let served = serve(&place.recording, &format!("--latency 0.01 --log {}", log.display()));
    let ran = place.go_on(&served.url).run();
    let made = since(&place.kept(), &before);
    ended.repeated += beyond(&given(&place.read("resumed.jsonl")), &made);
    match (ran.code, place.trouble()) {
        (0, None) => ended.resumed = true,
        (0, trouble) => ended.wrong = trouble,
        (code, _) => ended.wrong = Some(format!("resumed: exit {code}, {}", ran.stderr)),
    }
}

/// One run under faults, gone on with where it failed.
fn faulty(recording: &Path, run: usize) -> Ended {
    let mut numbers = Numbers::of(run);
    let faults: Vec<String> = (0..=numbers.below(3))
        .map(|_| format!("{}:{}", numbers.one(&FAULTS), 1 + numbers.below(2)))
        .collect();
    let mode = numbers.one(&MODES);
    let place = Place {
        home: TempDir::new().expect("a folder"),
        recording: recording.to_owned(),
        backend: numbers.one(&BACKENDS),
        calls: numbers.one(&CALLS),
    };
    let what = format!("{faults:?}, {mode}, {}", place.backend);
    let options: Vec<String> = faults.iter().map(|fault| format!("--fault {fault}")).collect();
    let log = place.path("requests.jsonl");
    let served = serve(
        recording,
        &format!("--mode {mode} --latency 0.01 --log {} {}", log.display(), options.join(" ")),
    );
    let hangs = options.iter().any(|option| option.contains("hang"));
    let ran = place.begin(&served.url).args(if hangs { "--timeout 2" } else { "" }).run();
    let paid = given(&place.read("requests.jsonl"));
    drop(served);
    let mut ended = Ended { lost: beyond(&paid, &place.kept()), ..Ended::default() };
    match ran.code {
        0 => {
            ended.wrong = place.trouble();
            ended.dataset = ended.wrong.is_none();
        }
        1 if ran.stderr.matches("error: ").count() == 1
            && ran.stderr.contains("\n  next: ")
            && !place.path("made").exists() =>
        {
            ended.error = true;
            if ran.stderr.contains("--resume") {
                resume(&place, &mut ended);
            }
        }
        code => ended.wrong = Some(format!("exit {code}: {}", ran.stderr)),
    }
    ended.wrong = ended.wrong.map(|wrong| format!("run {run}, {what}: {wrong}"));
    ended
}

/// One run killed at a moment drawn, and gone on with.
fn killed(recording: &Path, run: usize) -> Ended {
    let mut numbers = Numbers::of(run + 1_000_000);
    let place = Place {
        home: TempDir::new().expect("a folder"),
        recording: recording.to_owned(),
        backend: numbers.one(&BACKENDS),
        calls: numbers.one(&CALLS),
    };
    let log = place.path("requests.jsonl");
    let served = serve(recording, &format!("--latency 0.05 --log {}", log.display()));
    let (mut command, _folder) = place.begin(&served.url).into_command();
    let mut child = (command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()))
        .spawn()
        .expect("the binary starts");
    let moment = numbers.below(LATEST_KILL) as u64;
    std::thread::sleep(Duration::from_millis(moment));
    child.kill().expect("a signal");
    let done = child.wait().expect("the run ends").success();
    // What was under way is answered, to nobody, and logged.
    std::thread::sleep(Duration::from_millis(400));
    let paid = given(&place.read("requests.jsonl"));
    let mut ended = Ended::default();
    let under_way = beyond(&paid, &place.kept());
    let most: usize = place.calls.parse().expect("a number");
    ended.under_way = under_way.min(most);
    ended.lost = under_way - ended.under_way;
    if done || place.path("made").exists() {
        ended.wrong = place.trouble();
        ended.dataset = ended.wrong.is_none();
    } else if place.path("made.partial/peyote.lock").exists() {
        drop(served);
        ended.error = true;
        resume(&place, &mut ended);
    } else {
        // Killed before it had begun: the same command begins.
        ended.error = true;
        let ran = place.begin(&served.url).run();
        ended.wrong = (ran.code != 0).then(|| ran.stderr.clone()).or_else(|| place.trouble());
        ended.resumed = ended.wrong.is_none();
    }
    ended.wrong = ended.wrong.map(|wrong| format!("kill {run}, after {moment} ms: {wrong}"));
    ended
}

/// Holds runs to what every one of them promises, and prints how they ended.
fn told(name: &str, all: &[Ended]) {
    let count = |what: fn(&Ended) -> bool| all.iter().filter(|ended| what(ended)).count();
    let sum = |what: fn(&Ended) -> usize| all.iter().map(what).sum::<usize>();
    let wrong: Vec<&String> = all.iter().filter_map(|ended| ended.wrong.as_ref()).collect();
    let (lost, repeated) = (sum(|ended| ended.lost), sum(|ended| ended.repeated));
    eprintln!(
        "{name}: {} runs, {} with a dataset, {} with one error or a kill, {} of those resumed to a \
         dataset, {} with anything else; answers lost {lost}, calls repeated {repeated}, answers under \
         way at a kill {}",
        all.len(),
        count(|ended| ended.dataset),
        count(|ended| ended.error),
        count(|ended| ended.resumed),
        wrong.len(),
        sum(|ended| ended.under_way),
    );
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert_eq!((lost, repeated), (0, 0), "{all:#?}");
}

#[test]
fn faults_drawn_at_random_end_in_a_dataset_or_one_error_and_nothing_is_paid_for_twice() {
    let recordings = recordings();
    if recordings.is_empty() {
        return;
    }
    let all = side_by_side(runs(), |run| faulty(&recordings[run % recordings.len()], run));
    told("faults", &all);
}

#[test]
fn run_killed_at_any_moment_pays_for_nothing_twice() {
    let recordings = recordings();
    if recordings.is_empty() {
        return;
    }
    let kills = runs().div_ceil(KILLED);
    let all = side_by_side(kills, |run| killed(&recordings[run % recordings.len()], run));
    told("kills", &all);
}

//! The Python environment of the tests, made once from the pinned list `tests/python`.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::checkout::root;

/// Python with what the list pins, or `None`, said plainly, where this machine cannot have it.
///
/// Where `CI` is set nothing may be left out, so there it is a failure.
pub(crate) fn python() -> Option<PathBuf> {
    match environment() {
        Ok(python) => Some(python),
        Err(why) => {
            assert!(std::env::var_os("CI").is_none(), "the Python part cannot run: {why}");
            eprintln!("NOT RUN: this part needs Python with tests/python/requirements.txt: {why}");
            None
        }
    }
}

/// Whether a Java 17 or later is there for Spark; where `CI` is set it must be.
pub(crate) fn java() -> bool {
    let found = Command::new("java").arg("-version").output().is_ok_and(|out| out.status.success());
    if !found {
        assert!(std::env::var_os("CI").is_none(), "the Spark part cannot run: no `java` here");
        eprintln!("NOT RUN: this part needs Java 17 for Spark, and there is no `java` here");
    }
    found
}

fn environment() -> Result<PathBuf, String> {
    let list = root().join("tests/python/requirements.txt");
    let wanted = fs::read_to_string(&list).map_err(|error| error.to_string())?;
    let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join("python");
    fs::create_dir_all(&home).map_err(|error| error.to_string())?;
    // Tests of several processes may come here at once: one sets up, the others wait.
    let lock = File::create(home.join("lock")).map_err(|error| error.to_string())?;
    lock.lock().map_err(|error| error.to_string())?;
    let python = home.join("venv/bin/python");
    let done = home.join("done");
    if fs::read_to_string(&done).is_ok_and(|made| made == wanted) {
        return Ok(python);
    }
    run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(home.join("venv")))?;
    let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"];
    run(Command::new(&python).args(pip).arg(&list))?;
    fs::write(&done, wanted).map_err(|error| error.to_string())?;
    Ok(python)
}

fn run(command: &mut Command) -> Result<(), String> {
    let output = command.output().map_err(|error| format!("{command:?}: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!("{command:?}: {}", String::from_utf8_lossy(&output.stderr).trim()))
}

/// Runs a script of `tests/python` and gives back what it printed.
#[track_caller]
pub(crate) fn script(python: &Path, name: &str, args: &[String]) -> String {
    let output = Command::new(python)
        .arg(root().join("tests/python").join(name))
        .args(args)
        .env("PYSPARK_PYTHON", python)
        .output()
        .expect("Python starts");
    assert!(
        output.status.success(),
        "{name}: {}\n{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8_lossy(&output.stdout).into_owned()
}

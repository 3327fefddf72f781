//! [`Peyote`]: a run of the binary, said so that it reads aloud.

use std::ffi::OsStr;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use tempfile::TempDir;

/// A run of `peyote` in a folder of its own.
pub(crate) struct Peyote {
    folder: TempDir,
    command: Command,
    stdin: Vec<u8>,
}

/// What a run left behind.
pub(crate) struct Ran {
    /// The folder it ran in.
    pub(crate) folder: TempDir,
    /// Its exit code, or -1 if a signal ended it.
    pub(crate) code: i32,
    /// What it printed on standard output.
    pub(crate) stdout: String,
    /// What it printed on standard error.
    pub(crate) stderr: String,
}

/// What becomes of a design, in `made` beside it.
pub(crate) fn made(design: &str, args: &str) -> Ran {
    Peyote::new()
        .file("design.json", design)
        .args("gen --design design.json --silent --out made")
        .args(args)
        .run()
        .done()
}

impl Peyote {
    /// A run without arguments, without a key, and without standard input.
    pub(crate) fn new() -> Self {
        let folder = TempDir::new().expect("a folder to run in");
        let mut command = Command::new(env!("CARGO_BIN_EXE_peyote"));
        command.current_dir(folder.path());
        for name in ["OPENAI_API_KEY", "OPENAI_BASE_URL", "NO_COLOR", "COLUMNS"] {
            command.env_remove(name);
        }
        // No proxy of the machine stands between the binary and a loopback server.
        for name in
            ["http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"]
        {
            command.env_remove(name);
        }
        Self { folder, command, stdin: Vec::new() }
    }

    /// Arguments, split at spaces.
    pub(crate) fn args(mut self, args: &str) -> Self {
        self.command.args(args.split_whitespace());
        self
    }

    /// One argument, as it is.
    pub(crate) fn arg(mut self, arg: impl AsRef<OsStr>) -> Self {
        self.command.arg(arg);
        self
    }

    /// An environment variable.
    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    /// What comes in by standard input.
    pub(crate) fn stdin(mut self, bytes: &[u8]) -> Self {
        self.stdin = bytes.to_vec();
        self
    }

    /// A file in the folder it runs in.
    pub(crate) fn file(self, name: &str, bytes: impl AsRef<[u8]>) -> Self {
        let path = self.folder.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        std::fs::write(path, bytes).expect("a file");
        self
    }

    /// The command itself, for tests that hold the process in their hands, and its folder.
    pub(crate) fn into_command(self) -> (Command, TempDir) {
        (self.command, self.folder)
    }

    /// Runs it to its end.
    pub(crate) fn run(mut self) -> Ran {
        self.command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = self.command.spawn().expect("the binary starts");
        let mut stdin = child.stdin.take().expect("a pipe");
        let bytes = std::mem::take(&mut self.stdin);
        // A run that reads nothing may be gone before everything is written.
        let writer = std::thread::spawn(move || drop(stdin.write_all(&bytes)));
        let output = child.wait_with_output().expect("the binary ends");
        writer.join().expect("standard input is written");
        Ran {
            folder: self.folder,
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

impl Ran {
    /// The same run, if it succeeded.
    #[track_caller]
    pub(crate) fn done(self) -> Self {
        self.exits(0)
    }

    /// The same run, if it ended with a code.
    #[track_caller]
    pub(crate) fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, code, "stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        self
    }

    /// A path in the folder it ran in.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A file in the folder it ran in.
    #[track_caller]
    pub(crate) fn read(&self, name: &str) -> String {
        let path = self.path(name);
        std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// The files below a folder in it, in order.
    pub(crate) fn files(&self, name: &str) -> Vec<String> {
        crate::dataset::files(&self.path(name))
    }
}

//! Help, version, completions and the manual page: what a person reads first.

use crate::peyote::Peyote;

/// The commands, and the one without a name.
const COMMANDS: [&str; 14] = [
    "",
    "gen",
    "ideas",
    "design",
    "read",
    "check",
    "plan",
    "explain",
    "extend",
    "catalog",
    "backends",
    "replay",
    "completions",
    "man",
];

fn help(command: &str) -> String {
    Peyote::new().args(command).arg("--help").run().done().stdout
}

/// The example command lines at the beginning of a help text.
fn examples(help: &str) -> Vec<String> {
    let lines = help.lines().skip(1).take_while(|line| line.starts_with("  "));
    lines.map(|line| line.trim().to_owned()).collect()
}

/// The words of each `peyote` command in a line of shell, with what stands in double quotes as one.
fn commands(line: &str) -> Vec<Vec<String>> {
    let mut commands = Vec::new();
    for part in line.split(['|', '&']) {
        let part = part.split(" > ").next().unwrap_or(part);
        // What stands behind a wide gap is a comment.
        let part = part.trim().split("   ").next().unwrap_or(part).trim();
        let mut words = part.split('"').enumerate().flat_map(|(at, text)| match at % 2 {
            0 => text.split_whitespace().map(str::to_owned).collect(),
            _ => vec![text.to_owned()],
        });
        if words.next().as_deref() == Some("peyote") {
            commands.push(words.collect());
        }
    }
    commands
}

#[test]
fn every_help_begins_with_examples_that_parse() {
    for command in COMMANDS {
        let help = help(command);
        assert!(
            help.starts_with("Examples:\n"),
            "`{command}`: begin its help with examples:\n{help}"
        );
        let examples = examples(&help);
        assert!(!examples.is_empty(), "`{command}` has no example");
        for example in &examples {
            let commands = commands(example);
            assert!(!commands.is_empty(), "`{example}` does not run peyote");
            for words in commands {
                let mut peyote = Peyote::new();
                for word in &words {
                    peyote = peyote.arg(word);
                }
                let ran = peyote.arg("--help").run();
                assert_eq!(ran.code, 0, "`{example}` does not parse: {}", ran.stderr);
            }
        }
    }
}

#[test]
fn every_command_is_in_the_list() {
    let help = help("");
    for command in COMMANDS {
        assert!(help.contains(command), "`{command}` is not in the help");
    }
    let listed = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    let begins = |line: &&str| line.starts_with("  ") && !line.starts_with("   ");
    for line in listed.take_while(|line| !line.is_empty()).filter(begins) {
        let name = line.split_whitespace().next().expect("a name");
        assert!(name == "help" || COMMANDS.contains(&name), "`{name}` is not tested here");
        assert!(line.split_whitespace().count() > 1, "`{name}` does not say what it does");
    }
}

#[test]
fn version_is_that_of_the_package() {
    let ran = Peyote::new().args("--version").run().done();
    assert_eq!(ran.stdout, format!("peyote {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn completions_are_there_for_every_usual_shell() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let ran = Peyote::new().args("completions").arg(shell).run().done();
        assert!(ran.stdout.contains("peyote") && ran.stdout.contains("base-url"), "{shell}");
    }
}

#[test]
fn manual_page_is_a_manual_page() {
    let ran = Peyote::new().args("man").run().done();
    assert!(ran.stdout.contains(".TH peyote 1") && ran.stdout.contains(".SH"), "{}", ran.stdout);
}

#[test]
fn key_in_the_environment_is_never_shown_by_help() {
    for command in ["gen", "ideas", "backends"] {
        let ran = Peyote::new()
            .env("OPENAI_API_KEY", "sk-proj-0123456789")
            .args(command)
            .arg("--help")
            .run()
            .done();
        assert!(!ran.stdout.contains("0123456789"), "{command}");
    }
}

//! The program as it is called: what it says and how it ends when it cannot do what is asked.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

const ID: &str = "5D6C64FC821CFD73CD87314C7EC3D2D30";
const PROGRAM: &str = env!("CARGO_BIN_EXE_moonwalk-giant");

fn folder() -> TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

fn run(arguments: &[&str]) -> Output {
    let mut command = Command::new(PROGRAM);
    command.args(arguments).output().expect("it can be run")
}

fn symbols(size: &str, output: &Path) -> Output {
    let output = output.to_str().expect("a path of text");
    run(&[
        "symbols", "--module", "a.so", "--id", ID, "--size", size, "-o", output,
    ])
}

/// The one line that a failure says.
fn complaint(output: &Output) -> String {
    let text = String::from_utf8(output.stderr.clone()).expect("text");
    assert_eq!(text.lines().count(), 1, "{text}");
    text
}

#[test]
fn a_command_line_of_no_use_is_one_line_and_exit_code_2() {
    let symbols = |module, id, size| {
        vec![
            "symbols", "--module", module, "--id", id, "--size", size, "-o", "x",
        ]
    };
    let long = "n".repeat(4096);
    let cases = [
        (vec![], "subcommand"),
        (vec!["walk"], "unrecognized subcommand"),
        (vec!["symbols"], "required arguments"),
        (symbols("../a", ID, "100000"), "without its folder"),
        (symbols("..", ID, "100000"), "without its folder"),
        (symbols("a\nb", ID, "100000"), "without its folder"),
        (symbols(&long, ID, "100000"), "1 to 200 bytes"),
        (
            symbols("a", "12", "100000"),
            "32 upper-case hexadecimal digits",
        ),
        (
            symbols("a", "5d6c64fc821cfd73cd87314c7ec3d2d30", "100000"),
            "upper-case",
        ),
        (symbols("a", ID, "1"), "not in 100000..=8000000000"),
        (symbols("a", ID, "1.1GB"), "invalid digit"),
        (
            vec!["dumps", "--symbols", "a", "--depth", "0", "-o", "x"],
            "not in 1..=10000",
        ),
        (vec!["measure"], "required arguments"),
    ];
    for (arguments, reason) in cases {
        let output = run(&arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        let line = complaint(&output);
        assert!(line.contains(reason), "{line}");
    }
}

#[test]
fn a_file_that_cannot_be_read_is_named_with_exit_code_1() {
    for arguments in [
        vec!["measure", "nowhere.sym"],
        vec!["dumps", "--symbols", "nowhere.sym", "-o", "x"],
    ] {
        let output = run(&arguments);
        assert_eq!(output.status.code(), Some(1));
        let line = complaint(&output);
        assert!(line.contains("cannot read nowhere.sym"), "{line}");
    }
}

#[test]
fn a_file_that_is_no_symbol_file_is_refused() {
    let folder = folder();
    let path = folder.path().join("noise");
    for (bytes, reason) in [
        (b"\x00\xff\xfe".to_vec(), "its first line is no MODULE"),
        (Vec::new(), "it is empty"),
        (
            [b"MODULE ", [b'x'; 2 << 20].as_slice()].concat(),
            "a line above 1 MiB",
        ),
    ] {
        fs::write(&path, bytes).expect("it can be written");
        let output = run(&["measure", path.to_str().expect("a path of text")]);
        assert_eq!(output.status.code(), Some(1));
        let line = complaint(&output);
        assert!(line.contains(reason), "{line}");
    }
}

#[test]
fn an_output_that_cannot_be_written_is_named_with_exit_code_1() {
    let folder = folder();
    let file = folder.path().join("file");
    fs::write(&file, "here before").expect("it can be written");
    for output in [folder.path(), &file.join("below"), Path::new("/dev/full")] {
        let done = symbols("100000", output);
        assert_eq!(done.status.code(), Some(1), "{output:?}");
        let line = complaint(&done);
        assert!(line.contains("cannot write"), "{line}");
    }
    assert_eq!(fs::read(&file).expect("it is there"), b"here before");
}

#[test]
fn a_disk_that_runs_full_leaves_what_was_there_and_nothing_else() {
    let folder = folder();
    let path = folder.path().join("a.sym");
    fs::write(&path, "here before").expect("it can be written");
    let script = "trap '' XFSZ; ulimit -f 1000; exec \"$0\" \"$@\"";
    let mut command = Command::new("sh");
    command.args(["-c", script, PROGRAM, "symbols", "--module", "a.so"]);
    command
        .args(["--id", ID, "--size", "5000000", "-o"])
        .arg(&path);
    let output = command.output().expect("it can be run");
    assert_eq!(output.status.code(), Some(1));
    assert!(complaint(&output).contains("cannot write"));
    assert_eq!(fs::read(&path).expect("it is there"), b"here before");
    assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 1);
}

#[test]
fn statistics_are_shown_as_a_table_and_as_json() {
    let folder = folder();
    let path = folder.path().join("a.sym");
    let table = String::from_utf8(symbols("200000", &path).stdout).expect("text");
    assert!(table.contains("INLINE_ORIGIN name, mean"), "{table}");
    let name = path.to_str().expect("a path of text");
    let json = run(&["measure", "--json", name]).stdout;
    let json: serde_json::Value = serde_json::from_slice(&json).expect("JSON");
    let size = fs::metadata(&path).expect("it is there").len();
    assert_eq!(json[name]["bytes"], size);
    assert!(json[name]["records"]["FUNC"]["count"].as_u64() > Some(10));
}

#[test]
fn dumps_are_made_by_the_command_too() {
    let folder = folder();
    let path = folder.path().join("a.sym");
    assert!(symbols("200000", &path).status.success());
    let out = folder.path().join("dumps");
    let [path, out] = [&path, &out].map(|path| path.to_str().expect("a path of text"));
    let output = run(&["dumps", "--symbols", path, "--count", "2", "-o", out]);
    assert!(output.status.success());
    let said = String::from_utf8(output.stdout).expect("text");
    assert!(
        said.starts_with("2 dumps of 24 threads with 60 frames each"),
        "{said}"
    );
    assert_eq!(fs::read_dir(out).expect("a folder").count(), 2);
}

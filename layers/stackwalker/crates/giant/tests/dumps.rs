//! Generated dumps, walked by the real walker.

use std::collections::HashSet;
use std::fs;
use std::path::Path;

use crate::common::{Folder, ID, MODULE};
use futures_executor::block_on;
use minidump::Minidump;
use minidump_processor::{ProcessState, ProcessorOptions, process_minidump_with_options};
use minidump_unwind::{FrameTrust, Symbolizer, simple_symbol_supplier};
use moonwalk_giant::dumps::{Workload, make};
use moonwalk_giant::failure::Failure;

const THREADS: u64 = 5;
const DEPTH: u64 = 40;

fn workload(symbols: &Path, seed: u64) -> Workload {
    Workload {
        symbols: symbols.to_owned(),
        module: None,
        count: 3,
        threads: THREADS,
        depth: DEPTH,
        seed,
    }
}

fn walk(dump: &Path, symbols: &Path) -> ProcessState {
    let dump = Minidump::read_path(dump).expect("a minidump");
    let supplier = simple_symbol_supplier(vec![symbols.to_owned()]);
    let options = ProcessorOptions::stable_basic();
    let provider = Symbolizer::new(supplier);
    let walked = process_minidump_with_options(&dump, &provider, options);
    block_on(walked).expect("it can be walked")
}

fn dumps(folder: &Path) -> Vec<std::path::PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder");
    let mut paths: Vec<_> = entries
        .map(|entry| entry.expect("an entry").path())
        .collect();
    paths.sort();
    paths
}

#[test]
fn every_frame_is_found_by_cfi_and_has_a_name_to_the_depth_asked_for() {
    let folder = Folder::new();
    folder.giant(2_000_000, 1);
    let out = folder.path().join("dumps");
    make(&workload(&folder.symbols(), 1), &out).expect("dumps are made");
    for dump in dumps(&out) {
        let state = walk(&dump, folder.path());
        assert_eq!(state.threads.len() as u64, THREADS);
        for thread in &state.threads {
            assert_eq!(thread.frames.len() as u64, DEPTH);
            assert_eq!(thread.frames[0].trust, FrameTrust::Context);
            let others = &thread.frames[1..];
            assert!(others.iter().all(|f| f.trust == FrameTrust::CallFrameInfo));
            assert!(thread.frames.iter().all(|f| f.function_name.is_some()));
        }
    }
}

#[test]
fn no_two_threads_of_a_workload_have_the_same_stack() {
    let folder = Folder::new();
    folder.giant(2_000_000, 1);
    let out = folder.path().join("dumps");
    make(&workload(&folder.symbols(), 1), &out).expect("dumps are made");
    let mut stacks = HashSet::new();
    for dump in dumps(&out) {
        for thread in walk(&dump, folder.path()).threads {
            let stack: Vec<_> = thread
                .frames
                .iter()
                .map(|frame| frame.instruction)
                .collect();
            assert!(stacks.insert(stack));
        }
    }
    assert_eq!(stacks.len() as u64, 3 * THREADS);
}

#[test]
fn a_dump_has_its_module_and_says_which_thread_crashed() {
    let folder = Folder::new();
    folder.giant(500_000, 2);
    let out = folder.path().join("dumps");
    make(&workload(&folder.symbols(), 2), &out).expect("dumps are made");
    let state = walk(&out.join("giant-00000.dmp"), folder.path());
    let module = state.modules.iter().next().expect("a module");
    let debug_id = minidump::Module::debug_identifier(module).expect("a debug id");
    assert_eq!(debug_id.breakpad().to_string(), ID);
    assert_eq!(
        minidump::Module::debug_file(module).as_deref(),
        Some(MODULE)
    );
    assert!(state.requesting_thread.is_some());
    assert!(state.exception_info.is_some());
}

#[test]
fn the_same_seed_gives_the_same_dumps_and_another_seed_others() {
    let folder = Folder::new();
    folder.giant(500_000, 2);
    let made = |name: &str, seed| {
        let out = folder.path().join(name);
        make(&workload(&folder.symbols(), seed), &out).expect("dumps are made");
        let read = |path| fs::read(path).expect("it can be read");
        dumps(&out).into_iter().map(read).collect::<Vec<_>>()
    };
    assert_eq!(made("a", 1), made("b", 1));
    assert_ne!(made("a", 1), made("c", 2));
}

#[test]
fn symbols_that_give_no_stack_are_refused_with_the_reason() {
    let id = "5D6C64FC821CFD73CD87314C7EC3D2D30";
    let cases = [
        ("", "it is empty"),
        ("FUNC 10 10 0 f\n", "its first line is no MODULE"),
        (
            "MODULE Linux x86_64 12 a\n",
            "its debug id is not 32 digits and an age",
        ),
        (
            &format!("MODULE Linux x86_64 {id}fffffffff a\n"),
            "the age in its debug id is above 32 bits",
        ),
        (
            &format!("MODULE Linux arm64 {id} a\n"),
            "it is not for x86_64",
        ),
        (
            &format!("MODULE Linux x86_64 {id} a\nFUNC 10 1000000000 0 f\n"),
            "its functions span more than 4 GiB",
        ),
        (
            &format!("MODULE Linux x86_64 {id} a\nFUNC 10 10 0 f\n"),
            "no function in it is unwound by $rsp",
        ),
        (
            &format!(
                "MODULE Linux x86_64 {id} a\nFUNC 10 10 0 f\nSTACK CFI INIT 10 10 .cfa: $rbp 16 + .ra: .cfa -8 + ^\n"
            ),
            "no function in it is unwound by $rsp",
        ),
    ];
    for (text, reason) in cases {
        let folder = Folder::new();
        let symbols = folder.path().join("a.sym");
        fs::write(&symbols, text).expect("it can be written");
        let refused = make(&workload(&symbols, 1), &folder.path().join("dumps"));
        match refused {
            Err(Failure::NoSymbols { why, .. }) => assert_eq!(why, reason),
            other => panic!("{reason}: {other:?}"),
        }
    }
}

#[test]
fn stacks_that_no_minidump_can_hold_are_refused() {
    let folder = Folder::new();
    let symbols = folder.path().join("a.sym");
    let text = format!(
        "MODULE Linux x86_64 {ID} a\nFUNC 10 10 0 f\nSTACK CFI INIT 10 10 .cfa: $rsp 65536 + .ra: .cfa -8 + ^\n"
    );
    fs::write(&symbols, text).expect("it can be written");
    let mut workload = workload(&symbols, 1);
    (workload.threads, workload.depth) = (1_000, 10_000);
    let refused = make(&workload, &folder.path().join("dumps"));
    assert!(matches!(refused, Err(Failure::TooMuchStack)));
}

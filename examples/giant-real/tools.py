"""The programs that make symbols and dumps, built here."""

from place import PLACE, PROJECT, TOOLS, is_newer, need, run, say

DUMP_SYMS = TOOLS / "bin" / "dump_syms"
DUMPER = PROJECT / "build/example/target/release/dump-process"
CRASH_CLIENT = TOOLS / "crash_on_request.so"
EXAMPLES = PROJECT / "examples"


def build() -> None:
    """Leaves dump_syms, the dumper and the crash client where the constants say."""
    need("cargo", "install Rust from https://rustup.rs")
    need("g++", "install a C++ compiler; on Debian: build-essential")
    if not DUMP_SYMS.exists():
        say("Building dump_syms 2.3.7 from crates.io: some minutes")
        place = ["--root", str(TOOLS), "--target-dir", str(PLACE / "target")]
        crate = ["--no-default-features", "--features", "cli", "dump_syms@2.3.7"]
        run(["cargo", "install", "--quiet", "--locked", *place, *crate])
    if not DUMPER.exists():
        say("Building the dumper: some minutes")
    manifest = ["--manifest-path", str(EXAMPLES / "maker/Cargo.toml")]
    target = ["--target-dir", str(PROJECT / "build/example/target")]
    run(["cargo", "build", "--quiet", "--release", "--locked", *manifest, *target])
    build_crash_client()


def build_crash_client() -> None:
    """The example's own crash client, as a library that is loaded into another program."""
    sources = [EXAMPLES / "darkroom/crash_client.cpp", EXAMPLES / "giant-real/crash_on_request.cpp"]
    if all(is_newer(CRASH_CLIENT, source) for source in sources):
        return
    flags = ["-std=c++20", "-O2", "-g", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC"]
    run(["g++", *flags, *map(str, sources), "-o", str(CRASH_CLIENT)])

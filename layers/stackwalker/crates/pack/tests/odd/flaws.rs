//! What makes the parser reject a whole text.

use super::Maker;

/// The flaw that can only be the last.
pub const UNFINISHED: &str = "no newline at the end";

/// Each other flaw by the name that is counted, and its lines.
pub const FLAWS: [(&str, &[u8]); 21] = [
    ("late MODULE", b"MODULE Linux x86_64 ABC0 late\n"),
    ("orphan STACK CFI", b"\nSTACK CFI 10 .cfa: $rsp 8 +\n"),
    ("orphan INLINE", b"\nINLINE 0 1 1 1 10 4\n"),
    ("orphan line", b"\n10 4 1 1\n"),
    ("unknown record", b"NOTHING 1 2\n"),
    ("space before a record", b" FILE 1 a\n"),
    ("FILE not in UTF-8", b"FILE 1 \xff\n"),
    ("INLINE_ORIGIN not in UTF-8", b"INLINE_ORIGIN 1 \xc3\n"),
    ("FUNC not in UTF-8", b"FUNC 10 4 0 \xff\n"),
    ("PUBLIC not in UTF-8", b"PUBLIC 10 0 \xff\n"),
    ("STACK CFI INIT not in UTF-8", b"STACK CFI INIT 10 4 \xff\n"),
    (
        "STACK CFI not in UTF-8",
        b"STACK CFI INIT 10 4 .cfa: $rsp\nSTACK CFI 11 \xff\n",
    ),
    (
        "STACK WIN not in UTF-8",
        b"STACK WIN 4 10 4 0 0 0 0 0 0 1 \xff\n",
    ),
    ("INFO URL not in UTF-8", b"INFO URL \xff\n"),
    ("return inside a line", b"FILE 1 a\rb\n"),
    (
        "address of more than 64 bits",
        b"FUNC 10000000000000000 1 1 x\n",
    ),
    ("id of more than 32 bits", b"FILE 4294967296 x\n"),
    ("record cut short", b"PUBLIC 10\n"),
    (
        "INLINE without a range",
        b"FUNC 10 4 0 a\nINLINE 0 1 1 1 \n",
    ),
    ("STACK WIN cut short", b"STACK WIN 4 10 4 0 0 0 0 0\n"),
    ("MODULE without a name", b"MODULE a b ABC0\n"),
];

impl Maker<'_> {
    pub(super) fn flaw(&mut self) {
        if self.choices.one_in(8) {
            self.note(UNFINISHED);
            self.unfinished = true;
            return;
        }
        let (told, bytes) = self.choices.of(&FLAWS);
        self.note(told);
        self.put(bytes);
    }
}

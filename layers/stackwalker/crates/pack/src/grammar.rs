//! The lines of a symbol file, read as the parser reads them.
//!
//! Only lines that the parser accepts matter: whether it does is its own verdict. Of an accepted
//! line these functions see the same fields: numbers end after 8, 10 or 16 digits, gaps are spaces
//! and tabs, a line ends at any number of `\r` before `\n`.

/// The fields of a line, taken from the left.
#[derive(Clone, Copy)]
struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    fn word(self, word: &str) -> Option<Self> {
        Fields(self.0.strip_prefix(word.as_bytes())?).gap()
    }

    fn gap(self) -> Option<Self> {
        let blanks = self
            .0
            .iter()
            .take_while(|&&byte| byte == b' ' || byte == b'\t')
            .count();
        (blanks > 0).then(|| Fields(&self.0[blanks..]))
    }

    fn past_word(self) -> Option<Self> {
        let end = self.0.iter().position(|&byte| byte == b' ')?;
        Fields(&self.0[end..]).gap()
    }

    fn hex(self, digits: usize) -> Option<(u64, Self)> {
        let (mut value, mut count) = (0u64, 0);
        for &byte in self.0.iter().take(digits) {
            let digit = match byte {
                b'0'..=b'9' => byte - b'0',
                b'a'..=b'f' => byte - b'a' + 10,
                b'A'..=b'F' => byte - b'A' + 10,
                _ => break,
            };
            value = value << 4 | u64::from(digit);
            count += 1;
        }
        (count > 0).then(|| (value, Fields(&self.0[count..])))
    }

    fn hex64(self) -> Option<(u64, Self)> {
        self.hex(16)
    }

    fn hex32(self) -> Option<(u32, Self)> {
        self.hex(8).map(|(value, rest)| (value as u32, rest))
    }

    fn decimal(self) -> Option<(u32, Self)> {
        let (mut value, mut count) = (0u64, 0);
        for &byte in self.0.iter().take(10) {
            if !byte.is_ascii_digit() {
                break;
            }
            value = value * 10 + u64::from(byte - b'0');
            count += 1;
        }
        let value = u32::try_from(value).ok()?;
        (count > 0).then(|| (value, Fields(&self.0[count..])))
    }

    fn multiple(self) -> Self {
        self.word("m").unwrap_or(self)
    }

    /// What is left up to the line's end; nothing if a `\r` stands elsewhere.
    fn rest(self) -> Option<&'a [u8]> {
        let end = self.0.iter().position(|&b| b == b'\r' || b == b'\n')?;
        Fields(&self.0[end..]).end()?;
        Some(&self.0[..end])
    }

    fn end(self) -> Option<()> {
        let (&last, before) = self.0.split_last()?;
        (last == b'\n' && before.iter().all(|&byte| byte == b'\r')).then_some(())
    }
}

/// The two kinds of names that other records refer to by id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum NameKind {
    /// A source file.
    File,
    /// The name of an inlined function.
    Origin,
}

impl NameKind {
    /// Both, in the order of the format.
    pub(crate) const ALL: [Self; 2] = [Self::File, Self::Origin];
}

/// A record that may stand by itself.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Record<'a> {
    Blank,
    Module,
    Url(&'a [u8]),
    Info,
    Name(NameKind, u32),
    Public(Public<'a>),
    Func { address: u64, size: u32 },
    CfiInit { address: u64, size: u32 },
    Win(Option<Win>),
}

/// A PUBLIC record.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Public<'a> {
    pub(crate) address: u64,
    pub(crate) name: &'a [u8],
    pub(crate) parameter_size: u32,
}

/// What of a STACK WIN record decides where it holds.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Win {
    pub(crate) frame_data: bool,
    pub(crate) address: u64,
    pub(crate) size: u32,
}

/// Reads a line that stands by itself; nothing if the parser would reject it.
pub(crate) fn record(line: &[u8]) -> Option<Record<'_>> {
    let fields = Fields(line);
    match line.first()? {
        b'\r' | b'\n' => fields.end().map(|()| Record::Blank),
        b'F' => fields.word("FUNC").map_or_else(|| name(line), func),
        b'P' => public(line).map(Record::Public),
        b'S' => stack(fields),
        b'I' => name(line).or_else(|| info(fields)),
        b'M' => fields.word("MODULE").map(|_| Record::Module),
        _ => None,
    }
}

fn func<'a>(fields: Fields<'a>) -> Option<Record<'a>> {
    let (address, rest) = fields.multiple().hex64()?;
    let (size, rest) = rest.gap()?.hex32()?;
    rest.gap()?.hex32()?.1.gap()?.rest()?;
    Some(Record::Func { address, size })
}

fn info(fields: Fields<'_>) -> Option<Record<'_>> {
    if let Some(url) = fields.word("INFO URL") {
        return url.rest().map(Record::Url);
    }
    fields.word("INFO")?.rest().map(|_| Record::Info)
}

fn name(line: &[u8]) -> Option<Record<'_>> {
    let (kind, id, _) = name_line(line)?;
    Some(Record::Name(kind, id))
}

/// Kind, id and name of a FILE or INLINE_ORIGIN record.
pub(crate) fn name_line(line: &[u8]) -> Option<(NameKind, u32, &[u8])> {
    let (kind, id, rest) = name_start(line)?;
    Some((kind, id, rest.gap()?.rest()?))
}

/// Kind and id of a FILE or INLINE_ORIGIN record that the parser is known to accept.
pub(crate) fn name_id(line: &[u8]) -> Option<(NameKind, u32)> {
    name_start(line).map(|(kind, id, _)| (kind, id))
}

fn name_start(line: &[u8]) -> Option<(NameKind, u32, Fields<'_>)> {
    let fields = Fields(line);
    let (kind, fields) = match fields.word("FILE") {
        Some(fields) => (NameKind::File, fields),
        None => (NameKind::Origin, fields.word("INLINE_ORIGIN")?),
    };
    let (id, rest) = fields.decimal()?;
    Some((kind, id, rest))
}

/// Reads a PUBLIC record.
pub(crate) fn public(line: &[u8]) -> Option<Public<'_>> {
    let (address, rest) = Fields(line).word("PUBLIC")?.multiple().hex64()?;
    let (parameter_size, rest) = rest.gap()?.hex32()?;
    Some(Public {
        address,
        name: rest.gap()?.rest()?,
        parameter_size,
    })
}

fn stack(fields: Fields<'_>) -> Option<Record<'_>> {
    if let Some(win) = fields.word("STACK WIN") {
        return stack_win(win).map(Record::Win);
    }
    let (address, rest) = fields.word("STACK CFI INIT")?.hex64()?;
    let (size, rest) = rest.gap()?.hex32()?;
    rest.gap()?.rest()?;
    Some(Record::CfiInit { address, size })
}

/// Nothing inside for a type that is passed over, or one that its program string contradicts.
fn stack_win(fields: Fields<'_>) -> Option<Option<Win>> {
    let (&kind, rest) = fields.0.split_first()?;
    let (address, rest) = Fields(rest).gap()?.hex64()?;
    let (size, mut rest) = rest.gap()?.hex32()?;
    for _ in 0..6 {
        rest = rest.gap()?.hex32()?.1;
    }
    let (&program, rest) = rest.gap()?.0.split_first()?;
    Fields(rest).gap()?.rest()?;
    let frame_data = kind == b'4';
    let fits = frame_data == (program == b'1') && (frame_data || kind == b'0');
    Some(fits.then_some(Win {
        frame_data,
        address,
        size,
    }))
}

/// A line below a FUNC.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum FuncPart<'a> {
    Origin(u32),
    Inline(Inline<'a>),
    Line { address: u64, size: u32, file: u32 },
}

/// An INLINE record.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Inline<'a> {
    pub(crate) file: u32,
    pub(crate) origin: u32,
    ranges: &'a [u8],
}

impl Inline<'_> {
    /// The addresses and sizes it covers.
    pub(crate) fn ranges(&self) -> impl Iterator<Item = (u64, u32)> {
        let mut next = Some(Fields(self.ranges));
        std::iter::from_fn(move || {
            let (address, rest) = next?.hex64()?;
            let (size, rest) = rest.gap()?.hex32()?;
            next = rest.gap();
            Some((address, size))
        })
    }
}

/// Reads a line below a FUNC; nothing if it ends the FUNC.
pub(crate) fn func_part(line: &[u8]) -> Option<FuncPart<'_>> {
    if line.starts_with(b"INLINE_ORIGIN ") {
        return name_line(line).map(|(_, id, _)| FuncPart::Origin(id));
    }
    if line.starts_with(b"INLINE ") {
        return inline(line).map(FuncPart::Inline);
    }
    let (address, rest) = Fields(line).hex64()?;
    let (size, rest) = rest.gap()?.hex32()?;
    let (_, rest) = rest.gap()?.decimal()?;
    let (file, rest) = rest.gap()?.decimal()?;
    rest.end()?;
    Some(FuncPart::Line {
        address,
        size,
        file,
    })
}

fn inline(line: &[u8]) -> Option<Inline<'_>> {
    let (_, rest) = Fields(line).word("INLINE")?.decimal()?;
    let (_, rest) = rest.gap()?.decimal()?;
    let (file, rest) = rest.gap()?.decimal()?;
    let (origin, rest) = rest.gap()?.decimal()?;
    let ranges = rest.gap()?.0;
    Some(Inline {
        file,
        origin,
        ranges,
    })
}

/// The address of a line that belongs to the STACK CFI INIT above it.
pub(crate) fn cfi_delta(line: &[u8]) -> Option<u64> {
    let (address, rest) = Fields(line).word("STACK CFI")?.hex64()?;
    rest.gap()?.rest().map(|_| address)
}

/// The MODULE record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Module<'a> {
    pub(crate) id: &'a [u8],
    pub(crate) name: &'a [u8],
    /// Bytes of the record: fields may hold line ends, so it may be several lines.
    pub(crate) length: usize,
}

/// Reads the MODULE record at the start of the first lines of a file.
pub(crate) fn module(lines: &[u8]) -> Option<Module<'_>> {
    let fields = Fields(lines).word("MODULE")?;
    let rest = fields.past_word()?.past_word()?.0;
    let digits = rest.iter().take_while(|b| b.is_ascii_hexdigit()).count();
    let name = Fields(&rest[digits..]).gap()?.0;
    let end = name.iter().position(|&b| b == b'\r' || b == b'\n')?;
    let newline = end + name[end..].iter().position(|&byte| byte == b'\n')?;
    Some(Module {
        id: &rest[..digits],
        name: &name[..end],
        length: lines.len() - name.len() + newline + 1,
    })
}

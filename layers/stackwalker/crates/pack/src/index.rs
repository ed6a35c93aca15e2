//! From the records of a text to the pages of its index.

use std::collections::HashMap;
use std::fs::File;

use crate::dictionary::line_at;
use crate::error::{PackError, Result};
use crate::grammar::{self, NameKind};
use crate::page::{self, Blocks, ENTRIES, RUNS, Run};
use crate::scan::Records;
use crate::survivors::{self, Item};

/// No line that the parser reads is longer.
const LONGEST_LINE: usize = 160 * 1024;

/// One index, encoded: the number of its records, and the first key and content of each page.
pub(crate) struct Encoded {
    pub(crate) records: u64,
    pub(crate) pages: Vec<(u64, Vec<u8>)>,
}

/// Makes the seven indexes, in the order of the format.
pub(crate) fn make(source: &File, found: Records, blocks: &Blocks) -> Result<[Encoded; 7]> {
    let funcs = survivors::keep(found.funcs);
    let publics = publics(source, found.publics, &funcs)?;
    let [files, origins] = runs(&found.names, blocks);
    Ok([
        ranges(&funcs, blocks)?,
        ranges(&survivors::keep(found.cfi), blocks)?,
        ranges(&found.frame_data.keep(), blocks)?,
        ranges(&found.fpo.keep(), blocks)?,
        ranges(&publics, blocks)?,
        names(&files),
        names(&origins),
    ])
}

fn ranges(items: &[Item], blocks: &Blocks) -> Result<Encoded> {
    let page = |items: &[Item]| Ok((items[0].start, page::encode(items, blocks)?));
    Ok(Encoded {
        records: items.len() as u64,
        pages: items.chunks(ENTRIES).map(page).collect::<Result<_>>()?,
    })
}

fn names(runs: &[Run]) -> Encoded {
    let page = |runs: &[Run]| (u64::from(runs[0].first), page::encode_runs(runs));
    Encoded {
        records: runs.iter().map(|run| u64::from(run.count)).sum(),
        pages: runs.chunks(RUNS).map(page).collect(),
    }
}

/// The one PUBLIC that answers for each address: the last by name and parameter size.
///
/// Left out are those at the start of a FUNC that is kept: the FUNC hides them from all addresses
/// after it, and any earlier PUBLIC as well.
fn publics(source: &File, mut found: Vec<(u64, u64)>, funcs: &[Item]) -> Result<Vec<Item>> {
    found.sort_unstable();
    let mut items = Vec::new();
    for same in found.chunk_by(|one, next| one.0 == next.0) {
        let address = same[0].0;
        if funcs
            .binary_search_by_key(&address, |func| func.start)
            .is_ok()
        {
            continue;
        }
        let mut best: Option<(u64, Vec<u8>)> = None;
        for &(_, text) in same {
            let line = line_at(source, text, 1024)?;
            let line = match line {
                Some(line) => line,
                None => line_at(source, text, LONGEST_LINE)?
                    .ok_or(PackError::TooLarge("PUBLIC record"))?,
            };
            let wins = best
                .as_ref()
                .is_none_or(|(_, kept)| grammar::public(&line) > grammar::public(kept));
            if wins {
                best = Some((text, line));
            }
        }
        items.extend(best.map(|(text, line)| Item {
            start: address,
            size: 0,
            text,
            length: line.len() as u64,
        }));
    }
    Ok(items)
}

fn runs(names: &HashMap<(NameKind, u32), u64>, blocks: &Blocks) -> [Vec<Run>; 2] {
    NameKind::ALL.map(|wanted| {
        let mut ids: Vec<(u32, u64)> = names
            .iter()
            .filter(|((kind, _), _)| *kind == wanted)
            .map(|((_, id), text)| (*id, *text))
            .collect();
        ids.sort_unstable();
        let mut runs: Vec<Run> = Vec::new();
        for (id, text) in ids {
            let place = blocks.places[blocks.at(text)];
            match runs.last_mut() {
                Some(run)
                    if run.place == place
                        && u64::from(run.first) + u64::from(run.count) == u64::from(id) =>
                {
                    run.count += 1;
                }
                _ => runs.push(Run {
                    first: id,
                    count: 1,
                    place,
                }),
            }
        }
        runs
    })
}

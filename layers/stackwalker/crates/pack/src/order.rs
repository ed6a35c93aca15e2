//! In which order blocks stand in a pack: what is needed together stands together.
//!
//! A function's lines, its unwinding and the names that it is the first to use are far from one
//! another in the text. Side by side, one read gives them all.

use crate::frame::Kind;
use crate::grammar::NameKind;
use crate::scan::{Class, Records};

/// The numbers of the blocks of a text, in the order in which they stand in the pack.
pub(crate) fn physical(found: &Records) -> Vec<u32> {
    let names = first_uses(found);
    let place = |number: &u32| {
        let cut = &found.cuts[*number as usize];
        let address = match cut.class {
            _ if cut.kind == Kind::Unread => None,
            Class::Names => names[*number as usize],
            _ => cut.address,
        };
        // Those without an address come last. At one address: unwinding, lines, names.
        (address.is_none(), address, cut.class.rank(), *number)
    };
    let mut order: Vec<u32> = (0..found.cuts.len() as u32).collect();
    order.sort_unstable_by_key(place);
    order
}

/// For each block, the lowest address of a function that is the first to use one of its names.
fn first_uses(found: &Records) -> Vec<Option<u64>> {
    let mut lowest = vec![None::<u64>; found.cuts.len()];
    for kind in NameKind::ALL {
        let uses = &found.uses[kind as usize];
        for (&(_, id), &text) in found.names.iter().filter(|((of, _), _)| *of == kind) {
            if let Some(address) = uses.first_address(id) {
                let block = found.cuts.partition_point(|cut| cut.end <= text);
                let known = &mut lowest[block];
                *known = Some(known.map_or(address, |known| known.min(address)));
            }
        }
    }
    lowest
}

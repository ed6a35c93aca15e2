//! Reading ahead, for readers that take long to answer: much at once, in few rounds.
//!
//! A walk finds out bit by bit what it needs, and each bit would be a round of its own. What it may
//! need is known before, from the words of the stacks; and names decide nothing about a walk, so
//! that they can be left out, gathered, and read together.

use std::collections::{BTreeSet, HashMap, HashSet};

use crate::directory::{Section, Verdict};
use crate::error::Result;
use crate::page::Place;
use crate::ranges::RangeReader;
use crate::read::Pack;
use crate::slice::{Names, Want, section_of};

/// Names that slices were made without.
#[derive(Debug, Default)]
pub struct NamesLeft(pub(crate) Names);

impl NamesLeft {
    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// Adds those of `other`.
    pub fn add(&mut self, mut other: Self) {
        self.0.append(&mut other.0);
    }
}

impl<R: RangeReader> Pack<R> {
    /// Reads what slices for these addresses need, without names, in two rounds: index pages, and
    /// up to `most` bytes of blocks, those of the first addresses first.
    ///
    /// # Errors
    /// The pack is damaged, or reading fails.
    pub async fn prefetch(&self, addresses: &[u64], most: u64) -> Result<()> {
        if self.header().verdict != Verdict::Fine {
            return Ok(());
        }
        self.fetch(&self.pages_of(addresses)).await?;
        let blocks = self.blocks_of(addresses).await?;
        let mut known = HashSet::new();
        let mut left = most;
        let mut wanted = Vec::new();
        for place in addresses.iter().filter_map(|at| blocks.get(at)).flatten() {
            if !known.insert(*place) {
                continue;
            }
            let Some(rest) = left.checked_sub(u64::from(place.length)) else {
                break;
            };
            left = rest;
            wanted.push(*place);
        }
        self.fetch(&wanted).await
    }

    /// Reads names that were left out, in two rounds: pages of names, and blocks.
    ///
    /// # Errors
    /// The pack is damaged, or reading fails.
    pub async fn fetch_names(&self, left: &NamesLeft) -> Result<()> {
        let wanted: Vec<(Section, u32)> = left.0.iter().map(section_of).collect();
        let pages = wanted
            .iter()
            .filter_map(|(section, id)| self.page(*section, u64::from(*id)));
        let pages: BTreeSet<Place> = pages.collect();
        self.fetch(&Vec::from_iter(pages)).await?;
        let mut blocks = BTreeSet::new();
        for (section, id) in wanted {
            blocks.extend(self.run(section, id).await?.map(|run| run.place));
        }
        self.fetch(&Vec::from_iter(blocks)).await
    }

    fn pages_of(&self, addresses: &[u64]) -> Vec<Place> {
        let sections = [
            Section::Func,
            Section::Cfi,
            Section::FrameData,
            Section::Fpo,
            Section::Public,
        ];
        let mut pages = BTreeSet::new();
        for section in sections {
            pages.extend(addresses.iter().filter_map(|at| self.page(section, *at)));
        }
        Vec::from_iter(pages)
    }

    /// The blocks of the slice for each address.
    async fn blocks_of(&self, addresses: &[u64]) -> Result<HashMap<u64, Vec<Place>>> {
        let mut sorted = addresses.to_vec();
        // Side by side, so that a page is decoded once.
        sorted.sort_unstable();
        let mut blocks = HashMap::with_capacity(sorted.len());
        for address in sorted {
            let entries = self.entries(address, Want::Both).await?;
            let lines = entries.iter().flatten();
            let places = lines.flat_map(|lines| lines.blocks.iter().copied());
            blocks.insert(address, places.collect());
        }
        Ok(blocks)
    }
}

//! The text of a pack on its way out, in its own order.

use sha2::{Digest, Sha256};

use crate::error::{PackError, Result};
use crate::page::Place;
use crate::ranges::RangeReader;
use crate::read::Pack;

/// The text, block by block.
pub struct Text<'a, R> {
    pack: &'a Pack<R>,
    part: usize,
    places: std::vec::IntoIter<Place>,
    /// Bytes of frames that were not yet read: no list of blocks makes more of them.
    left: u64,
    size: u64,
    hash: Sha256,
}

impl<'a, R: RangeReader> Text<'a, R> {
    pub(crate) fn of(pack: &'a Pack<R>) -> Self {
        Self {
            pack,
            part: 0,
            places: Vec::new().into_iter(),
            left: pack.text_bytes(),
            size: 0,
            hash: Sha256::new(),
        }
    }

    /// The next piece; nothing at the end, when length and hash were found to fit.
    ///
    /// # Errors
    /// A frame is damaged, the whole is not the text that was packed, or reading fails.
    pub async fn next(&mut self) -> Result<Option<Vec<u8>>> {
        loop {
            let Some(place) = self.places.next() else {
                match self.pack.order(self.part).await? {
                    Some(places) => self.places = places.into_iter(),
                    None => return self.end().map(|()| None),
                }
                self.part += 1;
                continue;
            };
            let left = self.left.checked_sub(u64::from(place.length));
            self.left = left.ok_or(PackError::Damaged {
                what: "order of the text",
                offset: place.offset,
            })?;
            let raw = self.pack.raw_block(place).await?;
            self.size += raw.len() as u64;
            self.hash.update(&raw);
            return Ok(Some(raw));
        }
    }

    fn end(&self) -> Result<()> {
        let header = self.pack.header();
        let sum: [u8; 32] = self.hash.clone().finalize().into();
        if self.size != header.text_size || sum != header.text_sha256 {
            return Err(PackError::Damaged {
                what: "hash of the text",
                offset: 0,
            });
        }
        Ok(())
    }
}

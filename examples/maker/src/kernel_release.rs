//! A kernel's release often names who built it and for which machines: the example keeps its
//! version only.

use std::ops::Range;

use anyhow::{Context, Result, anyhow};
use minidump_writer::minidump_format::MDStreamType;

/// Offsets in `MINIDUMP_HEADER`, `MINIDUMP_DIRECTORY`, `MINIDUMP_SYSTEM_INFO` (minidumpapiset.h).
const STREAM_COUNT: usize = 8;
const DIRECTORY: usize = 12;
const DIRECTORY_ENTRY_SIZE: usize = 12;
const LOCATION_IN_ENTRY: usize = 8;
const CSD_VERSION_IN_SYSTEM_INFO: usize = 24;

/// Makes `Linux 6.1.0 x86_64` of the system information `Linux 6.1.0-host-7 #1 SMP … x86_64`.
///
/// # Errors
/// The minidump has no such string.
pub fn shorten(minidump: &mut [u8]) -> Result<()> {
    let system_info = system_info(minidump)?;
    let string = number(minidump, system_info + CSD_VERSION_IN_SYSTEM_INFO)?;
    let text = string + 4..string + 4 + number(minidump, string)?;
    let short = shortened(&decoded(minidump, text.clone())?)?;
    let encoded: Vec<u8> = short.encode_utf16().flat_map(u16::to_le_bytes).collect();

    minidump[text.clone()].fill(0);
    minidump[text.start..text.start + encoded.len()].copy_from_slice(&encoded);
    let length = u32::try_from(encoded.len())?;
    minidump[string..string + 4].copy_from_slice(&length.to_le_bytes());
    Ok(())
}

fn system_info(minidump: &[u8]) -> Result<usize> {
    let directory = number(minidump, DIRECTORY)?;
    (0..number(minidump, STREAM_COUNT)?)
        .map(|index| directory + index * DIRECTORY_ENTRY_SIZE)
        .find(|&entry| {
            number(minidump, entry).ok() == Some(MDStreamType::SystemInfoStream as usize)
        })
        .ok_or_else(|| anyhow!("the minidump has no system information"))
        .and_then(|entry| number(minidump, entry + LOCATION_IN_ENTRY))
}

fn number(minidump: &[u8], at: usize) -> Result<usize> {
    let bytes = minidump.get(at..at + 4).context("the minidump ends early")?;
    Ok(u32::from_le_bytes(bytes.try_into()?) as usize)
}

fn decoded(minidump: &[u8], text: Range<usize>) -> Result<String> {
    let bytes = minidump.get(text).context("the minidump ends early")?;
    let units: Vec<u16> =
        bytes.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
    Ok(String::from_utf16(&units)?)
}

fn shortened(version: &str) -> Result<String> {
    let words: Vec<&str> = version.split_whitespace().collect();
    let [system, release, .., machine] = words[..] else {
        return Err(anyhow!("{version:?} is no kernel version"));
    };
    let numbers = release.split('-').next().unwrap_or(release);
    Ok(format!("{system} {numbers} {machine}"))
}

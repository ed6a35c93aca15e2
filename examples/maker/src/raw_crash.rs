//! What a collector stores beside the minidump.

use serde_json::json;
use sha2::{Digest, Sha256};

/// Name of the minidump's field in a crash report, and so of the stored object.
pub const DUMP_NAME: &str = "upload_file_minidump";

/// The same at every making: a crash of 23 September 2026, accepted (the digit before the date).
const CRASH_ID: &str = "7c1e5a94-3d0b-4f27-9e68-b2a1d0260923";

/// The raw crash as JSON: the program's annotations and the collector's own fields.
pub fn raw_crash(minidump: &[u8]) -> String {
    let checksum = format!("{:x}", Sha256::digest(minidump));
    pretty(&json!({
        "uuid": CRASH_ID,
        "ProductName": "Darkroom",
        "ProductID": "{5f0c9b1e-8a44-4d52-b7a3-0e6d2c91f738}",
        "Vendor": "Moonwalk",
        "Version": "1.4.2",
        "ReleaseChannel": "release",
        "BuildID": "20260921101512",
        "InstallTime": "1790003700",
        "StartupTime": "1790157610",
        "CrashTime": "1790157612",
        "UptimeTS": "1.9",
        "Notes": "roll of 36, exposure 7 is 1024 pixels wide",
        "submitted_timestamp": "2026-09-23T10:00:14.305118+00:00",
        "version": 2,
        "metadata": {
            "collector_notes": [],
            "dump_checksums": { DUMP_NAME: checksum },
            "payload": "multipart",
            "payload_compressed": "1",
            "payload_size": minidump.len(),
            "throttle_rule": "accept_everything",
            "user_agent": "darkroom/1.4.2"
        }
    }))
}

/// The list of the crash's dumps as JSON.
pub fn dump_names() -> String {
    pretty(&json!([DUMP_NAME]))
}

fn pretty(value: &serde_json::Value) -> String {
    format!("{value:#}\n")
}

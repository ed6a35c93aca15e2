//! Where a pack in a folder came from: told by a file beside it, so that the same pack is the same
//! bytes whichever server its text came from.
//!
//! `<name>.url` beside `<name>.pack` is a JSON object; its `origin` is the base address of a symbol
//! server. Whatever else stands there, the pack counts as one of nobody's.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use serde::Deserialize;
use url::Url;

/// Bytes of such a file at most; a longer one is none.
const LONGEST: usize = 16 * 1024;

#[derive(Deserialize)]
struct Told {
    origin: Option<String>,
}

/// The origin that is told beside a pack.
pub(crate) fn beside(pack: &Path) -> Option<String> {
    let file = File::open(pack.with_extension("url")).ok()?;
    // A pipe, which nobody would ever write into, is not read.
    if !file.metadata().ok()?.is_file() {
        return None;
    }
    let mut bytes = Vec::new();
    file.take(LONGEST as u64 + 1).read_to_end(&mut bytes).ok()?;
    if bytes.len() > LONGEST {
        return None;
    }
    told(&bytes)
}

fn told(bytes: &[u8]) -> Option<String> {
    let origin = serde_json::from_slice::<Told>(bytes).ok()?.origin?;
    let url = Url::parse(&origin).ok()?;
    let is_base = matches!(url.scheme(), "http" | "https")
        && url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none();
    is_base.then_some(origin)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_base_address_of_a_server_is_an_origin() {
        let bytes = br#"{"text_bytes": 7, "origin": "https://symbols.example/v1", "etag": null}"#;
        assert_eq!(told(bytes).as_deref(), Some("https://symbols.example/v1"));
    }

    #[test]
    fn anything_else_is_none() {
        for text in [
            r#"{"origin": null}"#,
            "{}",
            "[]",
            r#"{"origin": 7}"#,
            r#"{"origin": "symbols.example"}"#,
            r#"{"origin": "file:///etc/passwd"}"#,
            r#"{"origin": "https://user:word@symbols.example/"}"#,
            r#"{"origin": "https://symbols.example/?a"}"#,
            r#"{"origin": "https://symbols.example/""#,
        ] {
            assert_eq!(told(text.as_bytes()), None, "{text}");
        }
        assert_eq!(told(b"\xff"), None);
    }
}

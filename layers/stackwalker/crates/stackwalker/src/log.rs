//! The log, in the format that callers of `minidump-stackwalk` parse: `LEVEL message`, no time.

use std::fs::File;
use std::io;
use std::os::fd::{AsRawFd, RawFd};
use std::panic::{self, PanicHookInfo};

use tracing::error;
use tracing::level_filters::LevelFilter;

use crate::failure::Failure;
use crate::last_words;
use crate::request::LogSettings;

/// Opens the log and sends panics to it.
pub fn start(settings: &LogSettings) -> Result<(), Failure> {
    let lines = tracing_subscriber::fmt()
        .with_max_level(settings.level)
        .with_target(false)
        .without_time()
        .with_ansi(settings.color)
        // A full log file is not to spill over onto standard error, line by line.
        .log_internal_errors(false);
    let descriptor: RawFd = if let Some(path) = &settings.file {
        let file = File::create(path).map_err(|error| Failure::write(Some(path), error))?;
        let descriptor = file.as_raw_fd();
        lines.with_writer(file).init();
        descriptor
    } else {
        lines.with_writer(io::stderr).init();
        io::stderr().as_raw_fd()
    };
    if settings.level >= LevelFilter::ERROR {
        last_words::log_to(descriptor, settings.color);
    }
    panic::set_hook(Box::new(log_panic));
    Ok(())
}

fn log_panic(info: &PanicHookInfo<'_>) {
    let (file, line) = info.location().map_or(("<unknown>", 0), |location| {
        (location.file(), location.line())
    });
    let payload = info.payload();
    let cause = payload
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| payload.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("<cause unknown>");
    error!("Panic - A panic occurred at {file}:{line}: {cause}");
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_panic_is_one_line_of_the_log_that_names_its_place_and_cause() {
        let lines = Lines::default();
        let writer = lines.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_target(false)
            .without_time()
            .with_ansi(false)
            .with_writer(move || writer.clone())
            .finish();
        panic::set_hook(Box::new(log_panic));
        tracing::subscriber::with_default(subscriber, || {
            panic::catch_unwind(|| panic!("out of {}", "luck")).unwrap_err();
        });
        drop(panic::take_hook());
        let line = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
        assert!(
            line.starts_with("ERROR Panic - A panic occurred at "),
            "{line}"
        );
        assert!(line.ends_with(": out of luck\n"), "{line}");
        assert_eq!(line.lines().count(), 1);
    }
}

//! That a connection is over: told once, waited for by whoever runs the walk.

use std::future::poll_fn;
use std::sync::OnceLock;
use std::task::Poll;

use futures_util::task::AtomicWaker;

/// Why a connection cannot be used any more, once that is so.
#[derive(Default)]
pub(crate) struct Ending {
    why: OnceLock<String>,
    waker: AtomicWaker,
}

impl Ending {
    /// The first reason stays.
    pub(crate) fn set(&self, why: String) {
        let _ = self.why.set(why);
        self.waker.wake();
    }

    pub(crate) fn is_there(&self) -> bool {
        self.why.get().is_some()
    }

    /// Waits for the end; one task at a time can do so.
    pub(crate) async fn wait(&self) -> String {
        poll_fn(|context| {
            self.waker.register(context.waker());
            match self.why.get() {
                Some(why) => Poll::Ready(why.clone()),
                None => Poll::Pending,
            }
        })
        .await
    }
}

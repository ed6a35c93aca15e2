//! How long a walk waits for answers: the time in which none of its stacks can be gone on with.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

/// A future, and how long it waited: from each moment when there was nothing to do for it until the
/// next one when there was.
pub struct Waits<F> {
    future: F,
    since: Option<Instant>,
    waited: Duration,
}

impl<F> Waits<F> {
    /// Measures from the first time that `future` is asked.
    pub fn of(future: F) -> Self {
        Self {
            future,
            since: None,
            waited: Duration::ZERO,
        }
    }

    /// So far.
    pub fn seconds(&self) -> f64 {
        self.waited.as_secs_f64()
    }
}

impl<F: Future + Unpin> Future for Waits<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        if let Some(since) = self.since.take() {
            self.waited += since.elapsed();
        }
        let polled = Pin::new(&mut self.future).poll(context);
        self.since = polled.is_pending().then(Instant::now);
        polled
    }
}

#[cfg(test)]
mod tests {
    use std::future::{poll_fn, ready};
    use std::pin::pin;
    use std::thread;

    use futures_executor::block_on;

    use super::*;

    const PAUSE: Duration = Duration::from_millis(20);

    #[test]
    fn what_is_answered_at_once_was_not_waited_for() {
        let mut waits = Waits::of(ready(7));
        assert_eq!(block_on(&mut waits), 7);
        assert_eq!(waits.waited, Duration::ZERO);
    }

    #[test]
    fn the_time_between_question_and_answer_was_waited() {
        let mut asked = false;
        let mut answered_by_another_thread = poll_fn(|context| {
            if asked {
                return Poll::Ready(());
            }
            asked = true;
            let waker = context.waker().clone();
            thread::spawn(move || {
                thread::sleep(PAUSE);
                waker.wake();
            });
            Poll::Pending
        });
        let mut waits = Waits::of(&mut answered_by_another_thread);
        block_on(&mut waits);
        assert!(waits.waited >= PAUSE);
    }

    #[test]
    fn the_time_of_computing_was_not_waited() {
        let computing = pin!(async { thread::sleep(PAUSE) });
        let mut waits = Waits::of(computing);
        block_on(&mut waits);
        assert_eq!(waits.waited, Duration::ZERO);
    }
}

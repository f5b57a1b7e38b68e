//! Work of the processor on what sources sent, away from the thread that answers health, delivers and stops.

use std::time::Duration;

use tokio::sync::Semaphore;

/// How long such work may take: a source that needs longer is given up, and its work counts for nothing.
pub const WORK_MAX: Duration = Duration::from_secs(20);

/// One piece of work at a time: together they would need memory that the machine may not have.
static TURN: Semaphore = Semaphore::const_new(1);

/// Why work came to no result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OffloadError {
    /// It took longer than [`WORK_MAX`], and may still go on; its result is dropped.
    #[error("reading it takes more than {} s", WORK_MAX.as_secs())]
    TooLong,
    /// Other work was in its place for longer than [`WORK_MAX`].
    #[error("another answer has been read for more than {} s", WORK_MAX.as_secs())]
    Busy,
    /// It panicked.
    #[error("parsing it failed (a bug in treatywatch)")]
    Panicked,
}

/// Runs `work` on a thread of its own and waits for its result, [`WORK_MAX`] at most.
///
/// A thread cannot be ended from outside: work that never ends keeps its thread and the one turn there is, so that
/// everything that follows it here is [`OffloadError::Busy`], and nothing else is held up.
pub async fn offload<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, OffloadError> {
    let turn = tokio::time::timeout(WORK_MAX, TURN.acquire()).await;
    let Ok(Ok(turn)) = turn else { return Err(OffloadError::Busy) };
    let task = tokio::task::spawn_blocking(move || {
        let result = work();
        drop(turn);
        result
    });
    match tokio::time::timeout(WORK_MAX, task).await {
        Ok(Ok(result)) => Ok(result),
        Ok(Err(_)) => Err(OffloadError::Panicked),
        Err(_) => Err(OffloadError::TooLong),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_runtime_goes_on_while_work_is_done() {
        let (release, wait) = std::sync::mpsc::channel::<()>();
        // On the one thread of this test's runtime the sender would never be reached.
        let work = offload(move || wait.recv().map(|()| 7));
        let (result, _) = tokio::join!(work, async move { release.send(()) });
        assert_eq!(result, Ok(Ok(7)));
    }

    #[tokio::test]
    async fn a_panic_ends_the_work_alone() {
        assert_eq!(offload(|| panic!("as a parser would")).await, Err::<(), _>(OffloadError::Panicked));
        assert_eq!(offload(|| 7).await, Ok(7), "the turn is free again");
    }
}
